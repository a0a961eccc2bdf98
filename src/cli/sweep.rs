//! `detente sweep`: a scenario over draws and over values of its fields.

use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::progress::watched;
use super::{Common, Failure, open};
use crate::results::Variable;
use crate::scenario::Shelf;
use crate::scenario::draws::MOST_DRAWS;
use crate::scenario::open::read_text;
use crate::scenario::sweep::folder::{Finished, Quantiles};
use crate::scenario::sweep::plan::USUAL_CHUNK;
use crate::scenario::sweep::selection::Codes;
use crate::scenario::sweep::{self, Asked, Folder, Plan, Selection, SweepError, Text};

/// Arguments of `detente sweep`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The scenario file.
    scenario: PathBuf,
    /// Draws of elasticities, of the weeks and of drawn fields, in every combination.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_DRAWS as i64))]
    draws: u32,
    /// The folder of the table; empty or missing, unless --resume is written.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Fields of the scenario that vary, with their grids or distributions.
    #[arg(long, value_name = "FILE")]
    over: Option<PathBuf>,
    /// Go on in the folder of an interrupted sweep.
    #[arg(long)]
    resume: bool,
    /// Another seed, other draws; default: the scenario's own seeds.
    #[arg(long, value_name = "N")]
    seed: Option<u32>,
    /// Cases that are computed and written at once: what an interruption can cost.
    #[arg(long, value_name = "N", default_value_t = USUAL_CHUNK as u32, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    chunk: u32,
    #[command(flatten)]
    kept: Kept,
}

/// What is kept of a case.
#[derive(Debug, Args)]
struct Kept {
    /// Variables that are kept, separated by commas.
    #[arg(long, value_name = "NAMES")]
    variables: Option<String>,
    /// Regions that are kept: codes, `others` and `world` for the sums, or `all`.
    #[arg(long, value_name = "CODES", default_value = "all")]
    regions: String,
    /// Other regions of flows and tariffs that are kept: codes, `all` or `none`.
    #[arg(long, value_name = "CODES", default_value = "none")]
    partners: String,
    /// Sectors that are kept: codes, `all` or `none`.
    #[arg(long, value_name = "CODES", default_value = "none")]
    sectors: String,
}

/// Bytes that a row takes on disk: its value, which hardly compresses, and little else.
const BYTES_A_ROW: usize = 8;
/// Combinations that the summary shows.
const SHOWN: usize = 24;
/// Cases without an answer that are named.
const NAMED: usize = 5;

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let plan = plan(arguments, common)?;
    for remark in plan.remarks() {
        common.remark(remark.render(open::color()).trim_end());
    }
    let options = common.run_options();
    let mut folder = match arguments.resume {
        true => Folder::resume(&arguments.out, &plan)?,
        false => {
            announce(&plan, arguments, common)?;
            Folder::begin(&arguments.out, &plan)?
        }
    };
    for name in folder.dropped() {
        common.remark(&format!("{name} is not whole: its cases are computed again"));
    }
    if arguments.resume {
        let (missing, all) = (folder.missing().len(), plan.chunks());
        common.remark(&format!("{} of {all} parts are there, {missing} are to come", all - missing));
    }
    let finished = watched(&options.progress, common, || sweep::sweep(&plan, &mut folder, &options))?;
    say!("{}", Summary { plan: &plan, finished: &finished }.render())?;
    common.remark(&format!("the table is in {}", arguments.out.display()));
    match finished.problems.first() {
        Some((_, problem)) if finished.problems.len() == plan.cases() => {
            Err(Failure::NoEquilibrium(format!("no case has an answer; the first: {problem}")))
        }
        _ => Ok(()),
    }
}

fn plan(arguments: &Arguments, common: &Common) -> Result<Plan, Failure> {
    let path = &arguments.scenario;
    let shown = path.display().to_string();
    let name = path.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
    let scenario = text(path, "scenario")?;
    let over = arguments.over.as_deref().map(|path| text(path, "over-file")).transpose()?;
    let kept = &arguments.kept;
    let variables = kept.variables.as_deref().map(Selection::variables).transpose();
    let variables = variables.map_err(|e| Failure::Input(format!("--variables: {e}")))?;
    let selection = Selection {
        variables: variables.unwrap_or_else(|| Selection::default().variables),
        regions: Codes::of(&kept.regions),
        partners: Codes::of(&kept.partners),
        sectors: Codes::of(&kept.sectors),
    };
    let asked = Asked {
        draws: arguments.draws as usize,
        seed: arguments.seed,
        chunk: arguments.chunk as usize,
        selection,
        arithmetic: common.arithmetic(),
    };
    Ok(Plan::read(&name, &scenario, Shelf::beside(path), over.as_ref(), asked)?)
}

fn text(path: &Path, what: &str) -> Result<Text, Failure> {
    let shown = path.display().to_string();
    Ok(Text { text: read_text(&shown, path, what, &[])?, shown })
}

/// Computes one case, says how much the whole will be, and refuses variables of which
/// there is nothing.
fn announce(plan: &Plan, arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let rows = match plan.sample(&common.run_options()).map_err(SweepError::from)? {
        Ok(rows) => rows,
        Err(problem) => {
            common.remark(&format!("case 0 has no answer: {problem}"));
            return Ok(());
        }
    };
    let absent = |variable: &&Variable| !rows.iter().any(|row| row.variable == **variable);
    let absent: Vec<&str> =
        plan.asked.selection.variables.iter().filter(absent).map(|variable| variable.name()).collect();
    if arguments.kept.variables.is_some() && !absent.is_empty() {
        return Err(Failure::Input(format!(
            "--variables: nothing of {} would be kept; what is told by sector needs --sectors, what is told by \
             partner --partners, and the weeks a [short_run]",
            absent.join(", ")
        )));
    }
    let all = rows.len() * plan.cases();
    common.remark(&format!(
        "{} of {} rows in {}, about {}",
        counted(plan.cases(), "case"),
        rows.len(),
        counted(plan.chunks(), "part"),
        size(all * BYTES_A_ROW)
    ));
    Ok(())
}

/// `1 part`, `2 parts`.
fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// What is printed at the end.
struct Summary<'a> {
    plan: &'a Plan,
    finished: &'a Finished,
}

impl Summary<'_> {
    fn render(&self) -> String {
        let mut parts = vec![self.heading()];
        parts.extend(self.real_income());
        parts.extend(self.weeks());
        parts.extend(self.problems());
        parts.join("\n\n")
    }

    fn heading(&self) -> String {
        let table = self.finished.record.table.as_ref();
        let (rows, hash) = table.map_or((0, ""), |table| (table.rows, table.sha256.as_str()));
        let (plan, draws) = (self.plan, self.plan.asked.draws);
        let combinations = plan.over.combinations();
        let cases = match combinations {
            1 => counted(draws, "draw"),
            _ => format!("{combinations} combinations of {}", counted(draws, "draw")),
        };
        format!("{}\n{cases}, {rows} rows, SHA-256 of the table {hash}", plan.base.scenario.title)
    }

    /// Medians with 5 and 95 % of the draws: a line a combination and actor, phases as columns.
    fn real_income(&self) -> Option<String> {
        let scenario = &self.plan.base.scenario;
        let phases = scenario.phases.iter().enumerate().filter(|(place, _)| *place != scenario.against);
        let columns: Vec<(&str, &str)> =
            phases.map(|(_, phase)| (phase.name.as_str(), phase.title.as_str())).collect();
        let of = |line: &Quantiles| line.of.variable == Variable::WelfareExact;
        let against = &scenario.phases[scenario.against].title;
        let title = format!("Real income against \"{against}\", %: median (5 to 95 % of the draws)");
        self.table(&title, &columns, of, |line| line.of.run.clone(), 3, 1.0)
    }

    /// Value added lost until the last horizon.
    fn weeks(&self) -> Option<String> {
        let lost = || self.finished.quantiles.iter().filter(|q| q.of.variable == Variable::ValueAddedLost);
        let weeks: std::collections::BTreeSet<u32> = lost().filter_map(|line| line.of.week).collect();
        let weeks: Vec<String> = weeks.iter().map(u32::to_string).collect();
        let columns: Vec<(&str, &str)> = weeks.iter().map(|week| (week.as_str(), week.as_str())).collect();
        let of = |line: &Quantiles| line.of.variable == Variable::ValueAddedLost;
        let title = "Value added lost until week, billion USD: median (5 to 95 % of the draws)";
        self.table(
            title,
            &columns,
            of,
            |line| line.of.week.map_or(String::new(), |week| week.to_string()),
            2,
            1e3,
        )
    }

    fn table(
        &self,
        title: &str,
        columns: &[(&str, &str)],
        is_of: impl Fn(&Quantiles) -> bool,
        column_of: impl Fn(&Quantiles) -> String,
        digits: usize,
        unit: f64,
    ) -> Option<String> {
        let lines: Vec<&Quantiles> = self.finished.quantiles.iter().filter(|line| is_of(line)).collect();
        let mut keys: Vec<(usize, &str, &str)> = Vec::new();
        for line in &lines {
            let key = (line.of.combination, line.of.reading.as_str(), line.of.region.as_str());
            if !keys.contains(&key) && key.0 < SHOWN {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return None;
        }
        let order = |region: &str| self.plan.base.scenario.actors.iter().position(|actor| actor == region);
        keys.sort_by_key(|(combination, reading, region)| (*combination, *reading, order(region)));
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let mut heading: Vec<Cell> = self.grids().iter().map(|(_, name)| right((*name).to_owned())).collect();
        heading.push(Cell::new(""));
        heading.extend(columns.iter().map(|(_, title)| right((*title).to_owned())));
        table.add_row(heading);
        for (combination, reading, region) in keys {
            let values = self.plan.values(combination * self.plan.asked.draws);
            let mut cells: Vec<Cell> = Vec::new();
            for (place, _) in self.grids() {
                cells.push(right(self.plan.over.fields[place].unit.show(values[place])));
            }
            let label = if reading.is_empty() { region.to_owned() } else { format!("{region}, {reading}") };
            cells.push(Cell::new(label));
            for (column, _) in columns {
                let found = lines.iter().find(|line| {
                    let of = &line.of;
                    of.combination == combination
                        && of.reading == reading
                        && of.region == region
                        && column_of(line) == *column
                });
                cells.push(right(found.map_or("·".to_owned(), |q| {
                    let [low, median, high] =
                        [q.low, q.median, q.high].map(|value| format!("{:.digits$}", value / unit));
                    format!("{median} ({low} to {high})")
                })));
            }
            table.add_row(cells);
        }
        let mut text = format!("{title}\n");
        for line in table.lines() {
            text += &format!("  {}\n", line.trim_end());
        }
        let combinations = self.plan.over.combinations();
        if combinations > SHOWN {
            text += &format!("  and {} combinations more, in the table\n", combinations - SHOWN);
        }
        Some(text.trim_end().to_owned())
    }

    /// Fields with a grid: their place, and a short name.
    fn grids(&self) -> Vec<(usize, &str)> {
        let fields = self.plan.over.fields.iter().enumerate();
        let grids = fields.filter(|(_, field)| self.plan.over.grids().any(|(grid, _)| grid == *field));
        grids.map(|(place, field)| (place, field.path.as_str())).collect()
    }

    fn problems(&self) -> Option<String> {
        let problems = &self.finished.problems;
        if problems.is_empty() {
            return None;
        }
        let mut text = format!(
            "{} of {} cases have no answer; cases.parquet says why of each",
            problems.len(),
            self.plan.cases()
        );
        for (case, problem) in problems.iter().take(NAMED) {
            text += &format!("\n  case {case}: {problem}");
        }
        Some(text)
    }
}

impl From<SweepError> for Failure {
    fn from(e: SweepError) -> Self {
        match e {
            SweepError::Over(e) => e.into(),
            SweepError::Scenario(e) => e.into(),
            e => Self::Input(e.to_string()),
        }
    }
}
