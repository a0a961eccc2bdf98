//! What the server refuses, and in which words.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use detente::app::Limits;
use serde_json::{Value, json};

use super::served::{LEDGER, SCENARIO, Served, detente, moved, small};

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
