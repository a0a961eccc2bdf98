//! `detente strategy` and `detente network` from the command line.
#![cfg(feature = "cli")]

use std::process::{Command, Output};

fn detente(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).output().unwrap()
}

fn fails(arguments: &[&str], says: &str) {
    let output = detente(arguments);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    assert!(text.contains(says), "{arguments:?} says\n{text}");
}

#[test]
fn wrong_input_is_told_in_one_line() {
    for (arguments, says) in [
        ("strategy nash --players USA", "a trade war needs two or more"),
        ("strategy nash --players USA,USA", "USA is there twice"),
        ("strategy optimal --players USB", "--players"),
        ("strategy optimal --players USA --bounds 50,10", "the lower bound comes first"),
        ("strategy optimal --players USA --sectors C99", "--sectors"),
        ("strategy optimal --players USA --variant scale", "games do not: its shadow values are not built"),
        ("strategy optimal --players USA --variant scle", "games have: inputs"),
        (
            "strategy optimal --players USA --variant ossa2014-lobbying",
            "the political weights are of the regions of ossa2014",
        ),
        ("strategy optimal --players USA --variant no-inputs --date 2025-04-30", "leave --date out"),
        (
            "strategy optimal --players USA --variant no-inputs --deficits share",
            "`held`, in units of world wages, or `zero`",
        ),
        ("strategy optimal --players USA --variant ll2014", "has no markups"),
        ("strategy optimal --players USA --minds CHN", "write REGION=WEIGHT"),
        ("strategy optimal --players USA --minds CHN=1e300", "from -100 to 100"),
        ("strategy nash --players USA,CHN --standing nan", "from -100 to 100"),
        ("strategy nash --players USA,CHN --standing inf", "from -100 to 100"),
        ("strategy optimal --players USA --instruments export-tax --mfn", "--mfn: a rule for tariffs"),
        ("strategy optimal --players USA --rent importer", "--rent importer: there is no export-cap"),
        ("strategy optimal --players USA --minds USA=5", "--minds USA=5: USA counts its own"),
        ("strategy optimal --players USA --on USA", "--on: USA levies nothing on itself"),
        ("strategy fit --players USA,CHN --standing 1", "--standing"),
        ("strategy talks --players USA,CHN --standing 1", "--from nash"),
        ("strategy talks --players USA,CHN --rule nash-in-nash --frontier 4", "--rule nash-in-nash"),
        ("strategy talks --players USA,CHN --rule nash-in-nash --concessions 4", "--rule nash-in-nash"),
        ("strategy talks --players USA,CHN,DEU --frontier 4", "--frontier: a frontier is of two players"),
        ("strategy talks --players USA,CHN --frontier 1", "two points or more"),
        ("strategy optimal --players USA --csv a.csv --tariffs a.csv", "one file for both"),
        ("strategy nash --players USA,CHN --starts 9", "1..=8"),
        (
            "strategy nash --players USA,CHN --instruments import-tariff,export-cap --rent importer",
            "leave import-tariff out",
        ),
        ("strategy formula --players USA --policy ll_first", "without inputs"),
        ("strategy formula --players USA --policy ll_fourth", "the formulas are ll_first"),
        ("strategy fit --players USA", "name two"),
        ("strategy fit --players USA,CHN --most 0", "above 0"),
        ("strategy power --players USA,CHN --allies CHN", "is there twice, or plays"),
        ("strategy optimal --players USA,CHN --csv x.csv", "name one in --players"),
        ("strategy truce --players USA,CHN,JPN", "name two"),
        ("strategy truce --players USA,CHN --lag -5", "unexpected argument"),
        ("strategy truce --players USA,CHN,JPN --most-cooperative", "name two"),
        ("strategy truce --world ossa2014 --players USA,CHN --linked --rate 0", "set --rate above 0"),
        (
            "strategy truce --world ossa2014 --players USA,CHN --linked --instruments export-cap --rent importer",
            "two would set it",
        ),
        ("strategy ladder --players USA,CHN --rungs 2025-01-19", "two days or more"),
        ("strategy leverage --players USA,CHN --step 0", "above 0"),
        ("network", "--from"),
        ("network --from 2025-04-04 --weeks 0", "1..=104"),
        ("network --from 2025-04-04 --cover 60,15", "lower end first"),
        ("network --from 2025-04-04 --cover 3", "at least the length of a step"),
        ("network --from 2025-04-04 --leak 150", "--leak 150: a share lies between 0 and 100"),
        ("network --from 2025-04-04 --cover 0", "--cover 0: stocks last at least"),
        ("network --from 2025-04-04 --cover=-3", "--cover -3: stocks last at least"),
        ("network --from 2025-04-04 --sender CHM", "sender"),
        ("network --from 2025-04-04 --study none-such", "shipped studies: magnets-2025"),
    ] {
        fails(&arguments.split(' ').collect::<Vec<_>>(), says);
    }
}

/// Two players without inputs: the files have every region and every traded flow
/// between the players, and a war leaves both with tariffs.
#[test]
fn a_war_is_written_to_files() {
    let folder = tempfile::tempdir().unwrap();
    let (csv, tariffs) = (folder.path().join("w.csv"), folder.path().join("t.csv"));
    let output = detente(&[
        "strategy",
        "nash",
        "--world",
        "ossa2014",
        "--variant",
        "ossa2014-lobbying",
        "--players",
        "USA,CHN",
        "--on",
        "USA,CHN",
        "--csv",
        csv.to_str().unwrap(),
        "--tariffs",
        tariffs.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("Nash equilibrium") && printed.contains("most to gain by leaving"), "{printed}");
    let welfare = std::fs::read_to_string(csv).unwrap();
    assert_eq!(welfare.lines().count(), 1 + 2 * 7);
    let rates = std::fs::read_to_string(tariffs).unwrap();
    let of_china = rates.lines().filter(|line| line.starts_with("USA,CHN,"));
    let rates: Vec<f64> = of_china.map(|line| line.split(',').nth(3).unwrap().parse().unwrap()).collect();
    let mean = rates.iter().sum::<f64>() / rates.len() as f64;
    assert!(rates.len() > 25 && rates.iter().all(|rate| *rate >= 0.0) && mean > 0.15, "{rates:?}");
}

/// What each subcommand of small worlds prints, in short.
#[test]
fn small_worlds_are_played_quickly() {
    for (arguments, says) in [
        ("nash --world ossa2014 --players all --starts 1", "from 1 of 1 starts|come back to within"),
        (
            "nash --world ossa2014 --players USA,CHN --instruments import-tariff,export-tax,export-cap",
            "are played as one tax|flows limited",
        ),
        (
            "nash --world ossa2014 --players USA,CHN --on USA,CHN --instruments export-cap --rent importer",
            "the importers keep the rent",
        ),
        (
            "optimal --world icio-2019-g20 --players USA --instruments import-tariff,export-tax --bounds 0,20",
            "Best reply of USA: objective +",
        ),
        (
            "optimal --world ossa2014 --players USA --instruments import-tariff,export-tax --on CHN",
            "Best reply of USA: objective +",
        ),
        ("optimal --world ll2014 --players USA --mfn", "the world's markups, entry closed"),
        (
            "formula --world ll2014 --players USA --policy ll_second",
            "USA follows ll_second: real income +|not an optimum",
        ),
        (
            "talks --world ossa2014 --players USA,CHN --rule kalai-smorodinsky",
            "at the most|gain for a unit of cost",
        ),
        ("talks --world ossa2014 --players USA,CHN,EU --rule nash-in-nash", "All deals together"),
        ("fit --world ossa2014 --players USA,CHN --most 2", "not what anybody wants|Political weights"),
        (
            "power --world ossa2014 --players USA,CHN --allies EU",
            "threatening together adds +|would concede up to",
        ),
        ("exposure --world ossa2014 --players CHN", "If CHN gets one per cent more productive"),
        ("optimal --world ossa2014 --players USA --minds CHN=-0.5,EU=0.2", "Best reply of USA: objective +"),
    ] {
        let words: Vec<&str> = std::iter::once("strategy").chain(arguments.split(' ')).collect();
        let output = detente(&words);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        for part in says.split('|') {
            assert!(text.contains(part), "{arguments} lacks `{part}`:\n{text}");
        }
    }
}

#[test]
fn a_ladder_marks_best_answers() {
    let output = detente(&[
        "strategy",
        "ladder",
        "--players",
        "USA,CHN",
        "--ledger",
        "us-china",
        "--rungs",
        "2025-01-19,2025-04-12",
        "--quiet",
    ]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(printed.contains("+0.000* /+0.000*"), "{printed}");
    assert!(printed.contains("Nobody wants to move from: USA 2025-01-19 and CHN 2025-01-19"), "{printed}");
}

/// Noise that a deal bears, and more than it bears.
#[test]
fn a_deal_is_seen_through_noise() {
    let run = |noise: &str| {
        let of = ["strategy", "truce", "--world", "ossa2014", "--players", "EU,CHN", "--noise", noise];
        let output = detente(&of);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let clear = run("0.3");
    assert!(clear.contains("noise of 0.3: a trigger exists, with hardly any false alarm"), "{clear}");
    let most = clear.split("it bears noise up to ").nth(1).and_then(|rest| rest.split(' ').next());
    let most: f64 = most.unwrap().parse().unwrap();
    assert!(most > 0.3 && most < 2.0, "{clear}");
    let dim = run(&format!("{}", 0.9 * most));
    assert!(dim.contains("a trigger exists; 0.") && dim.contains("false alarms a year, "), "{dim}");
    let dark = run(&format!("{}", 1.1 * most));
    assert!(dark.contains("no trigger deters, the deal breaks"), "{dark}");
    let output =
        detente(&["strategy", "truce", "--world", "ossa2014", "--players", "EU,CHN", "--noise", "0"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("write a share above 0"));
}

/// Longer lags hold less; the efficient deal holds while answers are quick.
#[test]
fn the_most_cooperative_deal_is_told_lag_by_lag() {
    let output = detente(&[
        "strategy",
        "truce",
        "--world",
        "ossa2014",
        "--players",
        "USA,CHN",
        "--rate",
        "60",
        "--lag",
        "200",
        "--most-cooperative",
        "--linked",
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Vec<f64>> = printed
        .lines()
        .filter(|line| line.contains(" week") || line.trim_start().starts_with("200 days"))
        .map(|line| line.split_whitespace().skip(2).map(|number| number.parse().unwrap()).collect())
        .collect();
    assert_eq!(rows.len(), 6, "{printed}");
    for pair in rows.windows(2) {
        assert!(pair[0].iter().zip(&pair[1]).take(4).all(|(now, later)| now >= later), "{printed}");
    }
    for part in [
        "tariffs alone",
        "licences alone",
        "one war over both",
        "Licences for tariffs",
        "Mean tax on the other",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
}

/// The table of a truce as rows, and nothing printed before a wrong option is refused.
#[test]
fn a_truce_can_be_written_as_rows() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(["strategy", "truce", "--world", "ossa2014", "--players", "USA,CHN"])
            .args(more)
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let output = run(&["--csv", "truce.csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(folder.path().join("truce.csv")).unwrap();
    assert!(text.starts_with("region,variable,value\n"), "{text}");
    for start in ["USA,temptation,", "CHN,punishment_loss,"] {
        assert!(text.lines().any(|line| line.starts_with(start)), "{start}: {text}");
    }
    let output = run(&["--noise", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}
