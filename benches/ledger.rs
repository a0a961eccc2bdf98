//! A large ledger: reading 10,000 measures, and the state of one day.
//!
//! Budget: 50 ms for both. `detente bench` prints them together.

use detente::ledger::Ledger;
use detente::ledger::large::ledger_text;
use detente::world::World;
use divan::Bencher;
use jiff::civil::date;

fn main() {
    divan::main();
}

#[divan::bench(args = [1_000, 10_000])]
fn read(bencher: Bencher, measures: usize) {
    let world = World::shipped("icio-2022").unwrap();
    let text = ledger_text(measures);
    bencher.bench_local(|| Ledger::parse("large", &text, &world).unwrap());
}

/// The part of reading that is the TOML parser: the tree, before it is understood.
#[divan::bench(args = [1_000, 10_000])]
fn tree(bencher: Bencher, measures: usize) {
    let text = ledger_text(measures);
    bencher.bench_local(|| toml::de::DeTable::parse_recoverable(&text).0.get_ref().len());
}

#[divan::bench(args = [1_000, 10_000])]
fn state(bencher: Bencher, measures: usize) {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = Ledger::parse("large", &ledger_text(measures), &world).unwrap().0;
    bencher.bench_local(|| ledger.state(&world, date(2025, 6, 5)));
}

/// Both, as somebody meets them who asks for one day.
#[divan::bench(args = [1_000, 10_000])]
fn read_and_state(bencher: Bencher, measures: usize) {
    let world = World::shipped("icio-2022").unwrap();
    let text = ledger_text(measures);
    bencher.bench_local(|| {
        let ledger = Ledger::parse("large", &text, &world).unwrap().0;
        ledger.state(&world, date(2025, 6, 5))
    });
}
