//! The program as a person meets it: what it prints, what it writes, how it ends.

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

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Ends with `code`; returns standard output and standard error.
#[track_caller]
fn ends(output: &Output, code: i32) -> (String, String) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    (out, err)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

const TRUCE: &str = "scenarios/truce-2025.toml";

#[test]
fn chains_answer_beside_the_record() {
    let folder = scratch();
    let arguments = ["network", "chains", "--draws", "40", "--csv", "chains.csv"];
    let (out, _) = ends(&detente(&arguments, folder.path()), 0);
    for part in ["2025-06", "EU, files approved by day 61", "JPN, reported vehicle line", "cannot pin down"] {
        assert!(out.contains(part), "{part} is missing:\n{out}");
    }
    let table = std::fs::read_to_string(folder.path().join("chains.csv")).unwrap();
    for variable in ["export_ratio", "weeks_to_stop", "stop_reported", "lines_standing", "sharpness"] {
        assert!(table.contains(variable), "{variable}");
    }
    // A short horizon leaves out what lies beyond it.
    let (out, _) = ends(&detente(&["network", "chains", "--draws", "5", "--weeks", "1"], folder.path()), 0);
    assert!(out.contains("not over by then"), "{out}");
    let (_, err) = ends(&detente(&["network", "chains", "--study", "magnet-2025"], folder.path()), 2);
    assert!(err.contains("shipped studies: magnets-2025"), "{err}");
    let (_, err) = ends(&detente(&["network", "chains", "--weeks", "0"], folder.path()), 2);
    assert!(err.contains("--weeks"), "{err}");
    // Ten draws are too few to be believed, and it says which questions fail.
    let output = detente(&["network", "chains", "--check", "--draws", "10", "--weeks", "4"], folder.path());
    let (out, _) = ends(&output, 1);
    assert!(out.contains("NO"), "{out}");
}

#[test]
fn the_truce_scenario_answers_with_ranges_and_conventions() {
    let (out, _) = ends(&detente(&["run", TRUCE], root()), 0);
    for part in [
        "Escalation",
        "2025-08-12",
        "USA on CHN",
        "Real income, %",
        "all others",
        "Bystanders",
        "range over GYY",
        "Deficits held at their base-year value; numeraire: world value added.",
        "In force but not priced here:\n  export licences: us-chip-controls, us-memory-controls, ",
        "\n  tariff exemptions: us-301-exclusions, cn-import-waivers\n",
        "Limited sales: shadow price, % of what the seller would ask",
    ] {
        assert!(out.contains(part), "{part} is missing in\n{out}");
    }
}

/// On 6 June the United States' controls stand for one side only, on 4 July for
/// neither; what is left of the gap are the licences on magnets.
#[test]
fn two_readings_run_side_by_side() {
    let (out, _) = ends(&detente(&["run", "scenarios/two-readings-2025.toml"], root()), 0);
    for part in [
        "As washington reads the measures.",
        "What the readings differ by: real income, %",
        "CHN, beijing less washington",
    ] {
        assert!(out.contains(part), "{part} is missing in\n{out}");
    }
    let csv = ["run", "scenarios/two-readings-2025.toml", "--format", "csv", "-q"];
    let (csv, _) = ends(&detente(&csv, root()), 0);
    let welfare = |run: &str, reading: &str, region: &str| {
        let rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let mut rows = rows.filter(|row| row[0] == run && row[2] == reading);
        let row = rows.find(|row| row[5..9] == [region, "", "", "welfare_exact"]).unwrap();
        row[10].parse::<f64>().unwrap()
    };
    let gap = |run, region| welfare(run, "beijing", region) - welfare(run, "washington", region);
    assert!(gap("after-the-call", "CHN") > 1e-3, "the United States' controls cost China");
    assert!(gap("lifted", "CHN") < 0.2 * gap("after-the-call", "CHN"), "and are gone in July");
    assert!(gap("lifted", "USA") < -2e-4, "the licences on magnets are not");
    let check = ["ledger", "check", "two-readings-2025", "--reading", "beijin"];
    let (_, err) = ends(&detente(&check, root()), 2);
    assert!(err.contains("did you mean `beijing`?"), "{err}");
    let check = ["ledger", "check", "two-readings-2025", "--reading", "beijing"];
    let (out, _) = ends(&detente(&check, root()), 0);
    assert!(out.contains("reading beijing differs in 3 of them"), "{out}");
}

#[test]
fn a_scenario_names_readings_and_adds_measures() {
    let folder = scratch();
    let scenario = r#"
title  = "Wrong readings"
world  = "icio-2022"
ledger = "us-china"
actors = ["USA"]
readings = ["washingtn"]

[[phase]]
name = "before"
date = 2025-01-01
extend = { us-reciprocal = 2025-05-01, cn-reciprocal = 2025-12-01 }
revoke = { suspensions = "cn-reciprocal" }

[[phase]]
name = "after"
date = 2025-06-01
add = [{ id = "us-fentanyl", kind = "import-tariff", by = "USA", on = "CHN", rate = "25%", from = 2025-05-20, source = "x" },
       { id = "new", kind = "import-tariff", by = "USA", on = "CHM", rate = 25, from = 2025-05-20, source = "x" }]
"#;
    std::fs::write(folder.path().join("wrong.toml"), scenario).unwrap();
    let (_, err) = ends(&detente(&["run", "wrong.toml"], folder.path()), 2);
    for part in [
        "6 problems",
        "the phase also revokes it: keep one of the two",
        "did you mean `washington`?",
        "the suspension begins on 2025-05-14: 2025-05-01 is not later",
        "already has a measure of this id",
        "did you mean `CHE`",
        "write \"25%\"",
    ] {
        assert!(err.contains(part), "{part} is missing in\n{err}");
    }
    let scenario = "title = \"t\"\nworld = \"icio-2022\"\nledger = \"none\"\nactors = [\"USA\"]\n\
        readings = [\"washington\"]\n[[phase]]\nname = \"a\"\ndate = 2025-01-01\n[[phase]]\nname = \"b\"\n\
        date = 2025-06-01\n";
    std::fs::write(folder.path().join("none.toml"), scenario).unwrap();
    let (_, err) = ends(&detente(&["run", "none.toml"], folder.path()), 2);
    assert!(err.contains("no measure of the ledger has a reading"), "{err}");
}

#[test]
fn a_scenario_sets_only_what_a_measure_has() {
    let folder = scratch();
    let scenario = r#"
title  = "Wrong numbers"
world  = "icio-2022"
ledger = "us-china"
actors = ["USA"]

[[phase]]
name = "before"
date = 2025-01-01
set  = { us-fentanil = "10%", us-fentanyl = 10, us-reciprocal = "600%" }
revoke = { measures = ["cn-reciprocal"] }

[[phase]]
name = "after"
date = 2025-06-01
set  = { cn-rare-earth-licences = "130%", call-2025-06-05 = "5%", new = "30%" }
add  = [{ id = "new", kind = "import-ban", by = "USA", on = "CHN", from = 2025-05-20, source = "x" }]
"#;
    std::fs::write(folder.path().join("wrong.toml"), scenario).unwrap();
    let (_, err) = ends(&detente(&["run", "wrong.toml"], folder.path()), 2);
    insta::assert_snapshot!(err);
    std::fs::write(folder.path().join("wrong.toml"), scenario.replace("us-fentanyl = 10,", "")).unwrap();
    let (_, err) = ends(&detente(&["run", "wrong.toml"], folder.path()), 2);
    insta::assert_snapshot!(err);
}

/// List 4B was suspended two days before its first day, exclusions were extended
/// on 29 November 2025, the duty on chips begins at 0: no average moves.
#[test]
fn rates_are_listed_on_the_days_on_which_an_average_moves() {
    let folder = scratch();
    let rates = ["ledger", "rates", "--importer", "USA", "--exporter", "CHN", "--csv", "rates.csv"];
    let (out, _) = ends(&detente(&rates, folder.path()), 0);
    let csv = std::fs::read_to_string(folder.path().join("rates.csv")).unwrap();
    let first = out.split_once("weighted\n").unwrap().1;
    assert!(first.starts_with("2018-02-07"), "{out}");
    let table = first.split_once("\n\n").unwrap().0;
    assert_eq!(table.lines().count() + 1, csv.lines().count());
    for day in ["2019-12-15", "2025-11-29", "2025-12-23"] {
        assert!(!table.contains(day) && !csv.contains(day), "{day} is listed\n{out}");
    }
    for day in ["2019-09-01", "2025-05-14", "2025-11-10"] {
        assert!(table.contains(day) && csv.contains(day), "{day} is missing\n{out}");
    }
}

#[test]
fn results_are_the_same_bytes_with_one_thread_and_with_two() {
    let folder = scratch();
    let scenario = root().join(TRUCE);
    let scenario = scenario.to_str().unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    for (threads, out) in [("1", "one"), ("2", "two")] {
        let arguments = ["run", scenario, "--threads", threads, "--out", out, "-q"];
        ends(&detente(&arguments, folder.path()), 0);
    }
    for file in ["results.csv", "results.parquet"] {
        assert!(read(&format!("one/{file}")) == read(&format!("two/{file}")), "{file}");
    }
    let csv = text(&read("one/results.csv"));
    truce_has_not_moved(&csv);
    assert!(
        csv.starts_with(
            "run,scenario,reading,date,week,region,partner,sector,variable,unit,value,low,high\n"
        )
    );
    // A stop that does not happen within the horizon is infinitely late; nothing else is.
    let others: Vec<&str> = csv.lines().filter(|line| !line.contains(",weeks_to_stop,")).collect();
    assert!(
        others.iter().all(|line| !line.contains("NaN") && !line.contains(",inf") && !line.contains(",-inf"))
    );
    assert!(!csv.contains("NaN"));
    let (out, _) = ends(&detente(&["run", "--check", "one/manifest.json"], folder.path()), 0);
    assert!(out.starts_with("identical"), "{out}");
}

/// What the README and the book say of the scenario: real income in per cent,
/// value, low and high. They move only when world, ledger or model do.
#[track_caller]
fn truce_has_not_moved(csv: &str) {
    for (run, region, expected) in [
        ("escalation", "USA", [-0.515, -0.528, -0.367]),
        ("escalation", "CHN", [-0.644, -0.663, -0.531]),
        ("truce", "USA", [-0.195, -0.245, -0.169]),
        ("truce", "CHN", [-0.325, -0.338, -0.283]),
        ("collapse", "others", [0.037, 0.029, 0.038]),
    ] {
        let row = csv
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>())
            .find(|row| row[0] == run && row[5..9] == [region, "", "", "welfare_exact"])
            .unwrap();
        for (got, want) in row[10..13].iter().zip(expected) {
            let got: f64 = got.parse().unwrap();
            assert!((got - want).abs() < 6e-4, "{run} {region}: {got} against {want}");
        }
    }
}

/// Draws are points of a sequence, not of a thread; the manifest knows them.
#[test]
fn draws_are_the_same_bytes_with_one_thread_and_with_two() {
    let folder = scratch();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    ends(&detente(&["new", "mine", "-q"], folder.path()), 0);
    for (threads, out) in [("1", "one"), ("2", "two")] {
        let arguments =
            ["run", "mine.toml", "--draws", "6", "--seed", "3", "--threads", threads, "--out", out, "-q"];
        let (summary, _) = ends(&detente(&arguments, folder.path()), 0);
        assert!(summary.contains("In brackets 5 to 95 % of 6 draws of the elasticities."), "{summary}");
        assert!(summary.contains("What the range of real income hangs on"), "{summary}");
    }
    for file in ["results.csv", "results.parquet", "drivers.csv"] {
        assert!(read(&format!("one/{file}")) == read(&format!("two/{file}")), "{file}");
    }
    let (out, _) = ends(&detente(&["run", "--check", "one/manifest.json"], folder.path()), 0);
    assert!(out.starts_with("identical"), "{out}");
    let other = ["run", "mine.toml", "--draws", "6", "--seed", "4", "--out", "three", "-q"];
    ends(&detente(&other, folder.path()), 0);
    assert!(read("one/results.csv") != read("three/results.csv"), "another seed, other draws");
    let (_, err) = ends(&detente(&["run", "mine.toml", "--seed", "4"], folder.path()), 2);
    assert!(err.contains("add --draws N"), "{err}");
    let mine = std::fs::read_to_string(folder.path().join("mine.toml")).unwrap();
    let (head, _) = mine.split_once("[long_run]").unwrap();
    let asks = |long_run: &str| {
        std::fs::write(folder.path().join("asks.toml"), format!("{head}[long_run]\n{long_run}\n")).unwrap();
        detente(&["run", "asks.toml"], folder.path())
    };
    let (_, err) = ends(&asks("draws = 1\nspread = \"wide\"\nseed = -1"), 2);
    for part in
        ["write a whole number from 2 to 65536", "spread", "write a whole number from 0 to 4294967295"]
    {
        assert!(err.contains(part), "{part} is missing in\n{err}");
    }
    let (_, err) = ends(&asks("variant = \"scale=2\""), 2);
    assert!(err.contains("μ θ > 1") && err.contains("scale=2"), "{err}");
    let (out, _) = ends(&asks("variant = \"specific-factors\"\ndeficits = \"income\""), 0);
    assert!(out.contains("The first year: nobody changes sector."), "{out}");
    assert!(out.contains("Deficits in proportion to what each region earns"), "{out}");
    let (_, err) = ends(&asks("spread = \"30%\""), 2);
    assert!(err.contains("`spread` belongs to draws"), "{err}");
    let (out, _) = ends(&asks("draws = 4\nspread = \"30%\""), 0);
    assert!(out.contains("drawn around them with a spread of 30 %"), "{out}");
}

#[test]
fn a_manifest_finds_out_that_the_scenario_changed() {
    let folder = scratch();
    ends(&detente(&["new", "mine", "-q"], folder.path()), 0);
    ends(&detente(&["run", "mine.toml", "--out", "out", "--reproducible", "-q"], folder.path()), 0);
    let ledger = folder.path().join("mine-ledger.toml");
    let changed = std::fs::read_to_string(&ledger).unwrap().replace("\"10%\"", "\"12%\"");
    std::fs::write(&ledger, changed).unwrap();
    let (_, err) = ends(&detente(&["run", "--check", "out/manifest.json"], folder.path()), 1);
    assert!(err.contains("not identical") && err.contains("ledger mine-ledger.toml"), "{err}");
}

#[test]
fn the_published_table_is_reproduced() {
    let folder = scratch();
    let (out, _) = ends(&detente(&["replicate", "cp2015", "--csv", "all.csv"], folder.path()), 0);
    assert_eq!(out.matches(" yes\n").count(), 16, "{out}");
    let csv = std::fs::read_to_string(folder.path().join("all.csv")).unwrap();
    assert_eq!(csv.lines().next(), Some("convention,scenario,region,variable,value"));
    // 2 conventions, 2 experiments, 31 countries, 5 variables.
    assert_eq!(csv.lines().count(), 1 + 2 * 2 * 31 * 5);
    assert!(csv.contains("\nzero_deficit,nafta,MEX,welfare_linear,1.3121"));
    assert!(csv.contains("\ndeficit_held,world,ROW,welfare_exact,"));
}

#[test]
fn the_tariffs_of_april_2025_are_reproduced_and_their_tables_defects_named() {
    let folder = scratch();
    let arguments = ["replicate", "liberation2025", "--csv", "all.csv"];
    let (out, _) = ends(&detente(&arguments, folder.path()), 0);
    assert_eq!(out.matches(" yes\n").count(), 19, "{out}");
    for part in ["spending weights", "GDP weights", "simple mean", "Table 10, case 4 prints -0.26"] {
        assert!(out.contains(part), "{part} is missing in\n{out}");
    }
    let csv = std::fs::read_to_string(folder.path().join("all.csv")).unwrap();
    assert_eq!(csv.lines().next(), Some("scenario,region,variable,value"));
    // 17 cases, 194 countries, 7 variables.
    assert_eq!(csv.lines().count(), 1 + 17 * 194 * 7);
    assert!(csv.contains("\nliberation_noretal,USA,welfare,1.13071"));
    assert!(csv.contains("\nliberation_noretal,USA,tariff_revenue_share,0.01137"));
    assert!(csv.contains("\nregional_EU_CHN_recip,ZWE,price_index,"));
    assert!(!csv.contains("NaN") && !csv.contains("inf"));
}

const FIVE_MISTAKES: &str = r#"ledger = { title = "Five mistakes" }

[[measure]]
id     = "first"
kind   = "import-tarif"
by     = "USA"
on     = "CHM"
rate   = 25
from   = 2018-07-06
source = "83 FR 28710"

[[measure]]
id     = "second"
kind   = "import-tariff"
by     = "USA"
on     = "CHN"
sectors = ["C99"]
rate   = { 2025-02-30 = "10%" }
source = "EO 14195"
"#;

#[test]
fn five_mistakes_come_in_one_report() {
    let folder = scratch();
    std::fs::write(folder.path().join("five.toml"), FIVE_MISTAKES).unwrap();
    let arguments = [
        "solve",
        "--world",
        "icio-2022",
        "--ledger",
        "five.toml",
        "--date",
        "2025-05-01",
        "--csv",
        "out.csv",
    ];
    let (out, err) = ends(&detente(&arguments, folder.path()), 2);
    assert!(out.is_empty());
    for part in [
        "the policy ledger has 5 problems",
        "did you mean `import-tariff`?",
        "did you mean `CHE`, `CHL` or `CHN`?",
        "write \"25%\"",
        "unknown sector `C99`",
        "2025-02-30",
        "five.toml:7:",
    ] {
        assert!(err.contains(part), "{part} is missing in\n{err}");
    }
    assert!(!folder.path().join("out.csv").exists());
    let (json, _) = ends(&detente(&["ledger", "check", "five.toml", "--json"], folder.path()), 2);
    assert_eq!(json.matches("\"offset\"").count(), 5, "{json}");
}

#[test]
fn a_scenario_is_checked_against_its_world_and_its_ledger() {
    let folder = scratch();
    let scenario = r#"
title  = "Wrong names"
world  = "icio-2022"
ledger = "us-china"
actors = ["USA", "China"]

[[phase]]
name = "before"
date = 2025-01-01

[[phase]]
name = "after"
date = 2025-06-01
revoke = { suspensions = ["us-recipocal"] }

[long_run]
elasticities = "GYI"
"#;
    std::fs::write(folder.path().join("wrong.toml"), scenario).unwrap();
    let (_, err) = ends(&detente(&["run", "wrong.toml", "--out", "out"], folder.path()), 2);
    for part in ["3 problems", "did you mean `CHN`?", "did you mean `us-reciprocal`?", "did you mean `GYY`?"]
    {
        assert!(err.contains(part), "{part} is missing in\n{err}");
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn files_that_are_missing_or_unknown_are_named() {
    let folder = scratch();
    let (_, err) = ends(&detente(&["run", "nowhere.toml"], folder.path()), 2);
    assert_eq!(
        err,
        "detente: cannot read the scenario `nowhere.toml`: there is no such file; shipped scenarios: truce-2025, two-readings-2025, rare-earth-licence, \
         counter-levers-2025\n"
    );
    let (_, err) = ends(&detente(&["world", "show", "icio-2023"], folder.path()), 2);
    assert!(err.contains("icio-2022"), "{err}");
    let solve = ["solve", "--world", "icio-2022", "--ledger", "us-chna", "--date", "2025-05-01"];
    let (_, err) = ends(&detente(&solve, folder.path()), 2);
    assert!(err.contains("shipped ledgers: us-china, two-readings-2025"), "{err}");
}

/// Writes the shipped small world to a folder.
fn saved_world(folder: &Path) -> std::path::PathBuf {
    let world = detente::world::World::shipped("icio-2019-g20").unwrap();
    let place = folder.join("saved");
    detente::world::store::save(&world, &place, detente::world::store::Existing::Keep, &[]).unwrap();
    place
}

#[test]
fn a_truncated_parquet_file_is_named_and_nothing_is_written() {
    let folder = scratch();
    let flows = saved_world(folder.path()).join("flows.parquet");
    let bytes = std::fs::read(&flows).unwrap();
    std::fs::write(&flows, &bytes[..bytes.len() / 2]).unwrap();
    let (_, err) = ends(&detente(&["world", "check", "saved"], folder.path()), 2);
    assert!(err.contains("flows.parquet"), "{err}");
    let balance = ["world", "balance", "saved", "--out", "balanced"];
    ends(&detente(&balance, folder.path()), 2);
    assert!(!folder.path().join("balanced").exists());
}

#[test]
fn a_wrong_header_says_which_columns_it_found_and_wants() {
    let folder = scratch();
    let tables = folder.path().join("tables");
    std::fs::create_dir(&tables).unwrap();
    std::fs::write(tables.join("flows.csv"), "industry,importer,exporter,value\nA,USA,USA,10\n").unwrap();
    std::fs::write(tables.join("sectors.csv"), "sector,name,theta\nA,All,4\n").unwrap();
    let import = ["world", "import", "long", "tables", "--out", "made", "--year", "2020"];
    let (_, err) = ends(&detente(&import, folder.path()), 2);
    assert!(err.contains("flows.csv") && err.contains("value_musd") && err.contains("industry"), "{err}");
    assert!(!folder.path().join("made").exists());
}

#[test]
fn an_unknown_edition_is_named_and_not_half_read() {
    let folder = scratch();
    let csv = "V1,AUS_X01,AUS_X02,AUS_HFCE\nAUS_X01,1,2,3\nAUS_X02,1,2,3\nVA,1,1,0\nOUT,6,6,0\n";
    std::fs::write(folder.path().join("2030.csv"), csv).unwrap();
    let import = ["world", "import", "icio", "2030.csv", "--out", "made"];
    let (_, err) = ends(&detente(&import, folder.path()), 2);
    assert!(err.contains("edition"), "{err}");
    assert!(!folder.path().join("made").exists());
}

/// A region whose surplus cannot be paid once its exports are taxed away.
#[test]
fn no_equilibrium_ends_with_three_and_the_region() {
    let folder = scratch();
    let tables = folder.path().join("tables");
    std::fs::create_dir(&tables).unwrap();
    let flows =
        "sector,importer,exporter,value_musd\nA,AAA,AAA,100\nA,AAA,BBB,60\nA,BBB,BBB,20\nA,BBB,AAA,2\n";
    std::fs::write(tables.join("flows.csv"), flows).unwrap();
    std::fs::write(tables.join("sectors.csv"), "sector,name,theta\nA,All,8\n").unwrap();
    let import = ["world", "import", "long", "tables", "--out", "made", "--year", "2020"];
    ends(&detente(&import, folder.path()), 0);
    let ledger = "ledger = { title = \"Prohibitive\" }\n[[measure]]\nid = \"a\"\nkind = \"import-tariff\"\n\
                  by = \"AAA\"\non = \"BBB\"\nrate = \"100000%\"\nconfirm = true\nfrom = 2021-01-01\nsource = \"none\"\n";
    std::fs::write(folder.path().join("wall.toml"), ledger).unwrap();
    let solve =
        ["solve", "--world", "made", "--ledger", "wall.toml", "--date", "2021-06-01", "--csv", "out.csv"];
    let (_, err) = ends(&detente(&solve, folder.path()), 3);
    assert!(err.contains("BBB"), "{err}");
    assert!(!folder.path().join("out.csv").exists());
    assert!(err.contains("surplus"), "{err}");
}

/// An emulated processor of 2008, without wide vectors and fused operations,
/// gives the bits of this one.
#[test]
fn reproducible_results_are_the_same_bits_on_another_processor() {
    let folder = scratch();
    std::fs::write(folder.path().join("l.toml"), MUTUAL).unwrap();
    let arguments = |csv| {
        [
            "solve",
            "--world",
            "icio-2019-g20",
            "--ledger",
            "l.toml",
            "--date",
            "2021-01-01",
            "--reproducible",
            "--csv",
            csv,
        ]
    };
    ends(&detente(&arguments("here.csv"), folder.path()), 0);
    let emulated = Command::new("qemu-x86_64")
        .args(["-cpu", "Nehalem", env!("CARGO_BIN_EXE_detente")])
        .args(arguments("there.csv"))
        .current_dir(folder.path())
        .output();
    let Ok(emulated) = emulated else {
        println!("SKIPPED: no qemu-x86_64 (Debian's package qemu-user) to emulate another processor");
        return;
    };
    ends(&emulated, 0);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(read("here.csv") == read("there.csv"));
}

const MUTUAL: &str = r#"ledger = { title = "Mutual" }
[[measure]]
id = "usa"
kind = "import-tariff"
by = "USA"
on = "CHN"
rate = { 2020-01-01 = "50%" }
source = "a thought experiment"
[[measure]]
id = "chn"
kind = "import-tariff"
by = "CHN"
on = "USA"
rate = { 2020-01-01 = "50%" }
source = "a thought experiment"
"#;

/// Root can mount a disk of 64 KiB; elsewhere a file in the folder's place must do.
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = scratch();
    let scenario = root().join(TRUCE);
    let scenario = scenario.to_str().unwrap();
    let (_, err) = ends(&detente(&["replicate", "cp2015", "--csv", "/dev/full"], folder.path()), 2);
    assert!(err.contains("No space left on device"), "{err}");
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let place = disk.to_str().unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none", place]).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("SKIPPED: mounting a small disk needs root");
        std::fs::write(disk.join("out"), "in the way").unwrap();
        ends(&detente(&["run", scenario, "--out", "disk/out"], folder.path()), 2);
        return;
    }
    let run = detente(&["run", scenario, "--out", "disk/out"], folder.path());
    let left = std::fs::read_dir(&disk).unwrap().count();
    let unmounted = Command::new("umount").arg(place).status().unwrap();
    assert!(unmounted.success());
    let (_, err) = ends(&run, 2);
    assert!(err.contains("No space left on device"), "{err}");
    assert_eq!(left, 0);
}

#[test]
fn ario_lays_its_own_path_beside_the_reference_and_asks_for_other_tables() {
    let folder = scratch();
    let (out, _) = ends(&detente(&["replicate", "ario", "--csv", "own.csv"], folder.path()), 0);
    assert!(out.contains("20 industries, 200 days") && !out.contains("NO"), "{out}");
    let csv = std::fs::read_to_string(folder.path().join("own.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 201 * 20);
    assert!(csv.starts_with("step,region,sector,production\n-1,Aland,energy,"), "{}", &csv[..60]);
    let without = ["replicate", "ario", "--case", "test_A"];
    let (_, err) = ends(&detente(&without, folder.path()), 2);
    assert!(err.contains("--data") && err.contains("targets/boario"), "{err}");
    let (_, err) = ends(&detente(&[&without[..], &["--data", "."]].concat(), folder.path()), 2);
    assert!(err.contains("pymrio_test_Z.csv"), "{err}");
    let (_, err) = ends(&detente(&["replicate", "cp2015", "--case", "own"], folder.path()), 2);
    assert!(err.contains("belongs to `replicate ario`"), "{err}");
    let (_, err) = ends(&detente(&["replicate", "ario", "--case", "test_D"], folder.path()), 2);
    assert!(err.contains("wiod2011"), "{err}");
}

#[test]
fn a_trade_war_is_laid_beside_its_reference() {
    let folder = scratch();
    let case =
        ["replicate", "ossa2014", "--case", "nash_no_lobbying", "--csv", "t.csv", "--summary", "s.csv"];
    let (out, _) = ends(&detente(&case, folder.path()), 0);
    assert!(out.contains("nash_no_lobbying") && !out.contains("NO\n"), "{out}");
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(
        text("t.csv").starts_with("case,exporter,importer,sector,tariff\nnash_no_lobbying,BRA,BRA,ric,0\n")
    );
    assert_eq!(text("t.csv").lines().count(), 1 + 7 * 7 * 33);
    assert!(text("s.csv").contains("nash_no_lobbying,mean,gov_welfare_pct,-2.39699"));
    let (_, err) = ends(&detente(&["replicate", "ossa2014", "--case", "peace"], folder.path()), 2);
    assert!(err.contains("`peace` is no case") && err.contains("talks_from_zero_lobbying"), "{err}");
    let (_, err) = ends(&detente(&["replicate", "cp2015", "--summary", "s.csv"], folder.path()), 2);
    assert!(err.contains("--summary belongs to `replicate ossa2014`"), "{err}");
}

#[test]
fn wrong_words_on_the_command_line_end_with_two() {
    let folder = scratch();
    for arguments in [
        &["solve", "--world", "icio-2019-g20", "--ledger", "x", "--date", "2025-02-30"][..],
        &["run"],
        &["replicate", "cp2016"],
        &["world", "import", "excel", "x", "--out", "y"],
        &["bench", "--runs", "0"],
    ] {
        let (_, err) = ends(&detente(arguments, folder.path()), 2);
        assert!(!err.contains("panicked"), "{err}");
    }
}
