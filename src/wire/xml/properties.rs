//! What holds for all documents: tried on generated ones, whole and damaged, beside a plain reading by quick-xml.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use proptest::{collection::vec, prelude::*, sample};

use super::{
    Element, document, each,
    tree::{KEYS, Tree, plainly_read},
};
use crate::{
    model::{Error, Flow, Realm, RealmState, Resource, Sink},
    wire::Decode,
};

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

/// Every XML document in a folder and the folders in it.
fn documents(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(documents(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
    Ok(found)
}

#[test]
fn recorded_documents_are_read_as_they_are_plainly() {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
    let folder = env::var_os("DELTAGATE_WIRE").map_or_else(usual, PathBuf::from);
    if !folder.is_dir() {
        eprintln!(
            "skipped: there are no recordings at {}; DELTAGATE_WIRE says where they are",
            folder.display()
        );
        return;
    }
    let mut read = 0;
    for path in documents(&folder).unwrap() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let plain = plainly_read(text.trim_start_matches('\u{feff}'));
        read += usize::from(plain.is_some());
        assert!(document(text.as_bytes(), Tree::of).ok() == plain, "{}", path.display());
    }
    assert!(read > 100, "only {read} documents");
}
