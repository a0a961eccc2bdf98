//! Who could not pay: two ways in which no equilibrium exists.
//!
//! *No exports.* Let a set of regions sell nothing outside itself and be able to
//! buy there. Its imports equal its deficit `Σ D′`; if that is not positive, its
//! imports must vanish, and with constant elasticities they do so only as its
//! wages go to 0. An iteration would follow them down and stop somewhere.
//!
//! *Negative income.* A region with a surplus sends `−D′` abroad whatever it
//! earns. Where the iteration finds nothing, the transfers are scaled by `λ`:
//! there is an equilibrium at `λ = 0`; the largest `λ` that has one shows what
//! can be earned, and the region that earns less than it is to send.

use std::sync::Arc;

use super::barriers::{Barriers, SectorWeights};
use super::calibration::Calibration;
use super::error::EquilibriumError;
use super::path;
use super::solve::{Equilibrium, Method, Options};
use super::{Closure, Deficits};
use crate::ledger::PolicyState;

/// Halvings of the interval of `λ`.
const HALVINGS: usize = 6;

/// Deficits below this share of world value added are rounding.
const ROUNDING: f64 = 1e-12;

/// Refuses a policy under which regions buy without selling.
pub(super) fn check(
    calibration: &Calibration,
    barriers: &Barriers,
    deficits: Deficits,
) -> Result<(), EquilibriumError> {
    let n = calibration.region_count();
    let sells = sales(n, barriers);
    let buys: Vec<bool> = (0..n * n).map(|cell| sells[cell % n * n + cell / n]).collect();
    if reach(&sells, n, 0).iter().all(|r| *r) && reach(&buys, n, 0).iter().all(|r| *r) {
        return Ok(());
    }
    let stuck = |set: &Vec<bool>| {
        let imports = (0..n * n).any(|cell| sells[cell] && !set[cell / n] && set[cell % n]);
        let deficit: f64 = (0..n).filter(|i| set[*i]).map(|i| calibration.deficit[i]).sum();
        imports && (deficits == Deficits::Zero || deficit <= ROUNDING)
    };
    let size = |set: &Vec<bool>| set.iter().filter(|r| **r).count();
    match (0..n).map(|region| reach(&sells, n, region)).filter(stuck).min_by_key(size) {
        Some(set) => {
            let codes: Vec<&str> = (0..n).filter(|i| set[*i]).map(|i| calibration.regions.code(i)).collect();
            Err(EquilibriumError::NoExports { regions: codes.join(" with ") })
        }
        None => Ok(()),
    }
}

/// Whether anything is sold, `[exporter, importer]`.
fn sales(n: usize, barriers: &Barriers) -> Vec<bool> {
    let mut sells = vec![false; n * n];
    for sector in &barriers.sectors {
        if let SectorWeights::Traded { a, .. } = sector {
            for (importer, row) in a.chunks_exact(barriers.stride).enumerate() {
                for (exporter, weight) in row[..n].iter().enumerate() {
                    sells[exporter * n + importer] |= *weight > 0.0;
                }
            }
        }
    }
    sells
}

/// The regions that can be reached from one, itself included.
fn reach(edges: &[bool], n: usize, from: usize) -> Vec<bool> {
    let mut reached = vec![false; n];
    reached[from] = true;
    let mut open = vec![from];
    while let Some(region) = open.pop() {
        for next in 0..n {
            if edges[region * n + next] && !reached[next] {
                reached[next] = true;
                open.push(next);
            }
        }
    }
    reached
}

/// After a solve that failed: the region that earns less than it is to send.
pub(super) fn unpayable(
    calibration: &Calibration,
    policy: Arc<PolicyState>,
    barriers: &Barriers,
    options: &Options,
) -> Option<EquilibriumError> {
    // Deficits in proportion to income do not ask for more than there is.
    let fixed = matches!(options.closure.deficits, Deficits::Held | Deficits::Share);
    if !fixed || calibration.deficit.iter().all(|d| *d >= -ROUNDING) {
        return None;
    }
    // Whatever the caller's method: here the question is only whether there is an answer.
    let options = Options { method: Method::Automatic, ..*options };
    let mut eased = calibration.clone();
    let mut solve = |lambda: f64, start: Option<&Equilibrium>| {
        for (eased, full) in eased.deficit.iter_mut().zip(&calibration.deficit) {
            *eased = lambda * full;
        }
        eased.attempt(start.map(Equilibrium::start), policy.clone(), barriers, &options, None).ok()
    };
    let mut found = solve(0.0, None).or_else(|| {
        let balanced =
            Options { closure: Closure { deficits: Deficits::Zero, ..options.closure }, ..options };
        path::follow(calibration, &policy, &balanced)
    })?;
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        match solve(middle, Some(&found)) {
            Some(equilibrium) => (found, low) = (equilibrium, middle),
            None => high = middle,
        }
    }
    // The unit of a transfer: dollars, or world value added in the numeraire.
    let unit = match options.closure.deficits {
        Deficits::Share => found.value_added_musd.iter().sum(),
        Deficits::Zero | Deficits::Held | Deficits::Income => calibration.world_value_added_musd,
    };
    let earned = |region: usize| found.income_musd[region] - found.deficit_musd[region];
    let short = |region: usize| -calibration.deficit[region] * unit - earned(region);
    let region = (0..calibration.region_count()).max_by(|a, b| short(*a).total_cmp(&short(*b)))?;
    (short(region) > 0.0).then(|| EquilibriumError::NegativeIncome {
        region: calibration.regions.code(region).to_owned(),
        earned_musd: earned(region),
        transfer_musd: earned(region) + short(region),
    })
}
