//! A promise as it is written down: JSON, which the next release has to read, too.

use serde::{Deserialize, Serialize};

use crate::model::{Action, Error, ErrorKind, Id, Instance, InstanceState, Kind, Operation};

/// What was promised of an instance, which is `shown` in a state meanwhile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Written {
    step: Step,
    pub(super) shown: InstanceState,
    pub(super) instance: Instance<'static>,
}

/// What can be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Start,
    Stop { force: bool },
    Reboot,
    Destroy,
}

impl Written {
    /// # Errors
    /// `Internal` when it is nothing that is done to this instance alone.
    pub(super) fn new(
        operation: &Operation,
        instance: &Instance<'_>,
        shown: InstanceState,
    ) -> Result<Self, Error> {
        let (step, ids) = match operation {
            Operation::Act(Action::Start, ids) => (Step::Start, ids),
            Operation::Act(Action::Stop { force }, ids) => (Step::Stop { force: *force }, ids),
            Operation::Act(Action::Reboot, ids) => (Step::Reboot, ids),
            Operation::Destroy(Kind::Instance, ids) => (Step::Destroy, ids),
            _ => return Err(Error::new(ErrorKind::Internal, "this cannot be promised")),
        };
        if ids.iter().map(Id::as_str).ne([instance.id.as_ref()]) {
            return Err(Error::new(ErrorKind::Internal, "what is promised is not about the instance"));
        }
        Ok(Written { step, shown, instance: instance.clone().into_owned() })
    }

    /// An instance that is gone.
    pub(super) fn gone(instance: &Instance<'static>) -> Self {
        Written { step: Step::Destroy, shown: InstanceState::Terminated, instance: instance.clone() }
    }

    /// # Errors
    /// `Internal` when it is not one of these.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let unreadable = |error| {
            Error::new(ErrorKind::Internal, "a promise in the store cannot be understood").with_source(error)
        };
        serde_json::from_str(text).map_err(unreadable)
    }

    /// # Errors
    /// Never in practice.
    pub(super) fn text(&self) -> Result<String, Error> {
        let fail = |error| Error::new(ErrorKind::Internal, "a promise cannot be written").with_source(error);
        serde_json::to_string(self).map_err(fail)
    }

    /// What it is, in a word.
    pub(super) fn kind(&self) -> &'static str {
        match self.step {
            Step::Start => "start",
            Step::Stop { .. } => "stop",
            Step::Reboot => "reboot",
            Step::Destroy => "destroy",
        }
    }

    pub(super) fn operation(&self) -> Operation {
        let ids = vec![Id::from(self.instance.id.as_ref())];
        match self.step {
            Step::Start => Operation::Act(Action::Start, ids),
            Step::Stop { force } => Operation::Act(Action::Stop { force }, ids),
            Step::Reboot => Operation::Act(Action::Reboot, ids),
            Step::Destroy => Operation::Destroy(Kind::Instance, ids),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_was_written() {
        let mut instance = Instance::new("a", InstanceState::Locked);
        instance.addresses.push("192.0.2.7".parse().unwrap());
        instance.created = Some("2026-01-02T03:04:05Z".parse().unwrap());
        for operation in [
            Operation::Act(Action::Start, vec!["a".into()]),
            Operation::Act(Action::Stop { force: true }, vec!["a".into()]),
            Operation::Act(Action::Reboot, vec!["a".into()]),
            Operation::Destroy(Kind::Instance, vec!["a".into()]),
        ] {
            let written = Written::new(&operation, &instance, InstanceState::Starting).unwrap();
            let read = Written::read(&written.text().unwrap()).unwrap();
            assert_eq!(read.operation(), operation);
            assert_eq!(
                (read.shown, &read.instance.addresses),
                (InstanceState::Starting, &instance.addresses)
            );
            assert_eq!(read.instance.created, instance.created);
        }
    }

    #[test]
    fn what_another_release_wrote_is_read() {
        let text = r#"{"step":"destroy","shown":"Terminating","instance":{"id":"a","new":1},"more":[]}"#;
        let read = Written::read(text).unwrap();
        assert_eq!((read.kind(), read.instance.id.as_ref()), ("destroy", "a"));
        assert!(Written::read(r#"{"step":"dance"}"#).is_err());
    }

    #[test]
    fn only_what_is_done_to_one_instance_is_promised() {
        let instance = Instance::new("a", InstanceState::Locked);
        for operation in [
            Operation::Act(Action::Start, vec!["b".into()]),
            Operation::Act(Action::Start, vec!["a".into(), "b".into()]),
            Operation::Destroy(Kind::Volume, vec!["a".into()]),
        ] {
            assert!(Written::new(&operation, &instance, InstanceState::Starting).is_err(), "{operation:?}");
        }
    }
}
