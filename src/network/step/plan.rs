//! A network laid out for stepping.
//!
//! The links of a pool lie in lanes: all links of a lane take the same time and
//! are all home or all abroad. Suppliers have slots, ordered by what they make,
//! so that the links of a world's lane are a run of neighbouring slots and its
//! sums are products of two arrays. Links that a shock limits are taken out of
//! the lanes (weight 0) and kept in a list by supplier. A plan whose steps read
//! the graph itself (`direct`) has nodes only.
//!
//! The plan closes the undisturbed state to the last digit: what the table asks
//! of a node less than it makes is final demand, and where rounding asks more,
//! output is what is asked.
//!
//! | symbol | code           | meaning                                   | unit       | shape    |
//! |--------|----------------|-------------------------------------------|------------|----------|
//! | `x0`   | `output`       | undisturbed output                        | value/step | `[node]` |
//! | `Y`    | `final_demand` | final demand that names its supplier      | value/step | `[node]` |
//! | `F`    | `pool_final`   | final demand on a pool                    | value/step | `[pool]` |
//! | `N0`   | `pool_base`    | undisturbed orders of a pool              | value/step | `[pool]` |
//! | `w`    | `weight`       | share of a link, 0 if it can be limited   | 1          | `[place]` |
//! | `L`    | `lead`         | mean time in transit                      | step       | `[pool]` |

use std::ops::Range;

use super::rationing::Rationing;
use crate::network::graph::Graph;
use crate::network::problem::{Problem, RunError};
use crate::network::regions::Network;
use crate::network::settings::Settings;
use crate::network::shock::Shocks;
use crate::numerics::vector::{add_scaled, dot};

/// A lane whose suppliers are named one by one.
const NAMED: u32 = u32::MAX;

/// Links of a pool that take the same time.
#[derive(Clone, Copy, Debug)]
pub(in crate::network) struct Lane {
    /// First place of its links.
    first: u32,
    /// Number of places.
    len: u32,
    /// Slot of the first supplier if the suppliers are neighbours.
    slot: u32,
    /// Time in transit, steps.
    pub lag: u16,
    /// True if buyer and supplier are in different regions.
    pub abroad: bool,
}

/// A link that some shock limits.
#[derive(Clone, Debug)]
pub(in crate::network) struct CappedLink {
    pub link: u32,
    pub node: u32,
    pub pool: u32,
    pub lane: u32,
    pub weight: f64,
    /// Its limits among the caps of the shocks.
    pub caps: Vec<u32>,
    /// First day on which it is below its undisturbed flow.
    pub first_day: f64,
}

/// One customer of a supplier: a pool and its undisturbed flow.
#[derive(Clone, Copy, Debug)]
pub(in crate::network) struct Customer {
    pub pool: u32,
    /// Position among the capped links, or `u32::MAX`.
    pub capped: u32,
    pub weight: f64,
}

/// A network, its undisturbed state and the links that shocks limit.
#[derive(Clone, Debug)]
pub(in crate::network) struct Plan<'a> {
    pub network: &'a Network,
    pub step_days: f64,
    pub output: Vec<f64>,
    pub final_demand: Vec<f64>,
    pub pool_final: Vec<f64>,
    pub pool_base: Vec<f64>,
    /// Place of a node in the arrays by slot.
    pub slot: Vec<u32>,
    pub lane_start: Vec<u32>,
    pub lanes: Vec<Lane>,
    /// Undisturbed share of a lane in its pool, limited links included.
    pub lane_share: Vec<f64>,
    weight: Vec<f64>,
    place_slot: Vec<u32>,
    /// Mean time in transit by pool; empty if nothing takes a step.
    pub lead: Vec<f64>,
    /// Steps that are remembered: the longest time in transit plus one.
    pub ring: usize,
    pub capped: Vec<CappedLink>,
    /// Suppliers with limited links, and these in `capped`.
    pub limited: Vec<(u32, Range<usize>)>,
    /// Pools with limited links, and these in `capped_in_pool`.
    pub limited_pools: Vec<(u32, Range<usize>)>,
    pub capped_in_pool: Vec<u32>,
    /// True if `direct` makes the steps. Nothing is then laid out by pool or lane.
    pub is_direct: bool,
    /// Customers by node, for max-min: starts and entries.
    pub customers: Option<(Vec<u32>, Vec<Customer>)>,
}

impl<'a> Plan<'a> {
    /// A plan for runs that are looked at link by link.
    pub fn new(network: &'a Network, settings: &Settings, shocks: &Shocks) -> Result<Self, RunError> {
        let (graph, step) = (&network.graph, settings.step_days);
        let (output, final_demand) = closed(network)?;
        let pool_base = times(drawn(network, &output), step);
        let mut plan = Self::of_nodes(network, step, output, final_demand);
        plan.pool_base = pool_base;
        plan.pool_final = times(graph.pool_final.clone(), step);
        let by_home = matches!(settings.rationing, Rationing::Priority(_));
        let caps = caps_of_links(shocks, graph.supplier.len());
        plan.lay_lanes(settings, by_home, &caps);
        plan.sort_capped(shocks);
        if settings.rationing == Rationing::MaxMin {
            plan.list_customers();
        }
        Ok(plan)
    }

    /// A plan for paths, which look at nodes only: direct if every bucket has a
    /// pool of its own, without transit, limits, classes, moving orders or final
    /// demand.
    pub fn for_paths(network: &'a Network, settings: &Settings, shocks: &Shocks) -> Result<Self, RunError> {
        let graph = &network.graph;
        let shares_nothing = settings.rationing == Rationing::Proportional
            && settings.orders.eta == 0.0
            && shocks.caps.iter().all(|cap| cap.links.is_empty())
            && !has_wide_pools(graph)
            && graph.pool_final.iter().all(|buyers| *buyers == 0.0)
            && is_numbered(&graph.bucket_pool, graph.pool_count())
            && nothing_takes_a_step(network, settings);
        if !shares_nothing {
            return Self::new(network, settings, shocks);
        }
        let (output, final_demand) = closed(network)?;
        let mut plan = Self::of_nodes(network, settings.step_days, output, final_demand);
        plan.is_direct = true;
        Ok(plan)
    }

    /// The undisturbed state, from flows a day, without links.
    fn of_nodes(network: &'a Network, step: f64, output: Vec<f64>, final_demand: Vec<f64>) -> Self {
        Self {
            network,
            step_days: step,
            output: times(output, step),
            final_demand: times(final_demand, step),
            pool_final: Vec::new(),
            pool_base: Vec::new(),
            slot: slots(&network.graph),
            lane_start: Vec::new(),
            lanes: Vec::new(),
            lane_share: Vec::new(),
            weight: Vec::new(),
            place_slot: Vec::new(),
            lead: Vec::new(),
            ring: 1,
            capped: Vec::new(),
            limited: Vec::new(),
            limited_pools: Vec::new(),
            capped_in_pool: Vec::new(),
            is_direct: false,
            customers: None,
        }
    }

    /// Lanes of a pool.
    #[inline(always)]
    pub fn lanes_of(&self, pool: usize) -> Range<usize> {
        self.lane_start[pool] as usize..self.lane_start[pool + 1] as usize
    }

    /// `out[slot] += scale · w` over a lane.
    #[inline(always)]
    pub fn spread(&self, lane: &Lane, scale: f64, out: &mut [f64]) {
        let places = lane.first as usize..(lane.first + lane.len) as usize;
        if lane.slot != NAMED {
            let start = lane.slot as usize;
            add_scaled(&mut out[start..start + places.len()], scale, &self.weight[places]);
        } else {
            for (slot, weight) in self.place_slot[places.clone()].iter().zip(&self.weight[places]) {
                out[*slot as usize] += scale * weight;
            }
        }
    }

    /// `Σ w · values[slot]` over a lane.
    #[inline(always)]
    pub fn gather(&self, lane: &Lane, values: &[f64]) -> f64 {
        let places = lane.first as usize..(lane.first + lane.len) as usize;
        if lane.slot != NAMED {
            let start = lane.slot as usize;
            dot(&self.weight[places.clone()], &values[start..start + places.len()])
        } else {
            let named = self.place_slot[places.clone()].iter().zip(&self.weight[places]);
            named.map(|(slot, weight)| weight * values[*slot as usize]).sum()
        }
    }

    /// `Σ w · value(slot)` over a lane.
    #[inline(always)]
    pub fn sum(&self, lane: &Lane, value: impl Fn(usize) -> f64) -> f64 {
        let places = lane.first as usize..(lane.first + lane.len) as usize;
        let first = places.start;
        let slot = |place: usize| match lane.slot {
            NAMED => self.place_slot[place] as usize,
            start => start as usize + place - first,
        };
        places.map(|place| self.weight[place] * value(slot(place))).sum()
    }

    fn lay_lanes(&mut self, settings: &Settings, by_home: bool, caps: &[(u32, u32)]) {
        let (network, graph) = (self.network, &self.network.graph);
        let pair_lags = PairLags::new(settings);
        let mut row: Vec<(u16, bool, u32, f64, u32)> = Vec::new();
        let mut longest = 0;
        self.lane_start.reserve_exact(graph.pool_count() + 1);
        self.lanes.reserve(graph.pool_count());
        self.lane_share.reserve(graph.pool_count());
        self.weight.reserve(graph.supplier.len());
        self.place_slot.reserve(graph.supplier.len());
        for pool in 0..graph.pool_count() {
            self.lane_start.push(self.lanes.len() as u32);
            row.clear();
            let buyer = network.pool_region[pool];
            for link in graph.links(pool) {
                let node = graph.supplier[link] as usize;
                let seller = network.node_region[node];
                let abroad = by_home && seller != buyer;
                let (lag, slot) = (pair_lags.steps(seller, buyer), self.slot[node]);
                row.push((lag, abroad, slot, graph.link_share[link], link as u32));
            }
            row.sort_unstable_by_key(|entry| (entry.0, entry.1, entry.2, entry.4));
            for lane in row.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                let (first, lag) = (self.weight.len(), lane[0].0);
                longest = longest.max(lag);
                let start = lane[0].2;
                let span = (lane[lane.len() - 1].2 - start + 1) as usize;
                let neighbours = lane.len() >= 4 && span <= 2 * lane.len();
                if neighbours {
                    self.weight.resize(first + span, 0.0);
                    self.place_slot.extend(start..start + span as u32);
                }
                let mut share = 0.0;
                for (_, _, slot, weight, link) in lane {
                    share += weight;
                    let limits = caps_of(caps, *link);
                    let open = if limits.is_empty() { *weight } else { 0.0 };
                    if neighbours {
                        self.weight[first + (slot - start) as usize] += open;
                    } else {
                        self.weight.push(open);
                        self.place_slot.push(*slot);
                    }
                    if !limits.is_empty() {
                        self.capped.push(CappedLink {
                            link: *link,
                            node: graph.supplier[*link as usize],
                            pool: pool as u32,
                            lane: self.lanes.len() as u32,
                            weight: *weight,
                            caps: limits.iter().map(|(_, cap)| *cap).collect(),
                            first_day: f64::INFINITY,
                        });
                    }
                }
                self.lanes.push(Lane {
                    first: first as u32,
                    len: (self.weight.len() - first) as u32,
                    slot: if neighbours { start } else { NAMED },
                    lag,
                    abroad: lane[0].1,
                });
                self.lane_share.push(share);
            }
        }
        self.lane_start.push(self.lanes.len() as u32);
        self.ring = longest as usize + 1;
        if self.ring > 1 {
            self.lead = (0..graph.pool_count())
                .map(|pool| {
                    self.lanes_of(pool).map(|l| f64::from(self.lanes[l].lag) * self.lane_share[l]).sum()
                })
                .collect();
        }
    }

    fn sort_capped(&mut self, shocks: &Shocks) {
        self.capped.sort_by_key(|capped| (capped.node, capped.link));
        for capped in &mut self.capped {
            let days = capped.caps.iter().map(|cap| shocks.caps[*cap as usize].first_day());
            capped.first_day = days.fold(f64::INFINITY, f64::min);
        }
        let mut start = 0;
        for run in self.capped.chunk_by(|a, b| a.node == b.node) {
            self.limited.push((run[0].node, start..start + run.len()));
            start += run.len();
        }
        self.capped_in_pool = (0..self.capped.len() as u32).collect();
        let capped = &self.capped;
        self.capped_in_pool.sort_by_key(|at| (capped[*at as usize].pool, capped[*at as usize].link));
        let mut start = 0;
        let pool = |at: &u32| capped[*at as usize].pool;
        for run in self.capped_in_pool.chunk_by(|a, b| pool(a) == pool(b)) {
            self.limited_pools.push((pool(&run[0]), start..start + run.len()));
            start += run.len();
        }
    }

    fn list_customers(&mut self) {
        let graph = &self.network.graph;
        let mut start = vec![0_u32; graph.node_count() + 1];
        for supplier in &graph.supplier {
            start[*supplier as usize + 1] += 1;
        }
        for node in 0..graph.node_count() {
            start[node + 1] += start[node];
        }
        let mut next = start.clone();
        let mut entries = vec![Customer { pool: 0, capped: u32::MAX, weight: 0.0 }; graph.supplier.len()];
        let mut capped: Vec<(u32, u32)> =
            self.capped.iter().enumerate().map(|(at, capped)| (capped.link, at as u32)).collect();
        capped.sort_unstable();
        for pool in 0..graph.pool_count() {
            for link in graph.links(pool) {
                let at = &mut next[graph.supplier[link] as usize];
                let found = capped.binary_search_by_key(&(link as u32), |entry| entry.0);
                entries[*at as usize] = Customer {
                    pool: pool as u32,
                    capped: found.map_or(u32::MAX, |found| capped[found].1),
                    weight: graph.link_share[link],
                };
                *at += 1;
            }
        }
        self.customers = Some((start, entries));
    }
}

/// True if the values are 0 to `count`, in order.
fn is_numbered(values: &[u32], count: usize) -> bool {
    values.len() == count && values.iter().enumerate().all(|(at, value)| at == *value as usize)
}

/// Limits by link: `(link, cap)`, sorted.
fn caps_of_links(shocks: &Shocks, links: usize) -> Vec<(u32, u32)> {
    let mut of = Vec::new();
    for (cap, shock) in shocks.caps.iter().enumerate() {
        of.extend(
            shock.links.iter().filter(|link| (**link as usize) < links).map(|link| (*link, cap as u32)),
        );
    }
    of.sort_unstable();
    of.dedup();
    of
}

fn caps_of(caps: &[(u32, u32)], link: u32) -> &[(u32, u32)] {
    if caps.is_empty() {
        return caps;
    }
    let first = caps.partition_point(|entry| entry.0 < link);
    let len = caps[first..].iter().take_while(|entry| entry.0 == link).count();
    &caps[first..first + len]
}

/// True if no link of a network takes a step or more.
fn nothing_takes_a_step(network: &Network, settings: &Settings) -> bool {
    let (graph, pair_lags) = (&network.graph, PairLags::new(settings));
    (0..graph.pool_count()).all(|pool| {
        let buyer = network.pool_region[pool];
        let mut sellers = graph.supplier[graph.links(pool)].iter();
        sellers.all(|node| pair_lags.steps(network.node_region[*node as usize], buyer) == 0)
    })
}

fn times(mut values: Vec<f64>, by: f64) -> Vec<f64> {
    values.iter_mut().for_each(|value| *value *= by);
    values
}

/// Time in transit between two regions, in whole steps.
struct PairLags {
    home: u16,
    abroad: u16,
    pairs: std::collections::BTreeMap<(u32, u32), u16>,
}

impl PairLags {
    fn new(settings: &Settings) -> Self {
        let steps = |days: f64| (days / settings.step_days).round().clamp(0.0, 60_000.0) as u16;
        let pairs = settings.lags.pairs.iter();
        Self {
            home: steps(settings.lags.home_days),
            abroad: steps(settings.lags.abroad_days),
            pairs: pairs.map(|pair| ((pair.exporter, pair.importer), steps(pair.days))).collect(),
        }
    }

    fn steps(&self, seller: u32, buyer: u32) -> u16 {
        let usual = if seller == buyer { self.home } else { self.abroad };
        if self.pairs.is_empty() { usual } else { *self.pairs.get(&(seller, buyer)).unwrap_or(&usual) }
    }
}

/// True if pools have so many suppliers that runs of neighbours pay.
fn has_wide_pools(graph: &Graph) -> bool {
    graph.supplier.len() >= 4 * graph.pool_count()
}

/// Nodes by what they make, if pools have many suppliers; else as they are.
fn slots(graph: &Graph) -> Vec<u32> {
    let mut order: Vec<u32> = (0..graph.node_count() as u32).collect();
    if has_wide_pools(graph) {
        order.sort_by_key(|node| graph.group[*node as usize]);
    }
    let mut slot = vec![0; order.len()];
    for (at, node) in order.iter().enumerate() {
        slot[*node as usize] = at as u32;
    }
    slot
}

/// What each pool draws at these outputs, final demand included.
fn drawn(network: &Network, output: &[f64]) -> Vec<f64> {
    let graph = &network.graph;
    let mut drawn = graph.pool_final.clone();
    for node in 0..graph.node_count() {
        for bucket in graph.buckets(node) {
            drawn[graph.bucket_pool[bucket] as usize] += graph.input_share[bucket] * output[node];
        }
    }
    drawn
}

/// Output and final demand a day that add up at every node.
fn closed(network: &Network) -> Result<(Vec<f64>, Vec<f64>), RunError> {
    let graph = &network.graph;
    let mut output = graph.output.clone();
    let mut final_demand = graph.final_demand.clone();
    let asked = |output: &[f64], final_demand: &[f64]| {
        let mut asked = final_demand.to_vec();
        for (pool, drawn) in drawn(network, output).iter().enumerate() {
            for link in graph.links(pool) {
                asked[graph.supplier[link] as usize] += graph.link_share[link] * drawn;
            }
        }
        asked
    };
    let mut problems = Vec::new();
    let demand = asked(&output, &final_demand);
    for (node, demand) in demand.iter().enumerate() {
        let gap = output[node] - demand;
        final_demand[node] += gap.max(0.0);
        if gap.is_nan() || -gap > (1e-6 * output[node]).max(1e-12) {
            let what = format!("it makes {} a day, but {demand} a day is bought from it", output[node]);
            problems.push(Problem::new(format!("node {node}"), what, "make output the sum of sales"));
        }
    }
    RunError::unless_empty(problems)?;
    // The shares of inputs are below one, so this comes closer with every pass.
    for _ in 0..60 {
        let demand = asked(&output, &final_demand);
        let gap = output.iter().zip(&demand).map(|(x, d)| (d - x).abs() / d.max(1e-300)).fold(0.0, f64::max);
        if gap <= 1e-14 {
            break;
        }
        output = demand;
    }
    Ok((output, final_demand))
}
