//! Which clouds there are, and which one is meant.

use super::*;
use crate::exchange::{Interface, Level, Services};

const TWO_MOCKS: &str =
    "[[providers]]\nname = 'one'\ndriver = 'mock'\n[[providers]]\nname = 'two'\ndriver = 'mock'\n";

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
fn a_provider_may_have_services_on_hosts_that_are_named() {
    let text = "[[providers]]\nname = 'cloud'\ndriver = 'ovirt'\nurl = 'https://keystone:5000/v3'\nregion = 'R'\n\
                interface = 'Internal'\nservice_hosts = ['Nova.example.com', '[2001:DB8::1]']\n";
    let provider = load_all(text).unwrap().providers.default_provider().clone();
    assert_eq!(provider.scope.as_deref(), Some("R"));
    let hosts = vec!["nova.example.com".to_owned(), "2001:db8::1".to_owned()];
    assert_eq!(provider.services, Services { interface: Interface::Internal, hosts });
    let wrong = "[[providers]]\nname = 'cloud'\ndriver = 'ovirt'\nurl = 'https://keystone:5000/v3'\n\
                 service_hosts = ['https://nova']\n[[providers]]\nname = 'mock'\n\
                 driver = 'mock'\nservice_hosts = ['a']\n[[providers]]\nname = 'other'\ndriver = 'ovirt'\n\
                 url = 'https://e/api'\ninterface = 'private'\n";
    let problems = load_all(wrong).unwrap_err();
    let expected = [
        "5: 'https://nova' is no host name and no address",
        "9: this provider has no back end that could have services",
        "14: 'private' is no interface: public, internal or admin",
    ];
    for problem in expected {
        assert!(problems.iter().any(|found| found == problem), "{problems:?}");
    }
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
