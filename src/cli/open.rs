//! Opening what the user names: a shipped name, or a file or folder of their own.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::{Common, Failure};
use crate::document::{self, DocumentError, read::nearest, report::render_warnings};
use crate::ledger::products::Products;
use crate::ledger::{Ledger, evidence, shipped};
use crate::network::{Study, study};
use crate::results::provenance::{sha256, world_hash};
use crate::world::World;
use crate::world::material::{self, Material};
use crate::world::split::{SplitReport, split};

/// A ledger and the bytes it was read from.
pub struct OpenLedger {
    /// The ledger, read for one world.
    pub ledger: Ledger,
    /// SHA-256 of its text.
    pub hash: String,
}

/// A world and its hash.
pub struct OpenWorld {
    /// The world.
    pub world: World,
    /// SHA-256 of everything in it that changes results.
    pub hash: String,
}

/// A material that was carved out, and the bytes it was read from.
pub struct OpenMaterial {
    /// The material, read for one world.
    pub material: Material,
    /// What could not be placed.
    pub report: SplitReport,
    /// SHA-256 of its text.
    pub hash: String,
}

/// True if standard error is a terminal that may be coloured.
pub fn color() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Opens a world: a shipped name, or a folder, relative to `beside`.
pub fn world(name: &str, beside: Option<&Path>) -> Result<OpenWorld, Failure> {
    let path = located(name, beside);
    let world = if path.is_dir() { World::load(&path)? } else { World::open(name)? };
    Ok(OpenWorld { hash: world_hash(&world), world })
}

/// Carves a material out of a world: a shipped name, or a file, relative to `beside`.
pub fn carve(name: &str, beside: Option<&Path>, world: &mut World) -> Result<OpenMaterial, Failure> {
    let path = located(name, beside);
    let (shown, text) = match material::shipped_text(name) {
        Some(text) if !path.exists() => (name.to_owned(), text.to_owned()),
        _ => (path.display().to_string(), read_text(name, &path, "material", &material::shipped_names())?),
    };
    let products = Products::shipped()?;
    let material = Material::parse(&shown, &text, world, &|code| products.sectors_of(code))?;
    let (carved, report) = split(world, &material)?;
    *world = carved;
    Ok(OpenMaterial { material, report, hash: sha256(text.as_bytes()) })
}

/// Opens a ledger for a world: a shipped name, or a file, relative to `beside`.
/// Its warnings go to standard error.
pub fn ledger(
    name: &str,
    beside: Option<&Path>,
    world: &World,
    common: &Common,
) -> Result<OpenLedger, Failure> {
    let (shown, text) = ledger_text(name, beside)?;
    let (ledger, warnings) = Ledger::parse(&shown, &text, world)?;
    compare_evidence(&shown, &text)?;
    if !warnings.is_empty() {
        let report = render_warnings(document::Kind::Ledger, &shown, &text, &warnings, color());
        common.remark(report.trim_end());
    }
    Ok(OpenLedger { ledger, hash: sha256(text.as_bytes()) })
}

/// Compares what a ledger's evidence quotes with the accounts that it names.
pub fn compare_evidence(shown: &str, text: &str) -> Result<(), DocumentError> {
    let folder = Path::new(shown).parent().unwrap_or(Path::new(""));
    evidence::check(shown, text, &|file| {
        std::fs::read_to_string(folder.join(file)).map_err(|e| format!("cannot be read: {e}"))
    })
}

/// Which ledger to read, and for which world.
#[derive(Debug, Args)]
pub struct LedgerChoice {
    /// A shipped ledger or a file.
    #[arg(long = "ledger", value_name = "LEDGER", default_value = "us-china")]
    pub name: String,
    /// The world whose regions and sectors it names.
    #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
    world: String,
    /// Whose account of the measures: a reading of the ledger [default: none].
    #[arg(long, value_name = "ID")]
    pub reading: Option<String>,
}

impl LedgerChoice {
    /// The world, and the ledger read for it.
    pub fn open(&self, common: &Common) -> Result<(World, Ledger), Failure> {
        let world = world(&self.world, None)?.world;
        let ledger = ledger(&self.name, None, &world, common)?.ledger;
        match &self.reading {
            Some(id) => Ok((world, reading(&ledger, id)?)),
            None => Ok((world, ledger)),
        }
    }
}

/// A day as people write it in a file.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is not a day of the calendar; write it as 2025-05-14"))
}

/// The region of a code that stands after `--option`.
pub fn region(world: &World, option: &str, code: &str) -> Result<usize, Failure> {
    let unknown = |e| Failure::Input(format!("--{option}: {e} (world {})", world.name));
    world.regions.find(code).map_err(unknown)
}

/// Width of the terminal, characters; `None` where the output goes to a file or a pipe.
pub fn terminal_width() -> Option<u16> {
    let mut table = comfy_table::Table::new();
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.is_tty().then(|| table.width()).flatten()
}

/// The ledger as one side reads it, or which readings it has.
pub fn reading(ledger: &Ledger, id: &str) -> Result<Ledger, Failure> {
    let known = ledger.readings();
    if known.contains(&id) {
        return Ok(ledger.as_read_by(id));
    }
    let help = match (nearest(id, known.iter().copied()), known.as_slice()) {
        (_, []) => "it has none".to_owned(),
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, ids) => format!("it has {}", ids.join(", ")),
    };
    Err(Failure::Input(format!("--reading: the ledger has no reading `{id}`; {help}")))
}

/// What messages call a ledger, and its text.
pub fn ledger_text(name: &str, beside: Option<&Path>) -> Result<(String, String), Failure> {
    let path = located(name, beside);
    match shipped::text(name) {
        Some(text) if !path.exists() => Ok((name.to_owned(), text.to_owned())),
        _ => Ok((path.display().to_string(), read_text(name, &path, "ledger", &shipped::names())?)),
    }
}

/// A study of chains and the hash of its text.
pub struct OpenStudy {
    pub study: Study,
    pub hash: String,
}

/// Opens a study of chains: a shipped name, or a file, relative to `beside`.
pub fn study(name: &str, beside: Option<&Path>) -> Result<OpenStudy, Failure> {
    let path = located(name, beside);
    let (shown, text) = match study::shipped_text(name) {
        Some(text) if !path.exists() => (name.to_owned(), text.to_owned()),
        _ => (path.display().to_string(), read_text(name, &path, "study", &study::shipped_names())?),
    };
    Ok(OpenStudy { study: Study::parse(&shown, &text)?, hash: sha256(text.as_bytes()) })
}

/// Reads a text file of the user, or says what is wrong and which names ship.
pub fn read_text(name: &str, path: &Path, what: &str, shipped: &[&str]) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| {
        let reason = match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => e.to_string(),
        };
        let known = match shipped {
            [] => String::new(),
            names if what == "study" => format!("; shipped studies: {}", names.join(", ")),
            names => format!("; shipped {what}s: {}", names.join(", ")),
        };
        Failure::Input(format!("cannot read the {what} `{name}`: {reason}{known}"))
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::Input(format!("the {what} `{name}` is not UTF-8 text: byte {at} begins no character"))
    })
}

fn located(name: &str, beside: Option<&Path>) -> PathBuf {
    match beside {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    }
}
