//! Every recorded exchange that the driver makes: a table of operations, the recordings that they go through, and what
//! comes of them.

use std::sync::Arc;

use deltagate::model::{
    Action, Change, DiskContent, DiskSpec, ErrorKind as E, Filter, FirewallSpec, Id, ImageSpec, InstanceSpec,
    KeySpec, Kind as K, NetworkInterface, NetworkSpec, Operation, Protocol, Resource, RuleSource, RuleSpec,
    SnapshotSpec, Spec, SubnetSpec, VolumeSpec,
};

use crate::{
    harness::Harness,
    script::{DISKS, Script, exchange},
};
use serde_json::{Value, json};

const SERVER: &str = "c80e4cd5-bb3f-4aa9-8c51-d83b190279f7";
const IMAGE: &str = "fd8bc232-f26c-453e-aa81-10285eff27a3";
const NETWORK: &str = "c3ca2157-c3b5-472a-b51d-0384bc827f87";
const VOLUME: &str = "9245c2ae-c129-40cc-8fb5-1074209b7e13";
const SNAPSHOT: &str = "bd6a452b-83ea-4bfd-9492-47f98c7aff2d";
const GROUP: &str = "54d73c15-2307-499f-bfb0-f45dc6d1d6f2";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
const PUBLIC_KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCnU3LeCirdaEykpmne3GFWD1DQLVK4Ykaw4rUtRTWjWCFmwM8wlvEZ3D3YCAHGsUfpP/yr78wIsKnnlvAFnJ9rhZh8hAcPVF3DQkxR585DaXR0NWUBA8YGYFEzPmXG3TF4RclfQSntzFox+aaG2sbE/RBFMlowYXFyJIrq6YNN6+RwsXmWT2RuaByht5EPFLu9NkzpDU2NEWssHnWsAH6R1cAnra3GwicxmwEr5HYx9XRaB9IQ9tEDh4kWJaq418K9lhP89AHRdt7wukvNlk+oOiOTQJgtUaUQ5ITPpveY/5S1Dftyh33xlcpvdQI3G9sglcGKHLWl534vKWozff/5 root@vm";

/// What comes of an operation.
type Outcome = Result<&'static [&'static str], E>;

fn list(kind: K) -> Operation {
    Operation::List(kind, Filter::default())
}

fn show(kind: K, id: &str) -> Operation {
    Operation::Show(kind, id.into())
}

fn destroy(kind: K, id: &str) -> Operation {
    Operation::Destroy(kind, vec![id.into()])
}

fn act(action: Action) -> Operation {
    Operation::Act(action, vec![SERVER.into()])
}

fn create(spec: Spec) -> Operation {
    Operation::Create(Box::new(spec))
}

fn key(name: &str, public_key: Option<&str>) -> Operation {
    create(Spec::Key(KeySpec::new(name, public_key.map(str::to_owned))))
}

fn firewall(name: &str, description: &str) -> Operation {
    create(Spec::Firewall(FirewallSpec { name: name.to_owned(), description: description.to_owned() }))
}

fn authorize(first: u16, last: u16) -> Operation {
    let sources = vec![RuleSource::Addresses("0.0.0.0/0".to_owned())];
    let rule = RuleSpec { protocol: Protocol::Tcp, ports: Some((first, last)), sources };
    Operation::Change(GROUP.into(), Change::Authorize(rule))
}

fn subnet(address_block: &str) -> Operation {
    create(Spec::Subnet(SubnetSpec {
        network: "e2fb2aa3-e26a-4c1a-b9f5-010a569417d6".into(),
        address_block: address_block.to_owned(),
        name: Some("wiresub".to_owned()),
    }))
}

fn volume(spec: VolumeSpec) -> Operation {
    create(Spec::Volume(spec))
}

/// As it was ordered when the recordings were made.
fn server(spec: InstanceSpec) -> Operation {
    create(Spec::Instance(spec))
}

fn ordered() -> InstanceSpec {
    InstanceSpec {
        name: Some("wire1".to_owned()),
        hardware_profile: Some("m1.tiny".into()),
        key: Some("wirekey".into()),
        realm: Some("az1".into()),
        user_data: Some(b"#cloud-config\n".to_vec()),
        network: Some(NETWORK.into()),
        firewalls: vec!["web".into()],
        ..InstanceSpec::new(IMAGE)
    }
}

/// Runs each row with a login of its own: the recordings that it goes through, all of them and no others.
async fn run(rows: Vec<(Operation, Vec<&str>, Outcome)>) {
    for (operation, steps, expected) in rows {
        let steps = ["03"].into_iter().chain(steps);
        let Some(exchanges) = steps.map(exchange).collect::<Option<Vec<_>>>() else { return };
        let script = Script::new(exchanges);
        let harness = Harness::over(Arc::new(script.clone()));
        let outcome = harness.perform("demo+demo", &operation).await;
        match (&outcome, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{operation:?}"),
            (Err(error), Err(kind)) => assert_eq!(error.kind(), kind, "{operation:?}: {error}"),
            _ => panic!("{operation:?}: {outcome:?} instead of {expected:?}"),
        }
        assert_eq!(script.left(), Vec::<String>::new(), "{operation:?}");
    }
}

#[tokio::test]
async fn realms_profiles_and_images() {
    run(vec![
        (list(K::Realm), vec!["22"], Ok(&["az1"])),
        (show(K::Realm, "az1"), vec!["22"], Ok(&["az1"])),
        (show(K::Realm, "nosuch"), vec!["22"], Err(E::NotFound)),
        (
            list(K::HardwareProfile),
            vec!["19"],
            Ok(&[
                "m1.tiny Some(1) Some(512)",
                "m1.small Some(1) Some(2048)",
                "m1.medium Some(2) Some(4096)",
                "m1.large Some(4) Some(8192)",
            ]),
        ),
        (show(K::HardwareProfile, "m1.tiny"), vec!["19"], Ok(&["m1.tiny Some(1) Some(512)"])),
        (show(K::HardwareProfile, "1"), vec!["19"], Ok(&["m1.tiny Some(1) Some(512)"])),
        (show(K::HardwareProfile, "nosuch"), vec!["19"], Err(E::NotFound)),
        (list(K::Provider), vec![], Ok(&["RegionOne"])),
        (list(K::Image), vec!["46"], Ok(&["tiny Available"])),
        (list(K::Image), vec!["52", "46"], Ok(&["wireimg2 Available", "tiny Available"])),
        (show(K::Image, IMAGE), vec!["47"], Ok(&["tiny Available"])),
        (show(K::Image, NOBODY), vec!["48"], Err(E::NotFound)),
        (show(K::Image, "../secrets"), vec![], Err(E::NotFound)),
        (destroy(K::Image, IMAGE), vec!["47", "54"], Err(E::Denied)),
        (
            create(Spec::Image(ImageSpec {
                instance: SERVER.into(),
                name: Some("wiresnap".to_owned()),
                description: None,
            })),
            vec!["78", "47 /v2/images/91a02689-0708-452b-8ec7-42c71481aca2"],
            Ok(&["tiny Available"]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn keys() {
    run(vec![
        (list(K::Key), vec!["26"], Ok(&["seedkey"])),
        (key("wirekey", None), vec!["27"], Ok(&["wirekey with its private key"])),
        (key("wirekey", None), vec!["28"], Err(E::AlreadyExists)),
        (key("imported", Some(PUBLIC_KEY)), vec!["29"], Ok(&["imported"])),
        (key("bad", Some("junk")), vec!["30"], Err(E::Invalid)),
        (show(K::Key, "wirekey"), vec!["31"], Ok(&["wirekey"])),
        (show(K::Key, "nosuch"), vec!["32"], Err(E::NotFound)),
        (destroy(K::Key, "wirekey"), vec!["31", "163"], Ok(&["wirekey"])),
        (destroy(K::Key, "nosuch"), vec!["32"], Err(E::NotFound)),
    ])
    .await;
}

#[tokio::test]
async fn instances() {
    run(vec![
        (list(K::Instance), vec!["34", "35", "37", "60"], Ok(&["wire1 Running 1 10.10.0.187"])),
        (
            list(K::Instance),
            vec!["34", "35", "37", "61", "60"],
            Ok(&["wire1 Running 1 10.10.0.187", "wire1 Running 1 10.10.0.187"]),
        ),
        (show(K::Instance, SERVER), vec!["56", "139"], Ok(&["wire1 Creating 1 10.10.0.187"])),
        (show(K::Instance, SERVER), vec!["57", "139"], Ok(&["wire1 Running 1 10.10.0.187"])),
        (show(K::Instance, SERVER), vec!["58", "139"], Ok(&["wire1 Running m1.tiny 10.10.0.187"])),
        (show(K::Instance, SERVER), vec!["67", "139"], Ok(&["wire1 Stopping 1 10.10.0.187"])),
        (show(K::Instance, SERVER), vec!["79", "139"], Ok(&["wire1 Running 1 10.10.0.187"])),
        (show(K::Instance, SERVER), vec!["90", "139"], Ok(&["wire1b Running 2 10.10.0.187"])),
        (show(K::Instance, SERVER), vec!["143", "139"], Ok(&["wire1b Running 2 10.10.0.187,203.0.113.180"])),
        (show(K::Instance, NOBODY), vec!["101"], Err(E::NotFound)),
        (show(K::Instance, SERVER), vec!["107"], Err(E::NotFound)),
        (show(K::Instance, "i-00000000"), vec![], Err(E::NotFound)),
        (act(Action::Stop { force: false }), vec!["57", "66"], Ok(&["wire1 Stopping 1 10.10.0.187"])),
        (act(Action::Stop { force: false }), vec!["57", "68"], Err(E::IncorrectState)),
        (act(Action::Stop { force: false }), vec!["69"], Ok(&["wire1 Stopped 1 10.10.0.187"])),
        (act(Action::Start), vec!["69", "71"], Ok(&["wire1 Starting 1 10.10.0.187"])),
        (act(Action::Start), vec!["57"], Ok(&["wire1 Running 1 10.10.0.187"])),
        (act(Action::Start), vec!["84", "85"], Ok(&["wire1b Resuming 1 10.10.0.187"])),
        (act(Action::Start), vec!["87", "88"], Ok(&["wire1b Resuming 1 10.10.0.187"])),
        (act(Action::Reboot), vec!["57", "72"], Ok(&["wire1 Rebooting 1 10.10.0.187"])),
        (act(Action::Reboot), vec!["160"], Err(E::NotFound)),
        (destroy(K::Instance, NOBODY), vec!["101"], Err(E::NotFound)),
        (show(K::Console, SERVER), vec!["76"], Ok(&["FAKE CONSOLE OUTPUT\nANOTHER\nLAST LINE"])),
        (show(K::Console, "x"), vec![], Err(E::NotFound)),
    ])
    .await;
}

/// Where an instance is, and what is around it.
fn surroundings(resource: &Resource<'_>) -> String {
    let Resource::Instance(it) = resource else { panic!("{resource:?}") };
    let is = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
    let interfaces = it.interfaces.iter().map(|interface| {
        let NetworkInterface { id, mac, network, subnet, addresses, .. } = interface;
        format!("[{id} {} {} {} {addresses:?}]", is(mac), is(network), is(subnet))
    });
    format!("{} {}", interfaces.collect::<String>(), it.firewalls.join(","))
}

#[tokio::test]
async fn a_server_is_told_with_the_ids_of_its_subnet_and_its_groups() {
    let no_part = format!("43 /v2.0/subnets/{NETWORK}");
    let place = format!("fa:16:3e:b1:45:f9 {NETWORK} 821ba19e-5888-4208-ac20-a22e92847647 [10.10.0.187]");
    let named = format!("[94de5916-fe1f-458b-82f4-73c0dfba9201 {place}] {GROUP}");
    let unnamed = format!("[ {place}] {GROUP}");
    let building = format!("[ - {NETWORK} - []] {GROUP}");
    let by_id = server(InstanceSpec { firewalls: vec![GROUP.into()], ..ordered() });
    // The groups were recorded when there was none but the default one.
    let web =
        format!(r#"{{"id": "{GROUP}", "name": "web", "tenant_id": "4ec4a2e322e54ca580b99228e747adb1"}}"#);
    let groups = format!(r#"{{"security_groups":[{web},"#);
    for (operation, steps, expected) in [
        (show(K::Instance, SERVER), vec!["57", "139"], &named),
        (
            Operation::List(K::Instance, Filter { ids: vec![SERVER.into()], ..Filter::default() }),
            vec!["57", "139"],
            &named,
        ),
        (list(K::Instance), vec!["34", "35", "37", "60"], &unnamed),
        (server(ordered()), vec![&no_part, "19", "55", "56", "34", "35", "37"], &building),
        (by_id.clone(), vec![&no_part, "19", "55", "56", "34", "35", "37"], &building),
    ] {
        let steps = ["03"].into_iter().chain(steps);
        let Some(mut exchanges) = steps.map(exchange).collect::<Option<Vec<_>>>() else { return };
        for exchange in &mut exchanges {
            exchange.answer = exchange.answer.replacen(r#"{"security_groups": ["#, &groups, 1);
            if operation == by_id {
                exchange.body =
                    exchange.body.replace(r#"{"name": "web"}"#, &format!(r#"{{"name": "{GROUP}"}}"#));
            }
        }
        let script = Script::new(exchanges);
        let harness = Harness::over(Arc::new(script.clone()));
        let told = harness.told("demo+demo", &operation, surroundings).await.unwrap();
        assert_eq!(told, [expected.as_str()], "{operation:?}");
        assert_eq!(script.left(), Vec::<String>::new(), "{operation:?}");
    }
}

#[tokio::test]
async fn instances_are_made() {
    // A network's id is tried as that of a part of one first.
    let no_part = format!("43 /v2.0/subnets/{NETWORK}");
    let no_part = no_part.as_str();
    let steps = |number| vec![no_part, "19", number];
    let nowhere = InstanceSpec { image: NOBODY.into(), ..ordered() };
    run(vec![
        (server(ordered()), vec![no_part, "19", "55", "56", "34", "35", "37"], Ok(&["wire1 Creating 1 "])),
        (server(nowhere), steps("93"), Err(E::NotFound)),
        (server(InstanceSpec { key: Some("nosuch".into()), ..ordered() }), steps("97"), Err(E::NotFound)),
        (server(InstanceSpec { realm: Some("nosuch".into()), ..ordered() }), steps("98"), Err(E::NotFound)),
        (
            server(InstanceSpec { hardware_profile: Some("nosuch".into()), network: None, ..ordered() }),
            vec!["19"],
            Err(E::NotFound),
        ),
    ])
    .await;
}

#[tokio::test]
async fn instances_are_made_with_volumes() {
    let disk = |content, size: Option<u64>, goes| DiskSpec {
        content,
        size: size.map(|size| size << 30),
        device: None,
        delete_on_termination: goes,
    };
    let boot = |size, goes: bool| {
        json!({"boot_index": 0, "uuid": IMAGE, "source_type": "image", "destination_type": "volume",
               "volume_size": size, "delete_on_termination": goes})
    };
    let of_snapshot = json!({"boot_index": -1, "uuid": SNAPSHOT, "source_type": "snapshot",
                             "destination_type": "volume", "delete_on_termination": false});
    let own = json!({"boot_index": 0, "uuid": IMAGE, "source_type": "image", "destination_type": "local",
                     "delete_on_termination": true});
    let blank = json!({"boot_index": -1, "source_type": "blank", "destination_type": "volume",
                       "volume_size": 7, "delete_on_termination": true});
    let snapshot = || disk(DiskContent::Snapshot(SNAPSHOT.into()), None, false);
    for (storage, disks, image, mapping) in [
        (Some(3 << 30), vec![], "", json!([boot(3, true)])),
        (None, vec![disk(DiskContent::Image, Some(4), false)], "", json!([boot(4, false)])),
        // The flavor has a disk of 1 GiB.
        (
            None,
            vec![snapshot(), disk(DiskContent::Image, None, true)],
            "",
            json!([boot(1, true), of_snapshot]),
        ),
        (
            None,
            vec![disk(DiskContent::Nothing, Some(7), true), snapshot()],
            IMAGE,
            json!([own, blank, of_snapshot]),
        ),
    ] {
        let no_part = format!("43 /v2.0/subnets/{NETWORK}");
        let steps = ["03", &no_part, "19", "55", "56", "34", "35", "37"];
        let Some(mut exchanges) = steps.into_iter().map(exchange).collect::<Option<Vec<_>>>() else { return };
        let order = exchanges.iter_mut().find(|exchange| exchange.body.contains("imageRef")).unwrap();
        let mut body: Value = serde_json::from_str(&order.body).unwrap();
        body["server"]["imageRef"] = json!(image);
        body["server"][DISKS] = mapping;
        order.body = body.to_string();
        let script = Script::new(exchanges);
        let harness = Harness::over(Arc::new(script.clone()));
        let operation = server(InstanceSpec { storage, disks, ..ordered() });
        let made = harness.perform("demo+demo", &operation).await.unwrap();
        assert_eq!(made, ["wire1 Creating 1 "]);
        assert_eq!(script.left(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn volumes_and_snapshots() {
    let attach = || {
        let change = Change::Attach { instance: SERVER.into(), device: Some("/dev/vdb".to_owned()) };
        Operation::Change(VOLUME.into(), change)
    };
    let named =
        |name: &str| VolumeSpec { name: Some(name.to_owned()), size: Some(1 << 30), ..VolumeSpec::default() };
    let described = VolumeSpec { description: Some("d".to_owned()), ..named("wirevol") };
    let snapshot = Spec::Snapshot(SnapshotSpec {
        volume: VOLUME.into(),
        name: Some("wiresnap".to_owned()),
        description: None,
    });
    let completed: &[&str] = &["wiresnap Completed 9245c2ae-c129-40cc-8fb5-1074209b7e13"];
    run(vec![
        (list(K::Volume), vec!["118"], Ok(&["wirevol Available Some(1073741824) -"])),
        (show(K::Volume, VOLUME), vec!["116"], Ok(&["wirevol Creating Some(1073741824) -"])),
        (show(K::Volume, VOLUME), vec!["120"], Ok(&["wirevol InUse Some(1073741824) /dev/sdb"])),
        (show(K::Volume, NOBODY), vec!["134"], Err(E::NotFound)),
        (volume(described), vec!["115"], Ok(&["wirevol Creating Some(1073741824) -"])),
        (
            volume(VolumeSpec { snapshot: Some(SNAPSHOT.into()), ..named("fromsnap") }),
            vec!["131"],
            Ok(&["fromsnap Creating Some(1073741824) -"]),
        ),
        (
            volume(VolumeSpec { size: Some(100_000 << 30), ..VolumeSpec::default() }),
            vec!["136"],
            Err(E::LimitReached),
        ),
        (attach(), vec!["117", "119", "120"], Ok(&["wirevol InUse Some(1073741824) /dev/sdb"])),
        (
            Operation::Change(VOLUME.into(), Change::Attach { instance: SERVER.into(), device: None }),
            vec!["120", "123"],
            Err(E::IncorrectState),
        ),
        (
            Operation::Change(VOLUME.into(), Change::Detach),
            vec!["120", "125", "117"],
            Ok(&["wirevol Available Some(1073741824) -"]),
        ),
        (Operation::Change(VOLUME.into(), Change::Detach), vec!["117"], Err(E::IncorrectState)),
        (destroy(K::Volume, VOLUME), vec!["120", "124"], Err(E::IncorrectState)),
        (destroy(K::Volume, VOLUME), vec!["117", "130"], Err(E::IncorrectState)),
        (destroy(K::Volume, VOLUME), vec!["117", "133"], Ok(&["wirevol Available Some(1073741824) -"])),
        (list(K::Snapshot), vec!["129"], Ok(completed)),
        (show(K::Snapshot, SNAPSHOT), vec!["128"], Ok(completed)),
        (show(K::Snapshot, NOBODY), vec!["138"], Err(E::NotFound)),
        (create(snapshot), vec!["127"], Ok(&["wiresnap Pending 9245c2ae-c129-40cc-8fb5-1074209b7e13"])),
        (destroy(K::Snapshot, SNAPSHOT), vec!["128", "132"], Ok(completed)),
    ])
    .await;
}

#[tokio::test]
async fn networks_addresses_and_firewalls() {
    let network = Spec::Network(NetworkSpec { name: Some("wirenet".to_owned()), address_block: None });
    let on_address = |change| Operation::Change(Id::from("203.0.113.180"), change);
    let revoke = Change::Revoke { rule: "9ca22985-5590-4d88-87d0-0164258e628b".into() };
    run(vec![
        (list(K::Network), vec!["35", "34"], Ok(&["private Up 10.10.0.0/24"])),
        (show(K::Network, NOBODY), vec!["43"], Err(E::NotFound)),
        (create(network), vec!["149"], Ok(&["wirenet Up "])),
        (list(K::Subnet), vec!["35"], Ok(&["private-subnet 10.10.0.0/24"])),
        (subnet("10.77.0.0/24"), vec!["150"], Ok(&["wiresub 10.77.0.0/24"])),
        (list(K::NetworkInterface), vec!["139"], Ok(&["94de5916-fe1f-458b-82f4-73c0dfba9201"])),
        (list(K::Address), vec!["142"], Ok(&["203.0.113.180 c80e4cd5-bb3f-4aa9-8c51-d83b190279f7"])),
        (
            show(K::Address, "203.0.113.180"),
            vec!["142"],
            Ok(&["203.0.113.180 c80e4cd5-bb3f-4aa9-8c51-d83b190279f7"]),
        ),
        (show(K::Address, "203.0.113.181"), vec!["142"], Err(E::NotFound)),
        (create(Spec::Address), vec!["34", "140"], Ok(&["203.0.113.180 -"])),
        (on_address(Change::Associate { instance: SERVER.into() }), vec!["142"], Err(E::IncorrectState)),
        (on_address(Change::Disassociate), vec!["142", "144"], Ok(&["203.0.113.180 -"])),
        (destroy(K::Address, "203.0.113.180"), vec!["142"], Err(E::IncorrectState)),
        (list(K::Firewall), vec!["37"], Ok(&["default 4"])),
        (firewall("web", "web servers"), vec!["37", "38"], Ok(&["web 2"])),
        (firewall("default", ""), vec!["37"], Err(E::AlreadyExists)),
        (firewall("q", ""), vec!["37", "153"], Err(E::LimitReached)),
        (authorize(80, 80), vec!["42", "39", "42"], Ok(&["web 3"])),
        (authorize(80, 80), vec!["42", "40"], Err(E::AlreadyExists)),
        (Operation::Change(GROUP.into(), Change::Revoke { rule: "x".into() }), vec!["42"], Err(E::NotFound)),
        (Operation::Change(GROUP.into(), revoke), vec!["42", "161"], Ok(&["web 2"])),
        (destroy(K::Firewall, GROUP), vec!["42", "147"], Err(E::IncorrectState)),
        (destroy(K::Firewall, GROUP), vec!["42", "162"], Ok(&["web 3"])),
    ])
    .await;
}

#[tokio::test]
async fn who_is_not_who_he_says_gets_nothing() {
    for (user, step, said) in [
        ("demo+demo:wrong", "05", "does not accept"),
        ("demo+nosuch", "06", "does not accept"),
        ("demo", "04", "USER+PROJECT"),
    ] {
        let Some(step) = exchange(step) else { return };
        let harness = Harness::over(Arc::new(Script::new(vec![step])));
        let error = harness.perform(user, &list(K::Realm)).await.unwrap_err();
        assert_eq!(error.kind(), E::Unauthenticated, "{user}: {error}");
        assert!(error.message().contains(said) && !error.to_string().contains("wrong"), "{user}: {error}");
    }
}

#[tokio::test]
async fn a_token_is_kept_and_renewed_once_when_it_is_revoked() {
    let first = ["03", "34", "35", "37", "60", "18", "03", "60"];
    let steps = first.into_iter().chain(["34", "35", "37", "60", "18", "03", "18"]);
    let Some(exchanges) = steps.map(exchange).collect::<Option<Vec<_>>>() else { return };
    let script = Script::new(exchanges);
    let harness = Harness::over(Arc::new(script.clone()));
    for _ in 0..3 {
        assert_eq!(harness.perform("demo+demo", &list(K::Instance)).await.unwrap().len(), 1);
    }
    let refused = harness.perform("demo+demo", &list(K::Instance)).await.unwrap_err();
    assert_eq!(refused.kind(), E::Unauthenticated);
    assert!(script.left().is_empty());
}

#[tokio::test]
async fn a_page_of_a_list_is_one_call_when_the_user_is_known() {
    for (kind, first, page) in [
        (K::Instance, vec!["03", "34", "35", "37", "60"], "60"),
        (K::Realm, vec!["03", "22"], "22"),
        (K::HardwareProfile, vec!["03", "19"], "19"),
        (K::Image, vec!["03", "46"], "46"),
        (K::Key, vec!["03", "26"], "26"),
        (K::Volume, vec!["03", "118"], "118"),
        (K::Snapshot, vec!["03", "129"], "129"),
        (K::Subnet, vec!["03", "35"], "35"),
        (K::NetworkInterface, vec!["03", "139"], "139"),
        (K::Address, vec!["03", "142"], "142"),
        (K::Firewall, vec!["03", "37"], "37"),
    ] {
        let cold = u32::try_from(first.len()).unwrap();
        let steps = first.into_iter().chain([page]);
        let Some(exchanges) = steps.map(exchange).collect::<Option<Vec<_>>>() else { return };
        let harness = Harness::over(Arc::new(Script::new(exchanges)));
        let told = |resource: &Resource<'_>| resource.id().to_owned();
        for calls in [cold, 1] {
            let (found, made) = harness.counted("demo+demo", &list(kind), told).await.unwrap();
            assert_eq!((found.is_empty(), made), (false, calls), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_nova_that_is_too_old_is_asked_once_and_its_flavors_are_looked_up() {
    let too_old = "103 /v2.1/servers/detail";
    let steps = ["03", "34", "35", "37", too_old, "60", "19", "60"];
    let Some(exchanges) = steps.map(exchange).into_iter().collect::<Option<Vec<_>>>() else { return };
    let script = Script::new(exchanges);
    let harness = Harness::over(Arc::new(script.clone()));
    let list = list(K::Instance);
    assert_eq!(harness.perform("demo+demo", &list).await.unwrap(), ["wire1 Running 1 10.10.0.187"]);
    assert_eq!(harness.perform("demo+demo", &list).await.unwrap(), ["wire1 Running m1.tiny 10.10.0.187"]);
    assert!(script.left().is_empty());
}

#[tokio::test]
async fn what_is_taken_on_is_promised() {
    for (operation, steps, shown) in [
        (act(Action::Stop { force: false }), ["03", "56"].as_slice(), "wire1 Stopping 1 "),
        (destroy(K::Instance, SERVER), &["03", "57", "158"], "wire1 Terminating 1 10.10.0.187"),
    ] {
        let Some(exchanges) = steps.iter().copied().map(exchange).collect::<Option<Vec<_>>>() else { return };
        let harness = Harness::over(Arc::new(Script::new(exchanges)));
        assert_eq!(harness.perform("demo+demo", &operation).await.unwrap(), [shown]);
        assert_eq!(harness.promised().await, 1);
    }
}
