//! Instances: made, started, stopped, told to run something, and destroyed.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{
    USER,
    capabilities::USER_DATA,
    firewalls::Firewall,
    hardware_profiles,
    keys::Key,
    life::{Life, Phase},
    realms,
    state::{Found, Reading, Record, State, Writing, check_words, is_asked_for, not_now},
};
use crate::model::{
    Action, Attachment, Command, DiskContent, Error, ErrorKind, Filter, Health, Id, Instance as Shown,
    InstanceSpec, InstanceState, Kind, NetworkInterface, Resource, Run,
};

/// The first of the addresses that instances have by themselves, and how many of them there are: they are all in
/// `172.16.0.0/12`.
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(172, 16, 0, 1);
const ADDRESSES: u32 = 1_000_000;
/// The name of the disk that an instance boots from, if that is its own.
pub(super) const OWN_DEVICE: &str = "/dev/sda1";
/// How many firewalls an instance has around it at most.
const MOST_FIREWALLS: usize = 16;

/// An instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Instance {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) image: String,
    /// The image that its guest is named after.
    pub(super) named_after: String,
    pub(super) realm: String,
    pub(super) profile: Option<String>,
    pub(super) cpus: u32,
    pub(super) memory: u64,
    /// The size of its own disk; none when it boots from a volume.
    pub(super) disk: Option<u64>,
    pub(super) architecture: Option<String>,
    pub(super) created: Timestamp,
    pub(super) life: Life,
    pub(super) key: Option<String>,
    pub(super) firewalls: Vec<String>,
    /// Whether it is measured closely.
    pub(super) monitored: bool,
    pub(super) can_be_captured: bool,
    /// What is attached to it, or leads to it: each of them knows it, too.
    pub(super) volumes: Vec<String>,
    pub(super) interfaces: Vec<String>,
    pub(super) addresses: Vec<IpAddr>,
}

impl Instance {
    /// It, as the model has it.
    fn shown<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Shown<'a> {
        let life = self.life.at(reading.now);
        let runs = matches!(life.phase, Phase::Running);
        Shown {
            name: self.name.as_str().into(),
            owner: USER.into(),
            health: if runs { Health::Ok } else { Health::Unknown },
            image: Some(self.image.as_str().into()),
            realm: Some(self.realm.as_str().into()),
            hardware_profile: self.profile.as_deref().map(Into::into),
            cpus: Some(self.cpus),
            memory: Some(self.memory),
            architecture: self.architecture.as_deref().map(Into::into),
            created: Some(self.created),
            launched: life.launched,
            stopped: life.stopped,
            host_name: Some(format!("{}.{id}.public.com", self.named_after).into()),
            addresses: self.own_address().into_iter().chain(self.addresses.iter().copied()).collect(),
            interfaces: self.interfaces(reading.state).collect(),
            attachments: self.attachments(id, reading.state),
            key: self.key.as_deref().map(Into::into),
            firewalls: self.firewalls.iter().map(|id| id.as_str().into()).collect(),
            can_be_captured: self.can_be_captured,
            ..Shown::new(id, life.phase.into())
        }
    }

    /// The address of an instance that has no interface.
    fn own_address(&self) -> Option<IpAddr> {
        let address = Ipv4Addr::from_bits(FIRST_ADDRESS.to_bits() + self.number % ADDRESSES);
        self.interfaces.is_empty().then_some(IpAddr::V4(address))
    }

    fn interfaces<'a>(&'a self, state: &'a State) -> impl Iterator<Item = NetworkInterface<'a>> + 'a {
        let known = self.interfaces.iter().filter_map(|id| state.network_interfaces.entry(id));
        known.map(|(id, interface)| interface.shown(id))
    }

    /// Its disks, the one that it boots from first.
    fn attachments<'a>(&'a self, id: &str, state: &'a State) -> SmallVec<[Attachment<'a>; 2]> {
        let own = self.disk.map(|size| Attachment {
            volume: format!("vol{id}").into(),
            device: Some(OWN_DEVICE.into()),
            size: Some(size),
            boot: true,
            delete_on_termination: true,
        });
        let volumes = self.volumes.iter().filter_map(|id| state.volumes.entry(id));
        let attached = volumes.filter_map(|(id, volume)| {
            let mount = volume.mount.as_ref()?;
            Some(Attachment {
                volume: id.into(),
                device: Some(mount.device.as_str().into()),
                size: Some(volume.size),
                boot: mount.boot,
                delete_on_termination: mount.delete_on_termination,
            })
        });
        own.into_iter().chain(attached).collect()
    }
}

impl Record for Instance {
    const KIND: Kind = Kind::Instance;
    const MOST: usize = 10_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Resource<'a> {
        Resource::Instance(self.shown(id, reading))
    }

    fn leave(&self, id: &str, state: &mut State) {
        for id in &self.volumes {
            let Some(volume) = state.volumes.get_mut(id) else { continue };
            if volume.mount.take().is_some_and(|mount| mount.delete_on_termination) {
                state.volumes.remove(id);
            }
        }
        for interface in &self.interfaces {
            state.network_interfaces.remove(interface);
        }
        for address in &self.addresses {
            if let Some(address) = state.addresses.get_mut(&address.to_string()) {
                address.instance = None;
            }
        }
        let sends = |instances: &[String]| instances.iter().any(|instance| instance == id);
        let balancers = state.load_balancers.iter().filter(|(_, balancer)| sends(&balancer.instances));
        let balancers: Vec<String> = balancers.map(|(balancer, _)| balancer.to_owned()).collect();
        for balancer in balancers.iter().map(String::as_str) {
            if let Some(balancer) = state.load_balancers.get_mut(balancer) {
                balancer.instances.retain(|instance| instance != id);
            }
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn list_instances(self, filter: &'a Filter) -> Found<'a> {
        let asked = self.state.instances.iter().filter(move |(id, instance)| {
            let is = |wanted: &Option<Id>, value: &str| wanted.as_ref().is_none_or(|id| id.as_str() == value);
            let state: InstanceState = instance.life.at(self.now).phase.into();
            is_asked_for(filter, id, &instance.name)
                && is(&filter.realm, &instance.realm)
                && is(&filter.image, &instance.image)
                && (filter.states.is_empty() || filter.states.contains(&state))
        });
        Box::new(asked.map(move |(id, instance)| instance.describe(id, self)))
    }

    /// What a command that nobody executes has said.
    pub(super) fn run(self, id: &Id, command: &Command) -> Result<Resource<'a>, Error> {
        let instance = self.state.find::<Instance>(id)?;
        let shown = instance.shown(id.as_str(), self);
        if shown.state != InstanceState::Running {
            return Err(not_now(Kind::Instance, id.as_str(), "does not run"));
        }
        let address = command.address.clone();
        let address = address.or_else(|| shown.all_addresses().next().map(|address| address.to_string()));
        let output = format!("{id} would have executed this now, had it a guest: {}\n", command.text);
        Ok(Resource::Run(Run {
            instance: id.to_string().into(),
            address: address.unwrap_or_default().into(),
            command: command.text.clone().into(),
            output: output.into(),
        }))
    }
}

impl Writing<'_> {
    pub(super) fn create_instances(&mut self, spec: &InstanceSpec) -> Result<Vec<Resource<'static>>, Error> {
        let template = self.template(spec)?;
        let room = Instance::MOST.saturating_sub(self.state.instances.len());
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        if room < spec.count.min {
            let message =
                format!("this cloud holds {} instances, and has room for {room} more", Instance::MOST);
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        (0..spec.count.max.min(room)).map(|_| self.create_instance(&template, spec)).collect()
    }

    fn create_instance(
        &mut self,
        template: &Instance,
        spec: &InstanceSpec,
    ) -> Result<Resource<'static>, Error> {
        let number = u32::try_from(self.state.number("inst", 0)).unwrap_or(u32::MAX);
        let key = id(number);
        self.state.add(&key, Instance { number, ..template.clone() })?;
        if let Some(network) = &spec.network {
            let own = format!("nic{key}");
            // A user may have called another one so.
            let is_taken = self.state.network_interfaces.contains(&own);
            let interface = if is_taken { self.stamp("nic_") } else { own };
            self.plug(&interface, &key.as_ref().into(), network)?;
        }
        self.create_disks(template, spec, &key.as_ref().into())?;
        self.shown::<Instance>(&key.as_ref().into())
    }

    /// Makes the volumes that the instance has from its beginning, the one that it boots from first.
    fn create_disks(&mut self, template: &Instance, spec: &InstanceSpec, id: &Id) -> Result<(), Error> {
        let size = template.disk.unwrap_or_default();
        if let Some(disk) = spec.boot_disk() {
            self.state.find_mut::<Instance>(id)?.disk = None;
            self.create_disk(disk, id, size)?;
        }
        let mut others = spec.disks.iter().filter(|disk| disk.content != DiskContent::Image);
        others.try_for_each(|disk| self.create_disk(disk, id, size))
    }

    /// Does it, and shows the instances with the states they were in before.
    pub(super) fn act(&mut self, action: Action, ids: &[Id]) -> Result<Vec<Resource<'static>>, Error> {
        ids.iter().map(|id| self.act_on(action, id)).collect()
    }

    fn act_on(&mut self, action: Action, id: &Id) -> Result<Resource<'static>, Error> {
        let (now, transition) = (self.now, self.transition);
        let instance = self.state.find_mut::<Instance>(id)?;
        let previous = instance.life.at(now).phase.into();
        instance.life = instance.life.act(action, id.as_str(), now, transition)?;
        let shown = self.state.find::<Instance>(id)?.shown(id.as_str(), self.reading()).into_owned();
        Ok(Resource::Instance(Shown { previous: Some(previous), ..shown }))
    }

    pub(super) fn destroy_instances(&mut self, ids: &[Id]) -> Result<Vec<Resource<'static>>, Error> {
        let now = self.now;
        let gone = self.destroy::<Instance>(ids)?;
        let terminated = gone.into_iter().map(|resource| match resource {
            Resource::Instance(instance) => Resource::Instance(terminated(instance, now)),
            other => other,
        });
        Ok(terminated.collect())
    }

    /// What all instances of `spec` have in common.
    fn template(&self, spec: &InstanceSpec) -> Result<Instance, Error> {
        let most = USER_DATA;
        if spec.user_data.as_ref().is_some_and(|data| data.len() > most) {
            return Err(Error::new(ErrorKind::Invalid, format!("user data is limited to {most} bytes")));
        }
        let architecture = self.usable_image(&spec.image)?.architecture.clone();
        let realm = realms::choose(spec.realm.as_ref())?;
        let size = hardware_profiles::size(spec)?;
        check_words(spec.name.as_ref(), None)?;
        self.check_surroundings(spec)?;
        let name = spec.name.clone().unwrap_or_else(|| format!("i-{}", self.now.as_second()));
        Ok(Instance {
            number: 0,
            name,
            image: spec.image.to_string(),
            named_after: spec.image.to_string(),
            realm: realm.id.into_owned(),
            profile: size.profile,
            cpus: size.cpus,
            memory: size.memory,
            disk: Some(size.disk),
            architecture,
            created: self.now,
            life: Life::begin(spec.start, self.now, self.transition),
            key: spec.key.as_ref().map(Id::to_string),
            firewalls: spec.firewalls.iter().map(Id::to_string).collect(),
            monitored: spec.monitored,
            can_be_captured: true,
            volumes: Vec::new(),
            interfaces: Vec::new(),
            addresses: Vec::new(),
        })
    }

    /// Whether there is what the instances of `spec` are to have besides their own; `plug` looks for the network.
    fn check_surroundings(&self, spec: &InstanceSpec) -> Result<(), Error> {
        if spec.firewalls.len() > MOST_FIREWALLS {
            let message = format!("an instance has at most {MOST_FIREWALLS} firewalls around it");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        spec.key.as_ref().map(|key| self.state.find::<Key>(key)).transpose()?;
        spec.firewalls.iter().try_for_each(|id| self.state.find::<Firewall>(id).map(|_| ()))
    }
}

/// The instance as it goes for good.
fn terminated(instance: Shown<'static>, now: Timestamp) -> Shown<'static> {
    Shown {
        state: InstanceState::Terminated,
        previous: Some(instance.state),
        health: Health::Unknown,
        stopped: Some(now),
        interfaces: SmallVec::new(),
        attachments: SmallVec::new(),
        ..instance
    }
}

/// The id of the instance with this number.
pub(super) fn id(number: u32) -> Cow<'static, str> {
    Cow::Owned(format!("inst{number}"))
}
