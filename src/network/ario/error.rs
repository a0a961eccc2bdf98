//! What cannot be run, and what to write instead.

/// Why a run cannot begin or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ArioError {
    /// A horizon without a day.
    #[error("a horizon of 0 days: write 1 or more")]
    Horizon,
    /// A rule with a value that it cannot have.
    #[error("`{rule}` is {value}: write {write}")]
    Rule {
        /// Which rule.
        rule: &'static str,
        /// Its value.
        value: f64,
        /// What it can be.
        write: &'static str,
    },
    /// A number for a group of inputs that it cannot have.
    #[error("`{rule}` of input group {group} is {value}: write {write}")]
    Group {
        /// Which rule.
        rule: &'static str,
        /// Which group.
        group: usize,
        /// Its value.
        value: f64,
        /// What it can be.
        write: &'static str,
    },
    /// A list that has not one number for each.
    #[error("`{rule}` has {got} numbers: write {want}, one for each {each}")]
    Length {
        /// Which rule.
        rule: &'static str,
        /// Numbers found.
        got: usize,
        /// Numbers needed.
        want: usize,
        /// What each is for.
        each: &'static str,
    },
    /// A number of an event that it cannot have.
    #[error("event {event}: {what} is {value}: write {write}")]
    Event {
        /// Position of the event.
        event: usize,
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What it can be.
        write: &'static str,
    },
    /// An industry that is not there.
    #[error("event {event}, row {row}: there is no industry {node}: write 0 to {last}", last = nodes.saturating_sub(1))]
    Industry {
        /// Position of the event.
        event: usize,
        /// Position in the event.
        row: usize,
        /// What was found.
        node: usize,
        /// Number of industries.
        nodes: usize,
    },
    /// A loss that is no share.
    #[error(
        "event {event}, row {row}: industry {node} loses {loss} of its capacity: write a share from 0 to 1"
    )]
    Loss {
        /// Position of the event.
        event: usize,
        /// Position in the event.
        row: usize,
        /// Which industry.
        node: usize,
        /// What was found.
        loss: f64,
    },
    /// More destroyed than there is.
    #[error(
        "event {event}, row {row}: {destroyed} of the capital of industry {node} destroyed, which has {capital}: \
         write a value from 0 to that, in the unit of the table"
    )]
    Destroyed {
        /// Position of the event.
        event: usize,
        /// Position in the event.
        row: usize,
        /// Which industry.
        node: usize,
        /// Destroyed, of all events that last.
        destroyed: f64,
        /// What there is.
        capital: f64,
    },
    /// A stock below zero.
    #[error(
        "on day {day} industry {node} has used up more of input group {group} than it had ({stock}): more inventory \
         days or a larger `psi` keep a stock above a day's use"
    )]
    Stock {
        /// The day.
        day: u32,
        /// Which industry.
        node: usize,
        /// Which input.
        group: usize,
        /// The stock.
        stock: f64,
    },
}
