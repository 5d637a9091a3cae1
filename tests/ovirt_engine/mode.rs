//! Which engine is imitated, and which representation an answer is written in.

/// A release of the engine whose behaviour is imitated; ordered by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Mode {
    /// RHEV-M 3.0: only v3, under `/api`.
    #[value(name = "3.0")]
    V3_0,
    /// RHEV-M 3.1.
    #[value(name = "3.1")]
    V3_1,
    /// RHEV-M 3.6: v3, under `/api` and `/ovirt-engine/api`.
    #[value(name = "3.6")]
    V3_6,
    /// oVirt 4.1: v4, and v3 for clients that ask for it.
    #[value(name = "4.1")]
    V4_1,
    /// oVirt 4.4: v4 alone.
    #[value(name = "4.4")]
    V4_4,
}

/// Generation of the representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    V3,
    V4,
}

/// What the API root says about the product.
pub struct Product {
    pub name: &'static str,
    pub vendor: &'static str,
    pub major: u32,
    pub minor: u32,
    pub build: u32,
    /// Absent before 3.2.
    pub full_version: Option<&'static str>,
}

impl Mode {
    /// Every mode, oldest first.
    pub const ALL: [Mode; 5] = [Mode::V3_0, Mode::V3_1, Mode::V3_6, Mode::V4_1, Mode::V4_4];

    /// Context paths under which the API is deployed; the first is the usual one.
    pub fn bases(self) -> &'static [&'static str] {
        match self {
            Mode::V3_0 | Mode::V3_1 => &["/api"],
            Mode::V3_6 => &["/ovirt-engine/api", "/api"],
            Mode::V4_1 | Mode::V4_4 => &["/ovirt-engine/api"],
        }
    }

    /// The representation of requests that choose none.
    pub fn default_api(self) -> Api {
        if self >= Mode::V4_1 { Api::V4 } else { Api::V3 }
    }

    /// Whether the mode has a servlet for `api`.
    pub fn speaks(self, api: Api) -> bool {
        match api {
            Api::V3 => self <= Mode::V4_1,
            Api::V4 => self >= Mode::V4_1,
        }
    }

    /// Realm of the Basic challenge.
    pub fn realm(self) -> &'static str {
        if self >= Mode::V4_1 { "RESTAPI" } else { "ENGINE" }
    }

    /// Status of a refusal that later engines class as CONFLICT (since 3.3).
    pub fn conflict_status(self) -> u16 {
        if self >= Mode::V3_6 { 409 } else { 400 }
    }

    pub fn product(self) -> Product {
        let rhev = "Red Hat Enterprise Virtualization";
        let product = |name, vendor, (major, minor, build), full_version| Product {
            name,
            vendor,
            major,
            minor,
            build,
            full_version,
        };
        match self {
            Mode::V3_0 => product(rhev, "Red Hat", (3, 0, 0), None),
            Mode::V3_1 => product(rhev, "Red Hat", (3, 1, 0), None),
            Mode::V3_6 => product(
                "Red Hat Enterprise Virtualization Manager",
                "Red Hat",
                (3, 6, 8),
                Some("3.6.8-0.1.el6"),
            ),
            Mode::V4_1 => product("oVirt Engine", "ovirt.org", (4, 1, 0), Some("4.1.0_master")),
            Mode::V4_4 => product("oVirt Engine", "ovirt.org", (4, 4, 10), Some("4.4.10.6-1.el8")),
        }
    }

    /// Compatibility level of clusters and data centers.
    pub fn level(self) -> (u32, u32) {
        match self {
            Mode::V3_0 => (3, 0),
            Mode::V3_1 => (3, 1),
            Mode::V3_6 => (3, 6),
            Mode::V4_1 => (4, 1),
            Mode::V4_4 => (4, 6),
        }
    }

    pub fn management_network(self) -> &'static str {
        if self <= Mode::V3_1 { "rhevm" } else { "ovirtmgmt" }
    }
}

/// How one answer is written: by which release, in which representation, with which prefix in its hrefs.
#[derive(Clone, Debug)]
pub struct Dialect {
    pub mode: Mode,
    pub api: Api,
    /// Prefix of the request, e.g. `/ovirt-engine/api` or `/ovirt-engine/api/v4`; hrefs repeat it.
    pub prefix: String,
}

impl Dialect {
    pub fn v3(&self) -> bool {
        self.api == Api::V3
    }

    /// Name of an upper-case enum value in 3.x, lower case since 4.0 in both representations.
    pub fn word(&self, lower: &str) -> String {
        if self.mode >= Mode::V4_1 { lower.to_owned() } else { lower.to_uppercase() }
    }

    pub fn content_type(&self) -> &'static str {
        if self.mode >= Mode::V4_1 { "application/xml;charset=UTF-8" } else { "application/xml" }
    }
}
