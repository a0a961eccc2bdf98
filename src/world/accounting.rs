//! The accounts of the base year that follow from flows, tariffs and input shares.
//!
//! ```text
//! Y[j,i] = Σ_n M[j,n,i]                       gross output
//! X[j,n] = Σ_i M[j,n,i] · (1 + t[j,n,i])      expenditure
//! Z[n,k] = Σ_j γ[n,k,j] · Y[j,n]              intermediate use
//! F[n,k] = X[k,n] − Z[n,k]                    final demand
//! V[n]   = Σ_j β[n,j] · Y[j,n]                value added
//! R[n]   = Σ_j Σ_i t[j,n,i] · M[j,n,i]        tariff revenue
//! D[n]   = Σ_j Σ_i (M[j,n,i] − M[j,i,n])      deficit
//! ```
//!
//! All values are million USD. Summing `F` over `k` gives `V + R + D`: a
//! region's income is its final spending, whatever the numbers are.

use super::World;
use super::error::WorldError;

impl World {
    /// Expenditure X including tariffs, million USD, `[sector, region]`.
    pub fn expenditure_musd(&self) -> Vec<f64> {
        let n = self.region_count();
        self.trade_musd
            .chunks_exact(n.max(1))
            .zip(self.tariff.chunks_exact(n.max(1)))
            .map(|(trade, tariff)| trade.iter().zip(tariff).map(|(m, t)| m * (1.0 + t)).sum())
            .collect()
    }

    /// Intermediate use Z of each good, million USD, `[region, sector]`.
    pub fn intermediate_use_musd(&self) -> Vec<f64> {
        let (n, j) = (self.region_count(), self.sector_count());
        let output = self.gross_output_musd();
        let mut used = vec![0.0; n * j];
        for (row, shares) in self.input_share.chunks_exact(j.max(1)).enumerate() {
            let region = row / j;
            used[row] = shares.iter().enumerate().map(|(s, share)| share * output[s * n + region]).sum();
        }
        used
    }

    /// Final demand F that expenditure leaves after intermediate use, million
    /// USD, `[region, sector]`; negative where the data do not fit together.
    pub fn final_demand_musd(&self) -> Vec<f64> {
        let (n, j) = (self.region_count(), self.sector_count());
        let expenditure = self.expenditure_musd();
        let mut demand = self.intermediate_use_musd();
        for (row, value) in demand.iter_mut().enumerate() {
            *value = expenditure[row % j * n + row / j] - *value;
        }
        demand
    }

    /// Value added V, million USD, `[region]`.
    pub fn value_added_musd(&self) -> Vec<f64> {
        let (n, j) = (self.region_count(), self.sector_count());
        let output = self.gross_output_musd();
        let share = self.value_added_share();
        (0..n).map(|r| (0..j).map(|s| share[r * j + s] * output[s * n + r]).sum()).collect()
    }

    /// Tariff revenue R, million USD, `[region]`.
    pub fn tariff_revenue_musd(&self) -> Vec<f64> {
        let n = self.region_count();
        let mut revenue = vec![0.0; n];
        for (row, (trade, tariff)) in
            self.trade_musd.chunks_exact(n.max(1)).zip(self.tariff.chunks_exact(n.max(1))).enumerate()
        {
            revenue[row % n] += trade.iter().zip(tariff).map(|(m, t)| m * t).sum::<f64>();
        }
        revenue
    }

    /// Trade deficit D, imports less exports, million USD, `[region]`.
    pub fn deficit_musd(&self) -> Vec<f64> {
        let n = self.region_count();
        let mut deficit = vec![0.0; n];
        for (row, trade) in self.trade_musd.chunks_exact(n.max(1)).enumerate() {
            let importer = row % n;
            for (exporter, value) in trade.iter().enumerate().filter(|(e, _)| *e != importer) {
                deficit[importer] += value;
                deficit[exporter] -= value;
            }
        }
        deficit
    }

    /// Refuses a world without regions or sectors, and arrays whose length does not fit them.
    pub(super) fn check_shapes(&self) -> Result<(), WorldError> {
        let (n, j) = (self.region_count(), self.sector_count());
        let mut wrong = Vec::new();
        for (count, what) in [(n, "region"), (j, "sector")] {
            if count == 0 {
                wrong.push(format!("it has no {what}"));
            }
        }
        let mut expect = |array: &str, got: usize, want: usize, shape: &str| {
            if got != want {
                wrong.push(format!("`{array}` has {got} elements, expected {want} ({shape})"));
            }
        };
        expect("goods", self.goods.len(), j, "[sector]");
        expect("trade_musd", self.trade_musd.len(), j * n * n, "[sector, importer, exporter]");
        expect("tariff", self.tariff.len(), j * n * n, "[sector, importer, exporter]");
        expect("input_share", self.input_share.len(), n * j * j, "[region, input_sector, sector]");
        if let Some(share) = &self.final_share {
            expect("final_share", share.len(), n * j, "[region, sector]");
        }
        for (array, people) in [("population", &self.population), ("households", &self.households)] {
            if let Some(people) = people {
                expect(array, people.len(), n, "[region]");
            }
        }
        if let Some(markup) = &self.markup {
            expect("markup", markup.len(), j, "[sector]");
        }
        for set in &self.elasticities {
            expect(&format!("theta of {}", set.name), set.theta.len(), j, "[sector]");
        }
        if self.elasticities.is_empty() {
            wrong.push("it has no elasticity set".to_owned());
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(WorldError::Inconsistent { world: self.name.clone(), reason: wrong.join("; ") })
    }
}
