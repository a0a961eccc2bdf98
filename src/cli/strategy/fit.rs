//! `detente strategy fit`: which weights make today's tariffs closest to a best reply?

use clap::Args;
use rayon::prelude::*;

use super::levers::LeverOptions;
use super::setting::Setting;
use crate::cli::{Common, Failure};
use crate::results::write;
use crate::strategy::game::{Elasticities, Game, Levers};
use crate::strategy::standing::{Fit, fit};
use crate::strategy::weights::fit_weights;

/// Arguments of `detente strategy fit`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: LeverOptions,
    /// Largest weight of the rival that is tried.
    #[arg(long, value_name = "WEIGHT", default_value_t = 10.0)]
    most: f64,
    /// Write elasticities,omega,mean_tariff,observed_tariff,distance, at 0 and at the best weight.
    #[arg(long, value_name = "FILE")]
    csv: Option<std::path::PathBuf>,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let levers = arguments.levers.levers()?;
    if let Some(argument) = levers.wishes() {
        let option = format!("--{argument}");
        return Err(Failure::Input(format!(
            "{option}: a fit looks for the weight itself, up to --most: leave {option} out"
        )));
    }
    let opened = arguments.setting.open(common)?;
    let first = opened.game(common)?;
    let [own, rival] = first.pair()?;
    if !(arguments.most > 0.0 && arguments.most <= 100.0) {
        return Err(Failure::Input(format!("--most {}: write a number above 0, to 100", arguments.most)));
    }
    let sets: Vec<String> = match &opened.setup.elasticities {
        Elasticities::Named(set) => vec![set.clone()],
        _ => opened.world.elasticities.iter().map(|set| set.name.clone()).collect(),
    };
    let found: Vec<(String, Fit)> = sets
        .into_par_iter()
        .map(|set| {
            let game = opened.with_elasticities(&set)?;
            let fit = of(&game, &levers, (own, rival), arguments.most)?;
            Ok((set, fit))
        })
        .collect::<Result<_, Failure>>()?;
    let (me, other) = (first.code(own).to_owned(), first.code(rival).to_owned());
    say!("{}", first.heading.split(", elasticities").next().unwrap_or_default())?;
    say!(
        "\nTariffs of {me} on {other} beside its best replies if it wants ln G[{me}] - omega ln G[{other}]"
    )?;
    say!("means by trade of the base, per cent; distance: root mean square in ln(1+t)\n")?;
    say!(
        "  {:<14}{:>10}{:>10}{:>10}{:>12}{:>10}{:>10}",
        "elasticities",
        "today",
        "omega 0",
        "distance",
        "best omega",
        "mean",
        "distance"
    )?;
    let mut csv = String::from("elasticities,omega,mean_tariff,observed_tariff,distance\n");
    for (name, fit) in &found {
        let end = if fit.best.omega >= arguments.most { "+" } else { " " };
        say!(
            "  {name:<14}{:>10.1}{:>10.1}{:>10.3}{:>11.2}{end}{:>10.1}{:>10.3}",
            100.0 * fit.observed,
            100.0 * fit.alone.mean,
            fit.alone.distance,
            fit.best.omega,
            100.0 * fit.best.mean,
            fit.best.distance
        )?;
        for point in [fit.alone, fit.best] {
            csv += &format!("{name},{},{},{},{}\n", point.omega, point.mean, fit.observed, point.distance);
        }
    }
    let (low, high) = found.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), (_, fit)| {
        (low.min(fit.best.omega), high.max(fit.best.omega))
    });
    // The fit falls back on the lower end exactly.
    let at_zero = found.iter().filter(|(_, fit)| fit.best.omega == 0.0).count();
    if at_zero == found.len() {
        let low = found.iter().all(|(_, fit)| fit.observed < fit.alone.mean);
        let why = if low {
            "today's tariffs are below what real income alone would choose"
        } else {
            "no weight comes nearer"
        };
        say!("\n0 fits best: {why}.")?;
    } else if found.iter().any(|(_, fit)| fit.best.omega >= arguments.most) {
        say!(
            "\nThe weight that fits best is {low:.2} or more over these elasticities; + is the end of the range (--most)."
        )?;
    } else {
        say!("\nThe weight that fits best lies between {low:.2} and {high:.2} over these elasticities.")?;
        if at_zero > 0 {
            say!(
                "0 is the lower end of the range: there no weight brings best replies nearer to today's tariffs."
            )?;
        }
    }
    political(&first, own)?;
    say!(
        "\nThis says what fits, not what anybody wants: one instrument, no time, everything else left out."
    )?;
    if let Some(path) = &arguments.csv {
        write::file(path, csv.as_bytes())?;
    }
    Ok(())
}

fn of(game: &Game, levers: &Levers, (own, rival): (usize, usize), most: f64) -> Result<Fit, Failure> {
    let players = levers.players(game)?;
    let sectors = game.world.sector_count();
    let player = players[0].clone().with_tariffs(|lever| lever.on(&[rival], sectors));
    Ok(fit(&*game.economy, (&player, own, rival), &game.today(), &game.world.trade_musd, most, &game.pace)?)
}

/// Political weights, in a world without inputs.
fn political(game: &Game, own: usize) -> Result<(), Failure> {
    let Some(economy) = &game.without_inputs else { return Ok(()) };
    let tariff = means(game, own);
    say!(
        "\nPolitical weights that make the mean tariff of each sector, the same for all partners, a best reply"
    )?;
    match fit_weights(economy, own, &tariff) {
        Ok(fit) => {
            let mut order: Vec<usize> = (0..tariff.len()).collect();
            order.sort_by(|a, b| fit.weights[*b].total_cmp(&fit.weights[*a]));
            let name = |s: &usize| format!("{} {:.2}", game.world.sectors.code(*s), fit.weights[*s]);
            let top: Vec<String> = order.iter().take(4).map(name).collect();
            let last: Vec<String> = order.iter().rev().take(4).map(name).collect();
            say!("  most {}; least {}; mean 1", top.join(", "), last.join(", "))?;
            if !fit.unexplained.is_empty() {
                let list: Vec<&str> = fit.unexplained.iter().map(|s| game.world.sectors.code(*s)).collect();
                say!("  no weight explains tariffs as low as those on {}", list.join(", "))?;
            }
            Ok(())
        }
        Err(problem) => say!("  none: {problem}"),
    }
}

/// Mean tariffs of a region by sector.
fn means(game: &Game, own: usize) -> Vec<f64> {
    let (n, today) = (game.world.region_count(), game.today());
    let mean = |s: usize| {
        let row = (s * n + own) * n;
        let (sum, all) = (0..n).filter(|i| *i != own).fold((0.0, 0.0), |(sum, all), i| {
            let flow = game.world.trade_musd[row + i];
            (sum + flow * today.tariff[row + i], all + flow)
        });
        if all > 0.0 { sum / all } else { 0.0 }
    };
    (0..game.world.sector_count()).map(mean).collect()
}
