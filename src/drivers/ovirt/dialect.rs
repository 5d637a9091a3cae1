//! What an engine's version means for the way it is spoken to.
//!
//! An engine shows one model in two representations: version 3 of the API (engines 3.0 to 4.3) and version 4 (engines
//! 4.0 and later). The decoders here read both alike; what is sent differs, and all that differs by version is a row
//! of [`DIALECTS`].

use crate::model::{Error, ErrorKind};

/// An engine's version, as its `product_info` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u16,
    pub(super) minor: u16,
}

/// How engines from one version on are spoken to, until the next row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    since: Version,
    /// The version of the API that is asked for.
    pub(super) api: Api,
    /// How a user shows who he is after he has logged in.
    pub(super) login: LoginForm,
    /// How what belongs to VMs is had together with the VMs.
    pub(super) details: Details,
    /// Whether VMs can be searched by `id`.
    pub(super) searches_ids: bool,
    /// Whether there is a `reboot` action.
    pub(super) reboots: bool,
    /// Whether there are instance types.
    pub(super) instance_types: bool,
    /// The longest name of a VM, in characters.
    pub(super) longest_name: usize,
    /// The longest name of a template, in characters.
    pub(super) longest_template_name: usize,
    /// Whether disks are a collection of their own, beside those of the VMs.
    pub(super) disks: bool,
    /// Whether disks can be searched by how many VMs have them.
    pub(super) searches_free_disks: bool,
    /// Whether a disk that is shown names the VMs that have it.
    pub(super) disks_name_vms: bool,
    /// Whether interfaces are on networks by profiles.
    pub(super) vnic_profiles: bool,
    /// Whether a storage domain lists the snapshots of single disks.
    pub(super) disk_snapshots: bool,
}

/// A version of the API: the value of the `Version` header, and how documents are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    V3,
    V4,
}

/// What a login gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginForm {
    /// Nothing: the password is sent with every request.
    Basic,
    /// The cookie of a persistent session.
    Cookie,
    /// An access token of the engine's single sign-on.
    Token,
}

/// How what belongs to VMs is had together with the VMs: always with one call for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Details {
    /// By `detail=`, which only version 3 knows. Version 4 dropped it before it got `follow=`: engines 4.0 and 4.1
    /// are therefore asked for their VMs in version 3, which spares a call per VM and collection.
    Detail,
    /// By `follow=`, in the spelling of the members: the engine looks them up by it (`LinkFollower`).
    Follow,
}

/// What is wanted together with VMs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Along {
    /// Nothing besides.
    Nothing,
    /// Interfaces, disks and addresses.
    Devices,
    /// Disks, with all that is known of them.
    Disks,
    /// Interfaces and addresses.
    Interfaces,
    /// What is measured of the VMs.
    Statistics,
    /// What is measured of the VMs, their interfaces and their disks; version 3 says it of the VMs only.
    AllStatistics,
    /// Snapshots; version 3 has no way to say them in the same breath.
    Snapshots,
}

/// What is asked for by `detail=` and by `follow=`. That every version 3 has `statistics` was read in
/// `BackendVmsResource` and `V3VmsServer`.
static ALONG: &[(Along, Option<&str>, &str)] = &[
    (Along::Devices, Some("disks+nics"), "nics,reported_devices,disk_attachments.disk"),
    (Along::Disks, Some("disks"), "disk_attachments.disk"),
    (Along::Interfaces, Some("nics"), "nics,reported_devices"),
    (Along::Statistics, Some("statistics"), "statistics"),
    (Along::AllStatistics, Some("statistics"), "statistics,nics.statistics,disk_attachments.disk.statistics"),
    (Along::Snapshots, None, "snapshots"),
];

impl Details {
    /// The value that asks for it; none when nothing has to be asked.
    pub(super) fn value(self, along: Along) -> Option<&'static str> {
        let (_, detail, follow) = ALONG.iter().find(|(known, ..)| *known == along)?;
        match self {
            Details::Detail => *detail,
            Details::Follow => Some(follow),
        }
    }
}

/// 3.0, from which the later ones differ.
const FIRST: Dialect = Dialect {
    since: Version { major: 3, minor: 0 },
    api: Api::V3,
    login: LoginForm::Basic,
    details: Details::Detail,
    searches_ids: false,
    reboots: false,
    instance_types: false,
    longest_name: 64,
    longest_template_name: 40,
    disks: false,
    searches_free_disks: false,
    disks_name_vms: false,
    vnic_profiles: false,
    disk_snapshots: false,
};
const V3_1: Dialect =
    Dialect { since: Version { major: 3, minor: 1 }, login: LoginForm::Cookie, disks: true, ..FIRST };
const V3_2: Dialect = Dialect { since: Version { major: 3, minor: 2 }, searches_free_disks: true, ..V3_1 };
const V3_3: Dialect = Dialect { since: Version { major: 3, minor: 3 }, vnic_profiles: true, ..V3_2 };
const V3_4: Dialect =
    Dialect { since: Version { major: 3, minor: 4 }, searches_ids: true, reboots: true, ..V3_3 };
const V3_5: Dialect =
    Dialect { since: Version { major: 3, minor: 5 }, instance_types: true, disk_snapshots: true, ..V3_4 };
const V3_6: Dialect = Dialect { since: Version { major: 3, minor: 6 }, disks_name_vms: true, ..V3_5 };
const V4_0: Dialect = Dialect {
    since: Version { major: 4, minor: 0 },
    api: Api::V4,
    login: LoginForm::Token,
    longest_name: 255,
    ..V3_6
};
const V4_2: Dialect = Dialect {
    since: Version { major: 4, minor: 2 },
    details: Details::Follow,
    longest_template_name: 255,
    ..V4_0
};

/// Newest first. Where a feature starts was read in the engine's history (`VmConditionFieldAutoCompleter` and
/// `DiskConditionFieldAutoCompleter` for the searches, `VmResource` for `reboot`, `SessionUtils` for persistent
/// sessions, `DetailHelper` and `V3VmHelper` for `detail`, `BackendDisksResource`, `BackendDiskResource`,
/// `BackendVnicProfilesResource` and `BackendStorageDomainDiskSnapshotsResource` for the collections).
static DIALECTS: &[Dialect] = &[V4_2, V4_0, V3_6, V3_5, V3_4, V3_3, V3_2, V3_1, FIRST];

impl Version {
    /// A version by its two numbers.
    pub(super) const fn new(major: u16, minor: u16) -> Self {
        Version { major, minor }
    }

    /// How an engine of this version is spoken to.
    ///
    /// # Errors
    /// `Unsupported` when it is older than any that can be spoken to.
    pub(super) fn dialect(self) -> Result<&'static Dialect, Error> {
        DIALECTS.iter().find(|dialect| dialect.since <= self).ok_or_else(|| {
            let Version { major, minor } = self;
            Error::new(
                ErrorKind::Unsupported,
                format!("an oVirt engine {major}.{minor} is too old: 3.0 or later"),
            )
        })
    }
}

impl Api {
    /// The value of the `Version` header.
    pub(super) fn header(self) -> &'static str {
        match self {
            Api::V3 => "3",
            Api::V4 => "4",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_the_dialect_of_the_newest_row_that_is_not_newer() {
        for (major, minor, since) in [
            (3, 0, (3, 0)),
            (3, 1, (3, 1)),
            (3, 3, (3, 3)),
            (3, 4, (3, 4)),
            (3, 6, (3, 6)),
            (4, 0, (4, 0)),
            (4, 1, (4, 0)),
            (4, 2, (4, 2)),
            (4, 5, (4, 2)),
            (5, 0, (4, 2)),
        ] {
            let dialect = Version::new(major, minor).dialect().unwrap();
            assert_eq!(dialect.since, Version::new(since.0, since.1), "{major}.{minor}");
        }
        assert_eq!(Version::new(2, 2).dialect().unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn details_are_asked_for_in_a_version_that_knows_them() {
        for dialect in DIALECTS {
            match dialect.details {
                Details::Follow => assert!(dialect.since >= Version::new(4, 2)),
                Details::Detail => assert!(dialect.since < Version::new(4, 2)),
            }
        }
    }
}
