//! `detente.read`: who says what about the same talks, who is silent, where they part.

use std::path::PathBuf;

use detente::accounts::compare::Odds;
use detente::accounts::matrix::word;
use detente::accounts::{self, Lexicon};
use detente::scenario::texts::account;
use pyo3::prelude::*;
use pyo3::types::PyAny;

use crate::error::{failed, wrong_input};
use crate::table::{Table, some_texts, texts, truths, whole};

/// Reads accounts of talks: plain texts or Markdown, each with a header or a ``.toml`` of
/// its name beside it. The same as ``detente read``.
///
/// Raises
/// ------
/// InputError
///     If a file cannot be read, its header is wrong, or two accounts have one name.
#[pyfunction]
pub fn read(py: Python<'_>, files: Vec<PathBuf>) -> PyResult<Reading> {
    let opened = py.detach(|| files.iter().map(|path| account(path)).collect::<Result<Vec<_>, _>>());
    let opened = opened.map_err(failed)?;
    for (number, one) in opened.iter().enumerate() {
        if let Some(first) = opened[..number].iter().position(|other| other.id == one.id) {
            return Err(wrong_input(format!(
                "{} and {} are both called `{}`: give one of them an id in its header",
                files[first].display(),
                files[number].display(),
                one.id
            )));
        }
    }
    Ok(py.detach(|| {
        let lexicon = Lexicon::shipped();
        Reading { reading: accounts::Reading::of(opened, &lexicon), lexicon }
    }))
}

/// What a set of accounts says. Nothing is added: every statement has its place in a text.
#[pyclass(frozen, module = "detente")]
pub struct Reading {
    /// The engine's reading.
    pub reading: accounts::Reading,
    /// The words it was read with.
    pub lexicon: Lexicon,
}

impl Reading {
    fn topic(&self, topic: usize) -> &str {
        &self.lexicon.topics.topics[topic].code
    }
}

#[pymethods]
impl Reading {
    /// Statements in the order of the texts: account, party, date, the words of the source
    /// and of what is said, stance, topics (separated by blanks), whether it is quoted, and
    /// where it begins and ends in the file, in characters.
    #[getter]
    fn statements(&self) -> PyResult<Table> {
        let (reading, all) = (&self.reading, &self.reading.statements);
        let said = |statement: &accounts::Statement| {
            statement.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" … ")
        };
        let topics = |statement: &accounts::Statement| {
            statement.topics.iter().map(|topic| self.topic(*topic)).collect::<Vec<_>>().join(" ")
        };
        let span = |statement: &accounts::Statement| {
            let first = statement.content.first().map_or(statement.source.span, |piece| piece.span);
            let last = statement.content.last().map_or(statement.source.span, |piece| piece.span);
            [first[0], last[1]]
        };
        Table::of(vec![
            ("account", texts(all.iter().map(|one| &reading.accounts[one.document].id))),
            ("party", texts(all.iter().map(|one| one.speaker.label()))),
            ("date", some_texts(all.iter().map(|one| one.date.map(|date| date.to_string())))),
            ("source", texts(all.iter().map(|one| &one.source.text))),
            ("said", texts(all.iter().map(said))),
            ("stance", texts(all.iter().map(|one| word(one, &self.lexicon.topics)))),
            ("topics", texts(all.iter().map(topics))),
            ("quoted", truths(all.iter().map(|one| one.quoted))),
            ("begins", whole(all.iter().map(|one| span(one)[0]))),
            ("ends", whole(all.iter().map(|one| span(one)[1]))),
        ])
    }

    /// Topics by parties: a row a cell, with what the party says (words of stances, separated
    /// by commas), and the accounts that are silent on it. "silent": its whole account has no
    /// word of it, or a report says so; empty: nothing is known.
    #[getter]
    fn matrix(&self) -> PyResult<Table> {
        let matrix = &self.reading.matrix;
        let cells: Vec<_> = matrix
            .topics
            .iter()
            .zip(&matrix.cells)
            .flat_map(|(topic, row)| {
                matrix.parties.iter().zip(row).map(move |(party, cell)| (topic, party, cell))
            })
            .collect();
        Table::of(vec![
            ("topic", texts(cells.iter().map(|(topic, _, _)| topic))),
            ("party", texts(cells.iter().map(|(_, party, _)| party))),
            ("says", texts(cells.iter().map(|(_, _, cell)| cell.says.join(", ")))),
            ("silent_in", texts(cells.iter().map(|(_, _, cell)| cell.silent_in.join(", ")))),
        ])
    }

    /// Where two parties are at odds: topic, the two, how (opposite, number, differs), and
    /// the stance and the words of each.
    #[getter]
    fn differences(&self) -> PyResult<Table> {
        let all = &self.reading.differences;
        let odds = |one: &Odds| match one {
            Odds::Opposite => "opposite",
            Odds::Number => "number",
            Odds::Differs => "differs",
        };
        let said = |statement: usize| {
            let content = &self.reading.statements[statement].content;
            content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" … ")
        };
        let stance = |statement: usize| word(&self.reading.statements[statement], &self.lexicon.topics);
        Table::of(vec![
            ("topic", texts(all.iter().map(|one| &one.topic))),
            ("party", texts(all.iter().map(|one| &one.parties[0]))),
            ("other", texts(all.iter().map(|one| &one.parties[1]))),
            ("how", texts(all.iter().map(|one| odds(&one.odds)))),
            ("party_stance", texts(all.iter().map(|one| stance(one.statements[0])))),
            ("other_stance", texts(all.iter().map(|one| stance(one.statements[1])))),
            ("party_says", texts(all.iter().map(|one| said(one.statements[0])))),
            ("other_says", texts(all.iter().map(|one| said(one.statements[1])))),
        ])
    }

    /// All of it as dicts and lists, as ``detente read --format json`` prints it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = self.reading.to_json(&self.lexicon).to_string();
        py.import("json")?.call_method1("loads", (text,))
    }

    fn __repr__(&self) -> String {
        let reading = &self.reading;
        let (accounts, statements) = (reading.accounts.len(), reading.statements.len());
        format!("<detente.Reading of {accounts} accounts: {statements} statements>")
    }
}
