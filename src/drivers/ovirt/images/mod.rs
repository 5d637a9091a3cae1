//! Images are templates, without the blank one.

mod make;

use std::{borrow::Cow, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};
use smallvec::SmallVec;

pub(super) use make::{create, destroy};

use super::{
    CONCURRENCY,
    call::Call,
    places::Places,
    read::{cpu, id_of, moment, uuid, word},
    search,
    session::Session,
    states,
};
use crate::{
    exchange::Cloud,
    model::{Error, Filter, Flow, Id, Image, ImageState, Kind, Resource},
    wire::xml::{self, Element, Malformed},
};

/// The template that every engine has and that holds nothing.
pub(super) const BLANK: &str = "00000000-0000-0000-0000-000000000000";
/// How many ids are asked for one by one; templates cannot be searched by id, so more of them are found in a list.
const FEW: usize = 10;

/// A template, with what the driver needs to know of it besides.
#[derive(Debug)]
pub(super) struct Template<'a> {
    pub(super) image: Image<'a>,
    pub(super) cluster: Option<Cow<'a, str>>,
}

/// What the provider's scope and the filter leave of the templates.
struct View {
    /// None when all templates are seen.
    places: Option<Arc<Places>>,
    ids: SmallVec<[String; 2]>,
}

impl View {
    async fn of(session: &Session<'_>, filter: &Filter) -> Result<Self, Error> {
        let narrowed = session.provider().scope.is_some();
        let places = if narrowed { Some(Places::recent(session).await?) } else { None };
        let ids = filter.ids.iter().filter_map(|id| uuid(id.as_str())).collect();
        Ok(View { places, ids })
    }

    fn admits(&self, template: &Template<'_>) -> bool {
        let seen = match (&self.places, &template.cluster) {
            (Some(places), Some(cluster)) => places.clusters().iter().any(|known| known.id == **cluster),
            (Some(_), None) | (None, _) => true,
        };
        let asked_for = self.ids.is_empty() || self.ids.iter().any(|id| *id == *template.image.id);
        seen && asked_for && template.image.id != BLANK
    }
}

/// One call; as many as there are ids when they are few.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let view = View::of(session, filter).await?;
    if !filter.ids.is_empty() && view.ids.len() <= FEW {
        return list_few(session, &view, cloud).await;
    }
    let data_center = view.places.as_ref().and_then(|places| places.only_data_center());
    let call = search::narrowed(
        Call::get(&["templates"]),
        &[("datacenter", data_center), ("name", filter.name.as_deref())],
    );
    let mut decode = xml::each("templates", "template", |element, sink| {
        let template = template(element)?;
        if !view.admits(&template) {
            return Ok(Flow::More);
        }
        sink.put(&Resource::Image(template.image))
    });
    session.stream(cloud, call, &mut decode).await
}

async fn list_few(session: &Session<'_>, view: &View, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let finds: Vec<_> =
        view.ids.iter().map(|id| session.fetch_if_there(Call::get(&["templates", id]))).collect();
    let found: Vec<_> = stream::iter(finds).buffered(CONCURRENCY).try_collect().await?;
    for document in found.iter().flatten() {
        let image = document.read(|root| {
            let template = template(root)?;
            Ok(view.admits(&template).then(|| template.image.into_owned()))
        })?;
        if let Some(image) = image {
            cloud.emit(&Resource::Image(image)).await?;
        }
    }
    Ok(())
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let (image, _) = find(session, id).await?;
    cloud.emit(&Resource::Image(image)).await.map(|_| ())
}

/// The template with this id, and the cluster that it is of.
///
/// # Errors
/// `NotFound` when there is none, or none that the provider's scope lets be seen.
pub(super) async fn find(session: &Session<'_>, id: &Id) -> Result<(Image<'static>, Option<String>), Error> {
    let missing = || Error::not_found(Kind::Image, id.as_str());
    let view = View::of(session, &Filter { ids: vec![id.clone()], ..Filter::default() }).await?;
    let Some(uuid) = view.ids.first() else { return Err(missing()) };
    let document = session.fetch_if_there(Call::get(&["templates", uuid])).await?.ok_or_else(missing)?;
    let found = document.read(|root| {
        let template = template(root)?;
        let cluster = template.cluster.as_deref().map(str::to_owned);
        Ok(view.admits(&template).then(|| (template.image.into_owned(), cluster)))
    })?;
    found.ok_or_else(missing)
}

/// Reads a `template`.
pub(super) fn template<'a>(element: &mut Element<'a>) -> Result<Template<'a>, Malformed> {
    if element.name() != "template" {
        return Err(Malformed::new("it is not a template"));
    }
    let mut image = Image {
        id: id_of(element)?,
        name: Cow::Borrowed(""),
        description: Cow::Borrowed(""),
        owner: Cow::Borrowed(""),
        architecture: None,
        state: ImageState::Available,
        created: None,
        tags: Default::default(),
    };
    let mut cluster = None;
    element.children(|child| {
        match child.name() {
            "name" => image.name = child.text()?,
            "description" => image.description = child.text()?,
            "status" => image.state = states::template(&word(child)?),
            "cpu" => image.architecture = cpu(child)?.architecture.map(Cow::Borrowed),
            "creation_time" => image.created = moment(child)?,
            "cluster" => cluster = child.attribute("id")?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(Template { image, cluster })
}
