//! A message, read into the parameters of the Query request that asks the same.

use http::StatusCode;
use secrecy::SecretString;

use super::{ENVELOPE, namespace, shape::Shape};
use crate::{
    frontends::ec2::{
        declared::Declared,
        errors::{Fault, quoted},
        parameters::Parameters,
    },
    wire::xml::{self, Element, Malformed},
};

/// The most parameters of one message.
const MOST_PARAMETERS: usize = 10_000;
/// The most declarations of namespaces that are looked at.
const MOST_NAMESPACES: usize = 64;
/// The longest declaration of a namespace, in bytes.
const LONGEST_NAMESPACE: usize = 1024;
/// The most parts of an envelope and blocks of its header.
const MOST_PARTS: usize = 64;
/// The longest name of a parameter, in bytes: it is made of the names of all elements around its value.
const LONGEST_NAME: usize = 512;
/// How long the name of a version is: a date.
const VERSION_BYTES: usize = 10;
/// The type of a password that is no digest of it; also what it is when nothing is said.
const PASSWORD_TEXT: &str = "#PasswordText";

/// A message.
#[derive(Debug, Default)]
pub(in crate::frontends::ec2) struct Message {
    /// What it asks, its action and the version of its namespace included.
    pub(in crate::frontends::ec2) parameters: Parameters,
    /// The user and password of its WS-Security header.
    pub(in crate::frontends::ec2) user: Option<(String, SecretString)>,
}

/// Reads a message.
///
/// # Errors
/// When it is malformed, is no message of SOAP 1.1 or asks for no action of EC2.
pub(in crate::frontends::ec2) fn read(body: &[u8]) -> Result<Message, Fault> {
    let mut reading = Reading::default();
    let read = xml::document(body, |envelope| reading.envelope(envelope));
    if let Some(fault) = reading.fault {
        return Err(fault);
    }
    read.map_err(|malformed| {
        Fault::bad("MalformedSOAP", format!("The message cannot be read: {malformed}"))
    })?;
    if reading.parameters.is_empty() {
        return Err(Fault::bad("MissingAction", "The message has no body, or nothing in it"));
    }
    let user = match (reading.user, reading.password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(Fault::missing("wsse:Username and wsse:Password")),
    };
    Ok(Message { parameters: Parameters::of_pairs(&reading.parameters), user })
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    parameters: Vec<(String, String)>,
    user: Option<String>,
    password: Option<SecretString>,
    /// How many parts and blocks have been met.
    parts: usize,
    /// What is wrong with the message in EC2's words, after which nothing more is read.
    fault: Option<Fault>,
}

impl Reading {
    fn envelope(&mut self, envelope: &mut Element<'_>) -> Result<(), Malformed> {
        let scope = Scope::default().within(envelope)?;
        if local(envelope.name()) != "Envelope" || scope.namespace(envelope.name()) != ENVELOPE {
            let message = "The message is no envelope of SOAP 1.1";
            return self.refuse(Fault::bad("VersionMismatch", message));
        }
        envelope.children(|part| {
            self.count_part()?;
            let scope = scope.within(part)?;
            match local(part.name()) {
                _ if scope.namespace(part.name()) != ENVELOPE => Ok(()),
                "Header" => part.children(|block| self.header(block, &scope)),
                "Body" => part.children(|operation| self.operation(operation, &scope)),
                _trailer => Ok(()),
            }
        })
    }

    fn count_part(&mut self) -> Result<(), Malformed> {
        self.parts += 1;
        if self.parts <= MOST_PARTS {
            return Ok(());
        }
        Err(Malformed::new(format!("its envelope has more than {MOST_PARTS} parts and headers")))
    }

    /// A block of the header: who sends the message is understood, and what has to be and is not is refused.
    fn header(&mut self, block: &mut Element<'_>, scope: &Scope) -> Result<(), Malformed> {
        self.count_part()?;
        if local(block.name()) == "Security" {
            return block.children(|token| match local(token.name()) {
                "UsernameToken" => token.children(|part| self.user_name_token(part)),
                _other => Ok(()),
            });
        }
        let scope = scope.within(block)?;
        for (prefix, _) in scope.0.iter().filter(|(_, namespace)| namespace == ENVELOPE) {
            if block.attribute(&format!("{prefix}:mustUnderstand"))?.as_deref() == Some("1") {
                let message = format!("The header {} is not understood", quoted(local(block.name())));
                return self.refuse(Fault::bad("MustUnderstand", message));
            }
        }
        Ok(())
    }

    fn user_name_token(&mut self, part: &mut Element<'_>) -> Result<(), Malformed> {
        match local(part.name()) {
            "Username" => self.user = Some(part.text()?.trim().to_owned()),
            "Password" => {
                let kind = part.attribute("Type")?;
                if kind.is_some_and(|kind| !kind.ends_with(PASSWORD_TEXT)) {
                    let message =
                        "The password of a UsernameToken has to be a text: a digest cannot be passed on";
                    return self.refuse(unauthorized(message));
                }
                self.password = Some(part.text()?.into_owned().into());
            }
            _nonce_or_created => {}
        }
        Ok(())
    }

    /// What is asked: the element is the action, and its namespace has the version.
    fn operation(&mut self, operation: &mut Element<'_>, scope: &Scope) -> Result<(), Malformed> {
        if !self.parameters.is_empty() {
            return self.refuse(Fault::combination("A message asks for one action"));
        }
        let scope = scope.within(operation)?;
        let name = local(operation.name());
        let Some(version) = version(scope.namespace(operation.name())) else {
            let expected = namespace("YYYY-MM-DD");
            let message = format!("{} is not in the namespace {expected}", quoted(name));
            return self.refuse(Fault::bad("InvalidAction", message));
        };
        self.parameters.push(("Action".to_owned(), name.to_owned()));
        self.parameters.push(("Version".to_owned(), version));
        let shape = Declared::of(name).map(Shape::of).unwrap_or_default();
        self.members(operation, &shape, "")
    }

    fn members(&mut self, element: &mut Element<'_>, shape: &Shape, path: &str) -> Result<(), Malformed> {
        element.children(|child| {
            let name = local(child.name());
            match shape.find(name) {
                Some(known) => self.value(child, known, &below(path, known.name)?),
                None => self.unknown(child, below(path, name)?),
            }
        })
    }

    /// What is not known is let be as a parameter of its name, or refused by that.
    fn unknown(&mut self, element: &mut Element<'_>, path: String) -> Result<(), Malformed> {
        let text = element.clone().text()?.into_owned();
        let mut is_text = true;
        element.children(|child| {
            is_text = false;
            self.unknown(child, below(&path, local(child.name()))?)
        })?;
        if is_text { self.push(path, text) } else { Ok(()) }
    }

    fn value(&mut self, element: &mut Element<'_>, shape: &Shape, path: &str) -> Result<(), Malformed> {
        if !shape.is_list {
            return self.member(element, shape, path.to_owned());
        }
        let mut index = 0_usize;
        element.children(|item| {
            index += 1;
            self.member(item, shape, format!("{path}.{index}"))
        })
    }

    /// One value. The items of Amazon's own lists of texts have the text in an element of its own.
    fn member(&mut self, element: &mut Element<'_>, shape: &Shape, path: String) -> Result<(), Malformed> {
        if !shape.below.is_empty() {
            return self.members(element, shape, &path);
        }
        let mut within = None;
        element.clone().children(|child| {
            within.get_or_insert(child.text()?.into_owned());
            Ok(())
        })?;
        match within {
            Some(text) => self.push(path, text),
            None => self.text(element, path),
        }
    }

    fn text(&mut self, element: &mut Element<'_>, path: String) -> Result<(), Malformed> {
        let text = element.text()?.into_owned();
        self.push(path, text)
    }

    fn push(&mut self, path: String, text: String) -> Result<(), Malformed> {
        if self.parameters.len() >= MOST_PARAMETERS {
            return Err(Malformed::new(format!("it has more than {MOST_PARAMETERS} parameters")));
        }
        self.parameters.push((path, text));
        Ok(())
    }

    /// Ends the reading; what it is ended with is said by the fault.
    fn refuse(&mut self, fault: Fault) -> Result<(), Malformed> {
        self.fault = Some(fault);
        Err(Malformed::new("it is refused"))
    }
}

/// The namespaces of prefixes, the innermost first; no prefix is an empty one.
#[derive(Debug, Clone, Default)]
struct Scope(Vec<(String, String)>);

impl Scope {
    /// Those within an element: what it declares hides what is around it.
    fn within(&self, element: &Element<'_>) -> Result<Self, Malformed> {
        let own = element.namespaces()?;
        if own.iter().any(|(prefix, namespace)| prefix.len() + namespace.len() > LONGEST_NAMESPACE) {
            return Err(Malformed::new(format!("a namespace is longer than {LONGEST_NAMESPACE} bytes")));
        }
        let own = own.into_iter().map(|(prefix, namespace)| (prefix.to_owned(), namespace.into_owned()));
        let around = self.0.iter().cloned();
        Ok(Scope(own.chain(around).take(MOST_NAMESPACES).collect()))
    }

    fn namespace(&self, name: &str) -> &str {
        let prefix = prefix(name);
        let found = self.0.iter().find(|(known, _)| known == prefix);
        found.map_or("", |(_, namespace)| namespace)
    }
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

fn below(path: &str, name: &str) -> Result<String, Malformed> {
    if path.len() + name.len() >= LONGEST_NAME {
        return Err(Malformed::new(format!("the name of a parameter is longer than {LONGEST_NAME} bytes")));
    }
    Ok(if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") })
}

/// The version that EC2's namespace names.
fn version(found: &str) -> Option<String> {
    let (_, after) = found.split_once("/doc/")?;
    let version = after.get(..VERSION_BYTES)?;
    let is_ours = found == namespace(version) || format!("{found}/") == namespace(version);
    is_ours.then(|| version.to_owned())
}

fn unauthorized(message: &str) -> Fault {
    Fault { code: "AuthFailure", status: StatusCode::UNAUTHORIZED, message: message.to_owned() }
}
