//! Networks that nobody observed, for measuring and for tests.

use super::graph::{Graph, GraphError, Link};

/// A firm network: `nodes` firms of `groups` goods, about `links` links, with a
/// few suppliers of many. The same for the same seed.
///
/// Suppliers are drawn so that a share `q` of the firms gets a share `√q` of the
/// links; flows are between 1 and 10; every firm has final demand for half again
/// its inputs, less what other firms buy.
///
/// # Errors
/// [`GraphError`] only for more nodes than 32 bits can number.
pub fn firms(nodes: u32, links: usize, groups: u32, seed: u64) -> Result<Graph, GraphError> {
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let group: Vec<u32> =
        (0..nodes).map(|node| (u64::from(node) * 2_654_435_761 % u64::from(groups)) as u32).collect();
    // An odd factor numbers the firms anew, so that the large ones are not neighbours.
    let scatter = |rank: u32| (u64::from(rank) * 2_654_435_761 % u64::from(nodes)) as u32;
    let mut list: Vec<Link> = Vec::with_capacity(links + nodes as usize);
    let each = links as f64 / f64::from(nodes);
    let (mut bought, mut sold) = (vec![0.0; nodes as usize], vec![0.0; nodes as usize]);
    for buyer in 0..nodes {
        let wants = (each + random()).floor() as usize;
        let first = list.len();
        for _ in 0..wants {
            let u = random();
            let supplier = scatter((u * u * f64::from(nodes)) as u32 % nodes);
            if supplier != buyer {
                let flow = 1.0 + 9.0 * random();
                list.push(Link { supplier, buyer, flow });
                bought[buyer as usize] += flow;
                sold[supplier as usize] += flow;
            }
        }
        list[first..].sort_by_key(|link| (group[link.supplier as usize], link.supplier));
    }
    let final_demand: Vec<f64> =
        bought.iter().zip(&sold).map(|(bought, sold)| (1.5 * bought - sold).max(0.0) + 1.0).collect();
    drop((bought, sold));
    Graph::of_links(group, &final_demand, list)
}
