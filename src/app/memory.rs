//! A shelf that remembers: what was opened and has not changed since is not opened again.
//!
//! Reading a world takes longer than solving it. Worlds, with the materials that were
//! carved out of them, and ledgers read for them are kept, the last few that were used;
//! files of the user are opened again as soon as their size or time changes. Phases of the
//! long run that were computed are [remembered](crate::scenario::memory) too.

use std::path::Path;
use std::sync::Arc;

use super::kept::Kept;
use crate::document::DocumentError;
use crate::scenario;
use crate::scenario::accounts::AccountsQuestion;
use crate::scenario::open::{Named, OpenError, OpenStudy, Opened, Opens, Shelf, Stamp};
use crate::scenario::texts::OpenAccounts;

/// So many worlds with their ledgers are kept, a few megabytes each, and so many accounts.
const WORLDS: usize = 8;

/// A shelf with a memory.
#[derive(Debug)]
pub struct Memory {
    shelf: Shelf,
    opened: Kept<(Named, Vec<Stamp>), Arc<Opened>>,
    accounts: Kept<(AccountsQuestion, Vec<Stamp>), Arc<OpenAccounts>>,
    /// Phases of the long run.
    pub phases: scenario::Memory,
}

impl Memory {
    /// One that has opened nothing yet.
    pub fn of(shelf: Shelf) -> Self {
        Self {
            shelf,
            opened: Kept::new(WORLDS),
            accounts: Kept::new(WORLDS),
            phases: scenario::Memory::new(),
        }
    }
}

impl Opens for Memory {
    fn open(&self, named: &Named) -> Result<Arc<Opened>, OpenError> {
        let key = (named.clone(), self.shelf.stamp(named.names())?);
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
    ) -> Result<Arc<OpenAccounts>, DocumentError> {
        let open = || Opens::accounts(&self.shelf, question, shown, text);
        let beside = |name: &String| Path::new(name).with_extension("toml").to_string_lossy().into_owned();
        let headers: Vec<String> = question.texts.iter().map(beside).collect();
        let names = question.texts.iter().chain(&headers).map(String::as_str);
        match self.shelf.stamp(names) {
            Ok(stamps) => self.accounts.get(&(question.clone(), stamps), open),
            // Which of them may not be opened is for the shelf to say.
            Err(_) => open(),
        }
    }
}
