//! `cp2015`: the world of Caliendo and Parro (2015), base year 1993.
//!
//! 31 countries, 40 sectors, of which 20 are traded.
//!
//! ```text
//! M[j,n,n] = GO[j,n] − Σ_{m≠n} M[j,m,n]     home sales are what is not exported
//! γ[n,k,j] = (1 − va[n,j]) · io[n,k,j] / Σ_k io[n,k,j]
//! α[n,j]   as given, renormalised
//! ```
//!
//! With them the tariff-inclusive shares and the expenditure of the source are
//! reproduced; the builder checks both to `AGREE`. The source's shares sum to
//! one only to 1.6e-6, because its text is rounded. Where a column of `io` is
//! empty, value added is the whole output.
//!
//! The data are not an exact equilibrium: 185 of 1240 implied final-demand
//! cells are negative and were clipped by the authors. The world keeps their
//! shares, so a run without any change moves; compare with a solved baseline.

use std::path::Path;

use jiff::civil::date;

use super::{Built, positions, source, texts, values};
use crate::world::balance::BalanceReport;
use crate::world::error::WorldError;
use crate::world::labels::Labels;
use crate::world::store::trade_table;
use crate::world::{ElasticitySet, Source, World};

/// Relative gap up to which expenditure and trade shares must be reproduced.
const AGREE: f64 = 1e-10;
const USD_IN_MUSD: f64 = 1e6;

/// Sector codes in the order of the source, after the sector names of the article.
const CODES: [&str; 40] = [
    "Agriculture",
    "Mining",
    "Food",
    "Textile",
    "Wood",
    "Paper",
    "Petroleum",
    "Chemicals",
    "Plastic",
    "Minerals",
    "BasicMetals",
    "MetalProducts",
    "Machinery",
    "Office",
    "Electrical",
    "Communication",
    "Medical",
    "Auto",
    "OtherTransport",
    "Other",
    "Electricity",
    "Construction",
    "Retail",
    "Hotels",
    "LandTransport",
    "WaterTransport",
    "AirTransport",
    "AuxTransport",
    "Post",
    "Finance",
    "RealEstate",
    "RentingMach",
    "Computer",
    "RnD",
    "OtherBusiness",
    "Public",
    "Education",
    "Health",
    "OtherServices",
    "Private",
];

/// Builds the world and its second tariff table, `tariffs_2005`.
///
/// # Errors
/// A source that is missing, has another layout, or disagrees with itself.
pub fn build(from: &Path) -> Result<Built, WorldError> {
    let countries = source(from, "cp2015/countries.parquet", &["name", "iso3"], &["country"])?;
    let sectors = source(from, "cp2015/sectors.parquet", &["name"], &["sector", "tradable", "theta"])?;
    let inconsistent = |reason: String| WorldError::Inconsistent { world: "cp2015".to_owned(), reason };
    if sectors.rows() != CODES.len() {
        return Err(inconsistent(format!("the source has {} sectors, expected 40", sectors.rows())));
    }
    let (n, j) = (countries.rows(), sectors.rows());
    let cells = j * n * n;

    let trade = source(
        from,
        "cp2015/trade.parquet",
        &[],
        &["sector", "importer", "exporter", "trade_usd", "pi", "tariff_1993", "tariff_2005"],
    )?;
    let by_sector = positions(&trade, "sector", j)?;
    let by_importer = positions(&trade, "importer", n)?;
    let by_exporter = positions(&trade, "exporter", n)?;
    let cell = |row: usize| (by_sector[row] * n + by_importer[row]) * n + by_exporter[row];
    let spread = |column: &str, scale: f64| -> Result<Vec<f64>, WorldError> {
        let mut array = vec![0.0; cells];
        for (row, value) in values(&trade, column)?.iter().enumerate() {
            array[cell(row)] = value / scale;
        }
        Ok(array)
    };
    let mut trade_musd = spread("trade_usd", USD_IN_MUSD)?;
    let tariff = spread("tariff_1993", 1.0)?;
    let tariff_2005 = spread("tariff_2005", 1.0)?;

    let given = source(
        from,
        "cp2015/sector_country.parquet",
        &[],
        &["sector", "country", "gross_output_usd", "va_share", "expenditure_usd", "alpha"],
    )?;
    let (row_sector, row_country) = (positions(&given, "sector", j)?, positions(&given, "country", n)?);
    let mut va_share = vec![1.0; n * j];
    let mut final_share = vec![0.0; n * j];
    let mut expenditure = vec![0.0; j * n];
    for row in 0..given.rows() {
        let (sector, country) = (row_sector[row], row_country[row]);
        let exports: f64 = (0..n).map(|m| trade_musd[(sector * n + m) * n + country]).sum();
        let home = values(&given, "gross_output_usd")?[row] / USD_IN_MUSD - exports;
        trade_musd[(sector * n + country) * n + country] = home.max(0.0);
        va_share[country * j + sector] = values(&given, "va_share")?[row];
        final_share[country * j + sector] = values(&given, "alpha")?[row];
        expenditure[sector * n + country] = values(&given, "expenditure_usd")?[row] / USD_IN_MUSD;
    }
    for shares in final_share.chunks_exact_mut(j) {
        let sum: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
    }

    let io = source(from, "cp2015/io.parquet", &[], &["country", "input", "user", "io_share"])?;
    let (io_country, input, user) =
        (positions(&io, "country", n)?, positions(&io, "input", j)?, positions(&io, "user", j)?);
    let mut input_share = vec![0.0; n * j * j];
    for (row, value) in values(&io, "io_share")?.iter().enumerate() {
        input_share[(io_country[row] * j + input[row]) * j + user[row]] = *value;
    }
    let mut empty_columns = 0;
    for country in 0..n {
        for sector in 0..j {
            let column: Vec<usize> = (0..j).map(|k| (country * j + k) * j + sector).collect();
            let sum: f64 = column.iter().map(|c| input_share[*c]).sum();
            empty_columns += usize::from(sum == 0.0);
            for c in column.into_iter().filter(|_| sum > 0.0) {
                input_share[c] *= (1.0 - va_share[country * j + sector]) / sum;
            }
        }
    }

    let iso3 = texts(&countries, "iso3")?;
    let world = World {
        name: "cp2015".to_owned(),
        title: "31 countries and 40 sectors in 1993: the world of Caliendo and Parro (2015)".to_owned(),
        base_date: date(1993, 7, 1),
        regions: Labels::new(iso3.into_iter().zip(texts(&countries, "name")?))
            .map_err(|e| inconsistent(e.to_string()))?,
        sectors: Labels::new(CODES.into_iter().zip(texts(&sectors, "name")?))
            .map_err(|e| inconsistent(e.to_string()))?,
        goods: values(&sectors, "tradable")?.iter().map(|traded| *traded > 0.0).collect(),
        trade_musd,
        tariff,
        input_share,
        final_share: Some(final_share),
        elasticities: vec![ElasticitySet {
            name: "CP".to_owned(),
            theta: values(&sectors, "theta")?.to_vec(),
            source: "Caliendo and Parro (2015), as in their replication files, which reproduce Table 2; the \
                     article's text gives other values for Basic metals, Machinery n.e.c., Auto and Other \
                     transport; non-traded sectors 8.22, immaterial"
                .to_owned(),
        }],
        sources: vec![Source {
            of: "flows, tariffs of 1993 and 2005, input-output shares, elasticities".to_owned(),
            citation: "L. Caliendo and F. Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA, \
                       Review of Economic Studies 82(1), 1-44, supplementary data"
                .to_owned(),
            terms: "replication data of the article; cite it".to_owned(),
        }],
        markup: None,
        population: None,
        households: None,
        carved: Vec::new(),
        notes: vec![
            "Home sales are gross output less exports; 26 regions-sectors sell nothing at home.".to_owned(),
            format!(
                "Input shares are renormalised to sum to 1 - va exactly; in {empty_columns} columns without inputs \
                 value added is the whole output."
            ),
            "Not an exact equilibrium: negative implied final demand was clipped by the authors. A run without any \
             change moves; compare with a solved baseline."
                .to_owned(),
            "One input share of the source is negative and is kept.".to_owned(),
            "The table tariffs_2005 holds the tariffs of 2005.".to_owned(),
        ],
    };
    reproduce(&world, &expenditure, &spread("pi", 1.0)?)?;

    let table = trade_table("tariffs_2005", "tariff", &world, &tariff_2005);
    let page = format!(
        "# What was changed in `cp2015`\n\n\
         - balancing: nothing; the world keeps the published final-demand shares\n\
         - implied final-demand cells below zero (expenditure less intermediate use): {}\n\
         - input shares: every non-empty column divided by its sum (off by at most 1.6e-6 in the source)\n\
         - input shares that are negative in the source, kept: {}\n\
         - input columns that are empty, value added 1: {empty_columns}\n\
         - final-demand shares: divided by their sum (off by rounding only)\n\
         - expenditure and trade shares of the source are reproduced to {AGREE:e}\n",
        world.final_demand_musd().iter().filter(|f| **f < 0.0).count(),
        world.input_share.iter().filter(|share| **share < 0.0).count(),
    );
    Ok(Built {
        more: vec![
            ("tariffs_2005.parquet".to_owned(), table.to_parquet()?),
            ("BALANCE.md".to_owned(), page.into_bytes()),
        ],
        balance: BalanceReport::default(),
        world,
    })
}

/// The source's expenditure and tariff-inclusive trade shares must follow from the flows.
fn reproduce(world: &World, expenditure: &[f64], share: &[f64]) -> Result<(), WorldError> {
    let n = world.region_count();
    let found = world.expenditure_musd();
    for (row, (got, want)) in found.iter().zip(expenditure).enumerate() {
        let (sector, importer) = (row / n, row % n);
        let off = (got - want).abs() / want.abs().max(1.0);
        let traded = world.goods[sector];
        let worst = (0..n)
            .filter(|_| traded && *got > 0.0)
            .map(|exporter| {
                let cell = row * n + exporter;
                let paid = world.trade_musd[cell] * (1.0 + world.tariff[cell]);
                (paid / got - share[cell]).abs()
            })
            .fold(off, f64::max);
        if worst > AGREE {
            return Err(WorldError::Inconsistent {
                world: world.name.clone(),
                reason: format!(
                    "expenditure or trade shares of {} in {} miss the source by {worst:.1e}",
                    world.regions.code(importer),
                    world.sectors.code(sector)
                ),
            });
        }
    }
    Ok(())
}
