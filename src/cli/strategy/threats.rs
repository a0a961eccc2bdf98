//! `detente strategy leverage`: which tax hurts the other most for what it costs.

use clap::Args;

use super::setting::{Game, Setting};
use crate::cli::{Common, Failure};
use crate::results::write;
use crate::strategy::Objective;
use crate::strategy::leverage::{Instrument, Threat, carry_out, threats};

/// How finely shadow values are solved.
const TOLERANCE: f64 = 1e-9;

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
    let game = arguments.setting.open(common)?;
    let pair = game.pair()?;
    if !(arguments.step > 0.0 && arguments.step <= 1000.0) {
        return Err(Failure::Input(format!("--step {}: write a number above 0, to 1000", arguments.step)));
    }
    let n = game.world.region_count();
    let today = game.today();
    let outcome = game.economy.solve(&today, None)?;
    let objectives = pair.map(|region| Objective::of(region, n));
    let shadows = game.economy.shadows(&today, &outcome, &objectives, &[], TOLERANCE)?;
    let mut csv = String::from("player,rival,instrument,sector,harm,cost\n");
    say!("{}", game.heading)?;
    for (own, rival) in [(0, 1), (1, 0)] {
        let between = |cell: usize| {
            let (importer, exporter) = (cell / n % n, cell % n);
            [importer, exporter] == [pair[own], pair[rival]]
                || [importer, exporter] == [pair[rival], pair[own]]
        };
        // Nobody levies a tariff on a service at a border.
        let counts = |cell: usize| game.world.goods[cell / (n * n)] && between(cell);
        let all = threats(pair[own], game.economy.theta(), &today, &outcome, &shadows[own], &shadows[rival]);
        let mut all: Vec<Threat> =
            all.into_iter().filter(|threat| counts(threat.instrument.cell()) && threat.harm > 0.0).collect();
        for threat in &all {
            let (name, sector) = named(&game, threat.instrument);
            let (me, other) = (game.code(pair[own]), game.code(pair[rival]));
            csv += &format!("{me},{other},{name},{sector},{},{}\n", threat.harm, threat.cost);
        }
        // The largest harms are worth solving again; of those, what they cost decides.
        all.sort_by(|x, y| y.harm.total_cmp(&x.harm));
        all.truncate(arguments.top as usize);
        let factor = 1.0 + arguments.step / 100.0;
        let mut finite = carry_out(
            &*game.economy,
            &today,
            &outcome,
            &all,
            [&objectives[own], &objectives[rival]],
            factor,
        )?;
        finite.sort_by(|x, y| y.leverage().total_cmp(&x.leverage()));
        let (me, other) = (game.code(pair[own]), game.code(pair[rival]));
        say!(
            "\nWhat {me} can do to {other}: 1 + tax raised by {} per cent, one at a time; thousandths of a per cent of real income",
            arguments.step
        )?;
        say!(
            "  {:<44}{:>10}{:>10}   harm for a unit of own cost",
            "",
            format!("{other} loses"),
            format!("{me} loses")
        )?;
        for threat in finite {
            let (name, sector) = named(&game, threat.instrument);
            let sector_name = game.world.sectors.find(sector).map_or("", |s| game.world.sectors.name(s));
            let label = format!("{name}, {sector} {}", if sector_name == sector { "" } else { sector_name });
            let label: String = label.trim_end().chars().take(43).collect();
            let ratio = match threat.leverage() {
                ratio if ratio == f64::INFINITY => format!("{me} gains"),
                ratio => format!("{ratio:.2}"),
            };
            say!("  {label:<44}{:>10.3}{:>10.3}   {ratio}", 1e5 * threat.harm, 1e5 * threat.cost)?;
        }
    }
    if let Some(path) = &arguments.csv {
        write::file(path, csv.as_bytes())?;
    }
    Ok(())
}

fn named(game: &Game, instrument: Instrument) -> (&'static str, &str) {
    let n = game.world.region_count();
    let sector = game.world.sectors.code(instrument.cell() / (n * n));
    match instrument {
        Instrument::Tariff(_) => ("tariff", sector),
        Instrument::ExportTax(_) => ("export tax", sector),
    }
}
