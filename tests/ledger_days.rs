//! The shipped ledger on 24 days, before and after its main changes, for a person to read.

use std::fmt::Write as _;

use detente::ledger::explain::{Goods, Weighting, breakdown};
use detente::ledger::{Kind, Ledger, Measure, shipped};
use detente::world::World;
use jiff::civil::{Date, date};

const DAYS: [Date; 24] = [
    date(2018, 7, 5),   // before the first list
    date(2018, 7, 6),   // section 301, list 1
    date(2018, 9, 24),  // list 3 and China's answer
    date(2019, 9, 1),   // list 4A
    date(2020, 2, 13),  // before Phase One
    date(2020, 2, 14),  // Phase One
    date(2024, 9, 26),  // before the four-year review
    date(2024, 9, 27),  // the review
    date(2025, 2, 3),   // before the emergency duties
    date(2025, 2, 4),   // fentanyl, 10 %
    date(2025, 3, 4),   // fentanyl, 20 %
    date(2025, 4, 8),   // reciprocal, 10 %
    date(2025, 4, 9),   // reciprocal, 84 %
    date(2025, 4, 12),  // both at 125 %
    date(2025, 5, 13),  // before the truce of Geneva
    date(2025, 5, 14),  // the truce
    date(2025, 6, 5),   // the call
    date(2025, 11, 9),  // before Busan takes effect
    date(2025, 11, 10), // Busan
    date(2026, 2, 19),  // before the court
    date(2026, 2, 20),  // the court ends the emergency duties
    date(2026, 2, 24),  // section 122
    date(2026, 7, 23),  // its last day
    date(2026, 7, 24),  // the end of section 122
];

/// Regenerate with `INSTA_UPDATE=always cargo test --test ledger_days` and read the difference.
#[test]
fn the_state_on_24_days() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = Ledger::parse("us-china", shipped::text("us-china").unwrap(), &world).unwrap().0;
    let mut text = String::new();
    let mut before = None;
    for day in DAYS {
        describe(&mut text, &world, &ledger, day, before);
        before = Some(day);
    }
    insta::assert_snapshot!(text);
}

fn describe(text: &mut String, world: &World, ledger: &Ledger, day: Date, before: Option<Date>) {
    writeln!(text, "{day}").unwrap();
    for (by, on) in [("USA", "CHN"), ("CHN", "USA")] {
        average(text, world, ledger, day, (by, on));
    }
    let in_force = |measure: &&Measure| measure.kind != Kind::Event && measure.is_in_force(day);
    let measures: Vec<&Measure> = ledger.measures.iter().filter(in_force).collect();
    let tariffs = measures.iter().filter(|m| m.kind == Kind::ImportTariff && m.rate_on(day) > 0.0).count();
    writeln!(text, "  in force: {}, {tariffs} of them tariffs above 0", measures.len()).unwrap();
    for kind in Kind::ALL {
        if matches!(kind, Kind::ImportTariff | Kind::TariffExemption) {
            continue;
        }
        let of_kind = measures.iter().filter(|measure| measure.kind == kind);
        let told = of_kind.map(|measure| match measure.effect_in_words(day).split_once(": ") {
            Some((_, sizes)) => format!("{} ({sizes})", measure.id),
            None => measure.id.clone(),
        });
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            writeln!(text, "  {}: {}", kind.name(), told.join("; ")).unwrap();
        }
    }
    let Some(before) = before else {
        writeln!(text).unwrap();
        return;
    };
    writeln!(text, "  since {before}").unwrap();
    for change in ledger.changes().iter().filter(|c| before < c.date && c.date <= day) {
        let measure = &ledger.measures[change.measure];
        writeln!(text, "    {} {}: {}", change.date, measure.id, change.in_words(measure)).unwrap();
    }
    writeln!(text).unwrap();
}

/// The average with the name of its weights, and the sectors at both ends.
fn average(text: &mut String, world: &World, ledger: &Ledger, day: Date, (by, on): (&str, &str)) {
    let pair = (world.regions.find(by).unwrap(), world.regions.find(on).unwrap());
    let goods = Goods::All;
    let found = breakdown(ledger, world, day, pair, &goods, Weighting::usual(world, pair.0)).unwrap();
    let weights = found.weights.split(':').next().unwrap();
    writeln!(text, "  {by} on {on}  {:6.2} %  weights: {weights}", 100.0 * found.total).unwrap();
    let state = ledger.state(world, day);
    let goods = (0..world.sector_count()).filter(|sector| world.goods[*sector]);
    let mut sectors: Vec<(f64, &str)> =
        goods.map(|s| (state.tariff[world.cell(s, pair.0, pair.1)], world.sectors.code(s))).collect();
    sectors.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = |(rate, code): &(f64, &str)| format!("{code} {:.1}", 100.0 * rate);
    let (low, high) = (sectors.iter().take(2).map(name), sectors.iter().rev().take(2).map(name));
    let (low, high): (Vec<_>, Vec<_>) = (low.collect(), high.collect());
    writeln!(text, "              from {} to {}", low.join(", "), high.join(", ")).unwrap();
}
