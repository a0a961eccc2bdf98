//! Tables of any size, made up by a formula, to measure time and memory.
//!
//! ```text
//! Z[i,j] = u(i,j) · (regions(i) = regions(j) ? 20 : 1)   for a share `fill` of the pairs, else 0
//! Y[i]   = 1 · the row sum of Z
//! ```
//!
//! `u` is between 0.1 and 1.1 and, like the choice of pairs, a hash of the two
//! numbers: the same table on every machine, and no file. A link between
//! industries of one region is always there.

use crate::network::{Graph, GraphError, Link};

/// A hash of two numbers, between 0 and 1 (the finaliser of SplitMix64).
fn unit(a: usize, b: usize) -> f64 {
    let mut x = (a as u64) << 32 ^ b as u64 ^ 0x9e37_79b9_7f4a_7c15;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Flow from one industry to another, value a year.
fn flow(sectors: usize, fill: f64, supplier: usize, buyer: usize) -> f64 {
    let home = supplier / sectors == buyer / sectors;
    if !home && unit(buyer, supplier) >= fill {
        return 0.0;
    }
    (0.1 + unit(supplier, buyer)) * if home { 20.0 } else { 1.0 }
}

/// A graph of `regions · sectors` industries with a share `fill` of all links.
///
/// # Errors
/// None that a caller can cause: the flows are finite.
pub fn graph(regions: usize, sectors: usize, fill: f64) -> Result<Graph, GraphError> {
    let nodes = regions * sectors;
    let sales = |supplier| (0..nodes).map(|buyer| flow(sectors, fill, supplier, buyer)).sum();
    let final_demand: Vec<f64> = (0..nodes).map(sales).collect();
    let links = (0..nodes).flat_map(|buyer| {
        (0..sectors).flat_map(move |group| {
            (group..nodes).step_by(sectors).map(move |supplier| Link {
                supplier: supplier as u32,
                buyer: buyer as u32,
                flow: flow(sectors, fill, supplier, buyer),
            })
        })
    });
    let group = (0..nodes).map(|node| (node % sectors) as u32).collect();
    Graph::of_links(group, &final_demand, links)
}
