//! `detente serve`: the local app.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Common, Failure};
use crate::app::{Config, Limits, Server, ServerError};

/// Arguments of `detente serve`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A folder with scenarios, ledgers and worlds of your own [default: what ships].
    folder: Option<PathBuf>,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8731)]
    port: u16,
    /// Seconds that a request may compute; what takes longer is run as a job.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, value_parser = seconds)]
    limit: f64,
    /// Jobs that run at once; further ones wait.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    jobs: u64,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.01..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("write seconds, from 0.01 to 3600".to_owned()),
    }
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let limits = Limits {
        run: Duration::from_secs_f64(arguments.limit),
        jobs: arguments.jobs as usize,
        ..Limits::default()
    };
    let server = Server::bind(Config {
        folder: arguments.folder.clone(),
        port: arguments.port,
        threads: common.threads,
        arithmetic: common.arithmetic(),
        limits,
    })?;
    say!("http://{}/", server.address())?;
    common.remark("listening on this machine only; Ctrl-C ends it");
    server.run_until_signal()?;
    Ok(())
}

impl From<ServerError> for Failure {
    fn from(e: ServerError) -> Self {
        Self::Input(e.to_string())
    }
}
