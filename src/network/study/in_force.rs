//! When does the control of a study hold, and for whom, if a ledger says so?
//!
//! ```text
//! holds(d)  = the measure is in force on d, and not all applications are approved      (1)
//! start     = first day of the first stretch of (1) that reaches into the weeks        (2)
//! end       = first day after it: nothing is held any more                             (3)
//! covered_r = coverage of the controlled sector, where a member of r is in `on`, or 0  (4)
//! ```
//!
//! The rates of approval stay the study's: they were fitted to what was granted. Of
//! the measure's own `approval` only 100 % counts, which opens the queue.

use jiff::civil::Date;

use super::Study;
use crate::ledger::measure::{Kind, Measure};
use crate::world::World;

/// The member of a study's region that stands for everybody it does not name.
pub const OTHERS: &str = "others";

/// Why a measure cannot drive a study.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// It is no licence.
    #[error("`{id}` is of the kind {kind}: a study of licences follows an export-licence")]
    NoLicence {
        /// The measure.
        id: String,
        /// Its kind.
        kind: &'static str,
    },
    /// Somebody else's.
    #[error("`{id}` is no measure of {sender}, whose licences the study `{study}` follows")]
    OfAnother {
        /// The measure.
        id: String,
        /// Code of the region that controls the material of the study.
        sender: String,
        /// The study.
        study: String,
    },
    /// It ends and begins again within the weeks.
    #[error(
        "`{id}` ends on {end} and holds again from {again}: a study follows one stretch; write fewer weeks"
    )]
    HoldsAgain {
        /// The measure.
        id: String,
        /// First day without it.
        end: Date,
        /// First day with it again.
        again: Date,
    },
}

impl Study {
    /// The members of each region that `world` has, as positions, `[region]`. Where
    /// one is "others", all regions that none names, but not `sender`.
    pub fn members(&self, world: &World, sender: Option<usize>) -> Vec<Vec<usize>> {
        let find = |code: &String| world.regions.find(code).ok();
        let named: Vec<usize> =
            self.regions.iter().flat_map(|region| region.members.iter().filter_map(find)).collect();
        let of = |members: &[String]| {
            let mut found: Vec<usize> = members.iter().filter_map(find).collect();
            if members.iter().any(|code| code == OTHERS) {
                found.extend((0..world.region_count()).filter(|r| !named.contains(r) && Some(*r) != sender));
            }
            found
        };
        self.regions.iter().map(|region| of(&region.members)).collect()
    }

    /// The study as a measure has it: its first day, its end, and who is covered
    /// (1) to (4), between `from` and before `until`. `None` if the measure holds on
    /// none of these days. Where it differs from the study's own control, the record
    /// is no longer of what is computed and is left out.
    ///
    /// # Errors
    /// [`MeasureError`] if the measure is no licence of the study's sender, or holds
    /// more than once in these days.
    pub fn under(
        &self,
        measure: &Measure,
        world: &World,
        from: Date,
        until: Date,
    ) -> Result<Option<Study>, MeasureError> {
        let id = measure.id.clone();
        if measure.kind != Kind::ExportLicence {
            return Err(MeasureError::NoLicence { id, kind: measure.kind.name() });
        }
        let sender = self.sender.as_deref().and_then(|code| world.regions.find(code).ok());
        if let Some(sender) = sender.filter(|sender| !measure.by.contains(sender)) {
            let (sender, study) = (world.regions.code(sender).to_owned(), self.name.clone());
            return Err(MeasureError::OfAnother { id, sender, study });
        }
        let mut stretches = stretches(measure)
            .into_iter()
            .filter(|(start, end)| *start < until && end.is_none_or(|end| from < end));
        let Some((start, end)) = stretches.next() else { return Ok(None) };
        if let (Some(end), Some((again, _))) = (end, stretches.next()) {
            return Err(MeasureError::HoldsAgain { id, end, again });
        }
        // A world without the material knows no coverage of it.
        let sector = self.material.as_deref().and_then(|code| world.sectors.find(code).ok());
        let coverage =
            sector.map_or(1.0, |sector| measure.scope.coverage.get(sector).copied().unwrap_or(0.0));
        let mut study = self.clone();
        let days = self.days() as i64;
        let end_day = end.map(|end| i64::from((end - start).get_days())).filter(|day| *day < days);
        (study.start, study.end_day) = (start, end_day.map(|day| day as usize));
        for (region, members) in study.regions.iter_mut().zip(self.members(world, sender)) {
            // Whoever the world does not have can be in nobody's `on`.
            let is_known = !members.is_empty();
            let hit: Vec<usize> = members.into_iter().filter(|member| measure.on.contains(member)).collect();
            region.covered = if is_known && hit.is_empty() { 0.0 } else { coverage };
            region.members = hit.into_iter().map(|member| world.regions.code(member).to_owned()).collect();
        }
        let same = start == self.start
            && study.end_day.is_none()
            && study.regions.iter().all(|region| region.covered == 1.0);
        if !same {
            (study.months, study.approvals) = (Vec::new(), Vec::new());
            study.regions.iter_mut().for_each(|region| region.observed = None);
        }
        Ok(study.regions.iter().any(|region| region.covered > 0.0).then_some(study))
    }
}

/// The stretches of days on which a licence holds something back: first day, and
/// first day after it.
fn stretches(measure: &Measure) -> Vec<(Date, Option<Date>)> {
    let holds = |day: Date| {
        let all_approved = !measure.approval.is_empty() && measure.approval_on(day) >= 1.0;
        measure.is_in_force(day) && !all_approved
    };
    let mut stretches: Vec<(Date, Option<Date>)> = Vec::new();
    for day in measure.change_dates() {
        match (stretches.last_mut(), holds(day)) {
            (Some((_, end @ None)), false) => *end = Some(day),
            (Some((_, None)), true) => {}
            (_, true) => stretches.push((day, None)),
            (_, false) => {}
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::measure::{Afterwards, End, RatePath, Suspension};
    use jiff::civil::date;

    fn licence() -> Measure {
        let approval = RatePath::new(vec![(date(2025, 4, 4), 0.0), (date(2025, 6, 4), 0.25)]);
        Measure { kind: Kind::ExportLicence, approval: approval.unwrap(), ..Measure::default() }
    }

    #[test]
    fn a_licence_holds_until_it_ends_is_suspended_or_all_is_approved() {
        let mut measure = licence();
        assert_eq!(stretches(&measure), [(date(2025, 4, 4), None)]);
        measure.end = Some(End { on: date(2025, 7, 1), why: None });
        assert_eq!(stretches(&measure), [(date(2025, 4, 4), Some(date(2025, 7, 1)))]);
        measure.end = None;
        measure.suspension = Some(Suspension {
            points: None,
            from: date(2025, 5, 14),
            until: vec![date(2025, 8, 12)],
            then: Afterwards::SnapBack,
        });
        let found = [(date(2025, 4, 4), Some(date(2025, 5, 14))), (date(2025, 8, 12), None)];
        assert_eq!(stretches(&measure), found);
        let open = RatePath::new(vec![(date(2025, 4, 4), 0.0), (date(2025, 5, 1), 1.0)]).unwrap();
        assert_eq!(
            stretches(&Measure { approval: open, ..licence() }),
            [(date(2025, 4, 4), Some(date(2025, 5, 1)))]
        );
        // Without a share nobody knows that anything is approved.
        let bare = Measure { approval: RatePath::default(), from: Some(date(2025, 4, 4)), ..licence() };
        assert_eq!(stretches(&bare), [(date(2025, 4, 4), None)]);
    }
}
