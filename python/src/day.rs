//! A day as Python writes it: a `datetime.date`, or a text such as `2025-05-14`.

use jiff::civil::Date;
use pyo3::prelude::*;

use crate::error::wrong_input;

/// A day of the calendar.
#[derive(Clone, Copy, Debug)]
pub struct Day(pub Date);

impl<'a, 'py> FromPyObject<'a, 'py> for Day {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.extract::<&str>() {
            let unreadable =
                |_| wrong_input(format!("`{text}` is not a day of the calendar; write it as 2025-05-14"));
            return text.parse().map(Self).map_err(unreadable);
        }
        match object.extract::<Date>() {
            Ok(date) => Ok(Self(date)),
            Err(_) => Err(wrong_input(format!(
                "{} is not a day: write \"2025-05-14\" or a datetime.date",
                object.repr()?
            ))),
        }
    }
}
