#!/usr/bin/env bash
# Brings up a real OpenStack 2025.1 on loopback, for the tests: Keystone, Glance, Placement, Nova with its fake
# hypervisor, Neutron without agents, Cinder with a driver that stores nothing, Swift on one folder; MariaDB and RabbitMQ
# below them.
#
#   up.sh            installs, seeds and starts what is missing; does nothing when everything is there
#   up.sh --reset    brings back the state that the seeding left, and starts
#
# Everything is kept in target/openstack; DELTAGATE_OPENSTACK names another folder. When it is up, the file openrc
# there tells the address, the users and what is seeded. Wants Python 3.9 to 3.12; installs MariaDB, RabbitMQ and
# Python's venv from Debian's packages when they are missing and it may.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"

python=${PYTHON:-python3}
golden=$ROOT/golden.tar
began=$EPOCHREALTIME

main() {
    make_folders
    exec 9>"$ROOT/lock"
    flock 9
    case ${1:-} in
        '') if is_up; then return; fi ;;
        --reset) drop_changes ;;
        *) fail 'usage: up.sh [--reset]' ;;
    esac
    drop_stale_state
    install
    configure
    start_stores
    once databases create_databases
    start_keystone
    once identity seed identity
    start_services
    seed await
    once cloud seed cloud
    seed openrc
    tell 'the services answer'
    "$VENV/bin/python" "$HERE/smoke.py" || fail "what answers does not work; the logs are in $STATE/log"
    tell 'a server and an object were made, used and deleted'
    if [ ! -e "$golden" ]; then save; fi
    touch "$STATE/run/ready"
    tell "ready: $ROOT/openrc"
}

make_folders() { mkdir -p "$STATE"/{log,run,made} "$ETC"; }

tell() { printf '%6.1f s  %s\n' "$(awk "BEGIN { print $EPOCHREALTIME - $began }")" "$*"; }

is_up() {
    local name
    { [ -e "$STATE/run/ready" ] && is_current; } || return
    for name in "${stores[@]}" "${services[@]}"; do is_running "$name" || return; done
}

# Runs a command, and tells its output only if it fails.
quietly() { # title command...
    local title=$1 log
    log=$(log_of "$title")
    shift
    "$@" >"$log" 2>&1 || fail "$title failed" "$log"
}

once() { # mark command...
    if [ -e "$STATE/made/$1" ]; then return; fi
    "${@:2}"
    touch "$STATE/made/$1"
    tell "$1: made"
}

seed() { "$VENV/bin/python" "$HERE/seed.py" "$@" || fail "seeding failed ($1)"; }

# --- what is kept -----------------------------------------------------------------------------------------------

fingerprint() { # files and folders...
    find "$@" -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 cat | sha256sum
}

is_current() { [ "$(cat "$STATE/fingerprint" 2>/dev/null)" = "$(fingerprint "$HERE")" ]; }

# State that another version of these files made may be of another form: it is made anew.
drop_stale_state() {
    if is_current; then return; fi
    "$HERE/down.sh"
    rm -rf "$STATE" "$golden"
    make_folders
    fingerprint "$HERE" >"$STATE/fingerprint"
}

# The data base is away for a second meanwhile; the services connect again by themselves.
save() {
    stop mariadb 20
    # What Swift keeps is nothing that was seeded, and has attributes that not every tar saves.
    tar -C "$STATE" --exclude=mariadb/ibtmp1 --exclude=lib/swift -cf "$golden.part" mariadb lib made
    mv "$golden.part" "$golden"
    start_mariadb
    await mariadb takes_statements
    tell 'the seeded state is saved'
}

drop_changes() {
    "$HERE/down.sh"
    rm -rf "${STATE:?}"/{mariadb,rabbitmq,lib,made}
    make_folders
    if [ -e "$golden" ]; then
        tar -C "$STATE" -xf "$golden"
        tell 'the seeded state is restored'
    fi
}

# --- installing -------------------------------------------------------------------------------------------------

install() {
    local packages=()
    [ -x /usr/sbin/mariadbd ] || packages+=(mariadb-server)
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || packages+=(rabbitmq-server)
    "$python" -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
    if ((${#packages[@]})); then
        quietly packages "$HERE/debian.sh" "${packages[@]}"
        tell "installed: ${packages[*]}"
    fi
    local wanted
    wanted=$(fingerprint "$HERE"/{requirements.txt,constraints.txt,venv.sh,plugin})
    if [ "$(cat "$VENV/fingerprint" 2>/dev/null)" != "$wanted" ]; then
        quietly venv "$HERE/venv.sh" "$python" "$VENV"
        echo "$wanted" >"$VENV/fingerprint"
        tell 'installed: OpenStack'
    fi
}

# --- configuration ----------------------------------------------------------------------------------------------

configure() {
    local template name substitutions=()
    for name in HOST PASSWORD REGION ZONE VENV STATE ETC LIB SOCKET \
        KEYSTONE_PORT RABBITMQ_PORT NEUTRON_PORT NOVA_PORT CINDER_PORT GLANCE_PORT; do
        substitutions+=(-e "s|@$name@|${!name}|g")
    done
    mkdir -p "$LIB"/{fernet,credentials,glance/{images,tasks,staging},nova,neutron,cinder/volumes}
    for template in "$HERE"/conf/*; do
        sed -e "/^@AUTHTOKEN@\$/{r $HERE/conf/authtoken" -e 'd}' "$template" |
            sed -e "/^@CREDENTIALS@\$/{r $HERE/conf/credentials" -e 'd}' | sed "${substitutions[@]}" \
            >"$ETC/$(basename "$template")"
    done
    mv "$ETC/clouds.yaml" "$ROOT/clouds.yaml"
}

# --- the stores -------------------------------------------------------------------------------------------------

start_stores() {
    if [ ! -d "$STATE/mariadb/mysql" ]; then
        quietly mariadb-install mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$STATE/mariadb" \
            --auth-root-authentication-method=normal --skip-test-db
    fi
    start_mariadb
    start_rabbitmq
    await mariadb takes_statements
    tell 'MariaDB answers'
}

# Nothing here is worth a disk's pace: a test cloud that loses its power is made anew.
start_mariadb() {
    start mariadb /usr/sbin/mariadbd --no-defaults --user="$(id -un)" --datadir="$STATE/mariadb" \
        --socket="$SOCKET" --skip-networking --skip-log-bin \
        --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=128M \
        --innodb-log-file-size=16M --performance-schema=OFF --max-connections=400 --character-set-server=utf8mb4
}

start_rabbitmq() {
    local home=$STATE/rabbitmq
    mkdir -p "$home"
    start rabbitmq env HOME="$home" ERL_EPMD_PORT="$EPMD_PORT" ERL_EPMD_ADDRESS="$HOST" \
        RABBITMQ_NODENAME="deltagate$base@localhost" RABBITMQ_NODE_IP_ADDRESS="$HOST" \
        RABBITMQ_NODE_PORT="$RABBITMQ_PORT" RABBITMQ_DIST_PORT="$RABBITMQ_DIST_PORT" \
        RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" RABBITMQ_PID_FILE="$home/pid" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/plugins" RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}" \
        /usr/lib/rabbitmq/bin/rabbitmq-server
}

# shellcheck disable=SC2329 # once() calls it
create_databases() {
    local name statements=
    for name in keystone placement glance cinder neutron nova_api nova_cell0 nova; do
        statements+="CREATE DATABASE IF NOT EXISTS $name;"
    done
    quietly create-databases mariadb --no-defaults --user=root --socket="$SOCKET" --execute="$statements"
    quietly fill-databases "$HERE/databases.sh"
}

# --- the services -----------------------------------------------------------------------------------------------

start_keystone() {
    start_web keystone "$KEYSTONE_PORT" OS_KEYSTONE_CONFIG_FILES="$ETC/keystone.conf"
    start_web placement "$PLACEMENT_PORT" OS_PLACEMENT_CONFIG_DIR="$ETC"
    await keystone speaks_http "$KEYSTONE_PORT"
}

# Nova's daemons log in to Keystone while they start and do not live through a refusal: after the identities are
# seeded. A nova-compute that finds no conductor waits ten seconds before it asks again: last.
start_services() {
    await rabbitmq is_open "$RABBITMQ_PORT"
    start_daemon nova-conductor nova.conf
    start_daemon nova-scheduler nova.conf
    start_daemon nova-api nova.conf nova-api-os-compute
    start swift env PYTHONWARNINGS=ignore "$VENV/bin/python" "$HERE/object_store.py"
    start_web neutron "$NEUTRON_PORT" OS_NEUTRON_CONFIG_FILES="$ETC/neutron.conf"
    start_daemon cinder-volume cinder.conf
    start_daemon cinder-api cinder.conf
    start_daemon cinder-scheduler cinder.conf
    start_daemon glance glance.conf glance-api
    await nova-api speaks_http "$NOVA_PORT"
    start_daemon nova-compute nova.conf
    await placement speaks_http "$PLACEMENT_PORT"
    await neutron speaks_http "$NEUTRON_PORT"
    await glance speaks_http "$GLANCE_PORT"
    await cinder-api speaks_http "$CINDER_PORT"
    await swift speaks_http "$SWIFT_PORT"
}

start_web() { # name port environment
    start "$1" env PATH="$VENV/bin:$PATH" PYTHONWARNINGS=ignore "$3" "$VENV/bin/gunicorn" \
        --config "$ETC/gunicorn.conf.py" --bind "$HOST:$2" "$1.wsgi.api:application"
}

start_daemon() { # name configuration [program]
    start "$1" env PATH="$VENV/bin:$PATH" PYTHONWARNINGS=ignore "$VENV/bin/${3:-$1}" --config-file "$ETC/$2"
}

main "$@"; exit
