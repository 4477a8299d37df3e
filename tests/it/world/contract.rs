//! Every answer that a story gets is one that the public document promises: its status, code, headers and shape.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock},
};

use axum::{Router, body::Body, body::to_bytes};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Answer, secrets::secrets};

/// Where the document is said to be, for what refers to it.
const NAME: &str = "urn:wardroom:openapi";

/// What somebody asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
}

impl Asked {
    pub(super) fn of(request: &axum::http::Request<Body>) -> Self {
        let method = request.method().as_str().to_lowercase();
        Self { method, path: request.uri().path().to_owned() }
    }
}

/// The public document, and a validator for each part of it that was asked for.
pub(crate) struct Contract {
    pub(crate) document: Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, &'static Validator>>,
}

static CONTRACT: OnceLock<Contract> = OnceLock::new();

/// The contract of the server behind `router`.
pub(super) async fn contract(router: &Router) -> &'static Contract {
    if CONTRACT.get().is_none() {
        let made = Contract::of(fetched(router, "/api/openapi.json").await);
        return CONTRACT.get_or_init(|| made);
    }
    CONTRACT.get().unwrap()
}

/// A document that the server behind `router` publishes.
pub(super) async fn fetched(router: &Router, path: &str) -> Value {
    let request = axum::http::Request::get(path).header("host", "localhost:7337");
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

impl Contract {
    pub(super) fn of(document: Value) -> Self {
        let resource = jsonschema::Draft::Draft202012.create_resource(document.clone());
        let registry = Registry::new().add(NAME, resource).unwrap().prepare().unwrap();
        Self { document, registry, validators: Mutex::default() }
    }

    /// Why a value is not what the schema at this place of the document says; empty: it is.
    pub(crate) fn faults(&self, place: &str, value: &Value) -> Vec<String> {
        let mut validators = self.validators.lock().unwrap();
        let validator = validators.entry(place.to_owned()).or_insert_with(|| {
            let fragment = place.replace('{', "%7B").replace('}', "%7D");
            let schema = json!({"$ref": format!("{NAME}#{fragment}")});
            let options = jsonschema::draft202012::options();
            let options = options.with_registry(&self.registry).should_validate_formats(true);
            Box::leak(Box::new(options.build(&schema).unwrap()))
        });
        validator.iter_errors(value).map(|it| format!("{} {it}", it.instance_path())).collect()
    }

    /// Why an event is not what its type says.
    pub(crate) fn faults_of_event(&self, event: &Value) -> Vec<String> {
        let kind = event["type"].as_str().unwrap();
        let types = &self.document["components"]["schemas"]["Event"]["discriminator"]["mapping"];
        let place = types[kind].as_str().unwrap_or_else(|| panic!("{kind} has no schema"));
        self.faults(place.trim_start_matches('#'), event)
    }

    /// The path of the document, as it stands there, that a request leads to.
    fn template(&self, path: &str) -> Option<&String> {
        let words: Vec<_> = path.split('/').collect();
        let fits = |template: &str| {
            let template: Vec<_> = template.split('/').collect();
            let same = |(it, word): (&&str, &&str)| it == word || it.starts_with('{');
            template.len() == words.len() && template.iter().zip(&words).all(same)
        };
        let paths = self.document["paths"].as_object().unwrap().keys();
        // What is written out wins over what stands for anything.
        paths.filter(|template| fits(template)).min_by_key(|it| it.matches('{').count())
    }

    /// That the document has this answer to that.
    pub(super) fn check(&self, asked: &Asked, answer: &Answer) {
        let Asked { method, path } = asked;
        let Some(template) = self.template(path) else { return };
        let operation = &self.document["paths"][template][method];
        if operation.is_null() {
            // What is refused before any route is looked for, else that there is none.
            let code = answer.json["code"].as_str().unwrap_or_default();
            let codes =
                ["TOKEN_IN_URL", "WRONG_HOST", "UNSUPPORTED_MEDIA_TYPE", "METHOD_NOT_ALLOWED"];
            assert!(codes.contains(&code), "{method} {template} is not in the document: {code}");
            return;
        }
        let what = format!("{method} {template}: {} {}", answer.status, answer.text);
        if method != "post" || answer.status >= 400 {
            assert_eq!(
                secrets(answer.text.as_bytes()),
                0,
                "a secret is shown once, where it is made: {what}"
            );
        }
        let status = answer.status.to_string();
        let mut place = format!("/paths/{}/{method}/responses/{status}", escaped(template));
        if let Some(shared) = operation["responses"][&status]["$ref"].as_str() {
            shared.trim_start_matches('#').clone_into(&mut place);
        }
        let promised = self.document.pointer(&place);
        let promised =
            promised.unwrap_or_else(|| panic!("the document has no such answer: {what}"));
        for (name, header) in promised["headers"].as_object().into_iter().flatten() {
            let header = header["$ref"].as_str().map_or(header, |shared| {
                self.document.pointer(shared.trim_start_matches('#')).unwrap()
            });
            let found = answer.header(name).is_some();
            assert!(found || header["required"] != true, "{name} is missing: {what}");
        }
        let Some(content) = promised["content"].as_object() else {
            assert!(answer.text.is_empty() || method == "head", "a body: {what}");
            return;
        };
        let kind = answer.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap();
        assert!(content.contains_key(kind), "{kind} of {what}");
        if kind == "application/json" {
            let place = format!("{place}/content/application~1json/schema");
            let faults = self.faults(&place, &answer.json);
            assert!(faults.is_empty(), "{faults:#?}\n{what}");
        }
    }
}

/// A word of a JSON pointer.
pub(crate) fn escaped(word: &str) -> String {
    word.replace('~', "~0").replace('/', "~1")
}
