//! What an operation of the table asks of the cloud, and how it is answered.

use http::StatusCode;

use super::{
    answer::{Answer, Frame},
    asked::Asked,
    collections,
    errors::Fault,
    narrowing::Narrowing,
    states::Deed,
    table::{How, Parameter, Row},
};
use crate::model::{Action, Capabilities, Change, Filter, Id, Kind, Operation, Spec, Verb};

/// What is to be done, and how it is answered.
pub(super) struct Plan {
    pub(super) before: Vec<Operation>,
    pub(super) operation: Operation,
    pub(super) answer: Answer,
}

impl Row {
    /// What the cloud is to do; none when the front end answers by itself.
    ///
    /// # Errors
    /// When a parameter is missing or makes no sense.
    pub(super) fn plan(&self, asked: &Asked<'_>) -> Result<Option<Plan>, Fault> {
        self.check(asked)?;
        match self.answer {
            How::Life | How::Drivers | How::Own(..) | How::Upload(..) => Ok(None),
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
        let refused = |name: String| {
            Err(Fault::invalid(format!("This cloud does not take parameter '{name}'")).of(name))
        };
        given.next().map_or(Ok(()), refused)
    }

    fn list(&self, kind: Kind, asked: &Asked<'_>) -> Plan {
        let narrowing = Narrowing::of(kind, asked);
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
