//! Which clauses has a sentence, and which of its words are verbs?
//!
//! There is no parser: the borders are commas and words of closed classes. A
//! clause of time, cause or condition, or a relative one, runs from its first
//! word to the next comma; the words that name a reporter (`…, officials said on
//! Monday`) from one comma to the next. What is left is the main clause. A word
//! of the lexicon is a verb by its form and by what stands before it: not after
//! an article or a preposition, and in its base form only after `to`, a modal or
//! a plural.

use std::ops::Range;

use super::actors::Part;
use super::deeds::{Class, Deeds, Sense};
use super::gazetteer::Mention;
use super::grammar::{
    is_adverb, is_auxiliary, is_determiner, is_negation, is_nominative, is_preposition, is_time,
};
use super::tokens::{Kind, Tokens};

/// Tokens in which a word is near.
pub(super) const NEAR: usize = 40;
/// Words before a verb that can belong to it.
pub(super) const GROUP: usize = 6;

/// How surely a word is a verb here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It has a subject and a tense.
    Finite,
    /// An infinitive or a form in -ing.
    Loose,
    /// A noun that names an event.
    Noun,
}

/// A sentence with what its small words tell.
#[derive(Clone, Debug)]
pub struct Scene<'a, 't> {
    /// The text.
    pub(super) tokens: &'a Tokens<'t>,
    /// Tokens of the sentence.
    pub(super) sentence: Range<usize>,
    /// The lexicon.
    pub(super) deeds: &'a Deeds,
    /// Countries in the sentence.
    pub(super) mentions: &'a [Mention],
    /// Base forms of every token, from the first of the sentence.
    bases: Vec<Vec<Box<str>>>,
    /// The clause of every token.
    pub(super) parts: Vec<Part>,
}

impl<'a, 't> Scene<'a, 't> {
    /// Cuts a sentence with these mentions of countries.
    pub(super) fn of(
        tokens: &'a Tokens<'t>,
        sentence: &Range<usize>,
        mentions: &'a [Mention],
        deeds: &'a Deeds,
    ) -> Self {
        let bases = sentence.clone().map(|i| deeds.bases(tokens.low(i))).collect();
        let parts = vec![Part::Main; sentence.len()];
        let mut scene = Self { tokens, sentence: sentence.clone(), deeds, mentions, bases, parts };
        scene.mark_sides();
        scene.mark_credits();
        scene
    }

    /// Token `i` in lower case; nothing outside the sentence.
    pub(super) fn low(&self, i: usize) -> &str {
        if self.sentence.contains(&i) { self.tokens.low(i) } else { "" }
    }

    /// Base forms of token `i`.
    pub(super) fn bases(&self, i: usize) -> &[Box<str>] {
        if self.sentence.contains(&i) { &self.bases[i - self.sentence.start] } else { &[] }
    }

    /// The clause of token `i`.
    pub(super) fn part(&self, i: usize) -> Part {
        self.parts[i - self.sentence.start]
    }

    fn mark(&mut self, range: Range<usize>, part: Part) {
        let start = self.sentence.start;
        self.parts[range.start - start..range.end - start].fill(part);
    }

    /// The next comma or the end.
    fn segment_end(&self, from: usize) -> usize {
        (from..self.sentence.end)
            .find(|i| matches!(self.low(*i), "," | ";" | "." | "—" | "–" | ":"))
            .unwrap_or(self.sentence.end)
    }

    /// Relative clauses and clauses of time, cause and condition.
    fn mark_sides(&mut self) {
        let mut at = self.sentence.start;
        while at < self.sentence.end {
            let opens = match self.low(at) {
                "who" | "which" | "whose" | "whom" | "where" | "when" | "while" | "because" | "although"
                | "though" | "if" | "unless" | "until" | "after" | "since" | "before" | "despite"
                | "amid" | "following" | "whereas" | "saying" | "adding" | "calling" | "citing"
                | "charging" => true,
                "as" => {
                    !matches!(self.low(at + 1), "well" | "soon" | "part" | "a" | "an" | "president")
                        && self.low(at - 1) != "such"
                }
                "that" => at > self.sentence.start && !self.speaks_before(at) && !is_time(self.low(at - 1)),
                _ => false,
            };
            if opens {
                let end = self.segment_end(at);
                self.mark(at..end, Part::Side);
                at = end;
            }
            at += 1;
        }
    }

    /// Does a verb or noun that takes `that` stand just before?
    fn speaks_before(&self, at: usize) -> bool {
        let from = at.saturating_sub(4).max(self.sentence.start);
        (from..at).any(|i| {
            self.bases(i).iter().any(|base| {
                self.deeds.verbs(base).iter().any(|entry| {
                    matches!(
                        entry.sense,
                        Sense::Brings(_)
                            | Sense::Event(
                                Class::Demand
                                    | Class::Agree
                                    | Class::Threaten
                                    | Class::Disapprove
                                    | Class::Reject
                            )
                    )
                }) || matches!(
                    &**base,
                    "demand" | "call" | "warning" | "threat" | "declaration" | "statement"
                )
            })
        })
    }

    /// Who reports it: `…, the ministry said`, `according to …`.
    fn mark_credits(&mut self) {
        let mut from = self.sentence.start;
        while from < self.sentence.end {
            let end = self.segment_end(from);
            let first = from == self.sentence.start;
            if self.low(from) == "according" && self.low(from + 1) == "to"
                || !first && self.is_credit(from, end)
            {
                self.mark(from..end, Part::Credit);
            } else if let Some(at) =
                (from..end).find(|i| self.low(*i) == "according" && self.low(i + 1) == "to")
            {
                self.mark(at..end, Part::Credit);
            }
            from = end + 1;
        }
    }

    fn is_credit(&self, from: usize, end: usize) -> bool {
        if matches!(self.low(from), "which" | "who" | "and" | "but" | "saying" | "adding") {
            return false;
        }
        let Some(at) = (from..end).find(|i| self.reports(*i)) else { return false };
        let tail = at + 1..end;
        // "told reporters in", "said on": a name and a day, no clause.
        tail.len() <= 12
            && !tail
                .clone()
                .any(|i| self.low(i) == "that" || is_auxiliary(self.low(i)) || is_nominative(self.low(i)))
            && !tail.clone().any(|i| matches!(self.verb_at(i), Some(Verb::Finite)) && self.deeds_at(i))
    }

    fn deeds_at(&self, i: usize) -> bool {
        self.bases(i).iter().any(|base| !self.deeds.verbs(base).is_empty())
    }

    fn reports(&self, i: usize) -> bool {
        matches!(
            self.low(i),
            "said"
                | "says"
                | "reported"
                | "reports"
                | "announced"
                | "told"
                | "confirmed"
                | "added"
                | "stated"
                | "quoted"
                | "wrote"
                | "disclosed"
                | "showed"
                | "say"
                | "report"
        )
    }

    /// Is token `i` a verb here, and how surely?
    pub(super) fn verb_at(&self, i: usize) -> Option<Verb> {
        if self.tokens.kind(i) != Kind::Word || self.tokens.is_capitalised(i) && i > self.sentence.start {
            return None;
        }
        let word = self.low(i);
        if matches!(word, "is" | "are" | "was" | "were" | "am") {
            return Some(Verb::Finite);
        }
        let mut before = i;
        while before > self.sentence.start
            && i - before < GROUP
            && (is_adverb(self.low(before - 1)) || is_time(self.low(before - 1)))
        {
            // "on Monday", "late on Monday"
            let dated = is_day(self.low(before - 1))
                && before >= self.sentence.start + 2
                && self.low(before - 2) == "on";
            before -= 1 + usize::from(dated);
        }
        let previous = if before > self.sentence.start { self.low(before - 1) } else { "" };
        if previous == "to" {
            return (!word.ends_with("ing")).then_some(Verb::Loose);
        }
        if previous == "not" && before >= self.sentence.start + 2 && self.low(before - 2) == "to" {
            return Some(Verb::Loose);
        }
        let possessive =
            previous.ends_with("'s") || previous.ends_with("’s") || matches!(previous, "'" | "’");
        let modifies = possessive
            || is_determiner(previous)
                && !matches!(previous, "that" | "all" | "both" | "many" | "some" | "most");
        if word.ends_with("ing") {
            let progressive = matches!(previous, "is" | "are" | "was" | "were" | "been" | "'re" | "be");
            return if progressive { Some(Verb::Finite) } else { (!modifies).then_some(Verb::Loose) };
        }
        let modal = is_auxiliary(previous)
            && !matches!(previous, "is" | "are" | "was" | "were" | "has" | "have" | "had" | "be" | "been");
        if modal {
            return Some(Verb::Finite);
        }
        if modifies || is_preposition(previous) && !matches!(previous, "off" | "up" | "out" | "down") {
            return None;
        }
        if word.ends_with("ed") || self.deeds.is_irregular_past(word) {
            return Some(Verb::Finite);
        }
        let plural = previous.len() > 3 && previous.ends_with('s') && !previous.ends_with("ss");
        let follows = self.low(i + 1);
        let brings = is_determiner(follows)
            || matches!(follows, "to" | "that" | "it" | "on" | "for")
            || self.tokens.is_capitalised(i + 1);
        if word.ends_with('s') && !word.ends_with("ss") {
            let named = before > self.sentence.start
                && self.tokens.is_word(before - 1)
                && !self.is_adjective(before - 1);
            return (named && brings).then_some(Verb::Finite);
        }
        (is_nominative(previous) || plural || matches!(previous, "people" | "and" | "or") && brings)
            .then_some(Verb::Finite)
    }

    /// An adjective of origin: Iraqi, but not Iraq.
    fn is_adjective(&self, i: usize) -> bool {
        let word = self.low(i);
        // These countries end as adjectives do.
        const COUNTRIES: [&str; 7] =
            ["iran", "japan", "sudan", "pakistan", "afghanistan", "jordan", "taiwan"];
        let next = self.mentions.partition_point(|mention| mention.at.end <= i);
        let named = self.mentions.get(next).is_some_and(|mention| mention.at.start <= i);
        named
            && !COUNTRIES.contains(&word)
            && ["an", "ese", "ish", "i", "ch", "k"].iter().any(|end| word.ends_with(end))
    }

    /// Words just before token `i` that belong to its verb group.
    pub(super) fn group(&self, i: usize) -> Range<usize> {
        let mut from = i;
        while from > self.sentence.start && i - from < GROUP {
            let word = self.low(from - 1);
            if !(is_auxiliary(word) || is_adverb(word) || is_negation(word)) {
                break;
            }
            from -= 1;
        }
        from..i
    }

    /// Where the clause of token `lead` begins: behind `, and` or `;` if a clause
    /// with a verb of its own stands before.
    pub(super) fn clause(&self, lead: usize) -> usize {
        let from = lead.saturating_sub(NEAR).max(self.sentence.start);
        let joint = (from + 1..lead).rev().find(|i| {
            self.low(*i) == ";"
                || self.low(i - 1) == "," && matches!(self.low(*i), "and" | "but" | "while" | "so")
        });
        match joint {
            Some(at)
                if (from..at).any(|i| {
                    matches!(self.verb_at(i), Some(Verb::Finite))
                        && (self.deeds_at(i) || is_auxiliary(self.low(i)))
                }) && self
                    .mentions
                    .iter()
                    .any(|mention| mention.at.start > at && mention.at.end <= lead) =>
            {
                at + 1
            }
            _ => self.sentence.start,
        }
    }

    /// Is token `i` in a quotation of the sentence?
    pub(super) fn is_quoted(&self, i: usize) -> bool {
        (self.sentence.start..i).fold(false, |open, k| match self.tokens.kind(k) {
            Kind::Opens => true,
            Kind::Closes => false,
            Kind::Quote => !open,
            _ => open,
        })
    }
}

fn is_day(word: &str) -> bool {
    word.ends_with("day") && is_time(word)
}
