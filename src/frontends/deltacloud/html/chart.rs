//! A chart of what was measured: a line of the means within the band of what was smallest and largest.
//!
//! It is drawn here, so that it is seen where no scripts run, and it says in words what it shows.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};

/// The size of the drawing, in its own units.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 160.0;
/// Room at the left for the numbers, and below for the times.
const LEFT: f64 = 56.0;
const BELOW: f64 = 22.0;
/// Seconds count on an axis that is shorter than this, in seconds.
const SHORT: i64 = 10 * 60;
/// The fewest parts that the scale is divided into.
const PARTS: f64 = 4.0;

/// What was measured in one period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) at: Timestamp,
    pub(super) minimum: f64,
    pub(super) maximum: f64,
    pub(super) average: f64,
}

/// A series, drawn.
#[derive(Template)]
#[template(path = "chart.html")]
pub(super) struct Chart {
    title: String,
    unit: String,
    latest: String,
    /// What it shows, in words.
    summary: String,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    grid: Vec<Mark>,
    times: Vec<Mark>,
    line: String,
    range: String,
    dot: Option<(f64, f64)>,
}

/// A word on an axis.
struct Mark {
    at: f64,
    text: String,
}

impl Chart {
    /// A chart of these points, in the order of time; none of none.
    pub(super) fn of(title: &str, unit: &str, points: &[Point]) -> Option<Self> {
        let points: Vec<Point> = points.iter().copied().filter(Point::is_finite).collect();
        let (first, last) = (points.first()?, points.last()?);
        let (top, step) = scale(points.iter().map(|point| point.maximum).fold(0.0, f64::max));
        let span = (last.at.as_second() - first.at.as_second()).max(1) as f64;
        let x = |at: Timestamp| {
            let part = (at.as_second() - first.at.as_second()) as f64 / span;
            tenths(LEFT + part * (WIDTH - LEFT))
        };
        let y = |value: f64| tenths((HEIGHT - BELOW) * (1.0 - value.max(0.0) / top) + 6.0);
        let at = |point: &Point, value: f64| format!("{},{}", x(point.at), y(value));
        let line: Vec<_> = points.iter().map(|point| at(point, point.average)).collect();
        let above = points.iter().map(|point| at(point, point.maximum));
        let below = points.iter().rev().map(|point| at(point, point.minimum));
        let range: Vec<_> = above.chain(below).collect();
        let lowest = points.iter().map(|point| point.minimum).fold(f64::INFINITY, f64::min);
        let highest = points.iter().map(|point| point.maximum).fold(0.0, f64::max);
        let marks = (0..=(top / step).round() as u32).map(|part| f64::from(part) * step);
        let summary = format!(
            "{title} from {} to {}: between {} and {} {unit}, lately {} {unit}",
            moment(first.at),
            moment(last.at),
            number(lowest),
            number(highest),
            number(last.average),
        );
        Some(Chart {
            title: title.to_owned(),
            unit: unit.to_owned(),
            latest: number(last.average),
            summary,
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH,
            grid: marks.map(|mark| Mark { at: y(mark), text: number(mark) }).collect(),
            times: times(first, last),
            line: line.join(" "),
            range: range.join(" "),
            dot: Some((x(last.at), y(last.average))),
        })
    }
}

impl Point {
    fn is_finite(&self) -> bool {
        [self.minimum, self.maximum, self.average].into_iter().all(f64::is_finite)
    }
}

fn times(first: &Point, last: &Point) -> Vec<Mark> {
    let short = last.at.as_second() - first.at.as_second() < SHORT;
    let start = Mark { at: LEFT, text: clock(first.at, short) };
    let end = Mark { at: WIDTH, text: clock(last.at, short) };
    if first.at == last.at { vec![end] } else { vec![start, end] }
}

/// The end of a scale that `highest` is on, and the step between its marks: 1, 2 or 5 of a power of ten.
fn scale(highest: f64) -> (f64, f64) {
    let rough = if highest > 0.0 { highest / PARTS } else { 1.0 / PARTS };
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|of| of * power);
    let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(rough);
    ((highest / step).ceil().max(1.0) * step, step)
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A number as people read it.
fn number(value: f64) -> String {
    let (value, suffix) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, " G"),
        size if size >= 1e6 => (value / 1e6, " M"),
        size if size >= 1e4 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let places = if value.abs() >= 100.0 || value.fract() == 0.0 { 0 } else { 2 };
    let text = format!("{value:.places$}");
    let text = if places > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{suffix}")
}

fn clock(at: Timestamp, seconds: bool) -> String {
    let form = if seconds { "%H:%M:%S UTC" } else { "%H:%M UTC" };
    at.to_zoned(TimeZone::UTC).strftime(form).to_string()
}

fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(second: i64, average: f64) -> Point {
        let at = Timestamp::from_second(second).unwrap();
        Point { at, minimum: average / 2.0, maximum: average * 2.0, average }
    }

    #[test]
    fn scales_end_on_a_mark() {
        for (highest, expected) in
            [(0.0, (0.5, 0.5)), (1.0, (1.0, 0.5)), (97.0, (100.0, 50.0)), (3.2e9, (4e9, 1e9))]
        {
            assert_eq!(scale(highest), expected, "{highest}");
        }
    }

    #[test]
    fn numbers_are_short() {
        for (value, expected) in
            [(0.0, "0"), (12.5, "12.5"), (0.333, "0.33"), (512.25, "512"), (20_500.0, "20.5 k"), (2e9, "2 G")]
        {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn a_series_is_drawn_and_said_in_words() {
        let chart = Chart::of("cpu <b>", "%", &[point(0, 10.0), point(60, 20.0)]).unwrap();
        let drawn = chart.to_string();
        assert!(drawn.contains("<polyline"), "{drawn}");
        assert!(drawn.contains("between 5 and 40 %, lately 20 %"), "{drawn}");
        assert!(drawn.contains("cpu &#60;b&#62;") && !drawn.contains("<b>"), "{drawn}");
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert!(Chart::of("cpu", "%", &[]).is_none());
        assert!(Chart::of("cpu", "%", &[point(0, f64::NAN), point(1, f64::INFINITY)]).is_none());
        assert!(Chart::of("cpu", "%", &[point(5, 0.0)]).unwrap().to_string().contains("<circle"));
    }

    proptest::proptest! {
        #[test]
        fn every_point_is_within_the_drawing(values in proptest::collection::vec(0f64..1e12, 1..50)) {
            let points: Vec<_> = values.iter().enumerate().map(|(at, value)| point(at as i64 * 60, *value)).collect();
            let chart = Chart::of("x", "", &points).unwrap();
            for pair in chart.range.split(' ') {
                let (x, y) = pair.split_once(',').unwrap();
                let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                assert!((LEFT..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y), "{pair}");
            }
        }
    }
}
