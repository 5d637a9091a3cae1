//! One element, read where it lies.

use std::borrow::Cow;

use memchr::memchr3;

use super::{
    Malformed,
    markup::{self, Attributes, Special, StartTag},
    reference,
};

/// How deep elements may be read within one another.
const DEEPEST: u16 = 64;

/// An element whose start tag has been read and whose content is still to come.
///
/// Content can be read once, by [`children`](Element::children) or by [`text`](Element::text); what was not read is
/// passed over when the element is left. A copy begins where the original stands.
#[derive(Debug, Clone)]
pub struct Element<'a> {
    name: &'a str,
    attributes: Attributes<'a>,
    /// What follows in the document: content at first, then, when `ended`, what comes after the end tag.
    rest: &'a str,
    ended: bool,
    depth: u16,
}

impl<'a> Element<'a> {
    /// The element with which `text` begins.
    pub(super) fn first(text: &'a str) -> Result<Self, Malformed> {
        Element::begin(text, 1)
    }

    fn begin(text: &'a str, depth: u16) -> Result<Self, Malformed> {
        if depth > DEEPEST {
            return Err(Malformed::TOO_DEEP);
        }
        let (StartTag { name, attributes, empty }, rest) = markup::start_tag(text)?;
        Ok(Element { name, attributes, rest, ended: empty, depth })
    }

    /// Its name as it is written, with its prefix if it has one.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value of its first attribute of this name.
    ///
    /// # Errors
    /// When the value refers to a character or an entity that there is not.
    pub fn attribute(&self, name: &str) -> Result<Option<Cow<'a, str>>, Malformed> {
        let mut attributes = self.attributes;
        while let Some((found, value)) = attributes.next()? {
            if found == name {
                return reference::resolve_value(value).map(Some);
            }
        }
        Ok(None)
    }

    /// The prefixes that it declares, each with its namespace; the default namespace has no prefix.
    ///
    /// # Errors
    /// When a value refers to a character or an entity that there is not.
    pub fn namespaces(&self) -> Result<Vec<(&'a str, Cow<'a, str>)>, Malformed> {
        let mut found = Vec::new();
        let mut attributes = self.attributes;
        while let Some((name, value)) = attributes.next()? {
            let after = name.strip_prefix("xmlns");
            let prefix =
                after.and_then(|rest| if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') });
            if let Some(prefix) = prefix {
                found.push((prefix, reference::resolve_value(value)?));
            }
        }
        Ok(found)
    }

    /// Hands its child elements to `read`, one after the other; texts between them are passed over, and so is every
    /// child of which `read` does not read the content.
    ///
    /// # Errors
    /// When the content is malformed, or what `read` fails with.
    pub fn children(
        &mut self,
        mut read: impl FnMut(&mut Element<'a>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        while let Some(mut child) = self.next_child()? {
            read(&mut child)?;
            self.rest = child.leave()?;
        }
        Ok(())
    }

    fn next_child(&mut self) -> Result<Option<Element<'a>>, Malformed> {
        while !self.ended {
            let text = markup::next_markup(self.rest)?;
            match text.as_bytes().get(1) {
                Some(b'/') => self.end(text)?,
                Some(b'!' | b'?') => self.rest = markup::skip_special(text)?,
                Some(_) | None => return Element::begin(text, self.depth + 1).map(Some),
            }
        }
        Ok(None)
    }

    /// Its text: all character data that is directly in it, exactly as it is meant, white space included. It is
    /// borrowed from the document when it is in one piece and without references.
    ///
    /// # Errors
    /// When the content is malformed.
    pub fn text(&mut self) -> Result<Cow<'a, str>, Malformed> {
        if self.ended {
            return Ok(Cow::Borrowed(""));
        }
        let end = memchr3(b'<', b'&', b'\r', self.rest.as_bytes()).ok_or(Malformed::ENDS_EARLY)?;
        let (text, after) = self.rest.split_at_checked(end).ok_or(Malformed::ENDS_EARLY)?;
        if after.starts_with("</") {
            self.end(after)?;
            return Ok(Cow::Borrowed(text));
        }
        self.pieces_of_text().map(Cow::Owned)
    }

    fn pieces_of_text(&mut self) -> Result<String, Malformed> {
        let mut whole = String::new();
        while !self.ended {
            let markup = markup::next_markup(self.rest)?;
            let before = self.rest.get(..self.rest.len() - markup.len()).unwrap_or_default();
            reference::push_text(before, &mut whole)?;
            match markup.as_bytes().get(1) {
                Some(b'/') => self.end(markup)?,
                Some(b'!' | b'?') => {
                    self.rest = markup::skip_special(markup)?;
                    let special = markup.get(..markup.len() - self.rest.len()).unwrap_or_default();
                    reference::push_character_data(character_data(special), &mut whole);
                }
                Some(_) | None => self.rest = Element::begin(markup, self.depth + 1)?.leave()?,
            }
        }
        Ok(whole)
    }

    fn end(&mut self, end_tag: &'a str) -> Result<(), Malformed> {
        self.rest = markup::end_tag(self.name, end_tag)?;
        self.ended = true;
        Ok(())
    }

    /// Passes over what was not read of it, and gives what follows it.
    pub(super) fn leave(self) -> Result<&'a str, Malformed> {
        if self.ended { Ok(self.rest) } else { markup::skip_content(self.name, self.rest) }
    }
}

/// What is in a CDATA section; nothing when it is a comment or a processing instruction.
fn character_data(special: &str) -> &str {
    let inside = special.strip_prefix(Special::CharacterData.open());
    inside.and_then(|inside| inside.strip_suffix(Special::CharacterData.close())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &str) -> Result<String, Malformed> {
        Element::first(document)?.text().map(String::from)
    }

    #[test]
    fn text_is_borrowed_when_it_is_in_one_piece() {
        let mut element = Element::first("<a> x > y </a>").unwrap();
        assert!(matches!(element.text(), Ok(Cow::Borrowed(" x > y "))));
        assert_eq!(element.text().unwrap(), "", "it can be read once");
    }

    #[test]
    fn text_is_all_character_data_that_is_directly_in_the_element() {
        let cases = [
            ("<a/>", ""),
            ("<a></a>", ""),
            ("<a>1 &lt; 2</a>", "1 < 2"),
            ("<a>x<!-- y -->z<?p y?></a>", "xz"),
            ("<a>x<b>y</b>z<b/></a>", "xz"),
            ("<a><![CDATA[<b>&lt;\r\n]]>]]</a>", "<b>&lt;\n]]"),
            ("<a>\r\nx\r</a>", "\nx\n"),
        ];
        for (document, expected) in cases {
            assert_eq!(text(document).unwrap(), expected, "{document}");
        }
        for document in ["<a>", "<a>x", "<a>x</b>", "<a>&x;</a>", "<a><![CDATA[x</a>", "<a>x<", "<a><b></a>"]
        {
            assert!(text(document).is_err(), "{document}");
        }
    }

    #[test]
    fn what_is_not_read_is_passed_over() {
        let document = "<a>\
            <b><b><b/></b><bb></bb><c>x</d></b >\
            text<c x='&lt;/c>'>no</c>\
            <b><!-- </b> --><![CDATA[</b>]]><?p </b>?></b>\
            <d y=\"1\" x = ' 2&#10;'>last</d></a>";
        let mut seen = Vec::new();
        let mut read = |child: &mut Element<'_>| {
            seen.push((child.name().to_owned(), child.attribute("x")?.map(String::from)));
            Ok(())
        };
        Element::first(document).unwrap().children(&mut read).unwrap();
        let with = |name: &str, x: Option<&str>| (name.to_owned(), x.map(String::from));
        let expected = [with("b", None), with("c", Some("</c>")), with("b", None), with("d", Some(" 2\n"))];
        assert_eq!(seen, expected);
    }

    #[test]
    fn elements_are_not_read_too_deep() {
        fn descend(element: &mut Element<'_>) -> Result<(), Malformed> {
            element.children(descend)
        }
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        let (deepest, deeper) = (nested(usize::from(DEEPEST)), nested(usize::from(DEEPEST) + 1));
        assert_eq!(descend(&mut Element::first(&deepest).unwrap()), Ok(()));
        assert!(descend(&mut Element::first(&deeper).unwrap()).is_err());
    }
}
