//! A bar for what takes over two seconds, on standard error and on terminals only.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Common;
use crate::numerics::progress::{Progress, Sight};

/// Nothing is drawn before this.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time between two looks.
const GLANCE: Duration = Duration::from_millis(100);

/// Does `work` and shows how far `progress` is, unless nobody wants to see it.
pub fn watched<T>(progress: &Progress, common: &Common, work: impl FnOnce() -> T) -> T {
    if common.quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    std::thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        scope.spawn(move || {
            let started = Instant::now();
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            while is_done.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout) {
                if started.elapsed() > PATIENCE {
                    draw(&bar, progress.sight());
                }
            }
            bar.finish_and_clear();
        });
        let found = work();
        // The one who draws hears that the channel is gone, and ends.
        drop(done);
        found
    })
}

fn draw(bar: &ProgressBar, sight: Sight) {
    let template = match sight.of {
        0 => "{spinner} {msg} {pos}",
        _ => "{msg} {bar:30} {pos}/{len}, {eta} left",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(sight.stage);
    bar.set_length(sight.of as u64);
    bar.set_position(sight.done as u64);
    bar.tick();
}
