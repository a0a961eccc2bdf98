//! Which exception is raised, and with which words?
//!
//! The classes are those of `detente/errors.py`; their texts are the command line's. A
//! problem in a file of the user carries its places as data too, and the report in colour
//! for notebooks.

use detente::cli::Failure;
use detente::document::DocumentError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Something of the user is wrong.
pub fn wrong_input(text: impl Into<String>) -> PyErr {
    raised("InputError", text.into())
}

/// The exception for anything that the engine can end with.
pub fn failed(e: impl Into<Failure>) -> PyErr {
    match e.into() {
        Failure::Report(e) => in_file(&e),
        Failure::NoEquilibrium(text) => raised("NoEquilibrium", spelled(&text)),
        Failure::Check(text) | Failure::Input(text) => wrong_input(spelled(&text)),
        Failure::Told => wrong_input(""),
    }
}

/// A text of the command line with its options as arguments: `--from-day` is `from_day`.
fn spelled(text: &str) -> String {
    let mut pieces = text.split("--");
    let mut spelled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(piece.len());
        spelled += &piece[..end].replace('-', "_");
        spelled += &piece[end..];
    }
    spelled
}

/// Everything that is wrong with one file of the user.
fn in_file(e: &DocumentError) -> PyErr {
    let (text, colored) = (e.render(false), e.render(true));
    let problems = e.to_json().to_string();
    Python::attach(|py| {
        let make = || -> PyResult<Bound<'_, PyAny>> {
            let more = PyDict::new(py);
            more.set_item("problems", py.import("json")?.call_method1("loads", (problems,))?)?;
            more.set_item("colored", colored.trim_end())?;
            class(py, "InputError")?.call((text.trim_end(),), Some(&more))
        };
        make().map_or_else(|e| e, PyErr::from_value)
    })
}

fn raised(name: &str, text: String) -> PyErr {
    Python::attach(|py| match class(py, name).and_then(|class| class.call1((text,))) {
        Ok(exception) => PyErr::from_value(exception),
        // The package is not whole.
        Err(e) => PyRuntimeError::new_err(e.to_string()),
    })
}

fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("detente.errors")?.getattr(name)
}
