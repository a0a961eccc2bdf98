//! Caliendo and Parro (2015): NAFTA, and all tariff changes from 1993 to 2005.
//!
//! Two experiments on the article's data of 1993:
//!
//! * `nafta`: tariffs among Canada, Mexico and the USA go to their 2005 levels;
//! * `world`: all tariffs of all countries do.
//!
//! Two conventions for deficits: `zero_deficit` solves with `D = 0` and 1993
//! tariffs first and compares with that, as the article does; `deficit_held`
//! keeps every country's nominal deficit, world value added being the
//! numeraire. The raw data are not an equilibrium (negative final demands are
//! clipped), so both compare with a solved baseline.
//!
//! Source: *Review of Economic Studies* 82(1), 1-44, Table 2. The reference
//! values are an independent solution at 1e-12; a public package gives the same
//! linear numbers to six decimals.

use std::sync::Arc;

use super::{Comparison, Number, ReplicationError};
use crate::equilibrium::{
    Calibration, Change, Closure, Deficits, Equilibrium, EquilibriumError, Numeraire, Options,
};
use crate::ledger::PolicyState;
use crate::results::Variable;
use crate::world::World;
use crate::world::error::WorldError;

/// Regions of the agreement.
pub const NAFTA: [&str; 3] = ["CAN", "MEX", "USA"];

/// Variables of the comparison, in the order of the output.
const VARIABLES: [Variable; 5] = [
    Variable::WelfareLinear,
    Variable::TermsOfTrade,
    Variable::VolumeOfTrade,
    Variable::RealWage,
    Variable::WelfareExact,
];

const CONVENTIONS: [(&str, Deficits); 2] =
    [("zero_deficit", Deficits::Zero), ("deficit_held", Deficits::Held)];

/// The world of 1993 and the policies of the two experiments.
pub struct Experiments {
    /// The article's data.
    pub world: World,
    /// Tariffs of 1993.
    pub before: Arc<PolicyState>,
    /// `nafta` and `world`, by name.
    pub after: Vec<(&'static str, Arc<PolicyState>)>,
}

impl Experiments {
    /// Loads the shipped data.
    ///
    /// # Errors
    /// [`WorldError`] if the data in the program are damaged.
    pub fn load() -> Result<Self, WorldError> {
        let world = World::shipped("cp2015")?;
        let tariffs_2005 = World::shipped_tariffs("cp2015", "tariffs_2005")?;
        let before = PolicyState::of_world(&world, world.base_date);
        let members = NAFTA.map(|code| world.regions.codes().iter().position(|c| c == code));
        let mut nafta = before.clone();
        for cell in 0..nafta.tariff.len() {
            let n = world.region_count();
            let (importer, exporter) = (Some(cell / n % n), Some(cell % n));
            if members.contains(&importer) && members.contains(&exporter) {
                nafta.tariff[cell] = tariffs_2005[cell];
            }
        }
        let all = PolicyState { tariff: tariffs_2005, ..before.clone() };
        Ok(Self {
            world,
            before: Arc::new(before),
            after: vec![("nafta", Arc::new(nafta)), ("world", Arc::new(all))],
        })
    }

    /// The calibrated model.
    ///
    /// # Errors
    /// [`EquilibriumError`] if the data cannot be calibrated.
    pub fn calibrate(&self) -> Result<Calibration, EquilibriumError> {
        let theta = &self.world.elasticities[0].theta;
        Calibration::new(&self.world, (*self.before).clone(), theta)
    }
}

/// Options of a convention.
pub fn options(deficits: Deficits) -> Options {
    let closure = Closure { deficits, numeraire: Numeraire::WorldValueAdded };
    Options { closure, ..Options::default() }
}

/// Every number of both experiments under both conventions, for all regions,
/// in per cent.
///
/// # Errors
/// [`ReplicationError`].
pub fn numbers() -> Result<Vec<Number>, ReplicationError> {
    let experiments = Experiments::load()?;
    let calibration = experiments.calibrate()?;
    let mut numbers = Vec::new();
    for (convention, deficits) in CONVENTIONS {
        let options = options(deficits);
        let before = calibration.solve(experiments.before.clone(), &options)?;
        for (experiment, policy) in &experiments.after {
            let after: Equilibrium = calibration.solve_from(Some(&before), policy.clone(), &options)?;
            let change = Change::between(&calibration, &before, &after);
            for (position, region) in calibration.regions.codes().iter().enumerate() {
                for variable in VARIABLES {
                    let Some(values) = variable.of_regions(&change) else { continue };
                    numbers.push(Number {
                        convention,
                        experiment,
                        region: region.clone(),
                        variable: variable.name(),
                        value: 100.0 * values[position],
                    });
                }
            }
        }
    }
    Ok(numbers)
}

/// The published rows beside the computed numbers.
pub fn compare(numbers: &[Number]) -> Vec<Comparison> {
    let computed = |row: &Published| {
        numbers
            .iter()
            .find(|n| {
                n.convention == row.0 && n.experiment == "nafta" && n.region == row.1 && n.variable == row.2
            })
            .map_or(f64::NAN, |n| n.value)
    };
    PUBLISHED
        .iter()
        .map(|row| Comparison {
            convention: row.0,
            experiment: "nafta",
            region: row.1,
            variable: row.2,
            table: "Table 2",
            published: row.3,
            digits: 2,
            reference: row.4,
            tolerance: 0.0005,
            computed: computed(row),
        })
        .collect()
}

/// Convention, region, variable, as printed in Table 2, reference; per cent.
type Published = (&'static str, &'static str, &'static str, Option<f64>, f64);

const PUBLISHED: [Published; 16] = [
    ("zero_deficit", "MEX", "welfare_linear", Some(1.31), 1.312114),
    ("zero_deficit", "MEX", "terms_of_trade", Some(-0.41), -0.411771),
    ("zero_deficit", "MEX", "volume_of_trade", Some(1.72), 1.723885),
    ("zero_deficit", "MEX", "real_wage", Some(1.72), 1.715323),
    ("zero_deficit", "MEX", "welfare_exact", None, 0.007323),
    ("zero_deficit", "CAN", "welfare_linear", Some(-0.06), -0.063816),
    ("zero_deficit", "CAN", "terms_of_trade", Some(-0.11), -0.108102),
    ("zero_deficit", "CAN", "volume_of_trade", Some(0.04), 0.044286),
    ("zero_deficit", "CAN", "real_wage", Some(0.32), 0.322829),
    ("zero_deficit", "CAN", "welfare_exact", None, -0.110104),
    ("zero_deficit", "USA", "welfare_linear", Some(0.08), 0.084753),
    ("zero_deficit", "USA", "terms_of_trade", Some(0.04), 0.043532),
    ("zero_deficit", "USA", "volume_of_trade", Some(0.04), 0.041222),
    ("zero_deficit", "USA", "real_wage", Some(0.11), 0.112443),
    ("zero_deficit", "USA", "welfare_exact", None, 0.074146),
    ("deficit_held", "MEX", "welfare_linear", None, 1.174264),
];
