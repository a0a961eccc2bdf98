//! Random numbers, each at a place of its own.
//!
//! ```text
//! U(seed, stream, k) ∈ (0, 1)        E = −ln U,    Z = Φ⁻¹(U)
//! ```
//!
//! A number is found by its place, not by how many were asked for before it: two
//! runs that differ in one distribution share all the others (common random
//! numbers), and no thread can change what another one draws. The stream is the
//! nonce of the ChaCha cipher with eight rounds, the seed is its key.
//!
//! Source: Bernstein (2008), ChaCha, a variant of Salsa20; as a generator with
//! streams: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as
//! easy as 1, 2, 3, *Proceedings of SC11*.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::normal::quantile;
use super::vector::ln1;

/// All streams of a seed.
#[derive(Clone, Debug)]
pub struct Streams {
    origin: ChaCha8Rng,
}

/// The numbers of one stream, in order.
#[derive(Clone, Debug)]
pub struct Stream {
    numbers: ChaCha8Rng,
}

impl Streams {
    /// The streams of a seed.
    pub fn new(seed: u64) -> Self {
        Self::branch(seed, 0)
    }

    /// Further streams of a seed, which share no number with those of another
    /// branch; branch 0 is [`new`](Self::new).
    pub fn branch(seed: u64, branch: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&branch.to_le_bytes());
        Self { origin: ChaCha8Rng::from_seed(key) }
    }

    /// The stream of a number, from its beginning.
    pub fn stream(&self, number: u64) -> Stream {
        self.from(number, 0)
    }

    /// The stream of a number, from its value `k` on.
    pub fn from(&self, number: u64, k: u64) -> Stream {
        let mut numbers = self.origin.clone();
        numbers.set_stream(number);
        // A value takes two words of 32 bits.
        numbers.set_word_pos(2 * u128::from(k));
        Stream { numbers }
    }
}

impl Stream {
    /// The next number between 0 and 1, neither of them included.
    pub fn uniform(&mut self) -> f64 {
        // 52 bits, moved off 0 by half of the last of them.
        ((self.numbers.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// The next exponential time of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -ln1(self.uniform())
    }

    /// The next standard normal number.
    pub fn normal(&mut self) -> f64 {
        quantile(self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_place() {
        let streams = Streams::new(7);
        let mut first = streams.stream(3);
        let numbers: Vec<f64> = (0..100).map(|_| first.uniform()).collect();
        assert_eq!(streams.from(3, 41).uniform(), numbers[41]);
        assert_ne!(streams.stream(4).uniform(), numbers[0]);
        assert_ne!(Streams::new(8).stream(3).uniform(), numbers[0]);
        assert_ne!(Streams::branch(7, 1).stream(3).uniform(), numbers[0]);
    }

    /// Mean and variance of 40,000 numbers, to four standard errors.
    #[test]
    fn numbers_have_their_moments() {
        let mut stream = Streams::new(1).stream(0);
        let count = 40_000;
        let mut moments = |number: &mut dyn FnMut(&mut Stream) -> f64| {
            let values: Vec<f64> = (0..count).map(|_| number(&mut stream)).collect();
            let mean = values.iter().sum::<f64>() / f64::from(count);
            (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(count))
        };
        let error = 4.0 / f64::from(count).sqrt();
        let (mean, variance) = moments(&mut Stream::uniform);
        assert!((mean - 0.5).abs() < 0.29 * error && (variance - 1.0 / 12.0).abs() < 0.075 * error);
        let (mean, variance) = moments(&mut Stream::exponential);
        assert!((mean - 1.0).abs() < error && (variance - 1.0).abs() < 2.9 * error);
        let (mean, variance) = moments(&mut Stream::normal);
        assert!(mean.abs() < error && (variance - 1.0).abs() < 1.5 * error);
    }
}
