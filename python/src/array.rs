//! How does Python see an array of the engine without a copy?
//!
//! The engine's arrays are dense, row-major vectors of a value that never changes once
//! Python holds it. A view borrows that memory; the Python object that owns it is the
//! view's base, and lives as long as the view does. Views cannot be written to.
//!
//! Arrays that come from Python are copied once, into the vectors of the engine.

use std::ops::Deref;

use numpy::ndarray::{ArrayD, ArrayViewD, IxDyn};
use numpy::{PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::PyClass;
use pyo3::prelude::*;

use crate::error::wrong_input;

/// A view as Python gets it.
pub type Array<'py> = PyResult<Bound<'py, PyArrayDyn<f64>>>;

/// Numbers as Python gives them: an array of any layout and any real type, or lists in lists.
pub struct Given<'py>(PyReadonlyArrayDyn<'py, f64>);

impl<'py> Deref for Given<'py> {
    type Target = PyReadonlyArrayDyn<'py, f64>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let numpy = object.py().import("numpy")?;
        let array = numpy.call_method1("asarray", (object,))?;
        let kind: String = array.getattr("dtype")?.getattr("kind")?.extract()?;
        if !["b", "i", "u", "f"].contains(&kind.as_str()) {
            return Err(wrong_input(format!("numbers are expected, not {}", array.getattr("dtype")?)));
        }
        // A field of a table may stand at any byte: the engine reads whole numbers of eight.
        let array = numpy.call_method1("require", (array, "float64", ["C", "A"]))?;
        let array = array.cast_into::<PyArrayDyn<f64>>()?;
        Ok(Self(array.readonly()))
    }
}

/// A read-only view of numbers inside `owner`, with this shape.
///
/// `of` picks them out of the owner, which is frozen: nobody can move or change them while
/// Python holds it.
pub fn view<'py, T>(owner: &Bound<'py, T>, shape: &[usize], of: impl FnOnce(&T) -> &[f64]) -> Array<'py>
where
    T: PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync,
{
    let values = of(owner.get());
    let view = ArrayViewD::from_shape(IxDyn(shape), values)
        .map_err(|e| wrong_input(format!("an array of {} numbers is not {shape:?}: {e}", values.len())))?;
    // SAFETY: the numbers belong to `owner`, a frozen class without interior mutability, so
    // they neither move nor change before it is dropped; numpy keeps it alive as the base.
    #[allow(unsafe_code)]
    let array = unsafe { PyArrayDyn::borrow_from_array(&view, owner.clone().into_any()) };
    // Nobody else can hold a borrow of an array that was made just now.
    array.readwrite().make_nonwriteable();
    Ok(array)
}

/// The numbers of an array of Python, which must have this shape; `name` and `axes` are for
/// the message.
pub fn numbers(name: &str, array: &Given<'_>, shape: &[usize], axes: &str) -> PyResult<Vec<f64>> {
    if array.shape() != shape {
        return Err(wrong_input(format!(
            "{name}: an array {axes} of shape {shape:?} is expected, this one has {:?}",
            array.shape()
        )));
    }
    Ok(array.as_array().iter().copied().collect())
}

/// An array of numbers that were computed just now: their vector moves to Python.
pub fn owned<'py>(py: Python<'py>, values: Vec<f64>, shape: &[usize]) -> Array<'py> {
    let count = values.len();
    let array = ArrayD::from_shape_vec(IxDyn(shape), values)
        .map_err(|e| wrong_input(format!("an array of {count} numbers is not {shape:?}: {e}")))?;
    Ok(PyArrayDyn::from_owned_array(py, array))
}
