//! Volumes: made empty or of a snapshot, attached to instances and detached from them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    instances::{Instance, OWN_DEVICE},
    realms,
    snapshots::Snapshot,
    state::{Reading, Record, State, Writing, check_words, not_now},
};
use crate::model::{
    DiskContent, DiskSpec, Error, ErrorKind, Id, Kind, Mount, Resource, Volume as Shown, VolumeSpec,
    VolumeState,
};

/// How many volumes an instance has at most, its own disk not counted: as many as there are letters after `sda`.
const MOST_PER_INSTANCE: usize = 25;
/// The size of a volume of which nothing is said, in bytes.
const SIZE: u64 = 1 << 30;
/// The largest volume, in bytes: EC2's own limit of 64 TiB.
const LARGEST: u64 = 64 << 40;
/// The longest name of a device, in bytes.
const LONGEST_DEVICE: usize = 64;

/// A volume.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Volume {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) size: u64,
    pub(super) realm: Option<String>,
    pub(super) snapshot: Option<String>,
    pub(super) created: Timestamp,
    /// Until when it is being made.
    pub(super) ready: Option<Timestamp>,
    pub(super) mount: Option<Mounted>,
}

/// A volume's being a disk of an instance; the instance knows of it, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Mounted {
    pub(super) instance: String,
    pub(super) device: String,
    /// Whether the instance boots from it.
    pub(super) boot: bool,
    /// Whether it goes when the instance goes.
    #[serde(default)]
    pub(super) delete_on_termination: bool,
}

impl Volume {
    fn state(&self, now: Timestamp) -> VolumeState {
        match (&self.mount, self.ready) {
            (Some(_), _) => VolumeState::InUse,
            (None, Some(ready)) if now < ready => VolumeState::Creating,
            (None, _) => VolumeState::Available,
        }
    }
}

impl Record for Volume {
    const KIND: Kind = Kind::Volume;
    const MOST: usize = 10_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Resource<'a> {
        let mount = self.mount.as_ref();
        Resource::Volume(Shown {
            id: id.into(),
            name: self.name.as_str().into(),
            description: self.description.as_str().into(),
            state: self.state(reading.now),
            size: Some(self.size),
            realm: self.realm.as_deref().map(Into::into),
            snapshot: self.snapshot.as_deref().map(Into::into),
            created: Some(self.created),
            mount: mount.map(|mount| Mount {
                instance: mount.instance.as_str().into(),
                device: Some(mount.device.as_str().into()),
            }),
            tags: Default::default(),
        })
    }

    fn may_go(&self, id: &str, _reading: Reading<'_>) -> Result<(), Error> {
        match &self.mount {
            Some(mount) => Err(not_now(
                Kind::Volume,
                id,
                &format!("is attached to '{}': detach it first", mount.instance),
            )),
            None => Ok(()),
        }
    }
}

impl Writing<'_> {
    pub(super) fn create_volume(&mut self, spec: &VolumeSpec) -> Result<Resource<'static>, Error> {
        check_words(spec.name.as_ref(), spec.description.as_ref())?;
        let least = spec.snapshot.as_ref().map(|id| self.whole(id)).transpose()?.unwrap_or_default();
        let size = spec.size.unwrap_or(least.max(SIZE));
        if size < least.max(1) || size > LARGEST {
            let message = format!("this volume can have {} to {LARGEST} bytes, not {size}", least.max(1));
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let realm = spec.realm.as_ref().map(|realm| realms::choose(Some(realm))).transpose()?;
        let id = self.stamp("volume_");
        let volume = Volume {
            name: spec.name.clone().unwrap_or_else(|| id.clone()),
            description: spec.description.clone().unwrap_or_default(),
            size,
            realm: realm.map(|realm| realm.id.into_owned()),
            snapshot: spec.snapshot.as_ref().map(Id::to_string),
            created: self.now,
            ready: self.ready(),
            mount: None,
        };
        self.create(&id, volume)
    }

    pub(super) fn attach(
        &mut self,
        id: &Id,
        instance: &Id,
        device: Option<&String>,
    ) -> Result<Resource<'static>, Error> {
        match self.state.find::<Volume>(id)?.state(self.now) {
            VolumeState::Available => {}
            VolumeState::InUse => return Err(not_now(Kind::Volume, id.as_str(), "is attached already")),
            _ => return Err(not_now(Kind::Volume, id.as_str(), "is not available yet")),
        }
        let device = self.device(instance, device)?;
        self.state.find_mut::<Instance>(instance)?.volumes.push(id.to_string());
        let mount =
            Mounted { instance: instance.to_string(), device, boot: false, delete_on_termination: false };
        self.state.find_mut::<Volume>(id)?.mount = Some(mount);
        self.shown::<Volume>(id)
    }

    /// Makes a volume that an instance has from its beginning; `size` is that of the disk in place of which one is
    /// that the instance boots from.
    pub(super) fn create_disk(&mut self, disk: &DiskSpec, instance: &Id, size: u64) -> Result<(), Error> {
        let boot = disk.content == DiskContent::Image;
        let device = if boot { OWN_DEVICE.to_owned() } else { self.device(instance, disk.device.as_ref())? };
        let spec = VolumeSpec {
            size: disk.size.or_else(|| boot.then_some(size)),
            snapshot: match &disk.content {
                DiskContent::Snapshot(id) => Some(id.clone()),
                DiskContent::Image | DiskContent::Nothing => None,
            },
            realm: Some(self.state.find::<Instance>(instance)?.realm.as_str().into()),
            ..VolumeSpec::default()
        };
        let id = Id::from(self.create_volume(&spec)?.id());
        let delete_on_termination = disk.delete_on_termination;
        let mount = Mounted { instance: instance.to_string(), device, boot, delete_on_termination };
        self.state.find_mut::<Volume>(&id)?.mount = Some(mount);
        self.state.find_mut::<Instance>(instance)?.volumes.push(id.to_string());
        Ok(())
    }

    pub(super) fn detach(&mut self, id: &Id) -> Result<Resource<'static>, Error> {
        let mount = self.state.find_mut::<Volume>(id)?.mount.take();
        let mount = mount.ok_or_else(|| not_now(Kind::Volume, id.as_str(), "is not attached"))?;
        if let Some(instance) = self.state.instances.get_mut(&mount.instance) {
            instance.volumes.retain(|volume| volume != id.as_str());
        }
        self.shown::<Volume>(id)
    }

    /// The name that one more volume has on an instance, if the instance takes it.
    fn device(&self, id: &Id, wanted: Option<&String>) -> Result<String, Error> {
        let instance = self.state.find::<Instance>(id)?;
        if instance.volumes.len() >= MOST_PER_INSTANCE {
            let message = format!("instance '{id}' has {MOST_PER_INSTANCE} volumes, and takes no more");
            return Err(Error::new(ErrorKind::LimitReached, message).about(Kind::Instance, id.clone()));
        }
        let own = instance.disk.map(|_| OWN_DEVICE);
        let taken: Vec<&str> = devices(&instance.volumes, self.state).chain(own).collect();
        if let Some(wanted) = wanted {
            let fits = (1..=LONGEST_DEVICE).contains(&wanted.len()) && !wanted.chars().any(char::is_control);
            if !fits {
                return Err(Error::new(ErrorKind::Invalid, "that is no name of a device"));
            }
            if taken.contains(&wanted.as_str()) {
                let why = format!("has a disk at '{wanted}' already");
                return Err(not_now(Kind::Instance, id.as_str(), &why));
            }
            return Ok(wanted.clone());
        }
        let names = ('b'..='z').map(|letter| format!("/dev/sd{letter}"));
        let mut free = names.filter(|name| !taken.contains(&name.as_str()));
        free.next().ok_or_else(|| not_now(Kind::Instance, id.as_str(), "has no device free"))
    }

    /// The size of a snapshot that can be used.
    fn whole(&self, id: &Id) -> Result<u64, Error> {
        let snapshot = self.state.find::<Snapshot>(id)?;
        if snapshot.is_pending(self.now) {
            return Err(not_now(Kind::Snapshot, id.as_str(), "is not completed yet"));
        }
        Ok(snapshot.size)
    }
}

fn devices<'a>(volumes: &'a [String], state: &'a State) -> impl Iterator<Item = &'a str> {
    let mounted = volumes.iter().filter_map(|id| state.volumes.get(id)?.mount.as_ref());
    mounted.map(|mount| mount.device.as_str())
}
