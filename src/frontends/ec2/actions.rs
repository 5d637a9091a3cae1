//! Actions: the request for one, and what becomes of it.

use std::{collections::HashSet, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    defaults,
    dialect::Dialect,
    envelope::{Body, Context, Envelope, Rehearsal},
    errors::{Fault, quoted},
    filters::Filters,
    ids,
    listing::{Expected, Listing},
    pages::{Bounds, Page, TokenKey},
    parameters::Parameters,
    sts,
    table::{ACTIONS, REFUSED},
};
use crate::{
    frontends::{Call, Caller, Encode, Idempotency},
    model::{Capabilities, Filter, Id, Kind, Operation, Spec, TagChange, Verb},
};

/// An action of the API.
pub(super) struct Action {
    /// Its name, as in `Action=`.
    pub(super) name: &'static str,
    /// What it does, in a line.
    pub(super) summary: &'static str,
    /// What a request for it asks of the cloud, and how it is answered.
    pub(super) decode: fn(&Query<'_>) -> Result<Answer, Fault>,
}

/// The longest token by which a client tells its requests apart, as in EC2.
const LONGEST_TOKEN: usize = 64;
/// Parameters that say who asks, when and in which version, and not what.
const NOT_ASKED: [&str; 18] = [
    "AWSAccessKeyId",
    "ClientToken",
    "DryRun",
    "Expires",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
    "Version",
    "X-Amz-Algorithm",
    "X-Amz-Content-Sha256",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];

/// What two requests must have in common to be for pages of the same list.
const SCOPE: [&str; 4] = ["Filter", "GroupName", "Owner", "IncludeAllInstances"];

/// The names of the actions, and what each does.
pub fn actions() -> impl Iterator<Item = (&'static str, &'static str)> {
    ACTIONS.iter().chain(sts::ACTIONS).map(|action| (action.name, action.summary))
}

/// The action that a request is for.
///
/// # Errors
/// When there is none, or it is not known.
pub(super) fn find(parameters: &Parameters, dialect: Dialect) -> Result<&'static Action, Fault> {
    let missing = || Fault::bad("MissingAction", "The request must contain the parameter Action");
    let name = parameters.text("Action").ok_or_else(missing)?;
    if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        return Err(Fault::unsupported(format!("{name} is not done here: {why}")));
    }
    let unknown = || {
        Fault::bad("InvalidAction", format!("The action {} is not valid for this web service.", quoted(name)))
    };
    let actions = if dialect == Dialect::Sts { sts::ACTIONS } else { ACTIONS };
    actions.iter().find(|action| action.name == name).ok_or_else(unknown)
}

/// A request for an action.
pub(super) struct Query<'a> {
    /// Its parameters.
    pub(super) parameters: &'a Parameters,
    /// Who sent it.
    pub(super) caller: Option<&'a Caller>,
    /// What its answer has to know of it.
    pub(super) context: Arc<Context>,
    /// What the cloud can do.
    pub(super) cloud: &'a Capabilities,
    /// With what tokens are sealed.
    pub(super) key: TokenKey,
    /// The most instances that it may make.
    pub(super) most_instances: u32,
}

/// What is asked of the cloud, and how it is answered.
pub(super) struct Answer {
    before: Vec<Operation>,
    operation: Option<Operation>,
    encode: Box<dyn Encode>,
}

impl Answer {
    /// The same, once this is known.
    pub(super) fn after(self, before: Operation) -> Self {
        Answer { before: vec![before], ..self }
    }
}

impl Action {
    /// What a request for it asks of the cloud.
    ///
    /// # Errors
    /// When it makes no sense, or is beyond the cloud.
    pub(super) fn decode(&self, query: &Query<'_>) -> Result<Call, Fault> {
        let Answer { before, operation, encode } = (self.decode)(query)?;
        let unsupported = |operation: &Operation| {
            let (verb, kind) = operation.pair();
            !query.cloud.supports(verb, kind)
        };
        if before.iter().chain(&operation).any(unsupported) {
            return Err(query.incapable(&format!("do {}", self.name)));
        }
        if query.parameters.flag("DryRun")? {
            let subject = operation.or_else(|| before.into_iter().next());
            return Ok(rehearsal(self.name, subject, query));
        }
        let idempotency =
            operation.as_ref().map(|operation| idempotency(operation, query)).transpose()?.flatten();
        Ok(Call { action: self.name, before, operation, idempotency, upload: None, encode })
    }
}

/// What tells a request that makes something from others: the client's token, and all that it asks. A key pair's private
/// part is shown only once, so it cannot be answered for twice.
fn idempotency(operation: &Operation, query: &Query<'_>) -> Result<Option<Idempotency>, Fault> {
    let made = operation.creates().map(Spec::kind).filter(|kind| *kind != Kind::Key);
    let token = query.parameters.text("ClientToken").filter(|_| made.is_some());
    let Some(token) = token else { return Ok(None) };
    if token.len() > LONGEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("ClientToken has at most {LONGEST_TOKEN} ASCII characters, and no space");
        return Err(Fault::invalid(message));
    }
    let asked = query.parameters.canonical_but(&NOT_ASKED);
    Ok(Some(Idempotency { token: token.to_owned(), fingerprint: Sha256::digest(asked).into() }))
}

/// In place of the operation, one without effect that proves the credentials and that what it is about exists.
fn rehearsal(action: &'static str, operation: Option<Operation>, query: &Query<'_>) -> Call {
    if let Some(Operation::Tag(things, _)) = operation {
        // Nothing is written on them, but they have to be there.
        let nothing = Operation::Tag(things, TagChange::Set(Vec::new()));
        let encode = Rehearsal { context: query.context.clone(), expected: Expected::default() };
        return Call::of(action, nothing, encode);
    }
    let subject = operation.map(|operation| match operation {
        Operation::List(kind, filter) => (kind, filter.ids),
        Operation::Show(Kind::Console, id) => (Kind::Instance, vec![id]),
        Operation::Create(spec) | Operation::CreateWith(spec, _) => match *spec {
            Spec::Instance(spec) => (Kind::Image, vec![spec.image]),
            Spec::Image(spec) => (Kind::Instance, vec![spec.instance]),
            Spec::Snapshot(spec) => (Kind::Volume, vec![spec.volume]),
            Spec::Subnet(spec) => (Kind::Network, vec![spec.network]),
            Spec::NetworkInterface(spec) => (Kind::Instance, vec![spec.instance]),
            Spec::Blob(spec) => (Kind::Bucket, vec![spec.bucket]),
            // What it is about is not there yet: any list proves the credentials.
            spec @ (Spec::Key(_)
            | Spec::Volume(_)
            | Spec::Network(_)
            | Spec::Address
            | Spec::Firewall(_)
            | Spec::LoadBalancer(_)
            | Spec::Bucket(_)) => (spec.kind(), Vec::new()),
        },
        Operation::Read(id) => (Kind::Blob, vec![id]),
        Operation::Act(_, ids) => (Kind::Instance, ids),
        Operation::Change(id, change) => (change.kind(), vec![id]),
        Operation::Tag(..) => (Kind::Tag, Vec::new()),
        Operation::Show(kind, id) if kind != Kind::Note => (kind, vec![id]),
        Operation::Note(id, _) | Operation::Show(_, id) => (Kind::Instance, vec![id]),
        Operation::Destroy(kind, ids) => (kind, ids),
    });
    let expected = subject.as_ref().map(|(kind, ids)| Expected::new(*kind, ids)).unwrap_or_default();
    let operation = subject.map(|(kind, ids)| {
        let at_most = ids.is_empty().then_some(1);
        Operation::List(kind, Filter { ids, at_most, ..Filter::default() })
    });
    let encode = Rehearsal { context: query.context.clone(), expected };
    Call { action, before: Vec::new(), operation, idempotency: None, upload: None, encode: Box::new(encode) }
}

impl Query<'_> {
    /// The cloud's identifier that the client means.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn id(&self, kind: Kind, text: &str) -> Result<Id, Fault> {
        ids::read(kind, text, self.context.ids)
    }

    /// The identifiers in a list, each once.
    ///
    /// # Errors
    /// When one is none, or there are too many.
    pub(super) fn ids(&self, kind: Kind, list: &str) -> Result<Vec<Id>, Fault> {
        let mut seen = HashSet::new();
        let mut ids = Vec::new();
        for text in self.parameters.list(list) {
            let id = self.id(kind, text)?;
            if seen.insert(id.clone()) {
                ids.push(id);
            }
        }
        if ids.len() > ids::MOST {
            return Err(Fault::invalid(format!("{list} has more than {} values", ids::MOST)));
        }
        Ok(ids)
    }

    /// The identifier in a parameter that has to be there.
    ///
    /// # Errors
    /// When it is not, or is none.
    pub(super) fn required_id(&self, kind: Kind, parameter: &'static str) -> Result<Id, Fault> {
        self.id(kind, self.parameters.required(parameter)?)
    }

    /// The identifier in a parameter, if there is one.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn optional_id(&self, kind: Kind, parameter: &str) -> Result<Option<Id>, Fault> {
        self.parameters.text(parameter).map(|text| self.id(kind, text)).transpose()
    }

    /// That the cloud cannot `what`.
    pub(super) fn incapable(&self, what: &str) -> Fault {
        Fault::unsupported(format!("The cloud behind this gateway ({}) cannot {what}", self.cloud.driver))
    }

    /// The cloud's own filter by identifiers: those that the client names, or else those that it filters by.
    pub(super) fn narrow(&self, kind: Kind, ids: &[Id], filters: &Filters) -> Filter {
        let filtered = || {
            let values = filters.exact(ids::filter(kind)?);
            values?.into_iter().map(|text| self.id(kind, text).ok()).collect::<Option<Vec<_>>>()
        };
        let ids = if ids.is_empty() { filtered().unwrap_or_default() } else { ids.to_vec() };
        Filter { ids, tags: filters.tags(), ..Filter::default() }
    }

    /// The same as [`Query::listing`] where the cloud has such things, and the empty set where it has none: for what
    /// clients ask about whatever they are up to.
    ///
    /// # Errors
    /// When the page makes no sense.
    pub(super) fn listing_if_any(
        &self,
        kind: Kind,
        filters: Filters,
        bounds: Option<Bounds>,
        ids: Vec<Id>,
        listing: Listing,
    ) -> Result<Answer, Fault> {
        let filter = self.narrow(kind, &ids, &filters);
        let (filter, listing) = self.page(kind, filter, filters, bounds, ids, listing)?;
        let has_any = self.cloud.offers(Verb::List, kind);
        Ok(self.answer(has_any.then(|| Operation::List(kind, filter)), listing))
    }

    /// A list of the cloud's `asked`, where it has such, together with what stands in for the `kind`'s defaults.
    ///
    /// # Errors
    /// When the page makes no sense.
    pub(super) fn with_defaults(
        &self,
        asked: Kind,
        kind: Kind,
        filters: Filters,
        bounds: Bounds,
        ids: Vec<Id>,
        listing: Listing,
    ) -> Result<Answer, Fault> {
        let (own, asks) = defaults::ask(&ids);
        let zones_matter = kind == Kind::Subnet && (ids.is_empty() || own.len() < ids.len());
        let zones_matter = zones_matter && self.cloud.offers(Verb::List, Kind::Realm);
        let narrowed = self.narrow(asked, &own, &filters);
        let narrowed = Filter { ids: defaults::ask(&narrowed.ids).0, ..narrowed };
        let (filter, listing) = self.page(asked, narrowed, filters, Some(bounds), ids.clone(), listing)?;
        let operation =
            (asks && self.cloud.offers(Verb::List, asked)).then(|| Operation::List(asked, filter));
        let body = defaults::Standing { listing, kind, ids, zones: Vec::new() };
        let answer = self.answer(operation, body);
        let look = || Operation::List(Kind::Realm, Filter::default());
        Ok(if zones_matter { answer.after(look()) } else { answer })
    }

    /// A set that answers a list.
    ///
    /// # Errors
    /// When the page makes no sense.
    pub(super) fn listing(
        &self,
        kind: Kind,
        filter: Filter,
        filters: Filters,
        bounds: Option<Bounds>,
        ids: Vec<Id>,
        listing: Listing,
    ) -> Result<Answer, Fault> {
        let (filter, listing) = self.page(kind, filter, filters, bounds, ids, listing)?;
        Ok(self.answer(Some(Operation::List(kind, filter)), listing))
    }

    /// The part of a list that is shown.
    ///
    /// # Errors
    /// When the page makes no sense.
    pub(super) fn page(
        &self,
        kind: Kind,
        filter: Filter,
        filters: Filters,
        bounds: Option<Bounds>,
        ids: Vec<Id>,
        listing: Listing,
    ) -> Result<(Filter, Listing), Fault> {
        let page = bounds.map(|bounds| self.read_page(bounds, &ids)).transpose()?.unwrap_or_default();
        let at_most = page.reach().filter(|_| filters.is_empty());
        let expected = Expected::new(kind, &ids);
        Ok((Filter { at_most, ..filter }, Listing { expected, filters, page, ..listing }))
    }

    /// An answer to what is asked of the cloud.
    pub(super) fn answer(&self, operation: Option<Operation>, body: impl Body + 'static) -> Answer {
        let encode = Box::new(Envelope { context: self.context.clone(), body });
        Answer { before: Vec::new(), operation, encode }
    }

    fn read_page(&self, bounds: Bounds, ids: &[Id]) -> Result<Page, Fault> {
        let paged = ["MaxResults", "NextToken"].into_iter().find(|name| self.parameters.text(name).is_some());
        let Some(name) = paged else { return Ok(Page::default()) };
        if !ids.is_empty() {
            return Err(Fault::combination(format!("{name} cannot be given together with identifiers")));
        }
        let scope = format!("{}\n{}", self.context.action, self.parameters.canonical(&SCOPE));
        Page::read(self.parameters, bounds, self.key, &scope)
    }
}
