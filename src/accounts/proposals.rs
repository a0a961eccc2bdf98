//! What a ledger might take up: measures and readings that accounts speak of.
//!
//! A proposal is never a measure. It says who speaks of what, where, and how far
//! it is backed: `announced` in the side's own account, `claimed` in another's,
//! `confirmed` by two sides, each for itself, `disputed` where they contradict each other. A person
//! decides what becomes of it.
//!
//! Two kinds. A **measure**: a government says that it, or another, imposes, lifts
//! or changes something. A **reading**: a government says of a topic with measures
//! that it is settled, that it stands, or that it should go.

use jiff::civil::Date;
use serde::Serialize;

use super::account::Account;
use super::compare::{Difference, Odds};
use super::matrix::word;
use super::parties::Speaker;
use super::proposed::PROPOSED;
use super::statements::{Stance, Statement};
use super::topics::{Topics, in_doubt};

/// How far a proposal is backed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Backing {
    /// In the side's own account.
    Announced,
    /// In somebody else's.
    Claimed,
    /// By two sides, each for itself.
    Confirmed,
    /// The sides contradict each other.
    Disputed,
}

impl Backing {
    /// The word for it in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Claimed => "claimed",
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
        }
    }
}

/// What a proposal would be in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// A measure.
    Measure,
    /// A side's reading of measures.
    Reading,
}

/// A place in an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Id of the account.
    pub account: String,
    /// Characters of its file.
    pub span: [usize; 2],
    /// What stands there.
    pub quote: String,
}

/// What a ledger might take up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Measure or reading.
    pub sort: Sort,
    /// The topic's code.
    pub topic: String,
    /// The government that says so.
    pub by: String,
    /// What it says, in the word of the stance or of the act.
    pub says: String,
    /// Rates and shares in the words, as written.
    pub numbers: Vec<String>,
    /// Its day.
    pub date: Option<Date>,
    /// How far it is backed.
    pub status: Backing,
    /// Where it stands.
    pub evidence: Vec<Evidence>,
    /// Does it rest on another reader's proposal alone?
    #[serde(skip)]
    pub proposed: bool,
    /// Words in the ids of the measures that it may speak of.
    #[serde(skip)]
    pub measures: Vec<String>,
}

/// Places that a proposal names at most.
const MOST_EVIDENCE: usize = 20;

/// Verbs of acts of policy, with the word for the act.
const ACTS: [(&str, &[&str]); 6] = [
    (
        "imposes",
        &[
            "impose",
            "imposed",
            "imposes",
            "imposing",
            "levy",
            "levied",
            "raise",
            "raised",
            "raising",
            "introduce",
            "introduced",
            "issuing",
            "ban",
            "banned",
            "restrict",
            "restricted",
            "revoke",
            "revoked",
        ],
    ),
    (
        "lifts",
        &[
            "lift",
            "lifted",
            "lifting",
            "remove",
            "removed",
            "drop",
            "dropped",
            "cancel",
            "cancelled",
            "canceled",
            "withdraw",
            "withdrawn",
        ],
    ),
    ("suspends", &["suspend", "suspended", "suspends", "suspending", "pause", "paused"]),
    ("lowers", &["lower", "lowered", "lowering", "cut", "halve", "halved", "reduce", "reduced"]),
    ("extends", &["extend", "extended", "prolong", "prolonged"]),
    ("approves", &["approve", "approved", "approving", "grant", "granted", "loosen", "loosened"]),
];

/// Stances that read measures.
const READS: [&str; 5] = ["resolved", "unresolved", "agrees", "demands", "concedes"];

/// The act that the words tell of as done or decided; none if it is denied,
/// conditional, demanded or asked about.
fn act(said: &str) -> Option<&'static str> {
    let lower = said.to_lowercase();
    let first = lower.split_whitespace().next().unwrap_or_default();
    if matches!(first, "whether" | "if" | "why" | "how" | "what" | "who" | "when" | "where") {
        return None;
    }
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let plainly = |verb: &str| {
        lower.match_indices(verb).any(|(at, _)| {
            let end = at + verb.len();
            let whole = !letter(lower[..at].chars().next_back()) && !letter(lower[end..].chars().next());
            let near = lower[..at].split_whitespace().rev().take(3);
            let open = near.into_iter().any(|word| matches!(word, "should" | "must" | "ought"));
            whole && !open && !in_doubt(&lower, &(at..end))
        })
    };
    ACTS.iter().find(|(_, verbs)| verbs.iter().any(|verb| plainly(verb))).map(|(act, _)| *act)
}

/// Proposals of all statements, in their order; one a side, topic and word.
pub fn proposals(
    accounts: &[Account],
    statements: &[Statement],
    differences: &[Difference],
    topics: &Topics,
) -> Vec<Proposal> {
    let mut found: Vec<Proposal> = Vec::new();
    for statement in statements {
        let Speaker::Government(codes) = &statement.speaker else { continue };
        if statement.inherited
            || statement.reported
            || statement.negative
            || statement.stance == Stance::Unclear
        {
            continue;
        }
        let said: String =
            statement.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ");
        let act = act(&said);
        let read = match statement.stance {
            Stance::Listed(number) if READS.contains(&topics.stances[number].code.as_str()) => {
                Some(word(statement, topics))
            }
            _ => None,
        };
        let (sort, says) = match (read, act) {
            (Some(read), _) => (Sort::Reading, read),
            (None, Some(act)) => (Sort::Measure, act.to_owned()),
            (None, None) => continue,
        };
        for topic in statement.topics.iter().filter(|topic| !topics.topics[**topic].measures.is_empty()) {
            for by in codes {
                let topic = &topics.topics[*topic];
                let evidence = statement.content.iter().map(|piece| Evidence {
                    account: accounts[statement.document].id.clone(),
                    span: piece.span,
                    quote: piece.text.clone(),
                });
                let same = found.iter_mut().find(|other| {
                    other.sort == sort && other.topic == topic.code && other.by == *by && other.says == says
                });
                match same {
                    Some(same) => {
                        same.proposed &= statement.class == PROPOSED;
                        for place in evidence {
                            if same.evidence.len() < MOST_EVIDENCE && !same.evidence.contains(&place) {
                                same.evidence.push(place);
                            }
                        }
                    }
                    None => found.push(Proposal {
                        sort,
                        topic: topic.code.clone(),
                        by: by.clone(),
                        says: says.clone(),
                        numbers: rates(&said),
                        date: statement.date,
                        proposed: statement.class == PROPOSED,
                        status: Backing::Claimed,
                        evidence: evidence.collect(),
                        measures: topic.measures.clone(),
                    }),
                }
            }
        }
    }
    let backed: Vec<Backing> = found.iter().map(|one| backing(one, &found, accounts, differences)).collect();
    for (one, backing) in found.iter_mut().zip(backed) {
        one.status = backing;
    }
    found
}

fn backing(one: &Proposal, all: &[Proposal], accounts: &[Account], differences: &[Difference]) -> Backing {
    let disputed = differences.iter().any(|other| {
        other.topic == one.topic && other.odds != Odds::Differs && other.parties.contains(&one.by)
    });
    let others =
        all.iter().any(|other| other.topic == one.topic && other.says == one.says && other.by != one.by);
    let own = one.evidence.iter().any(|place| {
        accounts
            .iter()
            .any(|account| account.id == place.account && account.party.as_deref() == Some(&one.by))
    });
    // What only another reader proposes is never more than a claim.
    if one.proposed {
        return Backing::Claimed;
    }
    match (disputed, others, own) {
        (true, _, _) => Backing::Disputed,
        (_, true, _) => Backing::Confirmed,
        (_, _, true) => Backing::Announced,
        _ => Backing::Claimed,
    }
}

/// Percentages as written: `145 percent`, `25%`.
fn rates(said: &str) -> Vec<String> {
    let words: Vec<&str> = said.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '%');
        let number = bare.trim_end_matches('%');
        let is_number = !number.is_empty()
            && number.chars().all(|digit| digit.is_ascii_digit() || matches!(digit, '.' | ','));
        let next = words.get(at + 1).map_or("", |word| *word);
        if is_number
            && (bare.ends_with('%')
                || next.starts_with("percent")
                || next == "per" && words.get(at + 2).is_some_and(|word| word.starts_with("cent")))
        {
            found.push(format!("{number}%"));
        }
    }
    found
}
