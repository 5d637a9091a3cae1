//! STS, as far as EC2's clients need it: who they are, and temporary credentials.
//!
//! Source: the [STS API reference](https://docs.aws.amazon.com/STS/latest/APIReference/). Whoever may ask at all may ask
//! this, and no cloud is needed for the answer.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use super::{
    actions::{Action, Answer, Query},
    envelope::{Body, Context},
    errors::Fault,
    scalars,
};
use crate::{
    frontends::Caller,
    model::{Error, Flow, Resource},
    wire::{sign::session::Session, xml::Writer},
};

/// The actions of STS.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "GetCallerIdentity",
        summary: "who the access key, or the user and password, stands for",
        decode: get_caller_identity,
    },
    Action {
        name: "GetSessionToken",
        summary: "temporary credentials of an access key",
        decode: get_session_token,
    },
];

/// How long a session may last, in seconds.
const DURATION_SECONDS: std::ops::RangeInclusive<u32> = 900..=129_600;
/// How long it lasts when the client does not say, in seconds.
const USUAL_DURATION_SECONDS: u32 = 43_200;

/// `GetCallerIdentity`
fn get_caller_identity(query: &Query<'_>) -> Result<Answer, Fault> {
    let user = caller(query)?.user.clone();
    Ok(query.answer(None, Identity { user }))
}

/// `GetSessionToken`. A second factor (`SerialNumber`, `TokenCode`) is nothing that can be checked here.
fn get_session_token(query: &Query<'_>) -> Result<Answer, Fault> {
    if query.parameters.text("SerialNumber").or(query.parameters.text("TokenCode")).is_some() {
        return Err(Fault::unsupported(
            "There are no MFA devices here: leave SerialNumber and TokenCode out",
        ));
    }
    let seconds = query.parameters.number("DurationSeconds")?.unwrap_or(USUAL_DURATION_SECONDS);
    if !DURATION_SECONDS.contains(&seconds) {
        let (least, most) = (DURATION_SECONDS.start(), DURATION_SECONDS.end());
        return Err(Fault::invalid(format!("DurationSeconds is from {least} to {most}, not {seconds}")));
    }
    let issuer = caller(query)?.issuer.as_ref().ok_or_else(no_lasting_key)?;
    let lasts = SignedDuration::from_secs(i64::from(seconds));
    let end = query.context.now.checked_add(lasts).unwrap_or(Timestamp::MAX);
    let session = issuer.issue(end).ok_or_else(|| Fault::invalid("The access key is too long"))?;
    Ok(query.answer(None, Credentials { session, end }))
}

fn caller<'a>(query: &Query<'a>) -> Result<&'a Caller, Fault> {
    query.caller.ok_or_else(Fault::anonymous)
}

fn no_lasting_key() -> Fault {
    let message = "Sign with an access key that is no session's: nothing else makes sessions";
    Fault { code: "AccessDenied", status: http::StatusCode::FORBIDDEN, message: message.to_owned() }
}

/// Who is asking.
struct Identity {
    user: String,
}

impl Body for Identity {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.text("Arn", &format!("arn:aws:iam::{}:user/{}", context.owner, self.user));
        xml.text("UserId", &self.user);
        xml.text("Account", &context.owner);
        Ok(())
    }
}

/// A session that was made.
struct Credentials {
    session: Session,
    end: Timestamp,
}

impl Body for Credentials {
    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.open("Credentials");
        xml.text("AccessKeyId", &self.session.access_key);
        xml.text("SecretAccessKey", self.session.secret.expose_secret());
        xml.text("SessionToken", &self.session.token);
        xml.text("Expiration", scalars::timestamp(self.end).as_str());
        xml.close("Credentials");
        Ok(())
    }
}
