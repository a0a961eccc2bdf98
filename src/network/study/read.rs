//! What does a study file say, and what is wrong with it?
//!
//! ```toml
//! [study]
//! name = "magnets-2025"
//! title = "…"
//! start = 2025-04-04            # day 0
//! weeks = 26
//! report_day = 87
//! measure = "cn-rare-earth-licences"  # of a ledger: says when, and for whom
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
//! [[region]]                    # who buys: `read_buyers`
//! [[user]]
//! ```
//!
//! Shares are percentages in quotes, everything else plain numbers. One run
//! finds every problem of the file; each names its row.

use super::read_buyers::{check_chains, items, read_regions, read_users};
use super::read_ranges::read_parameters;
use super::{Approval, Month, Region, Study};
use crate::document::read::{Reader, Table, in_file_order};
use crate::document::{self, DocumentError, Problem};

/// Weeks that a study can follow.
pub(super) const MOST_WEEKS: u64 = 104;

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
    measure: Option<String>,
    sources: String,
    note: String,
}

fn read_document(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Option<Study> {
    reader.check_keys(root, &["study", "exports", "approval", "parameters", "region", "user"]);
    let heading = table(reader, root, "study", "[study] with name, title, start, weeks and sources")
        .and_then(|table| read_heading(reader, table));
    let parameters = table(reader, root, "parameters", "[parameters] with a row for every parameter");
    let ranges = parameters.and_then(|table| read_parameters(reader, table));
    let regions = read_regions(reader, root);
    let users = read_users(reader, root);
    let record = root.get("exports").and_then(|node| reader.table("`exports`", "exports", node));
    let exports = match record {
        Some(table) => read_exports(reader, table),
        None => Some((1.0, Vec::new())),
    };
    let approvals = read_approvals(reader, root, regions.as_deref().unwrap_or(&[]));
    if let (Some(ranges), Some(regions)) = (&ranges, &regions) {
        check_chains(reader, ranges, regions, users.as_deref().unwrap_or(&[]), root);
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
        measure: heading.measure,
        end_day: None,
        sources: heading.sources,
        note: heading.note,
        ranges: ranges?,
        regions: regions?,
        users: users?,
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

/// A whole number that must be there.
pub(super) fn whole(
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
            "measure",
            "sources",
            "note",
        ],
    );
    let name = reader.text(table, "name", "name = \"magnets-2025\"");
    let title = reader.text(table, "title", "title = \"…\": one line that says what it is");
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
    let sources = reader.text(table, "sources", "sources = \"…\": where the figures come from");
    let mut word = |key| table.get(key).and_then(|node| reader.string(key, node));
    let [note, industry, material, sender, measure] = ["note", "industry", "material", "sender", "measure"]
        .map(|key| word(key).map(|found| found.value.to_owned()));
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
        measure,
        note: note.unwrap_or_default(),
    })
}

/// The base and the months, as ratios to it.
fn read_exports(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<(f64, Vec<Month>)> {
    let table = Table { name: "`exports`", ..table };
    reader.check_keys(table, &["base_tonnes", "tonnes", "source"]);
    reader.text(table, "source", "source = \"…\": where the record comes from");
    let base = reader
        .required(table, "base_tonnes", "base_tonnes = 4846: a mean month of the base")
        .and_then(|node| reader.number("base_tonnes", node, (1.0, 1e9)));
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
        let tonnes = reader.number(written, node, (0.0, 1e9));
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
            let code = reader.text(table, "region", "region = \"EU\"");
            let day = whole(reader, table, "day", "day = 61", 0..=7 * MOST_WEEKS);
            let share = reader
                .required(table, "share", "share = \"25%\": files approved by that day")
                .and_then(|node| reader.share("share", node));
            let source = reader.text(table, "source", "source = \"…\": where it comes from");
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
