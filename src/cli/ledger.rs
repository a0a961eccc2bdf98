//! `detente ledger`: check, export and import ledger files, list the shipped ones.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Common, Failure, open};
use crate::document::{self, report::render_warnings};
use crate::ledger::{Ledger, import_gta, shipped};
use crate::results::write;

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
    },
    /// Print a ledger as a tidy table: one row a measure and step.
    Export {
        /// A ledger file, or a shipped ledger's name.
        ledger: String,
        /// The world whose regions and sectors it names.
        #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
        world: String,
        /// Write the table to this file instead.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// Make a ledger from an extract of Global Trade Alert (JSON or CSV).
    ImportGta {
        /// The extract.
        file: PathBuf,
        /// The ledger to write.
        #[arg(long, value_name = "LEDGER")]
        out: PathBuf,
        /// The world whose regions and sectors the ledger names.
        #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
        world: String,
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
        Command::Check { ledger, world, json } => check(ledger, world, *json, common),
        Command::Export { ledger, world, csv } => export(ledger, world, csv.as_deref(), common),
        Command::ImportGta { file, out, world } => import_gta(file, out, world, common),
    }
}

fn export(name: &str, world: &str, file: Option<&Path>, common: &Common) -> Result<(), Failure> {
    let world = open::world(world, None)?.world;
    let table = open::ledger(name, None, &world, common)?.ledger.to_csv(&world);
    match file {
        Some(file) => Ok(write::file(file, &table)?),
        None => say!("{}", String::from_utf8_lossy(&table).trim_end()),
    }
}

fn import_gta(file: &Path, out: &Path, world: &str, common: &Common) -> Result<(), Failure> {
    let world = open::world(world, None)?.world;
    let name = file.display().to_string();
    let text = open::read_text(&name, file, "extract", &[])?;
    let import = import_gta::import(&text, &world).map_err(|e| Failure::Input(format!("{name}: {e}")))?;
    let ledger = import.ledger.to_toml(&world);
    // What cannot be read back must not be handed out.
    Ledger::parse(&out.display().to_string(), &ledger, &world)?;
    write::file(out, ledger.as_bytes())?;
    for remark in &import.remarks {
        common.remark(remark);
    }
    let measures = import.ledger.measures.len();
    say!("{}: {measures} measures from {} interventions", out.display(), import.interventions)
}

fn check(name: &str, world: &str, json: bool, common: &Common) -> Result<(), Failure> {
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
            Ok(())
        }
        Err(problems) if json => {
            say!("{:#}", problems.to_json())?;
            Err(Failure::Report(String::new()))
        }
        Err(problems) => Err(problems.into()),
    }
}
