//! Sentences and quotations of a text.
//!
//! A sentence ends at `.`, `?`, `!`, `…` or an empty line; a closing mark of
//! quotation or a bracket after it belongs to it. Dots of titles, initials and
//! short forms are part of their words ([`tokens`](super::tokens)) and end
//! nothing, except a short form before a word that likes to begin a sentence.
//!
//! A quotation runs from a mark that opens to the next that closes. One that
//! finds none ends with its paragraph, unless the next paragraph opens anew:
//! so long quotations are printed, and all of it is one.

use std::ops::Range;

use super::tokens::{Kind, Tokens};

/// Words that begin sentences much more often than names.
const BEGINNINGS: &[&str] = &[
    "the",
    "a",
    "an",
    "it",
    "he",
    "she",
    "they",
    "we",
    "i",
    "this",
    "that",
    "these",
    "those",
    "there",
    "but",
    "and",
    "in",
    "on",
    "at",
    "for",
    "after",
    "before",
    "however",
    "while",
    "when",
    "if",
    "as",
    "his",
    "her",
    "its",
    "their",
    "our",
    "so",
    "yet",
    "both",
    "some",
    "many",
    "most",
    "according",
    "last",
    "earlier",
    "later",
    "meanwhile",
];

/// More tokens than this are no sentence: what follows is cut off, so that the
/// time for a text without full stops stays in proportion to its length.
const LONGEST: usize = 250;

/// Sentences of the tokens, as ranges that cover them all but empty lines.
pub fn sentences(tokens: &Tokens<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < tokens.len() {
        if tokens.kind(at) == Kind::Break {
            if at > start {
                found.push(start..at);
            }
            at += 1;
            start = at;
            continue;
        }
        if at > start
            && dateline(tokens, at).is_some()
            && !matches!(
                tokens.low(at - 1),
                "on" | "," | "last" | "of" | "this" | "for" | "until" | "by" | "since"
            )
        {
            found.push(start..at);
            start = at;
        }
        if let Some(end) = (at == start).then(|| dateline(tokens, at)).flatten() {
            found.push(start..end);
            at = end;
            start = end;
            continue;
        }
        if at == start
            && let Some(end) = place_line(tokens, at)
        {
            found.push(start..end);
            at = end;
            start = end;
            continue;
        }
        let mut end = at + 1;
        if ends_sentence(tokens, at) || end - start >= LONGEST {
            while end < tokens.len() && follows_end(tokens, end) {
                end += 1;
            }
            found.push(start..end);
            start = end;
        }
        at = end;
    }
    if start < tokens.len() {
        found.push(start..tokens.len());
    }
    found
}

/// The end of `BEIJING, June 5 (Xinhua) —` at the head of a paragraph.
fn place_line(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let fresh = at == 0 || tokens.kind(at - 1) == Kind::Break;
    let capitals = |i: usize| {
        tokens.is_word(i)
            && tokens.word(i).chars().filter(|letter| letter.is_alphabetic()).count() > 2
            && tokens.word(i).chars().all(|letter| !letter.is_lowercase())
    };
    if !fresh || !capitals(at) {
        return None;
    }
    (at + 1..(at + 12).min(tokens.len()))
        .find(|i| matches!(tokens.low(*i), "—" | "–" | "-" | "--"))
        .map(|i| i + 1)
}

/// The end of a line with nothing but a date, `Friday, 6 June 2025`, run into the
/// text: a sentence of its own where a capital follows.
fn dateline(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    if !DAYS.contains(&tokens.low(at)) || tokens.low(at + 1) != "," {
        return None;
    }
    let year = |word: &str| word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_digit());
    let end = (at + 3..at + 7).find(|i| year(tokens.low(*i)))? + 1;
    (tokens.is_capitalised(end) || tokens.is_quote(end)).then_some(end)
}

fn ends_sentence(tokens: &Tokens<'_>, at: usize) -> bool {
    match tokens.low(at) {
        "?" | "!" => !continues_in_lower_case(tokens, at),
        "…" => next_is_fresh(tokens, at),
        "." => {
            // An ellipsis of dots is one mark, inside a sentence if small letters follow.
            let dots = tokens.low(at + 1) == "." || at > 0 && tokens.low(at - 1) == ".";
            if dots { tokens.low(at + 1) != "." && next_is_fresh(tokens, at) } else { true }
        }
        word if word.ends_with('.') => {
            BEGINNINGS.contains(&tokens.low(at + 1))
                && tokens.is_capitalised(at + 1)
                && !matches!(
                    word,
                    "mr." | "mrs." | "ms." | "dr." | "prof." | "sen." | "rep." | "gov." | "gen." | "st."
                )
        }
        _ => false,
    }
}

/// After `?"` or `!"` a small letter means that the sentence goes on.
fn continues_in_lower_case(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut next = at + 1;
    while tokens.is_quote(next) {
        next += 1;
    }
    tokens.is_word(next) && tokens.word(next).starts_with(char::is_lowercase)
}

fn next_is_fresh(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut next = at + 1;
    while tokens.is_quote(next) {
        next += 1;
    }
    !tokens.is_word(next) || tokens.is_capitalised(next)
}

/// What may stand between the end of a sentence and the next one.
fn follows_end(tokens: &Tokens<'_>, at: usize) -> bool {
    match tokens.kind(at) {
        Kind::Closes => true,
        Kind::Quote => {
            // A mark by itself closes if a quotation is open: the space says which.
            let glued = tokens.all[at - 1].end == tokens.all[at].start;
            glued || !tokens.is_word(at + 1)
        }
        Kind::Mark => matches!(tokens.low(at), "." | "?" | "!" | ")" | "]" | "’" | "'"),
        _ => false,
    }
}

/// Quotations, marks included, in order; none inside another.
pub fn quotations(tokens: &Tokens<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while at < tokens.len() {
        match (tokens.kind(at), open) {
            (Kind::Opens | Kind::Quote, None) => open = Some(at),
            (Kind::Closes | Kind::Quote, Some(start)) => {
                found.push(start..at + 1);
                open = None;
            }
            (Kind::Break, Some(start)) => {
                // The next paragraph opens anew: one quotation. Else it ends here.
                let again = at + 1 < tokens.len() && tokens.kind(at + 1) == Kind::Opens;
                if again {
                    at += 1;
                } else {
                    found.push(start..at);
                    open = None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if let Some(start) = open {
        found.push(start..tokens.len());
    }
    found
}
