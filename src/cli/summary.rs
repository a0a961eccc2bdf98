//! The long run of a scenario as a table for the terminal: phases as columns.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use crate::ledger::Ledger;
use crate::report::methods;
use crate::results::{Results, Row, Variable};
use crate::scenario::run::Driver;
use crate::scenario::{LongRun, Scenario};
use crate::world::World;

/// How many sectors and bystanders a summary names.
const NAMED: usize = 3;

/// Where a list of ids is broken if nobody says how wide the terminal is.
const LIST_WIDTH: usize = 100;

/// What the summary is drawn from.
pub struct Summary<'a> {
    /// The question.
    pub scenario: &'a Scenario,
    /// The world it was asked of.
    pub world: &'a World,
    /// The measures.
    pub ledger: &'a Ledger,
    /// The answer.
    pub long_run: &'a LongRun,
}

/// A place in the result table: variable, region, partner, sector.
type Key<'k> = (Variable, &'k str, &'k str, &'k str);

impl Summary<'_> {
    /// The whole summary, `width` characters wide at most where that is possible.
    ///
    /// Ranges stand beside their values where the width allows it, below them where not.
    pub fn render(&self, width: Option<u16>) -> String {
        let wide = self.table(" ").to_string();
        let fits =
            |text: &str| width.is_none_or(|w| text.lines().all(|l| l.chars().count() <= usize::from(w)));
        let table = if fits(&wide) { wide } else { self.table("\n").to_string() };
        let notes = match width {
            Some(width) => wrapped(&self.footnotes(), usize::from(width)),
            None => self.footnotes(),
        };
        let unpriced = wrapped(&self.unpriced(), width.map_or(LIST_WIDTH, usize::from));
        format!("{}\n{}\n\n{}\n\n{notes}{unpriced}", self.scenario.title, self.subtitle(), table)
    }

    /// All sections; `between` stands between a value and its range.
    fn table(&self, between: &str) -> Sections {
        let mut table = Sections { rows: Table::new(), titles: Vec::new() };
        table.rows.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        self.headings(&mut table);
        self.tariffs(&mut table, between);
        self.actors(&mut table, between);
        self.limits(&mut table, between);
        self.downstream(&mut table, between);
        self.sectors(&mut table, between);
        self.drivers(&mut table);
        self.bystanders(&mut table, between);
        self.readings(&mut table);
        self.prices(&mut table, between);
        table
    }

    fn results(&self) -> &Results {
        &self.long_run.results
    }

    /// Rows of the first reading.
    fn rows(&self) -> impl Iterator<Item = &Row> {
        let first = self.scenario.readings.first().map_or("", String::as_str);
        self.results().rows.iter().filter(move |row| &*row.reading == first)
    }

    fn subtitle(&self) -> String {
        let against = &self.scenario.phases[self.scenario.against];
        let reading = self.scenario.readings.first();
        let reading = reading.map_or(String::new(), |id| format!(" As {id} reads the measures."));
        let range = match self.long_run.draws {
            Some(draws) => format!("5 to 95 % of {} draws of the elasticities", draws.count),
            None => "the range over elasticities".to_owned(),
        };
        format!(
            "Long-run change against \"{}\" ({}). In brackets {range}.{reading}",
            against.title, against.date
        )
    }

    fn headings(&self, table: &mut Sections) {
        let mut heading = vec![Cell::new("")];
        for phase in &self.scenario.phases {
            let text = format!("{}\n{}", phase.title, phase.date);
            heading.push(Cell::new(text).set_alignment(CellAlignment::Right));
        }
        table.rows.add_row(heading);
    }

    /// A title line. Its row holds a short mark only, which [`trim`] replaces:
    /// a title must not widen the column of labels.
    fn section(&self, table: &mut Sections, title: &str) {
        table.rows.add_row(vec![Cell::new("")]);
        table.rows.add_row(vec![Cell::new(format!("{MARK}{}", table.titles.len()))]);
        table.titles.push(title.to_owned());
    }

    fn line(&self, table: &mut Sections, label: &str, show: impl Fn(&str) -> String) {
        let mut cells = vec![Cell::new(format!("  {label}"))];
        for phase in &self.scenario.phases {
            cells.push(Cell::new(show(&phase.name)).set_alignment(CellAlignment::Right));
        }
        table.rows.add_row(cells);
    }

    /// A line of values with their ranges, divided by `unit`.
    fn ranges(&self, table: &mut Sections, label: &str, key: Key<'_>, unit: f64, between: &str) {
        self.line(table, label, |run| match self.find(run, key) {
            Some(row) => with_range(row, unit, between),
            None => "·".to_owned(),
        });
    }

    fn find(&self, run: &str, (variable, region, partner, sector): Key<'_>) -> Option<&Row> {
        self.results().find(run, variable, region, partner, sector)
    }

    fn tariffs(&self, table: &mut Sections, between: &str) {
        let year = self.world.base_date.year();
        let title = format!("Average tariff on goods, % ({year} import weights; simple mean over sectors)");
        self.section(table, &title);
        for (importer, exporter) in self.pairs() {
            self.line(table, &format!("{importer} on {exporter}"), |run| {
                let value = |variable| {
                    self.find(run, (variable, importer, exporter, "")).map_or(f64::NAN, |row| row.value)
                };
                let (weighted, simple) = (value(Variable::TariffWeighted), value(Variable::TariffSimple));
                format!("{weighted:.1}{between}({simple:.1})")
            });
        }
    }

    /// Ordered pairs of actors.
    fn pairs(&self) -> Vec<(&str, &str)> {
        let actors = &self.scenario.actors;
        actors
            .iter()
            .flat_map(|a| actors.iter().filter(move |b| *b != a).map(move |b| (a.as_str(), b.as_str())))
            .collect()
    }

    fn actors(&self, table: &mut Sections, between: &str) {
        let actors = || self.scenario.actors.iter().map(String::as_str);
        self.section(table, "Real income, %");
        for region in actors().chain(["others", ""]) {
            self.ranges(table, label(region), (Variable::WelfareExact, region, "", ""), 1.0, between);
        }
        self.section(table, "Real income, billion USD a year");
        for region in actors().chain(["others", ""]) {
            self.ranges(table, label(region), (Variable::EquivalentVariation, region, "", ""), 1e3, between);
        }
        let counted = |region: &&str| {
            let key = (Variable::PerHousehold, *region, "", "");
            self.scenario.phases.iter().any(|phase| self.find(&phase.name, key).is_some())
        };
        if actors().any(|region| counted(&region)) {
            self.section(table, "Real income, USD a household and year");
            for region in actors().filter(counted) {
                self.ranges(table, region, (Variable::PerHousehold, region, "", ""), 1.0, between);
            }
        }
        self.section(table, "Real wage, %");
        for region in actors() {
            self.ranges(table, region, (Variable::RealWage, region, "", ""), 1.0, between);
        }
        self.section(table, "Price of final spending against world value added, %");
        for region in actors() {
            self.ranges(table, region, (Variable::PriceIndex, region, "", ""), 1.0, between);
        }
        self.section(table, "Imports, %");
        for region in actors() {
            self.ranges(table, &format!("{region}, all"), (Variable::Imports, region, "", ""), 1.0, between);
        }
        for (importer, exporter) in self.pairs() {
            let key = (Variable::Imports, importer, exporter, "");
            self.ranges(table, &format!("{importer} from {exporter}"), key, 1.0, between);
        }
        self.section(table, "Tariff revenue, billion USD a year");
        for region in actors() {
            self.ranges(table, region, (Variable::TariffRevenue, region, "", ""), 1e3, between);
        }
    }

    /// The limits with the largest rents, over all buyers of what they limit.
    fn limits(&self, table: &mut Sections, between: &str) {
        let mut sales: Vec<&Row> = Vec::new();
        for row in self.rows() {
            let limited =
                row.variable == Variable::QuotaRent && !row.sector.is_empty() && row.partner.is_empty();
            if !limited || row.value <= 0.0 {
                continue;
            }
            match sales.iter_mut().find(|s| (&s.region, &s.sector) == (&row.region, &row.sector)) {
                Some(largest) if row.value > largest.value => *largest = row,
                Some(_) => {}
                None => sales.push(row),
            }
        }
        sales.sort_by(|a, b| b.value.total_cmp(&a.value));
        sales.truncate(2 * NAMED);
        if sales.is_empty() {
            return;
        }
        for (title, variable, unit) in [
            ("Limited sales: shadow price, % of what the seller would ask", Variable::ShadowPrice, 1.0),
            ("Limited sales: rent, billion USD a year", Variable::QuotaRent, 1e3),
        ] {
            self.section(table, title);
            for row in &sales {
                let label = format!("{}, {}", row.region, self.sector_label(&row.sector));
                self.ranges(table, &label, (variable, &row.region, "", &row.sector), unit, between);
            }
        }
    }

    /// Limited materials, and the sectors that use most of them: what buyers pay.
    fn downstream(&self, table: &mut Sections, between: &str) {
        let is_limited = |code: &str| {
            let mut rows = self.rows();
            rows.any(|row| row.variable == Variable::ShadowPrice && *row.sector == *code && row.value > 0.0)
        };
        let carved: Vec<usize> = self.world.carved_positions().map(|(child, _, _)| child).collect();
        let mut shown: Vec<usize> = carved.clone();
        shown.retain(|sector| is_limited(self.world.sectors.code(*sector)));
        if shown.is_empty() {
            return;
        }
        let (n, j, output) =
            (self.world.region_count(), self.world.sector_count(), self.world.gross_output_musd());
        let used = |sector: usize| -> f64 {
            let of = |region: usize| {
                let shares =
                    shown.iter().map(|input| self.world.input_share[(region * j + input) * j + sector]);
                shares.sum::<f64>() * output[sector * n + region]
            };
            (0..n).map(of).sum()
        };
        let mut users: Vec<usize> = (0..j).filter(|s| !carved.contains(s) && used(*s) > 0.0).collect();
        users.sort_by(|a, b| used(*b).total_cmp(&used(*a)));
        users.truncate(NAMED);
        shown.extend(users);
        self.section(table, "Price for buyers: limited materials and who uses most of them, %");
        for region in &self.scenario.actors {
            for sector in &shown {
                let code = self.world.sectors.code(*sector);
                let key = (Variable::SectorPrice, region.as_str(), "", code);
                self.ranges(table, &format!("{region}, {}", self.sector_label(code)), key, 1.0, between);
            }
        }
    }

    /// What the ranges of the actors' real incomes hang on, in the hardest phase.
    fn drivers(&self, table: &mut Sections) {
        if self.long_run.drivers.is_empty() {
            return;
        }
        let phase = self.hardest_phase();
        let reading = self.scenario.readings.first().map_or("", String::as_str);
        let title = "What the range of real income hangs on: one standard deviation up, percentage points";
        self.section(table, title);
        for actor in &self.scenario.actors {
            let of_actor = |driver: &&Driver| {
                &*driver.run == phase && &*driver.reading == reading && *driver.region == **actor
            };
            for driver in self.long_run.drivers.iter().filter(of_actor).take(NAMED) {
                let what = match driver.sector {
                    Some(sector) => self.sector_label(self.world.sectors.code(sector)),
                    None => "all elasticities together".to_owned(),
                };
                self.line(table, &format!("{actor}, {what}"), |run| {
                    let mut same = self.long_run.drivers.iter().filter(|other| {
                        &*other.run == run
                            && (&other.reading, &other.region, other.sector)
                                == (&driver.reading, &driver.region, driver.sector)
                    });
                    same.next().map_or("·".to_owned(), |driver| signed(driver.effect, 3))
                });
            }
        }
    }

    /// The phase in which the actors' incomes move most.
    fn hardest_phase(&self) -> &str {
        let loss = |run: &str| -> f64 {
            let change = |region: &String| {
                self.find(run, (Variable::WelfareExact, region, "", "")).map_or(0.0, |row| row.value.abs())
            };
            self.scenario.actors.iter().map(change).sum()
        };
        self.scenario
            .phases
            .iter()
            .map(|phase| phase.name.as_str())
            .max_by(|a, b| loss(a).total_cmp(&loss(b)))
            .unwrap_or_default()
    }

    fn sectors(&self, table: &mut Sections, between: &str) {
        let phase = self.hardest_phase();
        for region in &self.scenario.actors {
            let mut rows: Vec<&Row> = self
                .rows()
                .filter(|row| {
                    row.variable == Variable::GrossOutput && &*row.run == phase && *row.region == **region
                })
                .collect();
            rows.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
            self.section(table, &format!("Output volume of the most affected sectors of {region}, %"));
            for row in rows.into_iter().take(NAMED) {
                let key = (Variable::GrossOutput, region.as_str(), "", &*row.sector);
                self.ranges(table, &self.sector_label(&row.sector), key, 1.0, between);
            }
        }
    }

    fn sector_label(&self, code: &str) -> String {
        match self.world.sectors.find(code) {
            Ok(sector) if self.world.sectors.name(sector) != code => {
                format!("{code} {}", self.world.sectors.name(sector))
            }
            _ => code.to_owned(),
        }
    }

    fn bystanders(&self, table: &mut Sections, between: &str) {
        let phase = self.hardest_phase();
        let mut rows: Vec<&Row> = self
            .rows()
            .filter(|row| {
                row.variable == Variable::WelfareExact
                    && &*row.run == phase
                    && !row.region.is_empty()
                    && &*row.region != "others"
                    && !self.scenario.actors.iter().any(|actor| **actor == *row.region)
            })
            .collect();
        rows.sort_by(|a, b| b.value.total_cmp(&a.value));
        let shown = if rows.len() > 2 * NAMED {
            let losers = rows.split_off(rows.len() - NAMED);
            rows.truncate(NAMED);
            rows.extend(losers);
            rows
        } else {
            rows
        };
        if shown.is_empty() {
            return;
        }
        self.section(table, "Bystanders who gain and lose most, real income, %");
        for row in shown {
            let name = self.world.regions.find(&row.region).map(|i| self.world.regions.name(i));
            let label = match name {
                Ok(name) if name != &*row.region => format!("{} {name}", row.region),
                _ => row.region.to_string(),
            };
            self.ranges(table, &label, (Variable::WelfareExact, &row.region, "", ""), 1.0, between);
        }
    }

    /// Real income under each reading, and by how much each differs from the first.
    fn readings(&self, table: &mut Sections) {
        let Some((first, others)) = self.scenario.readings.split_first() else { return };
        if others.is_empty() {
            return;
        }
        for (unit, variable, scale, digits) in [
            ("%", Variable::WelfareExact, 1.0, 3),
            ("billion USD a year", Variable::EquivalentVariation, 1e3, 2),
        ] {
            self.section(table, &format!("What the readings differ by: real income, {unit}"));
            for actor in &self.scenario.actors {
                let value = |reading: &str, run: &str| {
                    let mut rows = self.results().rows.iter();
                    let found = rows.find(|row| {
                        row.variable == variable
                            && &*row.reading == reading
                            && &*row.run == run
                            && *row.region == **actor
                    });
                    found.map(|row| row.value / scale)
                };
                let show = |value: Option<f64>| value.map_or("·".to_owned(), |v| signed(v, digits));
                for reading in &self.scenario.readings {
                    self.line(table, &format!("{actor}, {reading}"), |run| show(value(reading, run)));
                }
                for other in others {
                    self.line(table, &format!("{actor}, {other} less {first}"), |run| {
                        show(value(other, run).zip(value(first, run)).map(|(other, first)| other - first))
                    });
                }
            }
        }
    }

    /// What each side's reading of each topic is worth.
    fn prices(&self, table: &mut Sections, between: &str) {
        let rows: Vec<&Row> =
            self.results().rows.iter().filter(|row| row.variable == Variable::ReadingGap).collect();
        if rows.is_empty() {
            return;
        }
        self.section(
            table,
            "What a side's reading of one topic is worth, against the ledger: billion USD a year",
        );
        let mut lines: Vec<(&str, &str)> = Vec::new();
        for row in &rows {
            if !lines.contains(&(&*row.reading, &*row.region)) {
                lines.push((&*row.reading, &*row.region));
            }
        }
        for (reading, region) in lines {
            let label = reading
                .split_once('/')
                .map_or(reading.to_owned(), |(side, topic)| format!("{topic}, {side}"));
            self.line(table, &format!("{label}: {region}"), |run| {
                let found = rows
                    .iter()
                    .find(|row| &*row.reading == reading && &*row.region == region && &*row.run == run);
                found.map_or("·".to_owned(), |row| with_range(row, 1e3, between))
            });
        }
    }

    /// What each side's reading of each topic means in weeks; empty without a short run.
    pub fn weeks_read(&self) -> String {
        let of = |variable| {
            self.results()
                .rows
                .iter()
                .filter(move |row| row.variable == variable && row.reading.contains('/'))
        };
        let Some(last) = of(Variable::ValueAddedLost).filter_map(|row| row.week).max() else {
            return String::new();
        };
        let mut text = format!("\nIn {last} weeks, with one topic as a side reads it\n\n");
        text += &format!("  {:<36} {:>6} {:>22} {:>14}\n", "", "", "lost, million USD", "weeks below");
        for row in of(Variable::ValueAddedLost).filter(|row| row.week == Some(last)) {
            let same = |other: &&Row| other.reading == row.reading && other.region == row.region;
            let below =
                of(Variable::WeeksBelow).find(same).map_or("·".to_owned(), |row| format!("{}", row.value));
            let (side, topic) = row.reading.split_once('/').unwrap_or((&row.reading, ""));
            text += &format!(
                "  {:<36} {:>6} {:>22} {below:>14}\n",
                format!("{topic}, {side}"),
                row.region,
                format!("{:.0}", row.value)
            );
        }
        text
    }

    /// Ids of what is in force in some phase and reading and not priced, a line a kind.
    fn unpriced(&self) -> String {
        let kinds = methods::unpriced(self.scenario, self.ledger);
        let text: String =
            kinds.iter().map(|(kind, ids)| format!("\n  {kind}: {}", ids.join(", "))).collect();
        if text.is_empty() { text } else { format!("\nIn force but not priced here:{text}") }
    }

    fn footnotes(&self) -> String {
        methods::assumptions(self.scenario, self.world, self.ledger, self.long_run).join("\n")
    }
}

fn label(region: &str) -> &str {
    match region {
        "others" => "all others",
        "" => "world",
        code => code,
    }
}

/// `-0.35 [-0.44, -0.26]`, no finer than the width of the range deserves.
fn with_range(row: &Row, unit: f64, between: &str) -> String {
    let (low, high) = (row.low.unwrap_or(row.value) / unit, row.high.unwrap_or(row.value) / unit);
    let value = row.value / unit;
    let digits = if low.abs().max(high.abs()) >= 10.0 {
        0
    } else if low.abs().max(high.abs()) >= 1.0 {
        1
    } else {
        2
    };
    let show = |v: f64| signed(v, digits);
    format!("{}{between}[{}, {}]", show(value), show(low), show(high))
}

/// A number with its sign; a rounded zero has none.
fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}");
    if text.trim_start_matches(['+', '-']).chars().all(|c| c == '0' || c == '.') {
        text[1..].to_owned()
    } else {
        text
    }
}

/// Lines of at most `width` characters, broken between words; what an indented
/// line goes on with is indented twice as far.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let words = paragraph.trim_start();
        let margin = &paragraph[..paragraph.len() - words.len()];
        let mut line = margin.to_owned();
        let mut begun = false;
        for word in words.split(' ') {
            if begun && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::replace(&mut line, margin.repeat(2)));
                begun = false;
            }
            if begun {
                line.push(' ');
            }
            line += word;
            begun = true;
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// Stands before the number of a title in a table of [`Sections`].
const MARK: char = '§';

/// A table with title lines between its rows.
struct Sections {
    rows: Table,
    titles: Vec<String>,
}

impl std::fmt::Display for Sections {
    /// Titles in the place of their marks, lines without the blanks that pad them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self
            .rows
            .lines()
            .map(|line| {
                let line = line.trim_end();
                let mark =
                    line.trim_start().strip_prefix(MARK).and_then(|number| number.parse::<usize>().ok());
                mark.and_then(|number| self.titles.get(number)).map_or(line.to_owned(), Clone::clone)
            })
            .collect();
        f.write_str(&lines.join("\n"))
    }
}
