//! The instants in a signed request: how they are written and when they are too far away.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::refusal::Refusal;

/// ISO 8601's basic form to the second, as version 4 demands it.
const BASIC: &str = "%Y%m%dT%H%M%SZ";
/// ISO 8601's extended form to the second, as version 2 demands it.
const EXTENDED: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Writes the form of `X-Amz-Date`, `20260102T030405Z`.
pub(super) fn to_basic(instant: Timestamp) -> String {
    instant.strftime(BASIC).to_string()
}

/// Writes the form of `Timestamp` in version 2, `2026-01-02T03:04:05Z`.
pub(super) fn to_extended(instant: Timestamp) -> String {
    instant.strftime(EXTENDED).to_string()
}

/// Reads exactly what [`to_basic`] writes.
pub(super) fn from_basic(text: &str) -> Option<Timestamp> {
    let instant = utc(DateTime::strptime(BASIC, text).ok()?)?;
    (to_basic(instant) == text).then_some(instant)
}

/// Reads the `Date` header: RFC 9110's form, or the one of `X-Amz-Date`, which some clients put there.
pub(super) fn from_date_header(text: &str) -> Option<Timestamp> {
    from_basic(text).or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
}

/// Reads version 2's ISO 8601: with a zone, a fraction of a second or neither; without a zone it is UTC.
pub(super) fn from_extended(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| utc(text.parse().ok()?))
}

/// Refuses what was signed further than `skew` from `now`, before or after.
pub(super) fn check_signed(signed: Timestamp, now: Timestamp, skew: SignedDuration) -> Result<(), Refusal> {
    if now.duration_since(signed).unsigned_abs() > skew.unsigned_abs() {
        return Err(Refusal::Skewed { signed, now });
    }
    Ok(())
}

/// Refuses what was signed further than `skew` after `now`, however long ago it was signed.
pub(super) fn check_begun(signed: Timestamp, now: Timestamp, skew: SignedDuration) -> Result<(), Refusal> {
    if signed > now { check_signed(signed, now, skew) } else { Ok(()) }
}

/// Refuses what was valid until before `now`.
pub(super) fn check_end(end: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if now > end { Err(Refusal::Expired { end, now }) } else { Ok(()) }
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: SignedDuration = SignedDuration::from_secs(1);
    const SKEW: SignedDuration = SignedDuration::from_mins(15);

    fn instant() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn each_form_is_read() {
        assert_eq!(to_basic(instant()), "20260102T030405Z");
        assert_eq!(to_extended(instant()), "2026-01-02T03:04:05Z");
        assert_eq!(from_basic("20260102T030405Z"), Some(instant()));
        for text in ["20260102T030405Z", "Fri, 02 Jan 2026 03:04:05 GMT"] {
            assert_eq!(from_date_header(text), Some(instant()), "{text}");
        }
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.000Z",
            "2026-01-02T04:04:05+01:00",
            "2026-01-02T03:04:05",
        ] {
            assert_eq!(from_extended(text), Some(instant()), "{text}");
        }
    }

    #[test]
    fn other_forms_are_not() {
        for text in [
            "",
            "20260102T030405",
            "2026-01-02T03:04:05Z",
            "20260102T030460Z",
            " 20260102T030405Z",
            "20261302T030405Z",
        ] {
            assert_eq!(from_basic(text), None, "{text}");
        }
        for text in ["", "yesterday", "1767323045", "2026-01-02T03:04:05+"] {
            assert_eq!((from_date_header(text), from_extended(text)), (None, None), "{text}");
        }
    }

    #[test]
    fn skew_is_allowed_both_ways_to_the_second() {
        for signed in [instant(), instant() - SKEW, instant() + SKEW] {
            assert_eq!(check_signed(signed, instant(), SKEW), Ok(()));
        }
        for signed in [instant() - SKEW - SECOND, instant() + SKEW + SECOND, Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(
                check_signed(signed, instant(), SKEW),
                Err(Refusal::Skewed { signed, now: instant() })
            );
        }
        assert_eq!(check_begun(Timestamp::MIN, instant(), SKEW), Ok(()));
        assert!(check_begun(instant() + SKEW + SECOND, instant(), SKEW).is_err());
    }

    #[test]
    fn the_last_second_is_valid() {
        assert_eq!(check_end(instant(), instant()), Ok(()));
        let now = instant() + SECOND;
        assert_eq!(check_end(instant(), now), Err(Refusal::Expired { end: instant(), now }));
    }
}
