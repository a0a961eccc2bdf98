//! `detente ledger at DAY`: what was in force on a day, and why is a tariff what it is?
//!
//! Without a pair, `--csv` writes one row a measure in force ([`IN_FORCE`]):
//!
//! | column | meaning |
//! |---|---|
//! | `id`, `kind`, `status`, `source` | as in the ledger |
//! | `by`, `on` | region codes, separated by spaces |
//! | `goods` | the scope's name, `all goods`, or the share of each sector |
//! | `rate` | rate before the suspension, fraction; empty for kinds without one |
//! | `suspended_points` | part of the rate that is not levied, fraction |
//! | `quantity`, `approval`, `wait_weeks`, `cost`, `of`, `let_off` | of the kinds that have them, as in `ledger export` |
//! | `effect` | what it does that day, in words |
//! | `since` | first day in force |
//! | `priced` | `no` if no engine of this version prices it |
//! | `recall` | what was written from memory |
//!
//! With a pair, one row a part of the tariff ([`PARTS`]); the `points` of one
//! line, or of all rows without a line, sum to the tariff:
//!
//! | column | meaning |
//! |---|---|
//! | `date`, `importer`, `exporter`, `goods` | the question; `goods` is `all`, a sector or a product code |
//! | `line`, `imports_musd` | tariff line and its imports of 2024, for a product code |
//! | `measure` | id, or `base` |
//! | `rate` | rate levied on what it hits, fraction |
//! | `covered`, `levied_on` | share of the value that its goods make up, and on which it is levied |
//! | `points` | what it adds to the tariff, fraction |

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use jiff::civil::Date;

use super::{Common, Failure, open};
use crate::ledger::explain::{Breakdown, Goods, LineTariff, Part, Weighting, averages, breakdown};
use crate::ledger::measure::{Measure, RatePath, Status};
use crate::ledger::timeline::Change;
use crate::ledger::words::{percent, points, regions_in_words};
use crate::ledger::{Kind, Ledger};
use crate::results::write;
use crate::world::World;

/// Columns without a pair, in order.
const IN_FORCE: [&str; 19] = [
    "id",
    "kind",
    "by",
    "on",
    "goods",
    "rate",
    "suspended_points",
    "quantity",
    "approval",
    "wait_weeks",
    "cost",
    "of",
    "let_off",
    "effect",
    "since",
    "status",
    "priced",
    "recall",
    "source",
];

/// Columns with a pair, in order.
const PARTS: [&str; 11] = [
    "date",
    "importer",
    "exporter",
    "goods",
    "line",
    "imports_musd",
    "measure",
    "rate",
    "covered",
    "levied_on",
    "points",
];

/// Pairs whose average is printed without being asked for.
const MOST_PAIRS: usize = 4;
/// Lines of a product code that are printed.
const MOST_LINES: usize = 20;
/// Sectors of a scope that are printed.
const MOST_SECTORS: usize = 3;

/// Arguments of `detente ledger at`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The day.
    #[arg(value_name = "YYYY-MM-DD", value_parser = open::day)]
    date: Date,
    #[command(flatten)]
    choice: open::LedgerChoice,
    /// The region that levies.
    #[arg(long, value_name = "REGION", requires = "exporter")]
    importer: Option<String>,
    /// The region whose goods are taxed.
    #[arg(long, value_name = "REGION", requires = "importer")]
    exporter: Option<String>,
    /// A sector, or a product code of 2 to 8 digits [default: all goods].
    #[arg(long, value_name = "CODE", requires = "importer")]
    goods: Option<String>,
    /// Write a tidy table, rates as fractions.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let (world, ledger) = arguments.choice.open(common)?;
    let open::LedgerChoice { name, reading, .. } = &arguments.choice;
    let day = Day { world: &world, ledger: &ledger, date: arguments.date, name, reading: reading.as_deref() };
    let csv = arguments.csv.as_deref();
    match (&arguments.importer, &arguments.exporter) {
        (Some(importer), Some(exporter)) => {
            let importer = open::region(&world, "importer", importer)?;
            let exporter = open::region(&world, "exporter", exporter)?;
            if importer == exporter {
                return Err(Failure::Input(format!("{} does not tax itself", world.regions.code(importer))));
            }
            day.built_up((importer, exporter), arguments.goods.as_deref(), csv)
        }
        _ => day.in_force(csv),
    }
}

/// A ledger on one day.
struct Day<'a> {
    world: &'a World,
    ledger: &'a Ledger,
    date: Date,
    /// What the user calls the ledger.
    name: &'a str,
    /// Whose account of it, if somebody's.
    reading: Option<&'a str>,
}

impl Day<'_> {
    fn heading(&self) -> Result<(), Failure> {
        let reading = self.reading.map_or(String::new(), |id| format!(", as {id} reads it"));
        say!("{} on {}{reading}, world {}", self.name, self.date, self.world.name)?;
        say!("{}", self.ledger.title())?;
        let readings = self.ledger.readings();
        if self.reading.is_none() && !readings.is_empty() {
            say!("--reading shows how one side reads it: {}", readings.join(", "))?;
        }
        Ok(())
    }

    fn in_force(&self, csv: Option<&Path>) -> Result<(), Failure> {
        let in_force = |m: &&Measure| {
            m.kind != Kind::Event && (m.is_in_force(self.date) || m.is_suspended_in_full(self.date))
        };
        let all: Vec<&Measure> = self.ledger.measures.iter().filter(in_force).collect();
        let unpriced: BTreeSet<&str> =
            self.ledger.not_priced_on(self.date).map(|measure| measure.id.as_str()).collect();
        if let Some(path) = csv {
            let rows = all.iter().map(|measure| self.row(measure, unpriced.contains(measure.id.as_str())));
            write::file(path, &table(&IN_FORCE, rows))?;
        }
        self.heading()?;
        self.averages()?;
        let (paused, acting): (Vec<&Measure>, Vec<&Measure>) =
            all.iter().partition(|measure| measure.is_suspended_in_full(self.date));
        say!("\nIn force: {}", count(acting.len(), "measure"))?;
        if !acting.is_empty() {
            say!("\n{}", self.measures(&acting))?;
        }
        if !paused.is_empty() {
            say!("\nSuspended in full\n\n{}", self.measures(&paused))?;
        }
        if !unpriced.is_empty() {
            let ids: Vec<&str> = unpriced.into_iter().collect();
            say!("\nIn force but not priced by any engine: {}.", ids.join(", "))?;
        }
        if all.iter().any(|measure| measure.recalled().is_some()) {
            say!("\n{RECALLED} rests on memory in part; `recall` or a remark in the ledger says what.")?;
        }
        self.neighbours()
    }

    /// The two averages of every pair that a measure names, with their weights.
    fn averages(&self) -> Result<(), Failure> {
        let pairs = named_pairs(self.ledger);
        if !pairs.is_empty() {
            say!("\nAverage tariff on goods, %: simple and weighted")?;
        }
        for pair in pairs.into_iter().take(MOST_PAIRS) {
            let weighting = Weighting::usual(self.world, pair.0);
            let Some(found) = averages(self.ledger, self.world, self.date, pair, weighting) else { continue };
            let (importer, exporter) = self.codes(pair);
            let (simple, weighted, weights) = (100.0 * found.simple, 100.0 * found.weighted, found.weights);
            say!("  {importer} on {exporter}  {simple:.2}  {weighted:.2}  ({weights})")?;
        }
        Ok(())
    }

    fn codes(&self, (importer, exporter): (usize, usize)) -> (&str, &str) {
        (self.world.regions.code(importer), self.world.regions.code(exporter))
    }

    /// A table of measures, those of one government together.
    fn measures(&self, measures: &[&Measure]) -> String {
        let mut rows = plain_table();
        rows.add_row(["", "does", "on", "goods", "since", "source"]);
        let mut acting: Vec<&[usize]> = Vec::new();
        for measure in measures {
            if !acting.contains(&measure.by.as_slice()) {
                acting.push(&measure.by);
            }
        }
        for by in acting {
            rows.add_row([regions_in_words(by, self.world)]);
            for measure in measures.iter().filter(|measure| measure.by == by) {
                let since = measure.start().map(|start| start.to_string()).unwrap_or_default();
                let recalled = if measure.recalled().is_some() { RECALLED } else { "" };
                let sure = measure.status == Status::Confirmed;
                let status = if sure { String::new() } else { format!(", {}", measure.status_name()) };
                rows.add_row([
                    format!("  {}{recalled}", measure.id),
                    measure.effect_in_words(self.date) + &status,
                    regions_in_words(&measure.on, self.world),
                    short_goods(measure, self.world),
                    since,
                    measure.source.clone().unwrap_or_default(),
                ]);
            }
        }
        printed(&rows)
    }

    /// The latest change up to the day, and the next one after it.
    fn neighbours(&self) -> Result<(), Failure> {
        let changes = self.ledger.changes();
        let next = changes.partition_point(|change| change.date <= self.date);
        let of_day = |day: Option<Date>| {
            changes.iter().filter(move |change| Some(change.date) == day).collect::<Vec<&Change>>()
        };
        let latest = of_day(changes[..next].last().map(|change| change.date));
        let next = of_day(changes.get(next).map(|change| change.date));
        for (title, changes) in [("Latest change", latest), ("Next change", next)] {
            if let Some(first) = changes.first() {
                say!("\n{title}: {}", first.date)?;
            }
            for change in changes {
                let measure = &self.ledger.measures[change.measure];
                say!("  {}: {}", measure.id, change.in_words(measure))?;
            }
        }
        Ok(())
    }

    fn row(&self, measure: &Measure, unpriced: bool) -> Vec<String> {
        let codes = |regions: &[usize]| {
            regions.iter().map(|region| self.world.regions.code(*region)).collect::<Vec<_>>().join(" ")
        };
        let on_the_day =
            |path: &RatePath| path.step_on(self.date).map(|value| value.to_string()).unwrap_or_default();
        let has_rate = !measure.rate.steps().is_empty();
        let full = measure.rate_unsuspended(self.date);
        let number = |value: f64| if has_rate { value.to_string() } else { String::new() };
        vec![
            measure.id.clone(),
            measure.kind.name().to_owned(),
            codes(&measure.by),
            codes(&measure.on),
            measure.goods_in_words(self.world),
            number(full),
            number(measure.suspended_points(self.date)),
            on_the_day(&measure.quantity),
            on_the_day(&measure.approval),
            measure.wait_weeks.map(|weeks| weeks.to_string()).unwrap_or_default(),
            on_the_day(&measure.cost),
            measure.of.join(" "),
            on_the_day(&measure.share),
            measure.effect_in_words(self.date),
            measure.start().map(|start| start.to_string()).unwrap_or_default(),
            measure.status_name().to_owned(),
            if unpriced { "no" } else { "yes" }.to_owned(),
            measure.recalled().unwrap_or_default().to_owned(),
            measure.source.clone().unwrap_or_default(),
        ]
    }

    /// The tariff of a pair, measure by measure.
    fn built_up(&self, pair: (usize, usize), code: Option<&str>, csv: Option<&Path>) -> Result<(), Failure> {
        let goods = match code {
            None => Goods::All,
            Some(code) => {
                Goods::find(code, self.world).map_err(|e| Failure::Input(format!("--goods: {e}")))?
            }
        };
        let weighting = Weighting::usual(self.world, pair.0);
        let (importer, exporter) = self.codes(pair);
        let found =
            breakdown(self.ledger, self.world, self.date, pair, &goods, weighting).ok_or_else(|| {
                let world = &self.world.name;
                Failure::Input(format!("{importer} buys no such goods from {exporter} in world {world}"))
            })?;
        if let Some(path) = csv {
            write::file(path, &table(&PARTS, self.part_rows(pair, code, &found).into_iter()))?;
        }
        self.heading()?;
        let what = match &goods {
            Goods::All => "all goods".to_owned(),
            Goods::Sector(sector) => {
                format!("{} {}", self.world.sectors.code(*sector), self.world.sectors.name(*sector))
            }
            Goods::Product(code) => format!("product {code}, {}", count(found.lines.len(), "tariff line")),
        };
        say!("\nTariff of {importer} on {exporter}: {what}, %\nweights: {}", found.weights)?;
        say!(
            "covers, levied on: % of the value, before and after duties meet; points: rate times what it is levied on\n"
        )?;
        say!("{}", self.parts(&found))?;
        self.rules(&found)?;
        if !found.lines.is_empty() {
            say!("\n{}", self.lines(&found.lines))?;
        }
        if found.lines.len() > MOST_LINES {
            say!("and {} more; --csv FILE has them all", count(found.lines.len() - MOST_LINES, "line"))?;
        }
        Ok(())
    }

    fn parts(&self, found: &Breakdown) -> String {
        let mut rows = plain_table();
        let number =
            |value: f64| Cell::new(format!("{:.2}", 100.0 * value)).set_alignment(CellAlignment::Right);
        let empty = || Cell::new("");
        let title = |text| Cell::new(text).set_alignment(CellAlignment::Right);
        let titles = ["rate", "covers", "levied on", "points"].map(title);
        rows.add_row([vec![empty()], titles.to_vec(), vec![empty()]].concat());
        rows.add_row([Cell::new("base tariff"), empty(), empty(), empty(), number(found.base), empty()]);
        for part in found.parts.iter().filter(|part| part.covered > 0.0) {
            let measure = &self.ledger.measures[part.measure];
            let recalled = if measure.recalled().is_some() { RECALLED } else { "" };
            let effect = measure.effect_in_words(self.date);
            let plain = effect == percent(part.rate);
            rows.add_row([
                Cell::new(format!("{}{recalled}", measure.id)),
                Cell::new(points(part.rate)).set_alignment(CellAlignment::Right),
                number(part.covered),
                number(part.levied_on),
                number(part.points),
                Cell::new(if plain { "" } else { &effect }),
            ]);
        }
        rows.add_row([Cell::new("tariff"), empty(), empty(), empty(), number(found.total), empty()]);
        printed(&rows)
    }

    /// What the measures gave way to, and of which groups the highest counts.
    fn rules(&self, found: &Breakdown) -> Result<(), Failure> {
        let shown: Vec<&Part> = found.parts.iter().filter(|part| part.covered > 0.0).collect();
        let mut said = BTreeSet::new();
        for part in &shown {
            let measure = &self.ledger.measures[part.measure];
            let others = measure.stacking.not_with.iter().map(|other| &self.ledger.measures[*other]);
            let others = others.filter(|other| other.is_in_force(self.date));
            let ids: Vec<&str> = others.map(|other| other.id.as_str()).collect();
            if !ids.is_empty() && part.levied_on < part.covered {
                say!("\n{} gives way to {}.", measure.id, ids.join(", "))?;
            }
            if let Some(group) = measure.stacking.group.as_deref().filter(|group| said.insert(*group)) {
                say!("\nOf the group {group} only the highest duty counts on each line.")?;
            }
        }
        let by_share = |part: &&&Part| {
            let scope = &self.ledger.measures[part.measure].scope;
            scope.lines.is_none() && scope.coverage.iter().any(|share| 0.0 < *share && *share < 1.0)
        };
        let by_share: Vec<&str> = shown
            .iter()
            .filter(by_share)
            .map(|part| self.ledger.measures[part.measure].id.as_str())
            .collect();
        if !found.lines.is_empty() && !by_share.is_empty() {
            let ids = by_share.join(", ");
            say!(
                "\nNamed by shares of sectors, not by product, so that each line gets its sector's share: {ids}."
            )?;
        }
        if shown.iter().any(|part| self.ledger.measures[part.measure].recalled().is_some()) {
            say!("\n{RECALLED} rests on memory in part; `recall` or a remark in the ledger says what.")?;
        }
        Ok(())
    }

    fn lines(&self, lines: &[LineTariff]) -> String {
        let mut rows = plain_table();
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let number = |value: f64| right(format!("{:.2}", 100.0 * value));
        let imports = lines.iter().any(|line| line.imports_musd.is_some());
        let titles = ["line", "tariff", "base", "measures, points", "million USD in 2024"];
        let columns = if imports { 5 } else { 4 };
        rows.add_row(&titles[..columns]);
        for line in lines.iter().take(MOST_LINES) {
            let part =
                |part: &Part| format!("{} {:.2}", self.ledger.measures[part.measure].id, 100.0 * part.points);
            let levied = line.parts.iter().filter(|part| part.points != 0.0);
            let mut row = vec![
                Cell::new(&line.code),
                number(line.total),
                number(line.base),
                Cell::new(levied.map(part).collect::<Vec<_>>().join(" + ")),
            ];
            row.extend(line.imports_musd.map(|musd| right(format!("{musd:.1}"))));
            rows.add_row(row);
        }
        printed(&rows)
    }

    fn part_rows(&self, pair: (usize, usize), code: Option<&str>, found: &Breakdown) -> Vec<Vec<String>> {
        let (importer, exporter) = self.codes(pair);
        let date = self.date.to_string();
        let row = |line: &str, musd: Option<f64>, id: &str, numbers: [Option<f64>; 4]| {
            let question = [&date, importer, exporter, code.unwrap_or("all"), line].map(str::to_owned);
            let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            let mut row = question.to_vec();
            row.extend([number(musd), id.to_owned()]);
            row.extend(numbers.map(number));
            row
        };
        let of = |line: &str, musd: Option<f64>, base: f64, parts: &[Part]| {
            let mut rows = vec![row(line, musd, "base", [None, None, None, Some(base)])];
            for part in parts.iter().filter(|part| part.covered > 0.0) {
                let numbers = [part.rate, part.covered, part.levied_on, part.points].map(Some);
                rows.push(row(line, musd, &self.ledger.measures[part.measure].id, numbers));
            }
            rows
        };
        if found.lines.is_empty() {
            return of("", None, found.base, &found.parts);
        }
        found
            .lines
            .iter()
            .flat_map(|line| of(&line.code, line.imports_musd, line.base, &line.parts))
            .collect()
    }
}

/// Marks what was written from memory.
const RECALLED: &str = "†";

/// Pairs that measures name as single parties, those with most measures first.
fn named_pairs(ledger: &Ledger) -> Vec<(usize, usize)> {
    let mut pairs: Vec<((usize, usize), usize)> = Vec::new();
    for measure in ledger.measures.iter().filter(|measure| measure.kind == Kind::ImportTariff) {
        if let ([by], [on]) = (&measure.by[..], &measure.on[..]) {
            match pairs.iter_mut().find(|(pair, _)| *pair == (*by, *on)) {
                Some((_, count)) => *count += 1,
                None => pairs.push(((*by, *on), 1)),
            }
        }
    }
    pairs.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    pairs.into_iter().map(|(pair, _)| pair).collect()
}

/// The goods, with the first sectors only where they are listed one by one.
fn short_goods(measure: &Measure, world: &World) -> String {
    let goods = measure.goods_in_words(world);
    let sectors: Vec<&str> = goods.split("; ").collect();
    match sectors.len().checked_sub(MOST_SECTORS) {
        Some(more) if more > 0 && measure.scope.name.is_none() => {
            format!("{}; {more} more", sectors[..MOST_SECTORS].join("; "))
        }
        _ => goods,
    }
}

/// A table without lines that fits the terminal, and is not wrapped elsewhere.
fn plain_table() -> Table {
    let mut table = Table::new();
    let arrangement = match open::terminal_width() {
        Some(_) => ContentArrangement::Dynamic,
        None => ContentArrangement::Disabled,
    };
    table.load_preset(presets::NOTHING).set_content_arrangement(arrangement);
    table
}

/// The lines of a table without the blanks that pad them.
fn printed(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// "1 measure", "2 measures".
fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

fn table(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and all records have the header's length.
    let _ = writer.write_record(columns);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}
