#!/bin/sh
# Makes the virtual environment .venv and installs the pinned Python packages; does nothing when nothing changed.
# Usage, from the repository: sh dev/bootstrap.sh
set -eu
cd "$(dirname "$0")/.."

OLDEST=11 # Python 3.11
STAMP=.venv/.gavel-requirements
mkdir -p .venv
LOG=.venv/.gavel-install.log

say() { printf '%s\n' "$*"; }
fail() {
    say "✗ $*" >&2
    exit 1
}

# A Python that is new enough: $PYTHON, else the newest on the PATH.
find_python() {
    for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c "import sys; sys.exit(sys.version_info < (3, $OLDEST))" 2>/dev/null; then
            say "$python"
            return
        fi
    done
    fail "Python 3.$OLDEST or later was not found. Install it, or name it: PYTHON=/path/to/python3 make up"
}

# Debian keeps ensurepip, which venv needs, in a package of its own.
install_venv() {
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    command -v apt-get >/dev/null || fail "\`$1 -m venv\` failed; see $LOG. Install your system's package for it."
    [ -z "$sudo" ] || command -v sudo >/dev/null || fail "Python's venv is missing: apt-get install python3-venv"
    $sudo apt-get -q update >>"$LOG" 2>&1 || true
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends python3-venv >>"$LOG" 2>&1 ||
        fail "python3-venv could not be installed; see $LOG"
}

make_environment() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    python=$(find_python)
    "$python" -m venv .venv >>"$LOG" 2>&1 && return
    install_venv "$python"
    "$python" -m venv --clear .venv || fail "The virtual environment .venv could not be made."
}

wanted=$(cat requirements.txt requirements-dev.txt web/dashboard/requirements.txt constraints.txt | cksum)
if [ -x .venv/bin/python ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
started=$(date +%s)
say "… Python packages (once; a minute or so)"
make_environment
.venv/bin/python -m pip install -q --disable-pip-version-check \
    -r requirements.txt -r requirements-dev.txt -r web/dashboard/requirements.txt -c constraints.txt >>"$LOG" 2>&1 ||
    fail "The Python packages could not be installed; see $LOG"
say "$wanted" >"$STAMP"
say "✓ Python packages $(($(date +%s) - started)) s"
