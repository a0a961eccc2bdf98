//! `detente network`: the short run, one file a kind of question.

use clap::{Args, Subcommand};

use super::{Common, Failure, network_chains, network_weeks};

/// Arguments of `detente network`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    weeks: network_weeks::Arguments,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Chains under an export licence: exports, first stops, lines, with their probabilities.
    Chains(network_chains::Arguments),
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match &arguments.action {
        Some(Action::Chains(arguments)) => network_chains::execute(arguments, common),
        None => network_weeks::execute(&arguments.weeks, common),
    }
}
