//! GMRES: `A x = b` where `A` is known only through products `A v`.
//!
//! Arnoldi with modified Gram-Schmidt builds an orthonormal basis of the Krylov
//! space of `b`; Givens rotations keep the small least-squares problem
//! triangular, so that the residual is known at every step. No restart: memory
//! is `max_steps` vectors.
//!
//! Source: Saad and Schultz (1986), *SIAM Journal on Scientific and Statistical
//! Computing* 7(3), 856-869.

use super::vector::{add_scaled, inner_product};

/// The solution and how good it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The iterate `x`.
    pub x: Vec<f64>,
    /// `‖b − A x‖₂ / ‖b‖₂`.
    pub relative_residual: f64,
    /// Products with `A` used.
    pub products: usize,
}

/// Solves `A x = b` from `x = 0` until the relative residual is at most
/// `tolerance` or `max_steps` products were used.
///
/// `product(v, out)` writes `A v` to `out`.
pub fn solve(
    b: &[f64],
    tolerance: f64,
    max_steps: usize,
    mut product: impl FnMut(&[f64], &mut [f64]),
) -> Solution {
    let n = b.len();
    let norm_b = inner_product(b, b).sqrt();
    if norm_b == 0.0 {
        return Solution { x: vec![0.0; n], relative_residual: 0.0, products: 0 };
    }
    let mut basis: Vec<Vec<f64>> = vec![b.iter().map(|v| v / norm_b).collect()];
    // Columns of the triangular factor, the rotations, and the rotated right-hand side.
    let (mut columns, mut rotations): (Vec<Vec<f64>>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
    let mut g = vec![norm_b];
    while columns.len() < max_steps && g[columns.len()].abs() > tolerance * norm_b {
        let k = columns.len();
        let mut v = vec![0.0; n];
        product(&basis[k], &mut v);
        let mut h = Vec::with_capacity(k + 2);
        for q in &basis {
            let projection = inner_product(q, &v);
            add_scaled(&mut v, -projection, q);
            h.push(projection);
        }
        let norm = inner_product(&v, &v).sqrt();
        for (i, &(c, s)) in rotations.iter().enumerate() {
            (h[i], h[i + 1]) = (c * h[i] + s * h[i + 1], c * h[i + 1] - s * h[i]);
        }
        let length = (h[k] * h[k] + norm * norm).sqrt();
        if length == 0.0 || !length.is_finite() {
            break;
        }
        let (c, s) = (h[k] / length, norm / length);
        h[k] = length;
        rotations.push((c, s));
        g.push(-s * g[k]);
        g[k] *= c;
        columns.push(h);
        if norm == 0.0 {
            break;
        }
        basis.push(v.iter().map(|v| v / norm).collect());
    }
    let k = columns.len();
    let mut y = g[..k].to_vec();
    for i in (0..k).rev() {
        for j in i + 1..k {
            y[i] -= columns[j][i] * y[j];
        }
        y[i] /= columns[i][i];
    }
    let mut x = vec![0.0; n];
    for (q, weight) in basis.iter().zip(&y) {
        add_scaled(&mut x, *weight, q);
    }
    Solution { x, relative_residual: g[k].abs() / norm_b, products: k }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::vector::dot;
    use proptest::prelude::*;

    fn multiply(a: &[f64], v: &[f64], out: &mut [f64]) {
        for (row, o) in a.chunks_exact(v.len()).zip(out) {
            *o = dot(row, v);
        }
    }

    /// [[2, 1], [0, 4]] x = (7, 4): x = (3, 1), in two products.
    #[test]
    fn two_by_two_by_hand() {
        let s = solve(&[7.0, 4.0], 1e-14, 10, |v, o| multiply(&[2.0, 1.0, 0.0, 4.0], v, o));
        assert!((s.x[0] - 3.0).abs() < 1e-14 && (s.x[1] - 1.0).abs() < 1e-14);
        assert_eq!(s.products, 2);
    }

    #[test]
    fn a_zero_right_hand_side_costs_nothing() {
        assert_eq!(solve(&[0.0; 3], 1e-9, 5, |_, _| unreachable!()).products, 0);
    }

    proptest! {
        /// n steps solve an n × n system.
        #[test]
        fn ends_in_n_steps(a in prop::collection::vec(-1.0..1.0f64, 64), b in prop::collection::vec(-1.0..1.0f64, 8)) {
            let mut a = a;
            for i in 0..8 {
                a[i * 8 + i] += 9.0;
            }
            let s = solve(&b, 1e-13, 8, |v, o| multiply(&a, v, o));
            let mut back = vec![0.0; 8];
            multiply(&a, &s.x, &mut back);
            for (got, want) in back.iter().zip(&b) {
                prop_assert!((got - want).abs() < 1e-12);
            }
        }
    }
}
