//! `detente solve`: the long run of one day against another.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::{Common, Failure, open};
use crate::equilibrium::{Calibration, Change, Closure, Deficits, Numeraire, Options, Variant};
use crate::results::{Variable, write};
use crate::world::World;

/// Arguments of `detente solve`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A shipped world or a folder.
    #[arg(long, value_name = "WORLD")]
    world: String,
    /// Materials to carve out of the world first: shipped names or files, separated by commas.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    materials: Vec<String>,
    /// A shipped ledger or a file.
    #[arg(long, value_name = "LEDGER")]
    ledger: String,
    /// The day whose measures are in force.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    date: Date,
    /// The day to compare with [default: the world's base date].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    against: Option<Date>,
    /// Whose account of the measures: a reading of the ledger [default: none].
    #[arg(long, value_name = "ID")]
    reading: Option<String>,
    /// What happens to trade deficits.
    #[arg(long, value_enum, default_value_t = DeficitRule::Held)]
    deficits: DeficitRule,
    /// Production and demand other than the base model's: a name (short-run,
    /// specific-factors, scale, markups) or blocks such as inputs=0.5,mobility=0.
    #[arg(long, value_name = "VARIANT", default_value = "base")]
    variant: Variant,
    /// An elasticity set of the world, or one number for every sector [default: the world's first set].
    #[arg(long, value_name = "SET|NUMBER")]
    elasticities: Option<String>,
    /// The region whose wage is the unit of nominal results [default: world value added].
    #[arg(long, value_name = "REGION")]
    numeraire: Option<String>,
    /// Write region,variable,value, in per cent.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DeficitRule {
    /// Every region spends what it earns, in both equilibria.
    Zero,
    /// As in the base year, in units of the numeraire.
    Held,
    /// A constant share of world value added.
    Share,
    /// In proportion to what each region earns.
    Income,
}

impl From<DeficitRule> for Deficits {
    fn from(rule: DeficitRule) -> Self {
        match rule {
            DeficitRule::Zero => Self::Zero,
            DeficitRule::Held => Self::Held,
            DeficitRule::Share => Self::Share,
            DeficitRule::Income => Self::Income,
        }
    }
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let mut world = open::world(&arguments.world)?;
    open::carve(&arguments.materials, &mut world, common)?;
    let ledger = open::ledger(&arguments.ledger, &world, common)?;
    let ledger = match &arguments.reading {
        Some(id) => open::reading(&ledger, id)?,
        None => ledger,
    };
    let (name, theta) = world
        .elasticities_wanted(arguments.elasticities.as_deref())
        .map_err(|unknown| Failure::Input(format!("--elasticities {unknown}")))?;
    let numeraire = match &arguments.numeraire {
        None => Numeraire::WorldValueAdded,
        Some(code) => Numeraire::Wage(
            world
                .regions
                .find(code)
                .map_err(|e| Failure::Input(format!("--numeraire: {e} (world {})", world.name)))?,
        ),
    };
    let closure = Closure { deficits: arguments.deficits.into(), numeraire };
    let variant = arguments.variant;
    let options = Options { closure, variant, arithmetic: common.arithmetic(), ..Options::default() };
    let calibration = Calibration::new(&world, ledger.state(&world, world.base_date), &theta)?;
    let against = arguments.against.unwrap_or(world.base_date);
    let before = calibration.solve(ledger.state(&world, against), &options)?;
    let after = calibration.solve_from(Some(&before), ledger.state(&world, arguments.date), &options)?;
    if common.verbose {
        super::complain(format_args!(
            "{against}: {} evaluations, residual {:.1e}; {}: {} evaluations, residual {:.1e}",
            before.evaluations, before.residual, arguments.date, after.evaluations, after.residual
        ));
    }
    let change = Change::between(&calibration, &before, &after);
    if let Some(path) = &arguments.csv {
        write::file(path, csv(&world, &change).as_bytes())?;
    }
    say!(
        "{} against {against}{}, world {}, elasticities {name}, deficits {}, numeraire {}{}; per cent\n\n{}",
        arguments.date,
        arguments.reading.as_ref().map_or(String::new(), |id| format!(", reading {id}")),
        world.name,
        format!("{:?}", arguments.deficits).to_lowercase(),
        arguments.numeraire.as_ref().map_or("world value added".to_owned(), |code| format!("wage of {code}")),
        if variant.is_base() { String::new() } else { format!(", variant {variant}") },
        table(&world, &change)
    )?;
    Ok(())
}

/// What is reported of every region, as fractions.
fn columns(change: &Change) -> Vec<(Variable, &[f64])> {
    Variable::OF_REGIONS.into_iter().filter_map(|v| v.of_regions(change).map(|values| (v, values))).collect()
}

fn csv(world: &World, change: &Change) -> String {
    let mut text = String::from("region,variable,value\n");
    for (position, region) in world.regions.codes().iter().enumerate() {
        for (variable, values) in columns(change) {
            text += &format!("{region},{},{}\n", variable.name(), 100.0 * values[position]);
        }
    }
    text
}

fn table(world: &World, change: &Change) -> String {
    let columns = columns(change);
    let mut text = format!("{:<8}", "region");
    for (variable, _) in &columns {
        text += &format!(" {:>15}", variable.name());
    }
    text.push('\n');
    let mut order: Vec<usize> = (0..world.region_count()).collect();
    order.sort_by(|a, b| change.welfare_exact[*a].total_cmp(&change.welfare_exact[*b]));
    for region in order {
        text += &format!("{:<8}", world.regions.code(region));
        for (_, values) in &columns {
            text += &format!(" {:>15.4}", 100.0 * values[region]);
        }
        text.push('\n');
    }
    text
}
