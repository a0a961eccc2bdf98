//! The strategy as rows of the long table.
//!
//! `region` is the side, `partner` the other; `run` says what both do:
//!
//! | rows | `run` |
//! |---|---|
//! | payoffs of the rungs | `truce/embargo`: the first player's rung, the second's |
//! | replies, tariffs, climbs | the rung |
//! | single taxes, concessions | `tariff`, `export_tax` |
//! | frontier | `frontier 1` to `frontier 7`, `status quo`, `trade war`, or a deal |
//! | truce | the deal; of margins the deal and the assumption, `truce (deficits zero)` |
//! | delay | the rung of the standoff; of shares `weeks` and `long run` |

use super::Spread;
use super::run::Strategy;
use super::threats::Tax;
use super::truce::{Factor, Watched};
use crate::results::{Results, Row, Variable};
use crate::scenario::Scenario;
use crate::world::World;

struct Table<'a> {
    scenario: &'a Scenario,
    world: &'a World,
    players: &'a [String; 2],
    rows: Vec<Row>,
}

/// Where a number stands besides its variable.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    run: &'a str,
    region: &'a str,
    partner: &'a str,
    sector: &'a str,
    week: Option<u32>,
}

impl<'a> Table<'a> {
    fn add(&mut self, place: Place<'_>, variable: Variable, value: f64, range: Option<(f64, f64)>) {
        // What is infinite or nowhere is no number: its row is left out.
        if !value.is_finite() {
            return;
        }
        let status_quo = self.scenario.strategy.as_ref().map_or(0, |question| question.status_quo);
        self.rows.push(Row {
            run: place.run.into(),
            scenario: self.scenario.name.as_str().into(),
            reading: "".into(),
            date: Some(self.scenario.phases[status_quo].date),
            week: place.week,
            region: place.region.into(),
            partner: place.partner.into(),
            sector: place.sector.into(),
            variable,
            value,
            low: range.map(|(low, _)| low),
            high: range.map(|(_, high)| high),
        });
    }

    fn spread(&mut self, place: Place<'_>, variable: Variable, spread: Spread) {
        self.add(place, variable, spread.value, Some((spread.low, spread.high)));
    }

    /// A side against the other.
    fn side(&self, run: &'a str, side: usize) -> Place<'a> {
        let (region, partner) = (self.players[side].as_str(), self.players[1 - side].as_str());
        Place { run, region, partner, ..Place::default() }
    }
}

/// All rows.
pub(super) fn of(strategy: &Strategy, scenario: &Scenario, world: &World) -> Results {
    let players = &strategy.question.players;
    let mut table = Table { scenario, world, players, rows: Vec::new() };
    ladder(strategy, &mut table);
    threats(strategy, &mut table);
    frontier(strategy, &mut table);
    truce(strategy, &mut table);
    delay(strategy, &mut table);
    Results { rows: table.rows }
}

fn ladder<'a>(strategy: &'a Strategy, table: &mut Table<'a>) {
    let ladder = &strategy.ladder;
    for (first, row) in ladder.payoffs.iter().enumerate() {
        for (second, pair) in row.iter().enumerate() {
            let run = format!("{}/{}", ladder.rungs[first].name, ladder.rungs[second].name);
            for (side, payoff) in pair.iter().enumerate() {
                let region = table.players[side].as_str();
                let place = Place { run: &run, region, ..Place::default() };
                table.spread(place, Variable::RungPayoff, *payoff);
            }
        }
    }
    for (rung, regions) in ladder.regions.iter().enumerate() {
        let run = format!("{0}/{0}", ladder.rungs[rung].name);
        for (region, payoff) in regions.iter().enumerate() {
            let region = table.world.regions.code(region);
            if !table.players.iter().any(|player| player == region) {
                table.spread(Place { run: &run, region, ..Place::default() }, Variable::RungPayoff, *payoff);
            }
        }
    }
    for side in [0, 1] {
        for (rung, of) in ladder.rungs.iter().enumerate() {
            let place = table.side(&of.name, side);
            if let Some(tariff) = of.tariffs[side] {
                table.add(place, Variable::RungTariff, tariff, None);
            }
            let reply = ladder.replies[side][rung] + 1;
            table.add(place, Variable::BestReplyRung, reply as f64, None);
        }
        let place = Place { run: "", ..table.side("", side) };
        table.add(place, Variable::ClimbsTo, (ladder.climbs_to[side] + 1) as f64, None);
    }
}

fn threats<'a>(strategy: &'a Strategy, table: &mut Table<'a>) {
    let threats = &strategy.threats;
    for side in [0, 1] {
        for climb in &threats.climbs[side] {
            let place = table.side(&climb.rung, side);
            table.spread(place, Variable::ThreatHarm, climb.harm);
            table.spread(place, Variable::ThreatCost, climb.cost);
        }
        for Tax { is_export_tax, sector, harm, cost } in threats.taxes[side].iter().copied() {
            let run = if is_export_tax { "export_tax" } else { "tariff" };
            let place = Place { sector: table.world.sectors.code(sector), ..table.side(run, side) };
            table.add(place, Variable::ThreatHarm, harm, None);
            table.add(place, Variable::ThreatCost, cost, None);
        }
        for concession in &threats.concessions[side] {
            let sector = table.world.sectors.code(concession.sector);
            let place = Place { sector, ..table.side("tariff", side) };
            // One per cent of 1 + t, in per cent of income.
            table.add(place, Variable::ConcessionGiven, concession.giver, None);
            table.add(place, Variable::ConcessionReceived, -concession.receiver, None);
        }
    }
    if let Some(bite) = &threats.bite
        && let Some(week) = bite.week[0]
    {
        let ends = bite.week[1].zip(bite.week[2]).map(|(low, high)| (f64::from(low), f64::from(high)));
        table.add(table.side("short_run", bite.side), Variable::WeeksToBite, f64::from(week), ends);
    }
}

fn frontier<'a>(strategy: &'a Strategy, table: &mut Table<'a>) {
    let points = strategy.frontier.points.iter().enumerate();
    let points = points.map(|(place, gains)| (format!("frontier {}", place + 1), *gains));
    for (run, gains) in points.chain(strategy.frontier.marks.iter().cloned()) {
        for (side, gain) in gains.into_iter().enumerate() {
            let region = table.players[side].as_str();
            table.add(Place { run: &run, region, ..Place::default() }, Variable::FrontierGain, gain, None);
        }
    }
}

fn truce<'a>(strategy: &'a Strategy, table: &mut Table<'a>) {
    for deal in &strategy.truce.deals {
        for (side, of) in deal.sides.iter().enumerate() {
            let place = table.side(&deal.name, side);
            table.spread(place, Variable::Temptation, of.temptation);
            table.spread(place, Variable::PunishmentLoss, of.loss);
            if let Some(delta) = of.verdict.least_delta() {
                table.add(place, Variable::CriticalDiscount, delta, of.critical);
            }
            if let Some(days) = of.longest_lag_days {
                table.add(place, Variable::LongestLag, days, None);
            }
            if let Some(weight) = of.least_weight {
                table.add(place, Variable::LeastWeight, weight, None);
            }
            for other in &of.alternatives {
                let run = match other.factor {
                    Factor::Central => deal.name.clone(),
                    Factor::Elasticities => format!("{} (elasticities {})", deal.name, other.label),
                    Factor::Deficits => format!("{} (deficits {})", deal.name, other.label),
                    Factor::Standing => format!("{} (standing {})", deal.name, other.label),
                };
                let place = Place { run: &run, ..place };
                table.add(place, Variable::TruceMargin, other.margin, None);
            }
        }
        if let Watched::Trigger { false_alarms, .. } = deal.watched {
            let place = Place { run: &deal.name, ..Place::default() };
            table.add(place, Variable::FalseAlarms, false_alarms, None);
        }
    }
}

fn delay<'a>(strategy: &'a Strategy, table: &mut Table<'a>) {
    let delay = &strategy.delay;
    for side in [0, 1] {
        let place = table.side(&delay.standoff, side);
        for (week, loss) in delay.weekly_musd[side].iter().enumerate() {
            let place = Place { week: Some(week as u32 + 1), ..place };
            table.spread(place, Variable::CostOfDelay, *loss);
        }
        table.spread(place, Variable::CostOfDelay, delay.beyond_musd[side]);
        table.spread(place, Variable::CostOfConceding, delay.concession_musd[side]);
        if let [Some(week), early, late] = delay.pressure[side] {
            let ends = early.zip(late).map(|(early, late)| (early as f64, late as f64));
            table.add(place, Variable::PressureWeek, week as f64, ends);
        }
        for (run, shares) in [("weeks", delay.shares[0]), ("long run", delay.shares[1])] {
            if let Some((first, second)) = shares {
                let share = if side == 0 { first } else { second };
                table.add(table.side(run, side), Variable::BargainingShare, 100.0 * share, None);
            }
        }
    }
}
