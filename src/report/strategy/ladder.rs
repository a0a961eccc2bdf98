//! What every pair of steps of the ladder is worth to both sides.

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::point;
use super::super::words::{Number, capital, list, plain};
use super::Cards;

pub(super) fn figure(cards: &Cards<'_>) -> Option<Figure> {
    let ladder = &cards.strategy.ladder;
    let steps: Vec<&str> = ladder.rungs.iter().map(|rung| rung.name.as_str()).collect();
    let top = steps.len().checked_sub(1)?;
    let [first, second] = &cards.names;
    let mut table = Table::new([
        format!("Step of {}", cards.said[0]),
        format!("Step of {}", cards.said[1]),
        format!("{first}, %"),
        format!("{second}, %"),
        "Best reply of".to_owned(),
    ]);
    let is_best =
        |row: usize, column: usize| [ladder.replies[0][column] == row, ladder.replies[1][row] == column];
    let mut cells = Vec::new();
    for (row, pairs) in ladder.payoffs.iter().enumerate() {
        let mut line = Vec::new();
        for (column, pair) in pairs.iter().enumerate() {
            let numbers = [0, 1].map(|side| Number::spread(&pair[side], 1.0));
            let best = is_best(row, column);
            let whose: Vec<String> =
                [0, 1].into_iter().filter(|side| best[*side]).map(|side| cards.names[side].clone()).collect();
            line.push(json!({"values": numbers.map(point), "best": best}));
            table.rows.push(vec![
                Cell::text(steps[row]),
                Cell::text(steps[column]),
                Cell::change(numbers[0]),
                Cell::change(numbers[1]),
                Cell::text(list(&whose)),
            ]);
        }
        cells.push(line);
    }
    let rests: Vec<String> = ladder
        .equilibria
        .iter()
        .zip(&ladder.lasting)
        .map(|([a, b], lasting)| {
            let count = match *lasting {
                all if all == ladder.cases => format!("in all {all} cases"),
                some => format!("in {some} of {} cases", ladder.cases),
            };
            match steps[*a] == steps[*b] {
                true => format!("both on “{}” ({count})", steps[*a]),
                false => format!(
                    "{} on “{}” and {} on “{}” ({count})",
                    cards.said[0], steps[*a], cards.said[1], steps[*b]
                ),
            }
        })
        .collect();
    let title = match ladder.climbs_to {
        [0, 0] => "Neither side gains by climbing the ladder".to_owned(),
        climbs => {
            let told = [0, 1].map(|side| match climbs[side] {
                0 => format!("{} does not climb", cards.said[side]),
                rung if rung == top => format!("{} climbs to the top", cards.said[side]),
                rung => format!("{} climbs no further than “{}”", cards.said[side], steps[rung]),
            });
            capital(&list(&told))
        }
    };
    let stays = match rests.as_slice() {
        [] => "On no pair of steps do both stay: somebody always wants to move".to_owned(),
        some => format!("Neither side wants to move away from {}", list(some)),
    };
    let tariffs: Vec<String> = ladder
        .rungs
        .iter()
        .map(|rung| match rung.tariffs {
            [Some(a), Some(b)] => format!("“{}” {} and {} %", rung.name, plain(a, 0), plain(b, 0)),
            _ => format!("“{}” no trade in goods", rung.name),
        })
        .collect();
    Some(Figure {
        id: "ladder".to_owned(),
        title,
        subtitle: format!(
            "Real income with each side on a step of the ladder, per cent; {}. Average tariffs on the steps, of {} and of \
             {}: {}",
            cards.basis,
            cards.said[0],
            cards.said[1],
            tariffs.join(", ")
        ),
        summary: format!(
            "{stays}. With both on “{}” {} is at {} % and {} at {} %.",
            steps[top],
            cards.said[0],
            Number::spread(&ladder.payoffs[top][top][0], 1.0).shown(),
            cards.said[1],
            Number::spread(&ladder.payoffs[top][top][1], 1.0).shown()
        ),
        chart: Some(json!({
            "kind": "grid",
            "unit": "%",
            "sides": cards.names,
            "choices": steps,
            "cells": cells,
        })),
        table,
    })
}
