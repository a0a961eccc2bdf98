//! The base year of the one-sector model.

use crate::equilibrium::EquilibriumError;

/// What the model takes as given beside trade.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Trade elasticity `ε > 0`.
    pub trade_elasticity: f64,
    /// Elasticity of labour supply `κ ≥ 0`.
    pub labour_supply: f64,
    /// Elasticity of cost to employment `ψ ≥ 0`, with its sign turned.
    pub scale: f64,
    /// Share of labour in cost `β`, above 0 and at most 1.
    pub value_added_share: f64,
    /// Share of spending that goes to local distribution `ν`, `[region]`, from 0 to below 1.
    pub distribution: Vec<f64>,
    /// Multiplier of the tariff's exponent `φ > 0`, `[region]`.
    pub pass_through: Vec<f64>,
}

/// The multiplier under which a tariff passes through to the border price in
/// full: `φ = (1+θ) / ((1−ν) θ) − 1/θ`, `θ = 1/ψ`, for `ψ > 0`.
///
/// Where part `ν` of the price is distribution, the price that buyers compare
/// moves by `1−ν` of the border price. Without distribution it is 1.
pub fn pass_through(distribution: f64, scale: f64) -> f64 {
    (1.0 + scale) / (1.0 - distribution) - scale
}

/// Shares and incomes of the base year; made by [`Economy::new`].
#[derive(Clone, Debug, PartialEq)]
pub struct Economy {
    /// Codes of the regions, for messages, `[region]`.
    pub codes: Vec<String>,
    /// Parameters.
    pub parameters: Parameters,
    /// Share of each exporter in spending `λ`, `[importer, exporter]`.
    pub trade_share: Vec<f64>,
    /// Spending on goods `E`, `[region]`.
    pub expenditure: Vec<f64>,
    /// Wages `Y`, `[region]`.
    pub income: Vec<f64>,
    /// Transfers from abroad `T`, `[region]`; they sum to zero.
    pub transfer: Vec<f64>,
}

impl Economy {
    /// Calibrates to the flows of a year without tariffs.
    ///
    /// `trade` is spending by origin, `[importer, exporter]`, home sales on the
    /// diagonal, in any one unit. Spending is its row sum, wages are
    /// `β Σ_i (1−ν[i]) X[i,j] + ν[j] E[j]`, and transfers are what spending
    /// exceeds earnings by.
    ///
    /// # Errors
    /// [`EquilibriumError::Shape`], [`EquilibriumError::Unusable`] for a value
    /// out of range or a surplus so large that hours cost more than consumption
    /// is worth, [`EquilibriumError::NoIncome`] for a region that earns or spends
    /// nothing.
    pub fn new(
        codes: Vec<String>,
        mut trade: Vec<f64>,
        parameters: Parameters,
    ) -> Result<Self, EquilibriumError> {
        let n = codes.len();
        check(&codes, &trade, &parameters)?;
        let expenditure: Vec<f64> = trade.chunks_exact(n).map(|row| row.iter().sum()).collect();
        let mut sales = vec![0.0; n];
        for (row, nu) in trade.chunks_exact(n).zip(&parameters.distribution) {
            for (sold, value) in sales.iter_mut().zip(row) {
                *sold += (1.0 - nu) * value;
            }
        }
        let beta = parameters.value_added_share;
        let local = |i: usize| parameters.distribution[i] * expenditure[i];
        let income: Vec<f64> = (0..n).map(|i| beta * sales[i] + local(i)).collect();
        if let Some(i) = (0..n).find(|i| income[*i] <= 0.0 || expenditure[*i] <= 0.0) {
            return Err(EquilibriumError::NoIncome { region: codes[i].clone() });
        }
        let transfer: Vec<f64> = (0..n).map(|i| expenditure[i] - sales[i] - local(i)).collect();
        let hours = parameters.labour_supply / (1.0 + parameters.labour_supply);
        if let Some(i) = (0..n).find(|i| income[*i] + transfer[*i] <= hours * income[*i]) {
            return Err(EquilibriumError::Unusable {
                what: format!("what {} consumes, in wages,", codes[i]),
                value: 1.0 + transfer[i] / income[i],
                expected: "more than the cost of hours, κ/(1+κ) of wages: its surplus is too large",
            });
        }
        for (row, spent) in trade.chunks_exact_mut(n).zip(&expenditure) {
            row.iter_mut().for_each(|value| *value /= spent);
        }
        Ok(Self { codes, parameters, trade_share: trade, expenditure, income, transfer })
    }

    /// Number of regions `N`.
    pub fn region_count(&self) -> usize {
        self.codes.len()
    }

    /// Spending by origin in the base year, `[importer, exporter]`.
    pub fn trade(&self) -> Vec<f64> {
        let n = self.region_count();
        let rows = self.trade_share.chunks_exact(n).zip(&self.expenditure);
        rows.flat_map(|(row, spent)| row.iter().map(move |share| share * spent)).collect()
    }

    /// Imports and exports in the base year, home sales left out, `[region]` each.
    pub fn openness(&self) -> (Vec<f64>, Vec<f64>) {
        foreign(&self.trade(), self.region_count())
    }

    /// The best uniform tariff of `region` against the world, by the formula
    ///
    /// ```text
    /// δ = Σ_{j≠r} (1−ν[j]) X[j,r] (1−λ[j,r]) / ((1−ν[r]) M)        t = 1 / ((1 + δ ε) φ[r] − 1)
    /// ```
    ///
    /// `trade` is spending by origin at the border, `[importer, exporter]`, `λ`
    /// the shares behind it, and `bought` is `M`, what the region buys abroad.
    /// The formula is exact at the flows that its own tariff leads to; at those
    /// of the base year it is an approximation.
    pub fn optimal_tariff(&self, region: usize, trade: &[f64], trade_share: &[f64], bought: f64) -> f64 {
        let n = self.region_count();
        let nu = &self.parameters.distribution;
        let sold: f64 = (0..n)
            .filter(|j| *j != region)
            .map(|j| (1.0 - nu[j]) * trade[j * n + region] * (1.0 - trade_share[j * n + region]))
            .sum();
        let delta = sold / ((1.0 - nu[region]) * bought);
        let elasticity = self.parameters.trade_elasticity;
        1.0 / ((1.0 + delta * elasticity) * self.parameters.pass_through[region] - 1.0)
    }
}

/// Row and column sums of `[importer, exporter]` without the diagonal.
pub(super) fn foreign(trade: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut imports, mut exports) = (vec![0.0; n], vec![0.0; n]);
    for (importer, row) in trade.chunks_exact(n).enumerate() {
        for (exporter, value) in row.iter().enumerate().filter(|(exporter, _)| *exporter != importer) {
            imports[importer] += value;
            exports[exporter] += value;
        }
    }
    (imports, exports)
}

fn check(codes: &[String], trade: &[f64], parameters: &Parameters) -> Result<(), EquilibriumError> {
    let n = codes.len();
    if n == 0 {
        return Err(EquilibriumError::Shape { array: "codes", shape: "[region]", got: 0, want: 1 });
    }
    for (array, shape, got, want) in [
        ("trade", "[importer, exporter]", trade.len(), n * n),
        ("distribution", "[region]", parameters.distribution.len(), n),
        ("pass_through", "[region]", parameters.pass_through.len(), n),
    ] {
        if got != want {
            return Err(EquilibriumError::Shape { array, shape, got, want });
        }
    }
    let unusable = |what: String, value: f64, expected| EquilibriumError::Unusable { what, value, expected };
    if let Some(cell) = trade.iter().position(|value| !value.is_finite() || *value < 0.0) {
        let what = format!("the trade of {} from {}", codes[cell / n], codes[cell % n]);
        return Err(unusable(what, trade[cell], "a flow is a number from 0 on"));
    }
    let (epsilon, beta) = (parameters.trade_elasticity, parameters.value_added_share);
    if !(epsilon > 0.0 && epsilon.is_finite()) {
        return Err(unusable("the trade elasticity".into(), epsilon, "a positive number"));
    }
    if !(beta > 0.0 && beta <= 1.0) {
        return Err(unusable("the value added share".into(), beta, "above 0 and at most 1"));
    }
    for (what, value) in [("labour supply", parameters.labour_supply), ("scale", parameters.scale)] {
        if !(value >= 0.0 && value.is_finite()) {
            return Err(unusable(format!("the elasticity of {what}"), value, "a number from 0 on"));
        }
    }
    for (code, nu) in codes.iter().zip(&parameters.distribution) {
        if !(0.0..1.0).contains(nu) {
            return Err(unusable(format!("the distribution share of {code}"), *nu, "from 0 to below 1"));
        }
    }
    for (code, phi) in codes.iter().zip(&parameters.pass_through) {
        if !(*phi > 0.0 && phi.is_finite()) {
            return Err(unusable(format!("the tariff exponent of {code}"), *phi, "a positive number"));
        }
    }
    Ok(())
}
