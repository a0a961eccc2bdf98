//! Would a deal hold, and what turns the answer?
//!
//! For each deal, side and case, in logarithms of real income (less `ω` times the
//! other's, with a weight on standing):
//!
//! ```text
//! C   both keep what they levied in the phase of the deal
//! D   this side raises its tariffs on the other's goods to its best, the other keeps the deal
//! N   both return to a named phase, or raise their tariffs to where nobody wants to move
//! δ*  = (D − C)/(D − N),   margin = δ (C − N) − (1 − δ)(D − C)      per period, war for ever
//!                          margin = δ (1 − δ^K)(C − N) − (1 − δ)(D − C)     war of K periods
//! ω*  = − Σ dlnW[own] / − Σ dlnW[other]                              a small rise of all its tariffs
//! ```
//!
//! Tariffs are not lowered below the deal's: lowering them is no breach. Where the
//! derivatives say that no rise of a half in `ln(1+t)` could gain what counts, nobody
//! is tempted and `D = C`. With limits in a deal or a punishment, `C` and `N` have them;
//! the gain `D − C` is searched without. At `δ = 1` a period of a war of `K` takes
//! `(C − N) − (D − C)/K`. A margin below 0 breaks a deal only if its side is tempted.
//!
//! `ω*` is the weight on the other's loss from which a rise would pay: what a side must
//! want besides its income to break the deal.

use rayon::prelude::*;

use super::game::Game;
use super::{Punishment, Spread, StrategyRunError};
use crate::numerics::linear::Arithmetic;
use crate::strategy::gradient::Gradient;
use crate::strategy::monitoring::{Signal, most_noise, public};
use crate::strategy::play::{Pace, Rest, play_near};
use crate::strategy::player::{Lever, Player};
use crate::strategy::truce::{Clock, NOISE, Payoffs, Verdict, verdict};
use crate::strategy::{CaliendoParro, Economy, Objective, Outcome, Policy, StrategyError};

/// Largest rise that is weighed when derivatives alone decide, `ln(1+t)`.
const STEP: f64 = 0.5;
/// How finely shadow values are solved.
const SHADOWS: f64 = 1e-4;

/// The weight on standing that is tried beside the question's: 1, or 0 if that is nearer.
pub fn other_standing(asked: f64) -> f64 {
    if asked < 0.5 { 1.0 } else { 0.0 }
}

/// One side's numbers under one deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// `D − C`, percentage points.
    pub temptation: Spread,
    /// `C − N`, percentage points.
    pub loss: Spread,
    /// The verdict in the central case.
    pub verdict: Verdict,
    /// `δ*` in each case that has one, lowest and highest; 0 where not tempted.
    pub critical: Option<(f64, f64)>,
    /// Cases in which it prefers the punishment, or the punishment is too short.
    pub lost: usize,
    /// Longest time that detection may take in the central case, days: infinite if
    /// not tempted, `None` if it never holds.
    pub longest_lag_days: Option<f64>,
    /// `ω*`; `None` where a rise of tariffs hurts the other less than what counts, or pays as it is.
    pub least_weight: Option<f64>,
    /// What is left of the deterrent by assumption.
    pub alternatives: Vec<Alternative>,
}

/// What is left of the deterrent under other assumptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// What was moved.
    pub factor: Factor,
    /// What it was moved to.
    pub label: String,
    /// Margin, percentage points a period: where the side is tempted the deal holds if it
    /// is not negative.
    pub margin: f64,
    /// The verdict under this assumption.
    pub verdict: Verdict,
    /// Whether the side keeps the deal.
    pub holds: bool,
}

/// An assumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Everything as asked.
    Central,
    /// The elasticity set.
    Elasticities,
    /// The rule for deficits.
    Deficits,
    /// The weight on the other's real income.
    Standing,
}

/// One deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    /// Its phase.
    pub name: String,
    /// Heading of the phase.
    pub title: String,
    /// Both sides.
    pub sides: [Side; 2],
    /// Whether it holds for both in the central case.
    pub holds: bool,
    /// Cases in which it holds for both, out of [`Truce::cases`].
    pub holding: usize,
    /// What noise does to it.
    pub watched: Watched,
}

/// A deal whose compliance is seen through noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Watched {
    /// Nobody is tempted: nothing to watch.
    Idle,
    /// Somebody prefers the punishment, or no trigger deters.
    Useless,
    /// A trigger deters.
    Trigger {
        /// False alarms a year.
        false_alarms: f64,
        /// Months a year at war in the long run.
        months_at_war: f64,
        /// Most noise that a trigger bears, share of what cheating takes away.
        most_noise: f64,
    },
}

/// All deals of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Truce {
    /// In the order of the file.
    pub deals: Vec<Deal>,
    /// What follows a breach, in words: a phase's title, or the trade war.
    pub punishment: String,
    /// What the next period counts.
    pub delta: f64,
    /// Names of the cases in which best replies were searched, the central one first.
    pub cases: Vec<String>,
}

/// What was found for one deal in one case.
#[derive(Clone, Debug)]
struct Found {
    payoffs: [Payoffs; 2],
    least_weight: [Option<f64>; 2],
    /// Payoffs with another weight on standing, where they were asked for.
    standing: Option<[Payoffs; 2]>,
}

/// Payoffs of every deal and of the punishment in every case: `[case][region]`.
pub(super) struct Known<'a> {
    pub deals: Vec<&'a Vec<Vec<f64>>>,
    pub punishment: Option<&'a Vec<Vec<f64>>>,
}

/// Two players who set tariffs on each other's goods.
pub(super) fn players(game: &Game<'_>, standing: f64, floor: Option<&Policy>) -> [Player; 2] {
    let (world, n) = (game.world, game.world.region_count());
    let sectors = world.sector_count();
    let goods: Vec<usize> = (0..sectors).filter(|sector| world.goods[*sector]).collect();
    let (low, high) = game.question.bounds;
    [0, 1].map(|side| {
        let [own, rival] = [game.players[side], game.players[1 - side]];
        let shape = |lever: Lever| {
            let lever = lever.within(&goods, sectors).on(&[rival], sectors).between(low, high);
            match floor {
                Some(floor) => lever.not_below(floor, sectors),
                None => lever,
            }
        };
        let mut player = Player::government(own, world.regions.code(own), n, sectors).with_tariffs(shape);
        player.objective = Objective::against(own, rival, standing, n);
        player
    })
}

/// How carefully a gain is searched: what is left of it falls with the square of the
/// distance from the best tariffs, `ln(1+t)`, so that 1e-3 leaves less than counts.
pub(super) fn pace(arithmetic: Arithmetic) -> Pace {
    Pace { target: 1e-3, tolerance: 3e-3, damping: 1.0, memory: 4, rounds: 40, arithmetic }
}

/// One deal in one case.
struct Search<'a> {
    game: &'a Game<'a>,
    economy: &'a CaliendoParro,
    case: usize,
    pace: Pace,
    policy: Policy,
    outcome: Outcome,
    /// Derivatives of both sides' real income in all tariffs.
    slopes: [Vec<f64>; 2],
}

impl<'a> Search<'a> {
    fn new(
        game: &'a Game<'a>,
        economy: &'a CaliendoParro,
        case: usize,
        deal: usize,
        pace: Pace,
    ) -> Result<Self, StrategyRunError> {
        let policy = game.taxes([deal; 2]);
        let failed = game.failed(&format!("the deal `{}`", game.sources[deal].name), case);
        let outcome = economy.solve(&policy, None).map_err(&failed)?;
        let n = economy.region_count();
        // One objective at a time needs no wage matrix, and two are not twice the work.
        let slopes = |side: usize| -> Result<Vec<f64>, StrategyError> {
            let aim = [Objective::of(game.players[side], n)];
            let shadows = economy.shadows(&policy, &outcome, &aim, &[], SHADOWS)?;
            Ok(Gradient::new(economy.theta(), &policy, &outcome, &shadows[0]).tariffs())
        };
        let slopes = [slopes(0).map_err(&failed)?, slopes(1).map_err(&failed)?];
        Ok(Self { game, economy, case, pace, policy, outcome, slopes })
    }

    /// Tariffs that a side can raise.
    fn free(&self, side: usize) -> impl Iterator<Item = usize> + '_ {
        let game = self.game;
        let (world, n) = (game.world, game.world.region_count());
        let [own, rival] = [game.players[side], game.players[1 - side]];
        (0..world.sector_count())
            .filter(|sector| world.goods[*sector])
            .map(move |sector| (sector * n + own) * n + rival)
            .filter(|cell| {
                self.outcome.trade[*cell] > 0.0 && self.policy.tariff[*cell] < game.question.bounds.1
            })
    }

    /// Gain of a side's best rise of tariffs, with a weight on standing.
    fn temptation(&self, side: usize, standing: f64) -> Result<f64, StrategyRunError> {
        let slope = |cell: usize| self.slopes[side][cell] - standing * self.slopes[1 - side][cell];
        let most: f64 = self.free(side).map(|cell| STEP * slope(cell).max(0.0)).sum();
        if most < NOISE {
            return Ok(0.0);
        }
        let [first, second] = players(self.game, standing, Some(&self.policy));
        let player = if side == 0 { first } else { second };
        let rest = self.play(std::slice::from_ref(&player), &self.pace)?;
        let gain = player.objective.value(&rest.outcome) - player.objective.value(&self.outcome);
        Ok(gain.max(0.0))
    }

    fn play(&self, players: &[Player], pace: &Pace) -> Result<Rest, StrategyRunError> {
        let names: Vec<&str> = players.iter().map(|player| player.name.as_str()).collect();
        play_near(self.economy, players, &self.policy, Some(&self.outcome), pace)
            .map_err(self.game.failed(&format!("the best tariffs of {}", names.join(" and ")), self.case))
    }

    /// Loss of both from the trade war that follows, with a weight on standing.
    fn war(&self, standing: f64, tempted: bool) -> Result<[f64; 2], StrategyRunError> {
        if !tempted {
            // Where nobody raises a tariff alone, nobody does in reply to nothing.
            return Ok([0.0; 2]);
        }
        let players = players(self.game, standing, Some(&self.policy));
        // Each side's loss hangs on the other's tariffs, to first order.
        let careful = Pace { target: 1e-5, tolerance: 1e-4, ..self.pace };
        let rest = self.play(&players, &careful)?;
        Ok([0, 1].map(|side| {
            let aim = &players[side].objective;
            aim.value(&self.outcome) - aim.value(&rest.outcome)
        }))
    }

    /// `C`, `D`, `N` of both, given logarithms of real income in the deal and under the
    /// named punishment.
    fn payoffs(
        &self,
        standing: f64,
        deal: &[f64],
        punished: Option<&[f64]>,
    ) -> Result<[Payoffs; 2], StrategyRunError> {
        let temptations = [self.temptation(0, standing)?, self.temptation(1, standing)?];
        let value = |side: usize, logs: &[f64]| {
            logs[self.game.players[side]] - standing * logs[self.game.players[1 - side]]
        };
        let losses = match punished {
            Some(punished) => [0, 1].map(|side| value(side, deal) - value(side, punished)),
            None => self.war(standing, temptations.iter().any(|gain| *gain > 0.0))?,
        };
        Ok([0, 1].map(|side| {
            let kept = value(side, deal);
            Payoffs { deal: kept, breach: kept + temptations[side], war: kept - losses[side] }
        }))
    }

    /// `ω*` of a side.
    fn least_weight(&self, side: usize) -> Option<f64> {
        let sum = |of: usize| -> f64 { -self.free(side).map(|cell| self.slopes[of][cell]).sum::<f64>() };
        let (cost, harm) = (sum(side), sum(1 - side));
        (harm > NOISE && cost > 0.0).then(|| cost / harm)
    }
}

/// All deals, best replies being searched in the cases `searched`, the central one first.
pub(super) fn of(
    game: &Game<'_>,
    known: &Known<'_>,
    searched: &[usize],
    arithmetic: Arithmetic,
) -> Result<Truce, StrategyRunError> {
    let question = game.question;
    let pace = pace(arithmetic);
    let jobs: Vec<(usize, usize)> =
        searched.iter().flat_map(|case| (0..game.deals.len()).map(move |deal| (*case, deal))).collect();
    let economies: Vec<CaliendoParro> =
        searched.par_iter().map(|case| game.economy(*case)).collect::<Result<_, _>>()?;
    let found: Vec<Found> = jobs
        .par_iter()
        .enumerate()
        .map(|(job, (case, deal))| {
            let economy = &economies[job / game.deals.len()];
            let search = Search::new(game, economy, *case, game.deals[*deal], pace)?;
            let punished = known.punishment.map(|punished| punished[*case].as_slice());
            let kept = &known.deals[*deal][*case];
            // What standing does is shown for the first deal.
            let standing = match *case == 0 && *deal == 0 {
                true => Some(search.payoffs(other_standing(question.standing), kept, punished)?),
                false => None,
            };
            Ok(Found {
                payoffs: search.payoffs(question.standing, kept, punished)?,
                least_weight: [search.least_weight(0), search.least_weight(1)],
                standing,
            })
        })
        .collect::<Result<_, StrategyRunError>>()?;
    let clock = Clock { rate: question.rate, hazard: -(1.0 - question.not_renewed).ln() };
    let delta = clock.delta(question.detection_days / 365.0);
    let count = game.deals.len();
    let deals = (0..count).map(|deal| {
        let of_deal: Vec<(usize, &Found)> =
            searched.iter().enumerate().map(|(at, case)| (*case, &found[at * count + deal])).collect();
        assemble(game, &of_deal, game.deals[deal], clock, delta)
    });
    Ok(Truce {
        deals: deals.collect(),
        punishment: match question.punishment {
            Punishment::Nash => "the trade war".to_owned(),
            Punishment::Phase(phase) => game.phases[phase].title.clone(),
        },
        delta,
        cases: searched.iter().map(|case| game.case_name(*case)).collect(),
    })
}

/// One deal from what was found in every case.
fn assemble(game: &Game<'_>, found: &[(usize, &Found)], source: usize, clock: Clock, delta: f64) -> Deal {
    let periods = game.question.punished_periods;
    let holds = |payoffs: &Payoffs| verdict(payoffs, periods).holds_at(delta);
    let alternative = |factor: Factor, label: String, payoffs: &Payoffs| Alternative {
        factor,
        label,
        margin: 100.0 * margin(payoffs, delta, periods),
        verdict: verdict(payoffs, periods),
        holds: holds(payoffs),
    };
    let sides = [0, 1].map(|side| {
        let all = || found.iter().map(|(_, found)| &found.payoffs[side]);
        let verdicts: Vec<Verdict> = all().map(|payoffs| verdict(payoffs, periods)).collect();
        let known: Vec<f64> = verdicts.iter().filter_map(Verdict::least_delta).collect();
        let ends = known.iter().fold(None, |ends: Option<(f64, f64)>, delta| {
            Some(ends.map_or((*delta, *delta), |(low, high)| (low.min(*delta), high.max(*delta))))
        });
        let mut alternatives: Vec<Alternative> = Vec::new();
        for (case, found) in found {
            let of = &game.cases[*case];
            let central = &game.cases[0];
            let (factor, label) = match (of.set == central.set, of.deficits == central.deficits) {
                (true, true) => (Factor::Central, game.case_name(*case)),
                (false, true) => (Factor::Elasticities, game.sets[of.set].name.clone()),
                (true, false) => (Factor::Deficits, super::game::word(of.deficits).to_owned()),
                (false, false) => continue,
            };
            alternatives.push(alternative(factor, label, &found.payoffs[side]));
            if let Some(standing) = &found.standing {
                let label = format!("{:.0}", other_standing(game.question.standing));
                alternatives.push(alternative(Factor::Standing, label, &standing[side]));
            }
        }
        let central = verdicts.first().copied().unwrap_or(Verdict::NotTempted);
        Side {
            temptation: Spread::of(all().map(|payoffs| 100.0 * payoffs.temptation())),
            loss: Spread::of(all().map(|payoffs| 100.0 * payoffs.loss())),
            verdict: central,
            critical: ends,
            lost: verdicts.len() - known.len(),
            longest_lag_days: clock.longest_lag(central).map(|years| 365.0 * years),
            least_weight: found.first().and_then(|(_, found)| found.least_weight[side]),
            alternatives,
        }
    });
    let phase = game.phases.iter().find(|phase| phase.name == game.sources[source].name);
    let both = |found: &Found| found.payoffs.iter().all(holds);
    Deal {
        name: game.sources[source].name.clone(),
        title: phase.map_or(String::new(), |phase| phase.title.clone()),
        holds: found.first().is_some_and(|(_, found)| both(found)),
        holding: found.iter().filter(|(_, found)| both(found)).count(),
        watched: found.first().map_or(Watched::Idle, |(_, found)| watched(game, &found.payoffs, delta)),
        sides,
    }
}

/// What the deterrent leaves a period: computed without the annuity, which is infinite
/// at `δ = 1`.
fn margin(payoffs: &Payoffs, delta: f64, periods: Option<u32>) -> f64 {
    let (temptation, loss) = (payoffs.temptation(), payoffs.loss());
    match periods.map(f64::from) {
        Some(count) if delta >= 1.0 => loss - temptation / count,
        Some(count) => delta * (1.0 - delta.powf(count)) * loss - (1.0 - delta) * temptation,
        None => delta * loss - (1.0 - delta) * temptation,
    }
}

/// What noise does to a deal in the central case.
fn watched(game: &Game<'_>, payoffs: &[Payoffs; 2], delta: f64) -> Watched {
    let tempted: Vec<Payoffs> =
        payoffs.iter().copied().filter(|payoffs| payoffs.temptation() >= NOISE).collect();
    if tempted.is_empty() {
        return Watched::Idle;
    }
    if delta >= 1.0 || tempted.iter().any(|payoffs| verdict(payoffs, None) == Verdict::PrefersWar) {
        return Watched::Useless;
    }
    let signal = Signal { cheating: 0.0, noise: game.question.noise };
    let lag = game.question.detection_days / 365.0;
    match (public(&tempted, &signal, delta), most_noise(&tempted, 0.0, delta)) {
        (Some(regime), most) => Watched::Trigger {
            false_alarms: regime.false_alarms_a_year(lag),
            months_at_war: regime.months_at_war(),
            most_noise: most.unwrap_or(signal.noise),
        },
        (None, _) => Watched::Useless,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::truce::slack;

    const PLAIN: Payoffs = Payoffs { deal: 0.0, breach: 0.01, war: -0.03 };

    /// Below δ = 1 the margin is (1 − δ) times the slack; at δ = 1 it is 0.03 for ever, and
    /// 0.03 − 0.01/2 over two periods.
    #[test]
    fn margins_by_hand() {
        for (delta, periods) in [(0.25, None), (0.9, Some(1)), (0.99, Some(4)), (0.5, None)] {
            let found = margin(&PLAIN, delta, periods);
            assert!((found - (1.0 - delta) * slack(&PLAIN, delta, periods)).abs() < 1e-15);
        }
        assert_eq!(margin(&PLAIN, 1.0, None), 0.03);
        assert!((margin(&PLAIN, 1.0, Some(2)) - 0.025).abs() < 1e-15);
    }

    #[test]
    fn another_weight_is_tried() {
        assert_eq!([0.0, 0.4, 0.5, 1.0, 3.0].map(other_standing), [1.0, 1.0, 0.0, 0.0, 0.0]);
    }
}
