//! What the subcommands print and write.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Failure;
use crate::results::write;
use crate::strategy::game::{Game, income_rows, per_cent, tax_rows};
use crate::strategy::{Outcome, Policy};

/// Where results go.
#[derive(Debug, Args)]
pub struct Output {
    /// Write region,variable,value: real income and welfare in per cent of today's.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write the taxes of the players: importer,exporter,sector,tariff,export_tax, as fractions.
    #[arg(long, value_name = "FILE")]
    pub tariffs: Option<PathBuf>,
}

impl Output {
    /// Refuses one file for both tables, before anything is solved.
    pub fn check(&self) -> Result<(), Failure> {
        match (&self.csv, &self.tariffs) {
            (Some(csv), Some(tariffs)) if csv == tariffs => Err(Failure::Input(format!(
                "--csv, --tariffs: {} is one file for both, and the second would overwrite the first",
                csv.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Writes what was asked for.
    pub fn write(&self, game: &Game, outcome: &Outcome, policy: &Policy) -> Result<(), Failure> {
        if let Some(path) = &self.csv {
            write::file(path, welfare_csv(game, outcome).as_bytes())?;
        }
        if let Some(path) = &self.tariffs {
            write::file(path, taxes_csv(game, policy).as_bytes())?;
        }
        Ok(())
    }
}

fn welfare_csv(game: &Game, outcome: &Outcome) -> String {
    let mut text = String::from("region,variable,value\n");
    for row in income_rows(game.world, outcome) {
        text += &format!("{},{},{}\n", row.region, row.variable, row.value);
    }
    text
}

fn taxes_csv(game: &Game, policy: &Policy) -> String {
    let mut text = String::from("importer,exporter,sector,tariff,export_tax\n");
    for row in tax_rows(game.world, &game.players, policy) {
        let (importer, exporter) = (row.importer, row.exporter);
        text += &format!("{importer},{exporter},{},{},{}\n", row.sector, row.tariff, row.export_tax);
    }
    text
}

/// Players up to which each has its lines.
const FEW: usize = 8;

/// Real income of the players and, of everybody else, the three who gain and lose
/// most; of many players those at the ends and the median.
pub fn incomes(game: &Game, outcome: &Outcome) -> String {
    let mut text = String::from("\nReal income, per cent of today's\n");
    let mut line = |region: &usize| {
        text += &format!("  {:<8}{:>9.3}\n", game.code(*region), per_cent(outcome.real_income[*region]));
    };
    let sorted = |mut regions: Vec<usize>| {
        regions.sort_by(|a, b| outcome.real_income[*b].total_cmp(&outcome.real_income[*a]));
        regions
    };
    let many = game.players.len() > FEW;
    let ends = if many { 5 } else { 3 };
    let others = match many {
        true => sorted(game.players.clone()),
        false => {
            game.players.iter().for_each(&mut line);
            sorted((0..game.world.region_count()).filter(|region| !game.players.contains(region)).collect())
        }
    };
    let last = others.len().saturating_sub(ends).max(ends.min(others.len()));
    others[..ends.min(others.len())].iter().chain(&others[last..]).for_each(line);
    if many {
        let median = per_cent(outcome.real_income[others[others.len() / 2]]);
        text += &format!("  median of {} players {median:.3}\n", others.len());
    }
    text
}

/// What is left of the exports of each player under its caps, and the taxes that hold
/// them: export taxes, or duties where importers get the rent.
pub fn limits(game: &Game, policy: &Policy, outcome: &Outcome, duties: bool) -> Result<String, Failure> {
    let (world, n) = (game.world, game.world.region_count());
    let before = game.economy.solve(game.economy.base(), None)?;
    let mut text =
        String::from("\nCaps: exports against today's, at producer prices, and the wedge that holds them\n");
    for region in game.players.iter().take(FEW) {
        let (mut now, mut then, mut bound, mut flows, mut most) = (0.0, 0.0, 0, 0, 0.0_f64);
        for (cell, trade) in before.trade.iter().enumerate() {
            let (importer, exporter) = (cell / n % n, cell % n);
            if exporter != *region || importer == exporter || *trade == 0.0 || !world.goods[cell / (n * n)] {
                continue;
            }
            let factor =
                |policy: &Policy| 1.0 + if duties { policy.tariff[cell] } else { policy.export_tax[cell] };
            let wedge = factor(policy) / factor(game.economy.base()) - 1.0;
            (now, then, flows) = (now + outcome.trade[cell], then + trade, flows + 1);
            if wedge > 1e-9 {
                bound += 1;
                most = most.max(wedge);
            }
        }
        let (left, most) = (100.0 * now / then, 100.0 * most);
        text += &format!(
            "  {:<8}{left:>8.1} per cent; {bound} of {flows} flows limited, the largest wedge {most:.1} per cent\n",
            game.code(*region)
        );
    }
    Ok(text)
}

/// Average taxes of the players: on each other, or on everybody if one plays.
pub fn taxes(game: &Game, policy: &Policy) -> String {
    let mut text =
        String::from("\nTaxes, per cent: mean by trade of the base, lowest and highest with trade\n");
    let today = game.economy.base();
    if game.players.len() > FEW {
        return text + &many(game, policy);
    }
    for region in &game.players {
        let partners: Vec<usize> = match game.players.len() {
            1 => (0..game.world.region_count()).filter(|other| other != region).collect(),
            _ => game.players.iter().copied().filter(|other| other != region).collect(),
        };
        let name = match game.players.len() {
            2 => game.code(partners[0]).to_owned(),
            1 => "everybody".to_owned(),
            _ => "the other players".to_owned(),
        };
        for (what, export) in [("tariff", false), ("export tax", true)] {
            let of = |policy: &Policy| spread(game, policy, *region, &partners, export);
            let (before, after) = (of(today), of(policy));
            if let (Some(before), Some(after)) = (before, after)
                && (!export || after.1 != 0.0 || after.2 != 0.0)
            {
                let label = format!("{}, {what} on {name}", game.code(*region));
                let (mean, low, high) = after;
                text += &format!("  {label:<34}{mean:>8.1}  [{low:.1}, {high:.1}]   today {:.1}\n", before.0);
            }
        }
    }
    text
}

/// Of many players: the five with the highest and with the lowest mean tariff.
fn many(game: &Game, policy: &Policy) -> String {
    let mean = |region: &usize| {
        let partners: Vec<usize> = game.players.iter().copied().filter(|other| other != region).collect();
        spread(game, policy, *region, &partners, false).map(|found| (*region, found))
    };
    let mut means: Vec<(usize, (f64, f64, f64))> = game.players.iter().filter_map(mean).collect();
    means.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let last = means.len().saturating_sub(5).max(5.min(means.len()));
    let line = |(region, (mean, low, high)): &(usize, (f64, f64, f64))| {
        format!("  {:<34}{mean:>8.1}  [{low:.1}, {high:.1}]\n", format!("{}, tariff", game.code(*region)))
    };
    means[..5.min(means.len())].iter().chain(&means[last..]).map(line).collect()
}

/// Mean, lowest and highest rate on goods that are traded, per cent.
fn spread(
    game: &Game,
    policy: &Policy,
    region: usize,
    partners: &[usize],
    export: bool,
) -> Option<(f64, f64, f64)> {
    let world = game.world;
    let (mut sum, mut weight, mut low, mut high) = (0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY);
    for sector in (0..world.sector_count()).filter(|sector| world.goods[*sector]) {
        for partner in partners {
            let cell = match export {
                true => world.cell(sector, *partner, region),
                false => world.cell(sector, region, *partner),
            };
            let rate = 100.0 * if export { policy.export_tax[cell] } else { policy.tariff[cell] };
            let trade = world.trade_musd[cell];
            if trade > 0.0 {
                (sum, weight) = (sum + trade * rate, weight + trade);
                (low, high) = (low.min(rate), high.max(rate));
            }
        }
    }
    (weight > 0.0).then(|| (sum / weight, low, high))
}
