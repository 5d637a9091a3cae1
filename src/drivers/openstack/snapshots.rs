//! Snapshots are Cinder's.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::{self, emit},
    read::{GIB, admits, moment, uuid},
    session::{Document, Session, about},
    states,
    volumes::in_use,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Kind, Resource, Snapshot, SnapshotSpec},
    wire::json::{self, Text},
};

#[derive(Debug, Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    description: Option<Text<'a>>,
    #[serde(borrow)]
    volume_id: Option<Text<'a>>,
    #[serde(borrow)]
    status: Text<'a>,
    /// In GiB.
    size: Option<u64>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

impl<'a> Described<'a> {
    fn snapshot(self) -> Snapshot<'a> {
        let text = |text: Option<Text<'a>>| text.map(Cow::from).unwrap_or_default();
        Snapshot {
            id: self.id.0,
            name: text(self.name),
            description: text(self.description),
            volume: self.volume_id.map(Cow::from),
            state: states::snapshot(&self.status),
            size: self.size.map(|size| size.saturating_mul(GIB)),
            created: self.created_at.as_deref().and_then(moment),
            tags: Default::default(),
        }
    }
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Volume, &["snapshots", "detail"]).named(filter);
    pages::each(session, cloud, call, "snapshots", |item, sink| {
        let snapshot = json::read::<Described<'_>>(item)?.snapshot();
        if admits(filter, &snapshot.id, &snapshot.name) {
            sink.put(&Resource::Snapshot(snapshot))
        } else {
            Ok(Flow::More)
        }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    emit(cloud, Resource::Snapshot(snapshot(&document)?)).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Document, Error> {
    let uuid = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Snapshot, id.as_str()))?;
    session.fetch_of(Kind::Snapshot, id.as_str(), Call::get(Service::Volume, &["snapshots", &uuid])).await
}

fn snapshot(document: &Document) -> Result<Snapshot<'_>, Error> {
    Ok(document.member::<Described<'_>>("snapshot")?.snapshot())
}

/// One call. A snapshot is made of a volume that is attached, too: EC2's clients expect it.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &SnapshotSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Volume, spec.volume.as_str());
    let volume = uuid(spec.volume.as_str()).ok_or_else(missing)?;
    let order = Object::default()
        .with("volume_id", volume)
        .with("force", true)
        .maybe("name", spec.name.as_deref())
        .maybe("description", spec.description.as_deref());
    let call = Call::post(Service::Volume, &["snapshots"], "snapshot", order);
    let document = session.fetch_of(Kind::Volume, spec.volume.as_str(), call).await?;
    emit(cloud, Resource::Snapshot(snapshot(&document)?)).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let document = find(session, id).await?;
        let snapshot = snapshot(&document)?;
        let removed = session.fetch(Call::delete(Service::Volume, &["snapshots", &snapshot.id])).await;
        removed.map_err(|error| about(in_use(error), Kind::Snapshot, id.as_str()))?;
        emit(cloud, Resource::Snapshot(snapshot)).await?;
    }
    Ok(())
}
