//! What each region would do if the others stood still.
//!
//! One evaluation passes a change from inputs to prices, or from output to
//! incomes, by one link. Most links lie inside a region, so a step that solves
//! every region for itself needs half as many evaluations:
//!
//! ```text
//! g̃(z) = z + (I − G)⁻¹ (g(z) − z)
//!
//! G, a block a region:   dĉ[k]  = β[k] dŵ + Σ_i γ[i,k] dP̂[i]
//!                        dP̂′[k] = π[k] dĉ[k]
//!                        dY[k]  = Q[k] dX[k] − ε[k] Y[k] dĉ[k]
//!                        dX′[i] = (Σ_k γ[i,k] dY[k] + α[i] V dŵ) / X[i]
//!                        dŵ′    = dŵ + v (Σ_k β[k] dY[k] / V − dŵ)
//! ```
//!
//! in logarithms but for `dY`, at the base year; `π`, `Q` are the region's
//! purchases from itself, `ε` the elasticity of its sales to its cost. The fixed
//! point is that of `g`, whatever `G`: this one leaves out taxes, the numeraire
//! and all that a [variant](super::variant) changes.

use super::calibration::Calibration;
use super::residual::wage_step;
use crate::numerics::linear::{Arithmetic, Singular, inverse};

/// `(I − G)⁻¹`.
#[derive(Clone, Debug)]
pub(super) struct Responses {
    regions: usize,
    /// Wage, prices, expenditures: `1 + 2J`.
    rows: usize,
    /// `[row, column, region]`. It only guides the iteration, so half the digits do.
    inverse: Vec<f32>,
    /// `v` of these blocks; the evaluation must take the same.
    pub wage_step: Vec<f64>,
}

impl Responses {
    /// Of the base year, at the elasticities of `calibration`.
    pub fn new(calibration: &Calibration, arithmetic: Arithmetic) -> Result<Self, Singular> {
        let (n, rows) = (calibration.region_count(), 1 + 2 * calibration.sector_count());
        let (wage_step, elasticity) = (wage_step(calibration), calibration.sales_elasticity());
        let mut blocks = vec![0.0; rows * rows * n];
        for region in 0..n {
            let block = block(calibration, region, wage_step[region], &elasticity);
            for (cell, value) in inverse(&block, rows, arithmetic)?.into_iter().enumerate() {
                blocks[cell * n + region] = value as f32;
            }
        }
        Ok(Self { regions: n, rows, inverse: blocks, wage_step })
    }

    /// Turns the image of `z` under `g` into that under `g̃`.
    pub fn apply(&self, z: &[f64], gz: &mut [f64]) {
        pulp::Arch::new().dispatch(Apply { responses: self, z, gz });
    }
}

struct Apply<'a> {
    responses: &'a Responses,
    z: &'a [f64],
    gz: &'a mut [f64],
}

impl pulp::NullaryFnOnce for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (n, rows) = (self.responses.regions, self.responses.rows);
        let known = rows * n;
        let gap: Vec<f64> = self.gz[..known].iter().zip(self.z).map(|(g, z)| g - z).collect();
        self.gz[..known].copy_from_slice(&self.z[..known]);
        for (row, next) in self.gz[..known].chunks_exact_mut(n).enumerate() {
            let inverse = self.responses.inverse[row * known..][..known].chunks_exact(n);
            for (factors, gap) in inverse.zip(gap.chunks_exact(n)) {
                for region in 0..n {
                    next[region] += f64::from(factors[region]) * gap[region];
                }
            }
        }
    }
}

/// `I − G` of a region, `[row, column]`.
fn block(calibration: &Calibration, region: usize, wage_step: f64, elasticity: &[f64]) -> Vec<f64> {
    let (n, j) = (calibration.region_count(), calibration.sector_count());
    let rows = 1 + 2 * j;
    let cell = |sector: usize| sector * n + region;
    let own = |sector: usize| calibration.trade_share[cell(sector) * n + region];
    let labour = &calibration.value_added_share[region * j..][..j];
    let value_added = calibration.value_added[region];
    // Change of a sector's cost, then of its output, with every unknown.
    let mut cost = vec![0.0; j * rows];
    let mut output = vec![0.0; j * rows];
    for k in 0..j {
        let (cost, output) = (&mut cost[k * rows..][..rows], &mut output[k * rows..][..rows]);
        cost[0] = labour[k];
        for input in 0..j {
            cost[1 + input] = calibration.input_share[(region * j + input) * j + k];
        }
        let sold = calibration.output[cell(k)];
        output.iter_mut().zip(&*cost).for_each(|(dy, dc)| *dy = -elasticity[cell(k)] * sold * dc);
        output[1 + j + k] += own(k) * calibration.expenditure[cell(k)];
    }
    let mut block = vec![0.0; rows * rows];
    for column in 0..rows {
        let earned: f64 = (0..j).map(|k| labour[k] * output[k * rows + column]).sum();
        block[column] = -wage_step * earned / value_added;
        for i in 0..j {
            block[(1 + i) * rows + column] = -own(i) * cost[i * rows + column];
            let gamma = &calibration.input_share[(region * j + i) * j..][..j];
            let mut spent: f64 = (0..j).map(|k| gamma[k] * output[k * rows + column]).sum();
            if column == 0 {
                spent += calibration.final_share[region * j + i] * value_added;
            }
            let before = calibration.expenditure[cell(i)];
            block[(1 + j + i) * rows + column] = if before > 0.0 { -spent / before } else { 0.0 };
        }
    }
    (1..rows).for_each(|row| block[row * rows + row] += 1.0);
    block[0] += wage_step;
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equilibrium::Closure;
    use crate::equilibrium::barriers::Barriers;
    use crate::equilibrium::residual::Model;
    use crate::equilibrium::technology::Technology;
    use crate::equilibrium::variant::Variant;
    use crate::ledger::PolicyState;
    use crate::numerics::newton::FixedPoint;
    use crate::world::tests::small;

    /// Without taxes, prices and expenditures of a region move with its own
    /// unknowns as the model's derivative says.
    #[test]
    fn the_blocks_are_those_of_the_derivative() {
        let world = small();
        let mut base = PolicyState::of_world(&world, world.base_date);
        base.tariff.fill(0.0);
        base.export_tax.fill(0.0);
        let calibration = Calibration::new(&world, base, &[4.0, 7.0]).unwrap();
        let (n, rows) = (calibration.region_count(), 1 + 2 * calibration.sector_count());
        let (steps, elasticity) = (wage_step(&calibration), calibration.sales_elasticity());
        let barriers = Barriers::new(&calibration, &calibration.base).unwrap();
        let technology = Technology::new(&calibration, &Variant::default()).unwrap();
        let mut model = Model::new(&calibration, &barriers, Closure::default(), technology, steps.clone());
        let (z, mut product) = (model.start(), vec![0.0; rows * n]);
        model.image(&z, &mut product).unwrap();
        for region in 0..n {
            let block = block(&calibration, region, steps[region], &elasticity);
            for column in 0..rows {
                let mut v = vec![0.0; rows * n];
                v[column * n + region] = 1.0;
                model.tangent(&v, &mut product);
                for row in 1..rows {
                    let unit = if row == column { 1.0 } else { 0.0 };
                    let (got, want) = (block[row * rows + column], unit - product[row * n + region]);
                    assert!((got - want).abs() < 1e-12, "region {region}: {row}, {column}: {got} {want}");
                }
            }
        }
    }
}
