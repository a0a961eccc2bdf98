//! How does a request get computed without keeping others waiting?
//!
//! So many requests compute at once as there are processors; further ones wait their
//! turn. A request has a limit from the moment at which its turn comes: what would take
//! longer is stopped, and can be asked as a job. Who goes away stops what they asked for. A
//! panic is caught: it is the problem of one request, and the server goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;

use super::App;
use super::problem::{Kind, Problem};
use crate::numerics::progress::Progress;

/// Stops a computation when whoever waits for it is gone.
struct Wanted(Progress);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Does `task` within the limit of a request.
///
/// # Errors
/// The task's own [`Problem`]; that it takes too long; a bug.
pub(super) async fn within_limit<T: Send + 'static>(
    app: &Arc<App>,
    task: impl FnOnce(&App, &Progress) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    compute(app, Some(app.limits.run), task).await
}

/// Does a short `task` that has no limit.
///
/// # Errors
/// The task's own [`Problem`]; a bug.
pub(super) async fn ahead<T: Send + 'static>(
    app: &Arc<App>,
    task: impl FnOnce(&App, &Progress) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    compute(app, None, task).await
}

async fn compute<T: Send + 'static>(
    app: &Arc<App>,
    limit: Option<Duration>,
    task: impl FnOnce(&App, &Progress) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let turn = app.turns.clone().acquire_owned().await.map_err(|_| Problem::stopped())?;
    let progress = Progress::default();
    let _wanted = Wanted(progress.clone());
    let (begun, begins) = tokio::sync::oneshot::channel();
    let (shared, seen) = (app.clone(), progress.clone());
    let done = tokio::task::spawn_blocking(move || {
        // The turn is over when the computation is, wanted or not.
        let _turn = turn;
        shared.quick.install(|| {
            let _ = begun.send(());
            guarded(|| task(&shared, &seen))
        })
    });
    let late = async {
        match limit {
            Some(limit) => {
                let _ = begins.await;
                tokio::time::sleep(limit).await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        done = done => done.unwrap_or_else(|_| Err(Problem::bug())),
        () = late => Err(too_long(limit.unwrap_or_default())),
    }
}

/// What `task` gives; a panic is a bug.
pub(super) fn guarded<T>(task: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(task)).unwrap_or_else(|_| Err(Problem::bug()))
}

fn too_long(limit: Duration) -> Problem {
    let seconds = limit.as_secs_f64();
    let detail = format!("would run longer than the limit of {seconds} seconds; run it as a job");
    Problem::new(Kind::TooLong, StatusCode::SERVICE_UNAVAILABLE, detail)
}
