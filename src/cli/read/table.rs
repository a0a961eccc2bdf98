//! Statements, the matrix and the time line for people.

use comfy_table::{ContentArrangement, Table, presets};

use crate::accounts::compare::Odds;
use crate::accounts::matrix::word;
use crate::accounts::{Lexicon, Reading, Statement};
use crate::cli::open;

/// Characters a line where the output is no terminal.
const WIDTH: u16 = 120;
/// Characters of a statement that a table shows.
const SHOWN: usize = 160;

/// Everything.
pub fn all(reading: &Reading, lexicon: &Lexicon) -> String {
    let mut parts = vec![statements(reading, lexicon, (0..reading.statements.len()).collect())];
    if !reading.matrix.topics.is_empty() {
        parts.push(format!("What each side does about each topic\n\n{}", matrix(reading, lexicon)));
    }
    parts.extend(differences(reading, lexicon));
    parts.extend(reuse(reading));
    parts.join("\n\n")
}

/// What the sides say in short: the matrix, where they part, what is one source.
pub fn page(reading: &Reading, lexicon: &Lexicon) -> String {
    let parts = [Some(matrix(reading, lexicon)), differences(reading, lexicon), reuse(reading)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// Statements by day.
pub fn time_line(reading: &Reading, lexicon: &Lexicon) -> String {
    statements(reading, lexicon, reading.time_line())
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(open::terminal_width().unwrap_or(WIDTH));
    table
}

fn plain(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn statements(reading: &Reading, lexicon: &Lexicon, order: Vec<usize>) -> String {
    if order.is_empty() {
        return "No statement was found: nobody is said to have said anything.".to_owned();
    }
    let mut table = table();
    table.set_header(["day", "who", "does", "about", "in words", "where"]);
    for number in order {
        let statement = &reading.statements[number];
        table.add_row([
            statement.date.map_or(String::new(), |date| date.to_string()),
            statement.speaker.label(),
            word(statement, &lexicon.topics),
            about(statement, lexicon),
            shortened(statement),
            place(reading, statement),
        ]);
    }
    format!("Who says what; a topic in brackets is that of the sentence before\n\n{}", plain(&table))
}

fn about(statement: &Statement, lexicon: &Lexicon) -> String {
    let topics: Vec<&str> =
        statement.topics.iter().map(|topic| lexicon.topics.topics[*topic].code.as_str()).collect();
    if statement.inherited && !topics.is_empty() {
        format!("({})", topics.join(", "))
    } else {
        topics.join(", ")
    }
}

fn shortened(statement: &Statement) -> String {
    let words = statement
        .content
        .iter()
        .flat_map(|piece| piece.text.split_whitespace())
        .collect::<Vec<_>>()
        .join(" ");
    let text = format!("{}: {words}", statement.source.text.split_whitespace().collect::<Vec<_>>().join(" "));
    if text.chars().count() <= SHOWN { text } else { text.chars().take(SHOWN).chain(['…']).collect() }
}

fn place(reading: &Reading, statement: &Statement) -> String {
    let span = statement.content.first().map_or(statement.source.span, |piece| piece.span);
    format!("{}:{}-{}", reading.accounts[statement.document].id, span[0], span[1])
}

/// Topics by parties.
pub fn matrix(reading: &Reading, lexicon: &Lexicon) -> String {
    let mut table = table();
    let head = std::iter::once(String::new()).chain(reading.matrix.parties.iter().cloned());
    table.set_header(head);
    for (topic, cells) in reading.matrix.topics.iter().zip(&reading.matrix.cells) {
        let title = lexicon
            .topics
            .topics
            .iter()
            .find(|one| one.code == *topic)
            .map_or(topic.clone(), |one| one.title.clone());
        let row =
            cells.iter().map(|cell| if cell.says.is_empty() { "·".to_owned() } else { cell.says.join(", ") });
        table.add_row(std::iter::once(title).chain(row));
    }
    format!(
        "{}\n\n\"silent\": its whole account has no word of it, or a report says so; \"·\": nothing is known",
        plain(&table)
    )
}

fn differences(reading: &Reading, lexicon: &Lexicon) -> Option<String> {
    if reading.differences.is_empty() {
        return None;
    }
    let lines = reading.differences.iter().map(|one| {
        let [a, b] = one.statements.map(|number| word(&reading.statements[number], &lexicon.topics));
        let odds = match one.odds {
            Odds::Opposite => "contradicts",
            Odds::Number => "gives another number than",
            Odds::Differs => "differs from",
        };
        format!("  {}: {} ({a}) {odds} {} ({b})", one.topic, one.parties[0], one.parties[1])
    });
    Some(format!("Where the sides part\n\n{}", lines.collect::<Vec<_>>().join("\n")))
}

fn reuse(reading: &Reading) -> Option<String> {
    if reading.reuse.is_empty() {
        return None;
    }
    let lines = reading.reuse.iter().map(|one| {
        let mut accounts: Vec<&str> = one
            .statements
            .iter()
            .map(|number| reading.accounts[reading.statements[*number].document].id.as_str())
            .collect();
        accounts.dedup();
        let words: String = one.text.chars().take(SHOWN).collect();
        format!("  {}: {words}", accounts.join(", "))
    });
    Some(format!(
        "The same words in more than one account: one source\n\n{}",
        lines.collect::<Vec<_>>().join("\n")
    ))
}
