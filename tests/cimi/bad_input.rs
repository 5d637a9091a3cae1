//! What makes no sense is refused with the status that it deserves, and with the attribute's name.

use crate::{
    MOCK, SERVED, STRICT,
    bed::Gateway,
    client::{Client, Form, NAMESPACE, json},
};

/// Where it is sent, as what, what it is, the status and what the message names.
type Case = (&'static str, Form, String, u16, &'static str);

/// What is refused in both dialects.
fn cases() -> Vec<Case> {
    use Form::{Json, Xml};
    let xml = |name: &str, inside: &str| format!("<{name} xmlns=\"{NAMESPACE}\">{inside}</{name}>");
    let machine =
        |inside: &str| xml("MachineCreate", &format!("<machineTemplate>{inside}</machineTemplate>"));
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let text = |text: &str| text.to_owned();
    let bomb =
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><MachineCreate>&b;</MachineCreate>";
    let image = "<machineImage href=\"/cimi/machine_images/img1\"/>";
    vec![
        ("machines", Json, text("{bad"), 400, "not well-formed"),
        ("machines", Json, text(""), 400, "no body"),
        ("machines", Json, text("[]"), 400, "no object"),
        ("machines", Json, deep(5_000), 400, "Bad request"),
        ("machines", Json, text("{\"name\": \"a\", \"name\": \"b\"}"), 400, "'name' is given twice"),
        (
            "machines",
            Json,
            text("{\"machineTemplate\": {\"cpu\": 1}}"),
            400,
            "'machineTemplate/cpu' is unknown",
        ),
        ("machines", Json, text("{\"nosuch\": 1}"), 400, "'nosuch' is unknown"),
        ("machines", Json, text("{\"name\": \"a\"}"), 400, "'machineTemplate' is required"),
        ("machines", Json, text("{\"name\": {\"a\": 1}, \"machineTemplate\": {}}"), 400, "'name' is no text"),
        ("machines", Json, text("{\"machineTemplate\": []}"), 400, "'machineTemplate' has no parts"),
        (
            "machines",
            Json,
            text("{\"machineTemplate\": {\"machineImage\": {\"href\": \"/cimi/machine_images/nosuch\"}}}"),
            400,
            "'machineImage' refers to nothing",
        ),
        (
            "machines",
            Json,
            text("{\"machineTemplate\": {\"machineImage\": {\"href\": \"/cimi/volumes/vol1\"}}}"),
            400,
            "'machineImage' refers to nothing in machine_images",
        ),
        (
            "machines",
            Json,
            text("{\"machineTemplate\": {\"href\": \"/cimi/machine_templates/9\"}}"),
            400,
            "'machineTemplate'",
        ),
        (
            "machines",
            Json,
            format!("{{\"resourceURI\": \"{NAMESPACE}/VolumeCreate\"}}"),
            400,
            "no MachineCreate",
        ),
        ("machines", Xml, text("<bad"), 400, "Bad request"),
        ("machines", Xml, text(bomb), 400, "Bad request"),
        ("machines", Xml, xml("MachineCreate", &"<a>".repeat(5_000)), 400, "Bad request"),
        ("machines", Xml, text("<MachineCreate xmlns=\"http://example.org/\"/>"), 400, "namespace"),
        ("machines", Xml, xml("VolumeCreate", ""), 400, "no MachineCreate"),
        ("machines", Xml, machine("<nosuch/>"), 400, "'machineTemplate/nosuch' is unknown"),
        ("machines", Xml, xml("MachineCreate", "<name>a</name><name>b</name>"), 400, "'name' is given twice"),
        (
            "machines",
            Xml,
            machine(&format!("{image}<userData>%%%</userData>")),
            400,
            "'machineTemplate/userData'",
        ),
        ("machines", Xml, machine(&format!("{image}<initialState>LOST</initialState>")), 400, "initialState"),
        (
            "machines",
            Xml,
            machine(&format!("{image}<machineConfig><cpu>two</cpu></machineConfig>")),
            400,
            "'machineTemplate/machineConfig/cpu' is no whole number",
        ),
        (
            "machines",
            Xml,
            machine(&format!("{image}<volume href=\"/cimi/volumes/vol1\" initialLocation=\"/dev/sdb\"/>")),
            501,
            "'volumes'",
        ),
        (
            "volumes",
            Json,
            text("{\"volumeTemplate\": {\"volumeConfig\": {\"capacity\": -1}}}"),
            400,
            "capacity",
        ),
        (
            "volumes",
            Json,
            text("{\"volumeTemplate\": {\"volumeConfig\": {\"capacity\": 18446744073709551615}}}"),
            400,
            "capacity",
        ),
        ("machine_images", Xml, xml("MachineImage", "<name>a</name>"), 400, "'imageLocation' is required"),
        ("credentials", Json, text("{\"credentialTemplate\": {}}"), 400, "'name' is required"),
        ("machines/inst1/start", Json, text(""), 400, "no body"),
        ("machines/inst1/start", Json, text("{}"), 400, "'action' is required"),
        ("machines/inst1/start", Form::Json, Form::Json.action("explode"), 400, "'action'"),
        (
            "machines/inst1/pause",
            Form::Json,
            Form::Json.action("pause"),
            404,
            "'action' names what no machine here offers",
        ),
        ("machines/inst1/start", Form::Xml, Form::Xml.action("start"), 409, "none of the operations"),
        ("machines/nosuch/start", Form::Xml, Form::Xml.action("start"), 404, "nosuch"),
        (
            "machines/nosuch/volumes",
            Json,
            text("{\"volume\": {\"href\": \"/cimi/volumes/vol1\"}}"),
            404,
            "nosuch",
        ),
        (
            "machines/inst1/volumes",
            Json,
            text("{\"initialLocation\": \"/dev/sdb\"}"),
            400,
            "'volume' is required",
        ),
    ]
}

#[test]
fn it_is_refused_in_the_originals_words() {
    let client = Client::new(Gateway::start(SERVED), MOCK, Form::Json);
    let before = json(&client.get("/cimi/machines"))["count"].clone();
    for (path, form, body, status, named) in cases() {
        let answer =
            client.ask_with("POST", &format!("/cimi/{path}"), &[("Content-Type", form.media())], &body);
        let shown: String = body.chars().take(120).collect();
        assert_eq!(answer.status, status, "{path} {shown}: {}", answer.body);
        let error = json(&answer);
        assert_eq!(error["code"], status);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(named), "{path} {shown}: {message}");
    }
    assert_eq!(json(&client.get("/cimi/machines"))["count"], before, "nothing was made");
}

#[test]
fn it_is_refused_as_a_job() {
    let client = Client::new(Gateway::start(STRICT), MOCK, Form::Json);
    for (path, form, body, status, named) in cases() {
        let answer =
            client.ask_with("POST", &format!("/cimi/{path}"), &[("Content-Type", form.media())], &body);
        let job = json(&answer);
        assert_eq!((answer.status, &job["returnCode"]), (status, &status.into()), "{path}: {}", answer.body);
        assert_eq!(job["resourceURI"], format!("{NAMESPACE}/Job"));
        assert_eq!((&job["state"], &job["progress"]), (&"FAILED".into(), &100.into()));
        let target = format!("http://{}/cimi/{path}", client.gateway.address);
        assert_eq!(job["targetResource"]["href"], target);
        assert!(job["statusMessage"].as_str().unwrap().contains(named), "{path}: {}", answer.body);
    }
}

#[test]
fn what_only_the_strict_dialect_refuses() {
    let cases: [(&str, Form, String, u16, u16); 6] = [
        ("machines", Form::Xml, "<MachineCreate><machineTemplate><machineImage href=\"machine_images/img1\"/></machineTemplate></MachineCreate>".to_owned(), 201, 400),
        ("credentials", Form::Xml, format!("<credentialCREATE xmlns=\"{NAMESPACE}\"><name>c</name></credentialCREATE>"), 201, 400),
        ("credentials", Form::Json, "{\"name\": \"d\", \"credentialTemplate\": {\"username\": \"u\"}}".to_owned(), 201, 501),
        ("machines/inst2/restart", Form::Json, Form::Json.action("stop"), 202, 400),
        ("machines?$filter=nosuch=1", Form::Json, String::new(), 200, 400),
        ("machines?$filter=name=inst1", Form::Json, String::new(), 200, 400),
    ];
    for (settings, strict) in [(SERVED, false), (STRICT, true)] {
        let client = Client::new(Gateway::start(settings), MOCK, Form::Json);
        for (path, form, body, compatible, specified) in &cases {
            let method = if path.contains('$') { "GET" } else { "POST" };
            let answer =
                client.ask_with(method, &format!("/cimi/{path}"), &[("Content-Type", form.media())], body);
            let expected = if strict { *specified } else { *compatible };
            assert_eq!(answer.status, expected, "{path} {body}: {}", answer.body);
        }
    }
}

#[test]
fn methods_versions_types_and_queries() {
    let client = Client::new(Gateway::start(SERVED), MOCK, Form::Json);
    let put = client.ask("PUT", "/cimi/machines/inst1", "{}");
    assert_eq!((put.status, put.header("allow")), (405, "OPTIONS,GET,HEAD,DELETE"));
    assert_eq!(client.ask("POST", "/cimi/jobs", "{}").status, 405);
    assert_eq!(client.ask("GET", "/cimi/machines/inst1/start", "").status, 405);
    assert_eq!(client.ask("GET", "/cimi/nosuch", "").header("content-type"), "application/json");
    assert_eq!(client.ask("GET", "/cimi/machines/%ff", "").status, 404);
    let version = |version| {
        client.ask_with("GET", "/cimi/machines", &[("CIMI-Specification-Version", version)], "").status
    };
    assert_eq!(["1.0.1", "1.0", "2.0.0, 1.0.0", "2.0", "x"].map(version), [200, 200, 200, 400, 400]);
    let plain = client.ask_with("POST", "/cimi/machines", &[("Content-Type", "text/plain")], "x");
    assert_eq!(plain.status, 415, "{}", plain.body);
    let gif = client.gateway.send("GET", "/cimi/cloudEntryPoint", &[("Accept", "image/gif")], "");
    assert_eq!(gif.status, 406);
    for query in [
        "$filter=name=",
        "$filter=(name='x'",
        "$first=x",
        "$orderby=name:up",
        "$select=machines[1]",
        "$format=yaml",
    ] {
        let answer = client.ask("GET", &format!("/cimi/machines?{query}"), "");
        assert!(matches!(answer.status, 400 | 406), "{query}: {} {}", answer.status, answer.body);
    }
    let head = client.ask("HEAD", "/cimi/machines/inst1", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}
