//! What of a filter the cloud can do: it is asked for less, and what it gives is filtered all the same.
//!
//! **Invariant:** the cloud is never asked for less than what the filter admits. Where two things cannot both be asked
//! for, one is.

use super::{
    condition::{Condition, Operator, Subject},
    path::Path,
};
use crate::model::{Filter, Id, InstanceState};

/// What it means in the cloud's words that an attribute is equal to a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Narrow {
    /// The entry is this one.
    Id(Id),
    /// It has this name.
    Name(String),
    /// It is in one of these states. None of them when the text is no state.
    States(Vec<InstanceState>),
    /// It was made from this image.
    Image(Id),
    /// It is in this realm.
    Realm(Id),
}

impl Condition {
    /// What to ask the cloud for. `meaning` says of an attribute and a text what their being equal means there, and
    /// nothing where the cloud cannot tell: then every entry that is so has to be what it says.
    pub fn narrowing(&self, meaning: &dyn Fn(&Path, &str) -> Option<Narrow>) -> Filter {
        match self {
            Condition::All(parts) => {
                parts.iter().map(|part| part.narrowing(meaning)).fold(Filter::default(), both)
            }
            Condition::Any(parts) => {
                parts.iter().map(|part| part.narrowing(meaning)).reduce(either).unwrap_or_default()
            }
            Condition::Comparison(comparison) => {
                let (Subject::Attribute(path), Operator::Equal) = (&comparison.subject, comparison.operator)
                else {
                    return Filter::default();
                };
                meaning(path, comparison.literal.as_str()).map(Filter::from).unwrap_or_default()
            }
        }
    }
}

impl From<Narrow> for Filter {
    fn from(narrow: Narrow) -> Self {
        let all = Filter::default();
        match narrow {
            Narrow::Id(id) => Filter { ids: vec![id], ..all },
            Narrow::Name(name) => Filter { name: Some(name), ..all },
            Narrow::States(states) => Filter { states, ..all },
            Narrow::Image(image) => Filter { image: Some(image), ..all },
            Narrow::Realm(realm) => Filter { realm: Some(realm), ..all },
        }
    }
}

/// What is in both; where they contradict each other, what is in the first.
fn both(first: Filter, second: Filter) -> Filter {
    Filter {
        ids: in_both(first.ids, second.ids),
        realm: first.realm.or(second.realm),
        image: first.image.or(second.image),
        name: first.name.or(second.name),
        states: in_both(first.states, second.states),
        // The rest is not narrowed by a query.
        ..Filter::default()
    }
}

/// What is in one of them: only what both narrow narrows.
fn either(first: Filter, second: Filter) -> Filter {
    Filter {
        ids: in_either(first.ids, second.ids),
        realm: first.realm.filter(|realm| second.realm.as_ref() == Some(realm)),
        image: first.image.filter(|image| second.image.as_ref() == Some(image)),
        name: first.name.filter(|name| second.name.as_ref() == Some(name)),
        states: in_either(first.states, second.states),
        // The rest is not narrowed by a query.
        ..Filter::default()
    }
}

/// Sets of which an empty one means everything: so nothing cannot be asked for, and the first stands for it.
fn in_both<T: PartialEq>(first: Vec<T>, mut second: Vec<T>) -> Vec<T> {
    if first.is_empty() {
        return second;
    }
    second.retain(|item| first.contains(item));
    if second.is_empty() { first } else { second }
}

/// See [`in_both`].
fn in_either<T: PartialEq>(mut first: Vec<T>, mut second: Vec<T>) -> Vec<T> {
    if first.is_empty() || second.is_empty() {
        return Vec::new();
    }
    second.retain(|item| !first.contains(item));
    first.append(&mut second);
    first
}

#[cfg(test)]
mod tests {
    use super::{super::Grammar, *};

    fn meaning(path: &Path, text: &str) -> Option<Narrow> {
        match path.as_str() {
            "id" => text.strip_prefix("http://h/machines/").map(|id| Narrow::Id(id.into())),
            "name" => Some(Narrow::Name(text.to_owned())),
            "machineImage/href" => Some(Narrow::Image(text.into())),
            "realm" => Some(Narrow::Realm(text.into())),
            "state" if text == "STARTED" => {
                Some(Narrow::States(vec![InstanceState::Running, InstanceState::Rebooting]))
            }
            "state" if text == "STOPPED" => Some(Narrow::States(vec![InstanceState::Stopped])),
            "state" => Some(Narrow::States(Vec::new())),
            _other => None,
        }
    }

    fn narrowing(text: &str) -> Filter {
        Condition::parse(text, Grammar::Specified).unwrap().narrowing(&meaning)
    }

    fn ids(ids: &[&str]) -> Filter {
        Filter { ids: ids.iter().map(|id| Id::from(*id)).collect(), ..Filter::default() }
    }

    fn name(name: &str) -> Filter {
        Filter { name: Some(name.to_owned()), ..Filter::default() }
    }

    fn states(states: &[InstanceState]) -> Filter {
        Filter { states: states.to_vec(), ..Filter::default() }
    }

    #[test]
    fn the_cloud_is_asked_for_what_it_knows() {
        use InstanceState::{Rebooting, Running, Stopped};
        let cases = [
            ("name='a'", name("a")),
            ("'a'=name", name("a")),
            ("name=7", name("7")),
            ("machineImage/href='i'", Filter { image: Some("i".into()), ..Filter::default() }),
            ("realm='r' and name='a'", Filter { realm: Some("r".into()), ..name("a") }),
            ("name='a' and cpu>2", name("a")),
            ("state='STARTED'", states(&[Running, Rebooting])),
            ("state='STARTED' or state='STOPPED'", states(&[Running, Rebooting, Stopped])),
            ("id='http://h/machines/1' or id='http://h/machines/2'", ids(&["1", "2"])),
            ("id='http://h/machines/1' or id='http://h/machines/1'", ids(&["1"])),
            ("name='a' and cpu=1 or name='a' and cpu=2", name("a")),
            ("(state='STARTED' or state='STOPPED') and state='STOPPED'", states(&[Stopped])),
        ];
        for (text, expected) in cases {
            assert_eq!(narrowing(text), expected, "{text}");
        }
    }

    #[test]
    fn the_cloud_is_not_asked_for_less_than_that() {
        let nothing = [
            "name!='a'",
            "cpu=1",
            "property['name']='a'",
            "id='http://other/1'",
            "name='a' or cpu=1",
            "name='a' or name='b'",
            "name='a' or realm='r'",
            "state='STARTED' or cpu=1",
            "state='NOSUCH'",
            "id='http://h/machines/1' or name='a'",
            "state='STARTED' or state='NOSUCH'",
        ];
        for text in nothing {
            assert_eq!(narrowing(text), Filter::default(), "{text}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_asked_for_by_its_first_half() {
        assert_eq!(narrowing("name='a' and name='b'"), name("a"));
        assert_eq!(narrowing("id='http://h/machines/1' and id='http://h/machines/2'"), ids(&["1"]));
        assert_eq!(narrowing("state='STOPPED' and state='STARTED'"), states(&[InstanceState::Stopped]));
    }
}
