//! Newton's method on `f(x) = g(x) − x = 0`, its steps from GMRES.
//!
//! ```text
//! (I − G′(x_k)) δ = g(x_k) − x_k,    x_{k+1} = x_k + λ δ
//! ```
//!
//! `λ` is halved until the residual falls. Inner systems are solved only as
//! well as the outer step deserves (Eisenstat and Walker's second choice).
//!
//! Source: Knoll and Keyes (2004), *Journal of Computational Physics* 193(2),
//! 357-397; Eisenstat and Walker (1996), *SIAM Journal on Scientific Computing*
//! 17(1), 16-32.

use super::anderson::Outcome;
use super::gmres;
use super::vector::{add_scaled, max_abs};

/// A fixed-point map and its derivative.
pub trait FixedPoint {
    /// What can go wrong in an evaluation.
    type Error;

    /// Writes `g(x)` to `gx` and returns the residual of `x`.
    ///
    /// # Errors
    /// The map's own.
    fn image(&mut self, x: &[f64], gx: &mut [f64]) -> Result<f64, Self::Error>;

    /// Writes `G′(x) v` to `out`, `x` being the point of the last
    /// [`image`](Self::image).
    fn tangent(&mut self, v: &[f64], out: &mut [f64]);
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The iteration stops at once at this residual.
    pub target: f64,
    /// A residual that is good enough when the iteration no longer gains.
    pub tolerance: f64,
    /// Newton steps at the most.
    pub max_steps: usize,
    /// Products in one GMRES solve at the most.
    pub max_products: usize,
    /// Largest change of any component in one step.
    pub step_limit: f64,
}

/// Iterates from `x` and leaves the best point found in `x`.
///
/// # Errors
/// Those of the map at the starting point. An error at a trial point shortens
/// the step, as a larger residual does.
pub fn iterate<M: FixedPoint>(x: &mut [f64], options: &Options, map: &mut M) -> Result<Outcome, M::Error> {
    let n = x.len();
    let mut gx = vec![0.0; n];
    let mut residual = map.image(x, &mut gx)?;
    let mut history = vec![residual];
    let mut forcing = 0.1;
    for _ in 0..options.max_steps {
        if residual <= options.target {
            break;
        }
        let f: Vec<f64> = gx.iter().zip(x.iter()).map(|(g, x)| g - x).collect();
        let step = gmres::solve(&f, forcing, options.max_products, |v, out| {
            map.tangent(v, out);
            for (o, v) in out.iter_mut().zip(v) {
                *o = v - *o;
            }
        })
        .x;
        let length = max_abs(&step);
        let mut lambda = if length > options.step_limit { options.step_limit / length } else { 1.0 };
        let previous = residual;
        let mut trial = vec![0.0; n];
        let improved = (0..12).any(|_| {
            trial.copy_from_slice(x);
            add_scaled(&mut trial, lambda, &step);
            lambda *= 0.5;
            matches!(map.image(&trial, &mut gx), Ok(r) if {
                residual = r;
                r < previous
            })
        });
        if !improved {
            // Leave the map, and the caller, at the best point.
            residual = map.image(x, &mut gx)?;
            break;
        }
        x.copy_from_slice(&trial);
        history.push(residual);
        forcing = (0.9 * (residual / previous).powi(2)).clamp(1e-4, 0.1);
    }
    Ok(Outcome { converged: residual <= options.tolerance, residual, history, is_last: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x = cos y, y = sin x: a contraction with a curved derivative.
    struct Cosines([f64; 2]);

    impl FixedPoint for Cosines {
        type Error = ();
        fn image(&mut self, x: &[f64], gx: &mut [f64]) -> Result<f64, ()> {
            self.0 = [x[0], x[1]];
            gx[0] = x[1].cos();
            gx[1] = x[0].sin();
            Ok((gx[0] - x[0]).abs().max((gx[1] - x[1]).abs()))
        }
        fn tangent(&mut self, v: &[f64], out: &mut [f64]) {
            out[0] = -self.0[1].sin() * v[1];
            out[1] = self.0[0].cos() * v[0];
        }
    }

    #[test]
    fn a_few_steps_reach_rounding_error() {
        let options =
            Options { target: 1e-15, tolerance: 1e-12, max_steps: 12, max_products: 2, step_limit: 10.0 };
        let mut x = [3.0, -2.0];
        let outcome = iterate(&mut x, &options, &mut Cosines([0.0; 2])).unwrap();
        assert!(outcome.converged && outcome.history.len() < 10, "{outcome:?}");
        assert!((x[0] - x[1].cos()).abs() < 1e-12 && (x[1] - x[0].sin()).abs() < 1e-12);
    }
}
