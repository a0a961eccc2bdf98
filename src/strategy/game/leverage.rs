//! Which tax of each player hurts the other most for what it costs?

use super::Game;
use super::wrong::{GameError, Wrong};
use crate::strategy::Objective;
use crate::strategy::leverage::{Instrument, Threat, carry_out, threats};

/// How finely shadow values are solved.
const TOLERANCE: f64 = 1e-9;

/// What one player's taxes do to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Leverage {
    /// Position of the region that levies.
    pub own: usize,
    /// Position of the other.
    pub rival: usize,
    /// Every tax on trade in goods between the two that hurts the rival, per unit of
    /// `ln(1 + tax)`, the best first.
    pub all: Vec<Threat>,
    /// Those that hurt it most, raised by the step and solved again, the best first.
    pub carried_out: Vec<Threat>,
}

/// A tax in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tax<'a> {
    /// `tariff` or `export tax`.
    pub instrument: &'static str,
    /// Code of the sector.
    pub sector: &'a str,
}

impl Game<'_> {
    /// The taxes of each of two players on trade with the other: all of them at the margin,
    /// and `top` of them with `1 + tax` raised by `step` per cent.
    ///
    /// # Errors
    /// [`Wrong`] unless two play and the step is above 0; those of the model.
    pub fn leverage(&self, top: usize, step: f64) -> Result<[Leverage; 2], GameError> {
        let [a, b] = self.pair()?;
        if !(step > 0.0 && step <= 1000.0) {
            return Err(Wrong::new("step", " {}: write a number above 0, to 1000", [&step]).into());
        }
        let (economy, n, today) = (&*self.economy, self.world.region_count(), self.today());
        let outcome = economy.solve(&today, None)?;
        let objectives = [a, b].map(|region| Objective::of(region, n));
        let shadows = economy.shadows(&today, &outcome, &objectives, &[], TOLERANCE)?;
        // Nobody levies a tariff on a service at a border.
        let counts = |cell: usize| {
            let ends = [cell / n % n, cell % n];
            self.world.goods[cell / (n * n)] && (ends == [a, b] || ends == [b, a])
        };
        let of = |own: usize| -> Result<Leverage, GameError> {
            let (rival, pair) = (1 - own, [a, b]);
            let mut all =
                threats(pair[own], economy.theta(), &today, &outcome, &shadows[own], &shadows[rival]);
            all.retain(|threat| counts(threat.instrument.cell()) && threat.harm > 0.0);
            // The largest harms are worth solving again; of those, what they cost decides.
            let mut largest = all.clone();
            largest.sort_by(|x, y| y.harm.total_cmp(&x.harm));
            largest.truncate(top);
            let aims = [&objectives[own], &objectives[rival]];
            let factor = 1.0 + step / 100.0;
            let mut carried_out = carry_out(economy, &today, &outcome, &largest, aims, factor)?;
            carried_out.sort_by(|x, y| y.leverage().total_cmp(&x.leverage()));
            Ok(Leverage { own: pair[own], rival: pair[rival], all, carried_out })
        };
        Ok([of(0)?, of(1)?])
    }

    /// A tax in words.
    pub fn tax(&self, instrument: Instrument) -> Tax<'_> {
        let n = self.world.region_count();
        let sector = self.world.sectors.code(instrument.cell() / (n * n));
        let instrument = match instrument {
            Instrument::Tariff(_) => "tariff",
            Instrument::ExportTax(_) => "export tax",
        };
        Tax { instrument, sector }
    }
}
