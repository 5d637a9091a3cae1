//! EC2's query API, with a user and a password.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use deltagate::model::{Action, Kind, Operation, Spec, Tag, TagChange, Verb};

use super::{Door, Refused, Thing};
use crate::{
    bed::http::{Answer, Connection, basic},
    tree::Tree,
};

pub const DOOR: Door = Door { name: "ec2", expresses, perform };

fn expresses((verb, kind): (Verb, Kind)) -> bool {
    match (verb, kind) {
        (Verb::List | Verb::Show, Kind::Realm | Kind::Image | Kind::HardwareProfile) => true,
        (_, Kind::Instance) => verb != Verb::Change,
        (Verb::Show, Kind::Console) => true,
        (Verb::List | Verb::Change, Kind::Tag) | (Verb::Show | Verb::Change, Kind::Note) => true,
        _ => false,
    }
}

fn perform(
    address: &str,
    (user, password): (&str, &str),
    operation: &Operation,
) -> Result<Vec<Thing>, Refused> {
    let query = say(operation);
    let authorization = basic(user, password);
    let mut connection = Connection::open(address).unwrap();
    let target = format!("/ec2/?Version=2016-11-15&{query}");
    let answer = connection.send("GET", &target, &[("Authorization", &authorization)], "").unwrap();
    let tree = Tree::read("text/xml", &answer.body);
    if answer.status != 200 {
        return Err(refused(&answer, &tree));
    }
    if let Operation::Show(Kind::Console, _) = operation {
        return Ok(vec![console(&tree)]);
    }
    let mut found = Vec::new();
    gather(&tree, &mut found);
    if let Operation::Show(Kind::Note, _) = operation {
        let mut note = Thing { id: tree.text("instanceId").to_owned(), ..Thing::default() };
        note.more.insert("stays", tree.text("disableApiTermination/value").to_owned());
        found.push(note);
    }
    if let (Operation::Show(..), true) = (operation, found.is_empty()) {
        return Err(Refused::Missing);
    }
    Ok(found)
}

fn say(operation: &Operation) -> String {
    let numbered = |name: &str, ids: &[deltagate::model::Id]| -> String {
        ids.iter().enumerate().map(|(number, id)| format!("&{name}.{}={id}", number + 1)).collect()
    };
    match operation {
        Operation::List(Kind::Tag, _) => "Action=DescribeTags".to_owned(),
        Operation::List(kind, filter) => {
            let (action, name) = describe(*kind);
            format!("Action={action}{}", numbered(name, &filter.ids))
        }
        Operation::Show(Kind::Console, id) => format!("Action=GetConsoleOutput&InstanceId={id}"),
        Operation::Show(Kind::Note, id) => {
            format!("Action=DescribeInstanceAttribute&Attribute=disableApiTermination&InstanceId={id}")
        }
        Operation::Note(id, change) => {
            let stays = change.stays.expect("it says so");
            format!("Action=ModifyInstanceAttribute&InstanceId={id}&DisableApiTermination.Value={stays}")
        }
        Operation::Tag(things, change) => say_tags(things, change),
        Operation::Show(kind, id) => {
            let (action, name) = describe(*kind);
            format!("Action={action}&{name}.1={id}")
        }
        Operation::CreateWith(spec, memo) => {
            let mut spec = spec.clone();
            if let Spec::Instance(spec) = &mut *spec {
                // It is one of the tags.
                spec.name = None;
            }
            let create = say(&Operation::Create(spec));
            let (_, tags) = &memo.tags[0];
            let tags = numbered_tags("TagSpecification.1.Tag", tags);
            format!("{create}&TagSpecification.1.ResourceType=instance{tags}")
        }
        Operation::Create(spec) => match &**spec {
            Spec::Instance(spec) => {
                let mut query = format!(
                    "Action=RunInstances&ImageId={}&MinCount={}&MaxCount={}",
                    spec.image, spec.count.min, spec.count.max
                );
                if let Some(name) = &spec.name {
                    query += &format!(
                        "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name\
                         &TagSpecification.1.Tag.1.Value={name}"
                    );
                }
                if let Some(profile) = &spec.hardware_profile {
                    query += &format!("&InstanceType={profile}");
                }
                query
            }
            other => panic!("EC2 has no words here for {other:?}"),
        },
        Operation::Act(action, ids) => {
            let (name, force) = match action {
                Action::Start => ("StartInstances", ""),
                Action::Stop { force: false } => ("StopInstances", ""),
                Action::Stop { force: true } => ("StopInstances", "&Force=true"),
                Action::Reboot => ("RebootInstances", ""),
            };
            format!("Action={name}{force}{}", numbered("InstanceId", ids))
        }
        Operation::Destroy(Kind::Instance, ids) => {
            format!("Action=TerminateInstances{}", numbered("InstanceId", ids))
        }
        other => panic!("EC2 has no words here for {other:?}"),
    }
}

fn say_tags(things: &[deltagate::model::Thing], change: &TagChange) -> String {
    let ids: String =
        (1..).zip(things).map(|(n, named)| format!("&ResourceId.{n}={}", named.0[0].1)).collect();
    match change {
        TagChange::Set(tags) => format!("Action=CreateTags{ids}{}", numbered_tags("Tag", tags)),
        TagChange::Remove(patterns) => {
            let keys: String =
                (1..).zip(patterns).map(|(n, pattern)| format!("&Tag.{n}.Key={}", pattern.key)).collect();
            format!("Action=DeleteTags{ids}{keys}")
        }
        TagChange::Clear => format!("Action=DeleteTags{ids}"),
    }
}

fn numbered_tags(list: &str, tags: &[Tag]) -> String {
    let one = |(n, tag): (i32, &Tag)| format!("&{list}.{n}.Key={}&{list}.{n}.Value={}", tag.key, tag.value);
    (1..).zip(tags).map(one).collect()
}

fn describe(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Realm => ("DescribeAvailabilityZones", "ZoneName"),
        Kind::Image => ("DescribeImages", "ImageId"),
        Kind::HardwareProfile => ("DescribeInstanceTypes", "InstanceType"),
        Kind::Instance => ("DescribeInstances", "InstanceId"),
        other => panic!("EC2 has no words here for a {other}"),
    }
}

fn console(tree: &Tree) -> Thing {
    let mut console = Thing { id: tree.text("instanceId").to_owned(), ..Thing::default() };
    let text = STANDARD.decode(tree.text("output")).unwrap();
    console.more.insert("text", String::from_utf8(text).unwrap());
    console
}

/// Every `item` of the sets that hold what the operation is about.
fn gather(tree: &Tree, found: &mut Vec<Thing>) {
    for member in tree.members() {
        let is_set = matches!(
            member.name(),
            "instancesSet" | "imagesSet" | "availabilityZoneInfo" | "instanceTypeSet" | "tagSet"
        );
        if is_set {
            found.extend(member.members().iter().map(thing));
        } else if matches!(member.name(), "reservationSet" | "item") {
            gather(member, found);
        }
    }
}

fn thing(item: &Tree) -> Thing {
    let first = |paths: &[&str]| {
        let texts = paths.iter().map(|path| item.text(path));
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    };
    let tags = item.at("tagSet").map(Tree::members).unwrap_or_default();
    let tag = tags.iter().find(|tag| tag.text("key") == "Name").map(|tag| tag.text("value"));
    let instance = item.at("instanceId").is_some();
    let name = if instance {
        tag.unwrap_or_default().to_owned()
    } else {
        first(&["name", "zoneName", "instanceType"])
    };
    if item.at("resourceId").is_some() {
        let mut tag = Thing { id: first(&["resourceId"]), name: first(&["key"]), ..Thing::default() };
        tag.more.insert("value", first(&["value"]));
        return tag;
    }
    let mut thing = Thing {
        id: first(&["instanceId", "imageId", "zoneName", "instanceType"]),
        name,
        state: first(&["instanceState/name", "currentState/name", "imageState", "zoneState"]),
        ..Thing::default()
    };
    thing.more.insert("image", first(&["imageId"]));
    thing
}

fn refused(answer: &Answer, tree: &Tree) -> Refused {
    let code = tree.text("Errors/Error/Code").to_owned();
    match code.as_str() {
        "AuthFailure" => Refused::Unauthenticated,
        code if code.ends_with(".NotFound") || code.ends_with(".Malformed") => Refused::Missing,
        "InvalidParameterValue" | "InvalidInstanceType"
            if answer.body.contains("not exist") || answer.body.contains("Invalid availability zone") =>
        {
            Refused::Missing
        }
        code if code.contains("Incorrect") || code.ends_with("Duplicate") => {
            Refused::Conflict(code.to_owned())
        }
        code if answer.status == 400 => Refused::Invalid(code.to_owned()),
        _ => Refused::Other(answer.status, answer.body.clone()),
    }
}
