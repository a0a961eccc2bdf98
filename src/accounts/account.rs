//! A document as an account of talks: whose it is, of which day, and its text.
//!
//! ```text
//! +++
//! id        = "cn-readout-2025-06-05"
//! title     = "Readout of the call"
//! publisher = "Xinhua"
//! date      = 2025-06-05
//! party     = "CHN"      # it is this government's own account
//! complete  = true       # all of it: what it leaves out, it is silent on
//! source    = "paraphrase of …"   # where the text is from
//! +++
//! The text …
//! ```
//!
//! Every key may be left out, and so may the header. The same keys may stand in a
//! file beside the text, with the same name and the ending `.toml`; the header
//! wins. Characters are counted from the beginning of the text's file, header
//! included: spans point into the file as it is.

use std::ops::Range;

use jiff::civil::Date;

use crate::document::read::{Reader, Table};
use crate::document::{self, DocumentError, Kind};

const KEYS: [&str; 7] = ["id", "title", "publisher", "date", "party", "complete", "source"];

/// A document that tells of talks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Its name in tables and ledgers.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Who printed it.
    pub publisher: Option<String>,
    /// Its day.
    pub date: Option<Date>,
    /// The government whose own account it is, ISO 3166-1 alpha-3.
    pub party: Option<String>,
    /// Is it the whole account, so that silence means something?
    pub complete: bool,
    /// Where the text is from: an address, or what it is a paraphrase of.
    pub source: Option<String>,
    /// The file as it is.
    pub text: String,
    /// The bytes of it that are text, behind the header.
    pub body: Range<usize>,
}

/// What a header says; empty where it is silent.
#[derive(Clone, Debug, Default)]
struct Header {
    id: Option<String>,
    title: Option<String>,
    publisher: Option<String>,
    date: Option<Date>,
    party: Option<String>,
    complete: Option<bool>,
    source: Option<String>,
}

impl Account {
    /// The account in `text`, with what `beside`, the file next to it, says of it.
    /// `name` is the file's, and its stem the account's id where none is given.
    ///
    /// # Errors
    /// All problems of the header, or of the file beside.
    pub fn read(name: &str, text: &str, beside: Option<(&str, &str)>) -> Result<Self, DocumentError> {
        let (header, body) = match header_of(text) {
            Some(range) => (parse(name, &commented(text, &range))?, range.end..text.len()),
            None => (Header::default(), 0..text.len()),
        };
        let beside = match beside {
            Some((name, text)) => parse(name, text)?,
            None => Header::default(),
        };
        let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        Ok(Self {
            id: header.id.or(beside.id).unwrap_or_else(|| stem.to_owned()),
            title: header.title.or(beside.title),
            publisher: header.publisher.or(beside.publisher),
            date: header.date.or(beside.date),
            party: header.party.or(beside.party),
            complete: header.complete.or(beside.complete).unwrap_or(false),
            source: header.source.or(beside.source),
            text: text.to_owned(),
            body,
        })
    }
}

/// The text up to the end of the header, its marks made comments: every place
/// stays what it is in the file.
fn commented(text: &str, header: &Range<usize>) -> String {
    let mut toml = " ".repeat(header.start) + "#" + &text[header.start + 1..header.end];
    if toml.len() > header.start + 3 && toml.ends_with("\n+++") {
        let last = toml.len() - 3;
        toml.replace_range(last..last + 1, "#");
    }
    toml
}

/// The bytes of the header, marks included, if the text begins with one.
fn header_of(text: &str) -> Option<Range<usize>> {
    // A mark of byte order and empty lines may come first.
    let start = text.len() - text.trim_start_matches(['\u{feff}', '\n', '\r', ' ']).len();
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == "+++")?;
    let mut at = start + first.len();
    for line in lines {
        if line.trim_end() == "+++" {
            return Some(start..at + 3);
        }
        at += line.len();
    }
    // Opened and never closed: all of it is read as a header, and says what is wrong.
    Some(start..text.len())
}

fn parse(name: &str, text: &str) -> Result<Header, DocumentError> {
    document::parse(Kind::Account, name, text, |reader, root| Some(header(reader, root)))
        .map(|(header, _)| header)
}

fn header(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Header {
    reader.check_keys(root, &KEYS);
    let mut word = |key: &'static str| {
        let node = root.get(key)?;
        reader.string(key, node)
    };
    let [id, title, publisher, source] =
        ["id", "title", "publisher", "source"].map(|key| word(key).map(|found| found.value.to_owned()));
    let party = word("party");
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    if let (Some(party), Some(node)) = (&party, root.get("party"))
        && !is_code(party.value)
    {
        let help = "write the three letters of ISO 3166-1: party = \"CHN\"".to_owned();
        reader.wrong_type("party", "the code of a country", node, Some(help));
    }
    let date = root.get("date").and_then(|node| reader.day("date", node)).map(|day| day.value);
    let complete = root.get("complete").map(|node| reader.flag("complete", node));
    let party = party.map(|party| party.value.to_owned());
    Header { id, title, publisher, date, party, complete, source }
}
