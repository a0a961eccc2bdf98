//! `detente read --into`: proposals at the end of a ledger.
//!
//! The ledger's own text is kept to the letter; what is added is a block of
//! `[[proposal]]` tables, of which nothing is in force until a person makes a
//! measure or a reading of it. A proposal that the ledger has already is not
//! written again.

use std::path::{Path, PathBuf};

use crate::accounts::Reading;
use crate::accounts::proposals::{Proposal, Sort};
use crate::accounts::topics::id_has;
use crate::cli::Failure;
use crate::results::write;

/// Adds the proposals of `reading` to the ledger at `path`; says what was done.
pub fn write(path: &Path, files: &[PathBuf], reading: &Reading) -> Result<String, Failure> {
    let old = if path.exists() {
        crate::scenario::texts::text_of(path)?
    } else {
        "[ledger]\ntitle = \"Proposals from accounts of talks\"\n".to_owned()
    };
    let known: toml::Table = toml::from_str(&old).map_err(|e| {
        Failure::Input(format!("{} is not a ledger that can be added to: {e}", path.display()))
    })?;
    let list = known.get("proposal").is_none_or(|node| node.as_array().is_some_and(|list| !list.is_empty()));
    if !known.contains_key("ledger") || !list {
        return Err(Failure::Input(format!(
            "{} is not a ledger that can be added to: it has no `ledger = {{ title = … }}`, or its `proposal` is no [[proposal]]",
            path.display()
        )));
    }
    let ids: Vec<String> = measures(&known);
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
    if text.contains("\r\n") {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    write::file(path, text.as_bytes())?;
    let one = if fresh.len() == 1 { "proposal" } else { "proposals" };
    Ok(format!("{} {one} added; none is in force", fresh.len()))
}

/// Ids of the ledger's measures.
fn measures(ledger: &toml::Table) -> Vec<String> {
    let items = ledger.get("measure").and_then(|node| node.as_array());
    items.into_iter().flatten().filter_map(|measure| Some(measure.get("id")?.as_str()?.to_owned())).collect()
}

fn block(proposal: &Proposal, files: &[PathBuf], reading: &Reading, ledger: &Path, ids: &[String]) -> String {
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
        .filter(|id| proposal.measures.iter().any(|word| id_has(id, word)))
        .map(|id| quoted(id))
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

/// The file as seen from the ledger's folder, by `..` where it lies outside.
fn beside(file: &Path, ledger: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (file_whole, ledger_whole) = (whole(file), whole(ledger));
    let folder: Vec<_> = ledger_whole.parent().unwrap_or(Path::new("")).components().collect();
    let parts: Vec<_> = file_whole.components().collect();
    let shared = folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return file_whole.display().to_string();
    }
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - shared);
    let down = parts[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
