//! A client that knows where the entry point is, and follows links in either form.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bed::{
    Gateway,
    http::{Answer, basic},
};

/// How long a machine may take to get where it is going.
const PATIENCE: Duration = Duration::from_secs(30);
/// The namespace of version 1.
pub const NAMESPACE: &str = "http://schemas.dmtf.org/cimi/1";

/// The form that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Json,
    Xml,
}

impl Form {
    pub const ALL: [Form; 2] = [Form::Json, Form::Xml];

    pub fn media(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Xml => "application/xml",
        }
    }

    /// The body of an action.
    pub fn action(self, name: &str) -> String {
        match self {
            Form::Json => {
                json!({"resourceURI": format!("{NAMESPACE}/Action"), "action": format!("{NAMESPACE}/action/{name}")})
                    .to_string()
            }
            Form::Xml => {
                format!("<Action xmlns=\"{NAMESPACE}\"><action>{NAMESPACE}/action/{name}</action></Action>")
            }
        }
    }
}

pub struct Client {
    pub gateway: Gateway,
    pub form: Form,
    authorization: String,
}

impl Client {
    pub fn new(gateway: Gateway, (user, password): (&str, &str), form: Form) -> Self {
        Client { gateway, form, authorization: basic(user, password) }
    }

    /// The same client, in another form.
    pub fn speaking(self, form: Form) -> Self {
        Client { form, ..self }
    }

    /// Sends a request to an absolute URL of the gateway, or to a path.
    pub fn ask(&self, method: &str, target: &str, body: &str) -> Answer {
        self.ask_with(method, target, &[], body)
    }

    /// The same, with further header fields.
    pub fn ask_with(&self, method: &str, target: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let path = target.strip_prefix(&format!("http://{}", self.gateway.address)).unwrap_or(target);
        let mut headers = vec![("Authorization", self.authorization.as_str()), ("Accept", self.form.media())];
        if !more.iter().any(|(name, _)| *name == "Content-Type") {
            headers.push(("Content-Type", self.form.media()));
        }
        headers.extend(more);
        self.gateway.send(method, path, &headers, body)
    }

    pub fn get(&self, target: &str) -> Answer {
        let answer = self.ask("GET", target, "");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, self.form.media()),
            "{target}: {}",
            answer.body
        );
        assert_eq!(answer.header("cimi-specification-version"), "1.0.1");
        answer
    }

    /// An attribute of a document that is a text or a number, the first one of this name.
    pub fn text(&self, answer: &Answer, name: &str) -> String {
        match self.form {
            Form::Xml => answer.text(name).to_owned(),
            Form::Json => match &json(answer)[name] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            },
        }
    }

    /// Where an attribute leads.
    pub fn href(&self, answer: &Answer, name: &str) -> String {
        let found = match self.form {
            Form::Xml => attribute(&answer.body, name, "href"),
            Form::Json => json(answer)[name]["href"].as_str().map(str::to_owned),
        };
        found.unwrap_or_else(|| panic!("no {name}: {}", answer.body))
    }

    /// The ids of the members of a collection.
    pub fn ids(&self, answer: &Answer, key: &str) -> Vec<String> {
        match self.form {
            Form::Xml => answer.texts("id").into_iter().skip(1).map(str::to_owned).collect(),
            Form::Json => {
                let members = json(answer)[key].as_array().cloned().unwrap_or_default();
                members.iter().map(|member| member["id"].as_str().unwrap().to_owned()).collect()
            }
        }
    }

    /// What is offered: `rel` and `href`.
    pub fn offers(&self, answer: &Answer) -> Vec<(String, String)> {
        match self.form {
            Form::Xml => {
                let operations = answer.body.split("<operation ").skip(1);
                let operations = operations.map(|operation| format!("<operation {operation}"));
                operations
                    .map(|operation| {
                        let value = |name| attribute(&operation, "operation", name).unwrap();
                        (value("rel"), value("href"))
                    })
                    .collect()
            }
            Form::Json => {
                let operations = json(answer)["operations"].as_array().cloned().unwrap_or_default();
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                operations.iter().map(|one| (text(&one["rel"]), text(&one["href"]))).collect()
            }
        }
    }

    /// Where something is done; none when it is not offered.
    pub fn offer(&self, answer: &Answer, rel: &str) -> Option<String> {
        let uri = format!("{NAMESPACE}/action/{rel}");
        let found = self.offers(answer).into_iter().find(|(known, _)| known == rel || *known == uri);
        found.map(|(_, href)| href)
    }

    /// Does what is offered.
    pub fn act(&self, answer: &Answer, name: &str) -> Answer {
        let href = self.offer(answer, name).unwrap_or_else(|| panic!("no {name}: {}", answer.body));
        self.ask("POST", &href, &self.form.action(name))
    }

    /// Waits until what is at a place has the state, and gives its document.
    pub fn until(&self, place: &str, state: &str) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.get(place);
            if self.text(&shown, "state") == state {
                return shown;
            }
            assert!(Instant::now() < deadline, "it is not {state}: {}", shown.body);
        }
    }

    /// Waits until nothing is at a place.
    pub fn gone(&self, place: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.ask("GET", place, "").status != 404 {
            assert!(Instant::now() < deadline, "{place} is still there");
        }
    }
}

/// The document of an answer in JSON.
pub fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

/// The attribute of the first element of this name.
fn attribute(text: &str, element: &str, name: &str) -> Option<String> {
    let tag = text.split(&format!("<{element} ")).nth(1)?.split('>').next()?;
    let value = tag.split(&format!("{name}=\"")).nth(1)?;
    value.split('"').next().map(str::to_owned)
}
