//! `detente strategy`: what each side would do next, and which deal would hold.

mod deals;
mod games;
mod ladder;
mod output;
mod setting;
mod threats;

use clap::{Args, Subcommand};

use super::{Common, Failure};

/// Arguments of `detente strategy`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The best reply of each player to what everybody does today.
    Optimal(games::Arguments),
    /// Where a trade war among the players ends, with certificates.
    Nash(games::Arguments),
    /// An efficient deal between the players, and what each gains.
    Talks(deals::TalksArguments),
    /// Whether today's deal between two players would hold.
    Truce(deals::TruceArguments),
    /// Who can hurt whom at what cost, tax by tax.
    Leverage(threats::Arguments),
    /// Payoffs of two players on the rungs of a ledger's dates.
    Ladder(ladder::Arguments),
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match &arguments.action {
        Action::Optimal(arguments) => games::optimal(arguments, common),
        Action::Nash(arguments) => games::nash(arguments, common),
        Action::Talks(arguments) => deals::talks(arguments, common),
        Action::Truce(arguments) => deals::truce(arguments, common),
        Action::Leverage(arguments) => threats::execute(arguments, common),
        Action::Ladder(arguments) => ladder::execute(arguments, common),
    }
}
