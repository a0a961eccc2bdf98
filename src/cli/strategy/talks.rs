//! `detente strategy talks`: efficient deals, and deals of every two.

use clap::{Args, ValueEnum};

use super::levers::LeverOptions;
use super::output::{Output, incomes, taxes};
use super::setting::Setting;
use crate::cli::{Common, Failure};
use crate::strategy::game::{self, Agreement, Game, Offer, Shared, Terms, per_cent};

/// Arguments of `detente strategy talks`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: LeverOptions,
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

impl Arguments {
    fn terms(&self) -> Terms {
        Terms {
            from: match self.from {
                Disagreement::Today => game::Disagreement::Today,
                Disagreement::Nash => game::Disagreement::Nash,
            },
            rule: match self.rule {
                Sharing::EqualGains => game::Sharing::EqualGains,
                Sharing::NashBargaining => game::Sharing::NashBargaining,
                Sharing::KalaiSmorodinsky => game::Sharing::KalaiSmorodinsky,
                Sharing::NashInNash => game::Sharing::NashInNash,
            },
            frontier: self.frontier as usize,
            concessions: self.concessions.map(|count| count as usize),
        }
    }
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    arguments.output.check()?;
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let terms = arguments.terms();
    let found = game.talks(&arguments.levers.levers()?, &terms)?;
    say!("{}", game.heading)?;
    let without = terms.from.words();
    match &found.shared {
        Shared::Together { weights, most } => {
            together(&game, &found, (weights, most.as_deref()), without)?;
        }
        Shared::Pairs { pairs, turns } => told_in_pairs(&game, &found, (pairs, *turns), without)?,
    }
    arguments.output.write(&game, &found.rest.outcome, &found.rest.policy)
}

/// One deal of all players.
fn together(
    game: &Game,
    found: &Agreement,
    (weights, most): (&[f64], Option<&[f64]>),
    without: &str,
) -> Result<(), Failure> {
    say!("\nAn efficient deal against {without}, gains and the planner's weights")?;
    for (place, (region, gain)) in game.players.iter().zip(&found.gains).enumerate() {
        let ideal =
            most.map_or(String::new(), |most| format!("   of {:.3} at the most", per_cent(most[place])));
        let weight = weights[place];
        say!("  {:<8}{:>9.3} per cent   weight {weight:.3}{ideal}", game.code(*region), per_cent(*gain))?;
    }
    say!("{}{}", incomes(game, &found.rest.outcome).trim_end(), taxes(game, &found.rest.policy).trim_end())?;
    if !found.frontier.is_empty() {
        let [a, b] = game.pair()?.map(|region| game.code(region).to_owned());
        say!("\nFrontier: gains against {without}, per cent\n  {a:>9} {b:>9}")?;
        for [first, second] in &found.frontier {
            say!("  {:>9.3} {:>9.3}", per_cent(*first), per_cent(*second))?;
        }
    }
    found.offers.iter().try_for_each(|offer| exchange_rates(game, offer, without))
}

/// What a point off each tariff costs the giver and is worth to the other.
fn exchange_rates(game: &Game, offer: &Offer, at: &str) -> Result<(), Failure> {
    let (me, other) = (game.code(offer.giver), game.code(offer.receiver));
    say!(
        "\nIf {me} takes one per cent off 1 + tariff on {other}, at {at}: thousandths of a per cent\n  {:<12}{:>12}{:>12}   gain for a unit of cost",
        "",
        format!("{me} loses"),
        format!("{other} gains")
    )?;
    for concession in &offer.concessions {
        let (cost, gain) = (1e3 * concession.giver, -1e3 * concession.receiver);
        let rate = match (concession.pays(), concession.is_free()) {
            (true, _) => format!("{me} gains too"),
            (_, true) => "costs nothing at the margin".to_owned(),
            _ => format!("{:.2}", concession.rate()),
        };
        say!("  {:<12}{cost:>12.4}{gain:>12.4}   {rate}", game.world.sectors.code(concession.sector))?;
    }
    Ok(())
}

/// A pair, as places among the players, and its gains.
type Pair = ([usize; 2], Option<[f64; 2]>);

/// Deals of every two.
fn told_in_pairs(
    game: &Game,
    found: &Agreement,
    (pairs, turns): (&[Pair], usize),
    without: &str,
) -> Result<(), Failure> {
    say!("\nEvery two players bargain over their taxes on each other, {turns} turns")?;
    say!("gains of a pair against its own taxes without a deal, the other deals given, per cent")?;
    for ([a, b], gains) in pairs {
        let [first, second] = [a, b].map(|place| game.code(game.players[*place]));
        match gains {
            Some([x, y]) => say!("  {first:<8}{:>9.3}   {second:<8}{:>9.3}", per_cent(*x), per_cent(*y))?,
            None => say!("  {first} and {second} find nothing from which both gain")?,
        }
    }
    say!("\nAll deals together, against {without}, per cent")?;
    for (region, gain) in game.players.iter().zip(&found.gains) {
        say!("  {:<8}{:>9.3}", game.code(*region), per_cent(*gain))?;
    }
    say!("{}{}", incomes(game, &found.rest.outcome).trim_end(), taxes(game, &found.rest.policy).trim_end())
}
