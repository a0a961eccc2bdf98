//! Many draws of a study: exports, first stops, lines.
//!
//! ```text
//! parameters ~ their distributions, each independent of the others
//! queue of all classes ─▶ hazard of each class ─▶ chains ─▶ lines, region by region
//! ```
//!
//! Draw `k` of a seed is the same whatever else is computed: numbers are found by
//! seed, draw, region, purpose, chain ([`streams`](crate::numerics::streams)). So
//! a control is compared with the study draw by draw, and results have the same
//! bits for any number of threads. Every further user of the material has streams
//! of its own: with it or without it, the others are drawn alike.

use jiff::civil::Date;
use rayon::prelude::*;

use super::chains::{self, ChainTerms, Numbers, Purpose, SlowLane};
use super::licences::{self, Class, Terms};
use super::lines::{self, LineTerms, Lines};
use super::parameters::{Parameter, RegionParameter, UserParameter};
use super::stoppage::{Outcome, summarise};
use super::{LineKind, Observed, Region, Study};
use crate::numerics::streams::Streams;
use crate::numerics::vector::exp1;

/// More draws than this are refused: their paths would not fit an ordinary memory.
pub const MOST_DRAWS: usize = 20_000;
/// No region has more chains than this.
pub const MOST_CHAINS: usize = 20_000;
/// No time is longer than this, days.
pub(super) const MOST_DAYS: f64 = 3650.0;

/// A change of the study that its acceptance must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// All covers are half of what was drawn.
    CoversHalved,
    /// All covers are twice what was drawn.
    CoversDoubled,
    /// Every region has one vehicle line.
    OneLine,
    /// The rate of approval stays what it was before the policy step.
    NoStep,
    /// Nothing is ever approved.
    NoApprovals,
}

impl Control {
    /// Every control.
    pub const ALL: [Self; 5] =
        [Self::CoversHalved, Self::CoversDoubled, Self::OneLine, Self::NoStep, Self::NoApprovals];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::CoversHalved => "covers-halved",
            Self::CoversDoubled => "covers-doubled",
            Self::OneLine => "one-line",
            Self::NoStep => "no-step",
            Self::NoApprovals => "no-approvals",
        }
    }
}

/// What one draw gives.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DrawResult {
    /// Exports of each month against the base, `[month]`; `None` beyond the days.
    pub months: Vec<Option<f64>>,
    /// First files approved by the day of each approval of the record, `[approval]`.
    pub approvals: Vec<Option<f64>>,
    /// Exports against those before the control, `[region, day]`.
    pub exports: Vec<f32>,
    /// `[region]`; `None` where chains are not followed.
    pub regions: Vec<Option<RegionResult>>,
    /// The same for the lines of each further user, `[user][region]`.
    pub users: Vec<Vec<Option<RegionResult>>>,
    /// Part of its industry's output that each makes on such lines, `[user]`.
    pub industry_share: Vec<f64>,
}

/// What one draw does to a region's buyers, day by day.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionPath {
    /// Exports to it against those before the control, `[day]`.
    pub exports: Vec<f32>,
    /// Share of its lines that stand, `[day]`; `None` where chains are not followed.
    pub standing: Option<Vec<f32>>,
    /// Share of its industry's output that stands with the lines of each further
    /// user, `[user][day]`; empty where chains are not followed.
    pub users: Vec<Vec<f32>>,
}

/// What one draw gives for the lines of one region.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RegionResult {
    /// Day of the first reported stop of a vehicle line.
    pub first_reported: Option<usize>,
    /// Day of the stop that the record has.
    pub observed: Option<usize>,
    /// Number of vehicle lines.
    pub lines: usize,
    /// Share of vehicle lines that have stopped, `[day]`.
    pub stopped: Vec<f32>,
    /// Share of vehicle lines that stand, `[day]`.
    pub standing: Vec<f32>,
}

impl Study {
    /// Draws the study `draws` times, changed by `controls`, and sums the draws up.
    /// `draws` is at least 1 and at most [`MOST_DRAWS`]; numbers outside are moved inside.
    pub fn run(&self, draws: usize, seed: u64, controls: &[Control]) -> Outcome {
        let seeds = Seeds::of(self, seed);
        let draws = draws.clamp(1, MOST_DRAWS) as u32;
        let results: Vec<DrawResult> =
            (0..draws).into_par_iter().map(|draw| self.one(&seeds, draw, controls)).collect();
        summarise(self, &results)
    }

    /// What one draw does to every region, `[region]`: draw `draw` of
    /// [`run`](Self::run) with the same seed and controls.
    pub fn path(&self, draw: u32, seed: u64, controls: &[Control]) -> Vec<RegionPath> {
        let drawn = self.one(&Seeds::of(self, seed), draw, controls);
        let exports = drawn.exports.chunks_exact(self.days());
        let of_users = |region: usize| -> Vec<Vec<f32>> {
            let users = drawn.users.iter().zip(&drawn.industry_share);
            let lost = users.filter_map(|(regions, share)| {
                let standing = &regions[region].as_ref()?.standing;
                Some(standing.iter().map(|stands| stands * *share as f32).collect())
            });
            lost.collect()
        };
        let paths = exports.zip(&drawn.regions).enumerate().map(|(r, (exports, region))| RegionPath {
            exports: exports.to_vec(),
            standing: region.as_ref().map(|region| region.standing.clone()),
            users: of_users(r),
        });
        paths.collect()
    }

    fn one(&self, seeds: &Seeds, draw: u32, controls: &[Control]) -> DrawResult {
        let values = Values::draw(self, seeds, draw, controls);
        let streams = &seeds.own;
        let days = self.days();
        let terms = values.queue();
        let classes: Vec<Class> =
            self.regions.iter().enumerate().map(|(r, region)| values.class(region, r)).collect();
        let flows = licences::run(&classes, &terms, days);
        let weights: f64 = classes.iter().map(|class| class.weight).sum();
        let total = |t: usize| {
            let exports =
                classes.iter().enumerate().map(|(c, class)| class.weight * flows.exports[c * days + t]);
            exports.sum::<f64>() / weights
        };
        let daily: Vec<f64> = (0..days).map(total).collect();
        let baseline = values.of(Parameter::Baseline);
        let months = self.months.iter().map(|month| month_ratio(self.start, month.first, &daily, baseline));
        let approvals = self.approvals.iter().map(|approval| {
            (approval.day < days).then(|| flows.approved[approval.region * days + approval.day])
        });
        let regions = self.regions.iter().enumerate().map(|(r, region)| {
            let tonnes = region.tonnes?;
            let numbers = Numbers { streams, draw, region: r as u8 };
            let factor = exp1(
                values.of(Parameter::CoverRegionSigma) * numbers.stream(Purpose::CoverRegion, 0).normal(),
            );
            let chain_terms = values.chains(r, tonnes, factor);
            let hazard = flows.of(&flows.hazard, r);
            let chains = chains::run(&chain_terms, &terms, hazard, numbers, days);
            let lines = lines::run(&values.lines(r, factor), &chains, numbers);
            let found = RegionResult::of(&lines, days);
            let observed = region.observed.as_ref().map(|observed| match observed.of {
                LineKind::Vehicle => nth_stop(reported(&lines), observed),
                LineKind::Supplier => {
                    nth_stop(chains.supplier_stops(chain_terms.phi).into_iter().flatten(), observed)
                }
            });
            Some(RegionResult { observed: observed.flatten(), ..found })
        });
        let users = (0..self.users.len()).map(|u| {
            let of = |(r, region): (usize, &Region)| {
                let numbers = Numbers { streams: &seeds.users[u], draw, region: r as u8 };
                let hazard = flows.of(&flows.hazard, r);
                Some(values.user_lines(u, (r, region.tonnes?), (&terms, hazard), numbers, days))
            };
            self.regions.iter().enumerate().map(of).collect()
        });
        let industry_share = (0..self.users.len()).map(|u| values.of_user(u, UserParameter::IndustryShare));
        DrawResult {
            months: months.collect(),
            approvals: approvals.collect(),
            exports: flows.exports.iter().map(|share| *share as f32).collect(),
            regions: regions.collect(),
            users: users.collect(),
            industry_share: industry_share.collect(),
        }
    }
}

/// The streams of a seed: the study's own, and those of each further user.
struct Seeds {
    own: Streams,
    users: Vec<Streams>,
}

impl Seeds {
    fn of(study: &Study, seed: u64) -> Self {
        let users = 1..=study.users.len() as u64;
        Self { own: Streams::new(seed), users: users.map(|user| Streams::branch(seed, user)).collect() }
    }
}

impl RegionResult {
    /// Of lines without a stop on record.
    fn of(lines: &Lines, days: usize) -> Self {
        let all = lines.first_stop.len();
        Self {
            first_reported: reported(lines).min(),
            observed: None,
            lines: all,
            stopped: share_stopped(lines, days),
            standing: lines.standing.iter().map(|count| *count as f32 / all.max(1) as f32).collect(),
        }
    }
}

/// Days of the reported stops.
fn reported(lines: &Lines) -> impl Iterator<Item = usize> + '_ {
    let both = lines.first_stop.iter().zip(&lines.reported);
    both.filter(|(_, reported)| **reported).filter_map(|(stop, _)| *stop)
}

/// The day of the how-manieth stop that the record has.
fn nth_stop(stops: impl Iterator<Item = usize>, observed: &Observed) -> Option<usize> {
    let mut stops: Vec<usize> = stops.collect();
    stops.sort_unstable();
    stops.get(observed.count.saturating_sub(1)).copied()
}

fn share_stopped(lines: &Lines, days: usize) -> Vec<f32> {
    let mut count = vec![0_u32; days];
    lines.first_stop.iter().flatten().for_each(|day| count[*day] += 1);
    let mut sum = 0;
    let all = lines.first_stop.len().max(1) as f32;
    count
        .into_iter()
        .map(|new| {
            sum += new;
            sum as f32 / all
        })
        .collect()
}

/// Exports of a month against the mean month of the base: the days before the
/// control at the baseline. `None` if the month is not over within the days.
fn month_ratio(start: Date, first: Date, daily: &[f64], baseline: f64) -> Option<f64> {
    let days = i64::from(first.days_in_month());
    // Dates of the calendar are at most 7.3 million days apart.
    let offset = i64::from((first - start).get_days());
    if offset + days > daily.len() as i64 {
        return None;
    }
    let sum: f64 = (offset..offset + days).map(|t| if t < 0 { 1.0 } else { daily[t as usize] }).sum();
    Some(baseline * sum / days as f64)
}

/// The parameters of one draw, controls applied.
struct Values {
    common: Vec<f64>,
    regions: Vec<Vec<f64>>,
    /// Not a number where a user has none of its own.
    users: Vec<Vec<f64>>,
    /// Share of each region's trade that is under the control.
    covered: Vec<f64>,
    end_day: Option<usize>,
}

impl Values {
    fn draw(study: &Study, seeds: &Seeds, draw: u32, controls: &[Control]) -> Self {
        // Region 255 stands for none; a region's own parameters come after the common ones.
        let place = |streams: &Streams, region: u8, copy: usize| {
            Numbers { streams, draw, region }.stream(Purpose::Parameter, copy).uniform()
        };
        let number = |region: u8, copy: usize| place(&seeds.own, region, copy);
        let common = Parameter::ALL.iter().map(|parameter| {
            let u = number(u8::MAX, *parameter as usize);
            study.range(*parameter).at(u)
        });
        let regions = study.regions.iter().enumerate().map(|(r, region)| {
            let of = |parameter: &RegionParameter| {
                let range = region.range(*parameter);
                range.map_or(f64::NAN, |range| range.at(number(r as u8, *parameter as usize)))
            };
            RegionParameter::ALL.iter().map(of).collect()
        });
        let users = study.users.iter().zip(&seeds.users).map(|(user, streams)| {
            let of = |parameter: &UserParameter| {
                let u = place(streams, u8::MAX, *parameter as usize);
                user.range(*parameter).map_or(f64::NAN, |range| range.at(u))
            };
            UserParameter::ALL.iter().map(of).collect()
        });
        let mut values = Self {
            common: common.collect(),
            regions: regions.collect(),
            users: users.collect(),
            covered: study.regions.iter().map(|region| region.covered).collect(),
            end_day: study.end_day,
        };
        controls.iter().for_each(|control| values.apply(*control));
        values
    }

    fn apply(&mut self, control: Control) {
        match control {
            Control::CoversHalved => self.scale_covers(0.5),
            Control::CoversDoubled => self.scale_covers(2.0),
            Control::OneLine => {
                self.regions.iter_mut().for_each(|region| region[RegionParameter::Lines as usize] = 1.0)
            }
            Control::NoStep => {
                self.common[Parameter::ApproveAfter as usize] = self.of(Parameter::ApproveBefore)
            }
            Control::NoApprovals => {
                self.common[Parameter::ApproveBefore as usize] = 0.0;
                self.common[Parameter::ApproveAfter as usize] = 0.0;
            }
        }
    }

    fn scale_covers(&mut self, factor: f64) {
        for cover in [Parameter::CoverMagnets, Parameter::CoverParts, Parameter::CoverMaker] {
            self.common[cover as usize] *= factor;
        }
        for cover in [UserParameter::CoverMagnets, UserParameter::CoverParts, UserParameter::CoverMaker] {
            self.users.iter_mut().for_each(|user| user[cover as usize] *= factor);
        }
    }

    fn of(&self, parameter: Parameter) -> f64 {
        self.common[parameter as usize]
    }

    fn of_region(&self, region: usize, parameter: RegionParameter) -> f64 {
        self.regions[region][parameter as usize]
    }

    /// A user's number, or the study's where it has none of its own.
    fn of_user(&self, user: usize, parameter: UserParameter) -> f64 {
        match (self.users[user][parameter as usize], parameter.of_study()) {
            (own, Some(common)) if own.is_nan() => self.of(common),
            (own, None) if own.is_nan() => 0.0,
            (own, _) => own,
        }
    }

    /// Trade of a region that is not held, fraction.
    fn not_held(&self, region: usize) -> f64 {
        let (covered, not_held) = (self.covered[region], self.of_region(region, RegionParameter::NotHeld));
        if covered == 1.0 { not_held } else { 1.0 - covered * (1.0 - not_held) }
    }

    fn days(&self, parameter: Parameter) -> usize {
        whole_days(self.of(parameter))
    }

    fn count(&self, parameter: Parameter) -> usize {
        self.of(parameter).round().max(1.0) as usize
    }

    fn class(&self, region: &Region, r: usize) -> Class {
        let before = self.of_region(r, RegionParameter::Priority);
        let after = self.of_region(r, RegionParameter::PriorityAfter);
        // Who is not under the control files nothing.
        let files = if region.covered > 0.0 { 1.0 } else { 0.0 };
        Class {
            weight: region.export_share,
            not_held: self.not_held(r),
            priority: [before, if after.is_nan() { before } else { after }].map(|priority| files * priority),
        }
    }

    fn queue(&self) -> Terms {
        Terms {
            tau_enforce: self.of(Parameter::TauEnforce),
            file_prep: self.of(Parameter::FilePrep),
            approve: [self.of(Parameter::ApproveBefore), self.of(Parameter::ApproveAfter)],
            step_day: self.of(Parameter::StepDay),
            batch_cover: self.days(Parameter::BatchCover),
            general_share: self.of(Parameter::GeneralShare),
            renewal_lead: self.days(Parameter::RenewalLead),
            reorder_share: self.of(Parameter::ReorderShare),
            backlog_time: self.of(Parameter::BacklogTime),
            grant_to_ship: self.days(Parameter::GrantToShip),
            slow_share: self.of(Parameter::SlowShare),
            slow_factor: self.of(Parameter::SlowFactor),
            end_day: self.end_day,
        }
    }

    fn chains(&self, r: usize, tonnes: f64, region_factor: f64) -> ChainTerms {
        let chains = self.of(Parameter::AutoShare) * tonnes / self.of(Parameter::ChainTonnes);
        ChainTerms {
            chains: (chains.round().max(1.0) as usize).min(MOST_CHAINS),
            files: self.count(Parameter::FilesPerChain),
            not_held: self.not_held(r),
            air_share: self.of(Parameter::AirShare),
            lag: [self.days(Parameter::LagAir), whole_days(self.of_region(r, RegionParameter::LagSea))],
            cover: [Parameter::CoverMagnets, Parameter::CoverParts].map(|c| region_factor * self.of(c)),
            cover_sigma: self.of(Parameter::CoverSigma),
            rescue: self.of(Parameter::Rescue),
            rescue_day: self.of(Parameter::RescueDay),
            leak_max: self.of(Parameter::LeakMax),
            leak_time: self.of(Parameter::LeakTime),
            workaround: self.of(Parameter::Workaround),
            workaround_start: self.of(Parameter::WorkaroundStart),
            catch_up: self.of(Parameter::CatchUp),
            phi: self.of(Parameter::Phi),
            slow: None,
        }
    }

    fn lines(&self, r: usize, region_factor: f64) -> LineTerms {
        LineTerms {
            lines: self.of_region(r, RegionParameter::Lines).round().max(1.0) as usize,
            parts: self.count(Parameter::PartsPerLine),
            cover_maker: region_factor * self.of(Parameter::CoverMaker),
            cover_sigma: self.of(Parameter::CoverSigma),
            phi: self.of(Parameter::Phi),
            report_prob: self.of(Parameter::ReportProb),
            restart: self.days(Parameter::Restart),
        }
    }

    /// The lines of a further user in a region with so many tonnes, under the
    /// queue and the hazard of the region. Every stop counts. A use too small for
    /// one line has none.
    fn user_lines(
        &self,
        u: usize,
        (r, tonnes): (usize, f64),
        (queue, hazard): (&Terms, &[f64]),
        numbers: Numbers<'_>,
        days: usize,
    ) -> RegionResult {
        let of = |parameter| self.of_user(u, parameter);
        let count = |parameter| of(parameter).round().max(1.0) as usize;
        let used = of(UserParameter::Share) * tonnes;
        let lines = (used / of(UserParameter::LineTonnes)).round() as usize;
        if lines == 0 {
            let none = Lines { first_stop: Vec::new(), reported: Vec::new(), standing: vec![0; days] };
            return RegionResult::of(&none, days);
        }
        let factor =
            exp1(self.of(Parameter::CoverRegionSigma) * numbers.stream(Purpose::CoverRegion, 0).normal());
        let chains = (used / of(UserParameter::ChainTonnes)).round().max(1.0) as usize;
        let refused = of(UserParameter::Refused);
        let chain_terms = ChainTerms {
            chains: chains.min(MOST_CHAINS),
            files: count(UserParameter::FilesPerChain),
            cover: [UserParameter::CoverMagnets, UserParameter::CoverParts].map(|cover| factor * of(cover)),
            rescue: of(UserParameter::Rescue),
            slow: Some(SlowLane {
                refused,
                share: (1.0 - refused) * of(UserParameter::SlowShare),
                factor: of(UserParameter::SlowFactor),
            }),
            ..self.chains(r, tonnes, factor)
        };
        let line_terms = LineTerms {
            lines: lines.min(MOST_CHAINS),
            parts: count(UserParameter::PartsPerLine),
            cover_maker: factor * of(UserParameter::CoverMaker),
            report_prob: 1.0,
            ..self.lines(r, factor)
        };
        let chains = chains::run(&chain_terms, queue, hazard, numbers, days);
        RegionResult::of(&lines::run(&line_terms, &chains, numbers), days)
    }
}

fn whole_days(days: f64) -> usize {
    days.round().clamp(0.0, MOST_DAYS) as usize
}
