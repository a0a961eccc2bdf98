//! The ledger as a file that a person reviews.
//!
//! One block a measure, keys aligned, rates as percentages. The law: a ledger
//! that was read, written and read again is the same ledger,
//!
//! ```text
//! parse(write(parse(text))) = parse(text)
//! ```
//!
//! Every fraction is written as the shortest percentage that reads back to the
//! same bits. Measures name regions, not groups; the groups are written beside.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::measure::{Afterwards, End, Measure, RatePath, Scope, Status, Suspension};
use super::proposal::Proposal;
use super::reading::{Evidence, Reading, Says};
use super::stacking::{LineCover, PRODUCT_KEYS, Stacking};
use super::{Heading, Ledger};
use crate::document::read::PLAUSIBLE_RATE;
use crate::world::World;

/// Shares of a scope that still fit on one line.
const SHARES_ON_A_LINE: usize = 6;
/// Regions that are named one by one before "all but …" reads better.
const REGIONS_NAMED: usize = 12;

impl Ledger {
    /// The ledger in the format that [`parse`](Self::parse) reads.
    ///
    /// A measure whose scope has a name has it from the ledger's scopes.
    ///
    /// # Panics
    /// If `world` has other dimensions than the world the ledger was read for.
    pub fn to_toml(&self, world: &World) -> String {
        let mut text = heading(&self.heading);
        if !self.groups.is_empty() {
            let codes = |regions: &Vec<usize>| list(regions.iter().map(|r| world.regions.code(*r)));
            let block = self.groups.iter().map(|(name, regions)| (key(name), codes(regions))).collect();
            text.push_str(&aligned("\n[groups]", &block));
        }
        for scope in self.scopes.values() {
            text.push_str(&scope_block(scope, world));
        }
        for measure in &self.measures {
            text.push_str(&measure_block(measure, &self.measures, world));
        }
        for proposal in &self.proposals {
            text.push_str(&proposal_block(proposal));
        }
        text
    }
}

/// Keys with their values, as they are written.
type Block = Vec<(String, String)>;

/// One `key = value` a line, the signs under each other.
fn aligned(title: &str, block: &Block) -> String {
    let width = block.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
    block.iter().fold(format!("{title}\n"), |mut text, (key, value)| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key:width$} = {value}");
        text
    })
}

fn put(block: &mut Block, name: &str, value: String) {
    block.push((key(name), value));
}

fn put_text(block: &mut Block, name: &str, text: &Option<String>) {
    if let Some(text) = text {
        put(block, name, quoted(text));
    }
}

fn heading(heading: &Heading) -> String {
    let mut block = Block::new();
    put(&mut block, "title", quoted(&heading.title));
    put_text(&mut block, "codes", &heading.codes);
    put_text(&mut block, "sources", &heading.sources);
    put_text(&mut block, "note", &heading.note);
    aligned("[ledger]", &block)
}

fn scope_block(scope: &Scope, world: &World) -> String {
    let title = format!("scopes.{}", key(scope.name.as_deref().unwrap_or_default()));
    let mut block = Block::new();
    put_text(&mut block, "note", &scope.note);
    put_text(&mut block, "source", &scope.source);
    if let Some(lines) = &scope.lines {
        products(&mut block, lines);
        return aligned(&format!("\n[{title}]"), &block);
    }
    let shares = shares(&scope.coverage, world);
    if let Some(sectors) = full_sectors(&scope.coverage, world) {
        put(&mut block, "sectors", sectors);
    } else if shares.len() <= SHARES_ON_A_LINE {
        put(&mut block, "coverage", inline(&shares));
    } else {
        return aligned(&format!("\n[{title}]"), &block) + &aligned(&format!("[{title}.coverage]"), &shares);
    }
    aligned(&format!("\n[{title}]"), &block)
}

fn measure_block(measure: &Measure, all: &[Measure], world: &World) -> String {
    let mut block = Block::new();
    put(&mut block, "id", quoted(&measure.id));
    put(&mut block, "kind", quoted(measure.kind.name()));
    parties(&mut block, measure, world);
    goods(&mut block, &measure.scope, world);
    if let Some(day) = measure.announced {
        put(&mut block, "announced", day.to_string());
    }
    if let Some(day) = measure.from {
        put(&mut block, "from", day.to_string());
    }
    if measure.kind.is_tax() || !measure.rate.is_empty() {
        rate(&mut block, measure);
    }
    for (name, path) in [
        ("quantity", &measure.quantity),
        ("approval", &measure.approval),
        ("cost", &measure.cost),
        ("share", &measure.share),
    ] {
        if !path.is_empty() {
            put(&mut block, name, steps(path, measure.from));
        }
    }
    if let Some(weeks) = measure.wait_weeks {
        put(&mut block, "wait", quoted(&wait(weeks)));
    }
    if measure.pooled {
        put(&mut block, "pooled", "true".to_owned());
    }
    if let Some(share) = measure.rent {
        let word = if share == 1.0 { "importer".to_owned() } else { percentage(share) };
        put(&mut block, "rent", quoted(if share == 0.0 { "exporter" } else { &word }));
    }
    if !measure.of.is_empty() {
        put(&mut block, "of", list(measure.of.iter().map(String::as_str)));
    }
    if let Some(pause) = &measure.suspension {
        put(&mut block, "suspend", suspension(pause));
    }
    stacking(&mut block, &measure.stacking, all);
    match &measure.end {
        Some(End { on, why: None }) => put(&mut block, "until", on.to_string()),
        Some(End { on, why: Some(why) }) => {
            put(&mut block, "ends", format!("{{ on = {on}, why = {} }}", quoted(why)));
        }
        None => {}
    }
    let status = Status::ALL.iter().find(|(_, status)| *status == measure.status);
    if let Some((name, _)) = status.filter(|(_, status)| *status != Status::default()) {
        put(&mut block, "status", quoted(name));
    }
    if !measure.rows.is_empty() {
        put(&mut block, "rows", list(measure.rows.iter().map(String::as_str)));
    }
    put_text(&mut block, "source", &measure.source);
    put_text(&mut block, "recall", &measure.recall);
    put_text(&mut block, "note", &measure.note);
    let readings = measure.readings.iter().map(reading_block);
    aligned("\n[[measure]]", &block) + &readings.collect::<String>()
}

/// What one side says of the measure above.
fn reading_block(reading: &Reading) -> String {
    let mut block = Block::new();
    let other = &reading.overrides;
    put(&mut block, "id", quoted(&reading.id));
    put(
        &mut block,
        "evidence",
        format!("[{}]", reading.evidence.iter().map(evidence).collect::<Vec<_>>().join(", ")),
    );
    if let Some(day) = other.from {
        put(&mut block, "from", day.to_string());
    }
    for (name, path) in [
        ("rate", &other.rate),
        ("quantity", &other.quantity),
        ("approval", &other.approval),
        ("cost", &other.cost),
        ("share", &other.share),
    ] {
        if let Some(path) = path {
            put(&mut block, name, steps(path, None));
        }
    }
    if let Some(weeks) = other.wait_weeks {
        put(&mut block, "wait", quoted(&wait(weeks)));
    }
    if let Some(pause) = &other.suspension {
        put(&mut block, "suspend", suspension(pause));
    }
    if let Some(day) = other.until {
        put(&mut block, "until", day.to_string());
    }
    put_text(&mut block, "note", &reading.note);
    aligned("\n[[measure.reading]]", &block)
}

fn evidence(evidence: &Evidence) -> String {
    let mut parts = vec![format!("account = {}", quoted(&evidence.account))];
    parts.extend(evidence.file.as_ref().map(|file| format!("file = {}", quoted(file))));
    match evidence.says {
        Says::Span(first, end) => parts.push(format!("span = [{first}, {end}]")),
        Says::Silent => parts.push("silent = true".to_owned()),
        Says::Whole => {}
    }
    parts.extend(evidence.quote.as_ref().map(|quote| format!("quote = {}", quoted(quote))));
    format!("{{ {} }}", parts.join(", "))
}

/// What accounts speak of, of which nothing is in force.
fn proposal_block(proposal: &Proposal) -> String {
    let mut block = Block::new();
    put(&mut block, "sort", quoted(proposal.sort.word()));
    for (key, text) in [
        ("topic", &proposal.topic),
        ("by", &proposal.by),
        ("says", &proposal.says),
        ("status", &proposal.status),
    ] {
        put(&mut block, key, quoted(text));
    }
    if let Some(date) = proposal.date {
        put(&mut block, "date", date.to_string());
    }
    for (key, words) in [("numbers", &proposal.numbers), ("measures", &proposal.measures)] {
        if !words.is_empty() {
            put(&mut block, key, list(words.iter().map(String::as_str)));
        }
    }
    put(
        &mut block,
        "evidence",
        format!("[{}]", proposal.evidence.iter().map(evidence).collect::<Vec<_>>().join(", ")),
    );
    put_text(&mut block, "note", &proposal.note);
    aligned("\n[[proposal]]", &block)
}

/// A wait in whole weeks or whole days where it is one.
fn wait(weeks: f64) -> String {
    let days = (7.0 * weeks).round();
    let in_days = days / 7.0 == weeks && weeks.fract() != 0.0;
    if in_days { format!("{days} days") } else { format!("{weeks} weeks") }
}

/// `by`, `on` and `except`. A region on both sides is written with `"*"`:
/// nobody levies on himself.
fn parties(block: &mut Block, measure: &Measure, world: &World) {
    let all = world.region_count();
    let codes = |regions: &[usize]| list(regions.iter().map(|region| world.regions.code(*region)));
    if measure.by.len() == all {
        put(block, "by", quoted("*"));
    } else if !measure.by.is_empty() {
        put(block, "by", codes(&measure.by));
    }
    if measure.on.is_empty() {
        return;
    }
    let except: Vec<usize> = (0..all).filter(|region| !measure.on.contains(region)).collect();
    let on_both_sides = measure.by.len() < all && measure.by.iter().any(|region| measure.on.contains(region));
    let many = measure.on.len() > REGIONS_NAMED && except.len() < measure.on.len();
    if except.is_empty() || on_both_sides || many {
        put(block, "on", quoted("*"));
        if !except.is_empty() {
            put(block, "except", codes(&except));
        }
    } else {
        put(block, "on", codes(&measure.on));
    }
}

/// The products of a scope as they were written.
fn products(block: &mut Block, lines: &LineCover) {
    for (key, codes) in PRODUCT_KEYS.iter().zip(&lines.written) {
        if !codes.is_empty() {
            put(block, key, list(codes.iter().map(String::as_str)));
        }
    }
}

/// What a measure gives way to, by id: a pattern is written out.
fn stacking(block: &mut Block, rules: &Stacking, all: &[Measure]) {
    let ids: Vec<&str> = rules.not_with.iter().map(|other| all[*other].id.as_str()).collect();
    if !ids.is_empty() {
        put(block, "not_with", list(ids.into_iter()));
    }
    if let Some(group) = &rules.group {
        put(block, "group", quoted(group));
        put(block, "stack", quoted("highest"));
    }
    if let Some(floor) = rules.floor {
        put(block, "floor", quoted(&percentage(floor)));
    }
    if rules.share != 1.0 {
        put(block, "share", quoted(&percentage(rules.share)));
    }
}

/// `scope`, products, `sectors`, `coverage`, or nothing for all goods.
fn goods(block: &mut Block, scope: &Scope, world: &World) {
    let is_goods = |(covered, goods): (&f64, &bool)| *covered == f64::from(u8::from(*goods));
    if let Some(name) = &scope.name {
        put(block, "scope", quoted(name));
    } else if let Some(lines) = &scope.lines {
        products(block, lines);
    } else if scope.coverage.iter().zip(&world.goods).all(is_goods) {
    } else if let Some(sectors) = full_sectors(&scope.coverage, world) {
        put(block, "sectors", sectors);
    } else {
        put(block, "coverage", inline(&shares(&scope.coverage, world)));
    }
}

/// The covered sectors, if they are covered in full.
fn full_sectors(coverage: &[f64], world: &World) -> Option<String> {
    let some = coverage.contains(&1.0);
    let full = coverage.iter().all(|covered| *covered == 0.0 || *covered == 1.0);
    let covered = (0..coverage.len()).filter(|sector| coverage[*sector] == 1.0);
    let full = full && !set_apart(coverage, world).any(|child| coverage[child] == 0.0);
    (some && full).then(|| list(covered.map(|sector| world.sectors.code(sector))))
}

/// Carved sectors that have another share than their parent, which a reader would give them.
fn set_apart<'a>(coverage: &'a [f64], world: &'a World) -> impl Iterator<Item = usize> + 'a {
    let pairs = world.carved_positions().map(|(child, parent, _)| (child, parent));
    pairs.filter(|(child, parent)| coverage[*child] != coverage[*parent]).map(|(child, _)| child)
}

/// The share of each sector; the share of most goods as `others`.
fn shares(coverage: &[f64], world: &World) -> Block {
    let goods: Vec<f64> = (0..coverage.len()).filter(|s| world.goods[*s]).map(|s| coverage[s]).collect();
    let same = |share: f64| goods.iter().filter(|other| **other == share).count();
    let others = goods.iter().copied().max_by_key(|share| same(*share));
    let others = others.filter(|share| *share > 0.0 && 2 * same(*share) > goods.len());
    let mut block = Block::new();
    for (sector, share) in coverage.iter().enumerate() {
        let usual = if world.goods[sector] { others.unwrap_or(0.0) } else { 0.0 };
        if *share != usual || set_apart(coverage, world).any(|child| child == sector) {
            put(&mut block, world.sectors.code(sector), quoted(&percentage(*share)));
        }
    }
    if let Some(share) = others {
        put(&mut block, "others", quoted(&percentage(share)));
    }
    block
}

fn rate(block: &mut Block, measure: &Measure) {
    put(block, "rate", steps(&measure.rate, measure.from));
    if measure.kind.is_tax() && measure.rate.steps().iter().any(|(_, rate)| *rate > PLAUSIBLE_RATE) {
        put(block, "confirm", "true".to_owned());
    }
}

/// A plain value where it counts from the measure's `from`, else dated steps.
fn steps(path: &RatePath, from: Option<Date>) -> String {
    let step = |(day, value): &(Date, f64)| (day.to_string(), quoted(&percentage(*value)));
    match path.steps() {
        [only] if Some(only.0) == from => step(only).1,
        steps => inline(&steps.iter().map(step).collect()),
    }
}

fn suspension(pause: &Suspension) -> String {
    let until: Vec<String> = pause.until.iter().map(Date::to_string).collect();
    let until = match until.as_slice() {
        [only] => only.clone(),
        days => format!("[{}]", days.join(", ")),
    };
    let then = match pause.then {
        Afterwards::SnapBack => "snap-back",
        Afterwards::Lapse => "lapse",
    };
    let points =
        pause.points.map_or(String::new(), |points| format!("points = \"{}\", ", percentage(points)));
    format!("{{ {points}from = {}, until = {until}, then = \"{then}\" }}", pause.from)
}

fn inline(block: &Block) -> String {
    let pairs: Vec<String> = block.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
}

/// One text, or a list of texts.
fn list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.map(quoted).collect();
    match items.as_slice() {
        [only] => only.clone(),
        items => format!("[{}]", items.join(", ")),
    }
}

/// The shortest percentage that reads back to `fraction`: 0.075 is `7.5%`.
/// A fraction that no percentage reads back to is rounded to the nearest.
pub(super) fn percentage(fraction: f64) -> String {
    let reads_back = |text: &String| text.parse().is_ok_and(|number: f64| number / 100.0 == fraction);
    let hundredfold = fraction * 100.0;
    let rounded = (0..=17).map(|digits| format!("{hundredfold:.digits$}")).find(reads_back);
    let beside = || {
        let (mut up, mut down) = (hundredfold, hundredfold);
        (0..4).find_map(|_| {
            let found = [up, down].map(|number| number.to_string()).into_iter().find(reads_back);
            (up, down) = (up.next_up(), down.next_down());
            found
        })
    };
    rounded.or_else(beside).unwrap_or_else(|| hundredfold.to_string()) + "%"
}

/// A key, in quotes if it needs them.
fn key(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

/// A text in double quotes.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            '\r' => written.push_str("\\r"),
            control if control.is_ascii_control() => {
                // Writing to a string cannot fail.
                let _ = write!(written, "\\u{:04X}", u32::from(control));
            }
            other => written.push(other),
        }
    }
    written + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_as_short_as_it_can_be() {
        for (fraction, text) in [(0.25, "25%"), (0.075, "7.5%"), (1.25, "125%"), (0.0, "0%"), (0.001, "0.1%")]
        {
            assert_eq!(percentage(fraction), text);
        }
    }

    /// Every percentage with up to four digits after the point, and awkward ones.
    #[test]
    fn every_percentage_reads_back_to_the_same_bits() {
        let short = (0..60_000).map(|n| format!("{}.{:02}", n / 100, n % 100));
        let long =
            ["33.333333333333336", "0.1234567890123456", "12.100000000000001", "1e300", "1e-300", "5e-324"];
        for text in short.chain(long.map(str::to_owned)) {
            let fraction = text.parse::<f64>().unwrap() / 100.0;
            let written = percentage(fraction);
            let again = written.trim_end_matches('%').parse::<f64>().unwrap() / 100.0;
            assert_eq!(again.to_bits(), fraction.to_bits(), "{text} was written as {written}");
        }
    }

    #[test]
    fn a_text_is_escaped_and_a_key_quoted_where_it_must_be() {
        assert_eq!(quoted("a \"b\" \\ \u{7f}\n"), r#""a \"b\" \\ \u007F\n""#);
        assert_eq!((key("C26"), key("a b"), key("")), ("C26".into(), "\"a b\"".into(), "\"\"".into()));
    }
}
