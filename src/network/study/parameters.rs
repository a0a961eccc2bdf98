//! What is not known for certain, and how is it drawn?
//!
//! Every parameter of a study is a distribution with a source. `u` is a number
//! between 0 and 1 that belongs to the draw and the parameter alone.
//!
//! ```text
//! fixed                m
//! uniform              low + (high − low) u                     low, high: its ends
//! log-normal           m (high/low)^(Φ⁻¹(u) / (2 · 1.6449))     low, high: its 5 and 95 % quantiles
//! log-normal, rounded  the nearest whole number to that, 1 at least
//! discrete uniform     low + ⌊(high − low + 1) u⌋
//! ```
//!
//! `m` is the median. A log-normal share is 1 at most.

use crate::numerics::normal::quantile;
use crate::numerics::vector::{exp1, ln1};

/// `Φ⁻¹(0.95)`.
const Z95: f64 = 1.644_853_626_951_472_7;

/// What a parameter is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A fraction, written as a percentage up to 100 %.
    Share,
    /// A fraction a day, written as a percentage up to 100 %.
    ShareADay,
    /// Days.
    Days,
    /// A pure number.
    Ratio,
    /// A number of things, 1 at least.
    Count,
    /// Tonnes a year.
    TonnesAYear,
}

impl Unit {
    /// The word for it in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::ShareADay => "share a day",
            Self::Days => "days",
            Self::Ratio => "ratio",
            Self::Count => "count",
            Self::TonnesAYear => "tonnes a year",
        }
    }

    /// True if it is written with a per cent sign.
    pub fn is_percentage(self) -> bool {
        matches!(self, Self::Share | Self::ShareADay)
    }
}

/// The shape of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Always the median.
    Fixed,
    /// Any number between the ends.
    Uniform,
    /// The logarithm is normal.
    LogNormal,
    /// The same, rounded to whole numbers from 1.
    LogNormalRounded,
    /// Any whole number from one end to the other.
    DiscreteUniform,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 5] =
        [Self::Fixed, Self::Uniform, Self::LogNormal, Self::LogNormalRounded, Self::DiscreteUniform];

    /// The word for it in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Uniform => "uniform",
            Self::LogNormal => "log-normal",
            Self::LogNormalRounded => "log-normal rounded",
            Self::DiscreteUniform => "discrete uniform",
        }
    }
}

/// A parameter's distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Lower end, or the 5 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// Upper end, or the 95 % quantile.
    pub high: f64,
    /// Shape.
    pub shape: Shape,
    /// What it is measured in.
    pub unit: Unit,
    /// Where it comes from.
    pub source: String,
}

impl Range {
    /// The value at `u`, between 0 and 1 and neither of them.
    pub fn at(&self, u: f64) -> f64 {
        let log_normal = || self.median * exp1(ln1(self.high / self.low) * quantile(u) / (2.0 * Z95));
        match self.shape {
            Shape::Fixed => self.median,
            Shape::Uniform => self.low + (self.high - self.low) * u,
            Shape::LogNormal if self.unit.is_percentage() => log_normal().min(1.0),
            Shape::LogNormal => log_normal(),
            Shape::LogNormalRounded => log_normal().round().max(1.0),
            Shape::DiscreteUniform => (self.low + ((self.high - self.low + 1.0) * u).floor()).min(self.high),
        }
    }

    /// The distribution with all its quantiles times `factor`.
    pub fn scaled(&self, factor: f64) -> Self {
        let (low, median, high) = (self.low * factor, self.median * factor, self.high * factor);
        Self { low, median, high, ..self.clone() }
    }

    /// Always `value`.
    pub fn held_at(&self, value: f64) -> Self {
        Self { low: value, median: value, high: value, shape: Shape::Fixed, ..self.clone() }
    }
}

macro_rules! parameters {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal, $unit:ident;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All of them, in the order of the streams they are drawn from.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name in a file.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What it is measured in.
            pub fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit,)+ }
            }
        }
    };
}

parameters! {
    /// A parameter that holds everywhere.
    Parameter {
        /// Exports before the control, against the base of the record.
        Baseline = "baseline", Ratio;
        /// Mean time until customs hold what was already filed.
        TauEnforce = "tau_enforce", Days;
        /// Mean time until a file is handed in.
        FilePrep = "file_prep", Days;
        /// Files approved a day before the policy step, as a share of all first files.
        ApproveBefore = "approve_0", ShareADay;
        /// Files approved a day from the policy step on.
        ApproveAfter = "approve_1", ShareADay;
        /// Day of the policy step.
        StepDay = "step_day", Days;
        /// Need that one licence covers.
        BatchCover = "batch_cover", Days;
        /// Licences that run for half a year.
        GeneralShare = "general_share", Share;
        /// Days before the end of a licence at which its renewal is filed.
        RenewalLead = "renewal_lead", Days;
        /// Part of the missed volume that is ordered again.
        ReorderShare = "reorder_share", Share;
        /// Mean time in which orders that were freed are shipped.
        BacklogTime = "backlog_time", Days;
        /// From the grant to the ship.
        GrantToShip = "grant_to_ship", Days;
        /// Chains whose files take long.
        SlowShare = "slow_share", Share;
        /// Their rate of approval against the mean.
        SlowFactor = "slow_factor", Ratio;
        /// Cover of magnets at a chain's supplier, median over chains.
        CoverMagnets = "cover_magnets", Days;
        /// Cover of parts, median over chains.
        CoverParts = "cover_parts", Days;
        /// Cover at the maker of vehicles, median over lines and parts.
        CoverMaker = "cover_maker", Days;
        /// Standard deviation of the logarithm of covers between chains.
        CoverSigma = "cover_sigma", Ratio;
        /// The same between regions.
        CoverRegionSigma = "cover_region_sigma", Ratio;
        /// Magnets of one chain.
        ChainTonnes = "chain_tonnes", TonnesAYear;
        /// Magnets that go into vehicles.
        AutoShare = "auto_share", Share;
        /// Parts with magnets that a vehicle line needs.
        PartsPerLine = "parts_per_line", Count;
        /// Licences that a chain needs.
        FilesPerChain = "files_per_chain", Count;
        /// Chains that find another way.
        Rescue = "rescue", Share;
        /// Day from which they have it.
        RescueDay = "rescue_day", Days;
        /// Stops of lines that are reported.
        ReportProb = "report_prob", Share;
        /// Chains supplied by air.
        AirShare = "air_share", Share;
        /// Transit by air.
        LagAir = "lag_air", Days;
        /// Blocked flow that comes through third countries in the end.
        LeakMax = "leak_max", Share;
        /// Time constant of that.
        LeakTime = "leak_time", Days;
        /// Flow that comes as motors in place of magnets.
        Workaround = "workaround", Share;
        /// Day from which it comes.
        WorkaroundStart = "workaround_start", Days;
        /// Flow below which a chain cannot run.
        Phi = "phi", Share;
        /// Arrivals above need while a chain makes up for what it missed.
        CatchUp = "catch_up", Share;
        /// Days that a stopped line needs to run again.
        Restart = "restart", Days;
    }
}

parameters! {
    /// A parameter that every region has its own of.
    RegionParameter {
        /// Trade that needs no licence and is not held.
        NotHeld = "not_held", Share;
        /// Weight of the region's files in the queue before the policy step.
        Priority = "priority", Ratio;
        /// The same from the policy step on.
        PriorityAfter = "priority_after", Ratio;
        /// Transit by sea.
        LagSea = "lag_sea", Days;
        /// Vehicle lines that use magnets.
        Lines = "lines", Count;
    }
}

parameters! {
    /// A parameter that a further user of the material can have of its own.
    UserParameter {
        /// Part of a region's tonnes that goes to the user.
        Share = "share", Share;
        /// Part of the industry's output that is made on such lines.
        IndustryShare = "industry_share", Share;
        /// What one line uses.
        LineTonnes = "line_tonnes", TonnesAYear;
        /// Chains whose files are never approved; none unless a row says so.
        Refused = "refused", Share;
        /// As in [`Parameter`].
        ChainTonnes = "chain_tonnes", TonnesAYear;
        /// As in [`Parameter`].
        CoverMagnets = "cover_magnets", Days;
        /// As in [`Parameter`].
        CoverParts = "cover_parts", Days;
        /// As in [`Parameter`].
        CoverMaker = "cover_maker", Days;
        /// As in [`Parameter`].
        PartsPerLine = "parts_per_line", Count;
        /// As in [`Parameter`].
        FilesPerChain = "files_per_chain", Count;
        /// As in [`Parameter`].
        SlowShare = "slow_share", Share;
        /// As in [`Parameter`]; files that are not slow are as fast as the study's.
        SlowFactor = "slow_factor", Ratio;
        /// As in [`Parameter`].
        Rescue = "rescue", Share;
    }
}

impl UserParameter {
    /// True if every user needs a row.
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Share | Self::IndustryShare | Self::LineTonnes)
    }

    /// The study's parameter that counts where a user has none of its own.
    pub fn of_study(self) -> Option<Parameter> {
        match self {
            Self::Share | Self::IndustryShare | Self::LineTonnes | Self::Refused => None,
            Self::ChainTonnes => Some(Parameter::ChainTonnes),
            Self::CoverMagnets => Some(Parameter::CoverMagnets),
            Self::CoverParts => Some(Parameter::CoverParts),
            Self::CoverMaker => Some(Parameter::CoverMaker),
            Self::PartsPerLine => Some(Parameter::PartsPerLine),
            Self::FilesPerChain => Some(Parameter::FilesPerChain),
            Self::SlowShare => Some(Parameter::SlowShare),
            Self::SlowFactor => Some(Parameter::SlowFactor),
            Self::Rescue => Some(Parameter::Rescue),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: f64, median: f64, high: f64, shape: Shape, unit: Unit) -> Range {
        Range { low, median, high, shape, unit, source: String::new() }
    }

    #[test]
    fn ends_and_medians_are_where_they_are_written() {
        let cover = range(18.0, 30.0, 50.0, Shape::LogNormal, Unit::Days);
        assert!((cover.at(0.5) - 30.0).abs() < 1e-12);
        assert!((cover.at(0.95) - 50.0).abs() < 1e-12 && (cover.at(0.05) - 18.0).abs() < 1e-12);
        let lag = range(30.0, 36.0, 42.0, Shape::Uniform, Unit::Days);
        assert!((lag.at(0.25) - 33.0).abs() < 1e-12);
        let files = range(1.0, 2.0, 3.0, Shape::DiscreteUniform, Unit::Count);
        assert_eq!(
            [0.01, 0.32, 0.34, 0.66, 0.67, 0.999].map(|u| files.at(u)),
            [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
        );
        let parts = range(3.0, 5.5, 10.0, Shape::LogNormalRounded, Unit::Count);
        assert_eq!((parts.at(0.05), parts.at(0.95), parts.at(1e-9)), (3.0, 10.0, 1.0));
    }

    #[test]
    fn a_share_is_not_above_one() {
        let share = range(0.32, 0.48, 0.74, Shape::LogNormal, Unit::Share);
        assert_eq!(share.at(0.9999), 1.0);
    }
}
