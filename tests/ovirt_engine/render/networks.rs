//! Networks, vNIC profiles, NICs and what guests report of them.

use uuid::Uuid;

use super::super::follow::Follow;
use super::super::mode::Mode;
use super::super::model::{Network, Nic, Template, Vm, VnicProfile};
use super::super::reply::View;
use super::super::xml::Xml;

const NETWORK_FILTER: &str = "d2370ab4-fee3-11e9-a310-8c1645ce738e";

pub fn network(view: &View<'_>, network: &Network, x: &mut Xml<'_>) {
    let href = format!("{}/networks/{}", x.dialect.prefix, network.id);
    let (v3, mode) = (x.dialect.v3(), x.dialect.mode);
    x.resource("network", &href, network.id, |x| {
        x.text("name", &network.name);
        x.text("description", &network.description);
        if !v3 {
            x.text("comment", "");
            x.links(&href, &["networklabels", "permissions", "vnicprofiles"]);
            return network_v4(view, network, x);
        }
        if mode >= Mode::V3_6 {
            x.links(&href, &["permissions", "vnicprofiles", "labels"]);
        }
        x.reference("data_center", "datacenters", network.data_center);
        if let Some(vlan) = network.vlan {
            x.empty("vlan", &[("id", &vlan.to_string())]);
        }
        x.text("stp", false);
        if mode == Mode::V3_0 {
            return x.state("status", "operational");
        }
        x.text("mtu", network.mtu);
        x.nested("usages", "usage", "vm");
    });
}

fn network_v4(view: &View<'_>, network: &Network, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V4_4;
    x.text("mtu", network.mtu);
    if late {
        x.text("port_isolation", false);
    }
    x.text("stp", false);
    x.nested("usages", "usage", "vm");
    if late {
        x.text("vdsm_name", &network.name);
    }
    if let Some(vlan) = network.vlan {
        // An id is an attribute wherever it is.
        x.empty("vlan", &[("id", &vlan.to_string())]);
    }
    x.reference("data_center", "datacenters", network.data_center);
    if view.shown.follow.has("vnicprofiles") {
        x.group("vnic_profiles", |x| {
            let all = view.inventory.profiles.all(view.now);
            all.filter(|profile| profile.network == network.id).for_each(|one| profile(view, one, x));
        });
    }
}

pub fn profile(_: &View<'_>, profile: &VnicProfile, x: &mut Xml<'_>) {
    let href = format!("{}/vnicprofiles/{}", x.dialect.prefix, profile.id);
    x.resource("vnic_profile", &href, profile.id, |x| {
        x.text("name", &profile.name);
        x.links(&href, &["permissions"]);
        if !x.dialect.v3() {
            x.nested("pass_through", "mode", "disabled");
        }
        x.text("port_mirroring", profile.port_mirroring);
        x.reference("network", "networks", profile.network);
        if !x.dialect.v3() {
            x.reference("network_filter", "networkfilters", NETWORK_FILTER);
        }
    });
}

/// A NIC of a machine; `follow=nics.reporteddevices` inlines what its guest reports.
pub fn vm_nic(view: &View<'_>, vm: &Vm, nic: &Nic, x: &mut Xml<'_>) {
    let href = format!("{}/vms/{}/nics/{}", x.dialect.prefix, vm.id, nic.id);
    let follow = view.shown.follow.below("nics");
    let mode = x.dialect.mode;
    x.resource("nic", &href, nic.id, |x| {
        if mode >= Mode::V3_1 {
            x.actions(&href, &["activate", "deactivate"]);
        }
        x.text("name", &nic.name);
        x.links(&href, nic_links(x));
        x.reference("vm", "vms", vm.id);
        if x.dialect.v3() {
            return nic_v3(view, vm, nic, x);
        }
        nic_v4(nic, x);
        if follow.has("reporteddevices") {
            x.group("reported_devices", |x| reported_devices(view, vm, Some(nic.id), x));
        }
        if follow.has("statistics") {
            super::statistics::of_nic(nic, &href, x);
        }
        nic_profile(view, nic, &follow, x);
    });
}

/// A NIC of a template.
pub fn template_nic(template: &Template, nic: &Nic, x: &mut Xml<'_>) {
    let href = format!("{}/templates/{}/nics/{}", x.dialect.prefix, template.id, nic.id);
    x.resource("nic", &href, nic.id, |x| {
        x.text("name", &nic.name);
        x.text("interface", &nic.interface);
        if x.dialect.v3() {
            return x.reference("network", "networks", nic.network);
        }
        x.text("linked", nic.linked);
        x.text("plugged", nic.plugged);
        x.reference("template", "templates", template.id);
        x.reference("vnic_profile", "vnicprofiles", nic.profile);
    });
}

fn nic_links(x: &Xml<'_>) -> &'static [&'static str] {
    match (x.dialect.v3(), x.dialect.mode) {
        (true, Mode::V3_0 | Mode::V3_1 | Mode::V3_6) => &["statistics"],
        (true, _) => &["statistics", "reporteddevices"],
        (false, Mode::V4_4) => &["reporteddevices", "networkfilterparameters", "statistics"],
        (false, _) => &["reporteddevices", "statistics"],
    }
}

fn nic_v3(view: &View<'_>, vm: &Vm, nic: &Nic, x: &mut Xml<'_>) {
    let mode = x.dialect.mode;
    x.reference("network", "networks", nic.network);
    if mode >= Mode::V3_6 {
        x.text("linked", nic.linked);
    }
    x.text("interface", &nic.interface);
    x.address("mac", &nic.mac);
    if mode == Mode::V3_0 {
        return;
    }
    x.text("active", nic.plugged);
    if mode >= Mode::V3_6 {
        x.text("plugged", nic.plugged);
        if vm.reports(view.now, view.agent_lag) {
            x.group("reported_devices", |x| reported_devices(view, vm, Some(nic.id), x));
        }
        x.reference("vnic_profile", "vnicprofiles", nic.profile);
    }
}

fn nic_v4(nic: &Nic, x: &mut Xml<'_>) {
    x.text("interface", &nic.interface);
    x.text("linked", nic.linked);
    x.address("mac", &nic.mac);
    x.text("plugged", nic.plugged);
    if x.dialect.mode >= Mode::V4_4 {
        x.text("synced", true);
    }
}

fn nic_profile(view: &View<'_>, nic: &Nic, follow: &Follow, x: &mut Xml<'_>) {
    let found = view.inventory.profiles.get(nic.profile, view.now).filter(|_| follow.has("vnicprofile"));
    match found {
        Some(found) => profile(view, found, x),
        None => x.reference("vnic_profile", "vnicprofiles", nic.profile),
    }
}

/// `<reported_device>`s of a machine, or of one NIC; none before the guest agent runs.
pub fn reported_devices(view: &View<'_>, vm: &Vm, only: Option<Uuid>, x: &mut Xml<'_>) {
    if !vm.reports(view.now, view.agent_lag) {
        return;
    }
    let reported = vm.nics.iter().filter(|nic| nic.plugged && only.is_none_or(|id| id == nic.id));
    for (number, nic) in reported.enumerate() {
        let id = Uuid::from_u128(nic.id.as_u128() ^ 0xde71ce);
        let owner = match only {
            Some(nic) => format!("{}/vms/{}/nics/{nic}", x.dialect.prefix, vm.id),
            None => format!("{}/vms/{}", x.dialect.prefix, vm.id),
        };
        x.resource("reported_device", &format!("{owner}/reporteddevices/{id}"), id, |x| {
            x.text("name", format_args!("eth{number}"));
            x.text("description", "guest reported data");
            if x.dialect.v3() {
                x.text("type", "network");
                x.address("mac", &nic.mac);
                let address = nic.address.to_string();
                x.group("ips", |x| x.empty("ip", &[("address", &address), ("version", "v4")]));
                return x.reference("vm", "vms", vm.id);
            }
            x.group("ips", |x| {
                x.group("ip", |x| {
                    x.text("address", nic.address);
                    x.text("version", "v4");
                });
            });
            x.address("mac", &nic.mac);
            x.text("type", "network");
            x.reference("vm", "vms", vm.id);
        });
    }
}
