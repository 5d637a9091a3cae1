//! XML of the strict dialect is valid against the DMTF's schema (DSP8009), as `xmllint` sees it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    ADMIN, MOCK, STRICT,
    bed::{Gateway, Ovirt, ovirt::Mode},
    client::{Client, Form},
};

/// The schema in a folder of its own.
struct Schema(TempDir);

impl Schema {
    /// None, and a line that says so, when the schema or `xmllint` is not there.
    fn find() -> Option<Self> {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire");
        let root = env::var_os("DELTAGATE_WIRE").map_or_else(beside, PathBuf::from).join("cimi");
        let Ok(schema) = fs::read_to_string(root.join("dsp8009.xsd")) else {
            println!("skipped: the schema of CIMI is not there (DELTAGATE_WIRE names its directory)");
            return None;
        };
        if Command::new("xmllint").arg("--version").output().is_err() {
            println!("skipped: there is no xmllint");
            return None;
        }
        // It admits one attribute in ResourceMetadata, of which the specification has an array.
        let one = "<xs:element name=\"attribute\" minOccurs=\"0\">";
        assert!(schema.contains(one), "the schema is another");
        let schema = schema.replace(one, &one.replace('>', " maxOccurs=\"unbounded\">"));
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("dsp8009.xsd"), schema).unwrap();
        fs::copy(root.join("xml.xsd"), folder.path().join("xml.xsd")).unwrap();
        Some(Schema(folder))
    }

    fn check(&self, what: &str, document: &str) {
        let file = self.0.path().join("document.xml");
        fs::write(&file, document).unwrap();
        let mut lint = Command::new("xmllint");
        lint.arg("--noout").arg("--schema").arg(self.0.path().join("dsp8009.xsd")).arg(&file);
        let output = lint.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{what}: {said}\n{document}");
    }

    /// Checks what is at a place, and gives its answer.
    fn check_at(&self, client: &Client, place: &str) -> crate::bed::http::Answer {
        let answer = client.get(place);
        self.check(place, &answer.body);
        answer
    }
}

/// Checks everything that can be reached from the entry point.
fn everything(schema: &Schema, client: &Client) {
    let entry = schema.check_at(client, "/cimi/cloudEntryPoint");
    schema.check_at(client, "/cimi/cloudEntryPoint?$expand=*");
    let links = entry.body.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut members = 0;
    for href in links {
        let index = schema.check_at(client, href);
        assert_eq!(index.text("id"), href);
        for id in client.ids(&index, "") {
            schema.check_at(client, &id);
            members += 1;
        }
    }
    let machines = client.get("/cimi/machines");
    for machine in client.ids(&machines, "") {
        schema.check_at(client, &format!("{machine}?$expand=*"));
        for part in ["disks", "volumes", "network_interfaces", "snapshots"] {
            let index = schema.check_at(client, &format!("{machine}/{part}"));
            for id in client.ids(&index, "") {
                schema.check_at(client, &id);
                if part == "network_interfaces" {
                    schema.check_at(client, &format!("{id}/addresses"));
                }
            }
        }
    }
    for query in ["$select=name", "$select=count", "$orderby=name", "$first=2", "$expand=volumes,disks"] {
        let listed = client.get(&format!("/cimi/machines?{query}"));
        if query != "$select=count" {
            schema.check(query, &listed.body);
        }
    }
    assert!(members > 30, "only {members} members");
}

#[test]
fn on_the_mock_cloud() {
    let Some(schema) = Schema::find() else { return };
    let client = Client::new(Gateway::start(STRICT), MOCK, Form::Xml);
    everything(&schema, &client);
    let created = client.ask(
        "POST",
        "/cimi/credentials",
        "<CredentialCreate xmlns=\"http://schemas.dmtf.org/cimi/1\"><name>k</name></CredentialCreate>",
    );
    assert_eq!(created.status, 201, "{}", created.body);
    assert!(!created.text("key").is_empty());
    schema.check("a new credential", &created.body);
    let failed = client.ask("POST", "/cimi/machines", "<x/>");
    assert_eq!((failed.status, failed.text("returnCode")), (400, "400"), "{}", failed.body);
    schema.check("a failure", &failed.body);
}

#[test]
fn on_ovirt_4_4() {
    let Some(schema) = Schema::find() else { return };
    let engine = Ovirt::start(Mode::V4_4);
    let settings = "frontends = [\"cimi\"]\n";
    let dialect = "\n[cimi]\ndialect = \"strict\"\n";
    let gateway = Gateway::before_ovirt_with(settings, &engine.base_url(), dialect);
    everything(&schema, &Client::new(gateway, ADMIN, Form::Xml));
}
