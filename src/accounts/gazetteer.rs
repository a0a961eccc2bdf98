//! Which countries does a text name, and where?
//!
//! A mention is the longest run of words, capitals as written, that the lists
//! hold: countries, adjectives, peoples, capitals, organisations, leaders. A
//! possessive ending is passed over, and a compound of two origins
//! (`Sino-American`) names both. A force `American-led` is American, a compound
//! with any other participle (`American-built`) names nobody. An ethnic Greek is
//! at home elsewhere: such a mention counts only where it is the only one.
//!
//! Codes are ISO 3166-1 alpha-3, `IGO` for an organisation of several states and
//! `IMG` for an armed movement of none.

use std::collections::HashMap;
use std::ops::Range;

use super::tokens::Tokens;

/// A country or an organisation, three letters.
pub type Code = Box<str>;

/// Words that stand for a country or an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Its tokens.
    pub at: Range<usize>,
    /// The codes; two for a compound.
    pub codes: Vec<Code>,
    /// Does it end in a possessive: Iraq's?
    pub possessive: bool,
}

/// A name behind its first word, and whose it is.
type Name = (Vec<Box<str>>, Code);

/// All names, by their first word.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    by_first: HashMap<Box<str>, Vec<Name>>,
    prefixes: HashMap<Box<str>, Code>,
}

const SHIPPED: [&str; 3] = [
    include_str!("../../data/accounts/countries.toml"),
    include_str!("../../data/accounts/actors.toml"),
    include_str!("../../data/accounts/leaders.toml"),
];

/// Code of the European Union among countries; an organisation among actors.
const UNION: &str = "EUR";

impl Gazetteer {
    /// The names that ship.
    pub fn shipped() -> Self {
        let mut all = Self::default();
        for file in SHIPPED {
            // The files are part of the program and read by a test.
            all.add(file).expect("the shipped names are well formed");
        }
        all
    }

    /// Adds the names of a file; a name that is there already changes its code.
    ///
    /// # Errors
    /// What TOML or the shape of the file does not allow.
    pub fn add(&mut self, text: &str) -> Result<(), toml::de::Error> {
        let mut file: toml::Table = toml::from_str(text)?;
        if let Some(prefixes) = file.remove("prefixes") {
            let prefixes: HashMap<Box<str>, Code> = prefixes.try_into()?;
            self.prefixes.extend(prefixes);
        }
        for (code, names) in file {
            let code: Code = if code == UNION { "IGO".into() } else { code.as_str().into() };
            let names: Vec<String> = names.try_into()?;
            for name in names {
                self.insert(&name, &code);
            }
        }
        Ok(())
    }

    fn insert(&mut self, name: &str, code: &Code) {
        let mut words = name.split_whitespace().map(Box::<str>::from);
        let Some(first) = words.next() else { return };
        let rest: Vec<Box<str>> = words.collect();
        let list = self.by_first.entry(first).or_default();
        match list.iter_mut().find(|(other, _)| *other == rest) {
            Some((_, known)) => *known = code.clone(),
            None => {
                let at = list.iter().position(|(other, _)| other.len() < rest.len()).unwrap_or(list.len());
                list.insert(at, (rest, code.clone()));
            }
        }
    }

    /// All mentions of a text, in order.
    pub fn mentions(&self, tokens: &Tokens<'_>) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.mention(tokens, at) {
                Some(mention) => {
                    at = mention.at.end;
                    found.push(mention);
                }
                None => at += 1,
            }
        }
        found
    }

    fn mention(&self, tokens: &Tokens<'_>, at: usize) -> Option<Mention> {
        if !tokens.is_word(at) {
            return None;
        }
        self.listed(tokens, at).or_else(|| {
            let codes = self.compound(bare(tokens.word(at)))?;
            Some(Mention { at: at..at + 1, codes, possessive: false })
        })
    }

    fn listed(&self, tokens: &Tokens<'_>, at: usize) -> Option<Mention> {
        let first = tokens.word(at);
        let list = self.by_first.get(first).or_else(|| self.by_first.get(bare(first)))?;
        let fits = |rest: &[Box<str>]| {
            rest.iter().enumerate().all(|(k, word)| {
                let here = at + 1 + k;
                here < tokens.len() && (tokens.word(here) == &**word || bare(tokens.word(here)) == &**word)
            })
        };
        let (rest, code) = list.iter().find(|(rest, _)| fits(rest))?;
        let at = at..at + 1 + rest.len();
        let last = tokens.word(at.end - 1);
        Some(Mention { codes: vec![code.clone()], possessive: bare(last) != last, at })
    }

    /// Codes of a compound of origins.
    fn compound(&self, word: &str) -> Option<Vec<Code>> {
        let mut halves: Vec<&str> = word.split(['-', '‑']).collect();
        if halves.len() == 2 && halves[1] == "led" {
            halves.truncate(1);
        } else if !(2..=3).contains(&halves.len()) {
            return None;
        }
        let single = |half: &&str| {
            let listed =
                self.by_first.get(*half).and_then(|list| list.iter().find(|(rest, _)| rest.is_empty()));
            self.prefixes.get(*half).or(listed.map(|(_, code)| code)).cloned()
        };
        halves.iter().map(single).collect()
    }
}

/// A word without its possessive ending.
fn bare(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<String> {
        let tokens = Tokens::of(text);
        Gazetteer::shipped()
            .mentions(&tokens)
            .iter()
            .flat_map(|mention| &mention.codes)
            .map(|code| code.to_string())
            .collect()
    }

    #[test]
    fn the_longest_name_counts() {
        assert_eq!(codes("South Korea's envoy met a North Korean delegation."), ["KOR", "PRK"]);
        assert_eq!(codes("The European Union and the World Trade Organization."), ["IGO", "IGO"]);
    }

    #[test]
    fn compounds_of_origin_name_both() {
        assert_eq!(codes("A Sino-American dispute over American-built jets."), ["CHN", "USA"]);
    }

    #[test]
    fn capitals_of_letters_matter() {
        assert_eq!(codes("They asked us for turkey and china."), Vec::<String>::new());
    }
}
