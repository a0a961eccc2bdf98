//! Mathematics without economics: no names of the field, no input or output.
//!
//! * [`vector`]: `exp`, `ln` and powers over slices, the same bits on every x86-64.
//! * [`anderson`]: accelerated fixed-point iteration.
//! * [`gmres`]: linear systems known only through matrix-vector products.
//! * [`newton`]: Newton's method on a fixed-point residual, its steps from GMRES.
//! * [`normal`]: quantiles of the normal distribution.
//! * [`streams`]: random numbers, each at a place of its own.
//! * [`progress`]: how far a long computation is, and whether it should go on.
//! * [`linear`]: dense LU, by library or, where bits must match, by the textbook.
//! * [`product`]: products of small dense matrices, likewise.

pub mod anderson;
pub mod gmres;
pub mod linear;
pub mod newton;
pub mod normal;
pub mod product;
pub mod progress;
pub mod streams;
pub mod vector;
