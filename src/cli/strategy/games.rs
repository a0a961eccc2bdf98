//! `detente strategy optimal` and `nash`.

use clap::Args;

use super::output::{Output, incomes, per_cent, taxes};
use super::setting::{Levers, Setting};
use crate::cli::{Common, Failure};
use crate::strategy::nash::{self, Candidate};
use crate::strategy::reply::{STARTS, best_reply};

/// Arguments of both.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: Levers,
    #[command(flatten)]
    output: Output,
}

pub fn optimal(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let game = arguments.setting.open(common)?;
    let players = arguments.levers.players(&game)?;
    if players.len() > 1 && (arguments.output.csv.is_some() || arguments.output.tariffs.is_some()) {
        let help = "--csv, --tariffs: a best reply is one player's; name one in --players";
        return Err(Failure::Input(help.to_owned()));
    }
    say!("{}", game.heading)?;
    let today = game.today();
    for player in &players {
        let reply = best_reply(&*game.economy, player, &today, None, &STARTS, &game.pace)?;
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
        say!(
            "{}{}",
            incomes(&game, &reply.rest.outcome).trim_end(),
            taxes(&game, &reply.rest.policy).trim_end()
        )?;
        arguments.output.write(&game, &reply.rest.outcome, &reply.rest.policy)?;
    }
    Ok(())
}

pub fn nash(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let game = arguments.setting.open(common)?;
    let players = arguments.levers.players(&game)?;
    if players.len() < 2 {
        return Err(Failure::Input("--players: a trade war needs two or more".to_owned()));
    }
    let found = nash::nash(&*game.economy, &players, &game.today(), &STARTS, &game.pace)?;
    say!("{}", game.heading)?;
    let certificate = |candidate: &Candidate| {
        format!(
            "conditions of first order to {:.0e}, most to gain by leaving {:.1e} points, from {} of {} starts",
            candidate.kkt(),
            candidate.gap(),
            candidate.starts.len(),
            STARTS.len()
        )
    };
    for (place, candidate) in found.equilibria.iter().enumerate() {
        let number = if found.equilibria.len() > 1 { format!(" {}", place + 1) } else { String::new() };
        say!("\nNash equilibrium{number}: {}", certificate(candidate))?;
        say!(
            "{}{}",
            incomes(&game, &candidate.rest.outcome).trim_end(),
            taxes(&game, &candidate.rest.policy).trim_end()
        )?;
    }
    for candidate in &found.rejected {
        say!("\nNo equilibrium, though it meets the conditions of first order: {}", certificate(candidate))?;
        for gap in candidate.gaps.iter().filter(|gap| gap.points > nash::LARGEST_GAP) {
            say!("  {} would gain {:.4} points, found from {}", gap.player, gap.points, gap.start.name())?;
        }
    }
    if let Some(autarky) = &found.autarky {
        let incomes: Vec<String> = game
            .players
            .iter()
            .map(|region| format!("{} {:+.1}", game.code(*region), per_cent(autarky[*region])))
            .collect();
        say!("\nAutarky is an equilibrium too, if nothing bounds tariffs: {} per cent", incomes.join(", "))?;
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
