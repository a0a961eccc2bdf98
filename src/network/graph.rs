//! Who supplies whom: industries, their inputs, and the pools they draw from.
//!
//! A node makes one good. It keeps one stock, a bucket, for every group of
//! inputs it uses. A bucket is refilled from a pool: suppliers of one good with
//! the share of each in an undisturbed day. Buckets that buy in the same
//! proportions share a pool, so that a table whose buyers in a region all
//! import alike takes `S·R²` links in place of `S²·R²`; where every buyer has
//! suppliers of its own, each bucket has its own pool.
//!
//! ```text
//! z[i,b] = w[p(b),i] · u[b],  u[b] = a[b] · x0[j(b)]          undisturbed flow
//! x0[i]  = Σ_b z[i,b] + Σ_p w[p,i] · F[p] + Y[i]              undisturbed sales
//! ```
//!
//! | symbol  | code           | meaning                                        | unit    | shape      |
//! |---------|----------------|------------------------------------------------|---------|------------|
//! | `x0`    | `output`       | undisturbed output                             | value/day | `[node]` |
//! | `Y`     | `final_demand` | final demand that names its supplier           | value/day | `[node]` |
//! | `F`     | `pool_final`   | final demand that draws on a pool              | value/day | `[pool]` |
//! | `a`     | `input_share`  | input of a group per unit of output            | 1       | `[bucket]` |
//! | `u`     | `purchases`    | undisturbed purchases of a bucket              | value/day | `[bucket]` |
//! | `w`     | `link_share`   | share of a supplier in a pool, sums to 1       | 1       | `[link]`   |
//!
//! A buyer that sells nothing has `a = 0` and still buys: `u` is then the only
//! place where its purchases stand.
//!
//! Buckets lie in the order of their nodes, links in the order of their pools
//! (compressed rows): node `j` has buckets `bucket_start[j]..bucket_start[j+1]`,
//! pool `p` has links `link_start[p]..link_start[p+1]`. Every sum runs in that
//! order, so that results do not depend on the number of threads.

use std::ops::Range;

use crate::world::World;

/// Days in a year: flows a year become flows a day.
pub const DAYS: f64 = 365.0;

/// Why a table cannot be a graph.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GraphError {
    /// An array does not fit the number of industries.
    #[error("`{array}` has {got} elements, expected {want} ({shape})")]
    Shape {
        /// Its name.
        array: &'static str,
        /// Its shape in words.
        shape: &'static str,
        /// Its length.
        got: usize,
        /// The length that fits.
        want: usize,
    },
    /// A flow that is negative or not a number.
    #[error("{what} is {value}: flows must be finite and not negative")]
    Flow {
        /// Which flow.
        what: String,
        /// What was found.
        value: f64,
    },
    /// A link names a node that is not there.
    #[error("link {link} joins nodes {supplier} and {buyer}, but there are {nodes} nodes, 0 to {last}", last = nodes.saturating_sub(1))]
    Node {
        /// Position of the link.
        link: usize,
        /// Its supplier.
        supplier: usize,
        /// Its buyer.
        buyer: usize,
        /// Number of nodes.
        nodes: usize,
    },
}

/// One flow between two nodes, for [`Graph::of_links`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Node that sells.
    pub supplier: u32,
    /// Node that buys.
    pub buyer: u32,
    /// Undisturbed flow, value a year.
    pub flow: f64,
}

/// Industries, their stocks and the pools of suppliers that refill them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Undisturbed output, value a day, `[node]`.
    pub output: Vec<f64>,
    /// Good that a node makes: the group of the buckets it can supply, `[node]`.
    pub group: Vec<u32>,
    /// Value added, value a day, `[node]`: output less inputs, not below zero.
    pub value_added: Vec<f64>,
    /// Final demand that names its supplier, value a day, `[node]`.
    pub final_demand: Vec<f64>,
    /// First bucket of a node, `[node + 1]`.
    pub bucket_start: Vec<u32>,
    /// Group of inputs that a bucket holds, `[bucket]`.
    pub bucket_group: Vec<u32>,
    /// Input of the group per unit of output, `[bucket]`.
    pub input_share: Vec<f64>,
    /// Undisturbed purchases, value a day, `[bucket]`.
    pub purchases: Vec<f64>,
    /// Pool that refills a bucket, `[bucket]`.
    pub bucket_pool: Vec<u32>,
    /// First link of a pool, `[pool + 1]`.
    pub link_start: Vec<u32>,
    /// Supplier at the other end of a link, `[link]`.
    pub supplier: Vec<u32>,
    /// Share of the supplier in an undisturbed day of the pool, `[link]`.
    pub link_share: Vec<f64>,
    /// Final demand that draws on a pool, value a day, `[pool]`.
    pub pool_final: Vec<f64>,
}

impl Graph {
    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.output.len()
    }

    /// Number of buckets.
    pub fn bucket_count(&self) -> usize {
        self.bucket_pool.len()
    }

    /// Number of pools.
    pub fn pool_count(&self) -> usize {
        self.pool_final.len()
    }

    /// Buckets of a node.
    pub fn buckets(&self, node: usize) -> Range<usize> {
        self.bucket_start[node] as usize..self.bucket_start[node + 1] as usize
    }

    /// Links of a pool.
    pub fn links(&self, pool: usize) -> Range<usize> {
        self.link_start[pool] as usize..self.link_start[pool + 1] as usize
    }

    /// A world's industries, node `region · J + sector`; a pool is a region's
    /// purchases of a sector, at basic prices: `γ` less the tariff it holds.
    ///
    /// What a region buys beyond its industries' inputs is final demand on the
    /// pool; where balancing left it below zero, it is zero and the inputs of
    /// the pool's users shrink to what is bought.
    pub fn of_world(world: &World) -> Self {
        let (regions, sectors) = (world.region_count(), world.sector_count());
        let annual = world.gross_output_musd();
        let output: Vec<f64> = (0..regions * sectors)
            .map(|node| annual[node % sectors * regions + node / sectors] / DAYS)
            .collect();
        let mut graph = Self {
            group: (0..output.len()).map(|node| (node % sectors) as u32).collect(),
            final_demand: vec![0.0; output.len()],
            bucket_start: vec![0],
            link_start: vec![0],
            output,
            ..Self::default()
        };
        // Purchases a day at basic prices, and their part of what a buyer pays.
        let (mut bought, mut untaxed) = (Vec::new(), Vec::new());
        for region in 0..regions {
            for sector in 0..sectors {
                let row = world.cell(sector, region, 0)..world.cell(sector, region, 0) + regions;
                let (trade, tariff) = (&world.trade_musd[row.clone()], &world.tariff[row]);
                let value: f64 = trade.iter().sum();
                let paid: f64 = trade.iter().zip(tariff).map(|(m, t)| m * (1.0 + t)).sum();
                for (exporter, flow) in trade.iter().enumerate().filter(|(_, flow)| **flow > 0.0) {
                    graph.supplier.push((exporter * sectors + sector) as u32);
                    graph.link_share.push(flow / value);
                }
                graph.link_start.push(graph.supplier.len() as u32);
                bought.push(value / DAYS);
                untaxed.push(if paid > 0.0 { value / paid } else { 0.0 });
            }
        }
        let mut used = vec![0.0; bought.len()];
        let share = |region: usize, input: usize, sector: usize| {
            world.input_share[(region * sectors + input) * sectors + sector]
                * untaxed[region * sectors + input]
        };
        for region in 0..regions {
            for input in 0..sectors {
                let output = &graph.output[region * sectors..][..sectors];
                used[region * sectors + input] =
                    output.iter().enumerate().map(|(sector, x)| share(region, input, sector) * x).sum();
            }
        }
        for node in 0..graph.output.len() {
            let (region, sector) = (node / sectors, node % sectors);
            let mut inputs = 0.0;
            for input in 0..sectors {
                let pool = region * sectors + input;
                let fits = if used[pool] > bought[pool] { bought[pool] / used[pool] } else { 1.0 };
                let a = share(region, input, sector) * fits;
                if a > 0.0 && graph.output[node] > 0.0 {
                    graph.bucket_group.push(input as u32);
                    graph.bucket_pool.push(pool as u32);
                    graph.input_share.push(a);
                    graph.purchases.push(a * graph.output[node]);
                    inputs += a;
                }
            }
            graph.bucket_start.push(graph.bucket_pool.len() as u32);
            graph.value_added.push(graph.output[node] * (1.0 - inputs).max(0.0));
        }
        graph.pool_final = bought.iter().zip(&used).map(|(all, used)| (all - used).max(0.0)).collect();
        graph
    }

    /// A dense table: `intermediate_use` `[supplier, buyer]` and `final_demand`
    /// `[supplier]`, value a year, region-major with `sectors` sectors a region.
    /// Output is the sum of the row. Every bucket has its own pool.
    ///
    /// # Errors
    /// [`GraphError::Shape`] if the arrays do not fit, [`GraphError::Flow`] for
    /// a flow that is negative or not finite.
    pub fn of_table(
        sectors: usize,
        intermediate_use: &[f64],
        final_demand: &[f64],
    ) -> Result<Self, GraphError> {
        let nodes = final_demand.len();
        let shapes = [
            ("final_demand", "whole regions", nodes, nodes.next_multiple_of(sectors.max(1))),
            ("intermediate_use", "[supplier, buyer]", intermediate_use.len(), nodes * nodes),
        ];
        for (array, shape, got, want) in shapes {
            if got != want {
                return Err(GraphError::Shape { array, shape, got, want });
            }
        }
        let links = (0..nodes).flat_map(|buyer| {
            (0..sectors).flat_map(move |group| {
                (group..nodes).step_by(sectors).map(move |supplier| Link {
                    supplier: supplier as u32,
                    buyer: buyer as u32,
                    flow: intermediate_use[supplier * nodes + buyer],
                })
            })
        });
        let group = (0..nodes).map(|node| (node % sectors) as u32).collect();
        let count = intermediate_use.iter().filter(|flow| **flow != 0.0).count();
        Self::of_counted_links(group, final_demand, links, count)
    }

    /// Any links, by buyer and within a buyer by the good of the supplier; two
    /// links of a buyer with suppliers of one good lie in one bucket. Output is
    /// the sum of a node's sales. `group` is the good of each node,
    /// `final_demand` in value a year, `[node]`.
    ///
    /// # Errors
    /// [`GraphError::Shape`], [`GraphError::Flow`], [`GraphError::Node`]; links
    /// out of order are [`GraphError::Shape`] too.
    pub fn of_links(
        group: Vec<u32>,
        final_demand: &[f64],
        links: impl IntoIterator<Item = Link>,
    ) -> Result<Self, GraphError> {
        let links = links.into_iter();
        let count = links.size_hint().0;
        Self::of_counted_links(group, final_demand, links, count)
    }

    /// [`Self::of_links`] with room for `count` links.
    fn of_counted_links(
        group: Vec<u32>,
        final_demand: &[f64],
        links: impl Iterator<Item = Link>,
        count: usize,
    ) -> Result<Self, GraphError> {
        let nodes = group.len();
        if final_demand.len() != nodes {
            let (array, shape) = ("final_demand", "[node]");
            return Err(GraphError::Shape { array, shape, got: final_demand.len(), want: nodes });
        }
        let valid = |what: &dyn Fn() -> String, value: f64| match value.is_finite() && value >= 0.0 {
            true => Ok(value / DAYS),
            false => Err(GraphError::Flow { what: what(), value }),
        };
        let mut graph = Self { group, bucket_start: vec![0], ..Self::default() };
        graph.supplier.reserve_exact(count);
        graph.link_share.reserve_exact(count);
        for (node, demand) in final_demand.iter().enumerate() {
            graph.final_demand.push(valid(&|| format!("final demand of node {node}"), *demand)?);
        }
        graph.output.clone_from(&graph.final_demand);
        let mut last = None;
        for (position, Link { supplier, buyer, flow }) in links.enumerate() {
            let (from, to) = (supplier as usize, buyer as usize);
            if from >= nodes || to >= nodes {
                return Err(GraphError::Node { link: position, supplier: from, buyer: to, nodes });
            }
            let flow = valid(&|| format!("the flow from node {from} to node {to}"), flow)?;
            if flow == 0.0 {
                continue;
            }
            let bucket = (buyer, graph.group[from]);
            if last.is_some_and(|last| bucket < last) {
                let (array, shape) = ("links", "by buyer, then by the supplier's good");
                return Err(GraphError::Shape { array, shape, got: position, want: 0 });
            }
            if last != Some(bucket) {
                while graph.bucket_start.len() <= to {
                    graph.bucket_start.push(graph.bucket_group.len() as u32);
                }
                graph.link_start.push(graph.supplier.len() as u32);
                graph.bucket_pool.push(graph.bucket_group.len() as u32);
                graph.bucket_group.push(bucket.1);
                last = Some(bucket);
            }
            graph.supplier.push(supplier);
            graph.link_share.push(flow);
            graph.output[from] += flow;
        }
        graph.bucket_start.resize(nodes + 1, graph.bucket_group.len() as u32);
        graph.link_start.push(graph.supplier.len() as u32);
        graph.pool_final = vec![0.0; graph.bucket_pool.len()];
        graph.value_added = vec![0.0; nodes];
        graph.input_share = vec![0.0; graph.bucket_pool.len()];
        graph.purchases = vec![0.0; graph.bucket_pool.len()];
        for node in 0..nodes {
            let mut inputs = 0.0;
            for bucket in graph.buckets(node) {
                let row = graph.links(bucket);
                let total: f64 = graph.link_share[row.clone()].iter().sum();
                graph.link_share[row].iter_mut().for_each(|share| *share /= total);
                graph.purchases[bucket] = total;
                // A buyer that sells nothing uses nothing: its purchases are demand without a use.
                graph.input_share[bucket] =
                    if graph.output[node] > 0.0 { total / graph.output[node] } else { 0.0 };
                inputs += total;
            }
            graph.value_added[node] = (graph.output[node] - inputs).max(0.0);
        }
        Ok(graph)
    }

    /// Undisturbed demand for each node, value a day, `[node]`: in a graph that
    /// adds up, its output.
    pub fn demand(&self) -> Vec<f64> {
        let mut drawn = self.pool_final.clone();
        for (pool, purchases) in self.bucket_pool.iter().zip(&self.purchases) {
            drawn[*pool as usize] += purchases;
        }
        let mut demand = self.final_demand.clone();
        for (pool, drawn) in drawn.iter().enumerate() {
            for link in self.links(pool) {
                demand[self.supplier[link] as usize] += self.link_share[link] * drawn;
            }
        }
        demand
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two regions of one sector. Row sums: 10 + 20 + 70 = 100, 30 + 0 + 20 = 50
    /// a year; node 1 buys 20 from node 0 alone, so its bucket has one link.
    #[test]
    fn a_table_by_hand() {
        let graph = Graph::of_table(1, &[10.0, 20.0, 30.0, 0.0], &[70.0, 20.0]).unwrap();
        let a_day: Vec<f64> = graph.output.iter().map(|x| x * DAYS).collect();
        assert!((a_day[0] - 100.0).abs() < 1e-12 && (a_day[1] - 50.0).abs() < 1e-12);
        assert_eq!(graph.bucket_start, [0, 1, 2]);
        assert_eq!(graph.supplier, [0, 1, 0]);
        assert!((graph.link_share[0] - 0.25).abs() < 1e-15 && graph.link_share[2] == 1.0);
        assert!((graph.input_share[0] - 0.4).abs() < 1e-15);
        assert!((graph.value_added[1] * DAYS - 30.0).abs() < 1e-12);
    }

    #[test]
    fn demand_of_a_world_is_its_output() {
        for world in [crate::world::tests::small(), World::shipped("icio-2019-g20").unwrap()] {
            let graph = Graph::of_world(&world);
            for (demand, output) in graph.demand().iter().zip(&graph.output) {
                assert!((demand - output).abs() <= 1e-9 * output.max(1.0), "{demand} {output}");
            }
        }
    }

    #[test]
    fn demand_of_links_is_output_and_a_buyer_that_sells_nothing_counts() {
        let links = [(0, 1, 4.0), (1, 1, 1.0), (2, 1, 2.0), (0, 2, 3.0), (0, 3, 7.0)];
        let links = links.map(|(supplier, buyer, flow)| Link { supplier, buyer, flow });
        let graph = Graph::of_links(vec![0, 0, 1, 1], &[1.0, 8.0, 5.0, 0.0], links).unwrap();
        assert_eq!(graph.bucket_start, [0, 0, 2, 3, 4]);
        assert!(graph.input_share[3] == 0.0 && (graph.purchases[3] * DAYS - 7.0).abs() < 1e-12);
        for (demand, output) in graph.demand().iter().zip(&graph.output) {
            assert!((demand - output).abs() < 1e-15);
        }
    }

    #[test]
    fn wrong_flows_are_named() {
        let error = Graph::of_table(1, &[1.0, -2.0, 3.0, 0.0], &[1.0, 1.0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the flow from node 0 to node 1 is -2: flows must be finite and not negative"
        );
        let links = [Link { supplier: 2, buyer: 0, flow: 1.0 }];
        let error = Graph::of_links(vec![0, 0], &[1.0, 1.0], links).unwrap_err();
        assert_eq!(error.to_string(), "link 0 joins nodes 2 and 0, but there are 2 nodes, 0 to 1");
        let error = Graph::of_table(2, &[0.0; 9], &[1.0; 3]).unwrap_err();
        assert_eq!(error.to_string(), "`final_demand` has 3 elements, expected 4 (whole regions)");
    }
}
