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

mod content;
mod phrases;
mod source;
mod verb;

use std::ops::Range;

use super::lexicon::{Cue, Cues};
use super::sentences::{quotations, sentences};
use super::tokens::Tokens;

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

    /// The sentence that token `i` is in.
    pub fn sentence(&self, i: usize) -> Option<&Range<usize>> {
        let here = self.sentences.partition_point(|sentence| sentence.end <= i);
        self.sentences.get(here).filter(|sentence| sentence.contains(&i))
    }

    fn same_level(&self, i: usize, j: usize) -> bool {
        self.inside[i] == self.inside[j]
    }
}

/// More cues than this in one sentence are not read: no sentence of a person has them.
const MOST_CUES: usize = 16;

/// All attributions of a text, in the order of their cues.
pub fn attributions(tokens: &Tokens<'_>, layout: &Layout, cues: &Cues) -> Vec<Attribution> {
    let reader = Reader { tokens, layout, cues };
    let mut found = Vec::new();
    for (number, sentence) in layout.sentences.iter().enumerate() {
        let from = found.len();
        let mut at = sentence.start;
        let mut cues_left = MOST_CUES;
        while at < sentence.end {
            match reader.cue_at(at, sentence) {
                Some((cue, end)) if cues_left > 0 => {
                    cues_left -= 1;
                    found.extend(reader.attribution(cue, at..end, sentence, &found[from..]));
                    at = end;
                }
                _ => at += 1,
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
            negative: class.negative != group.negated,
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
