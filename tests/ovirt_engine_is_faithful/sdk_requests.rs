//! Every request recorded from the real SDK gets the answer that it expects.

use crate::http::{Answer, ask, ask_as};
use crate::ovirt_engine::element::Element;
use crate::ovirt_engine::{Engine, Options, VmStatus, seed};
use crate::wire::{self, Exchange};

/// Requests that a sound engine refuses, with the status.
const REFUSED: [(&str, u16, &str); 6] = [
    ("18_vm_reset", 409, "the machine is down"),
    ("30_diskattachment_attach_existing", 409, "the machine has the disk already"),
    ("33_diskattachment_detach", 409, "the disk is in a snapshot"),
    ("38_nic_add", 409, "the machine has a NIC of this name"),
    ("50_template_remove", 409, "a machine uses the template"),
    ("54_tags_add", 409, "there is a tag of this name"),
];

/// States that requests need which are not for a machine that is down.
const STATES: [(&str, VmStatus); 9] = [
    ("14_vm_stop", VmStatus::Up),
    ("15_vm_shutdown_reason", VmStatus::Up),
    ("16_vm_suspend", VmStatus::Up),
    ("17_vm_reboot", VmStatus::Up),
    ("19_vm_migrate", VmStatus::Up),
    ("20_vm_ticket", VmStatus::Up),
    ("26_vm_graphics_console_vv", VmStatus::Up),
    ("27_vm_reported_devices", VmStatus::Up),
    ("25_vm_graphics_consoles", VmStatus::Up),
];

#[tokio::test]
async fn are_answered() {
    let Some(directory) = wire::directory("sdk-requests") else { return };
    let mut complaints = Vec::new();
    for file in wire::files(&directory, |name| name.ends_with(".http")) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let engine = Engine::start(Options::default()).await;
        if let Some((_, state)) = STATES.iter().find(|(request, _)| *request == name) {
            engine.set_vm_status(seed::DB_VM, *state);
        }
        let exchange = wire::request(&file);
        let tag = prepare(&engine).await;
        let answer = answered(&engine, &exchange, &tag).await;
        let refused = REFUSED.iter().find(|(request, ..)| *request == name).map(|(_, status, _)| *status);
        if let Some(complaint) = complaint(&exchange, &answer, refused) {
            complaints.push(format!("{name}: {complaint}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// What the requests take for granted: a tag that the machine has, whose id this gives, and a label.
async fn prepare(engine: &Engine) -> String {
    let api = "/ovirt-engine/api";
    let label = "<affinity_label><name>l</name></affinity_label>";
    assert_eq!(ask(engine, "POST", &format!("{api}/affinitylabels"), &[], label).await.status, 201);
    let tag = ask(engine, "POST", &format!("{api}/tags"), &[], "<tag><name>mytag</name></tag>").await;
    let tag = tag.xml().value("id").unwrap().to_owned();
    let carry = format!("{api}/vms/{}/tags", seed::DB_VM);
    assert_eq!(ask(engine, "POST", &carry, &[], &format!("<tag id=\"{tag}\"/>")).await.status, 201);
    tag
}

async fn answered(engine: &Engine, exchange: &Exchange, tag: &str) -> Answer {
    let real = real_ids(engine, tag);
    let (path, query) = exchange.target.split_once('?').unwrap_or((&exchange.target, ""));
    let path: Vec<&str> = path.split('/').map(|segment| known(&real, segment)).collect();
    let target = format!("{}?{query}", path.join("/"));
    // The session called a network n1 too.
    let body = exchange.body.replace("<network id=\"n1\"", "<network id=\"n\"");
    let body = real.iter().fold(body, |body, (invented, real)| {
        body.replace(&format!("id=\"{invented}\""), &format!("id=\"{real}\""))
    });
    if target.contains("/sso") {
        let body = body.replace("REDACTED", "secret");
        let headers = ["Accept: application/json", "Content-Type: application/x-www-form-urlencoded"];
        return crate::http::ask_form(engine, &target, &headers, &body).await;
    }
    ask_as(engine, crate::http::ADMIN, &exchange.method, &target, &["Version: 4"], &body).await
}

fn known<'a>(real: &'a [(&str, String)], segment: &'a str) -> &'a str {
    real.iter().find(|(invented, _)| *invented == segment).map_or(segment, |(_, real)| real)
}

/// What the recorded session's invented ids stand for here.
fn real_ids<'a>(engine: &Engine, tag: &str) -> Vec<(&'a str, String)> {
    let vm = engine.vm(seed::DB_VM).unwrap();
    let regular = vm.snapshots.iter().find(|snapshot| snapshot.kind == "regular").unwrap();
    vec![
        ("123", vm.id.to_string()),
        ("d1", vm.disks[0].disk.to_string()),
        ("n1", vm.nics[0].id.to_string()),
        ("s1", regular.id.to_string()),
        ("p1", seed::PROFILE.to_string()),
        ("n", seed::NETWORK.to_string()),
        ("dc", seed::DEFAULT_DC.to_string()),
        ("c", seed::DEFAULT_CLUSTER.to_string()),
        ("c1", seed::DEFAULT_CLUSTER.to_string()),
        ("t", seed::RHEL_TEMPLATE.to_string()),
        ("t1", seed::RHEL_TEMPLATE.to_string()),
        ("5f411ae4", seed::RHEL_TEMPLATE.to_string()),
        ("sd", seed::DATA_DOMAIN.to_string()),
        ("tg1", tag.to_owned()),
        ("5350494345", "7370696365".to_owned()),
    ]
}

fn complaint(exchange: &Exchange, answer: &Answer, refused: Option<u16>) -> Option<String> {
    let expected: &[u16] = match (refused, exchange.method.as_str()) {
        (Some(_), _) => return (Some(answer.status) != refused).then(|| shown(answer)),
        (_, "GET" | "PUT" | "DELETE") => &[200],
        _ => &[200, 201, 202],
    };
    if !expected.contains(&answer.status) {
        return Some(shown(answer));
    }
    let json = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    (!json && Element::from_xml(&answer.body).is_err()).then(|| shown(answer))
}

fn shown(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.body.lines().collect::<Vec<_>>().join(" "))
}
