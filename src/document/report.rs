//! How are the problems of a user's file shown: to a person, to a program?
//!
//! A person gets one header and every problem with the lines it is about
//! ([`DocumentError::render`]); an editor gets byte offsets
//! ([`DocumentError::to_json`]). Problems come in the order of the text, and
//! without colour the same file always gives the same characters.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode,
};
use serde_json::{Value, json};

use super::Kind;
use super::problem::{Problem, Warning};

/// Width of a rendered report in characters.
const WIDTH: usize = 80;

/// Everything that is wrong with one file of the user.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{} has {}", kind.subject(), count(problems.len(), "problem"))]
#[diagnostic(code(file::invalid))]
pub struct DocumentError {
    kind: Kind,
    #[source_code]
    text: NamedSource<String>,
    #[related]
    problems: Vec<Problem>,
}

impl DocumentError {
    pub(crate) fn new(kind: Kind, file_name: &str, text: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(position);
        Self { kind, text: NamedSource::new(file_name, text.to_owned()), problems }
    }

    /// The problems, in the order of the text.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The report for a person; escape codes only if `color`.
    pub fn render(&self, color: bool) -> String {
        let header = format!("{}::invalid\n\n  × {self}\n", self.kind.family());
        self.problems.iter().fold(header, |report, problem| {
            report + "\n" + &render_one(self.kind, problem, &self.text, color)
        })
    }

    /// The problems with byte offsets, for editors.
    pub fn to_json(&self) -> Value {
        self.problems.iter().map(|problem| describe(self.kind, problem)).collect()
    }
}

/// The warnings of one file as a report for a person.
pub fn render_warnings(kind: Kind, file_name: &str, text: &str, warnings: &[Warning], color: bool) -> String {
    let text = NamedSource::new(file_name, text.to_owned());
    let shown: Vec<String> = warnings.iter().map(|warning| render_one(kind, warning, &text, color)).collect();
    shown.join("\n")
}

/// `1 problem`, `3 problems`.
fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Where a problem starts: its first label.
fn position(problem: &Problem) -> usize {
    let labels = problem.labels().into_iter().flatten();
    labels.map(|label| label.offset()).min().unwrap_or(0)
}

/// `file::rate` in the family of the file: `ledger::rate`.
fn code(kind: Kind, problem: &dyn Diagnostic) -> Option<String> {
    problem.code().map(|code| code.to_string().replacen("file::", &format!("{}::", kind.family()), 1))
}

fn describe(kind: Kind, problem: &dyn Diagnostic) -> Value {
    let labels: Vec<Value> = problem
        .labels()
        .into_iter()
        .flatten()
        .map(|label| json!({ "offset": label.offset(), "length": label.len(), "text": label.label() }))
        .collect();
    json!({
        "code": code(kind, problem),
        "message": problem.to_string(),
        "help": problem.help().map(|help| help.to_string()),
        "labels": labels,
    })
}

fn render_one(kind: Kind, problem: &dyn Diagnostic, text: &NamedSource<String>, color: bool) -> String {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_context_lines(1)
        .with_links(false)
        .without_syntax_highlighting();
    let mut shown = String::new();
    match handler.render_report(&mut shown, &InText { kind, problem, text }) {
        Ok(()) => shown,
        // A label that cannot be drawn must not hide the message.
        Err(fmt::Error) => format!("  × {problem}\n"),
    }
}

/// One problem together with the text that it points into.
#[derive(Debug)]
struct InText<'a> {
    kind: Kind,
    problem: &'a dyn Diagnostic,
    text: &'a NamedSource<String>,
}

impl fmt::Display for InText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.problem, f)
    }
}

impl std::error::Error for InText<'_> {}

impl Diagnostic for InText<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        code(self.kind, self.problem).map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }
    fn severity(&self) -> Option<Severity> {
        self.problem.severity()
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help()
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.problem.labels()
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.text)
    }
}
