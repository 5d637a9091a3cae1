//! A `disk` read into a volume, in both representations alike, by itself or as it hangs on a VM.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::super::{
    read::{filled, id_of, number, word},
    states,
};
use crate::{
    model::{Mount, Volume, VolumeState},
    wire::xml::{Element, Malformed},
};

/// What engines from 3.5 on call the disks in which they keep their own records; only from 4.0 on they say so besides.
const RECORDS: &str = "OVF_STORE";

/// A disk: the volume it is, and what the driver needs to know of it besides.
#[derive(Debug, Clone)]
pub(in super::super) struct Disk<'a> {
    pub(in super::super) volume: Volume<'a>,
    /// The storage domain that it is in; version 3.0 does not say it everywhere.
    pub(super) domain: Option<Cow<'a, str>>,
    /// What it is written in now: a snapshot leaves that behind and goes on in another.
    pub(in super::super) image: Option<Cow<'a, str>>,
    /// The VMs that have it, as far as it says so itself.
    pub(super) vms: SmallVec<[Cow<'a, str>; 1]>,
    /// Whether it is a user's, and not the engine's own or an ISO image.
    pub(super) holds_data: bool,
    /// Its name in the guest, once that has told it.
    device: Option<Cow<'a, str>>,
    word: Cow<'a, str>,
}

impl<'a> Disk<'a> {
    fn new(id: Cow<'a, str>) -> Self {
        Disk {
            volume: Volume {
                id,
                name: Cow::Borrowed(""),
                description: Cow::Borrowed(""),
                state: VolumeState::Available,
                size: None,
                realm: None,
                snapshot: None,
                created: None,
                mount: None,
                tags: Default::default(),
            },
            domain: None,
            image: None,
            vms: SmallVec::new(),
            holds_data: true,
            device: None,
            word: Cow::Borrowed("ok"),
        }
    }

    /// The same disk, hanging on this VM in this cluster.
    pub(super) fn mounted(mut self, instance: Cow<'a, str>, cluster: Option<Cow<'a, str>>) -> Self {
        self.volume.mount = Some(Mount { instance, device: self.device.take() });
        self.volume.realm = cluster;
        self.volume.state = states::disk(&self.word, true);
        self
    }

    /// The same disk, owning its text.
    pub(super) fn into_owned(self) -> Disk<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Disk {
            volume: self.volume.into_owned(),
            domain: self.domain.map(own),
            image: self.image.map(own),
            vms: self.vms.into_iter().map(own).collect(),
            holds_data: self.holds_data,
            device: self.device.map(own),
            word: own(self.word),
        }
    }
}

/// Reads a `disk`.
pub(in super::super) fn disk<'a>(element: &mut Element<'a>) -> Result<Disk<'a>, Malformed> {
    if element.name() != "disk" {
        return Err(Malformed::new("it is not a disk"));
    }
    let mut disk = Disk::new(id_of(element)?);
    members(element, &mut disk)?;
    let device = &disk.device;
    disk.volume.mount = disk.vms.first().map(|vm| Mount { instance: vm.clone(), device: device.clone() });
    disk.volume.state = states::disk(&disk.word, !disk.vms.is_empty());
    Ok(disk)
}

fn members<'a>(element: &mut Element<'a>, disk: &mut Disk<'a>) -> Result<(), Malformed> {
    let (mut alias, mut content) = (None, None);
    element.children(|child| {
        match child.name() {
            "name" => disk.volume.name = child.text()?,
            "alias" => alias = Some(child.text()?),
            "description" => disk.volume.description = child.text()?,
            "status" => disk.word = word(child)?,
            "provisioned_size" => disk.volume.size = number(child)?,
            // 3.0 has no other; later ones repeat it.
            "size" => disk.volume.size = disk.volume.size.or(number(child)?),
            "image_id" => disk.image = Some(child.text()?),
            "content_type" => content = Some(child.text()?),
            "logical_name" => disk.device = filled(child.text()?),
            "storage_domains" => disk.domain = first_id(child, "storage_domain")?,
            "vms" => disk.vms = first_id(child, "vm")?.into_iter().collect(),
            "vm" => disk.vms = child.attribute("id")?.into_iter().collect(),
            _other => {}
        }
        Ok(())
    })?;
    if disk.volume.name.is_empty() {
        disk.volume.name = alias.unwrap_or_default();
    }
    disk.holds_data = content.map_or(disk.volume.name != RECORDS, |content| content.trim() == "data");
    Ok(())
}

fn first_id<'a>(element: &mut Element<'a>, name: &str) -> Result<Option<Cow<'a, str>>, Malformed> {
    let mut id = None;
    element.children(|child| {
        if child.name() == name && id.is_none() {
            id = child.attribute("id")?;
        }
        Ok(())
    })?;
    Ok(id)
}

/// Reads the disks of a `vm`: in it in version 3, attached to it in version 4.
pub(super) fn disks_of_vm<'a>(element: &mut Element<'a>) -> Result<SmallVec<[Disk<'a>; 2]>, Malformed> {
    if element.name() != "vm" {
        return Err(Malformed::new("it is not a VM"));
    }
    let vm = id_of(element)?;
    let (mut cluster, mut disks) = (None, SmallVec::<[Disk<'a>; 2]>::new());
    element.children(|child| {
        match child.name() {
            "cluster" => cluster = child.attribute("id")?,
            "disks" => child.children(|child| {
                disks.push(disk(child)?);
                Ok(())
            })?,
            "disk_attachments" => child.children(|child| {
                disks.push(attached(child)?);
                Ok(())
            })?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(disks.into_iter().map(|disk| disk.mounted(vm.clone(), cluster.clone())).collect())
}

/// A `disk_attachment` has the id of its disk, and the disk within when that was asked for.
fn attached<'a>(element: &mut Element<'a>) -> Result<Disk<'a>, Malformed> {
    let mut disk = Disk::new(id_of(element)?);
    element.children(|child| {
        match child.name() {
            "logical_name" => disk.device = filled(child.text()?),
            "disk" => members(child, &mut disk)?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(disk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml;

    fn of_vm(text: &str) -> Vec<Volume<'static>> {
        let read = |root: &mut Element<'_>| {
            Ok(disks_of_vm(root)?.into_iter().map(|disk| disk.volume.into_owned()).collect())
        };
        xml::document(text.as_bytes(), read).unwrap()
    }

    #[test]
    fn the_disks_of_a_vm_are_read_in_both_representations() {
        let v3 = r#"<vm id="v"><cluster id="c"/><disks><disk id="d"><alias>n</alias><size>5</size><status><state>ok</state></status><logical_name>/dev/vda</logical_name></disk></disks></vm>"#;
        let v4 = r#"<vm id="v"><disk_attachments><disk_attachment id="d"><logical_name>/dev/vda</logical_name><disk id="d"><alias>n</alias><provisioned_size>5</provisioned_size><status>ok</status></disk></disk_attachment></disk_attachments><cluster id="c"/></vm>"#;
        let expected = Volume {
            id: "d".into(),
            name: "n".into(),
            description: "".into(),
            state: VolumeState::InUse,
            size: Some(5),
            realm: Some("c".into()),
            snapshot: None,
            created: None,
            mount: Some(Mount { instance: "v".into(), device: Some("/dev/vda".into()) }),
            tags: Default::default(),
        };
        for text in [v3, v4] {
            assert_eq!(of_vm(text), std::slice::from_ref(&expected), "{text}");
        }
    }

    #[test]
    fn what_the_engine_keeps_for_itself_is_not_a_users() {
        for (text, data) in [
            (r#"<disk id="d"><name>x</name></disk>"#, true),
            (r#"<disk id="d"><name>OVF_STORE</name></disk>"#, false),
            (r#"<disk id="d"><name>OVF_STORE</name><content_type>data</content_type></disk>"#, true),
            (r#"<disk id="d"><name>x</name><content_type>iso</content_type></disk>"#, false),
        ] {
            let read = xml::document(text.as_bytes(), |root| Ok(disk(root)?.holds_data));
            assert_eq!(read.unwrap(), data, "{text}");
        }
    }
}
