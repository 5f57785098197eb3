#!/usr/bin/env bash
# The providers' own SDKs judge hookctl: run.sh PATH_OF_HOOKCTL [PROVIDER...]
# Installs the SDKs once (package-lock.json says which), then runs interop.mjs. Exit 0: every case passed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hookctl=$(realpath "${1:?usage: run.sh PATH_OF_HOOKCTL [PROVIDER...]}")
shift
part=interop
source "$here/../packages.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$node" "$here/interop.mjs" "$hookctl" "$@"
