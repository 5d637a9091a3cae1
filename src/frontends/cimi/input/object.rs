//! What a client gave: attributes by the names of the table, with values of its types.

/// What was given for an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    Text(String),
    Number(u64),
    Flag(bool),
    Map(Vec<(String, String)>),
    Object(Object),
    List(Vec<Given>),
}

/// Attributes with what was given for them. What was taken back (`null`, an empty element) is not there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Object(pub(super) Vec<(&'static str, Given)>);

/// The name under which an object holds the reference that it is.
pub(super) const HREF: &str = "href";

impl Object {
    pub(super) fn get(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, given)| given)
    }

    /// A text, unless it is empty.
    pub(in super::super) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Given::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A number.
    pub(in super::super) fn number(&self, name: &str) -> Option<u64> {
        match self.get(name) {
            Some(Given::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A truth.
    pub(in super::super) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Given::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// The properties.
    pub(in super::super) fn properties(&self) -> &[(String, String)] {
        match self.get("properties") {
            Some(Given::Map(pairs)) => pairs,
            _ => &[],
        }
    }

    /// One of the properties.
    pub(in super::super) fn property(&self, key: &str) -> Option<&str> {
        self.properties().iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
    }

    /// A resource or a structure.
    pub(in super::super) fn object(&self, name: &str) -> Option<&Object> {
        match self.get(name) {
            Some(Given::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// Several resources or structures.
    pub(in super::super) fn objects(&self, name: &str) -> Vec<&Object> {
        let Some(Given::List(list)) = self.get(name) else { return Vec::new() };
        let objects = list.iter().filter_map(|given| match given {
            Given::Object(object) => Some(object),
            _ => None,
        });
        objects.collect()
    }

    /// Where the resource is that it refers to.
    pub(in super::super) fn href(&self) -> Option<&str> {
        self.text(HREF)
    }

    /// The names of what is said.
    pub(in super::super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }
}
