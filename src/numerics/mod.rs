//! numerics.
