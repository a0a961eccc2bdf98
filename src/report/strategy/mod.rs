//! What can each side do to the other, and would a deal hold? One file a card.
//!
//! Cards are drawn from [`Strategy`]: the verdicts and best replies are those of the
//! engine, the numbers the same as in the rows of the result table.

mod concessions;
mod deals;
mod delay;
mod frontier;
mod ladder;
mod threats;
mod turning;

use super::Report;
use super::figure::{Figure, Section};
use super::words::in_sentence;
use crate::scenario::Strategy;
use crate::scenario::strategy::truce::{Deal, Side};
use crate::strategy::truce::Verdict;

/// The two sides and what was found of them.
struct Cards<'a> {
    report: &'a Report<'a>,
    strategy: &'a Strategy,
    /// Names as titles have them.
    names: [String; 2],
    /// Names as sentences have them.
    said: [String; 2],
    /// What is compared with what, for subtitles.
    basis: String,
}

/// Whether deals hold, in a sentence.
pub(super) fn finding(report: &Report<'_>) -> Option<String> {
    let cards = Cards::of(report)?;
    let deals = &cards.strategy.truce.deals;
    let told: Vec<String> = deals.iter().map(|deal| cards.verdict(deal)).collect();
    (!told.is_empty())
        .then(|| format!("Would a deal hold, if both sides look at real income alone? {}.", told.join("; ")))
}

/// The section; none without `[strategy]`.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let cards = Cards::of(report)?;
    let figures: Vec<Figure> = [
        deals::figure(&cards),
        turning::figure(&cards),
        ladder::figure(&cards),
        threats::steps(&cards),
        threats::taxes(&cards),
        concessions::figure(&cards),
        frontier::figure(&cards),
        delay::figure(&cards),
    ]
    .into_iter()
    .flatten()
    .collect();
    let [first, second] = &cards.said;
    let status_quo = &report.scenario.phases[cards.strategy.question.status_quo];
    let aim = match cards.strategy.question.standing {
        0.0 => "each side looks at its own real income of the long run alone".to_owned(),
        weight => format!("each side counts {weight} of the other's real income against its own"),
    };
    Some(Section {
        id: "strategy",
        title: "What each side can do, and whether a deal holds".to_owned(),
        text: vec![
            format!(
                "A game between {first} and {second}: {aim}, and everybody else keeps the taxes of {} ({}), with which all \
                 numbers are compared. Ranges are over {} cases: {} sets of elasticities, trade deficits {}.",
                status_quo.title,
                status_quo.date,
                cards.strategy.ladder.cases,
                cards.strategy.sets.len(),
                cards.strategy.deficits.join(" or ")
            ),
            "Verdicts are about incentives in the model, never about intentions.".to_owned(),
        ],
        figures,
        ..Section::default()
    })
}

impl<'a> Cards<'a> {
    fn of(report: &'a Report<'a>) -> Option<Self> {
        let strategy = report.strategy?;
        let names = [0, 1].map(|side| report.region(&strategy.question.players[side]));
        let said = [0, 1].map(|side| in_sentence(&names[side]));
        let status_quo = &report.scenario.phases[strategy.question.status_quo];
        let basis = format!("long run, against {} ({})", status_quo.title, status_quo.date);
        Some(Self { report, strategy, names, said, basis })
    }

    /// `Truce: neither side has a reason to break it`.
    fn verdict(&self, deal: &Deal) -> String {
        let of = |at: usize| {
            let (side, name) = (&deal.sides[at], &self.said[at]);
            match side.verdict {
                Verdict::NotTempted => format!("{name} has no reason to break it"),
                Verdict::PrefersWar => format!("for {name} the punishment is no worse than the deal"),
                Verdict::NoDelta => format!("the punishment is too short to deter {name}"),
                Verdict::From(_) if self.keeps(side) => {
                    format!("{name} would gain by breaking it, but the answer would cost more")
                }
                Verdict::From(_) => format!("{name} would gain more by breaking it than the answer costs"),
            }
        };
        let untempted = |side: &Side| side.verdict == Verdict::NotTempted;
        let reasons = match deal.sides.iter().all(untempted) {
            true => "neither side has a reason to break it".to_owned(),
            false => format!("{}, and {}", of(0), of(1)),
        };
        let holds = if deal.holds { "holds" } else { "breaks" };
        format!("“{}” {holds}: {reasons}", deal.title)
    }

    /// True if the side keeps the deal as patience and time to answer were asked for.
    fn keeps(&self, side: &Side) -> bool {
        side.verdict.holds_at(self.strategy.truce.delta)
    }
}
