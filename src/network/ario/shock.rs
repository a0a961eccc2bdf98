//! Shocks: capacity that is lost, capital that is destroyed, demand to rebuild.
//!
//! ```text
//! δ[i] = max( loss[i] of yesterday morning,  Σ destroyed[i] / K[i] )
//! B    = G / τ                       demand for rebuilding, set anew every day
//! G   ← round(G − B s),  destroyed[j] = Σ G[·,j] / factor
//! G[i,j] = part[g(i)] · destroyed[j] · factor · w[p(j,g(i)),i]    when it begins
//! ```
//!
//! | symbol      | code        | meaning                                       | unit      | shape    |
//! |-------------|-------------|-----------------------------------------------|-----------|----------|
//! | `δ`         | `loss`      | share of capacity that is lost                | 1         | `[node]` |
//! | `K`         | `capital`   | productive capital                            | value     | `[node]` |
//! | `destroyed` | `now`       | capital that is not back yet                  | value     | by row   |
//! | `G`         | `left`      | goods that rebuilding still needs             | value     | by piece |
//! | `B`         | `asked`     | demand for rebuilding; the unmet part at night | value/day | by piece |
//! | `s`         | `share`     | share of its demand that a supplier delivers  | 1         | `[node]` |
//!
//! A loss of capacity is noticed in the morning and acts the day after; so does
//! what the night before brought back. Destroyed capital acts at once. What a finished reconstruction did not get stays demanded.

use super::ArioError;
use super::recovery::{Recovery, round};
use crate::network::Graph;

/// Digits to which a share of capacity is rounded.
const LOSS_DECIMALS: i32 = 6;

/// Something that happens on a day and goes away later.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Day on which it happens, 1 or later.
    pub occurrence: u32,
    /// Days until recovery or rebuilding begins, 1 or more.
    pub duration: u32,
    /// What it does.
    pub damage: Damage,
}

/// What an event does.
#[derive(Clone, Debug, PartialEq)]
pub enum Damage {
    /// A share of capacity is lost, for whatever reason.
    Capacity {
        /// Industry and the share it loses, 0 to 1.
        loss: Vec<(usize, f64)>,
        /// How it comes back.
        recovery: Recovery,
    },
    /// Capital is destroyed and comes back without anybody's work.
    Capital {
        /// Industry and the value destroyed.
        destroyed: Vec<(usize, f64)>,
        /// How it comes back.
        recovery: Recovery,
    },
    /// Capital is destroyed and rebuilt with goods that must be made.
    Rebuilding {
        /// Industry and the value destroyed.
        destroyed: Vec<(usize, f64)>,
        /// Good and its part in rebuilding; the parts sum to 1.
        parts: Vec<(usize, f64)>,
        /// Value of goods that rebuild a value of 1.
        factor: f64,
        /// Days over which what is left is asked for.
        days: f64,
        /// Supplier and the value of goods that households want again: demand, no loss of capacity.
        households: Vec<(usize, f64)>,
    },
}

/// Goods that one supplier must deliver to rebuild one row of an event.
#[derive(Clone, Debug)]
struct Piece {
    supplier: u32,
    /// Row of the event, [`HOUSEHOLDS`] for none.
    row: u32,
    left: f64,
    asked: f64,
}

const HOUSEHOLDS: u32 = u32::MAX;

/// How an event's damage goes away.
#[derive(Clone, Debug)]
enum Repair {
    Capacity(Recovery),
    Capital(Recovery),
    Rebuilding { pieces: Vec<Piece>, factor: f64, days: f64 },
}

/// An event under way.
#[derive(Clone, Debug)]
struct Course {
    occurrence: u32,
    /// First day of recovery.
    recovers: u32,
    /// Industry and its damage at first, by row.
    rows: Vec<(u32, f64)>,
    /// Damage now, by row.
    now: Vec<f64>,
    /// Loss of capacity as of this morning, which acts tomorrow, by row.
    noticed: Vec<f64>,
    repair: Repair,
    finished: bool,
}

/// All events of a run.
#[derive(Clone, Debug)]
pub(super) struct Shocks {
    courses: Vec<Course>,
    /// Productive capital, `[node]`.
    capital: Vec<f64>,
    /// Digits to which capital is rounded.
    decimals: i32,
    /// Share of capacity that is lost today, `[node]`.
    pub(super) loss: Vec<f64>,
    /// Demand for rebuilding, value a day, `[node]`.
    pub(super) rebuild: Vec<f64>,
}

impl Shocks {
    /// Events before the first day.
    pub(super) fn new(
        graph: &Graph,
        events: &[Event],
        capital: Vec<f64>,
        decimals: i32,
    ) -> Result<Self, ArioError> {
        let courses = events
            .iter()
            .enumerate()
            .map(|(event, described)| course(graph, event, described, &capital))
            .collect::<Result<_, _>>()?;
        let nodes = graph.node_count();
        Ok(Self { courses, capital, decimals, loss: vec![0.0; nodes], rebuild: vec![0.0; nodes] })
    }

    /// The morning of a day: what is lost, and what is asked for to rebuild.
    pub(super) fn begin(&mut self, day: u32) -> Result<(), ArioError> {
        let Self { courses, capital, loss, rebuild, .. } = self;
        loss.fill(0.0);
        for (event, course) in courses.iter_mut().enumerate() {
            if day == course.occurrence {
                course.now.iter_mut().zip(&course.rows).for_each(|(now, row)| *now = row.1);
            }
            if matches!(course.repair, Repair::Capacity(_)) {
                continue;
            }
            for (row, ((node, _), now)) in course.rows.iter().zip(&course.now).enumerate() {
                let node = *node as usize;
                if *now > 0.0 {
                    loss[node] += now / capital[node];
                    if loss[node] > 1.0 + 1e-12 {
                        return Err(ArioError::Destroyed {
                            event,
                            row,
                            node,
                            destroyed: loss[node] * capital[node],
                            capital: capital[node],
                        });
                    }
                }
            }
            if let Repair::Rebuilding { pieces, days, .. } = &mut course.repair
                && day >= course.recovers
                && !course.finished
            {
                pieces.iter_mut().for_each(|piece| piece.asked = piece.left / *days);
            }
        }
        for course in courses.iter_mut() {
            if let Repair::Capacity(_) = course.repair {
                for ((node, _), noticed) in course.rows.iter().zip(&course.noticed) {
                    loss[*node as usize] = loss[*node as usize].max(*noticed);
                }
                course.noticed.copy_from_slice(&course.now);
            }
        }
        loss.iter_mut().for_each(|loss| *loss = loss.min(1.0));
        ask(courses, rebuild);
        Ok(())
    }

    /// The night: what was delivered, what is left, what has recovered.
    pub(super) fn end(&mut self, day: u32, share: &[f64]) {
        for course in &mut self.courses {
            let recovers = day >= course.recovers && !course.finished;
            let elapsed = f64::from(day.saturating_sub(course.recovers));
            match &mut course.repair {
                Repair::Capacity(recovery) => {
                    if recovers {
                        let left = |v| round(recovery.left(v, elapsed), LOSS_DECIMALS);
                        course.now.iter_mut().zip(&course.rows).for_each(|(now, row)| *now = left(row.1));
                        course.finished = course.now.iter().all(|now| *now == 0.0);
                    }
                }
                Repair::Capital(recovery) => {
                    if recovers {
                        let left = |v| round(recovery.left(v, elapsed), self.decimals);
                        course.now.iter_mut().zip(&course.rows).for_each(|(now, row)| *now = left(row.1));
                        course.finished = course.now.iter().all(|now| *now == 0.0);
                    }
                }
                Repair::Rebuilding { pieces, factor, .. } => {
                    if recovers {
                        course.now.fill(0.0);
                        course.finished = true;
                        for piece in &mut *pieces {
                            let delivered = piece.asked * share[piece.supplier as usize];
                            piece.left = round(piece.left - delivered, self.decimals).max(0.0);
                            course.finished &= piece.left == 0.0;
                            if piece.row != HOUSEHOLDS {
                                course.now[piece.row as usize] += piece.left / *factor;
                            }
                        }
                    }
                    for piece in pieces {
                        piece.asked *= 1.0 - share[piece.supplier as usize];
                    }
                }
            }
        }
        ask(&self.courses, &mut self.rebuild);
    }
}

/// Sums what all reconstructions ask for, by supplier.
fn ask(courses: &[Course], rebuild: &mut [f64]) {
    rebuild.fill(0.0);
    for course in courses {
        if let Repair::Rebuilding { pieces, .. } = &course.repair {
            pieces.iter().for_each(|piece| rebuild[piece.supplier as usize] += piece.asked);
        }
    }
}

/// Checks an event and lays out its rows.
fn course(graph: &Graph, event: usize, described: &Event, capital: &[f64]) -> Result<Course, ArioError> {
    let Event { occurrence, duration, damage } = described;
    let wrong = |what, value, write| Err(ArioError::Event { event, what, value, write });
    if *occurrence < 1 {
        return wrong("the day of occurrence", 0.0, "1 or a later day");
    }
    if *duration < 1 {
        return wrong("the duration", 0.0, "1 day or more");
    }
    let checked = |recovery: Recovery| match recovery.days.is_finite() && recovery.days >= 1.0 {
        true => Ok(recovery),
        false => Err(ArioError::Event {
            event,
            what: "the length of the recovery",
            value: recovery.days,
            write: "1 day or more",
        }),
    };
    let known = |row: usize, node: usize| match node < graph.node_count() {
        true => Ok(node as u32),
        false => Err(ArioError::Industry { event, row, node, nodes: graph.node_count() }),
    };
    let amounts = |destroyed: &[(usize, f64)]| -> Result<Vec<(u32, f64)>, ArioError> {
        let mut rows = Vec::with_capacity(destroyed.len());
        for (row, (node, value)) in destroyed.iter().enumerate() {
            known(row, *node)?;
            if !(0.0..=capital[*node]).contains(value) {
                let (node, destroyed, capital) = (*node, *value, capital[*node]);
                return Err(ArioError::Destroyed { event, row, node, destroyed, capital });
            }
            rows.push((*node as u32, *value));
        }
        Ok(rows)
    };
    let (rows, repair) = match damage {
        Damage::Capacity { loss, recovery } => {
            let mut rows = Vec::with_capacity(loss.len());
            for (row, (node, loss)) in loss.iter().enumerate() {
                known(row, *node)?;
                if !(0.0..=1.0).contains(loss) {
                    return Err(ArioError::Loss { event, row, node: *node, loss: *loss });
                }
                rows.push((*node as u32, *loss));
            }
            (rows, Repair::Capacity(checked(*recovery)?))
        }
        Damage::Capital { destroyed, recovery } => {
            (amounts(destroyed)?, Repair::Capital(checked(*recovery)?))
        }
        Damage::Rebuilding { destroyed, parts, factor, days, households } => {
            if !(factor.is_finite() && *factor > 0.0) {
                return wrong("the rebuilding factor", *factor, "a number above 0");
            }
            if !(days.is_finite() && *days >= 1.0) {
                return wrong("the time of rebuilding", *days, "1 day or more");
            }
            let sum: f64 = parts.iter().map(|part| part.1).sum();
            if (sum - 1.0).abs() > 1e-8 || parts.iter().any(|part| part.1 < 0.0) {
                return wrong("the sum of the parts in rebuilding", sum, "parts from 0 that sum to 1");
            }
            let rows = amounts(destroyed)?;
            let mut pieces = Vec::new();
            for (row, (node, value)) in rows.iter().enumerate() {
                for (group, part) in parts {
                    let mut buckets = graph.buckets(*node as usize);
                    let Some(bucket) = buckets.find(|b| graph.bucket_group[*b] as usize == *group) else {
                        continue;
                    };
                    for link in graph.links(graph.bucket_pool[bucket] as usize) {
                        let left = part * value * factor * graph.link_share[link];
                        let (supplier, row) = (graph.supplier[link], row as u32);
                        pieces.push(Piece { supplier, row, left, asked: 0.0 });
                    }
                }
            }
            for (row, (node, value)) in households.iter().enumerate() {
                let supplier = known(row, *node)?;
                if !(value.is_finite() && *value >= 0.0) {
                    return wrong("a value that households want", *value, "a number from 0");
                }
                pieces.push(Piece { supplier, row: HOUSEHOLDS, left: *value, asked: 0.0 });
            }
            (rows, Repair::Rebuilding { pieces, factor: *factor, days: *days })
        }
    };
    Ok(Course {
        occurrence: *occurrence,
        recovers: occurrence.saturating_add(*duration),
        now: vec![0.0; rows.len()],
        noticed: vec![0.0; rows.len()],
        rows,
        repair,
        finished: false,
    })
}
