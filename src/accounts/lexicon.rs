//! The words of the reader: cues, as data that a user can add to.

use std::collections::HashMap;

use serde::Deserialize;

/// What has to follow a cue for it to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    /// Anything: a clause, a quotation or an object.
    Any,
    /// A clause or a quotation.
    Clause,
    /// A quotation.
    Quote,
}

/// The form of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// say
    Base,
    /// says
    Third,
    /// said
    Past,
    /// said, after have or be
    Participle,
    /// saying
    Ing,
    /// A fixed phrase.
    Phrase,
}

/// One way to write a cue.
#[derive(Clone, Debug)]
pub struct Cue {
    /// Position of its class in [`Cues::classes`].
    pub class: usize,
    /// The verb's base form, or the phrase.
    pub lemma: Box<str>,
    /// Its form.
    pub form: Form,
    /// Words after the first.
    pub rest: Vec<Box<str>>,
}

/// A class of cues: what a speaker does by them.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: Box<str>,
    /// What must follow.
    pub needs: Needs,
    /// Does it deny what follows?
    pub negative: bool,
    /// Does it leave open whether what follows is so: hope, guess, wonder?
    pub doubtful: bool,
}

/// All cues, by their first word.
#[derive(Clone, Debug, Default)]
pub struct Cues {
    /// The classes.
    pub classes: Vec<Class>,
    by_first: HashMap<Box<str>, Vec<Cue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    content: Option<Needs>,
    #[serde(default)]
    negative: bool,
    #[serde(default)]
    doubtful: bool,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    phrases: Vec<String>,
}

const SHIPPED: &str = include_str!("../../data/accounts/cues.toml");

impl Cues {
    /// The cues that ship.
    pub fn shipped() -> Self {
        let mut cues = Self::default();
        // The file is part of the program and read by a test.
        cues.add(SHIPPED).expect("the shipped cues are well formed");
        cues
    }

    /// Adds the classes of a file.
    ///
    /// # Errors
    /// What TOML or the shape of the file does not allow.
    pub fn add(&mut self, text: &str) -> Result<(), toml::de::Error> {
        let file: toml::Table = toml::from_str(text)?;
        for (name, entry) in file {
            let entry: Entry = entry.try_into()?;
            // A class of a name is one, whichever file adds to it.
            let known = self.classes.iter().position(|class| *class.name == *name);
            let class = known.unwrap_or_else(|| {
                self.classes.push(Class {
                    name: name.as_str().into(),
                    needs: entry.content.unwrap_or(Needs::Any),
                    negative: entry.negative,
                    doubtful: entry.doubtful,
                });
                self.classes.len() - 1
            });
            for verb in &entry.verbs {
                for (form, written) in forms(verb) {
                    let lemma = verb.split('/').next().unwrap_or(verb);
                    self.insert(class, lemma, form, &written);
                }
            }
            for phrase in &entry.phrases {
                self.insert(class, phrase, Form::Phrase, phrase);
            }
        }
        Ok(())
    }

    fn insert(&mut self, class: usize, lemma: &str, form: Form, written: &str) {
        let mut words = written.split_whitespace().map(Box::<str>::from);
        let Some(first) = words.next() else { return };
        let cue = Cue { class, lemma: lemma.into(), form, rest: words.collect() };
        let list = self.by_first.entry(first).or_default();
        // Longest first; the first class that has a form keeps it.
        let at = list.iter().position(|other| other.rest.len() < cue.rest.len()).unwrap_or(list.len());
        list.insert(at, cue);
    }

    /// Cues that begin with `word`, longest first.
    pub fn beginning(&self, word: &str) -> &[Cue] {
        self.by_first.get(word).map_or(&[], |list| list)
    }

    /// Could `word` be a verb of the list?
    pub fn has(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    /// The name of a class.
    pub fn name(&self, class: usize) -> &str {
        &self.classes[class].name
    }
}

/// Forms of a verb; past and participle are one where they are alike.
fn forms(verb: &str) -> Vec<(Form, String)> {
    const ORDER: [Form; 5] = [Form::Base, Form::Third, Form::Past, Form::Participle, Form::Ing];
    let listed: Vec<&str> = verb.split('/').collect();
    let mut forms: Vec<(Form, String)> = if listed.len() == ORDER.len() {
        ORDER.into_iter().zip(listed.into_iter().map(str::to_owned)).collect()
    } else {
        let (head, tail) =
            verb.split_once(' ').map_or((verb, String::new()), |(head, tail)| (head, format!(" {tail}")));
        let stem = head.strip_suffix('e').unwrap_or(head);
        let hisses = ["s", "sh", "ch", "x", "z"].iter().any(|end| head.ends_with(end));
        let past = if head.ends_with('e') { format!("{head}d") } else { format!("{head}ed") };
        let written = [
            head.to_owned(),
            format!("{head}{}", if hisses { "es" } else { "s" }),
            past.clone(),
            past,
            format!("{stem}ing"),
        ];
        ORDER.into_iter().zip(written.map(|word| word + &tail)).collect()
    };
    forms.dedup_by(|later, earlier| later.1 == earlier.1);
    forms
}
