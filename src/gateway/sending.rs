//! A request's body on its way to a back end, while that is listened to.

use std::time::Duration;

use bytes::Bytes;
use pingora::protocols::http::v1::client::HttpSession;

use super::transport::{broken, counted, final_answer, is_answered};
use crate::{exchange::Body, model::Error};

/// How long a back end that takes no more is listened to for the reason.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Sends `body` after its request's head, and reads up to the head of the final answer. A back end that answers before
/// the body is through gets no more of it. Whether the body went through.
///
/// The back end is to take each piece within the time for writes of the session, and to answer within `patience` after
/// the last one.
///
/// # Errors
/// What `body` fails with, or when the connection breaks without an answer.
pub(super) async fn send(
    session: &mut HttpSession,
    patience: Option<Duration>,
    body: &mut dyn Body,
) -> Result<bool, Error> {
    // It says nothing for as long as the client takes.
    session.read_timeout = None;
    let (mut interim, mut taken) = (0, 0);
    while !is_answered(session) {
        let piece = tokio::select! {
            biased;
            heard = session.read_response() => {
                heard.and_then(|_| counted(&mut interim)).map_err(|error| broken(&error))?;
                continue;
            }
            piece = body.next() => piece?,
        };
        taken += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        // Who has counted to the announced length may answer before it is said that this was all.
        let is_last = piece.is_none() || body.length() == Some(taken);
        if let Err(error) = write(session, piece, is_last).await {
            return last_words(session, &error).await.map(|()| false);
        }
        if is_last {
            session.read_timeout = patience;
            return final_answer(session).await.map(|()| true).map_err(|error| broken(&error));
        }
    }
    session.read_timeout = patience;
    Ok(false)
}

async fn write(session: &mut HttpSession, piece: Option<Bytes>, is_last: bool) -> pingora::Result<()> {
    if let Some(piece) = piece {
        session.write_body(&piece).await?;
    }
    if is_last { session.finish_body().await.map(|_| ()) } else { Ok(()) }
}

/// What a back end has said that takes no more; `error` when nothing.
async fn last_words(session: &mut HttpSession, error: &pingora::Error) -> Result<(), Error> {
    session.read_timeout = Some(LAST_WORDS);
    final_answer(session).await.map_err(|_| broken(error))
}
