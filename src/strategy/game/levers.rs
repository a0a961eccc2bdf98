//! Which taxes do the players of a game set, and what do they want?
//!
//! A cap on exports is played as the tax that makes it hold: an export tax that the
//! exporter keeps, or, where importers get the rent, a duty that they keep. It can
//! only tighten, so today's tax is its floor.

use std::fmt;
use std::str::FromStr;

use super::wrong::{Wrong, choice};
use super::{Game, region};
use crate::strategy::Objective;
use crate::strategy::player::{Lever, Player};
use crate::world::World;

/// Which taxes the players set, between which bounds, and what they want.
#[derive(Clone, Debug, PartialEq)]
pub struct Levers {
    /// Taxes that the players set.
    pub instruments: Vec<Instrument>,
    /// One tariff a sector for all partners.
    pub mfn: bool,
    /// Codes of the partners on whom taxes are set; empty: on all.
    pub on: Vec<String>,
    /// Codes of the sectors in which taxes are set; empty: in those of goods.
    pub sectors: Vec<String>,
    /// Lowest and highest tax, fractions.
    pub bounds: (f64, f64),
    /// No tariff below today's.
    pub not_below_today: bool,
    /// How much each player minds the welfare of the others that play: 0 is not at all.
    pub standing: f64,
    /// How much each player counts the welfare of others, its own being 1.
    pub minds: Vec<Mind>,
    /// Who keeps the rent of an export cap.
    pub rent: Rent,
}

impl Default for Levers {
    /// Import tariffs from 0 to 500 per cent on all goods and partners.
    fn default() -> Self {
        Self {
            instruments: vec![Instrument::ImportTariff],
            mfn: false,
            on: Vec::new(),
            sectors: Vec::new(),
            bounds: (0.0, 5.0),
            not_below_today: false,
            standing: 0.0,
            minds: Vec::new(),
            rent: Rent::Exporter,
        }
    }
}

/// A kind of tax, or of limit that is played as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// Import tariffs.
    ImportTariff,
    /// Export taxes.
    ExportTax,
    /// Limits on the quantity of exports, each played as the tax that makes it hold.
    ExportCap,
}

impl FromStr for Instrument {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let all = [Self::ImportTariff, Self::ExportTax, Self::ExportCap];
        choice("instruments", text, &all, |instrument| match instrument {
            Self::ImportTariff => "import-tariff",
            Self::ExportTax => "export-tax",
            Self::ExportCap => "export-cap",
        })
    }
}

/// Who keeps the rent of an export cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rent {
    /// Licences are sold: the wedge is an export tax.
    Exporter,
    /// Quotas are given to importers: the wedge is a duty that they keep.
    Importer,
}

impl FromStr for Rent {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        choice("rent", text, &[Self::Exporter, Self::Importer], |rent| match rent {
            Self::Exporter => "exporter",
            Self::Importer => "importer",
        })
    }
}

/// A weight on the welfare of somebody else, written `CHN=-0.5`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mind {
    /// Code of the region.
    pub region: String,
    /// The weight, its holder's own welfare being 1.
    pub weight: f64,
}

impl fmt::Display for Mind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.region, self.weight)
    }
}

impl FromStr for Mind {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let form = || Wrong::new("minds", " {}: write REGION=WEIGHT, as in CHN=-0.5", [&text]);
        let (code, number) = text.split_once('=').ok_or_else(form)?;
        let weight = checked_weight(number.trim().parse().unwrap_or(f64::NAN));
        let weight = weight.map_err(|why| Wrong::new("minds", " {}: {}", [&text, &why]))?;
        Ok(Self { region: code.trim().to_owned(), weight })
    }
}

/// Weights beyond this size say nothing that it does not say.
pub const LARGEST_WEIGHT: f64 = 100.0;

/// A weight on somebody's welfare, or what to write.
///
/// # Errors
/// If it is larger than [`LARGEST_WEIGHT`] or no number.
pub fn checked_weight(weight: f64) -> Result<f64, String> {
    if weight.abs() <= LARGEST_WEIGHT {
        return Ok(weight);
    }
    Err(format!("write a number from -{LARGEST_WEIGHT:.0} to {LARGEST_WEIGHT:.0}, as in 0.5"))
}

/// Lowest and highest tax, fractions, or what to write.
///
/// # Errors
/// If they cannot be bounds of taxes.
pub fn checked_bounds((low, high): (f64, f64)) -> Result<(f64, f64), &'static str> {
    if low > -1.0 && low <= high && high.is_finite() {
        return Ok((low, high));
    }
    Err("the lower bound comes first, and is above -100")
}

impl Levers {
    /// The players with their objectives and taxes.
    ///
    /// # Errors
    /// [`Wrong`] for regions and sectors that the world does not have, numbers out of range,
    /// and arguments that would do nothing.
    pub fn players(&self, game: &Game<'_>) -> Result<Vec<Player>, Wrong> {
        let world = game.world;
        let (n, sectors) = (world.region_count(), world.sector_count());
        let named: Vec<usize> = match self.sectors.as_slice() {
            [] => (0..sectors).filter(|sector| world.goods[*sector]).collect(),
            codes => {
                let find = |code: &String| {
                    let found = world.sectors.find(code);
                    found.map_err(|e| Wrong::new("sectors", ": {} (world {})", [&e, &world.name]))
                };
                codes.iter().map(find).collect::<Result<_, _>>()?
            }
        };
        let on: Vec<usize> =
            self.on.iter().map(|code| region(world, "on", code)).collect::<Result<_, _>>()?;
        self.check(game, &on)?;
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

    /// Refuses numbers out of range, and arguments that would do nothing.
    fn check(&self, game: &Game<'_>, on: &[usize]) -> Result<(), Wrong> {
        checked_bounds(self.bounds).map_err(|why| {
            let (low, high) = (100.0 * self.bounds.0, 100.0 * self.bounds.1);
            Wrong::new("bounds", " {},{}: {}", [&low, &high, &why])
        })?;
        checked_weight(self.standing)
            .map_err(|why| Wrong::new("standing", " {}: {}", [&self.standing, &why]))?;
        if self.instruments.is_empty() {
            return Err(Wrong::new("instruments", ": name one or more", []));
        }
        if !self.instruments.contains(&Instrument::ImportTariff) {
            for (given, of) in [(self.mfn, "mfn"), (self.not_below_today, "not_below_today")] {
                if given {
                    let form =
                        ": a rule for tariffs, and @instruments has none: leave it out, or add import-tariff";
                    return Err(Wrong::new(of, form, []));
                }
            }
        }
        if self.duties() && !self.caps() {
            let form = " importer: there is no export-cap in @instruments whose rent it could be";
            return Err(Wrong::new("rent", form, []));
        }
        if let Some(player) =
            game.players.iter().find(|player| !on.is_empty() && on.iter().all(|of| of == *player))
        {
            let code = game.code(*player);
            let form = ": {} levies nothing on itself: name a partner, or leave {} out of @players";
            return Err(Wrong::new("on", form, [&code, &code]));
        }
        if self.caps() && self.duties() && self.instruments.contains(&Instrument::ImportTariff) {
            let form = " importer: the duty that holds a cap is then the importer's own tariff, and two would set \
                        it: leave import-tariff out, or give the rent to the exporter";
            return Err(Wrong::new("rent", form, []));
        }
        Ok(())
    }

    /// The argument that says what players want besides their own welfare, if one is given.
    pub fn wishes(&self) -> Option<&'static str> {
        match (self.standing != 0.0, self.minds.is_empty()) {
            (true, _) => Some("standing"),
            (_, false) => Some("minds"),
            _ => None,
        }
    }

    /// The player with the instruments that are named.
    fn instrumented(
        &self,
        game: &Game<'_>,
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
                fix_level(game.world, &mut player, region);
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
    fn objective(
        &self,
        game: &Game<'_>,
        mut player: Player,
        region: usize,
        minds: &[(usize, f64)],
    ) -> Player {
        let mut weights = vec![0.0; game.world.region_count()];
        game.players.iter().for_each(|rival| weights[*rival] = -self.standing);
        minds.iter().for_each(|(other, weight)| weights[*other] += weight);
        weights[region] = 1.0;
        player.objective = Objective { weights };
        player
    }

    /// Weights on the welfare of others by position.
    fn minds(&self, game: &Game<'_>) -> Result<Vec<(usize, f64)>, Wrong> {
        let find = |mind: &Mind| {
            let weight =
                checked_weight(mind.weight).map_err(|why| Wrong::new("minds", " {}: {}", [mind, &why]))?;
            let region = region(game.world, "minds", &mind.region)?;
            if game.players.as_slice() == [region] {
                let form = " {}: {} counts its own welfare as 1, and nobody else is in @players";
                return Err(Wrong::new("minds", form, [mind, &game.code(region)]));
            }
            Ok((region, weight))
        };
        self.minds.iter().map(find).collect()
    }

    /// The players of a truce: their taxes on each other alone, none below today's if
    /// `floor` says so.
    ///
    /// # Errors
    /// [`Wrong`] unless there are two players; that of [`players`](Self::players).
    pub fn rivals(&self, game: &Game<'_>, floor: bool) -> Result<[Player; 2], Wrong> {
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
        // One player a region of the pair.
        let mut both = players.into_iter();
        both.next().zip(both.next()).map(<[Player; 2]>::from).ok_or_else(Wrong::not_two)
    }

    /// The same with tariffs and licences, the two issues of a linked deal.
    #[must_use]
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
