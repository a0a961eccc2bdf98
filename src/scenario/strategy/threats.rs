//! Harm for own cost, concessions, and the time until a threat bites.
//!
//! From the shadow values of both sides' real income at the status quo every tax between
//! the two has a harm and a cost. The largest harms are solved again as a step, 1 + tax
//! times [`FACTOR`], and ranked by what they cost:
//!
//! ```text
//! leverage     = −Δ ln W[other] / −Δ ln W[own]
//! concession   = (d ln W[receiver] / d ln(1+t)) / −(d ln W[giver] / d ln(1+t)),  t a tariff of the giver
//! ```
//!
//! A concession's rate is what the receiver gains, in per cent of its income, for each
//! per cent that the giver gives up when it lowers the tariff. A negative one is no
//! concession: the giver gains by lowering its own tariff.
//!
//! Long-run numbers have no weeks. The time to bite is that of the short run, where the
//! scenario has one: the first week in which the other's value added is [`BITE`] below an
//! undisturbed one in the median draw.

use super::game::Game;
use super::{Spread, StrategyRunError};
use crate::results::{Row, Variable};
use crate::scenario::ShortRun;
use crate::strategy::gradient::Gradient;
use crate::strategy::leverage::{Instrument, Threat, carry_out, threats};
use crate::strategy::talks::Concession;
use crate::strategy::{CaliendoParro, Economy, Objective};

/// What 1 + tax is multiplied by.
pub const FACTOR: f64 = 1.1;
/// Taxes of each side that are solved again.
const NAMED: usize = 4;
/// Loss of a week's value added that counts as felt, per cent.
pub const BITE: f64 = 0.1;
/// How finely shadow values are solved.
const SHADOWS: f64 = 1e-7;
/// A loss below this, in logarithms, has no ratio.
const NONE: f64 = 1e-8;

/// What one side can do to the other, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Threats {
    /// Climbing to a rung alone, the other staying on the lowest, `[side][rung]`.
    pub climbs: [Vec<Climb>; 2],
    /// Single taxes of each side, best first.
    pub taxes: [Vec<Tax>; 2],
    /// Concessions of each side to the other, one a sector, the most that the receiver
    /// gains first.
    pub concessions: [Vec<Concession>; 2],
    /// What the short run says.
    pub bite: Option<Bite>,
}

/// A side alone on a rung.
#[derive(Clone, Debug, PartialEq)]
pub struct Climb {
    /// Name of the rung.
    pub rung: String,
    /// Loss of the other's real income against both on the lowest rung, percentage points.
    pub harm: Spread,
    /// Loss of its own; negative: it gains.
    pub cost: Spread,
}

/// One tax, raised alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tax {
    /// Import tariff or export tax.
    pub is_export_tax: bool,
    /// Position of the sector.
    pub sector: usize,
    /// Loss of the other's real income, per cent.
    pub harm: f64,
    /// Loss of its own; negative: it gains.
    pub cost: f64,
}

/// When the measures of the short run are felt.
#[derive(Clone, Debug, PartialEq)]
pub struct Bite {
    /// Side whose measures these are.
    pub side: usize,
    /// Their ids.
    pub measures: Vec<String>,
    /// The last week to which losses are summed.
    pub until: u32,
    /// Value added that the other has lost by then, million USD.
    pub harm_musd: Spread,
    /// Value added that the side itself has lost by then, million USD.
    pub cost_musd: Spread,
    /// What the other loses for a dollar that the side loses, by then: the ratio of each
    /// draw; `None` where some draw has none.
    pub leverage: Option<Spread>,
    /// First week that is felt: median draw, and the draws that lose most and least;
    /// `None`: not within the weeks.
    pub week: [Option<u32>; 3],
}

/// Threats and concessions at the status quo, in the central case.
pub(super) fn of(
    game: &Game<'_>,
    economy: &CaliendoParro,
    ladder: &super::Ladder,
    short_run: Option<&ShortRun>,
) -> Result<Threats, StrategyRunError> {
    let failed = game.failed("the threats at the status quo", 0);
    let (n, theta) = (economy.region_count(), economy.theta());
    let policy = economy.base().clone();
    let outcome = economy.solve(&policy, None).map_err(&failed)?;
    let aims = game.players.map(|player| Objective::of(player, n));
    let shadows = economy.shadows(&policy, &outcome, &aims, &[], SHADOWS).map_err(&failed)?;
    let taxes = |side: usize| -> Result<Vec<Tax>, StrategyRunError> {
        let [own, rival] = [game.players[side], game.players[1 - side]];
        let all = threats(own, theta, &policy, &outcome, &shadows[side], &shadows[1 - side]);
        let is_between = |threat: &Threat| {
            let ends = game.ends(threat.instrument.cell());
            (ends == [own, rival] || ends == [rival, own])
                && game.world.goods[threat.instrument.cell() / (n * n)]
        };
        let mut all: Vec<Threat> =
            all.into_iter().filter(|threat| is_between(threat) && threat.harm > NONE).collect();
        all.sort_by(|a, b| b.harm.total_cmp(&a.harm));
        all.truncate(NAMED);
        let objectives = [&aims[side], &aims[1 - side]];
        let mut steps = carry_out(economy, &policy, &outcome, &all, objectives, FACTOR).map_err(&failed)?;
        steps.sort_by(|a, b| b.leverage().total_cmp(&a.leverage()).then(b.harm.total_cmp(&a.harm)));
        let tax = |threat: Threat| Tax {
            is_export_tax: matches!(threat.instrument, Instrument::ExportTax(_)),
            sector: threat.instrument.cell() / (n * n),
            harm: 100.0 * threat.harm,
            cost: 100.0 * threat.cost,
        };
        Ok(steps.into_iter().map(tax).collect())
    };
    let gradients = [0, 1].map(|side| Gradient::new(theta, &policy, &outcome, &shadows[side]));
    let concessions = [0, 1].map(|giver| {
        let cell = |sector: usize| (sector * n + game.players[giver]) * n + game.players[1 - giver];
        let mut all: Vec<Concession> = (0..theta.len())
            .filter(|sector| game.world.goods[*sector] && policy.tariff[cell(*sector)] > 0.0)
            .filter(|sector| outcome.trade[cell(*sector)] > 0.0)
            .map(|sector| Concession {
                sector,
                giver: gradients[giver].tariff_at(cell(sector)),
                receiver: gradients[1 - giver].tariff_at(cell(sector)),
            })
            .collect();
        all.sort_by(|a, b| a.receiver.total_cmp(&b.receiver));
        all
    });
    let climbs = [0, 1].map(|side| {
        let climb = |rung: usize| {
            let pair = if side == 0 { [rung, 0] } else { [0, rung] };
            let at = |pair: [usize; 2], of: usize| ladder.payoffs[pair[0]][pair[1]][of];
            let loss = |of: usize| {
                let (before, after) = (at([0, 0], of), at(pair, of));
                // Ranges of a difference from the lowest rungs, which are near 0 in every case.
                Spread {
                    value: before.value - after.value,
                    low: before.value - after.high,
                    high: before.value - after.low,
                }
            };
            Climb { rung: ladder.rungs[rung].name.clone(), harm: loss(1 - side), cost: loss(side) }
        };
        (1..ladder.rungs.len()).map(climb).collect()
    });
    Ok(Threats {
        climbs,
        taxes: [taxes(0)?, taxes(1)?],
        concessions,
        bite: short_run.and_then(|short_run| bite(game, short_run)),
    })
}

/// What the short run says of a player's measures; `None` if they are nobody's who plays.
fn bite(game: &Game<'_>, short_run: &ShortRun) -> Option<Bite> {
    let side = game.question.players.iter().position(|code| *code == short_run.sender)?;
    let rows = |variable: Variable, of: usize| {
        let code = game.question.players[of].as_str();
        short_run.results.rows.iter().filter(move |row| row.variable == variable && &*row.region == code)
    };
    let lost = |of: usize| {
        let last = rows(Variable::ValueAddedLost, of).max_by_key(|row| row.week)?;
        Some((last.week?, spread_of(last)))
    };
    let (until, harm_musd) = lost(1 - side)?;
    let (_, cost_musd) = lost(side)?;
    let rival = game.question.players[1 - side].as_str();
    let leverage = rows(Variable::Leverage, side)
        .find(|row| row.week == Some(until) && &*row.partner == rival)
        .map(spread_of);
    let first = |of_row: fn(&Row) -> f64| {
        rows(Variable::ValueAdded, 1 - side)
            .filter(|row| of_row(row) <= -BITE)
            .filter_map(|row| row.week)
            .min()
    };
    let week = [
        first(|row| row.value),
        first(|row| row.low.unwrap_or(row.value)),
        first(|row| row.high.unwrap_or(row.value)),
    ];
    Some(Bite { side, measures: short_run.measures.clone(), until, harm_musd, cost_musd, leverage, week })
}

/// A row with its range.
pub(super) fn spread_of(row: &Row) -> Spread {
    Spread { value: row.value, low: row.low.unwrap_or(row.value), high: row.high.unwrap_or(row.value) }
}
