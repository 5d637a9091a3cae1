//! The shape of an action's parameters: the tree that their dotted names are paths of.

use crate::frontends::ec2::declared::Declared;

/// What stands for an index in a declared name.
const INDEX: &str = "N";
/// What stands for anything in one: nothing that could be told of.
const ANYTHING: &str = "*";

/// A parameter, or what has parameters below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Its name in a Query request.
    pub(super) name: &'static str,
    /// Whether it is a list.
    pub(super) is_list: bool,
    /// What is below it; a text when nothing is.
    pub(super) below: Vec<Shape>,
}

impl Shape {
    /// The shape of a request for an action.
    pub(super) fn of(declared: &Declared) -> Self {
        let mut root = Shape::default();
        let honoured = declared.honoured.iter().flat_map(|group| group.iter().copied());
        let others = declared.passed.iter().chain(declared.refused).map(|(name, _)| *name);
        for name in honoured.chain(others).chain(["DryRun"]).filter(|name| !name.contains(ANYTHING)) {
            root.add(name);
        }
        root
    }

    fn add(&mut self, name: &'static str) {
        let mut shape = self;
        for part in name.split('.') {
            if part == INDEX {
                shape.is_list = true;
                continue;
            }
            let at = shape.below.iter().position(|below| below.name == part);
            let at = at.unwrap_or_else(|| {
                shape.below.push(Shape { name: part, ..Shape::default() });
                shape.below.len() - 1
            });
            let Some(next) = shape.below.get_mut(at) else { return };
            shape = next;
        }
    }

    /// What the element of this name stands for.
    pub(super) fn find(&self, element: &str) -> Option<&Shape> {
        self.below.iter().find(|below| below.element() == element).or_else(|| {
            let items = element.strip_suffix("Set")?;
            self.below.iter().find(|below| below.is_list && is_former_name(below.name, items))
        })
    }

    /// The element that stands for it: `instanceIdSet` for `InstanceId.N`.
    pub(super) fn element(&self) -> String {
        let mut characters = self.name.chars();
        let first = characters.next().map(|first| first.to_ascii_lowercase());
        let name: String = first.into_iter().chain(characters).collect();
        if self.is_list { name + "Set" } else { name }
    }
}

/// Whether a list of identifiers was called `items` in Amazon's own documents: `instances` or `volume`, and `Set` after
/// it.
fn is_former_name(name: &str, items: &str) -> bool {
    let kind = name.strip_suffix("Id").unwrap_or(name);
    items.eq_ignore_ascii_case(kind)
        || items.strip_suffix('s').is_some_and(|one| one.eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_paths() {
        let shape = Shape::of(Declared::of("DescribeInstances").unwrap());
        let elements: Vec<_> = shape.below.iter().map(Shape::element).collect();
        assert_eq!(elements, ["filterSet", "maxResults", "nextToken", "instanceIdSet", "dryRun"]);
        let filter = shape.find("filterSet").unwrap();
        assert_eq!(filter.below.iter().map(Shape::element).collect::<Vec<_>>(), ["name", "valueSet"]);
        assert_eq!(shape.find("instancesSet").unwrap().name, "InstanceId");
        assert_eq!(shape.find("instanceSet").unwrap().name, "InstanceId");
        assert!(shape.find("imagesSet").is_none() && shape.find("dryRunSet").is_none());
    }
}
