//! The quantile of the standard normal distribution, and the distribution itself.
//!
//! ```text
//! z = Φ⁻¹(p),    0 < p < 1
//! ```
//!
//! Wichura's rational approximations, relative error below 1e-15. Its own file
//! because a library's would take the logarithm of the platform, whose last bit
//! differs between machines.
//!
//! Source: Wichura (1988), Algorithm AS 241, *Applied Statistics* 37(3), 477-484.
//! `Φ` is Hart's rational approximation in the form of West (2005), *Wilmott
//! Magazine*, with a continued fraction in the tails; the two are checked against
//! each other.

use super::vector::{exp1, ln1};

/// `p` this near to one half takes the first approximation.
const MIDDLE: f64 = 0.425;

const A: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const B: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const F: [f64; 8] = [
    1.0,
    0.599_832_206_555_887_9,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

/// `z` with `Φ(z) = p`.
///
/// # Panics
/// In debug builds if `p` is not between 0 and 1.
pub fn quantile(p: f64) -> f64 {
    debug_assert!(p > 0.0 && p < 1.0, "{p} is no probability");
    let q = p - 0.5;
    if q.abs() <= MIDDLE {
        let r = MIDDLE * MIDDLE - q * q;
        return q * ratio(&A, &B, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln1(tail)).sqrt();
    let z = if r <= 5.0 { ratio(&C, &D, r - 1.6) } else { ratio(&E, &F, r - 5.0) };
    if q < 0.0 { -z } else { z }
}

fn ratio(above: &[f64; 8], below: &[f64; 8], r: f64) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * r + c);
    polynomial(above) / polynomial(below)
}

/// Numerator of Hart's approximation, highest power first.
const NUMERATOR: [f64; 7] = [
    3.526_249_659_989_11e-2,
    0.700_383_064_443_688,
    6.373_962_203_531_65,
    33.912_866_078_383,
    112.079_291_497_871,
    221.213_596_169_931,
    220.206_867_912_376,
];
const DENOMINATOR: [f64; 8] = [
    8.838_834_764_831_84e-2,
    1.755_667_163_182_64,
    16.064_177_579_207,
    86.780_732_202_946_1,
    296.564_248_779_674,
    637.333_633_378_831,
    793.826_512_519_948,
    440.413_735_824_752,
];

/// `Φ(z)`, the probability of less than `z`; absolute error below 1e-14.
pub fn distribution(z: f64) -> f64 {
    let x = z.abs();
    if x > 37.0 {
        return if z > 0.0 { 1.0 } else { 0.0 };
    }
    let density = exp1(-0.5 * x * x);
    let horner = |powers: &[f64]| powers.iter().fold(0.0, |sum, power| sum * x + power);
    let tail = if x < 7.071_067_811_865_47 {
        density * horner(&NUMERATOR) / horner(&DENOMINATOR)
    } else {
        let fraction = x + 1.0 / (x + 2.0 / (x + 3.0 / (x + 4.0 / (x + 0.65))));
        density / fraction / 2.506_628_274_631
    };
    if z > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_is_the_inverse_of_the_quantile() {
        for k in 1..1000 {
            let p = f64::from(k) / 1000.0;
            assert!((distribution(quantile(p)) - p).abs() < 1e-14, "{p}");
        }
        for p in [1e-30, 1e-12, 1e-6] {
            assert!((distribution(quantile(p)) / p - 1.0).abs() < 1e-7, "{p}");
        }
        assert_eq!((distribution(-40.0), distribution(40.0)), (0.0, 1.0));
        assert!(distribution(f64::NAN).is_nan());
    }

    /// Quantiles from tables of the normal distribution, in all three ranges.
    #[test]
    fn tabled_quantiles_are_met() {
        for (p, z) in [
            (0.5, 0.0),
            (0.6, 0.253_347_103_135_799_7),
            (0.75, 0.674_489_750_196_081_7),
            (0.9, 1.2815515655446006),
            (0.925, 1.4395314709384562),
            (0.95, 1.6448536269514723),
            (0.975, 1.9599639845400539),
            (0.99, 2.3263478740408408),
            (0.9999, 3.7190164854557084),
            (0.05, -1.6448536269514727),
            (1e-6, -4.753424308822899),
            (1e-12, -7.034_483_825_301_132),
            (1e-20, -9.262_340_089_798_407),
        ] {
            let found: f64 = quantile(p);
            let z: f64 = z;
            assert!((found - z).abs() <= 4e-16 * z.abs().max(1.0) * 4.0, "{p}: {found} against {z}");
        }
    }

    #[test]
    fn it_is_odd_and_rises() {
        let mut last = f64::NEG_INFINITY;
        for k in 1..1000 {
            let p = f64::from(k) / 1000.0;
            let z = quantile(p);
            assert!(z > last && (z + quantile(1.0 - p)).abs() < 1e-12);
            last = z;
        }
    }
}
