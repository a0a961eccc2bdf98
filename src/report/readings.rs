//! What is the difference between the sides' readings of the measures worth?
//!
//! ```text
//! apart[p, a] = max_r v[r, p, a] − min_r v[r, p, a]
//! ```
//!
//! `v` is the result of actor `a` in phase `p` as side `r` reads the measures: real income
//! of the long run, of the whole reading and of one topic at a time, and value added lost
//! in the weeks. A dumbbell has an end for each reading, and says in dollars, and in weeks,
//! how far they are apart.

use serde_json::{Value, json};

use super::Report;
use super::figure::{Cell, Figure, Section, Table};
use super::words::{self, Number, plain};
use crate::accounts::topics::Topics;
use crate::results::{Row, Variable};

/// What is less apart than this share of the largest distance of its figure is not told in words.
const SLIGHT: f64 = 0.005;

/// One dumbbell: what is read differently, and its result under each reading.
struct Dumbbell {
    /// Panel it stands in.
    panel: String,
    /// Whose result it is.
    who: String,
    /// What is read differently; `None`: everything.
    topic: Option<String>,
    /// By reading, in the order of the scenario; million USD.
    ends: Vec<Option<Number>>,
    /// By how many weeks the readings are apart, where that is known.
    weeks: Option<f64>,
}

impl Dumbbell {
    /// Its name in a table.
    fn label(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{topic}: {}", self.who),
            None => self.who.clone(),
        }
    }

    /// Its name in a sentence.
    fn told(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{} on {}", self.who, topic.to_lowercase()),
            None => self.who.clone(),
        }
    }

    /// ` (After the call)`, where there are several days.
    fn day(&self) -> String {
        if self.panel.is_empty() { String::new() } else { format!(" ({})", self.panel) }
    }

    /// Does any reading move it?
    fn moves(&self) -> bool {
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

    /// Position of the reading with the highest end.
    fn highest(&self) -> Option<usize> {
        self.known().max_by(|a, b| a.1.value.total_cmp(&b.1.value)).map(|(reading, _)| reading)
    }
}

/// What each side's reading is worth, in a sentence.
pub(super) fn finding(report: &Report<'_>) -> Option<String> {
    let readings = Readings::of(report)?;
    let (whole, by_topic, (last, in_weeks)) = (readings.whole(), readings.by_topic(), readings.in_weeks());
    let most = |one: Option<&Dumbbell>, lead: &str| {
        let one = one?;
        let weeks = one.weeks.map_or(String::new(), |weeks| format!(" and {}", many_weeks(weeks)));
        let per = if one.panel.is_empty() { "" } else { " a year" };
        Some(format!("{lead} {}, {}{per}{weeks}{}", one.told(), dollars(one), one.day()))
    };
    let told: Vec<String> = [
        most(widest(readings.of_actors(&whole)), "most for"),
        most(widest(&by_topic), "by topic for"),
        most(widest(&in_weeks), &format!("in {last} weeks for")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let names = words::list(&readings.names());
    (!told.is_empty()).then(|| format!("What the difference between {names} is worth: {}.", told.join("; ")))
}

/// The section; none with fewer than two readings.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let readings = Readings::of(report)?;
    let figures: Vec<Figure> =
        [readings.whole_figure(), readings.topics_figure(), readings.weeks_figure()].into_iter().flatten().collect();
    (!figures.is_empty()).then(|| Section {
        id: "readings",
        title: "What the difference is worth".to_owned(),
        text: vec![format!(
            "The same days, computed once as {} each read the measures. A topic is priced alone: only its measures \
             are read as the side reads them, all others are as the ledger has them, so topics need not add up; what no \
             reading of a topic moves is left out.",
            words::list(&readings.names())
        )],
        figures,
        ..Section::default()
    })
}

/// The widest dumbbell, if any has a width.
fn widest<'d>(dumbbells: impl IntoIterator<Item = &'d Dumbbell>) -> Option<&'d Dumbbell> {
    let with = dumbbells.into_iter().filter_map(|one| Some((one.apart()?, one)));
    with.filter(|(apart, _)| *apart > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, one)| one)
}

struct Readings<'a> {
    report: &'a Report<'a>,
    ids: &'a [String],
    known: Topics,
}

impl<'a> Readings<'a> {
    fn of(report: &'a Report<'a>) -> Option<Self> {
        let ids = report.scenario.readings.as_slice();
        (ids.len() > 1).then(|| Self { report, ids, known: Topics::shipped() })
    }

    fn names(&self) -> Vec<String> {
        self.ids.to_vec()
    }

    fn rows(&self, variable: Variable) -> impl Iterator<Item = &'a Row> {
        self.report.results.rows.iter().filter(move |row| row.variable == variable)
    }

    /// The title of a topic; of what is no topic, a measure, the id itself.
    fn topic_title<'t>(&'t self, code: &'t str) -> &'t str {
        let topic = self.known.topics.iter().find(|topic| topic.code == code);
        topic.map_or(code, |topic| topic.title.as_str())
    }

    /// Real income of actors, others and the world under each whole reading, million USD a year.
    fn whole(&self) -> Vec<Dumbbell> {
        let who = self.report.scenario.actors.iter().map(String::as_str).chain(["others", ""]);
        let who: Vec<&str> = who.collect();
        let mut found = Vec::new();
        for phase in self.report.compared() {
            for region in &who {
                let end = |reading: &String| {
                    let row = self.rows(Variable::EquivalentVariation).find(|row| {
                        &*row.reading == reading.as_str()
                            && *row.run == *phase.name
                            && &*row.region == *region
                            && row.partner.is_empty()
                            && row.sector.is_empty()
                    });
                    row.map(|row| Number::of(row, 1.0))
                };
                found.push(Dumbbell {
                    panel: phase.title.clone(),
                    who: self.report.region(region),
                    topic: None,
                    ends: self.ids.iter().map(end).collect(),
                    weeks: None,
                });
            }
        }
        found
    }

    /// Those of the actors.
    fn of_actors<'d>(&'d self, whole: &'d [Dumbbell]) -> impl Iterator<Item = &'d Dumbbell> {
        let actors = &self.report.scenario.actors;
        whole.iter().filter(|one| actors.iter().any(|actor| self.report.region(actor) == one.who))
    }

    /// Topics that some reading speaks of, with their codes, in the order of the rows.
    fn topics(&self, variable: Variable) -> Vec<&'a str> {
        let mut topics: Vec<&str> = Vec::new();
        for (_, topic) in self.rows(variable).filter_map(|row| row.reading.split_once('/')) {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        topics
    }

    /// The gap of each topic and actor by phase, million USD a year against the ledger as
    /// it is; a side that does not speak of a topic reads it as the ledger has it.
    fn by_topic(&self) -> Vec<Dumbbell> {
        let mut found = Vec::new();
        for phase in self.report.compared() {
            for topic in self.topics(Variable::ReadingGap) {
                for actor in &self.report.scenario.actors {
                    let end = |reading: &String| {
                        let row = self.rows(Variable::ReadingGap).find(|row| {
                            row.reading.split_once('/') == Some((reading.as_str(), topic))
                                && *row.run == *phase.name
                                && *row.region == **actor
                        });
                        let as_it_is = Number { value: 0.0, range: (0.0, 0.0) };
                        Some(row.map_or(as_it_is, |row| Number::of(row, 1.0)))
                    };
                    found.push(Dumbbell {
                        panel: phase.title.clone(),
                        who: self.report.region(actor),
                        topic: Some(self.topic_title(topic).to_owned()),
                        ends: self.ids.iter().map(end).collect(),
                        weeks: None,
                    });
                }
            }
        }
        found.retain(Dumbbell::moves);
        found
    }

    /// Value added lost by the last week, million USD, with one topic as each side reads it.
    fn in_weeks(&self) -> (u32, Vec<Dumbbell>) {
        let of_topics = |variable| self.rows(variable).filter(|row| row.reading.contains('/'));
        let last = of_topics(Variable::ValueAddedLost).filter_map(|row| row.week).max().unwrap_or(0);
        let mut found = Vec::new();
        for topic in self.topics(Variable::ValueAddedLost) {
            for actor in &self.report.scenario.actors {
                let of = |variable: Variable, reading: &String| {
                    of_topics(variable).find(|row| {
                        row.reading.split_once('/') == Some((reading.as_str(), topic))
                            && *row.region == **actor
                            && (variable != Variable::ValueAddedLost || row.week == Some(last))
                    })
                };
                let lost = |reading| of(Variable::ValueAddedLost, reading).map(|row| Number::of(row, 1.0));
                let weeks: Vec<f64> =
                    self.ids.iter().filter_map(|id| of(Variable::WeeksBelow, id)).map(|row| row.value).collect();
                let spread = |weeks: &[f64]| {
                    let ends = weeks.iter().copied();
                    Some(ends.clone().reduce(f64::max)? - ends.reduce(f64::min)?)
                };
                found.push(Dumbbell {
                    panel: String::new(),
                    who: self.report.region(actor),
                    topic: Some(self.topic_title(topic).to_owned()),
                    ends: self.ids.iter().map(lost).collect(),
                    weeks: if weeks.len() > 1 { spread(&weeks) } else { None },
                });
            }
        }
        found.retain(Dumbbell::moves);
        (last, found)
    }

    fn whole_figure(&self) -> Option<Figure> {
        let dumbbells = self.whole();
        let widest = widest(self.of_actors(&dumbbells)).or_else(|| widest(&dumbbells))?;
        let world = dumbbells.iter().find(|one| one.who == self.report.region("") && one.panel == widest.panel);
        let world = world.map_or(String::new(), |world| format!(", that of the world {}", dollars(world)));
        let title = format!(
            "As {} read the measures, real income of {} is {} a year apart{world}{}",
            words::list(&self.names()),
            widest.who,
            dollars(widest),
            widest.day()
        );
        let subtitle = format!(
            "Real income, {} a year; long run, against {} of {}; ranges: {}",
            unit_of_all(&dumbbells).1,
            self.report.against().title,
            self.report.against().date,
            self.report.range()
        );
        Some(self.figure("readings-whole", title, subtitle, &dumbbells, ("Who", " a year", "higher")))
    }

    fn topics_figure(&self) -> Option<Figure> {
        let dumbbells = self.by_topic();
        let widest = widest(&dumbbells)?;
        let title = format!(
            "By topic the readings differ most for {}: {} a year{}",
            widest.told(),
            dollars(widest),
            widest.day()
        );
        let subtitle = format!(
            "Real income against the ledger as it is, {} a year, with one topic as each side reads it; \
             ranges: {}",
            unit_of_all(&dumbbells).1,
            self.report.range()
        );
        Some(self.figure("readings-topics", title, subtitle, &dumbbells, ("Topic and actor", " a year", "higher")))
    }

    fn weeks_figure(&self) -> Option<Figure> {
        let (last, dumbbells) = self.in_weeks();
        let widest = widest(&dumbbells)?;
        let weeks = widest.weeks.map_or(String::new(), |weeks| format!(" and {}", many_weeks(weeks)));
        let title = format!("In {last} weeks the readings differ most for {}: {}{weeks}", widest.told(), dollars(widest));
        let from = self.report.scenario.short_run.as_ref().map(|question| question.from.to_string());
        let subtitle = format!(
            "Value added lost in {last} weeks from {}, {}, with one topic as each side reads it; the middle \
             of every range; weeks: in how many value added is below undisturbed",
            from.unwrap_or_default(),
            unit_of_all(&dumbbells).1
        );
        Some(self.figure("readings-weeks", title, subtitle, &dumbbells, ("Topic and actor", "", "more")))
    }

    /// The frame, the drawing and the table of a list of dumbbells.
    fn figure(
        &self,
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
            .chain(self.ids.iter().map(|id| format!("{id}, {unit}")))
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
            summary: self.summary(dumbbells, per, higher),
            chart: Some(self.chart(dumbbells)),
            table,
        }
    }

    /// Every gap that is not slight, widest first.
    fn summary(&self, dumbbells: &[Dumbbell], per: &str, higher: &str) -> String {
        let most = widest(dumbbells).and_then(Dumbbell::apart).unwrap_or(0.0);
        let mut told: Vec<(f64, &Dumbbell)> = dumbbells
            .iter()
            .filter_map(|one| Some((one.apart()?, one)))
            .filter(|(apart, _)| *apart > SLIGHT * most)
            .collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let one = |(_, one): &(f64, &Dumbbell)| {
            let weeks = one.weeks.map_or(String::new(), |weeks| format!(", {}", many_weeks(weeks)));
            let side = one.highest().map_or("", |reading| self.ids[reading].as_str());
            format!("{}{} {}{per}{weeks}, {higher} as {side} reads it", one.told(), one.day(), dollars(one))
        };
        let sentences: Vec<String> = told.iter().take(4).map(one).collect();
        format!("How far the readings are apart: {}.", sentences.join("; "))
    }

    fn chart(&self, dumbbells: &[Dumbbell]) -> Value {
        let (scale, unit) = unit_of_all(dumbbells);
        let mut panels: Vec<(&str, Vec<Value>)> = Vec::new();
        for one in dumbbells {
            let ends: Vec<Value> = one
                .ends
                .iter()
                .map(|end| end.map_or(Value::Null, |end| json!([end.value, end.range.0, end.range.1].map(|x: f64| x / scale))))
                .collect();
            let weeks = one.weeks.map_or(String::new(), |weeks| format!(", {}", many_weeks(weeks)));
            let apart = one.apart().map_or(String::new(), |_| format!("{}{weeks}", dollars(one)));
            let row = json!({"label": one.label(), "ends": ends, "apart": apart});
            match panels.iter_mut().find(|(panel, _)| *panel == one.panel) {
                Some((_, rows)) => rows.push(row),
                None => panels.push((&one.panel, vec![row])),
            }
        }
        let panels: Vec<Value> =
            panels.into_iter().map(|(title, rows)| json!({"title": title, "rows": rows})).collect();
        json!({"kind": "dumbbells", "unit": unit, "readings": self.ids, "panels": panels})
    }
}

/// A number in a unit of so many of its own.
fn over(number: Number, scale: f64) -> Number {
    let (low, high) = number.range;
    Number { value: number.value / scale, range: (low / scale, high / scale) }
}

/// How far apart, `2.3 billion USD` or `23 million USD`.
fn dollars(one: &Dumbbell) -> String {
    let apart = one.apart().unwrap_or(0.0);
    let (scale, unit) = unit_of(apart);
    format!("{} {unit}", plain(apart / scale, one.digits(scale)))
}

/// Million USD in a unit that reads well: its size in millions, and its name.
fn unit_of(largest_musd: f64) -> (f64, &'static str) {
    if largest_musd >= 1e3 { (1e3, "billion USD") } else { (1.0, "million USD") }
}

/// The unit of a whole figure: that of its largest end.
fn unit_of_all(dumbbells: &[Dumbbell]) -> (f64, &'static str) {
    let ends = dumbbells.iter().flat_map(Dumbbell::known);
    unit_of(ends.map(|(_, end)| end.value.abs()).fold(0.0, f64::max))
}

fn many_weeks(weeks: f64) -> String {
    if weeks == 1.0 { "1 week".to_owned() } else { format!("{} weeks", plain(weeks, 0)) }
}
