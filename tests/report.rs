//! `report.html`: one file that needs nothing else, every figure in its frame, nothing of
//! the user's text taken for markup.

use std::path::Path;
use std::process::Command;

use detente::results::provenance::sha256;

/// Largest report, bytes.
const LARGEST: usize = 1_500_000;

const LEDGER: &str = r#"
ledger = { title = "Tariffs <b>between</b> two" }
[[measure]]
id = "usa-on-china"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["C"]
rate = { 2025-02-01 = "25%", 2025-03-01 = "50%" }
source = "an example </script><img src=x onerror=alert(1)>"
"#;

const SCENARIO: &str = r#"
title  = "Who pays </title><script>alert('x')</script> & \"why\"?"
world  = "icio-2019-g20"
ledger = "mine.toml"
actors = ["USA", "CHN"]
[[phase]]
name = "before"
date = 2025-01-01
[[phase]]
name = "after"
title = "After </script><script>alert(1)</script>"
date = 2025-02-15
"#;

fn detente(arguments: &[&str], folder: &Path) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// The report of a scenario, and the folder it is in.
fn report_of(scenario: &str) -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mine.toml"), LEDGER).expect("written");
    std::fs::write(folder.path().join("question.toml"), scenario).expect("written");
    detente(&["-q", "run", "question.toml", "--out", "out"], folder.path());
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).expect("a report");
    (page, folder)
}

/// The page without its script.
fn markup(page: &str) -> &str {
    page.split("<script type=\"application/json\"").next().expect("a first part")
}

/// What a page says of its charts.
fn charts(page: &str) -> serde_json::Value {
    let start = "<script type=\"application/json\" id=\"charts\">";
    let rest = page.split_once(start).expect("the charts").1;
    serde_json::from_str(rest.split_once("</script>").expect("their end").0).expect("JSON")
}

/// The figures of a page, by id.
fn figures(page: &str) -> Vec<(String, String)> {
    let figure = |text: &str| {
        let id = text.split('"').nth(1).expect("an id").to_owned();
        (id, text.split("</figure>").next().expect("a figure").to_owned())
    };
    markup(page).split("<figure ").skip(1).map(figure).collect()
}

/// What stands between the tag that begins with `open` and the next tag.
fn text_of<'t>(figure: &'t str, open: &str) -> &'t str {
    let rest = figure.split_once(open).map_or("", |(_, rest)| rest);
    rest.split_once('>').map_or("", |(_, rest)| rest.split('<').next().unwrap_or("")).trim()
}

fn assert_frames(page: &str) {
    let charts = charts(page);
    for (id, figure) in figures(page) {
        for part in ["<h3", "<p class=\"subtitle\"", "<p class=\"summary\"", "<p class=\"source\""] {
            assert!(text_of(&figure, part).len() > 10, "{id}: {part} says nothing");
        }
        assert!(text_of(&figure, "<p class=\"summary\"").ends_with('.'), "{id}: the summary is a sentence");
        let rows = figure.matches("<th scope=\"row\"").count();
        assert!(rows > 0, "{id}: a table without rows");
        let heads = figure.matches("<th scope=\"col\"").count();
        let cells = figure.matches("</td>").count() + rows;
        assert_eq!(cells, rows * heads, "{id}: a row is not as long as the heads");
        assert!(figure.contains("data-do=\"csv\"") && figure.contains("data-do=\"link\""), "{id}: buttons");
        let is_drawn = !charts[&id].is_null();
        assert_eq!(is_drawn, figure.contains("class=\"chart\""), "{id}: a place without a drawing");
        assert_eq!(
            is_drawn,
            figure.contains("data-do=\"svg\"") && figure.contains("data-do=\"png\""),
            "{id}"
        );
        assert!(!figure.contains("NaN") && !figure.contains(">inf"), "{id}: no number");
    }
    let ids: std::collections::BTreeSet<String> = figures(page).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), figures(page).len(), "two figures have one id");
}

/// Nothing on the page asks for anything else.
fn assert_alone(page: &str) {
    assert!(page.len() < LARGEST, "{} bytes", page.len());
    assert!(page.contains("default-src 'none'"), "the page may load something");
    for asks in ["<link", "<iframe", "<img", " src=", "@import", "url("] {
        assert!(!markup(page).contains(asks), "the page has {asks}");
    }
    for asks in ["XMLHttpRequest", "fetch(", "importScripts", "WebSocket", "sendBeacon"] {
        assert!(!page.contains(asks), "the script has {asks}");
    }
}

#[test]
fn a_short_scenario_has_its_sections_only_and_no_text_becomes_markup() {
    let (page, folder) = report_of(SCENARIO);
    assert_alone(&page);
    assert_frames(&page);
    let ids: Vec<String> = figures(&page).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["tariff-paths", "real-income", "bystanders", "sectors-1", "sectors-2"]);
    for absent in ["id=\"weeks-section\"", "id=\"stops-section\"", "id=\"strategy\""] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert_eq!(page.matches("<script").count(), 2, "the user's text has become a script");
    assert_eq!(page.matches("</script").count(), 2);
    assert!(page.contains("<h1>Who pays &#60;/title&#62;&#60;script&#62;"), "the title is shown as it is");
    assert!(!page.contains("<b>between"));
    // 25 % on 15 February, as the rows of the table have it; 50 % is in the line of the ledger.
    let charts = charts(&page);
    let line = charts["tariff-paths"]["lines"][0]["points"].as_array().expect("points");
    assert_eq!(line.len(), 3, "{line:?}");
    let on_phase = charts["tariff-paths"]["phases"][1]["values"][0].as_f64().expect("a number");
    assert!((line[1][1].as_f64().expect("a number") - on_phase).abs() < 1e-12);
    // The same again, but for when it ran.
    let check = detente(&["run", "--check", "out/manifest.json"], folder.path());
    assert!(check.starts_with("identical: 3 inputs and 3 outputs"), "{check}");
}

/// Numbers of the page are those of the table.
#[test]
fn bars_are_rows_of_the_results() {
    let (page, folder) = report_of(SCENARIO);
    let csv = std::fs::read_to_string(folder.path().join("out/results.csv")).expect("results");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let heads = reader.headers().expect("heads").clone();
    let column = |name: &str| heads.iter().position(|head| head == name).expect("a column");
    let found = reader.records().map(|row| row.expect("a row")).find(|row| {
        &row[column("variable")] == "welfare_exact"
            && &row[column("region")] == "USA"
            && &row[column("run")] == "after"
    });
    let value: f64 = found.expect("a row of the USA")[column("value")].parse().expect("a number");
    let bar = charts(&page)["real-income"]["panels"][0]["rows"][0]["value"].as_f64().expect("a number");
    assert!((bar - value).abs() <= 1e-12 * value.abs(), "{bar} {value}");
}

#[test]
fn the_truce_has_every_section() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/truce-2025.toml");
    let scenario = scenario.to_str().expect("a path in Unicode");
    detente(&["-q", "run", scenario, "--out", "out"], folder.path());
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).expect("a report");
    assert_alone(&page);
    assert_frames(&page);
    let sections = [
        "findings",
        "tariffs",
        "welfare",
        "bystanders-section",
        "sectors",
        "weeks-section",
        "stops-section",
        "strategy",
        "methods",
        "sources",
    ];
    for section in sections {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "no section {section}");
        assert!(page.contains(&format!("<a href=\"#{section}\"")), "no link to {section}");
    }
    // The days of Geneva are on the line, the collapse is not: it never was.
    let charts = charts(&page);
    let phases = charts["tariff-paths"]["phases"].as_array().expect("phases");
    let changed: Vec<&str> = phases
        .iter()
        .filter(|phase| phase["changed"] == true)
        .filter_map(|phase| phase["title"].as_str())
        .collect();
    assert_eq!(changed, ["Collapse"]);
    let observed = charts["stops"]["panels"].as_array().expect("panels");
    assert!(observed.iter().all(|panel| panel["window"].is_array()), "an observed stop is not marked");
}

/// The first line of the bundle names the sources it was made of.
#[test]
fn the_bundle_is_what_its_sources_give() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/charts");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the charts")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| (name.ends_with(".js") && name != "bundle.js") || name == "package-lock.json")
        .collect();
    names.sort();
    let mut all = Vec::new();
    for name in &names {
        all.extend(std::fs::read(folder.join(name)).expect("a source"));
    }
    let bundle = std::fs::read_to_string(folder.join("bundle.js")).expect("the bundle");
    let expected = format!("/* sources {}; ", sha256(&all));
    assert!(bundle.starts_with(&expected), "older than its sources: npm run build in src/report/charts");
    let lock = std::fs::read_to_string(folder.join("package-lock.json")).expect("the lock file");
    assert!(!lock.contains("\"resolved\""), "the lock file names a registry");
}
