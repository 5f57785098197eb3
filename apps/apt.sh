#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages named as arguments, those that are missing, as root or with sudo. Says what it does; does nothing
# where nothing is missing, and only names the packages on a system without apt.
set -euo pipefail

missing=()
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "no apt here: make sure that the equivalents of these are installed: $*" >&2
  exit 0
fi
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

run=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
  run=(sudo)
fi
echo "Installing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${run[@]}" apt-get update -qq && "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "the installation failed; the reason stands above" >&2
  exit 1
fi
