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
//! [`measure`]); other kinds move other arrays (`effect`). Measures add, they never compound. The measures in force on
//! the world's base date are in its trade flows but not in `t₀`, so an engine
//! compares two states: `(1 + t(scenario date)) / (1 + t(base date))`.

pub mod averages;
mod effect;
pub mod measure;
pub(crate) mod parse;
mod parse_measure;
mod parse_rate;
mod parse_reading;
pub mod reading;
pub mod shipped;
pub mod state;

use std::collections::BTreeSet;

use jiff::civil::Date;
use miette::Diagnostic;
use thiserror::Error;

pub use averages::{AverageTariff, average_tariff};
pub use measure::{Kind, Measure};
pub use reading::{Evidence, Overrides, Reading, Says};
pub use state::PolicyState;

use crate::document::read::nearest;
use crate::world::World;
use measure::Suspension;

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
}

/// Changes that a scenario makes to a ledger from some day on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amendments {
    /// Ids of measures whose suspension is called off: the full rate applies.
    pub revoke_suspensions: Vec<String>,
    /// Ids of measures that are called off.
    pub revoke_measures: Vec<String>,
    /// Ids of suspended measures with another last sunset.
    pub extend_suspensions: Vec<(String, Date)>,
    /// Further measures, whose ids are new.
    pub add_measures: Vec<Measure>,
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
    /// The new sunset is not later than the suspension's first day.
    #[error("the suspension of `{id}` cannot end on {until}: it begins on {from}")]
    #[diagnostic(code(ledger::suspension))]
    SunsetBeforeStart {
        /// The measure.
        id: String,
        /// First day of its suspension.
        from: Date,
        /// The sunset as it was written.
        until: Date,
    },
    /// A further measure has the id of another.
    #[error("the ledger already has a measure `{id}`")]
    #[diagnostic(code(ledger::id))]
    IdTaken {
        /// The id.
        id: String,
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
        Self { heading, measures: Vec::new(), shape: None }
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
        let measures = self.measures.iter().map(|measure| measure.as_read_by(id)).collect();
        Ledger { heading: self.heading.clone(), measures, shape: self.shape }
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
        let mut state = PolicyState::of_world(world, date);
        effect::add(&mut state, world, &self.measures);
        state
    }

    /// The state on `date` once a scenario's amendments are made.
    ///
    /// # Errors
    /// [`AmendmentError`] as [`amended`](Self::amended).
    ///
    /// # Panics
    /// If `world` has other dimensions than the world the ledger was read for.
    pub fn state_with(
        &self,
        world: &World,
        date: Date,
        amendments: &Amendments,
    ) -> Result<PolicyState, AmendmentError> {
        Ok(self.amended(amendments)?.state(world, date))
    }

    /// The ledger with a scenario's amendments. A measure that is added must
    /// have been read for the same world.
    ///
    /// # Errors
    /// [`AmendmentError`] if an amendment names a measure that the ledger does
    /// not have or a suspension that does not exist, moves a sunset before the
    /// suspension's start, or adds an id that is taken.
    pub fn amended(&self, amendments: &Amendments) -> Result<Ledger, AmendmentError> {
        self.check(amendments)?;
        let mut amended = self.clone();
        amended.measures.retain(|measure| !amendments.revoke_measures.contains(&measure.id));
        for measure in &mut amended.measures {
            if amendments.revoke_suspensions.contains(&measure.id) {
                measure.suspension = None;
            }
            let Some(pause) = &mut measure.suspension else { continue };
            for (_, day) in amendments.extend_suspensions.iter().filter(|(id, _)| *id == measure.id) {
                pause.until.retain(|sunset| sunset < day);
                pause.until.push(*day);
            }
        }
        amended.measures.extend(amendments.add_measures.iter().cloned());
        Ok(amended)
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
            self.suspension(id)?;
        }
        for (id, until) in &amendments.extend_suspensions {
            let from = self.suspension(id)?.from;
            if *until <= from {
                return Err(AmendmentError::SunsetBeforeStart { id: id.clone(), from, until: *until });
            }
        }
        match amendments.add_measures.iter().find(|new| self.measure(&new.id).is_some()) {
            Some(new) => Err(AmendmentError::IdTaken { id: new.id.clone() }),
            None => Ok(()),
        }
    }

    fn suspension(&self, id: &str) -> Result<&Suspension, AmendmentError> {
        self.find(id)?.suspension.as_ref().ok_or_else(|| {
            let suspended = self.measures.iter().filter(|other| other.suspension.is_some());
            AmendmentError::NotSuspended {
                id: id.to_owned(),
                suspended: suspended.map(|other| other.id.clone()).collect(),
            }
        })
    }

    fn find(&self, id: &str) -> Result<&Measure, AmendmentError> {
        self.measure(id).ok_or_else(|| {
            let ids = self.measures.iter().map(|measure| measure.id.as_str());
            AmendmentError::UnknownMeasure { id: id.to_owned(), nearest: nearest(id, ids).map(str::to_owned) }
        })
    }
}
