//! Card: the frontier between the two, with the status quo, the war and the proposals.

use super::Page;
use super::text::{columns, number, paragraph, signed};
use crate::scenario::strategy::frontier::WAR;

/// Height of the chart, lines; its width, characters.
const HEIGHT: usize = 14;
const FIELD: usize = 60;

/// A gain below this is none, per cent.
const NOISE: f64 = 1e-4;

/// Points of the frontier that differ by less are one, per cent.
const SAME: f64 = 0.005;

pub fn card(page: &Page<'_>) -> String {
    let frontier = &page.strategy.frontier;
    let [first, second] = page.players();
    let mut text = paragraph(
        &format!(
            "Frontier: what both could gain with tariffs on each other, %, {first} to the right and {second} up"
        ),
        "",
    );
    let all: Vec<[f64; 2]> =
        frontier.points.iter().copied().chain(frontier.marks.iter().map(|(_, gains)| *gains)).collect();
    let ends = |axis: usize| {
        let low = all.iter().map(|gains| gains[axis]).fold(0.0, f64::min);
        let high = all.iter().map(|gains| gains[axis]).fold(0.0, f64::max);
        (low, if high > low { high } else { low + 1.0 })
    };
    let (across, up) = (ends(0), ends(1));
    let place = |value: f64, (low, high): (f64, f64), cells: usize| {
        ((value - low) / (high - low) * (cells - 1) as f64).round() as usize
    };
    let mut field = vec![vec![' '; FIELD]; HEIGHT];
    let mut put = |gains: &[f64; 2], letter: char| {
        let (column, row) = (place(gains[0], across, FIELD), place(gains[1], up, HEIGHT));
        field[HEIGHT - 1 - row][column] = letter;
    };
    frontier.points.iter().for_each(|gains| put(gains, 'o'));
    let letters = ('A'..='Z').cycle();
    let marked: Vec<(char, &String, &[f64; 2])> =
        letters.zip(&frontier.marks).map(|(letter, (name, gains))| (letter, name, gains)).collect();
    // The status quo last: nothing hides it.
    marked.iter().rev().for_each(|(letter, _, gains)| put(gains, *letter));
    for (line, cells) in field.iter().enumerate() {
        let label = match line {
            0 => signed(up.1, 2),
            line if line == HEIGHT - 1 => signed(up.0, 2),
            _ => String::new(),
        };
        let cells: String = cells.iter().collect();
        text += format!("  {label:>7} |{cells}").trim_end();
        text += "\n";
    }
    text += &format!("          +{}\n", "-".repeat(FIELD));
    let (low, high) = (signed(across.0, 2), signed(across.1, 2));
    text += &format!("           {low}{high:>width$}\n", width = FIELD - low.chars().count());
    // Points where tariffs lie on their bounds are one.
    let mut points = frontier.points.clone();
    points.dedup_by(|a, b| (a[0] - b[0]).abs() < SAME && (a[1] - b[1]).abs() < SAME);
    let best = points.iter().map(|gains| ("o".to_owned(), "frontier".to_owned(), *gains));
    let named = marked.iter().map(|(letter, name, gains)| (letter.to_string(), (*name).clone(), **gains));
    let rows: Vec<Vec<String>> = named
        .chain(best)
        .map(|(letter, name, gains)| vec![format!("{letter} {name}"), number(gains[0]), number(gains[1])])
        .collect();
    text += &columns(&["", first, second], &rows);
    let war = frontier.marks.iter().find(|(name, _)| name == WAR).map_or([0.0; 2], |(_, gains)| *gains);
    let against_today = |gain: f64| if gain.abs() <= NOISE { 0 } else { gain.signum() as i32 };
    let better = match war.map(against_today) {
        [1, 1] => "both do better than today".to_owned(),
        [1, _] => format!("only {first} does better than today"),
        [_, 1] => format!("only {second} does better than today"),
        [-1, -1] => "both do worse than today".to_owned(),
        [-1, _] => format!("{first} does worse than today, {second} as today"),
        [_, -1] => format!("{second} does worse than today, {first} as today"),
        _ => "both do as today".to_owned(),
    };
    let most = frontier
        .points
        .iter()
        .copied()
        .max_by(|a, b| a[0].min(a[1]).total_cmp(&b[0].min(b[1])))
        .unwrap_or([0.0; 2]);
    let deal = match most[0].min(most[1]) > NOISE {
        true => format!("A deal could give {first} {} and {second} {}", number(most[0]), number(most[1])),
        false => "No point of the frontier leaves both better off than today".to_owned(),
    };
    text + &paragraph(
        &format!(
            "In the trade war for real income {first} levies {:.0} and {second} {:.0} per cent, and {better}. {deal}.",
            frontier.war_tariffs[0], frontier.war_tariffs[1]
        ),
        "  ",
    )
}
