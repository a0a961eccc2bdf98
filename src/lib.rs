//! Detente: an open engine for trade conflicts.
//!
//! Data flows one way:
//!
//! ```text
//! World ──▶ Ledger ──PolicyState(date)──▶ equilibrium ──▶ Results
//! ```
//!
//! * [`world`]: who trades what with whom in a base year.
//! * [`ledger`]: the dated measures of governments, and their state on a day.
//! * [`document`]: the user's files, and everything that is wrong with them.
//! * [`equilibrium`]: who pays in the long run (Caliendo-Parro in hats).
//! * [`replicate`]: published tables, computed again.
//! * [`scenario`]: one file that ties a world, a ledger, dates and questions.
//! * [`results`]: one long table, with the provenance of every number.
//! * [`numerics`]: mathematics without economics.

pub mod document;
pub mod equilibrium;
pub mod ledger;
pub mod numerics;
pub mod replicate;
pub mod results;
pub mod scenario;
pub mod world;

#[cfg(feature = "cli")]
pub mod cli;
