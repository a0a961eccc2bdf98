//! A graph with the regions of its nodes and of the buyers behind its pools.
//!
//! Regions decide which link is home and which abroad: for time in transit, for
//! priority, and for measures of governments.
//!
//! | symbol | code          | meaning                                | shape    |
//! |--------|---------------|----------------------------------------|----------|
//! | `r(j)` | `node_region` | region in which a node produces        | `[node]` |
//! | `r(p)` | `pool_region` | region whose buyers draw on a pool     | `[pool]` |

use super::graph::Graph;
use super::problem::{Problem, RunError};
use crate::world::World;

/// A graph and where its nodes and buyers are.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Who supplies whom.
    pub graph: Graph,
    /// Region of a node, `[node]`.
    pub node_region: Vec<u32>,
    /// Region of the buyers of a pool, `[pool]`.
    pub pool_region: Vec<u32>,
    /// Number of regions.
    pub region_count: usize,
}

impl Network {
    /// A world's industries, as [`Graph::of_world`] lays them out: node and pool
    /// `region · J + sector`.
    pub fn of_world(world: &World) -> Self {
        let graph = Graph::of_world(world);
        let region = |position: usize| (position / world.sector_count()) as u32;
        Self {
            node_region: (0..graph.node_count()).map(region).collect(),
            pool_region: (0..graph.pool_count()).map(region).collect(),
            region_count: world.region_count(),
            graph,
        }
    }

    /// Any graph, all of it in one region.
    pub fn in_one_region(graph: Graph) -> Self {
        let (nodes, pools) = (graph.node_count(), graph.pool_count());
        Self { graph, node_region: vec![0; nodes], pool_region: vec![0; pools], region_count: 1 }
    }

    /// Any graph; `node_region` is the region of each node, counted from 0. A
    /// pool is in the region of the nodes that draw on it; one that only final
    /// demand draws on is where its first supplier is.
    ///
    /// # Errors
    /// [`RunError::Problems`] if the regions do not fit the nodes, or nodes of
    /// two regions share a pool.
    pub fn of_graph(graph: Graph, node_region: Vec<u32>) -> Result<Self, RunError> {
        let nodes = graph.node_count();
        if node_region.len() != nodes {
            let what = format!("there are {} regions of nodes for {nodes} nodes", node_region.len());
            let problem = Problem::new("node_region", what, "give one region for each node");
            return Err(RunError::Problems { problems: vec![problem] });
        }
        const NOWHERE: u32 = u32::MAX;
        let (mut pool_region, mut problems) = (vec![NOWHERE; graph.pool_count()], Vec::new());
        for node in 0..nodes {
            for bucket in graph.buckets(node) {
                let region = &mut pool_region[graph.bucket_pool[bucket] as usize];
                if *region != NOWHERE && *region != node_region[node] {
                    let what = format!(
                        "it shares a pool with a node of region {region}, but is in region {}",
                        node_region[node]
                    );
                    problems.push(Problem::new(
                        format!("node {node}"),
                        what,
                        "give the buyers of each region a pool of their own",
                    ));
                }
                *region = node_region[node];
            }
        }
        for (pool, region) in pool_region.iter_mut().enumerate() {
            if *region == NOWHERE {
                let first = graph.links(pool).next();
                *region = first.map_or(0, |link| node_region[graph.supplier[link] as usize]);
            }
        }
        RunError::unless_empty(problems)?;
        let region_count = node_region.iter().max().map_or(0, |last| *last as usize + 1);
        Ok(Self { graph, node_region, pool_region, region_count })
    }

    /// Links of the pools of `buyer` region that hold `group`, from the nodes of
    /// `seller` region.
    pub fn links_between(&self, group: u32, buyer: u32, seller: u32) -> Vec<u32> {
        let mut found = Vec::new();
        for pool in (0..self.graph.pool_count()).filter(|pool| self.pool_region[*pool] == buyer) {
            for link in self.graph.links(pool) {
                let supplier = self.graph.supplier[link] as usize;
                if self.node_region[supplier] == seller && self.graph.group[supplier] == group {
                    found.push(link as u32);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Link;

    fn two() -> Graph {
        let links = [Link { supplier: 0, buyer: 1, flow: 10.0 }, Link { supplier: 1, buyer: 1, flow: 5.0 }];
        Graph::of_links(vec![0, 1], &[1.0, 30.0], links).unwrap()
    }

    #[test]
    fn pools_are_where_their_buyers_are() {
        let network = Network::of_graph(two(), vec![0, 1]).unwrap();
        assert_eq!(network.pool_region, [1, 1]);
        assert_eq!(network.links_between(0, 1, 0), [0]);
        assert_eq!(network.links_between(0, 0, 0), [0; 0]);
    }

    #[test]
    fn regions_must_fit() {
        let error = Network::of_graph(two(), vec![0]).unwrap_err();
        assert!(error.to_string().contains("1 regions of nodes for 2 nodes"), "{error}");
    }
}
