//! Opening what the user names: a shipped name, or a file or folder of their own.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::{Common, Failure};
use crate::document::{self, read::nearest, report::render_warnings};
use crate::ledger::products::Products;
use crate::ledger::{Ledger, shipped};
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
    if !warnings.is_empty() {
        let report = render_warnings(document::Kind::Ledger, &shown, &text, &warnings, color());
        common.remark(report.trim_end());
    }
    Ok(OpenLedger { ledger, hash: sha256(text.as_bytes()) })
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

/// Reads a text file of the user, or says what is wrong and which names ship.
pub fn read_text(name: &str, path: &Path, what: &str, shipped: &[&str]) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| {
        let reason = match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => e.to_string(),
        };
        let known = match shipped {
            [] => String::new(),
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
