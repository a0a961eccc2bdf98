//! Where in a scenario's text does a field stand, and how is a value written there?
//!
//! ```text
//! phase.truce.set.us-reciprocal      the table of that name in [[phase]], its `set`, a key of it
//! short_run.add.ID.coverage.REMAG    the measure of that id in [[short_run.add]]
//! short_run.cover.low                the first of the two ends of a range; `.high` the second
//! ```
//!
//! A key that is not there is made, and so is a table that is not: whether the scenario has
//! such a key is for its reader to say. A table of a list must be there.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// A table that a path names in a list, and that is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nowhere {
    /// The part of the path that leads nowhere.
    pub key: String,
    /// What the list has.
    pub known: Vec<String>,
}

/// Writes a value where the keys lead.
///
/// # Errors
/// [`Nowhere`].
pub fn write(document: &mut DocumentMut, keys: &[String], value: Value) -> Result<(), Nowhere> {
    into_table(document.as_table_mut(), keys, value)
}

fn into_table(table: &mut dyn TableLike, keys: &[String], value: Value) -> Result<(), Nowhere> {
    match keys {
        [] => Ok(()),
        [last] => {
            table.insert(last, Item::Value(value));
            Ok(())
        }
        [key, rest @ ..] => {
            let item = table.entry(key).or_insert_with(|| Item::Table(Table::new()));
            into_item(item, key, rest, value)
        }
    }
}

fn into_item(item: &mut Item, key: &str, rest: &[String], value: Value) -> Result<(), Nowhere> {
    match item {
        Item::ArrayOfTables(tables) => {
            let of = |table: &Table| name_of(table).map(str::to_owned);
            let known: Vec<String> = tables.iter().filter_map(of).collect();
            let found = tables.iter_mut().find(|table| named(*table, &rest[0]));
            found.map_or_else(|| nowhere(&rest[0], known), |table| into_table(table, &rest[1..], value))
        }
        Item::Value(Value::Array(list)) => into_list(list, key, rest, value),
        item => match item.as_table_like_mut() {
            Some(table) => into_table(table, rest, value),
            None => nowhere(&rest[0], Vec::new()),
        },
    }
}

/// A list of tables in one line, or the two ends of a range.
fn into_list(list: &mut Array, key: &str, rest: &[String], value: Value) -> Result<(), Nowhere> {
    let end = ["low", "high"].iter().position(|end| *end == rest[0]);
    let is_range = list.iter().all(|item| !item.is_inline_table());
    if let (Some(end), 1, true) = (end, rest.len(), is_range) {
        return match list.get_mut(end) {
            Some(place) => {
                *place = value;
                Ok(())
            }
            None => nowhere(key, Vec::new()),
        };
    }
    let tables = list.iter().filter_map(Value::as_inline_table);
    let known: Vec<String> = tables.filter_map(|table| name_of(table).map(str::to_owned)).collect();
    let mut tables = list.iter_mut().filter_map(Value::as_inline_table_mut);
    match tables.find(|table| named(*table, &rest[0])) {
        Some(table) => into_table(table, &rest[1..], value),
        None => nowhere(&rest[0], known),
    }
}

fn nowhere(key: &str, known: Vec<String>) -> Result<(), Nowhere> {
    Err(Nowhere { key: key.to_owned(), known })
}

/// What a table of a list is called: phases have a name, measures an id.
fn name_of(table: &dyn TableLike) -> Option<&str> {
    ["name", "id"].into_iter().find_map(|key| table.get(key)?.as_str())
}

fn named(table: &dyn TableLike, name: &str) -> bool {
    name_of(table) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[[phase]]
name = "before"
date = 2025-01-19
[[phase]] # the truce
name = "truce"
date = 2025-05-14
add  = [{ id = "answer", rate = "10%" }]
[short_run]
cover = ["15 days", "60 days"]
[[short_run.add]]
id = "licence"
coverage = { REMAG = "100%" }
"#;

    fn written(path: &str, value: Value) -> Result<String, Nowhere> {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        let keys: Vec<String> =
            toml_edit::Key::parse(path).unwrap().iter().map(|key| key.get().to_owned()).collect();
        write(&mut document, &keys, value).map(|()| document.to_string())
    }

    #[test]
    fn a_path_leads_by_names() {
        for (path, value, line) in [
            ("phase.truce.date", "2025-06-01", "date =2025-06-01"),
            ("phase.truce.set.us-reciprocal", "30%", "us-reciprocal = \"30%\""),
            ("phase.truce.add.answer.rate", "20%", "rate =\"20%\""),
            ("short_run.weeks", "9", "weeks = \"9\""),
            ("short_run.cover.high", "50 days", "[\"15 days\", \"50 days\"]"),
            ("short_run.cover", "20 days", "cover =\"20 days\""),
            ("short_run.add.licence.coverage.REMAG", "50%", "REMAG =\"50%\""),
            ("long_run.spread", "30%", "[long_run]\nspread = \"30%\""),
        ] {
            let value = value.parse::<toml_edit::Datetime>().map_or_else(|_| value.into(), Value::from);
            let text = written(path, value).unwrap();
            assert!(text.replace("= ", "=").contains(&line.replace("= ", "=")), "{path}:\n{text}");
            assert!(text.lines().count() >= TEXT.lines().count());
        }
        let error = written("phase.truse.date", 1.into()).unwrap_err();
        assert_eq!(error, Nowhere { key: "truse".into(), known: vec!["before".into(), "truce".into()] });
        assert!(written("phase.truce.date.day", 1.into()).is_err(), "a day has no parts");
    }
}
