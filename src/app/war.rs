//! Where would a trade war of the regions of a scenario end?
//!
//! The game of [`strategy`](crate::strategy) on a phase: everybody else keeps the taxes of
//! that day, the players set their tariffs on goods, from 0 to 500 per cent, until nobody
//! gains by leaving. Incomes are against the phase itself. Limits on a quantity are left
//! out, but for bans: a limit that binds has no closed form to reply to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answer::{How, Scene, html, stopped_or, today};
use super::memory::Memory;
use super::problem::Problem;
use crate::equilibrium::{Calibration, Closure, Numeraire, Options};
use crate::report::figure::{Cell, Figure, Section, Table};
use crate::report::part::Part;
use crate::report::words::{Number, list, signed};
use crate::report::{Source, drawings};
use crate::scenario::answer::{Asked, Question};
use crate::strategy::nash::{Candidate, Search, search};
use crate::strategy::play::Pace;
use crate::strategy::player::Player;
use crate::strategy::reply::STARTS;
use crate::strategy::{CaliendoParro, Economy, Policy, StrategyError};
use crate::world::World;

/// Players up to which the search is thorough.
const FEW: usize = 8;
/// Highest tariff that a player may set, fraction.
const HIGHEST: f64 = 5.0;
/// Bars that are drawn.
const MOST_BARS: usize = 20;

/// Who plays, and from which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct War {
    /// Name of the phase; `None`: the one compared with.
    pub phase: Option<String>,
    /// Codes of the players, or `*` for all regions; empty: the scenario's actors.
    pub players: Vec<String>,
}

impl War {
    /// The war of a scenario, as an object of sections and drawings.
    ///
    /// # Errors
    /// A [`Problem`]: of the scenario, of a name, or that there is no equilibrium.
    pub fn fight(&self, scene: &Scene, memory: &Memory, how: &How) -> Result<Value, Problem> {
        let asked = Asked { weeks: false, strategy: false, ..Asked::default() };
        let (question, toml) = scene.question(memory, &asked)?;
        let game = self.open(&question, how)?;
        how.progress.begin("the trade war", 0);
        let search_for = if game.players.len() > FEW {
            Search::quick(&game.pace)
        } else {
            Search::thorough(&STARTS, &game.pace)
        };
        let base = game.economy.base().clone();
        let found =
            search(&game.economy, &game.players, &base, &search_for).map_err(|e| stopped_or(told(e), how))?;
        let Some(first) = found.equilibria.first() else {
            return Err(Problem::no_equilibrium(
                "every resting point is left by somebody: try fewer players, or another phase",
            ));
        };
        let section = game.section(first, found.equilibria.len());
        let source = Source {
            command: format!("a trade war on {}", scene.name),
            date: today(),
            inputs: [("scenario".to_owned(), question.hash.clone())].into(),
        };
        let footer = format!(
            "World {}; ledger {}; detente {}",
            question.world.world.name,
            question.scenario.ledger,
            env!("CARGO_PKG_VERSION")
        );
        let parts = [Part::from(section)];
        Ok(json!({
            "toml": toml,
            "title": question.scenario.title,
            "sections": html(&parts, &footer, &source)?,
            "charts": Value::Object(drawings(&parts)),
        }))
    }

    fn open<'q>(&self, question: &'q Question, how: &How) -> Result<Game<'q>, Problem> {
        let (scenario, world) = (&question.scenario, &question.world.world);
        let phase = match &self.phase {
            None => &scenario.phases[scenario.against],
            Some(name) => scenario.phases.iter().find(|phase| phase.name == *name).ok_or_else(|| {
                let known: Vec<String> = scenario.phases.iter().map(|phase| phase.name.clone()).collect();
                Problem::input(format!(
                    "the scenario has no phase `{}`; it has {}",
                    name.escape_debug(),
                    list(&known)
                ))
            })?,
        };
        let regions = self.regions(question)?;
        let ledger = &question.ledger.ledger;
        let of_input = |e: &dyn std::fmt::Display| Problem::input(e.to_string());
        let mut frame = ledger.state_with(world, phase.date, &phase.amendments).map_err(|e| of_input(&e))?;
        let mut left_out = BTreeSet::new();
        frame.caps.retain(|cap| {
            let stays = cap.quantity == 0.0;
            if !stays {
                left_out.insert(cap.measure.to_string());
            }
            stays
        });
        let theta = match &scenario.long_run.elasticities {
            Some(name) => world.elasticity_set(name).map(|set| &set.theta),
            None => world.elasticities.first().map(|set| &set.theta),
        };
        let theta = theta.ok_or_else(|| Problem::input("the world has no such elasticities"))?;
        let solved = |e: crate::equilibrium::EquilibriumError| {
            let problem = if e.is_about_input() {
                Problem::input(e.to_string())
            } else {
                Problem::no_equilibrium(e.to_string())
            };
            stopped_or(problem, how)
        };
        let calibration =
            Calibration::new(world, ledger.state(world, world.base_date), theta).map_err(solved)?;
        let closure = Closure { deficits: scenario.long_run.deficits, numeraire: Numeraire::WorldValueAdded };
        let options = Options {
            closure,
            variant: scenario.long_run.variant,
            arithmetic: how.arithmetic,
            ..Options::default()
        };
        let economy =
            CaliendoParro::within(calibration, frame, &options).map_err(told)?.watched(&how.progress);
        let (n, sectors) = (world.region_count(), world.sector_count());
        let goods: Vec<usize> = (0..sectors).filter(|sector| world.goods[*sector]).collect();
        let player = |region: &usize| {
            Player::government(*region, world.regions.code(*region), n, sectors)
                .with_tariffs(|lever| lever.within(&goods, sectors).between(0.0, HIGHEST))
        };
        Ok(Game {
            world,
            players: regions.iter().map(player).collect(),
            regions,
            economy,
            pace: Pace { arithmetic: how.arithmetic, ..Pace::default() },
            phase: format!("{} ({})", phase.title, phase.date),
            left_out: left_out.into_iter().collect(),
        })
    }

    /// Positions of the players.
    fn regions(&self, question: &Question) -> Result<Vec<usize>, Problem> {
        let world = &question.world.world;
        if self.players == ["*"] {
            return Ok((0..world.region_count()).collect());
        }
        let codes = if self.players.is_empty() { &question.scenario.actors } else { &self.players };
        let mut regions = Vec::new();
        for code in codes {
            let region = world
                .regions
                .find(code)
                .map_err(|e| Problem::input(format!("players: {e} (world {})", world.name)))?;
            if regions.contains(&region) {
                return Err(Problem::input(format!(
                    "players: {code} is there twice: a region is one player"
                )));
            }
            regions.push(region);
        }
        if regions.len() < 2 {
            return Err(Problem::input("players: a trade war needs two or more"));
        }
        Ok(regions)
    }
}

fn told(e: StrategyError) -> Problem {
    match e {
        StrategyError::Input(text) => Problem::input(text),
        other => Problem::no_equilibrium(other.to_string()),
    }
}

/// A war that can be fought.
struct Game<'w> {
    world: &'w World,
    /// Positions of the players among the regions.
    regions: Vec<usize>,
    players: Vec<Player>,
    economy: CaliendoParro,
    pace: Pace,
    /// Title and day of the phase.
    phase: String,
    /// Measures that limit a quantity and are left out.
    left_out: Vec<String>,
}

impl Game<'_> {
    fn section(&self, found: &Candidate, equilibria: usize) -> Section {
        let percent = |region: usize| 100.0 * (found.rest.outcome.real_income[region].exp() - 1.0);
        let exact = |value: f64| Number { value, range: (value, value) };
        let mut sorted = self.regions.clone();
        sorted.sort_by(|a, b| percent(*b).total_cmp(&percent(*a)));
        let mut drawn = sorted.clone();
        if drawn.len() > MOST_BARS {
            // Both ends: who gains and who loses most.
            drawn.drain(MOST_BARS / 2..sorted.len() - MOST_BARS / 2);
        }
        let name = |region: usize| self.world.regions.name(region).to_owned();
        let bars: Vec<Value> =
            drawn.iter().map(|region| json!({"label": name(*region), "value": percent(*region)})).collect();
        let mut table =
            Table::new(["Player", "real income, %", "tariff on the other players, %", "the same before, %"]);
        for region in &sorted {
            let tariff = |policy: &Policy| self.mean_tariff(*region, policy);
            table.rows.push(vec![
                Cell::text(name(*region)),
                Cell::change(exact(percent(*region))),
                Cell::level(exact(tariff(&found.rest.policy))),
                Cell::level(exact(tariff(self.economy.base()))),
            ]);
        }
        let losers = sorted.iter().filter(|region| percent(**region) < 0.0).count();
        let ends = [sorted.first(), sorted.last()].map(|end| {
            end.map_or(String::new(), |region| format!("{} {} %", name(*region), signed(percent(*region), 2)))
        });
        let figure = Figure {
            id: "trade-war".to_owned(),
            title: format!("In a war of all against all {losers} of {} players lose", sorted.len()),
            subtitle: format!(
                "Real income, per cent a year, against {}; every player at its best reply",
                self.phase
            ),
            summary: format!("Real income in the trade war runs from {} to {}.", ends[0], ends[1]),
            chart: Some(json!({
                "kind": "bars",
                "unit": "% of real income",
                "panels": [{"title": "Players", "rows": bars}],
            })),
            table,
        };
        let mut text = vec![format!(
            "Every player sets its tariffs on goods of all partners, from 0 to 500 per cent, until nobody gains by \
             leaving: conditions of first order hold to {:.0e}, and the most that anybody was found to gain by leaving \
             is {:.0e} percentage points. Everybody else keeps the taxes of {}.",
            found.kkt(),
            found.gap(),
            self.phase
        )];
        if equilibria > 1 {
            text.push(format!(
                "{equilibria} equilibria were found; this is the one with the lowest incomes."
            ));
        }
        if !self.left_out.is_empty() {
            text.push(format!("Limits on quantities are left out: {}.", list(&self.left_out)));
        }
        Section {
            id: "war",
            title: "A trade war".to_owned(),
            text,
            figures: vec![figure],
            ..Section::default()
        }
    }

    /// Mean tariff of a player on the goods of the others, weighted by base-year imports, per cent.
    fn mean_tariff(&self, region: usize, policy: &Policy) -> f64 {
        let (mut duty, mut imports) = (0.0, 0.0);
        for sector in (0..self.world.sector_count()).filter(|sector| self.world.goods[*sector]) {
            for partner in self.regions.iter().filter(|partner| **partner != region) {
                let cell = self.world.cell(sector, region, *partner);
                duty += self.world.trade_musd[cell] * policy.tariff[cell];
                imports += self.world.trade_musd[cell];
            }
        }
        if imports > 0.0 { 100.0 * duty / imports } else { 0.0 }
    }
}
