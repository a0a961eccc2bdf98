//! Accounts of talks: what is said, by whom, and what is not.

use std::path::{Path, PathBuf};

use detente::accounts::compare::Odds;
use detente::accounts::proposals::{Backing, Sort};
use detente::accounts::{Account, Lexicon, Reading, Statement, matrix::word};
use detente::ledger::Ledger;
use detente::scenario::accounts::{Refused, open};
use detente::scenario::{AccountsQuestion, Scenario, Told};
use detente::world::World;
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accounts")
}

fn account(name: &str) -> Account {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let beside = std::fs::read_to_string(path.with_extension("toml")).ok();
    Account::read(name, &text, beside.as_deref().map(|text| ("beside.toml", text))).unwrap()
}

fn plain(text: &str) -> Account {
    let date = Some(jiff::civil::date(2025, 6, 6));
    Account { id: "text".into(), date, text: text.into(), body: 0..text.len(), ..Account::default() }
}

fn read(text: &str) -> (Reading, Lexicon) {
    let lexicon = Lexicon::shipped();
    (Reading::of(vec![plain(text)], &lexicon), lexicon)
}

/// Every statement as `party does topics: content`.
fn said(text: &str) -> Vec<(String, String, String)> {
    let (reading, lexicon) = read(text);
    let content =
        |one: &Statement| one.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" … ");
    reading
        .statements
        .iter()
        .map(|one| (one.speaker.label(), word(one, &lexicon.topics), content(one)))
        .collect()
}

fn one(text: &str) -> (String, String, String) {
    let mut all = said(text);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.remove(0)
}

#[test]
fn the_worked_example_of_june_2025() {
    let lexicon = Lexicon::shipped();
    let names = ["readout-usa.md", "readout-chn.md", "report-one.txt", "report-two.txt"];
    let reading = Reading::of(names.map(account).into(), &lexicon);
    let says = |topic: &str, party: &str| {
        reading.matrix.cell(topic, party).map(|cell| cell.says.clone()).unwrap_or_default()
    };
    assert_eq!(says("rare-earths", "USA"), ["says resolved"]);
    assert_eq!(says("rare-earths", "CHN"), ["silent"]);
    assert_eq!(says("rare-earths", "experts"), ["says open"]);
    assert_eq!(says("tariffs", "CHN"), ["demands"]);
    assert_eq!(says("taiwan", "CHN"), ["warns"]);
    assert_eq!(says("taiwan", "USA"), ["silent"]);
    assert_eq!(says("students", "USA"), ["offers"]);
    assert_eq!(says("students", "CHN"), ["silent"]);
    assert_eq!(says("talks", "USA"), ["agrees"]);
    assert_eq!(says("talks", "CHN"), ["agrees"]);
    assert_eq!(says("call", "CHN"), ["says USA asked"]);
    assert_eq!(says("call", "USA"), ["silent"]);
    // The professor speaks twice and is one source.
    assert_eq!(reading.reuse.len(), 1);
    assert!(reading.reuse[0].text.contains("no commitment"));
    // The proposals: the reading of one side, from its own account.
    let settled = reading.proposals.iter().find(|one| one.topic == "rare-earths").unwrap();
    assert_eq!((settled.sort, &*settled.by, settled.status), (Sort::Reading, "USA", Backing::Announced));
    for place in reading.proposals.iter().flat_map(|one| &one.evidence) {
        let account = reading.accounts.iter().find(|account| account.id == place.account).unwrap();
        assert_eq!(cut(&account.text, place.span), place.quote);
    }
    insta::assert_snapshot!("accounts_june_2025", format!("{:#}", reading.to_json(&lexicon)));
}

fn cut(text: &str, [start, end]: [usize; 2]) -> String {
    text.chars().skip(start).take(end - start).collect()
}

/// The accounts that a scenario of the project names, read as it asks.
fn told_of(scenario: &str) -> Told {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let text = std::fs::read_to_string(folder.join(scenario)).unwrap();
    let question = Scenario::parse("shipped", scenario, &text).unwrap().accounts.unwrap();
    let accounts = open(scenario, &text, &mut |file| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        Account::read(file, &text, None).map_err(Refused::Header)
    });
    Told::of(&question, accounts.unwrap())
}

#[test]
fn the_shipped_accounts_of_the_call() {
    let told = told_of("two-readings-2025.toml");
    let says = |topic: &str, party: &str| told.reading.matrix.cell(topic, party).unwrap().says.join(", ");
    for (topic, usa, chn) in [
        ("rare-earths", "says resolved", "silent"),
        ("tariffs", "silent", "demands"),
        ("taiwan", "silent", "warns"),
        ("talks", "agrees", "agrees"),
        ("call", "silent", "says USA asked"),
        ("invitations", "offers", "offers"),
        ("conflicts", "mentions", "silent"),
    ] {
        assert_eq!((says(topic, "USA"), says(topic, "CHN")), (usa.to_owned(), chn.to_owned()), "{topic}");
    }
    assert_eq!(says("students", "USA"), "offers");
    assert_eq!(says("rare-earths", "experts"), "says open");
    // The condition of the offer stands in the words that the cell opens.
    let offer = told.reading.matrix.cell("students", "USA").unwrap().statements[0];
    assert!(told.reading.statements[offer].content[0].text.contains("but that they will be checked"));
    // One economist in two reports.
    let [one] = &told.reading.reuse[..] else { panic!("{:?}", told.reading.reuse) };
    let printed: Vec<&str> = one
        .statements
        .iter()
        .map(|number| told.reading.accounts[told.reading.statements[*number].document].id.as_str())
        .collect();
    assert_eq!(printed, ["wsj-2025-06-05", "wsws-2025-06-06"]);
    for account in &told.reading.accounts {
        assert!(account.source.as_deref().unwrap().starts_with("paraphrase of "), "{}", account.id);
        assert!(account.title.as_deref().unwrap().ends_with("in paraphrase"), "{}", account.id);
        assert!(account.publisher.is_some() && account.date.is_some());
        assert_eq!(account.party.is_some(), account.complete, "{}", account.id);
    }
    for statement in &told.reading.statements {
        let text = &told.reading.accounts[statement.document].text;
        for piece in statement.content.iter().chain([&statement.source]) {
            assert_eq!(cut(text, piece.span), piece.text);
        }
    }
    // The ledger's evidence speaks of these accounts.
    let world = World::shipped("icio-2022").unwrap();
    let ledger = detente::ledger::shipped::text("two-readings-2025").unwrap();
    let (ledger, _) = Ledger::parse("two-readings-2025", ledger, &world).unwrap();
    for evidence in ledger.measures.iter().flat_map(|one| &one.readings).flat_map(|one| &one.evidence) {
        assert!(told.reading.accounts.iter().any(|account| account.id == evidence.account));
    }
}

#[test]
fn a_scenario_asks_for_topics_and_parties() {
    let whole = told_of("two-readings-2025.toml");
    let topics = ["talks", "currency", "rare-earths"].map(str::to_owned).to_vec();
    let parties = ["firms", "CHN"].map(str::to_owned).to_vec();
    let question = AccountsQuestion { texts: Vec::new(), topics: topics.clone(), parties: parties.clone() };
    let part = Told::of(&question, whole.reading.accounts.clone()).reading;
    assert_eq!((&part.matrix.topics, &part.matrix.parties), (&topics, &parties));
    for (topic, party) in [("talks", "CHN"), ("rare-earths", "CHN")] {
        assert_eq!(part.matrix.cell(topic, party), whole.reading.matrix.cell(topic, party));
    }
    // Of what nobody speaks, and for whom nobody does, nothing is known.
    assert!(part.matrix.cell("currency", "CHN").unwrap().says.is_empty());
    assert!(part.matrix.cell("talks", "firms").unwrap().says.is_empty());
    // Both sides of a difference must be asked for.
    assert!(!whole.reading.differences.is_empty() && part.differences.is_empty());
}

fn scenario_with(accounts: &str) -> String {
    format!(
        "title = \"a\"\nworld = \"icio-2019-g20\"\nledger = \"none\"\nactors = [\"USA\", \"CHN\"]\n\n\
         [[phase]]\nname = \"before\"\ndate = 2025-01-01\n\n[[phase]]\nname = \"after\"\ndate = 2025-02-15\n\n{accounts}"
    )
}

#[test]
fn every_problem_of_the_accounts_is_in_one_report() {
    let text = scenario_with(
        r#"[accounts]
text = ["us.md"]
topics = ["rare-earth", "talks", "talks"]
parties = [3]
"#,
    );
    let parsed = Scenario::parse("wrong", "wrong.toml", &text).unwrap_err().render(false);
    insta::assert_snapshot!("accounts_table", parsed);
    let text = scenario_with(
        r#"[accounts]
texts = ["us.md", "gone.md", "two.md", "head.md"]
"#,
    );
    let opened = open("wrong.toml", &text, &mut |file| match file {
        "gone.md" => Err(Refused::Unreadable("cannot read gone.md: there is no such file".to_owned())),
        "head.md" => Account::read(file, "+++\npublsher = \"X\"\ndate = \"5 June\"\n+++\n", None)
            .map_err(Refused::Header),
        _ => Ok(Account { id: "us".into(), ..Account::default() }),
    });
    insta::assert_snapshot!("accounts_texts", opened.unwrap_err().render(false));
    let text = scenario_with(
        "[accounts]\ntexts = [\"us.md\"]\nparties = [\"UAS\", \"expert\", \"CHN\", \"press\"]\n",
    );
    let mut scenario = Scenario::parse("wrong", "wrong.toml", &text).unwrap();
    let world = World::shipped("icio-2019-g20").unwrap();
    let checked = scenario.check("wrong.toml", &text, &world, &Ledger::empty());
    insta::assert_snapshot!("accounts_parties", checked.unwrap_err().render(false));
}

/// Runs only where the two reports are at hand, beside the project.
#[test]
fn the_two_reports() {
    let shared = std::env::var_os("DETENTE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(shared.join("seeds")) else {
        println!("skipped: the reports are not here");
        return;
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    paths.sort();
    let lexicon = Lexicon::shipped();
    let accounts = paths
        .iter()
        .enumerate()
        .map(|(number, path)| {
            let mut account = plain(&std::fs::read_to_string(path).unwrap());
            account.id = format!("report-{number}");
            account
        })
        .collect();
    let reading = Reading::of(accounts, &lexicon);
    let has = |topic: &str, party: &str, word: &str| {
        let cell = reading.matrix.cell(topic, party).unwrap_or_else(|| panic!("{topic}, {party}"));
        assert!(cell.says.iter().any(|says| says == word), "{topic}, {party}: {:?}", cell.says);
    };
    has("rare-earths", "USA", "says resolved");
    has("rare-earths", "CHN", "silent");
    has("rare-earths", "experts", "says open");
    has("tariffs", "CHN", "demands");
    has("taiwan", "CHN", "warns");
    has("students", "USA", "offers");
    has("talks", "USA", "agrees");
    has("talks", "CHN", "agrees");
    has("call", "CHN", "says USA asked");
    assert!(reading.reuse.iter().any(|one| one.text.contains("asymmetry")), "{:?}", reading.reuse);
    let silent = reading
        .statements
        .iter()
        .filter(|one| one.class == "silence" && one.speaker.label() == "CHN")
        .count();
    assert_eq!(silent, 2);
}

#[test]
fn direct_and_indirect_speech() {
    let who = |text: &str| one(text).0;
    let what = |text: &str| one(text).2;
    assert_eq!(what("Bessent said that the tariffs would stay."), "that the tariffs would stay.");
    assert_eq!(what("“The tariffs stay,” Bessent said."), "“The tariffs stay,”");
    assert_eq!(what("“The tariffs stay. They work,” said Bessent."), "“The tariffs stay. They work,”");
    assert_eq!(what("The tariffs stay, according to Bessent."), "The tariffs stay,");
    assert_eq!(what("According to Bessent, the tariffs stay."), "the tariffs stay.");
    assert_eq!(what("\"The tariffs,\" Bessent said, \"will stay.\""), "\"The tariffs,\" … \"will stay.\"");
    assert_eq!(who("Wang Wentao, the commerce minister, said that the duties must go."), "CHN");
    assert_eq!(who("Ana Ruiz, an economist in Lisbon, said the duties hurt both."), "experts");
    assert_eq!(who("Several carmakers warned that their lines could stop."), "firms");
    assert_eq!(who("People familiar with the matter said the talks would resume."), "sources");
    assert_eq!(who("Both Washington and Beijing said that the talks would resume."), "USA+CHN");
}

#[test]
fn titles_and_initials_end_no_sentence() {
    let (reading, _) =
        read("Sen. J. D. Smith of the U.S. Senate said that Mr. Lee of Acme Inc. would pay. It rained.");
    assert_eq!(reading.statements.len(), 1);
    assert!(reading.statements[0].content[0].text.ends_with("would pay."));
}

#[test]
fn offices_have_days() {
    let day = |text: &str, year: i16| {
        let mut account = plain(text);
        account.date = Some(jiff::civil::date(year, 6, 1));
        Reading::of(vec![account], &Lexicon::shipped()).statements[0].speaker.label()
    };
    assert_eq!(day("Yellen said that the tariffs would stay.", 2023), "USA");
    assert_eq!(day("Yellen said that the tariffs would stay.", 2025), "others");
    assert_eq!(day("Liu He said that the tariffs would stay.", 2019), "CHN");
}

#[test]
fn pronouns_are_resolved_where_it_is_safe() {
    let last = |text: &str| said(text).last().unwrap().0.clone();
    assert_eq!(last("Bessent said that the talks went well. He added that the duties would stay."), "USA");
    // Two people, one pronoun, and neither has spoken.
    assert_eq!(last("Bessent met He Lifeng in Geneva. Then he said that the duties would stay."), "unclear");
    // Nobody is carried over a paragraph.
    assert_eq!(
        last("Bessent said that the talks went well.\n\nHe added that the duties would stay."),
        "unclear"
    );
    assert_eq!(last("Bessent told reporters: “I think the duties will stay.”"), "USA");
}

#[test]
fn links_and_markup_are_no_text() {
    let text = "**Bessent** said that the [tariffs on China](https://example.org/a_b) would *stay*.";
    let found = one(text);
    assert_eq!(found.0, "USA");
    // The piece is cut from the original, markup and all.
    assert!(found.2.starts_with("that the [tariffs on China](https://example.org/a_b) would *stay*"));
    assert!(said("See https://example.org/said-that-tariffs-stay for more.").is_empty());
}

/// What a text does not carry is not declared: neither resolved nor agreed nor demanded.
#[test]
fn twenty_sentences_that_say_less_than_they_seem_to() {
    let tricky = [
        "Bessent said that the rare earth question is not settled.",
        "Bessent said that the rare earth question could be settled soon.",
        "Bessent said that he hopes the rare earth question will be settled.",
        "Bessent said that if the rare earth question is settled, tariffs will fall.",
        "Bessent said nobody knows whether the rare earth question has been settled.",
        "Bessent asked whether the rare earth question had been settled?",
        "Bessent did not say that the rare earth question was settled.",
        "Bessent has never said that the rare earth question was settled.",
        "Bessent would say that the rare earth question is settled.",
        "If Bessent said that the rare earth question is settled, markets would rise.",
        "Bessent said the rare earth question is far from settled.",
        "Bessent said that, of course, because all goes so well, the rare earth question is settled.",
        "“Yeah, right, the rare earth question is settled,” Bessent said.",
        "Bessent said that the rare earth question might be worked out.",
        "Bessent said that the rare earth question is “settled”.",
        "Bessent did not demand that China lift its rare earth controls.",
        "Bessent might warn that tariffs on rare earths will rise.",
        "Bessent said that nothing about rare earths has been resolved.",
        "Bessent said it would be wrong to call the rare earth question resolved.",
        "Bessent said that without a signature the rare earth question is not resolved.",
    ];
    for text in tricky {
        for (who, does, content) in said(text) {
            let declared = ["says resolved", "agrees", "demands", "concedes", "warns", "offers"]
                .contains(&does.as_str());
            assert!(!declared, "{text}\n  {who} {does}: {content}");
        }
    }
    // The plain sentence is declared: the test would see it if they all were refused.
    assert_eq!(one("Bessent said that the rare earth question is settled.").1, "says resolved");
}

#[test]
fn quotes_within_quotes_belong_to_the_inner_speaker_or_nobody() {
    let found = said("“He told me ‘the tariffs are resolved’ and left,” Bessent said.");
    assert!(found.iter().all(|(who, does, _)| who != "USA" || does != "says resolved"), "{found:?}");
}

#[test]
fn silence_needs_a_whole_account() {
    let lexicon = Lexicon::shipped();
    let mut own = plain("Xinhua said that the talks went well.");
    own.party = Some("CHN".into());
    let mut other = plain("Trump said that the rare earth question is settled.");
    other.id = "other".into();
    let cell = |complete: bool| {
        let mut own = own.clone();
        own.complete = complete;
        let reading = Reading::of(vec![own, other.clone()], &lexicon);
        reading.matrix.cell("rare-earths", "CHN").unwrap().says.clone()
    };
    assert_eq!(cell(true), ["silent"]);
    assert_eq!(cell(false), Vec::<String>::new());
}

#[test]
fn contradictions_are_opposite_words_or_other_numbers() {
    let odds = |text: &str| {
        let (reading, _) = read(text);
        reading.differences.iter().map(|one| (one.topic.clone(), one.odds)).collect::<Vec<_>>()
    };
    let opposite = odds(
        "Trump said that the rare earth question is settled. Xi said that on rare earths there is still no deal.",
    );
    assert_eq!(opposite, [("rare-earths".to_owned(), Odds::Opposite)]);
    let number = odds("Trump said that the truce is of 90 days. Xi said that the truce is of 60 days.");
    assert_eq!(number, [("truce".to_owned(), Odds::Number)]);
    let same = odds("Trump said that the truce is of 90 days. Xi said that the truce is of 90 days.");
    assert_eq!(same, []);
}

/// Marks, spaces and letters that are easy to cut wrongly.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("“"),
        Just("”"),
        Just("\""),
        Just("‘"),
        Just("’"),
        Just("'"),
        Just("\u{a0}"),
        Just("\r\n"),
        Just("\r\n\r\n"),
        Just("\n\n"),
        Just("\u{200f}"),
        Just("\u{202b}"),
        Just(" Xi said that "),
        Just(" Trump "),
        Just(", he said. "),
        Just("According to Xinhua, "),
        Just("rare earths"),
        Just(" settled "),
        Just("«"),
        Just("»"),
        Just("é"),
        Just("中国"),
        Just("🙂"),
        Just("."),
        Just(", "),
        Just("[a](b) "),
        Just("it made no mention of "),
        Just("U.S. "),
        Just("?"),
        Just("!"),
        Just(":"),
        Just("—"),
        Just("العربية "),
        Just("e\u{301}"),
    ];
    prop_oneof![prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()), any::<String>(),]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_span_cuts_its_words_from_the_original(text in texts()) {
        let (reading, _) = read(&text);
        for statement in &reading.statements {
            for piece in statement.content.iter().chain([&statement.source]).chain(&statement.cue) {
                prop_assert_eq!(cut(&text, piece.span), piece.text.clone());
            }
        }
    }
}
