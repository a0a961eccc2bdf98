//! What does a scenario change in a ledger?
//!
//! A phase of a scenario may call off measures or their suspensions, move a
//! suspension's last sunset, set what a measure levies or allows, and bring
//! measures of its own. The answer is another ledger; the first stays as it is.

use std::sync::Arc;

use jiff::civil::Date;
use miette::Diagnostic;
use thiserror::Error;

use super::measure::{Kind, Measure, RatePath, Suspension};
use super::stacking::{Grid, mark_lines};
use super::{Ledger, PolicyState};
use crate::document::read::nearest;
use crate::world::World;

/// Changes that a scenario makes to a ledger from some day on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amendments {
    /// Ids of measures whose suspension is called off: the full rate applies.
    pub revoke_suspensions: Vec<String>,
    /// Ids of measures that are called off.
    pub revoke_measures: Vec<String>,
    /// Ids of suspended measures with another last sunset.
    pub extend_suspensions: Vec<(String, Date)>,
    /// Ids of measures, of the ledger or added, and the number that holds of each on
    /// all its days, fraction: of a tax its rate, of a licence the share approved, of a
    /// quota the quantity, of an exemption its share, of others the cost. Nothing of it
    /// is suspended.
    pub set: Vec<(String, f64)>,
    /// Further measures, whose ids are new.
    pub add: Added,
}

/// Measures that join a ledger, read against it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Added {
    /// The measures. What they give way to is a position in the ledger's
    /// measures followed by these.
    pub measures: Vec<Measure>,
    /// Tariff lines in the world's sectors, where a measure needs them.
    pub(super) grid: Option<Arc<Grid>>,
}

impl From<Vec<Measure>> for Added {
    /// Measures that neither name products nor meet other duties.
    fn from(measures: Vec<Measure>) -> Self {
        Self { measures, grid: None }
    }
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
    /// A suspension is called off and extended at once.
    #[error("the suspension of `{id}` is both revoked and extended")]
    #[diagnostic(code(ledger::suspension))]
    RevokedAndExtended {
        /// The measure.
        id: String,
    },
    /// What is set has no number.
    #[error("the measure `{id}` has no number to set: it is of kind {kind}")]
    #[diagnostic(code(ledger::value))]
    NoNumber {
        /// The measure.
        id: String,
        /// Its kind.
        kind: &'static str,
    },
    /// What is set is called off.
    #[error("the measure `{id}` is both revoked and set")]
    #[diagnostic(code(ledger::value))]
    RevokedAndSet {
        /// The measure.
        id: String,
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
    /// suspension's start or that of a suspension it revokes, or adds an id that
    /// is taken.
    pub fn amended(&self, amendments: &Amendments) -> Result<Ledger, AmendmentError> {
        self.check(amendments)?;
        let mut amended = self.clone();
        amended.measures.extend(amendments.add.measures.iter().cloned());
        amended.grid = amended.grid.or_else(|| amendments.add.grid.clone());
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
        for (id, value) in &amendments.set {
            if let Some(measure) = amended.measures.iter_mut().find(|measure| measure.id == *id) {
                measure.set(*value);
            }
        }
        remove(&mut amended.measures, &amendments.revoke_measures);
        mark_lines(&mut amended.measures);
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
            if amendments.revoke_suspensions.contains(id) || amendments.revoke_measures.contains(id) {
                return Err(AmendmentError::RevokedAndExtended { id: id.clone() });
            }
        }
        for (id, _) in &amendments.set {
            let added = amendments.add.measures.iter().find(|new| new.id == *id);
            let measure = added.map_or_else(|| self.find(id), Ok)?;
            if measure.kind.number().is_none() {
                return Err(AmendmentError::NoNumber { id: id.clone(), kind: measure.kind.name() });
            }
            if amendments.revoke_measures.contains(id) {
                return Err(AmendmentError::RevokedAndSet { id: id.clone() });
            }
        }
        match amendments.add.measures.iter().find(|new| self.measure(&new.id).is_some()) {
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

impl Measure {
    /// Holds its number at `value` on all its days.
    fn set(&mut self, value: f64) {
        let Some(start) = self.start() else { return };
        let path = match self.kind.number() {
            Some("rate") => &mut self.rate,
            Some("quantity") => &mut self.quantity,
            Some("approval") => &mut self.approval,
            Some("share") => &mut self.share,
            Some(_) => &mut self.cost,
            None => return,
        };
        *path = RatePath::constant(start, value);
        self.from.get_or_insert(start);
        self.suspension = None;
    }
}

impl Kind {
    /// The key of the number that says how strong a measure of this kind is; `None`
    /// for bans, promises and events, which have none.
    pub fn number(self) -> Option<&'static str> {
        match self {
            Kind::ImportTariff | Kind::ExportTax | Kind::Subsidy => Some("rate"),
            Kind::ImportQuota | Kind::ExportQuota => Some("quantity"),
            Kind::ExportLicence => Some("approval"),
            Kind::EntityListing | Kind::PortFee | Kind::VisaRestriction => Some("cost"),
            Kind::TariffExemption => Some("share"),
            Kind::ImportBan | Kind::ExportBan | Kind::PurchaseCommitment | Kind::Event => None,
        }
    }
}

/// Takes the measures of these ids out. What gave way to them gives way to
/// nothing there; positions are counted anew.
fn remove(measures: &mut Vec<Measure>, ids: &[String]) {
    let mut kept = 0;
    let places: Vec<Option<usize>> = measures
        .iter()
        .map(|measure| {
            let stays = !ids.contains(&measure.id);
            kept += usize::from(stays);
            stays.then(|| kept - 1)
        })
        .collect();
    measures.retain(|measure| !ids.contains(&measure.id));
    for measure in measures {
        let others = measure.stacking.not_with.iter();
        measure.stacking.not_with = others.filter_map(|other| places[*other]).collect();
    }
}
