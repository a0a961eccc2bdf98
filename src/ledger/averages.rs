//! What is the average tariff of one region on another?
//!
//! ```text
//! simple    t̄ = (1/|G|) Σ_{s in G} t[s,n,i]             G: goods sectors with M[s,n,i] > 0
//! weighted  t̄ = Σ_{s in G} M[s,n,i]·t[s,n,i] / Σ M      M: base-year imports before the tariff
//! ```
//!
//! Two published averages of the same tariff on the same day can differ
//! nearly twofold because of weights and scope (20.8 against 11.9 per cent
//! for the United States on China on 2025-01-20), so an average is never
//! given without the name of its weights. Averages are fractions.

use crate::ledger::PolicyState;
use crate::world::World;

/// Average tariff of an importer on an exporter over all goods.
#[derive(Clone, Debug, PartialEq)]
pub struct AverageTariff {
    /// Mean over the goods sectors with trade, each counted once; fraction.
    pub simple: f64,
    /// Mean weighted by imports; fraction.
    pub weighted: f64,
    /// Which imports are the weights ("base-year imports of world icio-2022").
    pub weights: String,
    /// Number of goods sectors with trade.
    pub sectors: usize,
}

/// Average tariff of `importer` on `exporter` in a policy state.
///
/// `None` if the importer buys no goods from the exporter, and at home.
pub fn average_tariff(
    world: &World,
    state: &PolicyState,
    importer: usize,
    exporter: usize,
) -> Option<AverageTariff> {
    if importer == exporter {
        return None;
    }
    let (mut sectors, mut sum, mut duty_musd, mut imports_musd) = (0, 0.0, 0.0, 0.0);
    for sector in (0..world.sector_count()).filter(|sector| world.goods[*sector]) {
        let cell = world.cell(sector, importer, exporter);
        let trade_musd = world.trade_musd[cell];
        if trade_musd > 0.0 {
            sectors += 1;
            sum += state.tariff[cell];
            duty_musd += trade_musd * state.tariff[cell];
            imports_musd += trade_musd;
        }
    }
    (sectors > 0).then(|| AverageTariff {
        simple: sum / sectors as f64,
        weighted: duty_musd / imports_musd,
        weights: format!("base-year imports of world {}", world.name),
        sectors,
    })
}
