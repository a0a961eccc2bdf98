//! The long table as CSV and Parquet.
//!
//! Numbers are written with the fewest digits that read back to the same bits.
//! A file appears under its name only when it is complete: it is written to a
//! temporary name in the same folder and then renamed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::json;

use super::{Results, Row};

/// Columns of the long table, in order.
pub const COLUMNS: [&str; 13] = [
    "run", "scenario", "reading", "date", "week", "region", "partner", "sector", "variable", "unit", "value",
    "low", "high",
];

/// How the temporary names of files begin.
pub const TEMPORARY: &str = ".detente-";

/// A file that could not be written. Nothing was left behind.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {reason}; nothing was left behind", path.display())]
pub struct WriteError {
    /// The file that was to be.
    pub path: PathBuf,
    /// What the system said.
    pub reason: String,
}

impl WriteError {
    fn new(path: &Path, reason: std::io::Error) -> Self {
        Self { path: path.to_owned(), reason: innermost(&reason) }
    }
}

/// What the system said, without the temporary name that wraps it.
fn innermost(error: &std::io::Error) -> String {
    let mut said: &dyn std::error::Error = error;
    while let Some(source) = said.source() {
        said = source;
    }
    said.to_string()
}

/// Files that appear together or not at all: all are written under temporary
/// names first, then renamed.
pub struct Files {
    folder: PathBuf,
    made_folder: bool,
    complete: Vec<(tempfile::NamedTempFile, PathBuf)>,
}

impl Files {
    /// Files for a folder, which is made if it is missing.
    ///
    /// # Errors
    /// [`WriteError`] if the folder cannot be made.
    pub fn new(folder: &Path) -> Result<Self, WriteError> {
        let made_folder = !folder.exists();
        std::fs::create_dir_all(folder).map_err(|e| WriteError::new(folder, e))?;
        Ok(Self { folder: folder.to_owned(), made_folder, complete: Vec::new() })
    }

    /// Writes one file under a temporary name.
    ///
    /// # Errors
    /// [`WriteError`] if the disk is full or refuses.
    pub fn add(&mut self, name: &str, contents: &[u8]) -> Result<(), WriteError> {
        let path = self.folder.join(name);
        match temporary(&self.folder, contents) {
            Ok(file) => {
                self.complete.push((file, path));
                Ok(())
            }
            Err(e) => {
                self.complete.clear();
                if self.made_folder {
                    // Only an empty folder goes; a failure here changes nothing for the user.
                    let _ = std::fs::remove_dir(&self.folder);
                }
                Err(WriteError::new(&path, e))
            }
        }
    }

    /// Gives every file its name.
    ///
    /// # Errors
    /// [`WriteError`], before any file has its name, if one of the names belongs
    /// to a folder; or if the system refuses a rename.
    pub fn publish(self) -> Result<(), WriteError> {
        for (_, path) in &self.complete {
            if path.is_dir() {
                return Err(WriteError::new(path, std::io::Error::other("a folder has this name")));
            }
        }
        for (file, path) in self.complete {
            publish(file, &path)?;
        }
        Ok(())
    }
}

fn publish(file: tempfile::NamedTempFile, path: &Path) -> Result<(), WriteError> {
    file.persist(path).map(|_| ()).map_err(|e| WriteError::new(path, e.error))
}

/// Writes one file: to a temporary name beside it, then renamed. What is not
/// an ordinary file (a terminal, a pipe, a device) is written to as it is.
///
/// # Errors
/// [`WriteError`]; nothing is left behind, an older file of that name stays.
pub fn file(path: &Path, contents: &[u8]) -> Result<(), WriteError> {
    if std::fs::metadata(path).is_ok_and(|existing| !existing.is_file()) {
        let open = std::fs::OpenOptions::new().write(true).open(path);
        return open.and_then(|mut file| file.write_all(contents)).map_err(|e| WriteError::new(path, e));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let written = temporary(folder, contents).map_err(|e| WriteError::new(path, e))?;
    publish(written, path)?;
    // So that the new name, too, outlives a loss of power; not every system lets a folder be opened.
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A complete file under a temporary name; it disappears unless it is published.
fn temporary(folder: &Path, contents: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private by default; results are as readable as the user's umask lets files be.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    Ok(file)
}

impl Results {
    /// The table as CSV.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and all records have the header's length.
        let _ = writer.write_record(COLUMNS);
        for row in &self.rows {
            let _ = writer.write_record(fields(row));
        }
        writer.into_inner().unwrap_or_default()
    }

    /// The table as JSON, an object a row.
    pub fn to_json(&self) -> String {
        let object = |row: &Row| {
            json!({
                "run": &*row.run, "scenario": &*row.scenario, "reading": &*row.reading,
                "date": row.date.map(|d| d.to_string()), "week": row.week,
                "region": &*row.region, "partner": &*row.partner, "sector": &*row.sector,
                "variable": row.variable.name(), "unit": row.variable.unit(),
                "value": row.value, "low": row.low, "high": row.high,
            })
        };
        let rows: Vec<_> = self.rows.iter().map(object).collect();
        // Strings and finite numbers always serialise.
        serde_json::to_string_pretty(&rows).unwrap_or_default()
    }

    /// The table as one batch of columns.
    ///
    /// # Errors
    /// [`ArrowError`] from the library of tables.
    pub fn to_batch(&self) -> Result<RecordBatch, ArrowError> {
        let text = |f: fn(&Row) -> &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(self.rows.iter().map(f)))
        };
        let number = |f: fn(&Row) -> Option<f64>| -> ArrayRef {
            Arc::new(self.rows.iter().map(f).collect::<Float64Array>())
        };
        let dates = self.rows.iter().map(|row| row.date.map(|d| d.to_string()));
        let columns: [ArrayRef; 13] = [
            text(|row| &row.run),
            text(|row| &row.scenario),
            text(|row| &row.reading),
            Arc::new(dates.collect::<StringArray>()),
            Arc::new(self.rows.iter().map(|row| row.week).collect::<UInt32Array>()),
            text(|row| &row.region),
            text(|row| &row.partner),
            text(|row| &row.sector),
            text(|row| row.variable.name()),
            text(|row| row.variable.unit()),
            number(|row| Some(row.value)),
            number(|row| row.low),
            number(|row| row.high),
        ];
        RecordBatch::try_from_iter_with_nullable(
            COLUMNS.iter().zip(columns).map(|(name, column)| (*name, column, true)),
        )
    }

    /// The table as zstd-compressed Parquet.
    ///
    /// # Errors
    /// [`parquet::errors::ParquetError`] from the encoder.
    pub fn to_parquet(&self) -> Result<Vec<u8>, parquet::errors::ParquetError> {
        let batch = self.to_batch()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("detente ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(bytes)
    }
}

fn fields(row: &Row) -> [String; 13] {
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    [
        row.run.to_string(),
        row.scenario.to_string(),
        row.reading.to_string(),
        row.date.map(|d| d.to_string()).unwrap_or_default(),
        row.week.map(|w| w.to_string()).unwrap_or_default(),
        row.region.to_string(),
        row.partner.to_string(),
        row.sector.to_string(),
        row.variable.name().to_owned(),
        row.variable.unit().to_owned(),
        number(Some(row.value)),
        number(row.low),
        number(row.high),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_replaces_an_older_one_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        file(&path, b"old").unwrap();
        file(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// The device that is always full.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let path = Path::new("/dev/full");
        let error = file(path, b"x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot write /dev/full: No space left on device (os error 28); nothing was left behind"
        );
        assert!(!std::fs::metadata(path).unwrap().is_file());
    }

    #[test]
    fn a_folder_in_the_place_of_one_file_stops_all() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b.csv")).unwrap();
        let mut files = Files::new(folder.path()).unwrap();
        files.add("a.csv", b"a").unwrap();
        files.add("b.csv", b"b").unwrap();
        let error = files.publish().unwrap_err();
        assert!(error.to_string().ends_with("a folder has this name; nothing was left behind"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn files_that_cannot_all_be_written_leave_no_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        let mut files = Files::new(&folder).unwrap();
        files.add("a.csv", b"a").unwrap();
        // A name with a folder that does not exist stands for a disk that refuses.
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(files.add("b.csv", b"b").is_err());
        assert!(!folder.exists());
    }
}
