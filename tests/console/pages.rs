//! Pages: what is on them, what they may do, and that what they show cannot act.

use super::{bed::Gateway, between, page, post, start, token};

/// Pages of every sort, with their statuses.
const PAGES: &[(&str, u16)] = &[
    ("/api", 200),
    ("/api/instances", 200),
    ("/api/instances/inst1", 200),
    ("/api/instances/new", 200),
    ("/api/instances/inst1/destroy", 200),
    ("/api/images/img1", 200),
    ("/api/hardware_profiles", 200),
    ("/api/metrics/inst1", 200),
    ("/api/buckets/bucket1", 200),
    ("/api/buckets/bucket1/blob1", 200),
    ("/api/buckets/bucket1/new_blob_form_d15cfd90", 200),
    ("/api/drivers", 200),
    ("/api/instance_states", 200),
    ("/api/nosuch", 404),
    ("/api/instances/nosuch", 404),
    ("/api/logout", 401),
];

#[test]
fn every_page_is_whole_and_may_do_nothing_but_what_comes_from_here() {
    let gateway = start();
    for (target, status) in PAGES {
        let answer = page(&gateway, target);
        assert_eq!(answer.status, *status, "{target}");
        assert_eq!(answer.header("content-type"), "text/html;charset=utf-8", "{target}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"), "{target}");
        assert!(policy.contains("form-action 'self'; frame-ancestors 'none'"), "{target}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{target}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{target}");
        assert!(answer.body.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{target}");
        assert!(answer.body.trim_end().ends_with("</html>"), "{target}");
        assert_eq!(answer.body.matches("<h1").count(), 1, "{target}");
        assert_eq!(answer.body.matches("<main ").count(), 1, "{target}");
        for inline in [" style=", " onclick=", "<style", "javascript:", "http://", "https://"] {
            assert!(!answer.body.contains(inline), "{target} has {inline}");
        }
        assert_eq!(answer.body.matches("<script").count(), 1, "{target}");
    }
}

#[test]
fn a_programs_question_is_not_answered_with_a_page() {
    let gateway = start();
    for accept in ["*/*", "*/*; q=0.5, application/xml", "application/xml"] {
        let answer = gateway.send("GET", "/api", &[("Accept", accept)], "");
        assert_eq!(answer.header("content-type"), "application/xml", "{accept}");
    }
    assert_eq!(gateway.send("GET", "/api?format=html", &[], "").text("h2"), "Compute");
}

#[test]
fn the_way_in_and_out() {
    let gateway = start();
    let accept = ("Accept", super::BROWSER);
    let root = gateway.send("GET", "/", &[accept], "");
    assert!(root.status == 200 && root.body.contains("href=\"/api\""), "{}", root.body);
    let home = gateway.send("GET", "/api", &[accept], "");
    assert!(home.body.contains("href=\"/api?force_auth=1\">Log in</a>"), "{}", home.body);
    for closed in ["/api?force_auth=1", "/api/instances", "/api/instances/new", "/api/instances/inst1/stop"] {
        let answer = gateway.send("GET", closed, &[accept], "");
        assert_eq!(answer.status, 401, "{closed}");
        assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{closed}");
        assert_eq!(answer.text("h1"), "Please log in", "{closed}");
    }
    assert!(page(&gateway, "/api?force_auth=1").body.contains("Logged in as <strong>mockuser</strong>"));
    let out = page(&gateway, "/api/logout");
    assert_eq!(out.status, 401);
    assert!(out.header("www-authenticate").starts_with("Basic realm="));
}

#[test]
fn assets_are_kept_for_as_long_as_they_are_the_same() {
    let gateway = start();
    let home = page(&gateway, "/api").body;
    for (before, media) in [
        ("rel=\"stylesheet\" href=\"", "text/css;charset=utf-8"),
        ("<script src=\"", "text/javascript;charset=utf-8"),
        ("rel=\"icon\" href=\"", "image/svg+xml"),
    ] {
        let path = between(&home, before, "\"").unwrap();
        assert!(path.contains("?v="), "{path}");
        let answer = gateway.send("GET", path, &[("Accept", "*/*")], "");
        assert_eq!((answer.status, answer.header("content-type")), (200, media), "{path}");
        assert!(answer.header("cache-control").contains("immutable"), "{path}");
    }
    assert_eq!(gateway.send("GET", "/api/static/nosuch.css", &[("Accept", "*/*")], "").status, 404);
}

#[test]
fn hostile_names_are_text() {
    let gateway = start();
    let name = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%3Cimg+src%3Dx+onerror%3Dalert(1)%3E";
    let body = format!("_token={}&image_id=img1&name={name}", token(&gateway));
    let made = post(&gateway, "/api/instances", &[], &body);
    assert_eq!(made.status, 303, "{}", made.body);
    let place = made.header("location").to_owned();
    for target in ["/api/instances", &place, &format!("{place}/destroy")] {
        let shown = page(&gateway, target).body;
        assert!(shown.contains("&#60;script&#62;alert(1)"), "{target}: {shown}");
        assert!(!shown.contains("<script>alert") && !shown.contains("<img src=x"), "{target}");
    }
    let echoed = format!("_token={}&name={name}", token(&gateway));
    let refused = post(&gateway, "/api/instances", &[], &echoed);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("value=\"&#60;script&#62;"), "{}", refused.body);
    assert!(!refused.body.contains("<script>alert"), "{}", refused.body);
    let nowhere = page(&gateway, "/api/instances/%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert_eq!(nowhere.status, 404);
    assert!(!nowhere.body.contains("<script>alert"), "{}", nowhere.body);
    let query = page(&gateway, "/api/images/new?instance_id=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!query.body.contains("<script>alert"), "{}", query.body);
}

#[test]
fn a_page_that_did_not_change_is_not_sent_again() {
    let gateway = start();
    let first = page(&gateway, "/api/images/img1");
    let user = super::basic("mockuser", "mockpassword");
    let tag = first.header("etag").to_owned();
    let headers =
        [("Authorization", user.as_str()), ("Accept", super::BROWSER), ("If-None-Match", tag.as_str())];
    assert_eq!(gateway.send("GET", "/api/images/img1", &headers, "").status, 304);
    let head = gateway.send("HEAD", "/api/images/img1", &headers[..2], "");
    assert_eq!((head.status, head.header("content-type")), (200, "text/html;charset=utf-8"));
    assert!(head.body.is_empty());
}

#[test]
fn links_stay_on_the_back_end_that_the_path_chooses() {
    let gateway = start();
    let shown = page(&gateway, "/api;driver=mock/instances").body;
    assert!(shown.contains("href=\"/api;driver=mock/instances/inst1\""), "{shown}");
    assert!(shown.contains("href=\"/api;driver=mock/instances/new\""), "{shown}");
}

#[test]
fn a_chart_says_in_words_what_it_shows() {
    let gateway = start();
    let shown = page(&gateway, "/api/metrics/inst1").body;
    let said = between(&shown, "role=\"img\" aria-label=\"", "\"").unwrap();
    assert!(said.starts_with("CPU utilization from 20") && said.contains(" lately "), "{said}");
    assert!(shown.contains("<polyline class=\"line\" points=\""), "{shown}");
}

#[test]
fn what_can_be_done_is_offered_and_nothing_else() {
    let gateway = start();
    let running = page(&gateway, "/api/instances/inst1").body;
    assert!(running.contains("action=\"/api/instances/inst1/stop\""), "{running}");
    assert!(
        !running.contains("/api/instances/inst1/start") && !running.contains("inst1/destroy"),
        "{running}"
    );
    let image = page(&gateway, "/api/images/img1").body;
    assert!(image.contains("href=\"/api/instances/new?image_id=img1\">New instance</a>"), "{image}");
    assert_eq!(page(&gateway, "/api/instances/new?image_id=img2").body.matches(" selected>").count(), 1);
}

/// Pages are read from a gateway in front of a long list, too: they leave row by row.
#[test]
fn a_list_leaves_row_by_row() {
    let gateway: Gateway = start();
    let body = format!("_token={}&image_id=img1&instance_count=10", token(&gateway));
    for _ in 0..8 {
        let made = post(&gateway, "/api/instances", &[], &body);
        assert_eq!((made.status, made.header("location")), (303, "/api/instances"), "{}", made.body);
    }
    let list = page(&gateway, "/api/instances");
    assert_eq!(list.header("transfer-encoding"), "chunked");
    assert!(list.complete && list.body.matches("<th scope=\"row\">").count() > 80, "{}", list.body);
}
