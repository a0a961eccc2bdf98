//! Policies that are read off a formula, not looked for.
//!
//! A country `h` alone follows the formula at the equilibrium that follows from
//! it; everybody else keeps the taxes of the base. With sales `T` and shares `ℓ`
//! of that equilibrium, `a` the wage share of a sector's sales:
//!
//! ```text
//! 1 + μ̄ = Σ T[h] / Σ a T[h],      ρ[s] = (1 + μ̄) a[s]                     receipts over wages
//! ll_first        t = 0,  1+s = a[s],  1+x[s,j] = 1 + 1/(θ[s] (1 − ℓ[s,j,h]))
//! ll_second       1+t[s] = (1 + θ[s] ℓ[s,h,h]) / (1 + ρ[s] θ[s] ℓ[s,h,h]),
//!                 1+x[s,j] = ρ[s] (1 + 1/(θ[s] (1 − ℓ[s,j,h]))),  s = 0
//! ll_third        1+t[s] = (1+τ) times that of ll_second,  x = s = 0,
//!                 1/τ = Σ_{j≠h,s} z[s,j] θ[s] (1 − ℓ[s,j,h])
//! ll_retaliation  t = 0 everywhere,  x = 1/θ[s] by everybody on every export,  1+s = a[s] by h
//! ```
//!
//! | symbol | meaning                                                        | unit | shape                |
//! |--------|----------------------------------------------------------------|------|----------------------|
//! | `t`    | import tariffs of `h`, one for all partners                    | 1    | `[sector]`           |
//! | `x`    | export taxes                                                   | 1    | `[sector, importer]` |
//! | `s`    | tax on all own sales, home ones included; below 0 a subsidy    | 1    | `[sector]`           |
//! | `z`    | a market's part of what `h` gets for its exports               | 1    | `[sector, importer]` |
//!
//! In the arrays of a [`Policy`] the export tax is `(1+s)(1+x) − 1`, at home `s`.
//!
//! The formulas leave out how partners' supply responds, so they are near the best
//! reply, and below it where that has the same instruments in the same sectors. They are another thing than [`reply`](super::reply),
//! and neither is to be told under the other's name.
//!
//! Source: Lashkaripour and Lugovskyy (2023), *American Economic Review* 113(10),
//! entry closed; without markups, Lashkaripour (2021), *Journal of International
//! Economics* 131.

use std::fmt;
use std::str::FromStr;

use super::economy::{Economy, Outcome, Policy};
use super::error::StrategyError;
use crate::numerics::anderson::{self, iterate};
use crate::numerics::linear::Arithmetic;
use crate::numerics::vector::{exp1, ln1};

/// Largest move of a policy, in logarithms of tax factors, at which it stands.
const STANDS: f64 = 1e-10;

/// A share abroad from which no finite export tax follows.
const MONOPOLY: f64 = 1.0 - 1e-9;

/// Which policy. See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Production, exports and imports.
    First,
    /// Exports and imports.
    Second,
    /// Imports alone.
    Third,
    /// Everybody taxes exports, one country also subsidises production.
    Retaliation,
}

impl Formula {
    /// Every policy, in the order of the module.
    pub const ALL: [Self; 4] = [Self::First, Self::Second, Self::Third, Self::Retaliation];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "ll_first",
            Self::Second => "ll_second",
            Self::Third => "ll_third",
            Self::Retaliation => "ll_retaliation",
        }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Formula {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|formula| formula.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|formula| formula.name()).collect();
            format!("the formulas are {}", names.join(", "))
        })
    }
}

/// A formula at the equilibrium that it makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// Everybody's taxes.
    pub policy: Policy,
    /// The equilibrium under them.
    pub outcome: Outcome,
    /// Largest distance of a tax factor from the formula, in logarithms.
    pub residual: f64,
    /// Equilibria solved.
    pub rounds: usize,
}

/// What `home` gets by a formula, `wage_share` being `a`, `[sector]`.
///
/// # Errors
/// [`StrategyError::Input`] if the arguments do not fit, or if `home` is some
/// market's only supplier, so that no finite export tax follows;
/// [`StrategyError::NoConvergence`]; those of the model.
pub fn follow<E: Economy + ?Sized>(
    economy: &E,
    wage_share: &[f64],
    home: usize,
    formula: Formula,
    arithmetic: Arithmetic,
) -> Result<Followed, StrategyError> {
    let (n, sectors) = (economy.region_count(), economy.theta().len());
    if home >= n || wage_share.len() != sectors || !wage_share.iter().all(|a| *a > 0.0 && *a <= 1.0) {
        return Err(StrategyError::Input(format!(
            "a formula needs one of {n} regions and a wage share, above 0 and at most 1, for each of {sectors} sectors"
        )));
    }
    let mut policy = economy.base().clone();
    if formula == Formula::Retaliation {
        policy.tariff.fill(0.0);
        for (cell, tax) in policy.export_tax.iter_mut().enumerate() {
            let abroad = cell / n % n != cell % n;
            *tax = if abroad { 1.0 / economy.theta()[cell / (n * n)] } else { 0.0 };
        }
    }
    let mut outcome = economy.solve(&policy, None)?;
    let mut z = vec![0.0; 2 * n * sectors];
    let options = anderson::Options {
        target: STANDS,
        tolerance: 10.0 * STANDS,
        max_evaluations: 200,
        memory: 5,
        step_limit: 0.5,
        arithmetic,
    };
    let found = iterate(&mut z, &options, |z, next| {
        write(&mut policy, (n, home), z);
        outcome = economy.solve(&policy, Some(&outcome))?;
        factors(economy, wage_share, home, formula, &outcome, next)?;
        Ok::<f64, StrategyError>(next.iter().zip(z).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max))
    })?;
    if !found.converged {
        return Err(StrategyError::NoConvergence {
            what: format!("the policy {formula}"),
            residual: found.residual,
            rounds: found.history.len(),
            advice: "A sector with an elasticity near 0 may have no finite export tax",
        });
    }
    if !found.is_last {
        write(&mut policy, (n, home), &z);
        outcome = economy.solve(&policy, Some(&outcome))?;
    }
    Ok(Followed { policy, outcome, residual: found.residual, rounds: found.history.len() })
}

/// Sets the taxes of `home`: tariffs, then taxes on sales, both `[sector, partner]`.
fn write(policy: &mut Policy, (n, home): (usize, usize), z: &[f64]) {
    let (tariffs, sales) = z.split_at(z.len() / 2);
    for (at, (tariff, tax)) in tariffs.iter().zip(sales).enumerate() {
        let (s, partner) = (at / n, at % n);
        if partner != home {
            policy.tariff[(s * n + home) * n + partner] = exp1(*tariff) - 1.0;
        }
        policy.export_tax[(s * n + partner) * n + home] = exp1(*tax) - 1.0;
    }
}

/// The formula at an outcome, in logarithms of tax factors.
fn factors<E: Economy + ?Sized>(
    economy: &E,
    wage_share: &[f64],
    home: usize,
    formula: Formula,
    outcome: &Outcome,
    z: &mut [f64],
) -> Result<(), StrategyError> {
    let (n, theta) = (economy.region_count(), economy.theta());
    let cell = |s: usize, importer: usize| (s * n + importer) * n + home;
    let (mut receipts, mut wages, mut exports) = (0.0, 0.0, 0.0);
    for (s, a) in wage_share.iter().enumerate() {
        for importer in 0..n {
            let value = outcome.trade[cell(s, importer)];
            receipts += value;
            wages += a * value;
            exports += if importer == home { 0.0 } else { value };
        }
    }
    // 1 + 1/(θ (1 − ℓ)): the monopolist's markup over a market's other suppliers.
    let monopoly = |s: usize, importer: usize| {
        let share = outcome.share[cell(s, importer)];
        if share > MONOPOLY {
            return Err(StrategyError::Input(format!(
                "in sector {s} region {home} is the only supplier of region {importer}: no finite export tax follows"
            )));
        }
        Ok(1.0 + 1.0 / (theta[s] * (1.0 - share)))
    };
    let mut stake = 0.0;
    for s in 0..theta.len() {
        for importer in (0..n).filter(|importer| *importer != home) {
            let at = cell(s, importer);
            stake += outcome.trade[at] / exports * theta[s] * (1.0 - outcome.share[at]);
        }
    }
    let (tariffs, sales) = z.split_at_mut(n * theta.len());
    for (s, a) in wage_share.iter().enumerate() {
        let rho = receipts / wages * a;
        let held = theta[s] * outcome.share[cell(s, home)];
        let second = (1.0 + held) / (1.0 + rho * held);
        for partner in 0..n {
            let abroad = partner != home;
            let (tariff, tax) = match formula {
                Formula::First if abroad => (1.0, a * monopoly(s, partner)?),
                Formula::First => (1.0, *a),
                Formula::Second if abroad => (second, rho * monopoly(s, partner)?),
                Formula::Third if abroad => (second * (1.0 + 1.0 / stake), 1.0),
                Formula::Second | Formula::Third => (1.0, 1.0),
                Formula::Retaliation if abroad => (1.0, a * (1.0 + 1.0 / theta[s])),
                Formula::Retaliation => (1.0, *a),
            };
            (tariffs[s * n + partner], sales[s * n + partner]) = (ln1(tariff), ln1(tax));
        }
    }
    Ok(())
}
