//! The ledger: which measures of which governments are in force on a day?
//!
//! A ledger is a text file ([`parse`](Ledger::parse) tells its format) that a
//! person writes and reviews. It knows no economics. Engines see it through
//! the [`PolicyState`] of a day:
//!
//! ```text
//! t[s,n,i](d) = t₀[s,n,i] + Σ_m coverage_m[s] · τ_m(d)     n in by_m, i in on_m, n ≠ i
//! ```
//!
//! `t₀` is the world's own tariff (most-favoured-nation and preferential
//! rates), `τ_m(d)` the rate that measure `m` levies on day `d` (see
//! [`measure`]). Measures add, they never compound; what one takes away from
//! another, and goods named by product code, are evaluated line by line
//! ([`stacking`], [`products`]). Kinds other than tariffs move other arrays
//! (`effect`). The measures in force on the world's base date are in its trade
//! flows but not in `t₀`, so an engine compares two states:
//! `(1 + t(scenario date)) / (1 + t(base date))`.

pub mod amend;
pub mod averages;
pub mod build_products;
mod effect;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod import_gta;
pub mod large;
pub mod measure;
pub(crate) mod parse;
mod parse_measure;
mod parse_products;
mod parse_proposal;
mod parse_rate;
mod parse_reading;
mod parse_stacking;
pub mod products;
pub mod proposal;
pub mod reading;
pub mod shipped;
pub mod stacking;
pub mod state;
pub mod timeline;
pub mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

pub use amend::{Added, AmendmentError, Amendments};
pub use averages::{AverageTariff, average_tariff};
pub use measure::{Kind, Measure};
pub use reading::{Evidence, Overrides, Reading, Says};
pub use state::{Cap, PolicyState, Wait};

use crate::world::World;
use measure::Scope;

/// What a ledger file says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// One line that says what it holds.
    pub title: String,
    /// Vintage of the product codes ("HS2022").
    pub codes: Option<String>,
    /// Where the measures come from.
    pub sources: Option<String>,
    /// Remarks: what is left out.
    pub note: Option<String>,
}

/// The dated measures of governments, read for one world.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// What the file says about itself.
    pub heading: Heading,
    /// The measures, in the order of the file.
    pub measures: Vec<Measure>,
    /// Names for several regions, by their positions in the world.
    pub groups: BTreeMap<String, Vec<usize>>,
    /// Names for goods.
    pub scopes: BTreeMap<String, Arc<Scope>>,
    /// What accounts of talks speak of; nothing of it is in force.
    pub proposals: Vec<proposal::Proposal>,
    /// Regions and sectors of the world that positions refer to; `None` if the
    /// ledger has no measures and fits every world.
    shape: Option<(usize, usize)>,
    /// Tariff lines in the world's sectors, where a measure needs them.
    grid: Option<Arc<stacking::Grid>>,
}

impl Ledger {
    /// A ledger without measures: the world's own tariffs.
    pub fn empty() -> Self {
        let heading = Heading { title: "no measures".to_owned(), ..Heading::default() };
        let (groups, scopes) = (BTreeMap::new(), BTreeMap::new());
        Self { heading, measures: Vec::new(), groups, scopes, proposals: Vec::new(), shape: None, grid: None }
    }

    /// One line that says what it holds.
    pub fn title(&self) -> &str {
        &self.heading.title
    }

    /// The measure of an id.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }

    /// Measures with an effect that no engine prices on some day.
    pub fn not_priced(&self) -> impl Iterator<Item = &Measure> {
        let sometimes = |measure: &&Measure| {
            measure.change_dates().into_iter().any(|date| measure.is_not_priced_on(date))
        };
        self.measures.iter().filter(sometimes)
    }

    /// Measures with an effect on `date` that no engine prices: caps, licences,
    /// and those of which no size is known.
    pub fn not_priced_on(&self, date: Date) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(move |measure| measure.is_not_priced_on(date))
    }

    /// Ids of the readings, each once, in the order of the file.
    pub fn readings(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        for reading in self.measures.iter().flat_map(|measure| &measure.readings) {
            if !ids.contains(&reading.id.as_str()) {
                ids.push(&reading.id);
            }
        }
        ids
    }

    /// The ledger as one side reads it. Measures that the reading does not
    /// speak of stay as they are; so does all of it for an id that no measure has.
    pub fn as_read_by(&self, id: &str) -> Ledger {
        self.as_read_by_on(id, |_| true)
    }

    /// The ledger as one side reads some of its measures; the others stay as they are.
    pub fn as_read_by_on(&self, id: &str, of: impl Fn(&Measure) -> bool) -> Ledger {
        let read = |measure: &Measure| if of(measure) { measure.as_read_by(id) } else { measure.clone() };
        Ledger { measures: self.measures.iter().map(read).collect(), ..self.clone() }
    }

    /// The limits on quantities alone: quotas, bans and licences. Duties are left out.
    pub fn limits_alone(&self) -> Ledger {
        let is_limit = |kind| {
            use Kind::{ExportBan, ExportLicence, ExportQuota, ImportBan, ImportQuota};
            matches!(kind, ImportQuota | ImportBan | ExportLicence | ExportQuota | ExportBan)
        };
        // No limit gives way to another measure by position.
        let measures = self.measures.iter().filter(|measure| is_limit(measure.kind)).cloned().collect();
        Ledger { measures, ..self.clone() }
    }

    /// Every day on which a measure changes, earliest first.
    pub fn change_dates(&self) -> Vec<Date> {
        let days: BTreeSet<Date> = self.measures.iter().flat_map(Measure::change_dates).collect();
        days.into_iter().collect()
    }

    /// The world's tariffs with every measure in force on `date`, whatever its
    /// status: a scenario that doubts a disputed measure revokes it.
    ///
    /// # Panics
    /// If `world` has other dimensions than the world the ledger was read for.
    pub fn state(&self, world: &World, date: Date) -> PolicyState {
        // A caller that mixes worlds is a mistake in the program, not in a file.
        assert!(
            self.shape.is_none_or(|shape| shape == (world.region_count(), world.sector_count())),
            "the ledger was read for another world than `{}`",
            world.name
        );
        let by_sector = || {
            let mut state = PolicyState::of_world(world, date);
            effect::add(&mut state, world, &self.measures);
            state
        };
        let (mut state, by_line) = rayon::join(by_sector, || stacking::by_line(self, world, date));
        for (importer, exporter, rates) in by_line {
            for (sector, rate) in rates.into_iter().enumerate() {
                state.tariff[world.cell(sector, importer, exporter)] += rate;
            }
        }
        state
    }
}
