//! `detente bench --scaling`: how does the time of a sweep grow?
//!
//! ```text
//! seconds ≈ a · n^b          b by least squares in logarithms
//! ```
//!
//! The world is `icio-2022`, its smaller regions and neighbouring sectors merged; the
//! question a tariff of 50 points between the United States and China. Everything counts
//! from the scenario's text to the table on disk. Each time is the least of two.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use super::{Common, Failure};
use crate::results::write;
use crate::scenario::Shelf;
use crate::scenario::sweep::plan::USUAL_CHUNK;
use crate::scenario::sweep::{self, Asked, Folder, Plan, Selection, Text};
use crate::world::World;
use crate::world::aggregate::{Concordance, aggregate};
use crate::world::store::{Existing, save};

/// Draws of a point on the lines of regions and sectors.
const DRAWS: usize = 500;

const LEDGER: &str = r#"
ledger = { title = "A tariff on all goods, and its answer" }

[[measure]]
id = "usa-on-china"
kind = "import-tariff"
by = "USA"
on = "CHN"
rate = { 2025-06-01 = "50%" }
source = "made up"

[[measure]]
id = "china-on-usa"
kind = "import-tariff"
by = "CHN"
on = "USA"
rate = { 2025-06-01 = "50%" }
source = "made up"
"#;

const SCENARIO: &str = r#"
title  = "A tariff on all goods, and its answer"
world  = "world"
ledger = "ledger.toml"
actors = ["USA", "CHN"]
[[phase]]
name = "before"
date = 2025-01-01
[[phase]]
name = "after"
date = 2025-07-01
[long_run]
draws  = 2
spread = "20%"
"#;

/// Times of sweeps that differ in one size.
struct Line {
    /// What grows.
    what: &'static str,
    /// What does not.
    at: &'static str,
    /// Sizes and seconds.
    points: Vec<(f64, f64)>,
}

/// Times all lines, prints them, and draws them if a file is named.
pub fn execute(svg: Option<&Path>, common: &Common) -> Result<(), Failure> {
    let world = World::shipped("icio-2022")?;
    let whole = (world.region_count(), world.sector_count());
    let lines = [
        line("draws", "81 regions, 28 sectors", &[250, 500, 1000, 2000, 4000], |n| {
            time(&world, whole, n, common)
        })?,
        line("regions", "28 sectors, 500 draws", &[10, 20, 40, 81], |n| {
            time(&world, (n, 28), DRAWS, common)
        })?,
        line("sectors", "81 regions, 500 draws", &[7, 14, 28], |n| time(&world, (81, n), DRAWS, common))?,
    ];
    let threads = rayon::current_num_threads();
    let threads = if threads == 1 { "one thread".to_owned() } else { format!("{threads} threads") };
    say!("Seconds of a sweep, text to table, {threads}; least of two\n")?;
    for line in &lines {
        let (_, exponent) = line.fit();
        say!("{} ({}): seconds grow with the power {exponent:.2}", line.what, line.at)?;
        for (size, seconds) in &line.points {
            say!("  {size:>6} {seconds:>8.2}")?;
        }
    }
    match svg {
        Some(path) => Ok(write::file(path, drawing(&lines).as_bytes())?),
        None => Ok(()),
    }
}

fn line(
    what: &'static str,
    at: &'static str,
    sizes: &[usize],
    time: impl Fn(usize) -> Result<f64, Failure>,
) -> Result<Line, Failure> {
    let point = |size: &usize| Ok((*size as f64, time(*size)?.min(time(*size)?)));
    Ok(Line { what, at, points: sizes.iter().map(point).collect::<Result<_, Failure>>()? })
}

impl Line {
    /// `a` and `b` of `seconds = a n^b`.
    fn fit(&self) -> (f64, f64) {
        let count = self.points.len() as f64;
        let logs: Vec<(f64, f64)> = self.points.iter().map(|(n, s)| (n.ln(), s.ln())).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let product: f64 = logs.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
        let square: f64 = logs.iter().map(|point| (point.0 - x) * (point.0 - x)).sum();
        let exponent = product / square;
        ((y - exponent * x).exp(), exponent)
    }
}

/// Seconds of a sweep of so many draws in a world of so many regions and sectors.
fn time(
    world: &World,
    (regions, sectors): (usize, usize),
    draws: usize,
    common: &Common,
) -> Result<f64, Failure> {
    let small = aggregate(world, &merged(world, regions, sectors))?;
    let failed = |e: std::io::Error| Failure::Input(format!("no temporary folder: {e}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    save(&small, &folder.path().join("world"), Existing::Keep, &[])?;
    write::file(&folder.path().join("ledger.toml"), LEDGER.as_bytes())?;
    let started = Instant::now();
    let scenario = Text { shown: "scaling.toml".to_owned(), text: SCENARIO.to_owned() };
    let asked = Asked {
        draws,
        seed: None,
        chunk: USUAL_CHUNK,
        selection: Selection::default(),
        arithmetic: common.arithmetic(),
    };
    let shelf = Shelf::Files(Some(folder.path().to_owned()));
    let plan = Plan::read("scaling", &scenario, shelf, None, asked)?;
    let mut out = Folder::begin(&folder.path().join("out"), &plan)?;
    let finished = sweep::sweep(&plan, &mut out, &common.run_options())?;
    match finished.problems.first() {
        Some((_, problem)) => Err(Failure::NoEquilibrium(problem.clone())),
        None => Ok(started.elapsed().as_secs_f64()),
    }
}

/// The two actors and the largest regions, the others together; sectors by neighbours.
fn merged(world: &World, regions: usize, sectors: usize) -> Concordance {
    let output = world.gross_output_musd();
    let n = world.region_count();
    let of_region = |region: usize| -> f64 { output.iter().skip(region).step_by(n).sum() };
    let is_actor = |region: usize| ["USA", "CHN"].contains(&world.regions.code(region));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| is_actor(*b).cmp(&is_actor(*a)).then(of_region(*b).total_cmp(&of_region(*a))));
    let mut concordance = Concordance::default();
    if regions < n {
        for region in &order[regions - 1..] {
            concordance.regions.insert(world.regions.code(*region).to_owned(), "REST".to_owned());
        }
    }
    if sectors < world.sector_count() {
        for (sector, code) in world.sectors.codes().iter().enumerate() {
            let group = format!("S{}", sector * sectors / world.sector_count());
            concordance.sectors.insert(code.clone(), group);
        }
    }
    concordance
}

/// Width and height of a panel, and of the margins around it.
const PANEL: (f64, f64) = (220.0, 190.0);
const MARGIN: (f64, f64) = (52.0, 58.0);

/// The lines, a panel each, both axes in logarithms.
fn drawing(lines: &[Line]) -> String {
    let (width, height) = (PANEL.0 + MARGIN.0, PANEL.1 + 2.0 * MARGIN.1);
    let all = lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
    let (low, high) = all.fold((f64::INFINITY, 0.0_f64), |(low, high), s| (low.min(s), high.max(s)));
    let (low, high) = (low.log10().floor(), high.log10().ceil());
    let y = |seconds: f64| MARGIN.1 + PANEL.1 * (high - seconds.log10()) / (high - low);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\" role=\"img\" aria-label=\"Seconds of a sweep against draws, regions and sectors\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        width * lines.len() as f64 + 16.0
    );
    // Writing to a string cannot fail.
    for (place, line) in lines.iter().enumerate() {
        let left = MARGIN.0 + width * place as f64;
        let ends = (line.points[0].0.ln(), line.points[line.points.len() - 1].0.ln());
        let x = |n: f64| left + 12.0 + (PANEL.0 - 24.0) * (n.ln() - ends.0) / (ends.1 - ends.0);
        let (factor, exponent) = line.fit();
        let _ = writeln!(
            svg,
            "<text x=\"{left}\" y=\"20\" font-size=\"13\" font-weight=\"bold\">Seconds ∝ {}<tspan dy=\"-5\" \
             font-size=\"10\">{exponent:.2}</tspan></text>\n<text x=\"{left}\" y=\"38\" fill=\"#555\">{}</text>",
            line.what, line.at
        );
        for power in low as i32..=high as i32 {
            let at = y(10_f64.powi(power));
            let _ = writeln!(
                svg,
                "<line x1=\"{left}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{}</text>",
                left + PANEL.0,
                left - 6.0,
                at + 4.0,
                10_f64.powi(power)
            );
        }
        let fitted = |n: f64| y(factor * n.powf(exponent));
        let (first, last) = (line.points[0].0, line.points[line.points.len() - 1].0);
        let _ = writeln!(
            svg,
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#888\" stroke-dasharray=\"4 3\"/>",
            x(first),
            fitted(first),
            x(last),
            fitted(last)
        );
        for (size, seconds) in &line.points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"#1f5c99\"><title>{size} {}: {seconds:.2} s</title></circle>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555\">{size}</text>",
                x(*size),
                y(*seconds),
                line.what,
                x(*size),
                MARGIN.1 + PANEL.1 + 18.0
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            left + PANEL.0 / 2.0,
            MARGIN.1 + PANEL.1 + 38.0,
            line.what
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_is_found_and_drawn() {
        let points = [10.0, 20.0, 40.0].map(|n: f64| (n, 0.01 * n.powf(1.5))).to_vec();
        let line = Line { what: "draws", at: "made up", points };
        let (factor, exponent) = line.fit();
        assert!((factor - 0.01).abs() < 1e-12 && (exponent - 1.5).abs() < 1e-12);
        let svg = drawing(&[line]);
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn merged_worlds_have_their_sizes() {
        let world = World::shipped("icio-2022").unwrap();
        let small = aggregate(&world, &merged(&world, 10, 7)).unwrap();
        assert_eq!((small.region_count(), small.sector_count()), (10, 7));
        assert!(small.regions.find("USA").is_ok() && small.regions.find("CHN").is_ok());
    }
}
