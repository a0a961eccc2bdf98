//! One step of the short run, in a fixed order.
//!
//! ```text
//! 1  limits u[e] and losses δ[i] of the step
//! 2  orders by supplier, D[i]
//! 3  capacity      cap = x0 (1 − δ) α,   α ← α + min(1, h/τ_α) ((α_max − α) q + (α_0 − α) [q = 0])
//! 4  output        X = min(D, cap, lim);  a line below φ x0 stands
//! 5  rationing     X to orders
//! 6  stocks        release, arrivals, use, new orders
//! 7  input limits of the next step
//! ```
//!
//! `q = (D − X₋₁)/D` is the share of demand that the last step did not meet. A
//! line of `batch` stands (`X = 0`) from the step in which capacity or inputs
//! allow less than `φ x0`, until every input that can stop it covers
//! `restart_cover_days`, and then for `restart_days`; a lack of demand does not
//! stop it. Nothing is allocated in a step, and every sum runs in a fixed order.
//!
//! `plan` lays the network out, `deliveries` and [`rationing`] do 5,
//! `inventory` and `orders` 6, [`input_limit`] 7; `direct` does 6 and 7 in one
//! reading of the links where buckets share nothing.
//!
//! | symbol | code       | meaning                          | unit  | shape    |
//! |--------|------------|----------------------------------|-------|----------|
//! | `X`    | `output`   | output                           | value | `[node]` |
//! | `lim`  | `limit`    | what inputs allow                | value | `[node]` |
//! | `α`    | `alpha`    | overproduction                   | 1     | `[node]` |
//! | `B`    | `backlog`  | final demand kept from before    | value | `[node]` |
//! | `δ`    | `loss`     | share of capacity lost           | 1     | `[node]` |

mod deliveries;
mod direct;
pub mod input_limit;
mod inventory;
mod orders;
pub(super) mod plan;
pub mod rationing;

use super::problem::RunError;
use super::regions::Network;
use super::settings::{ByBucket, Lines, Settings};
use super::shock::Shocks;
use crate::numerics::vector::exp1;
use deliveries::Deliveries;
use direct::{Direct, Pass};
pub use input_limit::InputLimit;
use input_limit::Recipe;
use inventory::{Inventory, Line};
use orders::{Orders, pull, refill};
use plan::Plan;
pub use rationing::{Class, Rationing};

/// Below this share of demand nothing counts as scarce.
const SCARCE: f64 = 1e-9;

/// The state of all nodes and stocks, and the buffers of a step.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub step: usize,
    pub output: Vec<f64>,
    aim: Vec<f64>,
    limit: Vec<f64>,
    alpha: Vec<f64>,
    loss: Vec<f64>,
    pub backlog: Vec<f64>,
    /// Final demand that names its supplier, delivered, `[node]`.
    pub final_delivered: Vec<f64>,
    /// Lines that can stand: 0 runs, below 0 waits for inputs, else steps to go.
    standing: Vec<f64>,
    is_line: Vec<bool>,
    pub orders: Orders,
    pub deliveries: Deliveries,
    pub inventory: Inventory,
    cap_levels: Vec<f64>,
    /// The next orders of industries while a step is made; after it those that
    /// were filled in it, `[pool]`.
    other_ordered: Vec<f64>,
    /// Final demand on pools in the last step, `[pool]`; empty if it never changes.
    filled_wanted: Vec<f64>,
    keeps: f64,
    /// Used where the plan is direct.
    direct: Direct,
}

impl State {
    /// The undisturbed state.
    pub fn reset(&mut self, plan: &Plan<'_>, settings: &Settings, shocks: &Shocks) {
        let nodes = plan.output.len();
        self.step = 0;
        self.output.clone_from(&plan.output);
        self.aim.clone_from(&plan.output);
        refill(&mut self.alpha, nodes, settings.overproduction.base);
        refill(&mut self.loss, if shocks.losses.is_empty() { 0 } else { nodes }, 0.0);
        let keeps = settings.patience_days > 0.0;
        self.keeps = if keeps { exp1(-plan.step_days / settings.patience_days) } else { 0.0 };
        refill(&mut self.backlog, if keeps { nodes } else { 0 }, 0.0);
        self.final_delivered.clone_from(&plan.final_demand);
        self.is_line.clear();
        match &settings.batch.lines {
            Lines::None => {}
            Lines::All => self.is_line.resize(nodes, true),
            Lines::Of(lines) => {
                self.is_line.resize(nodes, false);
                lines.iter().for_each(|node| self.is_line[*node as usize] = true);
            }
        }
        refill(&mut self.standing, self.is_line.len(), 0.0);
        let classes = if matches!(settings.rationing, Rationing::Priority(_)) { 3 } else { 1 };
        let steps = settings.orders.qualification_days / plan.step_days;
        self.orders.reset(plan, settings.orders.eta, steps, classes);
        self.deliveries.reset(plan, classes, settings.orders.eta > 0.0);
        if plan.is_direct {
            self.direct.reset(plan, &mut self.orders.call[0]);
        }
        self.inventory.reset(plan, settings);
        refill(&mut self.cap_levels, shocks.caps.len(), f64::INFINITY);
        self.other_ordered.clone_from(&self.orders.ordered);
        self.filled_wanted.clear();
        if keeps {
            self.filled_wanted.extend_from_slice(&self.orders.wanted);
        }
        refill(&mut self.limit, nodes, f64::INFINITY);
        let recipe = recipe(plan, settings, &self.inventory.cover);
        for node in 0..nodes {
            let buckets = plan.network.graph.buckets(node);
            let stock = &self.inventory.stock[buckets.clone()];
            self.limit[node] = settings.input_limit.limit(&recipe, buckets, stock, plan.output[node]);
        }
    }

    /// Final demand on a pool in the last step.
    #[inline(always)]
    pub fn wanted(&self, pool: usize) -> f64 {
        if self.filled_wanted.is_empty() { self.orders.wanted[pool] } else { self.filled_wanted[pool] }
    }

    /// Makes one step.
    ///
    /// # Errors
    /// [`RunError::Numerical`] for an output that is not a number.
    pub fn advance(&mut self, plan: &Plan<'_>, settings: &Settings, shocks: &Shocks) -> Result<(), RunError> {
        self.read_shocks(plan, settings, shocks);
        if plan.is_direct {
            self.produce(plan, settings)?;
            self.meet_final_demand(plan);
            self.turn_over_directly(plan, settings);
            self.step += 1;
            return Ok(());
        }
        self.orders.collect(plan);
        self.deliveries.add_capped(plan, settings.rationing, &mut self.orders);
        self.produce(plan, settings)?;
        let own = |node: usize| plan.final_demand[node] + self.backlog.get(node).copied().unwrap_or(0.0);
        self.deliveries.share_out(plan, settings.rationing, &self.orders, &self.output, own);
        self.deliveries.fill_lanes(plan, settings.rationing, &self.orders, &mut self.inventory, self.step);
        self.meet_final_demand(plan);
        self.turn_over(plan, settings);
        self.step += 1;
        Ok(())
    }

    fn read_shocks(&mut self, plan: &Plan<'_>, settings: &Settings, shocks: &Shocks) {
        let from = self.step as f64 * plan.step_days;
        let until = from + plan.step_days;
        for (level, cap) in self.cap_levels.iter_mut().zip(&shocks.caps) {
            *level = cap.mean(from, until);
        }
        for (limit, capped) in self.orders.limit.iter_mut().zip(&plan.capped) {
            let levels = capped.caps.iter().map(|cap| self.cap_levels[*cap as usize]);
            *limit = levels.fold(f64::INFINITY, f64::min);
            if *limit < 1.0 && settings.leakage.max > 0.0 {
                let since = (from - capped.first_day).max(0.0);
                let leaks = settings.leakage.max * (1.0 - exp1(-since / settings.leakage.days));
                *limit += leaks * (1.0 - *limit);
            }
        }
        for loss in &shocks.losses {
            loss.nodes.iter().for_each(|node| self.loss[*node as usize] = 0.0);
        }
        for loss in &shocks.losses {
            let lost = loss.mean(from, until);
            for node in &loss.nodes {
                let old = &mut self.loss[*node as usize];
                *old = old.max(lost);
            }
        }
    }

    /// Equations 3 and 4, and the share of demand that each supplier meets.
    fn produce(&mut self, plan: &Plan<'_>, settings: &Settings) -> Result<(), RunError> {
        let over = settings.overproduction;
        let adapts = (plan.step_days / over.days).min(1.0);
        let changes = over.max > over.base && self.step > 0;
        let scales = settings.input_limit.is_share_of_capacity();
        let mut wrong = None;
        for node in 0..plan.output.len() {
            let x0 = plan.output[node];
            let slot = plan.slot[node] as usize;
            let own = plan.final_demand[node] + self.backlog.get(node).copied().unwrap_or(0.0);
            let demand = self.deliveries.demand(&self.orders, slot) + own;
            if changes && demand > 0.0 {
                let scarce = (demand - self.output[node]) / demand;
                let alpha = &mut self.alpha[node];
                *alpha +=
                    adapts * if scarce > SCARCE { (over.max - *alpha) * scarce } else { over.base - *alpha };
            }
            let alpha = self.alpha[node];
            let capacity = x0 * (1.0 - self.loss.get(node).copied().unwrap_or(0.0)) * alpha;
            let limit = if scales { self.limit[node] * alpha } else { self.limit[node] };
            let possible = capacity.min(limit);
            self.aim[node] = demand.min(capacity);
            let mut output = demand.min(possible);
            if !self.is_line.is_empty() && self.is_line[node] && self.stands(plan, settings, node, possible) {
                output = 0.0;
            }
            if !(output >= 0.0 && output.is_finite()) && wrong.is_none() {
                wrong = Some((node, output));
            }
            self.output[node] = output;
            if self.orders.eta > 0.0 {
                let runs = self.standing.get(node).is_none_or(|left| *left == 0.0);
                let available = if x0 > 0.0 && runs { possible / x0 } else { 0.0 };
                self.deliveries.next_open[slot] =
                    pull(if x0 > 0.0 { available } else { 1.0 }, self.orders.eta);
            }
            self.deliveries.set(settings.rationing, &self.orders, node, slot, output, demand, own);
        }
        match wrong {
            Some((node, value)) => Err(RunError::Numerical { node, step: self.step, value }),
            None => Ok(()),
        }
    }

    /// Whether a line stands in this step.
    fn stands(&mut self, plan: &Plan<'_>, settings: &Settings, node: usize, possible: f64) -> bool {
        let x0 = plan.output[node];
        let enough = possible >= settings.stop_share * x0;
        let standing = &mut self.standing[node];
        if *standing == 0.0 {
            *standing = if enough { 0.0 } else { -1.0 };
        } else if *standing > 0.0 {
            *standing = (*standing - 1.0).max(0.0);
        } else {
            let graph = &plan.network.graph;
            let cover = settings.batch.restart_cover_days / plan.step_days;
            let covered = graph.buckets(node).all(|bucket| {
                let binds = settings.input_limit.binds(bucket, graph.bucket_group[bucket]);
                !binds || self.inventory.stock[bucket] >= cover * x0
            });
            if enough && covered {
                *standing = (settings.batch.restart_days / plan.step_days).ceil();
            }
        }
        *standing != 0.0
    }

    fn meet_final_demand(&mut self, plan: &Plan<'_>) {
        for node in 0..plan.output.len() {
            let backlog = self.backlog.get(node).copied().unwrap_or(0.0);
            let wanted = plan.final_demand[node] + backlog;
            let delivered = wanted * self.deliveries.final_fill(plan.slot[node] as usize);
            self.final_delivered[node] = delivered;
            if let Some(backlog) = self.backlog.get_mut(node) {
                *backlog = (wanted - delivered).max(0.0) * self.keeps;
            }
        }
        if self.keeps > 0.0 && !plan.is_direct {
            self.filled_wanted.copy_from_slice(&self.orders.wanted);
            for (pool, wanted) in self.orders.wanted.iter_mut().enumerate() {
                let unmet = *wanted * (1.0 - self.deliveries.pool_final_fill[pool]).max(0.0);
                *wanted = plan.pool_final[pool] + unmet * self.keeps;
            }
        }
    }

    fn turn_over_directly(&mut self, plan: &Plan<'_>, settings: &Settings) {
        self.inventory.release();
        let Inventory { stock, order, cover, restore, panic, .. } = &mut self.inventory;
        let pass = Pass {
            plan,
            recipe: recipe(plan, settings, cover),
            input_limit: &settings.input_limit,
            restore: *restore,
            panic: *panic,
            fill: &self.deliveries.fill[0],
            output: &self.output,
            aim: &self.aim,
        };
        self.direct.turn_over(&pass, stock, order, &mut self.limit, &mut self.orders.call[0]);
    }

    fn turn_over(&mut self, plan: &Plan<'_>, settings: &Settings) {
        self.inventory.release();
        let Self { output, aim, limit, inventory, other_ordered, .. } = self;
        let graph = &plan.network.graph;
        // Lent for the pass: the stocks change while their targets are read.
        let cover = std::mem::take(&mut inventory.cover);
        let parts = parts(settings);
        inventory.turn_over(
            plan,
            &cover,
            self.step,
            other_ordered,
            |node| Line { output: output[node], aim: aim[node] },
            |node, stock| {
                let recipe = Recipe { graph, cover_steps: &cover, parts };
                let buckets = graph.buckets(node);
                limit[node] =
                    settings.input_limit.limit(&recipe, buckets.clone(), &stock[buckets], plan.output[node]);
            },
        );
        inventory.cover = cover;
        std::mem::swap(&mut self.orders.ordered, &mut self.other_ordered);
        if self.orders.eta > 0.0 {
            std::mem::swap(&mut self.orders.open, &mut self.deliveries.next_open);
        }
    }
}

fn parts(settings: &Settings) -> Option<&ByBucket> {
    (settings.parts != ByBucket::Same(1.0)).then_some(&settings.parts)
}

fn recipe<'a>(plan: &'a Plan<'_>, settings: &'a Settings, cover_steps: &'a [f64]) -> Recipe<'a> {
    Recipe { graph: &plan.network.graph, cover_steps, parts: parts(settings) }
}

/// A run that can be stepped and looked at.
///
/// ```
/// use detente::network::{Graph, Link, LinkCap, Network, Run, Settings, Shocks};
///
/// // A mine sells 10 a year to a factory, which sells 100.
/// let links = [Link { supplier: 0, buyer: 1, flow: 10.0 }];
/// let network = Network::in_one_region(Graph::of_links(vec![0, 1], &[0.0, 100.0], links)?);
/// let shocks = Shocks { caps: vec![LinkCap::ban(vec![0], 0.0, f64::INFINITY)], ..Shocks::none() };
/// let mut run = Run::new(&network, Settings::daily(), shocks)?;
/// for _ in 0..100 {
///     run.advance()?;
/// }
/// // 90 days of stock, and then nothing.
/// assert_eq!(run.output(1), 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub(super) plan: Plan<'a>,
    pub(super) state: State,
    settings: Settings,
    shocks: Shocks,
}

impl<'a> Run<'a> {
    /// The undisturbed state before day 0.
    ///
    /// # Errors
    /// [`RunError::Problems`] with everything that is wrong with the input.
    pub fn new(network: &'a Network, settings: Settings, shocks: Shocks) -> Result<Self, RunError> {
        let mut problems = settings.check(network);
        problems.extend(shocks.check(network));
        RunError::unless_empty(problems)?;
        let plan = Plan::new(network, &settings, &shocks)?;
        let mut state = State::default();
        state.reset(&plan, &settings, &shocks);
        Ok(Self { plan, state, settings, shocks })
    }

    /// Makes one step.
    ///
    /// # Errors
    /// [`RunError::Numerical`] for an output that is not a number.
    pub fn advance(&mut self) -> Result<(), RunError> {
        self.state.advance(&self.plan, &self.settings, &self.shocks)
    }

    /// Steps made.
    pub fn steps(&self) -> usize {
        self.state.step
    }

    /// Output of a node in the last step, value a step.
    pub fn output(&self, node: usize) -> f64 {
        self.state.output[node]
    }

    /// Undisturbed output of a node, value a step.
    pub fn undisturbed(&self, node: usize) -> f64 {
        self.plan.output[node]
    }

    /// Stock of a bucket after the last step, value.
    pub fn stock(&self, bucket: usize) -> f64 {
        self.state.inventory.stock[bucket] * self.plan.network.graph.input_share[bucket]
    }

    /// Shipped to a bucket and not arrived, value.
    pub fn transit(&self, bucket: usize) -> f64 {
        let transit = self.state.inventory.transit.get(bucket).copied().unwrap_or(0.0);
        transit * self.plan.network.graph.input_share[bucket]
    }

    /// Left in the reserves that serve a bucket, value.
    pub fn reserve(&self, bucket: usize) -> f64 {
        let left = self.state.inventory.reserves().filter(|(of, _)| *of as usize == bucket);
        left.map(|(_, left)| left).sum::<f64>() * self.plan.network.graph.input_share[bucket]
    }

    /// What a bucket orders for the coming step, value.
    pub fn order(&self, bucket: usize) -> f64 {
        self.state.inventory.order_at(self.state.step, &self.plan, bucket)
            * self.plan.network.graph.input_share[bucket]
    }

    /// Final demand that names its supplier, delivered by a node in the last
    /// step, value.
    pub fn final_delivered(&self, node: usize) -> f64 {
        self.state.final_delivered[node]
    }

    /// Shipped on a link in the last step to all buckets and final buyers of its
    /// pool, value.
    pub fn delivery(&self, link: usize) -> f64 {
        let pool = self.plan.network.graph.link_start.partition_point(|start| *start as usize <= link) - 1;
        let State { deliveries, orders, other_ordered, .. } = &self.state;
        let ordered = (other_ordered[pool], self.state.wanted(pool));
        deliveries.on_link(&self.plan, self.settings.rationing, orders, link, pool, ordered)
    }

    /// Share of the final demand on a pool that was met in the last step, of what
    /// was wanted then.
    pub fn pool_final_fill(&self, pool: usize) -> f64 {
        self.state.deliveries.pool_final_fill[pool]
    }

    /// Final demand on a pool in the last step with what was kept, value.
    pub fn pool_final_wanted(&self, pool: usize) -> f64 {
        self.state.wanted(pool)
    }

    /// Share of a pool's industrial orders that was shipped in the last step.
    pub fn shipped_share(&self, pool: usize) -> f64 {
        self.state.inventory.shipped[pool]
    }
}
