//! The long run: who pays when trade barriers move.
//!
//! The Caliendo-Parro family in exact hat algebra: many sectors linked by
//! inputs, tariffs that raise revenue, trade that need not balance. A hat is
//! the ratio of a counterfactual to the base year, `x̂ = x′ / x`.
//!
//! ```text
//! ĉ[j,n]   = ŵ[n]^β Π_k P̂[k,n]^γ[n,k,j]                               (H1)
//! P̂[j,n]   = ( Σ_i π[j,n,i] (κ̂[j,n,i] ĉ[j,i])^(−θ[j]) )^(−1/θ[j])      (H2)
//! π′[j,n,i] = π[j,n,i] ( κ̂[j,n,i] ĉ[j,i] / P̂[j,n] )^(−θ[j])           (H3)
//! Y[j,i]   = Σ_n π′ X / ((1+t′)(1+e′))           goods market          (E1)
//! X[j,n]   = Σ_k γ[n,j,k] Y[k,n] + α[n,j] I[n]   expenditure           (E2)
//! I[n]     = ŵ w L + tariff and export tax revenue + D′                (E3), (E4)
//! ŵ w L    = Σ_j β[n,j] Y[j,n]                   factor market         (E5)
//! ```
//!
//! * [`calibration`]: the base year as shares, from a world and its base policy.
//! * `barriers`: a policy as weights of the price equation.
//! * `caps`: limits on quantities, and the wedges that make them hold.
//! * `market`, `residual`, `tangent`: one evaluation of the equations and its derivative.
//! * `payments`: who could not pay for what it buys, before and after a solve.
//! * [`solve`]: from a policy to an [`Equilibrium`].
//! * [`nearby`], `responses`: many equilibria of one policy, under other elasticities.
//! * `kept`: many equilibria of policies that differ in a few flows.
//! * [`variant`], `technology`: substitution, mobility, scale and markups other than the base model's.
//! * [`change`]: what differs between two equilibria, welfare first.
//! * [`one_sector`]: a variant: one sector, labour supply, scale, local distribution.
//!
//! A flow that is 0 in the base year stays 0: the model cannot create trade.
//!
//! Source: Caliendo and Parro (2015), *Review of Economic Studies* 82(1), 1-44.

mod barriers;
pub mod calibration;
mod caps;
pub mod change;
mod error;
mod kept;
mod market;
pub mod nearby;
pub mod one_sector;
mod path;
mod payments;
mod residual;
mod responses;
pub mod solve;
mod tangent;
mod technology;
pub mod variant;

pub use calibration::Calibration;
pub use caps::{CapOutcome, CappedFlow};
pub use change::Change;
pub use error::EquilibriumError;
pub use kept::Kept;
pub use nearby::Nearby;
pub use solve::{Equilibrium, Method, Options};
pub use variant::{Variant, VariantError};

/// What happens to the base year's trade deficits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deficits {
    /// Every region spends what it earns: `D′ = 0`.
    Zero,
    /// `D′ = D` in units of the numeraire.
    #[default]
    Held,
    /// `D′[n] = δ[n] · world value added`, δ from the base year. Under the
    /// numeraire world value added the same as held; under any other, real
    /// results do not depend on the numeraire.
    Share,
    /// `D′[n] = ζ[n] V′[n] − V′[n] Σ ζ V′ / Σ V′`, ζ from the base year: a share
    /// of what the region earns, less its part of what the shares do not add up to.
    Income,
}

/// The unit of all nominal results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Numeraire {
    /// World value added is the same before and after.
    #[default]
    WorldValueAdded,
    /// The wage of a region, by position.
    Wage(usize),
}

/// The assumptions that close the model; every result names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Closure {
    /// Trade deficits.
    pub deficits: Deficits,
    /// The unit of nominal results.
    pub numeraire: Numeraire,
}
