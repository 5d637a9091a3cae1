//! Short texts, made without the heap: numbers, timestamps, addresses and identifiers in EC2's forms.

use std::{fmt, net::IpAddr};

use jiff::{Timestamp, tz::Offset};

/// The longest text that is made here, in bytes: `eni-attach-` and a UUID, or an IPv6 address.
const LONGEST: usize = 64;

/// A short text.
#[derive(Clone, Copy)]
pub(super) struct Short {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Short {
    /// No text yet.
    pub(super) const fn new() -> Self {
        Short { bytes: [0; LONGEST], length: 0 }
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// Adds text; what does not fit is left out.
    pub(super) fn push(&mut self, text: &str) {
        if let Some(room) = self.bytes.get_mut(self.length..self.length + text.len()) {
            room.copy_from_slice(text.as_bytes());
            self.length += text.len();
        }
    }

    /// Adds `value` in decimal, with leading zeros up to `width` digits.
    pub(super) fn push_number(&mut self, value: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let (mut rest, mut used) = (value, 0);
        for place in digits.iter_mut().rev() {
            if rest == 0 && used >= width.max(1) {
                break;
            }
            *place = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            (rest, used) = (rest / 10, used + 1);
        }
        let digits = digits.get(digits.len() - used..).unwrap_or_default();
        self.push(std::str::from_utf8(digits).unwrap_or_default());
    }
}

/// A truth value. Clients take `True` for false.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

impl From<&str> for Short {
    fn from(text: &str) -> Self {
        let mut short = Short::new();
        short.push(text);
        short
    }
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// A number in decimal.
pub(super) fn number(value: impl Into<u64>) -> Short {
    let mut short = Short::new();
    short.push_number(value.into(), 1);
    short
}

/// A moment as EC2 writes it: `2026-11-23T11:05:44.000Z`. Whole seconds: that is what EC2 keeps.
pub(super) fn timestamp(moment: Timestamp) -> Short {
    let mut short = civil(moment, "T");
    short.push(".000Z");
    short
}

/// A moment as EC2 writes it in reasons: `2026-11-23 11:05:44 GMT`.
pub(super) fn spoken_time(moment: Timestamp) -> Short {
    let mut short = civil(moment, " ");
    short.push(" GMT");
    short
}

/// An address.
pub(super) fn address(address: IpAddr) -> Short {
    let mut short = Short::new();
    let _always_ok = fmt::Write::write_fmt(&mut short, format_args!("{address}"));
    short
}

fn civil(moment: Timestamp, between: &str) -> Short {
    let civil = Offset::UTC.to_datetime(moment);
    let mut short = Short::new();
    let parts = [
        ("", i64::from(civil.year()), 4),
        ("-", i64::from(civil.month()), 2),
        ("-", i64::from(civil.day()), 2),
        (between, i64::from(civil.hour()), 2),
        (":", i64::from(civil.minute()), 2),
        (":", i64::from(civil.second()), 2),
    ];
    for (before, value, width) in parts {
        short.push(before);
        short.push_number(u64::try_from(value).unwrap_or_default(), width);
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_have_ec2s_form() {
        let moment: Timestamp = "2026-01-02T03:04:05.678901Z".parse().unwrap();
        assert_eq!(timestamp(moment).as_str(), "2026-01-02T03:04:05.000Z");
        assert_eq!(spoken_time(moment).as_str(), "2026-01-02 03:04:05 GMT");
        assert_eq!(timestamp(Timestamp::MAX).as_str(), "9999-12-30T22:00:00.000Z");
    }

    #[test]
    fn a_text_too_long_is_left_out() {
        let mut short = Short::new();
        short.push(&"x".repeat(LONGEST + 1));
        assert_eq!(short.as_str(), "");
        short.push(&"x".repeat(LONGEST));
        short.push("y");
        assert_eq!(short.as_str(), "x".repeat(LONGEST));
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_the_standard_library_writes_them(value: u64, width in 0..21_usize) {
            let mut short = Short::new();
            short.push_number(value, width);
            prop_assert_eq!(short.as_str(), format!("{value:0width$}"));
            let plain = number(value);
            prop_assert_eq!(plain.as_str(), value.to_string());
        }

        #[test]
        fn addresses_are_written_as_the_standard_library_writes_them(ip: IpAddr) {
            let short = address(ip);
            prop_assert_eq!(short.as_str(), ip.to_string());
        }
    }
}
