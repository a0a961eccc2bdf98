//! A run that remembers has the same bits as one that does not, and does less.

use std::time::Instant;

use detente::numerics::progress::Progress;
use detente::scenario::{Asked, Memory, Question, RunOptions, Shelf};

const SCENARIO: &str = r#"
title  = "Two what-ifs"
world  = "icio-2022"
ledger = "us-china"
actors = ["USA", "CHN"]

[[phase]]
name = "before"
date = 2025-01-19

[[phase]]
name = "escalation"
date = 2025-04-12

[[phase]]
name = "truce"
date = 2025-05-14
set  = { us-reciprocal = "RATE%" }
"#;

/// The rows of a run as text, and how many equilibria it took.
fn run(text: &str, memory: &Memory) -> (String, usize) {
    let asked = Asked::default();
    let question = Question::read("what-ifs", "what-ifs.toml", text, &Shelf::Shipped, &asked).unwrap();
    let progress = Progress::default();
    let options = RunOptions { progress: progress.clone(), memory: memory.clone(), ..RunOptions::default() };
    let answer = question.answer(&asked, &options).unwrap();
    (String::from_utf8(answer.results().to_csv()).unwrap(), progress.sight().done)
}

#[test]
fn a_memory_changes_the_time_only() {
    let memory = Memory::new();
    let with_rate = |rate: &str| SCENARIO.replace("RATE", rate);
    let (first, steps) = run(&with_rate("10"), &memory);
    let sets = steps / 3;
    assert_eq!(steps, 3 * sets, "three phases a set");
    assert_eq!(run(&with_rate("10"), &memory), (first.clone(), 0), "nothing is new");
    for rate in ["12", "40", "0", "10"] {
        let started = Instant::now();
        let (known, steps) = run(&with_rate(rate), &memory);
        eprintln!("{rate}: {:?}", started.elapsed());
        let (fresh, _) = run(&with_rate(rate), &Memory::default());
        assert!(known == fresh, "{rate}: other numbers with a memory than without");
        assert_eq!(steps, if rate == "10" { 0 } else { sets }, "{rate}: one phase a set");
        assert_eq!(known == first, rate == "10");
    }
    for other in [
        with_rate("10") + "[long_run]\ndeficits = \"zero\"\n",
        with_rate("10") + "[long_run]\nvariant = \"short-run\"\n",
        with_rate("10").replace("2025-01-19", "2024-01-19"),
        with_rate("10").replace("[\"USA\", \"CHN\"]", "[\"CHN\"]"),
        with_rate("10").replace("2025-05-14", "2025-06-14"),
    ] {
        assert!(run(&other, &memory).0 == run(&other, &Memory::default()).0, "{other}");
    }
}

#[test]
fn a_stopped_run_says_so() {
    let asked = Asked::default();
    let text = SCENARIO.replace("RATE", "10");
    let question = Question::read("what-ifs", "what-ifs.toml", &text, &Shelf::Shipped, &asked).unwrap();
    let options = RunOptions::default();
    options.progress.stop();
    let started = Instant::now();
    assert_eq!(question.answer(&asked, &options).unwrap_err().to_string(), "stopped before the end");
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn a_shelf_opens_what_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("served");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(folder.path().join("secret.toml"), "ledger = { title = \"secret\" }").unwrap();
    std::fs::write(inside.join("own.toml"), "ledger = { title = \"own\" }").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.toml"), inside.join("link.toml")).unwrap();
    let shelf = Shelf::Within(inside.clone());
    assert!(shelf.ledger_text("own.toml").unwrap().1.contains("own"));
    assert!(shelf.ledger_text("none").unwrap().1.contains("ledger"), "what ships");
    let absolute = folder.path().join("secret.toml").display().to_string();
    for name in
        ["../secret.toml", "a/../../secret.toml", absolute.as_str(), "link.toml", "own.toml\0", "..", "", "."]
    {
        let error = shelf.ledger_text(name).unwrap_err().to_string();
        assert!(error.contains("may not be opened") || error.contains("cannot read"), "{name}: {error}");
        assert!(!error.contains("title"), "{error}");
    }
    for name in ["own.toml", "served/own.toml", "../served/own.toml", absolute.as_str()] {
        assert!(Shelf::Shipped.ledger_text(name).is_err(), "{name}");
    }
    assert!(Shelf::Shipped.world("icio-2019-g20").is_ok());
    assert!(Shelf::Shipped.world("../data/worlds/icio-2022").is_err());
}
