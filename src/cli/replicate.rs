//! `detente replicate`: published tables beside computed ones.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, Failure};
use crate::equilibrium::Options;
use crate::replicate::{Comparison, Number, cp2015, liberation2025};
use crate::results::write;

/// Arguments of `detente replicate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which publication.
    study: Study,
    /// Write every computed number: scenario,region,variable,value, for cp2015 after a convention.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Study {
    /// Caliendo and Parro (2015): NAFTA, and all tariffs from 1993 to 2005.
    Cp2015,
    /// Ignatenko et al. (2025): the tariffs of April 2025, 194 countries.
    Liberation2025,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let (text, table, comparisons) = match arguments.study {
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
