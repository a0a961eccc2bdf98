//! Would today's deal between two players hold?
//!
//! The deal are today's taxes. A breach raises a player's taxes on the other to its best;
//! the war that follows is the Nash equilibrium of both. What this makes of discount
//! factors and lags is told in [`truce`](crate::strategy::truce), what noise does to it in
//! [`monitoring`](crate::strategy::monitoring).

use super::wrong::{GameError, Wrong};
use super::{Game, Levers};
use crate::strategy::monitoring::{Regime, Signal, most_noise, public};
use crate::strategy::player::Player;
use crate::strategy::reply::{STARTS, best_reply};
use crate::strategy::truce::{Clock, Payoffs, Verdict, annuity, least_reputation, verdict, weakest};
use crate::strategy::{Outcome, StrategyError};

/// Days of a year.
const YEAR: f64 = 365.0;

/// What a cheater delivers, as a share of what it promised.
const NOTHING: f64 = 0.0;

/// How the future counts, in the units in which people write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruceTerms {
    /// Discount rate, per cent a year.
    pub rate: f64,
    /// From a breach to the answer, days.
    pub lag: f64,
    /// Probability that the deal is not renewed when it is reviewed, per cent.
    pub not_renewed: f64,
    /// Between reviews, days.
    pub review: f64,
    /// Periods that a punishment lasts; `None`: for ever.
    pub punishment: Option<u32>,
    /// Noise of what each side sees of the other's compliance, as a share of what cheating
    /// would take from it; `None`: everything is seen.
    pub noise: Option<f64>,
}

impl Default for TruceTerms {
    /// Four per cent a year, an answer after 90 days, a deal that is always renewed.
    fn default() -> Self {
        Self { rate: 4.0, lag: 90.0, not_renewed: 0.0, review: 90.0, punishment: None, noise: None }
    }
}

/// How the future counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Discount rate and hazard.
    pub clock: Clock,
    /// From a breach to the answer, years.
    pub lag: f64,
    /// Length of the punishment, periods.
    pub punishment: Option<u32>,
}

impl Patience {
    /// `δ` of a period as long as the lag.
    pub fn delta(&self) -> f64 {
        self.clock.delta(self.lag)
    }

    /// `A/(1+A)` with `A = δ + … + δ^K` at a lag in years: the discount factor of a war
    /// without end that deters as much; `δ` itself for such a war.
    pub fn factor(&self, lag: f64) -> f64 {
        match annuity(self.clock.delta(lag), self.punishment) {
            endless if endless.is_infinite() => 1.0,
            sum => sum / (1.0 + sum),
        }
    }

    /// False if the future counts as much as today, for ever.
    pub fn discounts(&self) -> bool {
        annuity(self.delta(), self.punishment).is_finite()
    }
}

/// One player under the deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The player's name.
    pub name: String,
    /// Deal, breach and war, logarithms of what it wants.
    pub payoffs: Payoffs,
    /// Whether the deal can hold for it.
    pub verdict: Verdict,
    /// Longest time from a breach to the answer at which it holds, days: infinite if any
    /// does, `None` if none.
    pub longest_lag: Option<f64>,
    /// What a reputation elsewhere has to be worth for the deal to hold, per cent of a
    /// year's income, once; `None` if it holds without, or no such number exists.
    pub reputation: Option<f64>,
}

/// What becomes of a deal that is seen through noise.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// Nobody is tempted: what is seen does not matter.
    Idle,
    /// Somebody prefers the war: no monitor helps.
    Hopeless,
    /// Watched.
    Watched {
        /// The best trigger; `None` if none deters.
        regime: Option<Regime>,
        /// Most noise that a trigger bears, share of what cheating takes away.
        most_noise: Option<f64>,
    },
}

/// Whether today's deal holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Truce {
    /// How the future counts.
    pub patience: Patience,
    /// Both players.
    pub sides: [Side; 2],
    /// What noise does to it, if it was asked.
    pub seen: Option<Seen>,
}

impl Truce {
    /// Position of the side that the deal hangs on, and its verdict.
    pub fn weakest(&self) -> Option<(usize, Verdict)> {
        weakest(&[self.sides[0].verdict, self.sides[1].verdict])
    }

    /// What a verdict says of the deal at the lag that was asked for.
    pub fn words(&self, side: &Side) -> &'static str {
        match side.verdict {
            Verdict::NotTempted => "not tempted at these taxes",
            Verdict::PrefersWar => "prefers the war",
            Verdict::NoDelta => "punishment too short",
            found @ Verdict::From(_) if found.holds_at(self.patience.delta()) => "holds",
            Verdict::From(_) => "breaks",
        }
    }

    /// The table as rows of region, variable and value; what has no number has no row.
    pub fn rows(&self) -> Vec<(&str, &'static str, f64)> {
        let mut rows = Vec::new();
        for side in &self.sides {
            let mut row = |variable, value| rows.push((side.name.as_str(), variable, value));
            row("temptation", 100.0 * side.payoffs.temptation());
            row("punishment_loss", 100.0 * side.payoffs.loss());
            if let Verdict::From(least) = side.verdict {
                row("critical_discount", least);
            }
            if let Some(days) = side.longest_lag.filter(|days| days.is_finite()) {
                row("longest_lag", days);
            }
        }
        rows
    }
}

impl TruceTerms {
    /// The same in years and rates.
    ///
    /// # Errors
    /// [`Wrong`] for a number out of range.
    pub fn patience(&self) -> Result<Patience, Wrong> {
        for (of, value, most) in [
            ("rate", self.rate, 1000.0),
            ("lag", self.lag, 36500.0),
            ("review", self.review, 36500.0),
            ("not_renewed", self.not_renewed, 99.99),
        ] {
            if !(value >= 0.0 && value <= most) || (of == "review" && value == 0.0) {
                return Err(Wrong::new(of, " {}: write a number from 0 to {}", [&value, &most]));
            }
        }
        if let Some(noise) = self.noise.filter(|noise| !(*noise > 0.0 && noise.is_finite())) {
            return Err(Wrong::new("noise", " {}: write a share above 0", [&noise]));
        }
        let clock = Clock::reviewed(self.rate / 100.0, self.review / YEAR, self.not_renewed / 100.0);
        Ok(Patience { clock, lag: self.lag / YEAR, punishment: self.punishment })
    }
}

impl Game<'_> {
    /// Whether today's deal between the two players holds.
    ///
    /// # Errors
    /// [`Wrong`] unless two play, and for numbers out of range; those of
    /// [`war`](Self::war) and of best replies.
    pub fn truce(&self, levers: &Levers, terms: &TruceTerms) -> Result<Truce, GameError> {
        self.pair()?;
        let patience = terms.patience()?;
        // A breach raises taxes on the partner; the deal's own are the floor.
        let players = levers.rivals(self, true)?;
        let deal = self.economy.solve(&self.today(), None)?;
        let (_, fighting) = self.war(&players)?;
        let [first, second] = &players;
        let side = |player: &Player| self.side(player, &patience, (&deal, &fighting));
        let sides = [side(first)?, side(second)?];
        let payoffs = [sides[0].payoffs, sides[1].payoffs];
        let seen = terms.noise.map(|noise| Seen::of(&payoffs, noise, patience.delta()));
        Ok(Truce { patience, sides, seen })
    }

    fn side(
        &self,
        player: &Player,
        patience: &Patience,
        (deal, fighting): (&Outcome, &Outcome),
    ) -> Result<Side, StrategyError> {
        let reply = best_reply(&*self.economy, player, &self.today(), Some(deal), &STARTS, &self.pace)?;
        let payoffs = Payoffs {
            deal: player.objective.value(deal),
            breach: reply.value,
            war: player.objective.value(fighting),
        };
        let verdict = verdict(&payoffs, patience.punishment);
        let reputation = least_reputation(&payoffs, patience.delta(), patience.punishment);
        // A sum at once: points of a period times its length in years.
        let once = 100.0 * reputation * patience.lag;
        let needed = reputation > 0.0 && once.is_finite() && verdict != Verdict::NotTempted;
        Ok(Side {
            name: player.name.clone(),
            payoffs,
            verdict,
            longest_lag: patience.clock.longest_lag(verdict).map(|years| YEAR * years),
            reputation: needed.then_some(once),
        })
    }
}

impl Seen {
    /// What the deal is worth when compliance is seen through noise.
    fn of(payoffs: &[Payoffs], noise: f64, delta: f64) -> Self {
        let tempted: Vec<Payoffs> =
            payoffs.iter().copied().filter(|of| verdict(of, None) != Verdict::NotTempted).collect();
        if tempted.is_empty() {
            return Self::Idle;
        }
        if tempted.iter().any(|of| verdict(of, None) == Verdict::PrefersWar) {
            return Self::Hopeless;
        }
        // Who cheats delivers nothing of what it promised.
        let signal = Signal { noise, cheating: NOTHING };
        Self::Watched {
            regime: public(&tempted, &signal, delta),
            most_noise: most_noise(&tempted, NOTHING, delta),
        }
    }
}
