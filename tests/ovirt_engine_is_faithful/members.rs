//! The members of a document: every path to an element or an attribute in it.

use std::collections::BTreeSet;

use crate::ovirt_engine::element::Element;

pub(crate) type Members = BTreeSet<String>;

/// Paths below the element; a link counts by its `rel`.
pub(crate) fn members(element: &Element) -> Members {
    let mut found = Members::new();
    collect(element, "", &mut found);
    found
}

fn collect(element: &Element, path: &str, found: &mut Members) {
    for (name, _) in element.attributes.iter().filter(|(name, _)| name != "rel") {
        found.insert(format!("{path}@{name}"));
    }
    for child in &element.children {
        let rel = child.attributes.iter().find(|(name, _)| name == "rel").map(|(_, rel)| rel.as_str());
        let name = match rel {
            Some(rel) => format!("{}[{rel}]", child.name),
            None => child.name.clone(),
        };
        let path = format!("{path}/{name}");
        collect(child, &path, found);
        found.insert(path);
    }
}

/// What `expected` has and `found` has not, each as a line, except what `left_out` accepts.
pub(crate) fn lacking(expected: &Members, found: &Members, left_out: impl Fn(&str) -> bool) -> Vec<String> {
    expected.difference(found).filter(|path| !left_out(path)).cloned().collect()
}
