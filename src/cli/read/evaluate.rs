//! `detente read --evaluate`: the reader measured on annotated texts.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::accounts::Lexicon;
use crate::accounts::deeds::Deeds;
use crate::accounts::evaluate::{Annotated, Scores, attribution_scores};
use crate::accounts::evaluate_events::{Record, event_scores};
use crate::accounts::gazetteer::Gazetteer;
use crate::cli::{Failure, say};
use crate::scenario::texts::text_of;

/// Reads the data set, tells its kind by its keys, prints the scores.
pub fn execute(path: &Path, json: bool, lexicon: &Lexicon) -> Result<(), Failure> {
    let text = text_of(path)?;
    let rows = rows(path, &text)?;
    if rows[0].1.get("event").is_some() {
        return events(path, rows, json);
    }
    let documents = rows
        .into_iter()
        .map(|(line, row)| {
            serde_json::from_value::<Annotated>(row).map_err(|e| wrong(path, line, &e.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some((line, what)) =
        documents.iter().enumerate().find_map(|(number, document)| Some((number + 1, document.problem()?)))
    {
        return Err(wrong(path, line, &what));
    }
    let scores = attribution_scores(&documents, &lexicon.cues);
    if json { say(format_args!("{:#}", json!(scores))) } else { say(format_args!("{}", table(&scores))) }
}

/// A data set of event records: one row of scores, under `all`.
fn events(path: &Path, rows: Vec<(usize, Value)>, json: bool) -> Result<(), Failure> {
    let records = rows
        .into_iter()
        .map(|(line, row)| {
            serde_json::from_value::<Record>(row).map_err(|e| wrong(path, line, &e.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let scores = event_scores(&records, &Deeds::shipped(), &Gazetteer::shipped());
    if json {
        return say(format_args!("{:#}", json!({ "all": scores })));
    }
    say(format_args!(
        "Events of {} sentences, against coders\n\n  class accuracy  {:.3}   (always the most frequent class: {:.3})\n  class macro F1  {:.3}\n  actor F1        {:.3}",
        scores.n, scores.class_accuracy, scores.majority_share, scores.class_macro_f1, scores.actor_f1
    ))
}

fn wrong(path: &Path, line: usize, what: &str) -> Failure {
    Failure::Input(format!("{}, line {line}: {what}", path.display()))
}

fn rows(path: &Path, text: &str) -> Result<Vec<(usize, Value)>, Failure> {
    let rows = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            Ok((number + 1, serde_json::from_str(line).map_err(|e| wrong(path, number + 1, &e.to_string()))?))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    if rows.is_empty() {
        return Err(Failure::Input(format!(
            "{} has no rows: one JSON object a line is expected",
            path.display()
        )));
    }
    Ok(rows)
}

fn table(scores: &BTreeMap<String, Scores>) -> String {
    let mut text = "Attributions found, against annotators\n\n  genre        sentence  content   source   linked  negative       n\n  ".to_owned();
    text += "                  F1       F1       F1   recall        F1\n";
    for (genre, one) in scores {
        text += &format!(
            "  {genre:<12} {:>7.3}  {:>7.3}  {:>7.3}  {:>7.3}   {:>7.3}  {:>6}\n",
            one.sentence_f1, one.content_f1, one.source_f1, one.linked_recall, one.negative_f1, one.n
        );
    }
    text.trim_end().to_owned()
}
