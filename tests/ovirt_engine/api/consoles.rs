//! The consoles and drives of a machine.

use super::super::call::Call;
use super::super::render::vm_v4;
use super::super::reply::{Problem, Reply};
use super::super::xml::Xml;
use super::{Answer, Work, kept};

/// Id of the SPICE console: its protocol in hexadecimal.
const SPICE: &str = "7370696365";

pub fn list(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let running = vm.status(work.now).runs();
    let current = call.flag("current") == Some(true);
    Ok(Reply::resource(200, &work.view(call), |_, x| {
        x.group("graphics_consoles", |x| {
            if running || !current {
                console(&vm, running, x);
            }
        });
    }))
}

fn console(vm: &super::super::model::Vm, running: bool, x: &mut Xml<'_>) {
    let href = format!("{}/vms/{}/graphicsconsoles/{SPICE}", x.dialect.prefix, vm.id);
    x.resource("graphics_console", &href, SPICE, |x| {
        if running {
            x.text("address", "127.0.0.1");
            x.text("port", 5904);
        }
        x.text("protocol", "spice");
        if running {
            x.text("tls_port", 5905);
        }
        x.reference("vm", "vms", vm.id);
    });
}

/// `ticket`, `proxyticket` and `remoteviewerconnectionfile` of a console.
pub fn act(work: &mut Work<'_>, call: &Call, id: &str, console: &str, action: &str) -> Answer {
    let vm = work.vm(call, id)?;
    call.element("action")?;
    if console != SPICE {
        return Err(Problem::NotFound);
    }
    if !vm.status(work.now).runs() {
        return Err(Problem::conflict("Cannot connect to the VM. VM is not running."));
    }
    let now = work.now;
    let job = work.record(call, format!("Console of VM {}", vm.name), Some(vm.id), now);
    let file = "[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=5904\n";
    let viewer = action == "remoteviewerconnectionfile";
    Ok(work.acted(call, job, false, |x| {
        if viewer {
            x.text("remote_viewer_connection_file", file);
        }
    }))
}

pub fn cdroms(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    Ok(Reply::resource(200, &work.view(call), |_, x| {
        x.group("cdroms", |x| {
            let href = format!("{}/vms/{}", x.dialect.prefix, vm.id);
            vm_v4::cdrom(&href, vm.id, x);
        });
    }))
}

/// Changes the disc; the answer shows it, the drive forgets it.
pub fn change_disc(work: &Work<'_>, call: &Call, id: &str, drive: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let element = call.element("cdrom")?;
    if !call.id(drive)?.is_nil() {
        return Err(Problem::NotFound);
    }
    Ok(Reply::resource(200, &work.view(call), |_, x| {
        let href = format!("{}/vms/{}/cdroms/{drive}", x.dialect.prefix, vm.id);
        x.resource("cdrom", &href, drive, |x| {
            if let Some(file) = element.child("file") {
                kept::echo(file, x);
            }
            x.reference("vm", "vms", vm.id);
        });
    }))
}
