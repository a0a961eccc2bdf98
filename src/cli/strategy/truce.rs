//! `detente strategy truce`.

use std::path::PathBuf;

use clap::Args;

use super::deals::{self, Patience};
use super::levers::Levers;
use super::setting::Setting;
use super::talks::war;
use crate::cli::{Common, Failure};
use crate::results::write;
use crate::strategy::monitoring::{self, Signal};
use crate::strategy::reply::{STARTS, best_reply};
use crate::strategy::truce::{Clock, Payoffs, Verdict, least_reputation, verdict, weakest};

/// Arguments of `detente strategy truce`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    levers: Levers,
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
    let game = arguments.setting.open(common)?;
    game.pair()?;
    for (name, value, most) in [
        ("rate", arguments.rate, 1000.0),
        ("lag", arguments.lag, 36500.0),
        ("review", arguments.review, 36500.0),
        ("not-renewed", arguments.not_renewed, 99.99),
    ] {
        if !(value >= 0.0 && value <= most) || (name == "review" && value == 0.0) {
            return Err(Failure::Input(format!("--{name} {value}: write a number from 0 to {most}")));
        }
    }
    if let Some(noise) = arguments.noise.filter(|noise| !(*noise > 0.0 && noise.is_finite())) {
        return Err(Failure::Input(format!("--noise {noise}: write a share above 0")));
    }
    // A breach raises taxes on the partner; the deal's own are the floor.
    let players = arguments.levers.rivals(&game, true)?;
    let deal = game.economy.solve(&game.today(), None)?;
    let (_, fighting) = war(&game, &players)?;
    let clock =
        Clock::reviewed(arguments.rate / 100.0, arguments.review / 365.0, arguments.not_renewed / 100.0);
    let lag = arguments.lag / 365.0;
    let delta = clock.delta(lag);
    let patience = Patience { clock, lag, punishment: arguments.punishment };
    if arguments.linked && !patience.discounts() {
        let help =
            "--linked: with --rate 0 and a deal that is always renewed any loss deters: set --rate above 0";
        return Err(Failure::Input(help.to_owned()));
    }
    say!("{}", game.heading)?;
    say!(
        "The deal: today's taxes. A breach: the best higher taxes on the partner. The war: both, to the Nash equilibrium.\n\
         Answer after {} days; discount rate {} per cent; delta of such a period {delta:.4}\n",
        arguments.lag,
        arguments.rate
    )?;
    say!(
        "  {:<8}{:>14}{:>14}{:>14}   {:<29}longest lag",
        "player",
        "breach - deal",
        "deal - war",
        "least delta",
        "verdict at this lag"
    )?;
    let (mut payoffs, mut verdicts) = (Vec::new(), Vec::new());
    for player in &players {
        let reply = best_reply(&*game.economy, player, &game.today(), Some(&deal), &STARTS, &game.pace)?;
        let of = Payoffs {
            deal: player.objective.value(&deal),
            breach: reply.value,
            war: player.objective.value(&fighting),
        };
        let found = verdict(&of, arguments.punishment);
        let holds = if found.holds_at(delta) { "holds" } else { "breaks" };
        let least = match found {
            Verdict::From(least) => format!("{least:.3}"),
            _ => "·".to_owned(),
        };
        let words = match found {
            Verdict::NotTempted => "not tempted at these taxes".to_owned(),
            Verdict::PrefersWar => "prefers the war".to_owned(),
            Verdict::NoDelta => "punishment too short".to_owned(),
            Verdict::From(_) => holds.to_owned(),
        };
        let longest = match clock.longest_lag(found) {
            Some(years) if years.is_finite() => format!("{:.0} days", 365.0 * years),
            Some(_) => "any".to_owned(),
            None => "none".to_owned(),
        };
        say!(
            "  {:<8}{:>14.4}{:>14.4}{least:>14}   {words:<29}{longest}",
            player.name,
            100.0 * of.temptation(),
            100.0 * of.loss()
        )?;
        let reputation = least_reputation(&of, delta, arguments.punishment);
        // A sum at once: points of a period times its length in years.
        let once = 100.0 * reputation * lag;
        if reputation > 0.0 && once.is_finite() && found != Verdict::NotTempted {
            say!(
                "          needs a reputation elsewhere worth {once:.4} per cent of a year's income, once, to hold"
            )?;
        }
        payoffs.push(of);
        verdicts.push(found);
    }
    if let Some(path) = &arguments.csv {
        let names: Vec<&str> = players.iter().map(|player| player.name.as_str()).collect();
        write::file(path, csv(&names, &payoffs, &verdicts, &clock).as_bytes())?;
    }
    say!("\nPoints are per cent of real income a year; the third digit is the solver's, not the world's.")?;
    if let Some((weak, found)) = weakest(&verdicts) {
        say!("What it hangs on: {} ({found}).", players[weak].name)?;
    }
    if let Some(noise) = arguments.noise {
        noisy(&payoffs, noise, delta, lag)?;
    }
    if arguments.most_cooperative {
        deals::most_cooperative(&game, &arguments.levers, &patience)?;
    }
    if arguments.linked {
        deals::linked(&game, &arguments.levers, &patience)?;
    }
    say!("The war turns on the deficits too: compare --deficits held with --deficits zero.")
}

/// False alarms a year that are not worth a number.
const RARE: f64 = 0.005;

/// The table as rows; what has no number has no row.
fn csv(names: &[&str], payoffs: &[Payoffs], verdicts: &[Verdict], clock: &Clock) -> String {
    let mut text = String::from("region,variable,value\n");
    for ((name, of), found) in names.iter().zip(payoffs).zip(verdicts) {
        let mut row = |variable: &str, value: f64| text += &format!("{name},{variable},{value}\n");
        row("temptation", 100.0 * of.temptation());
        row("punishment_loss", 100.0 * of.loss());
        if let Verdict::From(least) = found {
            row("critical_discount", *least);
        }
        if let Some(years) = clock.longest_lag(*found).filter(|years| years.is_finite()) {
            row("longest_lag", 365.0 * years);
        }
    }
    text
}

/// What a cheater delivers, as a share of what it promised.
const NOTHING: f64 = 0.0;

/// What the deal is worth when compliance is seen through noise.
fn noisy(payoffs: &[Payoffs], noise: f64, delta: f64, lag: f64) -> Result<(), Failure> {
    let tempted: Vec<Payoffs> =
        payoffs.iter().copied().filter(|of| verdict(of, None) != Verdict::NotTempted).collect();
    if tempted.is_empty() {
        return say!("\nNobody is tempted: what is seen through noise does not matter.");
    }
    if tempted.iter().any(|of| verdict(of, None) == Verdict::PrefersWar) {
        return say!("\nSomebody prefers the war: no monitor helps.");
    }
    let payoffs = &tempted;
    // Who cheats delivers nothing of what it promised.
    let signal = Signal { noise, cheating: NOTHING };
    match monitoring::public(payoffs, &signal, delta) {
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
    match monitoring::most_noise(payoffs, NOTHING, delta) {
        Some(most) => say!("  it bears noise up to {most:.2} of what cheating takes away"),
        None => say!("  it bears no noise at this patience"),
    }
}
