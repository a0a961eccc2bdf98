//! The extension module `detente._detente`: the engine, as Python sees it.
//!
//! ```text
//! World, Ledger ──solve──▶ Change          Scenario ──run──▶ Answer ──▶ Table
//! ```
//!
//! * `array`: numpy arrays that are views of the engine's own memory.
//! * `table`: tables of the engine, read by pandas, polars and DuckDB without a copy.
//! * `error`: exceptions with the words of the command line.
//! * `long_work`: work outside of the interpreter's lock, which Ctrl-C ends.
//!
//! One file a class or function beside them. The docstrings of what Python sees are the
//! comments here; types stand in `detente/_detente.pyi`.

mod account;
mod ario;
mod array;
mod change;
mod command;
mod day;
mod equilibrium;
mod error;
mod ledger;
mod long_work;
mod network;
mod replicate;
mod scenario;
mod solve;
mod strategy;
mod sweep;
mod table;
mod world;

use pyo3::prelude::*;

/// The engine behind the package `detente`.
#[pymodule]
mod _detente {
    #[pymodule_export]
    use super::account::{Reading, read};
    #[pymodule_export]
    use super::ario::{ArioEvent, ario};
    #[pymodule_export]
    use super::change::Change;
    #[pymodule_export]
    use super::command::{command, version};
    #[pymodule_export]
    use super::equilibrium::{Equilibrium, Model};
    #[pymodule_export]
    use super::ledger::{Ledger, State};
    #[pymodule_export]
    use super::network::{Weeks, network};
    #[pymodule_export]
    use super::replicate::{Replication, replicate};
    #[pymodule_export]
    use super::scenario::{Answer, Scenario, run};
    #[pymodule_export]
    use super::solve::solve;
    #[pymodule_export]
    use super::strategy::games::{Candidate, Reply, War, nash, optimal};
    #[pymodule_export]
    use super::strategy::ladder::{Ladder, ladder};
    #[pymodule_export]
    use super::strategy::point::Point;
    #[pymodule_export]
    use super::strategy::talks::{Deal, talks};
    #[pymodule_export]
    use super::strategy::threats::{Leverage, leverage};
    #[pymodule_export]
    use super::strategy::truce::{Side, Truce, truce};
    #[pymodule_export]
    use super::sweep::{Folder, Plan, Sweep, sweep};
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::world::World;
}
