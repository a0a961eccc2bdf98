//! A ledger that was read, written and read again is the same ledger.

mod ledgers;

use detente::ledger::{Ledger, shipped};
use detente::world::World;
use ledgers::small_world;
use proptest::prelude::*;

fn parse(text: &str, world: &World) -> Ledger {
    match Ledger::parse("test.toml", text, world) {
        Ok((ledger, _)) => ledger,
        Err(e) => panic!("{}\n{text}", e.render(false)),
    }
}

fn assert_same_after_writing(text: &str, world: &World) -> String {
    let ledger = parse(text, world);
    let written = ledger.to_toml(world);
    assert_eq!(parse(&written, world), ledger, "{written}");
    assert_eq!(parse(&written, world).to_toml(world), written, "writing settles at once");
    written
}

#[test]
fn every_shipped_ledger_survives() {
    let world = World::shipped("icio-2022").unwrap();
    for name in shipped::names() {
        assert_same_after_writing(shipped::text(name).unwrap(), &world);
    }
}

const EVERYTHING: &str = r#"
ledger = { title = "A \"test\"", codes = "HS2022", sources = "made up", note = "line\nbreak" }

[groups]
core = ["DEU", "MEX"]

[scopes]
machines = { sectors = ["C27", "C28"], note = "all of them" }
"odd name" = { coverage = { A01 = "12.5%", others = "33.3333%" }, source = "x" }
nothing = { coverage = {} }

[[measure]]
id = "a"
kind = "import-tariff"
by = "core"
on = "*"
except = ["core"]
scope = "odd name"
announced = 2025-01-01
rate = { 2025-02-04 = "7.5%", 2025-03-04 = "600%" }
confirm = true
suspend = { points = "2.5%", from = 2025-04-01, until = [2025-05-01, 2025-06-01], then = "lapse" }
ends = { on = 2026-02-20, why = "court" }
source = "an act"

[[measure]]
id = "b"
kind = "import-tariff"
by = "USA"
on = "*"
sectors = ["SVC"]
rate = "0.1%"
from = 2025-02-04
until = 2025-12-31
status = "disputed"
source = "an act"

[[measure]]
id = "c"
kind = "export-licence"
by = "*"
on = ["CHN"]
scope = "nothing"
wait = "45 days"
approval = { 2025-04-04 = "5%" }
cost = { 2025-04-04 = "2%", 2025-06-01 = "1%" }
source = "an act"
rows = ["ROW-1", "ROW-2"]
recall = "the first day"
[[measure.reading]]
id = "washington"
evidence = [{ account = "us-2025-06-05", span = [512, 590] }, { account = "cn-2025-06-05", silent = true }]
approval = { 2025-06-06 = "100%" }
wait = "2 weeks"
note = "as told"
[[measure.reading]]
id = "beijing"
evidence = [{ account = "cn-2025-06-05" }]
from = 2025-05-01
until = 2026-05-01
approval = "25%"

[[measure]]
id = "d"
kind = "event"
from = 2025-06-05
coverage = { C26 = "1%" }

[[measure]]
id = "e"
kind = "tariff-exemption"
of = ["a", "b"]
share = "12%"
from = 2025-07-01
source = "an act"

[[measure]]
id = "f"
kind = "import-quota"
by = "CHN"
on = "core"
quantity = { 2025-01-01 = "80%", 2025-07-01 = "60%" }
source = "an act"

[[measure]]
id = "g"
kind = "subsidy"
by = "CHN"
on = "*"
rate = "3%"
from = 2025-01-01
source = "an act"

[[measure]]
id = "h"
kind = "export-tax"
by = "CHN"
on = "*"
rate = { 2025-01-01 = "20%" }
suspend = { points = "5%", from = 2025-02-01, until = 2025-03-01 }
source = "an act"
[[measure.reading]]
id = "beijing"
evidence = [{ account = "cn-2025-06-05" }]
suspend = { points = "20%", from = 2025-02-01, until = 2025-04-01 }

[[measure]]
id = "i"
kind = "import-tariff"
by = "MEX"
on = "CHN"
rate = { 2025-01-01 = "20%" }
share = "30%"
not_with = ["a", "b"]
floor = "15%"
source = "an act"
"#;

#[test]
fn every_key_survives_and_reads_well() {
    let written = assert_same_after_writing(EVERYTHING, &small_world());
    insta::assert_snapshot!(written);
}

#[test]
fn the_table_has_a_row_for_each_step() {
    let world = small_world();
    let table = String::from_utf8(parse(EVERYTHING, &world).to_csv(&world)).unwrap();
    insta::assert_snapshot!(table);
}

/// A percentage as a person or a program writes it.
fn percentage(most: u32) -> impl Strategy<Value = String> {
    let digits = "[0-9]{0,17}";
    (0..most, digits).prop_map(
        |(whole, rest)| {
            if rest.is_empty() { format!("{whole}%") } else { format!("{whole}.{rest}%") }
        },
    )
}

fn day() -> impl Strategy<Value = String> {
    (1900..2100, 1..13, 1..29).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

fn measure() -> impl Strategy<Value = String> {
    let by = prop_oneof![Just("\"USA\""), Just("[\"DEU\", \"MEX\"]"), Just("\"*\"")];
    let on = prop_oneof![
        Just("on = \"CHN\""),
        Just("on = \"*\""),
        Just("on = \"*\"\nexcept = [\"HKG\", \"MEX\"]"),
        Just("on = [\"CHN\", \"ROW\"]"),
    ];
    let goods = prop_oneof![
        Just(String::new()),
        Just("sectors = [\"C26\", \"SVC\"]\n".to_owned()),
        (percentage(100), percentage(100))
            .prop_map(|(a, b)| format!("coverage = {{ C27 = \"{a}\", others = \"{b}\" }}\n")),
    ];
    let steps = proptest::collection::btree_map(day(), percentage(5000), 1..4);
    let text = any::<Option<String>>().prop_map(|text| {
        // TOML has no way to write a bare carriage return or a control letter but to escape it.
        let escape = |letter: char| format!("\\U{:08X}", u32::from(letter));
        text.map(|text| format!("note = \"{}\"\n", text.chars().map(escape).collect::<String>()))
            .unwrap_or_default()
    });
    let pause = proptest::option::of((day(), percentage(1)));
    (by, on, goods, steps, text, pause, any::<bool>()).prop_map(
        |(by, on, goods, steps, note, pause, plain)| {
            let rate = match steps.iter().next() {
                Some((day, rate)) if plain => format!("rate = \"{rate}\"\nfrom = {day}"),
                _ => {
                    let steps: Vec<String> =
                        steps.iter().map(|(day, rate)| format!("{day} = \"{rate}\"")).collect();
                    format!("rate = {{ {} }}", steps.join(", "))
                }
            };
            let pause = pause.map(|(from, _)| {
                format!("suspend = {{ points = \"0%\", from = {from}, until = 2101-01-01 }}\n")
            });
            let pause = pause.unwrap_or_default();
            format!("kind = \"import-tariff\"\nby = {by}\n{on}\n{goods}{rate}\n{pause}confirm = true\n{note}")
        },
    )
}

proptest! {
    #[test]
    fn any_ledger_survives(measures in proptest::collection::vec(measure(), 0..6)) {
        let mut text = "ledger = { title = \"t\" }\n".to_owned();
        for (place, measure) in measures.iter().enumerate() {
            text += &format!("[[measure]]\nid = \"m{place}\"\n{measure}");
        }
        assert_same_after_writing(&text, &small_world());
    }
}
