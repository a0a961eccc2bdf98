//! Stocks by the origin of the supplier: a licence hits one origin only.
//!
//! A table says that a factory buys magnets; what was designed for a magnet from
//! one country is not replaced by a magnet from another overnight. Splitting a
//! group by origin gives each origin a stock and a pool of its own.
//!
//! ```text
//! W   = Σ_(i controlled) w[p,i]
//! a₁  = W a,  a₂ = (1 − W) a        w₁ = w / W,  w₂ = w / (1 − W)       F₁ = W F,  F₂ = (1 − W) F
//! ```
//!
//! `w₁ a₁ = w a`: every flow stays what it was.

use super::graph::Graph;
use super::regions::Network;

impl Network {
    /// Splits every bucket and pool of `group` in two, by whether the supplier is
    /// one of `controlled` (nodes). A pool with suppliers on one side only stays
    /// as it is.
    ///
    /// Buckets and links get new positions: name links for caps afterwards.
    pub fn by_origin(&self, group: u32, controlled: &[u32]) -> Self {
        let old = &self.graph;
        let mut is_controlled = vec![false; old.node_count()];
        for node in controlled {
            if let Some(hit) = is_controlled.get_mut(*node as usize) {
                *hit = true;
            }
        }
        // Share of the controlled and of the other suppliers, each summed for itself.
        let sides: Vec<[f64; 2]> = (0..old.pool_count())
            .map(|pool| {
                let mut sides = [0.0; 2];
                for link in old.links(pool) {
                    let supplier = old.supplier[link] as usize;
                    if old.group[supplier] != group {
                        return [0.0; 2];
                    }
                    sides[usize::from(!is_controlled[supplier])] += old.link_share[link];
                }
                sides
            })
            .collect();
        // The parts of a pool: which suppliers they have, and their share.
        let parts = |pool: usize| -> Vec<(Option<bool>, f64)> {
            match sides[pool] {
                [hit, other] if hit > 0.0 && other > 0.0 => vec![(Some(true), hit), (Some(false), other)],
                _ => vec![(None, 1.0)],
            }
        };
        let mut graph = Graph {
            output: old.output.clone(),
            group: old.group.clone(),
            value_added: old.value_added.clone(),
            final_demand: old.final_demand.clone(),
            bucket_start: vec![0],
            link_start: vec![0],
            ..Graph::default()
        };
        let (mut first, mut pool_region) = (Vec::new(), Vec::new());
        for pool in 0..old.pool_count() {
            first.push(graph.pool_final.len() as u32);
            for (side, part) in parts(pool) {
                for link in old.links(pool) {
                    let supplier = old.supplier[link];
                    if side.is_none_or(|side| is_controlled[supplier as usize] == side) {
                        graph.supplier.push(supplier);
                        graph.link_share.push(old.link_share[link] / part);
                    }
                }
                graph.link_start.push(graph.supplier.len() as u32);
                graph.pool_final.push(old.pool_final[pool] * part);
                pool_region.push(self.pool_region[pool]);
            }
        }
        for node in 0..old.node_count() {
            for bucket in old.buckets(node) {
                let pool = old.bucket_pool[bucket] as usize;
                for (place, (_, part)) in parts(pool).into_iter().enumerate() {
                    graph.bucket_group.push(old.bucket_group[bucket]);
                    graph.bucket_pool.push(first[pool] + place as u32);
                    graph.input_share.push(old.input_share[bucket] * part);
                    graph.purchases.push(old.purchases[bucket] * part);
                }
            }
            graph.bucket_start.push(graph.bucket_pool.len() as u32);
        }
        Self { graph, node_region: self.node_region.clone(), pool_region, region_count: self.region_count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Flow from supplier to buyer node, per day.
    fn flows(graph: &Graph) -> BTreeMap<(u32, usize), f64> {
        let mut flows = BTreeMap::new();
        for node in 0..graph.node_count() {
            for bucket in graph.buckets(node) {
                for link in graph.links(graph.bucket_pool[bucket] as usize) {
                    let flow = graph.link_share[link] * graph.input_share[bucket] * graph.output[node];
                    *flows.entry((graph.supplier[link], node)).or_insert(0.0) += flow;
                }
            }
        }
        flows
    }

    #[test]
    fn every_flow_is_kept() {
        let world = crate::world::tests::small();
        let network = Network::of_world(&world);
        let split = network.by_origin(1, &[1]);
        assert!(split.graph.pool_count() > network.graph.pool_count());
        assert!(split.graph.bucket_count() > network.graph.bucket_count());
        let (before, after) = (flows(&network.graph), flows(&split.graph));
        assert_eq!(before.len(), after.len());
        for (pair, flow) in &before {
            assert!((after[pair] - flow).abs() <= 1e-12 * flow.max(1e-3), "{pair:?}");
        }
        let demand = network.graph.demand();
        for (new, old) in split.graph.demand().iter().zip(&demand) {
            assert!((new - old).abs() <= 1e-12 * old);
        }
        for pool in 0..split.graph.pool_count() {
            let whole: f64 = split.graph.link_share[split.graph.links(pool)].iter().sum();
            assert!((whole - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_node_that_is_not_there_splits_nothing() {
        let network = Network::of_world(&crate::world::tests::small());
        assert_eq!(network.by_origin(1, &[99]), network);
    }
}
