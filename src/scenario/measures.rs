//! The numbers of one comparison, in one fixed order.
//!
//! Every elasticity set walks through the same list, so that ranges line up
//! with central values by position.

use std::collections::BTreeMap;

use crate::equilibrium::{Calibration, Change, Equilibrium};
use crate::results::Variable;

/// The place of a number in the result table. Regions and sectors by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which region.
    pub region: Region,
    /// The other region of a flow.
    pub partner: Option<usize>,
    /// Sector; `None` for all.
    pub sector: Option<usize>,
    /// What is measured.
    pub variable: Variable,
}

/// A region, or one of two sums over regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// A region of the world.
    One(usize),
    /// All regions that are not actors of the scenario.
    Others,
    /// All regions.
    World,
}

/// Calls `record` for every number of the change from `before` to `after`.
/// Changes are in per cent, sums in million USD.
pub fn measure(
    calibration: &Calibration,
    actors: &[usize],
    before: &Equilibrium,
    after: &Equilibrium,
    mut record: impl FnMut(Place, f64),
) {
    let n = calibration.region_count();
    let change = Change::between(calibration, before, after);
    let place = |region, variable| Place { region, partner: None, sector: None, variable };
    for region in 0..n {
        let at = |variable| place(Region::One(region), variable);
        for variable in Variable::OF_REGIONS {
            if let Some(values) = variable.of_regions(&change) {
                record(at(variable), 100.0 * values[region]);
            }
        }
        let gain = change.welfare_exact[region] * before.income_musd[region];
        record(at(Variable::EquivalentVariation), gain);
        let revenue = after.tariff_revenue_musd[region] - before.tariff_revenue_musd[region];
        record(at(Variable::TariffRevenue), revenue);
        let rent = after.rent_musd[region] - before.rent_musd[region];
        record(at(Variable::QuotaRent), rent);
    }
    sums_over_regions(actors, &change, before, &mut record);
    let (old, new) = (Flows::of(n, before), Flows::of(n, after));
    for region in 0..n {
        let at = |variable| place(Region::One(region), variable);
        record(at(Variable::Imports), growth(old.imports(region), new.imports(region)));
        record(at(Variable::Exports), growth(old.exports(region), new.exports(region)));
    }
    for &actor in actors {
        for partner in (0..n).filter(|partner| *partner != actor) {
            let at = |variable| Place { partner: Some(partner), ..place(Region::One(actor), variable) };
            let (imported, exported) = ((actor, partner), (partner, actor));
            record(at(Variable::Imports), growth(old.pair(imported), new.pair(imported)));
            record(at(Variable::Exports), growth(old.pair(exported), new.pair(exported)));
        }
    }
    for flow in &after.capped_flows {
        let (sector, importer, exporter) = (flow.cell / (n * n), flow.cell / n % n, flow.cell % n);
        let at = |variable| Place {
            partner: Some(exporter),
            sector: Some(sector),
            ..place(Region::One(importer), variable)
        };
        record(at(Variable::ShadowPrice), 100.0 * flow.wedge);
        record(at(Variable::LimitedQuantity), 100.0 * flow.quantity);
        record(at(Variable::QuotaRent), flow.importer_rent_musd + flow.exporter_rent_musd);
    }
    limited_sales(n, after, &mut record);
    for (cell, (output, employment)) in change.gross_output.iter().zip(&change.employment).enumerate() {
        let at = |variable| Place { sector: Some(cell / n), ..place(Region::One(cell % n), variable) };
        record(at(Variable::SectorPrice), 100.0 * change.sector_price[cell]);
        record(at(Variable::GrossOutput), 100.0 * output);
        record(at(Variable::Employment), 100.0 * employment);
        if after.variant.mobility.is_finite() {
            record(at(Variable::SectorRealWage), 100.0 * change.sector_real_wage[cell]);
        }
    }
}

/// Limits on what a region sells of a sector, over all its buyers: the rent,
/// and the shadow price as rent over the value that bears it.
fn limited_sales(n: usize, after: &Equilibrium, record: &mut impl FnMut(Place, f64)) {
    let mut sales: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for flow in &after.capped_flows {
        let (rent, value) = sales.entry((flow.cell % n, flow.cell / (n * n))).or_default();
        let earned = flow.importer_rent_musd + flow.exporter_rent_musd;
        *rent += earned;
        *value += if flow.wedge > 0.0 { earned / flow.wedge } else { 0.0 };
    }
    for ((exporter, sector), (rent, value)) in sales {
        let at =
            |variable| Place { region: Region::One(exporter), partner: None, sector: Some(sector), variable };
        record(at(Variable::ShadowPrice), if value > 0.0 { 100.0 * rent / value } else { 0.0 });
        record(at(Variable::QuotaRent), rent);
    }
}

/// Dollars gained by all, and by all who are not actors; as a share of income.
fn sums_over_regions(
    actors: &[usize],
    change: &Change,
    before: &Equilibrium,
    record: &mut impl FnMut(Place, f64),
) {
    for (region, counts) in [(Region::Others, false), (Region::World, true)] {
        let (mut gain, mut income) = (0.0, 0.0);
        for (i, earned) in before.income_musd.iter().enumerate() {
            if counts || !actors.contains(&i) {
                gain += change.welfare_exact[i] * earned;
                income += earned;
            }
        }
        let at = |variable| Place { region, partner: None, sector: None, variable };
        record(at(Variable::WelfareExact), if income > 0.0 { 100.0 * gain / income } else { 0.0 });
        record(at(Variable::EquivalentVariation), gain);
    }
}

/// Border values summed over sectors, `[importer, exporter]`.
struct Flows {
    n: usize,
    pairs: Vec<f64>,
}

impl Flows {
    fn of(n: usize, equilibrium: &Equilibrium) -> Self {
        let mut pairs = vec![0.0; n * n];
        for sector in equilibrium.trade_musd.chunks_exact(n * n) {
            pairs.iter_mut().zip(sector).for_each(|(sum, value)| *sum += value);
        }
        (0..n).for_each(|i| pairs[i * n + i] = 0.0);
        Self { n, pairs }
    }

    fn pair(&self, (importer, exporter): (usize, usize)) -> f64 {
        self.pairs[importer * self.n + exporter]
    }

    fn imports(&self, importer: usize) -> f64 {
        self.pairs[importer * self.n..][..self.n].iter().sum()
    }

    fn exports(&self, exporter: usize) -> f64 {
        self.pairs.iter().skip(exporter).step_by(self.n).sum()
    }
}

/// Per cent; 0 where there was nothing.
fn growth(old: f64, new: f64) -> f64 {
    if old > 0.0 { 100.0 * (new / old - 1.0) } else { 0.0 }
}
