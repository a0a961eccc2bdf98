//! The ledger's limits on quantities as limits on links.
//!
//! ```text
//! u = min over caps of  1 − c + c q            on the link of (sector, importer, exporter)
//! u = min(u, 1 − max c)                        while the first licence is waited for
//! u = 1 − c   from the first day of a licence for the time it takes, then no limit
//! ```
//!
//! `c` is the share of the flow's goods that a cap covers and `q` the quantity it
//! leaves, relative to the base year. A cap on several flows together is shared
//! in proportion to them, so each has its `q`. A licence with a share of approvals
//! is a cap; its wait runs from the first of the given days on which the state has
//! one. A licence with a wait alone holds the flow for that time and lets it go:
//! everything arrives that much later. Tariffs, taxes and costs change prices and
//! belong to the long run.

use std::collections::BTreeMap;

use super::problem::{Problem, RunError};
use super::regions::Network;
use super::shock::LinkCap;
use crate::ledger::PolicyState;
use crate::world::World;

/// The caps of dated policy states (`day` counts from the start of the run, in
/// order) on the links of a network that was made of `world`, split by origin or
/// not.
///
/// # Errors
/// [`RunError::Problems`]: days out of order, a state of another world, an
/// approval above 1, a quantity below 0, a covered share outside 0 to 1.
pub fn caps_of_states(
    world: &World,
    network: &Network,
    states: &[(f64, &PolicyState)],
) -> Result<Vec<LinkCap>, RunError> {
    RunError::unless_empty(check(world, states))?;
    let mut paths: BTreeMap<usize, Path> = BTreeMap::new();
    for (place, (day, state)) in states.iter().enumerate() {
        let until = states.get(place + 1).map_or(f64::INFINITY, |(next, _)| *next);
        let mut found: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for cap in state.caps.iter().filter(|cap| cap.quantity < f64::INFINITY) {
            for (cell, covered) in &cap.flows {
                let entry = found.entry(*cell).or_insert((f64::INFINITY, 0.0));
                entry.0 = entry.0.min(1.0 - covered + covered * cap.quantity);
                entry.1 = entry.1.max(*covered);
            }
        }
        for cell in found.keys() {
            paths.entry(*cell).or_default();
        }
        for (cell, path) in &mut paths {
            let wait = 7.0 * state.licence_wait_weeks[*cell];
            let (level, covered) = found.get(cell).copied().unwrap_or((f64::INFINITY, 0.0));
            path.add(*day, until, level, 1.0 - covered, wait);
        }
    }
    let links = links_of_cells(world, network);
    let caps = paths.into_iter().filter_map(|(cell, path)| {
        let links = links.get(&cell)?.clone();
        Some(LinkCap { links, levels: path.levels })
    });
    let waits = held(states).into_iter().filter_map(|((cell, _), held)| {
        let links = links.get(&cell)?.clone();
        Some(LinkCap::at(links, 1.0 - held.covered, held.from, held.until))
    });
    Ok(caps.chain(waits).collect())
}

/// A flow that waits for its first licence.
struct Held {
    covered: f64,
    from: f64,
    until: f64,
}

/// What waits for a licence without a share of approvals, by cell and measure. A
/// licence that is gone before its time lets everything go.
fn held<'s>(states: &[(f64, &'s PolicyState)]) -> BTreeMap<(usize, &'s str), Held> {
    let mut found: BTreeMap<(usize, &str), Held> = BTreeMap::new();
    for (place, (day, state)) in states.iter().enumerate() {
        let next = states.get(place + 1).map_or(f64::INFINITY, |(next, _)| *next);
        for wait in &state.waits {
            let since = day + f64::from((wait.since - state.date).get_days());
            let over = since + 7.0 * wait.weeks;
            let (from, until) = (since.max(*day), over.min(next));
            for (cell, covered) in wait.flows.iter().filter(|_| from < until) {
                let held = Held { covered: *covered, from, until };
                let entry = found.entry((*cell, &*wait.measure)).or_insert(held);
                entry.until = until;
            }
        }
    }
    found
}

/// Levels of one flow as they are put together.
#[derive(Default)]
struct Path {
    levels: Vec<(f64, f64)>,
    waits_since: Option<f64>,
}

impl Path {
    fn add(&mut self, day: f64, until: f64, level: f64, waiting: f64, wait: f64) {
        if wait > 0.0 && level < f64::INFINITY {
            let arrives = *self.waits_since.get_or_insert(day) + wait;
            if day < arrives {
                self.push(day, level.min(waiting));
                if arrives < until {
                    self.push(arrives, level);
                }
                return;
            }
        } else {
            self.waits_since = None;
        }
        self.push(day, level);
    }

    fn push(&mut self, day: f64, level: f64) {
        if self.levels.last().map_or(f64::INFINITY, |(_, last)| *last) != level {
            self.levels.push((day, level));
        }
    }
}

/// Links by cell `(sector, importer, exporter)` of the world.
fn links_of_cells(world: &World, network: &Network) -> BTreeMap<usize, Vec<u32>> {
    let graph = &network.graph;
    let mut links: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for pool in 0..graph.pool_count() {
        let importer = network.pool_region[pool] as usize;
        for link in graph.links(pool) {
            let node = graph.supplier[link] as usize;
            let cell = world.cell(graph.group[node] as usize, importer, network.node_region[node] as usize);
            links.entry(cell).or_default().push(link as u32);
        }
    }
    links
}

fn check(world: &World, states: &[(f64, &PolicyState)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (cells, regions) = (world.trade_musd.len(), world.region_count());
    let flow = |cell: usize| {
        let (row, exporter) = (cell / regions, cell % regions);
        let (sector, importer) = (row / regions, row % regions);
        let codes = (world.sectors.codes(), world.regions.codes());
        format!("{} from {} to {}", codes.0[sector], codes.1[exporter], codes.1[importer])
    };
    for (place, (day, state)) in states.iter().enumerate() {
        let row = format!("state {place}, {}", state.date);
        if day.is_nan() || (place > 0 && states[place - 1].0 >= *day) {
            problems.push(Problem::new(&row, format!("day {day} is out of order"), "sort the states by day"));
        }
        if state.approval.len() != cells || state.licence_wait_weeks.len() != cells {
            problems.push(Problem::new(&row, "it belongs to another world", "make it with this world"));
            continue;
        }
        for (cell, approval) in state.approval.iter().enumerate().filter(|(_, a)| !(0.0..=1.0).contains(*a)) {
            let what = format!("an approval of {approval} on {}", flow(cell));
            problems.push(Problem::new(&row, what, "write a share, 0 to 1"));
        }
        for (cell, wait) in
            state.licence_wait_weeks.iter().enumerate().filter(|(_, w)| w.is_nan() || **w < 0.0)
        {
            let what = format!("a wait of {wait} weeks on {}", flow(cell));
            problems.push(Problem::new(&row, what, "write 0 or more weeks"));
        }
        let waits =
            state.waits.iter().flat_map(|wait| wait.flows.iter().map(move |flow| (&wait.measure, flow)));
        for (measure, (cell, _)) in waits.filter(|(_, (cell, _))| *cell >= cells) {
            let what = format!("there is no flow {cell}");
            problems.push(Problem::new(format!("{row}, measure {measure}"), what, "make it with this world"));
        }
        for cap in &state.caps {
            let row = format!("{row}, measure {}", cap.measure);
            if cap.quantity.is_nan() || cap.quantity < 0.0 {
                let what = format!("a quantity of {}", cap.quantity);
                problems.push(Problem::new(&row, what, "write a share of the base year, 0 for a ban"));
            }
            for (cell, covered) in &cap.flows {
                if *cell >= cells {
                    problems.push(Problem::new(
                        &row,
                        format!("there is no flow {cell}"),
                        "make it with this world",
                    ));
                } else if !(*covered > 0.0 && *covered <= 1.0 + 1e-12) {
                    let what = format!("a covered share of {covered} on {}", flow(*cell));
                    problems.push(Problem::new(&row, what, "write a share above 0, to 1"));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Cap, Wait};
    use jiff::civil::date;

    fn cap(cells: &[usize], covered: f64, quantity: f64) -> Cap {
        let flows = cells.iter().map(|cell| (*cell, covered)).collect();
        Cap { measure: "m".into(), flows, quantity, importer_rent: 0.0 }
    }

    /// A licence on half of a flow: nothing of it for two weeks, then a quarter;
    /// a ban on all of it from day 30 to day 60.
    #[test]
    fn states_become_levels() {
        let world = crate::world::tests::small();
        let network = Network::of_world(&world);
        let cell = world.cell(1, 0, 1);
        let mut licence = PolicyState::of_world(&world, date(2025, 4, 4));
        licence.caps = vec![cap(&[cell], 0.5, 0.25)];
        licence.licence_wait_weeks[cell] = 2.0;
        let mut ban = licence.clone();
        ban.caps.push(cap(&[cell], 1.0, 0.0));
        let free = PolicyState::of_world(&world, date(2025, 6, 4));
        let caps = caps_of_states(&world, &network, &[(3.0, &licence), (30.0, &ban), (60.0, &free)]).unwrap();
        assert_eq!(caps.len(), 1);
        assert_eq!(caps[0].links, network.links_between(1, 0, 1));
        assert_eq!(caps[0].levels, [(3.0, 0.5), (17.0, 0.625), (30.0, 0.0), (60.0, f64::INFINITY)]);
    }

    /// A licence of four weeks on half of a flow, since a week before the second
    /// state: 1/2 until day 24. Gone by day 20, it lets go on day 20.
    #[test]
    fn a_wait_alone_holds_and_lets_go() {
        let world = crate::world::tests::small();
        let network = Network::of_world(&world);
        let cell = world.cell(1, 0, 1);
        let free = PolicyState::of_world(&world, date(2025, 4, 1));
        let mut licence = PolicyState::of_world(&world, date(2025, 4, 4));
        let since = date(2025, 3, 28);
        licence.waits = vec![Wait { measure: "m".into(), flows: vec![(cell, 0.5)], since, weeks: 4.0 }];
        let levels = |states: &[(f64, &PolicyState)]| {
            caps_of_states(&world, &network, states).unwrap()[0].levels.clone()
        };
        assert_eq!(levels(&[(0.0, &free), (3.0, &licence)]), [(3.0, 0.5), (24.0, f64::INFINITY)]);
        assert_eq!(levels(&[(3.0, &licence), (20.0, &free)]), [(3.0, 0.5), (20.0, f64::INFINITY)]);
        // The same licence on a later day is the same wait.
        let later = PolicyState { date: date(2025, 4, 14), ..licence.clone() };
        assert_eq!(levels(&[(3.0, &licence), (13.0, &later)]), [(3.0, 0.5), (24.0, f64::INFINITY)]);
    }

    #[test]
    fn what_no_run_can_follow_is_named() {
        let world = crate::world::tests::small();
        let network = Network::of_world(&world);
        let mut state = PolicyState::of_world(&world, date(2025, 4, 4));
        state.approval[world.cell(1, 0, 1)] = 1.25;
        state.caps = vec![cap(&[world.cell(1, 0, 2)], 1.0, -1.0)];
        let error =
            caps_of_states(&world, &network, &[(5.0, &state), (5.0, &state)]).unwrap_err().to_string();
        for part in ["an approval of 1.25 on", "a quantity of -1", "day 5 is out of order", "5 problems"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
