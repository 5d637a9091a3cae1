//! What items are made of besides numbers: texts that lie in the item, and objects whose members have any names.

use std::{borrow::Cow, fmt, marker::PhantomData, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{Malformed, malformed::read_with};

/// A text, borrowed from the item unless it has an escape; inside an `Option` or a list, too, where a `Cow` would not
/// be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        text.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

/// The values of an array, where a `Vec` of them would be an allocation too many: for `#[serde(deserialize_with)]`.
///
/// # Errors
/// When it is no array.
pub fn values<'de, D, T, C>(deserializer: D) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
    C: Default + Extend<T>,
{
    deserializer.deserialize_seq(Values::<T, C>(PhantomData))
}

struct Values<T, C>(PhantomData<(T, C)>);

impl<'de, T, C> Visitor<'de> for Values<T, C>
where
    T: Deserialize<'de>,
    C: Default + Extend<T>,
{
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<C, A::Error> {
        let mut values = C::default();
        while let Some(value) = array.next_element::<T>()? {
            values.extend([value]);
        }
        Ok(values)
    }
}

/// The members of an object whose names are not known beforehand, in their order: for `#[serde(deserialize_with)]`.
///
/// # Errors
/// When it is no object, or has more members than `MOST`.
pub fn entries<'de, D, K, T, C, const MOST: usize>(deserializer: D) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de>,
    T: Deserialize<'de>,
    C: Default + Extend<(K, T)>,
{
    deserializer.deserialize_map(Entries::<K, T, C, MOST>(PhantomData))
}

struct Entries<K, T, C, const MOST: usize>(PhantomData<(K, T, C)>);

impl<'de, K, T, C, const MOST: usize> Visitor<'de> for Entries<K, T, C, MOST>
where
    K: Deserialize<'de>,
    T: Deserialize<'de>,
    C: Default + Extend<(K, T)>,
{
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<C, A::Error> {
        let mut entries = C::default();
        for _ in 0..MOST {
            let Some(entry) = map.next_entry::<K, T>()? else { return Ok(entries) };
            entries.extend([entry]);
        }
        match map.next_key::<IgnoredAny>()? {
            None => Ok(entries),
            Some(_) => Err(A::Error::custom("an object has too many members")),
        }
    }
}

/// One member of an object that is there as a whole; the others are passed over.
///
/// # Errors
/// When it is no object, has no such member, or that is no such value.
pub fn member<'a, T: Deserialize<'a>>(bytes: &'a [u8], name: &'static str) -> Result<T, Malformed> {
    let wanted: Wanted<T> = read_with(bytes, Member(name, PhantomData))?;
    wanted.ok_or_else(|| Malformed::new(format!("it has no '{name}'")))
}

type Wanted<T> = Option<T>;

struct Member<T>(&'static str, PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Member<T> {
    type Value = Wanted<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Member<T> {
    type Value = Wanted<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut wanted = None;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            if *name == *self.0 {
                wanted = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Item<'a> {
        #[serde(borrow)]
        name: Option<Text<'a>>,
        #[serde(borrow, default, deserialize_with = "values")]
        tags: Vec<Text<'a>>,
        #[serde(borrow, default, deserialize_with = "entries::<_, _, _, _, 2>")]
        metadata: Vec<(Text<'a>, Text<'a>)>,
    }

    #[test]
    fn texts_are_borrowed_unless_they_are_escaped() {
        let text = r#"{"name": "a", "tags": ["b", "\"c"], "metadata": {"k": "v", "l": "w"}}"#;
        let item: Item<'_> = serde_json::from_str(text).unwrap();
        assert!(matches!(item.name, Some(Text(Cow::Borrowed("a")))));
        assert!(
            matches!(item.tags.as_slice(), [Text(Cow::Borrowed("b")), Text(Cow::Owned(text))] if text == "\"c")
        );
        assert_eq!(
            item.metadata.iter().map(|(key, value)| format!("{}={}", key.0, value.0)).collect::<Vec<_>>(),
            ["k=v", "l=w"]
        );
    }

    #[test]
    fn a_member_is_read_and_others_are_passed_over() {
        let text = br#"{"a": {"server": 1}, "server": {"name": "x"}, "b": []}"#;
        let item: Item<'_> = member(text, "server").unwrap();
        assert_eq!(item.name.as_deref(), Some("x"));
        for text in [&b"{}"[..], b"[]", br#"{"server": 1}"#, br#"{"server": {}"#, br#"{"server": {}} x"#] {
            assert!(member::<Item<'_>>(text, "server").is_err(), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn an_object_has_no_more_members_than_are_wanted() {
        let text = r#"{"metadata": {"a": "", "b": "", "c": ""}}"#;
        assert!(serde_json::from_str::<Item<'_>>(text).is_err());
        let none: Item<'_> = serde_json::from_str(r#"{"name": null}"#).unwrap();
        assert!(none.name.is_none() && none.tags.is_empty() && none.metadata.is_empty());
    }
}
