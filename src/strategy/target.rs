//! The closed form of the best taxes, given shadow values.
//!
//! With `κ̃ = (κ[s,i] + m[i] e) / (1+e)`, what a dollar at the border is worth to
//! somebody besides the tariff, and `h = (κ̃ + m t) / (1+t)`, every tariff of `j`
//! in sector `s` that is free and between its bounds (the set `A`) solves
//!
//! ```text
//! 1 + t[s,j,i] = (m[j] − κ̃[s,j,i]) / (m[j] − C[s,j])                                                (1)
//! C[s,j] = { m[j] − v[s,j] + θ[s] Σ_{k∉A} s[s,j,k] h[s,j,k] } / { 1 + θ[s] (1 − Σ_{k∈A} s[s,j,k]) }   (2)
//! ```
//!
//! One rate for all partners: `A` is all of them or, at a bound, nobody, and `κ̃`
//! is their mean by shares. With `n = m − κ̃` and `d = m − C`:
//!
//! | `n` | `d` | best                                                          |
//! |-----|-----|---------------------------------------------------------------|
//! | > 0 | > 0 | (1), cut to the bounds; a cut rate leaves `A`                 |
//! | > 0 | ≤ 0 | the upper bound: no rate is high enough                       |
//! | ≤ 0 | > 0 | the lower bound: a subsidy without limit                      |
//! | ≤ 0 | ≤ 0 | (1) is a minimum: the bound on the side where the rate now is |
//!
//! Export taxes, each by itself, with `σ̃ = σ − θ s[s,j,i]`:
//!
//! ```text
//! 1 + e[s,j,i] = σ̃ (m[i] − κ[s,i]) / { (σ̃−1) (m[i] + m[j] t) − (1+t) (θ Q − v[s,j]) }               (3)
//! Q = Σ_{k≠i} s[s,j,k] h[s,j,k]
//! ```
//!
//! They are first-order conditions solved for the rate, so a fixed point of
//! "shadow values at the taxes, taxes by (1) to (3)" satisfies them.

use super::economy::{Economy, Outcome, Policy, Shadow};
use super::player::{Lever, Player};

/// Rounds in which `A` may change.
const PASSES: usize = 8;

/// One importer's market of one sector, as one player sees it.
struct Market<'a> {
    share: &'a [f64],
    tariff: &'a [f64],
    /// `κ̃`, `[exporter]`.
    worth: Vec<f64>,
    /// `m` of the importer.
    revenue: f64,
    /// `v`.
    price: f64,
    theta: f64,
}

impl<'a> Market<'a> {
    fn new(
        (theta, row, n): (&[f64], usize, usize),
        policy: &'a Policy,
        outcome: &'a Outcome,
        shadow: &Shadow,
    ) -> Self {
        let (s, importer) = (row / n, row % n);
        let cells = row * n..(row + 1) * n;
        let worth = policy.export_tax[cells.clone()].iter().enumerate();
        let worth = worth.map(|(i, e)| (shadow.sales[s * n + i] + shadow.revenue[i] * e) / (1.0 + e));
        Self {
            share: &outcome.share[cells.clone()],
            tariff: &policy.tariff[cells],
            worth: worth.collect(),
            revenue: shadow.revenue[importer],
            price: shadow.prices[row],
            theta: theta[s],
        }
    }

    /// `h` of a supplier at a tariff.
    fn held(&self, exporter: usize, tariff: f64) -> f64 {
        (self.worth[exporter] + self.revenue * tariff) / (1.0 + tariff)
    }

    /// `C`, given what those outside `A` are worth, `Σ s h`, and the share of `A`.
    fn common(&self, outside: f64, inside: f64) -> f64 {
        (self.revenue - self.price + self.theta * outside) / (1.0 + self.theta * (1.0 - inside))
    }
}

/// The table of the module. `None`: the rate is inside its bounds and given by (1).
fn corner(n: f64, d: f64, now: f64, (lower, upper): (f64, f64)) -> (f64, bool) {
    if n > 0.0 && d > 0.0 {
        let rate = n / d - 1.0;
        return (rate.clamp(lower, upper), rate > lower && rate < upper);
    }
    let up = if n > 0.0 { true } else { d <= 0.0 && (1.0 + now) * d < n };
    (if up { upper } else { lower }, false)
}

/// Best tariffs of one market, each partner's own; written where a rate is free.
fn by_partner(market: &Market<'_>, lever: &Lever, s: usize, target: &mut [f64]) {
    let n = target.len();
    let free = &lever.free[s * n..][..n];
    let mut inside = free.to_vec();
    target.iter_mut().zip(market.tariff).zip(free).for_each(|((target, now), free)| {
        if *free {
            *target = *now;
        }
    });
    for _ in 0..PASSES {
        let (mut outside, mut share) = (0.0, 0.0);
        for i in 0..n {
            if inside[i] {
                share += market.share[i];
            } else if market.share[i] > 0.0 {
                let rate = if free[i] { target[i] } else { market.tariff[i] };
                outside += market.share[i] * market.held(i, rate);
            }
        }
        let d = market.revenue - market.common(outside, share);
        let mut changed = false;
        for i in (0..n).filter(|i| free[*i]) {
            let bounds = (lever.lower[s * n + i], lever.upper[s * n + i]);
            let (rate, interior) = corner(market.revenue - market.worth[i], d, market.tariff[i], bounds);
            changed |= interior != inside[i] || (!interior && rate != target[i]);
            (target[i], inside[i]) = (rate, interior);
        }
        if !changed {
            break;
        }
    }
}

/// Best tariff of one market, the same for all free partners.
fn for_all(market: &Market<'_>, lever: &Lever, s: usize, target: &mut [f64]) {
    let n = target.len();
    let row: Vec<usize> = (s * n..(s + 1) * n).filter(|cell| lever.free[*cell]).collect();
    let Some(first) = row.first() else { return };
    let (mut share, mut worth, mut outside) = (0.0, 0.0, 0.0);
    for i in 0..n {
        if lever.free[s * n + i] {
            share += market.share[i];
            worth += market.share[i] * market.worth[i];
        } else if market.share[i] > 0.0 {
            outside += market.share[i] * market.held(i, market.tariff[i]);
        }
    }
    let mean = if share > 0.0 {
        worth / share
    } else {
        row.iter().map(|cell| market.worth[cell - s * n]).sum::<f64>() / row.len() as f64
    };
    let d = market.revenue - market.common(outside, share);
    let now = market.tariff[first - s * n];
    let (rate, _) = corner(market.revenue - mean, d, now, lever.common_bounds(&row));
    row.iter().for_each(|cell| target[cell - s * n] = rate);
}

/// Best export tax on one sale.
fn export_tax(market: &Market<'_>, exporter: usize, shadow: (f64, f64), now: f64, bounds: (f64, f64)) -> f64 {
    let (sales, revenue) = shadow;
    let others: f64 = (0..market.share.len())
        .filter(|k| *k != exporter && market.share[*k] > 0.0)
        .map(|k| market.share[k] * market.held(k, market.tariff[k]))
        .sum();
    let sigma = 1.0 + market.theta * (1.0 - market.share[exporter]);
    let t = market.tariff[exporter];
    let n = sigma * (revenue - sales);
    let d =
        (sigma - 1.0) * (revenue + market.revenue * t) - (1.0 + t) * (market.theta * others - market.price);
    corner(n, d, now, bounds).0
}

/// Writes the best taxes of a player at an outcome into `target`, where they are free.
pub(super) fn write<E: Economy + ?Sized>(
    economy: &E,
    player: &Player,
    (policy, outcome, shadow): (&Policy, &Outcome, &Shadow),
    target: &mut Policy,
) {
    let n = economy.region_count();
    let theta = economy.theta();
    for lever in &player.tariffs {
        for s in 0..theta.len() {
            if !lever.free[s * n..][..n].contains(&true) {
                continue;
            }
            let row = s * n + lever.region;
            let market = Market::new((theta, row, n), policy, outcome, shadow);
            let rates = &mut target.tariff[row * n..][..n];
            if lever.same {
                for_all(&market, lever, s, rates);
            } else {
                by_partner(&market, lever, s, rates);
            }
        }
    }
    for lever in &player.export_taxes {
        let exporter = lever.region;
        for s in 0..theta.len() {
            for partner in (0..n).filter(|partner| lever.free[s * n + partner]) {
                let row = s * n + partner;
                let market = Market::new((theta, row, n), policy, outcome, shadow);
                let values = (shadow.sales[s * n + exporter], shadow.revenue[exporter]);
                let bounds = (lever.lower[row], lever.upper[row]);
                let now = policy.export_tax[row * n + exporter];
                target.export_tax[row * n + exporter] = export_tax(&market, exporter, values, now, bounds);
            }
        }
    }
    fix_level(player, theta.len(), n, target);
}

/// Takes out Lerner's flat direction: the export tax of the player's level is 0.
fn fix_level(player: &Player, sectors: usize, n: usize, target: &mut Policy) {
    let (Some((sector, partner)), [tariffs], [taxes]) =
        (player.level, player.tariffs.as_slice(), player.export_taxes.as_slice())
    else {
        return;
    };
    let region = tariffs.region;
    let factor = 1.0 + target.export_tax[(sector * n + partner) * n + region];
    for s in 0..sectors {
        for other in (0..n).filter(|other| *other != region) {
            let at = s * n + other;
            let rate = &mut target.tariff[(s * n + region) * n + other];
            *rate = ((1.0 + *rate) * factor - 1.0).clamp(tariffs.lower[at], tariffs.upper[at]);
            let rate = &mut target.export_tax[at * n + region];
            *rate = ((1.0 + *rate) / factor - 1.0).clamp(taxes.lower[at], taxes.upper[at]);
        }
    }
}

/// Derivatives of an objective in `ln(1+t)` and in `ln(1+e)` of every tax of
/// everybody, both `[sector, importer, exporter]`.
pub fn gradient<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    outcome: &Outcome,
    shadow: &Shadow,
) -> (Vec<f64>, Vec<f64>) {
    let n = economy.region_count();
    let theta = economy.theta();
    let (mut tariff, mut export) = (vec![0.0; policy.tariff.len()], vec![0.0; policy.tariff.len()]);
    for row in 0..theta.len() * n {
        let market = Market::new((theta, row, n), policy, outcome, shadow);
        let sigma = 1.0 + market.theta;
        let spending = outcome.spending[row];
        let all: f64 = (0..n)
            .filter(|k| market.share[*k] > 0.0)
            .map(|k| market.share[k] * market.held(k, market.tariff[k]))
            .sum();
        for i in 0..n {
            let cell = row * n + i;
            let bought = market.share[i] * spending;
            let held = market.held(i, market.tariff[i]);
            let t = market.tariff[i];
            let price = market.theta * all - sigma * held - market.price;
            if row % n != i {
                tariff[cell] = bought * (market.revenue + price);
            }
            export[cell] = bought * ((shadow.revenue[i] + market.revenue * t) / (1.0 + t) + price);
        }
    }
    (tariff, export)
}
