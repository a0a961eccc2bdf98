//! The report of a run: one HTML file that opens offline from disk.
//!
//! ```text
//! Results + the scenario's own words ──▶ sections of figures ──▶ report.html
//! ```
//!
//! Everything that is shown is drawn from the rows of [`Results`], from the verdicts of
//! [`Strategy`], and from what the scenario, the world and the ledger say of themselves;
//! only the days between the phases are read from the ledger again. A section is there only
//! if the scenario has what it shows. Each file of this folder writes one section or one
//! figure; [`figure`] is the frame that all figures have, `part` puts the readings of a
//! section side by side, `templates/` is the page, `charts/` the drawings: JavaScript,
//! bundled into one file that ships with the program.
//!
//! The page holds no date but the one it is given, so the same run gives the same bytes.

mod accounts;
mod bystanders;
pub mod compare;
mod dumbbells;
pub mod figure;
mod findings;
mod map;
mod matters;
pub mod methods;
pub mod part;
mod quotes;
mod readings;
mod record;
mod sectors;
mod stops;
mod strategy;
mod tariffs;
mod weeks;
mod welfare;
pub mod words;

use std::collections::BTreeMap;

use askama::Template;
use serde_json::{Map, Value};

use crate::ledger::Ledger;
use crate::results::{ByVariable, Results, Row, Variable};
use crate::scenario::{Answer, LongRun, Memory, Phase, Scenario, ShortRun, Strategy, Told, Tornado};
use crate::world::World;
use figure::Section;
use part::Part;
use words::Number;

/// The drawings of all charts, with the library they are drawn by.
const CHARTS: &str = include_str!("charts/bundle.js");
/// The look of the page.
pub const STYLE: &str = include_str!("templates/style.css");

/// What a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The question.
    pub scenario: &'a Scenario,
    /// The world it was asked of.
    pub world: &'a World,
    /// The measures.
    pub ledger: &'a Ledger,
    /// The long run.
    pub long_run: &'a LongRun,
    /// Every row of the run: long run, weeks, strategy.
    pub results: &'a Results,
    /// Where they are.
    pub by_variable: &'a ByVariable,
    /// The weeks, where they were asked for, and the world they were computed in.
    pub short_run: Option<(&'a ShortRun, &'a World)>,
    /// What two sides can do to each other, where it was asked for.
    pub strategy: Option<&'a Strategy>,
    /// What matters most, where it was asked for.
    pub tornado: Option<&'a Tornado>,
    /// The reading whose numbers a section shows; `None`: the first of the scenario. The
    /// page has them all.
    pub reading: Option<&'a str>,
    /// What accounts of the talks say, where some are named.
    pub accounts: Option<&'a Told>,
    /// Where it comes from.
    pub source: &'a Source,
    /// What is known of the inputs from other reports of them.
    pub memory: &'a Memory,
}

/// Writes a section of the page; none where the scenario does not have what it shows.
type Writer = fn(&Report<'_>) -> Option<Section>;

/// The sections in the order of the page.
const SECTIONS: [Writer; 12] = [
    findings::section,
    tariffs::section,
    welfare::section,
    bystanders::section,
    sectors::section,
    matters::section,
    weeks::section,
    stops::section,
    strategy::section,
    readings::section,
    accounts::section,
    methods::section,
];

/// Where a run comes from, for the footers.
#[derive(Clone, Debug)]
pub struct Source {
    /// The command that made it.
    pub command: String,
    /// The day on which it ran, UTC.
    pub date: String,
    /// SHA-256 of each input, by what it is, as in the manifest.
    pub inputs: BTreeMap<String, String>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    title: &'a str,
    subtitle: String,
    parts: Vec<Part>,
    readings: &'a [String],
    footer: String,
    sources: &'a [crate::world::Source],
    inputs: &'a BTreeMap<String, String>,
    charts: String,
    source: &'a Source,
    version: &'static str,
    style: &'static str,
    script: &'static str,
}

impl<'a> Report<'a> {
    /// The report of an answer.
    pub fn of(answer: &'a Answer, source: &'a Source) -> Self {
        let question = &answer.question;
        Self {
            scenario: &question.scenario,
            world: &question.world.world,
            ledger: &question.ledger.ledger,
            long_run: &answer.long_run,
            results: answer.results(),
            by_variable: &answer.by_variable,
            short_run: answer.weeks(),
            strategy: answer.strategy.as_ref(),
            tornado: answer.tornado.as_ref(),
            accounts: question.accounts.as_ref().map(|accounts| &accounts.told),
            reading: None,
            memory: &answer.memory,
            source,
        }
    }
}

impl Report<'_> {
    /// The page.
    ///
    /// # Errors
    /// Never of what it is made of: [`askama::Error`] is what writing to text can give.
    pub fn render(&self) -> Result<String, askama::Error> {
        let parts = self.parts();
        let charts = drawings(&parts);
        Page {
            title: &self.scenario.title,
            subtitle: self.subtitle(),
            parts,
            readings: if self.scenario.readings.len() > 1 { &self.scenario.readings } else { &[] },
            footer: self.footer(),
            sources: &self.world.sources,
            inputs: &self.source.inputs,
            // No text in it can end the element that holds it.
            charts: Value::Object(charts).to_string().replace('<', "\\u003c"),
            source: self.source,
            version: env!("CARGO_PKG_VERSION"),
            style: STYLE,
            script: CHARTS,
        }
        .render()
    }

    /// Its parts, first to last.
    pub fn parts(&self) -> Vec<Part> {
        SECTIONS.iter().filter_map(|section| self.part(*section)).collect()
    }

    /// A section under every reading.
    fn part(&self, section: Writer) -> Option<Part> {
        let readings = &self.scenario.readings;
        let mut views: Vec<(&str, Section)> = readings
            .iter()
            .filter_map(|id| Some((id.as_str(), section(&Report { reading: Some(id), ..*self })?)))
            .collect();
        if readings.is_empty() {
            views.extend(section(self).map(|section| ("", section)));
        }
        Part::of(views)
    }

    fn against(&self) -> &Phase {
        &self.scenario.phases[self.scenario.against]
    }

    /// Phases that are compared with another.
    fn compared(&self) -> impl Iterator<Item = &Phase> {
        let against = self.scenario.against;
        self.scenario.phases.iter().enumerate().filter(move |(at, _)| *at != against).map(|(_, phase)| phase)
    }

    /// The reading that is shown; empty if the ledger is taken as it is.
    fn reading(&self) -> &str {
        let first = self.scenario.readings.first().map(String::as_str);
        self.reading.or(first).unwrap_or_default()
    }

    /// The ledger as the reading that is shown has it.
    fn ledger_read(&self) -> Ledger {
        match self.reading() {
            "" => self.ledger.clone(),
            id => self.ledger.as_read_by(id),
        }
    }

    /// What is compared with what.
    pub fn subtitle(&self) -> String {
        let phases: Vec<String> =
            self.compared().map(|phase| format!("{} ({})", phase.title, phase.date)).collect();
        let against = self.against();
        format!("{} against {} ({})", words::list(&phases), against.title, against.date)
    }

    /// `long run, against Before (2025-01-19); ranges: …`, for the subtitles of the long run.
    fn basis(&self) -> String {
        let against = self.against();
        let reading = match self.reading() {
            "" => String::new(),
            id => format!("; as {id} reads the measures"),
        };
        format!("long run, against {} ({}); ranges: {}{reading}", against.title, against.date, self.range())
    }

    /// What a range of the long run is.
    fn range(&self) -> String {
        match self.long_run.draws {
            Some(draws) => format!("5 to 95 % of {} draws of the elasticities", draws.count),
            None => format!("over {} published sets of trade elasticities", self.long_run.range.len()),
        }
    }

    /// What stands under every figure.
    pub fn footer(&self) -> String {
        let ledger = format!("ledger {}", self.scenario.ledger);
        let hash = self.source.inputs.get(&ledger).map_or("", String::as_str);
        let hash: String = hash.chars().take(12).collect();
        format!(
            "World {} (terms under Sources); {ledger}, SHA-256 {hash}…; detente {}",
            self.world.name,
            env!("CARGO_PKG_VERSION")
        )
    }

    /// Rows of a variable in the first reading.
    fn rows(&self, variable: Variable) -> impl Iterator<Item = &Row> {
        let reading = self.reading();
        let of_variable = self.by_variable.rows(self.results, variable);
        of_variable.filter(move |row| &*row.reading == reading)
    }

    /// A number of the long run, divided by `unit`.
    fn find(&self, run: &str, variable: Variable, region: &str, sector: &str, unit: f64) -> Option<Number> {
        let found = self.rows(variable).find(|row| {
            &*row.run == run
                && &*row.region == region
                && row.partner.is_empty()
                && &*row.sector == sector
                && row.week.is_none()
        });
        found.map(|row| Number::of(row, unit))
    }

    /// The phase in which the actors' incomes move most.
    fn hardest(&self) -> Option<&Phase> {
        let moved = |phase: &Phase| -> f64 {
            let of = |actor: &String| self.find(&phase.name, Variable::WelfareExact, actor, "", 1.0);
            self.scenario.actors.iter().filter_map(of).map(|number| number.value.abs()).sum()
        };
        self.compared().max_by(|a, b| moved(a).total_cmp(&moved(b)))
    }

    /// The name of a region, or what stands for several.
    fn region(&self, code: &str) -> String {
        match code {
            "" => "World".to_owned(),
            "others" => "All others".to_owned(),
            code => self
                .world
                .regions
                .find(code)
                .map_or(code.to_owned(), |region| self.world.regions.name(region).to_owned()),
        }
    }

    /// The name of a region inside a sentence: `the United States`.
    fn said(&self, code: &str) -> String {
        words::in_sentence(&self.region(code))
    }

    fn is_actor(&self, code: &str) -> bool {
        self.scenario.actors.iter().any(|actor| actor == code)
    }

    /// The title of a phase by its name; of what is no phase the name itself.
    fn phase_title<'p>(&'p self, name: &'p str) -> &'p str {
        let phase = self.scenario.phases.iter().find(|phase| phase.name == name);
        phase.map_or(name, |phase| phase.title.as_str())
    }
}

/// A part as it stands on the page, on its own.
#[derive(Template)]
#[template(path = "part.html")]
struct Alone<'a> {
    part: &'a Part,
    footer: &'a str,
    source: &'a Source,
}

/// A part as HTML: what stands on the page of a [`Report`], on its own. `footer` and
/// `source` stand under each of its figures.
///
/// # Errors
/// Never of what it is made of: [`askama::Error`] is what writing to text can give.
pub fn html(part: &Part, footer: &str, source: &Source) -> Result<String, askama::Error> {
    Alone { part, footer, source }.render()
}

/// What the drawings of parts are made of, by the id of the figure.
pub fn drawings(parts: &[Part]) -> Map<String, Value> {
    let drawn = parts.iter().flat_map(|part| &part.views).flat_map(|view| &view.section.figures);
    drawn.filter_map(|figure| Some((figure.id.clone(), figure.chart.clone()?))).collect()
}

/// The name of a sector with its code, `C27 Electrical equipment`.
fn sector_label(world: &World, code: &str) -> String {
    match world.sectors.find(code) {
        Ok(sector) if world.sectors.name(sector) != code => format!("{code} {}", world.sectors.name(sector)),
        _ => code.to_owned(),
    }
}

/// The name of a sector alone, for drawings and sentences: `Electrical equipment`.
fn sector_name(world: &World, code: &str) -> String {
    world.sectors.find(code).map_or(code, |sector| world.sectors.name(sector)).to_owned()
}

/// A number of a drawing, with its range where it has one.
fn point(number: Number) -> Value {
    let mut point = serde_json::json!({"value": number.value});
    if number.has_range() {
        point["low"] = number.range.0.into();
        point["high"] = number.range.1.into();
    }
    point
}

/// A number as a bar of `charts/bars.js`.
fn bar(label: String, number: Number) -> Value {
    let mut bar = point(number);
    bar["label"] = label.into();
    bar
}
