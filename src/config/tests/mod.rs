//! Settings, from every layer, right and wrong.

mod access_keys;
mod commands;
mod complete_file;
mod providers;
mod store;
mod wrong;

use std::fs;

use clap::Parser;
use secrecy::ExposeSecret;

use super::*;

/// Loads a file of this text, together with flags and variables.
fn load_text(text: &str, flags: &[&str], variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("ca.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    fs::write(directory.path().join("key.pem"), "-----BEGIN EC PRIVATE KEY-----\n").unwrap();
    fs::write(directory.path().join("secret"), "from a file\n").unwrap();
    fs::write(directory.path().join("empty"), "").unwrap();
    let path = directory.path().join("d.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let words = ["deltagate", "-c", path].into_iter().chain(flags.iter().copied());
    let arguments = Arguments::try_parse_from(words).unwrap();
    let environment =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let in_short = |problem: &Problem| problem.to_string().replace(&format!("{path}:"), "");
    load_with(&arguments, &environment).map_err(|problems| problems.iter().map(in_short).collect())
}

fn load_all(text: &str) -> Result<Config, Vec<String>> {
    load_text(text, &[], &[])
}

const MOCK: &str = "[[providers]]\nname = 'one'\ndriver = 'mock'\n";
#[test]
fn without_settings_a_mock_cloud_is_served_on_localhost() {
    let config = load_with(&Arguments::default(), &|_| None).unwrap();
    let addresses: Vec<_> = config.listeners.iter().map(|listener| listener.address.to_string()).collect();
    assert_eq!(addresses[0], "127.0.0.1:3001");
    assert!(addresses.len() == 1 || addresses[1..] == ["[::1]:3001"], "{addresses:?}");
    assert_eq!(config.frontends, crate::frontends::DEFAULT_NAMES);
    assert_eq!(config.providers.default_provider().driver, "mock");
    assert_eq!(config.providers.default_provider().name, "default");
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.metrics, ["127.0.0.1:9301".parse().unwrap()]);
    assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Text, "info"));
    let [key] = config.access_keys.as_slice() else { panic!("{:?}", config.access_keys) };
    assert_eq!((key.id.as_str(), key.secret.expose_secret()), ("mockuser", "mockpassword"));
    assert_eq!(key.identity.user, "mockuser");
    assert_eq!(key.provider.as_deref(), Some("default"));
    assert!(config.warnings.is_empty());
}

#[test]
fn the_higher_layer_wins() {
    let port = |text, flags: &[&str], variables: &[(&str, &str)]| {
        load_text(text, flags, variables).unwrap().listeners[0].address.port()
    };
    let flags = ["-p", "4003"];
    let variables = [("API_PORT", "4002")];
    assert_eq!(port("port = 4001", &flags, &variables), 4003);
    assert_eq!(port("port = 4001", &[], &variables), 4002);
    assert_eq!(port("port = 4001", &[], &[]), 4001);
    let listener = "[[listeners]]\naddress = '127.0.0.1:4000'";
    assert_eq!(port(listener, &[], &[]), 4000);
    assert_eq!(port(listener, &flags, &[]), 4003);

    let seconds = |text, flags: &[&str], variables: &[(&str, &str)]| {
        let config = load_text(text, flags, variables).unwrap();
        config.providers.default_provider().endpoint.operation_timeout.as_secs()
    };
    let own = "timeout = 10\n[[providers]]\nname = 'one'\ndriver = 'mock'\noperation_timeout = 20";
    assert_eq!(seconds(own, &["-t", "40"], &[("API_TIMEOUT", "30")]), 40);
    assert_eq!(seconds(own, &[], &[("API_TIMEOUT", "30")]), 30);
    assert_eq!(seconds(own, &[], &[]), 20);
    assert_eq!(seconds(&format!("timeout = 10\n{MOCK}"), &[], &[]), 10);

    let frontends = load_text("frontends = ['nosuch']", &["-f", "EC2"], &[("API_FRONTEND", "other")]);
    assert_eq!(frontends.unwrap().frontends, ["ec2"]);
    let both = load_text("", &["-f", "ec2,deltacloud"], &[]);
    assert_eq!(both.unwrap().frontends, ["ec2", "deltacloud"]);
}

#[test]
fn an_embedded_cloud_may_take_its_time_and_be_kept() {
    let embedded = |text, flags: &[&str], variables: &[(&str, &str)]| {
        let Embedded { transition, state } = load_text(text, flags, variables).unwrap().embedded;
        (transition.as_millis(), state)
    };
    assert_eq!(embedded("", &[], &[]), (0, None));
    let text = "[mock]\ntransition = 0.2\nstate = 'kept'";
    let (transition, state) = embedded(text, &[], &[]);
    assert_eq!(transition, 200);
    assert!(state.as_ref().is_some_and(|state| state.is_absolute() && state.ends_with("kept")), "{state:?}");
    let variables = [("API_MOCK_DELAY", "1.5"), ("DELTACLOUD_MOCK_STORAGE", "/b")];
    assert_eq!(embedded(text, &[], &variables), (1500, Some("/b".into())));
    let flags = ["--mock-delay", "3", "--mock-state", "/a"];
    assert_eq!(embedded(text, &flags, &variables), (3000, Some("/a".into())));
    for wrong in ["-1", "nan", "86401"] {
        let problems = load_text(&format!("[mock]\ntransition = {wrong}"), &[], &[]).unwrap_err();
        assert!(problems[0].starts_with("2: "), "{problems:?}");
    }
}

#[test]
fn listeners_may_speak_tls() {
    let text = "[[listeners]]\naddress = '[::1]:0'\ntls_cert = 'ca.pem'\ntls_key = 'key.pem'\n\
                [[listeners]]\naddress = '127.0.0.1:0'\n[metrics]\nenabled = false\n";
    let config = load_all(text).unwrap();
    let [secure, plain] = config.listeners.as_slice() else { panic!("{:?}", config.listeners) };
    assert_eq!(secure.tls.as_ref().unwrap().key.file_name().unwrap(), "key.pem");
    assert_eq!(secure.address.to_string(), "[::1]:0");
    assert_eq!(plain.tls, None);
    assert!(config.metrics.is_empty());
}
