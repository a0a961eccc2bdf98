//! The adjoint of one objective, without the wage matrix.
//!
//! The wage matrix of [`adjoint`](super::adjoint) costs a column of both loops a
//! region and serves any number of objectives. For one it is cheaper to find `φ`
//! along with everything else, by Anderson acceleration of
//!
//! ```text
//! κ, m ← loop A once,   v, ζ ← loop B once,   φ ← φ − (wage row / w L) / (1 + η)
//! ```
//!
//! `η` is the elasticity of a region's labour demand to its wage. Where the iteration
//! does not arrive, the wage matrix does.

use super::adjoint::{Incomes, Source, wage_row};
use super::economy::Shadow;
use super::linkages::Linkages;
use crate::numerics::anderson;
use crate::numerics::vector::{add_scaled, dot, max_abs, max_gap};

/// Evaluations at the most; each is one sweep of each loop.
const MOST_EVALUATIONS: usize = 120;

/// The shadow values of `source`, from those of `near` if they are of this kind;
/// `None` if the iteration does not arrive.
pub(super) fn solve(
    linkages: &Linkages,
    incomes: &Incomes,
    source: &Source,
    near: &[Shadow],
    tolerance: f64,
) -> Option<Shadow> {
    let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
    let mut x = vec![0.0; (2 * j + 2) * n];
    if let [shadow] = near
        && shadow.state.len() == x.len()
    {
        x.copy_from_slice(&shadow.state);
    }
    let mut chain = Chain::new(linkages, incomes, source);
    let options = anderson::Options {
        target: 0.1 * tolerance,
        tolerance: 0.1 * tolerance,
        max_evaluations: MOST_EVALUATIONS,
        memory: 20,
        step_limit: f64::INFINITY,
        arithmetic: linkages.arithmetic,
    };
    let image = |x: &[f64], gx: &mut [f64]| {
        Ok::<_, ()>(pulp::Arch::new().dispatch(Evaluate { chain: &mut chain, x, gx }))
    };
    let outcome = anderson::iterate(&mut x, &options, image).ok().filter(|outcome| outcome.converged)?;
    debug_assert!(outcome.residual <= tolerance);
    Some(Shadow {
        sales: x[..j * n].to_vec(),
        revenue: x[j * n..(j + 1) * n].to_vec(),
        prices: x[(j + 1) * n..(2 * j + 1) * n].to_vec(),
        state: x,
    })
}

/// The map and its workings. State: `κ`, `m`, `v`, `φ`.
struct Chain<'a> {
    linkages: &'a Linkages<'a>,
    incomes: &'a Incomes,
    source: &'a Source,
    /// `1 / (1 + η)`, `[region]`.
    step: Vec<f64>,
    received: Vec<f64>,
    chi: Vec<f64>,
    burden: Vec<f64>,
    costs: Vec<f64>,
}

impl<'a> Chain<'a> {
    fn new(linkages: &'a Linkages, incomes: &'a Incomes, source: &'a Source) -> Self {
        let calibration = linkages.calibration;
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let mut elasticity = vec![0.0; n];
        for cell in 0..j * n {
            let (sector, region) = (cell / n, cell % n);
            let labour = calibration.value_added_share[region * j + sector] * linkages.output[cell];
            let abroad = 1.0 - linkages.own_received[cell].min(1.0);
            elasticity[region] += labour / incomes.wages[region] * calibration.theta[sector] * abroad;
        }
        let step = elasticity.iter().map(|eta| 1.0 / (1.0 + eta)).collect();
        let zeros = || vec![0.0; j * n];
        Self {
            linkages,
            incomes,
            source,
            step,
            received: zeros(),
            chi: zeros(),
            burden: zeros(),
            costs: zeros(),
        }
    }

    #[inline(always)]
    fn evaluate(&mut self, x: &[f64], gx: &mut [f64]) -> f64 {
        let (linkages, calibration) = (self.linkages, self.linkages.calibration);
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let (sales, income) = (&x[..j * n], &x[j * n..(j + 1) * n]);
        let (prices, phi) = (&x[(j + 1) * n..(2 * j + 1) * n], &x[(2 * j + 1) * n..]);
        let (new_sales, rest) = gx.split_at_mut((j + 1) * n);
        let (new_prices, new_phi) = rest.split_at_mut(j * n);
        let at = |values: &[f64], cell: usize| values.get(cell).copied().unwrap_or(0.0);
        // Loop A.
        for cell in 0..j * n {
            let (sector, region) = (cell / n, cell % n);
            let row = cell * n..(cell + 1) * n;
            let mut sum = dot(&linkages.received[row.clone()], &sales[sector * n..][..n]);
            if linkages.taxed[sector] {
                sum += dot(&linkages.export_duties[row], income);
            }
            let labour = calibration.value_added_share[region * j + sector] * phi[region];
            sum += linkages.own_received[cell] * labour + at(&self.source.spending, cell);
            self.received[cell] = sum + linkages.duties[cell] * at(&self.source.income, region);
        }
        let mut gathered = vec![0.0; 2 * j];
        for region in 0..n {
            let (from, _) = gathered.split_at_mut(j);
            (0..j).for_each(|s| from[s] = self.received[s * n + region]);
            for row in 0..=j {
                let value = dot(&linkages.pass_sales[(region * (j + 1) + row) * j..][..j], from);
                let fixed = if row < j {
                    calibration.value_added_share[region * j + row] * phi[region]
                } else {
                    at(&self.source.income, region)
                };
                new_sales[row * n + region] = value + fixed;
            }
            for row in 0..j {
                let value = dot(&linkages.spend[(region * j + row) * j..][..j], from);
                self.chi[row * n + region] = value - at(&self.source.spending, row * n + region);
            }
        }
        let (new_sales, new_income) = new_sales.split_at(j * n);
        // Loop B: dearer purchases less what they are worth to sellers.
        let mut sums = vec![0.0; n];
        for (sector, theta) in calibration.theta.iter().enumerate() {
            let plane = sector * n..(sector + 1) * n;
            sums.fill(0.0);
            for importer in 0..n {
                let cell = sector * n + importer;
                let net = prices[cell] - theta * self.chi[cell];
                add_scaled(&mut sums, net, &linkages.burden[cell * n..][..n]);
                add_scaled(&mut sums, theta * new_income[importer], &linkages.duties_paid[cell * n..][..n]);
            }
            for (region, cell) in plane.enumerate() {
                let sells = if linkages.output[cell] > 0.0 { 1.0 } else { 0.0 };
                let own =
                    linkages.own_burden[cell] * (at(&self.source.prices, cell) - theta * self.chi[cell]);
                let value = sells * new_sales[cell] + linkages.taxes_paid[cell] * new_income[region];
                self.burden[cell] = sums[region] + own + theta * value + at(&self.source.costs, cell);
            }
        }
        for region in 0..n {
            let (from, _) = gathered.split_at_mut(j);
            (0..j).for_each(|s| from[s] = self.burden[s * n + region]);
            for row in 0..j {
                let cell = row * n + region;
                let factors = (region * j + row) * j..(region * j + row + 1) * j;
                let passed = dot(&linkages.pass_prices[factors.clone()], from);
                new_prices[cell] = passed + at(&self.source.prices, cell);
                self.costs[cell] = dot(&linkages.cost[factors], from);
            }
        }
        // Wages.
        let world: f64 = self.incomes.wages.iter().sum();
        let pin = dot(&self.incomes.wages, phi) / world;
        let mut wage_gap: f64 = 0.0;
        wage_row(linkages, self.incomes, &self.costs, new_income, new_phi);
        for region in 0..n {
            let gap = new_phi[region] + phi[region] + pin;
            wage_gap = max_abs(&[wage_gap, gap]);
            new_phi[region] = phi[region] - self.step[region] * gap;
        }
        let relative = |gap: f64, size: f64| if size > 0.0 { gap / size } else { gap };
        max_abs(&[
            relative(max_gap(new_sales, sales), max_abs(new_sales)),
            relative(max_gap(new_income, income), max_abs(new_income)),
            relative(max_gap(new_prices, prices), max_abs(new_prices)),
            relative(wage_gap, max_abs(new_income)),
        ])
    }
}

/// One evaluation, compiled for the processor's widest unit.
struct Evaluate<'c, 'a> {
    chain: &'c mut Chain<'a>,
    x: &'c [f64],
    gx: &'c mut [f64],
}

impl pulp::NullaryFnOnce for Evaluate<'_, '_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        self.chain.evaluate(self.x, self.gx)
    }
}
