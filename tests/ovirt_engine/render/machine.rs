//! What virtual machines, templates and instance types show alike.

use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::Machine;
use super::super::reply::View;
use super::super::xml::Xml;

const SMALL_ICON: &str = "114088f2-d199-4178-93c9-6974c9b642f1";
const LARGE_ICON: &str = "87498f5f-7451-4014-b294-fc8537c6753b";
const CPU_PROFILE: &str = "0000000e-000e-000e-000e-000000000111";
const QUOTA: &str = "712172d4-dc8e-4989-8a20-578506088116";

/// Members of the v4 `<initialization>` in the order of the schema.
const INITIALIZATION: [&str; 17] = [
    "active_directory_ou",
    "authorized_ssh_keys",
    "custom_script",
    "dns_search",
    "dns_servers",
    "domain",
    "host_name",
    "input_locale",
    "nic_configurations",
    "org_name",
    "regenerate_ids",
    "regenerate_ssh_keys",
    "root_password",
    "system_locale",
    "timezone",
    "user_locale",
    "user_name",
];

/// Members of v3's, likewise.
const INITIALIZATION_V3: [&str; 17] = [
    "host_name",
    "domain",
    "timezone",
    "authorized_ssh_keys",
    "regenerate_ssh_keys",
    "regenerate_ids",
    "dns_servers",
    "dns_search",
    "nic_configurations",
    "root_password",
    "custom_script",
    "input_locale",
    "system_locale",
    "user_locale",
    "user_name",
    "active_directory_ou",
    "org_name",
];

/// Where the display of a running machine is.
pub struct Display {
    pub address: Option<String>,
    /// Plain and TLS.
    pub ports: Option<(u32, u32)>,
}

pub fn nothing_displayed() -> Display {
    Display { address: None, ports: None }
}

pub fn small_icon(x: &mut Xml<'_>) {
    x.reference("small_icon", "icons", SMALL_ICON);
}

pub fn large_icon(x: &mut Xml<'_>) {
    x.reference("large_icon", "icons", LARGE_ICON);
}

pub fn cpu_profile(x: &mut Xml<'_>) {
    x.reference("cpu_profile", "cpuprofiles", CPU_PROFILE);
}

/// The quota of a v4 machine: an id without href.
pub fn quota(x: &mut Xml<'_>) {
    x.empty("quota", &[("id", QUOTA)]);
}

pub fn topology(machine: &Machine, x: &mut Xml<'_>) {
    let (cores, sockets, threads) = (machine.cores, machine.sockets, machine.threads);
    match (x.dialect.v3(), x.dialect.mode) {
        (false, _) => x.numbers("topology", &[("cores", cores), ("sockets", sockets), ("threads", threads)]),
        (true, Mode::V3_0) => x.numbers("topology", &[("cores", cores), ("sockets", sockets)]),
        (true, Mode::V3_1) => x.numbers("topology", &[("sockets", sockets), ("cores", cores)]),
        (true, _) => x.numbers("topology", &[("sockets", sockets), ("cores", cores), ("threads", threads)]),
    }
}

pub fn os(machine: &Machine, x: &mut Xml<'_>) {
    if x.dialect.v3() {
        return x.element("os", &[("type", &machine.os)], |x| os_v3(machine, x));
    }
    x.group("os", |x| {
        x.group("boot", |x| {
            x.group("devices", |x| {
                for device in &machine.boot {
                    x.text("device", device);
                }
            });
        });
        x.text("type", &machine.os);
    });
}

fn os_v3(machine: &Machine, x: &mut Xml<'_>) {
    for device in &machine.boot {
        x.empty("boot", &[("dev", device)]);
    }
    if x.dialect.mode <= Mode::V3_1 {
        for name in ["kernel", "initrd", "cmdline"] {
            x.empty(name, &[]);
        }
    }
}

pub fn high_availability(machine: &Machine, x: &mut Xml<'_>) {
    x.group("high_availability", |x| {
        x.text("enabled", machine.high_availability);
        x.text("priority", machine.priority);
    });
}

pub fn boot_menu(x: &mut Xml<'_>) {
    x.group("boot_menu", |x| x.text("enabled", false));
}

pub fn migration(x: &mut Xml<'_>) {
    x.group("migration", |x| {
        x.text("auto_converge", "inherit");
        x.text("compressed", "inherit");
        if x.dialect.mode >= Mode::V4_4 {
            x.text("encrypted", "inherit");
        }
    });
}

pub fn sso(x: &mut Xml<'_>) {
    let method = x.dialect.word("guest_agent");
    x.group("sso", |x| x.group("methods", |x| x.empty("method", &[("id", &method)])));
}

pub fn memory_policy(machine: &Machine, x: &mut Xml<'_>) {
    let (v3, mode) = (x.dialect.v3(), x.dialect.mode);
    x.group("memory_policy", |x| {
        if mode >= Mode::V4_4 {
            x.text("ballooning", true);
        }
        x.text("guaranteed", machine.guaranteed);
        if v3 && mode == Mode::V3_6 {
            x.text("ballooning", true);
        }
        if !v3 {
            x.text("max", machine.max_memory);
        }
    });
}

pub fn custom_properties(machine: &Machine, x: &mut Xml<'_>) {
    if machine.custom_properties.is_empty() {
        return;
    }
    let (v3, mode) = (x.dialect.v3(), x.dialect.mode);
    x.group("custom_properties", |x| {
        for (name, value) in &machine.custom_properties {
            match (v3, mode) {
                (true, Mode::V3_0) => x.empty("custom_property", &[("value", value), ("name", name)]),
                (true, _) => x.empty("custom_property", &[("name", name), ("value", value)]),
                (false, _) => x.group("custom_property", |x| {
                    x.text("name", name);
                    x.text("value", value);
                }),
            }
        }
    });
}

/// `<initialization>` as it was sent, its password masked; `configuration` only on request.
pub fn initialization(view: &View<'_>, machine: &Machine, x: &mut Xml<'_>) {
    let Some(initialization) = &machine.initialization else { return };
    x.group("initialization", |x| {
        if view.shown.all_content {
            x.group("configuration", |x| {
                x.text("data", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ovf:Envelope/>");
                x.text("type", "ovf");
            });
        }
        let members = if x.dialect.v3() { INITIALIZATION_V3 } else { INITIALIZATION };
        for member in members.iter().filter_map(|name| initialization.child(name)) {
            echo(member, x);
        }
    });
}

fn echo(element: &Element, x: &mut Xml<'_>) {
    if element.name == "root_password" {
        return x.text("root_password", "******");
    }
    if element.name == "nic_configurations" && element.children.is_empty() {
        return x.empty("nic_configurations", &[]);
    }
    if element.children.is_empty() && element.attributes.is_empty() {
        return x.text(&element.name, &element.text);
    }
    let attributes: Vec<(&str, &str)> =
        element.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    x.element(&element.name, &attributes, |x| element.children.iter().for_each(|child| echo(child, x)));
}

/// Display of 3.6 and of v3 on 4.x.
pub fn display_v3(display: &Display, x: &mut Xml<'_>) {
    x.group("display", |x| {
        x.text("type", "spice");
        if let Some(address) = &display.address {
            x.text("address", address);
        }
        x.text_if("secure_port", display.ports.map(|(_, secure)| secure));
        x.text("monitors", 1);
        x.text("single_qxl_pci", false);
        x.text("allow_override", false);
        if let Some(address) = &display.address {
            x.nested("certificate", "subject", format_args!("O=example.com,CN={address}"));
        }
        x.text("smartcard_enabled", false);
        x.text("file_transfer_enabled", true);
        x.text("copy_paste_enabled", true);
        x.text("disconnect_action", "LOCK_SCREEN");
    });
}

fn display_v4(display: &Display, x: &mut Xml<'_>) {
    let mode = x.dialect.mode;
    x.group("display", |x| {
        x.text_if("address", display.address.as_ref());
        x.text("allow_override", false);
        if let Some(address) = &display.address {
            x.group("certificate", |x| {
                x.text("organization", "example.com");
                x.text("subject", format_args!("O=example.com,CN={address}"));
            });
        }
        x.text("copy_paste_enabled", true);
        x.text("disconnect_action", "LOCK_SCREEN");
        x.text("file_transfer_enabled", true);
        x.text("monitors", 1);
        if let Some((port, secure_port)) = display.ports {
            x.text("port", port);
            x.text("secure_port", secure_port);
        }
        if mode == Mode::V4_1 {
            x.text("single_qxl_pci", false);
        }
        x.text("smartcard_enabled", false);
        x.text("type", "spice");
    });
}

/// The plain members of v4's `VmBase`, alphabetical.
pub fn base_v4(view: &View<'_>, machine: &Machine, created: i64, display: &Display, x: &mut Xml<'_>) {
    let late = x.dialect.mode >= Mode::V4_4;
    x.group("bios", |x| {
        boot_menu(x);
        if late {
            x.text("type", "q35_sea_bios");
        }
    });
    if view.shown.all_content {
        x.group("console", |x| x.text("enabled", false));
    }
    x.group("cpu", |x| {
        x.text("architecture", "x86_64");
        topology(machine, x);
    });
    x.text("cpu_shares", 0);
    x.time("creation_time", created);
    custom_properties(machine, x);
    x.text("delete_protected", machine.delete_protected);
    display_v4(display, x);
    high_availability(machine, x);
    initialization(view, machine, x);
    x.nested("io", "threads", u8::from(late));
    large_icon(x);
    x.text("memory", machine.memory);
    memory_policy(machine, x);
    migration(x);
    x.text("migration_downtime", -1);
    if late {
        x.text("multi_queues_enabled", true);
    }
    x.text("origin", "ovirt");
    os(machine, x);
    if late {
        x.nested("placement_policy", "affinity", "migratable");
    }
    base_v4_end(view, machine, late, x);
}

fn base_v4_end(view: &View<'_>, machine: &Machine, late: bool, x: &mut Xml<'_>) {
    if view.shown.all_content {
        x.nested("rng_device", "source", "urandom");
    }
    small_icon(x);
    if view.shown.all_content {
        x.text("soundcard_enabled", false);
    }
    sso(x);
    x.text("start_paused", false);
    x.text("stateless", machine.stateless);
    if late {
        x.text("storage_error_resume_behaviour", "auto_resume");
    }
    x.nested("time_zone", "name", "Etc/GMT");
    x.text("type", &machine.kind);
    x.nested("usb", "enabled", false);
    if view.shown.all_content {
        x.nested("virtio_scsi", "enabled", true);
    }
    if late {
        x.text("virtio_scsi_multi_queues_enabled", false);
    }
}
