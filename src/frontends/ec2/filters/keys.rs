//! What key pairs can be filtered by.

use super::{Known, Values as V};
use crate::frontends::ec2::keys;

/// The filters of `DescribeKeyPairs`.
pub(in crate::frontends::ec2) const KEYS: &[Known] = &[
    Known { name: "key-name", values: V::Key(|key, _, matches| matches(&key.name)) },
    Known {
        name: "key-pair-id",
        values: V::Key(|key, context, matches| matches(&keys::shown_id(key, context).to_string())),
    },
    Known { name: "fingerprint", values: V::Key(|key, _, matches| matches(keys::fingerprint(key))) },
    Known { name: "key-type", values: V::Key(|key, _, matches| matches(keys::key_type(key))) },
    Known { name: "tag-key", values: V::TagKey },
];
