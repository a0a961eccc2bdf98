//! Stocks: what arrives, what is used, and what is ordered.
//!
//! Stocks are counted in output, `σ = S / a`: what a stock is enough for. For
//! bucket `b` of node `j` that draws on pool `p`, with lanes `l` of `L` steps:
//!
//! ```text
//! arrivals  A[b] = Σ_l ν[b](t − L_l) f[l](t − L_l)
//! use       V[b] = min(σ[b], X[j])
//! stock     σ[b] ← σ[b] − V[b] + A[b] + R[b]
//! transit   π[b] ← π[b] + Σ_(L>0) ν[b] f[l] − Σ_(L>0) ν[b](t − L_l) f[l](t − L_l)
//! order     ν[b] ← X[j] + max( (n[b] (1 + κ (1 − f[p])) + L[p]) X*[j] − σ[b] − π[b], 0 ) · min(1, h/τ)
//! ```
//!
//! `X* = min(D, cap)` is what the node would make if it had all inputs. Goods
//! that take no step arrive at the end of the step in which they are shipped.
//!
//! | symbol | code         | meaning                                     | unit  | shape             |
//! |--------|--------------|---------------------------------------------|-------|-------------------|
//! | `σ`    | `stock`      | stock                                       | output | `[bucket]`       |
//! | `ν`    | `order`      | orders of the last steps                    | output | `[ring, bucket]` |
//! | `f`    | `filled`     | share of a pool's orders shipped on a lane  | 1     | `[ring, lane]`    |
//! | `π`    | `transit`    | shipped and not arrived                     | output | `[bucket]`       |
//! | `n`    | `cover`      | target stock                                | step  | `[bucket]`        |
//! | `R`    | `reserves`   | released from a reserve                     | output | `[reserve]`      |

use super::plan::Plan;
use crate::network::settings::Settings;

/// A reserve of one bucket.
#[derive(Clone, Copy, Debug)]
struct Reserve {
    bucket: u32,
    left: f64,
    a_step: f64,
    below: f64,
}

/// All stocks of a network.
#[derive(Clone, Debug, Default)]
pub(in crate::network) struct Inventory {
    pub stock: Vec<f64>,
    pub cover: Vec<f64>,
    pub transit: Vec<f64>,
    pub(super) order: Vec<f64>,
    filled: Vec<f64>,
    /// Share of a pool's orders that was shipped, `[pool]`.
    pub shipped: Vec<f64>,
    reserves: Vec<Reserve>,
    pub(super) restore: f64,
    pub(super) panic: f64,
}

/// What the pass over the buckets of one node reads.
#[derive(Clone, Copy, Debug)]
pub(in crate::network) struct Line {
    /// Output of the step.
    pub output: f64,
    /// Output if inputs were no limit.
    pub aim: f64,
}

impl Inventory {
    pub fn reset(&mut self, plan: &Plan<'_>, settings: &Settings) {
        let graph = &plan.network.graph;
        let (step, buckets) = (plan.step_days, graph.bucket_count());
        self.restore = (step / settings.restore_days).min(1.0);
        self.panic = settings.orders.panic;
        self.cover.clear();
        let cover = graph.bucket_group.iter().enumerate();
        self.cover.extend(cover.map(|(bucket, group)| settings.cover_days.at(bucket, *group) / step));
        self.stock.clear();
        self.stock.resize(buckets, 0.0);
        self.order.clear();
        // A direct step makes them again from what nothing but the step changes.
        let remade = plan.is_direct && self.panic == 0.0 && settings.stockpiles.is_empty();
        self.order.resize(if remade { 0 } else { buckets * plan.ring }, 0.0);
        self.transit.clear();
        self.transit.resize(if plan.ring > 1 { buckets } else { 0 }, 0.0);
        self.filled.clear();
        for _ in 0..plan.ring {
            self.filled.extend_from_slice(&plan.lane_share);
        }
        self.shipped.clear();
        self.shipped.resize(plan.pool_base.len(), 1.0);
        self.reserves.clear();
        for node in 0..graph.node_count() {
            let (x0, region) = (plan.output[node], plan.network.node_region[node]);
            for bucket in graph.buckets(node) {
                self.stock[bucket] = self.cover[bucket] * x0;
                for order in self.order.iter_mut().skip(bucket).step_by(buckets) {
                    *order = x0;
                }
                if plan.ring > 1 {
                    self.transit[bucket] = plan.lead[graph.bucket_pool[bucket] as usize] * x0;
                }
                for pile in &settings.stockpiles {
                    if pile.region == region && pile.group == graph.bucket_group[bucket] {
                        self.reserves.push(Reserve {
                            bucket: bucket as u32,
                            left: pile.amount_days / step * x0,
                            a_step: pile.rate * x0,
                            below: pile.trigger_days / step * x0,
                        });
                    }
                }
            }
        }
    }

    /// Shares of the lanes in a step, to be written.
    pub fn filled_at(&mut self, step: usize, plan: &Plan<'_>) -> &mut [f64] {
        let lanes = plan.lanes.len();
        &mut self.filled[step % plan.ring * lanes..][..lanes]
    }

    /// Orders of a bucket that are filled in a step, in output.
    pub fn order_at(&self, step: usize, plan: &Plan<'_>, bucket: usize) -> f64 {
        self.order[step % plan.ring * self.stock.len() + bucket]
    }

    /// Releases reserves, for stocks below their trigger.
    pub fn release(&mut self) {
        for reserve in &mut self.reserves {
            let stock = &mut self.stock[reserve.bucket as usize];
            if *stock < reserve.below {
                let released = reserve.a_step.min(reserve.left);
                *stock += released;
                reserve.left -= released;
            }
        }
    }

    /// What is left in the reserve of each bucket that has one: `(bucket, output)`.
    pub fn reserves(&self) -> impl Iterator<Item = (u32, f64)> {
        self.reserves.iter().map(|reserve| (reserve.bucket, reserve.left))
    }

    /// Shipments, use and orders of all nodes in one pass: `line` says what a
    /// node makes, `done` is told when its buckets are done, and `ordered` gets
    /// the next orders by pool.
    #[inline(always)]
    pub fn turn_over(
        &mut self,
        plan: &Plan<'_>,
        cover: &[f64],
        step: usize,
        ordered: &mut [f64],
        line: impl Fn(usize) -> Line,
        mut done: impl FnMut(usize, &[f64]),
    ) {
        let graph = &plan.network.graph;
        let lanes = &self.filled[step % plan.ring * plan.lanes.len()..][..plan.lanes.len()];
        for (pool, shipped) in self.shipped.iter_mut().enumerate() {
            *shipped = lanes[plan.lanes_of(pool)].iter().sum();
        }
        ordered.fill(0.0);
        let now = step % plan.ring * self.stock.len();
        let next = (step + 1) % plan.ring * self.stock.len();
        for node in 0..graph.node_count() {
            let Line { output, aim } = line(node);
            for bucket in graph.buckets(node) {
                let pool = graph.bucket_pool[bucket] as usize;
                let order = self.order[now + bucket];
                let shipped = self.shipped[pool];
                let mut target = cover[bucket];
                let mut arrived = order * shipped;
                let mut on_the_way = 0.0;
                if plan.ring > 1 {
                    let (at_once, sent, before) = self.move_goods(plan, step, bucket, pool);
                    arrived = at_once + before;
                    self.transit[bucket] += sent - before;
                    on_the_way = self.transit[bucket];
                    target += plan.lead[pool];
                }
                if self.panic > 0.0 {
                    target += cover[bucket] * self.panic * (1.0 - shipped).max(0.0);
                }
                let held = self.stock[bucket];
                let stock = held - output.min(held) + arrived;
                self.stock[bucket] = stock;
                let gap = (target * aim - stock - on_the_way).max(0.0);
                let order = output + gap * self.restore;
                self.order[next + bucket] = order;
                ordered[pool] += graph.input_share[bucket] * order;
            }
            done(node, &self.stock);
        }
    }

    /// What arrives in the step of shipment, what is sent on its way, and what
    /// arrives from before.
    #[inline(always)]
    fn move_goods(&self, plan: &Plan<'_>, step: usize, bucket: usize, pool: usize) -> (f64, f64, f64) {
        let (buckets, lanes) = (self.stock.len(), plan.lanes.len());
        let on_lane =
            |at: usize, lane: usize| self.order[at * buckets + bucket] * self.filled[at * lanes + lane];
        let now = step % plan.ring;
        let (mut at_once, mut sent, mut before) = (0.0, 0.0, 0.0);
        for lane in plan.lanes_of(pool) {
            match plan.lanes[lane].lag as usize {
                0 => at_once += on_lane(now, lane),
                lag => {
                    sent += on_lane(now, lane);
                    // The ring holds the undisturbed state before the first step.
                    before += on_lane((step + plan.ring - lag) % plan.ring, lane);
                }
            }
        }
        (at_once, sent, before)
    }
}
