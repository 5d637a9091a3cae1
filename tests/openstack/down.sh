#!/usr/bin/env bash
# Stops the OpenStack that up.sh started. What it holds is kept, and is there again after the next up.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"

rm -f "$STATE/run/ready"
for name in "${services[@]}"; do stop "$name" 5 & done
wait
for name in "${stores[@]}"; do stop "$name" 20 & done
wait
# RabbitMQ leaves its name server behind, which listens on a port of our own.
if command -v epmd >/dev/null; then ERL_EPMD_PORT=$EPMD_PORT epmd -kill >/dev/null 2>&1 || true; fi
