//! Statements of a document: who says what about which topic.
//!
//! An attribution becomes a statement when its source is resolved to a party,
//! its content to topics and a stance. What the text does not settle stays
//! unclear: a pronoun with two possible owners, a phrase that is denied or
//! conditional, a remark that is marked as irony.
//!
//! A content without a topic of its own is about what the sentence before it is
//! about, and says so (`inherited`). A quotation that follows an attributed one
//! in the same paragraph is of the same speaker.

mod speaker;
mod stance;

use std::ops::Range;

use jiff::civil::Date;
use serde::Serialize;
use speaker::Heard;

use crate::accounts::account::Account;
use crate::accounts::attributions::{Attribution, Layout, attributions};
use crate::accounts::lexicon::Cues;
use crate::accounts::parties::{Mention, Named, Parties, Speaker};
use crate::accounts::tokens::{Kind, Tokens};
use crate::accounts::topics::Topics;

/// What a speaker does about the topic of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stance {
    /// One of the list, by position.
    Listed(usize),
    /// Speaks of it.
    Mentions,
    /// The text does not say.
    Unclear,
}

/// A piece of a text: bytes for cutting, characters for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// First and last character of the original, the last excluded.
    pub span: [usize; 2],
    /// What stands there.
    pub text: String,
}

/// Somebody says something.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Position of the document.
    pub document: usize,
    /// The words that name the speaker.
    pub source: Piece,
    /// For whom they speak.
    pub speaker: Speaker,
    /// The words that bring it; none where a quotation goes on.
    pub cue: Option<Piece>,
    /// Class of the cue.
    pub class: String,
    /// What is said.
    pub content: Vec<Piece>,
    /// Is all of it a quotation?
    pub quoted: bool,
    /// Does the speaker deny it or not say it?
    pub negative: bool,
    /// Topics, by position.
    pub topics: Vec<usize>,
    /// Were they taken from the sentence before?
    pub inherited: bool,
    /// Is it what another party says that the speaker said?
    pub reported: bool,
    /// What the speaker does about them.
    pub stance: Stance,
    /// The party that the stance names, if it names one.
    pub named: Option<String>,
    /// The day: of a weekday named in the sentence, else of the document.
    pub date: Option<Date>,
}

/// The words the reader knows.
#[derive(Clone, Debug)]
pub struct Lexicon {
    /// Cues.
    pub cues: Cues,
    /// Parties.
    pub parties: Parties,
    /// Topics and stances.
    pub topics: Topics,
}

impl Lexicon {
    /// What ships.
    pub fn shipped() -> Self {
        Self { cues: Cues::shipped(), parties: Parties::shipped(), topics: Topics::shipped() }
    }
}

/// Statements of `account`, in the order of the text.
pub fn statements(document: usize, account: &Account, lexicon: &Lexicon) -> Vec<Statement> {
    let text = account.text.as_str();
    let tokens = Tokens::within(text, account.body.clone());
    let layout = Layout::of(&tokens);
    let found = attributions(&tokens, &layout, &lexicon.cues);
    let mentions = lexicon.parties.mentions(text);
    let reading = Reading {
        document,
        account,
        lexicon,
        tokens: &tokens,
        layout: &layout,
        places: Characters::of(text),
        talks: talks(&mentions, lexicon, account.date),
        people: mentions
            .iter()
            .filter_map(|mention| match mention.named {
                Named::Person(person) => Some((person, mention.start..mention.end)),
                _ => None,
            })
            .collect(),
    };
    reading.statements(found)
}

/// The two governments that a text names most often.
fn talks(mentions: &[Mention], lexicon: &Lexicon, day: Option<Date>) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for mention in mentions {
        let code = match &mention.named {
            Named::Country(code) | Named::Agency(code) => Some(code.as_str()),
            Named::Person(person) => lexicon.parties.in_office(*person, day),
        };
        if let Some(code) = code {
            match counts.iter_mut().find(|(other, _)| other == code) {
                Some((_, count)) => *count += 1,
                None => counts.push((code.to_owned(), 1)),
            }
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut two: Vec<String> = counts.into_iter().take(2).map(|(code, _)| code).collect();
    two.sort();
    two
}

/// Bytes to characters, in steps.
#[derive(Clone, Debug)]
pub(super) struct Characters<'t> {
    text: &'t str,
    /// Characters before every block of 256 bytes.
    marks: Vec<usize>,
}

impl<'t> Characters<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / 256 + 1);
        let mut count = 0;
        for (at, byte) in text.bytes().enumerate() {
            if at % 256 == 0 {
                marks.push(count);
            }
            // Bytes that begin a character.
            count += usize::from(byte & 0xC0 != 0x80);
        }
        Self { text, marks }
    }

    pub(super) fn at(&self, byte: usize) -> usize {
        let block = (byte / 256).min(self.marks.len().saturating_sub(1));
        let from = block * 256;
        let begun = self.text.as_bytes()[from..byte].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        self.marks.get(block).copied().unwrap_or(0) + begun
    }
}

struct Reading<'a, 't> {
    document: usize,
    account: &'a Account,
    lexicon: &'a Lexicon,
    tokens: &'a Tokens<'t>,
    layout: &'a Layout,
    places: Characters<'t>,
    talks: Vec<String>,
    /// People named in the text, with their bytes.
    people: Vec<(usize, Range<usize>)>,
}

/// What somebody said, around what is said in it.
#[derive(Clone, Debug)]
struct Around {
    range: Range<usize>,
    speaker: Speaker,
    /// Is it denied, or left open?
    doubtful: bool,
}

/// So many contents before a cue are searched for the one it lies in.
const MOST_AROUND: usize = 50;

impl Reading<'_, '_> {
    /// In a government's own account "both sides" are what it says of both: its word.
    fn own_side(&self, speaker: Speaker) -> Speaker {
        match (&speaker, &self.account.party) {
            (Speaker::Government(codes), Some(own)) if codes.len() > 1 && codes.contains(own) => self.own(),
            _ => speaker,
        }
    }

    /// Does a government's own account say what another says?
    fn speaks_for_another(&self, speaker: &Speaker) -> bool {
        match (speaker, &self.account.party) {
            (Speaker::Government(codes), Some(own)) => !codes.contains(own),
            _ => false,
        }
    }

    fn statements(&self, found: Vec<Attribution>) -> Vec<Statement> {
        let mut statements = Vec::with_capacity(found.len());
        let mut heard = Heard::default();
        let mut outer: Vec<Around> = Vec::new();
        let mut found = found;
        found.sort_by_key(|one| {
            (
                one.content
                    .iter()
                    .map(|piece| piece.start)
                    .min()
                    .unwrap_or(0)
                    .min(one.cue.start)
                    .min(one.source.start),
                one.cue.start,
            )
        });
        let mut breaks = (0..self.tokens.len()).filter(|i| self.tokens.kind(*i) == Kind::Break).peekable();
        for one in &found {
            let at = one.source.start.min(one.cue.start);
            while breaks.peek().is_some_and(|border| *border < at) {
                breaks.next();
                heard = Heard::default();
            }
            let speaker = self.own_side(self.speaker(one, &heard, &outer));
            let mut statement = self.statement(one, speaker.clone());
            let around =
                outer.iter().rev().take(MOST_AROUND).find(|around| around.range.contains(&one.cue.start));
            statement.reported = match around.map(|around| &around.speaker) {
                Some(Speaker::Press | Speaker::Unclear) | None => self.speaks_for_another(&speaker),
                Some(other) => *other != speaker,
            };
            // What is denied or left open around it is not said by it.
            if around.is_some_and(|around| around.doubtful) {
                statement.stance = Stance::Unclear;
            }
            let doubtful = one.negative || self.lexicon.cues.classes[one.class].doubtful;
            for piece in &one.content {
                outer.push(Around { range: piece.clone(), speaker: speaker.clone(), doubtful });
            }
            self.hear(&mut heard, one, &speaker);
            statements.push(statement);
        }
        statements.extend(self.continued(&found, &statements));
        statements.sort_by_key(|statement| {
            (
                statement.content.first().map_or(0, |piece| piece.span[0]),
                statement.cue.as_ref().map_or(0, |cue| cue.span[0]),
            )
        });
        statements
    }

    fn piece(&self, range: &Range<usize>) -> Piece {
        let bytes = self.tokens.bytes(range);
        Piece {
            span: [self.places.at(bytes.start), self.places.at(bytes.end)],
            text: self.tokens.text[bytes].to_owned(),
        }
    }

    fn statement(&self, one: &Attribution, speaker: Speaker) -> Statement {
        let class = self.lexicon.cues.name(one.class).to_owned();
        let content: Vec<Piece> = one.content.iter().map(|range| self.piece(range)).collect();
        let said: String = content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut topics = self.lexicon.topics.of(&said);
        let inherited = topics.is_empty();
        // Silence is about what it names.
        if inherited && class != "silence" {
            topics = self.topics_before(one, matches!(speaker, Speaker::Government(_)));
        }
        let quoted = one.content.iter().all(|range| {
            self.layout.quotation(range.start).is_some_and(|quotation| quotation.start == range.start)
        });
        let (stance, named) = self.stance(one, &class, &said);
        Statement {
            document: self.document,
            source: self.piece(&one.source),
            speaker,
            cue: (!one.cue.is_empty()).then(|| self.piece(&one.cue)),
            class,
            quoted,
            negative: one.negative,
            inherited: inherited && !topics.is_empty(),
            reported: false,
            topics,
            stance,
            named,
            date: self.date(one),
            content,
        }
    }

    /// Quotations after an attributed one, in the same paragraph, without a cue.
    fn continued(&self, found: &[Attribution], statements: &[Statement]) -> Vec<Statement> {
        let mut claimed = vec![false; self.tokens.len()];
        // The statement whose quotation a sentence ends or holds.
        let mut owners: Vec<Option<usize>> = vec![None; self.layout.sentences.len()];
        for (number, one) in found.iter().enumerate() {
            one.content.iter().for_each(|range| claimed[range.clone()].fill(true));
            if let Some(range) = one.content.last().filter(|_| statements[number].quoted) {
                let first = self.layout.sentences.partition_point(|sentence| sentence.end <= range.start);
                let last = self.layout.sentences.partition_point(|sentence| sentence.start < range.end);
                owners[first..last].fill(Some(number));
            }
        }
        let mut more: Vec<Statement> = Vec::new();
        for quotation in &self.layout.quotations {
            let words = quotation.clone().filter(|i| self.tokens.is_word(*i)).count();
            if words < 5 || claimed[quotation.clone()].contains(&true) {
                continue;
            }
            // Begins its sentence, and the sentence before was attributed.
            let here = self.layout.sentences.partition_point(|sentence| sentence.start < quotation.start);
            let begins =
                self.layout.sentences.get(here).is_some_and(|sentence| sentence.start == quotation.start);
            let paragraph = self.paragraph_start(quotation.start);
            let before = here
                .checked_sub(1)
                .filter(|before| begins && self.layout.sentences[*before].start >= paragraph);
            let owner = before.and_then(|before| owners[before]).map(|number| &statements[number]);
            if let Some(owner) = owner.cloned() {
                let content = vec![self.piece(quotation)];
                let said = content[0].text.clone();
                let topics = self.lexicon.topics.of(&said);
                let (stance, named) = self.stance_of(&said);
                let inherited = topics.is_empty();
                let topics = if inherited { owner.topics.clone() } else { topics };
                more.push(Statement {
                    cue: None,
                    content,
                    quoted: true,
                    negative: false,
                    topics,
                    inherited,
                    stance,
                    named,
                    ..owner
                });
            }
        }
        more
    }
}
