//! What is played, as it is written in Python?
//!
//! Every function of `detente.strategy` takes the same named arguments; they are read here
//! once, into what the engine opens a game from.

use std::sync::Arc;

use detente::equilibrium::Numeraire;
use detente::ledger as ledgers;
use detente::numerics::progress::Progress;
use detente::strategy::game::{Elasticities, Game, GameError, Levers, Mind, Setup, Wrong};
use detente::world as worlds;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::day::Day;
use crate::equilibrium::options;
use crate::error::{failed, wrong_input};
use crate::ledger::Ledger;
use crate::long_work::watched;
use crate::world::World;

/// Arguments that say what is played.
const SETTING: [&str; 5] = ["date", "deficits", "elasticities", "variant", "reproducible"];
/// Arguments that say which taxes the players set.
const LEVERS: [&str; 9] =
    ["instruments", "mfn", "on", "sectors", "bounds", "not_below_today", "standing", "minds", "rent"];

/// Codes: a sequence, or a text with commas.
#[derive(FromPyObject)]
pub enum List {
    Text(String),
    Codes(Vec<String>),
}

impl List {
    fn codes(self) -> Vec<String> {
        match self {
            Self::Text(text) => text.split(',').map(|code| code.trim().to_owned()).collect(),
            Self::Codes(codes) => codes,
        }
    }
}

/// What is played.
pub struct Question {
    world: Arc<worlds::World>,
    ledger: Arc<ledgers::Ledger>,
    setup: Setup,
    /// With which taxes.
    pub levers: Levers,
}

/// What every answer says about its game.
pub struct About {
    /// The world.
    pub world: Arc<worlds::World>,
    /// Positions of the players.
    pub players: Vec<usize>,
    /// What was played, in a line.
    pub heading: String,
    /// What became of limits on quantities, and what instruments mean.
    pub remarks: Vec<String>,
}

impl About {
    /// The code of a region.
    pub fn code(&self, region: usize) -> &str {
        self.world.regions.code(region)
    }
}

/// A list that is not empty: none at all would mean everybody.
fn some(name: &str, codes: Vec<String>) -> PyResult<Vec<String>> {
    match codes.is_empty() {
        true => Err(wrong_input(format!("{name}: the list is empty: leave it out to mean all"))),
        false => Ok(codes),
    }
}

impl Question {
    /// Reads the named arguments of a function; `levers` says whether its players set taxes.
    pub fn read(
        function: &str,
        (world, ledger): (&World, Option<&Ledger>),
        players: List,
        given: Option<&Bound<'_, PyDict>>,
        levers: bool,
    ) -> PyResult<Self> {
        let measures = match ledger {
            Some(ledger) => {
                ledger.fits(world)?;
                ledger.ledger.clone()
            }
            None => Arc::new(ledgers::Ledger::empty()),
        };
        let mut question = Self {
            world: world.world.clone(),
            ledger: measures,
            setup: Setup { players: players.codes(), ..Setup::default() },
            levers: Levers::default(),
        };
        for (name, value) in given.iter().flat_map(|given| given.iter()) {
            let name: String = name.extract()?;
            if SETTING.contains(&name.as_str()) {
                question.set(world, &name, &value)?;
            } else if levers && LEVERS.contains(&name.as_str()) {
                question.lever(&name, &value)?;
            } else {
                let known: Vec<&str> =
                    SETTING.into_iter().chain(LEVERS.into_iter().filter(|_| levers)).collect();
                let known = known.join(", ");
                return Err(PyTypeError::new_err(format!(
                    "{function}() has no argument `{name}`; besides its own it has {known}"
                )));
            }
        }
        Ok(question)
    }

    fn set(&mut self, world: &World, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let usual = |deficits: &str, reproducible: bool| {
            options(deficits, "base", Numeraire::WorldValueAdded, reproducible)
        };
        match name {
            _ if value.is_none() => {}
            "date" => self.setup.date = Some(value.extract::<Day>()?.0),
            "deficits" => {
                let deficits: String = of_kind(name, value, "a text")?;
                self.setup.deficits = usual(&deficits, false)?.closure.deficits;
            }
            "elasticities" => self.setup.elasticities = elasticities(world, value)?,
            "variant" => {
                let text: String = of_kind(name, value, "a text")?;
                let model = text.parse().map_err(|e| wrong_input(format!("variant {text}: {e}")))?;
                self.setup.model = Some(model);
            }
            _ => {
                let reproducible = of_kind(name, value, "True or False")?;
                self.setup.arithmetic = usual("held", reproducible)?.arithmetic;
            }
        }
        Ok(())
    }

    fn lever(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let levers = &mut self.levers;
        let list = || of_kind::<List>(name, value, "codes").map(List::codes);
        let truth = || of_kind::<bool>(name, value, "True or False");
        match name {
            _ if value.is_none() => {}
            "instruments" => {
                levers.instruments =
                    list()?.iter().map(|text| text.parse()).collect::<Result<_, Wrong>>().map_err(wrong)?;
            }
            "mfn" => levers.mfn = truth()?,
            "on" => levers.on = some(name, list()?)?,
            "sectors" => levers.sectors = some(name, list()?)?,
            "bounds" => {
                let (low, high): (f64, f64) = of_kind(name, value, "two numbers in per cent")?;
                levers.bounds = (low / 100.0, high / 100.0);
            }
            "not_below_today" => levers.not_below_today = truth()?,
            "standing" => levers.standing = of_kind(name, value, "a number")?,
            "minds" => {
                let dict = value.cast::<PyDict>().map_err(|_| unlike(name, value, "a dict"))?;
                let mind = |(region, weight): (Bound<'_, PyAny>, Bound<'_, PyAny>)| -> PyResult<Mind> {
                    let region = of_kind(name, &region, "a dict of codes")?;
                    Ok(Mind { region, weight: of_kind(name, &weight, "a dict of numbers")? })
                };
                levers.minds = dict.iter().map(mind).collect::<PyResult<_>>()?;
            }
            _ => {
                let text: String = of_kind(name, value, "a text")?;
                levers.rent = text.parse().map_err(wrong)?;
            }
        }
        Ok(())
    }

    /// Opens the game and asks it, outside of the interpreter's lock; Ctrl-C stops both.
    pub fn ask<T: Send>(
        &self,
        py: Python<'_>,
        (threads, told): (usize, Option<&Bound<'_, PyAny>>),
        ask: impl FnOnce(&Game<'_>, &Levers) -> Result<T, GameError> + Send,
    ) -> PyResult<(T, Arc<About>)> {
        let progress = Progress::default();
        let setup = Setup { progress: progress.clone(), ..self.setup.clone() };
        let found = watched(py, threads, &progress, told, || {
            let game = Game::new(&self.world, &self.ledger, &setup)?;
            let found = ask(&game, &self.levers)?;
            let mut remarks = game.remarks;
            remarks.extend(self.levers.remark().map(str::to_owned));
            let about =
                About { world: self.world.clone(), players: game.players, heading: game.heading, remarks };
            Ok((found, Arc::new(about)))
        });
        found?.map_err(refused)
    }
}

/// An argument that cannot be played.
pub fn wrong(e: Wrong) -> PyErr {
    refused(e.into())
}

/// The names in the text are Python's, where `from` is a word of the language.
fn refused(e: GameError) -> PyErr {
    let spelled = |name: &str| if name == "from" { "from_".to_owned() } else { name.to_owned() };
    if e.is_about_input() { wrong_input(e.told(spelled)) } else { failed(e) }
}

/// The set or the number that is named, or numbers of one's own.
fn elasticities(world: &World, value: &Bound<'_, PyAny>) -> PyResult<Elasticities> {
    if let Ok(name) = value.extract::<String>() {
        return Ok(Elasticities::Named(name));
    }
    match value.extract::<f64>() {
        Ok(number) => Ok(Elasticities::Named(number.to_string())),
        Err(_) => Ok(Elasticities::Own(world.theta(Some(value))?)),
    }
}

fn of_kind<'a, 'py, T: FromPyObject<'a, 'py>>(
    name: &str,
    value: &'a Bound<'py, PyAny>,
    kind: &str,
) -> PyResult<T> {
    value.extract().map_err(|_| unlike(name, value, kind))
}

fn unlike(name: &str, value: &Bound<'_, PyAny>, kind: &str) -> PyErr {
    let found = value.repr().map_or_else(|_| "what it is".to_owned(), |text| text.to_string());
    wrong_input(format!("{name}: write {kind}, not {found}"))
}
