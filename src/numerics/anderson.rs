//! Anderson acceleration of a fixed-point iteration `x = g(x)`.
//!
//! ```text
//! f_k = g(x_k) − x_k
//! γ   = argmin ‖ f_k − ΔF γ ‖₂,   ΔF = [f_{j+1} − f_j], the last m differences
//! x_{k+1} = g(x_k) − ΔG γ,        ΔG = [g_{j+1} − g_j]
//! ```
//!
//! The least-squares problem is solved by normal equations whose Gram matrix
//! gains one row an iteration. A residual that grows past `RESTART` times the
//! best one drops the memory and goes back to the best point; a step longer
//! than `step_limit` is shortened.
//!
//! Source: Anderson (1965), *Journal of the ACM* 12(4), 547-560; Walker and Ni
//! (2011), *SIAM Journal on Numerical Analysis* 49(4), 1715-1735, type II.

use super::linear::{Arithmetic, solve};
use super::vector::{add_scaled, inner_product, max_abs};

/// Growth of the residual over the best that makes the memory worthless.
const RESTART: f64 = 1e3;

/// When to stop, and how much to remember.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The iteration stops at once at this residual.
    pub target: f64,
    /// A residual that is good enough when the iteration no longer gains.
    pub tolerance: f64,
    /// Evaluations of `g` at the most.
    pub max_evaluations: usize,
    /// Differences remembered, `m`.
    pub memory: usize,
    /// Largest change of any component in one step.
    pub step_limit: f64,
    /// Arithmetic of the least-squares solve.
    pub arithmetic: Arithmetic,
}

/// How an iteration ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// True if the residual came to the target, or to the tolerance and stayed.
    pub converged: bool,
    /// The residual of the returned point.
    pub residual: f64,
    /// Residuals of the points that the iteration went through, in order.
    pub history: Vec<f64>,
    /// True if the returned point is the one that was evaluated last.
    pub is_last: bool,
}

/// Iterates from `x` and leaves the best point found in `x`.
///
/// `g(x, gx)` writes the image of `x` to `gx` and returns the residual of `x`,
/// in the caller's own measure.
///
/// # Errors
/// Whatever `g` returns; numerical failure is not an error here but
/// `converged: false`.
pub fn iterate<E>(
    x: &mut [f64],
    options: &Options,
    mut g: impl FnMut(&[f64], &mut [f64]) -> Result<f64, E>,
) -> Result<Outcome, E> {
    let n = x.len();
    let m = options.memory;
    let mut gx = vec![0.0; n];
    let mut f = vec![0.0; n];
    let (mut previous_g, mut previous_f) = (vec![0.0; n], vec![0.0; n]);
    let mut delta_g = vec![vec![0.0; n]; m];
    let mut delta_f = vec![vec![0.0; n]; m];
    let mut gram = vec![0.0; m * m];
    let mut best = x.to_vec();
    let mut best_residual = f64::INFINITY;
    let mut history = Vec::new();
    let (mut stored, mut next) = (0, 0);
    let mut since_best = 0;
    let mut fresh = true;
    while history.len() < options.max_evaluations {
        let residual = g(x, &mut gx)?;
        history.push(residual);
        if residual < best_residual {
            best_residual = residual;
            best.copy_from_slice(x);
            since_best = 0;
            if residual <= options.target {
                break;
            }
        } else {
            since_best += 1;
            if best_residual <= options.tolerance && since_best >= 8 {
                break;
            }
        }
        if residual.is_nan() || residual > RESTART * best_residual {
            if since_best > 60 {
                break;
            }
            x.copy_from_slice(&best);
            (stored, next, fresh) = (0, 0, true);
            g(x, &mut gx)?;
        }
        for i in 0..n {
            f[i] = gx[i] - x[i];
        }
        if m > 0 && !fresh {
            for i in 0..n {
                delta_g[next][i] = gx[i] - previous_g[i];
                delta_f[next][i] = f[i] - previous_f[i];
            }
            stored = (stored + 1).min(m);
            for j in 0..stored {
                let product = inner_product(&delta_f[next], &delta_f[j]);
                gram[next * m + j] = product;
                gram[j * m + next] = product;
            }
            next = (next + 1) % m;
        }
        fresh = false;
        previous_g.copy_from_slice(&gx);
        previous_f.copy_from_slice(&f);
        let weights = least_squares(&gram, &delta_f[..stored], &f, m, options.arithmetic);
        let mut step = f.clone();
        for (j, weight) in weights.iter().enumerate() {
            add_scaled(&mut step, -weight, &delta_g[j]);
        }
        let length = max_abs(&step);
        let shorten = if length > options.step_limit { options.step_limit / length } else { 1.0 };
        add_scaled(x, shorten, &step);
    }
    x.copy_from_slice(&best);
    let converged = best_residual <= options.tolerance;
    Ok(Outcome { converged, residual: best_residual, history, is_last: since_best == 0 })
}

/// Weights γ of the normal equations, scaled to a unit diagonal and lightly
/// regularised; empty where there is no memory or the system is singular.
fn least_squares(
    gram: &[f64],
    delta_f: &[Vec<f64>],
    f: &[f64],
    m: usize,
    arithmetic: Arithmetic,
) -> Vec<f64> {
    let k = delta_f.len();
    let scale: Vec<f64> = (0..k).map(|j| gram[j * m + j].sqrt().max(f64::MIN_POSITIVE).recip()).collect();
    let mut matrix = vec![0.0; k * k];
    let mut rhs = vec![0.0; k];
    for i in 0..k {
        for j in 0..k {
            matrix[i * k + j] = gram[i * m + j] * scale[i] * scale[j];
        }
        matrix[i * k + i] += 1e-14;
        rhs[i] = inner_product(&delta_f[i], f) * scale[i];
    }
    match solve(&matrix, &rhs, arithmetic) {
        Ok(x) => x.iter().zip(&scale).map(|(x, s)| x * s).collect(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(memory: usize) -> Options {
        Options {
            target: 1e-13,
            tolerance: 1e-11,
            max_evaluations: 2000,
            memory,
            step_limit: 1e6,
            arithmetic: Arithmetic::Native,
        }
    }

    /// On a linear map of n unknowns the method ends in n + 2 evaluations, as
    /// GMRES would; the plain iteration (m = 0) needs hundreds.
    #[test]
    fn a_linear_map_ends_in_as_many_steps_as_it_has_unknowns() {
        let rates = [0.95, 0.5, -0.3, 0.1];
        let run = |memory| {
            let mut x = [0.0; 4];
            let outcome = iterate(&mut x, &options(memory), |x, gx| {
                for i in 0..4 {
                    gx[i] = rates[i] * x[i] + 1.0;
                }
                Ok::<_, ()>((0..4).map(|i| (gx[i] - x[i]).abs()).fold(0.0, f64::max))
            })
            .unwrap();
            for i in 0..4 {
                assert!((x[i] - 1.0 / (1.0 - rates[i])).abs() < 1e-9);
            }
            outcome.history.len()
        };
        assert!(run(5) <= 8, "{}", run(5));
        assert!(run(0) > 300);
    }

    #[test]
    fn what_cannot_converge_says_so() {
        let mut x = [1.0];
        let outcome = iterate(&mut x, &options(3), |x, gx| {
            gx[0] = x[0] + 1.0;
            Ok::<_, ()>(1.0)
        })
        .unwrap();
        assert!(!outcome.converged);
    }

    #[test]
    fn the_caller_s_error_comes_through() {
        let mut x = [1.0];
        assert_eq!(iterate(&mut x, &options(3), |_, _| Err::<f64, _>("no")), Err("no"));
    }
}
