//! TLS on both sides: a gateway that listens with a certificate, and one that talks to it as its engine.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    ADMIN,
    bed::{Gateway, Ovirt, ovirt::Mode},
};

const DESCRIBE: &str = "/ec2?Action=DescribeInstances";

/// An engine behind TLS: our own relay carries it, with a certificate for `localhost`.
struct Secured {
    _engine: Ovirt,
    edge: Gateway,
    folder: TempDir,
}

impl Secured {
    fn new() -> Self {
        let engine = Ovirt::start(Mode::V4_4);
        let folder = TempDir::new().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        let edge = Gateway::listening(&format!(
            "provider = \"engine\"\n\
             [[listeners]]\naddress = \"127.0.0.1:0\"\ntls_cert = \"{}\"\ntls_key = \"{}\"\n\
             [[providers]]\nname = \"engine\"\ndriver = \"ovirt\"\nurl = \"{}\"\nrelay = true\n",
            cert.display(),
            key.display(),
            engine.base_url()
        ));
        Secured { _engine: engine, edge, folder }
    }

    /// A gateway whose engine is at `host`, through TLS.
    fn through(&self, host: &str, trust: &str) -> Gateway {
        let port = self.edge.address.rsplit(':').next().unwrap();
        Gateway::before_ovirt(&format!("https://{host}:{port}/ovirt-engine/api"), trust)
    }

    fn ca(&self) -> String {
        format!("ca_file = \"{}\"", Path::new(self.folder.path()).join("cert.pem").display())
    }
}

#[track_caller]
fn refused(gateway: &Gateway) {
    let answer = gateway.get(DESCRIBE, ADMIN.0, ADMIN.1);
    assert_eq!((answer.status, answer.text("Code")), (503, "Unavailable"), "{answer:?}");
    assert!(answer.text("Message").contains("TLS"), "{answer:?}");
}

#[test]
fn an_engine_is_trusted_by_its_authority() {
    let secured = Secured::new();
    let gateway = secured.through("localhost", &secured.ca());
    let answer = gateway.get(DESCRIBE, ADMIN.0, ADMIN.1);
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn an_engine_that_nobody_vouches_for_is_not_talked_to() {
    let secured = Secured::new();
    refused(&secured.through("localhost", ""));
}

#[test]
fn a_certificate_for_another_name_is_not_taken() {
    let secured = Secured::new();
    refused(&secured.through("127.0.0.1", &secured.ca()));
}

#[test]
fn the_operator_can_turn_verification_off_for_one_engine() {
    let secured = Secured::new();
    let gateway = secured.through("127.0.0.1", "tls_verify = false");
    assert_eq!(gateway.get(DESCRIBE, ADMIN.0, ADMIN.1).status, 200);
}
