#!/usr/bin/env bash
# Proves `make run` and `make test` on a machine that has nothing: a debootstrap chroot when root, else a clone with an
# empty home folder. Also runs the Dockerfile's RUN steps in the chroot. FRESH_TEST=0 leaves `make test` out.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d /var/tmp/ivr-fresh-XXXXXX)
trap 'cleanup' EXIT
mounts=()
cleanup() {
    for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do umount -l "${mounts[i]}" 2>/dev/null || true; done
    rm -rf --one-file-system "$work"
}
say() { printf '== %s\n' "$*" >&2; }

proof='
set -eu
make run >/tmp/run.log 2>&1 &
pid=$!
for _ in $(seq 900); do grep -q "^ready " /tmp/run.log && break; kill -0 $pid 2>/dev/null || break; sleep 1; done
cat /tmp/run.log
grep -q "^ready http://127.0.0.1:8080/phone" /tmp/run.log
python3 - <<PY
import urllib.request
assert urllib.request.urlopen("http://127.0.0.1:8080/readyz").status == 200
assert b"<title>" in urllib.request.urlopen("http://127.0.0.1:8080/phone").read()
PY
server=$(python3 - <<PY
import os
for p in filter(str.isdigit, os.listdir("/proc")):
    try: line = open(f"/proc/{p}/cmdline").read().split("\0")
    except OSError: continue
    if line[1:3] and line[1].endswith("/ivr") and line[2] == "serve": print(p)
PY
)
kill -INT $server
wait $pid
echo "make run: ended with 0"
if [ "${FRESH_TEST:-1}" = 1 ]; then make test; fi
'

if [ "$(id -u)" = 0 ]; then
    command -v debootstrap >/dev/null || apt-get -qq -y --no-install-recommends install debootstrap >/dev/null
    root=$work/root
    say "debootstrap minbase"
    mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 2>/dev/null | awk '$2 == "bookworm" {print $1; exit}' || true)
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3,python3-venv bookworm "$root" \
        ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log" >&2; exit 1; }
    # The machine's own package sources, certificates and resolver: a fresh machine, not another network.
    cp -a /etc/apt/sources.list* "$root/etc/apt/" 2>/dev/null || true
    cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
    cp -a /etc/apt/keyrings/. "$root/etc/apt/keyrings/" 2>/dev/null || true
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
    [ -f /etc/pip.conf ] && cp /etc/pip.conf "$root/etc/"
    # A copy under a name of its own: installing ca-certificates in the chroot makes the usual file anew.
    cat "${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}" >"$root/etc/ssl/fresh-bundle.crt" 2>/dev/null || true
    for m in proc sys dev; do mount --rbind "/$m" "$root/$m"; mount --make-rslave "$root/$m"; mounts+=("$root/$m"); done
    git clone -q . "$root/src"
    mapfile -t pip_env < <(env | grep -E '^(PIP_|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|SSL_CERT|REQUESTS_CA)' || true)
    for name in PIP_CERT REQUESTS_CA_BUNDLE SSL_CERT_FILE; do pip_env+=("$name=/etc/ssl/fresh-bundle.crt"); done
    inside() { env -i "${pip_env[@]}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        FRESH_TEST="${FRESH_TEST:-1}" chroot "$root" /bin/bash -c "$1"; }
    say "make run and make test in the chroot"
    inside "cd /src && $proof"
    say "the Dockerfile's RUN steps"
    git clone -q . "$root/app-src"
    inside "rm -rf /app && mkdir /app && cp -a /app-src/. /app && $(.ci/dockerfile_steps.py)"
else
    home=$work/home; mkdir "$home"
    git clone -q . "$work/src"
    say "make run and make test in a clone with an empty home folder"
    (cd "$work/src" && env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 FRESH_TEST="${FRESH_TEST:-1}" bash -c "$proof")
fi
say "fresh: passed"
