//! Ossa (2014): optimal tariffs, a trade war of all against all, and talks,
//! among 7 regions in 33 sectors.
//!
//! Every case exists without political weights (`_no_lobbying`) and with them
//! (`_lobbying`). Tariffs lie between 0 and 1,000 per cent: Japan's optimum shuts
//! rice, oil seeds and wheat, which still trade a little at 500.
//!
//! | case | what |
//! |---|---|
//! | `optimal_` | each region in turn sets the tariffs that are best for it, all others keep those of 2007 |
//! | `nash_` | everybody does, at the same time |
//! | `optimal_mfn_`, `nash_mfn_` | the same, one tariff a sector for all partners |
//! | `talks_from_nash_`, `talks_from_factual_`, `talks_from_zero_` | the efficient deal with equal gains for all, relative to the trade war, to 2007, to free trade |
//!
//! Welfare is the government's, unless it is called `welfare_pct`: then real
//! income. A tariff is told as the median over a region's partners and sectors;
//! `mean` is the simple mean over the regions. Wages are told less their mean.
//!
//! The article prints its numbers to one digit; reference values to more digits
//! are an independent solution of the same conditions. With political weights two
//! points satisfy all conditions of first order; at one of them (mean −2.82)
//! Japan gains 0.4 points by prohibitive tariffs on farm goods, so that the other
//! (−2.89, the printed one) is the equilibrium.
//!
//! Planners have several optima too when there are weights: the deals are those
//! next to free trade, which the reference has; `best_deal_gov_welfare_pct` is
//! what a search from several starts finds, a few thousandths of a point more.
//!
//! Source: *American Economic Review* 104(12), 4104-4146, Tables 2 to 5.

use super::{Comparison, ReplicationError};
use crate::strategy::nash::{NASH_STARTS, nash};
use crate::strategy::no_inputs::{Competition, NoInputs};
use crate::strategy::play::{Pace, Rest};
use crate::strategy::player::{Lever, Player};
use crate::strategy::reply::{Reply, STARTS, best_reply};
use crate::strategy::talks::{Rule, Talks};
use crate::strategy::{Economy, Outcome, Policy, StrategyError};
use crate::world::World;
use rayon::prelude::*;

/// The cases, in the order of the output.
pub const CASES: [&str; 14] = [
    "optimal_no_lobbying",
    "optimal_lobbying",
    "nash_no_lobbying",
    "nash_lobbying",
    "optimal_mfn_no_lobbying",
    "optimal_mfn_lobbying",
    "nash_mfn_no_lobbying",
    "nash_mfn_lobbying",
    "talks_from_nash_no_lobbying",
    "talks_from_nash_lobbying",
    "talks_from_factual_no_lobbying",
    "talks_from_factual_lobbying",
    "talks_from_zero_no_lobbying",
    "talks_from_zero_lobbying",
];

/// Highest tariff, a fraction.
const UPPER: f64 = 10.0;

/// With political weights some starts close in slowly: 500 rounds, not 150.
const ROUNDS: usize = 600;

/// Scenario, region, variable, value, tolerance, where from.
const REFERENCE: &str = include_str!("../../data/replications/ossa2014/reference.csv");

/// A case, computed.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// Its name.
    pub case: &'static str,
    /// Tariffs, fractions, `[sector, importer, exporter]`; in `optimal_` cases every
    /// importer's are those it sets alone.
    pub tariff: Vec<f64>,
    /// Region or `mean`, name of the variable, value in per cent or points.
    pub numbers: Vec<(String, &'static str, f64)>,
    /// What the search found besides, in words.
    pub remarks: Vec<String>,
}

/// The economy with and without political weights.
pub struct Experiments {
    /// The article's data.
    pub world: World,
    pace: Pace,
    without: NoInputs,
    with: NoInputs,
}

impl Experiments {
    /// Loads the shipped data.
    ///
    /// # Errors
    /// [`ReplicationError`] if the data in the program are damaged.
    pub fn load() -> Result<Self, ReplicationError> {
        let world = World::shipped("ossa2014")?;
        let weights = World::shipped_sectors("ossa2014", "political", "weight")?;
        let without = NoInputs::new(&world, &world.elasticities[0].theta, Competition::Krugman)?;
        let with = without.clone().with_weights(&weights)?;
        Ok(Self { world, pace: Pace { rounds: ROUNDS, ..Pace::default() }, without, with })
    }

    /// The economy of a case.
    pub fn economy(&self, lobbying: bool) -> &NoInputs {
        if lobbying { &self.with } else { &self.without }
    }

    /// All governments, with one tariff a sector for all partners or one for each.
    pub fn governments(&self, most_favoured: bool) -> Vec<Player> {
        let (n, sectors) = (self.world.region_count(), self.world.sector_count());
        let codes = self.world.regions.codes().iter().enumerate();
        let player = codes.map(|(region, code)| {
            Player::government(region, code, n, sectors).with_tariffs(|lever| lever.between(0.0, UPPER))
        });
        if most_favoured {
            player.map(|p| p.with_tariffs(Lever::most_favoured)).collect()
        } else {
            player.collect()
        }
    }

    /// The equilibrium of the trade war and what else the search found.
    ///
    /// # Errors
    /// [`StrategyError`] if no start leads to an equilibrium.
    pub fn war(
        &self,
        lobbying: bool,
        most_favoured: bool,
    ) -> Result<(Rest, Vec<String>, [f64; 2]), StrategyError> {
        let economy = self.economy(lobbying);
        let players = self.governments(most_favoured);
        let found = nash(economy, &players, economy.base(), &NASH_STARTS, &self.pace)?;
        let told = |c: &crate::strategy::nash::Candidate| {
            let mean = mean(&per_cent(&c.rest.outcome.welfare));
            let leaver = c.gaps.iter().max_by(|a, b| a.points.total_cmp(&b.points));
            let leaver = leaver.map_or(String::new(), |gap| format!(" ({})", gap.player));
            format!(
                "mean welfare {mean:.4}, residual {:.1e}, largest gain by leaving {:.1e} points{leaver}, from {} of {} starts",
                c.kkt(),
                c.gap(),
                c.starts.len(),
                NASH_STARTS.len()
            )
        };
        let mut remarks: Vec<String> =
            found.equilibria.iter().map(|c| format!("equilibrium: {}", told(c))).collect();
        remarks.extend(found.rejected.iter().map(|c| format!("rejected, somebody leaves: {}", told(c))));
        remarks.extend(found.failed.iter().map(|(start, e)| format!("from {}: {e}", start.name())));
        if let Some(autarky) = &found.autarky {
            let mean = mean(&per_cent(autarky));
            remarks.push(format!("without upper bounds also autarky: mean welfare {mean:.4}"));
        }
        let Some(candidate) = found.equilibria.into_iter().next() else {
            return Err(StrategyError::NoConvergence {
                what: format!("an equilibrium of the trade war ({})", remarks.join("; ")),
                residual: found.rejected.first().map_or(f64::NAN, |c| c.gap()),
                rounds: NASH_STARTS.len(),
                advice: "Start from other tariffs",
            });
        };
        let certificate = [candidate.kkt(), candidate.gap()];
        Ok((candidate.rest, remarks, certificate))
    }

    /// Computes a case of [`CASES`].
    ///
    /// # Errors
    /// [`ReplicationError`]; [`StrategyError::Input`] for another name.
    pub fn run(&self, name: &str) -> Result<CaseResult, ReplicationError> {
        let Some(case) = CASES.iter().find(|case| **case == name) else {
            return Err(StrategyError::Input(format!("`{name}` is no case: {}", CASES.join(", "))).into());
        };
        let lobbying = !case.ends_with("no_lobbying");
        let most_favoured = case.contains("_mfn_");
        if case.starts_with("optimal") {
            return self.optimal(case, lobbying, most_favoured);
        }
        if case.starts_with("nash") {
            let (rest, remarks, [kkt, gap]) = self.war(lobbying, most_favoured)?;
            let mut result = self.described(case, lobbying, &rest, remarks);
            result.numbers.push(("mean".to_owned(), "largest_residual", kkt));
            result.numbers.push(("mean".to_owned(), "largest_gain_by_leaving_pct", gap));
            return Ok(result);
        }
        self.talks(case, lobbying)
    }

    fn optimal(
        &self,
        case: &'static str,
        lobbying: bool,
        most_favoured: bool,
    ) -> Result<CaseResult, ReplicationError> {
        let economy = self.economy(lobbying);
        let players = self.governments(most_favoured);
        let replies: Vec<Reply> = players
            .par_iter()
            .map(|player| best_reply(economy, player, economy.base(), None, &STARTS, &self.pace))
            .collect::<Result<_, _>>()?;
        let (n, codes) = (players.len(), self.world.regions.codes());
        let mut tariff = vec![0.0; economy.base().tariff.len()];
        let (mut columns, mut remarks) = (vec![Vec::new(); 4], Vec::new());
        for (j, reply) in replies.iter().enumerate() {
            let rates = &reply.rest.policy.tariff;
            (0..tariff.len()).filter(|cell| cell / n % n == j).for_each(|cell| tariff[cell] = rates[cell]);
            let welfare = per_cent(&reply.rest.outcome.welfare);
            let others: Vec<f64> = (0..n).filter(|k| *k != j).map(|k| welfare[k]).collect();
            columns[0].push(self.median(rates, j));
            columns[1].push(welfare[j]);
            columns[2].push(mean(&others));
            columns[3].push(wages(economy, &reply.rest.outcome)[j]);
            for other in &reply.others {
                let worse = 100.0 * (reply.value.exp() - other.exp());
                remarks.push(format!("{}: another local optimum is {worse:.4} points worse", codes[j]));
            }
        }
        let names = ["median_tariff_pct", "own_gov_welfare_pct", "other_gov_welfare_pct", "own_wage_pct"];
        let numbers = self.numbers(names.iter().copied().zip(columns));
        Ok(CaseResult { case, tariff, numbers, remarks })
    }

    fn talks(&self, case: &'static str, lobbying: bool) -> Result<CaseResult, ReplicationError> {
        let economy = self.economy(lobbying);
        let free = || {
            let mut policy = economy.base().clone();
            policy.tariff.fill(0.0);
            policy
        };
        let (start, disagreement): (Policy, Vec<f64>) = if case.contains("from_nash") {
            let rest = self.war(lobbying, false)?.0;
            (rest.policy, rest.outcome.welfare)
        } else if case.contains("from_zero") {
            (free(), economy.solve(&free(), None)?.welfare)
        } else {
            (economy.base().clone(), vec![0.0; economy.region_count()])
        };
        let mut talks = Talks::of_all(self.world.sector_count(), &disagreement);
        talks.table = talks.table.with_tariffs(|lever| lever.between(0.0, UPPER));
        let weights = economy.income_shares();
        let pace = Pace { target: 1e-12, tolerance: 1e-9, ..self.pace };
        // Next to free trade, as in the reference; then the best that is found.
        let deal = talks.deal(economy, &Rule::EqualGains, &weights, (&free(), &[]), &pace)?;
        let best = talks.deal(economy, &Rule::EqualGains, &weights, (&start, &STARTS), &pace)?;
        let gains: Vec<f64> = deal.gains.iter().map(|gain| 100.0 * gain.exp_m1()).collect();
        let medians = (0..gains.len()).map(|j| self.median(&deal.rest.policy.tariff, j)).collect();
        let columns =
            [("gov_welfare_pct", gains), ("median_tariff_pct", medians), ("planner_weight", deal.weights)];
        let mut numbers = self.numbers(columns.into_iter());
        let better = 100.0 * mean(&best.gains).exp_m1();
        numbers.push(("mean".to_owned(), "best_deal_gov_welfare_pct", better));
        let remarks = vec![format!(
            "{} Newton steps, residual {:.1e}; the best deal found gives {better:.6}",
            deal.steps, deal.rest.residual
        )];
        Ok(CaseResult { case, tariff: deal.rest.policy.tariff, numbers, remarks })
    }

    fn described(&self, case: &'static str, lobbying: bool, rest: &Rest, remarks: Vec<String>) -> CaseResult {
        let n = self.world.region_count();
        let columns = [
            ("median_tariff_pct", (0..n).map(|j| self.median(&rest.policy.tariff, j)).collect()),
            ("gov_welfare_pct", per_cent(&rest.outcome.welfare)),
            ("welfare_pct", per_cent(&rest.outcome.real_income)),
            ("wage_pct", wages(self.economy(lobbying), &rest.outcome)),
        ];
        let numbers = self.numbers(columns.into_iter());
        CaseResult { case, tariff: rest.policy.tariff.clone(), numbers, remarks }
    }

    /// Every region's value of every variable, and their mean.
    fn numbers(
        &self,
        columns: impl Iterator<Item = (&'static str, Vec<f64>)>,
    ) -> Vec<(String, &'static str, f64)> {
        let codes = self.world.regions.codes();
        let mut numbers = Vec::new();
        for (variable, values) in columns {
            numbers.extend(codes.iter().zip(&values).map(|(code, value)| (code.clone(), variable, *value)));
            numbers.push(("mean".to_owned(), variable, mean(&values)));
        }
        numbers
    }

    /// Median of a region's tariffs over partners and sectors, per cent.
    fn median(&self, tariff: &[f64], importer: usize) -> f64 {
        let n = self.world.region_count();
        let own = |cell: &usize| cell / n % n == importer && cell % n != importer;
        let mut rates: Vec<f64> = (0..tariff.len()).filter(own).map(|cell| tariff[cell]).collect();
        rates.sort_by(f64::total_cmp);
        let middle = rates.len() / 2;
        50.0 * (rates[middle] + rates[(rates.len() - 1) / 2])
    }

    /// `case,exporter,importer,sector,tariff` of all cases, fractions.
    pub fn tariffs(&self, results: &[CaseResult]) -> Vec<u8> {
        let (n, codes) = (self.world.region_count(), self.world.regions.codes());
        let mut text = String::from("case,exporter,importer,sector,tariff\n");
        for result in results {
            for (cell, rate) in result.tariff.iter().enumerate() {
                let (s, importer, exporter) = (cell / (n * n), cell / n % n, cell % n);
                let (exporter, importer) = (&codes[exporter], &codes[importer]);
                text +=
                    &format!("{},{exporter},{importer},{},{rate}\n", result.case, self.world.sectors.code(s));
            }
        }
        text.into_bytes()
    }
}

/// `case,region,variable,value` of all cases.
pub fn summary(results: &[CaseResult]) -> Vec<u8> {
    let mut text = String::from("case,region,variable,value\n");
    for result in results {
        for (region, variable, value) in &result.numbers {
            text += &format!("{},{region},{variable},{value}\n", result.case);
        }
    }
    text.into_bytes()
}

/// The published and the reference numbers of the computed cases beside them.
pub fn compare(results: &[CaseResult]) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for line in REFERENCE.lines().skip(1) {
        let mut fields = line.splitn(6, ',');
        let mut next = || fields.next().unwrap_or_default();
        let [scenario, region, name, value, tolerance, place] =
            [next(), next(), next(), next(), next(), next()];
        let (case, variable) = match (scenario, name) {
            ("published_abstract", "optimal_tariff_pct") => ("optimal_lobbying", "median_tariff_pct"),
            ("published_abstract", "nash_tariff_pct") => ("nash_lobbying", "median_tariff_pct"),
            ("published_abstract", "nash_gov_welfare_pct") => ("nash_lobbying", "gov_welfare_pct"),
            ("published_abstract", _) => ("talks_from_factual_lobbying", "gov_welfare_pct"),
            other => other,
        };
        let Some(result) = results.iter().find(|result| result.case == case) else { continue };
        let computed = result.numbers.iter().find(|(r, v, _)| r == region && *v == variable);
        let published = place.starts_with("Ossa") || place.starts_with("AER");
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        comparisons.push(Comparison {
            convention: "",
            experiment: result.case,
            region,
            variable,
            table: if place.starts_with("AER") {
                "abstract"
            } else if published {
                "tables"
            } else {
                ""
            },
            published: None,
            digits: value.split('.').nth(1).map_or(0, str::len),
            reference: number(value),
            tolerance: number(tolerance),
            computed: computed.map_or(f64::NAN, |(.., value)| *value),
        });
    }
    comparisons
}

fn per_cent(logarithms: &[f64]) -> Vec<f64> {
    logarithms.iter().map(|log| 100.0 * log.exp_m1()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// `100 (ŵ − mean ŵ)`.
fn wages(economy: &NoInputs, outcome: &Outcome) -> Vec<f64> {
    let wages = economy.wage_hat(outcome);
    let middle = mean(&wages);
    wages.iter().map(|wage| 100.0 * (wage - middle)).collect()
}
