//! A text file of the user: what it says, and everything that is wrong with it.
//!
//! Ledgers, scenarios, materials, studies and over-files are TOML. The text becomes a tree whose nodes know
//! their place (`read`); each reader notes what it cannot use ([`problem`])
//! and goes on, so that one run finds every problem; the report points into
//! the user's own lines ([`report`]).

pub mod problem;
pub(crate) mod read;
pub mod report;

use std::collections::BTreeSet;

use toml::de::DeTable;

pub use problem::{Problem, Warning};
pub use report::DocumentError;

use read::{Reader, Table, looks_like_a_day, no_such_date};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Dated measures of governments.
    Ledger,
    /// A question: world, ledger, dates.
    Scenario,
    /// A material that is carved out of a sector.
    Material,
    /// What a control did to chains: distributions and a record.
    Study,
    /// The header of an account: whose it is, and of which day.
    Account,
    /// What varies in the cases of a sweep.
    Over,
}

impl Kind {
    /// The first part of a problem's code.
    fn family(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Scenario => "scenario",
            Self::Material => "material",
            Self::Study => "study",
            Self::Account => "account",
            Self::Over => "over",
        }
    }

    /// How messages call the file.
    fn subject(self) -> &'static str {
        match self {
            Self::Ledger => "the policy ledger",
            Self::Scenario => "the scenario",
            Self::Material => "the material",
            Self::Study => "the study",
            Self::Account => "the header of the account",
            Self::Over => "the over-file",
        }
    }
}

/// Parses `text` and hands its tree to `build`, which notes problems with the
/// reader it is given.
pub(crate) fn parse<T>(
    kind: Kind,
    file_name: &str,
    text: &str,
    build: impl FnOnce(&mut Reader<'_>, Table<'_, '_>) -> Option<T>,
) -> Result<(T, Vec<Warning>), DocumentError> {
    let (document, syntax) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, problems: Vec::new(), warnings: Vec::new() };
    let root = Table::new(kind.subject(), (0, 0).into(), document.get_ref());
    let built = if note_syntax(&mut reader, &syntax) { None } else { build(&mut reader, root) };
    match built {
        Some(built) if reader.problems.is_empty() => Ok((built, reader.warnings)),
        _ => Err(DocumentError::new(kind, file_name, text, reader.problems)),
    }
}

/// Notes what the TOML parser refused, once a line. True if the tree is not
/// worth reading: a date that does not exist does no harm to the rest.
fn note_syntax(reader: &mut Reader<'_>, errors: &[toml::de::Error]) -> bool {
    let mut broken = false;
    let mut seen = BTreeSet::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let written = reader.text.get(span.clone()).unwrap_or_default();
        let before = &reader.text.as_bytes()[..span.start.min(reader.text.len())];
        let line = before.iter().filter(|letter| **letter == b'\n').count();
        if looks_like_a_day(written) && written.parse::<jiff::civil::Date>().is_err() {
            reader.note(no_such_date(written, span.into()));
        } else {
            broken = true;
            if seen.insert(line) {
                let message = error.message().to_owned();
                reader.note(Problem::Syntax { message, at: span.into() });
            }
        }
    }
    broken
}
