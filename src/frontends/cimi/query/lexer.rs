//! The words of a filter.

use std::borrow::Cow;

use super::{Malformed, condition::Operator, literal::Literal};

/// The name of the parameter, for errors.
pub(super) const FILTER: &str = "$filter";

/// One word of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// Letters, digits and whatever else has no meaning of its own: an attribute, `and`, a number, a date.
    Word(Cow<'t, str>),
    /// What stood in quotes.
    Quoted(String),
    /// An operator.
    Operator(Operator),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// There is nothing more.
    End,
}

/// Reads a filter word by word. Words end at white space, at what has a meaning of its own, and at the end.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Lexer { text, at: 0 }
    }

    /// The error that something else was expected at this byte.
    pub(super) fn expected(&self, at: usize, what: impl Into<Cow<'static, str>>) -> Malformed {
        Malformed::at(FILTER, self.text, at, what)
    }

    /// The next word, and the byte at which it begins.
    pub(super) fn next(&mut self) -> Result<(usize, Token<'t>), Malformed> {
        self.skip(self.rest().len() - self.rest().trim_start().len());
        let begin = self.at;
        let token = match self.rest().chars().next() {
            None => Token::End,
            Some('(') => self.sign(Token::Open),
            Some(')') => self.sign(Token::Close),
            Some('[') => self.sign(Token::OpenBracket),
            Some(']') => self.sign(Token::CloseBracket),
            Some(quote @ ('\'' | '"')) => self.quoted(quote)?,
            Some('=' | '!' | '<' | '>') => self.operator()?,
            Some(_) => self.word(),
        };
        Ok((begin, token))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    fn sign(&mut self, token: Token<'t>) -> Token<'t> {
        self.skip(1);
        token
    }

    fn operator(&mut self) -> Result<Token<'t>, Malformed> {
        let rest = self.rest();
        let known = Operator::ALL.into_iter().find(|operator| rest.starts_with(operator.as_str()));
        let operator = known.ok_or_else(|| self.expected(self.at, super::parser::AN_OPERATOR))?;
        self.skip(operator.as_str().len());
        Ok(Token::Operator(operator))
    }

    /// Text in quotes. A backslash takes the meaning of a quote or a backslash after it, and is itself elsewhere.
    fn quoted(&mut self, quote: char) -> Result<Token<'t>, Malformed> {
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.skip(at + 1);
                return Ok(Token::Quoted(text));
            }
            let escaped = chars.next_if(|(_, next)| c == '\\' && matches!(next, '\'' | '"' | '\\'));
            text.push(escaped.map_or(c, |(_, next)| next));
        }
        Err(self.expected(self.text.len(), format!("the closing {quote}")))
    }

    fn word(&mut self) -> Token<'t> {
        let rest = self.rest();
        let (word, after) = rest.split_at(rest.find(ends_word).unwrap_or(rest.len()));
        self.skip(word.len());
        self.with_zone(word, after)
            .map_or(Token::Word(Cow::Borrowed(word)), |word| Token::Word(Cow::Owned(word)))
    }

    /// A date whose zone was torn off: in a query, a `+` that was not written as `%2B` is a space.
    fn with_zone(&mut self, word: &str, after: &str) -> Option<String> {
        let zone = after.strip_prefix(' ')?.get(.."00:00".len())?;
        let has_end = after.get(" 00:00".len()..)?.chars().next().is_none_or(ends_word);
        let moment = format!("{word}+{zone}");
        let is_moment = has_end && word.contains('T') && Literal::bare(&moment).is_some();
        is_moment.then(|| self.skip(" 00:00".len())).map(|()| moment)
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '\'' | '"' | '=' | '!' | '<' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(text);
        let mut words = Vec::new();
        loop {
            match lexer.next().unwrap().1 {
                Token::End => return words,
                token => words.push(token),
            }
        }
    }

    fn word(text: &str) -> Token<'_> {
        Token::Word(Cow::Borrowed(text))
    }

    #[test]
    fn words_end_where_something_else_begins() {
        let expected = vec![
            Token::Open,
            word("cpu"),
            Token::Operator(Operator::GreaterOrEqual),
            word("2"),
            word("and"),
            word("a/b"),
            Token::Operator(Operator::NotEqual),
            Token::Quoted("x y".to_owned()),
            word("or"),
            Token::Close,
        ];
        assert_eq!(words("(cpu>=2 and a/b != 'x y'or)"), expected);
    }

    #[test]
    fn quotes_of_both_kinds_hold_the_other() {
        let cases = [
            (r#""it's""#, "it's"),
            (r#"'say "x"'"#, "say \"x\""),
            (r"'it\'s'", "it's"),
            (r"'a\\'", r"a\"),
            (r"'C:\x'", r"C:\x"),
            ("''", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), [Token::Quoted(expected.to_owned())], "{text}");
        }
    }

    #[test]
    fn a_plus_that_became_a_space_is_one_again() {
        let moment = || Token::Word(Cow::Borrowed("2012-10-10T12:00:00+02:00"));
        assert_eq!(words("2012-10-10T12:00:00 02:00"), [moment()]);
        assert_eq!(words("2012-10-10T12:00:00 02:00)"), [moment(), Token::Close]);
        for text in
            ["2012-10-10T12:00:00Z 02:00", "2012-10-10 02:00", "2012-10-10T12:00:00 02:000", "x 02:00"]
        {
            assert_eq!(words(text).len(), 2, "{text}");
        }
    }

    #[test]
    fn what_never_closes_is_an_error() {
        for (text, place) in [("'abc", 5), ("\"ä", 3), (r"'\'", 4), ("!", 1), ("a !b", 3)] {
            let mut lexer = Lexer::new(text);
            let error = (0..3).find_map(|_| lexer.next().err()).unwrap();
            assert!(matches!(error, Malformed::Parameter { place: Some(at), .. } if at == place), "{error}");
        }
    }
}
