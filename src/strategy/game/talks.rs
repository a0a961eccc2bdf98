//! Which deal could the players strike, and what would each gain?
//!
//! Gains are differences of logarithms of welfare to what happens without a deal:
//! today's taxes, or the players' trade war.

use std::str::FromStr;

use super::wrong::{GameError, Wrong, choice};
use super::{Game, Levers};
use crate::strategy::nash_in_nash::bargain;
use crate::strategy::play::Rest;
use crate::strategy::player::Player;
use crate::strategy::talks::{Concession, Deal, Rule, Talks, concessions};
use crate::strategy::{Outcome, Policy, StrategyError};

/// Concessions that are priced for each of two players.
const CONCESSIONS: usize = 5;

/// Most points of a frontier.
pub const MOST_POINTS: usize = 201;

/// Largest ratio of the two weights on a frontier.
const WIDEST: f64 = 20.0;

/// What happens without a deal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disagreement {
    /// Today's taxes.
    #[default]
    Today,
    /// The trade war of the players.
    Nash,
}

impl FromStr for Disagreement {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        choice("from", text, &[Self::Today, Self::Nash], |from| match from {
            Self::Today => "today",
            Self::Nash => "nash",
        })
    }
}

impl Disagreement {
    /// How a sentence names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Today => "today's taxes",
            Self::Nash => "the trade war",
        }
    }
}

/// How gains are shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Everybody's welfare grows by the same factor.
    #[default]
    EqualGains,
    /// The product of gains is largest.
    NashBargaining,
    /// Gains in proportion to the most that each could get, nobody losing.
    KalaiSmorodinsky,
    /// Every two players bargain for themselves, the others' deals given.
    NashInNash,
}

impl FromStr for Sharing {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let all = [Self::EqualGains, Self::NashBargaining, Self::KalaiSmorodinsky, Self::NashInNash];
        choice("rule", text, &all, |rule| match rule {
            Self::EqualGains => "equal-gains",
            Self::NashBargaining => "nash-bargaining",
            Self::KalaiSmorodinsky => "kalai-smorodinsky",
            Self::NashInNash => "nash-in-nash",
        })
    }
}

/// What talks are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What happens without a deal.
    pub from: Disagreement,
    /// How gains are shared.
    pub rule: Sharing,
    /// Points of the frontier, for two players: two to [`MOST_POINTS`], or 0.
    pub frontier: usize,
    /// Concessions to price for each of two players; `None`: five where there are two.
    pub concessions: Option<usize>,
}

/// A deal, and what it gives to whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Gains over what happens without a deal, logarithms of welfare, `[player]`.
    pub gains: Vec<f64>,
    /// How they came to be shared.
    pub shared: Shared,
    /// Taxes and equilibrium of the deal.
    pub rest: Rest,
    /// Pairs of gains along the frontier of two players, logarithms of welfare, from the
    /// second's best to the first's.
    pub frontier: Vec<[f64; 2]>,
    /// What each of two players could offer the other; empty if nothing was priced.
    pub offers: Vec<Offer>,
}

/// How gains came to be shared.
#[derive(Clone, Debug, PartialEq)]
pub enum Shared {
    /// By one planner for all players.
    Together {
        /// The planner's weights, `[player]`, their sum 1.
        weights: Vec<f64>,
        /// The most that each could gain, logarithms of welfare, `[player]`; only for the
        /// rule of Kalai and Smorodinsky.
        most: Option<Vec<f64>>,
    },
    /// By every two players for themselves.
    Pairs {
        /// Pairs as places among the players, with their gains over their own taxes without
        /// a deal, the other deals given; `None` for a pair that found nothing to gain.
        pairs: Vec<([usize; 2], Option<[f64; 2]>)>,
        /// Turns made.
        turns: usize,
    },
}

/// Tariffs that one player could lower for another.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Position of the region that lowers its tariffs.
    pub giver: usize,
    /// Position of the other.
    pub receiver: usize,
    /// Sectors whose tariff costs the receiver something, the most costly first.
    pub concessions: Vec<Concession>,
}

impl Game<'_> {
    /// A deal of the players.
    ///
    /// # Errors
    /// [`Wrong`] for fewer than two players and arguments that would do nothing;
    /// [`GameError::Strategy`] if no deal was found; those of [`war`](Self::war).
    pub fn talks(&self, levers: &Levers, terms: &Terms) -> Result<Agreement, GameError> {
        let players = levers.players(self)?;
        terms.check(players.len(), levers)?;
        let (start, outside) = match terms.from {
            Disagreement::Today => (self.today(), self.economy.solve(&self.today(), None)?),
            Disagreement::Nash => self.war(&players)?,
        };
        match terms.rule {
            Sharing::NashInNash => self.pairs(&players, &start, &outside),
            _ => self.together(&players, terms, (&start, &outside)),
        }
    }

    /// One deal of all players.
    fn together(
        &self,
        players: &[Player],
        terms: &Terms,
        (start, outside): (&Policy, &Outcome),
    ) -> Result<Agreement, GameError> {
        let economy = &*self.economy;
        let mut table = players[0].clone();
        "the planner".clone_into(&mut table.name);
        for other in &players[1..] {
            table.tariffs.extend(other.tariffs.iter().cloned());
            table.export_taxes.extend(other.export_taxes.iter().cloned());
        }
        let talks = Talks { parties: self.players.clone(), table, disagreement: outside.welfare.clone() };
        let weights = self.spending_shares(outside);
        let power = vec![1.0 / players.len() as f64; players.len()];
        let rule = match terms.rule {
            Sharing::NashBargaining => Rule::NashBargaining { power },
            Sharing::KalaiSmorodinsky => {
                talks.kalai_smorodinsky(economy, &weights, (start, &[]), &self.pace)?
            }
            Sharing::EqualGains | Sharing::NashInNash => Rule::EqualGains,
        };
        let Deal { weights, rest, gains, .. } =
            talks.deal(economy, &rule, &weights, (start, &[]), &self.pace)?;
        let most = match rule {
            Rule::KalaiSmorodinsky { most } => {
                Some(most.iter().zip(&self.players).map(|(most, p)| most - outside.welfare[*p]).collect())
            }
            _ => None,
        };
        let frontier = match terms.frontier {
            0 => Vec::new(),
            points => talks.frontier(economy, (points, WIDEST), start, &self.pace)?,
        };
        let offers = match (self.players.as_slice(), terms.concessions.unwrap_or(CONCESSIONS)) {
            ([a, b], count @ 1..) => {
                let offer = |(giver, receiver)| self.offer(start, giver, receiver, count);
                [(*a, *b), (*b, *a)].into_iter().map(offer).collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        };
        Ok(Agreement { gains, shared: Shared::Together { weights, most }, rest, frontier, offers })
    }

    /// What a point off each tariff costs the giver and is worth to the other.
    fn offer(
        &self,
        start: &Policy,
        giver: usize,
        receiver: usize,
        count: usize,
    ) -> Result<Offer, StrategyError> {
        let world = self.world;
        let traded = |s: usize| world.goods[s] && world.trade_musd[world.cell(s, giver, receiver)] > 0.0;
        let mut found = concessions(&*self.economy, start, giver, receiver)?;
        found.retain(|concession| traded(concession.sector) && concession.receiver < 0.0);
        found.sort_by(|x, y| x.receiver.total_cmp(&y.receiver));
        found.truncate(count);
        Ok(Offer { giver, receiver, concessions: found })
    }

    /// Deals of every two.
    fn pairs(&self, players: &[Player], start: &Policy, outside: &Outcome) -> Result<Agreement, GameError> {
        let found = bargain(&*self.economy, players, 0.5, start, &self.pace)?;
        let gain = |region: &usize| found.rest.outcome.welfare[*region] - outside.welfare[*region];
        let gains = self.players.iter().map(gain).collect();
        let shared = Shared::Pairs { pairs: found.pairs, turns: found.turns };
        Ok(Agreement { gains, shared, rest: found.rest, frontier: Vec::new(), offers: Vec::new() })
    }
}

impl Terms {
    /// Refuses arguments that would do nothing, before anything is solved.
    fn check(&self, players: usize, levers: &Levers) -> Result<(), Wrong> {
        if self.frontier > MOST_POINTS {
            let form = " {}: write a number from 0 to {}";
            return Err(Wrong::new("frontier", form, [&self.frontier, &MOST_POINTS]));
        }
        let refused = |of, form| Err(Wrong::new(of, form, []));
        let priced = self.concessions.is_some_and(|count| count > 0);
        let pairs = self.rule == Sharing::NashInNash;
        match () {
            () if players < 2 => refused("players", ": talks need two or more"),
            () if self.frontier == 1 => refused("frontier", " 1: a frontier has two points or more"),
            () if self.frontier > 0 && pairs => {
                refused("frontier", ", @rule nash-in-nash: bargains of pairs have no frontier; leave one out")
            }
            () if self.frontier > 0 && players != 2 => {
                refused("frontier", ": a frontier is of two players; name two in @players")
            }
            () if priced && pairs => {
                refused("concessions", ", @rule nash-in-nash: bargains of pairs price none; leave one out")
            }
            () if priced && players != 2 => {
                refused("concessions", ": they are priced between two players; name two in @players")
            }
            () if self.from == Disagreement::Today => match levers.wishes() {
                Some(argument) => refused(
                    argument,
                    ": deals weigh welfare alone, and only the war of @from nash knows wishes; leave it \
                     out, or add @from nash",
                ),
                None => Ok(()),
            },
            () => Ok(()),
        }
    }
}
