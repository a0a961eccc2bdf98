//! From an inter-country input-output table to a world.
//!
//! The table gives intermediate use `z[(i,k),(n,j)]` (good `k` of exporter `i`
//! used by sector `j` of importer `n`) and final use `f[(i,k),n]`, summed over
//! kinds of final use. A world keeps
//!
//! ```text
//! M[k,n,i] = Σ_j z[(i,k),(n,j)] + f[(i,k),n]            trade
//! γ[n,k,j] = Σ_i z[(i,k),(n,j)] / Σ_n M[j,n,n′=n]       input share of output
//! ```
//!
//! with gross output the row sum, so that the world's own output is the
//! denominator. Net taxes on products paid by industries and all factor incomes
//! are then value added, `β = 1 − Σ_k γ`; taxes on final uses are left out.
//! A sector without output gets no inputs. A negative sum of inputs is set to
//! zero. Where inputs reach the whole output they are scaled to leave
//! `LEAST_VALUE_ADDED`. Then the world is balanced.
//!
//! A table that carries its own totals is compared with them: the importer
//! hands over output and, by column, all payments that are not inputs.

use jiff::civil::Date;

use super::{ImportOptions, Imported};
use crate::world::arrays;
use crate::world::balance::{BalanceOptions, balance};
use crate::world::check::Identity;
use crate::world::error::WorldError;
use crate::world::labels::Labels;
use crate::world::store::{self, TableKind};
use crate::world::{ElasticitySet, Source, World};

/// Value-added share that is left where inputs reach the whole output.
const LEAST_VALUE_ADDED: f64 = 1e-3;
/// World total of absolute gaps, over output, above which a table is refused.
const REFUSED: f64 = 1e-2;
/// The same, above which a gap is not rounding.
const ROUNDING: f64 = 1e-5;

/// Cells of a table, summed as they are read.
pub struct InterCountry {
    regions: Labels,
    sectors: Labels,
    trade: Vec<f64>,
    inputs: Vec<f64>,
}

/// What the world is called and where it is from.
pub struct Origin {
    /// The file, for messages.
    pub file: String,
    /// Short name.
    pub name: String,
    /// One line.
    pub title: String,
    /// Middle of the base year.
    pub base_date: Date,
    /// Source and terms.
    pub source: Source,
    /// Sectors that cross a border, unless the options say otherwise, `[sector]`.
    pub goods: Vec<bool>,
    /// What the reader had to decide.
    pub notes: Vec<String>,
}

/// Totals that the file states.
#[derive(Default)]
pub struct Totals {
    /// Output by column, `[region, sector]`.
    pub output: Option<Vec<f64>>,
    /// Payments of a column that are not inputs: taxes, transport margins and
    /// value added, `[region, sector]`.
    pub other_payments: Option<Vec<f64>>,
}

impl InterCountry {
    /// An empty table.
    pub fn new(regions: Labels, sectors: Labels) -> Self {
        let (n, j) = (regions.len(), sectors.len());
        Self { regions, sectors, trade: vec![0.0; j * n * n], inputs: vec![0.0; n * j * j] }
    }

    /// Regions of the table.
    pub fn regions(&self) -> &Labels {
        &self.regions
    }

    /// Sectors of the table.
    pub fn sectors(&self) -> &Labels {
        &self.sectors
    }

    /// Adds intermediate use of `input` from `exporter` by `sector` of `importer`.
    pub fn add_use(&mut self, exporter: usize, input: usize, importer: usize, sector: usize, value: f64) {
        let j = self.sectors.len();
        self.inputs[(importer * j + input) * j + sector] += value;
        self.add_final(exporter, input, importer, value);
    }

    /// Adds final use in `importer` of a good from `exporter`.
    pub fn add_final(&mut self, exporter: usize, good: usize, importer: usize, value: f64) {
        let n = self.regions.len();
        self.trade[(good * n + importer) * n + exporter] += value;
    }

    fn compare(&self, totals: &Totals, file: &str) -> Result<Vec<Identity>, WorldError> {
        let (n, j) = (self.regions.len(), self.sectors.len());
        let mut rows = vec![0.0; n * j];
        for (cell, value) in self.trade.iter().enumerate() {
            rows[cell % n * j + cell / (n * n)] += value;
        }
        let mut columns = vec![0.0; n * j];
        for (cell, value) in self.inputs.iter().enumerate() {
            columns[cell / (j * j) * j + cell % j] += value;
        }
        let mut found = Vec::new();
        if let Some(output) = &totals.output {
            found.push(self.identity("row totals", "uses of a row sum to its output", &rows, output));
            if let Some(other) = &totals.other_payments {
                let paid: Vec<f64> = columns.iter().zip(other).map(|(a, b)| a + b).collect();
                found.push(self.identity(
                    "column totals",
                    "inputs, taxes and value added of a column sum to its output",
                    &paid,
                    output,
                ));
            }
        }
        match found.iter().find(|identity| identity.relative > REFUSED) {
            Some(bad) => Err(WorldError::DoesNotAddUp {
                file: file.to_owned(),
                identity: bad.name.to_owned(),
                relative: bad.relative,
                worst: bad.worst.clone(),
            }),
            None => Ok(found),
        }
    }

    fn identity(&self, name: &'static str, statement: &str, got: &[f64], want: &[f64]) -> Identity {
        let j = self.sectors.len();
        let gaps: Vec<f64> = got.iter().zip(want).map(|(a, b)| (a - b).abs()).collect();
        let world: f64 = want.iter().sum();
        let worst = (0..gaps.len()).max_by(|a, b| gaps[*a].total_cmp(&gaps[*b])).unwrap_or(0);
        let relative = if world > 0.0 { gaps.iter().sum::<f64>() / world } else { f64::INFINITY };
        Identity {
            name,
            statement: statement.to_owned(),
            absolute: gaps.get(worst).copied().unwrap_or_default(),
            relative,
            tolerance: ROUNDING,
            ok: relative <= ROUNDING,
            information: false,
            cells: gaps.iter().zip(want).filter(|(g, w)| **g > ROUNDING * w.abs().max(1.0)).count(),
            worst: format!("{}, {}", self.regions.code(worst / j), self.sectors.code(worst % j)),
        }
    }

    /// Makes the world, balanced, with the tariffs and elasticities of the options.
    ///
    /// # Errors
    /// A table without regions or industries, [`WorldError::DoesNotAddUp`], what is wrong in a
    /// table that the options name, [`WorldError::CannotBalance`].
    pub fn into_world(
        self,
        origin: Origin,
        totals: &Totals,
        options: &ImportOptions,
    ) -> Result<Imported, WorldError> {
        for (labels, what) in [(&self.regions, "regions"), (&self.sectors, "industries")] {
            if labels.is_empty() {
                return Err(WorldError::Description {
                    file: origin.file,
                    reason: format!("holds no {what}: was the file cut?"),
                });
            }
        }
        let totals = self.compare(totals, &origin.file)?;
        let mut notes = origin.notes;
        notes.extend(totals.iter().filter(|identity| !identity.ok).map(|identity| {
            format!(
                "The file's own {} miss by {:.2e} of the world total, most in {} ({:.3} million USD).",
                identity.name, identity.relative, identity.worst, identity.absolute
            )
        }));
        let j = self.sectors.len();
        let goods = match &options.services {
            None => origin.goods,
            Some(services) => {
                let mut goods = vec![true; j];
                for code in services {
                    let position = self.sectors.find(code).map_err(|e| WorldError::Description {
                        file: origin.file.clone(),
                        reason: format!("in the list of services: {e}"),
                    })?;
                    goods[position] = false;
                }
                goods
            }
        };
        let mut world = World {
            name: origin.name,
            title: origin.title,
            base_date: origin.base_date,
            goods,
            tariff: vec![0.0; self.trade.len()],
            trade_musd: self.trade,
            input_share: self.inputs,
            final_share: None,
            elasticities: vec![four_everywhere(j)],
            sources: vec![origin.source],
            notes: Vec::new(),
            markup: None,
            population: None,
            households: None,
            carved: Vec::new(),
            regions: self.regions,
            sectors: self.sectors,
        };
        if let Some(path) = &options.tariffs {
            world.tariff = world.read_tariffs(path)?;
        } else {
            notes.push("Base tariffs are 0: the table has none.".to_owned());
        }
        if let Some(path) = &options.sectors {
            world.elasticities = elasticities(path, &world)?;
        }
        let mut netted = crate::world::balance::net_negative_flows(&mut world);
        notes.extend(into_shares(&mut world));
        let mut report = balance(&mut world, &BalanceOptions::default())?;
        netted.append(&mut report.netted);
        report.netted = netted;
        if !report.netted.is_empty() {
            notes.push(format!(
                "{} negative flows ({:.1} million USD) were set to zero and taken off the other sales of their row.",
                report.netted.len(),
                report.netted.iter().map(|flow| flow.value_musd).sum::<f64>()
            ));
        }
        if !report.regions.is_empty() {
            notes.push(format!(
                "Input shares of {} were scaled: {} final-demand cells were negative ({:.1} million USD).",
                report.regions.join(", "),
                report.negative_cells,
                report.negative_musd
            ));
        }
        world.notes = notes;
        Ok(Imported { world, totals, balance: report })
    }
}

/// Divides inputs by gross output; says what had to be cut.
fn into_shares(world: &mut World) -> Vec<String> {
    let (n, j) = (world.region_count(), world.sector_count());
    let output = world.gross_output_musd();
    let (mut negative, mut idle, mut whole) = (0, 0, Vec::new());
    for region in 0..n {
        for sector in 0..j {
            let made = output[sector * n + region];
            let cells = (0..j).map(|input| (region * j + input) * j + sector);
            let mut sum = 0.0;
            for cell in cells.clone() {
                let value = &mut world.input_share[cell];
                negative += usize::from(*value < 0.0);
                *value = if made > 0.0 { value.max(0.0) / made } else { 0.0 };
                sum += *value;
            }
            idle += usize::from(made <= 0.0);
            if sum > 1.0 - LEAST_VALUE_ADDED {
                whole.push(format!("{}, {}", world.regions.code(region), world.sectors.code(sector)));
                for cell in cells {
                    world.input_share[cell] *= (1.0 - LEAST_VALUE_ADDED) / sum;
                }
            }
        }
    }
    let mut notes = Vec::new();
    if negative > 0 {
        notes.push(format!("{negative} negative sums of inputs were set to zero."));
    }
    if idle > 0 {
        notes.push(format!("{idle} regions-sectors have no output and no inputs."));
    }
    if !whole.is_empty() {
        notes.push(format!(
            "Inputs reach the whole output and were scaled to leave {LEAST_VALUE_ADDED} of value added in: {}.",
            whole.join("; ")
        ));
    }
    notes
}

/// The set `U4`: theta = 4 in every sector.
pub fn four_everywhere(sectors: usize) -> ElasticitySet {
    ElasticitySet {
        name: "U4".to_owned(),
        theta: vec![4.0; sectors],
        source:
            "theta = 4 in every sector: a round number near the middle of the literature (Simonovska and \
                 Waugh 2014 find about 4), not an estimate for these sectors"
                .to_owned(),
    }
}

/// Elasticities of a `sectors` table, in the order of the world's sectors.
fn elasticities(path: &std::path::Path, world: &World) -> Result<Vec<ElasticitySet>, WorldError> {
    let table = store::read_named(path, TableKind::Sectors)?;
    let mut sets = arrays::elasticities(&table, None, &[])?;
    let codes = table.text("sector");
    let row_of = |code: &str| codes.and_then(|text| (0..table.rows()).find(|row| text.get(*row) == code));
    let mut rows = Vec::new();
    let mut missing = Vec::new();
    for code in world.sectors.codes() {
        match row_of(code) {
            Some(row) => rows.push(row),
            None => missing.push(format!("`{code}`")),
        }
    }
    if !missing.is_empty() {
        return Err(WorldError::Description {
            file: table.file().to_owned(),
            reason: format!("no elasticity for the sectors {}", missing.join(", ")),
        });
    }
    for set in &mut sets {
        set.theta = rows.iter().map(|row| set.theta[*row]).collect();
        set.source = format!("given in {}", path.file_name().unwrap_or_default().to_string_lossy());
    }
    Ok(sets)
}
