//! `ossa2014`: the world of Ossa (2014), 7 regions and 33 sectors of
//! agriculture and manufacturing in 2007, without inputs.
//!
//! The flows are those after trade imbalances were purged in the source's model
//! (`trade_balanced_musd`), at producer prices. Beside the world: `flows_raw`,
//! the same before, and `political`, with the political weights λ of every
//! sector and the tariffs of a trade war that they were fitted to, both
//! `[sector, region]`.

use std::path::Path;

use jiff::civil::date;

use super::{Built, source, texts, values};
use crate::world::balance::BalanceReport;
use crate::world::error::WorldError;
use crate::world::labels::Labels;
use crate::world::store::trade_table;
use crate::world::table::Table;
use crate::world::{ElasticitySet, Source, World};

/// Names of the elasticity sets, their columns in the source, and what they are.
const SETS: [(&str, &str, &str); 5] = [
    ("Ossa", "sigma", "Ossa (2014), his own estimates, elasticity of substitution less one"),
    (
        "M35",
        "sigma_mean3p5",
        "Ossa (2014), his estimates scaled to a mean elasticity of substitution of 3.5, less one",
    ),
    (
        "M50",
        "sigma_mean5p0",
        "Ossa (2014), his estimates scaled to a mean elasticity of substitution of 5, less one",
    ),
    (
        "M65",
        "sigma_mean6p5",
        "Ossa (2014), his estimates scaled to a mean elasticity of substitution of 6.5, less one",
    ),
    ("Uniform", "sigma_uniform", "Ossa (2014), the mean of his estimates in every sector, less one"),
];

/// Builds the world and its tables `flows_raw` and `political`.
///
/// # Errors
/// A source that is missing, has another layout, or disagrees with itself.
pub fn build(from: &Path) -> Result<Built, WorldError> {
    let inconsistent = |reason: String| WorldError::Inconsistent { world: "ossa2014".to_owned(), reason };
    let place = |labels: &Labels, code: &str| labels.find(code).map_err(|e| inconsistent(e.to_string()));
    let named = |file: &str, column: &str| {
        let table = source(from, file, &[column, "name"], &[])?;
        let codes = texts(&table, column)?.into_iter().zip(texts(&table, "name")?);
        Labels::new(codes).map_err(|e| inconsistent(e.to_string()))
    };
    let regions = named("ossa2014/regions.csv", "region")?;
    let sectors = named("ossa2014/sectors.csv", "sector")?;
    let (n, j) = (regions.len(), sectors.len());

    let table = source(from, "ossa2014/sigma.csv", &["sector"], &SETS.map(|(_, column, _)| column))?;
    let rows: Vec<usize> =
        texts(&table, "sector")?.iter().map(|code| place(&sectors, code)).collect::<Result<_, _>>()?;
    let mut elasticities = Vec::with_capacity(SETS.len());
    for (name, column, told) in SETS {
        let mut theta = vec![f64::NAN; j];
        for (row, sigma) in values(&table, column)?.iter().enumerate() {
            theta[rows[row]] = sigma - 1.0;
        }
        elasticities.push(ElasticitySet { name: name.to_owned(), theta, source: told.to_owned() });
    }

    let flows = source(
        from,
        "ossa2014/flows.csv",
        &["exporter", "importer", "sector"],
        &["trade_raw_musd", "trade_balanced_musd", "tariff"],
    )?;
    if flows.rows() != n * n * j {
        return Err(inconsistent(format!("{} flows, expected {n} x {n} x {j}", flows.rows())));
    }
    let (exporters, importers) = (texts(&flows, "exporter")?, texts(&flows, "importer")?);
    let codes = texts(&flows, "sector")?;
    let numbers = ["trade_raw_musd", "trade_balanced_musd", "tariff"].map(|name| values(&flows, name));
    let [raw, balanced, rates] = numbers;
    let (raw, balanced, rates) = (raw?, balanced?, rates?);
    let (mut tariff, mut trade_musd, mut trade_raw) =
        (vec![0.0; n * n * j], vec![0.0; n * n * j], vec![0.0; n * n * j]);
    for row in 0..flows.rows() {
        let sector = place(&sectors, codes[row])?;
        let (importer, exporter) = (place(&regions, importers[row])?, place(&regions, exporters[row])?);
        let cell = (sector * n + importer) * n + exporter;
        (tariff[cell], trade_musd[cell], trade_raw[cell]) = (rates[row], balanced[row], raw[row]);
    }

    let spread = |file: &str, region: &str, column: &str| {
        let table = source(from, file, &[region, "sector"], &[column])?;
        let (of, codes) = (texts(&table, region)?, texts(&table, "sector")?);
        if table.rows() != n * j {
            return Err(inconsistent(format!("{} rows in {file}, expected {n} x {j}", table.rows())));
        }
        let mut array = vec![0.0; n * j];
        for (row, value) in values(&table, column)?.iter().enumerate() {
            array[place(&sectors, codes[row])? * n + place(&regions, of[row])?] = *value;
        }
        Ok(array)
    };
    let weights = spread("ossa2014/lambda.csv", "region", "lambda_political")?;
    let target = spread("ossa2014/noncoop_target_tariffs.csv", "importer", "tariff")?;

    let world = World {
        name: "ossa2014".to_owned(),
        title: "7 regions and 33 sectors of agriculture and manufacturing in 2007: the world of Ossa (2014)"
            .to_owned(),
        base_date: date(2007, 7, 1),
        goods: vec![true; j],
        input_share: vec![0.0; n * j * j],
        final_share: None,
        elasticities,
        sources: sources(),
        markup: None,
        population: None,
        households: None,
        carved: Vec::new(),
        notes: vec![
            "No inputs and no services: sectors are GTAP's agriculture and manufacturing.".to_owned(),
            "Flows after trade imbalances were purged in the source's model, tariffs unchanged; the table flows_raw \
             has them before."
                .to_owned(),
            "The table political has the source's weights of sectors in the aims of governments and the tariffs that \
             they were fitted to."
                .to_owned(),
            "Some tariffs contain contingent protection: China's on American chemicals is 131 per cent; Japan's on \
             rice is above 500."
                .to_owned(),
        ],
        sectors,
        regions,
        tariff,
        trade_musd,
    };
    let sector_of = (0..n * j).map(|cell| (cell / n) as u32).collect();
    let political = Table::new("political.parquet")
        .with_codes("sector", world.sectors.codes(), sector_of)
        .with_codes("region", world.regions.codes(), (0..n * j).map(|cell| (cell % n) as u32).collect())
        .with_numbers("weight", weights)
        .with_numbers("target_tariff", target);
    let raw = trade_table("flows_raw", "value_musd", &world, &trade_raw);
    let page = "# What was changed in `ossa2014`\n\n- flows: nothing; values are the source's, at producer prices\n\
                - balancing: nothing; the balanced flows are the source's\n";
    Ok(Built {
        more: vec![
            ("flows_raw.parquet".to_owned(), raw.to_parquet()?),
            ("political.parquet".to_owned(), political.to_parquet()?),
            ("BALANCE.md".to_owned(), page.as_bytes().to_vec()),
        ],
        balance: BalanceReport::default(),
        world,
    })
}

fn sources() -> Vec<Source> {
    vec![Source {
        of: "flows, tariffs, elasticities, political weights".to_owned(),
        citation: "R. Ossa (2014), Trade Wars and Trade Talks with Data, American Economic Review 104(12), \
                   4104-4146, replication data, from GTAP and its tariffs of 2007"
            .to_owned(),
        terms: "replication data of the article; cite it, and GTAP".to_owned(),
    }]
}
