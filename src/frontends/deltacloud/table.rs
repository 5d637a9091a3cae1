//! The form of the table of collections: what an operation is, where it is, what it takes and how it is answered.
//!
//! By it requests are routed and decoded, the entry point is written, `OPTIONS` is answered, forms are made and the
//! documentation is written.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::{answer::Frame, asked::Asked, errors::Fault, states::Deed};
use crate::{
    frontends::Call,
    model::{Capabilities, Change, Feature, Kind, Spec, Verb},
};

/// A collection.
pub(super) struct Collection {
    /// Its name, in paths and as a link's `rel`.
    pub(super) name: &'static str,
    /// What is in it, in a sentence.
    pub(super) about: &'static str,
    pub(super) operations: &'static [Row],
}

/// An operation of a collection.
pub(super) struct Row {
    /// The collection's and its own name (`keys.create`): for metrics and the log.
    pub(super) action: &'static str,
    pub(super) method: Method,
    pub(super) place: Place,
    /// What it does, in a sentence.
    pub(super) about: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) answer: How,
}

/// Where an operation is. `NAME` is its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `/COLLECTION`
    Collection,
    /// `/COLLECTION/ID`
    Member,
    /// `/COLLECTION/ID/NAME`
    Action,
    /// `/COLLECTION/ID/PART`, where the part has an id of its own: a rule of a firewall, a blob of a bucket.
    Part,
    /// `/COLLECTION/ID/PART/NAME`
    PartAction,
}

/// Something that an operation takes.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name. A capital `N` in it stands for a number: there may be several, counted from 1.
    pub(super) name: &'static str,
    /// What clients call it besides.
    pub(super) also: &'static [&'static str],
    pub(super) required: bool,
    pub(super) value: Value,
    /// What it means, in a few words.
    pub(super) about: &'static str,
    /// What a cloud has to have so that it can be given.
    pub(super) needs: Option<Need>,
    /// The feature as which the entry point announces it.
    pub(super) feature: Option<&'static str>,
}

/// What a parameter's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A line.
    Text,
    /// Several lines.
    LongText,
    /// What nobody is to see.
    Secret,
    /// A number that is not negative.
    Number,
    /// `true` or nothing.
    Flag,
    /// The content of a file.
    File,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The id of one of these.
    Id(Kind),
}

/// What a cloud has to have so that a parameter can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The feature.
    Feature(Feature),
    /// Something that tells an instance its user data.
    UserData,
}

/// How an operation is answered.
pub(super) enum How {
    /// By the front end itself, to everybody: the life of an instance, as a document or drawn.
    Life,
    /// By the front end, which knows the drivers there are, and the cloud, which knows its parts.
    Drivers,
    /// All of a kind.
    List(Kind),
    /// One of a kind.
    Show(Kind),
    /// By making one or more of a kind, as the parameters have it.
    Create(Kind, fn(&Asked<'_>) -> Result<Spec, Fault>),
    /// By doing something to an instance.
    Do(Deed),
    /// By doing something else to one of a kind, as the parameters have it.
    Change(Kind, fn(&Asked<'_>) -> Result<Change, Fault>, Frame, StatusCode),
    /// By doing this to one of a kind, with an answer of its own.
    Own(Verb, Kind, fn(&Asked<'_>, &Request<Bytes>) -> Result<Call, Fault>),
    /// By storing a blob from the body as it arrives.
    Upload(Sent, fn(&Asked<'_>, &Request<Bytes>) -> Result<Call, Fault>),
    /// By making an end of one of a kind that has no life in which to look for leave.
    Destroy(Kind),
}

/// How the content of a blob is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is the body.
    Bytes,
    /// It is the file of a form of several parts.
    Form,
}

/// What an operation on a member takes: its id, which is in the path.
const ID: &[Parameter] = &[Parameter::new("id", Value::Text, "Which one").required()];

impl Row {
    /// `GET /COLLECTION`
    pub(super) const fn index(
        action: &'static str,
        kind: Kind,
        about: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        let (method, place) = (Method::GET, Place::Collection);
        Row { action, method, place, about, parameters, answer: How::List(kind) }
    }

    /// `GET /COLLECTION/ID`
    pub(super) const fn show(action: &'static str, kind: Kind, about: &'static str) -> Self {
        let (method, place) = (Method::GET, Place::Member);
        Row { action, method, place, about, parameters: ID, answer: How::Show(kind) }
    }

    /// `POST /COLLECTION`
    pub(super) const fn create(
        action: &'static str,
        kind: Kind,
        spec: fn(&Asked<'_>) -> Result<Spec, Fault>,
        about: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        let (method, place) = (Method::POST, Place::Collection);
        Row { action, method, place, about, parameters, answer: How::Create(kind, spec) }
    }

    /// `DELETE /COLLECTION/ID`
    pub(super) const fn destroy(action: &'static str, kind: Kind, about: &'static str) -> Self {
        let (method, place) = (Method::DELETE, Place::Member);
        Row { action, method, place, about, parameters: ID, answer: How::Destroy(kind) }
    }

    /// `POST /COLLECTION/ID/NAME`
    pub(super) const fn action(
        action: &'static str,
        answer: How,
        about: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        Row { action, method: Method::POST, place: Place::Action, about, parameters, answer }
    }

    /// The collection's name.
    pub(super) fn collection(&self) -> &'static str {
        self.action.split('.').next().unwrap_or_default()
    }

    /// Its own name.
    pub(super) fn name(&self) -> &'static str {
        self.action.rsplit('.').next().unwrap_or_default()
    }

    /// Whether its answer is a document, in one of the forms that clients choose from.
    pub(super) fn is_document(&self) -> bool {
        !matches!(self.answer, How::Own(Verb::Read, ..))
    }

    /// Whether a cloud can do it, as far as is known.
    pub(super) fn is_served(&self, cloud: &Capabilities) -> bool {
        self.is_done(|verb, kind| cloud.offers(verb, kind))
    }

    /// Whether a cloud is asked for it.
    pub(super) fn is_passed_on(&self, cloud: &Capabilities) -> bool {
        self.is_done(|verb, kind| cloud.supports(verb, kind))
    }

    fn is_done(&self, can: impl Fn(Verb, Kind) -> bool) -> bool {
        match self.answer {
            How::Life | How::Drivers => true,
            How::List(kind) => can(Verb::List, kind),
            How::Show(kind) => can(Verb::Show, kind),
            How::Create(kind, _) => can(Verb::Create, kind),
            How::Change(kind, ..) => can(Verb::Change, kind),
            How::Own(verb, kind, _) => can(verb, kind),
            How::Upload(..) => can(Verb::Create, Kind::Blob),
            How::Destroy(kind) => can(Verb::Destroy, kind),
            How::Do(Deed::Destroy) => can(Verb::Destroy, Kind::Instance),
            How::Do(Deed::Start | Deed::Stop | Deed::Reboot) => can(Verb::Act, Kind::Instance),
        }
    }
}

impl Parameter {
    /// One that may be left out, and that every cloud takes.
    pub(super) const fn new(name: &'static str, value: Value, about: &'static str) -> Self {
        Parameter { name, also: &[], required: false, value, about, needs: None, feature: None }
    }

    /// One that has to be given.
    pub(super) const fn required(self) -> Self {
        Parameter { required: true, ..self }
    }

    /// One that clients call otherwise, too.
    pub(super) const fn also(self, also: &'static [&'static str]) -> Self {
        Parameter { also, ..self }
    }

    /// One that only clouds take that have this.
    pub(super) const fn needs(self, need: Need) -> Self {
        Parameter { needs: Some(need), ..self }
    }

    /// One that the entry point announces as this feature.
    pub(super) const fn feature(self, name: &'static str) -> Self {
        Parameter { feature: Some(name), ..self }
    }

    /// Its name where it is given the first time.
    pub(super) fn field(&self) -> String {
        self.name.replace('N', "1")
    }

    /// Whether it is what a client calls so.
    pub(super) fn is_called(&self, given: &str) -> bool {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let numbered = self
            .name
            .split_once('N')
            .and_then(|(before, after)| given.strip_prefix(before)?.strip_suffix(after));
        self.name == given || self.also.contains(&given) || numbered.is_some_and(is_number)
    }

    /// As `OPTIONS` writes it: what it is in JSON is not said there, all are strings.
    pub(super) fn signature(&self) -> String {
        format!("{}:string:{}", self.name, if self.required { "required" } else { "optional" })
    }

    /// Whether a cloud takes it.
    pub(super) fn is_taken(&self, cloud: &Capabilities) -> bool {
        match self.needs {
            None => true,
            Some(Need::Feature(feature)) => cloud.has(feature),
            Some(Need::UserData) => cloud.user_data.is_some(),
        }
    }
}
