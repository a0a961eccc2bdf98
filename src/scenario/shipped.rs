//! Scenarios that ship inside the program, with the accounts that they name.

/// A file of the folder of scenarios.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../scenarios/", $name)))),+]
    };
}

const SCENARIOS: [(&str, &str); 4] = files![
    "truce-2025.toml",
    "two-readings-2025.toml",
    "rare-earth-licence.toml",
    "counter-levers-2025.toml",
];

const TEXTS: [(&str, &str); 4] = files![
    "call-2025-06-05/cn-xinhua.md",
    "call-2025-06-05/us-president.md",
    "call-2025-06-05/report-journal.md",
    "call-2025-06-05/report-website.md",
];

/// Names of the scenarios, the first case first.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCENARIOS.into_iter().map(|(file, _)| file.trim_end_matches(".toml"))
}

/// The text of a scenario.
pub fn scenario(name: &str) -> Option<&'static str> {
    SCENARIOS.into_iter().find(|(file, _)| file.strip_suffix(".toml") == Some(name)).map(|(_, text)| text)
}

/// A text that a scenario names, by its path as seen from the scenario.
pub fn text(file: &str) -> Option<&'static str> {
    TEXTS.into_iter().find(|(name, _)| *name == file).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Asked, Question, Shelf};

    /// No file is needed beside the program.
    #[test]
    fn every_scenario_opens_from_inside() {
        for name in names() {
            let text = scenario(name).expect("its text");
            let question = Question::read(name, name, text, &Shelf::Shipped, &Asked::default());
            assert_eq!(question.expect("a question").scenario.name, name);
        }
    }
}
