//! The equilibrium as a fixed point in logarithms, and its derivative.
//!
//! State `z = (ln ŵ[n], ln P̂[j,n], ln X[j,n])`, `N (1 + 2J)` numbers; one
//! evaluation updates all three at once, without inner loops:
//!
//! ```text
//! ln ĉ[j,n] = β ln ŵ[n] + Σ_k γ[n,k,j] ln P̂[k,n]                     (H1)
//! P̂, Y, T, E  from every sector's market                    (H2), (E1), (E4)
//! I[n]   = ŵ V[n] + T[n] + E[n] + D′[n]                              (E3)
//! X′[j,n] = Σ_k γ[n,j,k] Y[k,n] + α[n,j] I[n]                        (E2)
//! ln ŵ′  = ln ŵ + v ln(Σ_j β Y[j,n] / (ŵ V[n])) − numeraire          (E5)
//! ```
//!
//! `v[n]` is one over one plus the elasticity of the region's labour demand.
//! Caps on quantities add a wedge each to the state; see [`caps`](super::caps).
//! The numeraire is world value added, `Σ ŵ V = Σ V`. The residual is the
//! largest of the price gaps, relative expenditure gaps and the undamped wage
//! gaps. Away from the solution three bounds keep an iterate in the domain: a
//! wage moves by at most `v` in logarithms, income counts as at least a
//! thousandth of wages, expenditure as at least 1e-40 of world value added. No
//! bound holds at an equilibrium that is reported.
//!
//! Source of the equations: Caliendo and Parro (2015), section 3; of the wage
//! step: Alvarez and Lucas (2007), *Journal of Monetary Economics* 54(6).

use super::barriers::{Barriers, SectorWeights};
use super::calibration::Calibration;
use super::error::EquilibriumError;
use super::market::{self, MarketSlices};
use super::technology::Technology;
use super::{Closure, Deficits, Numeraire};
use crate::numerics::newton::FixedPoint;
use crate::numerics::vector::{add_scaled, dot, exp1, ln1, map_each, max_abs, max_gap};

/// A region's income is kept above this share of its wages while the iteration
/// is away from the solution.
pub(super) const INCOME_FLOOR: f64 = 1e-3;

/// Expenditure below this share of world value added is kept there.
const EXPENDITURE_FLOOR: f64 = 1e-40;

/// The model under one policy, with the workings of the last evaluation.
pub(super) struct Model<'a> {
    pub calibration: &'a Calibration,
    pub closure: Closure,
    pub(super) technology: Technology<'a>,
    pub(super) barriers: &'a Barriers,
    /// Weights of sectors under a cap, at the last wedges, `[sector]`.
    pub(super) capped: Vec<Option<SectorWeights>>,
    /// `y` of every cap at the last point, and the capped flows' values there.
    pub(super) wedges: Vec<f64>,
    pub(super) capped_values: Vec<f64>,
    pub(super) wage_step: Vec<f64>,
    /// Region-major copies of what input-output products read and write, `[region, sector]`.
    pub(super) by_region: Vec<f64>,
    sums: Vec<f64>,
    /// `ĉ^(−θ)`, shifted, `[sector, stride]`.
    pub supply: Vec<f64>,
    /// `ln ĉ`, `[sector, region]`.
    pub log_cost: Vec<f64>,
    /// Smallest `ln ĉ` of a sector, `[sector]`.
    shift: Vec<f64>,
    /// `S`, `[sector, region]`.
    weight: Vec<f64>,
    pub spending_per_weight: Vec<f64>,
    pub(super) border_share: Vec<f64>,
    /// `Y`, `[sector, region]`.
    pub output: Vec<f64>,
    pub(super) new_expenditure: Vec<f64>,
    pub tariff_revenue: Vec<f64>,
    pub export_tax_revenue: Vec<f64>,
    pub deficit: Vec<f64>,
    /// `I`, `[region]`, before the floor.
    pub income: Vec<f64>,
    pub(super) factor_demand: Vec<f64>,
    /// `ln ĉ` of the bundle, `[sector, region]`; that of cost without scale economies.
    pub(super) log_bundle: Vec<f64>,
    /// `s`, `[sector, region]`; empty where sectors' sizes do not matter.
    pub(super) sizes: Vec<f64>,
    /// Wages and prices of the last point, in logarithms, for the derivative.
    pub(super) log_wage: Vec<f64>,
    pub(super) log_price: Vec<f64>,
    /// Price of final spending, logarithm, `[region]`.
    pub(super) log_consumption: Vec<f64>,
    /// Profits, `[region]`; 0 without markups.
    pub profits: Vec<f64>,
    /// `ŵ V`, `[region]`.
    pub wage_bill: Vec<f64>,
    pub(super) next_wage_bill: Vec<f64>,
    /// Evaluations so far.
    pub evaluations: usize,
}

impl<'a> Model<'a> {
    pub fn new(
        calibration: &'a Calibration,
        barriers: &'a Barriers,
        closure: Closure,
        technology: Technology<'a>,
        wage_step: Vec<f64>,
    ) -> Self {
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let zeros = |len| vec![0.0; len];
        Self {
            calibration,
            closure,
            barriers,
            capped: barriers.caps.copies(barriers),
            wedges: zeros(barriers.caps.limits.len()),
            capped_values: zeros(barriers.caps.cells.len()),
            wage_step,
            by_region: zeros(2 * j),
            sums: zeros(barriers.stride),
            supply: zeros(j * barriers.stride),
            log_cost: zeros(j * n),
            shift: zeros(j),
            weight: zeros(j * n),
            spending_per_weight: zeros(j * n),
            border_share: zeros(j * n),
            output: zeros(j * n),
            new_expenditure: zeros(j * n),
            tariff_revenue: zeros(n),
            export_tax_revenue: zeros(n),
            deficit: zeros(n),
            income: zeros(n),
            factor_demand: zeros(n),
            log_bundle: zeros(j * n),
            sizes: zeros(technology.base_wages.len()),
            log_wage: zeros(n),
            log_price: zeros(j * n),
            log_consumption: zeros(n),
            profits: zeros(n),
            technology,
            wage_bill: zeros(n),
            next_wage_bill: zeros(n),
            evaluations: 0,
        }
    }

    /// The base year: all hats 1, expenditure as in the data, no wedges, sectors
    /// as large as they are.
    pub fn start(&self) -> Vec<f64> {
        let calibration = self.calibration;
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let mut state = vec![0.0; n * (1 + 2 * j) + self.wedges.len() + self.sizes.len()];
        for (x, value) in state[n * (1 + j)..].iter_mut().zip(&calibration.expenditure) {
            *x = ln1(value.max(EXPENDITURE_FLOOR));
        }
        state
    }

    /// The market farthest from clearing at `z`, whose image is `gz`: "the
    /// price of C26 in USA".
    pub fn worst_market(&self, z: &[f64], gz: &[f64]) -> String {
        let (n, cells) = (self.calibration.region_count(), self.log_cost.len());
        let gap = |i: usize| {
            let step = if i < n { self.wage_step[i] } else { 1.0 };
            let gap = ((gz[i] - z[i]) / step).abs();
            if gap.is_nan() { f64::INFINITY } else { gap }
        };
        let worst = (0..z.len()).max_by(|a, b| gap(*a).total_cmp(&gap(*b))).unwrap_or(0);
        let sizes = n + 2 * cells + self.wedges.len();
        if worst >= sizes {
            let cell = worst - sizes;
            let (sector, region) =
                (self.calibration.sectors.code(cell / n), self.calibration.regions.code(cell % n));
            return format!("the size of {sector} in {region}");
        }
        if worst >= n + 2 * cells {
            let cap = self.barriers.caps.limits[worst - n - 2 * cells].cap;
            return format!("the quantity under cap {}", cap + 1);
        }
        let region = self.calibration.regions.code(worst % n);
        if worst < n {
            return format!("the wage of {region}");
        }
        let cell = (worst - n) % cells;
        let what = if worst - n < cells { "price" } else { "expenditure" };
        format!("the {what} of {} in {region}", self.calibration.sectors.code(cell / n))
    }

    /// (H1): unit costs from wages and prices.
    #[inline(always)]
    fn unit_costs(&mut self, log_wage: &[f64], log_price: &[f64]) {
        if self.technology.variant.inputs == 1.0 {
            self.cobb_douglas_costs(log_wage, log_price);
        } else {
            self.ces_costs(log_wage, log_price);
        }
        self.log_cost.copy_from_slice(&self.log_bundle);
        if !self.technology.scale.is_empty() {
            let n = self.calibration.region_count();
            let flow = self.technology.variant.flow();
            for (cell, size) in self.sizes.iter().enumerate() {
                self.log_cost[cell] -= self.technology.scale[cell / n] * flow * size;
            }
        }
    }

    #[inline(always)]
    fn cobb_douglas_costs(&mut self, log_wage: &[f64], log_price: &[f64]) {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let cost = &mut self.by_region[..j];
        for region in 0..n {
            let labour = &self.technology.labour_cost[region * j..][..j];
            for (c, labour) in cost.iter_mut().zip(labour) {
                *c = labour * log_wage[region];
            }
            for input in 0..j {
                let price = log_price[input * n + region];
                add_scaled(cost, price, &self.technology.input_cost[(region * j + input) * j..][..j]);
            }
            for (sector, c) in cost.iter().enumerate() {
                self.log_bundle[sector * n + region] = *c;
            }
        }
        let stickiness = self.technology.variant.stickiness();
        if stickiness > 0.0 {
            for (cell, size) in self.sizes.iter().enumerate() {
                let labour = self.technology.labour_cost[cell % n * j + cell / n];
                self.log_bundle[cell] += labour * stickiness * size;
            }
        }
    }

    /// Logarithm of a sector's wage.
    #[inline(always)]
    pub(super) fn sector_wage(&self, log_wage: f64, cell: usize) -> f64 {
        log_wage + self.sizes.get(cell).map_or(0.0, |size| self.technology.variant.stickiness() * size)
    }

    #[inline(always)]
    fn ces_costs(&mut self, log_wage: &[f64], log_price: &[f64]) {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let power = 1.0 - self.technology.variant.inputs;
        let mut sum = vec![0.0; j];
        for region in 0..n {
            for (sector, sum) in sum.iter_mut().enumerate() {
                let wage = self.sector_wage(log_wage[region], sector * n + region);
                *sum = self.technology.labour_cost[region * j + sector] * exp1(power * wage);
            }
            for input in 0..j {
                let price = exp1(power * log_price[input * n + region]);
                add_scaled(&mut sum, price, &self.technology.input_cost[(region * j + input) * j..][..j]);
            }
            for (sector, sum) in sum.iter().enumerate() {
                let used = if *sum > 0.0 { ln1(*sum) / power } else { 0.0 };
                self.log_bundle[sector * n + region] = used;
            }
        }
    }

    /// Every sector's market: (H2), (E1), (E4). Prices go to `log_price`.
    #[inline(always)]
    fn clear_markets(&mut self, log_expenditure: &[f64], log_price: &mut [f64]) {
        let n = self.calibration.region_count();
        let stride = self.barriers.stride;
        for (sector, theta) in self.calibration.theta.iter().enumerate() {
            let costs = &self.log_cost[sector * n..(sector + 1) * n];
            let log_u = &mut self.supply[sector * stride..(sector + 1) * stride];
            self.shift[sector] = market::log_supply(*theta, costs, log_u);
        }
        map_each(&mut self.supply, exp1);
        // Expenditure in levels waits where the next one will be written.
        self.new_expenditure.copy_from_slice(log_expenditure);
        map_each(&mut self.new_expenditure, exp1);
        self.tariff_revenue.fill(0.0);
        self.export_tax_revenue.fill(0.0);
        for (sector, weights) in self.barriers.sectors.iter().enumerate() {
            let weights = self.capped[sector].as_ref().unwrap_or(weights);
            let cells = sector * n..(sector + 1) * n;
            let mut market = MarketSlices {
                expenditure: &self.new_expenditure[cells.clone()],
                weight: &mut self.weight[cells.clone()],
                spending_per_weight: &mut self.spending_per_weight[cells.clone()],
                border_share: &mut self.border_share[cells.clone()],
                output: &mut self.output[cells],
                tariff_revenue: &mut self.tariff_revenue,
                export_tax_revenue: &mut self.export_tax_revenue,
            };
            market.clear(weights, &self.supply[sector * stride..(sector + 1) * stride], &mut self.sums);
        }
        log_price.copy_from_slice(&self.weight);
        map_each(log_price, ln1);
        for (sector, theta) in self.calibration.theta.iter().enumerate() {
            let (shift, scale) = (self.shift[sector], 1.0 / theta);
            let cells = sector * n..(sector + 1) * n;
            for (price, weight) in log_price[cells.clone()].iter_mut().zip(&self.weight[cells]) {
                *price = if *weight > 0.0 { shift - *price * scale } else { 0.0 };
            }
        }
    }

    /// Every cap's next wedge; returns the largest gap.
    #[inline(always)]
    fn limit_quantities(&mut self, wedges: &[f64], new_wedges: &mut [f64]) -> f64 {
        let (caps, n) = (&self.barriers.caps, self.calibration.region_count());
        if caps.is_empty() {
            return 0.0;
        }
        let (stride, f) = (self.barriers.stride, &self.spending_per_weight);
        self.capped_values = caps.values(n, stride, &self.supply, f, &self.log_cost);
        self.wedges.copy_from_slice(wedges);
        caps.image(wedges, &self.capped_values, new_wedges)
    }

    /// (E3), (E2): incomes, then what each region spends on each sector.
    #[inline(always)]
    fn spend(&mut self, log_wage: &[f64], log_price: &[f64]) {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        for region in 0..n {
            self.wage_bill[region] = exp1(log_wage[region]) * self.technology.wages[region];
        }
        self.close_deficits(log_wage);
        let inputs_power = 1.0 - self.technology.variant.inputs;
        let consumption_power = 1.0 - self.technology.variant.consumption;
        let mut final_share = vec![0.0; j];
        for region in 0..n {
            self.collect_profits(region);
            let wages = self.wage_bill[region];
            self.income[region] = wages
                + self.profits[region]
                + self.tariff_revenue[region]
                + self.export_tax_revenue[region]
                + self.deficit[region];
            let income = self.income[region].max(INCOME_FLOOR * wages);
            self.factor_demand[region] = self.wages_paid(region, log_wage[region]);
            // What each sector spends on inputs, before relative prices.
            let (output, _) = self.by_region.split_at_mut(j);
            for (sector, y) in output.iter_mut().enumerate() {
                let cell = sector * n + region;
                let cheaper =
                    if inputs_power == 0.0 { 1.0 } else { exp1(-inputs_power * self.log_bundle[cell]) };
                *y = self.output[cell] * cheaper;
            }
            final_share.copy_from_slice(&self.calibration.final_share[region * j..][..j]);
            self.log_consumption[region] =
                spending_shares(&mut final_share, consumption_power, |sector| log_price[sector * n + region]);
            for sector in 0..j {
                let cell = sector * n + region;
                let mut inputs = dot(&self.calibration.input_share[(region * j + sector) * j..][..j], output);
                if inputs_power != 0.0 {
                    inputs *= exp1(inputs_power * log_price[cell]);
                }
                let spent = inputs + final_share[sector] * income;
                self.new_expenditure[cell] = spent.max(EXPENDITURE_FLOOR);
            }
        }
    }

    fn close_deficits(&mut self, log_wage: &[f64]) {
        let numeraire = numeraire_hat(self.closure, log_wage);
        let base = &self.calibration.deficit;
        let pool = income_pool(base, &self.technology.wages, &self.wage_bill);
        for (region, deficit) in self.deficit.iter_mut().enumerate() {
            *deficit = match self.closure.deficits {
                Deficits::Zero => 0.0,
                Deficits::Held => base[region] * numeraire,
                Deficits::Share => base[region],
                Deficits::Income => {
                    self.wage_bill[region] * (base[region] / self.technology.wages[region] - pool)
                }
            };
        }
    }

    fn collect_profits(&mut self, region: usize) {
        let n = self.calibration.region_count();
        let shares = self.technology.profit_share.iter().enumerate();
        self.profits[region] = shares.map(|(sector, share)| share * self.output[sector * n + region]).sum();
    }

    /// `Σ_j λ′ Y` of a region.
    #[inline(always)]
    fn wages_paid(&mut self, region: usize, log_wage: f64) -> f64 {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let mut paid = std::mem::take(&mut self.by_region);
        for sector in 0..j {
            paid[sector] =
                self.output[sector * n + region] * self.labour_factor(sector * n + region, log_wage);
        }
        let total = dot(&self.technology.labour_share[region * j..][..j], &paid[..j]);
        self.by_region = paid;
        total
    }

    /// `λ′/λ` of a sector.
    #[inline(always)]
    pub(super) fn labour_factor(&self, cell: usize, log_wage: f64) -> f64 {
        let power = 1.0 - self.technology.variant.inputs;
        if power == 0.0 {
            return 1.0;
        }
        exp1(power * (self.sector_wage(log_wage, cell) - self.log_bundle[cell]))
    }

    /// Every sector's next size; returns the largest gap.
    fn resize_sectors(&self, log_wage: &[f64], sizes: &[f64], next: &mut [f64]) -> f64 {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let mut largest: f64 = 0.0;
        for (cell, size) in sizes.iter().enumerate() {
            let (region, base) = (cell % n, self.technology.base_wages[cell]);
            if base <= 0.0 {
                next[cell] = 0.0;
                continue;
            }
            let labour = self.technology.labour_share[region * j + cell / n];
            let wages = labour * self.output[cell] * self.labour_factor(cell, log_wage[region]);
            let gap = ln1((wages / base).max(f64::MIN_POSITIVE)) - log_wage[region] - size;
            next[cell] = size + self.technology.step[cell] * gap.clamp(-1.0, 1.0);
            largest = if gap.abs() > largest || gap.is_nan() { gap.abs() } else { largest };
        }
        largest
    }

    #[inline(always)]
    fn evaluate(&mut self, z: &[f64], gz: &mut [f64]) -> f64 {
        let (n, cells) = (self.calibration.region_count(), self.log_cost.len());
        let (log_wage, rest) = z.split_at(n);
        let (log_price, rest) = rest.split_at(cells);
        let (log_expenditure, rest) = rest.split_at(cells);
        let (wedges, sizes) = rest.split_at(self.wedges.len());
        let (new_wage, rest) = gz.split_at_mut(n);
        let (new_price, rest) = rest.split_at_mut(cells);
        let (new_log_expenditure, rest) = rest.split_at_mut(cells);
        let (new_wedges, new_sizes) = rest.split_at_mut(self.wedges.len());
        self.sizes.copy_from_slice(sizes);
        self.log_wage.copy_from_slice(log_wage);
        self.log_price.copy_from_slice(log_price);
        self.unit_costs(log_wage, log_price);
        self.barriers.caps.apply(wedges, self.barriers.stride, &mut self.capped);
        self.clear_markets(log_expenditure, new_price);
        self.spend(log_wage, log_price);
        new_log_expenditure.copy_from_slice(&self.new_expenditure);
        map_each(new_log_expenditure, ln1);
        let mut wage_gap: f64 = 0.0;
        let mut world = 0.0;
        for region in 0..n {
            let demand = self.factor_demand[region].max(f64::MIN_POSITIVE);
            let gap = ln1(demand / self.wage_bill[region]);
            wage_gap = max_abs(&[wage_gap, gap]);
            new_wage[region] = log_wage[region] + self.wage_step[region] * gap.clamp(-1.0, 1.0);
            self.next_wage_bill[region] = exp1(new_wage[region]) * self.technology.wages[region];
            world += self.next_wage_bill[region];
        }
        // World wages stay what they were; without markups that is world value added.
        world /= self.technology.wages.iter().sum::<f64>();
        let shift = ln1(world);
        new_wage.iter_mut().for_each(|w| *w -= shift);
        self.next_wage_bill.iter_mut().for_each(|bill| *bill /= world);
        let cap_gap = self.limit_quantities(wedges, new_wedges);
        let size_gap = self.resize_sectors(log_wage, sizes, new_sizes);
        let gaps = [
            cap_gap,
            size_gap,
            wage_gap,
            max_gap(new_price, log_price),
            max_gap(new_log_expenditure, log_expenditure),
        ];
        max_abs(&gaps)
    }
}

impl FixedPoint for Model<'_> {
    type Error = EquilibriumError;

    fn image(&mut self, z: &[f64], gz: &mut [f64]) -> Result<f64, EquilibriumError> {
        self.evaluations += 1;
        Ok(pulp::Arch::new().dispatch(Evaluate { model: self, z, gz }))
    }

    fn tangent(&mut self, v: &[f64], out: &mut [f64]) {
        pulp::Arch::new().dispatch(Differentiate { model: self, v, out });
    }
}

/// One evaluation, compiled for the processor's widest unit.
struct Evaluate<'m, 'a> {
    model: &'m mut Model<'a>,
    z: &'m [f64],
    gz: &'m mut [f64],
}

impl pulp::NullaryFnOnce for Evaluate<'_, '_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        self.model.evaluate(self.z, self.gz)
    }
}

/// One product with the derivative, likewise.
struct Differentiate<'m, 'a> {
    model: &'m mut Model<'a>,
    v: &'m [f64],
    out: &'m mut [f64],
}

impl pulp::NullaryFnOnce for Differentiate<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.model.differentiate(self.v, self.out);
    }
}

/// Final shares at these prices, from those of the base year; returns the
/// logarithm of the price of final spending.
#[inline(always)]
fn spending_shares(share: &mut [f64], power: f64, log_price: impl Fn(usize) -> f64) -> f64 {
    if power == 0.0 {
        return share.iter().enumerate().map(|(sector, share)| share * log_price(sector)).sum();
    }
    for (sector, share) in share.iter_mut().enumerate() {
        *share *= exp1(power * log_price(sector));
    }
    let sum: f64 = share.iter().sum();
    share.iter_mut().for_each(|share| *share /= sum);
    ln1(sum) / power
}

/// `Σ ζ V′ / Σ V′`: what deficits in proportion to earnings do not add up to.
pub(super) fn income_pool(deficit: &[f64], wages: &[f64], wage_bill: &[f64]) -> f64 {
    let earned: f64 = wage_bill.iter().sum();
    let owed: f64 =
        deficit.iter().zip(wages).zip(wage_bill).map(|((deficit, wages), bill)| deficit / wages * bill).sum();
    owed / earned
}

/// The numeraire's price in units of world value added per worker.
fn numeraire_hat(closure: Closure, log_wage: &[f64]) -> f64 {
    match closure.numeraire {
        Numeraire::WorldValueAdded => 1.0,
        Numeraire::Wage(region) => exp1(log_wage[region]),
    }
}

/// `1 / (1 + η)`: η is the elasticity of the region's labour demand to its own
/// costs in the base year, `Σ_j s_j θ_j Σ_m (Q[j,m,n] / Y[j,n]) (1 − π[j,m,n])`,
/// `s` being the sectors' shares in its value added.
pub(super) fn wage_step(calibration: &Calibration) -> Vec<f64> {
    let (n, j) = (calibration.region_count(), calibration.sector_count());
    let mut elasticity = vec![0.0; n];
    for row in 0..j * n {
        let (sector, importer) = (row / n, row % n);
        let spent = calibration.expenditure[row];
        let shares = &calibration.trade_share[row * n..][..n];
        for (exporter, share) in shares.iter().enumerate() {
            let beta = calibration.value_added_share[exporter * j + sector];
            let duty = 1.0 + calibration.base.tariff[(sector * n + importer) * n + exporter];
            let earned = beta * share * spent / duty / calibration.value_added[exporter];
            elasticity[exporter] += earned * calibration.theta[sector] * (1.0 - share);
        }
    }
    elasticity.iter().map(|eta| 1.0 / (1.0 + eta)).collect()
}
