//! One evaluation of all equations as a fixed point, and its derivative.
//!
//! The state is `(ln ŵ, ln Ê, ln L̂, ln P̂)`, `[4, N]`. Its image takes prices
//! from (O1), then spending from (O3) and hours from (O4) at these prices, and
//! moves wages by the gap of (O2):
//!
//! ```text
//! ln ŵ ← ln ŵ + s ( ln(β Q + ν Σ X′) − ln(Y′ + z g) ),   s[i] = 1 / (1 + ε (1 − own share in sales))
//! ```
//!
//! Prices, spending and wages are then divided by the level of the numeraire.
//! Every sum over partners runs over `λ (1+t)^(−ε φ)`, taken once a case.

use crate::equilibrium::EquilibriumError;
use crate::equilibrium::one_sector::{Case, Economy, Numeraire, Revenue};
use crate::numerics::newton::FixedPoint;
use crate::numerics::vector::{add_scaled, dot, exp, exp1, ln, ln1, pow1};

/// `out[i] = Σ_j weight[i,j] v[j]`, by the processor's widest unit.
struct OverExporters<'a>(&'a [f64], &'a [f64], &'a mut [f64]);

impl pulp::NullaryFnOnce for OverExporters<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self(weight, v, out) = self;
        for (o, row) in out.iter_mut().zip(weight.chunks_exact(v.len())) {
            *o = dot(row, v);
        }
    }
}

/// `out[j] = Σ_i weight[i,j] v[i]`, by the processor's widest unit.
struct OverImporters<'a>(&'a [f64], &'a [f64], &'a mut [f64]);

impl pulp::NullaryFnOnce for OverImporters<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self(weight, v, out) = self;
        out.fill(0.0);
        for (v, row) in v.iter().zip(weight.chunks_exact(v.len())) {
            add_scaled(out, *v, row);
        }
    }
}

fn over_exporters(weight: &[f64], v: &[f64], out: &mut [f64]) {
    pulp::Arch::new().dispatch(OverExporters(weight, v, out));
}

fn over_importers(weight: &[f64], v: &[f64], out: &mut [f64]) {
    pulp::Arch::new().dispatch(OverImporters(weight, v, out));
}

/// A case as weights, and the workings of the last evaluation.
pub(super) struct Model<'a> {
    economy: &'a Economy,
    case: &'a Case,
    /// `λ (1+t)^(−ε φ)`, `[importer, exporter]`.
    gross: Vec<f64>,
    /// The same over `1+t`.
    net: Vec<f64>,
    /// `z`.
    unpaid: Vec<f64>,
    step: Vec<f64>,
    total_income: f64,
    /// `c^(−ε)`, `[exporter]`.
    pub(super) supply: Vec<f64>,
    /// `S`, `[importer]`.
    pub(super) sum: Vec<f64>,
    /// `Σ_j A/(1+t)`, `[importer]`.
    net_sum: Vec<f64>,
    /// `E′`.
    pub(super) spending: Vec<f64>,
    /// `Σ_j X′`, `[importer]`.
    net_spending: Vec<f64>,
    /// `R`.
    pub(super) revenue: Vec<f64>,
    /// `Q`.
    pub(super) sales: Vec<f64>,
    /// `Y′`.
    pub(super) income: Vec<f64>,
    /// `β Q + ν Σ X′`.
    demand: Vec<f64>,
    /// `R + Y′ + (1−β) Q + T g`.
    budget: Vec<f64>,
    /// `g`.
    pub(super) growth: f64,
    /// Prices of (O1) before the numeraire, as logarithms.
    log_price: Vec<f64>,
    /// Wages of the image before the numeraire, as logarithms.
    log_wage: Vec<f64>,
    /// Gap of each country's worst equation, and which it is.
    gap: Vec<(f64, &'static str)>,
    pub(super) evaluations: usize,
}

impl<'a> Model<'a> {
    pub(super) fn new(economy: &'a Economy, case: &'a Case) -> Self {
        let n = economy.region_count();
        let parameters = &economy.parameters;
        let mut gross = economy.trade_share.clone();
        let mut net = economy.trade_share.clone();
        for (cell, t) in case.tariff.iter().enumerate().filter(|(_, t)| **t != 0.0) {
            if *t == f64::INFINITY {
                (gross[cell], net[cell]) = (0.0, 0.0);
                continue;
            }
            let power = -parameters.trade_elasticity * parameters.pass_through[cell / n];
            gross[cell] *= pow1(1.0 + t, power);
            net[cell] = gross[cell] / (1.0 + t);
        }
        let mut unpaid = vec![0.0; n];
        let total: f64 = case.transfer.iter().sum();
        let rounding: f64 = case.transfer.iter().map(|t| t.abs()).sum::<f64>() * 1e-12;
        if total.abs() > rounding {
            unpaid[case.absorber] = total;
        }
        let zeros = || vec![0.0; n];
        let mut model = Self {
            gross,
            net,
            unpaid,
            step: zeros(),
            total_income: economy.income.iter().sum(),
            supply: zeros(),
            sum: zeros(),
            net_sum: zeros(),
            spending: zeros(),
            net_spending: zeros(),
            revenue: zeros(),
            sales: zeros(),
            income: zeros(),
            demand: zeros(),
            budget: zeros(),
            growth: 1.0,
            log_price: zeros(),
            log_wage: zeros(),
            gap: vec![(0.0, ""); n],
            evaluations: 0,
            economy,
            case,
        };
        model.step = model.steps();
        model
    }

    /// `1 / (1 + ε (1 − own share))`, the own share being that of a country's
    /// goods where they are sold, weighted with sales.
    fn steps(&self) -> Vec<f64> {
        let n = self.economy.region_count();
        let (mut sales, mut own) = (vec![0.0; n], vec![0.0; n]);
        for (importer, row) in self.economy.trade_share.chunks_exact(n).enumerate() {
            for (exporter, share) in row.iter().enumerate() {
                let sold = share * self.economy.expenditure[importer];
                sales[exporter] += sold;
                own[exporter] += sold * share;
            }
        }
        let epsilon = self.economy.parameters.trade_elasticity;
        (0..n).map(|j| 1.0 / (1.0 + epsilon * (1.0 - own[j] / sales[j].max(f64::MIN_POSITIVE)))).collect()
    }

    /// The country and the equation that are farthest from holding.
    pub(super) fn worst(&self) -> String {
        let mut worst = 0;
        for (i, (gap, _)) in self.gap.iter().enumerate() {
            let current = self.gap[worst].0;
            if !current.is_nan() && (gap.is_nan() || *gap > current) {
                worst = i;
            }
        }
        format!("{} of {}", self.gap[worst].1, self.economy.codes[worst])
    }

    /// A market that no supplier is left in.
    pub(super) fn no_supplier(&self) -> Option<EquilibriumError> {
        let n = self.economy.region_count();
        let importer = self.gross.chunks_exact(n).position(|row| row.iter().sum::<f64>() <= 0.0)?;
        Some(EquilibriumError::NoSupplier {
            sector: "goods".to_owned(),
            importer: self.economy.codes[importer].clone(),
        })
    }

    /// `X′`, `[importer, exporter]`, and the shares behind it.
    pub(super) fn trade(&self) -> (Vec<f64>, Vec<f64>) {
        let n = self.economy.region_count();
        let spread = |weight: &[f64], factor: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let rows = weight.chunks_exact(n).enumerate();
            rows.flat_map(|(i, row)| {
                let factor = factor(i);
                row.iter().zip(&self.supply).map(move |(w, u)| w * u * factor)
            })
            .collect()
        };
        let trade = spread(&self.net, &|i| self.spending[i] / self.sum[i]);
        (trade, spread(&self.gross, &|i| 1.0 / self.sum[i]))
    }
}

/// `ln x`, the same bits on every processor; NaN where there is none, which the
/// iterations take for a bad point.
fn log(x: f64) -> f64 {
    if x > 0.0 && x.is_finite() { ln1(x) } else { f64::NAN }
}

/// The four blocks of a state.
fn blocks(x: &[f64], n: usize) -> (&[f64], &[f64], &[f64], &[f64]) {
    (&x[..n], &x[n..2 * n], &x[2 * n..3 * n], &x[3 * n..])
}

impl FixedPoint for Model<'_> {
    type Error = EquilibriumError;

    fn image(&mut self, x: &[f64], gx: &mut [f64]) -> Result<f64, EquilibriumError> {
        self.evaluations += 1;
        let economy = self.economy;
        let n = economy.region_count();
        let (lw, le, ll, lp) = blocks(x, n);
        let Scalars { epsilon, kappa, psi, beta } = Scalars::of(economy);
        let nu = &economy.parameters.distribution;
        let phi = &economy.parameters.pass_through;

        for j in 0..n {
            let scale = psi * ((1.0 - beta) * (lw[j] - lp[j]) + ll[j]);
            self.supply[j] = -epsilon * (beta * lw[j] + (1.0 - beta) * lp[j] - scale);
            self.income[j] = lw[j] + ll[j];
            self.spending[j] = le[j];
        }
        exp(&mut self.supply);
        exp(&mut self.income);
        exp(&mut self.spending);
        over_exporters(&self.gross, &self.supply, &mut self.sum);
        over_exporters(&self.net, &self.supply, &mut self.net_sum);
        self.log_price.copy_from_slice(&self.sum);
        ln(&mut self.log_price);
        let mut per_weight = vec![0.0; n];
        for i in 0..n {
            self.log_price[i] = (1.0 - phi[i]) * (le[i] - lw[i]) - self.log_price[i] / epsilon;
            self.income[i] *= economy.income[i];
            self.spending[i] *= economy.expenditure[i];
            let factor = self.spending[i] / self.sum[i];
            self.net_spending[i] = factor * self.net_sum[i];
            self.revenue[i] = factor * (self.sum[i] - self.net_sum[i]);
            per_weight[i] = (1.0 - nu[i]) * factor;
        }
        over_importers(&self.net, &per_weight, &mut self.sales);
        self.growth = self.income.iter().sum::<f64>() / self.total_income;

        let mut residual: f64 = 0.0;
        for i in 0..n {
            self.sales[i] *= self.supply[i];
            self.demand[i] = beta * self.sales[i] + nu[i] * self.net_spending[i];
            self.budget[i] = self.revenue[i]
                + self.income[i]
                + (1.0 - beta) * self.sales[i]
                + self.case.transfer[i] * self.growth;
            let gap = log(self.demand[i] / (self.income[i] + self.unpaid[i] * self.growth));
            let log_relief = match self.case.revenue {
                Revenue::WageTax => -log(1.0 - self.revenue[i] / self.income[i]),
                Revenue::LumpSum => 0.0,
            };
            self.log_wage[i] = lw[i] + self.step[i] * gap;
            gx[n + i] = log(self.budget[i] / economy.expenditure[i]);
            gx[2 * n + i] = kappa * (lw[i] - self.log_price[i] + log_relief);
            let gaps = [
                (gap.abs(), "the market for the goods"),
                ((gx[n + i] - le[i]).abs(), "the budget"),
                ((gx[2 * n + i] - ll[i]).abs(), "the hours"),
                ((self.log_price[i] - lp[i]).abs(), "the prices"),
            ];
            let larger = |a: (f64, _), b: (f64, _)| if b.0 > a.0 || b.0.is_nan() { b } else { a };
            self.gap[i] = gaps.into_iter().fold((0.0, ""), larger);
            residual = if self.gap[i].0.is_nan() { f64::NAN } else { residual.max(self.gap[i].0) };
            if residual.is_nan() {
                return Ok(f64::NAN);
            }
        }
        let level = self.level();
        for i in 0..n {
            gx[i] = self.log_wage[i] - level;
            gx[n + i] -= level;
            gx[3 * n + i] = self.log_price[i] - level;
        }
        Ok(residual.max(level.abs()))
    }

    fn tangent(&mut self, v: &[f64], out: &mut [f64]) {
        let economy = self.economy;
        let n = economy.region_count();
        let (dw, de, dl, dp) = blocks(v, n);
        let Scalars { epsilon, kappa, psi, beta } = Scalars::of(economy);
        let nu = &economy.parameters.distribution;
        let phi = &economy.parameters.pass_through;

        let mut du = vec![0.0; n];
        let mut dlog_u = vec![0.0; n];
        for j in 0..n {
            let scale = psi * ((1.0 - beta) * (dw[j] - dp[j]) + dl[j]);
            dlog_u[j] = -epsilon * (beta * dw[j] + (1.0 - beta) * dp[j] - scale);
            du[j] = self.supply[j] * dlog_u[j];
        }
        let (mut dsum, mut dnet_sum, mut dsales) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        over_exporters(&self.gross, &du, &mut dsum);
        over_exporters(&self.net, &du, &mut dnet_sum);
        let (mut dper_weight, mut dprice) = (vec![0.0; n], vec![0.0; n]);
        let (mut drevenue, mut dnet) = (vec![0.0; n], vec![0.0; n]);
        for i in 0..n {
            let factor = self.spending[i] / self.sum[i];
            let dfactor = factor * (de[i] - dsum[i] / self.sum[i]);
            dprice[i] = (1.0 - phi[i]) * (de[i] - dw[i]) - dsum[i] / self.sum[i] / epsilon;
            dnet[i] = dfactor * self.net_sum[i] + factor * dnet_sum[i];
            drevenue[i] = dfactor * (self.sum[i] - self.net_sum[i]) + factor * (dsum[i] - dnet_sum[i]);
            dper_weight[i] = (1.0 - nu[i]) * dfactor;
        }
        over_importers(&self.net, &dper_weight, &mut dsales);
        let dincome: Vec<f64> = (0..n).map(|i| self.income[i] * (dw[i] + dl[i])).collect();
        let dgrowth = dincome.iter().sum::<f64>() / self.total_income;
        let mut dwage = vec![0.0; n];
        for i in 0..n {
            dsales[i] = dsales[i] * self.supply[i] + self.sales[i] * dlog_u[i];
            let earned = self.income[i] + self.unpaid[i] * self.growth;
            let dgap = (beta * dsales[i] + nu[i] * dnet[i]) / self.demand[i]
                - (dincome[i] + self.unpaid[i] * dgrowth) / earned;
            let dbudget =
                drevenue[i] + dincome[i] + (1.0 - beta) * dsales[i] + self.case.transfer[i] * dgrowth;
            let drelief = match self.case.revenue {
                Revenue::WageTax => {
                    let part = self.revenue[i] / self.income[i];
                    (drevenue[i] / self.income[i] - part * (dw[i] + dl[i])) / (1.0 - part)
                }
                Revenue::LumpSum => 0.0,
            };
            dwage[i] = dw[i] + self.step[i] * dgap;
            out[n + i] = dbudget / self.budget[i];
            out[2 * n + i] = kappa * (dw[i] - dprice[i] + drelief);
        }
        let dlevel = self.dlevel(&dwage, &dprice);
        for i in 0..n {
            out[i] = dwage[i] - dlevel;
            out[n + i] -= dlevel;
            out[3 * n + i] = dprice[i] - dlevel;
        }
    }
}

impl Model<'_> {
    /// Logarithm of the numeraire's price in the image before it is divided out.
    fn level(&self) -> f64 {
        let (weight, logs) = self.basket();
        let total: f64 = weight.iter().sum();
        log(weight.iter().zip(logs).map(|(w, l)| w * exp1(*l)).sum::<f64>() / total)
    }

    fn dlevel(&self, dwage: &[f64], dprice: &[f64]) -> f64 {
        let (weight, logs) = self.basket();
        let change = match self.case.numeraire {
            Numeraire::PriceIndex => dprice,
            Numeraire::Wages => dwage,
        };
        let (mut total, mut moved) = (0.0, 0.0);
        for i in 0..weight.len() {
            let value = weight[i] * exp1(logs[i]);
            total += value;
            moved += value * change[i];
        }
        moved / total
    }

    fn basket(&self) -> (&[f64], &[f64]) {
        match self.case.numeraire {
            Numeraire::PriceIndex => (&self.economy.expenditure, &self.log_price),
            Numeraire::Wages => (&self.economy.income, &self.log_wage),
        }
    }
}

/// The parameters that are one number.
struct Scalars {
    epsilon: f64,
    kappa: f64,
    psi: f64,
    beta: f64,
}

impl Scalars {
    fn of(economy: &Economy) -> Self {
        let p = &economy.parameters;
        Self { epsilon: p.trade_elasticity, kappa: p.labour_supply, psi: p.scale, beta: p.value_added_share }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equilibrium::one_sector::{Parameters, pass_through};
    use crate::numerics::vector::max_abs;

    /// The central difference of the map converges to the product at order
    /// two: a ten times smaller step, a hundred times smaller error.
    #[test]
    fn the_product_is_the_derivative() {
        let distribution = vec![0.1, 0.25, 0.0];
        let parameters = Parameters {
            trade_elasticity: 4.0,
            labour_supply: 0.5,
            scale: 0.15,
            value_added_share: 0.6,
            pass_through: distribution.iter().map(|nu| pass_through(*nu, 0.15)).collect(),
            distribution,
        };
        let trade = vec![80.0, 10.0, 20.0, 15.0, 120.0, 5.0, 9.0, 22.0, 60.0];
        let codes = ["A", "B", "C"].map(str::to_owned).to_vec();
        let economy = Economy::new(codes, trade, parameters).unwrap();
        let mut case = Case::base(&economy);
        (case.tariff[1], case.tariff[5]) = (0.3, 0.15);
        case.transfer[0] += 2.0;
        for (numeraire, revenue) in
            [(Numeraire::PriceIndex, Revenue::WageTax), (Numeraire::Wages, Revenue::LumpSum)]
        {
            (case.numeraire, case.revenue) = (numeraire, revenue);
            let mut model = Model::new(&economy, &case);
            let z: Vec<f64> = (0..12).map(|i| 0.1 * (2.0 + i as f64).cos()).collect();
            let v: Vec<f64> = (0..12).map(|i| (1.0 + i as f64 * 0.7).sin()).collect();
            let (mut product, mut image) = (vec![0.0; 12], vec![0.0; 12]);
            model.image(&z, &mut image).unwrap();
            model.tangent(&v, &mut product);
            let mut error = |h: f64| {
                let mut at = |h: f64| {
                    let point: Vec<f64> = z.iter().zip(&v).map(|(z, v)| z + h * v).collect();
                    let mut image = vec![0.0; 12];
                    model.image(&point, &mut image).unwrap();
                    image
                };
                let (up, down) = (at(h), at(-h));
                let gap: Vec<f64> = (0..12).map(|i| (up[i] - down[i]) / (2.0 * h) - product[i]).collect();
                max_abs(&gap)
            };
            let (coarse, fine) = (error(1e-3), error(1e-4));
            assert!(fine < coarse / 90.0 + 1e-10, "{coarse:e} {fine:e}");
        }
    }
}
