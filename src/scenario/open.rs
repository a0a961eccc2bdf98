//! Opening what a scenario names: a shipped name, or a file or folder of the user.
//!
//! Everybody who opens things, the command line, the local app and the Python package,
//! does it through a [`Shelf`]: it says where names are looked for, and which files may be
//! read at all.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::accounts::AccountsQuestion;
use super::texts::OpenAccounts;
use crate::document::{DocumentError, Kind, Warning};
use crate::ledger::products::Products;
use crate::ledger::{Ledger, evidence, shipped};
use crate::network::{Study, study};
use crate::results::provenance::{sha256, world_hash};
use crate::world::World;
use crate::world::error::WorldError;
use crate::world::material::{self, Material};
use crate::world::split::{SplitReport, split};

/// Where names are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// Any file or folder of this computer, relative to a folder or to the working
    /// directory, before what ships.
    Files(Option<PathBuf>),
    /// Files and folders inside one folder, before what ships; nothing outside it.
    Within(PathBuf),
    /// What ships.
    Shipped,
}

/// Why something could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file that cannot be read, or a name that may not be opened.
    #[error("{0}")]
    Unreadable(String),
    /// A file with problems in its text.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A folder that is no world.
    #[error(transparent)]
    World(#[from] WorldError),
}

impl From<&WorldError> for OpenError {
    fn from(e: &WorldError) -> Self {
        Self::Unreadable(e.to_string())
    }
}

/// A ledger and the bytes it was read from.
#[derive(Clone, Debug)]
pub struct OpenLedger {
    /// The ledger, read for one world.
    pub ledger: Ledger,
    /// SHA-256 of its text.
    pub hash: String,
    /// What is odd about it, with its text, where something is.
    pub remark: Option<Remark>,
}

/// A world and its hash.
#[derive(Clone, Debug)]
pub struct OpenWorld {
    /// The world.
    pub world: World,
    /// SHA-256 of everything in it that changes results.
    pub hash: String,
}

/// A material that was carved out, and the bytes it was read from.
#[derive(Clone, Debug)]
pub struct OpenMaterial {
    /// The material, read for one world.
    pub material: Material,
    /// What could not be placed.
    pub report: SplitReport,
    /// SHA-256 of its text.
    pub hash: String,
}

/// A study of chains and the hash of its text.
#[derive(Clone, Debug)]
pub struct OpenStudy {
    /// The study.
    pub study: Study,
    /// SHA-256 of its text.
    pub hash: String,
}

/// Something that is worth a word and no error.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// A sentence.
    Text(String),
    /// Warnings about places of a file.
    Warnings {
        /// What the file is.
        kind: Kind,
        /// Its name.
        file: String,
        /// Its text.
        text: String,
        /// What is odd about it.
        warnings: Vec<Warning>,
    },
}

impl Remark {
    /// Warnings, if there are any.
    pub fn of(kind: Kind, file: &str, text: &str, warnings: Vec<Warning>) -> Option<Self> {
        let (file, text) = (file.to_owned(), text.to_owned());
        (!warnings.is_empty()).then_some(Self::Warnings { kind, file, text, warnings })
    }

    /// As it is to be read.
    pub fn render(&self, color: bool) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Warnings { kind, file, text, warnings } => {
                crate::document::report::render_warnings(*kind, file, text, warnings, color)
            }
        }
    }
}

/// The world that a scenario names, the materials that are carved out of it, in this
/// order, and the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// The world.
    pub world: String,
    /// Materials.
    pub materials: Vec<String>,
    /// The ledger.
    pub ledger: String,
}

impl Named {
    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.world, &self.ledger].into_iter().chain(&self.materials).map(String::as_str)
    }
}

/// What [`Named`] names, open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The world, materials carved out.
    pub world: OpenWorld,
    /// Names and hashes of the materials.
    pub materials: Vec<(String, String)>,
    /// What of the materials could not be placed.
    pub short: Vec<String>,
    /// The ledger, read for that world.
    pub ledger: OpenLedger,
}

/// A file, its size in bytes, and when it was written.
pub type Stamp = (PathBuf, u64, Option<std::time::SystemTime>);

/// Whoever opens what scenarios name: a [`Shelf`], or one that remembers.
pub trait Opens {
    /// Opens a world, carves materials out of it, and reads a ledger for it.
    ///
    /// # Errors
    /// [`OpenError`].
    fn open(&self, named: &Named) -> Result<Arc<Opened>, OpenError>;

    /// Opens a study of chains.
    ///
    /// # Errors
    /// [`OpenError`].
    fn study(&self, name: &str) -> Result<OpenStudy, OpenError>;

    /// Reads the texts that a scenario names; `shown` is what messages call it, `text` what
    /// it says.
    ///
    /// # Errors
    /// Every text that is no account, in one report.
    fn accounts(
        &self,
        question: &AccountsQuestion,
        shown: &str,
        text: &str,
    ) -> Result<Arc<OpenAccounts>, DocumentError>;
}

impl Opens for Shelf {
    fn open(&self, named: &Named) -> Result<Arc<Opened>, OpenError> {
        let mut world = self.world(&named.world)?;
        let (mut materials, mut short) = (Vec::new(), Vec::new());
        for name in &named.materials {
            let material = self.carve(name, &mut world.world)?;
            short.extend(material.report.stages.into_iter().flat_map(|stage| stage.short));
            materials.push((name.clone(), material.hash));
        }
        let ledger = self.ledger(&named.ledger, &world.world)?;
        Ok(Arc::new(Opened { world, materials, short, ledger }))
    }

    fn study(&self, name: &str) -> Result<OpenStudy, OpenError> {
        Self::study(self, name)
    }

    fn accounts(
        &self,
        question: &AccountsQuestion,
        shown: &str,
        text: &str,
    ) -> Result<Arc<OpenAccounts>, DocumentError> {
        Self::accounts(self, question, shown, text).map(Arc::new)
    }
}

impl Shelf {
    /// The files beside a file.
    pub fn beside(file: &Path) -> Self {
        Self::Files(file.parent().map(Path::to_owned))
    }

    /// Opens a world.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn world(&self, name: &str) -> Result<OpenWorld, OpenError> {
        let world = match self.located(name)? {
            Some(path) if path.is_dir() => {
                // Its tables are read by their names in it.
                for file in std::fs::read_dir(&path).into_iter().flatten().flatten() {
                    self.allowed(&file.path())?;
                }
                World::load(&path)?
            }
            _ if matches!(self, Self::Files(_)) => World::open(name)?,
            _ => World::shipped(self.plain(name)?)?,
        };
        Ok(OpenWorld { hash: world_hash(&world), world })
    }

    /// Carves a material out of a world.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn carve(&self, name: &str, world: &mut World) -> Result<OpenMaterial, OpenError> {
        let (shown, text) =
            self.text(name, "material", material::shipped_text(name), &material::shipped_names())?;
        let products = Products::shipped()?;
        let material = Material::parse(&shown, &text, world, &|code| products.sectors_of(code))?;
        let (carved, report) = split(world, &material)?;
        *world = carved;
        Ok(OpenMaterial { material, report, hash: sha256(text.as_bytes()) })
    }

    /// Opens a ledger for a world, and compares what its evidence quotes with the accounts
    /// that it names.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn ledger(&self, name: &str, world: &World) -> Result<OpenLedger, OpenError> {
        let (shown, text) = self.ledger_text(name)?;
        let (ledger, warnings) = Ledger::parse(&shown, &text, world)?;
        self.compare_evidence(&shown, &text)?;
        let remark = Remark::of(Kind::Ledger, &shown, &text, warnings);
        Ok(OpenLedger { ledger, hash: sha256(text.as_bytes()), remark })
    }

    /// What messages call a ledger, and its text.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn ledger_text(&self, name: &str) -> Result<(String, String), OpenError> {
        self.text(name, "ledger", shipped::text(name), &shipped::names())
    }

    /// Compares what a ledger's evidence quotes with the accounts that it names, which
    /// stand beside it.
    ///
    /// # Errors
    /// [`DocumentError`] with every quotation that is not where it is said to be.
    pub fn compare_evidence(&self, shown: &str, text: &str) -> Result<(), DocumentError> {
        let folder = Path::new(shown).parent().unwrap_or(Path::new(""));
        evidence::check(shown, text, &|file| {
            let file = folder.join(file);
            self.allowed(&file).map_err(|e| e.to_string())?;
            std::fs::read_to_string(file).map_err(|e| format!("cannot be read: {e}"))
        })
    }

    /// Opens a study of chains.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn study(&self, name: &str) -> Result<OpenStudy, OpenError> {
        let (shown, text) = self.text(name, "study", study::shipped_text(name), &study::shipped_names())?;
        Ok(OpenStudy { study: Study::parse(&shown, &text)?, hash: sha256(text.as_bytes()) })
    }

    /// What messages call a file, and its text: the user's before the shipped one. `what`
    /// it is, and the `names` of those that ship, are for messages.
    ///
    /// # Errors
    /// [`OpenError::Unreadable`].
    pub fn text(
        &self,
        name: &str,
        what: &str,
        shipped: Option<&str>,
        names: &[&str],
    ) -> Result<(String, String), OpenError> {
        let path = self.located(name)?;
        match (path, shipped) {
            (Some(path), Some(text)) if !path.exists() => Ok((name.to_owned(), text.to_owned())),
            (None, Some(text)) => Ok((name.to_owned(), text.to_owned())),
            (Some(path), _) => Ok((path.display().to_string(), read_text(name, &path, what, names)?)),
            (None, None) => {
                let known = known(what, names);
                Err(OpenError::Unreadable(format!(
                    "cannot read the {what} `{name}`: it does not ship{known}"
                )))
            }
        }
    }

    /// Sizes and times of the user's files that names stand for: what was opened is still
    /// what would be opened while they are the same.
    ///
    /// # Errors
    /// [`OpenError`] for a name that may not be opened.
    pub fn stamp<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<Vec<Stamp>, OpenError> {
        let mut stamps = Vec::new();
        for name in names {
            let Some(path) = self.located(name)? else { continue };
            let inside = std::fs::read_dir(&path).into_iter().flatten().flatten().map(|file| file.path());
            for path in std::iter::once(path).chain(inside) {
                if let Ok(about) = path.metadata() {
                    stamps.push((path, about.len(), about.modified().ok()));
                }
            }
        }
        stamps.sort();
        Ok(stamps)
    }

    /// The path that a name stands for; none where only what ships is opened.
    pub(super) fn located(&self, name: &str) -> Result<Option<PathBuf>, OpenError> {
        let path = match self {
            Self::Files(Some(folder)) => folder.join(name),
            Self::Files(None) => PathBuf::from(name),
            Self::Within(folder) => folder.join(self.plain(name)?),
            Self::Shipped => return Ok(None),
        };
        self.allowed(&path)?;
        Ok(Some(path))
    }

    /// The name, unless it leads somewhere that is not to be read.
    fn plain<'n>(&self, name: &'n str) -> Result<&'n str, OpenError> {
        let inside = || {
            let mut parts = Path::new(name).components();
            parts.all(|part| matches!(part, Component::Normal(_))) && !name.contains(['\\', '\0'])
        };
        match self {
            Self::Files(_) => Ok(name),
            Self::Within(_) if inside() => Ok(name),
            Self::Shipped if inside() && !name.contains('/') => Ok(name),
            _ => Err(OpenError::Unreadable(format!(
                "`{}` may not be opened: write a name that ships, or a path inside the folder that is served",
                name.escape_debug()
            ))),
        }
    }

    /// Refuses a path that leaves the folder, by a link too.
    pub(super) fn allowed(&self, path: &Path) -> Result<(), OpenError> {
        let folder = match self {
            Self::Files(_) => return Ok(()),
            Self::Within(folder) => folder,
            Self::Shipped => {
                let message = format!("`{}` may not be opened: only what ships is", path.display());
                return Err(OpenError::Unreadable(message));
            }
        };
        let outside = || {
            OpenError::Unreadable(format!(
                "`{}` may not be opened: it is not inside the folder that is served",
                path.display()
            ))
        };
        // What is not there can lead nowhere; the reader says that it is missing.
        let Ok(real) = path.canonicalize() else {
            let climbs = path.components().any(|part| part == Component::ParentDir);
            return if climbs { Err(outside()) } else { Ok(()) };
        };
        let folder = folder.canonicalize().map_err(|e| {
            OpenError::Unreadable(format!("the folder `{}` cannot be read: {e}", folder.display()))
        })?;
        if real.starts_with(&folder) { Ok(()) } else { Err(outside()) }
    }
}

/// Reads a text file of the user, or says what is wrong and which names ship.
///
/// # Errors
/// [`OpenError::Unreadable`].
pub fn read_text(name: &str, path: &Path, what: &str, shipped: &[&str]) -> Result<String, OpenError> {
    let bytes = std::fs::read(path).map_err(|e| {
        let reason = match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => e.to_string(),
        };
        OpenError::Unreadable(format!("cannot read the {what} `{name}`: {reason}{}", known(what, shipped)))
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let message = format!("the {what} `{name}` is not UTF-8 text: byte {at} begins no character");
        OpenError::Unreadable(message)
    })
}

/// Which names ship.
fn known(what: &str, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        names if what == "study" => format!("; shipped studies: {}", names.join(", ")),
        names => format!("; shipped {what}s: {}", names.join(", ")),
    }
}
