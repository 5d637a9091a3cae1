// What a program does with the stock AWS SDK for JavaScript, from the first look to the last clean-up.
//
//   node js_flow.mjs http://localhost:3001/ec2
//
// Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment, and the SDK from the folder node_modules that
// DELTAGATE_NODE_MODULES names.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.DELTAGATE_NODE_MODULES}/`);
const ec2sdk = require("@aws-sdk/client-ec2");

const quick = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 };

function client(endpoint, secret = process.env.AWS_SECRET_ACCESS_KEY) {
  const credentials = { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: secret };
  return new ec2sdk.EC2Client({ endpoint, region: "local", credentials, maxAttempts: 1 });
}

/** What `command` of the SDK answers to `input`. */
function ask(ec2, command, input = {}) {
  return ec2.send(new ec2sdk[`${command}Command`](input));
}

async function refused(code, answer) {
  await assert.rejects(answer, (error) => {
    assert.equal(error.name, code, error);
    assert.ok(error.$metadata.requestId, "the answer has no request id");
    return true;
  });
}

async function waited(waiter, ec2, input) {
  const { state } = await waiter({ client: ec2, ...quick }, input);
  assert.equal(state, "SUCCESS");
}

async function places(ec2) {
  const { Regions } = await ask(ec2, "DescribeRegions");
  assert.ok(Regions.length > 0);
  const { AvailabilityZones } = await ask(ec2, "DescribeAvailabilityZones");
  return AvailabilityZones[0].ZoneName;
}

async function all(pages, list) {
  const found = [];
  for await (const page of pages) found.push(...(page[list] ?? []));
  return found;
}

async function instances(ec2, input, pageSize = 5) {
  const pages = ec2sdk.paginateDescribeInstances({ client: ec2, pageSize }, input);
  return (await all(pages, "Reservations")).flatMap((reservation) => reservation.Instances);
}

async function lifeOfInstances(ec2) {
  const images = await all(ec2sdk.paginateDescribeImages({ client: ec2, pageSize: 100 }, {}), "Images");
  const types = await all(ec2sdk.paginateDescribeInstanceTypes({ client: ec2, pageSize: 100 }, {}), "InstanceTypes");
  assert.ok(types.every((type) => type.VCpuInfo.DefaultVCpus > 0));
  const wanted = {
    ImageId: images[0].ImageId,
    MinCount: 1,
    MaxCount: 1,
    UserData: Buffer.from("#!/bin/sh\n").toString("base64"),
    TagSpecifications: [
      { ResourceType: "instance", Tags: [{ Key: "Name", Value: "js" }, { Key: "flow", Value: "js" }] },
    ],
  };
  await refused("DryRunOperation", ask(ec2, "RunInstances", { ...wanted, DryRun: true }));
  const { Instances } = await ask(ec2, "RunInstances", wanted);
  const id = Instances[0].InstanceId;
  const only = { InstanceIds: [id] };
  await waited(ec2sdk.waitUntilInstanceRunning, ec2, only);
  await waited(ec2sdk.waitUntilInstanceStatusOk, ec2, only);
  const tagged = await instances(ec2, { Filters: [{ Name: "tag:flow", Values: ["j*"] }] });
  assert.deepEqual(tagged.map((instance) => instance.InstanceId), [id]);
  assert.ok(tagged[0].LaunchTime instanceof Date);

  await ask(ec2, "CreateTags", { Resources: [id], Tags: [{ Key: "stage", Value: "test" }] });
  const { Tags } = await ask(ec2, "DescribeTags", { Filters: [{ Name: "resource-id", Values: [id] }] });
  assert.deepEqual(Tags.map((tag) => tag.Key).sort(), ["Name", "flow", "stage"]);
  await ask(ec2, "DeleteTags", { Resources: [id], Tags: [{ Key: "stage" }] });

  await ask(ec2, "StopInstances", only);
  await waited(ec2sdk.waitUntilInstanceStopped, ec2, only);
  const { StartingInstances } = await ask(ec2, "StartInstances", only);
  assert.equal(StartingInstances[0].PreviousState.Name, "stopped");
  await waited(ec2sdk.waitUntilInstanceRunning, ec2, only);
  await ask(ec2, "RebootInstances", only);
  await waited(ec2sdk.waitUntilInstanceRunning, ec2, only);
  const { Timestamp } = await ask(ec2, "GetConsoleOutput", { InstanceId: id });
  assert.ok(Timestamp instanceof Date);

  await ask(ec2, "TerminateInstances", only);
  await waited(ec2sdk.waitUntilInstanceTerminated, ec2, only);
}

async function lifeOfAVolume(ec2, zone) {
  const { VolumeId } = await ask(ec2, "CreateVolume", { AvailabilityZone: zone, Size: 1 });
  const only = { VolumeIds: [VolumeId] };
  await waited(ec2sdk.waitUntilVolumeAvailable, ec2, only);
  await ask(ec2, "DeleteVolume", { VolumeId });
  await waited(ec2sdk.waitUntilVolumeDeleted, ec2, only);
}

const endpoint = process.argv[2];
const ec2 = client(endpoint);
const zone = await places(ec2);
await lifeOfInstances(ec2);
await lifeOfAVolume(ec2, zone);
await refused("InvalidInstanceID.NotFound", ask(ec2, "DescribeInstances", { InstanceIds: ["i-00000000000000000000000000000001"] }));
await refused("AuthFailure", ask(client(endpoint, "wrong"), "DescribeInstances"));
console.log("js_flow: ok");
