//! An economy without inputs: Armington, Krugman with a fixed number of firms,
//! or markups of their own.
//!
//! A hat is a ratio to the base. Prices move with wages and taxes alone, so the
//! unknowns are wages and incomes. With `b = (1+t)(1+e)` over its base:
//!
//! ```text
//! q[s,j,i] = γ[s,j,i] (ŵ[i] b[s,j,i])^(−θ[s]),  D[s,j] = Σ_i q,  s = q / D,  P̂[j] = Π_s D[s,j]^(−μ[s,j]/θ[s])   (1)
//! T[s,j,i] = s[s,j,i] Z[s,j] Ê[j] / ((1+e)(1+t)),   Y[s,i] = Σ_j T[s,j,i]                                      (2)
//! F1[i] = ℓ[i] ŵ[i] − Σ_s a[s] Y[s,i] = 0                                                                     (3)
//! F2[i] = X[i] Ê[i] − Σ_js (1+e) T[s,j,i] − Σ_ks t (1+e) T[s,i,k] − B[i] = 0,    Σ_i ℓ[i] ŵ[i] = Σ_i ℓ[i]     (4)
//! G[j] = { Σ_s λ[s,j] (Y[s,j] + δ[s,j] (R[j] + B[j])) } / P[j],   δ[s,j] = a[s] Y[s,j] / Σ_r a[r] Y[r,j]      (5)
//! ```
//!
//! One row of (4) follows from the others and gives its place to the numeraire.
//! An export tax on the diagonal is a tax on home sales: with one of the same
//! rate on all exports it is a tax on production.
//!
//! | symbol | code         | meaning                                        | unit  | shape                          |
//! |--------|--------------|------------------------------------------------|-------|--------------------------------|
//! | `γ`    | `share`      | trade share of the base                        | 1     | `[sector, importer, exporter]` |
//! | `Z`, `μ` | `spending`, over `income` | spending of the base on a sector, its share | value, 1 | `[sector, importer]` |
//! | `a`    | `wage_share` | wages over sales; the rest is profit           | 1     | `[sector]`                     |
//! | `ℓ`    | `payroll`    | wages of the base                              | value | `[region]`                     |
//! | `X`    | `income`     | spending of the base, all sectors              | value | `[region]`                     |
//! | `B`    | `transfer`   | spending beyond income, held in units of world wages | value | `[region]`               |
//! | `λ`    | `weights`    | political weight of a dollar earned in a sector | 1    | `[sector, region]`             |
//! | `R`    |              | tariffs and export taxes collected             | value | `[region]`                     |
//! | `ŵ, Ê` | `state`      | the unknowns, in logarithms                    | 1     | `[region]` each                |
//!
//! Values are in units of world value added of the base. The derivative of
//! (3) and (4) in the unknowns is known in closed form; its inverse is kept in
//! the state of an outcome, for the next equilibrium nearby and for the shadow
//! values ([`shadows`](Economy::shadows), in `no_inputs_adjoint`); the equations are
//! in `no_inputs_solve`.
//!
//! Sources: Ossa (2014), *American Economic Review* 104(12), 4104-4146, for
//! `a = (σ−1)/σ` and (5); Lashkaripour and Lugovskyy (2023), *American Economic
//! Review* 113(10), for `a = 1/(1+μ)` with markups `μ`, entry closed.

use super::economy::{Economy, Objective, Outcome, Policy, Shadow};
use super::error::StrategyError;
use super::no_inputs_solve::Point;
use crate::equilibrium::EquilibriumError;
use crate::numerics::linear::Arithmetic;
use crate::numerics::progress::Progress;
use crate::numerics::vector;
use crate::world::World;

/// What part of sales is wages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Competition {
    /// All of it: perfect competition between varieties of countries.
    Armington,
    /// `(σ−1)/σ`: monopolistic competition, a fixed number of firms.
    Krugman,
    /// `1/(1+μ)` with the [markups](World::markup) of the world, entry closed.
    Markups,
}

/// The economy: data of the base year and what is assumed about it.
#[derive(Clone, Debug)]
pub struct NoInputs {
    pub(super) regions: Vec<String>,
    pub(super) sectors: Vec<String>,
    pub(super) theta: Vec<f64>,
    pub(super) wage_share: Vec<f64>,
    pub(super) share: Vec<f64>,
    pub(super) spending: Vec<f64>,
    pub(super) payroll: Vec<f64>,
    pub(super) income: Vec<f64>,
    pub(super) transfer: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) base: Policy,
    pub(super) unit_musd: f64,
    base_welfare: Vec<f64>,
    pub(super) arithmetic: Arithmetic,
    progress: Progress,
}

impl NoInputs {
    /// The economy of a world as its data are: deficits stay what they are, in
    /// units of world wages; political weights are 1.
    ///
    /// Input shares of the world are not used: all purchases are final.
    ///
    /// # Errors
    /// [`EquilibriumError`] if an elasticity cannot be used, a region earns
    /// nothing, or markups are asked for and the world has none.
    pub fn new(world: &World, theta: &[f64], competition: Competition) -> Result<Self, StrategyError> {
        let wage_share = match (competition, &world.markup) {
            (Competition::Armington, _) => vec![1.0; theta.len()],
            (Competition::Krugman, _) => theta.iter().map(|theta| theta / (1.0 + theta)).collect(),
            (Competition::Markups, Some(markup)) => markup.iter().map(|mu| 1.0 / (1.0 + mu)).collect(),
            (Competition::Markups, None) => {
                return Err(StrategyError::Input(format!(
                    "{} has no markups: use Krugman's, 1/(σ−1), or a world with a column `markup`",
                    world.name
                )));
            }
        };
        let labels = (world.regions.codes().to_vec(), world.sectors.codes().to_vec());
        let base = Policy { tariff: world.tariff.clone(), export_tax: vec![0.0; world.tariff.len()] };
        Self::from_flows(labels, &world.trade_musd, base, theta, wage_share)
    }

    /// The economy of a table of flows at producer prices,
    /// `[sector, importer, exporter]`, with codes of regions and of sectors and the
    /// taxes that the flows contain.
    ///
    /// # Errors
    /// [`EquilibriumError::Shape`], [`EquilibriumError::Unusable`] or
    /// [`EquilibriumError::NoIncome`].
    pub fn from_flows(
        (regions, sectors): (Vec<String>, Vec<String>),
        trade_musd: &[f64],
        base: Policy,
        theta: &[f64],
        wage_share: Vec<f64>,
    ) -> Result<Self, StrategyError> {
        let (n, count) = (regions.len(), sectors.len());
        let cells = n * n * count;
        for (array, shape, got, want) in [
            ("theta", "[sector]", theta.len(), count),
            ("wage_share", "[sector]", wage_share.len(), count),
            ("trade_musd", "[sector, importer, exporter]", trade_musd.len(), cells),
            ("tariff", "[sector, importer, exporter]", base.tariff.len(), cells),
            ("export_tax", "[sector, importer, exporter]", base.export_tax.len(), cells),
        ] {
            if got != want {
                return Err(EquilibriumError::Shape { array, shape, got, want }.into());
            }
        }
        for s in 0..count {
            usable(theta[s] > 0.0, theta[s], || format!("the elasticity of {}", sectors[s]), "above 0")?;
            let (a, what) = (wage_share[s], || format!("the wage share of {}", sectors[s]));
            usable(a > 0.0 && a <= 1.0, a, what, "above 0 and at most 1")?;
        }
        for cell in 0..cells {
            let place = || {
                format!("{}, {} from {}", sectors[cell / (n * n)], regions[cell / n % n], regions[cell % n])
            };
            let value = trade_musd[cell];
            usable(value >= 0.0, value, || format!("the flow of {}", place()), "0 or more")?;
        }
        check_policy(&base, (&regions, &sectors))?;
        let unit_musd: f64 = trade_musd.iter().sum();
        let (mut share, mut spending) = (vec![0.0; cells], vec![0.0; count * n]);
        let (mut payroll, mut income, mut earned) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for row in 0..count * n {
            let (s, importer) = (row / n, row % n);
            for exporter in 0..n {
                let cell = row * n + exporter;
                let value = trade_musd[cell] / unit_musd;
                let (t, e) = (base.tariff[cell], base.export_tax[cell]);
                share[cell] = value * (1.0 + t) * (1.0 + e);
                spending[row] += share[cell];
                payroll[exporter] += wage_share[s] * value;
                earned[exporter] += value * (1.0 + e);
                earned[importer] += value * (1.0 + e) * t;
            }
            income[importer] += spending[row];
            if spending[row] > 0.0 {
                share[row * n..][..n].iter_mut().for_each(|cell| *cell /= spending[row]);
            }
        }
        if let Some(region) = (0..n).find(|i| !(payroll[*i] > 0.0 && income[*i] > 0.0)) {
            return Err(EquilibriumError::NoIncome { region: regions[region].clone() }.into());
        }
        let transfer = income.iter().zip(&earned).map(|(spent, earned)| spent - earned).collect();
        let mut economy = Self {
            theta: theta.to_vec(),
            wage_share,
            share,
            spending,
            payroll,
            income,
            transfer,
            weights: vec![1.0; count * n],
            base,
            unit_musd,
            base_welfare: vec![0.0; n],
            arithmetic: Arithmetic::default(),
            progress: Progress::default(),
            regions,
            sectors,
        };
        economy.base_welfare = economy.base_logarithms();
        Ok(economy)
    }

    /// The same economy with political weights of its governments, `[sector, region]`.
    ///
    /// # Errors
    /// [`EquilibriumError`] if a weight is negative or a government has none.
    pub fn with_weights(mut self, weights: &[f64]) -> Result<Self, StrategyError> {
        let n = self.regions.len();
        let (got, want) = (weights.len(), self.weights.len());
        if got != want {
            return Err(
                EquilibriumError::Shape { array: "weights", shape: "[sector, region]", got, want }.into()
            );
        }
        for (cell, value) in weights.iter().enumerate() {
            let what = || format!("the weight of {} in {}", self.sectors[cell / n], self.regions[cell % n]);
            usable(*value >= 0.0, *value, what, "0 or more")?;
        }
        self.weights = weights.to_vec();
        self.base_welfare = self.base_logarithms();
        if let Some(region) = (0..n).find(|j| !self.base_welfare[*j].is_finite()) {
            let what = format!("the political weights of {}", self.regions[region]);
            return Err(
                EquilibriumError::Unusable { what, value: 0.0, expected: "one above 0 at least" }.into()
            );
        }
        Ok(self)
    }

    /// The same economy in another arithmetic.
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        self.arithmetic = arithmetic;
        self
    }

    /// The same economy, every equilibrium of which is a step of `progress`.
    #[must_use]
    pub fn watched(mut self, progress: &Progress) -> Self {
        self.progress = progress.clone();
        self
    }

    /// The economy that is left when no region spends beyond its income, taxes
    /// unchanged: its base is an equilibrium of this one with `B = 0`.
    ///
    /// # Errors
    /// Those of [`solve`](Economy::solve).
    pub fn balanced(&self) -> Result<Self, StrategyError> {
        let mut without = self.clone();
        without.transfer.fill(0.0);
        let trade: Vec<f64> =
            without.solve(&self.base, None)?.trade.iter().map(|value| value * self.unit_musd).collect();
        let labels = (self.regions.clone(), self.sectors.clone());
        let mut balanced =
            Self::from_flows(labels, &trade, self.base.clone(), &self.theta, self.wage_share.clone())?
                .with_weights(&self.weights)?
                .with_arithmetic(self.arithmetic);
        balanced.transfer.fill(0.0);
        Ok(balanced)
    }

    /// Codes of the regions.
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// Codes of the sectors.
    pub fn sectors(&self) -> &[String] {
        &self.sectors
    }

    /// Wages over sales, `[sector]`.
    pub fn wage_share(&self) -> &[f64] {
        &self.wage_share
    }

    /// Political weights, `[sector, region]`.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// World value added of the base, million USD: the unit of values.
    pub fn unit_musd(&self) -> f64 {
        self.unit_musd
    }

    /// Spending of the regions over that of the world, `[region]`.
    pub fn income_shares(&self) -> Vec<f64> {
        let world: f64 = self.income.iter().sum();
        self.income.iter().map(|income| income / world).collect()
    }

    /// `ŵ` at an outcome, `[region]`.
    pub fn wage_hat(&self, outcome: &Outcome) -> Vec<f64> {
        outcome.state.iter().take(self.regions.len()).map(|w| vector::exp1(*w)).collect()
    }

    /// Profits of a region over those of the base, `[region]`; 1 where there are none.
    pub fn profit_hat(&self, outcome: &Outcome) -> Vec<f64> {
        let n = self.regions.len();
        let (mut now, mut before) = (vec![0.0; n], vec![0.0; n]);
        for cell in 0..self.share.len() {
            let (s, row, exporter) = (cell / (n * n), cell / n, cell % n);
            let profit = 1.0 - self.wage_share[s];
            let (t, e) = (self.base.tariff[cell], self.base.export_tax[cell]);
            now[exporter] += profit * outcome.trade[cell];
            before[exporter] += profit * self.share[cell] * self.spending[row] / ((1.0 + t) * (1.0 + e));
        }
        now.iter().zip(&before).map(|(now, before)| if *before > 0.0 { now / before } else { 1.0 }).collect()
    }

    /// `ln G` of the base.
    fn base_logarithms(&self) -> Vec<f64> {
        let n = self.regions.len();
        let point = self.evaluate(&self.access(&self.base), &self.base, &vec![0.0; 2 * n]);
        self.aims(&point).iter().map(|g| g.ln()).collect()
    }

    /// The braces of (5), `[region]`.
    pub(super) fn aims(&self, point: &Point) -> Vec<f64> {
        let n = self.regions.len();
        let (mut earned, mut wages, mut weighted) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for (cell, sales) in point.sales.iter().enumerate() {
            let (s, region) = (cell / n, cell % n);
            earned[region] += self.weights[cell] * sales;
            wages[region] += self.wage_share[s] * sales;
            weighted[region] += self.weights[cell] * self.wage_share[s] * sales;
        }
        (0..n).map(|j| earned[j] + weighted[j] / wages[j] * (point.collected[j] + self.transfer[j])).collect()
    }
}

impl Economy for NoInputs {
    fn region_count(&self) -> usize {
        self.regions.len()
    }

    fn theta(&self) -> &[f64] {
        &self.theta
    }

    fn base(&self) -> &Policy {
        &self.base
    }

    /// # Errors
    /// [`EquilibriumError`] if the policy cannot be used or no equilibrium was found.
    fn solve(&self, policy: &Policy, near: Option<&Outcome>) -> Result<Outcome, StrategyError> {
        check_policy(policy, (&self.regions, &self.sectors))?;
        self.progress.step()?;
        let n = self.regions.len();
        let near = near.filter(|near| near.state.len() == 2 * n + 4 * n * n);
        let (mut x, old) = match near {
            Some(near) => (near.state[..2 * n].to_vec(), Some(near.state[2 * n..].to_vec())),
            None => (vec![0.0; 2 * n], None),
        };
        let point = self.newton(policy, &mut x, old)?;
        let real_income: Vec<f64> = (0..n).map(|j| x[n + j] - point.price[j]).collect();
        let aims = self.aims(&point);
        let welfare = (0..n).map(|j| vector::ln1(aims[j]) - point.price[j] - self.base_welfare[j]).collect();
        let kept = self.inverse_at(policy, &point, &x)?;
        x.extend(kept);
        let Point { share, trade, spending, .. } = point;
        Ok(Outcome { share, spending, trade, welfare, real_income, state: x })
    }

    fn shadows(
        &self,
        policy: &Policy,
        outcome: &Outcome,
        objectives: &[Objective],
        _near: &[Shadow],
        _tolerance: f64,
    ) -> Result<Vec<Shadow>, StrategyError> {
        Ok(self.adjoint(policy, outcome, objectives))
    }

    /// Rates are finite here; this one leaves a share of 1e-15 where θ is one half.
    fn prohibitive(&self) -> f64 {
        1e30
    }

    /// Sales at home are all spending; income is what spending was less what came from abroad.
    fn autarky(&self) -> Option<Vec<f64>> {
        let n = self.regions.len();
        let welfare = (0..n).map(|j| {
            // Wages are 1; spending is what the wage bill then allows.
            let (mut wages, mut aims, mut price) = (0.0, 0.0, 0.0);
            for s in 0..self.sectors.len() {
                let row = s * n + j;
                let part = self.spending[row] / self.income[j];
                wages += self.wage_share[s] * part;
                aims += self.weights[row] * part;
                if part > 0.0 {
                    price -= part / self.theta[s] * self.share[row * n + j].ln();
                }
            }
            let welfare = (aims * self.payroll[j] / wages).ln() - price - self.base_welfare[j];
            welfare.is_finite().then_some(welfare)
        });
        welfare.collect()
    }
}

fn usable(
    good: bool,
    value: f64,
    what: impl Fn() -> String,
    expected: &'static str,
) -> Result<(), EquilibriumError> {
    if good && value.is_finite() {
        Ok(())
    } else {
        Err(EquilibriumError::Unusable { what: what(), value, expected })
    }
}

/// Every rate of a policy is a finite number above −1, and no tariff is on the diagonal.
fn check_policy(policy: &Policy, (regions, sectors): (&[String], &[String])) -> Result<(), StrategyError> {
    let n = regions.len();
    let want = n * n * sectors.len();
    for (array, rates) in [("tariff", &policy.tariff), ("export_tax", &policy.export_tax)] {
        if rates.len() != want {
            let shape = "[sector, importer, exporter]";
            return Err(EquilibriumError::Shape { array, shape, got: rates.len(), want }.into());
        }
        for (row, rates) in rates.chunks_exact(n).enumerate() {
            let importer = row % n;
            let good = |rate: &f64| *rate > -1.0 && rate.is_finite();
            let at_home =
                |exporter: usize| array == "tariff" && exporter == importer && rates[exporter] != 0.0;
            if rates.iter().all(good) && !at_home(importer) {
                continue;
            }
            let wrong = |(exporter, rate): &(usize, &f64)| !good(rate) || at_home(*exporter);
            if let Some((exporter, rate)) = rates.iter().enumerate().find(wrong) {
                let what = format!(
                    "the {} of {} on {} from {}",
                    array.replace('_', " "),
                    regions[importer],
                    sectors[row / n],
                    regions[exporter]
                );
                let expected = if at_home(exporter) { "0 at home" } else { "a finite number above -1" };
                return Err(EquilibriumError::Unusable { what, value: *rate, expected }.into());
            }
        }
    }
    Ok(())
}
