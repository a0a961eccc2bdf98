//! The base year as the model reads it: shares, incomes and deficits.
//!
//! The world's flows already contain the policy of its base date, so the
//! calibration takes the ledger's state on that day. With `M` the purchases
//! before the importer's tariff `t`, and `e` the exporter's tax inside them:
//!
//! ```text
//! X[j,n]   = Σ_i (1 + t[j,n,i]) M[j,n,i]              expenditure
//! π[j,n,i] = (1 + t[j,n,i]) M[j,n,i] / X[j,n]         trade share
//! Y[j,i]   = Σ_n M[j,n,i] / (1 + e[j,n,i])            gross output
//! V[n]     = Σ_j β[n,j] Y[j,n]                        value added, w L
//! D[n]     = Σ_{j,i} M[j,n,i] − Σ_{j,m} M[j,m,n]      deficit
//! α[n,j]   = (X[j,n] − Σ_k γ[n,j,k] Y[k,n]) / Σ_j (…) final share, unless given
//! ```
//!
//! Source: Caliendo and Parro (2015), *Review of Economic Studies* 82(1), 1-44,
//! section 5 and appendix.

use super::error::EquilibriumError;
use crate::ledger::PolicyState;
use crate::world::World;
use crate::world::labels::Labels;

/// Final demand this far below zero, relative to expenditure, is rounding.
const ROUNDING: f64 = 1e-7;

/// Published tables have a few input shares slightly below 0; less is a mistake.
const LEAST_INPUT_SHARE: f64 = -0.01;

/// The data of the hat algebra. Values are in units of world value added.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Region codes.
    pub regions: Labels,
    /// Sector codes.
    pub sectors: Labels,
    /// Trade elasticity θ, `[sector]`.
    pub theta: Vec<f64>,
    /// Net markup and scale elasticity μ, `[sector]`; `None`: `1/θ`.
    pub markup: Option<Vec<f64>>,
    /// Trade share π, tariff-inclusive, `[sector, importer, exporter]`; rows of
    /// markets without spending are 0.
    pub trade_share: Vec<f64>,
    /// Cost share of inputs γ, `[region, input_sector, sector]`.
    pub input_share: Vec<f64>,
    /// Value-added share β, `[region, sector]`.
    pub value_added_share: Vec<f64>,
    /// Final expenditure share α, `[region, sector]`, summing to 1.
    pub final_share: Vec<f64>,
    /// Expenditure X, `[sector, region]`, in world value added.
    pub expenditure: Vec<f64>,
    /// Gross output Y at producer prices, `[sector, region]`, in world value added:
    /// the sales of the trade shares.
    pub output: Vec<f64>,
    /// Value added w L, `[region]`, summing to 1.
    pub value_added: Vec<f64>,
    /// Deficit D (imports less exports), `[region]`, summing to 0.
    pub deficit: Vec<f64>,
    /// World value added, million USD: the unit of the three arrays above.
    pub world_value_added_musd: f64,
    /// Whether somebody in the region needs the sector, `[sector, region]`.
    pub demanded: Vec<bool>,
    /// Policy of the base date, which the flows contain.
    pub base: PolicyState,
}

impl Calibration {
    /// Reads a world whose flows contain the policy `base`, with elasticities `theta`.
    ///
    /// # Errors
    /// [`EquilibriumError::Shape`] and [`EquilibriumError::Unusable`] for arrays
    /// that do not fit; [`EquilibriumError::NoIncome`];
    /// [`EquilibriumError::Unbalanced`] if intermediate use exceeds expenditure.
    pub fn new(world: &World, base: PolicyState, theta: &[f64]) -> Result<Self, EquilibriumError> {
        let (n, j) = (world.region_count(), world.sector_count());
        check_arrays(world, &base, theta)?;
        let mut trade_share = vec![0.0; j * n * n];
        let (mut expenditure, mut output) = (vec![0.0; j * n], vec![0.0; j * n]);
        let mut deficit = vec![0.0; n];
        for row in 0..j * n {
            let (sector, importer) = (row / n, row % n);
            for exporter in 0..n {
                let cell = row * n + exporter;
                let value = world.trade_musd[cell];
                trade_share[cell] = (1.0 + base.tariff[cell]) * value;
                expenditure[row] += trade_share[cell];
                output[sector * n + exporter] += value / (1.0 + base.export_tax[cell]);
                deficit[importer] += value;
                deficit[exporter] -= value;
            }
            if expenditure[row] > 0.0 {
                trade_share[row * n..][..n].iter_mut().for_each(|share| *share /= expenditure[row]);
            }
        }
        let input_share = world.input_share.clone();
        let value_added_share: Vec<f64> =
            world.value_added_share().iter().map(|share| share.max(0.0)).collect();
        let mut value_added = vec![0.0; n];
        for region in 0..n {
            value_added[region] =
                (0..j).map(|k| value_added_share[region * j + k] * output[k * n + region]).sum();
            if value_added[region] <= 0.0 {
                return Err(EquilibriumError::NoIncome { region: world.regions.code(region).to_owned() });
            }
        }
        let mut final_share = vec![0.0; n * j];
        let mut demanded = vec![false; j * n];
        for region in 0..n {
            for sector in 0..j {
                let inputs = &input_share[(region * j + sector) * j..][..j];
                let intermediate: f64 = (0..j).map(|k| inputs[k] * output[k * n + region]).sum();
                let spent = expenditure[sector * n + region];
                let left = spent - intermediate;
                if world.final_share.is_none() && left < -ROUNDING * (spent + intermediate) {
                    return Err(EquilibriumError::Unbalanced {
                        region: world.regions.code(region).to_owned(),
                        sector: world.sectors.code(sector).to_owned(),
                        use_musd: intermediate,
                        expenditure_musd: spent,
                    });
                }
                let share = world.final_share.as_ref().map_or(left, |given| given[region * j + sector]);
                final_share[region * j + sector] = share.max(0.0);
                demanded[sector * n + region] = share > 0.0 || intermediate > 0.0;
            }
            let shares = &mut final_share[region * j..][..j];
            let total: f64 = shares.iter().sum();
            if total <= 0.0 {
                return Err(EquilibriumError::NoIncome { region: world.regions.code(region).to_owned() });
            }
            shares.iter_mut().for_each(|share| *share /= total);
        }
        if world.final_share.is_some() {
            let income = incomes(&base, &world.trade_musd, &value_added, &deficit);
            expenditure = spending(&input_share, &final_share, &output, &income);
        }
        let world_value_added_musd: f64 = value_added.iter().sum();
        for values in [&mut expenditure, &mut value_added, &mut deficit] {
            values.iter_mut().for_each(|v| *v /= world_value_added_musd);
        }
        let mut calibration = Self {
            regions: world.regions.clone(),
            sectors: world.sectors.clone(),
            theta: theta.to_vec(),
            markup: world.markup.clone(),
            trade_share,
            input_share,
            value_added_share,
            final_share,
            expenditure,
            output: Vec::new(),
            value_added,
            deficit,
            world_value_added_musd,
            demanded,
            base,
        };
        calibration.output = calibration.sold();
        Ok(calibration)
    }

    /// Other elasticities; nothing else of the base year depends on them.
    ///
    /// # Errors
    /// [`EquilibriumError::Shape`] and [`EquilibriumError::Unusable`].
    pub fn set_theta(&mut self, theta: &[f64]) -> Result<(), EquilibriumError> {
        check_theta(&self.sectors, theta)?;
        self.theta.copy_from_slice(theta);
        Ok(())
    }

    /// Net markup and scale elasticity μ of a sector: the world's, else `1/θ`.
    pub fn markup(&self, sector: usize) -> f64 {
        self.markup.as_ref().map_or(1.0 / self.theta[sector], |markup| markup[sector])
    }

    /// See [`output`](Self::output).
    fn sold(&self) -> Vec<f64> {
        let n = self.region_count();
        let mut output = vec![0.0; self.sector_count() * n];
        self.sales(|sector, exporter, _, sales| output[sector * n + exporter] += sales);
        output
    }

    /// Elasticity of a sector's sales to its cost, the incomes of buyers given:
    /// `θ Σ_m (Q[j,m,n] / Y[j,n]) (1 − π[j,m,n])`, `[sector, region]`.
    pub(super) fn sales_elasticity(&self) -> Vec<f64> {
        let n = self.region_count();
        let output = &self.output;
        let mut elasticity = vec![0.0; output.len()];
        self.sales(|sector, exporter, share, sales| {
            let cell = sector * n + exporter;
            if output[cell] > 0.0 {
                elasticity[cell] += self.theta[sector] * sales / output[cell] * (1.0 - share);
            }
        });
        elasticity
    }

    /// Calls `visit(sector, exporter, trade share, sales at producer prices)`
    /// for every flow of the base year.
    fn sales(&self, mut visit: impl FnMut(usize, usize, f64, f64)) {
        let n = self.region_count();
        for (cell, share) in self.trade_share.iter().enumerate() {
            if *share > 0.0 {
                let taxes = (1.0 + self.base.tariff[cell]) * (1.0 + self.base.export_tax[cell]);
                visit(cell / (n * n), cell % n, *share, share * self.expenditure[cell / n] / taxes);
            }
        }
    }

    /// Number of regions `N`.
    pub fn region_count(&self) -> usize {
        self.regions.len()
    }

    /// Number of sectors `J`.
    pub fn sector_count(&self) -> usize {
        self.sectors.len()
    }
}

/// `I = V + tariff revenue + export tax revenue + D`, `[region]`.
fn incomes(base: &PolicyState, trade: &[f64], value_added: &[f64], deficit: &[f64]) -> Vec<f64> {
    let n = value_added.len();
    let mut income: Vec<f64> = value_added.iter().zip(deficit).map(|(v, d)| v + d).collect();
    for (cell, value) in trade.iter().enumerate() {
        income[cell / n % n] += base.tariff[cell] * value;
        income[cell % n] += value * base.export_tax[cell] / (1.0 + base.export_tax[cell]);
    }
    income
}

/// (E2): what the base year's output and incomes spend, `[sector, region]`.
/// Where final shares are given it replaces expenditure in the data, which may
/// not be consistent with them.
fn spending(input_share: &[f64], final_share: &[f64], output: &[f64], income: &[f64]) -> Vec<f64> {
    let n = income.len();
    let j = output.len() / n;
    let mut spent = vec![0.0; j * n];
    for region in 0..n {
        for sector in 0..j {
            let inputs = &input_share[(region * j + sector) * j..][..j];
            let intermediate: f64 = (0..j).map(|k| inputs[k] * output[k * n + region]).sum();
            spent[sector * n + region] = intermediate + final_share[region * j + sector] * income[region];
        }
    }
    spent
}

fn check_theta(sectors: &Labels, theta: &[f64]) -> Result<(), EquilibriumError> {
    if theta.len() != sectors.len() {
        let (got, want) = (theta.len(), sectors.len());
        return Err(EquilibriumError::Shape { array: "theta", shape: "[sector]", got, want });
    }
    match theta.iter().position(|t| !(*t > 0.0 && t.is_normal())) {
        Some(sector) => Err(EquilibriumError::Unusable {
            what: format!("the trade elasticity of {}", sectors.code(sector)),
            value: theta[sector],
            expected: "it must be positive and finite",
        }),
        None => Ok(()),
    }
}

fn check_arrays(world: &World, base: &PolicyState, theta: &[f64]) -> Result<(), EquilibriumError> {
    let (n, j) = (world.region_count(), world.sector_count());
    let trade = "[sector, importer, exporter]";
    for (array, shape, got, want) in [
        ("trade_musd", trade, world.trade_musd.len(), j * n * n),
        ("final_share", "[region, sector]", world.final_share.as_ref().map_or(n * j, Vec::len), n * j),
        ("input_share", "[region, input_sector, sector]", world.input_share.len(), n * j * j),
    ] {
        if got != want {
            return Err(EquilibriumError::Shape { array, shape, got, want });
        }
    }
    check_policy_shape(base, j * n * n)?;
    check_theta(&world.sectors, theta)?;
    if let Some(cell) = world.trade_musd.iter().position(|v| !(*v >= 0.0 && v.is_finite())) {
        return Err(EquilibriumError::Unusable {
            what: format!("trade of {}", name_cell(&world.regions, &world.sectors, cell)),
            value: world.trade_musd[cell],
            expected: "flows are finite and not negative",
        });
    }
    // Flows contain the base policy, so it must be finite where something flows.
    let usable = |rate: f64| rate > 0.0 && rate.is_finite();
    if let Some(cell) = (0..world.trade_musd.len()).find(|&cell| {
        let rates = [1.0 + base.tariff[cell], 1.0 + base.export_tax[cell], base.iceberg_hat[cell]];
        world.trade_musd[cell] > 0.0 && !rates.into_iter().all(usable)
    }) {
        return Err(unusable_barrier(base, &world.regions, &world.sectors, cell));
    }
    check_input_shares(world)
}

/// Input shares are not negative, and a sector's sum to at most 1: otherwise
/// costs would not be proportional to prices and budgets would not close.
fn check_input_shares(world: &World) -> Result<(), EquilibriumError> {
    let j = world.sector_count();
    let named =
        |cell: usize| format!("of {} in {}", world.sectors.code(cell % j), world.regions.code(cell / j));
    if let Some(cell) =
        world.input_share.iter().position(|share| !(*share >= LEAST_INPUT_SHARE && share.is_finite()))
    {
        let column = cell / (j * j) * j + cell % j;
        return Err(EquilibriumError::Unusable {
            what: format!("the input share of {} {}", world.sectors.code(cell / j % j), named(column)),
            value: world.input_share[cell],
            expected: "input shares are finite and not below -1 %",
        });
    }
    let value_added_share = world.value_added_share();
    match value_added_share.iter().position(|share| *share < -ROUNDING) {
        Some(cell) => Err(EquilibriumError::Unusable {
            what: format!("the value-added share {}", named(cell)),
            value: value_added_share[cell],
            expected: "input shares sum to 1 at the most",
        }),
        None => Ok(()),
    }
}

/// Every array of a policy has one element for every trade flow.
pub(super) fn check_policy_shape(policy: &PolicyState, want: usize) -> Result<(), EquilibriumError> {
    for (array, got) in [
        ("tariff", policy.tariff.len()),
        ("export_tax", policy.export_tax.len()),
        ("iceberg_hat", policy.iceberg_hat.len()),
    ] {
        if got != want {
            let shape = "[sector, importer, exporter]";
            return Err(EquilibriumError::Shape { array, shape, got, want });
        }
    }
    Ok(())
}

/// The error of a cell whose tariff, export tax or iceberg cost no model can
/// take: names the first of the three that is wrong.
pub(super) fn unusable_barrier(
    policy: &PolicyState,
    regions: &Labels,
    sectors: &Labels,
    cell: usize,
) -> EquilibriumError {
    let (tariff, tax) = (policy.tariff[cell], policy.export_tax[cell]);
    let rate = "it must be a number above -1, which is -100 %";
    let wrong = |rate: f64| !(1.0 + rate > 0.0 && rate.is_finite());
    let (what, value, expected) = if wrong(tariff) {
        ("tariff", tariff, rate)
    } else if wrong(tax) {
        ("export tax", tax, rate)
    } else {
        ("iceberg cost", policy.iceberg_hat[cell], "it must be a positive number, 1 where nothing changed")
    };
    EquilibriumError::Unusable {
        what: format!("the {what} on {}", name_cell(regions, sectors, cell)),
        value,
        expected,
    }
}

/// `C26 from CHN to USA`, for messages.
pub(super) fn name_cell(regions: &Labels, sectors: &Labels, cell: usize) -> String {
    let n = regions.len();
    format!(
        "{} from {} to {}",
        sectors.code(cell / (n * n)),
        regions.code(cell % n),
        regions.code(cell / n % n)
    )
}
