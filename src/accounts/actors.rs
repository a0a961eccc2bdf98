//! Who did it, and to whom?
//!
//! The source is the first country named before the chain of verbs, with those
//! that `and` joins to it; the target is the first other one behind it. A passive
//! turns them round and `by` names the source. A deed inside a country (protest,
//! arrest, battle) has that country on both sides where no other is named. Those
//! who agree, meet or sign together are all sources.

use std::ops::Range;

use super::deeds::Class;
use super::gazetteer::{Code, Mention};
use super::grammar::{is_adverb, is_auxiliary, is_nominative, is_preposition, is_time};
use super::tokens::Tokens;

/// To which clause a token belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The main clause.
    Main,
    /// A clause of time, cause, condition, or relative.
    Side,
    /// The words that name the reporter.
    Credit,
}

/// Where the deed of a sentence stands.
#[derive(Clone, Debug)]
pub struct Places<'p> {
    /// The sentence.
    pub sentence: Range<usize>,
    /// The clause of each of its tokens.
    pub parts: &'p [Part],
    /// First word of the clause that the chain of verbs belongs to.
    pub clause: usize,
    /// First word of the chain of verbs.
    pub lead: usize,
    /// The verb of speech in it.
    pub speech: Option<usize>,
    /// The words of the deed.
    pub deed: Range<usize>,
    /// Is the subject the one it is done to?
    pub passive: bool,
    /// Is it no deed, but what another must do?
    pub must: bool,
}

impl Places<'_> {
    fn part(&self, mention: &Mention) -> Part {
        self.parts[mention.at.start - self.sentence.start]
    }
}

/// Source and target of a deed, and whether its subject names the country itself.
pub fn who(
    tokens: &Tokens<'_>,
    places: &Places<'_>,
    mentions: &[Mention],
    class: Class,
) -> (Vec<Code>, Vec<Code>, bool) {
    let cast = Cast { tokens, places, mentions };
    let subject = cast.subject();
    if places.must && places.speech.is_none() {
        // Nobody is named who asks.
        return (Vec::new(), subject, false);
    }
    let mut named = !subject.is_empty() && !cast.is_pronoun();
    let (mut source, mut target) = if places.passive { cast.turned(&subject) } else { (subject, Vec::new()) };
    let together = matches!(
        class,
        Class::Agree | Class::Consult | Class::Support | Class::Cooperate | Class::Fight | Class::Mobilize
    );
    if !places.passive {
        let mut from = places.lead;
        if let Some((inner, end)) = cast.inner_subject() {
            // What another must do is asked of him; what he did is his.
            if class == Class::Demand {
                return (source, inner, named);
            }
            source = inner;
            named = true;
            from = end;
        }
        if source.is_empty() {
            source = cast.between();
        }
        if source.len() > 1 && together {
            return (source, target, named);
        }
        if source.is_empty() && !cast.has_subject_of_its_own(class) {
            source = cast.anywhere(class);
        }
        target = cast.object(from, &source, class);
    }
    if is_inside(class) && target.is_empty() {
        target = source.clone();
    }
    (source, target, named)
}

/// Does it happen within a country, if no other is named?
fn is_inside(class: Class) -> bool {
    matches!(class, Class::Protest | Class::Coerce | Class::Fight | Class::Assault)
}

/// Tokens behind a chain in which somebody of the same country is its object.
const OBJECT: usize = 16;

struct Cast<'a, 't> {
    tokens: &'a Tokens<'t>,
    places: &'a Places<'a>,
    mentions: &'a [Mention],
}

impl Cast<'_, '_> {
    fn low(&self, i: usize) -> &str {
        if self.places.sentence.contains(&i) { self.tokens.low(i) } else { "" }
    }

    /// The word before a mention, articles passed over.
    fn before(&self, mention: &Mention) -> &str {
        let mut at = mention.at.start;
        while at > self.places.sentence.start
            && matches!(self.low(at - 1), "the" | "a" | "an" | "its" | "their")
        {
            at -= 1;
        }
        if at > self.places.sentence.start { self.low(at - 1) } else { "" }
    }

    fn is_place(&self, mention: &Mention) -> bool {
        matches!(
            self.before(mention),
            "in" | "at"
                | "near"
                | "from"
                | "to"
                | "against"
                | "on"
                | "with"
                | "over"
                | "into"
                | "across"
                | "throughout"
                | "outside"
                | "for"
                | "inside"
                | "about"
                | "around"
                | "by"
        )
    }

    /// Codes of mention `k` and of those that `and` joins to it.
    fn joined(&self, k: usize, within: &Range<usize>) -> Vec<Code> {
        let mut codes = self.mentions[k].codes.clone();
        let mut last = k;
        let mut waiting = Vec::new();
        for next in k + 1..self.mentions.len() {
            let mention = &self.mentions[next];
            if mention.at.end > within.end || mention.at.start - self.mentions[last].at.end > 8 {
                break;
            }
            let gap = self.mentions[last].at.end..mention.at.start;
            let and = gap.clone().rev().find(|i| matches!(self.low(*i), "and" | "&" | "or"));
            let from = and.map_or(gap.start, |and| and + 1);
            // Behind "and" a phrase of its own may come: the president of …
            let parts = gap
                .clone()
                .any(|i| is_preposition(self.low(i)) && !(self.low(i) == "of" && and.is_some() && i >= from));
            let verbs = gap
                .clone()
                .any(|i| is_nominative(self.low(i)) || matches!(self.low(i), "who" | "which" | "that"));
            let list = gap.len() <= 3 && gap.clone().any(|i| self.low(i) == ",");
            if parts || verbs {
                break;
            }
            if and.is_some() {
                codes.append(&mut waiting);
                codes.extend(mention.codes.iter().cloned());
            } else if list {
                waiting.extend(mention.codes.iter().cloned());
                if waiting.len() > 1 {
                    codes.append(&mut waiting);
                }
            } else if mention.codes != self.mentions[last].codes {
                // "Soviet President Gorbachev" goes on; "Israeli West Bank" does not join.
                continue;
            }
            last = next;
        }
        distinct(codes)
    }

    /// Words before the chain, without a phrase of place or time at the head.
    fn subject_zone(&self) -> Range<usize> {
        let start = self.places.clause;
        let lead = self.places.lead;
        let side = self.places.parts[start - self.places.sentence.start] == Part::Side;
        let opens = is_preposition(self.low(start)) || side || is_time(self.low(start));
        let comma = (start..lead).rev().find(|i| self.low(*i) == ",");
        match comma {
            Some(_) if opens => {
                let first = (start..lead).find(|i| self.low(*i) == ",").unwrap_or(start);
                first..lead
            }
            _ => start..lead,
        }
    }

    fn subject(&self) -> Vec<Code> {
        let zone = self.subject_zone();
        let within = |mention: &Mention| zone.start <= mention.at.start && mention.at.end <= zone.end;
        let main = |mention: &Mention| within(mention) && self.places.part(mention) == Part::Main;
        let pick = (0..self.mentions.len())
            .find(|k| main(&self.mentions[*k]) && !self.is_place(&self.mentions[*k]))
            .or_else(|| (0..self.mentions.len()).find(|k| main(&self.mentions[*k])))
            .or_else(|| {
                (0..self.mentions.len()).find(|k| {
                    within(&self.mentions[*k]) && self.places.part(&self.mentions[*k]) != Part::Credit
                })
            });
        pick.map_or(Vec::new(), |k| self.joined(k, &zone))
    }

    /// A subject of its own between a verb of speech and the deed, and its end.
    fn inner_subject(&self) -> Option<(Vec<Code>, usize)> {
        let speech = self.places.speech?;
        let zone = speech + 1..self.places.deed.start;
        let mut at = zone.start;
        while at < zone.end
            && (is_time(self.low(at)) || matches!(self.low(at), "that" | "on" | "," | "here" | "in"))
        {
            at += 1;
        }
        if is_nominative(self.low(at)) {
            return None;
        }
        let k = self.mentions.iter().position(|mention| {
            at <= mention.at.start
                && mention.at.end <= zone.end
                && self.places.part(mention) == Part::Main
                && !self.is_place(mention)
                && self.before(mention) != "of"
        })?;
        Some((self.joined(k, &zone), self.mentions[k].at.end))
    }

    /// Does a pronoun stand just before the chain?
    fn is_pronoun(&self) -> bool {
        let mut at = self.places.lead;
        while at > self.places.clause && (is_adverb(self.low(at - 1)) || is_auxiliary(self.low(at - 1))) {
            at -= 1;
        }
        at > self.places.clause && is_nominative(self.low(at - 1))
    }

    /// Did somebody do it to a country whose own is not named? "Lee urged Japan …"
    fn has_subject_of_its_own(&self, class: Class) -> bool {
        let zone = self.subject_zone();
        let person = zone.clone().any(|i| {
            is_nominative(self.low(i)) || i > self.places.sentence.start && self.tokens.is_capitalised(i)
        });
        let first = self.places.sentence.start;
        let name = zone.len() == 1 && zone.start == first && self.tokens.is_capitalised(first);
        matches!(
            class,
            Class::Demand
                | Class::Disapprove
                | Class::Support
                | Class::Sanction
                | Class::Threaten
                | Class::Consult
                | Class::Reject
                | Class::Agree
        ) && (person || name)
    }

    /// Both sides of "between A and B".
    fn between(&self) -> Vec<Code> {
        let k = self.mentions.iter().position(|mention| matches!(self.before(mention), "between" | "among"));
        k.map_or(Vec::new(), |k| self.joined(k, &self.places.sentence.clone()))
    }

    /// The country of the sentence.
    fn anywhere(&self, class: Class) -> Vec<Code> {
        let told = |mention: &&Mention| self.places.part(mention) != Part::Credit;
        // Unnamed men who do harm are of the place.
        let here = |mention: &&Mention| {
            told(mention)
                && class == Class::Assault
                && matches!(self.before(mention), "in" | "near" | "outside")
        };
        let inside = self.mentions.iter().find(here).or_else(|| self.mentions.iter().find(told));
        inside.or(self.mentions.first()).map_or(Vec::new(), |mention| mention.codes.clone())
    }

    /// Subject and agent of a passive.
    fn turned(&self, subject: &[Code]) -> (Vec<Code>, Vec<Code>) {
        let after = self.places.deed.end..self.places.sentence.end;
        let by = after.clone().take(15).find(|i| self.low(*i) == "by");
        let from = by.unwrap_or(after.start);
        let other = |k: &usize| {
            let mention = &self.mentions[*k];
            mention.at.start >= from
                && self.places.part(mention) != Part::Credit
                && (by.is_some()
                    || mention.codes != subject
                        && matches!(self.before(mention), "in" | "from" | "at" | "near" | "outside" | "of"))
        };
        let agent = (0..self.mentions.len()).find(other);
        // "A duty was laid on Peru by Chile": the target stands before the agent.
        let behind = |k: &usize| {
            self.mentions[*k].at.start >= after.start && self.places.part(&self.mentions[*k]) != Part::Credit
        };
        let first = (0..self.mentions.len()).find(|k| behind(k) && (Some(*k) != agent || by.is_none()));
        let target = if subject.is_empty() {
            first.map_or(Vec::new(), |k| self.mentions[k].codes.clone())
        } else {
            subject.to_vec()
        };
        (agent.map_or(Vec::new(), |k| self.joined(k, &after)), target)
    }

    /// The first country behind the chain that is not the source.
    fn object(&self, from: usize, source: &[Code], class: Class) -> Vec<Code> {
        let behind = from..self.places.sentence.end;
        let candidates: Vec<usize> = (0..self.mentions.len())
            .filter(|k| {
                self.mentions[*k].at.start >= from && self.places.part(&self.mentions[*k]) != Part::Credit
            })
            .collect();
        let own = |k: &usize| self.mentions[*k].codes.iter().all(|code| source.contains(code));
        let people = |k: &usize| {
            let after = self.mentions[*k].at.end;
            (after..after + 3).any(|i| is_people(self.low(i)))
        };
        let border = |k: &usize| {
            let mention = &self.mentions[*k];
            let after = mention.at.end..mention.at.end + 1;
            !mention.possessive
                && after.into_iter().any(|i| matches!(self.low(i), "border" | "frontier" | "coast"))
        };
        if candidates.first().is_some_and(|k| own(k) && people(k)) {
            return source.to_vec();
        }
        // One complains to a court about somebody else.
        let court = |k: &usize| class == Class::Disapprove && self.before(&self.mentions[*k]) == "to";
        let inside = is_inside(class);
        let other = candidates.iter().find(|k| !own(k) && !border(k) && !court(k));
        let other = other.or_else(|| candidates.iter().find(|k| !own(k) && !inside));
        if let Some(k) = other {
            return self.joined(*k, &behind).into_iter().filter(|code| !source.contains(code)).collect();
        }
        if (class.harms() || class == Class::Concede) && !candidates.is_empty() {
            return source.to_vec();
        }
        // No other country: somebody of its own?
        let together = matches!(class, Class::Agree | Class::Consult | Class::Support | Class::Cooperate);
        let end = (from + OBJECT).min(self.places.sentence.end);
        let own = (self.places.deed.end..end).any(|i| {
            is_actor(self.low(i)) && self.places.parts[i - self.places.sentence.start] == Part::Main
        });
        if own && !together { source.to_vec() } else { Vec::new() }
    }
}

/// People of a country who are not its state.
fn is_people(word: &str) -> bool {
    matches!(
        word,
        "candidate"
            | "candidates"
            | "parties"
            | "party"
            | "newspaper"
            | "newspapers"
            | "protesters"
            | "demonstrators"
            | "dissidents"
            | "dissident"
            | "separatists"
            | "insurgents"
            | "critics"
            | "activists"
            | "politicians"
            | "teachers"
            | "unions"
            | "union"
            | "rebels"
            | "rebel"
            | "opposition"
            | "guerrillas"
            | "opponents"
            | "students"
            | "civilians"
            | "refugees"
            | "residents"
            | "settlers"
            | "militants"
            | "militia"
            | "villagers"
            | "workers"
            | "journalists"
            | "extremists"
            | "factions"
            | "prisoners"
            | "farmers"
            | "youths"
    )
}

/// A word for anybody who acts inside a country.
fn is_actor(word: &str) -> bool {
    is_people(word)
        || matches!(
            word,
            "government"
                | "police"
                | "army"
                | "troops"
                | "forces"
                | "soldiers"
                | "parliament"
                | "president"
                | "minister"
                | "ministers"
                | "authorities"
                | "military"
                | "leader"
                | "leaders"
                | "regime"
                | "officials"
        )
}

fn distinct(codes: Vec<Code>) -> Vec<Code> {
    let mut kept: Vec<Code> = Vec::with_capacity(codes.len());
    for code in codes {
        if !kept.contains(&code) {
            kept.push(code);
        }
    }
    kept
}
