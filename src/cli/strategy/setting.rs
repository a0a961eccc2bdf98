//! The world, the model and the players that the subcommands share.

use clap::Args;
use jiff::civil::Date;

use crate::cli::solve::DeficitRule;
use crate::cli::{Common, Failure, open};
use crate::ledger::Ledger;
use crate::strategy::game::{Elasticities, Game, Model, Setup};
use crate::world::World;

/// What every subcommand asks.
#[derive(Debug, Args)]
pub struct Setting {
    /// A shipped world or a folder.
    #[arg(long, value_name = "WORLD", default_value = "icio-2022")]
    world: String,
    /// A shipped ledger or a file.
    #[arg(long, value_name = "LEDGER", default_value = "none")]
    ledger: String,
    /// The day whose tariffs are today's [default: the world's base date].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = open::day)]
    date: Option<Date>,
    /// Who plays, separated by commas, or `all`; everybody else keeps today's taxes.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',', required = true)]
    players: Vec<String>,
    /// What happens to trade deficits; without inputs `held` or `zero`.
    #[arg(long, value_enum, default_value_t = DeficitRule::Held)]
    deficits: DeficitRule,
    /// An elasticity set of the world, or one number for every sector [default: the world's first set].
    #[arg(long, value_name = "SET|NUMBER")]
    elasticities: Option<String>,
    /// The model: inputs, no-inputs, ossa2014, ossa2014-lobbying or ll2014 [default: that of the world].
    #[arg(long, value_name = "VARIANT")]
    variant: Option<Model>,
}

/// What a game is opened from.
pub struct Opened {
    pub world: World,
    ledger: Ledger,
    pub setup: Setup,
}

impl Setting {
    /// Opens the world and the ledger.
    pub fn open(&self, common: &Common) -> Result<Opened, Failure> {
        let world = open::world(&self.world)?;
        let ledger = open::ledger(&self.ledger, &world, common)?;
        let setup = Setup {
            date: self.date,
            players: self.players.clone(),
            deficits: self.deficits.into(),
            elasticities: self.elasticities.clone().map_or(Elasticities::First, Elasticities::Named),
            model: self.variant,
            arithmetic: common.arithmetic(),
            ..Setup::default()
        };
        Ok(Opened { world, ledger, setup })
    }
}

impl Opened {
    /// The game; what became of limits goes to standard error.
    pub fn game(&self, common: &Common) -> Result<Game<'_>, Failure> {
        let game = Game::new(&self.world, &self.ledger, &self.setup)?;
        game.remarks.iter().for_each(|remark| common.remark(remark));
        Ok(game)
    }

    /// The same game with another elasticity set of the world.
    pub fn with_elasticities(&self, set: &str) -> Result<Game<'_>, Failure> {
        let setup = Setup { elasticities: Elasticities::Named(set.to_owned()), ..self.setup.clone() };
        Ok(Game::new(&self.world, &self.ledger, &setup)?)
    }
}
