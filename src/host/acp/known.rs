//! What an agent says of itself when it is started.

use agent_client_protocol::v1::schema::{AuthMethod, InitializeResponse};

use crate::host::{Login, failure::shown};

/// What is known of an agent.
#[derive(Debug, Clone, Default)]
pub(in crate::host) struct Known {
    /// What it calls itself; empty if it does not say.
    pub(in crate::host) name: String,
    /// Its version; empty if it does not say.
    pub(in crate::host) version: String,
    /// What it can do besides prompting.
    pub(in crate::host) capabilities: Vec<String>,
    /// How to log in.
    pub(in crate::host) login: Option<Login>,
}

impl Known {
    /// Whether the agent has this capability.
    pub(in crate::host) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }
}

impl From<&InitializeResponse> for Known {
    fn from(answer: &InitializeResponse) -> Self {
        let can = &answer.agent_capabilities;
        let (prompt, session) = (&can.prompt_capabilities, &can.session_capabilities);
        let capabilities = [
            ("load", can.load_session),
            ("resume", session.resume.is_some()),
            ("list", session.list.is_some()),
            ("close", session.close.is_some()),
            ("image", prompt.image),
            ("audio", prompt.audio),
            ("embedded_context", prompt.embedded_context),
        ];
        let info = answer.agent_info.as_ref();
        let name = info.map(|info| info.title.as_ref().unwrap_or(&info.name).clone());
        Self {
            name: name.as_deref().map(shown).unwrap_or_default(),
            version: info.map(|info| shown(&info.version)).unwrap_or_default(),
            capabilities: capabilities
                .into_iter()
                .filter(|(_, has)| *has)
                .map(|(name, _)| name.to_owned())
                .collect(),
            login: login(&answer.auth_methods),
        }
    }
}

/// The way to log in that a person can go: at a terminal, if the agent knows one, else the one that it names first.
fn login(methods: &[AuthMethod]) -> Option<Login> {
    let at_terminal = methods.iter().find_map(|it| match it {
        AuthMethod::Terminal(terminal) => Some(terminal),
        _ => None,
    });
    if let Some(terminal) = at_terminal {
        let words = match terminal.args.as_slice() {
            [] => format!("{}: run the agent at a terminal", terminal.name),
            args => format!("{}: run the agent with {}", terminal.name, args.join(" ")),
        };
        let env = terminal.env.clone().into_iter().collect();
        return Some(Login { words: shown(&words), args: Some(terminal.args.clone()), env });
    }
    let first = methods.first()?;
    let words = match first.description() {
        Some(description) => format!("{}: {description}", first.name()),
        None => first.name().to_owned(),
    };
    Some(Login { words: shown(&words), ..Login::default() })
}
