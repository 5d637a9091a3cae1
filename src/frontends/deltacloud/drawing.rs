//! The life of an instance, drawn: its stages in a row, what leads on above them, what leads back below.
//!
//! Shapes are laid out once and written as SVG or as PNG; Graphviz, which lays out by itself, gets the bare graph.

use std::fmt::Write;

use bytes::Bytes;
use embedded_graphics::{
    Pixel,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size},
    mono_font::{MonoTextStyle, ascii::FONT_7X13},
    pixelcolor::{Gray8, GrayColor},
    prelude::{Drawable, Primitive},
    primitives::{Line, PrimitiveStyle, Rectangle, Triangle},
    text::{Alignment, Baseline, Text, TextStyleBuilder},
};
use http::{Request, StatusCode, header::ACCEPT};

use super::{context, errors::Fault, parameters, states};
use crate::model::{Cause, Stage, Transition};

/// The forms in which it can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// [Graphviz](https://graphviz.org/doc/info/lang.html)
    Dot,
    Svg,
    Png,
}

impl Form {
    /// What the forms are called in `format=`, and their media types. That of Graphviz is the original's.
    pub(super) const ALL: [(&str, &str, Form); 3] = [
        ("gv", "application/ghostscript", Form::Dot),
        ("svg", "image/svg+xml", Form::Svg),
        ("png", "image/png", Form::Png),
    ];

    /// The one that a request asks for, where it asks for no document.
    pub(super) fn asked(request: &Request<Bytes>) -> Option<Self> {
        let named = parameters::in_query(request, "format");
        if named.is_none() && context::accepted(request).is_some() {
            return None;
        }
        let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let ranges = || accept.split([',', ';']).map(str::trim);
        let is_meant = |name: &str, media: &str| match &named {
            Some(named) => named == name,
            None => ranges().any(|range| range.eq_ignore_ascii_case(media)),
        };
        Form::ALL.into_iter().find(|(name, media, _)| is_meant(name, media)).map(|(.., form)| form)
    }

    /// Its media type.
    pub(super) fn content_type(self) -> &'static str {
        Form::ALL.iter().find(|(.., form)| *form == self).map_or("", |(_, media, _)| media)
    }

    /// The life, drawn in this form.
    ///
    /// # Errors
    /// When the picture cannot be packed.
    pub(super) fn draw(self, life: &[Transition]) -> Result<Bytes, Fault> {
        match self {
            Form::Dot => Ok(dot(life).into()),
            Form::Svg => Ok(Drawing::of(life).svg().into()),
            Form::Png => Drawing::of(life).png(),
        }
    }
}

fn dot(life: &[Transition]) -> String {
    let mut text = String::from("digraph life {\n  rankdir=LR;\n  node [shape=box];\n");
    for step in life {
        let (from, to) = (states::name(step.from), states::name(step.to));
        let style = if step.by == Cause::Auto { "style=dashed" } else { "style=solid" };
        // Writing to memory does not fail.
        let _ = writeln!(text, "  {from} -> {to} [label=\"{}\", {style}];", states::cause(step.by));
    }
    text + "}\n"
}

/// How far the middles of two stages are from each other, in pixels.
const STEP: i32 = 150;
/// The size of a stage, in pixels.
const BOX: (i32, i32) = (90, 32);
/// How high a curve rises for each stage that it passes, in pixels.
const RISE: i32 = 44;
/// What is left free at the edges, in pixels.
const MARGIN: i32 = 24;
/// Of how many lines a curve is made.
const PIECES: i32 = 24;

/// A picture, in pixels from its upper left corner.
struct Drawing {
    size: (i32, i32),
    boxes: Vec<(Point, &'static str)>,
    curves: Vec<Curve>,
}

/// What leads from one stage to another.
struct Curve {
    points: Vec<Point>,
    label: String,
    label_at: Point,
    by_itself: bool,
}

impl Drawing {
    fn of(life: &[Transition]) -> Self {
        let lived = |stage: &Stage| life.iter().any(|step| step.from == *stage || step.to == *stage);
        let stages: Vec<Stage> = Stage::ALL.into_iter().filter(lived).collect();
        let place = |stage: Stage| stages.iter().position(|known| *known == stage).unwrap_or(0);
        let at = |stage: Stage| i32::try_from(place(stage)).unwrap_or(0);
        let span = |step: &Transition| at(step.to) - at(step.from);
        let above = life.iter().map(span).max().unwrap_or(0).max(1) * RISE;
        let below = -life.iter().map(span).min().unwrap_or(0).min(-1) * RISE;
        let middle = MARGIN + above + BOX.1 / 2;
        let point = |stage| Point::new(MARGIN + BOX.0 / 2 + at(stage) * STEP, middle);
        let mut curves: Vec<((Stage, Stage), Curve)> = Vec::new();
        for step in life {
            let ends = (step.from, step.to);
            let by_itself = step.by == Cause::Auto;
            match curves.iter_mut().find(|(known, _)| *known == ends) {
                Some((_, curve)) => curve.also(states::cause(step.by)),
                None => {
                    let curve =
                        Curve::of(point(step.from), point(step.to), states::cause(step.by), by_itself);
                    curves.push((ends, curve));
                }
            }
        }
        let width = 2 * MARGIN + BOX.0 + STEP * i32::try_from(stages.len().saturating_sub(1)).unwrap_or(0);
        Drawing {
            size: (width, middle + BOX.1 / 2 + below + MARGIN),
            boxes: stages.iter().map(|stage| (point(*stage), states::name(*stage))).collect(),
            curves: curves.into_iter().map(|(_, curve)| curve).collect(),
        }
    }

    fn svg(&self) -> String {
        let (width, height) = self.size;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"12\" text-anchor=\"middle\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        for curve in &self.curves {
            let points: Vec<String> =
                curve.points.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
            let dashes = if curve.by_itself { " stroke-dasharray=\"5 4\"" } else { "" };
            let tip: Vec<String> =
                curve.tip().iter().map(|point| format!("{},{}", point.x, point.y)).collect();
            // Writing to memory does not fail.
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"black\"{dashes}/><polygon points=\"{}\"/>\
                 <text x=\"{}\" y=\"{}\">{}</text>",
                points.join(" "),
                tip.join(" "),
                curve.label_at.x,
                curve.label_at.y + 4,
                curve.label
            );
        }
        for (point, name) in &self.boxes {
            let corner = *point - Point::new(BOX.0 / 2, BOX.1 / 2);
            let _ = writeln!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"white\" stroke=\"black\"/>\
                 <text x=\"{}\" y=\"{}\">{name}</text>",
                corner.x,
                corner.y,
                BOX.0,
                BOX.1,
                point.x,
                point.y + 4
            );
        }
        svg + "</svg>\n"
    }

    fn png(&self) -> Result<Bytes, Fault> {
        let mut canvas = Canvas::new(self.size);
        self.paint(&mut canvas);
        let mut packed = Vec::new();
        canvas
            .pack(&mut packed)
            .map_err(|_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "the picture cannot be packed"))?;
        Ok(packed.into())
    }

    fn paint(&self, canvas: &mut Canvas) {
        let black = Gray8::BLACK;
        let line = PrimitiveStyle::with_stroke(black, 1);
        let font = MonoTextStyle::new(&FONT_7X13, black);
        let centred = TextStyleBuilder::new().alignment(Alignment::Center).baseline(Baseline::Middle).build();
        // A canvas takes every pixel.
        for curve in &self.curves {
            for (number, (from, to)) in curve.points.iter().zip(curve.points.iter().skip(1)).enumerate() {
                if !curve.by_itself || number % 2 == 0 {
                    let _ = Line::new(*from, *to).into_styled(line).draw(canvas);
                }
            }
            let [tip, left, right] = curve.tip();
            let _ =
                Triangle::new(tip, left, right).into_styled(PrimitiveStyle::with_fill(black)).draw(canvas);
            let _ = Text::with_text_style(&curve.label, curve.label_at, font, centred).draw(canvas);
        }
        for (point, name) in &self.boxes {
            let corner = *point - Point::new(BOX.0 / 2, BOX.1 / 2);
            let size = Size::new(BOX.0.unsigned_abs(), BOX.1.unsigned_abs());
            let _ = Rectangle::new(corner, size).into_styled(line).draw(canvas);
            let _ = Text::with_text_style(name, *point, font, centred).draw(canvas);
        }
    }
}

impl Curve {
    fn of(from: Point, to: Point, label: &str, by_itself: bool) -> Self {
        let back = to.x < from.x;
        let side = if back { 1 } else { -1 };
        let spans = ((to.x - from.x).abs() / STEP).max(1);
        let edge = side * BOX.1 / 2;
        // What leads to where it comes from leaves and arrives apart; so does what leads on and back.
        let apart = if from.x == to.x { BOX.0 / 4 } else { (to.x - from.x).signum() * -(BOX.0 / 6) };
        let start = from + Point::new(-apart, edge);
        let end = to + Point::new(apart, edge);
        // A quadratic Bézier curve rises half as high as its control point.
        let control = Point::new(i32::midpoint(start.x, end.x), start.y + side * 2 * (spans * RISE - 14));
        let points = (0..=PIECES).map(|t| bezier(start, control, end, t)).collect();
        let apex = Point::new(control.x, start.y + side * (spans * RISE - 14 + 8));
        Curve { points, label: label.to_owned(), label_at: apex, by_itself }
    }

    fn also(&mut self, label: &str) {
        self.label.push_str(", ");
        self.label.push_str(label);
    }

    /// The triangle at its end.
    fn tip(&self) -> [Point; 3] {
        let mut last = self.points.iter().rev().copied();
        let end = last.next().unwrap_or_default();
        let before = last.nth(1).unwrap_or_default();
        let (dx, dy) = (f64::from(end.x - before.x), f64::from(end.y - before.y));
        let length = dx.hypot(dy).max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let corner = |side: f64| {
            let (x, y) = (8.0 * ux + side * 4.0 * uy, 8.0 * uy - side * 4.0 * ux);
            end - Point::new(x.round() as i32, y.round() as i32)
        };
        [end, corner(1.0), corner(-1.0)]
    }
}

fn bezier(start: Point, control: Point, end: Point, t: i32) -> Point {
    let s = PIECES - t;
    (start * (s * s) + control * (2 * s * t) + end * (t * t)) / (PIECES * PIECES)
}

/// A picture in shades of grey.
struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Canvas {
    fn new((width, height): (i32, i32)) -> Self {
        let (width, height) = (width.unsigned_abs(), height.unsigned_abs());
        Canvas { width, height, pixels: vec![u8::MAX; width as usize * height as usize] }
    }

    fn pack(&self, packed: &mut Vec<u8>) -> Result<(), png::EncodingError> {
        let mut encoder = png::Encoder::new(packed, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.pixels)
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

impl DrawTarget for Canvas {
    type Color = Gray8;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Gray8>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        for Pixel(point, shade) in pixels {
            let (Ok(x), Ok(y)) = (u32::try_from(point.x), u32::try_from(point.y)) else { continue };
            let at = y as usize * self.width as usize + x as usize;
            if let Some(pixel) = self.pixels.get_mut(at).filter(|_| x < self.width) {
                *pixel = shade.luma();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: &[Transition] = &[
        Transition::new(Stage::Start, Cause::Create, Stage::Pending),
        Transition::new(Stage::Pending, Cause::Auto, Stage::Running),
        Transition::new(Stage::Running, Cause::Reboot, Stage::Running),
        Transition::new(Stage::Running, Cause::Stop, Stage::Stopped),
        Transition::new(Stage::Stopped, Cause::Start, Stage::Running),
        Transition::new(Stage::Stopped, Cause::Destroy, Stage::Finish),
    ];

    #[test]
    fn graphviz_gets_the_graph() {
        let text = dot(LIFE);
        assert!(text.contains("  pending -> running [label=\"auto\", style=dashed];\n"), "{text}");
        assert_eq!(text.matches(" -> ").count(), LIFE.len());
    }

    #[test]
    fn every_stage_and_step_is_drawn() {
        let svg = Drawing::of(LIFE).svg();
        for word in
            ["start", "pending", "running", "stopped", "finish", "create", "auto", "reboot", "destroy"]
        {
            assert!(svg.contains(&format!(">{word}</text>")), "{word}: {svg}");
        }
        assert_eq!(svg.matches("<polyline").count(), LIFE.len());
        let mut reader = quick_xml::Reader::from_str(&svg);
        while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
    }

    #[test]
    fn nothing_is_drawn_outside_the_picture() {
        let drawing = Drawing::of(LIFE);
        let (width, height) = drawing.size;
        for point in drawing.curves.iter().flat_map(|curve| curve.points.iter().chain([&curve.label_at])) {
            assert!((0..width).contains(&point.x) && (0..height).contains(&point.y), "{point:?}");
        }
    }

    #[test]
    fn a_picture_can_be_unpacked() {
        for life in [LIFE, &[]] {
            let packed = Form::Png.draw(life).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(packed)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert_eq!(pixels.len(), (info.width * info.height) as usize);
            assert_eq!(pixels.contains(&0), !life.is_empty());
        }
    }
}
