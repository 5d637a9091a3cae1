//! Measures and times, as Deltacloud writes them: memory in MB, disks in GB, both of 1024.

use jiff::{Timestamp, tz::TimeZone};

/// Bytes of one MB.
pub(super) const MB: u64 = 1 << 20;
/// Bytes of one GB.
pub(super) const GB: u64 = 1 << 30;

/// So many of `unit`, with one digit after the point where there is something to say with it.
pub(super) fn in_units(bytes: u64, unit: u64) -> String {
    let tenths = (u128::from(bytes) * 10 + u128::from(unit / 2)) / u128::from(unit.max(1));
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}

/// The bytes of so many `unit`s; none when it is no number, or too many.
pub(super) fn read(text: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let tenth: u64 = fraction.get(..1)?.parse().ok()?;
    let tenths = whole.parse::<u64>().ok()?.checked_mul(10)?.checked_add(tenth)?;
    Some(tenths.checked_mul(unit)? / 10)
}

/// A moment, as the original wrote it.
pub(super) fn time(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%a %b %d %H:%M:%S UTC %Y").to_string()
}

/// A moment, as the original wrote that of a blob.
pub(super) fn date(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_written_and_read_back() {
        for (text, bytes) in [("12288", 12_288 * MB), ("1740.8", 17_408 * MB / 10), ("0", 0)] {
            assert_eq!(in_units(bytes, MB), text);
            assert_eq!(read(text, MB), Some(bytes));
        }
        for wrong in ["", ".", "-1", "1e3", "1.x", "1.", "99999999999999999999", "9999999999999999"] {
            assert_eq!(read(wrong, MB), None, "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_written() {
        let moment = Timestamp::from_second(1_351_168_073).unwrap();
        assert_eq!(time(moment), "Thu Oct 25 12:27:53 UTC 2012");
        assert_eq!(date(moment), "2012-10-25 12:27:53 +0000");
    }
}
