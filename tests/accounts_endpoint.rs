//! Another reader, over loopback: what is kept of it, and what happens when it fails.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

const TEXT: &str =
    "The two leaders spoke on Thursday. For Bessent there is no hurry over tariffs, none at all.\n";

/// A server on loopback that answers every request with `answer`, after `wait`.
fn server(answer: String, wait: Duration) -> (String, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let mut asked = 0;
        listener.set_nonblocking(true).unwrap();
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while std::time::Instant::now() < until {
            let Ok((mut stream, _)) = listener.accept() else {
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            stream.set_nonblocking(false).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            // Headers, then as many bytes as they announce.
            loop {
                let got = stream.read(&mut buffer).unwrap_or(0);
                request.extend_from_slice(&buffer[..got]);
                let text = String::from_utf8_lossy(&request).to_lowercase();
                let whole = text.find("\r\n\r\n").is_some_and(|end| {
                    let length = text
                        .split("content-length:")
                        .nth(1)
                        .and_then(|rest| rest.split("\r\n").next()?.trim().parse::<usize>().ok());
                    length.is_none_or(|length| request.len() >= end + 4 + length)
                });
                if got == 0 || whole {
                    break;
                }
            }
            asked += 1;
            if String::from_utf8_lossy(&request).starts_with("GET /stop") {
                return asked - 1;
            }
            thread::sleep(wait);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                answer.len()
            );
            let _ = stream.write_all((head + &answer).as_bytes());
        }
        asked
    });
    (url, thread)
}

/// Tells the server to end, and how often it was asked.
fn stop(url: &str, thread: thread::JoinHandle<usize>) -> usize {
    let address = url.trim_start_matches("http://").trim_end_matches("/v1");
    if let Ok(mut stream) = std::net::TcpStream::connect(address) {
        let _ = stream.write_all(b"GET /stop HTTP/1.1\r\nhost: x\r\n\r\n");
    }
    thread.join().unwrap()
}

fn message(content: &str) -> String {
    serde_json::json!({ "choices": [{ "message": { "content": content } }] }).to_string()
}

fn read(folder: &Path, more: &[&str]) -> Output {
    std::fs::write(folder.join("text.txt"), TEXT).unwrap();
    Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["read", "text.txt", "--format", "json", "--model", "m"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn statements(output: &Output) -> Vec<serde_json::Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    value["statements"].as_array().unwrap().clone()
}

fn remarks(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_good_answer_is_kept_and_not_asked_for_twice() {
    let folder = tempfile::tempdir().unwrap();
    let answer = r#"{"statements": [
        {"speaker": "Bessent", "quotation": "there is no hurry over tariffs", "topic": "tariffs"},
        {"speaker": "Bessent", "quotation": "tariffs will double", "topic": "tariffs"},
        {"speaker": "Lutnick", "quotation": "The two leaders spoke", "topic": ""}
    ]}"#;
    let (url, thread) = server(message(answer), Duration::ZERO);
    let arguments = ["--reader", &url, "--reader-cache", "answers", "-v"];
    let output = read(folder.path(), &arguments);
    let found = statements(&output);
    // The invented quotation and the speaker who is not in the text are dropped.
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["party"], "USA");
    assert_eq!(found[0]["class"], "proposed");
    assert_eq!(found[0]["topics"][0], "tariffs");
    let span = [0, 1].map(|end| found[0]["content"][0]["span"][end].as_u64().unwrap() as usize);
    assert_eq!(&TEXT[span[0]..span[1]], "there is no hurry over tariffs");
    let said = remarks(&output);
    assert!(said.contains("proposed 3 statements, 1 kept"), "{said}");
    assert!(said.contains("the quotation is not in the text: tariffs will double"), "{said}");
    assert!(said.contains("the speaker is not in the text: Lutnick"), "{said}");
    assert_eq!(statements(&read(folder.path(), &arguments)).len(), 1);
    assert_eq!(stop(&url, thread), 1);
}

#[test]
fn broken_answers_leave_the_rules_alone() {
    for (answer, why) in [
        ("no json".to_owned(), "its answer is no JSON"),
        ("{}".to_owned(), "its answer has no message"),
        (message("{\"words\": 3}"), "its answer is not of the schema"),
        (message("[1, 2"), "its answer is not of the schema"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (url, thread) = server(answer, Duration::ZERO);
        let output = read(folder.path(), &["--reader", &url]);
        assert!(statements(&output).is_empty());
        assert!(remarks(&output).contains("read by the rules alone"), "{}", remarks(&output));
        assert!(remarks(&output).contains(why), "{why}: {}", remarks(&output));
        stop(&url, thread);
    }
}

#[test]
fn an_endpoint_that_is_late_or_gone_leaves_the_rules_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (url, thread) = server(message("{\"statements\": []}"), Duration::from_secs(3));
    let output = read(folder.path(), &["--reader", &url, "--reader-timeout", "1"]);
    assert!(statements(&output).is_empty());
    assert!(
        remarks(&output).contains("no answer") || remarks(&output).contains("no whole answer"),
        "{}",
        remarks(&output)
    );
    stop(&url, thread);
    let output = read(folder.path(), &["--reader", &url, "--reader-timeout", "1"]);
    assert!(remarks(&output).contains("read by the rules alone"), "{}", remarks(&output));
}

#[test]
fn another_machine_needs_a_word() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["http://10.0.0.1:8080/v1", "http://example.org/v1", "http://127.0.0.1.example.org/v1"] {
        let output = read(folder.path(), &["--reader", url]);
        assert_eq!(output.status.code(), Some(2));
        assert!(remarks(&output).contains("--reader-elsewhere allows it"), "{}", remarks(&output));
    }
    // Addresses that look like this machine and lead elsewhere.
    for url in [
        "ftp://127.0.0.1/v1",
        "http://127.0.0.1@example.org/v1",
        "http://example.org?@127.0.0.1/v1",
        "http://example.org#@127.0.0.1/v1",
        "http://example.org\\@127.0.0.1/v1",
        "http://127.0.0.1:99999/v1",
    ] {
        let output = read(folder.path(), &["--reader", url]);
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(remarks(&output).contains("http://127.0.0.1:PORT/v1"), "{}", remarks(&output));
    }
}
