//! The ledgers that ship with the program.

/// Name and text of every shipped ledger.
const SHIPPED: [(&str, &str); 4] = [
    ("us-china", include_str!("../../data/ledgers/us-china.toml")),
    ("two-readings-2025", include_str!("../../data/ledgers/two-readings-2025.toml")),
    ("liberation-day", include_str!("../../data/ledgers/liberation-day.toml")),
    ("none", include_str!("../../data/ledgers/none.toml")),
];

/// Names of the shipped ledgers.
pub fn names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// The text of a shipped ledger.
pub fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}
