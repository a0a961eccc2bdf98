//! Any text in the place of a rate.
#![no_main]

use std::sync::LazyLock;

use detente::ledger::Ledger;
use detente::world::World;
use libfuzzer_sys::fuzz_target;

static WORLD: LazyLock<World> = LazyLock::new(|| World::shipped("icio-2019-g20").expect("it ships"));

fuzz_target!(|rate: &str| {
    let text = format!(
        "ledger = {{ title = \"t\" }}\n[[measure]]\nid = \"a\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"CHN\"\n\
         from = 2025-02-04\nconfirm = true\nrate = {rate:?}\n"
    );
    if let Ok((ledger, _)) = Ledger::parse("fuzz.toml", &text, &WORLD) {
        let written = ledger.to_toml(&WORLD);
        let again = Ledger::parse("written.toml", &written, &WORLD);
        assert!(again.is_ok_and(|(again, _)| again == ledger), "{written}");
    }
});
