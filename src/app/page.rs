//! The page: its text, style and scripts, inside the program.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

const PAGE: &str = include_str!("page/index.html");
/// The look of the app; that of the report comes before it.
const STYLE: &str = include_str!("page/app.css");
/// The page's scripts with the drawings of the report, in one file.
const SCRIPT: &str = include_str!("page/bundle.js");

/// `GET /`
pub(super) async fn page() -> Response {
    file("text/html; charset=utf-8", PAGE)
}

/// `GET /assets/app.css`
pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", [crate::report::STYLE, STYLE].concat())
}

/// `GET /assets/app.js`
pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

fn file(kind: &'static str, text: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}
