//! `detente.Change`: what differs between two equilibria.

use std::sync::Arc;

use detente::equilibrium;
use detente::results::Variable;
use detente::world;
use jiff::civil::Date;
use pyo3::prelude::*;

use crate::array::{Array, view};
use crate::table::{Table, numbers, texts};

/// What differs between two equilibria: every number is a fraction, 0.01 is 1 %.
///
/// Arrays by region follow `regions`, those by sector and region are ``[sector, region]``.
/// The book's page on results has each variable's equation.
#[pyclass(frozen, module = "detente")]
pub struct Change {
    /// The engine's change.
    pub change: equilibrium::Change,
    /// The world.
    pub world: Arc<world::World>,
    /// The day, and the day that it is compared with.
    pub days: [Date; 2],
}

impl Change {
    fn by_region<'py>(slf: &Bound<'py, Self>, of: impl FnOnce(&equilibrium::Change) -> &[f64]) -> Array<'py> {
        view(slf, &[slf.get().world.region_count()], |change| of(&change.change))
    }

    fn by_sector<'py>(slf: &Bound<'py, Self>, of: impl FnOnce(&equilibrium::Change) -> &[f64]) -> Array<'py> {
        let world = &slf.get().world;
        view(slf, &[world.sector_count(), world.region_count()], |change| of(&change.change))
    }
}

#[pymethods]
impl Change {
    /// Codes of the regions.
    #[getter]
    fn regions(&self) -> Vec<String> {
        self.world.regions.codes().to_vec()
    }

    /// Codes of the sectors.
    #[getter]
    fn sectors(&self) -> Vec<String> {
        self.world.sectors.codes().to_vec()
    }

    /// Real income: the equivalent variation of homothetic preferences, ``[region]``.
    #[getter]
    fn welfare_exact<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.welfare_exact)
    }

    /// Real income by the first-order formula, the sum of its parts, ``[region]``.
    #[getter]
    fn welfare_linear<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.welfare_linear)
    }

    /// First-order part: export prices against import prices, ``[region]``.
    #[getter]
    fn terms_of_trade<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.terms_of_trade)
    }

    /// First-order part: quantities traded across taxed borders, ``[region]``.
    #[getter]
    fn volume_of_trade<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.volume_of_trade)
    }

    /// First-order part: iceberg costs, ``[region]``.
    #[getter]
    fn trade_costs<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.trade_costs)
    }

    /// First-order part: deficits, ``[region]``.
    #[getter]
    fn transfers<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.transfers)
    }

    /// Wage over the price of final spending, ``[region]``.
    #[getter]
    fn real_wage<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.real_wage)
    }

    /// Wage in the numeraire, ``[region]``.
    #[getter]
    fn wage<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.wage)
    }

    /// Price of final spending in the numeraire, ``[region]``.
    #[getter]
    fn price_index<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |change| &change.price_index)
    }

    /// Price of a sector's goods for buyers, ``[sector, region]``; 0 where nothing is bought.
    #[getter]
    fn sector_price<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |change| &change.sector_price)
    }

    /// Volume of gross output, ``[sector, region]``; 0 where nothing was produced.
    #[getter]
    fn gross_output<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |change| &change.gross_output)
    }

    /// Employment, ``[sector, region]``; 0 where nobody worked.
    #[getter]
    fn employment<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |change| &change.employment)
    }

    /// Wage of a sector over the price of final spending, ``[sector, region]``.
    #[getter]
    fn sector_real_wage<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |change| &change.sector_real_wage)
    }

    /// The numbers by region as a table: region, variable, value (per cent, as the command
    /// line's ``--csv`` has them).
    fn table(&self) -> PyResult<Table> {
        let columns: Vec<(Variable, &[f64])> = Variable::OF_REGIONS
            .into_iter()
            .filter_map(|variable| Some((variable, variable.of_regions(&self.change)?)))
            .collect();
        let cells =
            || (0..self.world.region_count()).flat_map(|n| columns.iter().map(move |column| (n, column)));
        Table::of(vec![
            ("region", texts(cells().map(|(region, _)| self.world.regions.code(region)))),
            ("variable", texts(cells().map(|(_, (variable, _))| variable.name()))),
            ("value", numbers(cells().map(|(region, (_, values))| 100.0 * values[region]))),
        ])
    }

    fn __repr__(&self) -> String {
        let [date, against] = self.days;
        format!("<detente.Change of {date} against {against}, world {}>", self.world.name)
    }
}
