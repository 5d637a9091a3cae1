//! The engine's words for states, in the model's.
//!
//! The words are those of `vm_states` and its like in the engine's capabilities; 2.2 and the first 3.0 wrote them in
//! capitals.

use crate::model::{Health, ImageState, InstanceState, RealmState, SnapshotState, VolumeState};

/// The states of a VM, and how it does in them.
static VM: &[(&str, InstanceState, Health)] = &[
    ("unassigned", InstanceState::Starting, Health::Unknown),
    ("down", InstanceState::Stopped, Health::Unknown),
    ("up", InstanceState::Running, Health::Ok),
    ("powering_up", InstanceState::Starting, Health::Unknown),
    ("paused", InstanceState::Paused, Health::Impaired),
    ("migrating", InstanceState::Running, Health::Ok),
    ("unknown", InstanceState::Unknown, Health::Impaired),
    ("not_responding", InstanceState::Unknown, Health::Impaired),
    ("wait_for_launch", InstanceState::Starting, Health::Unknown),
    ("reboot_in_progress", InstanceState::Rebooting, Health::Ok),
    ("saving_state", InstanceState::Suspending, Health::Unknown),
    ("restoring_state", InstanceState::Resuming, Health::Unknown),
    ("suspended", InstanceState::Suspended, Health::Unknown),
    ("image_locked", InstanceState::Locked, Health::Unknown),
    ("powering_down", InstanceState::Stopping, Health::Unknown),
];

/// The state of a VM, and how it does; `Unknown` for a word that is not known, so that it never breaks a list.
pub(super) fn vm(word: &str) -> (InstanceState, Health) {
    let known = VM.iter().find(|(known, ..)| known.eq_ignore_ascii_case(word));
    known.map_or((InstanceState::Unknown, Health::Unknown), |(_, state, health)| (*state, *health))
}

/// The state of a template.
pub(super) fn template(word: &str) -> ImageState {
    if word.eq_ignore_ascii_case("ok") {
        ImageState::Available
    } else if word.eq_ignore_ascii_case("locked") {
        ImageState::Pending
    } else {
        ImageState::Failed
    }
}

/// The state of a disk, by its word and whether a VM has it.
pub(super) fn disk(word: &str, attached: bool) -> VolumeState {
    match (word, attached) {
        (word, true) if word.eq_ignore_ascii_case("ok") => VolumeState::InUse,
        (word, false) if word.eq_ignore_ascii_case("ok") => VolumeState::Available,
        (word, _) if word.eq_ignore_ascii_case("locked") => VolumeState::Locked,
        (_, _) => VolumeState::Error,
    }
}

/// The state of a disk snapshot, which has the words of a disk.
pub(super) fn snapshot(word: &str) -> SnapshotState {
    if word.eq_ignore_ascii_case("ok") {
        SnapshotState::Completed
    } else if word.eq_ignore_ascii_case("locked") {
        SnapshotState::Pending
    } else {
        SnapshotState::Error
    }
}

/// Whether the clusters of a data center in this state take new VMs.
pub(super) fn data_center(word: &str) -> RealmState {
    if word.eq_ignore_ascii_case("up") { RealmState::Available } else { RealmState::Unavailable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_vm_is_known_once_in_any_case() {
        assert_eq!(VM.len(), 15);
        for (word, state, health) in VM {
            assert_eq!(VM.iter().filter(|(known, ..)| known == word).count(), 1, "{word}");
            assert_eq!(vm(word), (*state, *health));
            assert_eq!(vm(&word.to_uppercase()), (*state, *health));
        }
    }

    #[test]
    fn an_unknown_state_is_unknown() {
        assert_eq!(vm("hibernating_on_the_moon"), (InstanceState::Unknown, Health::Unknown));
        assert_eq!(vm("").0, InstanceState::Unknown);
        assert_eq!(template("peculiar"), ImageState::Failed);
        assert_eq!(disk("peculiar", true), VolumeState::Error);
        assert_eq!(snapshot("illegal"), SnapshotState::Error);
        assert_eq!(data_center("contend"), RealmState::Unavailable);
    }
}
