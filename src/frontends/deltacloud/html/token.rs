//! Tokens of forms: what shows that a form was got from here, by who sends it, not long ago.
//!
//! A browser sends a user's credentials with whatever another site makes it send. What that site cannot know is the
//! token of a form of ours, because it cannot read our pages. After a restart all tokens are void: a form then comes
//! back with a new one, and can be sent again.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use uuid::Uuid;

/// The name of the field.
pub(in super::super) const FIELD: &str = "_token";
/// How long one token is given out, in seconds. Within it pages are byte for byte alike.
const PERIOD: i64 = 60 * 60;
/// For how many periods after that of its making a token is good.
const PERIODS: i64 = 12;

/// Makes tokens and knows them again.
pub(in super::super) struct Tokens {
    key: [u8; 32],
}

impl Default for Tokens {
    /// With a key of their own, which lives as long as this value.
    fn default() -> Self {
        let mut key = [0; 32];
        let random = [Uuid::new_v4(), Uuid::new_v4()];
        let random = random.iter().flat_map(|part| part.as_bytes());
        key.iter_mut().zip(random).for_each(|(to, from)| *to = *from);
        Tokens { key }
    }
}

impl Tokens {
    /// The token of this user's forms.
    pub(in super::super) fn give(&self, user: &str, now: Timestamp) -> String {
        self.token(user, period(now))
    }

    /// Whether it is a token that this user was given in the last hours. It takes as long to say so as to deny it.
    pub(in super::super) fn knows(&self, token: &str, user: &str, now: Timestamp) -> bool {
        let now = period(now);
        let tokens = (now - PERIODS..=now).map(|period| self.token(user, period));
        let same = tokens.map(|known| known.as_bytes().ct_eq(token.as_bytes()));
        same.fold(Choice::from(0), |any, this| any | this).into()
    }

    fn token(&self, user: &str, period: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            unreachable!("HMAC takes a key of any length")
        };
        mac.update(&period.to_be_bytes());
        mac.update(user.as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(..)")
    }
}

fn period(now: Timestamp) -> i64 {
    now.as_second().div_euclid(PERIOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_token_is_its_users_for_some_hours() {
        let tokens = Tokens::default();
        let token = tokens.give("me", at(PERIOD * 100));
        assert_eq!(token, tokens.give("me", at(PERIOD * 101 - 1)));
        assert!(tokens.knows(&token, "me", at(PERIOD * 100)));
        assert!(tokens.knows(&token, "me", at(PERIOD * (101 + PERIODS) - 1)));
        assert!(!tokens.knows(&token, "me", at(PERIOD * (101 + PERIODS))));
        assert!(!tokens.knows(&token, "me", at(PERIOD * 99)));
        assert!(!tokens.knows(&token, "you", at(PERIOD * 100)));
        assert!(!tokens.knows("", "me", at(PERIOD * 100)));
        assert!(!tokens.knows(&token[1..], "me", at(PERIOD * 100)));
        assert!(!Tokens::default().knows(&token, "me", at(PERIOD * 100)));
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", Tokens::default()), "Tokens(..)");
    }
}
