//! Costs, inputs and spending under a variant of the model.
//!
//! With `b` and `g` the shares of labour and inputs in costs, `λ` and `γ` their
//! shares in sales (`λ = β` without markups, `λ + Σγ + profit = 1`), `s` the
//! logarithm of a sector's share of its region's wages relative to the base
//! year, and `w = ln Ŵ + s/(1+ν)` the sector's wage:
//!
//! ```text
//! ĉ^(1−σ) = b ŵ^(1−σ) + Σ_k g[k] P̂[k]^(1−σ)            bundle; σ = 1: b ŵ + Σ g P̂ in logarithms
//! ln cost = ln ĉ − μ s ν/(1+ν)                          scale
//! λ′ = λ (ŵ/ĉ)^(1−σ),   γ′[k] = γ[k] (P̂[k]/ĉ)^(1−σ)     shares in sales
//! α′[k] = α[k] (P̂[k]/P̂_C)^(1−η),  P̂_C^(1−η) = Σ α P̂^(1−η)
//! s = ln( λ′Y / λY₀ ) − ln Ŵ                            employment grows by s ν/(1+ν)
//! ```
//!
//! Arrays are those of the [calibration](super::calibration) and in its order.

use std::borrow::Cow;

use super::calibration::Calibration;
use super::error::EquilibriumError;
use super::variant::{Variant, VariantError};

/// The arrays of a variant.
#[derive(Clone, Debug)]
pub(super) struct Technology<'a> {
    pub variant: Variant,
    /// `b`, `[region, sector]`.
    pub labour_cost: Cow<'a, [f64]>,
    /// `g`, `[region, input, sector]`.
    pub input_cost: Cow<'a, [f64]>,
    /// `λ`, `[region, sector]`.
    pub labour_share: Cow<'a, [f64]>,
    /// Profits as a share of sales, `[sector]`; empty without markups.
    pub profit_share: Vec<f64>,
    /// Wages of the base year, `[region]`, in world value added.
    pub wages: Cow<'a, [f64]>,
    /// `λ Y₀`, `[sector, region]`; empty where sectors' sizes do not matter.
    pub base_wages: Vec<f64>,
    /// Damping of `s`, `[sector, region]`.
    pub step: Vec<f64>,
    /// `μ`, `[sector]`; empty without scale economies.
    pub scale: Vec<f64>,
}

impl<'a> Technology<'a> {
    /// The arrays of `variant`.
    ///
    /// # Errors
    /// [`EquilibriumError::Variant`] if a condition fails, or a markup leaves
    /// nothing for labour in some sector.
    pub fn new(calibration: &'a Calibration, variant: &Variant) -> Result<Self, EquilibriumError> {
        variant.check()?;
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let mut technology = Self {
            variant: *variant,
            labour_cost: Cow::Borrowed(&calibration.value_added_share),
            input_cost: Cow::Borrowed(&calibration.input_share),
            labour_share: Cow::Borrowed(&calibration.value_added_share),
            profit_share: Vec::new(),
            wages: Cow::Borrowed(&calibration.value_added),
            base_wages: Vec::new(),
            step: Vec::new(),
            scale: Vec::new(),
        };
        if variant.markups > 0.0 {
            technology.take_profits(calibration, n, j)?;
        }
        if variant.scale > 0.0 {
            technology.scale = (0..j).map(|sector| variant.scale * calibration.markup(sector)).collect();
            technology.check_scale(calibration)?;
        }
        if variant.mobility.is_finite() || variant.scale > 0.0 {
            technology.track_sizes(calibration, n, j);
        }
        Ok(technology)
    }

    /// With `μ θ` above 1 somewhere, there are several equilibria.
    fn check_scale(&self, calibration: &Calibration) -> Result<(), EquilibriumError> {
        for (sector, (mu, theta)) in self.scale.iter().zip(&calibration.theta).enumerate() {
            let product = mu * theta;
            if product > 1.0 + 1e-12 {
                let sector = calibration.sectors.code(sector).to_owned();
                let most = self.variant.scale / product;
                return Err(VariantError::Steep { sector, product, most }.into());
            }
        }
        Ok(())
    }

    fn take_profits(
        &mut self,
        calibration: &Calibration,
        n: usize,
        j: usize,
    ) -> Result<(), EquilibriumError> {
        let markups = self.variant.markups;
        let profit = |sector| match &calibration.markup {
            Some(markup) => markup[sector] / (1.0 + markup[sector]),
            None => 1.0 / (1.0 + calibration.theta[sector]),
        };
        self.profit_share = (0..j).map(|sector| markups * profit(sector)).collect();
        let output = &calibration.output;
        let mut wages = vec![0.0; n];
        for region in 0..n {
            for sector in 0..j {
                let cell = region * j + sector;
                let (value_added, profit) = (calibration.value_added_share[cell], self.profit_share[sector]);
                let made = output[sector * n + region];
                let labour = value_added - profit;
                if labour < 0.0 && made > 0.0 {
                    return Err(EquilibriumError::NoLabour {
                        region: calibration.regions.code(region).to_owned(),
                        sector: calibration.sectors.code(sector).to_owned(),
                        profit,
                        value_added,
                    });
                }
                let labour = labour.max(0.0);
                self.labour_share.to_mut()[cell] = labour;
                self.labour_cost.to_mut()[cell] = labour / (1.0 - profit);
                wages[region] += labour * made;
                for input in 0..j {
                    self.input_cost.to_mut()[(region * j + input) * j + sector] /= 1.0 - profit;
                }
            }
        }
        self.wages = Cow::Owned(wages);
        Ok(())
    }

    fn track_sizes(&mut self, calibration: &Calibration, n: usize, j: usize) {
        let output = &calibration.output;
        self.base_wages = vec![0.0; n * j];
        self.step = vec![1.0; n * j];
        let elasticity = calibration.sales_elasticity();
        for sector in 0..j {
            for region in 0..n {
                let (cell, own) = (sector * n + region, region * j + sector);
                self.base_wages[cell] = self.labour_share[own] * output[cell];
                let slope = self.cost_slope(own, sector);
                self.step[cell] = 1.0 / (1.0 + elasticity[cell] * slope).max(0.2);
            }
        }
    }

    /// Elasticity of a sector's cost to its size under fixed cost shares:
    /// positive with specific factors, negative with scale economies.
    pub fn cost_slope(&self, own: usize, sector: usize) -> f64 {
        let scale = self.scale.get(sector).map_or(0.0, |mu| mu * self.variant.flow());
        self.labour_cost[own] * self.variant.stickiness() - scale
    }
}
