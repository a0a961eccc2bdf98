//! A scenario made from choices.
//!
//! The text is a person's to go on with: commented, every key in its place, and it passes
//! its own check.

use std::collections::BTreeSet;

use jiff::civil::Date;
use toml_edit::{Array, Value};

use super::answer::Scene;
use super::body::Fields;

/// More phases than this are not drafted.
const MOST_PHASES: usize = 50;

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    title: String,
    world: String,
    ledger: String,
    actors: Vec<String>,
    against: Date,
    phases: Vec<(String, Date)>,
    variant: Option<String>,
    deficits: Option<String>,
}

/// The fields of a request that makes a scenario.
pub(super) const FIELDS: [&str; 8] =
    ["world", "ledger", "actors", "against", "phases", "variant", "deficits", "title"];

impl Choice {
    /// The choice of a request's body.
    pub(super) fn read(fields: &mut Fields) -> Option<Self> {
        let world = fields.required("world", "the name of a world, as in \"icio-2022\"");
        let ledger = fields.required("ledger", "the name of a ledger, as in \"us-china\"");
        let actors = fields.texts("actors", "a list of codes, as in [\"USA\", \"CHN\"]");
        if actors.as_ref().is_none_or(Vec::is_empty) {
            fields.note("actors", "needs at least one region: write [\"USA\", \"CHN\"]");
        }
        let against = day(fields, "against");
        let phases = fields.each("phases", &["title", "date"], |phase| {
            let title = phase.required("title", "what the phase is called");
            let date = day(phase, "date");
            Some((title?, date?))
        });
        if phases.is_empty() || phases.len() > MOST_PHASES {
            fields.note(
                "phases",
                "needs from 1 to 50 phases: write [{\"title\": \"Truce\", \"date\": \"2025-05-14\"}]",
            );
        }
        let variant = fields.text("variant", "the name of a variant, as in \"base\"");
        let deficits = fields.text("deficits", "\"held\", \"zero\", \"share\" or \"income\"");
        let title = fields.text("title", "what is asked, in a line");
        let title = title.unwrap_or_else(|| match (&actors, &ledger) {
            (Some(actors), Some(ledger)) => format!("What {ledger} means for {}", actors.join(", ")),
            _ => String::new(),
        });
        Some(Self {
            title,
            world: world?,
            ledger: ledger?,
            actors: actors?,
            against: against?,
            phases,
            variant,
            deficits,
        })
    }

    /// The scenario.
    pub fn scene(&self) -> Scene {
        Scene { name: word(&self.title, "scenario"), toml: self.toml(), changes: Vec::new() }
    }

    fn toml(&self) -> String {
        let actors: Array = self.actors.iter().collect();
        let mut text = format!(
            "# Made from choices: change what you like.\n\n\
             title  = {}\n\
             world  = {}\n\
             ledger = {}       # measures with their days; phases read it\n\
             actors = {actors}       # the regions that every summary shows first\n\n\
             # The phase that the others are compared with.\n\
             [[phase]]\n\
             name  = \"before\"\n\
             title = \"Before\"\n\
             date  = {}\n",
            quoted(&self.title),
            quoted(&self.world),
            quoted(&self.ledger),
            self.against
        );
        let mut names = BTreeSet::from(["before".to_owned()]);
        for (title, date) in &self.phases {
            let name = (1..).map(|number| numbered(title, number)).find(|name| names.insert(name.clone()));
            // Some number is free.
            let name = name.unwrap_or_default();
            text += &format!(
                "\n# The ledger as it is on this day. `revoke`, `extend`, `set` and `add` change it.\n\
                 [[phase]]\nname  = {}\ntitle = {}\ndate  = {date}\n",
                quoted(&name),
                quoted(title)
            );
        }
        text += "\n[long_run]\n";
        let deficits = self.deficits.as_deref().unwrap_or("held");
        text += &format!("deficits = {}       # held, zero, share or income\n", quoted(deficits));
        match self.variant.as_deref() {
            None | Some("base") => {
                text += "# variant = \"short-run\"  # production and demand other than the base model's\n"
            }
            Some(variant) => text += &format!("variant  = {}\n", quoted(variant)),
        }
        text
    }
}

fn day(fields: &mut Fields, field: &str) -> Option<Date> {
    let text = fields.required(field, "a day, as in \"2025-05-14\"")?;
    let date = text.parse().ok();
    if date.is_none() {
        fields.note(field, "is not a day of the calendar: write it as \"2025-05-14\"");
    }
    date
}

/// A text in the quotes that it needs.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// `truce`, `truce-2`.
fn numbered(title: &str, number: usize) -> String {
    let name = word(title, "phase");
    if number == 1 { name } else { format!("{name}-{number}") }
}

/// Letters and digits of a title in lower case, with hyphens between.
fn word(title: &str, otherwise: &str) -> String {
    let parts = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let mut word = String::new();
    for part in parts {
        if word.len() + part.len() > 60 {
            break;
        }
        if !word.is_empty() {
            word.push('-');
        }
        word += &part.to_lowercase();
    }
    if word.is_empty() { otherwise.to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn what_is_drafted_can_be_read_whatever_its_titles() {
        let titles = ["Truce", "truce", "before", "休战", "a \"quoted\"\nline # 1", ""];
        let choice = Choice {
            title: "What \"if\" \\ 25 %?".to_owned(),
            world: "icio-2022".to_owned(),
            ledger: "us-china".to_owned(),
            actors: vec!["USA".to_owned(), "CHN".to_owned()],
            against: jiff::civil::date(2025, 1, 19),
            phases: titles
                .iter()
                .map(|title| ((*title).to_owned(), jiff::civil::date(2025, 5, 14)))
                .collect(),
            variant: Some("short-run".to_owned()),
            deficits: None,
        };
        let scene = choice.scene();
        assert_eq!(scene.name, "what-if-25");
        let scenario = Scenario::parse(&scene.name, "draft.toml", &scene.toml)
            .unwrap_or_else(|e| panic!("{}\n{}", scene.toml, e.render(false)));
        let names: Vec<&str> = scenario.phases.iter().map(|phase| phase.name.as_str()).collect();
        assert_eq!(names, ["before", "truce", "truce-2", "before-2", "phase", "a-quoted-line-1", "phase-2"]);
        assert!(scenario.title.contains("\"if\" \\ 25 %") && !scenario.long_run.variant.is_base());
        assert_eq!(scenario.phases[5].title, titles[4]);
    }
}
