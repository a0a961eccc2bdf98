//! How is a number written into the text of a scenario?
//!
//! A user's text is theirs: comments, order and spacing stay, byte for byte, and only what
//! says the number is touched.
//!
//! * A number of a measure that the scenario knows is an amendment of the phase, or of
//!   `[short_run]`: `set = { "us-reciprocal" = "30%" }`.
//! * A further duty is a measure of its own: `[[phase.add]]`.
//!
//! Writing the same twice is writing it once, and taking everything out again gives the
//! first text. Texts with Windows line ends keep them; in one that mixes line ends the
//! edit makes them alike.

use jiff::civil::Date;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, TomlError, Value, value,
};

/// What a further duty says of where it comes from.
pub const BY_HAND: &str = "a what-if set by hand";

/// Where something is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The phase at this position.
    Phase(usize),
    /// The short run.
    ShortRun,
}

/// One number, or none to take it out.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Where.
    pub place: Place,
    /// Id of the measure.
    pub id: String,
    /// What it is to be, per cent; `None`: as if nobody had touched it.
    pub percent: Option<f64>,
    /// The duty that is to be made, if the measure is one.
    pub duty: Option<Duty>,
}

/// A further duty of one region on all goods of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Code of the importer.
    pub by: String,
    /// Code of the exporter.
    pub on: String,
    /// Its first day: that of the phase.
    pub from: Date,
}

/// The text with the edits written in, one after the other.
///
/// # Errors
/// [`TomlError`] if the text is no TOML. A place that the text does not have is passed over.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, TomlError> {
    rewritten(text, |document| {
        for edit in edits {
            let Some((table, inside)) = table_of(document, edit.place) else { continue };
            match &edit.duty {
                Some(duty) => set_duty(table, inside, edit, duty),
                None => set_number(table, edit),
            }
        }
    })
}

/// Something else that a scenario says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A text of the scenario: `world`, `ledger`.
    Named(&'static str, String),
    /// A text of `[long_run]`: `deficits`, `variant`; `None`: the default.
    LongRun(&'static str, Option<String>),
    /// The day of the phase at a position; further duties that were set by hand follow it.
    Day(usize, Date),
}

/// The text with other settings.
///
/// # Errors
/// As [`apply`].
pub fn settle(text: &str, settings: &[Setting]) -> Result<String, TomlError> {
    rewritten(text, |document| {
        for setting in settings {
            match setting {
                Setting::Named(key, name) => write_text(document.as_table_mut(), key, name.clone()),
                Setting::LongRun(key, Some(word)) => {
                    let table = document.entry("long_run").or_insert_with(|| {
                        let mut table = Table::new();
                        table.decor_mut().set_prefix("\n");
                        Item::Table(table)
                    });
                    if let Some(table) = table.as_table_like_mut() {
                        write_text(table, key, word.clone());
                    }
                }
                Setting::LongRun(key, None) => {
                    if let Some(table) = document.get_mut("long_run").and_then(Item::as_table_like_mut) {
                        table.remove(key);
                    }
                }
                Setting::Day(position, day) => {
                    if let Some((table, _)) = table_of(document, Place::Phase(*position)) {
                        write_day(table, "date", *day);
                        move_duties(table, *day);
                    }
                }
            }
        }
    })
}

/// Gives the further duties of a phase another first day.
fn move_duties(phase: &mut dyn TableLike, day: Date) {
    let by_hand = |measure: &dyn TableLike| measure.get("source").and_then(Item::as_str) == Some(BY_HAND);
    match phase.get_mut("add") {
        Some(Item::ArrayOfTables(added)) => {
            added
                .iter_mut()
                .filter(|measure| by_hand(*measure))
                .for_each(|measure| write_day(measure, "from", day));
        }
        Some(Item::Value(Value::Array(added))) => added
            .iter_mut()
            .filter_map(Value::as_inline_table_mut)
            .filter(|measure| by_hand(*measure))
            .for_each(|measure| write_day(measure, "from", day)),
        _ => {}
    }
}

/// Lets `write` change a text; line ends, the mark at the beginning and a missing last line
/// end stay as they are.
fn rewritten(text: &str, write: impl FnOnce(&mut DocumentMut)) -> Result<String, TomlError> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let windows = body.contains("\r\n");
    let body = if windows { body.replace("\r\n", "\n") } else { body.to_owned() };
    let mut document: DocumentMut = body.parse()?;
    write(&mut document);
    let mut edited = document.to_string();
    if !body.ends_with('\n') && edited.ends_with('\n') {
        edited.pop();
    }
    Ok(mark.to_owned() + &if windows { edited.replace('\n', "\r\n") } else { edited })
}

/// `30%`, with no more digits than it needs.
pub fn percentage(percent: f64) -> String {
    format!("{percent}%")
}

/// The table of a place, and whether it is written inside a line.
fn table_of(document: &mut DocumentMut, place: Place) -> Option<(&mut dyn TableLike, bool)> {
    match place {
        Place::ShortRun => match document.get_mut("short_run")? {
            Item::Table(table) => Some((table, false)),
            Item::Value(Value::InlineTable(table)) => Some((table, true)),
            _ => None,
        },
        Place::Phase(position) => match document.get_mut("phase")? {
            Item::ArrayOfTables(phases) => Some((phases.get_mut(position)?, false)),
            Item::Value(Value::Array(phases)) => {
                Some((phases.get_mut(position)?.as_inline_table_mut()?, true))
            }
            _ => None,
        },
    }
}

/// Writes into `set`, or takes out of it.
fn set_number(table: &mut dyn TableLike, edit: &Edit) {
    match edit.percent {
        Some(percent) => {
            if table.get("set").and_then(Item::as_table_like).is_none() {
                table.insert("set", value(InlineTable::new()));
            }
            let Some(set) = table.get_mut("set").and_then(Item::as_table_like_mut) else { return };
            write_text(set, &edit.id, percentage(percent));
        }
        None => {
            let Some(set) = table.get_mut("set").and_then(Item::as_table_like_mut) else { return };
            if set.remove(&edit.id).is_none() {
                return;
            }
            if set.is_empty() {
                table.remove("set");
            }
        }
    }
    if let Some(set) = table.get_mut("set").and_then(Item::as_inline_table_mut) {
        set.fmt();
    }
}

/// Writes into the measures that are added, or takes out of them; `inside`: the table is written
/// inside a line, where no headers can be.
fn set_duty(table: &mut dyn TableLike, inside: bool, edit: &Edit, duty: &Duty) {
    let is_it = |id: Option<&str>| id == Some(edit.id.as_str());
    let Some(percent) = edit.percent else {
        let empty = match table.get_mut("add") {
            Some(Item::ArrayOfTables(added)) => {
                added.retain(|measure| !is_it(measure.get("id").and_then(Item::as_str)));
                added.is_empty()
            }
            Some(Item::Value(Value::Array(added))) => {
                added.retain(|measure| !is_it(id_of(measure)));
                added.is_empty()
            }
            _ => false,
        };
        if empty {
            table.remove("add");
        }
        return;
    };
    let rate = percentage(percent);
    if table.get("add").is_none() {
        let none = if inside { value(Array::new()) } else { Item::ArrayOfTables(ArrayOfTables::new()) };
        table.insert("add", none);
    }
    match table.get_mut("add") {
        Some(Item::ArrayOfTables(added)) => {
            let place = added.iter().position(|measure| is_it(measure.get("id").and_then(Item::as_str)));
            match place.and_then(|place| added.get_mut(place)) {
                Some(measure) => write_rate(measure, duty, rate),
                None => {
                    let mut measure = Table::new();
                    measure.decor_mut().set_prefix("\n");
                    write_duty(&mut measure, &edit.id, duty, rate);
                    added.push(measure);
                }
            }
        }
        Some(Item::Value(Value::Array(added))) => {
            let place = added.iter().position(|measure| is_it(id_of(measure)));
            match place.and_then(|place| added.get_mut(place)?.as_inline_table_mut()) {
                Some(measure) => write_rate(measure, duty, rate),
                None => {
                    let mut measure = InlineTable::new();
                    write_duty(&mut measure, &edit.id, duty, rate);
                    added.push(measure);
                }
            }
        }
        _ => {}
    }
}

fn id_of(measure: &Value) -> Option<&str> {
    measure.as_inline_table()?.get("id")?.as_str()
}

/// Every key of a further duty.
fn write_duty(measure: &mut dyn TableLike, id: &str, duty: &Duty, rate: String) {
    for (key, text) in [("id", id), ("kind", "import-tariff"), ("by", &duty.by), ("on", &duty.on)] {
        measure.insert(key, value(text));
    }
    write_rate(measure, duty, rate);
    measure.insert("source", value(BY_HAND));
}

/// `from` and `rate`: whatever the measure had of it goes.
fn write_rate(measure: &mut dyn TableLike, duty: &Duty, rate: String) {
    if measure.get("rate").is_none_or(|rate| rate.as_str().is_none()) {
        measure.remove("rate");
        write_day(measure, "from", duty.from);
    }
    write_text(measure, "rate", rate);
}

/// Writes a day under a key.
fn write_day(table: &mut dyn TableLike, key: &str, day: Date) {
    // A civil date is written as TOML writes it.
    if let Ok(day) = day.to_string().parse::<toml_edit::Datetime>() {
        write_value(table, key, Value::from(day));
    }
}

/// Writes a text under a key; what stood around an old one stays.
fn write_text(table: &mut dyn TableLike, key: &str, text: String) {
    write_value(table, key, Value::from(text));
}

/// Writes a value under a key; what stood around an old one stays.
fn write_value(table: &mut dyn TableLike, key: &str, mut new: Value) {
    let decor = table.get(key).and_then(Item::as_value).map(|old| old.decor().clone());
    if let Some(decor) = decor {
        *new.decor_mut() = decor;
    }
    match table.get_mut(key) {
        Some(old) => *old = Item::Value(new),
        None => {
            table.insert(key, Item::Value(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "# first\ntitle = 'a' # why\n\n[[phase]]\nname   = \"before\"\ndate   = 2025-01-01\n\n# the\n# second\n\
        [[phase]]\nname   = \"after\"   # spaces\ndate   = 2025-06-01\n\n[[phase.add]]\nid = \"own\"\n\n[short_run]\nweeks = 26\n# end\n";

    fn set(place: Place, id: &str, percent: Option<f64>) -> Edit {
        Edit { place, id: id.to_owned(), percent, duty: None }
    }

    fn duty(place: Place, by: &str, on: &str, percent: Option<f64>) -> Edit {
        let from = jiff::civil::date(2025, 6, 1);
        let duty = Some(Duty { by: by.to_owned(), on: on.to_owned(), from });
        let id = format!("further-duty-{by}-on-{on}").to_lowercase();
        Edit { place, id, percent, duty }
    }

    #[test]
    fn only_what_says_the_number_is_touched() {
        let edits = [
            set(Place::Phase(1), "us-reciprocal", Some(30.0)),
            duty(Place::Phase(1), "USA", "CHN", Some(12.5)),
            set(Place::ShortRun, "licence", Some(5.0)),
        ];
        let expected = TEXT
            .replace("date   = 2025-06-01\n", "date   = 2025-06-01\nset = { us-reciprocal = \"30%\" }\n")
            .replace("weeks = 26\n", "weeks = 26\nset = { licence = \"5%\" }\n")
            .replace(
                "id = \"own\"\n",
                "id = \"own\"\n\n[[phase.add]]\nid = \"further-duty-usa-on-chn\"\nkind = \"import-tariff\"\nby = \"USA\"\n\
                 on = \"CHN\"\nfrom = 2025-06-01\nrate = \"12.5%\"\nsource = \"a what-if set by hand\"\n",
            );
        let edited = apply(TEXT, &edits).unwrap();
        assert_eq!(edited, expected);
        assert_eq!(apply(&edited, &edits).unwrap(), edited, "twice is once");
        let back: Vec<Edit> = edits.iter().map(|edit| Edit { percent: None, ..edit.clone() }).collect();
        assert_eq!(apply(&edited, &back).unwrap(), TEXT);
        assert_eq!(apply(TEXT, &back).unwrap(), TEXT, "nothing to take out");
    }

    #[test]
    fn every_way_to_write_a_table_is_understood() {
        let edit = [set(Place::Phase(0), "b", Some(1.0))];
        for (text, expected) in [
            ("[[phase]]\nset = { a = \"1%\" } # c\n", "[[phase]]\nset = { a = \"1%\", b = \"1%\" } # c\n"),
            ("[[phase]]\nset = { b = \"9%\" }\n", "[[phase]]\nset = { b = \"1%\" }\n"),
            ("[[phase]]\nset.a = \"1%\"\n", "[[phase]]\nset.a = \"1%\"\nset.b = \"1%\"\n"),
            ("[[phase]]\n[phase.set]\na = \"1%\"\n", "[[phase]]\n[phase.set]\na = \"1%\"\nb = \"1%\"\n"),
            ("phase = [{ name = \"a\" }]\n", "phase = [{ name = \"a\" , set = { b = \"1%\" } }]\n"),
        ] {
            assert_eq!(apply(text, &edit).unwrap(), expected);
        }
        let text = "phase = [{ name = \"a\" }]\n";
        let edited = apply(text, &[duty(Place::Phase(0), "A", "B", Some(2.0))]).unwrap();
        assert!(
            edited.contains("add = [{ id = \"further-duty-a-on-b\"") && edited.lines().count() == 1,
            "{edited}"
        );
        assert!(apply("= 1", &edit).is_err());
        assert_eq!(apply("[[phase]]\n", &[set(Place::Phase(7), "b", Some(1.0))]).unwrap(), "[[phase]]\n");
    }

    #[test]
    fn settings_are_written_in_their_places() {
        let day = jiff::civil::date(2025, 12, 1);
        let with = apply(TEXT, &[duty(Place::Phase(1), "USA", "CHN", Some(1.0))]).unwrap();
        let settings = [
            Setting::Named("title", "b".to_owned()),
            Setting::LongRun("deficits", Some("zero".to_owned())),
            Setting::Day(1, day),
        ];
        let edited = settle(&with, &settings).unwrap();
        let expected = with
            .replace("'a'", "\"b\"")
            .replace("2025-06-01", "2025-12-01")
            .replace("# end\n", "\n[long_run]\ndeficits = \"zero\"\n# end\n");
        assert_eq!(edited, expected);
        let text = "[long_run]\nvariant = \"scale\" # why\n";
        let to = |variant: Option<&str>| [Setting::LongRun("variant", variant.map(str::to_owned))];
        assert_eq!(settle(text, &to(Some("markups"))).unwrap(), text.replace("scale", "markups"));
        assert_eq!(settle(text, &to(None)).unwrap(), "[long_run]\n");
        assert_eq!(settle("a = 1\n", &to(None)).unwrap(), "a = 1\n");
    }

    /// A text of phases with comments, blank lines and keys in any order.
    fn texts() -> impl Strategy<Value = String> {
        let noise = prop_oneof![Just(""), Just("\n"), Just("# a \"comment\"\n"), Just("\n  # indented\n\n")];
        let keys = prop_oneof![
            Just("name = 'a'\ndate = 2025-01-01\n"),
            Just("date=2025-01-01 # day\nname    =    \"b\"\n"),
            Just("name = \"c\"\nrevoke = { measures = [\n  \"x\", # why\n] }\ndate = 2025-01-01\n"),
            Just("name = \"d\"\ndate = 2025-01-01\nset = { own = \"7%\" }\n"),
            Just("name = \"e\"\ndate = 2025-01-01\n\n  [[phase.add]] # own\n  id = \"own\"\n"),
        ];
        let phase = (noise.clone(), keys).prop_map(|(noise, keys)| format!("{noise}[[phase]]\n{keys}"));
        (noise.clone(), prop::collection::vec(phase, 1..5), noise, any::<bool>(), any::<bool>()).prop_map(
            |(first, phases, last, short_run, windows)| {
                let weeks = if short_run { "[short_run] # weeks\nweeks = 26\n" } else { "" };
                let text = format!("{first}title = \"t\"\n{}{weeks}{last}", phases.concat());
                if windows { text.replace('\n', "\r\n") } else { text }
            },
        )
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let place = prop_oneof![(0..4_usize).prop_map(Place::Phase), Just(Place::ShortRun)];
        let percent = (0..1000_u32).prop_map(|tenths| Some(f64::from(tenths) / 10.0));
        let one = (place, 0..4_usize, percent).prop_map(|(place, which, percent)| match which {
            0 => set(place, "us-reciprocal", percent),
            1 => set(place, "cn reciprocal", percent),
            2 => duty(place, "USA", "CHN", percent),
            _ => duty(place, "CHN", "USA", percent),
        });
        prop::collection::vec(one, 1..6)
    }

    proptest! {
        /// All lines of the user are there, in their order; twice is once; and back is back.
        #[test]
        fn the_users_text_stays(text in texts(), edits in edits()) {
            let edited = apply(&text, &edits).unwrap();
            let mut lines = edited.split_inclusive('\n');
            for line in text.split_inclusive('\n').filter(|line| !line.starts_with("set = ")) {
                prop_assert!(lines.any(|found| found == line), "{line:?} is gone:\n{edited}");
            }
            prop_assert_eq!(apply(&edited, &edits).unwrap(), edited.clone());
            let back: Vec<Edit> = edits.iter().map(|edit| Edit { percent: None, ..edit.clone() }).collect();
            prop_assert_eq!(apply(&edited, &back).unwrap(), text);
            // The last number of each is in the text, once.
            let document: toml::Table = toml::from_str(&edited).unwrap();
            for edit in edits.iter().filter(|edit| edit.duty.is_none()) {
                let last = edits.iter().rev().find(|other| other.id == edit.id && other.place == edit.place);
                let table = match edit.place {
                    Place::ShortRun => document.get("short_run"),
                    Place::Phase(at) => document["phase"].get(at),
                };
                if let (Some(table), Some(last)) = (table, last) {
                    let expected = percentage(last.percent.unwrap());
                    prop_assert_eq!(table["set"][&edit.id].as_str(), Some(expected.as_str()));
                }
            }
        }
    }
}
