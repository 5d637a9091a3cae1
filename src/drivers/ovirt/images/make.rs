//! Images are made of VMs that are down, and removed when no VM needs them any more.

use bytes::BytesMut;
use futures_util::{StreamExt, stream};

use super::{
    super::{CONCURRENCY, call::Call, faults::about, instances, names, session::Session},
    find, template,
};
use crate::{
    exchange::Cloud,
    model::{Error, ErrorKind, Id, Image, ImageSpec, Instance, InstanceState, Kind, Resource},
    wire::xml::Writer,
};

/// Two calls. The engine copies the disks after it has answered; the template is locked until then.
pub(in super::super) async fn create(
    session: &Session<'_>,
    spec: &ImageSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let vm = instances::find_one(session, &spec.instance).await?.instance;
    refuse_running(&vm)?;
    let name = names::one(spec.name.as_deref(), "image", session.dialect().longest_template_name);
    let body = document(&name, spec.description.as_deref(), &vm).freeze();
    let made = session.fetch(Call::post(&["templates"], body)).await;
    let made = made.map_err(|error| about(error, Kind::Instance, &vm.id))?;
    let image = made.read(|root| Ok(template(root)?.image.into_owned()))?;
    cloud.emit(&Resource::Image(image)).await.map(|_| ())
}

/// The engine refuses it as well, but with the same words for a VM that runs and for one that is locked.
fn refuse_running(vm: &Instance<'_>) -> Result<(), Error> {
    let (kind, message) = match vm.state {
        InstanceState::Stopped => return Ok(()),
        InstanceState::Creating | InstanceState::Locked => (ErrorKind::Busy, "is locked: try again later"),
        _other => (ErrorKind::IncorrectState, "is not stopped: no image can be made of it"),
    };
    Err(Error::new(kind, format!("instance '{}' {message}", vm.id)).about(Kind::Instance, vm.id.as_ref()))
}

fn document(name: &str, description: Option<&str>, vm: &Instance<'_>) -> BytesMut {
    let mut out = BytesMut::with_capacity(512);
    let mut writer = Writer::new(&mut out);
    writer.open("template").text("name", name);
    if let Some(description) = description {
        writer.text("description", description);
    }
    writer.open_with("vm", &[("id", &vm.id)]).close("vm");
    if let Some(cluster) = &vm.realm {
        writer.open_with("cluster", &[("id", cluster)]).close("cluster");
    }
    writer.close("template");
    out
}

/// All are found before any is destroyed, so that one wrong id leaves the others as they are: two calls for each.
pub(in super::super) async fn destroy(
    session: &Session<'_>,
    ids: &[Id],
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let mut images = Vec::with_capacity(ids.len());
    for id in ids {
        images.push(find(session, id).await?.0);
    }
    let goings: Vec<_> = images.into_iter().map(|image| destroy_one(session, image)).collect();
    let gone = stream::iter(goings).buffered(CONCURRENCY).collect().await;
    cloud.emit_all(gone, Resource::Image).await
}

async fn destroy_one(session: &Session<'_>, image: Image<'static>) -> Result<Image<'static>, Error> {
    match session.act(Call::delete(&["templates", &image.id])).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.about(Kind::Image, image.id.as_ref())),
        Ok(()) | Err(_) => Ok(image),
    }
}
