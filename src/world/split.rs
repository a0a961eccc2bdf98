//! A material carved out of a sector, every total kept.
//!
//! The stages of a [`Material`] become sectors of their own, the last stage
//! first, because what it uses of the one before it must be known when that one
//! is carved out. With `p` the parent of stage `c`, and primes after the split:
//!
//! ```text
//! M′[p,n,i] + M′[c,n,i] = M[p,n,i]                       flows
//! Z′[n,k,p] + Z′[n,k,c] = Z[n,k,p]     k ≠ p, c          what parent and stage use
//! Z′[n,p,j] + Z′[n,c,j] = Z[n,p,j]     j ≠ p, c          what is used of them
//! V′[n,p]   + V′[n,c]   = V[n,p]                         value added
//! t′[c,n,i] = t[p,n,i]                                   tariffs
//! ```
//!
//! and the block of `p` and `c` sums to `Z[n,p,p]`. The flows of the stage follow
//! its production `s[i]` and its use `u[n]`, scaled to both in turn:
//!
//! ```text
//! M′[c,n,i] = min( r[n] s[i] u[n] e[i], L M[p,n,i] )     Σ_n M′[c,n,i] = s[i]
//! u[n]      = Σ_d a[d] Y[d,n] + κ Σ_j min( b[j] Y[j,n]/Y[j], L Z[n,p,j] )
//! Σ_i (1 + t) M′[c,n,i] = u[n]
//! ```
//!
//! | symbol | meaning | unit | shape |
//! |--------|---------|------|-------|
//! | `s`    | world value times the exporter's share | million USD | `[region]` |
//! | `a`    | what a later stage `d` uses of this one per unit of output | 1 | `[stage]` |
//! | `b`    | shares of the other buyers | 1 | `[sector]` |
//! | `κ`    | makes world use equal to world supply | million USD | 1 |
//! | `L`    | the part of a cell of the parent that may become material, 0.9 | 1 | 1 |
//!
//! `r` and `e` are the factors of the scaling. Within a region the other buyers
//! share in proportion to `b[j] Y[j,n] / Y[j]`, with one factor a buyer more, so
//! that each has its share `b` of what all of them use. An exporter with a `home` share
//! has `M′[c,i,i]` fixed. What the limits `L` keep out is not placed, and reported.
//!
//! A stage produces as its parent does. What it uses of an earlier stage comes
//! out of the goods that the parent uses, all in proportion, and out of the
//! parent's use of that stage's own parent; its value-added share is the parent's.
//! Uses equal supply in every region, so nothing of a stage is final use unless
//! the material says so.

use super::error::WorldError;
use super::labels::Labels;
use super::material::{Material, Part, Parts, Stage};
use super::{Carved, ElasticitySet, Source, World};

/// The part of a cell of the parent that may become material.
const MOST: f64 = 0.9;
/// Scaling ends when use and supply are this close, relative.
const CLOSE: f64 = 1e-10;
/// Rounds of scaling at the most.
const ROUNDS: usize = 500;
/// Less than this of a value is not worth a word.
const WORTH_TELLING: f64 = 5e-3;

/// What became of the stages of a material.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SplitReport {
    /// One for each stage, in the order of the file.
    pub stages: Vec<StageReport>,
}

/// What became of one stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageReport {
    /// Code of the stage.
    pub code: String,
    /// Code of its parent.
    pub parent: String,
    /// World production that the material asks for, million USD.
    pub asked_musd: f64,
    /// World production in the new world, million USD.
    pub placed_musd: f64,
    /// The part of it that crosses a border between regions, million USD.
    pub traded_musd: f64,
    /// What could not be placed and where, in words.
    pub short: Vec<String>,
}

/// The world with the stages of `material` as sectors of their own, and what
/// could not be placed. `material` must have been read for `world`.
///
/// # Errors
/// [`WorldError::CannotSplit`] with the cell that would become negative and what
/// to change; [`WorldError::Inconsistent`] if the arrays of `world` do not fit.
pub fn split(world: &World, material: &Material) -> Result<(World, SplitReport), WorldError> {
    world.check_shapes()?;
    let mut carving = Carving::new(world, material)?;
    let mut report = SplitReport::default();
    for stage in (0..material.stages.len()).rev() {
        report.stages.insert(0, carving.carve(stage)?);
    }
    let mut split = carving.world;
    split.elasticities = elasticities(world, material);
    for stage in &material.stages {
        split.goods.push(true);
        split.carved.push(Carved {
            material: material.name.clone(),
            code: stage.code.clone(),
            parent: world.sectors.code(stage.parent).to_owned(),
            hs: stage.hs.clone(),
        });
    }
    split.sources.push(Source {
        of: format!("the material {}", material.name),
        citation: material.sources.clone(),
        terms: "facts, each with its source in the material's file".to_owned(),
    });
    split.notes.push(report.note(material));
    Ok((split, report))
}

impl SplitReport {
    /// What was carved out, for the notes of the world.
    fn note(&self, material: &Material) -> String {
        let stages: Vec<String> = self.stages.iter().map(StageReport::line).collect();
        let short: Vec<&str> =
            self.stages.iter().flat_map(|stage| stage.short.iter().map(String::as_str)).collect();
        let short = if short.is_empty() { String::new() } else { format!(" {}.", short.join("; ")) };
        format!(
            "Carved out: {} (figures of {}). {}.{short} Totals of parent and material are those of the parent before. {}",
            material.title,
            material.year,
            stages.join("; "),
            material.note
        )
        .trim_end()
        .to_owned()
    }
}

impl StageReport {
    /// `REMAG out of C25: 11000 million USD, 5800 of it between regions`.
    pub fn line(&self) -> String {
        let Self { code, parent, asked_musd, placed_musd, traded_musd, .. } = self;
        let asked = match placed_musd < &(asked_musd * (1.0 - WORTH_TELLING)) {
            true => format!(" of {asked_musd:.0}"),
            false => String::new(),
        };
        format!(
            "{code} out of {parent}: {placed_musd:.0}{asked} million USD, {traded_musd:.0} of it between regions"
        )
    }
}

/// Every set with the material's elasticity, and the default one at both ends of its range.
fn elasticities(world: &World, material: &Material) -> Vec<ElasticitySet> {
    let default = &world.elasticities[0];
    let ends = ["low", "high"].map(|end| format!("{}-{end}", default.name));
    let mut sets = world.elasticities.clone();
    for (name, end) in ends.iter().zip(["low", "high"]) {
        if !sets.iter().any(|set| set.name == *name) {
            let source =
                format!("{}, with the {end} end of the elasticities of carved materials", default.name);
            sets.push(ElasticitySet { name: name.clone(), theta: default.theta.clone(), source });
        }
    }
    for set in &mut sets {
        set.theta.extend(material.stages.iter().map(
            |stage| match ends.iter().position(|end| *end == set.name) {
                Some(0) => stage.theta.low,
                Some(_) => stage.theta.high,
                None => stage.theta.value,
            },
        ));
    }
    sets
}

/// A world in which stages become sectors one after the other.
struct Carving<'a> {
    material: &'a Material,
    /// The world; sectors from `first` on are stages, empty until they are carved.
    world: World,
    first: usize,
    /// What stage `d` of `[region, stage, earlier stage]` uses of another, million USD.
    reserved: Vec<f64>,
}

/// What one stage is to be.
struct Plan {
    /// Production, `[region]`.
    supply: Vec<f64>,
    /// Use by later stages, `[region]`.
    by_stages: Vec<f64>,
    /// Weight of the other buyers in world use, `[region, buyer]`; the last buyer is final use.
    wanted: Vec<f64>,
    /// How much of the parent each of them has to give, `[region, buyer]`.
    limit: Vec<f64>,
    /// Home sales that are given, `[region]`.
    home: Vec<Option<f64>>,
}

impl<'a> Carving<'a> {
    /// Room for the stages: empty sectors at the end.
    fn new(world: &World, material: &'a Material) -> Result<Self, WorldError> {
        let (n, old, more) = (world.region_count(), world.sector_count(), material.stages.len());
        let j = old + more;
        let labels = (0..old)
            .map(|s| (world.sectors.code(s).to_owned(), world.sectors.name(s).to_owned()))
            .chain(material.stages.iter().map(|stage| (stage.code.clone(), stage.name.clone())));
        let sectors = Labels::new(labels).map_err(|e| WorldError::Inconsistent {
            world: world.name.clone(),
            reason: format!("with the stages of {}: {e}", material.name),
        })?;
        let mut input_share = vec![0.0; n * j * j];
        for (cell, share) in world.input_share.iter().enumerate() {
            let (region, input, sector) = (cell / (old * old), cell / old % old, cell % old);
            input_share[(region * j + input) * j + sector] = *share;
        }
        let mut trade_musd = world.trade_musd.clone();
        trade_musd.resize(j * n * n, 0.0);
        let mut tariff = world.tariff.clone();
        for stage in &material.stages {
            tariff.extend_from_slice(&world.tariff[stage.parent * n * n..][..n * n]);
        }
        let final_share = world.final_share.as_ref().map(|share| {
            let rows = share.chunks_exact(old);
            rows.flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0.0, more))).collect()
        });
        let markup = world.markup.as_ref().map(|markup| {
            let of_parents = material.stages.iter().map(|stage| markup[stage.parent]);
            markup.iter().copied().chain(of_parents).collect()
        });
        let world = World { sectors, input_share, trade_musd, tariff, final_share, markup, ..world.clone() };
        Ok(Self { material, world, first: old, reserved: vec![0.0; n * more * more] })
    }

    fn reserved_cell(&self, region: usize, later: usize, earlier: usize) -> usize {
        (region * self.material.stages.len() + later) * self.material.stages.len() + earlier
    }

    fn share_cell(&self, region: usize, input: usize, sector: usize) -> usize {
        let j = self.world.sector_count();
        (region * j + input) * j + sector
    }

    /// Gross output of every sector, `[sector, region]`.
    fn output(&self) -> Vec<f64> {
        self.world.gross_output_musd()
    }

    fn cannot(&self, stage: &Stage, cell: String, reason: String) -> WorldError {
        WorldError::CannotSplit { stage: stage.code.clone(), cell, reason }
    }

    fn carve(&mut self, position: usize) -> Result<StageReport, WorldError> {
        let material = self.material;
        let stage = &material.stages[position];
        let (n, parent, child) = (self.world.region_count(), stage.parent, self.first + position);
        let mut short = Vec::new();
        let plan = self.plan(position, &mut short)?;
        let output = self.output();
        let left_before = self.final_demand(parent);
        let flows = self.place(parent, &plan);
        let mut traded = 0.0;
        for cell in 0..n * n {
            self.world.trade_musd[child * n * n + cell] = flows[cell];
            self.world.trade_musd[parent * n * n + cell] -= flows[cell];
            if cell / n != cell % n {
                traded += flows[cell];
            }
        }
        let made: Vec<f64> = (0..n).map(|i| (0..n).map(|importer| flows[importer * n + i]).sum()).collect();
        for exporter in 0..n {
            let missing = plan.supply[exporter] - made[exporter];
            if missing > WORTH_TELLING * stage.value_musd.value {
                short.push(format!(
                    "{missing:.0} million USD of {} from {} have no place in its sales of {}",
                    stage.code,
                    self.world.regions.code(exporter),
                    self.world.sectors.code(parent)
                ));
            }
        }
        self.split_columns(position, &output, &made, &mut short);
        self.split_rows(position, &plan, &mut short)?;
        self.split_final(parent, child, &left_before);
        Ok(StageReport {
            code: stage.code.clone(),
            parent: self.world.sectors.code(parent).to_owned(),
            asked_musd: stage.value_musd.value,
            placed_musd: made.iter().sum(),
            traded_musd: traded,
            short,
        })
    }

    /// Final demand of a sector, million USD, `[region]`.
    fn final_demand(&self, sector: usize) -> Vec<f64> {
        let j = self.world.sector_count();
        let demand = self.world.final_demand_musd();
        (0..self.world.region_count()).map(|region| demand[region * j + sector].max(0.0)).collect()
    }

    fn plan(&self, position: usize, short: &mut Vec<String>) -> Result<Plan, WorldError> {
        let stage = &self.material.stages[position];
        let (n, j, parent) = (self.world.region_count(), self.world.sector_count(), stage.parent);
        let output = self.output();
        let supply = self.supply(stage, &output[parent * n..][..n], short)?;
        let mut home = vec![None; n];
        for Part { of, home: share, .. } in &stage.exporters.named {
            let most = MOST * self.world.trade_musd[self.world.cell(parent, *of, *of)];
            home[*of] = share.as_ref().map(|share| (share.value * supply[*of]).min(most));
        }
        let by_stages: Vec<f64> = (0..n)
            .map(|region| {
                (position + 1..self.material.stages.len())
                    .map(|later| self.reserved[self.reserved_cell(region, later, position)])
                    .sum()
            })
            .collect();
        let left = self.final_demand(parent);
        let mut limit = vec![0.0; n * (j + 1)];
        let mut used = vec![0.0; j + 1];
        for region in 0..n {
            for buyer in 0..=j {
                let room = if buyer == j {
                    left[region]
                } else {
                    self.world.input_share[self.share_cell(region, parent, buyer)]
                        * output[buyer * n + region]
                };
                used[buyer] += room;
                limit[region * (j + 1) + buyer] = MOST * room.max(0.0);
            }
        }
        let weights = buyers(&stage.buyers, j, self.first, &used);
        let mut wanted = vec![0.0; n * (j + 1)];
        for (buyer, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let size = |region: usize| if buyer == j { left[region] } else { output[buyer * n + region] };
            let world: f64 = (0..n).map(size).sum();
            for region in 0..n {
                let size = if world > 0.0 { size(region) / world } else { 0.0 };
                wanted[region * (j + 1) + buyer] = weight * size;
            }
        }
        Ok(Plan { supply, by_stages, wanted, limit, home })
    }

    /// Production by region, within what the parent sells.
    fn supply(
        &self,
        stage: &Stage,
        parent_output: &[f64],
        short: &mut Vec<String>,
    ) -> Result<Vec<f64>, WorldError> {
        let n = parent_output.len();
        let value = stage.value_musd.value;
        let mut supply = vec![0.0; n];
        let mut named = vec![false; n];
        for Part { of, share, .. } in &stage.exporters.named {
            named[*of] = true;
            supply[*of] = share.value * value;
            if supply[*of] > MOST * parent_output[*of] {
                let (region, sector) = (self.world.regions.code(*of), self.world.sectors.code(stage.parent));
                return Err(self.cannot(
                    stage,
                    format!("{sector} of {region}"),
                    format!(
                        "{:.0} million USD are to come out of an output of {:.0}; lower the value of the stage or \
                         the share of {region}, or choose another parent",
                        supply[*of], parent_output[*of]
                    ),
                ));
            }
        }
        let rest: f64 = (0..n).filter(|i| !named[*i]).map(|i| parent_output[i]).sum();
        let others = stage.exporters.others.value * value;
        if others > MOST * rest {
            short.push(format!("the other exporters of {} make too little of its parent", stage.code));
        }
        for i in (0..n).filter(|i| !named[*i] && rest > 0.0) {
            supply[i] = others.min(MOST * rest) * parent_output[i] / rest;
        }
        Ok(supply)
    }

    /// Flows of the stage, `[importer, exporter]`.
    fn place(&self, parent: usize, plan: &Plan) -> Vec<f64> {
        let n = self.world.region_count();
        let block = parent * n * n..(parent + 1) * n * n;
        let (trade, tariff) = (&self.world.trade_musd[block.clone()], &self.world.tariff[block]);
        let buyers = plan.wanted.len() / n;
        let wanted = |kappa: f64, region: usize| -> f64 {
            let cells = region * buyers..(region + 1) * buyers;
            let pairs = plan.wanted[cells.clone()].iter().zip(&plan.limit[cells]);
            plan.by_stages[region] + pairs.map(|(wanted, limit)| (kappa * wanted).min(*limit)).sum::<f64>()
        };
        let open: Vec<usize> = (0..n).filter(|region| plan.home[*region].is_none()).collect();
        let total: f64 = plan.supply.iter().sum();
        let mut flows = vec![0.0; n * n];
        for importer in 0..n {
            let used = wanted(total, importer);
            for exporter in 0..n {
                flows[importer * n + exporter] = match plan.home[exporter] {
                    Some(home) if exporter == importer => home,
                    _ => (plan.supply[exporter] * used / total.max(f64::MIN_POSITIVE))
                        .min(MOST * trade[importer * n + exporter]),
                };
            }
        }
        let is_free =
            |importer: usize, exporter: usize| importer != exporter || plan.home[exporter].is_none();
        for _ in 0..ROUNDS {
            let spent = |flows: &[f64], importer: usize| -> f64 {
                let row = importer * n..(importer + 1) * n;
                flows[row.clone()].iter().zip(&tariff[row]).map(|(flow, t)| flow * (1.0 + t)).sum()
            };
            let all: f64 = open.iter().map(|importer| spent(&flows, *importer)).sum();
            let kappa = clearing(all, total, |kappa| open.iter().map(|region| wanted(kappa, *region)).sum());
            let mut gap = 0.0_f64;
            for importer in &open {
                let (is, should) = (spent(&flows, *importer), wanted(kappa, *importer));
                if is > 0.0 {
                    gap = gap.max((is - should).abs() / all);
                    for exporter in 0..n {
                        let cell = importer * n + exporter;
                        flows[cell] = (flows[cell] * should / is).min(MOST * trade[cell]);
                    }
                }
            }
            for exporter in 0..n {
                let fixed = plan.home[exporter].unwrap_or(0.0);
                let sold: f64 =
                    (0..n).filter(|m| is_free(*m, exporter)).map(|m| flows[m * n + exporter]).sum();
                let should = (plan.supply[exporter] - fixed).max(0.0);
                if sold > 0.0 {
                    gap = gap.max((sold - should).abs() / total);
                    for importer in (0..n).filter(|m| is_free(*m, exporter)) {
                        let cell = importer * n + exporter;
                        flows[cell] = (flows[cell] * should / sold).min(MOST * trade[cell]);
                    }
                }
            }
            if gap < CLOSE {
                break;
            }
        }
        flows
    }

    /// Input shares of the stage, and what they leave to its parent.
    fn split_columns(&mut self, position: usize, output: &[f64], made: &[f64], short: &mut Vec<String>) {
        let material = self.material;
        let stage = &material.stages[position];
        let (n, j) = (self.world.region_count(), self.world.sector_count());
        let (parent, child) = (stage.parent, self.first + position);
        for region in 0..n {
            let (whole, part) = (output[parent * n + region], made[region]);
            let old: Vec<f64> =
                (0..j).map(|k| self.world.input_share[self.share_cell(region, k, parent)]).collect();
            let mut column = old.clone();
            if part > 0.0 {
                let goods: f64 = (0..self.first).filter(|k| self.world.goods[*k]).map(|k| old[k]).sum();
                let asked: f64 = stage.inputs.iter().map(|input| input.share.value).sum();
                let fits = if asked > MOST * goods { MOST * goods / asked } else { 1.0 };
                let mut taken = vec![0.0; stage.inputs.len()];
                for (share, input) in taken.iter_mut().zip(&stage.inputs) {
                    let source = material.stages[input.stage].parent;
                    let same =
                        |other: &&super::material::StageInput| material.stages[other.stage].parent == source;
                    let many = stage.inputs.iter().filter(same).count() as f64;
                    let room = (MOST * old[source] * whole / part - old[source]).max(0.0) / many;
                    *share = (input.share.value * fits).min(room);
                }
                let sum: f64 = taken.iter().sum();
                if sum > 0.0 {
                    for k in (0..self.first).filter(|k| self.world.goods[*k]) {
                        column[k] *= 1.0 - sum / goods;
                    }
                }
                for (share, input) in taken.iter().zip(&stage.inputs) {
                    column[material.stages[input.stage].parent] += share;
                    let cell = self.reserved_cell(region, position, input.stage);
                    self.reserved[cell] = share * part;
                    let missing = (input.share.value - share) * part;
                    if missing > WORTH_TELLING * stage.value_musd.value {
                        let source = &material.stages[input.stage];
                        let (parent, of) =
                            (self.world.sectors.code(parent), self.world.sectors.code(source.parent));
                        let why = if *share < input.share.value * fits {
                            format!("{parent} uses too little of {of}")
                        } else {
                            format!("goods are a smaller part of the costs of {parent}")
                        };
                        short.push(format!(
                            "{} of {} uses {missing:.0} million USD less of {} than asked: {why}",
                            stage.code,
                            self.world.regions.code(region),
                            source.code,
                        ));
                    }
                }
            }
            let left = whole - part;
            for k in 0..j {
                let (mine, cell) = (self.share_cell(region, k, child), self.share_cell(region, k, parent));
                self.world.input_share[mine] = column[k];
                if part > 0.0 && left > 0.0 {
                    self.world.input_share[cell] = (old[k] * whole - column[k] * part) / left;
                }
            }
        }
    }

    /// Who uses the stage instead of its parent.
    fn split_rows(
        &mut self,
        position: usize,
        plan: &Plan,
        short: &mut Vec<String>,
    ) -> Result<(), WorldError> {
        let material = self.material;
        let stage = &material.stages[position];
        let (n, j) = (self.world.region_count(), self.world.sector_count());
        let (parent, child) = (stage.parent, self.first + position);
        let (output, spent) = (self.output(), self.world.expenditure_musd());
        let bought = &spent[child * n..][..n];
        // Later stages first: what they use is given.
        let reach: Vec<f64> = plan
            .by_stages
            .iter()
            .zip(bought)
            .map(|(asked, bought)| if asked > bought { bought / asked } else { 1.0 })
            .collect();
        let rest: Vec<f64> = (0..n).map(|r| (bought[r] - reach[r] * plan.by_stages[r]).max(0.0)).collect();
        let weights = balanced(&plan.wanted, &rest);
        for region in (0..n).filter(|region| bought[*region] > 0.0) {
            let mut used = vec![0.0; j + 1];
            let mut room: Vec<f64> = (0..j)
                .map(|buyer| {
                    self.world.input_share[self.share_cell(region, parent, buyer)]
                        * output[buyer * n + region]
                })
                .chain([plan.limit[region * (j + 1) + j]])
                .collect();
            room[child] = 0.0;
            for later in position + 1..material.stages.len() {
                let buyer = self.first + later;
                used[buyer] = reach[region] * self.reserved[self.reserved_cell(region, later, position)];
                room[buyer] = (room[buyer] - used[buyer]).max(0.0);
            }
            // Whoever uses the parent, where the named buyers use too little of it.
            let any: Vec<f64> = room[..j].iter().copied().chain([0.0]).collect();
            let mut left = rest[region];
            for weights in [&weights[region * (j + 1)..][..j + 1], &any] {
                left = fill(left, weights, &mut room, &mut used);
            }
            if left > 1e-9 * bought[region] {
                let (code, sector) = (self.world.regions.code(region), self.world.sectors.code(parent));
                return Err(self.cannot(
                    stage,
                    format!("use of {sector} in {code}"),
                    format!(
                        "{:.0} million USD of {} are sold there, {left:.0} more than its buyers use of {sector}; \
                         name more buyers, or lower the value of the stage",
                        bought[region], stage.code
                    ),
                ));
            }
            for buyer in (0..j).filter(|buyer| used[*buyer] > 0.0) {
                let share = used[buyer] / output[buyer * n + region];
                let (mine, cell) =
                    (self.share_cell(region, child, buyer), self.share_cell(region, parent, buyer));
                self.world.input_share[mine] = share;
                self.world.input_share[cell] = (self.world.input_share[cell] - share).max(0.0);
            }
        }
        let missed: f64 = plan.by_stages.iter().zip(&reach).map(|(asked, reach)| (1.0 - reach) * asked).sum();
        if missed > WORTH_TELLING * stage.value_musd.value {
            short.push(format!(
                "the later stages use {missed:.0} million USD less of {} than asked: it does not reach them",
                stage.code
            ));
        }
        Ok(())
    }

    /// Final spending shares, where the world has them of its own.
    fn split_final(&mut self, parent: usize, child: usize, before: &[f64]) {
        if self.world.final_share.is_none() {
            return;
        }
        let j = self.world.sector_count();
        let after = self.final_demand(child);
        let Some(share) = &mut self.world.final_share else { return };
        for (region, (after, before)) in after.iter().zip(before).enumerate() {
            let part = if *before > 0.0 { (after / before).min(1.0) } else { 0.0 };
            let whole = share[region * j + parent];
            share[region * j + child] = part * whole;
            share[region * j + parent] = whole - part * whole;
        }
    }
}

/// Weight of every sector of the world, and of final use, among the buyers.
fn buyers(parts: &Parts, sectors: usize, first: usize, used: &[f64]) -> Vec<f64> {
    let mut weight = vec![0.0; sectors + 1];
    for Part { of, share, .. } in &parts.named {
        weight[*of] = share.value;
    }
    weight[sectors] = parts.final_use.value;
    let unnamed: Vec<usize> = (0..first).filter(|s| !parts.named.iter().any(|part| part.of == *s)).collect();
    let all: f64 = unnamed.iter().map(|sector| used[*sector]).sum();
    for sector in unnamed {
        weight[sector] = if all > 0.0 { parts.others.value * used[sector] / all } else { 0.0 };
    }
    weight
}

/// The scale at which a rising function reaches `target`; its largest useful value if it never does.
fn clearing(target: f64, start: f64, rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, start.max(f64::MIN_POSITIVE));
    for _ in 0..60 {
        if rising(high) >= target {
            break;
        }
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if rising(middle) < target { low = middle } else { high = middle }
    }
    high
}

/// Weights of buyers, `[region, buyer]`, scaled so that regions which spend `rest`
/// by them give every buyer its share of the whole, as `wanted` has it.
fn balanced(wanted: &[f64], rest: &[f64]) -> Vec<f64> {
    let buyers = wanted.len() / rest.len().max(1);
    let mut asked = vec![0.0; buyers];
    wanted.iter().enumerate().for_each(|(cell, weight)| asked[cell % buyers] += weight);
    let (all, spent): (f64, f64) = (asked.iter().sum(), rest.iter().sum());
    let mut weights = wanted.to_vec();
    for _ in 0..ROUNDS {
        let mut given = vec![0.0; buyers];
        for (row, rest) in weights.chunks_exact(buyers).zip(rest) {
            let whole: f64 = row.iter().sum();
            if whole > 0.0 {
                row.iter().zip(&mut given).for_each(|(weight, given)| *given += rest * weight / whole);
            }
        }
        let factor: Vec<f64> = asked
            .iter()
            .zip(&given)
            .map(|(asked, given)| if *given > 0.0 { asked / all * spent / given } else { 1.0 })
            .collect();
        weights.iter_mut().enumerate().for_each(|(cell, weight)| *weight *= factor[cell % buyers]);
        if factor.iter().all(|factor| (factor - 1.0).abs() < CLOSE) {
            break;
        }
    }
    weights
}

/// Moves `amount` from `room` to `used` in proportion to `weights`, as far as
/// there is room; returns what is left.
fn fill(mut amount: f64, weights: &[f64], room: &mut [f64], used: &mut [f64]) -> f64 {
    for _ in 0..weights.len() {
        let free: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0.0 && room[*i] > 0.0).collect();
        let sum: f64 = free.iter().map(|i| weights[*i]).sum();
        if amount <= 0.0 || sum <= 0.0 {
            break;
        }
        let mut left = 0.0;
        for i in free {
            let more = amount * weights[i] / sum;
            let fits = more.min(room[i]);
            used[i] += fits;
            room[i] -= fits;
            left += more - fits;
        }
        amount = left;
    }
    amount.max(0.0)
}
