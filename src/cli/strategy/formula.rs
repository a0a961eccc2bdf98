//! `detente strategy formula`: what a country gets by a policy read off a formula.

use clap::Args;

use super::output::{Output, incomes, taxes};
use super::setting::Setting;
use crate::cli::{Common, Failure};
use crate::strategy::formula::{Formula, follow};
use crate::strategy::game::per_cent;

/// Arguments of `detente strategy formula`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    /// The policy: ll_first, ll_second, ll_third or ll_retaliation.
    #[arg(long, value_name = "FORMULA")]
    policy: Formula,
    #[command(flatten)]
    output: Output,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    arguments.output.check()?;
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let Some(final_goods) = &game.without_inputs else {
        let help = "the formulas are those of a world without inputs: name one (ll2014, ossa2014), or --variant no-inputs";
        return Err(Failure::Input(help.to_owned()));
    };
    if game.players.len() > 1 && (arguments.output.csv.is_some() || arguments.output.tariffs.is_some()) {
        let help = "--csv, --tariffs: a formula is followed by one player at a time; name one in --players";
        return Err(Failure::Input(help.to_owned()));
    }
    say!("{}", game.heading)?;
    for region in &game.players {
        let wage_share = final_goods.wage_share();
        let found = follow(final_goods, wage_share, *region, arguments.policy, game.pace.arithmetic)?;
        say!(
            "\n{} follows {}: real income {:+.4} per cent, {} rounds, residual {:.0e}",
            game.code(*region),
            arguments.policy,
            per_cent(found.outcome.real_income[*region]),
            found.rounds,
            found.residual
        )?;
        if game.players.len() == 1 {
            say!("{}{}", incomes(&game, &found.outcome).trim_end(), taxes(&game, &found.policy).trim_end())?;
        }
        arguments.output.write(&game, &found.outcome, &found.policy)?;
    }
    say!("\nA formula, not an optimum: `strategy optimal` looks for the best taxes.")
}
