//! A study: what a control did to chains, as one file says it.
//!
//! The file holds the distributions of all parameters, the classes of buyers,
//! and what was observed.
//!
//! * [`parameters`]: what is drawn; [`read`]: the file and its problems.
//! * [`in_force`]: when the control holds, and for whom, if a ledger says so.
//! * [`licences`]: export licences as a queue; what it lets through.
//! * [`chains`]: flows of one material into one part; when it runs out.
//! * [`lines`]: lines that stop for want of one part.
//! * [`monte_carlo`]: many draws of a study; [`stoppage`]: what they say;
//!   [`acceptance`]: what they must say.

pub mod acceptance;
pub mod chains;
pub mod in_force;
pub mod licences;
pub mod lines;
pub mod monte_carlo;
pub mod parameters;
pub mod read;
mod read_buyers;
mod read_ranges;
pub mod stoppage;

use jiff::civil::Date;

use parameters::{Parameter, Range, RegionParameter, UserParameter};

/// What kind of line an observed stop is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Lines that build vehicles; a stop may go unreported.
    Vehicle,
    /// Lines of suppliers, one a chain; every stop counts.
    Supplier,
}

impl LineKind {
    /// The word for it in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vehicle => "vehicle",
            Self::Supplier => "supplier",
        }
    }
}

/// Which stop was observed, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// What kind of line.
    pub of: LineKind,
    /// The how-manieth line that stopped.
    pub count: usize,
    /// First day of the window that the stop lies in.
    pub from: usize,
    /// Last day of it.
    pub to: usize,
    /// What was reported, in words.
    pub report: String,
    /// Where.
    pub source: String,
}

/// Buyers in one region.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Code.
    pub code: String,
    /// Readable name.
    pub name: String,
    /// Share of the exports before the control, fraction.
    pub export_share: f64,
    /// Regions of a world that it stands for; its own code if the file names none.
    pub members: Vec<String>,
    /// Share of its trade that is under the control, fraction: 1, unless a measure
    /// of a ledger covers less.
    pub covered: f64,
    /// Their purchases, tonnes a year; `None` if their chains are not followed.
    pub tonnes: Option<f64>,
    /// Distributions, in the order of [`RegionParameter::ALL`]; those of transit and lines only where chains are followed.
    pub ranges: Vec<Option<Range>>,
    /// The stop that was observed.
    pub observed: Option<Observed>,
}

impl Region {
    /// The distribution of a parameter of the region. The priority after the
    /// policy step is that before it where it is not given.
    pub fn range(&self, parameter: RegionParameter) -> Option<&Range> {
        self.ranges[parameter as usize].as_ref()
    }
}

/// A further user of the material: lines of another industry, in every region
/// whose chains are followed.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Short name.
    pub code: String,
    /// Readable name.
    pub name: String,
    /// Code of the industry whose lines stop, in a world.
    pub industry: String,
    /// Distributions, in the order of [`UserParameter::ALL`]; where there is none,
    /// the study's number counts.
    pub ranges: Vec<Option<Range>>,
}

impl User {
    /// The distribution of a parameter of the user, where it has one of its own.
    pub fn range(&self, parameter: UserParameter) -> Option<&Range> {
        self.ranges[parameter as usize].as_ref()
    }
}

/// Exports of one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Exports against the base.
    pub ratio: f64,
}

/// A share of first files that was approved by a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// Position of the region.
    pub region: usize,
    /// Day.
    pub day: usize,
    /// Share, fraction.
    pub share: f64,
    /// Where it comes from.
    pub source: String,
}

/// What a control did to chains: distributions, classes and record.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Short name.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// First day of the control: day 0.
    pub start: Date,
    /// Weeks that are followed.
    pub weeks: usize,
    /// Day up to which stopped lines are counted.
    pub report_day: usize,
    /// Code of the industry whose lines stop, in a world.
    pub industry: Option<String>,
    /// Code of the sector that is controlled, in a world that has it.
    pub material: Option<String>,
    /// Code of the region that controls it.
    pub sender: Option<String>,
    /// Id of the ledger's measure that says when the control holds, and for whom.
    pub measure: Option<String>,
    /// Day from which nothing is held any more; `None` if the control outlasts the days.
    pub end_day: Option<usize>,
    /// Where the figures come from.
    pub sources: String,
    /// Remarks: what is left out.
    pub note: String,
    /// Distributions, in the order of [`Parameter::ALL`].
    pub ranges: Vec<Range>,
    /// Classes of buyers. Never empty.
    pub regions: Vec<Region>,
    /// Further users of the material.
    pub users: Vec<User>,
    /// Mean exports of a month of the base, tonnes.
    pub base_tonnes: f64,
    /// The record of exports, months rising.
    pub months: Vec<Month>,
    /// The record of approvals.
    pub approvals: Vec<Approval>,
}

impl Study {
    /// The distribution of a parameter.
    pub fn range(&self, parameter: Parameter) -> &Range {
        &self.ranges[parameter as usize]
    }

    /// Days that are followed: the last is the last of the last week.
    pub fn days(&self) -> usize {
        7 * self.weeks + 1
    }
}

/// The studies that ship.
const SHIPPED: [(&str, &str); 1] = [("magnets-2025", include_str!("../../../data/chains/magnets-2025.toml"))];

/// Names of the studies that ship.
pub fn shipped_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// The text of a study that ships.
pub fn shipped_text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}
