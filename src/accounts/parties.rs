//! Whom does a speaker speak for?
//!
//! A phrase that names a source is looked up in lists: people in office on the
//! day of the text, agencies, countries and capitals, words for firms, experts and
//! the press. What is in no list is somebody else; a pronoun is nobody yet.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::grammar::is_preposition;

/// Whom somebody speaks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "codes")]
pub enum Speaker {
    /// Governments, by country code; two for "both sides".
    Government(Vec<String>),
    /// A firm or a group of firms.
    Firm,
    /// Somebody who judges from outside.
    Expert,
    /// A paper or an agency in its own name.
    Press,
    /// Sources without a name.
    Sources,
    /// Anybody else with a name.
    Other,
    /// Not known.
    Unclear,
}

/// Labels of speakers that are no government.
pub const KINDS: [&str; 5] = ["firms", "experts", "press", "sources", "others"];

impl Speaker {
    /// A short name for tables: a code, codes joined by `+`, or a word.
    pub fn label(&self) -> String {
        match self {
            Self::Government(codes) => codes.join("+"),
            Self::Firm => "firms".into(),
            Self::Expert => "experts".into(),
            Self::Press => "press".into(),
            Self::Sources => "sources".into(),
            Self::Other => "others".into(),
            Self::Unclear => "unclear".into(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    #[serde(rename = "title")]
    _title: String,
    from: toml::value::Datetime,
    until: Option<toml::value::Datetime>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    #[serde(default)]
    also: Vec<String>,
    party: String,
    #[serde(default)]
    office: Vec<Office>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    agencies: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    roles: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    person: Vec<Person>,
}

/// What a name in a text stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A person, by position in the list.
    Person(usize),
    /// An agency or a medium of this government.
    Agency(String),
    /// A country or its capital.
    Country(String),
}

/// A name found in a text.
#[derive(Clone, Debug)]
pub struct Mention {
    /// What it stands for.
    pub named: Named,
    /// Its bytes.
    pub start: usize,
    /// Its end.
    pub end: usize,
}

/// People, agencies, countries and roles.
#[derive(Clone, Debug)]
pub struct Parties {
    people: Vec<Person>,
    named: Vec<Named>,
    names: AhoCorasick,
    roles: BTreeMap<String, Vec<String>>,
}

const COUNTRIES: &str = include_str!("../../data/accounts/countries.toml");
const PARTIES: &str = include_str!("../../data/accounts/parties.toml");

/// Phrases for both governments of the talks.
const BOTH: [&str; 12] = [
    "both sides",
    "two sides",
    "both countries",
    "two countries",
    "two leaders",
    "both leaders",
    "two presidents",
    "two heads of state",
    "both governments",
    "two governments",
    "both parties",
    "the sides",
];

impl Parties {
    /// The lists that ship, and those of `more`, files of the same shape.
    ///
    /// # Errors
    /// What TOML or the shape of a file does not allow.
    pub fn with(more: &[&str]) -> Result<Self, toml::de::Error> {
        let countries: BTreeMap<String, Vec<String>> = toml::from_str(COUNTRIES)?;
        let mut all = File::default();
        for text in std::iter::once(PARTIES).chain(more.iter().copied()) {
            let file: File = toml::from_str(text)?;
            for (code, names) in file.agencies {
                all.agencies.entry(code).or_default().extend(names);
            }
            for (role, words) in file.roles {
                all.roles.entry(role).or_default().extend(words);
            }
            // A later file knows better who a person is.
            for person in file.person {
                all.person.retain(|other| other.name != person.name);
                all.person.push(person);
            }
        }
        let mut written: Vec<&str> = Vec::new();
        let mut named = Vec::new();
        for (number, person) in all.person.iter().enumerate() {
            for name in std::iter::once(&person.name).chain(&person.also) {
                written.push(name);
                named.push(Named::Person(number));
            }
        }
        for (code, names) in &all.agencies {
            for name in names {
                written.push(name);
                named.push(Named::Agency(code.clone()));
            }
        }
        for (code, names) in &countries {
            for name in names {
                written.push(name);
                named.push(Named::Country(code.clone()));
            }
        }
        let names = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&written);
        // The lists are bounded by memory alone; patterns of a file a person wrote fit.
        let names = names.expect("names fit the automaton");
        Ok(Self { people: all.person, named, names, roles: all.roles })
    }

    /// The lists that ship.
    pub fn shipped() -> Self {
        // The files are part of the program and read by a test.
        Self::with(&[]).expect("the shipped lists are well formed")
    }

    /// Names in `text`, whole words only, in order.
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let whole = |start: usize, end: usize| {
            let before = text[..start].chars().next_back();
            let after = text[end..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        };
        self.names
            .find_iter(text)
            .filter(|found| whole(found.start(), found.end()))
            .map(|found| Mention {
                named: self.named[found.pattern().as_usize()].clone(),
                start: found.start(),
                end: found.end(),
            })
            .collect()
    }

    /// The government a person speaks for on a day; without a day, in any office.
    pub fn in_office(&self, person: usize, day: Option<Date>) -> Option<&str> {
        let person = &self.people[person];
        // Without an office given, always.
        let held = person.office.is_empty()
            || person.office.iter().any(|office| {
                let Some(day) = day else { return true };
                let from = date(&office.from).is_none_or(|from| from <= day);
                from && office.until.as_ref().and_then(date).is_none_or(|until| day < until)
            });
        held.then_some(&*person.party)
    }

    /// Does `phrase` name an office and nobody in particular: the President?
    pub fn is_office(&self, phrase: &str) -> bool {
        let lower = phrase.to_lowercase();
        let office = self
            .roles
            .get("official")
            .is_some_and(|words| words.iter().any(|word| contains_word(&lower, &word.to_lowercase())));
        office && self.mentions(phrase).is_empty() && !contains_word(&lower, "former")
    }

    /// Whom the source `phrase` speaks for; `talks` are the two governments of the text.
    pub fn speaker(&self, phrase: &str, day: Option<Date>, talks: &[String]) -> Speaker {
        let lower = phrase.to_lowercase().replace(['’', 'ʼ'], "'");
        let has = |role: &str| {
            self.roles
                .get(role)
                .is_some_and(|words| words.iter().any(|word| contains_word(&lower, &word.to_lowercase())))
        };
        // Nobody in Beijing is not Beijing.
        let first = lower.split_whitespace().next().unwrap_or_default();
        if matches!(first, "no" | "nobody" | "none" | "neither" | "few" | "hardly" | "not") {
            return Speaker::Unclear;
        }
        let mentions = self.mentions(phrase);
        let owned = |mention: &Mention| {
            phrase[mention.end..].starts_with("'s") || phrase[mention.end..].starts_with("’s")
        };
        if talks.len() == 2 && BOTH.iter().any(|both| contains_word(&lower, both)) {
            return Speaker::Government(talks.to_vec());
        }
        if has("source") {
            return Speaker::Sources;
        }
        // The addition of Lutnick is not Lutnick.
        let depends = |mention: &Mention| {
            phrase[..mention.start]
                .split_whitespace()
                .next_back()
                .is_some_and(|word| is_preposition(&word.to_lowercase()))
        };
        let person = mentions.iter().find(|mention| {
            matches!(mention.named, Named::Person(_)) && !owned(mention) && !depends(mention)
        });
        if let Some(Mention { named: Named::Person(person), .. }) = person {
            return match self.in_office(*person, day) {
                Some(code) => Speaker::Government(vec![code.to_owned()]),
                None => Speaker::Other,
            };
        }
        // Of a country, and not its government.
        if has("outside") {
            return Speaker::Other;
        }
        // Words for people outside government come before the country they come from.
        let official = has("official") && !contains_word(&lower, "former");
        if has("expert") && !official || contains_word(&lower, "former") {
            return Speaker::Expert;
        }
        if has("firm") && !official {
            return Speaker::Firm;
        }
        let agency =
            mentions.iter().find(|mention| matches!(mention.named, Named::Agency(_)) && !depends(mention));
        if let Some(Mention { named: Named::Agency(code), end, .. }) = agency {
            // The agency itself, or what it says: its account, its spokesman.
            let rest = phrase[*end..].to_lowercase();
            let own =
                ["account", "report", "agency", "note", "statement", "readout", "commentary", "article"];
            if official || rest.trim().is_empty() || own.iter().any(|word| contains_word(&rest, word)) {
                return Speaker::Government(vec![code.clone()]);
            }
        }
        if has("press") && !official {
            return Speaker::Press;
        }
        let mut codes: Vec<String> = Vec::new();
        for mention in &mentions {
            let code = match &mention.named {
                Named::Country(code) => code.clone(),
                // Trump's envoy.
                Named::Person(person) if owned(mention) => match self.in_office(*person, day) {
                    Some(code) => code.to_owned(),
                    None => continue,
                },
                Named::Person(_) | Named::Agency(_) => continue,
            };
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let head = mentions.last().is_some_and(|mention| {
            phrase[mention.end..].trim_matches(|c: char| !c.is_alphanumeric()).is_empty()
        });
        if !codes.is_empty() && (official || head) {
            // The U.S. ambassador to China: the first is whose, unless they are joined.
            if codes.len() > 1 && !contains_word(&lower, "and") {
                codes.truncate(1);
            }
            return Speaker::Government(codes);
        }
        if phrase.split_whitespace().next().is_none() { Speaker::Unclear } else { Speaker::Other }
    }
}

fn date(written: &toml::value::Datetime) -> Option<Date> {
    let day = written.date?;
    Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
}

/// Is `word` in `text` between borders of words?
pub(super) fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}
