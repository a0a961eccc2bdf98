//! Which taxes does a game start from on a day of the ledger?
//!
//! A game knows taxes and bans. A limit on whole flows is played as the taxes that make
//! it hold on that day, with the rent on the same side; a limit on a part of a flow is no
//! tax on the flow and is left out. Both are told by name.

use jiff::civil::Date;

use crate::equilibrium::{Calibration, EquilibriumError, Options};
use crate::ledger::{Ledger, PolicyState};
use crate::world::World;

/// A day of the ledger as a game sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Taxes and bans; no other limits.
    pub state: PolicyState,
    /// What became of the day's limits, a sentence each.
    pub remarks: Vec<String>,
}

impl Frame {
    /// The ledger's state on a day. Without a long run (a world without inputs) every limit
    /// is left out.
    ///
    /// # Errors
    /// [`EquilibriumError`] if the day's limits have no equilibrium.
    pub fn of(
        world: &World,
        ledger: &Ledger,
        date: Date,
        long_run: Option<(&Calibration, &Options)>,
    ) -> Result<Self, EquilibriumError> {
        let mut state = ledger.state(world, date);
        let (mut out, mut held): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        state.caps.retain(|cap| {
            let whole = cap.flows.iter().all(|(_, covered)| *covered > 1.0 - 1e-12);
            let stays = long_run.is_some() && (whole || cap.quantity == 0.0);
            if !stays {
                out.push(cap.measure.to_string());
            }
            stays
        });
        if let Some((calibration, options)) = long_run
            && state.caps.iter().any(|cap| cap.quantity > 0.0)
        {
            let found = calibration.solve(state.clone(), options)?;
            for flow in &found.capped_flows {
                (state.tariff[flow.cell], state.export_tax[flow.cell]) = (flow.tariff, flow.export_tax);
            }
            for outcome in found.caps.iter().filter(|outcome| outcome.wedge > 0.0) {
                let wedge = 100.0 * outcome.wedge;
                held.push(format!("{} ({wedge:.1} per cent)", state.caps[outcome.cap].measure));
            }
            state.caps.retain(|cap| cap.quantity == 0.0);
        }
        out.dedup();
        held.dedup();
        let mut remarks = Vec::new();
        if !out.is_empty() {
            remarks.push(format!("limits on quantities are left out of the game: {}", out.join(", ")));
        }
        if !held.is_empty() {
            remarks.push(format!(
                "limits on quantities are played as the taxes that make them hold: {}",
                held.join(", ")
            ));
        }
        Ok(Self { state, remarks })
    }
}
