//! Does a deal hold better if tariffs and licences hang together?
//!
//! Two issues between two players: the tariffs of each on the other, and the licences,
//! that is the export taxes that make limits on exports hold. Issue `k` alone is a
//! [truce](super::truce) with the other issue left as it is: `D_k` the best breach in it,
//! `N_k` the war over it. Linked, breaking one breaks both:
//!
//! ```text
//! alone     slack_k = δ/(1−δ) (C − N_k) − (D_k − C)                         k = tariffs, licences
//! linked    slack   = δ/(1−δ) Σ_k (C − N_k) − (D − C)                       D: both broken at once
//! one war   slack   = δ/(1−δ) (C − N) − (D − C)                             N: war over both at once
//! moved     = min( max(0, −min_k slack_k), max(0, max_k slack_k) )          from the issue that has some
//! overlap   = Σ_k (D_k − C) − (D − C) = linked slack − Σ_k slack_k
//! ```
//!
//! Where the two breaches do the same harm (by Lerner's symmetry a tariff on everything
//! and a tax on all exports do) the overlap is positive, and linking adds it to what the
//! sum has. Nothing forces that sign, nor that one war costs as much as two; so both are
//! reported.
//!
//! The price of licences in tariffs, at the deal: what a per cent off `1 + e` on all
//! exports of the giver to the other does, over a per cent off the other's `1 + t`.
//!
//! ```text
//! ask = (∂Ω_giver/∂ln(1+e)) / (−∂Ω_giver/∂ln(1+t))       tariff cut that makes the giver whole
//! bid = (−∂Ω_taker/∂ln(1+e)) / (∂Ω_taker/∂ln(1+t))       tariff cut that the taker can afford
//! ```
//!
//! There is a bargain between the two if the bid is above the ask. One whose own tax is
//! above its best gains by lowering it: its part of the price is then negative.
//!
//! | symbol | code | meaning | unit |
//! |---|---|---|---|
//! | `C, D, N` | [`Payoffs`] | deal, breach, war | ln welfare, a period |
//! | `e, t` | | export tax of the giver on the taker, tariff of the taker on the giver | 1 |
//!
//! Source: Bernheim and Whinston (1990), *RAND Journal of Economics* 21(1), 1-26.

use super::economy::{Economy, Policy};
use super::error::StrategyError;
use super::nash::{Search, search};
use super::player::{Lever, Player};
use super::reply::{best_reply, best_reply_from};
use super::target::gradient;
use super::truce::{Payoffs, pool, slack};

/// One player's payoffs with the issues apart and together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Issues {
    /// Tariffs alone.
    pub tariffs: Payoffs,
    /// Licences alone.
    pub licences: Payoffs,
    /// Both broken at once, and war over both at once.
    pub both: Payoffs,
}

impl Issues {
    /// The two games as one: losses added, the breach of both at once.
    pub fn linked(&self) -> Payoffs {
        pool(&[self.tariffs, self.licences], Some(self.both.temptation()))
    }

    /// Slack of tariffs alone, licences alone, linked, and linked with one war over both.
    pub fn slacks(&self, delta: f64, periods: Option<u32>) -> [f64; 4] {
        [self.tariffs, self.licences, self.linked(), self.both].map(|of| slack(&of, delta, periods))
    }

    /// Slack that one issue lends the other: none if neither needs it or has it.
    pub fn moved(&self, delta: f64, periods: Option<u32>) -> f64 {
        let [tariffs, licences, ..] = self.slacks(delta, periods);
        (-tariffs.min(licences)).max(0.0).min(tariffs.max(licences).max(0.0))
    }

    /// What breaking both at once falls short of breaking each.
    pub fn overlap(&self) -> f64 {
        self.tariffs.temptation() + self.licences.temptation() - self.both.temptation()
    }
}

/// The payoffs of two players at a deal. Their levers say what a breach may do: the
/// tariffs are one issue, the export taxes the other. Wars and breaches are looked for
/// as widely as `within` says.
///
/// # Errors
/// [`StrategyError::Input`] if a player has not both instruments;
/// [`StrategyError::NoConvergence`] if a war has no equilibrium; those of the searches.
pub fn issues<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player; 2],
    deal: &Policy,
    within: &Search,
) -> Result<[Issues; 2], StrategyError> {
    if let Some(player) = players.iter().find(|p| p.tariffs.is_empty() || p.export_taxes.is_empty()) {
        return Err(StrategyError::Input(format!(
            "{}: two issues are linked, so that a player needs tariffs and export taxes",
            player.name
        )));
    }
    let now = economy.solve(deal, None)?;
    let tariffs = players.clone().map(|p| Player { export_taxes: Vec::new(), level: None, ..p });
    let licences = players.clone().map(|p| Player { tariffs: Vec::new(), level: None, ..p });
    let game = |players: &[Player; 2], what: &'static str| {
        let found = search(economy, players, deal, within)?;
        let Some(war) = found.equilibria.first() else {
            return Err(StrategyError::NoConvergence {
                what: format!("a war over {what} that nobody wants to leave"),
                residual: found.rejected.first().map_or(f64::NAN, |c| c.gap()),
                rounds: within.starts.len(),
                advice: "Try other bounds",
            });
        };
        let of = |player: &Player| {
            let (starts, pace) = (&within.replies, &within.pace);
            let reply = match within.shut {
                true => best_reply(economy, player, deal, Some(&now), starts, pace)?,
                false => best_reply_from(economy, player, deal, Some(&now), starts, pace)?,
            };
            Ok::<Payoffs, StrategyError>(Payoffs {
                deal: player.objective.value(&now),
                breach: reply.value,
                war: player.objective.value(&war.rest.outcome),
            })
        };
        Ok([of(&players[0])?, of(&players[1])?])
    };
    let (tariffs, licences, both) =
        (game(&tariffs, "tariffs")?, game(&licences, "licences")?, game(players, "tariffs and licences")?);
    // The best single breach is open to one who may break both.
    let of = |j: usize| {
        let most = both[j].breach.max(tariffs[j].breach).max(licences[j].breach);
        Issues { tariffs: tariffs[j], licences: licences[j], both: Payoffs { breach: most, ..both[j] } }
    };
    Ok([of(0), of(1)])
}

/// The price of one player's licences in the other's tariffs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// `∂Ω/∂ln(1+e)` of giver and taker: the giver's export taxes on the taker, all together.
    pub licence: [f64; 2],
    /// `∂Ω/∂ln(1+t)` of giver and taker: the taker's tariffs on the giver, all together.
    pub tariff: [f64; 2],
}

impl Price {
    /// Per cent off `1 + t` that make the giver whole for one off `1 + e`.
    pub fn ask(&self) -> f64 {
        -self.licence[0] / self.tariff[0]
    }

    /// Per cent off `1 + t` that the taker can afford for one off `1 + e`.
    pub fn bid(&self) -> f64 {
        -self.licence[1] / self.tariff[1]
    }
}

/// Prices at a policy: of the first player's licences, of the second's. Taxes that a
/// player's levers leave free count, those on the other player.
///
/// # Errors
/// [`StrategyError::Input`] if a player sets the taxes of several regions; those of the model.
pub fn prices<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player; 2],
    policy: &Policy,
) -> Result<[Price; 2], StrategyError> {
    let n = economy.region_count();
    let region = |player: &Player| {
        player.region().ok_or_else(|| {
            StrategyError::Input(format!("{}: licences are priced between two regions", player.name))
        })
    };
    let regions = [region(&players[0])?, region(&players[1])?];
    let outcome = economy.solve(policy, None)?;
    let aims = players.clone().map(|player| player.objective);
    let shadows = economy.shadows(policy, &outcome, &aims, &[], 1e-12)?;
    let slopes = [0, 1].map(|aim| gradient(economy, policy, &outcome, &shadows[aim]));
    let price = |giver: usize| {
        let taker = 1 - giver;
        let sum = |slope: &[f64], lever: Option<&Lever>, partner: usize| {
            let of = |lever: &Lever| {
                let free = (0..economy.theta().len()).filter(|s| lever.free[s * n + partner]);
                let cell = |s: usize| (s * n + regions[taker]) * n + regions[giver];
                free.map(|s| slope[cell(s)]).sum::<f64>()
            };
            lever.map_or(0.0, of)
        };
        let licences = |of: usize| sum(&slopes[of].1, players[giver].export_taxes.first(), regions[taker]);
        let tariffs = |of: usize| sum(&slopes[of].0, players[taker].tariffs.first(), regions[giver]);
        Price { licence: [licences(giver), licences(taker)], tariff: [tariffs(giver), tariffs(taker)] }
    };
    Ok([price(0), price(1)])
}
