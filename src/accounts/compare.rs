//! Where do accounts meet: the same words, opposite words, other numbers?
//!
//! * **Reuse**: a quotation of six words or more that stands in two documents is
//!   one source, not two.
//! * **Contradiction**: two parties speak of one topic, and one says the opposite
//!   of the other, or another number of the same thing. Anything else differs, no more.

use std::collections::BTreeMap;

use serde::Serialize;

use super::matrix::labels;
use super::parties::Speaker;
use super::statements::{Stance, Statement};
use super::tokens::{Kind, Tokens};
use super::topics::Topics;

/// Words of a quotation below which equal words prove nothing.
const FEW_WORDS: usize = 6;

/// More kinds of statements on one topic than this are not compared pair by pair.
const MOST_KINDS: usize = 500;

/// Numbers of a statement with the word after each: (day, 90), (percent, 145).
type Numbers = Vec<(String, String)>;

/// One quotation in several documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reuse {
    /// Statements that hold it, by position; of two documents at least.
    pub statements: Vec<usize>,
    /// Its words, as in the first.
    pub text: String,
}

/// How two parties are at odds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Odds {
    /// One says what the other denies.
    Opposite,
    /// Another number of the same thing.
    Number,
    /// Something else.
    Differs,
}

/// Two parties at odds on a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The topic's code.
    pub topic: String,
    /// The parties.
    pub parties: [String; 2],
    /// How.
    pub odds: Odds,
    /// A statement of each.
    pub statements: [usize; 2],
}

/// Quotations that stand in more than one document.
pub fn reuse(statements: &[Statement]) -> Vec<Reuse> {
    let mut by_words: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (number, statement) in statements.iter().enumerate().filter(|(_, statement)| statement.quoted) {
        let words = words(statement);
        if words.len() >= FEW_WORDS {
            by_words.entry(words).or_default().push(number);
        }
    }
    let mut found: Vec<Reuse> = by_words
        .into_values()
        .filter(|numbers| {
            numbers.iter().any(|number| statements[*number].document != statements[numbers[0]].document)
        })
        .map(|numbers| Reuse {
            text: statements[numbers[0]]
                .content
                .iter()
                .map(|piece| piece.text.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            statements: numbers,
        })
        .collect();
    found.sort_by_key(|reuse| reuse.statements[0]);
    found
}

fn words(statement: &Statement) -> Vec<String> {
    let text: String =
        statement.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ");
    let tokens = Tokens::of(&text);
    (0..tokens.len()).filter(|i| tokens.is_word(*i)).map(|i| tokens.low(i).to_owned()).collect()
}

/// Stances that cannot both be so.
const OPPOSITES: [(&str, &str); 7] = [
    ("resolved", "unresolved"),
    ("resolved", "denies"),
    ("resolved", "demands"),
    ("agrees", "rejects"),
    ("agrees", "denies"),
    ("accuses", "denies"),
    ("concedes", "rejects"),
];

/// Where parties are at odds, topic by topic; one a pair and kind.
pub fn differences(statements: &[Statement], topics: &Topics) -> Vec<Difference> {
    // What differs is the same for all statements of a side with one stance and
    // the same numbers: one of each is enough, however long the accounts are.
    let mut kinds: BTreeMap<(usize, String, Stance, Numbers), usize> = BTreeMap::new();
    for (number, statement) in
        statements.iter().enumerate().filter(|(_, statement)| !statement.inherited && !statement.reported)
    {
        let Some(side) = side(statement) else { continue };
        for topic in &statement.topics {
            kinds.entry((*topic, side.clone(), statement.stance, numbers(statement))).or_insert(number);
        }
    }
    let mut by_topic: BTreeMap<usize, Vec<(&String, Stance, &Numbers, usize)>> = BTreeMap::new();
    for ((topic, side, stance, numbers), number) in &kinds {
        by_topic.entry(*topic).or_default().push((side, *stance, numbers, *number));
    }
    let mut found: BTreeMap<(usize, [String; 2], u8), Difference> = BTreeMap::new();
    for (topic, kinds) in by_topic {
        let kinds = &kinds[..kinds.len().min(MOST_KINDS)];
        for (k, (first, stance, numbers, i)) in kinds.iter().enumerate() {
            for (second, other_stance, other_numbers, j) in &kinds[k + 1..] {
                if first == second {
                    continue;
                }
                let Some(odds) = odds((*stance, numbers), (*other_stance, other_numbers), topics) else {
                    continue;
                };
                // Sides come in their order from the map.
                let parties = [(*first).clone(), (*second).clone()];
                let code = topics.topics[topic].code.clone();
                let key = (topic, parties.clone(), odds as u8);
                found.entry(key).or_insert(Difference { topic: code, parties, odds, statements: [*i, *j] });
            }
        }
    }
    // A contradiction says all that a difference would.
    let strong: Vec<(String, [String; 2])> = found
        .values()
        .filter(|one| one.odds != Odds::Differs)
        .map(|one| (one.topic.clone(), one.parties.clone()))
        .collect();
    found
        .into_values()
        .filter(|one| {
            one.odds != Odds::Differs || !strong.contains(&(one.topic.clone(), one.parties.clone()))
        })
        .collect()
}

/// The one party a statement is of; both sides together contradict nobody.
fn side(statement: &Statement) -> Option<String> {
    match &labels(&statement.speaker)[..] {
        // Many people are behind the labels of kinds: only governments contradict.
        [label] if matches!(statement.speaker, Speaker::Government(_)) => Some(label.clone()),
        _ => None,
    }
}

fn odds(one: (Stance, &Numbers), two: (Stance, &Numbers), topics: &Topics) -> Option<Odds> {
    if let (Stance::Listed(a), Stance::Listed(b)) = (one.0, two.0) {
        let (a, b) = (topics.stances[a].code.as_str(), topics.stances[b].code.as_str());
        if OPPOSITES.iter().any(|(x, y)| (*x, *y) == (a, b) || (*y, *x) == (a, b)) {
            return Some(Odds::Opposite);
        }
        if a != b {
            return Some(Odds::Differs);
        }
    }
    let (a, b) = (one.1, two.1);
    let clash =
        a.iter().any(|(unit, number)| b.iter().any(|(other, value)| other == unit && value != number));
    let agree = a.iter().any(|pair| b.contains(pair));
    (clash && !agree).then_some(Odds::Number)
}

/// Numbers with the word after them: (days, 90), (percent, 145).
fn numbers(statement: &Statement) -> Numbers {
    let text: String =
        statement.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ");
    let tokens = Tokens::of(&text);
    (0..tokens.len())
        .filter(|i| tokens.kind(*i) == Kind::Number)
        .filter_map(|i| {
            let written = tokens.low(i);
            // 90-day, 25%, 145 percent
            if let Some((number, unit)) = written.split_once('-') {
                return Some((unit.trim_end_matches('s').to_owned(), number.to_owned()));
            }
            if let Some(number) = written.strip_suffix('%') {
                return Some(("percent".to_owned(), number.to_owned()));
            }
            let unit = tokens.low(i + 1);
            let unit = if unit == "%" || unit == "per" && tokens.low(i + 2).starts_with("cent") {
                "percent"
            } else {
                unit
            };
            (i + 1 < tokens.len() && tokens.is_word(i + 1))
                .then(|| (unit.trim_end_matches('s').to_owned(), written.to_owned()))
        })
        .collect()
}
