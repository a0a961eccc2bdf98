//! `detente ledger`: check a ledger file, list the shipped ones.

use clap::{Args, Subcommand};

use super::{Common, Failure, open};
use crate::document::{self, report::render_warnings};
use crate::ledger::{Ledger, shipped};

/// Arguments of `detente ledger`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the ledgers that ship.
    List,
    /// Report every problem of a ledger file.
    Check {
        /// A ledger file, or a shipped ledger's name.
        ledger: String,
        /// The world whose regions and sectors it names.
        #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
        world: String,
        /// Problems with byte offsets, for editors.
        #[arg(long)]
        json: bool,
        /// List the measures that this reading has differently.
        #[arg(long, value_name = "ID", conflicts_with = "json")]
        reading: Option<String>,
    },
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match &arguments.command {
        Command::List => {
            for name in shipped::names() {
                say!("{name}")?;
            }
            Ok(())
        }
        Command::Check { ledger, world, json, reading } => {
            check(ledger, world, *json, reading.as_deref(), common)
        }
    }
}

fn check(name: &str, world: &str, json: bool, reading: Option<&str>, common: &Common) -> Result<(), Failure> {
    let world = open::world(world, None)?.world;
    let (shown, text) = open::ledger_text(name, None)?;
    match Ledger::parse(&shown, &text, &world) {
        Ok((ledger, warnings)) => {
            if json {
                say!("[]")?;
                return Ok(());
            }
            if !warnings.is_empty() {
                common.remark(&render_warnings(
                    document::Kind::Ledger,
                    &shown,
                    &text,
                    &warnings,
                    open::color(),
                ));
            }
            say!("{shown}: {} measures, no problems with world {}", ledger.measures.len(), world.name)?;
            let unpriced = ledger.not_priced().count();
            if unpriced > 0 {
                say!("carried but not priced by any engine: {unpriced}")?;
            }
            if let Some(id) = reading {
                let read = open::reading(&ledger, id)?;
                let pairs = ledger.measures.iter().zip(&read.measures);
                let differs: Vec<&str> =
                    pairs.filter(|(own, read)| own != read).map(|(own, _)| own.id.as_str()).collect();
                say!("reading {id} differs in {} of them: {}", differs.len(), differs.join(", "))?;
            }
            Ok(())
        }
        Err(problems) if json => {
            say!("{:#}", problems.to_json())?;
            Err(Failure::Report(String::new()))
        }
        Err(problems) => Err(problems.into()),
    }
}
