//! Instances: made, started, stopped and destroyed in memory.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
    sync::{MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use smallvec::smallvec;

use super::{Mock, USER, data, life::Machine};
use crate::model::{
    Action, Attachment, Error, ErrorKind, Filter, Id, Instance, InstanceSpec, InstanceState, Kind,
    NetworkInterface, Resource,
};

/// How many instances a cloud has at most.
const MOST_INSTANCES: usize = 10_000;
/// How many addresses the cloud's network has, from [`FIRST_ADDRESS`] on.
const ADDRESSES: u32 = 60_000;
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);

/// All instances of a cloud, in the order in which they were made. A number is never given twice, so that an id means
/// one instance for good.
pub(super) struct Instances {
    machines: Vec<Machine>,
    next: u32,
    /// How long an instance is on its way from one state to the next.
    transition: Duration,
}

impl Instances {
    pub(super) fn new(transition: Duration) -> Self {
        let machines: Vec<Machine> = data::instances().into_iter().map(Machine::settled).collect();
        let next = u32::try_from(machines.len()).unwrap_or(u32::MAX);
        Instances { machines, next, transition }
    }

    fn find(&mut self, id: &Id) -> Result<&mut Machine, Error> {
        let found = self.machines.iter_mut().find(|machine| machine.instance.id == id.as_str());
        found.ok_or_else(|| Error::not_found(Kind::Instance, id.clone()))
    }

    fn add(
        &mut self,
        mut instance: Instance<'static>,
        disk: u64,
        target: InstanceState,
    ) -> Resource<'static> {
        let number = self.next;
        self.next += 1;
        instance.id = id(number);
        equip(&mut instance, number, disk);
        let mut machine = Machine::settled(instance);
        machine.set_out(InstanceState::Creating, target, self.transition);
        let made = Resource::Instance(machine.instance.clone());
        self.machines.push(machine);
        made
    }

    fn remove(&mut self, id: &Id) -> Option<Resource<'static>> {
        let position = self.machines.iter().position(|machine| machine.instance.id == id.as_str())?;
        Some(Resource::Instance(self.machines.remove(position).terminated()))
    }
}

impl Mock {
    pub(super) fn list_instances(&self, filter: &Filter) -> Vec<Resource<'static>> {
        let instances = self.instances();
        let all = instances.machines.iter().map(|machine| &machine.instance);
        let admitted =
            all.filter(|instance| admits(filter, instance)).take(filter.at_most.unwrap_or(usize::MAX));
        admitted.cloned().map(Resource::Instance).collect()
    }

    pub(super) fn show_instance(&self, id: &Id) -> Result<Resource<'static>, Error> {
        Ok(Resource::Instance(self.instances().find(id)?.instance.clone()))
    }

    pub(super) fn create_instances(&self, spec: &InstanceSpec) -> Result<Vec<Resource<'static>>, Error> {
        let template = self.template(spec)?;
        let size = self.size(spec)?;
        let template = Instance {
            hardware_profile: size.profile.map(Cow::Owned),
            cpus: Some(size.cpus),
            memory: Some(size.memory),
            ..template
        };
        let target = if spec.start { InstanceState::Running } else { InstanceState::Stopped };
        let mut instances = self.instances();
        let room = MOST_INSTANCES.saturating_sub(instances.machines.len());
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        if room < spec.count.min {
            let message =
                format!("this cloud holds {MOST_INSTANCES} instances, and has room for {room} more");
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        let made = (0..spec.count.max.min(room)).map(|_| instances.add(template.clone(), size.disk, target));
        Ok(made.collect())
    }

    pub(super) fn act(&self, action: Action, ids: &[Id]) -> Result<Vec<Resource<'static>>, Error> {
        let mut instances = self.instances();
        for id in ids {
            instances.find(id)?.step(action)?;
        }
        let transition = instances.transition;
        let act = |id: &Id| instances.find(id)?.act(action, transition).map(Resource::Instance);
        ids.iter().map(act).collect()
    }

    pub(super) fn destroy_instances(&self, ids: &[Id]) -> Result<Vec<Resource<'static>>, Error> {
        let mut instances = self.instances();
        for id in ids {
            instances.find(id)?;
        }
        Ok(ids.iter().filter_map(|id| instances.remove(id)).collect())
    }

    /// What all instances of `spec` have in common.
    fn template(&self, spec: &InstanceSpec) -> Result<Instance<'static>, Error> {
        let most = super::USER_DATA;
        if spec.user_data.as_ref().is_some_and(|data| data.len() > most) {
            return Err(Error::new(ErrorKind::Invalid, format!("user data is limited to {most} bytes")));
        }
        let image = self.image(&spec.image)?;
        let realm = self.choose_realm(spec.realm.as_ref())?;
        let now = Timestamp::now();
        let name = spec.name.clone().unwrap_or_else(|| format!("i-{}", now.as_second()));
        Ok(Instance {
            name: name.into(),
            owner: USER.into(),
            image: Some(image.id.clone()),
            realm: Some(realm.id.clone()),
            architecture: image.architecture.clone(),
            created: Some(now),
            ..Instance::new("", InstanceState::Creating)
        })
    }

    /// The instances as they are now.
    fn instances(&self) -> MutexGuard<'_, Instances> {
        let mut instances = self.instances.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        instances.machines.iter_mut().for_each(|machine| machine.settle(now));
        instances
    }
}

/// The id of the instance with this number.
pub(super) fn id(number: u32) -> Cow<'static, str> {
    Cow::Owned(format!("inst{number}"))
}

/// Gives an instance its address, its interface and its disk of `disk` bytes.
pub(super) fn equip(instance: &mut Instance<'static>, number: u32, disk: u64) {
    let address = Ipv4Addr::from_bits(FIRST_ADDRESS.to_bits() + number % ADDRESSES);
    let [_, high, middle, low] = number.to_be_bytes();
    let image = instance.image.as_deref().unwrap_or_default();
    instance.host_name = Some(format!("{image}.{}.public.com", instance.id).into());
    instance.interfaces = smallvec![NetworkInterface {
        id: format!("nic{}", instance.id).into(),
        name: "nic1".into(),
        mac: Some(format!("52:54:00:{high:02x}:{middle:02x}:{low:02x}").into()),
        network: Some("net1".into()),
        subnet: None,
        instance: None,
        addresses: smallvec![IpAddr::V4(address)],
    }];
    instance.attachments = smallvec![Attachment {
        volume: format!("vol{}", instance.id).into(),
        device: Some("/dev/sda1".into()),
        size: Some(disk),
        boot: true,
        delete_on_termination: true,
    }];
}

fn admits(filter: &Filter, instance: &Instance<'_>) -> bool {
    let is = |wanted: &Option<Id>, value: &Option<Cow<'_, str>>| {
        wanted.as_ref().is_none_or(|wanted| value.as_deref() == Some(wanted.as_str()))
    };
    super::is_asked_for(filter, &instance.id, &instance.name)
        && is(&filter.realm, &instance.realm)
        && is(&filter.image, &instance.image)
        && (filter.states.is_empty() || filter.states.contains(&instance.state))
}
