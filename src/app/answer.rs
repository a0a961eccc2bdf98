//! What is the answer to a scenario whose levers were moved?
//!
//! ```text
//! text + changes ──edits──▶ text ──Question──▶ levers, Answer ──Report──▶ sections, drawings
//! ```
//!
//! The text that comes back is what was computed: who saves it and runs it on the command
//! line gets the same numbers.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::body::Fields;
use super::edit;
use super::levers::{self, Change};
use super::memory::Memory;
use super::problem::Problem;
use crate::numerics::linear::Arithmetic;
use crate::numerics::progress::Progress;
use crate::report::part::Part;
use crate::report::{Report, Source, compare, drawings};
use crate::scenario::RunOptions;
use crate::scenario::answer::{Answer, Asked, Question};

/// A name longer than this is none.
const LONGEST_NAME: usize = 100;

/// A scenario by its text, and what is moved in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Short name: the file's stem.
    pub name: String,
    /// The text.
    pub toml: String,
    /// What is moved.
    pub changes: Vec<Change>,
}

/// The fields of a [`Scene`] in a request.
pub(super) const FIELDS: [&str; 3] = ["name", "toml", "changes"];

impl Scene {
    /// The scene of a request's body.
    pub(super) fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", "the scenario's name, as in \"truce-2025\"");
        let toml = fields.required("toml", "the scenario's text");
        let changes = Change::read(fields);
        let name = name?;
        let plain = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
        if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(plain) {
            fields.note("name", "is no name: write letters, digits, hyphens and dots");
            return None;
        }
        Some(Self { name, toml: toml?, changes })
    }

    /// What messages call the text.
    fn file(&self) -> String {
        format!("{}.toml", self.name)
    }

    /// The question, and the text with the changes written in.
    ///
    /// # Errors
    /// A [`Problem`] of the text, of what it names, or of a change.
    pub fn question(&self, memory: &Memory, asked: &Asked) -> Result<(Question, String), Problem> {
        let question = Question::read(&self.name, &self.file(), &self.toml, memory, asked)?;
        if self.changes.is_empty() {
            return Ok((question, self.toml.clone()));
        }
        let edits = levers::edits(&question, &self.changes)?;
        // The text was read just now: it is TOML.
        let toml = edit::apply(&self.toml, &edits).map_err(|e| Problem::input(e.to_string()))?;
        let question = Question::read(&self.name, &self.file(), &toml, memory, asked)?;
        Ok((question, toml))
    }
}

/// Which parts of a scenario are computed; the long run always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Sections of the long run.
    pub long_run: bool,
    /// The weeks.
    pub weeks: bool,
    /// What two sides can do to each other.
    pub strategy: bool,
    /// What accounts of the talks say.
    pub accounts: bool,
}

impl Parts {
    /// Everything.
    pub const ALL: Self = Self { long_run: true, weeks: true, strategy: true, accounts: true };

    const NAMES: [&str; 4] = ["long-run", "weeks", "strategy", "accounts"];

    /// The parts that a request names; all if it names none.
    pub(super) fn read(fields: &mut Fields) -> Option<Self> {
        let example = "a list of \"long-run\", \"weeks\", \"strategy\", \"accounts\"";
        let Some(named) = fields.texts("parts", example) else { return Some(Self::ALL) };
        let unknown = named.iter().find(|part| !Self::NAMES.contains(&part.as_str()));
        if let Some(part) = unknown {
            fields.note("parts", &format!("has `{}`: write {example}", part.escape_debug()));
            return None;
        }
        let has = |part: &str| named.iter().any(|named| named == part);
        let [long_run, weeks, strategy, accounts] = Self::NAMES.map(has);
        Some(Self { long_run, weeks, strategy, accounts })
    }

    /// Whether a section of the report is of a part that is asked for.
    fn have(&self, section: &str) -> bool {
        match section {
            "findings" | "methods" => true,
            "weeks-section" | "stops-section" => self.weeks,
            "strategy" => self.strategy,
            "accounts" => self.accounts,
            _ => self.long_run,
        }
    }

    /// Sections that the scenario has and that are left out.
    fn stale(&self, question: &Question) -> Vec<&'static str> {
        let scenario = &question.scenario;
        let study = scenario.short_run.as_ref().is_some_and(|weeks| weeks.study.is_some());
        [
            ("tariffs", true),
            ("welfare", true),
            ("bystanders-section", true),
            ("sectors", true),
            ("weeks-section", scenario.short_run.is_some()),
            ("stops-section", study),
            ("strategy", scenario.strategy.is_some()),
            ("readings", !scenario.readings.is_empty()),
            ("accounts", scenario.accounts.is_some()),
        ]
        .into_iter()
        .filter(|(section, has)| *has && !self.have(section))
        .map(|(section, _)| section)
        .collect()
    }
}

/// How to compute.
#[derive(Clone, Debug)]
pub struct How {
    /// Native or reproducible arithmetic.
    pub arithmetic: Arithmetic,
    /// Told how far it is, and asked whether to go on.
    pub progress: Progress,
    /// Whether it is for a lever that moves: as exact as a figure can show.
    pub glance: bool,
}

/// An answer with what a page needs beside it.
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Where it comes from.
    pub source: Source,
    /// The text that was computed.
    pub toml: String,
    parts: Parts,
    levers: Vec<Value>,
    stale: Vec<&'static str>,
    warnings: Vec<String>,
    seconds: f64,
}

/// Answers a scenario.
///
/// # Errors
/// A [`Problem`] with the words of the command line, or that it was stopped.
pub fn answer(
    scene: &Scene,
    parts: Parts,
    asked: &Asked,
    memory: &Memory,
    how: &How,
) -> Result<Answered, Problem> {
    let started = Instant::now();
    let (mut question, toml) = scene.question(memory, asked)?;
    let levers = levers::levers(&question).iter().map(levers::Lever::to_json).collect();
    let stale = parts.stale(&question);
    let warnings = warnings(&question);
    if !parts.weeks {
        (question.scenario.short_run, question.weeks) = (None, None);
    }
    if !parts.strategy {
        question.scenario.strategy = None;
    }
    let options = RunOptions {
        arithmetic: how.arithmetic,
        progress: how.progress.clone(),
        memory: memory.phases.clone(),
        glance: how.glance,
    };
    let answer = question.answer(asked, &options).map_err(|e| stopped_or(e.into(), how))?;
    let reproducible = how.arithmetic == Arithmetic::Reproducible;
    let source = Source {
        command: answer.command(&scene.file(), reproducible),
        date: today(),
        inputs: answer.inputs(),
    };
    let seconds = started.elapsed().as_secs_f64();
    Ok(Answered { answer, source, toml, parts, levers, stale, warnings, seconds })
}

/// What went wrong, unless somebody said stop.
pub(super) fn stopped_or(problem: Problem, how: &How) -> Problem {
    if how.progress.go_on().is_err() { Problem::stopped() } else { problem }
}

/// Today, UTC.
pub(super) fn today() -> String {
    let now = jiff::Timestamp::now().to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}

/// What is worth a word, as the command line says it.
pub fn warnings(question: &Question) -> Vec<String> {
    question.remarks.iter().map(|remark| remark.render(false).trim_end().to_owned()).collect()
}

impl Answered {
    /// The report.
    pub fn report(&self) -> Report<'_> {
        Report::of(&self.answer, &self.source)
    }

    /// As an object for the page.
    ///
    /// # Errors
    /// A [`Problem`] if the report cannot be written.
    pub fn to_json(&self) -> Result<Value, Problem> {
        let report = self.report();
        let mut parts = report.parts();
        parts.retain(|part| self.parts.have(part.id));
        let charts = Value::Object(drawings(&parts));
        let sections = html(&parts, &report.footer(), &self.source)?;
        Ok(json!({
            "toml": self.toml, "title": report.scenario.title, "subtitle": report.subtitle(),
            "seconds": self.seconds, "sections": sections, "charts": charts, "levers": self.levers,
            "stale": self.stale, "warnings": self.warnings,
        }))
    }
}

/// Parts of a report as HTML, with their ids and titles.
///
/// # Errors
/// A [`Problem`] if one cannot be written.
pub(super) fn html(parts: &[Part], footer: &str, source: &Source) -> Result<Vec<Value>, Problem> {
    let one = |part: &Part| {
        let html = crate::report::html(part, footer, source)
            .map_err(|e| Problem::input(format!("the report cannot be written: {e}")))?;
        Ok(json!({"id": part.id, "title": part.title, "html": html}))
    };
    parts.iter().map(one).collect()
}

/// Two scenarios side by side: the long run of both, and where they part.
///
/// # Errors
/// A [`Problem`] of either; it says which.
pub fn compared(first: &Scene, second: &Scene, memory: &Memory, how: &How) -> Result<Value, Problem> {
    let parts = Parts { weeks: false, strategy: false, ..Parts::ALL };
    let one = |scene: &Scene, which: &str| {
        answer(scene, parts, &Asked::default(), memory, how)
            .map_err(|problem| Problem { detail: format!("{which} scenario: {}", problem.detail), ..problem })
    };
    let (a, b) = (one(first, "first")?, one(second, "second")?);
    let names = match first.name == second.name {
        true => [format!("{}, first", first.name), format!("{}, second", second.name)],
        false => [first.name.clone(), second.name.clone()],
    };
    let (a_report, b_report) = (a.report(), b.report());
    let section = compare::section(
        compare::Side { name: &names[0], report: &a_report },
        compare::Side { name: &names[1], report: &b_report },
    );
    let command = format!("{}; {}", a.source.command, b.source.command);
    let source = Source { command, ..a.source.clone() };
    let parts = [Part::from(section)];
    Ok(json!({
        "sections": html(&parts, &a_report.footer(), &source)?,
        "charts": Value::Object(drawings(&parts)),
        "toml": [a.toml, b.toml],
        "seconds": a.seconds + b.seconds,
        "warnings": ([a.warnings, b.warnings].concat()),
    }))
}

/// The object of what a check found.
///
/// # Errors
/// A [`Problem`] of the scenario.
pub fn checked(scene: &Scene, memory: &Memory) -> Result<Value, Problem> {
    let (question, toml) = scene.question(memory, &Asked::default())?;
    let levers: Vec<Value> = levers::levers(&question).iter().map(levers::Lever::to_json).collect();
    let mut found = Map::new();
    found.insert("ok".to_owned(), true.into());
    found.insert("toml".to_owned(), toml.into());
    found.insert("levers".to_owned(), levers.into());
    found.insert("warnings".to_owned(), warnings(&question).into());
    Ok(Value::Object(found))
}
