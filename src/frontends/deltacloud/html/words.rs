//! What the API's names are called on a page.

/// Names that are not said as they are written.
const LABELS: &[(&str, &str)] = &[
    ("cidr", "Addresses"),
    ("cmd", "Command"),
    ("cpu", "Processors"),
    ("docs", "Documentation"),
    ("hwp_cpu", "Processors"),
    ("hwp_id", "Hardware profile"),
    ("hwp_memory", "Memory (MB)"),
    ("hwp_storage", "Disk (GB)"),
    ("id", "ID"),
    ("instance_count", "How many"),
    ("ip", "IP address"),
    ("ip_address", "IP address"),
    ("keyname", "Key"),
    ("metrics", "Metrics"),
    ("owner_id", "Owner"),
    ("pem", "Private key"),
];

/// A name of the API as people write it: `launch_time` is "Launch time", `image_id` "Image".
pub(super) fn label(name: &str) -> String {
    let name = name.trim_end_matches(|last: char| last == 'N' || last.is_ascii_digit());
    if let Some((_, label)) = LABELS.iter().find(|(known, _)| *known == name) {
        return (*label).to_owned();
    }
    let name = name.strip_suffix("_id").unwrap_or(name);
    let mut letters = name.chars().map(|letter| if letter == '_' { ' ' } else { letter });
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A name that is several words in one, apart: `cpuUtilization` is "CPU utilization".
pub(super) fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && words.ends_with(|last: char| last.is_ascii_lowercase()) {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    for (plain, short) in [("cpu ", "CPU "), ("nic ", "NIC ")] {
        words = words.replacen(plain, short, 1);
    }
    label(&words)
}

/// What an operation does, on what is pressed for it.
pub(super) fn verb(operation: &str) -> String {
    match operation {
        "rules" => "Add rule".to_owned(),
        "create_blob" => "Upload blob".to_owned(),
        "update_blob" => "Change metadata".to_owned(),
        operation => label(operation),
    }
}

/// One of a collection: `storage_volumes` has "storage volume"s.
pub(super) fn singular(collection: &str) -> String {
    let stem = collection.strip_suffix("sses").map(|stem| format!("{stem}ss"));
    let stem = stem.unwrap_or_else(|| collection.strip_suffix('s').unwrap_or(collection).to_owned());
    stem.replace('_', " ")
}

/// How a state is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    /// It will be another one soon.
    Busy,
    Idle,
}

impl Tone {
    /// That of a state's word, whatever it is a state of.
    pub(super) fn of(state: &str) -> Self {
        const WORDS: &[(&str, Tone)] = &[
            ("RUNNING", Tone::Good),
            ("AVAILABLE", Tone::Good),
            ("IN-USE", Tone::Good),
            ("UP", Tone::Good),
            ("COMPLETED", Tone::Good),
            ("ERROR", Tone::Bad),
            ("UNAVAILABLE", Tone::Bad),
            ("DOWN", Tone::Bad),
            ("START", Tone::Busy),
            ("PENDING", Tone::Busy),
            ("STOPPING", Tone::Busy),
            ("CREATING", Tone::Busy),
            ("ATTACHING", Tone::Busy),
            ("DETACHING", Tone::Busy),
            ("DELETING", Tone::Busy),
        ];
        let known = WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(state));
        known.map_or(Tone::Idle, |(_, tone)| *tone)
    }

    /// The name of its style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Tone::Good => "ok",
            Tone::Bad => "bad",
            Tone::Busy => "busy",
            Tone::Idle => "idle",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (name, expected) in [
            ("launch_time", "Launch time"),
            ("image_id", "Image"),
            ("owner_id", "Owner"),
            ("ip_addressN", "IP address"),
            ("firewalls1", "Firewalls"),
            ("", ""),
        ] {
            assert_eq!(label(name), expected);
        }
        assert_eq!(spaced("cpuUtilization"), "CPU utilization");
        assert_eq!(spaced("diskReadSector"), "Disk read sector");
    }

    #[test]
    fn one_of_many_is_named() {
        for (collection, expected) in
            [("instances", "instance"), ("addresses", "address"), ("storage_volumes", "storage volume")]
        {
            assert_eq!(singular(collection), expected);
        }
    }

    #[test]
    fn what_will_change_is_busy() {
        assert_eq!(Tone::of("pending"), Tone::Busy);
        assert_eq!(Tone::of("RUNNING"), Tone::Good);
        assert_eq!(Tone::of("whatever"), Tone::Idle);
    }
}
