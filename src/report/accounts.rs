//! What does each side say, and where is it written?
//!
//! The matrix of the accounts as a table: topics by parties, a sign and a word for what
//! each does about the topic. A cell opens the words it rests on, to the letter, with the
//! place in the text; below stand the differences, and the quotations that are one source.

use super::Report;
use super::figure::{Cell, Figure, Section, Table};
use super::quotes::{LONGEST, MOST, Quotes};
use super::words;
use crate::accounts::Statement;
use crate::accounts::compare::Odds;
use crate::accounts::matrix::word;
use crate::scenario::Told;

/// Topics that a sentence names at most.
const TOPICS: usize = 5;

/// Signs of the words of the matrix; what has none is a mention.
const SIGNS: [(&str, &str); 13] = [
    ("says resolved", "✓"),
    ("says open", "?"),
    ("agrees", "="),
    ("offers", "+"),
    ("concedes", "▽"),
    ("demands", "→"),
    ("warns", "▲"),
    ("accuses", "!"),
    ("rejects", "✗"),
    ("denies", "≠"),
    ("mentions", "•"),
    ("silent", "∅"),
    ("unclear", "~"),
];
/// The sign of "says (who) asked", which holds a name.
const ASKED: &str = "←";

/// The sides and topics in a sentence.
pub(super) fn finding(report: &Report<'_>) -> Option<String> {
    let page = Page::of(report)?;
    let apart = page.apart();
    (!apart.is_empty()).then(|| format!("What each side says of the talks: {}.", apart))
}

/// The section; none without accounts.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let page = Page::of(report)?;
    let figures: Vec<Figure> =
        [page.matrix(), page.differences(), page.reuse()].into_iter().flatten().collect();
    (!figures.is_empty()).then(|| Section {
        id: "accounts",
        title: "What each side says".to_owned(),
        text: vec![
            "Read from the texts by rules and lists of words, without a model; what a text does not settle is \
             unclear. A side is silent on a topic if its whole account has no word of it while somebody else \
             speaks of it, or if a report says so; · means that nothing is known. A cell opens the words that it \
             rests on."
                .to_owned(),
            page.legend(),
        ],
        figures,
        ..Section::default()
    })
}

struct Page<'a> {
    report: &'a Report<'a>,
    told: &'a Told,
    quotes: Quotes<'a>,
}

impl<'a> Page<'a> {
    fn of(report: &'a Report<'a>) -> Option<Self> {
        let told = report.accounts?;
        Some(Self { report, told, quotes: Quotes { report, told } })
    }

    /// The words of a cell with their signs.
    fn signed(says: &[String]) -> String {
        match says {
            [] => "·".to_owned(),
            says => says.iter().map(|word| format!("{} {word}", sign(word))).collect::<Vec<_>>().join(", "),
        }
    }

    /// The signs that the matrix has.
    fn legend(&self) -> String {
        let cells = || self.told.reading.matrix.cells.iter().flatten().flat_map(|cell| &cell.says);
        let listed = SIGNS.iter().filter(|(word, _)| cells().any(|says| says == word));
        let mut signs: Vec<String> = listed.map(|(word, sign)| format!("{sign} {word}")).collect();
        if cells().any(|says| sign(says) == ASKED) {
            signs.push(format!("{ASKED} says who asked"));
        }
        format!("Signs: {}; · nothing known.", signs.join("; "))
    }

    fn party(&self, label: &str) -> String {
        self.report.region(label)
    }

    /// The two governments that are set against each other: actors first.
    fn sides(&self) -> Option<[&str; 2]> {
        let parties = &self.told.reading.matrix.parties;
        let is_government = |label: &&String| !label.chars().any(char::is_lowercase);
        let mut sides: Vec<&String> = parties.iter().filter(is_government).collect();
        sides.sort_by_key(|label| {
            self.report.scenario.actors.iter().position(|actor| actor == *label).unwrap_or(usize::MAX)
        });
        Some([sides.first()?, sides.get(1)?])
    }

    /// Where one side takes a stance and the other another, or none: `on Taiwan China warns, United States is silent`.
    fn apart(&self) -> String {
        let (Some(sides), matrix) = (self.sides(), &self.told.reading.matrix) else { return String::new() };
        let mut found: Vec<(usize, String)> = Vec::new();
        for topic in &matrix.topics {
            let says = sides.map(|side| matrix.cell(topic, side).map_or(&[][..], |cell| &cell.says));
            let strong = says.map(|says| says.iter().any(|word| is_stance(word)));
            if says.iter().any(|says| says.is_empty()) || says[0] == says[1] || strong == [false; 2] {
                continue;
            }
            let does = |side: usize| {
                let told: Vec<String> = says[side].to_vec();
                let verb = if says[side] == ["silent"] { "is " } else { "" };
                format!("{} {verb}{}", self.report.said(sides[side]), words::list(&told))
            };
            let order = if strong[0] { [0, 1] } else { [1, 0] };
            let text = format!("on {} {}", self.topic(topic), order.map(does).join(" and "));
            // What somebody calls settled or open comes first.
            let weight = says.concat().iter().filter(|word| is_verdict(word)).count();
            found.push((usize::from(weight == 0), text));
        }
        found.sort_by_key(|(weight, _)| *weight);
        let named: Vec<String> = found.into_iter().take(TOPICS).map(|(_, text)| text).collect();
        named.join("; ")
    }

    /// A topic inside a sentence.
    fn topic(&self, code: &str) -> String {
        let title = self.told.topic_title(code);
        // A name keeps its capital.
        if code == "taiwan" { title.to_owned() } else { title.to_lowercase() }
    }

    /// How often the sides say the same, and how often one is silent.
    fn title(&self) -> String {
        let matrix = &self.told.reading.matrix;
        let many = |count: usize| if count == 1 { "1 topic".to_owned() } else { format!("{count} topics") };
        let Some(sides) = self.sides() else {
            return format!("What is said about {}", many(matrix.topics.len()));
        };
        let pairs: Vec<[&[String]; 2]> = matrix
            .topics
            .iter()
            .map(|topic| sides.map(|side| matrix.cell(topic, side).map_or(&[][..], |cell| &cell.says)))
            .collect();
        let same = pairs.iter().filter(|[a, b]| a.iter().any(|word| is_stance(word) && b.contains(word)));
        let silent = pairs
            .iter()
            .filter(|[a, b]| (a == &["silent"]) != (b == &["silent"]) && !a.is_empty() && !b.is_empty());
        let names = sides.map(|side| self.party(side));
        format!(
            "{} and {} say the same on {} of {}; on {} one speaks and the other is silent",
            names[0],
            names[1],
            same.count(),
            many(matrix.topics.len()),
            silent.count()
        )
    }

    fn matrix(&self) -> Option<Figure> {
        let matrix = &self.told.reading.matrix;
        if matrix.topics.is_empty() {
            return None;
        }
        let heads =
            ["Topic".to_owned()].into_iter().chain(matrix.parties.iter().map(|label| self.party(label)));
        let mut table = Table::new(heads);
        for (topic, cells) in matrix.topics.iter().zip(&matrix.cells) {
            let title = Cell::text(self.told.topic_title(topic));
            let cells = matrix.parties.iter().zip(cells).map(|(party, cell)| {
                Cell::quoting(Self::signed(&cell.says), self.quotes.quotes(topic, party, cell))
            });
            table.rows.push([title].into_iter().chain(cells).collect());
        }
        let apart = self.apart();
        let summary = match apart.as_str() {
            "" => "No two governments take different stances on one topic.".to_owned(),
            apart => format!("{}{}.", apart[..1].to_uppercase(), &apart[1..]),
        };
        Some(Figure {
            id: "accounts-matrix".to_owned(),
            title: self.title(),
            subtitle: format!("Topics by parties, from {}; a cell opens what it rests on", self.texts()),
            summary,
            chart: None,
            table,
        })
    }

    /// `4 texts of 2025-06-05 to 2025-06-06`.
    fn texts(&self) -> String {
        let accounts = &self.told.reading.accounts;
        let days = || accounts.iter().filter_map(|account| account.date);
        let many =
            if accounts.len() == 1 { "1 text".to_owned() } else { format!("{} texts", accounts.len()) };
        match (days().min(), days().max()) {
            (Some(first), Some(last)) if first == last => format!("{many} of {first}"),
            (Some(first), Some(last)) => format!("{many} of {first} to {last}"),
            _ => many,
        }
    }

    fn differences(&self) -> Option<Figure> {
        let reading = &self.told.reading;
        let mut table = Table::new(["Topic", "One side", "The other", "How they part"]);
        for one in &reading.differences {
            let side = |at: usize| {
                let does = word(&reading.statements[one.statements[at]], &self.told.lexicon.topics);
                let text = format!("{}: {} {does}", self.party(&one.parties[at]), sign(&does));
                Cell::quoting(text, vec![self.quotes.quote(one.statements[at])])
            };
            let how = match one.odds {
                Odds::Opposite => "contradict each other",
                Odds::Number => "give different numbers",
                Odds::Differs => "differ, no more",
            };
            let title = Cell::text(self.told.topic_title(&one.topic));
            table.rows.push(vec![title, side(0), side(1), Cell::text(how)]);
        }
        if table.rows.is_empty() {
            return None;
        }
        let named = |odds: &dyn Fn(Odds) -> bool| -> Vec<String> {
            let mut topics: Vec<&str> = Vec::new();
            for one in reading.differences.iter().filter(|one| odds(one.odds)) {
                if !topics.contains(&one.topic.as_str()) {
                    topics.push(&one.topic);
                }
            }
            topics.into_iter().map(|topic| self.topic(topic)).collect()
        };
        let strong = named(&|odds| odds != Odds::Differs);
        let weak = named(&|odds| odds == Odds::Differs);
        let on =
            |topics: &[String]| if topics.is_empty() { "nothing".to_owned() } else { words::list(topics) };
        let title = match strong.as_slice() {
            [] => format!("No plain contradiction; the sides differ on {}", on(&weak)),
            topics => format!("The sides contradict each other on {}", words::list(topics)),
        };
        Some(Figure {
            id: "accounts-apart".to_owned(),
            title,
            subtitle: format!(
                "A contradiction is the opposite, or another number of the same thing; from {}",
                self.texts()
            ),
            summary: format!(
                "Opposite words or other numbers: {}; different stances: {}.",
                on(&strong),
                on(&weak)
            ),
            chart: None,
            table,
        })
    }

    fn reuse(&self) -> Option<Figure> {
        let reading = &self.told.reading;
        let mut table = Table::new(["Words", "Speaker", "Printed in"]);
        for one in &reading.reuse {
            let statements: Vec<&Statement> =
                one.statements.iter().map(|number| &reading.statements[*number]).collect();
            let mut texts: Vec<String> = Vec::new();
            for statement in &statements {
                let account = &reading.accounts[statement.document];
                let name = account.publisher.clone().unwrap_or_else(|| account.id.clone());
                if !texts.contains(&name) {
                    texts.push(name);
                }
            }
            let quotes = one.statements.iter().take(MOST).map(|number| self.quotes.quote(*number)).collect();
            let text: String = one.text.chars().take(LONGEST).collect();
            let speaker = statements.first().map_or("", |statement| statement.source.text.trim());
            table.rows.push(vec![
                Cell::text(text),
                Cell::text(speaker),
                Cell::quoting(words::list(&texts), quotes),
            ]);
        }
        let count = table.rows.len();
        let (title, verb) = match count {
            0 => return None,
            1 => ("1 quotation stands in more than one text: it is one source".to_owned(), "is"),
            _ => (format!("{count} quotations stand in more than one text: each is one source"), "are"),
        };
        Some(Figure {
            id: "accounts-reuse".to_owned(),
            title,
            subtitle: format!("Quotations of six words or more in several texts; from {}", self.texts()),
            summary: format!(
                "{count} of the quotations {verb} printed in more than one text and counted once."
            ),
            chart: None,
            table,
        })
    }
}

/// The sign of a word of the matrix.
pub(super) fn sign(word: &str) -> &'static str {
    if word.starts_with("says ") && word.ends_with(" asked") {
        return ASKED;
    }
    SIGNS.iter().find(|(known, _)| *known == word).map_or("•", |(_, sign)| sign)
}

/// True of what somebody does, not of mere mentions.
fn is_stance(word: &str) -> bool {
    !matches!(word, "mentions" | "silent" | "unclear")
}

fn is_verdict(word: &str) -> bool {
    matches!(word, "says resolved" | "says open")
}
