//! Card: what each week of waiting costs each side, and when it costs more than giving in.

use super::Page;
use super::text::{columns, number, paragraph, with_range};
use crate::scenario::strategy::Spread;

/// Weeks that have a line, beside the last.
const SHOWN: [usize; 6] = [2, 4, 8, 13, 20, 26];
/// Characters of the longest bar.
const BAR: f64 = 16.0;

pub fn card(page: &Page<'_>) -> String {
    let delay = &page.strategy.delay;
    let [first, second] = page.players();
    let mut text = paragraph(
        &format!(
            "Cost of delay: loss of a week of waiting, billion USD; both on {} against the deal {}",
            delay.standoff, delay.deal
        ),
        "",
    );
    let weeks = delay.weekly_musd[0].len();
    let mut shown: Vec<usize> = SHOWN.into_iter().filter(|week| *week < weeks).collect();
    if weeks > 0 {
        shown.push(weeks);
    }
    let lines: Vec<(String, [Spread; 2])> = shown
        .into_iter()
        .map(|week| {
            (format!("week {week}"), [delay.weekly_musd[0][week - 1], delay.weekly_musd[1][week - 1]])
        })
        .chain([("long run".to_owned(), delay.beyond_musd)])
        .collect();
    let most = lines.iter().flat_map(|(_, pair)| pair.iter().map(|of| of.value)).fold(0.0, f64::max);
    let bar = |value: f64| {
        let length = if most > 0.0 { (BAR * value / most).round().max(0.0) as usize } else { 0 };
        "#".repeat(length)
    };
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|(label, pair)| {
            let cell = |of: &Spread| {
                let scaled = Spread { value: of.value / 1e3, low: of.low / 1e3, high: of.high / 1e3 };
                with_range(&scaled).replace('+', "")
            };
            vec![label.clone(), cell(&pair[0]), cell(&pair[1])]
        })
        .collect();
    text += &columns(&["", first, second], &rows);
    for (side, player) in [first, second].into_iter().enumerate() {
        for (label, pair) in &lines {
            text += format!("  {player:<4}{label:<9} {}", bar(pair[side].value)).trim_end();
            text += "\n";
        }
    }
    let mut sentences = Vec::new();
    if weeks == 0 {
        sentences.push("Without a short run only the long run counts, from the first week on.".to_owned());
    } else {
        sentences.push(format!(
            "Weeks 1 to {weeks} hold what the limits of the short run do, the long run what tariffs do."
        ));
    }
    for (side, player) in [first, second].into_iter().enumerate() {
        let concession = delay.concession_musd[side];
        let week = |week: Option<usize>| match week {
            None => "never".to_owned(),
            Some(0) => "the start".to_owned(),
            Some(week) if week > 10_000 => "after centuries".to_owned(),
            Some(week) => format!("week {week}"),
        };
        let [central, early, late] = delay.pressure[side];
        let lowest = &delay.lowest;
        let more = match (central, delay.pressure[side]) {
            (Some(_), _) => {
                format!("waiting has cost more from {} on ({} to {})", week(central), week(early), week(late))
            }
            (None, [_, None, _]) => "waiting never costs more".to_owned(),
            (None, _) => {
                format!("waiting costs more at the high end of its range alone, from {} on", week(early))
            }
        };
        sentences.push(match central {
            Some(0) => format!(
                "{player} loses nothing by going to {lowest} alone: {} billion USD.",
                number(concession.value / 1e3)
            ),
            _ => format!(
                "Giving in, alone on {lowest} for {:.0} weeks, costs {player} {} billion USD; {more}.",
                page.strategy.question.term_days / 7.0,
                number(concession.value / 1e3).replace('+', "")
            ),
        });
    }
    for (horizon, shares) in [("the weeks", delay.shares[0]), ("the long run", delay.shares[1])] {
        if let Some((a, b)) = shares {
            sentences.push(format!(
                "Bargaining by turns (Rubinstein) at the costs of {horizon} leaves {first} {:.0} and {second} {:.0} per cent of what a deal is worth.",
                100.0 * a,
                100.0 * b
            ));
        }
    }
    text + &paragraph(&sentences.join(" "), "  ")
}
