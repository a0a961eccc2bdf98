//! Every kind of mistake in a ledger file, and the report that a person reads.
//!
//! Each `tests/ledgers/NAME.toml` is a file with mistakes; `NAME.snap` beside
//! it is the report.

mod ledgers;

use std::path::{Path, PathBuf};

use detente::document::{self, report::render_warnings};
use detente::ledger::Ledger;
use ledgers::small_world;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ledgers");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_mistake_is_reported_with_its_place() {
    let world = small_world();
    assert!(files().len() >= 20);
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let error =
            Ledger::parse(&format!("ledgers/{name}.toml"), &text, &world).expect_err("the file has mistakes");
        let report = error.render(false);
        assert!(!report.contains('\u{1b}'), "{name}: escape codes without colour");
        insta::with_settings!({
            snapshot_path => "ledgers",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, report) });
    }
}

#[test]
fn editors_get_byte_offsets() {
    let text =
        std::fs::read_to_string(files().iter().find(|path| path.ends_with("bare-number.toml")).unwrap())
            .unwrap();
    let error = Ledger::parse("x.toml", &text, &small_world()).unwrap_err();
    let json = error.to_json();
    assert_eq!(json[0]["code"], "ledger::rate");
    assert_eq!(json[0]["message"], "a rate needs its per cent sign");
    assert_eq!(json[0]["help"], "write \"25%\" or, if 2500 % is meant, \"2500%\" with `confirm = true`");
    let offset = json[0]["labels"][0]["offset"].as_u64().unwrap() as usize;
    let length = json[0]["labels"][0]["length"].as_u64().unwrap() as usize;
    assert_eq!(&text[offset..offset + length], "25");
}

#[test]
fn a_measure_without_a_source_is_a_warning() {
    let text = "ledger = { title = \"A test\" }\n\n[[measure]]\nid = \"talks\"\nkind = \"event\"\nfrom = 2025-06-05\n";
    let (ledger, warnings) = Ledger::parse("x.toml", text, &small_world()).unwrap();
    assert_eq!(ledger.measures.len(), 1);
    insta::assert_snapshot!(render_warnings(document::Kind::Ledger, "x.toml", text, &warnings, false), @r#"
    ledger::source

      ⚠ the measure `talks` has no source
       ╭─[x.toml:3:1]
     2 │ 
     3 │ [[measure]]
       · ─────┬─────
       ·      ╰── `source` is missing here
     4 │ id = "talks"
       ╰────
      help: name the legal act or the page: source = "EO 14195"
    "#);
}
