//! The strategy of a scenario for the terminal: one card a question, one file a card.
//!
//! A card has a title that says what it shows and in which unit, a table or a chart of at
//! most 80 columns, and a sentence with the finding.

mod bystanders;
mod concessions;
mod delay;
mod frontier;
mod ladder;
mod leverage;
mod matrix;
mod text;
mod tornado;
mod truce;

use crate::scenario::{Scenario, Strategy};
use crate::world::World;

use text::paragraph;

/// What the cards are drawn from.
pub struct Page<'a> {
    /// The question.
    pub scenario: &'a Scenario,
    /// The world it was asked of.
    pub world: &'a World,
    /// The answer.
    pub strategy: &'a Strategy,
}

impl Page<'_> {
    /// All cards.
    pub fn render(&self) -> String {
        let cards = [
            self.heading(),
            matrix::card(self),
            ladder::card(self),
            leverage::card(self),
            concessions::card(self),
            frontier::card(self),
            truce::card(self),
            tornado::card(self),
            delay::card(self),
            bystanders::card(self),
            self.limits(),
        ];
        let shown: Vec<&str> =
            cards.iter().map(|card| card.trim_end()).filter(|card| !card.is_empty()).collect();
        shown.join("\n\n")
    }

    fn players(&self) -> [&str; 2] {
        [&self.strategy.question.players[0], &self.strategy.question.players[1]]
    }

    /// Number of cases: elasticity sets times rules for deficits.
    fn cases(&self) -> usize {
        self.strategy.ladder.cases
    }

    fn sector(&self, position: usize) -> String {
        let (code, name) = (self.world.sectors.code(position), self.world.sectors.name(position));
        let name: String = if name == code { String::new() } else { name.chars().take(24).collect() };
        format!("{code} {}", name.trim_end()).trim_end().to_owned()
    }

    fn heading(&self) -> String {
        let strategy = self.strategy;
        let status_quo = &self.scenario.phases[strategy.question.status_quo];
        let [first, second] = self.players();
        let aim = match strategy.question.standing {
            0.0 => "Each side counts its own real income alone.".to_owned(),
            weight => format!("Each side counts {weight} of the other's real income against its own."),
        };
        paragraph(
            &format!(
                "The strategy of {first} and {second}: real income, per cent against \"{}\" ({})",
                status_quo.title, status_quo.date
            ),
            "",
        ) + &paragraph(
            &format!(
                "In brackets the range over {} cases: elasticities {}; deficits {}. {aim} Everybody else keeps the \
                 taxes of that day.",
                self.cases(),
                strategy.sets.join(", "),
                strategy.deficits.join(" and "),
            ),
            "",
        )
    }

    fn limits(&self) -> String {
        let left_out = match self.strategy.left_out.as_slice() {
            [] => String::new(),
            ids => format!(" Limits that touch others are left out: {}.", ids.join(", ")),
        };
        paragraph(
            &format!(
                "The long run, the two players only. Verdicts are about incentives in the model, never about \
                 intentions. `detente strategy nash` lets more regions play.{left_out}"
            ),
            "",
        )
    }
}
