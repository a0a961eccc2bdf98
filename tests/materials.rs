//! Materials carved out of sectors: every total is kept, ledgers follow, and a
//! limit that was lost in a sector binds.

mod test_worlds;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use detente::equilibrium::{Calibration, Change, Deficits, Options};
use detente::ledger::products::Products;
use detente::ledger::{Ledger, PolicyState};
use detente::results::provenance::world_hash;
use detente::results::{Results, Variable};
use detente::scenario::{RunOptions, Scenario, run};
use detente::world::World;
use detente::world::aggregate::{Concordance, aggregate};
use detente::world::check::{check, holds};
use detente::world::material::{Material, shipped_names, shipped_text};
use detente::world::split::split;
use detente::world::store::Existing;
use jiff::civil::date;
use test_worlds::tight;

fn icio() -> World {
    World::shipped("icio-2022").unwrap()
}

fn read(name: &str, text: &str, world: &World) -> Result<Material, String> {
    let products = Products::shipped().unwrap();
    Material::parse(name, text, world, &|code| products.sectors_of(code)).map_err(|e| e.render(false))
}

fn carved(world: &World, names: &[&str]) -> World {
    names.iter().fold(world.clone(), |world, name| {
        let material = read(name, shipped_text(name).unwrap(), &world).unwrap_or_else(|e| panic!("{e}"));
        split(&world, &material).unwrap().0
    })
}

/// The carved sectors merged into their parents again.
fn merged(world: &World) -> World {
    let sectors = world.carved.iter().map(|carved| (carved.code.clone(), carved.parent.clone())).collect();
    aggregate(world, &Concordance { sectors, ..Concordance::default() }).unwrap()
}

fn close(what: &str, one: &[f64], other: &[f64], scale: &[f64]) {
    assert_eq!(one.len(), other.len(), "{what}");
    for (cell, (a, b)) in one.iter().zip(other).enumerate() {
        let size = scale[cell].abs().max(1e-6);
        assert!((a - b).abs() <= 1e-9 * size, "{what} {cell}: {a} against {b}");
    }
}

#[test]
fn every_total_of_parent_and_material_is_kept() {
    let before = icio();
    for names in [&["rare-earths", "gallium-germanium"][..], &["gallium-germanium", "rare-earths"]] {
        let split = carved(&before, names);
        assert_eq!(split.sector_count(), before.sector_count() + 5);
        let identities = check(&split);
        assert!(holds(&identities), "{identities:?}");
        let after = merged(&split);
        assert_eq!(after.sectors.codes(), before.sectors.codes());
        assert!(after.carved.is_empty());
        close("flows", &after.trade_musd, &before.trade_musd, &before.trade_musd);
        close("tariffs", &after.tariff, &before.tariff, &vec![1.0; before.tariff.len()]);
        close("input shares", &after.input_share, &before.input_share, &before.input_share);
        for (what, of) in [
            ("output", World::gross_output_musd as fn(&World) -> Vec<f64>),
            ("expenditure", World::expenditure_musd),
            ("value added", World::value_added_musd),
            ("deficit", World::deficit_musd),
            ("revenue", World::tariff_revenue_musd),
            ("use", World::intermediate_use_musd),
        ] {
            close(what, &of(&after), &of(&before), &of(&before));
        }
        // Final demand is a difference: it is held to what is spent.
        let (n, j) = (before.region_count(), before.sector_count());
        let spent = before.expenditure_musd();
        let spent: Vec<f64> = (0..n * j).map(|cell| spent[cell % j * n + cell / j]).collect();
        close("final demand", &after.final_demand_musd(), &before.final_demand_musd(), &spent);
    }
}

#[test]
fn use_of_a_stage_equals_its_supply_and_shares_are_those_of_the_file() {
    let world = carved(&icio(), &["rare-earths"]);
    let (n, j) = (world.region_count(), world.sector_count());
    let (spent, used) = (world.expenditure_musd(), world.intermediate_use_musd());
    for stage in 28..32 {
        for region in 0..n {
            let (bought, used) = (spent[stage * n + region], used[region * j + stage]);
            assert!((bought - used).abs() <= 1e-9 * bought, "{stage} in {}", world.regions.code(region));
        }
    }
    let magnets = world.sectors.find("REMAG").unwrap();
    let china = world.regions.find("CHN").unwrap();
    let made = &world.gross_output_musd()[magnets * n..][..n];
    let all: f64 = made.iter().sum();
    assert!((all - 11_000.0).abs() < 1e-3, "{all}");
    assert!((made[china] / all - 0.94).abs() < 1e-6);
    let home = world.trade_musd[world.cell(magnets, china, china)];
    assert!((home / made[china] - 0.72).abs() < 1e-6);
    // Of what is used, motors take 44 % (no cell is at its limit).
    let motors = world.sectors.find("C27").unwrap();
    let output = world.gross_output_musd();
    let use_of = |sector: usize| -> f64 {
        (0..n).map(|r| world.input_share[(r * j + magnets) * j + sector] * output[sector * n + r]).sum()
    };
    let total: f64 = (0..j).map(use_of).sum();
    assert!((use_of(motors) / total - 0.44).abs() < 1e-6, "{}", use_of(motors) / total);
}

#[test]
fn a_run_without_change_moves_nothing() {
    let world = carved(&icio(), &["rare-earths", "gallium-germanium"]);
    for set in [0, world.elasticities.len() - 1] {
        let theta = &world.elasticities[set].theta;
        let base = PolicyState::of_world(&world, world.base_date);
        let calibration = Calibration::new(&world, base.clone(), theta).unwrap();
        let found = calibration.solve(base, &Options::default()).unwrap();
        for hat in found.wage_hat.iter().chain(&found.price_hat).chain(&found.cost_hat) {
            assert!((hat - 1.0).abs() < 1e-9, "{hat}");
        }
    }
}

/// Three regions and sectors; every market of a sector has the same sellers, and
/// all use the same recipe.
fn uniform() -> World {
    let (n, j) = (3, 3);
    let (sells, buys) = ([5.0, 3.0, 2.0], [4.0, 3.5, 2.5]);
    let mut trade = Vec::new();
    for sector in 0..j {
        for importer in 0..n {
            for exporter in 0..n {
                trade.push((1.0 + sector as f64) * sells[exporter] * buys[importer]);
            }
        }
    }
    let recipe = [0.20, 0.10, 0.05, 0.10, 0.20, 0.15, 0.05, 0.05, 0.10];
    test_worlds::world("uniform", n, &[4.0, 6.0, 3.0], trade, recipe.repeat(n))
}

/// Final spending shares of a world's own are split as the material is.
#[test]
fn given_final_shares_are_split_too() {
    let mut world = uniform();
    let j = world.sector_count();
    let demand = world.final_demand_musd();
    let share: Vec<f64> =
        demand.chunks_exact(j).flat_map(|row| row.iter().map(|f| f / row.iter().sum::<f64>())).collect();
    world.final_share = Some(share.clone());
    let spec = "material = { name = \"part\", title = \"A part\", year = 2020, sources = \"made up\" }\n[[stage]]\n\
        code = \"P\"\nname = \"Part\"\nparent = \"S0\"\nhs = []\nvalue_musd = { value = 12, source = \"made up\" }\n\
        theta = { value = 4, source = \"made up\" }\nexporters = { others = \"100%\", source = \"made up\" }\n\
        buyers = { S1 = \"50%\", final = \"50%\", source = \"made up\" }\n";
    let material = read("part", spec, &world).unwrap_or_else(|e| panic!("{e}"));
    let (parts, _) = split(&world, &material).unwrap();
    assert!(holds(&check(&parts)));
    let after = parts.final_share.clone().unwrap();
    let final_use = parts.final_demand_musd();
    let mut all = 0.0;
    for region in 0..world.region_count() {
        let (parent, child) = (after[region * (j + 1)], after[region * (j + 1) + j]);
        assert!((parent + child - share[region * j]).abs() < 1e-12);
        let part = final_use[region * (j + 1) + j] / demand[region * j];
        assert!(part > 0.0 && (child / share[region * j] - part).abs() < 1e-9);
        all += final_use[region * (j + 1) + j];
    }
    assert!((all - 6.0).abs() < 1e-6, "half of 12 is final use: {all}");
    let base = PolicyState::of_world(&parts, parts.base_date);
    let model = Calibration::new(&parts, base.clone(), &parts.elasticities[0].theta).unwrap();
    let found = model.solve(base, &tight(Deficits::Held)).unwrap();
    assert!(found.price_hat.iter().all(|hat| (hat - 1.0).abs() < 1e-9));
}

/// A material that is the same as its parent in everything is a part of it like
/// any other.
#[test]
fn a_part_like_the_whole_behaves_like_the_whole() {
    let world = uniform();
    let spec = "material = { name = \"part\", title = \"A part\", year = 2020, sources = \"made up\" }\n[[stage]]\n\
        code = \"P\"\nname = \"Part\"\nparent = \"S0\"\nhs = []\nvalue_musd = { value = 12, source = \"made up\" }\n\
        theta = { value = 4, source = \"made up\" }\nexporters = { others = \"100%\", source = \"made up\" }\n\
        buyers = { S0 = \"30%\", S1 = \"40%\", S2 = \"30%\", source = \"made up\" }\n";
    let material = read("part", spec, &world).unwrap_or_else(|e| panic!("{e}"));
    let (parts, report) = split(&world, &material).unwrap();
    assert!(report.stages[0].short.is_empty());
    assert!(holds(&check(&parts)));
    let change = |world: &World| {
        let base = PolicyState::of_world(world, world.base_date);
        let mut taxed = base.clone();
        for sector in [0, 3].into_iter().filter(|sector| *sector < world.sector_count()) {
            taxed.tariff[world.cell(sector, 0, 1)] = 0.4;
            taxed.export_tax[world.cell(sector, 2, 1)] = 0.2;
        }
        let model = Calibration::new(world, base.clone(), &world.elasticities[0].theta).unwrap();
        let options = tight(Deficits::Held);
        let (before, after) = (model.solve(base, &options).unwrap(), model.solve(taxed, &options).unwrap());
        Change::between(&model, &before, &after)
    };
    let (whole, split) = (change(&world), change(&parts));
    for (a, b) in whole.welfare_exact.iter().zip(&split.welfare_exact) {
        assert!(a.abs() > 1e-4 && (a - b).abs() < 1e-10, "{a} against {b}");
    }
}

/// In the shipped world flows are not uniform; gallium's small value moves
/// little when its elasticity is its parent's.
#[test]
fn a_tariff_on_the_parent_costs_the_same_before_and_after() {
    let before = icio();
    let metals = before.sectors.find("C24B").unwrap();
    let theta = before.elasticities[0].theta[metals];
    let text = shipped_text("gallium-germanium").unwrap();
    let text = text.replace("value  = 1.2\nlow    = 0.6\nhigh   = 3", &format!("value = {theta}"));
    let material = read("gallium-germanium", &text, &before).unwrap_or_else(|e| panic!("{e}"));
    let (after, _) = split(&before, &material).unwrap();
    let text = "ledger = { title = \"test\" }\n[[measure]]\nid = \"a\"\nkind = \"import-tariff\"\nby = \"USA\"\n\
        on = \"*\"\nsectors = [\"C24B\"]\nrate = \"50%\"\nfrom = 2025-01-01\nsource = \"made up\"\n";
    let change = |world: &World| {
        let (ledger, _) = Ledger::parse("x.toml", text, world).unwrap();
        let base = ledger.state(world, world.base_date);
        let model = Calibration::new(world, base.clone(), &world.elasticities[0].theta).unwrap();
        let options = Options::default();
        let (one, two) = (
            model.solve(base, &options).unwrap(),
            model.solve(ledger.state(world, date(2025, 6, 1)), &options).unwrap(),
        );
        Change::between(&model, &one, &two).welfare_exact
    };
    let (whole, parts) = (change(&before), change(&after));
    for (region, (a, b)) in whole.iter().zip(&parts).enumerate() {
        assert!((a - b).abs() < 2e-6, "{}: {a} against {b}", before.regions.code(region));
    }
    let usa = before.regions.find("USA").unwrap();
    assert!(
        whole[usa].abs() > 1e-5 && (parts[usa] / whole[usa] - 1.0).abs() < 0.02,
        "{} {}",
        whole[usa],
        parts[usa]
    );
}

#[test]
fn elasticity_sets_hold_the_range_of_the_material() {
    let before = icio();
    let world = carved(&before, &["rare-earths", "gallium-germanium"]);
    assert_eq!(world.elasticities.len(), before.elasticities.len() + 2);
    let theta = |set: &str, sector: &str| {
        world.elasticity_set(set).unwrap().theta[world.sectors.find(sector).unwrap()]
    };
    for (set, magnets, gallium) in
        [("GYY", 1.5, 1.2), ("CP", 1.5, 1.2), ("GYY-low", 0.8, 0.6), ("GYY-high", 4.0, 3.0)]
    {
        assert_eq!((theta(set, "REMAG"), theta(set, "GAGE")), (magnets, gallium), "{set}");
    }
    assert_eq!(theta("GYY-low", "C29"), theta("GYY", "C29"));
}

#[test]
fn product_codes_follow_the_material() {
    let world = carved(&icio(), &["rare-earths"]);
    let at = |code: &str| world.sectors.find(code).unwrap();
    let text = "ledger = { title = \"test\" }\n[scopes]\nmagnets = { hs = [\"850511\"] }\nmetal = { hs = [\"2805\"] }\n\
        [[measure]]\nid = \"a\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"CHN\"\nscope = \"magnets\"\n\
        rate = \"30%\"\nfrom = 2025-01-01\nsource = \"made up\"\n";
    let (ledger, _) = Ledger::parse("x.toml", text, &world).unwrap();
    let coverage = &ledger.scopes["magnets"].coverage;
    assert_eq!(coverage[at("REMAG")], 1.0);
    assert_eq!(coverage.iter().sum::<f64>(), 1.0, "nothing else");
    let metal = &ledger.scopes["metal"].coverage;
    assert_eq!(metal[at("REMET")], 1.0);
    assert!(metal[at("C20")] > 0.0 && metal[at("C20")] < 0.05 && metal[at("REOX")] == 0.0);
    // The weights of US imports go with the codes: all of it pays the duty.
    let (usa, china) = (world.regions.find("USA").unwrap(), world.regions.find("CHN").unwrap());
    let (before, after) = (ledger.state(&world, date(2024, 1, 1)), ledger.state(&world, date(2025, 6, 1)));
    let rise = |code: &str| {
        let cell = world.cell(at(code), usa, china);
        after.tariff[cell] - before.tariff[cell]
    };
    assert!((rise("REMAG") - 0.3).abs() < 1e-12 && rise("C25") == 0.0);
    // The shipped ledger's licences cover the three stages with a code in full, and no more.
    let text = detente::ledger::shipped::text("us-china").unwrap();
    let (ledger, _) = Ledger::parse("us-china", text, &world).unwrap();
    let coverage = &ledger.measure("cn-rare-earth-licences").unwrap().scope.coverage;
    for (sector, covered) in coverage.iter().enumerate() {
        let stage = ["REOX", "REMET", "REMAG"].contains(&world.sectors.code(sector));
        assert_eq!(*covered, f64::from(u8::from(stage)), "{}", world.sectors.code(sector));
    }
}

#[test]
fn coverage_is_inherited_unless_the_material_is_named() {
    let world = carved(&icio(), &["rare-earths"]);
    let coverage = |goods: &str| {
        let text = format!(
            "ledger = {{ title = \"test\" }}\n[[measure]]\nid = \"a\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \
             \"CHN\"\n{goods}\nrate = \"30%\"\nfrom = 2025-01-01\nsource = \"made up\"\n"
        );
        let (ledger, _) =
            Ledger::parse("x.toml", &text, &world).unwrap_or_else(|e| panic!("{}", e.render(false)));
        // What is written reads back to the same.
        let (again, _) = Ledger::parse("x.toml", &ledger.to_toml(&world), &world).unwrap();
        assert_eq!(again.measures[0].scope.coverage, ledger.measures[0].scope.coverage, "{goods}");
        let covered = &ledger.measures[0].scope.coverage;
        ["C20", "REOX", "REMET", "C25", "REMAG", "C26"].map(|code| covered[world.sectors.find(code).unwrap()])
    };
    assert_eq!(coverage("sectors = [\"C25\"]"), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
    assert_eq!(coverage("sectors = [\"REMAG\"]"), [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(coverage("coverage = { C20 = \"40%\", REOX = \"10%\" }"), [0.4, 0.1, 0.4, 0.0, 0.0, 0.0]);
    assert_eq!(coverage("coverage = { C25 = \"40%\", others = \"80%\" }"), [0.8, 0.8, 0.8, 0.4, 0.4, 0.8]);
    assert_eq!(
        coverage("coverage = { C25 = \"40%\", REMAG = \"80%\", others = \"80%\" }"),
        [0.8, 0.8, 0.8, 0.4, 0.8, 0.8]
    );
    assert_eq!(coverage("coverage = { C25 = \"100%\", REMAG = \"0%\" }"), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(coverage(""), [1.0; 6]);
}

#[test]
fn a_split_world_survives_its_folder() {
    let world = carved(&icio(), &["rare-earths", "gallium-germanium"]);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("split");
    detente::world::store::save(&world, &place, Existing::Keep, &[]).unwrap();
    let again = World::load(&place).unwrap();
    assert_eq!(again.carved, world.carved);
    assert_eq!(world_hash(&again), world_hash(&world));
    assert_eq!(again, world);
    let mut other = world.clone();
    other.carved[0].hs = vec!["8505".to_owned()];
    assert_ne!(world_hash(&other), world_hash(&world), "the codes change what a ledger does");
    let merged = aggregate(
        &world,
        &Concordance {
            sectors: HashMap::from([
                ("REMET".to_owned(), "RE".to_owned()),
                ("REOX".to_owned(), "RE".to_owned()),
            ]),
            ..Concordance::default()
        },
    );
    let left: Vec<String> = merged.unwrap().carved.into_iter().map(|carved| carved.code).collect();
    assert_eq!(left, ["REORE", "REMAG", "GAGE"], "what is merged is carved no more");
}

#[test]
fn a_carving_that_makes_no_sense_in_a_folder_is_refused() {
    let world = carved(&icio(), &["gallium-germanium"]);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("split");
    detente::world::store::save(&world, &place, Existing::Keep, &[]).unwrap();
    let file = place.join("world.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    for (from, to, says) in [
        ("parent = \"C24B\"", "parent = \"C24Z\"", "unknown code `C24Z`"),
        ("parent = \"C24B\"", "parent = \"GAGE\"", "`GAGE` is carved twice"),
    ] {
        std::fs::write(&file, text.replace(from, to)).unwrap();
        let error = World::load(&place).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn what_does_not_fit_into_its_parent_is_refused_or_told() {
    let world = icio();
    let text = std::fs::read_to_string(folder().join("code-taken.toml"))
        .unwrap()
        .replace("code       = \"C27\"", "code = \"MAG\"");
    let with = |from: &str, to: &str| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        split(&world, &read("x.toml", &changed, &world).unwrap_or_else(|e| panic!("{e}")))
    };
    let error = with("value = 11000", "value = 11000000").unwrap_err().to_string();
    assert!(
        error.starts_with(
            "`MAG` cannot be carved out: C25 of CHN would become negative: 10340000 million USD"
        ),
        "{error}"
    );
    assert!(error.contains("lower the value of the stage or the share of CHN"), "{error}");
    // São Tomé makes next to nothing; its sales hold what they can.
    let error = with("CHN = \"94%\"", "STP = \"94%\"").unwrap_err().to_string();
    assert!(error.contains("C25 of STP"), "{error}");
    // Cars of the world use too little fabricated metal for this many magnets.
    let (split, report) = with("value = 11000", "value = 400000").unwrap();
    assert!(holds(&check(&split)));
    assert!(report.stages[0].placed_musd <= 400_000.0);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/materials")
}

#[test]
fn every_mistake_is_reported_with_its_place() {
    let world = icio();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    assert!(files.len() >= 20);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let report = match read(&format!("materials/{name}.toml"), &text, &world) {
            Err(report) => report,
            Ok(_) => panic!("{name} has mistakes"),
        };
        insta::with_settings!({
            snapshot_path => "materials",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, report) });
    }
}

/// Whatever is cut off, doubled or exchanged: an answer, never a panic.
#[test]
fn no_mutation_makes_the_reader_or_the_split_panic() {
    let world = uniform();
    let text = "material = { name = \"m\", title = \"M\", year = 2020, sources = \"made up\" }\n[[stage]]\ncode = \"P\"\n\
        name = \"Part\"\nparent = \"S0\"\nhs = [\"8505\"]\nvalue_musd = { value = 12, low = 1, source = \"x\" }\ntheta = \
        { value = 4, source = \"x\" }\nexporters = { R0 = { value = \"50%\", home = \"9%\" }, others = \"50%\", source = \
        \"x\" }\nbuyers = { S1 = \"50%\", final = \"50%\", source = \"x\" }\ninput = []\n";
    let mut parsed = 0;
    let mut attempt = |text: &str| {
        if let Ok(material) = read("x.toml", text, &world) {
            parsed += 1;
            if let Ok((split, _)) = split(&world, &material) {
                assert!(holds(&check(&split)), "{text}");
            }
        }
    };
    for (at, _) in text.char_indices() {
        attempt(&text[..at]);
        attempt(&format!("{}{}", &text[..at], &text[at + 1..]));
        for other in ["9", "0", "\"", "-", "{", "%"] {
            attempt(&format!("{}{other}{}", &text[..at], &text[at..]));
            attempt(&format!("{}{other}{}", &text[..at], &text[at + 1..]));
        }
    }
    assert!(parsed > 300, "{parsed}");
}

#[test]
fn a_material_is_carved_out_once() {
    let world = carved(&icio(), &["rare-earths"]);
    let report = read("rare-earths", shipped_text("rare-earths").unwrap(), &world).unwrap_err();
    assert!(report.contains("`REMAG` is already a sector of the world"), "{report}");
    assert!(report.contains("carved out as part of `rare-earths`"), "{report}");
}

/// Every figure that ships has its range around it and says where it is from.
#[test]
fn every_shipped_number_has_a_range_and_a_source() {
    let world = icio();
    for name in shipped_names() {
        let material = read(name, shipped_text(name).unwrap(), &world).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(material.name, name);
        for stage in &material.stages {
            let figures = [
                Some(&stage.value_musd),
                stage.tonnes.as_ref(),
                stage.usd_per_tonne.as_ref(),
                Some(&stage.theta),
            ];
            for figure in figures.into_iter().flatten().chain(stage.inputs.iter().map(|input| &input.share)) {
                assert!(
                    figure.low < figure.value && figure.value <= figure.high && !figure.source.is_empty(),
                    "{figure:?}"
                );
            }
            for parts in [&stage.exporters, &stage.buyers] {
                assert!(!parts.source.is_empty());
                for part in &parts.named {
                    assert!(part.share.low < part.share.high, "{}: {part:?}", stage.code);
                }
            }
        }
    }
}

fn value(results: &Results, run: &str, variable: Variable, region: &str, sector: &str) -> (f64, f64, f64) {
    let row = results.find(run, variable, region, "", sector).unwrap();
    (row.value, row.low.unwrap(), row.high.unwrap())
}

/// The shipped scenario: the licence binds, at what it grants.
#[test]
fn the_licence_binds_on_the_carved_sectors() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/rare-earth-licence.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let mut scenario = Scenario::parse("licence", "licence", &text).unwrap();
    let materials: Vec<&str> = scenario.materials.iter().map(String::as_str).collect();
    let world = carved(&icio(), &materials);
    let (ledger, _) =
        Ledger::parse("us-china", detente::ledger::shipped::text("us-china").unwrap(), &world).unwrap();
    scenario.check("licence", &text, &world, &ledger).unwrap();
    let results = run::run(&scenario, &world, &ledger, &RunOptions::default()).unwrap().results;
    for (phase, granted) in [("april", 5.0), ("june", 25.0), ("july", 60.0)] {
        for stage in ["REOX", "REMET", "REMAG"] {
            let price = value(&results, phase, Variable::ShadowPrice, "CHN", stage);
            assert!(price.1 > 10.0 && price.1 <= price.0 && price.0 <= price.2, "{phase} {stage}: {price:?}");
            let rows = results.rows.iter().filter(|row| {
                &*row.run == phase && row.variable == Variable::LimitedQuantity && &*row.sector == stage
            });
            let mut count = 0;
            for row in rows {
                count += 1;
                assert!((row.value - granted).abs() < 1e-6, "{phase} {stage} {}: {}", row.region, row.value);
            }
            assert!(count > 70, "{count}");
        }
    }
    // Cars hardly, motors more, magnets by a multiple: the shares of cost.
    let price = |sector: &str| value(&results, "april", Variable::SectorPrice, "DEU", sector).0;
    assert!(
        price("C29") > 0.01 && price("C29") < 0.5 && price("C27") > price("C29") && price("REMAG") > 100.0
    );
    // The price index of a sector and the price of all spending are the same algebra.
    let usa = value(&results, "april", Variable::WelfareExact, "USA", "");
    assert!(usa.0 < 0.0 && usa.0 > -0.1);
}

#[cfg(feature = "cli")]
mod cli {
    use super::*;
    use std::process::Command;

    fn detente(arguments: &[&str], folder: &Path) -> (String, String, Option<i32>) {
        let run =
            Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).current_dir(folder).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(run.stdout), text(run.stderr), run.status.code())
    }

    #[test]
    fn a_world_is_split_shown_and_solved() {
        let folder = tempfile::tempdir().unwrap();
        let (out, _, code) = detente(&["world", "split", "rare-earths", "--out", "re"], folder.path());
        assert!(code == Some(0) && out.starts_with("re: 81 regions x 32 sectors\n"), "{out}");
        assert!(out.contains("REMAG out of C25: 11000 million USD, "), "{out}");
        let (out, _, _) = detente(&["world", "show", "re"], folder.path());
        assert!(out.contains("REMAG     goods     Rare-earth magnets, carved out of C25"), "{out}");
        let (_, err, code) = detente(&["world", "split", "rare-earths", "--out", "re"], folder.path());
        assert!(code == Some(2) && err.contains("exists"), "{err}");
        let split = ["world", "split", "rare-earths", "--world", "re", "--out", "again"];
        let (_, err, code) = detente(&split, folder.path());
        assert!(code == Some(2) && err.contains("already a sector of the world"), "{err}");
        let (_, err, code) = detente(&["world", "split", "rare-earth", "--out", "x"], folder.path());
        assert!(
            code == Some(2) && err.contains("shipped materials: rare-earths, gallium-germanium"),
            "{err}"
        );
        let date = ["--ledger", "us-china", "--date", "2025-07-01", "--against", "2025-04-03"];
        let (saved, _, code) = detente(&[&["solve", "--world", "re"][..], &date].concat(), folder.path());
        assert_eq!(code, Some(0));
        let live = [&["solve", "--world", "icio-2022", "--materials", "rare-earths"][..], &date].concat();
        let (live, _, code) = detente(&live, folder.path());
        assert_eq!(code, Some(0));
        let numbers = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
        assert_eq!(numbers(&saved), numbers(&live), "a folder holds the same world");
    }

    #[test]
    fn a_scenario_with_a_material_runs_and_checks() {
        let folder = tempfile::tempdir().unwrap();
        let text = "title = \"A test\"\nworld = \"icio-2022\"\nmaterials = [\"own.toml\"]\nledger = \"none\"\n\
            actors = [\"CHN\", \"USA\"]\n[[phase]]\nname = \"free\"\ndate = 2025-01-01\n[[phase]]\nname = \"quota\"\n\
            date = 2025-01-01\nadd = [{ id = \"q\", kind = \"export-quota\", by = \"CHN\", on = \"*\", sectors = \
            [\"GAGE\"], from = 2024-01-01, quantity = \"50%\", source = \"made up\" }]\n[long_run]\nrange = [\"GYY\", \
            \"GYY-low\", \"GYY-high\"]\n";
        std::fs::write(folder.path().join("test.toml"), text).unwrap();
        let own = folder.path().join("own.toml");
        std::fs::write(&own, shipped_text("gallium-germanium").unwrap()).unwrap();
        let (out, err, code) = detente(&["run", "test.toml", "--out", "out", "-q"], folder.path());
        assert_eq!(code, Some(0), "{err}");
        assert!(out.contains("Price for buyers: limited materials and who uses most of them, %"), "{out}");
        assert!(out.contains("USA, GAGE Gallium and germanium"), "{out}");
        assert!(out.contains("with own.toml carved out"), "{out}");
        let manifest = std::fs::read_to_string(folder.path().join("out/manifest.json")).unwrap();
        assert!(manifest.contains("\"material own.toml\""), "{manifest}");
        let check = ["run", "--check", "out/manifest.json"];
        let (out, err, code) = detente(&check, folder.path());
        assert!(code == Some(0) && out.starts_with("identical: 4 inputs"), "{out}{err}");
        let changed = std::fs::read_to_string(&own).unwrap().replace("value  = 790", "value  = 800");
        std::fs::write(&own, changed).unwrap();
        let (_, err, code) = detente(&check, folder.path());
        assert!(code == Some(1) && err.contains("material own.toml"), "{err}");
        std::fs::remove_file(&own).unwrap();
        let (_, err, code) = detente(&check, folder.path());
        assert!(code == Some(2) && err.contains("cannot read the material `own.toml`"), "{err}");
    }
}
