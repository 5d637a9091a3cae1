//! Settings, from every layer, right and wrong.

use std::{fs, path::Path};

use clap::Parser;
use secrecy::ExposeSecret;

use super::*;
use crate::exchange::Level;

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
const TWO_MOCKS: &str =
    "[[providers]]\nname = 'one'\ndriver = 'mock'\n[[providers]]\nname = 'two'\ndriver = 'mock'\n";

#[test]
fn without_settings_a_mock_cloud_is_served_on_localhost() {
    let config = load_with(&Arguments::default(), &|_| None).unwrap();
    let addresses: Vec<_> = config.listeners.iter().map(|listener| listener.address.to_string()).collect();
    assert_eq!(addresses[0], "127.0.0.1:3001");
    assert!(addresses.len() == 1 || addresses[1..] == ["[::1]:3001"], "{addresses:?}");
    assert_eq!(config.frontends, crate::frontends::NAMES);
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
}

#[test]
fn the_default_provider_is_the_one_that_was_meant() {
    let name = |text: &str, flags: &[&str], variables: &[(&str, &str)]| {
        load_text(text, flags, variables).map(|config| config.providers.default_provider().name.clone())
    };
    let named = format!("provider = 'two'\n{TWO_MOCKS}");
    assert_eq!(name(TWO_MOCKS, &[], &[]).unwrap(), "one");
    assert_eq!(name(&named, &[], &[]).unwrap(), "two");
    assert_eq!(name(&named, &["-P", "ONE"], &[]).unwrap(), "one");
    assert_eq!(name(&named, &[], &[("API_PROVIDER", "one")]).unwrap(), "one");
    assert_eq!(name(TWO_MOCKS, &["-i", "mock"], &[]).unwrap(), "one");
    assert_eq!(name(TWO_MOCKS, &["-i", "mock", "-P", "three"], &[]).unwrap(), "default");
    assert_eq!(name("driver = 'mock'", &[], &[]).unwrap(), "default");
    assert_eq!(name("", &["-P", "a"], &[]).unwrap(), "default");
}

#[test]
fn a_provider_is_what_its_table_says() {
    let text = "[[providers]]\nname = 'engine'\ndriver = 'rhevm'\nurl = 'https://e:8443/api/'\ndata_center = 'dc'\n\
                level = 'user'\nrelay = true\nca_file = 'ca.pem'\nconnect_timeout = 0.5\nread_timeout = 6\n\
                operation_timeout = 7\npool_size = 8\n";
    let config = load_all(text).unwrap();
    let provider = config.providers.default_provider();
    assert_eq!((provider.name.as_str(), provider.driver), ("engine", "ovirt"));
    assert_eq!(provider.url.as_ref().unwrap().to_string(), "https://e:8443/api");
    assert_eq!((provider.scope.as_deref(), provider.level, provider.relay), (Some("dc"), Level::User, true));
    let endpoint = &provider.endpoint;
    assert_eq!((endpoint.host.as_str(), endpoint.port, endpoint.authority.as_str()), ("e", 8443, "e:8443"));
    let seconds = [endpoint.connect_timeout, endpoint.read_timeout, endpoint.operation_timeout];
    assert_eq!(seconds.map(|time| time.as_secs_f64()), [0.5, 6.0, 7.0]);
    assert_eq!((endpoint.provider.as_str(), endpoint.pool_size), ("engine", 8));
    let tls = endpoint.tls.as_ref().unwrap();
    assert!(!tls.insecure && tls.ca_file.as_ref().unwrap().ends_with("ca.pem"));
    assert!(config.access_keys.is_empty(), "the mock cloud's key is good for the mock cloud only");
}

#[test]
fn flags_describe_a_provider_as_deltacloudd_took_them() {
    let flags = ["-i", "rhevm", "-P", "https://engine.example.com/ovirt-engine/api;dc;USER"];
    let config = load_text("", &flags, &[]).unwrap();
    let provider = config.providers.default_provider();
    assert_eq!((provider.name.as_str(), provider.driver), ("default", "ovirt"));
    assert_eq!((provider.scope.as_deref(), provider.level), (Some("dc"), Level::User));
    assert_eq!(provider.endpoint.tls, Some(Default::default()));
    assert_eq!(provider.endpoint.authority, "engine.example.com");
    let variables = [("API_DRIVER", "ovirt"), ("API_PROVIDER", "http://e/api")];
    let config = load_text("", &[], &variables).unwrap();
    assert_eq!(config.providers.default_provider().endpoint.tls, None);
}

/// A mock cloud first, then an engine.
const BOTH: &str = "[[providers]]\nname = 'one'\ndriver = 'mock'\n\
                    [[providers]]\nname = 'engine'\ndriver = 'ovirt'\nurl = 'https://e/api;dc;USER'\n";

#[test]
fn a_driver_and_a_provider_that_disagree_are_settled_by_their_layers() {
    let name = |top: &str, flags: &[&str], variables: &[(&str, &str)]| {
        let config = load_text(&format!("{top}\n{BOTH}"), flags, variables);
        config.map(|config| config.providers.default_provider().name.clone())
    };
    assert_eq!(name("", &["-i", "rhevm"], &[]).unwrap(), "engine");
    assert_eq!(name("driver = 'mock'", &["-P", "engine"], &[]).unwrap(), "engine");
    assert_eq!(name("provider = 'engine'", &["-i", "mock"], &[]).unwrap(), "one");
    assert_eq!(name("provider = 'one'", &[], &[("API_DRIVER", "ovirt")]).unwrap(), "engine");
    assert_eq!(name("", &["-P", "https://E:443/api/;dc;user"], &[]).unwrap(), "engine");
    let problems = name("driver = 'mock'\nprovider = 'engine'", &[], &[]).unwrap_err();
    assert_eq!(problems, ["2: the provider 'engine' has another driver than 'mock'"]);
}

#[test]
fn a_request_may_name_a_provider_by_its_url() {
    let config = load_all(&format!("allowed_providers = ['https://e/api;dc;USER']\n{BOTH}")).unwrap();
    let chosen =
        |driver, provider| config.providers.choose(driver, provider).map(|chosen| chosen.name.as_str());
    assert_eq!(chosen(Some("rhevm"), None), Some("engine"));
    assert_eq!(chosen(Some("rhevm"), Some("https://e/api;dc;USER")), Some("engine"));
    assert_eq!(chosen(None, Some("https://E:443/api/;dc;user")), Some("engine"));
    for other in [
        "https://e/api",
        "https://e/api;;USER",
        "https://e/api;dc;ADMIN",
        "http://e/api;dc;USER",
        "https://f/api;dc;USER",
    ] {
        assert_eq!(chosen(None, Some(other)), None, "{other}");
    }
    assert_eq!(chosen(Some("mock"), Some("engine")), None);
}

#[test]
fn a_request_chooses_only_what_is_allowed() {
    let config =
        load_all(&format!("allowed_providers = ['two']\n{TWO_MOCKS}{}", MOCK.replace("one", "three")));
    let providers = config.unwrap().providers;
    let chosen = |driver, provider| providers.choose(driver, provider).map(|chosen| chosen.name.as_str());
    assert_eq!(chosen(None, None), Some("one"));
    assert_eq!(chosen(None, Some("one")), Some("one"));
    assert_eq!(chosen(None, Some("Two")), Some("two"));
    assert_eq!(chosen(Some("mock"), Some("two")), Some("two"));
    assert_eq!(chosen(Some("MOCK"), None), Some("one"));
    assert_eq!(chosen(None, Some("three")), None);
    assert_eq!(chosen(None, Some("")), None);
    assert_eq!(chosen(Some("nosuch"), None), None);
}

#[test]
fn secrets_come_from_three_places() {
    let text = "[[access_keys]]\nid = 'A'\nsecret = 'inline'\nuser = 'u'\npassword_file = 'secret'\n\
                [[access_keys]]\nid = 'B'\nsecret_env = 'S'\nuser = 'v'\npassword = 'p'\nprovider = 'ONE'\n";
    let config = load_text(&format!("{text}{MOCK}"), &[], &[("S", "from the environment")]).unwrap();
    let told: Vec<_> =
        config.access_keys.iter().map(|key| (key.id.as_str(), key.secret.expose_secret())).collect();
    assert_eq!(told, [("A", "inline"), ("B", "from the environment"), ("mockuser", "mockpassword")]);
    let password = |index: usize| config.access_keys[index].identity.password.expose_secret().to_owned();
    assert_eq!((password(0).as_str(), password(1).as_str()), ("from a file", "p"));
    assert_eq!(config.access_keys[1].provider.as_deref(), Some("one"));
    let shown = format!("{config:?}");
    for secret in ["inline", "from a file", "from the environment", "mockpassword"] {
        assert!(!shown.contains(&format!("\"{secret}\"")), "{secret} is shown: {shown}");
    }
}

#[test]
fn the_operators_own_mock_key_takes_the_place_of_the_built_in_one() {
    let text =
        "[[access_keys]]\nid = 'mockuser'\nsecret = 'mine'\nuser = 'mockuser'\npassword = 'mockpassword'\n";
    let keys = load_all(&format!("{text}{MOCK}")).unwrap().access_keys;
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].secret.expose_secret(), "mine");
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

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let ovirt = "[[providers]]\nname = 'e'\ndriver = 'ovirt'\n";
    let key = "[[access_keys]]\nid = 'A'\nuser = 'u'\n";
    let cases: &[(&str, &[&str])] = &[
        ("port = 3001\nhost = 'x'", &["2: unknown field `host`"]),
        ("port = 'x'", &["1: invalid type: string \"x\", expected u16"]),
        ("port = 70000", &["1: invalid value: integer `70000`, expected u16"]),
        ("port = 1\nport = 2", &["2: duplicate key"]),
        ("[limits]\n\nbody_byte = 1", &["3: unknown field `body_byte`"]),
        ("= 3", &["1: "]),
        (
            "\nfrontends = ['ec2',\n 'cimi', 'deltacloud']",
            &["3: there is no front end 'cimi', 'deltacloud' yet; there are: "],
        ),
        ("frontends = ['ec2', 'ec2']", &["1: front end 'ec2' is named twice"]),
        ("frontends = []", &["1: no front end is named"]),
        ("hostname = 'a b'", &["1: host 'a b' has no address"]),
        ("timeout = 0", &["1: 0 is no time"]),
        ("timeout = inf", &["1: inf is no time"]),
        ("grace_period = -1", &["1: -1 is no time"]),
        ("threads = 0", &["1: 0 is not from 1 to 1024"]),
        ("driver = 'nosuch'", &["1: there is no driver 'nosuch'; there are: mock"]),
        ("provider = 'nosuch'", &["1: there is no provider 'nosuch'"]),
        ("driver = 'mock'\nprovider = 'https://e/api'", &["2: the mock driver has no back end"]),
        ("allowed_providers = [\n'nosuch']", &["2: there is no provider 'nosuch'"]),
        ("[[listeners]]\naddress = '3001'", &["2: '3001' is no HOST:PORT"]),
        ("[[listeners]]\naddress = '127.0.0.1:99999'", &["2: '127.0.0.1:99999' is no HOST:PORT"]),
        ("[[listeners]]\naddress = 'nosuch.invalid:1'", &["2: host 'nosuch.invalid' has no address"]),
        (
            "[[listeners]]\naddress = '127.0.0.1:4'\n[[listeners]]\naddress = '127.0.0.1:4'",
            &["4: 127.0.0.1:4 is listened on twice"],
        ),
        (
            "[[listeners]]\naddress = '127.0.0.1:4'\ntls_cert = 'ca.pem'",
            &["3: tls_cert and tls_key go together"],
        ),
        (
            "[[listeners]]\naddress = '127.0.0.1:4'\ntls_cert = 'nosuch.pem'\ntls_key = 'ca.pem'",
            &["3: ", "4: "],
        ),
        ("[[listeners]]\ntls_cert = 'ca.pem'", &["1: missing field `address`"]),
        ("[metrics]\naddress = 'localhost'", &["2: 'localhost' is no HOST:PORT"]),
        (
            "hostname = '127.0.0.1'\nport = 9\n[metrics]\naddress = '127.0.0.1:9'",
            &["4: 127.0.0.1:9 is listened on for clients already"],
        ),
        ("[log]\nlevel = 'inof'", &["2: a log level is off, error"]),
        ("[log]\nformat = 'xml'", &["2: unknown variant `xml`, expected `text` or `json`"]),
        ("[ec2]\nregion = 'EU West'", &["2: a region's name has lower-case letters"]),
        ("[ec2]\nclock_skew = 0", &["2: 0 is no time"]),
        ("[limits]\nbody_bytes = 0\nidle_timeout = 0", &["2: 0 is not from 1 to", "3: 0 is no time"]),
        ("[limits]\nheader_bytes = 2048\nuri_bytes = 4096", &["3: uri_bytes is more than header_bytes"]),
        ("[limits]\nrequests_in_flight = -1", &["2: invalid value: integer `-1`"]),
        ("[[providers]]\nname = 'a'", &["1: missing field `driver`"]),
        ("[[providers]]\nname = 'a'\ndriver = 'nosuch'", &["3: there is no driver 'nosuch'"]),
        ("[[providers]]\nname = 'a b'\ndriver = 'mock'", &["2: a provider's name has"]),
        ("[[providers]]\nname = 'default'\ndriver = 'mock'", &["2: the name 'default' is kept"]),
        (
            "[[providers]]\nname = 'a'\ndriver = 'mock'\n[[providers]]\nname = 'A'\ndriver = 'mock'",
            &["5: there are two providers 'A'"],
        ),
        (
            "[[providers]]\nname = 'a'\ndriver = 'mock'\nurl = 'https://e'",
            &["4: the driver 'mock' has no back end"],
        ),
        ("[[providers]]\nname = 'a'\ndriver = 'mock'\nrelay = true", &["4: this provider has no back end"]),
        ("[[providers]]\nname = 'a'\ndriver = 'mock'\nlevel = 'root'", &["4: unknown variant `root`"]),
        (
            "[[providers]]\nname = 'a'\ndriver = 'mock'\nca_file = 'ca.pem'",
            &["4: a ca_file is for a url with https"],
        ),
        ("[[providers]]\nname = 'a'\ndriver = 'mock'\npool_size = 0", &["4: 0 is not from 1 to 100000"]),
        (
            "[[providers]]\nname = 'a'\ndriver = 'mock'\nconnect_timeout = 0\nread_timeout = 1e9",
            &["4: 0 is no time", "5: 1000000000 is no time"],
        ),
        (&format!("{ovirt}url = 'https://u:geheim@e/api'"), &["4: a provider's URL has no user"]),
        (
            &format!("{ovirt}url = 'https://e/api;dc'\ndata_center = 'dc'"),
            &["5: the url names a data center already"],
        ),
        (
            &format!("{ovirt}url = 'http://e/api'\nca_file = 'ca.pem'"),
            &["5: a ca_file is for a url with https"],
        ),
        (
            &format!("{ovirt}url = 'https://e/api'\ntls_verify = false\nca_file = 'ca.pem'"),
            &["6: a ca_file has no use when tls_verify is false"],
        ),
        (&format!("{ovirt}url = 'https://e/api'\nca_file = 'nosuch.pem'"), &["5: "]),
        (&format!("{ovirt}url = 'https://e/api'\nca_file = 'key.pem'"), &["5: "]),
        (ovirt, &["3: an oVirt provider is URL"]),
        (&format!("{key}secret = 's'"), &["2: give exactly one of password, password_file"]),
        (
            &format!("{key}password = 'p'\nsecret = 's'\nsecret_env = 'S'"),
            &["2: give exactly one of secret,"],
        ),
        (&format!("{key}password = 'p'\nsecret_file = 'empty'"), &["5: a secret has 1 to 4096 bytes, not 0"]),
        (&format!("{key}password = 'p'\nsecret_env = 'S'"), &["5: the environment has no variable 'S'"]),
        (&format!("{key}secret = 's'\npassword = 'p'\nprovider = 'x'"), &["6: there is no provider 'x'"]),
        (
            &format!("{key}secret = 's'\n[[providers]]\nname = 'a'\ndriver = 'x'"),
            &["2: give exactly one of password", "7: there is no driver 'x'"],
        ),
        (
            &format!("{key}secret = 's'\npassword = 'p'\n{key}secret = 's'\npassword = 'p'"),
            &["7: access key 'A' is there twice"],
        ),
        (
            "[[access_keys]]\nid = 'a/b'\nsecret = 's'\nuser = 'u'\npassword = 'p'",
            &["2: an access key's id has"],
        ),
        ("[[access_keys]]\nid = 'a'\nsecret = 's'\nuser = 'u:v'\npassword = 'p'", &["4: a user's name"]),
    ];
    for (text, expected) in cases {
        let Err(problems) = load_all(text) else { panic!("nothing is wrong with {text}") };
        let as_expected = problems.len() == expected.len()
            && problems.iter().zip(*expected).all(|(problem, start)| problem.starts_with(start));
        assert!(as_expected, "{text}\n  gives {problems:#?}\n  not {expected:#?}");
    }
}

#[test]
fn what_is_wrong_outside_the_file_is_named_too() {
    type Case = (&'static [&'static str], &'static [(&'static str, &'static str)], &'static str);
    let cases: &[Case] = &[
        (
            &["-f", "cimi,ec2,deltacloud"],
            &[],
            "-f: there is no front end 'cimi', 'deltacloud' yet; there are: ec2",
        ),
        (&[], &[("API_FRONTEND", "deltacloud")], "API_FRONTEND: there is no front end 'deltacloud' yet"),
        (&["-i", "nosuch"], &[], "-i: there is no driver 'nosuch'"),
        (&["-P", "https://e/api;;ADMIN"], &[], "-P: the mock driver has no back end and takes no URL"),
        (&[], &[("API_PORT", "http")], "API_PORT: 'http' is no such number"),
        (&["-t", "0"], &[], "-t: 0 is no time"),
        (&["-r", "nosuch.invalid"], &[], "-r: host 'nosuch.invalid' has no address"),
        (&["-d"], &[], "-d/--daemon: this option of deltacloudd is not taken"),
    ];
    for (flags, variables, expected) in cases {
        let problems = load_text("", flags, variables).unwrap_err();
        assert!(problems.len() == 1 && problems[0].starts_with(expected), "{problems:#?}\n  not {expected}");
    }
}

#[test]
fn what_is_odd_is_told() {
    let config = load_text("", &["-e", "production"], &[("API_USER", "u")]).unwrap();
    assert_eq!(config.warnings.len(), 2, "{:?}", config.warnings);
    assert!(config.warnings[1].starts_with("API_USER: "));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let arguments = Arguments { config: Some("nosuch.toml".into()), ..Arguments::default() };
    let problems = load_with(&arguments, &|_| None).unwrap_err();
    assert!(problems[0].to_string().starts_with("nosuch.toml: cannot be read"), "{problems:?}");
}

#[test]
fn the_shipped_files_are_good() {
    let conf = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf");
    let mut seen = 0;
    for entry in fs::read_dir(conf).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let mut out = Vec::new();
            let arguments = Arguments { config: Some(path), ..Arguments::default() };
            let given = |name: &str| name.starts_with("DELTAGATE_").then(|| "x".to_owned());
            let good = commands::check(&arguments, &given, &mut out).unwrap();
            assert!(good, "{}", String::from_utf8_lossy(&out));
            seen += 1;
        }
    }
    assert!(seen >= 2, "only {seen} files in conf/");
}

const COMPLETE: &str = include_str!("../../conf/deltagate.toml");

#[test]
fn the_complete_file_says_what_the_defaults_are() {
    let written = load_all(COMPLETE).unwrap();
    let default = load_all("").unwrap();
    let told = |config: &Config| {
        let Config {
            listeners, frontends, providers, limits, metrics, log, ec2, threads, grace_period, ..
        } = config;
        format!(
            "{listeners:?} {frontends:?} {providers:?} {limits:?} {metrics:?} {log:?} {ec2:?} {threads} {grace_period:?}"
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

#[test]
fn check_prints_one_line_for_each_problem() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bad.toml");
    fs::write(&path, "port = 3001\ndriver = 'nosuch'\nthreads = 0\n").unwrap();
    let arguments = Arguments { config: Some(path.clone()), ..Arguments::default() };
    let mut out = Vec::new();
    assert!(!commands::check(&arguments, &|_| None, &mut out).unwrap());
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with(&format!("{}:2: there is no driver", path.display())), "{text}");
    assert!(lines[1].starts_with(&format!("{}:3: 0 is not", path.display())), "{text}");
    assert!(!commands::check(&Arguments::default(), &|_| None, &mut Vec::new()).unwrap());
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

#[test]
fn levels_are_read() {
    assert_eq!(Level::from(file::LevelWord::User), Level::User);
    assert_eq!(Level::from(file::LevelWord::Admin), Level::Admin);
}
