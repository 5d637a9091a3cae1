//! Identifiers: `i-` and 32 hexadecimal digits outside, a UUID inside.
//!
//! A cloud whose identifiers are UUIDs shows them without dashes and behind EC2's prefix for the kind, which every
//! client's checks admit, and which can be undone without a table. A UUID as the cloud writes it is understood as
//! well, alone or behind the prefix. Other clouds' identifiers pass unchanged.

use std::{fmt, net::IpAddr};

use super::{
    defaults,
    errors::{Fault, quoted},
    scalars::Short,
};
use crate::model::{Id, IdForm, Kind};

/// The longest identifier that is passed to a cloud, in bytes.
const LONGEST: usize = 255;
/// The most identifiers that one request may have, as in EC2.
pub(super) const MOST: usize = 1000;

/// Which of EC2's prefixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix(&'static str);

/// An instance.
pub(super) const INSTANCE: Prefix = Prefix("i-");
/// An image.
pub(super) const IMAGE: Prefix = Prefix("ami-");
/// A reservation: the instances of one launch.
pub(super) const RESERVATION: Prefix = Prefix("r-");
/// A key pair.
pub(super) const KEY: Prefix = Prefix("key-");
/// A snapshot.
pub(super) const SNAPSHOT: Prefix = Prefix("snap-");
/// A network.
pub(super) const VPC: Prefix = Prefix("vpc-");
/// A firewall.
pub(super) const GROUP: Prefix = Prefix("sg-");
/// One of a firewall's rules.
pub(super) const RULE: Prefix = Prefix("sgr-");
/// An address.
pub(super) const ALLOCATION: Prefix = Prefix("eipalloc-");
/// An address's leading to an instance.
pub(super) const ASSOCIATION: Prefix = Prefix("eipassoc-");
/// A volume.
pub(super) const VOLUME: Prefix = Prefix("vol-");
/// A network interface.
pub(super) const INTERFACE: Prefix = Prefix("eni-");
/// The place of a network interface on an instance.
pub(super) const INTERFACE_ATTACHMENT: Prefix = Prefix("eni-attach-");
/// A part of a network.
pub(super) const SUBNET: Prefix = Prefix("subnet-");

/// How an identifier is shown.
pub(super) enum Shown<'a> {
    /// Made here.
    Made(Short),
    /// As the cloud wrote it.
    AsIs(&'a str),
}

impl Shown<'_> {
    /// The text.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Shown::Made(short) => short.as_str(),
            Shown::AsIs(text) => text,
        }
    }
}

/// What a client sees of `id`.
pub(super) fn show(prefix: Prefix, id: &str, form: IdForm) -> Shown<'_> {
    match form {
        IdForm::Uuid => undashed(prefix, id).map_or(Shown::AsIs(id), Shown::Made),
        IdForm::Opaque => Shown::AsIs(id),
    }
}

/// The identifier of something that EC2 has and the cloud has not, made from the `id` of what it belongs to.
pub(super) fn derive(prefix: Prefix, id: &str, form: IdForm) -> Short {
    let made = match form {
        IdForm::Uuid => undashed(prefix, id),
        IdForm::Opaque => None,
    };
    made.unwrap_or_else(|| {
        let mut short = Short::new();
        short.push(prefix.0);
        short.push(id);
        short
    })
}

/// What a client sees of the identifier of something of that kind.
pub(super) fn show_kind(kind: Kind, id: &str, form: IdForm) -> Shown<'_> {
    prefix_of(kind).map_or(Shown::AsIs(id), |prefix| show(prefix, id, form))
}

/// The cloud's identifier that a client means.
///
/// # Errors
/// EC2's `Malformed` of the kind, or its `NotFound` when it is one of EC2's own (`i-` and 8 or 17 digits), which a
/// cloud with UUIDs cannot have.
pub(super) fn read(kind: Kind, text: &str, form: IdForm) -> Result<Id, Fault> {
    if text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(malformed(kind, text));
    }
    let stands_in =
        matches!(kind, Kind::Network | Kind::Subnet | Kind::Firewall) && defaults::is_default(text);
    let (IdForm::Uuid, Some(Prefix(prefix)), false) = (form, prefix_of(kind), stands_in) else {
        return Ok(text.into());
    };
    let rest = text.strip_prefix(prefix);
    let uuid = rest.map_or_else(|| dashed_only(text), canonical);
    match (uuid, rest) {
        (Some(uuid), _) => Ok(uuid.into()),
        (None, Some(digits)) if is_amazons_own(digits) => {
            Err(Fault::bad(not_found_code(kind), not_found(kind, &text.into(), form)))
        }
        (None, _) => Err(malformed(kind, text)),
    }
}

/// What a client sees of `id` where EC2 identifies something by it and the cloud does not: behind `prefix`, always.
pub(super) fn behind(prefix: Prefix, id: &str, form: IdForm) -> Behind<'_> {
    match show(prefix, id, form) {
        Shown::Made(short) => Behind { prefix: "", rest: Shown::Made(short) },
        Shown::AsIs(id) => Behind { prefix: prefix.0, rest: Shown::AsIs(id) },
    }
}

/// An identifier and what is before it.
pub(super) struct Behind<'a> {
    prefix: &'static str,
    rest: Shown<'a>,
}

impl fmt::Display for Behind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix, self.rest.as_str())
    }
}

/// The cloud's identifier of something of this kind, from what [`behind`] made of it.
///
/// # Errors
/// EC2's `Malformed` of the kind.
pub(super) fn read_behind(kind: Kind, prefix: Prefix, text: &str, form: IdForm) -> Result<Id, Fault> {
    let rest = text.strip_prefix(prefix.0).ok_or_else(|| malformed(kind, text))?;
    let uuid = || canonical(rest).map(Id::from);
    match form {
        IdForm::Uuid => uuid().map_or_else(|| read(kind, rest, IdForm::Opaque), Ok),
        IdForm::Opaque => read(kind, rest, form),
    }
}

/// The address that a client names by itself: a driver takes it for its identifier.
///
/// # Errors
/// EC2's `Malformed` of addresses.
pub(super) fn read_address(text: &str) -> Result<Id, Fault> {
    let address: IpAddr = text.parse().map_err(|_| malformed(Kind::Address, text))?;
    Ok(address.to_string().into())
}

/// EC2's words for something that is not there.
pub(super) fn not_found(kind: Kind, id: &Id, form: IdForm) -> String {
    let shown = show_kind(kind, id.as_str(), form);
    let name = quoted(shown.as_str());
    match kind {
        Kind::Instance => format!("The instance ID {name} does not exist"),
        Kind::Image => format!("The image id {name} does not exist"),
        Kind::Realm => format!("Invalid availability zone: {name}"),
        Kind::HardwareProfile => format!("The following supplied instance types do not exist: {name}"),
        Kind::Key => format!("The key pair {name} does not exist"),
        Kind::Address => format!("Address {name} not found"),
        Kind::Firewall => format!("The security group {name} does not exist"),
        Kind::Network => format!("The vpc ID {name} does not exist"),
        Kind::Subnet => format!("The subnet ID {name} does not exist"),
        other => format!("The {other} {name} does not exist"),
    }
}

/// The filter by which things of a kind are found by their identifier, where there is one.
pub(super) fn filter(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Instance => Some("instance-id"),
        Kind::Image => Some("image-id"),
        Kind::Key => Some("key-name"),
        Kind::Realm => Some("zone-name"),
        Kind::HardwareProfile => Some("instance-type"),
        Kind::Volume => Some("volume-id"),
        Kind::Snapshot => Some("snapshot-id"),
        Kind::Network => Some("vpc-id"),
        Kind::Subnet => Some("subnet-id"),
        Kind::NetworkInterface => Some("network-interface-id"),
        Kind::Address => Some("public-ip"),
        Kind::Firewall => Some("group-id"),
        Kind::Provider => Some("region-name"),
        Kind::LoadBalancer | Kind::Bucket | Kind::Blob | Kind::Metric | Kind::Console => None,
        Kind::Tag | Kind::Note => None,
    }
}

/// The kind whose prefix an identifier has.
pub(super) fn kind_behind(text: &str) -> Option<Kind> {
    let has_prefix = |kind: &Kind| prefix_of(*kind).is_some_and(|Prefix(prefix)| text.starts_with(prefix));
    Kind::ALL.into_iter().find(has_prefix)
}

fn prefix_of(kind: Kind) -> Option<Prefix> {
    match kind {
        Kind::Instance | Kind::Console => Some(INSTANCE),
        Kind::Image => Some(IMAGE),
        Kind::Volume => Some(VOLUME),
        Kind::Snapshot => Some(SNAPSHOT),
        Kind::Network => Some(VPC),
        Kind::Subnet => Some(SUBNET),
        Kind::NetworkInterface => Some(INTERFACE),
        Kind::Address => Some(ALLOCATION),
        Kind::Firewall => Some(GROUP),
        Kind::Realm | Kind::HardwareProfile | Kind::Key => None,
        // Nothing is asked about them.
        Kind::LoadBalancer | Kind::Bucket | Kind::Blob | Kind::Metric | Kind::Provider => None,
        Kind::Tag | Kind::Note => None,
    }
}

fn malformed(kind: Kind, text: &str) -> Fault {
    let code = match kind {
        Kind::Instance | Kind::Console => "InvalidInstanceID.Malformed",
        Kind::Image => "InvalidAMIID.Malformed",
        Kind::Key => "InvalidKeyPair.Format",
        Kind::Volume => "InvalidVolumeID.Malformed",
        Kind::Snapshot => "InvalidSnapshotID.Malformed",
        Kind::Network => "InvalidVpcID.Malformed",
        Kind::Subnet => "InvalidSubnetID.Malformed",
        Kind::NetworkInterface => "InvalidNetworkInterfaceId.Malformed",
        Kind::Address => "InvalidAddress.Malformed",
        Kind::Firewall => "InvalidGroupId.Malformed",
        Kind::Realm | Kind::HardwareProfile | Kind::Provider => "InvalidParameterValue",
        Kind::LoadBalancer | Kind::Bucket | Kind::Blob | Kind::Metric | Kind::Tag | Kind::Note => {
            "InvalidParameterValue"
        }
    };
    Fault::bad(code, format!("Invalid id: {}", quoted(text)))
}

/// The code for something that is not there. Zones and types are parameters to EC2, not things with a code of their own.
pub(super) fn not_found_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Instance | Kind::Console => "InvalidInstanceID.NotFound",
        Kind::Image => "InvalidAMIID.NotFound",
        Kind::Key => "InvalidKeyPair.NotFound",
        Kind::Volume => "InvalidVolume.NotFound",
        Kind::Snapshot => "InvalidSnapshot.NotFound",
        Kind::Network => "InvalidVpcID.NotFound",
        Kind::Subnet => "InvalidSubnetID.NotFound",
        Kind::NetworkInterface => "InvalidNetworkInterfaceID.NotFound",
        Kind::Address => "InvalidAddress.NotFound",
        Kind::Firewall => "InvalidGroup.NotFound",
        Kind::LoadBalancer => "LoadBalancerNotFound",
        Kind::Bucket => "NoSuchBucket",
        Kind::Blob => "NoSuchKey",
        Kind::Realm | Kind::HardwareProfile | Kind::Metric | Kind::Provider | Kind::Tag | Kind::Note => {
            "InvalidParameterValue"
        }
    }
}

/// `None` for what is not a UUID with dashes.
fn undashed(Prefix(prefix): Prefix, id: &str) -> Option<Short> {
    dashed_shape(id)?;
    let mut short = Short::new();
    short.push(prefix);
    id.split('-').for_each(|part| short.push(part));
    Some(short)
}

/// A UUID in the cloud's own form, from either form.
fn canonical(text: &str) -> Option<String> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits {
        return dashed_only(text);
    }
    let parts = [text.get(..8)?, text.get(8..12)?, text.get(12..16)?, text.get(16..20)?, text.get(20..)?];
    Some(parts.join("-").to_ascii_lowercase())
}

fn dashed_only(text: &str) -> Option<String> {
    dashed_shape(text).map(str::to_ascii_lowercase)
}

fn dashed_shape(text: &str) -> Option<&str> {
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    (text.len() == 36 && text.bytes().enumerate().all(fits)).then_some(text)
}

fn is_amazons_own(digits: &str) -> bool {
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UUID: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    const DIGITS: &str = "3f2504e04f8941d39a0c0305e82c3301";

    #[test]
    fn every_form_of_a_uuid_is_understood() {
        let upper = UUID.to_uppercase();
        for text in [
            UUID,
            &upper,
            &format!("i-{UUID}"),
            &format!("i-{DIGITS}"),
            &format!("i-{}", DIGITS.to_uppercase()),
        ] {
            assert_eq!(read(Kind::Instance, text, IdForm::Uuid).unwrap().as_str(), UUID, "{text}");
        }
        assert_eq!(read(Kind::Image, &format!("ami-{DIGITS}"), IdForm::Uuid).unwrap().as_str(), UUID);
        assert_eq!(read(Kind::Realm, "Default", IdForm::Uuid).unwrap().as_str(), "Default");
    }

    #[test]
    fn what_cannot_be_has_the_code_of_its_kind() {
        for (kind, text, code) in [
            (Kind::Instance, format!("ami-{DIGITS}"), "InvalidInstanceID.Malformed"),
            (Kind::Instance, "i-".into(), "InvalidInstanceID.Malformed"),
            (Kind::Instance, "i-zzzzzzzz".into(), "InvalidInstanceID.Malformed"),
            (Kind::Instance, "i-1a71cd442cfda05e9".into(), "InvalidInstanceID.NotFound"),
            (Kind::Image, "ami-03cf127a".into(), "InvalidAMIID.NotFound"),
            (Kind::Image, UUID[1..].into(), "InvalidAMIID.Malformed"),
            (Kind::Image, "x".repeat(300), "InvalidAMIID.Malformed"),
        ] {
            assert_eq!(read(kind, &text, IdForm::Uuid).unwrap_err().code, code, "{text}");
        }
        assert_eq!(read(Kind::Image, "a\nb", IdForm::Opaque).unwrap_err().code, "InvalidAMIID.Malformed");
    }

    #[test]
    fn opaque_identifiers_pass_unchanged() {
        assert_eq!(read(Kind::Image, "img1", IdForm::Opaque).unwrap().as_str(), "img1");
        assert_eq!(show(IMAGE, "img1", IdForm::Opaque).as_str(), "img1");
        assert_eq!(show(IMAGE, UUID, IdForm::Opaque).as_str(), UUID);
        assert_eq!(show(IMAGE, "not a uuid", IdForm::Uuid).as_str(), "not a uuid");
        assert_eq!(derive(RESERVATION, "inst1", IdForm::Opaque).as_str(), "r-inst1");
        assert_eq!(derive(RESERVATION, UUID, IdForm::Uuid).as_str(), format!("r-{DIGITS}"));
    }

    #[test]
    fn what_is_behind_a_prefix_is_found_again() {
        for (form, id) in [
            (IdForm::Uuid, UUID),
            (IdForm::Uuid, "my key"),
            (IdForm::Opaque, UUID),
            (IdForm::Opaque, "10.0.0.1"),
        ] {
            let shown = behind(KEY, id, form).to_string();
            assert!(shown.starts_with("key-"), "{shown}");
            assert_eq!(read_behind(Kind::Key, KEY, &shown, form).unwrap().as_str(), id, "{shown}");
        }
        let other = read_behind(Kind::Address, ASSOCIATION, "eipalloc-1", IdForm::Opaque);
        assert_eq!(other.unwrap_err().code, "InvalidAddress.Malformed");
    }

    #[test]
    fn messages_name_what_the_client_sees() {
        let message = not_found(Kind::Instance, &UUID.into(), IdForm::Uuid);
        assert_eq!(message, format!("The instance ID 'i-{DIGITS}' does not exist"));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_understood(bits: u128) {
            let uuid = uuid::Uuid::from_u128(bits).to_string();
            let shown = show(INSTANCE, &uuid, IdForm::Uuid);
            let id = read(Kind::Instance, shown.as_str(), IdForm::Uuid).unwrap();
            prop_assert_eq!(id.as_str(), &uuid);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let Ok(id) = read(Kind::Instance, &text, IdForm::Uuid) else { return Ok(()) };
            prop_assert_eq!(id.as_str().len(), 36);
        }
    }
}
