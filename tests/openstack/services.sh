# What up.sh and down.sh share: the ports, the places, and how a service is started, watched and stopped.
# shellcheck shell=bash disable=SC2034

set -a # templates and the seed program see everything up to `set +a`

# Every port is on loopback. DELTAGATE_OPENSTACK_PORTS moves all of them, for a second cloud beside the first.
# MariaDB has none: its socket is enough.
HOST=127.0.0.1
base=${DELTAGATE_OPENSTACK_PORTS:-18000}
EPMD_PORT=$((base + 436))
KEYSTONE_PORT=$((base + 500))
SWIFT_OBJECT_PORT=$((base + 620))
SWIFT_CONTAINER_PORT=$((base + 621))
SWIFT_ACCOUNT_PORT=$((base + 622))
RABBITMQ_PORT=$((base + 672))
RABBITMQ_DIST_PORT=$((base + 673))
NEUTRON_PORT=$((base + 696))
NOVA_PORT=$((base + 774))
CINDER_PORT=$((base + 776))
PLACEMENT_PORT=$((base + 778))
SWIFT_PORT=$((base + 808))
GLANCE_PORT=$((base + 929))

PASSWORD=secret # of everybody: nothing outside this machine can reach the cloud
PATIENCE=180    # seconds that a service may take to answer
REGION=RegionOne
ZONE=az1

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(realpath -m "${DELTAGATE_OPENSTACK:-$HERE/../../target/openstack}")
VENV=$ROOT/venv
STATE=$ROOT/state
ETC=$STATE/etc
LIB=$STATE/lib
SOCKET=$STATE/mariadb.sock

set +a

# In the order of starting: what stands on nothing first.
stores=(mariadb rabbitmq)
services=(keystone placement swift nova-conductor nova-scheduler nova-api neutron glance
    cinder-api cinder-scheduler cinder-volume nova-compute)

log_of() { echo "$STATE/log/$1.log"; }

fail() { # message [log file]
    echo "openstack: $1" >&2
    if [ -s "${2:-}" ]; then
        echo "--- the end of $2" >&2
        tail -n 40 "$2" >&2
    fi
    exit 1
}

# The process that the pid file names, if it is still ours: it works below our state folder.
pid_of() {
    local pid
    pid=$(cat "$STATE/run/$1.pid" 2>/dev/null) || return
    [[ $(readlink "/proc/$pid/cwd") == "$STATE"* ]] && echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

start() { # name command...
    local name=$1
    shift
    if is_running "$name"; then return; fi
    # File 9 is the lock of up.sh, which must not outlive it.
    (cd "$STATE" && exec setsid "$@") >>"$(log_of "$name")" 2>&1 </dev/null 9>&- &
    echo $! >"$STATE/run/$name.pid"
}

stop() { # name seconds
    local name=$1 tries=$(($2 * 20)) pid
    if pid=$(pid_of "$name"); then
        kill -TERM -- "-$pid" || true
        while kill -0 -- "-$pid" 2>/dev/null && ((tries-- > 0)); do sleep 0.05; done
        kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    rm -f "$STATE/run/$name.pid"
}

# Waits until a service answers; gives up as soon as it is gone.
await() { # service check [port]
    local service=$1 deadline=$((SECONDS + PATIENCE))
    while true; do
        is_running "$service" || fail "$service ended" "$(log_of "$service")"
        if "${@:2}" >/dev/null 2>&1; then return; fi
        ((SECONDS < deadline)) || fail "$service did not answer in $PATIENCE s" "$(log_of "$service")"
        sleep 0.1
    done
}

is_open() { (exec 3<>"/dev/tcp/$HOST/$1"); }

takes_statements() { mariadb --no-defaults --user=root --socket="$SOCKET" --execute='SELECT 1'; }

speaks_http() (
    exec 3<>"/dev/tcp/$HOST/$1"
    printf 'GET / HTTP/1.0\r\n\r\n' >&3
    read -r -t 30 answer <&3 && [[ $answer == HTTP/* ]]
)
