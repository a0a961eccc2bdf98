//! What must a study say before it is believed?
//!
//! ```text
//! (a) every month:  |median exports − record| ≤ 0.15
//! (b) every region: 5 % quantile of T_r ≤ end of the window,  95 % quantile ≥ its beginning
//! (c) S = Σ_r ln(P_r / u_r) ≥ 2
//! (d) all covers halved, all covers doubled, one line a region: fail (c);
//!     no policy step, no approvals: fail (a)
//! ```
//!
//! (a) was fitted; (b) and (c) check consistency, because the ranges were chosen
//! with the dates known; (d) says that (a) and (c) can fail. The bound of (c) was
//! set with a score known, too. (b) alone proves little: it also holds with all
//! covers halved.

use super::Study;
use super::monte_carlo::Control;

/// Farthest that a median month may lie from the record.
pub const MOST_MISS: f64 = 0.15;
/// Least sharpness.
pub const LEAST_SHARPNESS: f64 = 2.0;

/// One thing that a study must say.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// What is asked, with its letter.
    pub question: String,
    /// What was found, in words.
    pub found: String,
    /// What is wanted, in words.
    pub wanted: String,
    /// True if it was found.
    pub holds: bool,
}

impl Study {
    /// Asks everything, each control with the same draws. Questions without a record
    /// or beyond the horizon do not hold. Further users, for whom there is no record,
    /// are left out: they change nothing of what is asked.
    pub fn accept(&self, draws: usize, seed: u64) -> Vec<Criterion> {
        let study = Self { users: Vec::new(), ..self.clone() };
        let outcome = study.run(draws, seed, &[]);
        let mut criteria = Vec::new();
        for month in &outcome.months {
            let miss = month.ratio.map(|ratio| ratio.median - month.observed);
            let found = month.ratio.map_or("beyond the horizon".to_owned(), |ratio| {
                format!("{:.3} [{:.2}, {:.2}]", ratio.median, ratio.low, ratio.high)
            });
            criteria.push(Criterion {
                question: format!("(a) exports of {}", month.first.strftime("%Y-%m")),
                found,
                wanted: format!("{:.2} ± {MOST_MISS}", month.observed),
                holds: miss.is_some_and(|miss| miss.abs() <= MOST_MISS),
            });
        }
        for region in &outcome.regions {
            let Some(stop) = region.stop else { continue };
            criteria.push(Criterion {
                question: format!("(b) first stop, {}", self.regions[region.region].code),
                found: format!("{} to {}", day(stop.day.low), day(stop.day.high)),
                wanted: format!("meets {} to {}", stop.window.0, stop.window.1),
                holds: stop.in_window.is_some() && stop.meets_window(),
            });
        }
        let sharpness = |s: Option<f64>| s.map_or("not known".to_owned(), |s| format!("{s:.2}"));
        let s = outcome.sharpness();
        criteria.push(Criterion {
            question: "(c) sharpness S".to_owned(),
            found: sharpness(s),
            wanted: format!("at least {LEAST_SHARPNESS}"),
            holds: s.is_some_and(|s| s >= LEAST_SHARPNESS),
        });
        for control in Control::ALL {
            let outcome = study.run(draws, seed, &[control]);
            let question = format!("(d) {}", control.word());
            criteria.push(match control {
                Control::NoStep | Control::NoApprovals => {
                    let miss = outcome.largest_miss();
                    Criterion {
                        question,
                        found: miss
                            .map_or("not known".to_owned(), |miss| format!("exports off by {miss:.2}")),
                        wanted: format!("off by more than {MOST_MISS}"),
                        holds: miss.is_some_and(|miss| miss > MOST_MISS),
                    }
                }
                _ => {
                    let s = outcome.sharpness();
                    Criterion {
                        question,
                        found: format!("S {}", sharpness(s)),
                        wanted: format!("S below {LEAST_SHARPNESS}"),
                        holds: s.is_some_and(|s| s < LEAST_SHARPNESS),
                    }
                }
            });
        }
        criteria
    }
}

/// A day, or that there is none.
fn day(day: f64) -> String {
    if day.is_finite() { format!("day {day:.0}") } else { "never".to_owned() }
}
