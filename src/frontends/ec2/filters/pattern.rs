//! One value of a filter: text with wildcards.

/// A text in which `*` is any text and `?` is any character.
#[derive(Debug)]
pub(super) enum Pattern {
    Exact(String),
    Wild(Vec<Token>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    AnyChar,
    AnyText,
}

impl Pattern {
    /// Reads a value as the client wrote it.
    pub(super) fn new(value: &str) -> Self {
        let mut tokens = Vec::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '*' => Token::AnyText,
                '?' => Token::AnyChar,
                '\\' => Token::Char(characters.next().unwrap_or('\\')),
                other => Token::Char(other),
            });
        }
        let exact = tokens.iter().map(|token| match token {
            Token::Char(character) => Some(*character),
            Token::AnyChar | Token::AnyText => None,
        });
        exact.collect::<Option<String>>().map_or(Pattern::Wild(tokens), Pattern::Exact)
    }

    /// This text and no other.
    pub(super) fn exact(text: &str) -> Self {
        Pattern::Exact(text.to_owned())
    }

    /// The text, when there is no wildcard in it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Pattern::Exact(text) => Some(text),
            Pattern::Wild(_) => None,
        }
    }

    /// Whether `value` is such a text.
    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Pattern::Exact(text) => text == value,
            Pattern::Wild(tokens) => wild(tokens, value),
        }
    }
}

/// Goes back to the last `*` only, so its time is at most the product of the two lengths.
fn wild(mut tokens: &[Token], mut value: &str) -> bool {
    let mut retry: Option<(&[Token], &str)> = None;
    loop {
        let (character, rest) = split(value);
        match (tokens.split_first(), character) {
            (Some((Token::AnyText, after)), _) => {
                (tokens, retry) = (after, Some((after, value)));
                continue;
            }
            (Some((Token::AnyChar, after)), Some(_)) => {
                (tokens, value) = (after, rest);
                continue;
            }
            (Some((Token::Char(wanted), after)), Some(found)) if *wanted == found => {
                (tokens, value) = (after, rest);
                continue;
            }
            (None, None) => return true,
            (Some((Token::AnyChar | Token::Char(_), _)) | None, _) => {}
        }
        let Some((after, from)) = retry else { return false };
        let (Some(_), shorter) = split(from) else { return false };
        (tokens, value, retry) = (after, shorter, Some((after, shorter)));
    }
}

fn split(text: &str) -> (Option<char>, &str) {
    let mut characters = text.chars();
    (characters.next(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wildcards_match_as_in_ec2() {
        for (pattern, value, expected) in [
            ("web", "web", true),
            ("web", "Web", false),
            ("web", "web1", false),
            ("web*", "web", true),
            ("web*", "web-1", true),
            ("*web", "a web", true),
            ("w?b", "wéb", true),
            ("w?b", "wb", false),
            ("*a*b*c", "xxaxxbxxbc", true),
            ("*a*b*c", "xxaxxcxxb", false),
            ("*", "", true),
            ("?", "", false),
            ("**", "abc", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            (r"a\?*", "a?b", true),
            (r"a\\", r"a\", true),
            (r"a\", r"a\", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(value), expected, "{pattern} {value}");
        }
    }

    #[test]
    fn text_without_wildcards_can_be_asked_of_a_cloud() {
        assert_eq!(Pattern::new(r"a\*b").text(), Some("a*b"));
        assert_eq!(Pattern::new("a*b").text(), None);
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        assert!(!Pattern::new(&"*a".repeat(500)).matches(&"a".repeat(499)));
        assert!(!Pattern::new(&format!("{}b", "*a".repeat(500))).matches(&"a".repeat(20_000)));
    }

    proptest! {
        #[test]
        fn text_matches_itself_and_any_text(text in ".*", more in ".*") {
            let escaped: String = text.chars().flat_map(|character| ['\\', character]).collect();
            prop_assert!(Pattern::new(&escaped).matches(&text));
            let begins = format!("{escaped}*");
            let value = format!("{text}{more}");
            prop_assert!(Pattern::new(&begins).matches(&value));
        }
    }
}
