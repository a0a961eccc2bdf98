//! A scenario many times: over draws of what is not known, and over values of its fields.
//!
//! ```text
//! scenario, over-file, draws ──Plan──▶ chunk 0, 1, 2 …  ──Folder──▶ part-00000-….parquet …
//! ```
//!
//! * [`over`]: the fields that vary, and their values.
//! * [`plan`]: the cases, each a number from which everything follows.
//! * [`cases`]: the rows of a chunk; the same bits in any thread and any process.
//! * [`table`]: rows as Parquet, and their hash.
//! * [`folder`]: parts on disk, of which a killed process loses the one in flight.
//! * [`parcel`]: a plan for another process.
//! * [`sweep`]: all of it on one machine.

pub mod cases;
pub mod folder;
pub mod over;
pub mod parcel;
pub mod plan;
pub mod record;
pub mod selection;
mod shelf;
pub mod table;
pub mod value;
mod written;

use crate::document::DocumentError;
use crate::numerics::progress::Stopped;
use crate::results::write::WriteError;
use crate::scenario::RunOptions;
use crate::scenario::answer::AnswerError;

pub use cases::Chunk;
pub use folder::{Finished, Folder};
pub use over::Over;
pub use parcel::Parcel;
pub use plan::{Asked, Plan, Text};
pub use record::Record;
pub use selection::Selection;

/// Why a sweep did not begin, or did not end.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// What is asked makes no sense.
    #[error("{0}")]
    Asked(String),
    /// The file of what varies has problems.
    #[error(transparent)]
    Over(#[from] DocumentError),
    /// The scenario, or something that it names.
    #[error(transparent)]
    Scenario(#[from] AnswerError),
    /// The folder cannot be used.
    #[error("{0}")]
    Folder(String),
    /// A file could not be written.
    #[error("{0}; what is in the folder is whole: --resume goes on from it")]
    Write(#[from] WriteError),
    /// Somebody said stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Computes what the folder does not have yet, and completes it. Every case is a step of
/// the progress.
///
/// # Errors
/// [`SweepError`].
pub fn sweep(plan: &Plan, folder: &mut Folder, options: &RunOptions) -> Result<Finished, SweepError> {
    let missing = folder.missing();
    options.progress.begin("cases", missing.iter().map(|chunk| plan.cases_of(*chunk).len()).sum());
    for number in missing {
        let chunk = plan.chunk(number, options)?;
        folder.keep(plan, &chunk)?;
    }
    folder.finish(plan)
}
