//! What the engine's documents have in common, in both representations.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::wire::xml::{Element, Malformed};

/// The processors that the engine knows, in the model's words.
static ARCHITECTURES: &[(&str, &str)] =
    &[("x86_64", "x86_64"), ("ppc64", "ppc64"), ("ppc64le", "ppc64le"), ("s390x", "s390x")];

/// The `id` of an element that must have one.
pub(super) fn id_of<'a>(element: &Element<'a>) -> Result<Cow<'a, str>, Malformed> {
    element.attribute("id")?.ok_or_else(|| Malformed::new("an element has no id"))
}

/// A word that version 4 writes as text and version 3 in a `state` of its own.
pub(super) fn word<'a>(element: &mut Element<'a>) -> Result<Cow<'a, str>, Malformed> {
    let mut state = None;
    element.clone().children(|child| {
        if child.name() == "state" {
            state = Some(child.text()?);
        }
        Ok(())
    })?;
    state.map_or_else(|| element.text(), Ok)
}

/// A number; none when the text is no number of that size.
pub(super) fn number<T: std::str::FromStr>(element: &mut Element<'_>) -> Result<Option<T>, Malformed> {
    Ok(element.text()?.trim().parse().ok())
}

/// A moment; none when the text is none that can be told.
pub(super) fn moment(element: &mut Element<'_>) -> Result<Option<Timestamp>, Malformed> {
    Ok(element.text()?.trim().parse().ok())
}

/// Whether the text is `true`.
pub(super) fn truth(element: &mut Element<'_>) -> Result<bool, Malformed> {
    Ok(element.text()?.trim().eq_ignore_ascii_case("true"))
}

/// A processor in the model's words; none when it is `undefined` or not known.
pub(super) fn architecture(text: &str) -> Option<&'static str> {
    let known = ARCHITECTURES.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, architecture)| *architecture)
}

/// What a `cpu` says.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cpu {
    /// Virtual processors, all in all.
    pub(super) count: Option<u32>,
    pub(super) architecture: Option<&'static str>,
}

/// Reads a `cpu`: sockets, cores and threads are attributes in version 3, children in version 4.
pub(super) fn cpu(element: &mut Element<'_>) -> Result<Cpu, Malformed> {
    let mut cpu = Cpu::default();
    element.children(|child| {
        match child.name() {
            "architecture" => cpu.architecture = architecture(&child.text()?),
            "topology" => cpu.count = topology(child)?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(cpu)
}

fn topology(element: &mut Element<'_>) -> Result<Option<u32>, Malformed> {
    let mut factors = [None; 3];
    for (factor, name) in factors.iter_mut().zip(["sockets", "cores", "threads"]) {
        *factor = element.attribute(name)?.and_then(|text| text.trim().parse::<u32>().ok());
    }
    element.children(|child| {
        let factor = match child.name() {
            "sockets" => factors.first_mut(),
            "cores" => factors.get_mut(1),
            "threads" => factors.get_mut(2),
            _other => None,
        };
        if let Some(factor) = factor {
            *factor = number(child)?;
        }
        Ok(())
    })?;
    if factors.iter().all(Option::is_none) {
        return Ok(None);
    }
    Ok(factors.iter().try_fold(1_u32, |count, factor| count.checked_mul(factor.unwrap_or(1))))
}

/// A text that says something; none when it is empty.
pub(super) fn filled(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    (!text.trim().is_empty()).then_some(text)
}

/// A UUID as the engine writes it, when the text is one: what else may be in a text reaches neither a path nor a
/// search.
pub(super) fn uuid(text: &str) -> Option<String> {
    let parsed = uuid::Uuid::try_parse(text).ok()?;
    (text.len() == 36).then(|| parsed.hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml;

    #[test]
    fn a_word_is_read_in_both_representations() {
        for text in ["<status>up</status>", "<status>\n  <state>up</state>\n</status>"] {
            assert_eq!(xml::document(text.as_bytes(), |root| word(root).map(Cow::into_owned)).unwrap(), "up");
        }
    }

    #[test]
    fn a_cpu_is_read_in_both_representations() {
        for (text, count, architecture) in [
            (r#"<cpu><topology sockets="2" cores="3" threads="2"/></cpu>"#, Some(12), None),
            (r#"<cpu><topology sockets="2" cores="3"/></cpu>"#, Some(6), None),
            ("<cpu><architecture>X86_64</architecture></cpu>", None, Some("x86_64")),
            ("<cpu><topology><cores>2</cores><sockets>4</sockets></topology></cpu>", Some(8), None),
            ("<cpu><topology><cores>65536</cores><sockets>65536</sockets></topology></cpu>", None, None),
        ] {
            assert_eq!(xml::document(text.as_bytes(), cpu).unwrap(), Cpu { count, architecture }, "{text}");
        }
    }

    #[test]
    fn only_uuids_as_the_engine_writes_them_are_ids() {
        let id = "4b4f9b94-3f85-45f3-9284-adf3deb72601";
        assert_eq!(uuid(&id.to_uppercase()).as_deref(), Some(id));
        for text in [
            "",
            "i-00000000",
            "4b4f9b943f8545f39284adf3deb72601",
            "{4b4f9b94-3f85-45f3-9284-adf3deb72601}",
            "x or id=*",
        ] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }
}
