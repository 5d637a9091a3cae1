//! Requests that pages of other sites make a browser send: they do nothing. Programs are not hindered.

use super::{basic, page, post, start, token};

#[test]
fn pages_of_other_sites_do_nothing_whatever_they_ask_for() {
    let gateway = start();
    let own = format!("http://{}", gateway.address);
    let token = token(&gateway);
    let body = format!("_token={token}&name=mine");
    for (case, headers) in [
        ("another site", vec![("Sec-Fetch-Site", "cross-site")]),
        ("a sibling", vec![("Sec-Fetch-Site", "same-site")]),
        ("another origin", vec![("Origin", "http://evil.example")]),
        ("no origin", vec![("Origin", "null")]),
        ("another port", vec![("Origin", "http://127.0.0.1:1")]),
        ("another site that lies", vec![("Sec-Fetch-Site", "cross-site"), ("Origin", own.as_str())]),
    ] {
        let refused = post(&gateway, "/api/keys", &headers, &body);
        assert_eq!((refused.status, refused.text("h1")), (403, "That is not allowed"), "{case}");
        let user = basic("mockuser", "mockpassword");
        let mut program = vec![("Authorization", user.as_str()), ("Accept", "application/xml")];
        program.extend(headers);
        let refused = gateway.send("POST", "/api/keys?name=mine", &program, "");
        assert_eq!((refused.status, refused.text("code")), (403, "403"), "{case}");
        assert_eq!(gateway.send("DELETE", "/api/keys/mock-key", &program, "").status, 403, "{case}");
        assert_eq!(gateway.send("GET", "/api/keys", &program, "").status, 200, "{case}");
    }
    assert!(!page(&gateway, "/api/keys").body.contains("mine"));
    for headers in [vec![], vec![("Sec-Fetch-Site", "same-origin")], vec![("Origin", own.as_str())]] {
        let (n, body) = (headers.len(), format!("{body}{}", headers.first().map_or("", |(name, _)| name)));
        assert_eq!(post(&gateway, "/api/keys", &headers, &body).status, 201, "{n}");
    }
}

#[test]
fn a_form_that_was_not_got_from_here_comes_back_and_can_be_sent() {
    let gateway = start();
    for forged in ["", "_token=0123456789abcdef&", "_token=&"] {
        let refused = post(&gateway, "/api/networks", &[], &format!("{forged}name=net9"));
        assert_eq!(refused.status, 403, "{forged}");
        assert!(refused.body.contains("name=\"name\" value=\"net9\""), "{}", refused.body);
        let token = super::between(&refused.body, "name=\"_token\" value=\"", "\"").unwrap();
        assert_eq!(token, super::token(&gateway));
    }
    assert!(!page(&gateway, "/api/networks").body.contains("net9"));
    for (action, fields) in [("/api/instances/inst1/stop", "x=y"), ("/api/images/img1", "_method=delete")] {
        let refused = post(&gateway, action, &[], fields);
        assert_eq!(refused.status, 403, "{action}");
        assert!(
            refused.body.contains(&format!("<form method=\"post\" action=\"{action}\"")),
            "{}",
            refused.body
        );
    }
    assert_eq!(page(&gateway, "/api/images/img1").status, 200);
    assert!(page(&gateway, "/api/instances/inst1").body.contains("RUNNING"));
}

#[test]
fn a_token_is_its_users_alone() {
    let (one, other) = (start(), start());
    let refused = post(&one, "/api/keys", &[], &format!("_token={}&name=k", token(&other)));
    assert_eq!(refused.status, 403);
}

#[test]
fn programs_need_no_token() {
    let gateway = start();
    let user = basic("mockuser", "mockpassword");
    for accept in ["application/xml", "application/json", "*/*"] {
        let headers = [("Authorization", user.as_str()), ("Accept", accept)];
        let name = accept.len();
        let made = gateway.send("POST", &format!("/api/keys?name=k{name}"), &headers, "");
        assert_eq!(made.status, 201, "{accept}: {}", made.body);
    }
}
