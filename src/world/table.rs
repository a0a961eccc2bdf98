//! One table of a world, as CSV or Parquet, with typed columns.
//!
//! Text columns are dictionaries: the distinct values once, and a key a row,
//! so that a code is looked up once and not once a row. Numbers are `f64`
//! whatever the file holds. Everything that reads or writes a table of the
//! project goes through here.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch};
use arrow_array::{RecordBatchReader, StringArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::error::{CellProblem, WorldError};

/// Text of a column: the distinct values, and for each row the position of its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text {
    /// Distinct values, in order of first appearance or of the file's dictionary.
    pub(crate) values: Vec<String>,
    /// Position in `values`, `[row]`.
    pub(crate) keys: Vec<u32>,
}

impl Text {
    /// The text of a row.
    pub(crate) fn get(&self, row: usize) -> &str {
        &self.values[self.keys[row] as usize]
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    /// Codes or names.
    Text(Text),
    /// Values.
    Number(Vec<f64>),
}

/// The columns that a table may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout<'a> {
    /// Text columns that must be there.
    pub(crate) text: &'a [&'a str],
    /// Number columns that must be there.
    pub(crate) number: &'a [&'a str],
    /// Text columns that may be there.
    pub(crate) optional_text: &'a [&'a str],
    /// Number columns that may be there; `theta_*` stands for any ending.
    pub(crate) optional_number: &'a [&'a str],
}

impl Layout<'_> {
    fn kind(&self, column: &str) -> Option<Kind> {
        let is = |list: &[&str]| {
            list.iter().any(|name| match name.strip_suffix('*') {
                Some(stem) => column.len() > stem.len() && column.starts_with(stem),
                None => *name == column,
            })
        };
        if is(self.text) || is(self.optional_text) {
            Some(Kind::Text)
        } else if is(self.number) || is(self.optional_number) {
            Some(Kind::Number)
        } else {
            None
        }
    }

    /// Checks the names of the columns.
    fn check(&self, file: &str, found: &[String]) -> Result<Vec<Kind>, WorldError> {
        let kinds: Vec<Option<Kind>> = found.iter().map(|name| self.kind(name)).collect();
        let unique: HashSet<&String> = found.iter().collect();
        let complete =
            self.text.iter().chain(self.number).all(|name| found.iter().any(|column| column == name));
        match kinds.into_iter().collect::<Option<Vec<Kind>>>() {
            Some(kinds) if complete && unique.len() == found.len() => Ok(kinds),
            _ => Err(WorldError::Header {
                file: file.to_owned(),
                expected: self.describe(),
                found: quoted(found.iter().map(String::as_str)),
            }),
        }
    }

    fn describe(&self) -> String {
        let mut text = quoted(self.text.iter().chain(self.number).copied());
        let optional: Vec<&str> = self.optional_text.iter().chain(self.optional_number).copied().collect();
        if !optional.is_empty() {
            text.push_str(&format!(" and, if wanted, {}", quoted(optional.into_iter())));
        }
        text
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let list: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if list.is_empty() { "none".to_owned() } else { list.join(", ") }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Text,
    Number,
}

/// A table in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    file: String,
    first_row: usize,
    rows: usize,
    columns: Vec<(String, Column)>,
}

impl Table {
    /// Reads a table; the file's ending says whether it is CSV or Parquet.
    ///
    /// # Errors
    /// A damaged file, another header than `layout`, cells that are not numbers.
    pub(crate) fn read(file: &str, bytes: Bytes, layout: &Layout<'_>) -> Result<Self, WorldError> {
        if file.ends_with(".parquet") {
            read_parquet(file, bytes, layout)
        } else {
            read_csv(file, &bytes, layout)
        }
    }

    /// A table to be written.
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), first_row: 1, rows: 0, columns: Vec::new() }
    }

    /// Adds a column of codes, given as positions in `values`.
    #[must_use]
    pub fn with_codes(mut self, name: &str, values: &[String], keys: Vec<u32>) -> Self {
        self.rows = keys.len();
        self.columns.push((name.into(), Column::Text(Text { values: values.to_vec(), keys })));
        self
    }

    /// Adds a column of texts, one a row.
    #[must_use]
    pub fn with_texts(self, name: &str, values: &[String]) -> Self {
        let mut intern = Interner::default();
        for value in values {
            intern.push(value);
        }
        let Text { values, keys } = intern.text;
        self.with_codes(name, &values, keys)
    }

    /// Adds a column of numbers.
    #[must_use]
    pub fn with_numbers(mut self, name: &str, numbers: Vec<f64>) -> Self {
        self.rows = numbers.len();
        self.columns.push((name.into(), Column::Number(numbers)));
        self
    }

    /// The file the table was read from.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// What a reader calls the row at `index`.
    pub(crate) fn row_number(&self, index: usize) -> usize {
        index + self.first_row
    }

    /// Names of all columns, in order.
    pub(crate) fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// A text column, if it is there.
    pub(crate) fn text(&self, name: &str) -> Option<&Text> {
        self.columns.iter().find(|(n, _)| n == name).and_then(|(_, column)| match column {
            Column::Text(text) => Some(text),
            Column::Number(_) => None,
        })
    }

    /// A number column, if it is there.
    pub(crate) fn number(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(n, _)| n == name).and_then(|(_, column)| match column {
            Column::Number(numbers) => Some(numbers.as_slice()),
            Column::Text(_) => None,
        })
    }

    /// Encodes the table as zstd Parquet. The same table gives the same bytes.
    ///
    /// Number columns with few distinct values are dictionaries, the others
    /// byte-stream-split, which compresses best.
    ///
    /// # Errors
    /// [`WorldError::Parquet`] if the encoder fails.
    pub fn to_parquet(&self) -> Result<Vec<u8>, WorldError> {
        let failed = |e: &dyn std::fmt::Display| WorldError::Parquet {
            file: self.file.clone(),
            reason: e.to_string(),
        };
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(19).map_err(|e| failed(&e))?))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_max_row_group_row_count(Some(1 << 24))
            .set_data_page_row_count_limit(1 << 20);
        for (name, column) in &self.columns {
            match column {
                Column::Text(text) => {
                    let keys = Int32Array::from_iter_values(text.keys.iter().map(|k| *k as i32));
                    let values = Arc::new(StringArray::from_iter_values(&text.values));
                    let array =
                        DictionaryArray::<Int32Type>::try_new(keys, values).map_err(|e| failed(&e))?;
                    fields.push(Field::new(name, array.data_type().clone(), false));
                    arrays.push(Arc::new(array));
                }
                Column::Number(numbers) => {
                    let distinct: HashSet<u64> = numbers.iter().map(|x| x.to_bits()).collect();
                    if distinct.len() * 8 > numbers.len() {
                        let path = ColumnPath::from(name.as_str());
                        properties = properties
                            .set_column_dictionary_enabled(path.clone(), false)
                            .set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT);
                    }
                    fields.push(Field::new(name, DataType::Float64, false));
                    arrays.push(Arc::new(Float64Array::from(numbers.clone())));
                }
            }
        }
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| failed(&e))?;
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.build()))
            .map_err(|e| failed(&e))?;
        writer.write(&batch).map_err(|e| failed(&e))?;
        writer.into_inner().map_err(|e| failed(&e))
    }
}

#[derive(Default)]
struct Interner {
    text: Text,
    position: HashMap<String, u32>,
}

impl Interner {
    fn key(&mut self, value: &str) -> u32 {
        match self.position.get(value) {
            Some(key) => *key,
            None => {
                let key = self.text.values.len() as u32;
                self.position.insert(value.to_owned(), key);
                self.text.values.push(value.to_owned());
                key
            }
        }
    }

    fn push(&mut self, value: &str) {
        let key = self.key(value);
        self.text.keys.push(key);
    }
}

/// The columns of a table that was read, each by its kind.
fn columns(
    header: Vec<String>,
    kinds: Vec<Kind>,
    texts: Vec<Interner>,
    numbers: Vec<Vec<f64>>,
) -> Vec<(String, Column)> {
    header
        .into_iter()
        .zip(kinds)
        .zip(texts.into_iter().zip(numbers))
        .map(|((name, kind), (text, number))| match kind {
            Kind::Text => (name, Column::Text(text.text)),
            Kind::Number => (name, Column::Number(number)),
        })
        .collect()
}

fn read_csv(file: &str, bytes: &[u8], layout: &Layout<'_>) -> Result<Table, WorldError> {
    let broken = |e: csv::Error| WorldError::Csv { file: file.to_owned(), reason: e.to_string() };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(str::to_owned).collect();
    let kinds = layout.check(file, &header)?;
    let mut texts: Vec<Interner> = header.iter().map(|_| Interner::default()).collect();
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); header.len()];
    let mut problems = Vec::new();
    let mut rows = 0;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        for (position, kind) in kinds.iter().enumerate() {
            let cell = record.get(position).unwrap_or_default();
            match kind {
                Kind::Text => texts[position].push(cell),
                Kind::Number => {
                    let value = cell.parse::<f64>().ok().filter(|x| x.is_finite());
                    if value.is_none() {
                        problems.push(CellProblem {
                            row: rows + 2,
                            column: header[position].clone(),
                            what: format!("`{cell}` is not a number"),
                        });
                    }
                    numbers[position].push(value.unwrap_or_default());
                }
            }
        }
        rows += 1;
    }
    if !problems.is_empty() {
        return Err(WorldError::Table { file: file.to_owned(), problems });
    }
    let columns = columns(header, kinds, texts, numbers);
    Ok(Table { file: file.to_owned(), first_row: 2, rows, columns })
}

/// Text is asked for as a dictionary, so that a code is decoded once a page.
fn dictionary_schema(schema: &Schema) -> Schema {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => {
                Field::new(field.name(), dictionary.clone(), field.is_nullable())
            }
            _ => field.as_ref().clone(),
        })
        .collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

/// Reads a Parquet file, whatever its bytes.
///
/// The decoder is a third party's, and on damaged bytes it may panic (slices
/// and casts of lengths that the file states). [`plausible`] refuses first what
/// the footer gives away; what is left is caught here, so that a damaged file is
/// an error and never the end of the program.
fn read_parquet(file: &str, bytes: Bytes, layout: &Layout<'_>) -> Result<Table, WorldError> {
    DECODING.set(true);
    let table = std::panic::catch_unwind(|| decode_parquet(file, bytes, layout));
    DECODING.set(false);
    table.unwrap_or_else(|_| {
        Err(WorldError::Parquet {
            file: file.to_owned(),
            reason: "the decoder gave up on damaged bytes".into(),
        })
    })
}

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// True while this thread decodes a file: a panic is then about the file, and
/// will be an error, not a bug to report.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// The number of rows, if the footer agrees with itself and with the file's length.
fn plausible(footer: &ParquetMetaData, length: usize) -> Result<usize, String> {
    let declared = footer.file_metadata().num_rows();
    let mut found: i64 = 0;
    for group in footer.row_groups() {
        let rows = group.num_rows();
        found = found
            .checked_add(rows)
            .filter(|_| rows >= 0)
            .ok_or_else(|| format!("a group of rows declares {rows} rows"))?;
        for chunk in group.columns() {
            let name = chunk.column_descr().name();
            if chunk.column_descr().max_rep_level() == 0 && chunk.num_values() != rows {
                return Err(format!("`{name}` declares {} values in {rows} rows", chunk.num_values()));
            }
            let (pages, size) = (chunk.data_page_offset(), chunk.compressed_size());
            let start = chunk.dictionary_page_offset().unwrap_or(pages);
            let end = start.checked_add(size).filter(|_| start >= 0 && size >= 0 && pages >= start);
            if end.and_then(|end| usize::try_from(end).ok()).is_none_or(|end| end > length) {
                return Err(format!("`{name}` is said to lie outside the file"));
            }
        }
    }
    if declared != found {
        return Err(format!("it declares {declared} rows, its parts {found}"));
    }
    usize::try_from(found).map_err(|e| e.to_string())
}

fn decode_parquet(file: &str, bytes: Bytes, layout: &Layout<'_>) -> Result<Table, WorldError> {
    let broken =
        |e: &dyn std::fmt::Display| WorldError::Parquet { file: file.to_owned(), reason: e.to_string() };
    // The Arrow schema that a writer may leave beside the Parquet schema says nothing more, and can be damaged.
    let options = || ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let plain = ArrowReaderMetadata::load(&bytes, options()).map_err(|e| broken(&e))?;
    let declared = plausible(plain.metadata(), bytes.len()).map_err(|e| broken(&e))?;
    let options = options().with_schema(Arc::new(dictionary_schema(plain.schema())));
    let reader =
        ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options).map_err(|e| broken(&e))?;
    let reader = reader.with_batch_size(declared.clamp(1, 1 << 18)).build().map_err(|e| broken(&e))?;
    let header: Vec<String> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let kinds = layout.check(file, &header)?;
    let mut texts: Vec<Interner> = header.iter().map(|_| Interner::default()).collect();
    // Nothing is reserved for the declared rows: only what is read is believed.
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); header.len()];
    let mut problems = Vec::new();
    let mut rows = 0;
    for batch in reader {
        let batch = batch.map_err(|e| broken(&e))?;
        for (position, array) in batch.columns().iter().enumerate() {
            let trouble = match kinds[position] {
                Kind::Text => push_texts(array, &mut texts[position]),
                Kind::Number => push_numbers(array, &mut numbers[position]),
            };
            if let Some((row, what)) = trouble {
                let row = row.map_or(0, |row| rows + row + 1);
                problems.push(CellProblem { row, column: header[position].clone(), what });
            }
        }
        if !problems.is_empty() {
            return Err(WorldError::Table { file: file.to_owned(), problems });
        }
        rows += batch.num_rows();
    }
    if rows != declared {
        return Err(broken(&format!("it declares {declared} rows and holds {rows}")));
    }
    let columns = columns(header, kinds, texts, numbers);
    Ok(Table { file: file.to_owned(), first_row: 1, rows, columns })
}

type Trouble = Option<(Option<usize>, String)>;

fn first_null(array: &ArrayRef) -> Trouble {
    if array.null_count() == 0 {
        return None;
    }
    (0..array.len()).find(|i| array.is_null(*i)).map(|i| (Some(i), "the cell is empty".to_owned()))
}

fn push_texts(array: &ArrayRef, intern: &mut Interner) -> Trouble {
    if let Some(trouble) = first_null(array) {
        return Some(trouble);
    }
    let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
        return Some((None, format!("holds {}, expected text", array.data_type())));
    };
    let Some(values) = dictionary.values().as_string_opt::<i32>() else {
        return Some((None, format!("holds {}, expected text", array.data_type())));
    };
    let keys: Vec<u32> =
        (0..values.len()).map(|i| if values.is_null(i) { 0 } else { intern.key(values.value(i)) }).collect();
    intern.text.keys.extend(dictionary.keys().values().iter().map(|k| keys[*k as usize]));
    None
}

fn push_numbers(array: &ArrayRef, numbers: &mut Vec<f64>) -> Trouble {
    if let Some(trouble) = first_null(array) {
        return Some(trouble);
    }
    macro_rules! extend {
        ($kind:ty) => {
            numbers.extend(array.as_primitive::<$kind>().values().iter().map(|x| *x as f64))
        };
    }
    let start = numbers.len();
    match array.data_type() {
        DataType::Float64 => numbers.extend_from_slice(array.as_primitive::<Float64Type>().values()),
        DataType::Float32 => extend!(Float32Type),
        DataType::Int8 => extend!(Int8Type),
        DataType::Int16 => extend!(Int16Type),
        DataType::Int32 => extend!(Int32Type),
        DataType::Int64 => extend!(Int64Type),
        DataType::UInt8 => extend!(UInt8Type),
        DataType::UInt16 => extend!(UInt16Type),
        DataType::UInt32 => extend!(UInt32Type),
        DataType::UInt64 => extend!(UInt64Type),
        DataType::Boolean => {
            numbers.extend(array.as_boolean().values().iter().map(|x| f64::from(u8::from(x))));
        }
        other => return Some((None, format!("holds {other}, expected numbers"))),
    }
    numbers[start..]
        .iter()
        .position(|x| !x.is_finite())
        .map(|i| (Some(i), format!("`{}` is not a number", numbers[start + i])))
}

#[cfg(test)]
mod tests {
    use parquet::file::metadata::{FileMetaData, ParquetMetaDataWriter};

    use super::*;

    const LAYOUT: Layout<'_> = Layout {
        text: &["region"],
        number: &["value"],
        optional_text: &["name"],
        optional_number: &["theta_*"],
    };

    fn sample() -> Table {
        Table::new("t.parquet")
            .with_texts("region", &["USA".into(), "CHN".into(), "USA".into()])
            .with_numbers("value", vec![1.0, 2.5, f64::MIN_POSITIVE])
    }

    #[test]
    fn parquet_gives_back_what_was_written() {
        let bytes = sample().to_parquet().unwrap();
        assert_eq!(bytes, sample().to_parquet().unwrap());
        assert_eq!(Table::read("t.parquet", bytes.into(), &LAYOUT).unwrap(), sample());
    }

    #[test]
    fn a_cut_parquet_file_is_named() {
        let mut bytes = sample().to_parquet().unwrap();
        bytes.truncate(bytes.len() / 2);
        let error = Table::read("t.parquet", bytes.into(), &LAYOUT).unwrap_err().to_string();
        assert!(error.starts_with("`t.parquet` is not a whole Parquet file: "), "{error}");
        let error = Table::read("t.parquet", Bytes::new(), &LAYOUT).unwrap_err().to_string();
        assert!(error.starts_with("`t.parquet` is not a whole Parquet file: "), "{error}");
    }

    /// The sample with another footer: rows of the file, rows of its group, and
    /// where the first column starts.
    fn lying(file_rows: i64, group_rows: i64, offset: i64) -> (Bytes, ParquetMetaData) {
        let bytes = Bytes::from(sample().to_parquet().unwrap());
        let footer = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).unwrap();
        let file = footer.metadata().file_metadata();
        let group = footer.metadata().row_group(0).clone();
        let mut columns = Vec::new();
        for chunk in group.columns() {
            let chunk = chunk.clone().into_builder().set_num_values(group_rows);
            let first = if columns.is_empty() { Some(offset) } else { None };
            columns.push(chunk.set_dictionary_page_offset(first).build().unwrap());
        }
        let group =
            group.into_builder().set_num_rows(group_rows).set_column_metadata(columns).build().unwrap();
        let file = FileMetaData::new(file.version(), file_rows, None, None, file.schema_descr_ptr(), None);
        let lie = ParquetMetaData::new(file, vec![group]);
        let length: [u8; 4] = bytes[bytes.len() - 8..][..4].try_into().unwrap();
        let mut written = bytes[..bytes.len() - 8 - u32::from_le_bytes(length) as usize].to_vec();
        ParquetMetaDataWriter::new(&mut written, &lie).finish().unwrap();
        (written.into(), lie)
    }

    #[test]
    fn a_footer_that_lies_is_refused() {
        let read = |(bytes, _): (Bytes, ParquetMetaData)| Table::read("t.parquet", bytes, &LAYOUT);
        assert_eq!(read(lying(3, 3, 4)).unwrap(), sample());
        // The writer sums the rows of the groups, so the number of the file is tried without it.
        for (rows, shown) in [(1 << 62, "4611686018427387904"), (-1, "-1"), (0, "0")] {
            assert_eq!(
                plausible(&lying(rows, 3, 4).1, 1 << 20),
                Err(format!("it declares {shown} rows, its parts 3"))
            );
        }
        for (rows, offset, reason) in [
            (-1, 4, "a group of rows declares -1 rows"),
            (1 << 33, 4, "it declares 8589934592 rows and holds 3"),
            (1 << 62, 4, "it declares 4611686018427387904 rows and holds 3"),
            (3, 1 << 40, "`region` is said to lie outside the file"),
            (3, -4, "`region` is said to lie outside the file"),
        ] {
            assert_eq!(
                read(lying(rows, rows, offset)).unwrap_err().to_string(),
                format!("`t.parquet` is not a whole Parquet file: {reason}")
            );
        }
    }

    #[test]
    fn a_wrong_header_says_what_was_found() {
        let error = Table::read("t.csv", Bytes::from("region,val\nUSA,1\n"), &LAYOUT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`t.csv` has the wrong header: expected the columns `region`, `value` and, if wanted, \
             `name`, `theta_*`; found `region`, `val`"
        );
    }

    #[test]
    fn every_cell_that_is_no_number_is_listed() {
        let csv = "region,value\nUSA,1\nCHN,x\nDEU,\nFRA,inf\n";
        let error = Table::read("t.csv", Bytes::from(csv), &LAYOUT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`t.csv` has 3 problems\n  row 3, column `value`: `x` is not a number\n  row 4, \
             column `value`: `` is not a number\n  row 5, column `value`: `inf` is not a number"
        );
    }

    #[test]
    fn csv_may_start_with_a_byte_order_mark_and_hold_more_sets() {
        let csv = "\u{feff}value,region,theta_GYY\n1,USA,4\n";
        let table = Table::read("t.csv", Bytes::from(csv), &LAYOUT).unwrap();
        assert_eq!(table.number("theta_GYY"), Some([4.0].as_slice()));
        assert_eq!(table.text("region").unwrap().get(0), "USA");
    }
}
