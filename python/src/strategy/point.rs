//! `detente.strategy.Point`: the taxes of everybody, and what they are worth.

use std::sync::Arc;

use detente::strategy::game::{income_rows, tax_rows};
use detente::strategy::play::Rest;
use pyo3::prelude::*;

use super::question::About;
use crate::array::{Array, owned, view};
use crate::table::{Table, numbers, texts};

/// The taxes of everybody at the end of a search, and what they are worth.
///
/// Arrays by region follow the world's `regions`; taxes are ``[sector, importer, exporter]``.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Point {
    rest: Rest,
    about: Arc<About>,
}

impl Point {
    /// Of a resting point of a game.
    pub fn new(py: Python<'_>, rest: Rest, about: &Arc<About>) -> PyResult<Py<Self>> {
        Py::new(py, Self { rest, about: about.clone() })
    }

    fn shape(&self) -> [usize; 3] {
        let n = self.about.world.region_count();
        [self.about.world.sector_count(), n, n]
    }
}

/// Changes of logarithms as an array of fractions.
pub fn fractions<'py>(py: Python<'py>, logs: &[f64], shape: &[usize]) -> Array<'py> {
    owned(py, logs.iter().map(|log| log.exp_m1()).collect(), shape)
}

#[pymethods]
impl Point {
    /// Change of real income against today's, fraction, ``[region]``.
    #[getter]
    fn real_income<'py>(&self, py: Python<'py>) -> Array<'py> {
        fractions(py, &self.rest.outcome.real_income, &[self.about.world.region_count()])
    }

    /// Change of what governments count against today's, fraction, ``[region]``: real income
    /// unless the model has political weights.
    #[getter]
    fn welfare<'py>(&self, py: Python<'py>) -> Array<'py> {
        fractions(py, &self.rest.outcome.welfare, &[self.about.world.region_count()])
    }

    /// Import tariffs, fraction, ``[sector, importer, exporter]``.
    #[getter]
    fn tariff<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        view(slf, &slf.get().shape(), |point| &point.rest.policy.tariff)
    }

    /// Export taxes, fraction of the producer price, ``[sector, importer, exporter]``.
    #[getter]
    fn export_tax<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        view(slf, &slf.get().shape(), |point| &point.rest.policy.export_tax)
    }

    /// Largest distance of a free tax from its best, in ``ln(1 + tax)``.
    #[getter]
    fn residual(&self) -> f64 {
        self.rest.residual
    }

    /// Rounds of the search.
    #[getter]
    fn rounds(&self) -> usize {
        self.rest.rounds
    }

    /// The table that the command line writes with ``--csv``: region, variable
    /// (``welfare_exact`` is real income, ``gov_welfare`` what governments count), value in
    /// per cent of today's.
    #[getter]
    fn incomes(&self) -> PyResult<Table> {
        let rows = || income_rows(&self.about.world, &self.rest.outcome);
        Table::of(vec![
            ("region", texts(rows().map(|row| row.region))),
            ("variable", texts(rows().map(|row| row.variable))),
            ("value", numbers(rows().map(|row| row.value))),
        ])
    }

    /// The table that the command line writes with ``--tariffs``: importer, exporter, sector,
    /// tariff, export_tax (fractions), of every flow that a player buys or sells.
    #[getter]
    fn taxes(&self) -> PyResult<Table> {
        let rows = || tax_rows(&self.about.world, &self.about.players, &self.rest.policy);
        Table::of(vec![
            ("importer", texts(rows().map(|row| row.importer))),
            ("exporter", texts(rows().map(|row| row.exporter))),
            ("sector", texts(rows().map(|row| row.sector))),
            ("tariff", numbers(rows().map(|row| row.tariff))),
            ("export_tax", numbers(rows().map(|row| row.export_tax))),
        ])
    }

    fn __repr__(&self) -> String {
        let income = |region: &usize| {
            let percent = 100.0 * self.rest.outcome.real_income[*region].exp_m1();
            format!("{} {percent:+.3} %", self.about.code(*region))
        };
        let few: Vec<String> = self.about.players.iter().take(4).map(income).collect();
        let more = if self.about.players.len() > few.len() { ", …" } else { "" };
        format!("<detente.strategy.Point: real income {}{more}>", few.join(", "))
    }
}
