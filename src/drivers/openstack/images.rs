//! Images are Glance's; one is made of a server by Nova.

use std::borrow::Cow;

use http::header::LOCATION;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::{self, emit},
    read::{admits, moment, uuid},
    session::{Session, about},
    states,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Filter, Flow, Id, Image, ImageSpec, Kind, Resource},
    wire::json::{self, Text},
};

/// How long a page may be: Glance's pages have 25 images otherwise.
const PAGE: &str = "1000";
/// How many ids are asked for with one call: a request's line stays well below the 8 KiB that servers take.
const BATCH: usize = 100;

#[derive(Debug, Deserialize)]
struct Described<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    description: Option<Text<'a>>,
    #[serde(borrow)]
    owner: Option<Text<'a>>,
    #[serde(borrow)]
    architecture: Option<Text<'a>>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

impl<'a> Described<'a> {
    fn image(self) -> Image<'a> {
        let text = |text: Option<Text<'a>>| text.map(Cow::from).unwrap_or_default();
        Image {
            id: self.id.0,
            name: text(self.name),
            description: text(self.description),
            owner: text(self.owner),
            architecture: self.architecture.filter(|architecture| !architecture.is_empty()).map(Cow::from),
            state: states::image(&self.status),
            created: self.created_at.as_deref().and_then(moment),
            tags: Default::default(),
        }
    }
}

/// One call; one for every hundred ids that are asked for.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    if filter.ids.is_empty() {
        return list_some(session, filter, Call::get(Service::Image, &["images"]), cloud).await;
    }
    let ids: Vec<String> = filter.ids.iter().filter_map(|id| uuid(id.as_str())).collect();
    for batch in ids.chunks(BATCH) {
        let call = Call::get(Service::Image, &["images"]).query("id", &format!("in:{}", batch.join(",")));
        list_some(session, filter, call, cloud).await?;
    }
    Ok(())
}

async fn list_some(
    session: &Session<'_>,
    filter: &Filter,
    mut call: Call,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    // A name with a colon would be read as an operator.
    if let Some(name) = filter.name.as_deref().filter(|name| !name.contains(':')) {
        call = call.query("name", name);
    }
    pages::each(session, cloud, call.query("limit", PAGE), "images", |item, sink| {
        let image = json::read::<Described<'_>>(item)?.image();
        if admits(filter, &image.id, &image.name) {
            sink.put(&Resource::Image(image))
        } else {
            Ok(Flow::More)
        }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Image, id.as_str());
    let uuid = uuid(id.as_str()).ok_or_else(missing)?;
    let call = Call::get(Service::Image, &["images", &uuid]);
    let document = session.fetch_of(Kind::Image, id.as_str(), call).await?;
    emit(cloud, Resource::Image(document.read::<Described<'_>>()?.image())).await
}

/// Two calls: Nova takes it on and says where the image will be.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &ImageSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let missing = || Error::not_found(Kind::Instance, spec.instance.as_str());
    let instance = uuid(spec.instance.as_str()).ok_or_else(missing)?;
    let name = spec.name.clone().unwrap_or_else(|| format!("image-{}", Uuid::new_v4().simple()));
    let metadata = spec.description.as_ref().map(|description| json!({"description": description}));
    let order = Object::default().with("name", name).maybe("metadata", metadata);
    let call = Call::post(Service::Compute, &["servers", &instance, "action"], "createImage", order);
    let made = session.answer(&call).await.map_err(|error| about(error, Kind::Instance, &instance))?;
    let location = made.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let id = location.and_then(|location| uuid(location.rsplit('/').next()?));
    let id = id.ok_or_else(|| Error::new(ErrorKind::Unexpected, "Nova does not say which image it makes"))?;
    show(session, &Id::from(id), cloud).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let missing = || Error::not_found(Kind::Image, id.as_str());
        let uuid = uuid(id.as_str()).ok_or_else(missing)?;
        let call = Call::get(Service::Image, &["images", &uuid]);
        let document = session.fetch_of(Kind::Image, id.as_str(), call).await?;
        session.fetch_of(Kind::Image, id.as_str(), Call::delete(Service::Image, &["images", &uuid])).await?;
        emit(cloud, Resource::Image(document.read::<Described<'_>>()?.image())).await?;
    }
    Ok(())
}
