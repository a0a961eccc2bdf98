//! Stocks of inputs: what they hold back, what they lose and what is ordered.
//!
//! ```text
//! S0[b] = n u[b]                                                     first day
//! X[j]  = Xopt[j] · min_b min(1, S[b] / (ψ n[b] a[b] Xopt[j]))       input limit
//! S[b] ← S[b] − a[b] X[j] + R[b]                                     gate 1
//! gap[b] = max(n a[b] Xo[j] − S[b], 0) / τ                           gate 2
//! need[b] = gap[b] + a[b] X[j]
//! ```
//!
//! | symbol | code         | meaning                                    | unit      | shape      |
//! |--------|--------------|--------------------------------------------|-----------|------------|
//! | `S`    | `held`       | stock                                      | value     | `[bucket]` |
//! | `a`    | `share`      | input per unit of output                   | 1         | `[bucket]` |
//! | `ψ n a`| `floor`      | stock per unit of output that binds output | day       | `[bucket]` |
//! | `n a`  | `target`     | stock per unit of output that is aimed at  | day       | `[bucket]` |
//! | `1/τ`  | `speed`      | share of a gap that is ordered in a day    | 1/day     | `[bucket]` |
//! | `R`    | `delivered`  | deliveries                                 | value/day | `[bucket]` |
//! | `need` | `need`       | order                                      | value/day | `[bucket]` |
//!
//! Gates are switches of the whole economy. Stocks move only if deliveries and
//! uses are not all close, gaps are ordered only if stocks and targets are not
//! all close; `|a − b| ≤ 1e-8 + 1e-5 |b|` is close. A bucket of infinite days
//! never binds, and is at its target. One whose purchases are below 1e-5 of a
//! *day's* output in a *year* never binds either.

use std::ops::Range;

/// The two switches of the whole economy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gates {
    /// Stocks move.
    pub(super) stocks: bool,
    /// Gaps are ordered.
    pub(super) gaps: bool,
}

impl Gates {
    pub(super) fn or(self, other: Self) -> Self {
        Self { stocks: self.stocks | other.stocks, gaps: self.gaps | other.gaps }
    }
}

/// All stocks, by bucket.
#[derive(Clone, Debug, Default)]
pub(super) struct Stocks {
    pub(super) floor: Vec<f64>,
    pub(super) target: Vec<f64>,
    pub(super) speed: Vec<f64>,
    pub(super) held: Vec<f64>,
    /// Stock of the next day, until it is known which gates are open.
    pub(super) next: Vec<f64>,
    pub(super) need: Vec<f64>,
    pub(super) delivered: Vec<f64>,
}

#[inline(always)]
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 + 1e-5 * b.abs()
}

impl Stocks {
    /// Output of a node whose buckets these are: `wanted`, or less.
    #[inline(always)]
    pub(super) fn limit(&self, buckets: Range<usize>, wanted: f64) -> f64 {
        let mut ratio = 1.0f64;
        for (held, floor) in self.held[buckets.clone()].iter().zip(&self.floor[buckets]) {
            let required = floor * wanted;
            if *held < required {
                ratio = ratio.min(held / required);
            }
        }
        wanted * ratio
    }

    /// Uses, deliveries and the next order of the buckets of one node, if the
    /// gates are as given; returns how these buckets alone would set them.
    #[inline(always)]
    pub(super) fn restock(
        &mut self,
        share: &[f64],
        buckets: Range<usize>,
        (output, wanted): (f64, f64),
        gates: Gates,
    ) -> Gates {
        let mut seen = Gates { stocks: false, gaps: false };
        let (moves, orders) = (f64::from(gates.stocks), gates.gaps);
        let share = &share[buckets.clone()];
        let (held, target) = (&self.held[buckets.clone()], &self.target[buckets.clone()]);
        let (speed, delivered) = (&self.speed[buckets.clone()], &self.delivered[buckets.clone()]);
        let (next, need) = (&mut self.next[buckets.clone()], &mut self.need[buckets]);
        for b in 0..share.len() {
            let used = share[b] * output;
            seen.stocks |= !close(delivered[b], used);
            let stock = held[b] - moves * used + moves * delivered[b];
            // A bucket of infinite days is where it should be.
            let goal = if target[b] == f64::INFINITY { stock } else { target[b] * wanted };
            seen.gaps |= !(stock == goal || close(stock, goal));
            let gap = if orders { (goal - stock).max(0.0) } else { 0.0 };
            // Infinity less itself is not a number, and `max` drops that.
            need[b] = gap * speed[b] + used;
            next[b] = stock;
        }
        seen
    }
}
