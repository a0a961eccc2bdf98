//! What does a cue bring? The clause or the quotation that is attributed.
//!
//! What follows the cue, behind whom it was told to, where and when; or what came
//! before it: `…, she said`. A quotation that opens inside belongs to it to its end.

use std::ops::Range;

use super::Reader;
use super::{Group, Left, Subject};
use crate::accounts::grammar::{
    is_adverb, is_border, is_determiner, is_nominative, is_preposition, is_time, opens_clause, shows_finite,
};
use crate::accounts::lexicon::{Cue, Form, Needs};

impl Reader<'_, '_> {
    pub(super) fn content(
        &self,
        cue: &Cue,
        verb: &Range<usize>,
        group: &Group,
        subject: &Subject,
        clause: &Range<usize>,
        sentence: &Range<usize>,
    ) -> Option<Vec<Range<usize>>> {
        let needs = self.cues.classes[cue.class].needs;
        let right = self.content_after(cue, verb, subject, clause, sentence, needs);
        let left = if cue.form == Form::Ing {
            None
        } else {
            self.content_before(group, verb, subject, clause, sentence)
        };
        match (left, right) {
            // After the call, she said that …: the left is no content.
            (Some(left), Some(right)) => {
                let strong_right = matches!(self.low(right.start), "that" | "whether" | "how" | "why")
                    || right
                        .clone()
                        .any(|i| self.tokens.is_quote(i) && !self.layout.same_level(i, verb.start))
                        && !left.quoted;
                if left.quoted
                    && right.clone().next().is_some_and(|i| {
                        self.layout.quotation(i).is_some() && !self.layout.same_level(i, verb.start)
                    })
                {
                    return Some(vec![left.range, right]);
                }
                if left.quoted {
                    return Some(vec![left.range]);
                }
                if strong_right || !left.whole { Some(vec![right]) } else { Some(vec![left.range]) }
            }
            (Some(left), None) if left.quoted || left.whole && needs != Needs::Quote => {
                Some(vec![left.range])
            }
            (None, Some(right)) => Some(vec![right]),
            _ => None,
        }
    }

    /// What stands before `…, she said`.
    pub(super) fn content_before(
        &self,
        group: &Group,
        verb: &Range<usize>,
        subject: &Subject,
        clause: &Range<usize>,
        sentence: &Range<usize>,
    ) -> Option<Left> {
        let head = if subject.turned || subject.passive { group.start } else { subject.phrase.start };
        if head <= clause.start || head > verb.start {
            return None;
        }
        let last = head - 1;
        let quoted = self.tokens.is_quote(last)
            && !self.layout.same_level(last.saturating_sub(1), verb.start)
            || matches!(self.low(last), "," | "." | "-" | "–" | "—")
                && last > clause.start
                && self.tokens.is_quote(last - 1);
        if !(quoted || matches!(self.low(last), "," | "?" | "!" | "-" | "–" | "—")) {
            return None;
        }
        if quoted {
            let quotation =
                self.layout.quotation(if self.tokens.is_quote(last) { last } else { last - 1 })?;
            // Words of the sentence before the quotation belong to it: We need to "make sure …"
            let lead = sentence.start.min(quotation.start)..quotation.start;
            let opened_before = quotation.start < sentence.start;
            let start =
                if opened_before || lead.is_empty() || self.low(quotation.start - 1) == "," && lead.len() < 4
                {
                    quotation.start
                } else {
                    self.after_other_content(lead.start, quotation.start)
                };
            return Some(Left { range: start..last + 1, quoted: true, whole: true });
        }
        // Not inside another's clause, nor an adverbial of our own.
        let start = self.after_other_content(clause.start, last);
        let first = self.low(start);
        let finite = self.finite_within(start, last);
        let subordinate = first == "according"
            || opens_clause(first) && !matches!(first, "what" | "that" | "but" | "so" | "who" | "which")
            || matches!(first, "after" | "before" | "following" | "despite" | "since");
        let adverbial = subordinate
            || (is_preposition(first) || is_time(first) || is_adverb(first) || first.ends_with("ing"))
                && !finite;
        let words = (start..last).filter(|i| self.tokens.is_word(*i)).count();
        // …, she said. with nothing behind it.
        let ends = (verb.end..clause.end).all(|i| !self.tokens.is_word(i));
        Some(Left {
            range: start..last + 1,
            quoted: false,
            whole: !adverbial && words >= 2 && (finite || subject.turned || ends),
        })
    }

    /// Behind the last border that separates another content.
    pub(super) fn after_other_content(&self, start: usize, end: usize) -> usize {
        (start..end).rev().find(|i| matches!(self.low(*i), ";")).map_or(start, |i| i + 1)
    }

    /// What follows the cue.
    pub(super) fn content_after(
        &self,
        cue: &Cue,
        verb: &Range<usize>,
        subject: &Subject,
        clause: &Range<usize>,
        sentence: &Range<usize>,
        needs: Needs,
    ) -> Option<Range<usize>> {
        let mut start = if subject.turned || subject.passive { subject.phrase.end } else { verb.end };
        start = self.past_addressee(cue, start, clause);
        if start >= clause.end {
            return None;
        }
        // Punctuation, then a quotation or a clause.
        let mut marked = false;
        while start < clause.end && matches!(self.low(start), "," | ":" | "—" | "–" | "-" | "--") {
            marked = true;
            start += 1;
        }
        let limit = clause.end;
        if start >= limit || matches!(self.low(start), "." | "?" | "!" | ")" | ";") {
            return None;
        }
        let quotation = self.layout.quotation(start).filter(|_| !self.layout.same_level(start, verb.start));
        if let Some(quotation) = quotation {
            let words = quotation.clone().filter(|i| self.tokens.is_word(*i)).count();
            let ends_here = quotation.end <= limit;
            // One quoted word inside a clause is not a quotation of what was said.
            if ends_here && words < 3 && !marked {
                return Some(start..self.clause_end(start, limit, clause));
            }
            let mut end = quotation.end;
            // A clause that goes on behind its quoted beginning.
            if ends_here && end < limit && !marked && !matches!(self.low(end), "," | "." | ";") {
                end = self.clause_end(end, limit, clause);
            } else if ends_here && end < limit && matches!(self.low(end), ".") {
                end += 1;
            }
            return Some(start..end);
        }
        if subject.turned {
            return None;
        }
        let first = self.low(start);
        let subordinate =
            matches!(first, "that" | "whether" | "how" | "why" | "what" | "if" | "who" | "where" | "when");
        let after_to = self.low(start + 1);
        let base_follows = !is_determiner(after_to)
            && !is_time(after_to)
            && !is_preposition(after_to)
            && !self.tokens.is_capitalised(start + 1);
        let infinitive = first == "to" && base_follows
            || (start + 1..limit.min(start + 12)).any(|i| self.low(i) == "to")
                && !self.finite_within(start, limit);
        let end = self.content_end(start, limit, clause, verb, sentence);
        let range = start..end;
        if range.is_empty() {
            return None;
        }
        let name = self.cues.name(cue.class);
        let clausal = subordinate && first != "that"
            || first == "that" && range.len() > 2
            || !is_preposition(first)
                && (if name == "show" {
                    self.clause_follows(start, end)
                } else {
                    self.finite_within(start, end)
                });
        let accepted = match needs {
            Needs::Quote => false,
            Needs::Clause => {
                clausal && (subordinate || !marked)
                    || matches!(name, "demand" | "promise" | "warn" | "confirm")
                        && infinitive
                        && !marked
                        && (first == "to" || !is_preposition(first))
                    || matches!(name, "deny" | "accuse")
                        && !marked
                        && !is_preposition(first)
                        && range.len() > 1
            }
            Needs::Any => {
                if name == "silence" {
                    true
                } else if marked && !subordinate {
                    cue.lemma.as_ref() == "say" && self.finite_within(start, end)
                        || self.low(start - 1) == ":"
                        || matches!(cue.form, Form::Past)
                            && self.finite_within(start, end)
                            && self.low(start - 1) == ","
                            && self.fresh_clause(start)
                } else {
                    clausal
                        || matches!(cue.lemma.as_ref(), "say" | "state" | "announce" | "mention")
                            && !is_preposition(first)
                            && range.len() > 3
                            && !is_time(first)
                }
            }
        };
        accepted.then_some(range)
    }

    pub(super) fn fresh_clause(&self, at: usize) -> bool {
        is_nominative(self.low(at))
            || is_determiner(self.low(at))
            || self.tokens.is_capitalised(at)
            || opens_clause(self.low(at))
    }

    /// Skips who was told, where and when.
    pub(super) fn past_addressee(&self, cue: &Cue, start: usize, clause: &Range<usize>) -> usize {
        let mut at = start;
        let told = matches!(
            cue.lemma.as_ref(),
            "tell"
                | "inform"
                | "assure"
                | "brief"
                | "notify"
                | "advise"
                | "convince"
                | "persuade"
                | "remind"
                | "warn"
                | "caution"
        );
        let stop = |i: usize| {
            let word = self.low(i);
            i >= clause.end
                || is_border(self.tokens, i)
                || matches!(word, "that" | "to" | "how" | "why" | "whether" | "what" | "of" | "about")
        };
        let clause_begins = is_nominative(self.low(at)) && !matches!(self.low(at), "you" | "it");
        if told && !stop(at) && !clause_begins {
            let from = at;
            let personal = matches!(
                self.low(at),
                "me" | "him" | "her" | "them" | "us" | "you" | "reporters" | "journalists"
            );
            if personal {
                at += 1;
            } else {
                while !stop(at) && at - from < 10 {
                    let begins = at > from
                        && (is_nominative(self.low(at))
                            || is_determiner(self.low(at))
                                && !is_preposition(self.low(at - 1))
                                && self.low(at - 1) != "and");
                    if begins || shows_finite(self.low(at)) {
                        break;
                    }
                    at += 1;
                }
                // A clause without "that": its subject is not the one told.
                if !(at < clause.end
                    && (stop(at) || is_nominative(self.low(at)) || is_determiner(self.low(at))))
                {
                    at = from;
                }
            }
        }
        // to reporters, in a statement, on Monday, at a conference.
        loop {
            let word = self.low(at);
            let adverbial = at < clause.end
                && (matches!(
                    word,
                    "in" | "on"
                        | "at"
                        | "during"
                        | "after"
                        | "before"
                        | "from"
                        | "via"
                        | "through"
                        | "by"
                        | "to"
                        | "with"
                ) || is_time(word)
                    || is_adverb(word) && word != "that");
            if !adverbial {
                return at;
            }
            let mut end = at + 1;
            while end < clause.end
                && !is_border(self.tokens, end)
                && !matches!(self.low(end), "that" | "how" | "whether" | "why" | "what")
                && end - at < 12
                && !(end > at + 1 && is_nominative(self.low(end)))
            {
                end += 1;
            }
            let closes = end < clause.end
                && (matches!(self.low(end), "that" | "how" | "whether" | "why" | "what" | "," | ":")
                    || is_nominative(self.low(end))
                    || self.tokens.is_quote(end));
            if !closes || word == "to" && !self.addressees(at + 1, end) {
                // An adverb alone: said later.
                if is_adverb(word) || is_time(word) {
                    at += 1;
                    continue;
                }
                return at;
            }
            at = end;
            if at < clause.end && self.low(at) == "," {
                return at;
            }
        }
    }

    /// `to reporters`, not `to leave`.
    pub(super) fn addressees(&self, start: usize, end: usize) -> bool {
        start < end
            && (is_determiner(self.low(start))
                || self.tokens.is_capitalised(start)
                || self.low(start).ends_with('s')
                || matches!(self.low(start), "me" | "him" | "her" | "them" | "us"))
    }

    /// Is there a finite verb, as far as small words tell?
    pub(super) fn finite_within(&self, start: usize, end: usize) -> bool {
        let window = start..end.min(start + 40);
        if window.is_empty() {
            return false;
        }
        if is_nominative(self.low(start)) && self.tokens.is_word(start + 1) {
            return true;
        }
        window.clone().any(|i| {
            let word = self.low(i);
            shows_finite(word)
                || word.ends_with("n't")
                || i > start && word == "'s" && is_nominative(self.low(i - 1))
                || i > start && is_nominative(word) && matches!(word, "he" | "she" | "they" | "we" | "i")
                || i > start
                    && self.cues.has(word)
                    && self.is_finite_cue(i)
                    && !is_determiner(self.low(i - 1))
                    && !is_preposition(self.low(i - 1))
                || i > start + 1
                    && word.len() > 4
                    && word.ends_with("ed")
                    && !is_determiner(self.low(i - 1))
                    && !is_preposition(self.low(i - 1))
                    && self.low(i + 1) != "by"
        })
    }

    /// A subject and its finite verb, before anything that begins another clause?
    pub(super) fn clause_follows(&self, start: usize, end: usize) -> bool {
        if is_nominative(self.low(start)) || matches!(self.low(start), "there" | "that's" | "it's") {
            return true;
        }
        let stop = (start + 1..end.min(start + 25))
            .find(|i| {
                matches!(
                    self.low(*i),
                    "that"
                        | "which"
                        | "who"
                        | "whose"
                        | "whom"
                        | "where"
                        | "when"
                        | "because"
                        | "if"
                        | "as"
                        | "to"
                        | "while"
                        | "than"
                )
            })
            .unwrap_or(end.min(start + 25));
        // After "as" and "while" a clause may come before the main one.
        let stop = if matches!(self.low(start), "as" | "while" | "if" | "although" | "because" | "when") {
            end.min(start + 40)
        } else {
            stop
        };
        self.finite_within(start, stop)
    }

    /// Where a clause that follows its cue ends.
    pub(super) fn content_end(
        &self,
        start: usize,
        limit: usize,
        clause: &Range<usize>,
        verb: &Range<usize>,
        sentence: &Range<usize>,
    ) -> usize {
        let mut i = start;
        while i < limit {
            // A quotation that opens in the clause belongs to it to its end, also beyond the sentence.
            if let Some(quotation) = self
                .layout
                .quotation(i)
                .filter(|quotation| quotation.start >= start && !self.layout.same_level(i, verb.start))
            {
                if quotation.end > limit {
                    return if clause == sentence { quotation.end } else { limit };
                }
                i = quotation.end;
                continue;
            }
            let word = self.low(i);
            if word == ";" {
                return i;
            }
            // …, and she added: another's clause begins.
            if matches!(word, ",") && i + 2 < limit && self.new_speaker(i + 1, limit) {
                return i + 1;
            }
            if matches!(word, "and" | "but") && self.new_speaker(i, limit) {
                return i;
            }
            i += 1;
        }
        limit
    }

    pub(super) fn clause_end(&self, start: usize, limit: usize, clause: &Range<usize>) -> usize {
        self.content_end(start, limit, clause, &(start..start), clause).min(limit)
    }

    /// Does a clause with its own cue begin here: `(and) she said`?
    pub(super) fn new_speaker(&self, at: usize, limit: usize) -> bool {
        let joined = matches!(self.low(at), "and" | "but" | "while" | "though" | "although");
        let mut i = if joined { at + 1 } else { at };
        let from = i;
        if i >= limit {
            return false;
        }
        // , she said. at the end.
        while i < limit && i - from < 8 && !is_border(self.tokens, i) {
            let finite = self.cues.has(self.low(i))
                && self.is_finite_cue(i)
                && self
                    .cues
                    .beginning(self.low(i))
                    .iter()
                    .any(|cue| matches!(self.cues.name(cue.class), "state" | "claim"));
            if finite && i > from {
                let subject = from..i;
                let ends = i + 1 >= limit || is_border(self.tokens, i + 1) || is_time(self.low(i + 1));
                let fits = self.can_speak(&self.trimmed(subject.clone()))
                    && subject
                        .clone()
                        .all(|k| !shows_finite(self.low(k)) && !is_preposition(self.low(k)) || k == i - 1);
                return fits
                    && (ends
                        || joined
                            && matches!(self.low(i + 1), "that" | "it" | "he" | "she" | "they" | "the"));
            }
            if finite && i == from && !joined {
                // , said Mr. Ito.
                return self.tokens.is_capitalised(i + 1)
                    || is_determiner(self.low(i + 1)) && self.cues.has(self.low(i));
            }
            i += 1;
        }
        false
    }
}
