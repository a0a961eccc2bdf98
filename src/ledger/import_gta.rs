//! What does an extract of Global Trade Alert say, as a ledger?
//!
//! Two layouts are read. JSON: a list of interventions, or `{"results": […]}`,
//! with `intervention_id`, `state_act_title`, `gta_evaluation`,
//! `implementing_jurisdictions`, `affected_jurisdictions`, `intervention_type`,
//! `affected_products` (`product_id`, `prior_level`, `new_level`, `unit`,
//! `date_implemented`, `date_removed`), `date_announced`, `date_implemented`,
//! `date_removed`. CSV: one row an intervention; the columns are in `FIELDS`.
//!
//! | rule | |
//! |---|---|
//! | lines | one row of `affected_products` is one line; lines with the same change and the same dates are one measure |
//! | dates | a line's own dates win over the intervention's; no removal date: in force |
//! | rate | new level − prior level, in points; a prior level of 0 stands for unknown, and then the whole new level is the rate: the note says so |
//! | jurisdictions | numbers of the United Nations (and 699 for India), names or ISO codes |
//! | what does not fit | becomes an `event` whose note says what it is and why; never dropped |
//!
//! A measure that names product codes covers no sector until somebody says
//! which share of which sectors they are: see `scope_of`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::measure::{End, Kind, Measure, RatePath, Scope, Status};
use super::stacking::Stacking;
use super::{Heading, Ledger};
use crate::world::World;

/// UN number, ISO code, name, 1 for members of the European Union, other spellings.
const JURISDICTIONS: &str = include_str!("../../data/ledgers/gta-jurisdictions.csv");

/// Each field of an intervention with the column titles it goes by in the CSV
/// exports, in lower case and without spaces.
const FIELDS: [(&str, &[&str]); 15] = [
    ("intervention_id", &["interventionid", "id"]),
    ("state_act_title", &["stateacttitle", "title"]),
    ("gta_evaluation", &["gtaevaluation", "evaluation"]),
    ("implementing_jurisdictions", &["implementingjurisdictions", "implementingjurisdiction"]),
    ("affected_jurisdictions", &["affectedjurisdictions", "affectedjurisdiction"]),
    ("intervention_type", &["interventiontype"]),
    ("mast_chapter", &["mastchapter"]),
    ("affected_products", &["affectedproducts", "affectedproductshscodes", "affectedproduct"]),
    ("prior_level", &["priorlevel"]),
    ("new_level", &["newlevel"]),
    ("unit", &["unit", "levelunit"]),
    ("date_announced", &["dateannounced", "announcementdate"]),
    ("date_implemented", &["dateimplemented", "implementationdate", "inceptiondate"]),
    ("date_removed", &["dateremoved", "removaldate"]),
    ("is_in_force", &["isinforce", "currentlyinforce"]),
];

/// Types of Global Trade Alert that have a kind here: number, name, kind.
const TYPES: [(u16, &str, Kind); 27] = [
    (1, "Capital injection and equity stakes (including bailouts)", Kind::Subsidy),
    (2, "State loan", Kind::Subsidy),
    (3, "Financial grant", Kind::Subsidy),
    (4, "In-kind grant", Kind::Subsidy),
    (5, "Production subsidy", Kind::Subsidy),
    (6, "Interest payment subsidy", Kind::Subsidy),
    (7, "Loan guarantee", Kind::Subsidy),
    (8, "Tax or social insurance relief", Kind::Subsidy),
    (15, "Tax-based export incentive", Kind::Subsidy),
    (16, "Export subsidy", Kind::Subsidy),
    (17, "Other export incentive", Kind::Subsidy),
    (18, "Export tax", Kind::ExportTax),
    (19, "Export ban", Kind::ExportBan),
    (20, "Export tariff quota", Kind::ExportQuota),
    (21, "Export quota", Kind::ExportQuota),
    (22, "Import ban", Kind::ImportBan),
    (35, "Export licensing requirement", Kind::ExportLicence),
    (44, "Import tariff quota", Kind::ImportQuota),
    (45, "Import quota", Kind::ImportQuota),
    (47, "Import tariff", Kind::ImportTariff),
    (51, "Anti-dumping", Kind::ImportTariff),
    (52, "Safeguard", Kind::ImportTariff),
    (53, "Anti-subsidy", Kind::ImportTariff),
    (54, "Trade finance", Kind::Subsidy),
    (56, "Anti-circumvention", Kind::ImportTariff),
    (58, "Special safeguard", Kind::ImportTariff),
    (59, "State aid, nes", Kind::Subsidy),
];

/// A ledger made from an extract, and what has to be known about it.
#[derive(Clone, Debug)]
pub struct Import {
    /// The measures.
    pub ledger: Ledger,
    /// How many interventions the file has.
    pub interventions: usize,
    /// What was not understood or could not be kept, each with its number.
    pub remarks: Vec<String>,
}

/// Why an extract cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtaError {
    /// Neither of the two layouts.
    #[error("this is no extract of Global Trade Alert: {0}")]
    Layout(String),
    /// A value that cannot be read, and where.
    #[error("intervention {intervention}: `{field}` is `{text}`; {wanted}")]
    Value {
        /// The intervention's number, or its place in the file.
        intervention: String,
        /// The field.
        field: &'static str,
        /// What stands there.
        text: String,
        /// What was expected.
        wanted: &'static str,
    },
}

/// One intervention of the file, as text.
#[derive(Default)]
struct Intervention {
    id: String,
    title: String,
    evaluation: String,
    kind: Type,
    by: Vec<String>,
    on: Vec<String>,
    lines: Vec<Line>,
    announced: Option<Date>,
}

/// Name of an intervention's type, and the kind if there is one.
#[derive(Default)]
struct Type {
    name: String,
    kind: Option<Kind>,
}

/// One affected product.
#[derive(Clone, Default)]
struct Line {
    code: String,
    prior: Option<f64>,
    new: Option<f64>,
    unit: String,
    from: Option<Date>,
    until: Option<Date>,
}

/// Reads an extract, JSON or CSV, for a world.
///
/// # Errors
/// [`GtaError`] if the text has neither layout, or a date or a level that
/// cannot be read.
pub fn import(text: &str, world: &World) -> Result<Import, GtaError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut remarks = Remarks::default();
    let records =
        if text.trim_start().starts_with(['[', '{']) { json(text)? } else { table(text, &mut remarks)? };
    let places = Jurisdictions::read();
    let mut measures = Vec::new();
    let mut ids = BTreeSet::new();
    for (place, record) in records.iter().enumerate() {
        let intervention = read(record, place + 1)?;
        for mut measure in convert(&intervention, &places, world, &mut remarks) {
            let plain = format!("gta-{}", intervention.id);
            let mut numbered = (2..).map(|n| format!("{plain}-{n}"));
            let mut id = plain.clone();
            while !ids.insert(id.clone()) {
                id = numbered.next().unwrap_or_default();
            }
            measure.id = id;
            measures.push(measure);
        }
    }
    let heading = Heading {
        title: format!("Global Trade Alert, {} interventions", records.len()),
        codes: Some("HS2012".to_owned()),
        sources: Some("Global Trade Alert, globaltradealert.org".to_owned()),
        note: Some(
            "Imported. Rates are changes of the applied rate in points; product codes cover no sector until a coverage is written."
                .to_owned(),
        ),
    };
    let ledger = Ledger {
        heading,
        measures,
        shape: Some((world.region_count(), world.sector_count())),
        ..Ledger::empty()
    };
    Ok(Import { ledger, interventions: records.len(), remarks: remarks.lines() })
}

/// What is said about the import, counted.
#[derive(Default)]
struct Remarks {
    once: Vec<String>,
    counts: BTreeMap<String, usize>,
}

impl Remarks {
    fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    fn lines(self) -> Vec<String> {
        let counted = self.counts.into_iter().map(|(what, count)| format!("{count} x {what}"));
        self.once.into_iter().chain(counted).collect()
    }
}

/// The interventions of a JSON extract.
fn json(text: &str) -> Result<Vec<Value>, GtaError> {
    let whole: Value = serde_json::from_str(text).map_err(|e| GtaError::Layout(format!("not JSON: {e}")))?;
    let list = match whole {
        Value::Array(list) => list,
        Value::Object(mut parts) => match parts.remove("results") {
            Some(Value::Array(list)) => list,
            _ => return Err(GtaError::Layout("the JSON object has no list `results`".to_owned())),
        },
        _ => Vec::new(),
    };
    match list.iter().position(|item| item.get("intervention_id").is_none()) {
        Some(place) => {
            Err(GtaError::Layout(format!("item {} of the list has no `intervention_id`", place + 1)))
        }
        None => Ok(list),
    }
}

/// The interventions of a CSV extract, in the shape of the JSON.
fn table(text: &str, remarks: &mut Remarks) -> Result<Vec<Value>, GtaError> {
    let layout = |e: csv::Error| GtaError::Layout(format!("not CSV: {e}"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(layout)?.clone();
    let plain = |title: &str| -> String {
        title.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let field = |title: &str| {
        FIELDS.iter().find(|(_, titles)| titles.contains(&plain(title).as_str())).map(|(field, _)| *field)
    };
    let columns: Vec<Option<&str>> = header.iter().map(field).collect();
    for needed in ["intervention_id", "implementing_jurisdictions", "intervention_type"] {
        if !columns.contains(&Some(needed)) {
            let found = header.iter().collect::<Vec<_>>().join(", ");
            return Err(GtaError::Layout(format!("no column for `{needed}`; the columns are {found}")));
        }
    }
    let unknown: Vec<String> = header
        .iter()
        .zip(&columns)
        .filter(|(_, field)| field.is_none())
        .map(|(title, _)| format!("`{title}`"))
        .collect();
    if !unknown.is_empty() {
        remarks.once.push(format!("columns that are not read: {}", unknown.join(", ")));
    }
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(layout)?;
        let mut record = serde_json::Map::new();
        for (name, cell) in columns.iter().zip(row.iter()) {
            if let (Some(name), false) = (name, cell.trim().is_empty()) {
                record.insert((*name).to_owned(), Value::from(cell.trim()));
            }
        }
        let level = |key: &str| record.get(key).cloned().unwrap_or_default();
        let (prior, new, unit) = (level("prior_level"), level("new_level"), level("unit"));
        let codes = record.get("affected_products").map(listed).unwrap_or_default();
        let line = |code: String| serde_json::json!({ "product_id": code, "prior_level": prior, "new_level": new, "unit": unit });
        let mut lines: Vec<Value> = codes.into_iter().map(line).collect();
        if lines.is_empty() && !new.is_null() {
            lines.push(serde_json::json!({ "prior_level": prior, "new_level": new, "unit": unit }));
        }
        record.insert("affected_products".to_owned(), Value::from(lines));
        records.push(Value::from(record));
    }
    Ok(records)
}

/// The words of a value: a list, one text with separators, or a number.
fn listed(value: &Value) -> Vec<String> {
    let word = |item: &Value| match item {
        Value::Object(parts) => ["iso", "name", "id", "product_id"]
            .iter()
            .find_map(|key| parts.get(*key).map(text_of).filter(|text| !text.is_empty()))
            .unwrap_or_default(),
        other => text_of(other),
    };
    let words: Vec<String> = match value {
        Value::Array(items) => items.iter().map(word).collect(),
        Value::String(text) => {
            let separator = if text.contains(';') { ';' } else { ',' };
            text.split(separator).map(|word| word.trim().to_owned()).collect()
        }
        other => vec![word(other)],
    };
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// A text or a number as text; nothing for null and for what has parts.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(parts) => parts.get("name").map(text_of).unwrap_or_default(),
        _ => String::new(),
    }
}

fn read(record: &Value, place: usize) -> Result<Intervention, GtaError> {
    let null = Value::Null;
    let get = |key: &str| record.get(key).unwrap_or(&null);
    let id = match text_of(get("intervention_id")) {
        id if id.is_empty() => format!("row-{place}"),
        id => id,
    };
    let day = |value: &Value, field| read_day(value, &id, field);
    let (from, until) =
        (day(get("date_implemented"), "date_implemented")?, day(get("date_removed"), "date_removed")?);
    let whole = Line { from, until, ..Line::default() };
    let mut lines = Vec::new();
    for product in get("affected_products").as_array().into_iter().flatten() {
        let part = |key: &str| product.get(key).unwrap_or(&null);
        let code = if product.is_object() { text_of(part("product_id")) } else { text_of(product) };
        lines.push(Line {
            code: if (1..6).contains(&code.len()) && code.len() % 2 == 1 { format!("0{code}") } else { code },
            prior: read_level(part("prior_level"), &id, "prior_level")?.filter(|level| *level != 0.0),
            new: read_level(part("new_level"), &id, "new_level")?,
            unit: text_of(part("unit")),
            from: day(part("date_implemented"), "date_implemented")?.or(from),
            until: day(part("date_removed"), "date_removed")?.or(until),
        });
    }
    if lines.is_empty() {
        lines.push(whole);
    }
    Ok(Intervention {
        title: text_of(get("state_act_title")),
        evaluation: text_of(get("gta_evaluation")),
        kind: read_type(&text_of(get("intervention_type"))),
        by: listed(get("implementing_jurisdictions")),
        on: listed(get("affected_jurisdictions")),
        announced: day(get("date_announced"), "date_announced")?,
        lines,
        id,
    })
}

fn read_type(text: &str) -> Type {
    let known = TYPES.iter().find(|(number, name, _)| {
        name.eq_ignore_ascii_case(text) || text.parse().is_ok_and(|code: u16| code == *number)
    });
    match known {
        Some((_, name, kind)) => Type { name: (*name).to_owned(), kind: Some(*kind) },
        None => Type { name: text.to_owned(), kind: None },
    }
}

fn read_day(value: &Value, id: &str, field: &'static str) -> Result<Option<Date>, GtaError> {
    let text = text_of(value);
    if text.is_empty() || text.eq_ignore_ascii_case("na") || text.eq_ignore_ascii_case("null") {
        return Ok(None);
    }
    // A time of day may follow.
    let day = text.get(..10).unwrap_or(&text);
    let wanted = "write the day as 2025-02-04";
    day.parse().map(Some).map_err(|_| GtaError::Value { intervention: id.to_owned(), field, text, wanted })
}

fn read_level(value: &Value, id: &str, field: &'static str) -> Result<Option<f64>, GtaError> {
    let text = text_of(value);
    let number = text.trim_end_matches('%').trim();
    if number.is_empty() || number.eq_ignore_ascii_case("na") {
        return Ok(None);
    }
    let level = number.parse().ok().filter(|level: &f64| level.is_finite() && level.abs() < 1e6);
    let wanted = "a number is expected";
    level.map(Some).ok_or(GtaError::Value { intervention: id.to_owned(), field, text, wanted })
}

/// The jurisdictions that Global Trade Alert knows.
struct Jurisdictions {
    iso: BTreeMap<String, &'static str>,
    union: Vec<String>,
}

impl Jurisdictions {
    fn read() -> Self {
        let (mut iso, mut union) = (BTreeMap::new(), Vec::new());
        for line in JURISDICTIONS.lines().skip(1) {
            let mut cells = line.splitn(5, ',');
            let mut cell = || cells.next().unwrap_or_default();
            let (number, code, name, member, also) = (cell(), cell(), cell(), cell(), cell());
            for word in [number, code, name].into_iter().chain(also.split(';')) {
                iso.insert(spelling(word), code);
            }
            if member == "1" {
                union.push(code.to_owned());
            }
        }
        Self { iso, union }
    }

    /// ISO codes of a number, a name or a code.
    fn find(&self, word: &str) -> Option<Vec<String>> {
        let plain = spelling(word);
        if ["european union", "eu", "eu27"].contains(&plain.as_str()) {
            return Some(self.union.clone());
        }
        self.iso.get(&plain).map(|code| vec![(*code).to_owned()])
    }
}

/// Lower case, "and" for "&", no zeros before a number.
fn spelling(word: &str) -> String {
    let plain = word.trim().to_lowercase().replace('&', "and");
    if plain.bytes().all(|letter| letter.is_ascii_digit()) {
        plain.trim_start_matches('0').to_owned()
    } else {
        plain
    }
}

/// Regions of the world, and the words that stand for none.
fn regions(words: &[String], places: &Jurisdictions, world: &World) -> (Vec<usize>, Vec<String>) {
    let (mut found, mut missing) = (BTreeSet::new(), Vec::new());
    for word in words {
        match places.find(word) {
            Some(codes) => {
                for code in codes {
                    match world.regions.find(&code) {
                        Ok(region) => drop(found.insert(region)),
                        Err(_) => missing.push(code),
                    }
                }
            }
            None => missing.push(word.clone()),
        }
    }
    (found.into_iter().collect(), missing)
}

/// Lines that are one measure, in the order of the file.
fn groups(lines: &[Line]) -> Vec<(Line, Vec<String>)> {
    let mut groups: Vec<(Line, Vec<String>)> = Vec::new();
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        let alike = format!("{:?} {:?} {} {:?} {:?}", line.prior, line.new, line.unit, line.from, line.until);
        let group = *place.entry(alike).or_insert(groups.len());
        if group == groups.len() {
            groups.push((line.clone(), Vec::new()));
        }
        if !line.code.is_empty() && !groups[group].1.contains(&line.code) {
            groups[group].1.push(line.code.clone());
        }
    }
    groups
}

fn is_per_cent(unit: &str) -> bool {
    let unit = unit.trim().to_lowercase();
    unit.is_empty() || unit.starts_with("percent") || unit.starts_with("per cent") || unit.starts_with('%')
}

/// Points by which the duty rises, as a fraction, or why it has no rate here.
fn change(line: &Line) -> Result<f64, &'static str> {
    let new = line.new.ok_or("no level is given")?;
    if !is_per_cent(&line.unit) {
        return Err("the level is not ad valorem");
    }
    // Levels have a few digits; the difference of two decimals should too.
    let points = ((new - line.prior.unwrap_or(0.0)) * 1e9).round() / 1e9;
    if points < 0.0 { Err("the rate falls, and a ledger adds rates only") } else { Ok(points / 100.0) }
}

/// The measures of one intervention; their ids are still to be given.
fn convert(
    intervention: &Intervention,
    places: &Jurisdictions,
    world: &World,
    remarks: &mut Remarks,
) -> Vec<Measure> {
    let (by, not_by) = regions(&intervention.by, places, world);
    let (mut on, not_on) = regions(&intervention.on, places, world);
    on.retain(|region| !by.contains(region));
    let missing: BTreeSet<&String> = not_by.iter().chain(&not_on).collect();
    for code in &missing {
        let known = places.find(code).is_some();
        let why = if known { "not a region of this world" } else { "a jurisdiction that is not known" };
        remarks.count(format!("`{code}` left out: {why}"));
    }
    let name = &intervention.kind.name;
    let mut measures = Vec::new();
    for (line, codes) in groups(&intervention.lines) {
        let mut note = vec![format!("GTA {name}, {}", said(&intervention.evaluation, "not evaluated"))];
        if !intervention.title.is_empty() {
            note.push(intervention.title.clone());
        }
        let rate = change(&line);
        let kind = match intervention.kind.kind {
            None => Err("its type has no kind here"),
            Some(_)
                if ["green", "3"].contains(&intervention.evaluation.to_lowercase().as_str())
                    && !(intervention.kind.kind == Some(Kind::ImportTariff) && rate.is_ok()) =>
            {
                Err("it liberalises")
            }
            // Who is hit by a subsidy is often not known; without a rate it need not be.
            Some(other) if other != Kind::Subsidy && (by.is_empty() || on.is_empty()) => {
                Err("no pair of regions is left")
            }
            Some(_) if line.from.is_none() => Err("no day of implementation"),
            Some(taxes) if taxes.is_tax() => rate.map(|_| taxes),
            Some(other) => Ok(other),
        };
        let over = line.from.zip(line.until).is_some_and(|(from, until)| until <= from);
        let kind = if over { Err("it was removed before it began") } else { kind };
        let day = line.from.or(intervention.announced).or(line.until);
        let (kind, day) = match (kind, day) {
            (Ok(kind), _) => (kind, line.from),
            (Err(why), Some(day)) => {
                remarks.count(format!("`{name}` kept as an event: {why}"));
                note.push(format!("kept as an event: {why}"));
                (Kind::Event, Some(day))
            }
            (Err(_), None) => {
                remarks.count(format!("intervention {} left out: it has no date at all", intervention.id));
                continue;
            }
        };
        levels(&line, kind, &mut note);
        if !missing.is_empty() {
            let words: Vec<&str> = missing.iter().map(|word| word.as_str()).collect();
            note.push(format!("left out: {}", words.join(", ")));
        }
        if !codes.is_empty() && kind != Kind::Event {
            remarks.count("measure that covers no sector yet: its product codes are in the note");
        }
        let scope = scope_of(&codes, kind, world, &mut note);
        let taxes = kind.is_tax();
        let path = if taxes { day.zip(rate.ok()).and_then(|step| RatePath::new(vec![step])) } else { None };
        measures.push(Measure {
            id: String::new(),
            kind,
            by: by.clone(),
            on: on.clone(),
            scope: Arc::new(scope),
            rate: path.unwrap_or_default(),
            from: day.filter(|_| !taxes),
            announced: intervention.announced,
            end: line.until.filter(|_| kind != Kind::Event).map(|on| End { on, why: None }),
            suspension: None,
            stacking: Stacking::default(),
            status: if line.from.is_some() { Status::Confirmed } else { Status::Announced },
            source: Some(format!(
                "Global Trade Alert, intervention {}, https://globaltradealert.org/intervention/{0}",
                intervention.id
            )),
            note: Some(note.join(". ")),
            ..Measure::default()
        });
    }
    measures
}

fn said<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// Says the levels that a line gives.
fn levels(line: &Line, kind: Kind, note: &mut Vec<String>) {
    let Some(new) = line.new else {
        return;
    };
    let unit = said(&line.unit, "per cent");
    note.push(match line.prior {
        Some(prior) => format!("from {prior} to {new} {unit}"),
        None if kind.is_tax() => {
            format!("prior level unknown: the whole new level of {new} {unit} is taken as the change")
        }
        None => format!("new level {new} {unit}, prior level unknown"),
    });
}

/// The goods of a measure. Product scopes are of HS2022 and these codes of
/// HS2012: they go into the note, and a measure of some products covers nothing
/// rather than all until a person writes its scope.
fn scope_of(codes: &[String], kind: Kind, world: &World, note: &mut Vec<String>) -> Scope {
    let some_products = !codes.is_empty();
    if some_products {
        note.push(format!("HS2012 {}", codes.join(" ")));
    }
    let covers = |goods: &bool| *goods && !(some_products && kind != Kind::Event);
    let coverage = world.goods.iter().map(|goods| f64::from(u8::from(covers(goods)))).collect();
    Scope { name: None, coverage, lines: None, note: None, source: None }
}
