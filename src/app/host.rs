//! Does a request come from this machine's own page?
//!
//! The server listens on loopback only, yet every page that a browser shows can send
//! requests there. Two checks keep them out: the `Host` of a request is the server's own
//! address (so no other name that leads to it works, whoever answers for that name), and
//! a request that could change or cost something comes from no other origin.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// The names under which the server may be asked: `127.0.0.1:PORT`, `localhost:PORT`, `[::1]:PORT`.
#[derive(Clone, Debug)]
pub struct Hosts {
    names: Arc<[String]>,
}

impl Hosts {
    /// Those of a port.
    pub fn of_port(port: u16) -> Self {
        let mut names: Vec<String> =
            ["127.0.0.1", "localhost", "[::1]"].iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            names.extend(["127.0.0.1", "localhost", "[::1]"].map(str::to_owned));
        }
        Self { names: names.into() }
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Why a request is refused, if it is.
    fn refuses(&self, request: &Request) -> Option<Problem> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (host, more) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next().is_some());
        let authority = request.uri().authority().is_none_or(|authority| self.has(authority.as_str()));
        if more || !authority || !host.is_some_and(|host| self.has(host)) {
            let detail = format!(
                "this server answers on this machine only: ask for http://{} (the request names the host `{}`)",
                self.names[0],
                host.unwrap_or_default()
            );
            return Some(Problem::request(StatusCode::MISDIRECTED_REQUEST, detail));
        }
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        let own = |origin: &header::HeaderValue| {
            let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
            origin.is_some_and(|name| self.has(name))
        };
        let site = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
        if origins.all(own) && !matches!(site, Some("cross-site" | "same-site")) {
            return None;
        }
        let detail = "the request comes from another page: only the server's own page may ask this";
        Some(Problem::request(StatusCode::FORBIDDEN, detail))
    }
}

/// Refuses what comes from elsewhere, and tells browsers how to treat the answer.
pub(super) async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let mut response = match hosts.refuses(&request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(header::HeaderValue::from_static("no-store"));
    response
}

/// What the page may load: itself. Drawings are made as data and saved as files of the browser.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn asked(method: &str, uri: &str, headers: &[(&str, &str)]) -> Option<StatusCode> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let hosts = Hosts::of_port(8080);
        hosts.refuses(&request.body(Body::empty()).unwrap()).map(|problem| problem.status)
    }

    #[test]
    fn only_its_own_names_are_its_own() {
        let misdirected = Some(StatusCode::MISDIRECTED_REQUEST);
        for host in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"] {
            assert_eq!(asked("GET", "/", &[("host", host)]), None, "{host}");
        }
        for host in
            ["example.org", "localhost", "localhost:80", "127.0.0.1.example.org:8080", "", "a@localhost:8080"]
        {
            assert_eq!(asked("GET", "/", &[("host", host)]), misdirected, "{host}");
        }
        assert_eq!(asked("GET", "/", &[]), misdirected);
        assert_eq!(asked("GET", "/", &[("host", "localhost:8080"), ("host", "example.org")]), misdirected);
        assert_eq!(asked("GET", "http://example.org/", &[("host", "localhost:8080")]), misdirected);
    }

    #[test]
    fn another_page_cannot_ask_for_work() {
        let from = |origin| asked("POST", "/", &[("host", "localhost:8080"), ("origin", origin)]);
        assert_eq!(from("http://localhost:8080"), None);
        assert_eq!(asked("POST", "/", &[("host", "localhost:8080")]), None, "a program, no page");
        for origin in ["http://example.org", "null", "https://localhost:8080", "http://localhost:8081", ""] {
            assert_eq!(from(origin), Some(StatusCode::FORBIDDEN), "{origin}");
        }
        let site = [("host", "localhost:8080"), ("sec-fetch-site", "cross-site")];
        assert_eq!(asked("DELETE", "/", &site), Some(StatusCode::FORBIDDEN));
        assert_eq!(asked("GET", "/", &[("host", "localhost:8080"), ("origin", "http://example.org")]), None);
    }
}
