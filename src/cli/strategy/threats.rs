//! `detente strategy leverage`: which tax hurts the other most for what it costs.

use clap::Args;

use super::setting::Setting;
use crate::cli::{Common, Failure};
use crate::results::write;
use crate::strategy::game::{Game, Leverage};

/// Arguments of `detente strategy leverage`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    /// Taxes to name for each player.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1000))]
    top: u64,
    /// By how much 1 + tax is multiplied up for the named taxes, per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0)]
    step: f64,
    /// Write player,rival,instrument,sector,harm,cost for every tax on trade between the two.
    #[arg(long, value_name = "FILE")]
    csv: Option<std::path::PathBuf>,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let found = game.leverage(arguments.top as usize, arguments.step)?;
    say!("{}", game.heading)?;
    found.iter().try_for_each(|side| told(&game, side, arguments.step))?;
    if let Some(path) = &arguments.csv {
        let mut csv = String::from("player,rival,instrument,sector,harm,cost\n");
        for side in &found {
            let (me, other) = (game.code(side.own), game.code(side.rival));
            for threat in &side.all {
                let tax = game.tax(threat.instrument);
                let (name, sector) = (tax.instrument, tax.sector);
                csv += &format!("{me},{other},{name},{sector},{},{}\n", threat.harm, threat.cost);
            }
        }
        write::file(path, csv.as_bytes())?;
    }
    Ok(())
}

/// What one player can do to the other.
fn told(game: &Game, side: &Leverage, step: f64) -> Result<(), Failure> {
    let (me, other) = (game.code(side.own), game.code(side.rival));
    say!(
        "\nWhat {me} can do to {other}: 1 + tax raised by {step} per cent, one at a time; thousandths of a per cent of real income"
    )?;
    say!(
        "  {:<44}{:>10}{:>10}   harm for a unit of own cost",
        "",
        format!("{other} loses"),
        format!("{me} loses")
    )?;
    for threat in &side.carried_out {
        let tax = game.tax(threat.instrument);
        let sector_name = game.world.sectors.find(tax.sector).map_or("", |s| game.world.sectors.name(s));
        let sector_name = if sector_name == tax.sector { "" } else { sector_name };
        let label = format!("{}, {} {sector_name}", tax.instrument, tax.sector);
        let label: String = label.trim_end().chars().take(43).collect();
        let ratio = match threat.leverage() {
            ratio if ratio == f64::INFINITY => format!("{me} gains"),
            ratio => format!("{ratio:.2}"),
        };
        say!("  {label:<44}{:>10.3}{:>10.3}   {ratio}", 1e5 * threat.harm, 1e5 * threat.cost)?;
    }
    Ok(())
}
