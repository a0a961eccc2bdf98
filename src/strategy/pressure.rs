//! Whom does waiting hurt more?
//!
//! Two sides divide what a deal is worth, by turns; who waits loses. With `d[a]`,
//! `d[b]` what the next round counts, `x = (1 − d[b]) / (1 − d[a] d[b])` is the share
//! of the side that offers first. As rounds get short, with `r[a]`, `r[b]` the rates
//! at which waiting costs,
//!
//! ```text
//! share[a] = r[b] / (r[a] + r[b])
//! ```
//!
//! A cost of delay in money, `c` a week, takes the place of a rate: of two sides with
//! fixed costs the cheaper one gets everything, so costs enter as rates, `c` over what
//! is divided.
//!
//! The week in which a side is under pressure is the first in which what it lost
//! since the conflict began passes what conceding costs.
//!
//! Sources: Rubinstein (1982), *Econometrica* 50(1), 97-109; Binmore, Rubinstein and
//! Wolinsky (1986), *RAND Journal of Economics* 17(2), for the limit.

/// Share of the side that offers first, `first` and `second` being what the next
/// round counts for each; `None` unless both are at least 0 and one is below 1.
pub fn first_offer_share(first: f64, second: f64) -> Option<f64> {
    let usable = (0.0..=1.0).contains(&first) && (0.0..=1.0).contains(&second);
    (usable && first * second < 1.0).then(|| (1.0 - second) / (1.0 - first * second))
}

/// Shares of two sides with costs of delay `own` and `rival`, a week, in the same
/// unit, as rounds get short; `None` unless both are finite and at least 0, and one
/// is positive.
pub fn shares(own: f64, rival: f64) -> Option<(f64, f64)> {
    let usable = own >= 0.0 && rival >= 0.0 && own + rival > 0.0 && (own + rival).is_finite();
    usable.then(|| (rival / (own + rival), own / (own + rival)))
}

/// The first week, from 1, in which the cumulated losses reach `concession`: those of
/// `weekly`, then `beyond` every week. `None` if they never do.
pub fn week_of_pressure(weekly: &[f64], beyond: f64, concession: f64) -> Option<usize> {
    if concession.is_nan() || beyond.is_nan() {
        return None;
    }
    let mut lost = 0.0;
    for (week, loss) in weekly.iter().enumerate() {
        lost += loss;
        if lost >= concession {
            return Some(week + 1);
        }
    }
    if beyond <= 0.0 {
        return None;
    }
    let more = ((concession - lost) / beyond).ceil();
    // A float to integer conversion saturates, so a far week stays a far week.
    Some((weekly.len() + 1).max(weekly.len().saturating_add(more as usize)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Equal patience of 1/2: 2/3 for who offers first. Losing three times as much a
    /// week leaves a quarter.
    #[test]
    fn shares_by_hand() {
        assert!((first_offer_share(0.5, 0.5).unwrap() - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(first_offer_share(0.9, 1.0), Some(0.0));
        assert_eq!(first_offer_share(1.0, 1.0), None);
        assert_eq!(shares(3.0, 1.0), Some((0.25, 0.75)));
        assert_eq!(shares(0.0, 1.0), Some((1.0, 0.0)));
        assert_eq!(shares(0.0, 0.0), None);
        assert_eq!(shares(-1.0, 2.0), None);
    }

    /// 1 + 2 + 2 + 2 reaches 6 in week 4; costs of nothing never do.
    #[test]
    fn weeks_by_hand() {
        assert_eq!(week_of_pressure(&[1.0, 2.0], 2.0, 6.0), Some(4));
        assert_eq!(week_of_pressure(&[1.0, 2.0], 2.0, 3.0), Some(2));
        assert_eq!(week_of_pressure(&[1.0], 0.0, 2.0), None);
        assert_eq!(week_of_pressure(&[], 1.0, f64::NAN), None);
        assert_eq!(week_of_pressure(&[1.0, -1.0], 1.0, 1.0), Some(1));
    }

    proptest! {
        /// Short rounds give the limit; who waits at less cost gets more; shares add up.
        #[test]
        fn laws(a in 0.01..5.0f64, b in 0.01..5.0f64) {
            let (own, rival) = shares(a, b).unwrap();
            prop_assert!((own + rival - 1.0).abs() < 1e-15 && ((own > rival) == (a < b)));
            let short = 1e-7;
            let offers = first_offer_share((-a * short).exp(), (-b * short).exp()).unwrap();
            prop_assert!((offers - own).abs() < 1e-5);
            prop_assert!(week_of_pressure(&[a], b, 10.0) >= week_of_pressure(&[a], b, 9.0));
        }
    }
}
