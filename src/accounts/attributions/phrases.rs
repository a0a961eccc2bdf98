//! Attributions without a verb: `according to`, a colon, a credit line.

use std::ops::Range;

use super::Attribution;
use super::Reader;
use crate::accounts::grammar::{is_adverb, is_preposition};
use crate::accounts::lexicon::Cue;

impl Reader<'_, '_> {
    /// `According to X, …` and `…, according to X`.
    pub(super) fn according(
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
    pub(super) fn named_after(&self, start: usize, limit: usize) -> Range<usize> {
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
    pub(super) fn past_apposition(&self, at: usize, limit: usize) -> usize {
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
    pub(super) fn after_colon(&self, sentence: &Range<usize>, found: &[Attribution]) -> Option<Attribution> {
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
    pub(super) fn credit(&self, number: usize) -> Option<Attribution> {
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
