//! `detente network`: the weeks after a day, region by region.
//!
//! The options are the keys of `[short_run]` in a scenario.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::progress::watched;
use super::{Common, Failure, open, weeks};
use crate::numerics::progress::Progress;
use crate::results::write;
use crate::scenario::ShortRunQuestion;
use crate::scenario::short_run::{Span, run};

/// Arguments of `detente network` without a subcommand.
#[derive(Debug, Args)]
#[group(id = "network-weeks")]
pub struct Arguments {
    /// A shipped world or a folder.
    #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
    world: String,
    /// Materials to carve out of the world first: shipped names or files, separated by commas.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    materials: Vec<String>,
    /// A shipped ledger or a file.
    #[arg(long, value_name = "LEDGER", default_value = "us-china")]
    ledger: String,
    /// Whose account of the measures: a reading of the ledger [default: none].
    #[arg(long, value_name = "ID")]
    reading: Option<String>,
    /// First day: what the ledger limits from here on is the disturbance.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    from: Option<Date>,
    /// Weeks to follow.
    #[arg(long, value_name = "N", default_value_t = 26, value_parser = clap::value_parser!(u64).range(1..=104))]
    weeks: u64,
    /// Steps of a day, not of a week.
    #[arg(long)]
    daily: bool,
    /// Regions in the foreground, separated by commas.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',', default_value = "USA,CHN")]
    actors: Vec<String>,
    /// The region whose measures these are [default: the study's, else the first actor that limits a flow].
    #[arg(long, value_name = "REGION")]
    sender: Option<String>,
    /// A study of chains that says which lines stand: a shipped name or a file.
    #[arg(long, value_name = "STUDY")]
    study: Option<String>,
    /// Stocks of inputs, days: one number, or two that hold 5 to 95 % of the draws.
    #[arg(long, value_name = "DAYS[,DAYS]", value_parser = span)]
    cover: Option<Span>,
    /// Share of blocked flows that leaks in the end, per cent: one number or two.
    #[arg(long, value_name = "PERCENT[,PERCENT]", value_parser = span)]
    leak: Option<Span>,
    /// Draws from the ranges.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=20_000))]
    draws: u64,
    /// Another seed, other draws.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write everything as a tidy table.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// `30` or `15,60`.
fn span(text: &str) -> Result<Span, String> {
    let numbers: Option<Vec<f64>> =
        text.split(',').map(|number| number.trim().parse().ok().filter(|x: &f64| x.is_finite())).collect();
    match numbers.as_deref() {
        Some([both]) => Ok(Span { low: *both, high: *both }),
        Some([low, high]) if low <= high => Ok(Span { low: *low, high: *high }),
        Some([_, _]) => Err("write the lower end first".to_owned()),
        _ => Err("write one number, as in 30, or two, as in 15,60".to_owned()),
    }
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let Some(from) = arguments.from else {
        return Err(Failure::Input("--from: name the first day, as in --from 2025-04-04".to_owned()));
    };
    let mut world = open::world(&arguments.world)?;
    open::carve(&arguments.materials, &mut world, common)?;
    let mut ledger = open::ledger(&arguments.ledger, &world, common)?;
    if let Some(id) = &arguments.reading {
        ledger = open::reading(&ledger, id)?;
    }
    let study = arguments.study.as_deref().map(|name| open::SHELF.study(name)).transpose()?;
    let study = study.as_ref().map(|study| &study.study);
    let mut question = ShortRunQuestion::new(from, arguments.weeks as usize);
    question.step_days = if arguments.daily { 1.0 } else { 7.0 };
    question.sender.clone_from(&arguments.sender);
    (question.draws, question.seed) = (arguments.draws as usize, arguments.seed);
    if let Some(cover) = arguments.cover {
        if cover.low < question.step_days {
            return Err(Failure::Input(format!(
                "--cover {}: stocks last at least the length of a step, {:.0} days{}",
                cover.low,
                question.step_days,
                if arguments.daily { "" } else { ", or one with --daily" }
            )));
        }
        question.cover = cover;
        question.restore = Span { low: cover.low.max(1.0), high: cover.high.max(1.0) };
    }
    if let Some(Span { low, high }) = arguments.leak {
        if let Some(end) = [low, high].into_iter().find(|end| !(0.0..=100.0).contains(end)) {
            return Err(Failure::Input(format!("--leak {end}: a share lies between 0 and 100 per cent")));
        }
        question.leak = Span { low: low / 100.0, high: high / 100.0 };
    }
    let actors = arguments.actors.iter().map(|code| open::region(&world, "actors", code));
    let actors: Vec<usize> = actors.collect::<Result<_, _>>()?;
    let started = std::time::Instant::now();
    let progress = Progress::default();
    let short_run =
        watched(&progress, common, || run::weeks(&question, &world, &ledger, study, &actors, &progress))?;
    if common.verbose {
        common.remark(&format!("{} draws in {:.1} s", question.draws, started.elapsed().as_secs_f64()));
    }
    if let Some(file) = &arguments.csv {
        write::file(file, &short_run.results.to_csv())?;
    }
    let page = weeks::Page {
        world: &world,
        actors: &arguments.actors,
        short_run: &short_run,
        long_run: None,
        width: open::terminal_width(),
    };
    say!("{}", page.render().trim_end())
}
