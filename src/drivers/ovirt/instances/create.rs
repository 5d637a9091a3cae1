//! Instances are created from a template in a cluster, one after the other, and started when the engine has unlocked
//! their disks.
//!
//! The first start needs no word about cloud-init: an engine uses a VM's initialization at its first start by itself
//! (`RunVmCommand`), and at no other, which keeps the guest's identity.

use bytes::BytesMut;

use super::{
    super::{
        call::Call,
        dialect::Api,
        hardware_profiles::{self, Chosen, InstanceTypes},
        images,
        places::{Cluster, Places},
        session::Session,
        user_data::{self, FLOPPY_FILE, Floppy},
    },
    Vm, act,
    names::Names,
    vm,
};
use crate::{
    exchange::Cloud,
    model::{Action, Error, ErrorKind, Id, Instance, InstanceSpec, InstanceState, Kind, Operation, Resource},
    wire::xml::Writer,
};

/// How many names are tried for one VM.
const NAMES_TRIED: usize = 3;

/// Everything that the VMs of one creation have alike, settled.
struct Plan {
    template: String,
    cluster: String,
    profile: Option<Chosen>,
    cpus: Option<u32>,
    memory: Option<u64>,
    guest: Option<ForGuest>,
    start: bool,
}

/// User data in the form in which the engine takes it.
enum ForGuest {
    CloudInit(String),
    Floppy(Floppy),
}

/// Two calls or a few, most of them kept from before, and one for each VM.
pub(in super::super) async fn create(
    session: &Session<'_>,
    spec: &InstanceSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let count = spec.count;
    if count.min == 0 || count.max < count.min {
        return Err(Error::new(
            ErrorKind::Invalid,
            "at least one instance is created, and no less than the least",
        ));
    }
    let names = Names::new(spec.name.as_deref(), count.max, session.dialect().longest_name);
    let plan = Plan::new(session, spec).await?;
    let types = InstanceTypes::recent(session).await?;
    let mut made: Vec<Instance<'static>> = Vec::new();
    for number in 1..=count.max {
        match make(session, &plan, &names, number, &types).await {
            Ok(instance) => made.push(instance),
            Err(error) if made.len() < count.min as usize => {
                undo(session, &made).await;
                return Err(error);
            }
            Err(error) => {
                tracing::warn!(made = made.len(), wanted = count.max, %error, "fewer instances than wanted");
                break;
            }
        }
    }
    for instance in made {
        cloud.emit(&Resource::Instance(instance)).await?;
    }
    Ok(())
}

impl Plan {
    async fn new(session: &Session<'_>, spec: &InstanceSpec) -> Result<Self, Error> {
        if spec.cpus == Some(0) || spec.memory == Some(0) {
            return Err(Error::new(
                ErrorKind::Invalid,
                "an instance has at least one processor and some memory",
            ));
        }
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
        let guest = spec.user_data.as_deref().filter(|data| !data.is_empty());
        let guest = guest.map(|data| for_guest(session, data, &cluster)).transpose()?;
        let free = matches!(profile, Some(Chosen::Free(_)));
        let (cpus, memory) = hardware_profiles::free_defaults();
        Ok(Plan {
            template: image.id.into_owned(),
            cluster: cluster.id,
            profile,
            cpus: spec.cpus.or(free.then_some(cpus)),
            memory: spec.memory.or(free.then_some(memory)),
            guest,
            start: spec.start,
        })
    }

    /// The document from which the engine makes a VM.
    fn document(&self, api: Api, name: &str) -> BytesMut {
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
        match &self.guest {
            Some(ForGuest::CloudInit(script)) => {
                writer.open("initialization").text("custom_script", script).close("initialization");
            }
            Some(ForGuest::Floppy(floppy)) => write_floppy(&mut writer, floppy),
            None => {}
        }
        writer.close("vm");
        out
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

fn for_guest(session: &Session<'_>, data: &[u8], cluster: &Cluster) -> Result<ForGuest, Error> {
    match session.dialect().api {
        Api::V4 => user_data::custom_script(data).map(ForGuest::CloudInit),
        Api::V3 => {
            let version = cluster.version.unwrap_or(session.engine.version);
            user_data::floppy(data, version).map(ForGuest::Floppy)
        }
    }
}

/// Makes one VM and, when it is to run, promises to start it; without that it is not left.
async fn make(
    session: &Session<'_>,
    plan: &Plan,
    names: &Names,
    number: u32,
    types: &InstanceTypes,
) -> Result<Instance<'static>, Error> {
    let instance = being_made(post(session, plan, names, number).await?.named(types));
    if plan.start {
        let start = Operation::Act(Action::Start, vec![Id::from(instance.id.as_ref())]);
        if let Err(error) = session.line.promise(start, &instance, InstanceState::Starting) {
            undo(session, std::slice::from_ref(&instance)).await;
            return Err(error);
        }
    }
    Ok(instance)
}

/// Posts one VM; a taken name is replaced.
async fn post(session: &Session<'_>, plan: &Plan, names: &Names, number: u32) -> Result<Vm<'static>, Error> {
    let mut name = names.nth(number);
    let mut tried = 1;
    loop {
        let body = plan.document(session.dialect().api, &name).freeze();
        match session.fetch(Call::post(&["vms"], body)).await {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && tried < NAMES_TRIED => {
                tried += 1;
                name = names.another(number);
            }
            document => return document?.read(|root| Ok(vm(root)?.into_owned())),
        }
    }
}

/// Until its disks are written a VM shows as any other whose disks are locked, or without disks as one that is down;
/// this one is new.
fn being_made(instance: Instance<'static>) -> Instance<'static> {
    Instance { state: InstanceState::Creating, ..instance }
}

/// Destroys what was made of a creation that failed; what cannot be destroyed is told to the operator.
async fn undo(session: &Session<'_>, made: &[Instance<'static>]) {
    for instance in made {
        if let Err(error) = act::destroy_one(session, instance).await {
            tracing::error!(instance = %instance.id, %error, "an instance of a creation that failed is left");
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
            profile: Some(Chosen::Free(VmType::Server)),
            cpus: Some(2),
            memory: Some(1 << 30),
            guest,
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
