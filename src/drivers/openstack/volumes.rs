//! Volumes are Cinder's; Nova attaches and detaches them.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::{self, emit},
    read::{GIB, admits, gib, moment, uuid},
    realms,
    session::{Document, Session, about},
    states,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Kind, Mount, Resource, Volume, VolumeSpec},
    wire::json::{self, Text},
};

/// The size of a volume of which nothing is said, in GiB.
const SIZE: u64 = 1;

#[derive(Debug, Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    description: Option<Text<'a>>,
    #[serde(borrow)]
    status: Text<'a>,
    /// In GiB.
    size: Option<u64>,
    #[serde(borrow)]
    availability_zone: Option<Text<'a>>,
    #[serde(borrow)]
    snapshot_id: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    #[serde(borrow, default)]
    attachments: Vec<Attachment<'a>>,
}

#[derive(Debug, Deserialize)]
struct Attachment<'a> {
    #[serde(borrow)]
    server_id: Option<Text<'a>>,
    #[serde(borrow)]
    device: Option<Text<'a>>,
}

impl<'a> Described<'a> {
    fn volume(self) -> Volume<'a> {
        let text = |text: Option<Text<'a>>| text.map(Cow::from).unwrap_or_default();
        let mut attachments = self.attachments.into_iter();
        let mount = attachments.find_map(|attachment| {
            let instance = attachment.server_id?.0;
            Some(Mount { instance, device: attachment.device.map(Cow::from) })
        });
        Volume {
            id: self.id.0,
            name: text(self.name),
            description: text(self.description),
            state: states::volume(&self.status),
            size: self.size.map(|size| size.saturating_mul(GIB)),
            realm: self.availability_zone.map(Cow::from),
            snapshot: self.snapshot_id.map(Cow::from),
            created: self.created_at.as_deref().and_then(moment),
            mount,
            tags: Default::default(),
        }
    }
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Volume, &["volumes", "detail"]).named(filter);
    pages::each(session, cloud, call, "volumes", |item, sink| {
        let volume = json::read::<Described<'_>>(item)?.volume();
        if admits(filter, &volume.id, &volume.name) {
            sink.put(&Resource::Volume(volume))
        } else {
            Ok(Flow::More)
        }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    emit(cloud, Resource::Volume(volume(&document)?)).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Document, Error> {
    let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Volume, id.as_str()))?;
    session.fetch_of(Kind::Volume, id.as_str(), Call::get(Service::Volume, &["volumes", &uuid])).await
}

fn volume(document: &Document) -> Result<Volume<'_>, Error> {
    Ok(document.member::<Described<'_>>("volume")?.volume())
}

/// One call; one or two more when a realm is named.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &VolumeSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let size = match (spec.size, &spec.snapshot) {
        (Some(bytes), _) => Some(gib(bytes)),
        (None, None) => Some(SIZE),
        (None, Some(_)) => None,
    };
    let order = Object::default()
        .maybe("size", size)
        .maybe("name", spec.name.as_deref())
        .maybe("description", spec.description.as_deref())
        .maybe("snapshot_id", spec.snapshot.as_ref().map(Id::as_str))
        .maybe("availability_zone", zone(session, spec.realm.as_ref()).await?);
    let call = Call::post(Service::Volume, &["volumes"], "volume", order);
    let made = session.fetch(call).await.map_err(|error| match (error.kind(), &spec.snapshot) {
        (ErrorKind::NotFound, Some(snapshot)) => Error::not_found(Kind::Snapshot, snapshot.as_str()),
        _ => error,
    })?;
    emit(cloud, Resource::Volume(volume(&made)?)).await
}

/// The zone of Cinder's for a realm: the one of that name; Cinder's own choice when only Nova knows it.
async fn zone(session: &Session<'_>, realm: Option<&Id>) -> Result<Option<String>, Error> {
    let Some(realm) = realm else { return Ok(None) };
    let knows = async |service| {
        let zones = realms::zones(session, service).await?;
        Ok::<_, Error>(zones.iter().any(|zone| zone.id == realm.as_str()))
    };
    if knows(Service::Volume).await? {
        Ok(Some(realm.to_string()))
    } else if knows(Service::Compute).await? {
        Ok(None)
    } else {
        Err(Error::not_found(Kind::Realm, realm.as_str()))
    }
}

/// Three calls.
pub(super) async fn attach(
    session: &Session<'_>,
    id: &Id,
    instance: &Id,
    device: Option<&str>,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let document = find(session, id).await?;
    let id_of = volume(&document)?.id;
    let missing = || Error::not_found(Kind::Instance, instance.as_str());
    let server = uuid(instance.as_str()).ok_or_else(missing)?;
    let order = Object::default().with("volumeId", id_of.as_ref()).maybe("device", device);
    let path = ["servers", &server, "os-volume_attachments"];
    let call = Call::post(Service::Compute, &path, "volumeAttachment", order);
    // The volume was there a moment ago: it is the server that is not.
    session.fetch_of(Kind::Instance, instance.as_str(), call).await.map_err(|error| match error.kind() {
        ErrorKind::NotFound => error,
        _ => error.about(Kind::Volume, id.as_str()),
    })?;
    show(session, id, cloud).await
}

/// Three calls.
pub(super) async fn detach(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    let volume = volume(&document)?;
    let mount = volume.mount.ok_or_else(|| {
        let message = format!("volume '{id}' is attached to no instance");
        Error::new(ErrorKind::IncorrectState, message).about(Kind::Volume, id.as_str())
    })?;
    let path = ["servers", &mount.instance, "os-volume_attachments", &volume.id];
    let detached = session.fetch(Call::delete(Service::Compute, &path)).await;
    detached.map_err(|error| about(error, Kind::Volume, id.as_str()))?;
    show(session, id, cloud).await
}

/// Two calls for each. Cinder answers 400 when a volume is in use or has snapshots: nothing else can be wrong with the
/// removal of what is there.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let document = find(session, id).await?;
        let volume = volume(&document)?;
        let removed = session.fetch(Call::delete(Service::Volume, &["volumes", &volume.id])).await;
        removed.map_err(|error| about(in_use(error), Kind::Volume, id.as_str()))?;
        emit(cloud, Resource::Volume(volume)).await?;
    }
    Ok(())
}

/// A refusal to remove something that is there, of which the status says that the request makes no sense.
pub(super) fn in_use(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Invalid => Error::new(ErrorKind::IncorrectState, error.message()).safe_to_repeat(),
        _ => error,
    }
}
