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
//! ```
//! use detente::ledger::Ledger;
//! use detente::strategy::game::{Game, Levers, Setup};
//! use detente::world::World;
//!
//! let (world, ledger) = (World::shipped("ossa2014")?, Ledger::empty());
//! let setup = Setup { players: vec!["USA".into(), "CHN".into()], ..Setup::default() };
//! let game = Game::new(&world, &ledger, &setup)?;
//! let war = game.trade_war(&Levers::default().players(&game)?, None)?;
//! let end = &war.found.equilibria[0];
//! assert!(end.gap() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
pub use rows::{IncomeRow, TaxRow, income_rows, per_cent, tax_rows};
pub use talks::{Agreement, Disagreement, MOST_POINTS, Offer, Shared, Sharing, Terms};
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
    /// Trade elasticities.
    pub elasticities: Elasticities,
    /// `None`: that of the world.
    pub model: Option<Model>,
    /// Whether results are the same bits on every processor.
    pub arithmetic: Arithmetic,
    /// Counts the equilibria that are solved, and can stop the game.
    pub progress: Progress,
}

/// Which trade elasticities are played.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Elasticities {
    /// The world's first set.
    #[default]
    First,
    /// A set of the world, or one number for every sector.
    Named(String),
    /// Numbers of one's own, `[sector]`.
    Own(Vec<f64>),
}

impl Elasticities {
    /// A name for headings, and the numbers, `[sector]`.
    fn find(&self, world: &World) -> Result<(String, Vec<f64>), Wrong> {
        let wanted = match self {
            Self::First => None,
            Self::Named(name) => Some(name.as_str()),
            Self::Own(theta) => return Ok(("own".to_owned(), theta.clone())),
        };
        let found = world.elasticities_wanted(wanted);
        found.map_err(|unknown| Wrong::new("elasticities", " {}", [&unknown]))
    }
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
        let (set, theta) = setup.elasticities.find(world)?;
        let players = positions(world, &setup.players)?;
        setup.progress.begin("equilibria of the game", 0);
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
            Box::new(economy.watched(&setup.progress))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::truce::Verdict;

    fn setup(players: &[&str]) -> Setup {
        Setup { players: players.iter().map(ToString::to_string).collect(), ..Setup::default() }
    }

    fn world(name: &str) -> World {
        World::shipped(name).unwrap()
    }

    #[test]
    fn wrong_setups_are_told_with_what_to_write() {
        let (world, ledger) = (world("ossa2014"), Ledger::empty());
        let day = "2025-04-30".parse().unwrap();
        for (setup, says) in [
            (setup(&[]), "players: name one or more regions, or `all`"),
            (setup(&["USA", "USA"]), "players: USA is there twice: a region is one player"),
            (setup(&["USB"]), "players: unknown code `USB`"),
            (
                Setup { date: Some(day), ..setup(&["USA"]) },
                "a game without inputs is played from the world's base: leave date out",
            ),
            (
                Setup { deficits: Deficits::Share, ..setup(&["USA"]) },
                "deficits: without inputs deficits are `held`, in units of world wages, or `zero`",
            ),
            (
                Setup { elasticities: Elasticities::Named("-3".to_owned()), ..setup(&["USA"]) },
                "elasticities -3: a trade elasticity is a positive number",
            ),
        ] {
            let told = Game::new(&world, &ledger, &setup).err().unwrap();
            assert!(told.is_about_input() && told.to_string().starts_with(says), "{told}");
        }
    }

    #[test]
    fn wrong_levers_are_told_with_what_to_write() {
        let (world, ledger) = (world("ossa2014"), Ledger::empty());
        let game = Game::new(&world, &ledger, &setup(&["USA"])).unwrap();
        let usual = Levers::default;
        let usa = || vec!["USA".to_owned()];
        let exports = || vec![Instrument::ExportTax];
        let mind = |text: &str| text.parse::<Mind>().unwrap();
        for (levers, says) in [
            (Levers { bounds: (0.5, 0.1), ..usual() }, "bounds 50,10: the lower bound comes first"),
            (Levers { bounds: (-1.0, 0.1), ..usual() }, "bounds -100,10: the lower bound comes first"),
            (Levers { standing: f64::NAN, ..usual() }, "standing NaN: write a number from -100 to 100"),
            (Levers { instruments: vec![], ..usual() }, "instruments: name one or more"),
            (Levers { on: usa(), ..usual() }, "on: USA levies nothing on itself"),
            (
                Levers { rent: Rent::Importer, ..usual() },
                "rent importer: there is no export-cap in instruments",
            ),
            (
                Levers { instruments: exports(), not_below_today: true, ..usual() },
                "not_below_today: a rule for tariffs, and instruments has none",
            ),
            (
                Levers { minds: vec![mind("USA=5")], ..usual() },
                "minds USA=5: USA counts its own welfare as 1",
            ),
            (Levers { minds: vec![mind("MARS=5")], ..usual() }, "minds: unknown code `MARS`"),
        ] {
            let told = levers.players(&game).unwrap_err().to_string();
            assert!(told.starts_with(says), "{told}");
        }
        for (text, says) in [
            ("CHN", "minds CHN: write REGION=WEIGHT, as in CHN=-0.5"),
            ("CHN=1e300", "minds CHN=1e300: write a number from -100 to 100, as in 0.5"),
            ("CHN=x", "minds CHN=x: write a number from -100 to 100, as in 0.5"),
        ] {
            assert_eq!(text.parse::<Mind>().unwrap_err().to_string(), says);
        }
    }

    #[test]
    fn questions_of_two_need_two() {
        let (world, ledger) = (world("ossa2014"), Ledger::empty());
        let game = Game::new(&world, &ledger, &setup(&["USA"])).unwrap();
        let (usual, two) = (Levers::default(), "players: name two, as in players USA,CHN");
        assert_eq!(game.truce(&usual, &TruceTerms::default()).unwrap_err().to_string(), two);
        assert_eq!(game.leverage(8, 10.0).unwrap_err().to_string(), two);
        let players = usual.players(&game).unwrap();
        let told = game.trade_war(&players, None).unwrap_err().to_string();
        assert_eq!(told, "players: a trade war needs two or more");
        let told = game.talks(&usual, &Terms::default()).unwrap_err().to_string();
        assert_eq!(told, "players: talks need two or more");
        let game = Game::new(&world, &ledger, &setup(&["USA", "CHN"])).unwrap();
        let players = usual.players(&game).unwrap();
        for starts in [0, 9] {
            let told = game.trade_war(&players, Some(starts)).unwrap_err().to_string();
            assert_eq!(told, format!("starts {starts}: write a number from 1 to 8"));
        }
        let terms = Terms { frontier: 1, ..Terms::default() };
        let told = game.talks(&usual, &terms).unwrap_err().to_string();
        assert_eq!(told, "frontier 1: a frontier has two points or more");
        let terms = Terms { frontier: 1_000_000_000, ..Terms::default() };
        let told = game.talks(&usual, &terms).unwrap_err().to_string();
        assert_eq!(told, "frontier 1000000000: write a number from 0 to 201");
        let wishes = Levers { standing: 1.0, ..usual.clone() };
        let told = game.talks(&wishes, &Terms::default()).unwrap_err().to_string();
        assert!(told.starts_with("standing: deals weigh welfare alone") && told.ends_with("add from nash"));
        let terms = TruceTerms { not_renewed: 100.0, ..TruceTerms::default() };
        let told = game.truce(&usual, &terms).unwrap_err().to_string();
        assert_eq!(told, "not_renewed 100: write a number from 0 to 99.99");
    }

    /// Equal gains are equal, and positive; the frontier passes above them; offers are those
    /// that help the other, the most helpful first.
    #[test]
    fn a_deal_gives_both_the_same() {
        let (world, ledger) = (world("ossa2014"), Ledger::empty());
        let game = Game::new(&world, &ledger, &setup(&["USA", "CHN"])).unwrap();
        let levers = Levers { bounds: (-0.5, 5.0), ..Levers::default() };
        let terms = Terms { frontier: 9, concessions: Some(3), ..Terms::default() };
        let deal = game.talks(&levers, &terms).unwrap();
        let [a, b] = [deal.gains[0], deal.gains[1]];
        assert!(a > 1e-4 && (a - b).abs() < 1e-8, "{a} {b}");
        for pair in deal.frontier.windows(2) {
            assert!(pair[1][0] > pair[0][0] && pair[1][1] < pair[0][1], "{:?}", deal.frontier);
        }
        assert!(!deal.frontier.iter().any(|[x, y]| *x > a && *y > b), "a point above the deal");
        assert_eq!(deal.offers.len(), 2);
        for offer in &deal.offers {
            let helps: Vec<f64> = offer.concessions.iter().map(|concession| -concession.receiver).collect();
            assert!(helps.len() == 3 && helps.is_sorted_by(|x, y| x >= y) && helps[2] > 0.0, "{helps:?}");
        }
    }

    /// `D ≥ C`, rows are what the sides say, and the longest lag is where the verdict turns.
    #[test]
    fn a_truce_turns_at_its_longest_lag() {
        let (world, ledger) = (world("ossa2014"), Ledger::empty());
        let game = Game::new(&world, &ledger, &setup(&["EU", "CHN"])).unwrap();
        let levers = Levers::default();
        let found = game.truce(&levers, &TruceTerms::default()).unwrap();
        let (weak, verdict) = found.weakest().unwrap();
        let side = &found.sides[weak];
        assert!(found.sides.iter().all(|side| side.payoffs.temptation() > 0.0));
        let (Verdict::From(least), Some(days)) = (verdict, side.longest_lag) else {
            panic!("{found:?}");
        };
        for (factor, words) in [(0.999, "holds"), (1.001, "breaks")] {
            let terms = TruceTerms { lag: factor * days, ..TruceTerms::default() };
            let patience = terms.patience().unwrap();
            assert_eq!(factor < 1.0, patience.delta() > least);
            let moved = Truce { patience, ..found.clone() };
            assert_eq!(moved.words(side), words);
        }
        let rows = found.rows();
        assert_eq!(rows[0], ("EU", "temptation", 100.0 * found.sides[0].payoffs.temptation()));
        assert!(rows.contains(&(side.name.as_str(), "longest_lag", days)));
    }

    /// One day twice: nothing moves. A harder day by one alone: it is not better off for the
    /// other, and the pair of lowest rungs is the measure.
    #[test]
    fn a_ladder_is_measured_from_its_lowest_rungs() {
        let world = world("icio-2019-g20");
        let text = r#"
            ledger = { title = "A tariff on manufactures" }
            [[measure]]
            id = "usa-on-china"
            kind = "import-tariff"
            by = "USA"
            on = "CHN"
            sectors = ["C"]
            rate = { 2025-06-01 = "25%" }
            source = "an example"
            "#;
        let (ledger, _) = Ledger::parse("example.toml", text, &world).unwrap();
        let game = Game::new(&world, &ledger, &setup(&["USA", "CHN"])).unwrap();
        let [day, hard] = ["2025-05-01", "2025-07-01"].map(|day| day.parse::<Date>().unwrap());
        let same = game.ladder(&[day, day]).unwrap();
        let [usa, china] = same.players;
        for at in 0..4 {
            assert!(same.income(at / 2, at % 2, usa).abs() < 1e-9);
        }
        let ladder = game.ladder(&[day, hard]).unwrap();
        assert!(ladder.income(1, 0, china) < -0.1 && ladder.income(0, 0, china) == 0.0);
        // China has no measure: its two rungs are one.
        assert!((ladder.income(1, 1, china) - ladder.income(1, 0, china)).abs() < 1e-9);
        assert!(ladder.income(0, 1, usa).abs() < 1e-9);
        let best = ladder.best(0, 0);
        assert_eq!(best == 1, ladder.income(1, 0, usa) > 0.0);
        assert!(ladder.stable().iter().all(|[first, second]| ladder.best(0, *second) == *first));
        let told = game.ladder(&[day]).unwrap_err().to_string();
        assert_eq!(told, "rungs: name two days or more, as in rungs 2025-01-19,2025-04-12");
    }
}
