//! The frame that every figure has, whatever it shows.
//!
//! A figure has a title that states what was found, a subtitle with unit, day and
//! reading, a drawing where there is one, a sentence that says the same in words, and a
//! table with every number of the drawing. The page adds the footer and the buttons.

use serde_json::Value;

use super::words::Number;

/// A part of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Anchor.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// What stands under the heading, a paragraph each.
    pub text: Vec<String>,
    /// Findings, a sentence each.
    pub findings: Vec<String>,
    /// Its figures.
    pub figures: Vec<Figure>,
}

/// A drawing, or a table alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Anchor, unique on the page; of letters, digits and hyphens.
    pub id: String,
    /// What was found.
    pub title: String,
    /// Unit, day, reading.
    pub subtitle: String,
    /// One sentence.
    pub summary: String,
    /// What the drawing is made of, for `charts/main.js`; none of a table alone.
    pub chart: Option<Value>,
    /// Every number.
    pub table: Table,
}

/// A number with its range has no more characters.
const WORDS: usize = 24;

/// Numbers under heads; the first cell of a row names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Heads, units included.
    pub heads: Vec<String>,
    /// Cells, as many a row as there are heads.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What is read.
    pub shown: String,
    /// What is sorted by and downloaded, where it is a number.
    pub value: Option<String>,
    /// Ends of its range, where it has one.
    pub range: Option<(String, String)>,
    /// Places in texts that it rests on; the cell opens them.
    pub quotes: Vec<Quote>,
}

/// What stands in a text, and where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quote {
    /// Who does what there.
    pub head: String,
    /// Name of the text.
    pub text: String,
    /// Its words to the letter, each piece with its first character and the one after its last.
    pub pieces: Vec<(String, [usize; 2])>,
    /// Title, publisher, day and source of the text.
    pub place: String,
    /// Measures of the ledger that it speaks of; empty if none is known.
    pub measures: String,
}

impl Table {
    /// Does it hold words alone, no numbers?
    pub fn is_words(&self) -> bool {
        self.rows.iter().flatten().all(|cell| cell.value.is_none())
    }

    /// A table with these heads.
    pub fn new<H: Into<String>>(heads: impl IntoIterator<Item = H>) -> Self {
        Self { heads: heads.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { shown: text.into(), ..Self::default() }
    }

    /// Words that open what they rest on.
    pub fn quoting(text: impl Into<String>, quotes: Vec<Quote>) -> Self {
        Self { shown: text.into(), quotes, ..Self::default() }
    }

    /// True of words that are longer than a number: they begin at the left.
    pub fn is_words(&self) -> bool {
        self.value.is_none() && self.shown.chars().count() > WORDS
    }

    /// A number as it is to be read.
    pub fn exact(value: f64, shown: String) -> Self {
        Self { shown, value: Some(digits(value)), ..Self::default() }
    }

    /// A change with its range.
    pub fn change(number: Number) -> Self {
        Self { shown: number.shown(), ..Self::ranged(number) }
    }

    /// What is never negative, with its range.
    pub fn level(number: Number) -> Self {
        Self { shown: number.plain(), ..Self::ranged(number) }
    }

    /// A change where there is one, else a dot.
    pub fn of(number: Option<Number>) -> Self {
        number.map_or_else(|| Self::text("·"), Self::change)
    }

    fn ranged(number: Number) -> Self {
        let range = number.has_range().then(|| (digits(number.range.0), digits(number.range.1)));
        Self { value: Some(digits(number.value)), range, ..Self::default() }
    }
}

/// A number in a form that every spreadsheet and script reads.
fn digits(value: f64) -> String {
    if value.is_infinite() { "Infinity".to_owned() } else { value.to_string() }
}
