//! What a short run assumes about stocks, orders, transport and lines.
//!
//! Everything is per day or in days and converted to steps once. The values of
//! [`Settings::new`] are those of the ARIO model where it has them (cover 90
//! days, restoration 60 days, overproduction up to 1.25 within a year, psi 0.8
//! if chosen), and "off" for everything else.
//!
//! | symbol  | code                 | meaning                                             | unit |
//! |---------|----------------------|-----------------------------------------------------|------|
//! | `h`     | `step_days`          | length of a step                                    | day  |
//! | `n`     | `cover_days`         | target stock, in days of undisturbed use            | day  |
//! | `τ`     | `restore_days`       | time in which a gap in a stock is ordered           | day  |
//! | `α`     | `overproduction`     | output over undisturbed capacity                    | 1    |
//! | `K`     | `parts`              | parts in a bucket of which each one can stop a line | 1    |
//! | `η`     | `orders.eta`         | how strongly orders move to suppliers who can deliver | 1  |
//! | `Q`     | `orders.qualification_days` | time until moved orders reach their full share | day  |
//! | `κ`     | `orders.panic`       | rise of target stocks per share not delivered       | 1    |
//! | `L`     | `lags`               | time in transit                                     | day  |
//! | `φ`     | `stop_share`         | share of undisturbed output below which a line stands | 1  |

use super::problem::Problem;
use super::regions::Network;
use super::step::input_limit::InputLimit;
use super::step::rationing::Rationing;

/// A number for each bucket.
#[derive(Clone, Debug, PartialEq)]
pub enum ByBucket {
    /// The same for all.
    Same(f64),
    /// By the group of inputs, `[group]`.
    Group(Vec<f64>),
    /// One by one, `[bucket]`.
    Bucket(Vec<f64>),
}

impl ByBucket {
    /// The number of one bucket.
    #[inline(always)]
    pub fn at(&self, bucket: usize, group: u32) -> f64 {
        match self {
            Self::Same(value) => *value,
            Self::Group(values) => values[group as usize],
            Self::Bucket(values) => values[bucket],
        }
    }

    /// The same shape with every number changed.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Same(value) => Self::Same(change(*value)),
            Self::Group(values) => Self::Group(values.iter().map(|value| change(*value)).collect()),
            Self::Bucket(values) => Self::Bucket(values.iter().map(|value| change(*value)).collect()),
        }
    }

    /// Sets the number of one group; numbers of single buckets turn to those of
    /// the group.
    pub fn set_group(&mut self, network: &Network, group: u32, value: f64) {
        let last = network.graph.bucket_group.iter().max().map_or(0, |group| *group as usize);
        match self {
            Self::Same(all) => *self = Self::Group(vec![*all; last.max(group as usize) + 1]),
            Self::Group(values) => {
                let known = values.len().max(group as usize + 1);
                values.resize(known, value);
            }
            Self::Bucket(_) => {}
        }
        match self {
            Self::Group(values) => values[group as usize] = value,
            Self::Bucket(values) => {
                let of_group = network.graph.bucket_group.iter().zip(values);
                of_group.filter(|(other, _)| **other == group).for_each(|(_, old)| *old = value);
            }
            Self::Same(_) => {}
        }
    }

    /// Numbers that are too few, or not accepted.
    pub(super) fn check(
        &self,
        name: &str,
        network: &Network,
        write: &str,
        accepts: impl Fn(f64) -> bool,
        problems: &mut Vec<Problem>,
    ) {
        let groups = network.graph.bucket_group.iter().max().map_or(0, |group| *group as usize + 1);
        let (values, row, want): (&[f64], &str, usize) = match self {
            Self::Same(value) => (std::slice::from_ref(value), "all buckets", 1),
            Self::Group(values) => (values, "group", groups),
            Self::Bucket(values) => (values, "bucket", network.graph.bucket_count()),
        };
        let exact = matches!(self, Self::Bucket(_));
        if values.len() < want || (exact && values.len() != want) {
            let what = format!("it has {} values for {want} {row}s", values.len());
            problems.push(Problem::new(name, what, format!("give one for each {row}")));
        }
        for (place, value) in values.iter().enumerate().filter(|(_, value)| !accepts(**value)) {
            let row = if matches!(self, Self::Same(_)) { row.to_owned() } else { format!("{row} {place}") };
            problems.push(Problem::new(format!("{name}, {row}"), format!("{value} is not possible"), write));
        }
    }
}

/// How far output can exceed undisturbed capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overproduction {
    /// Factor while nothing is scarce; 1 is undisturbed capacity.
    pub base: f64,
    /// Factor that scarcity drives it to.
    pub max: f64,
    /// Time that takes, days.
    pub days: f64,
}

/// How buyers order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orders {
    /// Weight of a supplier is its undisturbed share times availability to this
    /// power: 0 keeps the shares, 1 follows capacity, more searches.
    pub eta: f64,
    /// Days until moved orders reach their full share; 0 is at once.
    pub qualification_days: f64,
    /// Rise of the target stock per share of orders not delivered.
    pub panic: f64,
}

/// Time in transit of one pair of regions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairLag {
    /// Region that sells.
    pub exporter: u32,
    /// Region that buys.
    pub importer: u32,
    /// Days in transit.
    pub days: f64,
}

/// Time in transit, rounded to whole steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lags {
    /// Days in transit within a region.
    pub home_days: f64,
    /// Days in transit between regions.
    pub abroad_days: f64,
    /// Pairs with days of their own; of two entries for a pair the last counts.
    pub pairs: Vec<PairLag>,
}

/// A reserve that is released when stocks run low.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stockpile {
    /// Region whose buckets it serves.
    pub region: u32,
    /// Group of inputs it holds.
    pub group: u32,
    /// What there is, in days of the buyers' undisturbed use.
    pub amount_days: f64,
    /// What can be released a day, in days of use: 1 replaces all inflow.
    pub rate: f64,
    /// A bucket gets from it while it covers less than this, days.
    pub trigger_days: f64,
}

/// How a blocked flow finds its way through third countries.
///
/// ```text
/// u ← u + ℓ (1 − u),   ℓ(t) = max · (1 − exp(−(t − t₀) / days))      for u < 1
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leakage {
    /// Share of the blocked flow that gets through in the end.
    pub max: f64,
    /// Time constant, days.
    pub days: f64,
}

/// Which lines stop altogether below `stop_share`.
#[derive(Clone, Debug, PartialEq)]
pub enum Lines {
    /// None: an aggregate of many firms runs at any share.
    None,
    /// Every node.
    All,
    /// These nodes.
    Of(Vec<u32>),
}

/// Lines that cannot run at a small share: they stop, and start again later.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Which.
    pub lines: Lines,
    /// Cover of every input that can stop the line before it starts again, days.
    pub restart_cover_days: f64,
    /// Time from then until it runs, days.
    pub restart_days: f64,
}

/// All assumptions of a short run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Length of a step, days: 1 or 7.
    pub step_days: f64,
    /// Target stock, days of undisturbed use.
    pub cover_days: ByBucket,
    /// Time in which a gap in a stock is ordered, days.
    pub restore_days: f64,
    /// Output above undisturbed capacity.
    pub overproduction: Overproduction,
    /// What a lack of inputs does to output.
    pub input_limit: InputLimit,
    /// Number `K` of parts in a bucket, each of which can stop a line: with the
    /// share `r` of each at hand, `r^K` of the lines run.
    pub parts: ByBucket,
    /// Who gets scarce output.
    pub rationing: Rationing,
    /// How buyers order.
    pub orders: Orders,
    /// Time in transit.
    pub lags: Lags,
    /// Reserves.
    pub stockpiles: Vec<Stockpile>,
    /// Flows through third countries.
    pub leakage: Leakage,
    /// Share of undisturbed output below which a line counts as stopped.
    pub stop_share: f64,
    /// Lines that stop altogether below it.
    pub batch: Batch,
    /// Time constant with which unmet final demand is given up, days; 0 drops it
    /// at once, infinity keeps it for ever.
    pub patience_days: f64,
}

impl Settings {
    /// ARIO's values with Leontief inputs, and everything else off.
    pub fn new(step_days: f64) -> Self {
        Self {
            step_days,
            cover_days: ByBucket::Same(90.0),
            restore_days: 60.0,
            overproduction: Overproduction { base: 1.0, max: 1.25, days: 365.0 },
            input_limit: InputLimit::Leontief,
            parts: ByBucket::Same(1.0),
            rationing: Rationing::Proportional,
            orders: Orders { eta: 0.0, qualification_days: 0.0, panic: 0.0 },
            lags: Lags::default(),
            stockpiles: Vec::new(),
            leakage: Leakage { max: 0.0, days: 30.0 },
            stop_share: 0.3,
            batch: Batch { lines: Lines::None, restart_cover_days: 0.0, restart_days: 0.0 },
            patience_days: 0.0,
        }
    }

    /// Steps of a day.
    pub fn daily() -> Self {
        Self::new(1.0)
    }

    /// Steps of a week.
    pub fn weekly() -> Self {
        Self::new(7.0)
    }

    /// Everything in the settings that no run can follow.
    pub fn check(&self, network: &Network) -> Vec<Problem> {
        let mut problems = Vec::new();
        let step = self.step_days;
        let mut number = |name: &str, value: f64, accepts: bool, write: &str| {
            if !accepts {
                problems.push(Problem::new(name, format!("{value} is not possible"), write));
            }
        };
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let days = |value: f64| value >= 0.0 && value.is_finite();
        number("step_days", step, step > 0.0 && step.is_finite(), "write 1 for days or 7 for weeks");
        let restore = self.restore_days;
        number("restore_days", restore, restore > 0.0, "write a number of days above 0, such as 60");
        let Overproduction { base, max, days: adapts } = self.overproduction;
        number(
            "overproduction.base",
            base,
            base > 0.0 && base.is_finite(),
            "write 1 for undisturbed capacity",
        );
        number(
            "overproduction.max",
            max,
            max >= base && max.is_finite(),
            "write at least overproduction.base",
        );
        number("overproduction.days", adapts, adapts > 0.0, "write a number of days above 0, such as 365");
        let Orders { eta, qualification_days, panic } = self.orders;
        number("orders.eta", eta, days(eta), "write 0 for fixed shares, 1 to follow capacity");
        number(
            "orders.qualification_days",
            qualification_days,
            days(qualification_days),
            "write 0 or more days",
        );
        number("orders.panic", panic, days(panic), "write 0 for none");
        number("leakage.max", self.leakage.max, share(self.leakage.max), "write a share, 0 to 1");
        number("leakage.days", self.leakage.days, self.leakage.days > 0.0, "write a number of days above 0");
        number("stop_share", self.stop_share, share(self.stop_share), "write a share, 0 to 1");
        number(
            "patience_days",
            self.patience_days,
            self.patience_days >= 0.0,
            "write 0 to drop unmet demand",
        );
        let Batch { restart_cover_days: cover, restart_days: restart, .. } = self.batch;
        number("batch.restart_cover_days", cover, days(cover), "write 0 or more days");
        number("batch.restart_days", restart, days(restart), "write 0 or more days");
        for (name, lag) in
            [("lags.home_days", self.lags.home_days), ("lags.abroad_days", self.lags.abroad_days)]
        {
            number(name, lag, days(lag) && lag <= 10_000.0, "write 0 or more days");
        }
        self.check_rows(network, &mut problems);
        problems
    }

    /// Rows that name regions, nodes, groups or buckets.
    fn check_rows(&self, network: &Network, problems: &mut Vec<Problem>) {
        let (step, regions) = (self.step_days, network.region_count);
        let write = format!("write at least the length of a step, {step} days, or shorten step_days");
        self.cover_days.check("cover_days", network, &write, |n| n >= step && n.is_finite(), problems);
        self.parts.check("parts", network, "write 1 or more parts", |k| k >= 1.0 && k.is_finite(), problems);
        self.input_limit.check(network, problems);
        self.rationing.check(problems);
        let region = |row: String, region: u32, problems: &mut Vec<Problem>| {
            if region as usize >= regions {
                let what = format!("there is no region {region}");
                problems.push(Problem::new(row, what, format!("write 0 to {}", regions.saturating_sub(1))));
            }
        };
        for (place, pair) in self.lags.pairs.iter().enumerate() {
            region(format!("lags.pairs, row {place}"), pair.exporter, problems);
            region(format!("lags.pairs, row {place}"), pair.importer, problems);
            if !(pair.days >= 0.0 && pair.days <= 10_000.0) {
                let what = format!("{} days are not possible", pair.days);
                problems.push(Problem::new(format!("lags.pairs, row {place}"), what, "write 0 or more days"));
            }
        }
        for (place, pile) in self.stockpiles.iter().enumerate() {
            let row = format!("stockpiles, row {place}");
            region(row.clone(), pile.region, problems);
            if !network.graph.bucket_group.contains(&pile.group) {
                let what = format!("no industry uses group {}", pile.group);
                problems.push(Problem::new(row.clone(), what, "name a group that is an input"));
            }
            for (key, value) in
                [("amount_days", pile.amount_days), ("rate", pile.rate), ("trigger_days", pile.trigger_days)]
            {
                if !(value >= 0.0 && value.is_finite()) {
                    let what = format!("{key} is {value}");
                    problems.push(Problem::new(
                        row.clone(),
                        what,
                        "a reserve cannot be negative: write 0 or more",
                    ));
                }
            }
        }
        if let Lines::Of(nodes) = &self.batch.lines {
            let count = network.graph.node_count();
            for node in nodes.iter().filter(|node| **node as usize >= count) {
                let what = format!("there is no node {node}");
                let write = format!("write 0 to {}", count.saturating_sub(1));
                problems.push(Problem::new("batch.lines", what, write));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Graph, Link};

    fn network() -> Network {
        let links = [Link { supplier: 0, buyer: 1, flow: 10.0 }];
        Network::in_one_region(Graph::of_links(vec![0, 1], &[1.0, 30.0], links).unwrap())
    }

    #[test]
    fn the_defaults_have_no_problem() {
        assert_eq!(Settings::daily().check(&network()), []);
        assert_eq!(Settings::weekly().check(&network()), []);
    }

    #[test]
    fn every_problem_is_named_in_one_list() {
        let mut settings = Settings::weekly();
        settings.cover_days = ByBucket::Same(0.0);
        settings.leakage.max = 2.0;
        settings.batch.lines = Lines::Of(vec![7]);
        settings.stockpiles =
            vec![Stockpile { region: 3, group: 9, amount_days: -1.0, rate: 1.0, trigger_days: 1.0 }];
        settings.input_limit = InputLimit::PartlyBinding { dependence: ByBucket::Group(vec![1.5]) };
        let problems: Vec<String> = settings.check(&network()).iter().map(ToString::to_string).collect();
        for part in [
            "leakage.max: 2 is not possible; write a share",
            "cover_days, all buckets: 0 is not possible; write at least the length of a step, 7 days",
            "stockpiles, row 0: there is no region 3; write 0 to 0",
            "stockpiles, row 0: no industry uses group 9",
            "stockpiles, row 0: amount_days is -1; a reserve cannot be negative",
            "batch.lines: there is no node 7; write 0 to 1",
            "input_limit.dependence, group 0: 1.5 is not possible",
        ] {
            assert!(problems.iter().any(|problem| problem.contains(part)), "{part} not in {problems:#?}");
        }
        assert_eq!(problems.len(), 7, "{problems:#?}");
    }

    #[test]
    fn a_group_can_have_a_number_of_its_own() {
        let mut cover = ByBucket::Same(30.0);
        cover.set_group(&network(), 0, 10.0);
        assert_eq!((cover.at(0, 0), cover.map(|n| 2.0 * n).at(0, 0)), (10.0, 20.0));
        let mut each = ByBucket::Bucket(vec![30.0]);
        each.set_group(&network(), 0, 10.0);
        assert_eq!(each, ByBucket::Bucket(vec![10.0]));
    }
}
