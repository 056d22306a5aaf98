#!/bin/sh
# Write requirements.lock (what deskd runs on, and the backend that installs it) and requirements-dev.lock (all of
# it plus what tests and checks need) anew from pyproject.toml: every version pinned, every file by its hash, no
# index host named. `make lock` runs this; without UPGRADE=1, versions already pinned stay where they can.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet uv
compile() {
    "$tools/venv/bin/uv" pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header \
        --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} "$@"
}
compile --extra build pyproject.toml --output-file requirements.lock
compile --extra build --extra dev --constraints requirements.lock pyproject.toml --output-file requirements-dev.lock
