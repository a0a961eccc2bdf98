//! Which measures does a measure meet on the same good, and what then?
//!
//! ```toml
//! not_with = ["us-232-*"]      # gives way to these; * stands for any ending
//! stack    = "highest"         # with group = "s301": of a group the highest duty counts
//! floor    = "15%"             # fills the base duty up to 15 %
//! share    = "30%"             # the dutiable part of the covered value
//! ```

use std::collections::HashMap;

use miette::SourceSpan;

use super::measure::Measure;
use super::parse::Names;
use super::products::Products;
use super::stacking::{Grid, Stacking, mark_lines};
use crate::document::problem::Problem;
use crate::document::read::{Reader, Table, nearest};

/// Keys of a tariff that say how it stacks.
pub(super) const STACKING_KEYS: [&str; 5] = ["not_with", "group", "stack", "floor", "share"];

/// The patterns of `not_with` and where they stand.
#[derive(Default)]
pub(super) struct Rules {
    not_with: Vec<(String, SourceSpan)>,
}

/// The rules of every measure, `[measure]`.
pub(super) type Stacked = Vec<Rules>;

pub(super) fn read_stacking(reader: &mut Reader<'_>, table: Table<'_, '_>) -> (Stacking, Rules) {
    let mut stacking = Stacking::default();
    let patterns = table.get("not_with").map(|node| reader.strings("not_with", node)).unwrap_or_default();
    let rules = Rules { not_with: patterns.into_iter().map(|p| (p.value.to_owned(), p.at)).collect() };
    if let Some(share) = table.get("share").and_then(|node| reader.coverage("share", node)) {
        stacking.share = share;
    }
    stacking.floor =
        table.get("floor").and_then(|node| reader.rate("floor", node, false)).map(|floor| floor.value);
    if let Some(node) = table.get("stack") {
        reader.required(table, "group", "the name of the group: group = \"s301\"");
        if let Some(word) = reader.string("stack", node).filter(|word| word.value != "highest") {
            reader.note(Problem::UnknownWord {
                key: "stack",
                word: word.value.to_owned(),
                at: word.at,
                help: "write \"highest\": of a group the highest duty counts; without it duties add"
                    .to_owned(),
            });
        }
    }
    if let Some(node) = table.get("group") {
        reader.required(table, "stack", "stack = \"highest\"");
        stacking.group = reader.string("group", node).map(|name| name.value.to_owned());
    }
    (stacking, rules)
}

/// Finds the measures of every pattern, and which are evaluated line by line.
pub(super) fn resolve(
    reader: &mut Reader<'_>,
    measures: &mut [Measure],
    stacked: &Stacked,
    names: &mut Names<'_>,
) {
    let ids = measures.iter().enumerate().map(|(position, measure)| (measure.id.as_str(), position));
    let positions: HashMap<&str, usize> = ids.collect();
    let mut given_way_to = Vec::new();
    for (position, rules) in stacked.iter().enumerate().filter(|(_, rules)| !rules.not_with.is_empty()) {
        let mut not_with = measures[position].stacking.not_with.clone();
        for (pattern, at) in &rules.not_with {
            let hit: Vec<usize> = match pattern.strip_suffix('*') {
                Some(stem) => (0..measures.len()).filter(|m| measures[*m].id.starts_with(stem)).collect(),
                None => positions.get(pattern.as_str()).copied().into_iter().collect(),
            };
            // An exemption that names the tariff is already deducted from it.
            let others = |other: &usize| *other != position && measures[*other].of.is_empty();
            let hit: Vec<usize> = hit.into_iter().filter(others).collect();
            if hit.is_empty() {
                let ids = measures.iter().map(|measure| measure.id.as_str());
                let help = match nearest(pattern.trim_end_matches('*'), ids) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "write the id of a measure of this file, or its beginning and *".to_owned(),
                };
                reader.note(Problem::MatchesNothing {
                    key: "not_with",
                    pattern: pattern.clone(),
                    at: *at,
                    help,
                });
            }
            not_with.extend(hit);
        }
        not_with.sort_unstable();
        not_with.dedup();
        given_way_to.push((position, not_with));
    }
    for (position, not_with) in given_way_to {
        measures[position].stacking.not_with = not_with;
    }
    for (position, rules) in stacked.iter().enumerate() {
        if let Some((_, at)) = rules.not_with.first().filter(|_| leads_back(measures, position)) {
            reader.note(Problem::Circle { id: measures[position].id.clone(), at: *at });
        }
    }
    mark_lines(measures);
    if measures.iter().any(|measure| measure.stacking.by_line) && names.grid.is_none() {
        // The tables are inside the program, and a test reads them.
        names.grid = Products::shipped().ok().map(|products| Grid::new(products, names.world));
    }
}

/// True if giving way from measure to measure comes back to `start`.
fn leads_back(measures: &[Measure], start: usize) -> bool {
    let mut seen = vec![false; measures.len()];
    let mut open = measures[start].stacking.not_with.clone();
    while let Some(position) = open.pop() {
        if position == start {
            return true;
        }
        if !std::mem::replace(&mut seen[position], true) {
            open.extend(&measures[position].stacking.not_with);
        }
    }
    false
}
