//! The short run: what stops, and in which week.
//!
//! * [`graph`]: industries, their stocks and the pools that refill them.

pub mod graph;

pub use graph::{Graph, GraphError, Link};
