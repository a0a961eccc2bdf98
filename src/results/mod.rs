//! One long table for everything, and where each number comes from.
//!
//! ```text
//! run, scenario, reading, date, week, region, partner, sector, variable, unit, value, low, high
//! ```
//!
//! A row is one number. Columns that do not apply are empty. `run` is the
//! phase or variant, `reading` whose account of the measures was used, `low`
//! and `high` the range over the alternatives of the run (elasticity sets,
//! draws). Every variable is defined in [`variables`].

pub mod provenance;
pub mod stoppages;
pub mod variables;
pub mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

pub use variables::Variable;

/// One number and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Phase or variant.
    pub run: Arc<str>,
    /// Name of the scenario.
    pub scenario: Arc<str>,
    /// Whose account of the measures; empty for the plain ledger.
    pub reading: Arc<str>,
    /// The day whose policy is in force.
    pub date: Option<Date>,
    /// Week of a short-run path.
    pub week: Option<u32>,
    /// Region code; empty for the world.
    pub region: Arc<str>,
    /// Code of the other region of a flow or a tariff.
    pub partner: Arc<str>,
    /// Sector code; empty for all sectors.
    pub sector: Arc<str>,
    /// What was measured.
    pub variable: Variable,
    /// The number, in the variable's unit.
    pub value: f64,
    /// Lowest value over the alternatives.
    pub low: Option<f64>,
    /// Highest value over the alternatives.
    pub high: Option<f64>,
}

/// The long table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// Rows in the order in which they were computed.
    pub rows: Vec<Row>,
}

impl Results {
    /// The row of a variable for a run, region, partner and sector (empty for
    /// none), if there is one.
    pub fn find(
        &self,
        run: &str,
        variable: Variable,
        region: &str,
        partner: &str,
        sector: &str,
    ) -> Option<&Row> {
        self.rows.iter().find(|row| {
            row.variable == variable
                && &*row.run == run
                && &*row.region == region
                && &*row.partner == partner
                && &*row.sector == sector
        })
    }
}

/// Where the rows of each variable are: a table has tens of thousands of rows, and most
/// questions are about one variable.
#[derive(Clone, Debug, Default)]
pub struct ByVariable(BTreeMap<Variable, Vec<usize>>);

impl ByVariable {
    /// Of a table; it stands for that table as long as no row is added.
    pub fn of(results: &Results) -> Self {
        let mut places: BTreeMap<Variable, Vec<usize>> = BTreeMap::new();
        for (place, row) in results.rows.iter().enumerate() {
            places.entry(row.variable).or_default().push(place);
        }
        Self(places)
    }

    /// The rows of a variable, in the order of the table.
    pub fn rows<'r>(&'r self, results: &'r Results, variable: Variable) -> impl Iterator<Item = &'r Row> {
        self.0.get(&variable).into_iter().flatten().filter_map(|place| results.rows.get(*place))
    }
}
