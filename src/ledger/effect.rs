//! What does each kind of measure move in the policy state?
//!
//! ```text
//! t[s,n,i] += c·τ·Π(1 − x)      import-tariff       n in by, i in on
//! e[s,n,i] += c·τ               export-tax          i in by, n in on
//! e[s,n,i] −= c·τ               subsidy with `rate` i in by, n in on
//! d[s,n,i] += c·k               licence, entity listing, visa: i in by, n in on; port fee: n in by, i in on
//! a[s,n,i]  = min(a, 1 − c(1 − approval))   export-licence
//! w[s,n,i]  = max(w, wait)                  export-licence
//! wait      on c of the flow                export-licence without `approval`
//! cap       on c of the flow: q times its base quantity; quotas (q: quantity), bans (q = 0), licences (q: approval)
//! ```
//!
//! `c` is the coverage of sector `s`, `x` the share that an exemption lets off
//! the measure. Tariffs, taxes and costs add. A cap limits the covered goods and
//! leaves the rest of the sector free; each flow has one of its own, unless the
//! measure pools them.
//! Tariffs that are evaluated by tariff line are added by [`stacking`](super::stacking).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::measure::{Kind, Measure};
use super::state::{Cap, PolicyState, Wait};
use crate::world::World;

/// Adds every measure in force on the state's day.
pub(super) fn add(state: &mut PolicyState, world: &World, measures: &[Measure]) {
    let date = state.date;
    let exemptions = exemptions(measures, date);
    for measure in measures {
        if !measure.is_in_force(date) {
            continue;
        }
        let let_off = exemptions.get(measure.id.as_str()).map_or(&[][..], Vec::as_slice);
        let effect = Effect::on(measure, date);
        if effect.is_none() {
            continue;
        }
        let by_line = |by: usize| measure.kind == Kind::ImportTariff && measure.needs_lines(world, by);
        for by in measure.by.iter().filter(|by| !by_line(**by)) {
            for on in measure.on.iter().filter(|on| *on != by) {
                let (importer, exporter) =
                    if measure.kind.acts_on_imports() { (*by, *on) } else { (*on, *by) };
                let left = still_taxed(let_off, *by, *on, date);
                for (sector, covered) in covered(measure) {
                    let taxed = covered * measure.stacking.share * left;
                    effect.move_cell(state, world.cell(sector, importer, exporter), covered, taxed);
                }
            }
        }
        if effect.quantity.is_finite() {
            limit(state, world, measure, effect.quantity);
        }
        if effect.wait_weeks > 0.0 && measure.approval.is_empty() {
            hold(state, world, measure, effect.wait_weeks);
        }
    }
}

/// The sectors of a measure's goods and their covered share.
fn covered(measure: &Measure) -> impl Iterator<Item = (usize, f64)> {
    measure.scope.coverage.iter().copied().enumerate().filter(|(_, covered)| *covered != 0.0)
}

/// The flows of a measure that exist, with the share that it covers.
fn flows(world: &World, measure: &Measure) -> Vec<(usize, f64)> {
    let mut flows = Vec::new();
    for (sector, covered) in covered(measure) {
        for by in &measure.by {
            for on in measure.on.iter().filter(|on| *on != by) {
                let (importer, exporter) =
                    if measure.kind.acts_on_imports() { (*by, *on) } else { (*on, *by) };
                let cell = world.cell(sector, importer, exporter);
                if world.trade_musd[cell] > 0.0 {
                    flows.push((cell, covered));
                }
            }
        }
    }
    flows
}

/// Adds the wait of a licence of which no share is known.
fn hold(state: &mut PolicyState, world: &World, measure: &Measure, weeks: f64) {
    let flows = flows(world, measure);
    if let (false, Some(since)) = (flows.is_empty(), measure.begins(state.date)) {
        state.waits.push(Wait { measure: Arc::from(measure.id.as_str()), flows, since, weeks });
    }
}

/// Adds the caps of one measure, on the flows that exist.
fn limit(state: &mut PolicyState, world: &World, measure: &Measure, quantity: f64) {
    let flows = flows(world, measure);
    let (id, importer_rent) = (Arc::from(measure.id.as_str()), measure.importer_rent());
    let cap = |flows| Cap { measure: Arc::clone(&id), flows, quantity, importer_rent };
    if measure.pooled {
        state.caps.extend((!flows.is_empty()).then(|| cap(flows)));
    } else {
        state.caps.extend(flows.into_iter().map(|flow| cap(vec![flow])));
    }
}

/// The exemptions in force on `date`, by the measure that they let off.
pub(super) fn exemptions(measures: &[Measure], date: Date) -> BTreeMap<&str, Vec<&Measure>> {
    let mut exemptions: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
    let lets_off = |measure: &&Measure| !measure.of.is_empty() && measure.share_on(date) > 0.0;
    for measure in measures.iter().filter(lets_off) {
        for id in &measure.of {
            exemptions.entry(id).or_default().push(measure);
        }
    }
    exemptions
}

/// Share of a measure's trade that its exemptions leave.
pub(super) fn still_taxed(exemptions: &[&Measure], by: usize, on: usize, date: Date) -> f64 {
    let speaks = |side: &[usize], region| side.is_empty() || side.contains(&region);
    let hit = exemptions.iter().filter(|other| speaks(&other.by, by) && speaks(&other.on, on));
    hit.map(|other| 1.0 - other.share_on(date)).product()
}

/// What one measure does to every trade flow that it covers.
struct Effect {
    tariff: f64,
    export_tax: f64,
    cost: f64,
    quantity: f64,
    approval: f64,
    wait_weeks: f64,
}

impl Effect {
    fn on(measure: &Measure, date: Date) -> Self {
        let (tariff, export_tax) = match measure.kind {
            Kind::ImportTariff => (measure.rate_on(date), 0.0),
            Kind::ExportTax => (0.0, measure.rate_on(date)),
            Kind::Subsidy => (0.0, -measure.rate_on(date)),
            _ => (0.0, 0.0),
        };
        let approval = measure.approval_on(date);
        let licensed = if approval < 1.0 { approval } else { f64::INFINITY };
        let wait_weeks = measure.wait_weeks.filter(|_| measure.is_in_force(date)).unwrap_or(0.0);
        Self {
            tariff,
            export_tax,
            cost: measure.cost_on(date),
            quantity: measure.quantity_on(date).min(licensed),
            approval,
            wait_weeks,
        }
    }

    fn is_none(&self) -> bool {
        let taxes = self.tariff != 0.0 || self.export_tax != 0.0 || self.cost != 0.0;
        !taxes && self.quantity == f64::INFINITY && self.approval == 1.0 && self.wait_weeks == 0.0
    }

    fn move_cell(&self, state: &mut PolicyState, cell: usize, covered: f64, taxed: f64) {
        // What does not move is not touched: each array is far larger than a cache.
        if self.tariff != 0.0 {
            state.tariff[cell] += taxed * self.tariff;
        }
        if self.export_tax != 0.0 {
            state.export_tax[cell] += taxed * self.export_tax;
        }
        if self.cost != 0.0 {
            state.iceberg_hat[cell] += covered * self.cost;
        }
        if self.approval != 1.0 {
            state.approval[cell] = state.approval[cell].min(1.0 - covered * (1.0 - self.approval));
        }
        if self.wait_weeks != 0.0 {
            state.licence_wait_weeks[cell] = state.licence_wait_weeks[cell].max(self.wait_weeks);
        }
    }
}
