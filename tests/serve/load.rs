//! Much at once, long jobs, and the end of the server.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use detente::app::{Config, Limits, Server};
use serde_json::{Value, json};

use super::served::{Answer, LEDGER, SCENARIO, Served, detente, moved, request, small};

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

/// More long requests than have a turn, and nobody waits for them any more.
#[test]
fn who_goes_away_stops_what_they_asked_for() {
    let served = Served::with(Limits { run: Duration::from_secs(600), ..Limits::default() });
    let endless = SCENARIO.replace("deficits = \"held\"", "deficits = \"held\"\ndraws = 20000");
    let body = json!({"name": "small", "toml": endless, "parts": ["long-run"]});
    let asked: Vec<TcpStream> = (0..16)
        .map(|_| {
            let mut stream = TcpStream::connect(served.address).unwrap();
            stream.write_all(&request(served.address, "POST", "/api/run", Some(&body))).unwrap();
            stream
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    drop(asked);
    let since = Instant::now();
    served.post("/api/run", &small(json!([]))).ok();
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
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
