//! What is the difference between the sides' readings of the measures worth?
//!
//! Told three times, as [dumbbells](super::dumbbells): real income of the long run under each
//! whole reading, real income with one topic at a time as each side reads it, and value added
//! lost in the weeks, again by topic.

use super::Report;
use super::dumbbells::{Dumbbell, figure, unit_of_all, widest};
use super::figure::{Figure, Section};
use super::words::{self, Number};
use crate::accounts::topics::Topics;
use crate::results::{Row, Variable};
use crate::scenario::Phase;

/// What each side's reading is worth, in a sentence.
pub(super) fn finding(report: &Report<'_>) -> Option<String> {
    let readings = Readings::of(report)?;
    let (whole, by_topic, (last, in_weeks)) = (readings.whole(), readings.by_topic(), readings.in_weeks());
    let most = |one: Option<&Dumbbell>, lead: &str| {
        let one = one?;
        let weeks = one.weeks_after(" and ");
        let per = if one.panel.is_empty() { "" } else { " a year" };
        Some(format!("{lead} {}, {}{per}{weeks}{}", one.told(), one.dollars(), one.day()))
    };
    let told: Vec<String> = [
        most(widest(readings.of_actors(&whole)), "most for"),
        most(widest(&by_topic), "by topic for"),
        most(widest(&in_weeks), &format!("in {last} weeks for")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let names = words::list(readings.ids);
    (!told.is_empty()).then(|| format!("What the difference between {names} is worth: {}.", told.join("; ")))
}

/// The section; none with fewer than two readings.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let readings = Readings::of(report)?;
    let figures: Vec<Figure> = [readings.whole_figure(), readings.topics_figure(), readings.weeks_figure()]
        .into_iter()
        .flatten()
        .collect();
    (!figures.is_empty()).then(|| Section {
        id: "readings",
        title: "What the difference is worth".to_owned(),
        text: vec![format!(
            "The same days, computed once as {} each read the measures. A topic is priced alone: only its measures \
             are read as the side reads them, all others are as the ledger has them, so topics need not add up; what no \
             reading of a topic moves is left out.",
            words::list(readings.ids)
        )],
        figures,
        ..Section::default()
    })
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

    fn rows(&self, variable: Variable) -> impl Iterator<Item = &'a Row> {
        self.report.by_variable.rows(self.report.results, variable)
    }

    /// The title of a topic; of what is no topic, a measure, the id itself.
    fn topic_title<'t>(&'t self, code: &'t str) -> &'t str {
        let topic = self.known.topics.iter().find(|topic| topic.code == code);
        topic.map_or(code, |topic| topic.title.as_str())
    }

    /// The title of a phase, with its name where another has the same title.
    fn panel(&self, phase: &Phase) -> String {
        let same = self.report.scenario.phases.iter().filter(|other| other.title == phase.title).count();
        if same > 1 { format!("{} {}", phase.title, phase.name) } else { phase.title.clone() }
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
                    panel: self.panel(phase),
                    region: (*region).to_owned(),
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
        whole.iter().filter(|one| self.report.is_actor(&one.region))
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
                        panel: self.panel(phase),
                        region: actor.clone(),
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
                let weeks: Vec<f64> = self
                    .ids
                    .iter()
                    .filter_map(|id| of(Variable::WeeksBelow, id))
                    .map(|row| row.value)
                    .collect();
                let spread = |weeks: &[f64]| {
                    let ends = weeks.iter().copied();
                    Some(ends.clone().reduce(f64::max)? - ends.reduce(f64::min)?)
                };
                found.push(Dumbbell {
                    panel: String::new(),
                    region: actor.clone(),
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
        let title = format!(
            "Real income of {} is {} a year apart{}",
            self.report.said(&widest.region),
            widest.dollars(),
            widest.day()
        );
        let subtitle = format!(
            "Real income, {} a year; long run, against {} of {}; ranges: {}",
            unit_of_all(&dumbbells).1,
            self.report.against().title,
            self.report.against().date,
            self.report.range()
        );
        Some(figure(self.ids, "readings-whole", title, subtitle, &dumbbells, ("Who", " a year", "higher")))
    }

    fn topics_figure(&self) -> Option<Figure> {
        let dumbbells = self.by_topic();
        let widest = widest(&dumbbells)?;
        let title =
            format!("Widest by topic: {}, {} a year{}", widest.told(), widest.dollars(), widest.day());
        let subtitle = format!(
            "Real income against the ledger as it is, {} a year, with one topic as each side reads it; \
             ranges: {}",
            unit_of_all(&dumbbells).1,
            self.report.range()
        );
        Some(figure(
            self.ids,
            "readings-topics",
            title,
            subtitle,
            &dumbbells,
            ("Actor and topic", " a year", "higher"),
        ))
    }

    fn weeks_figure(&self) -> Option<Figure> {
        let (last, dumbbells) = self.in_weeks();
        let widest = widest(&dumbbells)?;
        let weeks = widest.weeks_after(" and ");
        let title = format!(
            "In {last} weeks the readings differ most for {}: {}{weeks}",
            widest.told(),
            widest.dollars()
        );
        let from = self.report.scenario.short_run.as_ref().map(|question| question.from.to_string());
        let subtitle = format!(
            "Value added lost in {last} weeks from {}, {}, with one topic as each side reads it; the middle \
             of every range; weeks: in how many value added is below undisturbed",
            from.unwrap_or_default(),
            unit_of_all(&dumbbells).1
        );
        Some(figure(self.ids, "readings-weeks", title, subtitle, &dumbbells, ("Actor and topic", "", "more")))
    }
}
