//! `detente replicate`: published tables beside computed ones.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, Failure};
use crate::replicate::{Comparison, Number, cp2015};
use crate::results::write;

/// Arguments of `detente replicate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which publication.
    study: Study,
    /// Write every computed number: convention,scenario,region,variable,value.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Study {
    /// Caliendo and Parro (2015): NAFTA, and all tariffs from 1993 to 2005.
    Cp2015,
}

pub fn execute(arguments: &Arguments, _common: &Common) -> Result<(), Failure> {
    let (numbers, comparisons, title) = match arguments.study {
        Study::Cp2015 => {
            let numbers = cp2015::numbers()?;
            let comparisons = cp2015::compare(&numbers);
            (
                numbers,
                comparisons,
                "Caliendo and Parro (2015), Table 2: NAFTA's tariffs from 1993 to 2005, per cent",
            )
        }
    };
    say!("{title}\n\n{}", side_by_side(&comparisons))?;
    if let Some(path) = &arguments.csv {
        write::file(path, &csv(&numbers))?;
    }
    match comparisons.iter().filter(|c| !c.holds()).count() {
        0 => Ok(()),
        missed => Err(Failure::Check(format!("{missed} of {} numbers are off", comparisons.len()))),
    }
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

fn csv(numbers: &[Number]) -> Vec<u8> {
    let mut text = String::from("convention,scenario,region,variable,value\n");
    for n in numbers {
        text += &format!("{},{},{},{},{}\n", n.convention, n.experiment, n.region, n.variable, n.value);
    }
    text.into_bytes()
}
