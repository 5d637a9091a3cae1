//! The API root: what there is, what product this is, how much of it is in use.

use uuid::Uuid;

use super::super::mode::Mode;
use super::super::reply::View;
use super::super::xml::Xml;

/// Collections in the order of the root, whether they can be searched, and the first mode that has them.
const COLLECTIONS: [(&str, bool, Mode); 39] = [
    ("clusters", true, Mode::V3_0),
    ("datacenters", true, Mode::V3_0),
    ("events", true, Mode::V3_0),
    ("hosts", true, Mode::V3_0),
    ("networks", true, Mode::V3_0),
    ("roles", false, Mode::V3_0),
    ("storagedomains", true, Mode::V3_0),
    ("tags", false, Mode::V3_0),
    ("bookmarks", false, Mode::V3_6),
    ("icons", false, Mode::V3_6),
    ("templates", true, Mode::V3_0),
    ("instancetypes", true, Mode::V3_6),
    ("users", true, Mode::V3_0),
    ("groups", true, Mode::V3_0),
    ("domains", false, Mode::V3_0),
    ("vmpools", true, Mode::V3_0),
    ("vms", true, Mode::V3_0),
    ("disks", true, Mode::V3_1),
    ("jobs", false, Mode::V3_6),
    ("storageconnections", false, Mode::V3_6),
    ("vnicprofiles", false, Mode::V3_6),
    ("diskprofiles", false, Mode::V3_6),
    ("cpuprofiles", false, Mode::V3_6),
    ("schedulingpolicyunits", false, Mode::V3_6),
    ("schedulingpolicies", false, Mode::V3_6),
    ("permissions", false, Mode::V3_6),
    ("macpools", false, Mode::V3_6),
    ("networkfilters", false, Mode::V4_1),
    ("operatingsystems", false, Mode::V3_6),
    ("externalhostproviders", false, Mode::V3_6),
    ("openstackimageproviders", false, Mode::V3_6),
    ("openstackvolumeproviders", false, Mode::V3_6),
    ("openstacknetworkproviders", false, Mode::V3_6),
    ("katelloerrata", false, Mode::V3_6),
    ("affinitylabels", false, Mode::V4_1),
    ("clusterlevels", false, Mode::V4_1),
    ("imagetransfers", false, Mode::V4_1),
    ("externalvmimports", false, Mode::V4_4),
    ("externaltemplateimports", false, Mode::V4_4),
];

/// Links of the root, as rel and path with query, without the prefix.
pub fn links(mode: Mode, v3: bool) -> Vec<(String, String)> {
    let mut links = Vec::new();
    if v3 {
        links.push(("capabilities".to_owned(), "/capabilities".to_owned()));
    }
    let v4_only = ["affinitylabels", "clusterlevels", "imagetransfers"];
    for (name, searchable, since) in COLLECTIONS {
        if mode < since || (v3 && v4_only.contains(&name)) {
            continue;
        }
        links.push((name.to_owned(), format!("/{name}")));
        if searchable && !(name == "networks" && mode <= Mode::V3_1) {
            links.push((format!("{name}/search"), search_path(name, mode)));
        }
    }
    links
}

fn search_path(name: &str, mode: Mode) -> String {
    match (name, mode) {
        ("events", Mode::V3_0) => "/events?search={query}&from={event_id}".to_owned(),
        ("events", _) => "/events;from={event_id}?search={query}".to_owned(),
        _ => format!("/{name}?search={{query}}"),
    }
}

/// The `Link` header of the root, with absolute addresses.
pub fn link_header(authority: &str, prefix: &str, mode: Mode, v3: bool) -> String {
    let one = |(rel, path): (String, String)| format!("<http://{authority}{prefix}{path}>; rel={rel}");
    links(mode, v3).into_iter().map(one).collect::<Vec<_>>().join(",")
}

/// `<api>`; `user` is who asks.
pub fn api(view: &View<'_>, user: Uuid, x: &mut Xml<'_>) {
    let (mode, v3, prefix) = (x.dialect.mode, x.dialect.v3(), x.dialect.prefix.clone());
    x.group("api", |x| {
        for (rel, path) in links(mode, v3) {
            x.link(&rel, &format!("{prefix}{path}"));
        }
        if v3 {
            special_objects_v3(&prefix, x);
            product_v3(x);
        } else {
            product_v4(x);
            x.group("special_objects", |x| {
                x.reference("blank_template", "templates", Uuid::nil());
                x.reference("root_tag", "tags", Uuid::nil());
            });
        }
        if !view.shown.filtered {
            summary(view, x);
        }
        if mode >= Mode::V3_1 {
            x.time("time", view.now);
        }
        if mode >= Mode::V4_4 {
            x.reference("authenticated_user", "users", user);
            x.reference("effective_user", "users", user);
        }
    });
}

fn special_objects_v3(prefix: &str, x: &mut Xml<'_>) {
    let nil = Uuid::nil();
    x.group("special_objects", |x| {
        x.link("templates/blank", &format!("{prefix}/templates/{nil}"));
        x.link("tags/root", &format!("{prefix}/tags/{nil}"));
    });
}

fn product_v3(x: &mut Xml<'_>) {
    let product = x.dialect.mode.product();
    let first = x.dialect.mode == Mode::V3_0;
    x.group("product_info", |x| {
        x.text("name", product.name);
        x.text("vendor", product.vendor);
        let (major, minor, build) = (product.major, product.minor, product.build);
        if first {
            x.numbers("version", &[("revision", 0), ("build", build), ("minor", minor), ("major", major)]);
        } else {
            x.numbers("version", &[("major", major), ("minor", minor), ("build", build), ("revision", 0)]);
        }
        x.text_if("full_version", product.full_version);
    });
}

fn product_v4(x: &mut Xml<'_>) {
    let product = x.dialect.mode.product();
    x.group("product_info", |x| {
        if x.dialect.mode >= Mode::V4_4 {
            x.text("instance_id", "8e221fd4-89e8-11ec-8f7c-001a4a013f59");
        }
        x.text("name", product.name);
        x.text("vendor", product.vendor);
        x.group("version", |x| {
            x.text("build", product.build);
            x.text_if("full_version", product.full_version);
            x.text("major", product.major);
            x.text("minor", product.minor);
            x.text("revision", 0);
        });
    });
}

fn summary(view: &View<'_>, x: &mut Xml<'_>) {
    let (inventory, now) = (view.inventory, view.now);
    let vms = inventory.vms.all(now).count();
    let running = inventory.vms.all(now).filter(|vm| vm.status(now).runs()).count();
    let hosts = inventory.hosts.all(now).count();
    let users = inventory.users.all(now).count();
    let domains = inventory.storage_domains.all(now).count();
    let v3 = x.dialect.v3();
    let mut counts = [
        ("vms", vms, running),
        ("hosts", hosts, hosts),
        ("users", users, users),
        ("storage_domains", domains, domains),
    ];
    if !v3 {
        counts.sort_unstable();
    }
    x.group("summary", |x| {
        for (name, total, active) in counts {
            x.group(name, |x| {
                let rows = if v3 {
                    [("total", total), ("active", active)]
                } else {
                    [("active", active), ("total", total)]
                };
                rows.into_iter().for_each(|(row, count)| x.text(row, count));
            });
        }
    });
}

/// Whether the root links the collection.
pub fn has(collection: &str, mode: Mode, v3: bool) -> bool {
    links(mode, v3).iter().any(|(rel, _)| rel == collection)
}
