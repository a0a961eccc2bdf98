//! What happens to value added in the weeks after a day?

use serde_json::json;

use super::figure::{Cell, Figure, Section, Table};
use super::words::{Number, in_sentence, plain};
use super::{Report, sector_label, sector_name};
use crate::results::{Row, Variable};

/// Industries of an actor with a row in the table of outputs.
const INDUSTRIES: usize = 6;

/// The section; none without a short run.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let (short_run, world) = report.short_run?;
    let question = &short_run.question;
    let name = |code: &str| {
        world.regions.find(code).map_or(code.to_owned(), |region| world.regions.name(region).to_owned())
    };
    let path = |variable: Variable, code: &str, sector: &str| -> Vec<&Row> {
        let is_of = |row: &&Row| {
            row.variable == variable
                && &*row.region == code
                && &*row.sector == sector
                && row.week.is_some()
                && row.reading.is_empty()
        };
        short_run.results.rows.iter().filter(is_of).collect()
    };
    let points = |rows: &[&Row]| -> Vec<_> {
        rows.iter()
            .map(|row| {
                json!([row.week, row.value, row.low.unwrap_or(row.value), row.high.unwrap_or(row.value)])
            })
            .collect()
    };
    let actors = &report.scenario.actors;
    let panels: Vec<_> = actors
        .iter()
        .map(|actor| json!({"title": name(actor), "points": points(&path(Variable::ValueAdded, actor, ""))}))
        .collect();
    let lowest = |code: &str| {
        let rows = path(Variable::ValueAdded, code, "");
        let lowest = rows.iter().min_by(|a, b| a.value.total_cmp(&b.value))?;
        Some((lowest.week?, Number::of(lowest, 1.0)))
    };
    let told: Vec<String> = actors
        .iter()
        .filter_map(|actor| {
            let (week, number) = lowest(actor)?;
            Some(format!(
                "in {} it is lowest in week {week}, at {} %",
                in_sentence(&name(actor)),
                number.shown()
            ))
        })
        .collect();
    let deepest = actors
        .iter()
        .filter_map(|actor| Some((lowest(actor)?, actor)))
        .min_by(|a, b| a.0.1.value.total_cmp(&b.0.1.value));
    let title = deepest.map_or("Production by week".to_owned(), |((week, number), actor)| {
        let number = super::words::signed(number.value, number.digits());
        format!("Production falls most in {}: {number} % in week {week}", in_sentence(&name(actor)))
    });
    let mut table = Table::new(
        ["Week".to_owned()].into_iter().chain(actors.iter().map(|code| format!("{}, %", name(code)))),
    );
    for week in 1..=question.weeks as u32 {
        let cell = |actor: &String| {
            let rows = path(Variable::ValueAdded, actor, "");
            Cell::of(rows.into_iter().find(|row| row.week == Some(week)).map(|row| Number::of(row, 1.0)))
        };
        let number = Cell::exact(f64::from(week), week.to_string());
        table.rows.push([number].into_iter().chain(actors.iter().map(cell)).collect());
    }
    let value_added = Figure {
        id: "weeks".to_owned(),
        title,
        subtitle: format!(
            "Value added of a week against an undisturbed one, per cent; weeks from {}; {}",
            question.from,
            draws(question.draws)
        ),
        summary: format!("Value added of a week: {}.", told.join("; ")),
        chart: Some(json!({
            "kind": "fans",
            "unit": "%",
            "x": format!("weeks after {}", question.from),
            "zero": true,
            "panels": panels,
        })),
        table,
    };
    let mut figures = vec![value_added];
    figures.extend(losses(report, &name));
    figures.extend(industries(report));
    let measures = short_run.measures.join(", ");
    let study = short_run.study.as_ref().map(|(study, _)| format!("the study {} of chains", study.name));
    let what: Vec<String> = [measures].into_iter().filter(|text| !text.is_empty()).chain(study).collect();
    Some(Section {
        id: "weeks-section",
        title: "What stops in the weeks".to_owned(),
        text: vec![format!(
            "What happens week by week when goods do not arrive. What is followed: {}. Prices do not move in these weeks and \
             nobody finds a new supplier, so they are valid for half a year or so; the long run above is another question. A \
             draw takes all that is not known for sure, as stocks and approvals, from its range; the line is the median of the \
             draws, the band holds 90 % of them.",
            super::words::list(&what)
        )],
        figures,
        ..Section::default()
    })
}

/// `median and 5 to 95 % range of 100 draws`.
pub(super) fn draws(count: usize) -> String {
    if count == 1 { "one draw".to_owned() } else { format!("median and 5 to 95 % range of {count} draws") }
}

/// Losses to a week, and leverage, as a table.
fn losses(report: &Report<'_>, name: &dyn Fn(&str) -> String) -> Option<Figure> {
    let (short_run, _) = report.short_run?;
    let rows = &short_run.results.rows;
    let of = |variable: Variable, region: &str, partner: &str, week: u32| {
        let found = rows.iter().find(|row| {
            row.variable == variable
                && row.week == Some(week)
                && &*row.region == region
                && &*row.partner == partner
                && row.reading.is_empty()
        });
        found.map(|row| Number::of(row, 1.0))
    };
    let mut weeks: Vec<u32> = rows
        .iter()
        .filter(|row| row.variable == Variable::ValueAddedLost && row.reading.is_empty())
        .filter_map(|row| row.week)
        .collect();
    weeks.sort_unstable();
    weeks.dedup();
    let last = *weeks.last()?;
    let heads = ["Since the first day".to_owned()]
        .into_iter()
        .chain(weeks.iter().map(|week| format!("to week {week}")));
    let mut table = Table::new(heads);
    let level = |number: Option<Number>| number.map_or_else(|| Cell::text("·"), Cell::level);
    for actor in &report.scenario.actors {
        let cells = weeks.iter().map(|week| level(of(Variable::ValueAddedLost, actor, "", *week)));
        let label = Cell::text(format!("{}: value added lost, million USD", name(actor)));
        table.rows.push([label].into_iter().chain(cells).collect());
    }
    let sender = &short_run.sender;
    let mut summary = format!("What is lost by week {last} is in the last column");
    for target in report.scenario.actors.iter().filter(|actor| *actor != sender) {
        let cells: Vec<_> = weeks.iter().map(|week| of(Variable::Leverage, sender, target, *week)).collect();
        if let Some(Some(number)) = cells.last() {
            summary = format!(
                "By week {last} {} has lost {} dollars for each dollar that {} has lost",
                in_sentence(&name(target)),
                number.told(),
                in_sentence(&name(sender))
            );
        }
        if cells.iter().any(Option::is_some) {
            let label =
                Cell::text(format!("{}: loss for a dollar that {} loses", name(target), name(sender)));
            table.rows.push([label].into_iter().chain(cells.into_iter().map(level)).collect());
        }
    }
    let lost = |actor: &String| {
        let billions = of(Variable::ValueAddedLost, actor, "", last)?.over(1e3);
        Some(format!("{} {} billion USD", in_sentence(&name(actor)), plain(billions.value, 1)))
    };
    let title: Vec<String> = report.scenario.actors.iter().filter_map(lost).collect();
    Some(Figure {
        id: "losses".to_owned(),
        title: format!("Lost by week {last}: {}", super::words::list(&title)),
        subtitle: format!(
            "Value added lost since {}, and what the other side loses for a dollar of one's own; {}",
            short_run.question.from,
            draws(short_run.question.draws)
        ),
        summary: format!("{summary}."),
        chart: None,
        table,
    })
}

/// The industries of the actors that fall most in some week, as a table.
fn industries(report: &Report<'_>) -> Option<Figure> {
    let (short_run, world) = report.short_run?;
    let mut lowest: Vec<&Row> = Vec::new();
    for row in
        short_run.results.rows.iter().filter(|row| {
            row.variable == Variable::GrossOutput && row.week.is_some() && row.reading.is_empty()
        })
    {
        match lowest.iter_mut().find(|other| (&other.region, &other.sector) == (&row.region, &row.sector)) {
            Some(other) if row.value < other.value => *other = row,
            Some(_) => {}
            None => lowest.push(row),
        }
    }
    lowest.retain(|row| row.value < -0.05);
    lowest.sort_by(|a, b| a.value.total_cmp(&b.value));
    let mut table = Table::new(["Industry", "lowest in week", "output of that week, %"]);
    for actor in &report.scenario.actors {
        for row in lowest.iter().filter(|row| *row.region == **actor).take(INDUSTRIES) {
            let week = row.week.unwrap_or(0);
            table.rows.push(vec![
                Cell::text(format!("{}: {}", report.region(actor), sector_label(world, &row.sector))),
                Cell::exact(f64::from(week), week.to_string()),
                Cell::change(Number::of(row, 1.0)),
            ]);
        }
    }
    let first = lowest.first()?;
    let named = format!("{} in {}", sector_name(world, &first.sector), report.said(&first.region));
    let number = Number::of(first, 1.0).shown();
    Some(Figure {
        id: "industries".to_owned(),
        title: format!("The industry hit hardest: {named}"),
        subtitle: format!(
            "Volume of output in its lowest week against an undisturbed one, per cent; weeks from {}; {}",
            short_run.question.from,
            draws(short_run.question.draws)
        ),
        summary: format!("{named}: output is at {number} % in week {}.", first.week.unwrap_or(0)),
        chart: None,
        table,
    })
}
