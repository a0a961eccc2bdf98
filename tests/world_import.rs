//! The importers, on small files in each original layout.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use detente::world::Source;
use detente::world::check::{check, holds};
use detente::world::import::inter_country::{InterCountry, Origin, Totals};
use detente::world::import::{ImportOptions, Imported, icio, import, pymrio, wiod};
use detente::world::labels::Labels;
use detente::world::table::Table;

const USES: [&str; 6] = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"];
const LETTERS: &str = "D E F G H49 H50 H51 H52 H53 I J58T60 J61 J62_63 K L M N O P Q R S T";
const MADE: &str = "C10T12 C13T15 C16 C17_18 C19 C20 C21 C22 C23";

fn industries(edition: u16) -> Vec<String> {
    let text = match edition {
        2021 => "01T02 03 05T06 07T08 09 10T12 13T15 16 17T18 19 20 21 22 23 24 25 26 27 28 29 30 31T33 35 36T39 41T43 45T47 49 50 51 52 53 55T56 58T60 61 62T63 64T66 68 69T75 77T82 84 85 86T88 90T93 94T96 97T98".to_owned(),
        2023 => format!("A01_02 A03 B05_06 B07_08 B09 {MADE} C24 C25 C26 C27 C28 C29 C30 C31T33 {LETTERS}"),
        _ => format!("A01 A02 A03 B05 B06 B07 B08 B09 {MADE} C24A C24B C25 C26 C27 C28 C29 C301 C302T309 C31T33 {LETTERS}"),
    };
    text.split(' ').map(str::to_owned).collect()
}

/// Intermediate use of a cell of the made-up table.
fn z(row: usize, column: usize) -> f64 {
    1.0 + ((row * 7 + column * 3) % 5) as f64
}

/// A table in the layout of an edition. Households buy 500 of every row, a
/// region draws 1 from the inventories of every row; an industry pays 2 of taxes.
fn icio_csv(edition: u16, regions: &[&str], final_regions: &[&str]) -> String {
    let nodes: Vec<String> = regions
        .iter()
        .flat_map(|region| industries(edition).into_iter().map(move |code| format!("{region}_{code}")))
        .collect();
    let mut text = String::from(if edition == 2021 { "" } else { "V1" });
    for node in &nodes {
        write!(text, ",{node}").unwrap();
    }
    for region in final_regions {
        for kind in USES {
            write!(text, ",{region}_{kind}").unwrap();
        }
    }
    writeln!(text, ",{}", if edition == 2021 { "TOTAL" } else { "OUT" }).unwrap();
    let mut output = Vec::new();
    for (row, node) in nodes.iter().enumerate() {
        let mut sum = 0.0;
        text.push_str(node);
        for column in 0..nodes.len() {
            sum += z(row, column);
            write!(text, ",{}", z(row, column)).unwrap();
        }
        for _ in final_regions {
            sum += 499.0;
            text.push_str(",500,0,0,0,-1,0");
        }
        writeln!(text, ",{sum}").unwrap();
        output.push(sum);
    }
    let inputs: Vec<f64> = (0..nodes.len()).map(|c| (0..nodes.len()).map(|r| z(r, c)).sum()).collect();
    let ends = format!(",{}\n", vec!["0"; final_regions.len() * USES.len() + 1].join(","));
    let mut bottom = |label: &str, value: &dyn Fn(usize) -> f64| {
        text.push_str(label);
        for column in 0..nodes.len() {
            write!(text, ",{}", value(column)).unwrap();
        }
        text.push_str(&ends);
    };
    if edition == 2021 {
        for (region, code) in final_regions.iter().enumerate() {
            bottom(&format!("{code}_TAXSUB"), &|_| {
                if region == 0 { 2.0 } else { 0.0 }
            });
        }
        bottom("VALU", &|c| output[c] - inputs[c] - 2.0);
        bottom("OUTPUT", &|c| output[c]);
    } else {
        bottom("TLS", &|_| 2.0);
        bottom("VA", &|c| output[c] - inputs[c] - 2.0);
        bottom("OUT", &|c| output[c]);
    }
    text
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn sound(imported: &Imported) {
    let found = check(&imported.world);
    assert!(holds(&found), "{found:#?}");
    assert!(imported.totals.iter().all(|identity| identity.ok), "{:#?}", imported.totals);
}

#[test]
fn each_icio_edition_is_told_and_read() {
    let folder = tempfile::tempdir().unwrap();
    for edition in [2021, 2023, 2025] {
        let path = written(folder.path(), "2018.csv", &icio_csv(edition, &["AUS", "USA"], &["AUS", "USA"]));
        let imported = icio::import(&path, &ImportOptions::default()).unwrap();
        sound(&imported);
        let world = &imported.world;
        let j = industries(edition).len();
        assert_eq!(world.sectors.codes(), industries(edition));
        assert_eq!(world.base_date, jiff::civil::date(2018, 7, 1));
        assert_eq!(world.goods.iter().filter(|good| **good).count(), j - 23);
        assert!(world.notes[0].contains(&format!("{edition} edition")));
        // USA buys good 1 of AUS: all of row 1 in the columns of the USA, and 499.
        let bought: f64 = (0..j).map(|s| z(1, j + s)).sum::<f64>() + 499.0;
        assert!((world.trade_musd[world.cell(1, 1, 0)] - bought).abs() < 1e-9);
        // Input 2 into sector 3 of AUS, from both regions, over the output of row 3.
        let output: f64 = (0..2 * j).map(|c| z(3, c)).sum::<f64>() + 998.0;
        let share = (z(2, 3) + z(j + 2, 3)) / output;
        assert!((world.input_share[2 * j + 3] - share).abs() < 1e-12);
    }
}

#[test]
fn split_regions_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    let text = icio_csv(2023, &["AUS", "CHN", "CN1", "CN2"], &["AUS", "CHN"]);
    let path = written(folder.path(), "2019_SML.csv", &text);
    let imported = icio::import(&path, &ImportOptions::default()).unwrap();
    sound(&imported);
    assert_eq!(imported.world.regions.codes(), ["AUS", "CHN"]);
    assert_eq!(imported.world.regions.name(1), "China");
    let bought: f64 = (1..4).flat_map(|r| (0..45).map(move |s| z(r * 45, s))).sum::<f64>() + 3.0 * 499.0;
    assert!((imported.world.trade_musd[imported.world.cell(0, 0, 1)] - bought).abs() < 1e-9);
}

#[test]
fn a_wrong_icio_file_is_named_not_half_read() {
    let folder = tempfile::tempdir().unwrap();
    let good = icio_csv(2025, &["AUS", "USA"], &["AUS", "USA"]);
    let refused = |text: &str| {
        let path = written(folder.path(), "2018.csv", text);
        let message = icio::import(&path, &ImportOptions::default()).unwrap_err().to_string();
        message.replace(&path.display().to_string(), "FILE")
    };
    assert_eq!(
        refused(
            &icio_csv(2021, &["AUS"], &["AUS"])
                .replace("AUS_01T02", "AUS_01T03")
                .replace("AUS_97T98", "AUS_90T98")
        ),
        "`FILE` fits no known ICIO edition (2021: `AUS_01T02` and rows VALU, OUTPUT; 2023: `AUS_A01_02` and rows TLS, VA, OUT; 2025: `AUS_A01`, `AUS_B05`): found 45 industries (not in 2021: 01T03, 90T98; not in 2023: 01T03, 03, 05T06, 07T08, 09; not in 2025: 01T03, 03, 05T06, 07T08, 09); rows below: TAXSUB, VALU, OUTPUT"
    );
    let missing: String =
        good.lines().filter(|l| !l.starts_with("USA_C26")).map(|l| format!("{l}\n")).collect();
    assert_eq!(refused(&missing), "`FILE`: has 99 rows but 100 columns of industries: it was cut or edited");
    let start = good.find("\nAUS_A02,").unwrap() + 9;
    let text = format!("{}x{}", &good[..start], &good[start..]);
    let message = refused(&text);
    assert!(message.starts_with("`FILE` has a problem\n  row 3, column `AUS_A01`: `x"), "{message}");
    let scaled = good.replace("500,0,0,0,-1,0", "900,0,0,0,-1,0");
    let message = refused(&scaled);
    assert!(message.starts_with("`FILE` does not add up: row totals is off by"), "{message}");
}

#[test]
fn a_wiod_workbook_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("WIOT2014_Nov16_ROW.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let nodes = [("C26", "AUS"), ("K64", "AUS"), ("C26", "USA"), ("K64", "USA")];
    let finals = ["CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"];
    sheet.write(0, 0, "Intercountry Input-Output Table").unwrap();
    let mut columns: Vec<(&str, &str)> = nodes.to_vec();
    columns.extend(["AUS", "USA"].iter().flat_map(|region| finals.map(|code| (code, *region))));
    columns.push(("GO", "TOT"));
    for (position, (code, region)) in columns.iter().enumerate() {
        let column = position as u16 + 4;
        for (row, text) in [(2, *code), (3, "description"), (4, *region), (5, &format!("c{}", position + 1))]
        {
            sheet.write(row, column, text).unwrap();
        }
    }
    let output = |row: usize| (0..4).map(|c| z(row, c)).sum::<f64>() + 2.0 * 19.0;
    let bottom = ["II_fob", "TXSP", "VA", "IntTTM", "GO"];
    for row in 0..nodes.len() + bottom.len() {
        let at = row as u32 + 6;
        let (code, region) = nodes.get(row).copied().unwrap_or_else(|| (bottom[row - 4], "TOT"));
        for (column, text) in [(0, code), (1, "what it is"), (2, region), (3, &format!("r{}", row + 1))] {
            sheet.write(at, column, text).unwrap();
        }
        for column in 0..4 {
            let inputs: f64 = (0..4).map(|r| z(r, column)).sum();
            let value = match code {
                _ if row < 4 => z(row, column),
                "II_fob" => inputs,
                "VA" => output(column) - inputs - 1.0,
                "GO" => output(column),
                "TXSP" => 1.0,
                _ => 0.0,
            };
            sheet.write(at, column as u16 + 4, value).unwrap();
        }
        for column in 4..14 {
            let value = if row < 4 { [20.0, 0.0, 0.0, 0.0, -1.0][(column - 4) % 5] } else { 0.0 };
            sheet.write(at, column as u16 + 4, value).unwrap();
        }
    }
    book.save(&path).unwrap();
    let imported = wiod::import(&path, &ImportOptions::default()).unwrap();
    sound(&imported);
    let world = &imported.world;
    assert_eq!(
        (world.regions.codes(), world.sectors.codes()),
        (&["AUS".into(), "USA".into()][..], &["C26".into(), "K64".into()][..])
    );
    assert_eq!((world.goods.as_slice(), world.base_date.year()), (&[true, false][..], 2014));
    assert_eq!(world.sectors.name(0), "what it is");
    assert!((world.trade_musd[world.cell(0, 1, 0)] - (z(0, 2) + z(0, 3) + 19.0)).abs() < 1e-12);
    assert!((world.input_share[1] - (z(0, 1) + z(2, 1)) / output(1)).abs() < 1e-12);

    let other = folder.path().join("2014.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write(0, 0, "nothing").unwrap();
    book.save(&other).unwrap();
    let message = wiod::import(&other, &ImportOptions::default()).unwrap_err().to_string();
    assert!(message.ends_with("is not a readable workbook: expected the layout of the 2016 release: column numbers `c1`, `c2` … in the fourth header row and row numbers `r1`, `r2` … in the fourth column"), "{message}");
}

const PARAMETERS: &str = r#"{"systemtype": "IOSystem", "files": {"Z": {"name": "Z.txt", "nr_index_col": "2", "nr_header": "2"}, "Y": {"name": "Y.txt", "nr_index_col": "2", "nr_header": "2"}}}"#;
const Z: &str = "region\t\treg1\treg1\treg2\treg2\nsector\t\tfood\tmining\tfood\tmining\nregion\tsector\t\t\t\t\nreg1\tfood\t10\t5\t1\t6.5\nreg1\tmining\t0\t10\t0\t6\nreg2\tfood\t10\t4\t30\t4\nreg2\tmining\t5\t0.63\t20\t6\n";
const Y: &str = "region\t\treg1\treg1\treg2\treg2\ncategory\t\thouseholds\tgov\thouseholds\tgov\nregion\tsector\t\t\t\t\nreg1\tfood\t14\t3\t2.5\t2\nreg1\tmining\t11\t2\t-0.5\t0.1\nreg2\tfood\t4\t2\t55\t5\nreg2\tmining\t10\t4\t6\t7\n";

#[test]
fn a_pymrio_folder_is_read_as_text_and_as_parquet() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("table");
    fs::create_dir(&folder).unwrap();
    written(&folder, "file_parameters.json", PARAMETERS);
    written(&folder, "Z.txt", Z);
    written(&folder, "Y.txt", Y);
    let options = ImportOptions { year: Some(2011), ..ImportOptions::default() };
    let imported = pymrio::import(&folder, &options).unwrap();
    sound(&imported);
    let world = &imported.world;
    assert_eq!(world.sectors.codes(), ["food", "mining"]);
    // reg2 buys food of reg1: 1 + 6.5 + 2.5 + 2; food of reg1 sells 44 in all.
    assert_eq!(world.trade_musd[world.cell(0, 1, 0)], 12.0);
    assert!((world.input_share[0] - 20.0 / 44.0).abs() < 1e-15);

    let block = |name: &str, columns: [&str; 4], values: [[f64; 4]; 4]| {
        let texts = |list: [&str; 4]| list.map(str::to_owned);
        let mut table = Table::new(name)
            .with_texts("region", &texts(["reg1", "reg1", "reg2", "reg2"]))
            .with_texts("sector", &texts(["food", "mining", "food", "mining"]));
        for (column, label) in columns.iter().enumerate() {
            table = table.with_numbers(label, values.iter().map(|row| row[column]).collect());
        }
        fs::write(folder.join(name), table.to_parquet().unwrap()).unwrap();
    };
    block(
        "Z.parquet",
        ["('reg1', 'food')", "('reg1', 'mining')", "('reg2', 'food')", "('reg2', 'mining')"],
        [[10.0, 5.0, 1.0, 6.5], [0.0, 10.0, 0.0, 6.0], [10.0, 4.0, 30.0, 4.0], [5.0, 0.63, 20.0, 6.0]],
    );
    block(
        "Y.parquet",
        ["('reg1', 'households')", "('reg1', 'gov')", "('reg2', 'households')", "('reg2', 'gov')"],
        [[14.0, 3.0, 2.5, 2.0], [11.0, 2.0, -0.5, 0.1], [4.0, 2.0, 55.0, 5.0], [10.0, 4.0, 6.0, 7.0]],
    );
    written(&folder, "file_parameters.json", &PARAMETERS.replace(".txt", ".parquet"));
    assert_eq!(pymrio::import(&folder, &options).unwrap(), imported);

    written(&folder, "file_parameters.json", PARAMETERS);
    written(&folder, "Z.txt", &Z.replace("0.63", "n/a"));
    assert_eq!(
        pymrio::import(&folder, &options).unwrap_err().to_string(),
        "`Z.txt` has a problem\n  row 7, column `reg1, mining`: `n/a` is not a number"
    );
}

#[test]
fn long_tables_come_as_a_folder_or_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let flows = written(
        folder.path(),
        "flows.csv",
        "sector,importer,exporter,value_musd\nG,USA,USA,80\nG,USA,CHN,20\nG,CHN,CHN,70\n",
    );
    let sectors = written(folder.path(), "sectors.csv", "sector,name,theta\nG,Goods,4\n");
    let options = ImportOptions { year: Some(2020), name: Some("mine".into()), ..ImportOptions::default() };
    let one = import("long", &[folder.path().to_owned()], &options).unwrap();
    let two = import("long", &[flows, sectors], &options).unwrap();
    assert_eq!(one, two);
    assert_eq!(one.world.name, "mine");
    assert_eq!(
        import("exiobase", &[], &options).unwrap_err().to_string(),
        "there is no import format `exiobase`; known: icio, wiod, long, pymrio"
    );
}

#[test]
fn tables_named_by_an_option_need_not_be_among_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "G,USA,USA,80\nG,USA,CHN,20\nG,CHN,CHN,70\n";
    let header = "sector,importer,exporter,value_musd\n";
    let flows = written(folder.path(), "flows.csv", &format!("{header}{rows}"));
    let sectors = written(folder.path(), "thetas.csv", "sector,theta\nG,4\n");
    let tariffs = written(folder.path(), "duties.csv", "sector,importer,exporter,tariff\nG,USA,CHN,0.1\n");
    let options = ImportOptions {
        year: Some(2020),
        sectors: Some(sectors),
        tariffs: Some(tariffs),
        ..ImportOptions::default()
    };
    let one = import("long", std::slice::from_ref(&flows), &options).unwrap();
    let two = import("long", &[folder.path().to_owned()], &options).unwrap();
    assert_eq!((&one.world.trade_musd, &one.world.tariff), (&two.world.trade_musd, &two.world.tariff));
    assert_eq!(one.world.tariff.iter().sum::<f64>(), 0.1);
    assert_eq!(
        import("long", std::slice::from_ref(&flows), &ImportOptions { sectors: None, ..options.clone() })
            .unwrap_err()
            .to_string(),
        "`import long` has no table `sectors`: expected a file `sectors.parquet` or `sectors.csv`"
    );
    fs::write(&flows, header).unwrap();
    assert_eq!(
        import("long", std::slice::from_ref(&flows), &options).unwrap_err().to_string(),
        format!(
            "`{}` has a problem\n  no flows: write a row for every sale, those at home included",
            flows.display()
        )
    );
    for year in [-5, 20000] {
        let options = ImportOptions { year: Some(year), ..options.clone() };
        assert_eq!(
            import("long", std::slice::from_ref(&flows), &options).unwrap_err().to_string(),
            format!("`{}`: the base year {year} is not between 1900 and 2100", flows.display())
        );
    }
}

#[test]
fn a_file_without_industries_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = "V1,AUS_HFCE,AUS_GFCF,OUT\nTLS,0,0,0\nVA,0,0,0\nOUT,0,0,0\n";
    let path = written(folder.path(), "2018.csv", text);
    let message = icio::import(&path, &ImportOptions::default()).unwrap_err().to_string();
    assert!(message.starts_with(&format!("`{}` fits no known ICIO edition ", path.display())), "{message}");
    assert!(message.ends_with(": found 0 industries; rows below: TLS, VA, OUT"), "{message}");

    written(folder.path(), "file_parameters.json", PARAMETERS);
    let options = ImportOptions { year: Some(2011), ..ImportOptions::default() };
    for (z, y, bad) in [("", "", "Z.txt"), ("a letter\nto nobody\nat all\n", Y, "Z.txt"), (Z, "", "Y.txt")] {
        written(folder.path(), "Z.txt", z);
        written(folder.path(), "Y.txt", y);
        assert_eq!(
            pymrio::import(folder.path(), &options).unwrap_err().to_string(),
            format!("`{bad}`: holds no table: expected two header rows, two index columns and numbers")
        );
    }
    let none = || Labels::new([("", ""); 0]).unwrap();
    let one = || Labels::new([("A", "")]).unwrap();
    for (regions, sectors, what) in [(none(), one(), "regions"), (one(), none(), "industries")] {
        let origin = Origin {
            file: "made.csv".into(),
            name: String::new(),
            title: String::new(),
            base_date: jiff::civil::date(2020, 7, 1),
            source: Source { of: String::new(), citation: String::new(), terms: String::new() },
            goods: vec![],
            notes: vec![],
        };
        let error =
            InterCountry::new(regions, sectors).into_world(origin, &Totals::default(), &options).unwrap_err();
        assert_eq!(error.to_string(), format!("`made.csv`: holds no {what}: was the file cut?"));
    }
}

/// Databases write sentences with commas: a code is what can be written in a table.
#[test]
fn labels_of_a_pymrio_folder_become_codes() {
    let folder = tempfile::tempdir().unwrap();
    let renamed = |text: &str| text.replace("food", "Meat, fish").replace("mining", "Others");
    written(folder.path(), "file_parameters.json", PARAMETERS);
    written(folder.path(), "Z.txt", &renamed(Z));
    written(folder.path(), "Y.txt", &renamed(Y));
    let options = ImportOptions { year: Some(2011), ..ImportOptions::default() };
    let world = pymrio::import(folder.path(), &options).unwrap().world;
    assert_eq!(world.sectors.codes(), ["Meat fish", "Others_"]);
    assert_eq!(world.sectors.name(0), "Meat, fish");
    assert_eq!(world.trade_musd[world.cell(0, 1, 0)], 12.0);
}

#[test]
fn tariffs_and_elasticities_may_be_given_with_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "2018.csv", &icio_csv(2023, &["AUS", "USA"], &["AUS", "USA"]));
    let tariffs =
        written(folder.path(), "tariffs.csv", "sector,importer,exporter,tariff\nC26,USA,AUS,0.05\n");
    let sectors: String = industries(2023).iter().rev().map(|code| format!("{code},3\n")).collect();
    let sectors = written(folder.path(), "sectors.csv", &format!("sector,theta_X\n{sectors}"));
    let options =
        ImportOptions { tariffs: Some(tariffs), sectors: Some(sectors.clone()), ..ImportOptions::default() };
    let imported = icio::import(&path, &options).unwrap();
    sound(&imported);
    assert_eq!(imported.world.elasticities[0].name, "X");
    assert_eq!(imported.world.tariff.iter().sum::<f64>(), 0.05);
    fs::write(&sectors, "sector,theta\nC26,4\n").unwrap();
    let message = icio::import(&path, &options).unwrap_err().to_string();
    assert!(message.contains("no elasticity for the sectors `A01_02`, `A03`"), "{message}");
}
