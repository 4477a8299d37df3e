//! What was set, and by whom: one layer over another, key by key.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{AgentConfig, ConfigError, KEYS, Key, meant};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has set it.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value for each of [`KEYS`], and the agents. Later layers win.
#[derive(Debug, Clone)]
pub struct Values {
    by_key: BTreeMap<&'static str, (Value, Origin)>,
    /// What can be started, by name, and the file that says so: programs are named in files and nowhere else.
    pub agents: BTreeMap<String, (AgentConfig, PathBuf)>,
}

impl Values {
    /// What holds when nobody says otherwise.
    ///
    /// # Errors
    /// None, as a test sees to it: each default is TOML.
    pub fn defaults() -> Result<Self, ConfigError> {
        let mut values = Self { by_key: BTreeMap::new(), agents: BTreeMap::new() };
        for key in KEYS {
            let value = parsed(key.default).ok_or_else(|| {
                ConfigError::Value(key.name.into(), Origin::Default, "not TOML".into())
            })?;
            values.by_key.insert(key.name, (value, Origin::Default));
        }
        Ok(values)
    }

    /// Lays a file over what is there.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or has a key that is not known.
    pub fn file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
        self.text(&text, path)
    }

    /// Lays the text of a file over what is there.
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub fn text(&mut self, text: &str, path: &Path) -> Result<(), ConfigError> {
        let table: Table =
            toml::from_str(text).map_err(|error| ConfigError::Malformed(path.to_owned(), error))?;
        for (name, value) in table {
            match (name.as_str(), value) {
                ("agents", Value::Table(agents)) => self.agents(agents, path)?,
                ("agents", _) => {
                    let (origin, text) = (Origin::File(path.to_owned()), "not a table of agents");
                    return Err(ConfigError::Value(name, origin, text.into()));
                }
                (_, Value::Table(inner)) => {
                    for (inner_name, value) in inner {
                        self.set(&format!("{name}.{inner_name}"), value, path)?;
                    }
                }
                (_, value) => self.set(&name, value, path)?,
            }
        }
        Ok(())
    }

    fn agents(&mut self, agents: Table, path: &Path) -> Result<(), ConfigError> {
        for (name, value) in agents {
            let agent = value.try_into().map_err(|error: toml::de::Error| {
                let origin = Origin::File(path.to_owned());
                let text = said(&error) + &meant(error.message());
                ConfigError::Value(format!("agents.{name}"), origin, text)
            })?;
            self.agents.insert(name, (agent, path.to_owned()));
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: Value, path: &Path) -> Result<(), ConfigError> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            return Err(ConfigError::Unknown(path.to_owned(), name.to_owned(), nearest(name)));
        };
        self.by_key.insert(key.name, (value, Origin::File(path.to_owned())));
        Ok(())
    }

    /// Lays the environment over what is there.
    ///
    /// # Errors
    /// When a variable is not what its key wants.
    pub fn variables(
        &mut self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(), ConfigError> {
        for key in KEYS {
            let name = key.variable();
            let Some(text) = variable(&name) else { continue };
            let value = typed(key, &text);
            self.by_key.insert(key.name, (value, Origin::Variable(name)));
        }
        Ok(())
    }

    /// Lays a flag over what is there.
    pub fn flag(&mut self, key: &'static str, flag: &'static str, value: impl Into<Value>) {
        self.by_key.insert(key, (value.into(), Origin::Flag(flag)));
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When it is of another kind.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, ConfigError> {
        let (value, origin) = self.found(key)?;
        value.clone().try_into().map_err(|error: toml::de::Error| {
            ConfigError::Value(key.to_owned(), origin.clone(), said(&error))
        })
    }

    /// The value of a key that is a span of time, such as `90s`, `10m` or `1h 30m`.
    ///
    /// # Errors
    /// When it is none.
    pub fn span(&self, key: &str) -> Result<Duration, ConfigError> {
        let text: String = self.get(key)?;
        humantime::parse_duration(&text).map_err(|error| {
            let origin = self.origin(key);
            let text = format!("{text:?} is no span of time ({error}); such as 90s, 10m or 24h");
            ConfigError::Value(key.to_owned(), origin, text)
        })
    }

    /// Where the value of a key comes from.
    pub fn origin(&self, key: &str) -> Origin {
        self.found(key).map_or(Origin::Default, |it| it.1.clone())
    }

    /// Every key with its value and where that comes from.
    pub fn all(&self) -> impl Iterator<Item = (&'static Key, &Value, &Origin)> {
        KEYS.iter().filter_map(|key| self.by_key.get(key.name).map(|it| (key, &it.0, &it.1)))
    }

    fn found(&self, key: &str) -> Result<&(Value, Origin), ConfigError> {
        self.by_key.get(key).ok_or_else(|| {
            ConfigError::Value(key.to_owned(), Origin::Default, "there is no such key".into())
        })
    }
}

/// One value, as TOML writes it.
fn parsed(text: &str) -> Option<Value> {
    let mut table: Table = toml::from_str(&format!("value = {text}")).ok()?;
    table.remove("value")
}

/// What a variable says, in the kind of its key's default: lists have commas, and texts no quotation marks.
fn typed(key: &Key, text: &str) -> Value {
    match parsed(key.default) {
        Some(Value::Array(_)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(Value::from).collect())
        }
        Some(Value::Boolean(_)) => match text {
            "1" | "true" | "yes" => Value::Boolean(true),
            "" | "0" | "false" | "no" => Value::Boolean(false),
            other => Value::from(other),
        },
        Some(Value::Integer(_)) => text.parse::<i64>().map_or(Value::from(text), Value::Integer),
        _ => Value::from(text),
    }
}

/// The key that looks most like what was written.
fn nearest(name: &str) -> Option<String> {
    let known: Vec<_> = KEYS.iter().map(|key| key.name).chain(["agents"]).collect();
    similar::get_close_matches(name, &known, 1, 0.6).first().map(ToString::to_string)
}

/// What TOML says, without where: that is known better.
fn said(error: &toml::de::Error) -> String {
    error.message().to_owned()
}
