//! Which accounts of the talks belong to a scenario, and what do they say?
//!
//! ```toml
//! [accounts]
//! texts   = ["call/us.md", "call/cn.md"]   # beside this file, with the headers of `detente read`
//! parties = ["USA", "CHN", "experts"]      # columns; default: everybody who speaks
//! topics  = ["rare-earths", "tariffs"]     # rows; default: everything that is spoken of
//! ```
//!
//! The texts are read by the rules and lists that ship. They say what the sides say;
//! no number of the scenario depends on them.

use std::collections::BTreeMap;

use super::parse::read_names;
use crate::accounts::parties::KINDS;
use crate::accounts::topics::Topics;
use crate::accounts::{Account, Lexicon, Reading};
use crate::document::read::{Node, Reader, Table, nearest};
use crate::document::{self, DocumentError, Problem};
use crate::world::World;
use crate::world::labels::did_you_mean;

/// Keys of the table.
const KEYS: [&str; 3] = ["texts", "parties", "topics"];

/// What `[accounts]` names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountsQuestion {
    /// Files of the texts, relative to the scenario file. Never empty.
    pub texts: Vec<String>,
    /// Columns of the matrix: codes of governments and kinds of speakers; empty: all.
    pub parties: Vec<String>,
    /// Rows of the matrix: codes of topics; empty: all.
    pub topics: Vec<String>,
}

/// What the accounts of a scenario say.
#[derive(Clone, Debug)]
pub struct Told {
    /// Statements, matrix, differences; of the topics and parties that are asked for.
    pub reading: Reading,
    /// The words they were read with.
    pub lexicon: Lexicon,
}

/// Why a text is no account.
#[derive(Debug)]
pub enum Refused {
    /// It cannot be read, and why.
    Unreadable(String),
    /// Its header is wrong.
    Header(DocumentError),
}

impl Told {
    /// What `accounts` say about what is asked.
    pub fn of(question: &AccountsQuestion, accounts: Vec<Account>) -> Self {
        let lexicon = Lexicon::shipped();
        let reading = Reading::of(accounts, &lexicon).only(&question.topics, &question.parties);
        Self { reading, lexicon }
    }

    /// The title of a topic by its code.
    pub fn topic_title<'t>(&'t self, code: &'t str) -> &'t str {
        let topic = self.lexicon.topics.topics.iter().find(|topic| topic.code == code);
        topic.map_or(code, |topic| topic.title.as_str())
    }
}

/// Reads the table; `None` without texts.
pub(super) fn read(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<AccountsQuestion> {
    reader.check_keys(table, &KEYS);
    let names = |reader: &mut Reader<'_>, key: &str, help: &str| {
        table.get(key).map_or_else(Vec::new, |node| read_names(reader, key, node, help))
    };
    let topics = names(reader, "topics", "name a topic, or leave `topics` out");
    if let Some(node) = table.get("topics") {
        check_topics(reader, node);
    }
    let parties = names(reader, "parties", "name a party, or leave `parties` out");
    let node =
        reader.required(table, "texts", "texts = [\"us.md\", \"cn.md\"], files beside the scenario")?;
    let texts = read_names(reader, "texts", node, "name a text, or leave [accounts] out");
    Some(AccountsQuestion { texts, parties, topics })
}

fn check_topics(reader: &mut Reader<'_>, node: &Node<'_>) {
    let topics = Topics::shipped();
    let known = || topics.topics.iter().map(|topic| topic.code.as_str());
    for code in reader.strings("topics", node) {
        if known().any(|known| known == code.value) {
            continue;
        }
        let help = match nearest(code.value, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the topics are {}", known().collect::<Vec<_>>().join(", ")),
        };
        reader.note(Problem::UnknownWord { key: "topics", word: code.value.to_owned(), at: code.at, help });
    }
}

/// Notes the parties that are neither a region of the world nor a kind of speaker.
pub(super) fn check_parties(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) {
    let table = root.get("accounts").and_then(|node| node.get_ref().as_table());
    let Some(node) = table.and_then(|table| table.get("parties")) else { return };
    for party in reader.strings("parties", node) {
        if KINDS.contains(&party.value) {
            continue;
        }
        if let Err(unknown) = world.regions.find(party.value) {
            let near = match nearest(party.value, KINDS.into_iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => did_you_mean(&unknown.nearest),
            };
            let help = format!("{near} write the code of a region, or one of {}", KINDS.join(", "));
            let help = help.trim_start().to_owned();
            reader.note(Problem::UnknownWord {
                key: "parties",
                word: party.value.to_owned(),
                at: party.at,
                help,
            });
        }
    }
}

/// The texts that the scenario `text` names, in its order; `open` gives the account of a
/// file as seen from the scenario's folder.
///
/// # Errors
/// Every text that cannot be read, has a wrong header, or the id of another.
pub fn open(
    file_name: &str,
    text: &str,
    open: &mut dyn FnMut(&str) -> Result<Account, Refused>,
) -> Result<Vec<Account>, DocumentError> {
    document::parse(document::Kind::Scenario, file_name, text, |reader, root| {
        let table = root.get("accounts").and_then(|node| node.get_ref().as_table());
        let mut accounts: Vec<Account> = Vec::new();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let Some(node) = table.and_then(|table| table.get("texts")) else { return Some(accounts) };
        for file in reader.strings("texts", node) {
            let refused = match open(file.value) {
                Ok(account) => match files.insert(account.id.clone(), file.value.to_owned()) {
                    None => {
                        accounts.push(account);
                        continue;
                    }
                    Some(first) => (
                        format!("called `{}`, as is {first}", account.id),
                        "give one of them an id in its header".to_owned(),
                    ),
                },
                Err(Refused::Unreadable(why)) => {
                    (why, "the path is seen from the scenario's folder".to_owned())
                }
                Err(Refused::Header(problems)) => (problems.to_string(), told(&problems, file.value)),
            };
            let (found, help) = refused;
            reader.note(Problem::NotAnAccount { file: file.value.to_owned(), at: file.at, found, help });
        }
        Some(accounts)
    })
    .map(|(accounts, _)| accounts)
}

/// The problems of a header, and where to see them.
fn told(problems: &DocumentError, file: &str) -> String {
    let all: Vec<String> = problems.problems().iter().map(ToString::to_string).collect();
    format!("{}; `detente read {file}` points at them", all.join("; "))
}
