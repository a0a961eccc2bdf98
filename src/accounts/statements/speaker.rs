//! Whose words are they, where the source is a pronoun, a surname or an office?
//!
//! A pronoun is resolved within its paragraph: to the person or the body that spoke
//! last, or to the only one named before. A surname is that of somebody the text
//! named in full. In a government's own account an office without a name is its own.
//! Everything else is unclear.

use super::{Around, Reading};
use crate::accounts::attributions::Attribution;
use crate::accounts::grammar::is_nominative;
use crate::accounts::parties::{Named, Speaker};
use crate::accounts::tokens::Kind;

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

/// Who has spoken in the paragraph.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// The last person.
    pub(super) person: Option<Speaker>,
    /// The last office, paper or government.
    pub(super) body: Option<Speaker>,
}

impl Reading<'_, '_> {
    pub(super) fn hear(&self, heard: &mut Heard, one: &Attribution, speaker: &Speaker) {
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
    pub(super) fn speaker(&self, one: &Attribution, heard: &Heard, outer: &[Around]) -> Speaker {
        let low = self.tokens.low(one.source.start);
        let single = one.source.len() == 1;
        let enclosing = || {
            let around = outer.iter().rev().find(|around| {
                around.range.contains(&one.cue.start) && self.layout.quotation(one.cue.start).is_some()
            });
            around.map(|around| around.speaker.clone())
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
                // In somebody's own words "he" is another.
                "he" | "she" | "it" | "they" if self.layout.quotation(one.cue.start).is_some() => {
                    return Speaker::Unclear;
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
    pub(super) fn description_end(&self, one: &Attribution) -> usize {
        let sentence = self.layout.sentence(one.source.start);
        let end = sentence.map_or(one.source.end, |sentence| sentence.end);
        (one.source.end..end)
            .find(|i| self.tokens.is_quote(*i) || matches!(self.tokens.low(*i), "." | ";"))
            .unwrap_or(end)
    }

    /// A surname alone, of somebody in office whom the text named in full before.
    pub(super) fn named_before(&self, one: &Attribution, phrase: &str) -> Option<Speaker> {
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
    pub(super) fn own(&self) -> Speaker {
        self.account.party.clone().map_or(Speaker::Unclear, |code| Speaker::Government(vec![code]))
    }

    /// The start of the paragraph that token `at` is in.
    pub(super) fn paragraph_start(&self, at: usize) -> usize {
        (0..at)
            .rev()
            .take(2000)
            .find(|i| self.tokens.kind(*i) == Kind::Break)
            .map_or(at.saturating_sub(2000), |i| i + 1)
    }

    /// The one person named in the paragraph before the cue, if there is only one.
    pub(super) fn only_person_before(&self, one: &Attribution) -> Option<Speaker> {
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
    pub(super) fn only_body_before(&self, one: &Attribution) -> Option<Speaker> {
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
}
