//! What each supplier delivers, and which share of its orders a pool gets.
//!
//! ```text
//! f[i]   = λ of (1) in `rationing`, by class of buyer where classes differ
//! f[p,l] = Σ_(e on lane l) w[p,e] m[p,e] f[e]        share of a pool's orders shipped on a lane
//! ```
//!
//! A supplier without limited links delivers the share `X / D` of every order
//! (or class by class); only suppliers with limited links that cannot meet all
//! orders, and under max-min all that cannot, need a level.
//!
//! | symbol | code         | meaning                                   | unit | shape           |
//! |--------|--------------|-------------------------------------------|------|-----------------|
//! | `f`    | `fill`       | share of an order; under max-min the level | 1   | `[class][slot]` |
//! |        | `capped_*`   | order, deliverable part, fill of limited links | value, 1 | `[capped]` |

use super::inventory::Inventory;
use super::orders::{Orders, refill};
use super::plan::{CappedLink, Plan};
use super::rationing::{Claim, Class, Rationing, level};

/// Output this close to demand counts as enough.
const ENOUGH: f64 = 1e-13;

/// Shares of orders that are met in a step.
#[derive(Clone, Debug, Default)]
pub(in crate::network) struct Deliveries {
    pub fill: [Vec<f64>; 3],
    /// Fill times the pull of the supplier, where orders move.
    pulled_fill: [Vec<f64>; 3],
    /// Pull of the suppliers in the next step; after the step, of the last one.
    pub next_open: Vec<f64>,
    /// Orders of industries and of final buyers on limited links.
    capped_order: Vec<[f64; 2]>,
    capped_can: Vec<[f64; 2]>,
    capped_fill: Vec<[f64; 2]>,
    /// Orders on links without limit, of suppliers that have limited ones.
    limited_call: Vec<[f64; 3]>,
    /// Share of the final demand on a pool that is met, `[pool]`.
    pub pool_final_fill: Vec<f64>,
    /// Under max-min: share of final demand that names its supplier, `[slot]`.
    own_fill: Vec<f64>,
    /// Under max-min: suppliers that cannot meet all orders.
    short: Vec<u32>,
    claims: Vec<Claim>,
    final_class: usize,
}

fn class_of(class: Class) -> usize {
    match class {
        Class::Home => 0,
        Class::Abroad => 1,
        Class::Final => 2,
    }
}

/// Class of the industries behind a limited link.
fn industry_class(plan: &Plan<'_>, capped: &CappedLink) -> usize {
    let seller = plan.network.node_region[capped.node as usize];
    usize::from(seller != plan.network.pool_region[capped.pool as usize])
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

impl Deliveries {
    pub fn reset(&mut self, plan: &Plan<'_>, classes: usize, moves: bool) {
        let nodes = plan.output.len();
        for class in 0..3 {
            refill(&mut self.fill[class], if class < classes { nodes } else { 0 }, 1.0);
            refill(&mut self.pulled_fill[class], if class < classes && moves { nodes } else { 0 }, 1.0);
        }
        refill(&mut self.next_open, if moves { nodes } else { 0 }, 1.0);
        refill(&mut self.pool_final_fill, plan.pool_base.len(), 1.0);
        refill(&mut self.own_fill, if plan.customers.is_some() { nodes } else { 0 }, 1.0);
        for pairs in [&mut self.capped_order, &mut self.capped_can, &mut self.capped_fill] {
            pairs.clear();
            pairs.resize(plan.capped.len(), [1.0; 2]);
        }
        self.limited_call.clear();
        self.limited_call.resize(plan.limited.len(), [0.0; 3]);
        self.short.clear();
        self.short.reserve(if plan.customers.is_some() { nodes } else { 0 });
        let most = |starts: &[u32]| starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
        let customers = plan.customers.as_ref().map_or(0, |(starts, _)| most(starts) as usize);
        let limited = plan.limited.iter().map(|(_, range)| range.len()).max().unwrap_or(0);
        self.claims.reserve(customers.max(limited) + 2);
        self.final_class = if classes == 3 { 2 } else { 0 };
    }

    /// Adds what can be delivered on limited links to the orders of suppliers.
    pub fn add_capped(&mut self, plan: &Plan<'_>, rationing: Rationing, orders: &mut Orders) {
        self.short.clear();
        for (of, (node, range)) in plan.limited.iter().enumerate() {
            let slot = plan.slot[*node as usize] as usize;
            for class in 0..orders.classes {
                self.limited_call[of][class] = orders.call[class][slot];
            }
            for at in range.clone() {
                let capped = &plan.capped[at];
                let pool = capped.pool as usize;
                let factor = capped.weight * orders.capped_factor(at, capped);
                let (industries, buyers) = (factor * orders.ordered[pool], factor * orders.wanted[pool]);
                let most = match orders.limit[at] {
                    f64::INFINITY => f64::INFINITY,
                    share => share * capped.weight * plan.pool_base[pool],
                };
                if let Rationing::Priority(order) = rationing {
                    let class = industry_class(plan, capped);
                    let rank = |class: usize| order.iter().position(|other| class_of(*other) == class);
                    let (first, second) = if rank(class) < rank(2) { (0, 1) } else { (1, 0) };
                    let wants = [industries, buyers];
                    let mut can = [0.0; 2];
                    can[first] = wants[first].min(most);
                    can[second] = wants[second].min(most - can[first]);
                    (self.capped_order[at], self.capped_can[at]) = (wants, can);
                    orders.call[class][slot] += can[0];
                    orders.call[2][slot] += can[1];
                } else {
                    let all = industries + buyers;
                    (self.capped_order[at], self.capped_can[at]) = ([all, 0.0], [all.min(most), 0.0]);
                    orders.call[0][slot] += all.min(most);
                }
            }
        }
    }

    /// What buyers behind links ask of a supplier.
    #[inline(always)]
    pub fn demand(&self, orders: &Orders, slot: usize) -> f64 {
        match orders.classes {
            1 => orders.call[0][slot],
            _ => orders.call[0][slot] + orders.call[1][slot] + orders.call[2][slot],
        }
    }

    /// Notes which share of its orders a supplier can meet; `own` is the final
    /// demand that names it.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    pub fn set(
        &mut self,
        rationing: Rationing,
        orders: &Orders,
        node: usize,
        slot: usize,
        output: f64,
        demand: f64,
        own: f64,
    ) {
        match rationing {
            Rationing::Proportional => self.fill[0][slot] = ratio(output, demand),
            Rationing::Priority(order) => {
                let mut left = output;
                for class in order.map(class_of) {
                    let asked = orders.call[class][slot] + if class == 2 { own } else { 0.0 };
                    self.fill[class][slot] = if asked <= left { 1.0 } else { ratio(left, asked) };
                    left = (left - asked).max(0.0);
                }
            }
            Rationing::MaxMin => {
                self.fill[0][slot] = f64::INFINITY;
                self.own_fill[slot] = 1.0;
                if output < demand * (1.0 - ENOUGH) {
                    self.short.push(node as u32);
                }
            }
        }
    }

    /// Levels of the suppliers that need one.
    pub fn share_out(
        &mut self,
        plan: &Plan<'_>,
        rationing: Rationing,
        orders: &Orders,
        output: &[f64],
        own: impl Fn(usize) -> f64,
    ) {
        for at in 0..plan.capped.len() {
            for of in 0..2 {
                self.capped_fill[at][of] = ratio(self.capped_can[at][of], self.capped_order[at][of]);
            }
        }
        match rationing {
            Rationing::Proportional => self.share_proportionally(plan, output, own),
            Rationing::Priority(order) => {
                for of in 0..plan.limited.len() {
                    let mut left = output[plan.limited[of].0 as usize];
                    for class in order.map(class_of) {
                        left = self.share_class(plan, of, class, left, &own);
                    }
                }
            }
            Rationing::MaxMin => self.share_max_min(plan, orders, output, own),
        }
        if orders.classes == 1 {
            self.capped_fill.iter_mut().for_each(|fill| fill[1] = fill[0]);
        }
    }

    fn share_proportionally(&mut self, plan: &Plan<'_>, output: &[f64], own: impl Fn(usize) -> f64) {
        for (of, (node, range)) in plan.limited.iter().enumerate() {
            let slot = plan.slot[*node as usize] as usize;
            if self.fill[0][slot] >= 1.0 - ENOUGH {
                self.fill[0][slot] = 1.0;
                continue;
            }
            let open = self.limited_call[of][0] + own(*node as usize);
            self.claims.clear();
            self.claims.push(Claim { weight: open, limit: open });
            for at in range.clone() {
                self.claims.push(Claim { weight: self.capped_order[at][0], limit: self.capped_can[at][0] });
            }
            let level = level(&mut self.claims, output[*node as usize]).min(1.0);
            self.fill[0][slot] = level;
            for at in range.clone() {
                self.capped_fill[at][0] = self.capped_fill[at][0].min(level);
            }
        }
    }

    /// Serves one class of a supplier with limited links; returns what is left.
    fn share_class(
        &mut self,
        plan: &Plan<'_>,
        of: usize,
        class: usize,
        left: f64,
        own: &impl Fn(usize) -> f64,
    ) -> f64 {
        let (node, range) = (plan.limited[of].0 as usize, plan.limited[of].1.clone());
        let part = usize::from(class == 2);
        let mine = |at: &usize| class == 2 || industry_class(plan, &plan.capped[*at]) == class;
        let open = self.limited_call[of][class] + if class == 2 { own(node) } else { 0.0 };
        self.claims.clear();
        self.claims.push(Claim { weight: open, limit: open });
        for at in range.clone().filter(mine) {
            self.claims.push(Claim { weight: self.capped_order[at][part], limit: self.capped_can[at][part] });
        }
        let asked: f64 = self.claims.iter().map(|claim| claim.limit).sum();
        let level = level(&mut self.claims, left).min(1.0);
        self.fill[class][plan.slot[node] as usize] = level;
        for at in range.filter(mine) {
            self.capped_fill[at][part] = self.capped_fill[at][part].min(level);
        }
        (left - asked).max(0.0)
    }

    fn share_max_min(
        &mut self,
        plan: &Plan<'_>,
        orders: &Orders,
        output: &[f64],
        own: impl Fn(usize) -> f64,
    ) {
        let Some((starts, customers)) = &plan.customers else { return };
        for node in &self.short {
            let node = *node as usize;
            let slot = plan.slot[node] as usize;
            let open = orders.open.get(slot).copied().unwrap_or(1.0);
            let mine = &customers[starts[node] as usize..starts[node + 1] as usize];
            self.claims.clear();
            for customer in mine {
                let pool = customer.pool as usize;
                let flow = customer.weight * plan.pool_base[pool];
                let order = customer.weight * (orders.ordered[pool] + orders.wanted[pool]);
                let limit = match plan.capped.get(customer.capped as usize) {
                    Some(_) => self.capped_can[customer.capped as usize][0],
                    None => order * orders.factor(pool, open),
                };
                self.claims.push(Claim { weight: flow, limit });
            }
            let wanted = own(node);
            self.claims.push(Claim { weight: plan.final_demand[node], limit: wanted });
            let level = level(&mut self.claims, output[node]);
            self.fill[0][slot] = level;
            if level < f64::INFINITY {
                self.own_fill[slot] = ratio(level * plan.final_demand[node], wanted).min(1.0);
                for customer in mine.iter().filter(|customer| customer.capped != u32::MAX) {
                    let at = customer.capped as usize;
                    let most = level * customer.weight * plan.pool_base[customer.pool as usize];
                    let can = self.capped_can[at][0].min(most);
                    self.capped_fill[at][0] = ratio(can, self.capped_order[at][0]);
                }
            }
        }
    }

    /// Share of the final demand that names the supplier in a slot.
    #[inline(always)]
    pub fn final_fill(&self, slot: usize) -> f64 {
        if self.own_fill.is_empty() { self.fill[self.final_class][slot] } else { self.own_fill[slot] }
    }

    /// Shares of lanes and of final demand on pools.
    pub fn fill_lanes(
        &mut self,
        plan: &Plan<'_>,
        rationing: Rationing,
        orders: &Orders,
        inventory: &mut Inventory,
        step: usize,
    ) {
        if orders.eta > 0.0 && rationing != Rationing::MaxMin {
            for class in 0..orders.classes {
                for (out, (fill, open)) in
                    self.pulled_fill[class].iter_mut().zip(self.fill[class].iter().zip(&orders.open))
                {
                    *out = fill * open;
                }
            }
        }
        let lanes = inventory.filled_at(step, plan);
        let max_min = rationing == Rationing::MaxMin;
        let mut met = std::mem::take(&mut self.pool_final_fill);
        fill(&Filling { deliveries: self, plan, orders, max_min }, 0, lanes, &mut met);
        self.pool_final_fill = met;
        for (at, capped) in plan.capped.iter().enumerate() {
            let share = capped.weight * orders.capped_factor(at, capped);
            lanes[capped.lane as usize] += share * self.capped_fill[at][0];
            self.pool_final_fill[capped.pool as usize] += share * self.capped_fill[at][1];
        }
    }

    /// Value shipped on one link, of orders of industries and of final buyers.
    pub fn on_link(
        &self,
        plan: &Plan<'_>,
        rationing: Rationing,
        orders: &Orders,
        link: usize,
        pool: usize,
        (ordered, wanted): (f64, f64),
    ) -> f64 {
        let graph = &plan.network.graph;
        let node = graph.supplier[link] as usize;
        let (slot, weight) = (plan.slot[node] as usize, graph.link_share[link]);
        if let Some(at) = plan.capped.iter().position(|capped| capped.link as usize == link) {
            let share = weight * orders.capped_factor(at, &plan.capped[at]);
            return share * (ordered * self.capped_fill[at][0] + wanted * self.capped_fill[at][1]);
        }
        // After a step the pulls of that step are in `next_open`.
        let factor = orders.factor(pool, self.next_open.get(slot).copied().unwrap_or(1.0));
        let abroad = plan.network.node_region[node] != plan.network.pool_region[pool];
        let share = weight * factor;
        match rationing {
            Rationing::Proportional => share * (ordered + wanted) * self.fill[0][slot],
            Rationing::Priority(_) => {
                let class = usize::from(abroad);
                share * (ordered * self.fill[class][slot] + wanted * self.fill[2][slot])
            }
            Rationing::MaxMin => {
                (share * (ordered + wanted)).min(weight * plan.pool_base[pool] * self.fill[0][slot])
            }
        }
    }
}

/// Pools that one thread fills: below this, nothing is shared out.
const A_PART: usize = 1 << 18;

/// What filling the lanes reads.
struct Filling<'a, 'n> {
    deliveries: &'a Deliveries,
    plan: &'a Plan<'n>,
    orders: &'a Orders,
    max_min: bool,
}

/// Fills the pools from `first` on; large networks in halves, side by side. No
/// sum runs over two pools, so the halves give the bits of the whole.
fn fill(filling: &Filling<'_, '_>, first: usize, lanes: &mut [f64], met: &mut [f64]) {
    if met.len() > A_PART {
        let half = met.len() / 2;
        let plan = filling.plan;
        let lanes_before = (plan.lane_start[first + half] - plan.lane_start[first]) as usize;
        let (met_left, met_right) = met.split_at_mut(half);
        let (lanes_left, lanes_right) = lanes.split_at_mut(lanes_before);
        rayon::join(
            || fill(filling, first, lanes_left, met_left),
            || fill(filling, first + half, lanes_right, met_right),
        );
    } else {
        pulp::Arch::new().dispatch(FillLanes { filling, first, lanes, met });
    }
}

struct FillLanes<'a, 'b, 'n> {
    filling: &'a Filling<'b, 'n>,
    first: usize,
    lanes: &'a mut [f64],
    met: &'a mut [f64],
}

impl pulp::NullaryFnOnce for FillLanes<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { filling: Filling { deliveries, plan, orders, max_min }, first, lanes, met } = self;
        let before = plan.lane_start[first] as usize;
        if orders.classes == 1 && orders.eta == 0.0 && !max_min {
            for (pool, met) in met.iter_mut().enumerate() {
                let mut all = 0.0;
                for at in plan.lanes_of(first + pool) {
                    let share = plan.gather(&plan.lanes[at], &deliveries.fill[0]);
                    lanes[at - before] = share;
                    all += share;
                }
                *met = all;
            }
            return;
        }
        let split = orders.classes == 3;
        for (pool, met) in met.iter_mut().enumerate() {
            let pool = first + pool;
            let (stays, moves) = match orders.eta > 0.0 && orders.norm[pool] > 0.0 {
                true => (1.0 - orders.moved[pool], orders.moved[pool] / orders.norm[pool]),
                false => (1.0, 0.0),
            };
            let part = |lane, class: usize| {
                let kept = if stays > 0.0 { stays * plan.gather(lane, &deliveries.fill[class]) } else { 0.0 };
                let moved =
                    if moves > 0.0 { moves * plan.gather(lane, &deliveries.pulled_fill[class]) } else { 0.0 };
                kept + moved
            };
            let mut all = 0.0;
            for at in plan.lanes_of(pool) {
                let lane = &plan.lanes[at];
                let share = if *max_min {
                    let base = plan.pool_base[pool];
                    let asked = ratio(orders.ordered[pool] + orders.wanted[pool], base);
                    plan.sum(lane, |slot| {
                        let factor = stays + if moves > 0.0 { moves * orders.open[slot] } else { 0.0 };
                        let level = deliveries.fill[0][slot];
                        if level == f64::INFINITY { factor } else { factor.min(level / asked) }
                    })
                } else {
                    part(lane, usize::from(split && lane.abroad))
                };
                lanes[at - before] = share;
                all += if split { part(lane, 2) } else { share };
            }
            *met = all;
        }
    }
}
