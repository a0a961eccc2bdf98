//! Proposals: what accounts of talks speak of, beside the measures of a ledger.
//!
//! A reader of accounts writes them, a person decides. Nothing of a proposal is
//! in force, whatever its status: it becomes part of the ledger when somebody
//! writes a measure or a reading of it.

use jiff::civil::Date;

use super::reading::Evidence;

/// What a proposal would become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A measure of a government.
    Measure,
    /// A side's reading of measures.
    Reading,
}

impl Sort {
    /// The word for it in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Measure => "measure",
            Self::Reading => "reading",
        }
    }
}

/// What an account speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Measure or reading.
    pub sort: Sort,
    /// What it is about.
    pub topic: String,
    /// Who says so: the code of a government.
    pub by: String,
    /// What they say or do about it, in a word.
    pub says: String,
    /// How far it is backed: announced, claimed, confirmed, disputed.
    pub status: String,
    /// Its day.
    pub date: Option<Date>,
    /// Rates in the words, as written.
    pub numbers: Vec<String>,
    /// Ids of measures that it may speak of.
    pub measures: Vec<String>,
    /// Where it stands. Never empty.
    pub evidence: Vec<Evidence>,
    /// Remarks.
    pub note: Option<String>,
}
