//! A far policy reached in steps: continuation from the base year.
//!
//! Where a policy is too far from the base year for either iteration, the
//! barriers move there gradually,
//!
//! ```text
//! 1 + t(s) = (1 + t₀)^(1−s) (1 + t₁)^s,    s from 0 to 1,
//! ```
//!
//! likewise export taxes and iceberg costs, each step started from the last
//! equilibrium. A step that fails is halved, one that succeeds lengthens the next.

use super::barriers::Barriers;
use super::calibration::Calibration;
use super::solve::{Equilibrium, Options};
use crate::ledger::{Cap, PolicyState};
use crate::numerics::vector::{exp1, ln1};

/// The shortest step.
const SHORTEST: f64 = 1.0 / 64.0;

/// The equilibrium under `policy`, or `None` if the path breaks off or has no
/// start: an infinite barrier is nowhere near.
pub(super) fn follow(
    calibration: &Calibration,
    policy: &PolicyState,
    options: &Options,
) -> Option<Equilibrium> {
    let (mut reached, mut step) = (0.0, 0.5);
    let mut found: Option<Equilibrium> = None;
    while step >= SHORTEST {
        let next = if reached + step < 1.0 { reached + step } else { 1.0 };
        let between = if next == 1.0 { policy.clone() } else { partial(&calibration.base, policy, next)? };
        let barriers = Barriers::new(calibration, &between).ok()?;
        match calibration.attempt(
            found.as_ref().map(Equilibrium::start),
            between.into(),
            &barriers,
            options,
            None,
        ) {
            Ok(equilibrium) if next == 1.0 => return Some(equilibrium),
            Ok(equilibrium) => {
                (reached, step) = (next, 1.5 * step);
                found = Some(equilibrium);
            }
            Err(_) => step *= 0.5,
        }
    }
    None
}

fn loosened(quantity: f64, part: f64) -> f64 {
    if quantity > 0.0 { exp1(part * ln1(quantity)) } else { 0.0 }
}

/// The policy a part of the way from `base` to `target`; `None` if a barrier is infinite.
fn partial(base: &PolicyState, target: &PolicyState, part: f64) -> Option<PolicyState> {
    let between = |from: &[f64], to: &[f64], unit: f64| -> Option<Vec<f64>> {
        from.iter()
            .zip(to)
            .map(|(from, to)| match (unit + from, unit + to) {
                (_, f64::INFINITY) => None,
                (from, to) if from == to => Some(to - unit),
                (from, to) => Some(from * exp1(part * ln1(to / from)) - unit),
            })
            .collect()
    };
    Some(PolicyState {
        tariff: between(&base.tariff, &target.tariff, 1.0)?,
        export_tax: between(&base.export_tax, &target.export_tax, 1.0)?,
        iceberg_hat: between(&base.iceberg_hat, &target.iceberg_hat, 0.0)?,
        // Bans stay bans; other caps tighten from the base year's quantity.
        caps: target
            .caps
            .iter()
            .map(|cap| Cap { quantity: loosened(cap.quantity, part), ..cap.clone() })
            .collect(),
        ..target.clone()
    })
}
