//! `detente strategy truce --most-cooperative` and `--linked`: deals other than today's.

use crate::cli::Failure;
use crate::strategy::Policy;
use crate::strategy::cooperation::Road;
use crate::strategy::game::{Game, Levers, Patience, per_cent};
use crate::strategy::nash::Search;
use crate::strategy::player::Player;
use crate::strategy::reply::STARTS;
use crate::strategy::truce::Payoffs;
use crate::strategy::two_issues::{issues, prices};

/// Lags of the table, weeks.
const WEEKS: [u32; 5] = [1, 4, 13, 26, 52];

/// The most cooperative deal at the lag asked for, and at those of the table.
pub fn most_cooperative(game: &Game, levers: &Levers, patience: &Patience) -> Result<(), Failure> {
    let players = levers.rivals(game, false)?;
    let fighting = game.war(&players)?;
    let at_war = fighting.0.clone();
    let found = game.spending_shares(&fighting.1);
    let weights = [found[0], found[1]];
    let road = Road::new(&*game.economy, &players, fighting, weights, &game.pace)?;
    let [first, second] = [&players[0].name, &players[1].name];
    say!(
        "\nThe most cooperative deal that holds, between the war (0) and the efficient deal (100): taxes of {first} and {second} on each\n\
         other may also fall below today's, each side's by a share of its own way, in per cent of ln(1 + tax)\n"
    )?;
    let columns = [
        format!("{first} goes"),
        format!("{second} goes"),
        format!("{first} gains"),
        format!("{second} gains"),
    ];
    say!(
        "  {:<12}{:>8}{:>12}{:>12}{:>16}{:>14}{:>14}",
        "answer after",
        "delta",
        columns[0],
        columns[1],
        "of joint gain",
        columns[2],
        columns[3]
    )?;
    // From short lags to long: nobody goes further with less patience.
    let mut rows: Vec<(String, f64)> = WEEKS
        .iter()
        .map(|weeks| {
            (format!("{weeks} week{}", if *weeks == 1 { "" } else { "s" }), 7.0 * f64::from(*weeks) / 365.0)
        })
        .collect();
    rows.push((format!("{:.0} days", 365.0 * patience.lag), patience.lag));
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut from = [1.0; 2];
    let mut asked = None;
    for (label, lag) in rows {
        let held = road.most_cooperative(patience.factor(lag), from)?;
        from = held.shares;
        let [own, other] = held.shares.map(|share| 100.0 * share);
        let [mine, yours] = held.payoffs.map(|of| per_cent(of.loss()));
        say!(
            "  {label:<12}{:>8.4}{own:>12.1}{other:>12.1}{:>16.1}{mine:>14.4}{yours:>14.4}",
            held.delta,
            100.0 * held.welfare_share
        )?;
        if lag == patience.lag {
            asked = Some(held);
        }
    }
    let Some(held) = asked else { return Ok(()) };
    say!(
        "\nMean tax on the other, weighted by today's trade, per cent: at war, in this deal, in the efficient one"
    )?;
    for (from, to) in [(0, 1), (1, 0)] {
        let mean = |policy: &Policy| {
            100.0 * mean_tax(game, &players[from], (game.players[from], game.players[to]), policy)
        };
        let [war, deal, best] = [mean(&at_war), mean(&held.policy), mean(road.efficient().0)];
        say!("  {:<8}{war:>9.2}{deal:>9.2}{best:>9.2}", players[from].name)?;
    }
    say!("Gains are over the war, per cent a year; the efficient deal weighs the two by what they spend.")
}

/// A player's tariffs on another, or its export taxes if it sets no tariffs, weighted by trade.
fn mean_tax(game: &Game, player: &Player, (own, other): (usize, usize), policy: &Policy) -> f64 {
    let n = game.world.region_count();
    let duties = player.tariffs.first();
    let importer = duties.map_or(other, |lever| lever.region);
    let exporter = if importer == own { other } else { own };
    let (rates, lever) = match duties {
        Some(lever) => (&policy.tariff, Some(lever)),
        None => (&policy.export_tax, player.export_taxes.first()),
    };
    let partner = if lever.is_some_and(|lever| lever.region == importer) { exporter } else { importer };
    let (mut sum, mut all) = (0.0, 0.0);
    for s in (0..game.world.sector_count()).filter(|s| lever.is_some_and(|l| l.free[s * n + partner])) {
        let cell = (s * n + importer) * n + exporter;
        sum += game.world.trade_musd[cell] * rates[cell];
        all += game.world.trade_musd[cell];
    }
    if all > 0.0 { sum / all } else { 0.0 }
}

/// Tariffs and licences apart and together at today's taxes.
pub fn linked(game: &Game, levers: &Levers, patience: &Patience) -> Result<(), Failure> {
    let players = levers.with_licences().rivals(game, true)?;
    let today = game.today();
    // Shutting every sector in turn takes long with inputs: a narrower search there.
    let within = match game.without_inputs {
        Some(_) => Search::thorough(&STARTS, &game.pace),
        None => Search::quick(&game.pace),
    };
    let found = issues(&*game.economy, &players, &today, &within)?;
    let (delta, periods) = (patience.delta(), patience.punishment);
    say!(
        "\nTariffs and licences as one deal; licences are the export taxes that make limits hold. Slack is what deters less what\n\
         tempts: the deal holds where it is not negative. Points of real income\n"
    )?;
    say!("  {:<8}{:<26}{:>14}{:>14}{:>14}", "player", "issue", "breach - deal", "deal - war", "slack")?;
    for (player, issues) in players.iter().zip(&found) {
        let slacks = issues.slacks(delta, periods);
        let rows: [(&str, Payoffs); 4] = [
            ("tariffs alone", issues.tariffs),
            ("licences alone", issues.licences),
            ("linked", issues.linked()),
            ("linked, one war over both", issues.both),
        ];
        for ((issue, of), slack) in rows.into_iter().zip(slacks) {
            let (gain, loss) = (100.0 * of.temptation(), 100.0 * of.loss());
            say!("  {:<8}{issue:<26}{gain:>14.4}{loss:>14.4}{:>14.4}", player.name, 100.0 * slack)?;
        }
        let (moved, overlap) = (100.0 * issues.moved(delta, periods), 100.0 * issues.overlap());
        let words = if overlap < 0.0 { "gains more than" } else { "gains less than" };
        say!(
            "  {:<8}slack moved between the issues {moved:.4}; breaking both at once {words} breaking each by {:.4}",
            player.name,
            overlap.abs()
        )?;
    }
    say!(
        "\nLicences for tariffs: per cent off 1 + tariff for one per cent off 1 + export tax, all goods, at today's taxes"
    )?;
    for (giver, price) in prices(&*game.economy, &players, &today)?.iter().enumerate() {
        let (mine, other) = (&players[giver].name, &players[1 - giver].name);
        let ask = match price.ask() {
            free if free <= 0.0 => format!("{mine} gains by giving them"),
            ask => format!("{mine} asks {ask:.3} for its licences"),
        };
        let bid = match price.bid() {
            free if free < 0.0 => format!("{other} gains by lowering its tariffs too"),
            bid => format!("{other} can pay {bid:.3} in tariffs"),
        };
        say!("  {ask}; {bid}")?;
    }
    Ok(())
}
