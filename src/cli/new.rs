//! `detente new`: a commented scenario and ledger to start from.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Common, Failure};
use crate::results::write;

/// Arguments of `detente new`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Name of the two files: NAME.toml and NAME-ledger.toml.
    #[arg(default_value = "my-scenario")]
    name: PathBuf,
}

/// The scenario; `LEDGER` becomes the ledger's file name.
const SCENARIO: &str = include_str!("new/scenario.toml");
const LEDGER: &str = include_str!("new/ledger.toml");

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let name = arguments.name.with_extension("");
    let Some(stem) = name.file_name().map(|stem| stem.to_string_lossy().into_owned()) else {
        return Err(Failure::Input(format!("`{}` is not a name for a file", arguments.name.display())));
    };
    let scenario = name.with_file_name(format!("{stem}.toml"));
    let ledger = name.with_file_name(format!("{stem}-ledger.toml"));
    for path in [&scenario, &ledger] {
        if path.exists() {
            return Err(Failure::Input(format!("{} is already there; choose another name", path.display())));
        }
    }
    write::file(&ledger, LEDGER.as_bytes())?;
    write::file(&scenario, SCENARIO.replace("LEDGER", &file_name(&ledger)).as_bytes())?;
    say!("{}\n{}", scenario.display(), ledger.display())?;
    common.remark(&format!("now: detente run {}", scenario.display()));
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
