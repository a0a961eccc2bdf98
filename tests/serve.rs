//! The local server over loopback: what it answers, what it refuses, and how it holds.
#![cfg(all(feature = "app", feature = "cli"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use detente::app::{Config, Limits, Server, Stop};
use serde_json::{Value, json};

/// A small world and two phases: milliseconds a run.
const SCENARIO: &str = r#"# What a person wrote.
title  = "A small war"
world  = "icio-2019-g20"
ledger = "ledger.toml"
actors = ["USA", "CHN"]

[[phase]]
name = "before"
date = 2025-01-01

[[phase]]   # with a remark
name  = "after"
title = "After"
date  = 2025-07-01

[long_run]
deficits = "held"
"#;

const LEDGER: &str = r#"ledger = { title = "Two duties and a licence" }

[[measure]]
id = "usa-on-china"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["C"]
rate = { 2025-06-01 = "25%" }
source = "an example"

[[measure]]
id = "china-on-usa"
kind = "import-tariff"
by = "CHN"
on = "USA"
rate = { 2025-06-01 = "10%" }
source = "an example"

[[measure]]
id = "licence"
kind = "export-licence"
by = "CHN"
on = "*"
coverage = { C = "5%" }
approval = { 2025-06-01 = "50%" }
source = "an example"
"#;

/// A server on a folder of its own, stopped when it goes.
struct Served {
    folder: tempfile::TempDir,
    address: SocketAddr,
    stop: Stop,
    thread: Option<thread::JoinHandle<()>>,
}

impl Served {
    fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("served")).unwrap();
        for (name, text) in [("small.toml", SCENARIO), ("ledger.toml", LEDGER)] {
            std::fs::write(folder.path().join("served").join(name), text).unwrap();
        }
        let served = Some(folder.path().join("served"));
        let server = Server::bind(Config { folder: served, limits, ..Config::default() }).unwrap();
        let (address, stop) = (server.address(), server.stop());
        let thread = Some(thread::spawn(move || server.run().unwrap()));
        Self { folder, address, stop, thread }
    }

    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join("served")
    }

    fn send(&self, raw: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // Who is refused early need not read the rest.
        let _ = stream.write_all(raw);
        Answer::read(stream)
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send(&request(self.address, method, path, body))
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body))
    }

    /// Waits until a job is over, or in a state.
    fn job(&self, id: &str, state: &str) -> Value {
        let since = Instant::now();
        loop {
            let seen = self.get(&format!("/api/jobs/{id}")).json();
            let now = seen["state"].as_str().unwrap();
            if now == state {
                return seen;
            }
            assert!(matches!(now, "queued" | "running"), "the job is {seen}");
            assert!(since.elapsed() < Duration::from_secs(60), "the job is still {seen}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn request(address: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    match body {
        None => format!("{head}\r\n").into_bytes(),
        Some(body) => {
            let body = body.to_string();
            format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
                .into_bytes()
        }
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// Up to the end of the connection.
    fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is reset after the answer has still answered.
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head, body: bytes[(end + 4).min(bytes.len())..].to_vec() }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.head, String::from_utf8_lossy(&self.body)))
    }

    /// The detail of a problem of this status.
    fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{} {}", self.head, String::from_utf8_lossy(&self.body));
        assert!(self.head.contains("content-type: application/problem+json"), "{}", self.head);
        let body = self.json();
        assert_eq!(body["status"], status);
        assert!(body["type"].is_string() && body["title"].is_string());
        body["detail"].as_str().unwrap().to_owned()
    }

    fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{} {}", self.head, String::from_utf8_lossy(&self.body));
        self.json()
    }
}

fn small(changes: Value) -> Value {
    json!({"name": "small", "toml": SCENARIO, "changes": changes})
}

fn moved(lever: &str, value: f64) -> Value {
    json!([{"lever": lever, "value": value}])
}

fn detente(arguments: &[&str], folder: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).current_dir(folder).output().unwrap()
}

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
fn what_cannot_be_used_is_said() {
    let served = Served::new();
    let note = |path: &str, body: Value, status: u16| served.post(path, &body).problem(status);
    assert_eq!(note("/api/run", json!({"nam": "x"}), 400).lines().count(), 3);
    assert!(note("/api/run", json!({"nam": "x"}), 400).contains("unknown field `nam`; did you mean `name`?"));
    let mut body = small(json!([]));
    body["parts"] = json!(["everything"]);
    assert!(note("/api/run", body, 400).contains("`parts` has `everything`: write a list of \"long-run\""));
    assert!(
        note("/api/run", small(json!("a")), 400).contains("`changes` is a text: write a list of objects")
    );
    assert!(
        note("/api/run", small(moved("after/usa-on-chin", 3.0)), 422)
            .contains("did you mean `after/usa-on-china`?")
    );
    assert!(
        note("/api/run", small(moved("after/licence", 130.0)), 422).contains("write a number from 0 to 100")
    );
    assert!(note("/api/run", small(moved("before/usa-on-china", 3.0)), 422).contains("no lever"));
    assert!(
        note("/api/table", json!({"name": "a", "toml": SCENARIO, "format": "xls"}), 400)
            .contains("`format` is unknown")
    );
    assert!(note("/api/compare", json!({"a": small(json!([]))}), 400).contains("`b` is missing"));
    assert!(
        note("/api/jobs", json!({"kind": "dance", "name": "a", "toml": ""}), 400)
            .contains("`kind` is unknown")
    );
    assert!(note("/api/scenarios", json!({"world": "icio-2022"}), 400).contains("`ledger` is missing"));
    for (head, body, status) in [
        ("content-type: text/plain\r\n", "{}", 415),
        ("", "{}", 415),
        ("content-type: application/json\r\n", "{", 400),
        ("content-type: application/json\r\n", "[1]", 400),
        ("content-type: application/json; charset=utf-8\r\n", "{\"name\": \"\u{1}\"}", 400),
    ] {
        let raw = format!(
            "POST /api/run HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{head}content-length: {}\r\n\r\n{body}",
            served.address,
            body.len()
        );
        served.send(raw.as_bytes()).problem(status);
    }
    served.get("/nothing").problem(404);
    served.get("/api/run").problem(405);
    served.ask("PUT", "/api/choices", None).problem(405);
    served.get("/api/jobs/0123").problem(404);
    assert!(served.ask("DELETE", "/api/jobs/0123", None).problem(404).contains("while the server runs"));
}

#[test]
fn the_words_are_those_of_the_command_line() {
    let served = Served::new();
    let wrong = [
        SCENARIO.replace("\"CHN\"", "\"CHM\"").replace("deficits = \"held\"", "deficits = \"hold\""),
        SCENARIO.replace("title  =", "titel  ="),
        SCENARIO.replace("icio-2019-g20", "icio-2019-g21"),
        SCENARIO.replace("ledger.toml", "us-chin"),
        SCENARIO.replace("[[phase]]   # with", "[[phase] # with"),
        SCENARIO.replace(
            "date  = 2025-07-01",
            "date = 2025-07-01\nrevoke = { suspensions = [\"usa-on-china\"] }",
        ),
    ];
    for text in wrong {
        std::fs::write(served.folder().join("wrong.toml"), &text).unwrap();
        let run = detente(&["run", "wrong.toml"], &served.folder());
        assert_eq!(run.status.code(), Some(2));
        let printed = String::from_utf8(run.stderr).unwrap();
        let body = json!({"name": "wrong", "toml": text});
        let answer = served.post("/api/run", &body);
        let detail = answer.problem(422);
        let printed = printed.trim_end().strip_prefix("detente: ").unwrap_or(printed.trim_end()).to_owned();
        // Files are shown with their folder where a server names them.
        let folder = served.folder().canonicalize().unwrap();
        let detail = detail.replace(&format!("{}/", folder.display()), "");
        assert_eq!(detail, printed);
        assert_eq!(
            served.post("/api/check", &body).problem(422).replace(&format!("{}/", folder.display()), ""),
            printed
        );
        if printed.contains("×") {
            assert!(answer.json()["problems"][0]["labels"][0]["offset"].is_number(), "{printed}");
        }
    }
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let served = Served::new();
    let outside = served.folder.path().join("secret.toml");
    std::fs::write(&outside, LEDGER.replace("an example", "a secret")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, served.folder().join("link.toml")).unwrap();
        std::os::unix::fs::symlink(served.folder.path(), served.folder().join("up")).unwrap();
    }
    let long = "a/".repeat(3000);
    let tricks = [
        "../secret.toml",
        "/etc/passwd",
        "a/../../secret.toml",
        "link.toml",
        "up/secret.toml",
        "%2e%2e/secret.toml",
        "up",
        "..",
        ".",
        outside.to_str().unwrap(),
        &long,
        "secret\\u0000.toml",
    ];
    for trick in tricks {
        for (key, value) in [("ledger.toml", trick), ("icio-2019-g20", trick)] {
            let text = SCENARIO.replace(&format!("\"{key}\""), &format!("\"{value}\""));
            let detail = served.post("/api/run", &json!({"name": "a", "toml": text})).problem(422);
            assert!(!detail.contains("a secret") && !detail.contains("root:"), "{trick}: {detail}");
        }
        for key in ["materials = [\"NAME\"]", "short_run = { from = 2025-06-01, study = \"NAME\" }"] {
            let text = format!("{}\n{SCENARIO}", key.replace("NAME", trick));
            served.post("/api/check", &json!({"name": "a", "toml": text})).problem(422);
        }
    }
    for path in
        ["../secret", "..%2fsecret", "%2e%2e%2fsecret", "link", "up%2fsecret", "%00", "%ff", "small.toml"]
    {
        let answer = served.get(&format!("/api/scenarios/{path}"));
        assert!(matches!(answer.status, 400 | 404 | 422), "{path}: {answer:?}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("a secret"));
    }
    for name in ["../small", "a/b", "", "a\u{0}b", &"a".repeat(200)] {
        served.post("/api/check", &json!({"name": name, "toml": SCENARIO})).problem(400);
    }
}

#[test]
fn another_page_is_refused() {
    let served = Served::new();
    let raw = |method: &str, path: &str, headers: &str| {
        served.send(format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n").as_bytes())
    };
    raw("GET", "/api/choices", "host: evil.example\r\n").problem(421);
    raw("GET", "/", &format!("host: evil.example:{}\r\n", served.address.port())).problem(421);
    raw("GET", "/", &format!("host: localhost:{}\r\n", served.address.port() ^ 1)).problem(421);
    assert_eq!(raw("GET", "/", &format!("host: localhost:{}\r\n", served.address.port())).status, 200);
    let own = format!("host: {}\r\n", served.address);
    for origin in ["http://evil.example", "null", "https://127.0.0.1"] {
        let headers =
            format!("{own}origin: {origin}\r\ncontent-type: application/json\r\ncontent-length: 0\r\n");
        raw("POST", "/api/run", &headers).problem(403);
        raw("DELETE", "/api/jobs/1", &headers).problem(403);
    }
    let page = format!("{own}origin: http://{}\r\n", served.address);
    raw("DELETE", "/api/jobs/1", &page).problem(404);
    assert!(served.send(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").status >= 400, "no host");
    assert!(matches!(served.send(b"nonsense\r\n\r\n").status, 0 | 400));
}

#[test]
fn large_and_slow_requests_end() {
    let limits = Limits {
        head_patience: Duration::from_millis(300),
        body_patience: Duration::from_millis(300),
        connections: 4,
        ..Limits::default()
    };
    let served = Served::with(limits);
    let head =
        format!("POST /api/run HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n", served.address);
    let announced = format!("{head}connection: close\r\ncontent-length: 3000000\r\n\r\n");
    assert!(served.send(announced.as_bytes()).problem(413).contains("larger than 2 MB"));
    let mut chunked = format!("{head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..50 {
        chunked.extend(format!("{:x}\r\n{}\r\n", 65536, " ".repeat(65536)).into_bytes());
    }
    assert_eq!(served.send(&chunked).status, 413);
    assert!(
        served.send(format!("{head}connection: close\r\ncontent-length: 10\r\n\r\n{{").as_bytes()).status
            == 408
    );
    // A head that never ends, and connections that say nothing, are dropped: four of them hold all places.
    let since = Instant::now();
    let mut slow: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(served.address).unwrap()).collect();
    for stream in &mut slow[..2] {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x").unwrap();
    }
    assert_eq!(served.get("/").status, 200, "a place comes free");
    assert!(since.elapsed() < Duration::from_secs(5));
    for mut stream in slow {
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut rest = Vec::new();
        assert!(stream.read_to_end(&mut rest).is_ok(), "the connection is closed");
    }
}

#[test]
fn what_takes_too_long_is_stopped_and_can_be_a_job() {
    let served = Served::with(Limits { run: Duration::from_millis(30), ..Limits::default() });
    let drawn = SCENARIO.replace("deficits = \"held\"", "deficits = \"held\"\ndraws = 5000");
    let body = json!({"name": "small", "toml": drawn, "parts": ["long-run"]});
    let since = Instant::now();
    let answer = served.post("/api/run", &body);
    assert_eq!(answer.problem(503), "would run longer than the limit of 0.03 seconds; run it as a job");
    assert_eq!(answer.json()["type"], "too-long");
    assert!(since.elapsed() < Duration::from_secs(10));
    let mut job = body.clone();
    job["kind"] = json!("run");
    let id = served.post("/api/jobs", &job);
    assert_eq!(id.status, 202);
    let id = id.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    let running = served.job(&id, "running");
    assert!(running["stage"].is_string() && running.get("result").is_none());
    served.ask("DELETE", &format!("/api/jobs/{id}"), None).ok();
    served.job(&id, "cancelled");
}

#[test]
fn jobs_wait_run_and_are_refused_beyond_the_queue() {
    let served = Served::with(Limits { waiting: 3, ..Limits::default() });
    let endless = SCENARIO.replace("deficits = \"held\"", "deficits = \"held\"\ndraws = 20000");
    let add = |toml: &str| served.post("/api/jobs", &json!({"kind": "run", "name": "small", "toml": toml}));
    let id = |answer: &Answer| answer.json()["id"].as_str().unwrap().to_owned();
    let first = id(&add(&endless));
    served.job(&first, "running");
    let waiting: Vec<String> = (0..3).map(|_| id(&add(SCENARIO))).collect();
    assert!(add(SCENARIO).problem(429).contains("3 jobs wait already"));
    let seen = served.get(&format!("/api/jobs/{}", waiting[2])).ok();
    assert_eq!((&seen["state"], &seen["place_in_queue"]), (&json!("queued"), &json!(3)));
    // Quick requests do not wait for jobs.
    let since = Instant::now();
    served.post("/api/run", &small(json!([]))).ok();
    assert!(since.elapsed() < Duration::from_secs(5));
    served.ask("DELETE", &format!("/api/jobs/{}", waiting[0]), None).ok();
    served.ask("DELETE", &format!("/api/jobs/{first}"), None).ok();
    let done = served.job(&waiting[2], "done");
    let run = served.post("/api/run", &small(json!([]))).ok();
    assert_eq!(done["result"]["sections"], run["sections"], "a job gives what a request gives");
    let war = json!({"kind": "nash", "name": "small", "toml": SCENARIO, "players": ["USA", "CHN", "DEU"]});
    let war = id(&served.post("/api/jobs", &war));
    let result = served.job(&war, "done")["result"].clone();
    assert_eq!(result["charts"]["trade-war"]["panels"][0]["rows"].as_array().unwrap().len(), 3);
    let lost = json!({"kind": "nash", "name": "small", "toml": SCENARIO, "players": ["USA", "CHM"]});
    let lost = id(&served.post("/api/jobs", &lost));
    let failed = served.job(&lost, "failed");
    assert!(failed["problem"]["detail"].as_str().unwrap().contains("did you mean"), "{failed}");
    let list = served.get("/api/jobs").ok();
    assert_eq!(list.as_array().unwrap().len(), 6);
    assert_eq!(list[0]["id"], lost.as_str());
    assert!(list.as_array().unwrap().iter().all(|job| job.get("result").is_none()));
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
        let of = levers.iter().filter(|lever| lever["where"] == place && lever["kind"] != "further-duty");
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

/// A thousand requests of many kinds, fifty at once: every one has the answer that it has alone.
#[test]
fn a_thousand_requests_at_once_are_not_mixed_up() {
    let served = Served::new();
    let kinds = 25;
    let body = |kind: usize| match kind % 5 {
        0..=2 => ("/api/run", small(moved("after/usa-on-china", 3.0 * kind as f64))),
        3 => ("/api/check", small(moved("after/licence", kind as f64))),
        _ => ("/api/table", small(moved("after/further-duty-chn-on-usa", kind as f64 + 0.5))),
    };
    let bare = |answer: &Answer| -> (u16, Vec<u8>) {
        let mut value: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        match value.as_object_mut() {
            Some(fields) => {
                fields.remove("seconds");
                (answer.status, value.to_string().into_bytes())
            }
            None => (answer.status, answer.body.clone()),
        }
    };
    let wrong = [
        ("/api/run", json!({"name": "small", "toml": "title = 1"})),
        ("/api/run", small(moved("nowhere", 1.0))),
        ("/api/table", json!([])),
    ];
    let ask = |number: usize| -> (u16, Vec<u8>) {
        match number % 10 {
            9 => {
                let (path, body) = &wrong[number / 10 % wrong.len()];
                bare(&served.post(path, body))
            }
            8 => bare(&served.get("/api/scenarios/small")),
            _ => {
                let (path, body) = body(number % kinds);
                bare(&served.post(path, &body))
            }
        }
    };
    let alone: Vec<(u16, Vec<u8>)> = (0..150).map(ask).collect();
    let next = AtomicUsize::new(0);
    let since = Instant::now();
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= 1000 {
                        break;
                    }
                    // 150 is a multiple of every period, so the answers repeat.
                    let (status, body) = ask(number);
                    let (expected, same) = &alone[number % 150];
                    assert_eq!(status, *expected, "request {number}");
                    assert!(body == *same, "request {number} has the answer of another");
                }
            });
        }
    });
    println!("1000 requests in {:.1} s", since.elapsed().as_secs_f64());
}

#[cfg(unix)]
#[test]
fn the_program_prints_its_address_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), SCENARIO).unwrap();
    std::fs::write(folder.path().join("ledger.toml"), LEDGER).unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(["serve", ".", "--port", "0"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix('/')).unwrap().to_owned();
        let address: SocketAddr = address.parse().unwrap();
        assert!(address.ip().is_loopback());
        // A job that would run for long is under way.
        let endless = SCENARIO.replace("deficits = \"held\"", "deficits = \"held\"\ndraws = 20000");
        let body = json!({"kind": "run", "name": "small", "toml": endless});
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&request(address, "POST", "/api/jobs", Some(&body))).unwrap();
        assert_eq!(Answer::read(stream).status, 202);
        let since = Instant::now();
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
        assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
        assert!(TcpStream::connect(address).is_err());
    }
    let taken = Server::bind(Config::default()).unwrap();
    let port = taken.address().port().to_string();
    let refused = detente(&["serve", "--port", &port], folder.path());
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&format!("cannot listen on port {port}")));
    let missing = detente(&["serve", "nowhere", "--port", "0"], folder.path());
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot serve the folder `nowhere`"));
}
