//! Forms: there is one for whatever can be done, and it says beside the field what is wrong.

use super::{
    basic,
    bed::{Gateway, http::Answer},
    between, page, post, start, token,
};

/// Everything of which one can be made, with what has to be said.
const CREATES: &[(&str, &str)] = &[
    ("addresses", ""),
    ("buckets", "name=b9"),
    ("firewalls", "name=f9&description=d"),
    ("images", "instance_id=inst1&name=i9"),
    ("instances", "image_id=img1&name=n9&hwp_id=m1-large&hwp_memory=8192"),
    ("keys", "name=k9"),
    (
        "load_balancers",
        "name=l9&realm_id=eu&listener_protocol=HTTP&listener_balancer_port=80&listener_instance_port=8080",
    ),
    ("network_interfaces", "instance=inst1&network=net1&name=ni9"),
    ("networks", "name=n9&address_block=10.9.0.0/16"),
    ("storage_snapshots", "volume_id=vol1"),
    ("storage_volumes", "capacity=2"),
    ("subnets", "network_id=net1&address_block=192.168.9.0/24"),
];

#[test]
fn whatever_can_be_made_has_a_form_that_makes_it() {
    let gateway = start();
    let token = token(&gateway);
    for (collection, fields) in CREATES {
        let list = page(&gateway, &format!("/api/{collection}")).body;
        assert!(list.contains(&format!("href=\"/api/{collection}/new\"")), "{collection}: {list}");
        let form = page(&gateway, &format!("/api/{collection}/new"));
        assert_eq!(form.status, 200, "{collection}");
        assert!(form.body.contains(&format!("method=\"post\" action=\"/api/{collection}\"")), "{collection}");
        for name in fields.split('&').filter_map(|field| field.split_once('=')).map(|(name, _)| name) {
            assert!(form.body.contains(&format!("<label for=\"{name}\">")), "{collection} lacks {name}");
            assert!(
                form.body.contains(&format!("id=\"{name}\" name=\"{name}\"")),
                "{collection} lacks {name}"
            );
        }
        let made = post(&gateway, &format!("/api/{collection}"), &[], &format!("_token={token}&{fields}"));
        if *collection == "keys" {
            assert_eq!(made.status, 201, "{}", made.body);
            assert!(made.body.contains("Keep this private key now"), "{}", made.body);
            continue;
        }
        assert_eq!(made.status, 303, "{collection}: {}", made.body);
        let shown = page(&gateway, made.header("location"));
        assert_eq!(shown.status, 200, "{collection} at {}: {}", made.header("location"), shown.body);
    }
}

/// What is made in XML by everything that is in the table has its form: none was forgotten above.
#[test]
fn no_form_is_forgotten() {
    let gateway = start();
    let home = page(&gateway, "/api").body;
    let collections =
        home.split("<a class=\"card\" href=\"/api/").skip(1).filter_map(|rest| rest.split('"').next());
    let collections: Vec<&str> = collections.collect();
    assert!(collections.len() > 15, "{collections:?}");
    for collection in collections {
        let creates = page(&gateway, &format!("/api/{collection}/new")).status == 200;
        let user = basic("mockuser", "mockpassword");
        let options =
            gateway.send("OPTIONS", &format!("/api/{collection}/create"), &[("Authorization", &user)], "");
        assert_eq!(creates, options.status == 200, "{collection}");
        assert_eq!(creates, CREATES.iter().any(|(known, _)| *known == collection), "{collection}");
    }
}

/// The part of a form that is about a field.
fn field<'a>(form: &'a Answer, name: &str) -> &'a str {
    let found = form.body.split("<div class=\"field").find(|part| part.contains(&format!("for=\"{name}\"")));
    found.unwrap_or_else(|| panic!("there is no field {name} in {}", form.body))
}

#[test]
fn what_is_wrong_is_said_beside_the_field() {
    let gateway = start();
    let token = token(&gateway);
    for (collection, fields, wrong, kept) in [
        ("instances", "name=n1", "image_id", "value=\"n1\""),
        ("instances", "image_id=img1&hwp_memory=much", "hwp_memory", "value=\"much\""),
        ("instances", "image_id=img1&instance_count=0&name=n2", "instance_count", "value=\"n2\""),
        ("instances", "image_id=nosuch&name=n3", "image_id", "value=\"n3\""),
        ("storage_volumes", "capacity=-1", "capacity", "value=\"-1\""),
        ("firewalls", "description=d%3C", "name", "value=\"d&#60;\""),
        (
            "load_balancers",
            "name=l&realm_id=eu&listener_protocol=SMTP&listener_balancer_port=80&listener_instance_port=80",
            "listener_protocol",
            "value=\"80\"",
        ),
    ] {
        let refused = post(&gateway, &format!("/api/{collection}"), &[], &format!("_token={token}&{fields}"));
        assert_eq!(refused.status, 400, "{collection} {fields}: {}", refused.body);
        let field = field(&refused, wrong);
        assert!(field.contains("aria-invalid=\"true\""), "{field}");
        assert!(field.contains(&format!("aria-describedby=\"{wrong}-wrong")), "{field}");
        assert!(!between(field, &format!("id=\"{wrong}-wrong\">"), "</span>").unwrap().is_empty(), "{field}");
        assert_eq!(refused.body.matches("aria-invalid").count(), 1, "{fields}");
        assert!(refused.body.contains(kept), "{fields}: {}", refused.body);
    }
}

#[test]
fn secrets_are_not_sent_back() {
    let gateway = start();
    let body = format!("_token={}&password=geheim&private_key=schluessel", token(&gateway));
    let refused = post(&gateway, "/api/instances/inst1/run", &[], &body);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(field(&refused, "cmd").contains("aria-invalid"));
    assert!(!refused.body.contains("geheim") && !refused.body.contains("schluessel"), "{}", refused.body);
}

#[test]
fn a_life_without_scripts() {
    let gateway = start();
    let token = token(&gateway);
    let act = |target: &str, fields: &str| {
        let answer = post(&gateway, target, &[], &format!("_token={token}&{fields}"));
        assert_eq!(answer.status, 303, "{target}: {}", answer.body);
        answer.header("location").to_owned()
    };
    let place = act("/api/instances", "image_id=img1&name=life&user_data=line+1%0D%0Aline+2");
    settled(&gateway, &place, "RUNNING");
    assert_eq!(act(&format!("{place}/stop"), ""), place);
    settled(&gateway, &place, "STOPPED");
    let early = post(&gateway, &format!("{place}/stop"), &[], &format!("_token={token}"));
    assert_eq!((early.status, early.text("h1")), (405, "That cannot be done now"), "{}", early.body);
    let sure = page(&gateway, &format!("{place}/destroy"));
    assert!(sure.text("h1").is_empty() && sure.body.contains("Destroy instance life?"), "{}", sure.body);
    assert!(sure.body.contains("name=\"_method\" value=\"delete\""), "{}", sure.body);
    assert_eq!(act(&place, "_method=delete"), "/api/instances");
    assert_eq!(page(&gateway, &place).status, 404);

    let volume = act("/api/storage_volumes", "capacity=1");
    settled(&gateway, &volume, "AVAILABLE");
    act(&format!("{volume}/attach"), "instance_id=inst1&device=%2Fdev%2Fsdc");
    assert!(page(&gateway, &volume).body.contains("href=\"/api/instances/inst1\""));
    act(&format!("{volume}/detach"), "");
    act(&volume, "_method=delete");
}

#[test]
fn rules_come_and_go() {
    let gateway = start();
    let token = token(&gateway);
    let rule = format!("_token={token}&protocol=tcp&port_from=22&port_to=22&ip_address1=10.0.0.0%2F8");
    let made = post(&gateway, "/api/firewalls/default/rules", &[], &rule);
    assert_eq!((made.status, made.header("location")), (303, "/api/firewalls/default"), "{}", made.body);
    let firewall = page(&gateway, "/api/firewalls/default").body;
    let end = firewall.split('"').find(|text| text.ends_with("/delete_rule")).unwrap();
    let sure = page(&gateway, end).body;
    let action = between(&sure, "<form method=\"post\" action=\"", "\"").unwrap();
    let gone = post(&gateway, action, &[], &format!("_token={token}&_method=delete"));
    assert_eq!((gone.status, gone.header("location")), (303, "/api/firewalls/default"), "{}", gone.body);
    assert!(!page(&gateway, "/api/firewalls/default").body.contains("/delete_rule"));
}

#[test]
fn a_file_goes_up_by_a_form() {
    let gateway = start();
    let form = page(&gateway, "/api/buckets/bucket1/new_blob_form_d15cfd90").body;
    assert!(form.contains("enctype=\"multipart/form-data\""), "{form}");
    assert!(form.find("name=\"_token\"") < form.find("type=\"file\""), "{form}");
    let upload = |token: &str, name: &str| {
        let part = |name: &str, text: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let file = "--B\r\nContent-Disposition: form-data; name=\"blob_data\"; filename=\"a.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\nthe content\r\n--B--\r\n";
        let body = [part("_token", token), part("blob_id", name), file.to_owned()].concat();
        let user = basic("mockuser", "mockpassword");
        let headers = [
            ("Authorization", user.as_str()),
            ("Accept", super::BROWSER),
            ("Content-Type", "multipart/form-data; boundary=B"),
        ];
        gateway.send("POST", "/api/buckets/bucket1", &headers, &body)
    };
    let forged = upload("0123", "up");
    assert_eq!(forged.status, 403, "{}", forged.body);
    assert!(field(&forged, "blob_id").contains("value=\"up\""));
    assert_eq!(page(&gateway, "/api/buckets/bucket1/up").status, 404);
    let nameless = upload(&token(&gateway), "");
    assert_eq!(nameless.status, 400, "{}", nameless.body);
    let made = upload(&token(&gateway), "up");
    assert_eq!((made.status, made.header("location")), (303, "/api/buckets/bucket1/up"), "{}", made.body);
    assert_eq!(page(&gateway, "/api/buckets/bucket1/up/content").body, "the content");
    let blob = page(&gateway, "/api/buckets/bucket1/up").body;
    assert!(blob.contains("href=\"/api/buckets/bucket1/up/content\">Download</a>"), "{blob}");
    let gone = format!("_token={}&_method=delete", token(&gateway));
    let gone = post(&gateway, "/api/buckets/bucket1/up", &[], &gone);
    assert_eq!((gone.status, gone.header("location")), (303, "/api/buckets/bucket1"), "{}", gone.body);
}

/// Waits until a page shows this state.
fn settled(gateway: &Gateway, place: &str, state: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let shown = page(gateway, place).body;
        if shown.contains(&format!("\">{state}</span>")) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{place} is never {state}: {shown}");
        std::thread::yield_now();
    }
}
