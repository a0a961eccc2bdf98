//! Whatever text comes, reading it ends, and every span cuts its words from it.

#![no_main]

use detente::accounts::{Account, Lexicon, Reading};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static LEXICON: Lexicon = Lexicon::shipped();
}

fuzz_target!(|text: &str| {
    let Ok(account) = Account::read("text.md", text, None) else { return };
    LEXICON.with(|lexicon| {
        let reading = Reading::of(vec![account], lexicon);
        for statement in &reading.statements {
            for piece in statement.content.iter().chain([&statement.source]).chain(&statement.cue) {
                let cut: String = text.chars().skip(piece.span[0]).take(piece.span[1] - piece.span[0]).collect();
                assert_eq!(cut, piece.text);
            }
        }
    });
});
