//! What an operation of the table asks of the cloud, and how it is answered.

use http::StatusCode;

use super::{
    answer::{Answer, Frame},
    collections::{self, How, Row},
    context::Context,
    errors::Fault,
    narrowing::Narrowing,
    parameters::Parameters,
    states::Deed,
};
use crate::model::{Action, Capabilities, Filter, Id, IdForm, Kind, Operation, Spec, Verb};

/// A request, as far as an operation needs it.
pub(super) struct Asked<'a> {
    pub(super) id: Option<&'a str>,
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

impl Row {
    /// What the cloud is to do; none when the front end answers by itself.
    ///
    /// # Errors
    /// When a parameter is missing or makes no sense.
    pub(super) fn plan(&self, asked: &Asked<'_>) -> Result<Option<Plan>, Fault> {
        match self.answer {
            How::Here(_) => Ok(None),
            How::List(kind) => Ok(Some(self.list(kind, asked))),
            How::Show(kind) => Ok(Some(show(kind, asked))),
            How::Create(_, spec) => Ok(Some(create(spec(asked)?, asked))),
            How::Destroy(kind) => Ok(Some(destroy(kind, asked))),
            How::Do(deed) => Ok(Some(act(deed, asked))),
        }
    }

    fn list(&self, kind: Kind, asked: &Asked<'_>) -> Plan {
        let narrowing = Narrowing::of(kind, &asked.parameters, asked.user);
        let name = self.action.split('.').next().unwrap_or_default();
        let operation = Operation::List(kind, narrowing.filter());
        let answer = Answer { narrowing, ..answer(asked, Frame::Index(name), StatusCode::OK) };
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
    let operation = Operation::Create(Box::new(spec));
    Plan { before: Vec::new(), operation, answer: answer(asked, frame, StatusCode::CREATED) }
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

/// The id of the path, as the cloud writes it: a UUID may be asked for in any case of letters.
fn id(asked: &Asked<'_>) -> Id {
    let asked_for = asked.id.unwrap_or_default();
    match asked.cloud.ids {
        IdForm::Uuid => Id::from(asked_for.to_ascii_lowercase()),
        IdForm::Opaque => Id::from(asked_for),
    }
}
