//! What was the tariff on a day, and which measure adds how much to it?
//!
//! ```text
//! T   = T₀ + Σ_m p_m
//! p_m = Σ_l ω[l]·d_m(l)       d_m(l): duty of measure m on line l once duties have met
//! p_m = Σ_s μ[s]·c_m[s]·x_m·τ_m   for a measure by sector that meets no other
//! ```
//!
//! `d_m` is what [`stacking`](super::stacking) gives: after giving way, and
//! only where the measure is the highest of its group; `x_m` is what exemptions
//! `of` the measure leave. The weights:
//!
//! | goods | by tariff line | by the world's sectors |
//! |---|---|---|
//! | all | imports of 2024 | base-year imports of the goods sectors, as [`average_tariff`] |
//! | one sector | | the sector's tariff as the engines see it |
//! | one product code | imports of 2024, or each line once | |
//!
//! `T₀` is the base duty of the lines, or the world's tariff of the sectors.
//! All rates and points are fractions.

use std::ops::Range;

use jiff::civil::Date;

use super::effect::exemptions;
use super::measure::Kind;
use super::products::{HTS_IMPORTER, Products};
use super::stacking::{Grid, Hit, Levy, Pair, line_average, weights_name};
use super::{Ledger, average_tariff};
use crate::world::World;

/// What a tariff on several goods is averaged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// Tariff lines of the United States by their imports of 2024.
    Lines,
    /// Sectors of the world by base-year imports.
    BaseYear,
}

impl Weighting {
    /// By line where the importer's imports are known by line.
    pub fn usual(world: &World, importer: usize) -> Self {
        if world.regions.code(importer) == HTS_IMPORTER { Self::Lines } else { Self::BaseYear }
    }
}

/// The goods of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goods {
    /// All goods.
    All,
    /// A sector, by position.
    Sector(usize),
    /// A product code of 2 to 8 digits.
    Product(String),
}

impl Goods {
    /// The goods of a sector's or a product's code.
    ///
    /// # Errors
    /// What is wrong with the code and what looks most like it.
    pub fn find(code: &str, world: &World) -> Result<Self, String> {
        let unknown = match world.sectors.find(code) {
            Ok(sector) => return Ok(Self::Sector(sector)),
            Err(unknown) => unknown,
        };
        if code.is_empty() || !code.bytes().all(|letter| letter.is_ascii_digit()) {
            return Err(format!("{unknown}; name a sector of world {} or a product code", world.name));
        }
        let products = Products::shipped().map_err(ToString::to_string)?;
        if products.hts.under(code).is_some() || products.hs6.under(code).is_some() {
            return Ok(Self::Product(code.to_owned()));
        }
        let near =
            products.nearest_code(code).map_or(String::new(), |near| format!("did you mean `{near}`? "));
        Err(format!("unknown product `{code}`; {near}Codes are 2 to 8 digits of HS2022, without points"))
    }
}

/// What one measure adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Position of the measure in the ledger.
    pub measure: usize,
    /// Rate levied that day on what it hits, fraction.
    pub rate: f64,
    /// Share of the value that its goods make up, fraction.
    pub covered: f64,
    /// Share of the value on which it is levied once it gave way, fraction.
    pub levied_on: f64,
    /// What it adds to the tariff, fraction.
    pub points: f64,
}

/// One tariff line of a product code.
#[derive(Clone, Debug, PartialEq)]
pub struct LineTariff {
    /// The code, with all its digits.
    pub code: String,
    /// Base duty, or the world's tariff where that is not known; fraction.
    pub base: f64,
    /// The measures that cover it, in the order of the ledger.
    pub parts: Vec<Part>,
    /// Base duty and all measures, fraction.
    pub total: f64,
    /// Imports of 2024, million USD, where known.
    pub imports_musd: Option<f64>,
}

/// A tariff, built up measure by measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Breakdown {
    /// Base duty of the lines or the world's tariff, fraction.
    pub base: f64,
    /// The measures in the order of the ledger.
    pub parts: Vec<Part>,
    /// The base and every part, fraction.
    pub total: f64,
    /// What it is averaged by, in words.
    pub weights: String,
    /// The lines, where the goods are a product code.
    pub lines: Vec<LineTariff>,
}

/// The tariff of an importer on an exporter's goods on a day, and what each
/// measure adds to it. `None` at home, where nothing is traded, and where
/// `weighting` does not fit: lines are weighted for the United States only.
///
/// # Panics
/// If `world` has other dimensions than the world the ledger was read for.
pub fn breakdown(
    ledger: &Ledger,
    world: &World,
    date: Date,
    (importer, exporter): (usize, usize),
    goods: &Goods,
    weighting: Weighting,
) -> Option<Breakdown> {
    if importer == exporter {
        return None;
    }
    let products = Products::shipped().ok()?;
    let grid = ledger.grid.clone().unwrap_or_else(|| Grid::new(products, world));
    let grid = grid.of(world, importer);
    let exemptions = exemptions(&ledger.measures, date);
    let pair = Pair { ledger, world, grid, importer, exporter, date, exemptions: &exemptions };
    let average = Average::new(&pair, goods, weighting)?;
    let measures = || (0..ledger.measures.len()).filter(|m| pair.concerns(&ledger.measures[*m]));
    let in_lines = |m: &usize| average.is_by_line() || ledger.measures[*m].stacking.by_line;
    let levies = pair.levies(&measures().filter(in_lines).collect::<Vec<_>>());
    let mut parts: Vec<Part> = levies.iter().map(|levy| average.of_levy(&pair, levy)).collect();
    parts.extend(measures().filter(|m| !in_lines(m)).filter_map(|m| average.of_coverage(&pair, m)));
    parts.sort_by_key(|part| part.measure);
    let base = average.base(&pair);
    let total = base + parts.iter().map(|part| part.points).sum::<f64>();
    let lines = match goods {
        Goods::Product(code) => line_tariffs(&pair, grid.lines.under(code)?, &levies),
        _ => Vec::new(),
    };
    let weights = average.name(&pair, goods, products);
    Some(Breakdown { base, parts, total, weights, lines })
}

/// The average tariff on all goods, twice, with the name of the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Averages {
    /// Each line, or each goods sector with trade, counted once; fraction.
    pub simple: f64,
    /// Weighted; fraction.
    pub weighted: f64,
    /// What `weighted` is weighted by.
    pub weights: String,
}

/// Both averages of an importer on an exporter on a day; `None` as in [`breakdown`].
///
/// # Panics
/// If `world` has other dimensions than the world the ledger was read for.
pub fn averages(
    ledger: &Ledger,
    world: &World,
    date: Date,
    (importer, exporter): (usize, usize),
    weighting: Weighting,
) -> Option<Averages> {
    if weighting == Weighting::BaseYear {
        let found = average_tariff(world, &ledger.state(world, date), importer, exporter)?;
        return Some(Averages { simple: found.simple, weighted: found.weighted, weights: found.weights });
    }
    let found = line_average(ledger, world, date, importer, exporter)?;
    let (importer, exporter) = (world.regions.code(importer), world.regions.code(exporter));
    let weights = weights_name(Products::shipped().ok()?, importer, exporter);
    Some(Averages { simple: found.simple, weighted: found.weighted, weights })
}

/// The weights of an average; they sum to 1.
enum Average {
    /// By tariff line.
    Lines(Vec<f64>),
    /// By sector; the lines of a sector are averaged as in the policy state.
    Sectors(Vec<f64>),
}

impl Average {
    fn new(pair: &Pair<'_>, goods: &Goods, weighting: Weighting) -> Option<Self> {
        let (world, lines) = (pair.world, pair.grid.lines);
        let by_imports = |range: Range<usize>, each_once: bool| {
            let mut weights = vec![0.0; lines.codes.len()];
            if let Some((_, imports)) = lines.imports(world.regions.code(pair.exporter)) {
                weights[range.clone()].copy_from_slice(&imports[range.clone()]);
            }
            if each_once && weights.iter().all(|weight| *weight == 0.0) {
                weights[range].fill(1.0);
            }
            shares(weights).map(Self::Lines)
        };
        match (goods, weighting) {
            (Goods::Product(code), _) => by_imports(lines.under(code)?, true),
            (Goods::All, Weighting::Lines) => by_imports(0..lines.codes.len(), false),
            (Goods::All, Weighting::BaseYear) => {
                let trade = |s| world.trade_musd[world.cell(s, pair.importer, pair.exporter)];
                let weight = |s: usize| if world.goods[s] { trade(s) } else { 0.0 };
                shares((0..world.sector_count()).map(weight).collect()).map(Self::Sectors)
            }
            (Goods::Sector(sector), _) => {
                let mut weights = vec![0.0; world.sector_count()];
                weights[*sector] = 1.0;
                Some(Self::Sectors(weights))
            }
        }
    }

    fn is_by_line(&self) -> bool {
        matches!(self, Self::Lines(_))
    }

    fn of_lines(&self, pair: &Pair<'_>, by_line: &[f64]) -> f64 {
        match self {
            Self::Lines(weights) => dot(weights, by_line),
            Self::Sectors(weights) => {
                let imports = pair.grid.lines.imports(pair.world.regions.code(pair.exporter));
                let imports = imports.map(|(_, imports)| imports);
                dot(weights, &pair.grid.by_sector(by_line, imports))
            }
        }
    }

    fn base(&self, pair: &Pair<'_>) -> f64 {
        match self {
            Self::Lines(weights) => dot(weights, &pair.base()),
            Self::Sectors(weights) => {
                let (world, (importer, exporter)) = (pair.world, (pair.importer, pair.exporter));
                let tariff = |sector| world.tariff[world.cell(sector, importer, exporter)];
                weights.iter().enumerate().map(|(sector, weight)| weight * tariff(sector)).sum()
            }
        }
    }

    /// The part of a measure that is evaluated by line.
    fn of_levy(&self, pair: &Pair<'_>, levy: &Levy) -> Part {
        let mut by_line = vec![0.0; pair.grid.lines.codes.len()];
        let mut average = |value: fn(&Hit) -> f64| {
            levy.hits.iter().for_each(|hit| by_line[hit.line as usize] = value(hit));
            self.of_lines(pair, &by_line)
        };
        let measure = &pair.ledger.measures[levy.measure];
        Part {
            measure: levy.measure,
            rate: measure.rate_on(pair.date),
            covered: average(|hit| hit.covered),
            levied_on: average(|hit| hit.levied_on),
            points: average(|hit| hit.duty),
        }
    }

    /// The part of a measure that is evaluated by sector, if it levies anything.
    fn of_coverage(&self, pair: &Pair<'_>, position: usize) -> Option<Part> {
        let Self::Sectors(weights) = self else { return None };
        let measure = &pair.ledger.measures[position];
        let rate = Some(measure.rate_on(pair.date)).filter(|rate| *rate > 0.0)?;
        let covered = dot(weights, &measure.scope.coverage);
        let tariff = measure.kind == Kind::ImportTariff;
        tariff.then_some(Part {
            measure: position,
            rate,
            covered,
            levied_on: covered,
            points: rate * covered,
        })
    }

    fn name(&self, pair: &Pair<'_>, goods: &Goods, products: &Products) -> String {
        let world = pair.world;
        let by_line = || {
            let (importer, exporter) = (world.regions.code(pair.importer), world.regions.code(pair.exporter));
            weights_name(products, importer, exporter)
        };
        match (self, goods) {
            (Self::Lines(weights), Goods::Product(_)) => {
                let (first, last) = (weights.iter().find(|w| **w > 0.0), weights.iter().rfind(|w| **w > 0.0));
                if first == last { "each line once".to_owned() } else { by_line() }
            }
            (_, Goods::All) if !self.is_by_line() => format!("base-year imports of world {}", world.name),
            _ => by_line(),
        }
    }
}

/// Weights as shares of their sum; `None` if there is nothing to weigh by.
fn shares(mut weights: Vec<f64>) -> Option<Vec<f64>> {
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    (sum > 0.0).then_some(weights)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn line_tariffs(pair: &Pair<'_>, range: Range<usize>, levies: &[Levy]) -> Vec<LineTariff> {
    let (lines, base) = (pair.grid.lines, pair.base());
    let imports = lines.imports(pair.world.regions.code(pair.exporter));
    let mut found: Vec<LineTariff> = range
        .clone()
        .map(|line| LineTariff {
            code: format!("{:0width$}", lines.codes[line], width = lines.digits),
            base: base[line],
            parts: Vec::new(),
            total: base[line],
            imports_musd: imports.map(|(_, imports)| imports[line]),
        })
        .collect();
    for levy in levies {
        let rate = pair.ledger.measures[levy.measure].rate_on(pair.date);
        for hit in levy.hits.iter().filter(|hit| range.contains(&(hit.line as usize))) {
            let tariff = &mut found[hit.line as usize - range.start];
            let Hit { covered, levied_on, duty, .. } = *hit;
            tariff.parts.push(Part { measure: levy.measure, rate, covered, levied_on, points: duty });
            tariff.total += duty;
        }
    }
    found
}
