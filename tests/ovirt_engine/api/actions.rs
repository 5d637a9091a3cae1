//! What can be done to a machine, and the states it then goes through.

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::{Schedule, Time, delays};
use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::{Lock, Vm, VmStatus};
use super::super::reply::Problem;
use super::super::seed;
use super::{Answer, Work, vms};

use VmStatus::*;

/// A command: its action, the verb of its refusals, and the states that forbid it.
struct Command {
    action: &'static str,
    verb: &'static str,
    /// First mode that knows it.
    since: Mode,
    forbidden: &'static [VmStatus],
    perform: fn(&Work<'_>, &Vm, &Element) -> Outcome,
}

/// What a command does to its machine.
struct Outcome {
    status: Schedule<VmStatus>,
    /// Whether the engine runs tasks for it, which makes the answer a 202.
    tasks: bool,
}

const COMMANDS: [Command; 8] = [
    Command {
        action: "start",
        verb: "run",
        since: Mode::V3_0,
        forbidden: &[
            Up,
            PoweringUp,
            WaitForLaunch,
            PoweringDown,
            RebootInProgress,
            SavingState,
            RestoringState,
            ImageLocked,
            Migrating,
            NotResponding,
        ],
        perform: start,
    },
    Command {
        action: "stop",
        verb: "stop",
        since: Mode::V3_0,
        forbidden: &[Down, ImageLocked, SavingState, RestoringState],
        perform: stop,
    },
    Command {
        action: "shutdown",
        verb: "shutdown",
        since: Mode::V3_0,
        forbidden: &[Down, Suspended, ImageLocked, SavingState, RestoringState, NotResponding],
        perform: shutdown,
    },
    Command {
        action: "suspend",
        verb: "hibernate",
        since: Mode::V3_0,
        forbidden: &[
            Down,
            PoweringUp,
            WaitForLaunch,
            PoweringDown,
            RebootInProgress,
            Paused,
            Suspended,
            SavingState,
            RestoringState,
            ImageLocked,
            Migrating,
            NotResponding,
        ],
        perform: suspend,
    },
    Command {
        action: "reboot",
        verb: "restart",
        since: Mode::V3_6,
        forbidden: REBOOT_FORBIDDEN,
        perform: reboot,
    },
    Command {
        action: "reset",
        verb: "reset",
        since: Mode::V4_4,
        forbidden: REBOOT_FORBIDDEN,
        perform: reboot,
    },
    Command {
        action: "migrate",
        verb: "migrate",
        since: Mode::V3_0,
        forbidden: &[
            Down,
            WaitForLaunch,
            PoweringDown,
            Suspended,
            SavingState,
            RestoringState,
            ImageLocked,
            Migrating,
            NotResponding,
            RebootInProgress,
        ],
        perform: migrate,
    },
    Command {
        action: "cancelmigration",
        verb: "cancel migration for",
        since: Mode::V3_1,
        forbidden: &[
            Down,
            Up,
            PoweringUp,
            WaitForLaunch,
            PoweringDown,
            RebootInProgress,
            Paused,
            Suspended,
            SavingState,
            RestoringState,
            ImageLocked,
            NotResponding,
        ],
        perform: |work, vm, _| steps(vm, &[(work.now, Up)], false),
    },
];

const REBOOT_FORBIDDEN: &[VmStatus] = &[
    Down,
    WaitForLaunch,
    PoweringDown,
    RebootInProgress,
    Paused,
    Suspended,
    SavingState,
    RestoringState,
    ImageLocked,
    Migrating,
    NotResponding,
];

/// States in which a machine counts as running, for the texts of refusals.
const RUNNING: [VmStatus; 6] = [Up, PoweringUp, WaitForLaunch, PoweringDown, RebootInProgress, Migrating];

/// Performs the action on the machine.
pub fn act(work: &mut Work<'_>, call: &Call, id: &str, action: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let body = call.element("action")?;
    match action {
        "ticket" => return ticket(work, call, &vm, &body),
        "clone" if call.mode() >= Mode::V3_6 => return clone(work, call, &vm, &body),
        "detach"
        | "export"
        | "logon"
        | "freezefilesystems"
        | "thawfilesystems"
        | "reordermacaddresses"
        | "maintenance"
        | "move" => return done(work, call, &vm, action),
        _ => {}
    }
    let command = COMMANDS.iter().find(|command| command.action == action && call.mode() >= command.since);
    let command = command.ok_or(Problem::NotFound)?;
    let status = vm.status(work.now);
    if vm.gone.is_some() {
        let text = format!(
            "Cannot {} VM. Related operation is currently in progress. Please try again later.",
            command.verb
        );
        return Err(Problem::conflict(text));
    }
    if command.forbidden.contains(&status) {
        return Err(Problem::conflict(refusal(command, status)));
    }
    if action == "start" {
        check_start(work, &vm)?;
    }
    let outcome = (command.perform)(work, &vm, &body);
    apply(work, &vm, command.action, &body, outcome.status.clone());
    let ends = outcome.status.since(Time::MAX);
    let job = work.record(call, format!("{} VM {}", title(command.verb), vm.name), Some(vm.id), ends);
    let blocking = body.parsed("async") == Some(false) || call.waits();
    Ok(work.acted(call, job, outcome.tasks && !blocking, |_| {}))
}

fn title(verb: &str) -> String {
    let mut letters = verb.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The engine's words for why a state forbids a command.
fn refusal(command: &Command, status: VmStatus) -> String {
    let verb = command.verb;
    match (command.action, status) {
        (_, ImageLocked) => format!("Cannot {verb} VM: VM is locked. Please try again in a few minutes."),
        ("start", status) if RUNNING.contains(&status) => "Cannot run VM. VM is running.".to_owned(),
        ("stop" | "shutdown" | "migrate", Down) => format!("Cannot {verb} VM. VM is not running."),
        ("suspend", Down | Suspended | Paused | PoweringUp | WaitForLaunch) => {
            "Cannot hibernate VM. VM is not up.".to_owned()
        }
        _ => format!("Cannot {verb} VM because the VM is in {} status.", status.title()),
    }
}

fn check_start(work: &Work<'_>, vm: &Vm) -> Result<(), Problem> {
    let disks =
        || vm.disks.iter().filter_map(|attachment| work.inventory.disks.get(attachment.disk, work.now));
    let locked: Vec<&str> = disks()
        .filter(|disk| disk.status.at(work.now) == Lock::Locked)
        .map(|disk| disk.name.as_str())
        .collect();
    if !locked.is_empty() {
        return Err(Problem::conflict(format!(
            "Cannot run VM: The following disks are locked: {}. Please try again in a few minutes.",
            locked.join(", ")
        )));
    }
    let network = vm.machine.boot.iter().any(|device| device == "network");
    if vm.disks.is_empty() && !network {
        return Err(Problem::conflict(
            "Cannot run VM without at least one bootable disk.\nAlternatives:\n- Create a disk for this VM, and rerun \
             the VM.\n- Change the boot sequence of the VM to boot from CD (and use a bootable CD).",
        ));
    }
    if vm.disks.is_empty() && vm.nics.is_empty() {
        return Err(Problem::conflict(
            "VM is configured to be 'Network bootable', but no Network Interface is configured.\nAlternatives:\n- \
             Configure a Network Interface, and rerun the VM.",
        ));
    }
    Ok(())
}

fn apply(work: &mut Work<'_>, vm: &Vm, action: &str, body: &Element, status: Schedule<VmStatus>) {
    let now = work.now;
    let target = body.value("host/id").and_then(|id| Uuid::parse_str(id).ok());
    work.inventory.vms.update(vm.id, |vm| {
        match action {
            "start" => {
                vm.started = Some(now);
                vm.stop_reason = None;
                vm.next_run = false;
                vm.run_once = body.child("vm").is_some();
                vm.start_initialization = body.find("vm/initialization").cloned();
            }
            "stop" | "shutdown" | "suspend" => {
                vm.stopped = Some(status.since(Time::MAX));
                vm.stop_reason = body.value("reason").map(str::to_owned);
            }
            _ => vm.host = target.unwrap_or(vm.host),
        }
        vm.status = status;
    });
}

fn steps(_: &Vm, states: &[(Time, VmStatus)], tasks: bool) -> Outcome {
    let (first, rest) = (states[0], &states[1..]);
    let schedule = Schedule::new(first.0, first.1);
    Outcome { status: rest.iter().fold(schedule, |schedule, (at, state)| schedule.then(*at, *state)), tasks }
}

fn start(work: &Work<'_>, vm: &Vm, body: &Element) -> Outcome {
    let launched = work.after(delays::WAIT_FOR_LAUNCH);
    if vm.status(work.now) == Suspended {
        return steps(vm, &[(work.now, RestoringState), (work.after(delays::RESTORE_STATE), Up)], false);
    }
    if vm.status(work.now) == Paused {
        return steps(vm, &[(work.now, Up)], false);
    }
    if body.parsed("pause") == Some(true) {
        return steps(vm, &[(work.now, WaitForLaunch), (launched, Paused)], false);
    }
    let up = work.after(delays::WAIT_FOR_LAUNCH + delays::POWERING_UP);
    steps(vm, &[(work.now, WaitForLaunch), (launched, PoweringUp), (up, Up)], false)
}

fn stop(work: &Work<'_>, vm: &Vm, _: &Element) -> Outcome {
    let discards = vm.status(work.now) == Suspended;
    let passing = if discards { ImageLocked } else { PoweringDown };
    steps(vm, &[(work.now, passing), (work.after(delays::STOP), Down)], discards)
}

fn shutdown(work: &Work<'_>, vm: &Vm, _: &Element) -> Outcome {
    steps(vm, &[(work.now, PoweringDown), (work.after(delays::SHUTDOWN), Down)], false)
}

fn suspend(work: &Work<'_>, vm: &Vm, _: &Element) -> Outcome {
    steps(vm, &[(work.now, SavingState), (work.after(delays::SAVE_STATE), Suspended)], true)
}

fn reboot(work: &Work<'_>, vm: &Vm, _: &Element) -> Outcome {
    steps(vm, &[(work.now, RebootInProgress), (work.after(delays::REBOOT), Up)], false)
}

fn migrate(work: &Work<'_>, vm: &Vm, _: &Element) -> Outcome {
    steps(vm, &[(work.now, Migrating), (work.after(delays::MIGRATE), Up)], false)
}

fn done(work: &mut Work<'_>, call: &Call, vm: &Vm, action: &str) -> Answer {
    let now = work.now;
    let job = work.record(call, format!("{} VM {}", title(action), vm.name), Some(vm.id), now);
    Ok(work.acted(call, job, false, |_| {}))
}

fn ticket(work: &mut Work<'_>, call: &Call, vm: &Vm, body: &Element) -> Answer {
    if !vm.status(work.now).runs() {
        return Err(Problem::conflict("Cannot set VM ticket. VM is not running."));
    }
    let value = body.value("ticket/value").map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned);
    let expiry: u32 = body.parsed("ticket/expiry").unwrap_or(7200);
    let now = work.now;
    let job = work.record(call, format!("Set ticket of VM {}", vm.name), Some(vm.id), now);
    Ok(work.acted(call, job, false, |x| {
        x.group("ticket", |x| {
            let v3 = x.dialect.v3();
            if v3 {
                x.text("value", &value);
            }
            x.text("expiry", expiry);
            if !v3 {
                x.text("value", &value);
            }
        });
    }))
}

fn clone(work: &mut Work<'_>, call: &Call, vm: &Vm, body: &Element) -> Answer {
    let name =
        body.value("vm/name").ok_or_else(|| Problem::incomplete("Action [vm.name] required for doClone"))?;
    let status = vm.status(work.now);
    if matches!(status, Suspended | SavingState | RestoringState | ImageLocked) {
        return Err(Problem::conflict(format!(
            "Cannot clone VM because the VM is in {} status.",
            status.title()
        )));
    }
    let ends = work.after(delays::CREATE_VM);
    let copy = Vm {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        status: Schedule::new(work.now, ImageLocked).then(ends, Down),
        created: work.now,
        started: None,
        disks: vms::copied_disks(work, &vm.disks, name, vm.cluster, false),
        nics: vms::copied_nics(work, &vm.nics),
        snapshots: vec![seed::active_snapshot(Uuid::new_v4(), work.now)],
        ..vm.clone()
    };
    let id = copy.id;
    work.inventory.vms.put(copy);
    let job = work.record(call, format!("Cloning VM {}", vm.name), Some(id), ends);
    Ok(work.acted(call, job, true, |_| {}))
}
