//! The reader of events measured on records that others have coded.
//!
//! ```text
//! class accuracy  share of records whose class is the coded one
//! class macro F1  mean over the 18 classes of 2PR/(P + R); a class that is neither coded nor read is 0
//! actor F1        2|read ∩ coded| / (|read| + |coded|), summed over records
//! ```
//!
//! Actors of a record are a set of pairs (role, code), the role source or target
//! and the code as coded; a code without letters, or none, is no actor. A record
//! is one sentence; where no event is found the class counts as wrong and the
//! record has no actors.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use super::deeds::{Class, Deeds};
use super::events::event;
use super::gazetteer::Gazetteer;
use super::tokens::Tokens;

/// A coded actor.
#[derive(Clone, Debug, Deserialize)]
pub struct Actor {
    /// Three letters.
    #[serde(default)]
    pub code: String,
}

/// A coded record, as in the data set.
#[derive(Clone, Debug, Deserialize)]
pub struct Record {
    /// The class.
    pub event: Class,
    /// Who did it.
    #[serde(default, deserialize_with = "listed")]
    pub source: Vec<Actor>,
    /// To whom.
    #[serde(default, deserialize_with = "listed")]
    pub target: Vec<Actor>,
    /// The sentence.
    pub text: String,
}

/// A list; a bare word in its place is an empty one.
fn listed<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<Actor>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Field {
        List(Vec<Actor>),
        #[allow(dead_code)]
        Word(Option<String>),
    }
    Ok(match Field::deserialize(reader)? {
        Field::List(list) => list,
        Field::Word(_) => Vec::new(),
    })
}

/// How well, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct EventScores {
    /// Share of records with the coded class.
    pub class_accuracy: f64,
    /// Mean F1 of the 18 classes.
    pub class_macro_f1: f64,
    /// F1 of (role, code) pairs.
    pub actor_f1: f64,
    /// Accuracy of always saying AGREE, to compare with.
    pub majority_share: f64,
    /// Records.
    pub n: usize,
}

/// Actors as pairs of role and code.
pub type Pairs = BTreeSet<(&'static str, String)>;

/// Pairs of a record as coded.
pub fn coded(record: &Record) -> Pairs {
    let side = |role, actors: &[Actor]| -> Vec<_> {
        actors
            .iter()
            .filter(|actor| actor.code.starts_with(char::is_alphabetic))
            .map(|actor| (role, actor.code.clone()))
            .collect()
    };
    side("source", &record.source).into_iter().chain(side("target", &record.target)).collect()
}

/// Class and pairs of a sentence as read.
pub fn read(text: &str, deeds: &Deeds, gazetteer: &Gazetteer) -> (Option<Class>, Pairs) {
    let tokens = Tokens::of(text);
    match event(&tokens, &(0..tokens.len()), &gazetteer.mentions(&tokens), deeds) {
        None => (None, Pairs::new()),
        Some(event) => {
            let side = |role, codes: &[Box<str>]| {
                codes.iter().map(|code| (role, code.to_string())).collect::<Vec<_>>()
            };
            (
                Some(event.class),
                side("source", &event.source).into_iter().chain(side("target", &event.target)).collect(),
            )
        }
    }
}

/// Scores over all records.
pub fn event_scores(records: &[Record], deeds: &Deeds, gazetteer: &Gazetteer) -> EventScores {
    // For every class: read and coded, read, coded.
    let mut counts = [[0_usize; 3]; Class::ALL.len()];
    let (mut both, mut pairs, mut majority) = (0, 0, 0);
    for record in records {
        let (class, actors) = read(&record.text, deeds, gazetteer);
        let gold = coded(record);
        both += actors.intersection(&gold).count();
        pairs += actors.len() + gold.len();
        majority += usize::from(record.event == Class::Agree);
        for (one, count) in Class::ALL.into_iter().zip(&mut counts) {
            let (is, was) = (class == Some(one), record.event == one);
            count[0] += usize::from(is && was);
            count[1] += usize::from(is);
            count[2] += usize::from(was);
        }
    }
    let share = |part: usize, of: usize| if of == 0 { 0.0 } else { part as f64 / of as f64 };
    let right: usize = counts.iter().map(|count| count[0]).sum();
    EventScores {
        class_accuracy: share(right, records.len()),
        class_macro_f1: counts.iter().map(|[hit, is, was]| share(2 * hit, is + was)).sum::<f64>()
            / counts.len() as f64,
        actor_f1: share(2 * both, pairs),
        majority_share: share(majority, records.len()),
        n: records.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three records. The first is read in full: 2 pairs of 2. The second has the
    /// right class and one of two coded actors (the other side is not in the
    /// text). In the third nothing is found: 1 coded actor.
    /// Accuracy 2/3; pairs 2·3/(3 + 5); F1 of AID and REJECT 1, so macro 2/18.
    #[test]
    fn scores_by_hand() {
        let records: Vec<Record> = serde_json::from_str(
            r#"[
            {"event": "AID", "source": [{"code": "NOR"}], "target": [{"code": "SOM"}], "text": "Norway sent grain to Somalia."},
            {"event": "REJECT", "source": [{"code": "CHL"}], "target": [{"code": "PER"}], "text": "Chile rejected the plan."},
            {"event": "FIGHT", "source": [{"code": "***"}], "target": [{"code": "PER"}], "text": "It rained."}
        ]"#,
        )
        .unwrap();
        let scores = event_scores(&records, &Deeds::shipped(), &Gazetteer::shipped());
        assert!((scores.class_accuracy - 2.0 / 3.0).abs() < 1e-15);
        assert!((scores.actor_f1 - 6.0 / 8.0).abs() < 1e-15);
        assert!((scores.class_macro_f1 - 2.0 / 18.0).abs() < 1e-15);
        assert_eq!((scores.majority_share, scores.n), (0.0, 3));
    }

    #[test]
    fn a_side_may_be_missing_or_a_word() {
        let text =
            r#"{"event": "AGREE", "source": [{"code": "PER", "sector": "GOV"}], "target": "", "text": "x"}"#;
        let record: Record = serde_json::from_str(text).unwrap();
        assert!(record.target.is_empty());
        let record: Record = serde_json::from_str(r#"{"event": "AGREE", "text": "x"}"#).unwrap();
        assert!(record.source.is_empty() && coded(&record).is_empty());
    }
}
