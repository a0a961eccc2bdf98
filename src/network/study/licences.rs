//! Licences as a queue: who may ship, and from which day?
//!
//! Day 0 is the first day of the control. A buyer class `c` files for what is
//! held of its trade, the office approves so many files a day, and a file that
//! is approved ships some days later for as long as its licence runs.
//!
//! ```text
//! tail(t)    = exp(−t/τ)                                    a flow not yet held        (1)
//! F(t)       = exp(−t/f) − exp(−(t+1)/f)                    first files handed in      (2)
//! λ(t)       = μ(t) / Σ_k p_k w_k N_k(t),   N_k = Σ_l s_l N_kl                         (3)
//! h_c(t)     = min(p_c λ(t), 1/4)                           hazard of one file         (4)
//! g_cl(t)    = N_cl(t) (1 − exp(−h_c(t) s_l))               grants                     (5)
//! start      = max(t + ship, end before),   end = start + cover                        (6)
//! missed     = Σ_{d<start} (1 − tail(d)) of a first file; start − end before of another (7)
//! b(t)       = B(t)/T_b,   B(t+1) = B(t) − b(t) + ρ · missed of those that start       (8)
//! exports_c  = χ_c + (1−χ_c) (tail + (1−tail) active_c + b_c)                          (9)
//! ```
//!
//! | symbol | code | meaning | unit | shape |
//! |---|---|---|---|---|
//! | `τ` | `tau_enforce` | mean time until customs hold what was filed | days | |
//! | `f` | `file_prep` | mean time until a file is handed in | days | |
//! | `μ` | `approve` | files approved a day, before and after the policy step; all first files are 1 | 1/day | `[2]` |
//! | `p_c` | `priority` | weight of the class, before and after the step | 1 | `[2]` |
//! | `w_c` | `weight` | the class's share of the trade, and of the files | 1 | |
//! | `N_cl`, `N_c` | | files of lane `l` that wait, of one unit of the class; the same counted by speed | 1 | |
//! | `s_l` | | hazard of a lane against the class; their mean is 1 | 1 | `[2]` |
//! | `χ_c` | `not_held` | trade that needs no licence | 1 | |
//! | `ρ`, `T_b` | `reorder_share`, `backlog_time` | missed volume ordered again, and the time in which it is shipped | 1, days | |
//!
//! On the day `end` from which nothing is held any more, all that waits is let go:
//! `exports_c = 1 + (1−χ_c) b_c` from then on, and `ρ` times what was missed until
//! then is freed.
//!
//! A renewal is filed `renewal_lead` days before the end and waits in the same
//! queue. Counting files by the speed of their lane in (3) lets the office approve
//! `μ` as long as the bound in (4) does not bind, however many slow files are left.
//! A class with priority 0 is never served: with a small priority instead
//! it would be, once nobody else waits.
//!
//! This is the flow of a class; it serves exports. A chain is served or not:
//! [`chains`](super::chains) draws its days from the same hazard.

use crate::numerics::vector::exp1;

/// No file waits less than four days on average.
const MOST_HAZARD: f64 = 0.25;
/// No mean time is shorter, days: at once.
const SHORTEST: f64 = 1e-6;
/// Days that a general licence runs.
const GENERAL_DAYS: usize = 180;

/// A class of buyers.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Share of exports and of first files, fraction.
    pub weight: f64,
    /// Trade that needs no licence, fraction.
    pub not_held: f64,
    /// Weight in the queue before and after the policy step, 0 or more.
    pub priority: [f64; 2],
}

/// How files are handed in, approved and used. Times are days.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Mean time until a flow is held.
    pub tau_enforce: f64,
    /// Mean time until a file is handed in.
    pub file_prep: f64,
    /// Files approved a day before and after the step; all first files are 1.
    pub approve: [f64; 2],
    /// Day of the policy step.
    pub step_day: f64,
    /// Days that a licence for one batch runs.
    pub batch_cover: usize,
    /// Licences that run for 180 days instead, fraction.
    pub general_share: f64,
    /// Days before its end at which a licence's renewal is filed.
    pub renewal_lead: usize,
    /// Missed volume that is ordered again, fraction.
    pub reorder_share: f64,
    /// Mean time in which it is shipped.
    pub backlog_time: f64,
    /// Days from the grant to the ship.
    pub grant_to_ship: usize,
    /// Files in the slow lane, fraction.
    pub slow_share: f64,
    /// Their hazard against the class's.
    pub slow_factor: f64,
    /// Day from which nothing is held any more; `None` if there is none.
    pub end_day: Option<usize>,
}

/// A licence that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Licence {
    /// First day on which it ships.
    pub start: usize,
    /// First day on which it no longer does.
    pub end: usize,
    /// Day from which its renewal waits.
    pub renewal: usize,
}

impl Terms {
    /// 0 before the policy step, 1 from it on.
    fn regime(&self, day: usize) -> usize {
        usize::from(day as f64 >= self.step_day)
    }

    /// Shares of the fast and the slow lane, and their hazards against the class's (`s_l`).
    pub fn lanes(&self) -> [(f64, f64); 2] {
        let slow = self.slow_share;
        // With all files in the slow lane nobody is left to be faster.
        let fast_factor = if slow < 1.0 { (1.0 - slow * self.slow_factor) / (1.0 - slow) } else { 1.0 };
        [(1.0 - slow, fast_factor.max(0.0)), (slow, self.slow_factor)]
    }

    /// The licence granted on a day to a holder whose last one ends at `after` (6).
    pub fn licence(&self, granted: usize, after: usize, general: bool) -> Licence {
        let cover = if general { GENERAL_DAYS } else { self.batch_cover.max(1) };
        let start = (granted + self.grant_to_ship).max(after);
        let end = start + cover;
        Licence { start, end, renewal: end.saturating_sub(self.renewal_lead).max(granted + 1) }
    }
}

/// What a queue lets through, `[class, day]`, the day being the fastest index.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    /// Days, the first being day 0.
    pub days: usize,
    /// Hazard of one file, per day.
    pub hazard: Vec<f64>,
    /// Exports against those before the control.
    pub exports: Vec<f64>,
    /// First files that were granted up to the day, fraction.
    pub approved: Vec<f64>,
    /// Volume ordered again up to the day, in days of held trade.
    pub freed: Vec<f64>,
    /// Of that, the volume still to be shipped at the end of the day.
    pub backlog: Vec<f64>,
}

impl Flows {
    /// The days of one class.
    pub fn of<'a>(&self, values: &'a [f64], class: usize) -> &'a [f64] {
        &values[class * self.days..][..self.days]
    }
}

/// The files of one lane of one class, in units of the class.
struct Lane {
    factor: f64,
    /// First files that wait.
    first: f64,
    /// Licences that were not renewed yet, by the day of their end.
    ending: Vec<f64>,
    /// Those that ended or end before a renewal could ship: how many, and the sum of their last days.
    ended: f64,
    ended_days: f64,
}

/// One class on its way through the days.
struct Progress {
    lanes: [Lane; 2],
    /// Change of the active share, by day.
    change: Vec<f64>,
    /// Missed volume of those that start, by day.
    missed: Vec<f64>,
    /// How many they are.
    starting: Vec<f64>,
    active: f64,
    backlog: f64,
}

/// Runs the queue for `days` days: equations (1) to (9).
pub fn run(classes: &[Class], terms: &Terms, days: usize) -> Flows {
    let (lead, ship) = (terms.renewal_lead, terms.grant_to_ship);
    let tail: Vec<f64> = (0..=days).map(|t| exp1(-(t as f64) / terms.tau_enforce.max(SHORTEST))).collect();
    let filed: Vec<f64> = (0..=days).map(|t| exp1(-(t as f64) / terms.file_prep.max(SHORTEST))).collect();
    // Days beyond the horizon at which something that was granted within it can start or end.
    let beyond = days + ship + lead + 2 * GENERAL_DAYS.max(terms.batch_cover) + 2;
    let mut missed_before = vec![0.0; beyond + 1];
    for t in 0..beyond {
        missed_before[t + 1] = missed_before[t] + 1.0 - tail.get(t).copied().unwrap_or(0.0);
    }
    let new_lane =
        |factor| Lane { factor, first: 0.0, ending: vec![0.0; beyond], ended: 0.0, ended_days: 0.0 };
    let shares = terms.lanes();
    let mut states: Vec<Progress> = classes
        .iter()
        .map(|_| Progress {
            lanes: shares.map(|(_, factor)| new_lane(factor)),
            change: vec![0.0; beyond],
            missed: vec![0.0; beyond],
            starting: vec![0.0; beyond],
            active: 0.0,
            backlog: 0.0,
        })
        .collect();
    let empty = || vec![0.0; classes.len() * days];
    let mut flows = Flows {
        days,
        hazard: empty(),
        exports: empty(),
        approved: empty(),
        freed: empty(),
        backlog: empty(),
    };
    let end = terms.end_day.map_or(days, |end| end.min(days));
    for t in 0..end {
        let regime = terms.regime(t);
        let waiting: f64 = classes
            .iter()
            .zip(&mut states)
            .map(|(class, state)| class.priority[regime] * class.weight * state.waiting(t, ship, lead))
            .sum();
        let per_priority = if waiting > 0.0 { terms.approve[regime] / waiting } else { 0.0 };
        for (c, (class, state)) in classes.iter().zip(&mut states).enumerate() {
            let cell = c * days + t;
            // With nobody in the queue the next to come is served at the highest hazard.
            let hazard = match class.priority[regime] {
                p if p > 0.0 && terms.approve[regime] > 0.0 && waiting == 0.0 => MOST_HAZARD.min(p),
                p => (p * per_priority).min(MOST_HAZARD),
            };
            let first_grants = state.grant(t, hazard, terms, &missed_before);
            for (lane, (share, _)) in state.lanes.iter_mut().zip(shares) {
                lane.first += share * (filed[t] - filed[t + 1]);
            }
            state.active += state.change[t];
            let freed = terms.reorder_share * state.missed[t];
            state.backlog += freed;
            let shipped = state.backlog / terms.backlog_time.max(1.0);
            state.backlog -= shipped;
            let before = |values: &[f64]| if t == 0 { 0.0 } else { values[cell - 1] };
            flows.hazard[cell] = hazard;
            flows.approved[cell] = before(&flows.approved) + first_grants;
            flows.freed[cell] = before(&flows.freed) + freed;
            flows.backlog[cell] = state.backlog;
            let held = tail[t] + (1.0 - tail[t]) * state.active + shipped;
            flows.exports[cell] = class.not_held + (1.0 - class.not_held) * held;
        }
    }
    for (c, (class, state)) in classes.iter().zip(&mut states).enumerate() {
        let before = |values: &[f64]| if end == 0 { 0.0 } else { values[c * days + end - 1] };
        let (approved, mut freed) = (before(&flows.approved), before(&flows.freed));
        if end < days {
            let let_go = terms.reorder_share * state.missed_until(end, approved, &missed_before);
            state.backlog += let_go;
            freed += let_go;
        }
        for cell in c * days + end..(c + 1) * days {
            let shipped = state.backlog / terms.backlog_time.max(1.0);
            state.backlog -= shipped;
            (flows.approved[cell], flows.freed[cell], flows.backlog[cell]) = (approved, freed, state.backlog);
            flows.exports[cell] = 1.0 + (1.0 - class.not_held) * shipped;
        }
    }
    flows
}

impl Progress {
    /// What all have missed that do not flow on the day `end`: those that were not
    /// granted, those that wait for a renewal, and those that were to start later.
    fn missed_until(&self, end: usize, approved: f64, missed_before: &[f64]) -> f64 {
        let first = (1.0 - approved) * missed_before[end];
        let ended: f64 = self.lanes.iter().map(|lane| lane.ended * end as f64 - lane.ended_days).sum();
        let later = (end..self.missed.len()).map(|start| {
            self.missed[start] - self.starting[start] * (missed_before[start] - missed_before[end])
        });
        first + ended + later.sum::<f64>()
    }

    /// Files that wait on day `t` by the speed of their lane, first files and renewals (`N_c`). Licences
    /// whose renewal cannot ship before they end are put together.
    fn waiting(&mut self, t: usize, ship: usize, lead: usize) -> f64 {
        let mut waiting = 0.0;
        for lane in &mut self.lanes {
            // From one day to the next one more day comes within the time to ship.
            let newly = if t == 0 { 0..=ship.min(lead) } else { t + ship.min(lead)..=t + ship.min(lead) };
            for end in newly {
                let ended = std::mem::take(&mut lane.ending[end]);
                lane.ended += ended;
                lane.ended_days += ended * end as f64;
            }
            let soon = &lane.ending[t + ship.min(lead) + 1..=t + lead.max(ship.min(lead))];
            waiting += lane.factor * (lane.first + lane.ended + soon.iter().sum::<f64>());
        }
        waiting
    }

    /// Grants of day `t` (5); returns those of first files.
    fn grant(&mut self, t: usize, hazard: f64, terms: &Terms, missed_before: &[f64]) -> f64 {
        let (lead, ship) = (terms.renewal_lead, terms.grant_to_ship);
        let mut first_grants = 0.0;
        if hazard == 0.0 {
            return first_grants;
        }
        for lane in &mut self.lanes {
            let part = 1.0 - exp1(-hazard * lane.factor);
            let kinds = [(true, terms.general_share), (false, 1.0 - terms.general_share)];
            let first = lane.first * part;
            lane.first -= first;
            first_grants += first;
            let (ended, ended_days) = (lane.ended * part, lane.ended_days * part);
            lane.ended -= ended;
            lane.ended_days -= ended_days;
            let start = t + ship;
            self.missed[start] += first * missed_before[start] + ended * start as f64 - ended_days;
            self.starting[start] += first + ended;
            let mut begin = |lane: &mut Lane, after: usize, amount: f64| {
                for (general, share) in kinds {
                    let licence = terms.licence(t, after, general);
                    self.change[licence.start] += amount * share;
                    self.change[licence.end] -= amount * share;
                    lane.ending[licence.end] += amount * share;
                }
            };
            let soon: Vec<(usize, f64)> = (t + ship.min(lead) + 1..=t + lead)
                .map(|end| (end, lane.ending[end] * part))
                .filter(|(_, amount)| *amount > 0.0)
                .collect();
            for (end, amount) in &soon {
                lane.ending[*end] -= amount;
                if *end < start {
                    self.missed[start] += amount * (start - end) as f64;
                    self.starting[start] += amount;
                }
            }
            begin(lane, 0, first + ended);
            for (end, amount) in soon {
                begin(lane, end, amount);
            }
        }
        first_grants
    }
}
