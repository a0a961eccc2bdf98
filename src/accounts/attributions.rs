//! Who is said to have said what?
//!
//! ```text
//! cue      a verb or a phrase of the lexicon            said · according to
//! source   the noun phrase that the cue belongs to      Mr. Ito, a broker,
//! content  the clause or the quotation that it brings   that prices would fall
//! ```
//!
//! For every cue of a sentence: is it a verb here and not a noun (the report);
//! whose is it (the phrase before it, behind appositions and adverbs; the phrase
//! after it where the two are turned; the main subject for `, saying`); and what
//! does it bring (what follows, or what came before: `…, she said`).
//! A quotation that goes over several sentences is one content.

use std::ops::Range;

use super::grammar::{
    is_adverb, is_auxiliary, is_border, is_determiner, is_negation, is_nominative, is_preposition,
    is_pronoun, is_time, opens_clause, shows_finite,
};
use super::lexicon::{Cue, Cues, Form, Needs};
use super::sentences::{quotations, sentences};
use super::tokens::{Kind, Tokens};

/// One attribution: ranges of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// The phrase that names the source.
    pub source: Range<usize>,
    /// The cue; empty where a quotation goes on without one.
    pub cue: Range<usize>,
    /// Class of the cue in the lexicon.
    pub class: usize,
    /// Does the source deny, doubt, or not say it?
    pub negative: bool,
    /// What is attributed, in one or two pieces.
    pub content: Vec<Range<usize>>,
}

/// A text cut into sentences and quotations.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Sentences.
    pub sentences: Vec<Range<usize>>,
    /// Quotations, marks included.
    pub quotations: Vec<Range<usize>>,
    /// For every token the quotation it is in, plus one; zero outside.
    inside: Vec<u32>,
}

impl Layout {
    /// Sentences and quotations of `tokens`.
    pub fn of(tokens: &Tokens<'_>) -> Self {
        let quotations = quotations(tokens);
        let mut inside = vec![0; tokens.len()];
        for (number, quotation) in quotations.iter().enumerate() {
            inside[quotation.clone()].fill(number as u32 + 1);
        }
        Self { sentences: sentences(tokens), quotations, inside }
    }

    /// The quotation that token `i` is in.
    pub fn quotation(&self, i: usize) -> Option<&Range<usize>> {
        match self.inside.get(i) {
            None | Some(0) => None,
            Some(number) => Some(&self.quotations[*number as usize - 1]),
        }
    }

    fn same_level(&self, i: usize, j: usize) -> bool {
        self.inside[i] == self.inside[j]
    }
}

/// All attributions of a text, in the order of their cues.
pub fn attributions(tokens: &Tokens<'_>, layout: &Layout, cues: &Cues) -> Vec<Attribution> {
    let reader = Reader { tokens, layout, cues };
    let mut found = Vec::new();
    for (number, sentence) in layout.sentences.iter().enumerate() {
        let from = found.len();
        let mut at = sentence.start;
        while at < sentence.end {
            match reader.cue_at(at, sentence) {
                Some((cue, end)) => {
                    found.extend(reader.attribution(cue, at..end, sentence, &found[from..]));
                    at = end;
                }
                None => at += 1,
            }
        }
        found.extend(reader.credit(number));
        found.extend(reader.after_colon(sentence, &found[from..]));
    }
    found
}

struct Reader<'a, 't> {
    tokens: &'a Tokens<'t>,
    layout: &'a Layout,
    cues: &'a Cues,
}

impl Reader<'_, '_> {
    fn low(&self, i: usize) -> &str {
        self.tokens.low(i)
    }

    /// The longest cue that begins at `at`.
    fn cue_at(&self, at: usize, sentence: &Range<usize>) -> Option<(&Cue, usize)> {
        // A capital inside a sentence is a name: the United States.
        if self.tokens.is_capitalised(at)
            && at > sentence.start
            && !self.tokens.is_quote(at - 1)
            && self.low(at) != "according"
        {
            return None;
        }
        let cue = self.cues.beginning(self.low(at)).iter().find(|cue| {
            at + cue.rest.len() < sentence.end
                && cue.rest.iter().enumerate().all(|(k, word)| self.low(at + 1 + k) == &**word)
        })?;
        Some((cue, at + 1 + cue.rest.len()))
    }

    fn attribution(
        &self,
        cue: &Cue,
        verb: Range<usize>,
        sentence: &Range<usize>,
        before: &[Attribution],
    ) -> Option<Attribution> {
        // What lies in another quotation than the cue is not of its clause.
        let clause = self.clause_of(verb.start, sentence);
        if self.cues.name(cue.class) == "by" {
            return self.according(cue, verb, &clause, sentence);
        }
        let group = self.verb_group(verb.start, &clause);
        if !self.is_verb(cue, &verb, &group, &clause) {
            return None;
        }
        let subject = self.subject(cue, &verb, &group, &clause, before)?;
        let content = self.content(cue, &verb, &group, &subject, &clause, sentence)?;
        let class = &self.cues.classes[cue.class];
        Some(Attribution {
            source: subject.phrase,
            cue: verb,
            class: cue.class,
            negative: class.negative != (group.negated && !class.negative),
            content,
        })
    }

    /// The part of the sentence on the level of token `at`: inside its quotation, or all of it.
    fn clause_of(&self, at: usize, sentence: &Range<usize>) -> Range<usize> {
        match self.layout.quotation(at) {
            Some(quotation) => {
                let (start, end) = (quotation.start.max(sentence.start), quotation.end.min(sentence.end));
                // Without its marks.
                let start = if self.tokens.is_quote(start) && start < at { start + 1 } else { start };
                let end = if self.tokens.is_quote(end - 1) && end - 1 > at { end - 1 } else { end };
                start..end
            }
            None => sentence.clone(),
        }
    }

    /// Adverbs and auxiliaries before the verb.
    fn verb_group(&self, verb: usize, clause: &Range<usize>) -> Group {
        let mut group =
            Group { start: verb, negated: false, auxiliary: false, passive: false, infinitive: false };
        while group.start > clause.start {
            let word = self.low(group.start - 1);
            if is_auxiliary(word) || is_negation(word) {
                group.auxiliary |= is_auxiliary(word);
                group.negated |= is_negation(word);
                group.passive |=
                    matches!(word, "is" | "are" | "was" | "were" | "be" | "been" | "being" | "am");
            } else if word == "to" {
                group.infinitive = true;
            } else if !is_adverb(word)
                || is_time(word) && word != "later" && word != "earlier"
                || self.is_noun_like_adverb(group.start - 1)
            {
                break;
            }
            group.start -= 1;
            if group.infinitive {
                break;
            }
        }
        group
    }

    /// `both`, `all`, `first`, `there` can be of a noun phrase.
    fn is_noun_like_adverb(&self, at: usize) -> bool {
        matches!(self.low(at), "all" | "both" | "first" | "there" | "here" | "so")
    }

    /// Is the word a verb here, in a form that its subject allows?
    fn is_verb(&self, cue: &Cue, verb: &Range<usize>, group: &Group, clause: &Range<usize>) -> bool {
        let previous = if group.start > clause.start { self.low(group.start - 1) } else { "" };
        let touching = if verb.start > clause.start { self.low(verb.start - 1) } else { "" };
        let after = self.low(verb.end);
        match cue.form {
            Form::Phrase => true,
            // A noun has an article or a preposition before it.
            Form::Base | Form::Third if is_determiner(touching) && !is_pronoun(touching) => false,
            Form::Base | Form::Third if is_preposition(touching) && touching != "to" => false,
            Form::Base | Form::Third if touching.ends_with("'s") && !shows_finite(touching) => false,
            Form::Base => {
                if group.infinitive {
                    return false;
                }
                group.auxiliary && !group.passive
                    || is_nominative(previous) && !matches!(previous, "he" | "she" | "it")
                    || previous == "and" && clause.start + 2 < verb.start
                    || self.is_plural(group.start, clause)
            }
            Form::Third => !group.auxiliary && !matches!(after, "of" | "by" | "are" | "were" | "is" | "was"),
            Form::Past | Form::Participle => {
                if group.passive {
                    // Said to be done by somebody: only with the agent.
                    return after == "by" || after == "that" && cue.form == Form::Past;
                }
                // A participle behind its noun: the plan announced by …
                after != "by" && !(is_determiner(touching) && !is_pronoun(touching)) && touching != "to"
            }
            Form::Ing => {
                touching == ","
                    || group.auxiliary
                    || verb.start == clause.start
                    || matches!(touching, "as" | "by" | "while" | "and")
                    || after == "that"
            }
        }
    }

    /// Is the word before `end` a plural noun, as far as its ending tells?
    fn is_plural(&self, end: usize, clause: &Range<usize>) -> bool {
        if end <= clause.start {
            return false;
        }
        let mut at = end - 1;
        if self.low(at) == "," {
            // An apposition: look at the phrase before it.
            let Some(comma) = (clause.start + 1..at).rev().find(|i| self.low(*i) == ",") else {
                return false;
            };
            at = comma - 1;
        }
        let word = self.low(at);
        matches!(
            word,
            "people"
                | "media"
                | "police"
                | "some"
                | "many"
                | "others"
                | "both"
                | "who"
                | "which"
                | "children"
                | "women"
                | "men"
                | "everyone"
        ) || word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("'s")
            || (clause.start..at).rev().take(8).any(|i| self.low(i) == "and")
                && self.tokens.is_capitalised(at)
            || self.tokens.is_capitalised(at) && self.tokens.word(at).chars().all(char::is_uppercase)
    }

    // --- Whose is it? ------------------------------------------------------------

    fn subject(
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
    fn main_subject(&self, clause: &Range<usize>, verb: usize) -> Option<Range<usize>> {
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
    fn past_adverbials(&self, start: usize, end: usize) -> usize {
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
    fn phrase_before(&self, end: usize, clause: &Range<usize>) -> Option<Range<usize>> {
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
    fn nearest_noun(&self, end: usize, clause: &Range<usize>) -> Range<usize> {
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
    fn phrase_before_apposition(&self, close: usize, clause: &Range<usize>) -> Option<Range<usize>> {
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
    fn phrase_start(&self, end: usize, clause: &Range<usize>) -> usize {
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
            if is_nominative(word) && start < end {
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

    /// Is the word at `at` a cue in a finite form, behind something that can be its subject?
    fn has_own_subject(&self, at: usize, clause: &Range<usize>) -> bool {
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
    fn joins_names(&self, at: usize, end: usize, clause: &Range<usize>) -> bool {
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
    fn trimmed(&self, mut phrase: Range<usize>) -> Range<usize> {
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
            && is_nominative(self.low(last))
        {
            phrase.start = last;
        }
        phrase
    }

    /// Is there a noun or a pronoun that can be a subject?
    fn can_speak(&self, phrase: &Range<usize>) -> bool {
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
    fn phrase_after(&self, start: usize, limit: usize) -> Range<usize> {
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
                let clause_begins = is_nominative(word)
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
            if end - start == 1 && is_nominative(word) {
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
    fn is_finite_cue(&self, at: usize) -> bool {
        self.cues.beginning(self.low(at)).iter().any(|cue| matches!(cue.form, Form::Third | Form::Past))
    }

    /// `ambassador to Beijing`, `professor at Cornell`: part of the name of an office.
    fn belongs(&self, at: usize) -> bool {
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

    // --- What does it bring? -----------------------------------------------------

    fn content(
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
    fn content_before(
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
        Some(Left {
            range: start..last + 1,
            quoted: false,
            whole: !adverbial && words >= 2 && (finite || subject.turned),
        })
    }

    /// Behind the last border that separates another content.
    fn after_other_content(&self, start: usize, end: usize) -> usize {
        (start..end).rev().find(|i| matches!(self.low(*i), ";")).map_or(start, |i| i + 1)
    }

    /// What follows the cue.
    fn content_after(
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
            || !is_preposition(first) && (if name == "show" { self.clause_follows(start, end) } else { self.finite_within(start, end) });
        let accepted = match needs {
            Needs::Quote => false,
            Needs::Clause => {
                clausal && !(marked && !subordinate)
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

    fn fresh_clause(&self, at: usize) -> bool {
        is_nominative(self.low(at))
            || is_determiner(self.low(at))
            || self.tokens.is_capitalised(at)
            || opens_clause(self.low(at))
    }

    /// Skips who was told, where and when.
    fn past_addressee(&self, cue: &Cue, start: usize, clause: &Range<usize>) -> usize {
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
        if told && !stop(at) && !(is_nominative(self.low(at)) && !matches!(self.low(at), "you" | "it")) {
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
    fn addressees(&self, start: usize, end: usize) -> bool {
        start < end
            && (is_determiner(self.low(start))
                || self.tokens.is_capitalised(start)
                || self.low(start).ends_with('s')
                || matches!(self.low(start), "me" | "him" | "her" | "them" | "us"))
    }

    /// Is there a finite verb, as far as small words tell?
    fn finite_within(&self, start: usize, end: usize) -> bool {
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
                || i > start && word == "'s" && self.tokens.low(i - 1) != "" && is_nominative(self.low(i - 1))
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
    fn clause_follows(&self, start: usize, end: usize) -> bool {
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
    fn content_end(
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

    fn clause_end(&self, start: usize, limit: usize, clause: &Range<usize>) -> usize {
        self.content_end(start, limit, clause, &(start..start), clause).min(limit)
    }

    /// Does a clause with its own cue begin here: `(and) she said`?
    fn new_speaker(&self, at: usize, limit: usize) -> bool {
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

    /// `According to X, …` and `…, according to X`.
    fn according(
        &self,
        cue: &Cue,
        phrase: Range<usize>,
        clause: &Range<usize>,
        sentence: &Range<usize>,
    ) -> Option<Attribution> {
        let source = self.named_after(phrase.end, clause.end);
        if source.is_empty() || !self.can_speak(&source) {
            return None;
        }
        let mut lead = phrase.start;
        while lead > clause.start
            && (matches!(self.low(lead - 1), "and" | "but" | "so" | "," | "(")
                || is_adverb(self.low(lead - 1)))
        {
            lead -= 1;
        }
        // A capital begins a sentence, also where the end of the last one is not marked.
        let begins = self.tokens.is_capitalised(phrase.start);
        let first_words =
            (if begins { lead } else { clause.start }..lead).filter(|i| self.tokens.is_word(*i)).count();
        let after = self.past_apposition(source.end, clause.end);
        let right = after..self.content_end(after.min(clause.end), clause.end, clause, &phrase, sentence);
        let right_words = right.clone().filter(|i| self.tokens.is_word(*i)).count();
        let left = clause.start..phrase.start;
        let content = if first_words == 0 {
            (right_words > 0).then(|| vec![right])?
        } else if right_words > 3
            && self.low(after.saturating_sub(1)) == ","
            && self.finite_within(right.start, right.end)
        {
            // X, according to Y, did Z.
            vec![left, right]
        } else {
            vec![left]
        };
        Some(Attribution { source, cue: phrase, class: cue.class, negative: false, content })
    }

    /// A name after `according to`: to the comma, or to the clause that follows without one.
    fn named_after(&self, start: usize, limit: usize) -> Range<usize> {
        let phrase = self.phrase_after(start, limit);
        // Numbers and adverbs after a name begin the clause.
        let cut = phrase.clone().skip(1).find(|i| {
            let word = self.low(*i);
            self.tokens.is_capitalised(*i - 1)
                && (is_preposition(word)
                    && !matches!(word, "of" | "for" | "to" | "at" | "in" | "from" | "on" | "with"))
        });
        phrase.start..cut.unwrap_or(phrase.end)
    }

    /// Behind `, the team's coach,`.
    fn past_apposition(&self, at: usize, limit: usize) -> usize {
        if self.low(at) != "," || at + 1 >= limit {
            return at;
        }
        // A short piece without a verb, closed by a comma.
        let close = (at + 1..limit.min(at + 20)).find(|i| self.low(*i) == ",");
        match close {
            Some(close)
                if !self.finite_within(at + 1, close)
                    && !is_preposition(self.low(at + 1))
                    && close - at > 1 =>
            {
                close + 1
            }
            _ => at + 1,
        }
    }

    /// `The minister defended the record: "We are …"`: a quotation behind a colon
    /// that no cue has claimed is of the sentence's subject.
    fn after_colon(&self, sentence: &Range<usize>, found: &[Attribution]) -> Option<Attribution> {
        let colon = (sentence.start + 1..sentence.end.saturating_sub(1))
            .find(|i| self.low(*i) == ":" && self.tokens.is_quote(i + 1))?;
        let quotation = self
            .layout
            .quotation(colon + 1)
            .filter(|quotation| quotation.start == colon + 1 && quotation.len() > 5)?;
        let taken = found
            .iter()
            .any(|one| one.content.iter().any(|piece| piece.start <= colon + 1 && piece.end > colon + 1));
        if taken || self.layout.quotation(colon).is_some() {
            return None;
        }
        let source = self.main_subject(&(sentence.start..colon), colon)?;
        let class = self.cues.classes.iter().position(|class| &*class.name == "state")?;
        Some(Attribution {
            source,
            cue: colon..colon + 1,
            class,
            negative: false,
            content: vec![quotation.clone()],
        })
    }

    /// `Photo: Ann Lee.` gives the sentence before it a source.
    fn credit(&self, number: usize) -> Option<Attribution> {
        let sentence = &self.layout.sentences[number];
        let start = sentence.start;
        let credit =
            matches!(self.low(start), "image" | "photo" | "picture" | "photograph" | "video" | "source")
                && self.low(start + 1) == ":";
        if !credit || sentence.len() > 12 || number == 0 {
            return None;
        }
        let mut end = sentence.end;
        while end > start + 2 && !self.tokens.is_word(end - 1) {
            end -= 1;
        }
        let source = start + 2..end;
        if source.is_empty() {
            return None;
        }
        let class = self.cues.classes.iter().position(|class| &*class.name == "by")?;
        Some(Attribution {
            source,
            cue: start..start + 2,
            class,
            negative: false,
            content: vec![self.layout.sentences[number - 1].clone()],
        })
    }
}

/// The words of a verb before it.
struct Group {
    /// First token.
    start: usize,
    negated: bool,
    auxiliary: bool,
    passive: bool,
    infinitive: bool,
}

/// Whose a cue is.
struct Subject {
    phrase: Range<usize>,
    /// After the verb: said Ann.
    turned: bool,
    /// After "by".
    passive: bool,
}

/// What stands before a cue.
struct Left {
    range: Range<usize>,
    quoted: bool,
    /// A clause, as far as one sees.
    whole: bool,
}
