//! What is to be created: the parameters of a `POST` to a collection.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    errors::Fault,
    measures::{self, MB},
    plan::Asked,
};
use crate::model::{Count, Feature, Id, InstanceSpec, KeySpec, Spec};

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
    let id = |name| parameters.text(name).map(Id::from);
    Ok(Spec::Instance(InstanceSpec {
        image: Id::from(parameters.required("image_id")?),
        realm: id("realm_id"),
        hardware_profile: id("hwp_id"),
        cpus: parameters.number("hwp_cpu")?,
        memory: memory(asked)?,
        storage: None,
        name: parameters.text("name").map(str::to_owned),
        user_data: user_data(asked)?,
        key: None,
        firewalls: Vec::new(),
        network: None,
        monitored: false,
        count: count(asked)?,
        start: asked.cloud.starts_what_it_creates(),
    }))
}

/// The key that is asked for. A public key is refused, not passed over, where the cloud takes none: what it made in its
/// place would not be the user's.
///
/// # Errors
/// When there is no name, or a public key where the cloud takes none.
pub(super) fn key(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let public_key = asked.parameters.text("public_key");
    if public_key.is_some() && !asked.cloud.has(Feature::ImportKey) {
        return Err(Fault::invalid("This cloud takes no public keys"));
    }
    let name = asked.parameters.required("name")?.to_owned();
    Ok(Spec::Key(KeySpec { name, public_key: public_key.map(str::to_owned) }))
}

fn memory(asked: &Asked<'_>) -> Result<Option<u64>, Fault> {
    let bytes = |text| {
        let wrong = || Fault::invalid("Parameter 'hwp_memory' is not a number of MB");
        measures::read(text, MB).ok_or_else(wrong)
    };
    asked.parameters.text("hwp_memory").map(bytes).transpose()
}

fn count(asked: &Asked<'_>) -> Result<Count, Fault> {
    let most = asked.most_instances;
    let count = asked.parameters.number("instance_count")?.unwrap_or(1);
    if !(1..=most).contains(&count) {
        return Err(Fault::invalid(format!("Parameter 'instance_count' is not between 1 and {most}")));
    }
    Ok(Count { min: count, max: count })
}

fn user_data(asked: &Asked<'_>) -> Result<Option<Vec<u8>>, Fault> {
    let Some(text) = asked.parameters.text("user_data") else { return Ok(None) };
    let most = asked.cloud.user_data.ok_or_else(|| Fault::invalid("This cloud takes no user data"))?;
    // What is wrong with it is not repeated: user data often holds secrets. A space was a `+` that the client forgot
    // to escape.
    let kept = text.trim().chars().filter(|character| !matches!(character, '\r' | '\n' | '\t'));
    let plain: String = kept.map(|character| if character == ' ' { '+' } else { character }).collect();
    let data = BASE64.decode(plain).map_err(|_| Fault::invalid("Parameter 'user_data' is not base64"))?;
    if data.len() > most {
        return Err(Fault::invalid(format!("User data is limited to {most} bytes")));
    }
    Ok((!data.is_empty()).then_some(data))
}
