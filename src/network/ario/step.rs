//! One day: demand, capacity, input limit, rationing, stocks, orders.
//!
//! ```text
//! D = O 1 + Y + B                                                      (1)
//! q = (D − X) / D,  α ← α + (α_max − α) q/τ_α + (α_0 − α) [q = 0]/τ_α, at least 1   (2)
//! cap = x0 (1 − δ) α,  Xopt = min(D, cap)                              (3)
//! X = Xopt · min_b min(1, S[b] / (ψ n a Xopt))                         (4)
//! s = X / D, the share of every order, final demand and rebuilding alike (5)
//! S ← S − a X + R                                                      (6)
//! B ← B (1 − s), what recovers recovers                                (7)
//! need = a X + max(n a min(D, cap) − S, 0)/τ,  g = cap / x0            (8)
//! ```
//!
//! (2) from the third day on, with today's `D` and yesterday's `X`; `q = 0` is
//! a test of every bit. (8) takes `D` after (7).
//!
//! Deliveries to a pool, its next order and the demand that this puts on its
//! suppliers need one reading of its links where the pool belongs to one bucket:
//! the links of a buyer are read, its stocks done, and the same links, still in
//! the cache, take the orders. That presumes gates as on the day before; on the
//! few days when a gate turns, stocks and orders are done once more.

use pulp::NullaryFnOnce;

use super::rows::Rows;
use super::stocks::{Gates, Stocks};
use super::{Ario, ArioError};
use crate::network::Graph;

impl Ario<'_> {
    /// Computes the next day.
    ///
    /// # Errors
    /// [`ArioError::Stock`] where a stock falls below zero, which a `psi` times
    /// days below 1 allows; [`ArioError::Destroyed`] where several events
    /// destroy more than there is.
    pub fn step(&mut self) -> Result<(), ArioError> {
        let day = self.day;
        self.shocks.begin(day)?;
        for node in 0..self.demand.len() {
            let slot = self.rows.rank[node] as usize;
            self.lasting[node] = self.rows.drawn[slot] * self.rows.ability[slot] + self.final_demand[node];
            self.demand[node] = self.lasting[node] + self.shocks.rebuild[node];
        }
        if day > 1 {
            self.overproduce();
        }
        self.produce();
        self.shocks.end(day, &self.share);
        for node in 0..self.demand.len() {
            let later = self.lasting[node] + self.shocks.rebuild[node];
            self.wanted[node] = later.min(self.capacity[node]);
        }
        self.trade()?;
        self.day = day.saturating_add(1);
        Ok(())
    }

    /// (2)
    fn overproduce(&mut self) {
        let rule = self.overproduction;
        for ((alpha, demand), output) in self.alpha.iter_mut().zip(&self.demand).zip(&self.production) {
            let q = if *demand > 0.0 { (demand - output) / demand } else { 0.0 };
            let calm = if q == 0.0 { (rule.base - *alpha) / rule.days } else { 0.0 };
            *alpha = (*alpha + (rule.max - *alpha) * q / rule.days + calm).max(1.0);
        }
    }

    /// (3) to (5)
    fn produce(&mut self) {
        for node in 0..self.demand.len() {
            let slot = self.rows.rank[node] as usize;
            let (demand, normal) = (self.demand[node], self.graph.output[node]);
            let capacity = normal * (1.0 - self.shocks.loss[node]) * self.alpha[node];
            let output = self.stocks.limit(self.graph.buckets(node), demand.min(capacity));
            let share = if demand > 0.0 { output / demand } else { 0.0 };
            self.capacity[node] = capacity;
            self.production[node] = output;
            self.share[node] = share;
            self.rows.offered[slot] = self.rows.ability[slot] * share;
            self.able[slot] = if self.reroutes && normal > 0.0 { capacity / normal } else { 1.0 };
        }
        std::mem::swap(&mut self.rows.ability, &mut self.able);
    }

    /// (6) and (8)
    fn trade(&mut self) -> Result<(), ArioError> {
        let Self { graph, rows, stocks, pool_need, production, wanted, .. } = self;
        let mut day = Trade { graph, rows, stocks, pool_need, production, wanted, gates: self.gates };
        let arch = pulp::Arch::new();
        let mut seen = arch.dispatch(Stream(&mut day));
        // Gate 2 is seen with the stocks that gate 1 leaves, so gate 1 comes first.
        while seen != day.gates {
            day.gates = match seen.stocks == day.gates.stocks {
                true => seen,
                false => Gates { stocks: seen.stocks, ..day.gates },
            };
            seen = arch.dispatch(Again(&mut day));
        }
        self.gates = day.gates;
        std::mem::swap(&mut self.stocks.held, &mut self.stocks.next);
        match self.stocks.held.iter().position(|stock| *stock < 0.0) {
            Some(bucket) => Err(self.below_zero(bucket)),
            None => Ok(()),
        }
    }

    fn below_zero(&self, bucket: usize) -> ArioError {
        let node = (0..self.graph.node_count()).find(|node| self.graph.buckets(*node).contains(&bucket));
        ArioError::Stock {
            day: self.day,
            node: node.unwrap_or_default(),
            group: self.graph.bucket_group[bucket] as usize,
            stock: self.stocks.held[bucket],
        }
    }
}

/// What (6) and (8) read and write.
struct Trade<'s> {
    graph: &'s Graph,
    rows: &'s mut Rows,
    stocks: &'s mut Stocks,
    /// Orders of a pool, `[pool]`; empty where every bucket has its own.
    pool_need: &'s mut [f64],
    production: &'s [f64],
    wanted: &'s [f64],
    gates: Gates,
}

impl Trade<'_> {
    #[inline(always)]
    fn restock(&mut self, node: usize) -> Gates {
        let outputs = (self.production[node], self.wanted[node]);
        self.stocks.restock(&self.graph.input_share, self.graph.buckets(node), outputs, self.gates)
    }

    /// Orders of a pool that belongs to a bucket of the same number.
    #[inline(always)]
    fn order(&mut self, pool: usize) {
        self.rows.scatter(self.graph, pool, self.stocks.need[pool] * self.rows.inverse[pool]);
    }

    /// Orders of pools that several buckets share.
    #[inline(always)]
    fn order_together(&mut self) {
        sum_needs(self.graph, &self.stocks.need, self.pool_need);
        for pool in 0..self.pool_need.len() {
            self.rows.scatter(self.graph, pool, self.pool_need[pool] * self.rows.inverse[pool]);
        }
    }

    /// Share of a pool's orders that arrives; the pool's next `Σ w g`.
    #[inline(always)]
    fn receive(&mut self, pool: usize) -> f64 {
        let (offered, able) = self.rows.gather(self.graph, pool);
        let arrives = offered * self.rows.inverse[pool];
        self.rows.inverse[pool] = if able > 0.0 { 1.0 / able } else { 0.0 };
        arrives
    }
}

/// Orders of the buckets of every pool.
pub(super) fn sum_needs(graph: &Graph, need: &[f64], pool_need: &mut [f64]) {
    pool_need.fill(0.0);
    for (pool, need) in graph.bucket_pool.iter().zip(need) {
        pool_need[*pool as usize] += need;
    }
}

/// The day under the gates of the day before.
struct Stream<'a, 's>(&'a mut Trade<'s>);

impl NullaryFnOnce for Stream<'_, '_> {
    type Output = Gates;

    #[inline(always)]
    fn call(self) -> Gates {
        let day = self.0;
        let mut seen = Gates { stocks: false, gaps: false };
        day.rows.renew();
        if day.pool_need.is_empty() {
            for node in 0..day.production.len() {
                for bucket in day.graph.buckets(node) {
                    day.stocks.delivered[bucket] = day.stocks.need[bucket] * day.receive(bucket);
                }
                seen = seen.or(day.restock(node));
                for bucket in day.graph.buckets(node) {
                    day.order(bucket);
                }
            }
            return seen;
        }
        for pool in 0..day.pool_need.len() {
            day.pool_need[pool] = day.receive(pool);
        }
        for (bucket, pool) in day.graph.bucket_pool.iter().enumerate() {
            day.stocks.delivered[bucket] = day.stocks.need[bucket] * day.pool_need[*pool as usize];
        }
        for node in 0..day.production.len() {
            seen = seen.or(day.restock(node));
        }
        day.order_together();
        seen
    }
}

/// Stocks and orders once more, deliveries being known.
struct Again<'a, 's>(&'a mut Trade<'s>);

impl NullaryFnOnce for Again<'_, '_> {
    type Output = Gates;

    #[inline(always)]
    fn call(self) -> Gates {
        let day = self.0;
        let mut seen = Gates { stocks: false, gaps: false };
        day.rows.drawn.fill(0.0);
        for node in 0..day.production.len() {
            seen = seen.or(day.restock(node));
        }
        if day.pool_need.is_empty() {
            for bucket in 0..day.stocks.need.len() {
                day.order(bucket);
            }
        } else {
            day.order_together();
        }
        seen
    }
}
