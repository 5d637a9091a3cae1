"""What a person does with the stock AWS command line, from the first look to the last clean-up.

    aws_cli_flow.py http://localhost:3001/ec2

Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment. The first command is the program `aws` itself;
the others are the same program's, within this process: to start it anew takes longer than all that it does.
"""
import contextlib
import io
import os
import subprocess
import sys
import time

os.environ.update(AWS_DEFAULT_REGION="local", AWS_MAX_ATTEMPTS="1", AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="")

from awscli.clidriver import create_clidriver  # noqa: E402 (it reads the environment)

PATIENCE = 30
PAUSE = 0.1


class Ec2:
    """`aws ec2` at an endpoint."""

    def __init__(self, endpoint):
        self.options = ["--endpoint-url", endpoint, "--output", "text", "ec2"]
        self.driver = create_clidriver()

    def run(self, *arguments):
        """The status, what it prints, and what it complains of."""
        out, wrong = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(wrong):
            try:
                status = self.driver.main([*self.options, *arguments])
            except SystemExit as end:
                status = end.code
        return status, out.getvalue().strip(), wrong.getvalue()

    def __call__(self, *arguments):
        status, out, wrong = self.run(*arguments)
        assert not status, f"aws ec2 {arguments}: {status}: {wrong}"
        return out

    def until(self, wanted, *ids):
        """Waits by asking often; the client's own waiters, which ask every 15 seconds, are run once it is so."""
        deadline = time.monotonic() + PATIENCE
        query = "Reservations[].Instances[].State.Name"
        while set(states := self("describe-instances", "--instance-ids", *ids, "--query", query).split()) != {wanted}:
            assert time.monotonic() < deadline, f"instances are {states}, not {wanted}"
            time.sleep(PAUSE)


def main(endpoint):
    ec2 = Ec2(endpoint)
    program = os.path.join(os.path.dirname(sys.executable), "aws")
    regions = ["describe-regions", "--query", "Regions[0].RegionName"]
    told = subprocess.run([program, *ec2.options, *regions], capture_output=True, text=True, check=True).stdout.strip()
    assert told not in ("", "None") and told == ec2(*regions), told

    zone = ec2("describe-availability-zones", "--query", "AvailabilityZones[?State==`available`]|[0].ZoneName")
    assert zone != "None", "no zone is available"
    image = ec2("describe-images", "--filters", "Name=state,Values=available", "--query", "Images[0].ImageId")
    assert image != "None", "no image is available"
    kind = ec2("describe-instance-types", "--query", "InstanceTypes[0].InstanceType")
    assert kind != "None", "there is no instance type"

    ids = ec2(
        "run-instances", "--image-id", image, "--count", "2", "--placement", f"AvailabilityZone={zone}",
        "--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=aws-cli}]",
        "--user-data", "#cloud-config", "--query", "Instances[].InstanceId",
    ).split()
    assert len(set(ids)) == 2, f"asked for two instances, got: {ids}"

    ec2.until("running", *ids)
    ec2("wait", "instance-running", "--instance-ids", *ids)
    states = ec2("describe-instance-status", "--instance-ids", *ids,
                 "--query", "InstanceStatuses[].InstanceState.Name")
    assert states.split() == ["running", "running"], states
    found = ec2("describe-instances", "--query", "Reservations[].Instances[].InstanceId",
                "--filters", f"Name=instance-id,Values={ids[0]}", "Name=instance-state-name,Values=running")
    assert found == ids[0], f"the filters do not find the instance: {found}"
    found = ec2("describe-instances", "--filters", "Name=tag:Name,Values=no-such-*", "--query", "Reservations[]")
    assert found == "", f"a filter that matches nothing finds something: {found}"
    paged = ec2("describe-instances", "--page-size", "5", "--max-items", "3",
                "--query", "Reservations[].Instances[].InstanceId")
    assert paged, "a page has nothing"

    ec2("stop-instances", "--instance-ids", *ids)
    ec2.until("stopped", *ids)
    ec2("wait", "instance-stopped", "--instance-ids", *ids)
    ec2("start-instances", "--instance-ids", *ids)
    ec2.until("running", *ids)
    ec2("reboot-instances", "--instance-ids", *ids)
    ec2.until("running", *ids)
    ec2("stop-instances", "--force", "--instance-ids", ids[0])
    ec2.until("stopped", ids[0])
    ec2("terminate-instances", "--instance-ids", *ids)
    ec2.until("terminated", *ids)
    ec2("wait", "instance-terminated", "--instance-ids", *ids)

    status, out, wrong = ec2.run("describe-instances", "--instance-ids", "i-00000000000000000000000000000000")
    assert status and "InvalidInstanceID." in wrong, f"an instance that does not exist: {status}: {out} {wrong}"
    print(f"aws_cli_flow: ok ({kind}, {image}, {zone})")


main(sys.argv[1])
