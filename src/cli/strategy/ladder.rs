//! `detente strategy ladder`: two players on the rungs of a ledger's dates.

use clap::Args;
use jiff::civil::Date;

use super::setting::Setting;
use crate::cli::{Common, Failure, open};
use crate::results::write;
use crate::strategy::game::{Game, Ladder};

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
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let ladder = game.ladder(&arguments.rungs)?;
    if let Some(path) = &arguments.csv {
        write::file(path, csv(&game, &ladder).as_bytes())?;
    }
    say!("{}\n", game.heading)?;
    let [a, b] = ladder.players;
    let (first, second) = (game.code(a), game.code(b));
    say!("Real income of {first} / {second}, per cent against the lowest rungs; * best answer to the other")?;
    let heads: String = ladder.rungs.iter().map(|day| format!("{:>22}", format!("{second} {day}"))).collect();
    say!("{:<16}{heads}", "")?;
    let mark = |hit: bool| if hit { "*" } else { " " };
    for (row, day) in ladder.rungs.iter().enumerate() {
        let cell = |column: usize| {
            let (x, y) = (ladder.income(row, column, a), ladder.income(row, column, b));
            let (best, other) = (ladder.best(0, column) == row, ladder.best(1, row) == column);
            format!("{:>22}", format!("{x:+.3}{} /{y:+.3}{}", mark(best), mark(other)))
        };
        let cells: String = (0..ladder.rungs.len()).map(cell).collect();
        say!("{}", format!("{:<16}{cells}", format!("{first} {day}")).trim_end())?;
    }
    let days = |[x, y]: [usize; 2]| format!("{first} {} and {second} {}", ladder.rungs[x], ladder.rungs[y]);
    let stable: Vec<String> = ladder.stable().into_iter().map(days).collect();
    match stable.as_slice() {
        [] => say!("\nOn no pair of rungs both stay: somebody always wants to move."),
        some => say!("\nNobody wants to move from: {}", some.join("; ")),
    }
}

/// Real income of every region on every pair of rungs.
fn csv(game: &Game, ladder: &Ladder) -> String {
    let mut text = String::from("first_rung,second_rung,region,variable,value\n");
    for (first, x) in ladder.rungs.iter().enumerate() {
        for (second, y) in ladder.rungs.iter().enumerate() {
            for (region, code) in game.world.regions.codes().iter().enumerate() {
                let value = ladder.income(first, second, region);
                text += &format!("{x},{y},{code},welfare_exact,{value}\n");
            }
        }
    }
    text
}
