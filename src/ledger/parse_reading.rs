//! What does one side say of a measure?
//!
//! ```toml
//! [[measure.reading]]
//! id       = "washington"
//! evidence = [{ account = "us-2025-06-05", span = [512, 590] }]
//! approval = { 2025-06-06 = "100%" }
//! ```
//!
//! `silent = true` in place of the span: the account says nothing of it; neither:
//! the account as a whole. `file` and `quote` let a check compare what stands at
//! the span ([`evidence`](super::evidence)).

use std::collections::BTreeMap;

use jiff::civil::Date;
use miette::SourceSpan;
use toml::de::DeValue;

use super::measure::{End, Measure, RatePath};
use super::parse::optional_text;
use super::parse_rate::{check_end, read_path, read_suspension, read_wait};
use super::reading::{Evidence, Overrides, Reading, Says};
use crate::document::problem::Problem;
use crate::document::read::{At, Node, Reader, Table};

/// The readings of a measure whose kind has the keys `own`.
pub(super) fn read_readings(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    measure: &Measure,
    own: &[&'static str],
) -> Vec<Reading> {
    let DeValue::Array(items) = node.get_ref() else {
        let help = "start each reading with [[measure.reading]], in double brackets".to_owned();
        reader.wrong_type("reading", "a list of tables", node, Some(help));
        return Vec::new();
    };
    let mut ids: BTreeMap<String, SourceSpan> = BTreeMap::new();
    let name = format!("this reading of `{}`", measure.id);
    let mut readings = Vec::new();
    for item in items.iter() {
        if let Some(table) = reader.table(&name, "reading", item) {
            readings.extend(read_reading(reader, table, measure, own, &mut ids));
        }
    }
    readings
}

fn read_reading(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    measure: &Measure,
    own: &[&'static str],
    ids: &mut BTreeMap<String, SourceSpan>,
) -> Option<Reading> {
    let own: Vec<&'static str> =
        own.iter().copied().filter(|key| !["of", "confirm", "pooled", "rent"].contains(key)).collect();
    reader.check_keys(table, &[&["id", "evidence", "note", "from", "until"][..], &own].concat());
    let id = reader.required(table, "id", "whose reading it is: id = \"washington\"");
    let id = id.and_then(|node| reader.string("id", node));
    if let Some(id) = &id
        && let Some(first) = ids.insert(id.value.to_owned(), id.at)
    {
        reader.note(Problem::DuplicateReading { id: id.value.to_owned(), first, again: id.at });
    }
    let id = id.map(|id| id.value.to_owned()).unwrap_or_default();
    let evidence = read_evidence(reader, table, &id);
    let overrides = read_overrides(reader, table, measure, &own);
    Some(Reading { id, evidence, overrides, note: optional_text(reader, table, "note") })
}

fn read_overrides(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    measure: &Measure,
    own: &[&'static str],
) -> Overrides {
    let from = table.get("from").and_then(|node| reader.day("from", node));
    let until = table.get("until").and_then(|node| reader.day("until", node));
    // A value without a date counts from here.
    let since = from.or_else(|| Some(At { value: measure.start()?, at: table.at }));
    let has = |key: &str| own.contains(&key) && table.get(key).is_some();
    let mut path = |key: &'static str| {
        if !has(key) {
            return None;
        }
        let dated = table.get(key).is_some_and(|node| node.get_ref().is_table());
        read_path(reader, table, key, if dated { None } else { since }, None)
    };
    let (rate, steps_at) = path("rate").unzip();
    let [quantity, approval, cost, share] =
        ["quantity", "approval", "cost", "share"].map(|key| path(key).map(|(path, _)| path));
    let wait_weeks = if has("wait") { read_wait(reader, table) } else { None };
    let full: RatePath =
        rate.as_ref().map_or_else(|| measure.rate.clone(), |later| measure.rate.followed_by(later));
    let suspension = match table.get("suspend").filter(|_| own.contains(&"suspend")) {
        Some(node) => {
            let kept = full.steps().len() - rate.as_ref().map_or(0, |rate| rate.steps().len());
            let places = std::iter::repeat_n(table.at, kept).chain(steps_at.into_iter().flatten());
            read_suspension(reader, node, measure.kind.is_tax(), &full, &places.collect::<Vec<_>>())
        }
        None => None,
    };
    check_days(reader, measure, since, until);
    Overrides {
        rate,
        quantity,
        approval,
        wait_weeks,
        cost,
        share,
        from: from.map(|day| day.value),
        until: until.map(|day| day.value),
        suspension,
    }
}

/// A reading's own days may not end the measure before it starts.
fn check_days(reader: &mut Reader<'_>, measure: &Measure, start: Option<At<Date>>, until: Option<At<Date>>) {
    let end = until.map(|day| At { value: End { on: day.value, why: None }, at: day.at });
    let end = end.or_else(|| {
        let moved = start.filter(|day| Some(day.value) != measure.start())?;
        Some(At { value: measure.end.clone()?, at: moved.at })
    });
    check_end(reader, start, end.as_ref());
}

pub(super) fn read_evidence(reader: &mut Reader<'_>, table: Table<'_, '_>, id: &str) -> Vec<Evidence> {
    let none = |reader: &mut Reader<'_>| reader.note(Problem::NoEvidence { id: id.to_owned(), at: table.at });
    let Some(node) = table.get("evidence") else {
        none(reader);
        return Vec::new();
    };
    let DeValue::Array(items) = node.get_ref() else {
        let help = "write evidence = [{ account = \"us-2025-06-05\", span = [512, 590] }]".to_owned();
        reader.wrong_type("evidence", "a list of tables", node, Some(help));
        return Vec::new();
    };
    if items.is_empty() {
        none(reader);
    }
    items.iter().filter_map(|item| read_one(reader, item)).collect()
}

fn read_one(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Evidence> {
    let table = reader.table("the evidence", "evidence", node)?;
    reader.check_keys(table, &["account", "span", "silent", "file", "quote"]);
    let account = reader.required(table, "account", "account = \"us-2025-06-05\"");
    let account = account.and_then(|node| reader.string("account", node));
    let silent = table.get("silent").is_some_and(|node| reader.flag("silent", node));
    if silent && table.get("span").is_some() {
        reader.note(Problem::Conflict {
            table: table.name.to_owned(),
            one: "span",
            other: "silent",
            one_at: table.key_at("span"),
            other_at: table.key_at("silent"),
            help: "an account that is silent has no place where it says so: keep one of the two",
        });
    }
    let says = match table.get("span") {
        Some(span) => read_span(reader, span)?,
        None if silent => Says::Silent,
        None => Says::Whole,
    };
    let [file, quote] = ["file", "quote"].map(|key| optional_text(reader, table, key));
    Some(Evidence { account: account?.value.to_owned(), says, file, quote })
}

fn read_span(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Says> {
    let number = |node: &Node<'_>| match node.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse::<usize>().ok(),
        _ => None,
    };
    let ends = match node.get_ref() {
        DeValue::Array(ends) => ends.iter().map(number).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    match ends.as_deref() {
        Some([first, end]) if first < end => Some(Says::Span(*first, *end)),
        _ => {
            reader.note(Problem::NotASpan { at: node.span().into() });
            None
        }
    }
}
