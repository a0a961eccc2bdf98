//! A server with a folder of its own, and a client that says exactly what it wants.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use detente::app::{Config, Limits, Server, Stop};
use serde_json::{Value, json};

/// A small world and two phases: milliseconds a run.
pub const SCENARIO: &str = r#"# What a person wrote.
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

pub const LEDGER: &str = r#"ledger = { title = "Two duties and a licence" }

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
pub struct Served {
    pub folder: tempfile::TempDir,
    pub address: SocketAddr,
    stop: Stop,
    thread: Option<thread::JoinHandle<()>>,
}

impl Served {
    pub fn with(limits: Limits) -> Self {
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

    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join("served")
    }

    pub fn send(&self, raw: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // Who is refused early need not read the rest.
        let _ = stream.write_all(raw);
        Answer::read(stream)
    }

    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send(&request(self.address, method, path, body))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body))
    }

    /// Waits until a job is over, or in a state.
    pub fn job(&self, id: &str, state: &str) -> Value {
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

pub fn request(address: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
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
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Up to the end of the connection.
    pub fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is reset after the answer has still answered.
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head, body: bytes[(end + 4).min(bytes.len())..].to_vec() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.head, String::from_utf8_lossy(&self.body)))
    }

    /// The detail of a problem of this status.
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{} {}", self.head, String::from_utf8_lossy(&self.body));
        assert!(self.head.contains("content-type: application/problem+json"), "{}", self.head);
        let body = self.json();
        assert_eq!(body["status"], status);
        assert!(body["type"].is_string() && body["title"].is_string());
        body["detail"].as_str().unwrap().to_owned()
    }

    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{} {}", self.head, String::from_utf8_lossy(&self.body));
        self.json()
    }
}

pub fn small(changes: Value) -> Value {
    json!({"name": "small", "toml": SCENARIO, "changes": changes})
}

pub fn moved(lever: &str, value: f64) -> Value {
    json!([{"lever": lever, "value": value}])
}

pub fn detente(arguments: &[&str], folder: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).current_dir(folder).output().unwrap()
}
