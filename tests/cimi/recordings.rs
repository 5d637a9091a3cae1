//! What the original was recorded to be asked in CIMI, and what is decided to be otherwise.

use crate::{
    SERVED,
    bed::Gateway,
    replay::{Decided, replay},
};

/// A cloud on which everything that is asked for happens at once, as on the original's.
const AT_ONCE: &str = "[mock]\ntransition = 0\n";

/// So many at least are answered alike, or else the recordings are not what they were.
const LEAST_ALIKE: usize = 61;

#[test]
fn the_original_is_answered_alike() {
    let gateway = Gateway::start(&format!("{SERVED}{AT_ONCE}"));
    replay(&["INDEX-cimi.txt"], gateway, &DECIDED, LEAST_ALIKE);
}

static DECIDED: Decided = Decided {
    skipped: SKIPPED,
    statuses: STATUSES,
    left_out: LEFT_OUT,
    added: ADDED,
    varying: VARYING,
    otherwise: OTHERWISE,
    root: "/cimi",
};

const SKIPPED: &[(&str, &str)] = &[
    ("*-options", "`Allow` names what can be done at that place, not what can be done below it"),
    ("cloudEntryPoint-select.json", "`$select` is heeded there, too"),
    ("cloudEntryPoint-xml-and-json", "qualities are heeded"),
    ("systems-index.*", "no cloud keeps systems, their templates or those of anything else"),
    ("system_templates-index.*", "the same"),
    ("machine_templates-index.*", "the same"),
    ("volume_templates-index.*", "the same"),
    ("volume_configurations-index.*", "the same"),
    ("network_*-index.*", "the same"),
    ("address_templates-index.*", "the same"),
    ("templates-flow-*", "the same"),
];

const STATUSES: &[(&str, u16, &str)] = &[
    ("*-missing.*", 404, "what is not there is not found, where the original failed or took another"),
    ("cloudEntryPoint-expand-all.json", 200, "everything can be written out; the original failed"),
    ("machines-index-expand-disks.*", 200, "the same"),
    ("machines-index-select-*", 400, "names have no places; the original failed"),
    ("systems-show.*", 404, "no cloud keeps systems, their templates or those of anything else"),
    ("systems-sub-*", 404, "the same"),
    ("system_templates-show.*", 404, "the same"),
    ("machine_templates-show.*", 404, "the same"),
    ("network_*-show*", 404, "the same"),
    ("address_templates-show.*", 404, "the same"),
    (
        "forwarding_group_templates-show*",
        404,
        "a collection that is empty is there; the original looked for another",
    ),
    ("forwarding_group_templates-index.*", 200, "the same"),
    ("error-412-capability.json", 200, "the same"),
    ("jobs-index.*", 200, "the same, where the original had none"),
    ("meters-index.*", 200, "the same"),
    ("event_logs-index.*", 200, "the same"),
    ("networks-network_ports.*", 200, "the same, where it failed"),
    ("machines-flow-*-7b-mismatched-action", 409, "what is not possible now is a conflict, not passed over"),
    ("machines-flow-*-I-delete", 409, "a machine that runs does not offer to be deleted"),
    ("machines-flow-*-J-show-after-delete", 200, "the same: it is there still"),
    ("misc-flow-*-3-credential-delete", 200, "it is possible, so it is done"),
    ("misc-flow-*-4-address-create", 400, "there are no templates to refer to"),
    ("misc-flow-*-5-address-delete", 404, "the same"),
    ("misc-flow-*-6-network-create", 400, "the same; the original failed"),
    ("misc-flow-*-7-network-delete", 404, "what is not there is not found; the original failed"),
    ("misc-flow-*-8-system-create", 405, "no cloud makes systems"),
    ("misc-flow-*-E-system-import", 405, "the same"),
    ("misc-flow-*-F-system-delete", 405, "the same"),
    ("misc-flow-*-system-*", 404, "the same"),
    ("error-delete-missing-machine.*", 404, "what is not there is not found; the original failed"),
    ("error-405-put.*", 405, "a wrong method is 405 with `Allow`, not 404"),
    ("put-edit-machine.json", 405, "the same"),
    ("error-unknown-ctype", 415, "a body of another type is named as that; the original failed"),
    ("error-form-ctype", 415, "the same"),
    ("error-volume_attach-406.txt", 415, "the same; the original named the answer's type"),
    ("error-400-missing-required.xml", 405, "no cloud keeps templates"),
    ("driver-header-*", 400, "no request reaches a back end that the operator does not allow"),
];

const LEFT_OUT: &[(&str, &str)] = &[
    ("/error/request/param", "parameters can hold secrets and are not repeated"),
    ("/created", "a moment that nobody knows is left out; the original said its own"),
    ("/key", "a private key is said once, in the answer to its creation"),
    ("/description", "no cloud keeps what is said of everything"),
    ("/disks", "a machine that boots from a volume has no disk besides"),
    ("/Disk", "the same"),
];

const ADDED: &[(&str, &str)] = &[
    ("/credentialTemplates", "what is there is named, though it be empty"),
    ("/networkPorts", "the same"),
    ("/forwardingGroupTemplates", "the same"),
    ("/jobs", "the same"),
    ("/meter", "the same"),
    ("/eventLog", "the same"),
    ("/typeURI", "the specification's name of it besides the original's"),
    ("/cpuArch", "it is known, so it is said"),
    ("/networkInterfaces", "the same"),
    ("/snapshots", "the same"),
    ("/state", "the same"),
    ("/name", "the same: a thing without a name is called by its id"),
    ("/operation", "what can be done is offered"),
    ("/capabilit", "what can be done is told"),
    ("/dns[]", "there may be several"),
    ("/properties", "a network's addresses are said"),
    ("/Network/property", "the same"),
];

const VARYING: &[(&str, &str, &str)] = &[
    ("*", "/created", "a moment"),
    ("*", "/key", "a key that is made"),
    ("*", "/password", "of a key that is made"),
];

const OTHERWISE: &[(&str, &str, &str)] = &[
    ("*", "/message", "what is wrong is said in other words"),
    ("*", "/description", "no cloud keeps what is said of everything"),
    ("*", "/capacity", "capacities are in KiB where they are sent, too, not in GiB"),
    ("*", "/operation", "what cannot be done now is not offered"),
    ("*", "/dns", "there may be several"),
    ("*", "/count", "a machine that boots from a volume has no disk besides"),
];
