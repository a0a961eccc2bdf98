//! Card: what every pair of rungs is worth to both.

use super::Page;
use super::text::{cases, columns, list, paragraph, signed};

pub fn card(page: &Page<'_>) -> String {
    let ladder = &page.strategy.ladder;
    let [first, second] = page.players();
    let count = ladder.rungs.len();
    let heads: Vec<String> = std::iter::once(format!("{first} \\ {second}"))
        .chain(ladder.rungs.iter().map(|r| r.name.clone()))
        .collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let cell = |row: usize, column: usize| {
        let [own, other] = ladder.payoffs[row][column].map(|payoff| signed(payoff.value, 2));
        let mark = |hit: bool| if hit { "*" } else { " " };
        let (a, b) = (mark(ladder.replies[0][column] == row), mark(ladder.replies[1][row] == column));
        format!("{own}{a}/{other}{b}")
    };
    let rows: Vec<Vec<String>> = (0..count)
        .map(|row| {
            let cells = (0..count).map(|column| cell(row, column));
            std::iter::once(ladder.rungs[row].name.clone()).chain(cells).collect()
        })
        .collect();
    let mut text = paragraph(
        &format!(
            "Payoff matrix: real income of {first} / {second} on each pair of rungs, %; * best reply to the other's rung"
        ),
        "",
    );
    text += &columns(&heads, &rows);
    let pairs: Vec<String> = ladder
        .equilibria
        .iter()
        .zip(&ladder.lasting)
        .map(|([a, b], lasting)| {
            let (a, b) = (&ladder.rungs[*a].name, &ladder.rungs[*b].name);
            format!("{first} {a} / {second} {b} ({})", cases(*lasting, ladder.cases))
        })
        .collect();
    let finding = match pairs.as_slice() {
        [] => "On no pair of rungs both stay: somebody always wants to move.".to_owned(),
        some => format!("Nobody wants to move from {}.", list(some)),
    };
    let mut turning = Vec::new();
    for side in [0, 1] {
        for rung in (0..count).filter(|rung| ladder.agreeing[side][*rung] < ladder.cases) {
            let (player, name) = (page.players()[side], &ladder.rungs[rung].name);
            turning.push(format!(
                "{player} to {name} (the same {})",
                cases(ladder.agreeing[side][rung], ladder.cases)
            ));
        }
    }
    let turning = match turning.as_slice() {
        [] => "Every best reply is the same in all cases.".to_owned(),
        some => format!("Best replies that hang on elasticities or deficits: {}.", list(some)),
    };
    text + &paragraph(&format!("{finding} {turning}"), "  ")
}
