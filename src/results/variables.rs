//! The variables of the result table: name, unit, meaning.
//!
//! The names are the field's. The book has a page with each one's equation.

use crate::equilibrium::Change;

/// What a row of the result table measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variable {
    /// Real income, exact.
    WelfareExact,
    /// Real income, first-order formula.
    WelfareLinear,
    /// Terms-of-trade part of the first-order formula.
    TermsOfTrade,
    /// Volume-of-trade part of the first-order formula.
    VolumeOfTrade,
    /// Iceberg-cost part of the first-order formula.
    TradeCosts,
    /// Deficit part of the first-order formula.
    Transfers,
    /// Wage over the price of final spending.
    RealWage,
    /// Wage in the numeraire.
    Wage,
    /// Price of final spending in the numeraire.
    PriceIndex,
    /// Dollars of base-year income that are worth the change.
    EquivalentVariation,
    /// The same for a person.
    PerPerson,
    /// The same for a household.
    PerHousehold,
    /// Border value of imports.
    Imports,
    /// Border value of exports.
    Exports,
    /// Change of tariff revenue.
    TariffRevenue,
    /// Change of the rent of limits on quantities.
    QuotaRent,
    /// Shadow price of a limit on a quantity.
    ShadowPrice,
    /// Quantity under a limit.
    LimitedQuantity,
    /// Price of a sector's goods for buyers in a region, in the numeraire.
    SectorPrice,
    /// Volume of gross output.
    GrossOutput,
    /// Employment.
    Employment,
    /// Wage of a sector over the price of final spending.
    SectorRealWage,
    /// What a side's reading of a topic is worth.
    ReadingGap,
    /// Weeks in which value added is below undisturbed.
    WeeksBelow,
    /// Average tariff, weighted by the world's base-year imports.
    TariffWeighted,
    /// Average tariff, every traded sector counting the same.
    TariffSimple,
    /// Exports of a month against the base.
    ExportRatio,
    /// First files approved by a day.
    LicencesApproved,
    /// Time until the stop that is on record.
    WeeksToStop,
    /// Probability that the stop lies in the observed window.
    StopInWindow,
    /// Probability that a reported line has stopped.
    StopReported,
    /// Probability that a given line has stopped.
    LineStopped,
    /// Lines that have stopped.
    LinesStopped,
    /// Lines that stand.
    LinesStanding,
    /// How well observed stops are told from any day.
    Sharpness,
    /// Value added of a week.
    ValueAdded,
    /// Value added lost until a week.
    ValueAddedLost,
    /// Value added made up for until a week.
    CaughtUp,
    /// Loss of a target over that of a sender.
    Leverage,
    /// The same, each relative to value added.
    LeveragePerValueAdded,
    /// The same, with the sender's unsold stock as a cost.
    LeverageWithStocks,
    /// Value added lost by the blocked stages of the sender.
    BlockedLost,
    /// Stocks of the sender beyond the undisturbed.
    UnsoldStock,
    /// Value added lost to the measures that are retaliation.
    RetaliationLost,
    /// Real income with each side on a rung.
    RungPayoff,
    /// Average tariff on a rung.
    RungTariff,
    /// Best reply to a rung of the other.
    BestReplyRung,
    /// Last rung that is climbed willingly.
    ClimbsTo,
    /// Harm of a threat to the other.
    ThreatHarm,
    /// Cost of a threat to who makes it.
    ThreatCost,
    /// When a measure of the short run is felt.
    WeeksToBite,
    /// What lowering a tariff costs the giver.
    ConcessionGiven,
    /// What it is worth to the receiver.
    ConcessionReceived,
    /// Gain on the frontier and at its marks.
    FrontierGain,
    /// What breaking a deal gains.
    Temptation,
    /// What the punishment costs.
    PunishmentLoss,
    /// Least discount factor at which a deal holds.
    CriticalDiscount,
    /// Longest time that detection may take.
    LongestLag,
    /// False alarms under noise.
    FalseAlarms,
    /// Weight on the other's loss from which a breach pays.
    LeastWeight,
    /// What is left of the deterrent.
    TruceMargin,
    /// Loss of a week of waiting.
    CostOfDelay,
    /// What giving in costs.
    CostOfConceding,
    /// Share of a side in what a deal is worth.
    BargainingShare,
    /// Week in which waiting has cost more than giving in.
    PressureWeek,
}

impl Variable {
    /// Every variable.
    pub const ALL: [Self; 65] = [
        Self::WelfareExact,
        Self::WelfareLinear,
        Self::TermsOfTrade,
        Self::VolumeOfTrade,
        Self::TradeCosts,
        Self::Transfers,
        Self::RealWage,
        Self::Wage,
        Self::PriceIndex,
        Self::EquivalentVariation,
        Self::PerPerson,
        Self::PerHousehold,
        Self::Imports,
        Self::Exports,
        Self::TariffRevenue,
        Self::QuotaRent,
        Self::ShadowPrice,
        Self::LimitedQuantity,
        Self::SectorPrice,
        Self::GrossOutput,
        Self::Employment,
        Self::SectorRealWage,
        Self::ReadingGap,
        Self::WeeksBelow,
        Self::TariffWeighted,
        Self::TariffSimple,
        Self::ExportRatio,
        Self::LicencesApproved,
        Self::WeeksToStop,
        Self::StopInWindow,
        Self::StopReported,
        Self::LineStopped,
        Self::LinesStopped,
        Self::LinesStanding,
        Self::Sharpness,
        Self::ValueAdded,
        Self::ValueAddedLost,
        Self::CaughtUp,
        Self::Leverage,
        Self::LeveragePerValueAdded,
        Self::LeverageWithStocks,
        Self::BlockedLost,
        Self::UnsoldStock,
        Self::RetaliationLost,
        Self::RungPayoff,
        Self::RungTariff,
        Self::BestReplyRung,
        Self::ClimbsTo,
        Self::ThreatHarm,
        Self::ThreatCost,
        Self::WeeksToBite,
        Self::ConcessionGiven,
        Self::ConcessionReceived,
        Self::FrontierGain,
        Self::Temptation,
        Self::PunishmentLoss,
        Self::CriticalDiscount,
        Self::LongestLag,
        Self::FalseAlarms,
        Self::LeastWeight,
        Self::TruceMargin,
        Self::CostOfDelay,
        Self::CostOfConceding,
        Self::BargainingShare,
        Self::PressureWeek,
    ];

    /// Changes that every region has one of, in the order of the table.
    pub const OF_REGIONS: [Self; 9] = [
        Self::WelfareExact,
        Self::WelfareLinear,
        Self::TermsOfTrade,
        Self::VolumeOfTrade,
        Self::TradeCosts,
        Self::Transfers,
        Self::RealWage,
        Self::Wage,
        Self::PriceIndex,
    ];

    /// The variable's values in a change between equilibria, as fractions,
    /// `[region]`; `None` unless it is one of [`OF_REGIONS`](Self::OF_REGIONS).
    pub fn of_regions(self, change: &Change) -> Option<&[f64]> {
        Some(match self {
            Self::WelfareExact => &change.welfare_exact,
            Self::WelfareLinear => &change.welfare_linear,
            Self::TermsOfTrade => &change.terms_of_trade,
            Self::VolumeOfTrade => &change.volume_of_trade,
            Self::TradeCosts => &change.trade_costs,
            Self::Transfers => &change.transfers,
            Self::RealWage => &change.real_wage,
            Self::Wage => &change.wage,
            Self::PriceIndex => &change.price_index,
            _ => return None,
        })
    }

    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::WelfareExact => "welfare_exact",
            Self::WelfareLinear => "welfare_linear",
            Self::TermsOfTrade => "terms_of_trade",
            Self::VolumeOfTrade => "volume_of_trade",
            Self::TradeCosts => "trade_costs",
            Self::Transfers => "transfers",
            Self::RealWage => "real_wage",
            Self::Wage => "wage",
            Self::PriceIndex => "price_index",
            Self::EquivalentVariation => "equivalent_variation",
            Self::PerPerson => "per_person",
            Self::PerHousehold => "per_household",
            Self::Imports => "imports",
            Self::Exports => "exports",
            Self::TariffRevenue => "tariff_revenue",
            Self::QuotaRent => "quota_rent",
            Self::ShadowPrice => "shadow_price",
            Self::LimitedQuantity => "limited_quantity",
            Self::SectorPrice => "sector_price",
            Self::GrossOutput => "gross_output",
            Self::Employment => "employment",
            Self::SectorRealWage => "sector_real_wage",
            Self::ReadingGap => "reading_gap",
            Self::WeeksBelow => "weeks_below",
            Self::TariffWeighted => "tariff_weighted",
            Self::TariffSimple => "tariff_simple",
            Self::ExportRatio => "export_ratio",
            Self::LicencesApproved => "licences_approved",
            Self::WeeksToStop => "weeks_to_stop",
            Self::StopInWindow => "stop_in_window",
            Self::StopReported => "stop_reported",
            Self::LineStopped => "line_stopped",
            Self::LinesStopped => "lines_stopped",
            Self::LinesStanding => "lines_standing",
            Self::Sharpness => "sharpness",
            Self::ValueAdded => "value_added",
            Self::ValueAddedLost => "value_added_lost",
            Self::CaughtUp => "caught_up",
            Self::Leverage => "leverage",
            Self::LeveragePerValueAdded => "leverage_per_value_added",
            Self::LeverageWithStocks => "leverage_with_stocks",
            Self::BlockedLost => "blocked_lost",
            Self::UnsoldStock => "unsold_stock",
            Self::RetaliationLost => "retaliation_lost",
            Self::RungPayoff => "rung_payoff",
            Self::RungTariff => "rung_tariff",
            Self::BestReplyRung => "best_reply_rung",
            Self::ClimbsTo => "climbs_to",
            Self::ThreatHarm => "threat_harm",
            Self::ThreatCost => "threat_cost",
            Self::WeeksToBite => "weeks_to_bite",
            Self::ConcessionGiven => "concession_given",
            Self::ConcessionReceived => "concession_received",
            Self::FrontierGain => "frontier_gain",
            Self::Temptation => "temptation",
            Self::PunishmentLoss => "punishment_loss",
            Self::CriticalDiscount => "critical_discount",
            Self::LongestLag => "longest_lag",
            Self::FalseAlarms => "false_alarms",
            Self::LeastWeight => "least_weight",
            Self::TruceMargin => "truce_margin",
            Self::CostOfDelay => "cost_of_delay",
            Self::CostOfConceding => "cost_of_conceding",
            Self::BargainingShare => "bargaining_share",
            Self::PressureWeek => "pressure_week",
        }
    }

    /// The unit of its values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::EquivalentVariation | Self::ReadingGap | Self::TariffRevenue | Self::QuotaRent => {
                "million USD"
            }
            Self::ValueAddedLost | Self::CaughtUp => "million USD",
            Self::BlockedLost | Self::UnsoldStock | Self::RetaliationLost => "million USD",
            Self::Leverage | Self::LeveragePerValueAdded | Self::LeverageWithStocks => "ratio",
            Self::PerPerson | Self::PerHousehold => "USD",
            Self::WeeksToStop | Self::WeeksBelow => "weeks",
            Self::LinesStopped => "lines",
            Self::Sharpness => "log points",
            Self::BestReplyRung | Self::ClimbsTo => "rung",
            Self::WeeksToBite | Self::PressureWeek => "weeks",
            Self::Temptation | Self::PunishmentLoss | Self::TruceMargin => "percentage points",
            Self::CriticalDiscount | Self::LeastWeight => "ratio",
            Self::LongestLag => "days",
            Self::FalseAlarms => "a year",
            Self::CostOfDelay | Self::CostOfConceding => "million USD",
            _ => "per cent",
        }
    }

    /// What it means, in one sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::WelfareExact => {
                "change of real income: income over the price of final spending, the equivalent variation"
            }
            Self::WelfareLinear => "first-order formula for welfare: the sum of its parts at base flows",
            Self::TermsOfTrade => {
                "part of welfare_linear: export prices less import prices, weighted by flows over income"
            }
            Self::VolumeOfTrade => {
                "part of welfare_linear: tariffs times the change of the quantities that cross them, over income"
            }
            Self::TradeCosts => "part of welfare_linear: changes of iceberg costs on imports, over income",
            Self::Transfers => "part of welfare_linear: the change of the deficit, over income",
            Self::RealWage => "change of the wage over the price of final spending",
            Self::Wage => "change of the wage in the numeraire",
            Self::PriceIndex => "change of the price of final spending in the numeraire",
            Self::EquivalentVariation => {
                "welfare_exact times income before the change: a sum per year, in base-year dollars"
            }
            Self::PerPerson => {
                "equivalent_variation over the persons of a region, a year: all final spending counts, of households, \
                 governments and investors"
            }
            Self::PerHousehold => "equivalent_variation over the private households of a region, a year",
            Self::Imports => {
                "change of imports before tariffs, in the numeraire; by partner where one is named"
            }
            Self::Exports => "change of exports before the importers' tariffs, in the numeraire",
            Self::TariffRevenue => "tariff revenue after less before, in the numeraire",
            Self::QuotaRent => {
                "rent of limits on quantities after less before, as importer and as exporter; with a sector, the rent \
                 after on what the region sells of it; with a partner, on what it buys of it there"
            }
            Self::ShadowPrice => {
                "what limits add to the price of the goods they cover: on what the region sells of a sector; with a \
                 partner, on what it buys there, the tightest limit"
            }
            Self::LimitedQuantity => {
                "quantity of the goods that the tightest limit on purchases from a partner covers, against the base year"
            }
            Self::SectorPrice => {
                "change of the price index of a sector's goods for buyers in the region, in the numeraire"
            }
            Self::GrossOutput => {
                "change of the volume of gross output of a sector; with a week, against an undisturbed week"
            }
            Self::Employment => "change of employment of a sector; a region's total is given",
            Self::SectorRealWage => {
                "change of a sector's wage over the price of final spending; where workers move freely it is \
                 `real_wage`, and not listed"
            }
            Self::ReadingGap => {
                "equivalent_variation with one topic as a side reads it, less that with the ledger as it is"
            }
            Self::WeeksBelow => {
                "weeks in which value added is more than a thousandth of a per cent below undisturbed"
            }
            Self::TariffWeighted => {
                "average tariff of a region on a partner over goods, weighted by base-year imports of the world"
            }
            Self::TariffSimple => {
                "average tariff of a region on a partner over traded goods sectors, each counting the same"
            }
            Self::ExportRatio => "exports of a month under a control against a mean month of the base",
            Self::LicencesApproved => "share of the first files of a region that were approved by the day",
            Self::WeeksToStop => {
                "time until the line whose stop is on record, counted among those that would be reported, stops; without a \
                 record, and with a user of the material as sector, until the first line does"
            }
            Self::StopInWindow => {
                "share of the draws in which the stop on record lies in the window in which it was observed"
            }
            Self::StopReported => {
                "probability that at least one line of the region has stopped and was reported by the week"
            }
            Self::LineStopped => "probability that one line drawn at random has stopped by the week",
            Self::LinesStopped => "lines of the region that have stopped by the day",
            Self::LinesStanding => "share of the region's lines that stand in the week",
            Self::Sharpness => {
                "how much likelier the observed windows are than under a day drawn at random: the sum of logarithms"
            }
            Self::ValueAdded => {
                "change of the value added of a week against an undisturbed week, at prices of the base year"
            }
            Self::ValueAddedLost => {
                "value added lost from the first day to the end of the week, before what is made up for later"
            }
            Self::CaughtUp => "value added beyond the undisturbed from the first day to the end of the week",
            Self::Leverage => {
                "value_added_lost of the partner over that of the region whose measures these are, to the end of the week"
            }
            Self::LeveragePerValueAdded => "leverage with each loss taken relative to value added",
            Self::LeverageWithStocks => {
                "value_added_lost of the partner over that of the region whose measures these are and its unsold_stock, \
                 to the end of the week"
            }
            Self::BlockedLost => {
                "part of value_added_lost that is lost in the industries of the region whose sales are limited, to the \
                 end of the week"
            }
            Self::UnsoldStock => {
                "value of the inputs in stock in the region beyond the undisturbed stock, at the end of the week"
            }
            Self::RetaliationLost => {
                "value_added_lost less what it is without the measures that are retaliation, to the end of the week"
            }
            Self::RungPayoff => {
                "change of real income against the status quo of `[strategy]`, with each side on the rung that `run` names"
            }
            Self::RungTariff => {
                "average tariff of a player on the other on a rung, over goods, weighted by base-year imports"
            }
            Self::BestReplyRung => {
                "number of the rung, from 1, with which a player answers the partner's rung that `run` names"
            }
            Self::ClimbsTo => {
                "number of the last rung, from 1, to which a player climbs rather than stop one below"
            }
            Self::ThreatHarm => "loss of the partner's real income from a tax or a rung of the region",
            Self::ThreatCost => {
                "loss of the region's own real income from its tax or rung; negative: it gains"
            }
            Self::WeeksToBite => {
                "first week in which the partner's value added is a tenth of a per cent below an undisturbed week"
            }
            Self::ConcessionGiven => {
                "loss of the region's real income when 1 + its tariff on the partner falls by one per cent"
            }
            Self::ConcessionReceived => "gain of the partner's real income from the same",
            Self::FrontierGain => {
                "gain of real income against the status quo on the frontier of two players, in the trade war or under a deal"
            }
            Self::Temptation => {
                "gain of a player's aim in the period in which it breaks the deal by its best rise of tariffs"
            }
            Self::PunishmentLoss => "loss of a player's aim a period under the punishment, against the deal",
            Self::CriticalDiscount => {
                "least that the next period must count for the deal to hold: 0 if not tempted; no row if no patience helps"
            }
            Self::LongestLag => {
                "longest time from a breach to the answer at which the deal holds; no row if any or none will do"
            }
            Self::FalseAlarms => "punishments a year of peace that nobody deserved, under the best trigger",
            Self::LeastWeight => {
                "weight on the partner's real income from which a small rise of all tariffs on it would pay"
            }
            Self::TruceMargin => {
                "what is left of the deterrent a period, under the assumption that `run` names: the deal holds if it is not negative"
            }
            Self::CostOfDelay => {
                "loss of a week of a standoff; without a week, of every week in the long run"
            }
            Self::CostOfConceding => {
                "what a side loses against the deal by going to its lowest rung alone, over the term"
            }
            Self::BargainingShare => {
                "share of a player in what a deal is worth when both bargain by turns and waiting costs what it costs"
            }
            Self::PressureWeek => "first week in which what waiting has cost reaches what giving in costs",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = Variable::ALL.iter().map(|v| v.name()).collect();
        assert_eq!(names.len(), Variable::ALL.len());
    }
}
