//! What snapshots can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{envelope::Context, ids, scalars, snapshots, volumes},
    model::Snapshot,
};

/// The filters of `DescribeSnapshots`.
pub(in crate::frontends::ec2) const SNAPSHOTS: &[Known] = &[
    Known { name: "snapshot-id", values: V::Snapshot(id) },
    Known { name: "volume-id", values: V::Snapshot(volume) },
    Known {
        name: "status",
        values: V::Snapshot(|snapshot, _, matches| matches(snapshots::state(snapshot.state).0)),
    },
    Known {
        name: "progress",
        values: V::Snapshot(|snapshot, _, matches| matches(snapshots::state(snapshot.state).1)),
    },
    Known { name: "description", values: V::Snapshot(|snapshot, _, matches| matches(&snapshot.description)) },
    Known { name: "volume-size", values: V::Snapshot(size) },
    Known { name: "start-time", values: V::Snapshot(started) },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "encrypted", values: V::Always("false") },
    Known { name: "tag-key", values: V::TagKey },
    Known { name: "owner-alias", values: V::Never },
];

/// `Owner.N`: all snapshots are the user's own.
pub(in crate::frontends::ec2) const SNAPSHOT_OWNERS: &Known = &Known {
    name: "Owner",
    values: V::Context(|context, matches| matches("self") || matches(&context.owner)),
};

fn id(snapshot: &Snapshot<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&snapshot.id) || matches(ids::show(ids::SNAPSHOT, &snapshot.id, context.ids).as_str())
}

fn volume(snapshot: &Snapshot<'_>, context: &Context, matches: Matches<'_>) -> bool {
    let Some(id) = &snapshot.volume else { return false };
    matches(id) || matches(ids::show(ids::VOLUME, id, context.ids).as_str())
}

fn size(snapshot: &Snapshot<'_>, _: &Context, matches: Matches<'_>) -> bool {
    snapshot.size.is_some_and(|bytes| matches(volumes::gib(bytes).as_str()))
}

fn started(snapshot: &Snapshot<'_>, _: &Context, matches: Matches<'_>) -> bool {
    snapshot.created.is_some_and(|moment| matches(scalars::timestamp(moment).as_str()))
}
