//! `exp`, `ln` and `x^t` over slices.
//!
//! The processor's widest vector unit is chosen at run time, but every
//! operation is a plain IEEE addition, multiplication or division in a fixed
//! order, and none is fused: all x86-64 processors give the same bits.
//!
//! ```text
//! exp x = 2^n · e^r,           n = round(x / ln 2), |r| ≤ ln 2 / 2
//! ln x  = k ln 2 + ln(1 + f),  x = 2^k (1 + f), √½ ≤ 1 + f < √2
//! ln(1 + f) = f − f²/2 + s (f²/2 + R(s²)),  s = f / (2 + f)
//! ```
//!
//! `e^r` is its Taylor polynomial of degree 13 (remainder below 5e-18); `R` is
//! the minimax polynomial of the same argument in Sun's fdlibm `e_log.c`.
//!
//! Contract: `ln` and `powf` take positive, normal, finite numbers; the caller
//! handles 0, infinities and NaN. `exp` takes any finite number, gives 0 below
//! −708 and infinity above 709.

const LN2_HI: f64 = 6.931_471_803_691_238e-1;
const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;

/// Adding and subtracting 1.5·2⁵² rounds to the nearest integer and leaves that
/// integer in the low bits of the sum.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// `e^x` of one number, with the bits of [`exp`].
#[inline(always)]
pub fn exp1(x: f64) -> f64 {
    let bounded = x.clamp(-708.0, 709.0);
    let shifted = bounded * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (bounded - n * LN2_HI) - n * LN2_LO;
    let p = 1.0 / 6_227_020_800.0;
    let p = p * r + 1.0 / 479_001_600.0;
    let p = p * r + 1.0 / 39_916_800.0;
    let p = p * r + 1.0 / 3_628_800.0;
    let p = p * r + 1.0 / 362_880.0;
    let p = p * r + 1.0 / 40_320.0;
    let p = p * r + 1.0 / 5_040.0;
    let p = p * r + 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = (p * r) * r + r + 1.0;
    // n is between −1021 and 1023, so the exponent field neither over- nor underflows.
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    let value = p * power;
    let value = if x < -708.0 { 0.0 } else { value };
    if x > 709.0 { f64::INFINITY } else { value }
}

/// `ln x` of one positive normal number, with the bits of [`ln`].
#[inline(always)]
pub fn ln1(x: f64) -> f64 {
    let (k, f) = scale(x);
    let half_square = 0.5 * f * f;
    let correction = series(f, half_square);
    k * LN2_HI - ((half_square - (correction + k * LN2_LO)) - f)
}

/// `ln x` as a sum of two numbers, the second below the last digit of the first.
#[inline(always)]
fn ln2(x: f64) -> (f64, f64) {
    let (k, f) = scale(x);
    let (square, rest) = two_product(f, f);
    let correction = series(f, 0.5 * square) + k * LN2_LO;
    let (sum, error) = two_sum(k * LN2_HI, f);
    let (sum, more) = two_sum(sum, -0.5 * square);
    let low = (error + more) + (correction - 0.5 * rest);
    two_sum(sum, low)
}

/// `(k, f)` with `x = 2^k (1 + f)` and `√½ ≤ 1 + f < √2`.
#[inline(always)]
fn scale(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const EXPONENT: u64 = 0xfff0_0000_0000_0000;
    let bits = x.to_bits();
    let offset = bits.wrapping_sub(SQRT_HALF) & EXPONENT;
    let f = f64::from_bits(bits.wrapping_sub(offset)) - 1.0;
    // The exponent as a double without an integer conversion: 2⁵² + (k + 2048) is exact.
    let biased = (offset >> 52).wrapping_add(2048) & 0xfff;
    (f64::from_bits(0x4330_0000_0000_0000 | biased) - 4_503_599_627_372_544.0, f)
}

/// `s (f²/2 + R(s²))`.
#[inline(always)]
fn series(f: f64, half_square: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even =
        w * (3.999_999_999_940_942e-1 + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
    let odd = z
        * (6.666_666_666_666_735e-1
            + w * (2.857_142_874_366_239e-1
                + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
    s * (half_square + (even + odd))
}

/// `a + b` and its rounding error (Knuth).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// `a b` and its rounding error (Dekker), without a fused operation.
#[inline(always)]
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((ah, al), (bh, bl)) = (split(a), split(b));
    (product, ((ah * bh - product) + ah * bl + al * bh) + al * bl)
}

/// Halves of 26 bits.
#[inline(always)]
fn split(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a;
    let high = c - (c - a);
    (high, a - high)
}

/// A loop over a slice that the processor's widest unit runs. A struct, not a
/// closure: only this way is the body certain to be compiled for that unit.
struct Each<'a, F> {
    values: &'a mut [f64],
    map: F,
}

impl<F: Fn(f64) -> f64> pulp::NullaryFnOnce for Each<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        map_each(self.values, self.map);
    }
}

/// Applies `map` to every element, in code that is already dispatched.
#[inline(always)]
pub fn map_each(values: &mut [f64], map: impl Fn(f64) -> f64) {
    for v in values {
        *v = map(*v);
    }
}

/// Replaces every element by its exponential.
pub fn exp(values: &mut [f64]) {
    pulp::Arch::new().dispatch(Each { values, map: exp1 });
}

/// Replaces every element, positive and normal, by its natural logarithm.
pub fn ln(values: &mut [f64]) {
    pulp::Arch::new().dispatch(Each { values, map: ln1 });
}

/// Replaces every element `x`, positive and normal, by `x^power`.
///
/// Relative error below 2e-15 as long as the result is a normal number.
pub fn powf(values: &mut [f64], power: f64) {
    pulp::Arch::new().dispatch(Each { values, map: |x| pow1(x, power) });
}

/// `x^t` of one positive normal number, with the bits of [`powf`].
///
/// `t ln x` is kept in two parts, so that a large product costs no digits.
#[inline(always)]
pub fn pow1(x: f64, t: f64) -> f64 {
    let (high, low) = ln2(x);
    let (product, rest) = two_product(t, high);
    let value = exp1(product);
    // Beyond the range of doubles the first part decides alone.
    if value == 0.0 || value == f64::INFINITY { value } else { value + value * (rest + t * low) }
}

/// Width of the accumulators in [`dot`]: sums run in eight lanes, then pairwise.
pub const LANES: usize = 8;

/// Inner product by the processor's widest unit, with the bits of [`dot`].
pub fn inner_product(a: &[f64], b: &[f64]) -> f64 {
    pulp::Arch::new().dispatch(InnerProduct(a, b))
}

struct InnerProduct<'a>(&'a [f64], &'a [f64]);

impl pulp::NullaryFnOnce for InnerProduct<'_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        dot(self.0, self.1)
    }
}

/// Inner product in eight lanes, for code that is already dispatched.
///
/// The slices have the same length; what exceeds the shorter one is ignored.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (a8, b8) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tail: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a8.zip(b8) {
        for l in 0..LANES {
            lanes[l] += x[l] * y[l];
        }
    }
    sum_lanes(lanes) + tail
}

/// Sum of eight lanes, pairwise.
#[inline(always)]
pub fn sum_lanes(l: [f64; LANES]) -> f64 {
    ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}

/// `y += scale · x`. The slices have the same length.
#[inline(always)]
pub fn add_scaled(y: &mut [f64], scale: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += scale * x;
    }
}

/// Largest absolute value; NaN if any element is NaN.
#[inline(always)]
pub fn max_abs(values: &[f64]) -> f64 {
    max_of(values.iter().map(|v| v.abs()))
}

/// Largest absolute difference of two slices of one length; NaN if any is NaN.
#[inline(always)]
pub fn max_gap(a: &[f64], b: &[f64]) -> f64 {
    max_of(a.iter().zip(b).map(|(a, b)| (a - b).abs()))
}

/// Comparisons drop a NaN, so it is counted apart; both folds are branch-free.
#[inline(always)]
fn max_of(values: impl Iterator<Item = f64>) -> f64 {
    let (max, nan) =
        values.fold((0.0, false), |(max, nan), v| (if v > max { v } else { max }, nan | v.is_nan()));
    if nan { f64::NAN } else { max }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn relative(got: f64, want: f64) -> f64 {
        ((got - want) / want).abs()
    }

    #[test]
    fn exact_at_the_anchors() {
        assert_eq!((exp1(0.0), ln1(1.0)), (1.0, 0.0));
        assert_eq!((exp1(-800.0), exp1(800.0)), (0.0, f64::INFINITY));
        assert_eq!(ln1(2.0), std::f64::consts::LN_2);
        assert!(relative(ln1(f64::MIN_POSITIVE), f64::MIN_POSITIVE.ln()) < 2e-16);
    }

    /// Barriers from 0.2 to 5 times, elasticities up to the largest published, 65:
    /// exponents up to 105.
    #[test]
    fn powers_keep_fifteen_digits_over_the_working_range() {
        let mut worst: f64 = 0.0;
        for t in 0..260 {
            let power = -65.0 + 0.5 * f64::from(t) + 0.05;
            let base: Vec<f64> = (0..2400).map(|i| 0.2 + f64::from(i) * 2e-3 + 1.7e-4).collect();
            let mut got = base.clone();
            powf(&mut got, power);
            for (g, x) in got.iter().zip(&base) {
                worst = worst.max(relative(*g, x.powf(power)));
            }
        }
        assert!(worst < 2e-15, "{worst:e}");
    }

    proptest! {
        #[test]
        fn exp_and_ln_agree_with_the_standard_library(x in -700.0..700.0f64) {
            prop_assert!(relative(exp1(x), x.exp()) < 4.5e-16);
            let y = x.exp();
            prop_assert!((ln1(y) - y.ln()).abs() <= 2.5e-16 * y.ln().abs().max(0.5));
        }

        /// The dispatched loop gives the bits of the scalar function.
        #[test]
        fn dispatch_changes_no_bit(x in prop::collection::vec(1e-3..1e3f64, 1..40), t in -30.0..30.0f64) {
            let mut got = x.clone();
            powf(&mut got, t);
            for (g, x) in got.iter().zip(&x) {
                prop_assert_eq!(g.to_bits(), pow1(*x, t).to_bits());
            }
        }
    }
}
