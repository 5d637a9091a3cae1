//! What is to be made, as the documents say it.
//!
//! Descriptions that the cloud does not keep are taken and not kept; properties are tags. What asks for something that
//! the cloud cannot do is refused, not passed over: what it made would not be what was asked for.

mod machine;

use uuid::Uuid;

pub(super) use self::machine::machine;

use super::{context::Context, dialect::Dialect, errors::Fault, input::Object, path, resources::network};
use crate::model::{
    Capabilities, Feature, Id, IdForm, ImageSpec, KeySpec, Kind, NetworkInterfaceSpec, NetworkSpec,
    SnapshotSpec, Spec, SubnetSpec, Verb, VolumeSpec,
};

/// Bytes of the smallest volume: what the specification counts in kB, clouds count in GiB.
const SMALLEST_VOLUME: u64 = 1 << 30;

/// A document that was sent, and where to.
pub(super) struct Asked<'a> {
    pub(super) input: Object,
    pub(super) cloud: &'a Capabilities,
    pub(super) context: &'a Context,
}

impl Asked<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.input.text(name).map(str::to_owned)
    }

    /// The id of what a reference names, which has to be of this collection.
    fn referred(&self, href: &str, collection: &str, attribute: &str) -> Result<Id, Fault> {
        let wrong = || Fault::attribute(attribute, &format!("refers to nothing in {collection}"));
        match path::referred(href).ok_or_else(wrong)? {
            (Some(of), _) if of != collection => Err(wrong()),
            (Some(_) | None, id) => Ok(self.as_written(&id)),
        }
    }

    /// An id, as the cloud writes it: a UUID may be asked for in any case of letters, a name only in its own.
    pub(super) fn as_written(&self, id: &str) -> Id {
        as_written(id, self.cloud)
    }

    /// The id of what an attribute of `object` refers to; none when it does not say.
    fn reference(&self, object: &Object, name: &str, collection: &str) -> Result<Option<Id>, Fault> {
        let href = object.object(name).and_then(Object::href);
        href.map(|href| self.referred(href, collection, name)).transpose()
    }

    /// The template that is given by value. There are none to refer to.
    fn template(&self, name: &str, collection: &str) -> Result<Object, Fault> {
        let template = self.input.object(name).cloned().unwrap_or_default();
        match template.href() {
            Some(href) => {
                self.referred(href, collection, name)?;
                Err(Fault::attribute(name, &format!("refers to nothing in {collection}")))
            }
            None => Ok(template),
        }
    }
}

/// An id, as the cloud writes it.
pub(super) fn as_written(id: &str, cloud: &Capabilities) -> Id {
    match cloud.ids {
        IdForm::Uuid if Uuid::try_parse(id).is_ok() => Id::from(id.to_ascii_lowercase()),
        IdForm::Uuid | IdForm::Opaque => Id::from(id),
    }
}

/// Refuses what is said of these.
fn untaken(object: &Object, names: &[&str]) -> Result<(), Fault> {
    match object.names().find(|name| names.contains(name)) {
        Some(name) => Err(Fault::untaken(name)),
        None => Ok(()),
    }
}

/// An image of a machine, which the document names as the place of the image.
pub(super) fn machine_image(asked: &Asked<'_>) -> Result<Spec, Fault> {
    if asked.input.text("type").is_some_and(|kind| kind != "IMAGE") {
        return Err(Fault::untaken("type"));
    }
    let location = asked.input.text("imageLocation").unwrap_or_default();
    Ok(Spec::Image(ImageSpec {
        instance: asked.referred(location, "machines", "imageLocation")?,
        name: asked.text("name"),
        description: asked.text("description"),
    }))
}

/// A credential: a pair of keys that the cloud makes, or of which the client sends the public one.
///
/// Decided: what the original passed over in its dialect, a name and a password, is passed over there still; and so is a
/// key that is no public key.
pub(super) fn credential(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let template = asked.template("credentialTemplate", "credential_templates")?;
    let name = asked.text("name").ok_or_else(|| Fault::attribute("name", "is required"))?;
    let public_key = match asked.context.dialect {
        Dialect::Compatible => template.text("key").filter(|key| is_public_key(key)).map(str::to_owned),
        Dialect::Strict => {
            untaken(&template, &["userName", "password"])?;
            template.text("key").map(unhexed).transpose()?
        }
    };
    if public_key.is_some() && !asked.cloud.has(Feature::ImportKey) {
        return Err(Fault::untaken("credentialTemplate/key"));
    }
    Ok(Spec::Key(KeySpec::new(name, public_key)))
}

fn is_public_key(text: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"].iter().any(|beginning| text.starts_with(beginning))
}

/// The text that these hexadecimal digits are.
fn unhexed(digits: &str) -> Result<String, Fault> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let is_whole = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bytes = digits.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>().filter(|_| is_whole);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| Fault::attribute("credentialTemplate/key", "is no public key in hexadecimal digits"))
}

/// A volume. What is smaller than any cloud makes one is as small as they make them.
pub(super) fn volume(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let template = asked.template("volumeTemplate", "volume_templates")?;
    untaken(&template, &["meterTemplates", "eventLogTemplate"])?;
    let configuration = template.object("volumeConfig").cloned().unwrap_or_default();
    if configuration.href().is_some() {
        return Err(Fault::attribute("volumeConfig", "refers to nothing in volume_configurations"));
    }
    let snapshot = asked.reference(&template, "volumeImage", "volume_images")?;
    let unit = asked.context.dialect.disk_unit();
    let bytes = |count: u64| {
        let bytes = count.checked_mul(unit);
        bytes.ok_or_else(|| Fault::attribute("volumeConfig/capacity", "is too large"))
    };
    let size = configuration.number("capacity").map(bytes).transpose()?;
    let size = size.map(|bytes| bytes.max(SMALLEST_VOLUME));
    Ok(Spec::Volume(VolumeSpec {
        name: asked.text("name").filter(|_| asked.cloud.has(Feature::VolumeName)),
        description: asked.text("description").filter(|_| asked.cloud.has(Feature::VolumeDescription)),
        size: size.or(snapshot.is_none().then_some(SMALLEST_VOLUME)),
        realm: None,
        snapshot,
    }))
}

/// An image of a volume, which the document names as the place of the image.
pub(super) fn volume_image(asked: &Asked<'_>) -> Result<Spec, Fault> {
    if asked.input.flag("bootable") == Some(true) {
        return Err(Fault::untaken("bootable"));
    }
    let location = asked.input.text("imageLocation").unwrap_or_default();
    Ok(Spec::Snapshot(SnapshotSpec {
        volume: asked.referred(location, "volumes", "imageLocation")?,
        name: asked.text("name"),
        description: asked.text("description"),
    }))
}

/// A network: a part of the one that its forwarding group is, where the cloud has such parts.
pub(super) fn network(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let template = asked.template("networkTemplate", "network_templates")?;
    untaken(&template, &["initialState", "meterTemplates", "eventLogTemplate"])?;
    if template.object("networkConfig").and_then(Object::href).is_some() {
        return Err(Fault::attribute("networkConfig", "refers to nothing in network_configurations"));
    }
    let address_block = asked.input.property(network::ADDRESS_BLOCK).map(str::to_owned);
    let group = asked.reference(&template, "forwardingGroup", "forwarding_groups")?;
    if !asked.cloud.supports(Verb::List, Kind::Subnet) {
        return match group {
            Some(_) => Err(Fault::untaken("forwardingGroup")),
            None => Ok(Spec::Network(NetworkSpec { name: asked.text("name"), address_block })),
        };
    }
    let missing = |name: &str| Fault::attribute(name, "is required");
    Ok(Spec::Subnet(SubnetSpec {
        network: group.ok_or_else(|| missing("networkTemplate/forwardingGroup"))?,
        address_block: address_block.ok_or_else(|| missing("properties/addressBlock"))?,
        name: asked.text("name"),
    }))
}

/// An address, which the cloud chooses.
pub(super) fn address(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let template = asked.template("addressTemplate", "address_templates")?;
    if let Some(name) = template.names().find(|name| *name != "allocation") {
        return Err(Fault::untaken(name));
    }
    Ok(Spec::Address)
}

/// The volume that is to be a machine's, and what it is to be called there.
pub(super) fn machine_volume(asked: &Asked<'_>) -> Result<(Id, Option<String>), Fault> {
    let volume = asked.reference(&asked.input, "volume", "volumes")?;
    let volume = volume.ok_or_else(|| Fault::attribute("volume", "is no reference"))?;
    Ok((volume, asked.text("initialLocation")))
}

/// A network interface of a machine.
pub(super) fn machine_interface(asked: &Asked<'_>, instance: Id) -> Result<Spec, Fault> {
    untaken(&asked.input, &["networkPort"])?;
    let network = asked.reference(&asked.input, "network", "networks")?;
    let network = network.ok_or_else(|| Fault::attribute("network", "is no reference"))?;
    Ok(Spec::NetworkInterface(NetworkInterfaceSpec { instance, network, name: asked.text("name") }))
}
