#!/bin/sh
# What a person does with the stock AWS command line, from the first look to the last clean-up.
#
#   aws_cli_flow.sh http://localhost:3001/ec2
#
# Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment, `aws` from AWS_CLI or the path.
set -eu
endpoint=$1
export AWS_DEFAULT_REGION=local AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true AWS_PAGER=

ec2() { "${AWS_CLI:-aws}" --endpoint-url "$endpoint" --output text ec2 "$@"; }
fail() { echo "aws_cli_flow: $*" >&2; exit 1; }

# Waits by asking every half second; the client's own waiters, which ask every 15 seconds, are run once it is so.
until_state() {
    wanted=$1 patience=60
    shift
    while states=$(ec2 describe-instances --instance-ids "$@" --query 'Reservations[].Instances[].State.Name') &&
        echo "$states" | tr '\t' '\n' | grep -qv "^$wanted\$"; do
        patience=$((patience - 1))
        [ "$patience" -gt 0 ] || fail "instances are $states, not $wanted"
        sleep 0.5
    done
}

zone=$(ec2 describe-availability-zones --query 'AvailabilityZones[?State==`available`]|[0].ZoneName')
[ "$zone" != None ] || fail 'no zone is available'
image=$(ec2 describe-images --filters Name=state,Values=available --query 'Images[0].ImageId')
[ "$image" != None ] || fail 'no image is available'
type=$(ec2 describe-instance-types --query 'InstanceTypes[0].InstanceType')
ec2 describe-regions --query 'Regions[0].RegionName' | grep -q . || fail 'no region'

ids=$(ec2 run-instances --image-id "$image" --count 2 --placement "AvailabilityZone=$zone" \
    --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=aws-cli}]' \
    --user-data '#cloud-config' --query 'Instances[].InstanceId')
# shellcheck disable=SC2086
set -- $ids
[ $# = 2 ] || fail "asked for two instances, got: $ids"

until_state running "$@"
ec2 wait instance-running --instance-ids "$@"
ec2 describe-instance-status --instance-ids "$@" --query 'InstanceStatuses[].InstanceState.Name' | grep -q running ||
    fail 'no status'
[ "$(ec2 describe-instances --filters "Name=instance-id,Values=$1" Name=instance-state-name,Values=running \
    --query 'Reservations[].Instances[].InstanceId')" = "$1" ] || fail 'the filters do not find the instance'
[ "$(ec2 describe-instances --filters 'Name=tag:Name,Values=no-such-*' --query 'Reservations[]')" = '' ] ||
    fail 'a filter that matches nothing finds something'
ec2 describe-instances --page-size 5 --max-items 3 >/dev/null

ec2 stop-instances --instance-ids "$@" >/dev/null
until_state stopped "$@"
ec2 wait instance-stopped --instance-ids "$@"
ec2 start-instances --instance-ids "$@" >/dev/null
until_state running "$@"
ec2 reboot-instances --instance-ids "$@"
until_state running "$@"
ec2 stop-instances --force --instance-ids "$1" >/dev/null
until_state stopped "$1"
ec2 terminate-instances --instance-ids "$@" >/dev/null
until_state terminated "$@"
ec2 wait instance-terminated --instance-ids "$@"

if said=$(ec2 describe-instances --instance-ids i-00000000000000000000000000000000 2>&1); then
    fail 'an instance that does not exist was described'
fi
case $said in *InvalidInstanceID.*) ;; *) fail "the wrong error: $said" ;; esac
echo "aws_cli_flow: ok ($type, $image, $zone)"
