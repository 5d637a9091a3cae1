//! What an operation is asked with: what the path names, and what the parameters say.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    context::Context,
    errors::Fault,
    measures,
    parameters::Parameters,
    table::{Parameter, Value},
};
use uuid::Uuid;

use crate::model::{Capabilities, Id, IdForm};

/// A request, as far as an operation needs it.
pub(super) struct Asked<'a> {
    pub(super) id: Option<&'a str>,
    /// The id of the part of it, where the operation is about one.
    pub(super) part: Option<&'a str>,
    pub(super) parameters: Parameters,
    pub(super) user: &'a str,
    pub(super) cloud: &'a Capabilities,
    pub(super) context: &'a Context,
    /// The most instances that one request makes.
    pub(super) most_instances: u32,
}

impl Asked<'_> {
    /// The value of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.parameters.text(name).map(str::to_owned)
    }

    /// The id that a parameter is.
    pub(super) fn id_in(&self, name: &str) -> Option<Id> {
        self.parameters.text(name).map(|text| self.as_written(text))
    }

    /// The id that a parameter is which has to be there.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn required_id(&self, name: &str) -> Result<Id, Fault> {
        self.parameters.required(name).map(|text| self.as_written(text))
    }

    /// An id, as the cloud writes it: a UUID may be asked for in any case of letters, a name only in its own.
    pub(super) fn as_written(&self, id: &str) -> Id {
        match self.cloud.ids {
            IdForm::Uuid if Uuid::try_parse(id).is_ok() => Id::from(id.to_ascii_lowercase()),
            IdForm::Uuid | IdForm::Opaque => Id::from(id),
        }
    }

    /// The number of a port that a parameter is which has to be there.
    ///
    /// # Errors
    /// When it is not, or is something else.
    pub(super) fn required_port(&self, name: &str) -> Result<u16, Fault> {
        let text = self.parameters.required(name)?;
        let message = format!("Parameter '{name}' is not a number up to {}", u16::MAX);
        text.parse().map_err(|_| Fault::invalid(message).of(name))
    }

    /// The block of addresses that a parameter is (`192.168.0.0/16`); one address is a block, too.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn block(&self, name: &str) -> Result<Option<String>, Fault> {
        let Some(text) = self.parameters.text(name) else { return Ok(None) };
        let one = text.parse::<IpAddr>().map(|ip| IpNet::from(ip).to_string());
        let block = one.or_else(|_| text.parse::<IpNet>().map(|_| text.to_owned()));
        let wrong = |_| Fault::invalid(format!("Parameter '{name}' is no block of addresses")).of(name);
        block.map(Some).map_err(wrong)
    }

    /// The size in bytes that a parameter is, which counts in `unit`s.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn measure(&self, name: &str, unit: u64) -> Result<Option<u64>, Fault> {
        let wrong = || Fault::invalid(format!("Parameter '{name}' is not a number")).of(name);
        let bytes = |text| measures::read(text, unit).ok_or_else(wrong);
        self.parameters.text(name).map(bytes).transpose()
    }

    /// The word that a parameter is which has to be there, in the case of letters in which the table has it.
    ///
    /// # Errors
    /// When it is not, or is none of those that it may be.
    pub(super) fn one_of(&self, name: &str, table: &[Parameter]) -> Result<&'static str, Fault> {
        let text = self.parameters.required(name)?;
        let row = table.iter().find(|parameter| parameter.name == name);
        let words = match row.map(|row| row.value) {
            Some(Value::OneOf(words)) => words,
            _ => &[],
        };
        let wrong = || Fault::invalid(format!("Parameter '{name}' is none of {}", words.join(", "))).of(name);
        words.iter().copied().find(|word| word.eq_ignore_ascii_case(text)).ok_or_else(wrong)
    }
}
