//! A server read into an instance: the hot path of every list.

use std::{borrow::Cow, fmt, net::IpAddr};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use smallvec::SmallVec;

use super::{
    super::{
        hardware_profiles::Flavors,
        names::Names,
        read::{MIB, Named, moment},
        states,
    },
    Known,
};
use crate::{
    model::{Attachment, Instance, InstanceState, NetworkInterface},
    wire::json::{Text, entries, values},
};

/// How many networks a server may be on.
const MOST_NETWORKS: usize = 256;

/// A server as Nova describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Server<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) status: Text<'a>,
    #[serde(borrow)]
    tenant_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    image: Image<'a>,
    #[serde(borrow)]
    flavor: Option<Flavor<'a>>,
    #[serde(borrow)]
    created: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "entries::<_, _, _, _, MOST_NETWORKS>")]
    addresses: SmallVec<[(Text<'a>, Addresses<'a>); 1]>,
    #[serde(borrow)]
    key_name: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "values")]
    security_groups: SmallVec<[Group<'a>; 2]>,
    #[serde(borrow, rename = "OS-EXT-AZ:availability_zone")]
    zone: Option<Text<'a>>,
    #[serde(borrow, rename = "OS-SRV-USG:launched_at")]
    launched: Option<Text<'a>>,
    #[serde(borrow, rename = "OS-EXT-STS:task_state")]
    task: Option<Text<'a>>,
    #[serde(borrow, default, rename = "os-extended-volumes:volumes_attached", deserialize_with = "values")]
    volumes: SmallVec<[Volume<'a>; 2]>,
}

/// The image a server was made from: an empty text when it boots from a volume.
#[derive(Debug, Default)]
struct Image<'a>(Option<Cow<'a, str>>);

/// The id until microversion 2.46, name and size since.
#[derive(Debug, Deserialize)]
struct Flavor<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    original_name: Option<Text<'a>>,
    vcpus: Option<u32>,
    ram: Option<u64>,
}

/// The addresses on one network.
#[derive(Debug, Deserialize)]
struct Addresses<'a>(#[serde(borrow, deserialize_with = "values")] SmallVec<[Address<'a>; 2]>);

#[derive(Debug, Deserialize)]
struct Address<'a> {
    #[serde(borrow)]
    addr: Text<'a>,
    #[serde(borrow, rename = "OS-EXT-IPS-MAC:mac_addr")]
    mac: Option<Text<'a>>,
    #[serde(borrow, rename = "OS-EXT-IPS:type")]
    kind: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Group<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Debug, Deserialize)]
struct Volume<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    /// Since microversion 2.3.
    #[serde(default)]
    delete_on_termination: bool,
}

impl<'a> Server<'a> {
    /// The instance that it is, with the ids of what Nova calls by name and the names of what it calls by id, where they
    /// are known.
    pub(super) fn instance(self, known: &'a Known) -> Instance<'a> {
        let (state, health) = states::server(&self.status, self.task.as_deref());
        let mut instance = Instance::new(self.id.0, state);
        instance.health = health;
        instance.name = self.name.map(Cow::from).unwrap_or_default();
        instance.owner = self.tenant_id.map(Cow::from).unwrap_or_default();
        instance.image = self.image.0;
        instance.realm = filled(self.zone);
        instance.created = self.created.as_deref().and_then(moment);
        instance.launched = self.launched.as_deref().and_then(moment);
        instance.key = filled(self.key_name);
        for (network, addresses) in self.addresses {
            for address in addresses.0 {
                address.place(&network, &known.names, &mut instance);
            }
        }
        instance.attachments = attachments(self.volumes, instance.image.is_none());
        for group in self.security_groups {
            let known = known.names.group(&group.name, &instance.owner);
            let id = known.map_or(group.name.0, Cow::Borrowed);
            if !instance.firewalls.contains(&id) {
                instance.firewalls.push(id);
            }
        }
        instance.can_be_captured = can_be_captured(state);
        if let Some(flavor) = self.flavor {
            flavor.size(&mut instance, known.flavors.as_deref());
        }
        instance
    }
}

impl<'a> Flavor<'a> {
    fn size(self, instance: &mut Instance<'a>, flavors: Option<&Flavors>) {
        instance.cpus = self.vcpus;
        instance.memory = self.ram.map(|ram| ram.saturating_mul(MIB));
        instance.hardware_profile = self.original_name.or(self.id).map(Cow::from);
        let id = instance.hardware_profile.as_deref().unwrap_or_default();
        if instance.cpus.is_none()
            && let Some(flavor) = flavors.and_then(|flavors| flavors.find(id))
        {
            instance.cpus = Some(flavor.cpus);
            instance.memory = Some(flavor.memory());
            instance.hardware_profile = Some(Cow::Owned(flavor.name.clone()));
        }
    }
}

impl<'a> Address<'a> {
    /// Adds a fixed address to the interface that it is on, which Nova tells by its hardware address; a floating one is
    /// on none.
    fn place(self, network: &str, names: &'a Names, instance: &mut Instance<'a>) {
        let Ok(ip) = self.addr.parse::<IpAddr>() else { return };
        if instance.all_addresses().any(|known| known == ip) {
            return;
        }
        if self.kind.as_deref() == Some("floating") {
            instance.addresses.push(ip);
            return;
        }
        let mac = self.mac.map(Cow::from);
        let its = |interface: &&mut NetworkInterface<'_>| mac.is_some() && interface.mac == mac;
        if let Some(interface) = instance.interfaces.iter_mut().find(its) {
            interface.addresses.push(ip);
            return;
        }
        let (network, subnet) = names.place(network, ip);
        let interface = NetworkInterface {
            mac,
            network: network.map(Cow::Borrowed),
            subnet: subnet.map(Cow::Borrowed),
            ..NetworkInterface::unnamed()
        };
        instance.interfaces.push(NetworkInterface { addresses: SmallVec::from_slice(&[ip]), ..interface });
    }
}

/// A server without an image boots from its first volume.
fn attachments<'a>(volumes: SmallVec<[Volume<'a>; 2]>, boots: bool) -> SmallVec<[Attachment<'a>; 2]> {
    let attached = volumes.into_iter().enumerate().map(|(number, volume)| Attachment {
        volume: volume.id.0,
        device: None,
        size: None,
        boot: boots && number == 0,
        delete_on_termination: volume.delete_on_termination,
    });
    attached.collect()
}

fn can_be_captured(state: InstanceState) -> bool {
    use InstanceState as S;
    matches!(state, S::Running | S::Stopped | S::Paused | S::Suspended)
}

fn filled(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.map(Cow::from).filter(|text| !text.is_empty())
}

impl<'de: 'a, 'a> Deserialize<'de> for Image<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ImageVisitor)
    }
}

struct ImageVisitor;

impl<'de> Visitor<'de> for ImageVisitor {
    type Value = Image<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an image or an empty text")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Image(None))
    }

    fn visit_str<E>(self, _empty: &str) -> Result<Self::Value, E> {
        Ok(Image(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let named = Named::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(Image(Some(named.id.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    const SERVER: &str = r#"{"id": "c80e4cd5-bb3f-4aa9-8c51-d83b190279f7", "name": "a \"b\"", "status": "ACTIVE",
        "tenant_id": "4ec4", "image": {"id": "fd8b", "links": []}, "created": "2026-11-23T12:17:06Z",
        "flavor": {"vcpus": 1, "ram": 512, "disk": 1, "original_name": "m1.tiny", "extra_specs": {}},
        "addresses": {"private": [
            {"version": 4, "addr": "10.10.0.187", "OS-EXT-IPS:type": "fixed", "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:b1:45:f9"},
            {"version": 4, "addr": "203.0.113.180", "OS-EXT-IPS:type": "floating"}],
            "other": [{"version": 6, "addr": "2001:db8::7", "OS-EXT-IPS:type": "fixed"}, {"addr": "nonsense"}]},
        "OS-EXT-AZ:availability_zone": "az1", "key_name": "k", "OS-SRV-USG:launched_at": "2026-11-23T12:17:11.000000",
        "security_groups": [{"name": "web"}, {"name": "web"}], "OS-EXT-STS:task_state": null,
        "os-extended-volumes:volumes_attached": [{"id": "9245", "delete_on_termination": true}]}"#;

    fn read(text: &str) -> Instance<'static> {
        json::read::<Server<'_>>(text.as_bytes()).unwrap().instance(&Known::default()).into_owned()
    }

    #[test]
    fn a_server_is_an_instance() {
        let instance = read(SERVER);
        assert_eq!((instance.name.as_ref(), instance.owner.as_ref()), ("a \"b\"", "4ec4"));
        assert_eq!((instance.state, instance.image.as_deref()), (InstanceState::Running, Some("fd8b")));
        assert_eq!((instance.realm.as_deref(), instance.key.as_deref()), (Some("az1"), Some("k")));
        assert_eq!(instance.hardware_profile.as_deref(), Some("m1.tiny"));
        assert_eq!((instance.cpus, instance.memory), (Some(1), Some(512 << 20)));
        assert!(instance.created < instance.launched && instance.can_be_captured);
        let addresses: Vec<String> = instance.all_addresses().map(|ip| ip.to_string()).collect();
        assert_eq!(addresses, ["10.10.0.187", "2001:db8::7", "203.0.113.180"]);
        let macs: Vec<_> = instance.interfaces.iter().map(|interface| interface.mac.as_deref()).collect();
        assert_eq!(macs, [Some("fa:16:3e:b1:45:f9"), None]);
        assert_eq!(instance.firewalls.as_slice(), ["web"]);
        let [disk] = instance.attachments.as_slice() else { panic!("{instance:?}") };
        assert_eq!((disk.volume.as_ref(), disk.boot, disk.delete_on_termination), ("9245", false, true));
    }

    #[test]
    fn a_server_without_an_image_boots_from_its_first_volume() {
        for image in [r#""""#, "null"] {
            let instance = read(&SERVER.replace(r#"{"id": "fd8b", "links": []}"#, image));
            assert!(instance.image.is_none() && instance.attachments.first().unwrap().boot);
        }
    }

    #[test]
    fn hardly_anything_has_to_be_there() {
        let instance = read(r#"{"id": "x", "status": "NEW"}"#);
        assert_eq!((instance.id.as_ref(), instance.state), ("x", InstanceState::Unknown));
        assert!(json::read::<Server<'_>>(br#"{"status": "ACTIVE"}"#).is_err());
    }
}
