//! What does the body of a request say?
//!
//! A body is one JSON object of known fields. What cannot be used is said in one go:
//! which field, what was found, what to write. Nothing unknown is passed over in silence.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};

use super::problem::Problem;
use crate::document::read::nearest;

/// Reads the body of a request as JSON: at most `most` bytes, within `patience`.
///
/// # Errors
/// A [`Problem`]: 415 for another type, 413 for too many bytes, 408 for a slow body,
/// 400 for what is no JSON object.
pub(super) async fn read(
    request: Request,
    most: usize,
    patience: Duration,
) -> Result<Map<String, Value>, Problem> {
    let refused = |status, detail: String| Problem::request(status, detail);
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        let detail = format!("the body is `{kind}`; send it with Content-Type: application/json");
        return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let large =
        || refused(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {} MB", most >> 20));
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > most as u64) {
        return Err(large());
    }
    let body: Limited<Body> = Limited::new(request.into_body(), most);
    let bytes = match tokio::time::timeout(patience, body.collect()).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(e)) if e.is::<LengthLimitError>() => return Err(large()),
        Ok(Err(e)) => return Err(refused(StatusCode::BAD_REQUEST, format!("the body broke off: {e}"))),
        Err(_) => {
            let detail = format!("the body did not come within {} seconds", patience.as_secs());
            return Err(refused(StatusCode::REQUEST_TIMEOUT, detail));
        }
    };
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => {
            let detail = format!("the body is {}; write a JSON object: {{\"name\": …}}", a(&other));
            Err(refused(StatusCode::BAD_REQUEST, detail))
        }
        Err(e) => Err(refused(StatusCode::BAD_REQUEST, format!("the body is no JSON: {e}"))),
    }
}

/// What a value is, in words.
fn a(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Reads the fields of an object and notes what cannot be used.
pub(super) struct Fields {
    /// What stands before a field's name: empty, or `changes[2].`.
    place: String,
    map: Map<String, Value>,
    notes: Vec<String>,
}

impl Fields {
    /// The fields of an object. `known` are the names that it may have.
    pub fn new(map: Map<String, Value>, known: &[&str]) -> Self {
        Self::at(String::new(), map, known)
    }

    fn at(place: String, map: Map<String, Value>, known: &[&str]) -> Self {
        let unknown = |name: &&String| !known.contains(&name.as_str());
        let note = |name: &String| match nearest(name, known.iter().copied()) {
            Some(near) => format!("unknown field `{place}{name}`; did you mean `{near}`?"),
            None => format!("unknown field `{place}{name}`; the fields are {}", known.join(", ")),
        };
        let notes = map.keys().filter(unknown).map(note).collect();
        Self { place, map, notes }
    }

    /// Notes something about a field.
    pub fn note(&mut self, field: &str, said: &str) {
        self.notes.push(format!("`{}{field}` {said}", self.place));
    }

    /// The value of a field, if it is there and not null.
    pub fn take(&mut self, field: &str) -> Option<Value> {
        self.map.remove(field).filter(|value| !value.is_null())
    }

    fn missing<T>(&mut self, field: &str, write: &str) -> Option<T> {
        self.note(field, &format!("is missing: write {write}"));
        None
    }

    fn wrong<T>(&mut self, field: &str, value: &Value, write: &str) -> Option<T> {
        self.note(field, &format!("is {}: write {write}", a(value)));
        None
    }

    /// A text, if it is there; what is no text is noted.
    pub fn text(&mut self, field: &str, example: &str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            other => self.wrong(field, &other, example),
        }
    }

    /// A text that has to be there.
    pub fn required(&mut self, field: &str, example: &str) -> Option<String> {
        if self.map.get(field).is_none_or(Value::is_null) {
            return self.missing(field, example);
        }
        self.text(field, example)
    }

    /// A finite number, if it is there.
    pub fn number(&mut self, field: &str, example: &str) -> Option<f64> {
        let value = self.take(field)?;
        match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Some(number),
            None => self.wrong(field, &value, example),
        }
    }

    /// A whole number between two others, if it is there.
    pub fn whole(&mut self, field: &str, least: u64, most: u64) -> Option<u64> {
        let value = self.take(field)?;
        let found = value.as_u64().filter(|number| (least..=most).contains(number));
        if found.is_none() {
            self.note(field, &format!("is {value}: write a whole number from {least} to {most}"));
        }
        found
    }

    /// A list of texts, if it is there.
    pub fn texts(&mut self, field: &str, example: &str) -> Option<Vec<String>> {
        let value = self.take(field)?;
        let texts = match &value {
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        match texts {
            Some(texts) => Some(texts),
            None => self.wrong(field, &value, example),
        }
    }

    /// A list of objects, each read by `read`; empty if it is not there.
    pub fn each<T>(
        &mut self,
        field: &str,
        known: &[&str],
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Vec<T> {
        let items = match self.take(field) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.wrong::<()>(field, &other, "a list of objects");
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (number, item) in items.into_iter().enumerate() {
            let place = format!("{}{field}[{number}].", self.place);
            match item {
                Value::Object(map) => {
                    let mut fields = Self::at(place, map, known);
                    found.extend(read(&mut fields));
                    self.notes.append(&mut fields.notes);
                }
                other => {
                    self.notes.push(format!("`{field}[{number}]` is {}: write an object", a(&other)));
                }
            }
        }
        found
    }

    /// An object, read by `read`; it has to be there.
    pub fn object<T>(
        &mut self,
        field: &str,
        known: &[&str],
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        match self.take(field) {
            Some(Value::Object(map)) => {
                let mut fields = Self::at(format!("{}{field}.", self.place), map, known);
                let found = read(&mut fields);
                self.notes.append(&mut fields.notes);
                found
            }
            Some(other) => self.wrong(field, &other, "an object"),
            None => self.missing(field, "an object"),
        }
    }

    /// What was read, unless something was noted.
    ///
    /// # Errors
    /// A [`Problem`] of status 400 with everything that was noted.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        match (read, self.notes.as_slice()) {
            (Some(read), []) => Ok(read),
            (_, notes) => Err(Problem::request(StatusCode::BAD_REQUEST, notes.join("\n"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Map<String, Value> {
        serde_json::from_str::<Value>(json).unwrap().as_object().unwrap().clone()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut fields = Fields::new(
            of(r#"{"nam": 1, "draws": 0, "changes": [{"value": "a"}, 3]}"#),
            &["name", "draws", "changes"],
        );
        let name = fields.required("name", "\"truce-2025\"");
        fields.whole("draws", 1, 20);
        fields.each("changes", &["value"], |change| change.number("value", "a number in per cent"));
        let problem = fields.finish(name).unwrap_err();
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        assert_eq!(
            problem.detail,
            "unknown field `nam`; did you mean `name`?\n\
             `name` is missing: write \"truce-2025\"\n\
             `draws` is 0: write a whole number from 1 to 20\n\
             `changes[0].value` is a text: write a number in per cent\n\
             `changes[1]` is a number: write an object"
        );
    }
}
