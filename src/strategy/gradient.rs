//! What every tax does to an objective, from its shadow values.
//!
//! With `h[s,j,i] = κ[s,i] + m[j] t (1+e) + m[i] e`, the value of a dollar that the
//! producer gets on a flow:
//!
//! ```text
//! common            = θ s Σ_k T[k] h[k] − v s X − θ T h
//! dΩ/d ln d         = common                                 iceberg cost
//! dΩ/d ln(1+t)      = common − T h + m[j] s X                import tariff
//! dΩ/d ln(1+e)      = common − T h + (1+e)(m[i] + m[j] t) T  export tax
//! ```
//!
//! | symbol | code             | meaning                                         | unit    | shape                          |
//! |--------|------------------|-------------------------------------------------|---------|--------------------------------|
//! | `s`    | `share`          | trade share, tariff-inclusive                   | 1       | `[sector, importer, exporter]` |
//! | `T`    | `trade`          | sales at producer prices                        | value   | `[sector, importer, exporter]` |
//! | `X`    | `spending`       | spending on a sector, tariffs included          | value   | `[sector, importer]`           |
//! | `κ`    | `shadow.sales`   | a dollar more of a sector's sales               | Ω/value | `[sector, exporter]`           |
//! | `m`    | `shadow.revenue` | a dollar more of revenue                        | Ω/value | `[region]`                     |
//! | `v`    | `shadow.prices`  | a dollar more for the same purchases            | Ω/value | `[sector, importer]`           |
//!
//! Every entry is of one operation once `Σ_k T h` of its market is known. Nothing
//! here depends on the model: shadow values are all that it knows of the world.

use super::economy::{Outcome, Policy, Shadow};

/// The gradient of one objective at one outcome.
#[derive(Clone, Debug)]
pub struct Gradient<'a> {
    n: usize,
    theta: &'a [f64],
    policy: &'a Policy,
    outcome: &'a Outcome,
    shadow: &'a Shadow,
    /// `T h`, `[sector, importer, exporter]`.
    worth: Vec<f64>,
    /// `θ Σ_k T h − v X`, `[sector, importer]`.
    market: Vec<f64>,
}

impl<'a> Gradient<'a> {
    /// From the shadow values of an objective at an outcome of a policy.
    pub fn new(theta: &'a [f64], policy: &'a Policy, outcome: &'a Outcome, shadow: &'a Shadow) -> Self {
        let n = shadow.revenue.len();
        let mut worth = vec![0.0; outcome.trade.len()];
        let mut market = vec![0.0; outcome.spending.len()];
        for (row, market) in market.iter_mut().enumerate() {
            let (sector, own, cells) = (row / n, shadow.revenue[row % n], row * n..(row + 1) * n);
            let (tariff, tax) = (&policy.tariff[cells.clone()], &policy.export_tax[cells.clone()]);
            let (sales, trade) = (&shadow.sales[sector * n..][..n], &outcome.trade[cells.clone()]);
            let worth = &mut worth[cells];
            for i in 0..n {
                let (border, taxed) = (tariff[i] * (1.0 + tax[i]), tax[i] * shadow.revenue[i]);
                // A prohibitive tax leaves no trade, and infinity times 0 no number.
                worth[i] = if trade[i] == 0.0 { 0.0 } else { trade[i] * (sales[i] + own * border + taxed) };
            }
            let sum: f64 = worth.iter().sum();
            *market = theta[sector] * sum - shadow.prices[row] * outcome.spending[row];
        }
        Self { n, theta, policy, outcome, shadow, worth, market }
    }

    /// `dΩ/d ln d` of one flow.
    #[inline]
    pub fn iceberg_at(&self, cell: usize) -> f64 {
        let theta = self.theta[cell / (self.n * self.n)];
        self.outcome.share[cell] * self.market[cell / self.n] - theta * self.worth[cell]
    }

    /// `dΩ/d ln(1+t)` of one flow, by any importer.
    #[inline]
    pub fn tariff_at(&self, cell: usize) -> f64 {
        let row = cell / self.n;
        let paid = self.outcome.share[cell] * self.outcome.spending[row];
        self.iceberg_at(cell) - self.worth[cell] + self.shadow.revenue[row % self.n] * paid
    }

    /// `dΩ/d ln(1+e)` of one flow, by any exporter.
    #[inline]
    pub fn export_tax_at(&self, cell: usize) -> f64 {
        let (trade, revenue) = (self.outcome.trade[cell], &self.shadow.revenue);
        let collected = if trade == 0.0 {
            0.0
        } else {
            let border = (1.0 + self.policy.export_tax[cell]) * trade;
            border * (revenue[cell % self.n] + revenue[cell / self.n % self.n] * self.policy.tariff[cell])
        };
        self.iceberg_at(cell) - self.worth[cell] + collected
    }

    /// What a limit on a flow is worth at the margin if prices at home and abroad
    /// stood still but for the flow's own: `dΩ/d ln(1+e)` over `−(1 + θ (1 − s))`, the
    /// elasticity of the quantity to its export tax in its market. The model's own
    /// [`limit_gradient`](super::CaliendoParro::limit_gradient) takes the rest in.
    #[inline]
    pub fn limit_at(&self, cell: usize) -> f64 {
        let theta = self.theta[cell / (self.n * self.n)];
        -self.export_tax_at(cell) / (1.0 + theta * (1.0 - self.outcome.share[cell]))
    }

    /// `dΩ/d ln(1+t)` of all flows, `[sector, importer, exporter]`.
    pub fn tariffs(&self) -> Vec<f64> {
        (0..self.outcome.trade.len()).map(|cell| self.tariff_at(cell)).collect()
    }

    /// `dΩ/d ln(1+e)` of all flows, `[sector, importer, exporter]`.
    pub fn export_taxes(&self) -> Vec<f64> {
        (0..self.outcome.trade.len()).map(|cell| self.export_tax_at(cell)).collect()
    }

    /// `dΩ/d ln d` of all flows, `[sector, importer, exporter]`.
    pub fn icebergs(&self) -> Vec<f64> {
        (0..self.outcome.trade.len()).map(|cell| self.iceberg_at(cell)).collect()
    }

    /// `dΩ/d ln A` of a region's productivity in all sectors, `[region]`: its costs
    /// fall for every buyer, at home and abroad.
    pub fn productivities(&self) -> Vec<f64> {
        let mut gradient = vec![0.0; self.n];
        for cell in 0..self.outcome.trade.len() {
            gradient[cell % self.n] -= self.iceberg_at(cell);
        }
        gradient
    }

    /// `dΩ/d ln τ` of all that a region sells abroad, `[region]`: it gets dearer to
    /// deliver everywhere but at home.
    pub fn deliveries(&self) -> Vec<f64> {
        let mut gradient = vec![0.0; self.n];
        for cell in (0..self.outcome.trade.len()).filter(|cell| cell / self.n % self.n != cell % self.n) {
            gradient[cell % self.n] += self.iceberg_at(cell);
        }
        gradient
    }
}
