//! What would one player do, and where does a trade war of all players end?

use super::Game;
use super::wrong::{GameError, Wrong};
use crate::strategy::nash::{self, Found, NASH_STARTS, Search, nash};
use crate::strategy::player::Player;
use crate::strategy::reply::{Reply, STARTS, best_reply};
use crate::strategy::{Outcome, Policy};

/// Players up to which a search is thorough unless it is told otherwise.
const FEW: usize = 8;

/// Most starts of a search.
pub const MOST_STARTS: usize = NASH_STARTS.len();

/// The end of a trade war.
#[derive(Clone, Debug, PartialEq)]
pub struct War {
    /// How widely it was looked for.
    pub search: Search,
    /// Equilibria with their certificates, and resting points that are none.
    pub found: Found,
}

impl Game<'_> {
    /// The best reply of a player to today's taxes of everybody else.
    ///
    /// # Errors
    /// [`GameError::Strategy`] if none was found from any start.
    pub fn best_reply(&self, player: &Player) -> Result<Reply, GameError> {
        Ok(best_reply(&*self.economy, player, &self.today(), None, &STARTS, &self.pace)?)
    }

    /// The Nash equilibria of the players. `starts` is how many starts the search and every
    /// player's best reply have: 1 is a quick search, and the default for many players.
    ///
    /// # Errors
    /// [`Wrong`] for fewer than two players or a wrong number of starts; those of
    /// [`search`](nash::search).
    pub fn trade_war(&self, players: &[Player], starts: Option<usize>) -> Result<War, GameError> {
        if players.len() < 2 {
            return Err(Wrong::new("players", ": a trade war needs two or more", []).into());
        }
        let search = match starts {
            Some(1) => Search::quick(&self.pace),
            None if players.len() > FEW => Search::quick(&self.pace),
            None => Search::thorough(&STARTS, &self.pace),
            Some(count) => {
                let from = NASH_STARTS.get(..count).filter(|from| !from.is_empty());
                let wrong =
                    || Wrong::new("starts", " {}: write a number from 1 to {}", [&count, &MOST_STARTS]);
                Search::thorough(from.ok_or_else(wrong)?, &self.pace)
            }
        };
        let found = nash::search(&*self.economy, players, &self.today(), &search)?;
        Ok(War { search, found })
    }

    /// Taxes and outcome of the players' trade war: the first of its equilibria.
    ///
    /// # Errors
    /// [`GameError::NoWar`] if it has none; those of the search.
    pub fn war(&self, players: &[Player]) -> Result<(Policy, Outcome), GameError> {
        let found = nash(&*self.economy, players, &self.today(), &STARTS, &self.pace)?;
        let first = found.equilibria.into_iter().next().ok_or(GameError::NoWar)?;
        Ok((first.rest.policy, first.rest.outcome))
    }

    /// Shares of the players in what they spend together, in their order.
    pub fn spending_shares(&self, outcome: &Outcome) -> Vec<f64> {
        let n = self.world.region_count();
        let spent = |region: &usize| outcome.spending.iter().skip(*region).step_by(n).sum::<f64>();
        let spending: Vec<f64> = self.players.iter().map(spent).collect();
        let all: f64 = spending.iter().sum();
        spending.into_iter().map(|value| value / all).collect()
    }
}
