//! Texts of accounts: opened for `detente read` and for a scenario, with the header that may
//! stand in a file beside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::accounts::{self, AccountsQuestion, Refused, Told};
use super::open::{OpenError, Shelf};
use super::shipped;
use crate::accounts::Account;
use crate::document::DocumentError;
use crate::results::provenance::sha256;

/// A text longer than this is no account of talks.
const LONGEST: u64 = 64 << 20;

/// What the accounts of a scenario say, and what they were read from.
#[derive(Clone, Debug)]
pub struct OpenAccounts {
    /// What they say.
    pub told: Told,
    /// SHA-256 of each file, by its name in the manifest.
    pub hashes: BTreeMap<String, String>,
}

/// A text with the file beside it, if there is one; what messages call each.
struct Texts {
    shown: String,
    text: String,
    beside: Option<(String, String)>,
}

impl Shelf {
    /// Reads the texts that a scenario names; `shown` is what messages call it, `text` what
    /// it says.
    ///
    /// # Errors
    /// Every text that is no account, in one report.
    pub fn accounts(
        &self,
        question: &AccountsQuestion,
        shown: &str,
        text: &str,
    ) -> Result<OpenAccounts, DocumentError> {
        let mut hashes = BTreeMap::new();
        let accounts = accounts::open(shown, text, &mut |file| {
            let texts = self.texts(file).map_err(Refused::Unreadable)?;
            hashes.insert(format!("account {file}"), sha256(texts.text.as_bytes()));
            if let Some((_, beside)) = &texts.beside {
                let name = Path::new(file).with_extension("toml");
                hashes.insert(format!("account {}", name.display()), sha256(beside.as_bytes()));
            }
            texts.account().map_err(Refused::Header)
        })?;
        Ok(OpenAccounts { told: Told::of(question, accounts), hashes })
    }

    /// A user's text before the one that ships.
    fn texts(&self, file: &str) -> Result<Texts, String> {
        let path = self.located(file).map_err(|e| e.to_string())?;
        match (path, shipped::text(file)) {
            (Some(path), Some(text)) if !path.exists() => Ok(Texts::shipped(file, text)),
            (None, Some(text)) => Ok(Texts::shipped(file, text)),
            (Some(path), _) => Texts::open(&path, &|path| self.allowed(path)),
            (None, None) => Err(format!("`{file}` does not ship")),
        }
    }
}

/// The account in a file.
///
/// # Errors
/// [`OpenError`] if it cannot be read, or its header is wrong.
pub fn account(path: &Path) -> Result<Account, OpenError> {
    Ok(Texts::open(path, &|_| Ok(())).map_err(OpenError::Unreadable)?.account()?)
}

/// A text of the user.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub fn text_of(path: &Path) -> Result<String, OpenError> {
    read(path).map_err(OpenError::Unreadable)
}

impl Texts {
    fn shipped(file: &str, text: &str) -> Self {
        Self { shown: file.to_owned(), text: text.to_owned(), beside: None }
    }

    fn open(path: &Path, allowed: &dyn Fn(&Path) -> Result<(), OpenError>) -> Result<Self, String> {
        let text = read(path)?;
        let beside: PathBuf = path.with_extension("toml");
        let is_beside = beside != *path && beside.is_file() && allowed(&beside).is_ok();
        let beside = is_beside.then(|| read(&beside).map(|text| (beside.display().to_string(), text)));
        Ok(Self { shown: path.display().to_string(), text, beside: beside.transpose()? })
    }

    fn account(&self) -> Result<Account, DocumentError> {
        let beside = self.beside.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        Account::read(&self.shown, &self.text, beside)
    }
}

fn read(path: &Path) -> Result<String, String> {
    let fail = |e: std::io::Error| format!("cannot read {}: {e}", path.display());
    let size = std::fs::metadata(path).map_err(fail)?.len();
    if size > LONGEST {
        return Err(format!(
            "{} has {} MB: an account has at most {} MB",
            path.display(),
            size >> 20,
            LONGEST >> 20
        ));
    }
    let bytes = std::fs::read(path).map_err(fail)?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("{} is no UTF-8 text: byte {at} begins no character; save it as UTF-8", path.display())
    })
}
