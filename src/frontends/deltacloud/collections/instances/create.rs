//! The instances that are to be made and the command that one is to execute, as parameters say it.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use secrecy::SecretString;

use crate::{
    frontends::deltacloud::{
        asked::Asked,
        errors::Fault,
        measures::{GB, MB},
    },
    model::{Change, Command, Count, DiskContent, DiskSpec, Id, InstanceSpec, Spec},
};

/// Base64 as it is found in the field: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The instances that are asked for. They run at once where the driver declares that they come to by themselves.
///
/// # Errors
/// When a parameter is missing or makes no sense.
pub(super) fn instances(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let parameters = &asked.parameters;
    Ok(Spec::Instance(InstanceSpec {
        image: asked.required_id("image_id")?,
        realm: asked.id_in("realm_id"),
        hardware_profile: asked.id_in("hwp_id"),
        cpus: parameters.number("hwp_cpu")?,
        memory: asked.measure("hwp_memory", MB)?,
        storage: asked.measure("hwp_storage", GB)?,
        name: asked.text("name"),
        user_data: user_data(asked)?,
        key: asked.id_in("keyname").or_else(|| asked.id_in("key_name")),
        authorized_keys: Vec::new(),
        firewalls: firewalls(asked),
        network: asked.id_in("network_id"),
        disks: attached(asked),
        monitored: asked.parameters.flag("metrics"),
        count: count(asked)?,
        start: asked.cloud.starts_what_it_creates(),
    }))
}

/// The command that is to be executed.
///
/// # Errors
/// When there is none, or the port is no number.
pub(super) fn run(asked: &Asked<'_>) -> Result<Change, Fault> {
    let secret = |name| asked.parameters.text(name).map(SecretString::from);
    let port = asked.parameters.text("port").map(|_| asked.required_port("port"));
    Ok(Change::Run(Command {
        text: asked.parameters.required("cmd")?.to_owned(),
        private_key: secret("private_key"),
        password: secret("password"),
        address: asked.text("ip"),
        port: port.transpose()?,
    }))
}

/// The volume that is made of a snapshot.
fn attached(asked: &Asked<'_>) -> Vec<DiskSpec> {
    let Some(snapshot) = asked.id_in("snapshot_id") else { return Vec::new() };
    vec![DiskSpec {
        content: DiskContent::Snapshot(snapshot),
        size: None,
        device: asked.text("device_name"),
        delete_on_termination: true,
    }]
}

/// The most firewalls that an instance is made with.
const MOST_FIREWALLS: usize = 100;

/// As an HTML form sends them, and as the API has it.
fn firewalls(asked: &Asked<'_>) -> Vec<Id> {
    let numbered = (1..=MOST_FIREWALLS).map_while(|n| asked.id_in(&format!("firewalls{n}")));
    asked
        .parameters
        .all("firewalls[]")
        .take(MOST_FIREWALLS)
        .map(|text| asked.as_written(text))
        .chain(numbered)
        .collect()
}

fn count(asked: &Asked<'_>) -> Result<Count, Fault> {
    let most = asked.most_instances;
    let count = asked.parameters.number("instance_count")?.unwrap_or(1);
    if !(1..=most).contains(&count) {
        let message = format!("Parameter 'instance_count' is not between 1 and {most}");
        return Err(Fault::invalid(message).of("instance_count"));
    }
    Ok(Count { min: count, max: count })
}

fn user_data(asked: &Asked<'_>) -> Result<Option<Vec<u8>>, Fault> {
    let Some(text) = asked.parameters.text("user_data") else { return Ok(None) };
    let most = asked
        .cloud
        .user_data
        .ok_or_else(|| Fault::invalid("This cloud takes no user data").of("user_data"))?;
    let data = if asked.context.visit.is_some() { Ok(written(text)) } else { decoded(text) };
    let data = data.map_err(|fault| fault.of("user_data"))?;
    if data.len() > most {
        let message = format!("User data is limited to {most} bytes");
        return Err(Fault::invalid(message).of("user_data"));
    }
    Ok((!data.is_empty()).then_some(data))
}

/// User data as people write it in a form, whose lines a browser ends in a way of its own.
fn written(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n").into_bytes()
}

/// User data as programs send it.
fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    // What is wrong with it is not repeated: user data often holds secrets. A space was a `+` that the client forgot
    // to escape.
    let kept = text.trim().chars().filter(|character| !matches!(character, '\r' | '\n' | '\t'));
    let plain: String = kept.map(|character| if character == ' ' { '+' } else { character }).collect();
    BASE64.decode(plain).map_err(|_| Fault::invalid("Parameter 'user_data' is not base64"))
}
