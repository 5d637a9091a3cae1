//! `GetConsoleOutput` and `GetPasswordData`.

use super::{
    actions::{Answer, Query},
    base64,
    envelope::Context,
    errors::Fault,
    ids, scalars,
    single::Single,
};
use crate::{
    model::{Id, Kind, Operation, Resource, Verb},
    wire::xml::Writer,
};

/// How much of what a console says last is shown, in bytes, as in EC2.
const MOST: usize = 64 << 10;

/// `GetConsoleOutput`. Where the cloud keeps nothing of what consoles say, there is an instance and nothing that it said.
pub(super) fn output(query: &Query<'_>) -> Result<Answer, Fault> {
    let keeps = query.cloud.supports(Verb::Show, Kind::Console);
    let kind = if keeps { Kind::Console } else { Kind::Instance };
    Ok(query.answer(Some(Operation::Show(kind, instance(query)?)), Single::new(write_output)))
}

/// `GetPasswordData`. No cloud behind the gateway makes passwords.
pub(super) fn password(query: &Query<'_>) -> Result<Answer, Fault> {
    Ok(query.answer(Some(Operation::Show(Kind::Instance, instance(query)?)), Single::new(write_password)))
}

/// The one instance: old clients write it as a list.
fn instance(query: &Query<'_>) -> Result<Id, Fault> {
    let mut ids = query.ids(Kind::Instance, "InstanceId")?;
    match (ids.pop(), ids.is_empty()) {
        (Some(id), true) => Ok(id),
        (Some(_), false) => Err(Fault::invalid("InstanceId has more than one value")),
        (None, _) => query.required_id(Kind::Instance, "InstanceId"),
    }
}

fn write_output(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let text = match resource {
        Resource::Console(console) => last(&console.text),
        _silent => &[],
    };
    write_head(resource, context, xml);
    xml.text("output", &base64::encode(text));
}

fn write_password(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    write_head(resource, context, xml);
    xml.empty("passwordData");
}

/// Clients fail on an answer that does not say when it was.
fn write_head(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("instanceId", ids::show(ids::INSTANCE, resource.id(), context.ids).as_str());
    xml.text("timestamp", scalars::timestamp(context.now).as_str());
}

fn last(text: &str) -> &[u8] {
    let text = text.as_bytes();
    text.get(text.len().saturating_sub(MOST)..).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_what_is_shown() {
        let long = format!("{}{}", "a".repeat(10), "b".repeat(MOST));
        assert_eq!((last("short"), last(&long).len()), (b"short".as_slice(), MOST));
        assert!(last(&long).iter().all(|byte| *byte == b'b'));
    }
}
