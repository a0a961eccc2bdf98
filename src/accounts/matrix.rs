//! Topics by accounts: what does each side say, and on what is it silent?
//!
//! A row is a topic that somebody speaks of, a column a party. A cell holds what
//! the party does about the topic, in the words of the stances, with the
//! statements it rests on. Silence is a fact about a whole document: a party is
//! silent on a topic only if a complete account of its own is, no other of its
//! accounts has a word of it, and somebody else speaks of it; or if a document says that it made no mention of it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::account::Account;
use super::parties::Speaker;
use super::statements::{Stance, Statement};
use super::topics::Topics;

/// What one party does about one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Words of the stances, the strongest first; empty: nothing is known.
    pub says: Vec<String>,
    /// Positions of the statements.
    pub statements: Vec<usize>,
    /// Documents that are silent, by id.
    pub silent_in: Vec<String>,
}

/// Topics by parties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// Codes of topics, one a row.
    pub topics: Vec<String>,
    /// Labels of parties, one a column: governments first.
    pub parties: Vec<String>,
    /// Cells, row by row.
    pub cells: Vec<Vec<Cell>>,
}

impl Matrix {
    /// The matrix of all statements.
    pub fn of(accounts: &[Account], statements: &[Statement], topics: &Topics) -> Self {
        let mut parties: Vec<String> = Vec::new();
        let mut of_party: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
        for (number, statement) in statements.iter().enumerate() {
            // What one side says that another said is the first one's word.
            for label in labels(&statement.speaker).into_iter().filter(|_| !statement.reported) {
                if !parties.contains(&label) {
                    parties.push(label.clone());
                }
                for topic in &statement.topics {
                    of_party.entry((*topic, label.clone())).or_default().push(number);
                }
            }
        }
        for party in accounts.iter().filter_map(|account| account.party.clone()) {
            if !parties.contains(&party) {
                parties.push(party);
            }
        }
        parties.retain(|label| label != "unclear");
        parties.sort_by_key(|label| (label.chars().any(char::is_lowercase), label.clone()));
        let spoken: Vec<usize> = (0..topics.topics.len())
            .filter(|topic| of_party.keys().any(|(other, _)| other == topic))
            .collect();
        let spoken_in: Vec<Vec<usize>> =
            accounts.iter().map(|account| topics.of(&account.text[account.body.clone()])).collect();
        let cells = spoken
            .iter()
            .map(|topic| {
                parties
                    .iter()
                    .map(|party| {
                        cell(
                            &Documents { accounts, spoken_in: &spoken_in },
                            statements,
                            topics,
                            of_party.get(&(*topic, party.clone())),
                            *topic,
                            party,
                        )
                    })
                    .collect()
            })
            .collect();
        Self {
            topics: spoken.iter().map(|topic| topics.topics[*topic].code.clone()).collect(),
            parties,
            cells,
        }
    }

    /// These topics and parties alone, in this order; an empty list keeps all. Of what
    /// nobody speaks, and for whom nobody does, the cells are empty.
    pub fn only(&self, topics: &[String], parties: &[String]) -> Self {
        let kept = |asked: &[String], all: &[String]| {
            if asked.is_empty() { all.to_vec() } else { asked.to_vec() }
        };
        let (topics, parties) = (kept(topics, &self.topics), kept(parties, &self.parties));
        let of = |topic: &String, party: &String| self.cell(topic, party).cloned().unwrap_or_default();
        let cells =
            topics.iter().map(|topic| parties.iter().map(|party| of(topic, party)).collect()).collect();
        Self { topics, parties, cells }
    }

    /// The cell of a topic and a party.
    pub fn cell(&self, topic: &str, party: &str) -> Option<&Cell> {
        let row = self.topics.iter().position(|code| code == topic)?;
        let column = self.parties.iter().position(|label| label == party)?;
        self.cells.get(row)?.get(column)
    }
}

/// The columns a speaker belongs to; both governments where both speak.
pub fn labels(speaker: &Speaker) -> Vec<String> {
    match speaker {
        Speaker::Government(codes) => codes.clone(),
        other => vec![other.label()],
    }
}

/// Accounts, and the topics that the text of each has words of.
struct Documents<'a> {
    accounts: &'a [Account],
    spoken_in: &'a [Vec<usize>],
}

fn cell(
    documents: &Documents<'_>,
    statements: &[Statement],
    topics: &Topics,
    of_party: Option<&Vec<usize>>,
    topic: usize,
    party: &str,
) -> Cell {
    let numbers = of_party.cloned().unwrap_or_default();
    let mut stances: Vec<(Stance, String)> = numbers
        .iter()
        .map(|number| (statements[*number].stance, word(&statements[*number], topics)))
        .collect();
    stances.sort();
    stances.dedup();
    // A mere mention says nothing beside a stance.
    if stances.iter().any(|(stance, _)| matches!(stance, Stance::Listed(_))) {
        stances.retain(|(stance, _)| matches!(stance, Stance::Listed(_)));
    }
    let mut says: Vec<String> = stances.into_iter().map(|(_, word)| word).collect();
    let own: Vec<usize> = (0..documents.accounts.len())
        .filter(|number| documents.accounts[*number].party.as_deref() == Some(party))
        .collect();
    let silent_in: Vec<String> = own
        .iter()
        .filter(|number| {
            documents.accounts[**number].complete && !documents.spoken_in[**number].contains(&topic)
        })
        .map(|number| documents.accounts[*number].id.clone())
        .collect();
    let spoken = own.iter().any(|number| documents.spoken_in[*number].contains(&topic));
    if !silent_in.is_empty() && !spoken && says.is_empty() {
        says.push("silent".into());
    }
    Cell { says, statements: numbers, silent_in }
}

/// What a statement does about its topics, in a word.
pub fn word(statement: &Statement, topics: &Topics) -> String {
    match statement.stance {
        Stance::Listed(number) => {
            topics.stances[number].says.replace("{}", statement.named.as_deref().unwrap_or("?"))
        }
        Stance::Mentions => "mentions".into(),
        Stance::Unclear => "unclear".into(),
    }
}
