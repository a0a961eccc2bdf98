//! Does a world add up? Every accounting identity, with its size.
//!
//! The symbols are those of `accounting.rs`. A gap is compared with the
//! tolerance after division by its scale: the expenditure or output of the
//! cell, or one for a share. A cell that trades less than a dollar is never
//! the reason for a failure.
//!
//! | identity                | says                                             |
//! |-------------------------|--------------------------------------------------|
//! | `finite`                | no number is NaN or infinite, and no sum of them |
//! | `non-negative flows`    | `M ≥ 0`                                          |
//! | `tariffs above -1`      | `t > −1`                                         |
//! | `positive elasticities` | `θ > 0`                                          |
//! | `non-negative inputs`   | `γ ≥ 0`; for information where `final_share` is given |
//! | `input shares`          | `Σ_k γ[n,k,j] ≤ 1`                               |
//! | `value added share`     | `0 < β ≤ 1`                                      |
//! | `trade balance`         | `Σ_n D[n] = 0`                                   |
//! | `final demand`          | `F ≥ 0`; for information where `final_share` is given |
//! | `income`                | `V + R + D = Σ_k F`                              |
//! | `final shares`          | `Σ_k α[n,k] = 1`                                 |
//! | `market clearing`       | `α · (V + R + D) = F` where `final_share` is given (information) |
//! | `no output`, `no home sales` | cells that are empty (information)          |

use super::World;

/// Relative tolerance of an identity.
pub const TOLERANCE: f64 = 1e-9;
/// Flows below a dollar are rounding.
const DOLLAR_MUSD: f64 = 1e-6;

/// One accounting identity, evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Short name (`trade balance`).
    pub name: &'static str,
    /// What it says, or what was counted.
    pub statement: String,
    /// Largest gap in its own unit (million USD, or 1 for shares).
    pub absolute: f64,
    /// Largest gap relative to its scale.
    pub relative: f64,
    /// Relative gap up to which the identity holds.
    pub tolerance: f64,
    /// True if it holds, or is told for information.
    pub ok: bool,
    /// True if a gap is worth knowing but not wrong.
    pub information: bool,
    /// Number of cells beyond the tolerance.
    pub cells: usize,
    /// The worst cell by code; empty if there is no gap.
    pub worst: String,
}

/// Collects the gaps of one identity.
struct Gaps {
    identity: Identity,
}

impl Gaps {
    fn new(name: &'static str, statement: impl Into<String>, tolerance: f64) -> Self {
        Self {
            identity: Identity {
                name,
                statement: statement.into(),
                absolute: 0.0,
                relative: 0.0,
                tolerance,
                ok: true,
                information: false,
                cells: 0,
                worst: String::new(),
            },
        }
    }

    /// Adds a gap (0 if none) on a scale; NaN counts as infinite.
    fn add(&mut self, gap: f64, scale: f64, cell: impl FnOnce() -> String) {
        let gap = if gap.is_nan() { f64::INFINITY } else { gap.abs() };
        if gap == 0.0 {
            return;
        }
        let relative = if gap.is_finite() { gap / scale.abs().max(DOLLAR_MUSD) } else { f64::INFINITY };
        self.identity.cells += usize::from(relative > self.identity.tolerance);
        self.identity.absolute = self.identity.absolute.max(gap);
        if relative > self.identity.relative {
            self.identity.relative = relative;
            self.identity.worst = cell();
        }
    }

    fn done(mut self) -> Identity {
        self.identity.ok = self.identity.cells == 0;
        self.identity
    }

    fn told(mut self) -> Identity {
        self.identity.information = true;
        self.identity
    }
}

/// Evaluates every identity of a world.
pub fn check(world: &World) -> Vec<Identity> {
    if let Err(error) = world.check_shapes() {
        let mut shapes = Gaps::new("shapes", error.to_string(), 0.0);
        shapes.add(f64::INFINITY, 1.0, String::new);
        return vec![shapes.done()];
    }
    let mut found = signs(world);
    found.extend(shares(world));
    found.extend(balances(world));
    found.extend(empty_cells(world));
    found
}

/// True if every identity holds.
pub fn holds(identities: &[Identity]) -> bool {
    identities.iter().all(|identity| identity.ok || identity.information)
}

impl World {
    fn trade_cell(&self, cell: usize) -> String {
        let n = self.region_count();
        format!(
            "{}: {} from {}",
            self.sectors.code(cell / (n * n)),
            self.regions.code(cell / n % n),
            self.regions.code(cell % n)
        )
    }

    fn region_sector(&self, row: usize) -> String {
        let j = self.sector_count();
        format!("{}, {}", self.regions.code(row / j), self.sectors.code(row % j))
    }
}

fn signs(world: &World) -> Vec<Identity> {
    let j = world.sector_count();
    let mut finite = Gaps::new("finite", "no number is NaN or infinite, and no sum of them", 0.0);
    let mut flows = Gaps::new("non-negative flows", "M >= 0", 0.0);
    let mut tariffs = Gaps::new("tariffs above -1", "t > -1", 0.0);
    for (cell, (flow, tariff)) in world.trade_musd.iter().zip(&world.tariff).enumerate() {
        if !flow.is_finite() || !tariff.is_finite() {
            finite.add(f64::INFINITY, 1.0, || world.trade_cell(cell));
        }
        flows.add(flow.min(0.0), 1.0, || world.trade_cell(cell));
        if *tariff <= -1.0 {
            tariffs.add(1.0 + tariff.abs(), 1.0, || world.trade_cell(cell));
        }
    }
    for (cell, share) in world.input_share.iter().enumerate().filter(|(_, x)| !x.is_finite()) {
        finite.add(*share, 1.0, || world.region_sector(cell / j));
    }
    // Numbers that are finite one by one may still be too large to add up.
    let n = world.region_count();
    let mut spending = 0.0;
    for (row, (spent, sold)) in world.expenditure_musd().iter().zip(world.gross_output_musd()).enumerate() {
        spending += spent;
        if !spent.is_finite() || !sold.is_finite() {
            finite.add(f64::INFINITY, 1.0, || world.region_sector(row % n * j + row / n));
        }
    }
    if !spending.is_finite() {
        finite.add(f64::INFINITY, 1.0, || "the sum of all spending".to_owned());
    }
    let mut theta = Gaps::new("positive elasticities", "theta > 0 in every set", 0.0);
    for set in &world.elasticities {
        for (sector, value) in set.theta.iter().enumerate() {
            if !value.is_finite() || *value <= 0.0 {
                theta.add(f64::INFINITY, 1.0, || format!("{}, {}", set.name, world.sectors.code(sector)));
            }
        }
    }
    vec![finite.done(), flows.done(), tariffs.done(), theta.done()]
}

fn shares(world: &World) -> Vec<Identity> {
    let j = world.sector_count();
    let mut inputs = Gaps::new("input shares", "columns of gamma sum to at most 1", TOLERANCE);
    let mut signs = Gaps::new("non-negative inputs", "gamma >= 0", 0.0);
    for (cell, share) in world.input_share.iter().enumerate().filter(|(_, x)| **x < 0.0) {
        signs.add(*share, 1.0, || {
            format!("{} into {}", world.region_sector(cell / j), world.sectors.code(cell % j))
        });
    }
    let output = world.gross_output_musd();
    let n = world.region_count();
    let mut value_added = Gaps::new("value added share", "0 < beta <= 1 where there is output", 0.0);
    for (row, beta) in world.value_added_share().into_iter().enumerate() {
        inputs.add(beta.min(0.0), 1.0, || world.region_sector(row));
        if output[row % j * n + row / j] > 0.0 && beta <= 0.0 {
            value_added.add(beta.abs().max(f64::MIN_POSITIVE), 1.0, || world.region_sector(row));
        }
    }
    let published = world.final_share.is_some();
    let signs = if published { signs.told() } else { signs.done() };
    let mut found = vec![signs, inputs.done(), value_added.done()];
    if let Some(share) = &world.final_share {
        let mut sums = Gaps::new("final shares", "alpha >= 0 and sums to 1 in every region", TOLERANCE);
        for (region, row) in share.chunks_exact(j).enumerate() {
            let name = || world.regions.code(region).to_owned();
            sums.add(row.iter().sum::<f64>() - 1.0, 1.0, name);
            sums.add(row.iter().copied().fold(0.0, f64::min), 1.0, name);
        }
        found.push(sums.done());
    }
    found
}

fn balances(world: &World) -> Vec<Identity> {
    let (n, j) = (world.region_count(), world.sector_count());
    let deficit = world.deficit_musd();
    // Deficits are differences: they are as exact as what is subtracted, also
    // where trade is balanced and they are all rounding.
    let traded: f64 = world.trade_musd.iter().sum();
    let mut trade = Gaps::new("trade balance", "deficits sum to zero", TOLERANCE);
    trade.add(deficit.iter().sum(), traded, String::new);

    let expenditure = world.expenditure_musd();
    let demand = world.final_demand_musd();
    let mut positive = Gaps::new("final demand", "expenditure covers intermediate use", TOLERANCE);
    for (row, value) in demand.iter().enumerate() {
        positive.add(value.min(0.0), expenditure[row % j * n + row / j], || world.region_sector(row));
    }
    let (added, revenue) = (world.value_added_musd(), world.tariff_revenue_musd());
    let mut income = Gaps::new("income", "value added + tariff revenue + deficit = final demand", TOLERANCE);
    let mut clearing = Gaps::new(
        "market clearing",
        "final_share x income = expenditure - intermediate use; where not, a run without change moves",
        TOLERANCE,
    );
    for region in 0..n {
        let spent: f64 = demand[region * j..(region + 1) * j].iter().sum();
        let earned = added[region] + revenue[region] + deficit[region];
        income.add(earned - spent, earned, || world.regions.code(region).to_owned());
        for sector in 0..j {
            let Some(share) = &world.final_share else {
                break;
            };
            let row = region * j + sector;
            clearing.add(share[row] * earned - demand[row], earned, || world.region_sector(row));
        }
    }
    let mut found = vec![trade.done()];
    if world.final_share.is_some() {
        found.extend([positive.told(), income.done(), clearing.told()]);
    } else {
        found.extend([positive.done(), income.done()]);
    }
    found
}

fn empty_cells(world: &World) -> Vec<Identity> {
    let (n, j) = (world.region_count(), world.sector_count());
    let output = world.gross_output_musd();
    let mut idle = Gaps::new("no output", "regions-sectors that sell nothing", 0.0);
    let mut closed = Gaps::new("no home sales", "regions-sectors that sell nothing at home", 0.0);
    let mut missing = Gaps::new("no purchases", "regions that buy nothing of a sector", 0.0);
    let expenditure = world.expenditure_musd();
    for region in 0..n {
        for sector in 0..j {
            let name = || world.region_sector(region * j + sector);
            if output[sector * n + region] == 0.0 {
                idle.add(1.0, 1.0, name);
            }
            if world.trade_musd[world.cell(sector, region, region)] == 0.0 {
                closed.add(1.0, 1.0, name);
            }
            if expenditure[sector * n + region] == 0.0 {
                missing.add(1.0, 1.0, name);
            }
        }
    }
    vec![idle.told(), closed.told(), missing.told()]
}
