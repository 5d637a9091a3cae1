//! `conf/deltagate.toml` shows every key, and says what the defaults are.

use super::*;
use crate::config::file::File;

const COMPLETE: &str = include_str!("../../../conf/deltagate.toml");

#[test]
fn the_complete_file_says_what_the_defaults_are() {
    let written = load_all(COMPLETE).unwrap();
    let default = load_all("").unwrap();
    let told = |config: &Config| {
        let Config {
            listeners,
            trusted_proxies,
            frontends,
            providers,
            limits,
            metrics,
            log,
            ec2,
            cimi_dialect,
            embedded,
            threads,
            grace_period,
            ..
        } = config;
        format!(
            "{listeners:?} {trusted_proxies:?} {frontends:?} {providers:?} {limits:?} {metrics:?} {log:?} {ec2:?} {cimi_dialect:?} {embedded:?} {threads} {grace_period:?}"
        )
    };
    assert_eq!(told(&written), told(&default));
}

#[test]
fn the_complete_file_names_every_key_and_no_other() {
    let all: String = COMPLETE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting)
                if setting.starts_with(|first: char| first.is_ascii_lowercase() || first == '[') =>
            {
                setting
            }
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    if let Err(error) = toml::from_str::<File>(&all) {
        panic!("{error}");
    }
    let document: toml::Table = toml::from_str(&all).unwrap();
    let tables = [
        ("", "x = 1"),
        ("listeners", "[[listeners]]\nx = 1"),
        ("providers", "[[providers]]\nx = 1"),
        ("access_keys", "[[access_keys]]\nx = 1"),
        ("limits", "[limits]\nx = 1"),
        ("metrics", "[metrics]\nx = 1"),
        ("log", "[log]\nx = 1"),
        ("ec2", "[ec2]\nx = 1"),
        ("mock", "[mock]\nx = 1"),
        ("store", "[store]\nx = 1"),
    ];
    for (table, wrong) in tables {
        let error = toml::from_str::<File>(wrong).unwrap_err();
        let keys: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert!(keys.len() > 1, "{error}");
        for key in keys {
            assert!(
                is_shown(&document, table, key),
                "conf/deltagate.toml does not show '{key}' in [{table}]"
            );
        }
    }
}

/// Whether the key is in the table, or in one of the tables of that name.
fn is_shown(document: &toml::Table, table: &str, key: &str) -> bool {
    match document.get(table) {
        None => document.contains_key(key),
        Some(toml::Value::Array(tables)) => tables.iter().any(|table| table.get(key).is_some()),
        Some(table) => table.get(key).is_some(),
    }
}
