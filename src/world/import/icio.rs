//! OECD inter-country input-output tables, official CSV, editions 2021, 2023, 2025.
//!
//! The first row and the first column hold labels `CTY_INDUSTRY`; final uses are
//! columns `CTY_USE`. The editions differ in their industries and in the rows below:
//!
//! | edition | industries | example     | rows below                         | last column |
//! |---------|-----------:|-------------|------------------------------------|-------------|
//! | 2021    | 45         | `AUS_01T02` | `CTY_TAXSUB` …, `VALU`, `OUTPUT`     | `TOTAL`     |
//! | 2023    | 45         | `AUS_A01_02`| `TLS`, `VA`, `OUT`                 | `OUT`       |
//! | 2025    | 50         | `AUS_A01`   | `TLS`, `VA`, `OUT`                 | `OUT`       |
//!
//! Regions split by kind of firm (`CN1`, `CN2`, `MX1`, `MX2`) are merged into
//! `CHN` and `MEX`. The file is read row by row and never held whole.

use std::path::Path;

use super::inter_country::{InterCountry, Origin, Totals};
use super::{ImportOptions, Imported, base_date, name};
use crate::world::Source;
use crate::world::error::{CellProblem, WorldError};
use crate::world::labels::Labels;

const FINAL_USES: [&str; 6] = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"];

/// Industries that the three editions share from manufacturing on, 2023 and 2025.
const SERVICES: [&str; 23] = [
    "D", "E", "F", "G", "H49", "H50", "H51", "H52", "H53", "I", "J58T60", "J61", "J62_63", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T",
];
const GOODS_2025: [&str; 27] = [
    "A01", "A02", "A03", "B05", "B06", "B07", "B08", "B09", "C10T12", "C13T15", "C16", "C17_18", "C19",
    "C20", "C21", "C22", "C23", "C24A", "C24B", "C25", "C26", "C27", "C28", "C29", "C301", "C302T309",
    "C31T33",
];
const GOODS_2023: [&str; 22] = [
    "A01_02", "A03", "B05_06", "B07_08", "B09", "C10T12", "C13T15", "C16", "C17_18", "C19", "C20", "C21",
    "C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31T33",
];
const GOODS_2021: [&str; 22] = [
    "01T02", "03", "05T06", "07T08", "09", "10T12", "13T15", "16", "17T18", "19", "20", "21", "22", "23",
    "24", "25", "26", "27", "28", "29", "30", "31T33",
];
const SERVICES_2021: [&str; 23] = [
    "35", "36T39", "41T43", "45T47", "49", "50", "51", "52", "53", "55T56", "58T60", "61", "62T63", "64T66",
    "68", "69T75", "77T82", "84", "85", "86T88", "90T93", "94T96", "97T98",
];

/// An edition of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// 2021: 45 industries, ISIC divisions without a letter.
    Of2021,
    /// 2023: 45 industries, with the letter of the section.
    Of2023,
    /// 2025: 50 industries.
    Of2025,
}

impl Edition {
    const ALL: [Self; 3] = [Self::Of2021, Self::Of2023, Self::Of2025];

    /// Year of publication.
    pub fn year(self) -> u16 {
        match self {
            Self::Of2021 => 2021,
            Self::Of2023 => 2023,
            Self::Of2025 => 2025,
        }
    }

    fn industries(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Of2021 => (&GOODS_2021, &SERVICES_2021),
            Self::Of2023 => (&GOODS_2023, &SERVICES),
            Self::Of2025 => (&GOODS_2025, &SERVICES),
        }
    }

    fn knows(self, industry: &str) -> bool {
        let (goods, services) = self.industries();
        goods.contains(&industry) || services.contains(&industry)
    }

    fn is_good(self, industry: &str) -> bool {
        self.industries().0.contains(&industry)
    }

    fn bottom(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Of2021 => ("TAXSUB", "VALU", "OUTPUT"),
            Self::Of2023 | Self::Of2025 => ("TLS", "VA", "OUT"),
        }
    }

    /// The edition that knows every industry of a file and all of its own.
    fn tell(file: &str, industries: &[String], bottom: &[String]) -> Result<Self, WorldError> {
        let fits = |edition: &Self| {
            let (_, value_added, output) = edition.bottom();
            !industries.is_empty()
                && industries.iter().all(|code| edition.knows(code))
                && bottom.iter().any(|row| row == value_added)
                && bottom.iter().any(|row| row == output)
        };
        let fitting: Vec<Self> = Self::ALL.into_iter().filter(fits).collect();
        match fitting[..] {
            [edition] => Ok(edition),
            // Industries that 2023 and 2025 share do not tell them apart.
            [Self::Of2023, Self::Of2025] => Ok(Self::Of2025),
            _ => {
                let mut seen: Vec<String> = Vec::new();
                for edition in Self::ALL {
                    let strange: Vec<&str> = industries
                        .iter()
                        .filter(|code| !edition.knows(code))
                        .take(5)
                        .map(String::as_str)
                        .collect();
                    if !strange.is_empty() {
                        seen.push(format!("not in {}: {}", edition.year(), strange.join(", ")));
                    }
                }
                Err(WorldError::UnknownEdition {
                    file: file.to_owned(),
                    seen: format!(
                        "found {} industries{}; rows below: {}",
                        industries.len(),
                        match (industries.is_empty(), seen.is_empty()) {
                            (true, _) => String::new(),
                            (false, true) => " (all known)".to_owned(),
                            (false, false) => format!(" ({})", seen.join("; ")),
                        },
                        if bottom.is_empty() { "none".to_owned() } else { bottom.join(", ") }
                    ),
                })
            }
        }
    }
}

/// What a column or row label stands for.
#[derive(Clone, Copy)]
enum Place {
    Industry { region: usize, sector: usize },
    Final { region: usize },
    Nothing,
}

fn merged(region: &str) -> &str {
    match region {
        "CN1" | "CN2" => "CHN",
        "MX1" | "MX2" => "MEX",
        other => other,
    }
}

fn split(label: &str) -> Option<(&str, &str)> {
    label.split_once('_').filter(|(region, code)| region.len() == 3 && !code.is_empty())
}

/// Imports a table; the edition is told from its labels.
///
/// # Errors
/// [`WorldError::UnknownEdition`], every cell that is no number,
/// [`WorldError::DoesNotAddUp`], [`WorldError::CannotBalance`].
pub fn import(path: &Path, options: &ImportOptions) -> Result<Imported, WorldError> {
    let file = path.display().to_string();
    let base_date = base_date(path, options)?;
    let bottom = bottom_rows(path, &file)?;
    let mut reader = open(path, &file)?;
    let header = reader.headers().map_err(|e| broken(&file, &e))?.clone();

    let mut industries: Vec<String> = Vec::new();
    let mut regions: Vec<String> = Vec::new();
    for (region, code) in header.iter().skip(1).filter_map(split) {
        let region = merged(region).to_owned();
        if !regions.contains(&region) {
            regions.push(region);
        }
        if !FINAL_USES.contains(&code) && !industries.iter().any(|known| known == code) {
            industries.push(code.to_owned());
        }
    }
    let edition = Edition::tell(&file, &industries, &bottom)?;
    let wrong = |e: crate::world::labels::BadLabel| WorldError::Description {
        file: file.clone(),
        reason: e.to_string(),
    };
    let mut table = InterCountry::new(
        Labels::new(regions.iter().map(|code| (code.as_str(), region_name(code)))).map_err(wrong)?,
        Labels::new(industries.iter().map(|code| (code.as_str(), ""))).map_err(wrong)?,
    );
    let j = industries.len();
    let place = |label: &str| -> Place {
        let Some((region, code)) = split(label) else {
            return Place::Nothing;
        };
        let Ok(region) = table.regions().find(merged(region)) else {
            return Place::Nothing;
        };
        match table.sectors().find(code) {
            Ok(sector) => Place::Industry { region, sector },
            Err(_) if FINAL_USES.contains(&code) => Place::Final { region },
            Err(_) => Place::Nothing,
        }
    };
    let columns: Vec<Place> = header.iter().map(place).collect();
    let (taxes, value_added, total) = edition.bottom();
    let mut output = vec![0.0; regions.len() * j];
    let mut other_payments = vec![0.0; regions.len() * j];
    let mut problems = Vec::new();
    let mut rows_seen = 0;
    let mut record = csv::StringRecord::new();
    let mut line = 1;
    while reader.read_record(&mut record).map_err(|e| broken(&file, &e))? {
        line += 1;
        let label = record.get(0).unwrap_or_default().to_owned();
        let is_tax = label == taxes || label.ends_with(taxes);
        let row = if is_tax || label == value_added || label == total {
            Place::Nothing
        } else {
            let Some((region, code)) = split(&label) else {
                problems.push(problem(line, "", format!("the label `{label}` is not known")));
                continue;
            };
            match (table.regions().find(merged(region)), table.sectors().find(code)) {
                (Ok(region), Ok(sector)) => Place::Industry { region, sector },
                _ => {
                    problems.push(problem(line, "", format!("the row `{label}` has no column")));
                    continue;
                }
            }
        };
        rows_seen += usize::from(matches!(row, Place::Industry { .. }));
        for (position, column) in columns.iter().enumerate().skip(1) {
            if matches!(column, Place::Nothing) {
                continue;
            }
            let cell = record.get(position).unwrap_or_default();
            let Some(value) = cell.parse::<f64>().ok().filter(|x| x.is_finite()) else {
                let column = header.get(position).unwrap_or_default();
                problems.push(problem(line, column, format!("`{cell}` is not a number")));
                continue;
            };
            match (row, *column) {
                (Place::Industry { region: exporter, sector: input }, Place::Industry { region, sector }) => {
                    table.add_use(exporter, input, region, sector, value);
                }
                (Place::Industry { region: exporter, sector: good }, Place::Final { region }) => {
                    table.add_final(exporter, good, region, value);
                }
                (_, Place::Industry { region, sector }) if label == total => {
                    output[region * j + sector] += value;
                }
                (_, Place::Industry { region, sector }) => other_payments[region * j + sector] += value,
                _ => {}
            }
        }
    }
    if !problems.is_empty() {
        return Err(WorldError::Table { file, problems });
    }
    let industry_columns = columns.iter().filter(|c| matches!(c, Place::Industry { .. })).count();
    if rows_seen != industry_columns {
        return Err(WorldError::Description {
            file,
            reason: format!(
                "has {rows_seen} rows but {industry_columns} columns of industries: it was cut or edited"
            ),
        });
    }
    let mut notes = vec![format!(
        "Read from the {} edition: {} regions, {j} industries. Net taxes on products paid by industries count as \
         value added; those on final uses are left out. Final uses are summed.",
        edition.year(),
        regions.len()
    )];
    if header.iter().any(|label| label.starts_with("CN1_") || label.starts_with("MX1_")) {
        notes.push("CN1 and CN2 were merged into CHN, MX1 and MX2 into MEX.".to_owned());
    }
    let name = name(path, options);
    let origin = Origin {
        title: format!("{name}, from OECD inter-country input-output tables, {} edition", edition.year()),
        name,
        file,
        base_date,
        source: Source {
            of: "trade flows, input shares and value added".to_owned(),
            citation: format!(
                "OECD, OECD Inter-Country Input-Output Tables, {} edition, http://oe.cd/icio",
                edition.year()
            ),
            terms: "OECD Terms and Conditions: data may be copied, adapted and shared with credit".to_owned(),
        },
        goods: industries.iter().map(|code| edition.is_good(code)).collect(),
        notes,
    };
    let totals = Totals { output: Some(output), other_payments: Some(other_payments) };
    table.into_world(origin, &totals, options)
}

fn region_name(code: &str) -> &'static str {
    crate::world::build::ECONOMIES.iter().find(|(c, _)| *c == code).map_or("", |(_, name)| name)
}

fn open(path: &Path, file: &str) -> Result<csv::Reader<std::fs::File>, WorldError> {
    csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(|e| match e.into_kind() {
        csv::ErrorKind::Io(e) => WorldError::io("read", path, e),
        other => WorldError::Csv { file: file.to_owned(), reason: format!("{other:?}") },
    })
}

fn broken(file: &str, e: &csv::Error) -> WorldError {
    WorldError::Csv { file: file.to_owned(), reason: e.to_string() }
}

fn problem(row: usize, column: &str, what: String) -> CellProblem {
    CellProblem { row, column: column.to_owned(), what }
}

/// Labels of the rows that are not industries, one for all tax rows.
fn bottom_rows(path: &Path, file: &str) -> Result<Vec<String>, WorldError> {
    let mut reader = open(path, file)?;
    let mut found: Vec<String> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|e| broken(file, &e))? {
        let label = String::from_utf8_lossy(record.get(0).unwrap_or_default()).trim().to_owned();
        let known = split(&label).is_some_and(|(_, code)| Edition::ALL.iter().any(|e| e.knows(code)));
        let label = if label.ends_with("TAXSUB") { "TAXSUB".to_owned() } else { label };
        if !known && found.len() < 8 && !found.contains(&label) && split(&label).is_none() {
            found.push(label);
        }
    }
    Ok(found)
}
