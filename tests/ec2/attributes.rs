//! What is kept of instances, by raw requests, on the mock cloud.

use crate::{
    MOCK,
    bed::{Gateway, http::Answer},
};

fn ask(gateway: &Gateway, query: &str) -> Answer {
    gateway.get(&format!("/ec2/?Action={query}"), MOCK.0, MOCK.1)
}

fn attribute(gateway: &Gateway, id: &str, name: &str) -> String {
    let answer = ask(gateway, &format!("DescribeInstanceAttribute&InstanceId={id}&Attribute={name}"));
    assert_eq!(answer.status, 200, "{name}: {}", answer.body);
    assert!(answer.body.contains(&format!("<{name}")), "{name}: {}", answer.body);
    answer.texts("value").first().map(|value| (*value).to_owned()).unwrap_or_default()
}

fn modify(gateway: &Gateway, id: &str, change: &str) {
    let answer = ask(gateway, &format!("ModifyInstanceAttribute&InstanceId={id}&{change}"));
    assert_eq!((answer.status, answer.text("return")), (200, "true"), "{change}: {}", answer.body);
}

#[test]
fn an_instance_is_kept_as_it_was_launched() {
    let gateway = Gateway::mock();
    let launch = ask(
        &gateway,
        "RunInstances&ImageId=img1&MinCount=3&MaxCount=3&UserData=IyEvYmluL3NoCg==&ClientToken=once\
         &InstanceInitiatedShutdownBehavior=terminate&DisableApiStop=true",
    );
    let ids: Vec<String> = launch.texts("instanceId").into_iter().map(str::to_owned).collect();
    let reservation = launch.text("reservationId");
    let query = format!("DescribeInstances&Filter.1.Name=reservation-id&Filter.1.Value={reservation}");
    let listed = ask(&gateway, &query);
    assert_eq!(listed.texts("instanceId"), ids);
    assert_eq!(listed.texts("amiLaunchIndex"), ["0", "1", "2"]);
    assert_eq!(listed.texts("clientToken"), ["once"; 3]);
    for (name, expected) in [
        ("userData", "IyEvYmluL3NoCg=="),
        ("instanceInitiatedShutdownBehavior", "terminate"),
        ("disableApiStop", "true"),
        ("disableApiTermination", "false"),
        ("sourceDestCheck", "true"),
        ("instanceType", "m1-small"),
        ("kernel", ""),
    ] {
        assert_eq!(attribute(&gateway, &ids[2], name), expected, "{name}");
    }
    assert_eq!(attribute(&gateway, "inst1", "userData"), "", "of another nothing is kept");
    let missing = ask(&gateway, "DescribeInstanceAttribute&InstanceId=nosuch&Attribute=userData");
    assert_eq!(missing.text("Code"), "InvalidInstanceID.NotFound");
}

#[test]
fn what_is_protected_stays_until_it_is_no_more() {
    let gateway = Gateway::mock();
    let id = ask(&gateway, "RunInstances&ImageId=img1&MinCount=1&MaxCount=1").text("instanceId").to_owned();
    let other =
        ask(&gateway, "RunInstances&ImageId=img1&MinCount=1&MaxCount=1").text("instanceId").to_owned();
    modify(&gateway, &id, "DisableApiTermination.Value=true");
    modify(&gateway, &id, "Attribute=disableApiStop&Value=true");
    for query in [
        format!("TerminateInstances&InstanceId.1={other}&InstanceId.2={id}"),
        format!("StopInstances&InstanceId.1={other}&InstanceId.2={id}"),
    ] {
        let refused = ask(&gateway, &query);
        assert_eq!(
            (refused.status, refused.text("Code")),
            (400, "OperationNotPermitted"),
            "{}",
            refused.body
        );
        let stranger = gateway.get(&format!("/ec2/?Action={query}"), MOCK.0, "wrong");
        assert_eq!(stranger.status, 401, "a stranger is told nothing");
    }
    let shown = ask(&gateway, &format!("DescribeInstances&InstanceId.1={other}"));
    assert!(shown.body.contains("<name>running</name>"), "none of them was: {}", shown.body);
    assert_eq!(ask(&gateway, &format!("RebootInstances&InstanceId.1={id}")).status, 200);
    modify(&gateway, &id, "DisableApiTermination.Value=false");
    modify(&gateway, &id, "DisableApiStop.Value=false");
    modify(&gateway, &id, "UserData.Value=YQ==");
    assert_eq!(attribute(&gateway, &id, "userData"), "YQ==");
    assert_eq!(ask(&gateway, &format!("TerminateInstances&InstanceId.1={id}")).status, 200);
    let missing = ask(&gateway, "ModifyInstanceAttribute&InstanceId=nosuch&DisableApiStop.Value=true");
    assert_eq!(missing.text("Code"), "InvalidInstanceID.NotFound");
}
