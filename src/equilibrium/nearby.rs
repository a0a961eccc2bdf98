//! Equilibria of one policy under many elasticities.
//!
//! Near a known equilibrium most of a solve is known too: the weights of all
//! flows whose barrier did not move, a good start, and how each region responds
//! to what happens to it. What is found depends on the known equilibrium and the
//! elasticities alone, not on what was solved in between.

use std::sync::Arc;

use super::barriers::Barriers;
use super::calibration::Calibration;
use super::error::EquilibriumError;
use super::responses::Responses;
use super::solve::{Equilibrium, Options};
use crate::numerics::linear::Arithmetic;

/// A policy with a known equilibrium.
#[derive(Clone, Debug)]
pub struct Nearby {
    known: Arc<Equilibrium>,
    barriers: Barriers,
    /// `None` where a region has no response to speak of.
    responses: Option<Arc<Responses>>,
}

impl Nearby {
    /// Around each of `known`, all solved from `calibration`.
    ///
    /// # Errors
    /// Those of the policies; none if the equilibria are what they should be.
    pub fn all(
        calibration: &Calibration,
        known: Vec<Equilibrium>,
        arithmetic: Arithmetic,
    ) -> Result<Vec<Self>, EquilibriumError> {
        let responses = Responses::new(calibration, arithmetic).ok().map(Arc::new);
        let around = |known: Equilibrium| {
            let barriers = Barriers::new(calibration, &known.policy)?;
            Ok(Self { known: Arc::new(known), barriers, responses: responses.clone() })
        };
        known.into_iter().map(around).collect()
    }

    /// The equilibrium at the elasticities of `calibration`, which must not
    /// differ in anything else from the one that this was made with.
    ///
    /// # Errors
    /// See [`EquilibriumError`].
    pub fn solve(
        &mut self,
        calibration: &Calibration,
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        let policy = &self.known.policy;
        let quick = self.barriers.set_theta(calibration, policy).and_then(|()| {
            let (start, responses) = (Some(self.known.start()), self.responses.as_deref());
            calibration.attempt(start, policy.clone(), &self.barriers, options, responses).ok()
        });
        quick.map_or_else(|| calibration.solve_from(Some(&self.known), policy.clone(), options), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Cap, PolicyState};
    use crate::world::tests::small;

    /// A tariff, an export tax, half a ban and a cap: under every θ the same
    /// equilibrium as from the base year, and the same bits whatever came before.
    #[test]
    fn what_is_found_is_the_equilibrium_and_has_no_memory() {
        let world = small();
        let base = PolicyState::of_world(&world, world.base_date);
        let mut calibration = Calibration::new(&world, base, &[4.0, 7.0]).unwrap();
        let mut policy = calibration.base.clone();
        policy.tariff[1] += 0.3;
        policy.export_tax[5] = 0.2;
        let cap = |cell, covered, quantity| Cap {
            measure: "limit".into(),
            flows: vec![(cell, covered)],
            quantity,
            importer_rent: 0.3,
        };
        policy.caps = vec![cap(1, 0.6, 0.5), cap(5, 0.5, 0.0)];
        let options = Options::default();
        let known = calibration.solve(policy.clone(), &options).unwrap();
        let mut nearby = Nearby::all(&calibration, vec![known], options.arithmetic).unwrap().remove(0);
        assert!(nearby.responses.is_some());
        let mut first: Option<Equilibrium> = None;
        for theta in [[3.0, 9.0], [5.5, 6.0], [3.0, 9.0]] {
            calibration.set_theta(&theta).unwrap();
            let found = nearby.solve(&calibration, &options).unwrap();
            let sought = calibration.solve(policy.clone(), &options).unwrap();
            for (found, sought) in [
                (&found.wage_hat, &sought.wage_hat),
                (&found.income_musd, &sought.income_musd),
                (&found.trade_musd, &sought.trade_musd),
            ] {
                for (a, b) in found.iter().zip(sought) {
                    assert!((a - b).abs() <= 1e-9 * b.abs(), "{a} {b}");
                }
            }
            match &first {
                Some(first) if theta == [3.0, 9.0] => assert_eq!(first, &found),
                Some(_) => {}
                None => first = Some(found),
            }
        }
    }
}
