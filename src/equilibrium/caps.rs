//! Limits on quantities: which wedge makes each of them hold?
//!
//! A cap drives a wedge `g = 1 + q` between the price that the exporter's costs
//! ask for and the price that the importer pays, on the covered share `c` of a
//! flow. The rent `q` goes to importers by the share `ρ`, the rest to exporters:
//! `x = 1 + (1 − ρ) q` is their part of the wedge, `m = g / x` the importers'.
//! With `A₀, B₀, C₀` the weights of [`barriers`](super::barriers) without caps:
//!
//! ```text
//! A = A₀ Π_k [1 − c_k + c_k g_k^(−θ)]
//! C = C₀ Π_k [1 − c_k + c_k g_k^(−θ) / m_k]
//! B = B₀ Π_k [1 − c_k + c_k g_k^(−θ−1)]
//! r_k = Σ_flows c B_k u X/S / ĉ  /  Σ_flows c Q₀       quantity, relative to the base year
//! 0 ≤ ln g_k   ⊥   ln quantity_k − ln r_k ≥ 0          complementarity
//! ```
//!
//! `B_k` is `B` with all of the flow covered by cap `k`; `Q₀` the base year's
//! sales at producer prices. Covered shares of two caps on one flow are taken
//! as independent; where both cover all of it, the tighter one binds and the
//! wedge of the other is 0. The unknown of the solver is `y`, with
//! `ln g = max(0, y)` and
//!
//! ```text
//! y′ = max(0, y) + (ln r − ln quantity) / (1 + θ (1 − c π))
//! ```
//!
//! whose fixed point is the complementarity (Robinson's normal map): where a
//! cap does not bind, `y < 0` says by how much. A quantity of 0 is a ban: it
//! takes the covered share out of `A₀` and has no wedge and no rent.
//!
//! Source: Robinson (1992), *Mathematics of Operations Research* 17(3), for the
//! normal map; the covered share reads a sector as a continuum of goods, as in
//! Eaton and Kortum (2002), *Econometrica* 70(5).

use std::ops::Range;

use super::barriers::{Barriers, SectorWeights};
use super::calibration::{Calibration, name_cell};
use super::error::EquilibriumError;
use super::residual::Model;
use crate::ledger::PolicyState;
use crate::numerics::vector::{exp1, ln1};

/// The caps of a policy that may bind, in the shape of the solver.
#[derive(Clone, Debug, Default)]
pub(super) struct Caps {
    pub limits: Vec<Limit>,
    /// Capped flows, by sector and importer.
    pub cells: Vec<Cell>,
}

/// One cap.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    /// Position in the caps of the policy.
    pub cap: usize,
    log_quantity: f64,
    importer_rent: f64,
    /// `1 / (1 + θ (1 − c π))`, of its largest flow.
    step: f64,
    /// `Σ c Q₀`.
    base: f64,
}

/// One flow under at least one cap.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub sector: usize,
    pub importer: usize,
    pub exporter: usize,
    theta: f64,
    /// Weights without caps.
    weights: [f64; 3],
    /// Caps on it, each with its covered share.
    pub covers: Vec<(usize, f64)>,
}

/// Factors of `A`, `B`, `C` of one cap on one flow, and their derivatives by `ln g`.
struct Factors {
    level: [f64; 3],
    slope: [f64; 3],
}

impl Limit {
    /// `ln g` at the solver's unknown.
    pub fn log_wedge(y: f64) -> f64 {
        y.max(0.0)
    }

    /// Exporters' part of the wedge, `x`.
    pub fn exporter_wedge(&self, g: f64) -> f64 {
        1.0 + (1.0 - self.importer_rent) * (g - 1.0)
    }

    fn factors(&self, covered: f64, theta: f64, log_wedge: f64) -> Factors {
        let g = exp1(log_wedge);
        let exporters = self.exporter_wedge(g);
        let importers = g / exporters;
        let price = covered * exp1(-theta * log_wedge);
        let d_importers = 1.0 - (1.0 - self.importer_rent) * g / exporters;
        Factors {
            level: [1.0 - covered + price, 1.0 - covered + price / g, 1.0 - covered + price / importers],
            slope: [-theta * price, -(theta + 1.0) * price / g, -(theta + d_importers) * price / importers],
        }
    }
}

/// Change of one flow's weights `A`, `B`, `C`.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellTangent {
    pub importer: usize,
    pub exporter: usize,
    pub weights: [f64; 3],
}

impl Caps {
    /// The caps of `policy` on the flows of `barriers`; sectors under a cap
    /// carry export weights of their own from here on.
    pub fn new(
        calibration: &Calibration,
        policy: &PolicyState,
        barriers: &mut Barriers,
    ) -> Result<Self, EquilibriumError> {
        check(calibration, policy)?;
        let n = calibration.region_count();
        let mut caps = Self::default();
        let mut found: Vec<(usize, Vec<(usize, f64)>)> = Vec::new();
        for (cap, limit) in policy.caps.iter().enumerate() {
            // Whatever the elasticities, the same flows: those of the base year.
            let limited = limit.quantity > 0.0 && limit.quantity.is_finite();
            let flows = limit.flows.iter().filter(|(cell, _)| {
                limited && calibration.trade_share[*cell] > 0.0 && flow_weights(barriers, n, *cell).is_some()
            });
            let flows: Vec<(usize, f64)> = flows.copied().collect();
            let value = |(cell, covered): &(usize, f64)| covered * base_sales(calibration, *cell);
            let base: f64 = flows.iter().map(value).sum();
            let Some(largest) = flows.iter().max_by(|a, b| value(a).total_cmp(&value(b))) else { continue };
            if base <= 0.0 {
                continue;
            }
            let theta = calibration.theta[largest.0 / (n * n)];
            let elasticity = 1.0 + theta * (1.0 - largest.1 * calibration.trade_share[largest.0]);
            let position = caps.limits.len();
            caps.limits.push(Limit {
                cap,
                log_quantity: ln1(limit.quantity),
                importer_rent: limit.importer_rent,
                step: 1.0 / elasticity,
                base,
            });
            for (cell, covered) in flows {
                match found.iter_mut().find(|(other, _)| *other == cell) {
                    Some((_, covers)) => covers.push((position, covered)),
                    None => found.push((cell, vec![(position, covered)])),
                }
            }
        }
        found.sort_unstable_by_key(|(cell, _)| *cell);
        for (cell, covers) in found {
            let sector = cell / (n * n);
            split_export_weights(&mut barriers.sectors[sector]);
            // Cells without weights were left out above.
            let Some(weights) = flow_weights(barriers, n, cell) else { continue };
            caps.cells.push(Cell {
                sector,
                importer: cell / n % n,
                exporter: cell % n,
                theta: calibration.theta[sector],
                weights,
                covers,
            });
        }
        Ok(caps)
    }

    pub fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// Positions of the cells of a sector.
    pub fn of_sector(&self, sector: usize) -> Range<usize> {
        let from = self.cells.partition_point(|cell| cell.sector < sector);
        from..self.cells.partition_point(|cell| cell.sector <= sector)
    }

    /// Copies of the capped sectors' weights, to be written by [`apply`](Self::apply).
    pub fn copies(&self, barriers: &Barriers) -> Vec<Option<SectorWeights>> {
        let copy = |(sector, weights): (usize, &SectorWeights)| {
            (!self.of_sector(sector).is_empty()).then(|| weights.clone())
        };
        barriers.sectors.iter().enumerate().map(copy).collect()
    }

    /// Writes the weights at the wedges `y`.
    pub fn apply(&self, y: &[f64], stride: usize, sectors: &mut [Option<SectorWeights>]) {
        for cell in &self.cells {
            let mut weights = cell.weights;
            for (limit, covered) in &cell.covers {
                let log_wedge = Limit::log_wedge(y[*limit]);
                let factors = self.limits[*limit].factors(*covered, cell.theta, log_wedge);
                weights.iter_mut().zip(factors.level).for_each(|(w, factor)| *w *= factor);
            }
            if let Some(SectorWeights::Traded { a, b, c: Some(c) }) = &mut sectors[cell.sector] {
                let at = cell.importer * stride + cell.exporter;
                [a[at], b[at], c[at]] = weights;
            }
        }
    }

    /// `ln r` of every cap, given `B₀ u X/S / ĉ` of every capped flow.
    pub fn log_quantities(&self, y: &[f64], value: &[f64]) -> Vec<f64> {
        let mut quantity = vec![0.0; self.limits.len()];
        for (cell, value) in self.cells.iter().zip(value) {
            for (limit, covered) in &cell.covers {
                quantity[*limit] += covered * value * self.covered_factor(cell, *limit, y);
            }
        }
        quantity
            .iter()
            .zip(&self.limits)
            .map(|(sum, limit)| ln1((sum / limit.base).max(f64::MIN_POSITIVE)))
            .collect()
    }

    /// `B_k / B₀` on one flow.
    fn covered_factor(&self, cell: &Cell, limit: usize, y: &[f64]) -> f64 {
        let own = exp1(-(cell.theta + 1.0) * Limit::log_wedge(y[limit]));
        let others = cell.covers.iter().filter(|(other, _)| *other != limit);
        others.fold(own, |product, (other, covered)| {
            product * self.limits[*other].factors(*covered, cell.theta, Limit::log_wedge(y[*other])).level[1]
        })
    }

    /// Writes the next `y` and returns the largest gap, in logarithms of quantity.
    pub fn image(&self, y: &[f64], value: &[f64], next: &mut [f64]) -> f64 {
        let mut largest: f64 = 0.0;
        let quantities = self.log_quantities(y, value);
        for (k, limit) in self.limits.iter().enumerate() {
            next[k] = Limit::log_wedge(y[k]) + limit.step * (quantities[k] - limit.log_quantity);
            let gap = ((next[k] - y[k]) / limit.step).abs();
            largest = if gap > largest || gap.is_nan() { gap } else { largest };
        }
        largest
    }

    /// Changes of the weights of a sector's capped flows when `y` changes by `d`.
    pub fn weight_tangent(&self, sector: usize, y: &[f64], d: &[f64]) -> Vec<CellTangent> {
        let tangent = |cell: &Cell| {
            let mut level = cell.weights;
            let mut relative = [0.0; 3];
            for (limit, covered) in &cell.covers {
                let factors = self.limits[*limit].factors(*covered, cell.theta, Limit::log_wedge(y[*limit]));
                let moved = if y[*limit] > 0.0 { d[*limit] } else { 0.0 };
                for l in 0..3 {
                    level[l] *= factors.level[l];
                    relative[l] += factors.slope[l] / factors.level[l] * moved;
                }
            }
            let weights = [0, 1, 2].map(|l| level[l] * relative[l]);
            CellTangent { importer: cell.importer, exporter: cell.exporter, weights }
        };
        self.cells[self.of_sector(sector)].iter().map(tangent).collect()
    }

    /// Writes the change of the next `y`, given the flows' values and their
    /// changes in logarithms without those of the wedges.
    pub fn tangent(&self, y: &[f64], d: &[f64], value: &[f64], d_value: &[f64], next: &mut [f64]) {
        let (mut sum, mut change) = (vec![0.0; self.limits.len()], vec![0.0; self.limits.len()]);
        let moved = |limit: usize| if y[limit] > 0.0 { d[limit] } else { 0.0 };
        for ((cell, value), d_value) in self.cells.iter().zip(value).zip(d_value) {
            for (limit, covered) in &cell.covers {
                let quantity = covered * value * self.covered_factor(cell, *limit, y);
                let mut relative = d_value - (cell.theta + 1.0) * moved(*limit);
                for (other, covered) in cell.covers.iter().filter(|(other, _)| other != limit) {
                    let factors =
                        self.limits[*other].factors(*covered, cell.theta, Limit::log_wedge(y[*other]));
                    relative += factors.slope[1] / factors.level[1] * moved(*other);
                }
                sum[*limit] += quantity;
                change[*limit] += quantity * relative;
            }
        }
        for (k, limit) in self.limits.iter().enumerate() {
            let relative = if sum[k] > 0.0 { change[k] / sum[k] } else { 0.0 };
            next[k] = moved(k) + limit.step * relative;
        }
    }

    /// `B₀ u X/S / ĉ` of every capped flow; see the header.
    pub fn values(&self, n: usize, stride: usize, supply: &[f64], f: &[f64], log_cost: &[f64]) -> Vec<f64> {
        let value = |cell: &Cell| {
            let supply = supply[cell.sector * stride + cell.exporter];
            let spending = f[cell.sector * n + cell.importer];
            cell.weights[1] * supply * spending * exp1(-log_cost[cell.sector * n + cell.exporter])
        };
        self.cells.iter().map(value).collect()
    }
}

/// What one cap does in an equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct CapOutcome {
    /// Position in the caps of the policy.
    pub cap: usize,
    /// Shadow price of the limit as a tax on what the exporter gets, fraction;
    /// 0 where the cap does not bind.
    pub wedge: f64,
    /// Quantity of the covered goods relative to the base year's.
    pub quantity: f64,
    /// Rent of importers, million USD.
    pub importer_rent_musd: f64,
    /// Rent of exporters, million USD.
    pub exporter_rent_musd: f64,
}

/// One flow under a cap, in an equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct CappedFlow {
    /// Position in the arrays of the policy.
    pub cell: usize,
    /// What importer and its licence holders take, relative to what crosses the border, fraction.
    pub tariff: f64,
    /// What exporter and its licence holders take, relative to what the producer gets, fraction.
    pub export_tax: f64,
    /// Largest wedge on it, fraction.
    pub wedge: f64,
    /// Quantity of what the cap with that wedge covers, relative to the base year's.
    pub quantity: f64,
    /// Border price of the base year's basket over the producer's price.
    pub border_price: f64,
    /// Rent of importers, million USD.
    pub importer_rent_musd: f64,
    /// Rent of exporters, million USD.
    pub exporter_rent_musd: f64,
}

impl Model<'_> {
    /// Every cap and every capped flow at the last evaluation; `unit` in million USD.
    pub(super) fn cap_outcomes(&self, policy: &PolicyState, unit: f64) -> (Vec<CapOutcome>, Vec<CappedFlow>) {
        let (caps, n, stride) = (&self.barriers.caps, self.calibration.region_count(), self.barriers.stride);
        let log_quantity = caps.log_quantities(&self.wedges, &self.capped_values);
        let outcome = |(k, limit): (usize, &Limit)| CapOutcome {
            cap: limit.cap,
            wedge: exp1(Limit::log_wedge(self.wedges[k])) - 1.0,
            quantity: exp1(log_quantity[k]),
            importer_rent_musd: 0.0,
            exporter_rent_musd: 0.0,
        };
        let mut outcomes: Vec<CapOutcome> = caps.limits.iter().enumerate().map(outcome).collect();
        let mut flows = Vec::with_capacity(caps.cells.len());
        for cell in &caps.cells {
            let Some(SectorWeights::Traded { a, b, c: Some(c) }) = &self.capped[cell.sector] else {
                continue;
            };
            let at = cell.importer * stride + cell.exporter;
            let place = (cell.sector * n + cell.importer) * n + cell.exporter;
            let (tariff, tax) = (policy.tariff[place], policy.export_tax[place]);
            let supply = self.supply[cell.sector * stride + cell.exporter];
            let value = supply * self.spending_per_weight[cell.sector * n + cell.importer] * unit;
            let importers = (value * (a[at] / (1.0 + tariff) - c[at])).max(0.0);
            let exporters = (value * (c[at] - (1.0 + tax) * b[at])).max(0.0);
            let mut border_price = 1.0 + tax;
            let mut parts = Vec::with_capacity(cell.covers.len());
            for (limit, covered) in &cell.covers {
                let log_wedge = Limit::log_wedge(self.wedges[*limit]);
                let g = exp1(log_wedge);
                border_price *= 1.0 - covered + covered * caps.limits[*limit].exporter_wedge(g);
                parts.push((*limit, covered * (g - 1.0) * exp1(-(cell.theta + 1.0) * log_wedge)));
            }
            let wedge = |limit: &usize| outcomes[*limit].wedge;
            let tightest =
                cell.covers.iter().map(|(limit, _)| *limit).max_by(|a, b| wedge(a).total_cmp(&wedge(b)));
            let (wedge, quantity) = tightest
                .map_or((0.0, f64::INFINITY), |limit| (outcomes[limit].wedge, outcomes[limit].quantity));
            let whole: f64 = parts.iter().map(|(_, part)| part).sum();
            for (limit, part) in parts.into_iter().filter(|(_, part)| *part > 0.0) {
                outcomes[limit].importer_rent_musd += importers * part / whole;
                outcomes[limit].exporter_rent_musd += exporters * part / whole;
            }
            flows.push(CappedFlow {
                cell: place,
                // A flow that a prohibitive tariff stops has no wedge.
                tariff: if c[at] > 0.0 { a[at] / c[at] - 1.0 } else { tariff },
                export_tax: if b[at] > 0.0 { c[at] / b[at] - 1.0 } else { tax },
                wedge,
                quantity,
                border_price,
                importer_rent_musd: importers,
                exporter_rent_musd: exporters,
            });
        }
        (outcomes, flows)
    }
}

/// `Q₀`: sales at producer prices in the base year, in world value added.
fn base_sales(calibration: &Calibration, cell: usize) -> f64 {
    let base = &calibration.base;
    let spent = calibration.trade_share[cell] * calibration.expenditure[cell / calibration.region_count()];
    spent / ((1.0 + base.tariff[cell]) * (1.0 + base.export_tax[cell]))
}

/// `A`, `B`, `C` of a flow; `None` in a sector without trade.
fn flow_weights(barriers: &Barriers, n: usize, cell: usize) -> Option<[f64; 3]> {
    let at = cell / n % n * barriers.stride + cell % n;
    match &barriers.sectors[cell / (n * n)] {
        SectorWeights::Traded { a, b, c } => Some([a[at], b[at], c.as_ref().map_or(b[at], |c| c[at])]),
        _ => None,
    }
}

/// A sector under a cap tells what crosses the border from what the producer gets.
fn split_export_weights(weights: &mut SectorWeights) {
    if let SectorWeights::Traded { b, c, .. } = weights {
        c.get_or_insert_with(|| b.clone());
    }
}

/// Every cap names flows between regions and a quantity that can be.
fn check(calibration: &Calibration, policy: &PolicyState) -> Result<(), EquilibriumError> {
    let (n, cells) = (calibration.region_count(), calibration.trade_share.len());
    let unusable = |what: String, value, expected| Err(EquilibriumError::Unusable { what, value, expected });
    for cap in &policy.caps {
        if cap.quantity.is_nan() || cap.quantity < 0.0 {
            let what = format!("the quantity of the cap `{}`", cap.measure);
            return unusable(what, cap.quantity, "it must not be negative");
        }
        if !(0.0..=1.0).contains(&cap.importer_rent) {
            let what = format!("the importers' share of the rent of the cap `{}`", cap.measure);
            return unusable(what, cap.importer_rent, "it must be from 0 to 1");
        }
        for (cell, covered) in &cap.flows {
            if *cell >= cells {
                let (got, want) = (*cell + 1, cells);
                let shape = "[sector, importer, exporter]";
                return Err(EquilibriumError::Shape { array: "caps", shape, got, want });
            }
            let name = || name_cell(&calibration.regions, &calibration.sectors, *cell);
            if cell / n % n == cell % n {
                let what = format!("the cap `{}` on {}", cap.measure, name());
                return unusable(what, cap.quantity, "only trade between regions can be capped");
            }
            if !(*covered > 0.0 && *covered <= 1.0) {
                let what = format!("the share of {} that the cap `{}` covers", name(), cap.measure);
                return unusable(what, *covered, "it must be above 0 and at most 1");
            }
        }
    }
    Ok(())
}
