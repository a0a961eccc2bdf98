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

pub mod made_up;
pub mod recovery;
mod rows;
pub mod shock;
mod step;
mod stocks;

pub use recovery::{Curve, Recovery};
pub use shock::{Damage, Event};

use super::Graph;
use super::graph::DAYS;
use rows::Rows;
use shock::Shocks;
use stocks::{Gates, Stocks};

/// Purchases below this share of output are masked; see [`Ario::new`].
const MASK: f64 = 1e-5;
/// Days of stock at which one becomes two: with less, a day's use is not there.
const FEWEST_DAYS: f64 = 2.0;

/// One number for all groups of inputs, or one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum PerGroup {
    /// The same for all.
    All(f64),
    /// By group, `[group]`.
    Each(Vec<f64>),
}

impl PerGroup {
    /// The number of a group.
    fn of(&self, group: usize) -> Option<f64> {
        match self {
            Self::All(value) => Some(*value),
            Self::Each(values) => values.get(group).copied(),
        }
    }
}

/// How stocks bind, and how they are restored.
#[derive(Clone, Debug, PartialEq)]
pub enum Model {
    /// Output falls as soon as a stock is below the whole target; a gap is ordered in a day.
    Base,
    /// Output falls when a stock is below `psi` times its target; a gap is ordered over time.
    Psi {
        /// Share of the target below which a stock binds, 0 to 1; 0.8.
        psi: f64,
        /// Days over which a gap is ordered; 60.
        restoration_days: PerGroup,
    },
}

/// How a buyer splits its order of an input over suppliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orders {
    /// In proportion to undisturbed flows times the suppliers' relative capacity (`alt`).
    Alt,
    /// In proportion to undisturbed flows (`noalt`).
    NoAlt,
}

/// How far and how fast capacity grows above normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overproduction {
    /// Where it starts and returns to; 1.
    pub base: f64,
    /// Its limit; 1.25.
    pub max: f64,
    /// Days that it takes; 365.
    pub days: f64,
}

/// Productive capital of the industries.
#[derive(Clone, Debug, PartialEq)]
pub enum Capital {
    /// A multiple of a year's value added; 4.
    OfValueAdded(f64),
    /// Value, `[node]`.
    Each(Vec<f64>),
}

/// Everything that can be chosen. The default is BoARIO's.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// How stocks bind.
    pub model: Model,
    /// How orders are split.
    pub orders: Orders,
    /// Days of use that are held of an input, infinite for one that never binds. 1 or less becomes 2.
    pub inventory_days: PerGroup,
    /// How capacity grows.
    pub overproduction: Overproduction,
    /// Productive capital.
    pub capital: Capital,
    /// Currency units in the table's unit; decides to how many digits capital is rounded.
    pub monetary_factor: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            model: Model::Psi { psi: 0.8, restoration_days: PerGroup::All(60.0) },
            orders: Orders::Alt,
            inventory_days: PerGroup::All(90.0),
            overproduction: Overproduction { base: 1.0, max: 1.25, days: 365.0 },
            capital: Capital::OfValueAdded(4.0),
            monetary_factor: 1e6,
        }
    }
}

/// Why a run cannot begin or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ArioError {
    /// A horizon without a day.
    #[error("a horizon of 0 days: write 1 or more")]
    Horizon,
    /// A rule with a value that it cannot have.
    #[error("`{rule}` is {value}: write {write}")]
    Rule {
        /// Which rule.
        rule: &'static str,
        /// Its value.
        value: f64,
        /// What it can be.
        write: &'static str,
    },
    /// A number for a group of inputs that it cannot have.
    #[error("`{rule}` of input group {group} is {value}: write {write}")]
    Group {
        /// Which rule.
        rule: &'static str,
        /// Which group.
        group: usize,
        /// Its value.
        value: f64,
        /// What it can be.
        write: &'static str,
    },
    /// A list that has not one number for each.
    #[error("`{rule}` has {got} numbers: write {want}, one for each {each}")]
    Length {
        /// Which rule.
        rule: &'static str,
        /// Numbers found.
        got: usize,
        /// Numbers needed.
        want: usize,
        /// What each is for.
        each: &'static str,
    },
    /// A number of an event that it cannot have.
    #[error("event {event}: {what} is {value}: write {write}")]
    Event {
        /// Position of the event.
        event: usize,
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What it can be.
        write: &'static str,
    },
    /// An industry that is not there.
    #[error("event {event}, row {row}: there is no industry {node}: write 0 to {last}", last = nodes.saturating_sub(1))]
    Industry {
        /// Position of the event.
        event: usize,
        /// Position in the event.
        row: usize,
        /// What was found.
        node: usize,
        /// Number of industries.
        nodes: usize,
    },
    /// A loss that is no share.
    #[error(
        "event {event}, row {row}: industry {node} loses {loss} of its capacity: write a share from 0 to 1"
    )]
    Loss {
        /// Position of the event.
        event: usize,
        /// Position in the event.
        row: usize,
        /// Which industry.
        node: usize,
        /// What was found.
        loss: f64,
    },
    /// More destroyed than there is.
    #[error(
        "event {event}, row {row}: {destroyed} of the capital of industry {node} destroyed, which has {capital}: \
         write a value from 0 to that, in the unit of the table"
    )]
    Destroyed {
        /// Position of the event.
        event: usize,
        /// Position in the event.
        row: usize,
        /// Which industry.
        node: usize,
        /// Destroyed, of all events that last.
        destroyed: f64,
        /// What there is.
        capital: f64,
    },
    /// A stock below zero.
    #[error(
        "on day {day} industry {node} has used up more of input group {group} than it had ({stock}): more inventory \
         days or a larger `psi` keep a stock above a day's use"
    )]
    Stock {
        /// The day.
        day: u32,
        /// Which industry.
        node: usize,
        /// Which input.
        group: usize,
        /// The stock.
        stock: f64,
    },
}

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
        check(rules)?;
        let groups = graph.bucket_group.iter().chain(&graph.group).max().map_or(0, |last| *last as usize + 1);
        let stocks = stocks(graph, rules, groups)?;
        let decimals = rules.monetary_factor.log10() as i32 + 1;
        let shocks = Shocks::new(graph, events, capital(graph, &rules.capital)?, decimals)?;
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

/// Ranges of the rules that are one number.
fn check(rules: &Rules) -> Result<(), ArioError> {
    let Overproduction { base, max, days } = rules.overproduction;
    let psi = if let Model::Psi { psi, .. } = rules.model { psi } else { 1.0 };
    let ranges = [
        ("psi", psi, (0.0..=1.0).contains(&psi), "a share from 0 to 1"),
        ("overproduction.base", base, base.is_finite() && base > 0.0, "a number above 0, usually 1"),
        ("overproduction.max", max, max.is_finite() && max >= base, "a number from the base up"),
        ("overproduction.days", days, days.is_finite() && days >= 1.0, "1 day or more"),
        (
            "monetary_factor",
            rules.monetary_factor,
            (1.0..=1e12).contains(&rules.monetary_factor),
            "1 to 1e12: 1e6 for a table in millions",
        ),
    ];
    match ranges.into_iter().find(|(_, _, fits, _)| !fits) {
        Some((rule, value, _, write)) => Err(ArioError::Rule { rule, value, write }),
        None => Ok(()),
    }
}

/// Stocks of the undisturbed economy.
fn stocks(graph: &Graph, rules: &Rules, groups: usize) -> Result<Stocks, ArioError> {
    let (psi, speed) = match &rules.model {
        Model::Base => (1.0, PerGroup::All(1.0)),
        Model::Psi { psi, restoration_days } => (*psi, restoration_days.clone()),
    };
    for (rule, numbers) in [("inventory_days", &rules.inventory_days), ("restoration_days", &speed)] {
        if let PerGroup::Each(values) = numbers
            && values.len() != groups
        {
            let (got, want, each) = (values.len(), groups, "group of inputs");
            return Err(ArioError::Length { rule, got, want, each });
        }
        for group in 0..groups {
            let value = numbers.of(group).unwrap_or(f64::NAN);
            let (fits, write) = match rule {
                "inventory_days" => (value >= 0.0, "0 or more days, or infinity"),
                _ => (value.is_finite() && value > 0.0, "a number of days above 0"),
            };
            if !fits {
                return Err(ArioError::Group { rule, group, value, write });
            }
        }
    }
    let buckets = graph.bucket_count();
    let mut stocks = Stocks { next: vec![0.0; buckets], delivered: vec![0.0; buckets], ..Stocks::default() };
    for node in 0..graph.node_count() {
        for bucket in graph.buckets(node) {
            let group = graph.bucket_group[bucket] as usize;
            let share = graph.input_share[bucket];
            let days = rules.inventory_days.of(group).unwrap_or(f64::NAN);
            let days = if days <= 1.0 { FEWEST_DAYS } else { days };
            let counts = graph.purchases[bucket] * DAYS > MASK * graph.output[node];
            stocks.floor.push(if counts && days.is_finite() { psi * days * share } else { 0.0 });
            stocks.target.push(if days.is_finite() { days * share } else { f64::INFINITY });
            stocks.held.push(match days.is_finite() {
                true => graph.output[node] * share * days,
                false => f64::INFINITY,
            });
            stocks.speed.push(1.0 / speed.of(group).unwrap_or(1.0));
            stocks.need.push(graph.purchases[bucket]);
        }
    }
    Ok(stocks)
}

/// Productive capital, value, `[node]`.
fn capital(graph: &Graph, rule: &Capital) -> Result<Vec<f64>, ArioError> {
    match rule {
        Capital::OfValueAdded(years) if !(years.is_finite() && *years >= 0.0) => {
            Err(ArioError::Rule { rule: "capital", value: *years, write: "years of value added, 0 or more" })
        }
        Capital::OfValueAdded(years) => {
            Ok(graph.value_added.iter().map(|value| years * value * DAYS).collect())
        }
        Capital::Each(values) if values.len() != graph.node_count() => Err(ArioError::Length {
            rule: "capital",
            got: values.len(),
            want: graph.node_count(),
            each: "industry",
        }),
        Capital::Each(values) => match values.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
            Some(value) => {
                Err(ArioError::Rule { rule: "capital", value: *value, write: "values of 0 or more" })
            }
            None => Ok(values.clone()),
        },
    }
}
