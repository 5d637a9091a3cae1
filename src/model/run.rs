//! What came of a command that an instance executed.

use std::borrow::Cow;

use super::owned;

/// A command that was executed, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run<'a> {
    /// The instance.
    pub instance: Cow<'a, str>,
    /// Where it was reached.
    pub address: Cow<'a, str>,
    /// The command.
    pub command: Cow<'a, str>,
    /// What it wrote.
    pub output: Cow<'a, str>,
}

impl Run<'_> {
    /// The same outcome, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Run<'static> {
        Run {
            instance: owned(self.instance),
            address: owned(self.address),
            command: owned(self.command),
            output: owned(self.output),
        }
    }
}
