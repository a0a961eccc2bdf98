//! Where does a word of the matrix stand, and which measures does it speak of?
//!
//! A cell opens its statements: who says so, the words to the letter with their place in
//! the text, the text's title, publisher, day and source. A statement is tied to a measure
//! by the evidence of the ledger's readings, by its proposals, or by what the texts
//! themselves propose for measures in force on the day.

use super::Report;
use super::accounts::sign;
use super::figure::Quote;
use crate::accounts::matrix::{self, word};
use crate::accounts::topics::id_has;
use crate::accounts::{Account, Statement};
use crate::ledger::{Measure, Says};
use crate::scenario::Told;

/// Statements that a cell opens at most, and measures that one names at most.
pub(super) const MOST: usize = 5;
/// Characters of a piece that are shown; a longer one is cut.
pub(super) const LONGEST: usize = 1200;

/// What the accounts say, beside the ledger.
pub(super) struct Quotes<'a> {
    /// The ledger and the names of regions.
    pub report: &'a Report<'a>,
    /// The accounts.
    pub told: &'a Told,
}

impl<'a> Quotes<'a> {
    /// What a cell of the matrix rests on.
    pub fn quotes(&self, topic: &str, party: &str, cell: &matrix::Cell) -> Vec<Quote> {
        let mut quotes: Vec<Quote> =
            cell.statements.iter().take(MOST).map(|number| self.quote(*number)).collect();
        if cell.statements.len() > MOST {
            let more = cell.statements.len() - MOST;
            let head = format!("{more} more; `detente read` of the texts lists all statements");
            quotes.push(Quote { head, ..Quote::default() });
        }
        if cell.says.iter().any(|word| word == "silent") {
            quotes.extend(cell.silent_in.iter().filter_map(|id| {
                let account = self.told.reading.accounts.iter().find(|account| account.id == *id)?;
                Some(Quote {
                    head: format!(
                        "{} silent: no word of it in the whole account of {}",
                        sign("silent"),
                        self.report.region(party)
                    ),
                    text: id.clone(),
                    pieces: Vec::new(),
                    place: place(account),
                    measures: spoken_of(&self.silent_on(id, topic)),
                })
            }));
        }
        quotes
    }

    /// A statement with its words and their place.
    pub fn quote(&self, number: usize) -> Quote {
        let statement = &self.told.reading.statements[number];
        let account = &self.told.reading.accounts[statement.document];
        let does = word(statement, &self.told.lexicon.topics);
        let inherited = if statement.inherited { ", topic of the sentence before" } else { "" };
        let cut = |text: &str| match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text.to_owned(),
        };
        Quote {
            head: format!("{} {does}{inherited}: “{}”", sign(&does), cut(statement.source.text.trim())),
            text: account.id.clone(),
            pieces: statement.content.iter().map(|piece| (cut(&piece.text), piece.span)).collect(),
            place: place(account),
            measures: spoken_of(&self.measures(statement, account)),
        }
    }

    /// Measures that the ledger's evidence, its proposals, or a proposal of this text
    /// ties to a statement.
    fn measures(&self, statement: &Statement, account: &Account) -> Vec<&'a str> {
        let overlaps = |span: [usize; 2]| {
            statement.content.iter().any(|piece| piece.span[0] < span[1] && span[0] < piece.span[1])
        };
        let topics = &self.told.lexicon.topics.topics;
        let of_topic = |id: &str| {
            let words = || statement.topics.iter().flat_map(|topic| &topics[*topic].measures);
            !statement.inherited && words().any(|word| id_has(id, word))
        };
        let evident = |measure: &Measure| {
            measure.readings.iter().flat_map(|reading| &reading.evidence).any(|evidence| {
                evidence.account == account.id
                    && match evidence.says {
                        Says::Span(first, end) => overlaps([first, end]),
                        Says::Whole => of_topic(&measure.id),
                        Says::Silent => false,
                    }
            })
        };
        let listed = |measure: &Measure| {
            self.report.ledger.proposals.iter().any(|proposal| {
                proposal.measures.contains(&measure.id)
                    && proposal.evidence.iter().any(|evidence| {
                        let spoken =
                            matches!(evidence.says, Says::Span(first, end) if overlaps([first, end]));
                        evidence.account == account.id && spoken
                    })
            })
        };
        let proposed = |measure: &Measure| {
            statement.date.is_none_or(|day| measure.is_in_force(day))
                && self.told.reading.proposals.iter().any(|proposal| {
                    proposal.measures.iter().any(|word| id_has(&measure.id, word))
                        && proposal
                            .evidence
                            .iter()
                            .any(|place| place.account == account.id && overlaps(place.span))
                })
        };
        let tied = |measure: &&Measure| evident(measure) || listed(measure) || proposed(measure);
        self.report.ledger.measures.iter().filter(tied).map(|measure| measure.id.as_str()).collect()
    }

    /// Measures of a topic on which the ledger says that an account is silent.
    fn silent_on(&self, account: &str, topic: &str) -> Vec<&'a str> {
        let topic = self.told.lexicon.topics.topics.iter().find(|known| known.code == topic);
        let silent = |measure: &&Measure| {
            let mut evidence = measure.readings.iter().flat_map(|reading| &reading.evidence);
            topic.is_some_and(|topic| topic.measures.iter().any(|word| id_has(&measure.id, word)))
                && evidence.any(|one| one.account == account && one.says == Says::Silent)
        };
        self.report.ledger.measures.iter().filter(silent).map(|measure| measure.id.as_str()).collect()
    }
}

/// Title, publisher, day and source of a text.
fn place(account: &Account) -> String {
    let date = account.date.map(|date| date.to_string());
    let parts = [account.title.clone(), account.publisher.clone(), date, account.source.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { account.id.clone() } else { parts.join("; ") }
}

/// Ids of measures in words; empty if there is none.
fn spoken_of(ids: &[&str]) -> String {
    let named: Vec<&str> = ids.iter().copied().take(MOST).collect();
    match ids.len() {
        0 => String::new(),
        count if count > MOST => {
            format!("In the ledger: {} and {} more", named.join(", "), count - MOST)
        }
        _ => format!("In the ledger: {}", named.join(", ")),
    }
}
