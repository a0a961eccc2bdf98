//! When does a measure apply, and at which rate?
//!
//! ```toml
//! rate    = "25%"                                       # with from = 2018-07-06, or
//! rate    = { 2025-04-10 = "125%", 2025-05-14 = "34%" } # dated steps
//! until   = 2025-12-31                                  # first day not in force, or
//! ends    = { on = 2026-02-20, why = "court" }
//! suspend = { points = "24%", from = 2025-05-14, until = [2025-08-12, 2025-11-10], then = "snap-back" }
//! ```
//!
//! Without `points` the whole measure is suspended, of whatever kind. The
//! `until` of a suspension is the first day without it: as first agreed, then
//! each extension; the last one counts.

use jiff::civil::Date;
use miette::SourceSpan;
use toml::de::{DeTable, DeValue};

use super::measure::{Afterwards, End, RatePath, Suspension};
use super::parse::optional_text;
use crate::document::problem::{Problem, percent};
use crate::document::read::{At, Node, Reader, Table, in_file_order, note_if_empty};

/// The path of a tariff and the place of each of its steps; `from` is the
/// first day of a plain rate.
pub(super) fn read_rate(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    id: &str,
    from: Option<At<Date>>,
) -> (RatePath, Vec<SourceSpan>) {
    let Some(node) = table.get("rate") else {
        reader.note(Problem::NoRate { id: id.to_owned(), at: table.at });
        return (RatePath::default(), Vec::new());
    };
    let steps = node.get_ref().as_table();
    if table.get("from").is_some() && steps.is_some() {
        reader.note(Problem::Conflict {
            table: table.name.to_owned(),
            one: "from",
            other: "rate",
            one_at: table.key_at("from"),
            other_at: table.key_at("rate"),
            help: "dated steps have their own first day: leave `from` out",
        });
    }
    if steps.is_some_and(DeTable::is_empty) {
        reader.note(Problem::NoRate { id: id.to_owned(), at: node.span().into() });
    }
    read_path(reader, table, "rate", from, table.get("confirm")).unwrap_or_default()
}

/// The path under `key` and the place of each of its steps: dated steps, or a
/// plain value from `from` on. `None` if the key is missing or cannot be read.
pub(super) fn read_path(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    key: &'static str,
    from: Option<At<Date>>,
    confirm: Option<&Node<'_>>,
) -> Option<(RatePath, Vec<SourceSpan>)> {
    let node = table.get(key)?;
    let confirmed = confirm.is_some_and(|node| reader.flag("confirm", node));
    let value = |reader: &mut Reader<'_>, node: &Node<'_>| match key {
        "rate" => reader.rate(key, node, confirmed),
        "approval" | "share" => reader.share(key, node),
        _ => reader.percentage(key, node),
    };
    let DeValue::Table(steps) = node.get_ref() else {
        let value = value(reader, node);
        if from.is_none() {
            reader.required(table, "from", "the first day: from = 2018-07-06");
        }
        let (value, from) = (value?, from?);
        return Some((RatePath::new(vec![(from.value, value.value)])?, vec![from.at]));
    };
    if steps.is_empty() && key != "rate" {
        let help = format!("write {key} = {{ 2025-04-04 = \"25%\" }}, or {key} = \"25%\" with `from`");
        reader.note(Problem::Empty { key: key.to_owned(), at: node.span().into(), help });
    }
    let mut days: Vec<At<Date>> = Vec::new();
    let mut path = Vec::new();
    for (day, step) in in_file_order(steps) {
        let at: SourceSpan = day.span().into();
        let day = reader.day_of_key(day.get_ref(), at);
        let (Some(day), Some(value)) = (day, value(reader, step)) else {
            continue;
        };
        path.push((day, value.value));
        days.push(At { value: day, at });
    }
    check_order(reader, key, &days);
    if let (Some(from), Some(first), true) = (from, days.first(), key != "rate")
        && first.value < from.value
    {
        reader.note(Problem::OutOfOrder { key, earlier: from.at, later: first.at });
    }
    Some((RatePath::new(path)?, days.into_iter().map(|day| day.at).collect()))
}

/// `"45 days"` or `"6 weeks"`, in weeks.
pub(super) fn read_wait(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<f64> {
    let text = reader.string("wait", table.get("wait")?)?;
    let weeks = text.value.trim().split_once(' ').and_then(|(number, unit)| {
        let number: f64 = number.parse().ok()?;
        match unit.trim() {
            "day" | "days" => Some(number / 7.0),
            "week" | "weeks" => Some(number),
            _ => None,
        }
    });
    let weeks = weeks.filter(|weeks| weeks.is_finite() && *weeks >= 0.0);
    if weeks.is_none() {
        reader.note(Problem::UnreadableWait { text: text.value.to_owned(), at: text.at });
    }
    weeks
}

fn check_order(reader: &mut Reader<'_>, key: &'static str, days: &[At<Date>]) {
    if let Some(pair) = days.windows(2).find(|pair| pair[1].value <= pair[0].value) {
        reader.note(Problem::OutOfOrder { key, earlier: pair[0].at, later: pair[1].at });
    }
}

pub(super) fn read_end(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<At<End>> {
    if table.get("until").is_some() && table.get("ends").is_some() {
        reader.note(Problem::Conflict {
            table: table.name.to_owned(),
            one: "until",
            other: "ends",
            one_at: table.key_at("until"),
            other_at: table.key_at("ends"),
            help: "both are the first day not in force; `ends` can also say why",
        });
    }
    if let Some(node) = table.get("until") {
        let day = reader.day("until", node)?;
        return Some(At { value: End { on: day.value, why: None }, at: day.at });
    }
    let ends = reader.table("`ends`", "ends", table.get("ends")?)?;
    reader.check_keys(ends, &["on", "why"]);
    let why = optional_text(reader, ends, "why");
    let on = reader.required(ends, "on", "the first day not in force: on = 2026-02-20")?;
    let day = reader.day("on", on)?;
    Some(At { value: End { on: day.value, why }, at: day.at })
}

pub(super) fn check_end(reader: &mut Reader<'_>, start: Option<At<Date>>, end: Option<&At<End>>) {
    let (Some(start), Some(end)) = (start, end) else {
        return;
    };
    let days = (start.value.duration_until(end.value.on)).as_hours() / 24;
    if days > 0 {
        return;
    }
    let gap = match -days {
        0 => "ends on the same day".to_owned(),
        1 => "ends a day earlier".to_owned(),
        days => format!("ends {days} days earlier"),
    };
    reader.note(Problem::EndBeforeStart {
        gap,
        start: start.at,
        end: end.at,
        help: "the end is the first day not in force",
    });
}

pub(super) fn read_suspension(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    taxes: bool,
    rate: &RatePath,
    steps_at: &[SourceSpan],
) -> Option<Suspension> {
    let table = reader.table("`suspend`", "suspend", node)?;
    let keys = ["from", "until", "then", "points"];
    reader.check_keys(table, if taxes { &keys } else { &keys[..3] });
    let points = table.get("points").filter(|_| taxes).map(|node| reader.percentage("points", node));
    let from = reader.required(table, "from", "the first day: from = 2025-05-14");
    let from = from.and_then(|node| reader.day("from", node));
    let until = reader.required(table, "until", "the first day without suspension: until = 2025-08-12");
    let until = until.map(|node| read_days(reader, node)).unwrap_or_default();
    let then = table.get("then").and_then(|node| read_afterwards(reader, node)).unwrap_or_default();
    check_order(reader, "until", &until);
    let from = from?;
    let points = match points {
        Some(read) => Some(read?),
        None => None,
    };
    if let Some(end) = until.iter().find(|day| day.value <= from.value) {
        reader.note(Problem::SuspensionOrder { start: from.at, end: end.at });
        return None;
    }
    let back = until.last()?.value;
    let until = until.into_iter().map(|day| day.value).collect();
    let suspension = |points| Suspension { points, from: from.value, until, then };
    let Some(points) = points else { return Some(suspension(None)) };
    for (place, (day, rate_then)) in rate.steps().iter().enumerate() {
        let next = rate.steps().get(place + 1).map(|(next, _)| *next);
        let meets = *day < back && next.is_none_or(|next| from.value < next);
        if meets && *rate_then > 0.0 && points.value > rate_then + 1e-12 {
            reader.note(Problem::SuspensionAboveRate {
                points: percent(points.value),
                rate: percent(*rate_then),
                points_at: points.at,
                rate_at: steps_at.get(place).copied().unwrap_or(points.at),
            });
            break;
        }
    }
    Some(suspension(Some(points.value)))
}

/// One day or a list of days.
fn read_days(reader: &mut Reader<'_>, node: &Node<'_>) -> Vec<At<Date>> {
    note_if_empty(reader, "until", node, "give the first day without suspension");
    match node.get_ref() {
        DeValue::Array(days) => days.iter().filter_map(|day| reader.day("until", day)).collect(),
        _ => reader.day("until", node).into_iter().collect(),
    }
}

fn read_afterwards(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Afterwards> {
    let word = reader.string("then", node)?;
    match word.value {
        "snap-back" => Some(Afterwards::SnapBack),
        "lapse" => Some(Afterwards::Lapse),
        _ => {
            let help = "write \"snap-back\" (the points apply again) or \"lapse\" (they never do)";
            reader.note(Problem::UnknownWord {
                key: "then",
                word: word.value.to_owned(),
                at: word.at,
                help: help.to_owned(),
            });
            None
        }
    }
}
