//! What may a request read?
//!
//! What ships with the program, by its name, and what lies in the user's folder; which
//! names may be opened is for the [`Shelf`] to say. Here is what there is to choose from.

use std::path::{Path, PathBuf};

use super::problem::Problem;
use crate::scenario::open::{OpenError, Shelf};
use crate::scenario::shipped;

/// More scenarios than this are not listed.
const MOST_LISTED: usize = 200;

/// The user's folder, where there is one.
#[derive(Clone, Debug)]
pub struct Library {
    /// Without links and dots.
    folder: Option<PathBuf>,
}

impl Library {
    /// The library of a folder; without one, of what ships.
    ///
    /// # Errors
    /// The folder does not exist, or is none.
    pub fn new(folder: Option<&Path>) -> std::io::Result<Self> {
        let folder = match folder {
            Some(folder) => {
                let inside = folder.canonicalize()?;
                if !inside.is_dir() {
                    return Err(std::io::Error::from(std::io::ErrorKind::NotADirectory));
                }
                Some(inside)
            }
            None => None,
        };
        Ok(Self { folder })
    }

    /// True if there is a folder of the user.
    pub fn has_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// Where what scenarios name is looked for.
    pub fn shelf(&self) -> Shelf {
        self.folder.clone().map_or(Shelf::Shipped, Shelf::Within)
    }

    /// The text of a file of the folder.
    fn read(&self, file: &str) -> Result<String, OpenError> {
        self.shelf().text(file, "scenario", None, &[]).map(|(_, text)| text)
    }

    /// Names and texts of all scenarios: the folder's, then those that ship and are not
    /// among them.
    pub fn scenarios(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let files = self.entries().filter_map(name_of);
        let mut names: Vec<String> =
            files.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned)).collect();
        names.sort();
        for name in names.into_iter().take(MOST_LISTED) {
            if let Ok(text) = self.read(&format!("{name}.toml"))
                && has_table(&text, "phase")
            {
                found.push((name, text));
            }
        }
        for name in shipped::names() {
            if !found.iter().any(|(known, _)| known == name) {
                found.extend(shipped::scenario(name).map(|text| (name.to_owned(), text.to_owned())));
            }
        }
        found
    }

    /// The text of a scenario by its name.
    ///
    /// # Errors
    /// A [`Problem`]: there is none of this name, or it cannot be read.
    pub fn scenario(&self, name: &str) -> Result<String, Problem> {
        let file = format!("{name}.toml");
        let own =
            !name.contains('/') && self.folder.as_ref().is_some_and(|folder| folder.join(&file).exists());
        match shipped::scenario(name).filter(|_| !own) {
            Some(text) => Ok(text.to_owned()),
            None if own => Ok(self.read(&file)?),
            None => {
                let known: Vec<String> = self.scenarios().into_iter().map(|(name, _)| name).collect();
                let shown: String = name.chars().take(60).flat_map(char::escape_debug).collect();
                Err(Problem::not_found(format!(
                    "there is no scenario `{shown}`; there are {}",
                    known.join(", ")
                )))
            }
        }
    }

    /// Names of the worlds in the folder: folders with a `world.toml`.
    pub fn worlds(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.entries().filter(|path| path.join("world.toml").is_file()).filter_map(name_of).collect();
        names.sort();
        names
    }

    /// Names of the texts in the folder that begin a table of this name: `ledger`, `material`, `study`.
    pub fn texts(&self, table: &str) -> Vec<String> {
        let is_one = |name: &String| {
            name.ends_with(".toml") && self.read(name).is_ok_and(|text| has_table(&text, table))
        };
        let mut names: Vec<String> = self.entries().filter_map(name_of).filter(is_one).collect();
        names.sort();
        names.truncate(MOST_LISTED);
        names
    }

    /// What is in the folder.
    fn entries(&self) -> impl Iterator<Item = PathBuf> {
        self.folder.iter().flat_map(std::fs::read_dir).flatten().flatten().map(|entry| entry.path())
    }
}

fn name_of(path: PathBuf) -> Option<String> {
    path.file_name()?.to_str().map(str::to_owned)
}

/// True if a line of the text begins a table of this name, or a list of tables, in either spelling.
fn has_table(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let head = line.trim_start();
        let Some(rest) = head.trim_start_matches('[').strip_prefix(name) else { return false };
        match rest.trim_start().strip_prefix('=') {
            Some(value) => value.trim_start().starts_with(['{', '[']),
            None => head.starts_with('[') && rest.starts_with(']'),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::open::Opens;

    fn library() -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("mine");
        std::fs::create_dir_all(inside.join("world")).unwrap();
        std::fs::write(folder.path().join("secret.toml"), "[[phase]]\n").unwrap();
        std::fs::write(inside.join("own.toml"), "ledger = \"none\"\n[[phase]]\nname = \"a\"\n").unwrap();
        std::fs::write(inside.join("ledger.toml"), "ledger = {}\n").unwrap();
        std::fs::write(inside.join("world/world.toml"), "").unwrap();
        let library = Library::new(Some(&inside)).unwrap();
        (folder, library)
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let (folder, library) = library();
        let shelf = library.shelf();
        let outside = folder.path().to_str().unwrap();
        let long = "a".repeat(5000);
        let tricks = [
            "../secret.toml",
            "world/../../secret.toml",
            "/etc/passwd",
            "./../secret.toml",
            "%2e%2e/secret.toml",
            "own.toml\0",
            "C:\\secret.toml",
            "..\\secret.toml",
            "",
            ".",
            "src",
            "scenarios",
            outside,
            &long,
        ];
        for name in tricks {
            assert!(shelf.ledger_text(name).is_err(), "{name:?}");
            assert!(shelf.world(name).is_err(), "{name:?}");
            assert!(Opens::study(&shelf, name).is_err(), "{name:?}");
            assert!(library.scenario(name).is_err(), "{name:?}");
            assert!(
                Shelf::Shipped.ledger_text(name).is_err() && Shelf::Shipped.world(name).is_err(),
                "{name:?}"
            );
        }
        assert!(library.scenario("../secret").is_err());
        assert!(shelf.ledger_text("own.toml").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused() {
        use std::os::unix::fs::symlink;
        let (folder, library) = library();
        let inside = folder.path().join("mine");
        symlink(folder.path().join("secret.toml"), inside.join("link.toml")).unwrap();
        symlink(folder.path(), inside.join("up")).unwrap();
        symlink(folder.path().join("secret.toml"), inside.join("world/flows.csv")).unwrap();
        for name in ["link.toml", "up/secret.toml", "up", "world"] {
            let shelf = library.shelf();
            let refused = [shelf.ledger_text(name).err(), shelf.world(name).err()];
            let told = |e: &OpenError| e.to_string().contains("not inside the folder that is served");
            assert!(refused.iter().flatten().any(told), "{name}");
        }
        assert!(library.scenario("link").is_err());
        symlink(inside.join("own.toml"), inside.join("other.toml")).unwrap();
        assert!(library.scenario("other").is_ok(), "a link inside is as good as a file");
        let names: Vec<String> = library.scenarios().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[..2], ["other", "own"]);
        assert!(!names.contains(&"link".to_owned()));
    }

    #[test]
    fn what_is_in_the_folder_is_told_by_its_tables() {
        let (_folder, library) = library();
        assert_eq!(library.texts("ledger"), ["ledger.toml"]);
        assert_eq!(library.worlds(), ["world"]);
        assert!(library.scenario("own").unwrap().ends_with("[[phase]]\nname = \"a\"\n"));
        assert!(library.scenario("truce-2025").unwrap().contains("Busan"));
        let none = Library::new(None).unwrap();
        assert_eq!(none.scenarios().len(), shipped::names().count());
        assert!(none.scenario("own").unwrap_err().detail.contains("there are truce-2025"));
    }
}
