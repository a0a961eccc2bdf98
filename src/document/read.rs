//! How is one value of a ledger file read?
//!
//! Each reader returns the value with the place it stands at, or `None` after
//! noting why it cannot be read. So one run over the file finds every problem.
//!
//! Days are TOML dates without quotes; rates, points and coverages are strings
//! with a per cent sign, because a bare `25` could be 25 % or 2500 %.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use miette::SourceSpan;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::problem::{Problem, Warning, percent};

/// A value of the file and where it stands.
pub(crate) type Node<'t> = Spanned<DeValue<'t>>;

/// A value that was read and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T> {
    pub value: T,
    pub at: SourceSpan,
}

/// Highest rate that needs no `confirm = true`: 500 %.
pub(crate) const PLAUSIBLE_RATE: f64 = 5.0;

/// One table of the file.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a, 't> {
    /// How messages call it: "the measure `us-fentanyl`".
    pub name: &'a str,
    /// Where it starts.
    pub at: SourceSpan,
    pub entries: &'a DeTable<'t>,
    /// The [`mark`]s of all its keys: most keys that are asked for are not there.
    pub marks: u64,
}

/// One bit of 64 by the length and the first letter of a key.
fn mark(key: &str) -> u64 {
    let first = key.as_bytes().first().map_or(0, |letter| usize::from(*letter));
    1 << ((5 * key.len() + first) % 64)
}

impl<'a, 't> Table<'a, 't> {
    pub fn new(name: &'a str, at: SourceSpan, entries: &'a DeTable<'t>) -> Self {
        let marks = entries.keys().fold(0, |marks, key| marks | mark(key.get_ref()));
        Self { name, at, entries, marks }
    }

    #[inline]
    pub fn get(&self, key: &str) -> Option<&'a Node<'t>> {
        if self.marks & mark(key) == 0 {
            return None;
        }
        self.entries.get(key)
    }

    pub fn key_at(&self, key: &str) -> SourceSpan {
        self.entries.get_key_value(key).map_or(self.at, |(key, _)| key.span().into())
    }
}

/// The entries of a table as the file has them; a table itself is sorted.
pub(crate) fn in_file_order<'a, 't>(
    entries: &'a DeTable<'t>,
) -> Vec<(&'a Spanned<DeString<'t>>, &'a Node<'t>)> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| key.span().start);
    entries
}

/// The text and what was noted about it so far.
pub(crate) struct Reader<'a> {
    pub text: &'a str,
    pub problems: Vec<Problem>,
    pub warnings: Vec<Warning>,
}

impl<'a> Reader<'a> {
    /// True if there is nothing to say.
    pub fn is_content(&self) -> bool {
        self.problems.is_empty() && self.warnings.is_empty()
    }

    pub fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Notes every key of `table` that is not among `known`.
    pub fn check_keys(&mut self, table: Table<'_, '_>, known: &[&str]) {
        if table.entries.keys().all(|key| known.contains(&key.get_ref().as_ref())) {
            return;
        }
        for (key, _) in in_file_order(table.entries) {
            let written = key.get_ref().as_ref();
            if known.contains(&written) {
                continue;
            }
            let help = match nearest(written, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys here are {}", known.join(", ")),
            };
            self.note(Problem::UnknownKey {
                key: written.to_owned(),
                table: table.name.to_owned(),
                at: key.span().into(),
                help,
            });
        }
    }

    /// The node of a key that must be there.
    pub fn required<'n, 't>(
        &mut self,
        table: Table<'n, 't>,
        key: &'static str,
        example: &str,
    ) -> Option<&'n Node<'t>> {
        let node = table.get(key);
        if node.is_none() {
            self.note(Problem::MissingKey {
                key,
                table: table.name.to_owned(),
                at: table.at,
                help: format!("add {example}"),
            });
        }
        node
    }

    pub fn wrong_type(&mut self, key: &str, wanted: &'static str, node: &Node<'_>, help: Option<String>) {
        // A date that the calendar does not have was noted with the syntax.
        if matches!(node.get_ref(), DeValue::Datetime(day) if day.date.is_none() && day.time.is_none()) {
            return;
        }
        self.note(Problem::WrongType {
            key: key.to_owned(),
            wanted,
            found: type_name(node.get_ref()),
            at: node.span().into(),
            help,
        });
    }

    pub fn string<'n>(&mut self, key: &str, node: &'n Node<'_>) -> Option<At<&'n str>> {
        let at = node.span().into();
        match node.get_ref().as_str() {
            Some(value) => Some(At { value, at }),
            None => {
                self.wrong_type(key, "text in quotes", node, None);
                None
            }
        }
    }

    /// The text of a key that must be there.
    pub fn text<'n>(
        &mut self,
        table: Table<'n, '_>,
        key: &'static str,
        example: &str,
    ) -> Option<At<&'n str>> {
        let node = self.required(table, key, example)?;
        self.string(key, node)
    }

    /// A plain number from the least to the most.
    pub fn number(&mut self, key: &str, node: &Node<'_>, (least, most): (f64, f64)) -> Option<At<f64>> {
        let help = format!("write a number from {least} to {most}");
        let written = match node.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => {
                self.wrong_type(key, "a number", node, Some(help));
                return None;
            }
        };
        let at: SourceSpan = node.span().into();
        let value = written.replace('_', "").parse().ok();
        let within = value.filter(|value: &f64| (least..=most).contains(value));
        if within.is_none() {
            self.note(Problem::OutOfBounds { key: key.to_owned(), at, help });
        }
        within.map(|value| At { value, at })
    }

    /// One string or a list of strings.
    pub fn strings<'n>(&mut self, key: &str, node: &'n Node<'_>) -> Vec<At<&'n str>> {
        match node.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.string(key, item)).collect(),
            DeValue::String(_) => self.string(key, node).into_iter().collect(),
            _ => {
                self.wrong_type(key, "text in quotes or a list of texts", node, None);
                Vec::new()
            }
        }
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, key: &str, node: &Node<'_>, bounds: RangeInclusive<u64>) -> Option<u64> {
        let (first, last) = (*bounds.start(), *bounds.end());
        let help = format!("write a whole number from {first} to {last}");
        let number = match node.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse::<u64>().ok(),
            _ => {
                self.wrong_type(key, "a whole number", node, Some(help));
                return None;
            }
        };
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            let (key, at) = (key.to_owned(), node.span().into());
            self.note(Problem::OutOfBounds { key, at, help });
        }
        within
    }

    pub fn flag(&mut self, key: &str, node: &Node<'_>) -> bool {
        node.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(key, "true or false", node, None);
            false
        })
    }

    pub fn table<'n, 't>(&mut self, name: &'n str, key: &str, node: &'n Node<'t>) -> Option<Table<'n, 't>> {
        match node.get_ref().as_table() {
            Some(entries) => Some(Table::new(name, node.span().into(), entries)),
            None => {
                self.wrong_type(key, "a table", node, None);
                None
            }
        }
    }

    pub fn day(&mut self, key: &str, node: &Node<'_>) -> Option<At<Date>> {
        let at = node.span().into();
        let help = match node.get_ref() {
            DeValue::Datetime(toml::value::Datetime { date: Some(day), time: None, .. }) => {
                let (year, month, day) = (day.year, day.month, day.day);
                // The syntax check has refused what is no day of the calendar.
                let value = Date::new(i16::try_from(year).ok()?, month as i8, day as i8).ok()?;
                return Some(At { value, at });
            }
            DeValue::Datetime(_) => Some("write a day, without a clock time".to_owned()),
            DeValue::String(text) if looks_like_a_day(text) => {
                Some(format!("write {key} = {text}, without quotes"))
            }
            _ => Some(format!("write {key} = 2025-02-04")),
        };
        self.wrong_type(key, "a date", node, help);
        None
    }

    /// A day that is the key of a step.
    pub fn day_of_key(&mut self, text: &str, at: SourceSpan) -> Option<Date> {
        if !looks_like_a_day(text) {
            self.note(Problem::NotADate { text: text.to_owned(), at });
            return None;
        }
        let day = text.parse().ok();
        if day.is_none() {
            self.note(no_such_date(text, at));
        }
        day
    }

    /// A percentage as a fraction, 0 or more.
    pub fn percentage(&mut self, key: &str, node: &Node<'_>) -> Option<At<f64>> {
        self.percent_of(key, node, matches!(key, "rate" | "points" | "coverage"))
    }

    /// A percentage that is no rate of a tax, whatever its key is called.
    pub fn plain_percentage(&mut self, key: &str, node: &Node<'_>) -> Option<At<f64>> {
        self.percent_of(key, node, false)
    }

    fn percent_of(&mut self, key: &str, node: &Node<'_>, of_a_tax: bool) -> Option<At<f64>> {
        let at = node.span().into();
        let text = match node.get_ref() {
            DeValue::String(text) => text,
            DeValue::Integer(_) | DeValue::Float(_) => {
                let written: String = self
                    .text
                    .get(node.span())
                    .unwrap_or_default()
                    .chars()
                    .filter(|letter| *letter != '_')
                    .collect();
                self.note(Problem::BareNumber { at, help: two_readings(&written) });
                return None;
            }
            _ => {
                self.wrong_type(key, "a percentage in quotes, as \"25%\"", node, None);
                return None;
            }
        };
        let Some(number) = number_before_sign(text) else {
            self.note(Problem::UnreadableRate { text: text.to_string(), at });
            return None;
        };
        if number < 0.0 {
            let percent = percent(number / 100.0);
            self.note(match of_a_tax {
                true => Problem::NegativeRate { percent, at },
                false => Problem::Negative { key: key.to_owned(), percent, at },
            });
            return None;
        }
        Some(At { value: number / 100.0, at })
    }

    /// A rate: a percentage that is plausible, or confirmed.
    pub fn rate(&mut self, key: &str, node: &Node<'_>, confirmed: bool) -> Option<At<f64>> {
        let rate = self.percentage(key, node)?;
        if rate.value > PLAUSIBLE_RATE && !confirmed {
            let percent = percent(rate.value);
            let help = format!("if {percent} % is meant, add `confirm = true` to the measure");
            self.note(Problem::ImplausibleRate { percent, at: rate.at, help });
            return None;
        }
        Some(rate)
    }

    /// A percentage of at most 100.
    pub fn share(&mut self, key: &str, node: &Node<'_>) -> Option<At<f64>> {
        let share = self.percentage(key, node)?;
        if share.value > 1.0 {
            let percent = percent(share.value);
            self.note(Problem::ShareOutside { key: key.to_owned(), percent, at: share.at });
            return None;
        }
        Some(share)
    }

    /// A coverage: a percentage of at most 100.
    pub fn coverage(&mut self, key: &str, node: &Node<'_>) -> Option<f64> {
        let share = self.percentage(key, node)?;
        if share.value > 1.0 {
            let percent = percent(share.value);
            self.note(Problem::CoverageOutside { percent, at: share.at });
            return None;
        }
        Some(share.value)
    }
}

/// Notes a list without items.
pub(crate) fn note_if_empty(reader: &mut Reader<'_>, key: &str, node: &Node<'_>, help: &str) {
    if matches!(node.get_ref(), DeValue::Array(items) if items.is_empty()) {
        reader.note(Problem::Empty { key: key.to_owned(), at: node.span().into(), help: help.to_owned() });
    }
}

/// The candidate that a misspelt word most likely means.
pub(crate) fn nearest<'w>(word: &str, candidates: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_lowercase();
    candidates
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `dddd-dd-dd`, whether or not the calendar has it.
pub(crate) fn looks_like_a_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(place, letter)| match place {
            4 | 7 => letter == b'-',
            _ => letter.is_ascii_digit(),
        })
}

/// The problem of a day such as 2025-02-30, with the last day of its month.
pub(crate) fn no_such_date(text: &str, at: SourceSpan) -> Problem {
    let first: Option<Date> = text.get(..8).and_then(|month| format!("{month}01").parse().ok());
    let help = first.map(|day| format!("the last day of that month is {}", day.last_of_month()));
    Problem::NoSuchDate { text: text.to_owned(), at, help }
}

/// `7.5 %` is 7.5; no exponents, no infinities.
fn number_before_sign(text: &str) -> Option<f64> {
    let number = text.trim().strip_suffix('%')?.trim_end();
    let plain = number.bytes().all(|letter| letter.is_ascii_digit() || b"+-.".contains(&letter));
    if plain { number.parse().ok().filter(|value: &f64| value.is_finite()) } else { None }
}

/// What a bare number could mean, likelier reading first.
fn two_readings(written: &str) -> String {
    match written.parse::<f64>() {
        Ok(number) if number.abs() < 1.0 && number != 0.0 => {
            let hundred = percent(number);
            format!("write \"{hundred}%\" or, if {written} % is meant, \"{written}%\"")
        }
        Ok(number) if number.is_finite() && number != 0.0 => {
            let hundred = percent(number);
            let confirm = if number > PLAUSIBLE_RATE { " with `confirm = true`" } else { "" };
            format!("write \"{written}%\" or, if {hundred} % is meant, \"{hundred}%\"{confirm}")
        }
        _ => "write a number and a per cent sign in quotes, as \"25%\"".to_owned(),
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(when) if when.time.is_some() => "a clock time",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_a_number_and_a_sign() {
        assert_eq!(number_before_sign("25%"), Some(25.0));
        assert_eq!(number_before_sign(" 7.5 % "), Some(7.5));
        for text in ["25", "%", "1e3%", "inf%", "NaN%", "25 percent", "2,5%"] {
            assert_eq!(number_before_sign(text), None, "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_offered_both_readings() {
        assert_eq!(
            two_readings("25"),
            "write \"25%\" or, if 2500 % is meant, \"2500%\" with `confirm = true`"
        );
        assert_eq!(two_readings("0.25"), "write \"25%\" or, if 0.25 % is meant, \"0.25%\"");
        assert_eq!(two_readings("0x19"), "write a number and a per cent sign in quotes, as \"25%\"");
    }
}
