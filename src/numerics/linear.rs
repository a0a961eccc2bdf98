//! Dense square systems `A x = b`.
//!
//! Two roads to the same answer: faer's blocked LU with partial pivoting, fast
//! and different in the last bits between processors, and the textbook
//! elimination in a fixed order, for runs that must give the same bits
//! anywhere. No type of the library shows outside this file.

use faer::linalg::solvers::{DenseSolveCore, Solve};

/// Which arithmetic a run uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arithmetic {
    /// The fastest code for this processor; last bits differ between processors.
    #[default]
    Native,
    /// Plain operations in a fixed order: the same bits on every x86-64.
    Reproducible,
}

/// The matrix has no inverse to working precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {0} x {0} system is singular")]
pub struct Singular(pub usize);

/// Solves `A x = b`, `A` row-major `[n, n]`.
///
/// # Errors
/// [`Singular`] if a pivot vanishes or the solution is not finite.
///
/// # Panics
/// If `matrix` does not have the square of `rhs`'s length.
pub fn solve(matrix: &[f64], rhs: &[f64], arithmetic: Arithmetic) -> Result<Vec<f64>, Singular> {
    let n = rhs.len();
    assert_eq!(matrix.len(), n * n, "matrix and right-hand side fit");
    let x = match arithmetic {
        Arithmetic::Native => {
            let a = faer::MatRef::from_row_major_slice(matrix, n, n);
            let b = faer::ColRef::from_slice(rhs);
            let x = a.partial_piv_lu().solve(b);
            (0..n).map(|i| x[i]).collect()
        }
        Arithmetic::Reproducible => eliminate(matrix.to_vec(), rhs.to_vec())?,
    };
    if x.iter().all(|v| v.is_finite()) { Ok(x) } else { Err(Singular(n)) }
}

/// The inverse of `matrix`, row-major `[n, n]`.
///
/// # Errors
/// [`Singular`] if a pivot vanishes or the inverse is not finite.
///
/// # Panics
/// If `matrix` does not have the square of `n`.
pub fn inverse(matrix: &[f64], n: usize, arithmetic: Arithmetic) -> Result<Vec<f64>, Singular> {
    assert_eq!(matrix.len(), n * n, "the matrix is square");
    let mut inverse = vec![0.0; n * n];
    match arithmetic {
        Arithmetic::Native => {
            let found = faer::MatRef::from_row_major_slice(matrix, n, n).partial_piv_lu().inverse();
            (0..n * n).for_each(|cell| inverse[cell] = found[(cell / n, cell % n)]);
        }
        Arithmetic::Reproducible => {
            for column in 0..n {
                let unit = (0..n).map(|row| if row == column { 1.0 } else { 0.0 }).collect();
                let found = eliminate(matrix.to_vec(), unit)?;
                (0..n).for_each(|row| inverse[row * n + column] = found[row]);
            }
        }
    }
    if inverse.iter().all(|v| v.is_finite()) { Ok(inverse) } else { Err(Singular(n)) }
}

/// Gaussian elimination with partial pivoting.
fn eliminate(mut a: Vec<f64>, mut b: Vec<f64>) -> Result<Vec<f64>, Singular> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n).fold(k, |p, i| if a[i * n + k].abs() > a[p * n + k].abs() { i } else { p });
        if a[pivot * n + k] == 0.0 {
            return Err(Singular(n));
        }
        if pivot != k {
            for j in 0..n {
                a.swap(k * n + j, pivot * n + j);
            }
            b.swap(k, pivot);
        }
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            for j in k..n {
                a[i * n + j] -= factor * a[k * n + j];
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        for j in k + 1..n {
            b[k] -= a[k * n + j] * b[j];
        }
        b[k] /= a[k * n + k];
    }
    Ok(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2x + y = 5, x + 3y = 10: x = 1, y = 3.
    #[test]
    fn two_by_two_by_hand() {
        for arithmetic in [Arithmetic::Native, Arithmetic::Reproducible] {
            let x = solve(&[2.0, 1.0, 1.0, 3.0], &[5.0, 10.0], arithmetic).unwrap();
            assert!((x[0] - 1.0).abs() < 1e-15 && (x[1] - 3.0).abs() < 1e-15);
            assert_eq!(solve(&[1.0, 2.0, 2.0, 4.0], &[1.0, 1.0], arithmetic), Err(Singular(2)));
        }
    }

    proptest! {
        #[test]
        fn both_roads_meet(a in prop::collection::vec(-1.0..1.0f64, 36), b in prop::collection::vec(-1.0..1.0f64, 6)) {
            let mut a = a;
            for i in 0..6 {
                a[i * 6 + i] += 7.0;
            }
            let x = solve(&a, &b, Arithmetic::Native).unwrap();
            let y = solve(&a, &b, Arithmetic::Reproducible).unwrap();
            for (x, y) in x.iter().zip(&y) {
                prop_assert!((x - y).abs() < 1e-14);
            }
            for arithmetic in [Arithmetic::Native, Arithmetic::Reproducible] {
                let inverse = inverse(&a, 6, arithmetic).unwrap();
                for (row, x) in inverse.chunks_exact(6).zip(&x) {
                    let product: f64 = row.iter().zip(&b).map(|(r, b)| r * b).sum();
                    prop_assert!((product - x).abs() < 1e-14);
                }
            }
        }
    }
}
