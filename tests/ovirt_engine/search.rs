//! The search language: `[criteria] [sortby FIELD [asc|desc]] [page N]`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::call::Call;
use super::reply::Problem;

/// What an item says about one of its fields; a field may have several values (tags).
pub type Values = Vec<String>;

#[derive(Debug, Default, PartialEq, Eq)]
struct Query {
    /// Any of these groups must match; a group matches when all its criteria do.
    groups: Vec<Vec<Criterion>>,
    sort: Option<(String, bool)>,
    page: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
struct Criterion {
    field: String,
    operator: Operator,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Operator(Operator),
}

/// Narrows a list as the request's `search`, `case_sensitive` and `max` ask.
///
/// `values` answers for each of `fields`.
///
/// # Errors
/// 400 when the expression is no search expression or names no field of the collection.
pub fn narrow<T>(
    call: &Call,
    items: Vec<Arc<T>>,
    fields: &[&str],
    values: impl Fn(&T, &str) -> Values,
) -> Result<Vec<Arc<T>>, Problem> {
    let max = call.param("max").and_then(|max| max.trim().parse::<usize>().ok());
    let text = call.param("search").unwrap_or_default();
    let query =
        parse(text, fields).ok_or_else(|| Problem::invalid(format!("Invalid search query: {text}")))?;
    let sensitive = call.flag("case_sensitive") == Some(true);
    let mut items = items;
    if !query.groups.is_empty() {
        items.retain(|item| query.matches(sensitive, |field| values(item, field)));
    }
    if let Some((field, descending)) = &query.sort {
        items.sort_by(|a, b| {
            let order = order(&values(a, field), &values(b, field));
            if *descending { order.reverse() } else { order }
        });
    }
    let size = max.unwrap_or(usize::MAX);
    let skipped = query.page.unwrap_or(1).saturating_sub(1).saturating_mul(size);
    Ok(items.into_iter().skip(skipped).take(size).collect())
}

impl Query {
    fn matches(&self, sensitive: bool, values: impl Fn(&str) -> Values) -> bool {
        let one = |criterion: &Criterion| criterion.matches(&values(&criterion.field), sensitive);
        self.groups.iter().any(|group| group.iter().all(one))
    }
}

impl Criterion {
    fn matches(&self, values: &[String], sensitive: bool) -> bool {
        let equal = || values.iter().any(|value| like(&self.value, value, sensitive));
        let compare = || {
            values.first().map(|value| order(std::slice::from_ref(value), std::slice::from_ref(&self.value)))
        };
        match self.operator {
            Operator::Equal => equal(),
            Operator::NotEqual => !equal(),
            Operator::Less => compare() == Some(Ordering::Less),
            Operator::LessOrEqual => compare().is_some_and(Ordering::is_le),
            Operator::Greater => compare() == Some(Ordering::Greater),
            Operator::GreaterOrEqual => compare().is_some_and(Ordering::is_ge),
        }
    }
}

/// By number where both are numbers.
fn order(a: &[String], b: &[String]) -> Ordering {
    let number = |values: &[String]| values.first().and_then(|value| value.parse::<f64>().ok());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for anything.
fn like(pattern: &str, text: &str, sensitive: bool) -> bool {
    let fold = |s: &str| if sensitive { s.to_owned() } else { s.to_lowercase() };
    let (pattern, text) = (fold(pattern), fold(text));
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

fn parse(text: &str, fields: &[&str]) -> Option<Query> {
    let tokens = tokens(text)?;
    let mut query = Query::default();
    let mut rest = tokens.as_slice();
    let mut joined = true;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            Token::Word(word) if word.eq_ignore_ascii_case("sortby") => {
                rest = sort(&mut query, rest, fields)?;
                joined = true;
            }
            Token::Word(word) if word.eq_ignore_ascii_case("page") => {
                let [Token::Word(number), tail @ ..] = rest else { return None };
                query.page = Some(number.parse().ok().filter(|page| *page > 0)?);
                rest = tail;
                joined = true;
            }
            Token::Word(word) if !joined && word.eq_ignore_ascii_case("and") => joined = true,
            Token::Word(word) if !joined && word.eq_ignore_ascii_case("or") => {
                query.groups.push(Vec::new());
                joined = true;
            }
            Token::Word(word) if joined && !is_joint(word) => {
                let (criterion, tail) = criterion(word, rest, fields)?;
                if query.groups.is_empty() {
                    query.groups.push(Vec::new());
                }
                query.groups.last_mut()?.push(criterion);
                rest = tail;
                joined = false;
            }
            Token::Word(_) | Token::Operator(_) => return None,
        }
    }
    let dangling = query.groups.iter().any(Vec::is_empty);
    (!dangling).then_some(query)
}

fn is_joint(word: &str) -> bool {
    word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or")
}

fn sort<'a>(query: &mut Query, rest: &'a [Token], fields: &[&str]) -> Option<&'a [Token]> {
    let [Token::Word(field), rest @ ..] = rest else { return None };
    let field = known(field, fields)?;
    let (descending, rest) = match rest {
        [Token::Word(word), rest @ ..] if word.eq_ignore_ascii_case("desc") => (true, rest),
        [Token::Word(word), rest @ ..] if word.eq_ignore_ascii_case("asc") => (false, rest),
        _ => (false, rest),
    };
    query.sort = Some((field, descending));
    Some(rest)
}

fn criterion<'a>(word: &str, rest: &'a [Token], fields: &[&str]) -> Option<(Criterion, &'a [Token])> {
    if let [Token::Operator(operator), Token::Word(value), rest @ ..] = rest {
        let criterion = Criterion { field: known(word, fields)?, operator: *operator, value: value.clone() };
        return Some((criterion, rest));
    }
    if matches!(rest.first(), Some(Token::Operator(_))) {
        return None;
    }
    let field = "name".to_owned();
    Some((Criterion { field, operator: Operator::Equal, value: format!("*{word}*") }, rest))
}

/// A field in the spelling of `fields`; `Template.name` is `template`.
fn known(field: &str, fields: &[&str]) -> Option<String> {
    let lower = field.to_ascii_lowercase();
    let plain = lower.strip_suffix(".name").unwrap_or(&lower);
    fields.iter().find(|known| **known == lower || **known == plain).map(|known| (*known).to_owned())
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some((sign, operator)) = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            tokens.push(Token::Operator(*operator));
            rest = &rest[sign.len()..];
        } else if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            tokens.push(Token::Word(quoted[..end].to_owned()));
            rest = &quoted[end + 1..];
        } else {
            let end = rest.find([' ', '\t', '=', '!', '<', '>', '"']).unwrap_or(rest.len());
            let word = &rest[..end];
            if word.is_empty() || word.contains(['\\', '\'', '(', ')', ';']) {
                return None;
            }
            tokens.push(Token::Word(word.to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str) -> Option<bool> {
        let query = parse(text, &["name", "status", "memory", "tag"])?;
        let values = |field: &str| match field {
            "name" => vec!["Web-1".to_owned()],
            "memory" => vec!["1024".to_owned()],
            "tag" => vec!["red".to_owned(), "blue".to_owned()],
            _ => vec!["up".to_owned()],
        };
        Some(query.groups.is_empty() || query.matches(false, values))
    }

    #[test]
    fn criteria_join_by_and_and_or() {
        for (text, found) in [
            ("", true),
            ("name=web*", true),
            ("name=*b-1 and status=down", false),
            ("status=down or tag = blue", true),
            ("status!=down", true),
            ("memory>900 and memory<=1024", true),
            ("name=\"web-1\" sortby name desc page 2", true),
            ("web", true),
            ("VM.name", false),
        ] {
            assert_eq!(finds(text), Some(found), "{text}");
        }
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for text in
            ["colour=red", "name==x", "name=", "and", "name=a or", "a\\", "page 0", "sortby", "'; drop"]
        {
            assert_eq!(finds(text), None, "{text}");
        }
    }
}
