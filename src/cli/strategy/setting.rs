//! The world, the model and the players that the subcommands share.
//!
//! A world with input shares is played with inputs (Caliendo and Parro), one
//! without as an economy of final goods, with markups where they are asked for.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::cli::solve::{DeficitRule, elasticities};
use crate::cli::{Common, Failure, open};
use crate::equilibrium::{Calibration, Closure, Numeraire, Options};
use crate::ledger::{Ledger, PolicyState};
use crate::strategy::no_inputs::{Competition, NoInputs};
use crate::strategy::play::Pace;
use crate::strategy::player::{Lever, Player};
use crate::strategy::{CaliendoParro, Economy, Objective, Policy};
use crate::world::World;

/// What every subcommand asks.
#[derive(Debug, Args)]
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
    /// Who plays, separated by commas; everybody else keeps today's taxes.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',', required = true)]
    pub players: Vec<String>,
    /// What happens to trade deficits, in a world with inputs.
    #[arg(long, value_enum, default_value_t = DeficitRule::Held)]
    deficits: DeficitRule,
    /// An elasticity set of the world, or one number for every sector [default: the world's first set].
    #[arg(long, value_name = "SET|NUMBER")]
    elasticities: Option<String>,
    /// What part of sales is wages, in a world without inputs.
    #[arg(long, value_enum, default_value_t = Markups::None)]
    markups: Markups,
}

/// Which taxes the players set, and between which bounds.
#[derive(Debug, Args)]
pub struct Levers {
    /// Taxes that the players set, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Tax::ImportTariff])]
    instruments: Vec<Tax>,
    /// One tariff a sector for all partners.
    #[arg(long)]
    mfn: bool,
    /// Taxes on these partners only, separated by commas.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    on: Vec<String>,
    /// Taxes in these sectors only, separated by commas [default: goods].
    #[arg(long, value_name = "SECTORS", value_delimiter = ',')]
    sectors: Vec<String>,
    /// Lowest and highest tax, per cent.
    #[arg(long, value_name = "LO,HI", value_parser = bounds, default_value = "0,500", allow_hyphen_values = true)]
    bounds: (f64, f64),
    /// No tariff below today's.
    #[arg(long)]
    not_below_today: bool,
    /// How much each player minds the welfare of the others that play: 0 is not at all.
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    standing: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Tax {
    /// Import tariffs.
    ImportTariff,
    /// Export taxes.
    ExportTax,
}

/// Wages and profits in a world without inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Markups {
    /// All sales are wages.
    None,
    /// Markups of monopolistic competition, 1/θ.
    Krugman,
    /// The world's own markups.
    World,
}

/// `0,500` in per cent.
fn bounds(text: &str) -> Result<(f64, f64), String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([low, high]) if *low > -100.0 && low <= high && high.is_finite() => {
            Ok((low / 100.0, high / 100.0))
        }
        Some([_, _]) => Err("the lower bound comes first, and is above -100".to_owned()),
        _ => Err("write two numbers in per cent, as in 0,500".to_owned()),
    }
}

/// A game that can be played.
pub struct Game {
    pub world: World,
    pub ledger: Ledger,
    pub economy: Box<dyn Economy>,
    /// Positions of the players among the regions.
    pub players: Vec<usize>,
    /// One line that says what is played.
    pub heading: String,
    pub pace: Pace,
}

impl Setting {
    /// Opens everything that is named.
    pub fn open(&self, common: &Common) -> Result<Game, Failure> {
        let world = open::world(&self.world, None)?.world;
        let ledger = open::ledger(&self.ledger, None, &world, common)?.ledger;
        let (set, theta) = elasticities(&world, self.elasticities.as_deref())?;
        let mut players = Vec::new();
        for code in &self.players {
            let region = open::region(&world, "players", code)?;
            if players.contains(&region) {
                return Err(Failure::Input(format!(
                    "--players: {code} is there twice: a region is one player"
                )));
            }
            players.push(region);
        }
        let date = self.date.unwrap_or(world.base_date);
        let has_inputs = world.input_share.iter().any(|share| *share != 0.0);
        let economy: Box<dyn Economy> = if has_inputs {
            if self.markups != Markups::None {
                let help = "a world with inputs is played without markups: leave --markups out, or name a world \
                            without inputs (ossa2014, ll2014)";
                return Err(Failure::Input(help.to_owned()));
            }
            let closure = Closure { deficits: self.deficits.into(), numeraire: Numeraire::WorldValueAdded };
            let options = Options { closure, arithmetic: common.arithmetic(), ..Options::default() };
            let base = ledger.state(&world, world.base_date);
            let calibration = Calibration::new(&world, base, &theta)?;
            Box::new(CaliendoParro::within(calibration, frame(&world, &ledger, date, common), &options)?)
        } else {
            if self.date.is_some_and(|date| date != world.base_date) {
                let help = "a world without inputs is played from its base: leave --date out";
                return Err(Failure::Input(help.to_owned()));
            }
            let competition = match self.markups {
                Markups::None => Competition::Armington,
                Markups::Krugman => Competition::Krugman,
                Markups::World => Competition::Markups,
            };
            Box::new(NoInputs::new(&world, &theta, competition)?.with_arithmetic(common.arithmetic()))
        };
        let model = match (has_inputs, self.markups) {
            (true, _) => format!("with inputs, deficits {}", format!("{:?}", self.deficits).to_lowercase()),
            (false, Markups::None) => "without inputs".to_owned(),
            (false, Markups::Krugman) => "without inputs, markups 1/θ".to_owned(),
            (false, Markups::World) => "without inputs, the world's markups".to_owned(),
        };
        let heading = format!("World {}, taxes of {date}, {model}, elasticities {set}", world.name);
        let pace = Pace { arithmetic: common.arithmetic(), ..Pace::default() };
        Ok(Game { world, ledger, economy, players, heading, pace })
    }
}

/// The ledger's state on a day without its limits on quantities: those have no
/// tax to play with. They are named.
pub fn frame(world: &World, ledger: &Ledger, date: Date, common: &Common) -> PolicyState {
    let mut state = ledger.state(world, date);
    let mut left_out: Vec<&str> = state.caps.iter().map(|cap| &*cap.measure).collect();
    left_out.dedup();
    if !left_out.is_empty() {
        common.remark(&format!("limits on quantities are left out of the game: {}", left_out.join(", ")));
    }
    state.caps.clear();
    state
}

impl Levers {
    /// The players with their objectives and taxes.
    pub fn players(&self, game: &Game) -> Result<Vec<Player>, Failure> {
        let world = &game.world;
        let (n, sectors) = (world.region_count(), world.sector_count());
        let named: Vec<usize> = match self.sectors.as_slice() {
            [] => (0..sectors).filter(|sector| world.goods[*sector]).collect(),
            codes => {
                let find = |code: &String| {
                    world
                        .sectors
                        .find(code)
                        .map_err(|e| Failure::Input(format!("--sectors: {e} (world {})", world.name)))
                };
                codes.iter().map(find).collect::<Result<_, _>>()?
            }
        };
        let on: Vec<usize> =
            self.on.iter().map(|code| open::region(world, "on", code)).collect::<Result<_, _>>()?;
        let player = |region: &usize| {
            let shape = |lever: Lever| {
                let mut lever = lever.within(&named, sectors).between(self.bounds.0, self.bounds.1);
                if !on.is_empty() {
                    lever = lever.on(&on, sectors);
                }
                lever
            };
            let mut player = Player::government(*region, world.regions.code(*region), n, sectors);
            player = player.with_tariffs(|lever| {
                let mut lever = shape(lever);
                if self.not_below_today {
                    lever = lever.not_below(game.economy.base(), sectors);
                }
                if self.mfn { lever.most_favoured() } else { lever }
            });
            if !self.instruments.contains(&Tax::ImportTariff) {
                player.tariffs.clear();
            }
            if self.instruments.contains(&Tax::ExportTax) {
                player = player.and_export_taxes(shape(Lever::new(*region, n, sectors)));
                if self.instruments.contains(&Tax::ImportTariff) {
                    let partner = on.first().copied().or((0..n).find(|other| other != region));
                    player.level = named.first().copied().zip(partner);
                }
            }
            if self.standing != 0.0 {
                let mut weights = vec![0.0; n];
                game.players.iter().for_each(|rival| weights[*rival] = -self.standing);
                weights[*region] = 1.0;
                player.objective = Objective { weights };
            }
            player
        };
        Ok(game.players.iter().map(player).collect())
    }
}

impl Game {
    /// Today's policy.
    pub fn today(&self) -> Policy {
        self.economy.base().clone()
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
