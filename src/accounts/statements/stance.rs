//! What does a speaker do about a topic, and on which day?
//!
//! By the cue (urged, warned, denied) or by the words of what is said (settled, no
//! commitment). Denied, hypothetical, hoped for, asked and ironic words do nothing:
//! the stance is then unclear.

use jiff::civil::{Date, Weekday};

use super::{Reading, Stance};
use crate::accounts::attributions::Attribution;
use crate::accounts::parties::Named;
use crate::accounts::topics::Meaning;

/// Words by which a sentence takes back what it says.
const DISPUTES: [&str; 21] = [
    "false",
    "falsely",
    "untrue",
    "wrong",
    "wrongly",
    "nonsense",
    "lie",
    "lies",
    "lying",
    "rumour",
    "rumours",
    "rumor",
    "rumors",
    "myth",
    "fiction",
    "disagreed",
    "disagrees",
    "fabricated",
    "baseless",
    "groundless",
    "supposedly",
];

impl Reading<'_, '_> {
    pub(super) fn stance(&self, one: &Attribution, class: &str, said: &str) -> (Stance, Option<String>) {
        let topics = &self.lexicon.topics;
        if let Some(stance) = topics.of_cue(class) {
            let code = topics.stances[stance].code.as_str();
            // Asked whether: a question is no demand.
            let first = said.split_whitespace().next().unwrap_or_default().to_lowercase();
            if matches!(first.as_str(), "whether" | "if" | "who" | "what" | "why" | "how" | "when" | "where")
            {
                return (if code == "silent" { Stance::Listed(stance) } else { Stance::Mentions }, None);
            }
            // A cue that is itself denied: did not demand, did not deny.
            let denied = one.negative != matches!(code, "silent" | "denies");
            let doubtful = denied || self.is_hypothetical(one) || code != "denies" && self.is_disputed(one);
            return (if doubtful { Stance::Unclear } else { Stance::Listed(stance) }, None);
        }
        let wished = self.lexicon.cues.classes[one.class].doubtful;
        if wished && topics.of_content(said) == Meaning::None {
            return (Stance::Mentions, None);
        }
        let mentions = topics.of_content(said) == Meaning::None;
        if wished
            || one.negative
            || self.is_hypothetical(one)
            || is_ironic(said)
            || !mentions && self.is_disputed(one)
        {
            return (Stance::Unclear, None);
        }
        self.stance_of(said)
    }

    /// What the words themselves say.
    pub(super) fn stance_of(&self, said: &str) -> (Stance, Option<String>) {
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
    pub(super) fn party_of(&self, text: &str) -> Option<String> {
        self.lexicon.parties.mentions(text).into_iter().find_map(|mention| match mention.named {
            Named::Country(code) | Named::Agency(code) => Some(code),
            Named::Person(person) => {
                self.lexicon.parties.in_office(person, self.account.date).map(str::to_owned)
            }
        })
    }

    /// Does the sentence call something false, or deny it: `it is false that she agreed`?
    fn is_disputed(&self, one: &Attribution) -> bool {
        let words = |i: usize| DISPUTES.contains(&self.tokens.low(i));
        self.layout.sentence(one.cue.start).is_some_and(|sentence| sentence.clone().any(words))
    }

    /// `would say`, `might warn`, `if she demanded`: nobody has said it.
    pub(super) fn is_hypothetical(&self, one: &Attribution) -> bool {
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
    pub(super) fn topics_before(&self, one: &Attribution, government: bool) -> Vec<usize> {
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
    pub(super) fn date(&self, one: &Attribution) -> Option<Date> {
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
