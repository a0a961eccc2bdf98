//! Elasticities drawn around a set: how sure is a result?
//!
//! ```text
//! ln θ[j] = ln θ₀[j] + σ_c z[0] + σ[j] z[j]        z independent standard normal
//! ```
//!
//! `z[0]` moves all sectors together, `z[j]` one sector. The published sets say
//! how far they lie apart: with `m[s]` the mean of `ln θ[s,j]` over sectors,
//!
//! ```text
//! σ_c² = Var_s( m[s] ),      σ[j]² = Var_s( ln θ[s,j] − m[s] )
//! ```
//!
//! A spread given as a number is `σ[j]` of every sector, and `σ_c = 0`. The
//! points are scrambled Sobol points: draw `k` is the same for every phase and
//! reading (common random numbers) and for any number of threads.
//!
//! Source of the points: Burley (2020), Practical hash-based Owen scrambling,
//! *Journal of Computer Graphics Techniques* 9(4).

use crate::numerics::normal::quantile;
use crate::numerics::vector::{exp1, ln1};
use crate::world::ElasticitySet;

/// More draws than this have no Sobol points.
pub const MOST_DRAWS: usize = 1 << 16;

/// How elasticities are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// How many.
    pub count: usize,
    /// Standard deviation of `ln θ`; `None`: as the published sets differ.
    pub spread: Option<f64>,
    /// Another seed, other draws.
    pub seed: u32,
}

/// The distribution of `ln θ` around a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    log_theta: Vec<f64>,
    common: f64,
    own: Vec<f64>,
}

impl Distribution {
    /// Around `central`, as far as `sets` differ or as `spread` says.
    pub fn new(central: &ElasticitySet, sets: &[&ElasticitySet], spread: Option<f64>) -> Self {
        let log_theta: Vec<f64> = central.theta.iter().map(|theta| ln1(*theta)).collect();
        let sectors = log_theta.len();
        if let Some(spread) = spread {
            return Self { log_theta, common: 0.0, own: vec![spread; sectors] };
        }
        let logs: Vec<Vec<f64>> =
            sets.iter().map(|set| set.theta.iter().map(|theta| ln1(*theta)).collect()).collect();
        let means: Vec<f64> = logs.iter().map(|set| set.iter().sum::<f64>() / sectors as f64).collect();
        let own = (0..sectors).map(|sector| {
            let around = logs.iter().zip(&means).map(|(set, mean)| set[sector] - mean);
            deviation(&around.collect::<Vec<_>>())
        });
        Self { own: own.collect(), common: deviation(&means), log_theta }
    }

    /// Number of independent factors: the common one, then the sectors.
    pub fn factor_count(&self) -> usize {
        1 + self.log_theta.len()
    }

    /// Standard normal factors of draw `k`, the common one first.
    pub fn factors(&self, k: usize, seed: u32) -> Vec<f64> {
        let point = |dimension: usize| {
            // Single precision, moved off 0 by half of its last place.
            let uniform = sobol_burley::sample(k as u32, dimension as u32, seed);
            quantile(f64::from(uniform) + 0.5 / f64::from(1 << 24))
        };
        (0..self.factor_count()).map(point).collect()
    }

    /// Elasticities at these factors, `[sector]`.
    pub fn theta(&self, factors: &[f64]) -> Vec<f64> {
        let own = self.log_theta.iter().zip(&self.own).zip(&factors[1..]);
        own.map(|((log_theta, own), z)| exp1(log_theta + self.common * factors[0] + own * z)).collect()
    }
}

/// Sample standard deviation; 0 of fewer than two values.
fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// The 5 and the 95 % quantile, interpolated between order statistics.
pub fn interval(mut values: Vec<f64>) -> (f64, f64) {
    let mut at = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let (_, low, above) = values.select_nth_unstable_by(place.floor() as usize, f64::total_cmp);
        let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*low);
        *low + place.fract() * (high - *low)
    };
    (at(0.05), at(0.95))
}

/// By how much `values` move with one standard deviation of each factor: the
/// slope of the least-squares line, factors being independent, `[factor]`.
pub fn effects(factors: &[Vec<f64>], values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let of = |factor: usize| {
        let (mut product, mut square) = (0.0, 0.0);
        for (draw, value) in factors.iter().zip(values) {
            product += draw[factor] * (value - mean);
            square += draw[factor] * draw[factor];
        }
        if square > 0.0 { product / square } else { 0.0 }
    };
    (0..factors.first().map_or(0, Vec::len)).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, theta: &[f64]) -> ElasticitySet {
        ElasticitySet { name: name.into(), theta: theta.to_vec(), source: "made up".into() }
    }

    /// Two sets of which one is twice the other: they differ in common only,
    /// by `ln 2 / √2`.
    #[test]
    fn sets_that_differ_by_a_factor_have_only_a_common_spread() {
        let (one, two) = (set("one", &[4.0, 6.0]), set("two", &[8.0, 12.0]));
        let found = Distribution::new(&one, &[&one, &two], None);
        assert!((found.common - std::f64::consts::LN_2 / 2.0_f64.sqrt()).abs() < 1e-15);
        assert!(found.own.iter().all(|own| own.abs() < 1e-15));
    }

    /// 4,096 draws of a lognormal with a spread of 30 %: median 4, and the
    /// quantiles of theory, to the accuracy of Sobol points.
    #[test]
    fn draws_follow_the_distribution() {
        let central = set("one", &[4.0, 6.0]);
        let distribution = Distribution::new(&central, &[], Some(0.3));
        let thetas: Vec<Vec<f64>> =
            (0..4096).map(|k| distribution.theta(&distribution.factors(k, 7))).collect();
        let (low, high) = interval(thetas.iter().map(|theta| theta[0]).collect());
        assert!((low / (4.0 * (-0.3 * 1.644_853_6_f64).exp()) - 1.0).abs() < 2e-3, "{low}");
        assert!((high / (4.0 * (0.3 * 1.644_853_6_f64).exp()) - 1.0).abs() < 2e-3, "{high}");
        let product: f64 = thetas.iter().map(|t| (t[0] / 4.0).ln() * (t[1] / 6.0).ln()).sum::<f64>() / 4096.0;
        assert!(product.abs() < 1e-3, "sectors are independent: {product}");
    }

    /// A value that is 2 z₀ − z₁ moves by 2 and −1.
    #[test]
    fn effects_are_slopes() {
        let distribution = Distribution::new(&set("one", &[4.0, 6.0]), &[], Some(0.3));
        let factors: Vec<Vec<f64>> = (0..1024).map(|k| distribution.factors(k, 0)).collect();
        let values: Vec<f64> = factors.iter().map(|z| 5.0 + 2.0 * z[0] - z[1]).collect();
        let found = effects(&factors, &values);
        assert!(
            (found[0] - 2.0).abs() < 0.02 && (found[1] + 1.0).abs() < 0.02 && found[2].abs() < 0.02,
            "{found:?}"
        );
    }
}
