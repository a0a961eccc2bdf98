//! Which trade elasticities does somebody mean who writes a name or a number?

use super::World;
use crate::document::read::nearest;

/// Neither a number that can be an elasticity nor a set of the world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownElasticities {
    /// A number that is no elasticity.
    #[error("{text}: a trade elasticity is a positive number")]
    NotPositive {
        /// As it was written.
        text: String,
    },
    /// A name that the world does not have.
    #[error("{text}: neither a number nor a set of world {world}, which has {known}{}", near(.nearest))]
    NoSet {
        /// As it was written.
        text: String,
        /// The world's name.
        world: String,
        /// Its sets, separated by commas.
        known: String,
        /// The set with the nearest name, if one is near.
        nearest: Option<String>,
    },
}

fn near(name: &Option<String>) -> String {
    name.as_ref().map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

impl World {
    /// Name and trade elasticities, `[sector]`, of what is `wanted`: a set of the world, or
    /// one number for all sectors; the world's first set if nothing is.
    ///
    /// # Errors
    /// [`UnknownElasticities`], naming the world's sets.
    pub fn elasticities_wanted(
        &self,
        wanted: Option<&str>,
    ) -> Result<(String, Vec<f64>), UnknownElasticities> {
        let Some(text) = wanted else {
            let set = &self.elasticities[0];
            return Ok((set.name.clone(), set.theta.clone()));
        };
        if let Some(set) = self.elasticity_set(text) {
            return Ok((set.name.clone(), set.theta.clone()));
        }
        let text = text.to_owned();
        match text.parse::<f64>() {
            Ok(theta) if theta > 0.0 && theta.is_finite() => Ok((text, vec![theta; self.sector_count()])),
            Ok(_) => Err(UnknownElasticities::NotPositive { text }),
            Err(_) => {
                let names: Vec<&str> = self.elasticities.iter().map(|set| set.name.as_str()).collect();
                let nearest = nearest(&text, names.iter().copied()).map(str::to_owned);
                let (world, known) = (self.name.clone(), names.join(", "));
                Err(UnknownElasticities::NoSet { text, world, known, nearest })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::world::tests::small;

    #[test]
    fn a_set_a_number_or_nothing() {
        let world = small();
        let first = &world.elasticities[0];
        assert_eq!(world.elasticities_wanted(None).unwrap(), (first.name.clone(), first.theta.clone()));
        assert_eq!(world.elasticities_wanted(Some(&first.name)).unwrap().1, first.theta);
        let (name, theta) = world.elasticities_wanted(Some("4.5")).unwrap();
        assert_eq!((name.as_str(), theta), ("4.5", vec![4.5; world.sector_count()]));
    }

    #[test]
    fn what_is_neither_is_told_with_the_sets() {
        let world = small();
        for text in ["0", "-3", "nan", "inf"] {
            let told = world.elasticities_wanted(Some(text)).unwrap_err().to_string();
            assert_eq!(told, format!("{text}: a trade elasticity is a positive number"));
        }
        let told = world.elasticities_wanted(Some("none-such")).unwrap_err().to_string();
        assert!(told.starts_with("none-such: neither a number nor a set of world"), "{told}");
        assert!(told.contains(&world.elasticities[0].name), "{told}");
    }
}
