//! What is there to choose from?
//!
//! Worlds with their regions and sectors, ledgers with their days and readings, materials,
//! studies, variants: what ships, and what lies in the user's folder. A file of the user
//! that cannot be read is listed by its name; opening it says what is wrong.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::library::Library;
use crate::equilibrium::Variant;
use crate::ledger::Ledger;
use crate::network::study;
use crate::scenario::Scenario;
use crate::scenario::open::Shelf;
use crate::world::labels::Labels;
use crate::world::{World, material, shipped_names};

/// The world that ledgers are read for, to list them.
const FOR_LEDGERS: &str = "icio-2022";

/// Everything as one object; `seconds` is the limit of a request.
pub fn choices(library: &Library, seconds: f64) -> Value {
    static SHIPPED: OnceLock<(Vec<Value>, Vec<Value>)> = OnceLock::new();
    let (worlds, ledgers) = SHIPPED.get_or_init(|| {
        let worlds = shipped_names().into_iter().map(|name| world(&Shelf::Shipped, name)).collect();
        (worlds, listed(&Shelf::Shipped, &crate::ledger::shipped::names()))
    });
    let shelf = library.shelf();
    let (own_worlds, own_ledgers) = (library.worlds(), library.texts("ledger"));
    let worlds = own_worlds.iter().map(|name| world(&shelf, name)).chain(worlds.iter().cloned());
    let own_ledgers: Vec<&str> = own_ledgers.iter().map(String::as_str).collect();
    let own_ledgers = if own_ledgers.is_empty() { Vec::new() } else { listed(&shelf, &own_ledgers) };
    let scenarios = library.scenarios().into_iter().map(|(name, text)| {
        let title =
            Scenario::parse(&name, &name, &text).map_or_else(|_| name.clone(), |scenario| scenario.title);
        json!({"name": name, "title": title})
    });
    let named = |table: &str, shipped: Vec<&str>| -> Vec<String> {
        library.texts(table).into_iter().chain(shipped.into_iter().map(str::to_owned)).collect()
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "limit_seconds": seconds,
        "folder": library.has_folder(),
        "scenarios": scenarios.collect::<Vec<_>>(),
        "worlds": worlds.collect::<Vec<_>>(),
        "ledgers": own_ledgers.into_iter().chain(ledgers.iter().cloned()).collect::<Vec<_>>(),
        "materials": named("material", material::shipped_names()),
        "studies": named("study", study::shipped_names()),
        "variants": Variant::NAMED.map(|(name, _)| name),
        "deficits": ["held", "zero", "share", "income"],
    })
}

fn world(shelf: &Shelf, name: &str) -> Value {
    let Ok(opened) = shelf.world(name) else { return json!({"name": name, "title": name}) };
    let world = opened.world;
    let of = |labels: &Labels| -> Vec<Value> {
        (0..labels.len()).map(|at| json!({"code": labels.code(at), "name": labels.name(at)})).collect()
    };
    json!({
        "name": name,
        "title": world.title,
        "regions": of(&world.regions),
        "sectors": of(&world.sectors),
        "base_date": world.base_date.to_string(),
        "elasticities": world.elasticities.iter().map(|set| set.name.as_str()).collect::<Vec<_>>(),
    })
}

fn listed(shelf: &Shelf, names: &[&str]) -> Vec<Value> {
    let world = World::shipped(FOR_LEDGERS);
    let one = |name: &&str| {
        let text = shelf.ledger_text(name).ok().zip(world.as_ref().ok());
        let read = text.and_then(|((shown, text), world)| Ledger::parse(&shown, &text, world).ok());
        let Some((ledger, _)) = read else { return json!({"name": name, "title": name, "readings": []}) };
        let days = ledger.change_dates();
        json!({
            "name": name,
            "title": ledger.title(),
            "readings": ledger.readings(),
            "first": days.first().map(ToString::to_string),
            "last": days.last().map(ToString::to_string),
        })
    };
    names.iter().map(one).collect()
}
