//! Jobs (DSP0263, section 5.17.1): what goes on or went wrong.

use jiff::Timestamp;

use crate::frontends::cimi::{
    attribute::{Attribute, Resource, Type},
    fields::{Fields, Value},
};

/// The type.
pub(in super::super) static JOB: Resource = Resource::new(
    "Job",
    &[
        Attribute::new("state", Type::Text),
        Attribute::new("targetResource", Type::Link),
        Attribute::new("affectedResources", Type::Link).many("affectedResource"),
        Attribute::new("action", Type::Uri),
        Attribute::new("returnCode", Type::Number),
        Attribute::new("progress", Type::Number),
        Attribute::new("statusMessage", Type::Text),
        Attribute::new("timeOfStatusChange", Type::Moment),
        Attribute::new("parentJob", Type::Reference(&JOB)),
        Attribute::new("nestedJobs", Type::Reference(&JOB)).many("nestedJob"),
    ],
);

/// The Job that a failed request was. It is told once, and is nowhere.
pub(in super::super) fn failed<'a>(
    target: String,
    action: &'a str,
    code: u16,
    message: &'a str,
    now: Timestamp,
) -> Fields<'a> {
    let action = (!action.is_empty()).then(|| Value::Text(action.into()));
    Fields::default()
        .text("state", "FAILED")
        .with("targetResource", Value::Href(target))
        .maybe("action", action)
        .with("returnCode", Value::Number(code.into()))
        .with("progress", Value::Number(100))
        .text("statusMessage", message)
        .with("timeOfStatusChange", Value::Moment(now))
}
