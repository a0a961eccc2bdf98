//! Shipments, stocks, orders and input limits in one reading of the links.
//!
//! Where every bucket has a pool of its own, and nothing takes a step, is limited
//! by link or orders elsewhere, what arrives in a bucket and what it orders next
//! pass over the same links:
//!
//! ```text
//! f[b] = Σ_i w[b,i] f[i]                     shipped, of what was ordered
//! ν[b] = X₋₁ + max(n[b] X*₋₁ − σ[b], 0) · min(1, h/τ)       ordered in the last step
//! σ[b] ← σ[b] − min(σ[b], X) + f[b] ν[b]
//! D[i] = Σ_b w[b,i] a[b] ν[b]                with the order that follows from the new stock
//! ```
//!
//! A million firms are larger than a cache, so a step costs what it reads and how
//! long it waits for it:
//!
//! * Nothing is laid out by pool or lane, and nothing is kept by link.
//! * Orders are not kept: they are made again from the stock and from what their
//!   node made, bit by bit. Only where buyers panic, or a reserve adds to the
//!   stock in between, they are stored.
//! * Share and orders of a supplier lie side by side, so that a link misses the
//!   cache once. The buyers of a block look their suppliers up, and still find
//!   them at hand when they order.
//! * The links of a block are looked up in one loop and summed by bucket in the
//!   next: in a loop of a bucket's links the processor guesses wrong where it
//!   ends, and the look-ups behind a wrong guess start over.
//!
//! The nodes are passed in two halves, side by side, which sum orders apart; on
//! one thread there are two as well, so that bits do not depend on threads.
//!
//! | symbol | code       | meaning                                  | unit   | shape         |
//! |--------|------------|------------------------------------------|--------|---------------|
//! | `f`, `D` | `exchange` | share of its orders a supplier meets, and its next orders | 1, value | `[half][node]` |
//! | `X₋₁`, `X*₋₁` | `before` | output and aim of the last step       | value  | `[node]`      |
//! | `σ`    | `stock`    | stock                                    | output | `[bucket]`    |

use std::ops::Range;

use rayon::prelude::*;

use super::input_limit::{InputLimit, Recipe};
use super::inventory::Line;
use super::plan::Plan;
use crate::network::graph::Graph;

/// Nodes of a block: what their suppliers share fits a first-level cache.
const BLOCK: usize = 64;

/// What a step passes on to the next, and the buffers of each half.
#[derive(Clone, Debug, Default)]
pub(in crate::network) struct Direct {
    before: Vec<Line>,
    exchange: [Vec<[f64; 2]>; 2],
    block: [Block; 2],
}

/// Buffers of a block of nodes.
#[derive(Clone, Debug, Default)]
struct Block {
    /// Share of a pool that a supplier ships, by link.
    by_link: Vec<f64>,
    /// Shipments, then orders, by bucket.
    by_bucket: Vec<f64>,
}

/// What both halves read.
pub(super) struct Pass<'a, 'n> {
    pub plan: &'a Plan<'n>,
    pub recipe: Recipe<'a>,
    pub input_limit: &'a InputLimit,
    /// Share of a gap that is ordered in a step, `min(1, h/τ)`.
    pub restore: f64,
    pub panic: f64,
    pub fill: &'a [f64],
    pub output: &'a [f64],
    pub aim: &'a [f64],
}

/// Half of the nodes, with what they own.
struct Half<'a> {
    nodes: Range<usize>,
    first_bucket: usize,
    before: &'a mut [Line],
    limit: &'a mut [f64],
    stock: &'a mut [f64],
    /// Orders of the last step, where they cannot be made again.
    order: &'a mut [f64],
    exchange: &'a mut Vec<[f64; 2]>,
    block: &'a mut Block,
}

impl Direct {
    /// Forgets the last run; `call` gets the undisturbed orders by node.
    pub fn reset(&mut self, plan: &Plan<'_>, call: &mut [f64]) {
        let graph = &plan.network.graph;
        self.before.clear();
        self.before.extend(plan.output.iter().map(|x0| Line { output: *x0, aim: *x0 }));
        for node in 0..plan.output.len() {
            for bucket in graph.buckets(node) {
                let value = graph.input_share[bucket] * plan.output[node];
                for link in graph.links(bucket) {
                    call[graph.supplier[link] as usize] += value * graph.link_share[link];
                }
            }
        }
    }

    /// Equations 6 and 7 of a step, and the next orders by node in `call`. `order`
    /// has those of the last step, or nothing where they can be made again.
    pub fn turn_over(
        &mut self,
        pass: &Pass<'_, '_>,
        stock: &mut [f64],
        order: &mut [f64],
        limit: &mut [f64],
        call: &mut [f64],
    ) {
        let graph = &pass.plan.network.graph;
        let middle = graph.node_count() / 2;
        let first_bucket = graph.bucket_start[middle] as usize;
        let (stock, more_stock) = stock.split_at_mut(first_bucket);
        let kept = first_bucket.min(order.len());
        let (order, more_order) = order.split_at_mut(kept);
        let (before, more_before) = self.before.split_at_mut(middle);
        let (limit, more_limit) = limit.split_at_mut(middle);
        let ([left, right], [block, more_block]) = (&mut self.exchange, &mut self.block);
        let first =
            Half { nodes: 0..middle, first_bucket: 0, before, limit, stock, order, exchange: left, block };
        let second = Half {
            nodes: middle..graph.node_count(),
            first_bucket,
            before: more_before,
            limit: more_limit,
            stock: more_stock,
            order: more_order,
            exchange: right,
            block: more_block,
        };
        rayon::join(|| first.turn_over(pass), || second.turn_over(pass));
        let sums = self.exchange[0].par_iter().zip(&self.exchange[1]);
        call.par_iter_mut().zip(sums).with_min_len(1 << 16).for_each(|(call, (left, right))| {
            *call = left[1] + right[1];
        });
    }
}

impl Half<'_> {
    fn turn_over(mut self, pass: &Pass<'_, '_>) {
        let graph = &pass.plan.network.graph;
        self.exchange.clear();
        self.exchange.extend(pass.fill.iter().map(|fill| [*fill, 0.0]));
        for first in self.nodes.clone().step_by(BLOCK) {
            let nodes = first..(first + BLOCK).min(self.nodes.end);
            let buckets = graph.bucket_start[nodes.start] as usize..graph.bucket_start[nodes.end] as usize;
            self.look_up(graph, buckets.clone());
            for node in nodes {
                self.renew(pass, node, buckets.start);
            }
            self.place_orders(graph, buckets);
        }
    }

    /// Shipments to the buckets of a block.
    #[inline(always)]
    fn look_up(&mut self, graph: &Graph, buckets: Range<usize>) {
        let Block { by_link, by_bucket } = &mut *self.block;
        let start = |bucket: usize| graph.link_start[bucket] as usize;
        let first = start(buckets.start);
        let links = first..start(buckets.end);
        let suppliers = graph.supplier[links.clone()].iter().zip(&graph.link_share[links]);
        by_link.clear();
        by_link.extend(suppliers.map(|(supplier, share)| share * self.exchange[*supplier as usize][0]));
        by_bucket.clear();
        by_bucket.extend(
            buckets
                .map(|bucket| by_link[start(bucket) - first..start(bucket + 1) - first].iter().sum::<f64>()),
        );
    }

    /// Stocks and next orders of a node, and the input limit that follows.
    #[inline(always)]
    fn renew(&mut self, pass: &Pass<'_, '_>, node: usize, first_of_block: usize) {
        let graph = &pass.plan.network.graph;
        let line = Line { output: pass.output[node], aim: pass.aim[node] };
        let before = std::mem::replace(&mut self.before[node - self.nodes.start], line);
        let asked = |line: Line, target: f64, held: f64| {
            line.output + (target * line.aim - held).max(0.0) * pass.restore
        };
        for bucket in graph.buckets(node) {
            let by_bucket = &mut self.block.by_bucket[bucket - first_of_block];
            let (at, shipped) = (bucket - self.first_bucket, *by_bucket);
            let (held, mut target) = (self.stock[at], pass.recipe.cover_steps[bucket]);
            let ordered = match self.order.get(at) {
                Some(order) => *order,
                None => asked(before, target, held),
            };
            if pass.panic > 0.0 {
                target += target * pass.panic * (1.0 - shipped).max(0.0);
            }
            let stock = held - line.output.min(held) + ordered * shipped;
            let next = asked(line, target, stock);
            self.stock[at] = stock;
            if let Some(order) = self.order.get_mut(at) {
                *order = next;
            }
            *by_bucket = graph.input_share[bucket] * next;
        }
        let own = graph.buckets(node);
        let held = &self.stock[own.start - self.first_bucket..own.end - self.first_bucket];
        self.limit[node - self.nodes.start] =
            pass.input_limit.limit(&pass.recipe, own, held, pass.plan.output[node]);
    }

    /// Adds the orders of the buckets of a block to what their suppliers are asked for.
    #[inline(always)]
    fn place_orders(&mut self, graph: &Graph, buckets: Range<usize>) {
        for (bucket, value) in buckets.zip(&self.block.by_bucket) {
            let links = graph.links(bucket);
            for (supplier, share) in graph.supplier[links.clone()].iter().zip(&graph.link_share[links]) {
                self.exchange[*supplier as usize][1] += value * share;
            }
        }
    }
}
