//! What an agent says of itself when it is started.

use agent_client_protocol::v1::schema::{AuthMethod, InitializeResponse};

use crate::host::failure::shown;

/// What is known of an agent.
#[derive(Debug, Clone, Default)]
pub(in crate::host) struct Known {
    /// What it calls itself; empty if it does not say.
    pub(in crate::host) name: String,
    /// Its version; empty if it does not say.
    pub(in crate::host) version: String,
    /// What it can do besides prompting.
    pub(in crate::host) capabilities: Vec<String>,
    /// How to log in, in its own words.
    pub(in crate::host) login: Option<String>,
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
            login: answer.auth_methods.first().map(|method| shown(&login(method))),
        }
    }
}

fn login(method: &AuthMethod) -> String {
    match (method, method.description()) {
        (AuthMethod::Terminal(terminal), _) if !terminal.args.is_empty() => {
            format!("{}: run the agent with {}", terminal.name, terminal.args.join(" "))
        }
        (_, Some(description)) => format!("{}: {description}", method.name()),
        (_, None) => method.name().to_owned(),
    }
}
