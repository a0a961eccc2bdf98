//! Vehicle lines: one missing part stops a line.
//!
//! ```text
//! line j of part i of chain k is short on day t  if  U_k(t) ≥ n_1k + n_2k + n_3ji,  a_k(t) < φ,  v_ji < 1 − a_k(t)   (1)
//! line j stands on day t                         if  it is short of any of its parts, or was within `restart` days    (2)
//! T_j = min { t : j is short }                                                                                       (3)
//! ```
//!
//! `U` and `a` are the deficit and the arrivals of the chain, `n` the covers of
//! magnets, parts and the maker, `v` between 0 and 1 the rank of the user: what
//! still arrives goes to the users by rank, so that only a share `1 − a` of the
//! users of a starved chain stops. All users share the chain's path: the cost is
//! chains times days, not lines times parts times days.

use super::chains::{Chains, Numbers, Purpose};
use crate::numerics::vector::exp1;

/// What the vehicle lines of one region have in common in one draw. Times are days.
#[derive(Clone, Debug, PartialEq)]
pub struct LineTerms {
    /// Number of lines.
    pub lines: usize,
    /// Parts with magnets that each needs.
    pub parts: usize,
    /// Median cover at the maker, the region's factor included.
    pub cover_maker: f64,
    /// Standard deviation of its logarithm.
    pub cover_sigma: f64,
    /// Arrivals over need below which users stop.
    pub phi: f64,
    /// Stops that are reported, fraction.
    pub report_prob: f64,
    /// Days until a line runs again once its parts are there.
    pub restart: usize,
}

/// The vehicle lines of one region over the days.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// First day on which each line stops, `[line]`; `None` within the days never.
    pub first_stop: Vec<Option<usize>>,
    /// Whether its stop would be reported, `[line]`.
    pub reported: Vec<bool>,
    /// Lines that stand, `[day]`.
    pub standing: Vec<u32>,
}

/// Follows the lines of a region over the days of its chains.
pub fn run(terms: &LineTerms, chains: &Chains, numbers: Numbers<'_>) -> Lines {
    let (days, count) = (chains.days, chains.worst.len());
    let mut reported = numbers.stream(Purpose::Reported, 0);
    let mut parts: Vec<_> = (0..terms.parts)
        .map(|part| {
            [Purpose::PartChain, Purpose::CoverMaker, Purpose::PartRank]
                .map(|purpose| numbers.stream(purpose, part))
        })
        .collect();
    let mut found = Lines {
        first_stop: vec![None; terms.lines],
        reported: (0..terms.lines).map(|_| reported.uniform() < terms.report_prob).collect(),
        standing: vec![0; days],
    };
    let mut short = vec![false; days];
    for line in 0..terms.lines {
        let mut any = false;
        for [part_chain, cover_maker, rank] in &mut parts {
            let (u, z, v) = (part_chain.uniform(), cover_maker.normal(), rank.uniform());
            let k = ((u * count as f64) as usize).min(count.saturating_sub(1));
            if count == 0 {
                continue;
            }
            let maker = terms.cover_maker * exp1(terms.cover_sigma * z);
            let cover = chains.cover_magnets[k] + chains.cover_parts[k] + maker;
            if chains.worst[k] < cover {
                continue;
            }
            let row = k * days..(k + 1) * days;
            let path = chains.deficit[row.clone()].iter().zip(&chains.arrivals[row]);
            for (short, (deficit, arrivals)) in short.iter_mut().zip(path) {
                if *deficit >= cover && *arrivals < terms.phi && v < 1.0 - arrivals {
                    *short = true;
                    any = true;
                }
            }
        }
        if any {
            found.first_stop[line] = short.iter().position(|short| *short);
            let mut until = 0;
            for (t, short) in short.iter_mut().enumerate() {
                if std::mem::take(short) {
                    until = t + 1 + terms.restart;
                }
                found.standing[t] += u32::from(t < until);
            }
        }
    }
    found
}
