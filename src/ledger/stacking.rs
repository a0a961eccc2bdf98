//! Several duties on one good: which part of its value pays which?
//!
//! ```text
//! e_m(l) = share_m · c_m(l) · Π_x (1 − share_x) · Π_{k in not_with_m, in force} (1 − e_k(l))
//! τ_m(l) = τ_m, or max(0, floor_m − base(l)) where m has a floor and is in force
//! r(l)   = Σ_{m in no group} e_m(l)·τ_m(l) + Σ_groups max_{m in group} e_m(l)·τ_m(l)
//! t[s]  += average of r(l) over the lines of s
//! ```
//!
//! | symbol | meaning | unit |
//! |---|---|---|
//! | `c_m(l)` | share of tariff line `l` that the measure's goods cover | 1 |
//! | `share_m` | part of the value that is dutiable, as the metal in a machine | 1 |
//! | `share_x` | part that an exemption `of` the measure lets off | 1 |
//! | `e_m(l)` | share of the line's value that the measure hits | 1 |
//! | `base(l)` | base duty of the line; without line data the world's tariff | fraction |
//!
//! Duties add and never compound. A measure in `not_with` takes away exactly
//! the value that it hits itself: a duty on 30 % of a line leaves 70 % to the
//! other. Shares of different measures in one line are taken as independent.
//! The average and its weights are those of [`products`](super::products).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::Ledger;
use super::effect::{exemptions, still_taxed};
use super::measure::{Kind, Measure};
use super::products::{HTS_IMPORTER, Lines, Products, WEIGHTS_2024};
use super::state::PolicyState;
use crate::world::World;

/// Covered share by tariff line, lines that are not covered left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineCover {
    /// Position in the HTS8 lines, share.
    pub hts: Vec<(u32, f64)>,
    /// Position in the HS6 lines, share.
    pub hs6: Vec<(u32, f64)>,
    /// The keys `list`, `hs` and `but` as they were written.
    pub written: [Vec<String>; 3],
}

/// Names of the keys in [`LineCover::written`].
pub(super) const PRODUCT_KEYS: [&str; 3] = ["list", "hs", "but"];

/// How a measure meets others on the same good.
#[derive(Clone, Debug, PartialEq)]
pub struct Stacking {
    /// Part of the covered value that is dutiable, fraction.
    pub share: f64,
    /// Positions of the measures that it gives way to, rising.
    pub not_with: Vec<usize>,
    /// Of the measures of one group only the highest is levied.
    pub group: Option<String>,
    /// The duty fills the base duty up to this rate, fraction.
    pub floor: Option<f64>,
    /// Evaluated line by line.
    pub by_line: bool,
}

impl Default for Stacking {
    fn default() -> Self {
        Self { share: 1.0, not_with: Vec::new(), group: None, floor: None, by_line: false }
    }
}

/// Tariff lines laid over the sectors of a world.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinesInWorld {
    pub lines: &'static Lines,
    /// Line, sector of the world, share.
    pub links: Vec<(u32, usize, f64)>,
}

impl LinesInWorld {
    /// The lines of a carved sector go there and not to its parent.
    pub fn new(lines: &'static Lines, world: &World) -> Self {
        let sectors: Vec<Option<usize>> =
            lines.sectors.iter().map(|code| world.sectors.find(code).ok()).collect();
        let link = |(line, sector, share): &(u32, u16, f64)| {
            sectors[usize::from(*sector)].map(|sector| (*line, sector, *share))
        };
        let mut links: Vec<(u32, usize, f64)> = lines.links.iter().filter_map(link).collect();
        for (child, _, carved) in world.carved_positions() {
            let own: Vec<_> = carved.hs.iter().filter_map(|code| lines.under(code)).collect();
            let mine = |line: u32| own.iter().any(|range| range.contains(&(line as usize)));
            links.iter_mut().filter(|(line, _, _)| mine(*line)).for_each(|link| link.1 = child);
        }
        Self { lines, links }
    }

    /// Average by sector of a value by line.
    pub fn by_sector(&self, sectors: usize, value: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let (mut sum, mut weight) = (vec![0.0; sectors], vec![0.0; sectors]);
        let (mut plain, mut count) = (vec![0.0; sectors], vec![0.0; sectors]);
        for (line, sector, share) in &self.links {
            let line = *line as usize;
            let w = weights.map_or(0.0, |weights| weights[line]) * share;
            sum[*sector] += w * value[line];
            weight[*sector] += w;
            plain[*sector] += share * value[line];
            count[*sector] += share;
        }
        (0..sectors)
            .map(|s| match (weight[s] > 0.0, count[s] > 0.0) {
                (true, _) => sum[s] / weight[s],
                (false, true) => plain[s] / count[s],
                (false, false) => 0.0,
            })
            .collect()
    }
}

/// The two sets of lines in the sectors of a world.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    pub hts: LinesInWorld,
    pub hs6: LinesInWorld,
}

impl Grid {
    pub fn new(products: &'static Products, world: &World) -> Arc<Self> {
        Arc::new(Self {
            hts: LinesInWorld::new(&products.hts, world),
            hs6: LinesInWorld::new(&products.hs6, world),
        })
    }

    fn of(&self, world: &World, importer: usize) -> &LinesInWorld {
        if world.regions.code(importer) == HTS_IMPORTER { &self.hts } else { &self.hs6 }
    }
}

/// What averages over lines are weighted by, in words.
pub fn weights_name(products: &Products, importer: &str, exporter: &str) -> String {
    match products.hts.imports(exporter) {
        Some((partner, _)) if importer == HTS_IMPORTER => {
            format!("{WEIGHTS_2024}: United States imports of 2024 by tariff line, from {partner}")
        }
        _ => format!("HS6 lines of {exporter}'s goods, each counted once"),
    }
}

/// Marks the measures that are evaluated line by line: tariffs that name
/// products or meet others, and the exemptions that tariffs give way to.
pub(super) fn mark_lines(measures: &mut [Measure]) {
    let mut named = vec![false; measures.len()];
    for other in measures.iter().flat_map(|measure| &measure.stacking.not_with) {
        named[*other] = true;
    }
    for (measure, named) in measures.iter_mut().zip(named) {
        let rules = &measure.stacking;
        let stacks = !rules.not_with.is_empty() || rules.group.is_some() || rules.floor.is_some();
        let by_line = stacks || rules.share < 1.0 || measure.scope.lines.is_some();
        measure.stacking.by_line = named || (measure.kind == Kind::ImportTariff && by_line);
    }
}

/// One importer and exporter on one day.
struct Pair<'a> {
    ledger: &'a Ledger,
    world: &'a World,
    grid: &'a LinesInWorld,
    importer: usize,
    exporter: usize,
    date: Date,
    /// The exemptions of the day, by the measure that they let off.
    exemptions: &'a BTreeMap<&'a str, Vec<&'a Measure>>,
}

impl Pair<'_> {
    /// The measures that concern the pair.
    fn concerned(&self) -> Vec<usize> {
        let between = |m: &Measure| m.by.contains(&self.importer) && m.on.contains(&self.exporter);
        let measures = self.ledger.measures.iter().enumerate();
        measures.filter(|(_, m)| m.stacking.by_line && between(m)).map(|(position, _)| position).collect()
    }

    /// The rate, if the measure hits anything today.
    fn in_force(&self, measure: &Measure) -> Option<f64> {
        if !measure.is_in_force(self.date) {
            return None;
        }
        let rate = measure.rate_on(self.date);
        let acts = measure.kind == Kind::TariffExemption
            || (measure.kind == Kind::ImportTariff && (rate > 0.0 || measure.stacking.floor.is_some()));
        acts.then_some(rate)
    }

    fn cover(&self, measure: &Measure) -> Vec<f64> {
        let count = self.grid.lines.codes.len();
        let scope = &measure.scope;
        if let Some(cover) = &scope.lines {
            let mut dense = vec![0.0; count];
            let sparse = if self.grid.lines.digits == 8 { &cover.hts } else { &cover.hs6 };
            sparse.iter().for_each(|(line, share)| dense[*line as usize] = *share);
            return dense;
        }
        let all = self.world.goods.iter().zip(&scope.coverage).all(|(good, share)| !good || *share == 1.0);
        let mut dense = vec![if all { 1.0 } else { 0.0 }; count];
        if !all {
            for (line, sector, share) in &self.grid.links {
                dense[*line as usize] += share * scope.coverage[*sector];
            }
        }
        dense
    }

    /// Share of each line that the measure hits. Parsing has refused circles.
    fn exposure(&self, position: usize, known: &mut [Option<Vec<f64>>]) -> Vec<f64> {
        if let Some(found) = &known[position] {
            return found.clone();
        }
        let measure = &self.ledger.measures[position];
        let mut hit = self.cover(measure);
        let let_off = self.exemptions.get(measure.id.as_str()).map_or(&[][..], Vec::as_slice);
        let taxed = measure.stacking.share * still_taxed(let_off, self.importer, self.exporter, self.date);
        hit.iter_mut().for_each(|share| *share *= taxed);
        for other in &measure.stacking.not_with {
            let measure = &self.ledger.measures[*other];
            let concerns = measure.by.contains(&self.importer) && measure.on.contains(&self.exporter);
            if concerns && self.in_force(measure).is_some() {
                let taken = self.exposure(*other, known);
                hit.iter_mut().zip(&taken).for_each(|(share, taken)| *share *= 1.0 - taken);
            }
        }
        known[position] = Some(hit.clone());
        hit
    }

    fn base(&self) -> Vec<f64> {
        if !self.grid.lines.base.is_empty() {
            return self.grid.lines.base.clone();
        }
        let mut base = vec![0.0; self.grid.lines.codes.len()];
        for (line, sector, share) in &self.grid.links {
            base[*line as usize] +=
                share * self.world.tariff[self.world.cell(*sector, self.importer, self.exporter)];
        }
        base
    }

    /// Rate by line of all its measures together, fraction.
    fn rates(&self, concerned: &[usize]) -> Vec<f64> {
        let mut total = vec![0.0; self.grid.lines.codes.len()];
        let mut groups: Vec<(&str, Vec<f64>)> = Vec::new();
        let mut known = vec![None; self.ledger.measures.len()];
        let base = self.base();
        for position in concerned {
            let measure = &self.ledger.measures[*position];
            let Some(rate) = self.in_force(measure) else { continue };
            if measure.kind != Kind::ImportTariff {
                continue;
            }
            let mut duty = self.exposure(*position, &mut known);
            for (line, duty) in duty.iter_mut().enumerate() {
                *duty *= measure.stacking.floor.map_or(rate, |floor| (floor - base[line]).max(0.0));
            }
            let Some(name) = &measure.stacking.group else {
                total.iter_mut().zip(&duty).for_each(|(sum, duty)| *sum += duty);
                continue;
            };
            match groups.iter_mut().find(|(known, _)| known == name) {
                Some((_, highest)) => {
                    highest.iter_mut().zip(&duty).for_each(|(most, duty)| *most = most.max(*duty));
                }
                None => groups.push((name, duty)),
            }
        }
        for (_, highest) in &groups {
            total.iter_mut().zip(highest).for_each(|(sum, duty)| *sum += duty);
        }
        total
    }
}

/// Adds the measures that are evaluated line by line to a state.
pub(super) fn add_lines(ledger: &Ledger, world: &World, state: &mut PolicyState) {
    let Some(grid) = &ledger.grid else { return };
    let exemptions = exemptions(&ledger.measures, state.date);
    let n = world.region_count();
    let mut last: Option<(usize, Vec<usize>, Vec<f64>)> = None;
    for importer in 0..n {
        for exporter in (0..n).filter(|exporter| *exporter != importer) {
            let grid = grid.of(world, importer);
            let pair =
                Pair { ledger, world, grid, importer, exporter, date: state.date, exemptions: &exemptions };
            let concerned = pair.concerned();
            if !concerned.iter().any(|position| pair.in_force(&ledger.measures[*position]).is_some()) {
                continue;
            }
            // The same measures on the next exporter: the same rates by line.
            let same = last.as_ref().is_some_and(|(by, which, _)| {
                *by == importer && *which == concerned && !grid.lines.base.is_empty()
            });
            if !same {
                let rates = pair.rates(&concerned);
                last = Some((importer, concerned, rates));
            }
            let weights = grid.lines.imports(world.regions.code(exporter)).map(|(_, weights)| weights);
            let rates = last.as_ref().map_or(&[][..], |(_, _, rates)| rates);
            for (sector, rate) in grid.by_sector(world.sector_count(), rates, weights).into_iter().enumerate()
            {
                state.tariff[world.cell(sector, importer, exporter)] += rate;
            }
        }
    }
}

/// Average tariff on all tariff lines, the base duty included.
#[derive(Clone, Debug, PartialEq)]
pub struct LineAverage {
    /// Each line counted once; fraction.
    pub simple: f64,
    /// Weighted by imports of 2024; fraction.
    pub weighted: f64,
    /// Number of lines.
    pub lines: usize,
}

/// Average over the tariff lines of the United States on an exporter; `None`
/// for other importers, whose lines have no weights.
pub fn line_average(
    ledger: &Ledger,
    world: &World,
    date: Date,
    importer: usize,
    exporter: usize,
) -> Option<LineAverage> {
    let products = Products::shipped().ok()?;
    if world.regions.code(importer) != HTS_IMPORTER || importer == exporter {
        return None;
    }
    let grid = LinesInWorld::new(&products.hts, world);
    let exemptions = exemptions(&ledger.measures, date);
    let pair = Pair { ledger, world, grid: &grid, importer, exporter, date, exemptions: &exemptions };
    let between = |m: &Measure| m.by.contains(&importer) && m.on.contains(&exporter);
    let all: Vec<usize> = (0..ledger.measures.len()).filter(|m| between(&ledger.measures[*m])).collect();
    let mut rates = pair.rates(&all);
    rates.iter_mut().zip(&grid.lines.base).for_each(|(rate, base)| *rate += base);
    let (_, weights) = grid.lines.imports(world.regions.code(exporter))?;
    let duty: f64 = rates.iter().zip(weights).map(|(rate, weight)| rate * weight).sum();
    let imports: f64 = weights.iter().sum();
    let lines = rates.len();
    Some(LineAverage { simple: rates.iter().sum::<f64>() / lines as f64, weighted: duty / imports, lines })
}
