//! The short run: what stops, and in which week.
//!
//! * [`graph`]: industries, their stocks and the pools that refill them.

mod deliveries;
pub mod draws;
pub mod graph;
pub mod input_limit;
mod inventory;
pub mod leverage;
pub mod made_up;
mod orders;
pub mod origins;
pub mod path;
mod plan;
pub mod policy;
pub mod problem;
pub mod rationing;
pub mod regions;
pub mod settings;
pub mod shock;
pub mod step;

pub use draws::{Draws, Ensemble, Parameter, Range, Shape, simulate};
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
