//! Who loses more, and what hangs on one flow?
//!
//! ```text
//! leverage(t) = lost(targets, t) / lost(sender, t)                              gross
//!             = [lost(targets) / v(targets)] / [lost(sender) / v(sender)]       per value added
//! E[j]        = ( X[j](f + ε) − X[j](f − ε) ) / 2 ε                             exposure
//! ```
//!
//! `lost` is value added lost until week `t`, before what is caught up later.
//! Where the sender loses nothing there is no ratio, and the pair is the answer.

use super::path::Path;
use super::problem::RunError;

/// Losses of two sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leverage {
    /// Weeks over which losses are counted.
    pub weeks: f64,
    /// Value added that the targets lose.
    pub target_loss: f64,
    /// Value added that the sender loses.
    pub sender_loss: f64,
    /// The targets' loss over their undisturbed value added.
    pub target_share: f64,
    /// The sender's loss over its undisturbed value added.
    pub sender_share: f64,
}

impl Leverage {
    /// Losses of `targets` and of `sender` (regions) after so many weeks.
    pub fn of(path: &Path, targets: &[usize], sender: usize, weeks: f64) -> Self {
        let loss = |regions: &[usize]| -> (f64, f64) {
            let lost: f64 = regions.iter().map(|region| path.lost_until(*region, weeks)).sum();
            let base: f64 = regions.iter().map(|region| path.value_added_until(*region, weeks)).sum();
            (lost, if base > 0.0 { lost / base } else { 0.0 })
        };
        let ((target_loss, target_share), (sender_loss, sender_share)) = (loss(targets), loss(&[sender]));
        Self { weeks, target_loss, sender_loss, target_share, sender_share }
    }

    /// The targets' loss per unit of the sender's; `None` if the sender loses nothing.
    pub fn gross(&self) -> Option<f64> {
        (self.sender_loss > 0.0).then(|| self.target_loss / self.sender_loss)
    }

    /// The same with losses as shares of value added.
    pub fn per_value_added(&self) -> Option<f64> {
        (self.sender_share > 0.0).then(|| self.target_share / self.sender_share)
    }
}

impl std::fmt::Display for Leverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.gross(), self.per_value_added()) {
            (Some(gross), Some(per)) => write!(f, "{gross:.2} ({per:.2} per value added)"),
            _ => write!(f, "targets lose {:.4}, the sender {:.4}", self.target_loss, self.sender_loss),
        }
    }
}

/// Exposure of each row of a record to a number `f`, by central differences of
/// its output over the whole run: value per unit of `f`, `[row]`.
///
/// # Errors
/// Those of the runs.
pub fn exposure(
    at: f64,
    width: f64,
    mut run: impl FnMut(f64) -> Result<Path, RunError>,
) -> Result<Vec<f64>, RunError> {
    let sums = |path: &Path| -> Vec<f64> {
        let mut sums = vec![0.0; path.rows];
        for step in path.output.chunks_exact(path.rows.max(1)) {
            sums.iter_mut().zip(step).for_each(|(sum, output)| *sum += output);
        }
        sums
    };
    let (above, below) = (sums(&run(at + width)?), sums(&run(at - width)?));
    Ok(above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * width)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> Path {
        Path {
            step_days: 7.0,
            steps: 2,
            rows: 1,
            regions: 2,
            output: vec![1.0, 2.0],
            lost: vec![1.0, 0.5, 3.0, 0.5],
            value_added: vec![10.0, 100.0],
            ..Path::default()
        }
    }

    /// After two weeks 4 of 20 against 1 of 200: 4, and 40 per value added.
    #[test]
    fn leverage_by_hand() {
        let found = Leverage::of(&path(), &[0], 1, 2.0);
        assert_eq!(found.gross(), Some(4.0));
        assert!((found.per_value_added().unwrap() - 40.0).abs() < 1e-12);
        assert_eq!(Leverage::of(&path(), &[0], 1, 1.0).gross(), Some(2.0));
    }

    #[test]
    fn a_sender_without_a_loss_has_a_pair_and_no_ratio() {
        let mut path = path();
        path.lost = vec![1.0, 0.0, 3.0, 0.0];
        let found = Leverage::of(&path, &[0], 1, 4.0);
        assert_eq!((found.gross(), found.per_value_added()), (None, None));
        assert_eq!(found.to_string(), "targets lose 4.0000, the sender 0.0000");
    }

    /// `X = f²` in each of two steps: the derivative of the sum is `4 f`.
    #[test]
    fn exposure_is_a_derivative() {
        let run = |f: f64| Ok(Path { rows: 1, output: vec![f * f; 2], ..Path::default() });
        assert!((exposure(0.5, 0.01, run).unwrap()[0] - 2.0).abs() < 1e-12);
    }
}
