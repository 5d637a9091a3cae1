//! What the original was recorded to be asked, and what is decided to be otherwise.

use crate::{
    SERVED,
    bed::Gateway,
    replay::{Decided, replay},
};

/// A cloud on which everything that is asked for happens at once, as on the original's.
const AT_ONCE: &str = "[mock]\ntransition = 0\n";

/// So many at least are answered alike, or else the recordings are not what they were.
const LEAST_ALIKE: usize = 145;

#[test]
fn the_original_is_answered_alike() {
    let gateway = Gateway::start(&format!("{SERVED}{AT_ONCE}"));
    replay(&["INDEX-deltacloud.txt", "INDEX-extra.txt"], gateway, &DECIDED, LEAST_ALIKE);
}

static DECIDED: Decided = Decided {
    skipped: SKIPPED,
    statuses: STATUSES,
    left_out: LEFT_OUT,
    added: ADDED,
    varying: VARYING,
    otherwise: OTHERWISE,
    root: "/api",
};

/// Recordings that are not replayed.
const SKIPPED: &[(&str, &str)] = &[
    ("*.html", "HTML is the console's own"),
    ("htmlform-*", "the same"),
    ("conneg-star", "the same: the original answers it with HTML"),
    ("conneg-browser", "the same"),
    ("conneg-xml-and-star", "the same"),
    ("static-stylesheet", "the same"),
    ("drivers-index.json", "the names of the other drivers are paths in it"),
    ("root-index.xml", "it is not of the API; the original failed"),
];

/// Recordings that are answered with another status.
const STATUSES: &[(&str, u16, &str)] = &[
    ("hardware_profiles-index-noauth.xml", 401, "profiles are the cloud's, which knows its users"),
    ("drivers-show.*", 404, "only the drivers that a request may choose are there"),
    ("drivers-show-rhevm.*", 404, "the same"),
    ("drivers-show-openstack.*", 404, "the same"),
    ("drivers-show-opennebula.*", 404, "the same"),
    ("drivers-show-eucalyptus.*", 404, "the same"),
    ("instance_states-index.gv", 200, "it is drawn; the original failed"),
    ("conneg-app-star", 200, "`application/*` admits XML"),
    ("driversel-header-*", 400, "no request reaches a back end that the operator does not allow"),
    ("driversel-matrix-driver*", 400, "the same"),
    ("driversel-api-entry-head-provider.xml", 400, "the same"),
    (
        "firewalls-*-missing.*",
        404,
        "the embedded cloud has firewalls and load balancers, the original's had none",
    ),
    ("firewalls-index-noauth.xml", 401, "the same"),
    ("firewalls-*", 200, "the same"),
    ("load_balancers-show*", 404, "the same"),
    ("load_balancers-index-noauth.xml", 401, "the same"),
    ("load_balancers-*", 200, "the same"),
    ("error-412-capability-missing.*", 200, "the same"),
    ("error-enum-param-invalid.xml", 400, "the same"),
    ("metrics-show-missing.*", 404, "the original showed another instance's"),
    ("instances-flow-*-7-run", 200, "the original failed to write the answer"),
    ("instances-create-matrix-image.xml", 201, "what is advertised as a link can be followed as it is"),
    ("images-create.json", 201, "the original failed to write the answer"),
    ("networks-flow-xml-1-create", 200, "the same"),
    ("networks-flow-xml-2-subnet-create", 200, "the same"),
    ("images-destroy-missing.xml", 404, "what is not there cannot be destroyed"),
    ("keys-destroy-missing.xml", 404, "the same, where the original failed"),
    ("keys-create-duplicate.xml", 409, "a name that is taken is a conflict"),
    ("buckets-flow-*-8-bucket-destroy-notempty", 409, "what is not empty is a conflict; the original failed"),
    ("blobs-delete-missing.xml", 404, "what is not there cannot be destroyed; the original failed"),
    ("addresses-flow-*-4-destroy-in-use", 409, "what is in use is a conflict; the original failed"),
    ("param-order-400-before-401.xml", 401, "who says nothing learns nothing about parameters"),
    ("error-action-by-get.xml", 405, "a wrong method is 405 with `Allow`, not 404"),
    ("error-405-*", 405, "the same"),
    ("error-403-action-missing-instance.*", 404, "an instance that is not there is not forbidden"),
];

/// Parts of paths that the recorded documents have alone, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("/error/request/param", "parameters can hold secrets and are not repeated"),
    ("/authentication", "a seeded instance of the original's has a key without a name"),
    ("/pem", "a private key is said once, in the answer to its creation"),
    ("/api@provider", "the query does not choose the back end, the path and the headers do"),
    ("/driver/provider", "where a provider is, is the operator's to know"),
    ("/instance/network_interfaces", "an empty list of these is left out"),
];

/// Parts of paths that the documents here have alone, and why.
const ADDED: &[(&str, &str)] = &[
    ("/actions", "JSON says what XML says, and what can be done with volumes and snapshots is said"),
    ("/hardware_profile/propert", "an instance's size is always said, and a profile's choices in JSON, too"),
    ("/hardware_profiles[]/property", "the same"),
    ("/launch_time", "it is known, so it is said"),
    ("/network@", "what a subnet is a part of is a link"),
    ("/instance@rel", "every reference in the text says what it is"),
    ("/storage_volumes/storage_volume", "an instance names the volume that names it"),
    ("/instances[]/storage_volumes[]", "the same, in JSON"),
    ("/instance/storage_volumes[]", "the same"),
    ("/instance/network_interfaces", "JSON says what XML says"),
    ("/instances[]/network_interfaces", "the same"),
    ("/create_image", "said of every instance"),
    ("s[]/name", "JSON says what XML says"),
    ("/key/name", "the same"),
    ("/storage_snapshot/name", "the same"),
    ("/addresses[]/ip", "the same"),
    ("/address/ip", "the same"),
    ("/address/instance", "the same"),
    ("/storage_snapshot/state", "XML says what JSON says"),
    ("/storage_snapshot/description", "what was said of it is not forgotten"),
    ("/storage_volume/realm", "the same: where it is"),
    ("/mac_address", "it is known, so it is said"),
    ("/image/creation_time", "the same"),
    ("/subnets[]/rel", "every reference says what it is"),
    ("/network/rel", "the same"),
    ("/instance/rel", "the same"),
    ("/driver/href", "JSON says what XML says"),
    ("/blob/content/", "a link, as in XML: a blob may be larger than any document"),
    ("/driver/provider", "the providers that a request may choose are named"),
];

/// Recordings and parts of paths at which the same is another text each time, and why.
const VARYING: &[(&str, &str, &str)] = &[
    ("*", "/metric/properties", "what is measured"),
    ("*", "/created", "a moment"),
    ("*", "/creation_time", "a moment"),
    ("*", "/last_modified", "a moment"),
    ("*", "/pem", "a key that is made"),
    ("*", "/fingerprint", "of a key that is made"),
    ("*", "/ip_address", "one of many that are free"),
    ("instances-create-minimal*", "/instance/name", "a name that is made up"),
];

/// Recordings and parts of paths at which another text is said, and why.
const OTHERWISE: &[(&str, &str, &str)] = &[
    ("*", "/message", "what is wrong is said in other words"),
    ("*", "/error/backend@driver", "the query and the headers choose no back end that is not there"),
    ("*", "/drivers/driver", "only the drivers that a request may choose are there"),
    ("driversel-query-*", "/api", "the query does not choose the back end, the path and the headers do"),
    ("driversel-matrix-on-collection*", "/instance", "matrix parameters of a collection count as parameters"),
    ("*", "private_addresses", "an address is said to be what it is, not given a name of another network"),
    ("*", "/actions", "a command is offered to an instance that runs"),
    ("*", "/metric", "a metric is that of the instance that was asked for"),
    (
        "*",
        "/network_interface",
        "what an interface is on is linked where it is: the original took one for another",
    ),
    ("*flow*", "/storage_snapshot/name", "a snapshot is called as its user says"),
    ("subnets-*", "/type", "nothing tells what sort of subnet it is"),
    (
        "*flow-json*",
        "/storage_volume/realm/href",
        "it is in the realm that there is; the original's link led nowhere",
    ),
    ("images-create*", "/image/", "an image is its maker's, and as its instance is"),
    ("*", "/blob/content", "a link, as in XML: a blob may be larger than any document"),
];
