//! What single disks were written in until snapshots were taken, as a storage domain lists it: 3.5 and later
//! (`BackendStorageDomainDiskSnapshotsResource`, `GetAllDiskSnapshotsByStorageDomainIdQuery`).

use std::sync::Arc;

use uuid::Uuid;

use super::super::call::Call;
use super::super::clock::delays;
use super::super::model::{Lock, Snapshot, SnapshotImage, Vm, VmStatus};
use super::super::render::disk_snapshots;
use super::super::reply::{Problem, Reply};
use super::{Answer, Work};

/// An image, with the snapshot and the machine that it is a part of.
pub struct Part {
    pub vm: Arc<Vm>,
    pub snapshot: Snapshot,
    pub image: SnapshotImage,
}

pub fn list(work: &Work<'_>, call: &Call, domain: &str) -> Answer {
    let domain = found_domain(work, call, domain)?;
    let parts = parts(work).filter(|part| is_in(work, part, domain)).map(Arc::new).collect();
    Ok(Reply::list("disk_snapshots", parts, move |view, part: &Part, x| {
        disk_snapshots::disk_snapshot(view, domain, part, x);
    }))
}

fn found_domain(work: &Work<'_>, call: &Call, domain: &str) -> Result<Uuid, Problem> {
    let domain = work.inventory.storage_domains.get(call.id(domain)?, work.now);
    domain.map(|domain| domain.id).ok_or(Problem::NotFound)
}

fn parts<'w>(work: &'w Work<'_>) -> impl Iterator<Item = Part> + 'w {
    let now = work.now;
    work.inventory.vms.all(now).flat_map(move |vm| {
        vm.snapshots.iter().flat_map(move |snapshot| {
            snapshot.images(now).map(move |image| Part {
                vm: vm.clone(),
                snapshot: snapshot.clone(),
                image: image.clone(),
            })
        })
    })
}

fn is_in(work: &Work<'_>, part: &Part, domain: Uuid) -> bool {
    let disk = work.inventory.disks.get(part.image.disk, work.now);
    disk.is_some_and(|disk| disk.storage_domain == domain)
}

/// One is found below any domain: the engine looks for the image alone.
fn found(work: &Work<'_>, call: &Call, domain: &str, id: &str) -> Result<(Uuid, Part), Problem> {
    let domain = found_domain(work, call, domain)?;
    let id = call.id(id)?;
    let part = parts(work).find(|part| part.image.image == id).ok_or(Problem::NotFound)?;
    Ok((domain, part))
}

pub fn show(work: &Work<'_>, call: &Call, domain: &str, id: &str) -> Answer {
    let (domain, part) = found(work, call, domain, id)?;
    Ok(Reply::resource(200, &work.view(call), |view, x| {
        disk_snapshots::disk_snapshot(view, domain, &part, x)
    }))
}

/// Merges one image into the next; the machine's snapshot stays, without it (`RemoveDiskSnapshotsCommand`).
pub fn remove(work: &mut Work<'_>, call: &Call, domain: &str, id: &str) -> Answer {
    let (_, part) = found(work, call, domain, id)?;
    refuse_merge(work, &part.vm)?;
    let gone = work.after(delays::LOCK_SNAPSHOT);
    work.inventory.vms.update(part.vm.id, |vm| {
        let all = vm.snapshots.iter_mut().flat_map(|snapshot| &mut snapshot.images);
        all.filter(|image| image.image == part.image.image).for_each(|image| image.gone = Some(gone));
    });
    let job = work.record(call, format!("Removing Disk Snapshot of VM {}", part.vm.name), None, gone);
    Ok(work.deleted(call, job))
}

/// A machine's images are merged while it is down, up or paused and nothing else is done to its snapshots.
pub fn refuse_merge(work: &Work<'_>, vm: &Vm) -> Result<(), Problem> {
    let locked = |snapshot: &Snapshot| {
        snapshot.gone.is_none_or(|gone| work.now < gone) && snapshot.status.at(work.now) == Lock::Locked
    };
    if vm.snapshots.iter().any(locked) {
        return Err(Problem::conflict(
            "Cannot remove Disk Snapshot. The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and try again.",
        ));
    }
    if !matches!(vm.status(work.now), VmStatus::Down | VmStatus::Up | VmStatus::Paused) {
        let name = &vm.name;
        return Err(Problem::conflict(format!(
            "Cannot remove Disk Snapshot. VM {name} must be in status Down, Up or Paused."
        )));
    }
    Ok(())
}
