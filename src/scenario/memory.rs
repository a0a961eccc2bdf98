//! What of a long run need not be computed again?
//!
//! Who moves one number of a scenario asks the same of every other phase. A memory keeps
//! the states of the ledger, the calibrations with the equilibrium that the others are
//! compared with, and what was measured of each phase. An equilibrium is always looked for
//! from the same place, so a run with a memory has the same bits as one without.
//!
//! Nothing is kept by its numbers: a phase is known by its day and its amendments, a case
//! by the hashes of its inputs and by what is assumed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use super::measures::Place;
use crate::equilibrium::{Calibration, Deficits, Equilibrium, Variant};
use crate::ledger::{Amendments, PolicyState};
use crate::numerics::linear::Arithmetic;

/// States of a ledger that are kept; one of 81 regions and 28 sectors has 9 MB.
const STATES: usize = 16;
/// Calibrations with an equilibrium that are kept, a set of elasticities each; about 10 MB.
const CASES: usize = 20;
/// Phases of a case of which the numbers are kept; about half a MB.
const PHASES: usize = 128;
/// Records of tariffs that are kept.
const RECORDS: usize = 32;

/// A memory that clones share; the default one keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    kept: Option<Arc<Mutex<Kept>>>,
    /// What is asked of, in hashes.
    inputs: Arc<str>,
}

/// Things by key, the one that was used last first.
type Recent<K, V> = VecDeque<(K, Arc<V>)>;

#[derive(Debug, Default)]
struct Kept {
    states: Recent<StateKey, PolicyState>,
    cases: Recent<Case, Base>,
    found: Recent<(Case, Moment, bool), Found>,
    averages: Recent<AveragesKey, Averages>,
}

/// The day of a phase, and what it changes in the ledger.
pub(super) type Moment = (Date, Amendments);

type StateKey = (Arc<str>, Arc<str>, Moment);

/// Inputs, reading, pairs of importer and exporter, days.
type AveragesKey = (Arc<str>, Arc<str>, Vec<(usize, usize)>, Vec<Date>);

/// Average tariffs, fraction, `[day][pair]`; none where nothing is traded.
pub type Averages = Vec<Vec<Option<f64>>>;

/// Everything but the phase on which its numbers depend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    /// Hashes of world and ledger.
    pub inputs: Arc<str>,
    pub reading: Arc<str>,
    pub theta: Vec<f64>,
    pub deficits: Deficits,
    pub variant: Variant,
    pub arithmetic: Arithmetic,
    pub actors: Vec<usize>,
    /// The phase that the others are compared with.
    pub against: Moment,
}

/// A model and the equilibrium that others are compared with.
#[derive(Debug)]
pub(super) struct Base {
    pub calibration: Calibration,
    pub before: Equilibrium,
}

/// What was measured of one phase.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub places: Vec<Place>,
    pub values: Vec<f64>,
    pub evaluations: usize,
    pub residual: f64,
}

impl Memory {
    /// An empty memory.
    pub fn new() -> Self {
        Self { kept: Some(Arc::default()), inputs: "".into() }
    }

    /// The same memory, for questions about these inputs: hashes of everything that a
    /// phase is computed from.
    pub fn of_inputs(&self, inputs: &str) -> Self {
        Self { kept: self.kept.clone(), inputs: inputs.into() }
    }

    /// Hashes of the inputs.
    pub(super) fn inputs(&self) -> Arc<str> {
        self.inputs.clone()
    }

    /// The state of a ledger at a moment, known or from `compute`.
    pub(super) fn state<E>(
        &self,
        reading: &str,
        moment: Moment,
        compute: impl FnOnce() -> Result<PolicyState, E>,
    ) -> Result<Arc<PolicyState>, E> {
        let key = (self.inputs.clone(), reading.into(), moment);
        self.recalled(|kept| &mut kept.states, STATES, key, compute)
    }

    /// Average tariffs of pairs of importer and exporter on days, known or from `compute`.
    pub fn averages(
        &self,
        reading: &str,
        pairs: Vec<(usize, usize)>,
        days: Vec<Date>,
        compute: impl FnOnce() -> Averages,
    ) -> Arc<Averages> {
        let key = (self.inputs.clone(), reading.into(), pairs, days);
        let compute = || Ok::<_, std::convert::Infallible>(compute());
        match self.recalled(|kept| &mut kept.averages, RECORDS, key, compute) {
            Ok(averages) => averages,
            Err(never) => match never {},
        }
    }

    /// The base of a case, known or from `compute`.
    pub(super) fn base<E>(
        &self,
        case: &Case,
        compute: impl FnOnce() -> Result<Base, E>,
    ) -> Result<Arc<Base>, E> {
        self.recalled(|kept| &mut kept.cases, CASES, case.clone(), compute)
    }

    /// The numbers of a phase, known or from `compute`.
    /// Numbers that are good for a `glance` only serve no other run; exact ones serve both.
    pub(super) fn found<E>(
        &self,
        case: &Case,
        moment: Moment,
        glance: bool,
        compute: impl FnOnce() -> Result<Found, E>,
    ) -> Result<Arc<Found>, E> {
        let exact = (case.clone(), moment, false);
        if glance && let Some(kept) = &self.kept {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, found)) = kept.found.iter().find(|(known, _)| *known == exact) {
                return Ok(found.clone());
            }
        }
        self.recalled(|kept| &mut kept.found, PHASES, (exact.0, exact.1, glance), compute)
    }

    /// What `list` has under `key`, or what is computed and then kept there. Two who ask
    /// for the same at once both compute it: nobody waits for the other.
    fn recalled<K: PartialEq, V, E>(
        &self,
        list: fn(&mut Kept) -> &mut Recent<K, V>,
        most: usize,
        key: K,
        compute: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let Some(kept) = &self.kept else { return Ok(Arc::new(compute()?)) };
        // A list of whole values: one who panicked has left it whole.
        let lock = || -> MutexGuard<'_, Kept> { kept.lock().unwrap_or_else(PoisonError::into_inner) };
        {
            let mut kept = lock();
            let list = list(&mut kept);
            if let Some(place) = list.iter().position(|(known, _)| *known == key)
                && let Some(entry) = list.remove(place)
            {
                let value = entry.1.clone();
                list.push_front(entry);
                return Ok(value);
            }
        }
        let value = Arc::new(compute()?);
        let mut kept = lock();
        let list = list(&mut kept);
        list.push_front((key, value.clone()));
        list.truncate(most);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_known_is_not_computed_again_and_the_oldest_goes() {
        let memory = Memory::new().of_inputs("a");
        let world = crate::world::tests::small();
        let state = || PolicyState::of_world(&world, world.base_date);
        let moment = |day: i8| (date(2025, 1, day), Amendments::default());
        let ask = |memory: &Memory, reading: &str, day: i8| {
            let mut asked = false;
            let compute = || {
                asked = true;
                Ok::<_, ()>(state())
            };
            memory.state(reading, moment(day), compute).unwrap();
            asked
        };
        assert!(ask(&memory, "", 1));
        assert!(!ask(&memory, "", 1), "known");
        assert!(ask(&memory, "washington", 1), "another reading");
        assert!(ask(&memory.of_inputs("b"), "", 1), "other inputs");
        (2..=STATES as i8).for_each(|day| assert!(ask(&memory, "", day)));
        assert!(ask(&memory, "", 1), "the oldest went");
        assert!(!ask(&memory, "", STATES as i8));
        assert!(memory.state("", moment(30), || Err("no")).is_err());
        assert!(ask(&memory, "", 30), "a failure is not kept");
        let nothing = Memory::default();
        assert!(ask(&nothing, "", 1) && ask(&nothing, "", 1));
    }
}
