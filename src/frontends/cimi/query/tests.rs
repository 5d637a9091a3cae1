//! Whole queries, and what holds for all of them.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

/// A machine with attributes of every type.
pub(super) struct Machine {
    pub(super) name: &'static str,
    pub(super) cpu: i128,
    pub(super) created: Timestamp,
    pub(super) enabled: bool,
    pub(super) disks: [i128; 2],
}

impl Machine {
    pub(super) fn web() -> Self {
        let created = Timestamp::from_second(1_349_870_400).unwrap();
        Machine { name: "web", cpu: 2, created, enabled: true, disks: [10, 20] }
    }
}

impl Attributes for Machine {
    fn values(&self, subject: &Subject, take: Take<'_>) {
        let value = match subject {
            Subject::Property(key) if key == "tier" => Value::Text("front"),
            Subject::Property(_) => return,
            Subject::Attribute(path) => match path.as_str() {
                "name" => Value::Text(self.name),
                "label" => Value::Text("007"),
                "state" => Value::Text("STARTED"),
                "cpu" => Value::Number(self.cpu),
                "created" => Value::Moment(self.created),
                "enabled" => Value::Flag(self.enabled),
                "disks/capacity" => {
                    self.disks.into_iter().any(|disk| take(Value::Number(disk)));
                    return;
                }
                _other => return,
            },
        };
        take(value);
    }
}

fn parse(query: &str) -> Result<Query, Malformed> {
    Query::parse(query, Grammar::Specified)
}

#[test]
fn a_query_is_all_its_parameters() {
    let text = "%24filter=cpu%3E1+and+name%3D'web'&$first=2&$last=5&$select=name&$select=state&$expand=*\
                &$orderby=name:desc&$format=XML&$format=json&other=x&$nosuch=y";
    let query = parse(text).unwrap();
    assert_eq!(query.filter.as_ref().unwrap().to_string(), "cpu>1 and name='web'");
    assert_eq!(query.window, Window { first: 2, last: Some(5) });
    assert_eq!(query.select, Select::Only(vec![Path::parse("name").unwrap(), Path::parse("state").unwrap()]));
    assert_eq!(query.expand, Expand::All);
    assert!(!query.order.is_any());
    assert_eq!(query.format, Some(Format::Xml));
    assert_eq!(parse("").unwrap(), Query::default());
    assert_eq!(parse("filter=x&first=y&a").unwrap(), Query::default());
}

#[test]
fn several_filters_have_to_be_met_together() {
    let query = parse("$filter=cpu=2 or cpu=3&$filter=name='web'").unwrap();
    assert_eq!(query.filter.as_ref().unwrap().to_string(), "(cpu=2 or cpu=3) and name='web'");
    assert!(query.admits(&Machine::web()));
    assert!(!query.admits(&Machine { name: "db", ..Machine::web() }));
    assert!(!query.admits(&Machine { cpu: 4, ..Machine::web() }));
}

#[test]
fn the_recorded_filters_are_understood_as_they_were() {
    let cases = [
        ("$filter=name='web'", true),
        ("$filter=name!='web'", false),
        ("$filter=state=%22STARTED%22", true),
        ("$filter=state=%22STOPPED%22", false),
        ("$select=name&$filter=name=web", true),
        ("$select=name&$filter=name=db", false),
    ];
    for (text, expected) in cases {
        let query = Query::parse(text, Grammar::Lenient).unwrap();
        assert_eq!(query.admits(&Machine::web()), expected, "{text}");
    }
}

#[test]
fn a_parameter_that_cannot_be_read_is_named() {
    let cases = [
        ("$filter=", "$filter: expected an attribute"),
        ("$filter=name=x", "$filter: expected a value"),
        ("$filter=a=1&$filter=b", "$filter: expected an operator"),
        ("$first=x", "$first: expected a number, not 'x'"),
        ("$first=1&$first=2", "$first: expected one number, not '2'"),
        ("$last=-1", "$last: expected a number, not '-1'"),
        ("$select=machines[1]", "$select: expected names of attributes or *, not 'machines[1]'"),
        ("$expand=a b", "$expand: expected names of attributes or *, not 'a b'"),
        ("$orderby=name:up", "$orderby: expected attributes"),
        ("$format=yaml", "$format: expected json or xml, not 'yaml'"),
        ("$filter=%zz", "the query cannot be read"),
    ];
    for (text, expected) in cases {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    let many = vec!["$filter=a=1"; MOST_FILTERS + 1].join("&");
    assert!(parse(&many).unwrap_err().to_string().contains("at most 16 of it"));
}

#[test]
fn the_cloud_is_bounded_only_where_nothing_else_has_to_be_seen() {
    let at_most = |text: &str, count| parse(text).unwrap().narrowing(count, &|_, _| None).at_most;
    assert_eq!(at_most("$last=5", Count::Unsaid), Some(5));
    assert_eq!(at_most("$first=2&$last=5", Count::Unsaid), Some(5));
    assert_eq!(at_most("$first=6&$last=5", Count::Unsaid), Some(1));
    assert_eq!(at_most("$last=5", Count::Said), None);
    assert_eq!(at_most("$first=5", Count::Unsaid), None);
    assert_eq!(at_most("$last=5&$orderby=name", Count::Unsaid), None);
    assert_eq!(at_most("$last=5&$filter=cpu=2", Count::Unsaid), None);
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<String>().prop_map(Literal::text),
        prop::sample::select(vec!["web", "007", "2", "db"]).prop_map(Literal::text),
        r#"['"\\a ]{0,8}"#.prop_map(Literal::text),
        any::<u64>().prop_map(|number| Literal::bare(&number.to_string()).unwrap()),
        any::<bool>().prop_map(|flag| Literal::bare(&flag.to_string()).unwrap()),
        (0..4_000_000_000_i64)
            .prop_map(|second| Literal::bare(&Timestamp::from_second(second).unwrap().to_string()).unwrap()),
    ]
}

fn comparisons() -> impl Strategy<Value = Condition> {
    let paths = prop::sample::select(vec![
        "name",
        "cpu",
        "created",
        "enabled",
        "label",
        "disks/capacity",
        "and",
        "x",
    ])
    .prop_map(|text| Subject::Attribute(Path::parse(text).unwrap()));
    let subjects = prop_oneof![4 => paths, 1 => any::<String>().prop_map(Subject::Property)];
    let operators = prop::sample::select(Operator::ALL.to_vec());
    (subjects, operators, literals()).prop_map(|(subject, operator, literal)| {
        let is_property = matches!(subject, Subject::Property(_));
        let literal = if is_property { Literal::text(literal.as_str()) } else { literal };
        let has_order = matches!(literal.written_as(), Type::Number | Type::Moment);
        let operator = if has_order { operator } else { Operator::Equal };
        Condition::Comparison(Comparison { subject, operator, literal })
    })
}

fn conditions() -> impl Strategy<Value = Condition> {
    comparisons().prop_recursive(3, 27, 3, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![parts().prop_map(Condition::All), parts().prop_map(Condition::Any)]
    })
}

/// Text that is about a filter: pieces of the grammar in any order.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "name",
        "cpu",
        "and",
        "or",
        " ",
        " ",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        "!",
        "'",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "'x'",
        "property",
        "property['k']",
        "1",
        "2012-10-10",
        "T12:00:00",
        "Z",
        "+02:00",
        " 02:00",
        "true",
        "/",
        "ä",
        "\u{0}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

fn grammars() -> impl Strategy<Value = Grammar> {
    prop::sample::select(vec![Grammar::Specified, Grammar::Lenient])
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(condition in conditions(), grammar in grammars()) {
        let text = condition.to_string();
        prop_assert_eq!(Condition::parse(&text, grammar), Ok(condition), "{}", text);
    }

    #[test]
    fn what_was_read_is_written_as_the_same(text in pieces(), grammar in grammars()) {
        if let Ok(condition) = Condition::parse(&text, grammar) {
            prop_assert_eq!(Condition::parse(&condition.to_string(), grammar), Ok(condition));
        }
    }

    #[test]
    fn what_the_specification_admits_the_lenient_grammar_reads_alike(text in pieces()) {
        if let Ok(condition) = Condition::parse(&text, Grammar::Specified) {
            prop_assert_eq!(Condition::parse(&text, Grammar::Lenient), Ok(condition));
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text in any::<String>(), grammar in grammars()) {
        let errors = [
            Condition::parse(&text, grammar).err(),
            Query::parse(&text, grammar).err(),
            Query::parse(&format!("$filter={}", form::encode(&text)), grammar).err(),
            Query::parse(&format!("$select={text}&$orderby={text}&$first={text}"), grammar).err(),
        ];
        for error in errors.into_iter().flatten() {
            prop_assert!(error.to_string().chars().count() < 250);
        }
    }

    #[test]
    fn unequal_is_what_is_not_equal(condition in comparisons()) {
        let Condition::Comparison(mut comparison) = condition else { unreachable!() };
        let mut admits = |operator| {
            comparison.operator = operator;
            Condition::Comparison(comparison.clone()).admits(&Machine::web())
        };
        prop_assert_ne!(admits(Operator::Equal), admits(Operator::NotEqual));
    }

    #[test]
    fn what_is_admitted_was_asked_of_the_cloud(condition in conditions()) {
        let narrow = |path: &Path, text: &str| match path.as_str() {
            "name" => Some(Narrow::Name(text.to_owned())),
            "label" => Some(Narrow::Id(text.into())),
            _other => None,
        };
        let filter = condition.narrowing(&narrow);
        let is_asked = filter.name.is_none_or(|name| name == "web")
            && (filter.ids.is_empty() || filter.ids.iter().any(|id| id.as_str() == "007"));
        prop_assert!(is_asked || !condition.admits(&Machine::web()));
    }

    #[test]
    fn a_sorted_window_is_a_part_of_the_sorted_whole(
        cpus in prop::collection::vec(0_i128..5, 0..20),
        first in 0_u64..8,
        last in prop::option::of(0_u64..8),
    ) {
        let order = Order::parse(&["cpu:desc"]).unwrap();
        let sorted = |window: Window| {
            let mut sort = Sort::new(order.clone(), window);
            for (nth, cpu) in cpus.iter().enumerate() {
                sort.put(&Machine { cpu: *cpu, ..Machine::web() }, || nth).unwrap();
            }
            (sort.seen(), sort.shown().collect::<Vec<_>>())
        };
        let (count, whole) = sorted(Window::default());
        let window = Window { first, last };
        let part: Vec<_> =
            (1..).zip(&whole).filter(|(place, _)| window.holds(*place)).map(|(_, nth)| *nth).collect();
        prop_assert_eq!(sorted(window), (count, part));
        prop_assert_eq!(whole.len(), cpus.len());
    }
}
