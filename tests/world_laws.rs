//! Laws of balancing and aggregating, on random worlds, and one case each by hand.

use std::cell::Cell;
use std::collections::HashMap;

use detente::world::aggregate::{Concordance, aggregate};
use detente::world::balance::{BalanceOptions, balance, net_negative_flows};
use detente::world::check::{check, holds};
use detente::world::labels::Labels;
use detente::world::{ElasticitySet, World, WorldError};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

fn world(n: usize, j: usize, trade: Vec<f64>, tariff: Vec<f64>, share: Vec<f64>) -> World {
    let codes = |stem: &str, count: usize| {
        Labels::new((0..count).map(|i| (format!("{stem}{i}"), String::new()))).unwrap()
    };
    World {
        name: "random".into(),
        title: String::new(),
        base_date: jiff::civil::date(2020, 7, 1),
        regions: codes("R", n),
        sectors: codes("S", j),
        goods: vec![true; j],
        trade_musd: trade,
        tariff,
        input_share: share,
        final_share: None,
        elasticities: vec![ElasticitySet {
            name: "U".into(),
            theta: (0..j).map(|s| 2.0 + s as f64).collect(),
            source: String::new(),
        }],
        sources: Vec::new(),
        notes: Vec::new(),
        markup: None,
        population: None,
        households: None,
        carved: Vec::new(),
    }
}

/// Three regions, three sectors, a fifth of the flows empty, inputs up to 0.75 of output.
fn any_world() -> impl Strategy<Value = World> {
    let flow = prop_oneof![1 => Just(0.0), 4 => 0.1..100.0f64];
    (
        prop::collection::vec(flow, 27),
        prop::collection::vec(0.0..0.5f64, 27),
        prop::collection::vec(0.0..0.25f64, 27),
        prop::collection::vec(1.0..50.0f64, 9),
    )
        .prop_map(|(mut trade, mut tariff, share, home)| {
            for sector in 0..3 {
                for region in 0..3 {
                    let cell = (sector * 3 + region) * 3 + region;
                    trade[cell] += home[sector * 3 + region];
                    tariff[cell] = 0.0;
                }
            }
            world(3, 3, trade, tariff, share)
        })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Balancing gives an equilibrium, keeps every value-added share and flow, and
/// has nothing left to do afterwards. Not every random world can be balanced;
/// most can, and many have something to balance.
#[test]
fn a_balanced_world_is_an_equilibrium() {
    let (tried, balanced, changed) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |cell: &Cell<u32>| cell.set(cell.get() + 1);
    let law = |mut w: World| {
        count(&tried);
        let before = w.clone();
        let report = match balance(&mut w, &BalanceOptions::default()) {
            Ok(report) => report,
            Err(error) => {
                prop_assert!(matches!(error, WorldError::CannotBalance { .. }), "{error}");
                return Ok(());
            }
        };
        count(&balanced);
        prop_assert!(holds(&check(&w)));
        prop_assert!(w.final_demand_musd().iter().all(|f| *f >= -1e-10));
        for (a, b) in w.value_added_share().iter().zip(before.value_added_share()) {
            prop_assert!((a - b).abs() < 1e-12);
        }
        prop_assert_eq!(&w.trade_musd, &before.trade_musd);
        if report.negative_cells == 0 {
            prop_assert_eq!(&w, &before);
        } else {
            count(&changed);
        }
        let once = w.clone();
        let again = balance(&mut w, &BalanceOptions::default()).unwrap();
        prop_assert_eq!(again.changed_cells, 0);
        prop_assert_eq!(w, once);
        Ok(())
    };
    TestRunner::default().run(&any_world(), law).unwrap();
    let (tried, balanced, changed) = (tried.get(), balanced.get(), changed.get());
    println!("of {tried} worlds {balanced} could be balanced, {changed} needed it");
    assert!(
        2 * balanced > tried && 10 * changed > tried,
        "of {tried}: {balanced} balanced, {changed} changed"
    );
}

proptest! {
    /// Netting keeps gross output and leaves no negative flow.
    #[test]
    fn netting_keeps_gross_output(mut w in any_world(), cell in 0..27usize, part in 0.0..0.9f64) {
        let row: f64 = (0..3).map(|n| w.trade_musd[(cell / 9 * 3 + n) * 3 + cell % 3]).sum();
        w.trade_musd[cell] = -part * (row - w.trade_musd[cell]);
        let before = w.gross_output_musd();
        let netted = net_negative_flows(&mut w);
        prop_assert!(netted.len() <= 1);
        prop_assert!(w.trade_musd.iter().all(|m| *m >= 0.0));
        prop_assert!(before.iter().zip(w.gross_output_musd()).all(|(a, b)| close(*a, b)));
    }

    /// Aggregation keeps trade, revenue, intermediate use and value added.
    #[test]
    fn aggregating_keeps_totals(w in any_world()) {
        let map = |a: &str, b: &str| HashMap::from([(a.to_owned(), "X".to_owned()), (b.to_owned(), "X".to_owned())]);
        let c = Concordance { regions: map("R0", "R2"), sectors: map("S1", "S2"), ..Concordance::default() };
        let small = aggregate(&w, &c).unwrap();
        let total = |v: Vec<f64>| v.iter().sum::<f64>();
        prop_assert_eq!(small.regions.codes(), &["X", "R1"]);
        prop_assert!(close(w.trade_musd.iter().sum(), small.trade_musd.iter().sum()));
        prop_assert!(close(total(w.tariff_revenue_musd()), total(small.tariff_revenue_musd())));
        prop_assert!(close(total(w.intermediate_use_musd()), total(small.intermediate_use_musd())));
        prop_assert!(close(total(w.value_added_musd()), total(small.value_added_musd())));
        prop_assert!(close(w.final_demand_musd().iter().sum(), small.final_demand_musd().iter().sum()));
        prop_assert!(small.elasticities[0].theta.iter().all(|t| (2.0..=4.0).contains(t)));
    }

    /// A concordance that says nothing, or each code to itself, changes nothing.
    #[test]
    fn an_identity_changes_nothing(w in any_world()) {
        prop_assert_eq!(&aggregate(&w, &Concordance::default()).unwrap(), &w);
        let itself = |codes: &[String]| codes.iter().map(|c| (c.clone(), c.clone())).collect();
        let c = Concordance { regions: itself(w.regions.codes()), sectors: itself(w.sectors.codes()), ..Concordance::default() };
        prop_assert_eq!(&aggregate(&w, &c).unwrap(), &w);
    }
}

/// One region, two goods, output 10 and 10. Sector 0 uses 0.8 of good 0, sector 1
/// uses 0.4 of each: use of good 0 is 12 of the 10 bought, of good 1 it is 4.
/// With φ = 0.1 row 0 must come to 9. Column totals stay 8 and 8. Column 0 has
/// one input only and keeps its 8, so column 1 keeps 1 of good 0 and takes 7 of
/// good 1: shares 0.8 | 0.1, 0.7.
#[test]
fn a_table_balanced_by_hand() {
    let mut w = world(1, 2, vec![10.0, 10.0], vec![0.0; 2], vec![0.8, 0.4, 0.0, 0.4]);
    let report = balance(&mut w, &BalanceOptions { final_floor: 0.1, threshold: 0.05 }).unwrap();
    for (share, hand) in w.input_share.iter().zip([0.8, 0.1, 0.0, 0.7]) {
        assert!((share - hand).abs() < 1e-11, "{:?}", w.input_share);
    }
    assert_eq!((report.negative_cells, report.negative_musd), (1, 2.0));
    assert!((report.moved_musd - 3.0).abs() < 1e-9);
    assert_eq!(report.records.len(), 2);
    assert!(report.to_markdown(&w).contains("| R0 | S0 | S1 | 0.400000 | 0.100000 |"));
}

#[test]
fn a_table_that_cannot_be_balanced_says_why() {
    let mut w = world(1, 2, vec![10.0, 10.0], vec![0.0; 2], vec![0.8, 0.8, 0.0, 0.0]);
    let error = balance(&mut w, &BalanceOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("intermediate use of R0 cannot be balanced: use of S0 stays 6.0"), "{error}");
}

/// Two importers become one: 60 at 10 % and 40 at 0 % are 100 at 6 %; inputs 0.5
/// of output 30 and 0.2 of output 10 are 0.425 of 40.
#[test]
fn an_aggregate_by_hand() {
    // Exporter R2 sells 60 to R0 and 40 to R1; R0 makes 30 and R1 makes 10, all sold at home.
    let trade = vec![30.0, 0.0, 60.0, 0.0, 10.0, 40.0, 0.0, 0.0, 50.0];
    let tariff = vec![0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let w = world(3, 1, trade, tariff, vec![0.5, 0.2, 0.3]);
    let text = "[regions]\nUNION = [\"R0\", \"R1\"]\n[names]\nUNION = \"The union\"\n";
    let small = aggregate(&w, &Concordance::from_toml("c.toml", text).unwrap()).unwrap();
    assert_eq!(small.regions.name(0), "The union");
    assert_eq!(small.trade_musd, [40.0, 100.0, 0.0, 50.0]);
    assert!((small.tariff[1] - 0.06).abs() < 1e-15);
    assert!((small.input_share[0] - 0.425).abs() < 1e-15);
    assert_eq!(small.input_share[1], 0.3);
}

#[test]
fn a_wrong_concordance_is_refused() {
    let w = world(2, 1, vec![1.0; 4], vec![0.0; 4], vec![0.1; 2]);
    let c = Concordance::from_toml("c.toml", "[regions]\nX = [\"R9\", \"Q\"]\n").unwrap();
    assert_eq!(
        aggregate(&w, &c).unwrap_err().to_string(),
        "the world `random` is not consistent: the concordance has codes that the world does not: unknown code `Q`; unknown code `R9`"
    );
    let merged =
        |text: &str| aggregate(&w, &Concordance::from_toml("c.toml", text).unwrap()).unwrap_err().to_string();
    assert_eq!(
        merged("[regions]\n\"\" = [\"R0\"]\n"),
        "the world `random` is not consistent: after merging, the code is empty: write a short one, such as `EU`"
    );
    assert_eq!(
        merged("[sectors]\nOTHERS = [\"S0\"]\n"),
        "the world `random` is not consistent: after merging, the code `OTHERS` is the word of ledgers and results for all that are not named: write another, such as `ROW`"
    );
    let csv = "axis,from,to\nregion,R0,X\nregion,R0,Y\nplanet,R1,X\n";
    assert_eq!(
        Concordance::from_csv("c.csv", csv.into()).unwrap_err().to_string(),
        "`c.csv` has 2 problems\n  row 3, column `from`: `R0` is already mapped\n  row 4, column `axis`: `planet` is neither `region` nor `sector`"
    );
}
