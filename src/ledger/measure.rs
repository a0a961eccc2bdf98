//! One dated measure of a government: what rate does it set on a day?
//!
//! ```text
//! τ(d)      = 0                                    before the first step and from the end on
//! τ(d)      = max(0, path(d) − suspended(d))       otherwise
//! t[s,n,i] += coverage[s] · τ(d)                   n in `by`, i in `on`, n ≠ i
//! ```
//!
//! `path(d)` is the rate of the latest step on or before `d`; `suspended(d)`
//! the points of a suspension while it runs, and for ever after if it lapses
//! instead of snapping back. A suspension without points takes away the whole
//! measure, whatever its kind. Measures add, they never compound.
//!
//! That is an import tariff; `ledger::effect` says what every other kind moves.
//!
//! Rates, points and coverage are fractions (0.25 is 25 %); a day is a civil
//! date of the government that acts. Every end is the first day *not* in force.

use std::sync::Arc;

use jiff::civil::Date;

use super::reading::Reading;
use super::stacking::{LineCover, Stacking};

/// What a measure does; each kind moves other arrays of the policy state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Additional ad valorem duty on imports: moves the tariff.
    ImportTariff,
    /// Limit on the imported quantity: moves the cap.
    ImportQuota,
    /// No imports: a cap of 0.
    ImportBan,
    /// Ad valorem tax on exports: moves the export tax.
    ExportTax,
    /// Exports need a licence: moves the approval, the wait, the cap and, with a `cost`, the iceberg cost.
    ExportLicence,
    /// Limit on the exported quantity: moves the cap.
    ExportQuota,
    /// No exports: a cap of 0.
    ExportBan,
    /// Named firms are cut off: with a `cost`, moves the iceberg cost of exports to them.
    EntityListing,
    /// Support of home producers: with a `rate`, a negative export tax.
    Subsidy,
    /// Fee on ships that call at a port: with a `cost`, moves the iceberg cost of imports.
    PortFee,
    /// Fewer travellers and students: with a `cost`, moves the iceberg cost of services sold to them.
    VisaRestriction,
    /// Goods or importers that are let off: with `of`, lowers the coverage of the named measures.
    TariffExemption,
    /// A promise to buy; carried.
    PurchaseCommitment,
    /// No effect: a mark on the time line.
    #[default]
    Event,
}

impl Kind {
    /// Every kind, in the order of the format's description.
    pub const ALL: [Kind; 14] = [
        Kind::ImportTariff,
        Kind::ImportQuota,
        Kind::ImportBan,
        Kind::ExportTax,
        Kind::ExportLicence,
        Kind::ExportQuota,
        Kind::ExportBan,
        Kind::EntityListing,
        Kind::Subsidy,
        Kind::PortFee,
        Kind::VisaRestriction,
        Kind::TariffExemption,
        Kind::PurchaseCommitment,
        Kind::Event,
    ];

    /// The name in a ledger file.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ImportTariff => "import-tariff",
            Kind::ImportQuota => "import-quota",
            Kind::ImportBan => "import-ban",
            Kind::ExportTax => "export-tax",
            Kind::ExportLicence => "export-licence",
            Kind::ExportQuota => "export-quota",
            Kind::ExportBan => "export-ban",
            Kind::EntityListing => "entity-listing",
            Kind::Subsidy => "subsidy",
            Kind::PortFee => "port-fee",
            Kind::VisaRestriction => "visa-restriction",
            Kind::TariffExemption => "tariff-exemption",
            Kind::PurchaseCommitment => "purchase-commitment",
            Kind::Event => "event",
        }
    }

    /// The kind of a name in a ledger file.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// True if a measure of this kind cannot be without a rate.
    pub fn is_tax(self) -> bool {
        matches!(self, Kind::ImportTariff | Kind::ExportTax)
    }

    /// True if the acting region is the buyer of the trade that the measure moves.
    pub fn acts_on_imports(self) -> bool {
        matches!(self, Kind::ImportTariff | Kind::ImportQuota | Kind::ImportBan | Kind::PortFee)
    }
}

/// How sure it is that a measure exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Announced, not yet law.
    Announced,
    /// One side says so.
    Claimed,
    /// Published or agreed by both sides.
    #[default]
    Confirmed,
    /// The sides contradict each other.
    Disputed,
}

impl Status {
    /// Every status with its name in a ledger file.
    pub const ALL: [(&'static str, Status); 4] = [
        ("announced", Status::Announced),
        ("claimed", Status::Claimed),
        ("confirmed", Status::Confirmed),
        ("disputed", Status::Disputed),
    ];
}

/// Dated steps of a rate, earliest first; before the first step the rate is 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RatePath {
    steps: Vec<(Date, f64)>,
}

impl RatePath {
    /// A path from its steps. `None` unless the dates rise strictly.
    pub fn new(steps: Vec<(Date, f64)>) -> Option<Self> {
        steps.is_sorted_by(|a, b| a.0 < b.0).then_some(Self { steps })
    }

    /// One value from a day on.
    pub fn constant(from: Date, value: f64) -> Self {
        Self { steps: vec![(from, value)] }
    }

    /// The rate of the latest step on or before `date`; 0 before the first.
    pub fn on(&self, date: Date) -> f64 {
        self.step_on(date).unwrap_or(0.0)
    }

    /// The value of the latest step on or before `date`, if there is one.
    pub fn step_on(&self, date: Date) -> Option<f64> {
        let past = self.steps.partition_point(|(from, _)| *from <= date);
        past.checked_sub(1).map(|latest| self.steps[latest].1)
    }

    /// This path until `later` begins, then `later`.
    pub fn followed_by(&self, later: &Self) -> Self {
        let before = self.steps.iter().filter(|(day, _)| later.start().is_none_or(|start| *day < start));
        Self { steps: before.chain(&later.steps).copied().collect() }
    }

    /// This path with its first day moved to `from`: earlier steps fall away,
    /// the value of that day, or the first one, begins on it.
    pub fn starting(&self, from: Date) -> Self {
        let Some((_, first)) = self.steps.first() else { return Self::default() };
        let value = self.step_on(from).unwrap_or(*first);
        let past = self.steps.partition_point(|(day, _)| *day <= from).max(1);
        let rest = self.steps[past..].iter().copied();
        Self { steps: std::iter::once((from, value)).chain(rest).collect() }
    }

    /// True if there is no step.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// First day of the path.
    pub fn start(&self) -> Option<Date> {
        self.steps.first().map(|(from, _)| *from)
    }

    /// The steps, earliest first.
    pub fn steps(&self) -> &[(Date, f64)] {
        &self.steps
    }
}

/// What happens to the suspended points when the clock runs out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Afterwards {
    /// They apply again.
    #[default]
    SnapBack,
    /// They never apply again.
    Lapse,
}

/// A measure, or points of its rate, that does not apply for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspension {
    /// The part of the rate that is suspended, fraction; `None`: the whole measure.
    pub points: Option<f64>,
    /// First day of the suspension.
    pub from: Date,
    /// First day without suspension: as first agreed, then each extension.
    pub until: Vec<Date>,
    /// What happens then.
    pub then: Afterwards,
}

impl Suspension {
    /// First day without suspension after every extension.
    pub fn back_on(&self) -> Option<Date> {
        self.until.last().copied()
    }

    /// True while it runs, and for ever after if it lapses.
    pub fn is_running(&self, date: Date) -> bool {
        let over = self.back_on().is_some_and(|back| back <= date);
        self.from <= date && !(over && self.then == Afterwards::SnapBack)
    }
}

/// The end of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// First day not in force.
    pub on: Date,
    /// Why, where the file says so ("court").
    pub why: Option<String>,
}

/// The goods that a measure covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// Its name in the file; `None` if written inside the measure, or all goods.
    pub name: Option<String>,
    /// Share of each sector's trade that is covered, fraction, `[sector]`.
    pub coverage: Vec<f64>,
    /// The tariff lines, where the goods are named by product code or list;
    /// then `coverage` counts every HS6 line once.
    pub lines: Option<Arc<LineCover>>,
    /// What it stands for.
    pub note: Option<String>,
    /// Where the coverage comes from.
    pub source: Option<String>,
}

/// One dated measure of one or several governments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measure {
    /// Unique name in the ledger.
    pub id: String,
    /// What it does.
    pub kind: Kind,
    /// The regions that act, as positions in the world's regions.
    pub by: Vec<usize>,
    /// The regions acted on; a region is never on both sides of one pair.
    pub on: Vec<usize>,
    /// The goods covered; measures with goods of one name share them.
    pub scope: Arc<Scope>,
    /// The ad valorem rate over time: of a tariff, an export tax, a subsidy.
    pub rate: RatePath,
    /// Quantity allowed, as a share of the base year's, over time: of a quota.
    pub quantity: RatePath,
    /// Share of licence applications that is approved, over time.
    pub approval: RatePath,
    /// How long a licence takes, weeks.
    pub wait_weeks: Option<f64>,
    /// One limit for all its flows together, not one for each.
    pub pooled: bool,
    /// Share of a limit's rent that importers get; `None`: the side that limits gets all of it.
    pub rent: Option<f64>,
    /// Iceberg cost, as a share of the price before it, over time.
    pub cost: RatePath,
    /// Ids of the measures that an exemption lets off.
    pub of: Vec<String>,
    /// Share of those measures' trade that is let off, over time.
    pub share: RatePath,
    /// First day, for measures without dated steps.
    pub from: Option<Date>,
    /// Day of the announcement.
    pub announced: Option<Date>,
    /// Its end, where there is one.
    pub end: Option<End>,
    /// Its suspension, where there is one.
    pub suspension: Option<Suspension>,
    /// How it meets other measures on the same good.
    pub stacking: Stacking,
    /// How sure it is.
    pub status: Status,
    /// The legal act or page.
    pub source: Option<String>,
    /// Remarks.
    pub note: Option<String>,
    /// Rows of a table of record that the measure states.
    pub rows: Vec<String>,
    /// What of it was written from memory and not yet checked against a page.
    pub recall: Option<String>,
    /// What the sides say where they differ.
    pub readings: Vec<Reading>,
}

impl Measure {
    /// First day in force: `from`, or the first step of a path.
    pub fn start(&self) -> Option<Date> {
        self.paths().into_iter().filter_map(RatePath::start).chain(self.from).min()
    }

    fn paths(&self) -> [&RatePath; 5] {
        [&self.rate, &self.quantity, &self.approval, &self.cost, &self.share]
    }

    /// Share of the rent of its limit that importers get: where the file does
    /// not say, all of a limit on imports, nothing of one on exports.
    pub fn importer_rent(&self) -> f64 {
        self.rent.unwrap_or(if self.kind.acts_on_imports() { 1.0 } else { 0.0 })
    }

    /// Quantity allowed on `date` as a share of the base year's; infinite without a limit.
    pub fn quantity_on(&self, date: Date) -> f64 {
        match self.kind {
            Kind::ImportBan | Kind::ExportBan if self.is_in_force(date) => 0.0,
            _ => self.while_in_force(&self.quantity, date).unwrap_or(f64::INFINITY),
        }
    }

    /// Share of licence applications approved on `date`; 1 without a licence,
    /// and for a licence of which no share is known.
    pub fn approval_on(&self, date: Date) -> f64 {
        self.while_in_force(&self.approval, date).unwrap_or(1.0)
    }

    /// The step of one of its paths on `date`, if the measure is in force then.
    fn while_in_force(&self, path: &RatePath, date: Date) -> Option<f64> {
        path.step_on(date).filter(|_| self.is_in_force(date))
    }

    /// Iceberg cost on `date`, fraction.
    pub fn cost_on(&self, date: Date) -> f64 {
        self.while_in_force(&self.cost, date).unwrap_or(0.0)
    }

    /// Share of the named measures' trade let off on `date`.
    pub fn share_on(&self, date: Date) -> f64 {
        self.while_in_force(&self.share, date).unwrap_or(0.0)
    }

    /// True if the measure is in force on `date` and meant to have an effect,
    /// but moves no array that an engine prices: a wait, a promise, or an
    /// effect of which no size is known.
    pub fn is_not_priced_on(&self, date: Date) -> bool {
        self.is_in_force(date)
            && match self.kind {
                Kind::ImportTariff | Kind::ExportTax | Kind::Event => false,
                Kind::ImportBan | Kind::ExportBan => false,
                Kind::ImportQuota | Kind::ExportQuota => self.quantity.is_empty(),
                Kind::ExportLicence => self.approval.is_empty() && self.cost.is_empty(),
                Kind::PurchaseCommitment => true,
                Kind::EntityListing | Kind::PortFee | Kind::VisaRestriction => self.cost.is_empty(),
                Kind::Subsidy => self.rate.is_empty(),
                // One that a duty gives way to is in that duty's coverage.
                Kind::TariffExemption => self.of.is_empty() && !self.stacking.by_line,
            }
    }

    /// The suspension, if it runs on `date`.
    fn pause(&self, date: Date) -> Option<&Suspension> {
        self.suspension.as_ref().filter(|pause| pause.is_running(date))
    }

    /// Part of the rate that is not levied on `date`, fraction.
    pub fn suspended_points(&self, date: Date) -> f64 {
        self.pause(date).map_or(0.0, |pause| pause.points.unwrap_or_else(|| self.rate_unsuspended(date)))
    }

    /// True on a day on which all of the measure is suspended.
    pub fn is_suspended(&self, date: Date) -> bool {
        self.pause(date).is_some_and(|pause| pause.points.is_none())
    }

    /// Rate levied on `date` on the covered goods, fraction.
    pub fn rate_on(&self, date: Date) -> f64 {
        (self.rate_unsuspended(date) - self.suspended_points(date)).max(0.0)
    }

    /// Rate on `date` as if nothing had been suspended, fraction.
    pub fn rate_unsuspended(&self, date: Date) -> f64 {
        if self.end.as_ref().is_some_and(|end| end.on <= date) { 0.0 } else { self.rate.on(date) }
    }

    /// True on a day between the start and the end, unless all of it is suspended.
    pub fn is_in_force(&self, date: Date) -> bool {
        let begun = self.start().is_some_and(|start| start <= date);
        begun && self.end.as_ref().is_none_or(|end| date < end.on) && !self.is_suspended(date)
    }

    /// First day of the stretch in force that holds `date`: its start, or the day on
    /// which a suspension of the whole measure ended.
    pub fn begins(&self, date: Date) -> Option<Date> {
        let begins = |day: &Date| *day <= date && self.is_in_force(*day);
        let back =
            self.suspension.as_ref().filter(|pause| pause.points.is_none()).and_then(Suspension::back_on);
        back.filter(begins).into_iter().chain(self.start().filter(begins)).max()
    }

    /// Every day on which the measure changes, earliest first.
    pub fn change_dates(&self) -> Vec<Date> {
        let end = self.end.as_ref().map(|end| end.on);
        let steps = self.paths().into_iter().flat_map(RatePath::steps);
        let mut dates: Vec<Date> = steps.map(|(from, _)| *from).collect();
        dates.extend(self.from);
        if let Some(pause) = &self.suspension {
            // Before its first day a measure has nothing to suspend.
            let begun = |date: &Date| self.start().is_some_and(|start| start <= *date);
            dates.extend(Some(pause.from).filter(begun));
            if pause.then == Afterwards::SnapBack {
                dates.extend(pause.back_on().filter(begun));
            }
        }
        dates.retain(|date| end.is_none_or(|end| *date < end));
        dates.extend(end);
        dates.sort_unstable();
        dates.dedup();
        dates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn steps() -> RatePath {
        RatePath::new(vec![(date(2025, 4, 10), 1.25), (date(2025, 5, 14), 0.34)]).unwrap()
    }

    #[test]
    fn a_path_holds_each_rate_from_its_day_on() {
        assert_eq!(steps().on(date(2025, 4, 9)), 0.0);
        assert_eq!(steps().on(date(2025, 4, 10)), 1.25);
        assert_eq!(steps().on(date(2025, 5, 13)), 1.25);
        assert_eq!(steps().on(date(2030, 1, 1)), 0.34);
        assert_eq!(RatePath::new(vec![(date(2025, 1, 2), 0.1), (date(2025, 1, 2), 0.2)]), None);
    }

    /// 24 points off from 14 May 2025; extended once, to 10 November.
    #[test]
    fn only_the_last_extension_counts() {
        let mut pause = Suspension {
            points: Some(0.24),
            from: date(2025, 5, 14),
            until: vec![date(2025, 8, 12), date(2025, 11, 10)],
            then: Afterwards::SnapBack,
        };
        assert!(!pause.is_running(date(2025, 5, 13)));
        assert!(pause.is_running(date(2025, 8, 12)));
        assert!(pause.is_running(date(2025, 11, 9)));
        assert!(!pause.is_running(date(2025, 11, 10)));
        pause.then = Afterwards::Lapse;
        assert!(pause.is_running(date(2025, 11, 10)));
    }

    /// A ban of December 2024 that is suspended from 9 November 2025 for a year,
    /// and one that was suspended before its first day.
    #[test]
    fn a_whole_measure_can_be_suspended() {
        let pause = |until| Suspension {
            points: None,
            from: date(2025, 11, 9),
            until: vec![until],
            then: Afterwards::SnapBack,
        };
        let ban = Measure {
            kind: Kind::ExportBan,
            from: Some(date(2024, 12, 3)),
            suspension: Some(pause(date(2026, 11, 28))),
            ..Measure::default()
        };
        assert_eq!(ban.quantity_on(date(2025, 11, 8)), 0.0);
        assert_eq!(ban.quantity_on(date(2025, 11, 9)), f64::INFINITY);
        assert_eq!(ban.quantity_on(date(2026, 11, 28)), 0.0);
        assert_eq!(ban.change_dates(), [date(2024, 12, 3), date(2025, 11, 9), date(2026, 11, 28)]);
        let never = Measure { from: Some(date(2025, 12, 1)), ..ban };
        assert!(!never.is_in_force(date(2025, 12, 1)));
        assert_eq!(never.change_dates(), [date(2025, 12, 1), date(2026, 11, 28)]);
    }

    /// 125 from 10 April, 34 from 14 May.
    #[test]
    fn a_path_can_be_continued_and_moved() {
        let later = RatePath::new(vec![(date(2025, 5, 1), 0.1)]).unwrap();
        assert_eq!(steps().followed_by(&later).steps(), [(date(2025, 4, 10), 1.25), (date(2025, 5, 1), 0.1)]);
        assert_eq!(steps().starting(date(2025, 5, 20)).steps(), [(date(2025, 5, 20), 0.34)]);
        let early = [(date(2025, 4, 1), 1.25), (date(2025, 5, 14), 0.34)];
        assert_eq!(steps().starting(date(2025, 4, 1)).steps(), early);
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("tariff"), None);
    }
}
