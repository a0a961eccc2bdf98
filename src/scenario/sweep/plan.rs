//! The cases of a sweep: every combination of the grids with every draw.
//!
//! ```text
//! case  = combination · draws + draw           combinations from the grids, the last fastest
//! chunk = cases [c · size, (c + 1) · size)     what is computed and written at once
//! ```
//!
//! Everything that a case depends on is the plan and its number. Any process that makes
//! the same plan can compute any chunk, and finds the same bits.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use miette::Diagnostic;
use toml_edit::{DocumentMut, Item, Table};

use super::cases::Kept;
use super::over::{Field, Over};
use super::record::{FORMAT, Record};
use super::selection::Selection;
use super::shelf::Remembered;
use super::value::Unit;
use super::{SweepError, written};
use crate::document::read::nearest;
use crate::document::{DocumentError, Kind, Problem};
use crate::numerics::linear::Arithmetic;
use crate::results::provenance::sha256;
use crate::scenario::answer::{self, AnswerError, Question};
use crate::scenario::draws::MOST_DRAWS;
use crate::scenario::open::{OpenError, Remark, Shelf};

/// Cases that are computed and written at once, unless somebody asks otherwise.
pub const USUAL_CHUNK: usize = 50;
/// More cases than this are refused.
pub const MOST_CASES: usize = 10_000_000;
/// Grids longer than this are tried at their ends only before the sweep begins.
const MOST_TRIED: usize = 16;

/// Fields and tables that a sweep sets itself, or leaves out.
const NOT_SWEPT: [(&str, &str); 6] = [
    ("strategy", "a sweep leaves [strategy] out"),
    ("accounts", "a sweep leaves [accounts] out"),
    ("long_run.draws", "write --draws"),
    ("long_run.seed", "write --seed"),
    ("short_run.draws", "write --draws"),
    ("short_run.seed", "write --seed"),
];

/// A file of the user: what messages call it, and what it says.
#[derive(Clone, Debug)]
pub struct Text {
    /// What messages call it.
    pub shown: String,
    /// What it says.
    pub text: String,
}

/// What is asked of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Draws of each combination, 1 to [`MOST_DRAWS`].
    pub draws: usize,
    /// Seed of everything that is drawn, in place of the scenario's.
    pub seed: Option<u32>,
    /// Cases of a chunk.
    pub chunk: usize,
    /// What is kept of a case.
    pub selection: Selection,
    /// Native or reproducible arithmetic.
    pub arithmetic: Arithmetic,
}

/// All cases of a sweep.
#[derive(Debug)]
pub struct Plan {
    /// Short name of the scenario.
    pub name: String,
    /// The scenario as its file has it, with everything that it names.
    pub base: Question,
    /// What varies.
    pub over: Over,
    /// What is asked.
    pub asked: Asked,
    shown: String,
    /// The scenario's text, without what a sweep leaves out.
    document: DocumentMut,
    pub(super) over_text: Option<Text>,
    shelf: Remembered,
    /// What cases share, and this process knows already.
    pub(super) kept: Kept,
}

impl Plan {
    /// Reads a scenario and what varies in it, and opens what it names. `name` is the
    /// scenario's short name.
    ///
    /// # Errors
    /// [`SweepError`] with everything that is wrong with one of the texts, or with what is
    /// asked; every field of `over` has been tried.
    pub fn read(
        name: &str,
        scenario: &Text,
        shelf: Shelf,
        over: Option<&Text>,
        asked: Asked,
    ) -> Result<Self, SweepError> {
        let shelf = Remembered::new(shelf);
        let whole = answer::Asked { strategy: false, ..of_run(&asked) };
        let base = Question::read(name, &scenario.shown, &scenario.text, &shelf, &whole)?;
        let worlds: Vec<_> =
            std::iter::once(&base.world.world).chain(base.weeks.iter().map(|weeks| &weeks.world)).collect();
        asked.selection.check(&worlds, &base.scenario).map_err(SweepError::Asked)?;
        let read = over.map(|over| Over::parse(&over.shown, &over.text)).transpose()?;
        let plan = Self {
            name: name.to_owned(),
            shown: scenario.shown.clone(),
            document: prepared(&scenario.text)?,
            over: read.unwrap_or_default(),
            over_text: over.cloned(),
            base,
            asked,
            shelf,
            kept: Kept::default(),
        };
        if let Some(over) = over {
            plan.try_fields(over)?;
        }
        let (cases, draws) = (plan.cases(), plan.asked.draws);
        let within = (1..=MOST_DRAWS).contains(&draws) && plan.asked.chunk > 0;
        match within && cases <= MOST_CASES {
            true => Ok(plan),
            false if !within => {
                Err(SweepError::Asked(format!("write 1 to {MOST_DRAWS} draws, and chunks of 1 case or more")))
            }
            false => Err(SweepError::Asked(format!(
                "{cases} cases are too many: {MOST_CASES} are the most; draw fields in place of grids"
            ))),
        }
    }

    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.over.combinations().saturating_mul(self.asked.draws)
    }

    /// Number of chunks.
    pub fn chunks(&self) -> usize {
        self.cases().div_ceil(self.asked.chunk)
    }

    /// Cases of a chunk.
    pub fn cases_of(&self, chunk: usize) -> Range<usize> {
        let first = chunk.saturating_mul(self.asked.chunk).min(self.cases());
        first..first.saturating_add(self.asked.chunk).min(self.cases())
    }

    /// Combination and draw of a case.
    pub fn place(&self, case: usize) -> (usize, usize) {
        (case / self.asked.draws, case % self.asked.draws)
    }

    /// Values of the fields in a case, `[field]`.
    pub fn values(&self, case: usize) -> Vec<f64> {
        let (combination, draw) = self.place(case);
        self.over.at(combination, draw, self.seed())
    }

    /// Seed of the drawn fields.
    fn seed(&self) -> u64 {
        let of_scenario = self.base.scenario.long_run.draws.map_or(0, |draws| draws.seed);
        u64::from(self.asked.seed.unwrap_or(of_scenario))
    }

    /// The scenario, without what a sweep leaves out.
    pub(super) fn as_swept(&self) -> Text {
        Text { shown: self.shown.clone(), text: self.document.to_string() }
    }

    /// Where what it names is looked for.
    pub(super) fn shelf(&self) -> &Shelf {
        &self.shelf.shelf
    }

    /// What is worth a word before the sweep begins.
    pub fn remarks(&self) -> &[Remark] {
        &self.base.remarks
    }

    /// Everything on which the numbers depend, to be kept beside them.
    pub fn record(&self) -> Record {
        let mut inputs = self.base.inputs();
        inputs.extend(self.over_text.iter().map(|over| ("over".to_owned(), sha256(over.text.as_bytes()))));
        let Asked { draws, chunk, selection, arithmetic, .. } = &self.asked;
        let variables: Vec<&str> = selection.variables.iter().map(|variable| variable.name()).collect();
        let weeks = self.base.scenario.short_run.as_ref().map(|weeks| weeks.seed);
        let seeds = [
            ("seed", Some(self.seed())),
            ("seed of the weeks", self.asked.seed.map(u64::from).or(weeks).filter(|_| weeks.is_some())),
        ];
        let options = [
            ("draws", draws.to_string()),
            ("chunk", chunk.to_string()),
            ("variables", variables.join(",")),
            ("regions", selection.regions.text()),
            ("partners", selection.partners.text()),
            ("sectors", selection.sectors.text()),
            ("arithmetic", processor(*arithmetic)),
        ];
        let seeds = seeds.into_iter().filter_map(|(name, seed)| Some((name, seed?.to_string())));
        let options: BTreeMap<String, String> =
            options.into_iter().chain(seeds).map(|(name, value)| (name.to_owned(), value)).collect();
        Record {
            format: FORMAT,
            detente: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: self.shown.clone(),
            inputs,
            options,
            fields: self.over.fields.iter().map(|field| field.path.clone()).collect(),
            cases: self.cases(),
            parts: self.chunks(),
            table: None,
        }
    }

    /// The scenario with these values of its fields, opened.
    pub(super) fn setting(&self, values: &[f64]) -> Result<Question, Refusal> {
        self.with(self.over.fields.iter().zip(values.iter().copied()))
    }

    /// The scenario with some of its fields at values, opened.
    fn with<'f>(&self, fields: impl Iterator<Item = (&'f Field, f64)>) -> Result<Question, Refusal> {
        let mut document = self.document.clone();
        for (field, value) in fields {
            written::write(&mut document, &field.keys, field.unit.write(value)).map_err(Refusal::Nowhere)?;
        }
        let text = document.to_string();
        let mut question = Question::read(&self.name, &self.shown, &text, &self.shelf, &of_run(&self.asked))
            .map_err(Refusal::Scenario)?;
        if let (Some(weeks), Some(seed)) = (&mut question.scenario.short_run, self.asked.seed) {
            weeks.seed = u64::from(seed);
        }
        Ok(question)
    }

    /// The values of a case in words.
    pub(super) fn told(&self, values: &[f64]) -> String {
        let mut text = String::new();
        for (field, value) in self.over.fields.iter().zip(values) {
            // Writing to a string cannot fail.
            let _ = write!(text, "{} = {}, ", field.path, field.unit.show(*value));
        }
        text.trim_end_matches(", ").to_owned()
    }

    /// Tries every field alone, the others as the scenario has them, and notes what the
    /// scenario refuses. What values refuse together is for their case to say.
    fn try_fields(&self, over: &Text) -> Result<(), DocumentError> {
        let mut problems = Vec::new();
        for field in &self.over.fields {
            if let Some((_, help)) = NOT_SWEPT.iter().find(|(path, _)| is_under(field, path)) {
                let (field, at) = (field.path.clone(), field.at);
                problems.push(Problem::NotSwept { field, at, help: (*help).to_owned() });
            }
        }
        let fields = if problems.is_empty() { self.over.fields.as_slice() } else { &[] };
        for field in fields {
            // What is wrong with a path or a key is wrong with every value: it is said once.
            let mut said = Vec::new();
            for (sample, value) in ends(field.samples()) {
                let Err(refusal) = self.with(std::iter::once((field, value))) else { continue };
                let at = field.values_at.get(sample).copied().unwrap_or(field.at);
                let problem = refusal.problem(field, field.unit.show(value), at);
                if !said.contains(&refusal.said()) {
                    said.push(refusal.said());
                    problems.push(problem);
                }
            }
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(DocumentError::new(Kind::Over, &over.shown, &over.text, problems)),
        }
    }
}

/// Values with their places: all, or of a long list the first, the last, the least and the most.
fn ends(values: Vec<f64>) -> Vec<(usize, f64)> {
    let all: Vec<(usize, f64)> = values.into_iter().enumerate().collect();
    if all.len() <= MOST_TRIED {
        return all;
    }
    let by_value = |a: &&(usize, f64), b: &&(usize, f64)| a.1.total_cmp(&b.1);
    let (least, most) = (all.iter().min_by(by_value), all.iter().max_by(by_value));
    let mut found: Vec<(usize, f64)> =
        [all.first(), least, most, all.last()].into_iter().flatten().copied().collect();
    found.sort_by_key(|(place, _)| *place);
    found.dedup_by_key(|(place, _)| *place);
    found
}

fn is_under(field: &Field, path: &str) -> bool {
    let known: Vec<&str> = path.split('.').collect();
    field.keys.len() >= known.len() && field.keys.iter().zip(known).all(|(key, known)| key == known)
}

/// Why a scenario cannot have these values.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A path leads nowhere.
    Nowhere(written::Nowhere),
    /// The scenario's reader says no.
    Scenario(AnswerError),
}

impl Refusal {
    /// In one line.
    pub fn said(&self) -> String {
        match self {
            Self::Nowhere(nowhere) => format!("there is no `{}`", nowhere.key),
            Self::Scenario(AnswerError::Open(OpenError::Document(e))) => {
                e.problems().iter().map(one_line).collect::<Vec<_>>().join("; ")
            }
            Self::Scenario(e) => e.to_string(),
        }
    }

    fn problem(&self, field: &Field, value: String, at: miette::SourceSpan) -> Problem {
        let (name, said) = (field.path.clone(), self.said());
        match self {
            Self::Nowhere(nowhere) => {
                let known = || nowhere.known.iter().map(String::as_str);
                let help = match (nearest(&nowhere.key, known()), nowhere.known.as_slice()) {
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, []) => "name phases by their name and measures by their id".to_owned(),
                    (None, known) => format!("there are {}", known.join(", ")),
                };
                Problem::NoField { field: name, key: nowhere.key.clone(), at: field.at, help }
            }
            Self::Scenario(_) => Problem::Refused { field: name, value, at, help: said },
        }
    }
}

/// A problem and what to write instead, in one line.
fn one_line(problem: &Problem) -> String {
    let help = problem.help().map_or(String::new(), |help| format!(" ({help})"));
    format!("{problem}{help}")
}

/// What of a sweep is asked of the run of a case.
fn of_run(asked: &Asked) -> answer::Asked {
    answer::Asked {
        draws: Some(asked.draws as u32),
        seed: asked.seed,
        weeks_draws: Some(asked.draws),
        strategy: false,
        ..answer::Asked::default()
    }
}

/// The text as the cases have it: without what a sweep leaves out, and with draws, so that
/// `spread` may be set.
fn prepared(text: &str) -> Result<DocumentMut, SweepError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The text was read as a scenario before, so it is TOML.
    let mut document: DocumentMut =
        text.parse().map_err(|e| SweepError::Asked(format!("the scenario is not TOML: {e}")))?;
    document.remove("strategy");
    document.remove("accounts");
    let long_run = document.entry("long_run").or_insert_with(|| Item::Table(Table::new()));
    if let Some(table) = long_run.as_table_like_mut()
        && !table.contains_key("draws")
    {
        table.insert("draws", toml_edit::value(2));
    }
    Ok(document)
}

/// What of the processor can change the last digits.
fn processor(arithmetic: Arithmetic) -> String {
    if arithmetic == Arithmetic::Reproducible {
        return "reproducible".to_owned();
    }
    #[cfg(target_arch = "x86_64")]
    let widest = match () {
        () if is_x86_feature_detected!("avx512f") => " with AVX-512",
        () if is_x86_feature_detected!("avx2") => " with AVX2",
        () => "",
    };
    #[cfg(not(target_arch = "x86_64"))]
    let widest = "";
    format!("native {}{widest}", std::env::consts::ARCH)
}

impl Field {
    /// True if its values are days of the calendar.
    pub fn is_day(&self) -> bool {
        self.unit == Unit::Day
    }
}
