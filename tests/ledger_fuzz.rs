//! Broken ledgers never break the reader.
//!
//! Good and bad files are changed by bytes, words, lines and pieces of each
//! other, always in the same way for the same seed. Whatever comes out is read
//! without a panic; every label of a problem lies inside the text, between
//! letters; the report can be drawn; a ledger that reads well survives writing.
//!
//! `FUZZ_INPUTS` is how many inputs are tried (default 4000), `FUZZ_SEED` where
//! to start. `FUZZ_INPUTS=10000000 cargo test --release --test ledger_fuzz`.

mod ledgers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use detente::document::{self, report::render_warnings};
use detente::ledger::{Ledger, shipped};
use detente::world::World;
use ledgers::small_world;
use miette::Diagnostic;

/// Longest input in bytes; short ones are faster and find as much.
const LONGEST: usize = 1500;
/// One report in so many is drawn: drawing costs more than reading.
const DRAW_ONE_IN: u64 = 16;

/// Words that mean something in a ledger, or that often mean trouble.
const WORDS: [&str; 84] = [
    "[[measure]]",
    "[measure]",
    "[scopes]",
    "[groups]",
    "ledger",
    "title",
    "id",
    "kind",
    "by",
    "on",
    "except",
    "scope",
    "sectors",
    "coverage",
    "others",
    "rate",
    "from",
    "until",
    "ends",
    "suspend",
    "points",
    "then",
    "confirm = true",
    "announced",
    "status",
    "[[measure.reading]]",
    "reading",
    "evidence",
    "account",
    "span",
    "silent = true",
    "quantity",
    "approval",
    "wait",
    "cost",
    "of",
    "share",
    "rows",
    "recall",
    "not_with",
    "group",
    "stack",
    "floor",
    "hs",
    "list",
    "but",
    "\"45 days\"",
    "\"tariff-exemption\"",
    "\"us-*\"",
    "source",
    "note",
    "\"import-tariff\"",
    "\"export-licence\"",
    "\"event\"",
    "\"*\"",
    "[\"*\"]",
    "\"USA\"",
    "\"CHN\"",
    "\"ROW\"",
    "\"A01\"",
    "\"25%\"",
    "\"600%\"",
    "\"-1%\"",
    "\"%\"",
    "25",
    "0.25",
    "inf",
    "nan",
    "2025-02-04",
    "2025-02-30",
    "0000-01-01",
    "9999-12-31",
    "2025-02-04T10:00:00",
    "{",
    "}",
    "[",
    "]",
    "=",
    ",",
    "\"",
    "'''",
    "\n",
    "é",
    "\u{1F980}",
];

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }
}

fn folder(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Good and bad files, none longer than an input.
fn corpus() -> Vec<Vec<u8>> {
    let mut texts = folder("tests/ledgers");
    texts.extend(folder("tests/ledgers/fuzz"));
    for name in shipped::names() {
        // Codes of the small world, so that pieces of the large file can be good.
        let text = shipped::text(name).unwrap().replace("C24A", "C26").replace("C24B", "C27");
        texts.extend(text.split("\n\n").map(|block| format!("ledger = {{ title = \"t\" }}\n{block}\n")));
    }
    texts.push(
        "ledger = { title = \"t\" }\n[scopes]\ns = { coverage = { A01 = \"8%\", others = \"100%\" } }\n[[measure]]\nid = \"a\"\n\
         kind = \"import-tariff\"\nby = \"USA\"\non = [\"CHN\", \"HKG\"]\nscope = \"s\"\nrate = { 2025-02-04 = \"10%\", 2025-03-04 = \"20%\" }\n\
         suspend = { points = \"5%\", from = 2025-05-14, until = [2025-08-12, 2025-11-10] }\nends = { on = 2026-02-20, why = \"court\" }\nsource = \"x\"\n"
            .to_owned(),
    );
    texts.push(
        "ledger = { title = \"t\" }\n[[measure]]\nid = \"b\"\nkind = \"export-licence\"\nby = \"CHN\"\non = \"*\"\nexcept = [\"HKG\"]\n\
         approval = { 2025-04-04 = \"5%\" }\nwait = \"45 days\"\n[[measure]]\nid = \"c\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"*\"\n\
         rate = \"7.5%\"\nfrom = 2025-02-04\n"
            .to_owned(),
    );
    texts.push(
        "ledger = { title = \"t\" }\n[groups]\ng = [\"DEU\", \"MEX\"]\n[[measure]]\nid = \"q\"\nkind = \"export-quota\"\nby = \"g\"\n\
         on = \"*\"\nquantity = \"80%\"\nfrom = 2025-01-01\nstatus = \"disputed\"\n[[measure.reading]]\nid = \"w\"\n\
         evidence = [{ account = \"a\", span = [1, 9] }, { account = \"b\", silent = true }]\nquantity = { 2025-06-06 = \"100%\" }\nuntil = 2026-01-01\n\
         [[measure]]\nid = \"t\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"CHN\"\nrate = { 2025-01-01 = \"5%\" }\nnot_with = \"u*\"\n\
         [[measure]]\nid = \"u\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"CHN\"\nsectors = \"C26\"\nrate = { 2025-01-01 = \"9%\" }\n\
         [[measure]]\nid = \"x\"\nkind = \"tariff-exemption\"\nof = [\"t\", \"u\"]\nshare = { 2025-03-01 = \"12%\" }\nrows = [\"R1\"]\nrecall = \"all\"\n"
            .to_owned(),
    );
    texts.into_iter().map(|text| text.into_bytes().into_iter().take(LONGEST).collect()).collect()
}

/// One to four changes to one file of the corpus.
fn input(corpus: &[Vec<u8>], random: &mut Random) -> String {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(9) {
            0 if at < bytes.len() => bytes[at] = random.next() as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.drain(at..(at + random.below(12)).min(bytes.len()))),
            3 | 4 => {
                let word = WORDS[random.below(WORDS.len())];
                drop(bytes.splice(at..at, word.bytes()));
            }
            5 => {
                // A word in the place of another.
                let end =
                    bytes[at..].iter().position(|b| b" \n,=".contains(b)).map_or(bytes.len(), |n| at + n);
                let word = WORDS[random.below(WORDS.len())];
                drop(bytes.splice(at..end, word.bytes()));
            }
            6 | 7 => {
                // A line goes, or comes again elsewhere.
                let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                let line = lines[random.below(lines.len())].clone();
                let place = random.below(lines.len());
                if random.below(2) == 0 {
                    lines.insert(place, line)
                } else {
                    drop(lines.remove(place))
                }
                bytes = lines.join(&b'\n');
            }
            _ => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
        bytes.truncate(LONGEST);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn labels_lie_inside(text: &str, problem: &dyn Diagnostic) {
    for label in problem.labels().into_iter().flatten() {
        let span = label.offset()..label.offset() + label.len();
        assert!(text.get(span.clone()).is_some(), "the label {span:?} of `{problem}` is not in the text");
    }
}

fn check(text: &str, world: &World, draw: bool) {
    match Ledger::parse("fuzz.toml", text, world) {
        Ok((ledger, warnings)) => {
            warnings.iter().for_each(|warning| labels_lie_inside(text, warning));
            if draw {
                render_warnings(document::Kind::Ledger, "fuzz.toml", text, &warnings, false);
            }
            let written = ledger.to_toml(world);
            let again = Ledger::parse("written.toml", &written, world);
            let (again, _) = again.unwrap_or_else(|e| panic!("{}\n{written}", e.render(false)));
            assert_eq!(again, ledger, "{written}");
        }
        Err(error) => {
            assert!(!error.problems().is_empty(), "refused without a reason");
            error.problems().iter().for_each(|problem| labels_lie_inside(text, problem));
            if draw {
                assert!(!error.render(false).is_empty());
            }
        }
    }
}

#[test]
fn no_input_breaks_the_reader() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let (inputs, seed) = (number("FUZZ_INPUTS", 4000), number("FUZZ_SEED", 0));
    let (corpus, world) = (corpus(), small_world());
    let mut good = 0_u64;
    for n in seed..seed + inputs {
        // Each input has its own seed: one that fails is tried again alone.
        let text = input(&corpus, &mut Random(n.wrapping_mul(0xD134_2543_DE82_EF95)));
        let tried = catch_unwind(AssertUnwindSafe(|| check(&text, &world, n % DRAW_ONE_IN == 0)));
        assert!(tried.is_ok(), "FUZZ_SEED={n} FUZZ_INPUTS=1 breaks the reader:\n{text}");
        good += u64::from(Ledger::parse("fuzz.toml", &text, &world).is_ok());
        if n % 1_000_000 == 999_999 {
            eprintln!("{} inputs, {good} of them good ledgers", n + 1 - seed);
        }
    }
    assert!(good * 200 > inputs, "{good} good ledgers among {inputs}: the changes are too rough");
}

/// What once broke the reader, or the writer.
#[test]
fn what_was_found_stays_found() {
    let world = small_world();
    for text in folder("tests/ledgers/fuzz") {
        check(&text, &world, true);
    }
}

/// The parser of TOML takes `2020_02-14` for a whole number.
#[test]
fn digits_that_are_no_number_are_refused() {
    let text = "ledger = { title = \"t\" }\n[[measure]]\nid = \"a\"\nkind = \"event\"\nfrom = 2025-06-05\n\
                [[measure.reading]]\nid = \"b\"\nevidence = [{ account = \"c\", span = [1, 2020_02-14] }]\n";
    let error = Ledger::parse("fuzz.toml", text, &small_world()).unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert!(error.problems()[0].to_string().contains("span"), "{}", error.problems()[0]);
}
