//! Card: would each deal hold, for how long may a breach go unseen, what breaks it?

use super::Page;
use super::text::{cases, columns, list, paragraph, with_range};
use crate::scenario::strategy::truce::{Deal, Side, Watched};
use crate::strategy::truce::Verdict;

/// Fewer false alarms a year than this are none to speak of.
const RARE: f64 = 0.005;

pub fn card(page: &Page<'_>) -> String {
    let truce = &page.strategy.truce;
    let question = &page.strategy.question;
    let mut text = paragraph(
        &format!(
            "Truce: gain of breaking a deal (D-C) and loss from the punishment (C-N), points of real income a year; least \
             discount factor that holds it. Punishment: {}. An answer after {:.0} days: the next period counts {:.3}",
            truce.punishment, question.detection_days, truce.delta
        ),
        "",
    );
    let mut rows = Vec::new();
    for deal in &truce.deals {
        for (player, side) in page.players().iter().zip(&deal.sides) {
            rows.push(vec![
                format!("{} {player}", deal.name),
                with_range(&side.temptation).replace('+', ""),
                with_range(&side.loss).replace('+', ""),
                least(side),
            ]);
        }
    }
    text += &columns(&["deal", "D-C", "C-N", "least delta"], &rows);
    for deal in &truce.deals {
        text += &paragraph(&finding(page, deal), "  ");
    }
    if truce.cases.len() < page.cases() {
        let searched = format!(
            "Best replies were searched in {} of {} cases: {}; sets = \"all\" searches all.",
            truce.cases.len(),
            page.cases(),
            truce.cases.join("; ")
        );
        text += &paragraph(&searched, "  ");
    }
    text
}

/// `0`, `0.88 (0.37 to 0.88)`, `none (0.87 to none)`.
fn least(side: &Side) -> String {
    let number = |delta: f64| match delta {
        0.0 => "0".to_owned(),
        small if small < 0.005 => "<0.01".to_owned(),
        delta => format!("{delta:.2}"),
    };
    let central = side.verdict.least_delta().map_or("none".to_owned(), number);
    let Some((low, high)) = side.critical else { return central };
    let (low, high) = (number(low), if side.lost > 0 { "none".to_owned() } else { number(high) });
    if low == high && low == central { central } else { format!("{central} ({low} to {high})") }
}

fn lag(side: &Side) -> String {
    match side.longest_lag_days {
        None => "none".to_owned(),
        Some(days) if days.is_infinite() => "any time".to_owned(),
        Some(days) if days > 3650.0 => "over ten years".to_owned(),
        Some(days) => format!("{days:.0} days"),
    }
}

/// The verdict in words, what breaks it, and what it turns on.
fn finding(page: &Page<'_>, deal: &Deal) -> String {
    let truce = &page.strategy.truce;
    let count = truce.cases.len();
    let sides: Vec<String> = page
        .players()
        .iter()
        .zip(&deal.sides)
        .map(|(player, side)| match side.verdict {
            Verdict::NotTempted => format!("{player} is not tempted to raise tariffs"),
            Verdict::PrefersWar => format!("{player} prefers the punishment"),
            Verdict::NoDelta => format!("the punishment is too short for {player}"),
            Verdict::From(_) => format!("{player} is tempted and can be deterred"),
        })
        .collect();
    let verdict = if deal.holds { "holds" } else { "breaks" };
    let mut text = format!("{} {verdict}: {}.", deal.title, sides.join(", "));
    text += &match deal.holding {
        0 => format!(" So {}: neither elasticities nor deficits turn it.", cases(count, count)),
        held if held == count => {
            format!(" So {}: neither elasticities nor deficits turn it.", cases(count, count))
        }
        held => format!(" Elasticities or deficits turn it: it holds {}.", cases(held, count)),
    };
    let lags: Vec<String> = page
        .players()
        .iter()
        .zip(&deal.sides)
        .map(|(player, side)| format!("{} for {player}", lag(side)))
        .collect();
    text += &format!(" Longest time from a breach to the answer: {}.", list(&lags));
    let turning: Vec<String> = page
        .players()
        .iter()
        .zip(&deal.sides)
        .filter(|(_, side)| side.loss.turns(1e-4))
        .map(|(player, _)| (*player).to_owned())
        .collect();
    if !turning.is_empty() {
        text +=
            &format!(" Whether the punishment hurts {} hangs on elasticities or deficits.", list(&turning));
    }
    let breaks: Vec<String> = page
        .players()
        .iter()
        .zip(&deal.sides)
        .enumerate()
        .filter_map(|(at, (player, side))| {
            let weight = side.least_weight?;
            Some(format!(
                "{player} counts {}'s loss at {weight:.2} of its own or more",
                page.players()[1 - at]
            ))
        })
        .collect();
    if !breaks.is_empty() {
        text += &format!(" A small rise of all tariffs pays if {}.", breaks.join(", or "));
    }
    text += &match deal.watched {
        Watched::Idle => " Nobody is tempted, so noise does no harm: no false alarms.".to_owned(),
        Watched::Useless => " No trigger deters, whatever is seen.".to_owned(),
        Watched::Trigger { false_alarms, months_at_war, most_noise } => {
            let most = match most_noise {
                noise if noise > 10.0 => "ten times that and more".to_owned(),
                noise => format!("up to {:.0} %", 100.0 * noise),
            };
            let alarms = match false_alarms {
                rare if rare < RARE => "hardly any false alarm".to_owned(),
                some => format!("{some:.2} false alarms and {months_at_war:.1} months of punishment a year"),
            };
            format!(
                " Seen through noise of {:.0} % of what cheating takes away there is {alarms}; it bears {most}.",
                100.0 * page.strategy.question.noise
            )
        }
    };
    text
}
