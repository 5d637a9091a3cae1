//! The console: its pages and forms as bytes, and a browser that uses it as people do.

#[path = "../bed/mod.rs"]
#[allow(unused_imports, reason = "no engine is among what is behind it here")]
mod bed;
#[path = "../ovirt_engine/mod.rs"]
mod ovirt_engine;

mod browser;
mod forms;
mod foreign;
mod pages;

use bed::{
    Gateway,
    http::{Answer, basic},
};

/// A gateway with the mock cloud.
fn start() -> Gateway {
    Gateway::start("frontends = [\"deltacloud\"]\n")
}

/// What a browser says that it takes.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A page, as the mock's user gets it.
fn page(gateway: &Gateway, target: &str) -> Answer {
    let user = basic("mockuser", "mockpassword");
    gateway.send("GET", target, &[("Authorization", &user), ("Accept", BROWSER)], "")
}

/// Sends a form as the mock's user, with further header fields.
fn post(gateway: &Gateway, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let user = basic("mockuser", "mockpassword");
    let own = [
        ("Authorization", user.as_str()),
        ("Accept", BROWSER),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    gateway.send("POST", target, &[&own, headers].concat(), body)
}

/// The token of the forms of the mock's user.
fn token(gateway: &Gateway) -> String {
    let page = page(gateway, "/api/keys/new");
    between(&page.body, "name=\"_token\" value=\"", "\"").unwrap().to_owned()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
