//! What does a study file say, and what is wrong with it?
//!
//! ```toml
//! [study]
//! name = "magnets-2025"
//! title = "…"
//! start = 2025-04-04            # day 0
//! weeks = 26
//! report_day = 87
//! sources = "…"
//!
//! [exports]                     # the record, in tonnes
//! base_tonnes = 4846            # a mean month of the base
//! source = "…"
//! tonnes = { 2025-04 = 2626 }
//!
//! [[approval]]                  # first files approved by a day
//! region = "EU"
//! day = 61
//! share = "25%"
//! source = "…"
//!
//! [parameters]                  # every parameter of `Parameter`
//! phi = { low = "20%", median = "35%", high = "50%", distribution = "uniform", unit = "share", source = "…" }
//!
//! [[region]]                    # and every one of `RegionParameter`
//! code = "EU"
//! name = "European Union"
//! export_share = "39%"
//! tonnes = 21500                # only where chains are followed, with lag_sea and lines
//! not_held = { … }
//! priority = { … }              # priority_after may follow
//! first_stop = { of = "supplier", count = 3, from = 0, to = 61, report = "…", source = "…" }
//! ```
//!
//! Shares are percentages in quotes, everything else plain numbers. One run
//! finds every problem of the file; each names its row.

use miette::SourceSpan;
use toml::de::DeValue;

use super::monte_carlo::{MOST_CHAINS, MOST_DAYS};
use super::parameters::{Parameter, Range, RegionParameter, Shape, Unit};
use super::{Approval, LineKind, Month, Observed, Region, Study};
use crate::document::read::{At, Node, Reader, Table, in_file_order, nearest, note_if_empty};
use crate::document::{self, DocumentError, Problem};

/// Weeks that a study can follow.
const MOST_WEEKS: u64 = 104;
/// Regions that a study can have.
const MOST_REGIONS: usize = 200;
/// Export shares may miss the whole by this much.
const SLACK: f64 = 1e-6;

impl Study {
    /// Reads a study. `file_name` is what messages call the file.
    ///
    /// # Errors
    /// [`DocumentError`] with every problem of the file.
    pub fn parse(file_name: &str, text: &str) -> Result<Study, DocumentError> {
        document::parse(document::Kind::Study, file_name, text, read_document).map(|(study, _)| study)
    }
}

/// What `[study]` says.
struct Heading {
    name: String,
    title: String,
    start: jiff::civil::Date,
    weeks: usize,
    report_day: usize,
    industry: Option<String>,
    material: Option<String>,
    sender: Option<String>,
    sources: String,
    note: String,
}

fn read_document(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Option<Study> {
    reader.check_keys(root, &["study", "exports", "approval", "parameters", "region"]);
    let heading = table(reader, root, "study", "[study] with name, title, start, weeks and sources")
        .and_then(|table| read_heading(reader, table));
    let parameters = table(reader, root, "parameters", "[parameters] with a row for every parameter");
    let ranges = parameters.and_then(|table| read_parameters(reader, table));
    let regions = read_regions(reader, root);
    let record = root.get("exports").and_then(|node| reader.table("`exports`", "exports", node));
    let exports = match record {
        Some(table) => read_exports(reader, table),
        None => Some((1.0, Vec::new())),
    };
    let approvals = read_approvals(reader, root, regions.as_deref().unwrap_or(&[]));
    if let (Some(ranges), Some(regions)) = (&ranges, &regions) {
        check_chains(reader, ranges, regions, root);
    }
    let (heading, (base_tonnes, months)) = (heading?, exports?);
    Some(Study {
        name: heading.name,
        title: heading.title,
        start: heading.start,
        weeks: heading.weeks,
        report_day: heading.report_day,
        industry: heading.industry,
        material: heading.material,
        sender: heading.sender,
        sources: heading.sources,
        note: heading.note,
        ranges: ranges?,
        regions: regions?,
        base_tonnes,
        months,
        approvals: approvals?,
    })
}

fn table<'n, 't>(
    reader: &mut Reader<'_>,
    root: Table<'n, 't>,
    key: &'static str,
    example: &str,
) -> Option<Table<'n, 't>> {
    let node = reader.required(root, key, example)?;
    let name = if key == "study" { "`[study]`" } else { "`[parameters]`" };
    reader.table(name, key, node)
}

fn text<'n>(
    reader: &mut Reader<'_>,
    table: Table<'n, '_>,
    key: &'static str,
    example: &str,
) -> Option<At<&'n str>> {
    let node = reader.required(table, key, example)?;
    reader.string(key, node)
}

fn whole(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    key: &'static str,
    example: &str,
    bounds: std::ops::RangeInclusive<u64>,
) -> Option<usize> {
    let node = reader.required(table, key, example)?;
    reader.whole(key, node, bounds).map(|number| number as usize)
}

fn read_heading(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Heading> {
    reader.check_keys(
        table,
        &[
            "name",
            "title",
            "start",
            "weeks",
            "report_day",
            "industry",
            "material",
            "sender",
            "sources",
            "note",
        ],
    );
    let name = text(reader, table, "name", "name = \"magnets-2025\"");
    let title = text(reader, table, "title", "title = \"…\": one line that says what it is");
    let start = reader
        .required(table, "start", "start = 2025-04-04: the first day of the control")
        .and_then(|node| reader.day("start", node));
    let weeks = whole(reader, table, "weeks", "weeks = 26: how long chains are followed", 1..=MOST_WEEKS);
    let report_day = whole(
        reader,
        table,
        "report_day",
        "report_day = 87: the day up to which stopped lines are counted",
        0..=7 * MOST_WEEKS,
    );
    let sources = text(reader, table, "sources", "sources = \"…\": where the figures come from");
    let mut word = |key| table.get(key).and_then(|node| reader.string(key, node));
    let [note, industry, material, sender] =
        ["note", "industry", "material", "sender"].map(|key| word(key).map(|found| found.value.to_owned()));
    Some(Heading {
        name: name?.value.to_owned(),
        title: title?.value.to_owned(),
        start: start?.value,
        weeks: weeks?,
        report_day: report_day?,
        sources: sources?.value.to_owned(),
        industry,
        material,
        sender,
        note: note.unwrap_or_default(),
    })
}

fn read_parameters(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Vec<Range>> {
    let known: Vec<&str> = Parameter::ALL.iter().map(|parameter| parameter.word()).collect();
    reader.check_keys(table, &known);
    let mut ranges = Vec::new();
    for parameter in Parameter::ALL {
        let (word, unit) = (parameter.word(), parameter.unit());
        let node = reader.required(table, word, &example(word, unit));
        let bounds = match parameter {
            Parameter::ChainTonnes => (0.1, 1e6),
            Parameter::PartsPerLine | Parameter::FilesPerChain => (1.0, 100.0),
            _ => bounds(unit),
        };
        ranges.push(node.and_then(|node| read_range(reader, word, unit, bounds, node)));
    }
    ranges.into_iter().collect()
}

/// A row as it could be written.
fn example(word: &str, unit: Unit) -> String {
    let number = if unit.is_percentage() { "\"…%\"" } else { "…" };
    let unit = unit.word();
    format!(
        "{word} = {{ low = {number}, median = {number}, high = {number}, distribution = \"uniform\", unit = \"{unit}\", source = \"…\" }}"
    )
}

/// Least and largest number in a unit that is no percentage.
fn bounds(unit: Unit) -> (f64, f64) {
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
fn read_range(
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
    let source = text(reader, table, "source", "source = \"…\": where it comes from, or \"judgement\"");
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
            read_number(reader, &key_of_row, node, bounds)
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
    if let Some(written) = text(reader, table, "unit", &example)
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
fn one_of(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    key: &'static str,
    example: &str,
    row: &str,
    words: &[&str],
) -> Option<usize> {
    let written = text(reader, table, key, example)?;
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

/// A plain number within bounds.
fn read_number(
    reader: &mut Reader<'_>,
    key: &str,
    node: &Node<'_>,
    (least, most): (f64, f64),
) -> Option<At<f64>> {
    let help = format!("write a number from {least} to {most}");
    let written = match node.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => {
            reader.wrong_type(key, "a number", node, Some(help));
            return None;
        }
    };
    let at: SourceSpan = node.span().into();
    let value = written.replace('_', "").parse().ok();
    let within = value.filter(|value: &f64| (least..=most).contains(value));
    if within.is_none() {
        reader.note(Problem::OutOfBounds { key: key.to_owned(), at, help });
    }
    within.map(|value| At { value, at })
}

/// The tables of a list `[[key]]`.
fn items<'n, 't>(reader: &mut Reader<'_>, key: &'static str, node: &'n Node<'t>) -> Vec<&'n Node<'t>> {
    match node.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => {
            let help = format!("start each with [[{key}]], in double brackets");
            reader.wrong_type(key, "a list of tables", node, Some(help));
            Vec::new()
        }
    }
}

fn read_regions(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Option<Vec<Region>> {
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
            && let Some(region) = read_region(reader, table)
        {
            if let Some((first, at)) = read.iter().find(|(first, _)| first.code == region.0.code) {
                let name = first.code.clone();
                reader.note(Problem::Twice { name, first: *at, again: region.1 });
            }
            read.push(region);
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
    let code = text(reader, table, "code", "code = \"EU\"");
    let name = text(reader, table, "name", "name = \"European Union\"");
    let share = reader
        .required(table, "export_share", "export_share = \"39%\": its share of exports before the control")
        .and_then(|node| reader.share("export_share", node));
    let tonnes = match table.get("tonnes") {
        Some(node) => read_number(reader, "tonnes", node, (1.0, 1e6)).map(|tonnes| Some(tonnes.value)),
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
    let report = text(reader, table, "report", "report = \"…\": what was reported");
    let source = text(reader, table, "source", "source = \"…\": where it was reported");
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

/// The base and the months, as ratios to it.
fn read_exports(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<(f64, Vec<Month>)> {
    let table = Table { name: "`exports`", ..table };
    reader.check_keys(table, &["base_tonnes", "tonnes", "source"]);
    text(reader, table, "source", "source = \"…\": where the record comes from");
    let base = reader
        .required(table, "base_tonnes", "base_tonnes = 4846: a mean month of the base")
        .and_then(|node| read_number(reader, "base_tonnes", node, (1.0, 1e9)));
    let node = reader.required(table, "tonnes", "tonnes = { 2025-04 = 2626 }: exports of each month")?;
    let months = reader.table("`tonnes`", "tonnes", node)?;
    let mut read = Vec::new();
    for (key, node) in in_file_order(months.entries) {
        let written = key.get_ref().as_ref();
        let Some(first) = month(written) else {
            let help = "write the month as 2025-04: year and month".to_owned();
            let at = key.span().into();
            reader.note(Problem::UnknownWord { key: "tonnes", word: written.to_owned(), at, help });
            continue;
        };
        let tonnes = read_number(reader, written, node, (0.0, 1e9));
        read.push(tonnes.map(|tonnes| (first, tonnes.value)));
    }
    let base = base?.value;
    let read: Option<Vec<_>> = read.into_iter().collect();
    let mut months: Vec<Month> =
        read?.into_iter().map(|(first, tonnes)| Month { first, ratio: tonnes / base }).collect();
    months.sort_by_key(|month| month.first);
    Some((base, months))
}

/// The first day of `2025-04`.
fn month(text: &str) -> Option<jiff::civil::Date> {
    let plain = text.len() == 7 && text.bytes().all(|letter| letter.is_ascii_digit() || letter == b'-');
    if plain { format!("{text}-01").parse().ok() } else { None }
}

fn read_approvals(reader: &mut Reader<'_>, root: Table<'_, '_>, regions: &[Region]) -> Option<Vec<Approval>> {
    let Some(node) = root.get("approval") else { return Some(Vec::new()) };
    let nodes = items(reader, "approval", node);
    let mut read = Vec::new();
    for node in nodes {
        read.push(reader.table("the approval", "approval", node).and_then(|table| {
            reader.check_keys(table, &["region", "day", "share", "source"]);
            let code = text(reader, table, "region", "region = \"EU\"");
            let day = whole(reader, table, "day", "day = 61", 0..=7 * MOST_WEEKS);
            let share = reader
                .required(table, "share", "share = \"25%\": files approved by that day")
                .and_then(|node| reader.share("share", node));
            let source = text(reader, table, "source", "source = \"…\": where it comes from");
            let code = code?;
            let region = regions.iter().position(|region| region.code == code.value);
            if region.is_none() && !regions.is_empty() {
                let codes: Vec<&str> = regions.iter().map(|region| region.code.as_str()).collect();
                let help = format!("the regions of this study are {}", codes.join(", "));
                let word = code.value.to_owned();
                reader.note(Problem::UnknownWord { key: "region", word, at: code.at, help });
            }
            Some(Approval {
                region: region?,
                day: day?,
                share: share?.value,
                source: source?.value.to_owned(),
            })
        }));
    }
    read.into_iter().collect()
}

/// The chains of every region can be followed.
fn check_chains(reader: &mut Reader<'_>, ranges: &[Range], regions: &[Region], root: Table<'_, '_>) {
    let (share, chain) = (&ranges[Parameter::AutoShare as usize], &ranges[Parameter::ChainTonnes as usize]);
    let most = regions.iter().filter_map(|region| region.tonnes).fold(0.0, f64::max);
    if share.high * most / chain.low > MOST_CHAINS as f64 {
        let rows = root.get("parameters").and_then(|node| node.get_ref().as_table());
        let row = rows.and_then(|rows| rows.get("chain_tonnes"));
        let at = row.map_or(root.at, |row| row.span().into());
        let help = format!(
            "auto_share times tonnes over chain_tonnes is the number of chains, at most {MOST_CHAINS}: write a larger `low`"
        );
        reader.note(Problem::OutOfBounds { key: "chain_tonnes.low".to_owned(), at, help });
    }
}
