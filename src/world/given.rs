//! Can these arrays be a world?
//!
//! Tables are checked cell by cell as they are read. A program that hands over arrays is
//! told here of everything that is wrong with them, with the first bad cell of each array.
//!
//! ```text
//! M ≥ 0,   t > −1,   γ ≥ 0,   Σ_k γ[n,k,j] ≤ 1,   α ≥ 0,   θ > 0,   μ ≥ 0,   all finite
//! ```

use super::labels::Labels;
use super::{World, WorldError};

/// Input shares of a column may exceed one by this much.
const SHARE_SLACK: f64 = 1e-9;

impl World {
    /// The world itself, if its arrays have the shapes and signs that they must have.
    ///
    /// # Errors
    /// [`WorldError::Inconsistent`] with everything that is wrong.
    pub fn checked(self) -> Result<Self, WorldError> {
        self.check_shapes()?;
        let (regions, sectors) = (&self.regions, &self.sectors);
        let flows = [sectors, regions, regions];
        let at_least_zero = |value: f64| value >= 0.0;
        let mut wrong: Vec<String> = Vec::new();
        let mut expect =
            |array: &str, values: &[f64], axes: &[&Labels], rule: &str, holds: fn(f64) -> bool| {
                let bad = |value: &f64| !(value.is_finite() && holds(*value));
                let Some(first) = values.iter().position(bad) else { return };
                let (count, value) = (values.iter().filter(|value| bad(value)).count(), values[first]);
                let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
                wrong.push(format!("`{array}` of {} is {value}, {rule}{more}", place(first, axes)));
            };
        expect("trade_musd", &self.trade_musd, &flows, "a flow is 0 or more", at_least_zero);
        expect("tariff", &self.tariff, &flows, "a tariff is above -1", |tariff| tariff > -1.0);
        let inputs = [regions, sectors, sectors];
        expect("input_share", &self.input_share, &inputs, "a share is 0 or more", at_least_zero);
        if let Some(share) = &self.final_share {
            expect("final_share", share, &[regions, sectors], "a share is 0 or more", at_least_zero);
        }
        if let Some(markup) = &self.markup {
            expect("markup", markup, &[sectors], "a markup is 0 or more", at_least_zero);
        }
        for (array, people) in [("population", &self.population), ("households", &self.households)] {
            if let Some(people) = people {
                expect(array, people, &[regions], "a number of people is 0 or more", at_least_zero);
            }
        }
        for set in &self.elasticities {
            let array = format!("elasticities {}", set.name);
            expect(&array, &set.theta, &[sectors], "a trade elasticity is above 0", |theta| theta > 0.0);
        }
        let share = self.value_added_share();
        if let Some(cell) = share.iter().position(|share| *share < -SHARE_SLACK) {
            let place = place(cell, &[regions, sectors]);
            wrong.push(format!(
                "`input_share` of {place} adds up to {}: inputs cost at most the whole output",
                1.0 - share[cell]
            ));
        }
        match wrong.is_empty() {
            true => Ok(self),
            false => Err(WorldError::Inconsistent { world: self.name, reason: wrong.join("; ") }),
        }
    }
}

/// The codes of a cell of an array with these axes, the last the fastest.
fn place(mut cell: usize, axes: &[&Labels]) -> String {
    let mut codes = Vec::new();
    for axis in axes.iter().rev() {
        codes.push(axis.code(cell % axis.len()));
        cell /= axis.len();
    }
    codes.reverse();
    codes.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::small;

    #[test]
    fn a_world_that_can_be_is_returned_as_it_is() {
        assert_eq!(small().checked().unwrap(), small());
    }

    #[test]
    fn everything_that_is_wrong_is_named_with_its_cell() {
        let mut world = small();
        (world.trade_musd[1], world.trade_musd[7]) = (f64::NAN, -1.0);
        world.tariff[17] = -1.0;
        world.input_share[1] = 0.9;
        world.elasticities[0].theta[1] = 0.0;
        let name = world.elasticities[0].name.clone();
        let said = world.checked().unwrap_err().to_string();
        assert_eq!(
            said,
            format!(
                "the world `small` is not consistent: `trade_musd` of G1, AAA, BBB is NaN, a flow is 0 or more, and 1 \
                 more; `tariff` of S1, CCC, CCC is -1, a tariff is above -1; `elasticities {name}` of S1 is 0, a trade \
                 elasticity is above 0; `input_share` of AAA, S1 adds up to 1.2: inputs cost at most the whole output"
            )
        );
    }

    #[test]
    fn wrong_shapes_come_first() {
        let mut world = small();
        world.tariff.pop();
        let said = world.checked().unwrap_err().to_string();
        assert!(
            said.contains("`tariff` has 17 elements, expected 18 ([sector, importer, exporter])"),
            "{said}"
        );
    }
}
