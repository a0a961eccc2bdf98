//! Codes of regions and sectors, and what to suggest when one is misspelt.

use std::collections::HashMap;

/// A list of unique codes (`CHN`, `C26`) with a readable name each.
///
/// The position of a code is the index used in every array of the world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    codes: Vec<String>,
    names: Vec<String>,
    position: HashMap<String, usize>,
}

/// A code that a world does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown code `{code}`{}", suggestion(.nearest))]
pub struct UnknownLabel {
    /// The code as it was written.
    pub code: String,
    /// Codes that look or sound alike, best first; may be empty.
    pub nearest: Vec<String>,
}

/// "; did you mean `CHE`, `CHL` or `CHN`?", or nothing.
fn suggestion(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; {}", did_you_mean(nearest)) }
}

/// "did you mean `CHE`, `CHL` or `CHN`?"; empty if there is nothing to suggest.
pub fn did_you_mean(nearest: &[String]) -> String {
    let quoted: Vec<String> = nearest.iter().map(|code| format!("`{code}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!("did you mean {only}?"),
        Some((last, others)) => format!("did you mean {} or {last}?", others.join(", ")),
    }
}

/// A code that no list of labels can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLabel {
    /// It occurs twice in one list.
    #[error("the code `{0}` occurs twice")]
    Twice(String),
    /// It cannot be written in a table, a ledger or a result: why, and what to write.
    #[error("{0}")]
    Form(String),
}

/// The word of ledgers and results for all that are not named.
const RESERVED: &str = "others";

/// What is wrong with a code and what to write instead, if it cannot be one.
///
/// Tables, concordances, imports and code all come through [`Labels::new`], so
/// that this is the only rule.
pub(super) fn wrong_code(code: &str) -> Option<String> {
    let shown = || -> String {
        code.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
    };
    if code.trim().is_empty() {
        Some("the code is empty: write a short one, such as `EU`".to_owned())
    } else if code.contains([',', '"']) || code.contains(char::is_control) {
        Some(format!(
            "the code `{}` has a comma, a double quote or a control character: write letters, digits, `_` and `-`",
            shown()
        ))
    } else if code.trim() != code {
        Some(format!("the code `{code}` begins or ends with a space: write `{}`", code.trim()))
    } else if code.to_lowercase() == RESERVED {
        Some(format!(
            "the code `{code}` is the word of ledgers and results for all that are not named: write another, such as \
             `ROW`"
        ))
    } else {
        None
    }
}

impl Labels {
    /// Builds labels from `(code, name)` pairs, in order.
    ///
    /// # Errors
    /// [`BadLabel`] if a code occurs twice, is empty, has a space at an end, a
    /// comma, a double quote or a control character, or is the word `others`.
    pub fn new<C, N>(pairs: impl IntoIterator<Item = (C, N)>) -> Result<Self, BadLabel>
    where
        C: Into<String>,
        N: Into<String>,
    {
        let mut labels = Self::default();
        for (code, name) in pairs {
            let code = code.into();
            if let Some(what) = wrong_code(&code) {
                return Err(BadLabel::Form(what));
            }
            if labels.position.insert(code.clone(), labels.codes.len()).is_some() {
                return Err(BadLabel::Twice(code));
            }
            labels.codes.push(code);
            labels.names.push(name.into());
        }
        Ok(labels)
    }

    /// Number of codes.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True if there is no code.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// All codes, in order.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The code at a position.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn code(&self, index: usize) -> &str {
        &self.codes[index]
    }

    /// The readable name at a position; the code itself where none was given.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn name(&self, index: usize) -> &str {
        let name = &self.names[index];
        if name.is_empty() { &self.codes[index] } else { name }
    }

    /// Position of a code.
    ///
    /// # Errors
    /// [`UnknownLabel`] with the nearest codes and names.
    pub fn find(&self, code: &str) -> Result<usize, UnknownLabel> {
        self.position
            .get(code)
            .copied()
            .ok_or_else(|| UnknownLabel { code: code.to_owned(), nearest: self.nearest(code) })
    }

    /// The codes whose code or name is closest to `text`: one, or up to three
    /// that are equally close. Empty if nothing is close.
    pub fn nearest(&self, text: &str) -> Vec<String> {
        let wanted = text.to_lowercase();
        let mut scored: Vec<(f64, &String)> = self
            .codes
            .iter()
            .zip(&self.names)
            .map(|(code, name)| {
                let by_code = strsim::jaro_winkler(&wanted, &code.to_lowercase());
                let by_name = strsim::jaro_winkler(&wanted, &name.to_lowercase());
                (by_code.max(by_name), code)
            })
            .filter(|(score, _)| *score > 0.75)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let best = scored.first().map_or(0.0, |(score, _)| *score);
        let close = scored.into_iter().take_while(|(score, _)| *score > best - 1e-9);
        close.take(3).map(|(_, code)| code.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions() -> Labels {
        Labels::new([("CHN", "China"), ("USA", "United States"), ("CHE", "Switzerland")]).unwrap()
    }

    #[test]
    fn a_misspelt_code_or_a_name_finds_its_neighbour() {
        assert_eq!(regions().find("CHM").unwrap_err().nearest[0], "CHN");
        assert_eq!(regions().find("china").unwrap_err().nearest[0], "CHN");
        assert!(regions().find("XYZQ").unwrap_err().nearest.is_empty());
    }

    #[test]
    fn a_code_may_occur_once() {
        assert_eq!(Labels::new([("A", ""), ("A", "")]), Err(BadLabel::Twice("A".into())));
    }

    #[test]
    fn a_code_must_fit_into_tables_ledgers_and_results() {
        let wrong = |code: &str| Labels::new([(code, "")]).unwrap_err().to_string();
        assert_eq!(wrong(""), "the code is empty: write a short one, such as `EU`");
        assert_eq!(wrong(" "), wrong(""));
        assert_eq!(wrong(" EU"), "the code ` EU` begins or ends with a space: write `EU`");
        for (code, shown) in [("A,B", "A,B"), ("A\"B", "A\"B"), ("A\tB", "A\\tB")] {
            assert_eq!(
                wrong(code),
                format!(
                    "the code `{shown}` has a comma, a double quote or a control character: write letters, digits, \
                     `_` and `-`"
                )
            );
        }
        assert_eq!(
            wrong("Others"),
            "the code `Others` is the word of ledgers and results for all that are not named: write another, such \
             as `ROW`"
        );
        assert!(Labels::new([("Côte d'Ivoire", ""), ("C31T33", "")]).is_ok());
    }
}
