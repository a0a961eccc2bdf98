//! Makes the tables of [`products`](super::products) again from their sources.
//!
//! `from` is a folder with `hs6_to_gtap.csv`, `gtap_to_icio_wiod.csv`,
//! `us_hts8_programs.csv` and `us_imports_2024_hs6_by_partner.csv`, unpacked.
//! What is kept: codes, shares, base duties, programme membership and import
//! values, regrouped into the sectors of icio-2022. Values below 500 USD are
//! left out. A GTAP sector that is two sectors of icio-2022 goes half to each.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;

use crate::world::error::WorldError;
use crate::world::table::{Layout, Table};

/// GTAP sectors that ICIO's coarser group does not settle.
const SPLITS: [(&str, &[&str]); 11] = [
    ("i_s", &["C24A"]),
    ("nfm", &["C24B"]),
    ("frs", &["A02"]),
    ("fsh", &["A03"]),
    ("coa", &["B05"]),
    ("oil", &["B06"]),
    ("gas", &["B06"]),
    ("oxt", &["B07", "B08"]),
    ("otn", &["C301", "C302T309"]),
    ("omf", &["C31T33"]),
    ("ely", &[]),
];

/// Census partners with their ISO codes.
const PARTNERS: [(&str, &str); 51] = [
    ("5550", "KHM"),
    ("3310", "ECU"),
    ("4359", "SVK"),
    ("5880", "JPN"),
    ("6141", "NZL"),
    ("5650", "PHL"),
    ("5570", "MYS"),
    ("4120", "GBR"),
    ("4419", "CHE"),
    ("2010", "MEX"),
    ("5081", "ISR"),
    ("7290", "EGY"),
    ("5200", "ARE"),
    ("5520", "VNM"),
    ("4890", "TUR"),
    ("2190", "NIC"),
    ("3370", "CHL"),
    ("4621", "RUS"),
    ("0003", "EU"),
    ("2230", "CRI"),
    ("5600", "IDN"),
    ("5420", "LKA"),
    ("3330", "PER"),
    ("2740", "TTO"),
    ("5800", "KOR"),
    ("2150", "HND"),
    ("1220", "CAN"),
    ("7910", "ZAF"),
    ("2470", "DOM"),
    ("5170", "SAU"),
    ("5820", "HKG"),
    ("5050", "IRQ"),
    ("5130", "KWT"),
    ("5330", "IND"),
    ("7530", "NGA"),
    ("7210", "DZA"),
    ("4039", "NOR"),
    ("7620", "AGO"),
    ("2110", "SLV"),
    ("5700", "CHN"),
    ("3070", "VEN"),
    ("5590", "SGP"),
    ("5380", "BGD"),
    ("3010", "COL"),
    ("5350", "PAK"),
    ("5830", "TWN"),
    ("3510", "BRA"),
    ("5490", "THA"),
    ("3570", "ARG"),
    ("6021", "AUS"),
    ("2050", "GTM"),
];

/// Name and bytes of every table.
///
/// # Errors
/// A file that is missing or has other columns.
pub fn build(from: &Path) -> Result<Vec<(&'static str, Vec<u8>)>, WorldError> {
    let sectors = sectors(from)?;
    Ok(vec![
        ("hs6.parquet", hs6(from, &sectors)?.to_parquet()?),
        ("us_hts8.parquet", hts8(from, &sectors)?.to_parquet()?),
        ("us_imports_2024.parquet", imports(from)?.to_parquet()?),
    ])
}

fn read(from: &Path, file: &str, text: &[&str]) -> Result<Table, WorldError> {
    let path = from.join(file);
    let bytes = std::fs::read(&path)
        .map_err(|e| WorldError::Csv { file: path.display().to_string(), reason: e.to_string() })?;
    let layout = Layout { text, number: &[], optional_text: &[], optional_number: &[] };
    Table::read(file, Bytes::from(bytes), &layout)
}

fn cell<'t>(table: &'t Table, column: &str, row: usize) -> &'t str {
    table.text(column).map_or("", |text| text.get(row))
}

fn number(table: &Table, column: &str, row: usize) -> f64 {
    cell(table, column, row).parse().unwrap_or(0.0)
}

/// GTAP sector to sectors of icio-2022.
fn sectors(from: &Path) -> Result<BTreeMap<String, Vec<String>>, WorldError> {
    let table = read(from, "gtap_to_icio_wiod.csv", &["gtap", "icio45", "wiod2016", "isic4_note"])?;
    let mut map = BTreeMap::new();
    for row in 0..table.rows() {
        let gtap = cell(&table, "gtap", row);
        let icio = match cell(&table, "icio45", row) {
            "A01_02" => "A01",
            other => other,
        };
        let split = SPLITS.iter().find(|(code, _)| *code == gtap);
        let into =
            split.map_or(vec![icio.to_owned()], |(_, into)| into.iter().map(|s| (*s).to_owned()).collect());
        map.insert(gtap.to_owned(), into);
    }
    Ok(map)
}

fn hs6(from: &Path, sectors: &BTreeMap<String, Vec<String>>) -> Result<Table, WorldError> {
    let table = read(from, "hs6_to_gtap.csv", &["hs6", "gtap_code", "n_hts10", "share_of_lines"])?;
    let mut shares: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in 0..table.rows() {
        let into = sectors.get(cell(&table, "gtap_code", row)).map_or(&[][..], Vec::as_slice);
        for sector in into {
            let share = number(&table, "share_of_lines", row) / into.len() as f64;
            *shares.entry((cell(&table, "hs6", row).to_owned(), sector.clone())).or_default() += share;
        }
    }
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    shares.iter().for_each(|((code, _), share)| *sums.entry(code.as_str()).or_default() += share);
    let whole = shares.iter().map(|((code, _), share)| share / sums[code.as_str()]).collect();
    let codes: Vec<String> = shares.keys().map(|(code, _)| code.clone()).collect();
    let names: Vec<String> = shares.keys().map(|(_, sector)| sector.clone()).collect();
    Ok(Table::new("hs6.parquet")
        .with_texts("hs6", &codes)
        .with_texts("sector", &names)
        .with_numbers("share", whole))
}

/// The names of a line's lists, as ledgers write them.
fn lists(table: &Table, row: usize) -> String {
    let mut names: Vec<String> = Vec::new();
    for list in cell(table, "s301_lists", row).split('+').filter(|list| !list.is_empty()) {
        names.push(match list {
            "cranes_301" | "note31_cranes" => "us-301-cranes".to_owned(),
            "note31_chassis" => "us-301-chassis".to_owned(),
            _ => match list.strip_prefix("biden_") {
                Some(step) => format!("us-301-review-{}", step.replace('_', "-")),
                None => format!("us-301-list-{}", list.to_lowercase().replace("_addl", "")),
            },
        });
    }
    // The January 2026 step has lines of three rates.
    if names.iter().any(|name| name == "us-301-review-jan26") {
        names.push(format!("us-301-review-jan26-{:.0}", 100.0 * number(table, "s301_rate_2026", row)));
    }
    let from = cell(table, "ieepa_exempt_from", row);
    if number(table, "ieepa_recip_exempt_share_of_hts10", row) > 0.0 {
        let from = if from.is_empty() { "2025-04-05" } else { from };
        names.push(format!("us-reciprocal-exempt-{from}"));
    }
    if cell(table, "s122_exempt", row) == "1" {
        names.push("us-122-exempt".to_owned());
    }
    for programme in cell(table, "s232_programs", row).split(';').filter(|name| !name.is_empty()) {
        names.push(format!("us-232-{}", programme.replace("aluminum", "aluminium").replace('_', "-")));
    }
    names.sort();
    names.dedup();
    names.join(" ")
}

fn hts8(from: &Path, sectors: &BTreeMap<String, Vec<String>>) -> Result<Table, WorldError> {
    let columns = [
        "hts8",
        "mfn_ad_valorem",
        "mfn_specific_text",
        "s301_lists",
        "s301_rate_2025",
        "s301_rate_2026",
        "ieepa_recip_exempt_share_of_hts10",
        "ieepa_exempt_from",
        "s122_exempt",
        "s232_programs",
        "gtap",
        "imports_china_2024_usd",
    ];
    let table = read(from, "us_hts8_programs.csv", &columns)?;
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    rows.sort_by_key(|row| cell(&table, "hts8", *row).to_owned());
    let text = |of: &dyn Fn(usize) -> String| rows.iter().map(|row| of(*row)).collect::<Vec<String>>();
    let value = |column: &str| rows.iter().map(|row| number(&table, column, *row)).collect::<Vec<f64>>();
    let sector = |row| sectors.get(cell(&table, "gtap", row)).map_or(String::new(), |into| into.join(" "));
    let imports = value("imports_china_2024_usd").into_iter().map(|usd| usd / 1e6).collect();
    Ok(Table::new("us_hts8.parquet")
        .with_texts("hts8", &text(&|row| cell(&table, "hts8", row).to_owned()))
        .with_texts("sector", &text(&sector))
        .with_texts("lists", &text(&|row| lists(&table, row)))
        .with_numbers("base", value("mfn_ad_valorem"))
        .with_numbers("s301_2025", value("s301_rate_2025"))
        .with_numbers("s301_2026", value("s301_rate_2026"))
        .with_numbers("exempt_share", value("ieepa_recip_exempt_share_of_hts10"))
        .with_numbers("imports_china_musd", imports))
}

fn imports(from: &Path) -> Result<Table, WorldError> {
    let columns = ["census_code", "hs6", "imports_usd", "calculated_duty_usd"];
    let table = read(from, "us_imports_2024_hs6_by_partner.csv", &columns)?;
    let mut values: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for row in 0..table.rows() {
        let census = cell(&table, "census_code", row);
        let partner = PARTNERS.iter().find(|(code, _)| *code == census).map_or("other", |(_, iso)| iso);
        let kusd = (number(&table, "imports_usd", row) / 1e3).round();
        if kusd > 0.0 {
            *values.entry((partner, cell(&table, "hs6", row))).or_default() += kusd;
        }
    }
    let partners: Vec<String> = values.keys().map(|(partner, _)| (*partner).to_owned()).collect();
    let codes: Vec<String> = values.keys().map(|(_, code)| (*code).to_owned()).collect();
    Ok(Table::new("us_imports_2024.parquet")
        .with_texts("partner", &partners)
        .with_texts("hs6", &codes)
        .with_numbers("imports_kusd", values.into_values().collect()))
}
