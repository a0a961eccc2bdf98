//! Products of small dense matrices, `C = A B` or `C += A B`.
//!
//! Matrices are views of slices: rows of contiguous elements, a fixed distance
//! apart. Tiles of `C` stay in registers while a column of `A` meets a row of `B`.
//! Every element of `C` is one sum in the order of `A`'s columns, and nothing is
//! fused: the same bits on every processor. Nothing here starts a thread.

/// Columns of a tile. The number of columns of a product is a multiple of it.
pub const TILE: usize = 8;

/// Rows of a tile: twelve accumulators of four numbers, as many as fit sixteen registers.
const ROWS: usize = 6;

/// A matrix inside a slice: `rows` rows of `columns` elements, `stride` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Distance between the first elements of two rows.
    pub stride: usize,
}

impl View {
    /// A matrix whose rows follow one another.
    pub fn dense(rows: usize, columns: usize) -> Self {
        Self { rows, columns, stride: columns }
    }
}

/// The left factor of a product.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a> {
    /// Its elements.
    pub elements: &'a [f64],
    /// Their place.
    pub view: View,
    /// True to take the transpose of the view.
    pub transposed: bool,
}

/// Writes `A B` to `out`, or adds it to what is there.
///
/// # Panics
/// If the views do not fit each other or the slices, or the columns are no multiple
/// of [`TILE`].
pub fn multiply(out: (&mut [f64], View), add: bool, left: Left<'_>, right: (&[f64], View)) {
    let (rows, inner) = match left.transposed {
        false => (left.view.rows, left.view.columns),
        true => (left.view.columns, left.view.rows),
    };
    let (out, view) = out;
    assert!(rows == view.rows && inner == right.1.rows && right.1.columns == view.columns, "factors fit");
    assert!(view.columns.is_multiple_of(TILE), "columns fill tiles");
    pulp::Arch::new().dispatch(Product { out, view, add, left, right, inner });
}

/// The product, compiled for the processor's widest unit.
struct Product<'a> {
    out: &'a mut [f64],
    view: View,
    add: bool,
    left: Left<'a>,
    right: (&'a [f64], View),
    inner: usize,
}

impl pulp::NullaryFnOnce for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        for column in (0..self.view.columns).step_by(TILE) {
            let mut row = 0;
            while row + ROWS <= self.view.rows {
                self.tile::<ROWS>(row, column);
                row += ROWS;
            }
            match self.view.rows - row {
                0 => {}
                1 => self.tile::<1>(row, column),
                2 => self.tile::<2>(row, column),
                3 => self.tile::<3>(row, column),
                4 => self.tile::<4>(row, column),
                _ => self.tile::<5>(row, column),
            }
        }
    }
}

impl Product<'_> {
    /// The tile of `R` rows from `row` and the columns from `column`.
    #[inline(always)]
    fn tile<const R: usize>(&mut self, row: usize, column: usize) {
        let mut sums = [[0.0; TILE]; R];
        let (b, right) = self.right;
        let (a, stride) = (self.left.elements, self.left.view.stride);
        if self.left.transposed {
            for k in 0..self.inner {
                accumulate(&mut sums, &a[k * stride + row..][..R], &b[k * right.stride + column..][..TILE]);
            }
        } else {
            let rows: [&[f64]; R] = std::array::from_fn(|r| &a[(row + r) * stride..][..self.inner]);
            for k in 0..self.inner {
                let factors: [f64; R] = std::array::from_fn(|r| rows[r][k]);
                accumulate(&mut sums, &factors, &b[k * right.stride + column..][..TILE]);
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let out = &mut self.out[(row + r) * self.view.stride + column..][..TILE];
            for l in 0..TILE {
                out[l] = if self.add { out[l] + sums[l] } else { sums[l] };
            }
        }
    }
}

/// `sums += factors · row`, an outer product.
#[inline(always)]
fn accumulate<const R: usize>(sums: &mut [[f64; TILE]; R], factors: &[f64], row: &[f64]) {
    for r in 0..R {
        for l in 0..TILE {
            sums[r][l] += factors[r] * row[l];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number of rows up to two tiles, rows of both factors and of the result
    /// apart, transposed or not, against the definition; what lies between the rows
    /// is not touched.
    #[test]
    fn products_are_what_the_definition_says() {
        let number = |k: usize| (k * 37 % 19) as f64 - 9.0;
        for rows in 0..13 {
            for (inner, transposed) in [(1, false), (5, true), (7, false), (0, false)] {
                let shape = if transposed { (inner, rows) } else { (rows, inner) };
                let left = View { rows: shape.0, columns: shape.1, stride: shape.1 + 2 };
                let right = View { rows: inner, columns: 16, stride: 17 };
                let to = View { rows, columns: 16, stride: 19 };
                let a: Vec<f64> = (0..left.rows * left.stride).map(number).collect();
                let b: Vec<f64> = (0..right.rows * right.stride).map(|k| number(k + 5)).collect();
                let mut out = vec![0.5; to.rows * to.stride];
                let factor = Left { elements: &a, view: left, transposed };
                multiply((&mut out, to), false, factor, (&b, right));
                multiply((&mut out, to), true, factor, (&b, right));
                for (place, value) in out.iter().enumerate() {
                    let (row, column) = (place / 19, place % 19);
                    let element = |k: usize| {
                        if transposed { a[k * left.stride + row] } else { a[row * left.stride + k] }
                    };
                    let sum: f64 = if column < 16 {
                        (0..inner).map(|k| element(k) * b[k * 17 + column]).sum()
                    } else {
                        0.25
                    };
                    assert_eq!(*value, 2.0 * sum, "{rows} rows, {inner} inside, {row}, {column}");
                }
            }
        }
    }
}
