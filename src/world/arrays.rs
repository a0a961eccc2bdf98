//! From long tables to the dense arrays of a world.
//!
//! Every code is looked up once, every cell is placed by its codes, and every
//! bad cell of a table is reported together: an unknown code with the nearest
//! known one, a cell that is given twice, a value that cannot be.

use jiff::civil::Date;

use super::error::{CellProblem, WorldError};
use super::labels::{Labels, wrong_code};
use super::store::DESCRIPTION;
use super::table::{Table, Text};
use super::{Carved, ElasticitySet, Source, World};

/// Input shares of a column may exceed one by this much before they are refused.
const SHARE_SLACK: f64 = 1e-9;

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
    pub carved: Vec<Carved>,
}

/// Which sectors cross a customs border.
pub(super) enum Border {
    Goods(Vec<String>),
    Services(Vec<String>),
}

/// Turns tables into the arrays of a world.
pub(super) fn assemble(about: About, tables: &Tables) -> Result<World, WorldError> {
    let sectors = labels(&tables.sectors, "sector")?;
    if tables.flows.rows() == 0 {
        let what = "no flows: write a row for every sale, those at home included".to_owned();
        refuse(tables.flows.file(), vec![CellProblem { row: 0, column: String::new(), what }])?;
    }
    let regions = match &tables.regions {
        Some(table) => labels(table, "region")?,
        None => regions_of(&tables.flows)?,
    };
    let axes = [("sector", &sectors), ("importer", &regions), ("exporter", &regions)];
    let trade_musd = dense(&tables.flows, &axes, "value_musd", |value| {
        (value < 0.0).then(|| format!("a flow of {value} is negative; net it within its row first"))
    })?;
    let tariff = match &tables.tariffs {
        Some(table) => tariffs(table, &sectors, &regions)?,
        None => vec![0.0; trade_musd.len()],
    };
    let inputs = [("region", &regions), ("input_sector", &sectors), ("sector", &sectors)];
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
    let markup = optional(&tables.sectors, ("sector", &sectors), "markup", |value| {
        (value < 0.0).then(|| format!("a markup of {value} is negative: price would be below cost"))
    })?;
    let people = |column| match &tables.regions {
        Some(table) => optional(table, ("region", &regions), column, |value| {
            (value < 0.0).then(|| format!("{value} is negative; write 0 where the number is not known"))
        }),
        None => Ok(None),
    };
    let (population, households) = (people("population")?, people("households")?);
    check_carved(&about.carved, &sectors)?;
    let goods = goods(about.border, &sectors)?;
    let elasticities =
        elasticities(&tables.sectors, about.default_elasticities.as_deref(), &about.elasticity_sources)?;
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
        markup,
        population,
        households,
        sources: about.sources,
        notes: about.notes,
        carved: about.carved,
    })
}

/// Carved sectors are sectors of the world, each once and after its parent.
fn check_carved(carved: &[Carved], sectors: &Labels) -> Result<(), WorldError> {
    let mut wrong = Vec::new();
    for (position, one) in carved.iter().enumerate() {
        for code in [&one.code, &one.parent] {
            if let Err(unknown) = sectors.find(code) {
                wrong.push(unknown.to_string());
            }
        }
        if carved[..position].iter().any(|other| other.code == one.code || other.parent == one.code)
            || one.parent == one.code
        {
            wrong
                .push(format!("`{}` is carved twice, or after a sector that was carved out of it", one.code));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let reason = format!("in `[[carved]]`: {}", wrong.join("; "));
    Err(WorldError::Description { file: DESCRIPTION.to_owned(), reason })
}

fn labels(table: &Table, column: &str) -> Result<Labels, WorldError> {
    let codes = text(table, column)?;
    let names = table.text("name");
    let mut first = vec![None; codes.values.len()];
    let mut problems = Vec::new();
    for (row, key) in codes.keys.iter().enumerate() {
        let what = match first[*key as usize] {
            Some(before) => format!("`{}` is already in row {before}", codes.get(row)),
            None => {
                first[*key as usize] = Some(table.row_number(row));
                match wrong_code(codes.get(row)) {
                    Some(what) => what,
                    None => continue,
                }
            }
        };
        problems.push(CellProblem { row: table.row_number(row), column: column.into(), what });
    }
    if table.rows() == 0 {
        problems.push(CellProblem { row: 0, column: String::new(), what: "the table is empty".into() });
    }
    refuse(table.file(), problems)?;
    let pairs = (0..table.rows()).map(|row| (codes.get(row), names.map_or("", |n| n.get(row))));
    Labels::new(pairs)
        .map_err(|e| WorldError::Description { file: table.file().to_owned(), reason: e.to_string() })
}

fn regions_of(flows: &Table) -> Result<Labels, WorldError> {
    let mut codes: Vec<&String> =
        text(flows, "importer")?.values.iter().chain(&text(flows, "exporter")?.values).collect();
    codes.sort();
    codes.dedup();
    Labels::new(codes.into_iter().map(|code| (code.clone(), "")))
        .map_err(|e| WorldError::Description { file: flows.file().to_owned(), reason: e.to_string() })
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
        found: table.column_names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

fn refuse(file: &str, mut problems: Vec<CellProblem>) -> Result<(), WorldError> {
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort_by_key(|problem| problem.row);
    Err(WorldError::Table { file: file.to_owned(), problems })
}

/// A number column of a table with one row a region, `[region]`; 0 without a row.
pub(super) fn by_region(table: &Table, regions: &Labels, column: &str) -> Result<Vec<f64>, WorldError> {
    dense(table, &[("region", regions)], column, |_| None)
}

/// A number column of a table with a row for every sector of a region.
pub(super) fn by_sector(
    table: &Table,
    sectors: &Labels,
    regions: &Labels,
    column: &str,
) -> Result<Vec<f64>, WorldError> {
    dense(table, &[("sector", sectors), ("region", regions)], column, |_| None)
}

/// A number column that a table may lack, along its only axis.
fn optional(
    table: &Table,
    axis: (&str, &Labels),
    column: &str,
    wrong: impl Fn(f64) -> Option<String>,
) -> Result<Option<Vec<f64>>, WorldError> {
    table.number(column).map(|_| dense(table, &[axis], column, wrong)).transpose()
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
                    let kind = if column.ends_with("sector") { "sector" } else { "region" };
                    unknown.to_string().replacen("unknown code", &format!("unknown {kind}"), 1)
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
            problems.push(CellProblem { row: table.row_number(row), column: column.into(), what });
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
            problem("", format!("{} is already in row {before}", codes.join(", ")));
        }
        array[*cell] = *number;
    }
    refuse(table.file(), problems)?;
    Ok(array)
}

/// A table of flows as an array `[sector, importer, exporter]`.
pub(super) fn flows(table: &Table, sectors: &Labels, regions: &Labels) -> Result<Vec<f64>, WorldError> {
    let axes = [("sector", sectors), ("importer", regions), ("exporter", regions)];
    dense(table, &axes, "value_musd", |value| (value < 0.0).then(|| format!("a flow of {value} is negative")))
}

/// A tariff table as an array `[sector, importer, exporter]`.
pub(super) fn tariffs(table: &Table, sectors: &Labels, regions: &Labels) -> Result<Vec<f64>, WorldError> {
    let axes = [("sector", sectors), ("importer", regions), ("exporter", regions)];
    dense(table, &axes, "tariff", |value| {
        (value <= -1.0).then(|| format!("a tariff of {value} gives the goods away; write 0.05 for 5 %"))
    })
}

fn check_columns(file: &str, share: &[f64], regions: &Labels, sectors: &Labels) -> Result<(), WorldError> {
    let j = sectors.len();
    let mut problems = Vec::new();
    for region in 0..regions.len() {
        for sector in 0..j {
            let sum: f64 = (0..j).map(|input| share[(region * j + input) * j + sector]).sum();
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
                what: format!("the shares of `{}` sum to {sum:.8}, not to 1", regions.code(region)),
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
    let plain: Vec<&str> = table.column_names().filter(|n| matches!(*n, "theta" | "sigma")).collect();
    if plain.len() > 1 {
        return Err(WorldError::Header {
            file: file.to_owned(),
            expected: "`theta` or `sigma` (theta = sigma - 1), not both".to_owned(),
            found: "`theta`, `sigma`".to_owned(),
        });
    }
    for column in table.column_names() {
        let Some(values) = table.number(column).filter(|_| column != "markup") else {
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
        let source = sources.iter().find(|(set, _)| set == name).map_or("", |(_, text)| text);
        sets.push(ElasticitySet { name: name.to_owned(), theta, source: source.to_owned() });
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
            reason: "sectors without a trade elasticity: add a column `theta`, `sigma` or `theta_NAME`"
                .into(),
        });
    }
    for (name, what) in default
        .iter()
        .map(|name| (*name, "default_elasticities"))
        .chain(sources.iter().map(|(name, _)| (name.as_str(), "[[elasticities]]")))
    {
        if !known.iter().any(|set| set == name) {
            return Err(WorldError::Description {
                file: DESCRIPTION.to_owned(),
                reason: format!("{what} names `{name}`, but `{file}` has the sets {}", known.join(", ")),
            });
        }
    }
    if let Some(first) = default.and_then(|name| sets.iter().position(|set| set.name == name)) {
        sets[..=first].rotate_right(1);
    }
    Ok(sets)
}
