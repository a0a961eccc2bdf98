//! Who plays, what for, and with which instruments.
//!
//! A [`Player`] has an [`Objective`] and [`Lever`]s: the tariffs of an importer,
//! the export taxes of an exporter, or both; a planner has those of many. A lever
//! says which rates are free, between which bounds, and whether all partners get
//! one rate.

use super::economy::{Objective, Policy};
use super::error::StrategyError;

/// Highest rate unless another is given: far above every optimum for real income.
pub const UPPER: f64 = 5.0;

/// The rates that one region sets on one side of the border.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// Position of the importer that levies the tariffs, or of the exporter that is taxed.
    pub region: usize,
    /// Which rates may move, `[sector, partner]`; the region itself never.
    pub free: Vec<bool>,
    /// Lowest rate, fraction above −1, `[sector, partner]`.
    pub lower: Vec<f64>,
    /// Highest rate, `[sector, partner]`.
    pub upper: Vec<f64>,
    /// One rate a sector for all free partners (most-favoured-nation tariffs).
    pub same: bool,
}

impl Lever {
    /// Rates on all partners and sectors, from 0 to [`UPPER`].
    pub fn new(region: usize, regions: usize, sectors: usize) -> Self {
        let cells = regions * sectors;
        let free = (0..cells).map(|cell| cell % regions != region).collect();
        Self { region, free, lower: vec![0.0; cells], upper: vec![UPPER; cells], same: false }
    }

    fn regions(&self, sectors: usize) -> usize {
        self.free.len() / sectors.max(1)
    }

    /// Only on these partners.
    #[must_use]
    pub fn on(mut self, partners: &[usize], sectors: usize) -> Self {
        let n = self.regions(sectors).max(1);
        self.free.iter_mut().enumerate().for_each(|(cell, free)| *free &= partners.contains(&(cell % n)));
        self
    }

    /// Only in these sectors, positions out of `sectors`.
    #[must_use]
    pub fn within(mut self, named: &[usize], sectors: usize) -> Self {
        let n = self.regions(sectors).max(1);
        self.free.iter_mut().enumerate().for_each(|(cell, free)| *free &= named.contains(&(cell / n)));
        self
    }

    /// Bounds for all rates.
    #[must_use]
    pub fn between(mut self, lower: f64, upper: f64) -> Self {
        self.lower.fill(lower);
        self.upper.fill(upper);
        self
    }

    /// Tariffs that are not lowered: no rate falls below the one of a policy.
    #[must_use]
    pub fn not_below(mut self, policy: &Policy, sectors: usize) -> Self {
        let n = self.regions(sectors);
        for cell in 0..self.lower.len() {
            let (s, partner) = (cell / n, cell % n);
            let rate = policy.tariff[(s * n + self.region) * n + partner];
            self.lower[cell] = self.lower[cell].max(rate);
            self.upper[cell] = self.upper[cell].max(rate);
        }
        self
    }

    /// Export taxes that are not lowered, as those of a limit that can only tighten.
    #[must_use]
    pub fn not_below_export_taxes(mut self, policy: &Policy, sectors: usize) -> Self {
        let n = self.regions(sectors);
        for cell in 0..self.lower.len() {
            let rate = policy.export_tax[cell * n + self.region];
            self.lower[cell] = self.lower[cell].max(rate);
            self.upper[cell] = self.upper[cell].max(rate);
        }
        self
    }

    /// One rate a sector for all free partners.
    #[must_use]
    pub fn most_favoured(mut self) -> Self {
        self.same = true;
        self
    }

    /// Bounds of the one rate of a sector.
    pub(super) fn common_bounds(&self, row: &[usize]) -> (f64, f64) {
        row.iter().fold((-1.0, f64::INFINITY), |(low, high), cell| {
            (f64::max(low, self.lower[*cell]), f64::min(high, self.upper[*cell]))
        })
    }
}

/// Somebody who decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Player {
    /// Name for reports and errors: a region's code.
    pub name: String,
    /// What it wants.
    pub objective: Objective,
    /// Tariffs it sets, one lever an importer.
    pub tariffs: Vec<Lever>,
    /// Export taxes it sets, one lever an exporter.
    pub export_taxes: Vec<Lever>,
    /// Sector and partner whose export tax stays 0. A player with all tariffs and
    /// all export taxes has one rate too many: by Lerner's symmetry the same
    /// allocation follows when all tariff factors rise and all export-tax factors
    /// fall by one number. Exact without deficits and without political weights.
    pub level: Option<(usize, usize)>,
}

impl Player {
    /// A government that sets all tariffs of its region for its own welfare.
    pub fn government(region: usize, code: &str, regions: usize, sectors: usize) -> Self {
        Self {
            name: code.to_owned(),
            objective: Objective::of(region, regions),
            tariffs: vec![Lever::new(region, regions, sectors)],
            export_taxes: Vec::new(),
            level: None,
        }
    }

    /// One who sets the tariffs of everybody, for a weighted sum of their welfare.
    pub fn planner(weights: &[f64], sectors: usize) -> Self {
        let n = weights.len();
        Self {
            name: "the planner".to_owned(),
            objective: Objective { weights: weights.to_vec() },
            tariffs: (0..n).map(|j| Lever::new(j, n, sectors)).collect(),
            export_taxes: Vec::new(),
            level: None,
        }
    }

    /// The region whose taxes it sets; `None` for one who sets those of several.
    pub fn region(&self) -> Option<usize> {
        let mut regions = self.tariffs.iter().chain(&self.export_taxes).map(|lever| lever.region);
        let first = regions.next()?;
        regions.all(|region| region == first).then_some(first)
    }

    /// The same player with one change to all its tariff levers.
    #[must_use]
    pub fn with_tariffs(mut self, change: impl Fn(Lever) -> Lever) -> Self {
        self.tariffs = self.tariffs.into_iter().map(change).collect();
        self
    }

    /// The same player with an export-tax lever besides.
    #[must_use]
    pub fn and_export_taxes(mut self, lever: Lever) -> Self {
        self.export_taxes.push(lever);
        self
    }
}

/// Refuses players that cannot be played: levers of a wrong size, empty bounds,
/// two hands on one lever.
///
/// # Errors
/// [`StrategyError::Input`] with the name of the player.
pub(super) fn check(players: &[Player], regions: usize, sectors: usize) -> Result<(), StrategyError> {
    let input = |text: String| Err(StrategyError::Input(text));
    if players.is_empty() {
        return input("a game needs a player: name a region".to_owned());
    }
    let mut held: Vec<(bool, &Lever, usize)> = Vec::new();
    for (position, player) in players.iter().enumerate() {
        let name = &player.name;
        if player.objective.weights.len() != regions {
            return input(format!(
                "{name}: {} welfare weights for {regions} regions",
                player.objective.weights.len()
            ));
        }
        if let Some(weight) = player.objective.weights.iter().find(|weight| !weight.is_finite()) {
            return input(format!("{name}: a welfare weight of {weight} leaves nothing to compare"));
        }
        let levers = player.tariffs.iter().map(|lever| (false, lever));
        for (export, lever) in levers.chain(player.export_taxes.iter().map(|lever| (true, lever))) {
            let what = if export { "export taxes" } else { "tariffs" };
            if lever.region >= regions {
                return input(format!("{name}: region number {} of {regions} has no {what}", lever.region));
            }
            let cells = regions * sectors;
            if [lever.free.len(), lever.lower.len(), lever.upper.len()] != [cells; 3] {
                return input(format!(
                    "{name}: a lever on {what} has {} rates, expected {sectors} sectors x {regions} partners",
                    lever.free.len()
                ));
            }
            if export && lever.same {
                return input(format!(
                    "{name}: export taxes that are the same for all partners are not built"
                ));
            }
            for cell in 0..cells {
                let (low, high) = (lever.lower[cell], lever.upper[cell]);
                if lever.free[cell] && !(low > -1.0 && high.is_finite() && low <= high) {
                    return input(format!("{name}: {what} between {low} and {high} leave nothing to choose"));
                }
                if lever.free[cell] && !export && cell % regions == lever.region {
                    return input(format!("{name}: a tariff of a region on itself cannot be free"));
                }
            }
            let both = |other: &Lever| other.free.iter().zip(&lever.free).any(|(a, b)| *a && *b);
            let of_region = |(e, other, _): &&(bool, &Lever, usize)| {
                *e == export && other.region == lever.region && both(other)
            };
            if let Some((.., other)) = held.iter().find(of_region) {
                return input(format!(
                    "{name} and {} both set the {what} of one region: every region is one player, named once",
                    players[*other].name
                ));
            }
            held.push((export, lever, position));
        }
        if let Some((sector, partner)) = player.level {
            let whole = |levers: &[Lever]| {
                levers.len() == 1
                    && (0..regions * sectors)
                        .all(|cell| levers[0].free[cell] || cell % regions == levers[0].region)
            };
            if !(whole(&player.tariffs) && whole(&player.export_taxes)) {
                return input(format!(
                    "{name}: only one who sets all tariffs and all export taxes of a region has a level to fix"
                ));
            }
            if sector >= sectors || partner >= regions || partner == player.export_taxes[0].region {
                return input(format!(
                    "{name}: sector {sector} and partner {partner} have no export tax to fix"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is no number would look as good as everything else.
    #[test]
    fn a_weight_that_is_no_number_is_refused() {
        let plain = Player::government(0, "A", 2, 1);
        assert!(check(std::slice::from_ref(&plain), 2, 1).is_ok());
        for weight in [f64::NAN, f64::INFINITY] {
            let mut player = plain.clone();
            player.objective.weights[1] = weight;
            let problem = check(&[player], 2, 1).unwrap_err().to_string();
            assert!(problem.contains("leaves nothing to compare"), "{problem}");
        }
    }
}
