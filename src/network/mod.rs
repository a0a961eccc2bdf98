//! The short run: what stops, and in which week.
//!
//! * [`graph`]: industries, their stocks and the pools that refill them;
//!   [`regions`] says where they are, [`origins`] splits stocks by origin.
//! * [`step`]: a network through days or weeks under [`settings`] and [`shock`]s;
//!   [`policy`] makes limits of the ledger; [`path`] runs and records,
//!   [`draws`] does it many times, [`leverage`] compares losses.
//! * [`ario`]: the rules of the ARIO model on a graph.
//! * [`licences`]: export licences as a queue; what it lets through.
//! * [`chains`]: flows of one material into one part; when it runs out.
//! * [`lines`]: lines that stop for want of one part.
//! * [`study`]: distributions, buyers and record of one control, from one file
//!   ([`read_study`]), its parameters in [`parameters`].
//! * [`monte_carlo`]: many draws of a study; [`stoppage`]: what they say;
//!   [`acceptance`]: what they must say.

pub mod acceptance;
pub mod ario;
pub mod chains;
mod deliveries;
pub mod draws;
pub mod graph;
pub mod input_limit;
mod inventory;
pub mod leverage;
pub mod licences;
pub mod lines;
pub mod made_up;
pub mod monte_carlo;
mod orders;
pub mod origins;
pub mod parameters;
pub mod path;
mod plan;
pub mod policy;
pub mod problem;
pub mod rationing;
pub mod read_study;
pub mod regions;
pub mod settings;
pub mod shock;
pub mod step;
pub mod stoppage;
pub mod study;

pub use draws::{Draws, Ensemble, Parameter, Range, Shape, simulate, simulate_under};
pub use graph::{Graph, GraphError, Link};
pub use input_limit::InputLimit;
pub use leverage::{Leverage, exposure};
pub use path::{Path, Record, run};
pub use policy::caps_of_states;
pub use problem::{Problem, RunError};
pub use rationing::{Class, Rationing};
pub use regions::Network;
pub use settings::{
    Batch, ByBucket, Lags, Leakage, Lines, Orders, Overproduction, PairLag, Settings, Stockpile,
};
pub use shock::{CapacityLoss, LinkCap, Recovery, Shocks};
pub use step::Run;
pub use study::Study;
