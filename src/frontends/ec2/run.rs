//! `RunInstances`.

use super::{
    actions::{Answer, Query},
    base64, defaults, disks,
    envelope::{Body, Context},
    errors::Fault,
    groups, instance_attributes,
    instance_types::read_synthetic,
    instances, tags,
};
use crate::{
    model::{
        Count, Error, ErrorKind, Feature, Flow, Id, InstanceSpec, Kind, Memo, Operation, Resource, Spec, Verb,
    },
    wire::xml::Writer,
};

/// `RunInstances`
pub(super) fn run(query: &Query<'_>) -> Result<Answer, Fault> {
    let parameters = query.parameters;
    let image = query.id(Kind::Image, parameters.required("ImageId")?)?;
    let size = size(query)?;
    let spec = InstanceSpec {
        image,
        realm: realm(query)?,
        hardware_profile: size.profile,
        cpus: size.cpus,
        memory: size.memory,
        storage: None,
        name: tags::name(parameters, Kind::Instance).map(str::to_owned),
        user_data: user_data(query)?,
        key: key(query)?,
        authorized_keys: Vec::new(),
        firewalls: firewalls(query)?,
        network: network(query)?,
        disks: disks::read(query)?,
        monitored: false,
        count: count(query)?,
        start: true,
    };
    let memo = Memo {
        note: query
            .cloud
            .supports(Verb::Show, Kind::Note)
            .then(|| instance_attributes::decisions(query))
            .transpose()?,
        token: query.parameters.text("ClientToken").map(str::to_owned),
        ..tags::memo(query, &[Kind::Instance, Kind::Volume, Kind::NetworkInterface])?
    };
    let operation = Operation::creation(Spec::Instance(spec), memo);
    Ok(query.answer(Some(operation), Launched { index: 0 }))
}

/// The size that the instances have by their type: a profile, or processors and memory.
#[derive(Default)]
struct Size {
    profile: Option<Id>,
    cpus: Option<u32>,
    memory: Option<u64>,
}

fn size(query: &Query<'_>) -> Result<Size, Fault> {
    let Some(name) = query.parameters.text("InstanceType") else { return Ok(Size::default()) };
    match read_synthetic(name) {
        Some((cpus, memory)) => Ok(Size { cpus: Some(cpus), memory: Some(memory), profile: None }),
        None => Ok(Size { profile: Some(query.id(Kind::HardwareProfile, name)?), ..Size::default() }),
    }
}

fn realm(query: &Query<'_>) -> Result<Option<Id>, Fault> {
    let zone = query.parameters.text("Placement.AvailabilityZone");
    let zone = zone.or_else(|| query.parameters.text("Placement.AvailabilityZoneId"));
    let zone = zone.or_else(|| subnet(query).and_then(defaults::zone));
    zone.map(|zone| query.id(Kind::Realm, zone)).transpose()
}

/// The subnet of the instances, or of their first interface.
fn subnet<'q>(query: &'q Query<'_>) -> Option<&'q str> {
    let mut interfaces = query.parameters.members("NetworkInterface");
    let of_the_first = interfaces.next().and_then(|interface| interface.text("SubnetId"));
    query.parameters.text("SubnetId").or(of_the_first)
}

/// One, where the client does not say; EC2 wants both, but Deltacloud's clients send neither. More than can be made is
/// no error as long as the least can: that is what the two numbers are for.
fn count(query: &Query<'_>) -> Result<Count, Fault> {
    let (parameters, most) = (query.parameters, query.most_instances);
    let (min, max) = (parameters.number("MinCount")?, parameters.number("MaxCount")?);
    let min = min.unwrap_or(1);
    let max = max.unwrap_or(min);
    if min == 0 || max < min {
        let message =
            format!("MinCount is {min} and MaxCount is {max}; they have to be at least 1 and in order");
        return Err(Fault::invalid(message));
    }
    if min > most {
        let message = format!("One request makes at most {most} instances, and MinCount is {min}");
        return Err(Fault::bad("InstanceLimitExceeded", message));
    }
    Ok(Count { min, max: max.min(most) })
}

fn key(query: &Query<'_>) -> Result<Option<Id>, Fault> {
    let key = query.optional_id(Kind::Key, "KeyName")?;
    if key.is_some() && !query.cloud.has(Feature::InstanceKey) {
        return Err(query.incapable("let into instances by a key pair: leave out KeyName"));
    }
    Ok(key)
}

/// The groups around the instances, by id and by name. One that is called `default` is what a cloud has without being
/// asked, so it is asked for only where there are groups.
fn firewalls(query: &Query<'_>) -> Result<Vec<Id>, Fault> {
    let mut firewalls = query.ids(Kind::Firewall, "SecurityGroupId")?;
    for name in query.parameters.list("SecurityGroup") {
        firewalls.push(groups::by_name(name)?);
    }
    for interface in query.parameters.members("NetworkInterface") {
        let ids = interface.list("SecurityGroupId").map(|id| query.id(Kind::Firewall, id));
        firewalls.extend(ids.collect::<Result<Vec<_>, _>>()?);
    }
    firewalls.retain(|firewall| firewall.as_str() != defaults::GROUP);
    if query.cloud.has(Feature::InstanceFirewalls) && query.cloud.offers(Verb::List, Kind::Firewall) {
        return Ok(firewalls);
    }
    if firewalls.iter().all(|firewall| firewall.as_str() == defaults::GROUP_NAME) {
        return Ok(Vec::new());
    }
    Err(query.incapable("put firewalls around instances: leave out SecurityGroup and SecurityGroupId"))
}

/// The subnet that the instances are put in. A network that is the one part of itself is one, too; a default one is the
/// cloud's own choice.
fn network(query: &Query<'_>) -> Result<Option<Id>, Fault> {
    let Some(subnet) = subnet(query).filter(|subnet| !defaults::is_default(subnet)) else { return Ok(None) };
    if !query.cloud.has(Feature::InstanceNetwork) {
        return Err(query.incapable("put instances on a network of choice: leave out SubnetId"));
    }
    query.id(Kind::Subnet, subnet).map(Some)
}

fn user_data(query: &Query<'_>) -> Result<Option<Vec<u8>>, Fault> {
    let Some(text) = query.parameters.text("UserData") else { return Ok(None) };
    let most = query.cloud.user_data.ok_or_else(|| Fault::unsupported("This cloud takes no user data"))?;
    // What is wrong with it is not repeated: user data often holds secrets.
    let invalid = || Fault::invalid("Invalid BASE64 encoding of user data.");
    let data = base64::decode(text).ok_or_else(invalid)?;
    if data.len() > most {
        return Err(Fault::invalid(format!("User data is limited to {most} bytes")));
    }
    Ok((!data.is_empty()).then_some(data))
}

/// One reservation, of all that was launched.
struct Launched {
    index: u32,
}

impl Body for Launched {
    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        let Resource::Instance(instance) = resource else { return Ok(Flow::More) };
        if self.index == 0 {
            instances::open_reservation(instance, context, xml);
        }
        instances::write(instance, self.index, context, xml);
        self.index += 1;
        Ok(Flow::More)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        if self.index == 0 {
            return Err(Error::new(ErrorKind::Unexpected, "the cloud made no instance and does not say why"));
        }
        xml.close("instancesSet");
        Ok(())
    }
}
