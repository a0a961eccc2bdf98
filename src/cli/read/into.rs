//! `detente read --into`: proposals at the end of a ledger.
//!
//! The ledger's own text is kept to the letter; what is added is a block of
//! `[[proposal]]` tables, of which nothing is in force until a person makes a
//! measure or a reading of it. A proposal that the ledger has already is not
//! written again.

use std::path::{Path, PathBuf};

use crate::accounts::Reading;
use crate::accounts::proposals::{Proposal, Sort};
use crate::cli::Failure;
use crate::results::write;

/// Adds the proposals of `reading` to the ledger at `path`; says what was done.
pub fn write(path: &Path, files: &[PathBuf], reading: &Reading) -> Result<String, Failure> {
    let old = if path.exists() {
        super::text_of(path)?
    } else {
        "[ledger]\ntitle = \"Proposals from accounts of talks\"\n".to_owned()
    };
    let known: toml::Table = toml::from_str(&old).map_err(|e| {
        Failure::Input(format!("{} is not a ledger that can be added to: {e}", path.display()))
    })?;
    let ids: Vec<(String, String)> = measures(&known);
    let fresh: Vec<String> = reading
        .proposals
        .iter()
        .map(|proposal| block(proposal, files, reading, path, &ids))
        .filter(|block| !old.contains(block.trim()))
        .collect();
    if fresh.is_empty() {
        return Ok("no proposal that it does not have".to_owned());
    }
    let mut text = old;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text += "\n# --- Proposals from accounts: nothing below is in force until a person makes it a measure or a reading ---\n";
    text += &fresh.concat();
    write::file(path, text.as_bytes())?;
    let one = if fresh.len() == 1 { "proposal" } else { "proposals" };
    Ok(format!("{} {one} added; none is in force", fresh.len()))
}

/// Ids of the ledger's measures, and who takes each.
fn measures(ledger: &toml::Table) -> Vec<(String, String)> {
    let items = ledger.get("measure").and_then(|node| node.as_array());
    items
        .into_iter()
        .flatten()
        .filter_map(|measure| {
            let by = measure.get("by").map_or_else(String::new, |by| by.to_string());
            Some((measure.get("id")?.as_str()?.to_owned(), by))
        })
        .collect()
}

fn block(
    proposal: &Proposal,
    files: &[PathBuf],
    reading: &Reading,
    ledger: &Path,
    ids: &[(String, String)],
) -> String {
    let sort = match proposal.sort {
        Sort::Measure => "measure",
        Sort::Reading => "reading",
    };
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut lines = vec![
        "\n[[proposal]]".to_owned(),
        format!("sort     = \"{sort}\""),
        format!("topic    = {}", quoted(&proposal.topic)),
        format!("by       = {}", quoted(&proposal.by)),
        format!("says     = {}", quoted(&proposal.says)),
        format!("status   = \"{}\"", proposal.status.word()),
    ];
    if let Some(date) = proposal.date {
        lines.push(format!("date     = {date}"));
    }
    if !proposal.numbers.is_empty() {
        lines.push(format!(
            "numbers  = [{}]",
            proposal.numbers.iter().map(|number| quoted(number)).collect::<Vec<_>>().join(", ")
        ));
    }
    let may: Vec<String> = ids
        .iter()
        .filter(|(id, _)| proposal.measures.iter().any(|word| id.contains(word)))
        .map(|(id, _)| quoted(id))
        .collect();
    if !may.is_empty() {
        lines.push(format!("measures = [{}]", may.join(", ")));
    }
    lines.push("evidence = [".to_owned());
    for place in &proposal.evidence {
        let number = reading.accounts.iter().position(|account| account.id == place.account).unwrap_or(0);
        let file = beside(&files[number], ledger);
        lines.push(format!(
            "    {{ account = {}, file = {}, span = [{}, {}], quote = {} }},",
            quoted(&place.account),
            quoted(&file),
            place.span[0],
            place.span[1],
            quoted(&place.quote)
        ));
    }
    lines.push("]\n".to_owned());
    lines.join("\n")
}

/// The file as seen from the ledger's folder, where it lies in or below it.
fn beside(file: &Path, ledger: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (file_whole, folder) = (whole(file), whole(ledger).parent().map(Path::to_owned));
    match folder.as_ref().and_then(|folder| file_whole.strip_prefix(folder).ok()) {
        Some(below) => below.display().to_string(),
        None => file.display().to_string(),
    }
}
