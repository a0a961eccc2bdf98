//! Who may hold a connection, and for how long?
//!
//! One task a connection, at most so many at once; further ones wait until one ends. A
//! request whose head does not come in time is dropped, and so is a connection that is
//! kept open for nothing. A connection that its client closes drops the request that it
//! carried, and with it what the request computes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long a request that is under way may take once the server is to end.
const LAST: Duration = Duration::from_secs(2);

/// Serves `router` until `stop` says true, with at most `most` connections whose heads
/// come within `patience`.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    most: usize,
    patience: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(most));
    let mut open = JoinSet::new();
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.ok()?;
            Some((listener.accept().await, place))
        };
        let (stream, place) = tokio::select! {
            () = told(&mut stop) => break,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
            accepted = accepted => match accepted {
                Some((Ok((stream, _)), place)) => (stream, place),
                // Out of file descriptors, or the client is gone already: others may follow.
                Some((Err(_), _)) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
                None => break,
            },
        };
        // Answers are small and wait for nobody.
        let _ = stream.set_nodelay(true);
        let (router, mut stop) = (router.clone(), stop.clone());
        open.spawn(async move {
            let _place = place;
            let service = TowerToHyperService::new(router);
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(patience)
                .max_buf_size(64 << 10)
                .serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            // An error here is a client that went away or spoke something else.
            tokio::select! {
                _ = &mut connection => {}
                () = told(&mut stop) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(LAST, async { while open.join_next().await.is_some() {} }).await;
}

/// Waits until the server is to end.
async fn told(stop: &mut watch::Receiver<bool>) {
    // An error is that nobody is left who could say it: the server ends then, too.
    let _ = stop.wait_for(|stop| *stop).await;
}
