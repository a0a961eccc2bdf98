//! Chains: when does a part run out of magnets?
//!
//! A chain is one magnet buyer's flow into one part, through the buyer and the
//! maker of the part. It needs some licences; each flows wholly or not at all.
//! A mean flow in every chain would date the first stop late, by up to
//! `1/(1 − flow)`: what stops first is the chain that gets nothing.
//!
//! ```text
//! P_r   = auto_share · tonnes_r / chain_tonnes                              chains of a region   (1)
//! d(t)  = mean over files of 1{flows on day t − lag}                        direct arrivals      (2)
//! ℓ(t)  = leak_max (1 − exp(−t/leak_time)) + workaround · 1{t ≥ start}      other ways           (3)
//! a(t)  = d + (1 − d) min(ℓ, 1),  or 1 for a rescued chain from its day on                       (4)
//! U(t)  = max(0, U(t−1) + 1 − a(t) − catch_up · 1{d(t) = 1})                days of deficit      (5)
//! n_k   = median_k · exp(σ Z_k + σ_r Z_r)                                   cover at stage k     (6)
//! ```
//!
//! A file flows if it needs no licence (probability `not_held`), until it is held
//! (exponential), and while a licence runs. It is granted when the hazard of its
//! class, cumulated since it was filed, passes an exponential number divided by
//! the factor of its lane. From the day `end_day` of the queue on every file flows.
//!
//! | symbol | code | meaning | unit | shape |
//! |---|---|---|---|---|
//! | `a` | `arrivals` | arrivals over need | 1 | `[chain, day]` |
//! | `U` | `deficit` | need that did not arrive and was not made up for | days | `[chain, day]` |
//! | `n_1`, `n_2` | `cover_magnets`, `cover_parts` | stocks at the first two stages | days | `[chain]` |

use super::licences::Terms;
use crate::numerics::streams::{Stream, Streams};
use crate::numerics::vector::exp1;

/// What the chains of one region have in common in one draw. Times are days.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainTerms {
    /// Number of chains.
    pub chains: usize,
    /// Licences that each chain needs, 1 at least.
    pub files: usize,
    /// Files that need no licence, fraction.
    pub not_held: f64,
    /// Chains by air, fraction.
    pub air_share: f64,
    /// Transit by air and by sea.
    pub lag: [usize; 2],
    /// Medians of the covers of magnets and of parts, the region's factor included.
    pub cover: [f64; 2],
    /// Standard deviation of the logarithm of covers.
    pub cover_sigma: f64,
    /// Chains that find another way, fraction.
    pub rescue: f64,
    /// Day from which they have it.
    pub rescue_day: f64,
    /// Blocked flow that comes through third countries in the end, fraction.
    pub leak_max: f64,
    /// Time constant of that.
    pub leak_time: f64,
    /// Flow that comes as motors in place of magnets, fraction.
    pub workaround: f64,
    /// Day from which it comes.
    pub workaround_start: f64,
    /// Arrivals above need while a deficit is made up for, fraction.
    pub catch_up: f64,
    /// Arrivals over need below which users stop.
    pub phi: f64,
    /// The user's own slow lane; `None`: the queue's.
    pub slow: Option<SlowLane>,
}

/// Files that take longer than others, or are refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowLane {
    /// Chains whose files are never approved, fraction.
    pub refused: f64,
    /// Chains in the slow lane, fraction of all.
    pub share: f64,
    /// Their hazard against the class's.
    pub factor: f64,
}

/// The chains of one region over the days.
#[derive(Clone, Debug, PartialEq)]
pub struct Chains {
    /// Days, the first being day 0.
    pub days: usize,
    /// Arrivals over need, `[chain, day]`.
    pub arrivals: Vec<f64>,
    /// Days of deficit, `[chain, day]`.
    pub deficit: Vec<f64>,
    /// Cover of magnets, days, `[chain]`.
    pub cover_magnets: Vec<f64>,
    /// Cover of parts, days, `[chain]`.
    pub cover_parts: Vec<f64>,
    /// Largest deficit on a day on which users can stop, `[chain]`; 0 if there is none.
    pub worst: Vec<f64>,
}

/// The random numbers of one region in one draw, by what they are for.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    /// All numbers of the seed.
    pub streams: &'a Streams,
    /// Draw, below 2³².
    pub draw: u32,
    /// Position of the region, below 2⁸.
    pub region: u8,
}

/// What a stream of random numbers decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Air,
    Slow,
    Rescue,
    FilePrep,
    NotHeld,
    CutOff,
    Clock,
    General,
    CoverMagnets,
    CoverParts,
    CoverMaker,
    Reported,
    PartChain,
    PartRank,
    CoverRegion,
    Parameter,
}

impl Numbers<'_> {
    /// Number of a stream: `copy` and `again` tell apart those of one purpose.
    fn place(&self, purpose: Purpose, copy: usize, again: usize) -> u64 {
        let low = ((copy.min(255) as u64) << 8) | again.min(255) as u64;
        (u64::from(self.draw) << 32) | (u64::from(self.region) << 24) | ((purpose as u64) << 16) | low
    }

    pub(super) fn stream(&self, purpose: Purpose, copy: usize) -> Stream {
        self.streams.stream(self.place(purpose, copy, 0))
    }

    fn at(&self, purpose: Purpose, copy: usize, again: usize, k: usize) -> Stream {
        self.streams.from(self.place(purpose, copy, again), k as u64)
    }
}

/// Follows the chains for `days` days; `hazard` is that of their class, per day.
pub fn run(chain: &ChainTerms, queue: &Terms, hazard: &[f64], numbers: Numbers<'_>, days: usize) -> Chains {
    // cumulated[t] is the hazard of the days before t.
    let mut cumulated = vec![0.0; days + 1];
    for t in 0..days {
        cumulated[t + 1] = cumulated[t] + hazard[t];
    }
    let others: Vec<f64> = (0..days).map(|t| chain.other_ways(t as f64)).collect();
    let count = chain.chains;
    let mut files: Vec<FileNumbers> = (0..chain.files).map(|file| FileNumbers::new(numbers, file)).collect();
    let [mut air, mut slow, mut rescue, mut prep, mut cover_magnets, mut cover_parts] = [
        Purpose::Air,
        Purpose::Slow,
        Purpose::Rescue,
        Purpose::FilePrep,
        Purpose::CoverMagnets,
        Purpose::CoverParts,
    ]
    .map(|purpose| numbers.stream(purpose, 0));
    let cover =
        |stream: &mut Stream, stage: usize| chain.cover[stage] * exp1(chain.cover_sigma * stream.normal());
    let mut chains = Chains {
        days,
        arrivals: vec![0.0; count * days],
        deficit: vec![0.0; count * days],
        cover_magnets: (0..count).map(|_| cover(&mut cover_magnets, 0)).collect(),
        cover_parts: (0..count).map(|_| cover(&mut cover_parts, 1)).collect(),
        worst: vec![0.0; count],
    };
    let [(_, fast), (share, factor)] = queue.lanes();
    let SlowLane { refused, share, factor } = chain.slow.unwrap_or(SlowLane { refused: 0.0, share, factor });
    let lane = |u: f64| match u {
        u if u < refused => 0.0,
        u if u < refused + share => factor,
        _ => fast,
    };
    let end_day = queue.end_day.map_or(days, |end| end.min(days));
    let mut flowing = vec![0_i32; days + 1];
    for k in 0..count {
        let lag = if air.uniform() < chain.air_share { chain.lag[0] } else { chain.lag[1] };
        let factor = lane(slow.uniform());
        let rescued = rescue.uniform() < chain.rescue;
        let filed = queue.file_prep * prep.exponential();
        flowing.fill(0);
        for (file, stream) in files.iter_mut().enumerate() {
            let file = File { numbers, number: file, chain: k, filed, factor };
            // What ships on a day arrives a lag later; what was on its way arrives.
            let mut ships = |from: usize, to: usize| {
                let from = if from == 0 { 0 } else { (from + lag).min(days) };
                flowing[from] += 1;
                flowing[to.saturating_add(lag).min(days)] -= 1;
            };
            file.flow(stream, chain.not_held, queue, &cumulated, &mut |from, to| {
                if from < end_day {
                    ships(from, if to < end_day { to } else { end_day });
                }
            });
            ships(end_day, usize::MAX);
        }
        let (mut on, mut deficit) = (0, 0.0_f64);
        let row = k * days..(k + 1) * days;
        let (arrivals, deficits) = (&mut chains.arrivals[row.clone()], &mut chains.deficit[row]);
        for t in 0..days {
            on += flowing[t];
            let direct = f64::from(on) / chain.files as f64;
            let a = if rescued && t as f64 >= chain.rescue_day {
                1.0
            } else {
                direct + (1.0 - direct) * others[t]
            };
            let made_up = if on as usize == chain.files { chain.catch_up } else { 0.0 };
            deficit = (deficit + 1.0 - a - made_up).max(0.0);
            arrivals[t] = a;
            deficits[t] = deficit;
            if a < chain.phi && deficit > chains.worst[k] {
                chains.worst[k] = deficit;
            }
        }
    }
    chains
}

impl ChainTerms {
    /// Flow that comes in other ways, of what is blocked (3).
    fn other_ways(&self, day: f64) -> f64 {
        let leak = self.leak_max * (1.0 - exp1(-day / self.leak_time.max(1e-9)));
        let motors = if day >= self.workaround_start { self.workaround } else { 0.0 };
        (leak + motors).min(1.0)
    }
}

impl Chains {
    /// First day on which the supplier's own line of each chain stops: its magnets
    /// are used up and too little arrives, `[chain]`; `None` within the days never.
    pub fn supplier_stops(&self, phi: f64) -> Vec<Option<usize>> {
        let one = |k: usize| {
            if self.worst[k] < self.cover_magnets[k] {
                return None;
            }
            (0..self.days).find(|t| {
                let cell = k * self.days + t;
                self.deficit[cell] >= self.cover_magnets[k] && self.arrivals[cell] < phi
            })
        };
        (0..self.worst.len()).map(one).collect()
    }
}

/// The numbers of the files at one place of their chains.
struct FileNumbers {
    not_held: Stream,
    cut_off: Stream,
    clock: Stream,
    general: Stream,
}

impl FileNumbers {
    fn new(numbers: Numbers<'_>, file: usize) -> Self {
        let stream = |purpose| numbers.stream(purpose, file);
        Self {
            not_held: stream(Purpose::NotHeld),
            cut_off: stream(Purpose::CutOff),
            clock: stream(Purpose::Clock),
            general: stream(Purpose::General),
        }
    }
}

/// One licence that a chain needs, and those that renew it.
struct File<'a> {
    numbers: Numbers<'a>,
    number: usize,
    chain: usize,
    filed: f64,
    factor: f64,
}

impl File<'_> {
    /// Reports the days on which it ships, from the first to before the second;
    /// stretches do not overlap.
    fn flow(
        &self,
        first: &mut FileNumbers,
        not_held: f64,
        queue: &Terms,
        cumulated: &[f64],
        ships: &mut impl FnMut(usize, usize),
    ) {
        // Every number is taken, needed or not: the next chain's must not move.
        let free = first.not_held.uniform() < not_held;
        let held_from = (queue.tau_enforce * first.cut_off.exponential()).ceil() as usize;
        let mut clock = first.clock.exponential();
        let mut general = first.general.uniform() < queue.general_share;
        if free {
            return ships(0, usize::MAX);
        }
        ships(0, held_from);
        let days = cumulated.len() - 1;
        let (mut waits_from, mut after) = (self.filed as usize + 1, 0);
        for again in 1.. {
            let Some(granted) = self.granted(waits_from, clock, cumulated) else { return };
            let licence = queue.licence(granted, after, general);
            if licence.start >= days {
                return;
            }
            let from = licence.start.max(held_from);
            if from < licence.end {
                ships(from, licence.end);
            }
            (waits_from, after) = (licence.renewal, licence.end);
            clock = self.numbers.at(Purpose::Clock, self.number, again, self.chain).exponential();
            let general_number = self.numbers.at(Purpose::General, self.number, again, self.chain).uniform();
            general = general_number < queue.general_share;
        }
    }

    /// The first day from `waits_from` on at whose end the cumulated hazard has passed the clock.
    fn granted(&self, waits_from: usize, clock: f64, cumulated: &[f64]) -> Option<usize> {
        let before = cumulated.get(waits_from)?;
        let passed = before + clock / self.factor;
        let place = cumulated.partition_point(|hazard| *hazard < passed);
        (place < cumulated.len()).then(|| place.saturating_sub(1).max(waits_from))
    }
}
