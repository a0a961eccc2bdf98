//! What does a request get that cannot be answered?
//!
//! An object of type `application/problem+json` (RFC 9457):
//!
//! | field      | meaning |
//! |------------|---------|
//! | `type`     | one word that a program can tell cases apart by, see [`Kind`] |
//! | `title`    | the same in a few words |
//! | `status`   | the status of the answer |
//! | `detail`   | the text that the command line prints, without colours |
//! | `problems` | each problem with its place in the text, where the text of a user is wrong |

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::document::DocumentError;
use crate::scenario::answer::AnswerError;
use crate::scenario::open::OpenError;

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request is not one of this server.
    Request,
    /// The user's text, or what it names, is wrong.
    Input,
    /// No equilibrium, or no convergence.
    NoEquilibrium,
    /// It would run longer than a request may.
    TooLong,
    /// As many jobs wait as may wait.
    Busy,
    /// There is no such thing.
    NotFound,
    /// Somebody stopped it.
    Stopped,
    /// A mistake of the program.
    Bug,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Input => "input",
            Self::NoEquilibrium => "no-equilibrium",
            Self::TooLong => "too-long",
            Self::Busy => "busy",
            Self::NotFound => "not-found",
            Self::Stopped => "stopped",
            Self::Bug => "bug",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Request => "The request cannot be used",
            Self::Input => "The input is wrong",
            Self::NoEquilibrium => "There is no equilibrium to report",
            Self::TooLong => "That takes too long for a request",
            Self::Busy => "Too many jobs wait",
            Self::NotFound => "There is no such thing",
            Self::Stopped => "It was stopped",
            Self::Bug => "A bug",
        }
    }
}

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What kind of refusal it is.
    pub kind: Kind,
    /// The status of the answer.
    pub status: StatusCode,
    /// The text for the person who asked.
    pub detail: String,
    /// Problems with their places in the user's text.
    pub problems: Option<Value>,
}

impl Problem {
    /// A refusal of a kind, with a status of its own.
    pub fn new(kind: Kind, status: StatusCode, detail: impl Into<String>) -> Self {
        Self { kind, status, detail: detail.into(), problems: None }
    }

    /// Something the user wrote or named is wrong.
    pub fn input(detail: impl Into<String>) -> Self {
        Self::new(Kind::Input, StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The model has no answer.
    pub fn no_equilibrium(detail: impl Into<String>) -> Self {
        Self::new(Kind::NoEquilibrium, StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, StatusCode::NOT_FOUND, detail)
    }

    /// The request itself cannot be used.
    pub fn request(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(Kind::Request, status, detail)
    }

    /// Somebody stopped it.
    pub fn stopped() -> Self {
        Self::new(Kind::Stopped, StatusCode::SERVICE_UNAVAILABLE, "stopped before it was done")
    }

    /// A mistake of the program: what it said is on standard error.
    pub fn bug() -> Self {
        let detail =
            "a bug: the program's own message is on its standard error; please report it with what was asked";
        Self::new(Kind::Bug, StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// As the body of an answer.
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "type": self.kind.word(),
            "title": self.kind.title(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(problems) = &self.problems {
            body["problems"] = problems.clone();
        }
        body
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        let detail = error.render(false).trim_end().to_owned();
        Self { problems: Some(error.to_json()), ..Self::input(detail) }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Document(error) => error.into(),
            error => Self::input(error.to_string()),
        }
    }
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Open(error) => error.into(),
            error if error.is_about_input() => Self::input(error.to_string()),
            error => Self::no_equilibrium(error.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.to_json().to_string()).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.kind == Kind::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
