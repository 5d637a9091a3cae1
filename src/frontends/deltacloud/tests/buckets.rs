//! Buckets and blobs: what is stored of a request, and how a blob is shown and given.

use http::HeaderMap;
use proptest::prelude::*;

use super::*;
use crate::{
    frontends::Intake,
    model::{Blob, BlobSpec, Bucket, Change, Error, Id, Operation, Spec},
};

const FORM: &str = "multipart/form-data; boundary=XX";

fn part(name: &str, value: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file(content: &str) -> String {
    format!(
        "--XX\r\nContent-Disposition: form-data; name=\"blob_data\"; filename=\"f.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n{content}\r\n"
    )
}

fn sent(method: &str, target: &str, fields: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let mut request = request(method, target);
    for (name, value) in fields {
        request.headers_mut().append(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    *request.body_mut() = Bytes::from(body.to_owned());
    request
}

fn decode(request: &Request<Bytes>) -> Result<Call, Reply> {
    front_end().decode(request, &arrival(), &cloud())
}

fn refused(request: &Request<Bytes>) -> (u16, String) {
    let reply = decode(request).err().unwrap();
    (reply.head.status.as_u16(), String::from_utf8(reply.body.to_vec()).unwrap())
}

fn stored(call: &Call) -> &BlobSpec {
    match &call.operation {
        Some(Operation::Create(spec)) => match spec.as_ref() {
            Spec::Blob(spec) => spec,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// What an upload makes of a body that comes in chunks of this size.
fn taken(call: Call, body: &[u8], size: usize) -> Result<(Vec<u8>, Option<Operation>), Error> {
    let mut upload = call.upload.unwrap();
    let mut content = Vec::new();
    for chunk in body.chunks(size) {
        content.extend(upload.feed(Bytes::copy_from_slice(chunk))?);
    }
    Ok((content, upload.finish()?))
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn bucket(id: &'static str) -> Resource<'static> {
    Resource::Bucket(Bucket { id: id.into(), name: id.into(), size: Some(2), location: None })
}

fn blob(name: &'static str) -> Blob<'static> {
    Blob {
        bucket: "b".into(),
        name: name.into(),
        size: Some(17),
        content_type: Some("text/html".into()),
        modified: Some("2010-09-23T15:44:54Z".parse().unwrap()),
        metadata: vec![("version".into(), "<1>".into())],
    }
}

fn content(bytes: &'static [u8]) -> Resource<'static> {
    Resource::Content(bytes.into())
}

#[test]
fn a_put_is_stored_as_it_is() {
    let fields =
        [("content-type", "text/plain"), ("content-length", "10"), ("x-deltacloud-blobmeta-Version", "1.0")];
    let request = sent("PUT", "/api/buckets/b/a%2Fb", &fields, "");
    assert_eq!(front_end().intake(&request), Intake::Enough);
    let call = decode(&request).map_err(|reply| reply.body).unwrap();
    let expected = BlobSpec {
        bucket: Id::from("b"),
        name: "a/b".into(),
        content_type: Some("text/plain".into()),
        size: Some(10),
        metadata: pairs(&[("version", "1.0")]),
    };
    assert_eq!(stored(&call), &expected);
    assert_eq!(taken(call, b"a=1&_method=delete", 3).unwrap(), (b"a=1&_method=delete".to_vec(), None));
    let form = sent("PUT", "/api/buckets/b/x", &[("content-type", "application/x-www-form-urlencoded")], "");
    assert_eq!(front_end().intake(&form), Intake::Enough);
}

#[test]
fn what_cannot_be_stored_is_refused_before_it_is_sent() {
    let put = |fields: &[(&str, &str)]| refused(&sent("PUT", "/api/buckets/b/x", fields, "")).0;
    assert_eq!(put(&[("x-deltacloud-blobtype", "Segmented")]), 501);
    assert_eq!(put(&[("x-deltacloud-segmentedblob", "1"), ("x-deltacloud-segmentorder", "1")]), 501);
    assert_eq!(refused(&request("PUT", "/api/buckets/b/x?blob_type=segmented")).0, 501);
    assert_eq!(put(&[("x-deltacloud-blobmeta-a", "1"), ("X-Deltacloud-Blobmeta-A", "2")]), 400);
    assert_eq!(put(&[("x-deltacloud-blobmeta-a", &"x".repeat(5000))]), 400);
    let mut without = cloud();
    without.operations = &[(Verb::List, Kind::Bucket)];
    let reply = front_end().decode(&request("PUT", "/api/buckets/b/x"), &arrival(), &without).err().unwrap();
    assert_eq!(reply.head.status, 412);
}

#[test]
fn a_form_is_known_as_soon_as_its_file_begins() {
    let head = part("blob_id", "a b") + &part("meta_params", "1") + &part("meta_name1", "Colour");
    let whole =
        format!("{head}{}{}{}--XX--\r\n", part("meta_value1", "red"), file("DATA\r\n--X"), part("more", ""));
    let known = whole.find("DATA").unwrap();
    for length in 0..=whole.len() {
        let body = whole.get(..length).unwrap();
        let request = sent("POST", "/api/buckets/b", &[("content-type", FORM)], body);
        let expected = if length < known { Intake::More } else { Intake::Enough };
        assert_eq!(front_end().intake(&request), expected, "{body}");
        if length >= known {
            let call = decode(&request).map_err(|reply| reply.body).unwrap();
            let spec = stored(&call);
            assert_eq!((spec.name.as_str(), spec.content_type.as_deref()), ("a b", Some("text/plain")));
            assert_eq!(spec.metadata, pairs(&[("colour", "red")]));
            let (content, after) = taken(call, whole.as_bytes(), 1 + length % 40).unwrap();
            assert_eq!((content.as_slice(), after), (b"DATA\r\n--X".as_slice(), None));
        }
    }
}

#[test]
fn what_comes_after_the_file_is_remembered_too() {
    let body = format!(
        "{}{}{}{}{}{}--XX--",
        part("blob_id", "x"),
        part("meta_name1", "a"),
        part("meta_value1", "1"),
        file("DATA"),
        part("meta_name2", "b"),
        part("meta_value2", "2"),
    );
    let request = sent("POST", "/api/buckets/b", &[("content-type", FORM)], &body);
    let call = decode(&request).map_err(|reply| reply.body).unwrap();
    assert_eq!(stored(&call).metadata, pairs(&[("a", "1")]));
    let (_, after) = taken(call, body.as_bytes(), 7).unwrap();
    let all = Change::SetMetadata(pairs(&[("a", "1"), ("b", "2")]));
    assert_eq!(after, Some(Operation::Change(Id::of_blob("b", "x"), all)));
}

#[test]
fn a_form_that_makes_no_sense_is_refused() {
    let post =
        |media: &str, body: &str| refused(&sent("POST", "/api/buckets/b", &[("content-type", media)], body));
    let end = "--XX--\r\n";
    for (media, body, said) in [
        (FORM, part("blob_id", "x") + end, "&apos;blob_data&apos; not found|'blob_data' not found"),
        (FORM, file("DATA") + end, "'blob_id' not found"),
        (FORM, part("blob_id", "") + &file("DATA") + end, "'blob_id' not found"),
        (FORM, file("DATA") + &part("blob_id", "x") + end, "'blob_id' not found"),
        (FORM, "--XXX".to_owned(), "broken"),
        (FORM, part("blob_id", "x") + &part("a", &"x".repeat(70_000)) + &file(""), "too long"),
        ("multipart/form-data", String::new(), "no boundary"),
        ("application/x-www-form-urlencoded", "blob_id=x".to_owned(), "'blob_data' not found"),
    ] {
        let (status, body) = post(media, &body);
        assert!(status == 400 && said.split('|').any(|said| body.contains(said)), "{status} {body}");
    }
    for tail in ["", "--XX", "--XX\r\n", &file("again"), &(part("meta_name1", "a b") + end), "--XXX--"] {
        let body = part("blob_id", "x") + &file("DATA") + tail;
        let request = sent("POST", "/api/buckets/b", &[("content-type", FORM)], &body);
        let call = decode(&request).map_err(|reply| reply.body);
        assert!(call.map_or(true, |call| taken(call, body.as_bytes(), 5).is_err()), "{tail}");
    }
}

#[test]
fn a_form_may_mean_that_the_bucket_is_to_go() {
    let media = ("content-type", "application/x-www-form-urlencoded");
    let request = sent("POST", "/api/buckets/b", &[media], "_method=delete");
    assert_eq!(front_end().intake(&sent("POST", "/api/buckets/b", &[media], "")), Intake::Whole);
    let call = decode(&request).map_err(|reply| reply.body).unwrap();
    assert_eq!(call.operation, Some(Operation::Destroy(Kind::Bucket, vec![Id::from("b")])));
    assert_eq!(front_end().intake(&sent("POST", "/api/keys", &[("content-type", FORM)], "")), Intake::Whole);
}

#[test]
fn a_bucket_is_open_until_its_blobs_are_through() {
    let resources =
        [bucket("a"), Resource::Blob(blob("x")), Resource::Blob(blob("y/z")), bucket("b"), bucket("c")];
    let call = |target| decoded("GET", target).map_err(|reply| reply.body).unwrap();
    let one = |id: &str, blobs: &str| {
        format!(
            "<bucket href=\"https://cloud.example:3001/api/buckets/{id}\" id=\"{id}\"><name>{id}</name>\
             <size>2</size>{blobs}</bucket>"
        )
    };
    let link = |name: &str, path: &str| {
        format!("<blob href=\"https://cloud.example:3001/api/buckets/b/{path}\" id=\"{name}\"></blob>")
    };
    let both = link("x", "x") + &link("y/z", "y%2Fz");
    let xml = answered(call("/api/buckets"), &resources);
    let all = one("a", &both) + &one("b", "") + &one("c", "");
    assert!(xml.ends_with(&format!("<buckets>{all}</buckets>")), "{xml}");
    let narrowed = answered(call("/api/buckets?id=c"), &resources);
    assert!(narrowed.ends_with(&format!("<buckets>{}</buckets>", one("c", ""))), "{narrowed}");
    let shown = answered(call("/api/buckets/a"), resources.get(..3).unwrap());
    assert!(shown.ends_with(&one("a", &both)), "{shown}");
    let json: serde_json::Value =
        serde_json::from_str(&answered(call("/api/buckets?format=json"), &resources)).unwrap();
    assert_eq!(json["buckets"][0]["blob_list"][1]["id"], "y/z");
    assert_eq!(json["buckets"][2]["blob_list"], serde_json::json!([]));
    let shown = answered(call("/api/buckets/a?format=json"), resources.get(..3).unwrap());
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        (&json["bucket"]["size"], &json["bucket"]["blob_list"][0]["rel"]),
        (&2.into(), &"blob".into())
    );
}

#[test]
fn a_blob_is_shown_in_both_forms() {
    let shown = |target| {
        let call = decoded("GET", target).map_err(|reply| reply.body).unwrap();
        assert_eq!(call.operation, Some(Operation::Show(Kind::Blob, Id::of_blob("b", "x"))));
        answered(call, &[Resource::Blob(blob("x"))])
    };
    let href = "https://cloud.example:3001/api/buckets/b";
    let xml = shown("/api/buckets/b/x");
    let expected = format!(
        "<blob href=\"{href}/x\" id=\"x\"><bucket>b</bucket><content_length>17</content_length>\
         <content_type>text/html</content_type><last_modified>2010-09-23 15:44:54 +0000</last_modified>\
         <user_metadata><entry key=\"version\">&lt;1&gt;</entry></user_metadata>\
         <content href=\"{href}/x/content\" rel=\"blob_content\"></content></blob>"
    );
    assert!(xml.ends_with(&expected), "{xml}");
    let json: serde_json::Value = serde_json::from_str(&shown("/api/buckets/b/x?format=json")).unwrap();
    let expected = serde_json::json!({"blob": {
        "href": format!("{href}/x"), "id": "x", "bucket": {"rel": "bucket", "href": href, "id": "b"},
        "content_length": 17, "content_type": "text/html", "last_modified": "2010-09-23 15:44:54 +0000",
        "user_metadata": {"version": "<1>"},
        "content": {"href": format!("{href}/x/content"), "rel": "blob_content"},
    }});
    assert_eq!(json, expected);
}

#[test]
fn metadata_are_said_in_the_head() {
    for (method, fields) in [("HEAD", &[][..]), ("POST", &[("x-deltacloud-blobmeta-Version", "<1>")][..])] {
        let request = sent(method, "/api/buckets/b/x", fields, "");
        let mut call = decode(&request).map_err(|reply| reply.body).unwrap();
        if method == "POST" {
            let change = Change::SetMetadata(pairs(&[("version", "<1>")]));
            assert_eq!(call.operation, Some(Operation::Change(Id::of_blob("b", "x"), change)));
        }
        let mut out = BytesMut::new();
        call.encode.item(&Resource::Blob(blob("x")), &mut out).unwrap();
        call.encode.close(&mut out).unwrap();
        let fields: HeaderMap = call.encode.fields().into_iter().collect();
        assert_eq!(fields.get("x-deltacloud-blobmeta-version").unwrap(), "<1>");
        assert_eq!((call.encode.head().status.as_u16(), out.len()), (204, 0));
    }
}

#[test]
fn content_is_given_as_it_is_and_cannot_act() {
    let request = sent("GET", "/api/buckets/b/x/content", &[("accept", "image/png")], "");
    let mut call = decode(&request).map_err(|reply| reply.body).unwrap();
    assert_eq!(call.operation, Some(Operation::Read(Id::of_blob("b", "x"))));
    let mut out = BytesMut::new();
    call.encode.open(&mut out);
    for resource in [Resource::Blob(blob("x")), content(b"content "), content(b"of blob 1")] {
        call.encode.item(&resource, &mut out).unwrap();
    }
    assert_eq!(out, "content of blob 1");
    assert_eq!(call.encode.head().content_type, "text/html");
    let headers = call.encode.headers();
    let header =
        |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-length"), Some("17"));
    assert_eq!(header("content-disposition"), Some("attachment; filename=x"));
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    assert!(header("content-security-policy").unwrap().contains("sandbox"));
    assert_eq!(header("etag"), None, "what a blob holds is not hashed");
    assert!(call.encode.item(&content(b"!"), &mut out).is_err(), "it is longer than the cloud said");
    let mut call = decode(&request).map_err(|reply| reply.body).unwrap();
    call.encode.item(&Resource::Blob(blob("x")), &mut out).unwrap();
    assert!(call.encode.close(&mut out).is_err(), "it is shorter than the cloud said");
    let head = decoded("HEAD", "/api/buckets/b/x/content").map_err(|reply| reply.body).unwrap();
    assert_eq!(head.operation, Some(Operation::Show(Kind::Blob, Id::of_blob("b", "x"))));
    assert!(answered(head, &[Resource::Blob(blob("x"))]).is_empty());
}

#[test]
fn a_bucket_has_a_name_that_is_no_path() {
    let create = |name: &str| decode(&sent("POST", &format!("/api/buckets?name={name}"), &[], ""));
    assert!(create("my-bucket").is_ok());
    for name in ["", "..", ".", "a%2Fb", "a%00", &"a".repeat(256)] {
        assert_eq!(create(name).err().unwrap().head.status, 400, "{name}");
    }
}

proptest! {
    #[test]
    fn no_body_makes_an_upload_panic(
        parts in prop::collection::vec("(--XX|\r\n|--|name=\"blob_(id|data)\"|Content-Disposition: form-data; |;|x)", 0..40),
        size in 1..30usize,
    ) {
        let body = parts.concat();
        let request = sent("POST", "/api/buckets/b", &[("content-type", FORM)], &body);
        let _ = front_end().intake(&request);
        if let Ok(call) = decode(&request) {
            let _ = taken(call, body.as_bytes(), size);
        }
    }
}
