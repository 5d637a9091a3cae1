//! What holds for all documents: tried on generated ones, whole and damaged, beside a plain reading by quick-xml.

use std::fmt::Write as _;

use bytes::BytesMut;
use proptest::{collection::vec, prelude::*, sample};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Element, Malformed, Writer, document, each};
use crate::{
    model::{Error, Flow, Realm, RealmState, Resource, Sink},
    wire::Decode,
};

/// An element with all that is in it; the texts between its children are taken together.
#[derive(Debug, Clone, Default, PartialEq)]
struct Tree {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Tree>,
}

/// The attributes that are looked for: an element gives its attributes only by name.
const KEYS: [&str; 3] = ["id", "href", "rel"];

impl Tree {
    fn of(element: &mut Element<'_>) -> Result<Tree, Malformed> {
        let mut tree = Tree { name: element.name().to_owned(), ..Tree::default() };
        for key in KEYS {
            if let Some(value) = element.attribute(key)? {
                tree.attributes.push((key.to_owned(), value.into_owned()));
            }
        }
        tree.text = element.clone().text()?.into_owned();
        element.children(|child| {
            tree.children.push(Tree::of(child)?);
            Ok(())
        })?;
        Ok(tree)
    }

    fn write(&self, xml: &mut Writer<'_>) {
        let attributes: Vec<_> = self.attributes.iter().map(|(key, value)| (&key[..], &value[..])).collect();
        match &self.children[..] {
            [] if attributes.is_empty() && self.text.is_empty() => _ = xml.empty(&self.name),
            [] if attributes.is_empty() => _ = xml.text(&self.name, &self.text),
            children => {
                xml.open_with(&self.name, &attributes);
                children.iter().for_each(|child| child.write(xml));
                xml.close(&self.name);
            }
        }
    }

    fn written(&self) -> String {
        let mut out = BytesMut::new();
        self.write(Writer::new(&mut out).declaration());
        String::from_utf8(out.to_vec()).unwrap()
    }
}

/// The same, read event by event by quick-xml; none when it is not well-formed, or not allowed here.
fn plainly_read(document: &str) -> Option<Tree> {
    let mut reader = Reader::from_str(document);
    let (mut open, mut root) = (Vec::<Tree>::new(), None);
    loop {
        let closed = match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(begun(&start)?);
                None
            }
            Event::Empty(start) => Some(begun(&start)?),
            Event::End(_) => Some(open.pop()?),
            Event::Text(text) => {
                add_text(&mut open, &text.xml10_content().ok()?)?;
                None
            }
            Event::CData(text) => {
                open.last_mut()?.text.push_str(&text.xml10_content().ok()?);
                None
            }
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => {
                        quick_xml::escape::resolve_predefined_entity(&reference.decode().ok()?)?.to_owned()
                    }
                };
                open.last_mut()?.text.push_str(&resolved);
                None
            }
            Event::DocType(_) => return None,
            Event::PI(instruction) => {
                let target = String::from_utf8(instruction.target().to_vec()).ok()?;
                Some(target).filter(|target| begins_name(target))?;
                None
            }
            Event::Decl(_) | Event::Comment(_) => None,
            Event::Eof => return root.filter(|_| open.is_empty()),
        };
        match (closed, open.last_mut()) {
            (Some(_), None) if root.is_some() => return None,
            (Some(closed), None) => root = Some(closed),
            (Some(closed), Some(parent)) => parent.children.push(closed),
            (None, _) => {}
        }
    }
}

fn add_text(open: &mut [Tree], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(parent) => parent.text.push_str(text),
        None => return text.trim_matches([' ', '\t', '\r', '\n']).is_empty().then_some(()),
    }
    Some(())
}

fn begun(start: &BytesStart<'_>) -> Option<Tree> {
    let name = String::from_utf8(start.name().as_ref().to_vec()).ok().filter(|name| is_name(name))?;
    let mut tree = Tree { name, ..Tree::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok().filter(|attribute| !attribute.value.contains(&b'<'))?;
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).ok().filter(|key| is_name(key))?;
        if KEYS.contains(&&key[..]) {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            tree.attributes.push((key, value.into_owned()));
        }
    }
    tree.attributes.sort_by_key(|(key, _)| KEYS.iter().position(|known| known == key));
    Some(tree)
}

/// Whether it is taken for a name here; quick-xml takes anything.
fn is_name(text: &str) -> bool {
    let begins =
        text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii());
    begins && !text.contains(['<', '>', '/', '=', '"', '\'', '&', ' ', '\t', '\r', '\n'])
}

fn begins_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii())
}

/// What a list of `<vm>` gives, fed in chunks of these sizes in turn: the trees, and how it ended.
fn streamed(document: &[u8], sizes: &[usize]) -> (Vec<String>, Result<(), String>) {
    let mut trees = Vec::new();
    let mut sink = |resource: &Resource<'_>| {
        trees.push(resource.id().to_owned());
        Ok(Flow::More)
    };
    let convert = |vm: &mut Element<'_>, sink: &mut dyn Sink| {
        let id = format!("{:?}", Tree::of(vm)?).into();
        sink.put(&Resource::Realm(Realm { id, name: "".into(), state: RealmState::Available }))
    };
    let outcome = feed(&mut each("vms", "vm", convert), document, sizes, &mut sink);
    (trees, outcome.map_err(|error| error.to_string()))
}

fn feed(decode: &mut dyn Decode, document: &[u8], sizes: &[usize], sink: &mut dyn Sink) -> Result<(), Error> {
    let mut rest = document;
    for size in sizes.iter().cycle().take_while(|_| !sizes.is_empty()) {
        let (chunk, after) = rest.split_at(rest.len().min(*size));
        decode.feed(chunk, sink)?;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    decode.feed(rest, sink)?;
    decode.finish(sink)
}

fn chunk_sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1..4_usize, 1..40_usize, 1..5000_usize], 1..6)
}

fn name() -> impl Strategy<Value = String> {
    sample::select(vec!["vm", "vms", "v", "nic", "vmx", "a"]).prop_map(String::from)
}

/// Text that XML can express, apart from a bare line end of another kind.
fn text() -> impl Strategy<Value = String> {
    "[ -~\t\r\né\u{85}\u{2028}\u{fffd}\u{1f600}]{0,12}"
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (name(), text()).prop_map(|(name, text)| Tree { name, text, ..Tree::default() });
    leaf.prop_recursive(5, 48, 6, |inner| {
        (name(), attributes(), vec(inner, 0..6)).prop_map(|(name, attributes, children)| Tree {
            name,
            attributes,
            text: String::new(),
            children,
        })
    })
}

fn attributes() -> impl Strategy<Value = Vec<(String, String)>> {
    let keys = sample::subsequence(KEYS.to_vec(), 0..=KEYS.len());
    (keys, vec(text(), KEYS.len()))
        .prop_map(|(keys, values)| keys.into_iter().map(String::from).zip(values).collect())
}

/// A list with other things between its items.
fn list() -> impl Strategy<Value = (Vec<Tree>, String)> {
    let between = sample::select(vec![
        "",
        "\n    ",
        "<!-- </vms> <vm> -->",
        "<?p </vms>?>",
        "<link a='/>'/>",
        "<actions><vm/></actions>",
    ]);
    let items = vec((tree(), between), 0..8);
    items.prop_map(|items| {
        let mut text = String::from("<?xml version=\"1.0\"?>\n<vms size='>'>");
        let mut vms = Vec::new();
        for (tree, between) in items {
            let vm = Tree { name: "vm".into(), ..tree };
            let written = vm.written();
            let (_, element) = written.split_once("?>\n").unwrap();
            write!(text, "{between}{element}").unwrap();
            vms.push(vm);
        }
        (vms, text + "\n</vms>\n")
    })
}

/// A document with some of its characters gone, doubled or replaced by what matters in XML.
fn damaged() -> impl Strategy<Value = String> {
    let pieces = vec![
        "",
        "<",
        ">",
        "/",
        "&",
        ";",
        "\"",
        "'",
        "=",
        "</vm>",
        "<vm>",
        "<vm/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "\r",
        "&#65;",
        "x",
    ];
    let edits = vec((any::<sample::Index>(), 0..4_usize, sample::select(pieces)), 0..4);
    (list(), edits).prop_map(|((_, text), edits)| {
        edits.into_iter().fold(text, |text, (at, gone, piece)| {
            let characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len().max(1));
            let (before, after) = characters.split_at(at.min(characters.len()));
            before.iter().copied().chain(piece.chars()).chain(after.iter().copied().skip(gone)).collect()
        })
    })
}

fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let known = sample::select(vec![
        "<vms>",
        "</vms>",
        "<vm>",
        "</vm>",
        "<vm/>",
        "<vm id=\"1\">",
        "<",
        ">",
        "/",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!",
        "&amp;",
        "&",
        "\u{feff}",
        "<!DOCTYPE x>",
        "<vms/>",
        "vm",
        "\"",
        "'",
        " ",
        "<vmx>",
        "</vmx>",
    ]);
    let piece =
        prop_oneof![8 => known.prop_map(|known| known.as_bytes().to_vec()), 1 => vec(any::<u8>(), 0..4)];
    let pieces = vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    prop_oneof![pieces.clone(), pieces.prop_map(|pieces| [b"<vms>", &pieces[..], b"</vms>"].concat())]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        // In a value a reader takes tabs and line ends for spaces, so they are written as references.
        let written = tree.written();
        prop_assert_eq!(document(written.as_bytes(), Tree::of), Ok(tree.clone()), "{}", &written);
        prop_assert_eq!(plainly_read(&written), Some(tree), "{}", &written);
    }

    #[test]
    fn a_list_gives_its_items_however_the_chunks_fall((vms, text) in list(), sizes in chunk_sizes()) {
        let expected: Vec<_> = vms.iter().map(|vm| format!("{vm:?}")).collect();
        prop_assert_eq!(streamed(text.as_bytes(), &sizes), (expected, Ok(())), "{}", text);
    }

    #[test]
    fn any_bytes_give_the_same_however_the_chunks_fall(bytes in fragments(), sizes in chunk_sizes()) {
        let whole = streamed(&bytes, &[]);
        prop_assert_eq!(streamed(&bytes, &sizes), whole.clone());
        prop_assert_eq!(streamed(&bytes, &[1]), whole);
    }

    #[test]
    fn a_damaged_document_is_read_as_it_is_plainly_or_refused(text in damaged(), sizes in chunk_sizes()) {
        let (mine, plain) = (document(text.as_bytes(), Tree::of).ok(), plainly_read(&text));
        prop_assert_eq!(&mine, &plain, "{}", &text);
        let (trees, outcome) = streamed(text.as_bytes(), &sizes);
        if let Some(list) = plain.filter(|list| list.name == "vms") {
            let items = list.children.iter().filter(|child| child.name == "vm");
            let expected: Vec<_> = items.map(|vm| format!("{vm:?}")).collect();
            prop_assert_eq!((trees, outcome), (expected, Ok(())), "{}", &text);
        }
    }
}
