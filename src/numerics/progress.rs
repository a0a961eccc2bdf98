//! How far is a long computation, and should it go on?
//!
//! Whoever computes counts its steps; whoever waits looks when it likes, and can say stop.
//! Both hold the same [`Progress`]: there is nothing to call back, and a computation that
//! nobody looks at pays for an addition a step.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Progress of one computation; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<State>);

#[derive(Debug, Default)]
struct State {
    stopped: AtomicBool,
    done: AtomicUsize,
    /// What is done now, and of how many steps; 0 if nobody knows.
    stage: Mutex<(&'static str, usize)>,
}

/// Somebody said stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

/// What is to be seen of a computation at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// What is done now; empty before the first stage.
    pub stage: &'static str,
    /// Steps of the stage that are done.
    pub done: usize,
    /// Steps of the stage; 0 if nobody knows.
    pub of: usize,
}

impl Progress {
    /// Begins a stage of `of` steps; 0 if nobody knows how many.
    pub fn begin(&self, stage: &'static str, of: usize) {
        *self.stage() = (stage, of);
        self.0.done.store(0, Ordering::Relaxed);
    }

    /// Counts a step.
    ///
    /// # Errors
    /// [`Stopped`] if it is to be the last.
    pub fn step(&self) -> Result<(), Stopped> {
        self.0.done.fetch_add(1, Ordering::Relaxed);
        self.go_on()
    }

    /// Asks without counting.
    ///
    /// # Errors
    /// [`Stopped`] if the computation is to end.
    pub fn go_on(&self) -> Result<(), Stopped> {
        if self.0.stopped.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }

    /// Ends the computation at its next step.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    /// What is to be seen now.
    pub fn sight(&self) -> Sight {
        let (stage, of) = *self.stage();
        Sight { stage, done: self.0.done.load(Ordering::Relaxed), of }
    }

    /// Two words under a lock: one who panicked cannot have left half of them.
    fn stage(&self) -> std::sync::MutexGuard<'_, (&'static str, usize)> {
        self.0.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_counts_while_another_looks_and_stops() {
        let progress = Progress::default();
        let other = progress.clone();
        assert_eq!(other.sight(), Sight::default());
        progress.begin("draws", 3);
        assert_eq!(progress.step(), Ok(()));
        assert_eq!(other.sight(), Sight { stage: "draws", done: 1, of: 3 });
        other.stop();
        assert_eq!(progress.step(), Err(Stopped));
        progress.begin("the rest", 0);
        assert_eq!((progress.go_on(), other.sight().done), (Err(Stopped), 0));
    }
}
