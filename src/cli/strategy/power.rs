//! `detente strategy power` and `exposure`: who depends on whom.

use clap::Args;
use rayon::prelude::*;

use super::setting::Setting;
use crate::cli::{Common, Failure, open};
use crate::results::write;
use crate::strategy::game::Game;
use crate::strategy::leverage::{Bundle, cut_off, exposure as matrix, loss_of};
use crate::strategy::{Objective, Outcome, StrategyError};

/// How finely shadow values are solved.
const TOLERANCE: f64 = 1e-9;

/// Arguments of `detente strategy power`.
#[derive(Debug, Args)]
pub struct PowerArguments {
    #[command(flatten)]
    setting: Setting,
    /// Who would stop its goods together with the one who threatens, separated by commas.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    allies: Vec<String>,
    /// Sectors to name for each player, those with the largest loss.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1000))]
    top: u64,
    /// Write player,target,sector,share,loss,solved,cost, in per cent of welfare.
    #[arg(long, value_name = "FILE")]
    csv: Option<std::path::PathBuf>,
}

/// Arguments of `detente strategy exposure`.
#[derive(Debug, Args)]
pub struct ExposureArguments {
    #[command(flatten)]
    setting: Setting,
    /// Write region,cause,productivity,delivery for all regions: elasticities of real income.
    #[arg(long, value_name = "FILE")]
    csv: Option<std::path::PathBuf>,
}

/// A cut: the share in what the target buys of a sector, the closed form, and solved again.
struct Cut {
    sector: usize,
    share: f64,
    closed: f64,
    /// Losses of the target and of who threatens; `None` where the world has no
    /// equilibrium without the goods.
    solved: Option<(f64, f64)>,
}

pub fn power(arguments: &PowerArguments, common: &Common) -> Result<(), Failure> {
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let pair = game.pair()?;
    let mut allies = Vec::new();
    for code in &arguments.allies {
        let region = open::region(game.world, "allies", code)?;
        if pair.contains(&region) || allies.contains(&region) {
            return Err(Failure::Input(format!("--allies: {code} is there twice, or plays")));
        }
        allies.push(region);
    }
    let (n, today) = (game.world.region_count(), game.today());
    let outcome = game.economy.solve(&today, None)?;
    let goods: Vec<usize> = (0..game.world.sector_count()).filter(|s| game.world.goods[*s]).collect();
    let objectives = pair.map(|region| Objective::of(region, n));
    let shadows = game.economy.shadows(&today, &outcome, &objectives, &[], TOLERANCE)?;
    let mut csv = String::from("player,target,sector,share,loss,solved,cost\n");
    say!("{}", game.heading)?;
    for (own, rival) in [(0, 1), (1, 0)] {
        let (a, b) = (pair[own], pair[rival]);
        let (me, other) = (game.code(a), game.code(b));
        let bundle = |by: &[usize], sectors: &[usize]| Bundle::sales(n, b, by, sectors);
        let cut = |by: &[usize], sectors: &[usize]| {
            let bundle = bundle(by, sectors);
            let share = bundle.cells().iter().map(|cell| outcome.share[*cell]).sum();
            let closed = loss_of(&bundle, b, game.economy.theta(), &outcome, &shadows[rival]);
            let solved = losses(&game, &outcome, (a, b), &bundle)?;
            Ok(Cut { sector: sectors.first().copied().unwrap_or(0), share, closed, solved })
        };
        let mut cuts: Vec<Cut> =
            goods.par_iter().map(|s| cut(&[a], &[*s])).collect::<Result<_, StrategyError>>()?;
        cuts.retain(|cut| cut.share > 0.0);
        cuts.sort_by(|x, y| y.harm().total_cmp(&x.harm()));
        let row = |name: &str, cut: &Cut| {
            let (loss, cost) = cut.words();
            format!("  {name:<12}{:>10.1}{:>12.4}{loss:>12}{cost:>12}", 100.0 * cut.share, 100.0 * cut.closed)
        };
        say!(
            "\nIf {me} stopped selling to {other}, one sector at a time: per cent of real income\n  {:<12}{:>10}{:>12}{:>12}{:>12}",
            "",
            "share",
            "first guess",
            format!("{other} loses"),
            format!("{me} loses")
        )?;
        for cut in cuts.iter().take(arguments.top as usize) {
            say!("{}", row(game.world.sectors.code(cut.sector), cut))?;
        }
        for cut in &cuts {
            let (loss, cost) = cut.solved.map_or((f64::INFINITY, f64::NAN), |(x, y)| (100.0 * x, 100.0 * y));
            let sector = game.world.sectors.code(cut.sector);
            csv += &format!("{me},{other},{sector},{},{},{loss},{cost}\n", cut.share, 100.0 * cut.closed);
        }
        let alone = cut(&[a], &goods)?;
        let (loss, cost) = alone.words();
        say!(
            "  all goods of {me}: {other} would concede up to {loss} per cent; carrying it out costs {me} {cost}"
        )?;
        if !allies.is_empty() {
            let names: Vec<&str> = allies.iter().map(|ally| game.code(*ally)).collect();
            let theirs = cut(&allies, &goods)?;
            let with: Vec<usize> = std::iter::once(a).chain(allies.iter().copied()).collect();
            let joint = cut(&with, &goods)?;
            say!(
                "  with {}: up to {} per cent; {} alone {}",
                names.join(", "),
                joint.words().0,
                names.join(", "),
                theirs.words().0
            )?;
            if let (Some((whole, _)), Some((x, _)), Some((y, _))) =
                (joint.solved, alone.solved, theirs.solved)
            {
                say!("  threatening together adds {:+.4}", 100.0 * (whole - x - y))?;
            }
        }
    }
    say!(
        "\nThe first guess is the closed form of a cut with prices elsewhere as they are; the losses are solved again."
    )?;
    if let Some(path) = &arguments.csv {
        write::file(path, csv.as_bytes())?;
    }
    Ok(())
}

impl Cut {
    /// What the cut is sorted by.
    fn harm(&self) -> f64 {
        self.solved.map_or(f64::INFINITY, |(loss, _)| loss)
    }

    fn words(&self) -> (String, String) {
        match self.solved {
            Some((loss, cost)) => (format!("{:.4}", 100.0 * loss), format!("{:.4}", 100.0 * cost)),
            None => ("no supply".to_owned(), "·".to_owned()),
        }
    }
}

/// Losses of the target and of who threatens, logarithms of welfare.
fn losses(
    game: &Game,
    outcome: &Outcome,
    (own, target): (usize, usize),
    bundle: &Bundle,
) -> Result<Option<(f64, f64)>, StrategyError> {
    match cut_off(&*game.economy, game.economy.base(), outcome, bundle) {
        Ok(after) => {
            let lost = |of: usize| outcome.welfare[of] - after.welfare[of];
            Ok(Some((lost(target), lost(own))))
        }
        Err(StrategyError::Equilibrium(_)) => Ok(None),
        Err(problem) => Err(problem),
    }
}

pub fn exposure(arguments: &ExposureArguments, common: &Common) -> Result<(), Failure> {
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let (n, today) = (game.world.region_count(), game.today());
    let outcome = game.economy.solve(&today, None)?;
    let found = matrix(&*game.economy, &today, &outcome, TOLERANCE)?;
    say!("{}", game.heading)?;
    for cause in game.players.iter().take(20) {
        let mut others: Vec<usize> = (0..n).filter(|region| region != cause).collect();
        let of = |region: usize| found.productivity[region * n + cause];
        others.sort_by(|a, b| of(*b).total_cmp(&of(*a)));
        let list = |regions: &[usize]| -> String {
            let each = |region: &usize| format!("{} {:+.4}", game.code(*region), of(*region));
            regions.iter().map(each).collect::<Vec<_>>().join(", ")
        };
        let ends = 5.min(others.len());
        let last = others.len().saturating_sub(ends).max(ends);
        let code = game.code(*cause);
        say!(
            "\nIf {code} gets one per cent more productive, real income moves by, per cent: itself {:+.4}",
            of(*cause)
        )?;
        say!("  most {}", list(&others[..ends]))?;
        say!("  least {}", list(&others[last..]))?;
        let enemies = others.iter().filter(|region| of(**region) < 0.0).count();
        say!("  {enemies} of {} others lose", others.len())?;
    }
    if let Some(path) = &arguments.csv {
        let mut text = String::from("region,cause,productivity,delivery\n");
        for cell in 0..n * n {
            let (region, cause) = (game.code(cell / n), game.code(cell % n));
            text += &format!("{region},{cause},{},{}\n", found.productivity[cell], found.delivery[cell]);
        }
        write::file(path, text.as_bytes())?;
    }
    Ok(())
}
