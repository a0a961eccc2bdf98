//! Worlds that ship, folders that are wrong, and what is said about them.

use std::fs;
use std::path::Path;
use std::time::Instant;

use detente::world::check::{check, holds};
use detente::world::labels::Labels;
use detente::world::store::{self, Existing};
use detente::world::{World, shipped_names};

const WORLD: &str = "name = \"tiny\"\ntitle = \"Two regions\"\nbase_date = 2020-07-01\ngoods = [\"G\"]\n";
const FLOWS: &str = "sector,importer,exporter,value_musd\nG,USA,USA,80\nG,USA,CHN,20\nG,CHN,CHN,70\nG,CHN,USA,30\nS,USA,USA,100\nS,CHN,CHN,60\n";
const IO: &str = "region,input_sector,sector,input_share\nUSA,G,G,0.3\nUSA,S,G,0.2\nCHN,G,S,0.1\n";
const SECTORS: &str = "sector,name,sigma,theta_LOW\nG,Goods,5,2\nS,Services,5,2\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn with(name: &str, content: &str) -> tempfile::TempDir {
    let mut files =
        vec![("world.toml", WORLD), ("flows.csv", FLOWS), ("io.csv", IO), ("sectors.csv", SECTORS)];
    match files.iter_mut().find(|(file, _)| *file == name) {
        Some(file) => file.1 = content,
        None => files.push((name, content)),
    }
    folder(&files)
}

fn refused(name: &str, content: &str) -> String {
    World::load(with(name, content).path()).unwrap_err().to_string()
}

#[test]
fn every_shipped_world_adds_up() {
    for name in shipped_names() {
        let started = Instant::now();
        let world = World::shipped(name).unwrap();
        println!("{name}: loaded in {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
        let found = check(&world);
        assert!(holds(&found), "{name}: {found:#?}");
        assert_eq!(world, World::open(name).unwrap());
        assert!(world.elasticities.iter().all(|set| !set.source.is_empty()));
        assert!(!world.sources.is_empty() && !world.notes.is_empty());
    }
}

/// Marks of the sources: world output, the deficit of the United States and the
/// surplus of China in 2022, and the largest tariff of 1993.
#[test]
fn the_shipped_worlds_show_the_marks_of_their_sources() {
    let world = World::shipped("icio-2022").unwrap();
    assert_eq!((world.region_count(), world.sector_count()), (81, 28));
    let output: f64 = world.gross_output_musd().iter().sum();
    assert!((output / 1e6 - 199.69).abs() < 0.01, "{output}");
    let deficit = world.deficit_musd();
    let of = |code: &str| deficit[world.regions.find(code).unwrap()];
    assert!((of("USA") / 1e3 - 962.0).abs() < 1.0, "{}", of("USA"));
    assert!((of("CHN") / 1e3 + 555.0).abs() < 1.0, "{}", of("CHN"));
    assert_eq!(world.elasticities[0].name, "GYY");
    assert_eq!(world.elasticities.len(), 8);
    let services = world.sectors.find("SRV").unwrap();
    assert!(!world.goods[services] && world.goods.iter().filter(|good| **good).count() == 27);
    assert!(world.tariff[services * 81 * 81..].iter().all(|tariff| *tariff == 0.0));

    let small = World::shipped("icio-2019-g20").unwrap();
    let output: f64 = small.gross_output_musd().iter().sum();
    let added: f64 = small.value_added_musd().iter().sum();
    assert!((output / 1e6 - 170.74).abs() < 0.01 && added > 81.0e6, "{output} {added}");

    let old = World::shipped("cp2015").unwrap();
    assert_eq!((old.region_count(), old.sector_count()), (31, 40));
    let largest = old.tariff.iter().copied().fold(0.0, f64::max);
    assert!((largest - 2.7).abs() < 0.05, "{largest}");
    assert_eq!(old.final_demand_musd().iter().filter(|f| **f < 0.0).count(), 185);
    let later = World::shipped_tariffs("cp2015", "tariffs_2005").unwrap();
    let (usa, mex) = (old.regions.find("USA").unwrap(), old.regions.find("MEX").unwrap());
    let auto = old.cell(old.sectors.find("Auto").unwrap(), mex, usa);
    assert!(later[auto] < old.tariff[auto]);

    let goods = World::shipped("liberation2025").unwrap();
    assert_eq!((goods.region_count(), goods.sector_count()), (194, 1));
    let of = |code: &str| goods.regions.find(code).unwrap();
    let deficit = goods.deficit_musd();
    assert!((deficit[of("USA")] / 1e3 - 1043.9).abs() < 0.1, "{}", deficit[of("USA")]);
    assert_eq!(goods.trade_musd[goods.cell(0, of("GMB"), of("GMB"))], 0.0);
    let duties = World::shipped_tariffs("liberation2025", "us_tariffs").unwrap();
    assert_eq!(duties[goods.cell(0, of("USA"), of("CHN"))], 0.54);
    assert_eq!(duties.iter().filter(|duty| **duty > 0.0).count(), 193);
    let members = World::shipped_column("liberation2025", "countries", "european_union").unwrap();
    assert_eq!(members.iter().sum::<f64>(), 25.0);
    assert!(World::shipped_column("liberation2025", "countries", "population").is_err());

    // Spending is income in every region: purchases with tariffs are sales with tariff revenue.
    let purged = World::shipped("ll2014").unwrap();
    assert_eq!((purged.region_count(), purged.sector_count()), (44, 16));
    let raw = World::shipped_flows("ll2014", "flows_raw").unwrap();
    let n = purged.region_count();
    let balance = |flows: &[f64], region: usize| -> f64 {
        let of = |cell: usize| (cell / n % n, cell % n, flows[cell]);
        let (mut bought, mut sold) = (0.0, 0.0);
        for (importer, exporter, value) in (0..flows.len()).map(of).filter(|(i, e, _)| i != e) {
            bought += if importer == region { value } else { 0.0 };
            sold += if exporter == region { value } else { 0.0 };
        }
        bought / sold - 1.0
    };
    let usa = purged.regions.find("USA").unwrap();
    assert!((0..n).all(|region| balance(&purged.trade_musd, region).abs() < 1e-6), "trade is balanced");
    assert!(balance(&raw, usa) > 0.1, "and was not: {}", balance(&raw, usa));
    let mu = purged.markup.unwrap();
    assert_eq!((mu[1], mu[15]), (0.143, 0.0));
}

#[test]
fn a_world_saved_and_loaded_is_the_same() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("again");
    for name in ["icio-2019-g20", "cp2015", "liberation2025", "ll2014", "ossa2014"] {
        let world = World::shipped(name).unwrap();
        store::save(&world, &target, Existing::Replace, &[]).unwrap();
        assert_eq!(World::open(target.to_str().unwrap()).unwrap(), world);
    }
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "no draft is left");
}

#[test]
fn a_folder_of_csv_is_a_world() {
    let world =
        World::load(with("tariffs.csv", "sector,importer,exporter,tariff\nG,USA,CHN,0.1\n").path()).unwrap();
    assert_eq!(world.regions.codes(), ["CHN", "USA"]);
    assert_eq!(world.goods, [true, false]);
    assert_eq!(world.elasticities[0].theta, [4.0, 4.0]);
    assert_eq!(world.elasticities[1].name, "LOW");
    assert_eq!(world.tariff[world.cell(0, 1, 0)], 0.1);
    // The USA sells 80 + 30 = 110 of goods and uses 0.3 of it as inputs; it spends 80 + 20 * 1.1.
    let demand = world.final_demand_musd();
    assert!((demand[2] - (80.0 + 22.0 - 0.3 * 110.0)).abs() < 1e-12, "{demand:?}");
    assert!(holds(&check(&world)));
}

#[test]
fn a_place_that_is_no_world_is_named() {
    assert_eq!(
        World::open("icio2022").unwrap_err().to_string(),
        "`icio2022` is neither a world that ships nor a folder; did you mean `icio-2022`?; shipped: icio-2022, icio-2019-g20, cp2015, liberation2025, ll2014, ossa2014"
    );
    let empty = tempfile::tempdir().unwrap();
    let place = empty.path().display().to_string();
    assert_eq!(
        World::load(empty.path()).unwrap_err().to_string(),
        format!(
            "`{place}` has no file `world.toml`: a world is a folder with `world.toml`, `flows` and `sectors`"
        )
    );
    fs::write(empty.path().join("world.toml"), WORLD).unwrap();
    assert_eq!(
        World::load(empty.path()).unwrap_err().to_string(),
        format!("`{place}` has no table `flows`: expected a file `flows.parquet` or `flows.csv`")
    );
}

#[test]
fn every_bad_cell_of_a_table_is_told_with_its_row() {
    let flows = FLOWS.replace("G,USA,CHN,20", "G,USA,CHM,20").replace("S,CHN", "SS,CHN");
    let flows = format!("{flows}G,USA,USA,1\n");
    let regions = "region,name\nUSA,United States\nCHN,China\n";
    let folder = with("flows.csv", &flows);
    fs::write(folder.path().join("regions.csv"), regions).unwrap();
    assert_eq!(
        World::load(folder.path()).unwrap_err().to_string(),
        "`flows.csv` has 2 problems\n  row 3, column `exporter`: unknown region `CHM`; did you mean `CHN`?\n  row 7, column `sector`: unknown sector `SS`; did you mean `S`?"
    );
    assert_eq!(
        refused("flows.csv", &format!("{FLOWS}G,USA,USA,-1\n")),
        "`flows.csv` has 2 problems\n  row 8, column `value_musd`: a flow of -1 is negative; net it within its row first\n  row 8: `G`, `USA`, `USA` is already in row 2"
    );
    assert_eq!(
        refused("tariffs.csv", "sector,importer,exporter,tariff\nG,USA,CHN,-1\n"),
        "`tariffs.csv` has a problem\n  row 2, column `tariff`: a tariff of -1 gives the goods away; write 0.05 for 5 %"
    );
    assert_eq!(
        refused("io.csv", "region,input_sector,sector,input_share\nUSA,G,G,-0.1\n"),
        "`io.csv` has a problem\n  row 2, column `input_share`: an input share of -0.1 is negative; to keep published data as they are, write `negative_inputs = true` in `world.toml`"
    );
    assert_eq!(
        refused("io.csv", "region,input_sector,sector,input_share\nUSA,G,G,0.7\nUSA,S,G,0.5\n"),
        "`io.csv` has a problem\n  column `input_share`: the inputs of `G` in `USA` sum to 1.200000; shares of gross output may not exceed 1"
    );
    assert_eq!(
        refused("sectors.csv", "sector,theta\nG,0\nS,\n"),
        "`sectors.csv` has a problem\n  row 3, column `theta`: `` is not a number"
    );
    assert_eq!(
        refused("sectors.csv", "sector,theta\nG,0\nS,4\n"),
        "`sectors.csv` has a problem\n  row 2, column `theta`: sector `G` has the trade elasticity theta = 0; it must be positive"
    );
    assert_eq!(
        refused("sectors.csv", "sector\nG\nS\n"),
        "`sectors.csv`: sectors without a trade elasticity: add a column `theta`, `sigma` or `theta_NAME`"
    );
    assert_eq!(
        refused("sectors.csv", "sector,theta\nG,4\nG,4\n"),
        "`sectors.csv` has a problem\n  row 3, column `sector`: `G` is already in row 2"
    );
}

#[test]
fn a_world_has_flows_and_codes_that_can_be_written() {
    assert_eq!(
        refused("flows.csv", "sector,importer,exporter,value_musd\n"),
        "`flows.csv` has a problem\n  no flows: write a row for every sale, those at home included"
    );
    assert_eq!(
        refused("flows.csv", &FLOWS.replace("CHN", "Others")),
        "`flows.csv`: the code `Others` is the word of ledgers and results for all that are not named: write another, such as `ROW`"
    );
    assert_eq!(
        refused("sectors.csv", "sector,theta\nG,4\n\"S,1\",4\n,4\n"),
        "`sectors.csv` has 2 problems\n  row 3, column `sector`: the code `S,1` has a comma, a double quote or a control character: write letters, digits, `_` and `-`\n  row 4, column `sector`: the code is empty: write a short one, such as `EU`"
    );
    let mut world = World::load(with("x.txt", "").path()).unwrap();
    world.regions = Labels::default();
    let target = tempfile::tempdir().unwrap();
    let error =
        store::save(&world, &target.path().join("none"), Existing::Keep, &[]).unwrap_err().to_string();
    assert!(error.starts_with("the world `tiny` is not consistent: it has no region; "), "{error}");
}

/// Each number is finite, their sum is not.
#[test]
fn numbers_too_large_to_add_up_fail_the_check() {
    let mut world = World::load(with("x.txt", "").path()).unwrap();
    world.trade_musd.fill(1e308);
    let found = check(&world);
    assert!(!holds(&found));
    assert!(!found[0].ok && found[0].name == "finite" && found[0].cells > 0, "{:?}", found[0]);
}

#[test]
fn a_wrong_description_says_what_to_write() {
    let wrong = |from: &str, to: &str| refused("world.toml", &WORLD.replace(from, to));
    assert_eq!(
        wrong("[\"G\"]", "[\"GG\"]"),
        "`world.toml`: in `goods`: unknown code `GG`; did you mean `G`?"
    );
    let sets = "sector,theta_LOW\nG,2\nS,2\n";
    let folder = with("sectors.csv", sets);
    let text = WORLD.replace("goods", "default_elasticities = \"HIGH\"\ngoods");
    fs::write(folder.path().join("world.toml"), text).unwrap();
    assert_eq!(
        World::load(folder.path()).unwrap_err().to_string(),
        "`world.toml`: default_elasticities names `HIGH`, but `sectors.csv` has the sets LOW"
    );
    assert!(wrong("title", "titel").contains("unknown field `titel`"));
    assert_eq!(
        wrong("2020-07-01", "12:30:00"),
        "`world.toml`: `base_date = 12:30:00` is not a day: write `2022-07-01`"
    );
}

#[test]
fn a_folder_is_not_destroyed() {
    let world = World::load(with("x.txt", "").path()).unwrap();
    let other = folder(&[("thesis.docx", "ten years of work")]);
    let place = other.path().display().to_string();
    let error = |existing| store::save(&world, other.path(), existing, &[]).unwrap_err().to_string();
    assert_eq!(
        error(Existing::Keep),
        format!("`{place}` exists: choose another folder, or ask to replace it")
    );
    assert_eq!(
        error(Existing::Replace),
        format!("`{place}` exists: it is not a world folder written by this program, so it is not replaced")
    );
    assert!(other.path().join("thesis.docx").is_file());
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_the_old_world() {
    let world = World::load(with("x.txt", "").path()).unwrap();
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("tiny");
    store::save(&world, &target, Existing::Keep, &[]).unwrap();
    // A path that is absolute stays so when joined: this file goes to the full device.
    let full = [("/dev/full".to_owned(), vec![0; 1 << 16])];
    let error = store::save(&world, &target, Existing::Replace, &full).unwrap_err().to_string();
    assert!(error.starts_with("cannot write `/dev/full`: No space left on device"), "{error}");
    assert_eq!(World::load(&target).unwrap(), world);
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "no draft is left");
}

#[test]
fn a_cut_table_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("cut");
    store::save(&World::shipped("icio-2019-g20").unwrap(), &target, Existing::Keep, &[]).unwrap();
    cut(&target.join("flows.parquet"));
    let error = World::load(&target).unwrap_err().to_string();
    assert!(error.starts_with("`flows.parquet` is not a whole Parquet file: "), "{error}");
}

/// A thousand damaged copies of a shipped table, a byte each: read or refused, never a panic.
#[test]
fn a_damaged_table_is_read_or_refused() {
    let target = tempfile::tempdir().unwrap();
    let folder = target.path().join("damaged");
    store::save(&World::shipped("icio-2019-g20").unwrap(), &folder, Existing::Keep, &[]).unwrap();
    let file = folder.join("flows.parquet");
    let whole = fs::read(&file).unwrap();
    let mut refused = 0;
    for turn in 0..1000 {
        // Half of the positions in the last kilobyte, where the footer is.
        let position = match turn % 2 {
            0 => whole.len() - 1 - turn / 2 * 1021 / 500,
            _ => turn * whole.len() / 1000,
        };
        let mut damaged = whole.clone();
        damaged[position] ^= [0x01, 0x80, 0xff, 0x10][turn / 2 % 4];
        fs::write(&file, damaged).unwrap();
        if let Err(error) = World::load(&folder) {
            assert!(error.to_string().starts_with("`flows.parquet`"), "byte {position}: {error}");
            refused += 1;
        }
    }
    // A byte inside the compressed numbers may change a number and nothing else.
    assert!(refused > 250, "{refused}");
}

fn cut(file: &Path) {
    let content = fs::read(file).unwrap();
    fs::write(file, &content[..content.len() / 2]).unwrap();
}
