//! Who gains and who loses, on a map of the world.
//!
//! ```text
//! a place   its own row of the world's data, by its three-letter code
//! EU        the members of the European Union on the day of the data, where it is one region
//! hatched   all other places: part of the rest of the world
//! ```
//!
//! A place is shown as the data have it, whatever anybody claims: Taiwan and Hong Kong have
//! the colour of their own rows where there are such rows, and are hatched where there are
//! none; Kosovo likewise. Northern Cyprus and Somaliland have outlines but no code: hatched.
//!
//! Outlines and codes are those of `charts/places.txt`, which is made with the drawings.

use jiff::civil::Date;
use serde_json::json;

use super::figure::{Cell, Figure, Table};
use super::words::list;
use super::{Report, point};
use crate::ledger::products::EU;
use crate::results::Variable;
use crate::scenario::Phase;

/// Codes on the map: a line of outlines, a line of dots.
const PLACES: &str = include_str!("charts/places.txt");

/// Fewest places for a map to say something.
const FEWEST: usize = 5;

/// Where a region of a world lies.
#[derive(Debug, PartialEq)]
enum Place {
    /// Places of the map, by code.
    Drawn(Vec<&'static str>),
    /// All places that no other region has.
    Rest,
    /// Nowhere.
    Missing,
}

/// The map of a phase; none where hardly any region has a place on it.
pub(super) fn figure(report: &Report<'_>, phase: &Phase) -> Option<Figure> {
    let regions = &report.world.regions;
    let codes: Vec<&str> = (0..report.world.region_count()).map(|region| regions.code(region)).collect();
    let (mut places, mut rest, mut missing) = (Vec::new(), None, Vec::new());
    let mut table = Table::new(["Region", "On the map", "Real income, %"]);
    let (mut gains, mut losses, mut drawn) = (0, 0, 0);
    for code in &codes {
        let name = report.region(code);
        let number = report.find(&phase.name, Variable::WelfareExact, code, "", 1.0)?;
        let mut spot = point(number);
        spot["label"] = name.clone().into();
        let shown = match place(code, &codes, report.world.base_date) {
            Place::Drawn(on_map) => {
                let what = match on_map.as_slice() {
                    [one] if !is_outline(one) => "as a dot".to_owned(),
                    [_] => "yes".to_owned(),
                    several => format!("{} members", several.len()),
                };
                spot["codes"] = json!(on_map);
                places.push(spot);
                drawn += 1;
                what
            }
            Place::Rest => {
                rest = Some(spot);
                "hatched".to_owned()
            }
            Place::Missing => {
                missing.push(name.clone());
                "no place".to_owned()
            }
        };
        gains += usize::from(number.range.0 > 0.0 && number.value > 0.0);
        losses += usize::from(number.range.1 < 0.0 && number.value < 0.0);
        table.rows.push(vec![Cell::text(name), Cell::text(shown), Cell::change(number)]);
    }
    if drawn < FEWEST {
        return None;
    }
    let hatched = if rest.is_some() { "part of the rest of the world" } else { "not in the data" };
    let nowhere = match missing.as_slice() {
        [] => String::new(),
        names => format!(" No place on the map: {}.", list(names)),
    };
    let union = match codes.contains(&"EU") {
        true => " The European Union has one number for all its members.",
        false => "",
    };
    Some(Figure {
        id: "map".to_owned(),
        title: format!("{gains} regions gain and {losses} lose, whatever the estimate"),
        subtitle: format!("Real income under {}, per cent; {}", phase.title, report.basis()),
        summary: format!(
            "Of {} regions of the data {gains} gain and {losses} lose under every estimate, those who tax each other included; the others \
             may do either. Hatched places are {hatched}.{union}{nowhere} Every place is shown as the data have it: {}.",
            codes.len(),
            taiwan_and_kosovo(&codes)
        ),
        chart: Some(json!({
            "kind": "map",
            "unit": "% of real income",
            "places": places,
            "rest": rest,
            "hatched": hatched,
        })),
        table,
    })
}

/// What is done with places whose standing is disputed, in words.
fn taiwan_and_kosovo(codes: &[&str]) -> String {
    let of = |code: &str, name: &str| match codes.contains(&code) {
        true => format!("{name} has a row of its own"),
        false => format!("{name} has none and is hatched"),
    };
    format!("{}, {}", of("TWN", "Taiwan"), of("XKX", "Kosovo"))
}

/// The place of a region among those of its world.
fn place(code: &str, codes: &[&str], day: Date) -> Place {
    let on_map = |code: &str| PLACES.split_whitespace().find(|known| *known == code);
    match code {
        "ROW" => Place::Rest,
        "EU" | "EU27" | "EUU" => {
            let own = |member: &&&str| !codes.contains(*member);
            let members: Vec<&str> = members(day);
            Place::Drawn(members.iter().filter(own).filter_map(|member| on_map(member)).collect())
        }
        code => on_map(code).map_or(Place::Missing, |known| Place::Drawn(vec![known])),
    }
}

/// Members of the European Union on a day from 2007 on.
fn members(day: Date) -> Vec<&'static str> {
    let croatia = day >= jiff::civil::date(2013, 7, 1);
    let kingdom = day <= jiff::civil::date(2020, 1, 31);
    let mut members: Vec<&str> = EU.into_iter().filter(|code| *code != "HRV" || croatia).collect();
    members.extend(kingdom.then_some("GBR"));
    members
}

fn is_outline(code: &str) -> bool {
    PLACES.lines().next().is_some_and(|outlines| outlines.split_whitespace().any(|known| known == code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_region_lies_where_its_code_says() {
        let codes = ["USA", "SGP", "EU", "ROW", "TWN"];
        let place = |code| place(code, &codes, date(2007, 7, 1));
        assert_eq!(place("USA"), Place::Drawn(vec!["USA"]));
        assert_eq!(place("ROW"), Place::Rest);
        assert_eq!(place("REST"), Place::Missing);
        assert!(matches!(place("EU"), Place::Drawn(members) if members.len() == 27
            && members.contains(&"GBR") && !members.contains(&"HRV")));
        assert!(is_outline("TWN") && is_outline("XKX") && !is_outline("SGP"));
        assert_eq!(taiwan_and_kosovo(&codes), "Taiwan has a row of its own, Kosovo has none and is hatched");
    }

    #[test]
    fn no_place_is_on_the_map_twice() {
        let mut codes: Vec<&str> = PLACES.split_whitespace().collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!((codes.len(), count > 200), (count, true));
        assert!(EU.iter().all(|member| codes.contains(member)));
    }
}
