//! The grammar between `<` and `>` (XML 1.0, sections 2.3 to 2.7 and 3.1), over text that is whole.

use memchr::{memchr, memchr2, memmem};

use super::Malformed;

/// A start tag or an empty-element tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct StartTag<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Attributes<'a>,
    /// Whether it is closed by itself: `<name/>`.
    pub(super) empty: bool,
}

/// The attributes of a start tag that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes<'a>(&'a str);

/// Reads the start tag with which `text` begins, and gives what follows it.
pub(super) fn start_tag(text: &str) -> Result<(StartTag<'_>, &str), Malformed> {
    let body = text.strip_prefix('<').ok_or(Malformed::ENDS_EARLY)?;
    let (name, after) = body.split_at_checked(name_length(body.as_bytes())).ok_or(Malformed::ENDS_EARLY)?;
    if !name.bytes().next().is_some_and(starts_name) {
        return Err(Malformed::NAMELESS);
    }
    let attributes = Attributes(after);
    let mut unread = attributes;
    while unread.next()?.is_some() {}
    if let Some(rest) = unread.0.strip_prefix('>') {
        return Ok((StartTag { name, attributes, empty: false }, rest));
    }
    let rest = unread.0.strip_prefix("/>").ok_or_else(|| Malformed::new("a tag does not end"))?;
    Ok((StartTag { name, attributes, empty: true }, rest))
}

impl<'a> Attributes<'a> {
    /// The next attribute's name, and its value as it is written.
    pub(super) fn next(&mut self) -> Result<Option<(&'a str, &'a str)>, Malformed> {
        let malformed = || Malformed::new("an attribute is not written as name=\"value\"");
        let text = trim_start(self.0);
        if let [b'>' | b'/', ..] = text.as_bytes() {
            self.0 = text;
            return Ok(None);
        }
        let (name, after) = text.split_at_checked(name_length(text.as_bytes())).ok_or_else(malformed)?;
        let after = trim_start(after).strip_prefix('=').map(trim_start).ok_or_else(malformed)?;
        let quote =
            after.bytes().next().filter(|first| matches!(first, b'"' | b'\'')).ok_or_else(malformed)?;
        let value = after.get(1..).ok_or_else(malformed)?;
        let end = memchr2(quote, b'<', value.as_bytes()).ok_or_else(malformed)?;
        let (value, after) = value.split_at_checked(end).ok_or_else(malformed)?;
        if !name.bytes().next().is_some_and(starts_name) || after.starts_with('<') {
            return Err(malformed());
        }
        self.0 = after.get(1..).unwrap_or_default();
        Ok(Some((name, value)))
    }
}

/// Reads the end tag `</name>` with which `text` begins, and gives what follows it.
pub(super) fn end_tag<'a>(name: &str, text: &'a str) -> Result<&'a str, Malformed> {
    after_end_tag(name, text).ok_or_else(|| Malformed::mismatched_end(name))
}

fn after_end_tag<'a>(name: &str, text: &'a str) -> Option<&'a str> {
    let after = text.strip_prefix("</")?.strip_prefix(name)?;
    trim_start(after).strip_prefix('>')
}

/// Passes over the content and the end tag of an element called `name`, and gives what follows.
///
/// Only tags of the same name are looked at: `<` cannot stand in a text or a value, so none of them is hidden.
pub(super) fn skip_content<'a>(name: &str, content: &'a str) -> Result<&'a str, Malformed> {
    let mut open = 1_usize;
    let mut text = content;
    while open > 0 {
        text = next_markup(text)?;
        let next = text.as_bytes().get(1).copied();
        if next == Some(b'/') {
            match after_end_tag(name, text) {
                Some(after) => (open, text) = (open - 1, after),
                None => text = past(text, 2),
            }
        } else if matches!(next, Some(b'!' | b'?')) {
            text = skip_special(text)?;
        } else if names(name, text) {
            let (tag, after) = start_tag(text)?;
            (open, text) = (open + usize::from(!tag.empty), after);
        } else {
            text = past(text, 1);
        }
    }
    Ok(text)
}

/// `text` from its next `<`.
pub(super) fn next_markup(text: &str) -> Result<&str, Malformed> {
    memchr(b'<', text.as_bytes()).and_then(|at| text.get(at..)).ok_or(Malformed::ENDS_EARLY)
}

/// Passes over the comment, the CDATA section or the processing instruction with which `text` begins.
pub(super) fn skip_special(text: &str) -> Result<&str, Malformed> {
    let special = Special::of(text.as_bytes()).ok_or(Malformed::ENDS_EARLY)??;
    let body = past(text, special.open().len());
    let end = memmem::find(body.as_bytes(), special.close().as_bytes()).ok_or(Malformed::ENDS_EARLY)?;
    Ok(past(body, end + special.close().len()))
}

/// Markup that is not a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Comment,
    CharacterData,
    Instruction,
}

impl Special {
    /// What `bytes`, which begin with `<!` or `<?`, are; none while they are too few to tell.
    pub(super) fn of(bytes: &[u8]) -> Option<Result<Self, Malformed>> {
        if let [b'<', b'?', after @ ..] = bytes {
            let named = after.first().map(|first| starts_name(*first))?;
            return Some(named.then_some(Special::Instruction).ok_or(Malformed::NAMELESS));
        }
        let all = [Special::Comment, Special::CharacterData];
        if let Some(found) = all.into_iter().find(|special| bytes.starts_with(special.open().as_bytes())) {
            return Some(Ok(found));
        }
        let undecided = all.into_iter().any(|special| special.open().as_bytes().starts_with(bytes));
        (!undecided).then(|| Err(Malformed::new("it holds a document type, which is refused")))
    }

    pub(super) fn open(self) -> &'static str {
        match self {
            Special::Comment => "<!--",
            Special::CharacterData => "<![CDATA[",
            Special::Instruction => "<?",
        }
    }

    pub(super) fn close(self) -> &'static str {
        match self {
            Special::Comment => "-->",
            Special::CharacterData => "]]>",
            Special::Instruction => "?>",
        }
    }
}

/// Whether the tag with which `text` begins is called `name`.
fn names(name: &str, text: &str) -> bool {
    let after = text.as_bytes().get(1..).and_then(|tag| tag.strip_prefix(name.as_bytes()));
    after.and_then(|after| after.first().copied()).is_some_and(ends_name)
}

/// How many bytes of a name `bytes` begin with.
pub(super) fn name_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| ends_name(*byte)).unwrap_or(bytes.len())
}

/// Whether a name cannot go on with this byte.
pub(super) fn ends_name(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'=' | b'<' | b'"' | b'\'' | b'&')
}

/// Whether a name can begin with this byte.
fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii()
}

fn trim_start(text: &str) -> &str {
    let is_white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    match text.as_bytes() {
        [first, ..] if is_white(first) => past(text, text.bytes().take_while(is_white).count()),
        _ => text,
    }
}

/// `text` without its first `count` bytes.
pub(super) fn past(text: &str, count: usize) -> &str {
    text.get(count..).unwrap_or_default()
}
