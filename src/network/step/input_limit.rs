//! How much can be made from what is in stock?
//!
//! Stocks are counted in output: `σ[b] = S[b] / a[b]` is what bucket `b` is
//! enough for. With `x0` the undisturbed output of a step:
//!
//! ```text
//! Leontief        lim = min_b σ[b]                                                       (1)
//! psi             lim = min_b σ[b] / (ψ n[b])                                            (2)
//! partly binding  lim = min_(b: d>0) (1 − d[b]) x0 + d[b] σ[b]                           (3)
//! linear          lim = Σ_b a[b] σ[b] / Σ_b a[b]                                         (4)
//! CES             lim = α x0 ( Σ_b ω[b] min(1, σ[b]/(n[b] x0))^ρ )^(1/ρ),  ρ = (s − 1)/s  (5)
//! ```
//!
//! In (2) output falls as soon as a stock is below the share `ψ` of its target,
//! since `X = min(Xopt, lim)` is ARIO's `Xopt · min(1, S / (ψ n a Xopt))`. In (3)
//! `d = 1` is a critical input, `d = 1/2` an important one, whose loss halves
//! output, and `d = 0` one that never binds. In (5) `ω` are cost shares among
//! the inputs; materials form a nest with an elasticity of their own. The limit
//! of (5) for `s → 0` is `α x0 min_b min(1, σ[b]/(n[b] x0))`.
//!
//! A bucket of `K > 1` parts: where `σ` is not enough for `x0`, `σ` is replaced
//! by `x0 (σ/x0)^K`, the share of lines that miss none of `K` parts when each is
//! there with probability `σ/x0`. In (2) and (5) the same is done to the ratio.
//!
//! | symbol | code          | meaning                               | unit  | shape      |
//! |--------|---------------|---------------------------------------|-------|------------|
//! | `σ`    | `stock`       | stock in output                       | value | `[bucket]` |
//! | `n`    | `cover_steps` | target stock                          | step  | `[bucket]` |
//! | `d`    | `dependence`  | share of output lost without the input | 1    | `[bucket]` |
//! | `K`    | `parts`       | parts of which each can stop a line   | 1     | `[bucket]` |
//!
//! Sources: (1), (3), (4) Pichler, Pangallo, del Rio-Chanona, Lafond, Farmer
//! (2022), *Journal of Economic Dynamics and Control* 144; (2) Hallegatte (2014),
//! *Risk Analysis* 34(1).

use std::ops::Range;

use crate::network::graph::Graph;
use crate::network::problem::Problem;
use crate::network::regions::Network;
use crate::network::settings::ByBucket;
use crate::numerics::vector::{exp1, ln1, pow1};

/// What a lack of inputs does to output.
#[derive(Clone, Debug, PartialEq)]
pub enum InputLimit {
    /// Every input is needed, equation (1).
    Leontief,
    /// ARIO: output falls below a share of the target stock, equation (2).
    Psi {
        /// The share.
        psi: f64,
    },
    /// Inputs are critical, important or neither, equation (3).
    PartlyBinding {
        /// Share of output that is lost without the input.
        dependence: ByBucket,
    },
    /// Any input replaces any other, equation (4).
    Linear,
    /// Inputs replace each other a little, equation (5).
    Ces {
        /// Elasticity of substitution between inputs, above 0.
        sigma: f64,
        /// Elasticity within the nest of materials, above 0.
        sigma_material: f64,
        /// Groups of inputs that are materials.
        materials: Vec<u32>,
    },
}

/// What the limit of a node reads, besides the stocks.
pub(super) struct Recipe<'a> {
    pub graph: &'a Graph,
    pub cover_steps: &'a [f64],
    /// `None` where every bucket has one part.
    pub parts: Option<&'a ByBucket>,
}

impl InputLimit {
    /// Important inputs count as critical: `d` is 1 or 0.
    pub fn strict(dependence: &ByBucket) -> Self {
        Self::PartlyBinding { dependence: dependence.map(|d| f64::from(u8::from(d > 0.0))) }
    }

    /// Important inputs count as not critical: `d` is 1 or 0.
    pub fn loose(dependence: &ByBucket) -> Self {
        Self::PartlyBinding { dependence: dependence.map(|d| f64::from(u8::from(d >= 1.0))) }
    }

    /// True if (5) times the overproduction factor is the limit.
    pub(super) fn is_share_of_capacity(&self) -> bool {
        matches!(self, Self::Ces { .. })
    }

    /// True if a lack of the input of this bucket can hold up output.
    pub(super) fn binds(&self, bucket: usize, group: u32) -> bool {
        match self {
            Self::PartlyBinding { dependence } => dependence.at(bucket, group) > 0.0,
            _ => true,
        }
    }

    pub(in crate::network) fn check(&self, network: &Network, problems: &mut Vec<Problem>) {
        let mut above_zero = |name: &str, value: f64| {
            if !(value > 0.0 && value.is_finite()) {
                let what = format!("{value} is not possible");
                problems.push(Problem::new(format!("input_limit.{name}"), what, "write a number above 0"));
            }
        };
        match self {
            Self::Leontief | Self::Linear => {}
            Self::Psi { psi } => {
                if !(*psi > 0.0 && *psi <= 1.0) {
                    let what = format!("{psi} is not possible");
                    problems.push(Problem::new("input_limit.psi", what, "write a share above 0, to 1"));
                }
            }
            Self::PartlyBinding { dependence } => {
                let write = "write 1 for critical, 0.5 for important, 0 for neither";
                let accepts = |d: f64| (0.0..=1.0).contains(&d);
                dependence.check("input_limit.dependence", network, write, accepts, problems);
            }
            Self::Ces { sigma, sigma_material, .. } => {
                above_zero("sigma", *sigma);
                above_zero("sigma_material", *sigma_material);
            }
        }
    }

    /// What the node with these buckets and undisturbed output can make of their
    /// `stock` in one step.
    pub(super) fn limit(&self, recipe: &Recipe<'_>, buckets: Range<usize>, stock: &[f64], x0: f64) -> f64 {
        let (graph, first) = (recipe.graph, buckets.start);
        let held = |bucket: usize, enough: f64| {
            let stock = stock[bucket - first];
            let ratio = stock / enough;
            match recipe.parts {
                Some(parts) if ratio < 1.0 => {
                    enough * power(ratio, parts.at(bucket, graph.bucket_group[bucket]))
                }
                _ => stock,
            }
        };
        if buckets.is_empty() || x0 <= 0.0 {
            return f64::INFINITY;
        }
        match self {
            Self::Leontief if recipe.parts.is_none() => {
                stock.iter().fold(f64::INFINITY, |least, stock| least.min(*stock))
            }
            Self::Leontief => buckets.fold(f64::INFINITY, |least, bucket| least.min(held(bucket, x0))),
            Self::Psi { psi } if recipe.parts.is_none() => {
                let held = stock.iter().zip(&recipe.cover_steps[buckets]);
                held.fold(f64::INFINITY, |least, (stock, cover)| least.min(stock / cover)) / psi
            }
            Self::Psi { psi } => buckets.fold(f64::INFINITY, |least, bucket| {
                let target = psi * recipe.cover_steps[bucket];
                least.min(held(bucket, target * x0) / target)
            }),
            Self::PartlyBinding { dependence } => {
                buckets.fold(f64::INFINITY, |least, bucket| {
                    match dependence.at(bucket, graph.bucket_group[bucket]) {
                        0.0 => least,
                        d => least.min((1.0 - d) * x0 + d * held(bucket, x0)),
                    }
                })
            }
            Self::Linear => {
                let (mut all, mut of) = (0.0, 0.0);
                for bucket in buckets {
                    all += graph.input_share[bucket] * held(bucket, x0);
                    of += graph.input_share[bucket];
                }
                if of > 0.0 { all / of } else { f64::INFINITY }
            }
            Self::Ces { sigma, sigma_material, materials } => {
                let part = |bucket: usize| {
                    let enough = recipe.cover_steps[bucket] * x0;
                    (graph.input_share[bucket], (held(bucket, enough) / enough).min(1.0))
                };
                let is_material = |bucket: &usize| materials.contains(&graph.bucket_group[*bucket]);
                let nest = mean(buckets.clone().filter(is_material).map(part), *sigma_material);
                let others = buckets.filter(|bucket| !is_material(bucket)).map(part);
                let nest = (nest.0 > 0.0).then_some(nest);
                let (_, value) = mean(others.chain(nest), *sigma);
                if value < 1.0 { value * x0 } else { f64::INFINITY }
            }
        }
    }
}

/// `x^t` of a number that may be 0.
#[inline(always)]
fn power(x: f64, t: f64) -> f64 {
    if x < 1e-280 { if t > 0.0 { 0.0 } else { f64::INFINITY } } else { pow1(x, t) }
}

/// One level of (5): the sum of weights and the mean of ratios (1 at most) with
/// elasticity `sigma`, relative to the smallest ratio so that no power overflows.
fn mean(parts: impl Iterator<Item = (f64, f64)> + Clone, sigma: f64) -> (f64, f64) {
    let (mut weight, mut least) = (0.0, 1.0_f64);
    for (w, ratio) in parts.clone() {
        weight += w;
        least = least.min(ratio);
    }
    if least >= 1.0 || weight <= 0.0 {
        return (weight, 1.0);
    }
    let rho = (sigma - 1.0) / sigma;
    if least < 1e-280 && rho <= 0.0 {
        return (weight, 0.0);
    }
    if rho == 0.0 {
        let logs: f64 = parts.map(|(w, ratio)| w / weight * ln1(ratio)).sum();
        return (weight, exp1(logs));
    }
    let scale = if least < 1e-280 { 1.0 } else { least };
    let sum: f64 = parts.map(|(w, ratio)| w / weight * power(ratio / scale, rho)).sum();
    (weight, (scale * power(sum, 1.0 / rho)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Link;

    /// One line with three inputs of shares 0.2, 0.3, 0.1 and output 100 a day.
    fn graph() -> Graph {
        let link = |supplier, flow: f64| Link { supplier, buyer: 3, flow: flow * 365.0 };
        let links = [link(0, 20.0), link(1, 30.0), link(2, 10.0)];
        Graph::of_links(vec![0, 1, 2, 3], &[0.0, 0.0, 0.0, 36_500.0], links).unwrap()
    }

    /// Limit with stocks in output, targets of 10 steps and `x0 = 100`.
    fn limit(rule: &InputLimit, parts: Option<&ByBucket>, stock: [f64; 3]) -> f64 {
        let graph = graph();
        let recipe = Recipe { graph: &graph, cover_steps: &[10.0; 3], parts };
        rule.limit(&recipe, 0..3, &stock, 100.0)
    }

    #[test]
    fn each_rule_by_hand() {
        let stock = [300.0, 40.0, 900.0];
        assert_eq!(limit(&InputLimit::Leontief, None, stock), 40.0);
        // 40 / (0.8 · 10) = 5; ARIO: 100 · min(1, 40 / (0.8 · 10 · 100)) = 5.
        assert!((limit(&InputLimit::Psi { psi: 0.8 }, None, stock) - 5.0).abs() < 1e-12);
        // (0.2 · 300 + 0.3 · 40 + 0.1 · 900) / 0.6 = 270.
        assert!((limit(&InputLimit::Linear, None, stock) - 270.0).abs() < 1e-12);
        let half = ByBucket::Bucket(vec![1.0, 0.5, 0.0]);
        let rule = InputLimit::PartlyBinding { dependence: half.clone() };
        assert_eq!(limit(&rule, None, stock), 70.0);
        assert_eq!(limit(&rule, None, [300.0, 40.0, 0.0]), 70.0, "not critical never binds");
        assert_eq!(limit(&InputLimit::strict(&half), None, stock), 40.0);
        assert_eq!(limit(&InputLimit::loose(&half), None, stock), 300.0);
    }

    /// Half of each of 10 parts: 0.5^10 of the lines run.
    #[test]
    fn one_missing_part_stops_the_line() {
        let parts = ByBucket::Bucket(vec![1.0, 10.0, 1.0]);
        let found = limit(&InputLimit::Leontief, Some(&parts), [300.0, 50.0, 900.0]);
        assert!((found - 100.0 * 0.5_f64.powi(10)).abs() < 1e-12);
        assert_eq!(limit(&InputLimit::Leontief, Some(&parts), [300.0, 150.0, 900.0]), 150.0);
    }

    /// With `σ → 0` the mean is the smallest ratio, here 0.04; with `σ = 1` it is
    /// `0.3^(1/3) 0.04^(1/2) 0.9^(1/6)`.
    #[test]
    fn ces_goes_to_leontief() {
        let stock = [300.0, 40.0, 900.0];
        let ces = |sigma: f64| {
            limit(&InputLimit::Ces { sigma, sigma_material: 0.5, materials: vec![] }, None, stock)
        };
        let mut last = f64::INFINITY;
        for sigma in [0.5, 0.2, 0.05, 0.01, 0.001] {
            let gap = ces(sigma) - 4.0;
            assert!(gap >= -1e-9 && gap < last, "sigma {sigma}: {gap}");
            last = gap;
        }
        assert!(last < 0.004, "{last}");
        let even = 0.3_f64.powf(1.0 / 3.0) * 0.04_f64.powf(0.5) * 0.9_f64.powf(1.0 / 6.0);
        assert!((ces(1.0) - 100.0 * even).abs() < 1e-10);
        assert_eq!(
            limit(
                &InputLimit::Ces { sigma: 0.2, sigma_material: 0.1, materials: vec![1] },
                None,
                [300.0, 0.0, 900.0]
            ),
            0.0
        );
        // All alike: nests do not matter.
        let nested = InputLimit::Ces { sigma: 0.3, sigma_material: 0.05, materials: vec![0, 1] };
        assert!((limit(&nested, None, [500.0; 3]) - 50.0).abs() < 1e-10);
    }
}
