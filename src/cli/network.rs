//! `detente network`: the short run, one file a kind of question.

use clap::{Args, Subcommand};

use super::{Common, Failure, network_chains};

/// Arguments of `detente network`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Chains under an export licence: exports, first stops, lines, with their probabilities.
    Chains(network_chains::Arguments),
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match &arguments.action {
        Action::Chains(arguments) => network_chains::execute(arguments, common),
    }
}
