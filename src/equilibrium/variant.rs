//! Which assumptions about production and demand differ from the base model?
//!
//! | block | base model | here |
//! |---|---|---|
//! | inputs | shares of costs are fixed (Cobb-Douglas) | elasticity of substitution `σ` |
//! | consumption | shares of spending are fixed | elasticity of substitution `η` |
//! | mobility | workers move freely between sectors | supply elasticity `ν`, 0: not at all |
//! | scale | constant returns | elasticity `scale · μ[j]`: a larger sector is cheaper |
//! | markups | price is cost | profits are `markups · μ[j] / (1 + μ[j])` of sales |
//!
//! `μ` is the [markup](crate::world::World::markup) of the world, and `1/θ`,
//! that of monopolistic competition, where the world has none.
//!
//! At σ = η = 1, ν = ∞, scale = markups = 0 every block is the base model, to
//! the bit. The blocks combine.
//!
//! Sources: Baqaee and Farhi (2024), *Econometrica* 92(2), for substitution;
//! Galle, Rodríguez-Clare and Yi (2023), *Review of Economic Studies* 90(1), for
//! mobility; Lashkaripour and Lugovskyy (2023), *American Economic Review*
//! 113(10), for scale; Ossa (2014), *American Economic Review* 104(12), for markups.

use std::fmt;
use std::str::FromStr;

/// The assumptions. See the module for what each number means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variant {
    /// `σ`, elasticity of substitution between labour and all inputs; 1 is Cobb-Douglas.
    pub inputs: f64,
    /// `η`, elasticity of substitution between sectors in final spending; 1 is Cobb-Douglas.
    pub consumption: f64,
    /// `ν`, elasticity of a sector's labour supply to its wage; infinite is free
    /// movement, 0 is specific factors.
    pub mobility: f64,
    /// Scale elasticity as a share of `μ`, from 0 to 1.
    pub scale: f64,
    /// Markup as a share of `μ`, from 0 to 1.
    pub markups: f64,
}

impl Default for Variant {
    fn default() -> Self {
        Self { inputs: 1.0, consumption: 1.0, mobility: f64::INFINITY, scale: 0.0, markups: 0.0 }
    }
}

/// Why a variant cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VariantError {
    /// A part of the text is no `block=number`.
    #[error("`{part}` is no block of a variant; {help}")]
    Unreadable {
        /// The part.
        part: String,
        /// What to write.
        help: String,
    },
    /// A number for which the model has no unique equilibrium, or none.
    #[error("{block} = {value}: {condition}")]
    Condition {
        /// The block.
        block: &'static str,
        /// Its value.
        value: f64,
        /// The condition that fails.
        condition: &'static str,
    },
    /// A scale elasticity of the world that leaves several equilibria.
    #[error(
        "scale: in sector {sector} the scale elasticity times the trade elasticity is {product:.3}; above 1, larger \
         sectors get cheaper faster than their buyers are lost, and there are several equilibria. With these \
         elasticities write scale = {:.2} at most",
        (100.0 * most).floor() / 100.0
    )]
    Steep {
        /// Its code.
        sector: String,
        /// `μ θ`, above 1.
        product: f64,
        /// Largest share of the world's `μ` for which no sector is above 1.
        most: f64,
    },
}

/// Names of the blocks, with the words that stand for whole variants.
const HELP: &str = "write one or several of inputs=0.5, consumption=0.5, mobility=2, scale=0.5, markups=1, \
                    separated by commas, or a name: base, short-run, specific-factors, scale, markups";

impl Variant {
    /// The variants that have a name, each with its text.
    pub const NAMED: [(&'static str, &'static str); 5] = [
        ("base", ""),
        ("short-run", "inputs=0.2,consumption=0.8,mobility=0"),
        ("specific-factors", "mobility=0"),
        ("scale", "scale=0.5"),
        ("markups", "markups=0.3"),
    ];

    /// True if nothing differs from the base model.
    pub fn is_base(&self) -> bool {
        *self == Self::default()
    }

    /// Checks what is known to be needed for one equilibrium.
    ///
    /// # Errors
    /// [`VariantError::Condition`] with the condition that fails.
    pub fn check(&self) -> Result<(), VariantError> {
        let wrong = |block, value, condition| Err(VariantError::Condition { block, value, condition });
        let substitution = "an elasticity of substitution is a number of at least 0 and at most 20";
        for (block, value) in [("inputs", self.inputs), ("consumption", self.consumption)] {
            if !(0.0..=20.0).contains(&value) {
                return wrong(block, value, substitution);
            }
        }
        if self.mobility.is_nan() || self.mobility < 0.0 {
            return wrong(
                "mobility",
                self.mobility,
                "a supply elasticity is at least 0; `inf` is free movement",
            );
        }
        let unique = "a share of μ (1/θ, or the world's markup) from 0 to 1: above 1, μ θ > 1, larger sectors get cheaper faster than their \
                      buyers are lost, and there are several equilibria";
        if !(0.0..=1.0).contains(&self.scale) {
            return wrong("scale", self.scale, unique);
        }
        if !(0.0..=1.0).contains(&self.markups) {
            return wrong(
                "markups",
                self.markups,
                "a share of μ, the markup of monopolistic competition or the world's own, from 0 to 1",
            );
        }
        if self.scale > 0.0 && self.mobility == 0.0 {
            return wrong(
                "scale",
                self.scale,
                "with mobility = 0 no sector can grow: leave one of the two out",
            );
        }
        Ok(())
    }

    /// `1/(1+ν)`: how much of a sector's growth goes into its wage.
    pub(super) fn stickiness(&self) -> f64 {
        1.0 / (1.0 + self.mobility)
    }

    /// `ν/(1+ν)`: how much of it goes into employment.
    pub(super) fn flow(&self) -> f64 {
        1.0 - self.stickiness()
    }
}

impl FromStr for Variant {
    type Err = VariantError;

    /// `inputs=0.5,mobility=0`, or a name.
    fn from_str(text: &str) -> Result<Self, VariantError> {
        let mut variant = Self::default();
        let named = Self::NAMED.iter().find(|(name, _)| *name == text.trim());
        let text = named.map_or(text, |(_, text)| text);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let unreadable = || VariantError::Unreadable { part: part.to_owned(), help: HELP.to_owned() };
            let (block, number) = part.split_once('=').ok_or_else(unreadable)?;
            let value: f64 = number.trim().parse().map_err(|_| unreadable())?;
            match block.trim() {
                "inputs" => variant.inputs = value,
                "consumption" => variant.consumption = value,
                "mobility" => variant.mobility = value,
                "scale" => variant.scale = value,
                "markups" => variant.markups = value,
                _ => return Err(unreadable()),
            }
        }
        variant.check()?;
        Ok(variant)
    }
}

impl fmt::Display for Variant {
    /// Reads back to the same variant; `base` if nothing differs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = Self::default();
        let blocks = [
            ("inputs", self.inputs, base.inputs),
            ("consumption", self.consumption, base.consumption),
            ("mobility", self.mobility, base.mobility),
            ("scale", self.scale, base.scale),
            ("markups", self.markups, base.markups),
        ];
        let differ = blocks.iter().filter(|(_, value, base)| value != base);
        let parts: Vec<String> = differ.map(|(block, value, _)| format!("{block}={value}")).collect();
        f.write_str(if parts.is_empty() { "base".to_owned() } else { parts.join(",") }.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_reads_back() {
        for text in ["base", "inputs=0.5,mobility=0", "consumption=0,scale=1", "markups=0.25"] {
            let variant: Variant = text.parse().unwrap();
            assert_eq!(variant.to_string(), text);
            assert_eq!(variant.to_string().parse(), Ok(variant));
        }
        for (name, _) in Variant::NAMED {
            assert!(name.parse::<Variant>().is_ok(), "{name}");
        }
    }

    #[test]
    fn what_has_no_unique_equilibrium_is_refused() {
        for (text, says) in [
            ("scale=1.2", "μ θ > 1"),
            ("scale=0.5,mobility=0", "no sector can grow"),
            ("mobility=-1", "at least 0"),
            ("inputs=-0.5", "elasticity of substitution"),
            ("inputs=nan", "elasticity of substitution"),
            ("markups=2", "monopolistic competition"),
            ("mobile=1", "`mobile=1` is no block"),
            ("scale", "is no block"),
        ] {
            // `scale` alone is a name.
            let found = text.parse::<Variant>().map_err(|e| e.to_string());
            match found {
                Err(error) => assert!(error.contains(says), "{error}"),
                Ok(_) => assert_eq!(text, "scale"),
            }
        }
    }
}
