//! Do accounts say what a ledger's evidence says they do?
//!
//! Evidence that names a `file` is compared with it: the characters of its `span`
//! must be there, and be its `quote` to the letter; a file that is `silent` on
//! something has no span. Evidence without a file is taken on trust.

use miette::SourceSpan;
use toml::de::{DeTable, DeValue};

use crate::document::problem::Problem;
use crate::document::read::{Node, Reader};
use crate::document::{self, DocumentError, Kind};

/// Compares the evidence of the ledger `text` with the accounts it names.
/// `open` gives the text of an account's file, as seen from the ledger's folder.
///
/// # Errors
/// Every piece of evidence that its file does not bear out.
pub fn check(
    file_name: &str,
    text: &str,
    open: &dyn Fn(&str) -> Result<String, String>,
) -> Result<(), DocumentError> {
    if !text.contains("file") || !text.contains("evidence") {
        return Ok(());
    }
    document::parse(Kind::Ledger, file_name, text, |reader, root| {
        in_list(reader, root.entries, "proposal", open);
        if let Some(DeValue::Array(measures)) = root.get("measure").map(|node| node.get_ref()) {
            for measure in measures.iter().filter_map(|node| node.get_ref().as_table()) {
                in_list(reader, measure, "reading", open);
            }
        }
        Some(())
    })
    .map(|((), _)| ())
}

fn in_list(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    key: &str,
    open: &dyn Fn(&str) -> Result<String, String>,
) {
    let Some(DeValue::Array(items)) = table.get(key).map(|node| node.get_ref()) else { return };
    for item in items.iter().filter_map(|node| node.get_ref().as_table()) {
        let Some(DeValue::Array(evidence)) = item.get("evidence").map(|node| node.get_ref()) else {
            continue;
        };
        for one in evidence.iter().filter_map(|node| node.get_ref().as_table()) {
            compare(reader, one, open);
        }
    }
}

fn text_at<'n>(table: &'n DeTable<'_>, key: &str) -> Option<(&'n str, SourceSpan)> {
    let node: &Node<'_> = table.get(key)?;
    Some((node.get_ref().as_str()?, node.span().into()))
}

fn compare(reader: &mut Reader<'_>, evidence: &DeTable<'_>, open: &dyn Fn(&str) -> Result<String, String>) {
    let Some((file, file_at)) = text_at(evidence, "file") else { return };
    let account = text_at(evidence, "account").map_or("?", |(account, _)| account).to_owned();
    let mut wrong = |at: SourceSpan, found: String, help: Option<String>| {
        reader.note(Problem::NotThere { account: account.clone(), at, found, help });
    };
    let text = match open(file) {
        Ok(text) => text,
        Err(why) => {
            let help =
                "the path is seen from the ledger's folder; without `file` the evidence is not compared"
                    .to_owned();
            return wrong(file_at, why, Some(help));
        }
    };
    let Some(span) = evidence.get("span") else { return };
    let ends: Vec<usize> = match span.get_ref() {
        DeValue::Array(ends) => {
            ends.iter().filter_map(|end| end.get_ref().as_integer()?.as_str().parse().ok()).collect()
        }
        _ => return,
    };
    let [first, end] = ends[..] else { return };
    let length = text.chars().count();
    if first >= end || end > length {
        let help = "read the account again: `detente read FILE --into LEDGER`".to_owned();
        return wrong(span.span().into(), format!("the file has {length} characters"), Some(help));
    }
    let there: String = text.chars().skip(first).take(end - first).collect();
    if let Some((quote, at)) = text_at(evidence, "quote")
        && quote != there
    {
        let shown: String = there.chars().take(60).collect();
        let help = match text.find(quote) {
            Some(byte) => {
                let start = text[..byte].chars().count();
                Some(format!("these words stand at span = [{start}, {}]", start + quote.chars().count()))
            }
            None => Some("these words are nowhere in the file".to_owned()),
        };
        wrong(at, format!("there stands: {shown}"), help);
    }
}
