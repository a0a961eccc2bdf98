//! What is played: a world on a day, a model, and the players?
//!
//! A [`Game`] is opened once from a [`Setup`]; [`Levers`] say which taxes its players set.
//! Every question is then one call, with everything that its table shows in the answer:
//!
//! | question | call | answer |
//! |---|---|---|
//! | what would one do? | [`Game::best_reply`] | [`Reply`](super::reply::Reply) |
//! | where does a trade war end? | [`Game::trade_war`] | [`War`] |
//! | which deal is efficient? | [`Game::talks`] | [`Agreement`] |
//! | does today's deal hold? | [`Game::truce`] | [`Truce`] |
//! | which tax hurts most for its cost? | [`Game::leverage`] | [`Leverage`] |
//! | who would move on a ladder? | [`Game::ladder`] | [`Ladder`] |
//!
//! * `model`: in which model; `frame`: from which taxes; `levers`: with which taxes.
//! * `wrong`: what is wrong with a question, in the words of whoever asks.
//! * `rows`: what the files of an answer hold.

mod frame;
mod ladder;
mod leverage;
mod levers;
mod model;
mod rows;
mod talks;
mod truce;
mod war;
mod wrong;

use jiff::civil::Date;

pub use frame::Frame;
pub use ladder::Ladder;
pub use leverage::{Leverage, Tax};
pub use levers::{Instrument, LARGEST_WEIGHT, Levers, Mind, Rent, checked_bounds, checked_weight};
pub use model::Model;
pub use rows::{IncomeRow, TaxRow, per_cent};
pub use talks::{Agreement, Disagreement, Offer, Shared, Sharing, Terms};
pub use truce::{Patience, Seen, Side, Truce, TruceTerms};
pub use war::{MOST_STARTS, War};
pub use wrong::{GameError, Wrong};

use super::no_inputs::NoInputs;
use super::play::Pace;
use super::{CaliendoParro, Economy, Policy};
use crate::equilibrium::{Calibration, Closure, Deficits, Numeraire, Options};
use crate::ledger::Ledger;
use crate::numerics::linear::Arithmetic;
use crate::numerics::progress::Progress;
use crate::world::World;

/// What a game is opened from, besides a world and a ledger.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The day whose taxes are today's; `None`: the world's base date.
    pub date: Option<Date>,
    /// Codes of the regions that play, or `all` alone; everybody else keeps today's taxes.
    pub players: Vec<String>,
    /// What happens to trade deficits; held or zero without inputs.
    pub deficits: Deficits,
    /// An elasticity set of the world, or one number for every sector; `None`: its first set.
    pub elasticities: Option<String>,
    /// `None`: that of the world.
    pub model: Option<Model>,
    /// Whether results are the same bits on every processor.
    pub arithmetic: Arithmetic,
    /// Counts the equilibria of a model with inputs; stops the game.
    pub progress: Progress,
}

/// A game that can be played.
pub struct Game<'a> {
    /// The world.
    pub world: &'a World,
    /// The model, today's policy being its base.
    pub economy: Box<dyn Economy>,
    /// The same where it has no inputs: wage shares and political weights.
    pub without_inputs: Option<NoInputs>,
    /// Positions of the players among the regions.
    pub players: Vec<usize>,
    /// One line that says what is played.
    pub heading: String,
    /// How far equilibria of the game are solved.
    pub pace: Pace,
    /// What became of today's limits on quantities, a sentence each.
    pub remarks: Vec<String>,
    ledger: &'a Ledger,
    long_run: Option<(Calibration, Options)>,
}

impl<'a> Game<'a> {
    /// Opens a game.
    ///
    /// # Errors
    /// [`GameError::Wrong`] for unknown or repeated players, elasticities that are none, and
    /// a day or deficits that a model without inputs does not have; those of the models.
    pub fn new(world: &'a World, ledger: &'a Ledger, setup: &Setup) -> Result<Self, GameError> {
        let (set, theta) = world
            .elasticities_wanted(setup.elasticities.as_deref())
            .map_err(|unknown| Wrong::new("elasticities", " {}", [&unknown]))?;
        let players = positions(world, &setup.players)?;
        let date = setup.date.unwrap_or(world.base_date);
        let model = setup.model.unwrap_or_else(|| Model::of(world));
        let (mut long_run, mut without_inputs, mut remarks) = (None, None, Vec::new());
        let economy: Box<dyn Economy> = if model == Model::Inputs {
            let closure = Closure { deficits: setup.deficits, numeraire: Numeraire::WorldValueAdded };
            let options = Options { closure, arithmetic: setup.arithmetic, ..Options::default() };
            let calibration = Calibration::new(world, ledger.state(world, world.base_date), &theta)?;
            let frame = Frame::of(world, ledger, date, Some((&calibration, &options)))?;
            remarks = frame.remarks;
            long_run = Some((calibration.clone(), options));
            let economy = CaliendoParro::within(calibration, frame.state, &options)?;
            Box::new(economy.watched(&setup.progress))
        } else {
            let economy = final_goods(model, world, &theta, setup)?;
            without_inputs = Some(economy.clone());
            Box::new(economy)
        };
        let deficits = format!("{:?}", setup.deficits).to_lowercase();
        let heading = format!(
            "World {}, taxes of {date}, {}, deficits {deficits}, elasticities {set}",
            world.name,
            model.words()
        );
        let pace = Pace { arithmetic: setup.arithmetic, ..Pace::default() };
        Ok(Self { world, economy, without_inputs, players, heading, pace, remarks, ledger, long_run })
    }

    /// Today's policy.
    pub fn today(&self) -> Policy {
        self.economy.base().clone()
    }

    /// The ledger's state on another day, as the game sees it.
    ///
    /// # Errors
    /// [`GameError::Strategy`] if the day's limits have no equilibrium.
    pub fn state(&self, date: Date) -> Result<Frame, GameError> {
        let long_run = self.long_run.as_ref().map(|(calibration, options)| (calibration, options));
        Ok(Frame::of(self.world, self.ledger, date, long_run)?)
    }

    /// The code of a region.
    pub fn code(&self, region: usize) -> &str {
        self.world.regions.code(region)
    }

    /// The two players.
    ///
    /// # Errors
    /// [`Wrong`] unless there are two, with what to write.
    pub fn pair(&self) -> Result<[usize; 2], Wrong> {
        match self.players.as_slice() {
            [a, b] => Ok([*a, *b]),
            _ => Err(Wrong::not_two()),
        }
    }
}

/// The position of a region that the argument `of` names.
fn region(world: &World, of: &'static str, code: &str) -> Result<usize, Wrong> {
    let found = world.regions.find(code);
    found.map_err(|unknown| Wrong::new(of, ": {} (world {})", [&unknown, &world.name]))
}

/// Positions of the players.
fn positions(world: &World, codes: &[String]) -> Result<Vec<usize>, Wrong> {
    if codes == ["all"] {
        return Ok((0..world.region_count()).collect());
    }
    if codes.is_empty() {
        return Err(Wrong::new("players", ": name one or more regions, or `all`", []));
    }
    let mut players = Vec::new();
    for code in codes {
        let region = region(world, "players", code)?;
        if players.contains(&region) {
            return Err(Wrong::new("players", ": {} is there twice: a region is one player", [code]));
        }
        players.push(region);
    }
    Ok(players)
}

/// An economy without inputs, played from the world's base.
fn final_goods(model: Model, world: &World, theta: &[f64], setup: &Setup) -> Result<NoInputs, GameError> {
    if setup.date.is_some_and(|date| date != world.base_date) {
        let form = "a game without inputs is played from the world's base: leave @date out";
        return Err(Wrong::new("", form, []).into());
    }
    if matches!(setup.deficits, Deficits::Share | Deficits::Income) {
        let form = ": without inputs deficits are `held`, in units of world wages, or `zero`";
        return Err(Wrong::new("deficits", form, []).into());
    }
    let economy = model.economy(world, theta)?;
    let economy = if setup.deficits == Deficits::Zero { economy.balanced()? } else { economy };
    Ok(economy.with_arithmetic(setup.arithmetic))
}
