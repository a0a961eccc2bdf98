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

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::Ledger;
use super::effect::{exemptions, still_taxed};
use super::measure::{Kind, Measure};
use super::products::{HTS_IMPORTER, Lines, Products, WEIGHTS_2024};
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
    /// Gives way to another measure or another to it, is in a group or has a floor.
    pub meets: bool,
}

impl Default for Stacking {
    fn default() -> Self {
        Self { share: 1.0, not_with: Vec::new(), group: None, floor: None, by_line: false, meets: false }
    }
}

/// Tariff lines laid over the sectors of a world.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinesInWorld {
    pub lines: &'static Lines,
    /// Line, sector of the world, share; lines rising.
    pub links: Vec<(u32, usize, f64)>,
    /// Where the links of each line begin, and where the last ones end.
    starts: Vec<u32>,
    /// Line and share of the links of each sector; lines rising.
    of_sector: Vec<Vec<(u32, f64)>>,
    /// Every line in full.
    whole: Shares,
    /// Number of lines in each sector, a line in two sectors shared.
    count: Vec<f64>,
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
        let mut starts = vec![0; lines.codes.len() + 1];
        links.iter().for_each(|(line, ..)| starts[*line as usize + 1] += 1);
        for line in 1..starts.len() {
            starts[line] += starts[line - 1];
        }
        let mut count = vec![0.0; world.sector_count()];
        let mut of_sector = vec![Vec::new(); world.sector_count()];
        for (line, sector, share) in &links {
            count[*sector] += share;
            of_sector[*sector].push((*line, *share));
        }
        let whole = Arc::new((0..lines.codes.len() as u32).map(|line| (line, 1.0)).collect());
        Self { lines, links, starts, of_sector, whole, count }
    }

    /// Average by sector of a value by line, each line counted once; lines that
    /// are left out have 0.
    pub fn each_once(&self, value: &[(u32, f64)]) -> Vec<f64> {
        let mut sum = vec![0.0; self.count.len()];
        for (line, value) in value {
            let links = self.starts[*line as usize] as usize..self.starts[*line as usize + 1] as usize;
            self.links[links].iter().for_each(|(_, sector, share)| sum[*sector] += share * value);
        }
        sum.iter().zip(&self.count).map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 }).collect()
    }

    /// Average by sector of a value by line; without weights, and in a sector
    /// whose lines have none, every line counts once.
    pub fn by_sector(&self, value: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let average = |(links, count): (&Vec<(u32, f64)>, &f64)| {
            if let Some(weights) = weights {
                let (mut weighted, mut weight) = (0.0, 0.0);
                for (line, share) in links {
                    let line = *line as usize;
                    weighted += weights[line] * (share * value[line]);
                    weight += weights[line] * share;
                }
                if weight > 0.0 {
                    return weighted / weight;
                }
            }
            let each_once = links.iter().fold(0.0, |sum, (line, share)| sum + share * value[*line as usize]);
            if *count > 0.0 { each_once / count } else { 0.0 }
        };
        self.of_sector.iter().zip(&self.count).map(average).collect()
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

    pub fn of(&self, world: &World, importer: usize) -> &LinesInWorld {
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
        measure.stacking.meets = named || stacks;
        measure.stacking.by_line = named || (measure.kind == Kind::ImportTariff && by_line);
    }
}

impl Measure {
    /// True if what it levies in `importer` depends on single lines. A duty on
    /// products that meets no other is the same by sector where every line
    /// counts once, that is for all importers but one.
    pub(super) fn needs_lines(&self, world: &World, importer: usize) -> bool {
        let each_once = world.regions.code(importer) != HTS_IMPORTER;
        let alone = !self.stacking.meets && self.scope.lines.is_some();
        self.stacking.by_line && !(alone && each_once)
    }
}

/// What one measure levies on the goods of one exporter.
pub(super) struct Levy {
    /// Position of the measure in the ledger.
    pub measure: usize,
    /// The tariff lines that it covers, rising.
    pub hits: Vec<Hit>,
}

/// One tariff line under one measure; shares and duty are fractions of its value.
pub(super) struct Hit {
    /// Position of the line.
    pub line: u32,
    /// `share_m · c_m(l)`: hit if the measure gave way to none.
    pub covered: f64,
    /// `e_m(l)`, and 0 where another of its group is higher.
    pub levied_on: f64,
    /// `e_m(l) · τ_m(l)`, and 0 where another of its group is higher.
    pub duty: f64,
}

/// Share of a line's value by line, rising; other lines have none.
type Shares = Arc<Vec<(u32, f64)>>;

/// The lines of a measure, before and after it gave way; the same lines in both.
#[derive(Clone)]
struct Exposure {
    covered: Shares,
    hit: Shares,
}

/// What a measure levies on the value that it hits.
enum Duty<'a> {
    /// One rate on every line.
    Rate(f64),
    /// What the base duty of the line lacks up to a rate.
    Floor { up_to: f64, base: &'a [f64] },
}

impl Duty<'_> {
    fn on(&self, line: u32) -> f64 {
        match self {
            Self::Rate(rate) => *rate,
            Self::Floor { up_to, base } => (up_to - base[line as usize]).max(0.0),
        }
    }
}

/// One importer and exporter on one day.
pub(super) struct Pair<'a> {
    pub ledger: &'a Ledger,
    pub world: &'a World,
    pub grid: &'a LinesInWorld,
    pub importer: usize,
    pub exporter: usize,
    pub date: Date,
    /// The exemptions of the day, by the measure that they let off.
    pub exemptions: &'a BTreeMap<&'a str, Vec<&'a Measure>>,
}

impl Pair<'_> {
    /// True if the measure is one of the importer on the exporter.
    pub fn concerns(&self, measure: &Measure) -> bool {
        measure.by.contains(&self.importer) && measure.on.contains(&self.exporter)
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

    /// Share of each line that the measure's goods make up, times its dutiable part.
    fn cover(&self, measure: &Measure) -> Shares {
        let (scope, share) = (&measure.scope, measure.stacking.share);
        if let Some(cover) = &scope.lines {
            let lines = if self.grid.lines.digits == 8 { &cover.hts } else { &cover.hs6 };
            return Arc::new(lines.iter().map(|(line, covered)| (*line, share * covered)).collect());
        }
        let count = self.grid.lines.codes.len();
        let all = self.world.goods.iter().zip(&scope.coverage).all(|(good, share)| !good || *share == 1.0);
        if all && share == 1.0 {
            return Arc::clone(&self.grid.whole);
        }
        if all {
            return Arc::new((0..count as u32).map(|line| (line, share)).collect());
        }
        let mut dense = vec![0.0; count];
        for (line, sector, part) in &self.grid.links {
            dense[*line as usize] += share * part * scope.coverage[*sector];
        }
        let lines = dense.into_iter().enumerate().filter(|(_, covered)| *covered > 0.0);
        Arc::new(lines.map(|(line, covered)| (line as u32, covered)).collect())
    }

    /// Share of the measure's trade that its exemptions leave.
    pub fn still_taxed(&self, measure: &Measure) -> f64 {
        let let_off = self.exemptions.get(measure.id.as_str()).map_or(&[][..], Vec::as_slice);
        still_taxed(let_off, self.importer, self.exporter, self.date)
    }

    /// Share of each line that the measure hits. Parsing has refused circles.
    fn exposure(&self, position: usize, known: &mut BTreeMap<usize, Exposure>) -> Exposure {
        if let Some(found) = known.get(&position) {
            return found.clone();
        }
        let measure = &self.ledger.measures[position];
        let covered = self.cover(measure);
        let mut hit = covered.clone();
        let taxed = self.still_taxed(measure);
        if taxed < 1.0 {
            Arc::make_mut(&mut hit).iter_mut().for_each(|(_, share)| *share *= taxed);
        }
        for other in &measure.stacking.not_with {
            let measure = &self.ledger.measures[*other];
            if self.concerns(measure) && self.in_force(measure).is_some() {
                give_way(Arc::<Vec<_>>::make_mut(&mut hit), &self.exposure(*other, known).hit);
            }
        }
        let found = Exposure { covered, hit };
        known.insert(position, found.clone());
        found
    }

    /// Base duty by line, or the world's tariff where that is not known; fraction.
    pub fn base(&self) -> Vec<f64> {
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

    /// What each tariff of `concerned` levies, in their order. Their duties sum
    /// to the rate of the line: of a group only the highest has one.
    pub fn levies(&self, concerned: &[usize]) -> Vec<Levy> {
        let mut levies = Vec::new();
        self.each_alone(concerned, |position, exposure, duty| {
            let hit_of = |((line, covered), (_, hit)): (&(u32, f64), &(u32, f64))| Hit {
                line: *line,
                covered: *covered,
                levied_on: *hit,
                duty: hit * duty.on(*line),
            };
            let hits = exposure.covered.iter().zip(exposure.hit.iter()).map(hit_of).collect();
            levies.push(Levy { measure: position, hits });
        });
        self.keep_the_highest(&mut levies);
        levies
    }

    /// Shows each tariff of `concerned` that is in force, as if it were in no
    /// group: its position, its lines and its duty.
    fn each_alone(&self, concerned: &[usize], mut show: impl FnMut(usize, Exposure, Duty<'_>)) {
        let mut known = BTreeMap::new();
        let base = OnceCell::new();
        for position in concerned {
            let measure = &self.ledger.measures[*position];
            let Some(rate) = self.in_force(measure).filter(|_| measure.kind == Kind::ImportTariff) else {
                continue;
            };
            let duty = match measure.stacking.floor {
                Some(up_to) => Duty::Floor { up_to, base: base.get_or_init(|| self.base()) },
                None => Duty::Rate(rate),
            };
            show(*position, self.exposure(*position, &mut known), duty);
        }
    }

    /// Of the measures of one group only the highest is levied, line by line;
    /// of equals the first.
    fn keep_the_highest(&self, levies: &mut [Levy]) {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, levy) in levies.iter().enumerate() {
            if let Some(group) = &self.ledger.measures[levy.measure].stacking.group {
                groups.entry(group).or_default().push(place);
            }
        }
        for members in groups.values().filter(|members| members.len() > 1) {
            let mut highest = vec![(0.0, usize::MAX); self.grid.lines.codes.len()];
            for place in members {
                for hit in &levies[*place].hits {
                    let most = &mut highest[hit.line as usize];
                    if hit.duty > most.0 {
                        *most = (hit.duty, *place);
                    }
                }
            }
            for place in members {
                for hit in &mut levies[*place].hits {
                    if highest[hit.line as usize].1 != *place {
                        (hit.levied_on, hit.duty) = (0.0, 0.0);
                    }
                }
            }
        }
    }

    /// Rate by line of all its measures together, fraction.
    fn rates(&self, concerned: &[usize]) -> Vec<f64> {
        let mut total = vec![0.0; self.grid.lines.codes.len()];
        if concerned.iter().any(|position| self.ledger.measures[*position].stacking.group.is_some()) {
            for levy in self.levies(concerned) {
                levy.hits.iter().for_each(|hit| total[hit.line as usize] += hit.duty);
            }
        } else {
            self.each_alone(concerned, |_, exposure, duty| {
                exposure.hit.iter().for_each(|(line, hit)| total[*line as usize] += hit * duty.on(*line));
            });
        }
        total
    }
}

/// Takes the value in `taken` away from `hit`.
fn give_way(hit: &mut [(u32, f64)], taken: &[(u32, f64)]) {
    let mut taken = taken.iter().peekable();
    for (line, share) in hit {
        while taken.next_if(|(other, _)| other < line).is_some() {}
        if let Some((_, part)) = taken.next_if(|(other, _)| other == line) {
            *share *= 1.0 - part;
        }
    }
}

/// Exporters on which an importer's duties are the same.
struct Alike {
    importer: usize,
    exporters: Vec<usize>,
    /// Positions of the measures.
    concerned: Vec<usize>,
    /// The share of each that exemptions leave.
    taxed: Vec<f64>,
}

/// What the measures that are evaluated line by line levy on a day: importer,
/// exporter, rate by sector.
pub(super) fn by_line(ledger: &Ledger, world: &World, date: Date) -> Vec<(usize, usize, Vec<f64>)> {
    let Some(grid) = &ledger.grid else { return Vec::new() };
    let (exemptions, n) = (exemptions(&ledger.measures, date), world.region_count());
    let pair = |importer, exporter| Pair {
        ledger,
        world,
        grid: grid.of(world, importer),
        importer,
        exporter,
        date,
        exemptions: &exemptions,
    };
    let rates = |alike: &Alike| -> Vec<(usize, usize, Vec<f64>)> {
        let Some(first) = alike.exporters.first() else { return Vec::new() };
        let grid = grid.of(world, alike.importer);
        let rates = pair(alike.importer, *first).rates(&alike.concerned);
        let each_once = OnceCell::new();
        let by_sector = |exporter: &usize| {
            let average = match grid.lines.imports(world.regions.code(*exporter)) {
                Some((_, weights)) => grid.by_sector(&rates, Some(weights)),
                None => each_once.get_or_init(|| grid.by_sector(&rates, None)).clone(),
            };
            (alike.importer, *exporter, average)
        };
        alike.exporters.iter().map(by_sector).collect()
    };
    let acting = acting(ledger, world, date);
    let groups: Vec<Alike> = (0..n)
        .into_par_iter()
        .flat_map_iter(|importer| alike(ledger, world, &acting, importer, &pair))
        .collect();
    groups.par_iter().flat_map_iter(rates).collect()
}

/// Positions of the duties in force that may depend on lines.
fn acting(ledger: &Ledger, world: &World, date: Date) -> Vec<usize> {
    let levied = |m: &Measure| m.is_in_force(date) && (m.rate_on(date) > 0.0 || m.stacking.floor.is_some());
    let lines = |m: &Measure| m.by.iter().any(|importer| m.needs_lines(world, *importer));
    let acts = |m: &Measure| m.kind == Kind::ImportTariff && m.stacking.by_line && levied(m) && lines(m);
    let measures = ledger.measures.iter().enumerate();
    measures.filter(|(_, measure)| acts(measure)).map(|(position, _)| position).collect()
}

/// The exporters that an importer taxes, those with the same duties together.
fn alike<'a>(
    ledger: &Ledger,
    world: &World,
    acting: &[usize],
    importer: usize,
    pair: &impl Fn(usize, usize) -> Pair<'a>,
) -> Vec<Alike> {
    let own: Vec<usize> = acting
        .iter()
        .copied()
        .filter(|position| {
            let measure = &ledger.measures[*position];
            measure.by.contains(&importer) && measure.needs_lines(world, importer)
        })
        .collect();
    let mut groups: Vec<Alike> = Vec::new();
    for exporter in (0..world.region_count()).filter(|exporter| *exporter != importer) {
        let hits = |position: &usize| ledger.measures[*position].on.contains(&exporter);
        let concerned: Vec<usize> = own.iter().copied().filter(hits).collect();
        if concerned.is_empty() {
            continue;
        }
        let pair = pair(importer, exporter);
        let taxed: Vec<f64> = concerned.iter().map(|m| pair.still_taxed(&ledger.measures[*m])).collect();
        // Without line data the base duty is the world's, which differs by exporter.
        let has_floor = concerned.iter().any(|m| ledger.measures[*m].stacking.floor.is_some());
        let same_base = !pair.grid.lines.base.is_empty() || !has_floor;
        let same = |other: &&mut Alike| same_base && other.concerned == concerned && other.taxed == taxed;
        match groups.iter_mut().find(same) {
            Some(group) => group.exporters.push(exporter),
            None => groups.push(Alike { importer, exporters: vec![exporter], concerned, taxed }),
        }
    }
    groups
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
    let grid = ledger.grid.clone().unwrap_or_else(|| Grid::new(products, world));
    let grid = &grid.hts;
    let exemptions = exemptions(&ledger.measures, date);
    let pair = Pair { ledger, world, grid, importer, exporter, date, exemptions: &exemptions };
    let all: Vec<usize> =
        (0..ledger.measures.len()).filter(|m| pair.concerns(&ledger.measures[*m])).collect();
    let mut rates = pair.rates(&all);
    rates.iter_mut().zip(&grid.lines.base).for_each(|(rate, base)| *rate += base);
    let (_, weights) = grid.lines.imports(world.regions.code(exporter))?;
    let duty: f64 = rates.iter().zip(weights).map(|(rate, weight)| rate * weight).sum();
    let imports: f64 = weights.iter().sum();
    let lines = rates.len();
    Some(LineAverage { simple: rates.iter().sum::<f64>() / lines as f64, weighted: duty / imports, lines })
}
