//! What would each side do next, and which deal would hold?
//!
//! * [`economy`]: what a game needs of a model: outcomes and shadow values.
//! * [`caliendo_parro`], `adjoint`, `linkages`, `one_objective`: the long run with inputs as such a model.
//! * [`gradient`]: what every tax and every limit does to an objective.
//! * [`leverage`]: who can hurt whom, and at what cost?
//! * [`truce`], [`monitoring`]: is a deal worth keeping, seen clearly or through noise?
//! * [`pressure`]: whom does waiting hurt more?

mod adjoint;
pub mod caliendo_parro;
pub mod economy;
pub mod error;
pub mod gradient;
pub mod leverage;
mod linkages;
pub mod monitoring;
mod one_objective;
pub mod pressure;
pub mod truce;

pub use caliendo_parro::CaliendoParro;
pub use economy::{Economy, Objective, Outcome, Policy, Shadow};
pub use error::StrategyError;
