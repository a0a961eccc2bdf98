//! Computes the strategy of a scenario.
//!
//! Payoffs of all policies come first, in every case. Best replies are searched in fewer:
//! with `sets = "ends"` in the central case, in its counterparts under the other rules for
//! deficits, and, under each rule, with the sets that give either side its lowest or its
//! highest payoff on the last rung. Nothing depends on the number of threads.

use std::collections::BTreeSet;

use super::game::Game;
use super::{
    Delay, Frontier, Ladder, Sets, StrategyQuestion, StrategyRunError, Threats, Truce, delay, frontier,
    ladder, rows, threats, truce,
};
use crate::ledger::Ledger;
use crate::results::Results;
use crate::scenario::run::RunOptions;
use crate::scenario::{Scenario, ShortRun};
use crate::world::World;

/// The strategy of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// The question.
    pub question: StrategyQuestion,
    /// All numbers.
    pub results: Results,
    /// Elasticity sets of the payoffs, the central one first.
    pub sets: Vec<String>,
    /// Rules for deficits, the scenario's first.
    pub deficits: Vec<&'static str>,
    /// Measures whose limits on others' trade are left out.
    pub left_out: Vec<String>,
    /// Payoffs of the rungs.
    pub ladder: Ladder,
    /// Harm for own cost.
    pub threats: Threats,
    /// Efficient deals.
    pub frontier: Frontier,
    /// Whether deals hold.
    pub truce: Truce,
    /// Cost of delay.
    pub delay: Delay,
}

/// Computes what `[strategy]` asks. `short_run` are the weeks of the same scenario.
///
/// # Errors
/// [`StrategyRunError`]: the scenario has no such part, it names what is not there, or
/// some equilibrium or best reply was not found.
pub fn run(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
    short_run: Option<&ShortRun>,
    options: &RunOptions,
) -> Result<Strategy, StrategyRunError> {
    let Some(question) = &scenario.strategy else {
        return Err(StrategyRunError::Unknown("the scenario has no such part".to_owned()));
    };
    let game = Game::new(scenario, question, world, ledger, options)?;
    let policies = policies(&game);
    let solved = game.payoffs(&policies)?;
    let at = |sources: [usize; 2]| -> &Vec<Vec<f64>> {
        let place = policies.iter().position(|known| *known == sources).unwrap_or(0);
        &solved.logs[place]
    };
    let rungs = &game.rungs;
    let pairs = ladder::Pairs {
        logs: rungs.iter().flat_map(|a| rungs.iter().map(move |b| [*a, *b])).map(at).collect(),
    };
    let ladder = ladder::of(&game, &pairs);
    let known = truce::Known {
        deals: game.deals.iter().map(|deal| at([*deal; 2])).collect(),
        punishment: game.punishment.map(|source| at([source; 2])),
    };
    let last = at([rungs[rungs.len() - 1]; 2]);
    let searched = searched(&game, last);
    let deals: Vec<&[f64]> = known.deals.iter().map(|deal| deal[0].as_slice()).collect();
    options.progress.begin("best replies", 0);
    let (truce, central) = rayon::join(
        || truce::of(&game, &known, &searched, options.arithmetic),
        || {
            let economy = game.economy(0)?;
            let (threats, frontier) = rayon::join(
                || threats::of(&game, &economy, &ladder, short_run),
                || frontier::of(&game, &economy, &deals, options.arithmetic),
            );
            Ok::<_, StrategyRunError>((threats?, frontier?))
        },
    );
    let (truce, (threats, frontier)) = (truce?, central?);
    let rung = delay::standoff(&ladder);
    let (low, high) = (rungs[0], rungs[rung]);
    let known = delay::Known {
        deal: known.deals.first().copied().unwrap_or(&solved.logs[0]),
        standoff: at([high, high]),
        given_in: [at([low, high]), at([high, low])],
        income_musd: &solved.income_musd,
        value_added_musd: &solved.value_added_musd,
        rung,
    };
    let delay = delay::of(&game, &ladder, &known, short_run);
    let mut strategy = Strategy {
        question: question.clone(),
        results: Results::default(),
        sets: game.sets.iter().map(|set| set.name.clone()).collect(),
        deficits: rules(&game),
        left_out: game.left_out.clone(),
        ladder,
        threats,
        frontier,
        truce,
        delay,
    };
    strategy.results = rows::of(&strategy, scenario, world);
    Ok(strategy)
}

/// Every policy that is asked for, each once, the status quo first.
fn policies(game: &Game<'_>) -> Vec<[usize; 2]> {
    let both = std::iter::once(game.status_quo).chain(game.deals.iter().copied()).chain(game.punishment);
    let mut policies: Vec<[usize; 2]> = Vec::new();
    let pairs = game.rungs.iter().flat_map(|a| game.rungs.iter().map(move |b| [*a, *b]));
    for sources in both.map(|source| [source; 2]).chain(pairs) {
        if !policies.contains(&sources) {
            policies.push(sources);
        }
    }
    policies
}

/// Cases in which best replies are searched, the central one first.
fn searched(game: &Game<'_>, last: &[Vec<f64>]) -> Vec<usize> {
    if game.question.sets != Sets::Ends {
        return (0..game.cases.len()).collect();
    }
    let mut cases: BTreeSet<usize> =
        (0..game.cases.len()).filter(|case| game.cases[*case].set == 0).collect();
    for own in rules_at(game) {
        for player in game.players {
            let by = |a: &usize, b: &usize| last[*a][player].total_cmp(&last[*b][player]);
            cases.extend(own.clone().min_by(by));
            cases.extend(own.clone().max_by(by));
        }
    }
    cases.into_iter().collect()
}

/// Positions of the cases of each rule for deficits.
fn rules_at(game: &Game<'_>) -> impl Iterator<Item = std::ops::Range<usize>> {
    let sets = game.sets.len();
    (0..game.cases.len() / sets.max(1)).map(move |rule| rule * sets..(rule + 1) * sets)
}

fn rules(game: &Game<'_>) -> Vec<&'static str> {
    game.cases.iter().step_by(game.sets.len().max(1)).map(|case| super::game::word(case.deficits)).collect()
}
