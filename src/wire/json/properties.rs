//! What holds for all documents: tried on generated ones, whole and damaged, beside a plain reading by serde_json.

use proptest::{collection::vec, prelude::*, sample};
use serde_json::Value;

use super::{each, read};
use crate::{
    model::{Error, Flow, Realm, RealmState, Resource, Sink},
    wire::Decode,
};

type Parts = (Vec<String>, Vec<(String, String)>);

/// The items of `servers` and what stands beside them, each written anew, fed in chunks of these sizes in turn.
fn streamed(document: &[u8], sizes: &[usize]) -> Result<Parts, String> {
    let (mut items, mut others) = (Vec::new(), Vec::new());
    let mut sink = |resource: &Resource<'_>| {
        items.push(resource.id().to_owned());
        Ok(Flow::More)
    };
    let convert = |item: &[u8], sink: &mut dyn Sink| {
        let id = read::<Value>(item)?.to_string().into();
        sink.put(&Resource::Realm(Realm { id, name: "".into(), state: RealmState::Available }))
    };
    let mut decode = each("servers", convert).beside(|name, value| {
        others.push((name.to_owned(), read::<Value>(value)?.to_string()));
        Ok(())
    });
    let outcome = feed(&mut decode, document, sizes, &mut sink);
    drop(decode);
    outcome.map(|()| (items, others)).map_err(|error| error.to_string())
}

fn feed(decode: &mut dyn Decode, document: &[u8], sizes: &[usize], sink: &mut dyn Sink) -> Result<(), Error> {
    let mut rest = document;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at(rest.len().min(*size));
        decode.feed(chunk, sink)?;
        rest = after;
    }
    decode.finish(sink)
}

fn chunk_sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1..4_usize, 1..40_usize, 1..5000_usize], 1..6)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~\\n\\t\u{e9}\u{1f600}]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec(("[a-z\"\\\\{}\\[\\]]{0,6}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A document with a list, and other members around it.
fn document() -> impl Strategy<Value = (Vec<Value>, Vec<(String, Value)>, String)> {
    let others = vec(("[a-r\"\\\\]{1,6}", value()), 0..4);
    (vec(value(), 0..6), others, any::<bool>(), any::<usize>()).prop_map(|(items, others, spaced, at)| {
        let mut members: Vec<_> = others.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        members.insert(at % (members.len() + 1), ("servers".to_owned(), Value::from(items.clone())));
        let written = members.iter().map(|(name, value)| {
            let value =
                if spaced { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
            format!("{}: {}", Value::from(name.as_str()), value.unwrap())
        });
        let text = format!("{{{}}}", written.collect::<Vec<_>>().join(if spaced { " ,\n" } else { "," }));
        (items, others, text)
    })
}

proptest! {
    #[test]
    fn a_list_is_what_a_plain_reading_finds((items, others, text) in document(), sizes in chunk_sizes()) {
        let (found, beside) = streamed(text.as_bytes(), &sizes).unwrap();
        prop_assert_eq!(found, items.iter().map(Value::to_string).collect::<Vec<_>>());
        let others: Vec<_> = others.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        prop_assert_eq!(beside, others);
    }

    #[test]
    fn damage_is_seen_alike_however_the_chunks_fall(
        (_, _, text) in document(),
        at in any::<sample::Index>(),
        with in sample::select(vec!["", "{", "}", "[", "]", "\"", "\\", ",", ":", "x", "1", "\u{0}", "\"servers\":[]"]),
        sizes in chunk_sizes(),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..=at, with.chars());
        let damaged: String = characters.into_iter().collect();
        let whole = streamed(damaged.as_bytes(), &[usize::MAX]);
        let pieces = streamed(damaged.as_bytes(), &sizes);
        prop_assert_eq!(&whole.is_ok(), &pieces.is_ok(), "{}: {:?} {:?}", damaged, whole, pieces);
        if let (Ok(whole), Ok(pieces)) = (whole, pieces) {
            prop_assert_eq!(whole, pieces);
            prop_assert!(serde_json::from_str::<Value>(&damaged).is_ok(), "{}", damaged);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..400), sizes in chunk_sizes()) {
        let _ = streamed(&bytes, &sizes);
        let mut document = b"{\"servers\":[".to_vec();
        document.extend(bytes);
        let _ = streamed(&document, &sizes);
    }
}
