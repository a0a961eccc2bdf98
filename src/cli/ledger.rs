//! `detente ledger`: check, export and import ledger files, list the shipped ones.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::{Common, Failure, open};
use crate::document::{self, report::render_warnings};
use crate::ledger::products::{HTS_IMPORTER, Products, WEIGHTS_2024};
use crate::ledger::stacking::{line_average, weights_name};
use crate::ledger::{Kind, Ledger, average_tariff, build_products, import_gta, shipped};
use crate::results::write;
use crate::scenario::open::read_text;

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
    /// The average tariff of one region on another, on every day it changes.
    Rates(RatesArguments),
    /// What was in force on a day, or how the tariff of a pair came about.
    At(super::ledger_at::Arguments),
    /// Every change, dated, and a chart of the average tariffs over time.
    Timeline(super::ledger_timeline::Arguments),
    /// Make the shipped tables of products again from their sources.
    BuildProducts {
        /// Folder with the unpacked source files.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// The folder to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
struct RatesArguments {
    /// The region that levies.
    #[arg(long, value_name = "REGION")]
    importer: String,
    /// The region whose goods are taxed.
    #[arg(long, value_name = "REGION")]
    exporter: String,
    /// A shipped ledger or a file.
    #[arg(long, value_name = "LEDGER", default_value = "us-china")]
    ledger: String,
    /// The world whose regions and sectors it names.
    #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
    world: String,
    /// What to weight by [default: us-imports-2024 for the USA, else base-year].
    #[arg(long, value_enum)]
    weights: Option<Weights>,
    /// Write date,simple_average,weighted_average, as fractions.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Weights {
    /// Imports of the United States in 2024, by tariff line.
    #[value(name = "us-imports-2024")]
    UsImports2024,
    /// Imports of the world's base year, by sector.
    #[value(name = "base-year")]
    BaseYear,
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
        Command::Export { ledger, world, csv } => export(ledger, world, csv.as_deref(), common),
        Command::ImportGta { file, out, world } => import_gta(file, out, world, common),
        Command::Rates(arguments) => rates(arguments, common),
        Command::At(arguments) => super::ledger_at::execute(arguments, common),
        Command::Timeline(arguments) => super::ledger_timeline::execute(arguments, common),
        Command::BuildProducts { from, out } => {
            for (file, bytes) in build_products::build(from)? {
                write::file(&out.join(file), &bytes)?;
                say!("{file}: {} bytes", bytes.len())?;
            }
            Ok(())
        }
    }
}

fn export(name: &str, world: &str, file: Option<&Path>, common: &Common) -> Result<(), Failure> {
    let world = open::world(world)?;
    let table = open::ledger(name, &world, common)?.to_csv(&world);
    match file {
        Some(file) => Ok(write::file(file, &table)?),
        None => say!("{}", String::from_utf8_lossy(&table).trim_end()),
    }
}

fn import_gta(file: &Path, out: &Path, world: &str, common: &Common) -> Result<(), Failure> {
    let world = open::world(world)?;
    let name = file.display().to_string();
    let text = read_text(&name, file, "extract", &[])?;
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

fn check(name: &str, world: &str, json: bool, reading: Option<&str>, common: &Common) -> Result<(), Failure> {
    let world = open::world(world)?;
    let (shown, text) = open::SHELF.ledger_text(name)?;
    let parsed = Ledger::parse(&shown, &text, &world)
        .and_then(|parsed| open::SHELF.compare_evidence(&shown, &text).map(|()| parsed));
    match parsed {
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
            if !ledger.proposals.is_empty() {
                say!("proposals of which nothing is in force: {}", ledger.proposals.len())?;
            }
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
            Err(Failure::Told)
        }
        Err(problems) => Err(problems.into()),
    }
}

fn rates(arguments: &RatesArguments, common: &Common) -> Result<(), Failure> {
    let world = open::world(&arguments.world)?;
    let ledger = open::ledger(&arguments.ledger, &world, common)?;
    let importer = open::region(&world, "importer", &arguments.importer)?;
    let exporter = open::region(&world, "exporter", &arguments.exporter)?;
    if importer == exporter {
        return Err(Failure::Input(format!("{} does not tax itself", arguments.importer)));
    }
    let by_line = arguments.importer == HTS_IMPORTER;
    let weights =
        arguments.weights.unwrap_or(if by_line { Weights::UsImports2024 } else { Weights::BaseYear });
    if weights == Weights::UsImports2024 && !by_line {
        return Err(Failure::Input(format!(
            "--weights {WEIGHTS_2024}: only for --importer {HTS_IMPORTER}; use base-year"
        )));
    }
    let concerns = |m: &&crate::ledger::Measure| {
        matches!(m.kind, Kind::ImportTariff | Kind::TariffExemption)
            && m.by.contains(&importer)
            && m.on.contains(&exporter)
    };
    let measures = ledger.measures.iter().filter(concerns);
    let mut days: Vec<_> = measures.flat_map(crate::ledger::Measure::change_dates).collect();
    days.sort_unstable();
    days.dedup();
    let mut rows = Vec::new();
    let mut name = String::new();
    for day in days {
        if weights == Weights::UsImports2024 {
            let Some(average) = line_average(&ledger, &world, day, importer, exporter) else { continue };
            name = format!("{} lines, the base duty included", average.lines);
            rows.push((day, average.simple, average.weighted));
        } else {
            let state = ledger.state(&world, day);
            let Some(average) = average_tariff(&world, &state, importer, exporter) else { continue };
            name = format!("{} sectors, the world's tariff included", average.sectors);
            rows.push((day, average.simple, average.weighted));
        }
    }
    keep_changes(&mut rows);
    let weights = match weights {
        Weights::BaseYear => format!("base-year imports of world {}", world.name),
        Weights::UsImports2024 => {
            let products = Products::shipped()?;
            weights_name(products, &arguments.importer, &arguments.exporter)
        }
    };
    if let Some(path) = &arguments.csv {
        let lines = rows.iter().map(|(day, simple, weighted)| format!("{day},{simple:.6},{weighted:.6}\n"));
        let text = format!("date,simple_average,weighted_average\n{}", lines.collect::<String>());
        write::file(path, text.as_bytes())?;
    }
    say!("{} on {}, ledger {}, per cent", arguments.importer, arguments.exporter, arguments.ledger)?;
    say!("weights: {weights}; {name}\n\ndate        simple  weighted")?;
    for (day, simple, weighted) in &rows {
        say!("{day}  {:>6.2}  {:>8.2}", 100.0 * simple, 100.0 * weighted)?;
    }
    let published: Vec<_> =
        PUBLISHED.iter().filter(|p| p.1 == arguments.importer && p.2 == arguments.exporter).collect();
    if !published.is_empty() {
        say!("\npublished by others, with other weights and another list of goods")?;
        for (day, _, _, percent, source) in published {
            say!("{day}  {percent:>6.2}  {source}")?;
        }
    }
    Ok(())
}

/// Leaves out the days on which neither average moves: a measure can change
/// while another counts, or on goods that are not traded.
fn keep_changes(rows: &mut Vec<(Date, f64, f64)>) {
    let differ = |a: f64, b: f64| (a - b).abs() > 1e-12;
    rows.dedup_by(|next, kept| !differ(next.1, kept.1) && !differ(next.2, kept.2));
}

/// Averages that others published: day, importer, exporter, per cent, source.
const PUBLISHED: [(&str, &str, &str, f64, &str); 8] = [
    ("2025-01-20", "USA", "CHN", 20.8, "PIIE (C. Bown), fixed trade weights, version of April 2025"),
    ("2025-01-20", "CHN", "USA", 21.2, "PIIE (C. Bown), fixed trade weights, derived: 32.6 less 11.4"),
    ("2025-04-10", "USA", "CHN", 124.1, "PIIE (C. Bown), fixed trade weights, version of April 2025"),
    ("2025-05-03", "USA", "CHN", 126.5, "PIIE (C. Bown), fixed trade weights, version of May 2025"),
    ("2025-05-14", "USA", "CHN", 51.1, "PIIE (C. Bown), fixed trade weights, version of May 2025"),
    ("2025-05-14", "CHN", "USA", 32.6, "PIIE (C. Bown), fixed trade weights, version of May 2025"),
    ("2025-05-14", "USA", "CHN", 53.07, "Ning Jingxin (UIBE), simple mean"),
    ("2025-05-14", "CHN", "USA", 32.94, "Ning Jingxin (UIBE), simple mean"),
];
