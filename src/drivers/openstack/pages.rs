//! Lists, page after page: Nova, Cinder and Neutron link to the next page with `<list>_links`, Glance with `next`.
//! Swift's next page begins after the last name of the one before.
//!
//! **Invariant:** of a link only the query counts, so that no page leads to another service, host or list.

use http::{HeaderMap, StatusCode, response};
use serde::Deserialize;

use super::{call::Call, session::Session};
use crate::{
    exchange::{Begin, Cloud},
    model::{Error, ErrorKind, Flow, Resource, Sink},
    wire::json::{self, Text},
};

/// How many pages a list may have.
const MOST_PAGES: usize = 10_000;
/// A page of Swift's with fewer names than this is not short because of how long a page may be.
const FEWEST: u64 = 1000;
/// How many things are collected from a list that has to be known as a whole.
const MOST_COLLECTED: usize = 10_000;

#[derive(Deserialize)]
struct Link<'a> {
    #[serde(borrow)]
    rel: Text<'a>,
    #[serde(borrow)]
    href: Text<'a>,
}

/// Streams the list `array` of which `call` asks for the first page; `convert` is given the bytes of each item.
///
/// # Errors
/// What the exchange or `convert` fails with; `Unexpected` when the pages do not come to an end.
pub(super) async fn each<F>(
    session: &Session<'_>,
    cloud: &mut Cloud<'_>,
    mut call: Call,
    array: &'static str,
    mut convert: F,
) -> Result<(), Error>
where
    F: FnMut(&[u8], &mut dyn Sink) -> Result<Flow, Error> + Send,
{
    for _ in 0..MOST_PAGES {
        let (mut page, mut next) = (Page::default(), None);
        let counted = |item: &[u8], sink: &mut dyn Sink| {
            let flow = convert(item, sink)?;
            page.is_empty = false;
            page.was_enough = flow == Flow::Enough;
            Ok(flow)
        };
        let mut decode = json::each(array, counted).beside(|name, value| link(name, value, &mut next));
        session.stream(cloud, &call, &mut decode).await?;
        drop(decode);
        let Some(query) = next.filter(|_| !page.was_enough && !page.is_empty) else { return Ok(()) };
        let following = call.clone().with_query(&query);
        if following.target == call.target {
            break;
        }
        call = following;
    }
    Err(Error::new(ErrorKind::Unexpected, "the cloud's list does not come to an end"))
}

/// Streams a list of Swift's, of which `call` asks for the first page. `begin` is given the head of the first answer;
/// `convert` the bytes of each item, and a place to write down its name. That `total` says how many there are spares a
/// last page that is empty.
///
/// # Errors
/// What the exchange, `begin` or `convert` fails with; `Unexpected` when the pages do not come to an end.
pub(super) async fn by_name<F>(
    session: &Session<'_>,
    cloud: &mut Cloud<'_>,
    call: Call,
    total: &'static str,
    begin: &mut Begin<'_>,
    mut convert: F,
) -> Result<(), Error>
where
    F: FnMut(&[u8], &mut dyn Sink, &mut String) -> Result<Flow, Error> + Send,
{
    let (mut asking, mut seen, mut last) = (call.clone(), 0, String::new());
    for _ in 0..MOST_PAGES {
        let (mut page, mut count, before) = (Page::default(), None, seen);
        let mut head = |head: &response::Parts, sink: &mut dyn Sink| {
            count = number(&head.headers, total);
            let flow = if before == 0 { begin(head, sink)? } else { Flow::More };
            Ok(if head.status == StatusCode::NO_CONTENT { Flow::Enough } else { flow })
        };
        let marker = last.clone();
        let mut decode = json::items(|item: &[u8], sink: &mut dyn Sink| {
            let flow = convert(item, sink, &mut last)?;
            page.is_empty = false;
            page.was_enough = flow == Flow::Enough;
            seen += 1;
            Ok(flow)
        });
        session.stream_from(cloud, &asking, &mut head, &mut decode).await?;
        drop(decode);
        let is_short = seen - before < FEWEST && count.is_some_and(|count| seen >= count);
        if page.was_enough || page.is_empty || is_short {
            return Ok(());
        }
        if last == marker {
            break;
        }
        asking = call.clone().query("marker", &last);
    }
    Err(Error::new(ErrorKind::Unexpected, "the cloud's list does not come to an end"))
}

/// The number in a header field.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// What has come of a page.
struct Page {
    is_empty: bool,
    was_enough: bool,
}

impl Default for Page {
    fn default() -> Self {
        Page { is_empty: true, was_enough: false }
    }
}

/// Takes note of the query of the link to the next page, when the member is such a link.
fn link(name: &str, value: &[u8], next: &mut Option<String>) -> Result<(), Error> {
    let query = |href: &str| href.split_once('?').map(|(_, query)| query.to_owned());
    if name == "next" {
        *next = json::read::<Option<Text<'_>>>(value)?.and_then(|href| query(&href));
    } else if name.ends_with("_links") {
        let links: Vec<Link<'_>> = json::read(value)?;
        *next = links.iter().find(|link| *link.rel == *"next").and_then(|link| query(&link.href));
    }
    Ok(())
}

/// Reads the list `array`, all its pages, into what `convert` makes of each item: for lists that an operation has to
/// know as a whole.
///
/// # Errors
/// As [`each`]; `Unexpected` when there is too much of it.
pub(super) async fn collect<T>(
    session: &Session<'_>,
    mut call: Call,
    array: &'static str,
    convert: impl Fn(&[u8]) -> Result<T, Error> + Send + Sync,
) -> Result<Vec<T>, Error>
where
    T: Send,
{
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let before = found.len();
        let mut next = None;
        let document = session.fetch(call.clone()).await?;
        let take = |item: &[u8], _: &mut dyn Sink| {
            found.push(convert(item)?);
            Ok(Flow::More)
        };
        document.decode(&mut json::each(array, take).beside(|name, value| link(name, value, &mut next)))?;
        let Some(query) = next.filter(|_| found.len() > before) else { return Ok(found) };
        let following = call.clone().with_query(&query);
        if following.target == call.target || found.len() > MOST_COLLECTED {
            break;
        }
        call = following;
    }
    Err(Error::new(ErrorKind::Unexpected, "the cloud's list does not come to an end"))
}

/// Hands on one thing.
pub(super) async fn emit(cloud: &mut Cloud<'_>, resource: Resource<'_>) -> Result<(), Error> {
    cloud.emit(&resource).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_query_of_a_link_counts() {
        for (name, value, expected) in [
            ("next", r#""/v2/images?limit=1&marker=x""#, Some("limit=1&marker=x")),
            ("next", "null", None),
            ("next", r#""/v2/images""#, None),
            (
                "servers_links",
                r#"[{"rel": "next", "href": "http://evil.example.com/v2.1/secrets?marker=y"}]"#,
                Some("marker=y"),
            ),
            ("networks_links", r#"[{"rel": "previous", "href": "http://n/v2.0/networks?marker=z"}]"#, None),
            ("first", r#""/v2/images?limit=1""#, None),
        ] {
            let mut next = None;
            link(name, value.as_bytes(), &mut next).unwrap();
            assert_eq!(next.as_deref(), expected, "{name} {value}");
        }
        assert!(link("servers_links", b"{}", &mut None).is_err());
    }
}
