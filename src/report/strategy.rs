//! What can each side do to the other, and would a deal hold? Cards, each a table.

use super::Report;
use super::figure::{Cell, Figure, Section, Table};
use super::words::{Number, list, plain};
use crate::results::{Row, Variable};
use crate::scenario::strategy::Punishment;

/// Days beyond which a lag is not told exactly.
const TEN_YEARS: f64 = 3652.0;

/// The two sides and the rows of their strategy.
struct Cards<'a> {
    report: &'a Report<'a>,
    players: [&'a str; 2],
    names: [String; 2],
    basis: String,
}

/// Whether deals hold, in a sentence.
pub(super) fn finding(report: &Report<'_>) -> Option<String> {
    let cards = Cards::of(report)?;
    let deals = cards.deals();
    let told: Vec<String> = deals.iter().map(|deal| cards.verdict(deal)).collect();
    (!told.is_empty()).then(|| format!("Would a deal hold, for real income alone? {}.", told.join("; ")))
}

/// The section; none without `[strategy]`.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let cards = Cards::of(report)?;
    let figures: Vec<Figure> =
        [cards.deals_card(), cards.payoffs(), cards.threats(), cards.frontier(), cards.delay()]
            .into_iter()
            .flatten()
            .collect();
    (!figures.is_empty()).then(|| Section {
        id: "strategy",
        title: "What each side can do, and whether a deal holds".to_owned(),
        text: vec![
            "Verdicts are about incentives in the model, never about intentions: each side counts real income of \
             the long run, and everybody else keeps the taxes of the day."
                .to_owned(),
        ],
        figures,
        ..Section::default()
    })
}

impl<'a> Cards<'a> {
    fn of(report: &'a Report<'a>) -> Option<Self> {
        let question = report.scenario.strategy.as_ref()?;
        let players = [question.players[0].as_str(), question.players[1].as_str()];
        let status_quo = &report.scenario.phases[question.status_quo];
        let basis = format!("long run, against {} of {}", status_quo.title, status_quo.date);
        Some(Self { report, players, names: players.map(|code| report.region(code)), basis })
    }

    fn rows(&self, variable: Variable) -> impl Iterator<Item = &'a Row> {
        self.report.results.rows.iter().filter(move |row| row.variable == variable)
    }

    fn row(&self, variable: Variable, run: &str, side: usize) -> Option<&'a Row> {
        let code = self.players[side];
        self.rows(variable).find(|row| {
            &*row.run == run && &*row.region == code && row.sector.is_empty() && row.week.is_none()
        })
    }

    fn number(&self, variable: Variable, run: &str, side: usize) -> Option<Number> {
        self.row(variable, run, side).map(|row| Number::of(row, 1.0))
    }

    /// Values of `run` of a variable, in the order of the table.
    fn runs(&self, variable: Variable) -> Vec<&'a str> {
        let mut runs: Vec<&str> = Vec::new();
        for row in self.rows(variable).filter(|row| row.sector.is_empty()) {
            if !runs.contains(&&*row.run) {
                runs.push(&row.run);
            }
        }
        runs
    }

    fn deals(&self) -> Vec<&'a str> {
        self.runs(Variable::Temptation)
    }

    /// `Truce holds: neither side is tempted`.
    fn verdict(&self, deal: &str) -> String {
        let side = |side: usize| match self.row(Variable::CriticalDiscount, deal, side) {
            None => format!("no patience keeps {} to it", self.names[side]),
            Some(row) if row.value <= 0.0 => format!("{} is not tempted", self.names[side]),
            Some(row) => format!(
                "{} keeps to it if the next period counts at least {} of this one",
                self.names[side],
                Number::of(row, 1.0).plain()
            ),
        };
        let least = [0, 1].map(|side| self.row(Variable::CriticalDiscount, deal, side).map(|row| row.value));
        let verdict = match least {
            [Some(0.0), Some(0.0)] => "neither side is tempted to break it".to_owned(),
            _ => list(&[side(0), side(1)]),
        };
        format!("{}: {verdict}", self.report.phase_title(deal))
    }

    fn deals_card(&self) -> Option<Figure> {
        let deals = self.deals();
        let mut table = Table::new([
            "Deal and side",
            "Gain of breaking it, points",
            "Loss from the punishment, points a year",
            "Least discount factor",
            "Longest lag of an answer, days",
        ]);
        let dot = || Cell::text("·");
        for (deal, side) in deals.iter().flat_map(|deal| [(deal, 0), (deal, 1)]) {
            let level = |variable| self.number(variable, deal, side).map_or_else(dot, Cell::level);
            let least = match self.number(Variable::CriticalDiscount, deal, side) {
                None => Cell::text("none would do"),
                Some(number) => Cell::level(number),
            };
            let lag = match (
                self.row(Variable::LongestLag, deal, side),
                self.row(Variable::CriticalDiscount, deal, side),
            ) {
                (Some(row), _) if row.value > TEN_YEARS => {
                    Cell::exact(row.value, "over ten years".to_owned())
                }
                (Some(row), _) => Cell::exact(row.value, plain(row.value, 0)),
                (None, Some(row)) if row.value <= 0.0 => Cell::text("any"),
                (None, _) => dot(),
            };
            table.rows.push(vec![
                Cell::text(format!("{}: {}", self.report.phase_title(deal), self.names[side])),
                level(Variable::Temptation),
                level(Variable::PunishmentLoss),
                least,
                lag,
            ]);
        }
        let punishment = match self.report.scenario.strategy.as_ref()?.punishment {
            Punishment::Phase(phase) => self.report.scenario.phases[phase].title.as_str(),
            Punishment::Nash => "the trade war",
        };
        let told: Vec<String> = deals.iter().map(|deal| self.verdict(deal)).collect();
        Some(Figure {
            id: "deals".to_owned(),
            title: self.verdict(deals.first()?),
            subtitle: format!("Percentage points of real income; {}; punishment: {punishment}", self.basis),
            summary: format!("{}.", told.join("; ")),
            chart: None,
            table,
        })
    }

    fn payoffs(&self) -> Option<Figure> {
        let runs = self.runs(Variable::RungPayoff);
        let pairs: Vec<(&str, &str)> = runs.iter().filter_map(|run| run.split_once('/')).collect();
        let mut rungs: Vec<&str> = Vec::new();
        pairs.iter().for_each(|(first, _)| {
            if !rungs.contains(first) {
                rungs.push(first);
            }
        });
        let mut table = Table::new([
            format!("Rung of {}", self.names[0]),
            format!("Rung of {}", self.names[1]),
            format!("{}, %", self.names[0]),
            format!("{}, %", self.names[1]),
        ]);
        for (first, second) in &pairs {
            let run = format!("{first}/{second}");
            let cell = |side| Cell::of(self.number(Variable::RungPayoff, &run, side));
            table.rows.push(vec![Cell::text(*first), Cell::text(*second), cell(0), cell(1)]);
        }
        let rung = |number: f64| rungs.get((number - 1.0).max(0.0) as usize).copied().unwrap_or("");
        let climbs = |side: usize| {
            let row = self.rows(Variable::ClimbsTo).find(|row| &*row.region == self.players[side])?;
            Some(format!("{} no further than “{}”", self.names[side], rung(row.value)))
        };
        let replies = |side: usize| {
            let each =
                rungs.iter().filter_map(|run| Some((*run, self.row(Variable::BestReplyRung, run, side)?)));
            let each: Vec<(&str, &str)> = each.map(|(run, row)| (run, rung(row.value))).collect();
            match each.as_slice() {
                [(_, first), rest @ ..] if rest.iter().all(|(_, reply)| reply == first) => {
                    format!("{} answers every rung best with “{first}”", self.names[side])
                }
                _ => {
                    let told: Vec<String> =
                        each.iter().map(|(run, reply)| format!("“{reply}” to “{run}”")).collect();
                    format!("{} answers best with {}", self.names[side], list(&told))
                }
            }
        };
        Some(Figure {
            id: "ladder".to_owned(),
            title: format!("Who climbs the ladder willingly: {}", list(&[climbs(0)?, climbs(1)?])),
            subtitle: format!("Real income with each side on a rung, per cent; {}", self.basis),
            summary: format!("{}; {}.", replies(0), replies(1)),
            chart: None,
            table,
        })
    }

    fn threats(&self) -> Option<Figure> {
        let runs = self.runs(Variable::ThreatHarm);
        let mut table = Table::new([
            "Threat",
            "The other loses, points",
            "It costs itself, points",
            "Harm for a unit of cost",
        ]);
        let mut best: [Option<(f64, String)>; 2] = [None, None];
        for (side, run) in [0, 1].into_iter().flat_map(|side| runs.iter().map(move |run| (side, run))) {
            let (harm, cost) =
                (self.number(Variable::ThreatHarm, run, side), self.number(Variable::ThreatCost, run, side));
            let Some((harm, cost)) = harm.zip(cost) else { continue };
            let ratio = match cost.value {
                cost if cost > 0.0 => {
                    let ratio = harm.value / cost;
                    if best[side].as_ref().is_none_or(|(most, _)| ratio > *most) {
                        best[side] = Some((ratio, (*run).to_owned()));
                    }
                    Cell::exact(ratio, plain(ratio, 2))
                }
                _ => Cell::text("it gains"),
            };
            let label = Cell::text(format!("{}: {run}", self.names[side]));
            table.rows.push(vec![label, Cell::level(harm), Cell::level(cost), ratio]);
        }
        let told = |side: usize| {
            let (ratio, run) = best[side].as_ref()?;
            Some(format!("{} {} on “{run}”", self.names[side], plain(*ratio, 2)))
        };
        let told: Vec<String> = [told(0), told(1)].into_iter().flatten().collect();
        Some(Figure {
            id: "threats".to_owned(),
            title: format!("Most harm to the other for a unit of own cost: {}", list(&told)),
            subtitle: format!("Percentage points of real income lost; {}", self.basis),
            summary:
                "A ratio above 1 hurts the other more than oneself; single tariffs and export taxes are in \
                      results.csv as threat_harm and threat_cost."
                    .to_owned(),
            chart: None,
            table: Some(table).filter(|table| !table.rows.is_empty())?,
        })
    }

    fn frontier(&self) -> Option<Figure> {
        let runs = self.runs(Variable::FrontierGain);
        let mut table = Table::new([
            "Point".to_owned(),
            format!("{}, %", self.names[0]),
            format!("{}, %", self.names[1]),
        ]);
        for run in &runs {
            let cell = |side| Cell::of(self.number(Variable::FrontierGain, run, side));
            table.rows.push(vec![Cell::text(self.report.phase_title(run)), cell(0), cell(1)]);
        }
        let most = |side: usize| {
            let of = |run: &&str| self.number(Variable::FrontierGain, run, side).map(|number| number.value);
            runs.iter().filter_map(of).max_by(f64::total_cmp).map(|gain| plain(gain, 2))
        };
        Some(Figure {
            id: "frontier".to_owned(),
            title: format!(
                "A deal could give {} at most {} % and {} at most {} %",
                self.names[0],
                most(0)?,
                self.names[1],
                most(1)?
            ),
            subtitle: format!("Gain of real income, per cent; {}", self.basis),
            summary: "On the frontier neither side can gain more without the other gaining less; the other rows are \
                      the status quo, the trade war and the deals of the scenario."
                .to_owned(),
            chart: None,
            table,
        })
    }

    fn delay(&self) -> Option<Figure> {
        let standoff = *self.runs(Variable::CostOfConceding).first()?;
        let mut table = Table::new([
            "Side",
            "Giving in costs, billion USD",
            "A week of the long run costs, billion USD",
            "Waiting has cost more from week",
            "Share of a deal, costs of the weeks, %",
            "Share of a deal, costs of the long run, %",
        ]);
        let dot = || Cell::text("·");
        let billions = |variable, side| self.row(variable, standoff, side).map(|row| Number::of(row, 1e3));
        for side in [0, 1] {
            let share = |run| self.number(Variable::BargainingShare, run, side).map_or_else(dot, Cell::level);
            table.rows.push(vec![
                Cell::text(&self.names[side]),
                billions(Variable::CostOfConceding, side).map_or_else(dot, Cell::level),
                billions(Variable::CostOfDelay, side).map_or_else(dot, Cell::level),
                self.number(Variable::PressureWeek, standoff, side).map_or_else(dot, Cell::level),
                share("weeks"),
                share("long run"),
            ]);
        }
        let pressed = |side: usize| match self.number(Variable::PressureWeek, standoff, side) {
            Some(number) => format!("{} from week {}", self.names[side], number.plain()),
            None => format!("{} never", self.names[side]),
        };
        let pressed = list(&[pressed(0), pressed(1)]);
        Some(Figure {
            id: "delay".to_owned(),
            title: format!("Waiting costs more than giving in: {pressed}"),
            subtitle: format!("Both on “{standoff}”; {}", self.basis),
            summary: format!(
                "What waiting has cost reaches what giving in costs for {pressed}; the shares are those of two sides \
                 that make offers by turns."
            ),
            chart: None,
            table,
        })
    }
}
