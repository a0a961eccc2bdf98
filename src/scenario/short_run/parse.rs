//! What does `[short_run]` say?
//!
//! ```toml
//! [short_run]
//! from          = 2025-04-04
//! weeks         = 26                     # 1 to 104
//! step          = "week"                 # or "day"
//! materials     = ["rare-earths"]        # carved out for the weeks alone
//! study         = "magnets-2025"         # default: none
//! sender        = "CHN"
//! cover         = ["15 days", "60 days"] # or one: "30 days"
//! restore       = ["15 days", "60 days"]
//! leak          = ["5%", "30%"]
//! reroute       = ["0%", "100%"]
//! qualification = "26 weeks"
//! transit       = "28 days"              # or ["20 days", "42 days"]
//! measure       = "…"                    # of the ledger: drives the study
//! approval_late = ["0 days", "30 days"]  # later than the ledger says
//! approval_part = ["50%", "100%"]        # of what the ledger says
//! retaliation   = ["…"]                  # measures that are the other side's answer
//! patience      = "8 weeks"
//! dependence    = { materials = "2%", goods = "10%", services = "0%", C26 = "80%" }
//! rationing     = "proportional"         # home-first, final-first, max-min
//! draws         = 200
//! seed          = 1
//! revoke        = { measures = ["…"] }   # as in a phase, and so extend and add
//! ```

use jiff::civil::Date;
use toml::de::DeValue;

use super::{Dependence, ShortRunQuestion, Span};
use crate::document::Problem;
use crate::document::read::{Node, Reader, Table, in_file_order, nearest};
use crate::network::{Class, Rationing};
use crate::scenario::parse::{read_amendments, read_names};

/// Keys of the table.
const KEYS: [&str; 25] = [
    "materials",
    "revoke",
    "set",
    "extend",
    "add",
    "from",
    "weeks",
    "step",
    "study",
    "measure",
    "retaliation",
    "approval_late",
    "approval_part",
    "sender",
    "cover",
    "restore",
    "leak",
    "reroute",
    "qualification",
    "transit",
    "patience",
    "dependence",
    "rationing",
    "draws",
    "seed",
];

/// More weeks than this are no short run.
const MOST_WEEKS: u64 = 104;
/// More draws than this are refused.
const MOST_DRAWS: u64 = 20_000;

/// The words for rules of rationing.
pub(super) const RATIONING: [(&str, Rationing); 4] = [
    ("proportional", Rationing::Proportional),
    ("home-first", Rationing::Priority([Class::Home, Class::Abroad, Class::Final])),
    ("final-first", Rationing::Priority([Class::Final, Class::Home, Class::Abroad])),
    ("max-min", Rationing::MaxMin),
];

/// Reads the table.
pub fn read(reader: &mut Reader<'_>, table: Table<'_, '_>) -> ShortRunQuestion {
    reader.check_keys(table, &KEYS);
    let from = reader.required(table, "from", "from = 2025-04-04").and_then(|node| reader.day("from", node));
    let weeks = match table.get("weeks") {
        Some(node) => reader.whole("weeks", node, 1..=MOST_WEEKS),
        None => Some(26),
    };
    // What is wrong is noted and refuses the file: the values in its place let the rest be read.
    let first = from.map_or(Date::constant(2025, 1, 1), |from| from.value);
    let mut question = ShortRunQuestion::new(first, weeks.map_or(26, |weeks| weeks as usize));
    if let Some(step) = word(reader, table, "step", &["week", "day"]) {
        question.step_days = if step == "day" { 1.0 } else { 7.0 };
    }
    if let Some(rule) = word(reader, table, "rationing", &RATIONING.map(|(word, _)| word)) {
        let found = RATIONING.iter().find(|(word, _)| *word == rule);
        question.rationing = found.map_or(Rationing::Proportional, |(_, rule)| *rule);
    }
    let mut text = |key| Some(reader.string(key, table.get(key)?)?.value.to_owned());
    (question.study, question.sender, question.measure) = (text("study"), text("sender"), text("measure"));
    if let Some(node) = table.get("materials") {
        let help = "name a material, or leave `materials` out";
        question.materials = read_names(reader, "materials", node, help);
    }
    if let Some(node) = table.get("retaliation") {
        let help = "name a measure, or leave `retaliation` out";
        question.retaliation = read_names(reader, "retaliation", node, help);
    }
    question.amendments = read_amendments(reader, table);
    let least = question.step_days;
    for (key, span) in [("cover", &mut question.cover), ("restore", &mut question.restore)] {
        if let Some(node) = table.get(key)
            && let Some(found) = read_span(reader, key, node, duration)
        {
            *span = found;
            if found.low < if key == "cover" { least } else { 1.0 } {
                let help = format!(
                    "write at least {least:.0} days: a stock that does not last a step stops its line"
                );
                reader.note(Problem::OutOfBounds { key: key.to_owned(), at: node.span().into(), help });
            }
        }
    }
    type Read = fn(&mut Reader<'_>, &str, &Node<'_>) -> Option<f64>;
    for (key, span, read) in [
        ("leak", &mut question.leak, share as Read),
        ("reroute", &mut question.reroute, share),
        ("approval_part", &mut question.approval_part, share),
        ("approval_late", &mut question.approval_late, duration),
        ("transit", &mut question.transit, duration),
    ] {
        if let Some(node) = table.get(key)
            && let Some(found) = read_span(reader, key, node, read)
        {
            *span = found;
        }
    }
    for (key, days) in
        [("qualification", &mut question.qualification_days), ("patience", &mut question.patience_days)]
    {
        if let Some(found) = table.get(key).and_then(|node| duration(reader, key, node)) {
            *days = found;
        }
    }
    if let Some(node) = table.get("dependence") {
        read_dependence(reader, node, &mut question.dependence);
    }
    if let Some(draws) = table.get("draws").and_then(|node| reader.whole("draws", node, 1..=MOST_DRAWS)) {
        question.draws = draws as usize;
    }
    if let Some(seed) = table.get("seed").and_then(|node| reader.whole("seed", node, 0..=u64::from(u32::MAX)))
    {
        question.seed = seed;
    }
    question
}

/// One of several words.
fn word<'w>(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    key: &'static str,
    words: &[&'w str],
) -> Option<&'w str> {
    let found = reader.string(key, table.get(key)?)?;
    let known = words.iter().copied().find(|word| *word == found.value);
    if known.is_none() {
        let help = match nearest(found.value, words.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!(
                "write {}",
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ")
            ),
        };
        reader.note(Problem::UnknownWord { key, word: found.value.to_owned(), at: found.at, help });
    }
    known
}

/// `x`, or `[low, high]`.
fn read_span(
    reader: &mut Reader<'_>,
    key: &str,
    node: &Node<'_>,
    read: fn(&mut Reader<'_>, &str, &Node<'_>) -> Option<f64>,
) -> Option<Span> {
    let DeValue::Array(ends) = node.get_ref() else {
        let value = read(reader, key, node)?;
        return Some(Span { low: value, high: value });
    };
    let found: Vec<Option<f64>> = ends.iter().map(|end| read(reader, key, end)).collect();
    match found.as_slice() {
        [Some(low), Some(high)] if low <= high => Some(Span { low: *low, high: *high }),
        [Some(_), Some(_)] => {
            let help = "write the lower end first".to_owned();
            reader.note(Problem::OutOfBounds { key: key.to_owned(), at: node.span().into(), help });
            None
        }
        [_, _] => None,
        _ => {
            let help = "write one value, or two: [low, high]".to_owned();
            reader.note(Problem::OutOfBounds { key: key.to_owned(), at: node.span().into(), help });
            None
        }
    }
}

/// `"30 days"` or `"6 weeks"`, in days.
fn duration(reader: &mut Reader<'_>, key: &str, node: &Node<'_>) -> Option<f64> {
    let text = reader.string(key, node)?;
    let days = text.value.trim().split_once(' ').and_then(|(number, unit)| {
        let number: f64 = number.parse().ok()?;
        match unit.trim() {
            "day" | "days" => Some(number),
            "week" | "weeks" => Some(7.0 * number),
            _ => None,
        }
    });
    let days = days.filter(|days| (0.0..=3650.0).contains(days));
    if days.is_none() {
        let help = "write a time as \"30 days\" or \"6 weeks\", at most ten years".to_owned();
        reader.note(Problem::OutOfBounds { key: key.to_owned(), at: text.at, help });
    }
    days
}

fn share(reader: &mut Reader<'_>, key: &str, node: &Node<'_>) -> Option<f64> {
    reader.share(key, node).map(|share| share.value)
}

fn read_dependence(reader: &mut Reader<'_>, node: &Node<'_>, dependence: &mut Dependence) {
    let Some(table) = reader.table("`dependence`", "dependence", node) else { return };
    for (key, node) in in_file_order(table.entries) {
        let word = key.get_ref().as_ref();
        let Some(value) = share(reader, word, node) else { continue };
        match word {
            "materials" => dependence.materials = value,
            "goods" => dependence.goods = value,
            "services" => dependence.services = value,
            code => dependence.of.push((code.to_owned(), value)),
        }
    }
}
