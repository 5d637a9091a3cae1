//! `AuthorizeSecurityGroupIngress` and `RevokeSecurityGroupIngress`: all of what is asked, or nothing.
//!
//! The group is looked at first: a permission that is there already, or that is not there, is found out before anything
//! is done.

use super::{
    actions::{Answer, Query},
    envelope::{Body, Context},
    errors::Fault,
    groups, permissions,
};
use crate::{
    model::{
        Change, Direction, Error, ErrorKind, Firewall, Flow, Id, Kind, Operation, Resource, Rule, RuleSpec,
        Verb,
    },
    wire::xml::Writer,
};

/// What has to be changed of a group so that it lets in these, or not.
type Plan = fn(&Firewall<'_>, &[RuleSpec]) -> Result<Vec<Change>, Error>;

/// `AuthorizeSecurityGroupIngress`
pub(super) fn authorize(query: &Query<'_>) -> Result<Answer, Fault> {
    change(query, plan_to_authorize)
}

/// `RevokeSecurityGroupIngress`
pub(super) fn revoke(query: &Query<'_>) -> Result<Answer, Fault> {
    change(query, plan_to_revoke)
}

fn change(query: &Query<'_>, plan: Plan) -> Result<Answer, Fault> {
    let id = groups::named(query)?;
    let specs = permissions::read(query)?;
    if !query.cloud.supports(Verb::Change, Kind::Firewall) {
        return Err(query.incapable(&format!("do {}", query.context.action)));
    }
    let body = Changed { specs, plan, operations: Vec::new() };
    Ok(query.answer(None, body).after(Operation::Show(Kind::Firewall, id)))
}

fn plan_to_authorize(firewall: &Firewall<'_>, specs: &[RuleSpec]) -> Result<Vec<Change>, Error> {
    if specs.iter().any(|spec| ingress(firewall).any(|rule| permissions::is_in(spec, rule))) {
        let message = "the specified rule already exists";
        return Err(Error::new(ErrorKind::AlreadyExists, message));
    }
    Ok(specs.iter().cloned().map(Change::Authorize).collect())
}

fn plan_to_revoke(firewall: &Firewall<'_>, specs: &[RuleSpec]) -> Result<Vec<Change>, Error> {
    let going: Vec<_> = ingress(firewall).filter(|rule| permissions::is_covered(rule, specs)).collect();
    if !specs.iter().all(|spec| going.iter().any(|rule| permissions::is_in(spec, rule))) {
        let message = "The specified rule does not exist in this security group.";
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    Ok(going.into_iter().map(|rule| Change::Revoke { rule: rule.id.as_ref().into() }).collect())
}

fn ingress<'f, 'r>(firewall: &'f Firewall<'r>) -> impl Iterator<Item = &'f Rule<'r>> {
    firewall.rules.iter().filter(|rule| rule.direction == Direction::Ingress)
}

/// Decides what is to be done by what the group lets in, and says that it was done.
struct Changed {
    specs: Vec<RuleSpec>,
    plan: Plan,
    operations: Vec<Operation>,
}

impl Body for Changed {
    fn note(&mut self, resource: &Resource<'_>) -> Result<(), Error> {
        let Resource::Firewall(firewall) = resource else { return Ok(()) };
        let id = Id::from(firewall.id.as_ref());
        let changes = (self.plan)(firewall, &self.specs)?;
        self.operations = changes.into_iter().map(|change| Operation::Change(id.clone(), change)).collect();
        Ok(())
    }

    fn decide(&mut self) -> Vec<Operation> {
        std::mem::take(&mut self.operations)
    }

    fn item(&mut self, _: &Resource<'_>, _: &Context, _: &mut Writer<'_>) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.text("return", "true");
        Ok(())
    }
}
