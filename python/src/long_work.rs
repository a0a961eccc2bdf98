//! How can work take minutes and still be ended by Ctrl-C?
//!
//! The work runs in a thread of its own, without the interpreter's lock. The thread that
//! asked for it wakes up from time to time, looks for signals, tells who wants to know how
//! far it is, and says stop if one of the two raises.

use std::time::Duration;

use detente::numerics::progress::Progress;
use pyo3::prelude::*;

use crate::error::wrong_input;

/// Time between two looks.
const GLANCE: Duration = Duration::from_millis(100);
/// More threads than this do nothing but cost time to start.
const MOST_THREADS: usize = 1024;

/// Does `work` on this many threads, 0 being one a processor; `told` is called with the
/// stage, what is done of it, and of how much (0 if nobody knows).
pub fn watched<T: Send>(
    py: Python<'_>,
    threads: usize,
    progress: &Progress,
    told: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    let pool = pool(threads)?;
    let asking = std::thread::current();
    let mut interrupted = None;
    let found = std::thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let found = match pool {
                Some(pool) => pool.install(work),
                None => work(),
            };
            asking.unpark();
            found
        });
        while !worker.is_finished() {
            py.detach(|| std::thread::park_timeout(GLANCE));
            if interrupted.is_none() {
                interrupted = look(py, progress, told).err();
                if interrupted.is_some() {
                    progress.stop();
                }
            }
        }
        worker.join()
    });
    match (interrupted, found) {
        (Some(e), _) => Err(e),
        (None, Ok(found)) => Ok(found),
        (None, Err(panic)) => std::panic::resume_unwind(panic),
    }
}

/// Threads of their own, unless those of the process are meant.
fn pool(threads: usize) -> PyResult<Option<rayon::ThreadPool>> {
    match threads {
        0 => Ok(None),
        1..=MOST_THREADS => rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map(Some)
            .map_err(|e| wrong_input(format!("cannot start {threads} threads: {e}"))),
        _ => Err(wrong_input(format!("threads: write a number from 0 to {MOST_THREADS}"))),
    }
}

fn look(py: Python<'_>, progress: &Progress, told: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    py.check_signals()?;
    if let Some(told) = told {
        let sight = progress.sight();
        if !sight.stage.is_empty() {
            told.call1((sight.stage, sight.done, sight.of))?;
        }
    }
    Ok(())
}
