//! What is wrong, with its place.

use super::*;

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
            "\nfrontends = ['ec2',\n 'cmi', 'deltacloud']",
            &["3: there is no front end 'cmi' yet; there are: "],
        ),
        ("frontends = ['ec2', 'ec2']", &["1: front end 'ec2' is named twice"]),
        ("frontends = []", &["1: no front end is named"]),
        ("hostname = 'a b'", &["1: host 'a b' has no address"]),
        (
            "trusted_proxies = ['10.0.0.0/8',
'10.0.0.0/33', 'a.example']",
            &["2: '10.0.0.0/33' is no address", "2: 'a.example' is no"],
        ),
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
        (
            "[ec2]\ndefault_network = '10.0.0.0/8'",
            &["2: '10.0.0.0/8' is no network of IPv4 with a prefix of 16"],
        ),
        ("[ec2]\ndefault_network = '10.0.0.1/16'", &["2: '10.0.0.1/16' is no network"]),
        ("[ec2]\ndefault_network = 'here'", &["2: 'here' is no network"]),
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
            &["-f", "cmi,ec2,deltacloud"],
            &[],
            "-f: there is no front end 'cmi' yet; there are: ec2, cimi, deltacloud",
        ),
        (&[], &[("API_FRONTEND", "cmi")], "API_FRONTEND: there is no front end 'cmi' yet"),
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
