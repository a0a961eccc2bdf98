//! What was the tariff on a day, and why? Every explanation adds up to what the engines see.

mod ledgers;

use detente::ledger::explain::{Breakdown, Goods, Weighting, breakdown};
use detente::ledger::stacking::line_average;
use detente::ledger::{Ledger, average_tariff, shipped};
use detente::world::World;
use jiff::civil::{Date, date};
use ledgers::small_world;

const DAYS: [Date; 6] = [
    date(2018, 7, 5),
    date(2018, 9, 24),
    date(2025, 4, 10),
    date(2025, 6, 5),
    date(2025, 11, 10),
    date(2026, 3, 1),
];

fn us_china() -> (World, Ledger) {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = Ledger::parse("us-china", shipped::text("us-china").unwrap(), &world).unwrap().0;
    (world, ledger)
}

/// The two directions, and one that only some measures concern.
fn pairs(world: &World) -> [(usize, usize); 3] {
    let find = |code| world.regions.find(code).unwrap();
    [("USA", "CHN"), ("CHN", "USA"), ("USA", "HKG")].map(|(by, on)| (find(by), find(on)))
}

#[track_caller]
fn assert_sums_to(found: &Breakdown, expected: f64, what: &str) {
    let sum = found.base + found.parts.iter().map(|part| part.points).sum::<f64>();
    assert!((sum - expected).abs() < 1e-12, "{what}: {sum} against {expected}");
    assert!((found.total - expected).abs() < 1e-12, "{what}");
}

#[test]
fn the_parts_of_a_sector_sum_to_the_state() {
    let (world, ledger) = us_china();
    for day in DAYS {
        let state = ledger.state(&world, day);
        for pair in pairs(&world) {
            for sector in 0..world.sector_count() {
                let found =
                    breakdown(&ledger, &world, day, pair, &Goods::Sector(sector), Weighting::BaseYear)
                        .unwrap();
                let tariff = state.tariff[world.cell(sector, pair.0, pair.1)];
                assert_sums_to(&found, tariff, &format!("{day} {pair:?} {}", world.sectors.code(sector)));
            }
            let found = breakdown(&ledger, &world, day, pair, &Goods::All, Weighting::BaseYear).unwrap();
            let average = average_tariff(&world, &state, pair.0, pair.1).unwrap();
            assert_sums_to(&found, average.weighted, &format!("{day} {pair:?}"));
        }
    }
}

/// All goods at once; and the 99 chapters, weighted by their imports.
#[test]
fn the_parts_of_lines_sum_to_the_average_of_lines() {
    let (world, ledger) = us_china();
    let [china, _, hong_kong] = pairs(&world);
    for day in DAYS {
        for pair in [china, hong_kong] {
            let average = line_average(&ledger, &world, day, pair.0, pair.1).unwrap().weighted;
            let found = breakdown(&ledger, &world, day, pair, &Goods::All, Weighting::Lines).unwrap();
            assert_sums_to(&found, average, &format!("{day} {pair:?}"));
            let (mut duty_musd, mut imports_musd, mut lines) = (0.0, 0.0, 0);
            for chapter in 1..=99 {
                let goods = Goods::Product(format!("{chapter:02}"));
                let Some(found) = breakdown(&ledger, &world, day, pair, &goods, Weighting::Lines) else {
                    continue;
                };
                let musd: f64 = found.lines.iter().filter_map(|line| line.imports_musd).sum();
                duty_musd += musd * found.total;
                imports_musd += musd;
                lines += found.lines.len();
                for line in &found.lines {
                    let sum = line.base + line.parts.iter().map(|part| part.points).sum::<f64>();
                    assert!((sum - line.total).abs() < 1e-12, "{day} {}", line.code);
                }
            }
            assert_eq!(lines, 11_660);
            assert!((duty_musd / imports_musd - average).abs() < 1e-12, "{day} {pair:?}");
        }
    }
}

/// 50 % on 30 % of the value; 10 % on the other 70 %; of a group 25 % before 7.5 %.
#[test]
fn what_a_measure_gave_way_to_is_visible() {
    let world = small_world();
    let measure = |id: &str, rest: &str| {
        format!(
            "[[measure]]\nid = \"{id}\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"CHN\"\n\
             from = 2025-01-01\nsource = \"made up\"\n{rest}\n"
        )
    };
    let text = "ledger = { title = \"A test\", codes = \"HS2022\" }\n".to_owned()
        + &measure("metals", "rate = \"50%\"\nshare = \"30%\"")
        + &measure("low", "rate = \"7.5%\"\ngroup = \"lists\"\nstack = \"highest\"")
        + &measure("rest", "rate = \"10%\"\nnot_with = [\"metals\"]")
        + &measure("high", "rate = \"25%\"\ngroup = \"lists\"\nstack = \"highest\"");
    let ledger = Ledger::parse("x.toml", &text, &world).unwrap().0;
    let found =
        breakdown(&ledger, &world, date(2025, 6, 1), (0, 1), &Goods::Sector(3), Weighting::BaseYear).unwrap();
    let expected = [
        ("metals", [0.5, 0.3, 0.3, 0.15]),
        ("low", [0.075, 1.0, 0.0, 0.0]),
        ("rest", [0.1, 1.0, 0.7, 0.07]),
        ("high", [0.25, 1.0, 1.0, 0.25]),
    ];
    assert_eq!(found.parts.len(), expected.len());
    for (part, (id, numbers)) in found.parts.iter().zip(expected) {
        assert_eq!(ledger.measures[part.measure].id, id);
        for (got, want) in [part.rate, part.covered, part.levied_on, part.points].into_iter().zip(numbers) {
            assert!((got - want).abs() < 1e-12, "{id}: {part:?}");
        }
    }
    assert!((found.base - 0.05).abs() < 1e-12 && (found.total - 0.52).abs() < 1e-12);
}

#[cfg(feature = "cli")]
mod program {
    use std::process::{Command, Output};

    fn detente(arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(arguments.split_whitespace())
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn printed(arguments: &str) -> String {
        let output = detente(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A person reads these: they change when the shipped ledger does.
    #[test]
    fn a_day_and_a_pair() {
        for (name, arguments) in [
            ("at_2025_06_05", "ledger at 2025-06-05"),
            ("usa_on_chn", "ledger at 2025-04-10 --importer USA --exporter CHN"),
            ("usa_on_chn_c26", "ledger at 2025-04-10 --importer USA --exporter CHN --goods C26"),
            ("usa_on_chn_850511", "ledger at 2025-04-10 --importer USA --exporter CHN --goods 850511"),
            ("chn_on_usa_1201", "ledger at 2025-06-05 --importer CHN --exporter USA --goods 1201"),
        ] {
            insta::assert_snapshot!(name, printed(arguments));
        }
    }

    #[test]
    fn the_tables_sum_to_what_is_printed() {
        let pair = "ledger at 2025-04-10 --importer USA --exporter CHN";
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        for (file, goods) in [("at-all.csv", ""), ("at-line.csv", "--goods 850511")] {
            let out = printed(&format!("{pair} {goods} --csv {file}"));
            let shown = out.lines().find_map(|line| line.strip_prefix(" tariff ")).unwrap().trim();
            let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
            let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            let sum: f64 = rows.iter().map(|row| row[10].parse::<f64>().unwrap()).sum();
            assert_eq!(format!("{:.2}", 100.0 * sum), shown);
        }
        printed("ledger at 2025-06-05 --csv at-day.csv");
        let mut reader = csv::Reader::from_path(folder.join("at-day.csv")).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let reciprocal = rows.iter().find(|row| &row[0] == "us-reciprocal").unwrap();
        assert_eq!((&reciprocal[5], &reciprocal[6]), ("0.34", "0.24"));
    }

    /// On 10 June the controls are over for Beijing, and stand for Washington.
    #[test]
    fn each_side_has_its_own_day() {
        let day = "ledger at 2025-06-10 --ledger two-readings-2025";
        let of = |reading: &str| printed(&format!("{day} --reading {reading}"));
        assert!(of("washington").contains("us-jet-engine-parts "));
        assert!(!of("beijing").contains("us-jet-engine-parts "));
        assert!(printed(day).contains("--reading shows how one side reads it: washington, beijing"));
    }

    #[test]
    fn what_cannot_be_read_is_answered_with_what_can() {
        for (arguments, said) in [
            ("ledger at 5.6.2025", "`5.6.2025` is not a day of the calendar; write it as 2025-05-14"),
            ("ledger at 2025-02-30", "is not a day of the calendar"),
            ("ledger at 2025-06-05 --importer USA", "--exporter"),
            ("ledger at 2025-06-05 --importer USA --exporter CHM", "or `CHN`?"),
            ("ledger at 2025-06-05 --importer USA --exporter USA", "USA does not tax itself"),
            ("ledger at 2025-06-05 --importer USA --exporter CHN --goods C260", "did you mean `C26`?"),
            ("ledger at 2025-06-05 --importer USA --exporter CHN --goods 850519999", "2 to 8 digits"),
            ("ledger at 2025-06-05 --importer USA --exporter CHN --goods 850517", "did you mean `8505"),
            ("ledger at 2025-06-05 --goods C26", "--importer"),
            ("ledger at 2025-06-05 --ledger us-chian", "shipped ledgers: "),
            ("ledger at 2025-06-05 --world icio", "icio-2022"),
            (
                "ledger at 2025-06-05 --ledger two-readings-2025 --reading washing",
                "did you mean `washington`?",
            ),
        ] {
            let output = detente(arguments);
            let report = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments}: {report}");
            assert!(report.contains(said), "{arguments}: {report}");
        }
    }
}
