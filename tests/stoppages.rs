//! First stops under an export licence: what is on record is met, controls fail,
//! and a chain that can be worked by hand does what it must.

use std::path::{Path, PathBuf};

use detente::network::Study;
use detente::network::study::chains::{self, ChainTerms, Numbers};
use detente::network::study::licences::{self, Class, Terms};
use detente::network::study::lines::{self, LineTerms};
use detente::network::study::monte_carlo::Control;
use detente::network::study::parameters::{Parameter, UserParameter};
use detente::network::study::stoppage::Outcome;
use detente::network::study::{shipped_names, shipped_text};
use detente::numerics::streams::Streams;
use detente::results::Results;
use proptest::prelude::*;

const DRAWS: usize = 500;
const SEED: u64 = 1;

fn magnets() -> Study {
    Study::parse("magnets-2025", shipped_text("magnets-2025").unwrap()).unwrap_or_else(|e| {
        panic!("{}", e.render(false));
    })
}

/// A queue that approves nothing; a flow is held from day 1 on.
fn terms() -> Terms {
    Terms {
        tau_enforce: 1e-3,
        file_prep: 14.0,
        approve: [0.0, 0.0],
        step_day: 60.0,
        batch_cover: 77,
        general_share: 0.0,
        renewal_lead: 28,
        reorder_share: 0.5,
        backlog_time: 30.0,
        grant_to_ship: 7,
        slow_share: 0.2,
        slow_factor: 0.2,
        end_day: None,
    }
}

fn one_chain() -> ChainTerms {
    ChainTerms {
        chains: 1,
        files: 1,
        not_held: 0.0,
        air_share: 1.0,
        lag: [0, 0],
        cover: [30.0, 14.0],
        cover_sigma: 0.0,
        rescue: 0.0,
        rescue_day: 20.0,
        leak_max: 0.0,
        leak_time: 60.0,
        workaround: 0.0,
        workaround_start: 0.0,
        catch_up: 0.6,
        phi: 0.35,
        slow: None,
    }
}

fn one_line() -> LineTerms {
    LineTerms {
        lines: 1,
        parts: 1,
        cover_maker: 20.0,
        cover_sigma: 0.0,
        phi: 0.35,
        report_prob: 1.0,
        restart: 0,
    }
}

// --- A chain worked by hand -------------------------------------------------------

/// One chain, one line, remaining inflow f: the stocks of 30, 14 and 20 days last
/// 64/(1 − f) days, if f is below 0.35; above it the line goes on.
#[test]
fn a_line_stops_when_its_stocks_are_used_up() {
    let streams = Streams::new(3);
    let numbers = Numbers { streams: &streams, draw: 0, region: 0 };
    for f in [0.0, 0.1, 0.2, 0.3, 0.34, 0.36, 0.6] {
        let chain = ChainTerms { workaround: f, ..one_chain() };
        let chains = chains::run(&chain, &terms(), &[0.0; 300], numbers, 300);
        // The user that is served last stops first: many lines, the first of them.
        let many = LineTerms { lines: 200, ..one_line() };
        let stop = lines::run(&many, &chains, numbers).first_stop.into_iter().flatten().min();
        if f >= 0.35 {
            assert_eq!(stop, None, "f = {f}");
        } else {
            // The flow is held from day 1, and day t is over when U counts it.
            let expected = 64.0 / (1.0 - f);
            let found = stop.unwrap() as f64;
            assert!((found - expected).abs() <= 1.0 + 1e-9, "f = {f}: {found} against {expected}");
        }
    }
}

/// What arrives goes to the users by rank: a share 1 − a of them stops.
#[test]
fn users_are_served_by_rank() {
    let streams = Streams::new(5);
    let numbers = Numbers { streams: &streams, draw: 0, region: 0 };
    let chain = ChainTerms { workaround: 0.3, ..one_chain() };
    let chains = chains::run(&chain, &terms(), &[0.0; 300], numbers, 300);
    let many = LineTerms { lines: 4000, ..one_line() };
    let stopped = lines::run(&many, &chains, numbers).first_stop.iter().flatten().count() as f64 / 4000.0;
    assert!((stopped - 0.7).abs() < 4.0 * (0.7 * 0.3 / 4000.0_f64).sqrt(), "{stopped}");
}

// --- The queue --------------------------------------------------------------------

fn classes() -> Vec<Class> {
    let class = |weight, not_held, before, after| Class { weight, not_held, priority: [before, after] };
    vec![class(0.5, 0.2, 1.0, 1.0), class(0.3, 0.05, 0.5, 1.2), class(0.2, 0.1, 0.0, 0.0)]
}

/// Everybody is approved in the end: a share ρ of what was missed is freed, and
/// what was freed is shipped or still to be shipped.
#[test]
fn freed_volume_is_the_reordered_share_of_what_was_missed() {
    let queue = Terms {
        approve: [0.2, 0.2],
        general_share: 1.0,
        file_prep: 3.0,
        slow_factor: 0.9,
        tau_enforce: 7.5,
        ..terms()
    };
    let days = 180;
    let flows = licences::run(&classes(), &queue, days);
    for c in 0..2 {
        assert!(flows.of(&flows.approved, c)[days - 1] > 1.0 - 1e-9);
        let last = |values: &[f64]| flows.of(values, c)[days - 1];
        let shipped_late = last(&flows.freed) - last(&flows.backlog);
        let not_held = classes()[c].not_held;
        let exports: f64 = flows.of(&flows.exports, c).iter().sum();
        // Held trade that flowed in time, and what the days needed beyond it.
        let in_time = (exports - days as f64 * not_held) / (1.0 - not_held) - shipped_late;
        let missed = days as f64 - in_time;
        assert!((missed * queue.reorder_share - last(&flows.freed)).abs() < 1e-6, "class {c}: {missed}");
    }
    // Priority 0: never served.
    assert_eq!(flows.of(&flows.approved, 2)[days - 1], 0.0);
}

/// Chains are the queue's flow, one by one: 20,000 files, approvals and flows to
/// four standard errors of the fluid.
#[test]
fn chains_follow_the_flow_of_their_class() {
    let queue = Terms { approve: [0.004, 0.016], general_share: 0.3, tau_enforce: 7.5, ..terms() };
    let (days, count) = (183, 20_000);
    let flows = licences::run(&classes(), &queue, days);
    let streams = Streams::new(11);
    let numbers = Numbers { streams: &streams, draw: 0, region: 0 };
    let chain = ChainTerms { chains: count, not_held: 0.2, ..one_chain() };
    let chains = chains::run(&chain, &queue, flows.of(&flows.hazard, 0), numbers, days);
    for day in [5, 20, 50, 80, 110, 140, 182] {
        let mean = (0..count).map(|k| chains.arrivals[k * days + day]).sum::<f64>() / count as f64;
        // Without the backlog, which chains do not have.
        let freed = flows.of(&flows.freed, 0);
        let backlog = flows.of(&flows.backlog, 0);
        let shipped = |t: usize| freed[t] - backlog[t];
        let late = shipped(day) - if day > 0 { shipped(day - 1) } else { 0.0 };
        let fluid = flows.of(&flows.exports, 0)[day] - 0.8 * late;
        assert!((mean - fluid).abs() < 4.0 * 0.5 / (count as f64).sqrt(), "day {day}: {mean}, {fluid}");
    }
}

/// First stops of some chains under a queue, draw by draw.
fn first_stops(queue: &Terms, classes: &[Class], seed: u64) -> Vec<Option<usize>> {
    let days = 183;
    let flows = licences::run(classes, queue, days);
    let streams = Streams::new(seed);
    let numbers = Numbers { streams: &streams, draw: 0, region: 0 };
    let chain = ChainTerms {
        chains: 40,
        files: 2,
        not_held: classes[0].not_held,
        cover_sigma: 0.5,
        rescue: 0.3,
        air_share: 0.5,
        lag: [4, 30],
        ..one_chain()
    };
    let chains = chains::run(&chain, queue, flows.of(&flows.hazard, 0), numbers, days);
    let line = LineTerms { lines: 30, parts: 4, cover_sigma: 0.5, ..one_line() };
    lines::run(&line, &chains, numbers).first_stop
}

fn never_later(earlier: &[Option<usize>], later: &[Option<usize>]) -> bool {
    let day = |stop: &Option<usize>| stop.unwrap_or(usize::MAX);
    earlier.iter().zip(later).all(|(e, l)| day(e) <= day(l))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With licences that outlast the horizon, fewer approvals never make a stop
    /// later. (With short ones they can: a later licence also ends later.)
    #[test]
    fn fewer_approvals_never_make_a_stop_later(
        seed in 0..1000_u64,
        rate in [0.002..0.02_f64, 0.005..0.05],
        part in [0.0..1.0_f64, 0.0..1.0],
        step in 20.0..80.0_f64,
    ) {
        let many = Terms { approve: rate, step_day: step, general_share: 1.0, tau_enforce: 7.0, ..terms() };
        let few = Terms { approve: [rate[0] * part[0], rate[1] * part[1]], ..many.clone() };
        let classes = classes();
        prop_assert!(never_later(&first_stops(&few, &classes, seed), &first_stops(&many, &classes, seed)));
    }

    /// Nor does more trade that is held, whatever licences are.
    #[test]
    fn more_held_trade_never_makes_a_stop_later(
        seed in 0..1000_u64,
        rate in 0.002..0.03_f64,
        free in [0.0..0.5_f64, 0.0..0.5],
    ) {
        let queue = Terms { approve: [rate, 3.0 * rate], general_share: 0.3, tau_enforce: 7.0, ..terms() };
        let with = |not_held: f64| {
            let mut classes = classes();
            classes[0].not_held = not_held;
            first_stops(&queue, &classes, seed)
        };
        let (less, more) = (free[0].min(free[1]), free[0].max(free[1]));
        prop_assert!(never_later(&with(less), &with(more)));
    }
}

// --- A control that ends -----------------------------------------------------------

/// Opened on day 30: held flows run from then on, chains a transit later, and a
/// share ρ of what all missed until then is freed at once.
#[test]
fn from_the_end_of_a_control_everything_flows() {
    let (days, end, lag) = (120, 30, 10);
    let queue = Terms { approve: [0.01, 0.01], end_day: Some(end), tau_enforce: 7.5, ..terms() };
    let open = Terms { end_day: None, ..queue.clone() };
    let (ended, held) = (licences::run(&classes(), &queue, days), licences::run(&classes(), &open, days));
    for c in 0..3 {
        let (exports, as_held) = (ended.of(&ended.exports, c), held.of(&held.exports, c));
        assert_eq!(exports[..end], as_held[..end]);
        // Missed by day 30: the days less the held trade that flowed in time.
        let shipped_late = ended.of(&ended.freed, c)[end - 1] - ended.of(&ended.backlog, c)[end - 1];
        let not_held = classes()[c].not_held;
        let flowed: f64 = as_held[..end].iter().map(|e| (e - not_held) / (1.0 - not_held)).sum();
        let missed = end as f64 - (flowed - shipped_late);
        let freed = ended.of(&ended.freed, c)[days - 1];
        assert!((freed - queue.reorder_share * missed).abs() < 1e-9, "class {c}: {freed}, {missed}");
        let backlog = ended.of(&ended.backlog, c);
        let late = backlog[59] - backlog[60];
        assert!((exports[60] - 1.0 - (1.0 - not_held) * late).abs() < 1e-12);
    }
    let streams = Streams::new(2);
    let numbers = Numbers { streams: &streams, draw: 0, region: 0 };
    let chain = ChainTerms { chains: 50, files: 3, lag: [lag, lag], ..one_chain() };
    // Held from day 1.
    let at_once = Terms { tau_enforce: 1e-3, ..queue };
    let chains = chains::run(&chain, &at_once, &vec![0.0; days], numbers, days);
    for k in 0..50 {
        let arrivals = &chains.arrivals[k * days..][..days];
        assert!(arrivals[end + lag..].iter().all(|a| *a == 1.0));
        assert!(arrivals[lag + 1..end + lag].iter().all(|a| *a == 0.0), "{arrivals:?}");
    }
}

/// The end of a control is a queue in which every file has its licence from that
/// day on, for good: a line under the one stops as under the other.
#[test]
fn an_end_on_a_day_is_a_queue_that_opens_on_it() {
    let (days, end) = (183, 55);
    let ended = Terms { end_day: Some(end), tau_enforce: 7.0, ..terms() };
    // Hazard of the last day before it: all are granted at once, and ship at once.
    let opened =
        Terms { end_day: None, general_share: 1.0, grant_to_ship: 0, file_prep: 1e-9, ..ended.clone() };
    let mut hazard = vec![0.0; days];
    hazard[end] = 1e9;
    let streams = Streams::new(9);
    let numbers = Numbers { streams: &streams, draw: 0, region: 0 };
    let chain =
        ChainTerms { chains: 60, files: 2, cover_sigma: 0.5, lag: [4, 30], air_share: 0.5, ..one_chain() };
    let line = LineTerms { lines: 40, parts: 4, cover_sigma: 0.5, ..one_line() };
    let one = chains::run(&chain, &ended, &vec![0.0; days], numbers, days);
    let two = chains::run(&chain, &opened, &hazard, numbers, days);
    assert_eq!(one, two);
    let stops = lines::run(&line, &one, numbers);
    assert_eq!(stops, lines::run(&line, &two, numbers));
    assert!(stops.first_stop.iter().flatten().count() > 0);
}

// --- Further users of the material -------------------------------------------------

/// Vehicle lines are drawn as if there were no further user, and a user whose
/// share is nothing has no line.
#[test]
fn further_users_change_nothing_of_the_vehicle_lines() {
    let study = magnets();
    let alone = Study { users: Vec::new(), ..study.clone() };
    let (with, without) = (study.run(40, SEED, &[]), alone.run(40, SEED, &[]));
    assert_eq!(with.regions, without.regions);
    assert_eq!((&with.months, &with.approvals), (&without.months, &without.approvals));
    assert_eq!((with.users.len(), without.users.len()), (4, 0));
    let mut small = study.clone();
    for user in &mut small.users {
        user.ranges[0] = user.ranges[0].take().map(|share| share.held_at(0.0));
    }
    for region in small.run(20, SEED, &[]).users.iter().flatten() {
        assert_eq!((region.lines.high, region.standing[150].high), (0.0, 0.0));
        assert!(region.first.low.is_infinite() && region.line_by[150] == 0.0);
    }
    for draw in 0..5 {
        let (with, without) = (study.path(draw, SEED, &[]), small.path(draw, SEED, &[]));
        for (with, without) in with.iter().zip(&without) {
            assert_eq!((&with.exports, &with.standing), (&without.exports, &without.standing));
            assert!(without.users.iter().flatten().all(|lost| *lost == 0.0));
        }
    }
}

/// One user is another's neighbour only: without the first, the second is drawn
/// as the first was. Its files never approved, no rescue, no other way: with covers
/// of 10, 5 and 5 days all its lines have stopped after 20 days and the transit.
#[test]
fn a_user_whose_files_are_refused_runs_out_of_its_own_covers() {
    let mut study = magnets();
    study.users.truncate(1);
    for parameter in
        [Parameter::LeakMax, Parameter::Workaround, Parameter::CoverSigma, Parameter::CoverRegionSigma]
    {
        study.ranges[parameter as usize] = study.ranges[parameter as usize].held_at(0.0);
    }
    let (air, cut) = (Parameter::AirShare as usize, Parameter::TauEnforce as usize);
    study.ranges[air] = study.ranges[air].held_at(1.0);
    study.ranges[Parameter::LagAir as usize] = study.ranges[Parameter::LagAir as usize].held_at(4.0);
    study.ranges[cut] = study.ranges[cut].held_at(1e-6);
    for region in &mut study.regions {
        region.ranges[0] = region.ranges[0].take().map(|range| range.held_at(0.0));
    }
    let days = study.range(Parameter::CoverMagnets).clone();
    let share = study.range(Parameter::Rescue).clone();
    let user = &mut study.users[0];
    for (parameter, range) in [
        (UserParameter::Refused, share.held_at(1.0)),
        (UserParameter::Rescue, share.held_at(0.0)),
        (UserParameter::CoverMagnets, days.held_at(10.0)),
        (UserParameter::CoverParts, days.held_at(5.0)),
        (UserParameter::CoverMaker, days.held_at(5.0)),
        (UserParameter::IndustryShare, share.held_at(0.25)),
    ] {
        user.ranges[parameter as usize] = Some(range);
    }
    let outcome = study.run(10, SEED, &[]);
    for region in &outcome.users[0] {
        // Held from day 1: what shipped on day 0 arrives on day 4, and U counts from day 5.
        assert_eq!((region.first.low, region.first.high), (24.0, 24.0));
        assert_eq!((region.line_by[23], region.line_by[24]), (0.0, 1.0));
    }
    let path = study.path(3, SEED, &[]);
    assert_eq!((path[1].users[0][23], path[1].users[0][24]), (0.0, 0.25));
    assert!(path[4].users.is_empty(), "chains of all others are not followed");
}

// --- The study that ships ---------------------------------------------------------

#[test]
fn the_record_is_met_and_the_controls_fail() {
    for c in magnets().accept(DRAWS, SEED) {
        println!("{:<26} {:<22} {:<22} {}", c.question, c.found, c.wanted, c.holds);
        assert!(c.holds, "{}: {}, wanted {}", c.question, c.found, c.wanted);
    }
}

fn table(outcome: &Outcome) -> Vec<u8> {
    Results::of_chains(&magnets(), outcome, "").to_csv()
}

/// Another number of threads, the same bits; another seed, others.
#[test]
fn results_do_not_depend_on_threads() {
    let study = magnets();
    let with = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        table(&pool.install(|| study.run(40, seed, &[])))
    };
    assert_eq!(with(1, SEED), with(3, SEED));
    assert_ne!(with(1, SEED), with(1, SEED + 1));
}

/// A range that does not touch a region leaves the region's draws as they are.
#[test]
fn a_parameter_moves_only_what_depends_on_it() {
    let study = magnets();
    let mut other = study.clone();
    let japan = study.regions.iter().position(|region| region.code == "JPN").unwrap();
    let lag = other.regions[japan].ranges[3].take().unwrap();
    other.regions[japan].ranges[3] = Some(lag.scaled(3.0));
    let (one, two) = (study.run(60, SEED, &[]), other.run(60, SEED, &[]));
    for (one, two) in one.regions.iter().zip(&two.regions) {
        assert_eq!(one == two, one.region != japan);
    }
    assert_eq!(one.months, two.months);
}

/// Without approvals stops come no later; before the policy step nothing has changed.
#[test]
fn controls_are_compared_draw_by_draw() {
    let study = magnets();
    let (as_is, no_step) = (study.run(60, SEED, &[]), study.run(60, SEED, &[Control::NoStep]));
    for (one, two) in as_is.regions.iter().zip(&no_step.regions) {
        assert_eq!(one.reported_by[..55], two.reported_by[..55]);
    }
}

// --- Files ------------------------------------------------------------------------

#[test]
fn every_shipped_study_can_be_read() {
    for name in shipped_names() {
        let study = Study::parse(name, shipped_text(name).unwrap());
        let study = study.unwrap_or_else(|e| panic!("{}", e.render(false)));
        assert_eq!(study.name, name);
    }
}

fn bad_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/chains");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

/// Each `tests/chains/NAME.toml` is a study with mistakes; `NAME.snap` beside it is
/// the report.
#[test]
fn every_mistake_is_reported_with_its_row() {
    assert!(bad_files().len() >= 4);
    for path in bad_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let error = Study::parse(&format!("chains/{name}.toml"), &text).expect_err("the file has mistakes");
        insta::with_settings!({
            snapshot_path => "chains",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, error.render(false)); });
    }
}
