//! No text breaks the reader of accounts.
//!
//! Texts are put together from words that mean something to the reader, marks of
//! all kinds, letters of other scripts, and pieces of the shipped examples, always
//! in the same way for the same seed. Reading ends without a panic, every span cuts
//! its words from the text, and events are found in it or not.
//!
//! `FUZZ_INPUTS` is how many inputs are tried (default 4000), `FUZZ_SEED` where
//! to start. `FUZZ_INPUTS=10000000 cargo test --release --test accounts_fuzz`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use detente::accounts::deeds::Deeds;
use detente::accounts::events::events;
use detente::accounts::gazetteer::Gazetteer;
use detente::accounts::sentences::sentences;
use detente::accounts::tokens::Tokens;
use detente::accounts::{Account, Lexicon, Reading};

/// Most pieces of a text.
const MOST_PIECES: u64 = 40;

/// Words that mean something, and what often means trouble.
const WORDS: &[&str] = &[
    "said",
    "says",
    "told",
    "told reporters",
    "according to",
    "According to",
    "that",
    "not",
    "n't",
    "did not say",
    "denied",
    "urged",
    "warned",
    "would",
    "if",
    "whether",
    "He",
    "he",
    "she",
    "it",
    "It",
    "we",
    "I",
    "who",
    "which",
    "and",
    "but",
    "both sides",
    "by",
    "to",
    "of",
    "Trump",
    "Xi Jinping",
    "Liu He",
    "He Lifeng",
    "Xinhua",
    "Washington",
    "Beijing",
    "the White House",
    "China's",
    "United States",
    "U.S.",
    "rare earths",
    "tariffs",
    "Taiwan",
    "90-day truce",
    "settled",
    "resolved",
    "at Trump's request",
    "made no mention of",
    "no",
    "nothing",
    "former",
    "professor",
    "Mr.",
    "Sen.",
    "Inc.",
    "J.",
    "No. 5",
    "145 percent",
    "25%",
    "1,000.5",
    "Monday",
    "Image :",
    "saying",
    "was",
    "imposed",
    "“",
    "”",
    "\"",
    "‘",
    "’",
    "'",
    "«",
    "»",
    "(",
    ")",
    "[",
    "](",
    "![",
    "](x)",
    "*",
    "**",
    "_",
    "#",
    ">",
    "|",
    "`",
    "—",
    "–",
    "-",
    "--",
    ",",
    ".",
    ";",
    ":",
    "?",
    "!",
    "…",
    "...",
    "\n",
    "\n\n",
    "\r\n",
    "\r\n\r\n",
    "\t",
    " ",
    "  ",
    "\u{a0}",
    "\u{200f}",
    "\u{202b}",
    "\u{feff}",
    "\u{0}",
    "é",
    "e\u{301}",
    "中国",
    "العربية",
    "🙂",
    "ß",
    "İ",
    "https://a.b/c",
    "www.x",
    "+++",
    "+++\n",
    "date = 2025-06-05\n",
    "BEIJING, June 5 —",
    "Friday, June 6, 2025",
];

/// Numbers that look like chance and are the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn text(seed: u64, examples: &[String]) -> String {
    let mut chance = Chance(seed);
    let mut text = String::new();
    for _ in 0..chance.below(MOST_PIECES) {
        match chance.below(12) {
            0 => {
                // A piece of an example, from anywhere to anywhere near.
                let example = &examples[chance.below(examples.len() as u64) as usize];
                let from = chance.below(example.chars().count() as u64) as usize;
                text.extend(example.chars().skip(from).take(chance.below(80) as usize));
            }
            1 => text.extend(char::from_u32(chance.below(0x11_0000) as u32)),
            _ => text.push_str(WORDS[chance.below(WORDS.len() as u64) as usize]),
        }
        if chance.below(4) > 0 {
            text.push(' ');
        }
    }
    text
}

#[test]
fn no_text_breaks_the_reader() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let (inputs, first) = (number("FUZZ_INPUTS", 4000), number("FUZZ_SEED", 1));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accounts");
    let examples: Vec<String> = ["readout-usa.md", "readout-chn.md", "report-one.txt", "report-two.txt"]
        .map(|name| std::fs::read_to_string(folder.join(name)).unwrap())
        .into();
    let (lexicon, deeds, gazetteer) = (Lexicon::shipped(), Deeds::shipped(), Gazetteer::shipped());
    for seed in first..first + inputs {
        let text = text(seed, &examples);
        let read = catch_unwind(AssertUnwindSafe(|| {
            let Ok(account) = Account::read("text.md", &text, None) else { return };
            let reading = Reading::of(vec![account], &lexicon);
            let letters: Vec<char> = text.chars().collect();
            for statement in &reading.statements {
                for piece in statement.content.iter().chain([&statement.source]).chain(&statement.cue) {
                    let cut: String = letters[piece.span[0]..piece.span[1]].iter().collect();
                    assert_eq!(cut, piece.text);
                }
            }
            let tokens = Tokens::of(&text);
            events(&tokens, &sentences(&tokens), &deeds, &gazetteer);
        }));
        assert!(read.is_ok(), "FUZZ_SEED={seed} FUZZ_INPUTS=1: {text:?}");
    }
}
