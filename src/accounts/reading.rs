//! All that a set of accounts says: statements, matrix, differences, proposals.

use serde::Serialize;
use serde_json::{Value, json};

use super::account::Account;
use super::compare::{Difference, Reuse, differences, reuse};
use super::matrix::{Matrix, word};
use super::proposals::{Proposal, proposals};
use super::statements::{Lexicon, Statement, statements};

/// What a set of accounts says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The accounts, in the order they were given.
    pub accounts: Vec<Account>,
    /// Their statements, account by account, in the order of the text.
    pub statements: Vec<Statement>,
    /// Topics by parties.
    pub matrix: Matrix,
    /// Where parties are at odds.
    pub differences: Vec<Difference>,
    /// Quotations in more than one account.
    pub reuse: Vec<Reuse>,
    /// What a ledger might take up.
    pub proposals: Vec<Proposal>,
}

impl Reading {
    /// Reads `accounts` with the words of `lexicon`.
    pub fn of(accounts: Vec<Account>, lexicon: &Lexicon) -> Self {
        let all = accounts
            .iter()
            .enumerate()
            .flat_map(|(number, account)| statements(number, account, lexicon))
            .collect();
        Self::of_statements(accounts, all, lexicon)
    }

    /// The same from statements that are there already.
    pub fn of_statements(accounts: Vec<Account>, statements: Vec<Statement>, lexicon: &Lexicon) -> Self {
        let matrix = Matrix::of(&accounts, &statements, &lexicon.topics);
        let differences = differences(&statements, &lexicon.topics);
        let reuse = reuse(&statements);
        let proposals = proposals(&accounts, &statements, &differences, &lexicon.topics);
        Self { accounts, statements, matrix, differences, reuse, proposals }
    }

    /// The same with these topics and parties alone, each in the order given; an
    /// empty list keeps all. Statements and repeated quotations stay as they are.
    pub fn only(mut self, topics: &[String], parties: &[String]) -> Self {
        self.matrix = self.matrix.only(topics, parties);
        let kept = |list: &[String], one: &String| list.is_empty() || list.contains(one);
        self.differences
            .retain(|one| kept(topics, &one.topic) && one.parties.iter().all(|party| kept(parties, party)));
        self
    }

    /// Statements by day, then in the order of the texts; those without a day last.
    pub fn time_line(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.statements.len()).collect();
        order.sort_by_key(|number| {
            (self.statements[*number].date.is_none(), self.statements[*number].date, *number)
        });
        order
    }

    /// All of it for a program; spans in characters of the files.
    pub fn to_json(&self, lexicon: &Lexicon) -> Value {
        let code = |topic: &usize| lexicon.topics.topics[*topic].code.clone();
        let statements: Vec<Value> = self
            .statements
            .iter()
            .map(|statement| {
                json!({
                    "account": self.accounts[statement.document].id,
                    "speaker": statement.speaker,
                    "party": statement.speaker.label(),
                    "source": statement.source,
                    "cue": statement.cue,
                    "class": statement.class,
                    "content": statement.content,
                    "quoted": statement.quoted,
                    "negative": statement.negative,
                    "topics": statement.topics.iter().map(code).collect::<Vec<_>>(),
                    "topics_inherited": statement.inherited,
                    "reported": statement.reported,
                    "stance": word(statement, &lexicon.topics),
                    "date": statement.date.map(|date| date.to_string()),
                })
            })
            .collect();
        json!({
            "accounts": self.accounts.iter().map(AccountHead::of).collect::<Vec<_>>(),
            "statements": statements,
            "matrix": self.matrix,
            "differences": self.differences,
            "reuse": self.reuse,
            "time_line": self.time_line(),
            "proposals": self.proposals,
        })
    }
}

/// An account without its text.
#[derive(Debug, Serialize)]
struct AccountHead<'a> {
    id: &'a str,
    title: Option<&'a str>,
    publisher: Option<&'a str>,
    date: Option<String>,
    party: Option<&'a str>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

impl<'a> AccountHead<'a> {
    fn of(account: &'a Account) -> Self {
        Self {
            id: &account.id,
            title: account.title.as_deref(),
            publisher: account.publisher.as_deref(),
            date: account.date.map(|date| date.to_string()),
            party: account.party.as_deref(),
            complete: account.complete,
            source: account.source.as_deref(),
        }
    }
}
