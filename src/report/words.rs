//! Numbers in tables and sentences: signs, ranges, digits no finer than the range.
//!
//! ```text
//! digits = ⌈−log10 max(the nearer end's distance, (high − low)/5)⌉, at most what the size bears
//! ```

use crate::results::Row;
use crate::scenario::strategy::Spread;

/// Regions whose names have an article in a sentence, besides those that end in a plural.
const ARTICLES: [&str; 17] = [
    "Bahamas",
    "British Virgin Islands",
    "Comoros",
    "DR Congo",
    "EU",
    "European Union",
    "Gambia",
    "Maldives",
    "Netherlands",
    "Philippines",
    "Seychelles",
    "UK",
    "US",
    "USA",
    "United Arab Emirates",
    "United Kingdom",
    "United States",
];

/// A number with its range, in the unit in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// The number.
    pub value: f64,
    /// Ends of the range; both the number itself where there is none.
    pub range: (f64, f64),
}

impl Number {
    /// The number of a row, divided by `unit`.
    pub fn of(row: &Row, unit: f64) -> Self {
        let end = |end: Option<f64>| end.unwrap_or(row.value) / unit;
        Self { value: row.value / unit, range: (end(row.low), end(row.high)) }
    }

    /// The number of a strategy, divided by `unit`.
    pub fn spread(spread: &Spread, unit: f64) -> Self {
        Self { value: spread.value / unit, range: (spread.low / unit, spread.high / unit) }
    }

    /// A number without a range.
    pub fn sure(value: f64) -> Self {
        Self { value, range: (value, value) }
    }

    /// The same in another unit.
    pub fn over(self, unit: f64) -> Self {
        Self { value: self.value / unit, range: (self.range.0 / unit, self.range.1 / unit) }
    }

    /// True if there is a range.
    pub fn has_range(self) -> bool {
        self.range.0 != self.range.1
    }

    /// Digits after the point that the range deserves.
    pub fn digits(self) -> usize {
        let (low, high) = self.range;
        let largest = [low, high, self.value].into_iter().filter(|x| x.is_finite()).map(f64::abs);
        let by_size = match largest.fold(0.0, f64::max) {
            large if large >= 100.0 => 0,
            large if large >= 10.0 => 1,
            large if large >= 1.0 => 2,
            large if large >= 0.001 => 3,
            _ => 4,
        };
        let width = high - low;
        if width > 0.0 && width.is_finite() {
            // The logarithm of a positive finite number is far inside the range of i32.
            let nearer = (self.value - low).min(high - self.value).max(width / 5.0);
            let by_range = (-nearer.log10()).ceil() as i32;
            by_range.clamp(0, by_size) as usize
        } else {
            by_size.min(if width.is_finite() { 2 } else { 1 }) as usize
        }
    }

    /// `−0.51 [−0.53, −0.37]`.
    pub fn shown(self) -> String {
        let digits = self.digits();
        let [value, low, high] = [self.value, self.range.0, self.range.1].map(|x| signed(x, digits));
        if low == value && high == value { value } else { format!("{value} [{low}, {high}]") }
    }

    /// The same without signs, for what is never negative: `9.7 [5.3, never]`.
    pub fn plain(self) -> String {
        let digits = self.digits();
        let [value, low, high] = [self.value, self.range.0, self.range.1].map(|x| plain(x, digits));
        if low == value && high == value { value } else { format!("{value} [{low}, {high}]") }
    }

    /// `9.7 (5.3 to never)`: what is never negative, in a sentence.
    pub fn told(self) -> String {
        let digits = self.digits();
        let [value, low, high] = [self.value, self.range.0, self.range.1].map(|x| plain(x, digits));
        if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
    }

    /// `0.51 % lower (range 0.37 to 0.53)`; where the range holds both signs it says so. A
    /// sentence has no more than two digits after the point, unless nothing would be left.
    pub fn as_change(self, unit: &str, higher: &str, lower: &str) -> String {
        let digits = match self.digits() {
            fine if fine > 2 && self.value.abs() >= 0.01 => 2,
            digits => digits,
        };
        let (low, high) = self.range;
        let word = if self.value < 0.0 { lower } else { higher };
        let number = plain(self.value.abs(), digits);
        if !self.has_range() {
            return format!("{number} {unit} {word}");
        }
        if low < 0.0 && high > 0.0 {
            return format!(
                "{number} {unit} {word} (range {} to {}: the sign is open)",
                signed(low, digits),
                signed(high, digits)
            );
        }
        let (near, far) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
        format!("{number} {unit} {word} (range {} to {})", plain(near, digits), plain(far, digits))
    }
}

/// A number with its sign; a true minus, and no sign at what rounds to zero.
pub fn signed(value: f64, digits: usize) -> String {
    match plain(value, digits) {
        text if value > 0.0 && text != "0" && text != "never" => format!("+{text}"),
        text => text,
    }
}

/// A number without a plus; thousands are separated; what rounds to zero is 0; what never comes is `never`.
pub fn plain(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "never".to_owned();
    }
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(w, f)| (w, f));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && whole.len() > 4 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if text.chars().all(|c| c == '0' || c == '.') {
        return "0".to_owned();
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{grouped}{point}{fraction}")
}

/// The name of a region as it stands in a sentence: `the United States`, `China`.
pub fn in_sentence(name: &str) -> String {
    match name {
        "World" => "the world".to_owned(),
        "All others" => "everybody else".to_owned(),
        "ROW" | "Rest of the world" => "the rest of the world".to_owned(),
        name if ARTICLES.contains(&name)
            || [" Islands", " Republic", " Emirates", " States"].iter().any(|end| name.ends_with(end)) =>
        {
            format!("the {name}")
        }
        name => name.to_owned(),
    }
}

/// A sentence that begins with a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Names in a sentence: `a, b and c`.
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, low: f64, high: f64) -> Number {
        Number { value, range: (low, high) }
    }

    #[test]
    fn digits_are_no_finer_than_the_range() {
        assert_eq!(number(-0.5112, -0.5301, -0.3704).shown(), "−0.51 [−0.53, −0.37]");
        assert_eq!(number(-139.2, -143.3, -98.6).shown(), "−139 [−143, −99]");
        assert_eq!(number(22.4, 20.1, 23.2).shown(), "+22.4 [+20.1, +23.2]");
        assert_eq!(number(9069.1, 719.2, 98502.0).plain(), "9069 [719, 98,502]");
        assert_eq!(number(9.714, 5.286, f64::INFINITY).plain(), "9.7 [5.3, never]");
        assert_eq!(number(0.0, 0.0, 0.0).shown(), "0");
    }

    #[test]
    fn names_have_their_article_in_a_sentence() {
        for (name, said) in [
            ("United States", "the United States"),
            ("Netherlands", "the Netherlands"),
            ("Philippines", "the Philippines"),
            ("DR Congo", "the DR Congo"),
            ("Solomon Islands", "the Solomon Islands"),
            ("Dominican Republic", "the Dominican Republic"),
            ("Rest of the world", "the rest of the world"),
            ("China", "China"),
            ("Viet Nam", "Viet Nam"),
        ] {
            assert_eq!(in_sentence(name), said);
        }
        assert_eq!(capital(&in_sentence("World")), "The world");
        assert_eq!(capital(""), "");
    }

    #[test]
    fn a_change_says_when_its_sign_is_open() {
        let sure = number(-0.51, -0.53, -0.37).as_change("%", "higher", "lower");
        assert_eq!(sure, "0.51 % lower (range 0.37 to 0.53)");
        let open = number(-28.0, -45.0, 7.0).as_change("billion USD", "more", "less");
        assert_eq!(open, "28 billion USD less (range −45 to +7: the sign is open)");
        let fine = number(0.047, 0.031, 0.049).as_change("%", "higher", "lower");
        assert_eq!(fine, "0.05 % higher (range 0.03 to 0.05)");
        assert_eq!(number(9.714, 5.286, f64::INFINITY).told(), "9.7 (5.3 to never)");
    }
}
