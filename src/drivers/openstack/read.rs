//! What the services' documents have in common.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::Deserialize;

use crate::{
    model::{Filter, Id},
    wire::json::Text,
};

/// A GiB, in which sizes of disks are counted, in bytes.
pub(super) const GIB: u64 = 1 << 30;
/// A MiB, in which sizes of memory are counted, in bytes.
pub(super) const MIB: u64 = 1 << 20;

/// Something of which only the id is wanted.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
}

/// A moment; none when the text is none that can be told. Cinder, and Nova in places, leave the zone out: it is UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// A UUID as OpenStack writes it, when the text is one.
pub(super) fn uuid(text: &str) -> Option<String> {
    let parsed = uuid::Uuid::try_parse(text).ok()?;
    (text.len() == 36).then(|| parsed.hyphenated().to_string())
}

/// A size in whole GiB, rounded up.
pub(super) fn gib(bytes: u64) -> u64 {
    bytes.div_ceil(GIB)
}

/// Whether the ids and the name that are asked for leave something with this id and name.
pub(super) fn admits(filter: &Filter, id: &str, name: &str) -> bool {
    let asked_for = |wanted: &Id| wanted.as_str().eq_ignore_ascii_case(id);
    (filter.ids.is_empty() || filter.ids.iter().any(asked_for))
        && filter.name.as_ref().is_none_or(|wanted| wanted == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_and_without_a_zone() {
        let expected = Some("2026-11-23T12:17:06Z".parse().unwrap());
        for text in [
            "2026-11-23T12:17:06Z",
            "2026-11-23T12:17:06.000000",
            "2026-11-23T12:17:06",
            " 2026-11-23T13:17:06+01:00",
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01T00:00:00"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!([0, 1, GIB, GIB + 1].map(gib), [0, 1, 1, 2]);
    }
}
