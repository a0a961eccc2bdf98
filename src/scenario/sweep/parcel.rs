//! What does another process need to make the same plan?
//!
//! ```text
//! Plan ──parcel──▶ texts, files of the user ──unpacked──▶ Plan: any chunk, the same bits
//! ```
//!
//! A process on another machine has what ships, and none of the user's files. A parcel
//! holds the texts and every file that they name, by its place below the folder that holds
//! them all; what a sweep leaves out of a scenario is left out here too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::SweepError;
use super::plan::{Asked, Plan, Text};
use crate::ledger::evidence;
use crate::scenario::open::Shelf;

/// Everything of a plan but what is asked.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Short name of the scenario.
    pub name: String,
    /// The scenario, without what a sweep leaves out.
    pub scenario: Text,
    /// What varies.
    pub over: Option<Text>,
    /// The user's files: path below a folder, parts joined by `/`, and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The scenario's folder below that folder.
    pub place: String,
}

impl Plan {
    /// What another process needs to make this plan.
    ///
    /// # Errors
    /// [`SweepError::Asked`] for a file that is named by its absolute path,
    /// [`SweepError::Folder`] for one that cannot be read any more.
    pub fn parcel(&self) -> Result<Parcel, SweepError> {
        let scenario = &self.base.scenario;
        let weeks = scenario.short_run.iter();
        let materials = scenario.materials.iter().chain(weeks.clone().flat_map(|weeks| &weeks.materials));
        let studies = weeks.filter_map(|weeks| weeks.study.as_ref());
        let mut found = BTreeMap::new();
        for name in [&scenario.world].into_iter().chain(materials).chain(studies) {
            if let Some(path) = self.file(name)? {
                take(&path, &mut found)?;
            }
        }
        if let Some(path) = self.file(&scenario.ledger)? {
            take(&path, &mut found)?;
            for account in accounts_of(&path, &found) {
                take(&account, &mut found)?;
            }
        }
        let home = self.home()?;
        let root = found.keys().fold(home.clone(), |root, path| common(&root, path));
        let below = |path: &Path| {
            let parts = path.strip_prefix(&root).unwrap_or(path).components();
            parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        };
        Ok(Parcel {
            name: self.name.clone(),
            scenario: self.as_swept(),
            over: self.over_text.clone(),
            files: found.iter().map(|(path, bytes)| (below(path), bytes.clone())).collect(),
            place: below(&home),
        })
    }

    /// The folder that names are relative to.
    fn home(&self) -> Result<PathBuf, SweepError> {
        let folder = match self.shelf() {
            Shelf::Files(Some(folder)) | Shelf::Within(folder) => folder.clone(),
            Shelf::Files(None) | Shelf::Shipped => PathBuf::new(),
        };
        // An empty path has no absolute one: it is the working directory.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        std::path::absolute(&folder).map(|path| plain(&path)).map_err(|e| {
            SweepError::Folder(format!("the folder `{}` cannot be found: {e}", folder.display()))
        })
    }

    /// The user's file or folder of a name; none if it ships.
    fn file(&self, name: &str) -> Result<Option<PathBuf>, SweepError> {
        if self.shelf() == &Shelf::Shipped {
            return Ok(None);
        }
        let path = plain(&self.home()?.join(name));
        match path.exists() {
            true if Path::new(name).is_absolute() => Err(SweepError::Asked(format!(
                "`{name}` is an absolute path, which another process may not have: write one relative to the scenario"
            ))),
            true => Ok(Some(path)),
            false => Ok(None),
        }
    }
}

impl Parcel {
    /// Makes the plan again: writes the files below an empty `folder`, and reads everything
    /// from there. The folder is not needed afterwards.
    ///
    /// # Errors
    /// [`SweepError`]; nothing is written if a name leads out of the folder.
    pub fn unpacked(&self, folder: &Path, asked: Asked) -> Result<Plan, SweepError> {
        let names = self.files.iter().map(|(name, _)| name).chain([&self.place]);
        for name in names {
            if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(SweepError::Asked(format!("`{name}` does not lie below the parcel's folder")));
            }
        }
        let home = folder.join(&self.place);
        let refused =
            |e: std::io::Error| SweepError::Folder(format!("cannot write below {}: {e}", folder.display()));
        std::fs::create_dir_all(&home).map_err(refused)?;
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(refused)?;
            }
            std::fs::write(path, bytes).map_err(refused)?;
        }
        Plan::read(&self.name, &self.scenario, Shelf::Files(Some(home)), self.over.as_ref(), asked)
    }
}

/// Reads a file, or every file of a folder.
fn take(path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), SweepError> {
    let failed = |e: std::io::Error| SweepError::Folder(format!("cannot read {}: {e}", path.display()));
    if !path.is_dir() {
        found.insert(path.to_owned(), std::fs::read(path).map_err(failed)?);
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.is_file() {
            let bytes = std::fs::read(&file).map_err(failed)?;
            found.insert(file, bytes);
        }
    }
    Ok(())
}

/// The accounts with which a ledger's evidence is compared.
fn accounts_of(ledger: &Path, found: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let named = RefCell::new(Vec::new());
    let folder = ledger.parent().unwrap_or(Path::new(""));
    let text = found.get(ledger).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    // The plan has been read: what is wrong was told then.
    let _ = evidence::check("", &text, &|file| {
        named.borrow_mut().push(plain(&folder.join(file)));
        Err(String::new())
    });
    let mut named = named.into_inner();
    named.retain(|path| path.is_file());
    named
}

/// A path without `.` and `..`, as its letters say.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The folder that holds both.
fn common(one: &Path, other: &Path) -> PathBuf {
    let both = one.components().zip(other.components());
    both.take_while(|(a, b)| a == b).map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(plain(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(common(Path::new("/a/b/c"), Path::new("/a/b/d/e")), Path::new("/a/b"));
    }

    #[test]
    fn another_folder_makes_the_same_plan() {
        let here = tempfile::tempdir().unwrap();
        let (home, away) = (here.path().join("study/case"), here.path().join("away"));
        std::fs::create_dir_all(&home).unwrap();
        let ledger = "ledger = { title = \"one tariff\" }\n[[measure]]\nid = \"a\"\nkind = \"import-tariff\"\n\
                      by = \"USA\"\non = \"CHN\"\nsectors = [\"C\"]\nrate = { 2025-06-01 = \"25%\" }\nsource = \"an \
                      example\"\n";
        std::fs::write(here.path().join("study/own.toml"), ledger).unwrap();
        let text = "title = \"T\"\nworld = \"icio-2019-g20\"\nledger = \"../own.toml\"\nactors = [\"USA\"]\n[[phase]]\nname \
                    = \"before\"\ndate = 2025-01-01\n[[phase]]\nname = \"after\"\ndate = 2025-07-01\n";
        let scenario = Text { shown: "case.toml".to_owned(), text: text.to_owned() };
        let asked = Asked {
            draws: 2,
            seed: None,
            chunk: 2,
            selection: Default::default(),
            arithmetic: Default::default(),
        };
        let plan = Plan::read("case", &scenario, Shelf::Files(Some(home)), None, asked.clone()).unwrap();
        let parcel = plan.parcel().unwrap();
        assert_eq!(parcel.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["own.toml"]);
        assert_eq!(parcel.place, "case");
        let again = parcel.unpacked(&away, asked).unwrap();
        std::fs::remove_dir_all(&away).unwrap();
        let options = Default::default();
        assert_eq!(again.chunk(0, &options).unwrap(), plan.chunk(0, &options).unwrap());
    }
}
