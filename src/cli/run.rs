//! `detente run`: everything a scenario asks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::progress::watched;
use super::read::table;
use super::summary::Summary;
use super::tornado::Page;
use super::{Common, Failure, cards, open, weeks};
use crate::report::{Report, Source};
use crate::results::Results;
use crate::results::provenance::{Manifest, sha256};
use crate::results::write::Files;
use crate::scenario::draws::MOST_DRAWS;
use crate::scenario::open::read_text;
use crate::scenario::{Answer, Asked, Question, Shelf, shipped};

/// Arguments of `detente run`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The scenario file, or a scenario that ships.
    #[arg(required_unless_present = "check", conflicts_with = "check")]
    scenario: Option<PathBuf>,
    /// Write results.csv, results.parquet, report.html and manifest.json to this folder, and what else was asked.
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    out: Option<PathBuf>,
    #[command(flatten)]
    uncertainty: Uncertainty,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Run the scenario of a manifest again and compare every hash.
    #[arg(long, value_name = "MANIFEST")]
    check: Option<PathBuf>,
}

/// What the command asks beyond the scenario.
#[derive(Clone, Copy, Debug, Args)]
struct Uncertainty {
    /// Draw elasticities this often: ranges are then 5 to 95 % of the draws.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=MOST_DRAWS as i64), conflicts_with = "check")]
    draws: Option<u32>,
    /// Another seed, other draws.
    #[arg(long, value_name = "N", conflicts_with = "check")]
    seed: Option<u32>,
    /// Show what matters most for the actors' real incomes: each uncertain thing moved alone.
    #[arg(long, conflicts_with = "check")]
    tornado: bool,
}

impl Uncertainty {
    fn asked(self) -> Asked {
        let Self { draws, seed, tornado } = self;
        Asked { draws, seed, tornado, ..Asked::default() }
    }
}

/// How wide the page of what matters most is in a file.
const PAGE_WIDTH: usize = 110;

/// What a manifest says of a part that was not computed.
const LEFT_OUT: &str = "left out";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A summary for people, phases as columns.
    Table,
    /// The long table.
    Csv,
    /// The long table, an object a row.
    Json,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    match (&arguments.check, &arguments.scenario) {
        (Some(manifest), _) => check(manifest, common),
        (None, Some(scenario)) => run_file(scenario, arguments, common),
        // The parser of arguments asks for one of the two.
        (None, None) => Err(Failure::Input("name a scenario file".to_owned())),
    }
}

fn run_file(path: &Path, arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let started = Instant::now();
    let finished = compute(path, arguments.uncertainty.asked(), common)?;
    let mut written = Vec::new();
    if let Some(folder) = &arguments.out {
        let seconds = || started.elapsed().as_secs_f64();
        written = finished.write(folder, &path.display().to_string(), seconds)?;
    }
    match arguments.format {
        Format::Table => {
            say!("{}", finished.summary(open::terminal_width()))?;
            if let Some(page) = finished.page(open::terminal_width()) {
                say!("\n{}", page.trim_end())?;
            }
        }
        Format::Csv => {
            say!("{}", String::from_utf8_lossy(&finished.answer.long_run.results.to_csv()).trim_end())?
        }
        Format::Json => say!("{}", finished.answer.results().to_json())?,
    }
    if common.verbose {
        let run = &finished.answer.long_run;
        super::complain(format_args!(
            "at most {} evaluations, largest residual {:.1e}",
            run.evaluations, run.residual
        ));
    }
    match &arguments.out {
        Some(folder) => {
            let (written, folder) = (written.join(", "), folder.display());
            common.remark(&format!("wrote {written} and manifest.json to {folder}"));
        }
        None if arguments.format == Format::Table => {
            common.remark("--out DIR writes every number as CSV and Parquet, with a manifest of hashes");
        }
        None => {}
    }
    Ok(())
}

/// A scenario's answer, as it is shown and written.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The answer.
    pub answer: Answer,
    /// What was asked beyond the scenario's own words.
    pub asked: Asked,
    /// Whether it was computed with plain arithmetic in a fixed order.
    pub reproducible: bool,
}

fn compute(path: &Path, asked: Asked, common: &Common) -> Result<Finished, Failure> {
    let shown = path.display().to_string();
    let name = path.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
    // A file before the scenario that ships under its name.
    let question = match shipped::scenario(&shown).filter(|_| !path.is_file()) {
        Some(text) => Question::read(&name, &shown, text, &Shelf::Shipped, &asked)?,
        None => {
            let names: Vec<&str> = shipped::names().collect();
            let text = read_text(&shown, path, "scenario", &names)?;
            Question::read(&name, &shown, &text, &Shelf::beside(path), &asked)?
        }
    };
    for remark in &question.remarks {
        common.remark(remark.render(open::color()).trim_end());
    }
    let options = common.run_options();
    let answer = watched(&options.progress, common, || question.answer(&asked, &options))?;
    if common.verbose && answer.strategy.is_some() {
        super::complain(format_args!("strategy: {:.2} seconds", answer.strategy_seconds));
    }
    Ok(Finished { answer, asked, reproducible: common.reproducible })
}

impl Finished {
    /// What a terminal shows; `width` in characters, none for a file.
    pub fn summary(&self, width: Option<u16>) -> String {
        let question = &self.answer.question;
        let (scenario, world) = (&question.scenario, &question.world.world);
        let mut pages = vec![self.runs(width)];
        let cards =
            self.answer.strategy.as_ref().map(|strategy| cards::Page { scenario, world, strategy }.render());
        pages.extend(cards);
        pages.extend(question.accounts.as_ref().map(|accounts| {
            let page = table::page(&accounts.told.reading, &accounts.told.lexicon);
            format!("What each side says\n\n{page}")
        }));
        let pages: Vec<&str> = pages.iter().map(|page| page.trim_end()).collect();
        pages.join("\n\n")
    }

    /// The long run and the weeks.
    fn runs(&self, width: Option<u16>) -> String {
        let Answer { question, long_run, .. } = &self.answer;
        let (scenario, world) = (&question.scenario, &question.world.world);
        let summary = Summary { scenario, world, ledger: &question.ledger.ledger, long_run };
        let long = summary.render(width);
        let Some((short_run, world)) = self.answer.weeks() else { return long };
        let compared = scenario.phases.iter().enumerate().filter(|(place, _)| *place != scenario.against);
        let last = compared.map(|(_, phase)| phase).next_back();
        let page = weeks::Page {
            world,
            actors: &scenario.actors,
            short_run,
            long_run: last.map(|phase| (&long_run.results, phase.name.as_str(), phase.title.as_str())),
            width,
        };
        format!("{}\n\n{}\n{}", long.trim_end(), page.render().trim_end(), summary.weeks_read())
    }

    /// Writes results.csv, results.parquet, report.html, what else was asked, and
    /// manifest.json to a folder: all of them or none. `named` is the scenario as it was
    /// named, `seconds` how long everything took. Returns the names but the manifest's.
    ///
    /// # Errors
    /// [`Failure`] if a file cannot be written.
    pub fn write(
        &self,
        folder: &Path,
        named: &str,
        seconds: impl FnOnce() -> f64,
    ) -> Result<Vec<&'static str>, Failure> {
        let now = jiff::Timestamp::now().to_string();
        let files = self.files(named, &now)?;
        let manifest = self.manifest(named.to_owned(), now, &files, seconds());
        let mut out = Files::new(folder)?;
        for (name, contents) in &files {
            out.add(name, contents)?;
        }
        out.add("manifest.json", manifest.to_json().as_bytes())?;
        out.publish()?;
        Ok(files.iter().map(|(name, _)| *name).collect())
    }

    /// The files of the result, by name; `named` is the scenario as it was named, `finished`
    /// when the run ended: the report says both.
    ///
    /// # Errors
    /// [`Failure`] if a table or the report cannot be written.
    fn files(&self, named: &str, finished: &str) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
        let mut files = output_files(self.answer.results())?.to_vec();
        files.push(("report.html", self.report(named, finished)?.into_bytes()));
        if !self.answer.long_run.drivers.is_empty() {
            files.push(("drivers.csv", self.drivers_csv()));
        }
        if let Some(tornado) = &self.answer.tornado {
            files.push(("tornado.csv", super::tornado::csv(tornado, &self.answer.question.world.world)));
            files.push(("tornado.txt", self.page(None).unwrap_or_default().into_bytes()));
        }
        Ok(files)
    }

    /// The run as one page of HTML; `named` is the scenario as it was named, `finished` when
    /// the run ended: the page says both.
    ///
    /// # Errors
    /// [`Failure`] if the page cannot be written.
    pub fn report(&self, named: &str, finished: &str) -> Result<String, Failure> {
        let command = self.answer.command(named, self.reproducible);
        let date = finished.split('T').next().unwrap_or_default().to_owned();
        let source = Source { command, date, inputs: self.answer.inputs() };
        let report = Report::of(&self.answer, &source);
        report.render().map_err(|e| Failure::Input(format!("the report cannot be written: {e}")))
    }

    /// Options that change results, as the manifest has them.
    fn options(&self) -> BTreeMap<String, String> {
        let mut options = self.answer.options(self.reproducible);
        for (name, asked) in [("weeks", self.asked.weeks), ("strategy", self.asked.strategy)] {
            if !asked {
                options.insert(name.to_owned(), LEFT_OUT.to_owned());
            }
        }
        options.extend(self.asked.weeks_draws.map(|draws| ("weeks_draws".to_owned(), draws.to_string())));
        options
    }

    /// The command that gives the same; none for what only a program can leave out.
    pub fn command(&self, named: &str) -> Option<String> {
        let whole = self.asked.weeks && self.asked.strategy && self.asked.weeks_draws.is_none();
        whole.then(|| self.answer.command(named, self.reproducible))
    }

    /// What matters most, as one page.
    pub fn page(&self, width: Option<u16>) -> Option<String> {
        let question = &self.answer.question;
        let (scenario, world) = (&question.scenario, &question.world.world);
        let page = Page { scenario, world, tornado: self.answer.tornado.as_ref()? };
        Some(page.render(width.map_or(PAGE_WIDTH, usize::from)))
    }

    /// What the actors' real incomes hang on, largest effects first.
    fn drivers_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and all records have the header's length.
        let _ = writer.write_record(["run", "reading", "region", "elasticity", "effect"]);
        for driver in &self.answer.long_run.drivers {
            let sector =
                driver.sector.map_or("all", |sector| self.answer.question.world.world.sectors.code(sector));
            let effect = driver.effect.to_string();
            let _ = writer.write_record([&*driver.run, &*driver.reading, &*driver.region, sector, &effect]);
        }
        writer.into_inner().unwrap_or_default()
    }

    fn manifest(&self, named: String, finished: String, files: &[(&str, Vec<u8>)], seconds: f64) -> Manifest {
        Manifest {
            detente: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: named,
            inputs: self.answer.inputs(),
            outputs: hashes(files),
            options: self.options(),
            finished,
            seconds,
        }
    }
}

/// The table of results as files, by name.
pub(super) fn output_files(results: &Results) -> Result<[(&'static str, Vec<u8>); 2], Failure> {
    let parquet = results
        .to_parquet()
        .map_err(|e| Failure::Input(format!("the table cannot be written as Parquet: {e}")))?;
    Ok([("results.csv", results.to_csv()), ("results.parquet", parquet)])
}

fn hashes(files: &[(&str, Vec<u8>)]) -> BTreeMap<String, String> {
    files.iter().map(|(name, contents)| ((*name).to_owned(), sha256(contents))).collect()
}

/// Runs the scenario of a manifest again and compares hashes.
fn check(path: &Path, common: &Common) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let text = read_text(&shown, path, "manifest", &[])?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|e| Failure::Input(format!("{shown} is not a manifest of detente: {e}")))?;
    let reproducible = manifest.options.get("reproducible").is_some_and(|value| value == "true");
    let common = Common { reproducible: common.reproducible || reproducible, ..common.clone() };
    let number = |name: &str| manifest.options.get(name).and_then(|number| number.parse().ok());
    let tornado = manifest.outputs.contains_key("tornado.csv");
    let left_out = |name: &str| manifest.options.get(name).is_some_and(|value| value == LEFT_OUT);
    let asked = Asked {
        draws: number("draws"),
        seed: number("seed"),
        tornado,
        weeks: !left_out("weeks"),
        weeks_draws: number("weeks_draws").map(|draws| draws as usize),
        strategy: !left_out("strategy"),
    };
    let finished = compute(&scenario_of(&manifest, path), asked, &common)?;
    // The report says what was asked and when; the rest of it must come out the same.
    let outputs = hashes(&finished.files(&manifest.scenario, &manifest.finished)?);
    let differs = differences(&manifest.inputs, &finished.answer.inputs())
        .chain(differences(&manifest.outputs, &outputs))
        .collect::<Vec<_>>();
    if differs.is_empty() {
        say!("identical: {} inputs and {} outputs", manifest.inputs.len(), manifest.outputs.len())?;
        return Ok(());
    }
    let mut report = format!("not identical to {shown}: {}", differs.join(", "));
    if manifest.detente != env!("CARGO_PKG_VERSION") {
        let version = &manifest.detente;
        report += &format!("; the manifest is of version {version}, this is {}", env!("CARGO_PKG_VERSION"));
    } else if !reproducible && manifest.inputs == finished.answer.inputs() {
        report += "; without --reproducible another processor may differ in the last digits";
    }
    Err(Failure::Check(report))
}

/// The scenario file of a manifest: as it was named then, from here or from
/// the manifest's own folder.
fn scenario_of(manifest: &Manifest, path: &Path) -> PathBuf {
    let named = PathBuf::from(&manifest.scenario);
    let beside = path.parent().unwrap_or(Path::new(".")).join(&named);
    if !named.exists() && beside.exists() { beside } else { named }
}

/// Names whose hashes are not the same in both maps.
fn differences<'a>(
    old: &'a BTreeMap<String, String>,
    new: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = String> {
    let gone = old.iter().filter(|(name, hash)| new.get(*name) != Some(hash)).map(|(name, _)| name.clone());
    let added = new.keys().filter(|name| !old.contains_key(*name)).cloned();
    gone.chain(added).collect::<Vec<_>>().into_iter()
}
