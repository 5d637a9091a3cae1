//! What a disk was written in until a snapshot was taken.

use uuid::Uuid;

use super::super::api::disk_snapshots::Part;
use super::super::reply::View;
use super::super::xml::Xml;
use super::storage::sizes_v3;

/// `<disk_snapshot>` of a storage domain: a disk with the id of its image, its snapshot and its disk
/// (`DiskSnapshotMapper`). None is recorded; the order is the schema's.
pub fn disk_snapshot(view: &View<'_>, domain: Uuid, part: &Part, x: &mut Xml<'_>) {
    let Some(disk) = view.inventory.disks.get(part.image.disk, view.now) else { return };
    let id = part.image.image;
    let href = format!("{}/storagedomains/{domain}/disksnapshots/{id}", x.dialect.prefix);
    let status = if part.image.gone.is_some() { "locked" } else { part.snapshot.status.at(view.now).word() };
    let snapshot = part.snapshot.id.to_string();
    x.resource("disk_snapshot", &href, id, |x| {
        x.text("name", &disk.name);
        x.text("description", &disk.description);
        let v3 = x.dialect.v3();
        if !v3 {
            x.text("actual_size", disk.actual);
        }
        x.text("alias", &disk.name);
        if v3 {
            x.reference("storage_domain", "storagedomains", domain);
            x.group("storage_domains", |x| x.empty("storage_domain", &[("id", &domain.to_string())]));
            sizes_v3(disk, x);
            x.state("status", status);
        } else {
            x.text("content_type", "data");
        }
        x.text("format", &disk.format);
        if !v3 {
            x.text("propagate_errors", false);
            x.text("provisioned_size", disk.provisioned);
            x.text("shareable", disk.shareable);
        }
        x.text("sparse", disk.sparse);
        if !v3 {
            x.text("status", status);
            x.text("storage_type", "image");
        }
        x.text("wipe_after_delete", false);
        if v3 {
            x.empty("snapshot", &[("id", &snapshot)]);
            x.text("storage_type", "image");
            return x.reference("disk", "disks", disk.id);
        }
        x.reference("disk", "disks", disk.id);
        x.empty("snapshot", &[("id", &snapshot)]);
        x.reference("storage_domain", "storagedomains", domain);
        x.group("storage_domains", |x| x.reference("storage_domain", "storagedomains", domain));
    });
}
