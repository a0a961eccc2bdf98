//! What is wrong with the question of a game, and which of its arguments is it about?
//!
//! The same questions come as options of a command line and as arguments of a function:
//! `--not-below-today` and `not_below_today`. So a text marks the names of arguments, and
//! whoever shows it says how they are spelled.

use std::fmt;

use crate::equilibrium::EquilibriumError;
use crate::strategy::StrategyError;
use crate::world::WorldError;

/// An argument that cannot be played, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    of: &'static str,
    /// What follows the name; `@name` is another argument, `{}` the next value.
    form: &'static str,
    values: Vec<String>,
}

impl Wrong {
    /// A text that begins with the name of the argument `of`, or with `form` if that is
    /// empty. In `form`, `@name` stands for another argument and `{}` for the next value.
    pub(super) fn new<const N: usize>(
        of: &'static str,
        form: &'static str,
        values: [&dyn fmt::Display; N],
    ) -> Self {
        Self { of, form, values: values.map(ToString::to_string).to_vec() }
    }

    /// Players that are not two.
    pub(super) fn not_two() -> Self {
        Self::new("players", ": name two, as in @players USA,CHN", [])
    }

    /// The name of the argument, as `not_below_today`; empty where several are meant.
    pub fn of(&self) -> &'static str {
        self.of
    }

    /// The text, every name of an argument as `spelled` has it.
    pub fn told(&self, spelled: impl Fn(&str) -> String) -> String {
        let mut text = if self.of.is_empty() { String::new() } else { spelled(self.of) };
        let mut values = self.values.iter();
        let mut rest = self.form;
        while let Some(at) = rest.find(['@', '{']) {
            text += &rest[..at];
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("{}") {
                text += values.next().map_or("", String::as_str);
                rest = after;
                continue;
            }
            let name = &rest[1..];
            let end = name.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(name.len());
            text += &spelled(&name[..end]);
            rest = &name[end..];
        }
        text + rest
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(str::to_owned))
    }
}

impl std::error::Error for Wrong {}

/// The choice that has the name `text`; `of` is the argument.
pub(super) fn choice<T: Copy>(
    of: &'static str,
    text: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Wrong> {
    let found = all.iter().copied().find(|known| name(*known) == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|known| name(*known)).collect();
        Wrong::new(of, ": `{}` is none of {}", [&text, &names.join(", ")])
    })
}

/// Why a game cannot be played, or has no answer.
#[derive(Debug, thiserror::Error)]
pub enum GameError {
    /// The question is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// Data that a model needs cannot be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Something was not found.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// Every resting point of the players' trade war is left by somebody.
    #[error("the trade war of the players has no equilibrium that nobody wants to leave: try other bounds")]
    NoWar,
}

impl GameError {
    /// True if the question is to be changed, false if the model has no answer to it.
    pub fn is_about_input(&self) -> bool {
        match self {
            Self::Wrong(_) | Self::World(_) | Self::Strategy(StrategyError::Input(_)) => true,
            Self::Strategy(StrategyError::Equilibrium(problem)) => problem.is_about_input(),
            Self::Strategy(_) | Self::NoWar => false,
        }
    }

    /// The text, every name of an argument as `spelled` has it.
    pub fn told(&self, spelled: impl Fn(&str) -> String) -> String {
        match self {
            Self::Wrong(wrong) => wrong.told(spelled),
            other => other.to_string(),
        }
    }
}

impl From<EquilibriumError> for GameError {
    fn from(e: EquilibriumError) -> Self {
        StrategyError::from(e).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_by_who_shows_them() {
        let wrong = Wrong::new("not_below_today", " {}: @instruments has none, {}", [&"a@b{}", &7]);
        assert_eq!(wrong.to_string(), "not_below_today a@b{}: instruments has none, 7");
        let option = |name: &str| format!("--{}", name.replace('_', "-"));
        assert_eq!(wrong.told(option), "--not-below-today a@b{}: --instruments has none, 7");
        assert_eq!(Wrong::new("", "leave @date out", []).told(option), "leave --date out");
    }

    #[test]
    fn a_name_that_is_no_choice_is_told_with_the_choices() {
        let name = |two: bool| if two { "two" } else { "one" };
        assert_eq!(choice("rule", "two", &[false, true], name), Ok(true));
        let wrong = choice("rule", "three", &[false, true], name).unwrap_err();
        assert_eq!(wrong.to_string(), "rule: `three` is none of one, two");
    }
}
