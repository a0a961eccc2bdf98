//! `ll2014`: the world of Lashkaripour and Lugovskyy (2023), 44 regions and 16
//! sectors in 2014, without inputs.
//!
//! ```text
//! M[j,n,i] = X[j,n,i] / (1 + t[j,n,i])        X: expenditure, tariff included
//! ```
//!
//! The flows are those after trade imbalances were purged in the source's model
//! (`expenditure_balanced`). Beside the world: `flows_raw`, the same before.
//! Markups are the source's `mu`, its elasticity of scale.

use std::path::Path;

use jiff::civil::date;

use super::{Built, ECONOMIES, labels, source, texts, values};
use crate::world::balance::BalanceReport;
use crate::world::error::WorldError;
use crate::world::labels::Labels;
use crate::world::store::trade_table;
use crate::world::{ElasticitySet, Source, World};

/// Builds the world and its table `flows_raw`.
///
/// # Errors
/// A source that is missing, has another layout, or disagrees with itself.
pub fn build(from: &Path) -> Result<Built, WorldError> {
    let inconsistent = |reason: String| WorldError::Inconsistent { world: "ll2014".to_owned(), reason };
    let table = source(from, "ll2014/sectors.csv", &["sector", "name"], &["sigma", "mu"])?;
    let codes = texts(&table, "sector")?;
    let sectors = Labels::new(codes.iter().copied().zip(texts(&table, "name")?))
        .map_err(|e| inconsistent(e.to_string()))?;
    let (sigma, mu) = (values(&table, "sigma")?, values(&table, "mu")?);

    let flows = source(
        from,
        "ll2014/flows.parquet",
        &["origin", "destination", "sector"],
        &["expenditure_raw", "expenditure_balanced", "tariff"],
    )?;
    let (origins, destinations) = (texts(&flows, "origin")?, texts(&flows, "destination")?);
    let mut regions: Vec<&str> = Vec::new();
    for code in &destinations {
        if !regions.contains(code) {
            regions.push(code);
        }
    }
    let regions = labels(&flows, &regions, &ECONOMIES)?;
    let (n, j) = (regions.len(), sectors.len());
    if flows.rows() != n * n * j {
        return Err(inconsistent(format!("{} flows, expected {n} x {n} x {j}", flows.rows())));
    }
    let numbers = ["expenditure_raw", "expenditure_balanced", "tariff"].map(|name| values(&flows, name));
    let [raw, balanced, rates] = numbers;
    let (raw, balanced, rates) = (raw?, balanced?, rates?);
    let named = texts(&flows, "sector")?;
    let (mut tariff, mut trade_musd, mut trade_raw) =
        (vec![0.0; n * n * j], vec![0.0; n * n * j], vec![0.0; n * n * j]);
    for row in 0..flows.rows() {
        let place = |labels: &Labels, code: &str| labels.find(code).map_err(|e| inconsistent(e.to_string()));
        let (importer, exporter) = (place(&regions, destinations[row])?, place(&regions, origins[row])?);
        let cell = (place(&sectors, named[row])? * n + importer) * n + exporter;
        tariff[cell] = rates[row];
        trade_musd[cell] = balanced[row] / (1.0 + rates[row]);
        trade_raw[cell] = raw[row] / (1.0 + rates[row]);
    }
    let world = World {
        name: "ll2014".to_owned(),
        title: "44 regions and 16 sectors in 2014, applied tariffs: the world of Lashkaripour and Lugovskyy (2023)"
            .to_owned(),
        base_date: date(2014, 7, 1),
        goods: codes.iter().map(|code| is_good(code)).collect(),
        input_share: vec![0.0; n * j * j],
        final_share: None,
        elasticities: vec![ElasticitySet {
            name: "LL".to_owned(),
            theta: sigma.iter().map(|sigma| sigma - 1.0).collect(),
            source: "Lashkaripour and Lugovskyy (2023), elasticity of substitution less one".to_owned(),
        }],
        sources: sources(),
        markup: Some(mu.to_vec()),
        population: None,
        households: None,
        carved: Vec::new(),
        notes: vec![
            "No inputs: final and intermediate expenditure are not separated, and all of it counts as final.".to_owned(),
            "Flows after trade imbalances were purged in the source's model with restricted entry and applied tariffs; \
             the table flows_raw has them before."
                .to_owned(),
            "Markups are the source's scale elasticities mu: in its model one number is both.".to_owned(),
        ],
        sectors,
        regions,
        tariff,
        trade_musd,
    };
    let raw = trade_table("flows_raw", "value_musd", &world, &trade_raw);
    let page = "# What was changed in `ll2014`\n\n- flows: expenditure with tariffs to purchases before them; nothing else\n\
                - balancing: nothing; the balanced flows are the source's\n";
    Ok(Built {
        more: vec![
            ("flows_raw.parquet".to_owned(), raw.to_parquet()?),
            ("BALANCE.md".to_owned(), page.as_bytes().to_vec()),
        ],
        balance: BalanceReport::default(),
        world,
    })
}

/// Agriculture, mining and manufactures are `S01` to `S15`; `S16` are services.
fn is_good(code: &str) -> bool {
    code != "S16"
}

fn sources() -> Vec<Source> {
    vec![Source {
        of: "flows, tariffs, elasticities".to_owned(),
        citation: "A. Lashkaripour and V. Lugovskyy (2023), Profits, Scale Economies, and the Gains from Trade and \
                   Industrial Policy, American Economic Review 113(10), replication data; flows from WIOD, release 2016, \
                   year 2014: M. Timmer, E. Dietzenbacher, B. Los, R. Stehrer and G. de Vries (2015), Review of \
                   International Economics 23, 575-605"
            .to_owned(),
        terms: "replication data of the article; cite both".to_owned(),
    }]
}
