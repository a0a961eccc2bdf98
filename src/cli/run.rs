//! `detente run`: everything a scenario asks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::read::{table, texts};
use super::summary::Summary;
use super::tornado::Page;
use super::{Common, Failure, cards, open, weeks};
use crate::document::{self, report::render_warnings};
use crate::report::{Report, Source};
use crate::results::Results;
use crate::results::provenance::{Manifest, sha256};
use crate::results::write::Files;
use crate::scenario::draws::MOST_DRAWS;
use crate::scenario::{
    Draws, LongRun, RunOptions, Scenario, ShortRun, Strategy, Tornado, price, run, short_run, strategy,
    tornado,
};
use crate::world::World;

/// Arguments of `detente run`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The scenario file.
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

/// How wide the page of what matters most is in a file.
const PAGE_WIDTH: usize = 110;

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
    let finished = compute(path, arguments.uncertainty, common)?;
    let mut written = Vec::new();
    if let Some(folder) = &arguments.out {
        let (named, now) = (path.display().to_string(), jiff::Timestamp::now().to_string());
        let files = finished.files(&named, &now, common)?;
        let manifest = finished.manifest(named, now, &files, started.elapsed().as_secs_f64(), common);
        let mut out = Files::new(folder)?;
        for (name, contents) in &files {
            out.add(name, contents)?;
        }
        out.add("manifest.json", manifest.to_json().as_bytes())?;
        out.publish()?;
        written.extend(files.iter().map(|(name, _)| *name));
    }
    match arguments.format {
        Format::Table => {
            say!("{}", finished.summary(open::terminal_width()))?;
            if let Some(page) = finished.page(open::terminal_width()) {
                say!("\n{}", page.trim_end())?;
            }
        }
        Format::Csv => say!("{}", String::from_utf8_lossy(&finished.long_run.results.to_csv()).trim_end())?,
        Format::Json => say!("{}", json_rows(&finished.long_run.results))?,
    }
    if common.verbose {
        let run = &finished.long_run;
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

/// A scenario with everything it names, and its answer.
struct Finished {
    scenario: Scenario,
    scenario_hash: String,
    world: open::OpenWorld,
    /// Names and hashes of the materials that were carved out of it.
    materials: Vec<(String, String)>,
    ledger: open::OpenLedger,
    long_run: LongRun,
    /// What matters most, where that was asked.
    tornado: Option<Tornado>,
    /// The weeks after a day, where the scenario asks for them, and the study they follow.
    short_run: Option<Weeks>,
    /// What two sides can do to each other, where the scenario asks for it.
    strategy: Option<Strategy>,
    /// What accounts of the talks say, where the scenario names some.
    accounts: Option<texts::OpenAccounts>,
}

/// The short run of a scenario with what it names beside the scenario's own.
struct Weeks {
    short_run: ShortRun,
    study: Option<open::OpenStudy>,
    world: World,
    /// Names and hashes of the materials that were carved out for it alone.
    materials: Vec<(String, String)>,
}

impl Weeks {
    fn of(
        scenario: &mut Scenario,
        path: &Path,
        text: &str,
        world: &World,
        common: &Common,
    ) -> Result<Self, Failure> {
        let folder = path.parent();
        let (mut world, mut materials) = (world.clone(), Vec::new());
        for name in scenario.short_run.iter().flat_map(|question| &question.materials) {
            let carved = open::carve(name, folder, &mut world)?;
            carved.report.stages.iter().flat_map(|stage| &stage.short).for_each(|short| common.remark(short));
            materials.push((name.clone(), carved.hash));
        }
        let quiet = Common { quiet: true, ..common.clone() };
        let ledger = open::ledger(&scenario.ledger, folder, &world, &quiet)?.ledger;
        let shown = path.display().to_string();
        let warnings = scenario.check_short_run(&shown, text, &world, &ledger)?;
        if !warnings.is_empty() {
            common.remark(&render_warnings(document::Kind::Scenario, &shown, text, &warnings, open::color()));
        }
        let Some(question) = &scenario.short_run else {
            return Err(Failure::Input("the scenario has no [short_run]".to_owned()));
        };
        let study = question.study.as_deref().map(|name| open::study(name, folder)).transpose()?;
        let actors: Vec<usize> =
            scenario.actors.iter().filter_map(|code| world.regions.find(code).ok()).collect();
        let of = study.as_ref().map(|study| &study.study);
        let mut short_run = short_run::run::weeks(question, &world, &ledger, of, &actors)?;
        let name: Arc<str> = scenario.name.as_str().into();
        short_run.results.rows.iter_mut().for_each(|row| row.scenario = name.clone());
        let read = price::weeks(scenario, question, &world, &ledger, of)?;
        short_run.results.rows.extend(read.rows);
        Ok(Self { short_run, study, world, materials })
    }
}

fn compute(path: &Path, asked: Uncertainty, common: &Common) -> Result<Finished, Failure> {
    let Uncertainty { draws, seed, tornado } = asked;
    let shown = path.display().to_string();
    let text = open::read_text(&shown, path, "scenario", &[])?;
    let name = path.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
    let mut scenario = Scenario::parse(&name, &shown, &text)?;
    if let Some(count) = draws {
        let asked = scenario.long_run.draws.unwrap_or(Draws { count: 0, spread: None, seed: 0 });
        scenario.long_run.draws = Some(Draws { count: count as usize, ..asked });
    }
    match (&mut scenario.long_run.draws, seed) {
        (Some(draws), Some(seed)) => draws.seed = seed,
        (None, Some(_)) => {
            return Err(Failure::Input("--seed: the scenario draws nothing; add --draws N".to_owned()));
        }
        _ => {}
    }
    let folder = path.parent();
    let mut world = open::world(&scenario.world, folder)?;
    let mut materials = Vec::new();
    for name in &scenario.materials {
        let carved = open::carve(name, folder, &mut world.world)?;
        carved.report.stages.iter().flat_map(|stage| &stage.short).for_each(|short| common.remark(short));
        materials.push((name.clone(), carved.hash));
    }
    let ledger = open::ledger(&scenario.ledger, folder, &world.world, common)?;
    let warnings = scenario.check(&shown, &text, &world.world, &ledger.ledger)?;
    if !warnings.is_empty() {
        common.remark(&render_warnings(document::Kind::Scenario, &shown, &text, &warnings, open::color()));
    }
    let accounts = match &scenario.accounts {
        Some(question) => Some(texts::of_scenario(question, &shown, &text, folder)?),
        None => None,
    };
    let options = RunOptions { arithmetic: common.arithmetic() };
    let mut long_run = run::run(&scenario, &world.world, &ledger.ledger, &options)?;
    let tornado = match tornado {
        true => Some(tornado::tornado(&scenario, &world.world, &ledger.ledger, &options)?),
        false => None,
    };
    let short_run = match scenario.short_run.is_some() {
        true => Some(Weeks::of(&mut scenario, path, &text, &world.world, common)?),
        false => None,
    };
    if let Some(weeks) = &short_run {
        long_run.results.rows.extend(weeks.short_run.results.rows.iter().cloned());
    }
    let strategy = match scenario.strategy.is_some() {
        true => {
            let started = Instant::now();
            let weeks = short_run.as_ref().map(|weeks| &weeks.short_run);
            let found = strategy::run(&scenario, &world.world, &ledger.ledger, weeks, &options)?;
            if common.verbose {
                super::complain(format_args!("strategy: {:.2} seconds", started.elapsed().as_secs_f64()));
            }
            Some(found)
        }
        false => None,
    };
    if let Some(strategy) = &strategy {
        long_run.results.rows.extend(strategy.results.rows.iter().cloned());
    }
    let scenario_hash = sha256(text.as_bytes());
    Ok(Finished {
        scenario,
        scenario_hash,
        world,
        materials,
        ledger,
        long_run,
        tornado,
        short_run,
        strategy,
        accounts,
    })
}

impl Finished {
    fn summary(&self, width: Option<u16>) -> String {
        let (scenario, world) = (&self.scenario, &self.world.world);
        let mut pages = vec![self.runs(width)];
        let cards = self.strategy.as_ref().map(|strategy| cards::Page { scenario, world, strategy }.render());
        pages.extend(cards);
        pages.extend(self.accounts.as_ref().map(|texts::OpenAccounts { told, .. }| {
            format!("What each side says\n\n{}", table::page(&told.reading, &told.lexicon))
        }));
        let pages: Vec<&str> = pages.iter().map(|page| page.trim_end()).collect();
        pages.join("\n\n")
    }

    /// The long run and the weeks.
    fn runs(&self, width: Option<u16>) -> String {
        let (scenario, long_run) = (&self.scenario, &self.long_run);
        let world = &self.world.world;
        let summary = Summary { scenario, world, ledger: &self.ledger.ledger, long_run };
        let long = summary.render(width);
        let Some(Weeks { short_run, world, .. }) = &self.short_run else { return long };
        let compared = scenario.phases.iter().enumerate().filter(|(place, _)| *place != scenario.against);
        let last = compared.map(|(_, phase)| phase).next_back();
        let page = weeks::Page {
            world,
            actors: &scenario.actors,
            short_run,
            long_run: last.map(|phase| (&long_run.results, phase.name.as_str(), phase.title.as_str())),
        };
        format!("{}\n\n{}\n{}", long.trim_end(), page.render().trim_end(), summary.weeks_read())
    }

    /// Options that change results.
    fn options(&self, common: &Common) -> BTreeMap<String, String> {
        let mut options = BTreeMap::from([("reproducible".to_owned(), common.reproducible.to_string())]);
        if let Some(draws) = self.long_run.draws {
            options.insert("draws".to_owned(), draws.count.to_string());
            options.insert("seed".to_owned(), draws.seed.to_string());
        }
        options
    }

    fn inputs(&self) -> BTreeMap<String, String> {
        let mut inputs = BTreeMap::from([
            ("scenario".to_owned(), self.scenario_hash.clone()),
            (format!("world {}", self.world.world.name), self.world.hash.clone()),
            (format!("ledger {}", self.scenario.ledger), self.ledger.hash.clone()),
        ]);
        let materials = self.materials.iter().map(|(name, hash)| (format!("material {name}"), hash.clone()));
        inputs.extend(materials);
        inputs.extend(self.accounts.iter().flat_map(|accounts| accounts.hashes.clone()));
        if let Some(weeks) = &self.short_run {
            let materials =
                weeks.materials.iter().map(|(name, hash)| (format!("material {name}"), hash.clone()));
            inputs.extend(materials);
            let study =
                weeks.study.iter().map(|study| (format!("study {}", study.study.name), study.hash.clone()));
            inputs.extend(study);
        }
        inputs
    }

    /// The files of the result, by name; `named` is the scenario as it was named, `finished`
    /// when the run ended: the report says both.
    fn files(
        &self,
        named: &str,
        finished: &str,
        common: &Common,
    ) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
        let mut files = output_files(&self.long_run.results)?.to_vec();
        files.push(("report.html", self.report(named, finished, common)?.into_bytes()));
        if !self.long_run.drivers.is_empty() {
            files.push(("drivers.csv", self.drivers_csv()));
        }
        if let Some(tornado) = &self.tornado {
            files.push(("tornado.csv", super::tornado::csv(tornado, &self.world.world)));
            files.push(("tornado.txt", self.page(None).unwrap_or_default().into_bytes()));
        }
        Ok(files)
    }

    /// The run as one page of HTML.
    fn report(&self, named: &str, finished: &str, common: &Common) -> Result<String, Failure> {
        let mut command = format!("detente run {named}");
        for (name, value) in self.options(common) {
            command += &match value.as_str() {
                "false" => continue,
                "true" => format!(" --{name}"),
                value => format!(" --{name} {value}"),
            };
        }
        if self.tornado.is_some() {
            command += " --tornado";
        }
        let date = finished.split('T').next().unwrap_or_default().to_owned();
        let report = Report {
            scenario: &self.scenario,
            world: &self.world.world,
            ledger: &self.ledger.ledger,
            long_run: &self.long_run,
            results: &self.long_run.results,
            short_run: self.short_run.as_ref().map(|weeks| (&weeks.short_run, &weeks.world)),
            accounts: self.accounts.as_ref().map(|accounts| &accounts.told),
            source: &Source { command, date, inputs: self.inputs() },
        };
        report.render().map_err(|e| Failure::Input(format!("the report cannot be written: {e}")))
    }

    /// What matters most, as one page.
    fn page(&self, width: Option<u16>) -> Option<String> {
        let (scenario, world) = (&self.scenario, &self.world.world);
        let page = Page { scenario, world, tornado: self.tornado.as_ref()? };
        Some(page.render(width.map_or(PAGE_WIDTH, usize::from)))
    }

    /// What the actors' real incomes hang on, largest effects first.
    fn drivers_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and all records have the header's length.
        let _ = writer.write_record(["run", "reading", "region", "elasticity", "effect"]);
        for driver in &self.long_run.drivers {
            let sector = driver.sector.map_or("all", |sector| self.world.world.sectors.code(sector));
            let effect = driver.effect.to_string();
            let _ = writer.write_record([&*driver.run, &*driver.reading, &*driver.region, sector, &effect]);
        }
        writer.into_inner().unwrap_or_default()
    }

    fn manifest(
        &self,
        named: String,
        finished: String,
        files: &[(&str, Vec<u8>)],
        seconds: f64,
        common: &Common,
    ) -> Manifest {
        Manifest {
            detente: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: named,
            inputs: self.inputs(),
            outputs: hashes(files),
            options: self.options(common),
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
    let text = open::read_text(&shown, path, "manifest", &[])?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|e| Failure::Input(format!("{shown} is not a manifest of detente: {e}")))?;
    let reproducible = manifest.options.get("reproducible").is_some_and(|value| value == "true");
    let common = Common { reproducible: common.reproducible || reproducible, ..common.clone() };
    let number = |name: &str| manifest.options.get(name).and_then(|number| number.parse().ok());
    let tornado = manifest.outputs.contains_key("tornado.csv");
    let asked = Uncertainty { draws: number("draws"), seed: number("seed"), tornado };
    let finished = compute(&scenario_of(&manifest, path), asked, &common)?;
    // The report says what was asked and when; the rest of it must come out the same.
    let outputs = hashes(&finished.files(&manifest.scenario, &manifest.finished, &common)?);
    let differs = differences(&manifest.inputs, &finished.inputs())
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
    } else if !reproducible && manifest.inputs == finished.inputs() {
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

fn json_rows(results: &Results) -> String {
    let rows: Vec<_> = results
        .rows
        .iter()
        .map(|row| {
            json!({
                "run": &*row.run, "scenario": &*row.scenario, "reading": &*row.reading,
                "date": row.date.map(|d| d.to_string()), "week": row.week,
                "region": &*row.region, "partner": &*row.partner, "sector": &*row.sector,
                "variable": row.variable.name(), "unit": row.variable.unit(),
                "value": row.value, "low": row.low, "high": row.high,
            })
        })
        .collect();
    // Strings and finite numbers always serialise.
    serde_json::to_string_pretty(&rows).unwrap_or_default()
}
