//! A shelf that remembers: every case of a sweep opens the same world and ledger.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::document::DocumentError;
use crate::scenario::accounts::AccountsQuestion;
use crate::scenario::open::{Named, OpenError, OpenStudy, Opened, Opens, Shelf};
use crate::scenario::texts::OpenAccounts;

/// What was opened once stays as it was, whatever becomes of the files.
#[derive(Debug)]
pub(super) struct Remembered {
    /// Who opens what is not known yet.
    pub shelf: Shelf,
    opened: Mutex<HashMap<Named, Arc<Opened>>>,
    studies: Mutex<HashMap<String, OpenStudy>>,
}

impl Remembered {
    pub fn new(shelf: Shelf) -> Self {
        Self { shelf, opened: Mutex::default(), studies: Mutex::default() }
    }
}

/// What is known under a key, or what is opened and then known.
fn recalled<K: Hash + Eq, V: Clone>(
    known: &Mutex<HashMap<K, V>>,
    key: K,
    open: impl FnOnce(&K) -> Result<V, OpenError>,
) -> Result<V, OpenError> {
    // Whole values go in: one who panicked has left the map whole.
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(&key) {
        return Ok(found.clone());
    }
    let found = open(&key)?;
    known.insert(key, found.clone());
    Ok(found)
}

impl Opens for Remembered {
    fn open(&self, named: &Named) -> Result<Arc<Opened>, OpenError> {
        recalled(&self.opened, named.clone(), |named| self.shelf.open(named))
    }

    fn study(&self, name: &str) -> Result<OpenStudy, OpenError> {
        recalled(&self.studies, name.to_owned(), |name| self.shelf.study(name))
    }

    fn accounts(
        &self,
        question: &AccountsQuestion,
        shown: &str,
        text: &str,
    ) -> Result<Arc<OpenAccounts>, DocumentError> {
        Opens::accounts(&self.shelf, question, shown, text)
    }
}
