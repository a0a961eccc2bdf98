//! `detente bench`: the main tasks, timed on this machine.

use std::time::Instant;

use clap::Args;
use jiff::civil::date;
use rayon::prelude::*;

use super::{Common, Failure};
use crate::equilibrium::{Calibration, Closure, Deficits, Numeraire, Options};
use crate::ledger::{Ledger, PolicyState};
use crate::ledger::{large, shipped};
use crate::network::ario::{Ario, Curve, Damage, Event, PerGroup, Recovery, Rules, made_up};
use crate::numerics::streams::Streams;
use crate::replicate::{cp2015, liberation2025};
use crate::scenario::{Scenario, run};
use crate::strategy::nash::{Search, search};
use crate::strategy::no_inputs::{Competition, NoInputs};
use crate::strategy::play::{Pace, play};
use crate::strategy::player::Player;
use crate::strategy::{CaliendoParro, Economy};
use crate::world::World;

/// Arguments of `detente bench`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Repetitions; the median is printed.
    #[arg(long, default_value_t = 21, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Time sweeps of more and more draws, regions and sectors instead, and fit exponents.
    #[arg(long)]
    scaling: bool,
    /// Draw the times of --scaling into this file.
    #[arg(long, value_name = "FILE", requires = "scaling")]
    svg: Option<std::path::PathBuf>,
}

/// A task with its budget and what others need for it.
struct Timing {
    task: &'static str,
    budget_ms: f64,
    median_ms: f64,
    least_ms: f64,
    others: &'static str,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    if arguments.scaling {
        return super::scaling::execute(arguments.svg.as_deref(), common);
    }
    let timings = [
        nafta(arguments.runs, common)?,
        one_tariff(
            "icio-2019-g20",
            "one tariff scenario, 20x20 with inputs, residual 1e-12",
            3.0,
            arguments.runs,
            common,
        )?,
        one_tariff(
            "icio-2022",
            "one tariff scenario, 81x28 with inputs, cold",
            25.0,
            arguments.runs,
            common,
        )?,
        liberation(arguments.runs, common)?,
        loading(arguments.runs)?,
        large_ledger(arguments.runs)?,
        truce(arguments.runs, common)?,
        war(
            "ossa2014",
            "trade war of all against all, 7x33 (Ossa 2014), 1,386 tariffs",
            5.0,
            arguments.runs,
        )?,
        war("ll2014", "trade war of all against all, 44x16, 30,272 tariffs", 150.0, arguments.runs.min(5))?,
        wars(arguments.runs.min(3))?,
        whole(
            false,
            "trade war of 81x28 without inputs, 144,000 tariffs, certified",
            1_500.0,
            arguments.runs.min(2),
            common,
        )?,
        whole(true, "the same with inputs", 5_000.0, arguments.runs.min(1), common)?,
        ario_year(
            (41, 35, 0.2),
            "ARIO, 365 days, 1,435 industries of which a fifth are linked",
            700.0,
            arguments.runs.min(5),
            "BoARIO 0.7.2 19,000 to 30,000",
        )?,
        ario_year(
            (45, 77, 1.0),
            "ARIO, 365 days, 3,465 industries, all linked",
            10_000.0,
            arguments.runs.min(2),
            "BoARIO 0.7.2 about 230,000 and 1.7 GB",
        )?,
    ];
    say!(
        "{} runs (fewer of the long ones), milliseconds; one thread, but for the ledger of 10,000, the scenario, the 1,000 draws and the trade wars of 81\n",
        arguments.runs
    )?;
    say!("{:<58} {:>7} {:>8} {:>8}  published packages, CPU time", "task", "budget", "median", "least")?;
    for t in &timings {
        say!("{:<58} {:>7.0} {:>8.2} {:>8.2}  {}", t.task, t.budget_ms, t.median_ms, t.least_ms, t.others)?;
    }
    Ok(())
}

/// Median and least time of `runs` calls, milliseconds, after one that is not counted.
fn time(runs: u32, mut task: impl FnMut() -> Result<(), Failure>) -> Result<(f64, f64), Failure> {
    task()?;
    let mut times = Vec::with_capacity(runs as usize);
    for _ in 0..runs {
        let started = Instant::now();
        task()?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[0]))
}

fn nafta(runs: u32, common: &Common) -> Result<Timing, Failure> {
    let experiments = cp2015::Experiments::load()?;
    let calibration = experiments.calibrate()?;
    let options = Options { arithmetic: common.arithmetic(), ..cp2015::options(Deficits::Held) };
    let policy = &experiments.after[0].1;
    let (median_ms, least_ms) = time(runs, || {
        calibration.solve(policy.clone(), &options)?;
        Ok(())
    })?;
    Ok(Timing {
        task: "CP2015 NAFTA counterfactual, 31x40, residual 1e-10, cold",
        budget_ms: 5.0,
        median_ms,
        least_ms,
        others: "R/C++ cp2015 1,640 (at 1e-7); compiled JAX 3,200",
    })
}

/// 50 points between the USA and China on all goods.
fn one_tariff(
    name: &str,
    task: &'static str,
    budget_ms: f64,
    runs: u32,
    common: &Common,
) -> Result<Timing, Failure> {
    let world = World::shipped(name)?;
    let base = Ledger::empty().state(&world, world.base_date);
    let calibration = Calibration::new(&world, base.clone(), &world.elasticities[0].theta)?;
    let mut policy = base;
    let pair = |code| world.regions.find(code).map_err(|e| Failure::Input(e.to_string()));
    let (usa, chn) = (pair("USA")?, pair("CHN")?);
    for sector in (0..world.sector_count()).filter(|sector| world.goods[*sector]) {
        policy.tariff[world.cell(sector, usa, chn)] += 0.5;
        policy.tariff[world.cell(sector, chn, usa)] += 0.5;
    }
    let policy = std::sync::Arc::new(policy);
    let tolerance = if name == "icio-2019-g20" { 1e-12 } else { 1e-10 };
    let options = Options { arithmetic: common.arithmetic(), tolerance, ..Options::default() };
    let (median_ms, least_ms) = time(runs, || {
        calibration.solve(policy.clone(), &options)?;
        Ok(())
    })?;
    let others = if name == "icio-2019-g20" { "puremacro 2,600 (at 1e-8)" } else { "" };
    Ok(Timing { task, budget_ms, median_ms, least_ms, others })
}

/// The announced tariffs and the partners' reciprocal answer.
fn liberation(runs: u32, common: &Common) -> Result<Timing, Failure> {
    let name = "liberation_recip_retal";
    let experiment = liberation2025::Experiments::load()?.experiment(name)?;
    let Some(experiment) = experiment else {
        return Err(Failure::Input(format!("`{name}` is not a case")));
    };
    let options = Options { arithmetic: common.arithmetic(), ..Options::default() };
    let (median_ms, least_ms) = time(runs, || {
        experiment.run(name, &options)?;
        Ok(())
    })?;
    Ok(Timing {
        task: "April 2025 tariffs and answers, one sector, 194 countries",
        budget_ms: 10.0,
        median_ms,
        least_ms,
        others: "Octave 13,000; Python 1,000",
    })
}

fn loading(runs: u32) -> Result<Timing, Failure> {
    let (median_ms, least_ms) = time(runs, || {
        let world = World::shipped("icio-2022")?;
        let text = shipped::text("us-china").unwrap_or_default();
        Ledger::parse("us-china", text, &world)?;
        Ok(())
    })?;
    Ok(Timing { task: "loading icio-2022 and its ledger", budget_ms: 100.0, median_ms, least_ms, others: "" })
}

/// 10,000 measures of many kinds and goods, the world being there.
fn large_ledger(runs: u32) -> Result<Timing, Failure> {
    let world = World::shipped("icio-2022")?;
    let text = large::ledger_text(10_000);
    let (median_ms, least_ms) = time(runs, || {
        let ledger = Ledger::parse("large", &text, &world)?.0;
        ledger.state(&world, date(2025, 6, 5));
        Ok(())
    })?;
    let task = "reading 10,000 measures and the state of one day";
    Ok(Timing { task, budget_ms: 50.0, median_ms, least_ms, others: "" })
}

/// Everything that `detente run` does with the scenario, the files included.
fn truce(runs: u32, common: &Common) -> Result<Timing, Failure> {
    let text = include_str!("../../scenarios/truce-2025.toml");
    let (median_ms, least_ms) = time(runs, || {
        let scenario = Scenario::parse("truce-2025", "truce-2025.toml", text)?;
        let world = World::shipped(&scenario.world)?;
        let ledger =
            Ledger::parse(&scenario.ledger, shipped::text(&scenario.ledger).unwrap_or_default(), &world)?.0;
        let options = common.run_options();
        let long_run = run::run(&scenario, &world, &ledger, &options)?;
        super::run::output_files(&long_run.results)?;
        Ok(())
    })?;
    Ok(Timing {
        task: "the truce scenario start to end: 8 elasticity sets, 5 phases",
        budget_ms: 2000.0,
        median_ms,
        least_ms,
        others: "",
    })
}

/// The point where everybody's tariffs answer everybody's, from those of the base.
fn war(name: &str, task: &'static str, budget_ms: f64, runs: u32) -> Result<Timing, Failure> {
    let world = World::shipped(name)?;
    let competition = if name == "ll2014" { Competition::Markups } else { Competition::Krugman };
    let economy = NoInputs::new(&world, &world.elasticities[0].theta, competition)?;
    let players = governments(&world);
    let (median_ms, least_ms) = time(runs, || {
        play(&economy, &players, economy.base(), &Pace { target: 1e-8, ..Pace::default() })?;
        Ok(())
    })?;
    let others = if name == "ll2014" { "" } else { "Ossa's MATLAB, all results: about 4 days" };
    Ok(Timing { task, budget_ms, median_ms, least_ms, others })
}

/// Ossa's trade war for 1,000 draws of his elasticities, 30 per cent wide.
fn wars(runs: u32) -> Result<Timing, Failure> {
    let world = World::shipped("ossa2014")?;
    let theta = &world.elasticities[0].theta;
    let players = governments(&world);
    let streams = Streams::new(1);
    let (median_ms, least_ms) = time(runs, || {
        let draws = (0..1000_u64).into_par_iter().map(|draw| {
            let mut stream = streams.stream(draw);
            let drawn: Vec<f64> = theta.iter().map(|theta| theta * (0.3 * stream.normal()).exp()).collect();
            let economy = NoInputs::new(&world, &drawn, Competition::Krugman)?;
            play(
                &economy,
                &players,
                economy.base(),
                &Pace { target: 1e-8, tolerance: 1e-6, ..Pace::default() },
            )
        });
        draws.collect::<Result<Vec<_>, _>>()?;
        Ok(())
    })?;
    let task = "the same for 1,000 draws of elasticities, all threads";
    Ok(Timing { task, budget_ms: 8000.0, median_ms, least_ms, others: "" })
}

/// The trade war of all regions of `icio-2022` in goods, deficits removed, with a
/// best reply of each of them.
fn whole(
    inputs: bool,
    task: &'static str,
    budget_ms: f64,
    runs: u32,
    common: &Common,
) -> Result<Timing, Failure> {
    let world = World::shipped("icio-2022")?;
    let theta = &world.elasticities[0].theta;
    let arithmetic = common.arithmetic();
    let economy: Box<dyn Economy> = if inputs {
        let closure = Closure { deficits: Deficits::Zero, numeraire: Numeraire::WorldValueAdded };
        let options = Options { closure, arithmetic, ..Options::default() };
        let base = PolicyState::of_world(&world, world.base_date);
        Box::new(CaliendoParro::new(Calibration::new(&world, base, theta)?, &options)?)
    } else {
        Box::new(NoInputs::new(&world, theta, Competition::Armington)?.with_arithmetic(arithmetic))
    };
    let goods: Vec<usize> = (0..world.sector_count()).filter(|s| world.goods[*s]).collect();
    let on_goods = |player: Player| player.with_tariffs(|lever| lever.within(&goods, world.sector_count()));
    let players: Vec<Player> = governments(&world).into_iter().map(on_goods).collect();
    let quick = Search::quick(&Pace { arithmetic, ..Pace::default() });
    let (median_ms, least_ms) = time(runs, || {
        search(&*economy, &players, economy.base(), &quick)?;
        Ok(())
    })?;
    Ok(Timing { task, budget_ms, median_ms, least_ms, others: "" })
}

fn governments(world: &World) -> Vec<Player> {
    let codes = world.regions.codes().iter().enumerate();
    let (n, sectors) = (world.region_count(), world.sector_count());
    codes.map(|(region, code)| Player::government(region, code, n, sectors)).collect()
}

/// A year after a loss of capacity, on a made-up table of `(regions, sectors, fill)`.
fn ario_year(
    (regions, sectors, fill): (usize, usize, f64),
    task: &'static str,
    budget_ms: f64,
    runs: u32,
    others: &'static str,
) -> Result<Timing, Failure> {
    let graph = made_up::graph(regions, sectors, fill).map_err(|e| Failure::Input(e.to_string()))?;
    let rules = Rules { inventory_days: PerGroup::All(30.0), ..Rules::default() };
    let recovery = Recovery { curve: Curve::Linear, days: 60.0 };
    let damage = Damage::Capacity { loss: vec![(0, 0.2)], recovery };
    let events = [Event { occurrence: 2, duration: 30, damage }];
    let (median_ms, least_ms) = time(runs, || {
        let mut ario = Ario::new(&graph, &rules, &events).map_err(|e| Failure::Input(e.to_string()))?;
        for _ in 0..365 {
            ario.step().map_err(|e| Failure::Input(e.to_string()))?;
        }
        Ok(())
    })?;
    Ok(Timing { task, budget_ms, median_ms, least_ms, others })
}
