//! What an operation of the table asks of the cloud, and how it is answered.

use http::StatusCode;

use super::{
    answer::{Answer, Frame},
    collections,
    context::Context,
    errors::Fault,
    measures,
    narrowing::Narrowing,
    parameters::Parameters,
    states::Deed,
    table::{How, Parameter, Row, Value},
};
use crate::model::{Action, Capabilities, Change, Filter, Id, IdForm, Kind, Operation, Spec, Verb};

/// A request, as far as an operation needs it.
pub(super) struct Asked<'a> {
    pub(super) id: Option<&'a str>,
    /// The id of the part of it, where the operation is about one.
    pub(super) part: Option<&'a str>,
    pub(super) parameters: Parameters,
    pub(super) user: &'a str,
    pub(super) cloud: &'a Capabilities,
    pub(super) context: &'a Context,
    /// The most instances that one request makes.
    pub(super) most_instances: u32,
}

/// What is to be done, and how it is answered.
pub(super) struct Plan {
    pub(super) before: Vec<Operation>,
    pub(super) operation: Operation,
    pub(super) answer: Answer,
}

impl Asked<'_> {
    /// The value of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.parameters.text(name).map(str::to_owned)
    }

    /// The id that a parameter is.
    pub(super) fn id_in(&self, name: &str) -> Option<Id> {
        self.parameters.text(name).map(|text| self.as_written(text))
    }

    /// The id that a parameter is which has to be there.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn required_id(&self, name: &str) -> Result<Id, Fault> {
        self.parameters.required(name).map(|text| self.as_written(text))
    }

    /// An id, as the cloud writes it: a UUID may be asked for in any case of letters.
    pub(super) fn as_written(&self, id: &str) -> Id {
        match self.cloud.ids {
            IdForm::Uuid => Id::from(id.to_ascii_lowercase()),
            IdForm::Opaque => Id::from(id),
        }
    }

    /// The number of a port that a parameter is which has to be there.
    ///
    /// # Errors
    /// When it is not, or is something else.
    pub(super) fn required_port(&self, name: &str) -> Result<u16, Fault> {
        let text = self.parameters.required(name)?;
        text.parse().map_err(|_| {
            Fault::invalid(format!("Parameter '{name}' is not a number up to {}", u16::MAX)).of(name)
        })
    }

    /// The size in bytes that a parameter is, which counts in `unit`s.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn measure(&self, name: &str, unit: u64) -> Result<Option<u64>, Fault> {
        let wrong = || Fault::invalid(format!("Parameter '{name}' is not a number")).of(name);
        let bytes = |text| measures::read(text, unit).ok_or_else(wrong);
        self.parameters.text(name).map(bytes).transpose()
    }

    /// The word that a parameter is which has to be there, in the case of letters in which the table has it.
    ///
    /// # Errors
    /// When it is not, or is none of those that it may be.
    pub(super) fn one_of(&self, name: &str, table: &[Parameter]) -> Result<&'static str, Fault> {
        let text = self.parameters.required(name)?;
        let row = table.iter().find(|parameter| parameter.name == name);
        let words = match row.map(|row| row.value) {
            Some(Value::OneOf(words)) => words,
            _ => &[],
        };
        let wrong = || Fault::invalid(format!("Parameter '{name}' is none of {}", words.join(", "))).of(name);
        words.iter().copied().find(|word| word.eq_ignore_ascii_case(text)).ok_or_else(wrong)
    }
}

impl Row {
    /// What the cloud is to do; none when the front end answers by itself.
    ///
    /// # Errors
    /// When a parameter is missing or makes no sense.
    pub(super) fn plan(&self, asked: &Asked<'_>) -> Result<Option<Plan>, Fault> {
        self.check(asked)?;
        match self.answer {
            How::Here(_) | How::Own(..) | How::Upload(..) => Ok(None),
            How::List(kind) => Ok(Some(self.list(kind, asked))),
            How::Show(kind) => Ok(Some(show(kind, asked))),
            How::Create(_, spec) => Ok(Some(create(spec(asked)?, asked))),
            How::Change(_, change, frame, status) => {
                Ok(Some(self::change(change(asked)?, frame, status, asked)))
            }
            How::Destroy(kind) => Ok(Some(destroy(kind, asked))),
            How::Do(deed) => Ok(Some(act(deed, asked))),
        }
    }

    /// What the cloud does not take is refused, not passed over: what it made would not be what was asked for.
    fn check(&self, asked: &Asked<'_>) -> Result<(), Fault> {
        let untaken = self.parameters.iter().filter(|parameter| !parameter.is_taken(asked.cloud));
        let mut given = untaken.map(Parameter::field).filter(|name| asked.parameters.text(name).is_some());
        let refused = |name| Err(Fault::invalid(format!("This cloud does not take parameter '{name}'")));
        given.next().map_or(Ok(()), refused)
    }

    fn list(&self, kind: Kind, asked: &Asked<'_>) -> Plan {
        let narrowing = Narrowing::of(kind, &asked.parameters, asked.user);
        let operation = Operation::List(kind, narrowing.filter());
        let answer = Answer { narrowing, ..answer(asked, Frame::Index(self.collection()), StatusCode::OK) };
        Plan { before: profiles(kind, asked.cloud), operation, answer }
    }
}

fn show(kind: Kind, asked: &Asked<'_>) -> Plan {
    let operation = Operation::Show(kind, id(asked));
    let answer = answer(asked, Frame::Member, StatusCode::OK);
    Plan { before: profiles(kind, asked.cloud), operation, answer }
}

/// The hardware profiles, where the document names them all: an image's does.
fn profiles(kind: Kind, cloud: &Capabilities) -> Vec<Operation> {
    let wanted = kind == Kind::Image && cloud.supports(Verb::List, Kind::HardwareProfile);
    Vec::from_iter(wanted.then(|| Operation::List(Kind::HardwareProfile, Filter::default())))
}

fn create(spec: Spec, asked: &Asked<'_>) -> Plan {
    let many = matches!(&spec, Spec::Instance(spec) if spec.count.max > 1);
    let frame = if many { Frame::Index(collections::of(spec.kind())) } else { Frame::Member };
    let kind = spec.kind();
    let answer = Answer { creates: Some(kind), ..answer(asked, frame, created(kind)) };
    Plan { before: Vec::new(), operation: Operation::Create(Box::new(spec)), answer }
}

/// The original said 200 of what is made on networks, and 201 of all else. Both say where it is.
fn created(kind: Kind) -> StatusCode {
    match kind {
        Kind::Network | Kind::Subnet | Kind::NetworkInterface => StatusCode::OK,
        _else => StatusCode::CREATED,
    }
}

fn change(change: Change, frame: Frame, status: StatusCode, asked: &Asked<'_>) -> Plan {
    let operation = Operation::Change(id(asked), change);
    Plan { before: Vec::new(), operation, answer: answer(asked, frame, status) }
}

fn destroy(kind: Kind, asked: &Asked<'_>) -> Plan {
    let operation = Operation::Destroy(kind, vec![id(asked)]);
    Plan { before: Vec::new(), operation, answer: answer(asked, Frame::Nothing, StatusCode::NO_CONTENT) }
}

/// It is looked whether the instance is in a state for it first: the cloud may do more than it declares.
fn act(deed: Deed, asked: &Asked<'_>) -> Plan {
    let act = |action| (Operation::Act(action, vec![id(asked)]), Frame::Bare, StatusCode::ACCEPTED);
    let (operation, frame, status) = match deed {
        Deed::Start => act(Action::Start),
        Deed::Stop => act(Action::Stop { force: false }),
        Deed::Reboot => act(Action::Reboot),
        Deed::Destroy => {
            (Operation::Destroy(Kind::Instance, vec![id(asked)]), Frame::Nothing, StatusCode::NO_CONTENT)
        }
    };
    let answer = Answer { deed: Some(deed), ..answer(asked, frame, status) };
    Plan { before: vec![Operation::Show(Kind::Instance, id(asked))], operation, answer }
}

fn answer(asked: &Asked<'_>, frame: Frame, status: StatusCode) -> Answer {
    Answer::new(asked.context, asked.cloud, frame, status)
}

fn id(asked: &Asked<'_>) -> Id {
    asked.as_written(asked.id.unwrap_or_default())
}
