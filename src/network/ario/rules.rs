//! Everything that can be chosen: models, orders, stocks, capacity, capital.
//!
//! A choice that makes no sense is an error that says what to write.

use super::error::ArioError;
use super::stocks::Stocks;
use crate::network::Graph;
use crate::network::graph::DAYS;

/// Purchases of a year below this share of a day's output never bind.
const MASK: f64 = 1e-5;
/// What days of stock up to 1 become.
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

impl Rules {
    /// Ranges of the rules that are one number.
    pub(super) fn check(&self) -> Result<(), ArioError> {
        let Overproduction { base, max, days } = self.overproduction;
        let psi = if let Model::Psi { psi, .. } = self.model { psi } else { 1.0 };
        let ranges = [
            ("psi", psi, (0.0..=1.0).contains(&psi), "a share from 0 to 1"),
            ("overproduction.base", base, base.is_finite() && base > 0.0, "a number above 0, usually 1"),
            ("overproduction.max", max, max.is_finite() && max >= base, "a number from the base up"),
            ("overproduction.days", days, days.is_finite() && days >= 1.0, "1 day or more"),
            (
                "monetary_factor",
                self.monetary_factor,
                (1.0..=1e12).contains(&self.monetary_factor),
                "1 to 1e12: 1e6 for a table in millions",
            ),
        ];
        match ranges.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((rule, value, _, write)) => Err(ArioError::Rule { rule, value, write }),
            None => Ok(()),
        }
    }

    /// Stocks of the undisturbed economy.
    pub(super) fn stocks(&self, graph: &Graph, groups: usize) -> Result<Stocks, ArioError> {
        let (psi, speed) = match &self.model {
            Model::Base => (1.0, PerGroup::All(1.0)),
            Model::Psi { psi, restoration_days } => (*psi, restoration_days.clone()),
        };
        for (rule, numbers) in [("inventory_days", &self.inventory_days), ("restoration_days", &speed)] {
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
        let mut stocks =
            Stocks { next: vec![0.0; buckets], delivered: vec![0.0; buckets], ..Stocks::default() };
        for node in 0..graph.node_count() {
            for bucket in graph.buckets(node) {
                let group = graph.bucket_group[bucket] as usize;
                let share = graph.input_share[bucket];
                let days = self.inventory_days.of(group).unwrap_or(f64::NAN);
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
}

impl Capital {
    /// Productive capital, value, `[node]`.
    pub(super) fn values(&self, graph: &Graph) -> Result<Vec<f64>, ArioError> {
        match self {
            Self::OfValueAdded(years) if !(years.is_finite() && *years >= 0.0) => Err(ArioError::Rule {
                rule: "capital",
                value: *years,
                write: "years of value added, 0 or more",
            }),
            Self::OfValueAdded(years) => {
                Ok(graph.value_added.iter().map(|value| years * value * DAYS).collect())
            }
            Self::Each(values) if values.len() != graph.node_count() => Err(ArioError::Length {
                rule: "capital",
                got: values.len(),
                want: graph.node_count(),
                each: "industry",
            }),
            Self::Each(values) => match values.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
                Some(value) => {
                    Err(ArioError::Rule { rule: "capital", value: *value, write: "values of 0 or more" })
                }
                None => Ok(values.clone()),
            },
        }
    }
}
