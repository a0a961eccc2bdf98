//! Extracts of Global Trade Alert in both layouts. Every record is made up.

mod ledgers;

use detente::ledger::import_gta::{Import, import};
use detente::ledger::measure::{Kind, Status};
use detente::ledger::{Ledger, Measure};
use jiff::civil::date;
use ledgers::small_world;

const JSON: &str = r#"{ "count": 6, "results": [
  { "intervention_id": 101, "state_act_title": "A made-up duty", "gta_evaluation": "Red",
    "implementing_jurisdictions": [{ "id": 840, "name": "United States of America", "iso": "USA" }],
    "affected_jurisdictions": [{ "name": "China", "iso": "CHN" }, { "name": "India", "iso": "IND" }],
    "intervention_type": "Import tariff", "mast_chapter": "Tariff measures",
    "affected_products": [
      { "product_id": 850511, "prior_level": "0", "new_level": "25", "unit": "percent", "date_implemented": "2025-03-01", "date_removed": null },
      { "product_id": 850519, "prior_level": "0", "new_level": "25", "unit": "percent", "date_implemented": "2025-03-01", "date_removed": null },
      { "product_id": 10121, "prior_level": "2.5", "new_level": "10", "unit": "percent", "date_implemented": null, "date_removed": "2025-09-01" }
    ],
    "date_announced": "2025-01-15", "date_implemented": "2025-02-01", "date_removed": null },
  { "intervention_id": 102, "state_act_title": "A made-up licence", "gta_evaluation": "Red",
    "implementing_jurisdictions": [156], "affected_jurisdictions": [842, "Germany"],
    "intervention_type": 35, "affected_products": [280530],
    "date_announced": "2025-04-04", "date_implemented": "2025-04-04", "date_removed": null },
  { "intervention_id": 103, "gta_evaluation": "Amber", "implementing_jurisdictions": ["European Union"],
    "affected_jurisdictions": ["Atlantis", "China"], "intervention_type": "Import monitoring",
    "affected_products": [], "date_announced": "2025-05-01", "date_implemented": null, "date_removed": null },
  { "intervention_id": 104, "gta_evaluation": "Green", "implementing_jurisdictions": ["China"],
    "affected_jurisdictions": ["United States of America"], "intervention_type": "Export ban",
    "date_announced": "2025-06-01", "date_implemented": "2025-06-02" },
  { "intervention_id": 105, "gta_evaluation": "Red", "implementing_jurisdictions": ["Mexico"],
    "affected_jurisdictions": [699], "intervention_type": 47, "date_announced": "2025-07-01" },
  { "intervention_id": 106, "gta_evaluation": "Red", "implementing_jurisdictions": ["Mexico"],
    "affected_jurisdictions": ["China"], "intervention_type": 47,
    "affected_products": [{ "product_id": "870323", "prior_level": "15", "new_level": "50", "unit": "USD per unit" }],
    "date_announced": "2025-07-01", "date_implemented": "2025-08-01" }
] }"#;

fn read(text: &str) -> Import {
    let world = small_world();
    let import = import(text, &world).unwrap();
    let written = import.ledger.to_toml(&world);
    let (again, warnings) =
        Ledger::parse("imported.toml", &written, &world).unwrap_or_else(|e| panic!("{}", e.render(false)));
    assert!(warnings.is_empty(), "every measure has a source");
    assert_eq!(again, import.ledger);
    import
}

fn measure<'a>(import: &'a Import, id: &str) -> &'a Measure {
    import.ledger.measure(id).unwrap_or_else(|| panic!("no measure {id}"))
}

#[test]
fn lines_with_one_change_and_one_date_are_one_measure() {
    let import = read(JSON);
    assert_eq!((import.interventions, import.ledger.measures.len()), (6, 7));
    let first = measure(&import, "gta-101");
    assert_eq!(first.kind, Kind::ImportTariff);
    assert_eq!((&first.by[..], &first.on[..]), (&[0][..], &[1][..]), "India is no region of this world");
    assert_eq!(first.rate.steps(), [(date(2025, 3, 1), 0.25)], "the product's date wins");
    assert_eq!((first.announced, first.end.as_ref()), (Some(date(2025, 1, 15)), None));
    let note = first.note.as_deref().unwrap();
    assert!(note.contains("HS2012 850511 850519") && note.contains("prior level unknown"), "{note}");
    assert!(first.scope.coverage.iter().all(|covered| *covered == 0.0), "some goods are not all goods");

    let second = measure(&import, "gta-101-2");
    assert_eq!(second.rate.steps(), [(date(2025, 2, 1), 0.075)], "10 - 2.5 points");
    assert_eq!(second.end.as_ref().map(|end| end.on), Some(date(2025, 9, 1)));
    let note = second.note.as_deref().unwrap();
    assert!(note.contains("HS2012 010121") && note.contains("from 2.5 to 10 percent"), "{note}");
}

#[test]
fn types_go_by_name_or_number_and_none_is_dropped() {
    let import = read(JSON);
    let licence = measure(&import, "gta-102");
    assert_eq!((licence.kind, licence.from), (Kind::ExportLicence, Some(date(2025, 4, 4))));
    assert_eq!((&licence.by[..], &licence.on[..]), (&[1][..], &[0, 3][..]));
    let unknown = measure(&import, "gta-103");
    assert_eq!((unknown.kind, unknown.status), (Kind::Event, Status::Announced));
    assert_eq!(unknown.by, [3], "Germany is the one member of the Union in this world");
    assert!(unknown.note.as_deref().unwrap().contains("GTA Import monitoring"));
    let green = measure(&import, "gta-104");
    assert!(green.note.as_deref().unwrap().contains("it liberalises"));
    for (id, why) in [("gta-104", "Export ban"), ("gta-105", "Import tariff"), ("gta-106", "not ad valorem")]
    {
        let kept = measure(&import, id);
        assert_eq!(kept.kind, Kind::Event);
        assert!(kept.note.as_deref().unwrap().contains(why), "{:?}", kept.note);
    }
}

#[test]
fn what_was_not_understood_is_counted() {
    let remarks = read(JSON).remarks;
    // 26 members of the Union, twice India: not in the small world.
    let (absent, others): (Vec<_>, Vec<_>) =
        remarks.into_iter().partition(|remark| remark.ends_with("not a region of this world"));
    assert_eq!(absent.len(), 27);
    assert!(absent.contains(&"2 x `IND` left out: not a region of this world".to_owned()));
    insta::assert_snapshot!(others.join("\n"));
}

#[test]
fn the_csv_export_gives_the_same_measures() {
    let text = "\u{feff}Intervention ID,State Act Title,GTA  evaluation,Implementing Jurisdictions,Affected Jurisdictions,Intervention Type,MAST chapter,Affected Products (HS codes),Announcement Date,Implementation Date,Removal Date,Currently in force,Colour\n\
        102,A made-up licence,Red,China,\"United States of America, Germany\",Export licensing requirement,P,\"280530, 280540\",2025-04-04,2025-04-04,,Yes,blue\n\
        107,A made-up ban,Red,China,United States of America;Mexico,Import ban,,,2025-05-01,2025-05-02,2025-06-01,No,red\n";
    let import = read(text);
    let licence = measure(&import, "gta-102");
    assert_eq!((licence.kind, &licence.on[..]), (Kind::ExportLicence, &[0, 3][..]));
    assert!(licence.note.as_deref().unwrap().contains("HS2012 280530 280540"));
    let ban = measure(&import, "gta-107");
    assert_eq!((ban.from, ban.kind), (Some(date(2025, 5, 2)), Kind::ImportBan));
    assert_eq!(ban.end.as_ref().map(|end| end.on), Some(date(2025, 6, 1)));
    let covers_nothing = "1 x measure that covers no sector yet: its product codes are in the note";
    assert_eq!(import.remarks, ["columns that are not read: `Colour`", covers_nothing]);
    assert!(licence.scope.coverage.iter().all(|share| *share == 0.0));
}

/// What a kind cannot say without: an export tax its rate, a quota its day.
#[test]
fn every_kind_that_is_imported_reads_back() {
    let text = "Intervention ID,Implementing Jurisdictions,Affected Jurisdictions,Intervention Type,Announcement Date,Implementation Date,Prior Level,New Level\n\
        1,China,Germany,Export tax,2025-04-04,2025-04-10,5,20\n\
        2,China,Germany,Export tax,2025-04-04,2025-04-10,,\n\
        3,China,Germany,Import quota,2025-04-04,2025-04-10,,\n\
        4,China,Germany,Export quota,2025-04-04,,,\n\
        5,China,,Production subsidy,2025-04-04,2025-04-10,,\n";
    let import = read(text);
    let kinds: Vec<Kind> = import.ledger.measures.iter().map(|measure| measure.kind).collect();
    assert_eq!(kinds, [Kind::ExportTax, Kind::Event, Kind::ImportQuota, Kind::Event, Kind::Subsidy]);
    assert_eq!(measure(&import, "gta-1").rate.steps(), [(date(2025, 4, 10), 0.15)]);
    let world = small_world();
    let written = import.ledger.to_toml(&world);
    let (again, _) = Ledger::parse("written.toml", &written, &world).unwrap();
    assert_eq!(again, import.ledger);
}

#[test]
fn a_level_in_the_csv_is_a_rate() {
    let text = "Intervention ID,Implementing Jurisdiction(s),Affected Jurisdictions,Intervention Type,Date Implemented,Prior level,New level\n\
        1,840,156,47,2025-02-04,0,10\n1,840,156,47,2025-03-04,10,20\n";
    // The title "Implementing Jurisdiction(s)" reads as its plural.
    let import = read(text);
    assert_eq!(measure(&import, "gta-1").rate.steps(), [(date(2025, 2, 4), 0.1)]);
    let world = small_world();
    let cell = world.cell(1, 0, 1);
    let tariff = import.ledger.state(&world, date(2025, 4, 1)).tariff[cell];
    assert!((tariff - (0.05 + 0.1 + 0.1)).abs() < 1e-12, "two steps of ten points on a base of five");
}

#[test]
fn what_is_no_extract_is_refused_with_the_reason() {
    let world = small_world();
    let say = |text: &str| import(text, &world).unwrap_err().to_string();
    assert_eq!(say("{}"), "this is no extract of Global Trade Alert: the JSON object has no list `results`");
    assert_eq!(
        say("a,b\n1,2\n"),
        "this is no extract of Global Trade Alert: no column for `intervention_id`; the columns are a, b"
    );
    assert_eq!(
        say(r#"[{ "intervention_id": 7, "date_announced": "3/4/2025" }]"#),
        "intervention 7: `date_announced` is `3/4/2025`; write the day as 2025-02-04"
    );
    assert_eq!(
        say(r#"[{ "id": 7 }]"#),
        "this is no extract of Global Trade Alert: item 1 of the list has no `intervention_id`"
    );
    assert!(read("[]").ledger.measures.is_empty());
}
