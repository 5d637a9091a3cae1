//! The files in `conf/` are good as they are.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn conf() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conf")
}

fn read(name: &str) -> String {
    fs::read_to_string(conf().join(name)).unwrap()
}

#[test]
fn every_config_file_passes_the_check() {
    let files = fs::read_dir(conf()).unwrap().map(|entry| entry.unwrap().path());
    let configs: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    assert!(configs.len() >= 2, "{configs:?}");
    for path in configs {
        let mut check = Command::new(env!("CARGO_BIN_EXE_deltagate"));
        check.arg("check").arg("-c").arg(&path).env_clear();
        check.env("DELTAGATE_SECRET", "secret").env("DELTAGATE_PASSWORD", "password");
        let output = check.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The words in `text` that begin with `deltagate_`, without what a histogram adds.
fn metrics(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let named = words.filter(|word| word.starts_with("deltagate_"));
    named.map(|word| word.strip_suffix("_bucket").unwrap_or(word)).collect()
}

#[test]
fn alerts_and_dashboard_show_the_metrics_there_are() {
    let there_are = metrics(include_str!("../src/telemetry/metrics.rs"));
    assert!(there_are.len() >= 9, "{there_are:?}");
    let (alerts, dashboard) = (read("alerts.yml"), read("dashboard.json"));
    for shown in metrics(&alerts).union(&metrics(&dashboard)) {
        assert!(there_are.contains(shown), "there is no metric {shown}");
    }
    assert_eq!(metrics(&dashboard), there_are, "the dashboard does not show every metric");
}

#[test]
fn the_dashboard_is_whole() {
    let dashboard: serde_json::Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    for panel in panels {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty() && targets.iter().all(|target| target["expr"].is_string()), "{panel}");
    }
}

#[test]
fn prometheus_takes_the_alerts() {
    let alerts = conf().join("alerts.yml");
    match Command::new("promtool").args(["check", "rules"]).arg(alerts).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => println!("skipped: promtool cannot be run: {error}"),
    }
}
