//! What tags can be filtered by.

use super::{Known, Values as V};
use crate::frontends::ec2::tags;

/// The filters of `DescribeTags`.
pub(in crate::frontends::ec2) const TAGS: &[Known] = &[
    Known { name: "key", values: V::Tagging(|tagging, _, matches| matches(&tagging.tag.key)) },
    Known { name: "value", values: V::Tagging(|tagging, _, matches| matches(&tagging.tag.value)) },
    Known {
        name: "resource-id",
        values: V::Tagging(|tagging, context, matches| {
            matches(&tagging.on) || matches(&tags::shown_id(tagging.kind, &tagging.on, context))
        }),
    },
    Known {
        name: "resource-type",
        values: V::Tagging(|tagging, _, matches| matches(tags::resource_type(tagging.kind))),
    },
    Known { name: "tag-key", values: V::TagKey },
];
