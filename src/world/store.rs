//! A world on disk: a folder with `world.toml` and tables, CSV or Parquet.
//!
//! | table     | columns                                              | a missing row means |
//! |-----------|------------------------------------------------------|---------------------|
//! | `flows`   | `sector`, `importer`, `exporter`, `value_musd`       | no trade            |
//! | `tariffs` | `sector`, `importer`, `exporter`, `tariff`           | no tariff           |
//! | `io`      | `region`, `input_sector`, `sector`, `input_share`    | not an input        |
//! | `sectors` | `sector`, `name`, `theta` or `sigma`, `theta_NAME` …, `markup` | error     |
//! | `regions` | `region`, `name`, `population`, `households`         | error; without the table the codes of `flows`, sorted |
//! | `final`   | `region`, `sector`, `final_share`                    | nothing is spent; without the table final demand is the residual |
//!
//! `flows` and `sectors` must be there. The same code reads a folder and the
//! worlds embedded in the program. A folder is written beside its target and
//! renamed, so that a crash or a full disk leaves either the old or the new.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::arrays::{About, Border, Tables, assemble};
use super::error::WorldError;
use super::labels::Labels;
use super::table::{Layout, Table};
use super::{Carved, Source, World};

const FORMAT: &str = "detente-world 1";
pub(super) const DESCRIPTION: &str = "world.toml";

const FLOWS: Layout<'_> = Layout {
    text: &["sector", "importer", "exporter"],
    number: &["value_musd"],
    optional_text: &[],
    optional_number: &[],
};
const TARIFFS: Layout<'_> = Layout { number: &["tariff"], ..FLOWS };
const IO: Layout<'_> = Layout {
    text: &["region", "input_sector", "sector"],
    number: &["input_share"],
    optional_text: &[],
    optional_number: &[],
};
const SECTORS: Layout<'_> = Layout {
    text: &["sector"],
    number: &[],
    optional_text: &["name"],
    optional_number: &["theta", "sigma", "theta_*", "markup"],
};
const REGIONS: Layout<'_> = Layout {
    text: &["region"],
    number: &[],
    optional_text: &["name"],
    optional_number: &["population", "households"],
};
const FINAL: Layout<'_> = Layout {
    text: &["region", "sector"],
    number: &["final_share"],
    optional_text: &[],
    optional_number: &[],
};

/// Where the files of a world are.
#[derive(Clone, Debug)]
pub enum Folder {
    /// A folder on disk.
    Disk(PathBuf),
    /// Files inside the program.
    Embedded {
        /// Name of the world, for messages.
        name: &'static str,
        /// File names and contents.
        files: &'static [(&'static str, &'static [u8])],
    },
}

impl Folder {
    fn place(&self) -> String {
        match self {
            Self::Disk(path) => path.display().to_string(),
            Self::Embedded { name, .. } => (*name).to_owned(),
        }
    }

    fn read(&self, file: &str) -> Result<Option<Bytes>, WorldError> {
        match self {
            Self::Disk(folder) => read_if_there(&folder.join(file)),
            Self::Embedded { files, .. } => Ok(files
                .iter()
                .find(|(name, _)| *name == file)
                .map(|(_, content)| Bytes::from_static(content))),
        }
    }

    /// The table of a name, whichever of the two formats it has.
    pub(super) fn table(&self, name: &str, layout: &Layout<'_>) -> Result<Option<Table>, WorldError> {
        let parquet = format!("{name}.parquet");
        let csv = format!("{name}.csv");
        match (self.read(&parquet)?, self.read(&csv)?) {
            (Some(_), Some(_)) => Err(WorldError::TableTwice { place: self.place(), table: name.to_owned() }),
            (Some(bytes), None) => Table::read(&parquet, bytes, layout).map(Some),
            (None, Some(bytes)) => Table::read(&csv, bytes, layout).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn needed(&self, name: &str, layout: &Layout<'_>) -> Result<Table, WorldError> {
        self.table(name, layout)?
            .ok_or_else(|| WorldError::MissingTable { place: self.place(), table: name.to_owned() })
    }
}

/// The content of a file, `None` if it does not exist.
pub(super) fn read_if_there(path: &Path) -> Result<Option<Bytes>, WorldError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content.into())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(WorldError::io("read", path, e)),
    }
}

/// `world.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    format: Option<String>,
    name: String,
    title: String,
    base_date: toml::value::Datetime,
    #[serde(default = "million_usd")]
    unit: String,
    goods: Option<Vec<String>>,
    services: Option<Vec<String>>,
    default_elasticities: Option<String>,
    /// Accept negative input shares, for published data that must stay as they are.
    #[serde(default)]
    negative_inputs: bool,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    elasticities: Vec<DescribedSet>,
    #[serde(default)]
    source: Vec<DescribedSource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    carved: Vec<DescribedCarving>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedSet {
    name: String,
    source: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedSource {
    of: String,
    citation: String,
    terms: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedCarving {
    material: String,
    code: String,
    parent: String,
    #[serde(default)]
    hs: Vec<String>,
}

fn million_usd() -> String {
    "million USD".to_owned()
}

/// Tables that are given elsewhere and replace those of a folder.
#[derive(Default)]
pub(super) struct Given {
    pub sectors: Option<Table>,
    pub tariffs: Option<Table>,
}

/// Reads the tables of a folder, without its description.
pub(super) fn read_tables(folder: &Folder, given: Given) -> Result<Tables, WorldError> {
    Ok(Tables {
        flows: folder.needed("flows", &FLOWS)?,
        tariffs: match given.tariffs {
            None => folder.table("tariffs", &TARIFFS)?,
            given => given,
        },
        io: folder.table("io", &IO)?,
        sectors: match given.sectors {
            None => folder.needed("sectors", &SECTORS)?,
            Some(table) => table,
        },
        regions: folder.table("regions", &REGIONS)?,
        shares: folder.table("final", &FINAL)?,
    })
}

/// Reads one table given by its own file.
pub(super) fn read_named(path: &Path, layout: TableKind) -> Result<Table, WorldError> {
    let content = read_if_there(path)?.ok_or_else(|| WorldError::MissingFile {
        place: path.parent().unwrap_or(Path::new(".")).display().to_string(),
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        help: String::new(),
    })?;
    Table::read(&path.display().to_string(), content, layout.layout())
}

/// The tables that can be given one by one.
#[derive(Clone, Copy, Debug)]
pub(super) enum TableKind {
    Flows,
    Tariffs,
    Io,
    Sectors,
    Regions,
    Final,
}

impl TableKind {
    pub(super) fn layout(self) -> &'static Layout<'static> {
        match self {
            Self::Flows => &FLOWS,
            Self::Tariffs => &TARIFFS,
            Self::Io => &IO,
            Self::Sectors => &SECTORS,
            Self::Regions => &REGIONS,
            Self::Final => &FINAL,
        }
    }
}

/// Reads a world from its folder.
///
/// # Errors
/// Every [`WorldError`] of reading; all bad cells of a table together.
pub fn load(folder: &Folder) -> Result<World, WorldError> {
    let text = folder.read(DESCRIPTION)?.ok_or_else(|| WorldError::MissingFile {
        place: folder.place(),
        file: DESCRIPTION.to_owned(),
        help: "a world is a folder with `world.toml`, `flows` and `sectors`".to_owned(),
    })?;
    let about = describe(&text)?;
    assemble(about, &read_tables(folder, Given::default())?)
}

fn describe(text: &[u8]) -> Result<About, WorldError> {
    let wrong = |reason: String| WorldError::Description { file: DESCRIPTION.to_owned(), reason };
    let text = std::str::from_utf8(text).map_err(|e| wrong(e.to_string()))?;
    let found: Description = toml::from_str(text).map_err(|e| wrong(format!("\n{e}")))?;
    if let Some(format) = found.format.filter(|format| format != FORMAT) {
        return Err(wrong(format!("format `{format}` is not known; this version reads `{FORMAT}`")));
    }
    if found.unit != million_usd() {
        return Err(wrong(format!("unit `{}` is not known: give flows in `million USD`", found.unit)));
    }
    let border = match (found.goods, found.services) {
        (Some(_), Some(_)) => {
            return Err(wrong("has both `goods` and `services`: give one, it decides the other".into()));
        }
        (Some(goods), None) => Some(Border::Goods(goods)),
        (None, Some(services)) => Some(Border::Services(services)),
        (None, None) => None,
    };
    let base_date = found
        .base_date
        .date
        .and_then(|d| {
            Date::new(i16::try_from(d.year).ok()?, i8::try_from(d.month).ok()?, i8::try_from(d.day).ok()?)
                .ok()
        })
        .ok_or_else(|| {
            wrong(format!("`base_date = {}` is not a day: write `2022-07-01`", found.base_date))
        })?;
    Ok(About {
        name: found.name,
        title: found.title,
        base_date,
        border,
        default_elasticities: found.default_elasticities,
        negative_inputs: found.negative_inputs,
        elasticity_sources: found.elasticities.into_iter().map(|s| (s.name, s.source)).collect(),
        sources: found
            .source
            .into_iter()
            .map(|s| Source { of: s.of, citation: s.citation, terms: s.terms })
            .collect(),
        notes: found.notes,
        carved: found
            .carved
            .into_iter()
            .map(|c| Carved { material: c.material, code: c.code, parent: c.parent, hs: c.hs })
            .collect(),
    })
}

/// The files of a world: names and contents. The same world gives the same bytes.
///
/// # Errors
/// [`WorldError::Parquet`] if the encoder fails, [`WorldError::Inconsistent`]
/// if an array has a wrong length.
pub fn encode(world: &World) -> Result<Vec<(String, Vec<u8>)>, WorldError> {
    world.check_shapes()?;
    let mut files = vec![(DESCRIPTION.to_owned(), written_description(world)?.into_bytes())];
    let regions = world.regions.codes();
    let sectors = world.sectors.codes();
    let names = |labels: &Labels| -> Vec<String> {
        (0..labels.len())
            .map(|i| if labels.name(i) == labels.code(i) { "" } else { labels.name(i) }.to_owned())
            .collect()
    };
    let mut put = |table: Table| -> Result<(), WorldError> {
        files.push((table.file().to_owned(), table.to_parquet()?));
        Ok(())
    };
    let mut table = Table::new("regions.parquet")
        .with_texts("region", regions)
        .with_texts("name", &names(&world.regions));
    for (column, values) in [("population", &world.population), ("households", &world.households)] {
        if let Some(values) = values {
            table = table.with_numbers(column, values.clone());
        }
    }
    put(table)?;
    let mut table = Table::new("sectors.parquet")
        .with_texts("sector", sectors)
        .with_texts("name", &names(&world.sectors));
    for set in &world.elasticities {
        table = table.with_numbers(&format!("theta_{}", set.name), set.theta.clone());
    }
    if let Some(markup) = &world.markup {
        table = table.with_numbers("markup", markup.clone());
    }
    put(table)?;
    put(trade_table("flows", "value_musd", world, &world.trade_musd))?;
    if world.tariff.iter().any(|tariff| *tariff != 0.0) {
        put(trade_table("tariffs", "tariff", world, &world.tariff))?;
    }
    if world.input_share.iter().any(|share| *share != 0.0) {
        let (keys, values) = nonzero(&world.input_share, [regions.len(), sectors.len(), sectors.len()]);
        let [region, input, sector] = keys;
        put(Table::new("io.parquet")
            .with_codes("region", regions, region)
            .with_codes("input_sector", sectors, input)
            .with_codes("sector", sectors, sector)
            .with_numbers("input_share", values))?;
    }
    if let Some(share) = &world.final_share {
        let (keys, values) = nonzero(share, [1, regions.len(), sectors.len()]);
        let [_, region, sector] = keys;
        put(Table::new("final.parquet")
            .with_codes("region", regions, region)
            .with_codes("sector", sectors, sector)
            .with_numbers("final_share", values))?;
    }
    Ok(files)
}

/// A long table of a trade-shaped array.
pub(super) fn trade_table(name: &str, column: &str, world: &World, array: &[f64]) -> Table {
    let n = world.region_count();
    let ([sector, importer, exporter], values) = nonzero(array, [world.sector_count(), n, n]);
    Table::new(&format!("{name}.parquet"))
        .with_codes("sector", world.sectors.codes(), sector)
        .with_codes("importer", world.regions.codes(), importer)
        .with_codes("exporter", world.regions.codes(), exporter)
        .with_numbers(column, values)
}

fn nonzero(array: &[f64], shape: [usize; 3]) -> ([Vec<u32>; 3], Vec<f64>) {
    let mut keys = [Vec::new(), Vec::new(), Vec::new()];
    let mut values = Vec::new();
    for (cell, value) in array.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        keys[0].push((cell / (shape[1] * shape[2])) as u32);
        keys[1].push((cell / shape[2] % shape[1]) as u32);
        keys[2].push((cell % shape[2]) as u32);
        values.push(*value);
    }
    (keys, values)
}

fn written_description(world: &World) -> Result<String, WorldError> {
    let codes = |inside: bool| -> Vec<String> {
        (0..world.sector_count())
            .filter(|s| world.goods[*s] == inside)
            .map(|s| world.sectors.code(s).to_owned())
            .collect()
    };
    let date = world.base_date;
    let description = Description {
        format: Some(FORMAT.to_owned()),
        name: world.name.clone(),
        title: world.title.clone(),
        base_date: toml::value::Datetime {
            date: Some(toml::value::Date {
                year: date.year().unsigned_abs(),
                month: date.month().unsigned_abs(),
                day: date.day().unsigned_abs(),
            }),
            time: None,
            offset: None,
        },
        unit: million_usd(),
        goods: Some(codes(true)),
        services: None,
        default_elasticities: world.elasticities.first().map(|set| set.name.clone()),
        negative_inputs: world.input_share.iter().any(|share| *share < 0.0),
        notes: world.notes.clone(),
        elasticities: world
            .elasticities
            .iter()
            .map(|set| DescribedSet { name: set.name.clone(), source: set.source.clone() })
            .collect(),
        source: world
            .sources
            .iter()
            .map(|s| DescribedSource {
                of: s.of.clone(),
                citation: s.citation.clone(),
                terms: s.terms.clone(),
            })
            .collect(),
        carved: world
            .carved
            .iter()
            .map(|c| DescribedCarving {
                material: c.material.clone(),
                code: c.code.clone(),
                parent: c.parent.clone(),
                hs: c.hs.clone(),
            })
            .collect(),
    };
    toml::to_string_pretty(&description)
        .map_err(|e| WorldError::Description { file: DESCRIPTION.to_owned(), reason: e.to_string() })
}

/// What to do when the target folder exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Refuse.
    Keep,
    /// Replace it if it is a world folder; refuse any other folder.
    Replace,
}

/// Writes a world and more files (`BALANCE.md`, further tables) to a folder.
///
/// # Errors
/// [`WorldError::Exists`] if the folder may not be replaced, [`WorldError::Io`]
/// if a file cannot be written; the target is then as it was.
pub fn save(
    world: &World,
    folder: &Path,
    existing: Existing,
    more: &[(String, Vec<u8>)],
) -> Result<(), WorldError> {
    let occupied = occupied(folder, existing)?;
    let mut files = encode(world)?;
    files.extend(more.iter().cloned());
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|e| WorldError::io("create the folder", parent, e))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let draft = parent.join(format!(".{name}.{}.partial", std::process::id()));
    let written = write_files(&draft, &files).and_then(|()| {
        if !occupied {
            return fs::rename(&draft, folder).map_err(|e| WorldError::io("write", folder, e));
        }
        let old = parent.join(format!(".{name}.{}.old", std::process::id()));
        fs::rename(folder, &old).map_err(|e| WorldError::io("replace", folder, e))?;
        if let Err(e) = fs::rename(&draft, folder) {
            let _ = fs::rename(&old, folder);
            return Err(WorldError::io("write", folder, e));
        }
        fs::remove_dir_all(&old).map_err(|e| WorldError::io("remove", &old, e))
    });
    if written.is_err() {
        let _ = fs::remove_dir_all(&draft);
    }
    written
}

/// True if there is a world to be replaced, false if the place is free.
fn occupied(folder: &Path, existing: Existing) -> Result<bool, WorldError> {
    let refuse =
        |help: &str| Err(WorldError::Exists { path: folder.display().to_string(), help: help.to_owned() });
    match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
            return refuse("it is a file; name a folder");
        }
        Err(e) => return Err(WorldError::io("read", folder, e)),
        Ok(mut entries) => {
            if entries.next().is_none() {
                return Ok(false);
            }
        }
    }
    if existing == Existing::Keep {
        return refuse("choose another folder, or ask to replace it");
    }
    let ours = read_if_there(&folder.join(DESCRIPTION))?
        .is_some_and(|text| String::from_utf8_lossy(&text).contains(&format!("format = \"{FORMAT}\"")));
    if ours {
        Ok(true)
    } else {
        refuse("it is not a world folder written by this program, so it is not replaced")
    }
}

fn write_files(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), WorldError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| WorldError::io("remove", folder, e))?;
    }
    fs::create_dir(folder).map_err(|e| WorldError::io("create the folder", folder, e))?;
    for (name, content) in files {
        let path = folder.join(name);
        fs::File::create(&path)
            .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
            .map_err(|e| WorldError::io("write", &path, e))?;
    }
    Ok(())
}
