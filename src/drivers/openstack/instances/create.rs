//! Instances are made by one call, however many they are.
//!
//! **Invariant:** a call that creates is never sent again when it is not known what became of it: the servers are looked
//! for by their name then, so that none is left of which nobody knows.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use smallvec::SmallVec;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::{
    super::{
        call::{Call, Object},
        catalogue::Service,
        hardware_profiles::Flavors,
        names::Names,
        networks, pages,
        read::{Named, uuid},
        session::Session,
    },
    Known, act, disks,
    server::Server,
    server_call,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Id, Instance, InstanceSpec, Kind, NetworkInterface, Resource},
    wire::json::{self, Text},
};

/// How much of the time that an operation may take is left for finding out what became of the call, as a divisor.
const LEFT_FOR_LOOKING: u32 = 4;
/// How far the clocks of the cloud and the gateway may be apart for a server to be known as new.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(2);

/// What Nova's refusals to create name that is not there, which it says in no other way than by its texts.
static MISSING: &[(&str, Kind)] = &[
    ("Can not find requested image", Kind::Image),
    ("Invalid key_name provided", Kind::Key),
    ("The requested availability zone is not available", Kind::Realm),
    ("Security group ", Kind::Firewall),
    ("Network ", Kind::Network),
    ("failed to get snapshot ", Kind::Snapshot),
];
/// The group around servers of which nothing is said.
const USUAL_GROUP: &str = "default";
/// What a refusal says when the user has several networks and none was named.
const AMBIGUOUS: &str = "Multiple possible networks found";

/// What Nova answers: one server, or the reservation of several.
#[derive(Deserialize)]
struct Reservation<'a> {
    #[serde(borrow)]
    server: Option<Named<'a>>,
    #[serde(borrow)]
    reservation_id: Option<Text<'a>>,
}

/// Where servers were ordered to be, and what around them: Nova does not say it before it has made them.
#[derive(Debug, Default)]
struct Asked {
    network: Option<String>,
    subnet: Option<String>,
    /// The groups, by name or id.
    groups: Vec<String>,
}

impl Asked {
    async fn read(session: &Session<'_>, spec: &InstanceSpec) -> Result<Self, Error> {
        let groups = spec.firewalls.iter().map(ToString::to_string).collect();
        let mut asked = Asked { groups, ..Asked::default() };
        if let Some(id) = &spec.network {
            let place = networks::Place::of(session, id).await?;
            asked.subnet = place.part.as_ref().map(|(subnet, _)| subnet.clone());
            asked.network = Some(place.for_server(session).await?);
        }
        Ok(asked)
    }

    /// Says of a server what it does not say itself yet.
    fn tell(&self, instance: &mut Instance<'static>, names: &Names) {
        if instance.interfaces.is_empty() && self.network.is_some() {
            let (network, subnet) =
                (self.network.clone().map(Cow::Owned), self.subnet.clone().map(Cow::Owned));
            instance.interfaces.push(NetworkInterface { network, subnet, ..NetworkInterface::unnamed() });
        }
        let id = |name: &str| names.group(name, &instance.owner).map(str::to_owned);
        let groups = self
            .groups
            .iter()
            .map(|group| uuid(group).or_else(|| id(group)).unwrap_or_else(|| group.clone()));
        let usual = id(USUAL_GROUP).filter(|_| self.groups.is_empty() && instance.firewalls.is_empty());
        let groups: SmallVec<[_; 1]> = groups.chain(usual).map(Cow::Owned).collect();
        if !groups.is_empty() {
            instance.firewalls = groups;
        }
    }
}

/// Four calls at the most when all is well: the flavors, which may be known; the network, if one is named; the creation;
/// and what has come of it. What networks and groups are called is known, or three more.
pub(in super::super) async fn create(
    session: &Session<'_>,
    spec: &InstanceSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    if spec.count.min == 0 || spec.count.max < spec.count.min {
        let message = "at least one instance is created, and no less than the least";
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    let name = spec.name.clone().unwrap_or_else(|| format!("server-{}", Uuid::new_v4().simple()));
    let mut asked = Asked::read(session, spec).await?;
    let order = order(session, spec, &name, &asked).await?;
    let began = Timestamp::now();
    let made = match post(session, spec, order.clone()).await {
        Err(error) if is_ambiguous(&error, spec) => {
            let oldest = networks::oldest(session).await?;
            let order = order.with("networks", on_network(&oldest));
            asked.network = Some(oldest);
            post(session, spec, order).await
        }
        made => made,
    };
    let made = match made {
        Err(error) if may_have_been_done(&error) => {
            let found = Box::pin(look_for(session, &name, began)).await;
            if found.is_empty() { Err(error) } else { Ok(found) }
        }
        made => made,
    };
    let made = made.map_err(|error| named_missing(error, spec))?;
    let names = Names::held(session).await?;
    for mut instance in made {
        asked.tell(&mut instance, &names);
        // A server that boots from a volume does not say what the volume was made of.
        instance.image.get_or_insert_with(|| spec.image.to_string().into());
        if !spec.start {
            act::stop_later(session, &instance).await?;
        }
        cloud.emit(&Resource::Instance(instance)).await?;
    }
    Ok(())
}

/// What is ordered of Nova.
async fn order(
    session: &Session<'_>,
    spec: &InstanceSpec,
    name: &str,
    asked: &Asked,
) -> Result<Object, Error> {
    let missing = || Error::not_found(Kind::Image, spec.image.as_str());
    let image = uuid(spec.image.as_str()).ok_or_else(missing)?;
    let flavors = Flavors::recent(session).await?;
    let flavor = flavors.choose(spec)?;
    let firewalls = spec.firewalls.iter().map(|firewall| json!({"name": firewall.as_str()}));
    let order = Object::default()
        .with("name", name)
        .with("imageRef", if disks::are_of_volumes_alone(spec) { "" } else { &image })
        .maybe("block_device_mapping_v2", disks::mapping(spec, &image, flavor)?)
        .with("flavorRef", flavor.id.as_str())
        .with("min_count", spec.count.min)
        .with("max_count", spec.count.max)
        .maybe("return_reservation_id", (spec.count.max > 1).then_some(true))
        .maybe("availability_zone", spec.realm.as_ref().map(Id::as_str))
        .maybe("key_name", spec.key.as_ref().map(Id::as_str))
        .maybe("user_data", spec.user_data.as_ref().map(|data| STANDARD.encode(data)))
        .maybe("networks", asked.network.as_deref().map(on_network))
        .maybe("security_groups", (!spec.firewalls.is_empty()).then(|| firewalls.collect::<Value>()));
    Ok(order)
}

fn on_network(uuid: &str) -> Value {
    json!([{"uuid": uuid}])
}

async fn post(
    session: &Session<'_>,
    spec: &InstanceSpec,
    order: Object,
) -> Result<Vec<Instance<'static>>, Error> {
    let limit = session.line.provider.endpoint.operation_timeout;
    let last = session.line.deadline() - limit / LEFT_FOR_LOOKING;
    let late = || Error::new(ErrorKind::TimedOut, "the cloud took too long to create an instance");
    if Instant::now() >= last {
        return Err(late().safe_to_repeat());
    }
    let posted = session.fetch(Call::post(Service::Compute, &["servers"], "server", order));
    let document = timeout_at(last, posted).await.map_err(|_| late())??;
    match document.read::<Reservation<'_>>()? {
        Reservation { reservation_id: Some(id), .. } => {
            servers(session, list_call().query("reservation_id", &id)).await
        }
        Reservation { server: Some(server), .. } => {
            made(session, spec, &server.id).await.map(|made| vec![made])
        }
        _neither => Err(Error::new(ErrorKind::Unexpected, "Nova does not say which server it makes")),
    }
}

/// The server that was just made, which is there whatever comes of looking at it.
async fn made(session: &Session<'_>, spec: &InstanceSpec, id: &str) -> Result<Instance<'static>, Error> {
    let shown = async {
        let document = session.fetch(server_call(id)).await?;
        let known = Known::recent(session).await?;
        Ok::<_, Error>(document.member::<Server<'_>>("server")?.instance(&known).into_owned())
    };
    Ok(shown.await.unwrap_or_else(|error| {
        tracing::warn!(server = id, %error, "a new server could not be looked at");
        let mut instance = Instance::new(id.to_owned(), crate::model::InstanceState::Creating);
        instance.image = Some(spec.image.to_string().into());
        instance
    }))
}

fn list_call() -> Call {
    Call::get(Service::Compute, &["servers", "detail"]).with_flavors()
}

async fn servers(session: &Session<'_>, call: Call) -> Result<Vec<Instance<'static>>, Error> {
    let known = Known::recent(session).await?;
    let read = |item: &[u8]| Ok(json::read::<Server<'_>>(item)?.instance(&known).into_owned());
    pages::collect(session, call, "servers", read).await
}

/// The servers that a call has made of which the answer was not heard: one look, for there is no moment at which it is
/// certain that there will be none.
async fn look_for(session: &Session<'_>, name: &str, began: Timestamp) -> Vec<Instance<'static>> {
    let earliest = began.saturating_sub(CLOCKS_APART).unwrap_or(began);
    let is_ours = |instance: &Instance<'_>| {
        let numbered = instance.name.strip_prefix(name);
        let named = numbered.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        named && instance.created.is_some_and(|created| created >= earliest)
    };
    match servers(session, list_call()).await {
        Ok(found) => found.into_iter().filter(is_ours).collect(),
        Err(error) => {
            tracing::error!(name, %error, "it is not known whether a server was made: look for it by its name");
            Vec::new()
        }
    }
}

/// Whether Nova may have done what it did not say that it did.
fn may_have_been_done(error: &Error) -> bool {
    let unheard =
        matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Unreachable | ErrorKind::Unexpected);
    unheard && !error.is_safe_to_repeat()
}

fn is_ambiguous(error: &Error, spec: &InstanceSpec) -> bool {
    error.kind() == ErrorKind::IncorrectState && spec.network.is_none() && error.message().contains(AMBIGUOUS)
}

/// A refusal that names what is not there, as one of that.
fn named_missing(error: Error, spec: &InstanceSpec) -> Error {
    if error.kind() != ErrorKind::Invalid {
        return error;
    }
    let found = MISSING.iter().find(|(phrase, _)| error.message().contains(phrase));
    let id = match found {
        Some((_, Kind::Image)) => Some(&spec.image),
        Some((_, Kind::Key)) => spec.key.as_ref(),
        Some((_, Kind::Realm)) => spec.realm.as_ref(),
        Some((_, Kind::Firewall)) => {
            let named = |id: &&Id| error.message().contains(id.as_str());
            spec.firewalls.iter().find(named)
        }
        Some((_, Kind::Snapshot)) => disks::snapshots(spec).find(|id| error.message().contains(id.as_str())),
        Some((_, Kind::Network)) => spec.network.as_ref().filter(|id| error.message().contains(id.as_str())),
        _ => None,
    };
    match (found, id) {
        (Some((_, kind)), Some(id)) => Error::not_found(*kind, id.as_str()).with_detail(error.to_string()),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DiskContent, DiskSpec};

    #[test]
    fn what_is_not_there_is_told_by_its_kind() {
        let spec = InstanceSpec {
            key: Some("k".into()),
            realm: Some("z".into()),
            firewalls: vec!["a".into(), "web".into()],
            network: Some("net-1".into()),
            disks: vec![DiskSpec {
                content: DiskContent::Snapshot("snap-1".into()),
                size: None,
                device: None,
                delete_on_termination: true,
            }],
            ..InstanceSpec::new("img")
        };
        for (message, subject) in [
            ("Can not find requested image", Some((Kind::Image, "img"))),
            ("Invalid key_name provided.", Some((Kind::Key, "k"))),
            ("The requested availability zone is not available", Some((Kind::Realm, "z"))),
            ("Network net-1 could not be found.", Some((Kind::Network, "net-1"))),
            ("Security group web not found for project x.", Some((Kind::Firewall, "web"))),
            (
                "Block Device Mapping is Invalid: failed to get snapshot snap-1.",
                Some((Kind::Snapshot, "snap-1")),
            ),
            ("Flavor's memory is too small for requested image.", None),
        ] {
            let error = named_missing(Error::new(ErrorKind::Invalid, message), &spec);
            assert_eq!(error.subject().map(|(kind, id)| (kind, id.as_str())), subject, "{message}");
        }
        let other = named_missing(Error::new(ErrorKind::Denied, "Can not find requested image"), &spec);
        assert_eq!(other.kind(), ErrorKind::Denied);
    }
}
