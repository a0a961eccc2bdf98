//! The strategy of a scenario: rungs, threats, deals, waiting.

mod test_worlds;

use detente::equilibrium::{Calibration, Change, Closure, Deficits, Options};
use detente::ledger::Ledger;
use detente::results::Variable;
use detente::scenario::strategy::{Strategy, StrategyRunError, run};
use detente::scenario::{RunOptions, Scenario};
use detente::strategy::nash::nash;
use detente::strategy::play::Pace;
use detente::strategy::player::{Lever, Player};
use detente::strategy::reply::{STARTS, best_reply};
use detente::strategy::truce::Verdict;
use detente::strategy::{CaliendoParro, Economy};
use detente::world::World;
use jiff::civil::date;
use test_worlds::{symmetric_pair, symmetric_pair_welfare};

/// Two phases, no taxes in the first; `part` is what `[strategy]` says.
fn scenario(part: &str) -> String {
    format!(
        r#"
title = "Two sides"
world = "made up"
ledger = "made up"
actors = ["R0", "R1"]
[[phase]]
name = "peace"
date = 2025-01-01
[[phase]]
name = "war"
date = 2025-07-01
[strategy]
{part}
"#
    )
}

/// Both tax each other from June on.
const DUTIES: &str = r#"
ledger = { title = "Duties" }
[[measure]]
id = "first"
kind = "import-tariff"
by = "R0"
on = "R1"
rate = { 2025-06-01 = "40%" }
source = "made up"
[[measure]]
id = "second"
kind = "import-tariff"
by = "R1"
on = "R0"
rate = { 2025-06-01 = "40%" }
source = "made up"
"#;

fn read(text: &str, world: &World, ledger: &str) -> (Scenario, Ledger) {
    let ledger =
        Ledger::parse("ledger.toml", ledger, world).unwrap_or_else(|e| panic!("{}", e.render(false))).0;
    let mut scenario = Scenario::parse("two-sides", "two-sides.toml", text)
        .unwrap_or_else(|e| panic!("{}", e.render(false)));
    scenario.check("two-sides.toml", text, world, &ledger).unwrap_or_else(|e| panic!("{}", e.render(false)));
    (scenario, ledger)
}

fn play(text: &str, world: &World, ledger: &str) -> Strategy {
    let (scenario, ledger) = read(text, world, ledger);
    run(&scenario, world, &ledger, None, &RunOptions::default()).unwrap()
}

/// Two equal regions. Payoffs follow from the closed form; what one gets the other gets
/// with the rungs exchanged; a deal without tariffs has one discount factor for both.
#[test]
fn equal_sides_are_treated_equally() {
    let (share, theta, tariff) = (0.3, 4.0, 0.4);
    let world = symmetric_pair(share, theta);
    let part = "players = [\"R0\", \"R1\"]\nrungs = [\"peace\", \"war\"]\npunishment = \"war\"";
    let found = play(&scenario(part), &world, DUTIES);
    let payoff = |first: usize, second: usize, side: usize| found.ladder.payoffs[first][second][side];
    let both = 100.0 * symmetric_pair_welfare(share, theta, tariff);
    for side in [0, 1] {
        assert!(payoff(0, 0, side).value.abs() < 1e-9);
        assert!((payoff(1, 1, side).value - both).abs() < 1e-5, "{:?} {both}", payoff(1, 1, side));
    }
    for (first, second) in [(0, 1), (1, 0)] {
        let (own, other) = (payoff(first, second, 0).value, payoff(second, first, 1).value);
        assert!((own - other).abs() < 1e-6, "{own} {other}");
    }
    let [first, second] = &found.truce.deals[0].sides;
    assert!((first.temptation.value - second.temptation.value).abs() < 1e-6);
    let (Verdict::From(a), Verdict::From(b)) = (first.verdict, second.verdict) else {
        panic!("{:?} {:?}", first.verdict, second.verdict)
    };
    assert!((a - b).abs() < 1e-6);
    // By hand: D − C over D − N, where C − N is the closed form's loss.
    let loss = -100.0 * (both / 100.0).ln_1p();
    assert!((first.loss.value - loss).abs() < 1e-5);
    let gain = first.temptation.value;
    assert!((a - gain / (gain + loss)).abs() < 1e-6);
    // Nobody grows less patient: 4 % a year and 90 days.
    assert!((found.truce.delta - (-0.04_f64 * 90.0 / 365.0).exp()).abs() < 1e-12);
    assert!(found.truce.deals[0].holds);
    let lag = first.longest_lag_days.unwrap();
    assert!((lag + 365.0 * a.ln() / 0.04).abs() < 1e-6);
    let shares = found.delay.shares[1].unwrap();
    assert!((shares.0 - 0.5).abs() < 1e-6 && found.delay.shares[0].is_none());
    // No deficits: both closures agree.
    assert!((payoff(1, 1, 0).high - payoff(1, 1, 0).low).abs() < 1e-6);
    assert_eq!(found.deficits, ["held", "zero"]);
}

/// With nothing lost by waiting the margin is the punishment's loss, and no verdict turns
/// where nobody is tempted, though both would rather be in the punishment.
#[test]
fn margins_are_numbers_and_turn_no_verdict_of_the_untempted() {
    let world = symmetric_pair(0.3, 4.0);
    let part =
        "players = [\"R0\", \"R1\"]\nrungs = [\"peace\", \"war\"]\npunishment = \"war\"\nrate = \"0%\"";
    let found = play(&scenario(part), &world, DUTIES);
    for side in &found.truce.deals[0].sides {
        let central = &side.alternatives[0];
        assert!((central.margin - side.loss.value).abs() < 1e-12 && central.holds, "{central:?}");
    }
    // From prohibitive tariffs nobody rises; going back to none would be better for both.
    let part = "players = [\"R0\", \"R1\"]\nrungs = [\"peace\", \"war\"]\nstatus_quo = \"war\"\npunishment = \"peace\"";
    let found = play(&scenario(part), &world, &DUTIES.replace("40%", "200%"));
    for side in &found.truce.deals[0].sides {
        let central = &side.alternatives[0];
        assert_eq!(side.verdict, Verdict::NotTempted);
        assert!(central.margin < 0.0 && central.holds, "{central:?}");
    }
}

/// A side that wants to hold the other down breaks what a side that wants income keeps.
#[test]
fn standing_undoes_the_truce() {
    let world = symmetric_pair(0.3, 4.0);
    let with = |standing: &str| {
        let part = format!(
            "players = [\"R0\", \"R1\"]\nrungs = [\"peace\", \"war\"]\npunishment = \"war\"\nstanding = \"{standing}\""
        );
        play(&scenario(&part), &world, DUTIES).truce.deals.remove(0)
    };
    let (plain, jealous) = (with("0%"), with("100%"));
    assert!(plain.holds);
    // Equal losses cancel: the war costs nothing in standing, and a breach gains.
    assert!(jealous.sides[0].loss.value.abs() < 1e-5, "{:?}", jealous.sides[0]);
    assert!(!jealous.holds && jealous.sides[0].temptation.value > plain.sides[0].temptation.value);
}

const G20: &str = r#"
title = "A duty"
world = "icio-2019-g20"
ledger = "made up"
actors = ["USA", "CHN"]
[[phase]]
name = "before"
date = 2025-01-01
[[phase]]
name = "after"
date = 2025-07-01
[strategy]
players = ["USA", "CHN"]
rungs = ["before", "after", { name = "licence", phase = "after", add = [{ id = "quota", kind = "import-quota", by = "USA", on = "CHN", quantity = { 2025-06-01 = "50%" }, source = "made up" }] }, "embargo"]
"#;

const G20_LEDGER: &str = r#"
ledger = { title = "A duty" }
[[measure]]
id = "duty"
kind = "import-tariff"
by = "USA"
on = "CHN"
rate = { 2025-06-01 = "25%" }
source = "made up"
[[measure]]
id = "answer"
kind = "import-tariff"
by = "CHN"
on = "USA"
rate = { 2025-06-01 = "20%" }
source = "made up"
[[measure]]
id = "elsewhere"
kind = "import-tariff"
by = "USA"
on = "MEX"
rate = { 2025-06-01 = "30%" }
source = "made up"
"#;

/// Payoffs, temptations and the trade war against direct calls of the library.
#[test]
fn numbers_are_those_of_the_library() {
    let world = World::shipped("icio-2019-g20").unwrap();
    let found = play(G20, &world, G20_LEDGER);
    let (_, ledger) = read(G20, &world, G20_LEDGER);
    let [usa, chn] = ["USA", "CHN"].map(|code| world.regions.find(code).unwrap());
    let base = ledger.state(&world, world.base_date);
    let calibration = Calibration::new(&world, base, &world.elasticities[0].theta).unwrap();
    let options =
        Options { closure: Closure { deficits: Deficits::Held, ..Closure::default() }, ..Options::default() };
    // The duty of the United States alone; that on Mexico is nobody's rung.
    let mut policy = ledger.state(&world, date(2025, 1, 1));
    let before = calibration.solve(policy.clone(), &options).unwrap();
    let after = ledger.state(&world, date(2025, 7, 1));
    for sector in 0..world.sector_count() {
        let cell = world.cell(sector, usa, chn);
        policy.tariff[cell] = after.tariff[cell];
    }
    let after = calibration.solve(policy, &options).unwrap();
    let change = Change::between(&calibration, &before, &after);
    for (side, region) in [usa, chn].into_iter().enumerate() {
        let payoff = found.ladder.payoffs[1][0][side];
        assert!((payoff.value - 100.0 * change.welfare_exact[region]).abs() < 1e-5, "{payoff:?}");
        assert!(payoff.low <= payoff.value && payoff.value <= payoff.high);
    }
    // A quota and an embargo bite beyond the duty.
    let harm = |rung: usize| -found.ladder.payoffs[rung][0][1].value;
    assert!(harm(2) > 0.0 && harm(3) > harm(1), "{} {} {}", harm(1), harm(2), harm(3));
    assert_eq!(found.ladder.rungs[2].limits, [1, 0]);

    let frame = ledger.state(&world, date(2025, 1, 1));
    let economy = CaliendoParro::within(calibration, frame, &options).unwrap();
    let (n, sectors) = (world.region_count(), world.sector_count());
    let goods: Vec<usize> = (0..sectors).filter(|sector| world.goods[*sector]).collect();
    let player = |own: usize, rival: usize, floor: bool| {
        Player::government(own, world.regions.code(own), n, sectors).with_tariffs(|lever: Lever| {
            let lever = lever.within(&goods, sectors).on(&[rival], sectors);
            if floor { lever.not_below(economy.base(), sectors) } else { lever }
        })
    };
    let status_quo = economy.solve(economy.base(), None).unwrap();
    for (side, (own, rival)) in [(usa, chn), (chn, usa)].into_iter().enumerate() {
        let reply =
            best_reply(&economy, &player(own, rival, true), economy.base(), None, &STARTS, &Pace::default())
                .unwrap();
        let gain = 100.0 * (reply.value - status_quo.welfare[own]);
        let temptation = found.truce.deals[0].sides[side].temptation.value;
        assert!((temptation - gain).abs() < 1e-4, "{temptation} {gain}");
    }
    let players = [player(usa, chn, false), player(chn, usa, false)];
    let war = nash(&economy, &players, economy.base(), &STARTS, &Pace::default()).unwrap();
    let war = &war.equilibria[0].rest.outcome;
    let (_, fought) = found.frontier.marks.iter().find(|(name, _)| name == "trade war").unwrap();
    for (gain, region) in fought.iter().zip([usa, chn]) {
        let direct = 100.0 * (war.welfare[region] - status_quo.welfare[region]).exp_m1();
        assert!((gain - direct).abs() < 1e-4, "{gain} {direct}");
    }
    // A planner beats the war for somebody at every point.
    for point in &found.frontier.points {
        assert!(point[0] > fought[0] - 1e-3 || point[1] > fought[1] - 1e-3, "{point:?} {fought:?}");
    }
}

/// Rows for every card, finite and inside their ranges, and the same bits with any
/// number of threads.
#[test]
fn the_table_has_rows_for_every_card() {
    let world = World::shipped("icio-2019-g20").unwrap();
    // From the duties on, so that there is something to concede.
    let text = G20.replace("rungs", "status_quo = \"after\"\nrungs");
    let (scenario, ledger) = read(&text, &world, G20_LEDGER);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&scenario, &world, &ledger, None, &RunOptions::default()).unwrap())
    };
    let found = with(1);
    assert!(found.results.to_csv() == with(2).results.to_csv());
    for variable in [
        Variable::RungPayoff,
        Variable::RungTariff,
        Variable::BestReplyRung,
        Variable::ClimbsTo,
        Variable::ThreatHarm,
        Variable::ThreatCost,
        Variable::ConcessionGiven,
        Variable::ConcessionReceived,
        Variable::FrontierGain,
        Variable::Temptation,
        Variable::PunishmentLoss,
        Variable::TruceMargin,
        Variable::CostOfDelay,
        Variable::CostOfConceding,
    ] {
        assert!(found.results.rows.iter().any(|row| row.variable == variable), "{}", variable.name());
    }
    for row in &found.results.rows {
        assert!(row.value.is_finite(), "{row:?}");
        if let (Some(low), Some(high)) = (row.low, row.high) {
            assert!(low <= row.value && row.value <= high, "{row:?}");
        }
    }
    let payoffs = found.results.rows.iter().filter(|row| row.variable == Variable::RungPayoff).count();
    assert_eq!(payoffs, 2 * 16 + 4 * (world.region_count() - 2));
}

/// Players alone are enough: the phases are the rungs, with an embargo on top.
#[test]
fn players_are_enough() {
    let world = World::shipped("icio-2019-g20").unwrap();
    let start = G20.find("rungs").unwrap();
    let found = play(&G20[..start], &world, G20_LEDGER);
    let names: Vec<&str> = found.ladder.rungs.iter().map(|rung| rung.name.as_str()).collect();
    assert_eq!(names, ["before", "after", "embargo"]);
    assert_eq!(found.ladder.rungs[2].tariffs, [None, None]);
    assert_eq!(found.truce.deals.len(), 1);
    assert_eq!(found.delay.standoff, "after");
    // Where everything is searched the searched cases are all, and payoffs do not move.
    let all = play(&format!("{}sets = \"all\"\n", &G20[..start]), &world, G20_LEDGER);
    assert_eq!(all.truce.cases.len(), all.ladder.cases);
    assert_eq!(all.ladder, found.ladder);
    assert_eq!(all.truce.deals[0].sides[0].verdict, found.truce.deals[0].sides[0].verdict);
}

/// Two regions alone cannot refuse each other's goods: somebody has nothing to sell.
#[test]
fn a_pair_of_rungs_without_an_equilibrium_is_named() {
    let world = symmetric_pair(0.3, 4.0);
    let (scenario, ledger) = read(&scenario("players = [\"R0\", \"R1\"]"), &world, DUTIES);
    let error = run(&scenario, &world, &ledger, None, &RunOptions::default()).unwrap_err().to_string();
    assert!(error.contains("on `embargo`") && error.contains("deficits held"), "{error}");
}

/// One report with every problem of the table, each with what to write.
#[test]
fn every_problem_of_the_table_is_in_one_report() {
    let text = scenario(
        r#"players = ["R0", "R0"]
status_quo = "peas"
rungs = ["peace", "peace", { phase = "war" }, { name = "war" }, { name = "more", phase = "later" }]
deals = ["war", "war"]
punishment = "nsh"
periods = 0
standing = 2
rate = "5000%"
detection = "soon"
not_renewed = "100%"
noise = "0%"
bounds = ["50%", "10%"]
term = "30 years"
sets = []
deficits = ["hold"]
horizon = "10 years""#,
    ) + "[long_run]\nvariant = \"scale\"\n";
    let error = Scenario::parse("wrong", "wrong.toml", &text).unwrap_err().render(false);
    insta::assert_snapshot!(error);
}

/// A phase that is called as a word of the table could not be meant by that word.
#[test]
fn words_of_the_table_name_no_phase() {
    for (name, key) in [("embargo", "rungs"), ("nash", "punishment")] {
        let text = scenario("players = [\"R0\", \"R1\"]").replace("\"war\"", &format!("\"{name}\""));
        let error = Scenario::parse("wrong", "wrong.toml", &text).unwrap_err().render(false);
        assert!(error.contains(&format!("cannot be `{name}`")), "{key}: {error}");
        let (games, _) = text.split_once("[strategy]").unwrap();
        assert!(Scenario::parse("right", "right.toml", games).is_ok());
    }
    let text = scenario("players = [\"R0\", \"R1\"]\nrate = \"-4%\"");
    let error = Scenario::parse("wrong", "wrong.toml", &text).unwrap_err().render(false);
    assert!(error.contains("`rate` cannot be negative") && !error.contains("subsid"), "{error}");
}

#[test]
fn one_player_is_no_game() {
    for (players, says) in
        [("[\"R0\"]", "one is named"), ("[\"R0\", \"R1\", \"R2\"]", "3 are"), ("[]", "name two")]
    {
        let text = scenario(&format!("players = {players}"));
        let error = Scenario::parse("wrong", "wrong.toml", &text).unwrap_err().render(false);
        assert!(error.contains(says), "{players}: {error}");
    }
    let error =
        Scenario::parse("wrong", "wrong.toml", &scenario("standing = \"0%\"")).unwrap_err().render(false);
    assert!(error.contains("has no `players`"), "{error}");
}

#[test]
fn names_are_checked_against_the_world() {
    let world = symmetric_pair(0.3, 4.0);
    let (_, ledger) = read(&scenario("players = [\"R0\", \"R1\"]"), &world, DUTIES);
    let text = scenario(
        r#"players = ["R0", "R7"]
sets = ["tset"]
rungs = ["peace", { name = "more", phase = "war", revoke = { measures = ["frist"] } }]"#,
    );
    let mut scenario = Scenario::parse("wrong", "wrong.toml", &text).unwrap();
    let error = scenario.check("wrong.toml", &text, &world, &ledger).unwrap_err().render(false);
    for part in ["unknown region `R7`", "did you mean `test`", "did you mean `first`"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    // The library says the same of a scenario that nobody checked.
    let error = run(&scenario, &world, &ledger, None, &RunOptions::default()).unwrap_err();
    assert!(matches!(&error, StrategyRunError::Unknown(text) if text.contains("R7")), "{error}");
}

/// The scenario that ships prints every card, in 80 columns, and writes their rows.
#[test]
#[cfg(feature = "cli")]
fn the_truce_has_its_cards() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["run", "scenarios/truce-2025.toml", "--quiet", "--out", out.to_str().unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let cards = &printed[printed.find("The strategy of USA and CHN").unwrap()..];
    for title in [
        "Payoff matrix:",
        "Escalation ladder:",
        "Leverage:",
        "Concession exchange rates:",
        "Frontier:",
        "Truce:",
        "What turns the verdict",
        "Cost of delay:",
        "Bystanders:",
    ] {
        assert!(cards.contains(title), "{title}\n{cards}");
    }
    // What the accounts say comes after the cards.
    let (cards, _) = cards.split_once("\nWhat each side says\n").unwrap();
    for line in cards.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let table = std::fs::read_to_string(out.join("results.csv")).unwrap();
    for variable in [
        "rung_payoff",
        "best_reply_rung",
        "threat_harm",
        "concession_received",
        "frontier_gain",
        "temptation",
        "critical_discount",
        "truce_margin",
        "cost_of_delay",
        "pressure_week",
        "bargaining_share",
        "weeks_to_bite",
    ] {
        assert!(table.contains(&format!(",{variable},")), "{variable}");
    }
}
