//! What does a row of a study say? A distribution with its unit and its source.
//!
//! ```toml
//! phi = { low = "20%", median = "35%", high = "50%", distribution = "uniform", unit = "share", source = "…" }
//! ```
//!
//! A uniform row needs its ends, a log-normal one its 5 and 95 % quantiles and its
//! median, a fixed one its median. Shares are percentages in quotes, everything
//! else plain numbers.

use super::monte_carlo::MOST_DAYS;
use super::parameters::{Parameter, Range, Shape, Unit};
use crate::document::Problem;
use crate::document::read::{At, Node, Reader, Table, nearest};

/// The rows of `[parameters]`.
pub(super) fn read_parameters(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Vec<Range>> {
    let known: Vec<&str> = Parameter::ALL.iter().map(|parameter| parameter.word()).collect();
    reader.check_keys(table, &known);
    let mut ranges = Vec::new();
    for parameter in Parameter::ALL {
        let (word, unit) = (parameter.word(), parameter.unit());
        let node = reader.required(table, word, &example(word, unit));
        ranges.push(node.and_then(|node| read_range(reader, word, unit, bounds_of(*parameter), node)));
    }
    ranges.into_iter().collect()
}

/// A row as it could be written.
pub(super) fn example(word: &str, unit: Unit) -> String {
    let number = if unit.is_percentage() { "\"…%\"" } else { "…" };
    let unit = unit.word();
    format!(
        "{word} = {{ low = {number}, median = {number}, high = {number}, distribution = \"uniform\", unit = \"{unit}\", source = \"…\" }}"
    )
}

/// Least and largest number of a parameter.
pub(super) fn bounds_of(parameter: Parameter) -> (f64, f64) {
    match parameter {
        Parameter::ChainTonnes => (0.1, 1e6),
        Parameter::PartsPerLine | Parameter::FilesPerChain => (1.0, 100.0),
        _ => bounds(parameter.unit()),
    }
}

/// Least and largest number in a unit that is no percentage.
pub(super) fn bounds(unit: Unit) -> (f64, f64) {
    match unit {
        Unit::Share | Unit::ShareADay => (0.0, 1.0),
        Unit::Days => (0.0, MOST_DAYS),
        Unit::Ratio => (0.0, 1000.0),
        Unit::Count => (1.0, 10_000.0),
        Unit::TonnesAYear => (0.0, 1e6),
    }
}

const RANGE_KEYS: [&str; 6] = ["low", "median", "high", "distribution", "unit", "source"];

/// A row: a distribution with its unit and its source.
pub(super) fn read_range(
    reader: &mut Reader<'_>,
    word: &str,
    unit: Unit,
    bounds: (f64, f64),
    node: &Node<'_>,
) -> Option<Range> {
    let Some(entries) = node.get_ref().as_table() else {
        reader.wrong_type(word, "a table", node, Some(format!("write {}", example(word, unit))));
        return None;
    };
    let title = format!("the row `{word}`");
    let table = Table::new(&title, node.span().into(), entries);
    reader.check_keys(table, &RANGE_KEYS);
    let source = reader.text(table, "source", "source = \"…\": where it comes from, or \"judgement\"");
    check_unit(reader, table, word, unit);
    let words: Vec<&str> = Shape::ALL.iter().map(|shape| shape.word()).collect();
    let shape = one_of(reader, table, "distribution", "distribution = \"uniform\"", word, &words)
        .map(|place| Shape::ALL[place]);
    let mut number = |key: &'static str| {
        let key_of_row = format!("{word}.{key}");
        let node = table.get(key)?;
        Some(if unit.is_percentage() {
            reader.share(&key_of_row, node)
        } else {
            reader.number(&key_of_row, node, bounds)
        })
    };
    let (low, median, high) = (number("low"), number("median"), number("high"));
    let shape = shape?;
    let (needs_ends, needs_median) = match shape {
        Shape::Fixed => (false, true),
        Shape::Uniform | Shape::DiscreteUniform => (true, false),
        Shape::LogNormal | Shape::LogNormalRounded => (true, true),
    };
    let ends = if matches!(shape, Shape::LogNormal | Shape::LogNormalRounded) {
        "the 5 and 95 % quantiles stand in `low` and `high`"
    } else {
        "the ends stand in `low` and `high`"
    };
    for (key, value, needed, what) in [
        ("low", &low, needs_ends, ends),
        ("median", &median, needs_median, "the middle of the distribution"),
        ("high", &high, needs_ends, ends),
    ] {
        if value.is_none() && needed {
            reader.required(table, key, &format!("{key} = …: {what}"));
        }
    }
    if (needs_ends && (low.is_none() || high.is_none())) || (needs_median && median.is_none()) {
        return None;
    }
    // A value that was written and cannot be read was noted; the row has none then.
    let (low, median, high) = (written(low)?, written(median)?, written(high)?);
    let source = source?.value.to_owned();
    let at = |end: &Option<At<f64>>| end.as_ref().map(|end| end.value);
    let middle = match (at(&median), at(&low), at(&high)) {
        (Some(median), ..) => median,
        (None, Some(low), Some(high)) => (low + high) / 2.0,
        _ => return None,
    };
    let range = Range {
        low: at(&low).unwrap_or(middle),
        median: middle,
        high: at(&high).unwrap_or(middle),
        shape,
        unit,
        source,
    };
    check_range(reader, word, &range, node, [&low, &median, &high])
}

/// A value that is there has been read; one that is not is none.
fn written(value: Option<Option<At<f64>>>) -> Option<Option<At<f64>>> {
    match value {
        Some(read) => read.map(Some),
        None => Some(None),
    }
}

/// Numbers that rise, and that the distribution can have.
fn check_range(
    reader: &mut Reader<'_>,
    word: &str,
    range: &Range,
    node: &Node<'_>,
    at: [&Option<At<f64>>; 3],
) -> Option<Range> {
    let place = |end: &Option<At<f64>>| end.as_ref().map_or(node.span().into(), |end: &At<f64>| end.at);
    if range.low > range.high {
        reader.note(Problem::EndsCrossed { key: word.to_owned(), low: place(at[0]), high: place(at[2]) });
        return None;
    }
    if !(range.low <= range.median && range.median <= range.high) {
        reader.note(Problem::NotBetween { key: format!("{word}.median"), at: place(at[1]) });
        return None;
    }
    let log = matches!(range.shape, Shape::LogNormal | Shape::LogNormalRounded);
    if log && range.low <= 0.0 {
        let help =
            "a log-normal number is above 0: write a larger one, or distribution = \"uniform\"".to_owned();
        reader.note(Problem::OutOfBounds { key: format!("{word}.low"), at: place(at[0]), help });
        return None;
    }
    if range.shape == Shape::DiscreteUniform {
        for (key, value, at) in [("low", range.low, at[0]), ("high", range.high, at[2])] {
            if value.fract() != 0.0 {
                let help = "a discrete distribution has whole ends: write a whole number".to_owned();
                reader.note(Problem::OutOfBounds { key: format!("{word}.{key}"), at: place(at), help });
                return None;
            }
        }
    }
    Some(range.clone())
}

/// The unit is the one that the parameter has.
fn check_unit(reader: &mut Reader<'_>, table: Table<'_, '_>, word: &str, unit: Unit) {
    let example = format!("unit = \"{}\"", unit.word());
    if let Some(written) = reader.text(table, "unit", &example)
        && written.value != unit.word()
    {
        let help = format!("`{word}` is read in {}: write {example}", unit.word());
        reader.note(Problem::UnknownWord {
            key: "unit",
            word: written.value.to_owned(),
            at: written.at,
            help,
        });
    }
}

/// The position of a word among those that a key knows; messages name the row.
pub(super) fn one_of(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    key: &'static str,
    example: &str,
    row: &str,
    words: &[&str],
) -> Option<usize> {
    let written = reader.text(table, key, example)?;
    let place = words.iter().position(|word| *word == written.value);
    if place.is_none() {
        let help = match nearest(written.value, words.iter().copied()) {
            Some(near) => format!("in the row `{row}`: did you mean `{near}`?"),
            None => format!("in the row `{row}`: write one of {}", words.join(", ")),
        };
        reader.note(Problem::UnknownWord { key, word: written.value.to_owned(), at: written.at, help });
    }
    place
}
