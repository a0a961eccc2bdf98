//! What a folder of a sweep says of itself, in `sweep.json`.
//!
//! Everything on which the numbers depend, so that nobody adds numbers of another question;
//! and, once all are there, the hash of the whole table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::results::provenance::sha256;

/// Version of the layout of the folder.
pub const FORMAT: u32 = 1;

/// What is in `sweep.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the layout of the folder.
    pub format: u32,
    /// Version of the program.
    pub detente: String,
    /// The scenario file as it was named.
    pub scenario: String,
    /// SHA-256 of each input, by what it is: `scenario`, `over`, `ledger us-china`.
    pub inputs: BTreeMap<String, String>,
    /// Options that change what is in the folder.
    pub options: BTreeMap<String, String>,
    /// Paths of the fields that vary; each is a column.
    pub fields: Vec<String>,
    /// Number of cases.
    pub cases: usize,
    /// Number of parts.
    pub parts: usize,
    /// The whole table, once it is there.
    pub table: Option<WholeTable>,
}

/// The table when it is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeTable {
    /// SHA-256 of its rows by case, whatever the parts.
    pub sha256: String,
    /// Rows.
    pub rows: usize,
    /// Cases without an answer.
    pub failed: usize,
}

impl Record {
    /// As indented JSON with a final line break.
    pub fn to_json(&self) -> String {
        // A struct of strings, numbers and maps with string keys always serialises.
        serde_json::to_string_pretty(self).map(|json| json + "\n").unwrap_or_default()
    }

    /// Hash of everything that the numbers depend on.
    pub fn fingerprint(&self) -> String {
        sha256(Self { table: None, scenario: String::new(), ..self.clone() }.to_json().as_bytes())
    }

    /// What differs from another record so that numbers cannot stand side by side, in words.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, one: &str, other: &str| {
            if one != other {
                found.push(format!("{what} is {other}, and was {one}"));
            }
        };
        compare("the format", &self.format.to_string(), &other.format.to_string());
        compare("the version of detente", &self.detente, &other.detente);
        let names: std::collections::BTreeSet<&String> =
            self.inputs.keys().chain(other.inputs.keys()).collect();
        let options: std::collections::BTreeSet<&String> =
            self.options.keys().chain(other.options.keys()).collect();
        for name in options {
            let of = |record: &'_ Self| record.options.get(name).cloned().unwrap_or("nothing".to_owned());
            compare(name, &of(self), &of(other));
        }
        for name in names {
            match (self.inputs.get(name), other.inputs.get(name)) {
                (Some(one), Some(other)) if one == other => {}
                (Some(_), Some(_)) => found.push(format!("the {name} is another")),
                (Some(_), None) => found.push(format!("there was a {name}, and is none")),
                (None, _) => found.push(format!("there is a {name}, and was none")),
            }
        }
        found
    }
}
