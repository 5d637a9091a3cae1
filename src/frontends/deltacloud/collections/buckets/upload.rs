//! Blobs on their way in: the bytes of a `PUT`, or the file of a form.

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, header};

use super::{blobs, metadata};
use crate::{
    frontends::{
        Call, Encode, Head, Intake, Reply, Upload,
        deltacloud::{
            asked::Asked,
            context::Context,
            errors::Fault,
            multipart::{self, Event, Part, Reader},
            negotiation::Format,
            table::Sent,
        },
    },
    model::{Blob, BlobSpec, Change, Error, ErrorKind, Flow, Id, Operation, Resource, Spec},
    wire::xml::Writer,
};

/// The field of a form that is the file.
const FILE: &str = "blob_data";
/// The longest name of a blob, in bytes.
const LONGEST_NAME: usize = 1024;
/// The most bytes of a form's fields besides the file.
const FIELDS_CAP: usize = 64 << 10;

/// How much of the body has to be there before it is known what is stored.
pub(in crate::frontends::deltacloud) fn intake(sent: Sent, request: &Request<Bytes>) -> Intake {
    match (sent, Form::of(request)) {
        (Sent::Bytes, _) => Intake::Enough,
        // It may be a form that means another method.
        (Sent::Form, Err(_)) => Intake::Whole,
        (Sent::Form, Ok(mut form)) => match form.read_head(request.body()) {
            Ok(()) if form.file.is_none() && !form.ended => Intake::More,
            Ok(()) | Err(_) => Intake::Enough,
        },
    }
}

/// What a form says before its file, as far as it can be read.
pub(in crate::frontends::deltacloud) fn before_the_file(request: &Request<Bytes>) -> Vec<(String, String)> {
    let Ok(mut form) = Form::of(request) else { return Vec::new() };
    // What is wrong with it is said when the file is to be stored.
    let _ = form.read_head(request.body());
    let text = |(name, bytes): (String, Vec<u8>)| Some((name, String::from_utf8(bytes).ok()?));
    form.fields.into_iter().filter_map(text).collect()
}

/// `PUT /buckets/BUCKET/BLOB`
pub(super) fn bytes(asked: &Asked<'_>, request: &Request<Bytes>) -> Result<Call, Fault> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let metadata = metadata::of_head(request.headers())?;
    let spec = BlobSpec {
        bucket: Id::from(asked.id.unwrap_or_default()),
        name: asked.part.unwrap_or_default().to_owned(),
        content_type: text(header::CONTENT_TYPE).map(str::to_owned),
        size: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        metadata,
    };
    store("buckets.put_blob", spec, Box::new(Plain), StatusCode::OK, asked, request)
}

/// `POST /buckets/BUCKET`
pub(super) fn form(asked: &Asked<'_>, request: &Request<Bytes>) -> Result<Call, Fault> {
    if multipart_type(request).is_none() {
        return parameters(asked, request);
    }
    let mut form = Form::of(request)?;
    form.read_head(request.body()).map_err(Fault::invalid)?;
    let missing =
        |name| Fault::invalid(format!("Required parameter '{name}' not found before the file")).of(name);
    let name = form.text("blob_id").or(asked.parameters.text("blob_id"));
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| missing("blob_id"))?.to_owned();
    let metadata = form.metadata()?;
    let file =
        form.file.ok_or_else(|| Fault::invalid(format!("Required parameter '{FILE}' not found")).of(FILE))?;
    let bucket = asked.id.unwrap_or_default();
    let (id, known) = (Id::of_blob(bucket, &name), metadata.clone());
    let upload = FormUpload { form: Form::of(request)?, id, known };
    let spec =
        BlobSpec { bucket: Id::from(bucket), name, content_type: file.content_type, size: None, metadata };
    store("buckets.create_blob", spec, Box::new(upload), StatusCode::CREATED, asked, request)
}

/// The same without a file: what is to be stored is a parameter like the others. The Ruby client sends all of them in the
/// query.
fn parameters(asked: &Asked<'_>, request: &Request<Bytes>) -> Result<Call, Fault> {
    let parameters = &asked.parameters;
    let content = Bytes::copy_from_slice(parameters.required(FILE)?.as_bytes());
    let spec = BlobSpec {
        bucket: Id::from(asked.id.unwrap_or_default()),
        name: parameters.required("blob_id")?.to_owned(),
        content_type: Some("text/plain".to_owned()),
        size: Some(content.len() as u64),
        metadata: metadata::of_fields(|name| parameters.text(name))?,
    };
    store("buckets.create_blob", spec, Box::new(Given(content)), StatusCode::CREATED, asked, request)
}

fn store(
    action: &'static str,
    spec: BlobSpec,
    upload: Box<dyn Upload>,
    status: StatusCode,
    asked: &Asked<'_>,
    request: &Request<Bytes>,
) -> Result<Call, Fault> {
    if is_segmented(asked, request) {
        let message = "this cloud does not take a blob in segments: send it in one piece";
        return Err(Fault::new(StatusCode::NOT_IMPLEMENTED, message));
    }
    if spec.name.len() > LONGEST_NAME || spec.name.chars().any(char::is_control) {
        return Err(Fault::invalid(format!("a blob's name has up to {LONGEST_NAME} bytes, and no controls"))
            .of("blob_id"));
    }
    metadata::check(&spec.metadata)?;
    let answer = Stored { context: asked.context.clone(), status, blob: None };
    let operation = Operation::Create(Box::new(Spec::Blob(spec)));
    Ok(Call { upload: Some(upload), ..Call::of(action, operation, answer) })
}

fn is_segmented(asked: &Asked<'_>, request: &Request<Bytes>) -> bool {
    let of_type = request.headers().get("x-deltacloud-blobtype").and_then(|value| value.to_str().ok());
    let of_type = of_type.or(asked.parameters.text("blob_type"));
    of_type.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("segmented"))
        || request.headers().contains_key("x-deltacloud-segmentedblob")
}

/// The body is the content.
struct Plain;

impl Upload for Plain {
    fn feed(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        Ok(chunk)
    }

    fn finish(&mut self) -> Result<Option<Operation>, Error> {
        Ok(None)
    }
}

/// The content is known, and the body has been read.
struct Given(Bytes);

impl Upload for Given {
    fn begin(&mut self) -> Bytes {
        std::mem::take(&mut self.0)
    }

    fn feed(&mut self, _: Bytes) -> Result<Bytes, Error> {
        Ok(Bytes::new())
    }

    fn finish(&mut self) -> Result<Option<Operation>, Error> {
        Ok(None)
    }
}

/// The body is a form, one part of which is the content.
struct FormUpload {
    form: Form,
    /// The blob's id.
    id: Id,
    /// What the form said before the file that is to be remembered about the blob.
    known: Vec<(String, String)>,
}

impl Upload for FormUpload {
    fn feed(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        self.form.read(&chunk).map_err(senseless)
    }

    fn finish(&mut self) -> Result<Option<Operation>, Error> {
        self.form.reader.finish().map_err(senseless)?;
        let said = self.form.metadata().and_then(|said| metadata::check(&said).map(|()| said));
        let said = said.map_err(|fault| senseless(fault.message))?;
        let more = said != self.known;
        Ok(more.then(|| Operation::Change(self.id.clone(), Change::SetMetadata(said))))
    }
}

fn senseless(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Invalid, message)
}

fn multipart_type(request: &Request<Bytes>) -> Option<&str> {
    let media = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    multipart::is_form(media).then_some(media)
}

/// A form with a file, as far as it has come.
struct Form {
    reader: Reader,
    /// The fields besides the file.
    fields: Vec<(String, Vec<u8>)>,
    /// The head of the file.
    file: Option<Part>,
    /// Whether the latest part is the file.
    in_file: bool,
    ended: bool,
}

impl Form {
    /// The form that the body of a request is.
    fn of(request: &Request<Bytes>) -> Result<Self, Fault> {
        let media = multipart_type(request);
        let media = media.ok_or_else(|| Fault::invalid("a blob is sent in a multipart/form-data form"))?;
        let reader = Reader::of(media).map_err(Fault::invalid)?;
        Ok(Form { reader, fields: Vec::new(), file: None, in_file: false, ended: false })
    }

    /// Reads what comes before the content of the file: what comes after it may not be here yet, and says nothing here.
    fn read_head(&mut self, body: &[u8]) -> Result<(), &'static str> {
        self.reader.feed(body);
        while self.file.is_none()
            && let Some(event) = self.reader.next()?
        {
            self.take(event)?;
        }
        Ok(())
    }

    /// What of the file is in the next bytes.
    fn read(&mut self, chunk: &[u8]) -> Result<Bytes, &'static str> {
        self.reader.feed(chunk);
        let mut content = Bytes::new();
        while let Some(event) = self.reader.next()? {
            content = joined(content, self.take(event)?);
        }
        Ok(content)
    }

    /// What of the file comes next.
    fn take(&mut self, event: Event) -> Result<Bytes, &'static str> {
        match event {
            Event::Part(part) => self.begin(part)?,
            Event::Data(data) if self.in_file => return Ok(data),
            Event::Data(data) => {
                let latest = self.fields.last_mut();
                latest.into_iter().for_each(|(_, text)| text.extend_from_slice(&data));
            }
            Event::End => self.ended = true,
        }
        let held: usize = self.fields.iter().map(|(name, text)| name.len() + text.len()).sum();
        if held > FIELDS_CAP { Err("the fields of the form are too long") } else { Ok(Bytes::new()) }
    }

    fn begin(&mut self, part: Part) -> Result<(), &'static str> {
        self.in_file = part.name == FILE;
        if !self.in_file {
            self.fields.push((part.name, Vec::new()));
        } else if self.file.replace(part).is_some() {
            return Err("the form has two files");
        }
        Ok(())
    }

    fn text(&self, wanted: &str) -> Option<&str> {
        let (_, text) = self.fields.iter().find(|(name, _)| name == wanted)?;
        std::str::from_utf8(text).ok()
    }

    fn metadata(&self) -> Result<Vec<(String, String)>, Fault> {
        if let Some((name, _)) = self.fields.iter().find(|(_, text)| std::str::from_utf8(text).is_err()) {
            return Err(Fault::invalid(format!("field '{name}' of the form is not UTF-8")));
        }
        metadata::of_fields(|name| self.text(name))
    }
}

fn joined(one: Bytes, other: Bytes) -> Bytes {
    if one.is_empty() || other.is_empty() {
        return if one.is_empty() { other } else { one };
    }
    let mut both = BytesMut::from(one);
    both.extend_from_slice(&other);
    both.freeze()
}

/// An answer that shows the blob as it is when all is done.
struct Stored {
    context: Context,
    status: StatusCode,
    blob: Option<Blob<'static>>,
}

impl Encode for Stored {
    fn head(&self) -> Head {
        Head::new(self.status, self.context.format.content_type())
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.context.headers();
        let created = self.blob.as_ref().filter(|_| self.status == StatusCode::CREATED);
        headers.extend(created.map(|blob| ("location", blobs::href(blob, &self.context))));
        headers
    }

    fn open(&mut self, _: &mut BytesMut) {}

    fn item(&mut self, resource: &Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        if let Resource::Blob(blob) = resource {
            self.blob = Some(blob.clone().into_owned());
        }
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        let nothing = || Error::new(ErrorKind::Unexpected, "the cloud does not show what it stored");
        let blob = self.blob.as_ref().ok_or_else(nothing)?;
        let node = blobs::describe(blob, &self.context);
        match self.context.format {
            Format::Xml => node.write_xml(Writer::new(out).declaration()),
            Format::Json => node.write_json_document(out),
        }
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}
