//! `report.html`: one file that needs nothing else, every figure in its frame, nothing of
//! the user's text taken for markup.

use std::path::Path;
use std::process::Command;

use detente::results::provenance::sha256;

/// Largest report, bytes.
const LARGEST: usize = 1_500_000;

/// Longest title of a figure, bytes: two lines of the page.
const LONGEST_TITLE: usize = 140;

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
    report_with(scenario, LEDGER)
}

fn report_with(scenario: &str, ledger: &str) -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mine.toml"), ledger).expect("written");
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

fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
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
        for nothing in ["NaN", "undefined", ">inf", "null"] {
            assert!(!figure.contains(nothing), "{id}: {nothing} is no number");
        }
        let source = text_of(&figure, "<p class=\"source\"");
        assert!(source.starts_with("World ") && source.contains("SHA-256"), "{id}: {source}");
        let day = figure.split("</code>; ").nth(1).and_then(|rest| rest.get(..10)).unwrap_or_default();
        assert!(figure.contains("<code>detente run ") && is_day(day), "{id}: no command or no day");
        let title = text_of(&figure, "<h3");
        assert!(title.len() <= LONGEST_TITLE, "{id}: a title of {} bytes: {title}", title.len());
    }
    let mut all: Vec<&str> =
        markup(page).split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "two parts of the page have one id");
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
    assert_eq!(ids, ["tariff-paths", "real-income", "map", "bystanders", "sectors-1", "sectors-2"]);
    for absent in [
        "id=\"weeks-section\"",
        "id=\"stops-section\"",
        "id=\"strategy\"",
        "id=\"matters-section\"",
        "id=\"reading\"",
    ] {
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
    detente(&["-q", "run", scenario, "--tornado", "--out", "out"], folder.path());
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).expect("a report");
    assert_alone(&page);
    assert_frames(&page);
    assert_map(&page, 81);
    let sections = [
        "findings",
        "tariffs",
        "welfare",
        "bystanders-section",
        "sectors",
        "matters-section",
        "weeks-section",
        "stops-section",
        "strategy",
        "accounts",
        "methods",
        "sources",
    ];
    for section in sections {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "no section {section}");
        assert!(page.contains(&format!("<a href=\"#{section}\"")), "no link to {section}");
    }
    let drawn = [
        "deals",
        "turning",
        "ladder",
        "threats",
        "single-taxes",
        "concessions",
        "frontier",
        "delay",
        "matters",
    ];
    for id in drawn {
        assert!(!charts(&page)[id].is_null(), "{id} is not drawn");
    }
    for said in ["in the United States", "“Truce” holds", "the DR Congo"] {
        assert!(page.contains(said), "the page does not say {said}");
    }
    assert!(!markup(&page).contains("In United States") && !markup(&page).contains("in United States"));
    // The record reaches from the first measure of 2018 past the phases.
    let all = &charts(&page)["tariff-record"];
    assert!(all["from"].as_str() < Some("2018-07-06") && all["to"].as_str() > Some("2026-01-01"));
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

/// Text as it stood before it was written as HTML.
fn plain(html: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(html.to_owned(), |text, (written, letter)| text.replace(written, letter))
}

/// What the cells of a figure quote: name of the text, span, words.
fn quotes(figure: &str) -> Vec<(String, [usize; 2], String)> {
    let quote = |part: &str| {
        let (head, rest) = part.split_once('>').expect("the end of a tag");
        let attribute = |name: &str| head.split_once(&format!("{name}=\"")).expect("an attribute").1;
        let attribute = |name: &str| attribute(name).split('"').next().expect("its end").to_owned();
        let span = attribute("data-span");
        let (first, end) = span.split_once(' ').expect("two places");
        let words = rest.split("</blockquote>").next().expect("words");
        let place = |text: &str| text.parse().expect("a place");
        (attribute("data-text"), [place(first), place(end)], plain(words))
    };
    figure.split("<blockquote").skip(1).map(quote).collect()
}

#[test]
fn two_readings_have_dumbbells_and_a_matrix() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let scenario = scenarios.join("two-readings-2025.toml");
    detente(&["-q", "run", scenario.to_str().expect("Unicode"), "--out", "out"], folder.path());
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).expect("a report");
    assert_alone(&page);
    assert_frames(&page);
    let figures = figures(&page);
    let figure = |id: &str| {
        let found = figures.iter().find(|(known, _)| known == id);
        found.unwrap_or_else(|| panic!("no figure {id}")).1.clone()
    };
    for id in ["accounts-matrix", "accounts-apart", "accounts-reuse"] {
        assert!(!quotes(&figure(id)).is_empty(), "{id} opens nothing");
    }
    // Every quotation stands in its file, to the letter, where the cell says.
    for (id, figure) in &figures {
        for (text, [first, end], words) in quotes(figure) {
            let file = match text.as_str() {
                "us-president-2025-06-05" => "us-president.md",
                "cn-xinhua-2025-06-05" => "cn-xinhua.md",
                "wsj-2025-06-05" => "report-journal.md",
                _ => "report-website.md",
            };
            let file = std::fs::read_to_string(scenarios.join("call-2025-06-05").join(file)).expect("a text");
            let there: String = file.chars().skip(first).take(end - first).collect();
            assert_eq!(there, words, "{id}: {text} {first} {end}");
        }
    }
    // Words and signs, no colour; the measure that the ledger ties to the statement.
    let matrix = figure("accounts-matrix");
    let row = matrix.split("<tr>").find(|row| row.contains("Rare earths and magnets")).expect("a row");
    for part in ["✓ says resolved", "∅ silent", "? says open", "In the ledger: cn-rare-earth-licences"] {
        assert!(row.contains(part), "{part} is missing in {row}");
    }
    assert!(!matrix.contains("style="));
    // The ends of the dumbbells are rows of the table of results.
    let csv = std::fs::read_to_string(folder.path().join("out/results.csv")).expect("results");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let heads = reader.headers().expect("heads").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let value = |keys: &[(&str, &str)]| -> f64 {
        let column = |name: &str| heads.iter().position(|head| head == name).expect("a column");
        let is_it = |row: &&csv::StringRecord| keys.iter().all(|(name, value)| &row[column(name)] == *value);
        let found = rows.iter().find(is_it).unwrap_or_else(|| panic!("{keys:?}"));
        found[column("value")].parse().expect("a number")
    };
    let charts = charts(&page);
    let end = |id: &str, panel: usize, label: &str, reading: usize| {
        assert_eq!(charts[id]["kind"], "dumbbells");
        let rows = charts[id]["panels"][panel]["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["label"] == label).unwrap_or_else(|| panic!("{id}: {label}"));
        let scale = if charts[id]["unit"] == "million USD" { 1.0 } else { 1e3 };
        scale * row["ends"][reading][0].as_f64().expect("a number")
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} {b}");
    for (at, reading) in ["washington", "beijing"].into_iter().enumerate() {
        let whole = [
            ("variable", "equivalent_variation"),
            ("reading", reading),
            ("run", "lifted"),
            ("region", "CHN"),
        ];
        near(end("readings-whole", 1, "China", at), value(&whole));
        let topic = format!("{reading}/rare-earths");
        let gap = [("variable", "reading_gap"), ("reading", &topic), ("run", "lifted"), ("region", "USA")];
        near(end("readings-topics", 1, "United States: Rare earths and magnets", at), value(&gap));
        let lost = [("variable", "value_added_lost"), ("reading", &topic), ("week", "26"), ("region", "CHN")];
        near(end("readings-weeks", 0, "China: Rare earths and magnets", at), value(&lost));
    }
    // What no reading of a topic moves is left out: chips after both controls are lifted.
    let lifted = charts["readings-topics"]["panels"][1]["rows"].as_array().expect("rows");
    assert!(
        lifted.iter().all(|row| row["label"]
            .as_str()
            .is_some_and(|label| label.ends_with(": Rare earths and magnets")))
    );
    let findings = page.split("<ul class=\"findings\">").nth(1).and_then(|rest| rest.split("</ul>").next());
    let findings = findings.expect("findings");
    assert!(
        findings.contains("What the difference between washington and beijing is worth: most for China, ")
    );
    assert!(
        findings.contains("on rare earths and magnets the United States says resolved and China is silent")
    );
}

/// Texts are of strangers: nothing of them is markup, and another text is another run.
#[test]
fn accounts_are_escaped_and_hashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let text = "+++\nid = \"<i>us</i>\"\ntitle = \"</table><script>alert(1)</script>\"\nparty = \"USA\"\n\
                source = \"x' onmouseover='alert(2)\"\npublisher = \"\\\"><svg onload=alert(4)>\"\ncomplete = true\n+++\n\
                Trump said that the rare earth question is settled </blockquote><script>alert(3)</script> & \"done\".\n";
    std::fs::write(path.join("mine.toml"), LEDGER).expect("written");
    std::fs::write(path.join("us.md"), text).expect("written");
    std::fs::write(path.join("cn.md"), "Xi said that the rare earth question is still no deal.")
        .expect("written");
    std::fs::write(path.join("cn.toml"), "party = \"CHN\"").expect("written");
    let scenario = format!("{SCENARIO}\n[accounts]\ntexts = [\"us.md\", \"cn.md\"]\n");
    std::fs::write(path.join("question.toml"), scenario).expect("written");
    let printed = detente(&["-q", "run", "question.toml", "--out", "out"], path);
    assert!(printed.contains("What each side says"), "{printed}");
    let page = std::fs::read_to_string(path.join("out/report.html")).expect("a report");
    assert_alone(&page);
    assert_frames(&page);
    assert_eq!(page.matches("<script").count(), 2, "a text has become a script");
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!markup(&page).contains("<i>") && !markup(&page).contains("' onmouseover"));
    let figures = figures(&page);
    let of = |id: &str| &figures.iter().find(|(known, _)| known == id).expect("a figure").1;
    let quoted = quotes(of("accounts-matrix"));
    let hostile =
        quoted.iter().find(|(_, _, words)| words.contains("<script>")).expect("the words as they are");
    let there: String = text.chars().skip(hostile.1[0]).take(hostile.1[1] - hostile.1[0]).collect();
    assert_eq!(there, hostile.2);
    assert!(of("accounts-apart").contains("contradict each other"));
    // The manifest holds the hashes of the texts and of the file beside one.
    let manifest = std::fs::read_to_string(path.join("out/manifest.json")).expect("a manifest");
    for name in ["account us.md", "account cn.md", "account cn.toml"] {
        assert!(manifest.contains(&format!("\"{name}\"")), "{name} is not in {manifest}");
    }
    let check = detente(&["run", "--check", "out/manifest.json"], path);
    assert!(check.starts_with("identical: 6 inputs"), "{check}");
    std::fs::write(path.join("cn.toml"), "party = \"CHN\"\ncomplete = true").expect("written");
    let refused = |arguments: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).current_dir(path).output();
        let out = program.expect("the program runs");
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, told) = refused(&["run", "--check", "out/manifest.json"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("account cn.toml") && !told.contains("account us.md"), "{told}");
    // A text that is gone is pointed at in the scenario.
    std::fs::remove_file(path.join("us.md")).expect("removed");
    let (code, told) = refused(&["run", "question.toml"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("the text `us.md` cannot be used") && told.contains("question.toml:"), "{told}");
}

/// The map of a page has every region of its world once: on it, hatched, or said to have no place.
fn assert_map(page: &str, regions: usize) {
    let figures = figures(page);
    let (_, figure) = figures.iter().find(|(id, _)| id == "map").expect("a map");
    let map = &charts(page)["map"];
    let places = map["places"].as_array().expect("places");
    let label = |place: &serde_json::Value| place["label"].as_str().expect("a name").to_owned();
    let mut names: Vec<String> = places.iter().map(label).collect();
    names.extend(map["rest"].as_object().map(|_| label(&map["rest"])));
    let summary = text_of(figure, "<p class=\"summary\"");
    let missing = summary.split("No place on the map: ").nth(1).and_then(|rest| rest.split('.').next());
    names.extend(
        missing
            .into_iter()
            .flat_map(|list| list.split(", "))
            .flat_map(|two| two.split(" and "))
            .map(str::to_owned),
    );
    names.sort_unstable();
    let mut rows: Vec<String> = figure
        .split("<th scope=\"row\">")
        .skip(1)
        .filter_map(|row| row.split('<').next())
        .map(|name| name.replace("&#39;", "'"))
        .collect();
    rows.sort_unstable();
    assert_eq!(names, rows, "the drawing and the table differ");
    rows.dedup();
    assert_eq!(rows.len(), regions, "a region twice, or missing");
    let mut codes: Vec<&str> = places
        .iter()
        .flat_map(|place| place["codes"].as_array().expect("codes"))
        .filter_map(serde_json::Value::as_str)
        .collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count, "a place has two numbers");
    assert!(summary.contains("Taiwan") && summary.contains("Kosovo"), "{summary}");
}

/// The European Union as one region is drawn as its members of 2007.
#[test]
fn the_map_shows_a_union_as_its_members() {
    let scenario = SCENARIO.replace("icio-2019-g20", "ossa2014");
    let ledger = LEDGER.replace("sectors = [\"C\"]", "");
    let (page, _folder) = report_with(&scenario, &ledger);
    assert_frames(&page);
    assert_map(&page, 7);
    let map = &charts(&page)["map"];
    let union = map["places"].as_array().and_then(|all| all.iter().find(|place| place["label"] == "EU"));
    let members = union.expect("the EU")["codes"].as_array().expect("members");
    assert!(members.contains(&"GBR".into()) && !members.contains(&"HRV".into()) && members.len() == 27);
}

/// Each reading has figures of its own, the first shows, and what all say stands once.
#[test]
fn the_page_has_every_reading() {
    let ledger = LEDGER.to_owned()
        + r#"
[[measure.reading]]
id       = "mild"
evidence = [{ account = "an account" }]
rate     = { 2025-02-01 = "5%" }

[[measure.reading]]
id       = "hard"
evidence = [{ account = "another account" }]
rate     = { 2025-02-01 = "60%" }
"#;
    let scenario = SCENARIO.replace("actors =", "readings = [\"mild\", \"hard\"]\nactors =");
    let (page, _folder) = report_with(&scenario, &ledger);
    assert_alone(&page);
    assert_frames(&page);
    assert!(page.contains("<option value=\"mild\">") && page.contains("<option value=\"hard\">"));
    assert!(
        page.contains("<div data-reading=\"mild\">") && page.contains("<div data-reading=\"hard\" hidden>")
    );
    let charts = charts(&page);
    let loss = |id: &str| charts[id]["panels"][1]["rows"][0]["value"].as_f64().expect("China's income");
    assert!(loss("real-income--2") < 2.0 * loss("real-income"), "60 % hurts China far more than 5 %");
    assert!(
        page.matches("id=\"methods\"").count() == 1 && !page.contains("as hard reads the measures; as mild")
    );
}

/// Scripts of a folder, as paths from the folder of the charts.
fn scripts(charts: &Path, at: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(charts.join(at))
        .expect("a folder of scripts")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "bundle.js" && (name.ends_with(".js") || name.ends_with(".mjs")))
        .collect();
    names.sort();
    names.into_iter().map(|name| if at == "." { name } else { format!("{at}/{name}") }).collect()
}

/// The first line of a bundle names the sources it was made of: of the report's the charts,
/// of the app's the page too.
#[test]
fn the_bundles_are_what_their_sources_give() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/charts");
    let mut names = scripts(&folder, ".");
    names.push("package-lock.json".to_owned());
    names.sort();
    names.push("../../../data/ledgers/gta-jurisdictions.csv".to_owned());
    let page = "../../app/page";
    for (bundle, further) in
        [("bundle.js".to_owned(), Vec::new()), (format!("{page}/bundle.js"), scripts(&folder, page))]
    {
        let mut all = Vec::new();
        for name in names.iter().chain(&further) {
            all.extend(std::fs::read(folder.join(name)).expect("a source"));
        }
        let made = std::fs::read_to_string(folder.join(&bundle)).expect("the bundle");
        let expected = format!("/* sources {}; ", sha256(&all));
        assert!(
            made.starts_with(&expected),
            "{bundle} is older than its sources: npm run build in src/report/charts"
        );
    }
    let lock = std::fs::read_to_string(folder.join("package-lock.json")).expect("the lock file");
    assert!(!lock.contains("\"resolved\""), "the lock file names a registry");
}
