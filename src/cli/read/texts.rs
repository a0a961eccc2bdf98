//! Texts of accounts: opened from files, for `detente read` and for a scenario.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::accounts::Account;
use crate::cli::Failure;
use crate::document::DocumentError;
use crate::results::provenance::sha256;
use crate::scenario::accounts::{self, Refused};
use crate::scenario::{AccountsQuestion, Told};

/// A text longer than this is no account of talks.
const LONGEST: u64 = 64 << 20;

/// A text with the file beside it, if there is one.
struct Texts {
    text: String,
    beside: Option<(PathBuf, String)>,
}

/// What the accounts of a scenario say, and what they were read from.
pub struct OpenAccounts {
    /// What they say.
    pub told: Told,
    /// SHA-256 of each file, by its name in the manifest.
    pub hashes: BTreeMap<String, String>,
}

/// Reads the texts that a scenario names; `shown` is what messages call it, `text` what it says.
///
/// # Errors
/// Every text that is no account, in one report.
pub fn of_scenario(
    question: &AccountsQuestion,
    shown: &str,
    text: &str,
    folder: Option<&Path>,
) -> Result<OpenAccounts, Failure> {
    let mut hashes = BTreeMap::new();
    let accounts = accounts::open(shown, text, &mut |file| {
        let path = folder.map_or_else(|| PathBuf::from(file), |folder| folder.join(file));
        let texts = Texts::open(&path).map_err(Refused::Unreadable)?;
        hashes.insert(format!("account {file}"), sha256(texts.text.as_bytes()));
        if let Some((_, beside)) = &texts.beside {
            let name = Path::new(file).with_extension("toml");
            hashes.insert(format!("account {}", name.display()), sha256(beside.as_bytes()));
        }
        texts.account(&path).map_err(Refused::Header)
    })?;
    Ok(OpenAccounts { told: Told::of(question, accounts), hashes })
}

/// The account in a file.
pub fn account(path: &Path) -> Result<Account, Failure> {
    Ok(Texts::open(path).map_err(Failure::Input)?.account(path)?)
}

/// A text of the user, or why it cannot be read.
pub fn text_of(path: &Path) -> Result<String, Failure> {
    read(path).map_err(Failure::Input)
}

impl Texts {
    fn open(path: &Path) -> Result<Self, String> {
        let text = read(path)?;
        let beside = path.with_extension("toml");
        let is_beside = beside != *path && beside.is_file();
        let beside = is_beside.then(|| read(&beside).map(|text| (beside, text))).transpose()?;
        Ok(Self { text, beside })
    }

    fn account(&self, path: &Path) -> Result<Account, DocumentError> {
        let beside = self.beside.as_ref().map(|(path, text)| (path.display().to_string(), text));
        let beside = beside.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        Account::read(&path.display().to_string(), &self.text, beside)
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
