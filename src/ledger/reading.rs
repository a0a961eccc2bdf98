//! Whose account of a measure: where the sides differ, what does each say?
//!
//! A reading overrides parts of a measure. Dated steps replace the measure's
//! own from their first day on; the steps before it stay. A value without a
//! date counts from the reading's `from`, or from the measure's first day.

use jiff::civil::Date;

use super::measure::{End, Measure, RatePath, Suspension};

/// One side's account of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Whose it is; the same id in every measure it speaks of.
    pub id: String,
    /// Where the side says so. Never empty.
    pub evidence: Vec<Evidence>,
    /// What differs from the measure.
    pub overrides: Overrides,
    /// Remarks.
    pub note: Option<String>,
}

/// A place in an account of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Name of the account.
    pub account: String,
    /// What the account does there.
    pub says: Says,
    /// The account's file, as seen from the ledger's folder.
    pub file: Option<String>,
    /// What stands at the span, to the letter.
    pub quote: Option<String>,
}

/// Where an account speaks of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// In this range of characters of its file, the last excluded.
    Span(usize, usize),
    /// Nowhere: it is silent on it.
    Silent,
    /// In the account as a whole.
    Whole,
}

/// The parts of a measure that a reading replaces; `None`: as in the measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Rate from its first step on.
    pub rate: Option<RatePath>,
    /// Quantity allowed, from its first step on.
    pub quantity: Option<RatePath>,
    /// Approval from its first step on.
    pub approval: Option<RatePath>,
    /// Wait for a licence, weeks.
    pub wait_weeks: Option<f64>,
    /// Iceberg cost from its first step on.
    pub cost: Option<RatePath>,
    /// Share let off, from its first step on.
    pub share: Option<RatePath>,
    /// Another first day.
    pub from: Option<Date>,
    /// Another first day not in force.
    pub until: Option<Date>,
    /// Another suspension.
    pub suspension: Option<Suspension>,
}

impl Measure {
    /// The measure as the reading `id` has it; as it is if the reading does not
    /// speak of it.
    pub fn as_read_by(&self, id: &str) -> Measure {
        let mut read = self.clone();
        let Some(reading) = self.readings.iter().find(|reading| reading.id == id) else { return read };
        let other = &reading.overrides;
        let replaced = |own: &RatePath, other: &Option<RatePath>| {
            let path = other.as_ref().map_or_else(|| own.clone(), |later| own.followed_by(later));
            reading.overrides.from.map_or(path.clone(), |from| path.starting(from))
        };
        read.rate = replaced(&self.rate, &other.rate);
        read.quantity = replaced(&self.quantity, &other.quantity);
        read.approval = replaced(&self.approval, &other.approval);
        read.cost = replaced(&self.cost, &other.cost);
        read.share = replaced(&self.share, &other.share);
        read.wait_weeks = other.wait_weeks.or(self.wait_weeks);
        read.from = other.from.or(self.from);
        if let Some(on) = other.until {
            read.end = Some(End { on, why: None });
        }
        read.suspension = other.suspension.clone().or_else(|| self.suspension.clone());
        read
    }
}
