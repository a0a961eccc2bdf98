//! The same model solved a second time, by the plainest means.
//!
//! Nothing is shared with the engine. Units are chosen so that every price of
//! the base year is 1; the counterfactual is then found in levels by three
//! nested loops, as in the published algorithm:
//!
//! 1. guess wages `w`;
//! 2. iterate unit costs `c = w^β Π P^γ` and prices `P = (Σ π (κ c)^−θ)^(−1/θ)`;
//! 3. iterate spending `X = γ Y + α (w L + R + D)`;
//! 4. raise the wages of regions whose labour is short, lower the others', repeat.
//!
//! Deficits are held; world value added is the numeraire.
//!
//! Source: Caliendo and Parro (2015), *Review of Economic Studies* 82(1), 1-44, section 5.

use detente::world::World;

/// Changes from the base year as fractions, `[region]`.
#[derive(Debug)]
pub struct Solution {
    pub welfare_exact: Vec<f64>,
    pub real_wage: Vec<f64>,
    pub price_index: Vec<f64>,
    pub wage: Vec<f64>,
}

/// `[sector][region]` or `[sector][importer][exporter]`, as nested vectors.
type Table = Vec<Vec<f64>>;

/// Largest gap of a wage, relative, at the solution.
const TOLERANCE: f64 = 1e-13;

/// Solves for `tariff`, `[sector, importer, exporter]`, instead of the world's own.
///
/// # Panics
/// If an iteration does not end, or the world gives final shares of its own.
pub fn solve(world: &World, theta: &[f64], tariff: &[f64]) -> Solution {
    assert!(world.final_share.is_none(), "final shares are what the base year leaves");
    let (n, j) = (world.region_count(), world.sector_count());
    let gamma =
        |region: usize, input: usize, sector: usize| world.input_share[(region * j + input) * j + sector];
    let beta = |region: usize, sector: usize| 1.0 - (0..j).map(|k| gamma(region, k, sector)).sum::<f64>();

    // The base year.
    let mut spent: Table = vec![vec![0.0; n]; j];
    let mut output: Table = vec![vec![0.0; n]; j];
    let mut deficit = vec![0.0; n];
    let mut revenue = vec![0.0; n];
    for s in 0..j {
        for m in 0..n {
            for i in 0..n {
                let value = world.trade_musd[world.cell(s, m, i)];
                spent[s][m] += value * (1.0 + world.tariff[world.cell(s, m, i)]);
                revenue[m] += value * world.tariff[world.cell(s, m, i)];
                output[s][i] += value;
                deficit[m] += value;
                deficit[i] -= value;
            }
        }
    }
    let labour: Vec<f64> = (0..n).map(|m| (0..j).map(|s| beta(m, s) * output[s][m]).sum()).collect();
    let world_labour: f64 = labour.iter().sum();
    let old_income: Vec<f64> = (0..n).map(|m| labour[m] + revenue[m] + deficit[m]).collect();
    let inputs = |m: usize, s: usize, y: &Table| (0..j).map(|k| gamma(m, s, k) * y[k][m]).sum::<f64>();
    let alpha: Table = (0..j)
        .map(|s| (0..n).map(|m| (spent[s][m] - inputs(m, s, &output)) / old_income[m]).collect())
        .collect();

    // What a buyer's spending would be, were all unit costs 1: π κ^(−θ).
    let mut taste: Vec<Table> = vec![vec![vec![0.0; n]; n]; j];
    for s in 0..j {
        for m in 0..n {
            for i in 0..n {
                let cell = world.cell(s, m, i);
                if world.trade_musd[cell] > 0.0 {
                    let share = world.trade_musd[cell] * (1.0 + world.tariff[cell]) / spent[s][m];
                    let barrier = (1.0 + tariff[cell]) / (1.0 + world.tariff[cell]);
                    taste[s][m][i] = share * barrier.powf(-theta[s]);
                }
            }
        }
    }

    let mut wage = vec![1.0; n];
    let mut price: Table = vec![vec![1.0; n]; j];
    let mut income = old_income.clone();
    let mut last_gap = f64::INFINITY;
    let mut damping = 0.4;
    for _ in 0..20_000 {
        let supply = settle_prices(&wage, &mut price, theta, &taste, gamma, beta);
        settle_spending(&mut spent, &mut output, &mut income, |spent, output| {
            let mut revenue = vec![0.0; n];
            for s in 0..j {
                for i in 0..n {
                    output[s][i] = 0.0;
                }
                for m in 0..n {
                    for i in 0..n {
                        let t = tariff[world.cell(s, m, i)];
                        let paid = taste[s][m][i] * supply[s][i] * price[s][m].powf(theta[s]) * spent[s][m];
                        output[s][i] += paid / (1.0 + t);
                        revenue[m] += paid * t / (1.0 + t);
                    }
                }
            }
            let income: Vec<f64> = (0..n).map(|m| wage[m] * labour[m] + revenue[m] + deficit[m]).collect();
            for s in 0..j {
                for m in 0..n {
                    spent[s][m] = inputs(m, s, output) + alpha[s][m] * income[m];
                }
            }
            income
        });
        let mut worst: f64 = 0.0;
        for m in 0..n {
            let demand: f64 = (0..j).map(|s| beta(m, s) * output[s][m]).sum();
            let gap = demand / (wage[m] * labour[m]) - 1.0;
            worst = worst.max(gap.abs());
            wage[m] *= 1.0 + damping * gap;
        }
        if worst < TOLERANCE {
            let index: Vec<f64> =
                (0..n).map(|m| (0..j).map(|s| alpha[s][m] * price[s][m].ln()).sum::<f64>().exp()).collect();
            let less_one = |hat: &dyn Fn(usize) -> f64| (0..n).map(|m| hat(m) - 1.0).collect();
            return Solution {
                welfare_exact: less_one(&|m| income[m] / old_income[m] / index[m]),
                real_wage: less_one(&|m| wage[m] / index[m]),
                price_index: less_one(&|m| index[m]),
                wage: less_one(&|m| wage[m]),
            };
        }
        if worst > last_gap {
            damping *= 0.8;
        }
        last_gap = worst;
        let total: f64 = (0..n).map(|m| wage[m] * labour[m]).sum();
        wage.iter_mut().for_each(|w| *w *= world_labour / total);
    }
    panic!("no wages clear the markets: gap {last_gap:e}");
}

/// Step 2; returns `c^(−θ)`, `[sector][region]`.
fn settle_prices(
    wage: &[f64],
    price: &mut Table,
    theta: &[f64],
    taste: &[Table],
    gamma: impl Fn(usize, usize, usize) -> f64,
    beta: impl Fn(usize, usize) -> f64,
) -> Table {
    let (n, j) = (wage.len(), theta.len());
    let mut supply = vec![vec![0.0; n]; j];
    for _ in 0..10_000 {
        for s in 0..j {
            for i in 0..n {
                let mut cost = wage[i].powf(beta(i, s));
                for k in 0..j {
                    cost *= price[k][i].powf(gamma(i, k, s));
                }
                supply[s][i] = cost.powf(-theta[s]);
            }
        }
        let mut gap: f64 = 0.0;
        for s in 0..j {
            for m in 0..n {
                let sum: f64 = (0..n).map(|i| taste[s][m][i] * supply[s][i]).sum();
                if sum > 0.0 {
                    let new = sum.powf(-1.0 / theta[s]);
                    gap = gap.max((new / price[s][m] - 1.0).abs());
                    price[s][m] = new;
                }
            }
        }
        if gap < 1e-14 {
            return supply;
        }
    }
    panic!("prices do not settle");
}

/// Step 3: repeats `spend`, which returns incomes, until spending stays.
fn settle_spending(
    spent: &mut Table,
    output: &mut Table,
    income: &mut Vec<f64>,
    spend: impl Fn(&mut Table, &mut Table) -> Vec<f64>,
) {
    for _ in 0..10_000 {
        let before = spent.clone();
        *income = spend(spent, output);
        let gap = spent.iter().flatten().zip(before.iter().flatten()).fold(0.0, |gap: f64, (new, old)| {
            if *old > 0.0 { gap.max((new / old - 1.0).abs()) } else { gap }
        });
        if gap < 2e-14 {
            return;
        }
    }
    panic!("spending does not settle");
}
