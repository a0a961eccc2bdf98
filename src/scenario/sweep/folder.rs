//! The folder of a sweep: parts that are whole or not there.
//!
//! ```text
//! sweep.json                          what is asked; when all is there, the hash of the table
//! part-00000-<16 hex digits>.parquet  the rows of chunk 0
//! cases.parquet                       every case, its values, and why it has no answer; at the end
//! ```
//!
//! The digits are the beginning of `SHA-256(fingerprint of the question ‖ bytes of the part)`.
//! A part is written under a temporary name, brought to the disk, and renamed: whoever is
//! killed leaves parts that are whole, and one temporary file at most. A file whose bytes do
//! not give its name is no part of this sweep, however it came to be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{Array, RecordBatch};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::SweepError;
use super::cases::Chunk;
use super::plan::Plan;
use super::record::{Record, WholeTable};
use super::table::{TableHash, cases_table, decoded};
use crate::results::Variable;
use crate::results::write::{self, TEMPORARY};
use crate::scenario::draws::interval;

/// Name of the file with the record.
const RECORD: &str = "sweep.json";
/// Digits of the hash in the name of a part.
const DIGITS: usize = 16;

/// A folder with some of the parts of a sweep.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    record: Record,
    fingerprint: String,
    /// Names of the parts that are there, by chunk.
    parts: BTreeMap<usize, String>,
    /// Parts that were not whole, and are gone.
    dropped: Vec<String>,
    /// Held as long as this process works in the folder.
    _lock: File,
}

/// A sweep of which everything is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// What the folder says of itself.
    pub record: Record,
    /// Cases without an answer, and why.
    pub problems: Vec<(usize, String)>,
    /// What the draws say of the actors.
    pub quantiles: Vec<Quantiles>,
}

/// One number of an actor over the draws of a combination that have an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    /// What it is of.
    pub of: Of,
    /// 5 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile.
    pub high: f64,
}

/// What a number of the summary is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Of {
    /// [`Variable::WelfareExact`] or [`Variable::ValueAddedLost`].
    pub variable: Variable,
    /// The combination of the grids.
    pub combination: usize,
    /// The reading.
    pub reading: String,
    /// The actor.
    pub region: String,
    /// The phase.
    pub run: String,
    /// Up to which week.
    pub week: Option<u32>,
}

impl Folder {
    /// A new folder, or an empty one.
    ///
    /// # Errors
    /// [`SweepError::Folder`] if there is something in it, [`SweepError::Write`].
    pub fn begin(path: &Path, plan: &Plan) -> Result<Self, SweepError> {
        let shown = path.display();
        if !entries(path)?.is_empty() {
            return Err(SweepError::Folder(format!(
                "the folder {shown} is not empty: write --resume if it is of this sweep, or name another"
            )));
        }
        std::fs::create_dir_all(path)
            .map_err(|e| SweepError::Folder(format!("the folder {shown} cannot be made: {e}")))?;
        let record = plan.record();
        write::file(&path.join(RECORD), record.to_json().as_bytes())?;
        Self::locked(path, record)
    }

    /// A folder that a sweep was begun in; one that is empty or missing is begun. What is
    /// there of temporary files, and of parts that are not whole, goes.
    ///
    /// # Errors
    /// [`SweepError::Folder`] if it is of another sweep: with everything that differs.
    pub fn resume(path: &Path, plan: &Plan) -> Result<Self, SweepError> {
        let shown = path.display();
        let names = entries(path)?;
        let clear = || {
            for name in names.iter().filter(|name| name.starts_with(TEMPORARY)) {
                // One that cannot be removed does no harm: nobody reads it.
                let _ = std::fs::remove_file(path.join(name));
            }
        };
        if names.iter().all(|name| name.starts_with(TEMPORARY)) {
            clear();
            return Self::begin(path, plan);
        }
        let text = std::fs::read_to_string(path.join(RECORD)).map_err(|e| {
            SweepError::Folder(format!("the folder {shown} is not of a sweep: {RECORD} cannot be read: {e}"))
        })?;
        let known: Record = serde_json::from_str(&text).map_err(|e| {
            SweepError::Folder(format!("the folder {shown} is not of a sweep: {RECORD}, {e}"))
        })?;
        let differences = known.differences(&plan.record());
        if !differences.is_empty() {
            return Err(SweepError::Folder(format!(
                "the folder {shown} is of another sweep:\n  {}",
                differences.join("\n  ")
            )));
        }
        let mut folder = Self::locked(path, known)?;
        // It is of this sweep, and nobody else is in it.
        clear();
        let check = |name: &String| {
            let number = number_of(name)?;
            let whole =
                std::fs::read(path.join(name)).is_ok_and(|bytes| folder.name(number, &bytes) == *name);
            Some((number, name.clone(), whole && number < plan.chunks()))
        };
        let found: Vec<_> = names.par_iter().filter_map(check).collect();
        for (number, name, whole) in found {
            match whole {
                true => {
                    folder.parts.insert(number, name);
                }
                false => {
                    std::fs::remove_file(path.join(&name)).map_err(|e| {
                        SweepError::Folder(format!("{name} is not whole and cannot be removed: {e}"))
                    })?;
                    folder.dropped.push(name);
                }
            }
        }
        Ok(folder)
    }

    fn locked(path: &Path, record: Record) -> Result<Self, SweepError> {
        let lock = File::open(path.join(RECORD))
            .map_err(|e| SweepError::Folder(format!("{RECORD} cannot be opened: {e}")))?;
        // A system without locks lets two in, who then write the same parts.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            let shown = path.display();
            return Err(SweepError::Folder(format!("another process is at work in the folder {shown}")));
        }
        let fingerprint = record.fingerprint();
        let path = path.to_owned();
        Ok(Self { path, record, fingerprint, parts: BTreeMap::new(), dropped: Vec::new(), _lock: lock })
    }

    /// Numbers of the chunks that are not there, in order.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.record.parts).filter(|number| !self.parts.contains_key(number)).collect()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Paths of the parts that are there, by chunk.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.parts.values().map(|name| self.path.join(name))
    }

    /// Names of the parts that were not whole, and are computed again.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// Writes the part of a chunk.
    ///
    /// # Errors
    /// [`SweepError::Write`].
    pub fn keep(&mut self, plan: &Plan, chunk: &Chunk) -> Result<(), SweepError> {
        self.write(chunk.number, &chunk.to_parquet(&plan.over).map_err(table)?)
    }

    /// Writes the part of a chunk that was computed elsewhere. One that is there already
    /// must be the same to the bit.
    ///
    /// # Errors
    /// [`SweepError::Write`]; [`SweepError::Folder`] for bytes that are no part, or one with other
    /// cases than the chunk's, and for another part of that number.
    pub fn keep_bytes(&mut self, plan: &Plan, number: usize, bytes: &[u8]) -> Result<(), SweepError> {
        let refused = |why: String| SweepError::Folder(format!("this is no part of chunk {number}: {why}"));
        let part = decoded(bytes.to_vec()).map_err(|e| refused(e.to_string()))?;
        let cases = plan.cases_of(number);
        let in_batches =
            part.batches.iter().filter_map(|batch| batch.column_by_name("case")).flat_map(|column| {
                column
                    .as_primitive_opt::<UInt32Type>()
                    .into_iter()
                    .flat_map(|cases| cases.values().iter().copied())
            });
        let found: BTreeSet<usize> =
            in_batches.map(|case| case as usize).chain(part.problems.iter().map(|(case, _)| *case)).collect();
        match found.iter().find(|case| !cases.contains(case)) {
            Some(other) => Err(refused(format!("case {other} is none of it"))),
            None => self.write(number, bytes),
        }
    }

    fn write(&mut self, number: usize, bytes: &[u8]) -> Result<(), SweepError> {
        let name = self.name(number, bytes);
        if number >= self.record.parts {
            return Err(SweepError::Folder(format!("{name} is no part of this sweep")));
        }
        match self.parts.get(&number) {
            Some(known) if *known == name => return Ok(()),
            Some(known) => {
                return Err(SweepError::Folder(format!(
                    "{name} is not the part that is there, {known}: two processes computed other numbers; with \
                     `reproducible` every processor gives the same"
                )));
            }
            None => {}
        }
        write::file(&self.path.join(&name), bytes)?;
        self.parts.insert(number, name);
        Ok(())
    }

    /// Reads all parts, writes the table of cases, and says in the record that all is there.
    ///
    /// # Errors
    /// [`SweepError`].
    pub fn finish(&mut self, plan: &Plan) -> Result<Finished, SweepError> {
        let mut problems = Vec::new();
        let mut hash = TableHash::default();
        let mut numbers = BTreeMap::new();
        for name in self.parts.values() {
            let bytes = std::fs::read(self.path.join(name))
                .map_err(|e| SweepError::Folder(format!("{name} cannot be read: {e}")))?;
            let part = decoded(bytes).map_err(table)?;
            for batch in &part.batches {
                hash.update(batch);
                collect(plan, batch, &mut numbers);
            }
            problems.extend(part.problems);
        }
        let rows = hash.rows;
        let whole = WholeTable { sha256: hash.finish(), rows, failed: problems.len() };
        if self.record.table.as_ref().is_some_and(|known| *known != whole) {
            let shown = self.path.display();
            return Err(SweepError::Folder(format!("{shown}: the table is not the one of {RECORD}")));
        }
        let cases = cases_table(plan, &problems).map_err(table)?;
        write::file(&self.path.join("cases.parquet"), &cases)?;
        self.record.table = Some(whole);
        write::file(&self.path.join(RECORD), self.record.to_json().as_bytes())?;
        let quantiles = numbers.into_iter().map(|(of, values)| Quantiles::of(of, values)).collect();
        Ok(Finished { record: self.record.clone(), problems, quantiles })
    }

    /// The name of a part with these bytes.
    fn name(&self, number: usize, bytes: &[u8]) -> String {
        let digest = Sha256::new().chain_update(&self.fingerprint).chain_update(bytes).finalize();
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("part-{number:05}-{}.parquet", &hash[..DIGITS])
    }
}

impl Quantiles {
    /// Of one value or more.
    fn of(of: Of, mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = match values.len() % 2 {
            0 => 0.5 * (values[middle - 1] + values[middle]),
            _ => values[middle],
        };
        let (low, high) = interval(values);
        Self { of, low, median, high }
    }
}

/// The number of a part by its name: of exactly this form, with as many digits as it needs.
fn number_of(name: &str) -> Option<usize> {
    let (number, hash) = name.strip_prefix("part-")?.strip_suffix(".parquet")?.split_once('-')?;
    let digits = number.len() >= 5 && number.bytes().all(|digit| digit.is_ascii_digit());
    let hash = hash.len() == DIGITS && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    if digits && hash { number.parse().ok() } else { None }
}

/// Names in a folder, sorted; none if it is not there.
fn entries(path: &Path) -> Result<Vec<String>, SweepError> {
    let failed = |e| SweepError::Folder(format!("the folder {} cannot be read: {e}", path.display()));
    let mut names = Vec::new();
    match std::fs::read_dir(path) {
        Ok(entries) => {
            for entry in entries {
                names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(failed(e)),
    }
    names.sort();
    Ok(names)
}

fn table(e: parquet::errors::ParquetError) -> SweepError {
    SweepError::Folder(format!("the table cannot be written or read: {e}"))
}

/// Collects what the summary tells of the actors.
fn collect(plan: &Plan, batch: &RecordBatch, numbers: &mut BTreeMap<Of, Vec<f64>>) {
    let text = |name: &str| batch.column_by_name(name).map(|column| column.as_string::<i32>());
    let whole = |name: &str| batch.column_by_name(name).map(|column| column.as_primitive::<UInt32Type>());
    let values = batch.column_by_name("value").map(|column| column.as_primitive::<Float64Type>());
    let (Some(case), Some(week), Some(values)) = (whole("case"), whole("week"), values) else { return };
    let (Some(region), Some(run), Some(reading)) = (text("region"), text("run"), text("reading")) else {
        return;
    };
    let (Some(variable), Some(partner)) = (text("variable"), text("partner")) else { return };
    let told = [Variable::WelfareExact, Variable::ValueAddedLost];
    for row in 0..batch.num_rows() {
        let Some(variable) = told.iter().find(|told| told.name() == variable.value(row)) else { continue };
        let is_actor = plan.base.scenario.actors.iter().any(|actor| actor == region.value(row));
        if !is_actor || !partner.value(row).is_empty() {
            continue;
        }
        let of = Of {
            variable: *variable,
            combination: plan.place(case.value(row) as usize).0,
            reading: reading.value(row).to_owned(),
            region: region.value(row).to_owned(),
            run: run.value(row).to_owned(),
            week: week.is_valid(row).then(|| week.value(row)),
        };
        numbers.entry(of).or_default().push(values.value(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts() {
        assert_eq!(number_of("part-00012-0123456789abcdef.parquet"), Some(12));
        assert_eq!(number_of("part-123456-0123456789abcdef.parquet"), Some(123_456));
        for name in [
            "part-12-0123456789abcdef.parquet",
            "part-00012.parquet",
            "part-00012-0123456789abcdeg.parquet",
            "part-00012-0123456789abcdef.parquet.bak",
            "part-+0012-0123456789abcdef.parquet",
        ] {
            assert_eq!(number_of(name), None, "{name}");
        }
    }

    #[test]
    fn quantiles_of_one_and_of_many() {
        let of = || Of {
            variable: Variable::WelfareExact,
            combination: 0,
            reading: String::new(),
            region: "USA".into(),
            run: "truce".into(),
            week: None,
        };
        let one = Quantiles::of(of(), vec![2.0]);
        assert_eq!((one.low, one.median, one.high), (2.0, 2.0, 2.0));
        let many = Quantiles::of(of(), (0..=100).rev().map(f64::from).collect());
        assert_eq!((many.low, many.median, many.high), (5.0, 50.0, 95.0));
    }
}
