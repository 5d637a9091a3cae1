//! What a program does with the stock AWS SDK for Rust, from the first look to the last clean-up.
//!
//! `aws-sdk-flow http://localhost:3001/ec2` takes `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` from the environment.

use std::{
    env,
    time::{Duration, Instant},
};

use aws_credential_types::Credentials;
use aws_sdk_ec2::{
    Client, Config,
    client::Waiters,
    config::{BehaviorVersion, Region},
    error::ProvideErrorMetadata,
    types::{Filter, InstanceStateName, ResourceType, Tag, TagSpecification},
};

type Failure = Box<dyn std::error::Error>;

/// `#!/bin/sh\n`, as EC2 wants user data.
const USER_DATA: &str = "IyEvYmluL3NoCg==";
/// How long is waited for what comes to pass by itself.
const PATIENCE: Duration = Duration::from_secs(60);

fn client(endpoint: &str, key: String, secret: String) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new(key, secret, None, None, "environment"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// The code that a call has to fail with.
fn code<T, E: ProvideErrorMetadata>(answer: &Result<T, E>) -> Option<&str> {
    answer.as_ref().err().and_then(ProvideErrorMetadata::code)
}

async fn names_of_instances(ec2: &Client, filter: Filter) -> Result<Vec<String>, Failure> {
    let mut pages = ec2.describe_instances().filters(filter).into_paginator().page_size(5).items().send();
    let mut names = Vec::new();
    while let Some(reservation) = pages.next().await {
        let instances = reservation?.instances.unwrap_or_default();
        names.extend(instances.into_iter().filter_map(|instance| instance.instance_id));
    }
    Ok(names)
}

/// Waits until an instance is in a state: what the SDK's own waiters look at every 15 seconds is soon there.
async fn until(ec2: &Client, id: &str, wanted: InstanceStateName) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let pages = ec2.describe_instances().instance_ids(id).send().await?;
        let states = pages.reservations().iter().flat_map(|reservation| reservation.instances());
        if states.filter_map(|instance| instance.state()?.name()).any(|state| *state == wanted) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("{id} does not come to be {wanted} in time").into())
}

async fn places(ec2: &Client) -> Result<String, Failure> {
    assert!(!ec2.describe_regions().send().await?.regions().is_empty());
    let zones = ec2.describe_availability_zones().send().await?;
    Ok(zones
        .availability_zones()
        .first()
        .and_then(|zone| zone.zone_name())
        .ok_or("there is no zone")?
        .to_owned())
}

async fn life_of_instances(ec2: &Client) -> Result<(), Failure> {
    let images = ec2.describe_images().filters(filter("state", "available")).send().await?;
    let image =
        images.images().iter().filter_map(|image| image.image_id()).next().ok_or("there is no image")?;
    let tags = TagSpecification::builder()
        .resource_type(ResourceType::Instance)
        .tags(tag("Name", "rust"))
        .tags(tag("flow", "rust"))
        .build();
    let run = || {
        ec2.run_instances()
            .image_id(image)
            .min_count(1)
            .max_count(1)
            .user_data(USER_DATA)
            .tag_specifications(tags.clone())
            .client_token("deltagate-rust-flow")
    };
    assert_eq!(code(&run().dry_run(true).send().await), Some("DryRunOperation"));
    let made = run().send().await?;
    let id = made.instances().first().and_then(|one| one.instance_id()).ok_or("nothing runs")?.to_owned();
    let again = run().send().await?;
    assert_eq!(
        again.instances().first().and_then(|one| one.instance_id()),
        Some(id.as_str()),
        "a second one was made"
    );

    until(ec2, &id, InstanceStateName::Running).await?;
    ec2.wait_until_instance_running().instance_ids(&id).wait(PATIENCE).await?;
    assert_eq!(names_of_instances(ec2, filter("tag:flow", "ru*")).await?, [id.clone()]);
    ec2.create_tags().resources(&id).tags(tag("stage", "test")).send().await?;
    let tags = ec2.describe_tags().filters(filter("resource-id", &id)).send().await?;
    let mut keys: Vec<_> = tags.tags().iter().filter_map(|tag| tag.key()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["Name", "flow", "stage"]);

    ec2.stop_instances().instance_ids(&id).send().await?;
    until(ec2, &id, InstanceStateName::Stopped).await?;
    ec2.wait_until_instance_stopped().instance_ids(&id).wait(PATIENCE).await?;
    let started = ec2.start_instances().instance_ids(&id).send().await?;
    let change = started.starting_instances().first().ok_or("nothing starts")?;
    let previous = change.previous_state().and_then(|state| state.name());
    assert_eq!(previous, Some(&InstanceStateName::Stopped));
    until(ec2, &id, InstanceStateName::Running).await?;
    ec2.reboot_instances().instance_ids(&id).send().await?;
    ec2.get_console_output().instance_id(&id).send().await?;

    ec2.terminate_instances().instance_ids(&id).send().await?;
    until(ec2, &id, InstanceStateName::Terminated).await?;
    ec2.wait_until_instance_terminated().instance_ids(&id).wait(PATIENCE).await?;
    Ok(())
}

async fn life_of_a_volume(ec2: &Client, zone: &str) -> Result<(), Failure> {
    let made = ec2.create_volume().availability_zone(zone).size(1).send().await?;
    let id = made.volume_id().ok_or("nothing was made")?;
    ec2.wait_until_volume_available().volume_ids(id).wait(PATIENCE).await?;
    ec2.delete_volume().volume_id(id).send().await?;
    ec2.wait_until_volume_deleted().volume_ids(id).wait(PATIENCE).await?;
    Ok(())
}

async fn refusals(ec2: &Client, endpoint: &str, key: String) {
    let missing = ec2.describe_instances().instance_ids("i-00000000000000000000000000000001").send().await;
    assert_eq!(code(&missing), Some("InvalidInstanceID.NotFound"));
    let stranger = client(endpoint, key, "not the secret".to_owned()).describe_instances().send().await;
    assert_eq!(code(&stranger), Some("AuthFailure"));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let endpoint = env::args().nth(1).ok_or("say where: aws-sdk-flow http://localhost:3001/ec2")?;
    let (key, secret) = (env::var("AWS_ACCESS_KEY_ID")?, env::var("AWS_SECRET_ACCESS_KEY")?);
    let ec2 = client(&endpoint, key.clone(), secret);
    let zone = places(&ec2).await?;
    life_of_instances(&ec2).await?;
    life_of_a_volume(&ec2, &zone).await?;
    refusals(&ec2, &endpoint, key).await;
    Ok(())
}
