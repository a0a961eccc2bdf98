//! What disturbs the network, by day: limits on links and losses of capacity.
//!
//! ```text
//! u[e](t)   most that link e carries, relative to its undisturbed flow; 0 is a ban
//! δ[i](t)   share of capacity that node i has lost
//! ```
//!
//! Both are steps in time. What changes within a step of the simulation counts
//! with the share of the step in which it holds. A link under several limits has
//! the tightest, a node under several losses the largest.
//!
//! | symbol | code     | meaning                                | unit | shape     |
//! |--------|----------|----------------------------------------|------|-----------|
//! | `u`    | `levels` | limit from a day on                    | 1    | `[change]` |
//! | `δ`    | `loss`   | share of capacity lost                 | 1    |           |

use super::problem::Problem;
use super::regions::Network;
use crate::numerics::vector::exp1;

/// A limit on some links, the same for each.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkCap {
    /// Positions of the links in the graph.
    pub links: Vec<u32>,
    /// From this day on, at most this share of the undisturbed flow; infinity is
    /// no limit. In the order of days; before the first there is no limit.
    pub levels: Vec<(f64, f64)>,
}

impl LinkCap {
    /// A ban from one day to another.
    pub fn ban(links: Vec<u32>, from_day: f64, until_day: f64) -> Self {
        Self::at(links, 0.0, from_day, until_day)
    }

    /// At most `share` of the undisturbed flow from one day to another.
    pub fn at(links: Vec<u32>, share: f64, from_day: f64, until_day: f64) -> Self {
        let mut levels = vec![(from_day, share)];
        if until_day.is_finite() {
            levels.push((until_day, f64::INFINITY));
        }
        Self { links, levels }
    }

    /// The limit on average from one day to another. Where the link is free for
    /// a part of the time, it counts as undisturbed in that part.
    pub(super) fn mean(&self, from: f64, until: f64) -> f64 {
        let first = self.levels.partition_point(|(day, _)| *day <= from);
        let mut level = first.checked_sub(1).map_or(f64::INFINITY, |before| self.levels[before].1);
        let (mut start, mut sum, mut bound) = (from, 0.0, level < f64::INFINITY);
        for (day, next) in self.levels[first..].iter().take_while(|(day, _)| *day < until) {
            sum += (day - start) * if level == f64::INFINITY { 1.0 } else { level };
            bound |= *next < f64::INFINITY;
            (start, level) = (*day, *next);
        }
        if !bound {
            return f64::INFINITY;
        }
        if start == from {
            return level;
        }
        (sum + (until - start) * if level == f64::INFINITY { 1.0 } else { level }) / (until - from)
    }

    /// First day with a limit below the undisturbed flow.
    pub(super) fn first_day(&self) -> f64 {
        self.levels.iter().find(|(_, share)| *share < 1.0).map_or(f64::INFINITY, |(day, _)| *day)
    }
}

/// How a loss of capacity ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recovery {
    /// At once.
    AtOnce,
    /// The same amount every day, over this many days.
    Linear(f64),
    /// By a share of what is left, with this time constant in days.
    Exponential(f64),
}

/// A loss of capacity of some nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityLoss {
    /// The nodes.
    pub nodes: Vec<u32>,
    /// First day.
    pub from_day: f64,
    /// Day on which recovery begins.
    pub until_day: f64,
    /// Share of capacity lost.
    pub loss: f64,
    /// How it ends.
    pub recovery: Recovery,
}

impl CapacityLoss {
    /// Share lost on average from one day to another.
    pub(super) fn mean(&self, from: f64, until: f64) -> f64 {
        let overlap = |start: f64, end: f64| (end.min(until) - start.max(from)).max(0.0);
        let mut lost = overlap(self.from_day, self.until_day);
        match self.recovery {
            Recovery::AtOnce => {}
            Recovery::Linear(days) => {
                let end = self.until_day + days;
                let (a, b) = (from.max(self.until_day), until.min(end));
                if b > a {
                    lost += (b - a) * (end - 0.5 * (a + b)) / days;
                }
            }
            Recovery::Exponential(days) => {
                let a = from.max(self.until_day);
                if until > a {
                    let left = |day: f64| exp1(-(day - self.until_day) / days);
                    lost += days * (left(a) - left(until));
                }
            }
        }
        self.loss * lost / (until - from)
    }
}

/// Everything that disturbs the network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shocks {
    /// Limits on links.
    pub caps: Vec<LinkCap>,
    /// Losses of capacity.
    pub losses: Vec<CapacityLoss>,
}

impl Shocks {
    /// Nothing happens.
    pub fn none() -> Self {
        Self::default()
    }

    /// Everything in the shocks that no run can follow.
    pub fn check(&self, network: &Network) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (links, nodes) = (network.graph.supplier.len(), network.graph.node_count());
        for (place, cap) in self.caps.iter().enumerate() {
            let row = format!("caps, row {place}");
            for link in cap.links.iter().filter(|link| **link as usize >= links) {
                let what = format!("there is no link {link}");
                problems.push(Problem::new(&row, what, format!("write 0 to {}", links.saturating_sub(1))));
            }
            for (day, share) in
                cap.levels.iter().filter(|(day, share)| share.is_nan() || *share < 0.0 || day.is_nan())
            {
                let what = format!("a limit of {share} from day {day} is not possible");
                problems.push(Problem::new(&row, what, "write a share of 0 or more, infinity for no limit"));
            }
            if cap.levels.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
                problems.push(Problem::new(&row, "its days are out of order", "sort the levels by day"));
            }
        }
        for (place, loss) in self.losses.iter().enumerate() {
            let row = format!("losses, row {place}");
            for node in loss.nodes.iter().filter(|node| **node as usize >= nodes) {
                let what = format!("there is no node {node}");
                problems.push(Problem::new(&row, what, format!("write 0 to {}", nodes.saturating_sub(1))));
            }
            if !(0.0..=1.0).contains(&loss.loss) {
                let what = format!("a loss of {} is not possible", loss.loss);
                problems.push(Problem::new(&row, what, "write a share, 0 to 1"));
            }
            if loss.from_day.is_nan() || loss.until_day.is_nan() || loss.from_day > loss.until_day {
                let what = format!("it ends on day {}, before day {}", loss.until_day, loss.from_day);
                problems.push(Problem::new(&row, what, "write an until_day after from_day"));
            }
            if let Recovery::Linear(days) | Recovery::Exponential(days) = loss.recovery
                && (days.is_nan() || days <= 0.0)
            {
                let what = format!("a recovery of {days} days is not possible");
                problems.push(Problem::new(&row, what, "write AtOnce, or days above 0"));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_counts_with_the_part_of_the_step_in_which_it_holds() {
        let cap = LinkCap::at(vec![0], 0.25, 10.0, 20.0);
        assert_eq!(cap.mean(0.0, 7.0), f64::INFINITY);
        // Days 7 to 10 free, 10 to 14 at a quarter: (3 + 4/4) / 7.
        assert!((cap.mean(7.0, 14.0) - 4.0 / 7.0).abs() < 1e-15);
        assert_eq!(cap.mean(14.0, 20.0), 0.25);
        assert_eq!(cap.mean(21.0, 28.0), f64::INFINITY);
        assert_eq!(cap.first_day(), 10.0);
    }

    /// 0.4 for 10 days, then linear over 10 days: half of it is left on average
    /// from day 10 to day 20.
    #[test]
    fn a_loss_recovers() {
        let mut loss = CapacityLoss {
            nodes: vec![0],
            from_day: 0.0,
            until_day: 10.0,
            loss: 0.4,
            recovery: Recovery::Linear(10.0),
        };
        assert_eq!(loss.mean(2.0, 9.0), 0.4);
        assert!((loss.mean(10.0, 20.0) - 0.2).abs() < 1e-15);
        assert_eq!(loss.mean(20.0, 27.0), 0.0);
        loss.recovery = Recovery::Exponential(5.0);
        assert!((loss.mean(10.0, 15.0) - 0.4 * (1.0 - (-1.0_f64).exp())).abs() < 1e-15);
        loss.recovery = Recovery::AtOnce;
        assert_eq!(loss.mean(10.0, 15.0), 0.0);
    }
}
