//! How cooperative a deal can two players of a given patience hold?
//!
//! Between the war, where each answers the other (`tᴺ`, shares 0), and the efficient
//! deal, which maximises `Σ ω[j] Ω[j]` over the same taxes (`tᴱ`, shares 1), every
//! player goes a share of its own way:
//!
//! ```text
//! ln(1+t_j(s_j)) = (1 − s_j) ln(1+t_jᴺ) + s_j ln(1+t_jᴱ)              0 ≤ s_j ≤ 1     (1)
//! g_j(s) = C_j(s) − (1 − δ) D_j(s_k) − δ N_j ≥ 0                                      (2)
//! φ_j(s_k) = the largest s_j from 0 up to which g_j ≥ 0                               (3)
//! s = φ(s)    the largest: from s = 1 by turns                                        (4)
//! ```
//!
//! (2) is the [truce](super::truce) constraint `D − C ≤ δ/(1−δ) (C − N)` times `1 − δ`;
//! it has a value at `δ = 1` too. `D` is a best reply of its own at every point, over
//! all of the player's free taxes, so it does not depend on the player's own share.
//!
//! Only the family (1) is searched: how taxes differ across sectors is that of the two
//! ends, blended, and no deal outside it is looked at. In it (4) is the deal with the
//! largest shares of both, if each may go further when the other does; where `Σ ω Ω` rises
//! in both shares that is the best deal of the family. The more patient go at least as far.
//!
//! At the war own taxes cost nothing at first and the other's cut does help, so that any
//! `δ > 0` holds some cooperation.
//!
//! | symbol    | code               | meaning                                    | unit |
//! |-----------|--------------------|--------------------------------------------|------|
//! | `s_j`     | `shares`           | share of a player's way to the efficient deal | 1 |
//! | `C, D, N` | [`Payoffs`]        | deal, best breach, war                     | ln welfare, a period |
//! | `δ`       | `delta`            | what the next period counts today          | 1    |
//! | `ω_j`     | `weights`          | weights of the efficient deal              | 1    |
//! | `Ω_j`     | [`Player::objective`] | what a player wants                     | ln welfare |
//!
//! Source of the problem: Bagwell and Staiger (1990), *American Economic Review* 80(4);
//! the family and the search are this project's.

use super::economy::{Economy, Objective, Outcome, Policy};
use super::error::StrategyError;
use super::play::{Pace, play_near};
use super::player::{Player, check};
use super::reply::{STARTS, best_reply_from};
use super::truce::Payoffs;

/// Shares are found to this.
const SHARE: f64 = 1e-5;
/// A constraint that misses by less holds, in logarithms: what solves are good for.
const SLACK: f64 = 1e-10;
/// Residual of a breach, in `ln(1+t)`: what it is worth is off by the square.
const REPLY: f64 = 1e-7;
/// Turns at the most.
const TURNS: usize = 200;

/// Two players between their war and their efficient deal.
pub struct Road<'a, E: Economy + ?Sized> {
    economy: &'a E,
    players: &'a [Player; 2],
    pace: Pace,
    weights: [f64; 2],
    war: (Policy, Outcome),
    efficient: (Policy, Outcome),
}

/// A deal on the road.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The patience that holds it.
    pub delta: f64,
    /// How far each player goes.
    pub shares: [f64; 2],
    /// What each gets.
    pub payoffs: [Payoffs; 2],
    /// Taxes of everybody.
    pub policy: Policy,
    /// `Σ ω Ω` over that of the war, as a share of what the efficient deal has.
    pub welfare_share: f64,
}

impl Held {
    /// `C − (1−δ) D − δ N`: what is left of each constraint, logarithms.
    pub fn slack(&self) -> [f64; 2] {
        self.payoffs.map(|payoffs| margin(&payoffs, self.delta))
    }
}

fn margin(of: &Payoffs, delta: f64) -> f64 {
    of.deal - (1.0 - delta) * of.breach - delta * of.war
}

impl<'a, E: Economy + ?Sized> Road<'a, E> {
    /// From a war of the players, which is taken as it is, to the planner's best taxes
    /// at `weights` of the two, the best end from four starts.
    ///
    /// # Errors
    /// [`StrategyError::Input`] if the players cannot be played or a weight is not
    /// positive; those of the planner's search.
    pub fn new(
        economy: &'a E,
        players: &'a [Player; 2],
        war: (Policy, Outcome),
        weights: [f64; 2],
        pace: &Pace,
    ) -> Result<Self, StrategyError> {
        check(players, economy.region_count(), economy.theta().len())?;
        if !weights.iter().all(|weight| *weight > 0.0 && weight.is_finite()) {
            return Err(StrategyError::Input(format!(
                "the efficient deal weighs two players by {weights:?}: weights are positive numbers"
            )));
        }
        let mut planner = players[0].clone();
        "the planner".clone_into(&mut planner.name);
        planner.level = None;
        planner.tariffs.extend(players[1].tariffs.iter().cloned());
        planner.export_taxes.extend(players[1].export_taxes.iter().cloned());
        let weight = |region: usize| {
            players
                .iter()
                .zip(weights)
                .map(|(player, weight)| weight * player.objective.weights[region])
                .sum()
        };
        planner.objective = Objective { weights: (0..economy.region_count()).map(weight).collect() };
        let best = best_reply_from(economy, &planner, &war.0, Some(&war.1), &STARTS, pace)?;
        let efficient = (best.rest.policy, best.rest.outcome);
        let pace = Pace { target: REPLY, tolerance: 10.0 * REPLY, ..*pace };
        Ok(Self { economy, players, pace, weights, war, efficient })
    }

    /// Taxes and equilibrium of the efficient deal.
    pub fn efficient(&self) -> (&Policy, &Outcome) {
        (&self.efficient.0, &self.efficient.1)
    }

    /// What a player has at an outcome over the war, logarithms.
    fn gain(&self, player: usize, outcome: &Outcome) -> f64 {
        let objective = &self.players[player].objective;
        objective.value(outcome) - objective.value(&self.war.1)
    }

    /// The taxes (1).
    pub fn policy(&self, shares: [f64; 2]) -> Policy {
        let n = self.economy.region_count();
        let mut policy = self.war.0.clone();
        for (player, share) in self.players.iter().zip(shares) {
            let levers = player.tariffs.iter().map(|lever| (false, lever));
            for (export, lever) in levers.chain(player.export_taxes.iter().map(|lever| (true, lever))) {
                for at in (0..lever.free.len()).filter(|at| lever.free[*at]) {
                    let (row, partner) = (at / n * n, at % n);
                    let (rates, end, cell) = if export {
                        let cell = (row + partner) * n + lever.region;
                        (&mut policy.export_tax, &self.efficient.0.export_tax, cell)
                    } else {
                        let cell = (row + lever.region) * n + partner;
                        (&mut policy.tariff, &self.efficient.0.tariff, cell)
                    };
                    rates[cell] = (1.0 + rates[cell]).powf(1.0 - share) * (1.0 + end[cell]).powf(share) - 1.0;
                }
            }
        }
        policy
    }

    /// What a player has who breaks the deal while the other keeps its share: `D_j(s_k)`.
    /// The reply next to the player's taxes at war.
    ///
    /// # Errors
    /// Those of [`play_near`].
    pub fn breach(&self, player: usize, other: f64) -> Result<f64, StrategyError> {
        let mut shares = [other; 2];
        shares[player] = 0.0;
        let own = std::slice::from_ref(&self.players[player]);
        let start = self.policy(shares);
        let rest = play_near(self.economy, own, &start, Some(&self.war.1), &self.pace)?;
        Ok(self.players[player].objective.value(&rest.outcome))
    }

    /// Payoffs of both at a point of the road.
    ///
    /// # Errors
    /// Those of [`Road::breach`].
    pub fn payoffs(&self, shares: [f64; 2]) -> Result<[Payoffs; 2], StrategyError> {
        let outcome = self.economy.solve(&self.policy(shares), Some(&self.war.1))?;
        let of = |player: usize| {
            let objective = &self.players[player].objective;
            let deal = objective.value(&outcome);
            let breach = self.breach(player, shares[1 - player])?.max(deal);
            Ok::<Payoffs, StrategyError>(Payoffs { deal, breach, war: objective.value(&self.war.1) })
        };
        Ok([of(0)?, of(1)?])
    }

    /// The most cooperative deal that holds at `delta`, looked for from shares that are
    /// not below it: `[1, 1]`, or those of a more patient pair.
    ///
    /// # Errors
    /// [`StrategyError::Input`] for a `delta` outside 0 to 1; [`StrategyError::NoConvergence`]
    /// if the turns do not come to rest; those of [`Road::payoffs`].
    pub fn most_cooperative(&self, delta: f64, from: [f64; 2]) -> Result<Held, StrategyError> {
        if !(0.0..=1.0).contains(&delta) {
            return Err(StrategyError::Input(format!(
                "a discount factor of {delta}: it lies between 0 and 1"
            )));
        }
        let mut shares = from;
        for _ in 0..TURNS {
            let next = [self.largest(0, shares, delta)?, self.largest(1, shares, delta)?];
            let moved = f64::max(shares[0] - next[0], shares[1] - next[1]);
            shares = next;
            if moved < SHARE {
                let payoffs = self.payoffs(shares)?;
                let sum = |values: [f64; 2]| self.weights[0] * values[0] + self.weights[1] * values[1];
                let all = sum([0, 1].map(|j| self.gain(j, &self.efficient.1)));
                let here = sum(payoffs.map(|of| of.loss()));
                let welfare_share = if all > 0.0 { here / all } else { 1.0 };
                return Ok(Held { delta, shares, payoffs, policy: self.policy(shares), welfare_share });
            }
        }
        Err(StrategyError::NoConvergence {
            what: format!("the most cooperative deal at a discount factor of {delta:.4}"),
            residual: f64::NAN,
            rounds: TURNS,
            advice: "Ask for another lag or rate",
        })
    }

    /// (3), not above the player's present share, by halves; of the last bracket the
    /// lower end, where the constraint holds.
    fn largest(&self, player: usize, shares: [f64; 2], delta: f64) -> Result<f64, StrategyError> {
        let objective = &self.players[player].objective;
        let (breach, war) = (self.breach(player, shares[1 - player])?, objective.value(&self.war.1));
        let slack = |share: f64| {
            let mut at = shares;
            at[player] = share;
            let deal = objective.value(&self.economy.solve(&self.policy(at), Some(&self.war.1))?);
            Ok::<f64, StrategyError>(margin(&Payoffs { deal, breach: breach.max(deal), war }, delta) + SLACK)
        };
        let (mut high, mut low) = (shares[player], 0.0);
        if slack(high)? >= 0.0 {
            return Ok(high);
        }
        while high - low > SHARE {
            let middle = 0.5 * (low + high);
            if slack(middle)? >= 0.0 { low = middle } else { high = middle }
        }
        Ok(low)
    }
}
