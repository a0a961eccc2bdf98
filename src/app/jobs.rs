//! Work that takes longer than a request: a queue.
//!
//! A few threads take jobs in the order in which they came. A job can be looked at, and
//! stopped, at any time; what came out of it is kept until it is one of too many. The id
//! of a job is random: who has not asked for it does not find it. Nothing is written
//! down: with the server the jobs go.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::problem::{Kind, Problem};
use crate::numerics::progress::Progress;

/// What a job does: it looks at its progress and gives the object of its result.
pub type Work = Box<dyn FnOnce(&Progress) -> Result<Value, Problem> + Send>;

/// The jobs of a server.
pub struct Jobs {
    state: Mutex<State>,
    /// Told when a job comes, and when the server is to end.
    news: Condvar,
    most_waiting: usize,
    most_kept: usize,
}

#[derive(Default)]
struct State {
    /// Newest last.
    jobs: Vec<Job>,
    /// Ids of those that wait, next first, with what they are to do.
    waiting: VecDeque<(String, Work)>,
    ended: bool,
}

struct Job {
    id: String,
    kind: &'static str,
    progress: Progress,
    /// When it began, and how long it took, seconds.
    began: Option<Instant>,
    seconds: Option<f64>,
    outcome: Outcome,
}

enum Outcome {
    Queued,
    Running,
    Done(Arc<Value>),
    Failed(Problem),
    Cancelled,
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn is_over(&self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

impl Jobs {
    /// A queue in which at most `most_waiting` wait; the newest `most_kept` that are over are kept.
    pub fn new(most_waiting: usize, most_kept: usize) -> Self {
        Self { state: Mutex::default(), news: Condvar::new(), most_waiting, most_kept }
    }

    /// Every change is made in one go: one who panicked left no half of it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job at the end of the queue and gives its id.
    ///
    /// # Errors
    /// A [`Problem`] of status 429 if too many wait.
    pub fn add(&self, kind: &'static str, work: Work) -> Result<String, Problem> {
        let id = random_id()?;
        let mut state = self.state();
        if state.waiting.len() >= self.most_waiting {
            let detail = format!("{} jobs wait already: cancel one, or ask again later", state.waiting.len());
            return Err(Problem::new(Kind::Busy, StatusCode::TOO_MANY_REQUESTS, detail));
        }
        let (progress, outcome) = (Progress::default(), Outcome::Queued);
        state.jobs.push(Job { id: id.clone(), kind, progress, began: None, seconds: None, outcome });
        state.waiting.push_back((id.clone(), work));
        self.news.notify_one();
        Ok(id)
    }

    /// Does jobs, one after the other, until the server ends. `guarded` runs one: what
    /// it panics with is its problem.
    pub fn serve(&self, guarded: impl Fn(Work, &Progress) -> Result<Value, Problem>) {
        while let Some((id, work, progress)) = self.next() {
            let outcome = guarded(work, &progress);
            let mut state = self.state();
            let Some(job) = state.jobs.iter_mut().find(|job| job.id == id) else { continue };
            job.seconds = job.began.map(|began| began.elapsed().as_secs_f64());
            job.outcome = match outcome {
                Ok(value) => Outcome::Done(Arc::new(value)),
                Err(problem) if problem.kind == Kind::Stopped => Outcome::Cancelled,
                Err(problem) => Outcome::Failed(problem),
            };
            self.forget(&mut state);
        }
    }

    /// Waits for the next job; `None` once the server ends.
    fn next(&self) -> Option<(String, Work, Progress)> {
        let mut state = self.state();
        loop {
            if state.ended {
                return None;
            }
            if let Some((id, work)) = state.waiting.pop_front() {
                let job = state.jobs.iter_mut().find(|job| job.id == id)?;
                (job.outcome, job.began) = (Outcome::Running, Some(Instant::now()));
                return Some((id, work, job.progress.clone()));
            }
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the oldest go that are over, beyond those that are kept.
    fn forget(&self, state: &mut State) {
        let mut over = state.jobs.iter().filter(|job| job.outcome.is_over()).count();
        state.jobs.retain(|job| {
            let goes = over > self.most_kept && job.outcome.is_over();
            over -= usize::from(goes);
            !goes
        });
    }

    /// What is to be seen of a job.
    ///
    /// # Errors
    /// A [`Problem`] of status 404.
    pub fn see(&self, id: &str) -> Result<Value, Problem> {
        let state = self.state();
        let job = state.jobs.iter().find(|job| job.id == id).ok_or_else(unknown)?;
        let mut seen = seen(job, &state);
        match &job.outcome {
            Outcome::Done(value) => seen.insert("result".to_owned(), Value::clone(value)),
            Outcome::Failed(problem) => seen.insert("problem".to_owned(), problem.to_json()),
            _ => None,
        };
        Ok(Value::Object(seen))
    }

    /// All jobs, newest first, without what came out of them.
    pub fn list(&self) -> Value {
        let state = self.state();
        state.jobs.iter().rev().map(|job| Value::Object(seen(job, &state))).collect()
    }

    /// Cancels a job: one that waits at once, one that runs at its next step.
    ///
    /// # Errors
    /// A [`Problem`] of status 404.
    pub fn cancel(&self, id: &str) -> Result<Value, Problem> {
        {
            let mut state = self.state();
            let job = state.jobs.iter_mut().find(|job| job.id == id).ok_or_else(unknown)?;
            job.progress.stop();
            if let Outcome::Queued = job.outcome {
                job.outcome = Outcome::Cancelled;
                state.waiting.retain(|(waiting, _)| waiting != id);
                self.forget(&mut state);
            }
        }
        self.see(id)
    }

    /// Stops everything.
    pub fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.waiting.clear();
        for job in state.jobs.iter_mut() {
            job.progress.stop();
            if let Outcome::Queued = job.outcome {
                job.outcome = Outcome::Cancelled;
            }
        }
        self.news.notify_all();
    }
}

fn seen(job: &Job, state: &State) -> Map<String, Value> {
    let mut seen = Map::new();
    let mut put = |key: &str, value: Value| seen.insert(key.to_owned(), value);
    put("id", job.id.as_str().into());
    put("kind", job.kind.into());
    put("state", job.outcome.word().into());
    match &job.outcome {
        Outcome::Queued => {
            let ahead = state.waiting.iter().position(|(id, _)| *id == job.id);
            put("place_in_queue", json!(ahead.map(|ahead| ahead + 1)));
        }
        Outcome::Running => {
            let sight = job.progress.sight();
            put("stage", sight.stage.into());
            put("done", sight.done.into());
            if sight.of > 0 {
                put("of", sight.of.into());
            }
        }
        _ => {}
    }
    let seconds = job.seconds.or_else(|| job.began.map(|began| began.elapsed().as_secs_f64()));
    if let Some(seconds) = seconds {
        put("seconds", json!(seconds));
    }
    seen
}

fn unknown() -> Problem {
    Problem::not_found("there is no such job: jobs are kept while the server runs, the newest of them")
}

/// 128 random bits in hexadecimal.
fn random_id() -> Result<String, Problem> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|e| {
        let detail = format!("the system gives no random numbers: {e}");
        Problem::new(Kind::Bug, StatusCode::INTERNAL_SERVER_ERROR, detail)
    })?;
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn run(work: Work, progress: &Progress) -> Result<Value, Problem> {
        work(progress)
    }

    fn state_of(jobs: &Jobs, id: &str) -> String {
        jobs.see(id).unwrap()["state"].as_str().unwrap().to_owned()
    }

    /// Waits until a job is in a state.
    fn until(jobs: &Jobs, id: &str, state: &str) {
        while state_of(jobs, id) != state {
            std::thread::yield_now();
        }
    }

    #[test]
    fn one_runs_others_wait_and_one_too_many_is_refused() {
        let jobs = Arc::new(Jobs::new(2, 64));
        let worker = jobs.clone();
        let thread = std::thread::spawn(move || worker.serve(run));
        let (go, gate) = mpsc::channel::<()>();
        let first = jobs
            .add("run", Box::new(move |_| gate.recv().map(|()| json!(1)).map_err(|_| Problem::bug())))
            .unwrap();
        until(&jobs, &first, "running");
        let second = jobs.add("run", Box::new(|_| Ok(json!(2)))).unwrap();
        let third = jobs.add("run", Box::new(|_| Err(Problem::input("no")))).unwrap();
        assert_eq!(jobs.see(&third).unwrap()["place_in_queue"], 2);
        let refused = jobs.add("run", Box::new(|_| Ok(json!(4)))).unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.kind), (429, Kind::Busy));
        // One that waits goes at once, and makes room.
        assert_eq!(jobs.cancel(&second).unwrap()["state"], "cancelled");
        assert_eq!(jobs.see(&third).unwrap()["place_in_queue"], 1);
        go.send(()).unwrap();
        until(&jobs, &third, "failed");
        assert_eq!(jobs.see(&first).unwrap()["result"], 1);
        assert_eq!(jobs.see(&third).unwrap()["problem"]["detail"], "no");
        assert_eq!(state_of(&jobs, &second), "cancelled");
        assert!(jobs.list().as_array().unwrap().iter().all(|job| job.get("result").is_none()));
        assert_eq!(jobs.see("guessed").unwrap_err().status.as_u16(), 404);
        jobs.end();
        thread.join().unwrap();
    }

    #[test]
    fn a_running_job_stops_at_its_next_step_and_old_ones_are_forgotten() {
        let jobs = Arc::new(Jobs::new(32, 2));
        let worker = jobs.clone();
        let thread = std::thread::spawn(move || worker.serve(run));
        let endless = |progress: &Progress| loop {
            progress.step().map_err(|_| Problem::stopped())?;
        };
        let id = jobs.add("run", Box::new(endless)).unwrap();
        until(&jobs, &id, "running");
        jobs.cancel(&id).unwrap();
        until(&jobs, &id, "cancelled");
        let ids: Vec<String> =
            (0..3).map(|number| jobs.add("run", Box::new(move |_| Ok(json!(number)))).unwrap()).collect();
        until(&jobs, &ids[2], "done");
        assert_eq!(jobs.see(&id).unwrap_err().status.as_u16(), 404);
        assert_eq!(jobs.list().as_array().unwrap().len(), 2);
        let last = jobs.add("run", Box::new(endless)).unwrap();
        until(&jobs, &last, "running");
        jobs.end();
        thread.join().unwrap();
    }
}
