//! Buckets and blobs, in memory and on disk.

use super::*;
use crate::model::{BlobSpec, BucketSpec};

fn blob(name: &str, size: Option<u64>) -> Operation {
    make(Spec::Blob(BlobSpec {
        bucket: "bucket1".into(),
        name: name.to_owned(),
        content_type: Some("text/plain".to_owned()),
        size,
        metadata: vec![("k".to_owned(), "v".to_owned())],
    }))
}

fn pieces(content: &[u8]) -> Vec<Result<Bytes, Error>> {
    content.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect()
}

async fn upload(
    mock: &Mock,
    operation: Operation,
    body: Vec<Result<Bytes, Error>>,
) -> Result<Vec<Resource<'static>>, Error> {
    let mut client = Client::sending(body);
    ask(mock, operation, (USER, PASSWORD), &mut client).await.map(|()| client.received)
}

/// What a blob holds.
async fn content(mock: &Mock, id: &str) -> Vec<u8> {
    let mut content = Vec::new();
    for resource in all(mock, Operation::Read(id.into())).await.unwrap() {
        if let Resource::Content(piece) = resource {
            assert!((1..=64 << 10).contains(&piece.len()), "a piece of {} bytes", piece.len());
            content.extend_from_slice(&piece);
        }
    }
    content
}

fn long(byte: u8) -> Vec<u8> {
    (0..700_001_u32).map(|number| byte ^ number.to_le_bytes()[1]).collect()
}

/// How many files hold contents of the cloud that is kept in this folder.
fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("mock.cloud/contents")).unwrap().count()
}

#[tokio::test]
async fn a_blob_holds_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    for mock in [at_once(), kept(folder.path())] {
        assert_eq!(content(&mock, "bucket1/blob1").await, b"content of blob 1");
        for sent in [Vec::new(), b"hello".to_vec(), vec![7; 4 << 10], vec![8; (4 << 10) + 1], long(1)] {
            let size = u64::try_from(sent.len()).unwrap();
            let made = upload(&mock, blob("a/b", Some(size)), pieces(&sent)).await.unwrap();
            let Resource::Blob(made) = &made[0] else { panic!("{made:?}") };
            assert_eq!((made.name.as_ref(), made.size), ("a/b", Some(size)));
            assert!(content(&mock, "bucket1/a/b").await == sent, "{size} bytes");
        }
        let bucket = ids(&mock, show(Kind::Bucket, "bucket1")).await;
        assert_eq!(bucket, ["bucket1", "a/b", "blob1", "blob2", "blob3"]);
    }
    assert_eq!(files(folder.path()), 1);
}

#[tokio::test]
async fn an_upload_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mock = kept(folder.path());
    let gone = || vec![Ok(long(1).into()), Err(Error::new(ErrorKind::Invalid, "the client is gone"))];
    let elsewhere = |bucket: &str, name: &str, metadata: Vec<(String, String)>| {
        let (bucket, name) = (bucket.into(), name.to_owned());
        make(Spec::Blob(BlobSpec { bucket, name, content_type: None, size: None, metadata }))
    };
    let much = vec![("k".to_owned(), "v".repeat(9 << 10))];
    let cases = [
        (blob("blob1", None), gone(), ErrorKind::Invalid),
        (blob("blob1", Some(700_000)), pieces(&long(1)), ErrorKind::Invalid),
        (blob("blob1", Some(700_002)), pieces(&long(1)), ErrorKind::Invalid),
        (elsewhere("nosuch", "b", Vec::new()), pieces(b"x"), ErrorKind::NotFound),
        (elsewhere("bucket1", "", Vec::new()), pieces(b"x"), ErrorKind::Invalid),
        (elsewhere("bucket1", "a\n", Vec::new()), pieces(b"x"), ErrorKind::Invalid),
        (elsewhere("bucket1", "b", much), pieces(b"x"), ErrorKind::Invalid),
    ];
    for (operation, body, expected) in cases {
        assert_eq!(upload(&mock, operation, body).await.unwrap_err().kind(), expected);
        assert_eq!(content(&mock, "bucket1/blob1").await, b"content of blob 1");
        assert_eq!(ids(&mock, show(Kind::Bucket, "bucket1")).await.len(), 4);
        assert_eq!(files(folder.path()), 0);
    }
}

#[tokio::test]
async fn what_is_being_read_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    for mock in [at_once(), kept(folder.path())] {
        upload(&mock, blob("b", None), pieces(&long(1))).await.unwrap();
        let id = Id::from("bucket1/b");
        let (_, mut first) = mock.open_blob(&id).await.unwrap();
        upload(&mock, blob("b", None), pieces(&long(2))).await.unwrap();
        let (_, mut second) = mock.open_blob(&id).await.unwrap();
        only(&mock, remove(Kind::Blob, "bucket1/b")).await;
        for (pieces, expected) in [(&mut first, long(1)), (&mut second, long(2))] {
            let mut read = Vec::new();
            while let Some(piece) = pieces.next().await.unwrap() {
                read.extend_from_slice(&piece);
            }
            assert!(read == expected);
        }
        assert_eq!(failure(&mock, Operation::Read(id)).await.0, ErrorKind::NotFound);
    }
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn only_so_many_blobs_are_held_in_files_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let much = || pieces(&[0; 5_000]);
    let (mock, kept) = (at_once(), kept(folder.path()));
    for number in 0..256 {
        upload(&mock, blob(&number.to_string(), None), much()).await.unwrap();
    }
    upload(&mock, blob("0", None), much()).await.unwrap(); // takes the place of the one before
    let refused = upload(&mock, blob("more", None), much()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::LimitReached);
    upload(&mock, blob("more", None), pieces(b"little")).await.unwrap();
    upload(&kept, blob("more", None), much()).await.unwrap();
}

#[tokio::test]
async fn metadata_is_replaced_and_the_content_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mock = kept(folder.path());
    upload(&mock, blob("b", None), pieces(&long(1))).await.unwrap();
    let words =
        |value: &str| change("bucket1/b", Change::SetMetadata(vec![("n".to_owned(), value.to_owned())]));
    let Resource::Blob(changed) = only(&mock, words("w")).await else { panic!("no blob") };
    assert_eq!(changed.metadata, [("n".into(), "w".into())]);
    assert!(content(&mock, "bucket1/b").await == long(1));
    assert_eq!(failure(&mock, words(&"w".repeat(9 << 10))).await.0, ErrorKind::Invalid);
}

#[tokio::test]
async fn a_bucket_goes_when_it_is_empty() {
    let mock = at_once();
    let bucket = |name: &str, location: Option<&str>| {
        make(Spec::Bucket(BucketSpec { name: name.to_owned(), location: location.map(str::to_owned) }))
    };
    let Resource::Bucket(made) = only(&mock, bucket("b", Some("here"))).await else { panic!("no bucket") };
    assert_eq!((made.size, made.location.as_deref()), (Some(0), Some("here")));
    let refused = failure(&mock, remove(Kind::Bucket, "bucket1")).await;
    assert_eq!(refused, (ErrorKind::IncorrectState, Some((Kind::Bucket, "bucket1".to_owned()))));
    only(&mock, remove(Kind::Bucket, "b")).await;
    for (wrong, kind) in
        [("bucket1", ErrorKind::AlreadyExists), ("a/b", ErrorKind::Invalid), ("a\u{7f}", ErrorKind::Invalid)]
    {
        assert_eq!(failure(&mock, bucket(wrong, None)).await.0, kind, "{wrong:?}");
    }
    let blobs = ["bucket2/blob4", "bucket2/blob5"].map(Id::from);
    assert_eq!(ids(&mock, Operation::Destroy(Kind::Blob, blobs.into())).await, ["blob4", "blob5"]);
    only(&mock, remove(Kind::Bucket, "bucket2")).await;
    assert!(!ids(&mock, list(Kind::Bucket)).await.contains(&"bucket2".to_owned()));
}
