//! What does `[strategy]` say?
//!
//! ```toml
//! [strategy]
//! players     = ["USA", "CHN"]
//! status_quo  = "truce"                  # default: the phase of `against`
//! rungs       = ["truce", "collapse", { name = "licences", phase = "collapse", add = [{ … }] }, "embargo"]
//! deals       = ["truce", "busan"]       # default: the status quo
//! punishment  = "collapse"               # a phase, or "nash" (default)
//! periods     = 4                        # default: for ever
//! standing    = "50%"                    # weight on the other's loss; default: 0 %
//! rate        = "4%"                     # a year
//! detection   = "90 days"
//! not_renewed = "0%"                     # a year
//! noise       = "25%"
//! bounds      = ["0%", "500%"]
//! term        = "52 weeks"
//! sets        = "ends"                   # "all", or a list
//! deficits    = ["held", "zero"]
//! ```

use std::collections::BTreeMap;

use miette::SourceSpan;
use toml::de::DeValue;

use super::{MOST_RUNGS, Punishment, RungQuestion, Sets, StrategyQuestion};
use crate::document::Problem;
use crate::document::read::{At, Node, Reader, Table, nearest, note_if_empty};
use crate::equilibrium::Deficits;
use crate::ledger::Amendments;
use crate::scenario::Phase;
use crate::scenario::parse::{read_amendments, read_names};

/// Keys of the table.
const KEYS: [&str; 15] = [
    "players",
    "status_quo",
    "rungs",
    "deals",
    "punishment",
    "periods",
    "standing",
    "rate",
    "detection",
    "not_renewed",
    "noise",
    "bounds",
    "term",
    "sets",
    "deficits",
];

/// The rung on which a side buys no goods from the other.
pub(in crate::scenario) const EMBARGO: &str = "embargo";

/// Words of the table that name no phase: a phase with such a name could not be meant.
pub(in crate::scenario) const RESERVED: [&str; 2] = [EMBARGO, NASH];

/// The punishment by the trade war.
const NASH: &str = "nash";

/// A war of more periods than this is for ever.
const MOST_PERIODS: u64 = 1000;
/// Shortest and longest detection and term, days.
const DAYS: (f64, f64) = (1.0, 3650.0);

/// What the rest of the file says.
pub(in crate::scenario) struct Known<'a> {
    /// All phases.
    pub phases: &'a [Phase],
    /// Position of the phase that the others are compared with.
    pub against: usize,
    /// Whether the long run is the base model, where it is asked for.
    pub variant_at: Option<SourceSpan>,
}

/// Reads the table; `None` without two players.
pub(in crate::scenario) fn read(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    known: &Known<'_>,
) -> Option<StrategyQuestion> {
    reader.check_keys(table, &KEYS);
    if let Some(at) = known.variant_at {
        let help = "games are played on the base model: leave `variant` or [strategy] out".to_owned();
        reader.note(Problem::OutOfBounds { key: "variant".to_owned(), at, help });
    }
    let players = read_players(reader, table);
    let mut phase = |key| phase_of(reader, key, table.get(key)?, known, &[]);
    let status_quo = phase("status_quo").flatten().unwrap_or(known.against);
    let punishment = match table.get("punishment") {
        Some(node) => match phase_of(reader, "punishment", node, known, &[NASH]).flatten() {
            Some(phase) => Punishment::Phase(phase),
            None => Punishment::Nash,
        },
        None => Punishment::Nash,
    };
    let deals = match table.get("deals") {
        Some(node) => read_deals(reader, node, known),
        None => vec![status_quo],
    };
    let rungs = match table.get("rungs") {
        Some(node) => read_rungs(reader, node, known, status_quo),
        None => Vec::new(),
    };
    let periods = table.get("periods").and_then(|node| reader.whole("periods", node, 1..=MOST_PERIODS));
    let mut percent = |key, default: f64, most: f64| match table.get(key) {
        Some(node) => within(reader, key, node, most).unwrap_or(default),
        None => default,
    };
    let (standing, rate) = (percent("standing", 0.0, 100.0), percent("rate", 0.04, 10.0));
    let (not_renewed, noise) = (percent("not_renewed", 0.0, 0.9999), percent("noise", 0.25, 100.0));
    let mut days = |key, default: f64| match table.get(key) {
        Some(node) => time(reader, key, node).unwrap_or(default),
        None => default,
    };
    let (detection_days, term_days) = (days("detection", 90.0), days("term", 364.0));
    let bounds = table.get("bounds").and_then(|node| read_bounds(reader, node)).unwrap_or((0.0, 5.0));
    let sets = table.get("sets").map_or(Sets::Ends, |node| read_sets(reader, node));
    let deficits = table.get("deficits").map_or(Vec::new(), |node| read_deficits(reader, node));
    Some(StrategyQuestion {
        players: players?,
        standing,
        status_quo,
        rungs,
        deals,
        punishment,
        punished_periods: periods.map(|periods| periods as u32),
        rate,
        detection_days,
        not_renewed,
        noise,
        bounds,
        term_days,
        sets,
        deficits,
    })
}

fn read_players(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<[String; 2]> {
    let node = reader.required(table, "players", "players = [\"USA\", \"CHN\"]")?;
    let before = reader.problems.len();
    let names = read_names(reader, "players", node, "name two regions, as in [\"USA\", \"CHN\"]");
    match <[String; 2]>::try_from(names) {
        Ok(players) => Some(players),
        Err(names) => {
            if reader.problems.len() == before {
                let help = format!(
                    "a game here has two players, and {} named: write players = [\"USA\", \"CHN\"]",
                    if names.len() == 1 { "one is".to_owned() } else { format!("{} are", names.len()) }
                );
                reader.note(Problem::OutOfBounds { key: "players".to_owned(), at: node.span().into(), help });
            }
            None
        }
    }
}

/// Position of the phase that a word names; `Some(None)` for one of `others`.
fn phase_of(
    reader: &mut Reader<'_>,
    key: &'static str,
    node: &Node<'_>,
    known: &Known<'_>,
    others: &[&str],
) -> Option<Option<usize>> {
    let word = reader.string(key, node)?;
    named_phase(reader, key, word, known, others)
}

fn named_phase(
    reader: &mut Reader<'_>,
    key: &'static str,
    word: At<&str>,
    known: &Known<'_>,
    others: &[&str],
) -> Option<Option<usize>> {
    if let Some(found) = known.phases.iter().position(|phase| phase.name == word.value) {
        return Some(Some(found));
    }
    if others.contains(&word.value) {
        return Some(None);
    }
    let names = || known.phases.iter().map(|phase| phase.name.as_str()).chain(others.iter().copied());
    let help = match nearest(word.value, names()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("write one of {}", names().collect::<Vec<_>>().join(", ")),
    };
    reader.note(Problem::UnknownWord { key, word: word.value.to_owned(), at: word.at, help });
    None
}

fn read_deals(reader: &mut Reader<'_>, node: &Node<'_>, known: &Known<'_>) -> Vec<usize> {
    note_if_empty(reader, "deals", node, "name a phase, or leave `deals` out");
    let mut seen: BTreeMap<String, SourceSpan> = BTreeMap::new();
    let mut deals = Vec::new();
    for word in reader.strings("deals", node) {
        match seen.insert(word.value.to_owned(), word.at) {
            Some(first) => {
                reader.note(Problem::Twice { name: word.value.to_owned(), first, again: word.at });
            }
            None => deals.extend(named_phase(reader, "deals", word, known, &[]).flatten()),
        }
    }
    deals
}

fn read_rungs(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    known: &Known<'_>,
    status_quo: usize,
) -> Vec<RungQuestion> {
    let DeValue::Array(items) = node.get_ref() else {
        let help = "write rungs = [\"truce\", \"collapse\", \"embargo\"], lowest first".to_owned();
        reader.wrong_type("rungs", "a list of phases", node, Some(help));
        return Vec::new();
    };
    if !(2..=MOST_RUNGS).contains(&items.len()) {
        let help = format!("write 2 to {MOST_RUNGS} rungs, lowest first, or leave `rungs` out");
        reader.note(Problem::OutOfBounds { key: "rungs".to_owned(), at: node.span().into(), help });
    }
    let mut seen: BTreeMap<String, SourceSpan> = BTreeMap::new();
    let mut rungs = Vec::new();
    for item in items.iter() {
        let Some((rung, at)) = read_rung(reader, item, known, status_quo) else { continue };
        match seen.insert(rung.name.clone(), at) {
            Some(first) => reader.note(Problem::Twice { name: rung.name, first, again: at }),
            None => rungs.push(rung),
        }
    }
    rungs
}

/// A phase, the word for an embargo, or a table.
fn read_rung(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    known: &Known<'_>,
    status_quo: usize,
) -> Option<(RungQuestion, SourceSpan)> {
    if node.get_ref().as_table().is_none() {
        let word = reader.string("rungs", node)?;
        let phase = named_phase(reader, "rungs", word, known, &[EMBARGO])?;
        let rung = RungQuestion {
            name: word.value.to_owned(),
            phase: phase.unwrap_or(status_quo),
            amendments: Amendments::default(),
            embargo: phase.is_none(),
        };
        return Some((rung, word.at));
    }
    let table = reader.table("the rung", "rungs", node)?;
    reader.check_keys(table, &["name", "phase", "embargo", "revoke", "extend", "set", "add"]);
    let name =
        reader.required(table, "name", "name = \"licences\"").and_then(|node| reader.string("name", node));
    if let Some(name) = name.filter(|name| known.phases.iter().any(|phase| phase.name == name.value)) {
        let help = "a phase has this name: choose another, or write the name alone".to_owned();
        reader.note(Problem::UnknownWord { key: "name", word: name.value.to_owned(), at: name.at, help });
    }
    let phase = match table.get("phase") {
        Some(node) => phase_of(reader, "phase", node, known, &[]).flatten(),
        None => Some(status_quo),
    };
    let embargo = table.get("embargo").is_some_and(|node| reader.flag("embargo", node));
    let amendments = read_amendments(reader, table);
    let (name, phase) = (name?, phase?);
    Some((RungQuestion { name: name.value.to_owned(), phase, amendments, embargo }, name.at))
}

/// A percentage of at most `most`, a fraction.
fn within(reader: &mut Reader<'_>, key: &str, node: &Node<'_>, most: f64) -> Option<f64> {
    let found = reader.plain_percentage(key, node)?;
    let positive = key != "noise" || found.value > 0.0;
    if found.value <= most && positive {
        return Some(found.value);
    }
    let least = if key == "noise" { "above \"0%\"" } else { "from \"0%\"" };
    let help = format!("write a percentage {least} to \"{}%\"", 100.0 * most);
    reader.note(Problem::OutOfBounds { key: key.to_owned(), at: found.at, help });
    None
}

/// `"90 days"` or `"52 weeks"`, in days.
fn time(reader: &mut Reader<'_>, key: &str, node: &Node<'_>) -> Option<f64> {
    let text = reader.string(key, node)?;
    let days = text.value.trim().split_once(' ').and_then(|(number, unit)| {
        let number: f64 = number.parse().ok()?;
        match unit.trim() {
            "day" | "days" => Some(number),
            "week" | "weeks" => Some(7.0 * number),
            _ => None,
        }
    });
    let days = days.filter(|days| (DAYS.0..=DAYS.1).contains(days));
    if days.is_none() {
        let help = "write a time as \"90 days\" or \"52 weeks\", from a day to ten years".to_owned();
        reader.note(Problem::OutOfBounds { key: key.to_owned(), at: text.at, help });
    }
    days
}

fn read_bounds(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<(f64, f64)> {
    let help = "write the lowest and the highest tariff: bounds = [\"0%\", \"500%\"]".to_owned();
    let DeValue::Array(ends) = node.get_ref() else {
        reader.wrong_type("bounds", "two percentages", node, Some(help));
        return None;
    };
    let found: Vec<Option<f64>> =
        ends.iter().map(|end| reader.percentage("bounds", end).map(|end| end.value)).collect();
    match found.as_slice() {
        [Some(low), Some(high)] if low <= high => Some((*low, *high)),
        [Some(_), Some(_)] => {
            let help = "write the lower bound first".to_owned();
            reader.note(Problem::OutOfBounds { key: "bounds".to_owned(), at: node.span().into(), help });
            None
        }
        [_, _] => None,
        _ => {
            reader.note(Problem::OutOfBounds { key: "bounds".to_owned(), at: node.span().into(), help });
            None
        }
    }
}

/// `"ends"`, `"all"`, or names, which are looked up when the world is known.
fn read_sets(reader: &mut Reader<'_>, node: &Node<'_>) -> Sets {
    match node.get_ref() {
        DeValue::String(word) if word == "ends" => Sets::Ends,
        DeValue::String(word) if word == "all" => Sets::All,
        _ => Sets::Named(read_names(reader, "sets", node, "name a set, or write \"ends\" or \"all\"")),
    }
}

fn read_deficits(reader: &mut Reader<'_>, node: &Node<'_>) -> Vec<Deficits> {
    note_if_empty(reader, "deficits", node, "write deficits = [\"held\", \"zero\"], or leave it out");
    let mut found = Vec::new();
    for word in reader.strings("deficits", node) {
        let rule = match word.value {
            "zero" => Deficits::Zero,
            "held" => Deficits::Held,
            "share" => Deficits::Share,
            "income" => Deficits::Income,
            other => {
                let help = "write \"held\", \"zero\", \"share\" or \"income\"".to_owned();
                reader.note(Problem::UnknownWord {
                    key: "deficits",
                    word: other.to_owned(),
                    at: word.at,
                    help,
                });
                continue;
            }
        };
        if !found.contains(&rule) {
            found.push(rule);
        }
    }
    found
}
