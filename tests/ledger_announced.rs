//! The ledger `liberation-day` is what was announced on 2 April 2025, and `none` is nothing.

use std::path::{Path, PathBuf};

use detente::ledger::stacking::line_average;
use detente::ledger::{Ledger, Measure, PolicyState, shipped};
use detente::world::World;
use jiff::civil::{Date, date};

const APRIL_5: Date = date(2025, 4, 5);
const APRIL_9: Date = date(2025, 4, 9);

/// Under the orders of their own, or in column 2 of the tariff.
const LET_OFF: [&str; 4] = ["BLR", "CAN", "MEX", "RUS"];

fn read(name: &str, world: &World) -> Ledger {
    let text = shipped::text(name).unwrap();
    let (ledger, warnings) =
        Ledger::parse(name, text, world).unwrap_or_else(|error| panic!("{}", error.render(false)));
    assert!(warnings.is_empty(), "{warnings:?}");
    ledger
}

fn reciprocal(ledger: &Ledger, partner: usize) -> Vec<&Measure> {
    let hits = |m: &&Measure| m.id.starts_with("us-reciprocal-") && m.on.contains(&partner);
    ledger.measures.iter().filter(hits).collect()
}

#[test]
fn without_measures_the_tariffs_are_the_worlds() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = read("none", &world);
    assert!(ledger.measures.is_empty());
    assert_eq!(ledger.state(&world, APRIL_9), PolicyState::of_world(&world, APRIL_9));
}

/// 10 % from 5 April, its own rate from 9 April, and no pause after it.
#[test]
fn every_partner_pays_one_reciprocal_duty() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = read("liberation-day", &world);
    let usa = world.regions.find("USA").unwrap();
    for partner in (0..world.region_count()).filter(|partner| *partner != usa) {
        let code = world.regions.code(partner);
        let duties = reciprocal(&ledger, partner);
        if LET_OFF.contains(&code) {
            assert!(duties.is_empty(), "{code}");
            continue;
        }
        assert_eq!(duties.len(), 1, "{code}");
        assert_eq!(duties[0].rate_on(date(2025, 4, 4)), 0.0, "{code}");
        assert_eq!(duties[0].rate_on(APRIL_5), 0.10, "{code}");
        let rate = duties[0].rate_on(APRIL_9);
        assert!((0.10..0.50).contains(&rate), "{code}");
        assert_eq!(duties[0].rate_on(date(2026, 1, 1)), rate, "{code}");
        assert_eq!(duties[0].id, format!("us-reciprocal-{}", (rate * 100.0).round()), "{code}");
    }
}

/// Cars pay 25 % in place of the reciprocal duty, on top of their base duty.
#[test]
fn goods_under_section_232_do_not_pay_it() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = read("liberation-day", &world);
    let region = |code| world.regions.find(code).unwrap();
    let average = |day, partner| line_average(&ledger, &world, day, region("USA"), region(partner)).unwrap();
    // Japan's cars are a good fourth of what it sells: 24 % on all would be 0.24 more.
    let japan = average(APRIL_9, "JPN").weighted - average(date(2025, 4, 4), "JPN").weighted;
    let cars = average(date(2025, 4, 4), "JPN").weighted - average(date(2025, 4, 2), "JPN").weighted;
    assert!(cars > 0.05 && japan < 0.24 * (1.0 - cars / 0.25), "{japan} and {cars}");
    // Canada pays for metals and cars, and nothing on 5 or 9 April.
    assert_eq!(average(date(2025, 4, 4), "CAN"), average(APRIL_9, "CAN"));
}

/// The data of the 194-country model: the first printing of Annex I, with the
/// fentanyl duty of 20 % in China's rate. Needs the source, as `world_build` does.
#[test]
fn the_rates_are_those_of_the_annex() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("DETENTE_DATA").map_or(beside, PathBuf::from);
    let path = folder.join("data/liberation2025/countries.csv");
    if !path.is_file() {
        eprintln!("SKIPPED: no rates of 2 April 2025; name the folder that has data/ in DETENTE_DATA");
        return;
    }
    let world = World::shipped("icio-2022").unwrap();
    let ledger = read("liberation-day", &world);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name| headers.iter().position(|header| header == name).unwrap();
    let (code, rate) = (column("iso3"), column("us_tariff_file"));
    let (mut same, mut a_point_more, mut others) = (0, Vec::new(), Vec::new());
    for record in reader.records().map(Result::unwrap) {
        let Ok(partner) = world.regions.find(&record[code]) else { continue };
        if &record[code] == "USA" {
            continue;
        }
        let [duty] = reciprocal(&ledger, partner)[..] else { continue };
        let points = (record[rate].parse::<f64>().unwrap() - duty.rate_on(APRIL_9)) * 100.0;
        match points.round() as i32 {
            0 => same += 1,
            1 => a_point_more.push(record[code].to_owned()),
            points => others.push((record[code].to_owned(), points)),
        }
    }
    assert_eq!(same, 62);
    assert_eq!(a_point_more, ["CMR", "IND", "KOR", "MMR", "NOR", "PAK", "PHL", "THA", "ZAF"]);
    assert_eq!(others, [("CHN".to_owned(), 20), ("HKG".to_owned(), -24)]);
}
