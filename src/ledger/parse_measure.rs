//! What does one `[[measure]]` of a ledger file say?
//!
//! Keys of a tariff: `id`, `kind`, `by`, `on`, `except`, the goods (`scope`,
//! `sectors` or `coverage`; none is all goods), `rate` (dated steps, or plain
//! with `from`), `suspend`, the end (`until` or `ends`), `announced`, `status`,
//! `source`, `note`, `confirm`. Other kinds have the same keys without rate and
//! suspension; their own keys are carried as written until an engine reads them.

use toml::de::DeValue;

use super::measure::{Kind, Measure, RatePath, Scope, Status};
use super::parse::{Ids, Names, optional_text, read_coverage};
use super::parse_rate::{check_end, read_end, read_rate, read_suspension};
use super::parse_stacking::{Rules, STACKING_KEYS, read_stacking};
use super::write::on_one_line;
use crate::document::problem::{Problem, Warning};
use crate::document::read::{At, Node, Reader, Table, nearest, note_if_empty};

/// Keys of every kind.
const KEYS: [&str; 15] = [
    "id",
    "kind",
    "by",
    "on",
    "except",
    "scope",
    "sectors",
    "coverage",
    "from",
    "announced",
    "until",
    "ends",
    "status",
    "source",
    "note",
];

/// Further keys of a tariff.
const TARIFF_KEYS: [&str; 3] = ["rate", "suspend", "confirm"];

/// Reads one measure; `None` if it is no table.
pub(super) fn read_measure(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    names: &Names<'_>,
    ids: &mut Ids,
) -> Option<(Measure, Rules)> {
    let written = node.get_ref().as_table().and_then(|entries| entries.get("id"));
    let name = match written.and_then(|id| id.get_ref().as_str()) {
        Some(id) => format!("the measure `{id}`"),
        None => "this measure".to_owned(),
    };
    let table = reader.table(&name, "measure", node)?;
    let kind = read_kind(reader, table);
    // A measure of a misspelt kind that levies a rate is checked as a tariff.
    let tariff = kind == Some(Kind::ImportTariff) || (kind.is_none() && table.get("rate").is_some());
    if tariff {
        reader.check_keys(table, &[&KEYS[..], &TARIFF_KEYS[..], &STACKING_KEYS[..]].concat());
    }
    let id = read_id(reader, table, ids);
    let (by, on) = read_parties(reader, table, names, tariff);
    let scope = read_scope(reader, table, names);
    let from = table.get("from").and_then(|node| reader.day("from", node));
    let (rate, steps_at) =
        if tariff { read_rate(reader, table, &id, from) } else { (RatePath::default(), Vec::new()) };
    let end = read_end(reader, table);
    let start = match (rate.steps().first(), steps_at.first()) {
        (Some((value, _)), Some(at)) => Some(At { value: *value, at: *at }),
        _ => from,
    };
    check_end(reader, start, end.as_ref());
    let suspension = if tariff {
        table.get("suspend").and_then(|node| read_suspension(reader, node, &rate, &steps_at))
    } else {
        None
    };
    if kind == Some(Kind::Event) && table.get("from").is_none() {
        reader.required(table, "from", "the day: from = 2025-06-05");
    }
    let source = optional_text(reader, table, "source");
    if table.get("source").is_none() {
        reader.warnings.push(Warning::NoSource { id: id.clone(), at: table.at });
    }
    let (stacking, rules) = if tariff { read_stacking(reader, table) } else { Default::default() };
    let measure = Measure {
        id,
        kind: kind.unwrap_or(Kind::Event),
        by,
        on,
        scope,
        rate,
        from: from.map(|day| day.value),
        announced: table.get("announced").and_then(|node| reader.day("announced", node)).map(|day| day.value),
        end: end.map(|end| end.value),
        suspension,
        stacking,
        status: read_status(reader, table),
        source,
        note: optional_text(reader, table, "note"),
        carried: if tariff { Vec::new() } else { carried_keys(reader, table) },
    };
    Some((measure, rules))
}

fn read_kind(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Kind> {
    let node = reader.required(table, "kind", "kind = \"import-tariff\"")?;
    let word = reader.string("kind", node)?;
    let kind = Kind::from_name(word.value);
    if kind.is_none() {
        let known = || Kind::ALL.into_iter().map(Kind::name);
        let help = match nearest(word.value, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the kinds are {}", known().collect::<Vec<_>>().join(", ")),
        };
        reader.note(Problem::UnknownKind { name: word.value.to_owned(), at: word.at, help });
    }
    kind
}

fn read_id(reader: &mut Reader<'_>, table: Table<'_, '_>, ids: &mut Ids) -> String {
    let node = reader.required(table, "id", "a short name: id = \"us-fentanyl\"");
    let Some(id) = node.and_then(|node| reader.string("id", node)) else {
        return String::new();
    };
    if let Some(first) = ids.get(id.value) {
        let (first, again) = (*first, id.at);
        reader.note(Problem::DuplicateId { id: id.value.to_owned(), first, again });
    } else {
        ids.insert(id.value.to_owned(), id.at);
    }
    id.value.to_owned()
}

/// One side of a measure: its regions, and whether `"*"` stands for all others.
#[derive(Default)]
struct Side {
    named: Vec<At<usize>>,
    all_others: bool,
}

fn read_side(reader: &mut Reader<'_>, key: &'static str, node: &Node<'_>, names: &Names<'_>) -> Side {
    let mut side = Side::default();
    let help = if key == "on" { "name a region, or \"*\" for all others" } else { "name a region" };
    note_if_empty(reader, key, node, help);
    for code in reader.strings(key, node) {
        if code.value == "*" {
            side.all_others = true;
            continue;
        }
        match names.regions(code.value, code.at) {
            Ok(regions) => {
                side.named.extend(regions.into_iter().map(|value| At { value, at: code.at }));
            }
            Err(problem) => reader.note(problem),
        }
    }
    side
}

fn read_parties(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    names: &Names<'_>,
    tariff: bool,
) -> (Vec<usize>, Vec<usize>) {
    let mut side = |key: &'static str, example: &str| {
        let node = if tariff { reader.required(table, key, example) } else { table.get(key) };
        node.map(|node| read_side(reader, key, node, names)).unwrap_or_default()
    };
    let by = side("by", "who acts: by = \"USA\"");
    let mut on = side("on", "whom it hits: on = [\"CHN\"], or on = \"*\" for all others");
    let except = table.get("except").map(|node| read_side(reader, "except", node, names));
    let except: Vec<usize> =
        except.into_iter().flat_map(|side| side.named).map(|region| region.value).collect();
    let hits = on.all_others || !on.named.is_empty();
    on.named.retain(|region| !except.contains(&region.value));
    for acting in &by.named {
        if let Some(hit) = on.named.iter().find(|hit| hit.value == acting.value) {
            let region = names.world.regions.code(acting.value).to_owned();
            let help = format!("take {region} out of `on`, or add except = [\"{region}\"]");
            reader.note(Problem::TaxesItself { region, by: acting.at, on: hit.at, help });
            break;
        }
    }
    let regions = |side: Side| {
        let all = if side.all_others { 0..names.world.region_count() } else { 0..0 };
        let mut regions: Vec<usize> = all.chain(side.named.into_iter().map(|region| region.value)).collect();
        regions.sort_unstable();
        regions.dedup();
        regions
    };
    let (by, mut on) = (regions(by), regions(on));
    on.retain(|region| !except.contains(region));
    if hits && on.is_empty() && !except.is_empty() {
        reader.note(Problem::HitsNobody { at: table.key_at("except") });
    }
    (by, on)
}

fn read_scope(reader: &mut Reader<'_>, table: Table<'_, '_>, names: &Names<'_>) -> Scope {
    let goods = names.world.goods.iter().map(|is_good| if *is_good { 1.0 } else { 0.0 }).collect();
    let all_goods = Scope { name: None, coverage: goods, lines: None, note: None, source: None };
    let Some(node) = table.get("scope") else {
        return match read_coverage(reader, table, names.world) {
            Some(coverage) => Scope { coverage, ..all_goods },
            None => all_goods,
        };
    };
    for other in ["sectors", "coverage"] {
        if table.get(other).is_some() {
            reader.note(Problem::Conflict {
                table: table.name.to_owned(),
                one: "scope",
                other,
                one_at: table.key_at("scope"),
                other_at: table.key_at(other),
                help: "keep one of the two",
            });
        }
    }
    let Some(name) = reader.string("scope", node) else {
        return all_goods;
    };
    match names.scope(name.value, name.at) {
        Ok(scope) => scope.clone(),
        Err(problem) => {
            reader.note(problem);
            all_goods
        }
    }
}

fn read_status(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Status {
    let Some(word) = table.get("status").and_then(|node| reader.string("status", node)) else {
        return Status::default();
    };
    let known = Status::ALL.iter().find(|(name, _)| *name == word.value);
    if known.is_none() {
        let words: Vec<&str> = Status::ALL.iter().map(|(name, _)| *name).collect();
        reader.note(Problem::UnknownWord {
            key: "status",
            word: word.value.to_owned(),
            at: word.at,
            help: format!("write one of {}", words.join(", ")),
        });
    }
    known.map_or_else(Status::default, |(_, status)| *status)
}

/// The keys of a kind that is not read further, with their values as TOML.
fn carried_keys(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Vec<(String, String)> {
    let own = table.entries.iter().filter(|(key, _)| !KEYS.contains(&key.get_ref().as_ref()));
    own.map(|(key, value)| {
        check_numbers(reader, value);
        (key.get_ref().to_string(), on_one_line(value.get_ref()))
    })
    .collect()
}

/// The TOML parser leaves it to the reader whether digits are a number:
/// `2020_02-14` is none.
fn check_numbers(reader: &mut Reader<'_>, node: &Node<'_>) {
    let is_number = match node.get_ref() {
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix()).is_ok(),
        DeValue::Float(number) => number.as_str().parse::<f64>().is_ok(),
        DeValue::Array(items) => return items.iter().for_each(|item| check_numbers(reader, item)),
        DeValue::Table(entries) => return entries.values().for_each(|item| check_numbers(reader, item)),
        _ => true,
    };
    if !is_number {
        reader.note(Problem::Syntax { message: "not a number".to_owned(), at: node.span().into() });
    }
}
