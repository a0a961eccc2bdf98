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

use std::ops::Range;

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::account::Account;
use super::attributions::{Attribution, Layout, attributions};
use super::grammar::is_nominative;
use super::lexicon::Cues;
use super::parties::{Mention, Named, Parties, Speaker};
use super::tokens::{Kind, Tokens};
use super::topics::{Meaning, Topics};

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
    /// What the speaker does about them.
    pub stance: Stance,
    /// The party that the stance names, if it names one.
    pub named: Option<String>,
    /// The day: of a weekday named in the sentence, else of the document.
    pub date: Option<Date>,
}

/// Words for one person in office, to whom "he" or "she" can refer.
const PERSONS: [&str; 17] = [
    "president",
    "premier",
    "minister",
    "secretary",
    "ambassador",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "leader",
    "chancellor",
    "envoy",
    "diplomat",
    "official",
    "negotiator",
    "commissioner",
    "representative",
    "chairman",
];

/// So many names before a surname are searched for the one it belongs to.
const FEW_NAMES: usize = 200;

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

/// Who has spoken in the paragraph.
#[derive(Clone, Debug, Default)]
struct Heard {
    /// The last person.
    person: Option<Speaker>,
    /// The last office, paper or government.
    body: Option<Speaker>,
}

impl Reading<'_, '_> {
    fn statements(&self, found: Vec<Attribution>) -> Vec<Statement> {
        let mut statements = Vec::with_capacity(found.len());
        let mut heard = Heard::default();
        let mut outer: Vec<(Range<usize>, Speaker)> = Vec::new();
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
            let speaker = self.speaker(one, &heard, &outer);
            let statement = self.statement(one, speaker.clone());
            for piece in &one.content {
                outer.push((piece.clone(), speaker.clone()));
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

    fn hear(&self, heard: &mut Heard, one: &Attribution, speaker: &Speaker) {
        if matches!(speaker, Speaker::Unclear) {
            return;
        }
        let phrase = self.tokens.cut(&one.source);
        let last = self.tokens.low(one.source.end - 1);
        let person = matches!(speaker, Speaker::Expert)
            || PERSONS.contains(&last)
            || phrase.split_whitespace().any(|word| matches!(word, "he" | "He" | "she" | "She" | "who"))
            || self
                .lexicon
                .parties
                .mentions(phrase)
                .iter()
                .any(|mention| matches!(mention.named, Named::Person(_)))
            || matches!(speaker, Speaker::Other) && self.tokens.is_capitalised(one.source.end - 1);
        if person {
            heard.person = Some(speaker.clone());
        } else {
            heard.body = Some(speaker.clone());
        }
    }

    /// Whom the source of `one` speaks for.
    fn speaker(&self, one: &Attribution, heard: &Heard, outer: &[(Range<usize>, Speaker)]) -> Speaker {
        let low = self.tokens.low(one.source.start);
        let single = one.source.len() == 1;
        let enclosing = || {
            let around = outer.iter().rev().find(|(range, _)| {
                range.contains(&one.cue.start) && self.layout.quotation(one.cue.start).is_some()
            });
            around.map(|(_, speaker)| speaker.clone())
        };
        if single {
            match low {
                "i" | "we" => {
                    return enclosing().unwrap_or(if self.account.party.is_some() {
                        self.own()
                    } else {
                        Speaker::Unclear
                    });
                }
                "he" | "she" | "who" => {
                    return heard
                        .person
                        .clone()
                        .or_else(|| self.only_person_before(one))
                        .unwrap_or(Speaker::Unclear);
                }
                "it" | "which" => {
                    return heard
                        .body
                        .clone()
                        .or_else(|| self.only_body_before(one))
                        .unwrap_or(Speaker::Unclear);
                }
                word if is_nominative(word)
                    || matches!(
                        word,
                        "this" | "that" | "these" | "those" | "they" | "some" | "many" | "others" | "what"
                    ) =>
                {
                    return Speaker::Unclear;
                }
                _ => {}
            }
        }
        let phrase = self.tokens.cut(&one.source);
        let speaker = self.lexicon.parties.speaker(phrase, self.account.date, &self.talks);
        if speaker != Speaker::Other {
            return speaker;
        }
        if let Some(known) = self.named_before(one, phrase) {
            return known;
        }
        // In a government's own account the President is its own.
        if self.account.party.is_some() && self.lexicon.parties.is_office(phrase) {
            return self.own();
        }
        // Ann Lee, an economist in Rome, said; said Ann Lee, an economist.
        let described = if one.source.start < one.cue.start {
            one.source.start..one.cue.start
        } else {
            one.source.start..self.description_end(one)
        };
        let role = self.lexicon.parties.speaker(self.tokens.cut(&described), self.account.date, &self.talks);
        if matches!(role, Speaker::Expert | Speaker::Firm | Speaker::Press | Speaker::Government(_)) {
            role
        } else {
            speaker
        }
    }

    /// Where the words that describe a source after it end.
    fn description_end(&self, one: &Attribution) -> usize {
        let sentence = self.layout.sentence(one.source.start);
        let end = sentence.map_or(one.source.end, |sentence| sentence.end);
        (one.source.end..end)
            .find(|i| self.tokens.is_quote(*i) || matches!(self.tokens.low(*i), "." | ";"))
            .unwrap_or(end)
    }

    /// A surname alone, of somebody in office whom the text named in full before.
    fn named_before(&self, one: &Attribution, phrase: &str) -> Option<Speaker> {
        if one.source.len() != 1 || !self.tokens.is_capitalised(one.source.start) {
            return None;
        }
        let here = self.tokens.all[one.source.start].start;
        let before = self.people.partition_point(|(_, at)| at.end <= here);
        self.people[..before].iter().rev().take(FEW_NAMES).find_map(|(person, at)| {
            let part = self.tokens.text[at.clone()].split(' ').any(|word| word == phrase);
            part.then(|| self.lexicon.parties.in_office(*person, self.account.date))
                .flatten()
                .map(|code| Speaker::Government(vec![code.to_owned()]))
        })
    }

    /// The party whose readout the document is.
    fn own(&self) -> Speaker {
        self.account.party.clone().map_or(Speaker::Unclear, |code| Speaker::Government(vec![code]))
    }

    /// The start of the paragraph that token `at` is in.
    fn paragraph_start(&self, at: usize) -> usize {
        (0..at)
            .rev()
            .take(2000)
            .find(|i| self.tokens.kind(*i) == Kind::Break)
            .map_or(at.saturating_sub(2000), |i| i + 1)
    }

    /// The one person named in the paragraph before the cue, if there is only one.
    fn only_person_before(&self, one: &Attribution) -> Option<Speaker> {
        let start = self.paragraph_start(one.source.start);
        let text = self.tokens.cut(&(start..one.source.start));
        let mut people: Vec<usize> = self
            .lexicon
            .parties
            .mentions(text)
            .into_iter()
            .filter_map(|mention| if let Named::Person(person) = mention.named { Some(person) } else { None })
            .collect();
        people.sort_unstable();
        people.dedup();
        match people[..] {
            [person] => self
                .lexicon
                .parties
                .in_office(person, self.account.date)
                .map(|code| Speaker::Government(vec![code.to_owned()])),
            _ => None,
        }
    }

    /// The one agency named in the sentence before, if there is only one.
    fn only_body_before(&self, one: &Attribution) -> Option<Speaker> {
        let here = self.layout.sentences.partition_point(|sentence| sentence.end <= one.source.start);
        let sentence = self.layout.sentences.get(here.checked_sub(1)?)?;
        if sentence.start < self.paragraph_start(one.source.start) {
            return None;
        }
        let mut codes: Vec<String> = self
            .lexicon
            .parties
            .mentions(self.tokens.cut(sentence))
            .into_iter()
            .filter_map(|mention| if let Named::Agency(code) = mention.named { Some(code) } else { None })
            .collect();
        codes.sort();
        codes.dedup();
        (codes.len() == 1).then_some(Speaker::Government(codes))
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
        if inherited {
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
            topics,
            stance,
            named,
            date: self.date(one),
            content,
        }
    }

    fn stance(&self, one: &Attribution, class: &str, said: &str) -> (Stance, Option<String>) {
        let topics = &self.lexicon.topics;
        if let Some(stance) = topics.of_cue(class) {
            let code = topics.stances[stance].code.as_str();
            // Asked whether: a question is no demand.
            let first = said.split_whitespace().next().unwrap_or_default().to_lowercase();
            if matches!(first.as_str(), "whether" | "if" | "who" | "what" | "why" | "how" | "when" | "where")
            {
                return (if code == "silent" { Stance::Listed(stance) } else { Stance::Mentions }, None);
            }
            // A cue that is itself denied: did not demand, did not warn.
            let denied = one.negative && !matches!(code, "silent" | "denies");
            return (
                if denied || self.is_hypothetical(one) { Stance::Unclear } else { Stance::Listed(stance) },
                None,
            );
        }
        let wished = self.lexicon.cues.classes[one.class].doubtful;
        if wished && topics.of_content(said) == Meaning::None {
            return (Stance::Mentions, None);
        }
        if wished || one.negative || self.is_hypothetical(one) || is_ironic(said) {
            return (Stance::Unclear, None);
        }
        self.stance_of(said)
    }

    /// What the words themselves say.
    fn stance_of(&self, said: &str) -> (Stance, Option<String>) {
        match self.lexicon.topics.of_content(said) {
            Meaning::Stance(stance, at) if self.lexicon.topics.stances[stance].names => {
                // The party in the phrase, or right after it.
                let end = said[at.end..].char_indices().nth(40).map_or(said.len(), |(more, _)| at.end + more);
                match self.party_of(&said[at.start..end]) {
                    Some(code) => (Stance::Listed(stance), Some(code)),
                    None => (Stance::Unclear, None),
                }
            }
            Meaning::Stance(stance, _) => (Stance::Listed(stance), None),
            Meaning::None => (Stance::Mentions, None),
            Meaning::Doubtful => (Stance::Unclear, None),
        }
    }

    /// The first government that a text names, by itself or by somebody in office.
    fn party_of(&self, text: &str) -> Option<String> {
        self.lexicon.parties.mentions(text).into_iter().find_map(|mention| match mention.named {
            Named::Country(code) | Named::Agency(code) => Some(code),
            Named::Person(person) => {
                self.lexicon.parties.in_office(person, self.account.date).map(str::to_owned)
            }
        })
    }

    /// `would say`, `might warn`, `if she demanded`: nobody has said it.
    fn is_hypothetical(&self, one: &Attribution) -> bool {
        let from = one.source.end.min(one.cue.start);
        let from = if one.source.start < one.cue.start { from } else { one.cue.start.saturating_sub(2) };
        let modal = (from..one.cue.start).any(|i| {
            matches!(
                self.tokens.low(i),
                "would"
                    | "could"
                    | "might"
                    | "may"
                    | "should"
                    | "will"
                    | "'d"
                    | "’d"
                    | "'ll"
                    | "can"
                    | "must"
            )
        });
        let sentence = self.layout.sentence(one.cue.start);
        let start = sentence.map_or(one.source.start, |sentence| sentence.start);
        let lead = (start..one.source.start.max(start))
            .rev()
            .take(2)
            .any(|i| matches!(self.tokens.low(i), "if" | "unless" | "whether" | "suppose" | "imagine"));
        modal || lead
    }

    /// Topics of the sentence before the one the attribution begins in.
    fn topics_before(&self, one: &Attribution, government: bool) -> Vec<usize> {
        let first =
            one.content.iter().map(|range| range.start).min().unwrap_or(one.cue.start).min(one.source.start);
        let here = self.layout.sentences.partition_point(|sentence| sentence.end <= first);
        let Some(sentence) = self.layout.sentences.get(here) else { return Vec::new() };
        // The rest of its own sentence, then the sentence before.
        let own = self.lexicon.topics.of(self.tokens.cut(sentence));
        if !own.is_empty() {
            return own;
        }
        // What a government says is not carried over from another paragraph.
        let first_allowed = if government { self.paragraph_start(first) } else { 0 };
        match here.checked_sub(1).and_then(|before| self.layout.sentences.get(before)) {
            Some(before) if before.start >= first_allowed => self.lexicon.topics.of(self.tokens.cut(before)),
            _ => Vec::new(),
        }
    }

    /// The day of a weekday in the words around the cue, on or before the document's.
    fn date(&self, one: &Attribution) -> Option<Date> {
        let day = self.account.date?;
        let sentence = self.layout.sentence(one.cue.start).cloned().unwrap_or(one.cue.clone());
        let outside = |i: &usize| !one.content.iter().any(|range| range.contains(i));
        let weekday = sentence.filter(outside).find_map(|i| weekday(self.tokens.low(i)));
        Some(match weekday {
            Some(weekday) => {
                let back =
                    (day.weekday().to_monday_zero_offset() - weekday.to_monday_zero_offset()).rem_euclid(7);
                day.checked_sub(jiff::Span::new().days(i64::from(back))).unwrap_or(day)
            }
            None => day,
        })
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

/// Marks of irony: what is said is not meant, and nothing else is known.
fn is_ironic(said: &str) -> bool {
    let lower = said.to_lowercase();
    [
        "yeah, right",
        "sure, right",
        "so-called",
        "as if ",
        "what a surprise",
        "of course, because",
        "(!)",
        "oh, great",
        "thanks for nothing",
        "big surprise",
        "what a triumph",
    ]
    .iter()
    .any(|mark| lower.contains(mark))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
