//! `detente replicate`: published tables beside computed ones.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, Failure};
use crate::equilibrium::Options;
use crate::replicate::{Comparison, Number, ario, cp2015, liberation2025, ossa2014};
use crate::results::write;

/// Arguments of `detente replicate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which publication.
    study: Study,
    /// Write every computed number: scenario,region,variable,value, for cp2015 after a convention;
    /// for ario step,region,sector,production; for ossa2014 case,exporter,importer,sector,tariff.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Which case: of ario, default own; of ossa2014, default all.
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Write welfare, wages and tariffs of ossa2014 by region: case,region,variable,value.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Folder that holds targets/boario and data/wiod2013, for the cases of ario but own.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Study {
    /// Caliendo and Parro (2015): NAFTA, and all tariffs from 1993 to 2005.
    Cp2015,
    /// Ignatenko et al. (2025): the tariffs of April 2025, 194 countries.
    Liberation2025,
    /// The short-run rules of ARIO, beside the paths of BoARIO 0.7.2.
    Ario,
    /// Ossa (2014): optimal tariffs, trade wars and talks of 7 regions.
    Ossa2014,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Case {
    /// Our own table, 4 regions by 5 sectors.
    #[value(name = "own")]
    Own,
    /// pymrio's test table: capacity lost, stocks of a week.
    #[value(name = "test_A")]
    TestA,
    /// pymrio's test table: capital destroyed and rebuilt.
    #[value(name = "test_B")]
    TestB,
    /// pymrio's test table: the base model, fixed orders.
    #[value(name = "test_C")]
    TestC,
    /// WIOD 2011, 1,435 industries.
    #[value(name = "wiod2011")]
    Wiod2011,
}

impl Case {
    fn study(self) -> ario::Case {
        match self {
            Self::Own => ario::Case::Own,
            Self::TestA => ario::Case::TestA,
            Self::TestB => ario::Case::TestB,
            Self::TestC => ario::Case::TestC,
            Self::Wiod2011 => ario::Case::Wiod2011,
        }
    }
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let (ario, ossa) = (matches!(arguments.study, Study::Ario), matches!(arguments.study, Study::Ossa2014));
    if !ario && arguments.data.is_some() {
        return Err(Failure::Input("--data belongs to `replicate ario`".to_owned()));
    }
    if !ario && !ossa && arguments.case.is_some() {
        return Err(Failure::Input("--case belongs to `replicate ario` and `replicate ossa2014`".to_owned()));
    }
    if !ossa && arguments.summary.is_some() {
        return Err(Failure::Input("--summary belongs to `replicate ossa2014`".to_owned()));
    }
    let (text, table, comparisons) = match arguments.study {
        Study::Ario => return ario_paths(arguments),
        Study::Ossa2014 => return trade_war(arguments, common),
        Study::Cp2015 => {
            let numbers = cp2015::numbers()?;
            let comparisons = cp2015::compare(&numbers);
            let title = "Caliendo and Parro (2015), Table 2: NAFTA's tariffs from 1993 to 2005, per cent";
            (format!("{title}\n\n{}", side_by_side(&comparisons)), csv(&numbers, true), comparisons)
        }
        Study::Liberation2025 => {
            let options = Options { arithmetic: common.arithmetic(), ..Options::default() };
            let results = liberation2025::results(&options)?;
            for result in &results {
                if common.verbose {
                    common.remark(&format!(
                        "{}: residual {:.1e} after {} evaluations",
                        result.name, result.residual, result.evaluations
                    ));
                }
            }
            let comparisons = liberation2025::compare(&results)?;
            let title = "Ignatenko, Macedoni, Lashkaripour and Simonovska (2025): the tariffs of 2 April 2025, per cent";
            let notes = liberation2025::NOTES.map(|note| format!("- {note}")).join("\n");
            let text = format!("{title}\n\n{}\n{notes}", by_case(&comparisons));
            (text, csv(&liberation2025::numbers(&results)?, false), comparisons)
        }
    };
    say!("{text}")?;
    if let Some(path) = &arguments.csv {
        write::file(path, &table)?;
    }
    match comparisons.iter().filter(|c| !c.holds()).count() {
        0 => Ok(()),
        missed => Err(Failure::Check(format!("{missed} of {} numbers are off", comparisons.len()))),
    }
}

/// The path of a case beside its reference.
fn ario_paths(arguments: &Arguments) -> Result<(), Failure> {
    let case = match &arguments.case {
        Some(name) => Case::from_str(name, false).map_err(|_| {
            Failure::Input(format!("`{name}` is no case of ario: own, test_A, test_B, test_C, wiod2011"))
        })?,
        None => Case::Own,
    };
    let case = case.study();
    let data = arguments.data.as_deref();
    let path = ario::run(case, data)?;
    if let Some(file) = &arguments.csv {
        write::file(file, ario::csv(&path).as_bytes())?;
    }
    let distances = ario::compare(case, data, &path)?;
    let days = path.production.len() / path.labels.len().max(1);
    say!("ARIO, case {}: {} industries, {days} days, beside BoARIO 0.7.2\n", case.name(), path.labels.len())?;
    say!("{:<24} {:>6} {:>13} {:>13}  within 1e-9", "industry", "steps", "least X/x0", "distance/x0")?;
    for d in &distances {
        let (name, holds) = (format!("{}|{}", d.region, d.sector), if d.holds() { "yes" } else { "NO" });
        say!("{name:<24} {:>6} {:>13.6} {:>13.1e}  {holds}", d.steps, d.least, d.distance)?;
    }
    let largest = distances.iter().map(|d| d.distance).fold(0.0, f64::max);
    say!("\nlargest distance: {largest:.1e} of undisturbed output")?;
    match distances.iter().filter(|d| !d.holds()).count() {
        0 => Ok(()),
        missed => Err(Failure::Check(format!("{missed} of {} industries are off", distances.len()))),
    }
}

/// Optimal tariffs, wars and talks beside their references.
fn trade_war(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let experiments = ossa2014::Experiments::load()?;
    let named = arguments.case.as_deref();
    let cases: Vec<&str> = match named {
        Some(name) => vec![name],
        None => ossa2014::CASES.to_vec(),
    };
    let mut results = Vec::with_capacity(cases.len());
    for case in cases {
        let result = experiments.run(case)?;
        if common.verbose {
            for remark in &result.remarks {
                common.remark(&format!("{case}: {remark}"));
            }
        }
        results.push(result);
    }
    let comparisons = ossa2014::compare(&results);
    say!("Ossa (2014): optimal tariffs, trade wars and trade talks, per cent\n")?;
    say!(
        "{:<30} {:<5} {:<21} {:<9} {:>11} {:>11} {:>10}  within",
        "case",
        "",
        "variable",
        "printed",
        "reference",
        "computed",
        "tolerance"
    )?;
    for c in &comparisons {
        let (reference, holds) =
            (format!("{:.*}", c.digits, c.reference), if c.holds() { "yes" } else { "NO" });
        say!(
            "{:<30} {:<5} {:<21} {:<9} {reference:>11} {:>11.6} {:>10}  {holds}",
            c.experiment,
            c.region,
            c.variable,
            c.table,
            c.computed,
            c.tolerance
        )?;
    }
    for result in &results {
        for (_, name, value) in result.numbers.iter().filter(|(_, name, _)| name.starts_with("largest")) {
            say!("{:<30} {name}: {value:.1e}", result.case)?;
        }
    }
    if let Some(path) = &arguments.csv {
        write::file(path, &experiments.tariffs(&results))?;
    }
    if let Some(path) = &arguments.summary {
        write::file(path, &ossa2014::summary(&results))?;
    }
    match comparisons.iter().filter(|c| !c.holds()).count() {
        0 => Ok(()),
        missed => Err(Failure::Check(format!("{missed} of {} numbers are off", comparisons.len()))),
    }
}

/// A table of cases: who is averaged how, and where the number is printed.
fn by_case(comparisons: &[Comparison]) -> String {
    let mut text = format!(
        "{:<30} {:<6} {:<17} {:<20} {:<19} {:>9} {:>11} {:>11}  {}\n",
        "scenario", "", "average", "variable", "", "published", "reference", "computed", "within 0.0001"
    );
    for c in comparisons {
        let published = c.published.map_or(String::new(), |p| format!("{p:.*}", c.digits));
        text += &format!(
            "{:<30} {:<6} {:<17} {:<20} {:<19} {:>9} {:>11.6} {:>11.6}  {}\n",
            c.experiment,
            c.region,
            c.convention,
            c.variable,
            c.table,
            published,
            c.reference,
            c.computed,
            if c.holds() { "yes" } else { "NO" }
        );
    }
    text
}

fn side_by_side(comparisons: &[Comparison]) -> String {
    let mut text = format!(
        "{:<13} {:<4} {:<16} {:>9} {:>11} {:>11}  {}\n",
        "convention", "", "variable", "published", "reference", "computed", "within 0.0005"
    );
    for c in comparisons {
        let published = c.published.map_or(String::new(), |p| format!("{p:.2}"));
        text += &format!(
            "{:<13} {:<4} {:<16} {:>9} {:>11.6} {:>11.6}  {}\n",
            c.convention,
            c.region,
            c.variable,
            published,
            c.reference,
            c.computed,
            if c.holds() { "yes" } else { "NO" }
        );
    }
    text
}

/// The long table, its first column only where numbers have a convention.
fn csv(numbers: &[Number], conventions: bool) -> Vec<u8> {
    let mut text = String::from(if conventions { "convention," } else { "" });
    text += "scenario,region,variable,value\n";
    for n in numbers {
        if conventions {
            text += n.convention;
            text.push(',');
        }
        text += &format!("{},{},{},{}\n", n.experiment, n.region, n.variable, n.value);
    }
    text.into_bytes()
}
