//! Who gets what is made, when it is not enough for all?
//!
//! A supplier has orders `o[e]` and may deliver at most `u[e]` on each. One level
//! `λ` fills them:
//!
//! ```text
//! Σ_e min(λ v[e], m[e]) = X,      m[e] = min(o[e], u[e])                         (1)
//! proportional   v = o          everybody gets the same share of the order
//! max-min        v = z          smallest order share first: everybody gets the same
//!                               share of the undisturbed flow, up to the order
//! priority       proportional within a class, classes one after the other
//! ```
//!
//! What a limited link cannot take is offered to the others in the same step,
//! because `λ` rises until (1) holds. An order beyond `u` is not deliverable: it
//! neither calls for output nor takes any from others.
//!
//! | symbol | code     | meaning                                | unit  |
//! |--------|----------|----------------------------------------|-------|
//! | `o`    |          | order                                  | value |
//! | `z`    |          | undisturbed flow                       | value |
//! | `m`    | `limit`  | what can be delivered on the link      | value |
//! | `v`    | `weight` | claim on the level                     | value |
//! | `X`    | `supply` | what there is                          | value |
//!
//! Source of max-min: Inoue and Todo (2019), *Nature Sustainability* 2, 841-847,
//! where the smallest ratio of an order to its undisturbed value is served first.

use crate::network::problem::Problem;

/// Kind of demand, for priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Industries in the supplier's region.
    Home,
    /// Industries elsewhere.
    Abroad,
    /// Final demand.
    Final,
}

/// Who gets scarce output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rationing {
    /// All the same share of their orders.
    Proportional,
    /// One class after the other, proportional within each.
    Priority([Class; 3]),
    /// Smallest order share first. An order is that of a pool on a link,
    /// industries and final demand together.
    MaxMin,
}

impl Rationing {
    pub(in crate::network) fn check(&self, problems: &mut Vec<Problem>) {
        if let Self::Priority(order) = self {
            let mut sorted = *order;
            sorted.sort_unstable();
            if sorted != [Class::Home, Class::Abroad, Class::Final] {
                let what = format!("{order:?} does not name every class once");
                problems.push(Problem::new("rationing.priority", what, "order Home, Abroad and Final"));
            }
        }
    }
}

/// One entry of (1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub weight: f64,
    pub limit: f64,
}

/// The level `λ` of (1); infinity if there is enough for all limits.
///
/// Orders the claims by the level at which they are full; an entry without
/// weight takes nothing.
pub(super) fn level(claims: &mut [Claim], supply: f64) -> f64 {
    let full = |claim: &Claim| if claim.weight > 0.0 { claim.limit / claim.weight } else { f64::INFINITY };
    claims.sort_unstable_by(|a, b| full(a).total_cmp(&full(b)));
    let mut open: f64 = claims.iter().map(|claim| claim.weight).sum();
    let mut left = supply;
    for claim in claims.iter().filter(|claim| claim.weight > 0.0) {
        // Everybody not yet full reaches this level if there is enough.
        if full(claim) * open > left {
            return (left / open).max(0.0);
        }
        left -= claim.limit;
        open -= claim.weight;
    }
    f64::INFINITY
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level_of(claims: &[(f64, f64)], supply: f64) -> f64 {
        let mut claims: Vec<Claim> =
            claims.iter().map(|(weight, limit)| Claim { weight: *weight, limit: *limit }).collect();
        level(&mut claims, supply)
    }

    /// Orders 10, 20, 30 with the second limited to 4 and 34 to give: 4 for it,
    /// and 30 over 40 of the others' orders.
    #[test]
    fn surplus_of_a_limited_link_goes_to_the_others() {
        assert!((level_of(&[(10.0, 10.0), (20.0, 4.0), (30.0, 30.0)], 34.0) - 0.75).abs() < 1e-15);
        assert_eq!(level_of(&[(10.0, 10.0), (20.0, 4.0)], 14.0), f64::INFINITY);
        assert_eq!(level_of(&[(10.0, 0.0), (20.0, 20.0)], 5.0), 0.25);
    }

    /// Max-min: undisturbed flows 10, 10, 20; orders 4, 20, 20; 24 to give. The
    /// first is full at level 0.4 with 4; 20 are left for weights 10 and 20.
    #[test]
    fn max_min_by_hand() {
        let level = level_of(&[(10.0, 4.0), (10.0, 20.0), (20.0, 20.0)], 24.0);
        assert!((level - 2.0 / 3.0).abs() < 1e-15);
    }

    proptest! {
        /// What is delivered is what there is, or all that can be delivered.
        #[test]
        fn everything_is_given_away(
            claims in proptest::collection::vec((0.0..10.0f64, 0.0..10.0f64), 1..20),
            supply in 0.0..100.0f64,
        ) {
            let level = level_of(&claims, supply);
            let given = |(weight, limit): &(f64, f64)| if *weight > 0.0 { limit.min(level * weight) } else { 0.0 };
            let delivered: f64 = claims.iter().map(given).sum();
            let most: f64 = claims.iter().filter(|(w, _)| *w > 0.0).map(|(_, limit)| limit).sum();
            prop_assert!((delivered - supply.min(most)).abs() < 1e-9);
        }
    }
}
