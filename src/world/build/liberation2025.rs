//! `liberation2025`: the world of Ignatenko, Macedoni, Lashkaripour and
//! Simonovska (2025), goods trade of 2023.
//!
//! 194 countries, one sector. Home sales are not observed:
//!
//! ```text
//! T[i]   = (1−ν[i]) ( Σ_{j≠i} X[i,j] − Σ_{j≠i} (1−ν[j]) X[j,i] )      X is [importer, exporter]
//! X[i,i] = max( 0, GDP[i] + T[i] − Σ_{j≠i} X[i,j] )
//! ```
//!
//! with `ν` the share of spending that goes to local distribution. Tables
//! beside the world: `countries` (GDP, `ν`, members of the European Union as
//! the source flags them) and `us_tariffs`, the rates of 2 April 2025.

use std::path::Path;

use flate2::read::GzDecoder;
use jiff::civil::date;

use super::{Built, source, texts, values};
use crate::world::balance::BalanceReport;
use crate::world::error::WorldError;
use crate::world::labels::Labels;
use crate::world::store::{read_if_there, trade_table};
use crate::world::table::{Layout, Table};
use crate::world::{ElasticitySet, Source, World};

const FLOWS: &str = "liberation2025/trade_2023_goods.csv.gz";
const KUSD_IN_MUSD: f64 = 1e3;

/// Builds the world and its tables `countries` and `us_tariffs`.
///
/// # Errors
/// A source that is missing, has another layout, or disagrees with itself.
pub fn build(from: &Path) -> Result<Built, WorldError> {
    let inconsistent =
        |reason: String| WorldError::Inconsistent { world: "liberation2025".to_owned(), reason };
    let numbers = ["id", "gdp_kusd", "us_tariff_file", "us_tariff_applied", "is_eu"];
    let countries = source(from, "liberation2025/countries.csv", &["iso3", "name"], &numbers)?;
    let codes = texts(&countries, "iso3")?;
    let regions = Labels::new(codes.iter().copied().zip(texts(&countries, "name")?))
        .map_err(|e| inconsistent(e.to_string()))?;
    let find = |code: &str| regions.find(code).map_err(|e| inconsistent(e.to_string()));
    let n = regions.len();
    let usa = find("USA")?;

    let parameters = source(from, "liberation2025/parameters.csv", &["parameter"], &["value"])?;
    let parameter = |name: &str| -> Result<f64, WorldError> {
        let row = texts(&parameters, "parameter")?.iter().position(|p| *p == name);
        let row = row.ok_or_else(|| inconsistent(format!("no parameter `{name}`")))?;
        Ok(values(&parameters, "value")?[row])
    };
    let mut distribution = vec![parameter("nu_nonUS")?; n];
    distribution[usa] = parameter("nu_US")?;

    let flows = unpacked(from)?;
    let (exporters, importers) = (texts(&flows, "exporter")?, texts(&flows, "importer")?);
    let mut trade_musd = vec![0.0; n * n];
    for (row, value) in values(&flows, "value_kusd")?.iter().enumerate() {
        let (exporter, importer) = (find(exporters[row])?, find(importers[row])?);
        if exporter == importer {
            return Err(inconsistent(format!("a flow of {} to itself", exporters[row])));
        }
        trade_musd[importer * n + exporter] += value / KUSD_IN_MUSD;
    }
    let gdp: Vec<f64> = values(&countries, "gdp_kusd")?.iter().map(|kusd| kusd / KUSD_IN_MUSD).collect();
    let clipped = add_home_sales(&mut trade_musd, &gdp, &distribution);

    let mut tariff = vec![0.0; n * n];
    let (applied, announced) =
        (values(&countries, "us_tariff_applied")?, values(&countries, "us_tariff_file")?);
    for exporter in (0..n).filter(|exporter| *exporter != usa) {
        if applied[exporter] != announced[exporter].max(0.10) {
            return Err(inconsistent(format!("the tariff on {} is not its rate or 10 %", codes[exporter])));
        }
        tariff[usa * n + exporter] = applied[exporter];
    }
    let world = World {
        name: "liberation2025".to_owned(),
        title: "194 countries and goods trade of 2023: the world of Ignatenko et al. (2025)".to_owned(),
        base_date: date(2023, 7, 1),
        sectors: Labels::new([("Goods", "All goods")]).map_err(|e| inconsistent(e.to_string()))?,
        goods: vec![true],
        tariff: vec![0.0; n * n],
        input_share: vec![0.0; n],
        final_share: None,
        elasticities: vec![ElasticitySet {
            name: "IMLS".to_owned(),
            theta: vec![parameter("trade_elasticity_eps")?],
            source: "the value that Ignatenko et al. (2025) assume in their main case".to_owned(),
        }],
        sources: sources(),
        markup: None,
        population: None,
        households: None,
        carved: Vec::new(),
        notes: vec![
            "Home sales are derived: GDP and net transfers less imports, after local distribution.".to_owned(),
            format!("Home sales would be negative, and are set to 0, in {}.", clipped_codes(&clipped, &regions)),
            "No tariffs in the base year. The table us_tariffs holds the United States' rates of 2 April 2025, at \
             least 10 % on everyone; exemptions of the agreement with Canada and Mexico are not in it."
                .to_owned(),
            "Taiwan is missing. The source flags 25 members of the European Union: Czechia and Slovakia are among the \
             countries but not among the members."
                .to_owned(),
        ],
        regions,
        trade_musd,
    };
    let countries = Table::new("countries.parquet")
        .with_texts("region", world.regions.codes())
        .with_numbers("gdp_musd", gdp)
        .with_numbers("distribution_share", distribution)
        .with_numbers("european_union", values(&countries, "is_eu")?.to_vec());
    let page = format!(
        "# What was changed in `liberation2025`\n\n\
         - flows: thousand USD to million USD; nothing else\n\
         - home sales: added, see the builder; negative ones set to 0: {}\n\
         - balancing: nothing\n",
        clipped_codes(&clipped, &world.regions)
    );
    let tariffs = trade_table("us_tariffs", "tariff", &world, &tariff);
    Ok(Built {
        more: vec![
            ("countries.parquet".to_owned(), countries.to_parquet()?),
            ("us_tariffs.parquet".to_owned(), tariffs.to_parquet()?),
            ("BALANCE.md".to_owned(), page.into_bytes()),
        ],
        balance: BalanceReport::default(),
        world,
    })
}

fn sources() -> Vec<Source> {
    let source = |of: &str, citation: &str, terms: &str| Source {
        of: of.to_owned(),
        citation: citation.to_owned(),
        terms: terms.to_owned(),
    };
    vec![
        source(
            "selection of countries, home sales, distribution shares",
            "A. Ignatenko, L. Macedoni, A. Lashkaripour and I. Simonovska (2025), Making America Great Again? The \
             Economic Impacts of Liberation Day Tariffs, Journal of International Economics 157, 104138; figures of \
             its replication package, public copy JoeLoera/liberation-day-replication",
            "replication data of the article; cite it",
        ),
        source(
            "flows",
            "CEPII, BACI HS22, release 202501, year 2023: G. Gaulier and S. Zignago (2010), BACI: International Trade \
             Database at the Product-Level, CEPII Working Paper 2010-23",
            "Etalab Open Licence 2.0",
        ),
        source("GDP", "World Bank, World Development Indicators", "CC BY 4.0"),
        source(
            "us_tariffs",
            "Office of the United States Trade Representative, reciprocal tariff rates of 2 April 2025",
            "public domain in the United States",
        ),
    ]
}

/// Writes home sales to the diagonal; returns the positions of those that would be negative.
fn add_home_sales(trade: &mut [f64], gdp: &[f64], distribution: &[f64]) -> Vec<usize> {
    let n = gdp.len();
    let mut clipped = Vec::new();
    for i in 0..n {
        let imports: f64 = trade[i * n..(i + 1) * n].iter().sum();
        let exports: f64 = (0..n).map(|j| (1.0 - distribution[j]) * trade[j * n + i]).sum();
        let home = gdp[i] + (1.0 - distribution[i]) * (imports - exports) - imports;
        if home < 0.0 {
            clipped.push(i);
        }
        trade[i * n + i] = home.max(0.0);
    }
    clipped
}

fn clipped_codes(clipped: &[usize], regions: &Labels) -> String {
    clipped.iter().map(|i| regions.code(*i)).collect::<Vec<_>>().join(" and ")
}

fn unpacked(from: &Path) -> Result<Table, WorldError> {
    let path = from.join("data").join(FLOWS);
    let packed = read_if_there(&path)?.ok_or_else(|| WorldError::MissingFile {
        place: from.display().to_string(),
        file: format!("data/{FLOWS}"),
        help: "name the folder that has `data/` with the source tables in it".to_owned(),
    })?;
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(packed.as_ref()), &mut text)
        .map_err(|e| WorldError::io("unpack", &path, e))?;
    let layout = Layout {
        text: &["exporter", "importer"],
        number: &["value_kusd"],
        optional_text: &[],
        optional_number: &[],
    };
    Table::read(path.with_extension("").to_string_lossy().as_ref(), text.into(), &layout)
}
