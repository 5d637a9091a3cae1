//! EventLogs (DSP0263, section 5.17.6): what happened to a resource.

use crate::frontends::cimi::attribute::{Attribute, Resource, Type};

/// A log.
pub(in super::super) static EVENT_LOG: Resource = Resource::new(
    "EventLog",
    &[
        Attribute::new("targetResource", Type::Link),
        Attribute::new("events", Type::Members(&EVENT)),
        Attribute::new("persistence", Type::Text),
        Attribute::new("summary", Type::Struct(SUMMARY)),
    ],
);

const SUMMARY: &[Attribute] = &[
    Attribute::new("low", Type::Number),
    Attribute::new("medium", Type::Number),
    Attribute::new("high", Type::Number),
    Attribute::new("critical", Type::Number),
];

static EVENT: Resource = Resource::new(
    "Event",
    &[
        Attribute::new("timestamp", Type::Moment),
        Attribute::new("type", Type::Uri),
        Attribute::new("content", Type::Text),
        Attribute::new("outcome", Type::Text),
        Attribute::new("severity", Type::Text),
        Attribute::new("contact", Type::Text),
    ],
);

/// What logs are made from.
pub(in super::super) static EVENT_LOG_TEMPLATE: Resource = Resource::new(
    "EventLogTemplate",
    &[
        Attribute::new("targetResource", Type::Link).given(),
        Attribute::new("persistence", Type::Text).given(),
    ],
);
