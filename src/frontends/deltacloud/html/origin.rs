//! Whether a page of another site made a browser send a request.
//!
//! A browser says so in [`Sec-Fetch-Site`](https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header) or, where it
//! does not say that, in [`Origin`](https://www.rfc-editor.org/rfc/rfc6454#section-7). Other clients send neither, and
//! are let through.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, header::ORIGIN};

use crate::frontends::Arrival;

/// Whether a page of another site has the user's browser change something here.
pub(in super::super) fn is_foreign(request: &Request<Bytes>, arrival: &Arrival) -> bool {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    changes && comes_from_elsewhere(request.headers(), &format!("{}://{}", arrival.scheme, arrival.host))
}

fn comes_from_elsewhere(headers: &HeaderMap, own: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    headers.get(ORIGIN).is_some_and(|origin| !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_says_counts() {
        let own = "http://console.example.com:3001";
        for (site, origin, foreign) in [
            ("", "", false),
            ("same-origin", "", false),
            ("none", "", false),
            ("same-site", "", true),
            ("cross-site", "", true),
            ("cross-site", own, true),
            ("same-origin", "https://console.example.com", false),
            ("", own, false),
            ("", "http://CONSOLE.example.com:3001", false),
            ("", "https://console.example.com:3001", true),
            ("", "http://console.example.com", true),
            ("", "http://evil.example.com", true),
            ("", "null", true),
        ] {
            let mut headers = HeaderMap::new();
            let fields = [("sec-fetch-site", site), ("origin", origin)];
            for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(comes_from_elsewhere(&headers, own), foreign, "{site} {origin}");
        }
    }
}
