//! Events, jobs, tags, users and statistics.

use uuid::Uuid;

use super::super::model::{EngineEvent, Job, Tag, User};
use super::super::reply::View;
use super::super::xml::Xml;

const DOMAIN: &str = "696E7465726E616C2D617574687A";

pub fn tag(_: &View<'_>, tag: &Tag, x: &mut Xml<'_>) {
    let href = format!("{}/tags/{}", x.dialect.prefix, tag.id);
    x.resource("tag", &href, tag.id, |x| {
        x.text("name", &tag.name);
        x.text("description", &tag.description);
        let Some(parent) = tag.parent else { return };
        if x.dialect.v3() {
            x.group("parent", |x| x.reference("tag", "tags", parent));
        } else {
            x.reference("parent", "tags", parent);
        }
    });
}

/// The tags that a machine or a template carries.
pub fn tags_of(view: &View<'_>, ids: &[Uuid], x: &mut Xml<'_>) {
    for id in ids {
        if let Some(found) = view.inventory.tags.get(*id, view.now) {
            tag(view, found, x);
        }
    }
}

pub fn user(_: &View<'_>, user: &User, x: &mut Xml<'_>) {
    let href = format!("{}/users/{}", x.dialect.prefix, user.id);
    let (principal, profile) = user.name.split_once('@').unwrap_or((&user.name, ""));
    let v3 = x.dialect.v3();
    x.resource("user", &href, user.id, |x| {
        x.text("name", principal);
        x.links(&href, &["roles", "permissions", "tags"]);
        let domain = |x: &mut Xml<'_>| {
            let href = format!("{}/domains/{DOMAIN}", x.dialect.prefix);
            x.resource("domain", &href, DOMAIN, |x| x.text("name", format_args!("{profile}-authz")));
        };
        if v3 {
            domain(x);
        }
        x.text("namespace", "*");
        if v3 {
            x.text("user_name", format_args!("{}-authz", user.name));
        }
        x.text("principal", principal);
        if !v3 {
            x.text("user_name", format_args!("{}-authz", user.name));
            domain(x);
        }
    });
}

pub fn job(view: &View<'_>, job: &Job, x: &mut Xml<'_>) {
    let href = format!("{}/jobs/{}", x.dialect.prefix, job.id);
    let v3 = x.dialect.v3();
    let done = view.now >= job.ends;
    let word = if done { "finished" } else { "started" };
    let word = if v3 { x.dialect.word(word) } else { word.to_owned() };
    x.resource("job", &href, job.id, |x| {
        x.actions(&href, &["clear", "end"]);
        x.text("description", &job.description);
        x.links(&href, &["steps"]);
        if v3 {
            x.state("status", &word);
            x.reference("owner", "users", job.owner);
        } else {
            x.text("auto_cleared", true);
        }
        if done && !v3 {
            x.time("end_time", job.ends);
        }
        if !v3 {
            x.text("external", false);
            x.time("last_updated", job.started);
        }
        x.time("start_time", job.started);
        if v3 {
            if done {
                x.time("end_time", job.ends);
            }
            x.time("last_updated", job.started);
            x.text("external", false);
            x.text("auto_cleared", true);
        } else {
            x.text("status", &word);
            x.reference("owner", "users", job.owner);
        }
    });
}

pub fn event(_: &View<'_>, event: &EngineEvent, x: &mut Xml<'_>) {
    let href = format!("{}/events/{}", x.dialect.prefix, event.id);
    x.resource("event", &href, event.id, |x| {
        x.text("description", &event.description);
        x.text("code", event.code);
        if x.dialect.v3() {
            x.text("severity", &event.severity);
            x.time("time", event.time);
            x.text("correlation_id", &event.correlation);
            references(event, x);
            x.text("origin", &event.origin);
            x.text("custom_id", event.custom_id);
            return x.text("flood_rate", 0);
        }
        x.text("correlation_id", &event.correlation);
        x.text("custom_id", event.custom_id);
        x.text("flood_rate", 0);
        x.text("index", event.id);
        x.text("origin", &event.origin);
        x.text("severity", &event.severity);
        x.time("time", event.time);
        references(event, x);
    });
}

fn references(event: &EngineEvent, x: &mut Xml<'_>) {
    if let Some(user) = event.user {
        x.reference("user", "users", user);
    }
    if let Some(vm) = event.vm {
        x.reference("vm", "vms", vm);
    }
}
