//! What is a piece of text about, and what does its speaker do about it?
//!
//! Topics and stances are lists of phrases. A phrase counts where it stands as
//! whole words, without regard to capitals; hyphens and spaces are alike, and a
//! plural `s` may follow.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::grammar::is_negation;
use super::tokens::Tokens;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicEntry {
    title: Option<String>,
    #[serde(default)]
    phrases: Vec<String>,
    #[serde(default)]
    measures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StanceEntry {
    says: Option<String>,
    #[serde(default)]
    names: bool,
    #[serde(default)]
    cues: Vec<String>,
    #[serde(default)]
    phrases: Vec<String>,
}

/// A topic of the talks.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its key in the file.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Words in the ids of measures that it speaks of.
    pub measures: Vec<String>,
}

/// What a speaker does about a topic.
#[derive(Clone, Debug)]
pub struct StanceKind {
    /// Its key in the file.
    pub code: String,
    /// The word for it in tables; `{}` stands for the party that it names.
    pub says: String,
    /// Does it name a party?
    pub names: bool,
    cues: Vec<String>,
}

/// Phrases with what they mean.
#[derive(Clone, Debug)]
struct Phrases {
    automaton: AhoCorasick,
    meaning: Vec<usize>,
}

impl Phrases {
    fn of(phrases: &[(String, usize)]) -> Self {
        let mut written = Vec::new();
        let mut meaning = Vec::new();
        for (phrase, means) in phrases {
            // "rare-earth", "rare earth" and "trump's", "trump’s" are alike.
            let mut forms = vec![phrase.clone()];
            for (from, to) in [("-", " "), (" ", "-"), ("'", "’")] {
                if phrase.contains(from) {
                    forms.push(phrase.replace(from, to));
                    forms.push(phrase.replacen(from, to, 1));
                }
            }
            forms.sort();
            forms.dedup();
            for form in forms {
                written.push(form);
                meaning.push(*means);
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&written);
        // Bounded by memory alone; a list that a person wrote fits.
        Self { automaton: automaton.expect("phrases fit the automaton"), meaning }
    }

    fn in_text<'s>(&'s self, text: &'s str) -> impl Iterator<Item = (usize, Range<usize>)> + 's {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        self.automaton.find_iter(text).filter_map(move |found| {
            let mut rest = text[found.end()..].chars();
            let plural =
                text[found.end()..].starts_with('s') && !letter(text[found.end() + 1..].chars().next());
            let whole =
                !letter(text[..found.start()].chars().next_back()) && (plural || !letter(rest.next()));
            whole.then(|| {
                (self.meaning[found.pattern().as_usize()], found.start()..found.end() + usize::from(plural))
            })
        })
    }
}

/// What words mean for a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A stance, by position, and the bytes of the phrase that says so.
    Stance(usize, Range<usize>),
    /// A phrase that is denied, conditional or in doubt.
    Doubtful,
    /// No phrase of any stance.
    None,
}

/// All topics and stances.
#[derive(Clone, Debug)]
pub struct Topics {
    /// Topics, in the order of their keys.
    pub topics: Vec<Topic>,
    /// Stances, in the order of the file: the first that fits counts.
    pub stances: Vec<StanceKind>,
    topic_phrases: Phrases,
    stance_phrases: Phrases,
}

const TOPICS: &str = include_str!("../../data/accounts/topics.toml");
const STANCES: &str = include_str!("../../data/accounts/stances.toml");

impl Topics {
    /// What ships, and topics of `more`, files of the same shape.
    ///
    /// # Errors
    /// What TOML or the shape of a file does not allow.
    pub fn with(more: &[&str]) -> Result<Self, toml::de::Error> {
        let mut topics: Vec<Topic> = Vec::new();
        let mut phrases = Vec::new();
        for text in std::iter::once(TOPICS).chain(more.iter().copied()) {
            let file: toml::Table = toml::from_str(text)?;
            for (code, entry) in file {
                let entry: TopicEntry = entry.try_into()?;
                let place = topics.iter().position(|topic| topic.code == code).unwrap_or_else(|| {
                    topics.push(Topic { title: code.clone(), code, measures: Vec::new() });
                    topics.len() - 1
                });
                if let Some(title) = entry.title {
                    topics[place].title = title;
                }
                topics[place].measures.extend(entry.measures);
                let some = entry.phrases.into_iter().filter(|phrase| !phrase.trim().is_empty());
                phrases.extend(some.map(|phrase| (phrase, place)));
            }
        }
        let file: toml::Table = toml::from_str(STANCES)?;
        let mut stances = Vec::new();
        let mut stance_phrases = Vec::new();
        for (code, entry) in file {
            let entry: StanceEntry = entry.try_into()?;
            stance_phrases.extend(entry.phrases.into_iter().map(|phrase| (phrase, stances.len())));
            stances.push(StanceKind {
                names: entry.names,
                says: entry.says.unwrap_or_else(|| code.clone()),
                code,
                cues: entry.cues,
            });
        }
        Ok(Self {
            topics,
            stances,
            topic_phrases: Phrases::of(&phrases),
            stance_phrases: Phrases::of(&stance_phrases),
        })
    }

    /// What ships.
    pub fn shipped() -> Self {
        // The files are part of the program and read by a test.
        Self::with(&[]).expect("the shipped lists are well formed")
    }

    /// Topics of a text, each once, in the order of their first phrase.
    pub fn of(&self, text: &str) -> Vec<usize> {
        // Marks inside a phrase do not change it: “negative” measures.
        let plain: String =
            text.chars().filter(|letter| !matches!(letter, '“' | '”' | '"' | '*' | '_')).collect();
        let mut found = Vec::new();
        for (topic, _) in self.topic_phrases.in_text(&plain) {
            if !found.contains(&topic) {
                found.push(topic);
            }
        }
        found
    }

    /// What a cue's class means by itself.
    pub fn of_cue(&self, class: &str) -> Option<usize> {
        self.stances.iter().position(|stance| stance.cues.iter().any(|cue| cue == class))
    }

    /// What the content means by its phrases.
    pub fn of_content(&self, content: &str) -> Meaning {
        let mut found: Option<(usize, Range<usize>)> = None;
        let mut doubt = false;
        for (stance, at) in self.stance_phrases.in_text(content) {
            if in_doubt(content, &at) || self.stances[stance].code == "resolved" && is_future(content, &at) {
                doubt = true;
            } else {
                found = Some(match found {
                    Some(other) if other.0 <= stance => other,
                    _ => (stance, at),
                });
            }
        }
        match found {
            Some((stance, at)) => Meaning::Stance(stance, at),
            None if doubt => Meaning::Doubtful,
            None => Meaning::None,
        }
    }
}

/// Will it be so, some day?
fn is_future(content: &str, at: &Range<usize>) -> bool {
    let words: Vec<&str> = content[..at.start].split_whitespace().rev().take(4).collect();
    words.iter().any(|word| {
        matches!(*word, "will" | "shall" | "soon") || word.ends_with("'ll") || word.ends_with("’ll")
    }) || words.first() == Some(&"be") && words.get(1) == Some(&"to")
}

/// Is the phrase denied, conditional or questioned in its clause?
pub(super) fn in_doubt(content: &str, at: &Range<usize>) -> bool {
    // A clause is short; what lies further back does not bear on it.
    let mut near_by = at.start.saturating_sub(300);
    while !content.is_char_boundary(near_by) {
        near_by += 1;
    }
    let clause =
        content[near_by..at.start].rfind(['.', ';', '!', '?']).map_or(near_by, |end| near_by + end + 1);
    let before = Tokens::of(&content[clause..at.start]);
    let after = &content[at.end..];
    let words = before.len();
    let near = |window: usize, test: &dyn Fn(&str) -> bool| {
        (words.saturating_sub(window)..words).any(|i| test(before.low(i)))
    };
    let negated =
        near(4, &|word| is_negation(word) || matches!(word, "no" | "without" | "far" | "hardly" | "barely"))
            || near(words, &|word| {
                matches!(word, "nothing" | "none" | "nobody" | "neither" | "anything" | "never")
            });
    let conditional = near(words, &|word| {
        matches!(
            word,
            "if" | "unless"
                | "whether"
                | "could"
                | "might"
                | "may"
                | "would"
                | "perhaps"
                | "maybe"
                | "hopefully"
                | "supposedly"
                | "allegedly"
                | "pretend"
                | "imagine"
                | "suppose"
                | "hope"
                | "hopes"
                | "wish"
                | "until"
        )
    });
    let question = after.find(['.', ';', '!', '?']).is_some_and(|end| after[end..].starts_with('?'));
    // "… resolved in 2019 but has flared up": what follows at once takes it back.
    let tail: String = after.chars().take(60).collect();
    let tail = tail.split(['.', ';', '!', '?']).next().unwrap_or_default().to_lowercase();
    let taken_back = ["but has", "but have", "but had", "only if", " nothing", "unless"]
        .iter()
        .any(|words| tail.contains(words));
    let scare = |mark: char| content[..at.start].ends_with(mark);
    let scared = ['“', '"', '‘'].into_iter().any(scare)
        && at.end - at.start < 20
        && after.starts_with(['”', '"', '’']);
    let inner = quotes_inside(&content[near_by..at.start]);
    negated || conditional || question || scared || taken_back || inner
}

/// Is a single mark of quotation open at the end: words of somebody else, as in
/// “He said ‘it is settled’”?
fn quotes_inside(before: &str) -> bool {
    let mut open = false;
    let mut previous = ' ';
    let mut letters = before.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or('x');
        match letter {
            '‘' => open = true,
            '\'' if !previous.is_alphanumeric() && next.is_alphanumeric() => open = true,
            '’' | '\'' if !next.is_alphanumeric() => open = false,
            _ => {}
        }
        previous = letter;
    }
    open
}

/// Has the id of a measure this word, or these words in a row: `rare-earth` in
/// `cn-rare-earths-licences`, and not `port` in `us-import-ban`?
pub fn id_has(id: &str, word: &str) -> bool {
    let id = format!("-{id}-");
    [format!("-{word}-"), format!("-{word}s-")].iter().any(|word| id.contains(word.as_str()))
}
