//! `detente world`: list, show, check, import, balance, aggregate, split and build worlds.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Common, Failure, open};
use crate::world::World;
use crate::world::aggregate::{Concordance, aggregate};
use crate::world::balance::{BalanceOptions, BalanceReport, balance};
use crate::world::build;
use crate::world::check::{Identity, check, holds};
use crate::world::import::{self, ImportOptions};
use crate::world::labels::Labels;
use crate::world::shipped_names;
use crate::world::store::{self, Existing};

/// Arguments of `detente world`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the worlds that ship.
    List,
    /// Say what a world is made of: regions, sectors, elasticities, sources.
    Show {
        /// A shipped world or a folder.
        world: String,
    },
    /// Report every accounting identity of a world with its size.
    Check {
        /// A shipped world or a folder.
        world: String,
    },
    /// Make a world from the original files of others.
    Import(ImportArguments),
    /// Repair negative final demand by scaling input shares.
    Balance {
        /// A shipped world or a folder.
        world: String,
        /// The folder to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Replace a world that is already there.
        #[arg(long)]
        replace: bool,
    },
    /// Merge regions and sectors.
    Aggregate {
        /// A shipped world or a folder.
        world: String,
        /// Which codes become which: TOML or CSV.
        #[arg(long, value_name = "FILE")]
        by: PathBuf,
        /// The folder to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Replace a world that is already there.
        #[arg(long)]
        replace: bool,
    },
    /// Carve the stages of a material out of their sectors, every total kept.
    Split {
        /// A shipped material or a file.
        material: String,
        /// A shipped world or a folder.
        #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
        world: String,
        /// The folder to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Replace a world that is already there.
        #[arg(long)]
        replace: bool,
    },
    /// Make a shipped world again from its sources.
    Build {
        /// Name of the world.
        world: String,
        /// Folder with `data/` in it.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// The folder to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Replace a world that is already there.
        #[arg(long)]
        replace: bool,
    },
}

#[derive(Debug, Args)]
struct ImportArguments {
    /// icio, wiod, long or pymrio.
    format: String,
    /// The file, or the folder; for `long` also the files of its tables.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The folder to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Short name of the world [default: the file's stem].
    #[arg(long)]
    name: Option<String>,
    /// Base year [default: the year in the file's name].
    #[arg(long)]
    year: Option<i16>,
    /// A table of tariffs: sector,importer,exporter,tariff.
    #[arg(long, value_name = "FILE")]
    tariffs: Option<PathBuf>,
    /// A table of sectors with elasticities: sector,name,theta.
    #[arg(long, value_name = "FILE")]
    sectors: Option<PathBuf>,
    /// Codes of services [default: by the classification].
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    services: Option<Vec<String>>,
    /// Replace a world that is already there.
    #[arg(long)]
    replace: bool,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match &arguments.command {
        Command::List => list(),
        Command::Show { world } => show(&open::world(world)?),
        Command::Check { world } => report(&check(&open::world(world)?)),
        Command::Import(arguments) => import_world(arguments, common),
        Command::Balance { world, out, replace } => {
            let mut world = open::world(world)?;
            let changes = balance(&mut world, &BalanceOptions::default())?;
            store::save(&world, out, existing(*replace), &[])?;
            say!("{}", changes.to_markdown(&world))?;
            Ok(())
        }
        Command::Aggregate { world, by, out, replace } => {
            let world = open::world(world)?;
            let mut merged = aggregate(&world, &Concordance::read(by)?)?;
            merged.name = out.file_name().map_or(world.name, |name| name.to_string_lossy().into_owned());
            merged.title = format!("{}, merged by {}", merged.title, by.display());
            store::save(&merged, out, existing(*replace), &[])?;
            say!("{}: {}", merged.name, size(&merged))?;
            Ok(())
        }
        Command::Split { material, world, out, replace } => {
            let mut world = open::world(world)?;
            let carved = open::SHELF.carve(material, &mut world)?;
            world.title = format!("{}, with {}", world.title, carved.material.name);
            world.name = out.file_name().map_or(world.name, |name| name.to_string_lossy().into_owned());
            store::save(&world, out, existing(*replace), &[])?;
            say!("{}: {}", world.name, size(&world))?;
            for stage in &carved.report.stages {
                say!("  {}", stage.line())?;
                for short in &stage.short {
                    say!("    {short}")?;
                }
            }
            Ok(())
        }
        Command::Build { world, from, out, replace } => {
            let built = build::build(world, from)?;
            built.save(out, existing(*replace))?;
            say!("{}: {}", built.world.name, size(&built.world))?;
            say!("{}", told(&built.balance))?;
            Ok(())
        }
    }
}

fn existing(replace: bool) -> Existing {
    if replace { Existing::Replace } else { Existing::Keep }
}

fn list() -> Result<(), Failure> {
    for name in shipped_names() {
        let world = World::shipped(name)?;
        say!("{name:<14} {:<28} {}", size(&world), world.title)?;
    }
    Ok(())
}

fn size(world: &World) -> String {
    format!("{} regions x {} sectors", world.region_count(), world.sector_count())
}

fn show(world: &World) -> Result<(), Failure> {
    say!("{}: {}\nbase date {}; {}", world.name, world.title, world.base_date, size(world))?;
    say!("\nregions\n{}", wrapped(&world.regions))?;
    let sectors = world.sectors.codes().iter().enumerate().map(|(i, code)| {
        let kind = if world.goods[i] { "goods" } else { "services" };
        let carved = world.carved.iter().find(|carved| carved.code == *code);
        let carved = carved.map_or(String::new(), |carved| format!(", carved out of {}", carved.parent));
        format!("  {code:<9} {kind:<9} {}{carved}", world.sectors.name(i))
    });
    say!("\nsectors\n{}", sectors.collect::<Vec<_>>().join("\n"))?;
    say!("\nelasticity sets; the first is the default")?;
    for set in &world.elasticities {
        let low = set.theta.iter().copied().fold(f64::INFINITY, f64::min);
        let high = set.theta.iter().copied().fold(0.0, f64::max);
        say!("  {:<6} {low:>6.2} to {high:>6.2}  {}", set.name, set.source)?;
    }
    say!("\nsources")?;
    for source in &world.sources {
        say!("  {}: {} ({})", source.of, source.citation, source.terms)?;
    }
    say!("\nnotes")?;
    for note in &world.notes {
        say!("  {note}")?;
    }
    Ok(())
}

/// Codes in rows of sixteen, with names where they say more.
fn wrapped(labels: &Labels) -> String {
    let named = (0..labels.len()).any(|i| labels.name(i) != labels.code(i));
    if named {
        let lines = (0..labels.len()).map(|i| format!("  {:<9} {}", labels.code(i), labels.name(i)));
        return lines.collect::<Vec<_>>().join("\n");
    }
    let rows = labels.codes().chunks(16).map(|row| format!("  {}", row.join(" ")));
    rows.collect::<Vec<_>>().join("\n")
}

/// `ok      trade balance        deficits sum to zero: 1.2e-15`.
fn line(identity: &Identity) -> String {
    let verdict = match (identity.information, identity.ok) {
        (true, _) => "note",
        (false, true) => "ok",
        (false, false) => "FAILS",
    };
    let mut text = format!("{verdict:<6} {:<22} {}", identity.name, identity.statement);
    if !identity.information {
        text += &format!("; largest gap {:.1e}, relative {:.1e}", identity.absolute, identity.relative);
    }
    if !identity.worst.is_empty() {
        text += &format!(" ({})", identity.worst);
    }
    text
}

/// Prints identities; a failed one is a failed check.
fn report(identities: &[Identity]) -> Result<(), Failure> {
    for identity in identities {
        say!("{}", line(identity))?;
    }
    if holds(identities) {
        Ok(())
    } else {
        let failed = identities.iter().filter(|i| !i.ok && !i.information).count();
        Err(Failure::Check(format!("{failed} of {} identities do not hold", identities.len())))
    }
}

fn import_world(arguments: &ImportArguments, common: &Common) -> Result<(), Failure> {
    let options = ImportOptions {
        name: arguments.name.clone(),
        year: arguments.year,
        tariffs: arguments.tariffs.clone(),
        sectors: arguments.sectors.clone(),
        services: arguments.services.clone(),
    };
    let imported = import::import(&arguments.format, &arguments.paths, &options)?;
    for identity in &imported.totals {
        common.remark(&line(identity));
    }
    store::save(&imported.world, &arguments.out, existing(arguments.replace), &[])?;
    say!("{}: {}", imported.world.name, size(&imported.world))?;
    if arguments.format == "long" {
        say!("taken as given; `detente world check {}` tells whether it balances", arguments.out.display())?;
        return Ok(());
    }
    say!("{}", told(&imported.balance))?;
    Ok(())
}

/// What balancing did, in a line.
fn told(report: &BalanceReport) -> String {
    if report.negative_cells == 0 && report.netted.is_empty() {
        return "nothing had to be balanced".to_owned();
    }
    format!(
        "balanced: {} negative flows netted; final demand was negative in {} cells ({:.0} million USD); \
         {} input shares changed, moving {:.0} of {:.0} million USD",
        report.netted.len(),
        report.negative_cells,
        report.negative_musd,
        report.changed_cells,
        report.moved_musd,
        report.intermediate_musd
    )
}
