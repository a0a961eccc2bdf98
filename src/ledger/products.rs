//! Which goods does a product code stand for, and how do lines become sectors?
//!
//! Two lists of tariff lines ship, both in HS2022:
//!
//! | lines | importer | weights |
//! |---|---|---|
//! | HTS8, with base duty and programmes | United States | US imports of 2024 from the exporter |
//! | HS6 | everybody else | each line once |
//!
//! ```text
//! T[s] = Σ_l w_l·a[l,s]·r_l / Σ_l w_l·a[l,s]
//! ```
//!
//! `r` is what is to be averaged over the lines `l` of sector `s` (a rate, a
//! covered share), `w` the weights (every line counts once where none of the
//! sector's lines is traded), `a[l,s]` the share of a line in a sector (HS6 to
//! GTAP 11 to the sectors of icio-2022; where one GTAP sector is two of these,
//! half each). Imports are known by HTS8 from China, by HS6 from 50 other
//! partners and then shared equally by the lines of the HS6 code; from any
//! other partner the sum of all partners is used. Sources: `DATA-LICENSES.md`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use bytes::Bytes;

use crate::document::read::nearest;
use crate::world::error::WorldError;
use crate::world::table::{Layout, Table};

/// Vintage of the product codes of every shipped list.
pub const VINTAGE: &str = "HS2022";

/// The importer whose lines are HTS8.
pub const HTS_IMPORTER: &str = "USA";

/// What averages over HTS8 lines are weighted by.
pub const WEIGHTS_2024: &str = "us-imports-2024";

/// Members of the European Union since 2020, by code.
pub const EU: [&str; 27] = [
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL",
    "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE",
];

/// Tariff lines of one importer, or of everybody without lines of their own.
#[derive(Debug, Default, PartialEq)]
pub struct Lines {
    /// Digits of a code, 8 or 6.
    pub digits: usize,
    /// Codes, rising.
    pub codes: Vec<u32>,
    /// Share of a line in a sector of icio-2022: line, position in `sectors`, share.
    pub links: Vec<(u32, u16, f64)>,
    /// Sectors that `links` name.
    pub sectors: Vec<String>,
    /// Base duty (most-favoured nation), fraction; 0 where it is not ad valorem. Empty: not known.
    pub base: Vec<f64>,
    /// Named lists: the lines and their covered share.
    pub lists: BTreeMap<String, Vec<(u32, f64)>>,
    /// Imports by partner, million USD, `[line]`.
    imports: HashMap<String, Vec<f64>>,
}

impl Lines {
    /// Positions of the lines whose code starts with `prefix`, or that a longer
    /// prefix belongs to. `None` unless it is 2 to 8 digits of a known code.
    pub fn under(&self, prefix: &str) -> Option<std::ops::Range<usize>> {
        let plain = prefix.bytes().all(|digit| digit.is_ascii_digit());
        if !plain || !(2..=8).contains(&prefix.len()) {
            return None;
        }
        let cut = &prefix[..prefix.len().min(self.digits)];
        let width = 10u32.pow((self.digits - cut.len()) as u32);
        let first = cut.parse::<u32>().ok()? * width;
        let range = self.codes.partition_point(|code| *code < first)
            ..self.codes.partition_point(|code| *code < first + width);
        (!range.is_empty()).then_some(range)
    }

    /// Imports from a region of 2024, million USD by line, and the partner they are of.
    pub fn imports(&self, exporter: &str) -> Option<(&'static str, &[f64])> {
        if self.imports.is_empty() {
            return None;
        }
        let partner = if EU.contains(&exporter) { "EU" } else { exporter };
        match self.imports.get(partner) {
            Some(values) if partner == "EU" => Some(("the EU", values)),
            Some(values) => Some(("the exporter", values)),
            None => self.imports.get("*").map(|values| ("all partners", values.as_slice())),
        }
    }
}

/// All shipped tables of products.
#[derive(Debug, PartialEq)]
pub struct Products {
    /// HTS8 lines of the United States.
    pub hts: Lines,
    /// HS6 lines of everybody else.
    pub hs6: Lines,
    /// Of every HTS8 line, its HS6 line and the part that it is of it, counted
    /// in lines; `None` for a line of chapters that only the United States have.
    pub parents: Vec<Option<(u32, f64)>>,
}

const LAYOUT_HS6: Layout<'_> =
    Layout { text: &["hs6", "sector"], number: &["share"], optional_text: &[], optional_number: &[] };
const LAYOUT_HTS: Layout<'_> = Layout {
    text: &["hts8", "sector", "lists"],
    number: &["base", "s301_2025", "s301_2026", "exempt_share", "imports_china_musd"],
    optional_text: &[],
    optional_number: &[],
};
const LAYOUT_IMPORTS: Layout<'_> =
    Layout { text: &["partner", "hs6"], number: &["imports_kusd"], optional_text: &[], optional_number: &[] };

impl Products {
    /// The tables inside the program.
    ///
    /// # Errors
    /// A damaged table.
    pub fn shipped() -> Result<&'static Self, &'static WorldError> {
        static SHIPPED: OnceLock<Result<Products, WorldError>> = OnceLock::new();
        let read = || {
            Products::read(
                include_bytes!("../../data/products/hs6.parquet"),
                include_bytes!("../../data/products/us_hts8.parquet"),
                include_bytes!("../../data/products/us_imports_2024.parquet"),
            )
        };
        SHIPPED.get_or_init(read).as_ref()
    }

    fn read(hs6: &'static [u8], hts: &'static [u8], imports: &'static [u8]) -> Result<Self, WorldError> {
        let hs6 = Table::read("hs6.parquet", Bytes::from_static(hs6), &LAYOUT_HS6)?;
        let hts = Table::read("us_hts8.parquet", Bytes::from_static(hts), &LAYOUT_HTS)?;
        let imports = Table::read("us_imports_2024.parquet", Bytes::from_static(imports), &LAYOUT_IMPORTS)?;
        let (hts, hs6) = (hts_lines(&hts), hs6_lines(&hs6));
        let mut products = Self { parents: parents(&hts, &hs6), hts, hs6 };
        add_imports(&mut products.hts, &imports);
        Ok(products)
    }

    /// Names of the shipped lists.
    pub fn list_names(&self) -> impl Iterator<Item = &str> {
        self.hts.lists.keys().map(String::as_str)
    }

    /// The sectors of icio-2022 that the lines of a code are in, in either list;
    /// `None` for an unknown code.
    pub fn sectors_of(&self, code: &str) -> Option<Vec<String>> {
        let mut found: BTreeSet<String> = BTreeSet::new();
        let mut known = false;
        for lines in [&self.hts, &self.hs6] {
            let Some(range) = lines.under(code) else { continue };
            known = true;
            let links = lines.links.iter().filter(|(line, _, _)| range.contains(&(*line as usize)));
            found.extend(links.map(|(_, sector, _)| lines.sectors[usize::from(*sector)].clone()));
        }
        known.then(|| found.into_iter().collect())
    }

    /// The known code that looks most like `code`.
    pub fn nearest_code(&self, code: &str) -> Option<String> {
        let length = code.len().clamp(2, 8);
        for kept in (2..length.min(code.len())).rev() {
            let Some(stem) = code.get(..kept) else { continue };
            if let Some(range) = self.hts.under(stem) {
                let width = length - length % 2;
                let found: BTreeSet<String> = range
                    .map(|line| format!("{:08}", self.hts.codes[line])[..width.max(2)].to_owned())
                    .collect();
                return nearest(code, found.iter().map(String::as_str)).map(str::to_owned);
            }
        }
        None
    }
}

/// See [`Products::parents`].
fn parents(hts: &Lines, hs6: &Lines) -> Vec<Option<(u32, f64)>> {
    let mut parents = Vec::with_capacity(hts.codes.len());
    for siblings in hts.codes.chunk_by(|a, b| a / 100 == b / 100) {
        let parent = hs6.codes.binary_search(&(siblings[0] / 100)).ok();
        let part = parent.map(|line| (line as u32, 1.0 / siblings.len() as f64));
        parents.extend(std::iter::repeat_n(part, siblings.len()));
    }
    parents
}

fn sector_position(sectors: &mut Vec<String>, code: &str) -> u16 {
    let found = sectors.iter().position(|known| known == code);
    found.unwrap_or_else(|| {
        sectors.push(code.to_owned());
        sectors.len() - 1
    }) as u16
}

fn hs6_lines(table: &Table) -> Lines {
    let mut lines = Lines { digits: 6, ..Lines::default() };
    let (Some(codes), Some(sectors), Some(shares)) =
        (table.text("hs6"), table.text("sector"), table.number("share"))
    else {
        return lines;
    };
    for row in 0..table.rows() {
        let code: u32 = codes.get(row).parse().unwrap_or(0);
        if lines.codes.last() != Some(&code) {
            lines.codes.push(code);
        }
        let sector = sector_position(&mut lines.sectors, sectors.get(row));
        lines.links.push(((lines.codes.len() - 1) as u32, sector, shares[row]));
    }
    lines
}

fn hts_lines(table: &Table) -> Lines {
    let mut lines = Lines { digits: 8, ..Lines::default() };
    let (Some(codes), Some(sectors), Some(lists)) =
        (table.text("hts8"), table.text("sector"), table.text("lists"))
    else {
        return lines;
    };
    let number = |name| table.number(name).unwrap_or_default();
    let (exempt, china) = (number("exempt_share"), number("imports_china_musd"));
    lines.base = number("base").to_vec();
    for row in 0..table.rows() {
        lines.codes.push(codes.get(row).parse().unwrap_or(0));
        let names: Vec<&str> = sectors.get(row).split_whitespace().collect();
        for name in &names {
            let sector = sector_position(&mut lines.sectors, name);
            lines.links.push((row as u32, sector, 1.0 / names.len() as f64));
        }
        for list in lists.get(row).split_whitespace() {
            let share = if list.starts_with("us-reciprocal-exempt") { exempt[row] } else { 1.0 };
            lines.lists.entry(list.to_owned()).or_default().push((row as u32, share));
        }
    }
    lines.imports.insert("CHN".to_owned(), china.to_vec());
    lines
}

/// Imports by HS6 code, shared equally by its HTS8 lines; China is known by line.
fn add_imports(lines: &mut Lines, table: &Table) {
    let (Some(partners), Some(codes), Some(values)) =
        (table.text("partner"), table.text("hs6"), table.number("imports_kusd"))
    else {
        return;
    };
    let mut total = vec![0.0; lines.codes.len()];
    let ranges: Vec<_> = codes.values.iter().map(|code| lines.under(code)).collect();
    for row in 0..table.rows() {
        let Some(range) = ranges[codes.keys[row] as usize].clone() else { continue };
        let partner = partners.get(row);
        let each = values[row] / 1e3 / range.len() as f64;
        total[range.clone()].iter_mut().for_each(|sum| *sum += each);
        if partner != "CHN" {
            let count = lines.codes.len();
            let mine = lines.imports.entry(partner.to_owned()).or_insert_with(|| vec![0.0; count]);
            mine[range].iter_mut().for_each(|value| *value += each);
        }
    }
    lines.imports.insert("*".to_owned(), total);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_finds_its_lines_and_a_longer_one_its_parent() {
        let products = Products::shipped().unwrap();
        assert_eq!(products.hs6.under("850511").unwrap().len(), 1);
        assert_eq!(products.hs6.under("85051100").unwrap().len(), 1);
        assert!(products.hts.under("85").unwrap().len() > 100);
        for wrong in ["8", "8505x", "999999", "850511001"] {
            assert!(products.hts.under(wrong).is_none(), "{wrong}");
        }
        assert_eq!(products.nearest_code("850519").as_deref().map(|code| &code[..4]), Some("8505"));
    }

    #[test]
    fn the_shares_of_a_line_sum_to_one() {
        let products = Products::shipped().unwrap();
        for lines in [&products.hts, &products.hs6] {
            let mut sums = vec![0.0; lines.codes.len()];
            lines.links.iter().for_each(|(line, _, share)| sums[*line as usize] += share);
            assert!(lines.codes.is_sorted_by(|a, b| a < b));
            let whole = |sum: &f64| *sum == 0.0 || (sum - 1.0).abs() < 1e-9;
            assert!(sums.iter().all(whole));
        }
        let usd: f64 = products.hts.imports("CHN").unwrap().1.iter().sum();
        assert!((usd - 424_085.9).abs() < 0.1, "{usd}");
    }
}
