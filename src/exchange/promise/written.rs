//! A promise as it is written down: JSON, which the next release has to read, too.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Action, Error, ErrorKind, Filter, Id, Instance, InstanceState, Kind, Operation};

/// What was promised of an instance, which is `shown` in a state meanwhile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Written {
    step: Step,
    pub(super) shown: InstanceState,
    pub(super) instance: Instance<'static>,
    /// When it was done, where that does not show yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) begun: Option<Timestamp>,
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
        Ok(Written { step, shown, instance: instance.clone().into_owned(), begun: None })
    }

    /// An instance that is gone.
    pub(super) fn gone(instance: &Instance<'static>) -> Self {
        Written {
            step: Step::Destroy,
            shown: InstanceState::Terminated,
            instance: instance.clone(),
            begun: None,
        }
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

    /// Whether a client would see in an instance of this state that it is not yet as he was told. For most that is said
    /// of the instance itself; one that is rebooted runs all the time.
    pub(super) fn comes_later(&self, state: Option<InstanceState>) -> bool {
        self.shown == InstanceState::Rebooting && state == Some(InstanceState::Starting)
    }

    /// The same, which has been done at this moment.
    pub(super) fn begun_at(self, moment: Timestamp) -> Self {
        Written { begun: Some(moment), ..self }
    }

    /// What is to be done now: what was promised or, when that is done, a look what became of it.
    pub(super) fn next(&self) -> Operation {
        match self.begun {
            None => self.operation(),
            Some(_) => {
                let ids = vec![Id::from(self.instance.id.as_ref())];
                Operation::List(Kind::Instance, Filter { ids, ..Filter::default() })
            }
        }
    }

    /// What was promised.
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
    fn what_was_done_is_not_done_again() {
        let instance = Instance::new("a", InstanceState::Running);
        let start = Operation::Act(Action::Start, vec!["a".into()]);
        let promised = Written::new(&start, &instance, InstanceState::Rebooting).unwrap();
        assert_eq!(promised.next(), start);
        let begun = promised.begun_at(Timestamp::UNIX_EPOCH).text().unwrap();
        let begun = Written::read(&begun).unwrap();
        assert!(matches!(begun.next(), Operation::List(Kind::Instance, _)));
        assert_eq!((begun.operation(), begun.begun), (start, Some(Timestamp::UNIX_EPOCH)));
        assert!(begun.comes_later(Some(InstanceState::Starting)));
        assert!(!begun.comes_later(Some(InstanceState::Running)) && !begun.comes_later(None));
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
