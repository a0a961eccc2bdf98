//! The reader measured on texts that others have annotated.
//!
//! ```text
//! P = |predicted ∩ gold| / |predicted|     R = |predicted ∩ gold| / |gold|     F1 = 2PR/(P + R)
//! ```
//!
//! over sentences that hold attributed content, over tokens of contents and over
//! tokens of sources; linked recall is the share of annotated attributions of
//! which one predicted attribution has half of the content and half of the source.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::attributions::{Layout, attributions};
use super::lexicon::Cues;
use super::tokens::Tokens;

/// An annotated document, as in the data set.
#[derive(Debug, Deserialize)]
pub struct Annotated {
    /// Its name.
    pub id: String,
    /// Its genre.
    pub genre: String,
    /// Its words.
    pub tokens: Vec<String>,
    /// Who is said to say what.
    pub attributions: Vec<Gold>,
}

/// An annotated attribution; spans are first and last token.
#[derive(Debug, Deserialize)]
pub struct Gold {
    /// `negative` where the source does not say, denies or doubts it.
    pub polarity: String,
    /// The source.
    pub source: Vec<[usize; 2]>,
    /// The content.
    pub content: Vec<[usize; 2]>,
}

impl Annotated {
    /// What is wrong with its spans, if anything is.
    pub fn problem(&self) -> Option<String> {
        let n = self.tokens.len();
        let spans = self.attributions.iter().flat_map(|gold| gold.source.iter().chain(&gold.content));
        let wrong = spans.into_iter().find(|[first, last]| first > last || *last >= n);
        wrong.map(|[first, last]| {
            format!("the span [{first}, {last}] is not within the {n} tokens of `{}`", self.id)
        })
    }
}

/// How well, 0 to 1.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
pub struct Scores {
    /// Sentences that hold attributed content.
    pub sentence_f1: f64,
    /// Tokens of contents.
    pub content_f1: f64,
    /// Tokens of sources.
    pub source_f1: f64,
    /// Attributions found with half of source and content.
    pub linked_recall: f64,
    /// Negative ones.
    pub negative_f1: f64,
    /// Annotated attributions.
    pub n: usize,
}

#[derive(Clone, Debug, Default)]
struct Count {
    both: usize,
    predicted: usize,
    gold: usize,
}

impl Count {
    fn add(&mut self, predicted: &[bool], gold: &[bool]) {
        for (p, g) in predicted.iter().zip(gold) {
            self.both += usize::from(*p && *g);
            self.predicted += usize::from(*p);
            self.gold += usize::from(*g);
        }
    }

    fn f1(&self) -> f64 {
        if self.predicted + self.gold == 0 {
            0.0
        } else {
            2.0 * self.both as f64 / (self.predicted + self.gold) as f64
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Tally {
    sentence: Count,
    content: Count,
    source: Count,
    negative: Count,
    linked: usize,
    n: usize,
}

impl Tally {
    fn scores(&self) -> Scores {
        Scores {
            sentence_f1: self.sentence.f1(),
            content_f1: self.content.f1(),
            source_f1: self.source.f1(),
            linked_recall: if self.n == 0 { 0.0 } else { self.linked as f64 / self.n as f64 },
            negative_f1: self.negative.f1(),
            n: self.n,
        }
    }
}

/// The words of a document as running text, with the bytes of each.
pub fn written(words: &[String]) -> (String, Vec<Range<usize>>) {
    let mut text = String::new();
    let mut places = Vec::with_capacity(words.len());
    let mut glue = true;
    let mut open = false;
    for (at, word) in words.iter().enumerate() {
        // A hyphen between small letters joined a compound.
        let letters =
            |word: Option<&String>| word.is_some_and(|word| word.chars().all(char::is_alphanumeric));
        let joins = word == "-" && at > 0 && letters(words.get(at - 1)) && letters(words.get(at + 1));
        let closes = joins
            || matches!(
                word.as_str(),
                "," | "."
                    | ";"
                    | ":"
                    | "?"
                    | "!"
                    | ")"
                    | "]"
                    | "”"
                    | "’"
                    | "%"
                    | "'s"
                    | "’s"
                    | "n't"
                    | "n’t"
                    | "'re"
                    | "'ve"
                    | "'ll"
                    | "'d"
                    | "'m"
                    | "’re"
                    | "’ve"
                    | "’ll"
                    | "’d"
                    | "’m"
                    | "'"
            )
            || word == "\"" && open;
        if !glue && !closes {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(word);
        places.push(start..text.len());
        glue = joins || matches!(word.as_str(), "(" | "[" | "“" | "‘" | "$" | "#") || word == "\"" && !open;
        if word == "\"" {
            open = !open;
        }
    }
    (text, places)
}

/// Scores by genre, and of all.
pub fn attribution_scores(documents: &[Annotated], cues: &Cues) -> BTreeMap<String, Scores> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for document in documents {
        for key in [document.genre.as_str(), "all"] {
            tally(document, cues, tallies.entry(key.to_owned()).or_default());
        }
    }
    tallies.into_iter().map(|(genre, tally)| (genre, tally.scores())).collect()
}

/// An attribution as marks on the words of its document.
#[derive(Clone, Debug)]
pub struct Marks {
    /// Words of the source.
    pub source: Vec<bool>,
    /// Words of the content.
    pub content: Vec<bool>,
    /// Is it a denial?
    pub negative: bool,
}

/// Predicted attributions of a document as marks on its words.
pub fn predicted(document: &Annotated, cues: &Cues) -> Vec<Marks> {
    let (text, places) = written(&document.tokens);
    let tokens = Tokens::of(&text);
    let layout = Layout::of(&tokens);
    let marks = |pieces: &[Range<usize>]| {
        let mut marks = vec![false; places.len()];
        for piece in pieces {
            let bytes = tokens.bytes(piece);
            for (place, mark) in places.iter().zip(&mut marks) {
                *mark |= place.start < bytes.end && place.end > bytes.start;
            }
        }
        marks
    };
    attributions(&tokens, &layout, cues)
        .iter()
        .map(|found| Marks {
            source: marks(std::slice::from_ref(&found.source)),
            content: marks(&found.content),
            negative: found.negative,
        })
        .collect()
}

fn tally(document: &Annotated, cues: &Cues, tally: &mut Tally) {
    let n = document.tokens.len();
    let predicted = predicted(document, cues);
    let spread = |spans: &[[usize; 2]]| {
        let mut marks = vec![false; n];
        for [first, last] in spans {
            marks[*first..=*last].fill(true);
        }
        marks
    };
    let gold: Vec<_> = document
        .attributions
        .iter()
        .map(|gold| Marks {
            source: spread(&gold.source),
            content: spread(&gold.content),
            negative: gold.polarity == "negative",
        })
        .collect();
    let union = |all: &[Marks], pick: fn(&Marks) -> &Vec<bool>| {
        let mut marks = vec![false; n];
        for one in all {
            for (mark, set) in marks.iter_mut().zip(pick(one)) {
                *mark |= set;
            }
        }
        marks
    };
    let contents = (union(&predicted, |one| &one.content), union(&gold, |one| &one.content));
    tally.content.add(&contents.0, &contents.1);
    tally.source.add(&union(&predicted, |one| &one.source), &union(&gold, |one| &one.source));
    // Sentences as the reader sees them.
    let (text, places) = written(&document.tokens);
    let tokens = Tokens::of(&text);
    let layout = Layout::of(&tokens);
    for sentence in &layout.sentences {
        let bytes = tokens.bytes(sentence);
        let holds = |marks: &[bool]| {
            places
                .iter()
                .zip(marks)
                .any(|(place, mark)| *mark && place.start < bytes.end && place.end > bytes.start)
        };
        tally.sentence.add(&[holds(&contents.0)], &[holds(&contents.1)]);
    }
    let share = |of: &[bool], by: &[bool]| {
        let all = of.iter().filter(|mark| **mark).count();
        let both = of.iter().zip(by).filter(|(a, b)| **a && **b).count();
        if all == 0 { 1.0 } else { both as f64 / all as f64 }
    };
    for one in &gold {
        tally.n += 1;
        tally.linked +=
            usize::from(predicted.iter().any(|two| {
                share(&one.content, &two.content) >= 0.5 && share(&one.source, &two.source) >= 0.5
            }));
    }
    let negative_gold: Vec<_> = gold.iter().filter(|one| one.negative).collect();
    let negative: Vec<_> = predicted.iter().filter(|one| one.negative).collect();
    tally.negative.gold += negative_gold.len();
    tally.negative.predicted += negative.len();
    tally.negative.both += negative_gold
        .iter()
        .filter(|one| negative.iter().any(|two| share(&one.content, &two.content) >= 0.5))
        .count();
}
