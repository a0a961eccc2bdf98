//! The ledger: dated measures of governments. Knows no economics.

pub mod state;

pub use state::PolicyState;
