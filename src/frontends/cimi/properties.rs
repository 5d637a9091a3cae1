//! Properties (DSP0263, section 5.1.2): what a client wrote on its things. They are the tags of the model, which are kept
//! for every cloud where there is a store; without one they are taken and not kept.
//!
//! The tag that is shown as a thing's name is its name here, too, and no property.

use super::{
    create::Asked,
    errors::Fault,
    fields::{Fields, Value},
};
use crate::model::{Kind, Memo, NAME, Tag, Tags, Verb};

/// The most properties of a thing: as many as it may have tags in EC2.
const MOST: usize = 50;
/// The longest key and the longest text, in characters: EC2's own limits of tags.
const LONGEST_KEY: usize = 127;
const LONGEST_TEXT: usize = 255;

/// The kinds of which properties are told.
const TOLD: &[Kind] = &[Kind::Instance, Kind::Image, Kind::Key, Kind::Volume, Kind::Snapshot];

/// What is to be kept of a thing of this kind that is created.
///
/// # Errors
/// When there are too many properties, or one of them is too long.
pub(super) fn memo(asked: &Asked<'_>, kind: Kind) -> Result<Memo, Fault> {
    let pairs = asked.input.properties();
    if pairs.len() > MOST {
        return Err(Fault::attribute("properties", &format!("has more than {MOST} of them")));
    }
    let is_long = |(key, text): &&(String, String)| {
        let is_key = (1..=LONGEST_KEY).contains(&key.chars().count());
        !is_key || text.chars().count() > LONGEST_TEXT
    };
    if pairs.iter().any(|pair| is_long(&pair)) {
        let limits = format!(
            "has a key without or with over {LONGEST_KEY} characters, or a text with over {LONGEST_TEXT}"
        );
        return Err(Fault::attribute("properties", &limits));
    }
    let keeps = TOLD.contains(&kind) && asked.cloud.supports(Verb::Change, Kind::Tag);
    let tags: Vec<Tag> = pairs.iter().map(|(key, text)| Tag::new(key.clone(), text.clone())).collect();
    let tags = if keeps && !tags.is_empty() { vec![(kind, tags)] } else { Vec::new() };
    Ok(Memo { tags, ..Memo::default() })
}

/// A thing's name and properties, by what is written on it.
pub(super) fn told<'r>(fields: Fields<'r>, tags: &'r Tags, name: &'r str) -> Fields<'r> {
    let named = tags.iter().find(|tag| tag.key == NAME).map_or(name, |tag| tag.value.as_str());
    let others = tags.iter().filter(|tag| tag.key != NAME);
    let pairs: Vec<_> = others.map(|tag| (tag.key.as_str().into(), tag.value.as_str().into())).collect();
    let properties = (!pairs.is_empty()).then_some(Value::Map(pairs));
    fields.text("name", named).maybe("properties", properties)
}
