//! Orders and deliveries along the links, in one reading of them a day.
//!
//! An order of a pool goes to its suppliers in proportion to their undisturbed
//! share times their ability; what comes back is the sum of what they deliver.
//! No order of a link is stored: it is a number of its pool times two numbers
//! that are known.
//!
//! ```text
//! O[i,p] = m[p] · w[p,i] · g[i],  m[p] = N[p] / Σ_i w[p,i] g[i]
//! D[i]   = g[i] · Σ_p m[p] w[p,i]                              ordered from a supplier
//! R[p]   = m[p] · Σ_i w[p,i] · (g[i] s[i])                     delivered to a pool
//! ```
//!
//! | symbol | code          | meaning                                            | shape    |
//! |--------|---------------|----------------------------------------------------|----------|
//! | `w`    | `link_share`  | undisturbed share of a supplier                    | `[link]` |
//! | `g`    | `ability`     | capacity over undisturbed output, or 1             | `[rank]` |
//! | `s`    |               | share of its orders that a supplier delivers       | `[rank]` |
//! | `g s`  | `offered`     |                                                    | `[rank]` |
//! | `D/g`  | `drawn`       |                                                    | `[rank]` |
//! | `N`    |               | order of a pool, value a day                       | `[pool]` |
//! | `1/Σwg`| `inverse`     | zero where no supplier is able                     | `[pool]` |
//!
//! Node vectors lie in the order of goods, so that the suppliers of a pool that
//! buys from every region are a contiguous run: its sums need no index. Other
//! pools have the positions of their suppliers in `slot`. Sums run in eight
//! lanes, always the same ones.

use crate::network::Graph;
use crate::numerics::vector::{LANES, add_scaled, sum_lanes};

/// Marks a pool whose suppliers are not a contiguous run.
const SCATTERED: u32 = u32::MAX;

/// The links of a graph as two products with vectors of nodes.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// Position of a node in the order of goods, `[node]`.
    pub(super) rank: Vec<u32>,
    /// Position of the first supplier of a pool, or [`SCATTERED`], `[pool]`.
    first: Vec<u32>,
    /// Position of the supplier, `[link]`; empty if every pool is a run.
    slot: Vec<u32>,
    /// See the header, `[rank]`.
    pub(super) ability: Vec<f64>,
    /// See the header, `[rank]`.
    pub(super) offered: Vec<f64>,
    /// `g s` and `g` side by side, for pools that are no run, `[rank]`.
    pairs: Vec<[f64; 2]>,
    /// See the header, `[rank]`.
    pub(super) drawn: Vec<f64>,
    /// See the header, `[pool]`.
    pub(super) inverse: Vec<f64>,
}

impl Rows {
    /// Every supplier able, nothing drawn.
    pub(super) fn new(graph: &Graph) -> Self {
        let nodes = graph.node_count();
        let mut order: Vec<u32> = (0..nodes as u32).collect();
        order.sort_by_key(|node| (graph.group[*node as usize], *node));
        let mut rank = vec![0; nodes];
        for (position, node) in order.iter().enumerate() {
            rank[*node as usize] = position as u32;
        }
        let first: Vec<u32> = (0..graph.pool_count())
            .map(|pool| {
                let mut slots = graph.supplier[graph.links(pool)].iter().map(|node| rank[*node as usize]);
                let Some(start) = slots.next() else { return 0 };
                if slots.zip(start + 1..).all(|(slot, next)| slot == next) { start } else { SCATTERED }
            })
            .collect();
        let slot = match first.contains(&SCATTERED) {
            true => graph.supplier.iter().map(|node| rank[*node as usize]).collect(),
            false => Vec::new(),
        };
        let (ability, offered, drawn) = (vec![1.0; nodes], vec![0.0; nodes], vec![0.0; nodes]);
        let (pairs, inverse) = (vec![[0.0, 1.0]; nodes], vec![0.0; graph.pool_count()]);
        Self { rank, first, slot, ability, offered, pairs, drawn, inverse }
    }

    /// Takes up new `offered` and `ability`; nothing is drawn yet.
    pub(super) fn renew(&mut self) {
        for ((pair, offered), ability) in self.pairs.iter_mut().zip(&self.offered).zip(&self.ability) {
            *pair = [*offered, *ability];
        }
        self.drawn.fill(0.0);
    }

    /// `Σ w (g s)` and `Σ w g` of a pool.
    #[inline(always)]
    pub(super) fn gather(&self, graph: &Graph, pool: usize) -> (f64, f64) {
        let links = graph.links(pool);
        let share = &graph.link_share[links.clone()];
        match self.first[pool] {
            SCATTERED => {
                let pairs = self.pairs.as_slice();
                let (w2, slot2) = (share.chunks_exact(2), self.slot[links].chunks_exact(2));
                let (mut even, mut odd) = ([0.0; 2], [0.0; 2]);
                if let ([w], [slot]) = (w2.remainder(), slot2.remainder()) {
                    even = pairs[*slot as usize].map(|value| w * value);
                }
                for (w, slot) in w2.zip(slot2) {
                    let (a, b) = (pairs[slot[0] as usize], pairs[slot[1] as usize]);
                    even = [even[0] + w[0] * a[0], even[1] + w[0] * a[1]];
                    odd = [odd[0] + w[1] * b[0], odd[1] + w[1] * b[1]];
                }
                (even[0] + odd[0], even[1] + odd[1])
            }
            first => {
                let run = first as usize..first as usize + share.len();
                two_dots(share, &self.offered[run.clone()], &self.ability[run])
            }
        }
    }

    /// `D/g += m w` for the suppliers of a pool.
    #[inline(always)]
    pub(super) fn scatter(&mut self, graph: &Graph, pool: usize, multiple: f64) {
        let links = graph.links(pool);
        let share = &graph.link_share[links.clone()];
        match self.first[pool] {
            SCATTERED => {
                let (drawn, slots) = (self.drawn.as_mut_slice(), &self.slot[links]);
                for (w, slot) in share.iter().zip(slots) {
                    drawn[*slot as usize] += multiple * w;
                }
            }
            first => add_scaled(&mut self.drawn[first as usize..][..share.len()], multiple, share),
        }
    }
}

/// Inner products of one row with two vectors, in eight lanes.
#[inline(always)]
fn two_dots(row: &[f64], a: &[f64], b: &[f64]) -> (f64, f64) {
    let (mut to_a, mut to_b) = ([0.0; LANES], [0.0; LANES]);
    let (row8, a8, b8) = (row.chunks_exact(LANES), a.chunks_exact(LANES), b.chunks_exact(LANES));
    let (mut rest_a, mut rest_b) = (0.0, 0.0);
    for ((w, a), b) in row8.remainder().iter().zip(a8.remainder()).zip(b8.remainder()) {
        rest_a += w * a;
        rest_b += w * b;
    }
    for ((w, a), b) in row8.zip(a8).zip(b8) {
        for l in 0..LANES {
            to_a[l] += w[l] * a[l];
            to_b[l] += w[l] * b[l];
        }
    }
    (sum_lanes(to_a) + rest_a, sum_lanes(to_b) + rest_b)
}
