//! Whose is a cue? The noun phrase that it belongs to.
//!
//! Before the verb, behind appositions and adverbs; after it where the two are
//! turned (`said Ann Lee`) or the verb is passive; the main subject for `, saying`.
//! A phrase ends where a border stands: a mark, a word that opens a clause, a finite verb.

use std::ops::Range;

use super::Reader;
use super::{Attribution, Group, Subject};
use crate::accounts::grammar::{
    is_adverb, is_auxiliary, is_border, is_determiner, is_nominative, is_preposition, is_pronoun, is_time,
    opens_clause, shows_finite,
};
use crate::accounts::lexicon::{Cue, Form};
use crate::accounts::tokens::Kind;

impl Reader<'_, '_> {
    pub(super) fn subject(
        &self,
        cue: &Cue,
        verb: &Range<usize>,
        group: &Group,
        clause: &Range<usize>,
        before: &[Attribution],
    ) -> Option<Subject> {
        if group.passive && matches!(cue.form, Form::Past | Form::Participle) {
            if self.low(verb.end) == "by" {
                let phrase = self.phrase_after(verb.end + 1, clause.end);
                return (!phrase.is_empty()).then_some(Subject { phrase, turned: false, passive: true });
            }
            // It was announced that …: by nobody named.
            return None;
        }
        let elided = || {
            let last = before
                .iter()
                .rev()
                .find(|other| other.source.start >= clause.start && other.source.end <= verb.start);
            let phrase =
                last.map(|other| other.source.clone()).or_else(|| self.main_subject(clause, verb.start))?;
            Some(Subject { phrase, turned: false, passive: false })
        };
        let previous = group.start.checked_sub(1).filter(|i| *i >= clause.start);
        if cue.form == Form::Ing && !group.auxiliary {
            // With an account saying that …: the noun before it.
            let own = previous.filter(|i| {
                self.tokens.is_word(*i)
                    && !is_preposition(self.low(*i))
                    && !is_adverb(self.low(*i))
                    && !matches!(self.low(*i), "and" | "while" | "as")
            });
            return match own {
                Some(last) => {
                    let phrase = self.nearest_noun(last + 1, clause);
                    (!phrase.is_empty() && self.can_speak(&phrase)).then_some(Subject {
                        phrase,
                        turned: false,
                        passive: false,
                    })
                }
                None => elided(),
            };
        }
        // … and said: the subject of the verb before.
        if previous.is_some_and(|i| matches!(self.low(i), "and" | "but" | "or" | "then")) {
            return elided();
        }
        if let Some(phrase) = self.phrase_before(group.start, clause) {
            return Some(Subject { phrase, turned: false, passive: false });
        }
        // "…," said Mr. Ito.
        let turns = group.start == verb.start
            && matches!(cue.form, Form::Past | Form::Participle | Form::Third)
            && (previous.is_none_or(|i| {
                self.low(i) == ","
                    || self.tokens.is_quote(i)
                    || matches!(self.low(i), "?" | "!" | "." | "-" | "–" | "—")
            }));
        if turns && verb.start > 0 {
            let phrase = self.phrase_after(verb.end, clause.end);
            let names = !phrase.is_empty() && self.can_speak(&phrase);
            return names.then_some(Subject { phrase, turned: true, passive: false });
        }
        None
    }

    /// The first noun phrase of a clause, for a verb that shares it.
    pub(super) fn main_subject(&self, clause: &Range<usize>, verb: usize) -> Option<Range<usize>> {
        let mut start = self.past_adverbials(clause.start, verb);
        while start < verb
            && (matches!(self.low(start), "and" | "but" | "so" | "that") || is_adverb(self.low(start)))
        {
            start += 1;
        }
        let phrase = self.phrase_after(start, verb);
        (!phrase.is_empty() && self.can_speak(&phrase)).then_some(phrase)
    }

    /// Skips what comes before the subject: `After the match,`.
    pub(super) fn past_adverbials(&self, start: usize, end: usize) -> usize {
        let word = self.low(start);
        let adverbial = is_preposition(word)
            || is_time(word)
            || is_adverb(word)
            || opens_clause(word)
            || word.ends_with("ing");
        if !adverbial {
            return start;
        }
        match (start..end).find(|i| self.low(*i) == "," && self.layout.same_level(*i, start)) {
            Some(comma) if comma + 1 < end => self.past_adverbials(comma + 1, end),
            _ => start,
        }
    }

    /// The noun phrase that ends at `end`, behind appositions.
    pub(super) fn phrase_before(&self, end: usize, clause: &Range<usize>) -> Option<Range<usize>> {
        if end <= clause.start {
            return None;
        }
        if matches!(self.low(end - 1), "," | ")" | "]" | "–" | "—" | "-") {
            return self.phrase_before_apposition(end - 1, clause);
        }
        let start = self.phrase_start(end, clause);
        let phrase = self.trimmed(start..end);
        if phrase.is_empty() || !self.can_speak(&phrase) {
            return None;
        }
        // who said: the person is before it.
        if matches!(self.low(phrase.start), "who" | "which") && phrase.len() == 1 {
            let mut until = phrase.start;
            if until > clause.start && self.low(until - 1) == "," {
                until -= 1;
            }
            let owner = self.nearest_noun(until, clause);
            return Some(if owner.is_empty() { phrase } else { owner });
        }
        Some(phrase)
    }

    /// The noun phrase right before `end`, not what it depends on.
    pub(super) fn nearest_noun(&self, end: usize, clause: &Range<usize>) -> Range<usize> {
        let mut start = self.phrase_start(end, clause);
        for i in (start..end).rev() {
            let word = self.low(i);
            if is_preposition(word) && word != "of"
                || word.ends_with("ed") && !is_determiner(self.low(i - usize::from(i > start)))
            {
                start = i + 1;
                break;
            }
        }
        self.trimmed(start..end)
    }

    /// `Ann Lee, a broker in Rome, said`: what stands before the first comma of
    /// the clause, if it is a noun phrase and no verb lies between.
    pub(super) fn phrase_before_apposition(
        &self,
        close: usize,
        clause: &Range<usize>,
    ) -> Option<Range<usize>> {
        let opener = match self.low(close) {
            ")" => "(",
            "]" => "[",
            mark => mark,
        };
        let mut start = clause.start;
        // Behind the last strong border or quotation.
        for i in (clause.start..close).rev() {
            let strong = matches!(self.low(i), ";" | ":" | "?" | "!")
                || self.tokens.is_quote(i) && !self.layout.same_level(i, close)
                || self.tokens.is_quote(i);
            if strong {
                start = i + 1;
                break;
            }
        }
        start = self.past_adverbials(start, close);
        while start < close
            && (matches!(self.low(start), "and" | "but" | "so" | "as" | "," | "that" | "then")
                || is_adverb(self.low(start)) && !self.is_noun_like_adverb(start))
        {
            start += 1;
        }
        let open = (start..close).find(|i| self.low(*i) == opener || self.low(*i) == ",")?;
        let phrase = start..open;
        let finite = |range: Range<usize>| {
            range.clone().any(|i| {
                shows_finite(self.low(i)) && !(i > range.start && matches!(self.low(i - 1), "who" | "which"))
            })
        };
        if phrase.is_empty() || finite(phrase.clone()) || phrase.len() > 25 {
            // A clause came first: the phrase nearest to the apposition.
            let open = (start..close).rev().find(|i| self.low(*i) == opener)?;
            let begin = self.phrase_start(open, clause);
            let phrase = self.trimmed(begin..open);
            return (!phrase.is_empty() && self.can_speak(&phrase)).then_some(phrase);
        }
        let phrase = self.trimmed(phrase);
        (!phrase.is_empty() && self.can_speak(&phrase)).then_some(phrase)
    }

    /// Where the noun phrase that ends at `end` begins.
    pub(super) fn phrase_start(&self, end: usize, clause: &Range<usize>) -> usize {
        let mut start = end;
        while start > clause.start {
            let at = start - 1;
            let word = self.low(at);
            if is_border(self.tokens, at) && word != "'" || !self.layout.same_level(at, end - 1) {
                break;
            }
            if word == "who" || word == "which" {
                if start == end {
                    start = at;
                }
                break;
            }
            if opens_clause(word) && start < end {
                break;
            }
            if shows_finite(word) && !(at > clause.start && self.low(at - 1) == "to") {
                break;
            }
            if self.is_subject_pronoun(at) && start < end {
                break;
            }
            if word == "and" && start < end && !self.joins_names(at, end, clause) {
                break;
            }
            // A verb of saying that has its own clause.
            if start < end
                && (self.cues.has(word) && self.low(start) == "that" || self.has_own_subject(at, clause))
            {
                break;
            }
            start = at;
            if end - start > 30 {
                break;
            }
        }
        start
    }

    /// A pronoun as a subject; not the name He of He Lifeng and Liu He.
    pub(super) fn is_subject_pronoun(&self, at: usize) -> bool {
        let word = self.low(at);
        if !is_nominative(word) {
            return false;
        }
        let named = |i: usize| {
            self.tokens.is_capitalised(i) && !is_nominative(self.low(i)) && !is_determiner(self.low(i))
        };
        word != "he" || !self.tokens.is_capitalised(at) || !(named(at + 1) || at > 0 && named(at - 1))
    }

    /// Is the word at `at` a cue in a finite form, behind something that can be its subject?
    pub(super) fn has_own_subject(&self, at: usize, clause: &Range<usize>) -> bool {
        if at == clause.start || self.tokens.is_capitalised(at) {
            return false;
        }
        if is_nominative(self.low(at - 1)) && self.cues.has(self.low(at)) {
            return true;
        }
        if !self.is_finite_cue(at) {
            return false;
        }
        let (before, after) = (self.low(at - 1), self.low(at + 1));
        let participle = matches!(after, "by" | "in" | "on" | "from" | "at" | "to" | "for")
            && self.cues.beginning(self.low(at)).iter().all(|cue| cue.form != Form::Third);
        !participle
            && !is_determiner(before)
            && !is_preposition(before)
            && !before.ends_with("'s")
            && (before != "and"
                || self.low(at + 1) != "and"
                    && self.cues.beginning(self.low(at)).iter().any(|cue| cue.form == Form::Past))
            && (self.tokens.is_word(at - 1) || before == ",")
    }

    /// Does the `and` at `at` join two names, not two clauses?
    pub(super) fn joins_names(&self, at: usize, end: usize, clause: &Range<usize>) -> bool {
        if at == clause.start {
            return false;
        }
        let left = at - 1;
        let right_capital = (at + 1..end).take(2).any(|i| self.tokens.is_capitalised(i));
        let left_capital = self.tokens.is_capitalised(left);
        let start = self.past_adverbials(clause.start, at);
        let verbless = (start..at).all(|i| {
            let word = self.low(i);
            !shows_finite(word) && !self.cues.has(word) && !is_border(self.tokens, i) && !word.ends_with("ed")
        });
        verbless && (left_capital == right_capital || self.low(start) == "both") && at - start < 15
    }

    /// Without conjunctions and adverbs at its head.
    pub(super) fn trimmed(&self, mut phrase: Range<usize>) -> Range<usize> {
        while !phrase.is_empty() {
            let word = self.low(phrase.start);
            let lead = matches!(
                word,
                "and"
                    | "but"
                    | "or"
                    | "so"
                    | "as"
                    | "then"
                    | ","
                    | "now"
                    | "that"
                    | "because"
                    | "when"
                    | "while"
                    | "where"
                    | "if"
                    | "yet"
                    | "both"
            ) && !(word == "that" && phrase.len() == 1)
                && !(word == "both"
                    && !is_determiner(self.low(phrase.start + 1))
                    && !self.tokens.is_capitalised(phrase.start + 1))
                || is_adverb(word) && !matches!(word, "all" | "both" | "first" | "there") && phrase.len() > 1
                || is_time(word) && phrase.len() > 1
                || matches!(self.tokens.kind(phrase.start), Kind::Mark);
            if !lead {
                break;
            }
            phrase.start += 1;
        }
        while !phrase.is_empty()
            && matches!(self.tokens.kind(phrase.end - 1), Kind::Mark)
            && !self.tokens.is(phrase.end - 1, "'")
        {
            phrase.end -= 1;
        }
        // In Rome he said: the pronoun is the subject.
        if let Some(last) = phrase.clone().last()
            && self.is_subject_pronoun(last)
        {
            phrase.start = last;
        }
        phrase
    }

    /// Is there a noun or a pronoun that can be a subject?
    pub(super) fn can_speak(&self, phrase: &Range<usize>) -> bool {
        let last = self.low(phrase.end - 1);
        let head = self.low(phrase.start);
        if is_preposition(last)
            || is_auxiliary(last)
            || is_adverb(last) && !is_pronoun(last) && phrase.len() == 1
        {
            return false;
        }
        if is_preposition(head) || opens_clause(head) && !is_pronoun(head) && !matches!(head, "what") {
            return false;
        }
        if is_determiner(last) && !is_pronoun(last) {
            return false;
        }
        if head == "to" || is_time(head) && phrase.len() == 1 {
            return false;
        }
        phrase.clone().any(|i| self.tokens.kind(i) == Kind::Word)
    }

    /// The noun phrase that begins at `start`.
    pub(super) fn phrase_after(&self, start: usize, limit: usize) -> Range<usize> {
        let mut end = start;
        while end < limit {
            let word = self.low(end);
            if is_border(self.tokens, end) {
                break;
            }
            if end > start {
                let verb = shows_finite(word)
                    || self.cues.has(word)
                        && !is_determiner(self.low(end - 1))
                        && !is_preposition(self.low(end - 1))
                        && self.is_finite_cue(end);
                let leaves = matches!(
                    word,
                    "in" | "on"
                        | "at"
                        | "during"
                        | "after"
                        | "before"
                        | "when"
                        | "while"
                        | "as"
                        | "who"
                        | "which"
                        | "that"
                        | "because"
                        | "if"
                        | "to"
                        | "by"
                        | "but"
                        | "there"
                        | "about"
                        | "into"
                        | "since"
                ) && !(matches!(word, "in" | "on" | "at" | "to") && self.belongs(end));
                let clause_begins = self.is_subject_pronoun(end)
                    || is_determiner(word)
                        && !matches!(
                            self.low(end - 1),
                            "and"
                                | "of"
                                | "for"
                                | "from"
                                | "with"
                                | "at"
                                | "in"
                                | "on"
                                | "to"
                                | "by"
                                | "or"
                                | ","
                                | "all"
                                | "both"
                                | "former"
                        );
                if verb
                    || leaves
                    || clause_begins
                    || is_time(word) && !self.tokens.is_capitalised(end - 1)
                    || is_time(word) && self.tokens.is_capitalised(end)
                {
                    break;
                }
                if word == "and"
                    && !(self.tokens.is_capitalised(end + 1)
                        || is_determiner(self.low(end + 1))
                        || self.tokens.word(end - 1).starts_with(char::is_lowercase))
                {
                    break;
                }
            }
            end += 1;
            if end - start == 1 && self.is_subject_pronoun(end - 1) {
                break;
            }
        }
        while end > start
            && (is_preposition(self.low(end - 1))
                || matches!(self.low(end - 1), "and" | "or")
                || is_adverb(self.low(end - 1)) && end - start > 1)
        {
            end -= 1;
        }
        start..end
    }

    /// A cue in a form that can be finite: third person or past.
    pub(super) fn is_finite_cue(&self, at: usize) -> bool {
        self.cues.beginning(self.low(at)).iter().any(|cue| matches!(cue.form, Form::Third | Form::Past))
    }

    /// `ambassador to Beijing`, `professor at Cornell`: part of the name of an office.
    pub(super) fn belongs(&self, at: usize) -> bool {
        const OFFICES: &[&str] = &[
            "ambassador",
            "envoy",
            "professor",
            "minister",
            "editor",
            "fellow",
            "expert",
            "researcher",
            "analyst",
            "adviser",
            "advisor",
            "director",
            "economist",
            "delegate",
            "partner",
            "lecturer",
            "scholar",
            "president",
            "chief",
            "head",
            "officer",
            "official",
            "representative",
            "spokesman",
            "spokeswoman",
            "spokesperson",
            "council",
        ];
        (at.saturating_sub(4)..at).any(|i| {
            OFFICES.contains(&self.low(i))
                || self.low(i).strip_suffix('s').is_some_and(|one| OFFICES.contains(&one))
        }) && (self.tokens.is_capitalised(at + 1)
            || is_determiner(self.low(at + 1)) && self.tokens.is_capitalised(at + 2))
    }
}
