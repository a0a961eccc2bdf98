//! What do accounts propose to a ledger?
//!
//! ```toml
//! [[proposal]]
//! sort     = "reading"
//! topic    = "rare-earths"
//! by       = "USA"
//! says     = "says resolved"
//! status   = "claimed"
//! evidence = [{ account = "us-note", file = "us-note.md", span = [182, 240], quote = "…" }]
//! ```

use toml::de::DeValue;

use super::parse::optional_text;
use super::parse_reading::read_evidence;
use super::proposal::{Proposal, Sort};
use crate::document::problem::Problem;
use crate::document::read::{Node, Reader, Table};

const STATUS: [&str; 4] = ["announced", "claimed", "confirmed", "disputed"];

/// The proposals of a ledger file.
pub(super) fn read_proposals(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Vec<Proposal> {
    let Some(node) = root.get("proposal") else { return Vec::new() };
    let DeValue::Array(items) = node.get_ref() else {
        let help = "start each proposal with [[proposal]], in double brackets".to_owned();
        reader.wrong_type("proposal", "a list of tables", node, Some(help));
        return Vec::new();
    };
    items.iter().filter_map(|item| read_proposal(reader, item)).collect()
}

fn read_proposal(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Proposal> {
    let table = reader.table("this proposal", "proposal", node)?;
    reader.check_keys(
        table,
        &["sort", "topic", "by", "says", "status", "date", "numbers", "measures", "evidence", "note"],
    );
    let mut word = |key: &'static str, example: &str| {
        let node = reader.required(table, key, example)?;
        reader.string(key, node).map(|found| (found.value.to_owned(), found.at))
    };
    let sort = word("sort", "sort = \"reading\"");
    let topic = word("topic", "topic = \"rare-earths\"");
    let by = word("by", "by = \"USA\"");
    let says = word("says", "says = \"says resolved\"");
    let status = word("status", "status = \"claimed\"");
    let mut unknown = |key: &'static str, (word, at): &(String, miette::SourceSpan), known: &str| {
        let help = format!("the words here are {known}");
        reader.note(Problem::UnknownWord { key, word: word.clone(), at: *at, help });
    };
    let kind = sort.as_ref().and_then(|sort| match sort.0.as_str() {
        "measure" => Some(Sort::Measure),
        "reading" => Some(Sort::Reading),
        _ => {
            unknown("sort", sort, "measure, reading");
            None
        }
    });
    if let Some(status) = status.as_ref().filter(|status| !STATUS.contains(&status.0.as_str())) {
        unknown("status", status, &STATUS.join(", "));
    }
    let date = table.get("date").and_then(|node| reader.day("date", node)).map(|day| day.value);
    let mut words = |key: &'static str| match table.get(key) {
        Some(node) => reader.strings(key, node).into_iter().map(|word| word.value.to_owned()).collect(),
        None => Vec::new(),
    };
    let (numbers, measures) = (words("numbers"), words("measures"));
    let topic = topic?.0;
    let evidence = read_evidence(reader, table, &topic);
    Some(Proposal {
        sort: kind?,
        by: by?.0,
        says: says?.0,
        status: status?.0,
        date,
        numbers,
        measures,
        evidence,
        note: optional_text(reader, table, "note"),
        topic,
    })
}
