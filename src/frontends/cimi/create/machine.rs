//! A machine, as its document says it.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{Asked, untaken};
use crate::{
    frontends::cimi::{actions, errors::Fault, input::Object, resources::machine},
    model::{Feature, Id, InstanceSpec, Spec},
};

/// Base64 as it is found in the field: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A machine.
pub(in super::super) fn machine(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let template = asked.template("machineTemplate", "machine_templates")?;
    untaken(&template, &["volumes", "volumeTemplates", "meterTemplates", "eventLogTemplate"])?;
    let image = asked.reference(&template, "machineImage", "machine_images")?;
    let image = image.ok_or_else(|| Fault::attribute("machineTemplate/machineImage", "is required"))?;
    let (hardware_profile, size) = configuration(asked, &template)?;
    let realm = asked.input.text("realm").or(template.text("realm"));
    Ok(Spec::Instance(InstanceSpec {
        realm: realm.map(Id::from),
        hardware_profile,
        cpus: size.cpus,
        memory: size.memory,
        storage: size.storage,
        name: asked.text("name"),
        user_data: user_data(asked, &template)?,
        key: credential_of(asked, &template)?,
        network: network_of(asked, &template)?,
        start: starts(asked, &template)?,
        ..InstanceSpec::new(image)
    }))
}

/// A size that is given by value.
#[derive(Default)]
struct Size {
    cpus: Option<u32>,
    memory: Option<u64>,
    storage: Option<u64>,
}

/// The size that a machine is to have: by reference, by value, or what differs from what is referred to.
fn configuration(asked: &Asked<'_>, template: &Object) -> Result<(Option<Id>, Size), Fault> {
    let Some(configuration) = template.object("machineConfig") else { return Ok((None, Size::default())) };
    untaken(configuration, &["cpuArch", "cpuSpeed"])?;
    let disks = configuration.objects("disks");
    let capacity = disks.first().and_then(|disk| disk.number("capacity"));
    if disks.len() > 1 || (capacity.is_some() && !asked.cloud.has(Feature::InstanceStorage)) {
        return Err(Fault::untaken("machineConfig/disks"));
    }
    let too_large = |name: &str| Fault::attribute(name, "is too large");
    let cpus = configuration.number("cpu").map(u32::try_from).transpose();
    let bytes = |count: Option<u64>, unit: u64, name: &str| {
        count.map(|count| count.checked_mul(unit).ok_or_else(|| too_large(name))).transpose()
    };
    let size = Size {
        cpus: cpus.map_err(|_| too_large("machineConfig/cpu"))?,
        memory: bytes(configuration.number("memory"), machine::MEMORY_UNIT, "machineConfig/memory")?,
        storage: bytes(capacity, asked.context.dialect.disk_unit(), "machineConfig/disks/capacity")?,
    };
    Ok((asked.reference(template, "machineConfig", "machine_configurations")?, size))
}

/// Whether a machine is to run: as its template says, or else as the cloud has it.
fn starts(asked: &Asked<'_>, template: &Object) -> Result<bool, Fault> {
    match template.text("initialState") {
        Some("STARTED") => Ok(true),
        Some("STOPPED") => Ok(false),
        Some(_) => Err(Fault::attribute("machineTemplate/initialState", "is neither STARTED nor STOPPED")),
        None => Ok(asked.cloud.starts_what_it_creates()),
    }
}

fn credential_of(asked: &Asked<'_>, template: &Object) -> Result<Option<Id>, Fault> {
    let Some(credential) = template.object("credential") else { return Ok(None) };
    if credential.href().is_none() || !actions::takes_keys(asked.cloud) {
        return Err(Fault::untaken("machineTemplate/credential"));
    }
    asked.reference(template, "credential", "credentials")
}

/// The network of a machine's first interface, which is the only one that it is made with.
fn network_of(asked: &Asked<'_>, template: &Object) -> Result<Option<Id>, Fault> {
    const NAME: &str = "machineTemplate/networkInterfaces";
    let interfaces = template.objects("networkInterfaces");
    let Some(first) = interfaces.first() else { return Ok(None) };
    untaken(first, &["addresses", "networkPort", "mtu"])?;
    if interfaces.len() > 1 || !asked.cloud.has(Feature::InstanceNetwork) {
        return Err(Fault::untaken(NAME));
    }
    asked.reference(first, "network", "networks")
}

fn user_data(asked: &Asked<'_>, template: &Object) -> Result<Option<Vec<u8>>, Fault> {
    const NAME: &str = "machineTemplate/userData";
    let Some(text) = template.text("userData") else { return Ok(None) };
    let most = asked.cloud.user_data.ok_or_else(|| Fault::untaken(NAME))?;
    let plain: String = text.split_ascii_whitespace().collect();
    // What is wrong with it is not repeated: user data often holds secrets.
    let data = BASE64.decode(plain).map_err(|_| Fault::attribute(NAME, "is no base64"))?;
    if data.len() > most {
        return Err(Fault::attribute(NAME, &format!("is longer than {most} bytes")));
    }
    Ok((!data.is_empty()).then_some(data))
}
