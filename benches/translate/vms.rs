//! Lists of VMs in the shapes in which engines send them, and the engine around them.

use bytes::Bytes;

use super::memory::Memory;

/// Where the driver finds the engine.
pub(crate) const PROVIDER: &str = "http://engine.example.com/ovirt-engine/api";

/// How a list of VMs looks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// As a 3.1 engine sends it with details of NICs and disks: indented, with actions and links.
    V3,
    /// As a 4.4 engine sends it when NICs, disks and reported devices are followed: indented, with actions and links.
    V4,
    /// The same without indentation, actions and links, so that hardly anything can be passed over.
    Dense,
}

impl Shape {
    pub(crate) const ALL: [Shape; 3] = [Shape::V3, Shape::V4, Shape::Dense];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Shape::V3 => "3.1 detailed",
            Shape::V4 => "4.4 followed",
            Shape::Dense => "4.4 dense",
        }
    }

    /// The root of the API of an engine that sends such lists.
    fn root(self) -> &'static str {
        match self {
            Shape::V3 => "<api><product_info><version major=\"3\" minor=\"1\"/></product_info></api>",
            Shape::V4 | Shape::Dense => {
                "<api><product_info><version><major>4</major><minor>4</minor></version></product_info></api>"
            }
        }
    }
}

/// An engine of the shape's version that has these VMs.
pub(crate) fn engine(shape: Shape, vms: Bytes) -> Memory {
    Memory::new(vec![
        ("/ovirt-engine/api", Bytes::from_static(shape.root().as_bytes())),
        ("/ovirt-engine/sso/oauth/token", Bytes::from_static(b"{\"access_token\":\"token\"}")),
        ("/ovirt-engine/api/instancetypes", Bytes::from_static(b"<instance_types/>")),
        ("/ovirt-engine/api/vms", vms),
    ])
}

/// The answer of an engine that has `count` VMs.
pub(crate) fn list(shape: Shape, count: usize) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<vms>\n");
    for number in 0..count {
        let id = format!("{:08x}-717b-43e0-825f-{:012x}", number * 2_654_435_761 % 0xffff_ffff, number);
        match shape {
            Shape::V3 => push_v3(&mut out, &id, number),
            Shape::V4 => push_v4(&mut out, &id, number),
            Shape::Dense => push_dense(&mut out, &id, number),
        }
    }
    out.push_str("</vms>\n");
    out.into_bytes()
}

const V3_ACTIONS: [&str; 10] = [
    "cancelmigration",
    "ticket",
    "migrate",
    "shutdown",
    "start",
    "stop",
    "suspend",
    "detach",
    "export",
    "move",
];
const V3_LINKS: [&str; 7] = ["disks", "nics", "cdroms", "snapshots", "tags", "permissions", "statistics"];

fn push_v3(out: &mut String, id: &str, number: usize) {
    let api = format!("/api/vms/{id}");
    let state = if number.is_multiple_of(3) { "down" } else { "up" };
    line(out, 1, &format!("<vm href=\"{api}\" id=\"{id}\">"));
    push_actions(out, 2, &api, &V3_ACTIONS);
    line(out, 2, &format!("<name>vm{number:05}</name>"));
    line(out, 2, "<description></description>");
    push_links(out, 2, &api, &V3_LINKS);
    let rest = "<type>server</type>
<status>
    <state>{state}</state>
</status>
<memory>1073741824</memory>
<cpu>
    <topology sockets=\"1\" cores=\"2\"/>
</cpu>
<os type=\"rhel_6x64\">
    <boot dev=\"hd\"/>
</os>
<high_availability>
    <enabled>false</enabled>
    <priority>1</priority>
</high_availability>
<display>
    <type>spice</type>
    <monitors>1</monitors>
    <allow_override>false</allow_override>
</display>
<host href=\"/api/hosts/6ab50456-d4f9-11e2-931e-005056a217db\" id=\"6ab50456-d4f9-11e2-931e-005056a217db\"/>
<cluster href=\"/api/clusters/5be5d08a-a60b-11e2-bee6-005056a217db\" id=\"5be5d08a-a60b-11e2-bee6-005056a217db\"/>
<template href=\"/api/templates/00000000-0000-0000-0000-000000000000\" id=\"00000000-0000-0000-0000-000000000000\"/>
<start_time>2014-08-01T09:20:14.321-04:00</start_time>
<creation_time>2014-08-01T10:51:58.562-04:00</creation_time>
<origin>rhev</origin>
<stateless>false</stateless>
<guest_info>
    <ips>
        <ip address=\"10.35.{high}.{low}\"/>
    </ips>
</guest_info>
<placement_policy>
    <host id=\"6ab50456-d4f9-11e2-931e-005056a217db\"/>
    <affinity>migratable</affinity>
</placement_policy>
<memory_policy>
    <guaranteed>536870912</guaranteed>
</memory_policy>
<quota id=\"00000000-0000-0000-0000-000000000000\"/>
<usb>
    <enabled>false</enabled>
</usb>
<nics>
    <nic href=\"{api}/nics/{nic}\" id=\"{nic}\">
        <name>nic1</name>
        <vm href=\"{api}\" id=\"{id}\"/>
        <network href=\"/api/networks/00000000-0000-0000-0000-000000000009\" id=\"00000000-0000-0000-0000-000000000009\"/>
        <linked>true</linked>
        <interface>virtio</interface>
        <mac address=\"00:1a:4a:16:{high_hex}:{low_hex}\"/>
        <active>true</active>
        <plugged>true</plugged>
    </nic>
</nics>
<disks>
    <disk href=\"{api}/disks/{disk}\" id=\"{disk}\">
        <actions>
            <link href=\"{api}/disks/{disk}/deactivate\" rel=\"deactivate\"/>
            <link href=\"{api}/disks/{disk}/activate\" rel=\"activate\"/>
        </actions>
        <name>disk1</name>
        <link href=\"{api}/disks/{disk}/statistics\" rel=\"statistics\"/>
        <vm href=\"{api}\" id=\"{id}\"/>
        <alias>disk1</alias>
        <size>10737418240</size>
        <provisioned_size>10737418240</provisioned_size>
        <actual_size>0</actual_size>
        <status>
            <state>ok</state>
        </status>
        <interface>virtio</interface>
        <format>raw</format>
        <sparse>true</sparse>
        <bootable>true</bootable>
        <active>true</active>
    </disk>
</disks>";
    let values = [
        ("{state}", state),
        ("{api}", &api[..]),
        ("{id}", id),
        ("{disk}", &disk(number)),
        ("{nic}", &nic(number)),
    ];
    push_block(out, 2, &filled(rest, number, &values));
    line(out, 1, "</vm>");
}

const V4_ACTIONS: [&str; 21] = [
    "detach",
    "shutdown",
    "start",
    "stop",
    "suspend",
    "reset",
    "ticket",
    "migrate",
    "reboot",
    "commitsnapshot",
    "clone",
    "freezefilesystems",
    "logon",
    "maintenance",
    "previewsnapshot",
    "autopincpuandnumanodes",
    "reordermacaddresses",
    "thawfilesystems",
    "undosnapshot",
    "cancelmigration",
    "export",
];
const V4_LINKS: [&str; 18] = [
    "graphicsconsoles",
    "cdroms",
    "watchdogs",
    "diskattachments",
    "snapshots",
    "applications",
    "hostdevices",
    "reporteddevices",
    "sessions",
    "backups",
    "checkpoints",
    "nics",
    "numanodes",
    "katelloerrata",
    "permissions",
    "affinitylabels",
    "tags",
    "statistics",
];
const NIC_LINKS: [&str; 3] = ["reporteddevices", "networkfilterparameters", "statistics"];

const V4_MIDDLE: &str = "<bios>
    <boot_menu>
        <enabled>false</enabled>
    </boot_menu>
    <type>q35_sea_bios</type>
</bios>
<cpu>
    <architecture>x86_64</architecture>
    <topology>
        <cores>2</cores>
        <sockets>1</sockets>
        <threads>1</threads>
    </topology>
</cpu>
<cpu_shares>0</cpu_shares>
<creation_time>2022-10-06T17:05:04.618+02:00</creation_time>
<delete_protected>false</delete_protected>
<high_availability>
    <enabled>false</enabled>
    <priority>1</priority>
</high_availability>
<io>
    <threads>1</threads>
</io>
<memory>1073741824</memory>
<memory_policy>
    <ballooning>true</ballooning>
    <guaranteed>1073741824</guaranteed>
    <max>4294967296</max>
</memory_policy>
<migration_downtime>-1</migration_downtime>
<origin>ovirt</origin>
<os>
    <boot>
        <devices>
            <device>hd</device>
        </devices>
    </boot>
    <type>other</type>
</os>
<stateless>false</stateless>
<time_zone>
    <name>Etc/GMT</name>
</time_zone>
<type>server</type>
<cluster href=\"/ovirt-engine/api/clusters/b94f0a35-8ed8-429c-999a-4d776640107e\" id=\"b94f0a35-8ed8-429c-999a-4d776640107e\"/>
<cpu_profile href=\"/ovirt-engine/api/cpuprofiles/597667d4-042c-4631-8257-f978ac18ae6c\" id=\"597667d4-042c-4631-8257-f978ac18ae6c\"/>
<quota id=\"712172d4-dc8e-4989-8a20-578506088116\"/>
<fqdn>vm{number}.example.com</fqdn>
<next_run_configuration_exists>false</next_run_configuration_exists>
<start_time>2022-10-25T09:17:56.849+02:00</start_time>
<status>up</status>
<stop_time>2022-10-25T08:17:56.849+02:00</stop_time>
<disk_attachments>
    <disk_attachment href=\"{api}/diskattachments/{disk}\" id=\"{disk}\">
        <active>true</active>
        <bootable>true</bootable>
        <interface>virtio_scsi</interface>
        <pass_discard>false</pass_discard>
        <read_only>false</read_only>
        <uses_scsi_reservation>false</uses_scsi_reservation>
        <disk href=\"/ovirt-engine/api/disks/{disk}\" id=\"{disk}\"/>
        <vm href=\"{api}\" id=\"{id}\"/>
    </disk_attachment>
</disk_attachments>
<host href=\"/ovirt-engine/api/hosts/6ab50456-d4f9-11e2-931e-005056a217db\" id=\"6ab50456-d4f9-11e2-931e-005056a217db\"/>
<nics>
    <nic href=\"{api}/nics/{nic}\" id=\"{nic}\">
        <name>nic1</name>
{nic_links}        <vm href=\"{api}\" id=\"{id}\"/>
        <interface>virtio</interface>
        <linked>true</linked>
        <mac>
            <address>56:6f:a5:e5:{high_hex}:{low_hex}</address>
        </mac>
        <plugged>true</plugged>
        <reported_devices>
            <reported_device href=\"{api}/reporteddevices/{nic}\" id=\"{nic}\">
                <name>eth0</name>
                <ips>
                    <ip>
                        <address>10.35.{high}.{low}</address>
                        <version>v4</version>
                    </ip>
                    <ip>
                        <address>fe80::546f:a5ff:fee5:{low_hex}</address>
                        <version>v6</version>
                    </ip>
                </ips>
                <mac>
                    <address>56:6f:a5:e5:{high_hex}:{low_hex}</address>
                </mac>
                <type>network</type>
                <vm href=\"{api}\" id=\"{id}\"/>
            </reported_device>
        </reported_devices>
        <vnic_profile href=\"/ovirt-engine/api/vnicprofiles/b891f46c-9a5c-4f5b-802f-4cc0e3bd6267\" id=\"b891f46c-9a5c-4f5b-802f-4cc0e3bd6267\"/>
    </nic>
</nics>
<original_template href=\"/ovirt-engine/api/templates/00000000-0000-0000-0000-000000000000\" id=\"00000000-0000-0000-0000-000000000000\"/>
<template href=\"/ovirt-engine/api/templates/00000000-0000-0000-0000-000000000000\" id=\"00000000-0000-0000-0000-000000000000\"/>";

fn push_v4(out: &mut String, id: &str, number: usize) {
    let api = format!("/ovirt-engine/api/vms/{id}");
    line(out, 1, &format!("<vm href=\"{api}\" id=\"{id}\">"));
    push_actions(out, 2, &api, &V4_ACTIONS);
    line(out, 2, &format!("<name>vm{number:05}</name>"));
    line(out, 2, "<description></description>");
    line(out, 2, "<comment></comment>");
    push_links(out, 2, &api, &V4_LINKS);
    let mut nic_links = String::new();
    push_links(&mut nic_links, 2, &format!("{api}/nics/{}", nic(number)), &NIC_LINKS);
    push_block(out, 2, &filled_v4(id, number, &nic_links));
    line(out, 1, "</vm>");
}

fn push_dense(out: &mut String, id: &str, number: usize) {
    let api = format!("/ovirt-engine/api/vms/{id}");
    out.push_str(&format!(
        "<vm href=\"{api}\" id=\"{id}\"><name>vm{number:05}</name><description></description>"
    ));
    filled_v4(id, number, "").lines().for_each(|line| out.push_str(line.trim_start()));
    out.push_str("</vm>");
}

fn filled_v4(id: &str, number: usize, nic_links: &str) -> String {
    let api = format!("/ovirt-engine/api/vms/{id}");
    let disk = format!("{number:08x}-377b-467b-850f-a0dcd43ac5d7");
    let values = [
        ("{nic_links}", nic_links),
        ("{api}", &api),
        ("{id}", id),
        ("{disk}", &disk),
        ("{nic}", &nic(number)),
    ];
    filled(V4_MIDDLE, number, &values)
}

fn disk(number: usize) -> String {
    format!("{number:08x}-377b-467b-850f-a0dcd43ac5d7")
}

fn nic(number: usize) -> String {
    format!("{number:08x}-a8f0-4beb-af2e-e94f6bc908d4")
}

fn filled(template: &str, number: usize, values: &[(&str, &str)]) -> String {
    let (high, low) = (number / 250 % 250, number % 250 + 1);
    let text = values.iter().fold(template.to_owned(), |text, (key, value)| text.replace(key, value));
    text.replace("{number}", &number.to_string())
        .replace("{high}", &high.to_string())
        .replace("{low}", &low.to_string())
        .replace("{high_hex}", &format!("{high:02x}"))
        .replace("{low_hex}", &format!("{low:02x}"))
}

fn push_actions(out: &mut String, depth: usize, api: &str, names: &[&str]) {
    line(out, depth, "<actions>");
    push_links(out, depth + 1, api, names);
    line(out, depth, "</actions>");
}

fn push_links(out: &mut String, depth: usize, api: &str, names: &[&str]) {
    for name in names {
        line(out, depth, &format!("<link href=\"{api}/{name}\" rel=\"{name}\"/>"));
    }
}

fn push_block(out: &mut String, depth: usize, text: &str) {
    text.lines().for_each(|text| line(out, depth, text));
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.extend(std::iter::repeat_n("    ", depth));
    out.push_str(text);
    out.push('\n');
}
