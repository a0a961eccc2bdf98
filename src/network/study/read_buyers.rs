//! Who buys? The regions of a study, and the further users of its material.
//!
//! ```toml
//! [[region]]                    # with every row of `RegionParameter`
//! code = "EU"
//! name = "European Union"
//! export_share = "39%"
//! tonnes = 21500                # only where chains are followed, with lag_sea and lines
//! not_held = { … }
//! priority = { … }              # priority_after may follow
//! first_stop = { of = "supplier", count = 3, from = 0, to = 61, report = "…", source = "…" }
//!
//! [[user]]                      # with rows of `UserParameter`
//! code = "wind"
//! name = "Wind turbines"
//! industry = "C27"
//! share = { … }                 # of the tonnes of a region
//! industry_share = { … }        # of the industry's output that such lines make
//! line_tonnes = { … }           # what a line uses in a year
//! cover_parts = { … }           # and others, where they differ from `[parameters]`
//! ```

use miette::SourceSpan;
use toml::de::DeValue;

use super::monte_carlo::MOST_CHAINS;
use super::parameters::{Parameter, Range, RegionParameter, UserParameter};
use super::read::{MOST_WEEKS, whole};
use super::read_ranges::{bounds, bounds_of, example, one_of, read_range};
use super::{LineKind, Observed, Region, User};
use crate::document::read::{Node, Reader, Table, note_if_empty};
use crate::document::{self, Problem};

/// Regions that a study can have.
const MOST_REGIONS: usize = 200;
/// Further users that a study can have.
const MOST_USERS: usize = 100;
/// Export shares may miss the whole by this much.
const SLACK: f64 = 1e-6;

/// The tables of a list `[[key]]`.
pub(super) fn items<'n, 't>(
    reader: &mut Reader<'_>,
    key: &'static str,
    node: &'n Node<'t>,
) -> Vec<&'n Node<'t>> {
    match node.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => {
            let help = format!("start each with [[{key}]], in double brackets");
            reader.wrong_type(key, "a list of tables", node, Some(help));
            Vec::new()
        }
    }
}

/// The regions, which share all exports.
pub(super) fn read_regions(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Option<Vec<Region>> {
    let example = "a [[region]] with code, name, export_share, not_held and priority";
    let node = reader.required(root, "region", example)?;
    note_if_empty(reader, "region", node, &format!("add {example}"));
    let nodes = items(reader, "region", node);
    let count = nodes.len();
    if count > MOST_REGIONS {
        let help = format!("write at most {MOST_REGIONS} regions");
        reader.note(Problem::OutOfBounds { key: "region".to_owned(), at: node.span().into(), help });
        return None;
    }
    let mut read: Vec<(Region, SourceSpan)> = Vec::new();
    for node in nodes {
        if let Some(table) = reader.table("the region", "region", node)
            && let Some((region, at)) = read_region(reader, table)
        {
            let before = read.iter().map(|(first, at)| (first.code.as_str(), *at));
            note_if_again(reader, &region.code, at, before);
            read.push((region, at));
        }
    }
    let whole = read.len() == count && count > 0;
    let sum: f64 = read.iter().map(|(region, _)| region.export_share).sum();
    if whole && (sum - 1.0).abs() > SLACK {
        reader.note(Problem::SharesSum {
            key: "export_share".to_owned(),
            percent: document::problem::percent(sum),
            at: read.last().map_or(root.at, |(_, at)| *at),
            help: "the regions share all exports: write shares that sum to 100 %".to_owned(),
        });
    }
    whole.then(|| read.into_iter().map(|(region, _)| region).collect())
}

fn read_region(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<(Region, SourceSpan)> {
    let title = match table.get("code").and_then(|node| node.get_ref().as_str()) {
        Some(code) => format!("the region `{code}`"),
        None => "the region".to_owned(),
    };
    let table = Table { name: &title, ..table };
    let mut known = vec!["code", "name", "members", "export_share", "tonnes", "first_stop"];
    known.extend(RegionParameter::ALL.iter().map(|parameter| parameter.word()));
    reader.check_keys(table, &known);
    let code = reader.text(table, "code", "code = \"EU\"");
    let name = reader.text(table, "name", "name = \"European Union\"");
    let share = reader
        .required(table, "export_share", "export_share = \"39%\": its share of exports before the control")
        .and_then(|node| reader.share("export_share", node));
    let tonnes = match table.get("tonnes") {
        Some(node) => reader.number("tonnes", node, (1.0, 1e6)).map(|tonnes| Some(tonnes.value)),
        None => Some(None),
    };
    let followed = table.get("tonnes").is_some();
    let mut ranges = Vec::new();
    for parameter in RegionParameter::ALL {
        let (word, unit) = (parameter.word(), parameter.unit());
        let needed = match parameter {
            RegionParameter::NotHeld | RegionParameter::Priority => true,
            RegionParameter::PriorityAfter => false,
            RegionParameter::LagSea | RegionParameter::Lines => followed,
        };
        let node = match table.get(word) {
            None if needed => reader.required(table, word, &example(word, unit)),
            found => found,
        };
        let row = code.as_ref().map_or(word.to_owned(), |code| format!("{}.{word}", code.value));
        let range = node.and_then(|node| read_range(reader, &row, unit, bounds(unit), node));
        ranges.push(if node.is_none() && !needed { Some(None) } else { range.map(Some) });
    }
    let observed = match table.get("first_stop") {
        Some(node) => read_observed(reader, node).map(Some),
        None => Some(None),
    };
    let (code, at) = code.map(|code| (code.value.to_owned(), code.at))?;
    let members = table.get("members").map(|node| {
        note_if_empty(
            reader,
            "members",
            node,
            "name the regions of a world that it stands for, or leave it out",
        );
        reader.strings("members", node).iter().map(|member| member.value.to_owned()).collect()
    });
    let region = Region {
        members: members.unwrap_or_else(|| vec![code.clone()]),
        covered: 1.0,
        code,
        name: name?.value.to_owned(),
        export_share: share?.value,
        tonnes: tonnes?,
        ranges: ranges.into_iter().collect::<Option<_>>()?,
        observed: observed?,
    };
    Some((region, at))
}

fn read_observed(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Observed> {
    let table = reader.table("`first_stop`", "first_stop", node)?;
    reader.check_keys(table, &["of", "count", "from", "to", "report", "source"]);
    let kinds = [LineKind::Vehicle, LineKind::Supplier];
    let words = kinds.map(LineKind::word);
    let of = one_of(reader, table, "of", "of = \"vehicle\"", "first_stop", &words).map(|place| kinds[place]);
    let count = whole(reader, table, "count", "count = 1: the how-manieth line that stopped", 1..=10_000);
    let mut day = |key, example| whole(reader, table, key, example, 0..=7 * MOST_WEEKS);
    let from = day("from", "from = 27: the first day that the stop can have begun on");
    let to = day("to", "to = 57: the last day that it can have begun on");
    let report = reader.text(table, "report", "report = \"…\": what was reported");
    let source = reader.text(table, "source", "source = \"…\": where it was reported");
    let (from, to) = (from?, to?);
    if from > to {
        let place = |key| table.get(key).map_or(table.at, |node: &Node<'_>| node.span().into());
        let (low, high) = (place("from"), place("to"));
        reader.note(Problem::EndsCrossed { key: "first_stop".to_owned(), low, high });
        return None;
    }
    Some(Observed {
        of: of?,
        count: count?,
        from,
        to,
        report: report?.value.to_owned(),
        source: source?.value.to_owned(),
    })
}

/// A code is used once.
fn note_if_again<'r>(
    reader: &mut Reader<'_>,
    code: &str,
    at: SourceSpan,
    mut before: impl Iterator<Item = (&'r str, SourceSpan)>,
) {
    if let Some((_, first)) = before.find(|(other, _)| *other == code) {
        reader.note(Problem::Twice { name: code.to_owned(), first, again: at });
    }
}

/// The further users of the material; none where the file names none.
pub(super) fn read_users(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Option<Vec<User>> {
    let Some(node) = root.get("user") else { return Some(Vec::new()) };
    let nodes = items(reader, "user", node);
    if nodes.len() > MOST_USERS {
        let help = format!("write at most {MOST_USERS} users");
        reader.note(Problem::OutOfBounds { key: "user".to_owned(), at: node.span().into(), help });
        return None;
    }
    let count = nodes.len();
    let mut read: Vec<(User, SourceSpan)> = Vec::new();
    for node in nodes {
        if let Some(table) = reader.table("the user", "user", node)
            && let Some((user, at)) = read_user(reader, table)
        {
            let before = read.iter().map(|(first, at)| (first.code.as_str(), *at));
            note_if_again(reader, &user.code, at, before);
            read.push((user, at));
        }
    }
    (read.len() == count).then(|| read.into_iter().map(|(user, _)| user).collect())
}

fn read_user(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<(User, SourceSpan)> {
    let title = match table.get("code").and_then(|node| node.get_ref().as_str()) {
        Some(code) => format!("the user `{code}`"),
        None => "the user".to_owned(),
    };
    let table = Table { name: &title, ..table };
    let mut known = vec!["code", "name", "industry"];
    known.extend(UserParameter::ALL.iter().map(|parameter| parameter.word()));
    reader.check_keys(table, &known);
    let code = reader.text(table, "code", "code = \"wind\"");
    let name = reader.text(table, "name", "name = \"Wind turbines\"");
    let industry = reader.text(table, "industry", "industry = \"C27\": the sector whose lines stop");
    let mut ranges = Vec::new();
    for parameter in UserParameter::ALL {
        let (word, unit) = (parameter.word(), parameter.unit());
        let node = match table.get(word) {
            None if parameter.is_needed() => reader.required(table, word, &example(word, unit)),
            found => found,
        };
        let row = code.as_ref().map_or(word.to_owned(), |code| format!("{}.{word}", code.value));
        let least = match parameter.of_study() {
            Some(parameter) => bounds_of(parameter),
            None if *parameter == UserParameter::LineTonnes => (0.01, 1e6),
            None => bounds(unit),
        };
        let range = node.and_then(|node| read_range(reader, &row, unit, least, node));
        ranges.push(if node.is_none() && !parameter.is_needed() { Some(None) } else { range.map(Some) });
    }
    let at = code.as_ref()?.at;
    let user = User {
        code: code?.value.to_owned(),
        name: name?.value.to_owned(),
        industry: industry?.value.to_owned(),
        ranges: ranges.into_iter().collect::<Option<_>>()?,
    };
    Some((user, at))
}

/// The chains and lines of every region can be followed.
pub(super) fn check_chains(
    reader: &mut Reader<'_>,
    ranges: &[Range],
    regions: &[Region],
    users: &[User],
    root: Table<'_, '_>,
) {
    let (share, chain) = (&ranges[Parameter::AutoShare as usize], &ranges[Parameter::ChainTonnes as usize]);
    let most = regions.iter().filter_map(|region| region.tonnes).fold(0.0, f64::max);
    let too_many = |share: &Range, each: &Range| share.high * most / each.low > MOST_CHAINS as f64;
    let mut refuse = |at: SourceSpan, key: String, share: &str, what: &str, each: &str| {
        let help = format!(
            "{share} times tonnes over {each} is the number of {what}, at most {MOST_CHAINS}: write a larger `low`"
        );
        reader.note(Problem::OutOfBounds { key, at, help });
    };
    if too_many(share, chain) {
        let rows = root.get("parameters").and_then(|node| node.get_ref().as_table());
        let row = rows.and_then(|rows| rows.get("chain_tonnes"));
        let at = row.map_or(root.at, |row| row.span().into());
        refuse(at, "chain_tonnes.low".to_owned(), "auto_share", "chains", "chain_tonnes");
    }
    for user in users {
        let Some(share) = user.range(UserParameter::Share) else { continue };
        let own_chain = user.range(UserParameter::ChainTonnes);
        for (each, word, what) in [
            (own_chain.or(Some(chain)), "chain_tonnes", "chains"),
            (user.range(UserParameter::LineTonnes), "line_tonnes", "lines"),
        ] {
            if each.is_some_and(|each| too_many(share, each)) {
                let at = root.key_at("user");
                refuse(at, format!("{}.{word}.low", user.code), "share", what, word);
            }
        }
    }
}
