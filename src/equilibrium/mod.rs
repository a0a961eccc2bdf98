//! equilibrium.
