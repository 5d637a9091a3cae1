//! What is there from the start, and who may see it.

use super::*;
use crate::model::{NetworkInterface, Unit, VolumeState};

/// All kinds that can be listed, and what is there of each.
const SEED: [(Kind, &[&str]); 15] = [
    (Kind::Realm, &["us", "eu"]),
    (Kind::Image, &["img1", "img2", "img3"]),
    (Kind::HardwareProfile, &["m1-small", "m1-large", "m1-xlarge", "opaque"]),
    (Kind::Instance, &["inst0", "inst1", "inst2", "inst3"]),
    (Kind::Key, &["test-key"]),
    (Kind::Volume, &["vol1", "vol2", "vol3"]),
    (Kind::Snapshot, &["snap1", "snap2", "snap3"]),
    (Kind::Network, &["net1", "net2"]),
    (Kind::Subnet, &["subnet1", "subnet2", "subnet3", "subnet4"]),
    (Kind::NetworkInterface, &["nic1", "nicinst3"]),
    (Kind::Address, &["192.168.0.1", "192.168.0.2", "192.168.0.3", "192.168.0.4"]),
    (Kind::Firewall, &["default"]),
    (Kind::LoadBalancer, &[]),
    (Kind::Metric, &["inst0", "inst1", "inst2", "inst3"]),
    (Kind::Provider, &["mock"]),
];

#[tokio::test]
async fn the_original_data_set_is_there() {
    let mock = at_once();
    for (kind, expected) in SEED {
        assert_eq!(ids(&mock, list(kind)).await, expected);
        for id in expected {
            let shown = only(&mock, show(kind, id)).await;
            assert_eq!((shown.kind(), shown.id()), (kind, *id));
        }
    }
    assert_eq!(ids(&mock, list(Kind::Blob)).await, ["blob1", "blob2", "blob3", "blob4", "blob5"]);
    let buckets = ["bucket1", "blob1", "blob2", "blob3", "bucket2", "blob4", "blob5"];
    assert_eq!(ids(&mock, list(Kind::Bucket)).await, buckets);
    assert_eq!(ids(&mock, show(Kind::Bucket, "bucket2")).await, ["bucket2", "blob4", "blob5"]);
}

#[tokio::test]
async fn details_are_the_originals() {
    let mock = at_once();
    let Resource::Volume(volume) = only(&mock, show(Kind::Volume, "vol3")).await else { panic!("no volume") };
    let mount = volume.mount.unwrap();
    assert_eq!((volume.state, volume.size), (VolumeState::InUse, Some(1 << 30)));
    assert_eq!((mount.instance.as_ref(), mount.device.as_deref()), ("inst1", Some("/dev/sda1")));
    assert_eq!(volume.created.unwrap().to_string(), "2009-07-30T14:35:11Z");
    let Resource::Snapshot(snapshot) = only(&mock, show(Kind::Snapshot, "snap3")).await else {
        panic!("no snapshot")
    };
    assert_eq!(snapshot.volume.as_deref(), Some("vol2"));
    assert_eq!(snapshot.created.unwrap().to_string(), "2009-07-29T18:15:24Z");
    let Resource::Blob(blob) = only(&mock, show(Kind::Blob, "bucket1/blob1")).await else {
        panic!("no blob")
    };
    assert_eq!((blob.bucket.as_ref(), blob.size), ("bucket1", Some(17)));
    assert_eq!(blob.modified.unwrap().to_string(), "2010-09-23T15:44:54Z");
    assert_eq!(blob.metadata, [("SOMENEWKEY".into(), "NEWVALUE".into())]);
    for (id, subnet, address) in
        [("nic1", Some("subnet1"), "192.168.1.2"), ("nicinst3", None, "192.168.2.189")]
    {
        let shown = only(&mock, show(Kind::NetworkInterface, id)).await;
        let Resource::NetworkInterface(NetworkInterface { network, subnet: of, addresses, .. }) = shown
        else {
            panic!("no interface")
        };
        assert_eq!((network.as_deref(), of.as_deref()), (Some("net1"), subnet));
        assert_eq!(addresses[0].to_string(), address);
    }
    let all = instances(&mock, list(Kind::Instance)).await.unwrap();
    let captured: Vec<_> = all.iter().map(|instance| instance.can_be_captured).collect();
    assert_eq!(captured, [true, true, true, false]);
}

#[tokio::test]
async fn metrics_have_samples_when_they_are_shown() {
    let mock = at_once();
    let all = all(&mock, list(Kind::Metric)).await.unwrap();
    let Resource::Metric(metric) = &all[1] else { panic!("no metric") };
    assert_eq!((metric.entity.as_ref(), metric.series.len()), ("MockUserInstance", 9));
    assert!(metric.series.iter().all(|series| series.samples.is_empty()));
    let Resource::Metric(metric) = only(&mock, show(Kind::Metric, "inst1")).await else {
        panic!("no metric")
    };
    assert_eq!(metric.series[0].name, "cpuUtilization");
    for series in metric.series {
        assert_eq!(series.samples.len(), 6);
        let most = if series.unit == Unit::Percent { 1.0 } else { 100.0 };
        for pair in series.samples.windows(2) {
            assert_eq!(pair[0].at.as_second(), pair[1].at.as_second() + 1);
        }
        for sample in series.samples {
            assert!(0.0 <= sample.minimum && sample.minimum <= sample.average, "{sample:?}");
            assert!(sample.average <= sample.maximum && sample.maximum < most, "{sample:?}");
        }
    }
}

#[tokio::test]
async fn some_realms_fail_on_purpose() {
    let cases = [
        ("500", ErrorKind::Internal, "DeltacloudErrorMessage"),
        ("501", ErrorKind::Unsupported, "NotImplementedMessage"),
        ("502", ErrorKind::Unreachable, "ProviderErrorMessage"),
        ("504", ErrorKind::TimedOut, "ProviderTimeoutMessage"),
    ];
    for (id, kind, message) in cases {
        let error = all(&at_once(), show(Kind::Realm, id)).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, message));
    }
}

#[tokio::test]
async fn only_the_one_user_is_let_in() {
    let wrong = [("mockuser", "mockpasswore"), ("mockuse", "mockpassword"), ("mockuser", ""), ("", "")];
    for who in wrong {
        let mut nothing = Collected::default();
        let list = Operation::List(Kind::Instance, Filter::default());
        let error = ask(&at_once(), list, who, &mut nothing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert!(nothing.0.is_empty());
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mock = at_once();
    let narrowed = Filter { ids: vec!["nosuch".into()], ..Filter::default() };
    for kind in Kind::ALL {
        let missing = (ErrorKind::NotFound, Some((kind, "nosuch".to_owned())));
        if mock.capabilities().supports(Verb::Show, kind) {
            assert_eq!(failure(&mock, show(kind, "nosuch")).await, missing);
        }
        if mock.capabilities().supports(Verb::Destroy, kind) {
            assert_eq!(failure(&mock, remove(kind, "nosuch")).await, missing);
        }
        if mock.capabilities().supports(Verb::List, kind) {
            assert!(ids(&mock, Operation::List(kind, narrowed.clone())).await.is_empty());
        }
    }
}
