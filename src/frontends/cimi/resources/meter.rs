//! Meters (DSP0263, section 5.17.3): what is measured of a resource.

use crate::frontends::cimi::attribute::{Attribute, Resource, Type};

/// A meter.
pub(in super::super) static METER: Resource = Resource::new(
    "Meter",
    &[
        Attribute::new("targetResource", Type::Link).given(),
        Attribute::new("aspect", Type::Uri).given(),
        Attribute::new("units", Type::Text),
        Attribute::new("sampleInterval", Type::Number).given(),
        Attribute::new("timeScope", Type::Text).given(),
        Attribute::new("intervalDuration", Type::Text).given(),
        Attribute::new("isContinuous", Type::Flag).given(),
        Attribute::new("samples", Type::Members(&SAMPLE)),
        Attribute::new("minValue", Type::Text),
        Attribute::new("maxValue", Type::Text),
        Attribute::new("stopTime", Type::Moment).given(),
        Attribute::new("expiresTime", Type::Moment).given(),
    ],
);

static SAMPLE: Resource = Resource::new(
    "Sample",
    &[Attribute::new("timestamp", Type::Moment), Attribute::new("value", Type::Text)],
);

/// What meters are made from.
pub(in super::super) static METER_TEMPLATE: Resource = Resource::new(
    "MeterTemplate",
    &[
        Attribute::new("targetResource", Type::Link).given(),
        Attribute::new("meterConfig", Type::Reference(&METER_CONFIGURATION)).given(),
    ],
);

/// What a meter is like.
pub(in super::super) static METER_CONFIGURATION: Resource = Resource::new(
    "MeterConfiguration",
    &[
        Attribute::new("associatedTo", Type::Link).many("associatedTo").given(),
        Attribute::new("aspect", Type::Uri).given(),
        Attribute::new("units", Type::Text).given(),
        Attribute::new("sampleInterval", Type::Number).given(),
        Attribute::new("timeScope", Type::Text).given(),
        Attribute::new("intervalDuration", Type::Text).given(),
        Attribute::new("isContinuous", Type::Flag).given(),
    ],
);
