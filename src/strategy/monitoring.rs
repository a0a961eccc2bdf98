//! What a truce is worth when nobody sees clearly whether it is kept.
//!
//! Each period every player's compliance is read off with noise, `y = x + σ ε`; `x`
//! is 1 for a player who delivers what it promised and `cheating` for one who does
//! not. A reading below the threshold `y̲` starts a war of `K` periods, deserved or
//! not. With `F(x) = Φ((y̲ − x)/σ)` and `n` players watched:
//!
//! ```text
//! p_C = 1 − (1 − F(1))^n                      a war although everybody complies
//! p_D = 1 − (1 − F(cheating)) (1 − F(1))^(n−1)  a war if one player cheats
//! v   = [ C + δ p_C (1 − δ^K) N/(1−δ) ] / [ 1 − δ (1 − p_C) − δ^(K+1) p_C ]
//! D − C ≤ δ (p_D − p_C) (1 − δ^K) (v − N/(1−δ))                  every player
//! ```
//!
//! The best regime, in `y̲` and `K`, has the largest sum of `(1−δ) v` over players.
//! Without noise and with `K = ∞` it is the [truce](super::truce) that any breach ends.
//!
//! *Readings of one's own.* If only the other side sees a player's reading, a war
//! starts with a strike: the striker gets `D` and the struck `S` for a period, then
//! both `N`. Nobody can check that there was a reason, so that striking must pay
//! exactly as much as not striking, which fixes the length of the war. For two
//! players, `q = F(1)` so small that both striking at once can be left out:
//!
//! ```text
//! U = N (1 − δ^K)/(1−δ) + δ^K v                             the war, then peace
//! D + δ U = v                                               striking, not striking
//! v = C + δ [ (1 − 2q) v + q (D + δ U) + q (S + δ U) ]      = (C − δ q (D − S))/(1−δ)
//! D − C ≤ δ (F(cheating) − q) (v − S − δ U)                 not cheating
//! ```
//!
//! A shared reading needs no such truthfulness: `K` is free, and both may start the
//! war at once. What that adds to `v` is the value of a monitor, never negative. This
//! is the simplest case of the idea of Park, not his model: his players choose how
//! much to conceal.
//!
//! | symbol  | code                  | meaning                                             | unit |
//! |---------|-----------------------|-----------------------------------------------------|------|
//! | `C,D,N` | [`Payoffs`]           | deal, breaking it, war                              | ln welfare, a period |
//! | `S`     | `struck`              | the other side breaks the deal                      | ln welfare, a period |
//! | `σ`     | `noise`               | standard deviation of a reading                     | shares of what was promised |
//! | `δ`     | `delta`               | what the next period counts today                   | 1 |
//!
//! Sources: Green and Porter (1984), *Econometrica* 52(1), 87-100; Park (2011),
//! *Review of Economic Studies* 78(3), 1102-1134.

use super::truce::{NOISE, Payoffs, annuity};
use crate::numerics::normal::distribution;

/// Thresholds tried, between four standard deviations below a cheater's reading and
/// two above that of a complier.
const THRESHOLDS: usize = 240;

/// Lengths of war tried, in periods; the last is for ever.
const LENGTHS: [Option<u32>; 16] = [
    Some(1),
    Some(2),
    Some(3),
    Some(4),
    Some(5),
    Some(6),
    Some(8),
    Some(10),
    Some(13),
    Some(16),
    Some(20),
    Some(26),
    Some(40),
    Some(60),
    Some(100),
    None,
];

/// How well the sides see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// Share of what was promised that a cheater delivers, below 1.
    pub cheating: f64,
    /// Standard deviation of a reading, above 0.
    pub noise: f64,
}

impl Signal {
    /// Probability that a player who delivers `delivered` reads below `threshold`.
    fn below(&self, threshold: f64, delivered: f64) -> f64 {
        distribution((threshold - delivered) / self.noise)
    }

    fn thresholds(&self) -> impl Iterator<Item = f64> {
        let (low, high) = (self.cheating - 4.0 * self.noise, 1.0 + 2.0 * self.noise);
        (0..THRESHOLDS).map(move |i| low + (high - low) * i as f64 / (THRESHOLDS - 1) as f64)
    }
}

/// A regime that no player wants to cheat on.
#[derive(Clone, Debug, PartialEq)]
pub struct Regime {
    /// `y̲`.
    pub threshold: f64,
    /// `K` in periods, `None`: for ever.
    pub war: Option<f64>,
    /// Probability of a war in a period although everybody complies.
    pub false_alarm: f64,
    /// `(1 − δ) v`: what a period is worth on average, by player.
    pub value: Vec<f64>,
}

impl Regime {
    /// False alarms a year of peace, periods being `lag` years long.
    pub fn false_alarms_a_year(&self, lag: f64) -> f64 {
        self.false_alarm / lag
    }

    /// Share of all time spent at war although everybody complies, in the long run.
    pub fn share_at_war(&self) -> f64 {
        match self.war {
            None if self.false_alarm > 0.0 => 1.0,
            None => 0.0,
            Some(k) => k * self.false_alarm / (1.0 + k * self.false_alarm),
        }
    }

    /// Months a year at war, in the long run.
    pub fn months_at_war(&self) -> f64 {
        12.0 * self.share_at_war()
    }
}

/// `v` and whether the player complies, for probabilities of war `p_c` and `p_d`.
fn value(payoffs: &Payoffs, delta: f64, periods: Option<u32>, p_c: f64, p_d: f64) -> (f64, bool) {
    let power = periods.map_or(0.0, |k| delta.powf(f64::from(k)));
    let war = payoffs.war / (1.0 - delta);
    let v = (payoffs.deal + delta * p_c * (1.0 - power) * war)
        / (1.0 - delta * (1.0 - p_c) - delta * power * p_c);
    let deterred = delta * (p_d - p_c) * (1.0 - power) * (v - war);
    (v, payoffs.temptation() <= deterred + NOISE * 1e-3)
}

/// The best regime under readings that all see; `None` if some player cheats under
/// every one. `delta` is below 1.
///
/// A deal that nobody is tempted to break needs no regime: its value is `C`.
pub fn public(players: &[Payoffs], signal: &Signal, delta: f64) -> Option<Regime> {
    if players.iter().all(|player| player.temptation() < NOISE) {
        let value = players.iter().map(|player| player.deal).collect();
        return Some(Regime { threshold: f64::NEG_INFINITY, war: Some(0.0), false_alarm: 0.0, value });
    }
    let mut best: Option<(f64, Regime)> = None;
    let others = i32::try_from(players.len()).unwrap_or(i32::MAX) - 1;
    for threshold in signal.thresholds() {
        let pass = 1.0 - signal.below(threshold, 1.0);
        let rest = pass.powi(others);
        // A difference of small numbers, so not from the probabilities of passing.
        let p_c = if others == 0 { signal.below(threshold, 1.0) } else { 1.0 - rest * pass };
        let caught = signal.below(threshold, signal.cheating) - signal.below(threshold, 1.0);
        let p_d = p_c + rest * caught;
        for periods in LENGTHS {
            let found: Vec<(f64, bool)> =
                players.iter().map(|player| value(player, delta, periods, p_c, p_d)).collect();
            if !found.iter().all(|(_, complies)| *complies) {
                continue;
            }
            let value: Vec<f64> = found.iter().map(|(v, _)| (1.0 - delta) * v).collect();
            let sum: f64 = value.iter().sum();
            if best.as_ref().is_none_or(|(most, _)| sum > *most) {
                let war = periods.map(f64::from);
                best = Some((sum, Regime { threshold, war, false_alarm: p_c, value }));
            }
        }
    }
    best.map(|(_, regime)| regime)
}

/// The largest noise at which a regime exists under readings that all see: infinite
/// if nobody is tempted, `None` if there is none even without noise to speak of. To three digits.
pub fn most_noise(players: &[Payoffs], cheating: f64, delta: f64) -> Option<f64> {
    let exists = |noise: f64| public(players, &Signal { cheating, noise }, delta).is_some();
    let gap = 1.0 - cheating;
    let (mut low, mut high) = (1e-3 * gap, 2e-3 * gap);
    if !exists(low) {
        return None;
    }
    while exists(high) {
        (low, high) = (high, 2.0 * high);
        if high > 1e3 * gap {
            return Some(f64::INFINITY);
        }
    }
    // To three digits: each try is a search over triggers and lengths.
    for _ in 0..10 {
        let middle = 0.5 * (low + high);
        if exists(middle) { low = middle } else { high = middle }
    }
    Some(low)
}

/// The best regime of two equal players each of whom sees the other's reading only;
/// `None` if there is none. `struck` is `S`.
pub fn private(payoffs: &Payoffs, struck: f64, signal: &Signal, delta: f64) -> Option<Regime> {
    strikes(payoffs, struck, signal, delta, false)
}

/// The same with readings that both see: a war begins with a strike of the side that
/// was let down, of any length.
fn strikes(payoffs: &Payoffs, struck: f64, signal: &Signal, delta: f64, shared: bool) -> Option<Regime> {
    if payoffs.temptation() < NOISE {
        return public(&[*payoffs; 2], signal, delta);
    }
    let war = payoffs.war / (1.0 - delta);
    let mut best: Option<Regime> = None;
    for threshold in signal.thresholds() {
        let (q, caught) = (signal.below(threshold, 1.0), signal.below(threshold, signal.cheating));
        // Striking and being struck together take at most every period.
        if q > 0.5 {
            continue;
        }
        let powers = truthful(payoffs, struck, q, delta);
        let free = LENGTHS.iter().filter(|_| shared).map(|k| k.map_or(0.0, |k| delta.powf(f64::from(k))));
        for power in powers.into_iter().chain(free) {
            let alarms = payoffs.breach + struck + 2.0 * delta * war * (1.0 - power);
            let v = (payoffs.deal + delta * q * alarms)
                / (1.0 - delta * (1.0 - 2.0 * q) - 2.0 * delta * delta * q * power);
            let after = war + power * (v - war);
            let deterred = delta * (caught - q) * (v - struck - delta * after);
            let average = (1.0 - delta) * v;
            let better = best.as_ref().is_none_or(|regime| average > regime.value[0]);
            if payoffs.temptation() <= deterred && better {
                let war = (power > 0.0).then(|| power.ln() / delta.ln());
                best = Some(Regime { threshold, war, false_alarm: 2.0 * q, value: vec![average; 2] });
            }
        }
    }
    best
}

/// `δ^K` of the war whose striker gains and loses nothing; `None` if a strike pays at
/// every length, so that nobody would keep the peace, or at none.
fn truthful(payoffs: &Payoffs, struck: f64, q: f64, delta: f64) -> Option<f64> {
    let v = (payoffs.deal - delta * q * (payoffs.breach - struck)) / (1.0 - delta);
    let war = payoffs.war / (1.0 - delta);
    let power = ((v - payoffs.breach) / delta - war) / (v - war);
    (v > war && (0.0..1.0).contains(&power)).then_some(power)
}

/// What a shared reading adds to a period of peace, to each of two equal players:
/// `(1−δ)(v shared − v private)`, peace that cannot be kept being worth the war.
pub fn value_of_monitor(payoffs: &Payoffs, struck: f64, signal: &Signal, delta: f64) -> f64 {
    let worth = |regime: Option<Regime>| regime.map_or(payoffs.war, |regime| regime.value[0]);
    let shared = worth(public(&[*payoffs; 2], signal, delta))
        .max(worth(strikes(payoffs, struck, signal, delta, true)));
    shared - worth(private(payoffs, struck, signal, delta))
}

/// The share of periods whose war would have to be deserved for a reading below the
/// threshold to be evidence: the probability, by Bayes's rule, that a player whose
/// reading is `reading` cheats, from the probability `prior` before it.
pub fn bad_faith(prior: f64, reading: f64, signal: &Signal) -> f64 {
    let density = |delivered: f64| -0.5 * ((reading - delivered) / signal.noise).powi(2);
    let odds = (density(1.0) - density(signal.cheating)).exp();
    prior / (prior + (1.0 - prior) * odds)
}

/// `(C − N)` an alarm costs, discounted: `(C − N) (δ + … + δ^K)`.
pub fn cost_of_alarm(payoffs: &Payoffs, delta: f64, periods: Option<u32>) -> f64 {
    annuity(delta, periods) * payoffs.loss()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::truce::verdict;
    use proptest::prelude::*;

    const PLAIN: Payoffs = Payoffs { deal: 0.0, breach: 0.01, war: -0.03 };

    /// C = 0, N = −3, δ = ½, p_C = ½, K = 1: v = (½·½·½·(−6)) / (1 − ¼ − ⅛) = −0.75/0.625;
    /// p_D = 1: deterred = ½·½·½·(−1.2 + 6) = 0.6.
    #[test]
    fn the_value_by_hand() {
        let payoffs = Payoffs { deal: 0.0, breach: 0.6, war: -3.0 };
        let (v, complies) = value(&payoffs, 0.5, Some(1), 0.5, 1.0);
        assert!((v + 1.2).abs() < 1e-15 && complies);
        assert!(!value(&Payoffs { breach: 0.61, ..payoffs }, 0.5, Some(1), 0.5, 1.0).1);
    }

    /// Clear sight: the truce that any breach ends holds exactly from its threshold.
    #[test]
    fn without_noise_it_is_the_plain_truce() {
        let least = verdict(&PLAIN, None).least_delta().unwrap();
        let clear = Signal { cheating: 0.5, noise: 1e-3 };
        assert!(public(&[PLAIN; 2], &clear, least - 1e-3).is_none());
        let regime = public(&[PLAIN; 2], &clear, least + 1e-3).unwrap();
        assert!(regime.false_alarm < 1e-12 && regime.value[0].abs() < 1e-12);
    }

    /// A tenth of the periods raise a false alarm that costs two: 0.2/1.2 of all time.
    #[test]
    fn time_at_war_by_hand() {
        let regime = Regime { threshold: 0.0, war: Some(2.0), false_alarm: 0.1, value: vec![] };
        assert!((regime.months_at_war() - 2.0).abs() < 1e-14);
        assert!((regime.false_alarms_a_year(0.25) - 0.4).abs() < 1e-15);
        assert_eq!(Regime { war: None, ..regime }.share_at_war(), 1.0);
    }

    /// δ = ½, q = 0: v = 0, N/(1−δ) = −0.06, U = −0.02: δ^K = (−0.02 + 0.06)/0.06.
    #[test]
    fn strikes_by_hand() {
        assert!((truthful(&PLAIN, -0.035, 0.0, 0.5).unwrap() - 2.0 / 3.0).abs() < 1e-15);
    }

    /// Striking and not striking pay the same, and `v` solves its own equation.
    #[test]
    fn strikes_are_truthful() {
        let (delta, struck, signal) = (0.9, -0.035, Signal { cheating: 0.5, noise: 0.1 });
        let regime = private(&PLAIN, struck, &signal, delta).unwrap();
        let (v, q) = (regime.value[0] / (1.0 - delta), regime.false_alarm / 2.0);
        let power = delta.powf(regime.war.unwrap());
        let after = PLAIN.war * (1.0 - power) / (1.0 - delta) + power * v;
        assert!((PLAIN.breach + delta * after - v).abs() < 1e-13);
        let again = PLAIN.deal + delta * ((1.0 - q) * v + q * (struck + delta * after));
        assert!((again - v).abs() < 1e-13);
    }

    #[test]
    fn nobody_tempted_needs_no_regime() {
        let calm = Payoffs { breach: -0.01, ..PLAIN };
        let blind = Signal { cheating: 0.9, noise: 10.0 };
        assert_eq!(public(&[calm; 2], &blind, 0.9).unwrap().months_at_war(), 0.0);
        assert_eq!(most_noise(&[calm], 0.5, 0.9), Some(f64::INFINITY));
        assert_eq!(most_noise(&[Payoffs { war: 0.1, ..PLAIN }], 0.5, 0.9), None);
    }

    /// Even odds, a reading half way between: no news. At the complier's mark:
    /// odds of exp(−½ (½/¼)²) = e⁻².
    #[test]
    fn bad_faith_by_hand() {
        let signal = Signal { cheating: 0.5, noise: 0.25 };
        assert!((bad_faith(0.3, 0.75, &signal) - 0.3).abs() < 1e-15);
        let odds = (-2.0_f64).exp();
        assert!((bad_faith(0.5, 1.0, &signal) - odds / (1.0 + odds)).abs() < 1e-15);
        assert!((cost_of_alarm(&PLAIN, 0.5, None) - 0.03).abs() < 1e-15);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// More noise, less value; below the largest tolerated noise a regime exists,
        /// above none; a shared reading is worth something.
        #[test]
        fn laws(gain in 0.001..0.02f64, loss in 0.01..0.1f64, delta in 0.6..0.98f64) {
            let game = Payoffs { deal: 0.0, breach: gain, war: -loss };
            let at = |noise: f64| public(&[game; 2], &Signal { cheating: 0.6, noise }, delta);
            if let Some(most) = most_noise(&[game; 2], 0.6, delta) {
                let values: Vec<f64> =
                    [0.2, 0.4, 0.6, 0.8].iter().filter_map(|part| at(part * most)).map(|r| r.value[0]).collect();
                prop_assert!(values.len() == 4);
                // The grid of thresholds is finite.
                prop_assert!(values.windows(2).all(|w| w[1] <= w[0] + 0.01 * loss), "{:?}", values);
                prop_assert!(at(1.01 * most).is_none());
                let signal = Signal { cheating: 0.6, noise: 0.3 * most };
                prop_assert!(value_of_monitor(&game, -loss - gain, &signal, delta) >= -1e-12);
            }
        }
    }
}
