//! What does a scenario file say?
//!
//! ```toml
//! title  = "The truce of 2025"
//! world  = "icio-2022"            # shipped, or a folder beside this file
//! ledger = "us-china"             # shipped, or a file beside this file
//! materials = ["rare-earths"]     # carved out of the world first; default: none
//! actors = ["USA", "CHN"]
//! against = "before"              # default: the first phase
//! readings = ["washington", "beijing"]  # default: the ledger as it is
//!
//! [[phase]]
//! name   = "collapse"
//! title  = "Collapse"             # default: the name
//! date   = 2025-08-12
//! revoke = { suspensions = ["us-reciprocal"], measures = [] }
//! extend = { "cn-reciprocal" = 2025-11-10 }            # another last sunset
//! add    = [{ id = "answer", kind = "import-tariff", … }] # as [[measure]] of a ledger
//!
//! [long_run]
//! deficits     = "held"           # zero, held, share
//! elasticities = "GYY"            # default: the world's first set
//! range        = ["GYY", "CP"]    # default: every set of the world
//! ```
//!
//! and `[short_run]`, `[strategy]` and `[accounts]`, which files of their own read
//! ([weeks](super::short_run), [strategy](super::strategy), [accounts](super::accounts)).

use std::collections::BTreeMap;

use jiff::civil::Date;
use miette::SourceSpan;
use toml::de::DeValue;

use super::draws::{Draws, MOST_DRAWS};
use super::{LongRunQuestion, Phase, Scenario, StrategyQuestion, strategy};
use crate::document::read::{Node, Reader, Table, in_file_order, nearest, note_if_empty};
use crate::document::{self, DocumentError, Problem};
use crate::equilibrium::Deficits;
use crate::ledger::Amendments;

impl Scenario {
    /// Reads a scenario. `name` becomes its short name, `file_name` is what
    /// messages call the file.
    ///
    /// # Errors
    /// [`DocumentError`] with every problem of the file.
    pub fn parse(name: &str, file_name: &str, text: &str) -> Result<Self, DocumentError> {
        document::parse(document::Kind::Scenario, file_name, text, |reader, root| {
            read_scenario(name, reader, root)
        })
        .map(|(scenario, _)| scenario)
    }
}

fn read_scenario(name: &str, reader: &mut Reader<'_>, root: Table<'_, '_>) -> Option<Scenario> {
    reader.check_keys(
        root,
        &[
            "title",
            "world",
            "materials",
            "ledger",
            "actors",
            "against",
            "readings",
            "phase",
            "long_run",
            "short_run",
            "strategy",
            "accounts",
        ],
    );
    let title = owned_text(reader, root, "title", "title = \"what is asked\"");
    let world = owned_text(reader, root, "world", "world = \"icio-2022\"");
    let ledger = owned_text(reader, root, "ledger", "ledger = \"us-china\"");
    let actors = match reader.required(root, "actors", "actors = [\"USA\", \"CHN\"]") {
        Some(node) => read_names(reader, "actors", node, "name at least one region"),
        None => Vec::new(),
    };
    let materials = match root.get("materials") {
        Some(node) => read_names(reader, "materials", node, "name a material, or leave `materials` out"),
        None => Vec::new(),
    };
    let readings = match root.get("readings") {
        Some(node) => read_names(reader, "readings", node, "name a reading, or leave `readings` out"),
        None => Vec::new(),
    };
    let phases = read_phases(reader, root);
    let against = read_against(reader, root, &phases);
    let long_run = read_long_run(reader, root);
    let short_run = match root.get("short_run") {
        Some(node) => {
            let table = reader.table("[short_run]", "short_run", node);
            table.map(|table| super::short_run::read(reader, table))
        }
        None => None,
    };
    let strategy = read_strategy(reader, root, &phases, against, &long_run);
    let accounts = root.get("accounts").and_then(|node| {
        let table = reader.table("[accounts]", "accounts", node)?;
        super::accounts::read(reader, table)
    });
    Some(Scenario {
        name: name.to_owned(),
        title: title?,
        world: world?,
        materials,
        ledger: ledger?,
        readings,
        actors,
        against: against?,
        phases,
        long_run,
        short_run,
        strategy,
        accounts,
    })
}

fn read_strategy(
    reader: &mut Reader<'_>,
    root: Table<'_, '_>,
    phases: &[Phase],
    against: Option<usize>,
    long_run: &LongRunQuestion,
) -> Option<StrategyQuestion> {
    let table = reader.table("[strategy]", "strategy", root.get("strategy")?)?;
    let played = long_run.variant.is_base();
    let variant =
        root.get("long_run").filter(|_| !played).and_then(|node| node.get_ref().as_table()?.get("variant"));
    let known = strategy::Known {
        phases,
        against: against.unwrap_or(0),
        variant_at: variant.map(|node| node.span().into()),
    };
    // Without a phase there is nothing to stand on; that is noted already.
    if phases.is_empty() { None } else { strategy::read(reader, table, &known) }
}

/// Names, at least one, each once.
pub(super) fn read_names(reader: &mut Reader<'_>, key: &str, node: &Node<'_>, help: &str) -> Vec<String> {
    note_if_empty(reader, key, node, help);
    let mut seen: BTreeMap<String, SourceSpan> = BTreeMap::new();
    let mut names = Vec::new();
    for code in reader.strings(key, node) {
        match seen.insert(code.value.to_owned(), code.at) {
            Some(first) => {
                reader.note(Problem::Twice { name: code.value.to_owned(), first, again: code.at });
            }
            None => names.push(code.value.to_owned()),
        }
    }
    names
}

fn owned_text(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    key: &'static str,
    example: &str,
) -> Option<String> {
    reader.text(table, key, example).map(|text| text.value.to_owned())
}

fn read_phases(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Vec<Phase> {
    let example = "at least one [[phase]] with name and date";
    let Some(node) = reader.required(root, "phase", example) else { return Vec::new() };
    let DeValue::Array(items) = node.get_ref() else {
        let help = "start each phase with [[phase]], in double brackets".to_owned();
        reader.wrong_type("phase", "a list of tables", node, Some(help));
        return Vec::new();
    };
    if items.len() < 2 {
        reader.note(Problem::OnePhase { at: node.span().into() });
    }
    let mut phases = Vec::new();
    let mut names: BTreeMap<String, SourceSpan> = BTreeMap::new();
    for item in items.iter() {
        if let Some(table) = reader.table("the phase", "phase", item) {
            phases.extend(read_phase(reader, table, &mut names));
        }
    }
    for word in strategy::RESERVED.iter().filter(|_| root.get("strategy").is_some()) {
        if let Some(at) = names.get(*word) {
            let help = format!("[strategy] has `{word}` for something else: give the phase another name");
            reader.note(Problem::UnknownWord { key: "name", word: (*word).to_owned(), at: *at, help });
        }
    }
    phases
}

fn read_phase(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    names: &mut BTreeMap<String, SourceSpan>,
) -> Option<Phase> {
    reader.check_keys(table, &["name", "title", "date", "revoke", "extend", "set", "add"]);
    let name =
        reader.required(table, "name", "name = \"escalation\"").and_then(|node| reader.string("name", node));
    if let Some(name) = &name
        && let Some(first) = names.insert(name.value.to_owned(), name.at)
    {
        reader.note(Problem::Twice { name: name.value.to_owned(), first, again: name.at });
    }
    let date = reader.required(table, "date", "date = 2025-04-12").and_then(|node| reader.day("date", node));
    let title = table.get("title").and_then(|node| reader.string("title", node));
    let amendments = read_amendments(reader, table);
    let (name, date) = (name?.value.to_owned(), date?.value);
    Some(Phase {
        title: title.map_or_else(|| name.clone(), |title| title.value.to_owned()),
        name,
        date,
        amendments,
    })
}

pub(super) fn read_amendments(reader: &mut Reader<'_>, phase: Table<'_, '_>) -> Amendments {
    let mut amendments = Amendments {
        extend_suspensions: read_extensions(reader, phase),
        set: read_set(reader, phase),
        ..Amendments::default()
    };
    // The measures of `add` need a world: they are read when the scenario is checked.
    if let Some(node) = phase.get("add")
        && !node.get_ref().is_array()
    {
        reader.wrong_type(
            "add",
            "a list of tables",
            node,
            Some("write add = [{ id = \"…\", … }]".to_owned()),
        );
    }
    let Some(node) = phase.get("revoke") else { return amendments };
    let Some(table) = reader.table("`revoke`", "revoke", node) else { return amendments };
    reader.check_keys(table, &["suspensions", "measures"]);
    let mut ids = |key| match table.get(key) {
        Some(node) => reader.strings(key, node).iter().map(|id| id.value.to_owned()).collect(),
        None => Vec::new(),
    };
    amendments.revoke_suspensions = ids("suspensions");
    amendments.revoke_measures = ids("measures");
    amendments
}

/// Suspended measures with their new last sunsets.
fn read_extensions(reader: &mut Reader<'_>, phase: Table<'_, '_>) -> Vec<(String, Date)> {
    let Some(node) = phase.get("extend") else { return Vec::new() };
    let Some(table) = reader.table("`extend`", "extend", node) else { return Vec::new() };
    let days = in_file_order(table.entries).into_iter().filter_map(|(id, node)| {
        let id = id.get_ref().as_ref();
        Some((id.to_owned(), reader.day(id, node)?.value))
    });
    days.collect()
}

/// Measures with the number that holds of each.
fn read_set(reader: &mut Reader<'_>, phase: Table<'_, '_>) -> Vec<(String, f64)> {
    let Some(node) = phase.get("set") else { return Vec::new() };
    let Some(table) = reader.table("`set`", "set", node) else { return Vec::new() };
    let numbers = in_file_order(table.entries).into_iter().filter_map(|(id, node)| {
        let id = id.get_ref().as_ref();
        Some((id.to_owned(), reader.plain_percentage(id, node)?.value))
    });
    numbers.collect()
}

fn read_against(reader: &mut Reader<'_>, root: Table<'_, '_>, phases: &[Phase]) -> Option<usize> {
    let Some(node) = root.get("against") else { return Some(0) };
    let name = reader.string("against", node)?;
    let found = phases.iter().position(|phase| phase.name == name.value);
    if found.is_none() {
        let names = || phases.iter().map(|phase| phase.name.as_str());
        let help = match nearest(name.value, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the phases are {}", names().collect::<Vec<_>>().join(", ")),
        };
        reader.note(Problem::UnknownWord { key: "against", word: name.value.to_owned(), at: name.at, help });
    }
    found
}

/// `draws`, with `spread` and `seed`.
fn read_draws(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Draws> {
    let Some(node) = table.get("draws") else {
        for key in ["spread", "seed"].into_iter().filter(|key| table.get(key).is_some()) {
            let help = format!("`{key}` belongs to draws: add draws = 1000, or leave `{key}` out");
            reader.note(Problem::MissingKey {
                key: "draws",
                table: table.name.to_owned(),
                at: table.key_at(key),
                help,
            });
        }
        return None;
    };
    let count = reader.whole("draws", node, 2..=MOST_DRAWS as u64);
    let spread = match table.get("spread") {
        Some(node) if node.get_ref().as_str() == Some("sets") => None,
        Some(node) => reader.percentage("spread", node).map(|spread| spread.value),
        None => None,
    };
    let seed = table.get("seed").and_then(|node| reader.whole("seed", node, 0..=u64::from(u32::MAX)));
    Some(Draws { count: count? as usize, spread, seed: seed.unwrap_or(0) as u32 })
}

fn read_long_run(reader: &mut Reader<'_>, root: Table<'_, '_>) -> LongRunQuestion {
    let mut question = LongRunQuestion::default();
    let Some(node) = root.get("long_run") else { return question };
    let Some(table) = reader.table("[long_run]", "long_run", node) else { return question };
    reader.check_keys(table, &["deficits", "elasticities", "range", "draws", "spread", "seed", "variant"]);
    if let Some(word) = table.get("deficits").and_then(|node| reader.string("deficits", node)) {
        match word.value {
            "zero" => question.deficits = Deficits::Zero,
            "held" => question.deficits = Deficits::Held,
            "share" => question.deficits = Deficits::Share,
            "income" => question.deficits = Deficits::Income,
            other => reader.note(Problem::UnknownWord {
                key: "deficits",
                word: other.to_owned(),
                at: word.at,
                help: "write \"zero\", \"held\", \"share\" or \"income\"".to_owned(),
            }),
        }
    }
    question.elasticities = table
        .get("elasticities")
        .and_then(|node| reader.string("elasticities", node))
        .map(|name| name.value.to_owned());
    question.draws = read_draws(reader, table);
    if let Some(text) = table.get("variant").and_then(|node| reader.string("variant", node)) {
        match text.value.parse() {
            Ok(variant) => question.variant = variant,
            Err(problem) => reader.note(Problem::UnknownWord {
                key: "variant",
                word: text.value.to_owned(),
                at: text.at,
                help: problem.to_string(),
            }),
        }
    }
    question.range = table.get("range").map(|node| {
        note_if_empty(reader, "range", node, "name a set, or leave `range` out for all sets");
        reader.strings("range", node).iter().map(|name| name.value.to_owned()).collect()
    });
    question
}
