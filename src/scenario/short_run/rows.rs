//! The weeks as rows of the long table.
//!
//! `run` is `short_run`, `week` counts from 1 and `date` is its first day. Medians
//! over draws stand in `value`, their 5 and 95 % quantiles in `low` and `high`.
//! What is summed up to a week stands in that week.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::ToSpan;

use super::run::{Weeks, horizons};
use crate::network::Ensemble;
use crate::network::draws::HORIZONS;
use crate::results::{Results, Row, Variable};

/// Median, 5 and 95 % quantile.
type Spread = [f64; 3];

struct Table<'a> {
    weeks: &'a Weeks<'a>,
    rows: Vec<Row>,
}

/// All rows: value added of every region, outputs of the actors, losses, leverage.
/// `unanswered` is the same without the measures that are retaliation. Outputs that move
/// less than `worth_a_row` per cent in every week are left out.
pub(super) fn of(
    weeks: &Weeks<'_>,
    ensemble: &Ensemble,
    unanswered: Option<&Ensemble>,
    actors: &[usize],
    worth_a_row: f64,
) -> Results {
    let world = weeks.world;
    let (regions, sectors) = (world.region_count(), world.sector_count());
    let mut table = Table { weeks, rows: Vec::new() };
    // Steps of a day are told by the last of each week.
    let per_week = (7.0 / weeks.question.step_days).round() as usize;
    let last_steps: Vec<usize> = (0..weeks.question.weeks).map(|week| (week + 1) * per_week - 1).collect();
    let quantiles =
        |series: &[f64], at: usize| -> Spread { [series[3 * at + 1], series[3 * at], series[3 * at + 2]] };
    for region in 0..regions {
        for (week, step) in last_steps.iter().enumerate() {
            let spread = quantiles(&ensemble.value_added, step * regions + region);
            table.add(Variable::ValueAdded, week + 1, region, None, None, spread.map(percent));
        }
    }
    let carved: BTreeSet<usize> = world.carved_positions().map(|(child, _, _)| child).collect();
    for &region in actors {
        for sector in 0..sectors {
            let row = region * sectors + sector;
            let path: Vec<Spread> = last_steps
                .iter()
                .map(|step| quantiles(&ensemble.output, step * ensemble.rows + row).map(percent))
                .collect();
            let moves = path.iter().flatten().any(|change| change.abs() >= worth_a_row);
            if moves || carved.contains(&sector) {
                for (week, spread) in path.into_iter().enumerate() {
                    table.add(Variable::GrossOutput, week + 1, region, None, Some(sector), spread);
                }
            }
        }
    }
    for (place, week) in horizons(weeks.question.weeks) {
        for region in 0..regions {
            let at = place * regions + region;
            let (lost, made) = (quantiles(&ensemble.lost, at), quantiles(&ensemble.caught_up, at));
            table.add(Variable::ValueAddedLost, week as usize, region, None, None, lost);
            table.add(Variable::CaughtUp, week as usize, region, None, None, made);
        }
        table.costs(ensemble, unanswered, place, week as usize, actors);
        for &target in actors.iter().filter(|actor| **actor != weeks.sender) {
            table.leverage(ensemble, place, week, target);
        }
    }
    Results { rows: table.rows }
}

/// Change against undisturbed.
fn percent(share: f64) -> f64 {
    100.0 * (share - 1.0)
}

impl Table<'_> {
    fn add(
        &mut self,
        variable: Variable,
        week: usize,
        region: usize,
        partner: Option<usize>,
        sector: Option<usize>,
        [value, low, high]: Spread,
    ) {
        let world = self.weeks.world;
        let code = |place: Option<usize>, labels: &crate::world::labels::Labels| -> Arc<str> {
            place.map_or("", |place| labels.code(place)).into()
        };
        let date = self.weeks.question.from.saturating_add((7 * (week as i64 - 1)).days());
        self.rows.push(Row {
            run: "short_run".into(),
            scenario: "".into(),
            reading: "".into(),
            date: Some(date),
            week: Some(week as u32),
            region: code(Some(region), &world.regions),
            partner: code(partner, &world.regions),
            sector: code(sector, &world.sectors),
            variable,
            value,
            low: Some(low),
            high: Some(high),
        });
    }

    /// What the sender's loss is made of, and what retaliation adds to losses.
    fn costs(
        &mut self,
        ensemble: &Ensemble,
        unanswered: Option<&Ensemble>,
        place: usize,
        week: usize,
        actors: &[usize],
    ) {
        let sender = self.weeks.sender;
        let side = |part: usize| {
            let of = |draw: usize| ensemble.side_by_draw[draw * HORIZONS.len() + place][part];
            spread((0..ensemble.draws).map(of).collect())
        };
        self.add(Variable::BlockedLost, week, sender, None, None, side(0));
        self.add(Variable::UnsoldStock, week, sender, None, None, side(1));
        let Some(unanswered) = unanswered else { return };
        for &actor in actors {
            let added =
                |draw: usize| lost(ensemble, place, draw, actor) - lost(unanswered, place, draw, actor);
            let added = spread((0..ensemble.draws).map(added).collect());
            self.add(Variable::RetaliationLost, week, actor, None, None, added);
        }
    }

    /// Loss of a target over that of the sender, draw by draw; none where a draw
    /// leaves the sender without a loss.
    fn leverage(&mut self, ensemble: &Ensemble, place: usize, week: u32, target: usize) {
        let sender = self.weeks.sender;
        let value_added = |region: usize| -> f64 {
            let graph = &self.weeks.network.graph;
            let nodes = graph.value_added.iter().zip(&self.weeks.network.node_region);
            nodes.filter(|(_, of)| **of as usize == region).map(|(value, _)| value).sum()
        };
        let a_head = value_added(sender) / value_added(target);
        let cost = |draw: usize| lost(ensemble, place, draw, sender);
        if (0..ensemble.draws).any(|draw| cost(draw) <= 0.0) {
            return;
        }
        let over = |cost: &dyn Fn(usize) -> f64| {
            let ratio = |draw: usize| lost(ensemble, place, draw, target) / cost(draw);
            spread((0..ensemble.draws).map(ratio).collect())
        };
        let gross = over(&cost);
        let unsold = |draw: usize| ensemble.side_by_draw[draw * HORIZONS.len() + place][1];
        let with_stocks = over(&|draw| cost(draw) + unsold(draw));
        for (variable, spread) in [
            (Variable::Leverage, gross),
            (Variable::LeveragePerValueAdded, gross.map(|ratio| ratio * a_head)),
            (Variable::LeverageWithStocks, with_stocks),
        ] {
            self.add(variable, week as usize, sender, Some(target), None, spread);
        }
    }
}

/// Value added that a region has lost in a draw by a horizon.
fn lost(ensemble: &Ensemble, place: usize, draw: usize, region: usize) -> f64 {
    ensemble.lost_by_draw[(draw * HORIZONS.len() + place) * ensemble.regions + region]
}

/// Of the values of all draws, of which there is one at least.
fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64).round() as usize];
    [at(0.5), at(0.05), at(0.95)]
}
