//! Trade barriers of a policy as weights of the price and sales equations.
//!
//! ```text
//! κ̂[j,n,i] = (1+t′)(1+e′) d′ / ((1+t)(1+e) d)        change of the barrier
//! A = π κ̂^(−θ),   C = A / (1+t′),   B = C / (1+e′)
//! ```
//!
//! `A` carries prices and shares, `C` what crosses the border, `B` what the
//! producer receives. The power is taken here, once a policy and only where the
//! barrier moved; the solver's loop has none. Other elasticities scale the three
//! weights of a moved barrier by `κ̂^(θ₀ − θ)` and change no other. A prohibitive
//! barrier is an infinite tariff, tax or iceberg cost and gives a weight of
//! exactly 0.

use super::calibration::{Calibration, check_policy_shape, unusable_barrier};
use super::caps::Caps;
use super::error::EquilibriumError;
use crate::ledger::PolicyState;
use crate::numerics::vector::{LANES, pow1, powf};

/// One sector's weights.
#[derive(Clone, Debug)]
pub(super) enum SectorWeights {
    /// Nothing crosses a border and nothing is taxed at home: the diagonal of
    /// `A`, `[region]`; there `A = B = C`.
    Home(Vec<f64>),
    /// Rows of importers, `[importer, stride]`, exporters contiguous and padded
    /// with zeros to the stride.
    Traded { a: Vec<f64>, b: Vec<f64>, c: Option<Vec<f64>> },
}

/// Weights of all sectors under one policy.
#[derive(Clone, Debug)]
pub(super) struct Barriers {
    pub sectors: Vec<SectorWeights>,
    /// Length of a padded row of exporters.
    pub stride: usize,
    /// Limits on quantities.
    pub caps: Caps,
    /// Elasticities of `moved`, `[sector]`.
    theta: Vec<f64>,
    moved: Vec<Moved>,
}

/// A flow whose barrier is not that of the base year, and is finite.
#[derive(Clone, Copy, Debug)]
struct Moved {
    /// Position in the arrays of the policy.
    cell: usize,
    /// `κ̂`.
    hat: f64,
    /// `A`, `B`, `C` at the elasticities that the barriers were made with.
    weights: [f64; 3],
}

impl SectorWeights {
    /// `A`, `B`, `C` of a flow.
    fn at(&self, stride: usize, importer: usize, exporter: usize) -> [f64; 3] {
        let at = importer * stride + exporter;
        match self {
            Self::Home(diagonal) => [diagonal[importer]; 3],
            Self::Traded { a, b, c } => [a[at], b[at], c.as_ref().map_or(b[at], |c| c[at])],
        }
    }

    fn set(&mut self, stride: usize, importer: usize, exporter: usize, weights: [f64; 3]) {
        let at = importer * stride + exporter;
        match self {
            Self::Home(diagonal) => diagonal[importer] = weights[0],
            Self::Traded { a, b, c } => {
                (a[at], b[at]) = (weights[0], weights[1]);
                if let Some(c) = c {
                    c[at] = weights[2];
                }
            }
        }
    }
}

impl Barriers {
    /// Weights of `policy`, relative to the calibration's base.
    pub fn new(calibration: &Calibration, policy: &PolicyState) -> Result<Self, EquilibriumError> {
        check_policy_shape(policy, calibration.trade_share.len())?;
        let n = calibration.region_count();
        let stride = n.next_multiple_of(LANES);
        let any_export_tax = policy.export_tax.iter().any(|e| *e != 0.0);
        let mut sectors = Vec::with_capacity(calibration.sector_count());
        let mut moved = Vec::new();
        for (sector, &theta) in calibration.theta.iter().enumerate() {
            let cells = sector * n * n..(sector + 1) * n * n;
            let mut weight = price_weights(calibration, policy, cells.clone(), theta, &mut moved)?;
            ban(policy, cells.clone(), &mut weight);
            check_supply(calibration, sector, &weight)?;
            if stays_home(calibration, policy, cells.clone()) {
                sectors.push(SectorWeights::Home((0..n).map(|i| weight[i * n + i]).collect()));
                continue;
            }
            let (mut a, mut b) = (vec![0.0; n * stride], vec![0.0; n * stride]);
            let mut c = any_export_tax.then(|| vec![0.0; n * stride]);
            for importer in 0..n {
                for exporter in 0..n {
                    let (from, to) = (importer * n + exporter, importer * stride + exporter);
                    if weight[from] == 0.0 {
                        continue;
                    }
                    let cell = cells.start + from;
                    let border = weight[from] / (1.0 + policy.tariff[cell]);
                    a[to] = weight[from];
                    b[to] = border / (1.0 + policy.export_tax[cell]);
                    if let Some(c) = &mut c {
                        c[to] = border;
                    }
                }
            }
            sectors.push(SectorWeights::Traded { a, b, c });
        }
        for flow in &mut moved {
            let (sector, importer, exporter) = (flow.cell / (n * n), flow.cell / n % n, flow.cell % n);
            flow.weights = sectors[sector].at(stride, importer, exporter);
        }
        let theta = calibration.theta.clone();
        let mut barriers = Self { sectors, stride, caps: Caps::default(), theta, moved };
        barriers.caps = Caps::new(calibration, policy, &mut barriers)?;
        Ok(barriers)
    }

    /// Weights of the second policy, these being the first's: anew only where the two
    /// differ. `None` if they differ in more than `most` flows or in what is not a tax
    /// or an iceberg cost, or if a market would be left without a supplier. Other
    /// elasticities cannot be set.
    pub fn patched(
        &self,
        calibration: &Calibration,
        (known, policy): (&PolicyState, &PolicyState),
        most: usize,
    ) -> Option<Self> {
        let fits = check_policy_shape(policy, calibration.trade_share.len()).is_ok();
        if !(fits && known.caps.is_empty() && policy.caps.is_empty()) {
            return None;
        }
        let n = calibration.region_count();
        let rows = |values: &[f64], row: usize| row * n..(row * n + n).min(values.len());
        let mut moved = Vec::new();
        for row in 0..policy.tariff.len() / n {
            let cells = rows(&policy.tariff, row);
            let same = policy.tariff[cells.clone()] == known.tariff[cells.clone()]
                && policy.export_tax[cells.clone()] == known.export_tax[cells.clone()]
                && policy.iceberg_hat[cells.clone()] == known.iceberg_hat[cells.clone()];
            if same {
                continue;
            }
            let differs = |cell: &usize| {
                policy.tariff[*cell] != known.tariff[*cell]
                    || policy.export_tax[*cell] != known.export_tax[*cell]
                    || policy.iceberg_hat[*cell] != known.iceberg_hat[*cell]
            };
            moved.extend(cells.filter(|cell| calibration.trade_share[*cell] > 0.0 && differs(cell)));
            if moved.len() > most {
                return None;
            }
        }
        let taxed = policy.export_tax.iter().any(|e| *e != 0.0);
        let mut patched = Self { moved: Vec::new(), ..self.clone() };
        for cell in moved {
            let (sector, importer, exporter) = (cell / (n * n), cell / n % n, cell % n);
            let hat = barrier(policy, cell) / barrier(&calibration.base, cell);
            let SectorWeights::Traded { a, b, c } = &mut patched.sectors[sector] else { return None };
            if c.is_some() != taxed || !(hat > 0.0 && hat.is_finite()) {
                return None;
            }
            let same = same_barrier(policy, &calibration.base, cell) || hat == 1.0;
            let factor = if same { 1.0 } else { pow1(hat, -calibration.theta[sector]) };
            let weight = calibration.trade_share[cell] * factor;
            let at = importer * self.stride + exporter;
            let border = weight / (1.0 + policy.tariff[cell]);
            (a[at], b[at]) = (weight, border / (1.0 + policy.export_tax[cell]));
            if let Some(c) = c {
                c[at] = border;
            }
            if a[importer * self.stride..][..self.stride].iter().all(|weight| *weight == 0.0) {
                return None;
            }
        }
        Some(patched)
    }

    /// Weights at the elasticities of `calibration`, which differs in nothing
    /// else from the one that the barriers of `policy` were made with. `None` if
    /// a weight leaves the range of numbers.
    pub fn set_theta(&mut self, calibration: &Calibration, policy: &PolicyState) -> Option<()> {
        let n = calibration.region_count();
        for flow in &self.moved {
            let (sector, importer, exporter) = (flow.cell / (n * n), flow.cell / n % n, flow.cell % n);
            let factor = pow1(flow.hat, self.theta[sector] - calibration.theta[sector]);
            let weights = flow.weights.map(|weight| weight * factor);
            if !weights.iter().zip(flow.weights).all(|(new, old)| new.is_normal() || old == 0.0) {
                return None;
            }
            self.sectors[sector].set(self.stride, importer, exporter, weights);
        }
        self.caps = Caps::new(calibration, policy, self).ok()?;
        Some(())
    }
}

/// Takes banned goods out of a sector's weights.
fn ban(policy: &PolicyState, cells: std::ops::Range<usize>, weight: &mut [f64]) {
    let bans = policy.caps.iter().filter(|cap| cap.quantity == 0.0);
    for (cell, covered) in bans.flat_map(|cap| &cap.flows).filter(|(cell, _)| cells.contains(cell)) {
        weight[cell - cells.start] *= 1.0 - covered;
    }
}

/// True if a sector is neither traded nor taxed at home.
fn stays_home(calibration: &Calibration, policy: &PolicyState, cells: std::ops::Range<usize>) -> bool {
    let n = calibration.region_count();
    cells.enumerate().all(|(offset, cell)| {
        let untaxed_home =
            offset / n == offset % n && policy.tariff[cell] == 0.0 && policy.export_tax[cell] == 0.0;
        calibration.trade_share[cell] == 0.0 || untaxed_home
    })
}

/// `A` of one sector, `[importer, exporter]`; adds the flows whose barrier moved
/// to `moved`, without weights.
fn price_weights(
    calibration: &Calibration,
    policy: &PolicyState,
    cells: std::ops::Range<usize>,
    theta: f64,
    moved: &mut Vec<Moved>,
) -> Result<Vec<f64>, EquilibriumError> {
    let base = &calibration.base;
    let mut weight = calibration.trade_share[cells.clone()].to_vec();
    let (first, start, mut change) = (moved.len(), cells.start, Vec::new());
    for (offset, cell) in cells.enumerate() {
        if weight[offset] == 0.0 {
            continue;
        }
        if same_barrier(policy, base, cell) {
            continue;
        }
        let hat = barrier(policy, cell) / barrier(base, cell);
        if hat == f64::INFINITY {
            weight[offset] = 0.0;
        } else if hat.is_nan() || hat <= 0.0 {
            return Err(unusable_barrier(policy, &calibration.regions, &calibration.sectors, cell));
        } else if hat != 1.0 {
            moved.push(Moved { cell, hat, weights: [0.0; 3] });
            change.push(hat);
        }
    }
    powf(&mut change, -theta);
    for (flow, factor) in moved[first..].iter().zip(change) {
        weight[flow.cell - start] *= factor;
    }
    Ok(weight)
}

/// True if nothing moved and the barrier is one: most cells of most policies.
#[inline]
fn same_barrier(policy: &PolicyState, base: &PolicyState, cell: usize) -> bool {
    let [t, e, d] = [policy.tariff[cell], policy.export_tax[cell], policy.iceberg_hat[cell]];
    let usable = t > -1.0 && e > -1.0 && d > 0.0 && t + e + d < f64::INFINITY;
    usable && t == base.tariff[cell] && e == base.export_tax[cell] && d == base.iceberg_hat[cell]
}

/// `(1+t)(1+e) d` of a cell; NaN where one of the three is not positive, so that
/// two wrong signs cannot make a right one.
fn barrier(policy: &PolicyState, cell: usize) -> f64 {
    let [t, e, d] = [1.0 + policy.tariff[cell], 1.0 + policy.export_tax[cell], policy.iceberg_hat[cell]];
    if t > 0.0 && e > 0.0 && d > 0.0 { t * e * d } else { f64::NAN }
}

/// A market with demand must keep a supplier.
fn check_supply(calibration: &Calibration, sector: usize, weight: &[f64]) -> Result<(), EquilibriumError> {
    let n = calibration.region_count();
    for (importer, suppliers) in weight.chunks_exact(n).enumerate() {
        if calibration.demanded[sector * n + importer] && suppliers.iter().all(|w| *w == 0.0) {
            return Err(EquilibriumError::NoSupplier {
                sector: calibration.sectors.code(sector).to_owned(),
                importer: calibration.regions.code(importer).to_owned(),
            });
        }
    }
    Ok(())
}
