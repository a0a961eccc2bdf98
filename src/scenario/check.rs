//! Does a scenario name only what its world and its ledger have?
//!
//! Asked of the text, once the world and the ledger that it names are open, so
//! that the answer can point into it.

use miette::SourceSpan;
use toml::de::{DeArray, DeTable, DeValue};

use super::{Scenario, accounts};
use crate::document::problem::percent;
use crate::document::read::{Node, PLAUSIBLE_RATE, Reader, Table, nearest};
use crate::document::{self, DocumentError, Problem, Warning};
use crate::ledger::parse::read_added;
use crate::ledger::{Added, AmendmentError, Amendments, Ledger};
use crate::world::World;
use crate::world::labels::did_you_mean;

impl Scenario {
    /// Checks the regions, elasticity sets and measures that a scenario's text
    /// names, and reads the measures that its phases add.
    ///
    /// # Errors
    /// [`DocumentError`] with everything that `world` or `ledger` does not have,
    /// and every problem of the added measures.
    pub fn check(
        &mut self,
        file_name: &str,
        text: &str,
        world: &World,
        ledger: &Ledger,
    ) -> Result<Vec<Warning>, DocumentError> {
        let (added, warnings) =
            document::parse(document::Kind::Scenario, file_name, text, |reader, root| {
                check_actors(reader, root, world);
                accounts::check_parties(reader, root, world);
                check_readings(reader, root, ledger);
                let added = check_phases(reader, root, world, ledger);
                check_sets(reader, root, world);
                let of_rungs = check_strategy(reader, root, world, ledger);
                Some((added, of_rungs))
            })?;
        let (added, of_rungs) = added;
        if let Some(question) = &mut self.strategy {
            // A rung that is a word adds nothing; the file was read once, so they line up.
            for (rung, measures) in question.rungs.iter_mut().zip(of_rungs) {
                rung.amendments.add = measures;
            }
        }
        for (phase, measures) in self.phases.iter_mut().zip(added) {
            phase.amendments.add = measures;
        }
        Ok(warnings)
    }

    /// Checks what `[short_run]` names, and reads the measures that it adds. The
    /// world is that of the weeks, their materials carved out, and the ledger is
    /// read for it.
    ///
    /// # Errors
    /// [`DocumentError`], as [`check`](Self::check).
    pub fn check_short_run(
        &mut self,
        file_name: &str,
        text: &str,
        world: &World,
        ledger: &Ledger,
    ) -> Result<Vec<Warning>, DocumentError> {
        let (added, warnings) =
            document::parse(document::Kind::Scenario, file_name, text, |reader, root| {
                Some(check_short_run(reader, root, world, ledger))
            })?;
        if let Some(question) = &mut self.short_run {
            question.amendments.add = added;
        }
        Ok(warnings)
    }
}

fn check_actors(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) {
    if let Some(node) = root.get("actors") {
        check_regions(reader, "actors", node, world);
    }
}

fn check_regions(reader: &mut Reader<'_>, key: &str, node: &Node<'_>, world: &World) {
    for code in reader.strings(key, node) {
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

fn check_readings(reader: &mut Reader<'_>, root: Table<'_, '_>, ledger: &Ledger) {
    let Some(node) = root.get("readings") else { return };
    let known = ledger.readings();
    for id in reader.strings("readings", node).into_iter().filter(|id| !known.contains(&id.value)) {
        let help = match (nearest(id.value, known.iter().copied()), known.as_slice()) {
            (_, []) => "no measure of the ledger has a reading".to_owned(),
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, ids) => format!("the ledger has {}", ids.join(", ")),
        };
        reader.note(Problem::UnknownWord { key: "readings", word: id.value.to_owned(), at: id.at, help });
    }
}

/// The measures that each phase adds.
fn check_phases(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World, ledger: &Ledger) -> Vec<Added> {
    let Some(DeValue::Array(phases)) = root.get("phase").map(Node::get_ref) else { return Vec::new() };
    let mut added = Vec::new();
    for phase in phases.iter().filter_map(|phase| phase.get_ref().as_table()) {
        check_revoked(reader, phase, ledger);
        check_extended(reader, phase, ledger);
        let of_phase = read_amended(reader, phase, world, ledger);
        check_set_on(reader, phase, ledger, &of_phase);
        added.push(of_phase);
    }
    added
}

/// Every measure that a phase sets holds on its day: to set another would do nothing.
fn check_set_on(reader: &mut Reader<'_>, phase: &DeTable<'_>, ledger: &Ledger, added: &Added) {
    let Some(set) = phase.get("set").and_then(|set| set.get_ref().as_table()) else { return };
    let Some(day) = phase.get("date").and_then(|node| reader.day("date", node)) else { return };
    for key in set.keys() {
        let id = key.get_ref().as_ref();
        let measure = added.measures.iter().find(|new| new.id == id).or_else(|| ledger.measure(id));
        let Some(measure) = measure else { continue };
        let help = match (measure.start(), &measure.end) {
            (Some(start), _) if start > day.value => format!("it begins on {start}, after the phase's day"),
            (_, Some(end)) if end.on <= day.value => {
                format!("it ended on {}, before the phase's day", end.on)
            }
            _ => continue,
        };
        let help = format!("{help}: `add` a measure of your own");
        reader.note(Problem::UnknownWord { key: "set", word: id.to_owned(), at: key.span().into(), help });
    }
}

/// What a phase, a rung or the short run sets and adds.
fn read_amended(reader: &mut Reader<'_>, table: &DeTable<'_>, world: &World, ledger: &Ledger) -> Added {
    let added = match table.get("add").map(Node::get_ref) {
        Some(DeValue::Array(items)) => read_new(reader, items, world, ledger),
        _ => Added::default(),
    };
    check_set(reader, table, ledger, &added);
    added
}

/// Every number of `set` is of a measure that has one, and one that it may have.
fn check_set(reader: &mut Reader<'_>, phase: &DeTable<'_>, ledger: &Ledger, added: &Added) {
    let Some(set) = phase.get("set").and_then(|set| set.get_ref().as_table()) else { return };
    for (key, node) in set {
        let id = key.get_ref().as_ref();
        let revoke_measures = if revokes(phase, "measures", id) { vec![id.to_owned()] } else { Vec::new() };
        let set = vec![(id.to_owned(), 0.0)];
        let amendments = Amendments { set, revoke_measures, add: added.clone(), ..Amendments::default() };
        if let Err(problem) = ledger.check(&amendments) {
            // A taken id is told where it is added.
            if !matches!(problem, AmendmentError::IdTaken { .. }) {
                reader.note(not_amendable("set", &problem, id, key.span().into()));
            }
            continue;
        }
        let measure = added.measures.iter().find(|new| new.id == id).or_else(|| ledger.measure(id));
        match measure.and_then(|measure| measure.kind.number()) {
            Some("rate") => check_plausible(reader, node),
            Some(number @ ("approval" | "share")) => reader.share(number, node).map(|_| ()),
            _ => None,
        };
    }
}

/// A rate that is set has no `confirm` beside it: up to 500 % it passes.
fn check_plausible(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<()> {
    let rate = reader.plain_percentage("rate", node)?;
    if rate.value > PLAUSIBLE_RATE {
        let help = "write at most \"500%\", or `add` a measure with `confirm = true`".to_owned();
        reader.note(Problem::ImplausibleRate { percent: percent(rate.value), at: rate.at, help });
    }
    Some(())
}

fn check_revoked(reader: &mut Reader<'_>, phase: &DeTable<'_>, ledger: &Ledger) {
    let Some(revoke) = phase.get("revoke").and_then(|revoke| revoke.get_ref().as_table()) else { return };
    for key in ["suspensions", "measures"] {
        let Some(node) = revoke.get(key) else { continue };
        for id in reader.strings(key, node) {
            let ids = vec![id.value.to_owned()];
            let amendments = match key {
                "suspensions" => Amendments { revoke_suspensions: ids, ..Amendments::default() },
                _ => Amendments { revoke_measures: ids, ..Amendments::default() },
            };
            if let Err(problem) = ledger.check(&amendments) {
                reader.note(not_amendable("revoke", &problem, id.value, id.at));
            }
        }
    }
}

fn check_extended(reader: &mut Reader<'_>, phase: &DeTable<'_>, ledger: &Ledger) {
    let Some(extend) = phase.get("extend").and_then(|extend| extend.get_ref().as_table()) else { return };
    for (key, node) in extend {
        let id = key.get_ref().as_ref();
        let Some(day) = reader.day(id, node) else { continue };
        let extend_suspensions = vec![(id.to_owned(), day.value)];
        // What else the phase says of this one.
        let revoked = |key: &str| if revokes(phase, key, id) { vec![id.to_owned()] } else { Vec::new() };
        let (revoke_suspensions, revoke_measures) = (revoked("suspensions"), revoked("measures"));
        let amendments =
            Amendments { extend_suspensions, revoke_suspensions, revoke_measures, ..Amendments::default() };
        if let Err(problem) = ledger.check(&amendments) {
            reader.note(not_amendable("extend", &problem, id, key.span().into()));
        }
    }
}

fn revokes(phase: &DeTable<'_>, key: &str, id: &str) -> bool {
    let revoke = phase.get("revoke").and_then(|revoke| revoke.get_ref().as_table());
    match revoke.and_then(|revoke| revoke.get(key)).map(Node::get_ref) {
        Some(DeValue::Array(ids)) => ids.iter().any(|other| other.get_ref().as_str() == Some(id)),
        Some(other) => other.as_str() == Some(id),
        None => false,
    }
}

/// Further measures, each with an id that the ledger does not have.
fn read_new(reader: &mut Reader<'_>, items: &DeArray<'_>, world: &World, ledger: &Ledger) -> Added {
    for item in items.iter() {
        let Some(node) = item.get_ref().as_table().and_then(|entries| entries.get("id")) else { continue };
        let Some(id) = node.get_ref().as_str().filter(|id| ledger.measure(id).is_some()) else { continue };
        let taken = AmendmentError::IdTaken { id: id.to_owned() };
        reader.note(not_amendable("add", &taken, id, node.span().into()));
    }
    read_added(reader, items, world, ledger)
}

fn not_amendable(key: &'static str, problem: &AmendmentError, id: &str, at: SourceSpan) -> Problem {
    let help = match problem {
        AmendmentError::UnknownMeasure { nearest: Some(near), .. } => format!("did you mean `{near}`?"),
        AmendmentError::UnknownMeasure { .. } => "no measure of the ledger has this id".to_owned(),
        AmendmentError::NotSuspended { suspended, .. } => match suspended.as_slice() {
            [] => "no measure of the ledger has a suspension".to_owned(),
            ids => format!("the measure has no suspension; these have one: {}", ids.join(", ")),
        },
        AmendmentError::SunsetBeforeStart { from, until, .. } => {
            format!("the suspension begins on {from}: {until} is not later")
        }
        AmendmentError::RevokedAndExtended { .. } => {
            "the phase also revokes it: keep one of the two".to_owned()
        }
        AmendmentError::NoNumber { kind, .. } => {
            format!("a measure of kind {kind} has no rate, quantity, approval, cost or share")
        }
        AmendmentError::RevokedAndSet { .. } => "the phase also revokes it: keep one of the two".to_owned(),
        AmendmentError::IdTaken { .. } => "the ledger already has a measure of this id".to_owned(),
    };
    Problem::UnknownWord { key, word: id.to_owned(), at, help }
}

/// The region and the inputs that `[short_run]` names.
fn check_short_run(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World, ledger: &Ledger) -> Added {
    let Some(table) = root.get("short_run").and_then(|node| node.get_ref().as_table()) else {
        return Added::default();
    };
    check_revoked(reader, table, ledger);
    check_extended(reader, table, ledger);
    check_dependence(reader, table, world);
    if let Some(code) = table.get("sender").and_then(|node| reader.string("sender", node))
        && let Err(unknown) = world.regions.find(code.value)
    {
        let help = format!(
            "{} `detente world show {}` lists the regions",
            did_you_mean(&unknown.nearest),
            world.name
        )
        .trim_start()
        .to_owned();
        reader.note(Problem::UnknownRegion { code: code.value.to_owned(), at: code.at, help });
    }
    let added = read_amended(reader, table, world, ledger);
    for key in ["measure", "retaliation"] {
        check_measures(reader, table, key, ledger, &added);
    }
    added
}

/// A key names measures of the ledger that are not revoked, or added ones.
fn check_measures(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    key: &'static str,
    ledger: &Ledger,
    added: &Added,
) {
    let Some(node) = table.get(key) else { return };
    let known = || ledger.measures.iter().chain(&added.measures).map(|measure| measure.id.as_str());
    for id in reader.strings(key, node) {
        let revoked = revokes(table, "measures", id.value);
        let help = match nearest(id.value, known()) {
            _ if revoked && key == "retaliation" => "`revoke` takes it out: keep one of the two".to_owned(),
            _ if known().any(|known| known == id.value) => continue,
            Some(near) => format!("did you mean `{near}`?"),
            None => "no measure of the ledger has this id".to_owned(),
        };
        reader.note(Problem::UnknownWord { key, word: id.value.to_owned(), at: id.at, help });
    }
}

/// The players, the sets and the measures of rungs that `[strategy]` names.
fn check_strategy(
    reader: &mut Reader<'_>,
    root: Table<'_, '_>,
    world: &World,
    ledger: &Ledger,
) -> Vec<Added> {
    let Some(table) = root.get("strategy").and_then(|node| node.get_ref().as_table()) else {
        return Vec::new();
    };
    if let Some(node) = table.get("players") {
        check_regions(reader, "players", node, world);
    }
    if let Some(node) = table.get("sets").filter(|node| node.get_ref().is_array()) {
        check_set_names(reader, "sets", node, world);
    }
    let Some(DeValue::Array(rungs)) = table.get("rungs").map(Node::get_ref) else { return Vec::new() };
    let mut added = Vec::new();
    for rung in rungs.iter() {
        added.push(match rung.get_ref().as_table() {
            Some(rung) => {
                check_revoked(reader, rung, ledger);
                check_extended(reader, rung, ledger);
                read_amended(reader, rung, world, ledger)
            }
            None => Added::default(),
        });
    }
    added
}

fn check_dependence(reader: &mut Reader<'_>, table: &DeTable<'_>, world: &World) {
    let Some(inputs) = table.get("dependence").and_then(|node| node.get_ref().as_table()) else { return };
    for (key, _) in inputs.iter() {
        let code = key.get_ref().as_ref();
        if ["materials", "goods", "services"].contains(&code) {
            continue;
        }
        if let Err(unknown) = world.sectors.find(code) {
            let near = did_you_mean(&unknown.nearest);
            let help = format!(
                "{near} write materials, goods, services or a sector; `detente world show {}` lists the sectors",
                world.name
            );
            let at = key.span().into();
            reader.note(Problem::UnknownSector {
                code: code.to_owned(),
                at,
                help: help.trim_start().to_owned(),
            });
        }
    }
}

fn check_sets(reader: &mut Reader<'_>, root: Table<'_, '_>, world: &World) {
    let Some(table) = root.get("long_run").and_then(|node| node.get_ref().as_table()) else { return };
    for key in ["elasticities", "range"] {
        if let Some(node) = table.get(key) {
            check_set_names(reader, key, node, world);
        }
    }
}

fn check_set_names(reader: &mut Reader<'_>, key: &'static str, node: &Node<'_>, world: &World) {
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
