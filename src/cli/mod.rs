//! The command line: one file a subcommand.
//!
//! Exit codes: 0 done, 1 a check failed, 2 the input is wrong, 3 no equilibrium
//! or no convergence, 70 a bug.

/// Prints a line of results. A reader that has seen enough (`| head`) is no
/// error; a full disk is.
macro_rules! say {
    ($($text:tt)*) => {
        crate::cli::say(format_args!($($text)*))
    };
}

mod bench;
mod cards;
mod failure;
mod ledger;
mod ledger_at;
mod ledger_timeline;
mod network;
mod network_chains;
mod network_weeks;
mod new;
mod open;
mod progress;
mod read;
mod replicate;
mod run;
mod scaling;
#[cfg(feature = "app")]
mod serve;
mod solve;
mod step_chart;
mod strategy;
mod summary;
mod sweep;
mod tornado;
mod weeks;
mod world;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use failure::Failure;
pub use run::Finished;

use crate::numerics::linear::Arithmetic;
use crate::scenario::RunOptions;

/// Trade conflicts, priced: tariffs, licences and truces on open data.
#[derive(Debug, Parser)]
#[command(name = "detente", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Print results only, no remarks.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say how the solver fared.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Threads; 0 means one per processor. Results do not depend on it.
    #[arg(long, global = true, default_value_t = 0, value_name = "N", value_parser = threads)]
    threads: usize,
    /// Plain arithmetic in a fixed order: the same bits on every x86-64 processor.
    #[arg(long, global = true)]
    reproducible: bool,
}

impl Common {
    fn arithmetic(&self) -> Arithmetic {
        if self.reproducible { Arithmetic::Reproducible } else { Arithmetic::Native }
    }

    fn run_options(&self) -> RunOptions {
        RunOptions { arithmetic: self.arithmetic(), ..RunOptions::default() }
    }

    /// A remark on standard error, unless the user wants none.
    fn remark(&self, text: &str) {
        if !self.quiet {
            complain(format_args!("{text}"));
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compute everything a scenario asks and print a summary.
    Run(run::Arguments),
    /// A scenario over draws and over values of its fields, as a table on disk.
    Sweep(sweep::Arguments),
    /// Compare the long run of two days under one ledger.
    Solve(solve::Arguments),
    /// What each side would do next, and which deal would hold.
    Strategy(strategy::Arguments),
    /// Write a commented scenario and ledger to start from.
    New(new::Arguments),
    /// List, show, check, import, balance, aggregate, split or build worlds.
    World(world::Arguments),
    /// Check a ledger file, or list the shipped ones.
    Ledger(ledger::Arguments),
    /// Follow a shock through chains: what stops, and when.
    Network(network::Arguments),
    /// Read accounts of talks: who says what, who is silent, where they part.
    Read(read::Arguments),
    /// Lay published tables beside computed ones.
    Replicate(replicate::Arguments),
    /// Answer scenarios on a page in the browser while you move their numbers.
    #[cfg(feature = "app")]
    Serve(serve::Arguments),
    /// Time the main tasks on this machine.
    Bench(bench::Arguments),
}

/// More threads than this do nothing but cost time to start.
const MOST_THREADS: usize = 1024;

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads) if threads <= MOST_THREADS => Ok(threads),
        _ => Err(format!("write a number from 0 to {MOST_THREADS}")),
    }
}

/// Runs the program: parses the arguments, runs the command, reports a failure.
pub fn main() -> ExitCode {
    ExitCode::from(main_with(std::env::args_os()))
}

/// The same with these arguments, the first being the program's name; returns the exit
/// code. Wrong arguments, and a question for help, end the process.
pub fn main_with(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    std::panic::set_hook(Box::new(|panic| {
        if crate::world::table::is_decoding() {
            return;
        }
        complain(format_args!(
            "detente: a bug: {panic}\nPlease report it with the command that made it; nothing was written."
        ));
    }));
    let cli = Cli::parse_from(arguments);
    match std::panic::catch_unwind(|| execute(&cli)) {
        Ok(Ok(())) => 0,
        Ok(Err(failure)) => {
            failure.report();
            failure.exit_code()
        }
        Err(_) => 70,
    }
}

fn say(text: std::fmt::Arguments<'_>) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Input(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// A line on standard error, if anybody listens.
fn complain(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn execute(cli: &Cli) -> Result<(), Failure> {
    let work = || match &cli.command {
        Command::Run(arguments) => run::execute(arguments, &cli.common),
        Command::Sweep(arguments) => sweep::execute(arguments, &cli.common),
        Command::Solve(arguments) => solve::execute(arguments, &cli.common),
        Command::Strategy(arguments) => strategy::execute(arguments, &cli.common),
        Command::New(arguments) => new::execute(arguments, &cli.common),
        Command::World(arguments) => world::execute(arguments, &cli.common),
        Command::Ledger(arguments) => ledger::execute(arguments, &cli.common),
        Command::Network(arguments) => network::execute(arguments, &cli.common),
        Command::Read(arguments) => read::execute(arguments, &cli.common),
        Command::Replicate(arguments) => replicate::execute(arguments, &cli.common),
        #[cfg(feature = "app")]
        Command::Serve(arguments) => serve::execute(arguments, &cli.common),
        Command::Bench(arguments) => bench::execute(arguments, &cli.common),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(cli.common.threads)
        .build()
        .map_err(|e| Failure::Input(format!("cannot start {} threads: {e}", cli.common.threads)))?;
    pool.install(work)
}
