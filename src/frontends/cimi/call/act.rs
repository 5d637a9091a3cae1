//! Actions: what is done with a machine besides making and deleting it.

use http::StatusCode;

use super::Wish;
use crate::{
    frontends::{
        Call,
        cimi::{
            actions,
            answer::{Answer, Frame},
            attribute::{Attribute, Resource, Type},
            dialect::Dialect,
            errors::Fault,
            resources::machine,
        },
    },
    model::{Action, Cause, Kind, Operation},
};

/// What is done with an action (DSP0263, section 4.2.1.5).
static ACTION: Resource = Resource::new(
    "Action",
    &[
        Attribute::new("action", Type::Uri).required(),
        Attribute::new("force", Type::Flag).given(),
        Attribute::new("image", Type::Link).given(),
        Attribute::new("source", Type::Uri).given(),
        Attribute::new("format", Type::Text).given(),
        Attribute::new("destination", Type::Uri).given(),
    ],
);

impl Wish<'_> {
    /// Does what the document says: where that is something else than the path says, the original did it, and the
    /// specification has it refused.
    pub(super) fn act(&self, machine: &str, named: &'static str) -> Result<Call, Fault> {
        let input = self.asked(&[&ACTION])?.input;
        let uri = input.text("action").unwrap_or_default();
        let said = uri.rsplit('/').next().unwrap_or_default();
        let name = actions::OF_MACHINES.iter().find(|(known, _)| *known == said);
        let (name, cause) = name.ok_or_else(|| Fault::attribute("action", "is none of a machine's"))?;
        if *name != named && self.context.dialect == Dialect::Strict {
            return Err(Fault::attribute(
                "action",
                &format!("is not '{}', as the path says", actions::uri(named)),
            ));
        }
        let force = input.flag("force").unwrap_or(false);
        let action = match cause {
            Some(Cause::Start) => Action::Start,
            Some(Cause::Stop) => Action::Stop { force },
            Some(Cause::Reboot) => Action::Reboot,
            Some(Cause::Auto | Cause::Create | Cause::Destroy) | None => return Err(not_offered(name)),
        };
        let mut answer = Answer::new(
            self.telling(&machine::MACHINE, machine::describe, "machines"),
            Frame::Nothing,
            StatusCode::ACCEPTED,
        );
        answer.checks.cause = *cause;
        answer.checks.tags = self.if_match();
        let id = self.id(machine);
        let before = vec![Operation::Show(Kind::Instance, id.clone())];
        Ok(answer.call(action_name(action), before, Some(Operation::Act(action, vec![id]))))
    }
}

/// No machine of any cloud offers it.
fn not_offered(name: &str) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, format!("Attribute 'action' names what no machine here offers: {name}"))
}

fn action_name(action: Action) -> &'static str {
    match action {
        Action::Start => "machines.start",
        Action::Stop { .. } => "machines.stop",
        Action::Reboot => "machines.restart",
    }
}
