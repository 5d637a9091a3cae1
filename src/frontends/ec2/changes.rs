//! `StartInstances`, `StopInstances`, `RebootInstances` and `TerminateInstances`, each on many instances.

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::Fault,
    ids,
    instances::write_state,
    listing::Listing,
    single::Done,
    states,
};
use crate::{
    model::{Action, Id, Kind, Operation, Resource},
    wire::xml::Writer,
};

/// `StartInstances`
pub(super) fn start(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(changes(query, Operation::Act(Action::Start, instances(query)?)))
}

/// `StopInstances`
pub(super) fn stop(query: &Query<'_>) -> Result<Answer, Fault> {
    if query.parameters.flag("Hibernate")? {
        return Err(Fault::unsupported("Instances cannot hibernate here"));
    }
    let force = query.parameters.flag("Force")?;
    Ok(changes(query, Operation::Act(Action::Stop { force }, instances(query)?)))
}

/// `TerminateInstances`
pub(super) fn terminate(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(changes(query, Operation::Destroy(Kind::Instance, instances(query)?)))
}

/// `RebootInstances`
pub(super) fn reboot(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(query.answer(Some(Operation::Act(Action::Reboot, instances(query)?)), Done))
}

fn instances(query: &Query<'_>) -> Result<Vec<Id>, Fault> {
    let ids = query.ids(Kind::Instance, "InstanceId")?;
    if ids.is_empty() { Err(Fault::missing("InstanceId")) } else { Ok(ids) }
}

fn changes(query: &Query<'_>, operation: Operation) -> Answer {
    query.answer(Some(operation), Listing::all("instancesSet", write))
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Instance(instance) = resource else { return };
    let previous = instance.previous.unwrap_or(instance.state);
    xml.open("item");
    xml.text("instanceId", ids::show(ids::INSTANCE, &instance.id, context.ids).as_str());
    write_state("currentState", states::turning(previous, instance.state), xml);
    write_state("previousState", states::shown(previous), xml);
    xml.close("item");
}
