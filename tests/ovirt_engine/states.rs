//! The states that things go through.

/// State of a virtual machine: the fifteen words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VmStatus {
    Unassigned,
    Down,
    Up,
    PoweringUp,
    Paused,
    Migrating,
    Unknown,
    NotResponding,
    WaitForLaunch,
    RebootInProgress,
    SavingState,
    RestoringState,
    Suspended,
    ImageLocked,
    PoweringDown,
}

/// Each state with its word in the API and its name in the search language and in messages.
const VM_STATUSES: [(VmStatus, &str, &str); 15] = [
    (VmStatus::Unassigned, "unassigned", "Unassigned"),
    (VmStatus::Down, "down", "Down"),
    (VmStatus::Up, "up", "Up"),
    (VmStatus::PoweringUp, "powering_up", "Powering Up"),
    (VmStatus::Paused, "paused", "Paused"),
    (VmStatus::Migrating, "migrating", "Migrating From"),
    (VmStatus::Unknown, "unknown", "Unknown"),
    (VmStatus::NotResponding, "not_responding", "Not Responding"),
    (VmStatus::WaitForLaunch, "wait_for_launch", "Wait For Launch"),
    (VmStatus::RebootInProgress, "reboot_in_progress", "Reboot In Progress"),
    (VmStatus::SavingState, "saving_state", "Saving State"),
    (VmStatus::RestoringState, "restoring_state", "Restoring State"),
    (VmStatus::Suspended, "suspended", "Suspended"),
    (VmStatus::ImageLocked, "image_locked", "Image Locked"),
    (VmStatus::PoweringDown, "powering_down", "Powering Down"),
];

impl VmStatus {
    fn row(self) -> &'static (VmStatus, &'static str, &'static str) {
        VM_STATUSES.iter().find(|row| row.0 == self).unwrap_or(&VM_STATUSES[0])
    }

    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// As messages name it.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    pub fn from_word(word: &str) -> Option<VmStatus> {
        VM_STATUSES.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// Whether a host runs it.
    pub fn runs(self) -> bool {
        use VmStatus::*;
        match self {
            Unassigned | Down | Unknown | Suspended | ImageLocked => false,
            Up | PoweringUp | Paused | Migrating | NotResponding | WaitForLaunch | RebootInProgress
            | SavingState | RestoringState | PoweringDown => true,
        }
    }
}

/// State of a disk, a template or a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    Locked,
    Ok,
}

impl Lock {
    pub fn word(self) -> &'static str {
        match self {
            Lock::Locked => "locked",
            Lock::Ok => "ok",
        }
    }
}
