//! Rows of cases as Parquet, and the hash of a table.
//!
//! ```text
//! case, draw, FIELD …, run, scenario, reading, date, week, region, partner, sector, variable, unit, value
//! ```
//!
//! Rows stand by case, and within a case in the order in which they are computed: the same
//! rows give the same bytes. The hash is that of the values alone, so it does not depend on
//! how cases are put into parts.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use sha2::{Digest, Sha256};

use super::cases::{Case, Chunk};
use super::over::Over;
use super::plan::Plan;
use super::value::day;
use crate::results::Row;

/// Key of a part's metadata under which its cases without an answer stand.
const PROBLEMS: &str = "detente.problems";

/// Columns in front of the fields.
const FIRST: [&str; 2] = ["case", "draw"];

impl Chunk {
    /// The rows of the cases that have an answer, as one batch.
    ///
    /// # Errors
    /// [`ParquetError`] from the library of tables.
    pub fn to_batch(&self, over: &Over) -> Result<RecordBatch, ParquetError> {
        let rows: Vec<(&Case, &Row)> = self
            .cases
            .iter()
            .flat_map(|case| case.rows.iter().flatten().map(move |row| (case, row)))
            .collect();
        let text = |f: fn(&Row) -> &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(rows.iter().map(|(_, row)| f(row))))
        };
        let whole = |f: fn(&Case) -> usize| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|(case, _)| f(case) as u32)))
        };
        let dates = rows.iter().map(|(_, row)| row.date.map(|date| date.to_string()));
        let mut columns: Vec<(&str, ArrayRef)> =
            vec![("case", whole(|case| case.number)), ("draw", whole(|case| case.draw))];
        columns.extend(fields(over, rows.iter().map(|(case, _)| case.values.as_slice())));
        columns.extend([
            ("run", text(|row| &row.run)),
            ("scenario", text(|row| &row.scenario)),
            ("reading", text(|row| &row.reading)),
            ("date", Arc::new(dates.collect::<StringArray>()) as ArrayRef),
            ("week", Arc::new(rows.iter().map(|(_, row)| row.week).collect::<UInt32Array>())),
            ("region", text(|row| &row.region)),
            ("partner", text(|row| &row.partner)),
            ("sector", text(|row| &row.sector)),
            ("variable", text(|row| row.variable.name())),
            ("unit", text(|row| row.variable.unit())),
            ("value", Arc::new(Float64Array::from_iter_values(rows.iter().map(|(_, row)| row.value)))),
        ]);
        Ok(RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, column)| (name, column, true)),
        )?)
    }

    /// Cases without an answer, and why.
    pub fn problems(&self) -> Vec<(usize, String)> {
        let of = |case: &Case| Some((case.number, case.rows.as_ref().err()?.clone()));
        self.cases.iter().filter_map(of).collect()
    }

    /// The chunk as the bytes of its part.
    ///
    /// # Errors
    /// [`ParquetError`] from the encoder.
    pub fn to_parquet(&self, over: &Over) -> Result<Vec<u8>, ParquetError> {
        // Numbers and texts always serialise.
        let problems = serde_json::to_string(&self.problems()).unwrap_or_default();
        encoded(&self.to_batch(over)?, vec![KeyValue::new(PROBLEMS.to_owned(), problems)])
    }
}

/// Columns of the fields, from the values of each row.
fn fields<'a, 'v>(
    over: &'a Over,
    rows: impl Iterator<Item = &'v [f64]> + Clone,
) -> impl Iterator<Item = (&'a str, ArrayRef)> {
    over.fields.iter().enumerate().map(move |(place, field)| {
        let values = rows.clone().map(move |values| values[place]);
        let column: ArrayRef = match field.is_day() {
            true => Arc::new(StringArray::from_iter_values(values.map(|value| day(value).to_string()))),
            false => Arc::new(Float64Array::from_iter_values(values)),
        };
        (field.path.as_str(), column)
    })
}

/// All cases with the values of their fields, and why a case has no answer, as Parquet.
pub(super) fn cases_table(plan: &Plan, problems: &[(usize, String)]) -> Result<Vec<u8>, ParquetError> {
    let all = 0..plan.cases();
    let values: Vec<Vec<f64>> = all.clone().map(|case| plan.values(case)).collect();
    let whole = |f: &dyn Fn(usize) -> usize| -> ArrayRef {
        Arc::new(UInt32Array::from_iter_values(all.clone().map(|case| f(case) as u32)))
    };
    let mut problem: Vec<Option<&str>> = vec![None; plan.cases()];
    for (case, text) in problems {
        if let Some(place) = problem.get_mut(*case) {
            *place = Some(text);
        }
    }
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("case", whole(&|case| case)),
        ("combination", whole(&|case| plan.place(case).0)),
        ("draw", whole(&|case| plan.place(case).1)),
    ];
    columns.extend(fields(&plan.over, values.iter().map(Vec::as_slice)));
    columns.push(("problem", Arc::new(StringArray::from(problem))));
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )?;
    encoded(&batch, Vec::new())
}

fn encoded(batch: &RecordBatch, metadata: Vec<KeyValue>) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("detente ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(metadata))
        .set_column_dictionary_enabled("value".into(), false)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(bytes)
}

/// A part that was read again.
pub(super) struct Part {
    /// Its rows.
    pub batches: Vec<RecordBatch>,
    /// Its cases without an answer, and why.
    pub problems: Vec<(usize, String)>,
}

/// Reads the bytes of a part.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<Part, ParquetError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes))?;
    let metadata = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let problems = metadata.into_iter().find(|entry| entry.key == PROBLEMS).and_then(|entry| entry.value);
    let problems = serde_json::from_str(&problems.unwrap_or_default())
        .map_err(|e| ParquetError::General(format!("no list of cases without an answer: {e}")))?;
    Ok(Part { batches: reader.build()?.collect::<Result<_, _>>()?, problems })
}

/// A hash of rows, whatever the batches that they come in.
#[derive(Default)]
pub(super) struct TableHash {
    digest: Sha256,
    /// Rows so far.
    pub rows: usize,
}

impl TableHash {
    /// Counts in the rows of a batch: in each the columns in order, text ended by a zero,
    /// numbers as 8 or 4 bytes, least first, with a mark before what may be absent.
    pub fn update(&mut self, batch: &RecordBatch) {
        let columns: Vec<Cells<'_>> = batch.columns().iter().map(Cells::of).collect();
        for row in 0..batch.num_rows() {
            columns.iter().for_each(|column| column.write(row, &mut self.digest));
        }
        self.rows += batch.num_rows();
    }

    /// The hash in hexadecimal.
    pub fn finish(self) -> String {
        self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A column, by what is in it.
enum Cells<'a> {
    Text(&'a StringArray),
    Whole(&'a UInt32Array),
    Number(&'a Float64Array),
    Other,
}

impl<'a> Cells<'a> {
    fn of(column: &'a ArrayRef) -> Self {
        match column.data_type() {
            DataType::Utf8 => Self::Text(column.as_string::<i32>()),
            DataType::UInt32 => Self::Whole(column.as_primitive::<UInt32Type>()),
            DataType::Float64 => Self::Number(column.as_primitive::<Float64Type>()),
            _ => Self::Other,
        }
    }

    fn write(&self, row: usize, digest: &mut Sha256) {
        match self {
            Self::Text(cells) if cells.is_valid(row) => {
                digest.update([1]);
                digest.update(cells.value(row));
                digest.update([0]);
            }
            Self::Whole(cells) if cells.is_valid(row) => {
                digest.update([1]);
                digest.update(cells.value(row).to_le_bytes());
            }
            Self::Number(cells) if cells.is_valid(row) => {
                digest.update([1]);
                digest.update(cells.value(row).to_le_bytes());
            }
            _ => digest.update([0]),
        }
    }
}

/// The columns of a sweep's table.
pub fn columns(over: &Over) -> Vec<String> {
    let last = crate::results::write::COLUMNS.iter().filter(|name| !["low", "high"].contains(name));
    let fields = over.fields.iter().map(|field| field.path.as_str());
    FIRST.into_iter().chain(fields).chain(last.copied()).map(str::to_owned).collect()
}
