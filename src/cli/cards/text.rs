//! Aligned columns, numbers with ranges, lines of 80 characters.

use crate::scenario::strategy::Spread;

/// Columns of a card.
pub const WIDTH: usize = 80;

/// Words in lines of at most [`WIDTH`] characters, each after `margin`.
pub fn paragraph(text: &str, margin: &str) -> String {
    let mut lines = String::new();
    let mut line = margin.to_owned();
    let mut begun = false;
    for word in text.split_whitespace() {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines += &line;
            lines += "\n";
            margin.clone_into(&mut line);
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line += word;
        begun = true;
    }
    lines + &line + "\n"
}

/// Rows under heads, the first column to the left, the others to the right.
pub fn columns(heads: &[&str], rows: &[Vec<String>]) -> String {
    let long = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..heads.len())
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| long(cell));
            cells.chain([long(heads[at])]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::from("  ");
        for (at, cell) in cells.enumerate() {
            let width = widths[at];
            line += &if at == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") };
        }
        line.trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut heads.iter().copied());
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

/// Digits that a number of this size deserves.
fn digits(largest: f64) -> usize {
    match largest {
        large if large >= 100.0 => 0,
        large if large >= 10.0 => 1,
        large if large >= 0.0995 => 2,
        large if large >= 0.000_95 => 3,
        _ => 4,
    }
}

/// A number with its sign; what rounds to nothing is 0.
pub fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}");
    if text.chars().all(|c| "+-0.".contains(c)) { "0".to_owned() } else { text }
}

/// A number with its sign, no finer than its size deserves.
pub fn number(value: f64) -> String {
    signed(value, digits(value.abs()))
}

/// `-0.12 (-0.15 to -0.03)`.
pub fn with_range(spread: &Spread) -> String {
    let digits = digits(spread.low.abs().max(spread.high.abs()));
    let [value, low, high] = [spread.value, spread.low, spread.high].map(|x| signed(x, digits));
    if value == low && value == high { value } else { format!("{value} ({low} to {high})") }
}

/// Names in a sentence: `a, b and c`.
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `in all 16 cases`, `in 12 of 16 cases`.
pub fn cases(count: usize, of: usize) -> String {
    if count == of { format!("in all {of} cases") } else { format!("in {count} of {of} cases") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_finer_than_they_deserve() {
        let spread = |value, low, high| with_range(&Spread { value, low, high });
        assert_eq!(spread(-0.123, -0.154, -0.031), "-0.12 (-0.15 to -0.03)");
        assert_eq!(spread(0.0, 0.0, 0.0), "0");
        assert_eq!(spread(-0.002, -0.004, 0.001), "-0.002 (-0.004 to +0.001)");
        assert_eq!(spread(12.34, 11.0, 14.0), "+12.3 (+11.0 to +14.0)");
        assert_eq!(number(1234.5), "+1234");
    }

    #[test]
    fn lines_are_not_longer_than_a_card() {
        let text = paragraph(&"word ".repeat(60), "  ");
        assert!(text.lines().count() > 3 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
        let table =
            columns(&["rung", "USA"], &[vec!["hold".into(), "-0.1".into()], vec!["x".into(), "0".into()]]);
        assert_eq!(table, "  rung   USA\n  hold  -0.1\n  x        0\n");
    }
}
