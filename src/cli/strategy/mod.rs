//! `detente strategy`: what each side would do next, and which deal would hold.

mod deals;
mod fit;
mod formula;
mod games;
mod ladder;
mod levers;
mod output;
mod power;
mod setting;
mod talks;
mod threats;
mod truce;

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
    Optimal(games::OptimalArguments),
    /// Where a trade war among the players ends, with certificates.
    Nash(games::NashArguments),
    /// An efficient deal between the players, and what each gains.
    Talks(talks::Arguments),
    /// Whether today's deal between two players would hold, and what would.
    Truce(truce::Arguments),
    /// Who can hurt whom at what cost, tax by tax.
    Leverage(threats::Arguments),
    /// What one player could demand by threatening to stop its goods, and where it has a hold.
    Power(power::PowerArguments),
    /// Who gains and who loses when another country becomes more productive.
    Exposure(power::ExposureArguments),
    /// What a policy read off a published formula gives a player.
    Formula(formula::Arguments),
    /// Which weight of the rival's welfare fits today's tariffs of one on the other.
    Fit(fit::Arguments),
    /// Payoffs of two players on the rungs of a ledger's dates.
    Ladder(ladder::Arguments),
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match &arguments.action {
        Action::Optimal(arguments) => games::optimal(arguments, common),
        Action::Nash(arguments) => games::nash(arguments, common),
        Action::Talks(arguments) => talks::execute(arguments, common),
        Action::Truce(arguments) => truce::execute(arguments, common),
        Action::Leverage(arguments) => threats::execute(arguments, common),
        Action::Power(arguments) => power::power(arguments, common),
        Action::Exposure(arguments) => power::exposure(arguments, common),
        Action::Formula(arguments) => formula::execute(arguments, common),
        Action::Fit(arguments) => fit::execute(arguments, common),
        Action::Ladder(arguments) => ladder::execute(arguments, common),
    }
}
