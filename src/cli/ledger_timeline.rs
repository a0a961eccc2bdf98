//! `detente ledger timeline`: what changed when, and what did it do to the average tariff?
//!
//! `--csv` writes one row a change, with the columns of
//! [`timeline`](crate::ledger::timeline). `--averages-csv` writes one row a day
//! and pair: the averages from that day on, until the pair's next row.
//!
//! | column | meaning |
//! |---|---|
//! | `date` | the chart's first day, and each day of a change |
//! | `importer`, `exporter` | region codes |
//! | `simple`, `weighted` | average tariff on goods, fraction |
//! | `weights` | what `weighted` is weighted by |

use std::path::PathBuf;

use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;

use super::step_chart::{Chart, Line, STROKES, stroke};
use super::{Common, Failure, open};
use crate::ledger::explain::{Averages, Weighting, averages};
use crate::ledger::timeline::Change;
use crate::ledger::{Ledger, Measure};
use crate::results::write;
use crate::world::World;

/// Columns of `--averages-csv`, in order.
const AVERAGES: [&str; 6] = ["date", "importer", "exporter", "simple", "weighted", "weights"];
/// Days that are marked under the chart.
const MOST_MARKS: usize = 12;
/// Characters a line where the output is no terminal.
const WIDTH: usize = 100;

/// Arguments of `detente ledger timeline`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    choice: open::LedgerChoice,
    /// First day [default: shortly before the first change].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    from: Option<Date>,
    /// Last day [default: shortly after the last change].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    to: Option<Date>,
    /// The region that levies; up to three pairs can be given
    /// [default: the two regions with most measures on each other].
    #[arg(long, value_name = "REGION", requires = "exporter")]
    importer: Vec<String>,
    /// The region whose goods are taxed; changes between other regions are left out.
    #[arg(long, value_name = "REGION", requires = "importer")]
    exporter: Vec<String>,
    /// Write the changes as a tidy table.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the averages after each change as a tidy table, as fractions.
    #[arg(long, value_name = "FILE")]
    averages_csv: Option<PathBuf>,
}

/// The average tariff of one pair over time.
struct Path {
    importer: String,
    exporter: String,
    /// What holds from a day on.
    steps: Vec<(Date, Averages)>,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let (world, ledger) = arguments.choice.open(common)?;
    let named = named_pairs(arguments, &world)?;
    let mut changes = ledger.changes();
    if let Some(pairs) = &named {
        changes.retain(|change| pairs.iter().any(|pair| concerns(&ledger.measures[change.measure], *pair)));
    }
    let span = span(arguments, &changes)?;
    changes.retain(|change| span.is_some_and(|(from, to)| from <= change.date && change.date <= to));
    if let Some(file) = &arguments.csv {
        write::file(file, &ledger.changes_to_csv(&changes, &world))?;
    }
    let Some(span) = span else { return say!("{}: nothing ever changes", arguments.choice.name) };
    let mut days: Vec<Date> = changes.iter().map(|change| change.date).collect();
    days.dedup();
    let pairs = named.unwrap_or_else(|| busiest_pair(&ledger, world.region_count()));
    let paths: Vec<Path> =
        pairs.into_iter().filter_map(|pair| path(&ledger, &world, pair, span.0, &days)).collect();
    if let Some(file) = &arguments.averages_csv {
        write::file(file, &averages_table(&paths))?;
    }
    let reading = arguments.choice.reading.as_ref().map_or(String::new(), |id| format!(", as {id} reads it"));
    say!("{}{reading}, {} to {}, world {}", arguments.choice.name, span.0, span.1, world.name)?;
    say!("{}", ledger.title())?;
    if !paths.is_empty() {
        draw(&paths, span, &days)?;
    }
    list(&ledger, &changes, &days, &paths)
}

/// The pairs that the user names; `None` if there are none.
fn named_pairs(arguments: &Arguments, world: &World) -> Result<Option<Vec<(usize, usize)>>, Failure> {
    let (importers, exporters) = (&arguments.importer, &arguments.exporter);
    if importers.len() != exporters.len() {
        return Err(Failure::Input("give every --importer its --exporter".to_owned()));
    }
    if importers.len() > STROKES {
        return Err(Failure::Input(format!("a chart shows at most {STROKES} pairs")));
    }
    let mut pairs = Vec::new();
    for (importer, exporter) in importers.iter().zip(exporters) {
        let pair = (open::region(world, "importer", importer)?, open::region(world, "exporter", exporter)?);
        if pair.0 == pair.1 {
            return Err(Failure::Input(format!("{importer} does not tax itself")));
        }
        pairs.push(pair);
    }
    Ok((!pairs.is_empty()).then_some(pairs))
}

/// True if the measure stands between the two regions, or names nobody.
fn concerns(measure: &Measure, (a, b): (usize, usize)) -> bool {
    let names = |side: &[usize], region| side.is_empty() || side.contains(&region);
    let one_way = |by, on| names(&measure.by, by) && names(&measure.on, on);
    one_way(a, b) || one_way(b, a)
}

/// The two regions with most measures on each other, both ways; the one that
/// took more first.
fn busiest_pair(ledger: &Ledger, regions: usize) -> Vec<(usize, usize)> {
    let mut count = vec![0_usize; regions * regions];
    for measure in &ledger.measures {
        for by in &measure.by {
            measure.on.iter().filter(|on| *on != by).for_each(|on| count[by * regions + on] += 1);
        }
    }
    let pairs = (0..regions).flat_map(|a| (0..a).map(move |b| (b, a)));
    let both = |(a, b): (usize, usize)| count[a * regions + b] + count[b * regions + a];
    let busiest = pairs.filter(|pair| both(*pair) > 0).max_by_key(|pair| both(*pair));
    match busiest {
        Some((a, b)) if count[b * regions + a] > count[a * regions + b] => vec![(b, a), (a, b)],
        Some((a, b)) => vec![(a, b), (b, a)],
        None => Vec::new(),
    }
}

/// First and last day; `None` if nothing changes and the user names none.
fn span(arguments: &Arguments, changes: &[Change]) -> Result<Option<(Date, Date)>, Failure> {
    let (first, last) = (changes.first().map(|change| change.date), changes.last().map(|change| change.date));
    let Some((first, last)) = first.zip(last) else { return Ok(None) };
    // A fortieth of the time on both sides, so that the first and the last step are seen.
    let margin = ((last - first).get_days() / 40).max(1).days();
    let from = arguments.from.unwrap_or_else(|| first.saturating_sub(margin));
    let to = arguments.to.unwrap_or_else(|| last.saturating_add(margin));
    if from >= to {
        return Err(Failure::Input(format!("the time line from {from} to {to} has no days")));
    }
    Ok(Some((from, to)))
}

/// The averages on the first day and from each change on; `None` without trade.
fn path(ledger: &Ledger, world: &World, pair: (usize, usize), from: Date, days: &[Date]) -> Option<Path> {
    let weighting = Weighting::usual(world, pair.0);
    let later = days.iter().copied().filter(|day| *day > from);
    let steps: Option<Vec<_>> = std::iter::once(from)
        .chain(later)
        .map(|day| averages(ledger, world, day, pair, weighting).map(|found| (day, found)))
        .collect();
    let code = |region: usize| world.regions.code(region).to_owned();
    Some(Path { importer: code(pair.0), exporter: code(pair.1), steps: steps? })
}

impl Path {
    /// What holds on a day, per cent.
    fn weighted_percent(&self, day: Date) -> f64 {
        let past = self.steps.partition_point(|(from, _)| *from <= day);
        past.checked_sub(1).map_or(f64::NAN, |latest| 100.0 * self.steps[latest].1.weighted)
    }
}

fn draw(paths: &[Path], span: (Date, Date), days: &[Date]) -> Result<(), Failure> {
    let percent = |(day, found): &(Date, Averages)| (*day, 100.0 * found.weighted);
    let lines: Vec<Line> =
        paths.iter().map(|path| Line { steps: path.steps.iter().map(percent).collect() }).collect();
    let marks = main_days(paths, days);
    let width = open::terminal_width().map_or(WIDTH, usize::from);
    let chart = Chart { lines: &lines, span, marks: &marks, width };
    say!("\nAverage tariff on goods, %, weighted\n\n{}\n", chart.render())?;
    for (line, path) in paths.iter().enumerate() {
        let weights = path.steps.first().map_or("", |(_, found)| &found.weights);
        say!("{} {} on {}, weights: {weights}", stroke(line), path.importer, path.exporter)?;
    }
    if !marks.is_empty() {
        say!("Numbers: the days of the list on which the averages move most.")?;
    }
    Ok(())
}

/// The days on which the averages move most, in order, with their numbers in the list.
fn main_days(paths: &[Path], days: &[Date]) -> Vec<(Date, usize)> {
    let moved = |day: &Date| -> f64 {
        let step = |path: &Path| {
            let place = path.steps.iter().position(|(from, _)| from == day).filter(|place| *place > 0);
            place.map_or(0.0, |p| (path.steps[p].1.weighted - path.steps[p - 1].1.weighted).abs())
        };
        paths.iter().map(step).sum()
    };
    let mut numbered: Vec<(f64, Date, usize)> =
        days.iter().enumerate().map(|(place, day)| (moved(day), *day, place + 1)).collect();
    numbered.retain(|(points, ..)| *points > 0.0);
    numbered.sort_by(|a, b| b.0.total_cmp(&a.0));
    numbered.truncate(MOST_MARKS);
    let mut marks: Vec<(Date, usize)> = numbered.into_iter().map(|(_, day, number)| (day, number)).collect();
    marks.sort_unstable();
    marks
}

/// Every change, by day: the averages from then on, and what changed.
fn list(ledger: &Ledger, changes: &[Change], days: &[Date], paths: &[Path]) -> Result<(), Failure> {
    for (place, day) in days.iter().enumerate() {
        let average = |path: &Path| {
            format!("{} on {} {:.2} %", path.importer, path.exporter, path.weighted_percent(*day))
        };
        let averages: Vec<String> = paths.iter().map(average).collect();
        say!("\n{:>3}  {day}  {}", place + 1, averages.join(", "))?;
        for change in changes.iter().filter(|change| change.date == *day) {
            let measure = &ledger.measures[change.measure];
            say!("     {}: {}", measure.id, change.in_words(measure))?;
        }
    }
    Ok(())
}

fn averages_table(paths: &[Path]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and all records have the header's length.
    let _ = writer.write_record(AVERAGES);
    for path in paths {
        for (day, found) in &path.steps {
            let (day, simple) = (day.to_string(), found.simple.to_string());
            let weighted = found.weighted.to_string();
            let row = [&day, &path.importer, &path.exporter, &simple, &weighted, &found.weights];
            let _ = writer.write_record(row);
        }
    }
    writer.into_inner().unwrap_or_default()
}
