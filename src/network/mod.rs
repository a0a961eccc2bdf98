//! The short run: what stops, and in which week.
//!
//! * [`graph`]: industries, their stocks and the pools that refill them;
//!   [`regions`] says where they are, [`origins`] splits stocks by origin.
//! * [`step`]: a network through days or weeks under [`settings`] and [`shock`]s;
//!   [`policy`] makes limits of the ledger; [`path`] runs and records,
//!   [`draws`] does it many times, [`leverage`] compares losses.
//! * [`study`]: licences as a queue, chains that run out and lines that stop.
//! * [`ario`]: the rules of the ARIO model on a graph.

pub mod ario;
pub mod draws;
pub mod graph;
pub mod leverage;
pub mod made_up;
pub mod origins;
pub mod path;
pub mod policy;
pub mod problem;
pub mod regions;
pub mod settings;
pub mod shock;
pub mod step;
pub mod study;

pub use draws::{Draws, Ensemble, Parameter, Range, Shape, simulate, simulate_some, simulate_under};
pub use graph::{Graph, GraphError, Link};
pub use leverage::{Leverage, exposure};
pub use path::{Path, Record, run};
pub use policy::caps_of_states;
pub use problem::{Problem, RunError};
pub use regions::Network;
pub use settings::{
    Batch, ByBucket, Lags, Leakage, Lines, Orders, Overproduction, PairLag, Settings, Stockpile,
};
pub use shock::{CapacityLoss, LinkCap, Recovery, Shocks};
pub use step::{Class, InputLimit, Rationing, Run};
pub use study::Study;
