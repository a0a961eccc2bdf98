//! `detente network chains`: what an export licence stops, when, and how surely.
//!
//! `--csv` writes the long table of [`results`](crate::results); `--check` asks
//! what a study must say before it is believed, and ends with 1 if it does not.

use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::PossibleValue};
use jiff::ToSpan;

use super::step_chart::{Chart, Line, STROKES, stroke};
use super::{Common, Failure, open};
use crate::network::Study;
use crate::network::study::LineKind;
use crate::network::study::monte_carlo::{Control, MOST_DRAWS};
use crate::network::study::stoppage::{Outcome, RegionOutcome, Spread};
use crate::results::{Results, write};

/// Characters a line where the output is no terminal.
const WIDTH: usize = 100;
/// Weeks that probabilities are listed for.
const WEEKS: [usize; 7] = [4, 6, 8, 10, 12, 17, 26];

/// Weeks that the lines of further users are listed for.
const USER_WEEKS: [usize; 4] = [8, 12, 17, 26];

/// Arguments of `detente network chains`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A shipped study or a file.
    #[arg(long, value_name = "STUDY", default_value = "magnets-2025")]
    study: String,
    /// Draws of the parameters and of the chains.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = draws)]
    draws: usize,
    /// Another seed, other draws.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Weeks to follow [default: those of the study].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=104))]
    weeks: Option<u64>,
    /// Write everything as a tidy table.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Change the study on purpose; can be given more than once.
    #[arg(long, value_name = "CONTROL")]
    control: Vec<Control>,
    /// Ask whether the study says what is on record, and whether the controls fail.
    #[arg(long, conflicts_with_all = ["csv", "control"])]
    check: bool,
}

impl ValueEnum for Control {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

fn draws(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(draws) if (1..=MOST_DRAWS).contains(&draws) => Ok(draws),
        _ => Err(format!("write a number from 1 to {MOST_DRAWS}")),
    }
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let mut study = open::SHELF.study(&arguments.study)?.study;
    if let Some(weeks) = arguments.weeks {
        study.weeks = weeks as usize;
    }
    if arguments.check {
        return check(&study, arguments);
    }
    let started = std::time::Instant::now();
    let outcome = study.run(arguments.draws, arguments.seed, &arguments.control);
    if common.verbose {
        common.remark(&format!("{} draws in {:.1} s", outcome.draws, started.elapsed().as_secs_f64()));
    }
    let controls: Vec<&str> = arguments.control.iter().map(|control| control.word()).collect();
    let controls = controls.join(" ");
    if let Some(file) = &arguments.csv {
        write::file(file, &Results::of_chains(&study, &outcome, &controls).to_csv())?;
    }
    say!("{}", study.title)?;
    let changed = if controls.is_empty() { String::new() } else { format!(", changed: {controls}") };
    let (draws, last) = (outcome.draws, outcome.days - 1);
    say!("Day 0 is {}; {draws} draws, seed {}, to day {last}{changed}.", study.start, arguments.seed)?;
    say!("In brackets 5 to 95 % of the draws; a draw without a stop counts as never.\n")?;
    exports(&study, &outcome)?;
    stops(&study, &outcome)?;
    probabilities(&study, &outcome)?;
    chart(&study, &outcome)?;
    severity(&study, &outcome)?;
    users(&study, &outcome)?;
    say!("\n{NOT_PINNED_DOWN}")?;
    if study.note.is_empty() { Ok(()) } else { say!("\n{}", study.note) }
}

fn check(study: &Study, arguments: &Arguments) -> Result<(), Failure> {
    let criteria = study.accept(arguments.draws, arguments.seed);
    say!("{}, {} draws, seed {}\n", study.title, arguments.draws, arguments.seed)?;
    say!("{:<26} {:<22} {:<22} holds", "", "found", "wanted")?;
    for c in &criteria {
        let holds = if c.holds { "yes" } else { "NO" };
        say!("{:<26} {:<22} {:<22} {holds}", c.question, c.found, c.wanted)?;
    }
    match criteria.iter().filter(|c| !c.holds).count() {
        0 => Ok(()),
        missed => Err(Failure::Check(format!("{missed} of {} do not hold", criteria.len()))),
    }
}

fn exports(study: &Study, outcome: &Outcome) -> Result<(), Failure> {
    if outcome.months.is_empty() {
        return Ok(());
    }
    say!("{:<38} {:>9} {:>9}  5 to 95 %", "Exports against the base", "record", "median")?;
    for month in &outcome.months {
        let shown = month.ratio.map_or("     not over by then".to_owned(), |ratio| {
            format!("{:>9.2}  [{:.2}, {:.2}]", ratio.median, ratio.low, ratio.high)
        });
        say!("  {:<36} {:>9.2} {shown}", month.first.strftime("%Y-%m").to_string(), month.observed)?;
    }
    for approval in &outcome.approvals {
        let label =
            format!("{}, files approved by day {}", study.regions[approval.region].code, approval.day);
        let shown = approval.share.map_or("     not by then".to_owned(), |share| {
            let [low, median, high] = [share.low, share.median, share.high].map(|s| 100.0 * s);
            format!("{median:>7.0} %  [{low:.0}, {high:.0}]")
        });
        say!("  {label:<36} {:>7.0} % {shown}", 100.0 * approval.observed)?;
    }
    say!("")
}

fn stops(study: &Study, outcome: &Outcome) -> Result<(), Failure> {
    if outcome.regions.iter().all(|region| region.stop.is_none()) {
        return Ok(());
    }
    say!(
        "{:<30} {:>9} {:>7}  {:<14} {:>9} {:>8} {:>6}",
        "First stop, day",
        "observed",
        "median",
        "5 to 95 %",
        "in window",
        "any day",
        "never"
    )?;
    for region in &outcome.regions {
        let from = &study.regions[region.region];
        let (Some(stop), Some(observed)) = (region.stop, &from.observed) else { continue };
        let what = match (observed.of, observed.count) {
            (LineKind::Vehicle, 1) => "reported vehicle line".to_owned(),
            (kind, count) => format!("{} line no. {count}", kind.word()),
        };
        let inside =
            stop.in_window.map_or("not over".to_owned(), |inside| format!("{:.0} %", 100.0 * inside));
        say!(
            "  {:<28} {:>9} {:>7}  {:<14} {:>9} {:>6.0} % {:>4.0} %",
            format!("{}, {what}", from.code),
            format!("{}-{}", stop.window.0, stop.window.1),
            day(stop.day.median),
            format!("[{}, {}]", day(stop.day.low), day(stop.day.high)),
            inside,
            100.0 * stop.uniform,
            100.0 * stop.never
        )?;
    }
    if let Some(s) = outcome.sharpness() {
        say!(
            "  Sharpness S = {s:.2}: together the observed windows are {:.1} times as likely as with stops on any day.",
            s.exp()
        )?;
    }
    say!("")
}

fn probabilities(study: &Study, outcome: &Outcome) -> Result<(), Failure> {
    let weeks: Vec<usize> = WEEKS.into_iter().filter(|week| 7 * week < outcome.days).collect();
    let heading: String = weeks.iter().map(|week| format!("{week:>6}")).collect();
    let row = |values: &[f64]| -> String {
        weeks.iter().map(|week| format!("{:>6.0}", 100.0 * values[7 * week])).collect()
    };
    say!("{:<38}{heading}", "Stopped by week, %")?;
    for region in &outcome.regions {
        let code = &study.regions[region.region].code;
        say!("  {:<36}{}", format!("{code}, a reported vehicle line"), row(&region.reported_by))?;
    }
    for region in &outcome.regions {
        let code = &study.regions[region.region].code;
        let median =
            region.line_median().map_or(String::new(), |day| format!("   if at all, median day {day}"));
        say!("  {:<36}{}{median}", format!("{code}, a given vehicle line"), row(&region.line_by))?;
    }
    say!("")
}

/// The probability of a reported stop, for the regions with one on record.
fn chart(study: &Study, outcome: &Outcome) -> Result<(), Failure> {
    let on_record = |region: &&RegionOutcome| {
        let observed = &study.regions[region.region].observed;
        observed.as_ref().is_some_and(|observed| observed.of == LineKind::Vehicle)
    };
    let shown: Vec<&RegionOutcome> = outcome.regions.iter().filter(on_record).take(STROKES).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let date = |day: usize| study.start.saturating_add((day as i64).days());
    let line = |region: &&RegionOutcome| Line {
        steps: region.reported_by.iter().enumerate().map(|(day, share)| (date(day), 100.0 * share)).collect(),
    };
    let lines: Vec<Line> = shown.iter().map(line).collect();
    let width = open::terminal_width().map_or(WIDTH, usize::from).min(WIDTH);
    let chart = Chart { lines: &lines, span: (date(0), date(outcome.days - 1)), marks: &[], width };
    say!("Probability that a vehicle line has stopped and was reported, %\n\n{}\n", chart.render())?;
    for (number, region) in shown.iter().enumerate() {
        say!("{} {}", stroke(number), study.regions[region.region].name)?;
    }
    say!("")
}

fn severity(study: &Study, outcome: &Outcome) -> Result<(), Failure> {
    let counted = study.report_day.min(outcome.days - 1);
    say!("{:<38} {:>6} {:>8}  5 to 95 %", format!("Vehicle lines, by day {counted}"), "lines", "stopped")?;
    for region in &outcome.regions {
        let Spread { low, median, high } = region.stopped;
        let code = &study.regions[region.region].code;
        say!("  {code:<36} {:>6.0} {median:>8.0}  [{low:.0}, {high:.0}]", region.lines.median)?;
    }
    say!("\nShare of vehicle lines that stand, %, median [5, 95 %]")?;
    for region in &outcome.regions {
        let code = &study.regions[region.region].code;
        let weeks = WEEKS.into_iter().filter(|week| 7 * week < outcome.days);
        let shown = weeks.map(|week| {
            let Spread { low, median, high } = region.standing[7 * week];
            let [low, median, high] = [low, median, high].map(|share| 100.0 * share);
            format!("{:>17}", format!("w{week} {median:.0} [{low:.0}, {high:.0}]"))
        });
        say!("  {code:<5}{}", shown.collect::<String>())?;
    }
    Ok(())
}

/// The lines of further users, for which nothing is on record.
fn users(study: &Study, outcome: &Outcome) -> Result<(), Failure> {
    let weeks: Vec<usize> = USER_WEEKS.into_iter().filter(|week| 7 * week < outcome.days).collect();
    if study.users.is_empty() || weeks.is_empty() {
        return Ok(());
    }
    say!("\nFurther users: no stop of theirs is on record, and nothing here is calibrated")?;
    let stopped: String = weeks.iter().map(|week| format!("{:>6}", format!("w{week}"))).collect();
    let stand: String = weeks.iter().map(|week| format!("{:>15}", format!("w{week}"))).collect();
    say!(
        "  {:<20}{:>6}  {:<20}{stopped}   share of lines that stand, %, median [5, 95 %]",
        "",
        "lines",
        "first stop, day"
    )?;
    say!("  {:<20}{:>6}  {:<20}{:<width$}{stand}", "", "", "", " a line by, %", width = 6 * weeks.len())?;
    for (user, regions) in study.users.iter().zip(&outcome.users) {
        say!("  {} ({})", user.name, user.industry)?;
        for region in regions {
            let Spread { low, median, high } = region.first;
            let first = format!("{} [{}, {}]", day(median), day(low), day(high));
            let by: String =
                weeks.iter().map(|week| format!("{:>6.0}", 100.0 * region.reported_by[7 * week])).collect();
            let standing = weeks.iter().map(|week| {
                let Spread { low, median, high } = region.standing[7 * week];
                let [low, median, high] = [low, median, high].map(|share| 100.0 * share);
                format!("{:>15}", format!("{median:.0} [{low:.0}, {high:.0}]"))
            });
            let (code, standing) = (&study.regions[region.region].code, standing.collect::<String>());
            say!("    {code:<18}{:>6.0}  {first:<20}{by}{standing}", region.lines.median)?;
        }
    }
    Ok(())
}

/// What stands beside every figure of losses.
const NOT_PINNED_DOWN: &str =
    "What the data cannot pin down: how many lines stop. Reports name single plants, and no survey counts the
lines that stood. The number hangs on the share of chains that find another way (`rescue`), which first
stops hardly tell; quote it with its whole range, and loss figures with this remark.";

/// A day, or that there is none.
fn day(day: f64) -> String {
    if day.is_finite() { format!("{day:.0}") } else { "never".to_owned() }
}
