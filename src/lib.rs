//! Detente: an open engine for trade conflicts.
//!
//! Data flows one way:
//!
//! ```text
//! World ──▶ Ledger ──PolicyState(date)──▶ equilibrium ──▶ Results ──▶ report
//! ```
//!
//! * [`world`]: who trades what with whom in a base year.
//! * [`ledger`]: the dated measures of governments, and their state on a day.
//! * [`document`]: the user's files, and everything that is wrong with them.
//! * [`equilibrium`]: who pays in the long run (Caliendo-Parro in hats).
//! * [`network`]: what stops in the short run, and in which week.
//! * [`accounts`]: who says what about the same talks.
//! * [`replicate`]: published tables, computed again.
//! * [`strategy`]: what each side would do next.
//! * [`scenario`]: one file that ties a world, a ledger, dates and questions.
//! * [`results`]: one long table, with the provenance of every number.
//! * [`report`]: the run as one HTML file.
//! * `app`: the local server (feature `app`).
//! * [`numerics`]: mathematics without economics.
//!
//! The whole way, in a few lines:
//!
//! ```
//! use detente::equilibrium::{Calibration, Change, Options};
//! use detente::ledger::Ledger;
//! use detente::world::World;
//! use jiff::civil::date;
//!
//! let world = World::shipped("icio-2019-g20")?;
//! let text = r#"
//! ledger = { title = "A tariff on manufactures" }
//! [[measure]]
//! id = "usa-on-china"
//! kind = "import-tariff"
//! by = "USA"
//! on = "CHN"
//! sectors = ["C"]
//! rate = { 2025-06-01 = "25%" }
//! source = "an example"
//! "#;
//! let (ledger, _) = Ledger::parse("example.toml", text, &world)?;
//! let base = ledger.state(&world, world.base_date);
//! let model = Calibration::new(&world, base, &world.elasticities[0].theta)?;
//! let before = model.solve(ledger.state(&world, date(2025, 1, 1)), &Options::default())?;
//! let after = model.solve(ledger.state(&world, date(2025, 7, 1)), &Options::default())?;
//! let change = Change::between(&model, &before, &after);
//! let china = world.regions.find("CHN")?;
//! assert!(change.welfare_exact[china] < 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod accounts;
pub mod document;
pub mod equilibrium;
pub mod ledger;
pub mod network;
pub mod numerics;
pub mod replicate;
pub mod report;
pub mod results;
pub mod scenario;
pub mod strategy;
pub mod world;

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "cli")]
pub mod cli;
