//! What can be wrong with a world, and what to write instead.
//!
//! A file is read to its end before it is refused: [`WorldError::Table`] lists
//! every bad cell with its row and column. A row is the line of a CSV file (the
//! header is row 1) and the record number of a Parquet file (the first is row 1).

use std::fmt;
use std::path::Path;

/// Why a world could not be read, written, built or balanced.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The operating system refused.
    #[error("cannot {action} `{path}`: {source}")]
    Io {
        /// What was tried ("read", "write", "create the folder").
        action: &'static str,
        /// The file or folder.
        path: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A table that every world has is not there.
    #[error("`{place}` has no table `{table}`: expected a file `{table}.parquet` or `{table}.csv`")]
    MissingTable {
        /// The folder.
        place: String,
        /// Name of the table, without its ending.
        table: String,
    },
    /// A file that is not a table is not there.
    #[error("`{place}` has no file `{file}`{}", hint(.help))]
    MissingFile {
        /// The folder.
        place: String,
        /// The file that was looked for.
        file: String,
        /// What the file should hold; may be empty.
        help: String,
    },
    /// The same table as CSV and as Parquet: which one counts is not clear.
    #[error("`{place}` has both `{table}.parquet` and `{table}.csv`: remove one")]
    TableTwice {
        /// The folder.
        place: String,
        /// Name of the table, without its ending.
        table: String,
    },
    /// Not a Parquet file, or cut short.
    #[error("`{file}` is not a whole Parquet file: {reason}")]
    Parquet {
        /// The file.
        file: String,
        /// What the decoder said.
        reason: String,
    },
    /// A line that is not CSV.
    #[error("`{file}` is not readable as CSV: {reason}")]
    Csv {
        /// The file.
        file: String,
        /// What the reader said, with the line.
        reason: String,
    },
    /// A spreadsheet that could not be opened or has another layout.
    #[error("`{file}` is not a readable workbook: {reason}")]
    Workbook {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Columns other than the expected ones.
    #[error("`{file}` has the wrong header: expected the columns {expected}; found {found}")]
    Header {
        /// The file.
        file: String,
        /// The columns it must have.
        expected: String,
        /// The columns it has.
        found: String,
    },
    /// Cells that are wrong; all of one file together.
    #[error("`{file}` has {}{}", count(problems.len()), list(problems))]
    Table {
        /// The file.
        file: String,
        /// Every bad cell, in row order.
        problems: Vec<CellProblem>,
    },
    /// `world.toml` or a concordance that cannot be understood.
    #[error("`{file}`: {reason}")]
    Description {
        /// The file.
        file: String,
        /// What is wrong and what to write.
        reason: String,
    },
    /// Labels of an OECD table that fit no edition.
    #[error(
        "`{file}` fits no known ICIO edition (2021: `AUS_01T02` and rows VALU, OUTPUT; 2023: `AUS_A01_02` and rows TLS, VA, OUT; 2025: `AUS_A01`, `AUS_B05`): {seen}"
    )]
    UnknownEdition {
        /// The file.
        file: String,
        /// What the file has instead.
        seen: String,
    },
    /// A table whose rows and columns do not add up to its own totals.
    #[error(
        "`{file}` does not add up: {identity} is off by {relative:.2e} of the world total, most in {worst}; was the file cut or edited?"
    )]
    DoesNotAddUp {
        /// The file.
        file: String,
        /// The identity that fails.
        identity: String,
        /// Sum of absolute gaps over the total.
        relative: f64,
        /// The worst row or column.
        worst: String,
    },
    /// A world that does not ship and a folder that does not exist.
    #[error("`{asked}` is neither a world that ships nor a folder{}; shipped: {shipped}", did_you_mean(.nearest))]
    UnknownWorld {
        /// The name or path that was asked for.
        asked: String,
        /// The closest shipped name, if one is close.
        nearest: Option<String>,
        /// All shipped names.
        shipped: String,
    },
    /// A builder, table or elasticity set that does not exist.
    #[error("there is no {what} `{asked}`{}; known: {known}", did_you_mean(.nearest))]
    UnknownName {
        /// Kind of thing ("world to build").
        what: &'static str,
        /// The name that was asked for.
        asked: String,
        /// The closest name, if one is close.
        nearest: Option<String>,
        /// All names.
        known: String,
    },
    /// Saving would replace something.
    #[error("`{path}` exists{}", hint(.help))]
    Exists {
        /// The folder.
        path: String,
        /// Why it was not replaced.
        help: String,
    },
    /// No table with these column totals fits below the expenditure.
    #[error(
        "intermediate use of {region} cannot be balanced: {reason}. Its inputs must fit into what it buys while every sector keeps its total input cost"
    )]
    CannotBalance {
        /// Region code.
        region: String,
        /// What stands in the way.
        reason: String,
    },
    /// A material that does not fit into its parent.
    #[error("`{stage}` cannot be carved out: {cell} would become negative: {reason}")]
    CannotSplit {
        /// Code of the stage.
        stage: String,
        /// The cell of the parent.
        cell: String,
        /// What is wanted of it and what to change.
        reason: String,
    },
    /// Arrays or values that no world can have.
    #[error("the world `{world}` is not consistent: {reason}")]
    Inconsistent {
        /// Name of the world.
        world: String,
        /// What is wrong, with the cell.
        reason: String,
    },
}

/// One bad cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct CellProblem {
    /// Line of a CSV file, record of a Parquet file; 0 if the whole table is meant.
    pub row: usize,
    /// Name of the column; empty if the whole row is meant.
    pub column: String,
    /// What is wrong, and what to write.
    pub what: String,
}

impl fmt::Display for CellProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, self.column.as_str()) {
            (0, "") => write!(f, "{}", self.what),
            (0, column) => write!(f, "column `{column}`: {}", self.what),
            (row, "") => write!(f, "row {row}: {}", self.what),
            (row, column) => write!(f, "row {row}, column `{column}`: {}", self.what),
        }
    }
}

/// Problems shown before the rest is only counted.
const SHOWN: usize = 12;

fn count(problems: usize) -> String {
    if problems == 1 { "a problem".to_owned() } else { format!("{problems} problems") }
}

fn list(problems: &[CellProblem]) -> String {
    let mut text: String = problems.iter().take(SHOWN).map(|p| format!("\n  {p}")).collect();
    if problems.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", problems.len() - SHOWN));
    }
    text
}

fn hint(help: &str) -> String {
    if help.is_empty() { String::new() } else { format!(": {help}") }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// The known name that looks most like `asked`, if one is close.
pub(super) fn nearest_name(asked: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(asked, name), *name))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

impl WorldError {
    /// An I/O error with the path that it happened at.
    pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.display().to_string(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_cross_threads() {
        fn sendable<T: Send + Sync + 'static>() {}
        sendable::<WorldError>();
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let problems =
            (1..=14).map(|row| CellProblem { row, column: "theta".into(), what: "bad".into() }).collect();
        let text = WorldError::Table { file: "sectors.csv".into(), problems }.to_string();
        assert!(text.starts_with("`sectors.csv` has 14 problems\n  row 1, column `theta`: bad"));
        assert!(text.ends_with("\n  and 2 more"));
    }
}
