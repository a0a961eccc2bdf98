//! ARIO: output after a shock when inputs, capacity and demand ration it.
//!
//! Every industry keeps a stock of each input, makes what is asked for as far as
//! capacity and stocks allow, shares it out in proportion to the orders, and
//! orders what it used and what its stocks lack. There are no prices. These are
//! the rules of the Adaptive Regional Input-Output model in the form that
//! BoARIO 0.7.2 runs, on a [`Graph`].
//!
//! * [`shock`]: what is lost, and what rebuilding asks for;
//! * [`recovery`]: the curves on which it goes away;
//! * [`rules`]: everything that can be chosen, and [`error`]: what cannot;
//! * `step`: one day, with the equations;
//! * `stocks`: inputs that are held, used, delivered and ordered;
//! * `rows`: orders and deliveries along the links;
//! * [`made_up`]: tables of any size, for measurements.
//!
//! | symbol   | code            | meaning                                     | unit      | shape     |
//! |----------|-----------------|---------------------------------------------|-----------|-----------|
//! | `x0`     | `output`        | undisturbed output                          | value/day | `[node]`  |
//! | `X`      | `production`    | output                                      | value/day | `[node]`  |
//! | `D`      | `demand`        | orders, final demand and rebuilding         | value/day | `[node]`  |
//! | `cap`    | `capacity`      | output that capacity allows                 | value/day | `[node]`  |
//! | `α`      | `alpha`         | overproduction                              | 1         | `[node]`  |
//! | `δ`      | `capacity_loss` | share of capacity that is lost              | 1         | `[node]`  |
//! | `s`      | `share`         | share of its demand that a node delivers    | 1         | `[node]`  |
//! | `S`      | `stock`         | stock                                       | value     | `[bucket]`|
//!
//! The arithmetic is this project's; quirks are kept where they move a number: the
//! mask of small inputs compares a year's purchases with a day's output, the two
//! gates of `stocks` are switches of the whole economy, overproduction fades only
//! where demand equals yesterday's output to the last bit, capital is rounded to
//! `int(log10(monetary factor)) + 1` digits and shares of capacity to six.
//!
//! A day reads the links once and allocates nothing. Sums have one fixed order.
//!
//! Sources: Hallegatte (2008), *Risk Analysis* 28(3), 779-799; Hallegatte (2014),
//! *Risk Analysis* 34(1), 152-167; Guan et al. (2020), *Nature Human Behaviour* 4,
//! 577-587; Juhel (2023), the Python package BoARIO.

pub mod error;
pub mod made_up;
pub mod recovery;
mod rows;
pub mod rules;
pub mod shock;
mod step;
mod stocks;

pub use error::ArioError;
pub use recovery::{Curve, Recovery};
pub use rules::{Capital, Model, Orders, Overproduction, PerGroup, Rules};
pub use shock::{Damage, Event};

use super::Graph;
use rows::Rows;
use shock::Shocks;
use stocks::{Gates, Stocks};

/// A run of the ARIO rules, a day at a time.
#[derive(Clone, Debug)]
pub struct Ario<'g> {
    graph: &'g Graph,
    overproduction: Overproduction,
    reroutes: bool,
    day: u32,
    gates: Gates,
    rows: Rows,
    stocks: Stocks,
    shocks: Shocks,
    /// Final demand on a supplier, pools included, `[node]`.
    final_demand: Vec<f64>,
    /// Demand without rebuilding, `[node]`.
    lasting: Vec<f64>,
    demand: Vec<f64>,
    alpha: Vec<f64>,
    capacity: Vec<f64>,
    production: Vec<f64>,
    share: Vec<f64>,
    /// Output that tomorrow's stocks are made for, `[node]`.
    wanted: Vec<f64>,
    /// Tomorrow's ability, `[rank]`.
    able: Vec<f64>,
    /// Orders of a pool, `[pool]`; empty where every bucket has its own.
    pool_need: Vec<f64>,
}

impl<'g> Ario<'g> {
    /// The undisturbed economy before its first day.
    ///
    /// # Errors
    /// [`ArioError`] names the rule, or the event and its row, and what to write.
    pub fn new(graph: &'g Graph, rules: &Rules, events: &[Event]) -> Result<Self, ArioError> {
        let nodes = graph.node_count();
        rules.check()?;
        let groups = graph.bucket_group.iter().chain(&graph.group).max().map_or(0, |last| *last as usize + 1);
        let stocks = rules.stocks(graph, groups)?;
        let decimals = rules.monetary_factor.log10() as i32 + 1;
        let shocks = Shocks::new(graph, events, rules.capital.values(graph)?, decimals)?;
        let mut rows = Rows::new(graph);
        for pool in 0..graph.pool_count() {
            let able = rows.gather(graph, pool).1;
            rows.inverse[pool] = if able > 0.0 { 1.0 / able } else { 0.0 };
        }
        let own = graph.bucket_pool.iter().enumerate().all(|(bucket, pool)| bucket == *pool as usize)
            && graph.pool_count() == graph.bucket_count();
        let mut pool_need = vec![0.0; graph.pool_count()];
        step::sum_needs(graph, &stocks.need, &mut pool_need);
        for pool in 0..graph.pool_count() {
            rows.scatter(graph, pool, pool_need[pool] * rows.inverse[pool]);
        }
        let mut final_demand = graph.final_demand.clone();
        for pool in 0..graph.pool_count() {
            for link in graph.links(pool) {
                final_demand[graph.supplier[link] as usize] +=
                    graph.pool_final[pool] * graph.link_share[link];
            }
        }
        Ok(Self {
            graph,
            overproduction: rules.overproduction,
            reroutes: rules.orders == Orders::Alt,
            day: 0,
            gates: Gates { stocks: false, gaps: false },
            rows,
            stocks,
            shocks,
            final_demand,
            lasting: vec![0.0; nodes],
            demand: vec![0.0; nodes],
            alpha: vec![rules.overproduction.base; nodes],
            capacity: graph.output.clone(),
            production: graph.output.clone(),
            share: vec![1.0; nodes],
            wanted: vec![0.0; nodes],
            able: vec![1.0; nodes],
            pool_need: if own { Vec::new() } else { pool_need },
        })
    }

    /// Output of all days from 0 to `days - 1`, value a day, `[day, node]`.
    ///
    /// # Errors
    /// As for [`Self::step`]; [`ArioError::Horizon`] if there is no day.
    pub fn path(&mut self, days: u32) -> Result<Vec<f64>, ArioError> {
        if days == 0 {
            return Err(ArioError::Horizon);
        }
        let mut path = Vec::with_capacity(days as usize * self.production.len());
        for _ in 0..days {
            self.step()?;
            path.extend_from_slice(&self.production);
        }
        Ok(path)
    }

    /// Days computed.
    pub fn day(&self) -> u32 {
        self.day
    }

    /// Output of the last day, value a day, `[node]`.
    pub fn production(&self) -> &[f64] {
        &self.production
    }

    /// Demand of the last day: orders, final demand and rebuilding, value a day, `[node]`.
    pub fn demand(&self) -> &[f64] {
        &self.demand
    }

    /// Share of its demand that a node delivered on the last day, `[node]`.
    pub fn share(&self) -> &[f64] {
        &self.share
    }

    /// Overproduction of the last day, `[node]`.
    pub fn alpha(&self) -> &[f64] {
        &self.alpha
    }

    /// Output that capacity allowed on the last day, value a day, `[node]`.
    pub fn capacity(&self) -> &[f64] {
        &self.capacity
    }

    /// Share of capacity that was lost on the last day, `[node]`.
    pub fn capacity_loss(&self) -> &[f64] {
        &self.shocks.loss
    }

    /// Final demand that a node met or not, value a day: the same every day, `[node]`.
    pub fn final_demand(&self) -> &[f64] {
        &self.final_demand
    }

    /// Final demand that a node did not meet on the last day, value a day.
    pub fn final_demand_unmet(&self, node: usize) -> f64 {
        self.final_demand[node] * (1.0 - self.share[node])
    }

    /// Demand for rebuilding that was not met on the last day, value a day, `[node]`.
    pub fn rebuilding_unmet(&self) -> &[f64] {
        &self.shocks.rebuild
    }

    /// Stocks after the last day, value, `[bucket]`; infinite for inputs that never bind.
    pub fn stock(&self) -> &[f64] {
        &self.stocks.held
    }

    /// Deliveries to the stocks on the last day, value a day, `[bucket]`.
    pub fn delivered(&self) -> &[f64] {
        &self.stocks.delivered
    }

    /// Orders that the next day will find, value a day, `[bucket]`.
    pub fn ordered(&self) -> &[f64] {
        &self.stocks.need
    }
}
