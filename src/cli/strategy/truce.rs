//! `detente strategy truce`.

use std::path::PathBuf;

use clap::Args;

use super::deals;
use super::levers::LeverOptions;
use super::setting::Setting;
use crate::cli::{Common, Failure};
use crate::results::write;
use crate::strategy::game::{Seen, Side, Truce, TruceTerms};
use crate::strategy::truce::Verdict;

/// Arguments of `detente strategy truce`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: LeverOptions,
    /// Discount rate, per cent a year.
    #[arg(long, value_name = "PERCENT", default_value_t = 4.0)]
    rate: f64,
    /// Days from a breach to the answer.
    #[arg(long, value_name = "DAYS", default_value_t = 90.0)]
    lag: f64,
    /// Probability, per cent, that the deal is not renewed when it is reviewed.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    not_renewed: f64,
    /// Days between reviews.
    #[arg(long, value_name = "DAYS", default_value_t = 90.0)]
    review: f64,
    /// Periods that a punishment lasts [default: for ever].
    #[arg(long, value_name = "N")]
    punishment: Option<u32>,
    /// Noise of what each side sees of the other's compliance, as a share of what cheating would take from it.
    #[arg(long, value_name = "SHARE")]
    noise: Option<f64>,
    /// Also the most cooperative deal that holds, between the war and the efficient deal.
    #[arg(long)]
    most_cooperative: bool,
    /// Also tariffs and licences as one deal against each alone.
    #[arg(long)]
    linked: bool,
    /// Write region,variable,value: temptation, punishment_loss, critical_discount and longest_lag.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

pub fn execute(arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let opened = arguments.setting.open(common)?;
    let game = opened.game(common)?;
    let levers = arguments.levers.levers()?;
    let terms = arguments.terms();
    if arguments.linked {
        game.pair()?;
        if !terms.patience()?.discounts() {
            let help = "--linked: with --rate 0 and a deal that is always renewed any loss deters: set --rate above 0";
            return Err(Failure::Input(help.to_owned()));
        }
    }
    let found = game.truce(&levers, &terms)?;
    say!("{}", game.heading)?;
    say!(
        "The deal: today's taxes. A breach: the best higher taxes on the partner. The war: both, to the Nash equilibrium.\n\
         Answer after {} days; discount rate {} per cent; delta of such a period {:.4}\n",
        arguments.lag,
        arguments.rate,
        found.patience.delta()
    )?;
    say!(
        "  {:<8}{:>14}{:>14}{:>14}   {:<29}longest lag",
        "player",
        "breach - deal",
        "deal - war",
        "least delta",
        "verdict at this lag"
    )?;
    found.sides.iter().try_for_each(|side| told(&found, side))?;
    if let Some(path) = &arguments.csv {
        let mut text = String::from("region,variable,value\n");
        for (region, variable, value) in found.rows() {
            text += &format!("{region},{variable},{value}\n");
        }
        write::file(path, text.as_bytes())?;
    }
    say!("\nPoints are per cent of real income a year; the third digit is the solver's, not the world's.")?;
    if let Some((weak, verdict)) = found.weakest() {
        say!("What it hangs on: {} ({verdict}).", found.sides[weak].name)?;
    }
    if let (Some(noise), Some(seen)) = (arguments.noise, &found.seen) {
        noisy(seen, noise, found.patience.lag)?;
    }
    if arguments.most_cooperative {
        deals::most_cooperative(&game, &levers, &found.patience)?;
    }
    if arguments.linked {
        deals::linked(&game, &levers, &found.patience)?;
    }
    say!("The war turns on the deficits too: compare --deficits held with --deficits zero.")
}

impl Arguments {
    fn terms(&self) -> TruceTerms {
        TruceTerms {
            rate: self.rate,
            lag: self.lag,
            not_renewed: self.not_renewed,
            review: self.review,
            punishment: self.punishment,
            noise: self.noise,
        }
    }
}

/// One player's line.
fn told(truce: &Truce, side: &Side) -> Result<(), Failure> {
    let least = match side.verdict {
        Verdict::From(least) => format!("{least:.3}"),
        _ => "·".to_owned(),
    };
    let longest = match side.longest_lag {
        Some(days) if days.is_finite() => format!("{days:.0} days"),
        Some(_) => "any".to_owned(),
        None => "none".to_owned(),
    };
    say!(
        "  {:<8}{:>14.4}{:>14.4}{least:>14}   {:<29}{longest}",
        side.name,
        100.0 * side.payoffs.temptation(),
        100.0 * side.payoffs.loss(),
        truce.words(side)
    )?;
    match side.reputation {
        Some(once) => say!(
            "          needs a reputation elsewhere worth {once:.4} per cent of a year's income, once, to hold"
        ),
        None => Ok(()),
    }
}

/// False alarms a year that are not worth a number.
const RARE: f64 = 0.005;

/// What the deal is worth when compliance is seen through noise.
fn noisy(seen: &Seen, noise: f64, lag: f64) -> Result<(), Failure> {
    let (regime, most) = match seen {
        Seen::Idle => return say!("\nNobody is tempted: what is seen through noise does not matter."),
        Seen::Hopeless => return say!("\nSomebody prefers the war: no monitor helps."),
        Seen::Watched { regime, most_noise } => (regime, most_noise),
    };
    match regime {
        Some(regime) if regime.false_alarms_a_year(lag) < RARE => {
            say!("\nSeen through noise of {noise}: a trigger exists, with hardly any false alarm")?;
        }
        Some(regime) => say!(
            "\nSeen through noise of {noise}: a trigger exists; {:.2} false alarms a year, {}",
            regime.false_alarms_a_year(lag),
            match regime.war {
                Some(_) => format!("{:.1} months at war", regime.months_at_war()),
                None => "the first of which starts a war that does not end".to_owned(),
            }
        )?,
        None => say!("\nSeen through noise of {noise}: no trigger deters, the deal breaks")?,
    }
    match most {
        Some(most) => say!("  it bears noise up to {most:.2} of what cheating takes away"),
        None => say!("  it bears no noise at this patience"),
    }
}
