//! The target of a request that is made: path and query, built of texts that may hold anything.

use super::form::encode;

/// The path of these segments, each of them one whatever is in it.
///
/// ```
/// assert_eq!(deltagate::wire::target::path(&["vms", "..", "a/b"]), "/vms/%2E%2E/a%2Fb");
/// ```
pub fn path(segments: &[&str]) -> String {
    let mut path = String::with_capacity(64);
    for segment in segments {
        path.push('/');
        // A path in which a segment were `..` would be another one.
        match *segment {
            "." => path.push_str("%2E"),
            ".." => path.push_str("%2E%2E"),
            segment => path.extend(encode(segment)),
        }
    }
    path
}

/// Adds a parameter to the query of `target`, which may have none yet. The name stands as it is.
pub fn add_parameter(target: &mut String, name: &str, value: &str) {
    target.push(if target.contains('?') { '&' } else { '?' });
    target.push_str(name);
    target.push('=');
    target.extend(encode(value));
}
