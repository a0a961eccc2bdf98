//! Words and marks of a text, each with its place in the original.
//!
//! Markup is passed over, nothing is copied or repaired: a token is a range of
//! bytes of the text as it was given, so that whatever is cut from it later is
//! what the author wrote. Passed over are emphasis (`*`, `_`), the brackets and
//! targets of Markdown links and images, bare addresses, heading and list marks.
//!
//! A mark of quotation is opening or closing by its shape (`“ ”`, `« »`) or, if
//! it is straight, by what touches it: a space before and none after opens.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word, with its apostrophes, hyphens and inner dots (`U.S.`, `don't`).
    Word,
    /// A number with its digits, commas and decimal point.
    Number,
    /// A mark that opens a quotation.
    Opens,
    /// A mark that closes a quotation.
    Closes,
    /// A straight mark that touches words on both sides or on none.
    Quote,
    /// Any other mark, one character.
    Mark,
    /// An empty line between paragraphs.
    Break,
}

/// A word or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// First byte in the text.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// The tokens of a text, in order, with their words in lower case.
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    /// The text itself.
    pub text: &'t str,
    /// Its tokens.
    pub all: Vec<Token>,
    /// Each in lower case, apostrophes straight.
    pub lower: Vec<Box<str>>,
}

impl<'t> Tokens<'t> {
    /// Tokens of `text`; linear in its length.
    pub fn of(text: &'t str) -> Self {
        Self::within(text, 0..text.len())
    }

    /// Tokens of a part of `text`, with their places in the whole.
    pub fn within(text: &'t str, part: Range<usize>) -> Self {
        let mut all = Vec::with_capacity(part.len() / 5);
        Scan { text: &text[..part.end], at: part.start, all: &mut all }.run();
        let lower = all.iter().map(|token| lower(&text[token.start..token.end])).collect();
        Self { text, all, lower }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Token `i` as written.
    pub fn word(&self, i: usize) -> &'t str {
        &self.text[self.all[i].start..self.all[i].end]
    }

    /// Token `i` in lower case; nothing beyond the end.
    pub fn low(&self, i: usize) -> &str {
        self.lower.get(i).map_or("", |word| word)
    }

    /// What token `i` is.
    pub fn kind(&self, i: usize) -> Kind {
        self.all[i].kind
    }

    /// Is token `i` this mark?
    pub fn is(&self, i: usize, mark: &str) -> bool {
        self.low(i) == mark
    }

    /// A word or a number?
    pub fn is_word(&self, i: usize) -> bool {
        i < self.len() && matches!(self.all[i].kind, Kind::Word | Kind::Number)
    }

    /// A word with a capital letter at its head?
    pub fn is_capitalised(&self, i: usize) -> bool {
        i < self.len()
            && self.kind(i) == Kind::Word
            && self.word(i).chars().next().is_some_and(char::is_uppercase)
    }

    /// Any mark of quotation?
    pub fn is_quote(&self, i: usize) -> bool {
        i < self.len() && matches!(self.kind(i), Kind::Opens | Kind::Closes | Kind::Quote)
    }

    /// The bytes of a range of tokens, without what lies around them.
    pub fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        if range.is_empty() {
            return 0..0;
        }
        self.all[range.start].start..self.all[range.end - 1].end
    }

    /// The text of a range of tokens.
    pub fn cut(&self, range: &Range<usize>) -> &'t str {
        &self.text[self.bytes(range)]
    }
}

fn lower(word: &str) -> Box<str> {
    word.chars()
        .flat_map(
            |letter| if matches!(letter, '’' | 'ʼ') { '\''.to_lowercase() } else { letter.to_lowercase() },
        )
        .collect::<String>()
        .into()
}

/// Does `rest` begin with something that is no text? Its length in bytes.
fn address(rest: &str) -> Option<usize> {
    let schemes = ["https://", "http://", "www."];
    schemes.iter().find(|scheme| rest.starts_with(**scheme)).map(|_| {
        rest.find(|letter: char| {
            letter.is_whitespace() || matches!(letter, ')' | '>' | ']' | '”' | '"' | '*')
        })
        .unwrap_or(rest.len())
    })
}

struct Scan<'t, 'a> {
    text: &'t str,
    at: usize,
    all: &'a mut Vec<Token>,
}

impl Scan<'_, '_> {
    fn run(&mut self) {
        while let Some(letter) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if letter.is_whitespace() {
                self.space();
            } else if let Some(length) = address(rest) {
                self.at += length.max(1);
            } else if letter.is_alphabetic() {
                self.word();
            } else if letter.is_ascii_digit() || letter.is_numeric() {
                self.number();
            } else if let Some(length) = self.markup(letter) {
                self.at += length;
            } else {
                let end = self.at + letter.len_utf8();
                let kind = self.mark(letter, end);
                self.push(end, kind);
            }
        }
    }

    fn push(&mut self, end: usize, kind: Kind) {
        self.all.push(Token { start: self.at, end, kind });
        self.at = end;
    }

    /// White space; an empty line in it is a token.
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.find(|letter: char| !letter.is_whitespace()).unwrap_or(rest.len());
        let lines = rest[..length].matches('\n').count();
        let after = self.at + length;
        if lines > 1 && !self.all.is_empty() && self.all.last().is_none_or(|token| token.kind != Kind::Break)
        {
            self.push(after, Kind::Break);
        }
        self.at = after;
    }

    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let mut end = 0;
        let mut letters = rest.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let joins = |next: Option<&(usize, char)>| next.is_some_and(|(_, next)| next.is_alphanumeric());
            let inner = match letter {
                letter if letter.is_alphanumeric() || is_combining(letter) => true,
                '\'' | '’' | 'ʼ' | '-' | '‑' | '&' => joins(letters.peek()),
                '.' => {
                    let initials =
                        rest[..at].chars().rev().take_while(|letter| letter.is_alphabetic()).count() == 1;
                    initials && (joins(letters.peek()) || rest[..at].contains('.'))
                        || initials
                            && at == 1
                            && rest.starts_with(char::is_uppercase)
                            && initial_follows(rest)
                }
                _ => false,
            };
            if !inner {
                break;
            }
            end = at + letter.len_utf8();
        }
        let end = self.at + end.max(1);
        // Titles and other short forms keep their dot.
        let word = &self.text[self.at..end];
        let after = &self.text[end..];
        let numbered = || {
            after.trim_start_matches(['.', ' ', '\u{a0}']).starts_with(|letter: char| letter.is_ascii_digit())
        };
        let dotted =
            after.starts_with('.') && (is_short_form(word) || matches!(word, "No" | "Nos") && numbered());
        self.push(end + usize::from(dotted), Kind::Word);
    }

    fn number(&mut self) {
        let rest = &self.text[self.at..];
        let mut end = 0;
        let mut letters = rest.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let digit = |next: Option<&(usize, char)>| next.is_some_and(|(_, next)| next.is_ascii_digit());
            let inner = letter.is_alphanumeric()
                || matches!(letter, '.' | ',' | ':') && digit(letters.peek())
                || matches!(letter, '-' | '%')
                    && (letter == '%' || letters.peek().is_some_and(|(_, next)| next.is_alphanumeric()));
            if !inner {
                break;
            }
            end = at + letter.len_utf8();
        }
        let end = self.at + end.max(1);
        self.push(end, Kind::Number);
    }

    /// Length of what is layout, not text.
    fn markup(&self, letter: char) -> Option<usize> {
        let rest = &self.text[self.at..];
        let fresh_line = self.text[..self.at].trim_end_matches([' ', '\t']).ends_with('\n') || self.at == 0;
        match letter {
            '*' | '`' => Some(1),
            '_' => Some(1),
            '#' | '>' | '|' if fresh_line => Some(1),
            '!' if rest.starts_with("![") => Some(1),
            '[' if link_target(rest).is_some() => Some(1),
            ']' if rest[1..].starts_with('(') => within(rest, ')').map(|end| end + 1),
            '<' if address(&rest[1..]).is_some() => Some(1),
            '>' => Some(1),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                Some(letter.len_utf8())
            }
            _ => None,
        }
    }

    fn mark(&self, letter: char, end: usize) -> Kind {
        match letter {
            '“' | '„' | '«' | '‟' => Kind::Opens,
            '”' | '»' => Kind::Closes,
            '"' => {
                let before = self.text[..self.at].chars().next_back();
                let after = self.text[end..].chars().next();
                let open_side = |letter: Option<char>| {
                    letter.is_none_or(|letter| {
                        letter.is_whitespace() || matches!(letter, '(' | '[' | '—' | '–' | '*')
                    })
                };
                match (open_side(before), open_side(after)) {
                    (true, false) => Kind::Opens,
                    (false, true) => Kind::Closes,
                    (false, false) if after.is_some_and(|letter| !letter.is_alphanumeric()) => Kind::Closes,
                    _ => Kind::Quote,
                }
            }
            _ => Kind::Mark,
        }
    }
}

/// A single capital is an initial if its dot is followed by another name.
fn initial_follows(rest: &str) -> bool {
    let mut letters = rest.chars().skip(2);
    match letters.next() {
        Some(' ') => letters.next().is_some_and(char::is_uppercase),
        Some(letter) => letter.is_uppercase(),
        None => false,
    }
}

fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{0300}'..='\u{036f}' | '\u{200d}')
}

/// So many characters a link may have between its brackets.
const FAR: usize = 300;

/// Where `mark` is in the line, if it is near.
fn within(rest: &str, mark: char) -> Option<usize> {
    let mut letters = rest.char_indices().take(FAR).take_while(|(_, letter)| *letter != '\n');
    letters.find(|(_, letter)| *letter == mark).map(|(at, _)| at)
}

/// Length of the link that `rest`, beginning with a bracket, opens.
fn link_target(rest: &str) -> Option<usize> {
    let close = within(rest, ']')?;
    rest[close..].starts_with("](").then_some(close)
}

/// Is it written with a dot that ends no sentence?
fn is_short_form(word: &str) -> bool {
    const FORMS: &[&str] = &[
        "Mr", "Mrs", "Ms", "Messrs", "Dr", "Prof", "Sen", "Rep", "Reps", "Sens", "Gov", "Gen", "Lt", "Col",
        "Maj", "Capt", "Sgt", "Cmdr", "Adm", "Hon", "Rev", "St", "Amb", "Pres", "Jan", "Feb", "Mar", "Apr",
        "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Mon", "Tue", "Tues", "Wed", "Thu", "Thur",
        "Thurs", "Fri", "Sat", "vs", "etc", "approx", "cf", "al", "Jr", "Sr", "Corp", "Inc", "Ltd", "Co",
        "Bros", "dept", "Dept", "Art", "Sec", "Vol", "Fig",
    ];
    FORMS.contains(&word)
}
