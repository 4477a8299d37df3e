//! Colours of the terminal; they never carry a meaning alone.

/// Paints, or leaves text as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    /// Paints if `on`.
    pub(super) fn new(on: bool) -> Self {
        Self { on }
    }

    /// For what matters less.
    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// For what matters more.
    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// For what went well.
    pub(super) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// For what went wrong.
    pub(super) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    /// For what waits for somebody.
    pub(super) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    /// The place where the next typed character goes; it is there without colours, too.
    pub(super) fn cursor(text: &str) -> String {
        format!("\u{1b}[7m{text}\u{1b}[27m")
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
