//! `detente strategy ladder`: two players on the rungs of a ledger's dates.
//!
//! Rung `i` of a player are its taxes on the other on day `i`; everybody's other
//! taxes are those of the first day.

use clap::Args;
use jiff::civil::Date;
use rayon::prelude::*;

use super::output::per_cent;
use super::setting::Setting;
use crate::cli::{Common, Failure, open};
use crate::results::write;
use crate::strategy::{Outcome, Policy, StrategyError};

/// Arguments of `detente strategy ladder`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    /// Days whose taxes are the rungs, lowest first, separated by commas.
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = open::day, required = true)]
    rungs: Vec<Date>,
    /// Write first_rung,second_rung,region,variable,value, in per cent of the lowest rungs.
    #[arg(long, value_name = "FILE")]
    csv: Option<std::path::PathBuf>,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    if arguments.rungs.len() < 2 {
        return Err(Failure::Input(
            "--rungs: name two days or more, as in --rungs 2025-01-19,2025-04-12".to_owned(),
        ));
    }
    let game = arguments.setting.open(common)?;
    let [a, b] = game.pair()?;
    let quiet = Common { quiet: true, ..common.clone() };
    let states =
        arguments.rungs.iter().map(|day| game.state(*day, &quiet)).collect::<Result<Vec<_>, Failure>>()?;
    let n = game.world.region_count();
    let policy = |first: usize, second: usize| -> Policy {
        let mut policy =
            Policy { tariff: states[0].tariff.clone(), export_tax: states[0].export_tax.clone() };
        for cell in 0..policy.tariff.len() {
            let (importer, exporter) = (cell / n % n, cell % n);
            for (own, rung) in [(a, first), (b, second)] {
                let rival = if own == a { b } else { a };
                if importer == own && exporter == rival {
                    policy.tariff[cell] = states[rung].tariff[cell];
                }
                if exporter == own && importer == rival {
                    policy.export_tax[cell] = states[rung].export_tax[cell];
                }
            }
        }
        policy
    };
    let count = states.len();
    let outcomes: Vec<Outcome> = (0..count * count)
        .into_par_iter()
        .map(|at| game.economy.solve(&policy(at / count, at % count), None))
        .collect::<Result<_, StrategyError>>()?;
    let income = |first: usize, second: usize, region: usize| {
        per_cent(outcomes[first * count + second].real_income[region] - outcomes[0].real_income[region])
    };
    if let Some(path) = &arguments.csv {
        let mut text = String::from("first_rung,second_rung,region,variable,value\n");
        for at in 0..count * count {
            let (first, second) = (at / count, at % count);
            for (region, code) in game.world.regions.codes().iter().enumerate() {
                let value = income(first, second, region);
                let (x, y) = (arguments.rungs[first], arguments.rungs[second]);
                text += &format!("{x},{y},{code},welfare_exact,{value}\n");
            }
        }
        write::file(path, text.as_bytes())?;
    }
    // Best answers: of the first to each column, of the second to each row.
    let best = |own: usize, other: usize| {
        let value = |rung: usize| if own == a { income(rung, other, a) } else { income(other, rung, b) };
        (0..count).max_by(|x, y| value(*x).total_cmp(&value(*y)).then(y.cmp(x))).unwrap_or(0)
    };
    say!("{}\n", game.heading)?;
    let (first, second) = (game.code(a).to_owned(), game.code(b).to_owned());
    say!("Real income of {first} / {second}, per cent against the lowest rungs; * best answer to the other")?;
    let heads: String =
        arguments.rungs.iter().map(|day| format!("{:>22}", format!("{second} {day}"))).collect();
    say!("{:<16}{heads}", "")?;
    for row in 0..count {
        let cells: String = (0..count)
            .map(|column| {
                let mark = |hit: bool| if hit { "*" } else { " " };
                let cell = format!(
                    "{:+.3}{} /{:+.3}{}",
                    income(row, column, a),
                    mark(best(a, column) == row),
                    income(row, column, b),
                    mark(best(b, row) == column)
                );
                format!("{cell:>22}")
            })
            .collect();
        say!("{}", format!("{:<16}{cells}", format!("{first} {}", arguments.rungs[row])).trim_end())?;
    }
    let stable: Vec<String> = (0..count)
        .flat_map(|row| (0..count).map(move |column| (row, column)))
        .filter(|(row, column)| best(a, *column) == *row && best(b, *row) == *column)
        .map(|(row, column)| {
            format!("{first} {} and {second} {}", arguments.rungs[row], arguments.rungs[column])
        })
        .collect();
    match stable.as_slice() {
        [] => say!("\nOn no pair of rungs both stay: somebody always wants to move."),
        some => say!("\nNobody wants to move from: {}", some.join("; ")),
    }
}
