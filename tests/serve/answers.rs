//! What the server answers, and that it is what the command line gives.

use serde_json::{Value, json};

use super::served::{SCENARIO, Served, detente, moved, small};

#[test]
fn the_page_and_the_choices_are_there() {
    let served = Served::new();
    for (path, kind) in
        [("/", "text/html"), ("/assets/app.js", "text/javascript"), ("/assets/app.css", "text/css")]
    {
        let answer = served.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.head.contains(&format!("content-type: {kind}")), "{}", answer.head);
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self';",
            "nosniff",
            "cache-control: no-store",
        ] {
            assert!(answer.head.contains(header), "{path}: {}", answer.head);
        }
    }
    let page = String::from_utf8(served.get("/").body).unwrap();
    assert!(!page.contains("<script>") && !page.contains("http://") && !page.contains("https://"));
    let choices = served.get("/api/choices").ok();
    assert_eq!((&choices["folder"], &choices["limit_seconds"]), (&json!(true), &json!(5.0)));
    let names = |list: &str| -> Vec<String> {
        let items = choices[list].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().or(item.as_str()).unwrap().to_owned()).collect()
    };
    assert_eq!(names("scenarios")[..2], ["small", "truce-2025"]);
    assert_eq!(names("ledgers")[..2], ["ledger.toml", "us-china"]);
    assert!(names("worlds").contains(&"icio-2022".to_owned()) && names("studies") == ["magnets-2025"]);
    assert!(names("materials").contains(&"rare-earths".to_owned()) && names("variants")[0] == "base");
    let world =
        choices["worlds"].as_array().unwrap().iter().find(|world| world["name"] == "icio-2022").unwrap();
    assert_eq!(world["regions"].as_array().unwrap().len(), 81);
    let ledger =
        choices["ledgers"].as_array().unwrap().iter().find(|l| l["name"] == "two-readings-2025").unwrap();
    assert_eq!(ledger["readings"], json!(["washington", "beijing"]));
    assert_eq!(served.get("/api/scenarios/small").ok()["toml"], SCENARIO);
    assert!(served.get("/api/scenarios/truce-2025").ok()["toml"].as_str().unwrap().contains("Busan"));
}

#[test]
fn a_run_gives_the_numbers_of_the_command_line() {
    let served = Served::new();
    let answer = served.post("/api/run", &small(json!([]))).ok();
    assert_eq!(answer["toml"], SCENARIO, "untouched");
    let ids: Vec<&str> =
        answer["sections"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["findings", "tariffs", "welfare", "bystanders-section", "sectors", "methods"]);
    assert!(
        answer["charts"]["real-income"]["panels"].is_array() && answer["seconds"].as_f64().unwrap() > 0.0
    );
    let changes = moved("after/usa-on-china", 60.0);
    let answer = served.post("/api/run", &small(changes.clone())).ok();
    let toml = answer["toml"].as_str().unwrap();
    assert_eq!(
        toml,
        SCENARIO.replace("date  = 2025-07-01\n", "date  = 2025-07-01\nset = { usa-on-china = \"60%\" }\n")
    );
    // The text that came back, run on the command line: the same bytes.
    std::fs::write(served.folder().join("small.toml"), toml).unwrap();
    let run = detente(&["-q", "run", "small.toml", "--out", "out"], &served.folder());
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    for (format, file) in [("csv", "results.csv"), ("parquet", "results.parquet")] {
        let mut body = small(changes.clone());
        body["format"] = json!(format);
        let table = served.post("/api/table", &body);
        assert_eq!(table.status, 200);
        assert!(
            table.head.contains(&format!("content-disposition: attachment; filename=\"small.{format}\""))
        );
        assert!(
            table.body == std::fs::read(served.folder().join("out").join(file)).unwrap(),
            "{file} differs"
        );
    }
    let report = served.post("/api/report", &small(changes.clone()));
    assert!(
        report.body == std::fs::read(served.folder().join("out/report.html")).unwrap(),
        "the report differs"
    );
    let json = detente(&["-q", "run", "small.toml", "--format", "json"], &served.folder());
    let mut body = small(changes);
    body["format"] = json!("json");
    assert_eq!(
        served.post("/api/table", &body).json(),
        serde_json::from_slice::<Value>(&json.stdout).unwrap()
    );
}

#[test]
fn levers_are_told_moved_and_put_back() {
    let served = Served::new();
    let levers = |body: &Value| served.post("/api/run", body).ok()["levers"].as_array().unwrap().clone();
    let plain = levers(&small(json!([])));
    let told: Vec<(String, f64)> = plain
        .iter()
        .map(|lever| (lever["id"].as_str().unwrap().to_owned(), lever["value"].as_f64().unwrap()))
        .collect();
    let expected = [
        ("after/usa-on-china", 25.0),
        ("after/china-on-usa", 10.0),
        ("after/licence", 50.0),
        ("after/further-duty-usa-on-chn", 0.0),
        ("after/further-duty-chn-on-usa", 0.0),
    ];
    let mut sorted: Vec<&str> = told.iter().map(|(id, _)| id.as_str()).collect();
    sorted.sort_unstable();
    let mut known: Vec<&str> = expected.iter().map(|(id, _)| *id).collect();
    known.sort_unstable();
    assert_eq!(sorted, known);
    assert!(expected.iter().all(|(id, value)| told.contains(&((*id).to_owned(), *value))), "{told:?}");
    assert!(plain.iter().all(|lever| lever["in_text"] == false));
    let changes = json!([
        {"lever": "after/licence", "value": 12.5},
        {"lever": "after/further-duty-chn-on-usa", "value": 30},
        {"lever": "after/usa-on-china", "value": 0},
    ]);
    let answer = served.post("/api/run", &small(changes.clone())).ok();
    let toml = answer["toml"].as_str().unwrap().to_owned();
    assert!(
        toml.contains("[[phase.add]]\nid = \"further-duty-chn-on-usa\"\nkind = \"import-tariff\""),
        "{toml}"
    );
    let levers_then = answer["levers"].as_array().unwrap();
    for (id, value) in
        [("after/licence", 12.5), ("after/further-duty-chn-on-usa", 30.0), ("after/usa-on-china", 0.0)]
    {
        let lever = levers_then.iter().find(|lever| lever["id"] == id).unwrap();
        assert_eq!((&lever["value"], &lever["in_text"]), (&json!(value), &json!(true)), "{id}");
    }
    // The same changes of the changed text change nothing; the originals give the first text.
    let again = json!({"name": "small", "toml": toml, "changes": changes});
    assert_eq!(served.post("/api/check", &again).ok()["toml"], toml);
    let back: Vec<Value> =
        plain.iter().map(|lever| json!({"lever": lever["id"], "value": lever["original"]})).collect();
    let back = json!({"name": "small", "toml": toml, "changes": back});
    assert_eq!(served.post("/api/check", &back).ok()["toml"], SCENARIO);
    // A higher duty costs China more.
    let incomes = |changes: Value| {
        let mut body = small(changes);
        body["format"] = json!("json");
        let rows = served.post("/api/table", &body).json();
        let row = rows
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["variable"] == "welfare_exact" && row["region"] == "CHN");
        row.unwrap()["value"].as_f64().unwrap()
    };
    assert!(incomes(moved("after/further-duty-usa-on-chn", 40.0)) < incomes(json!([])));
}

#[test]
fn two_scenarios_are_compared_and_one_is_drafted() {
    let served = Served::new();
    let body = json!({"a": small(json!([])), "b": small(moved("after/usa-on-china", 80.0))});
    let answer = served.post("/api/compare", &body).ok();
    let panels = answer["charts"]["compared-incomes"]["panels"].as_array().unwrap();
    assert_eq!(panels.len(), 4, "two actors, all others, the world");
    assert!(panels.iter().all(|panel| panel["rows"].as_array().unwrap().len() == 2));
    assert!(answer["sections"][0]["html"].as_str().unwrap().contains("difference, billion USD a year"));
    let mut wrong = body.clone();
    wrong["b"]["toml"] = json!("title = 1");
    assert!(served.post("/api/compare", &wrong).problem(422).starts_with("second scenario: "));
    let choice = json!({
        "world": "icio-2019-g20", "ledger": "ledger.toml", "actors": ["USA", "DEU"], "against": "2025-01-01",
        "phases": [{"title": "Summer", "date": "2025-07-01"}], "title": "A draft",
    });
    let draft = served.post("/api/scenarios", &choice).ok();
    assert_eq!(draft["name"], "a-draft");
    served.post("/api/run", &json!({"name": draft["name"], "toml": draft["toml"]})).ok();
    let mut wrong = choice.clone();
    wrong["actors"] = json!(["USA", "GER"]);
    assert!(
        served.post("/api/scenarios", &wrong).problem(422).contains("unknown"),
        "a choice that the world has not"
    );
    wrong["against"] = json!("2025-02-30");
    assert!(served.post("/api/scenarios", &wrong).problem(400).contains("not a day of the calendar"));
}

#[test]
fn settings_are_read_and_written() {
    let served = Served::new();
    let put = |settings: Value| {
        served.post("/api/settings", &json!({"name": "small", "toml": SCENARIO, "settings": settings}))
    };
    let plain = put(json!({})).ok();
    assert_eq!(plain["toml"], SCENARIO);
    let dates = json!([
        {"phase": "before", "title": "before", "date": "2025-01-01"},
        {"phase": "after", "title": "After", "date": "2025-07-01"},
    ]);
    let settings = json!({"world": "icio-2019-g20", "ledger": "ledger.toml", "variant": "base", "deficits": "held", "dates": dates});
    assert_eq!(plain["settings"], settings);
    let changed = put(json!({"date after": "2025-08-01", "deficits": "zero", "variant": "short-run"})).ok();
    let expected = SCENARIO
        .replace("2025-07-01", "2025-08-01")
        .replace("\"held\"", "\"zero\"")
        .replace("\"zero\"\n", "\"zero\"\nvariant = \"short-run\"\n");
    assert_eq!(changed["toml"], expected);
    assert_eq!(changed["settings"]["variant"], "short-run");
    assert!(put(json!({"date aftr": "2025-08-01"})).problem(422).contains("did you mean `date after`?"));
    assert!(put(json!({"date after": "soon"})).problem(422).contains("not a day of the calendar"));
    assert!(put(json!({"colour": "red"})).problem(422).contains("`colour` is no setting"));
    assert!(put(json!({"deficits": "hold"})).problem(422).contains("write \"zero\", \"held\""));
}

/// The first case as it ships: its levers, and a glance at its weeks.
#[test]
fn the_shipped_truce_moves() {
    let served = Served::new();
    let toml = served.get("/api/scenarios/truce-2025").ok()["toml"].as_str().unwrap().to_owned();
    let run = |changes: Value, parts: Value| {
        let body =
            json!({"name": "truce-2025", "toml": toml, "changes": changes, "parts": parts, "draws": 4});
        served.post("/api/run", &body).ok()
    };
    let answer = run(json!([]), json!(["long-run"]));
    let stale: Vec<&str> =
        answer["stale"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert!(["weeks-section", "stops-section", "strategy"].iter().all(|id| stale.contains(id)), "{stale:?}");
    let levers = answer["levers"].as_array().unwrap();
    let lever =
        |id: &str| levers.iter().find(|lever| lever["id"] == id).unwrap_or_else(|| panic!("no lever {id}"));
    assert_eq!(lever("collapse/us-reciprocal")["value"], 34.0);
    assert_eq!(lever("truce/us-reciprocal")["value"], 10.0, "24 points are suspended");
    let licence = lever("short_run/licences-for-heavy-rare-earths");
    // 0 % for 61 days from 4 April, 25 % for 26, 60 % for the other 95 of 182.
    assert_eq!(licence["value"], 34.9);
    for place in ["escalation", "truce", "collapse", "busan"] {
        let taxes = ["tariff", "export-tax", "cost"];
        let is_tax = |lever: &&Value| taxes.iter().any(|kind| lever["kind"] == *kind);
        let of = levers.iter().filter(|lever| lever["where"] == place).filter(is_tax);
        assert!((1..=8).contains(&of.count()), "{place}");
        assert_eq!(lever(&format!("{place}/further-duty-usa-on-chn"))["value"], 0.0);
    }
    assert!(levers.iter().all(|lever| lever["where"] != "before"));
    // Moving a phase leaves the others as they were, to the bit.
    let moved = run(moved("collapse/us-reciprocal", 60.0), json!(["long-run"]));
    let bars = |answer: &Value| answer["charts"]["real-income"]["panels"][0]["rows"].clone();
    let (before, after) = (bars(&answer), bars(&moved));
    for (row, (old, new)) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()).enumerate() {
        assert_eq!(old == new, old["label"] != "Collapse", "row {row}");
    }
    let weeks =
        run(json!([{"lever": "short_run/licences-for-heavy-rare-earths", "value": 0}]), json!(["weeks"]));
    let ids: Vec<&str> =
        weeks["sections"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"weeks-section") && !ids.contains(&"welfare"), "{ids:?}");
}
