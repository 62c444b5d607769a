#!/usr/bin/env bash
# Everything a fresh Debian machine with python3, python3-venv, git and make still needs. Safe to run again; quick when
# there is nothing to do. `setup.sh run` prepares the server, `setup.sh test` the tests as well.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

apt_updated=
apt_install() {
    as_root true || return 1
    if [ -z "$apt_updated" ]; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null || return 1
        apt_updated=1
    fi
    say "installing: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >/dev/null
}

apt_install_postgresql() {
    # Debian makes and starts a cluster when it installs PostgreSQL, unless it is told not to.
    as_root true || return 1
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        as_root sh -c 'mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf' ||
        return 1
    apt_install postgresql
}

python=${PYTHON:-python3}
"$python" - <<'PY' || { say "Python 3.11 or 3.12 is needed; set PYTHON=..."; exit 1; }
import sys
sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 13) else 1)
PY

command -v espeak-ng >/dev/null || apt_install espeak-ng \
    || say "espeak-ng is not installed and apt is not ours to use: the packaged espeakng-loader speaks instead"

stamp() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }
pip_install() {  # pip_install STAMP_NAME FILES... -- PIP_ARGS...
    local name=$1; shift
    local files=(); while [ "$1" != -- ]; do files+=("$1"); shift; done; shift
    local now; now=$(stamp "${files[@]}")
    [ "$(cat ".venv/.$name" 2>/dev/null)" = "$now" ] && return
    say "installing Python packages ($name)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
    printf '%s' "$now" >".venv/.$name"
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    say "making the virtual environment .venv"
    "$python" -m venv --clear .venv
fi
pip_install requirements requirements.txt -- -r requirements.txt
pip_install project pyproject.toml requirements.in -- --no-deps --editable .

if [ "${IVR_RECOGNIZER:-auto}" != twilio ]; then
    [ -f "${IVR_MODELS_DIR:-${IVR_VAR_DIR:-var}/models}/whisper-base/model.bin" ] || .venv/bin/ivr models fetch whisper ||
        say "no speech model could be fetched: calls will use keys and the carrier's recogniser"
fi

[ -f "${IVR_MODELS_DIR:-${IVR_VAR_DIR:-var}/models}/multilingual-e5-small/model.bin" ] || .venv/bin/ivr models fetch e5 ||
    say "no sentence encoder could be fetched: intents will be told apart by their words alone"

if [ "$what" = test ]; then
    pip_install requirements-dev requirements-dev.txt -- -r requirements-dev.txt
    command -v chromium >/dev/null || apt_install chromium || say "Chromium is missing: browser tests will be skipped"
    # Programs only: the tests start servers of their own, in temporary folders and on free ports.
    command -v redis-server >/dev/null || apt_install redis-server || say "redis-server is missing: tests on Redis will be skipped"
    compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || apt_install_postgresql ||
        say "PostgreSQL is missing: tests on it will be skipped"
    # Two other text-telephone modems, to compare ours with: never part of the product.
    command -v minimodem >/dev/null || apt_install minimodem || say "minimodem is missing: tests with it will be skipped"
    compgen -G "/usr/lib/*/libspandsp.so.2" >/dev/null || apt_install libspandsp2 || say "libspandsp2 is missing: tests with it will be skipped"
    .venv/bin/python tests/data/fetch_asterisk.py >&2 || say "no Asterisk sounds: tests on them will be skipped"
fi
