#!/bin/sh
# In a folder unpacked from `make bundle`: makes .venv from wheels/, asking no network.
# install.sh [PYTHON]; the version of Python is that of the machine that made the archive.
set -eu

cd "$(dirname "$0")/.."
python=$(${1:-python3.11} -c 'import os, sys; print(os.path.realpath(sys.executable))')
# ProtectHome=true in the units hides both from the service.
case $python in
    /root/* | /home/*)
        echo "$python is where the service may not look: install.sh /usr/bin/python3.11" >&2
        exit 1 ;;
esac
"$python" -m venv --clear .venv
pip() { .venv/bin/pip --disable-pip-version-check --isolated "$@" --quiet --no-index; }
pip install --find-links wheels --require-hashes -r requirements.lock
pip install --no-deps --no-build-isolation --editable .
# The service may not write here: what is not compiled now is compiled at each start.
.venv/bin/python -m compileall -q src
