//! `DescribeInstanceAttribute` and `ModifyInstanceAttribute`, one attribute at a time.
//!
//! What the clouds do not keep is kept here: user data, what protects an instance, and what it is to do when its guest
//! shuts down. What only a cloud could change is refused.

use super::{
    actions::{Answer, Query},
    base64,
    envelope::Context,
    errors::{Fault, quoted},
    ids,
    instances::{self, ROOT_DEVICE},
    single::{Done, Single},
};
use crate::{
    model::{Instance, Kind, Note, NoteChange, Operation, Resource},
    wire::xml::Writer,
};

/// What an instance does when its guest shuts down.
const ON_SHUTDOWN: &str = "instanceInitiatedShutdownBehavior";

/// An attribute: its name, and what writes it.
type Attribute = (&'static str, fn(&Resource<'_>, &Context, &mut Writer<'_>));

/// The attributes that can be asked for.
const ATTRIBUTES: &[Attribute] = &[
    ("instanceType", |resource, context, xml| {
        write(resource, context, xml, "instanceType", |instance, xml| {
            let name = instances::type_of(instance);
            value(name.as_ref().map_or("", ids::Shown::as_str), xml);
        })
    }),
    ("userData", |resource, context, xml| {
        write(resource, context, xml, "userData", |instance, xml| {
            if let Some(data) = note(instance).and_then(|note| note.user_data.as_deref()) {
                value(&base64::encode(data), xml);
            }
        })
    }),
    ("disableApiTermination", |resource, context, xml| {
        write(resource, context, xml, "disableApiTermination", |instance, xml| {
            flag(note(instance).is_some_and(|note| note.decisions.stays), xml);
        })
    }),
    ("disableApiStop", |resource, context, xml| {
        write(resource, context, xml, "disableApiStop", |instance, xml| {
            flag(note(instance).is_some_and(|note| note.decisions.runs_on), xml);
        })
    }),
    (ON_SHUTDOWN, |resource, context, xml| {
        write(resource, context, xml, ON_SHUTDOWN, |instance, xml| {
            let ends = note(instance).is_some_and(|note| note.decisions.ends_with_its_guest);
            value(if ends { "terminate" } else { "stop" }, xml);
        })
    }),
    ("rootDeviceName", |resource, context, xml| {
        write(resource, context, xml, "rootDeviceName", |instance, xml| {
            let root = instance.attachments.iter().find(|attachment| attachment.boot);
            value(root.and_then(|root| root.device.as_deref()).unwrap_or(ROOT_DEVICE), xml);
        })
    }),
    ("blockDeviceMapping", |resource, context, xml| {
        let Resource::Instance(instance) = resource else { return };
        write_id(instance, context, xml);
        instances::write_volumes(instance, context, xml);
    }),
    ("groupSet", |resource, context, xml| {
        let Resource::Instance(instance) = resource else { return };
        write_id(instance, context, xml);
        instances::write_groups(instance, context, xml);
    }),
    ("productCodes", |resource, context, xml| write(resource, context, xml, "productCodes", |_, _| ())),
    ("sourceDestCheck", |resource, context, xml| {
        write(resource, context, xml, "sourceDestCheck", |_, xml| flag(true, xml))
    }),
    ("ebsOptimized", |resource, context, xml| {
        write(resource, context, xml, "ebsOptimized", |_, xml| flag(false, xml))
    }),
    ("enaSupport", |resource, context, xml| {
        write(resource, context, xml, "enaSupport", |_, xml| flag(false, xml))
    }),
    ("enclaveOptions", |resource, context, xml| {
        write(resource, context, xml, "enclaveOptions", |_, xml| {
            xml.text("enabled", "false");
        })
    }),
    ("kernel", |resource, context, xml| write(resource, context, xml, "kernel", |_, _| ())),
    ("ramdisk", |resource, context, xml| write(resource, context, xml, "ramdisk", |_, _| ())),
    ("sriovNetSupport", |resource, context, xml| write(resource, context, xml, "sriovNetSupport", |_, _| ())),
];

/// What only a cloud could change: the attribute, as it is in a parameter, and the one value that it has anyway.
const FIXED: [(&str, Option<&str>); 8] = [
    ("InstanceType", None),
    ("GroupId", None),
    ("BlockDeviceMapping", None),
    ("Kernel", None),
    ("Ramdisk", None),
    ("SourceDestCheck", Some("true")),
    ("EbsOptimized", Some("false")),
    ("EnaSupport", Some("false")),
];

/// `DescribeInstanceAttribute`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Instance, "InstanceId")?;
    let name = query.parameters.required("Attribute")?;
    let known = ATTRIBUTES.iter().find(|(known, _)| *known == name);
    let (_, write) = known.ok_or_else(|| unknown(name))?;
    Ok(query.answer(Some(Operation::Show(Kind::Note, id)), Single::new(*write)))
}

/// `ModifyInstanceAttribute`: `DisableApiStop.Value=true`, or `Attribute=disableApiStop` and `Value=true`.
pub(super) fn modify(query: &Query<'_>) -> Result<Answer, Fault> {
    let id = query.required_id(Kind::Instance, "InstanceId")?;
    if let Some(name) = query.parameters.text("Attribute")
        && !ATTRIBUTES.iter().any(|(known, _)| *known == name)
    {
        return Err(unknown(name));
    }
    for (name, only) in FIXED {
        let asked = given(query, name).or_else(|| query.parameters.members(name).next().map(|_| ""));
        if let Some(asked) = asked.filter(|asked| only.is_none_or(|only| !asked.eq_ignore_ascii_case(only))) {
            let what = format!("change the {name} of an instance that is there to {}", quoted(asked));
            return Err(query.incapable(&what));
        }
    }
    let user_data = given(query, "UserData").map(|text| {
        base64::decode(text).ok_or_else(|| Fault::invalid("Invalid BASE64 encoding of user data."))
    });
    let change = NoteChange { user_data: user_data.transpose()?, ..decisions(query)? };
    if change == NoteChange::default() {
        return Err(Fault::combination("The request must say which attribute is to be modified"));
    }
    Ok(query.answer(Some(Operation::Note(id, change)), Done))
}

/// What a request decides about instances.
///
/// # Errors
/// When a decision is none that can be made.
pub(super) fn decisions(query: &Query<'_>) -> Result<NoteChange, Fault> {
    let flag = |name| given(query, name).map(|text| read_flag(name, text)).transpose();
    let ends_with_its_guest = match given(query, "InstanceInitiatedShutdownBehavior") {
        None => None,
        Some("stop") => Some(false),
        Some("terminate") => Some(true),
        Some(other) => {
            let message = format!("{} is no behavior: it is stop or terminate", quoted(other));
            return Err(Fault::invalid(message));
        }
    };
    Ok(NoteChange {
        stays: flag("DisableApiTermination")?,
        runs_on: flag("DisableApiStop")?,
        ends_with_its_guest,
        user_data: None,
    })
}

/// The value that a request has for an attribute, in any of the ways in which it may say it.
fn given<'q>(query: &'q Query<'_>, name: &'static str) -> Option<&'q str> {
    let parameters = query.parameters;
    let nested = || parameters.members(name).next()?.text("Value");
    let is_named = || parameters.text("Attribute").is_some_and(|named| named.eq_ignore_ascii_case(name));
    parameters.text(name).or_else(nested).or_else(|| parameters.text("Value").filter(|_| is_named()))
}

fn read_flag(name: &str, text: &str) -> Result<bool, Fault> {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Ok(text.eq_ignore_ascii_case("true"));
    }
    Err(Fault::invalid(format!("{name} is neither true nor false: {}", quoted(text))))
}

fn unknown(name: &str) -> Fault {
    Fault::invalid(format!("Value ({}) for parameter attribute is invalid. Unknown attribute.", quoted(name)))
}

fn note<'i>(instance: &'i Instance<'_>) -> Option<&'i Note> {
    instance.note.as_deref()
}

fn write_id(instance: &Instance<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.text("instanceId", ids::show(ids::INSTANCE, &instance.id, context.ids).as_str());
}

fn write(
    resource: &Resource<'_>,
    context: &Context,
    xml: &mut Writer<'_>,
    element: &'static str,
    inside: fn(&Instance<'_>, &mut Writer<'_>),
) {
    let Resource::Instance(instance) = resource else { return };
    write_id(instance, context, xml);
    xml.open(element);
    inside(instance, xml);
    xml.close(element);
}

fn value(text: &str, xml: &mut Writer<'_>) {
    xml.text("value", text);
}

fn flag(is_set: bool, xml: &mut Writer<'_>) {
    value(if is_set { "true" } else { "false" }, xml);
}
