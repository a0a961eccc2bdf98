//! The world, the model and the players that the subcommands share.

use clap::Args;
use jiff::civil::Date;

use super::model::{Model, frame};
use crate::cli::solve::{DeficitRule, elasticities};
use crate::cli::{Common, Failure, open};
use crate::equilibrium::{Calibration, Closure, Numeraire, Options};
use crate::ledger::{Ledger, PolicyState};
use crate::numerics::linear::Arithmetic;
use crate::strategy::no_inputs::NoInputs;
use crate::strategy::play::Pace;
use crate::strategy::{CaliendoParro, Economy, Policy};
use crate::world::World;

/// What every subcommand asks.
#[derive(Clone, Debug, Args)]
pub struct Setting {
    /// A shipped world or a folder.
    #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
    pub world: String,
    /// A shipped ledger or a file.
    #[arg(long, value_name = "LEDGER", default_value = "none")]
    ledger: String,
    /// The day whose tariffs are today's [default: the world's base date].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    pub date: Option<Date>,
    /// Who plays, separated by commas, or `all`; everybody else keeps today's taxes.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',', required = true)]
    pub players: Vec<String>,
    /// What happens to trade deficits; without inputs `held` or `zero`.
    #[arg(long, value_enum, default_value_t = DeficitRule::Held)]
    deficits: DeficitRule,
    /// An elasticity set of the world, or one number for every sector [default: the world's first set].
    #[arg(long, value_name = "SET|NUMBER")]
    pub elasticities: Option<String>,
    /// The model: inputs, no-inputs, ossa2014, ossa2014-lobbying or ll2014 [default: that of the world].
    #[arg(long, value_name = "VARIANT")]
    variant: Option<Model>,
}

/// A game that can be played.
pub struct Game {
    pub world: World,
    pub economy: Box<dyn Economy>,
    /// What part of sales is wages, `[sector]`; `None` with inputs.
    pub wage_share: Option<Vec<f64>>,
    /// Positions of the players among the regions.
    pub players: Vec<usize>,
    /// One line that says what is played.
    pub heading: String,
    pub pace: Pace,
    ledger: Ledger,
    long_run: Option<(Calibration, Options)>,
}

impl Setting {
    /// Opens everything that is named.
    pub fn open(&self, common: &Common) -> Result<Game, Failure> {
        let world = open::world(&self.world)?;
        let ledger = open::ledger(&self.ledger, &world, common)?;
        let (set, theta) = elasticities(&world, self.elasticities.as_deref())?;
        let players = self.regions(&world)?;
        let date = self.date.unwrap_or(world.base_date);
        let model = self.variant.unwrap_or_else(|| Model::of(&world));
        let (mut long_run, mut wage_share) = (None, None);
        let economy: Box<dyn Economy> = if model == Model::Inputs {
            let closure = Closure { deficits: self.deficits.into(), numeraire: Numeraire::WorldValueAdded };
            let options = Options { closure, arithmetic: common.arithmetic(), ..Options::default() };
            let calibration = Calibration::new(&world, ledger.state(&world, world.base_date), &theta)?;
            let frame = frame(&world, &ledger, date, Some((&calibration, &options)), common)?;
            long_run = Some((calibration.clone(), options));
            Box::new(CaliendoParro::within(calibration, frame, &options)?)
        } else {
            if self.date.is_some_and(|date| date != world.base_date) {
                let help = "a game without inputs is played from the world's base: leave --date out";
                return Err(Failure::Input(help.to_owned()));
            }
            if matches!(self.deficits, DeficitRule::Share | DeficitRule::Income) {
                let help =
                    "--deficits: without inputs deficits are `held`, in units of world wages, or `zero`";
                return Err(Failure::Input(help.to_owned()));
            }
            let economy = self.final_goods(model, &world, &theta)?.with_arithmetic(common.arithmetic());
            wage_share = Some(economy.wage_share().to_vec());
            Box::new(economy)
        };
        let deficits = format!("{:?}", self.deficits).to_lowercase();
        let heading = format!(
            "World {}, taxes of {date}, {}, deficits {deficits}, elasticities {set}",
            world.name,
            model.words()
        );
        let pace = Pace { arithmetic: common.arithmetic(), ..Pace::default() };
        Ok(Game { world, economy, wage_share, players, heading, pace, ledger, long_run })
    }

    /// Positions of the players.
    fn regions(&self, world: &World) -> Result<Vec<usize>, Failure> {
        if self.players == ["all"] {
            return Ok((0..world.region_count()).collect());
        }
        let mut players = Vec::new();
        for code in &self.players {
            let region = open::region(world, "players", code)?;
            if players.contains(&region) {
                return Err(Failure::Input(format!(
                    "--players: {code} is there twice: a region is one player"
                )));
            }
            players.push(region);
        }
        Ok(players)
    }

    /// The economy as one without inputs, if that is what is played.
    pub fn without_inputs(&self, world: &World, arithmetic: Arithmetic) -> Result<Option<NoInputs>, Failure> {
        let model = self.variant.unwrap_or_else(|| Model::of(world));
        if model == Model::Inputs {
            return Ok(None);
        }
        let (_, theta) = elasticities(world, self.elasticities.as_deref())?;
        Ok(Some(self.final_goods(model, world, &theta)?.with_arithmetic(arithmetic)))
    }

    fn final_goods(&self, model: Model, world: &World, theta: &[f64]) -> Result<NoInputs, Failure> {
        let economy = model.economy(world, theta)?;
        Ok(match self.deficits {
            DeficitRule::Zero => economy.balanced()?,
            _ => economy,
        })
    }

    /// The same with another elasticity set of the world.
    pub fn with_elasticities(&self, set: &str) -> Self {
        Self { elasticities: Some(set.to_owned()), ..self.clone() }
    }
}

impl Game {
    /// Today's policy.
    pub fn today(&self) -> Policy {
        self.economy.base().clone()
    }

    /// The ledger's state on another day, as the game sees it.
    pub fn state(&self, date: Date, common: &Common) -> Result<PolicyState, Failure> {
        let long_run = self.long_run.as_ref().map(|(calibration, options)| (calibration, options));
        frame(&self.world, &self.ledger, date, long_run, common)
    }

    pub fn code(&self, region: usize) -> &str {
        self.world.regions.code(region)
    }

    /// The two players, or what to write.
    pub fn pair(&self) -> Result<[usize; 2], Failure> {
        match self.players.as_slice() {
            [a, b] => Ok([*a, *b]),
            _ => Err(Failure::Input("--players: name two, as in --players USA,CHN".to_owned())),
        }
    }
}
