//! What matters most, as one page: a bar for every factor, longest first.

use crate::scenario::Scenario;
use crate::scenario::tornado::{Bar, Factor, Tornado};
use crate::world::World;

/// Bars that a page shows for an actor.
const SHOWN: usize = 12;

/// Characters of a sector's name.
const NAME: usize = 24;

/// Narrowest and widest a bar's field may be, characters.
const FIELD: (usize, usize) = (20, 60);

/// The page of one phase.
pub struct Page<'a> {
    /// The question.
    pub scenario: &'a Scenario,
    /// The world it was asked of.
    pub world: &'a World,
    /// The answer.
    pub tornado: &'a Tornado,
}

impl Page<'_> {
    /// All actors in the phase with the longest bars, `width` characters wide
    /// where that is possible.
    pub fn render(&self, width: usize) -> String {
        let phase = self.widest_phase();
        let title = |name: &str| {
            let phase = self.scenario.phases.iter().find(|phase| phase.name == name);
            phase.map_or(name.to_owned(), |phase| phase.title.clone())
        };
        let against = &self.scenario.phases[self.scenario.against].title;
        let mut text = format!(
            "What matters most: real income in {} against {against}, per cent\n\
             Each thing moved alone: elasticities from 5 to 95 % of their spread, the rest from one assumption to another\n",
            title(phase)
        );
        for bars in self
            .tornado
            .bars
            .chunk_by(|a, b| (&a.run, &a.reading, &a.region) == (&b.run, &b.reading, &b.region))
        {
            if bars.first().is_some_and(|bar| &*bar.run == phase) {
                text += "\n";
                text += &self.chart(bars, width);
            }
        }
        for left_out in &self.tornado.left_out {
            text += &format!("\n{left_out}\n");
        }
        text
    }

    /// The phase in which the longest bar of any actor is.
    fn widest_phase(&self) -> &str {
        let longest = self.tornado.bars.iter().max_by(|a, b| a.length().total_cmp(&b.length()));
        longest.map_or("", |bar| &bar.run)
    }

    /// The bars of one actor around a common middle.
    fn chart(&self, bars: &[Bar], width: usize) -> String {
        let shown = &bars[..bars.len().min(SHOWN)];
        let Some(first) = shown.first() else { return String::new() };
        let low = shown.iter().map(|bar| bar.ends[0].1).fold(first.central, f64::min);
        let high = shown.iter().map(|bar| bar.ends[1].1).fold(first.central, f64::max);
        let digits = digits(high - low);
        let rows: Vec<[String; 3]> = shown
            .iter()
            .map(|bar| {
                let end = |(label, value): &(std::sync::Arc<str>, f64)| {
                    (label.to_string(), format!("{value:+.digits$}"))
                };
                let ((low_label, low), (high_label, high)) = (end(&bar.ends[0]), end(&bar.ends[1]));
                [self.label(bar.factor), format!("{low_label} {low}"), format!("{high} {high_label}")]
            })
            .collect();
        let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (names, lows, highs) = (widest(0), widest(1), widest(2));
        let field = width.saturating_sub(names + lows + highs + 6).clamp(FIELD.0, FIELD.1);
        let place = |value: f64| match high > low {
            true => ((value - low) / (high - low) * (field - 1) as f64).round() as usize,
            false => 0,
        };
        let reading =
            if first.reading.is_empty() { String::new() } else { format!(", as {} reads it", first.reading) };
        let mut text = format!("{}{reading}: {:+.digits$}\n", first.region, first.central);
        for (bar, [name, low, high]) in shown.iter().zip(&rows) {
            let middle = place(bar.central);
            let drawn: String = (0..field)
                .map(|at| match (place(bar.ends[0].1)..=place(bar.ends[1].1)).contains(&at) {
                    _ if at == middle => '┃',
                    true => '█',
                    false => ' ',
                })
                .collect();
            text += format!("  {name:<names$}  {low:>lows$} {drawn} {high}").trim_end();
            text += "\n";
        }
        if let Some(next) = bars.get(SHOWN) {
            let more = bars.len() - SHOWN;
            text += &format!("  and {more} more, none longer than {:.*}\n", digits + 1, next.length());
        }
        text
    }

    fn label(&self, factor: Factor) -> String {
        match factor {
            Factor::AllElasticities => "all elasticities".to_owned(),
            Factor::ElasticitySet => "elasticity set".to_owned(),
            Factor::Deficits => "deficits".to_owned(),
            Factor::Variant => "variant of the model".to_owned(),
            Factor::Elasticity(sector) => {
                let (code, name) = (self.world.sectors.code(sector), self.world.sectors.name(sector));
                let name = if name == code { "" } else { name };
                format!("θ of {code} {}", shortened(name)).trim_end().to_owned()
            }
        }
    }
}

/// At most [`NAME`] characters.
fn shortened(name: &str) -> String {
    match name.chars().count() > NAME {
        true => name.chars().take(NAME - 1).collect::<String>().trim_end().to_owned() + "…",
        false => name.to_owned(),
    }
}

/// Digits that show a fiftieth of `range`.
fn digits(range: f64) -> usize {
    if range > 0.0 { (1.7 - range.log10()).ceil().clamp(0.0, 6.0) as usize } else { 2 }
}

/// Every bar as a table.
pub fn csv(tornado: &Tornado, world: &World) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and all records have the header's length.
    let header =
        ["run", "reading", "region", "factor", "sector", "central", "low", "low_at", "high", "high_at"];
    let _ = writer.write_record(header);
    for bar in &tornado.bars {
        let (factor, sector) = match bar.factor {
            Factor::AllElasticities => ("elasticities", ""),
            Factor::Elasticity(sector) => ("elasticity", world.sectors.code(sector)),
            Factor::ElasticitySet => ("elasticity_set", ""),
            Factor::Deficits => ("deficits", ""),
            Factor::Variant => ("variant", ""),
        };
        let [(low_at, low), (high_at, high)] = &bar.ends;
        let numbers = [bar.central, *low, *high].map(|value| value.to_string());
        let _ = writer.write_record([
            &*bar.run,
            &*bar.reading,
            &*bar.region,
            factor,
            sector,
            &numbers[0],
            &numbers[1],
            low_at,
            &numbers[2],
            high_at,
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fiftieth of 0.5 is 0.01; of 40, 0.8.
    #[test]
    fn digits_follow_the_range() {
        assert_eq!((digits(0.5), digits(40.0), digits(0.0)), (3, 1, 2));
    }
}
