//! An instance's life: made, started, stopped and destroyed by following what the answers link to.

use std::time::{Duration, Instant};

use crate::{
    ADMIN, MOCK, SERVED,
    bed::{
        Gateway, Ovirt,
        http::{Answer, basic},
        ovirt::Mode,
    },
};

/// How long an instance may take to get where it is going.
const PATIENCE: Duration = Duration::from_secs(30);

struct Client {
    gateway: Gateway,
    authorization: String,
}

impl Client {
    fn new(gateway: Gateway, (user, password): (&str, &str)) -> Self {
        Client { gateway, authorization: basic(user, password) }
    }

    /// Sends a request to an absolute URL of the gateway, or to a path.
    fn ask(&self, method: &str, target: &str, form: &str) -> Answer {
        let path = target.strip_prefix(&format!("http://{}", self.gateway.address)).unwrap_or(target);
        let headers = [
            ("Authorization", self.authorization.as_str()),
            ("Accept", "application/xml"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        self.gateway.send(method, path, &headers, form)
    }

    fn get(&self, target: &str) -> Answer {
        let answer = self.ask("GET", target, "");
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        answer
    }

    /// Waits until the instance has the state, and gives its document.
    fn until(&self, place: &str, state: &str) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.get(place);
            if shown.text("state") == state {
                return shown;
            }
            assert!(Instant::now() < deadline, "it is {}, not {state}", shown.text("state"));
        }
    }

    /// Follows the link of this name.
    fn follow(&self, shown: &Answer, rel: &str) -> Answer {
        let (method, href) = link(shown, rel).unwrap_or_else(|| panic!("no link {rel}: {}", shown.body));
        self.ask(&method.to_uppercase(), &href, "")
    }
}

fn link(shown: &Answer, rel: &str) -> Option<(String, String)> {
    let links = shown.body.split("<link ").skip(1);
    let found = links.filter_map(|link| link.split('>').next()).find(|link| attribute(link, "rel") == rel)?;
    Some((attribute(found, "method").to_owned(), attribute(found, "href").to_owned()))
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let value = element.split(&format!("{name}=\"")).nth(1);
    value.and_then(|value| value.split('"').next()).unwrap_or_default()
}

/// The id of the first usable image.
fn image(client: &Client) -> String {
    let images = client.get("/api/images");
    let usable = images.body.split("<image ").skip(1).find(|image| image.contains("<state>AVAILABLE<"));
    attribute(usable.unwrap_or_else(|| panic!("no image: {}", images.body)), "id").to_owned()
}

/// A life in which an instance is made in this state.
fn live(client: &Client, made: &str) {
    let form = format!("image_id={}&name=deltacloud-life", image(client));
    let created = client.ask("POST", "/api/instances", &form);
    assert_eq!(created.status, 201, "{}", created.body);
    assert!(created.text("name").starts_with("deltacloud-life"), "{}", created.body);
    let place = created.header("location").to_owned();
    assert!(place.starts_with(&format!("http://{}/api/instances/", client.gateway.address)), "{place}");

    let mut shown = client.until(&place, made);
    if made == "STOPPED" {
        let started = client.follow(&shown, "start");
        assert_eq!(started.status, 202, "{}", started.body);
        shown = client.until(&place, "RUNNING");
    }
    assert!(link(&shown, "start").is_none() && link(&shown, "destroy").is_none(), "{}", shown.body);
    let refused = client.ask("DELETE", &place, "");
    assert_eq!(refused.status, 405, "a running instance is not destroyed: {}", refused.body);
    assert_eq!(client.get(&place).text("state"), "RUNNING");

    let stopped = client.follow(&shown, "stop");
    assert_eq!(stopped.status, 202, "{}", stopped.body);
    let shown = client.until(&place, "STOPPED");
    let destroyed = client.follow(&shown, "destroy");
    assert_eq!((destroyed.status, destroyed.body.as_str()), (204, ""));
    assert_eq!(destroyed.header("content-length"), "");
    gone(client, &place);
}

/// It is neither shown nor listed.
fn gone(client: &Client, place: &str) {
    let deadline = Instant::now() + PATIENCE;
    while client.ask("GET", place, "").status != 404 {
        assert!(Instant::now() < deadline, "it is still there");
    }
    assert!(!client.get("/api/instances").body.contains(place), "it is still listed");
    assert_eq!(client.ask("DELETE", place, "").status, 404);
}

fn ovirt(mode: Mode) {
    let engine = Ovirt::start(mode);
    let gateway = Gateway::before_ovirt_with(SERVED, &engine.base_url(), "");
    let client = Client::new(gateway, ADMIN);
    let states = client.get("/api/instance_states");
    assert!(states.body.contains("<transition auto=\"true\" to=\"stopped\">"), "{}", states.body);
    for collection in ["realms", "hardware_profiles", "images", "instances"] {
        let index = client.get(&format!("/api/{collection}"));
        let member = collection.trim_end_matches('s');
        let first = index.body.split(&format!("<{member} ")).nth(1);
        let first = first.unwrap_or_else(|| panic!("nothing in {collection}: {}", index.body));
        assert!(client.get(attribute(first, "href")).body.contains(attribute(first, "id")));
    }
    for hostile in ["..%2F..", "nosuch", "%3B", "00000000-0000-0000-0000-00000000dead"] {
        let answer = client.ask("GET", &format!("/api/instances/{hostile}"), "");
        assert!(matches!(answer.status, 400 | 404), "{hostile}: {} {}", answer.status, answer.body);
    }
    live(&client, "STOPPED");
}

#[test]
fn on_the_mock_cloud() {
    live(&Client::new(Gateway::start(SERVED), MOCK), "RUNNING");
}

#[test]
fn on_rhevm_3_1() {
    ovirt(Mode::V3_1);
}

#[test]
fn on_ovirt_4_4() {
    ovirt(Mode::V4_4);
}

#[test]
fn several_are_made_at_once_and_data_comes_in_any_form() {
    let client = Client::new(Gateway::start(SERVED), MOCK);
    let two = client.ask("POST", "/api/instances?instance_count=2", "image_id=img1&user_data=aGVsbG8%3D");
    assert_eq!((two.status, two.header("location")), (201, ""), "{}", two.body);
    assert_eq!(two.body.matches("<instance ").count(), 2);
    let linked = client.ask("POST", "/api/instances;image_id=img2", "");
    assert_eq!(linked.status, 201, "the advertised link is followed: {}", linked.body);
    let body = "--b\r\nContent-Disposition: form-data; name=\"image_id\"\r\n\r\nimg3\r\n--b--\r\n";
    let headers = [
        ("Authorization", client.authorization.as_str()),
        ("Content-Type", "multipart/form-data; boundary=b"),
    ];
    let parts = client.gateway.send("POST", "/api/instances", &headers, body);
    assert_eq!(parts.status, 201, "{}", parts.body);
    assert!(parts.body.contains("id=\"img3\""), "{}", parts.body);
}
