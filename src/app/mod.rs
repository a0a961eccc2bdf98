//! The local app: a server on this machine that answers scenarios while somebody moves them.
//!
//! ```text
//! request ──host──▶ body ──▶ work (turns, limit, stop) ──▶ answer ──▶ JSON
//!                                └──▶ jobs (queue) ──────────┘
//! ```
//!
//! It listens on loopback only, and nothing leaves the machine. What it reads are shipped
//! things and one folder of the user ([`library`]); what it writes is nothing. The same
//! text gives the same numbers and the same words as on the command line, because both go
//! through [`scenario::answer`](crate::scenario::answer).
//!
//! * [`host`]: who may ask; `connections`: for how long.
//! * `body`: what is asked; [`problem`]: what is said to what cannot be answered.
//! * [`library`], [`memory`], [`kept`]: what is read, and what is not read again.
//! * [`levers`], [`edit`]: what can be moved, and how the move becomes text.
//! * [`answer`], [`war`], [`draft`], [`settings`], [`choices`]: the answers.
//! * `work`, [`jobs`]: short and long computations.
//! * `handlers`, `page`: every address.

pub mod answer;
mod body;
pub mod choices;
mod connections;
pub mod draft;
pub mod edit;
mod handlers;
pub mod host;
pub mod jobs;
pub mod kept;
pub mod levers;
pub mod library;
pub mod memory;
mod page;
pub mod problem;
pub mod settings;
pub mod war;
mod work;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::numerics::linear::Arithmetic;
use crate::numerics::progress::Progress;
use jobs::Jobs;
use library::Library;
use memory::Memory;

/// What a server is to do.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The user's own scenarios, ledgers and worlds; without it only what ships.
    pub folder: Option<PathBuf>,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Threads of the requests together, and of the jobs together; 0: one per processor.
    pub threads: usize,
    /// Native or reproducible arithmetic.
    pub arithmetic: Arithmetic,
    /// What it allows.
    pub limits: Limits,
}

/// What a server allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// How long a request may compute.
    pub run: Duration,
    /// Jobs that run at once.
    pub jobs: usize,
    /// Jobs that wait.
    pub waiting: usize,
    /// Jobs that are over and still known.
    pub kept: usize,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// How long a body may take to come.
    pub body_patience: Duration,
    /// How long the head of a request may take to come.
    pub head_patience: Duration,
    /// Connections at once.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            run: Duration::from_secs(5),
            jobs: 1,
            waiting: 32,
            kept: 64,
            body_bytes: 2 << 20,
            body_patience: Duration::from_secs(20),
            head_patience: Duration::from_secs(10),
            connections: 128,
        }
    }
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The folder cannot be read.
    #[error("cannot serve the folder `{folder}`: {problem}")]
    Folder {
        /// As it was named.
        folder: String,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The port is taken, or may not be taken.
    #[error("cannot listen on port {port}: {problem}; another one may be free: --port 0 finds it")]
    Port {
        /// The port.
        port: u16,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The system gives no threads.
    #[error("cannot start: {0}")]
    Start(String),
}

/// What all requests share.
pub(crate) struct App {
    library: Library,
    memory: Memory,
    jobs: Jobs,
    limits: Limits,
    arithmetic: Arithmetic,
    /// One for each request that computes.
    turns: Arc<Semaphore>,
    /// The threads of requests; jobs have others, so that neither waits for the other.
    quick: rayon::ThreadPool,
}

impl App {
    fn how(&self, progress: &Progress) -> answer::How {
        answer::How { arithmetic: self.arithmetic, progress: progress.clone(), glance: false }
    }
}

/// A server that listens.
pub struct Server {
    app: Arc<App>,
    slow: Arc<rayon::ThreadPool>,
    listener: std::net::TcpListener,
    address: SocketAddr,
    stop: watch::Sender<bool>,
}

/// Ends a server from elsewhere.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// Ends it: no new requests, running jobs stopped.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Server {
    /// Listens on loopback; nothing is answered before [`run`](Self::run).
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn bind(config: Config) -> Result<Self, ServerError> {
        let library = Library::new(config.folder.as_deref()).map_err(|problem| ServerError::Folder {
            folder: config.folder.as_deref().unwrap_or(std::path::Path::new("")).display().to_string(),
            problem,
        })?;
        let failed = |problem| ServerError::Port { port: config.port, problem };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let pool = || {
            rayon::ThreadPoolBuilder::new()
                .num_threads(config.threads)
                .build()
                .map_err(|e| ServerError::Start(format!("no threads: {e}")))
        };
        let (quick, slow) = (pool()?, Arc::new(pool()?));
        let app = App {
            memory: Memory::of(library.shelf()),
            library,
            jobs: Jobs::new(config.limits.waiting, config.limits.kept),
            limits: config.limits,
            arithmetic: config.arithmetic,
            turns: Arc::new(Semaphore::new(quick.current_num_threads())),
            quick,
        };
        let (stop, _) = watch::channel(false);
        Ok(Self { app: Arc::new(app), slow, listener, address, stop })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What ends it.
    pub fn stop(&self) -> Stop {
        Stop(self.stop.clone())
    }

    /// Answers until it is stopped.
    ///
    /// # Errors
    /// [`ServerError::Start`].
    pub fn run(self) -> Result<(), ServerError> {
        self.answer(false)
    }

    /// Answers until it is stopped, by Ctrl-C or a request of the system to end too.
    ///
    /// # Errors
    /// [`ServerError::Start`].
    pub fn run_until_signal(self) -> Result<(), ServerError> {
        self.answer(true)
    }

    fn answer(self, signals: bool) -> Result<(), ServerError> {
        let start = |e: std::io::Error| ServerError::Start(e.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(start)?;
        let mut workers = Vec::new();
        for _ in 0..self.app.limits.jobs {
            let (app, pool) = (self.app.clone(), self.slow.clone());
            let serve = move || {
                app.jobs.serve(|work, progress| pool.install(|| work::guarded(|| work(progress))));
            };
            workers.push(std::thread::Builder::new().name("jobs".to_owned()).spawn(serve).map_err(start)?);
        }
        let router = handlers::router(self.app.clone(), host::Hosts::of_port(self.address.port()));
        let (limits, stop) = (self.app.limits, self.stop);
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener).map_err(start)?;
            if signals {
                let stop = stop.clone();
                let ended = ended().map_err(start)?;
                tokio::spawn(async move {
                    ended.await;
                    stop.send_replace(true);
                });
            }
            let (jobs, mut told) = (self.app.clone(), stop.subscribe());
            tokio::spawn(async move {
                let _ = told.wait_for(|stop| *stop).await;
                jobs.jobs.end();
                jobs.turns.close();
            });
            let told = stop.subscribe();
            connections::serve(listener, router, limits.connections, limits.head_patience, told).await;
            Ok(())
        })?;
        self.app.jobs.end();
        // What still computes has been told to stop: it is waited for a little, not for ever.
        runtime.shutdown_timeout(Duration::from_secs(2));
        let done = || workers.iter().all(std::thread::JoinHandle::is_finished);
        for _ in 0..200 {
            if done() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// Ends with Ctrl-C, or when the system asks the program to end.
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}
