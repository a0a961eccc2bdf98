//! What does a measure do on a day, in words?
//!
//! "10 % (34 % less 24 suspended until 2025-08-12)": what is levied comes
//! first, then how it comes about.

use jiff::civil::Date;

use super::export;
use super::measure::{Kind, Measure, Status};
use super::write::percentage;
use crate::world::World;

/// More regions than this are counted, not named.
const REGIONS_NAMED: usize = 4;

/// A fraction in per cent with a sign, no more digits than it needs: "7.5 %".
pub fn percent(fraction: f64) -> String {
    format!("{} %", points(fraction))
}

/// A fraction in points: 0.075 is "7.5".
pub fn points(fraction: f64) -> String {
    percentage((fraction * 1e8).round() / 1e8).trim_end_matches('%').to_owned()
}

impl Measure {
    /// What it does on `date`, in words; for a day on which it is in force.
    pub fn effect_in_words(&self, date: Date) -> String {
        let rate = self.rate_on(date);
        match self.kind {
            Kind::ImportTariff => self.rate_in_words(date),
            Kind::ExportTax | Kind::Subsidy if rate > 0.0 => self.rate_in_words(date),
            kind => without_number(kind).to_owned(),
        }
    }

    fn rate_in_words(&self, date: Date) -> String {
        let (full, levied) = (self.rate_unsuspended(date), self.rate_on(date));
        let floor = self.stacking.floor.map(|floor| format!("fills the base duty up to {}", percent(floor)));
        let Some(pause) = self.suspension.as_ref().filter(|pause| pause.points_on(date) > 0.0) else {
            return floor.unwrap_or_else(|| percent(full));
        };
        let until = pause.until.iter().find(|until| date < **until);
        let until = until.map_or(String::new(), |until| format!(" until {until}"));
        if levied == 0.0 {
            return format!("0 % ({} suspended{until})", percent(full));
        }
        format!("{} ({} less {} suspended{until})", percent(levied), percent(full), points(pause.points))
    }

    /// True if its rate is above 0 and suspended in full on `date`.
    pub fn is_suspended_in_full(&self, date: Date) -> bool {
        self.is_in_force(date) && self.rate_unsuspended(date) > 0.0 && self.rate_on(date) == 0.0
    }

    /// Its status in a ledger file.
    pub fn status_name(&self) -> &'static str {
        Status::ALL.iter().find(|(_, status)| *status == self.status).map_or("", |(name, _)| name)
    }

    /// What in it was written from memory and not yet checked against a page.
    pub fn recalled(&self) -> Option<&str> {
        let scope = [&self.scope.note, &self.scope.source];
        let said = [&self.note, &self.source].into_iter().chain(scope).flatten();
        said.map(String::as_str).find(|text| text.contains("recall"))
    }

    /// The goods it covers: a scope's name, sectors, or all goods.
    pub fn goods_in_words(&self, world: &World) -> String {
        export::scope(&self.scope, world)
    }
}

/// What a kind does where no number says how much.
fn without_number(kind: Kind) -> &'static str {
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
