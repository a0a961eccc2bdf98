//! Any text: the reader of scenarios does not panic, says what is wrong, and
//! what passes can be read as the ledger of every phase.
#![no_main]

use std::sync::LazyLock;

use detente::ledger::{Ledger, shipped};
use detente::scenario::Scenario;
use detente::world::World;
use libfuzzer_sys::fuzz_target;

static WORLD: LazyLock<World> = LazyLock::new(|| World::shipped("icio-2022").expect("it ships"));
static LEDGER: LazyLock<Ledger> = LazyLock::new(|| {
    let text = shipped::text("two-readings-2025").expect("it ships");
    Ledger::parse("two-readings-2025", text, &WORLD).expect("it reads").0
});

fuzz_target!(|text: &str| {
    let mut scenario = match Scenario::parse("fuzz", "fuzz.toml", text) {
        Ok(scenario) => scenario,
        Err(error) => return drop(error.render(false)),
    };
    match scenario.check("fuzz.toml", text, &WORLD, &LEDGER) {
        Ok(_) => {
            for phase in &scenario.phases {
                let amended = LEDGER.amended(&phase.amendments);
                amended.expect("what was checked can be amended").state(&WORLD, phase.date);
            }
        }
        Err(error) => drop(error.render(false)),
    }
});
