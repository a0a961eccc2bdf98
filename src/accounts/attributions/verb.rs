//! Is a word of the lexicon a verb here, and in what form?
//!
//! `the report` is none, `reports say` is one: articles and prepositions before a
//! word make it a noun, auxiliaries before it make it finite, `by` after it turns it.

use std::ops::Range;

use super::Group;
use super::Reader;
use crate::accounts::grammar::{
    is_adverb, is_auxiliary, is_determiner, is_negation, is_nominative, is_preposition, is_pronoun, is_time,
    shows_finite,
};
use crate::accounts::lexicon::{Cue, Form};

impl Reader<'_, '_> {
    /// Adverbs and auxiliaries before the verb.
    pub(super) fn verb_group(&self, verb: usize, clause: &Range<usize>) -> Group {
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
    pub(super) fn is_noun_like_adverb(&self, at: usize) -> bool {
        matches!(self.low(at), "all" | "both" | "first" | "there" | "here" | "so")
    }

    /// Is the word a verb here, in a form that its subject allows?
    pub(super) fn is_verb(
        &self,
        cue: &Cue,
        verb: &Range<usize>,
        group: &Group,
        clause: &Range<usize>,
    ) -> bool {
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
                let article = is_determiner(touching) && !is_pronoun(touching);
                after != "by" && !article && touching != "to"
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
    pub(super) fn is_plural(&self, end: usize, clause: &Range<usize>) -> bool {
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
}
