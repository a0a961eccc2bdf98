//! From accounts to a ledger and back: proposals, evidence that is compared, prices.

use std::path::Path;
use std::process::{Command, Output};

fn detente(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32) -> (String, String) {
    let [out, err] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    (out, err)
}

const NOTE: &str = "+++\ndate = 2025-06-05\nparty = \"USA\"\n+++\nThe President said that the rare earth question is settled.\n";

#[test]
fn proposals_are_added_once_and_compared_with_their_texts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("note.md"), NOTE).unwrap();
    let (_, err) = ends(&detente(&["read", "note.md", "--into", "ledger.toml"], path), 0);
    assert!(err.contains("1 proposal added; none is in force"), "{err}");
    let written = std::fs::read_to_string(path.join("ledger.toml")).unwrap();
    let (_, err) = ends(&detente(&["read", "note.md", "--into", "ledger.toml"], path), 0);
    assert!(err.contains("no proposal that it does not have"), "{err}");
    assert_eq!(std::fs::read_to_string(path.join("ledger.toml")).unwrap(), written);
    let (out, _) = ends(&detente(&["ledger", "check", "ledger.toml"], path), 0);
    assert!(out.contains("0 measures") && out.contains("proposals of which nothing is in force: 1"), "{out}");
    // The text moves by a line: the check says where the words are now.
    std::fs::write(path.join("note.md"), NOTE.replace("The President", "Today.\nThe President")).unwrap();
    let (_, err) = ends(&detente(&["ledger", "check", "ledger.toml"], path), 2);
    assert!(
        err.contains("does not say this there") && err.contains("these words stand at span = ["),
        "{err}"
    );
    // The text is gone, or shorter than the span.
    std::fs::write(path.join("note.md"), "Nothing.").unwrap();
    let (_, err) = ends(&detente(&["ledger", "check", "ledger.toml"], path), 2);
    assert!(err.contains("the file has 8 characters"), "{err}");
    std::fs::remove_file(path.join("note.md")).unwrap();
    let (_, err) = ends(&detente(&["ledger", "check", "ledger.toml"], path), 2);
    assert!(err.contains("cannot be read"), "{err}");
}

#[test]
fn a_ledger_that_is_none_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("note.md"), NOTE).unwrap();
    std::fs::write(path.join("ledger.toml"), "[ledger\n").unwrap();
    let (_, err) = ends(&detente(&["read", "note.md", "--into", "ledger.toml"], path), 2);
    assert!(err.contains("is not a ledger that can be added to"), "{err}");
    assert_eq!(std::fs::read_to_string(path.join("ledger.toml")).unwrap(), "[ledger\n");
}

#[test]
fn wrong_proposals_are_reported_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = "ledger = { title = \"t\" }\n[[proposal]]\nsort = \"law\"\ntopic = \"tariffs\"\nby = \"USA\"\nstatus = \"sure\"\nsay = \"x\"\n";
    std::fs::write(folder.path().join("ledger.toml"), text).unwrap();
    let (_, err) = ends(&detente(&["ledger", "check", "ledger.toml"], folder.path()), 2);
    for part in [
        "the words here are measure, reading",
        "announced, claimed, confirmed, disputed",
        "did you mean `says`?",
        "evidence",
    ] {
        assert!(err.contains(part), "{part} is missing:\n{err}");
    }
}

#[test]
fn wrong_input_is_one_clear_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("latin.txt"), b"caf\xe9").unwrap();
    std::fs::write(
        path.join("head.txt"),
        "+++\ndat = 2025-06-05\nparty = \"China\"\ncomplete = \"yes\"\n+++\nText.\n",
    )
    .unwrap();
    std::fs::write(path.join("a.txt"), "Text.").unwrap();
    std::fs::create_dir(path.join("b")).unwrap();
    std::fs::write(path.join("b/a.txt"), "Text.").unwrap();
    std::fs::write(path.join("rows.jsonl"), "{\"tokens\": [\"a\"], \"genre\": \"news\", \"id\": \"x\", \"attributions\": [{\"polarity\": \"positive\", \"source\": [[0, 3]], \"content\": []}]}\n").unwrap();
    std::fs::write(path.join("empty.jsonl"), "\n").unwrap();
    for (arguments, parts) in [
        (vec!["read", "none.txt"], vec!["cannot read none.txt"]),
        (vec!["read", "latin.txt"], vec!["no UTF-8 text", "byte 3"]),
        (
            vec!["read", "head.txt"],
            vec![
                "the header of the account has 3 problems",
                "did you mean `date`?",
                "party = \"CHN\"",
                "complete",
            ],
        ),
        (vec!["read", "a.txt", "b/a.txt"], vec!["both called `a`"]),
        (vec!["read", "--evaluate", "rows.jsonl"], vec!["line 1", "not within the 1 tokens"]),
        (vec!["read", "--evaluate", "empty.jsonl"], vec!["one JSON object a line"]),
        (vec!["read"], vec!["<FILE>"]),
        (vec!["read", "a.txt", "--topics", "none.toml"], vec!["cannot read none.toml"]),
    ] {
        let (_, err) = ends(&detente(&arguments, path), 2);
        for part in parts {
            assert!(err.contains(part), "{arguments:?}: {part} is missing:\n{err}");
        }
    }
    let (out, _) = ends(&detente(&["read", "a.txt"], path), 0);
    assert!(out.contains("No statement was found"), "{out}");
}

#[test]
fn topics_cues_and_people_can_be_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("text.txt"), "Ana Ruiz grumbled that the whisky duties were high.").unwrap();
    std::fs::write(path.join("topics.toml"), "[whisky]\ntitle = \"Whisky\"\nphrases = [\"whisky\"]\n")
        .unwrap();
    std::fs::write(path.join("cues.toml"), "[complain]\ncontent = \"clause\"\nverbs = [\"grumble\"]\n")
        .unwrap();
    std::fs::write(path.join("people.toml"), "[[person]]\nname = \"Ana Ruiz\"\nparty = \"PRT\"\noffice = [{ title = \"Minister\", from = 2020-01-01 }]\n").unwrap();
    let plain = ends(&detente(&["read", "text.txt"], path), 0).0;
    assert!(plain.contains("No statement"), "{plain}");
    let more = [
        "read",
        "text.txt",
        "--topics",
        "topics.toml",
        "--cues",
        "cues.toml",
        "--parties",
        "people.toml",
        "--format",
        "json",
    ];
    let (out, _) = ends(&detente(&more, path), 0);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    let one = &value["statements"][0];
    assert_eq!((&one["party"], &one["class"]), (&"PRT".into(), &"complain".into()));
    assert!(one["topics"].as_array().unwrap().contains(&"whisky".into()), "{one}");
}

/// Each topic is priced alone: the other side's reading of one does not move another.
#[test]
fn the_difference_is_priced_by_topic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (out, _) = ends(&detente(&["run", "scenarios/two-readings-2025.toml", "--format", "csv"], root), 0);
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|head| *head == name).unwrap();
    let [run, reading, region, variable, value] =
        ["run", "reading", "region", "variable", "value"].map(column);
    let find = |what: &str, of: &str, phase: &str, who: &str| -> f64 {
        let row = rows.iter().find(|row| {
            row[variable] == what && row[reading] == of && row[run] == phase && row[region] == who
        });
        row.unwrap_or_else(|| panic!("{what} {of} {phase} {who}"))[value].parse().unwrap()
    };
    // Washington reads the rare earths as settled, and nothing else differently.
    for who in ["USA", "CHN"] {
        let whole = find("equivalent_variation", "washington", "after-the-call", who);
        assert!(whole.is_finite());
        assert_eq!(find("reading_gap", "washington/chips", "after-the-call", who), 0.0);
        assert_eq!(find("reading_gap", "washington/jet-engines", "after-the-call", who), 0.0);
    }
    assert!(find("reading_gap", "washington/rare-earths", "after-the-call", "USA") > 0.0);
    assert!(find("reading_gap", "beijing/chips", "after-the-call", "CHN") > 0.0);
    // More licences, less lost in the weeks.
    let lost = |side: &str| {
        let rows = rows.iter().filter(|row| {
            row[variable] == "value_added_lost"
                && row[reading] == format!("{side}/rare-earths")
                && row[region] == "CHN"
        });
        rows.map(|row| row[value].parse::<f64>().unwrap()).fold(0.0, f64::max)
    };
    assert!(lost("washington") < lost("beijing"), "{} {}", lost("washington"), lost("beijing"));
}

/// A side that reads a topic as the ledger has it is told beside the one that moves it.
#[test]
fn weeks_are_told_of_every_side_of_a_topic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let shipped = detente::ledger::shipped::text("two-readings-2025").unwrap();
    let as_it_is = "approval = { 2025-06-06 = \"25%\", 2025-06-30 = \"60%\" }";
    let ledger = shipped.replace("approval = { 2025-06-06 = \"25%\" }", as_it_is);
    assert_ne!(ledger, shipped);
    std::fs::write(path.join("mine.toml"), ledger).unwrap();
    let scenario = "title = \"a\"\nworld = \"icio-2022\"\nledger = \"mine.toml\"\nactors = [\"CHN\"]\n\
                    readings = [\"washington\", \"beijing\"]\n\
                    [[phase]]\nname = \"before\"\ndate = 2025-05-14\n[[phase]]\nname = \"after\"\ndate = 2025-07-04\n\
                    [long_run]\nrange = [\"GYY\"]\n\
                    [short_run]\nfrom = 2025-04-04\nweeks = 13\ndraws = 1\ndependence = { goods = \"10%\", services = \"0%\" }\n";
    std::fs::write(path.join("one.toml"), scenario).unwrap();
    let (out, _) = ends(&detente(&["-q", "run", "one.toml", "--format", "csv"], path), 0);
    let lost = |reading: &str| -> Option<f64> {
        let rows = out.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let mut rows = rows.filter(|row| {
            row[2] == reading && row[5] == "CHN" && row[8] == "value_added_lost" && row[4] == "13"
        });
        rows.next()?[10].parse().ok()
    };
    let (washington, beijing) = (lost("washington/rare-earths"), lost("beijing/rare-earths"));
    assert!(washington.unwrap() < beijing.unwrap(), "{washington:?} {beijing:?}");
    // Beijing reads the licences as the ledger has them.
    assert_eq!(beijing, lost(""));
    // No side moves a week by its reading of engines: they are not told.
    assert_eq!(lost("beijing/jet-engines"), None);
}
