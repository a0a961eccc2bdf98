//! From whom do buyers order, and what is each supplier asked for?
//!
//! ```text
//! N[p]   = Σ_(b on p) a[b] ν[b] + F[p] + B[p]                orders of a pool
//! g[e]   = (availability of the supplier · min(1, u[e]))^η                        (1)
//! s[p]   = Σ_e w[p,e] g[e]
//! m[p,e] = (1 − r[p]) + r[p] g[e] / s[p]                     what re-routing does (2)
//! o[e]   = w[p,e] m[p,e] N[p]                                order on a link
//! D[i]   = Σ_e min(o[e], u[e] z[e]) + Y[i] + B[i]            what i is asked for  (3)
//! ```
//!
//! Availability is what a supplier could make in the last step, of capacity and
//! inputs, over its undisturbed output. `r` grows from 0 to 1 over the time of
//! qualification while suppliers differ, and falls as fast when they do not:
//! until then the order stays with the old supplier, who may not deliver. With
//! `η = 0` every order keeps its undisturbed share.
//!
//! | symbol  | code        | meaning                                | unit  | shape    |
//! |---------|-------------|----------------------------------------|-------|----------|
//! | `N`     | `ordered`, `wanted` | orders of industries, of final buyers | value | `[pool]` |
//! | `g`     | `open`      | pull of a supplier                     | 1     | `[slot]` |
//! | `s`     | `norm`      | mean pull of a pool                    | 1     | `[pool]` |
//! | `r`     | `moved`     | share of orders that may move          | 1     | `[pool]` |
//! | `D`     | `call`      | orders by class of buyer               | value | `[slot]` |
//!
//! The rule (1) with `η = 1` and the availability of capacity alone is that of
//! ARIO with alternative suppliers: Hallegatte (2008), *Risk Analysis* 28(3).

use super::plan::{CappedLink, Plan};
use crate::numerics::vector::pow1;

/// Orders that suppliers face in a step, and how they were split.
#[derive(Clone, Debug, Default)]
pub(in crate::network) struct Orders {
    pub eta: f64,
    /// Rise of `r` a step.
    pub qualifies: f64,
    /// Number of classes of buyers that suppliers tell apart: 1 or 3.
    pub classes: usize,
    /// Orders of industries, `[pool]`.
    pub ordered: Vec<f64>,
    /// Final demand on the pool with what was kept from before, `[pool]`.
    pub wanted: Vec<f64>,
    /// Pull of a supplier, `[slot]`.
    pub open: Vec<f64>,
    pub norm: Vec<f64>,
    pub moved: Vec<f64>,
    /// Orders by class, limited links left out, `[class][slot]`.
    pub call: [Vec<f64>; 3],
    /// Orders by pull, to be multiplied by `g`, `[class][slot]`.
    pulled: [Vec<f64>; 3],
    /// Limits of the capped links in this step, 1 is undisturbed.
    pub limit: Vec<f64>,
    /// Pull of the capped links.
    pub capped_open: Vec<f64>,
}

impl Orders {
    pub fn reset(&mut self, plan: &Plan<'_>, eta: f64, qualification_steps: f64, classes: usize) {
        let (nodes, pools) = (plan.output.len(), plan.pool_base.len());
        self.eta = eta;
        self.qualifies = if qualification_steps > 0.0 { 1.0 / qualification_steps } else { 1.0 };
        self.classes = classes;
        refill(&mut self.ordered, pools, 0.0);
        for (ordered, (base, wanted)) in
            self.ordered.iter_mut().zip(plan.pool_base.iter().zip(&plan.pool_final))
        {
            *ordered = (base - wanted).max(0.0);
        }
        self.wanted.clone_from(&plan.pool_final);
        let moving = if eta > 0.0 { (nodes, pools) } else { (0, 0) };
        refill(&mut self.open, moving.0, 1.0);
        refill(&mut self.norm, moving.1, 1.0);
        refill(&mut self.moved, moving.1, if self.qualifies >= 1.0 { 1.0 } else { 0.0 });
        for class in 0..3 {
            refill(&mut self.call[class], if class < classes { nodes } else { 0 }, 0.0);
            refill(&mut self.pulled[class], if class < classes { moving.0 } else { 0 }, 0.0);
        }
        refill(&mut self.limit, plan.capped.len(), f64::INFINITY);
        refill(&mut self.capped_open, plan.capped.len(), 1.0);
    }

    /// What re-routing does to the share of a supplier in a pool, `m` of (2).
    #[inline(always)]
    pub fn factor(&self, pool: usize, open: f64) -> f64 {
        if self.eta == 0.0 {
            return 1.0;
        }
        let (moved, norm) = (self.moved[pool], self.norm[pool]);
        if norm > 0.0 { (1.0 - moved) + moved * open / norm } else { 1.0 }
    }

    /// `m` of a limited link.
    #[inline(always)]
    pub fn capped_factor(&self, at: usize, capped: &CappedLink) -> f64 {
        if self.eta == 0.0 { 1.0 } else { self.factor(capped.pool as usize, self.capped_open[at]) }
    }

    /// Sums orders by supplier, over all links that are not limited.
    pub fn collect(&mut self, plan: &Plan<'_>) {
        for class in 0..self.classes {
            self.call[class].fill(0.0);
            self.pulled[class].fill(0.0);
        }
        if self.eta > 0.0 {
            self.renew_pulls(plan);
        }
        pulp::Arch::new().dispatch(Collect { orders: self, plan });
        if self.eta > 0.0 {
            for class in 0..self.classes {
                let pulled = self.pulled[class].iter().zip(&self.open);
                for (call, (pulled, open)) in self.call[class].iter_mut().zip(pulled) {
                    *call += pulled * open;
                }
            }
        }
    }

    /// Pulls of limited links, mean pulls, and how much of the orders may move.
    fn renew_pulls(&mut self, plan: &Plan<'_>) {
        for (at, capped) in plan.capped.iter().enumerate() {
            let open = self.open[plan.slot[capped.node as usize] as usize];
            self.capped_open[at] = open * pull(self.limit[at].min(1.0), self.eta);
        }
        for pool in 0..plan.pool_base.len() {
            self.norm[pool] =
                plan.lanes_of(pool).map(|lane| plan.gather(&plan.lanes[lane], &self.open)).sum();
        }
        for (pool, range) in &plan.limited_pools {
            for at in &plan.capped_in_pool[range.clone()] {
                self.norm[*pool as usize] +=
                    plan.capped[*at as usize].weight * self.capped_open[*at as usize];
            }
        }
        if self.qualifies < 1.0 {
            for (moved, norm) in self.moved.iter_mut().zip(&self.norm) {
                let change = if (norm - 1.0).abs() > 1e-9 { self.qualifies } else { -self.qualifies };
                *moved = (*moved + change).clamp(0.0, 1.0);
            }
        }
    }
}

/// `availability^η`.
#[inline(always)]
pub(super) fn pull(available: f64, eta: f64) -> f64 {
    if available == 1.0 || eta == 1.0 {
        available
    } else if available < 1e-280 {
        0.0
    } else {
        pow1(available, eta)
    }
}

/// Makes `values` of a length and of one value, without giving memory back.
pub(super) fn refill(values: &mut Vec<f64>, len: usize, value: f64) {
    values.clear();
    values.resize(len, value);
}

struct Collect<'a, 'p, 'n> {
    orders: &'a mut Orders,
    plan: &'p Plan<'n>,
}

impl pulp::NullaryFnOnce for Collect<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { orders, plan } = self;
        for pool in 0..plan.pool_base.len() {
            let (industries, buyers) = (orders.ordered[pool], orders.wanted[pool]);
            let split = orders.classes == 3;
            let (first, last) = if split { (industries, buyers) } else { (industries + buyers, 0.0) };
            let (stays, moves) = match orders.eta > 0.0 && orders.norm[pool] > 0.0 {
                true => (1.0 - orders.moved[pool], orders.moved[pool] / orders.norm[pool]),
                false => (1.0, 0.0),
            };
            for lane in &plan.lanes[plan.lanes_of(pool)] {
                let class = usize::from(split && lane.abroad);
                if stays > 0.0 {
                    plan.spread(lane, stays * first, &mut orders.call[class]);
                    if last > 0.0 {
                        plan.spread(lane, stays * last, &mut orders.call[2]);
                    }
                }
                if moves > 0.0 {
                    plan.spread(lane, moves * first, &mut orders.pulled[class]);
                    if last > 0.0 {
                        plan.spread(lane, moves * last, &mut orders.pulled[2]);
                    }
                }
            }
        }
    }
}
