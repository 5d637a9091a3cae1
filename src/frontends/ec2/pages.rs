//! Pages: `MaxResults` and `NextToken`, without memory of what was sent.
//!
//! A token says what the last item of the page was and how many the cloud had given by then. The next page begins
//! after that item, or after that many, whichever comes first: so items that came or went in between neither hide
//! others nor stop the walk. It is sealed with a key, for this action and these parameters alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{
    errors::{Fault, quoted},
    parameters::Parameters,
};

/// The longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 1024;
/// The bytes of a position in a token.
const POSITION: usize = 8;
/// The bytes of a seal in a token: half of an HMAC-SHA256.
const SEAL: usize = 16;

/// The key with which tokens are sealed.
#[derive(Clone, Copy)]
pub(super) struct TokenKey(pub(super) [u8; 32]);

/// How long a page of an action may be, in items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The fewest.
    pub(super) least: u32,
    /// The most.
    pub(super) most: u32,
}

/// Where a page begins and ends in the list that the cloud gives.
#[derive(Default)]
pub(super) struct Page {
    limit: Option<Limit>,
    resume: Option<Mark>,
    position: u64,
}

struct Limit {
    most: u64,
    taken: u64,
    last: Mark,
    more: bool,
    seal: Seal,
}

/// A place in the cloud's list: after its `position`th item, which was this one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Mark {
    position: u64,
    id: String,
}

/// Where an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On the page.
    On,
    /// On a later one.
    Beyond,
}

/// A key for the tokens of one action with one set of parameters.
#[derive(Clone)]
struct Seal(Hmac<Sha256>);

impl Page {
    /// The page that a client asks for; `scope` is what it has to ask again to get the next one.
    ///
    /// # Errors
    /// When `MaxResults` is out of bounds, or the token was not made here for this action and scope.
    pub(super) fn read(
        parameters: &Parameters,
        bounds: Bounds,
        key: TokenKey,
        scope: &str,
    ) -> Result<Self, Fault> {
        let most = parameters.number("MaxResults")?.map(|most| checked(most, bounds)).transpose()?;
        let seal = Seal::new(key, scope);
        let resume = parameters.text("NextToken").map(|token| seal.open(token)).transpose()?;
        let limit = most.map(|most| Limit {
            most: u64::from(most),
            taken: 0,
            last: Mark::default(),
            more: false,
            seal,
        });
        Ok(Page { limit, resume, position: 0 })
    }

    /// How many of the cloud's items are looked at if every one is shown; none when there is no end.
    pub(super) fn reach(&self) -> Option<usize> {
        let begin = self.resume.as_ref().map_or(0, |mark| mark.position);
        let end = begin.saturating_add(self.limit.as_ref()?.most).saturating_add(1);
        usize::try_from(end).ok()
    }

    /// Takes note of the cloud's next item; whether it was on an earlier page.
    pub(super) fn is_before(&mut self, id: &str) -> bool {
        self.position += 1;
        let Some(mark) = &self.resume else { return false };
        if mark.id == id || mark.position <= self.position {
            self.resume = None;
        }
        true
    }

    /// Takes note of an item that is to be shown; the one that was given to `is_before` last.
    pub(super) fn place(&mut self, id: &str) -> Place {
        let Some(limit) = &mut self.limit else { return Place::On };
        if limit.taken == limit.most {
            limit.more = true;
            return Place::Beyond;
        }
        limit.taken += 1;
        limit.last.position = self.position;
        limit.last.id.clear();
        limit.last.id.push_str(id);
        Place::On
    }

    /// The token for the next page, when there is one.
    pub(super) fn next_token(&self) -> Option<String> {
        let limit = self.limit.as_ref().filter(|limit| limit.more)?;
        Some(limit.seal.close(&limit.last))
    }
}

fn checked(most: u32, bounds: Bounds) -> Result<u32, Fault> {
    let Bounds { least, most: greatest } = bounds;
    if (least..=greatest).contains(&most) {
        return Ok(most);
    }
    Err(Fault::invalid(format!("MaxResults is {most}; it has to be between {least} and {greatest}")))
}

impl Seal {
    fn new(TokenKey(key): TokenKey, scope: &str) -> Self {
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(scope.as_bytes());
        mac.update(&[0]);
        Seal(mac)
    }

    fn close(&self, mark: &Mark) -> String {
        let mut plain = mark.position.to_be_bytes().to_vec();
        plain.extend_from_slice(mark.id.as_bytes());
        let tag = self.0.clone().chain_update(&plain).finalize().into_bytes();
        plain.extend(tag.into_iter().take(SEAL));
        URL_SAFE_NO_PAD.encode(plain)
    }

    fn open(&self, token: &str) -> Result<Mark, Fault> {
        let refuse = || Fault::invalid(format!("Unable to parse pagination token {}", quoted(token)));
        self.unsealed(token).ok_or_else(refuse)
    }

    fn unsealed(&self, token: &str) -> Option<Mark> {
        if token.len() > LONGEST_TOKEN {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (plain, tag) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
        self.0.clone().chain_update(plain).verify_truncated_left(tag).ok()?;
        let (position, id) = plain.split_first_chunk::<POSITION>()?;
        Some(Mark { position: u64::from_be_bytes(*position), id: String::from_utf8(id.to_vec()).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds { least: 2, most: 9 };

    fn page(query: &str, scope: &str) -> Result<Page, Fault> {
        let request = Request::get(format!("/?{query}")).body("").unwrap();
        Page::read(&Parameters::of(&request).unwrap(), BOUNDS, TokenKey([7; 32]), scope)
    }

    /// One page of what the cloud gives, and the token for the next.
    fn walk(cloud: &[&str], size: u32, token: Option<&str>) -> (Vec<String>, Option<String>) {
        let token = token.map(|token| format!("&NextToken={token}")).unwrap_or_default();
        let mut page = page(&format!("MaxResults={size}{token}"), "scope").unwrap();
        let mut shown = Vec::new();
        for id in cloud {
            if !page.is_before(id) {
                match page.place(id) {
                    Place::On => shown.push(id.to_string()),
                    Place::Beyond => break,
                }
            }
        }
        (shown, page.next_token())
    }

    #[test]
    fn the_last_page_has_no_token() {
        let cloud = ["a", "b", "c", "d"];
        let (first, token) = walk(&cloud, 2, None);
        assert_eq!(first, ["a", "b"]);
        let (second, end) = walk(&cloud, 2, token.as_deref());
        assert_eq!(second, ["c", "d"]);
        assert_eq!(end, None);
    }

    #[test]
    fn what_goes_meanwhile_does_not_stop_the_walk() {
        let (_, token) = walk(&["a", "b", "c", "d"], 2, None);
        assert_eq!(
            walk(&["a", "c", "d"], 2, token.as_deref()).0,
            ["d"],
            "the last one shown is gone: its place counts"
        );
        assert_eq!(
            walk(&["b", "c", "d"], 2, token.as_deref()).0,
            ["c", "d"],
            "the last one shown is there: it counts"
        );
        assert_eq!(walk(&[], 2, token.as_deref()).0, [""; 0]);
    }

    #[test]
    fn a_token_is_for_its_own_scope_and_cannot_be_changed() {
        let token = walk(&["a", "b", "c"], 2, None).1.unwrap();
        assert!(page(&format!("NextToken={token}"), "scope").is_ok());
        assert!(page(&format!("NextToken={token}"), "other").is_err());
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(page(&format!("NextToken={changed}"), "scope").is_err(), "{changed}");
        }
        for token in ["bogus", "AAAA", &"A".repeat(5000)] {
            assert_eq!(
                page(&format!("NextToken={token}"), "scope").err().unwrap().code,
                "InvalidParameterValue"
            );
        }
    }

    #[test]
    fn sizes_are_bounded() {
        for (size, fits) in [("1", false), ("2", true), ("9", true), ("10", false), ("x", false)] {
            assert_eq!(page(&format!("MaxResults={size}"), "").is_ok(), fits, "{size}");
        }
    }

    #[test]
    fn the_reach_is_one_beyond_the_page() {
        assert_eq!(page("MaxResults=2", "").unwrap().reach(), Some(3));
        assert_eq!(page("", "").unwrap().reach(), None);
        let token = walk(&["a", "b", "c"], 2, None).1.unwrap();
        assert_eq!(page(&format!("MaxResults=2&NextToken={token}"), "scope").unwrap().reach(), Some(5));
    }

    proptest! {
        #[test]
        fn pages_together_are_the_list(count in 0..60_usize, size in 2..9_u32) {
            let names: Vec<String> = (0..count).map(|n| n.to_string()).collect();
            let cloud: Vec<&str> = names.iter().map(String::as_str).collect();
            let (mut all, mut token) = walk(&cloud, size, None);
            while let Some(next) = token {
                let (shown, following) = walk(&cloud, size, Some(&next));
                prop_assert!(!shown.is_empty());
                all.extend(shown);
                token = following;
            }
            prop_assert_eq!(all, names);
        }

        #[test]
        fn no_token_makes_it_panic(token in "[A-Za-z0-9_-]{0,200}") {
            let query = format!("NextToken={token}");
            prop_assert_eq!(page(&query, "").is_err(), !token.is_empty());
        }
    }
}
