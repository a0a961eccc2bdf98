//! The short run: what stops, and in which week.
//!
//! * [`graph`]: industries, their stocks and the pools that refill them.
//! * [`ario`]: the rules of the ARIO model on such a graph.

pub mod ario;
pub mod graph;

pub use graph::{Graph, GraphError, Link};
