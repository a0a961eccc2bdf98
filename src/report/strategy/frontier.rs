//! How much could both gain: the frontier, with the trade war and the deals beside it.

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::words::{plain, signed};
use super::Cards;
use crate::scenario::strategy::frontier::WAR;

/// Gains below this are none, per cent.
const NOISE: f64 = 1e-4;

pub(super) fn figure(cards: &Cards<'_>) -> Option<Figure> {
    let frontier = &cards.strategy.frontier;
    let [first, second] = &cards.names;
    let status_quo = &cards.report.scenario.phases[cards.strategy.question.status_quo].title;
    let name = |mark: &str| match mark {
        WAR => "Trade war".to_owned(),
        "status quo" => format!("{status_quo} (today)"),
        phase => cards.report.phase_title(phase).to_owned(),
    };
    let mut table = Table::new(["Point".to_owned(), format!("{first}, %"), format!("{second}, %")]);
    let mut add = |name: String, gains: &[f64; 2]| {
        let cells = gains.map(|gain| Cell::exact(gain, signed(gain, 2)));
        table.rows.push([Cell::text(name)].into_iter().chain(cells).collect());
    };
    frontier.marks.iter().for_each(|(mark, gains)| add(name(mark), gains));
    frontier
        .points
        .iter()
        .enumerate()
        .for_each(|(at, gains)| add(format!("Best deals, point {}", at + 1), gains));
    let points: Vec<_> = frontier
        .marks
        .iter()
        .map(|(mark, gains)| json!({"name": name(mark), "x": gains[0], "y": gains[1]}))
        .collect();
    let fair = |gains: &[f64; 2]| gains[0].min(gains[1]);
    let most = frontier.points.iter().max_by(|a, b| fair(a).total_cmp(&fair(b)))?;
    let title = match fair(most) > NOISE {
        true => format!(
            "A deal could give {} {} % and {} {} %",
            cards.said[0],
            signed(most[0], 2),
            cards.said[1],
            signed(most[1], 2)
        ),
        false => "No deal leaves both better off than today".to_owned(),
    };
    let war = frontier.marks.iter().find(|(mark, _)| mark == WAR)?.1;
    let better = |side: usize| match war[side] {
        gain if gain > NOISE => "better",
        gain if gain < -NOISE => "worse",
        _ => "no better",
    };
    Some(Figure {
        id: "frontier".to_owned(),
        title,
        subtitle: format!(
            "Gain of real income, per cent, of {} (to the right) and {} (up); tariffs between the two alone; {}",
            cards.said[0], cards.said[1], cards.basis
        ),
        summary: format!(
            "On the line of best deals neither side can gain more without the other gaining less. In the trade war, where each \
             side levies what is best for itself, {} would levy {} % and {} {} % on average: {} would do {} and {} {} than \
             in {status_quo}.",
            cards.said[0],
            plain(frontier.war_tariffs[0], 0),
            cards.said[1],
            plain(frontier.war_tariffs[1], 0),
            cards.said[0],
            better(0),
            cards.said[1],
            better(1)
        ),
        chart: Some(json!({
            "kind": "scatter",
            "unit": "%",
            "x": first,
            "y": second,
            "curve": {"name": "best deals", "points": frontier.points},
            "points": points,
        })),
        table,
    })
}
