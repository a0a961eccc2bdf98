//! A world on disk: a folder with `world.toml` and tables, CSV or Parquet.
//!
//! | table     | columns                                              | a missing row means |
//! |-----------|------------------------------------------------------|---------------------|
//! | `flows`   | `sector`, `importer`, `exporter`, `value_musd`       | no trade            |
//! | `tariffs` | `sector`, `importer`, `exporter`, `tariff`           | no tariff           |
//! | `io`      | `region`, `input_sector`, `sector`, `input_share`    | not an input        |
//! | `sectors` | `sector`, `name`, `theta` or `sigma`, `theta_NAME` … | error               |
//! | `regions` | `region`, `name`                                     | error; without the table the codes of `flows`, sorted |
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

use super::error::{CellProblem, WorldError};
use super::labels::Labels;
use super::table::{Layout, Table, Text};
use super::{ElasticitySet, Source, World};

const FORMAT: &str = "detente-world 1";
const DESCRIPTION: &str = "world.toml";
/// Input shares of a column may exceed one by this much before they are refused.
const SHARE_SLACK: f64 = 1e-9;

const FLOWS: Layout<'_> = Layout {
    text: &["sector", "importer", "exporter"],
    number: &["value_musd"],
    optional_text: &[],
    optional_number: &[],
};
const TARIFFS: Layout<'_> = Layout {
    number: &["tariff"],
    ..FLOWS
};
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
    optional_number: &["theta", "sigma", "theta_*"],
};
const REGIONS: Layout<'_> = Layout {
    text: &["region"],
    number: &[],
    optional_text: &["name"],
    optional_number: &[],
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
    pub(super) fn table(
        &self,
        name: &str,
        layout: &Layout<'_>,
    ) -> Result<Option<Table>, WorldError> {
        let parquet = format!("{name}.parquet");
        let csv = format!("{name}.csv");
        match (self.read(&parquet)?, self.read(&csv)?) {
            (Some(_), Some(_)) => Err(WorldError::TableTwice {
                place: self.place(),
                table: name.to_owned(),
            }),
            (Some(bytes), None) => Table::read(&parquet, bytes, layout).map(Some),
            (None, Some(bytes)) => Table::read(&csv, bytes, layout).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn needed(&self, name: &str, layout: &Layout<'_>) -> Result<Table, WorldError> {
        self.table(name, layout)?
            .ok_or_else(|| WorldError::MissingTable {
                place: self.place(),
                table: name.to_owned(),
            })
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

fn million_usd() -> String {
    "million USD".to_owned()
}

/// The tables of a world before they are arrays.
pub(super) struct Tables {
    pub flows: Table,
    pub tariffs: Option<Table>,
    pub io: Option<Table>,
    pub sectors: Table,
    pub regions: Option<Table>,
    pub shares: Option<Table>,
}

/// Everything of a world that is not a table.
pub(super) struct About {
    pub name: String,
    pub title: String,
    pub base_date: Date,
    /// Codes of goods, or of services; `None`: every sector is a good.
    pub border: Option<Border>,
    pub default_elasticities: Option<String>,
    /// Negative input shares are accepted: published data that must stay as they are.
    pub negative_inputs: bool,
    pub elasticity_sources: Vec<(String, String)>,
    pub sources: Vec<Source>,
    pub notes: Vec<String>,
}

/// Which sectors cross a customs border.
pub(super) enum Border {
    Goods(Vec<String>),
    Services(Vec<String>),
}

/// Reads the tables of a folder, without its description.
pub(super) fn read_tables(folder: &Folder) -> Result<Tables, WorldError> {
    Ok(Tables {
        flows: folder.needed("flows", &FLOWS)?,
        tariffs: folder.table("tariffs", &TARIFFS)?,
        io: folder.table("io", &IO)?,
        sectors: folder.needed("sectors", &SECTORS)?,
        regions: folder.table("regions", &REGIONS)?,
        shares: folder.table("final", &FINAL)?,
    })
}

/// Reads one table given by its own file.
pub(super) fn read_named(path: &Path, layout: TableKind) -> Result<Table, WorldError> {
    let content = read_if_there(path)?.ok_or_else(|| WorldError::MissingFile {
        place: path
            .parent()
            .unwrap_or(Path::new("."))
            .display()
            .to_string(),
        file: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
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
    let text = folder
        .read(DESCRIPTION)?
        .ok_or_else(|| WorldError::MissingFile {
            place: folder.place(),
            file: DESCRIPTION.to_owned(),
            help: "a world is a folder with `world.toml`, `flows` and `sectors`".to_owned(),
        })?;
    let about = describe(&text)?;
    assemble(about, &read_tables(folder)?)
}

fn describe(text: &[u8]) -> Result<About, WorldError> {
    let wrong = |reason: String| WorldError::Description {
        file: DESCRIPTION.to_owned(),
        reason,
    };
    let text = std::str::from_utf8(text).map_err(|e| wrong(e.to_string()))?;
    let found: Description = toml::from_str(text).map_err(|e| wrong(format!("\n{e}")))?;
    if let Some(format) = found.format.filter(|format| format != FORMAT) {
        return Err(wrong(format!(
            "format `{format}` is not known; this version reads `{FORMAT}`"
        )));
    }
    if found.unit != million_usd() {
        return Err(wrong(format!(
            "unit `{}` is not known: give flows in `million USD`",
            found.unit
        )));
    }
    let border = match (found.goods, found.services) {
        (Some(_), Some(_)) => {
            return Err(wrong(
                "has both `goods` and `services`: give one, it decides the other".into(),
            ));
        }
        (Some(goods), None) => Some(Border::Goods(goods)),
        (None, Some(services)) => Some(Border::Services(services)),
        (None, None) => None,
    };
    let base_date = found
        .base_date
        .date
        .and_then(|d| {
            Date::new(
                i16::try_from(d.year).ok()?,
                i8::try_from(d.month).ok()?,
                i8::try_from(d.day).ok()?,
            )
            .ok()
        })
        .ok_or_else(|| {
            wrong(format!(
                "`base_date = {}` is not a day: write `2022-07-01`",
                found.base_date
            ))
        })?;
    Ok(About {
        name: found.name,
        title: found.title,
        base_date,
        border,
        default_elasticities: found.default_elasticities,
        negative_inputs: found.negative_inputs,
        elasticity_sources: found
            .elasticities
            .into_iter()
            .map(|s| (s.name, s.source))
            .collect(),
        sources: found
            .source
            .into_iter()
            .map(|s| Source {
                of: s.of,
                citation: s.citation,
                terms: s.terms,
            })
            .collect(),
        notes: found.notes,
    })
}

/// Turns tables into the arrays of a world.
pub(super) fn assemble(about: About, tables: &Tables) -> Result<World, WorldError> {
    let sectors = labels(&tables.sectors, "sector")?;
    let regions = match &tables.regions {
        Some(table) => labels(table, "region")?,
        None => regions_of(&tables.flows)?,
    };
    let axes = [
        ("sector", &sectors),
        ("importer", &regions),
        ("exporter", &regions),
    ];
    let trade_musd = dense(&tables.flows, &axes, "value_musd", |value| {
        (value < 0.0).then(|| format!("a flow of {value} is negative; net it within its row first"))
    })?;
    let tariff = match &tables.tariffs {
        Some(table) => tariffs(table, &sectors, &regions)?,
        None => vec![0.0; trade_musd.len()],
    };
    let inputs = [
        ("region", &regions),
        ("input_sector", &sectors),
        ("sector", &sectors),
    ];
    let input_share = match &tables.io {
        Some(table) => {
            let share = dense(table, &inputs, "input_share", |value| {
                (value < 0.0 && !about.negative_inputs).then(|| {
                    format!("an input share of {value} is negative; to keep published data as they are, write `negative_inputs = true` in `world.toml`")
                })
            })?;
            check_columns(table.file(), &share, &regions, &sectors)?;
            share
        }
        None => vec![0.0; regions.len() * sectors.len() * sectors.len()],
    };
    let final_share = match &tables.shares {
        Some(table) => Some(final_shares(table, &regions, &sectors)?),
        None => None,
    };
    let goods = goods(about.border, &sectors)?;
    let elasticities = elasticities(
        &tables.sectors,
        about.default_elasticities.as_deref(),
        &about.elasticity_sources,
    )?;
    Ok(World {
        name: about.name,
        title: about.title,
        base_date: about.base_date,
        regions,
        sectors,
        goods,
        trade_musd,
        tariff,
        input_share,
        final_share,
        elasticities,
        sources: about.sources,
        notes: about.notes,
    })
}

fn labels(table: &Table, column: &str) -> Result<Labels, WorldError> {
    let codes = text(table, column)?;
    let names = table.text("name");
    let mut first = vec![None; codes.values.len()];
    let mut problems = Vec::new();
    for (row, key) in codes.keys.iter().enumerate() {
        let what = match first[*key as usize] {
            Some(before) => format!("`{}` is already in row {before}", codes.get(row)),
            None if codes.get(row).is_empty() => "the code is empty".to_owned(),
            None => {
                first[*key as usize] = Some(table.row_number(row));
                continue;
            }
        };
        problems.push(CellProblem {
            row: table.row_number(row),
            column: column.into(),
            what,
        });
    }
    if table.rows() == 0 {
        problems.push(CellProblem {
            row: 0,
            column: String::new(),
            what: "the table is empty".into(),
        });
    }
    refuse(table.file(), problems)?;
    let pairs = (0..table.rows()).map(|row| (codes.get(row), names.map_or("", |n| n.get(row))));
    Labels::new(pairs).map_err(|e| WorldError::Description {
        file: table.file().to_owned(),
        reason: e.to_string(),
    })
}

fn regions_of(flows: &Table) -> Result<Labels, WorldError> {
    let mut codes: Vec<&String> = text(flows, "importer")?
        .values
        .iter()
        .chain(&text(flows, "exporter")?.values)
        .collect();
    codes.sort();
    codes.dedup();
    Labels::new(codes.into_iter().map(|code| (code.clone(), ""))).map_err(|e| {
        WorldError::Description {
            file: flows.file().to_owned(),
            reason: e.to_string(),
        }
    })
}

/// The layout check has made sure of the column; a table made in code may lack it.
fn text<'a>(table: &'a Table, column: &str) -> Result<&'a Text, WorldError> {
    table.text(column).ok_or_else(|| no_column(table, column))
}

fn number<'a>(table: &'a Table, column: &str) -> Result<&'a [f64], WorldError> {
    table.number(column).ok_or_else(|| no_column(table, column))
}

fn no_column(table: &Table, column: &str) -> WorldError {
    WorldError::Header {
        file: table.file().to_owned(),
        expected: format!("`{column}`"),
        found: table
            .column_names()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn refuse(file: &str, mut problems: Vec<CellProblem>) -> Result<(), WorldError> {
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort_by_key(|problem| problem.row);
    Err(WorldError::Table {
        file: file.to_owned(),
        problems,
    })
}

/// Spreads a long table over a dense array with one index an axis, the last fastest.
fn dense(
    table: &Table,
    axes: &[(&str, &Labels)],
    value: &str,
    wrong: impl Fn(f64) -> Option<String>,
) -> Result<Vec<f64>, WorldError> {
    let mut problems = Vec::new();
    let mut index = vec![0_usize; table.rows()];
    for (column, labels) in axes {
        let codes = text(table, column)?;
        let positions: Vec<Result<usize, String>> = codes
            .values
            .iter()
            .map(|code| {
                labels.find(code).map_err(|unknown| {
                    let kind = if column.ends_with("sector") {
                        "sector"
                    } else {
                        "region"
                    };
                    unknown
                        .to_string()
                        .replacen("unknown code", &format!("unknown {kind}"), 1)
                })
            })
            .collect();
        let mut told = vec![false; positions.len()];
        for (row, key) in codes.keys.iter().enumerate() {
            let key = *key as usize;
            match &positions[key] {
                Ok(position) => index[row] = index[row] * labels.len() + position,
                Err(what) if !told[key] => {
                    told[key] = true;
                    problems.push(CellProblem {
                        row: table.row_number(row),
                        column: (*column).to_owned(),
                        what: what.clone(),
                    });
                }
                Err(_) => {}
            }
        }
    }
    refuse(table.file(), problems)?;
    let size = axes.iter().map(|(_, labels)| labels.len()).product();
    let mut array = vec![0.0; size];
    let mut first_row = vec![u32::MAX; size];
    let mut problems = Vec::new();
    for (row, (cell, number)) in index.iter().zip(number(table, value)?).enumerate() {
        let mut problem = |column: &str, what: String| {
            problems.push(CellProblem {
                row: table.row_number(row),
                column: column.into(),
                what,
            });
        };
        if let Some(what) = wrong(*number) {
            problem(value, what);
        }
        if first_row[*cell] == u32::MAX {
            first_row[*cell] = row as u32;
        } else {
            let codes: Vec<String> = axes
                .iter()
                .filter_map(|(column, _)| table.text(column).map(|t| format!("`{}`", t.get(row))))
                .collect();
            let before = table.row_number(first_row[*cell] as usize);
            problem(
                "",
                format!("{} is already in row {before}", codes.join(", ")),
            );
        }
        array[*cell] = *number;
    }
    refuse(table.file(), problems)?;
    Ok(array)
}

/// A tariff table as an array `[sector, importer, exporter]`.
pub(super) fn tariffs(
    table: &Table,
    sectors: &Labels,
    regions: &Labels,
) -> Result<Vec<f64>, WorldError> {
    let axes = [
        ("sector", sectors),
        ("importer", regions),
        ("exporter", regions),
    ];
    dense(table, &axes, "tariff", |value| {
        (value <= -1.0)
            .then(|| format!("a tariff of {value} gives the goods away; write 0.05 for 5 %"))
    })
}

fn check_columns(
    file: &str,
    share: &[f64],
    regions: &Labels,
    sectors: &Labels,
) -> Result<(), WorldError> {
    let j = sectors.len();
    let mut problems = Vec::new();
    for region in 0..regions.len() {
        for sector in 0..j {
            let sum: f64 = (0..j)
                .map(|input| share[(region * j + input) * j + sector])
                .sum();
            if sum > 1.0 + SHARE_SLACK {
                problems.push(CellProblem {
                    row: 0,
                    column: "input_share".into(),
                    what: format!(
                        "the inputs of `{}` in `{}` sum to {sum:.6}; shares of gross output may not exceed 1",
                        sectors.code(sector),
                        regions.code(region)
                    ),
                });
            }
        }
    }
    refuse(file, problems)
}

fn final_shares(table: &Table, regions: &Labels, sectors: &Labels) -> Result<Vec<f64>, WorldError> {
    let axes = [("region", regions), ("sector", sectors)];
    let share = dense(table, &axes, "final_share", |value| {
        (value < 0.0).then(|| format!("a final share of {value} is negative"))
    })?;
    let problems = share
        .chunks_exact(sectors.len())
        .enumerate()
        .filter_map(|(region, row)| {
            let sum: f64 = row.iter().sum();
            ((sum - 1.0).abs() > 1e-6).then(|| CellProblem {
                row: 0,
                column: "final_share".into(),
                what: format!(
                    "the shares of `{}` sum to {sum:.8}, not to 1",
                    regions.code(region)
                ),
            })
        })
        .collect();
    refuse(table.file(), problems)?;
    Ok(share)
}

fn goods(border: Option<Border>, sectors: &Labels) -> Result<Vec<bool>, WorldError> {
    let (codes, inside, key) = match border {
        None => return Ok(vec![true; sectors.len()]),
        Some(Border::Goods(codes)) => (codes, true, "goods"),
        Some(Border::Services(codes)) => (codes, false, "services"),
    };
    let mut goods = vec![!inside; sectors.len()];
    let mut unknown = Vec::new();
    for code in &codes {
        match sectors.find(code) {
            Ok(position) => goods[position] = inside,
            Err(e) => unknown.push(e.to_string()),
        }
    }
    if unknown.is_empty() {
        return Ok(goods);
    }
    Err(WorldError::Description {
        file: DESCRIPTION.to_owned(),
        reason: format!("in `{key}`: {}", unknown.join("; ")),
    })
}

/// Reads `theta`, `sigma` and `theta_NAME` columns; the default set comes first.
pub(super) fn elasticities(
    table: &Table,
    default: Option<&str>,
    sources: &[(String, String)],
) -> Result<Vec<ElasticitySet>, WorldError> {
    let file = table.file();
    let codes = text(table, "sector")?;
    let mut sets: Vec<ElasticitySet> = Vec::new();
    let mut problems = Vec::new();
    let plain: Vec<&str> = table
        .column_names()
        .filter(|n| matches!(*n, "theta" | "sigma"))
        .collect();
    if plain.len() > 1 {
        return Err(WorldError::Header {
            file: file.to_owned(),
            expected: "`theta` or `sigma` (theta = sigma - 1), not both".to_owned(),
            found: "`theta`, `sigma`".to_owned(),
        });
    }
    for column in table.column_names() {
        let Some(values) = table.number(column) else {
            continue;
        };
        let (name, shift) = match column {
            "theta" => (default.unwrap_or("theta"), 0.0),
            "sigma" => (default.unwrap_or("sigma"), 1.0),
            _ => (column.trim_start_matches("theta_"), 0.0),
        };
        let theta: Vec<f64> = values.iter().map(|value| value - shift).collect();
        for (row, value) in theta.iter().enumerate().filter(|(_, value)| **value <= 0.0) {
            problems.push(CellProblem {
                row: table.row_number(row),
                column: column.to_owned(),
                what: format!(
                    "sector `{}` has the trade elasticity theta = {value}; it must be positive",
                    codes.get(row)
                ),
            });
        }
        let source = sources
            .iter()
            .find(|(set, _)| set == name)
            .map_or("", |(_, text)| text);
        sets.push(ElasticitySet {
            name: name.to_owned(),
            theta,
            source: source.to_owned(),
        });
    }
    refuse(file, problems)?;
    let known: Vec<String> = sets.iter().map(|set| set.name.clone()).collect();
    for (position, name) in known.iter().enumerate() {
        if known[..position].contains(name) {
            return Err(WorldError::Description {
                file: file.to_owned(),
                reason: format!("two columns give the elasticity set `{name}`"),
            });
        }
    }
    if sets.is_empty() {
        return Err(WorldError::Description {
            file: file.to_owned(),
            reason:
                "sectors without a trade elasticity: add a column `theta`, `sigma` or `theta_NAME`"
                    .into(),
        });
    }
    for (name, what) in default
        .iter()
        .map(|name| (*name, "default_elasticities"))
        .chain(
            sources
                .iter()
                .map(|(name, _)| (name.as_str(), "[[elasticities]]")),
        )
    {
        if !known.iter().any(|set| set == name) {
            return Err(WorldError::Description {
                file: DESCRIPTION.to_owned(),
                reason: format!(
                    "{what} names `{name}`, but `{file}` has the sets {}",
                    known.join(", ")
                ),
            });
        }
    }
    if let Some(first) = default.and_then(|name| sets.iter().position(|set| set.name == name)) {
        sets[..=first].rotate_right(1);
    }
    Ok(sets)
}

/// The files of a world: names and contents. The same world gives the same bytes.
///
/// # Errors
/// [`WorldError::Parquet`] if the encoder fails, [`WorldError::Inconsistent`]
/// if an array has a wrong length.
pub fn encode(world: &World) -> Result<Vec<(String, Vec<u8>)>, WorldError> {
    world.check_shapes()?;
    let mut files = vec![(
        DESCRIPTION.to_owned(),
        written_description(world)?.into_bytes(),
    )];
    let regions = world.regions.codes();
    let sectors = world.sectors.codes();
    let names = |labels: &Labels| -> Vec<String> {
        (0..labels.len())
            .map(|i| {
                if labels.name(i) == labels.code(i) {
                    ""
                } else {
                    labels.name(i)
                }
                .to_owned()
            })
            .collect()
    };
    let mut put = |table: Table| -> Result<(), WorldError> {
        files.push((table.file().to_owned(), table.to_parquet()?));
        Ok(())
    };
    put(Table::new("regions.parquet")
        .with_texts("region", regions)
        .with_texts("name", &names(&world.regions)))?;
    let mut table = Table::new("sectors.parquet")
        .with_texts("sector", sectors)
        .with_texts("name", &names(&world.sectors));
    for set in &world.elasticities {
        table = table.with_numbers(&format!("theta_{}", set.name), set.theta.clone());
    }
    put(table)?;
    put(trade_table("flows", "value_musd", world, &world.trade_musd))?;
    if world.tariff.iter().any(|tariff| *tariff != 0.0) {
        put(trade_table("tariffs", "tariff", world, &world.tariff))?;
    }
    if world.input_share.iter().any(|share| *share != 0.0) {
        let (keys, values) = nonzero(
            &world.input_share,
            [regions.len(), sectors.len(), sectors.len()],
        );
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
            .map(|set| DescribedSet {
                name: set.name.clone(),
                source: set.source.clone(),
            })
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
    };
    toml::to_string_pretty(&description).map_err(|e| WorldError::Description {
        file: DESCRIPTION.to_owned(),
        reason: e.to_string(),
    })
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
    let refuse = |help: &str| {
        Err(WorldError::Exists {
            path: folder.display().to_string(),
            help: help.to_owned(),
        })
    };
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
    let ours = read_if_there(&folder.join(DESCRIPTION))?.is_some_and(|text| {
        String::from_utf8_lossy(&text).contains(&format!("format = \"{FORMAT}\""))
    });
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
