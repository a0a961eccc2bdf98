//! What many draws say about stops, beside what was observed.
//!
//! An observed first stop is an extreme of many lines, thinned by reporting. It
//! is compared with the same extreme, never with a given line.
//!
//! ```text
//! T_r      = day of the n-th stop among the lines of r that would be reported       (1)
//! P_r      = share of draws with T_r within the observed window                     (2)
//! u_r      = days of the window / 181                   a day drawn from 0 to 180   (3)
//! S        = Σ_r ln(P_r / u_r)                          sharpness                   (4)
//! q_p      = the value of rank ⌈p · draws⌉              a draw without a stop is ∞  (5)
//! ```
//!
//! A given line is one line drawn at random: its probability of having stopped is
//! the mean over draws of the share of lines that have.

use jiff::civil::Date;

use super::Study;
use super::monte_carlo::{DrawResult, RegionResult};

/// Days that the reference of sharpness spreads a stop over: 0 to 180.
const REFERENCE_DAYS: usize = 181;

/// The 5, 50 and 95 % quantiles over draws; infinite where draws have no stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// 5 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile.
    pub high: f64,
}

impl Spread {
    /// Of values in any order (5); infinite values are ranked last.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (share * values.len() as f64).ceil().max(1.0) as usize;
            values.get(rank - 1).copied().unwrap_or(f64::NAN)
        };
        Self { low: at(0.05), median: at(0.5), high: at(0.95) }
    }
}

/// Exports of a month, computed and on record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthOutcome {
    /// First day of the month.
    pub first: Date,
    /// On record, against the base.
    pub observed: f64,
    /// Over draws, against the base; `None` if the month is not over within the horizon.
    pub ratio: Option<Spread>,
}

/// A share of approved first files, computed and on record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApprovalOutcome {
    /// Position of the region.
    pub region: usize,
    /// Day.
    pub day: usize,
    /// On record, fraction.
    pub observed: f64,
    /// Over draws, fraction; `None` beyond the horizon.
    pub share: Option<Spread>,
}

/// The stop on record beside the same stop over draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopOutcome {
    /// Days of `T_r` over draws; infinite where there is no such stop within the horizon.
    pub day: Spread,
    /// Share of draws without such a stop within the horizon.
    pub never: f64,
    /// First and last day of the observed window.
    pub window: (usize, usize),
    /// `P_r`; `None` if the horizon ends before the window.
    pub in_window: Option<f64>,
    /// `u_r`.
    pub uniform: f64,
}

impl StopOutcome {
    /// True if 5 to 95 % of the draws meet the window.
    pub fn meets_window(&self) -> bool {
        self.day.low <= self.window.1 as f64 && self.day.high >= self.window.0 as f64
    }
}

/// What the draws say of one region.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionOutcome {
    /// Position of the region.
    pub region: usize,
    /// The stop on record.
    pub stop: Option<StopOutcome>,
    /// Day of the first reported stop; infinite where there is none within the horizon.
    pub first: Spread,
    /// Share of draws in which a reported line has stopped, `[day]`.
    pub reported_by: Vec<f64>,
    /// Probability that a given line has stopped, `[day]`.
    pub line_by: Vec<f64>,
    /// Number of lines.
    pub lines: Spread,
    /// Lines that have stopped by the report day.
    pub stopped: Spread,
    /// Share of lines that stand, `[day]`.
    pub standing: Vec<Spread>,
}

impl RegionOutcome {
    /// Median day of a given line's stop among those that stop within the horizon;
    /// `None` if none does.
    pub fn line_median(&self) -> Option<usize> {
        let half = self.line_by.last().copied().filter(|all| *all > 0.0)? / 2.0;
        self.line_by.iter().position(|share| *share >= half)
    }
}

/// A study over many draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Number of draws.
    pub draws: usize,
    /// Days that were followed, the first being day 0.
    pub days: usize,
    /// Exports by month.
    pub months: Vec<MonthOutcome>,
    /// Approvals by day.
    pub approvals: Vec<ApprovalOutcome>,
    /// Vehicle lines of the regions whose chains are followed.
    pub regions: Vec<RegionOutcome>,
    /// The lines of the further users, all of whose stops count as reported:
    /// `[user]`, each with the same regions.
    pub users: Vec<Vec<RegionOutcome>>,
}

impl Outcome {
    /// Sharpness `S` (4); `None` if no stop is on record or a window is not over
    /// within the horizon. A window that no draw meets gives −∞.
    pub fn sharpness(&self) -> Option<f64> {
        let stops: Vec<StopOutcome> = self.regions.iter().filter_map(|region| region.stop).collect();
        let terms: Option<Vec<f64>> =
            stops.iter().map(|stop| Some((stop.in_window? / stop.uniform).ln())).collect();
        terms.filter(|terms| !terms.is_empty()).map(|terms| terms.iter().sum())
    }

    /// Largest distance of a median month from the record; `None` if no month is over.
    pub fn largest_miss(&self) -> Option<f64> {
        let misses =
            self.months.iter().filter_map(|m| m.ratio.map(|ratio| (ratio.median - m.observed).abs()));
        misses.reduce(f64::max)
    }
}

/// Sums the draws of a study up. `results` is not empty.
pub(super) fn summarise(study: &Study, results: &[DrawResult]) -> Outcome {
    let days = study.days();
    let over = |value: &dyn Fn(&DrawResult) -> Option<f64>| -> Option<Spread> {
        let values: Option<Vec<f64>> = results.iter().map(value).collect();
        values.map(Spread::of)
    };
    let months = study.months.iter().enumerate().map(|(place, month)| MonthOutcome {
        first: month.first,
        observed: month.ratio,
        ratio: over(&|result| result.months[place]),
    });
    let approvals = study.approvals.iter().enumerate().map(|(place, approval)| ApprovalOutcome {
        region: approval.region,
        day: approval.day,
        observed: approval.share,
        share: over(&|result| result.approvals[place]),
    });
    let lines = |of: &dyn Fn(&DrawResult) -> &Vec<Option<RegionResult>>, on_record: bool| {
        let regions = (0..study.regions.len()).filter_map(|r| {
            let of: Option<Vec<&RegionResult>> =
                results.iter().map(|result| of(result)[r].as_ref()).collect();
            of.map(|of| region_outcome(study, r, &of, days, on_record))
        });
        regions.collect::<Vec<RegionOutcome>>()
    };
    Outcome {
        draws: results.len(),
        days,
        months: months.collect(),
        approvals: approvals.collect(),
        regions: lines(&|result| &result.regions, true),
        users: (0..study.users.len()).map(|u| lines(&|result| &result.users[u], false)).collect(),
    }
}

fn region_outcome(
    study: &Study,
    region: usize,
    results: &[&RegionResult],
    days: usize,
    on_record: bool,
) -> RegionOutcome {
    let count = results.len() as f64;
    let day_or_never = |day: Option<usize>| day.map_or(f64::INFINITY, |day| day as f64);
    let first = Spread::of(results.iter().map(|result| day_or_never(result.first_reported)).collect());
    let stop = study.regions[region].observed.as_ref().filter(|_| on_record).map(|observed| {
        let stops: Vec<f64> = results.iter().map(|result| day_or_never(result.observed)).collect();
        let window = (observed.from as f64)..=(observed.to as f64);
        let inside = stops.iter().filter(|day| window.contains(*day)).count() as f64 / count;
        StopOutcome {
            never: stops.iter().filter(|day| day.is_infinite()).count() as f64 / count,
            window: (observed.from, observed.to),
            in_window: (observed.to < days).then_some(inside),
            uniform: (observed.to - observed.from + 1) as f64 / REFERENCE_DAYS as f64,
            day: Spread::of(stops),
        }
    });
    let mut reported_by = vec![0.0; days];
    let mut line_by = vec![0.0; days];
    for result in results {
        if let Some(day) = result.first_reported {
            reported_by[day..].iter_mut().for_each(|share| *share += 1.0);
        }
        line_by.iter_mut().zip(&result.stopped).for_each(|(sum, share)| *sum += f64::from(*share));
    }
    reported_by.iter_mut().chain(&mut line_by).for_each(|share| *share /= count);
    let counted = study.report_day.min(days - 1);
    let lines = results.iter().map(|result| result.lines as f64);
    let stopped =
        results.iter().map(|result| (f64::from(result.stopped[counted]) * result.lines as f64).round());
    let standing = |day: usize| Spread::of(results.iter().map(|r| f64::from(r.standing[day])).collect());
    RegionOutcome {
        region,
        stop,
        first,
        reported_by,
        line_by,
        lines: Spread::of(lines.collect()),
        stopped: Spread::of(stopped.collect()),
        standing: (0..days).map(standing).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 draws, two without a stop: ranks 1, 10 and 19.
    #[test]
    fn a_draw_without_a_stop_counts_as_never() {
        let mut days: Vec<f64> = (1..=18).map(f64::from).collect();
        days.extend([f64::INFINITY; 2]);
        assert_eq!(Spread::of(days), Spread { low: 1.0, median: 10.0, high: f64::INFINITY });
    }
}
