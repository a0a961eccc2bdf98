//! Which goods does a scope name by product code?
//!
//! ```toml
//! magnets = { hs = ["850511", "2846"] }            # codes of 2 to 8 digits
//! list-3  = { list = "us-301-list-3" }             # a shipped list, or several
//! parts   = { list = "us-232-auto-parts", but = ["8471"] }
//! ```
//!
//! `hs` and `list` add up; `but` takes codes away.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::parse::Names;
use super::products::{Products, VINTAGE};
use super::stacking::{Grid, LineCover, PRODUCT_KEYS};
use crate::document::problem::Problem;
use crate::document::read::{At, Reader, Table, nearest};
use crate::world::World;

/// Share by line while a scope is read, in the order of the file: of a line the
/// last one counts, and lines that are left out have none.
#[derive(Default)]
struct Covered {
    hts: Vec<(u32, f64)>,
    hs6: Vec<(u32, f64)>,
}

/// The lines of a scope and their share of each sector, each HS6 line counted
/// once; `None` if the scope names no product.
pub(super) fn read_lines(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    world: &World,
    grid: &mut Option<Arc<Grid>>,
) -> Option<(Arc<LineCover>, Vec<f64>)> {
    if table.get("hs").is_none() && table.get("list").is_none() {
        if table.get("but").is_some() {
            reader.required(table, "hs", "what `but` is taken from: hs = [\"8471\"]");
        }
        return None;
    }
    let named = if table.get("hs").is_some() { "hs" } else { "list" };
    for other in ["sectors", "coverage"] {
        if table.get(other).is_some() {
            reader.note(Problem::Conflict {
                table: table.name.to_owned(),
                one: named,
                other,
                one_at: table.key_at(named),
                other_at: table.key_at(other),
                help: "name the goods by product or by sector; two measures can do both",
            });
        }
    }
    // The tables are inside the program, and a test reads them.
    let products = Products::shipped().ok()?;
    let mut covered = Covered::default();
    if let Some(node) = table.get("list") {
        let (mut hts, mut hs6) = Default::default();
        for name in reader.strings("list", node) {
            add_list(reader, products, name, &mut hts, &mut hs6);
        }
        covered = Covered { hts: hts.into_iter().collect(), hs6: hs6.into_iter().collect() };
    }
    for (key, share) in [("hs", 1.0), ("but", 0.0)] {
        for code in table.get(key).map(|node| reader.strings(key, node)).unwrap_or_default() {
            set_code(reader, products, code, share, &mut covered);
        }
    }
    let grid = grid.get_or_insert_with(|| Grid::new(products, world));
    let (hts, hs6) = (settled(covered.hts), settled(covered.hs6));
    let coverage = grid.hs6.each_once(&hs6);
    if grid.hs6.links.is_empty() {
        reader.note(Problem::NoSectors { world: world.name.clone(), at: table.key_at(named) });
    }
    let written = PRODUCT_KEYS.map(|key| {
        let codes = table.get(key).map(|node| reader.strings(key, node)).unwrap_or_default();
        codes.into_iter().map(|code| code.value.to_owned()).collect()
    });
    Some((Arc::new(LineCover { hts, hs6, written }), coverage))
}

/// The lines that have a share after the last word on each, rising.
fn settled(mut lines: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    lines.sort_by_key(|(line, _)| *line);
    lines.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = later.1;
        }
        same
    });
    lines.retain(|(_, share)| *share > 0.0);
    lines
}

/// A list of HTS8 lines; of an HS6 code the part of its lines that is listed.
fn add_list(
    reader: &mut Reader<'_>,
    products: &Products,
    name: At<&str>,
    hts: &mut BTreeMap<u32, f64>,
    hs6: &mut BTreeMap<u32, f64>,
) {
    let Some(lines) = products.hts.lists.get(name.value) else {
        let near = nearest(name.value, products.list_names());
        let help = near.map_or_else(
            || format!("the lists are {}", products.list_names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        reader.note(Problem::UnknownList { name: name.value.to_owned(), at: name.at, help });
        return;
    };
    for (line, share) in lines {
        let part = hts.entry(*line).or_default();
        *part = share.max(*part);
        if let Some((parent, of_parent)) = products.parents[*line as usize] {
            let part = hs6.entry(parent).or_default();
            *part = (*part + share * of_parent).min(1.0);
        }
    }
}

fn set_code(reader: &mut Reader<'_>, products: &Products, code: At<&str>, share: f64, covered: &mut Covered) {
    let (hts, hs6) = (products.hts.under(code.value), products.hs6.under(code.value));
    if hts.is_none() && hs6.is_none() {
        let near = products.nearest_code(code.value);
        let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
        let help = format!("{near}Codes are 2 to 8 digits of {VINTAGE}, without points");
        reader.note(Problem::UnknownProduct { code: code.value.to_owned(), at: code.at, help });
    }
    covered.hts.extend(hts.into_iter().flatten().map(|line| (line as u32, share)));
    covered.hs6.extend(hs6.into_iter().flatten().map(|line| (line as u32, share)));
}

/// Notes product scopes in a file of another vintage.
pub(super) fn note_vintage(
    reader: &mut Reader<'_>,
    root: Table<'_, '_>,
    names: &Names<'_>,
    written: Option<&str>,
) {
    let Some(written) = written.filter(|codes| *codes != VINTAGE) else { return };
    if names.scopes.values().any(|scope| scope.lines.is_some()) {
        let at = root
            .get("ledger")
            .and_then(|node| node.get_ref().as_table())
            .and_then(|table| table.get("codes"));
        let help = format!("convert the codes, then write codes = \"{VINTAGE}\"");
        let at = at.map_or(root.at, |node| node.span().into());
        reader.note(Problem::Vintage { written: written.to_owned(), known: VINTAGE, at, help });
    }
}
