//! Makes a world an equilibrium of its own base year.
//!
//! Two repairs, each written down cell by cell.
//!
//! **Netting.** A negative flow (an inventory drawn down) is set to zero and
//! taken off the other sales of the same exporter and sector in proportion, so
//! that gross output stays what it was.
//!
//! **Scaling.** Where a region's industries use more of a good than the region
//! buys, final demand is negative. With `Z[k,j] = γ[n,k,j] · Y[j,n]` for one
//! region, the nearest table (least relative entropy to `Z`) is wanted with
//!
//! ```text
//! Σ_k Z′[k,j] = Σ_k Z[k,j]      every sector keeps its input cost, so β stays   (1)
//! Σ_j Z′[k,j] ≤ u[k]            use fits into expenditure                       (2)
//! u[k] = X[k] − φ·X[k]            if X[k] < Z[k] in the data
//! u[k] = X[k] − min(F[k], φ·X[k]) otherwise
//! ```
//!
//! Its solution is `Z′[k,j] = r[k] · Z[k,j] · s[j]` with `0 ≤ r ≤ 1`, found by
//! biproportional scaling (RAS), in turn until (2) holds to 1e-13 of `X`:
//!
//! ```text
//! s[j] = Σ_k Z[k,j] / Σ_k r[k]·Z[k,j]            r[k] = min(1, u[k] / Σ_j Z[k,j]·s[j])
//! ```
//!
//! The last step is for the columns, so (1) is exact; the floor `φ` keeps final
//! demand positive by more than what (2) may miss. A world without negative
//! final demand is not changed. Final demand is then what expenditure leaves:
//! the base year clears every market by construction.
//!
//! | symbol | code             | meaning                                   | unit        |
//! |--------|------------------|-------------------------------------------|-------------|
//! | `Z`    | `used`           | intermediate use `[input_sector, sector]` | million USD |
//! | `u`    | `limit`          | most that intermediate use may take       | million USD |
//! | `φ`    | `final_floor`    | least share of expenditure that is final  | 1           |
//! | `r, s` | `row`, `column`  | scaling factors                           | 1           |
//!
//! Source: Bacharach (1970), *Biproportional Matrices and Input-Output Change*;
//! inequality rows as in Censor & Lent (1987), *SIAM J. Control* 25(1).

use super::World;
use super::error::WorldError;

/// Scaling rounds before a region is given up.
const ROUNDS: usize = 20_000;
/// A column factor that no table with a solution reaches.
const DIVERGED: f64 = 1e100;
/// How closely (2) must hold, relative to expenditure.
const CLOSE: f64 = 1e-13;

/// What balancing may do and what it writes down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BalanceOptions {
    /// Share of expenditure that stays final where final demand was negative.
    pub final_floor: f64,
    /// Changes of an input share below this are counted but not listed.
    pub threshold: f64,
}

impl Default for BalanceOptions {
    fn default() -> Self {
        Self { final_floor: 1e-3, threshold: 1e-3 }
    }
}

/// One input share that was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct BalanceRecord {
    /// Region code.
    pub region: String,
    /// Code of the input.
    pub input_sector: String,
    /// Code of the using sector.
    pub sector: String,
    /// Input share before.
    pub before: f64,
    /// Input share after.
    pub after: f64,
}

/// One negative flow that was set to zero.
#[derive(Clone, Debug, PartialEq)]
pub struct NettedFlow {
    /// Sector code.
    pub sector: String,
    /// Code of the buyer.
    pub importer: String,
    /// Code of the seller, whose other sales were reduced.
    pub exporter: String,
    /// The negative value, million USD.
    pub value_musd: f64,
}

/// What balancing changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BalanceReport {
    /// Negative flows netted within their row.
    pub netted: Vec<NettedFlow>,
    /// Cells `[region, sector]` with negative final demand before.
    pub negative_cells: usize,
    /// Sum of the negative final demand before, million USD (positive).
    pub negative_musd: f64,
    /// World final demand, million USD.
    pub final_demand_musd: f64,
    /// Regions whose input shares were scaled.
    pub regions: Vec<String>,
    /// Input shares that changed at all.
    pub changed_cells: usize,
    /// Intermediate use moved between inputs, half the sum of absolute changes, million USD.
    pub moved_musd: f64,
    /// World intermediate use, million USD.
    pub intermediate_musd: f64,
    /// Most scaling rounds that a region took.
    pub rounds: usize,
    /// Changes of an input share by at least `threshold`, largest first.
    pub records: Vec<BalanceRecord>,
    /// Threshold of the records.
    pub threshold: f64,
}

/// Nets negative flows within their row; a row that does not sell on balance is emptied.
pub fn net_negative_flows(world: &mut World) -> Vec<NettedFlow> {
    let n = world.region_count();
    let mut netted = Vec::new();
    for sector in 0..world.sector_count() {
        for exporter in 0..n {
            let cells: Vec<usize> = (0..n).map(|importer| world.cell(sector, importer, exporter)).collect();
            let negative: f64 = cells.iter().map(|c| world.trade_musd[*c].min(0.0)).sum();
            if negative == 0.0 {
                continue;
            }
            let positive: f64 = cells.iter().map(|c| world.trade_musd[*c].max(0.0)).sum();
            let kept = if positive > 0.0 { ((positive + negative) / positive).max(0.0) } else { 0.0 };
            for (importer, cell) in cells.into_iter().enumerate() {
                let value = world.trade_musd[cell];
                if value < 0.0 {
                    netted.push(NettedFlow {
                        sector: world.sectors.code(sector).to_owned(),
                        importer: world.regions.code(importer).to_owned(),
                        exporter: world.regions.code(exporter).to_owned(),
                        value_musd: value,
                    });
                }
                world.trade_musd[cell] = value.max(0.0) * kept;
            }
        }
    }
    netted
}

/// Nets negative flows and scales input shares until final demand is nowhere negative.
///
/// # Errors
/// [`WorldError::CannotBalance`] if no table satisfies (1) and (2).
pub fn balance(world: &mut World, options: &BalanceOptions) -> Result<BalanceReport, WorldError> {
    world.check_shapes()?;
    let (n, j) = (world.region_count(), world.sector_count());
    let netted = net_negative_flows(world);
    let (output, expenditure) = (world.gross_output_musd(), world.expenditure_musd());
    let demand = world.final_demand_musd();
    let mut report = BalanceReport {
        netted,
        negative_cells: demand.iter().filter(|f| **f < 0.0).count(),
        negative_musd: demand.iter().map(|f| (-f).max(0.0)).sum(),
        final_demand_musd: demand.iter().sum(),
        intermediate_musd: world.intermediate_use_musd().iter().sum(),
        threshold: options.threshold,
        ..BalanceReport::default()
    };
    for region in 0..n {
        let demand = &demand[region * j..(region + 1) * j];
        if demand.iter().all(|f| *f >= 0.0) {
            continue;
        }
        let bought: Vec<f64> = (0..j).map(|k| expenditure[k * n + region]).collect();
        let limit: Vec<f64> = (0..j)
            .map(|k| {
                let floor = options.final_floor * bought[k];
                bought[k] - if demand[k] < 0.0 { floor } else { floor.min(demand[k]) }
            })
            .collect();
        let shares = &mut world.input_share[region * j * j..(region + 1) * j * j];
        let used: Vec<f64> =
            shares.iter().enumerate().map(|(cell, share)| share * output[cell % j * n + region]).collect();
        let scaled = scale(&used, &limit, &bought).map_err(|stuck| WorldError::CannotBalance {
            region: world.regions.code(region).to_owned(),
            reason: match stuck {
                Stuck::Column(sector) => format!(
                    "sector {} uses only goods that the region does not buy",
                    world.sectors.code(sector)
                ),
                Stuck::Row(input, gap) => format!(
                    "use of {} stays {gap:.3} million USD above what is bought of it",
                    world.sectors.code(input)
                ),
            },
        })?;
        report.regions.push(world.regions.code(region).to_owned());
        report.rounds = report.rounds.max(scaled.rounds);
        for cell in 0..j * j {
            let (input, sector) = (cell / j, cell % j);
            let before = shares[cell];
            let after = before * scaled.row[input] * scaled.column[sector];
            if after == before || used[cell] == 0.0 {
                continue;
            }
            shares[cell] = after;
            report.changed_cells += 1;
            report.moved_musd += 0.5 * (after - before).abs() * output[sector * n + region];
            if (after - before).abs() >= options.threshold {
                report.records.push(BalanceRecord {
                    region: world.regions.code(region).to_owned(),
                    input_sector: world.sectors.code(input).to_owned(),
                    sector: world.sectors.code(sector).to_owned(),
                    before,
                    after,
                });
            }
        }
    }
    report.records.sort_by(|a, b| (b.after - b.before).abs().total_cmp(&(a.after - a.before).abs()));
    Ok(report)
}

struct Scaled {
    row: Vec<f64>,
    column: Vec<f64>,
    rounds: usize,
}

enum Stuck {
    Column(usize),
    Row(usize, f64),
}

/// Biproportional scaling with rows bounded from above and columns kept.
fn scale(used: &[f64], limit: &[f64], bought: &[f64]) -> Result<Scaled, Stuck> {
    let j = limit.len();
    let mut cost = vec![0.0; j];
    for (cell, value) in used.iter().enumerate() {
        cost[cell % j] += value;
    }
    let (mut row, mut column) = (vec![1.0; j], vec![1.0; j]);
    let mut stuck = Stuck::Row(0, 0.0);
    for rounds in 1..=ROUNDS {
        let mut left = vec![0.0; j];
        for (cell, value) in used.iter().enumerate() {
            left[cell % j] += row[cell / j] * value;
        }
        for sector in 0..j {
            if cost[sector] > 0.0 {
                column[sector] = cost[sector] / left[sector];
                if column[sector].is_nan() || column[sector] > DIVERGED {
                    // At once: its inputs are not bought. Later: the factors have diverged.
                    return Err(if rounds <= 2 { Stuck::Column(sector) } else { stuck });
                }
            }
        }
        let (mut worst, mut gap) = (0, 0.0);
        let mut next = row.clone();
        for input in 0..j {
            let wanted: f64 = used[input * j..(input + 1) * j].iter().zip(&column).map(|(z, s)| z * s).sum();
            let excess = row[input] * wanted - limit[input];
            if excess > CLOSE * bought[input] && excess > gap {
                (worst, gap) = (input, excess);
            }
            if wanted > 0.0 {
                next[input] = (limit[input] / wanted).clamp(0.0, 1.0);
            }
        }
        if gap == 0.0 {
            return Ok(Scaled { row, column, rounds });
        }
        stuck = Stuck::Row(worst, gap);
        row = next;
    }
    Err(stuck)
}

impl BalanceReport {
    /// The report as a page: totals, then every listed change.
    pub fn to_markdown(&self, world: &World) -> String {
        let mut page = format!("# What balancing changed in `{}`\n\n", world.name);
        let share = |part: f64, whole: f64| {
            if whole > 0.0 { 100.0 * part / whole } else { 0.0 }
        };
        page.push_str(&format!(
            "- negative flows netted within their row: {}\n\
             - negative final-demand cells before: {} ({:.1} million USD, {:.3} % of final demand); after: 0\n\
             - input shares changed: {} in {} regions\n\
             - intermediate use moved between inputs: {:.1} million USD ({:.3} % of intermediate use); \
             every sector keeps its total input cost\n\
             - most scaling rounds in a region: {}\n",
            self.netted.len(),
            self.negative_cells,
            self.negative_musd,
            share(self.negative_musd, self.final_demand_musd),
            self.changed_cells,
            self.regions.len(),
            self.moved_musd,
            share(self.moved_musd, self.intermediate_musd),
            self.rounds,
        ));
        if !self.netted.is_empty() {
            page.push_str("\n## Flows set to zero\n\n| sector | importer | exporter | million USD |\n|---|---|---|---:|\n");
            for flow in &self.netted {
                page.push_str(&format!(
                    "| {} | {} | {} | {:.4} |\n",
                    flow.sector, flow.importer, flow.exporter, flow.value_musd
                ));
            }
        }
        if !self.records.is_empty() {
            page.push_str(&format!(
                "\n## Input shares changed by {} or more\n\n| region | input | sector | before | after |\n|---|---|---|---:|---:|\n",
                self.threshold
            ));
            for record in &self.records {
                page.push_str(&format!(
                    "| {} | {} | {} | {:.6} | {:.6} |\n",
                    record.region, record.input_sector, record.sector, record.before, record.after
                ));
            }
        }
        page
    }
}
