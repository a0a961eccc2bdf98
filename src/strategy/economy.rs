//! What a game needs of a model: outcomes, and the shadow values behind them.
//!
//! Every model of the project gives the derivative of an objective `Ω` in a tax by
//! the same expressions in a few shadow values, which one adjoint solve finds. With
//! `h[s,j,i] = κ[s,i] + m[j] t (1+e) + m[i] e`, the value of a dollar at the producer
//! of one flow:
//!
//! ```text
//! dΩ/dln(1+t[s,j,i]) = s[s,j,i] (m[j] − v[s,j]) Z[s,j] − σ[s] T[s,j,i] h[s,j,i]
//!                      + θ[s] s[s,j,i] Σ_k T[s,j,k] h[s,j,k]
//! dΩ/dln(1+e[s,j,i]) = the same with (m[i] + m[j] t) (1+e) T[s,j,i] for s m[j] Z
//! ```
//!
//! | symbol | code       | meaning                                             | unit  | shape                          |
//! |--------|------------|-----------------------------------------------------|-------|--------------------------------|
//! | `t`    | `tariff`   | ad valorem import tariff                            | 1     | `[sector, importer, exporter]` |
//! | `e`    | `export_tax` | export tax of the exporter on the producer price  | 1     | `[sector, importer, exporter]` |
//! | `s`    | `share`    | trade share, tariff-inclusive                       | 1     | `[sector, importer, exporter]` |
//! | `Z`    | `spending` | spending on a sector, tariffs included              | value | `[sector, importer]`           |
//! | `T`    | `trade`    | sales at producer prices, before both taxes         | value | `[sector, importer, exporter]` |
//! | `κ`    | `sales`    | shadow value of a dollar more of a sector's sales   | Ω/value | `[sector, region]`           |
//! | `m`    | `revenue`  | shadow value of a dollar of tariff revenue          | Ω/value | `[region]`                   |
//! | `v`    | `prices`   | shadow cost of a dollar more for the same purchases | Ω/value | `[sector, importer]`         |
//! | `θ`    | `theta`    | trade elasticity, `σ = θ + 1`                       | 1     | `[sector]`                     |
//!
//! Values are in units of world value added of the base year.

use super::error::StrategyError;

/// What governments have set: tariffs and export taxes.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Ad valorem import tariff, fraction above −1, `[sector, importer, exporter]`;
    /// the diagonal is 0.
    pub tariff: Vec<f64>,
    /// Export tax on the producer price, fraction above −1, `[sector, importer, exporter]`.
    pub export_tax: Vec<f64>,
}

/// An equilibrium, as a game sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Trade share, tariff-inclusive, `[sector, importer, exporter]`.
    pub share: Vec<f64>,
    /// Spending, tariffs included, `[sector, importer]`.
    pub spending: Vec<f64>,
    /// Sales at producer prices, `[sector, importer, exporter]`.
    pub trade: Vec<f64>,
    /// Logarithm of the government's welfare relative to the base, `[region]`:
    /// real income, unless the model has political weights.
    pub welfare: Vec<f64>,
    /// Logarithm of real income relative to the base, `[region]`.
    pub real_income: Vec<f64>,
    /// The state from which a model goes on: what it is, is the model's own.
    pub state: Vec<f64>,
}

/// What somebody wants: a weighted sum of the logarithms of the governments' welfare.
///
/// A government: 1 for itself. Relative standing: `−ω` for the rival besides. A
/// planner: a weight for everybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Weights, `[region]`.
    pub weights: Vec<f64>,
}

impl Objective {
    /// A government that counts its own welfare alone.
    pub fn of(region: usize, regions: usize) -> Self {
        let mut weights = vec![0.0; regions];
        weights[region] = 1.0;
        Self { weights }
    }

    /// A government that counts a rival's welfare against its own.
    pub fn against(region: usize, rival: usize, omega: f64, regions: usize) -> Self {
        let mut objective = Self::of(region, regions);
        objective.weights[rival] -= omega;
        objective
    }

    /// Its value at an outcome.
    pub fn value(&self, outcome: &Outcome) -> f64 {
        self.weights.iter().zip(&outcome.welfare).map(|(weight, welfare)| weight * welfare).sum()
    }
}

/// The shadow values of one objective at one outcome. See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Shadow {
    /// `κ`, `[sector, region]`.
    pub sales: Vec<f64>,
    /// `m`, `[region]`.
    pub revenue: Vec<f64>,
    /// `v`, `[sector, importer]`.
    pub prices: Vec<f64>,
    /// What the model starts from when it is asked again nearby: its own.
    pub state: Vec<f64>,
}

/// A model that can be played.
pub trait Economy: Sync {
    /// Number of regions.
    fn region_count(&self) -> usize;

    /// Trade elasticities, `[sector]`.
    fn theta(&self) -> &[f64];

    /// Policy of the base, which the base flows contain.
    fn base(&self) -> &Policy;

    /// The equilibrium under a policy; `near` is where to start.
    ///
    /// # Errors
    /// [`StrategyError`] if there is none, or none was found.
    fn solve(&self, policy: &Policy, near: Option<&Outcome>) -> Result<Outcome, StrategyError>;

    /// The shadow values of several objectives at an outcome; `near` are those of
    /// the same objectives at an outcome nearby, or empty. `tolerance` bounds the
    /// relative error of a model that iterates.
    ///
    /// # Errors
    /// [`StrategyError`] if the adjoint system is singular.
    fn shadows(
        &self,
        policy: &Policy,
        outcome: &Outcome,
        objectives: &[Objective],
        near: &[Shadow],
        tolerance: f64,
    ) -> Result<Vec<Shadow>, StrategyError>;

    /// An export tax that stops a flow.
    fn prohibitive(&self) -> f64 {
        f64::INFINITY
    }

    /// Welfare of every region when none trades, logarithms relative to the base,
    /// `[region]`; `None` where the model cannot tell.
    fn autarky(&self) -> Option<Vec<f64>> {
        None
    }
}
