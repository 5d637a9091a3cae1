#!/usr/bin/env bash
# Fills the empty data bases with the services' tables, and Keystone with its first administrator.
set -euo pipefail
keystone=http://$HOST:$KEYSTONE_PORT/v3
export PYTHONWARNINGS=ignore OS_PLACEMENT_CONFIG_DIR=$ETC

manage() { "$VENV/bin/$1-manage" --config-file "$ETC/$1.conf" "${@:2}"; }

fill_keystone() {
    local owner=(--keystone-user "$(id -un)" --keystone-group "$(id -gn)")
    manage keystone db_sync
    manage keystone fernet_setup "${owner[@]}"
    manage keystone credential_setup "${owner[@]}"
    manage keystone bootstrap --bootstrap-password "$PASSWORD" --bootstrap-region-id "$REGION" \
        --bootstrap-public-url "$keystone" --bootstrap-internal-url "$keystone" --bootstrap-admin-url "$keystone"
}

fill_nova() {
    manage nova api_db sync
    manage nova cell_v2 map_cell0
    manage nova db sync
    manage nova cell_v2 create_cell --name cell1
}

fill_first() {
    set -e
    fill_keystone
    manage placement db sync
    manage glance db_sync
    manage cinder db sync
}

fill_second() {
    set -e
    "$VENV/bin/neutron-db-manage" --config-file "$ETC/neutron.conf" upgrade heads
    fill_nova
}

fill_first &
first=$!
fill_second &
second=$!
wait "$first"
wait "$second"
