//! `detente strategy talks`: efficient deals, and deals of every two.

use clap::{Args, ValueEnum};

use super::levers::Levers;
use super::output::{Output, incomes, per_cent, taxes};
use super::setting::{Game, Setting};
use crate::cli::{Common, Failure};
use crate::strategy::nash::nash;
use crate::strategy::nash_in_nash::bargain;
use crate::strategy::play::Rest;
use crate::strategy::player::Player;
use crate::strategy::reply::STARTS;
use crate::strategy::talks::{Rule, Talks, concessions};
use crate::strategy::{Outcome, Policy};

/// Concessions that are priced for each of two players.
const CONCESSIONS: u64 = 5;

/// Arguments of `detente strategy talks`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: Levers,
    /// What happens without a deal.
    #[arg(long, value_enum, default_value_t = Disagreement::Today)]
    from: Disagreement,
    /// How gains are shared.
    #[arg(long, value_enum, default_value_t = Sharing::EqualGains)]
    rule: Sharing,
    /// Points of the frontier to print, for two players: two or more, or 0.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=201))]
    frontier: u64,
    /// Concessions to price for each of two players: sectors whose tariff is worth most to the other [default: 5].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=100))]
    concessions: Option<u64>,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Disagreement {
    /// Today's taxes.
    Today,
    /// The trade war of the players.
    Nash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sharing {
    /// Everybody's welfare grows by the same factor.
    EqualGains,
    /// The product of gains is largest.
    NashBargaining,
    /// Gains in proportion to the most that each could get, nobody losing.
    KalaiSmorodinsky,
    /// Every two players bargain for themselves, the others' deals given.
    NashInNash,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    arguments.output.check()?;
    let game = arguments.setting.open(common)?;
    let players = arguments.levers.players(&game)?;
    arguments.check(players.len())?;
    let (start, outside) = match arguments.from {
        Disagreement::Today => (game.today(), game.economy.solve(&game.today(), None)?),
        Disagreement::Nash => war(&game, &players)?,
    };
    let without = if arguments.from == Disagreement::Nash { "the trade war" } else { "today's taxes" };
    say!("{}", game.heading)?;
    let rest = match arguments.rule {
        Sharing::NashInNash => pairs(&game, &players, &start, &outside, without)?,
        _ => together(arguments, &game, &players, (&start, &outside), without)?,
    };
    arguments.output.write(&game, &rest.outcome, &rest.policy)
}

impl Arguments {
    /// Refuses options that would do nothing, before anything is solved.
    fn check(&self, players: usize) -> Result<(), Failure> {
        let refused = |text: &str| Err(Failure::Input(text.to_owned()));
        let priced = self.concessions.is_some_and(|count| count > 0);
        let pairs = self.rule == Sharing::NashInNash;
        match () {
            () if players < 2 => refused("--players: talks need two or more"),
            () if self.frontier == 1 => refused("--frontier 1: a frontier has two points or more"),
            () if self.frontier > 0 && pairs => {
                refused("--frontier, --rule nash-in-nash: bargains of pairs have no frontier; leave one out")
            }
            () if self.frontier > 0 && players != 2 => {
                refused("--frontier: a frontier is of two players; name two in --players")
            }
            () if priced && pairs => {
                refused("--concessions, --rule nash-in-nash: bargains of pairs price none; leave one out")
            }
            () if priced && players != 2 => {
                refused("--concessions: they are priced between two players; name two in --players")
            }
            () if self.from == Disagreement::Today => match self.levers.wishes() {
                Some(option) => Err(Failure::Input(format!(
                    "{option}: deals weigh welfare alone, and only the war of --from nash knows wishes; leave it \
                     out, or add --from nash"
                ))),
                None => Ok(()),
            },
            () => Ok(()),
        }
    }
}

/// One deal of all players.
fn together(
    arguments: &Arguments,
    game: &Game,
    players: &[Player],
    (start, outside): (&Policy, &Outcome),
    without: &str,
) -> Result<Rest, Failure> {
    let mut table = players[0].clone();
    "the planner".clone_into(&mut table.name);
    for other in &players[1..] {
        table.tariffs.extend(other.tariffs.iter().cloned());
        table.export_taxes.extend(other.export_taxes.iter().cloned());
    }
    let talks = Talks { parties: game.players.clone(), table, disagreement: outside.welfare.clone() };
    let weights = shares(game, outside);
    let power = vec![1.0 / players.len() as f64; players.len()];
    let rule = match arguments.rule {
        Sharing::NashBargaining => Rule::NashBargaining { power },
        Sharing::KalaiSmorodinsky => {
            talks.kalai_smorodinsky(&*game.economy, &weights, (start, &[]), &game.pace)?
        }
        Sharing::EqualGains | Sharing::NashInNash => Rule::EqualGains,
    };
    let deal = talks.deal(&*game.economy, &rule, &weights, (start, &[]), &game.pace)?;
    say!("\nAn efficient deal against {without}, gains and the planner's weights")?;
    for (place, (region, gain)) in game.players.iter().zip(&deal.gains).enumerate() {
        let ideal = match &rule {
            Rule::KalaiSmorodinsky { most } => {
                format!("   of {:.3} at the most", per_cent(most[place] - outside.welfare[*region]))
            }
            _ => String::new(),
        };
        let weight = deal.weights[place];
        say!("  {:<8}{:>9.3} per cent   weight {weight:.3}{ideal}", game.code(*region), per_cent(*gain))?;
    }
    say!("{}{}", incomes(game, &deal.rest.outcome).trim_end(), taxes(game, &deal.rest.policy).trim_end())?;
    if arguments.frontier > 0 {
        let [a, b] = game.pair()?.map(|region| game.code(region).to_owned());
        let points = (arguments.frontier as usize, 20.0);
        let points = talks.frontier(&*game.economy, points, start, &game.pace)?;
        say!("\nFrontier: gains against {without}, per cent\n  {a:>9} {b:>9}")?;
        for [first, second] in points {
            say!("  {:>9.3} {:>9.3}", per_cent(first), per_cent(second))?;
        }
    }
    let concessions = arguments.concessions.unwrap_or(CONCESSIONS) as usize;
    if game.players.len() == 2 && concessions > 0 {
        exchange_rates(game, start, without, concessions)?;
    }
    Ok(deal.rest)
}

/// What a point off each tariff costs the giver and is worth to the other.
fn exchange_rates(game: &Game, start: &Policy, at: &str, count: usize) -> Result<(), Failure> {
    let [a, b] = game.pair()?;
    for (giver, receiver) in [(a, b), (b, a)] {
        let n = game.world.region_count();
        let traded =
            |s: usize| game.world.goods[s] && game.world.trade_musd[(s * n + giver) * n + receiver] > 0.0;
        let mut found = concessions(&*game.economy, start, giver, receiver)?;
        found.retain(|concession| traded(concession.sector) && concession.receiver < 0.0);
        found.sort_by(|x, y| x.receiver.total_cmp(&y.receiver));
        let (me, other) = (game.code(giver), game.code(receiver));
        say!(
            "\nIf {me} takes one per cent off 1 + tariff on {other}, at {at}: thousandths of a per cent\n  {:<12}{:>12}{:>12}   gain for a unit of cost",
            "",
            format!("{me} loses"),
            format!("{other} gains")
        )?;
        for concession in found.iter().take(count) {
            let (cost, gain) = (1e3 * concession.giver, -1e3 * concession.receiver);
            let rate = match (concession.pays(), concession.is_free()) {
                (true, _) => format!("{me} gains too"),
                (_, true) => "costs nothing at the margin".to_owned(),
                _ => format!("{:.2}", concession.rate()),
            };
            say!("  {:<12}{cost:>12.4}{gain:>12.4}   {rate}", game.world.sectors.code(concession.sector))?;
        }
    }
    Ok(())
}

/// Deals of every two.
fn pairs(
    game: &Game,
    players: &[Player],
    start: &Policy,
    outside: &Outcome,
    without: &str,
) -> Result<Rest, Failure> {
    let found = bargain(&*game.economy, players, 0.5, start, &game.pace)?;
    say!("\nEvery two players bargain over their taxes on each other, {} turns", found.turns)?;
    say!("gains of a pair against its own taxes without a deal, the other deals given, per cent")?;
    for ([a, b], gains) in &found.pairs {
        let [first, second] = [a, b].map(|place| game.code(game.players[*place]));
        match gains {
            Some([x, y]) => say!("  {first:<8}{:>9.3}   {second:<8}{:>9.3}", per_cent(*x), per_cent(*y))?,
            None => say!("  {first} and {second} find nothing from which both gain")?,
        }
    }
    say!("\nAll deals together, against {without}, per cent")?;
    for region in &game.players {
        let gain = found.rest.outcome.welfare[*region] - outside.welfare[*region];
        say!("  {:<8}{:>9.3}", game.code(*region), per_cent(gain))?;
    }
    say!("{}{}", incomes(game, &found.rest.outcome).trim_end(), taxes(game, &found.rest.policy).trim_end())?;
    Ok(found.rest)
}

/// Shares of the players in what they spend together.
pub fn shares(game: &Game, outcome: &Outcome) -> Vec<f64> {
    let n = game.world.region_count();
    let spent = |region: &usize| outcome.spending.iter().skip(*region).step_by(n).sum::<f64>();
    let spending: Vec<f64> = game.players.iter().map(spent).collect();
    let all: f64 = spending.iter().sum();
    spending.into_iter().map(|value| value / all).collect()
}

/// The trade war of the players: the first Nash equilibrium.
pub fn war(game: &Game, players: &[Player]) -> Result<(Policy, Outcome), Failure> {
    let found = nash(&*game.economy, players, &game.today(), &STARTS, &game.pace)?;
    match found.equilibria.into_iter().next() {
        Some(first) => Ok((first.rest.policy, first.rest.outcome)),
        None => Err(Failure::NoEquilibrium(
            "the trade war of the players has no equilibrium that nobody wants to leave: try other bounds"
                .to_owned(),
        )),
    }
}
