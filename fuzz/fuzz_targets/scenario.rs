//! Any text: the reader of scenarios does not panic, and says what is wrong.
#![no_main]

use detente::scenario::Scenario;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Scenario::parse("fuzz", "fuzz.toml", text) {
        drop(error.render(false));
    }
});
