//! World, ledger, model and days: what a scenario says of itself, and how a choice changes it.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::answer::Scene;
use super::body::Fields;
use super::edit::{Setting, settle};
use super::problem::Problem;
use crate::document::read::nearest;
use crate::equilibrium::Variant;
use crate::scenario::Scenario;
use crate::scenario::strategy::game::word;

/// What is chosen, by key: `world`, `ledger`, `variant`, `deficits`, `date PHASE`.
pub(super) type Chosen = Map<String, Value>;

/// The choices of a request's body; the scenario says which keys there are.
pub(super) fn read(fields: &mut Fields) -> Option<Chosen> {
    match fields.take("settings") {
        Some(Value::Object(chosen)) => Some(chosen),
        None => Some(Map::new()),
        Some(_) => {
            fields.note("settings", "is no object: write {\"deficits\": \"held\"}");
            None
        }
    }
}

/// The scenario's text with the choices written in, and everything that can be chosen of it.
/// What is moved in the scene stays beside the text.
///
/// # Errors
/// A [`Problem`] of the text, or of a choice that cannot be one.
pub fn chosen(scene: &Scene, chosen: &Chosen) -> Result<Value, Problem> {
    let file = format!("{}.toml", scene.name);
    let scenario = Scenario::parse(&scene.name, &file, &scene.toml)?;
    let (mut settings, mut notes) = (Vec::new(), Vec::new());
    for (key, value) in chosen {
        match setting(&scenario, key, value) {
            Ok(setting) => settings.push(setting),
            Err(note) => notes.push(note),
        }
    }
    if !notes.is_empty() {
        return Err(Problem::input(notes.join("\n")));
    }
    if settings.is_empty() {
        return Ok(json!({"toml": scene.toml, "settings": of(&scenario)}));
    }
    let toml = settle(&scene.toml, &settings).map_err(|e| Problem::input(e.to_string()))?;
    let scenario = Scenario::parse(&scene.name, &file, &toml)?;
    Ok(json!({"toml": toml, "settings": of(&scenario)}))
}

fn setting(scenario: &Scenario, key: &str, value: &Value) -> Result<Setting, String> {
    let shown: String = key.chars().take(60).flat_map(char::escape_debug).collect();
    let Some(text) = value.as_str().map(str::to_owned) else { return Err(format!("`{shown}` is no text")) };
    if let Some(name) = key.strip_prefix("date ") {
        let phase = scenario.phases.iter().position(|phase| phase.name == name);
        let day: Option<Date> = text.parse().ok();
        return match (phase, day) {
            (Some(phase), Some(day)) => Ok(Setting::Day(phase, day)),
            (None, _) => {
                let names = || scenario.phases.iter().map(|phase| phase.name.as_str());
                let near = nearest(name, names()).map(|near| format!("did you mean `date {near}`?"));
                let known = || format!("the phases are {}", names().collect::<Vec<_>>().join(", "));
                Err(format!("`{shown}`: there is no such phase; {}", near.unwrap_or_else(known)))
            }
            (_, None) => Err(format!("`{shown}` is not a day of the calendar: write it as \"2025-05-14\"")),
        };
    }
    match key {
        "world" => Ok(Setting::Named("world", text)),
        "ledger" => Ok(Setting::Named("ledger", text)),
        "deficits" => Ok(Setting::LongRun("deficits", Some(text))),
        "variant" if text == "base" => Ok(Setting::LongRun("variant", None)),
        "variant" => Ok(Setting::LongRun("variant", Some(text))),
        _ => {
            Err(format!("`{shown}` is no setting; they are world, ledger, variant, deficits and date PHASE"))
        }
    }
}

fn of(scenario: &Scenario) -> Value {
    let variant = scenario.long_run.variant;
    let named =
        Variant::NAMED.iter().find(|(name, _)| name.parse().is_ok_and(|known: Variant| known == variant));
    let dates = scenario
        .phases
        .iter()
        .map(|phase| json!({"phase": phase.name, "title": phase.title, "date": phase.date.to_string()}));
    json!({
        "world": scenario.world,
        "ledger": scenario.ledger,
        "variant": named.map_or_else(|| variant.to_string(), |(name, _)| (*name).to_owned()),
        "deficits": word(scenario.long_run.deficits),
        "dates": dates.collect::<Vec<_>>(),
    })
}
