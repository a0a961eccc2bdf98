//! What would each side do next, and which deal would hold?
//!
//! * [`economy`]: what a game needs of a model: outcomes and shadow values.
//! * [`no_inputs`]: an economy without inputs, and its shadow values.
//! * [`player`]: who plays, what for, with which instruments.
//! * [`target`]: the closed form of the best taxes.
//! * [`play`](mod@play): where the taxes of players come to rest.
//! * [`reply`]: the best answer of one player, from several starts.
//! * [`nash`](mod@nash): where a trade war ends, with certificates.
//! * [`talks`]: efficient deals, and how gains are shared.
//! * [`nash_in_nash`]: deals of every two, each for itself.
//! * [`caliendo_parro`], `adjoint`, `loops`, `linkages`, `one_objective`: the long run with inputs as such a model.
//! * [`gradient`]: what every tax and every limit does to an objective.
//! * [`formula`]: policies read off a formula, beside the best ones.
//! * [`leverage`]: who can hurt whom, and at what cost?
//! * [`truce`], [`monitoring`]: is a deal worth keeping, seen clearly or through noise?
//! * [`cooperation`]: how cooperative a deal can hold?
//! * [`two_issues`]: does a deal hold better if tariffs and licences hang together?
//! * [`game`]: all of these asked of a world, a ledger and named players.
//! * [`pressure`]: whom does waiting hurt more?
//! * [`weights`], [`standing`]: which political weights, which rivalry fit given tariffs.

mod adjoint;
pub mod caliendo_parro;
pub mod cooperation;
pub mod economy;
pub mod error;
pub mod formula;
pub mod game;
pub mod gradient;
pub mod leverage;
mod linkages;
mod loops;
pub mod monitoring;
pub mod nash;
pub mod nash_in_nash;
pub mod no_inputs;
mod no_inputs_adjoint;
mod no_inputs_solve;
mod one_objective;
pub mod play;
pub mod player;
pub mod pressure;
pub mod reply;
pub mod standing;
pub mod talks;
pub mod target;
pub mod truce;
pub mod two_issues;
pub mod weights;

pub use caliendo_parro::CaliendoParro;
pub use economy::{Economy, Objective, Outcome, Policy, Shadow};
pub use error::StrategyError;
