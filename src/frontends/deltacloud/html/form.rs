//! Forms: what an operation takes, as fields that say what they are for, or a question whether it is to be done.

use std::sync::Arc;

use askama::Template;
use bytes::BytesMut;
use http::{Method, StatusCode};

use super::{
    frame::{self, Around, Crumb},
    reading::{self, Field},
    sizes::Sizes,
    token,
    visit::Visit,
    words,
};
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        collections,
        context::Context,
        parameters::Parameters,
        table::{How, Parameter, Place, Row, Value},
    },
    model::{Capabilities, Filter, Flow, Id, Kind, Operation, Resource, Verb},
};

/// The most things that are there to choose from; of more, the first ones are suggested, and any id can be written.
const MOST_CHOICES: usize = 200;

/// What is said of a field that has to be filled in and was not.
const MISSING: &str = "This has to be filled in";

/// The form of an operation.
pub(super) struct Form {
    context: Context,
    visit: Arc<Visit>,
    cloud: Capabilities,
    row: &'static Row,
    id: Option<String>,
    part: Option<String>,
    /// What was filled in already.
    values: Parameters,
    problem: Option<Problem>,
    choices: Vec<(Kind, Choice)>,
    sizes: Sizes,
    /// What the thing is called, and what is said of it, where there is nothing to fill in.
    subject: Option<(String, Vec<Field>)>,
}

/// Why what was sent was not done.
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) message: String,
    /// The field that it is about.
    pub(super) field: Option<String>,
}

/// A thing to choose.
#[derive(Debug, Clone)]
struct Choice {
    id: String,
    text: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "form.html")]
struct Page<'a> {
    title: &'a str,
    about: &'a str,
    action: String,
    /// The method that is meant where it is none that a form can have.
    method: Option<&'static str>,
    token_name: &'static str,
    token: &'a str,
    has_file: bool,
    fields: Vec<Input>,
    submit: String,
    /// It cannot be undone.
    destroys: bool,
    cancel: String,
    problem: Option<&'a str>,
    subject: &'a [Field],
}

struct Input {
    name: String,
    label: String,
    hint: String,
    required: bool,
    value: String,
    wrong: Option<String>,
    control: Control,
}

impl Input {
    /// The ids of what describes it.
    fn described(&self) -> Option<String> {
        let wrong = self.wrong.as_ref().map(|_| format!("{}-wrong", self.name));
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let ids: Vec<String> = wrong.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

enum Control {
    Line,
    Lines,
    Secret,
    Number {
        range: Option<(String, String)>,
    },
    Flag,
    File,
    /// One of these.
    Select(Vec<Choice>),
    /// One of these, or another.
    Suggest(Vec<Choice>),
}

impl Form {
    /// The form of `row`, filled in with what the request says already.
    pub(super) fn new(row: &'static Row, asked: &Asked<'_>, visit: &Arc<Visit>) -> Self {
        Form {
            context: asked.context.clone(),
            visit: Arc::clone(visit),
            cloud: asked.cloud.clone(),
            row,
            id: asked.id.map(str::to_owned),
            part: asked.part.map(str::to_owned),
            values: asked.parameters.clone(),
            problem: None,
            choices: Vec::new(),
            sizes: Sizes::default(),
            subject: None,
        }
    }

    /// What has to be known before it can be shown: what there is to choose from, or the thing that it is about.
    pub(super) fn before(&self) -> Vec<Operation> {
        let mut kinds: Vec<Kind> = Vec::new();
        for parameter in self.fields() {
            if let Value::Id(kind) = parameter.value
                && self.cloud.offers(Verb::List, kind)
                && !kinds.contains(&kind)
            {
                kinds.push(kind);
            }
        }
        let lists = kinds.into_iter().map(|kind| Operation::List(kind, Filter::default()));
        lists.chain(self.look()).collect()
    }

    fn look(&self) -> Option<Operation> {
        let (id, kind) = (self.id.as_deref()?, kind(self.row)?);
        let wanted = !self.has_fields() && self.part.is_none() && self.cloud.supports(Verb::Show, kind);
        wanted.then(|| Operation::Show(kind, Id::from(id)))
    }

    /// Takes note of something to choose, or of the thing that it is about.
    pub(super) fn note(&mut self, resource: &Resource<'_>) -> Flow {
        let node = collections::describe(resource, &[], &self.cloud, &self.context);
        let title = reading::title(&node);
        if !self.has_fields() {
            let fields = reading::fields(&node).into_iter().filter(|field| field.value.is_short());
            let state = reading::state(&node).map(|value| Field { label: words::label("state"), value });
            self.subject = Some((title, state.into_iter().chain(fields).collect()));
            return Flow::More;
        }
        if let Resource::HardwareProfile(profile) = resource {
            self.sizes.add(profile);
        }
        let kind = resource.kind();
        if self.choices.iter().filter(|(known, _)| *known == kind).count() > MOST_CHOICES {
            return Flow::Enough;
        }
        let id = resource.id().to_owned();
        let text = if title == id { title } else { format!("{title} ({id})") };
        self.choices.push((kind, Choice { id, text, chosen: false }));
        Flow::More
    }

    /// The same, with what was wrong with what was sent.
    pub(super) fn with(self, problem: Problem) -> Self {
        Form { problem: Some(problem), ..self }
    }

    /// Says what was wrong with what was sent.
    pub(super) fn refuse(&mut self, problem: Problem) {
        self.problem = Some(problem);
    }

    /// What it is written for.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Whether there is something to fill in.
    pub(super) fn has_fields(&self) -> bool {
        self.fields().next().is_some()
    }

    /// The field in which a thing of this kind was asked for by this id.
    pub(super) fn field_of(&self, kind: Kind, id: &str) -> Option<String> {
        let of_kind = self.fields().filter(|parameter| parameter.value == Value::Id(kind));
        let mut fields = of_kind.map(Parameter::field);
        fields.find(|field| self.values.text(field) == Some(id))
    }

    /// The status of an answer that is this form.
    pub(super) fn status(&self) -> StatusCode {
        self.problem.as_ref().map_or(StatusCode::OK, |problem| problem.status)
    }

    /// Where one is when it is done or left.
    pub(super) fn back(&self) -> String {
        let collection = self.row.collection();
        match self.id.as_deref() {
            Some(id) if self.row.place != Place::Member || self.row.method == Method::POST => {
                self.context.href(&[collection, id])
            }
            Some(_) | None => self.context.href(&[collection]),
        }
    }

    /// Writes the page.
    pub(super) fn write(&self, out: &mut BytesMut) {
        let (title, submit) = self.titles();
        let mut crumbs = Crumb::to(self.row.collection(), &self.context);
        if let Some(id) = self.id.as_deref() {
            let name = self.subject.as_ref().map_or(id, |(name, _)| name.as_str());
            crumbs.push(Crumb::above(name, self.context.href(&[self.row.collection(), id])));
        }
        crumbs.push(Crumb::here(submit.clone()));
        let around = Around {
            context: &self.context,
            visit: &self.visit,
            cloud: Some(&self.cloud),
            collection: Some(self.row.collection()),
            title: title.clone(),
            crumbs,
            documented: false,
        };
        let mut fields: Vec<&'static Parameter> = self.fields().collect();
        // What has to be said comes first, then what it is called.
        fields.sort_by_key(|parameter| (!parameter.required, parameter.name != "name"));
        let inputs: Vec<Input> = fields.into_iter().map(|parameter| self.input(parameter)).collect();
        let beside = inputs.iter().any(|input| input.wrong.is_some());
        let problem = self.problem.as_ref().filter(|_| !beside).map(|problem| problem.message.as_str());
        around.open(out);
        frame::write(
            &Page {
                title: &title,
                about: self.row.about,
                action: self.action(),
                method: (self.row.method == Method::DELETE).then_some("delete"),
                token_name: token::FIELD,
                token: &self.visit.token,
                has_file: inputs.iter().any(|input| matches!(input.control, Control::File)),
                fields: inputs,
                submit,
                destroys: self.row.method == Method::DELETE,
                cancel: self.cancel(),
                problem,
                subject: self.subject.as_ref().map(|(_, fields)| fields.as_slice()).unwrap_or_default(),
            },
            out,
        );
        around.close(out);
    }

    /// What is asked for besides what the path says.
    fn fields(&self) -> impl Iterator<Item = &'static Parameter> {
        let parameters = self.row.parameters.iter().skip(in_path(self.row));
        parameters.filter(|parameter| parameter.is_taken(&self.cloud))
    }

    /// The heading, and what is on the button.
    fn titles(&self) -> (String, String) {
        let one = words::singular(self.row.collection());
        let name = words::verb(self.row.name());
        let subject = self.subject.as_ref().map(|(name, _)| name.as_str());
        match (self.row.place, subject.or(self.id.as_deref())) {
            (Place::Collection, _) => (format!("New {one}"), format!("Create {one}")),
            (Place::Member | Place::Action, Some(id)) if self.has_fields() => {
                (format!("{name}: {one} {id}"), name)
            }
            (Place::Member | Place::Action, Some(id)) => (format!("{name} {one} {id}?"), name),
            (Place::Part | Place::PartAction, Some(id)) => {
                (format!("{name} {} of {one} {id}?", self.part.as_deref().unwrap_or_default()), name)
            }
            (_, None) => (name.clone(), name),
        }
    }

    fn action(&self) -> String {
        let (collection, name) = (self.row.collection(), self.row.name());
        let (id, part) = (self.id.as_deref().unwrap_or_default(), self.part.as_deref().unwrap_or_default());
        match self.row.place {
            Place::Collection => self.context.href(&[collection]),
            Place::Member => self.context.href(&[collection, id]),
            Place::Action => self.context.href(&[collection, id, name]),
            Place::Part => self.context.href(&[collection, id, part]),
            Place::PartAction => self.context.href(&[collection, id, part, name]),
        }
    }

    fn cancel(&self) -> String {
        match self.id.as_deref() {
            Some(id) => self.context.href(&[self.row.collection(), id]),
            None => self.back(),
        }
    }

    fn input(&self, parameter: &'static Parameter) -> Input {
        let name = parameter.field();
        let shown = !matches!(parameter.value, Value::Secret | Value::File);
        let value = self.values.text(&name).filter(|_| shown).unwrap_or_default().to_owned();
        let problem = self.problem.as_ref().filter(|problem| problem.field.as_ref() == Some(&name));
        let label = words::label(parameter.name);
        let about = Some(parameter.about.to_owned()).filter(|about| *about != label);
        let hint: Vec<String> = about.into_iter().chain(self.sizes.hint(&name)).collect();
        Input {
            label,
            hint: hint.join(". "),
            required: parameter.required,
            wrong: problem.map(|problem| match self.values.text(&name) {
                None if parameter.required => MISSING.to_owned(),
                _ => problem.message.clone(),
            }),
            control: self.control(parameter, &value),
            name,
            value,
        }
    }

    fn control(&self, parameter: &Parameter, value: &str) -> Control {
        match parameter.value {
            Value::Text => Control::Line,
            Value::LongText => Control::Lines,
            Value::Secret if parameter.name.contains("key") => Control::Lines,
            Value::Secret => Control::Secret,
            Value::Number => Control::Number { range: self.sizes.range(parameter.name) },
            Value::Flag => Control::Flag,
            Value::File => Control::File,
            Value::OneOf(words) => {
                let choice = |word: &&str| Choice {
                    id: (*word).to_owned(),
                    text: (*word).to_owned(),
                    chosen: word.eq_ignore_ascii_case(value),
                };
                Control::Select(words.iter().map(choice).collect())
            }
            Value::Id(kind) => self.chooser(kind, value),
        }
    }

    fn chooser(&self, kind: Kind, value: &str) -> Control {
        let of_kind = self.choices.iter().filter(|(known, _)| *known == kind);
        let choices: Vec<Choice> =
            of_kind.map(|(_, choice)| Choice { chosen: choice.id == value, ..choice.clone() }).collect();
        let is_known = value.is_empty() || choices.iter().any(|choice| choice.chosen);
        if choices.len() > MOST_CHOICES || !is_known || !self.cloud.offers(Verb::List, kind) {
            return Control::Suggest(choices);
        }
        Control::Select(choices)
    }
}

/// How many of an operation's parameters its path says.
pub(super) fn in_path(row: &Row) -> usize {
    let own_id = row.parameters.first().is_some_and(|parameter| parameter.name == "id");
    match row.place {
        Place::Collection => 0,
        Place::Member | Place::Action => usize::from(own_id),
        Place::Part | Place::PartAction => 2,
    }
}

/// The kind of thing that an operation on a member is about.
fn kind(row: &Row) -> Option<Kind> {
    match row.answer {
        How::Life | How::Drivers | How::Upload(..) => None,
        How::Do(_) => Some(Kind::Instance),
        How::List(kind)
        | How::Show(kind)
        | How::Create(kind, _)
        | How::Change(kind, ..)
        | How::Own(_, kind, _)
        | How::Destroy(kind) => Some(kind),
    }
}
