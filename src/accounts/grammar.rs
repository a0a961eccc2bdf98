//! The small words of English: what they tell of the words around them.
//!
//! There is no parser here. A noun phrase is found from its borders, and the
//! borders are words of closed classes, which no new text adds to.

use super::tokens::{Kind, Tokens};

/// Auxiliaries and modals: a finite verb stands here.
pub fn is_auxiliary(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "were"
            | "am"
            | "be"
            | "been"
            | "being"
            | "has"
            | "have"
            | "had"
            | "having"
            | "do"
            | "does"
            | "did"
            | "will"
            | "would"
            | "wo"
            | "ca"
            | "can"
            | "could"
            | "may"
            | "might"
            | "must"
            | "shall"
            | "should"
            | "cannot"
            | "'ve"
            | "'d"
            | "'ll"
            | "'m"
            | "'re"
            | "’ve"
            | "’d"
            | "’ll"
            | "’m"
            | "’re"
            | "don't"
            | "doesn't"
            | "didn't"
            | "isn't"
            | "aren't"
            | "wasn't"
            | "weren't"
            | "hasn't"
            | "haven't"
            | "hadn't"
            | "won't"
            | "wouldn't"
            | "can't"
            | "couldn't"
            | "shouldn't"
            | "mustn't"
    )
}

/// A word that shows a finite verb: an auxiliary, or a pronoun glued to one.
pub fn shows_finite(word: &str) -> bool {
    is_auxiliary(word) && !matches!(word, "be" | "been" | "being" | "having")
        || ["'s", "'re", "'ve", "'ll", "'d", "'m"].iter().any(|end| {
            word.strip_suffix(end)
                .is_some_and(|stem| is_nominative(stem) || matches!(stem, "that" | "there" | "what" | "who"))
        })
}

/// Negation, also where it is glued to an auxiliary.
pub fn is_negation(word: &str) -> bool {
    matches!(word, "not" | "n't" | "n’t" | "never" | "nor" | "neither" | "hardly" | "cannot")
        || word.ends_with("n't")
}

/// A pronoun that can only be a subject, or nearly.
pub fn is_nominative(word: &str) -> bool {
    matches!(word, "i" | "he" | "she" | "they" | "we" | "you" | "it")
}

/// Any pronoun that can stand for a speaker.
pub fn is_pronoun(word: &str) -> bool {
    is_nominative(word)
        || matches!(
            word,
            "who"
                | "which"
                | "that"
                | "this"
                | "these"
                | "those"
                | "everyone"
                | "everybody"
                | "someone"
                | "somebody"
                | "anyone"
                | "anybody"
                | "nobody"
                | "one"
                | "others"
                | "many"
                | "some"
                | "both"
                | "few"
                | "most"
                | "all"
                | "none"
                | "him"
                | "her"
                | "them"
                | "us"
                | "me"
        )
}

/// Articles, demonstratives, possessives, quantifiers.
pub fn is_determiner(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "a"
            | "an"
            | "this"
            | "that"
            | "these"
            | "those"
            | "his"
            | "her"
            | "its"
            | "their"
            | "our"
            | "my"
            | "your"
            | "some"
            | "any"
            | "no"
            | "every"
            | "each"
            | "all"
            | "both"
            | "many"
            | "several"
            | "most"
            | "few"
            | "another"
            | "such"
            | "other"
            | "two"
            | "three"
            | "one"
    )
}

/// Prepositions.
pub fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "of" | "in"
            | "on"
            | "at"
            | "by"
            | "for"
            | "from"
            | "with"
            | "to"
            | "into"
            | "over"
            | "under"
            | "about"
            | "after"
            | "before"
            | "during"
            | "since"
            | "until"
            | "against"
            | "between"
            | "among"
            | "through"
            | "across"
            | "near"
            | "within"
            | "without"
            | "toward"
            | "towards"
            | "upon"
            | "via"
            | "per"
            | "despite"
            | "following"
            | "amid"
            | "regarding"
            | "concerning"
            | "than"
            | "like"
            | "unlike"
            | "along"
            | "around"
            | "behind"
            | "beyond"
            | "besides"
            | "out"
            | "up"
            | "down"
            | "off"
    )
}

/// Words that begin another clause.
pub fn opens_clause(word: &str) -> bool {
    matches!(
        word,
        "that"
            | "which"
            | "who"
            | "whom"
            | "whose"
            | "because"
            | "while"
            | "whilst"
            | "although"
            | "though"
            | "when"
            | "whenever"
            | "where"
            | "whereas"
            | "if"
            | "unless"
            | "whether"
            | "but"
            | "or"
            | "so"
            | "yet"
            | "as"
            | "since"
            | "until"
            | "once"
            | "why"
            | "how"
            | "what"
    )
}

/// Adverbs that stand between a subject and its verb, or at the head of a clause.
pub fn is_adverb(word: &str) -> bool {
    matches!(
        word,
        "also"
            | "then"
            | "later"
            | "earlier"
            | "already"
            | "again"
            | "still"
            | "just"
            | "even"
            | "only"
            | "once"
            | "often"
            | "always"
            | "ever"
            | "never"
            | "now"
            | "soon"
            | "further"
            | "too"
            | "thus"
            | "hence"
            | "therefore"
            | "however"
            | "meanwhile"
            | "instead"
            | "indeed"
            | "yesterday"
            | "today"
            | "tomorrow"
            | "simply"
            | "really"
            | "actually"
            | "both"
            | "all"
            | "itself"
            | "himself"
            | "herself"
            | "themselves"
            | "first"
            | "well"
            | "perhaps"
            | "maybe"
            | "not"
            | "n't"
            | "n’t"
            | "long"
            | "ago"
            | "moreover"
            | "furthermore"
            | "nonetheless"
            | "nevertheless"
            | "separately"
            | "here"
            | "there"
            | "afterwards"
            | "so"
    ) || word.len() > 4
        && word.ends_with("ly")
        && !matches!(
            word,
            "family"
                | "italy"
                | "july"
                | "reply"
                | "supply"
                | "ally"
                | "assembly"
                | "rally"
                | "anomaly"
                | "monopoly"
        )
}

/// Names of days and the like, which date a verb: "said Monday".
pub fn is_time(word: &str) -> bool {
    matches!(
        word,
        "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "today"
            | "yesterday"
            | "tomorrow"
            | "tonight"
            | "earlier"
            | "later"
            | "recently"
            | "early"
            | "late"
            | "last"
            | "next"
            | "morning"
            | "afternoon"
            | "evening"
    )
}

/// Marks that no noun phrase crosses.
pub fn is_border(tokens: &Tokens<'_>, i: usize) -> bool {
    match tokens.kind(i) {
        Kind::Break | Kind::Opens | Kind::Closes | Kind::Quote => true,
        Kind::Mark => {
            !matches!(tokens.low(i), "'" | "’" | "&" | "/" | "-" | "$" | "€" | "£" | "%" | "@" | "+")
        }
        _ => false,
    }
}
