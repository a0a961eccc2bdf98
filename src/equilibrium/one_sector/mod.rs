//! One sector, with labour supply, scale and local distribution.
//!
//! A variant of the long run for many countries and one traded good. Beside
//! prices and incomes, hours worked respond to the real wage, costs fall with
//! employment, part of what a buyer pays stays with shops and carriers at home,
//! and a tariff moves shares by more or less than its own size.
//!
//! ```text
//! ln c[j]  = β ln ŵ + (1−β) ln P̂ − ψ ( (1−β) (ln ŵ − ln P̂) + ln L̂ )          cost
//! A[i,j]   = λ[i,j] c[j]^(−ε) (1+t[i,j])^(−ε φ[i]),   S[i] = Σ_j A[i,j]
//! P̂[i]     = (Ê[i]/ŵ[i])^(1−φ[i]) S[i]^(−1/ε)                                (O1)
//! X′[i,j]  = A[i,j]/S[i] · E′[i] / (1+t[i,j]),   R[i] = Σ_j t[i,j] X′[i,j]
//! Q[j]     = Σ_i (1−ν[i]) X′[i,j],   Y′ = ŵ L̂ Y,   g = Σ Y′ / Σ Y
//! Y′[j]    = β Q[j] + ν[j] Σ_i X′[j,i] − z[j] g                              (O2)
//! E′[j]    = R[j] + Y′[j] + (1−β) Q[j] + T[j] g                              (O3)
//! L̂[j]     = (τ[j] ŵ[j] / P̂[j])^κ,   τ = 1 / (1 − R/Y′), or 1               (O4)
//! ```
//!
//! | symbol | code                 | meaning                                            | unit  | shape   |
//! |--------|----------------------|----------------------------------------------------|-------|---------|
//! | `λ`    | `trade_share`        | share of `j` in what `i` spends on goods           | 1     | `[N,N]` |
//! | `E`    | `expenditure`        | spending on goods, distribution included           | money | `[N]`   |
//! | `Y`    | `income`             | wages                                              | money | `[N]`   |
//! | `T`    | `transfer`           | received from abroad; a share of world income      | money | `[N]`   |
//! | `z`    | `unpaid`             | sales for nothing: `Σ T`, at one country           | money | `[N]`   |
//! | `t`    | `tariff`             | ad valorem tariff                                  | 1     | `[N,N]` |
//! | `ν`    | `distribution`       | part of spending that goes to local distribution   | 1     | `[N]`   |
//! | `φ`    | `pass_through`       | multiplies the tariff's exponent                   | 1     | `[N]`   |
//! | `ε`    | `trade_elasticity`   | trade elasticity, `> 0`                            | 1     |         |
//! | `κ`    | `labour_supply`      | elasticity of hours to the real wage, `≥ 0`        | 1     |         |
//! | `ψ`    | `scale`              | fall of unit cost with employment, `≥ 0`           | 1     |         |
//! | `β`    | `value_added_share`  | share of labour in cost; the rest is goods         | 1     |         |
//!
//! Matrices are `[importer, exporter]`, the exporter fastest. The base year has
//! no tariffs, and every hat is relative to it. Money has any one unit.
//!
//! Revenue replaces a tax on wages (`τ > 1`) or is handed out (`τ = 1`). The
//! numeraire is the mean of consumer prices, weighted with base spending, or
//! that of wages, weighted with base income.
//!
//! By Walras one row of (O2) follows from the rest if transfers sum to zero. If
//! they do not, no allocation satisfies all rows; the row of one country, the
//! [`Case::absorber`], then carries the sum (`z`). Published work that drops a
//! row and feeds in transfers that do not add up solves exactly this.
//!
//! With `κ = ψ = ν = 0`, `φ = β = 1` this is Eaton and Kortum with transfers
//! as shares of world income: the multi-sector engine with one sector.
//!
//! * `economy`: the base year, from flows and parameters.
//! * `residual`: one evaluation of the equations and its derivative.
//! * [`change`]: what moved: welfare, employment, prices, trade.
//!
//! Source: Ignatenko, Macedoni, Lashkaripour and Simonovska (2025), *Journal of
//! International Economics* 157, 104138.

pub mod change;
mod economy;
mod residual;
mod solve;

pub use change::Change;
pub use economy::{Economy, Parameters, pass_through};
pub use solve::{Case, Numeraire, Outcome, Revenue};
