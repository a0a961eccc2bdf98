//! A sweep has the numbers of the run, whatever the threads, the chunks and the failures
//! of cases; and says what is wrong with what varies.

mod sweeps;

use std::path::Path;

use detente::results::{Row, Variable};
use detente::scenario::draws::interval;
use detente::scenario::sweep::cases::Case;
use detente::scenario::sweep::selection::Codes;
use detente::scenario::sweep::{self, Folder, Over, Plan, Selection, SweepError, Text};
use detente::scenario::{Asked, Question, RunOptions, Shelf};
use sweeps::{SCENARIO, write};

fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    folder
}

fn asked(draws: usize, chunk: usize) -> sweep::Asked {
    sweep::Asked { draws, seed: None, chunk, selection: Selection::default(), arithmetic: Default::default() }
}

/// The plan of the scenario in a folder, over a text.
fn plan(folder: &Path, over: Option<&str>, asked: sweep::Asked) -> Result<Plan, SweepError> {
    let text = |shown: &str, text: &str| Text { shown: shown.to_owned(), text: text.to_owned() };
    let over = over.map(|over| text("over.toml", over));
    let shelf = Shelf::Files(Some(folder.to_owned()));
    Plan::read("small", &text("small.toml", SCENARIO), shelf, over.as_ref(), asked)
}

/// All cases, in order.
fn cases(plan: &Plan) -> Vec<Case> {
    let chunk = |number| plan.chunk(number, &RunOptions::default()).unwrap().cases;
    (0..plan.chunks()).flat_map(chunk).collect()
}

fn everything() -> Selection {
    let all = Codes::All;
    Selection { variables: Variable::ALL.to_vec(), regions: all.clone(), partners: all.clone(), sectors: all }
}

/// The place of a row, as text.
fn place(row: &Row) -> String {
    let name = row.variable.name();
    format!("{} {:?} {} {} {} {name}", row.run, row.week, row.region, row.partner, row.sector)
}

/// Every number of eight draws, against the ranges of `run --draws 8`: bit for bit.
#[test]
fn draws_are_those_behind_the_ranges_of_a_run() {
    let folder = scratch();
    let of_sweep = sweep::Asked { selection: everything(), ..asked(8, 3) };
    let plan = plan(folder.path(), None, of_sweep).unwrap();
    let swept: Vec<Vec<Row>> = cases(&plan).into_iter().map(|case| case.rows.unwrap()).collect();
    let mut values: std::collections::BTreeMap<String, Vec<f64>> = Default::default();
    for row in swept.iter().flatten() {
        assert!(row.value.is_finite() && row.low.is_none() && &*row.scenario == "small");
        values.entry(place(row)).or_default().push(row.value);
    }
    let shelf = Shelf::Files(Some(folder.path().to_owned()));
    let of_run = Asked { draws: Some(8), ..Asked::default() };
    let question = Question::read("small", "small.toml", SCENARIO, &shelf, &of_run).unwrap();
    let answer = question.answer(&of_run, &RunOptions::default()).unwrap();
    let (mut long, mut weeks) = (0, 0);
    for row in &answer.results().rows {
        let values = values.get(&place(row)).unwrap_or_else(|| panic!("no {}", place(row)));
        assert_eq!(values.len(), 8, "{}", place(row));
        let (Some(low), Some(high)) = (row.low, row.high) else {
            assert!(values.iter().all(|value| *value == row.value), "{}", place(row));
            continue;
        };
        let (own_low, own_high) = interval(values.clone());
        // Ratios and parts of losses are told by the draw nearest to the quantile.
        let nearest = matches!(
            row.variable,
            Variable::Leverage
                | Variable::LeveragePerValueAdded
                | Variable::LeverageWithStocks
                | Variable::BlockedLost
                | Variable::UnsoldStock
        );
        if nearest {
            assert!(values.contains(&low) && values.contains(&high) && values.contains(&row.value));
        } else if row.week.is_some() {
            // The weeks take shares of one before they become per cent.
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
            assert!(near(own_low, low) && near(own_high, high), "{} {own_low} {low}", place(row));
            weeks += 1;
        } else {
            assert_eq!((own_low, own_high), (low, high), "{}", place(row));
            long += 1;
        }
    }
    assert!(long > 1000 && weeks > 100, "{long} {weeks}");
}

/// Draw 3 is draw 3 in a sweep of 4 and of 40 draws, alone or among others.
#[test]
fn a_case_depends_on_its_number_alone() {
    let folder = scratch();
    let few = cases(&plan(folder.path(), None, asked(4, 4)).unwrap());
    let many = plan(folder.path(), None, asked(40, 3)).unwrap();
    let alone = many.chunk(1, &RunOptions::default()).unwrap();
    assert_eq!(alone.cases[0], few[3]);
    let other = sweep::Asked { seed: Some(6), ..asked(4, 4) };
    let other = cases(&plan(folder.path(), None, other).unwrap());
    for (a, b) in few[3].rows.as_ref().unwrap().iter().zip(other[3].rows.as_ref().unwrap()) {
        assert!(a.value != b.value || a.value == 0.0, "{a:?}: another seed, other draws");
    }
}

const OVER: &str = r#"
[[over]]
field = "phase.worse.set.us-on-china"
grid  = ["40%", "60%"]

[[over]]
field   = "phase.worse.date"
uniform = [2025-06-02, 2025-06-20]

[[over]]
field        = "short_run.cover"
"log-normal" = ["15 days", "60 days"]
"#;

/// A value in the over-file is the value in the scenario's text.
#[test]
fn a_field_is_what_stands_in_the_text() {
    let folder = scratch();
    let grid = "[[over]]\nfield = \"phase.worse.set.us-on-china\"\ngrid = [\"40%\", \"60%\"]\n";
    let swept = cases(&plan(folder.path(), Some(grid), asked(3, 2)).unwrap());
    let plain = cases(&plan(folder.path(), None, asked(3, 2)).unwrap());
    assert_eq!(swept.len(), 6);
    // The scenario itself has 60 %.
    for (swept, plain) in swept[3..].iter().zip(&plain) {
        assert_eq!((swept.draw, &swept.rows, &swept.values), (plain.draw, &plain.rows, &vec![60.0]));
    }
    let income = |case: &Case| {
        let rows = case.rows.as_ref().unwrap();
        let row = |row: &&Row| {
            row.variable == Variable::WelfareExact && &*row.run == "worse" && &*row.region == "CHN"
        };
        rows.iter().find(row).unwrap().value
    };
    assert!(income(&swept[0]) > income(&swept[3]), "a higher tariff, a larger loss");
}

/// Drawn fields: the same draw in every combination, a date that changes what is in force.
#[test]
fn drawn_fields_are_common_to_all_combinations() {
    let folder = scratch();
    let plan = plan(folder.path(), Some(OVER), asked(6, 5)).unwrap();
    assert_eq!((plan.cases(), plan.chunks()), (12, 3));
    let swept = cases(&plan);
    for draw in 0..6 {
        assert_eq!(swept[draw].values[1..], swept[draw + 6].values[1..]);
        assert_eq!((swept[draw].values[0], swept[draw + 6].values[0]), (40.0, 60.0));
        assert!(swept[draw].rows.is_ok(), "{:?}", swept[draw].rows);
    }
    let dates: Vec<&Row> = swept
        .iter()
        .map(|case| case.rows.as_ref().unwrap().iter().find(|row| &*row.run == "worse").unwrap())
        .collect();
    assert!(dates.iter().any(|row| row.date != dates[0].date));
}

fn table_of(folder: &Path, over: Option<&str>, chunk: usize, threads: usize) -> (String, Vec<String>) {
    let plan = plan(folder, over, asked(10, chunk)).unwrap();
    let out = tempfile::tempdir().unwrap();
    let mut whole = Folder::begin(out.path(), &plan).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let finished = pool.install(|| sweep::sweep(&plan, &mut whole, &RunOptions::default())).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(out.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    (finished.record.table.unwrap().sha256, names)
}

/// Names of parts hold the hash of their bytes: the same names, the same bytes.
#[test]
fn threads_and_chunks_do_not_matter() {
    let folder = scratch();
    for over in [None, Some(OVER)] {
        let one = table_of(folder.path(), over, 7, 1);
        assert_eq!(one, table_of(folder.path(), over, 7, 2));
        for chunk in [1, 100] {
            assert_eq!(one.0, table_of(folder.path(), over, chunk, 2).0, "chunks of {chunk}");
        }
    }
}

/// Drawn percentages below zero are refused case by case; the others have an answer.
#[test]
fn a_case_without_an_answer_does_not_end_the_sweep() {
    let folder = scratch();
    let over = "[[over]]\nfield = \"phase.worse.set.us-on-china\"\nnormal = [\"0%\", \"30%\"]\n";
    let plan = plan(folder.path(), Some(over), asked(40, 9)).unwrap();
    let out = tempfile::tempdir().unwrap();
    let mut whole = Folder::begin(out.path(), &plan).unwrap();
    let finished = sweep::sweep(&plan, &mut whole, &RunOptions::default()).unwrap();
    let problems = &finished.problems;
    assert!((1..8).contains(&problems.len()), "{problems:?}");
    for (case, problem) in problems {
        assert!(plan.values(*case)[0] < 0.0, "{problem}");
        assert!(problem.starts_with("phase.worse.set.us-on-china = -"), "{problem}");
        assert!(problem.contains("cannot be negative"), "{problem}");
    }
    let told = finished.quantiles.iter().filter(|q| q.of.variable == Variable::WelfareExact).count();
    assert_eq!(told, 4, "two actors, two phases");
}

#[test]
fn what_nobody_can_mean_is_refused() {
    let folder = scratch();
    let selection = Selection { regions: Codes::of("USA,CHM"), ..Selection::default() };
    let refused = |asked| plan(folder.path(), None, asked).unwrap_err().to_string();
    let codes = refused(sweep::Asked { selection, ..asked(3, 1) });
    assert_eq!(codes, "--regions: world icio-2019-g20 has no `CHM`; did you mean `CHN`?");
    assert!(refused(asked(0, 1)).contains("1 to 65536 draws"));
    assert!(refused(asked(3, 0)).contains("chunks of 1 case or more"));
    let unknown = Selection::variables("welfare_exact,welfare").unwrap_err();
    assert!(unknown.contains("did you mean `welfare_"), "{unknown}");
}

fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    files
}

fn snapshot(path: &Path, report: String) {
    let name = path.file_stem().unwrap().to_str().unwrap();
    insta::with_settings!({
        snapshot_path => path.parent().unwrap(),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, report) });
}

/// Each `tests/over/NAME.toml` has mistakes; `NAME.snap` beside it is the report.
#[test]
fn every_mistake_of_an_over_file_is_reported_with_its_place() {
    for path in files("tests/over") {
        let text = std::fs::read_to_string(&path).unwrap();
        let error = Over::parse("over.toml", &text).expect_err("the file has mistakes");
        snapshot(&path, error.render(false));
    }
}

/// The same for files that are well written, and whose fields the scenario does not have.
#[test]
fn every_field_that_the_scenario_refuses_is_reported() {
    let folder = scratch();
    for path in files("tests/over/fields") {
        let text = std::fs::read_to_string(&path).unwrap();
        match plan(folder.path(), Some(&text), asked(3, 1)) {
            Err(SweepError::Over(error)) => snapshot(&path, error.render(false)),
            other => panic!("{}: {other:?}", path.display()),
        }
    }
}

/// Changed files never break the reader: 4,000 inputs, always the same ones.
#[test]
fn no_input_breaks_the_reader_of_over_files() {
    use miette::Diagnostic;
    let texts: Vec<String> = files("tests/over")
        .into_iter()
        .chain(files("tests/over/fields"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .chain([OVER.to_owned()])
        .collect();
    let words = [
        "grid",
        "[[over]]",
        "uniform",
        "\"5%\"",
        "1e400",
        "2025-02-30",
        "-",
        "{",
        "é",
        "[",
        "\"",
        "\n",
        "a.b",
    ];
    let mut state = 1_u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end.max(1)
    };
    let mut good = 0;
    for _ in 0..4000 {
        let mut text: Vec<char> = texts[below(texts.len())].chars().collect();
        for _ in 0..=below(3) {
            let at = below(text.len() + 1);
            match below(3) {
                0 => drop(text.splice(at..at, words[below(words.len())].chars())),
                1 => drop(text.drain(at..(at + below(12)).min(text.len()))),
                _ => text.truncate(at.max(20)),
            }
        }
        let text: String = text.into_iter().collect();
        match Over::parse("fuzz.toml", &text) {
            Ok(over) => {
                good += 1;
                let values = over.at(over.combinations() - 1, 7, 1);
                assert!(values.iter().all(|value| value.is_finite()), "{text}");
                over.fields.iter().zip(values).for_each(|(field, value)| drop(field.unit.write(value)));
            }
            Err(error) => {
                assert!(!error.render(false).is_empty());
                for label in
                    error.problems().iter().flat_map(|problem| problem.labels().into_iter().flatten())
                {
                    assert!(text.get(label.offset()..label.offset() + label.len()).is_some(), "{text}");
                }
            }
        }
    }
    assert!(good > 100, "{good} good files: the changes are too rough");
}
