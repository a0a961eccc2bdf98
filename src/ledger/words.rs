//! What does a measure do on a day, in words?
//!
//! "10 % (34 % less 24 suspended until 2025-08-12)": what is levied comes
//! first, then how it comes about.

use jiff::civil::Date;

use super::export;
use super::measure::{Kind, Measure, RatePath, Status};
use crate::document::problem;
use crate::world::World;

/// More regions than this are counted, not named.
const REGIONS_NAMED: usize = 4;

/// A fraction in per cent with a sign, no more digits than it needs: "7.5 %".
pub fn percent(fraction: f64) -> String {
    format!("{} %", points(fraction))
}

/// A fraction in points: 0.075 is "7.5".
pub fn points(fraction: f64) -> String {
    problem::percent(fraction)
}

impl Measure {
    /// What it does on `date`, in words; for a day between its start and its end.
    pub fn effect_in_words(&self, date: Date) -> String {
        if self.is_suspended_in_full(date) {
            return format!("suspended{} ({})", self.suspended_until(date), self.sizes(date, true));
        }
        self.sizes(date, false)
    }

    /// What it does, sizes included; `full` counts what is suspended too.
    fn sizes(&self, date: Date, full: bool) -> String {
        let of = |path: &RatePath| path.step_on(date);
        let mut sizes = Vec::new();
        match (of(&self.rate), self.stacking.floor) {
            (_, Some(floor)) => sizes.push(format!("fills the base duty up to {}", percent(floor))),
            (Some(rate), None) if full => sizes.push(percent(rate)),
            (Some(_), None) => sizes.push(self.rate_in_words(date)),
            (None, None) => {}
        }
        sizes.extend(
            of(&self.quantity).map(|share| format!("{} of the base year's quantity", percent(share))),
        );
        sizes.extend(of(&self.approval).map(|share| format!("{} approved", percent(share))));
        sizes.extend(self.wait_weeks.map(|weeks| format!("{} weeks' wait", (weeks * 10.0).round() / 10.0)));
        sizes.extend(of(&self.cost).map(|cost| format!("adds {} to costs", percent(cost))));
        sizes.extend(of(&self.share).map(|share| format!("{} of {}", percent(share), self.of.join(", "))));
        match (self.kind, sizes.is_empty()) {
            (Kind::ImportTariff, false) => sizes.join(", "),
            (kind, false) => format!("{}: {}", in_a_word(kind), sizes.join(", ")),
            (kind, true) => in_a_word(kind).to_owned(),
        }
    }

    fn rate_in_words(&self, date: Date) -> String {
        let (full, levied) = (self.rate_unsuspended(date), self.rate_on(date));
        let suspended = self.suspended_points(date);
        if suspended == 0.0 {
            return percent(full);
        }
        let until = self.suspended_until(date);
        format!("{} ({} less {} suspended{until})", percent(levied), percent(full), points(suspended))
    }

    /// " until 2025-08-12": the end that was agreed by `date`, as far as the file tells.
    fn suspended_until(&self, date: Date) -> String {
        let days = self.suspension.iter().flat_map(|pause| &pause.until);
        days.into_iter().find(|until| date < **until).map_or(String::new(), |until| format!(" until {until}"))
    }

    /// True between its start and its end while nothing of it applies.
    pub fn is_suspended_in_full(&self, date: Date) -> bool {
        let begun = self.start().is_some_and(|start| start <= date);
        let over = self.end.as_ref().is_some_and(|end| end.on <= date);
        let all_points = self.rate_unsuspended(date) > 0.0 && self.rate_on(date) == 0.0;
        begun && !over && (self.is_suspended(date) || all_points)
    }

    /// Its status in a ledger file.
    pub fn status_name(&self) -> &'static str {
        Status::ALL.iter().find(|(_, status)| *status == self.status).map_or("", |(name, _)| name)
    }

    /// What of it was written from memory: its `recall`, or a remark on it or
    /// its goods that says so.
    pub fn recalled(&self) -> Option<&str> {
        let scope = [&self.scope.note, &self.scope.source];
        let remarks = [&self.note, &self.source].into_iter().chain(scope).flatten().map(String::as_str);
        self.recall.as_deref().or_else(|| remarks.into_iter().find(|text| text.contains("recall")))
    }

    /// The goods it covers: a scope's name, sectors, or all goods.
    pub fn goods_in_words(&self, world: &World) -> String {
        export::scope(&self.scope, world).replace(" 100%", "")
    }
}

/// What a kind does.
pub(super) fn in_a_word(kind: Kind) -> &'static str {
    match kind {
        Kind::ImportTariff => "tariff",
        Kind::ImportQuota | Kind::ExportQuota => "quota",
        Kind::ImportBan | Kind::ExportBan => "ban",
        Kind::ExportTax => "tax",
        Kind::ExportLicence => "licence needed",
        Kind::EntityListing => "firms cut off",
        Kind::Subsidy => "subsidy",
        Kind::PortFee => "fee",
        Kind::VisaRestriction => "fewer visas",
        Kind::TariffExemption => "lets off",
        Kind::PurchaseCommitment => "promise to buy",
        Kind::Event => "event",
    }
}

/// Regions by code, "all others", or how many.
pub fn regions_in_words(regions: &[usize], world: &World) -> String {
    match regions.len() {
        0 => String::new(),
        few if few <= REGIONS_NAMED => {
            regions.iter().map(|region| world.regions.code(*region)).collect::<Vec<_>>().join(", ")
        }
        many if many + 1 >= world.region_count() => "all others".to_owned(),
        many => format!("{many} regions"),
    }
}
