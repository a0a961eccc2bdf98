//! Who can hurt whom, with what, and at what cost to itself?
//!
//! *Threats.* From the shadow values of two objectives, `a`'s and `b`'s, every tariff
//! and export tax of `a` has a harm to `b` and a cost to `a`, per unit of `ln(1 + tax)`:
//!
//! ```text
//! harm = −d ln W[b] / d ln(1+tax),   cost = −d ln W[a] / d ln(1+tax),   leverage = harm / cost
//! ```
//!
//! A threat that hurts at no cost is not a threat but a temptation: it ranks first,
//! by its harm. Slopes say nothing of large steps, so the first few are
//! [solved again](carry_out).
//!
//! *Power.* A target `b` would concede at most what it loses if a bundle `B` of its
//! purchases stopped. `w[s]` is what dearer purchases of a sector cost it, `ω[s]`
//! the bundle's share in them:
//!
//! ```text
//! loss(B)   = Σ_s w[s] (1/θ[s]) ln(1/(1−ω[s])),    w[s] = v[s,b] X[s,b]        closed form
//! power(B)  = ln W[b] − ln W[b] without B                                       solved again
//! synergy   = power(B₁ ∪ B₂) − power(B₁) − power(B₂)
//! ```
//!
//! The closed form is convex in `ω`: allies matter most near a monopoly.
//!
//! *Friends and enemies.* `d ln W[n] / d ln A[i]`: who gains when `i` gets more
//! productive, to first order and with everything that follows.
//!
//! Sources: Clayton, Maggiori and Schreger, "A Framework for Geoeconomics", NBER
//! working paper 31852 (2023), for joint threats; Kleinman, Liu and Redding (2024),
//! *American Economic Journal: Macroeconomics* 16(4), for friends and enemies.

use super::economy::{Economy, Objective, Outcome, Policy, Shadow};
use super::error::StrategyError;
use super::gradient::Gradient;

/// A tax that a government can raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instrument {
    /// Import tariff on the flow at this position.
    Tariff(usize),
    /// Export tax on the flow at this position.
    ExportTax(usize),
}

impl Instrument {
    /// Position in the arrays of the policy.
    pub fn cell(&self) -> usize {
        match self {
            Self::Tariff(cell) | Self::ExportTax(cell) => *cell,
        }
    }

    /// Multiplies `1 + tax` by `factor`.
    pub fn raise(&self, policy: &mut Policy, factor: f64) {
        let tax = match self {
            Self::Tariff(cell) => &mut policy.tariff[*cell],
            Self::ExportTax(cell) => &mut policy.export_tax[*cell],
        };
        *tax = (1.0 + *tax) * factor - 1.0;
    }
}

/// What a tax of one government does to another and to itself, logarithms of
/// welfare: per unit of `ln(1 + tax)`, or of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threat {
    /// The tax.
    pub instrument: Instrument,
    /// Loss of the target.
    pub harm: f64,
    /// Loss of who threatens; negative: it gains.
    pub cost: f64,
}

impl Threat {
    /// Harm per unit of cost; infinite if it hurts at no cost.
    pub fn leverage(&self) -> f64 {
        if self.cost > 0.0 {
            self.harm / self.cost
        } else if self.harm > 0.0 {
            f64::INFINITY
        } else {
            f64::NEG_INFINITY
        }
    }
}

/// Every tax of `own` on trade between itself and anybody else, best first. The
/// shadows are those of the two governments' own welfare, or of what they want.
pub fn threats(
    own: usize,
    theta: &[f64],
    policy: &Policy,
    outcome: &Outcome,
    shadow: &Shadow,
    rival: &Shadow,
) -> Vec<Threat> {
    let n = shadow.revenue.len();
    let (mine, theirs) =
        (Gradient::new(theta, policy, outcome, shadow), Gradient::new(theta, policy, outcome, rival));
    let mut found = Vec::new();
    for (cell, trade) in outcome.trade.iter().enumerate() {
        let (importer, exporter) = (cell / n % n, cell % n);
        if *trade == 0.0 || importer == exporter {
            continue;
        }
        if importer == own {
            let (harm, cost) = (-theirs.tariff_at(cell), -mine.tariff_at(cell));
            found.push(Threat { instrument: Instrument::Tariff(cell), harm, cost });
        }
        if exporter == own {
            let (harm, cost) = (-theirs.export_tax_at(cell), -mine.export_tax_at(cell));
            found.push(Threat { instrument: Instrument::ExportTax(cell), harm, cost });
        }
    }
    found.sort_by(|a, b| b.leverage().total_cmp(&a.leverage()).then(b.harm.total_cmp(&a.harm)));
    found
}

/// The same threats as steps: `1 + tax` multiplied by `factor`, each by itself and
/// solved again, in their order.
///
/// # Errors
/// Those of the model.
pub fn carry_out<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    outcome: &Outcome,
    threats: &[Threat],
    objectives: [&Objective; 2],
    factor: f64,
) -> Result<Vec<Threat>, StrategyError> {
    let [own, rival] = objectives;
    let carry = |threat: &Threat| {
        let mut moved = policy.clone();
        threat.instrument.raise(&mut moved, factor);
        let after = economy.solve(&moved, Some(outcome))?;
        let loss = |objective: &Objective| objective.value(outcome) - objective.value(&after);
        Ok(Threat { instrument: threat.instrument, harm: loss(rival), cost: loss(own) })
    };
    threats.iter().map(carry).collect()
}

/// `(1/θ) ln(1/(1−ω))`: by how much the logarithm of a price rises when suppliers of
/// the share `ω` stop; infinite if there are no others.
pub fn price_of_a_cut(theta: f64, share: f64) -> f64 {
    if share >= 1.0 { f64::INFINITY } else { -(-share).ln_1p() / theta }
}

/// Flows that stop together, as positions in the arrays of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    cells: Vec<usize>,
}

impl Bundle {
    /// Of these flows, each counted once.
    pub fn new(cells: impl IntoIterator<Item = usize>) -> Self {
        let mut cells: Vec<usize> = cells.into_iter().collect();
        cells.sort_unstable();
        cells.dedup();
        Self { cells }
    }

    /// All that some regions sell to one, in some sectors of a world of `n` regions.
    pub fn sales(n: usize, to: usize, by: &[usize], sectors: &[usize]) -> Self {
        let of = |sector: &usize| by.iter().map(move |i| (*sector * n + to) * n + i).collect::<Vec<_>>();
        Self::new(sectors.iter().flat_map(of))
    }

    /// Both.
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.cells.iter().chain(&other.cells).copied())
    }

    /// Its flows, in order.
    pub fn cells(&self) -> &[usize] {
        &self.cells
    }
}

/// `loss(B)`, the closed form, from the shadow values of the target's welfare; the
/// flows are those to `target`, others are left out.
pub fn loss_of(bundle: &Bundle, target: usize, theta: &[f64], outcome: &Outcome, shadow: &Shadow) -> f64 {
    let n = shadow.revenue.len();
    let mut cut = vec![0.0; theta.len()];
    for cell in bundle.cells.iter().filter(|cell| **cell / n % n == target) {
        if let Some(share) = outcome.share.get(*cell) {
            cut[cell / (n * n)] += share;
        }
    }
    let loss = |(sector, share): (usize, &f64)| {
        let row = sector * n + target;
        // What stops nothing costs nothing, whatever it is worth.
        if *share == 0.0 {
            return 0.0;
        }
        shadow.prices[row] * outcome.spending[row] * price_of_a_cut(theta[sector], *share)
    };
    cut.iter().enumerate().map(loss).sum()
}

/// `power(B)`: what the target would concede at most to keep the flows, logarithm of
/// its welfare, the world solved again without them.
///
/// # Errors
/// Those of the model: a market without a supplier among them, in which case no
/// concession would be too large.
pub fn power<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    outcome: &Outcome,
    target: usize,
    bundle: &Bundle,
) -> Result<f64, StrategyError> {
    let after = cut_off(economy, policy, outcome, bundle)?;
    Ok(outcome.welfare[target] - after.welfare[target])
}

/// The world without the flows of a bundle.
///
/// # Errors
/// As [`power`].
pub fn cut_off<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    outcome: &Outcome,
    bundle: &Bundle,
) -> Result<Outcome, StrategyError> {
    let mut cut = policy.clone();
    for cell in &bundle.cells {
        match cut.export_tax.get_mut(*cell) {
            Some(tax) => *tax = economy.prohibitive(),
            None => return Err(StrategyError::Input(format!("flow {cell} is not of this world"))),
        }
    }
    economy.solve(&cut, Some(outcome))
}

/// `power(B₁ ∪ B₂) − power(B₁) − power(B₂)`: what threatening together adds.
///
/// # Errors
/// As [`power`].
pub fn synergy<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    outcome: &Outcome,
    target: usize,
    bundles: [&Bundle; 2],
) -> Result<f64, StrategyError> {
    let of = |bundle: &Bundle| power(economy, policy, outcome, target, bundle);
    Ok(of(&bundles[0].union(bundles[1]))? - of(bundles[0])? - of(bundles[1])?)
}

/// Who gains and who loses by what happens to whom, `[region, cause]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// `d ln W[n] / d ln A[i]`: `i` gets more productive in all sectors.
    pub productivity: Vec<f64>,
    /// `d ln W[n] / d ln τ[i]`: all that `i` sells abroad gets dearer to deliver.
    pub delivery: Vec<f64>,
}

/// Friends and enemies at an outcome, from one adjoint solve.
///
/// # Errors
/// Those of the model.
pub fn exposure<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    outcome: &Outcome,
    tolerance: f64,
) -> Result<Exposure, StrategyError> {
    let n = economy.region_count();
    let objectives: Vec<Objective> = (0..n).map(|region| Objective::of(region, n)).collect();
    let shadows = economy.shadows(policy, outcome, &objectives, &[], tolerance)?;
    let (mut productivity, mut delivery) = (Vec::new(), Vec::new());
    for shadow in &shadows {
        let gradient = Gradient::new(economy.theta(), policy, outcome, shadow);
        productivity.extend(gradient.productivities());
        delivery.extend(gradient.deliveries());
    }
    Ok(Exposure { productivity, delivery })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// θ = 1, half of supply stops: the price doubles. Convex: two quarters together
    /// cost more than each alone.
    #[test]
    fn cuts_by_hand() {
        assert!((price_of_a_cut(1.0, 0.5) - 2.0_f64.ln()).abs() < 1e-15);
        assert!((price_of_a_cut(4.0, 0.2) - (1.25_f64).ln() / 4.0).abs() < 1e-16);
        assert_eq!(price_of_a_cut(4.0, 1.0), f64::INFINITY);
        assert!(price_of_a_cut(2.0, 0.5) > 2.0 * price_of_a_cut(2.0, 0.25));
    }

    #[test]
    fn a_harmful_gain_ranks_before_any_cost_and_a_harmless_cost_last() {
        let threat = |harm, cost| Threat { instrument: Instrument::Tariff(0), harm, cost };
        assert_eq!(threat(1.0, 0.5).leverage(), 2.0);
        assert_eq!(threat(1.0, -0.5).leverage(), f64::INFINITY);
        assert_eq!(threat(-1.0, 0.0).leverage(), f64::NEG_INFINITY);
        let mut policy = Policy { tariff: vec![0.1], export_tax: vec![0.0] };
        Instrument::Tariff(0).raise(&mut policy, 1.2);
        Instrument::ExportTax(0).raise(&mut policy, 1.1);
        assert!((policy.tariff[0] - 0.32).abs() < 1e-15 && (policy.export_tax[0] - 0.1).abs() < 1e-15);
    }

    #[test]
    fn bundles_count_every_flow_once() {
        let (a, b) = (Bundle::sales(3, 1, &[0, 2], &[0]), Bundle::sales(3, 1, &[2], &[0, 1]));
        assert_eq!(a.cells(), [3, 5]);
        assert_eq!(a.union(&b).cells(), [3, 5, 14]);
    }
}
