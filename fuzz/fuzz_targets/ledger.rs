//! Any text: the reader does not panic, and a good ledger survives writing.
#![no_main]

use std::sync::LazyLock;

use detente::ledger::Ledger;
use detente::world::World;
use libfuzzer_sys::fuzz_target;

static WORLD: LazyLock<World> = LazyLock::new(|| World::shipped("icio-2019-g20").expect("it ships"));

fuzz_target!(|text: &str| {
    match Ledger::parse("fuzz.toml", text, &WORLD) {
        Ok((ledger, _)) => {
            let written = ledger.to_toml(&WORLD);
            let again = Ledger::parse("written.toml", &written, &WORLD);
            assert!(again.is_ok_and(|(again, _)| again == ledger), "{written}");
        }
        Err(error) => drop(error.render(false)),
    }
});
