//! The short run for the terminal: weeks as columns, the long run beside them.

use std::fmt::Write as _;

use super::summary::wrapped;
use crate::network::Study;
use crate::results::{Results, Row, Variable};
use crate::scenario::ShortRun;
use crate::world::World;

/// Weeks that have a column.
const WEEKS: [u32; 6] = [2, 4, 8, 13, 26, 52];

/// How many industries are named.
const NAMED: usize = 4;

/// What the page is drawn from.
pub struct Page<'a> {
    /// The world.
    pub world: &'a World,
    /// Regions in the foreground, by code.
    pub actors: &'a [String],
    /// The answer.
    pub short_run: &'a ShortRun,
    /// The long run of the same scenario: its rows, and the phase that comes last.
    pub long_run: Option<(&'a Results, &'a str, &'a str)>,
    /// Characters that a line may have; `None`: as many as it takes.
    pub width: Option<u16>,
}

impl Page<'_> {
    /// The page.
    pub fn render(&self) -> String {
        let mut text = self.heading();
        self.value_added(&mut text);
        self.losses(&mut text);
        self.leverage(&mut text);
        self.industries(&mut text);
        self.exposed(&mut text);
        self.stops(&mut text);
        self.limits(&mut text);
        match self.width {
            Some(width) => wrapped(&text, usize::from(width)),
            None => text,
        }
    }

    fn study(&self) -> Option<&Study> {
        self.short_run.study.as_ref().map(|(study, _)| study)
    }

    fn weeks(&self) -> Vec<u32> {
        let all = self.short_run.question.weeks as u32;
        let mut weeks: Vec<u32> = WEEKS.into_iter().filter(|week| *week < all).collect();
        weeks.push(all);
        weeks
    }

    fn heading(&self) -> String {
        let ShortRun { question, sender, limited_flows, measures, no_control, .. } = self.short_run;
        let mut text = format!(
            "The short run: {} weeks from {}; what {sender} withholds, {}\n",
            question.weeks,
            question.from,
            match question.draws {
                1 => "one draw".to_owned(),
                draws => format!("median of {draws} draws, 5 to 95 % in brackets"),
            }
        );
        if let Some(id) = no_control {
            let _ = writeln!(
                text,
                "The measure {id} holds on none of these days: the study's control has no effect."
            );
        }
        match (measures.is_empty(), self.study()) {
            (true, None) => {
                text += "The ledger limits no quantity in these weeks that it did not limit before.\n"
            }
            (_, study) => {
                let of_study = study.map(|study| format!("the study {}", study.name));
                let names: Vec<&str> =
                    measures.iter().map(String::as_str).chain(of_study.as_deref()).collect();
                let _ = writeln!(text, "{limited_flows} flows under limits: {}", names.join(", "));
            }
        }
        text
    }

    fn find(&self, variable: Variable, week: u32, region: &str, partner: &str, sector: &str) -> Option<&Row> {
        self.short_run.results.rows.iter().find(|row| {
            row.variable == variable
                && row.week == Some(week)
                && &*row.region == region
                && &*row.partner == partner
                && &*row.sector == sector
        })
    }

    fn value_added(&self, text: &mut String) {
        let weeks = self.weeks();
        let mut block = Block::new("Value added of the week against an undisturbed one, %", &weeks);
        if let Some((_, _, title)) = self.long_run {
            block.heads.push(format!("long run, {title}: real income"));
        }
        for actor in self.actors {
            let mut cells = self.cells(Variable::ValueAdded, &weeks, actor, "", "");
            if let Some((results, run, _)) = self.long_run {
                cells.push(shown(results.find(run, Variable::WelfareExact, actor, "", "")));
            }
            block.rows.push((actor.clone(), cells));
        }
        *text += &block.render(self.width);
    }

    fn cells(
        &self,
        variable: Variable,
        weeks: &[u32],
        region: &str,
        partner: &str,
        sector: &str,
    ) -> Vec<String> {
        weeks.iter().map(|week| shown(self.find(variable, *week, region, partner, sector))).collect()
    }

    fn losses(&self, text: &mut String) {
        let weeks = self.horizons();
        let mut block = Block::new("Value added lost since the first day, million USD", &weeks);
        for actor in self.actors {
            block.rows.push((actor.clone(), self.cells(Variable::ValueAddedLost, &weeks, actor, "", "")));
        }
        for actor in self.actors {
            let made = |week: &u32| self.find(Variable::CaughtUp, *week, actor, "", "");
            if weeks.iter().any(|week| made(week).is_some_and(|row| row.value >= 0.5)) {
                let cells = self.cells(Variable::CaughtUp, &weeks, actor, "", "");
                block.rows.push((format!("{actor}, made up for since"), cells));
            }
        }
        *text += &block.render(self.width);
    }

    /// Weeks to which losses are summed.
    fn horizons(&self) -> Vec<u32> {
        let all = self.short_run.question.weeks as u32;
        [4, 8, 13, 26, 52].into_iter().filter(|week| *week <= all).collect()
    }

    fn leverage(&self, text: &mut String) {
        let weeks = self.horizons();
        let sender = &self.short_run.sender;
        let mut block =
            Block::new(&format!("Leverage: what others lose for a dollar that {sender} loses"), &weeks);
        for other in self.actors.iter().filter(|actor| *actor != sender) {
            for (variable, label) in [
                (Variable::Leverage, other.clone()),
                (Variable::LeveragePerValueAdded, format!("{other}, relative to value added")),
                (Variable::LeverageWithStocks, format!("{other}, unsold stock a cost")),
            ] {
                let cell = |week: &u32| match self.find(variable, *week, sender, other, "") {
                    Some(row) => shown(Some(row)).replace('+', ""),
                    None => format!("{sender} loses nothing"),
                };
                block.rows.push((label, weeks.iter().map(cell).collect()));
            }
        }
        *text += &block.render(self.width);
        let mut block = Block::new(&format!("Of what {sender} loses, million USD"), &weeks);
        for (variable, label) in [
            (Variable::BlockedLost, "in the stages that may not sell"),
            (Variable::RetaliationLost, "to retaliation"),
            (Variable::UnsoldStock, "beside it: stocks beyond the undisturbed"),
        ] {
            if weeks.iter().any(|week| self.find(variable, *week, sender, "", "").is_some()) {
                block.rows.push((label.to_owned(), self.cells(variable, &weeks, sender, "", "")));
            }
        }
        *text += &block.render(self.width);
    }

    /// Industries of the actors whose output falls most in some week.
    fn industries(&self, text: &mut String) {
        let weeks = self.weeks();
        let mut block = Block::new("Output of the week against an undisturbed one, %", &weeks);
        for actor in self.actors {
            let mut sectors: Vec<(&str, f64)> = Vec::new();
            for row in &self.short_run.results.rows {
                if row.variable == Variable::GrossOutput && &*row.region == actor.as_str() {
                    match sectors.iter_mut().find(|(sector, _)| *sector == &*row.sector) {
                        Some((_, least)) => *least = least.min(row.value),
                        None => sectors.push((&row.sector, row.value)),
                    }
                }
            }
            sectors.sort_by(|a, b| a.1.total_cmp(&b.1));
            for (sector, _) in sectors.into_iter().take_while(|(_, least)| *least < -0.05).take(NAMED) {
                let cells = self.cells(Variable::GrossOutput, &weeks, actor, "", sector);
                block.rows.push((format!("{actor} {}", self.sector(sector)), cells));
            }
        }
        *text += &block.render(self.width);
    }

    fn sector(&self, code: &str) -> String {
        let name = self.world.sectors.find(code).map_or("", |sector| self.world.sectors.name(sector));
        let name: String = if name == code { String::new() } else { name.chars().take(20).collect() };
        format!("{code} {}", name.trim_end()).trim_end().to_owned()
    }

    fn exposed(&self, text: &mut String) {
        if self.short_run.exposed.is_empty() {
            return;
        }
        let _ = writeln!(
            text,
            "\nMost exposed: output a year, million USD, for a percentage point more of the limited flows let through"
        );
        for (region, sector, slope) in self.short_run.exposed.iter().take(2 * NAMED) {
            let _ = writeln!(text, "  {:<32}{slope:>12.1}", format!("{region} {}", self.sector(sector)));
        }
    }

    /// First stops of the study, with how heavy they came out.
    fn stops(&self, text: &mut String) {
        let Some((study, outcome)) = &self.short_run.study else { return };
        let _ =
            writeln!(text, "\nFirst stops, days after {} (detente network chains says more)", study.start);
        let day = |day: f64| if day.is_finite() { format!("{day:.0}") } else { "never".to_owned() };
        for region in &outcome.regions {
            let of = &study.regions[region.region];
            let first = region.stop.map_or(region.first, |stop| stop.day);
            let first = format!("{} [{}, {}]", day(first.median), day(first.low), day(first.high));
            let observed = region.stop.zip(of.observed.as_ref()).map(|(stop, observed)| {
                format!("   observed {} to {}: {}", stop.window.0, stop.window.1, observed.report)
            });
            let _ = writeln!(text, "  {:<32}{first:>22}{}", of.name, observed.unwrap_or_default());
            let _ = writeln!(
                text,
                "  {:<32}{:>22}   of {:.0}",
                format!("{}, lines stopped by day {}", of.code, study.report_day),
                format!(
                    "{:.0} [{:.0}, {:.0}]",
                    region.stopped.median, region.stopped.low, region.stopped.high
                ),
                region.lines.median
            );
        }
        for (user, regions) in study.users.iter().zip(&outcome.users) {
            let shown = regions.iter().map(|region| {
                let code = &study.regions[region.region].code;
                format!(
                    "{code} {} [{}, {}]",
                    day(region.first.median),
                    day(region.first.low),
                    day(region.first.high)
                )
            });
            let label = format!("{} ({})", user.name, user.industry);
            let _ = writeln!(text, "  {label:<40}{}", shown.collect::<Vec<_>>().join("   "));
        }
        if !study.users.is_empty() {
            *text += "  of these further users no stop is on record: not calibrated\n";
        }
    }

    fn limits(&self, text: &mut String) {
        *text += "\nWeeks: prices do not move, nobody finds a new supplier, an industry is one line; good until other makers\n\
                  are approved, half a year or so. The long run: everybody has found them and workers have moved; years.\n\
                  Between the two nothing here is valid. Stocks, leakage and dependence are judgements: see the ranges.\n";
        if let Some(study) = self.study() {
            let _ = writeln!(text, "{}", study.note.trim());
        }
    }
}

/// A title, columns and rows, aligned.
struct Block {
    title: String,
    heads: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Block {
    fn new(title: &str, weeks: &[u32]) -> Self {
        let heads = weeks.iter().map(|week| format!("week {week}")).collect();
        Self { title: title.to_owned(), heads, rows: Vec::new() }
    }
}

impl Block {
    /// Nothing without rows or columns. Columns that a line of `most` characters has no
    /// room for go into a band below.
    fn render(&self, most: Option<u16>) -> String {
        if self.rows.is_empty() || self.heads.is_empty() {
            return String::new();
        }
        let long = |text: &String| text.chars().count();
        let label = self.rows.iter().map(|(label, _)| long(label)).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column)).map(long);
            3 + cells.chain([long(&self.heads[column])]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.heads.len()).map(width).collect();
        let mut text = format!("\n{}\n", self.title);
        let mut begin = 0;
        while begin < widths.len() {
            let mut end = begin + 1;
            let fits = |end: usize| {
                most.is_none_or(|most| {
                    2 + label + widths[begin..end].iter().sum::<usize>() <= usize::from(most)
                })
            };
            while end < widths.len() && fits(end + 1) {
                end += 1;
            }
            let line = |first: &str, cells: &[String]| {
                let band = cells.iter().zip(&widths).take(end).skip(begin);
                let cells: String = band.map(|(cell, width)| format!("{cell:>width$}")).collect();
                format!("  {first:<label$}{cells}").trim_end().to_owned() + "\n"
            };
            text += &line("", &self.heads);
            self.rows.iter().for_each(|(label, cells)| text += &line(label, cells));
            begin = end;
        }
        text
    }
}

/// `−0.35 [−0.44, −0.26]`, no finer than the largest number deserves.
fn shown(row: Option<&Row>) -> String {
    let Some(row) = row else { return "·".to_owned() };
    let (value, low, high) = (row.value, row.low.unwrap_or(row.value), row.high.unwrap_or(row.value));
    let digits = match low.abs().max(high.abs()) {
        large if large >= 100.0 => 0,
        large if large >= 10.0 => 1,
        large if large >= 0.1 => 2,
        _ => 3,
    };
    let number = |x: f64| {
        let text = format!("{x:+.digits$}");
        let is_zero = text.chars().all(|c| "+-0.".contains(c));
        if is_zero { "0".to_owned() } else { text }
    };
    match (number(value), number(low), number(high)) {
        (value, low, high) if value == low && low == high => value,
        (value, low, high) => format!("{value} [{low}, {high}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_room_stand_below() {
        let mut block = Block::new("Losses", &[4, 13]);
        block.rows.push(("USA".to_owned(), vec!["-0.5".to_owned(), "-12 [-15, -9]".to_owned()]));
        block.rows.push(("CHN".to_owned(), vec!["0".to_owned(), "+1".to_owned()]));
        let wide = "\nLosses\n        week 4         week 13\n  USA     -0.5   -12 [-15, -9]\n  CHN        0              +1\n";
        assert_eq!(block.render(None), wide);
        assert_eq!(block.render(Some(30)), wide);
        let narrow = "\nLosses\n        week 4\n  USA     -0.5\n  CHN        0\n              week 13\n  USA   -12 [-15, -9]\n  CHN              +1\n";
        assert_eq!(block.render(Some(29)), narrow);
        assert_eq!(block.render(Some(5)), narrow, "a column stays whole");
    }
}
