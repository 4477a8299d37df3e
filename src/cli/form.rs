//! Questions of agents: the fields of a form, and answers typed as `key=value`.

use serde_json::{Map, Number, Value};

use super::{
    failure::{Exit, Failure},
    safe,
};

/// A field of a form.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Its key in the answer.
    pub(super) name: String,
    title: String,
    is_required: bool,
    default: Option<Value>,
    wants: Wants,
}

#[derive(Debug, Clone)]
enum Wants {
    Text,
    Integer,
    Number,
    Yes,
    One(Vec<Choice>),
    Some(Vec<Choice>),
}

#[derive(Debug, Clone)]
struct Choice {
    value: String,
    title: String,
}

/// The fields of a question, in the agent's order.
pub(super) fn fields(details: &Value) -> Vec<Field> {
    let schema = &details["request"]["requestedSchema"];
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let field = |(name, property): (&String, &Value)| Field {
        name: name.clone(),
        title: property["title"].as_str().unwrap_or(name).to_owned(),
        is_required: required.contains(&name.as_str()),
        default: property.get("default").cloned(),
        wants: wants(property),
    };
    properties.iter().map(field).collect()
}

fn wants(property: &Value) -> Wants {
    let offered = choices(property);
    match property["type"].as_str() {
        Some("boolean") => Wants::Yes,
        Some("integer") => Wants::Integer,
        Some("number") => Wants::Number,
        Some("array") => Wants::Some(choices(&property["items"])),
        _ if !offered.is_empty() => Wants::One(offered),
        _ => Wants::Text,
    }
}

/// `enum: [a, b]`, `oneOf` or `anyOf: [{const, title}]`.
fn choices(property: &Value) -> Vec<Choice> {
    let list = |name: &str| property[name].as_array().cloned().unwrap_or_default();
    let plain = list("enum").into_iter().map(|it| (it, Value::Null));
    let titled = ["oneOf", "anyOf"].into_iter().flat_map(list);
    let titled = titled.map(|it| (it["const"].clone(), it["title"].clone()));
    plain
        .chain(titled)
        .filter_map(|(value, title)| {
            let value = value.as_str()?.to_owned();
            let title = title.as_str().unwrap_or(&value).to_owned();
            Some(Choice { value, title })
        })
        .collect()
}

impl Field {
    /// The field as it is asked for, on one line, safe to print.
    pub(super) fn line(&self) -> String {
        let offered = |choices: &[Choice]| {
            let each = |it: &Choice| {
                let title = if it.title == it.value { "" } else { &format!(" ({})", it.title) };
                format!("{}{title}", it.value)
            };
            choices.iter().map(each).collect::<Vec<_>>().join(" | ")
        };
        let wants = match &self.wants {
            Wants::Text => "text".into(),
            Wants::Integer => "whole number".into(),
            Wants::Number => "number".into(),
            Wants::Yes => "yes | no".into(),
            Wants::One(choices) => offered(choices),
            Wants::Some(choices) => format!("any of, with commas: {}", offered(choices)),
        };
        let default = self.default.as_ref().map(|it| format!(" [{}]", plain(it)));
        let needed = if self.is_required { ", required" } else { "" };
        let (name, title) = (&self.name, &self.title);
        let title = if title == name { String::new() } else { format!(" ({title})") };
        safe::one_line(&format!("{name}{title}: {wants}{needed}{}", default.unwrap_or_default()))
    }

    /// The value that somebody typed for it; nothing typed is the default, or no value.
    pub(super) fn read(&self, typed: &str) -> Result<Option<Value>, Failure> {
        let typed = typed.trim();
        let wrong = || {
            Failure::new(Exit::Usage, format!("{} does not take {typed:?}", self.name))
                .hint(self.line())
        };
        if typed.is_empty() {
            if self.is_required && self.default.is_none() {
                let text = format!("{} is required", self.name);
                return Err(Failure::new(Exit::Usage, text).hint(self.line()));
            }
            return Ok(self.default.clone());
        }
        let choose = |choices: &[Choice], typed: &str| {
            let same = |it: &&Choice| it.value == typed || it.title.eq_ignore_ascii_case(typed);
            choices.iter().find(same).map(|it| Value::String(it.value.clone()))
        };
        let value = match &self.wants {
            Wants::Text => Some(Value::String(typed.to_owned())),
            Wants::Integer => typed.parse::<i64>().ok().map(Value::from),
            Wants::Number => typed.parse().ok().and_then(Number::from_f64).map(Value::Number),
            Wants::Yes => match typed.to_lowercase().as_str() {
                "yes" | "y" | "true" | "1" => Some(Value::Bool(true)),
                "no" | "n" | "false" | "0" => Some(Value::Bool(false)),
                _ => None,
            },
            Wants::One(choices) => choose(choices, typed),
            Wants::Some(choices) if choices.is_empty() => {
                Some(typed.split(',').map(|it| Value::String(it.trim().into())).collect())
            }
            Wants::Some(choices) => {
                typed.split(',').map(|it| choose(choices, it.trim())).collect::<Option<_>>()
            }
        };
        value.map(Some).ok_or_else(wrong)
    }
}

/// The answer that `key=value` words make.
///
/// # Errors
/// A usage error for a key that is not asked for, a value that does not fit, or a required field without one.
pub(super) fn answer(fields: &[Field], words: &[String]) -> Result<Value, Failure> {
    let mut typed = Map::new();
    for word in words {
        let (key, value) = word.split_once('=').ok_or_else(|| {
            Failure::new(Exit::Usage, format!("{word:?} is not key=value")).hint(hint(fields))
        })?;
        if !fields.iter().any(|it| it.name == key) {
            let text = format!("the question has no field {key:?}");
            return Err(Failure::new(Exit::Usage, text).hint(hint(fields)));
        }
        typed.insert(key.to_owned(), value.into());
    }
    let mut answer = Map::new();
    for field in fields {
        let typed = typed.get(&field.name).and_then(Value::as_str).unwrap_or_default();
        if let Some(value) = field.read(typed)? {
            answer.insert(field.name.clone(), value);
        }
    }
    Ok(Value::Object(answer))
}

fn hint(fields: &[Field]) -> String {
    let lines: Vec<_> = fields.iter().map(Field::line).collect();
    format!("it asks for\n  {}", lines.join("\n  "))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form() -> Vec<Field> {
        fields(&json!({ "request": { "requestedSchema": { "type": "object",
            "properties": {
                "suite": { "type": "string", "title": "Suite", "oneOf": [
                    { "const": "unit", "title": "Unit tests" }, { "const": "workspace", "title": "All" }] },
                "retries": { "type": "integer", "default": 1 },
                "systems": { "type": "array", "items": { "anyOf": [
                    { "const": "linux", "title": "Linux" }, { "const": "macos", "title": "macOS" }] } },
                "release": { "type": "boolean" },
                "note": { "type": "string" }
            },
            "required": ["suite"] } } }))
    }

    #[test]
    fn a_form_is_shown_a_line_a_field() {
        let lines: Vec<_> = form().iter().map(Field::line).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        suite (Suite): unit (Unit tests) | workspace (All), required
        retries: whole number [1]
        systems: any of, with commas: linux (Linux) | macos (macOS)
        release: yes | no
        note: text
        ");
    }

    #[test]
    fn words_become_values_of_the_right_type() {
        let read = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            answer(&form(), &words).map_err(|it| it.message)
        };
        assert_eq!(
            read(&["suite=Unit tests", "systems=linux, macOS", "release=y", "note=a=b"]),
            Ok(
                json!({ "suite": "unit", "retries": 1, "systems": ["linux", "macos"], "release": true, "note": "a=b" })
            )
        );
        assert_eq!(read(&[]), Err("suite is required".into()));
        assert_eq!(read(&["suite=x"]), Err("suite does not take \"x\"".into()));
        assert_eq!(
            read(&["suite=unit", "retries=two"]),
            Err("retries does not take \"two\"".into())
        );
        assert_eq!(read(&["colour=red"]), Err("the question has no field \"colour\"".into()));
        assert_eq!(read(&["unit"]), Err("\"unit\" is not key=value".into()));
    }
}
