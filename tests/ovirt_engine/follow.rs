//! `follow=` of 4.2 and later, and v3's `detail=`: what is inlined into an answer.

/// Dotted paths of links, without underscores and in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Follow {
    paths: Vec<String>,
}

/// Links that may be followed, by the resource that has them.
const LINKS: [(&str, &[&str]); 11] = [
    (
        "vms",
        &[
            "affinitylabels",
            "applications",
            "backups",
            "cdroms",
            "checkpoints",
            "cluster",
            "cpuprofile",
            "diskattachments",
            "graphicsconsoles",
            "host",
            "hostdevices",
            "instancetype",
            "katelloerrata",
            "nics",
            "numanodes",
            "originaltemplate",
            "permissions",
            "quota",
            "reporteddevices",
            "sessions",
            "snapshots",
            "statistics",
            "tags",
            "template",
            "watchdogs",
        ],
    ),
    (
        "templates",
        &[
            "cdroms",
            "cluster",
            "diskattachments",
            "graphicsconsoles",
            "nics",
            "permissions",
            "tags",
            "watchdogs",
        ],
    ),
    ("nics", &["networkfilterparameters", "reporteddevices", "statistics", "vm", "vnicprofile"]),
    ("diskattachments", &["disk", "template", "vm"]),
    ("disk", &["diskprofile", "disksnapshots", "permissions", "quota", "statistics", "storagedomains"]),
    ("disks", &["diskprofile", "disksnapshots", "permissions", "quota", "statistics", "storagedomains"]),
    ("clusters", &["affinitygroups", "cpuprofiles", "datacenter", "networks", "permissions"]),
    ("datacenters", &["clusters", "networks", "permissions", "quotas", "storagedomains"]),
    ("networks", &["datacenter", "permissions", "vnicprofiles"]),
    ("snapshots", &["cdroms", "disks", "nics"]),
    ("vnicprofiles", &["network", "permissions"]),
];

impl Follow {
    /// Reads a comma-separated list; names may have underscores and any case.
    pub fn parse(list: &str) -> Follow {
        let normal = |path: &str| path.trim().replace('_', "").to_ascii_lowercase();
        Follow { paths: list.split(',').map(normal).filter(|path| !path.is_empty()).collect() }
    }

    /// v3's `detail` values, e.g. `nics+disks` or `+disks`.
    pub fn add_details(&mut self, list: &str) {
        let added = Follow::parse(&list.replace(['+', ' '], ","));
        self.paths.extend(added.paths);
    }

    pub fn has(&self, link: &str) -> bool {
        self.paths.iter().any(|path| path.split('.').next() == Some(link))
    }

    /// What is followed below `link`.
    pub fn below(&self, link: &str) -> Follow {
        let rest = |path: &String| Some(path.strip_prefix(link)?.strip_prefix('.')?.to_owned());
        Follow { paths: self.paths.iter().filter_map(rest).collect() }
    }

    /// The first path that leads nowhere from members of `collection`.
    pub fn unknown(&self, collection: &str) -> Option<&str> {
        let leads = |path: &&String| {
            let mut from = collection;
            !path.split('.').all(|link| {
                let known = links(from).is_none_or(|links| links.contains(&link));
                from = link;
                known
            })
        };
        self.paths.iter().find(leads).map(String::as_str)
    }
}

fn links(collection: &str) -> Option<&'static [&'static str]> {
    LINKS.iter().find(|(name, _)| *name == collection).map(|(_, links)| *links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_any_spelling() {
        let follow = Follow::parse("Disk_Attachments.disk,nics.reportedDevices");
        assert!(follow.has("diskattachments") && follow.has("nics") && !follow.has("disk"));
        assert!(follow.below("nics").has("reporteddevices"));
        assert_eq!(follow.unknown("vms"), None);
        assert_eq!(Follow::parse("nics.colour").unknown("vms"), Some("nics.colour"));
    }
}
