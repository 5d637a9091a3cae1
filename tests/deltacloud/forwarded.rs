//! What proxies say about their clients, through the running gateway.

use crate::{
    MOCK, SERVED,
    bed::{Gateway, http::basic},
};

const SAID: [(&str, &str); 3] = [
    ("X-Forwarded-Host", "evil.example, cloud.example:8443"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-For", "6.6.6.6, 192.0.2.7"),
];

fn realm(gateway: &Gateway, fields: &[(&str, &str)]) -> String {
    let authorization = basic(MOCK.0, MOCK.1);
    let all: Vec<_> =
        [("Authorization", authorization.as_str())].into_iter().chain(fields.iter().copied()).collect();
    let answer = gateway.send("GET", "/api/realms/us", &all, "");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

#[test]
fn a_trusted_proxy_says_where_its_client_is_and_what_it_asked() {
    let gateway = Gateway::start(&format!("{SERVED}trusted_proxies = [\"127.0.0.0/8\"]\n"));
    let body = realm(&gateway, &SAID);
    assert!(body.contains("href=\"https://cloud.example:8443/api/realms/us\""), "{body}");
    gateway.logged(&["realms.show", "client=\"192.0.2.7\""]);
    let body = realm(&gateway, &[("Forwarded", "for=192.0.2.8;host=other.example;proto=https")]);
    assert!(body.contains("href=\"https://other.example/api/realms/us\""), "{body}");
    gateway.logged(&["realms.show", "client=\"192.0.2.8\""]);
    let body = realm(&gateway, &[]);
    assert!(body.contains(&format!("href=\"http://{}/api/realms/us\"", gateway.address)), "{body}");
}

#[test]
fn nobody_else_is_believed() {
    for trusted in ["", "trusted_proxies = [\"192.0.2.0/24\"]\n"] {
        let gateway = Gateway::start(&format!("{SERVED}{trusted}"));
        let own = format!("href=\"http://{}/api/realms/us\"", gateway.address);
        assert!(realm(&gateway, &SAID).contains(&own));
        assert!(realm(&gateway, &[("Forwarded", "for=6.6.6.6;host=evil.example")]).contains(&own));
        gateway.logged(&["realms.show", "client=\"127.0.0.1:"]);
        assert!(!gateway.log().contains("6.6.6.6"), "{}", gateway.log());
    }
}
