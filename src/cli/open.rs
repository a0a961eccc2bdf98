//! Opening what the user names: a shipped name, or a file or folder of their own.

use std::io::IsTerminal;

use clap::Args;
use jiff::civil::Date;

use super::{Common, Failure};
use crate::document::read::nearest;
use crate::ledger::Ledger;
use crate::scenario::Shelf;
use crate::world::World;

/// True if standard error is a terminal that may be coloured.
pub fn color() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Where the options of a command find what they name.
pub const SHELF: Shelf = Shelf::Files(None);

/// Opens a world: a shipped name, or a folder.
pub fn world(name: &str) -> Result<World, Failure> {
    Ok(SHELF.world(name)?.world)
}

/// Carves materials out of a world: shipped names, or files. What could not be placed
/// goes to standard error.
pub fn carve(names: &[String], world: &mut World, common: &Common) -> Result<(), Failure> {
    for name in names {
        let carved = SHELF.carve(name, world)?;
        carved.report.stages.iter().flat_map(|stage| &stage.short).for_each(|short| common.remark(short));
    }
    Ok(())
}

/// Opens a ledger for a world: a shipped name, or a file. Its warnings go to standard error.
pub fn ledger(name: &str, world: &World, common: &Common) -> Result<Ledger, Failure> {
    let opened = SHELF.ledger(name, world)?;
    opened.remark.iter().for_each(|remark| common.remark(remark.render(color()).trim_end()));
    Ok(opened.ledger)
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
        let world = world(&self.world)?;
        let ledger = ledger(&self.name, &world, common)?;
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
