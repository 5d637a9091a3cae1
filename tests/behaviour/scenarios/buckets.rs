//! Buckets and blobs.

use deltagate::model::{BlobSpec, BucketSpec, Change, Id, Kind, Operation, Spec, Verb};

use super::{all_of, create, is_missing};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[
        all_of!(Bucket),
        &[
            (Verb::Show, Kind::Blob),
            (Verb::Create, Kind::Blob),
            (Verb::Read, Kind::Blob),
            (Verb::Change, Kind::Blob),
            (Verb::Destroy, Kind::Blob),
        ],
    ],
    play: |world| {
        let spec = BucketSpec { name: "behaviour-bucket".to_owned(), location: None };
        let bucket = create(world, Spec::Bucket(spec));
        assert!(world.list(Kind::Bucket).iter().any(|listed| listed.id == bucket.id));
        let names = ["plain", "with space", "a/b?c#d;e", "\u{fc}ml\u{e4}ut"];
        for name in names {
            let spec = BlobSpec {
                bucket: Id::from(bucket.id.as_str()),
                name: name.to_owned(),
                content_type: Some("text/x-behaviour".to_owned()),
                size: None,
                metadata: vec![("colour".to_owned(), "red".to_owned())],
            };
            world.perform(&Operation::Create(Box::new(Spec::Blob(spec))));
            let id = Id::of_blob(&bucket.id, name);
            let shown = world.one(&Operation::Show(Kind::Blob, id.clone()));
            assert_eq!((shown.id.as_str(), shown.more("content_type")), (name, "text/x-behaviour"));
            assert_eq!(shown.more("content_length"), name.len().to_string());
            assert_eq!(shown.more("metadata"), "colour=red");
            let read = world.one(&Operation::Read(id.clone()));
            assert_eq!((read.more("content"), read.more("content_type")), (name, "text/x-behaviour"));
            let words = vec![("shape".to_owned(), "round".to_owned())];
            world.perform(&Operation::Change(id.clone(), Change::SetMetadata(words)));
            assert_eq!(world.one(&Operation::Show(Kind::Blob, id)).more("metadata"), "shape=round");
        }
        let shown = world.find(Kind::Bucket, &bucket.id).unwrap();
        assert!(shown.more("blobs").contains("plain"), "{shown:?}");
        let full = world.try_it(&Operation::Destroy(Kind::Bucket, vec![Id::from(bucket.id.as_str())]));
        assert!(matches!(full, Err(Refused::Conflict(_))), "{full:?}");
        for name in names {
            let id = Id::of_blob(&bucket.id, name);
            world.perform(&Operation::Destroy(Kind::Blob, vec![id.clone()]));
            assert_eq!(world.try_it(&Operation::Read(id.clone())), Err(Refused::Missing));
            assert_eq!(world.try_it(&Operation::Destroy(Kind::Blob, vec![id])), Err(Refused::Missing));
        }
        world.destroy(Kind::Bucket, &bucket.id);
        is_missing(world, Kind::Bucket, true);
    },
};
