//! The command line, for the script `detente` that the package installs.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line with these arguments, the first being the program's name.
///
/// Returns the exit code: 0 done, 1 a check failed, 2 the input is wrong, 3 no
/// equilibrium, 70 a bug. A question for help ends the process.
#[pyfunction]
pub fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| detente::cli::main_with(arguments))
}

/// The version of the engine.
#[pyfunction]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
