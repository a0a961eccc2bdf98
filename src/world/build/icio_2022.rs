//! `icio-2022`: 81 economies, 27 goods industries and services, flows of 2022.
//!
//! Flows are those of the OECD tables; their input coefficients are not
//! published in a free form with this detail, so they are those of WIOD 2011,
//! carried over by the concordance `GROUPS`:
//!
//! ```text
//! A[w,K,J]  = Σ_i z[(i,K),(w,J)] / output[w,J]            WIOD economy w, groups K, J
//! γ[n,k,j]  = A[w(n),K(k),J(j)] · X[k,n] / Σ_{k′∈K} X[k′,n]
//! ```
//!
//! A group's inputs are split over its industries by what the economy spends
//! on them in 2022 (tariffs included); industries of one group share a column.
//! An economy outside WIOD takes the coefficients of the WIOD rest of the
//! world, or of its `NEIGHBOURS` entry where those fit better: where intermediate
//! use exceeds expenditure by less, `Σ_k max(0, Z[n,k] − X[k,n])`. Then the
//! world is balanced.
//!
//! Base tariffs are importer × sector averages over foreign partners, weighted
//! by trade, the same for every partner; services and home sales bear none.

use std::path::Path;

use jiff::civil::date;

use super::names::{ECONOMIES, INDUSTRIES};
use super::people::people;
use super::{Built, labels, positions, source, texts, values};
use crate::world::balance::{BalanceOptions, balance};
use crate::world::error::WorldError;
use crate::world::table::Table;
use crate::world::{ElasticitySet, Source, World};

const WIOD_INDUSTRIES: usize = 35;
const WIOD_COUNTRIES: usize = 41;
const WIOD_NODES: usize = WIOD_COUNTRIES * WIOD_INDUSTRIES;
const WIOD_FINAL_USES: usize = 5;
const SERVICES: &str = "SRV";
/// Caliendo and Parro's elasticity of coke and petroleum is 64.85.
const CP_CAP: f64 = 20.0;

/// Groups of WIOD industries (`c1` is 1) and the industries of this world they cover.
const GROUPS: [(&[usize], &[&str]); 15] = [
    (&[1], &["A01", "A02", "A03"]),
    (&[2], &["B05", "B06", "B07", "B08", "B09"]),
    (&[3], &["C10T12"]),
    (&[4, 5], &["C13T15"]),
    (&[6], &["C16"]),
    (&[7], &["C17_18"]),
    (&[8], &["C19"]),
    (&[9], &["C20", "C21"]),
    (&[10], &["C22"]),
    (&[11], &["C23"]),
    (&[12], &["C24A", "C24B", "C25"]),
    (&[13], &["C28"]),
    (&[14], &["C26", "C27"]),
    (&[15], &["C29", "C301", "C302T309"]),
    (&[16], &["C31T33"]),
];
/// The group of everything else.
const SERVICES_GROUP: usize = GROUPS.len();

/// For economies outside WIOD, the WIOD economy of similar income per head and,
/// among several, of similar trade. Chosen by hand; the fit to the 2022 flows
/// decides between it and the rest of the world. `ROW` is always RoW.
const NEIGHBOURS: [(&str, &str); 40] = [
    ("AGO", "IDN"),
    ("ARE", "CAN"),
    ("ARG", "BRA"),
    ("BGD", "IND"),
    ("BLR", "RUS"),
    ("BRN", "CAN"),
    ("CHE", "DNK"),
    ("CHL", "AUS"),
    ("CIV", "IND"),
    ("CMR", "IND"),
    ("COD", "IND"),
    ("COL", "BRA"),
    ("CRI", "MEX"),
    ("EGY", "IDN"),
    ("HKG", "GBR"),
    ("HRV", "HUN"),
    ("ISL", "DNK"),
    ("ISR", "FIN"),
    ("JOR", "IDN"),
    ("KAZ", "RUS"),
    ("KHM", "IND"),
    ("LAO", "IND"),
    ("MAR", "IDN"),
    ("MMR", "IND"),
    ("MYS", "CHN"),
    ("NGA", "IND"),
    ("NOR", "DNK"),
    ("NZL", "AUS"),
    ("PAK", "IND"),
    ("PER", "BRA"),
    ("PHL", "IDN"),
    ("SAU", "RUS"),
    ("SEN", "IND"),
    ("SGP", "NLD"),
    ("STP", "IND"),
    ("THA", "MEX"),
    ("TUN", "IDN"),
    ("UKR", "RUS"),
    ("VNM", "IDN"),
    ("ZAF", "BRA"),
];

/// Elasticity sets: column, name, where from; the first is the default.
const SETS: [(&str, &str, &str); 8] = [
    (
        "theta_GYY",
        "GYY",
        "Giri, Yi and Yilmazkuday (2021), Gains from trade: Does sectoral heterogeneity matter?, Journal of International Economics 129",
    ),
    (
        "theta_CP",
        "CP",
        "Caliendo and Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of Economic Studies 82(1); coke and petroleum 64.85 capped at 20; motor vehicles, ships and other transport equipment are near 1.1: check any result that hangs on them",
    ),
    (
        "theta_IS",
        "IS",
        "set IS of the trade-war package of A. Lashkaripour (repository ahmadlp/tariffwar); its paper is not named there; food 1.29 is low: check any result that hangs on it",
    ),
    (
        "theta_BSY",
        "BSY",
        "Bagwell, Staiger and Yurukoglu (2021), Quantitative Analysis of Multiparty Tariff Negotiations, Econometrica 89(4); the paper is read from the abbreviation",
    ),
    (
        "theta_Shap",
        "Shap",
        "Shapiro (2016), Trade Costs, CO2, and the Environment, AEJ: Economic Policy 8(4); the paper is read from the abbreviation",
    ),
    (
        "theta_FGO",
        "FGO",
        "Fontagné, Guimbard and Orefice (2022), Tariff-based product-level trade elasticities, Journal of International Economics 137",
    ),
    (
        "theta_LL",
        "LL",
        "Lashkaripour and Lugovskyy (2023), Profits, Scale Economies, and the Gains from Trade and Industrial Policy, American Economic Review 113(10); coke and petroleum 0.64 and electronics and electrical equipment 1.24 are low: check any result that hangs on them",
    ),
    ("theta_U4", "U4", "theta = 4 in every sector: a yardstick, not an estimate"),
];

/// Coefficients `A[w,K,J]` of WIOD 2011.
struct Coefficients {
    economies: Vec<String>,
    groups: usize,
    share: Vec<f64>,
}

impl Coefficients {
    fn find(&self, code: &str) -> Option<usize> {
        self.economies.iter().position(|economy| economy == code)
    }

    fn of(&self, economy: usize, input: usize, user: usize) -> f64 {
        self.share[(economy * self.groups + input) * self.groups + user]
    }
}

/// Builds the world.
///
/// # Errors
/// A source that is missing or has another layout; a region that cannot be balanced.
pub fn build(from: &Path) -> Result<Built, WorldError> {
    let countries = source(from, "icio2022_trade28/countries.parquet", &["iso3"], &["country"])?;
    let industries = source(from, "icio2022_trade28/sectors.parquet", &["code"], &["sector", "theta_*"])?;
    let codes: Vec<&str> = texts(&industries, "code")?
        .into_iter()
        .map(|code| if code.starts_with("Services") { SERVICES } else { code })
        .collect();
    let regions = labels(&countries, &texts(&countries, "iso3")?, &ECONOMIES)?;
    let sectors = labels(&industries, &codes, &INDUSTRIES)?;
    let (n, j) = (regions.len(), sectors.len());
    let goods: Vec<bool> = codes.iter().map(|code| *code != SERVICES).collect();

    let flows = source(
        from,
        "icio2022_trade28/icio_2022.parquet",
        &[],
        &["sector", "importer", "exporter", "flow_musd", "tariff"],
    )?;
    let (trade_musd, tariff) = trade_and_tariffs(&flows, &goods, n)?;
    let (population, households) = people(&regions);
    let mut world = World {
        name: "icio-2022".to_owned(),
        title: "81 economies, 27 goods industries and services in 2022: OECD flows, WIOD input coefficients"
            .to_owned(),
        base_date: date(2022, 7, 1),
        regions,
        sectors,
        goods,
        trade_musd,
        tariff,
        input_share: vec![0.0; n * j * j],
        final_share: None,
        elasticities: elasticities(&industries)?,
        sources: sources(),
        notes: Vec::new(),
        markup: None,
        population: Some(population),
        households: Some(households),
        carved: Vec::new(),
    };
    let donors = carry_over(&mut world, &coefficients(from)?)?;
    let report = balance(&mut world, &BalanceOptions { threshold: 1e-2, ..BalanceOptions::default() })?;
    world.notes = notes(&donors, &report);
    let page = report.to_markdown(&world);
    Ok(Built { world, balance: report, more: vec![("BALANCE.md".to_owned(), page.into_bytes())] })
}

fn trade_and_tariffs(flows: &Table, goods: &[bool], n: usize) -> Result<(Vec<f64>, Vec<f64>), WorldError> {
    let j = goods.len();
    let sector = positions(flows, "sector", j)?;
    let (importer, exporter) = (positions(flows, "importer", n)?, positions(flows, "exporter", n)?);
    let (value, rate) = (values(flows, "flow_musd")?, values(flows, "tariff")?);
    let mut trade = vec![0.0; j * n * n];
    let (mut revenue, mut imports) = (vec![0.0; j * n], vec![0.0; j * n]);
    for row in 0..flows.rows() {
        let market = sector[row] * n + importer[row];
        trade[market * n + exporter[row]] = value[row];
        if importer[row] != exporter[row] {
            revenue[market] += value[row] * rate[row];
            imports[market] += value[row];
        }
    }
    let mut tariff = vec![0.0; trade.len()];
    for (cell, rate) in tariff.iter_mut().enumerate() {
        let (market, abroad) = (cell / n, cell % n != cell / n % n);
        if goods[market / n] && abroad && imports[market] > 0.0 {
            *rate = revenue[market] / imports[market];
        }
    }
    Ok((trade, tariff))
}

fn elasticities(industries: &Table) -> Result<Vec<ElasticitySet>, WorldError> {
    SETS.iter()
        .map(|(column, name, source)| {
            let cap = if *name == "CP" { CP_CAP } else { f64::INFINITY };
            let theta = values(industries, column)?.iter().map(|theta| theta.min(cap)).collect();
            Ok(ElasticitySet { name: (*name).to_owned(), theta, source: (*source).to_owned() })
        })
        .collect()
}

fn coefficients(from: &Path) -> Result<Coefficients, WorldError> {
    let nodes = source(
        from,
        "wiod2013/output.parquet",
        &["country", "industry"],
        &["idx", "output_2011", "output_*"],
    )?;
    if nodes.rows() != WIOD_NODES {
        return Err(WorldError::Description {
            file: nodes.file().to_owned(),
            reason: format!("has {} rows, expected {WIOD_NODES} (41 regions x 35 industries)", nodes.rows()),
        });
    }
    let economies = texts(&nodes, "country")?
        .iter()
        .step_by(WIOD_INDUSTRIES)
        .map(|code| match *code {
            "ROM" => "ROU".to_owned(),
            "RoW" => "ROW".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    let group_of: Vec<usize> = (1..=WIOD_INDUSTRIES)
        .map(|c| GROUPS.iter().position(|(wiod, _)| wiod.contains(&c)).unwrap_or(SERVICES_GROUP))
        .collect();
    let groups = SERVICES_GROUP + 1;
    let mut output = vec![0.0; WIOD_COUNTRIES * groups];
    for (node, value) in values(&nodes, "output_2011")?.iter().enumerate() {
        output[node / WIOD_INDUSTRIES * groups + group_of[node % WIOD_INDUSTRIES]] += value;
    }
    let table = source(from, "wiod2013/wiot_2011.parquet", &[], &["row", "col", "value"])?;
    let rows = positions(&table, "row", WIOD_NODES)?;
    let columns = positions(&table, "col", WIOD_NODES + WIOD_COUNTRIES * WIOD_FINAL_USES)?;
    let mut share = vec![0.0; WIOD_COUNTRIES * groups * groups];
    for ((row, column), value) in rows.iter().zip(&columns).zip(values(&table, "value")?) {
        if *column < WIOD_NODES {
            let (economy, user) = (column / WIOD_INDUSTRIES, group_of[column % WIOD_INDUSTRIES]);
            share[(economy * groups + group_of[row % WIOD_INDUSTRIES]) * groups + user] += value;
        }
    }
    for (cell, value) in share.iter_mut().enumerate() {
        let made = output[cell / (groups * groups) * groups + cell % groups];
        *value = if made > 0.0 { *value / made } else { 0.0 };
    }
    Ok(Coefficients { economies, groups, share })
}

/// Fills the input shares; returns each economy's donor.
fn carry_over(world: &mut World, wiod: &Coefficients) -> Result<Vec<(String, String)>, WorldError> {
    let (n, j) = (world.region_count(), world.sector_count());
    let (expenditure, output) = (world.expenditure_musd(), world.gross_output_musd());
    let group_of: Vec<usize> = world
        .sectors
        .codes()
        .iter()
        .map(|code| GROUPS.iter().position(|(_, own)| own.contains(&code.as_str())).unwrap_or(SERVICES_GROUP))
        .collect();
    let unknown = |code: &str| WorldError::Inconsistent {
        world: "icio-2022".to_owned(),
        reason: format!("WIOD has no economy `{code}`"),
    };
    let rest = wiod.find("ROW").ok_or_else(|| unknown("ROW"))?;
    let mut donors = Vec::new();
    for region in 0..n {
        let bought: Vec<f64> = (0..j).map(|k| expenditure[k * n + region]).collect();
        let mut group_total = vec![0.0; wiod.groups];
        for k in 0..j {
            group_total[group_of[k]] += bought[k];
        }
        let shares = |donor: usize| -> Vec<f64> {
            (0..j * j)
                .map(|cell| {
                    let (input, user) = (cell / j, cell % j);
                    let total = group_total[group_of[input]];
                    if total <= 0.0 || output[user * n + region] <= 0.0 {
                        return 0.0;
                    }
                    wiod.of(donor, group_of[input], group_of[user]) * bought[input] / total
                })
                .collect()
        };
        let overuse = |shares: &[f64]| -> f64 {
            (0..j)
                .map(|k| {
                    let used: f64 = (0..j).map(|s| shares[k * j + s] * output[s * n + region]).sum();
                    (used - bought[k]).max(0.0)
                })
                .sum()
        };
        let code = world.regions.code(region).to_owned();
        let donor = match wiod.find(&code) {
            Some(own) => own,
            None => {
                let neighbour = NEIGHBOURS
                    .iter()
                    .find(|(economy, _)| *economy == code)
                    .map(|(_, near)| wiod.find(near).ok_or_else(|| unknown(near)))
                    .transpose()?;
                match neighbour {
                    Some(near) if overuse(&shares(near)) < overuse(&shares(rest)) => near,
                    _ => rest,
                }
            }
        };
        world.input_share[region * j * j..(region + 1) * j * j].copy_from_slice(&shares(donor));
        if wiod.economies[donor] != code {
            donors.push((code, wiod.economies[donor].clone()));
        }
    }
    Ok(donors)
}

fn notes(donors: &[(String, String)], report: &crate::world::balance::BalanceReport) -> Vec<String> {
    let (rest, near): (Vec<_>, Vec<_>) = donors.iter().partition(|(_, donor)| donor == "ROW");
    let rest: Vec<&str> = rest.iter().map(|(code, _)| code.as_str()).collect();
    let near: Vec<String> = near.iter().map(|(code, donor)| format!("{code} from {donor}")).collect();
    vec![
        "Flows are the sum of intermediate and final use at basic prices of 2022; the source clipped negative final \
         uses to zero and stores single precision."
            .to_owned(),
        "Input coefficients and value-added shares are those of WIOD 2011, carried over to 28 sectors: a group's \
         inputs are split by what the economy spends on its industries in 2022, and industries of one group share a \
         column. Technology is eleven years older than trade. Value added is output less inputs, so it contains net \
         taxes on products and international transport margins."
            .to_owned(),
        format!(
            "Economies outside WIOD take the coefficients of a WIOD economy of similar income where these fit the \
             flows of 2022 better than those of the rest of the world ({}); the others take the rest of the world \
             ({}). Fit is the intermediate use in excess of expenditure.",
            near.join(", "),
            rest.join(", ")
        ),
        "Base tariffs are importer x sector averages over foreign partners, weighted by trade, of statutory MFN and \
         preferential rates (2021 repeated for 2022), the same for every partner: partners in a free-trade \
         agreement or customs union bear the average too. Services and home sales bear none. The additional duties \
         between the USA and China since 2018 are not in them; they come from a ledger."
            .to_owned(),
        "Base tariffs on food (C10T12) are too high where the source's MFN rate is: it is 91 % for the USA, carried by \
         41 of its 80 partners and so their median, which makes the average 36.7 %; likewise SAU 98 %, MYS 53 %, EGY \
         47 %, AGO 39 %, ARE 39 %, VNM 37 %. An artefact of the source, which looks like a simple average over tariff \
         lines in which tobacco and out-of-quota rates count in full. Levels of US tariff revenue and the \
         volume-of-trade effect in food are therefore too high: food is 53.5 of the 92.9 billion USD of US base revenue. \
         With 3 % instead, the US welfare loss of the April 2025 escalation is smaller by about 2 billion USD (0.515 to \
         0.509 %)."
            .to_owned(),
        format!(
            "Balancing: {} of {} final-demand cells were negative ({:.0} million USD, {:.2} % of final demand); input \
             shares of {} economies were scaled and {:.2} % of intermediate use moved between inputs. Every sector \
             keeps its value-added share. BALANCE.md lists the cells.",
            report.negative_cells,
            ECONOMIES.len() * INDUSTRIES.len(),
            report.negative_musd,
            100.0 * report.negative_musd / report.final_demand_musd,
            report.regions.len(),
            100.0 * report.moved_musd / report.intermediate_musd
        ),
        "Elasticities: six sets with papers (of BSY and Shap inferred from the abbreviation), one whose paper the source does \
         not name (IS), and one yardstick (U4). CP has coke and petroleum capped at 20 (64.85 in the article) and three \
         sectors near 1.1. Values near or below 1.3 are also in LL (coke and petroleum 0.64, electronics and electrical \
         equipment 1.24) and IS (food 1.29). The default GYY has no extreme value."
            .to_owned(),
    ]
}

fn sources() -> Vec<Source> {
    let source = |of: &str, citation: &str, terms: &str| Source {
        of: of.to_owned(),
        citation: citation.to_owned(),
        terms: terms.to_owned(),
    };
    vec![
        source(
            "trade flows of 2022",
            "OECD, OECD Inter-Country Input-Output Tables, http://oe.cd/icio, as bundled in the public repository \
             ahmadlp/tariffwar (A. Lashkaripour); an adaptation that does not represent the official views of the \
             OECD",
            "OECD Terms and Conditions: data may be extracted, adapted and redistributed with credit",
        ),
        source(
            "base tariffs, as importer x sector averages",
            "F. Teti (2024), 30+ Years of Trade Policy: Evidence from 160 Countries, Global Tariff Database, as bundled \
             in the public repository ahmadlp/tariffwar",
            "terms of the series were not found; only averages are kept, not the series",
        ),
        source(
            "input coefficients and value-added shares of 2011",
            "M. Timmer, E. Dietzenbacher, B. Los, R. Stehrer and G. de Vries (2015), An Illustrated User Guide to the \
             World Input-Output Database, Review of International Economics 23, 575-605; 2013 release, read from the \
             R package wiod 0.4.0",
            "distributed free of charge with citation asked for; only derived coefficients are kept",
        ),
        source(
            "trade elasticities",
            "eight sets, described under [[elasticities]]: six with papers (two of them inferred), one whose paper is not \
             named, one yardstick; collected in the public repository ahmadlp/tariffwar",
            "cite the papers",
        ),
        source(
            "persons and households of 2022",
            "written down from memory to three digits, after United Nations, World Population Prospects 2022, and \
             national censuses and surveys of 2019 to 2022",
            "facts",
        ),
    ]
}
