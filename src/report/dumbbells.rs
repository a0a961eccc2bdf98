//! The same result under several readings: dumbbells, and the figure they make.
//!
//! ```text
//! apart[p, a] = max_r v[r, p, a] − min_r v[r, p, a]
//! ```
//!
//! `v` is the result of region `a` in phase `p` as side `r` reads the measures, million USD.
//! A dumbbell has an end for each reading, and says in dollars, and in weeks where they are
//! known, how far the ends are apart; no finer than the ranges of the ends bear.

use serde_json::{Value, json};

use super::figure::{Cell, Figure, Table};
use super::words::{Number, plain};

/// What is less apart than this share of the largest distance of its figure is not told in words.
const SLIGHT: f64 = 0.005;

/// Dumbbells that a sentence names at most.
const MOST: usize = 4;

/// One dumbbell: what is read differently, and its result under each reading.
pub(super) struct Dumbbell {
    /// Panel it stands in.
    pub panel: String,
    /// Code of the region whose result it is.
    pub region: String,
    /// Its name.
    pub who: String,
    /// What is read differently; `None`: everything.
    pub topic: Option<String>,
    /// By reading, in the order of the scenario; million USD.
    pub ends: Vec<Option<Number>>,
    /// By how many weeks the readings are apart, where that is known.
    pub weeks: Option<f64>,
}

impl Dumbbell {
    /// Its name in a table.
    fn label(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{}: {topic}", self.who),
            None => self.who.clone(),
        }
    }

    /// Its name in a sentence.
    pub fn told(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{} on {}", self.who, topic.to_lowercase()),
            None => self.who.clone(),
        }
    }

    /// ` (After the call)`, where there are several days.
    pub fn day(&self) -> String {
        if self.panel.is_empty() { String::new() } else { format!(" ({})", self.panel) }
    }

    /// Does any reading move it?
    pub fn moves(&self) -> bool {
        self.known().any(|(_, end)| end.value != 0.0)
    }

    /// Ends that are known.
    fn known(&self) -> impl Iterator<Item = (usize, Number)> {
        self.ends.iter().enumerate().filter_map(|(reading, end)| Some((reading, (*end)?)))
    }

    /// By how much the readings are apart; `None` with one end alone.
    fn apart(&self) -> Option<f64> {
        let values = || self.known().map(|(_, end)| end.value);
        let (low, high) = (values().reduce(f64::min)?, values().reduce(f64::max)?);
        (self.known().count() > 1).then_some(high - low)
    }

    /// Digits that the distance bears in a unit of `scale` million: no more than the ranges
    /// of its ends.
    fn digits(&self, scale: f64) -> usize {
        let apart = self.apart().unwrap_or(0.0) / scale;
        let by_size = Number { value: apart, range: (apart, apart) }.digits();
        let ends = self.known().map(|(_, end)| over(end, scale)).filter(|end| end.has_range());
        ends.map(Number::digits).fold(by_size, usize::min)
    }

    /// How far apart in words: `2.3 billion USD`, `23 million USD`.
    pub fn dollars(&self) -> String {
        let apart = self.apart().unwrap_or(0.0);
        let (scale, unit) = unit_of(apart);
        format!("{} {unit}", plain(apart / scale, self.digits(scale)))
    }

    /// `14 weeks`, where that is known, after `lead`.
    pub fn weeks_after(&self, lead: &str) -> String {
        match self.weeks {
            None => String::new(),
            Some(1.0) => format!("{lead}1 week"),
            Some(weeks) => format!("{lead}{} weeks", plain(weeks, 0)),
        }
    }

    /// Position of the reading with the highest end.
    fn highest(&self) -> Option<usize> {
        self.known().max_by(|a, b| a.1.value.total_cmp(&b.1.value)).map(|(reading, _)| reading)
    }
}

/// The widest dumbbell, if any has a width.
pub(super) fn widest<'d>(dumbbells: impl IntoIterator<Item = &'d Dumbbell>) -> Option<&'d Dumbbell> {
    let with = dumbbells.into_iter().filter_map(|one| Some((one.apart()?, one)));
    with.filter(|(apart, _)| *apart > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, one)| one)
}

/// The frame, the drawing and the table of `dumbbells`, whose ends are those of `readings`:
/// what their names are, ` a year` where that is meant, and the word for a higher end.
pub(super) fn figure(
    readings: &[String],
    id: &str,
    title: String,
    subtitle: String,
    dumbbells: &[Dumbbell],
    (what, per, higher): (&str, &str, &str),
) -> Figure {
    let panelled = dumbbells.iter().any(|one| !one.panel.is_empty());
    let counted = dumbbells.iter().any(|one| one.weeks.is_some());
    let (scale, unit) = unit_of_all(dumbbells);
    let heads = [what.to_owned()]
        .into_iter()
        .chain(panelled.then(|| "Phase".to_owned()))
        .chain(readings.iter().map(|id| format!("{id}, {unit}")))
        .chain([format!("apart, {unit}")])
        .chain(counted.then(|| "apart, weeks".to_owned()));
    let mut table = Table::new(heads);
    let dot = || Cell::text("·");
    for one in dumbbells {
        let mut row = vec![Cell::text(one.label())];
        row.extend(panelled.then(|| Cell::text(one.panel.clone())));
        row.extend(one.ends.iter().map(|end| Cell::of(end.map(|end| over(end, scale)))));
        let apart = one.apart().map(|apart| apart / scale);
        row.push(apart.map_or_else(dot, |apart| Cell::exact(apart, plain(apart, one.digits(scale)))));
        if counted {
            row.push(one.weeks.map_or_else(dot, |weeks| Cell::exact(weeks, plain(weeks, 0))));
        }
        table.rows.push(row);
    }
    Figure {
        id: id.to_owned(),
        title,
        subtitle,
        summary: summary(readings, dumbbells, per, higher),
        chart: Some(chart(readings, dumbbells)),
        table,
    }
}

/// Every gap that is not slight, widest first.
fn summary(readings: &[String], dumbbells: &[Dumbbell], per: &str, higher: &str) -> String {
    let most = widest(dumbbells).and_then(Dumbbell::apart).unwrap_or(0.0);
    let mut told: Vec<(f64, &Dumbbell)> = dumbbells
        .iter()
        .filter_map(|one| Some((one.apart()?, one)))
        .filter(|(apart, _)| *apart > SLIGHT * most)
        .collect();
    told.sort_by(|a, b| b.0.total_cmp(&a.0));
    let one = |(_, one): &(f64, &Dumbbell)| {
        let weeks = one.weeks_after(", ");
        let side = one.highest().map_or("", |reading| readings[reading].as_str());
        format!("{}{} {}{per}{weeks}, {higher} as {side} reads it", one.told(), one.day(), one.dollars())
    };
    let sentences: Vec<String> = told.iter().take(MOST).map(one).collect();
    format!("How far the readings are apart: {}.", sentences.join("; "))
}

fn chart(readings: &[String], dumbbells: &[Dumbbell]) -> Value {
    let (scale, unit) = unit_of_all(dumbbells);
    let mut panels: Vec<(&str, Vec<Value>)> = Vec::new();
    for one in dumbbells {
        let ends: Vec<Value> = one
            .ends
            .iter()
            .map(|end| {
                end.map_or(Value::Null, |end| {
                    json!([end.value, end.range.0, end.range.1].map(|x: f64| x / scale))
                })
            })
            .collect();
        let weeks = one.weeks_after(", ");
        let apart = one.apart().map_or(String::new(), |_| format!("{}{weeks}", one.dollars()));
        let row = json!({"label": one.label(), "ends": ends, "apart": apart});
        match panels.iter_mut().find(|(panel, _)| *panel == one.panel) {
            Some((_, rows)) => rows.push(row),
            None => panels.push((&one.panel, vec![row])),
        }
    }
    let panels: Vec<Value> =
        panels.into_iter().map(|(title, rows)| json!({"title": title, "rows": rows})).collect();
    json!({"kind": "dumbbells", "unit": unit, "readings": readings, "panels": panels})
}

/// A number in a unit of so many of its own.
fn over(number: Number, scale: f64) -> Number {
    let (low, high) = number.range;
    Number { value: number.value / scale, range: (low / scale, high / scale) }
}

/// Million USD in a unit that reads well: its size in millions, and its name.
fn unit_of(largest_musd: f64) -> (f64, &'static str) {
    if largest_musd >= 1e3 { (1e3, "billion USD") } else { (1.0, "million USD") }
}

/// The unit of a whole figure: that of its largest end.
pub(super) fn unit_of_all(dumbbells: &[Dumbbell]) -> (f64, &'static str) {
    let ends = dumbbells.iter().flat_map(Dumbbell::known);
    unit_of(ends.map(|(_, end)| end.value.abs()).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ends: &[Option<(f64, f64, f64)>]) -> Dumbbell {
        Dumbbell {
            panel: "After".into(),
            region: "CHN".into(),
            who: "China".into(),
            topic: Some("Rare earths".into()),
            ends: ends
                .iter()
                .map(|end| end.map(|(value, low, high)| Number { value, range: (low, high) }))
                .collect(),
            weeks: Some(1.0),
        }
    }

    #[test]
    fn the_distance_has_no_more_digits_than_its_ends() {
        // 104.31 − (−12.05) = 116.36; exact ends bear no digits at this size.
        let exact = of(&[Some((104.31, 104.31, 104.31)), Some((-12.05, -12.05, -12.05))]);
        assert_eq!((exact.dollars().as_str(), exact.highest()), ("116 million USD", Some(0)));
        // 12.34 apart; a range of hundreds leaves whole millions.
        let wide = of(&[Some((0.0, 0.0, 0.0)), Some((12.34, -200.0, 300.0))]);
        assert_eq!(wide.dollars(), "12 million USD");
        let large = of(&[Some((0.0, 0.0, 0.0)), Some((2345.6, 2345.6, 2345.6))]);
        assert_eq!(large.dollars(), "2.35 billion USD");
        assert_eq!(
            (large.label(), large.told()),
            ("China: Rare earths".into(), "China on rare earths".into())
        );
        assert_eq!(large.weeks_after(" and "), " and 1 week");
    }

    #[test]
    fn one_end_alone_is_apart_from_nothing() {
        let alone = of(&[None, Some((5.0, 4.0, 6.0))]);
        assert_eq!(alone.apart(), None);
        assert!(widest([&alone]).is_none() && alone.moves());
        let same = of(&[Some((5.0, 4.0, 6.0)), Some((5.0, 4.0, 6.0))]);
        assert!(widest([&same]).is_none(), "no width is no finding");
    }
}
