//! What does one `[[measure]]` of a ledger file say?
//!
//! Keys of every kind: `id`, `kind`, `by`, `on`, `except`, the goods (`scope`,
//! `sectors` or `coverage`; none is all goods, for a visa restriction all
//! services), `from`, `announced`, the end (`until` or `ends`), `status`,
//! `source`, `note`, `rows` (of a table of record), `recall` (what was written
//! from memory), `reading`. [`OWN_KEYS`] has those of each kind: `rate`,
//! `quantity`, `approval`, `cost` and `share` are dated steps, or plain with `from`.

use std::sync::Arc;

use super::measure::{Kind, Measure, Scope, Status};
use super::parse::{Ids, Names, optional_text, read_coverage};
use super::parse_rate::{check_end, read_end, read_path, read_rate, read_suspension, read_wait};
use super::parse_reading::read_readings;
use super::parse_stacking::{Rules, STACKING_KEYS, read_stacking};
use crate::document::problem::{Problem, Warning, percent};
use crate::document::read::{At, Node, Reader, Table, nearest, note_if_empty};

/// Keys of every kind.
const KEYS: [&str; 18] = [
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
    "rows",
    "recall",
    "reading",
];

/// Further keys of each kind.
const OWN_KEYS: [(Kind, &[&str]); 14] = [
    (Kind::ImportTariff, &["rate", "suspend", "confirm"]),
    (Kind::ImportQuota, &["quantity", "pooled", "rent", "suspend"]),
    (Kind::ImportBan, &["suspend"]),
    (Kind::ExportTax, &["rate", "suspend", "confirm"]),
    (Kind::ExportLicence, &["approval", "wait", "cost", "pooled", "rent", "suspend"]),
    (Kind::ExportQuota, &["quantity", "pooled", "rent", "suspend"]),
    (Kind::ExportBan, &["suspend"]),
    (Kind::EntityListing, &["cost", "suspend"]),
    (Kind::Subsidy, &["rate", "suspend"]),
    (Kind::PortFee, &["cost", "suspend"]),
    (Kind::VisaRestriction, &["cost", "suspend"]),
    (Kind::TariffExemption, &["of", "share", "suspend"]),
    (Kind::PurchaseCommitment, &["suspend"]),
    (Kind::Event, &[]),
];

/// Further keys of a kind.
pub(super) fn own_keys(kind: Kind) -> &'static [&'static str] {
    OWN_KEYS.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, keys)| keys)
}

/// Reads one measure; `None` if it is no table. `ids` are those before it, if
/// nobody else sees to it that each is used once.
pub(super) fn read_measure(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    names: &Names<'_>,
    ids: Option<&mut Ids>,
) -> Option<(Measure, Rules)> {
    let written = node.get_ref().as_table().and_then(|entries| entries.get("id"));
    let name = match written.and_then(|id| id.get_ref().as_str()) {
        Some(id) => format!("the measure `{id}`"),
        None => "this measure".to_owned(),
    };
    let table = reader.table(&name, "measure", node)?;
    let kind = read_kind(reader, table);
    // A measure of a misspelt kind that levies a rate is checked as a tariff.
    let checked = kind.or_else(|| table.get("rate").map(|_| Kind::ImportTariff));
    let own = checked.map_or(&[][..], own_keys);
    let stacks = checked == Some(Kind::ImportTariff);
    if checked.is_some() {
        let stacking = if stacks { &STACKING_KEYS[..] } else { &[] };
        let is_known = |key: &str| [&KEYS[..], own, stacking].iter().any(|keys| keys.contains(&key));
        if !table.entries.keys().all(|key| is_known(key.get_ref())) {
            reader.check_keys(table, &[&KEYS[..], own, stacking].concat());
        }
    }
    let has = |key: &str| own.contains(&key) && table.get(key).is_some();
    let id = read_id(reader, table, ids);
    let (by, on) = read_parties(reader, table, names, needs_parties(checked, table));
    let scope = services_by_default(checked, table, names, read_scope(reader, table, names));
    let from = table.get("from").and_then(|node| reader.day("from", node));
    let taxed = checked.is_some_and(Kind::is_tax);
    let (rate, steps_at) = if taxed {
        read_rate(reader, table, &id, from)
    } else if has("rate") {
        read_path(reader, table, "rate", from, None).unwrap_or_default()
    } else {
        Default::default()
    };
    if checked == Some(Kind::Subsidy)
        && let Some((_, step)) = rate.steps().iter().find(|(_, rate)| *rate >= 1.0)
    {
        let percent = percent(*step);
        reader.note(Problem::WholeSubsidy { percent, at: table.key_at("rate") });
    }
    let mut path = |key: &'static str| {
        if has(key) {
            read_path(reader, table, key, from, None).unwrap_or_default()
        } else {
            Default::default()
        }
    };
    let paths = [path("quantity"), path("approval"), path("cost"), path("share")];
    let wait_weeks = if has("wait") { read_wait(reader, table) } else { None };
    let of = read_exempted(reader, table, own);
    let dated = ["rate", "quantity", "approval", "cost", "share"].into_iter().any(has);
    if kind.is_some() && !taxed && !dated {
        let example = if kind == Some(Kind::Event) { "the day" } else { "the first day" };
        reader.required(table, "from", &format!("{example}: from = 2025-06-05"));
    }
    let end = read_end(reader, table);
    let first = std::iter::once((&rate, &steps_at)).chain(paths.iter().map(|(path, at)| (path, at)));
    let first = first.filter_map(|(path, at)| Some(At { value: path.start()?, at: *at.first()? }));
    let start = first.chain(from).min_by_key(|day| day.value);
    check_end(reader, start, end.as_ref());
    let pause = table.get("suspend").filter(|_| own.contains(&"suspend"));
    let suspension = pause.and_then(|node| read_suspension(reader, node, taxed, &rate, &steps_at));
    let source = optional_text(reader, table, "source");
    if table.get("source").is_none() {
        reader.warnings.push(Warning::NoSource { id: id.clone(), at: table.at });
    }
    let [(quantity, _), (approval, _), (cost, _), (share, _)] = paths;
    let (stacking, rules) = if stacks { read_stacking(reader, table) } else { Default::default() };
    let rows = table.get("rows").map(|node| reader.strings("rows", node)).unwrap_or_default();
    let mut measure = Measure {
        id,
        kind: kind.unwrap_or(Kind::Event),
        by,
        on,
        scope,
        rate,
        quantity,
        approval,
        wait_weeks,
        pooled: has("pooled") && table.get("pooled").is_some_and(|node| reader.flag("pooled", node)),
        rent: if has("rent") { read_rent(reader, table) } else { None },
        cost,
        of,
        share,
        from: from.map(|day| day.value),
        announced: table.get("announced").and_then(|node| reader.day("announced", node)).map(|day| day.value),
        end: end.map(|end| end.value),
        suspension,
        stacking,
        status: read_status(reader, table),
        source,
        note: optional_text(reader, table, "note"),
        rows: rows.into_iter().map(|row| row.value.to_owned()).collect(),
        recall: optional_text(reader, table, "recall"),
        readings: Vec::new(),
    };
    if let Some(node) = table.get("reading") {
        measure.readings = read_readings(reader, node, &measure, own);
    }
    Some((measure, rules))
}

/// Who gets the rent of a limit, as the share of importers.
fn read_rent(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<f64> {
    let node = table.get("rent")?;
    match node.get_ref().as_str() {
        Some("importer") => Some(1.0),
        Some("exporter") => Some(0.0),
        Some(share) if share.trim_end().ends_with('%') => reader.share("rent", node).map(|share| share.value),
        _ => {
            let word = reader.string("rent", node)?;
            reader.note(Problem::UnknownWord {
                key: "rent",
                word: word.value.to_owned(),
                at: word.at,
                help: "write \"importer\", \"exporter\", or the share of importers: rent = \"40%\""
                    .to_owned(),
            });
            None
        }
    }
}

/// True if the kind says nothing without the regions that act and are hit.
fn needs_parties(kind: Option<Kind>, table: Table<'_, '_>) -> bool {
    match kind {
        None | Some(Kind::Event) => false,
        Some(Kind::Subsidy) => table.get("rate").is_some(),
        Some(Kind::TariffExemption) => table.get("of").is_none(),
        Some(_) => true,
    }
}

/// A visa restriction that names no goods falls on services, not on goods.
fn services_by_default(
    kind: Option<Kind>,
    table: Table<'_, '_>,
    names: &Names<'_>,
    scope: Arc<Scope>,
) -> Arc<Scope> {
    let named = ["scope", "sectors", "coverage"].into_iter().any(|key| table.get(key).is_some());
    if kind != Some(Kind::VisaRestriction) || named {
        return scope;
    }
    let services = names.world.goods.iter().map(|is_good| if *is_good { 0.0 } else { 1.0 }).collect();
    Arc::new(Scope { coverage: services, ..Scope::default() })
}

/// The measures that an exemption lets off; whether they exist is asked once
/// all are read ([`check_exempted`]).
fn read_exempted(reader: &mut Reader<'_>, table: Table<'_, '_>, own: &[&str]) -> Vec<String> {
    if !own.contains(&"of") {
        return Vec::new();
    }
    match (table.get("of"), table.get("share")) {
        (Some(_), None) => {
            reader.required(table, "share", "the share that is let off: share = \"12%\" with `from`");
        }
        (None, Some(_)) => {
            reader.required(table, "of", "the measure that is let off: of = \"us-301-list-1\"");
        }
        _ => {}
    }
    let Some(node) = table.get("of") else { return Vec::new() };
    note_if_empty(reader, "of", node, "name a measure");
    for other in ["scope", "sectors", "coverage"] {
        if table.get(other).is_some() {
            reader.note(Problem::Conflict {
                table: table.name.to_owned(),
                one: "of",
                other,
                one_at: table.key_at("of"),
                other_at: table.key_at(other),
                help: "`share` is a share of the goods of the measure named by `of`: leave the goods out",
            });
        }
    }
    reader.strings("of", node).iter().map(|id| id.value.to_owned()).collect()
}

/// Notes every `of` that names no import tariff among `known`.
pub(super) fn check_exempted(reader: &mut Reader<'_>, node: &Node<'_>, known: &[Measure]) {
    let Some(of) = node.get_ref().as_table().and_then(|entries| entries.get("of")) else { return };
    for id in reader.strings("of", of) {
        let tariffs = || known.iter().filter(|other| other.kind == Kind::ImportTariff);
        if tariffs().any(|other| other.id == id.value) {
            continue;
        }
        let help = match known.iter().find(|other| other.id == id.value) {
            Some(other) => {
                format!("`{}` is of the kind {}, not an import-tariff", id.value, other.kind.name())
            }
            None => match nearest(id.value, tariffs().map(|other| other.id.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name the id of an import-tariff of this ledger".to_owned(),
            },
        };
        reader.note(Problem::UnknownMeasure { key: "of", id: id.value.to_owned(), at: id.at, help });
    }
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

fn read_id(reader: &mut Reader<'_>, table: Table<'_, '_>, ids: Option<&mut Ids>) -> String {
    let node = reader.required(table, "id", "a short name: id = \"us-fentanyl\"");
    let Some(id) = node.and_then(|node| reader.string("id", node)) else {
        return String::new();
    };
    if let Some(ids) = ids {
        if let Some(first) = ids.get(id.value) {
            let (first, again) = (*first, id.at);
            reader.note(Problem::DuplicateId { id: id.value.to_owned(), first, again });
        } else {
            ids.insert(id.value.to_owned(), id.at);
        }
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
    needed: bool,
) -> (Vec<usize>, Vec<usize>) {
    let mut side = |key: &'static str, example: &str| {
        let node = if needed { reader.required(table, key, example) } else { table.get(key) };
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

fn read_scope(reader: &mut Reader<'_>, table: Table<'_, '_>, names: &Names<'_>) -> Arc<Scope> {
    let all_goods = || Arc::clone(&names.all_goods);
    let Some(node) = table.get("scope") else {
        return match read_coverage(reader, table, names.world) {
            Some(coverage) => Arc::new(Scope { coverage, ..Scope::default() }),
            None => all_goods(),
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
        return all_goods();
    };
    match names.scope(name.value, name.at) {
        Ok(scope) => Arc::clone(scope),
        Err(problem) => {
            reader.note(problem);
            all_goods()
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
