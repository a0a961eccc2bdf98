//! What is asked at which address, and how the question becomes an answer.
//!
//! Every handler reads its body ([`body`]), hands the work to a thread that may take its
//! time, within the limit of a request, and answers with JSON, a download, or a
//! [`Problem`].

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::answer::{self, Answered, FIELDS, Parts, Scene};
use super::body::{self, Fields};
use super::choices::choices;
use super::draft::{self, Choice};
use super::host;
use super::page;
use super::problem::Problem;
use super::settings;
use super::war::War;
use super::{App, work};
use crate::numerics::progress::Progress;
use crate::scenario::answer::Asked;
use crate::scenario::draws as elasticity;

/// Most draws of the weeks that a request may ask for.
const MOST_DRAWS: u64 = 20_000;

type Answer = Result<Response, Problem>;
type Shared = State<Arc<App>>;

/// Every address of the server.
pub(super) fn router(app: Arc<App>, hosts: host::Hosts) -> Router {
    Router::new()
        .route("/", get(page::page))
        .route("/assets/app.css", get(page::style))
        .route("/assets/app.js", get(page::script))
        .route("/api/choices", get(get_choices))
        .route("/api/scenarios", post(post_scenarios))
        .route("/api/scenarios/{name}", get(get_scenario))
        .route("/api/settings", post(post_settings))
        .route("/api/run", post(post_run))
        .route("/api/table", post(post_table))
        .route("/api/compare", post(post_compare))
        .route("/api/report", post(post_report))
        .route("/api/check", post(post_check))
        .route("/api/jobs", get(get_jobs).post(post_jobs))
        .route("/api/jobs/{id}", get(get_job).delete(delete_job))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(axum::middleware::from_fn_with_state(hosts, host::check))
}

async fn nowhere(uri: Uri) -> Problem {
    let shown: String = uri.path().chars().take(100).flat_map(char::escape_debug).collect();
    Problem::not_found(format!("there is nothing at {shown}; the page is at /"))
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let shown: String = uri.path().chars().take(100).flat_map(char::escape_debug).collect();
    Problem::request(StatusCode::METHOD_NOT_ALLOWED, format!("{shown} is not asked with {method}"))
}

async fn fields(app: &App, request: Request) -> Result<Map<String, Value>, Problem> {
    body::read(request, app.limits.body_bytes, app.limits.body_patience).await
}

fn json_of(value: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (headers, value.to_string()).into_response()
}

/// A file for the user to keep. `name` has letters, digits, hyphens, dots and spaces only.
fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

async fn get_choices(State(app): Shared) -> Answer {
    let seconds = app.limits.run.as_secs_f64();
    let value = work::ahead(&app, move |app, _| Ok(choices(&app.library, seconds))).await?;
    Ok(json_of(&value))
}

/// The last part of an address.
type Name = Result<Path<String>, PathRejection>;

fn name_of(name: Name) -> Result<String, Problem> {
    let refused = |_| Problem::request(StatusCode::BAD_REQUEST, "the last part of the address is no text");
    name.map(|Path(name)| name).map_err(refused)
}

async fn get_scenario(State(app): Shared, name: Name) -> Answer {
    let name = name_of(name)?;
    let toml = app.library.scenario(&name)?;
    Ok(json_of(&json!({"name": name, "toml": toml})))
}

async fn post_scenarios(State(app): Shared, request: Request) -> Answer {
    let mut fields = Fields::new(fields(&app, request).await?, &draft::FIELDS);
    let choice = Choice::read(&mut fields);
    let choice = fields.finish(choice)?;
    let value = work::within_limit(&app, move |app, _| {
        let scene = choice.scene();
        let (_, toml) = scene.question(&app.memory, &Asked::default())?;
        Ok(json!({"name": scene.name, "toml": toml}))
    })
    .await?;
    Ok(json_of(&value))
}

async fn post_settings(State(app): Shared, request: Request) -> Answer {
    let known = [&FIELDS[..], &["settings"]].concat();
    let mut fields = Fields::new(fields(&app, request).await?, &known);
    let (scene, chosen) = (Scene::read(&mut fields), settings::read(&mut fields));
    let (scene, chosen) = fields.finish(scene.zip(chosen))?;
    let value = work::within_limit(&app, move |_, _| settings::chosen(&scene, &chosen)).await?;
    Ok(json_of(&value))
}

/// What a run asks: a scene, its parts, and what is asked beyond the text.
type Run = (Scene, Parts, Asked);

/// `draws` are those of the weeks here: a glance has few of them.
fn run_of(fields: &mut Fields) -> Option<Run> {
    let draws = fields.whole("draws", 1, MOST_DRAWS).map(|draws| draws as usize);
    let (scene, parts) = (Scene::read(fields), Parts::read(fields));
    Some((scene?, parts?, Asked { weeks_draws: draws, ..Asked::default() }))
}

async fn run(app: &Arc<App>, request: Request) -> Result<Run, Problem> {
    let known = [&FIELDS[..], &["parts", "draws"]].concat();
    let mut fields = Fields::new(fields(app, request).await?, &known);
    let asked = run_of(&mut fields);
    fields.finish(asked)
}

fn answered(app: &App, (scene, parts, asked): &Run, progress: &Progress) -> Result<Answered, Problem> {
    answer::answer(scene, *parts, asked, &app.memory, &app.how(progress))
}

async fn post_run(State(app): Shared, request: Request) -> Answer {
    let asked = run(&app, request).await?;
    let body = work::within_limit(&app, move |app, progress| {
        let (scene, parts, beside) = &asked;
        // Who asks for some parts moves a lever; the whole follows.
        let how = answer::How { glance: *parts != Parts::ALL, ..app.how(progress) };
        Ok(answer::answer(scene, *parts, beside, &app.memory, &how)?.to_json()?.to_string())
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response())
}

async fn post_report(State(app): Shared, request: Request) -> Answer {
    let asked = run(&app, request).await?;
    let name = format!("{}.html", asked.0.name);
    let page = work::within_limit(&app, move |app, progress| {
        let answered = answered(app, &asked, progress)?;
        let page = answered.report().render();
        page.map_err(|e| Problem::input(format!("the report cannot be written: {e}")))
    })
    .await?;
    Ok(download(&name, "text/html; charset=utf-8", page.into_bytes()))
}

async fn post_table(State(app): Shared, request: Request) -> Answer {
    let known = [&FIELDS[..], &["parts", "draws", "format"]].concat();
    let mut fields = Fields::new(fields(&app, request).await?, &known);
    let format =
        fields.text("format", "\"csv\", \"parquet\" or \"json\"").unwrap_or_else(|| "csv".to_owned());
    let kind = match format.as_str() {
        "csv" => "text/csv; charset=utf-8",
        "parquet" => "application/vnd.apache.parquet",
        "json" => "application/json",
        _ => {
            fields.note("format", "is unknown: write \"csv\", \"parquet\" or \"json\"");
            ""
        }
    };
    let asked = run_of(&mut fields);
    let asked = fields.finish(asked)?;
    let name = format!("{}.{format}", asked.0.name);
    let bytes = work::within_limit(&app, move |app, progress| {
        let answered = answered(app, &asked, progress)?;
        let results = answered.answer.results();
        match format.as_str() {
            "parquet" => results
                .to_parquet()
                .map_err(|e| Problem::input(format!("the table cannot be written as Parquet: {e}"))),
            "json" => Ok(results.to_json().into_bytes()),
            _ => Ok(results.to_csv()),
        }
    })
    .await?;
    Ok(download(&name, kind, bytes))
}

async fn post_compare(State(app): Shared, request: Request) -> Answer {
    let mut fields = Fields::new(fields(&app, request).await?, &["a", "b"]);
    let (a, b) = (fields.object("a", &FIELDS, Scene::read), fields.object("b", &FIELDS, Scene::read));
    let (a, b) = fields.finish(a.zip(b))?;
    let value = work::within_limit(&app, move |app, progress| {
        answer::compared(&a, &b, &app.memory, &app.how(progress))
    })
    .await?;
    Ok(json_of(&value))
}

async fn post_check(State(app): Shared, request: Request) -> Answer {
    let mut fields = Fields::new(fields(&app, request).await?, &FIELDS);
    let scene = Scene::read(&mut fields);
    let scene = fields.finish(scene)?;
    let value = work::within_limit(&app, move |app, _| answer::checked(&scene, &app.memory)).await?;
    Ok(json_of(&value))
}

async fn get_jobs(State(app): Shared) -> Response {
    json_of(&app.jobs.list())
}

async fn get_job(State(app): Shared, id: Name) -> Answer {
    Ok(json_of(&app.jobs.see(&name_of(id)?)?))
}

async fn delete_job(State(app): Shared, id: Name) -> Answer {
    Ok(json_of(&app.jobs.cancel(&name_of(id)?)?))
}

async fn post_jobs(State(app): Shared, request: Request) -> Answer {
    let known = [&FIELDS[..], &["kind", "parts", "draws", "phase", "players"]].concat();
    let mut fields = Fields::new(fields(&app, request).await?, &known);
    let kind = fields.required("kind", "\"run\" or \"nash\"");
    let phase = fields.text("phase", "the name of a phase");
    let players = fields.texts("players", "a list of codes, or [\"*\"] for all");
    // A job has time for draws of the elasticities.
    let draws = fields.whole("draws", 2, elasticity::MOST_DRAWS as u64).map(|draws| draws as u32);
    let (scene, parts) = (Scene::read(&mut fields), Parts::read(&mut fields));
    let is_war = match kind.as_deref() {
        Some("nash") => true,
        Some("run") => {
            for (field, given) in [("phase", phase.is_some()), ("players", players.is_some())] {
                if given {
                    fields.note(field, "belongs to a job of kind \"nash\": leave it out");
                }
            }
            false
        }
        Some(_) => {
            fields.note("kind", "is unknown: write \"run\" or \"nash\"");
            false
        }
        None => false,
    };
    let (scene, parts) = fields.finish(scene.zip(parts))?;
    let shared = app.clone();
    let id = match is_war {
        true => {
            let war = War { phase, players: players.unwrap_or_default() };
            let fight = move |progress: &Progress| war.fight(&scene, &shared.memory, &shared.how(progress));
            app.jobs.add("nash", Box::new(fight))?
        }
        false => {
            let run = (scene, parts, Asked { draws, ..Asked::default() });
            let run = move |progress: &Progress| answered(&shared, &run, progress)?.to_json();
            app.jobs.add("run", Box::new(run))?
        }
    };
    let mut response = json_of(&json!({"id": id}));
    *response.status_mut() = StatusCode::ACCEPTED;
    if let Ok(place) = HeaderValue::from_str(&format!("/api/jobs/{id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
