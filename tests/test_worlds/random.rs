//! Random worlds that are economically admissible by construction.
//!
//! Every region sells something of sector 0 at home, so it has value added, and
//! to the next region, so that it can pay for imports without a deficit; input shares are scaled down until no region uses more of a sector than it
//! buys, so final demand is never negative. Everything else may be missing:
//! flows, producers, home sales, inputs, whole sectors.

use detente::ledger::PolicyState;
use detente::world::World;

/// Reproducible draws: splitmix64 (Steele, Lea and Flood 2014).
pub struct Draw(pub u64);

impl Draw {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }

    /// A position below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// The numbers below `n` in random order.
    pub fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// A random world of `n` regions and `j` sectors.
pub fn world(n: usize, j: usize, seed: u64) -> World {
    let mut draw = Draw(seed);
    let theta: Vec<f64> = (0..j).map(|_| draw.between(1.5, 9.0)).collect();
    let size: Vec<f64> = (0..n).map(|_| draw.between(-2.0, 2.0).exp() * 1000.0).collect();
    let trade = trade(&size, j, &mut draw);
    let mut world = super::world("random", n, &theta, trade, vec![0.0; n * j * j]);
    for cell in 0..world.tariff.len() {
        if cell / n % n != cell % n && draw.chance(0.4) {
            world.tariff[cell] = draw.between(0.0, 0.3);
        }
    }
    world.input_share = input_shares(&world, &mut draw);
    world
}

/// Flows that grow with both regions' sizes, `[sector, importer, exporter]`.
fn trade(size: &[f64], j: usize, draw: &mut Draw) -> Vec<f64> {
    let n = size.len();
    let total: f64 = size.iter().sum();
    let mut trade = vec![0.0; j * n * n];
    for sector in 0..j {
        let at_home_only = sector > 0 && draw.chance(0.1);
        let never_at_home = sector > 0 && !at_home_only && draw.chance(0.1);
        for exporter in 0..n {
            if sector > 0 && draw.chance(0.1) {
                continue;
            }
            for importer in 0..n {
                trade[(sector * n + importer) * n + exporter] = if importer == exporter {
                    let sold = sector == 0 || !(never_at_home || draw.chance(0.1));
                    if sold { size[exporter] * draw.between(0.5, 2.0) } else { 0.0 }
                } else if at_home_only
                    || (draw.chance(0.25) && (sector > 0 || importer != (exporter + 1) % n))
                {
                    0.0
                } else {
                    size[exporter] * size[importer] / total * draw.between(0.2, 0.6)
                };
            }
        }
    }
    trade
}

/// Input shares that leave a tenth of every region's spending to final demand.
fn input_shares(world: &World, draw: &mut Draw) -> Vec<f64> {
    let (n, j) = (world.region_count(), world.sector_count());
    let output = world.gross_output_musd();
    let mut shares = vec![0.0; n * j * j];
    for region in 0..n {
        for sector in 0..j {
            if draw.chance(0.2) {
                continue;
            }
            let total = draw.between(0.2, 0.8);
            let parts: Vec<f64> =
                (0..j).map(|_| if draw.chance(0.2) { 0.0 } else { draw.between(0.1, 1.0) }).collect();
            let sum: f64 = parts.iter().sum();
            for (input, part) in parts.iter().enumerate() {
                if sum > 0.0 {
                    shares[(region * j + input) * j + sector] = total * part / sum;
                }
            }
        }
        for input in 0..j {
            let cells = (input * n + region) * n..(input * n + region + 1) * n;
            let spent: f64 = cells.map(|cell| world.trade_musd[cell] * (1.0 + world.tariff[cell])).sum();
            let row = &mut shares[(region * j + input) * j..][..j];
            let used: f64 = (0..j).map(|k| row[k] * output[k * n + region]).sum();
            if used > 0.9 * spent {
                row.iter_mut().for_each(|share| *share *= 0.9 * spent / used);
            }
        }
    }
    shares
}

/// The base policy of a random world: its tariffs, and export taxes on some flows.
pub fn base(world: &World, seed: u64) -> PolicyState {
    let (mut draw, n) = (Draw(seed ^ 0xba5e), world.region_count());
    let mut base = super::base_policy(world);
    for (cell, tax) in base.export_tax.iter_mut().enumerate() {
        if cell / n % n != cell % n && draw.chance(0.05) {
            *tax = draw.between(0.0, 0.2);
        }
    }
    base
}

/// `base` with some tariffs, export taxes and iceberg costs moved.
pub fn shock(base: &PolicyState, n: usize, seed: u64) -> PolicyState {
    let (mut draw, mut policy) = (Draw(seed ^ 0x5a0c), base.clone());
    for cell in 0..policy.tariff.len() {
        if cell / n % n == cell % n {
            continue;
        }
        if draw.chance(0.2) {
            policy.tariff[cell] = draw.between(0.0, 0.4);
        }
        if draw.chance(0.05) {
            policy.export_tax[cell] = draw.between(0.0, 0.3);
        }
        if draw.chance(0.1) {
            policy.iceberg_hat[cell] = draw.between(0.85, 1.2);
        }
    }
    policy
}
