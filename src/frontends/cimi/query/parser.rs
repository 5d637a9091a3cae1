//! The grammar of `$filter` (DSP0263 §4.1.6.1).
//!
//! ```text
//! Filter   ::= AndExpr ( 'or' Filter )*
//! AndExpr  ::= Comp ( 'and' AndExpr )*
//! Comp     ::= Attribute Op Value | Value Op Attribute | PropExpr | '(' Filter ')'
//! PropExpr ::= 'property[' StringValue ']' Op StringValue
//! ```
//!
//! It says nothing of white space, which may stand between any two words here and has to between two that would be one
//! without it; nor of how a quote stands in text, which is with a backslash before it.

use std::{borrow::Cow, mem};

use super::{
    Grammar, Malformed,
    condition::{Comparison, Condition, Operator, Subject},
    lexer::{Lexer, Token},
    literal::{Literal, Type},
    path::Path,
};

/// How deep parentheses may be nested.
const MOST_NESTED: usize = 32;
/// The longest filter, in bytes.
const MOST_BYTES: usize = 16 * 1024;
/// The most comparisons in one filter.
const MOST_COMPARISONS: usize = 256;

pub(super) const AN_OPERATOR: &str = "an operator (=, !=, <, <=, > or >=)";
const AN_OPERAND: &str = "an attribute, property['…'], a value or (";
const A_VALUE: &str = "a value: text in quotes, a number, a date, true or false";
const AN_ATTRIBUTE: &str = "an attribute";
const TEXT: &str = "text in quotes";
const EQUALITY: &str = "= or != (text and flags have no order)";

impl Condition {
    /// Reads one `$filter`.
    ///
    /// # Errors
    /// What was expected at which place, where the text is no filter, or one beyond the bounds: 16 KiB, 256 comparisons,
    /// 32 parentheses deep.
    pub fn parse(text: &str, grammar: Grammar) -> Result<Self, Malformed> {
        let mut parser = Parser::new(text, grammar)?;
        let condition = parser.any()?;
        match parser.token {
            Token::End => Ok(condition),
            _other => Err(parser.lexer.expected(parser.at, "and, or or the end")),
        }
    }
}

/// Reads from left to right, one word ahead.
struct Parser<'t> {
    lexer: Lexer<'t>,
    grammar: Grammar,
    /// The next word.
    token: Token<'t>,
    /// Where it begins, in bytes.
    at: usize,
    /// How many parentheses are open.
    nested: usize,
    comparisons: usize,
}

/// One side of a comparison.
enum Side {
    /// What can be looked at.
    Subject(Subject),
    /// What can be compared with.
    Literal(Literal),
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, grammar: Grammar) -> Result<Self, Malformed> {
        let mut lexer = Lexer::new(text);
        if text.len() > MOST_BYTES {
            return Err(lexer.expected(0, format!("at most {MOST_BYTES} bytes")));
        }
        let (at, token) = lexer.next()?;
        Ok(Parser { lexer, grammar, token, at, nested: 0, comparisons: 0 })
    }

    fn any(&mut self) -> Result<Condition, Malformed> {
        self.joined("or", Parser::all, Condition::Any)
    }

    fn all(&mut self) -> Result<Condition, Malformed> {
        self.joined("and", Parser::term, Condition::All)
    }

    /// Parts with a word between them; one alone is itself.
    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Condition, Malformed>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Result<Condition, Malformed> {
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.is_word(word) {
            self.advance()?;
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn term(&mut self) -> Result<Condition, Malformed> {
        if self.token != Token::Open {
            return self.comparison().map(Condition::Comparison);
        }
        if self.nested == MOST_NESTED {
            return Err(self.expected(format!("at most {MOST_NESTED} nested parentheses")));
        }
        self.advance()?;
        self.nested += 1;
        let inner = self.any()?;
        self.nested -= 1;
        self.sign(&Token::Close, "and, or or )")?;
        Ok(inner)
    }

    fn comparison(&mut self) -> Result<Comparison, Malformed> {
        self.count()?;
        let left = self.side(AN_OPERAND)?;
        let operator_at = self.at;
        let operator = self.operator()?;
        let right_at = self.at;
        let right = self.side(if matches!(left, Side::Subject(_)) { A_VALUE } else { AN_ATTRIBUTE })?;
        let comparison = match (left, right) {
            (Side::Subject(subject), Side::Literal(literal)) => Comparison { subject, operator, literal },
            (Side::Literal(literal), Side::Subject(subject)) => {
                Comparison { subject, operator: operator.turned_round(), literal }
            }
            (Side::Subject(subject), Side::Subject(Subject::Attribute(word)))
                if self.grammar == Grammar::Lenient =>
            {
                Comparison { subject, operator, literal: Literal::text(word.as_str()) }
            }
            (Side::Subject(_), Side::Subject(_)) => return Err(self.lexer.expected(right_at, A_VALUE)),
            (Side::Literal(_), Side::Literal(_)) => return Err(self.lexer.expected(right_at, AN_ATTRIBUTE)),
        };
        self.check(comparison, operator_at, right_at)
    }

    fn count(&mut self) -> Result<(), Malformed> {
        self.comparisons += 1;
        let is_fine = self.comparisons <= MOST_COMPARISONS;
        is_fine.then_some(()).ok_or_else(|| self.expected(format!("at most {MOST_COMPARISONS} comparisons")))
    }

    /// A comparison whose sides go together: a property is text, and only numbers and dates have an order.
    fn check(
        &self,
        comparison: Comparison,
        operator_at: usize,
        right_at: usize,
    ) -> Result<Comparison, Malformed> {
        let Comparison { subject, operator, literal } = &comparison;
        let is_property = matches!(subject, Subject::Property(_));
        if operator.asks_for_order() && (is_property || !self.has_order(literal)) {
            return Err(self.lexer.expected(operator_at, EQUALITY));
        }
        if is_property && self.grammar == Grammar::Specified && literal.written_as() != Type::Text {
            return Err(self.lexer.expected(right_at, TEXT));
        }
        Ok(comparison)
    }

    fn has_order(&self, literal: &Literal) -> bool {
        match (literal.written_as(), self.grammar) {
            (Type::Number | Type::Moment, _) => true,
            (Type::Text, Grammar::Lenient) => literal.number().is_some() || literal.moment().is_some(),
            (Type::Text, Grammar::Specified) | (Type::Flag, _) => false,
        }
    }

    fn side(&mut self, expected: &'static str) -> Result<Side, Malformed> {
        match self.advance()? {
            (_, Token::Quoted(text)) => Ok(Side::Literal(Literal::text(text))),
            (_, Token::Word(word)) if word == "property" && self.token == Token::OpenBracket => {
                self.property()
            }
            (at, Token::Word(word)) => self.word(&word).ok_or_else(|| self.lexer.expected(at, expected)),
            (at, _other) => Err(self.lexer.expected(at, expected)),
        }
    }

    fn word(&self, word: &str) -> Option<Side> {
        let literal = Literal::bare(word).map(Side::Literal);
        let subject = || Path::parse(word).map(Subject::Attribute).map(Side::Subject);
        let text = || (self.grammar == Grammar::Lenient).then(|| Side::Literal(Literal::text(word)));
        literal.or_else(subject).or_else(text)
    }

    /// The key of a property and what is around it.
    fn property(&mut self) -> Result<Side, Malformed> {
        self.advance()?;
        let (at, token) = self.advance()?;
        let Token::Quoted(key) = token else { return Err(self.lexer.expected(at, TEXT)) };
        self.sign(&Token::CloseBracket, "]")?;
        Ok(Side::Subject(Subject::Property(key)))
    }

    fn operator(&mut self) -> Result<Operator, Malformed> {
        let Token::Operator(operator) = self.token else { return Err(self.expected(AN_OPERATOR)) };
        self.advance()?;
        Ok(operator)
    }

    fn sign(&mut self, sign: &Token<'_>, name: &'static str) -> Result<(), Malformed> {
        if self.token != *sign {
            return Err(self.expected(name));
        }
        self.advance().map(|_| ())
    }

    fn is_word(&self, expected: &str) -> bool {
        matches!(&self.token, Token::Word(word) if word == expected)
    }

    /// Goes to the next word; the one before is the answer, with its place.
    fn advance(&mut self) -> Result<(usize, Token<'t>), Malformed> {
        let (at, token) = self.lexer.next()?;
        let at = mem::replace(&mut self.at, at);
        Ok((at, mem::replace(&mut self.token, token)))
    }

    fn expected(&self, what: impl Into<Cow<'static, str>>) -> Malformed {
        self.lexer.expected(self.at, what)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::lexer::FILTER, *};

    fn read(text: &str, grammar: Grammar) -> Result<String, String> {
        Condition::parse(text, grammar).map(|read| read.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_grammar_is_the_specifications() {
        let cases = [
            ("name='x'", "name='x'"),
            ("name=\"x\"", "name='x'"),
            (" name  != 'x' ", "name!='x'"),
            ("cpu<2", "cpu<2"),
            ("cpu<=2", "cpu<=2"),
            ("cpu>2", "cpu>2"),
            ("cpu>=2", "cpu>=2"),
            ("2>=cpu", "cpu<=2"),
            ("2<cpu", "cpu>2"),
            ("'x'=name", "name='x'"),
            ("true!=enabled", "enabled!=true"),
            ("created>2012-10-10T12:00:00Z", "created>2012-10-10T12:00:00Z"),
            ("created=2012-10-10", "created=2012-10-10"),
            ("property['a b']='c'", "property['a b']='c'"),
            ("property [ \"k\" ] != 'v'", "property['k']!='v'"),
            ("'v'=property['k']", "property['k']='v'"),
            ("property='x'", "property='x'"),
            ("disks/capacity>=10", "disks/capacity>=10"),
            ("a=1 and b=2 or c=3 and d=4", "a=1 and b=2 or c=3 and d=4"),
            ("a=1 or b=2 and c=3", "a=1 or b=2 and c=3"),
            ("(a=1 or b=2) and c=3", "(a=1 or b=2) and c=3"),
            ("a=1 or (b=2 or c=3)", "a=1 or (b=2 or c=3)"),
            ("((a=1))", "a=1"),
            ("(a='1')and(b='2')", "a='1' and b='2'"),
            ("a='1'and b='2'or c='3'", "a='1' and b='2' or c='3'"),
            ("and='x' and or='y'", "and='x' and or='y'"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text, Grammar::Specified).as_deref(), Ok(expected), "{text}");
            assert_eq!(read(text, Grammar::Lenient).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn and_binds_closer_than_or() {
        let Ok(Condition::Any(parts)) = Condition::parse("a=1 or b=2 and c=3", Grammar::Specified) else {
            panic!("no alternative")
        };
        assert!(
            matches!(parts.as_slice(), [Condition::Comparison(_), Condition::All(both)] if both.len() == 2)
        );
    }

    #[test]
    fn errors_say_what_was_expected_where() {
        let cases = [
            ("", format!("{AN_OPERAND} at character 1, not its end")),
            ("name", format!("{AN_OPERATOR} at character 5, not its end")),
            ("name=", format!("{A_VALUE} at character 6, not its end")),
            ("name=Other", format!("{A_VALUE} at character 6, not 'Other'")),
            ("name==2", format!("{A_VALUE} at character 6, not '=2'")),
            ("name ~ 'x'", format!("{AN_OPERATOR} at character 6, not '~ 'x''")),
            ("name ! 'x'", format!("{AN_OPERATOR} at character 6, not '! 'x''")),
            ("1=2", format!("{AN_ATTRIBUTE} at character 3, not '2'")),
            ("name='x", "the closing ' at character 8, not its end".to_owned()),
            ("a=1 b=2", "and, or or the end at character 5, not 'b=2'".to_owned()),
            ("(a=1", "and, or or ) at character 5, not its end".to_owned()),
            ("a=1)", "and, or or the end at character 4, not ')'".to_owned()),
            ("a=1 and", format!("{AN_OPERAND} at character 8, not its end")),
            ("()", format!("{AN_OPERAND} at character 2, not ')'")),
            ("name<'x'", format!("{EQUALITY} at character 5, not '<'x''")),
            ("enabled>=true", format!("{EQUALITY} at character 8, not '>=true'")),
            ("property['k']<'v'", format!("{EQUALITY} at character 14, not '<'v''")),
            ("property['k']=1", format!("{TEXT} at character 15, not '1'")),
            ("property[k]='v'", format!("{TEXT} at character 10, not 'k]='v''")),
            ("property['k'='v'", "] at character 13, not '='v''".to_owned()),
            ("machines[1]=2", format!("{AN_OPERATOR} at character 9, not '[1]=2'")),
            ("created>2012-13-01", format!("{A_VALUE} at character 9, not '2012-13-01'")),
            ("cpu>-1", format!("{A_VALUE} at character 5, not '-1'")),
        ];
        for (text, expected) in cases {
            let expected = format!("{FILTER}: expected {expected}");
            assert_eq!(read(text, Grammar::Specified), Err(expected), "{text}");
        }
    }

    #[test]
    fn the_lenient_grammar_takes_bare_words_for_text() {
        let cases = [
            ("name=AnotherInstance", "name='AnotherInstance'"),
            ("state!=STARTED", "state!='STARTED'"),
            ("id=http://h:3001/cimi/machines/i1", "id='http://h:3001/cimi/machines/i1'"),
            ("id=7e9c-11", "id='7e9c-11'"),
            ("(name=and)and state=on", "name='and' and state='on'"),
            ("property['k']=v", "property['k']='v'"),
            ("created>'2012-10-10T12:00:00Z'", "created>'2012-10-10T12:00:00Z'"),
            ("memory<'512'", "memory<'512'"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text, Grammar::Lenient).as_deref(), Ok(expected), "{text}");
            assert!(read(text, Grammar::Specified).is_err(), "{text}");
        }
        assert!(read("name<Other", Grammar::Lenient).is_err());
    }

    #[test]
    fn length_depth_and_number_are_bounded() {
        let nested = |depth| format!("{}a=1{}", "(".repeat(depth), ")".repeat(depth));
        let many = |count| vec!["a=1"; count].join(" or ");
        let long = |bytes: usize| format!("a='{}'", "x".repeat(bytes - 4));
        let cases = [
            (nested(MOST_NESTED), nested(MOST_NESTED + 1), "at most 32 nested parentheses"),
            (many(MOST_COMPARISONS), many(MOST_COMPARISONS + 1), "at most 256 comparisons"),
            (long(MOST_BYTES), long(MOST_BYTES + 1), "at most 16384 bytes"),
        ];
        for (most, more, message) in cases {
            assert!(read(&most, Grammar::Specified).is_ok());
            let error = read(&more, Grammar::Specified).unwrap_err();
            assert!(error.contains(message) && error.len() < 200, "{error}");
        }
    }
}
