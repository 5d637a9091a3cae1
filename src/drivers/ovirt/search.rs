//! The engine's search language, as far as lists are narrowed by it.
//!
//! A value stands between quotes. There is no way to write a quote or a backslash in it, and `*` means anything, so
//! a value with one of them narrows nothing: what a list has too much is dropped where it is read.

use super::call::Call;

/// The call, with a search for what has all of these values; fields without one narrow nothing.
pub(super) fn narrowed(call: Call, fields: &[(&str, Option<&str>)]) -> Call {
    let mut query = String::new();
    for (field, value) in fields {
        let Some(value) = value.filter(|value| can_be_quoted(value)) else { continue };
        if !query.is_empty() {
            query.push_str(" and ");
        }
        query.push_str(&format!("{field}=\"{value}\""));
    }
    if query.is_empty() { call } else { call.query("search", &query) }
}

/// A search for what has one of these ids, which are UUIDs.
pub(super) fn by_ids<S: AsRef<str>>(ids: &[S]) -> String {
    ids.iter().map(|id| format!("id={}", id.as_ref())).collect::<Vec<_>>().join(" or ")
}

fn can_be_quoted(value: &str) -> bool {
    !value.is_empty() && !value.contains(['"', '\\', '*']) && !value.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(fields: &[(&str, Option<&str>)]) -> String {
        narrowed(Call::get(&["vms"]), fields).target
    }

    #[test]
    fn values_are_quoted_and_joined() {
        assert_eq!(
            searched(&[("datacenter", Some("or")), ("name", None)]),
            "/vms?search=datacenter%3D%22or%22"
        );
        let both = searched(&[("datacenter", Some("My DC")), ("name", Some("a"))]);
        assert_eq!(both, "/vms?search=datacenter%3D%22My%20DC%22%20and%20name%3D%22a%22");
    }

    #[test]
    fn a_value_never_leaves_its_quotes() {
        for value in ["x\" or name=\"*", "back\\slash", "*", "", "line\nbreak"] {
            assert_eq!(searched(&[("name", Some(value))]), "/vms", "{value}");
        }
    }

    #[test]
    fn ids_are_alternatives() {
        assert_eq!(by_ids(&["a", "b"]), "id=a or id=b");
    }
}
