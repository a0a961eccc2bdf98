//! Equilibria of many policies that differ in a few flows.
//!
//! The weights of a policy take a power for every flow whose barrier is not that of
//! the base year. One government's tariffs are a row in a hundred of them, so a game
//! keeps the weights of one policy and takes anew only what a neighbour changes: the
//! same bits, in less time.

use std::sync::Arc;

use super::barriers::Barriers;
use super::calibration::Calibration;
use super::error::EquilibriumError;
use super::solve::{Equilibrium, Options};
use crate::ledger::PolicyState;

/// Part of the flows up to which weights are patched rather than made anew.
const FEW: usize = 8;

/// A policy with its weights.
#[derive(Clone, Debug)]
pub struct Kept {
    policy: Arc<PolicyState>,
    barriers: Barriers,
    patched: bool,
}

impl Kept {
    /// The weights of `policy`, from those of `near` where the two agree.
    ///
    /// # Errors
    /// [`EquilibriumError`] if the policy does not fit the calibration.
    pub fn new(
        calibration: &Calibration,
        policy: impl Into<Arc<PolicyState>>,
        near: Option<&Self>,
    ) -> Result<Self, EquilibriumError> {
        let policy: Arc<PolicyState> = policy.into();
        let patched = near.and_then(|near| {
            let most = policy.tariff.len() / FEW;
            near.barriers.patched(calibration, (&near.policy, &policy), most)
        });
        match patched {
            Some(barriers) => Ok(Self { policy, barriers, patched: true }),
            None => Ok(Self { barriers: Barriers::new(calibration, &policy)?, policy, patched: false }),
        }
    }

    /// True if a neighbour's weights served.
    pub fn is_patched(&self) -> bool {
        self.patched
    }

    /// The equilibrium of the policy, looked for from the [state](Equilibrium::state)
    /// of a neighbour.
    ///
    /// # Errors
    /// Those of [`Calibration::solve_near`].
    pub fn solve(
        &self,
        calibration: &Calibration,
        state: &[f64],
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        let start = Some((state, &options.variant));
        calibration.solve_with(start, self.policy.clone(), &self.barriers, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Cap;
    use crate::world::tests::small;

    /// A tariff, an export tax and an iceberg cost more, one less: the same bits as
    /// without a neighbour; with a cap, or where everything moved, too.
    #[test]
    fn a_neighbour_changes_the_time_only() {
        let world = small();
        let base = PolicyState::of_world(&world, world.base_date);
        let calibration = Calibration::new(&world, base, &[4.0, 7.0]).unwrap();
        let n = calibration.region_count();
        let mut policy = calibration.base.clone();
        for (cell, tariff) in policy.tariff.iter_mut().enumerate() {
            *tariff += if cell / n % n == cell % n { 0.0 } else { 0.2 };
        }
        policy.export_tax[5] = 0.2;
        let kept = Kept::new(&calibration, policy.clone(), None).unwrap();
        let options = Options::default();
        let mut moved = policy.clone();
        moved.tariff[1] += 0.1;
        let mut banned = moved.clone();
        banned.caps =
            vec![Cap { measure: "ban".into(), flows: vec![(1, 1.0)], quantity: 0.0, importer_rent: 0.0 }];
        let mut all = policy.clone();
        all.iceberg_hat.iter_mut().for_each(|iceberg| *iceberg *= 1.01);
        for policy in [moved, banned, all] {
            let alone = Kept::new(&calibration, policy.clone(), None).unwrap();
            let beside = Kept::new(&calibration, policy.clone(), Some(&kept)).unwrap();
            let state = calibration.solve(calibration.base.clone(), &options).unwrap().into_state();
            let [alone, beside] =
                [alone, beside].map(|kept| kept.solve(&calibration, &state, &options).unwrap());
            assert_eq!(alone, beside);
            assert_eq!(alone, calibration.solve_near(&state, policy, &options).unwrap());
        }
    }
}
