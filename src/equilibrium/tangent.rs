//! The derivative of the model's fixed-point map, times a vector.
//!
//! Line by line the differential of [`residual`](super::residual), at the point
//! of its last evaluation and where none of its bounds holds. With `d` a change in logarithms:
//!
//! ```text
//! dĉ = β dŵ + γ dP̂                        dP̂[n] = Σ_i π′[n,i] dĉ[i]
//! dX/S = dX + θ dP̂                        dY[i] = Σ_n Q[n,i] (dX/S)[n] − θ Y[i] dĉ[i]
//! dI  = ŵV dŵ + dT + dE + dD              dX′ = (γ dY + α dI) / X′
//! ```
//!
//! One product costs about one evaluation without its powers.

use super::barriers::SectorWeights;
use super::caps::{Cell, CellTangent};
use super::market::two_dots;
use super::residual::{INCOME_FLOOR, Model};
use super::{Deficits, Numeraire};
use crate::numerics::vector::{add_scaled, dot};

impl Model<'_> {
    /// Writes the derivative at the last evaluated point, times `v`, to `out`.
    #[inline(always)]
    pub(super) fn differentiate(&mut self, v: &[f64], out: &mut [f64]) {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let (cells, stride) = (n * j, self.barriers.stride);
        let (d_wage, rest) = v.split_at(n);
        let (d_price, rest) = rest.split_at(cells);
        let (d_expenditure, d_wedges) = rest.split_at(cells);
        let (out_wage, rest) = out.split_at_mut(n);
        let (out_price, rest) = rest.split_at_mut(cells);
        let (out_expenditure, out_wedges) = rest.split_at_mut(cells);
        let caps = &self.barriers.caps;
        let d_cost = self.cost_tangent(d_wage, d_price);
        let mut d_output = vec![0.0; cells];
        let mut d_revenue = vec![0.0; n];
        let mut supply_tangent = vec![0.0; stride];
        let mut sums = vec![0.0; stride];
        for (sector, weights) in self.barriers.sectors.iter().enumerate() {
            let weights = self.capped[sector].as_ref().unwrap_or(weights);
            let cells = sector * n..(sector + 1) * n;
            let market = MarketTangent {
                theta: self.calibration.theta[sector],
                u: &self.supply[sector * stride..][..stride],
                spending_per_weight: &self.spending_per_weight[cells.clone()],
                border_share: &self.border_share[cells.clone()],
                output: &self.output[cells.clone()],
                d_cost: &d_cost[cells.clone()],
                d_expenditure: &d_expenditure[cells.clone()],
                d_weights: caps.weight_tangent(sector, &self.wedges, d_wedges),
            };
            market.differentiate(
                weights,
                &mut supply_tangent,
                &mut sums,
                &mut out_price[cells.clone()],
                &mut d_output[cells],
                &mut d_revenue,
            );
        }
        if !caps.is_empty() {
            let d_value = |cell: &Cell| {
                let (buyer, seller) = (cell.sector * n + cell.importer, cell.sector * n + cell.exporter);
                let theta = self.calibration.theta[cell.sector];
                d_expenditure[buyer] + theta * out_price[buyer] - (theta + 1.0) * d_cost[seller]
            };
            let d_values: Vec<f64> = caps.cells.iter().map(d_value).collect();
            caps.tangent(&self.wedges, d_wedges, &self.capped_values, &d_values, out_wedges);
        }
        let d_numeraire = match (self.closure.deficits, self.closure.numeraire) {
            (Deficits::Held, Numeraire::Wage(region)) => d_wage[region],
            _ => 0.0,
        };
        let mut d_world = 0.0;
        for region in 0..n {
            let bill = self.wage_bill[region];
            let d_income = if self.income[region] < INCOME_FLOOR * bill {
                INCOME_FLOOR * bill * d_wage[region]
            } else {
                bill * d_wage[region] + d_revenue[region] + self.deficit[region] * d_numeraire
            };
            let d_output = region_column(&d_output, &mut self.by_region[..j], n, region);
            let beta = &self.calibration.value_added_share[region * j..][..j];
            let d_gap = dot(beta, d_output) / self.factor_demand[region] - d_wage[region];
            out_wage[region] = d_wage[region] + self.wage_step[region] * d_gap;
            d_world += self.next_wage_bill[region] * out_wage[region];
            for sector in 0..j {
                let gamma = &self.calibration.input_share[(region * j + sector) * j..][..j];
                let alpha = self.calibration.final_share[region * j + sector];
                let cell = sector * n + region;
                out_expenditure[cell] =
                    (dot(gamma, d_output) + alpha * d_income) / self.new_expenditure[cell];
            }
        }
        out_wage.iter_mut().for_each(|w| *w -= d_world);
    }

    /// `dĉ`, `[sector, region]`.
    #[inline(always)]
    fn cost_tangent(&mut self, d_wage: &[f64], d_price: &[f64]) -> Vec<f64> {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let mut d_cost = vec![0.0; n * j];
        let column = &mut self.by_region[..j];
        for region in 0..n {
            let beta = &self.calibration.value_added_share[region * j..][..j];
            for (c, beta) in column.iter_mut().zip(beta) {
                *c = beta * d_wage[region];
            }
            for input in 0..j {
                let gamma = &self.calibration.input_share[(region * j + input) * j..][..j];
                add_scaled(column, d_price[input * n + region], gamma);
            }
            for (sector, c) in column.iter().enumerate() {
                d_cost[sector * n + region] = *c;
            }
        }
        d_cost
    }
}

/// One region's column of a `[sector, region]` array, copied to be contiguous.
#[inline(always)]
pub(super) fn region_column<'b>(array: &[f64], column: &'b mut [f64], n: usize, region: usize) -> &'b [f64] {
    for (sector, value) in column.iter_mut().enumerate() {
        *value = array[sector * n + region];
    }
    column
}

/// One sector's market at the last point, and the changes that reach it.
struct MarketTangent<'a> {
    theta: f64,
    u: &'a [f64],
    spending_per_weight: &'a [f64],
    border_share: &'a [f64],
    output: &'a [f64],
    d_cost: &'a [f64],
    d_expenditure: &'a [f64],
    /// Changes of the weights of capped flows, by importer.
    d_weights: Vec<CellTangent>,
}

impl MarketTangent<'_> {
    /// Writes `dP̂` and the change of `Y` in levels; adds the change of tax
    /// revenues in levels to `d_revenue`.
    #[inline(always)]
    fn differentiate(
        &self,
        weights: &SectorWeights,
        d_supply: &mut [f64],
        sums: &mut [f64],
        d_price: &mut [f64],
        d_output: &mut [f64],
        d_revenue: &mut [f64],
    ) {
        let n = self.d_cost.len();
        match weights {
            SectorWeights::Home(_) => {
                for i in 0..n {
                    let served = self.spending_per_weight[i] > 0.0;
                    d_price[i] = if served { self.d_cost[i] } else { 0.0 };
                    d_output[i] = self.output[i] * self.d_expenditure[i];
                }
            }
            SectorWeights::Traded { a, b, c } => {
                let stride = self.u.len();
                for i in 0..n {
                    d_supply[i] = -self.theta * self.u[i] * self.d_cost[i];
                }
                sums.fill(0.0);
                // The change of X/S, kept for the pass of the export taxes.
                let mut d_flow = vec![0.0; n];
                let mut capped = self.d_weights.iter().peekable();
                for importer in 0..n {
                    let row = importer * stride..(importer + 1) * stride;
                    let (a, b) = (&a[row.clone()], &b[row.clone()]);
                    let f = self.spending_per_weight[importer];
                    let (mut d_weight, d_producer) = two_dots(a, b, d_supply);
                    let weight = dot(a, self.u);
                    let mut d_border = c.as_ref().map_or(d_producer, |c| dot(&c[row], d_supply));
                    while let Some(cell) = capped.next_if(|cell| cell.importer == importer) {
                        let [da, db, dc] = cell.weights;
                        d_weight += da * self.u[cell.exporter];
                        d_border += dc * self.u[cell.exporter];
                        sums[cell.exporter] += f * db;
                    }
                    if f == 0.0 || weight == 0.0 {
                        d_price[importer] = 0.0;
                        continue;
                    }
                    let d_log_weight = d_weight / weight;
                    let d_x = self.d_expenditure[importer];
                    d_price[importer] = -d_log_weight / self.theta;
                    d_flow[importer] = f * (d_x - d_log_weight);
                    let border = self.border_share[importer] * weight;
                    d_revenue[importer] += f * weight * d_x - border * d_flow[importer] - f * d_border;
                    add_scaled(sums, d_flow[importer], b);
                }
                for i in 0..n {
                    d_output[i] = self.u[i] * sums[i] - self.theta * self.output[i] * self.d_cost[i];
                }
                if let Some(c) = c {
                    let (mut level, mut change) = (vec![0.0; stride], vec![0.0; stride]);
                    for importer in 0..n {
                        let c = &c[importer * stride..(importer + 1) * stride];
                        add_scaled(&mut level, self.spending_per_weight[importer], c);
                        add_scaled(&mut change, d_flow[importer], c);
                    }
                    for cell in &self.d_weights {
                        change[cell.exporter] += self.spending_per_weight[cell.importer] * cell.weights[2];
                    }
                    for i in 0..n {
                        d_revenue[i] += d_supply[i] * level[i] + self.u[i] * change[i] - d_output[i];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::equilibrium::barriers::Barriers;
    use crate::equilibrium::calibration::Calibration;
    use crate::equilibrium::residual::Model;
    use crate::equilibrium::{Closure, Deficits, Numeraire};
    use crate::ledger::{Cap, PolicyState};
    use crate::numerics::newton::FixedPoint;
    use crate::numerics::vector::max_abs;
    use crate::world::tests::small;

    fn limit(flows: Vec<(usize, f64)>, importer_rent: f64) -> Cap {
        Cap { measure: "limit".into(), flows, quantity: 0.5, importer_rent }
    }

    /// The central difference of the map converges to the product at order
    /// two: a ten times smaller step, a hundred times smaller error.
    #[test]
    fn the_product_is_the_derivative() {
        let world = small();
        let calibration =
            Calibration::new(&world, PolicyState::of_world(&world, world.base_date), &[4.0, 7.0]).unwrap();
        let mut policy = calibration.base.clone();
        policy.tariff[1] += 0.3;
        policy.export_tax[5] = 0.2;
        policy.caps = vec![limit(vec![(1, 0.6)], 0.3), limit(vec![(1, 1.0), (5, 0.4)], 0.0)];
        for closure in
            [Closure::default(), Closure { deficits: Deficits::Held, numeraire: Numeraire::Wage(1) }]
        {
            let barriers = Barriers::new(&calibration, &policy).unwrap();
            let mut model = Model::new(&calibration, &barriers, closure);
            let mut z = model.start();
            let wedges = z.len() - 2;
            z[wedges..].copy_from_slice(&[0.2, 0.35]);
            let v: Vec<f64> = (0..z.len()).map(|i| (1.0 + i as f64 * 0.7).sin()).collect();
            let (mut product, mut image) = (vec![0.0; z.len()], vec![0.0; z.len()]);
            model.image(&z, &mut image).unwrap();
            model.tangent(&v, &mut product);
            let mut error = |h: f64| {
                let mut at = |h: f64| {
                    let point: Vec<f64> = z.iter().zip(&v).map(|(z, v)| z + h * v).collect();
                    let mut image = vec![0.0; z.len()];
                    model.image(&point, &mut image).unwrap();
                    image
                };
                let (up, down) = (at(h), at(-h));
                let gap: Vec<f64> =
                    (0..z.len()).map(|i| (up[i] - down[i]) / (2.0 * h) - product[i]).collect();
                max_abs(&gap)
            };
            let (coarse, fine) = (error(1e-3), error(1e-4));
            assert!(fine < coarse / 90.0 + 1e-10, "{coarse:e} {fine:e}");
        }
    }
}
