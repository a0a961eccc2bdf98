//! Is a truce worth keeping for each side?
//!
//! Payoffs of one period for one player, in logarithms of welfare: `C` while the
//! deal holds, `D` in the period in which it breaks the deal and the others do not
//! know yet, `N` in the war that follows. The deal holds for it if
//!
//! ```text
//! D − C ≤ (C − N) (δ + δ² + … + δ^K) + R                 K periods of war, K = ∞: (C − N) δ/(1−δ)
//! δ*    = (D − C)/(D − N)                               K = ∞, R = 0: the least δ at which it does
//! δ     = exp(−(r + h) L)                               a period is as long as detection takes
//! L_max = −ln δ* / (r + h)                              the longest that detection may take
//! R_min = max(0, D − C − (C − N)(δ + … + δ^K))          reputation that has to help
//! ```
//!
//! | symbol    | code         | meaning                                                   | unit  |
//! |-----------|--------------|-----------------------------------------------------------|-------|
//! | `C, D, N` | [`Payoffs`]  | deal, breaking it, war                                    | ln welfare, a period |
//! | `δ`       | `delta`      | what the next period counts today                         | 1     |
//! | `r`       | `rate`       | discount rate                                             | 1/year |
//! | `h`       | `hazard`     | rate at which the deal ends whatever anybody does         | 1/year |
//! | `L`       | `lag`        | from breaking the deal to the others' answer              | years |
//! | `K`       | `periods`    | length of the war, `None`: for ever                       | periods |
//! | `R`       | `reputation` | loss outside the deal from breaking it                    | ln welfare × periods |
//!
//! A deal with a known last day unravels: in the last period no war can follow, so
//! that `K = 0` and the reputation must be worth `D − C` alone.
//!
//! *Two games in one deal.* Breaking either breaks both, so the constraints add up
//! (`pool`); `D` is then the payoff of breaking both at once, which is not the sum
//! of breaking each. Where it is not above the sum, a linked deal holds at every `δ`
//! at which both hold alone: `δ*` of the pool lies between the two.
//!
//! Sources: Friedman (1971), *Review of Economic Studies* 38(1), for reversion to the
//! static game; Bernheim and Whinston (1990), *RAND Journal of Economics* 21(1), for
//! pooled constraints.

use std::fmt;

/// A gain from breaking the deal below this, in logarithms of welfare, is the
/// solver's noise: a ten-thousandth of a per cent.
pub const NOISE: f64 = 1e-6;

/// One player's payoffs of one period, logarithms of welfare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Payoffs {
    /// `C`: the deal holds.
    pub deal: f64,
    /// `D`: this player breaks it, the others do not know.
    pub breach: f64,
    /// `N`: the war that follows.
    pub war: f64,
}

impl Payoffs {
    /// `D − C`.
    pub fn temptation(&self) -> f64 {
        self.breach - self.deal
    }

    /// `C − N`.
    pub fn loss(&self) -> f64 {
        self.deal - self.war
    }
}

/// Whether the deal can hold for one player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Breaking it gains nothing that could be told from rounding.
    NotTempted,
    /// The war is no worse than the deal.
    PrefersWar,
    /// The war is worse, but it ends too soon to deter at any patience.
    NoDelta,
    /// It holds if the next period counts at least this much.
    From(f64),
}

impl Verdict {
    /// The least discount factor: 0 if not tempted, `None` if there is none.
    pub fn least_delta(&self) -> Option<f64> {
        match self {
            Self::NotTempted => Some(0.0),
            Self::PrefersWar | Self::NoDelta => None,
            Self::From(delta) => Some(*delta),
        }
    }

    /// True if the deal holds for this player at `delta`.
    pub fn holds_at(&self, delta: f64) -> bool {
        self.least_delta().is_some_and(|least| delta >= least)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTempted => write!(f, "not tempted"),
            Self::PrefersWar => write!(f, "prefers the war"),
            Self::NoDelta => write!(f, "no delta"),
            Self::From(delta) => write!(f, "holds from delta {delta:.2}"),
        }
    }
}

/// `δ + … + δ^K`, `K = None` for ever; at `δ = 1` it is `K`.
pub fn annuity(delta: f64, periods: Option<u32>) -> f64 {
    match periods {
        None if delta >= 1.0 => f64::INFINITY,
        None => delta / (1.0 - delta),
        Some(k) if delta >= 1.0 => f64::from(k),
        Some(k) => delta * (1.0 - delta.powf(f64::from(k))) / (1.0 - delta),
    }
}

/// The least discount factor at which a war of `periods` deters.
pub fn verdict(payoffs: &Payoffs, periods: Option<u32>) -> Verdict {
    let (temptation, loss) = (payoffs.temptation(), payoffs.loss());
    if temptation < NOISE {
        return Verdict::NotTempted;
    }
    if loss.is_nan() || loss <= 0.0 {
        return Verdict::PrefersWar;
    }
    let needed = temptation / loss;
    if periods.is_none() {
        return Verdict::From(needed / (1.0 + needed));
    }
    if annuity(1.0, periods) <= needed {
        return Verdict::NoDelta;
    }
    // The annuity grows with delta; 60 halvings exhaust the digits.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if annuity(middle, periods) < needed { low = middle } else { high = middle }
    }
    Verdict::From(high)
}

/// The first player for whom a deal fails, or the largest of the least discount
/// factors: what the deal as a whole needs.
pub fn weakest(verdicts: &[Verdict]) -> Option<(usize, Verdict)> {
    let worse = |verdict: &Verdict| verdict.least_delta().unwrap_or(f64::INFINITY);
    verdicts.iter().copied().enumerate().max_by(|(i, a), (j, b)| worse(a).total_cmp(&worse(b)).then(j.cmp(i)))
}

/// How time runs under a deal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// Discount rate `r`, a year.
    pub rate: f64,
    /// Rate `h` at which the deal ends by itself, a year: `1/T` if it is expected
    /// to last `T` years.
    pub hazard: f64,
}

impl Clock {
    /// That of a deal reviewed every `years`, not renewed with probability `failure`:
    /// `h = −ln(1 − failure)/years`.
    pub fn reviewed(rate: f64, years: f64, failure: f64) -> Self {
        Self { rate, hazard: -(1.0 - failure).ln() / years }
    }

    /// `δ` of periods of `lag` years.
    pub fn delta(&self, lag: f64) -> f64 {
        (-(self.rate + self.hazard) * lag).exp()
    }

    /// The longest lag, in years, at which the deal holds: infinite for a player who
    /// is not tempted, `None` if it holds at no lag.
    pub fn longest_lag(&self, verdict: Verdict) -> Option<f64> {
        let delta = verdict.least_delta()?;
        Some(if delta == 0.0 { f64::INFINITY } else { -delta.ln() / (self.rate + self.hazard) })
    }
}

/// `R_min`: the reputation outside the deal that makes it hold. With `periods` 0,
/// what a deal with a known last day needs in its last period.
pub fn least_reputation(payoffs: &Payoffs, delta: f64, periods: Option<u32>) -> f64 {
    let deterred = annuity(delta, periods) * payoffs.loss();
    let missing = payoffs.temptation() - if deterred.is_nan() { 0.0 } else { deterred };
    if missing < NOISE { 0.0 } else { missing }
}

/// What is left of the deterrent: positive if the deal holds.
pub fn slack(payoffs: &Payoffs, delta: f64, periods: Option<u32>) -> f64 {
    annuity(delta, periods) * payoffs.loss() - payoffs.temptation()
}

/// One player's games as one deal. `joint_breach` is the gain from breaking all at
/// once, `D − C` of the whole; without it the gains add up.
pub fn pool(games: &[Payoffs], joint_breach: Option<f64>) -> Payoffs {
    let sum = |part: fn(&Payoffs) -> f64| games.iter().map(part).sum::<f64>();
    let deal = sum(|game| game.deal);
    let breach = joint_breach.map_or_else(|| sum(|game| game.breach), |gain| deal + gain);
    Payoffs { deal, breach, war: sum(|game| game.war) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Payoffs = Payoffs { deal: 0.0, breach: 0.01, war: -0.03 };

    /// 0.01 / 0.04; two periods of war: δ + δ² = 1/3, so δ = (−1 + √(7/3))/2; one: 1/3.
    #[test]
    fn thresholds_by_hand() {
        assert_eq!(verdict(&PLAIN, None), Verdict::From(0.25));
        let two = verdict(&PLAIN, Some(2)).least_delta().unwrap();
        assert!((two - ((7.0_f64 / 3.0).sqrt() - 1.0) / 2.0).abs() < 1e-15);
        assert!((verdict(&PLAIN, Some(1)).least_delta().unwrap() - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn each_verdict_has_its_words() {
        let tempted = Payoffs { breach: 0.04, ..PLAIN };
        assert_eq!(verdict(&tempted, Some(1)).to_string(), "no delta");
        assert_eq!(verdict(&Payoffs { breach: 5e-7, ..PLAIN }, None).to_string(), "not tempted");
        assert_eq!(verdict(&Payoffs { war: 0.001, ..PLAIN }, None).to_string(), "prefers the war");
        assert_eq!(verdict(&PLAIN, None).to_string(), "holds from delta 0.25");
        let all = [verdict(&PLAIN, None), Verdict::PrefersWar, Verdict::NotTempted];
        assert_eq!(weakest(&all), Some((1, Verdict::PrefersWar)));
        assert_eq!(weakest(&all[..1]), Some((0, Verdict::From(0.25))));
        assert_eq!(weakest(&[]), None);
    }

    /// ln 4 over 5 %, 27.7 years; with a hazard of 1 a year 1.32. A review a year that
    /// fails half the time has the hazard ln 2.
    #[test]
    fn lags_by_hand() {
        let clock = Clock { rate: 0.05, hazard: 0.0 };
        let lag = clock.longest_lag(verdict(&PLAIN, None)).unwrap();
        assert!((lag - 4.0_f64.ln() / 0.05).abs() < 1e-12);
        assert!((clock.delta(lag) - 0.25).abs() < 1e-15);
        let short = Clock { hazard: 1.0, ..clock }.longest_lag(Verdict::From(0.25)).unwrap();
        assert!((short - 4.0_f64.ln() / 1.05).abs() < 1e-12);
        assert!((Clock::reviewed(0.0, 1.0, 0.5).hazard - 2.0_f64.ln()).abs() < 1e-15);
        assert_eq!(clock.longest_lag(Verdict::NotTempted), Some(f64::INFINITY));
        assert_eq!(clock.longest_lag(Verdict::PrefersWar), None);
    }

    /// At δ = 0.2 the war deters 0.03/4 of 0.01; on the last day all is missing.
    #[test]
    fn reputation_by_hand() {
        assert!((least_reputation(&PLAIN, 0.2, None) - 0.0025).abs() < 1e-15);
        assert!((least_reputation(&PLAIN, 0.9, Some(0)) - 0.01).abs() < 1e-15);
        assert_eq!(least_reputation(&PLAIN, 0.25, None), 0.0);
    }

    /// A game that fails at δ = 1/2 and one with slack to spare: together they hold.
    /// Breaking both at once gains more than the sum: then they may not.
    #[test]
    fn linkage_by_hand() {
        let weak = Payoffs { deal: 0.0, breach: 0.02, war: -0.01 };
        assert!(!verdict(&weak, None).holds_at(0.5) && verdict(&PLAIN, None).holds_at(0.5));
        let both = pool(&[weak, PLAIN], None);
        assert!((verdict(&both, None).least_delta().unwrap() - 3.0 / 7.0).abs() < 1e-15);
        assert!((slack(&both, 0.5, None) - 0.01).abs() < 1e-15);
        assert!(!verdict(&pool(&[weak, PLAIN], Some(0.05)), None).holds_at(0.5));
    }

    proptest! {
        /// Longer wars deter more, and end as the war for ever; longer lags deter less;
        /// reputation fills exactly what is missing; linkage never hurts.
        #[test]
        fn laws(gain in 1e-4..0.1f64, loss in 1e-4..0.1f64, gain2 in 1e-4..0.1f64, loss2 in 1e-4..0.1f64, lag in 0.01..5.0f64) {
            let game = Payoffs { deal: 0.3, breach: 0.3 + gain, war: 0.3 - loss };
            let other = Payoffs { deal: -0.1, breach: gain2 - 0.1, war: -0.1 - loss2 };
            let grim = verdict(&game, None).least_delta().unwrap();
            let least = |k| verdict(&game, Some(k)).least_delta().unwrap_or(1.0);
            for k in 1..30 {
                prop_assert!(least(k + 1) <= least(k) && least(k) >= grim - 1e-12);
            }
            prop_assert!(least(100_000) - grim < 1e-3);
            let clock = Clock { rate: 0.05, hazard: 0.2 };
            prop_assert!(clock.delta(lag) > clock.delta(1.1 * lag));
            prop_assert!(slack(&game, clock.delta(lag), None) > slack(&game, clock.delta(1.1 * lag), None));
            let reputation = least_reputation(&game, clock.delta(lag), Some(3));
            let left = slack(&game, clock.delta(lag), Some(3)) + reputation;
            prop_assert!(left >= -NOISE && (reputation == 0.0 || left.abs() < 1e-12));
            let alone = grim.max(verdict(&other, None).least_delta().unwrap());
            let linked = verdict(&pool(&[game, other], None), None).least_delta().unwrap();
            prop_assert!(linked <= alone + 1e-12);
        }
    }
}
