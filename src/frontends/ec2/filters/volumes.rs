//! What volumes, and how they do, can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{envelope::Context, ids, scalars, volume_status, volumes},
    model::{Mount, Volume},
};

/// The filters of `DescribeVolumes`.
pub(in crate::frontends::ec2) const VOLUMES: &[Known] = &[
    Known { name: "volume-id", values: V::Volume(id) },
    Known { name: "status", values: V::Volume(|volume, _, matches| matches(volumes::state(volume))) },
    Known { name: "size", values: V::Volume(size) },
    Known { name: "snapshot-id", values: V::Volume(snapshot) },
    Known { name: "availability-zone", values: V::Volume(zone) },
    Known { name: "create-time", values: V::Volume(created) },
    Known { name: "attachment.instance-id", values: V::Volume(instance) },
    Known { name: "attachment.device", values: V::Volume(device) },
    Known { name: "attachment.status", values: V::Volume(attached) },
    Known { name: "attachment.delete-on-termination", values: V::Volume(goes_with_its_instance) },
    Known { name: "volume-type", values: V::Always(volumes::VOLUME_TYPE) },
    Known { name: "encrypted", values: V::Always("false") },
    Known { name: "multi-attach-enabled", values: V::Always("false") },
    Known { name: "tag-key", values: V::TagKey },
    Known { name: "attachment.attach-time", values: V::Never },
];

/// The filters of `DescribeVolumeStatus`.
pub(in crate::frontends::ec2) const VOLUME_STATUSES: &[Known] = &[
    Known { name: "volume-id", values: V::Volume(id) },
    Known { name: "availability-zone", values: V::Volume(zone) },
    Known {
        name: "volume-status.status",
        values: V::Volume(|volume, _, matches| matches(volume_status::check(volume).0)),
    },
    Known { name: "volume-status.details-name", values: V::Always("io-enabled") },
    Known {
        name: "volume-status.details-status",
        values: V::Volume(|volume, _, matches| matches(volume_status::check(volume).1)),
    },
];

fn id(volume: &Volume<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&volume.id) || matches(ids::show(ids::VOLUME, &volume.id, context.ids).as_str())
}

fn size(volume: &Volume<'_>, _: &Context, matches: Matches<'_>) -> bool {
    volume.size.is_some_and(|bytes| matches(volumes::gib(bytes).as_str()))
}

fn snapshot(volume: &Volume<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let Some(id) = &volume.snapshot else { return false };
    matches(id) || matches(ids::show(ids::SNAPSHOT, id, context.ids).as_str())
}

fn zone(volume: &Volume<'_>, _: &Context, matches: Matches<'_>) -> bool {
    volume.realm.as_deref().is_some_and(matches)
}

fn created(volume: &Volume<'_>, _: &Context, matches: Matches<'_>) -> bool {
    volume.created.is_some_and(|moment| matches(scalars::timestamp(moment).as_str()))
}

fn instance(volume: &Volume<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let Some(Mount { instance, .. }) = &volume.mount else { return false };
    matches(instance) || matches(ids::show(ids::INSTANCE, instance, context.ids).as_str())
}

fn device(volume: &Volume<'_>, _: &Context, matches: Matches<'_>) -> bool {
    volume.mount.as_ref().and_then(|mount| mount.device.as_deref()).is_some_and(matches)
}

fn attached(volume: &Volume<'_>, _: &Context, matches: Matches<'_>) -> bool {
    volume.mount.is_some() && matches("attached")
}

fn goes_with_its_instance(volume: &Volume<'_>, _: &Context, matches: Matches<'_>) -> bool {
    volume.mount.is_some() && matches("false")
}
