//! `detente read --reader`: another reader, asked over loopback.
//!
//! An endpoint that speaks the chat-completions protocol gets each text with a
//! JSON schema, at temperature zero. It only proposes
//! ([`proposed`](crate::accounts::proposed)); whatever goes wrong, the rules'
//! own reading stands. Answers are kept in a folder under the hash of the question,
//! and not asked for twice.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::accounts::proposed::{kept, question, schema};
use crate::accounts::{Account, Lexicon, Statement};
use crate::cli::{Common, Failure};
use crate::results::provenance::sha256;
use crate::results::write;

/// An answer longer than this is none.
const LONGEST: u64 = 8 << 20;

/// Where the other reader is, and how to ask it.
#[derive(Debug, clap::Args)]
pub struct Endpoint {
    /// Ask an endpoint of the chat-completions protocol for more statements: http://127.0.0.1:PORT/v1.
    #[arg(long, value_name = "URL", requires = "model")]
    reader: Option<String>,
    /// The endpoint's model.
    #[arg(long, value_name = "NAME", requires = "reader")]
    model: Option<String>,
    /// Allow an endpoint on another machine: the texts leave this one.
    #[arg(long, requires = "reader")]
    reader_elsewhere: bool,
    /// Seconds to wait for an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600), requires = "reader")]
    reader_timeout: u64,
    /// Keep answers in this folder, and do not ask again for what is in it.
    #[arg(long, value_name = "DIR", requires = "reader")]
    reader_cache: Option<PathBuf>,
}

impl Endpoint {
    /// What the endpoint adds to the statements of `accounts`; remarks say what was dropped.
    ///
    /// # Errors
    /// An address that is not allowed. An endpoint that fails is a remark.
    pub fn ask(
        &self,
        accounts: &[Account],
        known: &[Statement],
        lexicon: &Lexicon,
        common: &Common,
    ) -> Result<Vec<Statement>, Failure> {
        let (Some(url), Some(model)) = (&self.reader, &self.model) else { return Ok(Vec::new()) };
        self.check(url)?;
        let mut found = Vec::new();
        for (number, account) in accounts.iter().enumerate() {
            let kept = self.answer(url, model, account, lexicon).and_then(|(answer, place)| {
                let kept = kept(&answer, number, account, known, lexicon)
                    .map_err(|e| format!("its answer is not of the schema: {e}"))?;
                // Only what could be used is worth keeping.
                if let Some(place) = place {
                    keep(&place, &answer)
                        .unwrap_or_else(|why| common.remark(&format!("the answer is not kept: {why}")));
                }
                Ok(kept)
            });
            match kept {
                Ok(kept) => {
                    let (taken, dropped) = (kept.statements.len(), kept.dropped.len());
                    common.remark(&format!(
                        "{}: {model} proposed {} statements, {taken} kept",
                        account.id,
                        taken + dropped
                    ));
                    if common.verbose {
                        kept.dropped.iter().for_each(|why| common.remark(&format!("  dropped, {why}")));
                    }
                    found.extend(kept.statements);
                }
                Err(why) => {
                    common.remark(&format!("{}: read by the rules alone; {model}: {why}", account.id))
                }
            }
        }
        Ok(found)
    }

    fn check(&self, url: &str) -> Result<(), Failure> {
        // The parser that the request itself goes through: both see the same host.
        let wrong = || Failure::Input(format!("--reader {url}: write http://127.0.0.1:PORT/v1"));
        let address: ureq::http::Uri = url.parse().map_err(|_| wrong())?;
        let plain = address.scheme_str() == Some("http")
            && address.query().is_none()
            && !url.contains(['@', '#', '\\']);
        // A port that is none is passed over by the parser.
        let behind =
            address.authority().map_or("", |all| all.as_str().rsplit(']').next().unwrap_or_default());
        let port = !behind.contains(':') || address.port_u16().is_some();
        let Some(host) = address.host().filter(|_| plain && port) else { return Err(wrong()) };
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = name == "localhost"
            || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if loopback || self.reader_elsewhere {
            return Ok(());
        }
        Err(Failure::Input(format!(
            "--reader {url}: {name} is another machine, and the texts would leave this one; --reader-elsewhere allows it"
        )))
    }

    /// The endpoint's answer, from the folder if it is there; where to keep it if not.
    fn answer(
        &self,
        url: &str,
        model: &str,
        account: &Account,
        lexicon: &Lexicon,
    ) -> Result<(String, Option<PathBuf>), String> {
        let body = json!({
            "model": model,
            "temperature": 0,
            "messages": [{ "role": "user", "content": question(account) }],
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": "statements", "strict": true, "schema": schema(lexicon) },
            },
        })
        .to_string();
        let place = self
            .reader_cache
            .as_ref()
            .map(|folder| folder.join(format!("{}.json", sha256(format!("{url}\n{body}").as_bytes()))));
        if let Some(known) = place.as_ref().and_then(|place| std::fs::read_to_string(place).ok()) {
            return Ok((known, None));
        }
        Ok((self.post(url, &body)?, place))
    }

    fn post(&self, url: &str, body: &str) -> Result<String, String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(self.reader_timeout)))
            .proxy(None)
            // A redirect could lead off this machine.
            .max_redirects(0)
            .build()
            .into();
        let url = format!("{}/chat/completions", url.trim_end_matches('/'));
        let mut response = agent
            .post(&url)
            .content_type("application/json")
            .send(body)
            .map_err(|e| format!("no answer: {e}"))?;
        let text = response
            .body_mut()
            .with_config()
            .limit(LONGEST)
            .read_to_string()
            .map_err(|e| format!("no whole answer: {e}"))?;
        let value: Value = serde_json::from_str(&text).map_err(|e| format!("its answer is no JSON: {e}"))?;
        let content = value["choices"][0]["message"]["content"].as_str();
        content.map(str::to_owned).ok_or_else(|| "its answer has no message".to_owned())
    }
}

/// Writes an answer to its place, and the folder if it is not there.
fn keep(place: &Path, answer: &str) -> Result<(), String> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    write::file(place, answer.as_bytes()).map_err(|e| e.to_string())
}
