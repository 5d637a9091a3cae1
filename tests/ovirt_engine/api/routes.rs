//! Which request does what.

use super::super::call::Call;
use super::super::mode::Mode;
use super::super::render::api_root;
use super::super::reply::{Problem, Reply};
use super::tags::Owner;
use super::{
    Answer, Work, actions, consoles, disk_snapshots, disks, kept, lists, log, networks, snapshots, tags,
    templates, vms,
};

/// Answers a request whose sender is known and allowed.
pub fn answer(work: &mut Work<'_>, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    if let Some(first) = path.first().filter(|_| !call.v3()) {
        refuse_unknown_follow(call, first)?;
    }
    match (call.method.as_str(), path.as_slice()) {
        ("GET" | "HEAD", path) => get(work, call, path),
        ("POST", path) => post(work, call, path),
        ("PUT", path) => put(work, call, path),
        ("DELETE", path) => delete(work, call, path),
        ("OPTIONS", _) => Ok(Reply::new(200, super::super::reply::Body::Empty)),
        _ => Err(Problem::MethodNotAllowed),
    }
}

/// An unknown `follow` makes the engine fail; 4.1 does not know the parameter.
fn refuse_unknown_follow(call: &Call, collection: &str) -> Result<(), Problem> {
    let last = if call.path.len() >= 3 { call.path[2].as_str() } else { collection };
    match call.shown.follow.unknown(last).filter(|_| call.mode() >= Mode::V4_4) {
        Some(path) => {
            let detail = format!("Could not find link '{path}'");
            Err(Problem::Fault(500, "Operation Failed".to_owned(), detail))
        }
        None => Ok(()),
    }
}

fn get(work: &Work<'_>, call: &Call, path: &[&str]) -> Answer {
    let attachments = if call.v3() { "disks" } else { "diskattachments" };
    match path {
        [] => Ok(root(work, call)),
        ["capabilities"] if call.v3() => Ok(capabilities(work, call)),
        ["vms"] => vms::list(work, call),
        ["vms", id] => vms::show(work, call, id),
        ["vms", id, "creation_status", task] => vms::creation_status(work, call, id, task),
        ["vms", id, "nics"] => networks::nics(work, call, id),
        ["vms", id, "nics", nic] => networks::show_nic(work, call, id, nic),
        ["vms", id, "nics", nic, "reporteddevices"] => networks::reported_devices(work, call, id, Some(nic)),
        ["vms", id, "reporteddevices"] => networks::reported_devices(work, call, id, None),
        ["vms", id, "snapshots"] => snapshots::list(work, call, id),
        ["vms", id, "snapshots", snapshot] => snapshots::show(work, call, id, snapshot),
        ["vms", id, "tags"] => tags::carried_by(work, call, Owner::Vm, id),
        ["vms", id, "statistics"] => log::vm_statistics(work, call, id),
        ["vms", id, "cdroms"] => consoles::cdroms(work, call, id),
        ["vms", id, "graphicsconsoles"] if call.mode() >= Mode::V3_6 => consoles::list(work, call, id),
        ["vms", _, "permissions" | "affinitylabels", _] => kept::show(work, call),
        ["vms", id, what] if *what == attachments => disks::of_vm(work, call, id),
        ["vms", id, what, disk] if *what == attachments => disks::show_attached(work, call, id, disk),
        ["vms", id, what] => work.vm(call, id).and_then(|_| lists::empty(work, what, call)),
        ["vms", id, "nics", nic, what] => {
            networks::show_nic(work, call, id, nic).and_then(|_| lists::empty(work, what, call))
        }
        ["templates"] => templates::list(work, call),
        ["templates", id] => templates::show(work, call, id),
        ["templates", id, "nics"] => networks::template_nics(work, call, id),
        ["templates", id, "tags"] => tags::carried_by(work, call, Owner::Template, id),
        ["templates", id, what] if *what == attachments => disks::of_template(work, call, id),
        ["templates", id, what] => {
            templates::show(work, call, id).and_then(|_| lists::empty(work, what, call))
        }
        ["disks"] if call.mode() >= Mode::V3_1 => disks::list(work, call),
        ["disks", id] if call.mode() >= Mode::V3_1 => disks::show(work, call, id),
        ["disks", id, what] => disks::show(work, call, id).and_then(|_| lists::empty(work, what, call)),
        other => get_inventory(work, call, other),
    }
}

fn get_inventory(work: &Work<'_>, call: &Call, path: &[&str]) -> Answer {
    let since_3_6 = call.mode() >= Mode::V3_6;
    let id = path.get(1).copied();
    match path {
        ["datacenters"] | ["datacenters", _] => lists::data_centers(work, call, id),
        ["datacenters", id, what] => lists::of_data_center(work, call, id, what),
        ["clusters"] | ["clusters", _] => lists::clusters(work, call, id),
        ["clusters", id, what] => lists::of_cluster(work, call, id, what),
        ["clusters", _, "affinitygroups", _] => kept::show(work, call),
        ["clusters", _, "affinitygroups", _, "vms"] => {
            Ok(Reply::list("vms", kept::all(work, call), |_, vm, x| kept::write(vm, x)))
        }
        ["affinitylabels" | "imagetransfers", _] => kept::show(work, call),
        ["hosts"] | ["hosts", _] => lists::hosts(work, call, id),
        ["hosts", id, what] => {
            lists::hosts(work, call, Some(id)).and_then(|_| lists::empty(work, what, call))
        }
        ["storagedomains"] | ["storagedomains", _] => lists::storage_domains(work, call, id),
        ["storagedomains", id, "disks"] => disks::of_domain(work, call, id),
        ["storagedomains", id, "disksnapshots"] if since_3_6 => disk_snapshots::list(work, call, id),
        ["storagedomains", id, "disksnapshots", one] if since_3_6 => {
            disk_snapshots::show(work, call, id, one)
        }
        ["storagedomains", id, what] => {
            lists::storage_domains(work, call, Some(id)).and_then(|_| lists::empty(work, what, call))
        }
        ["networks"] | ["networks", _] => lists::networks(work, call, id),
        ["networks", id, "vnicprofiles"] if since_3_6 => networks::profiles_of(work, call, id),
        ["networks", id, what] => {
            lists::networks(work, call, Some(id)).and_then(|_| lists::empty(work, what, call))
        }
        ["vnicprofiles"] | ["vnicprofiles", _] if since_3_6 => lists::profiles(work, call, id),
        ["instancetypes"] | ["instancetypes", _] if since_3_6 => lists::instance_types(work, call, id),
        ["operatingsystems"] if since_3_6 => lists::operating_systems(work, call),
        ["tags"] | ["tags", _] => lists::tags(work, call, id),
        ["users"] | ["users", _] => lists::users(work, call, id),
        ["users", id, what] => {
            lists::users(work, call, Some(id)).and_then(|_| lists::empty(work, what, call))
        }
        ["events"] | ["events", _] => log::events(work, call, id),
        ["jobs"] | ["jobs", _] if since_3_6 => log::jobs(work, call, id),
        ["jobs", id, "steps"] if since_3_6 => {
            log::jobs(work, call, Some(id)).and_then(|_| lists::empty(work, "steps", call))
        }
        [collection] if api_root::has(collection, call.mode(), call.v3()) => {
            lists::empty(work, collection, call)
        }
        _ => Err(Problem::NotFound),
    }
}

fn post(work: &mut Work<'_>, call: &Call, path: &[&str]) -> Answer {
    let attachments = if call.v3() { "disks" } else { "diskattachments" };
    match path {
        ["vms"] => vms::create(work, call),
        ["vms", id, "nics"] => networks::add_nic(work, call, id),
        ["vms", id, "nics", nic, "activate"] if call.mode() >= Mode::V3_1 => {
            networks::plug(work, call, id, nic, true)
        }
        ["vms", id, "nics", nic, "deactivate"] if call.mode() >= Mode::V3_1 => {
            networks::plug(work, call, id, nic, false)
        }
        ["vms", id, "disks", disk, "activate"] if call.v3() => disks::plug(work, call, id, disk, true),
        ["vms", id, "disks", disk, "deactivate"] if call.v3() => disks::plug(work, call, id, disk, false),
        ["vms", id, "snapshots"] => snapshots::create(work, call, id),
        ["vms", id, "snapshots", snapshot, "restore"] => snapshots::restore(work, call, id, Some(snapshot)),
        ["vms", id, "previewsnapshot" | "commitsnapshot" | "undosnapshot"] if !call.v3() => {
            snapshots::restore(work, call, id, None)
        }
        ["vms", id, "preview_snapshot" | "commit_snapshot" | "undo_snapshot"] if call.v3() => {
            snapshots::restore(work, call, id, None)
        }
        ["vms", id, "tags"] => tags::attach(work, call, Owner::Vm, id),
        ["templates", id, "tags"] => tags::attach(work, call, Owner::Template, id),
        ["vms", id, what] if *what == attachments => disks::attach(work, call, id),
        ["vms", id, "permissions" | "affinitylabels"] => {
            work.vm(call, id)?;
            kept::create(work, call)
        }
        ["vms", id, "graphicsconsoles", console, action] => consoles::act(work, call, id, console, action),
        ["clusters", id, "affinitygroups"] | ["clusters", id, "affinitygroups", _, "vms"] => {
            lists::clusters(work, call, Some(id))?;
            kept::create(work, call)
        }
        ["affinitylabels" | "imagetransfers" | "permissions"] if call.user.admin => kept::create(work, call),
        ["vms", id, action] => actions::act(work, call, id, action),
        ["templates"] => templates::create(work, call),
        ["templates", id, "export" | "seal"] => templates::act(work, call, id),
        ["tags"] if call.user.admin => tags::create(work, call),
        ["events"] => log::add_event(work, call),
        ["disks"] if call.mode() >= Mode::V3_1 => disks::create(work, call),
        ["disks", id, "copy" | "move" | "export" | "sparsify" | "reduce" | "refreshlun"] => {
            disks::act(work, call, id)
        }
        ["networks"] if call.user.admin => networks::create(work, call),
        ["vnicprofiles"] if call.user.admin => networks::create_profile(work, call),
        ["tags" | "networks" | "vnicprofiles"] => Err(Problem::denied()),
        _ => Err(Problem::NotFound),
    }
}

fn put(work: &mut Work<'_>, call: &Call, path: &[&str]) -> Answer {
    let attachments = if call.v3() { "disks" } else { "diskattachments" };
    match path {
        ["vms", id] => vms::update(work, call, id),
        ["vms", id, "nics", nic] => networks::update_nic(work, call, id, nic),
        ["vms", id, what, disk] if *what == attachments => disks::update_attached(work, call, id, disk),
        ["vms", id, "cdroms", drive] => consoles::change_disc(work, call, id, drive),
        ["disks", id] => disks::update(work, call, id),
        _ => Err(Problem::NotFound),
    }
}

fn delete(work: &mut Work<'_>, call: &Call, path: &[&str]) -> Answer {
    let attachments = if call.v3() { "disks" } else { "diskattachments" };
    match path {
        ["vms", id] => vms::remove(work, call, id),
        ["vms", id, "nics", nic] => networks::remove_nic(work, call, id, nic),
        ["vms", id, "snapshots", snapshot] => snapshots::remove(work, call, id, snapshot),
        ["vms", id, "tags", tag] => tags::detach(work, call, Owner::Vm, id, tag),
        ["templates", id, "tags", tag] => tags::detach(work, call, Owner::Template, id, tag),
        ["vms", id, what, disk] if *what == attachments => disks::detach(work, call, id, disk),
        ["templates", id] => templates::remove(work, call, id),
        ["disks", id] => disks::remove(work, call, id),
        ["storagedomains", id, "disksnapshots", one] if call.mode() >= Mode::V3_6 => {
            disk_snapshots::remove(work, call, id, one)
        }
        ["vms", _, "permissions" | "affinitylabels", _] | ["affinitylabels" | "imagetransfers", _] => {
            kept::remove(work, call)
        }
        ["clusters", _, "affinitygroups", _] | ["clusters", _, "affinitygroups", _, "vms", _] => {
            kept::remove(work, call)
        }
        ["tags", id] if call.user.admin => tags::remove(work, call, id),
        ["tags", _] => Err(Problem::denied()),
        _ => Err(Problem::NotFound),
    }
}

fn root(work: &Work<'_>, call: &Call) -> Reply {
    let user = call.user.id;
    let reply = Reply::resource(200, &work.view(call), |view, x| api_root::api(view, user, x));
    let authority = call.header("host").unwrap_or("localhost");
    let dialect = &call.shown.dialect;
    reply.with("link", api_root::link_header(authority, &dialect.prefix, dialect.mode, dialect.v3()))
}

/// The part of v3's capabilities that clients look into: the version and its custom properties.
fn capabilities(work: &Work<'_>, call: &Call) -> Reply {
    let (major, minor) = call.mode().level();
    Reply::resource(200, &work.view(call), |_, x| {
        x.group("capabilities", |x| {
            let (major, minor) = (major.to_string(), minor.to_string());
            x.element("version", &[("major", &major), ("minor", &minor)], |x| {
                x.text("current", true);
                x.group("custom_properties", |x| {
                    x.empty("custom_property", &[("name", "floppyinject"), ("regexp", "^([^:]+):(.*)$")]);
                });
            });
        });
    })
}
