//! A run from beginning to end, and what is kept of it.
//!
//! ```text
//! lost      Σ_t max(x0[j] − X[j](t), 0) v[j]         value added lost
//! caught up Σ_t max(X[j](t) − x0[j], 0) v[j]         and made up for later
//! stop      T[j] = min { t : X[j](t) < φ x0[j] }
//! fill      final demand delivered / undisturbed final demand, by region
//! unsold    Σ_b a[b] max(S[b] − n[b] x0, 0)          stock beyond the undisturbed, of one region
//! ```
//!
//! Final demand on a pool counts in the region of its buyers when it is shipped,
//! final demand that names its supplier in the region of the supplier.
//!
//! | symbol | code                | meaning                            | unit  | shape            |
//! |--------|---------------------|------------------------------------|-------|------------------|
//! | `X`    | `output`            | output of the nodes of a row       | value/step | `[step, row]` |
//! | `v`    | `value_added / output` | value added per unit of output  | 1     | `[node]`         |
//! | `T`    | `first_stop`        | first step below `φ x0`            | step  | `[node]`         |

use super::problem::{Problem, RunError};
use super::regions::Network;
use super::settings::Settings;
use super::shock::Shocks;
use super::step::State;
use super::step::plan::Plan;

/// A node that no row records.
const NOWHERE: u32 = u32::MAX;

/// Which outputs a path keeps: rows of nodes, summed.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    row: Vec<u32>,
    rows: usize,
    unknown: Vec<u32>,
    side: Option<Side>,
}

/// One side of a conflict, whose costs are told apart.
#[derive(Clone, Debug, PartialEq)]
struct Side {
    region: u32,
    /// Its stages that may not sell, `[node]`.
    blocked: Vec<bool>,
}

impl Record {
    /// A row for every node.
    pub fn every_node(network: &Network) -> Self {
        let nodes = network.graph.node_count();
        Self { row: (0..nodes as u32).collect(), rows: nodes, unknown: Vec::new(), side: None }
    }

    /// A row for each of these sets of nodes; a node counts in the last set that
    /// names it.
    pub fn sets(network: &Network, sets: &[Vec<u32>]) -> Self {
        let row = vec![NOWHERE; network.graph.node_count()];
        let mut record = Self { row, rows: sets.len(), unknown: Vec::new(), side: None };
        for (row, nodes) in sets.iter().enumerate() {
            for node in nodes {
                match record.row.get_mut(*node as usize) {
                    Some(of) => *of = row as u32,
                    None => record.unknown.push(*node),
                }
            }
        }
        record
    }

    /// A row for each region and good, `region · groups + group`.
    pub fn by_region_and_group(network: &Network) -> Self {
        let groups = network.graph.group.iter().max().map_or(0, |last| last + 1);
        let of = network.node_region.iter().zip(&network.graph.group);
        let row = of.map(|(region, group)| region * groups + group).collect();
        Self { row, rows: network.region_count * groups as usize, unknown: Vec::new(), side: None }
    }

    /// No rows: losses, stops and final demand alone.
    pub fn totals(network: &Network) -> Self {
        Self::sets(network, &[])
    }

    /// The same, with the costs of a region told apart: what its `blocked` stages,
    /// `[node]`, lose, and what piles up in its stocks.
    pub fn with_side(self, region: u32, blocked: Vec<bool>) -> Self {
        Self { side: Some(Side { region, blocked }), ..self }
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    fn check(&self, network: &Network, steps: usize) -> Vec<Problem> {
        let last = network.graph.node_count().saturating_sub(1);
        let mut problems: Vec<Problem> = self
            .unknown
            .iter()
            .map(|node| {
                Problem::new("record", format!("there is no node {node}"), format!("write 0 to {last}"))
            })
            .collect();
        if self.row.len() != network.graph.node_count() {
            let what = format!("it is for {} nodes, not {}", self.row.len(), last + 1);
            problems.push(Problem::new("record", what, "make it for this network"));
        }
        let nodes = network.graph.node_count();
        if let Some(side) = self.side.as_ref().filter(|side| side.blocked.len() != nodes) {
            let what = format!("its side is for {} nodes, not {nodes}", side.blocked.len());
            problems.push(Problem::new("record", what, "make it for this network"));
        }
        if steps == 0 {
            problems.push(Problem::new("steps", "a horizon of 0 steps has no path", "write at least 1"));
        }
        problems
    }
}

/// What happened in a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// Length of a step, days.
    pub step_days: f64,
    /// Steps made.
    pub steps: usize,
    /// Number of rows of the record.
    pub rows: usize,
    /// Number of regions.
    pub regions: usize,
    /// Output, value a step, `[step, row]`.
    pub output: Vec<f64>,
    /// Undisturbed output, value a step, `[row]`.
    pub undisturbed: Vec<f64>,
    /// Value added lost, `[step, region]`.
    pub lost: Vec<f64>,
    /// Value added beyond the undisturbed, `[step, region]`.
    pub caught_up: Vec<f64>,
    /// Undisturbed value added, value a step, `[region]`.
    pub value_added: Vec<f64>,
    /// Final demand delivered, value a step, `[step, region]`.
    pub final_delivered: Vec<f64>,
    /// Undisturbed final demand, value a step, `[region]`.
    pub final_demand: Vec<f64>,
    /// Value added lost over the run, `[node]`.
    pub lost_by_node: Vec<f64>,
    /// Value added beyond the undisturbed over the run, `[node]`.
    pub caught_up_by_node: Vec<f64>,
    /// First step in which a node stops, `u32::MAX` if none, `[node]`.
    pub first_stop: Vec<u32>,
    /// Value added lost by the blocked stages of the record's side, `[step]`; empty
    /// without one.
    pub blocked_lost: Vec<f64>,
    /// Value of the side's stocks beyond the undisturbed, `[step]`; empty without one.
    pub unsold: Vec<f64>,
}

/// Runs the network for a number of steps.
///
/// # Errors
/// [`RunError::Problems`] with everything that is wrong with the input,
/// [`RunError::Numerical`] if an output is not a number.
pub fn run(
    network: &Network,
    settings: &Settings,
    shocks: &Shocks,
    steps: usize,
    record: &Record,
) -> Result<Path, RunError> {
    check(network, settings, shocks, steps, record)?;
    let plan = Plan::for_paths(network, settings, shocks)?;
    let mut path = Path::default();
    follow(&plan, settings, shocks, steps, record, &mut State::default(), &mut path)?;
    Ok(path)
}

/// All problems of a run in one error.
pub(super) fn check(
    network: &Network,
    settings: &Settings,
    shocks: &Shocks,
    steps: usize,
    record: &Record,
) -> Result<(), RunError> {
    let mut problems = settings.check(network);
    problems.extend(shocks.check(network));
    problems.extend(record.check(network, steps));
    RunError::unless_empty(problems)
}

/// [`run`] with buffers that were used before.
pub(super) fn follow(
    plan: &Plan<'_>,
    settings: &Settings,
    shocks: &Shocks,
    steps: usize,
    record: &Record,
    state: &mut State,
    path: &mut Path,
) -> Result<(), RunError> {
    state.reset(plan, settings, shocks);
    path.begin(plan, steps, record);
    for _ in 0..steps {
        state.advance(plan, settings, shocks)?;
        path.note(plan, settings, record, state);
    }
    Ok(())
}

fn zeros(values: &mut Vec<f64>, len: usize) {
    values.clear();
    values.resize(len, 0.0);
}

impl Path {
    fn begin(&mut self, plan: &Plan<'_>, steps: usize, record: &Record) {
        let (network, graph) = (plan.network, &plan.network.graph);
        let nodes = graph.node_count();
        (self.step_days, self.steps) = (plan.step_days, 0);
        (self.rows, self.regions) = (record.rows, network.region_count);
        let by_region = steps * self.regions;
        zeros(&mut self.output, steps * self.rows);
        zeros(&mut self.undisturbed, self.rows);
        for series in [&mut self.lost, &mut self.caught_up, &mut self.final_delivered] {
            zeros(series, by_region);
        }
        let steps_of_side = if record.side.is_some() { steps } else { 0 };
        zeros(&mut self.blocked_lost, steps_of_side);
        zeros(&mut self.unsold, steps_of_side);
        zeros(&mut self.value_added, self.regions);
        zeros(&mut self.final_demand, self.regions);
        zeros(&mut self.lost_by_node, nodes);
        zeros(&mut self.caught_up_by_node, nodes);
        self.first_stop.clear();
        self.first_stop.resize(nodes, u32::MAX);
        for node in 0..nodes {
            let region = network.node_region[node] as usize;
            self.value_added[region] += graph.value_added[node] * plan.step_days;
            self.final_demand[region] += plan.final_demand[node];
            if record.row[node] != NOWHERE {
                self.undisturbed[record.row[node] as usize] += plan.output[node];
            }
        }
        for (region, buyers) in network.pool_region.iter().zip(&plan.pool_final) {
            self.final_demand[*region as usize] += buyers;
        }
    }

    fn note(&mut self, plan: &Plan<'_>, settings: &Settings, record: &Record, state: &State) {
        let (network, graph) = (plan.network, &plan.network.graph);
        let (step, regions) = (self.steps, self.regions);
        let output = &mut self.output[step * self.rows..][..self.rows];
        let lost = &mut self.lost[step * regions..][..regions];
        let caught_up = &mut self.caught_up[step * regions..][..regions];
        let delivered = &mut self.final_delivered[step * regions..][..regions];
        for (node, made) in state.output.iter().enumerate() {
            let (x0, region) = (plan.output[node], network.node_region[node] as usize);
            if record.row[node] != NOWHERE {
                output[record.row[node] as usize] += made;
            }
            delivered[region] += state.final_delivered[node];
            if *made == x0 {
                continue;
            }
            let change = (made - x0) / x0 * graph.value_added[node] * plan.step_days;
            if change < 0.0 {
                lost[region] -= change;
                self.lost_by_node[node] -= change;
                if record.side.as_ref().is_some_and(|side| side.blocked[node]) {
                    self.blocked_lost[step] -= change;
                }
            } else {
                caught_up[region] += change;
                self.caught_up_by_node[node] += change;
            }
            if *made < settings.stop_share * x0 && self.first_stop[node] == u32::MAX {
                self.first_stop[node] = step as u32;
            }
        }
        let pools = 0..plan.pool_final.len();
        for (pool, region) in pools.zip(&network.pool_region) {
            delivered[*region as usize] += state.wanted(pool) * state.deliveries.pool_final_fill[pool];
        }
        if let Some(side) = &record.side {
            let of_side = |node: &usize| network.node_region[*node] == side.region;
            for node in (0..graph.node_count()).filter(of_side) {
                for bucket in graph.buckets(node) {
                    let undisturbed = state.inventory.cover[bucket] * plan.output[node];
                    let beyond = (state.inventory.stock[bucket] - undisturbed).max(0.0);
                    self.unsold[step] += graph.input_share[bucket] * beyond;
                }
            }
        }
        self.steps += 1;
    }

    /// Of the record's side after so many weeks: value added that its blocked stages
    /// have lost, and its stock beyond the undisturbed.
    pub fn side_until(&self, weeks: f64) -> [f64; 2] {
        let steps = self.steps_in(weeks).min(self.blocked_lost.len());
        let unsold = steps.checked_sub(1).map_or(0.0, |last| self.unsold[last]);
        [self.blocked_lost[..steps].iter().sum(), unsold]
    }

    /// Output of a row over its undisturbed output; 1 for a row that makes nothing.
    pub fn output_share(&self, step: usize, row: usize) -> f64 {
        let base = self.undisturbed[row];
        if base > 0.0 { self.output[step * self.rows + row] / base } else { 1.0 }
    }

    /// First step in which a row makes less than `share` of its undisturbed output.
    pub fn row_stops(&self, row: usize, share: f64) -> Option<usize> {
        (0..self.steps).find(|step| self.output_share(*step, row) < share)
    }

    /// First step in which a node stops.
    pub fn stops(&self, node: usize) -> Option<usize> {
        let step = self.first_stop[node];
        (step != u32::MAX).then_some(step as usize)
    }

    /// Steps that end within so many weeks.
    fn steps_in(&self, weeks: f64) -> usize {
        ((weeks * 7.0 / self.step_days + 1e-9).floor().max(0.0) as usize).min(self.steps)
    }

    /// Value added that a region has lost after so many weeks.
    pub fn lost_until(&self, region: usize, weeks: f64) -> f64 {
        (0..self.steps_in(weeks)).map(|step| self.lost[step * self.regions + region]).sum()
    }

    /// Value added beyond the undisturbed that a region has made by then.
    pub fn caught_up_until(&self, region: usize, weeks: f64) -> f64 {
        (0..self.steps_in(weeks)).map(|step| self.caught_up[step * self.regions + region]).sum()
    }

    /// Undisturbed value added of a region in so many weeks, the run's at most.
    pub fn value_added_until(&self, region: usize, weeks: f64) -> f64 {
        self.value_added[region] * self.steps_in(weeks) as f64
    }

    /// Final demand delivered over undisturbed; 1 where there is none.
    pub fn final_fill(&self, step: usize, region: usize) -> f64 {
        let wanted = self.final_demand[region];
        if wanted > 0.0 { self.final_delivered[step * self.regions + region] / wanted } else { 1.0 }
    }
}
