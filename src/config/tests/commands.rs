//! What needs no gateway.

use super::*;
use crate::config::commands::check;

#[test]
fn check_prints_one_line_for_each_problem() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bad.toml");
    fs::write(&path, "port = 3001\ndriver = 'nosuch'\nthreads = 0\n").unwrap();
    let arguments = Arguments { config: Some(path.clone()), ..Arguments::default() };
    let mut out = Vec::new();
    assert!(!check(&arguments, &|_| None, &mut out).unwrap());
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with(&format!("{}:2: there is no driver", path.display())), "{text}");
    assert!(lines[1].starts_with(&format!("{}:3: 0 is not", path.display())), "{text}");
    assert!(!check(&Arguments::default(), &|_| None, &mut Vec::new()).unwrap());
}

#[test]
fn what_needs_no_gateway_is_answered() {
    let answered = |line: &str| {
        let mut out = Vec::new();
        let arguments = Arguments::try_parse_from(line.split(' ')).unwrap();
        let code = answer(&arguments, &mut out);
        (code.is_some(), String::from_utf8(out).unwrap())
    };
    let (done, drivers) = answered("deltagate -l");
    assert!(done && drivers.lines().count() == crate::drivers::DRIVERS.len(), "{drivers}");
    assert!(drivers.contains("mock "), "{drivers}");
    for (line, expected) in
        [("deltagate completions bash", "--provider"), ("deltagate man", ".TH deltagate 1")]
    {
        let (done, text) = answered(line);
        assert!(done && text.contains(expected), "{line}: {text}");
    }
    assert_eq!(answered("deltagate -p 0"), (false, String::new()));
}
