//! `detente strategy optimal` and `nash`.

use clap::Args;

use super::levers::LeverOptions;
use super::output::{Output, incomes, limits, taxes};
use super::setting::Setting;
use crate::cli::{Common, Failure};
use crate::strategy::game::{Game, Levers, War, per_cent};
use crate::strategy::nash::{Candidate, LARGEST_GAP};
use crate::strategy::play::Rest;

/// Players of whom autarky is told one by one.
const FEW: usize = 8;

/// Arguments of `detente strategy optimal`.
#[derive(Debug, Args)]
pub struct OptimalArguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: LeverOptions,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `detente strategy nash`.
#[derive(Debug, Args)]
pub struct NashArguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: LeverOptions,
    /// Starts of the search and of every player's best reply, up to 8; 1 is a quick
    /// search, and the default for more than eight players, else 4.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=8))]
    starts: Option<u64>,
    #[command(flatten)]
    output: Output,
}

pub fn optimal(arguments: &OptimalArguments, common: &Common) -> Result<(), Failure> {
    arguments.output.check()?;
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let levers = arguments.levers.levers()?;
    let players = levers.players(&game)?;
    if players.len() > 1 && (arguments.output.csv.is_some() || arguments.output.tariffs.is_some()) {
        let help = "--csv, --tariffs: a best reply is one player's; name one in --players";
        return Err(Failure::Input(help.to_owned()));
    }
    heading(&game, &levers)?;
    for player in &players {
        let reply = game.best_reply(player)?;
        say!("\nBest reply of {}: objective {:+.4} per cent", player.name, per_cent(reply.value))?;
        say!(
            "  found from {} after {} rounds, residual {:.0e}",
            reply.start.name(),
            reply.rest.rounds,
            reply.rest.residual
        )?;
        for other in &reply.others {
            say!("  another local optimum gives {:+.4} per cent", per_cent(*other))?;
        }
        for (start, problem) in &reply.failed {
            common.remark(&format!("from {}: {problem}", start.name()));
        }
        told(&game, &levers, &reply.rest)?;
        arguments.output.write(&game, &reply.rest.outcome, &reply.rest.policy)?;
    }
    Ok(())
}

pub fn nash(arguments: &NashArguments, common: &Common) -> Result<(), Failure> {
    arguments.output.check()?;
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let levers = arguments.levers.levers()?;
    let players = levers.players(&game)?;
    let War { search, found } = game.trade_war(&players, arguments.starts.map(|count| count as usize))?;
    heading(&game, &levers)?;
    let certificate = |candidate: &Candidate| {
        format!(
            "conditions of first order to {:.0e}, most to gain by leaving {:.1e} points, from {} of {} starts",
            candidate.kkt(),
            candidate.gap(),
            candidate.starts.len(),
            search.starts.len()
        )
    };
    for (place, candidate) in found.equilibria.iter().enumerate() {
        let number = if found.equilibria.len() > 1 { format!(" {}", place + 1) } else { String::new() };
        say!("\nNash equilibrium{number}: {}", certificate(candidate))?;
        told(&game, &levers, &candidate.rest)?;
    }
    for candidate in &found.rejected {
        say!("\nNo equilibrium, though it meets the conditions of first order: {}", certificate(candidate))?;
        for gap in candidate.gaps.iter().filter(|gap| gap.points > LARGEST_GAP) {
            say!("  {} would gain {:.4} points, found from {}", gap.player, gap.points, gap.start.name())?;
        }
    }
    let replies: Vec<String> = search.replies.iter().map(|start| start.name()).collect();
    say!(
        "\nChecked: the best reply of each of {} players, looked for from: {}{}",
        players.len(),
        replies.join(", "),
        if search.shut { "; every sector shut in turn" } else { "; more with --starts 4" }
    )?;
    if let Some(first) = found.equilibria.first() {
        say!(
            "the replies come back to within {:.0e} of the equilibrium's taxes, in ln(1+t)",
            first.distance()
        )?;
    }
    if let Some(autarky) = &found.autarky {
        let incomes: Vec<String> = game
            .players
            .iter()
            .take(FEW)
            .map(|region| format!("{} {:+.1}", game.code(*region), per_cent(autarky[*region])))
            .collect();
        let more = if game.players.len() > FEW { ", …" } else { "" };
        let list = incomes.join(", ");
        say!("\nAutarky is an equilibrium too, if nothing bounds tariffs: {list}{more} per cent")?;
    }
    for (start, problem) in &found.failed {
        common.remark(&format!("from {}: {problem}", start.name()));
    }
    match found.equilibria.first() {
        Some(first) => arguments.output.write(&game, &first.rest.outcome, &first.rest.policy),
        None => Err(Failure::NoEquilibrium(
            "every resting point is left by somebody: try other bounds or fewer instruments".to_owned(),
        )),
    }
}

fn heading(game: &Game, levers: &Levers) -> Result<(), Failure> {
    say!("{}", game.heading)?;
    levers.remark().map_or(Ok(()), |remark| say!("{remark}"))
}

/// Incomes, taxes and, with caps, the quantities that they leave.
fn told(game: &Game, levers: &Levers, rest: &Rest) -> Result<(), Failure> {
    say!("{}{}", incomes(game, &rest.outcome).trim_end(), taxes(game, &rest.policy).trim_end())?;
    if levers.caps() {
        say!("{}", limits(game, &rest.policy, &rest.outcome, levers.duties())?.trim_end())?;
    }
    Ok(())
}
