//! Card: the rungs, what they cost, how each is answered, where each side stops.

use super::Page;
use super::text::{columns, list, paragraph, with_range};
use crate::scenario::strategy::ladder::Rung;

pub fn card(page: &Page<'_>) -> String {
    let ladder = &page.strategy.ladder;
    let [first, second] = page.players();
    let tariff = |rung: &Rung, side: usize| {
        rung.tariffs[side].map_or("stop".to_owned(), |tariff| format!("{tariff:.0}"))
    };
    let rows: Vec<Vec<String>> = ladder
        .rungs
        .iter()
        .enumerate()
        .map(|(at, rung)| {
            let [own, other] = &ladder.payoffs[at][at];
            vec![
                rung.name.clone(),
                format!("{}/{}", tariff(rung, 0), tariff(rung, 1)),
                with_range(own),
                with_range(other),
            ]
        })
        .collect();
    let mut text = paragraph(
        &format!(
            "Escalation ladder: both on one rung; average tariffs of {first} / {second} on each other, %, and real income, %"
        ),
        "",
    );
    text += &columns(&["rung", "tariffs", first, second], &rows);
    let top = ladder.rungs.len() - 1;
    let mut sentences = Vec::new();
    for side in [0, 1] {
        let (own, other) = (page.players()[side], page.players()[1 - side]);
        let replies: Vec<String> = (0..ladder.rungs.len())
            .map(|rung| {
                let (to, with) = (&ladder.rungs[rung].name, &ladder.rungs[ladder.replies[side][rung]].name);
                format!("{to} with {with}")
            })
            .collect();
        let same = ladder.replies[side].windows(2).all(|pair| pair[0] == pair[1]);
        sentences.push(match same {
            true => format!(
                "{own} answers every rung of {other} best with {}.",
                ladder.rungs[ladder.replies[side][0]].name
            ),
            false => format!("{own} answers {} best.", list(&replies)),
        });
        sentences.push(match ladder.climbs_to[side] {
            rung if rung == top => "It climbs to the top rather than stop one below.".to_owned(),
            rung => format!(
                "Jump-off: it would rather stop at {} than match the next rung.",
                ladder.rungs[rung].name
            ),
        });
    }
    let limits: Vec<String> = ladder
        .rungs
        .iter()
        .filter(|rung| rung.limits.iter().sum::<usize>() > 0)
        .map(|rung| format!("{} {} and {}", rung.name, rung.limits[0], rung.limits[1]))
        .collect();
    if !limits.is_empty() {
        let limits = limits.join(", ");
        sentences
            .push(format!("Limits on quantities that {first} and {second} set on each other: {limits}."));
    }
    text + &paragraph(&sentences.join(" "), "  ")
}
