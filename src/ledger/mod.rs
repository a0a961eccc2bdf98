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
//! ([`stacking`], [`products`]). The measures in force on
//! the world's base date are in its trade flows but not in `t₀`, so an engine
//! compares two states: `(1 + t(scenario date)) / (1 + t(base date))`.

pub mod averages;
pub mod build_products;
pub mod explain;
pub mod export;
pub mod import_gta;
pub mod measure;
mod parse;
mod parse_measure;
mod parse_products;
mod parse_rate;
mod parse_stacking;
pub mod products;
pub mod shipped;
pub mod stacking;
pub mod state;
pub mod timeline;
pub mod words;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use miette::Diagnostic;
use thiserror::Error;

pub use averages::{AverageTariff, average_tariff};
pub use measure::{Kind, Measure};
pub use state::PolicyState;

use crate::document::read::nearest;
use crate::world::World;

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
    /// Regions and sectors of the world that positions refer to; `None` if the
    /// ledger has no measures and fits every world.
    shape: Option<(usize, usize)>,
    /// Tariff lines in the world's sectors, where a measure needs them.
    grid: Option<Arc<stacking::Grid>>,
}

/// Changes that a scenario makes to a ledger from some day on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendments {
    /// Ids of measures whose suspension is called off: the full rate applies.
    pub revoke_suspensions: Vec<String>,
    /// Ids of measures that are called off.
    pub revoke_measures: Vec<String>,
}

/// Why an amendment cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum AmendmentError {
    /// No measure has this id.
    #[error("the ledger has no measure `{id}`{}", did_you_mean(.nearest))]
    #[diagnostic(code(ledger::id))]
    UnknownMeasure {
        /// The id as it was written.
        id: String,
        /// The id that looks most alike.
        nearest: Option<String>,
    },
    /// The measure has no suspension to call off.
    #[error("the measure `{id}` has no suspension to revoke{}", suspended_ones(.suspended))]
    #[diagnostic(code(ledger::suspension))]
    NotSuspended {
        /// The measure.
        id: String,
        /// Ids of the measures that have one.
        suspended: Vec<String>,
    },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or(String::new(), |id| format!("; did you mean `{id}`?"))
}

fn suspended_ones(ids: &[String]) -> String {
    if ids.is_empty() { String::new() } else { format!("; these have one: {}", ids.join(", ")) }
}

impl Ledger {
    /// A ledger without measures: the world's own tariffs.
    pub fn empty() -> Self {
        let heading = Heading { title: "no measures".to_owned(), ..Heading::default() };
        Self { heading, measures: Vec::new(), shape: None, grid: None }
    }

    /// One line that says what it holds.
    pub fn title(&self) -> &str {
        &self.heading.title
    }

    /// The measure of an id.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }

    /// Measures that have an effect which no engine prices yet.
    pub fn not_priced(&self) -> impl Iterator<Item = &Measure> {
        // An exemption that a duty gives way to is in that duty's coverage.
        let exempts = |measure: &Measure| measure.kind == Kind::TariffExemption && measure.stacking.by_line;
        self.measures.iter().filter(move |measure| measure.kind.is_not_priced() && !exempts(measure))
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
        self.sum_up(world, date, |measure| Some(measure.rate_on(date)))
    }

    /// The state on `date` once a scenario's amendments are made.
    ///
    /// # Errors
    /// [`AmendmentError`] if an amendment names a measure that the ledger does
    /// not have, or a suspension that does not exist.
    ///
    /// # Panics
    /// If `world` has other dimensions than the world the ledger was read for.
    pub fn state_with(
        &self,
        world: &World,
        date: Date,
        amendments: &Amendments,
    ) -> Result<PolicyState, AmendmentError> {
        self.check(amendments)?;
        Ok(self.sum_up(world, date, |measure| {
            if amendments.revoke_measures.contains(&measure.id) {
                None
            } else if amendments.revoke_suspensions.contains(&measure.id) {
                Some(measure.rate_unsuspended(date))
            } else {
                Some(measure.rate_on(date))
            }
        }))
    }

    /// Checks that every amendment names something this ledger has.
    ///
    /// # Errors
    /// The first [`AmendmentError`].
    pub fn check(&self, amendments: &Amendments) -> Result<(), AmendmentError> {
        for id in &amendments.revoke_measures {
            self.find(id)?;
        }
        for id in &amendments.revoke_suspensions {
            if self.find(id)?.suspension.is_none() {
                let suspended = self.measures.iter().filter(|other| other.suspension.is_some());
                return Err(AmendmentError::NotSuspended {
                    id: id.clone(),
                    suspended: suspended.map(|other| other.id.clone()).collect(),
                });
            }
        }
        Ok(())
    }

    fn find(&self, id: &str) -> Result<&Measure, AmendmentError> {
        self.measure(id).ok_or_else(|| {
            let ids = self.measures.iter().map(|measure| measure.id.as_str());
            AmendmentError::UnknownMeasure { id: id.to_owned(), nearest: nearest(id, ids).map(str::to_owned) }
        })
    }

    fn sum_up(&self, world: &World, date: Date, rate: impl Fn(&Measure) -> Option<f64>) -> PolicyState {
        // A caller that mixes worlds is a mistake in the program, not in a file.
        assert!(
            self.shape.is_none_or(|shape| shape == (world.region_count(), world.sector_count())),
            "the ledger was read for another world than `{}`",
            world.name
        );
        let mut state = PolicyState::of_world(world, date);
        let by_sector = |other: &&Measure| other.kind == Kind::ImportTariff && !other.stacking.by_line;
        for measure in self.measures.iter().filter(by_sector) {
            let rate = rate(measure).unwrap_or(0.0);
            if rate == 0.0 {
                continue;
            }
            for (sector, covered) in measure.scope.coverage.iter().enumerate() {
                if *covered == 0.0 {
                    continue;
                }
                for importer in &measure.by {
                    for exporter in measure.on.iter().filter(|exporter| *exporter != importer) {
                        state.tariff[world.cell(sector, *importer, *exporter)] += covered * rate;
                    }
                }
            }
        }
        stacking::add_lines(self, world, &mut state, &rate);
        state
    }
}
