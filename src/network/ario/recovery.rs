//! How a loss goes away: four curves.
//!
//! ```text
//! linear             v(e) = v (1 − e/τ)
//! convex             v(e) = v (1 − 1/τ)^(4e)
//! convex, unscaled   v(e) = v (1 − 1/τ)^e
//! concave            v(e) = v τ / (τ + k e^p),  p = (ln τ − ln k) / (ln τ − ln 2)
//! ```
//!
//! | symbol | code      | meaning                                        | unit |
//! |--------|-----------|------------------------------------------------|------|
//! | `v`    | `initial` | loss when recovery begins                      | any  |
//! | `e`    | `elapsed` | days since then                                | day  |
//! | `τ`    | `days`    | length of the recovery; half of a concave one's loss is gone after `τ/2` | day |
//! | `k`    |           | slowness of a concave start, 1e-6              | 1    |
//!
//! The linear curve ends at `τ`; the others end when rounding makes them zero.
//!
//! Source: BoARIO 0.7.2, whose names the curves keep in [`Curve`].

/// Slowness of the start of a concave recovery.
const SLOWNESS: f64 = 1e-6;
/// A concave recovery has done half its work after `τ` over this.
const HALF: f64 = 2.0;

/// Shape of a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// The same amount every day: `linear`.
    Linear,
    /// Fast first, scaled so that little is left at the end: `convexe`.
    Convex,
    /// Fast first, a share of `1/τ` of what is left every day: `convexe noscale`.
    ConvexUnscaled,
    /// Slow first, then fast, then slow: `concave`.
    Concave,
}

/// A curve and its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// Its shape.
    pub curve: Curve,
    /// Its length in days, 1 or more.
    pub days: f64,
}

impl Recovery {
    /// What is left of `initial` after `elapsed` days of recovery.
    pub fn left(self, initial: f64, elapsed: f64) -> f64 {
        let days = self.days;
        let left = match self.curve {
            Curve::Linear => initial * (1.0 - elapsed / days),
            Curve::Convex => initial * (1.0 - 1.0 / days).powf(4.0 * elapsed),
            Curve::ConvexUnscaled => initial * (1.0 - 1.0 / days).powf(elapsed),
            Curve::Concave => {
                let power = (days.ln() - SLOWNESS.ln()) / (days.ln() - HALF.ln());
                initial * days / (days + SLOWNESS * elapsed.powf(power))
            }
        };
        left.max(0.0)
    }
}

/// `value` to `decimals` digits after the point, ties to even.
pub(super) fn round(value: f64, decimals: i32) -> f64 {
    let unit = 10f64.powi(decimals);
    (value * unit).round_ties_even() / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_by_hand() {
        let left = |curve, days, elapsed| Recovery { curve, days }.left(0.8, elapsed);
        assert_eq!(left(Curve::Linear, 10.0, 0.0), 0.8);
        assert!((left(Curve::Linear, 10.0, 4.0) - 0.48).abs() < 1e-15);
        assert_eq!(left(Curve::Linear, 10.0, 10.0), 0.0);
        assert_eq!(left(Curve::Linear, 10.0, 11.0), 0.0);
        // 0.8 · 0.5⁴ and 0.8 · 0.5 after a day of a curve of two days.
        assert!((left(Curve::Convex, 2.0, 1.0) - 0.05).abs() < 1e-15);
        assert!((left(Curve::ConvexUnscaled, 2.0, 1.0) - 0.4).abs() < 1e-15);
        // Gone within a day.
        assert_eq!(left(Curve::Convex, 1.0, 1.0), 0.0);
        // Half after half its length, whatever the length.
        for days in [8.0, 45.0, 365.0] {
            assert_eq!(left(Curve::Concave, days, 0.0), 0.8);
            assert!((left(Curve::Concave, days, days / 2.0) - 0.4).abs() < 1e-12);
        }
    }

    #[test]
    fn ties_round_to_even() {
        assert_eq!(round(0.125, 2), 0.12);
        assert_eq!(round(0.375, 2), 0.38);
        assert_eq!(round(0.4 * (1.0 - 1.0 / 45.0), 6), 0.391111);
    }
}
