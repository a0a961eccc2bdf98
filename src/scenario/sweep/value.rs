//! A number of a scenario's text, and how it is read and written there.
//!
//! | unit    | written          | in code                | column of a table |
//! |---------|------------------|------------------------|-------------------|
//! | whole   | `26`             | 26                     | number            |
//! | number  | `0.5`            | 0.5                    | number            |
//! | percent | `"24%"`          | 24, per cent           | number            |
//! | days    | `"6 weeks"`      | 42, days               | number            |
//! | day     | `2025-08-12`     | days after 1970-01-01  | text `2025-08-12` |

use jiff::ToSpan;
use jiff::civil::{Date, date};
use toml::de::DeValue;
use toml_edit::Value;

use super::over::Shape;
use crate::document::Problem;
use crate::document::read::{Node, Reader};

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A percentage; values are per cent.
    Percent,
    /// A length of time; values are days.
    Days,
    /// A day of the calendar; values are days after 1970-01-01.
    Day,
}

const EPOCH: Date = date(1970, 1, 1);

/// Largest size of a value: more is a slip, and days beyond it have no date.
const LARGEST: f64 = 1e9;

impl Unit {
    /// The unit of values of both; whole numbers are numbers.
    pub fn with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Whole, Self::Number) | (Self::Number, Self::Whole) => Some(Self::Number),
            _ => (self == other).then_some(self),
        }
    }

    /// The value of a shape at `u`, whole where the unit is: of a uniform one each whole
    /// number is as likely, its ends included.
    pub(super) fn rounded(self, shape: &Shape, u: f64) -> f64 {
        match (self, shape) {
            (Self::Whole | Self::Day, Shape::Uniform(low, high)) => {
                (low + ((high - low + 1.0) * u).floor()).min(*high)
            }
            (Self::Whole | Self::Day, shape) => shape.quantile(u).round(),
            (_, shape) => shape.quantile(u),
        }
    }

    /// The value as a scenario's text has it.
    pub fn write(self, value: f64) -> Value {
        match self {
            Self::Whole => (value as i64).into(),
            Self::Number => value.into(),
            Self::Percent => format!("{value}%").into(),
            Self::Days => format!("{value} days").into(),
            // What jiff writes, toml_edit reads; a day of neither stays text, and is refused as one.
            Self::Day => match day(value).to_string().parse::<toml_edit::Datetime>() {
                Ok(day) => day.into(),
                Err(_) => day(value).to_string().into(),
            },
        }
    }

    /// The value for people.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Whole | Self::Number => value.to_string(),
            Self::Percent => format!("{value}%"),
            Self::Days => format!("{value} days"),
            Self::Day => day(value).to_string(),
        }
    }
}

/// The day of a value.
pub fn day(value: f64) -> Date {
    EPOCH.saturating_add((value as i64).days())
}

/// A value of the file and its unit.
pub(super) fn read_value(reader: &mut Reader<'_>, key: &str, node: &Node<'_>) -> Option<(Unit, f64)> {
    let found = match node.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => {
            number.as_str().replace('_', "").parse().ok().map(|value| (Unit::Whole, value))
        }
        DeValue::Float(number) => {
            number.as_str().replace('_', "").parse().ok().map(|value| (Unit::Number, value))
        }
        DeValue::Datetime(_) => {
            let day = reader.day(key, node)?.value;
            Some((Unit::Day, f64::from((day - EPOCH).get_days())))
        }
        DeValue::String(text) => in_words(text),
        _ => {
            let help = "write 26, 0.5, \"24%\", \"6 weeks\" or 2025-08-12".to_owned();
            reader.wrong_type(key, "a number, a percentage, a time or a day", node, Some(help));
            return None;
        }
    };
    let found = found.filter(|(_, value): &(Unit, f64)| value.abs() <= LARGEST);
    if found.is_none() {
        let help = "write 26, 0.5, \"24%\", \"6 weeks\" or 2025-08-12".to_owned();
        reader.note(Problem::OutOfBounds { key: key.to_owned(), at: node.span().into(), help });
    }
    found
}

/// `24%`, `30 days`, `6 weeks`.
fn in_words(text: &str) -> Option<(Unit, f64)> {
    let number = |text: &str| {
        let plain = text.bytes().all(|letter| letter.is_ascii_digit() || b"+-.".contains(&letter));
        if plain { text.parse::<f64>().ok() } else { None }
    };
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        return Some((Unit::Percent, number(percent.trim_end())?));
    }
    let (count, unit) = text.split_once(' ')?;
    match unit.trim() {
        "day" | "days" => Some((Unit::Days, number(count)?)),
        "week" | "weeks" => Some((Unit::Days, 7.0 * number(count)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        for (text, unit, value, written) in [
            ("24%", Unit::Percent, 24.0, "\"24%\""),
            ("7.5 %", Unit::Percent, 7.5, "\"7.5%\""),
            ("30 days", Unit::Days, 30.0, "\"30 days\""),
            ("6 weeks", Unit::Days, 42.0, "\"42 days\""),
        ] {
            assert_eq!(in_words(text), Some((unit, value)), "{text}");
            assert_eq!(unit.write(value).to_string(), written);
        }
        for text in ["24", "%", "1e3%", "inf%", "6 months", "weeks", "NaN days"] {
            assert_eq!(in_words(text), None, "{text}");
        }
        assert_eq!(Unit::Day.write(20_312.0).to_string(), "2025-08-12");
        assert_eq!(
            (Unit::Whole.write(26.0).to_string(), Unit::Number.write(4.0).to_string()),
            ("26".into(), "4.0".into())
        );
    }
}
