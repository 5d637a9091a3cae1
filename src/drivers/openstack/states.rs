//! The services' words for states, in the model's.
//!
//! Nova's `status` says where a server is, and its task state where it is going; Cinder's, Glance's and Neutron's
//! statuses say both. The words are those of the services' API references.

use crate::model::{Health, ImageState, InstanceState, NetworkState, SnapshotState, VolumeState};

/// The statuses of a server, and how it does in them.
/// <https://docs.openstack.org/api-guide/compute/server_concepts.html#server-status>
static SERVER: &[(&str, InstanceState, Health)] = &[
    ("ACTIVE", InstanceState::Running, Health::Ok),
    ("BUILD", InstanceState::Creating, Health::Unknown),
    ("DELETED", InstanceState::Terminated, Health::Unknown),
    ("ERROR", InstanceState::Error, Health::Impaired),
    ("HARD_REBOOT", InstanceState::Rebooting, Health::Ok),
    ("MIGRATING", InstanceState::Running, Health::Ok),
    ("PASSWORD", InstanceState::Running, Health::Ok),
    ("PAUSED", InstanceState::Paused, Health::Unknown),
    ("REBOOT", InstanceState::Rebooting, Health::Ok),
    ("REBUILD", InstanceState::Creating, Health::Unknown),
    ("RESCUE", InstanceState::Running, Health::Impaired),
    ("RESIZE", InstanceState::Locked, Health::Unknown),
    ("REVERT_RESIZE", InstanceState::Locked, Health::Unknown),
    ("SHELVED", InstanceState::Stopped, Health::Unknown),
    ("SHELVED_OFFLOADED", InstanceState::Stopped, Health::Unknown),
    ("SHUTOFF", InstanceState::Stopped, Health::Unknown),
    ("SOFT_DELETED", InstanceState::Terminated, Health::Unknown),
    ("SUSPENDED", InstanceState::Suspended, Health::Unknown),
    ("UNKNOWN", InstanceState::Unknown, Health::Impaired),
    ("VERIFY_RESIZE", InstanceState::Running, Health::Ok),
];

/// The tasks that are on their way to another state than the status says.
static TASK: &[(&str, InstanceState)] = &[
    ("powering-off", InstanceState::Stopping),
    ("powering-on", InstanceState::Starting),
    ("rebooting", InstanceState::Rebooting),
    ("reboot_pending", InstanceState::Rebooting),
    ("reboot_started", InstanceState::Rebooting),
    ("rebooting_hard", InstanceState::Rebooting),
    ("reboot_pending_hard", InstanceState::Rebooting),
    ("reboot_started_hard", InstanceState::Rebooting),
    ("suspending", InstanceState::Suspending),
    ("resuming", InstanceState::Resuming),
    ("unpausing", InstanceState::Resuming),
    ("shelving", InstanceState::Stopping),
    ("shelving_image_pending_upload", InstanceState::Stopping),
    ("shelving_image_uploading", InstanceState::Stopping),
    ("shelving_offloading", InstanceState::Stopping),
    ("unshelving", InstanceState::Starting),
    ("spawning", InstanceState::Creating),
    ("restoring", InstanceState::Starting),
    ("deleting", InstanceState::Terminating),
    ("soft-deleting", InstanceState::Terminating),
];

/// <https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes>
static VOLUME: &[(&str, VolumeState)] = &[
    ("creating", VolumeState::Creating),
    ("available", VolumeState::Available),
    ("reserved", VolumeState::Locked),
    ("attaching", VolumeState::Locked),
    ("detaching", VolumeState::Locked),
    ("in-use", VolumeState::InUse),
    ("maintenance", VolumeState::Locked),
    ("deleting", VolumeState::Deleting),
    ("awaiting-transfer", VolumeState::Locked),
    ("error", VolumeState::Error),
    ("error_deleting", VolumeState::Error),
    ("backing-up", VolumeState::Locked),
    ("restoring-backup", VolumeState::Locked),
    ("error_backing-up", VolumeState::Error),
    ("error_restoring", VolumeState::Error),
    ("error_extending", VolumeState::Error),
    ("downloading", VolumeState::Creating),
    ("uploading", VolumeState::Locked),
    ("retyping", VolumeState::Locked),
    ("extending", VolumeState::Locked),
];

/// <https://docs.openstack.org/api-ref/block-storage/v3/#volume-snapshots-snapshots>
static SNAPSHOT: &[(&str, SnapshotState)] = &[
    ("creating", SnapshotState::Pending),
    ("available", SnapshotState::Completed),
    ("backing-up", SnapshotState::Completed),
    ("restoring", SnapshotState::Completed),
    ("unmanaging", SnapshotState::Completed),
    ("deleting", SnapshotState::Deleting),
    ("deleted", SnapshotState::Deleting),
    ("error", SnapshotState::Error),
    ("error_deleting", SnapshotState::Error),
];

/// <https://docs.openstack.org/glance/latest/user/statuses.html>
static IMAGE: &[(&str, ImageState)] = &[
    ("queued", ImageState::Pending),
    ("saving", ImageState::Pending),
    ("uploading", ImageState::Pending),
    ("importing", ImageState::Pending),
    ("active", ImageState::Available),
    ("deactivated", ImageState::Failed),
    ("killed", ImageState::Failed),
    ("deleted", ImageState::Failed),
    ("pending_delete", ImageState::Failed),
];

/// The state of a server, and how it does; `Unknown` for a word that is not known, so that it never breaks a list.
pub(super) fn server(status: &str, task: Option<&str>) -> (InstanceState, Health) {
    let known = SERVER.iter().find(|(known, ..)| known.eq_ignore_ascii_case(status));
    let (state, health) =
        known.map_or((InstanceState::Unknown, Health::Unknown), |(_, state, health)| (*state, *health));
    let going = task.and_then(|task| TASK.iter().find(|(known, _)| *known == task));
    (going.map_or(state, |(_, going)| *going), health)
}

/// The state of a volume; `Error` for a word that is not known.
pub(super) fn volume(status: &str) -> VolumeState {
    word(VOLUME, status).unwrap_or(VolumeState::Error)
}

/// The state of a snapshot; `Error` for a word that is not known.
pub(super) fn snapshot(status: &str) -> SnapshotState {
    word(SNAPSHOT, status).unwrap_or(SnapshotState::Error)
}

/// The state of an image; `Failed` for a word that is not known.
pub(super) fn image(status: &str) -> ImageState {
    word(IMAGE, status).unwrap_or(ImageState::Failed)
}

/// Whether a network carries anything.
pub(super) fn network(status: &str) -> NetworkState {
    if status.eq_ignore_ascii_case("active") {
        NetworkState::Up
    } else if status.eq_ignore_ascii_case("build") {
        NetworkState::Pending
    } else {
        NetworkState::Down
    }
}

fn word<T: Copy>(table: &[(&str, T)], status: &str) -> Option<T> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(status)).map(|(_, state)| *state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_a_server_is_known_once() {
        assert_eq!(SERVER.len(), 20);
        for (status, state, health) in SERVER {
            assert_eq!(SERVER.iter().filter(|(known, ..)| known == status).count(), 1, "{status}");
            assert_eq!(server(status, None), (*state, *health));
            assert_eq!(server(status, Some("image_uploading")), (*state, *health));
            assert_eq!(server(status, Some("deleting")), (InstanceState::Terminating, *health));
        }
    }

    #[test]
    fn a_task_says_where_a_server_is_going() {
        for (status, task, state) in [
            ("ACTIVE", "powering-off", InstanceState::Stopping),
            ("SHUTOFF", "powering-on", InstanceState::Starting),
            ("REBOOT", "rebooting", InstanceState::Rebooting),
            ("BUILD", "scheduling", InstanceState::Creating),
            ("ACTIVE", "image_snapshot_pending", InstanceState::Running),
            ("SUSPENDED", "resuming", InstanceState::Resuming),
        ] {
            assert_eq!(server(status, Some(task)).0, state, "{status} {task}");
        }
    }

    #[test]
    fn an_unknown_word_breaks_nothing() {
        assert_eq!(server("HIBERNATING", Some("dreaming")), (InstanceState::Unknown, Health::Unknown));
        assert_eq!(volume("melting"), VolumeState::Error);
        assert_eq!(snapshot(""), SnapshotState::Error);
        assert_eq!(image("peculiar"), ImageState::Failed);
        assert_eq!(network("DOWN"), NetworkState::Down);
    }
}
