//! A table of the engine, as Python reads it.
//!
//! A [`Table`] speaks Arrow's protocol for Python (`__arrow_c_stream__`): pandas, polars,
//! pyarrow and DuckDB take its columns as they are, without a copy.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type};
use arrow_array::{
    Array as _, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, StructArray,
};
use arrow_cast::display::array_value_to_string;
use arrow_schema::{ArrowError, DataType, Field};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use crate::array;
use crate::error::wrong_input;

/// Rows that a notebook shows.
const SHOWN: usize = 10;

/// A table of columns with names, in Arrow's memory.
///
/// pandas, polars, pyarrow and DuckDB read it without a copy, as it speaks Arrow's
/// PyCapsule protocol: ``polars.DataFrame(table)``, ``pyarrow.table(table)``,
/// ``duckdb.from_arrow(table)``. One column is ``table["value"]``.
#[pyclass(frozen, module = "detente")]
pub struct Table {
    batch: RecordBatch,
}

impl Table {
    /// Of one batch.
    pub fn new(batch: RecordBatch) -> Self {
        Self { batch }
    }

    /// Of columns with names; they must have one length.
    pub fn of(columns: Vec<(&str, ArrayRef)>) -> PyResult<Self> {
        let columns = columns.into_iter().map(|(name, column)| (name, column, true));
        RecordBatch::try_from_iter_with_nullable(columns).map(Self::new).map_err(unusable)
    }

    fn column(&self, name: &str) -> PyResult<&ArrayRef> {
        self.batch.column_by_name(name).ok_or_else(|| {
            let names = self.column_names().join(", ");
            PyKeyError::new_err(format!("there is no column `{name}`; there are {names}"))
        })
    }
}

/// A column of texts.
pub fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> ArrayRef {
    // The library wants to know how many there are.
    Arc::new(StringArray::from_iter_values(values.into_iter().collect::<Vec<_>>()))
}

/// A column of texts, some of them missing.
pub fn some_texts<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

/// A column of numbers.
pub fn numbers(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

/// A column of numbers, some of them missing.
pub fn some_numbers(values: impl IntoIterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Float64Array>())
}

/// A column of whole numbers.
pub fn whole(values: impl IntoIterator<Item = usize>) -> ArrayRef {
    Arc::new(values.into_iter().map(|value| Some(value as i64)).collect::<Int64Array>())
}

/// A column of yes and no.
pub fn truths(values: impl IntoIterator<Item = bool>) -> ArrayRef {
    Arc::new(values.into_iter().map(Some).collect::<BooleanArray>())
}

/// A table that the library of tables refuses.
pub fn unusable(e: ArrowError) -> PyErr {
    wrong_input(format!("the table cannot be made: {e}"))
}

#[pymethods]
impl Table {
    /// Names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batch.num_rows()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// The names of the columns, as of a dict.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        PyList::new(py, self.column_names())?.call_method0("__iter__")
    }

    fn __contains__(&self, name: &str) -> bool {
        self.batch.column_by_name(name).is_some()
    }

    /// One column as a numpy array: numbers, NaN where one is missing (read-only and without
    /// a copy where none is), yes and no, or texts as objects, None where one is missing.
    ///
    /// Raises
    /// ------
    /// KeyError
    ///     If there is no such column; the message says which there are.
    fn __getitem__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let column = slf.get().column(name)?;
        match column.data_type() {
            DataType::Float64 if column.null_count() == 0 => {
                let place = slf.get().batch.schema_ref().index_of(name).map_err(unusable)?;
                array::view(slf, &[column.len()], |table: &Table| {
                    table.batch.column(place).as_primitive::<Float64Type>().values()
                })
                .map(Bound::into_any)
            }
            DataType::Float64 => filled(py, column.as_primitive::<Float64Type>().iter()),
            DataType::UInt32 => {
                let values = column.as_primitive::<UInt32Type>();
                filled(py, values.iter().map(|value| value.map(f64::from)))
            }
            DataType::Int64 => {
                let values = PyList::new(py, column.as_primitive::<Int64Type>().values())?;
                array_of(&values, "int64")
            }
            DataType::Boolean => array_of(&PyList::new(py, column.as_boolean().iter())?, "bool"),
            _ => array_of(&PyList::new(py, column.as_string::<i32>().iter())?, "object"),
        }
    }

    /// The table as a pandas ``DataFrame``; pandas and pyarrow must be installed.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pandas")
    }

    /// The table as a polars ``DataFrame``; polars must be installed.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    /// The table as a ``pyarrow.Table``; pyarrow must be installed.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// Arrow's protocol: the columns as a stream of one batch.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let rows = Field::new_struct("", self.batch.schema_ref().fields().clone(), false);
        let batch: ArrayRef = Arc::new(StructArray::from(self.batch.clone()));
        let batches = ArrayIterator::new(std::iter::once(Ok(batch)), rows.into());
        Ok(to_stream_pycapsule(py, Box::new(batches), requested_schema)?)
    }

    /// Arrow's protocol: names and types of the columns.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.batch.schema_ref().as_ref())?)
    }

    fn __repr__(&self) -> String {
        format!("<detente.Table of {} rows: {}>", self.batch.num_rows(), self.column_names().join(", "))
    }

    fn _repr_html_(&self) -> PyResult<String> {
        let mut html = String::from("<table><thead><tr>");
        for name in self.column_names() {
            html += &format!("<th>{}</th>", escaped(&name));
        }
        html += "</tr></thead><tbody>";
        for row in 0..self.batch.num_rows().min(SHOWN) {
            html += "<tr>";
            for column in self.batch.columns() {
                let cell = array_value_to_string(column, row).map_err(unusable)?;
                html += &format!("<td>{}</td>", escaped(&cell));
            }
            html += "</tr>";
        }
        let more = self.batch.num_rows().saturating_sub(SHOWN);
        let rest = if more > 0 { format!("<p>and {more} rows more</p>") } else { String::new() };
        Ok(html + "</tbody></table>" + &rest)
    }
}

/// An array of numpy's own making.
fn array_of<'py>(values: &Bound<'py, PyList>, dtype: &str) -> PyResult<Bound<'py, PyAny>> {
    values.py().import("numpy")?.call_method1("array", (values, dtype))
}

/// Numbers with NaN for what is missing.
fn filled<'py>(py: Python<'py>, values: impl Iterator<Item = Option<f64>>) -> PyResult<Bound<'py, PyAny>> {
    let values: Vec<f64> = values.map(|value| value.unwrap_or(f64::NAN)).collect();
    let count = values.len();
    Ok(array::owned(py, values, &[count])?.into_any())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
