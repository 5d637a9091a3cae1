//! Hosts: what a driver reads of them, not their hardware.

use super::super::model::Host;
use super::super::reply::View;
use super::super::xml::Xml;

pub fn host(view: &View<'_>, host: &Host, x: &mut Xml<'_>) {
    let href = format!("{}/hosts/{}", x.dialect.prefix, host.id);
    let all = view.inventory.vms.all(view.now);
    let active = all.filter(|vm| vm.host == host.id && vm.status(view.now).runs()).count();
    let v3 = x.dialect.v3();
    x.resource("host", &href, host.id, |x| {
        x.text("name", &host.name);
        x.links(&href, &["nics", "tags", "permissions", "statistics"]);
        x.text("address", &host.address);
        if v3 {
            x.state("status", "up");
            x.reference("cluster", "clusters", host.cluster);
            x.text("port", 54321);
            x.text("type", "rhel");
        } else {
            x.text("memory", 68_719_476_736_u64);
            x.text("port", 54321);
            x.text("status", "up");
        }
        x.group("summary", |x| {
            x.text("active", active);
            x.text("migrating", 0);
            x.text("total", active);
        });
        if !v3 {
            x.text("type", "rhel");
            x.reference("cluster", "clusters", host.cluster);
        }
    });
}
