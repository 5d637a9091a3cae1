//! Tags: what a user wrote on his things, to find them again by.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use super::{Id, Kind, owned};

/// The tag that is shown as a thing's name.
pub const NAME: &str = "Name";

/// One word about a thing, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    /// What it is about; a thing has at most one tag of a key.
    pub key: String,
    /// What it says; may be empty.
    pub value: String,
}

impl Tag {
    /// The tag of this key, with this value.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Tag { key: key.into(), value: value.into() }
    }
}

/// The tags of a thing. To have none costs nothing, and to copy them hardly more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Option<Arc<[Tag]>>);

impl From<Vec<Tag>> for Tags {
    fn from(tags: Vec<Tag>) -> Self {
        Tags((!tags.is_empty()).then(|| Arc::from(tags)))
    }
}

impl Deref for Tags {
    type Target = [Tag];

    fn deref(&self) -> &[Tag] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// The tags of a thing as its user sees them, key and value: those that are on it and, unless one of them is `Name`,
/// the name that its cloud has for it.
///
/// A cloud may want names to be unique, or not to change; tags are free. So a tag `Name` lies over the cloud's name
/// wherever tags are shown, the cloud is never told of it, and when it is taken away the cloud's name is seen again.
pub fn seen<'t>(tags: &'t [Tag], name: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let is_named = name.is_empty() || tags.iter().any(|tag| tag.key == NAME);
    let name = (!is_named).then_some((NAME, name));
    tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).chain(name)
}

/// What a client means by an identifier that may not tell what kind of thing it is of: the first of these that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing(pub Vec<(Kind, Id)>);

/// A tag, and the thing that it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagging<'a> {
    /// What tells it from all others.
    pub id: Cow<'a, str>,
    /// What kind of thing it is on.
    pub kind: Kind,
    /// The thing.
    pub on: Cow<'a, str>,
    /// The tag itself.
    pub tag: Tag,
}

impl Tagging<'_> {
    /// The same, owning its text.
    pub fn into_owned(self) -> Tagging<'static> {
        Tagging { id: owned(self.id), kind: self.kind, on: owned(self.on), tag: self.tag }
    }
}

/// What is to be done to the tags of things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagChange {
    /// They get these; one of the same key gives way.
    Set(Vec<Tag>),
    /// They lose these.
    Remove(Vec<TagPattern>),
    /// They lose all.
    Clear,
}

/// Which tags of a thing are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPattern {
    /// Of this key.
    pub key: String,
    /// With one of these values; with any when there are none.
    pub values: Vec<String>,
}

impl TagPattern {
    /// Whether it is about this tag.
    pub fn is_about(&self, key: &str, value: &str) -> bool {
        self.key == key && (self.values.is_empty() || self.values.iter().any(|wanted| wanted == value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_lies_over_the_name_that_the_cloud_has() {
        let tags = [Tag::new("env", "dev"), Tag::new(NAME, "mine")];
        let [env, _] = &tags;
        assert!(seen(&tags, "vm-1").eq([("env", "dev"), (NAME, "mine")]));
        assert!(seen(std::slice::from_ref(env), "vm-1").eq([("env", "dev"), (NAME, "vm-1")]));
        assert_eq!(seen(&[], "").count(), 0);
    }

    #[test]
    fn a_pattern_without_values_is_about_any() {
        let pattern = |values: &[&str]| TagPattern {
            key: "a".to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        assert!(pattern(&[]).is_about("a", "1") && pattern(&["0", "1"]).is_about("a", "1"));
        assert!(!pattern(&["0"]).is_about("a", "1") && !pattern(&[]).is_about("b", "1"));
    }
}
