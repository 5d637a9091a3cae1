//! Consoles are Nova's logs of them.

use serde::Deserialize;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::emit,
    read::uuid,
    session::Session,
};
use crate::{
    exchange::Cloud,
    model::{Console, Error, ErrorKind, Id, Kind, Resource},
    wire::json::Text,
};

#[derive(Debug, Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    output: Option<Text<'a>>,
}

/// One call; two when there is nothing yet.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let server = uuid(id.as_str()).ok_or_else(|| Error::not_found(Kind::Console, id.as_str()))?;
    let path = ["servers", &server, "action"];
    let call = Call::post(Service::Compute, &path, "os-getConsoleOutput", Object::default());
    let text = match session.fetch_of(Kind::Console, id.as_str(), call).await {
        Ok(document) => document.read::<Output<'_>>()?.output.map(|text| text.0.into_owned()),
        // Nova says the same of a server that is not there and of one that has no console, or not yet.
        Err(error) if is_for_lack(error.kind()) => {
            let server = Call::get(Service::Compute, &["servers", &server]);
            session.fetch_of(Kind::Console, id.as_str(), server).await.map(|_| None)?
        }
        Err(error) => return Err(error),
    };
    let console = Console { id: server.into(), text: text.unwrap_or_default().into() };
    emit(cloud, Resource::Console(console)).await
}

fn is_for_lack(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::IncorrectState | ErrorKind::Busy)
}
