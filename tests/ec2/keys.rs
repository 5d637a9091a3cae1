//! Key pairs, by raw requests, on oVirt, which keeps none.

use crate::{
    ADMIN,
    bed::{Gateway, Ovirt, http::Answer, ovirt::Mode},
    ovirt_engine::seed,
};

const RUN: &str = "RunInstances&MinCount=1&MaxCount=1";
/// A public key of 32 zeros, in base64.
const IMPORT: &str = "ImportKeyPair&PublicKeyMaterial=c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUFBQUFBQUFBQUFBQUFBQUFBQUF\
                      BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUEgbWVAaGVyZQ%3D%3D";

fn ask(gateway: &Gateway, query: &str) -> Answer {
    gateway.get(&format!("/ec2/?Action={query}"), ADMIN.0, ADMIN.1)
}

fn done(gateway: &Gateway, query: &str) -> Answer {
    let answer = ask(gateway, query);
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer
}

fn code(gateway: &Gateway, query: &str) -> String {
    ask(gateway, query).text("Code").to_owned()
}

#[test]
fn a_pair_lets_into_the_instance_that_is_made_with_it() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    for (name, kind, begins) in [("old", "rsa", "ssh-rsa "), ("new", "ed25519", "ssh-ed25519 ")] {
        let made = done(&gateway, &format!("CreateKeyPair&KeyName={name}&KeyType={kind}"));
        assert!(made.text("keyMaterial").starts_with("-----BEGIN "), "{}", made.body);
        let shown = done(&gateway, &format!("DescribeKeyPairs&KeyName.1={name}&IncludePublicKey=true"));
        assert!(!shown.body.contains("PRIVATE"), "{}", shown.body);
        assert_eq!(
            (shown.text("keyType"), shown.text("keyFingerprint")),
            (kind, made.text("keyFingerprint"))
        );
        assert!(shown.text("createTime").ends_with('Z'), "{}", shown.body);
        let public = shown.text("publicKey");
        assert!(public.starts_with(begins) && public.ends_with(&format!(" {name}")), "{public}");

        let run = done(&gateway, &format!("{RUN}&ImageId={}&KeyName={name}", seed::RHEL_TEMPLATE));
        assert_eq!(run.text("keyName"), name);
        let id = run.text("instanceId");
        let listed =
            done(&gateway, &format!("DescribeInstances&Filter.1.Name=key-name&Filter.1.Value={name}"));
        assert_eq!((listed.texts("instanceId"), listed.text("keyName")), (vec![id], name));
        let vm = engine.vm(id.trim_start_matches("i-").parse().unwrap()).unwrap();
        assert_eq!(vm.machine.initialization.unwrap().value("authorized_ssh_keys"), Some(public));
    }
    assert_eq!(done(&gateway, "DescribeKeyPairs").texts("keyName"), ["new", "old"]);
}

#[test]
fn names_are_taken_once_and_refused_where_they_are_nobodys() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    let imported = done(&gateway, &format!("{IMPORT}&KeyName=mine"));
    assert_eq!(imported.texts("keyMaterial"), Vec::<&str>::new());
    for again in [format!("{IMPORT}&KeyName=mine"), "CreateKeyPair&KeyName=mine".to_owned()] {
        assert_eq!(code(&gateway, &again), "InvalidKeyPair.Duplicate", "{again}");
    }
    assert_eq!(code(&gateway, "ImportKeyPair&KeyName=bad&PublicKeyMaterial=AAAA"), "InvalidKey.Format");
    let run = format!("{RUN}&ImageId={}&KeyName", seed::RHEL_TEMPLATE);
    assert_eq!(code(&gateway, &format!("{run}=other")), "InvalidKeyPair.NotFound");
    for query in ["DescribeKeyPairs".to_owned(), format!("{run}=mine"), format!("{run}=other")] {
        let stranger = gateway.get(&format!("/ec2/?Action={query}"), ADMIN.0, "wrong");
        assert_eq!(stranger.status, 401, "{query}: {}", stranger.body);
    }
    let tagged =
        format!("CreateTags&ResourceId.1={}&Tag.1.Key=env&Tag.1.Value=test", imported.text("keyPairId"));
    done(&gateway, &tagged);
    let by_tag = done(&gateway, "DescribeKeyPairs&Filter.1.Name=tag:env&Filter.1.Value=test");
    assert_eq!((by_tag.texts("keyName"), by_tag.text("value")), (vec!["mine"], "test"));
    for _ in 0..2 {
        done(&gateway, "DeleteKeyPair&KeyName=mine");
    }
    assert_eq!(code(&gateway, "DescribeKeyPairs&KeyName.1=mine"), "InvalidKeyPair.NotFound");
    assert_eq!(code(&gateway, &format!("{run}=mine")), "InvalidKeyPair.NotFound");
    done(&gateway, &format!("{IMPORT}&KeyName=mine"));
    assert_eq!(done(&gateway, "DescribeKeyPairs").texts("value"), Vec::<&str>::new(), "tags went with it");
}

#[test]
fn engines_that_tell_no_guest_of_keys_make_no_instance_with_one() {
    let engine = Ovirt::start(Mode::V3_6);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    done(&gateway, &format!("{IMPORT}&KeyName=mine"));
    let run = format!("{RUN}&ImageId={}&KeyName=mine", seed::RHEL_TEMPLATE);
    assert_eq!(code(&gateway, &run), "UnsupportedOperation");
}
