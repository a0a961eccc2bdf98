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

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use miette::SourceSpan;
use rayon::prelude::*;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::measure::{Kind, Measure, Scope};
use super::parse_measure::{check_exempted, read_measure};
use super::parse_products::{note_vintage, read_lines};
use super::parse_proposal::read_proposals;
use super::parse_stacking::{Stacked, resolve};
use super::products::Products;
use super::stacking::Grid;
use super::{Added, Heading, Ledger};
use crate::document::read::{Node, Reader, Table, in_file_order, nearest, note_if_empty};
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
        if let Some(ledger) = read_in_parts(text, world) {
            return Ok((ledger, Vec::new()));
        }
        document::parse(document::Kind::Ledger, file_name, text, |reader, root| {
            Some(read_document(reader, root, world))
        })
    }
}

/// What measures refer to.
pub(super) struct Names<'w> {
    pub world: &'w World,
    pub groups: BTreeMap<String, Vec<usize>>,
    pub scopes: BTreeMap<String, Arc<Scope>>,
    /// What a measure covers that names no goods.
    pub all_goods: Arc<Scope>,
    /// Tariff lines in the world's sectors, once a scope or a rule needs them.
    pub grid: Option<Arc<Grid>>,
}

/// Where an id was first used.
pub(super) type Ids = HashMap<String, SourceSpan>;

/// Reads measures that join `ledger`, as `[[measure]]` of its own file would be.
pub(crate) fn read_added(
    reader: &mut Reader<'_>,
    items: &DeArray<'_>,
    world: &World,
    ledger: &Ledger,
) -> Added {
    let (groups, scopes) = (ledger.groups.clone(), ledger.scopes.clone());
    let mut names = Names { groups, scopes, grid: ledger.grid.clone(), ..Names::none(world) };
    let mut measures = ledger.measures.clone();
    let mut stacked = Stacked::new();
    stacked.resize_with(measures.len(), Default::default);
    read_measures(reader, items, &names, &mut measures, &mut stacked);
    resolve(reader, &mut measures, &stacked, &mut names);
    Added { measures: measures.split_off(ledger.measures.len()), grid: names.grid }
}

/// So many scopes are worth reading side by side.
const MANY_SCOPES: usize = 64;

/// A text of this many bytes is worth reading in parts of that size: a tree of
/// megabytes costs more than its parts, even on one processor.
const LARGE: usize = 1 << 15;

/// Reads a large ledger in parts, side by side; `None` for a small one, and for
/// one with anything to say about, which is then read as a whole: places in a
/// part are not places in the file.
fn read_in_parts(text: &str, world: &World) -> Option<Ledger> {
    const MARK: &str = "\n[[measure]]";
    if text.len() < LARGE {
        return None;
    }
    let first = text.find(MARK)?;
    let parts = text.len().div_ceil(LARGE);
    let mut cuts = vec![first];
    for part in 1..parts {
        // A mark inside a text over several lines cuts it, and neither part reads.
        let middle = first + (text.len() - first) / parts * part;
        let from = (middle..text.len()).find(|at| text.is_char_boundary(*at))?;
        let cut = from + text[from..].find(MARK)?;
        if cut > cuts[cuts.len() - 1] {
            cuts.push(cut);
        }
    }
    cuts.push(text.len());
    cuts.insert(0, 0);
    let parts: Vec<&str> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
    let read_first = || {
        let head = quietly(parts[0])?;
        let mut reader = Reader { text: parts[0], problems: Vec::new(), warnings: Vec::new() };
        let root = Table::new("the policy ledger", (0, 0).into(), &head);
        let (heading, names) = read_head(&mut reader, root, world);
        (reader.is_content() && !head.contains_key("measure") && !head.contains_key("proposal"))
            .then_some((heading, names))
    };
    // A tree that is read before the next one comes stays in the cache; only
    // while the names are read there is nothing to do but parse.
    let (early, later) = parts[1..].split_at(parts.len() / 8);
    let parse = || early.par_iter().map(|part| quietly(part)).collect::<Vec<_>>();
    let (head, trees) = rayon::join(read_first, parse);
    let (heading, mut names) = head?;
    let trees = trees.into_par_iter().chain(later.par_iter().map(|part| quietly(part)));
    let read = |(document, text): (Option<DeTable<'_>>, &&str)| {
        let document = document?;
        let items = document.get("measure")?.get_ref().as_array()?;
        let mut reader = Reader { text, problems: Vec::new(), warnings: Vec::new() };
        let read: Vec<_> = items.iter().map(|item| read_measure(&mut reader, item, &names, None)).collect();
        (document.len() == 1 && reader.is_content()).then_some(read)
    };
    let read: Vec<_> = trees.zip(&parts[1..]).map(read).collect::<Option<_>>()?;
    let count = read.iter().map(Vec::len).sum();
    let (mut measures, mut stacked) = (Vec::with_capacity(count), Stacked::with_capacity(count));
    for (measure, rules) in read.into_iter().flatten().flatten() {
        measures.push(measure);
        stacked.push(rules);
    }
    let ids: HashSet<&str> = measures.iter().map(|measure: &Measure| measure.id.as_str()).collect();
    let tariff = |id: &String| {
        ids.contains(id.as_str())
            && measures.iter().any(|other| other.kind == Kind::ImportTariff && other.id == *id)
    };
    if ids.len() < measures.len() || !measures.iter().flat_map(|measure| &measure.of).all(tariff) {
        return None;
    }
    let mut reader = Reader { text, problems: Vec::new(), warnings: Vec::new() };
    resolve(&mut reader, &mut measures, &stacked, &mut names);
    reader.is_content().then(|| finished(heading, measures, names))
}

/// The tree of a text without mistakes.
fn quietly(text: &str) -> Option<DeTable<'_>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    errors.is_empty().then(|| document.into_inner())
}

fn finished(heading: Heading, measures: Vec<Measure>, names: Names<'_>) -> Ledger {
    let shape = Some((names.world.region_count(), names.world.sector_count()));
    let (groups, scopes, grid) = (names.groups, names.scopes, names.grid);
    Ledger { heading, measures, groups, scopes, proposals: Vec::new(), shape, grid }
}

/// Everything but the measures.
fn read_head<'w>(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &'w World) -> (Heading, Names<'w>) {
    reader.check_keys(root, &["ledger", "groups", "scopes", "measure", "proposal"]);
    let heading = read_heading(reader, root);
    let mut names = Names::none(world);
    read_groups(reader, root, &mut names);
    read_scopes(reader, root, &mut names);
    note_vintage(reader, root, &names, heading.codes.as_deref());
    (heading, names)
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
        if let Some((measure, rules)) = read_measure(reader, item, names, Some(&mut ids)) {
            measures.push(measure);
            stacked.push(rules);
        }
    }
    items.iter().for_each(|item| check_exempted(reader, item, measures));
}

fn read_document(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) -> Ledger {
    let (heading, mut names) = read_head(reader, root, world);
    let mut stacked = Stacked::new();
    let mut measures = Vec::new();
    match root.get("measure").map(|node| (node, node.get_ref())) {
        Some((_, DeValue::Array(items))) => {
            measures.reserve(items.len());
            read_measures(reader, items, &names, &mut measures, &mut stacked);
        }
        Some((node, _)) => {
            let help = "start each measure with [[measure]], in double brackets".to_owned();
            reader.wrong_type("measure", "a list of tables", node, Some(help));
        }
        None => {}
    }
    resolve(reader, &mut measures, &stacked, &mut names);
    let proposals = read_proposals(reader, root);
    Ledger { proposals, ..finished(heading, measures, names) }
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
    for (key, members) in in_file_order(table.entries) {
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
    let scopes = in_file_order(table.entries);
    if scopes.len() < MANY_SCOPES {
        for (key, node) in scopes {
            let scope = read_scope(reader, key.get_ref(), node, names.world, &mut names.grid);
            names.scopes.insert(key.get_ref().to_string(), Arc::new(scope));
        }
        return;
    }
    if let Ok(products) = Products::shipped() {
        names.grid.get_or_insert_with(|| Grid::new(products, names.world));
    }
    let (text, grid, world) = (reader.text, &names.grid, names.world);
    let read = |(key, node): &(&Spanned<DeString<'_>>, &Node<'_>)| {
        let mut reader = Reader { text, problems: Vec::new(), warnings: Vec::new() };
        let scope = read_scope(&mut reader, key.get_ref(), node, world, &mut grid.clone());
        (key.get_ref().to_string(), scope, reader)
    };
    let read: Vec<_> = scopes.par_iter().map(read).collect();
    for (name, scope, said) in read {
        reader.problems.extend(said.problems);
        reader.warnings.extend(said.warnings);
        names.scopes.insert(name, Arc::new(scope));
    }
}

fn read_scope(
    reader: &mut Reader<'_>,
    name: &str,
    node: &Node<'_>,
    world: &World,
    grid: &mut Option<Arc<Grid>>,
) -> Scope {
    let title = format!("the scope `{name}`");
    let mut scope = Scope { name: Some(name.to_owned()), ..Scope::default() };
    scope.coverage = vec![0.0; world.sector_count()];
    let Some(table) = reader.table(&title, name, node) else { return scope };
    reader.check_keys(table, &["sectors", "coverage", "hs", "list", "but", "note", "source"]);
    scope.note = optional_text(reader, table, "note");
    scope.source = optional_text(reader, table, "source");
    if let Some((lines, coverage)) = read_lines(reader, table, world, grid) {
        (scope.lines, scope.coverage) = (Some(lines), coverage);
        return scope;
    }
    if let Some(coverage) = read_coverage(reader, table, world) {
        scope.coverage = coverage;
    } else {
        reader.note(Problem::MissingKey {
            key: "sectors",
            table: title.clone(),
            at: table.at,
            help: "add sectors = [\"C26\", \"C27\"] or coverage = { C26 = \"35%\" }".to_owned(),
        });
    }
    scope
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
            let named = in_file_order(shares.entries).into_iter();
            for (key, share) in named.filter(|(key, _)| key.get_ref() != "others") {
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

impl<'w> Names<'w> {
    /// Those of a file that defines none.
    fn none(world: &'w World) -> Self {
        let coverage = world.goods.iter().map(|is_good| if *is_good { 1.0 } else { 0.0 }).collect();
        let all_goods = Arc::new(Scope { coverage, ..Scope::default() });
        Self { world, groups: BTreeMap::new(), scopes: BTreeMap::new(), all_goods, grid: None }
    }

    /// The scope of a name, or what to say about it.
    pub fn scope(&self, name: &str, at: SourceSpan) -> Result<&Arc<Scope>, Problem> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::large::ledger_text;

    fn as_a_whole(text: &str, world: &World) -> Result<Ledger, DocumentError> {
        let read = |reader: &mut Reader<'_>, root: Table<'_, '_>| Some(read_document(reader, root, world));
        document::parse(document::Kind::Ledger, "large", text, read).map(|(ledger, _)| ledger)
    }

    #[test]
    fn a_large_ledger_reads_the_same_in_parts() {
        let world = World::shipped("icio-2022").unwrap();
        let text = ledger_text(1000);
        assert_eq!(
            read_in_parts(&text, &world).expect("nothing to say about"),
            as_a_whole(&text, &world).unwrap()
        );
    }

    /// A mistake anywhere, or a text that a cut would go through, and it is
    /// read as a whole: with the places of the file.
    #[test]
    fn a_large_ledger_with_a_mistake_is_read_as_a_whole() {
        let world = World::shipped("icio-2022").unwrap();
        let text = ledger_text(1000);
        for (good, wrong) in [
            ("number 987\"", "number 987\"\nnonsense = 1"),
            ("id = \"m-3\"", "id = \"m-900\""),
            ("title = \"Made up\"", "titel = \"Made up\""),
            ("not_with = [\"m-48\"]", "not_with = [\"n-48\"]"),
        ] {
            let text = text.replacen(good, wrong, 1);
            assert_eq!(read_in_parts(&text, &world), None, "{wrong}");
            let error = Ledger::parse("large", &text, &world).unwrap_err();
            assert!(!error.problems().is_empty());
        }
        let quoted =
            text.replacen("source = \"made up, number 500\"", "source = '''made up\n[[measure]]\n'''", 1);
        assert_eq!(Ledger::parse("large", &quoted, &world).unwrap().0, as_a_whole(&quoted, &world).unwrap());
    }
}
