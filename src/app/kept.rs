//! A memory of what was opened: the newest few, by key.

use std::sync::{Mutex, PoisonError};

/// The things that were used last, most recent first; the oldest goes when one too many comes.
#[derive(Debug)]
pub struct Kept<K, V> {
    most: usize,
    things: Mutex<Vec<(K, V)>>,
}

impl<K: Clone + PartialEq, V: Clone> Kept<K, V> {
    /// A memory of `most` things.
    pub fn new(most: usize) -> Self {
        Self { most, things: Mutex::new(Vec::new()) }
    }

    /// The thing of a key: the one that is kept, or the one that `make` makes. It is made
    /// without a lock, so two who ask at once may both make it; one of the two is kept.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub fn get<E>(&self, key: &K, make: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if let Some(found) = self.find(key) {
            return Ok(found);
        }
        let made = make()?;
        let mut things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        if !things.iter().any(|(known, _)| known == key) {
            things.insert(0, (key.clone(), made.clone()));
            things.truncate(self.most);
        }
        Ok(made)
    }

    fn find(&self, key: &K) -> Option<V> {
        let mut things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        let place = things.iter().position(|(known, _)| known == key)?;
        let found = things.remove(place);
        let thing = found.1.clone();
        things.insert(0, found);
        Some(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let kept = Kept::new(2);
        let again = |key: i32| kept.get(&key, || Err("made anew")).is_ok();
        for key in [1, 2, 1, 3] {
            kept.get::<()>(&key, || Ok(key)).unwrap();
        }
        assert!(again(1) && again(3) && !again(2));
    }
}
