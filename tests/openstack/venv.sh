#!/usr/bin/env bash
# Installs OpenStack into a virtual environment: venv.sh PYTHON FOLDER
set -euo pipefail
python=$1 venv=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$venv.work

rm -rf "$venv" "$work"
"$python" -m venv "$work"
"$work/bin/pip" install --quiet --disable-pip-version-check uv
# The authorities that this machine trusts, as pip does; the second is what older releases call it.
export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1
export UV_CACHE_DIR=$work/cache VIRTUAL_ENV=$venv
"$work/bin/uv" venv --quiet --python "$("$python" -c 'import sys; print(sys.executable)')" "$venv"
"$work/bin/uv" pip install --quiet --compile-bytecode --requirements "$here/requirements.txt" \
    --constraints "$here/constraints.txt"
# Built from a copy: setuptools leaves its traces beside the source.
cp -R "$here/plugin" "$work/plugin"
"$work/bin/uv" pip install --quiet --no-deps --no-build-isolation "$work/plugin"

# This release looks for the answer of a remote call twice a second (Launchpad 2035113); a boot makes a dozen calls.
driver=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/oslo_messaging/_drivers/amqpdriver.py
grep -q 'time\.sleep(0\.5)' "$driver"
sed -i 's/time\.sleep(0\.5)/time.sleep(0.005)/' "$driver"

rm -rf "$work"
