//! Doing what was asked, on the account that was chosen, and answering as it goes.

use std::sync::Arc;

use async_trait::async_trait;
use pingora_proxy::Session;

use super::{
    accounts::Account,
    answer::{Answer, Finished},
    intake::Incoming,
    journey::Journey,
    once::Once,
    proxy::Gateway,
};
use crate::{
    exchange::{Cloud, Collected, Identity, Nobody, Promises, Receiver, View, Withdrawn, superseded},
    frontends::{Call, Encode},
    model::{
        Error, ErrorKind, Filter, Flow, Id, Instance, InstanceState, Kind, Operation, Resource, Side, Sink,
    },
};

/// What is to be done, for whom, where.
pub(super) struct Task {
    pub(super) account: Arc<Account>,
    pub(super) identity: Identity,
    /// Whether the gateway itself has verified who it is; otherwise the back end does, at the first call.
    pub(super) proven: bool,
    pub(super) call: Call,
    /// What is stored of the request's body, where it is not read whole.
    pub(super) body: Option<Incoming>,
}

impl Gateway {
    /// Does what was asked, and lets the answer leave as it comes to be.
    ///
    /// # Errors
    /// When the client is gone, or the answer had to be broken off.
    pub(super) async fn perform(
        &self,
        session: &mut Session,
        journey: &mut Journey,
        task: Task,
    ) -> Result<Finished, Error> {
        let Task { account, identity, proven, mut call, body } = task;
        let promises = &account.promises;
        for before in &call.before {
            let view = told(promises, &identity.user).await;
            let mut notes = Notes { encode: call.encode.as_mut(), view };
            if let Err(error) = self.attempt(before, journey, &account, &identity, &mut notes).await {
                let answer = Answer::new(session, journey, call.encode, None, View::default());
                return self.answer(journey, &account, answer, Err(error)).await;
            }
        }
        if call.operation.is_none() && !call.before.is_empty() {
            let decided = call.encode.decide();
            match self.all_but_the_last(decided, journey, &account, &identity).await {
                Ok(last) => call.operation = last,
                Err(error) => {
                    let answer = Answer::new(session, journey, call.encode, None, View::default());
                    return self.answer(journey, &account, answer, Err(error)).await;
                }
            }
        }
        let proven = proven || !call.before.is_empty();
        let Some(operation) = call.operation else {
            let answer = Answer::new(session, journey, call.encode, None, View::default());
            let proof = if proven { Ok(()) } else { self.prove(journey, &account, &identity).await };
            return self.answer(journey, &account, answer, proof).await;
        };
        let begun = async {
            if call.idempotency.is_some() && !proven {
                // What is kept of tokens is not read or changed in the name of somebody else.
                self.prove(journey, &account, &identity).await?;
            }
            Once::begin(&account.overlay, &identity, call.action, call.idempotency, operation).await
        };
        let begun = Box::pin(begun).await;
        let (once, operation) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                let answer = Answer::new(session, journey, call.encode, None, View::default());
                return self.answer(journey, &account, answer, Err(error)).await;
            }
        };
        let told = told(promises, &identity.user).await;
        let overruled = Box::pin(self.overrule(&operation, &told, journey, &account, &identity)).await;
        let withdrawn = match overruled {
            Ok(withdrawn) => withdrawn,
            Err(error) => {
                let answer = Answer::new(session, journey, call.encode, None, View::default());
                return self.answer(journey, &account, answer, Err(error)).await;
            }
        };
        let view = match superseded(&operation) {
            [] => told.clone(),
            _ => self::told(promises, &identity.user).await,
        };
        let mut answer = Answer::new(session, journey, call.encode, Some(&operation), view).taking(body);
        let mut result = self.run(operation, &told, journey, &account, &identity, &mut answer).await;
        if let (Ok(()), Some(after)) = (&result, answer.after()) {
            result = self.attempt(&after, journey, &account, &identity, &mut answer).await;
        }
        once.end(&result, &answer.made).await;
        match &result {
            Ok(()) => withdrawn.give_up().await,
            Err(_) => withdrawn.restore(|id| answer.has_shown(id)).await,
        }
        for instance in std::mem::take(&mut answer.terminated) {
            promises.bury(&identity.user, instance).await;
        }
        self.answer(journey, &account, answer, result).await
    }

    async fn answer(
        &self,
        journey: &Journey,
        account: &Account,
        answer: Answer<'_>,
        result: Result<(), Error>,
    ) -> Result<Finished, Error> {
        let Err(error) = result else { return answer.finish().await };
        if error.kind() == ErrorKind::Unexpected {
            self.metrics.translation_failure(account.provider.driver);
        }
        log_failure(&journey.request_id, &error);
        answer.fail(&error).await
    }

    /// Withdraws what was promised of the instances that the operation acts on.
    ///
    /// # Errors
    /// When the user has no such instances, which is asked of the back end before his word counts, when one of
    /// them is being destroyed and something else is asked of it, or when the store cannot be used and the operation may
    /// have to be promised.
    async fn overrule(
        &self,
        operation: &Operation,
        told: &View,
        journey: &Journey,
        account: &Account,
        identity: &Identity,
    ) -> Result<Withdrawn, Error> {
        let (promises, ids) = (&account.promises, superseded(operation));
        if promises_something(operation) {
            promises.ready().await?;
        }
        let outstanding = promises.outstanding(ids).await?;
        if outstanding.is_empty() {
            return promises.withdraw(ids).await;
        }
        let mut found = Collected::default();
        let look = Operation::List(Kind::Instance, Filter { ids: ids.to_vec(), ..Filter::default() });
        self.attempt(&look, journey, account, identity, &mut found).await?;
        let is_seen = |id: &Id| found.0.iter().any(|instance| instance.id == id.as_str());
        if let Some(id) = ids.iter().find(|id| !is_seen(id) && told.departing(id).is_none()) {
            return Err(Error::not_found(Kind::Instance, id.as_str()));
        }
        let is_act = matches!(operation, Operation::Act(..));
        match outstanding.iter().find(|promised| is_act && matches!(promised, Operation::Destroy(..))) {
            Some(Operation::Destroy(_, going)) => Err(being_destroyed(going)),
            _ => promises.withdraw(ids).await,
        }
    }

    /// Performs the operation; what it destroys and is gone already is left out, and shown as it is. `told` is what
    /// the user was told before anything was withdrawn for it.
    async fn run(
        &self,
        mut operation: Operation,
        told: &View,
        journey: &Journey,
        account: &Account,
        identity: &Identity,
        answer: &mut Answer<'_>,
    ) -> Result<(), Error> {
        loop {
            match self.attempt(&operation, journey, account, identity, answer).await {
                Ok(()) => break,
                Err(error) => {
                    for gone in leave_out(&mut operation, told, &error).ok_or(error)? {
                        answer.put(&Resource::Instance(gone))?;
                    }
                    if matches!(&operation, Operation::Destroy(_, ids) if ids.is_empty()) {
                        break;
                    }
                }
            }
        }
        let departed = account.overlay.lay_over(identity, answer.departed(&operation)).await;
        answer.put_departed(departed)?;
        answer.flush().await
    }

    /// Performs these but the last one, which is left.
    async fn all_but_the_last(
        &self,
        mut operations: Vec<Operation>,
        journey: &Journey,
        account: &Account,
        identity: &Identity,
    ) -> Result<Option<Operation>, Error> {
        let last = operations.pop();
        for operation in &operations {
            self.attempt(operation, journey, account, identity, &mut Nobody).await?;
        }
        Ok(last)
    }

    async fn attempt(
        &self,
        operation: &Operation,
        journey: &Journey,
        account: &Account,
        identity: &Identity,
        receiver: &mut dyn Receiver,
    ) -> Result<(), Error> {
        let (provider, transport) = (account.provider.as_ref(), self.transport.as_ref());
        let promises = Some(&account.promises);
        let mut cloud = Cloud::new(provider, identity, transport, promises, &journey.tally, receiver);
        account.driver.perform(operation, &mut cloud).await
    }

    /// Has the back end say that the user is who he says: what the front end answers by itself is not for everybody.
    async fn prove(&self, journey: &Journey, account: &Account, identity: &Identity) -> Result<(), Error> {
        let any = Operation::List(Kind::Realm, Filter { at_most: Some(1), ..Filter::default() });
        self.attempt(&any, journey, account, identity, &mut Nobody).await
    }
}

/// What the user was told; nothing where the store is away, because what he reads is not kept from him for that.
async fn told(promises: &Promises, user: &str) -> View {
    promises.view(user).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "instances are shown as the cloud has them: what was promised of them is not known");
        View::default()
    })
}

/// Whether a driver may have to promise what it cannot do at once.
fn promises_something(operation: &Operation) -> bool {
    let creates_instance = operation.creates().is_some_and(|spec| spec.kind() == Kind::Instance);
    creates_instance || !superseded(operation).is_empty()
}

/// Takes the instances that were told to be going or gone out of what is to be destroyed, if `error` misses one of
/// them: destroying that again succeeds. Those that the cloud still has are left in.
fn leave_out(operation: &mut Operation, told: &View, error: &Error) -> Option<Vec<Instance<'static>>> {
    let Operation::Destroy(Kind::Instance, ids) = operation else { return None };
    let (ErrorKind::NotFound, Some((Kind::Instance, missing))) = (error.kind(), error.subject()) else {
        return None;
    };
    told.departing(missing).filter(|_| ids.contains(missing))?;
    let is_gone = |instance: &Instance<'_>| {
        instance.state == InstanceState::Terminated || instance.id == missing.as_str()
    };
    let gone: Vec<_> = ids.iter().filter_map(|id| told.departing(id)).filter(is_gone).collect();
    ids.retain(|id| !gone.iter().any(|instance| instance.id == id.as_str()));
    let as_gone = |was: Instance<'static>| {
        let previous = Some(was.state);
        Instance { previous, state: InstanceState::Terminated, ..was }
    };
    Some(gone.into_iter().map(as_gone).collect())
}

fn being_destroyed(ids: &[Id]) -> Error {
    let id = ids.first().map(Id::as_str).unwrap_or_default();
    let message = format!("instance '{id}' is being terminated: nothing else can be done with it");
    Error::new(ErrorKind::IncorrectState, message).about(Kind::Instance, id)
}

/// Writes a failure where the operator looks, as loudly as it is his.
pub(super) fn log_failure(request_id: &str, error: &Error) {
    match error.kind().side() {
        Side::Client => tracing::debug!(%request_id, %error, "a request was refused"),
        Side::Cloud => tracing::warn!(%request_id, %error, "a back end failed"),
        Side::Gateway => tracing::error!(%request_id, %error, "the gateway failed"),
    }
}

/// Lets the front end take note of what it has to know before the operation is done.
struct Notes<'a> {
    encode: &'a mut dyn Encode,
    /// What the user was told: it counts here as it does in an answer.
    view: View,
}

impl Sink for Notes<'_> {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        if let Resource::Instance(instance) = resource
            && let Some(shown) = self.view.amend(instance)
        {
            return self.encode.note(&Resource::Instance(shown));
        }
        self.encode.note(resource)
    }
}

#[async_trait]
impl Receiver for Notes<'_> {
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn has_begun(&self) -> bool {
        false
    }
}
