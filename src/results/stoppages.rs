//! A study of chains as rows of the long table.
//!
//! `run` is empty for the study as it is and names the controls otherwise. Medians
//! over draws stand in `value`, their 5 and 95 % quantiles in `low` and `high`; a
//! stop that does not happen within the horizon is `inf`. `sector` is empty for
//! vehicle lines and the code of the user for those of a further user.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Results, Row, Variable};
use crate::network::Study;
use crate::network::study::stoppage::{Outcome, RegionOutcome, Spread};

impl Results {
    /// The rows of a study's draws.
    pub fn of_chains(study: &Study, outcome: &Outcome, run: &str) -> Self {
        let mut table = Table { scenario: study.name.as_str().into(), run: run.into(), rows: Vec::new() };
        for month in &outcome.months {
            if let Some(ratio) = month.ratio {
                table.add(
                    Variable::ExportRatio,
                    Of::default(),
                    Some(month.first),
                    None,
                    scaled(ratio, 100.0),
                );
            }
        }
        for approval in &outcome.approvals {
            let date = study.start.saturating_add((approval.day as i64).days());
            if let Some(share) = approval.share {
                let code = &study.regions[approval.region].code;
                let of = Of { region: code, ..Of::default() };
                table.add(Variable::LicencesApproved, of, Some(date), None, scaled(share, 100.0));
            }
        }
        for region in &outcome.regions {
            table.region(study, outcome, region, None);
        }
        for (user, regions) in study.users.iter().zip(&outcome.users) {
            for region in regions {
                table.region(study, outcome, region, Some(&user.code));
            }
        }
        if let Some(s) = outcome.sharpness() {
            table.add(Variable::Sharpness, Of::default(), None, None, Quantities::only(s));
        }
        Self { rows: table.rows }
    }
}

/// A number with the ends of its range, where it has one.
struct Quantities {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

impl Quantities {
    fn only(value: f64) -> Self {
        Self { value, low: None, high: None }
    }
}

fn scaled(spread: Spread, factor: f64) -> Quantities {
    Quantities {
        value: spread.median * factor,
        low: Some(spread.low * factor),
        high: Some(spread.high * factor),
    }
}

/// Whose number it is: a region, and a further user of the material in it.
#[derive(Clone, Copy, Default)]
struct Of<'a> {
    region: &'a str,
    user: &'a str,
}

struct Table {
    scenario: Arc<str>,
    run: Arc<str>,
    rows: Vec<Row>,
}

impl Table {
    fn add(&mut self, variable: Variable, of: Of<'_>, date: Option<Date>, week: Option<u32>, q: Quantities) {
        self.rows.push(Row {
            run: self.run.clone(),
            scenario: self.scenario.clone(),
            reading: "".into(),
            date,
            week,
            region: of.region.into(),
            partner: "".into(),
            sector: of.user.into(),
            variable,
            value: q.value,
            low: q.low,
            high: q.high,
        });
    }

    fn region(&mut self, study: &Study, outcome: &Outcome, region: &RegionOutcome, user: Option<&str>) {
        let of = Of { region: study.regions[region.region].code.as_str(), user: user.unwrap_or_default() };
        let first = region.stop.map_or(region.first, |stop| stop.day);
        self.add(Variable::WeeksToStop, of, None, None, scaled(first, 1.0 / 7.0));
        if let Some(inside) = region.stop.and_then(|stop| stop.in_window) {
            self.add(Variable::StopInWindow, of, None, None, Quantities::only(100.0 * inside));
        }
        let counted = study.report_day.min(outcome.days - 1);
        let date = study.start.saturating_add((counted as i64).days());
        self.add(Variable::LinesStopped, of, Some(date), None, scaled(region.stopped, 1.0));
        for day in (0..outcome.days).step_by(7) {
            let week = Some((day / 7) as u32);
            let date = Some(study.start.saturating_add((day as i64).days()));
            let percent = |share: f64| Quantities::only(100.0 * share);
            self.add(Variable::StopReported, of, date, week, percent(region.reported_by[day]));
            self.add(Variable::LineStopped, of, date, week, percent(region.line_by[day]));
            self.add(Variable::LinesStanding, of, date, week, scaled(region.standing[day], 100.0));
        }
    }
}
