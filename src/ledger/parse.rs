//! What does a ledger file say?
//!
//! ```toml
//! ledger = { title = "US-China truce, 2025" }
//!
//! [groups]                                  # names for several regions
//! eu = ["DEU", "FRA"]
//!
//! [scopes]                                  # names for goods
//! machinery = { sectors = ["C26", "C27"] }  # these sectors in full
//! listed    = { coverage = { C21 = "8%", others = "100%" } }
//!
//! [[measure]]
//! id     = "us-fentanyl"
//! kind   = "import-tariff"
//! by     = "USA"
//! on     = ["CHN", "HKG"]                   # "*": all others, less `except`
//! scope  = "listed"                         # none: all goods
//! rate   = { 2025-02-04 = "10%", 2025-03-04 = "20%" }
//! source = "EO 14195"
//! ```
//!
//! The text becomes a tree whose nodes know their place, and the ledger is
//! built by hand from it, so that every problem of the file is found in one run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use miette::SourceSpan;
use toml::de::{DeArray, DeValue};

use super::measure::{Measure, Scope};
use super::parse_measure::{check_exempted, read_measure};
use super::parse_products::{note_vintage, read_lines};
use super::parse_stacking::{Stacked, resolve};
use super::stacking::Grid;
use super::{Added, Heading, Ledger};
use crate::document::read::{Reader, Table, nearest, note_if_empty};
use crate::document::{self, DocumentError, Problem, Warning};
use crate::world::World;
use crate::world::labels::did_you_mean;

impl Ledger {
    /// Reads a ledger for a world. `file_name` is what messages call the file.
    ///
    /// # Errors
    /// [`DocumentError`] with every problem of the file, codes that the world
    /// does not have included.
    pub fn parse(
        file_name: &str,
        text: &str,
        world: &World,
    ) -> Result<(Ledger, Vec<Warning>), DocumentError> {
        document::parse(document::Kind::Ledger, file_name, text, |reader, root| {
            Some(read_document(reader, root, world))
        })
    }
}

/// What measures refer to.
pub(super) struct Names<'w> {
    pub world: &'w World,
    pub groups: BTreeMap<String, Vec<usize>>,
    pub scopes: BTreeMap<String, Scope>,
    /// Tariff lines in the world's sectors, once a scope or a rule needs them.
    pub grid: Option<Arc<Grid>>,
}

/// Where an id was first used.
pub(super) type Ids = BTreeMap<String, SourceSpan>;

/// Reads measures that join `ledger`, as `[[measure]]` of its own file would be.
pub(crate) fn read_added(
    reader: &mut Reader<'_>,
    items: &DeArray<'_>,
    world: &World,
    ledger: &Ledger,
) -> Added {
    let (groups, scopes) = (ledger.groups.clone(), ledger.scopes.clone());
    let mut names = Names { world, groups, scopes, grid: ledger.grid.clone() };
    let mut measures = ledger.measures.clone();
    let mut stacked = Stacked::new();
    stacked.resize_with(measures.len(), Default::default);
    read_measures(reader, items, &names, &mut measures, &mut stacked);
    resolve(reader, &mut measures, &stacked, &mut names);
    Added { measures: measures.split_off(ledger.measures.len()), grid: names.grid }
}

fn read_measures(
    reader: &mut Reader<'_>,
    items: &DeArray<'_>,
    names: &Names<'_>,
    measures: &mut Vec<Measure>,
    stacked: &mut Stacked,
) {
    let mut ids = Ids::new();
    for item in items.iter() {
        if let Some((measure, rules)) = read_measure(reader, item, names, &mut ids) {
            measures.push(measure);
            stacked.push(rules);
        }
    }
    items.iter().for_each(|item| check_exempted(reader, item, measures));
}

fn read_document(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) -> Ledger {
    reader.check_keys(root, &["ledger", "groups", "scopes", "measure"]);
    let heading = read_heading(reader, root);
    let mut names = Names { world, groups: BTreeMap::new(), scopes: BTreeMap::new(), grid: None };
    read_groups(reader, root, &mut names);
    read_scopes(reader, root, &mut names);
    note_vintage(reader, root, &names, heading.codes.as_deref());
    let mut stacked = Stacked::new();
    let mut measures = Vec::new();
    match root.get("measure").map(|node| (node, node.get_ref())) {
        Some((_, DeValue::Array(items))) => {
            read_measures(reader, items, &names, &mut measures, &mut stacked);
        }
        Some((node, _)) => {
            let help = "start each measure with [[measure]], in double brackets".to_owned();
            reader.wrong_type("measure", "a list of tables", node, Some(help));
        }
        None => {}
    }
    resolve(reader, &mut measures, &stacked, &mut names);
    let shape = Some((world.region_count(), world.sector_count()));
    Ledger { heading, measures, groups: names.groups, scopes: names.scopes, shape, grid: names.grid }
}

fn read_heading(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Heading {
    let mut heading = Heading::default();
    let example = "ledger = { title = \"US-China truce, 2025\" } at the top";
    let Some(node) = reader.required(root, "ledger", example) else {
        return heading;
    };
    let Some(table) = reader.table("`ledger`", "ledger", node) else {
        return heading;
    };
    reader.check_keys(table, &["title", "codes", "sources", "note"]);
    if let Some(node) = reader.required(table, "title", "title = \"…\"") {
        heading.title = reader.string("title", node).map(|text| text.value.to_owned()).unwrap_or_default();
    }
    heading.codes = optional_text(reader, table, "codes");
    heading.sources = optional_text(reader, table, "sources");
    heading.note = optional_text(reader, table, "note");
    heading
}

pub(super) fn optional_text(reader: &mut Reader<'_>, table: Table<'_, '_>, key: &str) -> Option<String> {
    table.get(key).and_then(|node| reader.string(key, node)).map(|text| text.value.to_owned())
}

fn read_groups(reader: &mut Reader<'_>, root: Table<'_, '_>, names: &mut Names<'_>) {
    let Some(node) = root.get("groups") else {
        return;
    };
    let Some(table) = reader.table("[groups]", "groups", node) else {
        return;
    };
    for (key, members) in table.entries {
        let name = key.get_ref().as_ref();
        if names.world.regions.find(name).is_ok() {
            reader.note(Problem::GroupIsRegion { name: name.to_owned(), at: key.span().into() });
        }
        let mut regions = Vec::new();
        for code in reader.strings(name, members) {
            match names.world.regions.find(code.value) {
                Ok(region) => regions.push(region),
                Err(unknown) => reader.note(Problem::UnknownRegion {
                    code: code.value.to_owned(),
                    at: code.at,
                    help: region_help(names.world, &unknown.nearest),
                }),
            }
        }
        note_if_empty(reader, name, members, "name at least one region");
        names.groups.insert(name.to_owned(), regions);
    }
}

/// What to do about a region that the world does not have.
pub(super) fn region_help(world: &World, nearest: &[String]) -> String {
    code_help(world, nearest, world.region_count(), "regions")
}

fn sector_help(world: &World, nearest: &[String]) -> String {
    code_help(world, nearest, world.sector_count(), "sectors")
}

fn code_help(world: &World, nearest: &[String], count: usize, what: &str) -> String {
    let (near, name) = (did_you_mean(nearest), &world.name);
    let space = if near.is_empty() { "" } else { " " };
    format!("{near}{space}World `{name}` has {count} {what}; `detente world show {name}` lists them")
}

fn read_scopes(reader: &mut Reader<'_>, root: Table<'_, '_>, names: &mut Names<'_>) {
    let Some(node) = root.get("scopes") else {
        return;
    };
    let Some(table) = reader.table("[scopes]", "scopes", node) else {
        return;
    };
    for (key, node) in table.entries {
        let name = key.get_ref().as_ref();
        let title = format!("the scope `{name}`");
        let mut scope = Scope {
            name: Some(name.to_owned()),
            coverage: vec![0.0; names.world.sector_count()],
            lines: None,
            note: None,
            source: None,
        };
        if let Some(table) = reader.table(&title, name, node) {
            reader.check_keys(table, &["sectors", "coverage", "hs", "list", "but", "note", "source"]);
            scope.note = optional_text(reader, table, "note");
            scope.source = optional_text(reader, table, "source");
            if let Some((lines, coverage)) = read_lines(reader, table, names) {
                (scope.lines, scope.coverage) = (Some(lines), coverage);
                names.scopes.insert(name.to_owned(), scope);
                continue;
            }
            scope.coverage = read_coverage(reader, table, names.world).unwrap_or_else(|| {
                reader.note(Problem::MissingKey {
                    key: "sectors",
                    table: title.clone(),
                    at: table.at,
                    help: "add sectors = [\"C26\", \"C27\"] or coverage = { C26 = \"35%\" }".to_owned(),
                });
                scope.coverage.clone()
            });
        }
        names.scopes.insert(name.to_owned(), scope);
    }
}

/// Coverage by sector from `sectors` (in full) or `coverage` (shares);
/// `None` if the table has neither. Carved sectors have the share of their parent.
pub(super) fn read_coverage(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    world: &World,
) -> Option<Vec<f64>> {
    let mut coverage = vec![0.0; world.sector_count()];
    let mut listed = BTreeSet::new();
    match (table.get("sectors"), table.get("coverage")) {
        (None, None) => return None,
        (Some(_), Some(_)) => reader.note(Problem::Conflict {
            table: table.name.to_owned(),
            one: "sectors",
            other: "coverage",
            one_at: table.key_at("sectors"),
            other_at: table.key_at("coverage"),
            help: "`sectors` covers them in full: list them under `coverage` with \"100%\"",
        }),
        (Some(node), None) => {
            note_if_empty(reader, "sectors", node, "name a sector, or leave `sectors` out for all goods");
            for code in reader.strings("sectors", node) {
                if let Some(sector) = find_sector(reader, world, code.value, code.at) {
                    coverage[sector] = 1.0;
                    listed.insert(sector);
                }
            }
        }
        (None, Some(node)) => {
            let shares = reader.table("`coverage`", "coverage", node)?;
            for (key, share) in shares.entries.iter().filter(|(key, _)| key.get_ref() != "others") {
                let share = reader.coverage("coverage", share);
                if let Some(sector) = find_sector(reader, world, key.get_ref(), key.span().into()) {
                    coverage[sector] = share.unwrap_or(0.0);
                    listed.insert(sector);
                }
            }
            if let Some(share) = shares.get("others").and_then(|share| reader.coverage("coverage", share)) {
                for sector in (0..coverage.len()).filter(|sector| world.goods[*sector]) {
                    if !listed.contains(&sector) {
                        coverage[sector] = share;
                    }
                }
            }
        }
    }
    inherit(&mut coverage, world, &listed);
    Some(coverage)
}

/// What is said of a sector is said of those carved out of it, unless they are named.
pub(super) fn inherit(coverage: &mut [f64], world: &World, listed: &BTreeSet<usize>) {
    for (child, parent, _) in world.carved_positions() {
        if !listed.contains(&child) {
            coverage[child] = coverage[parent];
        }
    }
}

fn find_sector(reader: &mut Reader<'_>, world: &World, code: &str, at: SourceSpan) -> Option<usize> {
    match world.sectors.find(code) {
        Ok(sector) => Some(sector),
        Err(unknown) => {
            reader.note(Problem::UnknownSector {
                code: code.to_owned(),
                at,
                help: sector_help(world, &unknown.nearest),
            });
            None
        }
    }
}

impl Names<'_> {
    /// The scope of a name, or what to say about it.
    pub fn scope(&self, name: &str, at: SourceSpan) -> Result<&Scope, Problem> {
        self.scopes.get(name).ok_or_else(|| {
            let help = match nearest(name, self.scopes.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("define it: [scopes] {name} = {{ sectors = [\"…\"] }}"),
            };
            Problem::UnknownScope { name: name.to_owned(), at, help }
        })
    }

    /// The regions of a code or of a group, or what to say about it.
    pub fn regions(&self, name: &str, at: SourceSpan) -> Result<Vec<usize>, Problem> {
        if let Some(members) = self.groups.get(name) {
            return Ok(members.clone());
        }
        let unknown = match self.world.regions.find(name) {
            Ok(region) => return Ok(vec![region]),
            Err(unknown) => unknown,
        };
        let code = unknown.nearest.first().map(String::as_str);
        let group = nearest(name, self.groups.keys().map(String::as_str));
        // Codes are upper case in every world; anything else is meant as a group.
        if name.chars().any(char::is_lowercase) {
            let help = match (group, code) {
                (Some(near), _) => format!("did you mean the group `{near}`?"),
                (None, Some(near)) => format!("did you mean the region `{near}`?"),
                (None, None) => format!("define it: [groups] {name} = [\"…\"]"),
            };
            return Err(Problem::UnknownGroup { name: name.to_owned(), at, help });
        }
        let help = region_help(self.world, &unknown.nearest);
        Err(Problem::UnknownRegion { code: name.to_owned(), at, help })
    }
}
