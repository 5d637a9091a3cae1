//! The values that a filter compares with, and how they are read.

use std::fmt;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::Offset,
};

/// The most digits of a number.
const MOST_DIGITS: usize = 38;

/// The types that attributes have, as far as comparing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text; equal or not, without an order.
    Text,
    /// A whole number.
    Number,
    /// A moment.
    Moment,
    /// `true` or `false`; equal or not, without an order.
    Flag,
}

/// A value as a filter has it: `IntValue`, `DateValue`, `StringValue` or `BoolValue` of the grammar.
///
/// It keeps how it was written, and is known as all that it can be read as: what it is compared with decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    text: String,
    is_text: bool,
    number: Option<i128>,
    moment: Option<Timestamp>,
}

impl Literal {
    /// One that stands in quotes, or is text for want of anything else.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Literal { is_text: true, number: number(&text), moment: moment(&text), text }
    }

    /// One that stands without quotes; none when it is no number, moment or flag.
    pub fn bare(text: &str) -> Option<Self> {
        let literal = Literal { is_text: false, ..Literal::text(text) };
        let is_something = literal.number.is_some() || literal.moment.is_some() || literal.flag().is_some();
        is_something.then_some(literal)
    }

    /// The text, without quotes; of anything else, as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it was written as.
    pub fn written_as(&self) -> Type {
        match (self.is_text, self.number, self.moment) {
            (true, ..) => Type::Text,
            (false, Some(_), _) => Type::Number,
            (false, None, Some(_)) => Type::Moment,
            (false, None, None) => Type::Flag,
        }
    }

    /// The number that it can be read as.
    pub fn number(&self) -> Option<i128> {
        self.number
    }

    /// The moment that it can be read as.
    pub fn moment(&self) -> Option<Timestamp> {
        self.moment
    }

    /// The flag that it can be read as.
    pub fn flag(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _other => None,
        }
    }
}

impl fmt::Display for Literal {
    /// As it can stand in a filter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_text { quote(&self.text, f) } else { f.write_str(&self.text) }
    }
}

/// Writes text in quotes: a backslash before a quote and before a backslash takes their meaning away.
pub(super) fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("'")?;
    for part in text.split_inclusive(['\'', '\\']) {
        match part.strip_suffix(['\'', '\\']) {
            Some(plain) => write!(f, "{plain}\\{}", part.get(plain.len()..).unwrap_or_default())?,
            None => f.write_str(part)?,
        }
    }
    f.write_str("'")
}

/// An `IntValue`: digits and nothing else.
fn number(text: &str) -> Option<i128> {
    let is_digits = !text.is_empty() && text.len() <= MOST_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

/// A `DateValue`: an `xs:dateTime`, in UTC where it names no zone; or a day, which is its first moment.
fn moment(text: &str) -> Option<Timestamp> {
    let (day, rest) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let (clock, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    offset(zone)?.to_timestamp(date_time(day, clock)?).ok()
}

/// A day and a time of day. Midnight may be the day's end, too: 24:00:00 (XML Schema 1.0 part 2, §3.2.7.1).
fn date_time(day: &str, clock: &str) -> Option<DateTime> {
    let day: Date = has_shape(day, "0000-00-00").then(|| day.parse().ok()).flatten()?;
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_clock =
        has_shape(whole, "00:00:00") && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    if !is_clock {
        return None;
    }
    if whole == "24:00:00" {
        let is_midnight = fraction.bytes().all(|b| b == b'0');
        return is_midnight.then(|| day.checked_add(1.day()).ok()).flatten().map(DateTime::from);
    }
    Some(day.to_datetime(clock.parse::<Time>().ok()?))
}

/// A zone's offset from UTC, which is none where no zone is said.
fn offset(zone: &str) -> Option<Offset> {
    if matches!(zone, "" | "Z") {
        return Some(Offset::UTC);
    }
    let (sign, clock) = zone.split_at_checked(1)?;
    let (hours, minutes) = has_shape(clock, "00:00").then(|| clock.split_once(':')).flatten()?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (hours * 60 + minutes) * 60;
    let is_offset = minutes < 60 && seconds <= 14 * 3600;
    is_offset.then(|| Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()).flatten()
}

/// Whether the text has a digit wherever the shape has `0`, and is the shape elsewhere.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(at, expected): (u8, u8)| if expected == b'0' { at.is_ascii_digit() } else { at == expected };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_xml_schemas() {
        let cases = [
            ("2012-10-10T12:00:00Z", "2012-10-10T12:00:00Z"),
            ("2012-10-10T12:00:00", "2012-10-10T12:00:00Z"),
            ("2012-10-10T12:00:00+02:00", "2012-10-10T10:00:00Z"),
            ("2012-10-10T12:00:00-14:00", "2012-10-11T02:00:00Z"),
            ("2012-10-10T12:00:00.25Z", "2012-10-10T12:00:00.25Z"),
            ("2012-12-31T24:00:00Z", "2013-01-01T00:00:00Z"),
            ("2012-12-31T24:00:00.00Z", "2013-01-01T00:00:00Z"),
            ("2012-02-29", "2012-02-29T00:00:00Z"),
        ];
        for (text, expected) in cases {
            let literal = Literal::bare(text).unwrap();
            assert_eq!(literal.moment(), Some(expected.parse().unwrap()), "{text}");
            assert_eq!(literal.written_as(), Type::Moment);
        }
    }

    #[test]
    fn nothing_else_is_a_date() {
        let cases = [
            "2013-02-29",
            "2012-10-10T",
            "2012-10-10T12",
            "2012-10-10T12:00Z",
            "2012-10-10 12:00:00",
            "20121010",
            "2012-10-10T25:00:00Z",
            "2012-10-10T24:00:01Z",
            "2012-10-10T24:00:00.1Z",
            "2012-10-10T12:00:00+2",
            "2012-10-10T12:00:00+15:00",
            "2012-10-10T12:00:00+01:60",
            "2012-10-10T12:00:00.Z",
            "2012-10-1ö",
            "2012-10-10T12:00:00ZZ",
            "2012-10-10T12:00:00ö",
            "T",
            "",
        ];
        for text in cases {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_digits() {
        let longest = "9".repeat(MOST_DIGITS);
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("007"), Some(7));
        assert_eq!(number(&longest).map(|n| n.to_string()), Some(longest));
        for text in ["", "-1", "+1", "1.0", "1e3", "٣", &"9".repeat(MOST_DIGITS + 1)] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn a_literal_is_what_it_was_written_as_and_can_be_read_as_more() {
        assert_eq!(Literal::text("4").written_as(), Type::Text);
        assert_eq!(Literal::text("4").number(), Some(4));
        assert_eq!(Literal::bare("4").unwrap().written_as(), Type::Number);
        assert_eq!(Literal::bare("true").unwrap().written_as(), Type::Flag);
        assert_eq!(Literal::text("false").flag(), Some(false));
        assert_eq!(Literal::bare("True"), None);
    }

    #[test]
    fn text_is_written_in_quotes() {
        for (text, written) in
            [("a", "'a'"), ("it's", r"'it\'s'"), (r"\", r"'\\'"), ("", "''"), ("\"", "'\"'")]
        {
            assert_eq!(Literal::text(text).to_string(), written);
        }
    }
}
