//! What another reader proposes, and what of it is kept.
//!
//! A language model may propose statements that the rules do not see. It answers
//! with [`schema`]; what it says is kept only if the text bears it out: its
//! quotation stands in the text to the letter, and so does the name of its
//! speaker. Topics, parties and stances are then found by the rules, as for any
//! statement; a topic of its own is taken where the rules have none. A proposal
//! that overlaps with what the rules found is dropped. The class of what is kept
//! is [`PROPOSED`], and its status in a ledger never above claimed.

use std::ops::Range;

use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Account;
use super::parties::Speaker;
use super::statements::{Characters, Lexicon, Piece, Stance, Statement};
use super::topics::Meaning;

/// Class of statements that another reader proposed.
pub const PROPOSED: &str = "proposed";

/// Fewer words than this are no statement.
const FEW_WORDS: usize = 3;

/// One proposed statement.
#[derive(Clone, Debug, Deserialize)]
struct Proposed {
    speaker: String,
    quotation: String,
    #[serde(default)]
    topic: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    statements: Vec<Proposed>,
}

/// What came of an answer.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Statements that the text bears out.
    pub statements: Vec<Statement>,
    /// How many were dropped, with the reason.
    pub dropped: Vec<String>,
}

/// The JSON schema of an answer.
pub fn schema(lexicon: &Lexicon) -> Value {
    let topics: Vec<&str> =
        lexicon.topics.topics.iter().map(|topic| topic.code.as_str()).chain([""]).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["statements"],
        "properties": {
            "statements": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["speaker", "quotation", "topic"],
                    "properties": {
                        "speaker": { "type": "string", "description": "the words of the text that name who speaks" },
                        "quotation": { "type": "string", "description": "what is said, copied from the text letter by letter" },
                        "topic": { "type": "string", "enum": topics },
                    },
                },
            },
        },
    })
}

/// What to ask.
pub fn question(account: &Account) -> String {
    format!(
        "List every statement in the text below that somebody is said to have made. Copy the words that name the \
         speaker and the words that are attributed to them exactly as they stand. Do not add, shorten or correct \
         anything. Text:\n\n{}",
        &account.text[account.body.clone()]
    )
}

/// Keeps of `answer` what the text bears out.
///
/// # Errors
/// An answer that is not of the schema.
pub fn kept(
    answer: &str,
    document: usize,
    account: &Account,
    known: &[Statement],
    lexicon: &Lexicon,
) -> Result<Kept, serde_json::Error> {
    let answer: Answer = serde_json::from_str(answer)?;
    let places = Characters::of(&account.text);
    let mut kept = Kept::default();
    for one in answer.statements {
        match check(&one, document, account, &places, lexicon) {
            Ok(statement) => {
                let [start, end] = statement.content[0].span;
                let overlaps = known.iter().chain(&kept.statements).any(|other| {
                    other.document == document
                        && other.content.iter().any(|piece| piece.span[0] < end && piece.span[1] > start)
                });
                if overlaps {
                    kept.dropped.push(format!("known already: {}", shortened(&one.quotation)));
                } else {
                    kept.statements.push(statement);
                }
            }
            Err(why) => kept.dropped.push(why),
        }
    }
    Ok(kept)
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

fn check(
    one: &Proposed,
    document: usize,
    account: &Account,
    places: &Characters<'_>,
    lexicon: &Lexicon,
) -> Result<Statement, String> {
    let body = &account.text[account.body.clone()];
    let find = |words: &str, what: &str| -> Result<Range<usize>, String> {
        if words.trim().is_empty() {
            return Err(format!("a {what} without words"));
        }
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let whole = |at: &usize| {
            !letter(body[..*at].chars().next_back()) && !letter(body[at + words.len()..].chars().next())
        };
        match body.match_indices(words).map(|(at, _)| at).find(whole) {
            Some(at) => Ok(account.body.start + at..account.body.start + at + words.len()),
            None => Err(format!("the {what} is not in the text: {}", shortened(words))),
        }
    };
    if one.quotation.split_whitespace().count() < FEW_WORDS {
        return Err(format!("too short to be a statement: {}", shortened(&one.quotation)));
    }
    let quotation = find(&one.quotation, "quotation")?;
    let speaker = find(&one.speaker, "speaker")?;
    let piece = |range: &Range<usize>| Piece {
        span: [places.at(range.start), places.at(range.end)],
        text: account.text[range.clone()].to_owned(),
    };
    let mut topics = lexicon.topics.of(&one.quotation);
    if topics.is_empty() {
        topics.extend(lexicon.topics.topics.iter().position(|topic| topic.code == one.topic));
    }
    let party: Speaker = lexicon.parties.speaker(&one.speaker, account.date, &[]);
    let stance = match lexicon.topics.of_content(&one.quotation) {
        Meaning::Stance(stance, _) if !lexicon.topics.stances[stance].names => Stance::Listed(stance),
        Meaning::None => Stance::Mentions,
        _ => Stance::Unclear,
    };
    Ok(Statement {
        document,
        source: piece(&speaker),
        speaker: party,
        cue: None,
        class: PROPOSED.to_owned(),
        content: vec![piece(&quotation)],
        quoted: false,
        negative: false,
        topics,
        inherited: false,
        reported: false,
        stance,
        named: None,
        date: account.date,
    })
}
