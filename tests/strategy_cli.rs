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
        ("strategy optimal --players USA --markups krugman", "played without markups"),
        ("strategy optimal --players USA,CHN --csv x.csv", "name one in --players"),
        ("strategy truce --players USA,CHN,JPN", "name two"),
        ("strategy truce --players USA,CHN --lag -5", "unexpected argument"),
        ("strategy ladder --players USA,CHN --rungs 2025-01-19", "two days or more"),
        ("strategy leverage --players USA,CHN --step 0", "above 0"),
        ("network", "--from"),
        ("network --from 2025-04-04 --weeks 0", "1..=104"),
        ("network --from 2025-04-04 --cover 60,15", "lower end first"),
        ("network --from 2025-04-04 --cover 3", "at least the length of a step"),
        ("network --from 2025-04-04 --leak 150", "leakage.max"),
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
        "--markups",
        "krugman",
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
