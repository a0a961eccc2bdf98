//! Does a scenario name only what its world and its ledger have?
//!
//! Asked of the text, once the world and the ledger that it names are open, so
//! that the answer can point into it.

use miette::SourceSpan;
use toml::de::DeValue;

use super::Scenario;
use crate::document::read::{Node, Reader, Table, nearest};
use crate::document::{self, DocumentError, Problem};
use crate::ledger::{AmendmentError, Amendments, Ledger};
use crate::world::World;
use crate::world::labels::did_you_mean;

impl Scenario {
    /// Checks the regions, elasticity sets and measures that a scenario's text names.
    ///
    /// # Errors
    /// [`DocumentError`] with everything that `world` or `ledger` does not have.
    pub fn check(file_name: &str, text: &str, world: &World, ledger: &Ledger) -> Result<(), DocumentError> {
        document::parse(document::Kind::Scenario, file_name, text, &[], |reader, root| {
            check_actors(reader, root, world);
            check_phases(reader, root, ledger);
            check_sets(reader, root, world);
            Some(())
        })
        .map(|_| ())
    }
}

fn check_actors(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) {
    let Some(node) = root.get("actors") else { return };
    for code in reader.strings("actors", node) {
        if let Err(unknown) = world.regions.find(code.value) {
            let near = did_you_mean(&unknown.nearest);
            reader.note(Problem::UnknownRegion {
                code: code.value.to_owned(),
                at: code.at,
                help: format!("{near} `detente world show {}` lists the regions", world.name)
                    .trim_start()
                    .to_owned(),
            });
        }
    }
}

fn check_phases(reader: &mut Reader<'_>, root: Table<'_, '_>, ledger: &Ledger) {
    let Some(DeValue::Array(phases)) = root.get("phase").map(Node::get_ref) else { return };
    for phase in phases.iter() {
        let Some(revoke) = phase.get_ref().as_table().and_then(|phase| phase.get("revoke")) else { continue };
        let Some(revoke) = revoke.get_ref().as_table() else { continue };
        for key in ["suspensions", "measures"] {
            let Some(node) = revoke.get(key) else { continue };
            for id in reader.strings(key, node) {
                let ids = vec![id.value.to_owned()];
                let amendments = match key {
                    "suspensions" => Amendments { revoke_suspensions: ids, ..Amendments::default() },
                    _ => Amendments { revoke_measures: ids, ..Amendments::default() },
                };
                if let Err(problem) = ledger.check(&amendments) {
                    reader.note(not_amendable(&problem, id.value, id.at));
                }
            }
        }
    }
}

fn not_amendable(problem: &AmendmentError, id: &str, at: SourceSpan) -> Problem {
    let help = match problem {
        AmendmentError::UnknownMeasure { nearest: Some(near), .. } => format!("did you mean `{near}`?"),
        AmendmentError::UnknownMeasure { .. } => "no measure of the ledger has this id".to_owned(),
        AmendmentError::NotSuspended { suspended, .. } => match suspended.as_slice() {
            [] => "no measure of the ledger has a suspension".to_owned(),
            ids => format!("the measure has no suspension; these have one: {}", ids.join(", ")),
        },
    };
    Problem::UnknownWord { key: "revoke", word: id.to_owned(), at, help }
}

fn check_sets(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) {
    let Some(table) = root.get("long_run").and_then(|node| node.get_ref().as_table()) else { return };
    for key in ["elasticities", "range"] {
        let Some(node) = table.get(key) else { continue };
        for name in reader.strings(key, node) {
            if world.elasticity_set(name.value).is_none() {
                let names = || world.elasticities.iter().map(|set| set.name.as_str());
                let known = names().collect::<Vec<_>>().join(", ");
                let help = match nearest(name.value, names()) {
                    Some(near) => format!("did you mean `{near}`? World `{}` has {known}", world.name),
                    None => format!("world `{}` has {known}", world.name),
                };
                reader.note(Problem::UnknownWord { key, word: name.value.to_owned(), at: name.at, help });
            }
        }
    }
}
