//! What did which government do to which?
//!
//! ```text
//! credit   who reports it, set aside             …, officials said on Monday
//! chain    verbs that bring others, then a deed  said it will | impose > sanctions
//! class    of the deed, turned by the chain      will + harm = THREATEN, not + help = REJECT
//! actors   before the chain, behind the deed     source → target
//! ```
//!
//! A sentence is cut into main and side clauses ([`clauses`](super::clauses)). The
//! chain begins at the first finite verb of the main clause that the lexicon
//! ([`deeds`](super::deeds)) has; where it has none, infinitives, nouns and side
//! clauses are asked, in this order. Modals and negations turn the class: intent
//! to help is AGREE, to harm THREATEN, not to help REJECT, and what another must
//! do is DEMAND. Every window is bounded, so the time is linear in the text.

use std::ops::Range;

use super::actors::{Part, Places, who};
use super::clauses::{GROUP, NEAR, Scene, Verb};
use super::deeds::{Class, Deeds, Entry, Operator, Sense};
use super::gazetteer::{Code, Gazetteer, Mention};
use super::grammar::{is_adverb, is_auxiliary, is_negation, is_nominative};
use super::tokens::Tokens;

/// Tokens in which a verb finds its object.
const OBJECT: usize = 12;
/// Tokens in which an intent finds its deed.
const REACH: usize = 15;

/// An event: who did what to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub class: Class,
    /// Who did it, codes in order of mention, none twice.
    pub source: Vec<Code>,
    /// To whom; empty where several do it together or nobody is named.
    pub target: Vec<Code>,
    /// Tokens of the verb or noun that tells.
    pub at: Range<usize>,
    /// Told by a finite verb of the main clause whose subject is named. If not, it
    /// is the best guess of what the sentence is about, and nothing to rely on.
    pub clear: bool,
}

/// The main event of every sentence that has one.
pub fn events(
    tokens: &Tokens<'_>,
    sentences: &[Range<usize>],
    deeds: &Deeds,
    gazetteer: &Gazetteer,
) -> Vec<Event> {
    let mentions = gazetteer.mentions(tokens);
    let of = |sentence: &Range<usize>| {
        let first = mentions.partition_point(|mention| mention.at.start < sentence.start);
        let last = mentions.partition_point(|mention| mention.at.start < sentence.end);
        event(tokens, sentence, &mentions[first..last], deeds)
    };
    sentences.iter().filter_map(of).collect()
}

/// The main event of a sentence with these mentions of countries.
pub fn event(
    tokens: &Tokens<'_>,
    sentence: &Range<usize>,
    mentions: &[Mention],
    deeds: &Deeds,
) -> Option<Event> {
    let ethnic = |mention: &&Mention| {
        mention.at.start > sentence.start && tokens.low(mention.at.start - 1) == "ethnic"
    };
    let settled: Vec<Mention> = mentions.iter().filter(|mention| !ethnic(mention)).cloned().collect();
    let mentions = if settled.is_empty() { mentions } else { &settled };
    let scene = Scene::of(tokens, sentence, mentions, deeds);
    let deed = scene.deed()?;
    let (source, target, named) = who(tokens, &scene.places(&deed), mentions, deed.class);
    // Several who show force with each other and against nobody exercise together.
    let joint = deed.class == Class::Mobilize && source.len() > 1 && target.is_empty();
    let class = if joint { Class::Cooperate } else { deed.class };
    let clear = deed.told && named && !scene.is_quoted(deed.at.start);
    Some(Event { class, source, target, at: deed.at, clear })
}

/// What a word of the chain does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Event(Class),
    Brings(Operator),
    Must,
}

/// A word that may belong to the chain.
#[derive(Clone, Debug)]
struct Node {
    at: Range<usize>,
    verb: Verb,
    role: Role,
    passive: bool,
    negated: bool,
}

/// What the chain tells.
#[derive(Clone, Debug)]
struct Deed {
    class: Class,
    at: Range<usize>,
    /// First word of the chain: the subject stands before it.
    lead: usize,
    /// The verb of speech, if one brings the deed.
    speech: Option<usize>,
    passive: bool,
    /// By a finite verb of the main clause?
    told: bool,
}

impl Scene<'_, '_> {
    /// The entry that token `i` begins, and its end.
    fn entry<'e>(
        &self,
        entries: &'e [Entry],
        i: usize,
        fits: impl Fn(&Entry, usize) -> bool,
    ) -> Option<(&'e Entry, usize)> {
        entries.iter().find_map(|entry| {
            let mut end = i + 1;
            for word in &entry.rest {
                while end < self.sentence.end
                    && end - i < GROUP
                    && (is_negation(self.low(end)) || is_adverb(self.low(end)))
                    && !self.bases(end).contains(word)
                {
                    end += 1;
                }
                if !self.bases(end).contains(word) {
                    return None;
                }
                end += 1;
            }
            fits(entry, end).then_some((entry, end))
        })
    }

    fn any_in(&self, range: Range<usize>, words: &std::collections::HashSet<Box<str>>) -> bool {
        range.into_iter().any(|i| {
            self.bases(i).iter().any(|base| words.contains(base))
                || self.low(i).contains('-') && self.low(i).split('-').any(|half| words.contains(half))
        })
    }

    fn fits(&self, entry: &Entry, i: usize, end: usize, passive: bool) -> bool {
        let near = || {
            let from = i.saturating_sub(NEAR).max(self.sentence.start);
            let to = (i + NEAR).min(self.sentence.end);
            (from..to).any(|k| {
                (k < i || k >= end) && self.part(k) != Part::Credit && self.any_in(k..k + 1, &entry.near)
            })
        };
        let object = || {
            let range = if passive {
                i.saturating_sub(OBJECT).max(self.sentence.start)..i
            } else {
                let to = (end + OBJECT).min(self.sentence.end);
                end..(end..to).find(|k| self.ends_object(*k)).unwrap_or(to)
            };
            self.any_in(range, &entry.objects)
        };
        (entry.objects.is_empty() || object()) && (entry.near.is_empty() || near())
    }

    /// Does the object of a verb end before token `i`?
    fn ends_object(&self, i: usize) -> bool {
        let word = self.low(i);
        matches!(word, "," | ";" | "that" | "after" | "because" | "which" | "who")
            || is_nominative(word)
            || is_auxiliary(word)
    }

    fn node(&self, i: usize) -> Option<Node> {
        let word = self.low(i);
        let group = self.group(i);
        let negated = group.clone().any(|k| is_negation(self.low(k)) || self.low(k) == "no")
            || self.low(i + 1) == "not" && is_auxiliary(word)
            || group.start > self.sentence.start && self.low(group.start - 1) == "no";
        let make = |end: usize, verb, role, passive| Some(Node { at: i..end, verb, role, passive, negated });
        match word {
            "must" | "should" | "ought" => return make(i + 1, Verb::Finite, Role::Must, false),
            "will" | "would" | "shall" | "may" | "might" | "could" | "'ll" | "won't" | "wouldn't"
            | "cannot" | "can't" => {
                let negated = negated || is_negation(word) || is_negation(self.low(i + 1));
                return Some(Node {
                    at: i..i + 1,
                    verb: Verb::Finite,
                    role: Role::Brings(Operator::Intent),
                    passive: false,
                    negated,
                });
            }
            _ => {}
        }
        for base in self.bases(i) {
            if let Some((entry, end)) = self.entry(self.deeds.phrases(base), i, |_, _| true) {
                let Sense::Event(class) = entry.sense else { continue };
                return make(end, Verb::Finite, Role::Event(class), false);
            }
        }
        if let Some(verb) = self.verb_at(i) {
            let is = group
                .clone()
                .any(|k| matches!(self.low(k), "is" | "are" | "was" | "were" | "be" | "been" | "being"));
            // "a plan rejected by both": a participle without its auxiliary.
            let reduced = !is && verb == Verb::Finite && self.low(i + 1) == "by" && word.ends_with("ed");
            let verb = if reduced { Verb::Loose } else { verb };
            let passive = is && !word.ends_with("ing") || reduced;
            for base in self.bases(i) {
                let found =
                    self.entry(self.deeds.verbs(base), i, |entry, end| self.fits(entry, i, end, passive));
                if let Some((entry, end)) = found {
                    let role = match entry.sense {
                        Sense::Event(class) => Role::Event(class),
                        Sense::Brings(operator) => Role::Brings(operator),
                    };
                    return make(end, verb, role, passive);
                }
            }
        }
        // "according" is no accord, "meeting" is one of the list.
        let inflected = |base: &str| base != word && (word.ends_with("ing") || word.ends_with("ed"));
        let class =
            self.bases(i).iter().filter(|base| !inflected(base)).find_map(|base| self.deeds.noun(base))?;
        // A trade war is fought without arms.
        let figure = i > self.sentence.start
            && matches!(
                self.low(i - 1),
                "trade" | "tariff" | "economic" | "price" | "currency" | "cold" | "legal" | "verbal"
            );
        if figure && class == Class::Fight {
            return None;
        }
        (!self.tokens.is_capitalised(i) || i == self.sentence.start)
            .then(|| make(i + 1, Verb::Noun, Role::Event(class), false))?
    }

    fn deed(&self) -> Option<Deed> {
        let mut nodes = Vec::new();
        let mut at = self.sentence.start;
        while at < self.sentence.end {
            match self.node(at) {
                Some(node) => {
                    at = node.at.end;
                    nodes.push(node);
                }
                None => at += 1,
            }
        }
        self.chain(&nodes).or_else(|| {
            let order = [
                (Part::Main, Verb::Loose),
                (Part::Main, Verb::Noun),
                (Part::Side, Verb::Finite),
                (Part::Side, Verb::Loose),
                (Part::Side, Verb::Noun),
                (Part::Credit, Verb::Finite),
                (Part::Credit, Verb::Noun),
            ];
            order.into_iter().find_map(|(part, verb)| {
                nodes.iter().filter(|node| self.part(node.at.start) == part && node.verb == verb).find_map(
                    |node| match node.role {
                        Role::Event(class) => Some(Deed {
                            class,
                            at: node.at.clone(),
                            lead: node.at.start,
                            speech: None,
                            passive: node.passive,
                            told: false,
                        }),
                        _ => None,
                    },
                )
            })
        })
    }

    /// From the first finite verb of the main clause to the deed.
    fn chain(&self, nodes: &[Node]) -> Option<Deed> {
        let mut lead = None;
        let mut speech = None;
        let mut intent: Option<Range<usize>> = None;
        let mut negated = false;
        let mut open = false;
        for node in nodes {
            if self.part(node.at.start) != Part::Main && intent.is_none() {
                continue;
            }
            let far = intent.as_ref().is_some_and(|intent| node.at.start > intent.end + REACH);
            if far {
                break;
            }
            let counts = match node.verb {
                Verb::Finite => true,
                Verb::Loose => open,
                Verb::Noun => false,
            };
            if !counts {
                continue;
            }
            let first = *lead.get_or_insert(node.at.start);
            negated |= node.negated;
            let deed = |class| {
                Some(Deed {
                    class,
                    at: node.at.clone(),
                    lead: first,
                    speech,
                    passive: node.passive,
                    told: true,
                })
            };
            match node.role {
                Role::Must => return deed(Class::Demand),
                Role::Event(class) => return deed(turned(class, intent.is_some(), negated)),
                Role::Brings(Operator::Speech) => {
                    speech = Some(node.at.end - 1);
                    open = false;
                    negated = false;
                }
                Role::Brings(Operator::Intent) => {
                    intent = Some(node.at.clone());
                    open = true;
                }
                Role::Brings(Operator::Through | Operator::Command) => open = true,
            }
        }
        let at = intent?;
        // "considers sanctions", "promised aid"
        let noun = nodes
            .iter()
            .find(|node| node.verb == Verb::Noun && (at.end..at.end + OBJECT).contains(&node.at.start));
        let class = match noun.map(|node| node.role) {
            Some(Role::Event(class)) => turned(class, true, negated),
            _ if negated => Class::Reject,
            _ => Class::Agree,
        };
        Some(Deed { class, lead: lead.unwrap_or(at.start), at, speech, passive: false, told: false })
    }

    fn places<'p>(&'p self, deed: &Deed) -> Places<'p> {
        Places {
            sentence: self.sentence.clone(),
            parts: &self.parts,
            clause: self.clause(deed.lead),
            lead: deed.lead,
            speech: deed.speech,
            deed: deed.at.clone(),
            passive: deed.passive,
            must: matches!(self.low(deed.at.start), "must" | "should" | "ought"),
        }
    }
}

/// The class of a deed that is intended or does not come.
fn turned(class: Class, intended: bool, negated: bool) -> Class {
    match (negated, intended) {
        (true, _) if class.helps() => Class::Reject,
        (true, _) if class == Class::Reject => Class::Agree,
        (true, true) if class.harms() => Class::Agree,
        (false, true) if class.helps() => Class::Agree,
        (false, true) if class.harms() => Class::Threaten,
        _ => class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::sentences::sentences;

    struct Reader(Deeds, Gazetteer);

    impl Reader {
        fn new() -> Self {
            Self(Deeds::shipped(), Gazetteer::shipped())
        }

        fn event(&self, text: &str) -> Option<Event> {
            let tokens = Tokens::of(text);
            events(&tokens, &sentences(&tokens), &self.0, &self.1).into_iter().next()
        }

        /// Asserts class, sources and targets, `CHN>USA`, of each sentence.
        fn holds(&self, cases: &[(Class, &str, &str)]) {
            for (class, actors, text) in cases {
                let event = self.event(text).unwrap_or_else(|| panic!("no event: {text}"));
                let found = format!("{}>{}", event.source.join("+"), event.target.join("+"));
                assert_eq!((event.class, found.as_str()), (*class, *actors), "{text}");
            }
        }
    }

    /// A hundred and fifty-eight plain sentences, each class in many words.
    #[test]
    fn plain_sentences_are_read_in_full() {
        let reader = Reader::new();
        let cases =
            include_str!("../../tests/accounts/events.txt").lines().filter(|line| !line.starts_with('#'));
        for case in cases {
            let mut parts = case.splitn(3, " | ");
            let (class, actors, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            let class: Class = toml::Value::String(class.to_owned()).try_into().unwrap();
            reader.holds(&[(class, actors, text)]);
        }
    }

    #[test]
    fn trade_conflicts() {
        use Class::*;
        Reader::new().holds(&[
            (Sanction, "CHN>USA", "China suspended exports of seven rare earths to the United States."),
            (Sanction, "USA>CHN", "Washington imposed tariffs of 25 percent on Chinese machinery."),
            (Reject, "CHN>USA", "Beijing rejected the American claim that it had broken the truce."),
            (
                Agree,
                "CHN+USA>",
                "The two sides, China and the United States, agreed to resume talks in Geneva.",
            ),
            (Sanction, "IND>CHN", "India banned imports of milk products from China."),
            (Sanction, "USA>CHN", "The United States has revoked the visas of Chinese students."),
            (Retreat, "USA>CHN", "The United States lifted its embargo on Chinese telephones."),
            (
                Investigate,
                "IGO>CHN",
                "The European Commission opened an investigation into Chinese subsidies for cars.",
            ),
            (
                Disapprove,
                "MEX>USA",
                "Mexico filed a complaint against the United States at the World Trade Organization.",
            ),
            (Cooperate, "IRN>CHN", "Iran sold four million barrels of oil to China."),
            (Support, "IND+GBR>", "India and Britain signed a trade agreement on Thursday."),
        ]);
    }

    /// The same deeds, turned by what brings them.
    #[test]
    fn intent_and_negation_turn_the_class() {
        use Class::*;
        Reader::new().holds(&[
            (Aid, "NOR>SOM", "Norway sent 400 tons of grain to Somalia."),
            (Agree, "NOR>SOM", "Norway will send 400 tons of grain to Somalia."),
            (Reject, "NOR>SOM", "Norway will not send grain to Somalia."),
            (Reject, "NOR>SOM", "Norway refused to send grain to Somalia."),
            (
                Threaten,
                "CAN>USA",
                "Canada said it would impose duties on American steel if the talks failed.",
            ),
            (Threaten, "IGO>USA", "The European Union is prepared to retaliate against American tariffs."),
            (Threaten, "RUS>UKR", "Moscow threatened to cut gas deliveries to Ukraine."),
            (Demand, "USA>MEX", "The American president said Mexico must stop the flow of drugs."),
            (Demand, "CHN>USA", "China urged the United States to remove its new export controls."),
            (Agree, "VNM>USA", "Vietnam offered to cut its duties on American goods to zero."),
        ]);
    }

    #[test]
    fn passives_and_credits() {
        use Class::*;
        Reader::new().holds(&[
            (Sanction, "USA>BRA", "A tariff of 50 percent was imposed on Brazil by the United States."),
            (Disapprove, "IRN>SAU", "Saudi Arabia was accused by Iran of raising the price."),
            (Coerce, "TUN>TUN", "Tunisia jailed an opposition leader for two years, French diplomats said on Monday."),
            (Fight, "ARM+AZE>", "According to Russian television, fighting broke out between Armenian and Azerbaijani soldiers."),
            (Consult, "IRN+SAU>", "Talks between Iran and Saudi Arabia opened in Baghdad."),
            (Protest, "FRA>FRA", "Thousands of French farmers blocked roads to protest against cheap imports."),
        ]);
    }

    #[test]
    fn only_what_is_told_of_a_named_subject_is_clear() {
        let reader = Reader::new();
        for text in [
            "After months of Japanese anger the mood was sour.",
            "He urged Japan to wait.",
            "Japan must wait.",
            "A Chilean spokesman called it \"a plan that Peru rejected\".",
            "The trade war went on in Spain.",
        ] {
            assert!(reader.event(text).is_none_or(|event| !event.clear), "{text}");
        }
        assert!(reader.event("Chile rejected the plan.").is_some_and(|event| event.clear));
        assert_eq!(reader.event("The weather was fine."), None);
        assert_eq!(reader.event(""), None);
    }

    /// Pieces of sentences and marks in any order, some of them cut in the middle
    /// of a word: no panic, and spans inside the text.
    #[test]
    fn no_text_is_too_odd() {
        let reader = Reader::new();
        let pieces = [
            "China",
            "said",
            "that",
            ",",
            "will",
            "not",
            "“",
            "”",
            "\"",
            "attack",
            "the",
            "U.S.",
            "and",
            "'s",
            "by",
            "was",
            "imposed",
            "talks",
            "between",
            ".",
            ";",
            "—",
            "\u{200f}",
            "إيران",
            "É",
            "\n\n",
            "according to",
            "ethnic",
            "Sino-American",
            "-",
            "’",
            "to",
            "must",
            "if",
            "``",
            "be",
            "no",
            "ing",
            "ed",
            "s",
        ];
        let mut state = 7_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..state % 23 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
                if state >> 60 > 1 {
                    text.push(' ');
                }
            }
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let tokens = Tokens::of(&text);
            for whole in [&sentences(&tokens)[..], std::slice::from_ref(&(0..tokens.len()))] {
                for event in events(&tokens, whole, &reader.0, &reader.1) {
                    assert!(event.at.end <= tokens.len() && !tokens.cut(&event.at).is_empty());
                }
            }
        }
    }
}
