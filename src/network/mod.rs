//! The short run: what stops, and in which week.
//!
//! * [`graph`]: industries, their stocks and the pools that refill them.
//! * [`licences`]: export licences as a queue; what it lets through.
//! * [`chains`]: flows of one material into one part; when it runs out.
//! * [`lines`]: lines that stop for want of one part.
//! * [`study`]: distributions, buyers and record of one control, from one file
//!   ([`read_study`]), its parameters in [`parameters`].
//! * [`monte_carlo`]: many draws of a study; [`stoppage`]: what they say;
//!   [`acceptance`]: what they must say.

pub mod acceptance;
pub mod chains;
pub mod graph;
pub mod licences;
pub mod lines;
pub mod monte_carlo;
pub mod parameters;
pub mod read_study;
pub mod stoppage;
pub mod study;

pub use graph::{Graph, GraphError, Link};
pub use study::Study;
