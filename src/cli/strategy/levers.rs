//! Which taxes the players of a game set.
//!
//! A cap on exports is played as the tax that makes it hold: an export tax that the
//! exporter keeps, or, where importers get the rent, a duty that they keep. It can
//! only tighten, so today's tax is its floor.

use clap::{Args, ValueEnum};

use super::setting::Game;
use crate::cli::{Failure, open};
use crate::strategy::Objective;
use crate::strategy::player::{Lever, Player};
use crate::world::World;

/// Which taxes the players set, and between which bounds.
#[derive(Clone, Debug, Args)]
pub struct Levers {
    /// Taxes that the players set, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Instrument::ImportTariff])]
    instruments: Vec<Instrument>,
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
    #[arg(long, value_name = "WEIGHT", value_parser = weight, default_value_t = 0.0, allow_hyphen_values = true)]
    standing: f64,
    /// How much each player counts the welfare of others, its own being 1, separated by commas.
    #[arg(long, value_name = "REGION=WEIGHT", value_delimiter = ',', allow_hyphen_values = true)]
    minds: Vec<String>,
    /// Who keeps the rent of an export cap.
    #[arg(long, value_enum, default_value_t = Rent::Exporter)]
    rent: Rent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Instrument {
    /// Import tariffs.
    ImportTariff,
    /// Export taxes.
    ExportTax,
    /// Limits on the quantity of exports, each played as the tax that makes it hold.
    ExportCap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rent {
    /// Licences are sold: the wedge is an export tax.
    Exporter,
    /// Quotas are given to importers: the wedge is a duty that they keep.
    Importer,
}

/// Weights beyond this size say nothing that it does not say.
const LARGEST_WEIGHT: f64 = 100.0;

/// A weight on somebody's welfare.
fn weight(text: &str) -> Result<f64, String> {
    let found = text.trim().parse().ok().filter(|weight: &f64| weight.abs() <= LARGEST_WEIGHT);
    found.ok_or_else(|| format!("write a number from -{LARGEST_WEIGHT:.0} to {LARGEST_WEIGHT:.0}, as in 0.5"))
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

/// Fixes the level of all taxes of one who sets every tariff and every export tax on what
/// is traded: one rise of them all changes nothing. What is not traded comes along, and
/// moves nothing. With a traded flow that is not taxed, as of services, the level counts.
fn fix_level(world: &World, player: &mut Player, region: usize) {
    let (n, sectors) = (world.region_count(), world.sector_count());
    let ([tariffs], [exports]) = (&mut player.tariffs[..], &mut player.export_taxes[..]) else { return };
    let foreign = || (0..n * sectors).filter(|cell| cell % n != region);
    let bought = |cell: usize| world.trade_musd[(cell / n * n + region) * n + cell % n] > 0.0;
    let sold = |cell: usize| world.trade_musd[cell * n + region] > 0.0;
    let is_set = |cell| (tariffs.free[cell] || !bought(cell)) && (exports.free[cell] || !sold(cell));
    if !foreign().all(is_set) {
        return;
    }
    let Some(first) = foreign().find(|cell| sold(*cell)) else { return };
    foreign().for_each(|cell| (tariffs.free[cell], exports.free[cell]) = (true, true));
    player.level = Some((first / n, first % n));
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
        self.check(game, &on)?;
        if self.caps() && self.rent == Rent::Importer && self.instruments.contains(&Instrument::ImportTariff)
        {
            let help = "--rent importer: the duty that holds a cap is then the importer's own tariff, and two would set \
                        it: leave import-tariff out, or give the rent to the exporter";
            return Err(Failure::Input(help.to_owned()));
        }
        let minds = self.minds(game)?;
        let shape = |lever: Lever| {
            let lever = lever.within(&named, sectors).between(self.bounds.0, self.bounds.1);
            if on.is_empty() { lever } else { lever.on(&on, sectors) }
        };
        let players = game.players.iter().map(|region| {
            let player = self.objective(
                game,
                Player::government(*region, world.regions.code(*region), n, sectors),
                *region,
                &minds,
            );
            let player = player.with_tariffs(|lever| {
                let lever = shape(lever);
                let lever =
                    if self.not_below_today { lever.not_below(game.economy.base(), sectors) } else { lever };
                if self.mfn { lever.most_favoured() } else { lever }
            });
            self.instrumented(game, player, *region, shape)
        });
        Ok(players.collect())
    }

    /// Refuses options that would do nothing.
    fn check(&self, game: &Game, on: &[usize]) -> Result<(), Failure> {
        let refused = |text: String| Err(Failure::Input(text));
        if !self.instruments.contains(&Instrument::ImportTariff) {
            for (given, option) in [(self.mfn, "--mfn"), (self.not_below_today, "--not-below-today")] {
                if given {
                    return refused(format!(
                        "{option}: a rule for tariffs, and --instruments has none: leave it out, or add import-tariff"
                    ));
                }
            }
        }
        if self.rent == Rent::Importer && !self.caps() {
            return refused(
                "--rent importer: there is no export-cap in --instruments whose rent it could be".to_owned(),
            );
        }
        if let Some(player) =
            game.players.iter().find(|player| !on.is_empty() && on.iter().all(|of| of == *player))
        {
            let code = game.code(*player);
            return refused(format!(
                "--on: {code} levies nothing on itself: name a partner, or leave {code} out of --players"
            ));
        }
        Ok(())
    }

    /// The option that says what players want besides their own welfare, if one is given.
    pub fn wishes(&self) -> Option<&'static str> {
        match (self.standing != 0.0, self.minds.is_empty()) {
            (true, _) => Some("--standing"),
            (_, false) => Some("--minds"),
            _ => None,
        }
    }

    /// The player with the instruments that are named.
    fn instrumented(
        &self,
        game: &Game,
        mut player: Player,
        region: usize,
        shape: impl Fn(Lever) -> Lever,
    ) -> Player {
        let (n, sectors) = (game.world.region_count(), game.world.sector_count());
        let has = |tax: Instrument| self.instruments.contains(&tax);
        let today = game.economy.base();
        if !has(Instrument::ImportTariff) {
            player.tariffs.clear();
        }
        if has(Instrument::ExportTax) {
            player = player.and_export_taxes(shape(Lever::new(region, n, sectors)));
            if has(Instrument::ImportTariff) {
                fix_level(&game.world, &mut player, region);
            }
        } else if has(Instrument::ExportCap) && self.rent == Rent::Exporter {
            player = player.and_export_taxes(
                shape(Lever::new(region, n, sectors)).not_below_export_taxes(today, sectors),
            );
        }
        if has(Instrument::ExportCap) && self.rent == Rent::Importer {
            let partners = shape(Lever::new(region, n, sectors)).free;
            for importer in (0..n).filter(|other| *other != region) {
                let mut lever = Lever::new(importer, n, sectors)
                    .on(&[region], sectors)
                    .between(self.bounds.0, self.bounds.1);
                (0..sectors).for_each(|s| lever.free[s * n + region] &= partners[s * n + importer]);
                if lever.free.contains(&true) {
                    player.tariffs.push(lever.not_below(today, sectors));
                }
            }
        }
        player
    }

    /// The player with what it wants.
    fn objective(&self, game: &Game, mut player: Player, region: usize, minds: &[(usize, f64)]) -> Player {
        let mut weights = vec![0.0; game.world.region_count()];
        game.players.iter().for_each(|rival| weights[*rival] = -self.standing);
        minds.iter().for_each(|(other, weight)| weights[*other] += weight);
        weights[region] = 1.0;
        player.objective = Objective { weights };
        player
    }

    /// `REGION=WEIGHT`.
    fn minds(&self, game: &Game) -> Result<Vec<(usize, f64)>, Failure> {
        let read = |text: &String| {
            let wrong = |why: String| Failure::Input(format!("--minds {text}: {why}"));
            let form = || wrong("write REGION=WEIGHT, as in CHN=-0.5".to_owned());
            let (code, number) = text.split_once('=').ok_or_else(form)?;
            let weight = weight(number).map_err(wrong)?;
            let region = open::region(&game.world, "minds", code.trim())?;
            if game.players.as_slice() == [region] {
                let code = game.code(region);
                return Err(wrong(format!(
                    "{code} counts its own welfare as 1, and nobody else is in --players"
                )));
            }
            Ok((region, weight))
        };
        self.minds.iter().map(read).collect()
    }

    /// The players of a truce: their taxes on each other alone, none below today's if
    /// `floor` says so.
    pub fn rivals(&self, game: &Game, floor: bool) -> Result<[Player; 2], Failure> {
        let pair = game.pair()?;
        let (today, sectors) = (game.economy.base(), game.world.sector_count());
        let mut players = self.players(game)?;
        for (player, [own, rival]) in players.iter_mut().zip([pair, [pair[1], pair[0]]]) {
            // Taxes of both kinds on one partner are not all there are: no level is free.
            player.level = None;
            for lever in &mut player.tariffs {
                // Those of a third region, which hold limits there, are not on each other.
                let partner = match lever.region {
                    region if region == own => rival,
                    region if region == rival => own,
                    third => third,
                };
                let on = lever.clone().on(&[partner], sectors);
                *lever = if floor { on.not_below(today, sectors) } else { on };
            }
            for lever in &mut player.export_taxes {
                let on = lever.clone().on(&[rival], sectors);
                *lever = if floor { on.not_below_export_taxes(today, sectors) } else { on };
            }
        }
        let [second, first] = [players.pop(), players.pop()];
        first
            .zip(second)
            .map(|(first, second)| [first, second])
            .ok_or_else(|| Failure::Input("--players: name two, as in --players USA,CHN".to_owned()))
    }

    /// The same with tariffs and licences, the two issues of a linked deal.
    pub fn with_licences(&self) -> Self {
        let mut both = self.clone();
        if !both.instruments.contains(&Instrument::ImportTariff) {
            both.instruments.push(Instrument::ImportTariff);
        }
        if both.instruments == [Instrument::ImportTariff] {
            both.instruments.push(Instrument::ExportCap);
        }
        both
    }

    /// True if limits on exports are among the instruments.
    pub fn caps(&self) -> bool {
        self.instruments.contains(&Instrument::ExportCap)
    }

    /// True if such a limit is a duty of the importer.
    pub fn duties(&self) -> bool {
        self.rent == Rent::Importer
    }

    /// What the instruments mean here, where it is not plain.
    pub fn remark(&self) -> Option<&'static str> {
        match (self.caps(), self.rent) {
            (false, _) => None,
            (true, Rent::Exporter) if self.instruments.contains(&Instrument::ExportTax) => Some(
                "Export caps with the rent at the exporter do what export taxes do: the two are played as one tax.",
            ),
            (true, Rent::Exporter) => Some(
                "Export caps are played as the export taxes that make them hold; the exporter keeps the rent.",
            ),
            (true, Rent::Importer) => {
                Some("Export caps are played as the duties that make them hold; the importers keep the rent.")
            }
        }
    }
}
