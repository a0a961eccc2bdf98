//! Which model is a game played in?

use std::fmt;
use std::str::FromStr;

use super::wrong::{GameError, Wrong};
use crate::equilibrium::Variant;
use crate::strategy::no_inputs::{Competition, NoInputs};
use crate::world::World;

/// A model that has shadow values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Caliendo and Parro: inputs, all sales are costs.
    Inputs,
    /// Final goods, all sales are wages.
    NoInputs,
    /// Final goods, markups 1/θ, a fixed number of firms.
    Ossa,
    /// The same with the political weights of the article.
    OssaLobbying,
    /// Final goods, the world's own markups, entry closed.
    Markups,
}

impl Model {
    const ALL: [Self; 5] = [Self::Inputs, Self::NoInputs, Self::Ossa, Self::OssaLobbying, Self::Markups];

    fn name(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::NoInputs => "no-inputs",
            Self::Ossa => "ossa2014",
            Self::OssaLobbying => "ossa2014-lobbying",
            Self::Markups => "ll2014",
        }
    }

    /// What a heading says.
    pub fn words(self) -> &'static str {
        match self {
            Self::Inputs => "with inputs",
            Self::NoInputs => "without inputs",
            Self::Ossa => "without inputs, markups 1/θ",
            Self::OssaLobbying => "without inputs, markups 1/θ, political weights of Ossa (2014)",
            Self::Markups => "without inputs, the world's markups, entry closed",
        }
    }

    /// That of a world: with inputs where it has them; the model of the article for
    /// the article's data; its own markups where it has them.
    pub fn of(world: &World) -> Self {
        if world.input_share.iter().any(|share| *share != 0.0) {
            Self::Inputs
        } else if world.markup.is_some() {
            Self::Markups
        } else if world.name == "ossa2014" {
            Self::Ossa
        } else {
            Self::NoInputs
        }
    }

    /// The economy without inputs; `theta` are trade elasticities, `[sector]`.
    ///
    /// # Errors
    /// [`GameError`] for political weights of another world, markups that the world does
    /// not have, or elasticities that the model does not take.
    pub fn economy(self, world: &World, theta: &[f64]) -> Result<NoInputs, GameError> {
        let competition = match self {
            Self::Inputs | Self::NoInputs => Competition::Armington,
            Self::Ossa | Self::OssaLobbying => Competition::Krugman,
            Self::Markups => Competition::Markups,
        };
        let economy = NoInputs::new(world, theta, competition)?;
        if self != Self::OssaLobbying {
            return Ok(economy);
        }
        if world.name != "ossa2014" {
            let form = " {}: the political weights are of the regions of ossa2014; {} has none";
            return Err(Wrong::new("variant", form, [&self, &world.name]).into());
        }
        let weights = World::shipped_sectors("ossa2014", "political", "weight")?;
        Ok(economy.with_weights(&weights)?)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(model) = Self::ALL.into_iter().find(|model| model.name() == text) {
            return Ok(model);
        }
        let list: Vec<String> =
            Self::ALL.iter().map(|model| format!("{} ({})", model.name(), model.words())).collect();
        let list = list.join("; ");
        Err(match text.parse::<Variant>() {
            Ok(variant) if !variant.is_base() => {
                format!(
                    "the long run has this variant, games do not: its shadow values are not built. Games have: {list}"
                )
            }
            _ => format!("games have: {list}"),
        })
    }
}
