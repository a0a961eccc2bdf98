//! A shelf that remembers: what was opened and has not changed since is not opened again.
//!
//! Reading a world takes longer than solving it. Worlds, with the materials that were
//! carved out of them, and ledgers read for them are kept, the last few that were used;
//! files of the user are opened again as soon as their size or time changes. Phases of the
//! long run that were computed are [remembered](crate::scenario::memory) too.

use std::sync::Arc;

use super::kept::Kept;
use crate::document::DocumentError;
use crate::scenario;
use crate::scenario::accounts::AccountsQuestion;
use crate::scenario::open::{Named, OpenError, OpenStudy, Opened, Opens, Shelf, Stamp};
use crate::scenario::texts::OpenAccounts;

/// So many worlds with their ledgers are kept: a few megabytes each.
const WORLDS: usize = 8;

/// A shelf with a memory.
#[derive(Debug)]
pub struct Memory {
    shelf: Shelf,
    opened: Kept<(Named, Vec<Stamp>), Arc<Opened>>,
    /// Phases of the long run.
    pub phases: scenario::Memory,
}

impl Memory {
    /// One that has opened nothing yet.
    pub fn of(shelf: Shelf) -> Self {
        Self { shelf, opened: Kept::new(WORLDS), phases: scenario::Memory::new() }
    }
}

impl Opens for Memory {
    fn open(&self, named: &Named) -> Result<Arc<Opened>, OpenError> {
        let key = (named.clone(), self.shelf.stamp(named)?);
        self.opened.get(&key, || Opens::open(&self.shelf, named))
    }

    fn study(&self, name: &str) -> Result<OpenStudy, OpenError> {
        self.shelf.study(name)
    }

    fn accounts(
        &self,
        question: &AccountsQuestion,
        shown: &str,
        text: &str,
    ) -> Result<OpenAccounts, DocumentError> {
        self.shelf.accounts(question, shown, text)
    }
}
