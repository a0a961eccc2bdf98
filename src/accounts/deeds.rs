//! Which words do what: the lexicon of events.
//!
//! An entry is a verb, alone or with what must stand near it, and the class of
//! event it makes; or a verb that brings another (said, decided, plans to) and
//! what it makes of that. Text words are brought to base forms by the rules of
//! English spelling and a list of irregular ones; a word that could come from
//! several bases has them all, and the lexicon says which exists.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

/// The eighteen classes of events, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Class {
    /// Demonstrate, strike, block a road.
    Protest,
    /// Announce harm.
    Threaten,
    /// Refuse, veto, oppose.
    Reject,
    /// Ease a rule, meet a demand.
    Concede,
    /// Withdraw, release, lift a sanction, cease fire, resign.
    Retreat,
    /// Cut relations, trade or aid.
    Sanction,
    /// Arrest, ban, seize, censor.
    Coerce,
    /// Bombs, kidnapping, torture, murder.
    Assault,
    /// Use armed force.
    Fight,
    /// Ready or show armed force.
    Mobilize,
    /// Inquire into wrongs.
    Investigate,
    /// Criticise, accuse, complain, sue.
    Disapprove,
    /// Give money, goods, arms, refuge, peacekeepers.
    Aid,
    /// Work together: trade, share, extradite.
    Cooperate,
    /// Praise, defend, recognise, sign.
    Support,
    /// Meet, visit, negotiate, mediate.
    Consult,
    /// Ask for something.
    Demand,
    /// Consent, or intend to help.
    Agree,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Protest,
        Self::Threaten,
        Self::Reject,
        Self::Concede,
        Self::Retreat,
        Self::Sanction,
        Self::Coerce,
        Self::Assault,
        Self::Fight,
        Self::Mobilize,
        Self::Investigate,
        Self::Disapprove,
        Self::Aid,
        Self::Cooperate,
        Self::Support,
        Self::Consult,
        Self::Demand,
        Self::Agree,
    ];

    /// Does it help the target?
    pub fn helps(self) -> bool {
        use Class::*;
        matches!(self, Agree | Consult | Support | Cooperate | Aid | Concede | Retreat | Investigate)
    }

    /// Does it harm the target by deeds?
    pub fn harms(self) -> bool {
        use Class::*;
        matches!(self, Sanction | Coerce | Assault | Fight | Mobilize | Protest | Threaten)
    }
}

/// What a verb makes of the one it brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// Reports it: said that.
    Speech,
    /// Leads to it: decided to.
    Through,
    /// Intends it: plans to.
    Intent,
    /// Has others do it: ordered to.
    Command,
}

/// What an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// An event.
    Event(Class),
    /// It brings another verb.
    Brings(Operator),
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Words after the first, base forms.
    pub rest: Vec<Box<str>>,
    /// What it means.
    pub sense: Sense,
    /// One of these has to be its object; none: no condition.
    pub objects: HashSet<Box<str>>,
    /// One of these has to be near; none: no condition.
    pub near: HashSet<Box<str>>,
}

impl Entry {
    /// How much it asks for: the more, the surer.
    pub fn weight(&self) -> usize {
        2 * usize::from(!self.objects.is_empty()) + usize::from(!self.near.is_empty()) + self.rest.len()
    }
}

/// The lexicon.
#[derive(Clone, Debug, Default)]
pub struct Deeds {
    verbs: HashMap<Box<str>, Vec<Entry>>,
    phrases: HashMap<Box<str>, Vec<Entry>>,
    nouns: HashMap<Box<str>, Class>,
    irregular: HashMap<Box<str>, Box<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassFile {
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
    #[serde(default)]
    nouns: Vec<String>,
    #[serde(default)]
    phrases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperatorFile {
    words: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    irregular: HashMap<Box<str>, Box<str>>,
    #[serde(default)]
    operator: HashMap<String, OperatorFile>,
    #[serde(flatten)]
    classes: HashMap<Class, ClassFile>,
}

const SHIPPED: &str = include_str!("../../data/accounts/events.toml");

impl Deeds {
    /// The lexicon that ships.
    pub fn shipped() -> Self {
        let mut all = Self::default();
        // The file is part of the program and read by a test.
        all.add(SHIPPED).expect("the shipped lexicon of events is well formed");
        all
    }

    /// Adds the entries of a file.
    ///
    /// # Errors
    /// What TOML or the shape of the file does not allow.
    pub fn add(&mut self, text: &str) -> Result<(), toml::de::Error> {
        let File { irregular, operator, mut classes } = toml::from_str(text)?;
        self.irregular.extend(irregular);
        for (name, file) in operator {
            let operator: Operator = toml::Value::String(name).try_into()?;
            for words in &file.words {
                insert(&mut self.verbs, words, Sense::Brings(operator), HashSet::new(), HashSet::new());
            }
        }
        for class in Class::ALL {
            let Some(file) = classes.remove(&class) else { continue };
            let sense = Sense::Event(class);
            for pattern in &file.patterns {
                let (head, near) = pattern.split_once('~').unwrap_or((pattern, ""));
                let (verbs, objects) = head.split_once('>').unwrap_or((head, ""));
                for verb in verbs.split('|') {
                    insert(&mut self.verbs, verb, sense, alternatives(objects), alternatives(near));
                }
            }
            for verb in &file.verbs {
                insert(&mut self.verbs, verb, sense, HashSet::new(), HashSet::new());
            }
            for phrase in &file.phrases {
                insert(&mut self.phrases, phrase, sense, HashSet::new(), HashSet::new());
            }
            for noun in file.nouns {
                self.nouns.entry(noun.into()).or_insert(class);
            }
        }
        Ok(())
    }

    /// Entries of verbs that begin with a base form, surest first.
    pub fn verbs(&self, base: &str) -> &[Entry] {
        self.verbs.get(base).map_or(&[], |list| list)
    }

    /// Entries of phrases that begin with a base form.
    pub fn phrases(&self, base: &str) -> &[Entry] {
        self.phrases.get(base).map_or(&[], |list| list)
    }

    /// The class that a noun names.
    pub fn noun(&self, base: &str) -> Option<Class> {
        self.nouns.get(base).copied()
    }

    /// Is it an irregular past form or participle?
    pub fn is_irregular_past(&self, word: &str) -> bool {
        self.irregular.contains_key(word)
    }

    /// Base forms that a word in lower case could come from, itself first.
    pub fn bases(&self, word: &str) -> Vec<Box<str>> {
        let word = word.strip_suffix("'s").unwrap_or(word);
        let mut bases: Vec<Box<str>> = vec![word.into()];
        if let Some(base) = self.irregular.get(word) {
            bases.push(base.clone());
        }
        if matches!(word, "is" | "are" | "was" | "were" | "been" | "being" | "am") {
            bases.push("be".into());
        }
        if matches!(word, "has" | "had" | "having") {
            bases.push("have".into());
        }
        let mut from =
            |stem: &str, ends: &[&str]| bases.extend(ends.iter().map(|end| format!("{stem}{end}").into()));
        for (suffix, ends) in [
            ("ies", &["y"][..]),
            ("ied", &["y"]),
            ("es", &["", "is"]),
            ("s", &[""]),
            ("ed", &["", "e"]),
            ("ing", &["", "e"]),
        ] {
            if let Some(stem) = word.strip_suffix(suffix).filter(|stem| stem.len() > 1) {
                from(stem, ends);
                if matches!(suffix, "ed" | "ing") && doubled(stem) {
                    from(&stem[..stem.len() - 1], &[""]);
                }
            }
        }
        if let Some(stem) = word.strip_suffix("men") {
            from(stem, &["man"]);
        }
        bases
    }
}

/// Does it end in the same small letter twice: stopp?
fn doubled(stem: &str) -> bool {
    let end = stem.as_bytes();
    end.len() > 2 && end[end.len() - 1] == end[end.len() - 2] && end[end.len() - 1].is_ascii_lowercase()
}

fn alternatives(list: &str) -> HashSet<Box<str>> {
    list.split('|').map(str::trim).filter(|word| !word.is_empty()).map(Box::from).collect()
}

fn insert(
    entries: &mut HashMap<Box<str>, Vec<Entry>>,
    words: &str,
    sense: Sense,
    objects: HashSet<Box<str>>,
    near: HashSet<Box<str>>,
) {
    let mut words = words.split_whitespace().map(Box::<str>::from);
    let Some(first) = words.next() else { return };
    let entry = Entry { rest: words.collect(), sense, objects, near };
    let list = entries.entry(first).or_default();
    let at = list.iter().position(|other| other.weight() < entry.weight()).unwrap_or(list.len());
    list.insert(at, entry);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_lexicon_reads_and_has_every_class() {
        let deeds = Deeds::shipped();
        for class in Class::ALL {
            assert!(
                deeds.verbs.values().flatten().any(|entry| entry.sense == Sense::Event(class)),
                "{class:?}"
            );
        }
    }

    #[test]
    fn forms_come_back_to_their_bases() {
        let deeds = Deeds::shipped();
        for (word, base) in [
            ("stopped", "stop"),
            ("denies", "deny"),
            ("imposing", "impose"),
            ("met", "meet"),
            ("crises", "crisis"),
        ] {
            assert!(deeds.bases(word).iter().any(|one| **one == *base), "{word}");
        }
    }
}
