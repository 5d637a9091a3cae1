//! What is decided to be otherwise than in the original, each with its reason. A name that has a `*` stands for all that
//! have anything there.

/// Recordings that are not replayed.
pub const SKIPPED: &[(&str, &str)] = &[
    ("*.html", "HTML is the console's own"),
    ("htmlform-*", "the same"),
    ("conneg-star", "the same: the original answers it with HTML"),
    ("conneg-browser", "the same"),
    ("conneg-xml-and-star", "the same"),
    ("static-stylesheet", "the same"),
    ("root-index.xml", "it is not of the API; the original failed"),
    ("buckets-*", "of buckets there is a test of its own"),
    ("blobs-*", "the same"),
    ("api-post-*-redirect.xml", "the same, of the choice of a driver in a form"),
];

/// Recordings that are answered with another status.
pub const STATUSES: &[(&str, u16, &str)] = &[
    ("hardware_profiles-index-noauth.xml", 401, "profiles are the cloud's, which knows its users"),
    ("drivers-show.*", 404, "a front end knows the driver that is spoken to, and no other"),
    ("drivers-show-rhevm.*", 404, "the same"),
    ("drivers-show-openstack.*", 404, "the same"),
    ("drivers-show-opennebula.*", 404, "the same"),
    ("drivers-show-eucalyptus.*", 404, "the same"),
    ("instance_states-index.gv", 406, "there is no drawing yet; the original failed, too"),
    ("conneg-app-star", 200, "`application/*` admits XML"),
    ("driversel-header-*", 400, "no request reaches a back end that the operator does not allow"),
    ("driversel-matrix-driver*", 400, "the same"),
    ("driversel-api-entry-head-provider.xml", 400, "the same"),
    ("error-action-by-get.xml", 405, "a wrong method is 405 with `Allow`, not 404"),
    ("error-405-*", 405, "the same"),
    ("error-403-action-missing-instance.*", 404, "an instance that is not there is not forbidden"),
];

/// Parts of paths that one of the two documents has alone, and why.
pub const PATHS: &[(&str, &str)] = &[
    ("/error/request/param", "parameters can hold secrets and are not repeated"),
    ("/driver/provider", "a front end does not know the providers"),
];
