//! What VMs are made like: a wish settled against what the engine has, and written as the engine reads it.

use bytes::BytesMut;

use super::super::{
    dialect::Api,
    hardware_profiles::{self, Chosen},
    images, networks,
    places::{Cluster, Places},
    session::Session,
    user_data::{self, FLOPPY_FILE, Floppy},
};
use crate::{
    model::{Error, ErrorKind, Id, InstanceSpec, Kind},
    wire::xml::Writer,
};

/// Everything that the VMs of one creation have alike, settled.
pub(super) struct Plan {
    /// The id of the template.
    pub(super) template: String,
    /// The id of the cluster.
    pub(super) cluster: String,
    /// The id of the network that the first interface is on; the template's own when none.
    pub(super) network: Option<String>,
    profile: Option<Chosen>,
    cpus: Option<u32>,
    memory: Option<u64>,
    guest: Option<ForGuest>,
    /// The public keys that let in, each on a line; none where it is empty.
    authorized_keys: String,
    /// Whether they are to run.
    pub(super) start: bool,
}

/// User data in the form in which the engine takes it.
enum ForGuest {
    CloudInit(String),
    Floppy(Floppy),
}

impl Plan {
    /// Settles what `spec` leaves open: two calls or a few, most of them kept from before.
    ///
    /// # Errors
    /// `NotFound` or `Invalid` when something of it cannot be had, `NoCapacity` when there is no cluster for it.
    pub(super) async fn new(session: &Session<'_>, spec: &InstanceSpec) -> Result<Self, Error> {
        if spec.cpus == Some(0) || spec.memory == Some(0) {
            return Err(Error::new(
                ErrorKind::Invalid,
                "an instance has at least one processor and some memory",
            ));
        }
        let authorized_keys = authorized_keys(session.dialect().api, &spec.authorized_keys)?;
        let (image, home) = images::find(session, &spec.image).await?;
        let profile = match &spec.hardware_profile {
            Some(id) => Some(hardware_profiles::choose(session, id, spec.cpus, spec.memory).await?),
            None => None,
        };
        let places = Places::recent(session).await?;
        let cluster = match &spec.realm {
            Some(realm) => wanted(session, &places, realm).await?,
            None => place(&places, home.as_deref())?.clone(),
        };
        let network = match &spec.network {
            Some(id) => Some(Box::pin(networks::find(session, id)).await?.id.into_owned()),
            None => None,
        };
        let guest = spec.user_data.as_deref().filter(|data| !data.is_empty());
        let guest = guest.map(|data| for_guest(session, data, &cluster)).transpose()?;
        let free = matches!(profile, Some(Chosen::Free(_)));
        let (cpus, memory) = hardware_profiles::free_defaults();
        Ok(Plan {
            template: image.id.into_owned(),
            cluster: cluster.id,
            network,
            profile,
            cpus: spec.cpus.or(free.then_some(cpus)),
            memory: spec.memory.or(free.then_some(memory)),
            guest,
            authorized_keys,
            start: spec.start,
        })
    }

    /// The document from which the engine makes a VM.
    pub(super) fn document(&self, api: Api, name: &str) -> BytesMut {
        let mut out = BytesMut::with_capacity(1024);
        let mut writer = Writer::new(&mut out);
        writer.open("vm").text("name", name);
        reference(&mut writer, "template", &self.template);
        reference(&mut writer, "cluster", &self.cluster);
        match &self.profile {
            Some(Chosen::Free(vm_type)) => {
                writer.text("type", vm_type.word());
            }
            Some(Chosen::InstanceType(id)) => reference(&mut writer, "instance_type", id),
            None => {}
        }
        if let Some(memory) = self.memory {
            writer.display("memory", memory);
        }
        if let Some(cpus) = self.cpus {
            topology(&mut writer, api, cpus);
        }
        self.write_initialization(&mut writer);
        if let Some(ForGuest::Floppy(floppy)) = &self.guest {
            write_floppy(&mut writer, floppy);
        }
        writer.close("vm");
        out
    }

    fn write_initialization(&self, writer: &mut Writer<'_>) {
        let script = match &self.guest {
            Some(ForGuest::CloudInit(script)) => Some(script),
            Some(ForGuest::Floppy(_)) | None => None,
        };
        if script.is_none() && self.authorized_keys.is_empty() {
            return;
        }
        writer.open("initialization");
        if !self.authorized_keys.is_empty() {
            writer.text("authorized_ssh_keys", &self.authorized_keys);
        }
        if let Some(script) = script {
            writer.text("custom_script", script);
        }
        writer.close("initialization");
    }
}

/// The cluster that is asked for, by id or by name; looked for once more when it is not among those known.
async fn wanted(session: &Session<'_>, places: &Places, realm: &Id) -> Result<Cluster, Error> {
    if let Some(cluster) = places.cluster(realm.as_str()) {
        return Ok(cluster.clone());
    }
    let places = Places::read(session).await?;
    places.cluster(realm.as_str()).cloned().ok_or_else(|| Error::not_found(Kind::Realm, realm.as_str()))
}

/// The template's own cluster, or the first that takes VMs.
fn place<'p>(places: &'p Places, home: Option<&str>) -> Result<&'p Cluster, Error> {
    let home = home.and_then(|home| places.cluster(home));
    home.or_else(|| places.first_available()).ok_or_else(|| {
        Error::new(ErrorKind::NoCapacity, "there is no cluster that takes instances at present")
    })
}

/// The public keys as the engine hands them to cloud-init, one on a line.
///
/// # Errors
/// `Unsupported` before version 4: what these engines put into a guest is a floppy, which no guest takes keys from.
fn authorized_keys(api: Api, keys: &[String]) -> Result<String, Error> {
    match api {
        Api::V3 if !keys.is_empty() => {
            let message = "before version 4, oVirt's instances are not told which keys let in: name none";
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        Api::V3 | Api::V4 => Ok(keys.join("\n")),
    }
}

fn for_guest(session: &Session<'_>, data: &[u8], cluster: &Cluster) -> Result<ForGuest, Error> {
    match session.dialect().api {
        Api::V4 => user_data::custom_script(data).map(ForGuest::CloudInit),
        Api::V3 => {
            let version = cluster.version.unwrap_or(session.engine.version);
            user_data::floppy(data, version).map(ForGuest::Floppy)
        }
    }
}

fn reference(writer: &mut Writer<'_>, name: &str, id: &str) {
    writer.open_with(name, &[("id", id)]).close(name);
}

/// All processors as cores of as many sockets: attributes in version 3, children in version 4.
fn topology(writer: &mut Writer<'_>, api: Api, cpus: u32) {
    writer.open("cpu");
    match api {
        Api::V3 => {
            writer.open_with("topology", &[("sockets", &cpus.to_string()), ("cores", "1")]).close("topology");
        }
        Api::V4 => {
            writer
                .open("topology")
                .text("cores", "1")
                .display("sockets", cpus)
                .text("threads", "1")
                .close("topology");
        }
    }
    writer.close("cpu");
}

fn write_floppy(writer: &mut Writer<'_>, floppy: &Floppy) {
    match floppy {
        Floppy::Property(value) => {
            let property =
                [("name", "floppyinject"), ("value", value.as_str()), ("regexp", "^([^:]+):(.*)$")];
            writer.open("custom_properties").open_with("custom_property", &property).close("custom_property");
            writer.close("custom_properties");
        }
        Floppy::File(content) => {
            writer.open("payloads").open_with("payload", &[("type", "floppy")]);
            writer.open_with("file", &[("name", FLOPPY_FILE)]).text("content", content).close("file");
            writer.close("payload").close("payloads");
        }
        Floppy::Files(content) => {
            writer.open("payloads").open_with("payload", &[("type", "floppy")]).open("files").open("file");
            writer.text("name", FLOPPY_FILE).text("content", content);
            writer.close("file").close("files").close("payload").close("payloads");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::ovirt::hardware_profiles::VmType;

    fn plan(guest: Option<ForGuest>) -> Plan {
        Plan {
            template: "t".into(),
            cluster: "c".into(),
            network: None,
            profile: Some(Chosen::Free(VmType::Server)),
            cpus: Some(2),
            memory: Some(1 << 30),
            guest,
            authorized_keys: String::new(),
            start: true,
        }
    }

    fn written(api: Api, guest: Option<ForGuest>) -> String {
        String::from_utf8(plan(guest).document(api, "n").to_vec()).unwrap()
    }

    #[test]
    fn the_document_is_in_the_words_of_the_version() {
        let common = "<vm><name>n</name><template id=\"t\"></template><cluster id=\"c\"></cluster>\
                      <type>server</type><memory>1073741824</memory>";
        let v3 = "<cpu><topology sockets=\"2\" cores=\"1\"></topology></cpu></vm>";
        let v4 =
            "<cpu><topology><cores>1</cores><sockets>2</sockets><threads>1</threads></topology></cpu></vm>";
        assert_eq!(written(Api::V3, None), format!("{common}{v3}"));
        assert_eq!(written(Api::V4, None), format!("{common}{v4}"));
    }

    #[test]
    fn user_data_stands_where_the_engine_looks_for_it() {
        for (guest, expected) in [
            (
                ForGuest::CloudInit("a: <1>".into()),
                "<initialization><custom_script>a: &lt;1&gt;</custom_script></initialization>",
            ),
            (
                ForGuest::Floppy(Floppy::Property("f:eA==".into())),
                "<custom_property name=\"floppyinject\" value=\"f:eA==\" regexp=\"^([^:]+):(.*)$\">",
            ),
            (
                ForGuest::Floppy(Floppy::File("x".into())),
                "<payload type=\"floppy\"><file name=\"deltacloud-user-data.txt\"><content>x</content></file></payload>",
            ),
            (
                ForGuest::Floppy(Floppy::Files("x".into())),
                "<payload type=\"floppy\"><files><file><name>deltacloud-user-data.txt</name><content>x</content></file></files></payload>",
            ),
        ] {
            let document = written(Api::V3, Some(guest));
            assert!(document.contains(expected), "{document}");
        }
    }
}
