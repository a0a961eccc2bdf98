//! What can be wrong with a ledger, a scenario, a material or a study, and how is it said?
//!
//! Every problem has a code (`ledger::rate`; here `file::`, the report puts the
//! kind of file in its place), points into the user's own text,
//! says what was understood and what to write instead. Offsets are bytes.
//! Nothing here decides; the readers do.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

/// One thing that is wrong with a user's file.
#[derive(Clone, Debug, Error, Diagnostic, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)] // The fields are the words of the messages.
pub enum Problem {
    /// The text is not TOML.
    #[error("this is not TOML: {message}")]
    #[diagnostic(code(file::syntax))]
    Syntax {
        message: String,
        #[label("here")]
        at: SourceSpan,
    },

    /// A day that no calendar has.
    #[error("the date {text} does not exist")]
    #[diagnostic(code(file::date))]
    NoSuchDate {
        text: String,
        #[label("not in the calendar")]
        at: SourceSpan,
        #[help]
        help: Option<String>,
    },

    /// A step of a path whose key is not a date.
    #[error("`{text}` is not a date")]
    #[diagnostic(code(file::date), help("write the day as 2025-02-04: year, month, day"))]
    NotADate {
        text: String,
        #[label("a date is expected here")]
        at: SourceSpan,
    },

    /// A value of another type than the key takes.
    #[error("`{key}` takes {wanted}")]
    #[diagnostic(code(file::value))]
    WrongType {
        key: String,
        wanted: &'static str,
        found: &'static str,
        #[label("this is {found}")]
        at: SourceSpan,
        #[help]
        help: Option<String>,
    },

    /// A word that the key does not know.
    #[error("`{key}` cannot be `{word}`")]
    #[diagnostic(code(file::value))]
    UnknownWord {
        key: &'static str,
        word: String,
        #[label("not known")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A key that the table does not have.
    #[error("unknown key `{key}` in {table}")]
    #[diagnostic(code(file::key))]
    UnknownKey {
        key: String,
        table: String,
        #[label("not read")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A key that must be there and is not.
    #[error("{table} has no `{key}`")]
    #[diagnostic(code(file::missing))]
    MissingKey {
        key: &'static str,
        table: String,
        #[label("`{key}` is missing here")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// Two keys that exclude each other.
    #[error("{table} has both `{one}` and `{other}`")]
    #[diagnostic(code(file::conflict))]
    Conflict {
        table: String,
        one: &'static str,
        other: &'static str,
        #[label("`{one}`")]
        one_at: SourceSpan,
        #[label("`{other}`")]
        other_at: SourceSpan,
        #[help]
        help: &'static str,
    },

    /// A region that the world does not have.
    #[error("unknown region `{code}`")]
    #[diagnostic(code(file::region))]
    UnknownRegion {
        code: String,
        #[label("not in this world")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A sector that the world does not have.
    #[error("unknown sector `{code}`")]
    #[diagnostic(code(file::sector))]
    UnknownSector {
        code: String,
        #[label("not in this world")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A group that the file does not define.
    #[error("unknown group `{name}`")]
    #[diagnostic(code(file::group))]
    UnknownGroup {
        name: String,
        #[label("neither a group of this ledger nor a region")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A group that hides a region.
    #[error("the group `{name}` has the code of a region")]
    #[diagnostic(code(file::group), help("give the group another name; lower case keeps them apart"))]
    GroupIsRegion {
        name: String,
        #[label("also a region of this world")]
        at: SourceSpan,
    },

    /// A scope that the file does not define.
    #[error("unknown scope `{name}`")]
    #[diagnostic(code(file::scope))]
    UnknownScope {
        name: String,
        #[label("not under [scopes]")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A kind of measure that the format does not know.
    #[error("unknown kind of measure `{name}`")]
    #[diagnostic(code(file::kind))]
    UnknownKind {
        name: String,
        #[label("not a kind")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A number without a per cent sign.
    #[error("a rate needs its per cent sign")]
    #[diagnostic(code(file::rate))]
    BareNumber {
        #[label("a bare number, which could be read in two ways")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A string that is not a rate.
    #[error("the rate `{text}` cannot be read")]
    #[diagnostic(code(file::rate), help("write a number and a per cent sign, as in \"25%\" or \"7.5%\""))]
    UnreadableRate {
        text: String,
        #[label("not a percentage")]
        at: SourceSpan,
    },

    /// A rate so high that it is more likely a slip.
    #[error("a rate of {percent} % is not plausible")]
    #[diagnostic(code(file::rate))]
    ImplausibleRate {
        percent: String,
        #[label("read as {percent} % ad valorem")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A rate below zero.
    #[error("a rate cannot be negative")]
    #[diagnostic(
        code(file::rate),
        help("to lower a rate write a later step with the lower rate; to pause one write `suspend`")
    )]
    NegativeRate {
        percent: String,
        #[label("read as {percent} %")]
        at: SourceSpan,
    },

    /// A quantity, an approval, a cost or a share below zero.
    #[error("`{key}` cannot be negative")]
    #[diagnostic(code(file::rate), help("write a percentage from \"0%\" up"))]
    Negative {
        key: String,
        percent: String,
        #[label("read as {percent} %")]
        at: SourceSpan,
    },

    /// An approval or an exemption of more than everything.
    #[error("`{key}` of {percent} % is not a share")]
    #[diagnostic(code(file::share), help("write a percentage from \"0%\" to \"100%\""))]
    ShareOutside {
        key: String,
        percent: String,
        #[label("outside 0-100 %")]
        at: SourceSpan,
    },

    /// A subsidy of the whole price, or more.
    #[error("a subsidy of {percent} % leaves no price")]
    #[diagnostic(code(file::share), help("write a rate below \"100%\" of the price at the border"))]
    WholeSubsidy {
        percent: String,
        #[label("not below 100 %")]
        at: SourceSpan,
    },

    /// A wait that is no length of time.
    #[error("the wait `{text}` cannot be read")]
    #[diagnostic(code(file::wait), help("write a number of days or weeks, as in \"45 days\" or \"6 weeks\""))]
    UnreadableWait {
        text: String,
        #[label("not a length of time")]
        at: SourceSpan,
    },

    /// A reading that names no account.
    #[error("the reading `{id}` has no evidence")]
    #[diagnostic(
        code(file::evidence),
        help(
            "name the account: evidence = [{{ account = \"us-2025-06-05\", span = [512, 590] }}], or silent = true in place of the span"
        )
    )]
    NoEvidence {
        id: String,
        #[label("`evidence` is missing or empty")]
        at: SourceSpan,
    },

    /// A stretch of text that is none.
    #[error("`span` takes the first character and the one after the last")]
    #[diagnostic(code(file::evidence), help("write span = [512, 590]: two whole numbers, the second larger"))]
    NotASpan {
        #[label("not a stretch of text")]
        at: SourceSpan,
    },

    /// Evidence that its account does not bear out.
    #[error("the account `{account}` does not say this there")]
    #[diagnostic(code(file::evidence))]
    NotThere {
        account: String,
        #[label("{found}")]
        at: SourceSpan,
        found: String,
        #[help]
        help: Option<String>,
    },

    /// A text of a scenario that cannot be taken as an account.
    #[error("the text `{file}` cannot be used")]
    #[diagnostic(code(file::text))]
    NotAnAccount {
        file: String,
        #[label("{found}")]
        at: SourceSpan,
        found: String,
        #[help]
        help: String,
    },

    /// One measure read twice by one side.
    #[error("the reading `{id}` of one measure is given twice")]
    #[diagnostic(code(file::id), help("put what the side says of a measure into one reading"))]
    DuplicateReading {
        id: String,
        #[label("first here")]
        first: SourceSpan,
        #[label("and again here")]
        again: SourceSpan,
    },

    /// A measure that no ledger or reading has.
    #[error("`{key}` names no measure `{id}`")]
    #[diagnostic(code(file::id))]
    UnknownMeasure {
        key: &'static str,
        id: String,
        #[label("not known")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A coverage that is not a share.
    #[error("a coverage of {percent} % is not a share")]
    #[diagnostic(
        code(file::coverage),
        help("coverage is the share of the sector's trade, from \"0%\" to \"100%\"")
    )]
    CoverageOutside {
        percent: String,
        #[label("outside 0-100 %")]
        at: SourceSpan,
    },

    /// A measure that is over before it begins.
    #[error("the measure ends before it starts")]
    #[diagnostic(code(file::dates))]
    EndBeforeStart {
        gap: String,
        #[label("starts here")]
        start: SourceSpan,
        #[label("{gap}")]
        end: SourceSpan,
        #[help]
        help: &'static str,
    },

    /// Dates that must rise and do not.
    #[error("the dates of `{key}` are out of order")]
    #[diagnostic(code(file::dates), help("list them from the earliest to the latest, each day once"))]
    OutOfOrder {
        key: &'static str,
        #[label("this day")]
        earlier: SourceSpan,
        #[label("is followed by one that is not later")]
        later: SourceSpan,
    },

    /// Shares of a whole that are not the whole.
    #[error("the shares of `{key}` sum to {percent} %")]
    #[diagnostic(code(file::share))]
    SharesSum {
        key: String,
        percent: String,
        #[label("together {percent} %")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A value outside its own range.
    #[error("`{key}` is not between `low` and `high`")]
    #[diagnostic(code(file::range), help("write low, value and high in rising order"))]
    NotBetween {
        key: String,
        #[label("outside its own range")]
        at: SourceSpan,
    },

    /// A range whose lower end is above its upper end.
    #[error("the ends of `{key}` are the wrong way round")]
    #[diagnostic(code(file::range), help("write the smaller number first"))]
    EndsCrossed {
        key: String,
        #[label("the lower end")]
        low: SourceSpan,
        #[label("is above the upper end")]
        high: SourceSpan,
    },

    /// A code for a new sector that is in use.
    #[error("`{code}` is already a sector of the world")]
    #[diagnostic(code(file::sector))]
    SectorTaken {
        code: String,
        #[label("taken")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A code that no table, ledger or result can have.
    #[error("`{code}` cannot be the code of a sector")]
    #[diagnostic(code(file::sector))]
    BadCode {
        code: String,
        #[label("not a code")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A product code in another sector than the one that it is carved out of.
    #[error("the goods of `{code}` are in {sectors}, not in {parent}")]
    #[diagnostic(code(file::product))]
    ProductElsewhere {
        code: String,
        sectors: String,
        parent: String,
        #[label("not carved out of {parent}")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A code that is used twice.
    #[error("`{code}` is used twice")]
    #[diagnostic(code(file::id), help("each sector and each product code belongs to one stage"))]
    CodeTwice {
        code: String,
        #[label("first here")]
        first: SourceSpan,
        #[label("and again here")]
        again: SourceSpan,
    },

    /// A stage that is worth less than what the next stages use of it.
    #[error("the stages use {used} million USD of `{code}`, which is worth {value}")]
    #[diagnostic(
        code(file::value),
        help("raise its value, or lower the share that it has in the costs of the stages after it")
    )]
    StageTooSmall {
        code: String,
        used: String,
        value: String,
        #[label("worth less than its use")]
        at: SourceSpan,
    },

    /// A number that is too small or too large.
    #[error("`{key}` is out of bounds")]
    #[diagnostic(code(file::number), help("{help}"))]
    OutOfBounds {
        /// The key.
        key: String,
        /// The number.
        #[label("here")]
        at: SourceSpan,
        /// What to write.
        help: String,
    },
    /// A suspension that is over before it begins.
    #[error("the suspension ends before it starts")]
    #[diagnostic(code(file::dates), help("`until` is the first day without suspension"))]
    SuspensionOrder {
        #[label("starts here")]
        start: SourceSpan,
        #[label("not later")]
        end: SourceSpan,
    },

    /// More points suspended than the rate has.
    #[error("{points} points are suspended of a rate of {rate} %")]
    #[diagnostic(
        code(file::suspension),
        help("`points` is the part of the rate that is not levied; to suspend all of it write \"{rate}%\"")
    )]
    SuspensionAboveRate {
        points: String,
        rate: String,
        #[label("{points} points")]
        points_at: SourceSpan,
        #[label("{rate} % while it is suspended")]
        rate_at: SourceSpan,
    },

    /// An id used twice.
    #[error("the id `{id}` is used twice")]
    #[diagnostic(
        code(file::id),
        help("an id names one measure; later rates of the same measure are steps of its `rate`")
    )]
    DuplicateId {
        id: String,
        #[label("first here")]
        first: SourceSpan,
        #[label("and again here")]
        again: SourceSpan,
    },

    /// Exceptions that leave no region.
    #[error("the measure hits nobody")]
    #[diagnostic(code(file::parties), help("`except` takes away every region of `on`"))]
    HitsNobody {
        #[label("leaves no region")]
        at: SourceSpan,
    },

    /// A scenario with nothing to compare.
    #[error("the scenario has one phase and nothing to compare it with")]
    #[diagnostic(
        code(file::phase),
        help("write two at least: the first is what the others are compared with")
    )]
    OnePhase {
        #[label("the only phase")]
        at: SourceSpan,
    },

    /// A name that may stand once and stands twice.
    #[error("`{name}` is named twice")]
    #[diagnostic(code(file::twice), help("each phase, each region and each reading is named once"))]
    Twice {
        name: String,
        #[label("first here")]
        first: SourceSpan,
        #[label("and again here")]
        again: SourceSpan,
    },

    /// A field of a scenario that a sweep does not vary.
    #[error("a sweep does not vary `{field}`")]
    #[diagnostic(code(file::field), help("{help}"))]
    NotSwept {
        field: String,
        #[label("cannot be swept")]
        at: SourceSpan,
        help: String,
    },

    /// A field whose path leads nowhere in the scenario.
    #[error("the scenario has no `{key}` for the field `{field}`")]
    #[diagnostic(code(file::field), help("{help}"))]
    NoField {
        field: String,
        key: String,
        #[label("leads nowhere")]
        at: SourceSpan,
        help: String,
    },

    /// A value of a field that the scenario cannot have.
    #[error("the scenario refuses {value} for the field `{field}`")]
    #[diagnostic(code(file::refused), help("{help}"))]
    Refused {
        field: String,
        value: String,
        #[label("refused")]
        at: SourceSpan,
        help: String,
    },

    /// A product code that the vintage does not have.
    #[error("unknown product code `{code}`")]
    #[diagnostic(code(file::product))]
    UnknownProduct {
        code: String,
        #[label("no line starts with it")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A list of products that does not ship.
    #[error("unknown list of products `{name}`")]
    #[diagnostic(code(file::product))]
    UnknownList {
        name: String,
        #[label("no such list ships")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// Product codes of another vintage than the shipped lines.
    #[error("the product codes are {written}, and the tariff lines are {known}")]
    #[diagnostic(code(file::vintage))]
    Vintage {
        written: String,
        known: &'static str,
        #[label("read as {known}")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// Product codes in a world that they have no sectors in.
    #[error("product codes have no sectors in world {world}")]
    #[diagnostic(
        code(file::product),
        help("lines are put into the sectors of icio-2022; write `sectors` or `coverage` for this world")
    )]
    NoSectors {
        world: String,
        #[label("cannot be placed")]
        at: SourceSpan,
    },

    /// A pattern that no measure has.
    #[error("`{key}` names no other measure: `{pattern}`")]
    #[diagnostic(code(file::stacking))]
    MatchesNothing {
        key: &'static str,
        pattern: String,
        #[label("matches nothing")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// Measures that each give way to the other.
    #[error("the measure `{id}` gives way to itself")]
    #[diagnostic(code(file::stacking), help("`not_with` goes in a circle: take one of its members out"))]
    Circle {
        id: String,
        #[label("leads back to `{id}`")]
        at: SourceSpan,
    },

    /// A region on both sides.
    #[error("{region} would tax itself")]
    #[diagnostic(code(file::parties))]
    TaxesItself {
        region: String,
        #[label("{region} acts")]
        by: SourceSpan,
        #[label("and is acted on")]
        on: SourceSpan,
        #[help]
        help: String,
    },

    /// A list that must name something.
    #[error("`{key}` names nothing")]
    #[diagnostic(code(file::parties))]
    Empty {
        key: String,
        #[label("an empty list")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    /// A tariff without a rate.
    #[error("the tariff `{id}` has no rate")]
    #[diagnostic(
        code(file::missing),
        help(
            "write rate = \"25%\" with from = 2018-07-06, or dated steps: rate = {{ 2025-02-04 = \"10%\", 2025-03-04 = \"20%\" }}"
        )
    )]
    NoRate {
        id: String,
        #[label("neither a rate nor dated steps")]
        at: SourceSpan,
    },
}

/// One thing in a user's file that is allowed and ought to be better.
#[derive(Clone, Debug, Error, Diagnostic, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // The fields are the words of the messages.
pub enum Warning {
    /// A measure that does not say where it comes from.
    #[error("the measure `{id}` has no source")]
    #[diagnostic(
        code(file::source),
        severity(Warning),
        help("name the legal act or the page: source = \"EO 14195\"")
    )]
    NoSource {
        id: String,
        #[label("`source` is missing here")]
        at: SourceSpan,
    },
}

/// A fraction as a plain percentage: 0.075 is `7.5`.
pub(crate) fn percent(fraction: f64) -> String {
    // Six digits after the point hide the rounding of the binary fraction.
    format!("{}", (fraction * 1e8).round() / 1e6)
}
