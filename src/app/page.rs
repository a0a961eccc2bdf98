//! The page: its text, style and scripts, inside the program.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

const PAGE: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/app.css");
const SCRIPT: &str = include_str!("page/app.js");

/// A file of the page by its address; the page itself for any other.
pub(super) async fn of(address: &'static str) -> Response {
    let (kind, text) = match address {
        "/assets/app.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "/assets/app.css" => ("text/css; charset=utf-8", STYLE),
        "/assets/charts.js" => ("text/javascript; charset=utf-8", crate::report::CHARTS),
        _ => ("text/html; charset=utf-8", PAGE),
    };
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}
