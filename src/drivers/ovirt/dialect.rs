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
    /// How the interfaces, disks and addresses of VMs are had together with the VMs.
    pub(super) details: Details,
    /// Whether VMs can be searched by `id`.
    pub(super) searches_ids: bool,
    /// Whether there is a `reboot` action.
    pub(super) reboots: bool,
    /// Whether there are instance types.
    pub(super) instance_types: bool,
    /// The longest name of a VM, in characters.
    pub(super) longest_name: usize,
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

/// How the interfaces, disks and addresses of VMs are had together with the VMs: always with one call for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Details {
    /// By `detail=`, which only version 3 knows. Version 4 dropped it before it got `follow=`: engines 4.0 and 4.1
    /// are therefore asked for their VMs in version 3, which spares a call per VM and collection.
    Detail(&'static str),
    /// By `follow=`, in the spelling of the members: the engine looks them up by it (`LinkFollower`).
    Follow(&'static str),
}

const DETAIL: Details = Details::Detail("disks+nics");

/// Newest first. Where a feature starts was read in the engine's history (`VmConditionFieldAutoCompleter` for the
/// search by id, `VmResource` for `reboot`, `SessionUtils` for persistent sessions, `DetailHelper` and `V3VmHelper`
/// for `detail`).
static DIALECTS: &[Dialect] = &[
    Dialect {
        since: Version { major: 4, minor: 2 },
        api: Api::V4,
        login: LoginForm::Token,
        details: Details::Follow("nics,reported_devices,disk_attachments.disk"),
        searches_ids: true,
        reboots: true,
        instance_types: true,
        longest_name: 255,
    },
    Dialect {
        since: Version { major: 4, minor: 0 },
        api: Api::V4,
        login: LoginForm::Token,
        details: DETAIL,
        searches_ids: true,
        reboots: true,
        instance_types: true,
        longest_name: 255,
    },
    Dialect {
        since: Version { major: 3, minor: 5 },
        api: Api::V3,
        login: LoginForm::Cookie,
        details: DETAIL,
        searches_ids: true,
        reboots: true,
        instance_types: true,
        longest_name: 64,
    },
    Dialect {
        since: Version { major: 3, minor: 4 },
        api: Api::V3,
        login: LoginForm::Cookie,
        details: DETAIL,
        searches_ids: true,
        reboots: true,
        instance_types: false,
        longest_name: 64,
    },
    Dialect {
        since: Version { major: 3, minor: 1 },
        api: Api::V3,
        login: LoginForm::Cookie,
        details: DETAIL,
        searches_ids: false,
        reboots: false,
        instance_types: false,
        longest_name: 64,
    },
    Dialect {
        since: Version { major: 3, minor: 0 },
        api: Api::V3,
        login: LoginForm::Basic,
        details: DETAIL,
        searches_ids: false,
        reboots: false,
        instance_types: false,
        longest_name: 64,
    },
];

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
            (3, 3, (3, 1)),
            (3, 4, (3, 4)),
            (3, 6, (3, 5)),
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
                Details::Follow(_) => assert!(dialect.since >= Version::new(4, 2)),
                Details::Detail(_) => assert!(dialect.since < Version::new(4, 2)),
            }
        }
    }
}
