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
use crate::numerics::vector::{add_scaled, dot, exp1};

impl Model<'_> {
    /// Writes the derivative at the last evaluated point, times `v`, to `out`.
    #[inline(always)]
    pub(super) fn differentiate(&mut self, v: &[f64], out: &mut [f64]) {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let (cells, stride) = (n * j, self.barriers.stride);
        let (d_wage, rest) = v.split_at(n);
        let (d_price, rest) = rest.split_at(cells);
        let (d_expenditure, rest) = rest.split_at(cells);
        let (d_wedges, d_sizes) = rest.split_at(self.wedges.len());
        let (out_wage, rest) = out.split_at_mut(n);
        let (out_price, rest) = rest.split_at_mut(cells);
        let (out_expenditure, rest) = rest.split_at_mut(cells);
        let (out_wedges, out_sizes) = rest.split_at_mut(self.wedges.len());
        let caps = &self.barriers.caps;
        let d_bundle = self.bundle_tangent(d_wage, d_price, d_sizes);
        let d_cost = self.cost_tangent(&d_bundle, d_sizes);
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
        let variant = self.technology.variant;
        let (inputs_power, consumption_power) = (1.0 - variant.inputs, 1.0 - variant.consumption);
        let earned: f64 = self.wage_bill.iter().sum();
        let d_pool = dot(&self.deficit, d_wage) / earned;
        let mut d_world = 0.0;
        let mut final_share = vec![0.0; j];
        let (mut used, mut d_used) = (vec![0.0; j], vec![0.0; j]);
        for region in 0..n {
            let bill = self.wage_bill[region];
            let profit = |(sector, share): (usize, &f64)| share * d_output[sector * n + region];
            let d_profits: f64 = self.technology.profit_share.iter().enumerate().map(profit).sum();
            let d_deficit = match self.closure.deficits {
                Deficits::Income => self.deficit[region] * d_wage[region] - bill * d_pool,
                _ => self.deficit[region] * d_numeraire,
            };
            let floored = self.income[region] < INCOME_FLOOR * bill;
            let income = self.income[region].max(INCOME_FLOOR * bill);
            let d_income = if floored {
                INCOME_FLOOR * bill * d_wage[region]
            } else {
                bill * d_wage[region] + d_profits + d_revenue[region] + d_deficit
            };
            // What sectors pay in wages, and for inputs before relative prices.
            let mut d_paid = 0.0;
            for sector in 0..j {
                let cell = sector * n + region;
                let labour = self.technology.labour_share[region * j + sector];
                let d_sector_wage = d_wage[region] + self.d_sticky(cell, d_sizes);
                let factor = labour * self.labour_factor_at(cell, region);
                let d_wages = factor
                    * (d_output[cell] + inputs_power * self.output[cell] * (d_sector_wage - d_bundle[cell]));
                d_paid += d_wages;
                if let Some(next) = out_sizes.get_mut(cell) {
                    let wages = factor * self.output[cell];
                    let live = self.technology.base_wages[cell] > 0.0 && wages > 0.0;
                    let d_gap = if live { d_wages / wages - d_wage[region] - d_sizes[cell] } else { 0.0 };
                    *next = if live { d_sizes[cell] + self.technology.step[cell] * d_gap } else { 0.0 };
                }
                let cheaper =
                    if inputs_power == 0.0 { 1.0 } else { exp1(-inputs_power * self.log_bundle[cell]) };
                used[sector] = cheaper * self.output[cell];
                d_used[sector] =
                    cheaper * (d_output[cell] - inputs_power * self.output[cell] * d_bundle[cell]);
            }
            let d_gap = d_paid / self.factor_demand[region] - d_wage[region];
            out_wage[region] = d_wage[region] + self.wage_step[region] * d_gap;
            d_world += self.next_wage_bill[region] * out_wage[region];
            self.final_shares(region, consumption_power, &mut final_share);
            let d_consumption: f64 = (0..j).map(|s| final_share[s] * d_price[s * n + region]).sum();
            for sector in 0..j {
                let gamma = &self.calibration.input_share[(region * j + sector) * j..][..j];
                let cell = sector * n + region;
                let mut d_inputs = dot(gamma, &d_used);
                if inputs_power != 0.0 {
                    let price = exp1(inputs_power * self.log_price[cell]);
                    d_inputs = price * (d_inputs + inputs_power * d_price[cell] * dot(gamma, &used));
                }
                let d_share = consumption_power * (d_price[cell] - d_consumption);
                out_expenditure[cell] = (d_inputs + final_share[sector] * (d_income + income * d_share))
                    / self.new_expenditure[cell];
            }
        }
        d_world /= self.next_wage_bill.iter().sum::<f64>();
        out_wage.iter_mut().for_each(|w| *w -= d_world);
    }

    /// Change of a sector's wage beyond its region's.
    #[inline(always)]
    fn d_sticky(&self, cell: usize, d_sizes: &[f64]) -> f64 {
        d_sizes.get(cell).map_or(0.0, |size| self.technology.variant.stickiness() * size)
    }

    /// `λ′/λ` at the last point.
    #[inline(always)]
    fn labour_factor_at(&self, cell: usize, region: usize) -> f64 {
        self.labour_factor(cell, self.log_wage[region])
    }

    /// Final shares of a region at the last prices.
    #[inline(always)]
    fn final_shares(&self, region: usize, power: f64, share: &mut [f64]) {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        share.copy_from_slice(&self.calibration.final_share[region * j..][..j]);
        if power != 0.0 {
            for (sector, share) in share.iter_mut().enumerate() {
                *share *= exp1(power * (self.log_price[sector * n + region] - self.log_consumption[region]));
            }
        }
    }

    /// `dĉ` of bundles, `[sector, region]`.
    #[inline(always)]
    fn bundle_tangent(&mut self, d_wage: &[f64], d_price: &[f64], d_sizes: &[f64]) -> Vec<f64> {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let mut d_bundle = vec![0.0; n * j];
        let power = 1.0 - self.technology.variant.inputs;
        let mut column = vec![0.0; j];
        for region in 0..n {
            for (sector, c) in column.iter_mut().enumerate() {
                let cell = sector * n + region;
                let labour = self.technology.labour_cost[region * j + sector];
                let mut d_paid = labour * (d_wage[region] + self.d_sticky(cell, d_sizes));
                if power != 0.0 {
                    d_paid *= exp1(power * self.sector_wage(self.log_wage[region], cell));
                }
                *c = d_paid;
            }
            for input in 0..j {
                let cell = input * n + region;
                let weight = if power == 0.0 { 1.0 } else { exp1(power * self.log_price[cell]) };
                let g = &self.technology.input_cost[(region * j + input) * j..][..j];
                add_scaled(&mut column, weight * d_price[cell], g);
            }
            for (sector, c) in column.iter().enumerate() {
                let cell = sector * n + region;
                d_bundle[cell] = if power == 0.0 { *c } else { c * exp1(-power * self.log_bundle[cell]) };
            }
        }
        d_bundle
    }

    /// Change of costs from that of bundles: scale economies.
    fn cost_tangent(&self, d_bundle: &[f64], d_sizes: &[f64]) -> Vec<f64> {
        let mut d_cost = d_bundle.to_vec();
        if !self.technology.scale.is_empty() {
            let (n, flow) = (self.calibration.region_count(), self.technology.variant.flow());
            for (cell, size) in d_sizes.iter().enumerate() {
                d_cost[cell] -= self.technology.scale[cell / n] * flow * size;
            }
        }
        d_cost
    }
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
    use crate::equilibrium::residual::{Model, wage_step};
    use crate::equilibrium::technology::Technology;
    use crate::equilibrium::{Closure, Deficits, Numeraire, Variant};
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
        let closures = [
            Closure::default(),
            Closure { deficits: Deficits::Held, numeraire: Numeraire::Wage(1) },
            Closure { deficits: Deficits::Income, ..Closure::default() },
        ];
        let variants = [
            "base",
            "inputs=0.4,consumption=0.6",
            "mobility=0.7,scale=0.3",
            "markups=0.5,inputs=1.7,mobility=0",
        ];
        for (closure, variant) in
            closures.iter().flat_map(|closure| variants.map(|variant| (*closure, variant)))
        {
            let variant: Variant = variant.parse().unwrap();
            let barriers = Barriers::new(&calibration, &policy).unwrap();
            let technology = Technology::new(&calibration, &variant).unwrap();
            let steps = wage_step(&calibration);
            let mut model = Model::new(&calibration, &barriers, closure, technology, steps);
            let mut z = model.start();
            let wedges = calibration.region_count() * (1 + 2 * calibration.sector_count());
            z[wedges..wedges + 2].copy_from_slice(&[0.2, 0.35]);
            for (k, size) in z[wedges + 2..].iter_mut().enumerate() {
                *size = 0.1 * (k as f64).sin();
            }
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
