//! What may a request read?
//!
//! What ships with the program, by its name, and what lies in the user's folder. A name
//! that a scenario uses is looked up in the folder first, as on the command line. It has
//! to stay inside: no absolute path, no `..`, and no link that leads out, whether the
//! name is that of a text or of a world's folder. Names come from the texts of a request,
//! so all of this is checked before anything is opened.

use std::path::{Component, Path, PathBuf};

use crate::app::problem::Problem;
use crate::scenario::shipped;

/// A name longer than this is none.
const LONGEST_NAME: usize = 200;
/// A text larger than this is not read.
const LARGEST_TEXT: u64 = 16 << 20;
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

    /// The user's folder.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Where a name leads inside the folder; `None` if nothing is there.
    ///
    /// # Errors
    /// A [`Problem`] for a name that could lead out of the folder, or that leads out of it.
    pub fn find(&self, what: &str, name: &str) -> Result<Option<PathBuf>, Problem> {
        let refused = |why: &str| {
            let shown: String = name.chars().take(60).flat_map(char::escape_debug).collect();
            let more = if name.chars().count() > 60 { "…" } else { "" };
            Problem::input(format!("cannot read the {what} `{shown}{more}`: {why}"))
        };
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(refused("a name has from 1 to 200 letters, and no control characters"));
        }
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if name.contains(['\\', ':']) || !Path::new(name).components().all(is_plain) {
            return Err(refused("name something that ships, or something inside the served folder"));
        }
        let Some(folder) = &self.folder else { return Ok(None) };
        let Ok(found) = folder.join(name).canonicalize() else { return Ok(None) };
        if !found.starts_with(folder) {
            return Err(refused("it is a link that leads out of the served folder"));
        }
        if found.is_dir() {
            // The tables of a world are read by name from its folder.
            for entry in std::fs::read_dir(&found).into_iter().flatten().flatten() {
                if !entry.path().canonicalize().is_ok_and(|path| path.starts_with(folder)) {
                    let file = entry.file_name();
                    let file = file.to_string_lossy();
                    return Err(refused(&format!("`{file}` in it is a link that leads out of the served folder")));
                }
            }
        }
        Ok(Some(found))
    }

    /// The text of a file inside the folder.
    ///
    /// # Errors
    /// A [`Problem`], as [`find`](Self::find); or it is missing, no file, too large, or no text.
    pub fn read(&self, what: &str, name: &str) -> Result<String, Problem> {
        let refused = |why: &str| Problem::input(format!("cannot read the {what} `{name}`: {why}"));
        let Some(path) = self.find(what, name)? else { return Err(refused("there is no such file")) };
        match path.metadata() {
            Ok(about) if !about.is_file() => return Err(refused("it is no file")),
            Ok(about) if about.len() > LARGEST_TEXT => return Err(refused("it is larger than 16 MB")),
            Ok(_) => {}
            Err(e) => return Err(refused(&e.to_string())),
        }
        let bytes = std::fs::read(&path).map_err(|e| refused(&e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            Problem::input(format!("the {what} `{name}` is not UTF-8 text: byte {at} begins no character"))
        })
    }

    /// Names and texts of all scenarios: the folder's, then those that ship and are not
    /// among them.
    pub fn scenarios(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let entries = self.folder.iter().flat_map(std::fs::read_dir).flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned)).collect();
        names.sort();
        for name in names.into_iter().take(MOST_LISTED) {
            if let Ok(text) = self.read("scenario", &format!("{name}.toml"))
                && is_scenario(&text)
            {
                found.push((name, text));
            }
        }
        for name in shipped::names() {
            if !found.iter().any(|(known, _)| known == name) {
                found.extend(shipped::text(name).map(|text| (name.to_owned(), text.to_owned())));
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
        let found = if name.contains('/') { None } else { self.find("scenario", &file)? };
        match (found, shipped::text(name)) {
            (Some(_), _) => self.read("scenario", &file),
            (None, Some(text)) => Ok(text.to_owned()),
            (None, None) => {
                let known: Vec<String> = self.scenarios().into_iter().map(|(name, _)| name).collect();
                let shown: String = name.chars().take(60).flat_map(char::escape_debug).collect();
                Err(Problem::not_found(format!("there is no scenario `{shown}`; there are {}", known.join(", "))))
            }
        }
    }

    /// Names of the worlds in the folder: folders with a `world.toml`.
    pub fn worlds(&self) -> Vec<String> {
        let entries = self.folder.iter().flat_map(std::fs::read_dir).flatten().flatten();
        let mut names: Vec<String> = entries
            .filter(|entry| entry.path().join("world.toml").is_file())
            .filter_map(|entry| entry.file_name().to_str().map(str::to_owned))
            .filter(|name| self.find("world", name).is_ok_and(|found| found.is_some()))
            .collect();
        names.sort();
        names
    }

    /// Names of the texts in the folder that begin a table of this name: `ledger`, `material`, `study`.
    pub fn texts(&self, table: &str) -> Vec<String> {
        let entries = self.folder.iter().flat_map(std::fs::read_dir).flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().to_str().filter(|name| name.ends_with(".toml")).map(str::to_owned))
            .filter(|name| self.read(table, name).is_ok_and(|text| has_table(&text, table)))
            .collect();
        names.sort();
        names.truncate(MOST_LISTED);
        names
    }
}

/// True if a text has phases.
fn is_scenario(text: &str) -> bool {
    has_table(text, "phase")
}

/// True if a line of the text begins a table, a list of tables or a key of this name.
fn has_table(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.trim_start().trim_start_matches('[');
        rest.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with([']', '=']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("mine");
        std::fs::create_dir_all(inside.join("world")).unwrap();
        std::fs::write(folder.path().join("secret.toml"), "[[phase]]\n").unwrap();
        std::fs::write(inside.join("own.toml"), "[[phase]]\nname = \"a\"\n").unwrap();
        std::fs::write(inside.join("ledger.toml"), "ledger = {}\n").unwrap();
        std::fs::write(inside.join("world/world.toml"), "").unwrap();
        let library = Library::new(Some(&inside)).unwrap();
        (folder, library)
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let (folder, library) = library();
        let long = "a".repeat(300);
        let tricks = [
            "../secret.toml",
            "world/../../secret.toml",
            "/etc/passwd",
            "./../secret.toml",
            "own.toml\0",
            "C:\\secret.toml",
            "..\\secret.toml",
            "",
            &long,
        ];
        for name in tricks {
            assert!(library.read("ledger", name).is_err(), "{name:?}");
            assert!(library.find("ledger", name).is_err(), "{name:?}");
        }
        assert!(library.scenario("../secret").is_err());
        assert!(library.find("world", folder.path().to_str().unwrap()).is_err());
        assert_eq!(library.find("ledger", "%2e%2e/secret.toml").unwrap(), None, "a name is no address");
        assert!(library.read("ledger", "own.toml").is_ok() && library.read("ledger", "./own.toml").is_ok());
        assert!(library.read("ledger", "world").unwrap_err().detail.contains("it is no file"));
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
            let problem = library.find("ledger", name).unwrap_err();
            assert!(problem.detail.contains("leads out of the served folder"), "{}", problem.detail);
        }
        symlink(inside.join("own.toml"), inside.join("other.toml")).unwrap();
        assert!(library.read("scenario", "other.toml").is_ok(), "a link inside is as good as a file");
        let names: Vec<String> = library.scenarios().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[..2], ["other", "own"]);
        assert!(!names.contains(&"link".to_owned()));
    }

    #[test]
    fn what_is_in_the_folder_is_told_by_its_tables() {
        let (_folder, library) = library();
        assert_eq!(library.texts("ledger"), ["ledger.toml"]);
        assert_eq!(library.worlds(), ["world"]);
        assert_eq!(library.scenario("own").unwrap(), "[[phase]]\nname = \"a\"\n");
        assert!(library.scenario("truce-2025").unwrap().contains("Busan"));
        let none = Library::new(None).unwrap();
        assert_eq!(none.scenarios().len(), shipped::names().len());
        assert!(none.scenario("own").unwrap_err().detail.contains("there are truce-2025"));
    }
}
