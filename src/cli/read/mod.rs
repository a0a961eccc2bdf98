//! `detente read`: what do accounts of talks say, and where do they part?
//!
//! Reads text files, prints statements, the matrix of topics and parties, and
//! what follows from them; writes proposals into a ledger; measures the reader on
//! annotated texts.

mod endpoint;
mod evaluate;
mod into;
pub(super) mod table;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, Failure, say};
use crate::accounts::lexicon::Cues;
use crate::accounts::parties::Parties;
use crate::accounts::topics::Topics;
use crate::accounts::{Lexicon, Reading};
use crate::scenario::texts::{account, text_of};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs; spans in characters of the files.
    Json,
}

/// Arguments of `detente read`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Texts, plain or Markdown, each with a header or a `.toml` of its name beside it.
    #[arg(required_unless_present = "evaluate", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A table for people or JSON for programs.
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    format: Format,
    /// Only the matrix: topics by parties, in words.
    #[arg(long, conflicts_with = "timeline")]
    matrix: bool,
    /// Only the time line: statements by day.
    #[arg(long)]
    timeline: bool,
    /// Write proposals with their evidence to the end of a ledger; nothing of it is in force.
    #[arg(long, value_name = "LEDGER")]
    into: Option<PathBuf>,
    /// More topics: a file like data/accounts/topics.toml; can be given more than once.
    #[arg(long, value_name = "FILE")]
    topics: Vec<PathBuf>,
    /// More cues: a file like data/accounts/cues.toml.
    #[arg(long, value_name = "FILE")]
    cues: Vec<PathBuf>,
    /// More people, agencies and roles: a file like data/accounts/parties.toml.
    #[arg(long, value_name = "FILE")]
    parties: Vec<PathBuf>,
    /// Measure the reader on a data set of annotated texts or event records, JSON lines.
    #[arg(long, value_name = "DATASET", conflicts_with_all = ["files", "matrix", "timeline", "into"])]
    evaluate: Option<PathBuf>,
    #[command(flatten)]
    endpoint: endpoint::Endpoint,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let lexicon = lexicon(arguments)?;
    if let Some(path) = &arguments.evaluate {
        return evaluate::execute(path, arguments.format == Format::Json, &lexicon);
    }
    let accounts = arguments.files.iter().map(|path| account(path)).collect::<Result<Vec<_>, _>>()?;
    for (number, account) in accounts.iter().enumerate() {
        if let Some(first) = accounts[..number].iter().position(|other| other.id == account.id) {
            return Err(Failure::Input(format!(
                "{} and {} are both called `{}`: give one of them an id in its header",
                arguments.files[first].display(),
                arguments.files[number].display(),
                account.id
            )));
        }
    }
    let mut reading = Reading::of(accounts, &lexicon);
    let more = arguments.endpoint.ask(&reading.accounts, &reading.statements, &lexicon, common)?;
    if !more.is_empty() {
        let statements = reading.statements.into_iter().chain(more).collect();
        reading = Reading::of_statements(reading.accounts, statements, &lexicon);
    }
    match arguments.format {
        Format::Json => say(format_args!("{:#}", reading.to_json(&lexicon)))?,
        Format::Table if arguments.matrix => say(format_args!("{}", table::matrix(&reading, &lexicon)))?,
        Format::Table if arguments.timeline => say(format_args!("{}", table::time_line(&reading, &lexicon)))?,
        Format::Table => say(format_args!("{}", table::all(&reading, &lexicon)))?,
    }
    if let Some(ledger) = &arguments.into {
        let written = into::write(ledger, &arguments.files, &reading)?;
        common.remark(&format!("{}: {written}", ledger.display()));
    }
    Ok(())
}

fn lexicon(arguments: &Arguments) -> Result<Lexicon, Failure> {
    let texts = |paths: &[PathBuf]| paths.iter().map(|path| text_of(path)).collect::<Result<Vec<_>, _>>();
    let wrong = |paths: &[PathBuf], e: toml::de::Error| {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        Failure::Input(format!("{}: {e}", names.join(", ")))
    };
    let mut cues = Cues::shipped();
    for path in &arguments.cues {
        cues.add(&text_of(path)?).map_err(|e| wrong(std::slice::from_ref(path), e))?;
    }
    let (parties, topics) = (texts(&arguments.parties)?, texts(&arguments.topics)?);
    fn borrowed(texts: &[String]) -> Vec<&str> {
        texts.iter().map(String::as_str).collect()
    }
    let parties = Parties::with(&borrowed(&parties)).map_err(|e| wrong(&arguments.parties, e))?;
    let topics = Topics::with(&borrowed(&topics)).map_err(|e| wrong(&arguments.topics, e))?;
    Ok(Lexicon { cues, parties, topics })
}
